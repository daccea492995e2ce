/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a case at the desk: facts, qualification, rejection, merging and splitting. */
#include "psirtty/desk/life.h"

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/embargo.h"
#include "psirtty/desk/letters.h"

/* ---- facts kept as records */

/* What was stated before about the same thing, or NULL. */
static const struct case_record *find_same(const struct case_state *state, enum event_type type,
					   const json_t *body)
{
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(state, type, &cursor)))
		if (case_record_is(record, body))
			return record;
	return NULL;
}

static void fill_defaults(struct desk *desk, const struct event_info *info, json_t *body)
{
	char random[9];

	for (const struct event_field *field = info->fields; field->name; field++) {
		if (!field->required || json_object_get(body, field->name))
			continue;
		if (field->type == FIELD_WORD) {
			js_set_string(body, field->name, field->words[0]);
		} else if (str_equal(field->name, "by") || str_equal(field->name, "owner")) {
			js_set_string(body, field->name, desk->handler);
		} else if (str_equal(field->name, "issuer")) {
			js_set_string(body, field->name, "us");
		} else if (str_equal(field->name, "task")) {
			AUTO_STRING id = NULL;

			vault_random_hex(random, 8);
			id = mem_format("t-%s", random);
			js_set_string(body, field->name, id);
		}
	}
}

int desk_record(struct desk *desk, const struct case_state *state, enum event_type type, json_t *body,
		instant now, struct error *err)
{
	const struct case_record *same;
	const char *key;
	json_t *value;
	int code = model_whole_case(desk->model, state, err);

	if (code) {
		json_decref(body);
		return code;
	}
	same = find_same(state, type, body);
	if (same)
		json_object_foreach((json_t *)same->body, key, value)
			if (!json_object_get(body, key))
				json_object_set(body, key, value);
	fill_defaults(desk, event_info((int)type), body);
	return desk_append(desk, state, type, body, now, err);
}

/* ---- qualification */

int desk_bugbar(struct bugbar **ret, struct error *err)
{
	AUTO_STRING path = file_data("bugbar.yaml");
	struct conf conf;
	int code = conf_load_file(path, &conf, err);

	if (code)
		return code;
	code = bugbar_read(&conf, "bugbar.yaml", ret, err);
	conf_release(&conf);
	return code;
}

static int judge(const struct case_state *state, const struct bugbar *bar, const struct qualification *how,
		 const struct bugbar_rule **ret, struct error *err)
{
	const struct case_score *score = case_leading_score(state);
	int code = 0;

	for (size_t i = 0; !code && i < how->answer_count; i++)
		code = bugbar_check_answer(bar, how->answers[i], err);
	if (code)
		return code;
	*ret = how->rule ? bugbar_find(bar, how->rule) :
	       how->outcome && !how->answer_count ? NULL :
	       bugbar_judge(bar, how->answers, how->answer_count, score ? score->cvss.overall : -1);
	if (how->rule && !*ret)
		return error_set(err, ERR_USAGE, how->rule, _("See `case bar`"), _("the bug bar has no such rule"));
	return 0;
}

/* What was answered, for the record; the caller frees. */
static char *reason_of(const struct qualification *how, const struct bugbar_rule *rule)
{
	AUTO_STR text = STR_INIT;

	if (how->reason)
		str_add(&text, how->reason);
	else if (rule)
		str_add(&text, rule->text);
	for (size_t i = 0; i < how->answer_count; i++)
		str_add_format(&text, "%s%s", i ? "; " : text.length ? "\n" : "", how->answers[i]);
	return str_detach(&text);
}

static int append_state(struct desk *desk, const struct case_state *state, enum rm_state to, const char *reason,
			instant now, struct error *err)
{
	json_t *body;

	if (state->rm == to || !rm_allowed(state->rm, to))
		return 0;
	body = json_object();
	js_set_string(body, "to", rm_name(to));
	js_set_string(body, "reason", reason);
	return desk_append(desk, state, EVENT_STATE_SET, body, now, err);
}

/* The report state that follows, as far as the machine allows it. */
static int follow(struct desk *desk, const struct case_state *state, const char *outcome, instant now,
		  struct error *err)
{
	static const struct { const char *outcome; enum rm_state first, then; } rows[] = {
		{ "vulnerability", RM_VALID, RM_VALID }, { "hardening", RM_VALID, RM_DEFERRED },
		{ "duplicate", RM_VALID, RM_DEFERRED },  { "need-info", RM_RECEIVED, RM_RECEIVED },
	};
	enum rm_state first = RM_INVALID, then = RM_INVALID;
	int code;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].outcome, outcome)) {
			first = rows[i].first;
			then = rows[i].then;
		}
	if (state->rm == RM_START)
		code = append_state(desk, state, RM_RECEIVED, NULL, now, err);
	else
		code = 0;
	if (!code)
		code = append_state(desk, state, first, outcome, now, err);
	return code ? code : append_state(desk, state, then, outcome, now, err);
}

