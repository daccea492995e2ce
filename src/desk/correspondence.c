/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drafts of letters: whom they are to, what they quote, what is attached. All of it lies sealed in the vault
 * until it is sent or thrown away.
 */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/text.h"
#include "psirtty/format/mime.h"

enum { DRAFT_MAX = 64 << 20, FILES_MAX = 18 << 20, FILE_COUNT = 100, PERSONS_MAX = 100, THREAD_IDS = 100 };

/* A draft on disk: JSON {case, send, to, address, cc, bcc, subject, in_reply_to, references, text, language, tlp,
 * template, form, quoted, clear, files}; cc and bcc are lists of {name, address}, files of {name, type, sha256, size,
 * content}. */

void desk_set_letter_way(struct desk *desk, const struct letter_way *way)
{
	desk->letter_way = way;
}

bool desk_letters_wait(const struct desk *desk)
{
	return !desk->letter_way || str_equal(desk->letter_way->name, "outbox");
}

/* ---- on disk */

int desk_draft_list(struct desk *desk, char ***ret_ids, size_t *ret_count, struct error *err)
{
	size_t kept = 0;
	int code = vault_draft_list(desk->vault, ret_ids, ret_count, err);

	for (size_t i = 0; !code && i < *ret_count; i++) {
		if (desk_is_typed((*ret_ids)[i]) || desk_is_plan((*ret_ids)[i]))
			free((*ret_ids)[i]);
		else
			(*ret_ids)[kept++] = (*ret_ids)[i];
	}
	*ret_count = code ? *ret_count : kept;
	return code;
}

int desk_draft_load(struct desk *desk, const char *id, json_t **ret, struct error *err)
{
	struct str bytes = STR_INIT;
	int code = vault_draft_get(desk->vault, id, &bytes, err);

	if (!code)
		code = js_load(bytes.bytes, bytes.length, DRAFT_MAX, id, ret, err);
	str_wipe(&bytes);
	if (code || js_string(*ret, "case"))
		return code;
	json_decref(*ret);
	*ret = NULL;
	return error_set(err, ERR_INPUT, id, _("See `draft list`"), _("this draft is no letter"));
}

int desk_draft_store(struct desk *desk, const char *id, const json_t *draft, struct error *err)
{
	struct str bytes = STR_INIT;
	int code;

	js_dump(draft, &bytes);
	code = vault_draft_put(desk->vault, id, bytes.bytes, bytes.length, err);
	str_wipe(&bytes);
	return code;
}

bool desk_draft_is_form(const json_t *draft)
{
	return js_bool(draft, "form");
}

/* ---- persons */

struct person { const char *name, *address; };

static bool names(const char *who, const char *name, const char *address)
{
	return (name && *name && str_casecmp(who, name) == 0) || (address && *address && str_casecmp(who, address) == 0);
}

/* A party of the case, a contact, or a bare address. */
static int find_person(struct desk *desk, const struct case_state *state, const char *who, struct person *ret,
		       struct error *err)
{
	const struct contact *contact;

	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (!names(who, party->name, party->address))
			continue;
		if (!party->address || !*party->address)
			return error_set(err, ERR_NO, who, _("Give it one with party set --address"), _("no address is known"));
		*ret = (struct person){ party->name, party->address };
		return 0;
	}
	contact = model_find_contact(desk->model, who);
	if (contact && contact_words(contact, "addresses", 0)) {
		*ret = (struct person){ contact_text(contact, "name"), contact_words(contact, "addresses", 0) };
		return 0;
	}
	if (!strchr(who, '@') || strpbrk(who, " <>,;\r\n"))
		return error_set(err, ERR_INPUT, who, _("Name a party of the case, a contact or an address"),
				 _("nobody is called so"));
	*ret = (struct person){ NULL, who };
	return 0;
}

static bool is_finder(const struct case_party *party)
{
	return str_equal(party->role, "finder") || str_equal(party->role, "reporter");
}

