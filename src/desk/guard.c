/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The leak guard in front of the door: a table of who will be able to read a letter, and every reason why it
 * must not leave as it is. It never falls back to clear text: what cannot be sealed is stopped.
 */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"
#include "psirtty/desk/life.h"
#include "psirtty/format/mime.h"
#include "psirtty/vault/members.h"

const char *reader_mark_name(enum reader_mark mark)
{
#define X(name, word, text) word,
	static const char *const words[] = { READER_MARKS(X) };
#undef X

	return mark >= 0 && mark < READER_MARK_COUNT ? words[mark] : "?";
}

static const char *mark_text(enum reader_mark mark)
{
#define X(name, word, text) text,
	static const char *const texts[] = { READER_MARKS(X) };
#undef X

	return _(texts[mark]);
}

void draft_check_release(struct draft_check *check)
{
	for (size_t i = 0; i < check->problem_count; i++)
		free(check->problems[i]);
	for (size_t i = 0; i < check->reader_count; i++) {
		free(check->readers[i].name);
		free(check->readers[i].address);
		free(check->readers[i].fingerprint);
	}
	for (size_t i = 0; i < check->file_count; i++) {
		free(check->files[i].name);
		free(check->files[i].type);
	}
	free(check->problems);
	free(check->readers);
	free(check->files);
	free(check->to);
	free(check->subject);
	free(check->text);
	free(check->tlp);
	json_decref(check->draft);
	*check = (struct draft_check){ 0 };
}

static void problem(struct draft_check *check, char *sentence)
{
	check->problems = mem_resize(check->problems, check->problem_count + 1, sizeof(*check->problems));
	check->problems[check->problem_count++] = sentence;
}

/* ---- who reads it */

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

static unsigned key_marks(struct desk *desk, const char *pinned)
{
	struct openpgp_key key = { 0 };
	unsigned marks = 0;

	if (!pinned)
		return 1u << READER_NO_KEY;
	if (openpgp_find(desk->pgp, pinned, false, &key, NULL))
		return 1u << READER_KEY_MISSING;
	if (key.revoked)
		marks = 1u << READER_KEY_REVOKED;
	else if (key.expired)
		marks = 1u << READER_KEY_EXPIRED;
	else if (!key.can_encrypt)
		marks = 1u << READER_CANNOT_ENCRYPT;
	openpgp_key_release(&key);
	return marks;
}

/* Details go to those who agreed to the embargo. Who brought the report knows them; a form holds none. */
static unsigned party_marks(const struct draft_check *check, const char *address, instant now)
{
	const struct case_party *party = party_at(check->state, address);

	if (!party)
		return 1u << READER_STRANGER;
	if (check->form || brought_it(party) || case_may_share(check->state, party, now))
		return 0;
	return 1u << READER_NO_CONSENT;
}

static const char *place_word(const char *where)
{
	for (size_t i = 0; jurisdiction_words[i]; i++)
		if (str_equal(jurisdiction_words[i], where))
			return jurisdiction_words[i];
	return "unknown";
}

static struct draft_reader *add_reader(struct desk *desk, struct draft_check *check, const char *part, const char *name,
				       const char *address, instant now)
{
	const struct gate_recipient who = { .name = name, .address = address };
	const char *pinned = model_pinned(desk->model, address);
	unsigned of_key = key_marks(desk, pinned);
	struct draft_reader *reader;

	check->readers = mem_resize(check->readers, check->reader_count + 1, sizeof(*check->readers));
	reader = &check->readers[check->reader_count++];
	*reader = (struct draft_reader){ .part = part, .name = mem_string(name), .address = mem_string(address) };
	reader->jurisdiction = place_word(gate_jurisdiction(desk->model, check->state, &who, NULL));
	reader->marks = party_marks(check, address, now);
	reader->usable = of_key == 0;
	if (!check->clear) {
		reader->marks |= of_key;
		reader->fingerprint = mem_string(pinned);
	}
	if (gate_undisclosed(check->state) && !str_equal(reader->jurisdiction, "CN") &&
	    !str_equal(reader->jurisdiction, "unknown"))
		reader->marks |= 1u << READER_FOREIGN;
	return reader;
}

