/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about who is a member, who may read a case, and checkpoints to keep elsewhere. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/life.h"
#include "psirtty/vault/members.h"

enum { REQUEST_LIMIT = 1 << 20, CHECKPOINT_LIMIT = 1 << 18 };

static const char *const role_words[] = { "admin", "handler", "evaluator", "approver", "observer", NULL };
static const char *const right_words[] = { "read", "write", "grant", NULL };

/* The vault of the open desk, and the member WHO names. */
static int open_vault(struct command_context *context, const char *who, struct vault **ret,
		      struct vault_member *ret_member, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		*ret = desk_vault(desk);
	return !code && who ? vault_member_find(*ret, who, ret_member, err) : code;
}

/* ---- asking and admitting */

static int make_request(struct command_context *context, const struct command_call *call, struct openpgp *pgp,
			struct error *err)
{
	const char *file = call_value(call, "FILE");
	struct openpgp_key key = { 0 };
	AUTO_STR request = STR_INIT;
	int code = vault_request(context->vault_dir, pgp, call_value(call, "--handler"), file == NULL, &request, err);

	if (code)
		return code;
	if (str_equal(file, "-")) {
		str_add_bytes(&context->out, request.bytes, request.length);
		return 0;
	}
	if (file)
		code = file_write(file, request.bytes, request.length, 0644, err);
	if (!code)
		code = openpgp_find(pgp, call_value(call, "--handler"), true, &key, err);
	if (!code && file)
		command_say(context, _("asked in %s. Carry it to an admin, who runs: psirtty member add %s --from FILE"), file,
			    key.fingerprint);
	else if (!code)
		command_say(context, _("asked. An admin now runs: psirtty member add %s"), key.fingerprint);
	if (!code)
		command_say(context, _("tell the fingerprint on another way than the request goes: by it you are known"));
	openpgp_key_release(&key);
	return code;
}

static int run_request(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct openpgp *pgp = NULL;
	int code = context->vault_dir ? openpgp_open(context->gpg_home, &pgp, err) :
					error_set(err, ERR_USAGE, "vault", _("Give --vault DIR or set PSIRTTY_VAULT"),
						  _("no vault was named"));

	if (!code)
		code = make_request(context, call, pgp, err);
	openpgp_close(pgp);
	return code;
}

