/* SPDX-License-Identifier: Apache-2.0 */
/* The advisory of a case: its text as others will read it, what the checker finds, who approved which release. */
#include "psirtty/desk/advisory.h"

#include "tui/cells.h"

enum { TEST_CELLS = 10 };

static void error_lines(const struct error *err, struct doc *doc)
{
	AUTO_STR sentence = STR_INIT;

	error_sentence(err, &sentence);
	doc_sentence(doc, ROLE_ERROR, sentence.bytes);
}

static enum role severity_of(enum check_severity severity)
{
	return severity == CHECK_ERROR ? ROLE_ERROR : severity == CHECK_WARNING ? ROLE_WARNING : ROLE_DIM;
}

static void findings_field(const struct check_report *report, struct doc *doc)
{
	size_t others = report->finding_count + report->cut - report->errors;
	AUTO_STRING line = report->errors ? mem_format(_("! %zu errors, %zu warnings and notes"), report->errors, others) :
			   others ? mem_format(_("no errors, %zu warnings and notes"), others) :
				    mem_string(_("none by the checker of CSAF 2.0"));

	doc_field(doc, _("findings"), report->errors ? ROLE_ERROR : report->finding_count ? ROLE_WARNING : ROLE_NORMAL, line);
}

static void findings_lines(const struct check_report *report, struct doc *doc)
{
	if (!report->finding_count)
		return;
	doc_heading(doc, _("Findings"));
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct check_finding *finding = &report->findings[i];

		doc_line(doc);
		doc_column(doc, ROLE_ID, TEST_CELLS, finding->test);
		doc_format(doc, severity_of(finding->severity), "%s  ", check_severity_name(finding->severity));
		doc_wrapped(doc, ROLE_NORMAL, TEST_CELLS, finding->message);
		doc_field(doc, "", ROLE_DIM, finding->path);
		if (finding->fix)
			doc_field(doc, "", ROLE_NORMAL, finding->fix);
	}
}

/* Approvals of the release that is prepared, in a line; whether their signatures hold is for `advisory check`. */
static void approvals_field(const struct case_state *state, struct doc *doc)
{
	const struct case_record *prepared = desk_advisory_prepared(state), *approval;
	AUTO_STR line = STR_INIT;
	size_t cursor = 0;

	if (!prepared)
		return;
	doc_field(doc, _("prepared"), ROLE_TITLE, record_text(prepared, "version"));
	doc_time(doc, _("for"), ROLE_DUE, record_instant(prepared, "at"));
	while ((approval = case_record_next(state, EVENT_ADVISORY_APPROVED, &cursor)))
		if (str_equal(record_text(approval, "version"), record_text(prepared, "version")))
			str_add_format(&line, "%s%s: %s", line.length ? ", " : "", record_text(approval, "role"), approval->author);
	doc_field(doc, _("approved"), line.length ? ROLE_NORMAL : ROLE_WARNING, line.length ? line.bytes : _("! by nobody yet"));
}

static void text_lines(const struct view *view, const struct case_state *state, struct doc *doc)
{
	AUTO_STR rendered = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (desk_advisory_render(view->context->desk, state, "text", view_now(view), &rendered, &err))
		error_lines(&err, doc);
	else
		doc_block(doc, ROLE_NORMAL, rendered.bytes, false);
}

void advisory_preview(const struct view *view, const struct case_state *state, struct doc *doc)
{
	struct check_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	if (!state || !state->advisory)
		return;
	if (desk_advisory_findings(view->context->desk, state, view_now(view), &report, &err))
		error_lines(&err, doc);
	else
		findings_field(&report, doc);
	approvals_field(state, doc);
	doc_line(doc);
	text_lines(view, state, doc);
	findings_lines(&report, doc);
	fact_lines(state, doc, EVENT_ADVISORY_APPROVED, _("Approvals"));
	fact_lines(state, doc, EVENT_ADVISORY_PREPARED, _("Prepared releases"));
	fact_lines(state, doc, EVENT_ADVISORY_PUBLISHED, _("Published releases"));
	check_report_release(&report);
}

static void advisory_body(const struct view *view, struct doc *doc)
{
	const struct case_state *state = view_case(view);

	if (!state || !state->advisory)
		return;
	doc_field(doc, _("advisory"), ROLE_ID, state->advisory->id);
	doc_field(doc, _("status"), ROLE_NORMAL, state->advisory->version ? _("final") : _("draft"));
	doc_field(doc, "TLP", ROLE_NORMAL, state->advisory->tlp);
	advisory_preview(view, state, doc);
}

const struct view_ops advisory_tab = {
	.name = "advisory", .title = N_("Advisory"), .brief = N_("Adv"),
	.empty = N_("No advisory is being drafted. \":advisory new {case}\" begins one."), .body = advisory_body,
};
