/* SPDX-License-Identifier: Apache-2.0 */
/* The advisory as plain text at 72 columns: what a reader of a mailing list would get. */
#include "csaf_private.h"
#include "format/advisory_prose.h"

#include "psirtty/base/text.h"
#include "psirtty/score/cwe.h"

enum { COLUMNS = 72 };

static void add_wrapped(struct str *s, const char *line, size_t length, int hanging)
{
	prose_wrap(s, line, length, hanging, hanging);
}

static void add_text(struct str *s, const char *text)
{
	while (*text) {
		size_t line = strcspn(text, "\n");

		add_wrapped(s, text, line, 0);
		text += line + (text[line] == '\n');
	}
}

static void add_section(struct str *s, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	str_add_format(s, "\n%s\n", title);
	str_add_repeat(s, '-', (size_t)text_width(title));
	str_add_char(s, '\n');
	add_text(s, text);
}

/* "Label:    value", values in one column. */
static void add_field(struct str *s, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	str_add_format(s, "%-12s", label);
	add_wrapped(s, value, strcspn(value, "\n"), 12);
}

static void add_ids(struct str *s, const struct case_state *state)
{
	for (size_t i = 0; i < state->id_count; i++)
		add_field(s, i ? "" : "Ids:", state->ids[i].text);
}

static void add_scores(struct str *s, const struct case_state *state)
{
	static const enum cvss_version versions[] = { CVSS_4_0, CVSS_3_1, CVSS_3_0, CVSS_2_0 };

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		const struct case_score *score = csaf_score_of(state, versions[i]);
		AUTO_STR value = STR_INIT;
		char tenths[8];

		if (!score)
			continue;
		str_add_format(&value, "%s %s (CVSS %s) ", cvss_severity_name(score->cvss.severity),
			       cvss_tenths(score->cvss.overall, tenths), cvss_version_name(versions[i]));
		cvss_vector(&score->cvss, &value);
		add_field(s, "Severity:", value.bytes);
	}
}

static void add_weakness(struct str *s, const struct case_state *state)
{
	const struct cwe *cwe = state->cwe ? cwe_parse(state->cwe) : NULL;
	AUTO_STRING value = cwe ? mem_format("CWE-%d %s", cwe->id, cwe->name) : NULL;

	add_field(s, "Weakness:", value);
}

static void add_affected(struct str *s, const struct csaf_build *build)
{
	static const struct { enum affected_status status; const char *title; } rows[] = {
		{ AFFECTED_AFFECTED, "Affected:" }, { AFFECTED_FIXED, "Fixed:" },
		{ AFFECTED_NOT_AFFECTED, "Not affected:" }, { AFFECTED_INVESTIGATING, "Under investigation:" },
		{ AFFECTED_UNKNOWN, "Not known:" }, { AFFECTED_NO_ANSWER, "No answer yet:" },
	};

	if (build->product_count)
		str_add(s, "\nProducts\n--------\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool titled = false;

		for (size_t k = 0; k < build->product_count; k++) {
			const struct csaf_product *p = &build->products[k];
			AUTO_STRING line = mem_format("- %s %s", p->name, p->affected->version);

			if (p->affected->status != rows[i].status)
				continue;
			if (!titled)
				str_add_format(s, "%s\n", rows[i].title);
			titled = true;
			add_wrapped(s, line, strlen(line), 2);
		}
	}
}

static void add_remedies(struct str *s, const struct case_state *state)
{
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < state->remediation_count; i++) {
		const struct case_remediation *r = &state->remediations[i];

		str_add_format(&text, "%s: %s%s%s\n", str_or_empty(r->category), str_or_empty(r->details),
			       r->url && *r->url ? " " : "", str_or_empty(r->url));
	}
	add_section(s, "Remediation", text.bytes);
}

static void add_head(struct str *s, const struct csaf_build *build)
{
	const struct case_advisory *advisory = build->advisory;
	AUTO_STRING tlp = mem_format("TLP:%s", advisory && advisory->tlp ? advisory->tlp : "RED");
	AUTO_STRING version = advisory ? mem_format("%d%s", advisory->version, advisory->version ? "" : " (draft)") :
					 NULL;
	const char *title = advisory && advisory->title ? advisory->title : str_or_empty(build->state->title);
	char date[40];

	str_add_format(s, "%s\n\n", tlp);
	add_wrapped(s, title, strcspn(title, "\n"), 0);
	str_add_repeat(s, '=', (size_t)(text_width(title) < COLUMNS ? text_width(title) : COLUMNS));
	str_add_char(s, '\n');
	add_field(s, "Advisory:", advisory ? advisory->id : NULL);
	add_field(s, "Version:", version);
	add_field(s, "Changed:", advisory ? instant_format_date(advisory->changed_at, date) : NULL);
	add_field(s, "Publisher:", build->policy->publisher);
	add_ids(s, build->state);
	add_scores(s, build->state);
	add_weakness(s, build->state);
}

void advisory_text(const struct case_state *state, const struct model *model, struct str *ret)
{
	struct csaf_build build = { .state = state, .model = model, .policy = model_policy(model),
				    .advisory = state->advisory };
	const struct case_advisory *advisory = state->advisory;

	csaf_products_init(&build);
	add_head(ret, &build);
	add_section(ret, "Summary", advisory && advisory->summary ? advisory->summary : state->summary);
	add_section(ret, "Description", advisory ? advisory->description : NULL);
	add_affected(ret, &build);
	add_section(ret, "Recommendation", advisory ? advisory->recommendation : NULL);
	add_remedies(ret, state);
	add_section(ret, "Contact", build.policy->contact);
	csaf_products_release(&build);
}
