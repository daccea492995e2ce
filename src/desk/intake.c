/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail in. A message is first kept, sealed and counted in the intake log; only then is it read. What cannot be read
 * waits in the inbox with its reason and can be retried (retry.c). Messages come in groups: while two sandboxed processes take
 * the next ones apart, this one seals, and the disk is waited for once a group.
 */
#include "desk/desk_private.h"

#include <malloc.h>

#include "psirtty/base/i18n.h"

enum {
	GROUP_MESSAGES = 256,
	GROUP_BYTES = 8 << 20,       /* of messages that are held in memory, */
	GROUP_TEXT = 4 << 20,        /* and of what was read of them */
	WORKERS = 2,
	TOGETHER = 16,               /* records of sealed mail that are appended at once */
	PATIENCE_MS = 20000,         /* of the agent's time in one import: the rest is opened when it is read */
	CHEAP_MS = 20,
	HEAP_SLACK = 8 << 20,        /* is not given back to the system after each message */
};

struct pending {
	struct str bytes;
	char *channel, *account, *uid; /* owned */
	instant received;
	char *id;                      /* owned; NULL: known already */
	struct parsed_mail parsed;
	struct mail_record record;
	bool waits;                    /* a worker has it */
	bool taken_apart, has_record, noted;
};

struct intake {
	struct desk *desk;
	instant now;
	struct intake_count *count;
	struct pending group[GROUP_MESSAGES];
	size_t held, bytes;
	struct parse_worker *second;   /* owned; from the second message on */
	struct pending *with[WORKERS]; /* whom each worker works for */
	bool asked;                    /* the agent was, what a message costs */
	size_t at_once;                /* as many may gpg be at; more than one only where it asks nobody */
	long left_ms;                  /* of the patience */
	bool hangs;                    /* gpg did not come to an end over one */
};

/* ---- one message */

static int keep_raw(struct intake *in, struct pending *p, struct error *err)
{
	struct vault_object object;
	json_t *body;
	AUTO_STRING id = model_next_mail_id(in->desk->model);
	int code = vault_object_put(in->desk->vault, str_or_empty(p->bytes.bytes), p->bytes.length, &object, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "mail", id);
	desk_set_instant(body, "received", p->received);
	js_set_string(body, "channel", p->channel);
	js_set_string(body, "account", p->account);
	js_set_string(body, "uid", p->uid);
	js_set_string(body, "sha256", object.sha256);
	js_set_integer(body, "size", (long long)p->bytes.length);
	json_object_set_new(body, "raw", desk_object_json(&object, NULL, "message/rfc822", "message"));
	code = desk_append(in->desk, NULL, EVENT_MAIL_RECEIVED, body, in->now, err);
	if (!code) {
		p->id = id;
		id = NULL;
	}
	return code;
}

bool desk_is_open(const struct mail_record *record)
{
	return record->encryption == ENCRYPTION_NONE || record->encryption == ENCRYPTION_DECRYPTED;
}

bool desk_is_readable(const struct mail_record *record)
{
	return desk_is_open(record) && !mail_record_has_flag(record, "unreadable");
}

int desk_append_record(struct desk *desk, const char *id, const struct mail_record *record, instant now,
		       struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk->model, id);
	json_t *body = json_object();

	js_set_string(body, "mail", id);
	if (item)
		js_set_hex(body, "received_event", item->event, 32);
	json_object_set_new(body, "record", mail_record_to_json(record, true));
	return desk_append(desk, NULL, EVENT_MAIL_READ, body, now, err);
}

static void pending_release(struct pending *p)
{
	str_wipe(&p->bytes);
	free(p->channel);
	free(p->account);
	free(p->uid);
	free(p->id);
	parsed_mail_release(&p->parsed);
	mail_record_release(&p->record);
	*p = (struct pending){ .bytes = STR_INIT };
}

/* ---- a group, while the queue is held: nobody is asked anything */

static int note(struct intake *in, struct pending *p, struct error *err)
{
	int code = desk_append_record(in->desk, p->id, &p->record, in->now, err);

	p->noted = !code;
	in->count->unread += !code && !desk_is_open(&p->record);
	mail_record_release(&p->record);
	return code;
}

