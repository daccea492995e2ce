/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending. A letter has a send id from its draft's first day. What is about to leave is sealed and recorded
 * under that id before any byte moves, what became of it afterwards: so that a death anywhere in between shows,
 * and the next call goes on with the same bytes in place of sending twice.
 */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/mime.h"

enum { ANSWER_MOST = 500 }; /* bytes of what a server said */

/* One message as it leaves: the readers in sight share one, each blind reader has one alone. */
struct packet {
	char id[40];
	char **recipients; size_t recipient_count; /* owned list of owned addresses */
	struct str bytes;
	struct letter_result *results;             /* owned, one for each recipient; NULL while it was not posted */
};

struct sending {
	struct desk *desk;
	struct draft_check check;
	const char *draft_id, *send;
	struct letter_way way;
	struct mime_letter letter;
	char *from, *to, *cc, *message_id;         /* owned */
	struct mime_file *files; struct str *contents;
	struct packet *packets; size_t packet_count;
	json_t *kept;                              /* owned: FIELD_OBJECTS of the packets, in order */
	json_t *begun;                             /* owned: the event of a sending that broke off; else NULL */
	instant when;                              /* of the sending, as it was first recorded */
};

void draft_sent_release(struct draft_sent *sent)
{
	for (size_t i = 0; i < sent->refused_count; i++)
		free(sent->refused[i]);
	free(sent->refused);
	free(sent->path);
	*sent = (struct draft_sent){ 0 };
}

static void packet_release(struct packet *packet)
{
	if (packet->results)
		letter_results_release(packet->results, packet->recipient_count);
	for (size_t i = 0; i < packet->recipient_count; i++)
		free(packet->recipients[i]);
	free(packet->recipients);
	str_release(&packet->bytes);
}

static void sending_release(struct sending *s)
{
	for (size_t i = 0; i < s->packet_count; i++)
		packet_release(&s->packets[i]);
	for (size_t i = 0; i < s->check.file_count && s->contents; i++)
		str_wipe(&s->contents[i]);
	free(s->packets);
	free(s->files);
	free(s->contents);
	free(s->from);
	free(s->to);
	free(s->cc);
	free(s->message_id);
	json_decref(s->kept);
	json_decref(s->begun);
	draft_check_release(&s->check);
}

/* ---- who is where */

static bool has_part(const struct draft_reader *reader, const char *part)
{
	return str_equal(reader->part, part);
}

static void list_recipient(struct packet *packet, const char *address)
{
	packet->recipients = mem_resize(packet->recipients, packet->recipient_count + 1, sizeof(*packet->recipients));
	packet->recipients[packet->recipient_count++] = mem_string(address);
}

static struct packet *add_packet(struct sending *s)
{
	struct packet *packet;

	s->packets = mem_resize(s->packets, s->packet_count + 1, sizeof(*s->packets));
	packet = &s->packets[s->packet_count];
	*packet = (struct packet){ .bytes = STR_INIT };
	snprintf(packet->id, sizeof(packet->id), "%.32s%02x", s->send, (unsigned)(s->packet_count & 0xFF));
	s->packet_count++;
	return packet;
}

static void list_packets(struct sending *s)
{
	struct packet *open = add_packet(s);

	for (size_t i = 0; i < s->check.reader_count; i++)
		if (has_part(&s->check.readers[i], "to") || has_part(&s->check.readers[i], "cc"))
			list_recipient(open, s->check.readers[i].address);
	for (size_t i = 0; i < s->check.reader_count; i++)
		if (has_part(&s->check.readers[i], "bcc"))
			list_recipient(add_packet(s), s->check.readers[i].address);
}

static bool is_listed(const char *const *keys, size_t count, const char *fingerprint)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(keys[i], fingerprint))
			return true;
	return false;
}

/* The keys of the packet at PLACE, ours always among them; one that several readers share stands once. */
static const char **keys_of(const struct sending *s, size_t place, size_t *ret_count)
{
	const char **keys = mem_alloc((s->check.reader_count + 1) * sizeof(*keys));
	size_t blind = 0;

	*ret_count = 0;
	for (size_t i = 0; i < s->check.reader_count; i++) {
		const struct draft_reader *reader = &s->check.readers[i];
		bool is_blind = has_part(reader, "bcc");

		blind += is_blind;
		if ((has_part(reader, "us") || (is_blind ? blind == place : place == 0)) &&
		    !is_listed(keys, *ret_count, reader->fingerprint))
			keys[(*ret_count)++] = reader->fingerprint;
	}
	return keys;
}