static int check_original(struct desk *desk, const struct qualification *how, const char **ret, struct error *err)
{
	const struct case_state *original;
	int code = how->original ? desk_find_case(desk, how->original, &original, err) : 0;

	*ret = how->original && !code ? original->id : NULL;
	return code;
}

static int append_qualified(struct desk *desk, const struct case_state *state, const struct bugbar *bar,
			    const struct qualification *how, instant now, const char **ret_outcome,
			    struct error *err)
{
	const struct bugbar_rule *rule = NULL;
	AUTO_STRING reason = NULL;
	const char *original;
	json_t *body;
	int code = judge(state, bar, how, &rule, err);

	if (!code)
		code = check_original(desk, how, &original, err);
	if (code)
		return code;
	*ret_outcome = how->outcome ? how->outcome : rule ? rule->outcome : "need-info";
	/* as a word of the table, which outlives the bar */
	for (size_t i = 0; outcome_words[i]; i++)
		if (str_equal(outcome_words[i], *ret_outcome))
			*ret_outcome = outcome_words[i];
	reason = reason_of(how, rule);
	body = json_object();
	js_set_string(body, "outcome", *ret_outcome);
	js_set_string(body, "rule", rule ? rule->id : NULL);
	js_set_string(body, "bar", bar->version);
	js_set_string(body, "priority", how->priority ? how->priority : rule ? rule->priority : NULL);
	js_set_string(body, "reason", *reason ? reason : NULL);
	js_set_string(body, "original", original);
	return desk_append(desk, state, EVENT_QUALIFIED, body, now, err);
}

int desk_qualify(struct desk *desk, const struct case_state *state, const struct qualification *how,
		 instant now, struct error *err)
{
	struct bugbar *bar = NULL;
	const char *outcome = NULL;
	int code = model_whole_case(desk->model, state, err);

	if (!code)
		code = desk_bugbar(&bar, err);
	if (!code)
		code = append_qualified(desk, state, bar, how, now, &outcome, err);
	if (!code)
		code = follow(desk, state, outcome, now, err);
	bugbar_free(bar);
	return code;
}

/* ---- rejection */

/* Each has its words in the letters' files. */
static bool is_rejection(const char *outcome)
{
	static const char *const outcomes[] = { "duplicate", "obsolete-product", "not-security", "other-vendor",
						"not-reproducible", "out-of-scope", "need-info", "hardening" };

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (str_equal(outcomes[i], outcome))
			return true;
	return false;
}

static bool is_finder(const struct case_party *party)
{
	return str_equal(party->role, "finder") || str_equal(party->role, "reporter");
}

/* A vendor or coordinator who wrote about the case did not report it. */
static bool has_other_part(const struct case_state *state, const char *address)
{
	for (size_t i = 0; address && i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (party->address && str_casecmp(party->address, address) == 0)
			return !is_finder(party);
	}
	return false;
}

static void find_sender(const struct case_state *state, bool reports, struct desk_letter *letter)
{
	for (size_t i = state->message_count; i-- > 0 && !letter->address;) {
		enum event_type type = state->messages[i].type;
		const char *address = state->messages[i].address;

		if (reports ? type == EVENT_REPORT_RECEIVED : type != EVENT_MESSAGE_SENT && !has_other_part(state, address))
			letter->address = address;
	}
}

/* To whom: who sent the latest report, else the party that found it, else who else wrote. */
static bool finder_of(const struct case_state *state, struct desk_letter *letter)
{
	find_sender(state, true, letter);
	for (size_t i = 0; i < state->party_count && !letter->address; i++)
		if (is_finder(&state->parties[i]))
			letter->address = state->parties[i].address;
	find_sender(state, false, letter);
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (letter->address && party->address && str_casecmp(letter->address, party->address) == 0)
			letter->name = party->name;
	}
	return letter->address && *letter->address;
}

static int fill_rejection(struct desk *desk, const struct case_state *state, const struct qualification *how,
			  const struct desk_letter *letter, struct letter_text *ret, struct error *err)
{
	const char *language = desk_letter_language(desk, state, letter->address);
	AUTO_STRING phrase = desk_letter_phrase(desk, language, "rejections", state->outcome);
	AUTO_STRING reason = how->reason ? mem_format("%s\n%s", phrase, how->reason) : mem_string(phrase);
	const struct letter_word words[] = {
		{ "name", letter->name ? letter->name : letter->address }, { "case", state->id },
		{ "handler", desk->handler }, { "reason", reason },
	};

	return desk_letter_text(desk, letter->template, language, words, ARRAY_LEN(words), ret, err);
}