static void add_readers(struct desk *desk, struct draft_check *check, instant now)
{
	static const char *const parts[] = { "cc", "bcc" };
	const struct case_party *party;
	const char *address = str_or_empty(js_string(check->draft, "address"));
	struct draft_reader *us;

	party = party_at(check->state, address);
	add_reader(desk, check, "to", party ? party->name : NULL, address, now);
	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		const json_t *list = js_array(check->draft, parts[p]);

		for (size_t i = 0; i < json_array_size(list); i++)
			add_reader(desk, check, parts[p], js_string(json_array_get(list, i), "name"),
				   str_or_empty(js_string(json_array_get(list, i), "address")), now);
	}
	check->readers = mem_resize(check->readers, check->reader_count + 1, sizeof(*check->readers));
	us = &check->readers[check->reader_count++];
	*us = (struct draft_reader){ .part = "us", .name = mem_string(desk->handler), .address = mem_string(desk->address),
				     .fingerprint = check->clear ? NULL : mem_string(vault_fingerprint(desk->vault)),
				     .jurisdiction = "unknown" };
}

/* Whether what is abroad may leave is for the gate to say; all other marks stop it. */
static void check_readers(struct draft_check *check)
{
	for (size_t i = 0; i < check->reader_count; i++)
		for (int mark = 0; mark < READER_MARK_COUNT; mark++)
			if (check->readers[i].marks & 1u << mark && mark != READER_FOREIGN)
				problem(check, mem_format("%s: %s", check->readers[i].address, mark_text((enum reader_mark)mark)));
}

/* ---- what it says */

/* Another case's id or title in the text is the commonest leak of all. */
static void check_other_cases(struct desk *desk, struct draft_check *check, const char *text, const char *where)
{
	for (size_t i = 0; i < model_case_count(desk->model); i++) {
		const struct case_state *other = model_case(desk->model, i);

		if (other == check->state)
			continue;
		if (strcasestr(text, other->id))
			problem(check, mem_format(_("%s names %s, another case"), where, other->id));
		else if (strlen(other->title) > 12 && strcasestr(text, other->title))
			problem(check, mem_format(_("%s holds the title of %s, another case"), where, other->id));
	}
}

/* What stands outside the encryption: names always, of a clear letter everything. */
static void check_clear_words(struct desk *desk, struct draft_check *check)
{
	AUTO_STR outside = STR_INIT;
	AUTO_STR word = STR_INIT;

	for (size_t i = 0; i < check->reader_count; i++)
		if (!str_equal(check->readers[i].part, "us") && !str_equal(check->readers[i].part, "bcc"))
			str_add_format(&outside, "%s\n", str_or_empty(check->readers[i].name));
	if (check->clear)
		str_add_format(&outside, "%s\n%s\n", check->subject, check->text);
	if (desk_gives_away(desk, check->state, outside.bytes, &word))
		problem(check, mem_format(_("“%s” is a word of the case and would leave in clear"), word.bytes));
}

/* In clear leaves only what a form says, to somebody who has no key, and not to blind readers. */
static void check_clear(struct draft_check *check)
{
	if (!check->clear)
		return;
	if (!check->form)
		problem(check, mem_string(_("in clear only a form leaves: its text was changed, or is none of a template")));
	if (check->file_count)
		problem(check, mem_string(_("in clear no file leaves")));
	if (json_array_size(js_array(check->draft, "cc")) || json_array_size(js_array(check->draft, "bcc")))
		problem(check, mem_string(_("in clear a letter leaves to one reader only")));
	if (js_bool(check->draft, "quoted"))
		problem(check, mem_string(_("in clear nothing is quoted")));
	if (check->reader_count && check->readers[0].usable)
		problem(check, mem_string(_("a usable key is pinned: encrypt it")));
}

static int tlp_rank(const char *word)
{
	static const char *const words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i], word))
			return (int)i;
	return -1;
}

/* The marking: the letter's, else the advisory's, else RED; before publication never below the case's. */
static void set_marking(struct draft_check *check)
{
	const char *of_case = check->state->advisory && check->state->advisory->tlp ? check->state->advisory->tlp : "RED";
	const char *said = js_string(check->draft, "tlp");

	check->tlp = mem_string(check->clear ? "CLEAR" : said ? said : of_case);
	if (tlp_rank(check->tlp) < 0)
		problem(check, mem_format(_("TLP:%s is no marking"), check->tlp));
	else if (!check->clear && check->state->advisory && gate_undisclosed(check->state) &&
		 tlp_rank(check->tlp) < tlp_rank(of_case))
		problem(check, mem_format(_("TLP:%s is less than the case's TLP:%s"), check->tlp, of_case));
}