static int say_admitted(struct command_context *context, struct vault *vault, const char *who, struct error *err)
{
	struct vault_member member, *members;
	bool renewed = false;
	size_t count;
	int code = vault_member_find(vault, who, &member, err);

	if (code)
		return code;
	vault_members(vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		renewed = renewed || (members[i].replaced && str_equal(members[i].fingerprint, member.fingerprint));
	free(members);
	if (renewed)
		command_say(context, _("%s has a new identity: %s. Its owner now runs: psirtty member rotate --identity"), who,
			    vault_role_name(member.role));
	else
		command_say(context, _("%s is a member now: %s"), who, vault_role_name(member.role));
	return 0;
}

static int run_add(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *who = call_value(call, "FPR"), *file = call_value(call, "--from");
	const char *word = call_value(call, "--role");
	int role = word ? vault_role_from_name(word) : 0;
	AUTO_STR request = STR_INIT;
	struct vault *vault;
	int code = open_vault(context, NULL, &vault, NULL, err);

	if (!code && file)
		code = file_read(file, REQUEST_LIMIT, &request, err);
	if (!code)
		code = vault_admit(vault, who, file ? &request : NULL, (enum vault_role)role,
				   command_now(context), err);
	return code ? code : say_admitted(context, vault, who, err);
}

/* ---- listing */

static char *name_of(struct command_context *context, const char *fingerprint)
{
	struct openpgp_key key = { 0 };
	char *name = NULL;

	if (openpgp_find(desk_openpgp(context->desk), fingerprint, false, &key, NULL) == 0)
		name = mem_format("%s <%s>", str_or_empty(key.name), str_or_empty(key.address));
	openpgp_key_release(&key);
	return name;
}

struct member_line { const char *fingerprint, *role, *state; instant since, until; bool me, recovery; };

static void list_line(struct command_context *context, json_t *list, const struct member_line *line)
{
	AUTO_STRING name = name_of(context, line->fingerprint);
	char since[40] = "", until[40] = "";
	json_t *one;

	if (line->since != INSTANT_NONE)
		instant_format(line->since, since);
	if (line->until != INSTANT_NONE)
		instant_format(line->until, until);
	if (!list) {
		command_row_out(context, line->fingerprint, line->role, line->state, since, until,
				line->me ? "me" : line->recovery ? "recovery" : "", str_or_empty(name), NULL);
		return;
	}
	one = json_object();
	js_set_string(one, "fingerprint", line->fingerprint);
	js_set_string(one, "name", name);
	js_set_string(one, "role", line->role);
	js_set_string(one, "state", line->state);
	js_set_string(one, "since", *since ? since : NULL);
	js_set_string(one, "until", *until ? until : NULL);
	js_set_bool(one, "me", line->me);
	js_set_bool(one, "recovery", line->recovery);
	json_array_append_new(list, one);
}

static void list_members(struct command_context *context, struct vault *vault, json_t *list)
{
	struct vault_member *members;
	size_t count;

	vault_members(vault, &members, &count);
	for (size_t i = 0; i < count; i++) {
		const struct vault_member *m = &members[i];
		const struct member_line line = { m->fingerprint, vault_role_name(m->role),
						  !m->live ? "removed" : m->replaced ? "replaced" : "member", m->since, m->until, m->me,
						  m->recovery };

		list_line(context, list, &line);
	}
	free(members);
}

static int list_requests(struct command_context *context, struct vault *vault, json_t *list, struct error *err)
{
	struct vault_request *requests;
	size_t count;
	int code = vault_requests(vault, &requests, &count, err);

	for (size_t i = 0; !code && i < count; i++) {
		const struct member_line line = { requests[i].fingerprint, "", "asks", INSTANT_NONE, INSTANT_NONE,
						  false, false };

		list_line(context, list, &line);
		vault_request_release(&requests[i]);
	}
	if (!code)
		free(requests);
	return code;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = NULL;
	struct vault *vault;
	int code = open_vault(context, NULL, &vault, NULL, err);

	(void)call;
	if (code)
		return code;
	if (context->json)
		list = json_array();
	list_members(context, vault, list);
	code = list_requests(context, vault, list, err);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- changing */

/* Who is being replaced has two identities: neither stays. */
static int revoke_replaced(struct command_context *context, struct vault *vault, const struct vault_member *member,
			   size_t *ret_rotated, size_t *ret_left, struct error *err)
{
	struct vault_member *members;
	size_t count;
	int code = 0;

	vault_members(vault, &members, &count);
	for (size_t i = 0; !code && i < count; i++)
		if (members[i].replaced && str_equal(members[i].fingerprint, member->fingerprint))
			code = vault_remove(vault, members[i].id, command_now(context), ret_rotated, ret_left, err);
	free(members);
	return code;
}

static int run_member_revoke(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct vault_member member;
	struct vault *vault;
	size_t rotated, left, before = 0;
	int code = open_vault(context, call_value(call, "FPR"), &vault, &member, err);

	if (!code)
		code = revoke_replaced(context, vault, &member, &before, &left, err);
	if (!code)
		code = vault_remove(vault, member.id, command_now(context), &rotated, &left, err);
	if (code)
		return code;
	rotated += before;
	command_say(context, _("%s is no member any more; %zu cases have new keys"), member.fingerprint, rotated);
	if (left)
		command_say(context, _("%zu cases get theirs from the next who writes there"), left);
	command_say(context, _("What was read until now cannot be taken back"));
	return 0;
}

static int run_role(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *word = call_value(call, "ROLE");
	struct vault_member member;
	struct vault *vault;
	int code = open_vault(context, call_value(call, "FPR"), &vault, &member, err);

	if (!code)
		code = vault_set_role(vault, member.id, (enum vault_role)vault_role_from_name(word),
				      command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s"), member.fingerprint, word);
	return code;
}

static void say_renewed(struct command_context *context, const struct vault *vault, const struct vault_renewal *renewal)
{
	if (renewal->asked) {
		command_say(context, _("asked for a new identity. An admin now runs: psirtty member add %s"),
			    vault_fingerprint(vault));
		command_say(context, _("then run this again: the new one takes over, and the old one ends"));
		return;
	}
	command_say(context, _("you have a new identity, and the old one is no member any more; %zu cases have new keys"),
		    renewal->rotated);
	if (renewal->waiting)
		command_say(context, _("%zu cases get theirs from the next who writes there"), renewal->waiting);
	if (renewal->left)
		command_say(context, _("%zu cases were left behind: %s"), renewal->left, renewal->names);
	if (renewal->damaged)
		command_say(context, _("%zu drafts are damaged and did not come along: %s"), renewal->damaged,
			    renewal->damaged_names);
	command_say(context, _("What was read until now cannot be taken back. Lock the vault and unlock it to go on"));
}

static int renew(struct command_context *context, const struct command_call *call, struct vault *vault,
		 struct error *err)
{
	struct vault_renewal renewal;
	int code;

	if (call_value(call, "--to"))
		return error_set(err, ERR_USAGE, "--to", _("First the one, then the other"),
				 _("a new identity and another OpenPGP key are two changes"));
	code = vault_renew(vault, call_given(call, "--abandon"), command_now(context), &renewal, err);
	if (!code)
		say_renewed(context, vault, &renewal);
	vault_renewal_release(&renewal);
	return code;
}

static int run_rotate(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *to = call_value(call, "--to");
	struct vault *vault;
	int code = open_vault(context, NULL, &vault, NULL, err);

	if (!code && call_given(call, "--identity"))
		return renew(context, call, vault, err);
	if (!code && call_given(call, "--abandon"))
		code = error_set(err, ERR_USAGE, "--abandon", _("Give it with --identity"), _("it says nothing by itself"));
	if (!code)
		code = vault_rotate_openpgp(vault, to ? to : vault_fingerprint(vault), command_now(context), err);
	if (!code)
		command_say(context, _("your identity is now opened by %s"), vault_fingerprint(vault));
	return code;
}

static int show_recovery(struct command_context *context, const struct vault *vault)
{
	struct vault_member *members;
	const char *holder = NULL;
	size_t count;

	vault_members(vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		if (members[i].recovery)
			holder = members[i].fingerprint;
	free(members);
	if (holder)
		command_say(context, _("recovery key: %s"), holder);
	else
		command_say(context, _("no recovery key: what the last reader of a case loses is lost"));
	return 0;
}

static int run_recovery(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *who = call_value(call, "FPR");
	bool none = str_equal(who, "none");
	struct vault_member member;
	struct vault *vault;
	size_t left = 0;
	int code = open_vault(context, none ? NULL : who, &vault, &member, err);

	if (!code && !who)
		return show_recovery(context, vault);
	if (!code)
		code = vault_set_recovery(vault, none ? NULL : member.id, command_now(context), &left, err);
	if (code)
		return code;
	if (left)
		command_say(context, _("%zu cases are open to the recovery key only from their next change on"), left);
	return show_recovery(context, vault);
}

/* ---- cases */

static int rights_from(const char *list, uint8_t *ret, struct error *err)
{
	AUTO_STRING copy = mem_string(list);
	char *save = NULL;

	*ret = list ? 0 : VAULT_READ | VAULT_WRITE;
	for (char *word = copy ? strtok_r(copy, ",", &save) : NULL; word; word = strtok_r(NULL, ",", &save)) {
		size_t i = 0;

		while (right_words[i] && !str_equal(right_words[i], word))
			i++;
		if (!right_words[i])
			return error_set(err, ERR_USAGE, word, _("Give read, write or grant, or several with commas"),
					 _("it is no right"));
		*ret |= (uint8_t)(1 << i);
	}
	/* Each right holds the ones before it: nobody writes blindly. */
	*ret |= *ret & VAULT_GRANT ? VAULT_READ | VAULT_WRITE : VAULT_READ;
	return 0;
}

static void rights_word(uint8_t rights, char ret[24])
{
	snprintf(ret, 24, "read%s%s", rights & VAULT_WRITE ? ",write" : "", rights & VAULT_GRANT ? ",grant" : "");
}

/* What a grant opens: all there is of the case, down to its first event. */
struct past { size_t count, mails, files; instant first; bool reads; };

static int count_past(void *context, const struct vault_event *event, struct error *err)
{
	struct past *past = context;

	(void)err;
	if (past->count++ == 0)
		past->first = event->at;
	return 0;
}

static int look_past(struct vault *vault, const struct case_state *state, const struct vault_member *member,
		     struct past *ret, struct error *err)
{
	struct vault_access *readers;
	struct case_files files;
	size_t count;

	*ret = (struct past){ .mails = state->message_count };
	desk_files(state, &files);
	ret->files = files.count;
	case_files_release(&files);
	vault_readers(vault, state->stream, &readers, &count);
	for (size_t i = 0; i < count; i++)
		ret->reads = ret->reads || memcmp(readers[i].member, member->id, 16) == 0;
	free(readers);
	return vault_stream_each(vault, state->stream, count_past, ret, err);
}

/* Whom the call means, which case, and its past. */
static int find_grant(struct command_context *context, const struct command_call *call, struct vault **ret_vault,
		      const struct case_state **ret_state, struct vault_member *ret_member, struct past *ret,
		      struct error *err)
{
	struct desk *desk;
	int code = command_case(context, call, &desk, ret_state, err);

	if (!code)
		code = open_vault(context, call_value(call, "MEMBER"), ret_vault, ret_member, err);
	return code ? code : look_past(*ret_vault, *ret_state, ret_member, ret, err);
}

static char *past_sentence(struct command_context *context, const struct case_state *state,
			   const struct vault_member *member, const struct past *past)
{
	AUTO_STRING name = name_of(context, member->fingerprint);
	char first[40];

	if (past->reads)
		return mem_format(_("%s reads %s already."), name ? name : member->fingerprint, state->id);
	return mem_format(_("%s would read the whole past of %s: %zu events since %s, %zu mails, %zu files."),
			  name ? name : member->fingerprint, state->id, past->count,
			  past->count ? instant_format_date(past->first, first) : "-", past->mails, past->files);
}

static char *ask_grant(struct command_context *context, const struct command_call *call)
{
	const struct case_state *state;
	struct vault_member member;
	struct vault *vault;
	struct past past;

	if (call_given(call, "--dry-run") || find_grant(context, call, &vault, &state, &member, &past, NULL))
		return NULL;
	return past_sentence(context, state, &member, &past);
}

static int run_grant(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	AUTO_STRING sentence = NULL;
	struct vault_member member;
	struct vault *vault;
	struct past past;
	char word[24], first[40];
	uint8_t rights;
	int code = rights_from(call_value(call, "--rights"), &rights, err);

	if (!code)
		code = find_grant(context, call, &vault, &state, &member, &past, err);
	if (!code && call_given(call, "--dry-run")) {
		sentence = past_sentence(context, state, &member, &past);
		command_say(context, "%s", sentence);
		return 0;
	}
	if (!code)
		code = vault_grant(vault, state->stream, member.id, rights, command_now(context), err);
	if (code)
		return code;
	rights_word(rights, word);
	command_say(context, _("%s: %s for %s, with its whole past: %zu events since %s"), state->id, word,
		    member.fingerprint, past.count, past.count ? instant_format_date(past.first, first) : "-");
	return 0;
}

/* Who is being replaced reads by two identities: both lose the case. */
static int revoke_person(struct vault *vault, const uint8_t stream[16], const struct vault_member *member, instant now,
			 struct error *err)
{
	struct vault_member *members;
	struct vault_access *readers;
	size_t count, reader_count;
	bool revoked = false;
	int code = 0;

	vault_members(vault, &members, &count);
	vault_readers(vault, stream, &readers, &reader_count);
	for (size_t i = 0; !code && i < count; i++)
		for (size_t r = 0; !code && members[i].replaced && r < reader_count; r++)
			if (str_equal(members[i].fingerprint, member->fingerprint) &&
			    memcmp(readers[r].member, members[i].id, 16) == 0) {
				code = vault_revoke(vault, stream, members[i].id, now, err);
				revoked = true;
			}
	for (size_t r = 0; r < reader_count; r++)
		revoked = revoked && memcmp(readers[r].member, member->id, 16) != 0;
	free(members);
	free(readers);
	return code || revoked ? code : vault_revoke(vault, stream, member->id, now, err);
}

static int run_revoke(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	AUTO_STRING id = NULL;
	struct vault_member member;
	struct vault *vault;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = open_vault(context, call_value(call, "MEMBER"), &vault, &member, err);
	/* Who revokes himself has no case any more. */
	id = code ? NULL : mem_string(state->id);
	if (!code)
		code = revoke_person(vault, state->stream, &member, command_now(context), err);
	if (code)
		return code;
	command_say(context, _("%s may not read %s any more. What was read until now cannot be taken back"),
		    member.fingerprint, id);
	return 0;
}

static const struct vault_member *member_at(const struct vault_member *members, size_t count, const uint8_t id[16])
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(members[i].id, id, 16) == 0)
			return &members[i];
	return NULL;
}

struct reader_line { const char *fingerprint, *what, *detail, *file; instant at; };

static void reader_line(struct command_context *context, json_t *list, const struct reader_line *line)
{
	AUTO_STRING name = name_of(context, line->fingerprint);
	char at[40];
	json_t *one;

	instant_format(line->at, at);
	if (!list) {
		/* An export of the whole case names no object. */
		const char *detail = strspn(line->detail, "0") == strlen(line->detail) ? "-" : line->detail;

		command_row_out(context, line->what, line->fingerprint, at, line->file ? line->file : detail,
				str_or_empty(name), NULL);
		return;
	}
	one = json_object();
	js_set_string(one, "what", line->what);
	js_set_string(one, "fingerprint", line->fingerprint);
	js_set_string(one, "name", name);
	js_set_string(one, "at", at);
	js_set_string(one, str_equal(line->what, "may") ? "rights" : "object", line->detail);
	if (line->file)
		js_set_string(one, "file", line->file);
	json_array_append_new(list, one);
}

/* What its case calls an attachment, or NULL. */
static const char *file_called(const struct case_files *files, const char *object)
{
	for (size_t i = 0; i < files->count; i++)
		if (str_equal(files->files[i].file->object, object))
			return files->files[i].file->name;
	return NULL;
}

static int list_readings(struct command_context *context, struct vault *vault, const struct case_state *state,
			 const struct vault_member *members, size_t member_count, json_t *list, struct error *err)
{
	static const char *const kinds[] = { [VAULT_READ_ATTACHMENT] = "read", [VAULT_READ_EXPORT] = "exported" };
	struct vault_reading *readings;
	struct case_files files;
	size_t count;
	int code = vault_readings(vault, state->stream, &readings, &count, err);

	desk_files(state, &files);
	for (size_t i = 0; !code && i < count; i++) {
		const struct vault_member *m = member_at(members, member_count, readings[i].member);
		const char *kind = readings[i].kind < ARRAY_LEN(kinds) ? kinds[readings[i].kind] : NULL;
		const struct reader_line line = { m ? m->fingerprint : "", kind ? kind : "read",
						  readings[i].object, file_called(&files, readings[i].object),
						  readings[i].at };

		reader_line(context, list, &line);
	}
	if (!code)
		free(readings);
	case_files_release(&files);
	return code;
}

static void list_readers(struct command_context *context, struct vault *vault, const uint8_t stream[16],
			 const struct vault_member *members, size_t member_count, json_t *list)
{
	struct vault_access *readers;
	size_t count;

	vault_readers(vault, stream, &readers, &count);
	for (size_t i = 0; i < count; i++) {
		const struct vault_member *m = member_at(members, member_count, readers[i].member);
		struct reader_line line = { m ? m->fingerprint : "", "may", NULL, NULL, readers[i].since };
		char word[24];

		rights_word(readers[i].rights, word);
		line.detail = word;
		reader_line(context, list, &line);
	}
	free(readers);
}

static int run_readers(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct vault_member *members;
	json_t *list = NULL;
	struct vault *vault;
	struct desk *desk;
	size_t count;
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	vault = desk_vault(desk);
	vault_members(vault, &members, &count);
	if (context->json)
		list = json_array();
	list_readers(context, vault, state->stream, members, count, list);
	code = list_readings(context, vault, state, members, count, list, err);
	free(members);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- checkpoints */

static int run_checkpoint(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "FILE");
	AUTO_STR text = STR_INIT;
	struct vault *vault;
	int code = open_vault(context, NULL, &vault, NULL, err);

	if (!code)
		code = vault_checkpoint(vault, command_now(context), &text, err);
	if (!code && file && !str_equal(file, "-")) {
		code = file_write(file, text.bytes, text.length, 0644, err);
		if (!code)
			command_say(context, _("checkpoint in %s. Keep it where this host cannot change it"), file);
	} else if (!code) {
		str_add_bytes(&context->out, text.bytes, text.length);
		context->reactions |= REACT_SHOW_OUTPUT;
	}
	return code;
}

static int run_checkpoint_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STR text = STR_INIT;
	struct vault *vault;
	int code = open_vault(context, NULL, &vault, NULL, err);

	if (!code)
		code = file_read(call_value(call, "FILE"), CHECKPOINT_LIMIT, &text, err);
	if (!code)
		code = vault_checkpoint_check(vault, &text, err);
	if (!code)
		command_say(context, _("the vault still holds what this checkpoint says"));
	return code;
}

#define ARG_MEMBER(n) ARG(n, ARG_FINGERPRINT, N_("a member's fingerprint (eight digits are enough) or address"))
#define ARG_ROLE(n, o) { .name = (n), .type = ARG_WORD, .option = (o), .takes_value = (o), .optional = (o), \
			 .words = role_words, .help = N_("what the member may do (handler; else as before)") }