/* Words of a handler may hold details: it is no form then, and is checked as any letter. */
static int write_rejection(struct desk *desk, const struct case_state *state, const struct qualification *how,
			   char **ret_draft, struct error *err)
{
	struct desk_letter letter = { .template = "not-a-vulnerability", .form = !how->reason };
	struct letter_text made = { 0 };
	char random[9];
	AUTO_STRING id = NULL;
	int code;

	*ret_draft = NULL;
	if (!finder_of(state, &letter))
		return 0;
	code = fill_rejection(desk, state, how, &letter, &made, err);
	vault_random_hex(random, 8);
	id = how->reason ? mem_format("reply-%s", random) : NULL;
	letter.id = id;
	letter.subject = made.subject;
	letter.text = made.text;
	if (!code)
		code = desk_letter_put(desk, state, &letter, ret_draft, err);
	letter_text_release(&made);
	return code;
}

int desk_reject(struct desk *desk, const struct case_state *state, const struct qualification *how, instant now,
		char **ret_draft, struct error *err)
{
	int code;

	if (!how->outcome || !is_rejection(how->outcome))
		return error_set(err, ERR_USAGE, str_or_empty(how->outcome), NULL,
				 _("that is no reason to turn a report down"));
	code = desk_qualify(desk, state, how, now, err);
	return code ? code : write_rejection(desk, state, how, ret_draft, err);
}

/* ---- merging and splitting */

static int copy_party(struct desk *desk, const struct case_party *party, const struct case_state *into,
		      instant now, struct error *err)
{
	json_t *body = json_object();
	int code;

	js_set_string(body, "name", party->name);
	js_set_string(body, "role", party->role ? party->role : "other");
	js_set_string(body, "address", party->address);
	js_set_string(body, "fingerprint", party->fingerprint);
	code = desk_append(desk, into, EVENT_PARTY_ADDED, body, now, err);
	if (code || (!party->zone && !party->contact))
		return code;
	body = json_object();
	js_set_string(body, "name", party->name);
	js_set_string(body, "zone", party->zone);
	js_set_string(body, "contact", party->contact);
	return desk_append(desk, into, EVENT_PARTY_SET, body, now, err);
}

/* Parties that INTO does not have yet. */
static int copy_parties(struct desk *desk, const struct case_state *from, const struct case_state *into,
			instant now, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < from->party_count; i++)
		if (case_party_find(into, from->parties[i].name) == into->party_count)
			code = copy_party(desk, &from->parties[i], into, now, err);
	return code;
}

/* A revision that is talked about takes nobody's yes to what is in force away. */
static bool has_signed(const struct case_state *state, const struct case_party *party)
{
	return case_may_share(state, party, state->updated);
}

/* The members of INHERITED_FIELDS: what is in force, and who signed it. */
static void set_inherited(json_t *body, const struct case_state *from)
{
	const struct case_embargo *embargo = &from->embargo;
	json_t *allow, *names;
	char buffer[40];

	if (!embargo_in_force(embargo))
		return;
	js_set_string(body, "until", zoned_format_rfc3339(&embargo->until, buffer));
	if (embargo->until.zone[0])
		js_set_string(body, "zone", embargo->until.zone);
	allow = json_array();
	names = json_array();
	for (int i = 0; i < ALLOW_COUNT; i++)
		if (embargo->allow & 1u << i)
			json_array_append_new(allow, json_string(allow_words[i]));
	for (size_t i = 0; i < from->party_count; i++)
		if (has_signed(from, &from->parties[i]))
			json_array_append_new(names, js_new_string(from->parties[i].name,
								   strlen(from->parties[i].name)));
	json_object_set_new(body, "allow", allow);
	json_object_set_new(body, "signatories", names);
}

/* Since when we know of it: the first report, or the opening of the case; whichever came first. */
static instant known_since(const struct case_state *state)
{
	instant opened = case_fact(state, FACT_OPENED), reported = case_fact(state, FACT_REPORTED);

	if (opened == INSTANT_NONE || (reported != INSTANT_NONE && reported < opened))
		return reported;
	return opened;
}

/* ---- what is known of the one is known of the other: it is one vulnerability */

static bool has_bit(const struct case_state *state, enum cs_bit bit)
{
	return state->cs & 1u << bit;
}

static int append_bit(struct desk *desk, const struct case_state *state, enum cs_bit bit, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "bit", cs_name(bit));
	return desk_append(desk, state, EVENT_DISCLOSURE_SET, body, now, err);
}