/* What came of the message a worker had. A plain one is noted at once. */
static int collect(struct intake *in, size_t worker, struct error *err)
{
	struct pending *p = in->with[worker];
	AUTO_ERROR why = ERROR_INIT;
	int code = 0;

	in->with[worker] = NULL;
	if (!p)
		return 0;
	if (parse_worker_end(worker ? in->second : in->desk->worker, &p->parsed, &why))
		desk_unreadable(&why, &p->record);
	else if (desk_needs_keys(&p->parsed))
		return p->taken_apart = true, 0;
	else
		code = desk_read_parsed(in->desk, &p->parsed, NULL, in->now, &p->record, err);
	p->has_record = !code;
	return code ? code : note(in, p, err);
}

/* Hands the message to a worker whose last one is through. */
static int hand_over(struct intake *in, struct pending *p, size_t *next, struct error *err)
{
	struct parse_worker *worker = *next ? in->second : in->desk->worker;
	AUTO_ERROR why = ERROR_INIT;
	size_t at = *next;
	int code = collect(in, at, err);

	if (code)
		return code;
	*next = in->second ? (at + 1) % WORKERS : 0;
	if (parse_worker_begin(worker, str_or_empty(p->bytes.bytes), p->bytes.length, false, &why) == 0) {
		in->with[at] = p;
		return 0;
	}
	desk_unreadable(&why, &p->record);
	p->has_record = true;
	return 0;
}

static bool is_known(struct intake *in, const struct pending *p)
{
	char sha256[65];

	vault_sha256(str_or_empty(p->bytes.bytes), p->bytes.length, sha256);
	return model_mail_by_sha256(in->desk->model, sha256) != NULL;
}

static int keep_group(struct intake *in, struct error *err)
{
	size_t next = 0;
	int code = 0;

	for (size_t i = 0; !code && i < in->held; i++) {
		struct pending *p = &in->group[i];

		if (is_known(in, p)) {
			in->count->known++;
			continue;
		}
		code = hand_over(in, p, &next, err);
		if (!code)
			code = keep_raw(in, p, err);
		in->count->taken_in += !code;
		if (!code && p->has_record && !p->noted)
			code = note(in, p, err);
	}
	for (size_t w = 0; w < WORKERS; w++) {
		AUTO_ERROR why = ERROR_INIT;
		int ended = collect(in, w, code ? &why : err);

		code = code ? code : ended;
	}
	return code;
}

/* Durable as one. Where it could not be, the model holds what is not there, and is made anew. */
static int keep(struct intake *in, struct error *err)
{
	struct intake_count before = *in->count;
	AUTO_ERROR why = ERROR_INIT;
	bool changed;
	int code = vault_batch_begin(in->desk->vault, err), ended;

	if (code)
		return code;
	code = desk_refresh(in->desk, &changed, err);
	if (!code)
		code = keep_group(in, err);
	ended = vault_batch_end(in->desk->vault, code ? &why : err);
	if (!ended)
		return code;
	*in->count = before;
	desk_fold_start(in->desk, &why);
	return code ? code : ended;
}

/* ---- what gpg has to be asked about: others may write meanwhile */

static int note_together(struct intake *in, struct pending **list, size_t count, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	int code = count ? vault_batch_begin(in->desk->vault, err) : 0, ended;

	if (code || !count)
		return code;
	for (size_t i = 0; !code && i < count; i++)
		code = note(in, list[i], err);
	ended = vault_batch_end(in->desk->vault, code ? &why : err);
	if (ended)
		desk_fold_start(in->desk, &why);
	return code ? code : ended;
}

/* A key with a passphrase of the usual kind lets the agent open two or three messages a second. */
static bool can_wait(struct intake *in, const struct pending *p)
{
	struct openpgp_agent agent;

	if (p->parsed.crypto != MAIL_CRYPTO_ENCRYPTED && p->parsed.crypto != MAIL_CRYPTO_INLINE_ENCRYPTED)
		return false;
	if (!in->asked) {
		in->asked = true;
		in->left_ms = PATIENCE_MS;
		in->at_once = 1;
		if (openpgp_agent(in->desk->pgp, &agent) && agent.passphrase && agent.derivation_ms > CHEAP_MS)
			in->count->derivation_ms = agent.derivation_ms;
		if (agent.open)
			in->at_once = OPENPGP_AHEAD;
	}
	in->left_ms -= in->count->derivation_ms;
	return in->hangs || in->left_ms < 0;
}

