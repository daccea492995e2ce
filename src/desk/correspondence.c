/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail out: drafts sealed in the vault, a leak guard in front of the door, and a letter that exactly
 * two keys can open: the peer's pinned one and ours.
 */
#include "desk/desk_private.h"

#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"
#include "psirtty/format/mime.h"

enum { DRAFT_MAX = 32 << 20 };

/* A draft on disk: JSON {case, to, subject, in_reply_to, references, text}. */

void desk_set_letter_way(struct desk *desk, const struct letter_way *way)
{
	desk->letter_way = way;
}

/* ---- writing one */

static const struct case_message *last_received(const struct case_state *state)
{
	const struct case_message *found = NULL;

	for (size_t i = 0; i < state->message_count; i++)
		if (state->messages[i].type != EVENT_MESSAGE_SENT && state->messages[i].address &&
		    *state->messages[i].address)
			found = &state->messages[i];
	return found;
}

/* "Re: subject [PSIRT-2026-0001]", each part once. */
static char *reply_subject(const struct case_state *state, const char *subject)
{
	const char *rest = str_or_empty(subject);
	AUTO_STRING tag = mem_format("[%s]", state->id);

	while (str_starts_nocase(rest, "re:")) {
		rest += 3;
		rest += strspn(rest, " ");
	}
	if (strstr(rest, tag))
		return mem_format("Re: %s", rest);
	return mem_format("Re: %s %s", rest, tag);
}

int desk_reply(struct desk *desk, const struct case_state *state, const struct case_message *message,
	       const char *text, instant now, char **ret_id, struct error *err)
{
	const struct case_message *to = message ? message : last_received(state);
	AUTO_JSON draft = json_object();
	AUTO_STR bytes = STR_INIT;
	AUTO_STRING subject = NULL;
	char random[9], *id;
	int code;

	(void)now;
	if (!to || !to->address || !*to->address)
		return error_set(err, ERR_NO, state->id, _("Write to a party with `mail compose`"),
				 _("there is no message to answer"));
	subject = reply_subject(state, to->subject);
	js_set_string(draft, "case", state->id);
	js_set_string(draft, "to", to->peer ? to->peer : to->address);
	js_set_string(draft, "address", to->address);
	js_set_string(draft, "subject", subject);
	js_set_string(draft, "in_reply_to", to->message_id);
	js_set_string(draft, "text", text);
	js_dump(draft, &bytes);
	vault_random_hex(random, 8);
	id = mem_format("reply-%s", random);
	code = vault_draft_put(desk->vault, id, bytes.bytes, bytes.length, err);
	if (code)
		free(id);
	else
		*ret_id = id;
	return code;
}

int desk_draft_list(struct desk *desk, char ***ret_ids, size_t *ret_count, struct error *err)
{
	return vault_draft_list(desk->vault, ret_ids, ret_count, err);
}

int desk_draft_load(struct desk *desk, const char *id, json_t **ret, struct error *err)
{
	struct str bytes = STR_INIT;
	int code = vault_draft_get(desk->vault, id, &bytes, err);

	if (!code)
		code = js_load(bytes.bytes, bytes.length, DRAFT_MAX, id, ret, err);
	str_wipe(&bytes);
	return code;
}

/* ---- the leak guard */

void draft_check_release(struct draft_check *check)
{
	for (size_t i = 0; i < check->problem_count; i++)
		free(check->problems[i]);
	for (size_t i = 0; i < check->key_count; i++)
		free(check->keys[i]);
	free(check->problems);
	free(check->keys);
	free(check->to);
	free(check->subject);
	free(check->text);
	*check = (struct draft_check){ 0 };
}

static void problem(struct draft_check *check, char *sentence)
{
	check->problems = mem_resize(check->problems, check->problem_count + 1, sizeof(*check->problems));
	check->problems[check->problem_count++] = sentence;
}

static void reader(struct draft_check *check, const char *fingerprint)
{
	check->keys = mem_resize(check->keys, check->key_count + 1, sizeof(*check->keys));
	check->keys[check->key_count++] = mem_string(fingerprint);
}

static const struct case_party *party_at(const struct case_state *state, const char *address)
{
	for (size_t i = 0; i < state->party_count; i++)
		if (state->parties[i].address && str_casecmp(state->parties[i].address, address) == 0)
			return &state->parties[i];
	return NULL;
}

static bool brought_it(const struct case_party *party)
{
	return str_equal(party->role, "finder") || str_equal(party->role, "reporter");
}