/* An embargo is ended by a decision and with notices, not by the way. */
static int check_public(const struct case_state *from, const struct case_state *into, struct error *err)
{
	if (!has_bit(from, CS_PUBLIC) || has_bit(into, CS_PUBLIC) || !embargo_in_force(&into->embargo))
		return 0;
	return error_set(err, ERR_NO, from->id, _("End that embargo with embargo teardown --cause public, then merge"),
			 _("rule merge: it is public, and %s is under an embargo"), into->id);
}

static int carry_disclosure(struct desk *desk, const struct case_state *from, const struct case_state *into,
			    instant now, struct error *err)
{
	static const enum cs_bit bits[] = { CS_VENDOR_AWARE, CS_ATTACKS, CS_EXPLOIT_PUBLIC, CS_PUBLIC };
	int code = 0;

	for (size_t i = 0; !code && i < ARRAY_LEN(bits); i++) {
		cs_state after = into->cs;

		if (has_bit(from, bits[i]) && !has_bit(into, bits[i]) && cs_set(&after, bits[i], NULL) == 0)
			code = append_bit(desk, into, bits[i], now, err);
	}
	return code;
}

/* When duties of the law began: they count from whichever case knew first. */
static void set_known(json_t *body, const struct case_state *from)
{
	static const struct { const char *key; enum clock_fact fact; } rows[] = {
		{ "exploited", FACT_EXPLOITED }, { "incident", FACT_INCIDENT }, { "published", FACT_PUBLISHED },
	};

	if (known_since(from) != INSTANT_NONE)
		desk_set_instant(body, "known", known_since(from));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (case_fact(from, rows[i].fact) != INSTANT_NONE)
			desk_set_instant(body, rows[i].key, case_fact(from, rows[i].fact));
}

static int append_taken(struct desk *desk, const struct case_state *from, const struct case_state *into, instant now,
			struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "from", from->id);
	set_known(body, from);
	set_inherited(body, from);
	return desk_append(desk, into, EVENT_MERGE_TAKEN, body, now, err);
}

static int append_merged(struct desk *desk, const struct case_state *from, const struct case_state *into,
			 const char *reason, instant now, struct error *err)
{
	struct qualification how = { .outcome = "duplicate", .reason = reason && *reason ? reason : NULL,
				     .original = into->id };
	bool carried = !embargo_in_force(&from->embargo) || embargo_in_force(&into->embargo);
	json_t *body = json_object();
	int code;

	js_set_string(body, "into", into->id);
	js_set_string(body, "reason", how.reason);
	if (carried)
		js_set_bool(body, "carried", true);
	code = desk_append(desk, from, EVENT_MERGED, body, now, err);
	return code ? code : desk_qualify(desk, from, &how, now, err);
}

int desk_merge(struct desk *desk, const struct case_state *from, const struct case_state *into,
	       const char *reason, instant now, struct error *err)
{
	int code = model_whole_case(desk->model, from, err);

	if (!code)
		code = model_whole_case(desk->model, into, err);
	if (code)
		return code;
	if (from == into || from->merged_into || into->merged_into)
		return error_set(err, ERR_NO, from->id, NULL,
				 _("rule merge: a case goes once into another that is still one itself"));
	code = check_public(from, into, err);
	if (!code)
		code = carry_disclosure(desk, from, into, now, err);
	if (!code)
		code = copy_parties(desk, from, into, now, err);
	if (!code)
		code = append_taken(desk, from, into, now, err);
	return code ? code : append_merged(desk, from, into, reason, now, err);
}

static int fill_child(struct desk *desk, const struct case_state *state, const struct case_state *child,
		      const char *reason, instant now, struct error *err)
{
	json_t *body = json_object();
	int code = copy_parties(desk, state, child, now, err);

	js_set_string(body, "case", state->id);
	if (known_since(state) != INSTANT_NONE)
		desk_set_instant(body, "known", known_since(state));
	set_inherited(body, state);
	if (code) {
		json_decref(body);
		return code;
	}
	code = desk_append(desk, child, EVENT_SPLIT_FROM, body, now, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "case", child->id);
	js_set_string(body, "reason", reason && *reason ? reason : NULL);
	return desk_append(desk, state, EVENT_SPLIT_OFF, body, now, err);
}

int desk_split(struct desk *desk, const struct case_state *state, const char *title, const char *reason,
	       instant now, const struct case_state **ret, struct error *err)
{
	const struct case_state *child = NULL;
	int code = model_whole_case(desk->model, state, err);

	if (!code)
		code = desk_case_new(desk, title, now, &child, err);
	if (!code)
		code = fill_child(desk, state, child, reason, now, err);
	if (!code)
		*ret = child;
	return code;
}