/* What gpg opened is taken apart while gpg opens the next, and what was read before is noted. */
struct step { struct pending *mail; struct desk_reading *reading; };
struct sealed_row {
	struct pending *list[TOGETHER];
	struct step opening[OPENPGP_AHEAD]; size_t opening_count; /* gpg has them, */
	struct step inside;                                       /* the worker has it */
	size_t count, text;
};

static int end_reading(struct intake *in, struct sealed_row *row, struct error *err)
{
	struct pending *p = row->inside.mail;
	int code;

	if (!p)
		return 0;
	row->inside.mail = NULL;
	code = desk_read_end(row->inside.reading, &p->record, err);
	if (code)
		return code;
	row->text += strlen(str_or_empty(p->record.text));
	row->list[row->count++] = p;
	if (row->count < TOGETHER && row->text < GROUP_TEXT)
		return 0;
	code = note_together(in, row->list, row->count, err);
	row->count = row->text = 0;
	return code;
}

/* The oldest that gpg has, once it is opened; nothing while gpg may be at one more. */
static struct step next_opened(struct intake *in, struct sealed_row *row, bool last)
{
	struct step first = row->opening[0];

	if (!row->opening_count || (!last && row->opening_count < in->at_once))
		return (struct step){ NULL };
	/* Where gpg or its agent hangs the others need not wait for it too. */
	in->hangs = !desk_read_opened(first.reading) || in->hangs;
	row->opening_count--;
	memmove(row->opening, row->opening + 1, row->opening_count * sizeof(*row->opening));
	return first;
}

/* Everything moves on by one, and P (or nothing) comes in: gpg gets its next before anything else is done. */
static int move_on(struct intake *in, struct sealed_row *row, struct pending *p, struct error *err)
{
	struct step opened = next_opened(in, row, !p);
	int code;

	if (p)
		row->opening[row->opening_count++] = (struct step){ p, desk_read_begin(in->desk, &p->parsed, in->now) };
	code = end_reading(in, row, err);
	if (opened.mail)
		desk_read_ahead(opened.reading, in->second);
	row->inside = opened;
	return code;
}

static int read_sealed(struct intake *in, struct error *err)
{
	struct sealed_row row = { .count = 0 };
	int code = 0;

	for (size_t i = 0; !code && i < in->held; i++) {
		struct pending *p = &in->group[i];

		if (!p->taken_apart)
			continue;
		if (can_wait(in, p))
			in->count->later++;
		else
			code = move_on(in, &row, p, err);
	}
	while (row.opening_count || row.inside.mail) {
		AUTO_ERROR why = ERROR_INIT;
		int ended = move_on(in, &row, NULL, code ? &why : err);

		code = code ? code : ended;
	}
	return code ? code : note_together(in, row.list, row.count, err);
}

static int flush(struct intake *in, struct error *err)
{
	int code = in->held ? keep(in, err) : 0;

	openpgp_go_behind(true);
	if (!code)
		code = read_sealed(in, err);
	openpgp_go_behind(false);
	for (size_t i = 0; i < in->held; i++)
		pending_release(&in->group[i]);
	in->held = in->bytes = 0;
	return code;
}

/* ---- from outside */

struct intake *intake_begin(struct desk *desk, instant now, struct intake_count *count)
{
	struct intake *in = mem_alloc(sizeof(*in));

	mallopt(M_TRIM_THRESHOLD, HEAP_SLACK);
	in->desk = desk;
	in->now = now;
	in->count = count;
	return in;
}

int intake_add(struct intake *in, const char *bytes, size_t length, const struct intake_source *source,
	       struct error *err)
{
	struct pending *p;
	int code = 0;

