/* SPDX-License-Identifier: Apache-2.0 */
/* What is stated about a case: title, scores, ids, affected versions, notes, advisory … */
#include "model/case.h"

static int refuse_empty(const struct case_state *state, const struct event *event, const char *key,
			struct error *err)
{
	const char *text = str_or_empty(event_text(event, key));

	if (text[strspn(text, " \t\n\r")])
		return 0;
	return error_set(err, ERR_NO, str_or_empty(state->id), NULL,
			 _("rule text: the %s is empty"), key);
}

/* ---- title, summary, assignee */

static int check_title(const struct case_state *state, const struct event *event, struct error *err)
{
	return refuse_empty(state, event, "title", err);
}

static void apply_title(struct folded *folded, const struct event *event)
{
	folded->state.title = event_text(event, "title");
}

static void apply_summary(struct folded *folded, const struct event *event)
{
	folded->state.summary = event_text(event, "summary");
}

/* Assigned to "" is assigned to nobody. */
static void apply_assigned(struct folded *folded, const struct event *event)
{
	char *member = event_text(event, "member");

	folded->state.assignee = *member ? member : NULL;
}

/* ---- scores and ids */

static int check_score(const struct case_state *state, const struct event *event, struct error *err)
{
	AUTO_ERROR reason = ERROR_INIT;
	struct cvss cvss;

	if (cvss_parse(event_text(event, "vector"), &cvss, &reason) == 0)
		return refuse_empty(state, event, "issuer", err);
	return error_set(err, ERR_NO, state->id, NULL, _("rule CVSS: %s"),
			 str_or_empty(reason.why));
}

static void apply_score(struct folded *folded, const struct event *event)
{
	const char *issuer = event_text(event, "issuer");
	struct case_score *score = NULL;

	for (size_t i = 0; i < folded->state.score_count; i++)
		if (str_equal(folded->state.scores[i].issuer, issuer))
			score = &folded->state.scores[i];
	if (!score)
		score = CASE_ADD(folded, scores, score_count, ROOM_SCORES);
	score->issuer = (char *)issuer;
	score->vector = event_text(event, "vector");
	score->at = event->at;
	if (cvss_parse(score->vector, &score->cvss, NULL) != 0)
		BUG("a checked vector cannot be read");
}

static int check_cwe(const struct case_state *state, const struct event *event, struct error *err)
{
	const char *cwe = event_text(event, "cwe");
	size_t digits = str_starts(cwe, "CWE-") ? strspn(cwe + 4, "0123456789") : 0;

	if (digits >= 1 && digits <= 5 && !cwe[4 + digits])
		return 0;
	return error_set(err, ERR_NO, state->id, NULL,
			 _("rule CWE: a weakness is written as CWE-787"));
}

static void apply_cwe(struct folded *folded, const struct event *event)
{
	folded->state.cwe = event_text(event, "cwe");
}

/* CVE-YYYY- and at least four digits. */
static bool cve_valid(const char *text)
{
	size_t digits = strlen(text) > 9 ? strspn(text + 9, "0123456789") : 0;

	return str_starts(text, "CVE-") && strspn(text + 4, "0123456789") == 4 && text[8] == '-' &&
	       digits >= 4 && digits <= 19 && !text[9 + digits];
}

static int check_id(const struct case_state *state, const struct event *event, struct error *err)
{
	int code = refuse_empty(state, event, "text", err);

	if (!code)
		code = refuse_empty(state, event, "system", err);
	if (code || str_casecmp(event_text(event, "system"), "cve") != 0 ||
	    cve_valid(event_text(event, "text")))
		return code;
	return error_set(err, ERR_NO, state->id, NULL,
			 _("rule CVE: an id is written as CVE-2026-12345"));
}

static void apply_id(struct folded *folded, const struct event *event)
{
	char *system = event_text(event, "system"), *text = event_text(event, "text");
	struct case_identifier *id;

	for (size_t i = 0; i < folded->state.id_count; i++)
		if (str_casecmp(folded->state.ids[i].system, system) == 0 &&
		    str_equal(folded->state.ids[i].text, text))
			return;
	id = CASE_ADD(folded, ids, id_count, ROOM_IDS);
	id->system = system;
	id->text = text;
}

/* ---- affected versions, remediation */

#define X(name, word) word,
static const char *const affected_words[] = { AFFECTED_STATUSES(X) };
#undef X

const char *affected_name(enum affected_status status)
{
	return affected_words[status];
}

int affected_from_name(const char *word)
{
	for (int i = 0; i < AFFECTED_COUNT; i++)
		if (str_casecmp(affected_words[i], word) == 0)
			return i;
	return -1;
}