/* Who wrote last, else who found it. A Reply-To is a stranger's wish and is not followed. */
static int find_finder(const struct case_state *state, struct person *ret, struct error *err)
{
	for (size_t i = state->message_count; i-- > 0;)
		if (state->messages[i].type != EVENT_MESSAGE_SENT && state->messages[i].address &&
		    *state->messages[i].address) {
			*ret = (struct person){ NULL, state->messages[i].address };
			return 0;
		}
	for (size_t i = 0; i < state->party_count; i++)
		if (is_finder(&state->parties[i]) && state->parties[i].address && *state->parties[i].address) {
			*ret = (struct person){ state->parties[i].name, state->parties[i].address };
			return 0;
		}
	return error_set(err, ERR_NO, state->id, _("Write to a party with `mail compose --to`"),
			 _("there is no message to answer"));
}

static int find_main(struct desk *desk, const struct case_state *state, const struct desk_writing *w,
		     struct person *ret, struct error *err)
{
	if (w->to)
		return find_person(desk, state, w->to, ret, err);
	if (w->answers && w->answers->address && *w->answers->address) {
		*ret = (struct person){ NULL, w->answers->address };
		return 0;
	}
	return find_finder(state, ret, err);
}

/* The name the case, then the mail, knows an address by. */
static const char *name_for(const struct case_state *state, const struct person *who)
{
	for (size_t i = 0; i < state->party_count; i++)
		if (state->parties[i].address && str_casecmp(state->parties[i].address, who->address) == 0)
			return state->parties[i].name;
	return who->name;
}

static int add_persons(struct desk *desk, const struct case_state *state, json_t *draft, const char *key,
		       char *const *list, size_t count, struct error *err)
{
	json_t *made;
	int code = 0;

	if (!count)
		return 0;
	if (count > PERSONS_MAX)
		return error_set(err, ERR_USAGE, key, NULL, _("more than %d recipients"), (int)PERSONS_MAX);
	made = json_array();
	for (size_t i = 0; !code && i < count; i++) {
		struct person who = { 0 };
		json_t *one;

		code = find_person(desk, state, list[i], &who, err);
		if (code)
			break;
		one = json_object();
		js_set_string(one, "name", name_for(state, &who));
		js_set_string(one, "address", who.address);
		json_array_append_new(made, one);
	}
	json_object_set_new(draft, key, made);
	return code;
}

/* ---- quoting */

static const struct inbox_item *item_of(struct desk *desk, const struct case_message *message)
{
	const struct inbox_item *item = message->mail ? model_find_mail(desk->model, message->mail) : NULL;

	return item && desk_whole_mail(desk, item, NULL) == 0 ? item : NULL;
}

/* What makes it unclear which text was protected: nothing of such a mail goes back out. */
static const char *unquotable_flag(const struct mail_record *record)
{
	static const char *const flags[] = { "nested-encryption", "efail-structure", "partly-signed", "symmetric",
					     "too-many-recipients", "unreadable", "protected-from-mismatch",
					     "multiple-from" };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (mail_record_has_flag(record, flags[i]))
			return flags[i];
	return NULL;
}

const char *desk_quote_refusal(struct desk *desk, const struct case_message *message, bool *ret_ask)
{
	const struct inbox_item *item = message ? item_of(desk, message) : NULL;
	const struct mail_record *record = item ? &item->record : NULL;

	if (ret_ask)
		*ret_ask = false;
	if (!record)
		return _("the mail itself is not at hand; nothing of it is quoted");
	if (record->encryption != ENCRYPTION_NONE && record->encryption != ENCRYPTION_DECRYPTED)
		return _("it was not opened; nothing of it is quoted");
	if (unquotable_flag(record) || strstr(str_or_empty(record->text), "-----BEGIN PGP MESSAGE-----"))
		return _("it holds more than the one message that was opened; nothing of it is quoted");
	if (mail_record_has_flag(record, "not-integrity-protected"))
		return _("its encryption does not show alterations (S/MIME); nothing of it is quoted");
	if (record->verdict != VERDICT_MISMATCH && record->verdict != VERDICT_BAD)
		return NULL;
	if (ret_ask)
		*ret_ask = true;
	return _("it is not signed by its sender; nothing of it is quoted unless you say --quote");
}