const struct command_row member_commands[] = {
	{
		.name = "member request",
		.help = N_("ask to become a member of a vault"),
		.flags = COMMAND_OWN_VAULT,
		.arguments = { ARG_MAY("FILE", ARG_FILE, N_("carry this to an admin (left in the vault's folder)")),
			       { .name = "--handler", .type = ARG_FINGERPRINT, .option = true, .takes_value = true,
				 .help = N_("fingerprint or address of your OpenPGP key") } },
		.exec = run_request,
	},
	{
		.name = "member add",
		.help = N_("admit who asked, after comparing the fingerprint"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG("FPR", ARG_FINGERPRINT, N_("the newcomer's fingerprint")), ARG_ROLE("--role", true),
			       OPTION("--from", ARG_FILE, N_("a request that was carried here")) },
		.exec = run_add,
	},
	{
		.name = "member list",
		.help = N_("list members, former members, and who asks to become one"),
		.flags = COMMAND_JSON,
		.exec = run_list,
	},
	{
		.name = "member revoke",
		.help = N_("remove a member and give every case it could read a new key"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG_MEMBER("FPR") },
		.exec = run_member_revoke,
	},
	{
		.name = "member role",
		.help = N_("change what a member may do at most"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG_MEMBER("FPR"), ARG_ROLE("ROLE", false) },
		.exec = run_role,
	},
	{
		.name = "member rotate",
		.help = N_("open your identity with another OpenPGP key, or make a new one"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { OPTION("--to", ARG_FINGERPRINT, N_("fingerprint or address of the new key")),
			       SWITCH("--identity", N_("a new identity, where the root was exposed")),
			       SWITCH("--abandon", N_("also if cases stay behind that others must grant")) },
		.exec = run_rotate,
	},
	{
		.name = "member recovery",
		.help = N_("say who holds the key that opens every case, or change it"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG_MAY("FPR", ARG_FINGERPRINT, N_("a member, or none")) },
		.exec = run_recovery,
	},
	{
		.name = "case grant",
		.help = N_("let a member read a case, with its whole past"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")), ARG_MEMBER("MEMBER"),
			       OPTION("--rights", ARG_TEXT, N_("read, write, grant; several with commas (read,write)")),
			       SWITCH("--dry-run", N_("only say what past the member would read")) },
		.exec = run_grant,
		.question = ask_grant,
	},
	{
		.name = "case revoke",
		.help = N_("take a member's access to a case away, and give it a new key"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")), ARG_MEMBER("MEMBER") },
		.exec = run_revoke,
	},
	{
		.name = "case readers",
		.help = N_("list who may read a case, and who read its files or exported it"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("CASE", ARG_CASE, N_("a case's id, or its number")) },
		.exec = run_readers,
	},
	{
		.name = "vault checkpoint",
		.help = N_("sign what the vault is now, to be kept elsewhere"),
		.flags = COMMAND_CHANGES | COMMAND_BULK,
		.arguments = { ARG_MAY("FILE", ARG_FILE, N_("where to (standard output)")) },
		.exec = run_checkpoint,
	},
	{
		.name = "vault checkpoint check",
		.flags = COMMAND_BULK,
		.help = N_("hold the vault against a checkpoint that was kept elsewhere"),
		.arguments = { ARG("FILE", ARG_FILE, NULL) },
		.exec = run_checkpoint_check,
	},
	{ .name = NULL },
};