/* "Name <address>" of all readers of PART, comma-separated; a name that could be read as another address is left out. */
static char *header_list(const struct sending *s, const char *part)
{
	AUTO_STR list = STR_INIT;

	for (size_t i = 0; i < s->check.reader_count; i++) {
		const struct draft_reader *reader = &s->check.readers[i];

		if (!has_part(reader, part))
			continue;
		str_add(&list, list.length ? ", " : "");
		if (reader->name && *reader->name && !strpbrk(reader->name, "<>@,;:\"\\()\r\n"))
			str_add_format(&list, "%s <%s>", reader->name, reader->address);
		else
			str_add(&list, reader->address);
	}
	return str_detach(&list);
}

/* ---- the message */

static void fill_files(struct sending *s)
{
	const json_t *files = js_array(s->check.draft, "files");
	size_t count = s->check.file_count;

	s->files = mem_alloc((count + 1) * sizeof(*s->files));
	s->contents = mem_alloc((count + 1) * sizeof(*s->contents));
	for (size_t i = 0; i < count; i++) {
		const char *content = str_or_empty(js_string(json_array_get(files, i), "content"));

		str_init(&s->contents[i]);
		mime_decode_base64(content, strlen(content), &s->contents[i]);
		s->files[i] = (struct mime_file){ .name = s->check.files[i].name, .type = s->check.files[i].type,
						  .bytes = s->contents[i].bytes, .length = s->contents[i].length };
	}
}

static void fill_letter(struct sending *s)
{
	const char *at = strchr(s->desk->address, '@');
	char random[33];

	vault_random_hex(random, 32);
	s->message_id = mem_format("<%s%s>", random, at ? at : "@psirtty.invalid");
	s->from = mem_format("%s <%s>", s->desk->handler, s->desk->address);
	s->to = header_list(s, "to");
	s->cc = header_list(s, "cc");
	fill_files(s);
	s->letter = (struct mime_letter){
		.from = s->from, .to = s->to, .cc = *s->cc ? s->cc : NULL, .subject = s->check.subject,
		.message_id = s->message_id, .in_reply_to = js_string(s->check.draft, "in_reply_to"),
		.references = js_string(s->check.draft, "references"), .date = s->when, .text = s->check.text,
		.files = s->files, .file_count = s->check.file_count, .clear = s->check.clear,
	};
}

int desk_letter_sign_clear(struct desk *desk, const struct mime_letter *letter, struct str *ret, struct error *err)
{
	AUTO_STR signature = STR_INIT;
	AUTO_STR inner = STR_INIT;
	const char *hash = NULL;
	char boundary[33];
	int code = mime_write_inner(letter, &inner, err);

	if (!code)
		code = openpgp_sign(desk->pgp, inner.bytes, inner.length, vault_fingerprint(desk->vault), true, &signature,
				    &hash, err);
	vault_random_hex(boundary, 32);
	return code ? code : mime_write_signed(letter, &inner, signature.bytes, hash, boundary, ret, err);
}

int desk_letter_seal(struct desk *desk, const struct mime_letter *letter, const char *const *keys, size_t count,
		     struct str *ret, struct error *err)
{
	AUTO_STR armored = STR_INIT;
	struct str inner = STR_INIT;
	char boundary[33];
	int code = mime_write_inner(letter, &inner, err);

	if (!code)
		code = openpgp_encrypt(desk->pgp, inner.bytes, inner.length, keys, count, vault_fingerprint(desk->vault),
				       true, &armored, err);
	str_wipe(&inner);
	vault_random_hex(boundary, 32);
	return code ? code : mime_write_encrypted(letter, armored.bytes, boundary, ret, err);
}

static int write_packets(struct sending *s, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < s->packet_count; i++) {
		size_t count;
		const char **keys = keys_of(s, i, &count);

		code = s->check.clear ? desk_letter_sign_clear(s->desk, &s->letter, &s->packets[i].bytes, err) :
					desk_letter_seal(s->desk, &s->letter, keys, count, &s->packets[i].bytes, err);
		free(keys);
	}
	return code;
}

/* ---- what is recorded */

static json_t *address_words(const struct sending *s, const char *part)
{
	json_t *words = json_array();

	for (size_t i = 0; i < s->check.reader_count; i++) {
		const struct draft_reader *reader = &s->check.readers[i];

		if (!has_part(reader, part))
			continue;
		if (reader->name && *reader->name) {
			AUTO_STRING whole = mem_format("%s <%s>", reader->name, reader->address);

			json_array_append_new(words, js_new_string(whole, strlen(whole)));
		} else {
			json_array_append_new(words, js_new_string(reader->address, strlen(reader->address)));
		}
	}
	return words;
}