/* Strangers' text reaches an editor only in its safe form. */
static void add_quotation(struct str *s, const struct case_message *message, const char *text)
{
	AUTO_TEXT safe = TEXT_INIT;
	char day[40];

	text_display(&safe, text, -1, TEXT_BLOCK);
	str_add_format(s, _("\nOn %s, %s wrote:\n"), instant_format_date(message->at, day),
		       str_or_empty(message->address));
	for (const char *line = safe.utf8; *line;) {
		size_t length = strcspn(line, "\n");

		str_add(s, length && *line != '>' ? "> " : ">");
		str_add_bytes(s, line, length);
		str_add_char(s, '\n');
		line += length + (line[length] == '\n');
	}
}

static bool wants_quote(struct desk *desk, const struct desk_writing *w, char **ret_note)
{
	const char *refusal;
	bool ask;

	if (!w->answers || w->no_quote || w->clear || w->answers->type == EVENT_MESSAGE_SENT)
		return false;
	refusal = desk_quote_refusal(desk, w->answers, &ask);
	if (refusal && ret_note && !(ask && w->quote))
		*ret_note = mem_string(refusal);
	return !refusal || (ask && w->quote);
}

/* ---- what to begin with */

static int fill_template(struct desk *desk, const struct case_state *state, const struct desk_writing *w,
			 const struct person *to, struct letter_text *ret, struct error *err)
{
	const char *language = w->language ? w->language : desk_letter_language(desk, state, to->address);
	const char *name = name_for(state, to);
	const struct letter_word words[] = {
		{ "name", name ? name : to->address }, { "case", state->id }, { "handler", desk->handler },
		{ "team", desk->name }, { "reason", w->reason }, { "version", w->version },
	};

	return desk_letter_text(desk, w->template, language, words, ARRAY_LEN(words), ret, err);
}

int desk_writing_text(struct desk *desk, const struct case_state *state, const struct desk_writing *w, char **ret,
		      char **ret_note, struct error *err)
{
	struct letter_text made = { 0 };
	AUTO_STR text = STR_INIT;
	struct person to = { 0 };
	int code = find_main(desk, state, w, &to, err);

	if (ret_note)
		*ret_note = NULL;
	if (!code && w->template)
		code = fill_template(desk, state, w, &to, &made, err);
	if (code)
		return code;
	str_add(&text, str_or_empty(made.text));
	if (wants_quote(desk, w, ret_note))
		add_quotation(&text, w->answers, str_or_empty(item_of(desk, w->answers)->record.text));
	letter_text_release(&made);
	*ret = str_detach(&text);
	return 0;
}

/* ---- a new draft */

/* Leaves out what is put before and behind it each time anew: "Re:", "[TLP:…]". */
static char *bare_subject(const char *subject)
{
	AUTO_STR made = STR_INIT;

	while (str_starts_nocase(subject, "re:")) {
		subject += 3;
		subject += strspn(subject, " ");
	}
	for (; *subject; subject++) {
		if (str_starts(subject, "[TLP:") && strchr(subject, ']'))
			subject = strchr(subject, ']');
		else if (*subject == '\r' || *subject == '\n')
			str_add_char(&made, ' ');
		else
			str_add_char(&made, *subject);
	}
	while (made.length && made.bytes[made.length - 1] == ' ')
		str_truncate(&made, made.length - 1);
	return str_detach(&made);
}