	if (in->held == GROUP_MESSAGES || (in->held && in->bytes + length > GROUP_BYTES))
		code = flush(in, err);
	if (code)
		return code;
	/* One message alone needs no second process. */
	if (in->held == 1 && !in->second && parse_worker_start(&in->second, NULL))
		in->second = NULL;
	p = &in->group[in->held++];
	*p = (struct pending){ .bytes = STR_INIT, .channel = mem_string(source->channel),
			       .account = mem_string(source->account), .uid = mem_string(source->uid),
			       .received = source->received };
	str_add_bytes(&p->bytes, bytes, length);
	in->bytes += length;
	return 0;
}

int intake_end(struct intake *in, int code, struct error *err)
{
	if (!code)
		code = flush(in, err);
	for (size_t i = 0; i < in->held; i++)
		pending_release(&in->group[i]);
	parse_worker_stop(in->second);
	free(in);
	return code;
}

int desk_intake(struct desk *desk, const char *bytes, size_t length, const struct intake_source *source, instant now,
		struct intake_count *count, struct error *err)
{
	struct intake *in = intake_begin(desk, now, count);

	return intake_end(in, intake_add(in, bytes, length, source, err), err);
}

/* ---- into a case */

static json_t *seal_attachments(struct desk *desk, const struct mail_record *record, struct error *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct mail_attachment *a = &record->attachments[i];
		struct vault_object object;

		if (!a->bytes)
			continue;
		if (vault_object_put(desk->vault, a->bytes, a->size, &object, err)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, desk_object_json(&object, a->safe_name, a->type, "other"));
	}
	return list;
}

static const char *signer_of(const struct mail_record *record)
{
	for (size_t i = 0; i < record->signature_count; i++)
		if (record->signatures[i].covers_message && record->signatures[i].fingerprint)
			return record->signatures[i].fingerprint;
	return NULL;
}

/* The event's body for a mail that goes into a case. NULL with *ERR when an attachment cannot be kept. */
static json_t *message_body(struct desk *desk, const struct inbox_item *item,
			    const struct mail_record *record, struct error *err)
{
	json_t *body, *attachments = seal_attachments(desk, record, err);

	if (!attachments)
		return NULL;
	body = json_object();
	js_set_string(body, "mail", item->id);
	js_set_string(body, "message_id", record->message_id);
	js_set_string(body, "in_reply_to", record->in_reply_to);
	js_set_string(body, "subject", record->subject ? record->subject : "(no subject)"); /* an event is in no language */
	if (record->from_count)
		js_set_string(body, "from_name", record->from[0].name);
	js_set_string(body, "from_address", str_or_empty(mail_record_sender(record)));
	desk_set_instant(body, "received", item->received);
	js_set_string(body, "channel", item->channel);
	js_set_string(body, "verdict", verdict_name(record->verdict));
	js_set_string(body, "fingerprint", signer_of(record));
	js_set_string(body, "text", str_or_empty(record->text));
	json_object_set_new(body, "raw", desk_file_json(&item->raw));
	json_object_set_new(body, "attachments", attachments);
	return body;
}

static int add_party(struct desk *desk, const uint8_t stream[16], const struct mail_record *record,
		     instant now, struct error *err)
{
	const char *address = mail_record_sender(record);
	const char *name = record->from_count ? record->from[0].name : NULL;
	json_t *body;

	if (!address)
		return 0;
	body = json_object();
	/* Whoever calls himself as the house does is called by his address. */
	js_set_string(body, "name", name && *name && str_casecmp(name, "us") != 0 ? name : address);
	js_set_string(body, "role", "finder");
	js_set_string(body, "address", address);
	js_set_string(body, "fingerprint", model_pinned(desk->model, address));
	return desk_append_to(desk, stream, EVENT_PARTY_ADDED, body, now, err);
}

static int note_taken(struct desk *desk, const char *mail, const char *case_id, instant now,
		      struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "mail", mail);
	js_set_string(body, "case", case_id);
	js_set_hex(body, "received_event", model_find_mail(desk->model, mail)->event, 32);
	return desk_append(desk, NULL, EVENT_MAIL_TAKEN, body, now, err);
}

/* Opens the mail again for its attachments: the record in the vault holds only their names. What was read and does not open
 * today is an error: nothing of it would come into the case. */
