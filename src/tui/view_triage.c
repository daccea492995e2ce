/* SPDX-License-Identifier: Apache-2.0 */
/* What helps to decide on a report: its qualification, its scores side by side, what it resembles and lacks. */
#include "psirtty/desk/life.h"
#include "psirtty/model/thread.h"
#include "tui/cells.h"

enum { LIKE_MOST = 3, SCORE_CELLS = 14, ISSUER_CELLS = 14, VERDICT_CELLS = 18 };

/* ---- scores */

/* How far one is from the leading one of its version. */
static const char *apart_from(const struct case_score *lead, const struct case_score *score, char buffer[40])
{
	int apart = lead->cvss.overall - score->cvss.overall;

	apart = apart < 0 ? -apart : apart;
	if (lead == score)
		return _("leads");
	if (lead->cvss.version != score->cvss.version)
		return _("other version");
	if (lead->cvss.severity != score->cvss.severity)
		return _("! other severity");
	snprintf(buffer, 40, _("%d.%d apart"), apart / 10, apart % 10);
	return apart ? buffer : _("agrees");
}

/* The vector, each metric that the leading one has otherwise in brackets. */
static void vector_runs(const struct case_score *lead, const struct case_score *score, struct doc *doc)
{
	bool comparable = lead != score && lead->cvss.version == score->cvss.version;
	AUTO_STRING copy = mem_string(str_or_empty(score->vector));
	AUTO_STRING leading = mem_format("/%s/", str_or_empty(lead->vector));
	char *rest = copy, *metric;
	bool first = true;

	while ((metric = strsep(&rest, "/")) != NULL) {
		AUTO_STRING wanted = mem_format("/%s/", metric);
		bool differs = comparable && !strstr(leading, wanted);
		AUTO_STRING word = mem_format(differs ? "%s[%s]" : "%s%s", first ? "" : "/", metric);

		doc_wrapped(doc, differs ? ROLE_WARNING : ROLE_NORMAL, SCORE_CELLS, word);
		first = false;
	}
}

void score_lines(const struct case_state *state, struct doc *doc)
{
	const struct case_score *lead = case_leading_score(state);
	char tenths[8], apart[40];

	for (size_t i = 0; i < state->score_count; i++) {
		const struct case_score *score = &state->scores[i];
		const char *word = apart_from(lead, score, apart);

		doc_line(doc);
		doc_label(doc, i ? "" : state->score_count > 1 ? _("scores") : _("score"));
		doc_format(doc, severity_role(score->cvss.severity), "%s %-8s ", cvss_tenths(score->cvss.overall, tenths),
			   cvss_severity_name(score->cvss.severity));
		doc_column(doc, ROLE_DIM, state->score_count > 1 ? ISSUER_CELLS : 0, str_or_empty(score->issuer));
		if (state->score_count > 1)
			doc_column(doc, *word == '!' ? ROLE_WARNING : ROLE_DIM, VERDICT_CELLS, word);
		vector_runs(lead, score, doc);
	}
}

/* ---- qualification */

static void bar_lines(const struct case_state *state, struct doc *doc)
{
	const struct case_score *score = case_leading_score(state);
	struct bugbar *bar = NULL;
	const struct bugbar_rule *rule;
	AUTO_STRING line = NULL;

	if (desk_bugbar(&bar, NULL))
		return;
	rule = bugbar_judge(bar, NULL, 0, score ? score->cvss.overall : -1);
	line = rule ? mem_format(_("not yet; unless answers change it: %s%s%s, by \"%s\" of bar %s"), rule->outcome,
				 rule->priority ? " " : "", str_or_empty(rule->priority), rule->id, bar->version) :
		      mem_format(_("not yet; bar %s asks %zu questions first"), bar->version, bar->question_count);
	doc_field(doc, _("qualified"), ROLE_DUE, line);
	bugbar_free(bar);
}

static void qualification_lines(const struct case_state *state, struct doc *doc)
{
	AUTO_STRING line = NULL;

	if (!state->qualified) {
		bar_lines(state, doc);
		return;
	}
	line = mem_format(_("%s%s%s, by \"%s\" of bar %s"), str_or_empty(state->outcome), state->priority ? " " : "",
			  str_or_empty(state->priority),
			  *record_text(state->qualified, "rule") ? record_text(state->qualified, "rule") : "-",
			  record_text(state->qualified, "bar"));
	doc_field(doc, _("qualified"), ROLE_TITLE, line);
	doc_field(doc, _("because"), ROLE_NORMAL, record_text(state->qualified, "reason"));
	doc_field(doc, _("original"), ROLE_ID, record_text(state->qualified, "original"));
}

/* ---- what it resembles and lacks, by the mail it came with */

static const struct inbox_item *report_of(const struct model *model, const struct case_state *state)
{
	for (size_t i = 0; i < state->message_count; i++)
		if (state->messages[i].mail && model_find_mail(model, state->messages[i].mail))
			return model_find_mail(model, state->messages[i].mail);
	return NULL;
}

static void like_lines(const struct model *model, const struct case_state *state, const struct inbox_item *item, struct doc *doc)
{
	struct likeness like[LIKE_MOST + 1];
	size_t count = thread_like(model, item, like, LIKE_MOST + 1), shown = 0;

	for (size_t i = 0; i < count && shown < LIKE_MOST; i++) {
		AUTO_STRING line = NULL;

		if (like[i].state == state)
			continue;
		line = mem_format("%d %%: %s %s", like[i].percent, like[i].state ? like[i].state->id : like[i].mail->id,
				  like[i].state ? like[i].state->title : str_or_empty(like[i].mail->record.subject));
		doc_field(doc, shown++ ? "" : _("similar"), ROLE_WARNING, line);
	}
	if (!shown && item->assessed.done)
		doc_field(doc, _("similar"), ROLE_DIM, _("no other report and no case"));
}

static void missing_line(const struct inbox_item *item, struct doc *doc)
{
	AUTO_STR missing = STR_INIT;

	for (int i = 0; i < REPORT_PART_COUNT; i++)
		if (item->assessed.missing & 1u << i)
			str_add_format(&missing, "%s%s", missing.length ? "; " : "", _(report_part_help((enum report_part)i)));
	doc_field(doc, _("missing"), ROLE_NORMAL, missing.length ? missing.bytes : NULL);
}

void triage_preview(const struct view *view, const struct case_state *state, struct doc *doc)
{
	const struct inbox_item *report = state ? report_of(view_model(view), state) : NULL;

	if (!state)
		return;
	qualification_lines(state, doc);
	score_lines(state, doc);
	if (report) {
		like_lines(view_model(view), state, report, doc);
		missing_line(report, doc);
	}
	case_preview(view, state, doc);
}