/* "Re: subject [PSIRT-2026-0001]", each part once. */
static char *subject_for(const struct case_state *state, const char *subject, bool answer)
{
	AUTO_STRING rest = bare_subject(subject);
	AUTO_STRING tag = mem_format("[%s]", state->id);

	return mem_format("%s%s%s%s", answer ? "Re: " : "", rest, strstr(rest, tag) ? "" : " ",
			  strstr(rest, tag) ? "" : tag);
}

/* Not the "..." or "[...]" that stands outside a protected one. */
static bool says_something(const char *subject)
{
	return subject && subject[strspn(subject, " .[]")];
}

static char *choose_subject(const struct case_state *state, const struct desk_writing *w, const char *of_template)
{
	if (w->subject)
		return subject_for(state, w->subject, false);
	if (w->answers && says_something(w->answers->subject) && !w->clear)
		return subject_for(state, w->answers->subject, true);
	if (of_template)
		return mem_string(of_template);
	return subject_for(state, _("Your report"), false);
}

/* An id as it may stand in a header of ours: <…>, printable, no blank. */
static bool sound_id(const char *id)
{
	size_t length = strlen(id);

	for (const char *at = id; *at; at++)
		if (*at <= ' ' || *at >= 0x7F)
			return false;
	return length > 2 && length < 500 && id[0] == '<' && id[length - 1] == '>';
}

static void add_id(struct str *ids, const char *id)
{
	if (sound_id(id) && !(ids->length && strstr(ids->bytes, id)))
		str_add_format(ids, "%s%s", ids->length ? " " : "", id);
}

/* The whole chain (RFC 5322 3.6.4), so that a thread holds together where letters are missing; of a long one the first and
 * the last. */
static void set_thread(struct desk *desk, json_t *draft, const struct case_message *answers)
{
	const struct inbox_item *item = answers && answers->mail ? model_find_mail(desk->model, answers->mail) : NULL;
	AUTO_STR ids = STR_INIT;
	size_t skip, count;

	if (!answers || !answers->message_id)
		return;
	if (item && desk_whole_mail(desk, item, NULL) == 0) {
		count = item->record.reference_count;
		skip = count > THREAD_IDS - 1 ? count - (THREAD_IDS - 1) : 0;
		for (size_t i = 0; i < count; i++)
			if (i == 0 || i > skip)
				add_id(&ids, item->record.references[i]);
		if (!count && item->record.in_reply_to)
			add_id(&ids, item->record.in_reply_to);
	}
	add_id(&ids, answers->message_id);
	js_set_string(draft, "in_reply_to", answers->message_id);
	js_set_string(draft, "references", ids.length ? ids.bytes : answers->message_id);
}

static json_t *make_draft(struct desk *desk, const struct case_state *state, const struct desk_writing *w, const struct person *to,
			  const char *of_template, const char *text, bool form)
{
	json_t *draft = json_object();
	AUTO_STRING subject = choose_subject(state, w, of_template);
	const char *name = name_for(state, to);
	AUTO_STRING whole = name && *name ? mem_format("%s <%s>", name, to->address) : NULL;
	char send[33];

	vault_random_hex(send, 32);
	js_set_string(draft, "case", state->id);
	js_set_string(draft, "send", send);
	js_set_string(draft, "to", whole ? whole : to->address);
	js_set_string(draft, "address", to->address);
	js_set_string(draft, "subject", subject);
	js_set_string(draft, "text", text);
	js_set_string(draft, "template", w->template);
	js_set_string(draft, "tlp", w->tlp);
	js_set_bool(draft, "form", form);
	js_set_bool(draft, "clear", w->clear);
	set_thread(desk, draft, w->answers);
	return draft;
}