static int check_affected(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	int code = refuse_empty(state, event, "product", err);

	return code ? code : refuse_empty(state, event, "version", err);
}

static void apply_affected(struct folded *folded, const struct event *event)
{
	const char *product = event_text(event, "product"), *version = event_text(event, "version");
	size_t low = 0, high = folded->state.affected_count;
	struct case_affected *row = NULL;

	while (low < high && !row) {
		size_t middle = low + (high - low) / 2;
		struct case_affected *there = &folded->state.affected[middle];
		int order = strcmp(product, there->product);

		order = order ? order : strcmp(version, there->version);
		if (order == 0)
			row = there;
		else if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	if (!row)
		row = CASE_INSERT(folded, affected, affected_count, ROOM_AFFECTED, low);
	row->product = (char *)product;
	row->version = (char *)version;
	row->status = (enum affected_status)affected_from_name(event_text(event, "status"));
	row->justification = NULL;
	row->impact = NULL;
	row->by = NULL;
}

/* One remediation of each category; setting it again replaces it. */
static void apply_remediation(struct folded *folded, const struct event *event)
{
	char *category = event_text(event, "category");
	struct case_remediation *row = NULL;

	for (size_t i = 0; i < folded->state.remediation_count; i++)
		if (str_equal(folded->state.remediations[i].category, category))
			row = &folded->state.remediations[i];
	if (!row)
		row = CASE_ADD(folded, remediations, remediation_count, ROOM_REMEDIATIONS);
	row->category = category;
	row->details = event_text(event, "details");
	row->url = event_text(event, "url");
}

/* ---- notes, reproductions */

static void apply_note(struct folded *folded, const struct event *event)
{
	struct case_note *note = CASE_ADD(folded, notes, note_count, ROOM_NOTES);

	note->text = event_text(event, "text");
	note->author = folded_keep(folded, mem_string(event->author));
	note->at = event->at;
}

static void apply_repro(struct folded *folded, const struct event *event)
{
	struct case_repro *repro = CASE_ADD(folded, repros, repro_count, ROOM_REPROS);
	const json_t *files = js_array(event->body, "attachments");

	repro->at = event->at;
	repro->author = folded_keep(folded, mem_string(event->author));
	repro->build = event_text(event, "build");
	repro->verdict = event_text(event, "verdict");
	repro->environment = event_text(event, "environment");
	repro->steps = event_text(event, "steps");
	repro->attachment_count = json_array_size(files);
	if (repro->attachment_count)
		repro->attachments = folded_alloc(folded, repro->attachment_count *
								  sizeof(struct sealed_file));
	for (size_t i = 0; i < repro->attachment_count; i++)
		sealed_file_read(json_array_get(files, i), &repro->attachments[i]);
}

/* ---- advisory */

static int check_advisory(const struct case_state *state, const struct event *event,
			  struct error *err)
{
	const char *id = event_text(event, "advisory");

	if (!id_valid(id))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule advisory: an id has letters, digits, dot and hyphen only"));
	if (state->advisory && !str_equal(state->advisory->id, id))
		return error_set(err, ERR_NO, state->id, NULL,
				 _("rule advisory: the case has the advisory %s already"),
				 state->advisory->id);
	return refuse_empty(state, event, "title", err);
}

/* What an edit does not name stays; an empty text clears. */
static void edit(char **slot, const struct event *event, const char *key)
{
	char *text = event_text(event, key);

	if (text)
		*slot = *text ? text : NULL;
}

static void apply_advisory(struct folded *folded, const struct event *event)
{
	struct case_advisory *advisory = &folded->advisory;

	if (!folded->state.advisory)
		*advisory = (struct case_advisory){ .drafted_at = event->at };
	folded->state.advisory = advisory;
	advisory->id = event_text(event, "advisory");
	advisory->changed_at = event->at;
	edit(&advisory->title, event, "title");
	edit(&advisory->summary, event, "summary");
	edit(&advisory->description, event, "description");
	edit(&advisory->recommendation, event, "recommendation");
	edit(&advisory->tlp, event, "tlp");
}

const struct fold_row title_row = { check_title, apply_title };
const struct fold_row summary_row = { NULL, apply_summary };
const struct fold_row assigned_row = { NULL, apply_assigned };
const struct fold_row score_row = { check_score, apply_score };
const struct fold_row cwe_row = { check_cwe, apply_cwe };
const struct fold_row id_row = { check_id, apply_id };
const struct fold_row affected_row = { check_affected, apply_affected };
const struct fold_row remediation_row = { NULL, apply_remediation };
const struct fold_row note_row = { NULL, apply_note };
const struct fold_row repro_row = { NULL, apply_repro };
const struct fold_row advisory_row = { check_advisory, apply_advisory };