bool desk_draft_is_form(const char *id)
{
	return str_starts(id, "letter-") || str_starts(id, "notice-");
}

/* Details go to those who agreed to the embargo. Who brought the report knows them; a form holds none. */
static void check_embargo(const struct case_state *state, const char *address, const char *draft_id,
			  struct draft_check *check)
{
	const struct case_party *party = party_at(state, address);

	if (desk_draft_is_form(draft_id) || !party || brought_it(party) || case_may_share(state, party, state->updated))
		return;
	problem(check, mem_format(_("%s has not agreed to the embargo"), party->name));
}

/* Another case's id or title in the text is the commonest leak of all. */
static void check_other_cases(struct desk *desk, const struct case_state *state, struct draft_check *check)
{
	for (size_t i = 0; i < model_case_count(desk->model); i++) {
		const struct case_state *other = model_case(desk->model, i);

		if (other == state)
			continue;
		if (strstr(check->text, other->id) || strstr(check->subject, other->id))
			problem(check, mem_format(_("it names %s, another case"), other->id));
		else if (strlen(other->title) > 12 && strstr(check->text, other->title))
			problem(check, mem_format(_("it holds the title of %s, another case"), other->id));
	}
}

static void check_reader(struct desk *desk, const struct case_state *state, const char *address,
			 struct draft_check *check)
{
	const char *pinned = model_pinned(desk->model, address);
	struct openpgp_key key = { 0 };
	AUTO_ERROR why = ERROR_INIT;

	if (!party_at(state, address))
		problem(check, mem_format(_("%s is not a party of %s"), address, state->id));
	if (!pinned) {
		problem(check, mem_format(_("no key is pinned to %s"), address));
		return;
	}
	if (openpgp_find(desk->pgp, pinned, false, &key, &why))
		problem(check, mem_format(_("the pinned key %s is not in the keyring"), pinned));
	else if (!key.can_encrypt)
		problem(check, mem_format(_("the pinned key %s is expired, revoked or cannot encrypt"), pinned));
	openpgp_key_release(&key);
	reader(check, pinned);
}

static int check_gates(struct desk *desk, const struct case_state *state, const char *draft_id, instant now,
		       struct draft_check *check, struct error *err)
{
	const struct desk_leaving leaving = { .action = GATE_SEND, .draft = draft_id };
	struct desk_gates gates = { 0 };
	int code = now == INSTANT_NONE ? 0 : desk_gates_ask(desk, state, &leaving, now, &gates, err);

	for (size_t i = 0; i < gates.count; i++)
		if (!gates_open(&gates.verdicts[i], 1))
			problem(check, desk_gate_sentence(&gates.verdicts[i]));
	desk_gates_release(&gates);
	return code;
}

int desk_draft_check(struct desk *desk, const char *draft_id, instant now, struct draft_check *ret, struct error *err)
{
	struct draft_check check = { 0 };
	const struct case_state *state;
	AUTO_JSON draft = NULL;
	int code = desk_draft_load(desk, draft_id, &draft, err);

	if (!code)
		code = desk_find_case(desk, str_or_empty(js_string(draft, "case")), &state, err);
	if (!code)
		code = model_whole_case(desk->model, state, err);
	if (code)
		return code;
	check.to = mem_string(str_or_empty(js_string(draft, "to")));
	check.subject = mem_string(str_or_empty(js_string(draft, "subject")));
	check.text = mem_string(str_or_empty(js_string(draft, "text")));
	if (!*check.text)
		problem(&check, mem_string(_("there is no text")));
	check_reader(desk, state, str_or_empty(js_string(draft, "address")), &check);
	check_embargo(state, str_or_empty(js_string(draft, "address")), draft_id, &check);
	check_other_cases(desk, state, &check);
	reader(&check, vault_fingerprint(desk->vault));
	code = check_gates(desk, state, draft_id, now, &check, err);
	if (code) {
		draft_check_release(&check);
		return code;
	}
	*ret = check;
	if (!check.problem_count)
		return 0;
	return error_set(err, ERR_NO, draft_id, _("Mend it, or pin the right key"), "%s", check.problems[0]);
}

/* ---- sending */

struct sending {
	struct desk *desk;
	json_t *draft;
	const struct case_state *state;
	struct draft_check check;
	struct mime_letter letter;
	char *from, *message_id, *references;
	struct str mail;
	char *part, *path; /* in the outbox: tmp/ and new/ */
};