int desk_draft_new(struct desk *desk, const struct case_state *state, const struct desk_writing *w, instant now,
		   char **ret_id, struct error *err)
{
	struct letter_text of_template = { 0 };
	AUTO_STRING text = mem_string(w->text);
	AUTO_JSON draft = NULL;
	struct person to = { 0 };
	char random[9];
	AUTO_STRING id = NULL;
	int code = find_main(desk, state, w, &to, err);

	(void)now;
	if (!code && w->template)
		code = fill_template(desk, state, w, &to, &of_template, err);
	if (!code && !text)
		code = desk_writing_text(desk, state, w, &text, NULL, err);
	if (!code) {
		bool form = of_template.text && str_equal(of_template.text, text) && !w->reason;

		draft = make_draft(desk, state, w, &to, of_template.subject, text, form);
		code = add_persons(desk, state, draft, "cc", w->cc, w->cc_count, err);
	}
	if (!code)
		code = add_persons(desk, state, draft, "bcc", w->bcc, w->bcc_count, err);
	letter_text_release(&of_template);
	vault_random_hex(random, 8);
	id = mem_format("%s-%s", w->answers ? "reply" : "letter", random);
	if (!code)
		code = desk_draft_store(desk, id, draft, err);
	if (!code && w->file_count)
		code = desk_draft_attach(desk, id, w->files, w->file_count, err);
	if (code)
		return code;
	*ret_id = id;
	id = NULL;
	return 0;
}

/* ---- changing one */

int desk_draft_text(struct desk *desk, const char *id, char **ret, struct error *err)
{
	AUTO_JSON draft = NULL;
	int code = desk_draft_load(desk, id, &draft, err);

	if (!code)
		*ret = mem_string(str_or_empty(js_string(draft, "text")));
	return code;
}

int desk_draft_set_text(struct desk *desk, const char *id, const char *text, struct error *err)
{
	AUTO_JSON draft = NULL;
	int code = desk_draft_load(desk, id, &draft, err);

	if (code || str_equal(js_string(draft, "text"), text))
		return code;
	js_set_string(draft, "text", text);
	js_set_bool(draft, "form", false);
	return desk_draft_store(desk, id, draft, err);
}

static size_t files_size(const json_t *files)
{
	size_t size = 0;

	for (size_t i = 0; i < json_array_size(files); i++)
		size += (size_t)js_integer(json_array_get(files, i), "size", 0);
	return size;
}

static int attach_one(json_t *files, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_STRING name = mime_safe_name(slash ? slash + 1 : path, (int)json_array_size(files) + 1);
	AUTO_STR content = STR_INIT;
	AUTO_STR bytes = STR_INIT;
	char sha256[65];
	json_t *one;
	int code = file_read(path, FILES_MAX, &bytes, err);

	if (code)
		return code;
	if (bytes.length + files_size(files) > FILES_MAX || json_array_size(files) >= FILE_COUNT)
		return error_set(err, ERR_NO, path, _("Send less, or hand it over another way"),
				 _("a letter carries at most %d files of %d MB together"), (int)FILE_COUNT, FILES_MAX >> 20);
	vault_sha256(bytes.bytes, bytes.length, sha256);
	str_add_base64(&content, bytes.bytes, bytes.length);
	one = json_object();
	js_set_string(one, "name", name);
	js_set_string(one, "sha256", sha256);
	js_set_integer(one, "size", (long long)bytes.length);
	js_set_string(one, "content", content.bytes);
	json_array_append_new(files, one);
	return 0;
}

int desk_draft_attach(struct desk *desk, const char *id, char *const *paths, size_t count, struct error *err)
{
	AUTO_JSON draft = NULL;
	json_t *files;
	int code = desk_draft_load(desk, id, &draft, err);

	if (code)
		return code;
	if (!js_array(draft, "files"))
		json_object_set_new(draft, "files", json_array());
	files = js_array(draft, "files");
	for (size_t i = 0; !code && i < count; i++)
		code = attach_one(files, paths[i], err);
	js_set_bool(draft, "form", false);
	return code ? code : desk_draft_store(desk, id, draft, err);
}