static void set_words(struct draft_check *check)
{
	const char *subject = str_or_empty(js_string(check->draft, "subject"));
	const char *text = str_or_empty(js_string(check->draft, "text"));

	check->to = mem_string(str_or_empty(js_string(check->draft, "to")));
	if (!text[strspn(text, " \t\r\n")])
		problem(check, mem_string(_("there is no text")));
	check->subject = check->clear ? mem_string(subject) : mem_format("%s [TLP:%s]", subject, check->tlp);
	check->text = check->clear ? mem_string(text) : mem_format("TLP:%s\n\n%s", check->tlp, text);
}

/* ---- what is attached */

static void check_known_file(struct desk *desk, struct draft_check *check, const struct draft_file *file)
{
	for (size_t i = 0; i < model_case_count(desk->model); i++) {
		const struct case_state *other = model_case(desk->model, i);
		struct case_files files;

		if (other == check->state || model_whole_case(desk->model, other, NULL))
			continue;
		desk_files(other, &files);
		for (size_t k = 0; k < files.count; k++)
			if (str_equal(files.files[k].file->sha256, file->sha256)) {
				problem(check, mem_format(_("the file %s belongs to %s, another case"), file->name, other->id));
				k = files.count;
			}
		case_files_release(&files);
	}
}

static void check_file(struct desk *desk, struct draft_check *check, const json_t *json)
{
	const char *content = str_or_empty(js_string(json, "content"));
	AUTO_STR bytes = STR_INIT;
	struct draft_file *file;
	char sha256[65];

	check->files = mem_resize(check->files, check->file_count + 1, sizeof(*check->files));
	file = &check->files[check->file_count++];
	*file = (struct draft_file){ .name = mem_string(str_or_empty(js_string(json, "name"))) };
	mime_decode_base64(content, strlen(content), &bytes);
	vault_sha256(bytes.bytes, bytes.length, sha256);
	memcpy(file->sha256, sha256, sizeof(sha256));
	file->size = bytes.length;
	if (!str_equal(sha256, js_string(json, "sha256")))
		problem(check, mem_format(_("the file %s was altered"), file->name));
	check_other_cases(desk, check, file->name, file->name);
	if (utf8_valid(bytes.bytes, bytes.length) && !memchr(bytes.bytes, 0, bytes.length))
		check_other_cases(desk, check, bytes.bytes, file->name);
	check_known_file(desk, check, file);
}

/* ---- all of it */

static int check_gates(struct desk *desk, const char *draft_id, instant now, struct draft_check *check,
		       struct error *err)
{
	const struct desk_leaving leaving = { .action = GATE_SEND, .draft = draft_id };
	struct desk_gates gates = { 0 };
	int code = now == INSTANT_NONE ? 0 : desk_gates_ask(desk, check->state, &leaving, now, &gates, err);

	for (size_t i = 0; i < gates.count; i++)
		if (!gates_open(&gates.verdicts[i], 1))
			problem(check, desk_gate_sentence(&gates.verdicts[i]));
	desk_gates_release(&gates);
	return code;
}

static int load(struct desk *desk, const char *draft_id, struct draft_check *check, struct error *err)
{
	int code = desk_draft_load(desk, draft_id, &check->draft, err);

	if (!code)
		code = desk_find_case(desk, str_or_empty(js_string(check->draft, "case")), &check->state, err);
	if (!code)
		code = model_whole_case(desk->model, check->state, err);
	if (code)
		return code;
	check->clear = js_bool(check->draft, "clear");
	check->form = desk_draft_is_form(check->draft);
	return 0;
}

int desk_draft_check(struct desk *desk, const char *draft_id, instant now, struct draft_check *ret, struct error *err)
{
	struct draft_check check = { 0 };
	const json_t *files;
	int code = load(desk, draft_id, &check, err);

	if (!code) {
		set_marking(&check);
		set_words(&check);
		add_readers(desk, &check, now == INSTANT_NONE ? check.state->updated : now);
		check_readers(&check);
		files = js_array(check.draft, "files");
		for (size_t i = 0; i < json_array_size(files); i++)
			check_file(desk, &check, json_array_get(files, i));
		code = model_whole_case(desk->model, check.state, err);
	}
	if (!code) {
		check_other_cases(desk, &check, check.text, _("the text"));
		check_other_cases(desk, &check, check.subject, _("the subject"));
		check_clear(&check);
		check_clear_words(desk, &check);
		code = check_gates(desk, draft_id, now, &check, err);
	}
	if (code) {
		draft_check_release(&check);
		return code;
	}
	*ret = check;
	if (!check.problem_count)
		return 0;
	return error_set(err, ERR_NO, draft_id, _("Mend it, or pin the right key"), "%s", check.problems[0]);
}