static void set_list(json_t *body, const char *key, json_t *list)
{
	if (json_array_size(list))
		json_object_set(body, key, list);
	json_decref(list);
}

/* What both events say of the letter. */
static json_t *sending_body(const struct sending *s)
{
	json_t *body, *readers;

	if (s->begun) {
		body = json_copy(s->begun);
		json_object_del(body, "attachments");
		return body;
	}
	body = json_object();
	readers = json_array();
	for (size_t i = 0; i < s->check.reader_count; i++)
		if (s->check.readers[i].fingerprint)
			json_array_append_new(readers, json_string(s->check.readers[i].fingerprint));
	json_object_set_new(body, "to", address_words(s, "to"));
	set_list(body, "cc", address_words(s, "cc"));
	set_list(body, "bcc", address_words(s, "bcc"));
	set_list(body, "readers", readers);
	js_set_string(body, "send", s->send);
	js_set_string(body, "subject", s->check.subject);
	js_set_string(body, "message_id", s->message_id);
	desk_set_instant(body, "sent", s->when);
	js_set_string(body, "tlp", s->check.tlp);
	js_set_string(body, "way", s->way.name);
	js_set_string(body, "template", js_string(s->check.draft, "template"));
	return body;
}

static const struct event *event_with_send(const struct case_state *state, enum event_type type, const char *send)
{
	for (size_t i = state->event_count; send && i-- > 0;)
		if (state->events[i].type == type && str_equal(js_string(state->events[i].body, "send"), send))
			return &state->events[i];
	return NULL;
}

static bool was_recorded(const struct case_state *state, enum event_type type, const char *send)
{
	return event_with_send(state, type, send) != NULL;
}

/* Two sessions of one member may send at once: under the queue only the first of them records it. ERR_BUSY for the
 * other. BODY is stolen. */
static int append_once(struct sending *s, enum event_type type, json_t *body, instant now, struct error *err)
{
	bool changed;
	int code = vault_hold(s->desk->vault, err);

	if (!code) {
		code = desk_refresh(s->desk, &changed, err);
		if (!code)
			code = desk_whole_case(s->desk, s->check.state, err);
		if (!code && was_recorded(s->check.state, type, s->send))
			code = error_set(err, ERR_BUSY, s->draft_id, NULL, _("another session of yours is sending it"));
		if (!code)
			code = desk_append(s->desk, s->check.state, type, json_incref(body), now, err);
		vault_let_go(s->desk->vault);
	}
	json_decref(body);
	return code;
}

static int note_begun(struct sending *s, instant now, struct error *err)
{
	json_t *body;

	s->kept = json_array();
	for (size_t i = 0; i < s->packet_count; i++) {
		struct vault_object object;
		int code = vault_object_put(s->desk->vault, s->packets[i].bytes.bytes, s->packets[i].bytes.length, &object,
					    err);

		if (code)
			return code;
		json_array_append_new(s->kept, desk_object_json(&object, NULL, "message/rfc822", "message"));
	}
	body = sending_body(s);
	json_object_set(body, "attachments", s->kept);
	return append_once(s, EVENT_LETTER_BEGUN, body, now, err);
}

static json_t *file_words(const struct sending *s)
{
	json_t *words = json_array();

	for (size_t i = 0; i < s->check.file_count; i++) {
		AUTO_STRING word = mem_format("%s %s", s->check.files[i].sha256, s->check.files[i].name);

		json_array_append_new(words, js_new_string(word, strlen(word)));
	}
	return words;
}

static int note_sent(struct sending *s, instant now, struct error *err)
{
	json_t *body = sending_body(s);

	js_set_string(body, "in_reply_to", js_string(s->check.draft, "in_reply_to"));
	js_set_string(body, "text", s->check.text);
	if (s->check.clear)
		js_set_bool(body, "clear", true);
	set_list(body, "files", file_words(s));
	json_object_set(body, "raw", json_array_get(s->kept, 0));
	return append_once(s, EVENT_MESSAGE_SENT, body, now, err);
}

static int note_failed(struct sending *s, const char *recipient, const struct letter_result *result, instant now,
		       struct error *err)
{
	json_t *body = json_object();
	size_t length = result->answer ? strcspn(result->answer, "\r\n") : 0;
	AUTO_STRING answer = length ? mem_copy(result->answer, length < ANSWER_MOST ? length : ANSWER_MOST) : NULL;

	js_set_string(body, "send", s->send);
	js_set_string(body, "recipient", recipient);
	js_set_string(body, "fate", letter_fate_name(result->fate));
	js_set_string(body, "answer", answer);
	return desk_append(s->desk, s->check.state, EVENT_LETTER_FAILED, body, now, err);
}