static int reopen(struct desk *desk, const struct inbox_item *item, instant now, struct mail_record *ret,
		  struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = desk_whole_mail(desk, item, err);

	if (!code)
		code = desk_file_read(desk, &item->raw, &bytes, err);
	if (!code)
		code = desk_read_mail(desk, bytes.bytes, bytes.length, item->record.session_key, now, ret, err);
	if (code || desk_is_readable(ret) || !desk_is_readable(&item->record))
		return code;
	code = error_set(err, ERR_DENIED, item->id, _("Try again once its key can be used; the message is kept"),
			 _("it does not open again: %s"),
			 *mail_record_reason(ret) ? mail_record_reason(ret) : _("it cannot be taken apart"));
	mail_record_release(ret);
	*ret = (struct mail_record){ 0 };
	return code;
}

static int check_takeable(const struct inbox_item *item, struct error *err)
{
	if (item->taken_case)
		return error_set(err, ERR_BUSY, item->id, NULL, _("it is already in %s"), item->taken_case);
	if (desk_is_open(&item->record))
		return 0;
	return error_set(err, ERR_INPUT, item->id, _("Bring the key and run `mail retry`; the message is kept"),
			 _("it could not be opened: %s"), mail_record_reason(&item->record));
}

static int put_into(struct desk *desk, const char *mail, const uint8_t stream[16], enum event_type type,
		    const struct mail_record *record, instant now, struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk->model, mail);
	json_t *body = desk_whole_mail(desk, item, err) ? NULL : message_body(desk, item, record, err);

	return body ? desk_append_to(desk, stream, type, body, now, err) : ERR_VAULT;
}

static int take_held(struct desk *desk, const char *mail, const char *title, instant now,
		     const struct mail_record *record, uint8_t ret_stream[16], struct error *err)
{
	AUTO_STRING id = NULL;
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = check_takeable(model_find_mail(desk->model, mail), err);
	if (!code)
		code = desk_case_open(desk, title ? title : record->subject ? record->subject : _("(no subject)"),
				      now, ret_stream, err);
	if (!code)
		code = put_into(desk, mail, ret_stream, EVENT_REPORT_RECEIVED, record, now, err);
	if (!code)
		code = add_party(desk, ret_stream, record, now, err);
	if (code)
		return code;
	id = mem_string(model_case_of_stream(desk->model, ret_stream)->id);
	return note_taken(desk, mail, id, now, err);
}

int desk_mail_take(struct desk *desk, const struct inbox_item *item, const char *title, instant now,
		   const struct case_state **ret, struct error *err)
{
	AUTO_STRING mail = mem_string(item->id);
	struct mail_record record = { 0 };
	uint8_t stream[16];
	int code = check_takeable(item, err);

	if (code)
		return code;
	code = reopen(desk, item, now, &record, err);
	if (!code)
		code = vault_hold(desk->vault, err);
	if (!code) {
		code = take_held(desk, mail, title, now, &record, stream, err);
		vault_let_go(desk->vault);
	}
	mail_record_release(&record);
	*ret = code ? NULL : model_case_of_stream(desk->model, stream);
	return code;
}

static int link_held(struct desk *desk, const char *mail, const char *case_id, const uint8_t stream[16],
		     const struct mail_record *record, instant now, struct error *err)
{
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = check_takeable(model_find_mail(desk->model, mail), err);
	if (!code)
		code = put_into(desk, mail, stream, EVENT_MESSAGE_RECEIVED, record, now, err);
	return code ? code : note_taken(desk, mail, case_id, now, err);
}

int desk_mail_link(struct desk *desk, const struct inbox_item *item, const struct case_state *state,
		   instant now, struct error *err)
{
	AUTO_STRING mail = mem_string(item->id);
	AUTO_STRING case_id = mem_string(state->id);
	struct mail_record record = { 0 };
	uint8_t stream[16];
	int code = check_takeable(item, err);

	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	code = reopen(desk, item, now, &record, err);
	if (!code)
		code = vault_hold(desk->vault, err);
	if (!code) {
		code = link_held(desk, mail, case_id, stream, &record, now, err);
		vault_let_go(desk->vault);
	}
	mail_record_release(&record);
	return code;
}