static void sending_release(struct sending *s)
{
	json_decref(s->draft);
	draft_check_release(&s->check);
	free(s->from);
	free(s->message_id);
	free(s->references);
	free(s->part);
	free(s->path);
	str_release(&s->mail);
}

static void fill_letter(struct sending *s, instant now)
{
	const char *at = strchr(s->desk->address, '@');
	const char *answers = js_string(s->draft, "in_reply_to");
	char random[33];

	vault_random_hex(random, 32);
	s->message_id = mem_format("<%s%s>", random, at ? at : "@psirtty.invalid");
	s->from = mem_format("%s <%s>", s->desk->handler, s->desk->address);
	s->references = mem_string(answers);
	s->letter = (struct mime_letter){
		.from = s->from,
		.to = js_string(s->draft, "to"),
		.subject = js_string(s->draft, "subject"),
		.message_id = s->message_id,
		.in_reply_to = answers,
		.references = s->references,
		.date = now,
		.text = s->check.text,
	};
}

static int seal_letter(struct sending *s, struct error *err)
{
	struct str inner = STR_INIT;
	AUTO_STR armored = STR_INIT;
	char boundary[33];
	int code = mime_write_inner(&s->letter, &inner, err);

	if (!code)
		code = openpgp_encrypt(s->desk->pgp, inner.bytes, inner.length,
				       (const char *const *)s->check.keys, s->check.key_count,
				       vault_fingerprint(s->desk->vault), true, &armored, err);
	str_wipe(&inner);
	if (code)
		return code;
	vault_random_hex(boundary, 32);
	return mime_write_encrypted(&s->letter, armored.bytes, boundary, &s->mail, err);
}

/* The outbox is a Maildir: written to tmp/, moved to new/ only when the case knows of it. */
static int write_part(struct sending *s, instant now, struct error *err)
{
	static const char *const folders[] = { "tmp", "new", "cur" };
	const char *outbox = vault_outbox(s->desk->vault);
	char random[17];
	AUTO_STRING name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_STRING folder = file_join(outbox, folders[i]);
		int code = file_make_dir(folder, 0770, err);

		if (code)
			return code;
	}
	vault_random_hex(random, 16);
	name = mem_format("%lld.%s.psirtty", (long long)(now / INSTANT_SECOND), random);
	s->part = mem_format("%s/tmp/%s", outbox, name);
	s->path = mem_format("%s/new/%s", outbox, name);
	return file_write(s->part, s->mail.bytes, s->mail.length, 0640, err);
}

static int note_sent(struct sending *s, instant now, struct error *err)
{
	struct vault_object object;
	json_t *body, *to;
	int code = vault_object_put(s->desk->vault, s->mail.bytes, s->mail.length, &object, err);

	if (code)
		return code;
	body = json_object();
	to = json_array();
	json_array_append_new(to, js_new_string(s->letter.to, strlen(s->letter.to)));
	json_object_set_new(body, "to", to);
	js_set_string(body, "subject", s->letter.subject);
	js_set_string(body, "message_id", s->letter.message_id);
	js_set_string(body, "in_reply_to", s->letter.in_reply_to);
	desk_set_instant(body, "sent", now);
	js_set_string(body, "text", s->letter.text);
	json_object_set_new(body, "raw", desk_object_json(&object, NULL, "message/rfc822", "message"));
	return desk_append(s->desk, s->state, EVENT_MESSAGE_SENT, body, now, err);
}

static int send_checked(struct sending *s, instant now, struct error *err)
{
	int code;

	fill_letter(s, now);
	code = seal_letter(s, err);
	if (!code)
		code = write_part(s, now, err);
	if (!code)
		code = note_sent(s, now, err);
	if (code) {
		if (s->part)
			unlink(s->part);
		return code;
	}
	return rename(s->part, s->path) == 0 ? 0 : error_errno(err, ERR_INPUT, s->path, NULL);
}

int desk_draft_send(struct desk *desk, const char *draft_id, instant now, char **ret_path, struct error *err)
{
	struct sending s = { .desk = desk, .mail = STR_INIT };
	int code = desk_draft_load(desk, draft_id, &s.draft, err);

	if (!code)
		code = desk_draft_check(desk, draft_id, now, &s.check, err);
	if (!code)
		code = desk_find_case(desk, str_or_empty(js_string(s.draft, "case")), &s.state, err);
	if (!code)
		code = send_checked(&s, now, err);
	if (!code)
		code = vault_draft_remove(desk->vault, draft_id, err);
	if (!code) {
		*ret_path = s.path;
		s.path = NULL;
	}
	sending_release(&s);
	return code;
}