/* ---- carrying */

static struct letter letter_of(const struct sending *s, const struct packet *packet)
{
	return (struct letter){ .id = packet->id,
				.sender = s->desk->address,
				.recipients = (const char *const *)packet->recipients,
				.recipient_count = packet->recipient_count, .bytes = packet->bytes.bytes,
				.length = packet->bytes.length };
}

static int prepare(struct sending *s, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && s->way.prepare && i < s->packet_count; i++) {
		struct letter letter = letter_of(s, &s->packets[i]);

		code = s->way.prepare(s->way.context, &letter, err);
	}
	return code;
}

/* 1 it left, 0 it did not, -1 nobody knows. */
static int packet_left(const struct sending *s, const struct packet *packet)
{
	return s->way.has_left ? s->way.has_left(s->way.context, packet->id) : -1;
}

static void set_fates(struct packet *packet, enum letter_fate fate, const char *answer)
{
	for (size_t i = 0; i < packet->recipient_count; i++) {
		packet->results[i].fate = fate;
		mem_replace(&packet->results[i].answer, answer);
	}
}

/* An error of the way means that this one did not leave: nor do those behind it. */
static void post(struct sending *s)
{
	AUTO_ERROR why = ERROR_INIT;
	int code = 0;

	for (size_t i = 0; i < s->packet_count; i++) {
		struct packet *packet = &s->packets[i];
		struct letter letter = letter_of(s, packet);

		packet->results = mem_alloc(packet->recipient_count * sizeof(*packet->results));
		if (s->begun && packet_left(s, packet) == 1) {
			set_fates(packet, LETTER_TAKEN, NULL);
			continue;
		}
		if (!code)
			code = s->way.post(s->way.context, &letter, packet->results, &why);
		if (code)
			set_fates(packet, LETTER_LATER, why.why);
	}
}

static size_t count_fate(const struct sending *s, enum letter_fate fate)
{
	size_t count = 0;

	for (size_t i = 0; i < s->packet_count; i++)
		for (size_t k = 0; k < s->packets[i].recipient_count; k++)
			count += s->packets[i].results[k].fate == fate;
	return count;
}

static int tell_failed(struct sending *s, const char *recipient, const struct letter_result *result, instant now,
		       struct draft_sent *ret, struct error *err)
{
	ret->refused = mem_resize(ret->refused, ret->refused_count + 1, sizeof(*ret->refused));
	ret->refused[ret->refused_count++] = mem_format("%s: %s: %s", recipient, letter_fate_name(result->fate),
							str_or_empty(result->answer));
	return note_failed(s, recipient, result, now, err);
}

static int ask_person(const struct sending *s, struct error *err)
{
	char at[40];
	AUTO_STRING remedy = mem_format(_("Look whether it arrived; then `mail send %s --again` or `--left`"), s->draft_id);

	return error_set(err, ERR_BUSY, s->draft_id, remedy,
			 _("its sending began at %s and broke off; nobody knows whether it left"),
			 instant_format(s->when, at));
}

/* Carries it, and records who got it and who did not. Where that is not known of anybody, it stays begun. */
static int carry(struct sending *s, instant now, struct draft_sent *ret, struct error *err)
{
	size_t taken;
	int code = 0;

	post(s);
	taken = count_fate(s, LETTER_TAKEN);
	if (!taken && count_fate(s, LETTER_UNKNOWN))
		return ask_person(s, err);
	for (size_t i = 0; i < s->packet_count; i++)
		for (size_t k = 0; !code && k < s->packets[i].recipient_count; k++) {
			const struct letter_result *result = &s->packets[i].results[k];

			if (result->fate != LETTER_TAKEN)
				code = tell_failed(s, s->packets[i].recipients[k], result, now, ret, err);
			else if (!ret->path)
				ret->path = mem_string(result->answer);
		}
	if (!code && !taken)
		return error_set(err, ERR_NETWORK, s->draft_id, _("Mend what it says, then send it again"),
				 _("nobody took it: %s"), ret->refused_count ? ret->refused[0] : "?");
	if (!code)
		code = note_sent(s, now, err);
	return code ? code : vault_draft_remove(s->desk->vault, s->draft_id, err);
}

static int give_new_send(struct sending *s, struct error *err)
{
	char send[33];

	vault_random_hex(send, 32);
	js_set_string(s->check.draft, "send", send);
	s->send = js_string(s->check.draft, "send");
	return desk_draft_store(s->desk, s->draft_id, s->check.draft, err);
}

static int check_problems(const struct sending *s, struct error *err)
{
	if (!s->check.problem_count)
		return 0;
	return error_set(err, ERR_NO, s->draft_id, _("Mend it, or pin the right key"), "%s", s->check.problems[0]);
}

/* ---- the first time */

static int begin(struct sending *s, instant now, struct draft_sent *ret, struct error *err)
{
	int code = check_problems(s, err);

	s->when = now;
	if (!code && !s->send)
		code = give_new_send(s, err);
	if (code)
		return code;
	list_packets(s);
	fill_letter(s);
	code = write_packets(s, err);
	if (!code)
		code = prepare(s, err);
	if (!code)
		code = note_begun(s, now, err);
	return code ? code : carry(s, now, ret, err);
}

/* ---- once more */

/* The bytes that were kept when it began, and what it was called then. */
static int read_begun(struct sending *s, const struct event *begun, struct error *err)
{
	int code = 0;

	s->message_id = mem_string(js_string(begun->body, "message_id"));
	s->begun = json_incref(begun->body);
	s->kept = json_incref(js_array(begun->body, "attachments"));
	if (instant_parse(str_or_empty(js_string(begun->body, "sent")), &s->when, err))
		return ERR_CASE;
	list_packets(s);
	if (json_array_size(s->kept) != s->packet_count)
		return error_set(err, ERR_BUSY, s->draft_id, _("Throw the draft away and write anew"),
				 _("it was changed after its sending began"));
	for (size_t i = 0; !code && i < s->packet_count; i++) {
		const json_t *kept = json_array_get(s->kept, i);
		struct sealed_file file = {
			.sha256 = (char *)(uintptr_t)js_string(kept, "sha256"),
			.object = (char *)(uintptr_t)js_string(kept, "object"), .key = (char *)(uintptr_t)js_string(kept, "key"),
			.size = (size_t)js_integer(kept, "size", 0),
		};

		code = desk_file_read(s->desk, &file, &s->packets[i].bytes, err);
	}
	return code;
}

/* 1 it left, 0 it did not (not all of it), -1 nobody knows. */
static int has_left(const struct sending *s)
{
	int all = 1;

	for (size_t i = 0; i < s->packet_count; i++) {
		int one = packet_left(s, &s->packets[i]);

		if (one < 0)
			return -1;
		all = all && one;
	}
	return all;
}

static int go_on(struct sending *s, const struct event *begun, const struct desk_send *how, instant now,
		 struct draft_sent *ret, struct error *err)
{
	int code = read_begun(s, begun, err), left;

	if (code)
		return code;
	left = how->left ? 1 : how->again ? 0 : has_left(s);
	if (left < 0)
		return ask_person(s, err);
	if (!left) {
		code = check_problems(s, err);
		return code ? code : carry(s, now, ret, err);
	}
	ret->before = true;
	code = note_sent(s, now, err);
	return code ? code : vault_draft_remove(s->desk->vault, s->draft_id, err);
}

static int send_loaded(struct sending *s, const struct desk_send *how, instant now, struct draft_sent *ret,
		       struct error *err)
{
	const struct event *begun;
	bool changed;
	int code = desk_refresh(s->desk, &changed, err);

	if (!code)
		code = desk_whole_case(s->desk, s->check.state, err);
	if (code)
		return code;
	s->send = js_string(s->check.draft, "send");
	if (was_recorded(s->check.state, EVENT_MESSAGE_SENT, s->send)) {
		ret->before = true;
		return vault_draft_remove(s->desk->vault, s->draft_id, err);
	}
	begun = event_with_send(s->check.state, EVENT_LETTER_BEGUN, s->send);
	if (begun && was_recorded(s->check.state, EVENT_LETTER_FAILED, s->send)) {
		code = give_new_send(s, err);
		begun = NULL;
	}
	if (code)
		return code;
	return begun ? go_on(s, begun, how, now, ret, err) : begin(s, now, ret, err);
}

int desk_draft_send(struct desk *desk, const char *draft_id, const struct desk_send *how, instant now,
		    struct draft_sent *ret, struct error *err)
{
	struct sending s = { .desk = desk, .draft_id = draft_id };
	AUTO_ERROR why = ERROR_INIT;
	int code = desk_draft_check(desk, draft_id, now, &s.check, &why);

	*ret = (struct draft_sent){ 0 };
	if (code && !s.check.draft)
		return error_set(err, code, why.what, why.remedy, "%s", why.why);
	if (desk->letter_way)
		s.way = *desk->letter_way;
	else
		letter_outbox(&s.way, vault_outbox(desk->vault));
	code = send_loaded(&s, how, now, ret, err);
	sending_release(&s);
	if (code)
		draft_sent_release(ret);
	return code;
}
