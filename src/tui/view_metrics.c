/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics: how many cases stand where, how old they are, when they fall due, and how long things take. */
#include "psirtty/model/metrics.h"

#include "tui/cells.h"

enum { BESIDE_FROM = 76, GAP = 2, NUMBER_CELLS = 6, LABEL_CELLS = 14, WEEKS = 26, NAME_CELLS = 38, BAR_MOST = 62, TALLIES_MOST = 12 };

struct tally { const char *word; enum role role; size_t count; };
struct tallies { const char *heading; struct tally items[TALLIES_MOST]; size_t count; };

static void tally_add(struct tallies *t, const char *word, enum role role)
{
	t->items[t->count++] = (struct tally){ word, role, 0 };
}

/* The number, and a bar as long as what is left of the line. */
static void tallies_draw(struct doc *doc, const struct tallies *t, enum chart_drawing drawing)
{
	size_t most = 0;

	for (size_t i = 0; i < t->count; i++)
		most = t->items[i].count > most ? t->items[i].count : most;
	doc_heading(doc, t->heading);
	for (size_t i = 0; i < t->count; i++) {
		AUTO_STR bar = STR_INIT;

		doc_line(doc);
		doc_label(doc, t->items[i].word);
		doc_format(doc, t->items[i].role, "%*zu", NUMBER_CELLS, t->items[i].count);
		chart_bar(drawing, t->items[i].count, most, doc->width - LABEL_CELLS - NUMBER_CELLS - 2, &bar);
		if (bar.length)
			doc_format(doc, ROLE_CHART, " %s", bar.bytes);
	}
}

/* Two of them beside each other where they fit; B may be NULL. A screen reader goes line by line. */
static void pair_draw(const struct view *view, const struct tallies *a, const struct tallies *b, struct doc *doc)
{
	bool beside = doc->width >= BESIDE_FROM && !view->context->plain;
	int half = beside ? (doc->width - GAP) / 2 : doc->width;
	struct doc left = { 0 }, right = { 0 };

	doc_reset(&left, half < BAR_MOST ? half : BAR_MOST);
	doc_reset(&right, left.width);
	tallies_draw(&left, a, view_drawing(view));
	if (b)
		tallies_draw(&right, b, view_drawing(view));
	doc_line(doc);
	if (b && beside) {
		doc_beside(doc, &left, &right, "  ");
	} else {
		doc_below(doc, &left);
		if (b)
			doc_line(doc), doc_below(doc, &right);
	}
	doc_release(&left);
	doc_release(&right);
}

/* ---- what is counted */

static void count_states(const struct model *model, struct tallies *ret)
{
	for (int i = 1; i < RM_COUNT; i++)
		tally_add(ret, rm_name(i), ROLE_NORMAL);
	for (size_t i = 0; i < model_case_count(model); i++)
		if (model_glance(model, i)->rm > 0)
			ret->items[model_glance(model, i)->rm - 1].count++;
}

static void count_severities(const struct model *model, struct tallies *ret)
{
	for (int i = CVSS_CRITICAL; i >= 0; i--)
		tally_add(ret, cvss_severity_name(i), severity_role(i));
	tally_add(ret, _("no score"), ROLE_NORMAL);
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_score *score = case_leading_score(model_case(model, i));

		ret->items[score ? CVSS_CRITICAL - (int)score->cvss.severity : CVSS_CRITICAL + 1].count++;
	}
}

static void count_embargoes(const struct model *model, struct tallies *ret)
{
	for (int i = 0; i < EM_COUNT; i++)
		tally_add(ret, em_name(i), ROLE_NORMAL);
	for (size_t i = 0; i < model_case_count(model); i++)
		ret->items[model_case(model, i)->embargo.state].count++;
}

/* The steps of an age or of the time that is left; the last row is what lies beyond. */
struct step { instant below; const char *word; enum role role; };
static const struct step ages[] = {
	{ INSTANT_DAY, N_("under a day"), ROLE_NORMAL }, { 7 * INSTANT_DAY, N_("1 to 6 days"), ROLE_NORMAL },
	{ 30 * INSTANT_DAY, N_("7 to 29"), ROLE_NORMAL }, { 90 * INSTANT_DAY, N_("30 to 89"), ROLE_NORMAL },
	{ INT64_MAX, N_("90 and more"), ROLE_DUE },
}, dues[] = {
	{ 0, N_("! overdue"), ROLE_OVERDUE }, { INSTANT_DAY, N_("within a day"), ROLE_DUE },
	{ 7 * INSTANT_DAY, N_("within 7 days"), ROLE_DUE }, { 30 * INSTANT_DAY, N_("within 30"), ROLE_NORMAL },
	{ INT64_MAX, N_("later"), ROLE_NORMAL },
};

static void steps_add(struct tallies *ret, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tally_add(ret, _(steps[i].word), steps[i].role);
}

static void step_count(struct tallies *ret, const struct step *steps, instant span)
{
	size_t i = 0;

	while (span >= steps[i].below && steps[i].below != INT64_MAX)
		i++;
	ret->items[i].count++;
}

static void count_open(const struct model *model, instant now, struct tallies *ret_ages, struct tallies *ret_dues)
{
	const char *what;
	instant at;

	steps_add(ret_ages, ages, ARRAY_LEN(ages));
	steps_add(ret_dues, dues, ARRAY_LEN(dues));
	tally_add(ret_dues, _("nothing is due"), ROLE_NORMAL);
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_glance *glance = model_glance(model, i);

		if (glance->rm == RM_CLOSED)
			continue;
		step_count(ret_ages, ages, now - glance->opened);
		if (glance_next_due(glance, &what, &at))
			step_count(ret_dues, dues, at - now);
		else
			ret_dues->items[ARRAY_LEN(dues)].count++;
	}
}

/* ---- a week a character, the one that runs last */

static void weeks_draw(const struct model *model, instant now, struct doc *doc, enum chart_drawing drawing)
{
	double weeks[WEEKS] = { 0 }, most = 0;
	AUTO_STR spark = STR_INIT;

	for (size_t i = 0; i < model_case_count(model); i++) {
		instant age = now - model_glance(model, i)->opened;

		if (age >= 0 && age < WEEKS * 7 * INSTANT_DAY)
			weeks[WEEKS - 1 - age / (7 * INSTANT_DAY)]++;
	}
	for (size_t i = 0; i < WEEKS; i++)
		most = weeks[i] > most ? weeks[i] : most;
	chart_spark(drawing, weeks, WEEKS, 0, &spark);
	doc_line(doc);
	doc_line(doc);
	doc_column(doc, ROLE_TITLE, LABEL_CELLS, _("Opened a week"));
	doc_run(doc, ROLE_CHART, spark.bytes);
	doc_format(doc, ROLE_NORMAL, _("  %d in these 7 days, %d at most"), (int)weeks[WEEKS - 1], (int)most);
}

/* ---- shares and spans, by the PSIRT framework's names */

static void span_line(const struct metric *metric, struct doc *doc)
{
	char median[40], ninth[40];

	doc_line(doc);
	doc_column(doc, ROLE_LABEL, NAME_CELLS, _(metric->name));
	doc_format(doc, ROLE_NORMAL, _("%5zu of %zu"), metric->n, metric->of);
	if (metric->median != INSTANT_NONE)
		doc_format(doc, ROLE_NORMAL, _("  median %s, nine of ten %s"), instant_format_span(metric->median, median),
			   instant_format_span(metric->ninth, ninth));
}

static void share_line(const struct metric *metric, struct doc *doc, enum chart_drawing drawing)
{
	AUTO_STRING name = *metric->part ? mem_format("%s: %s", _(metric->name), metric->part) : mem_string(_(metric->name));
	AUTO_STR bar = STR_INIT;

	doc_line(doc);
	doc_column(doc, ROLE_LABEL, NAME_CELLS, name);
	doc_format(doc, ROLE_NORMAL, _("%5zu of %zu"), metric->n, metric->of);
	if (metric->of < METRIC_FEW)
		return;
	chart_bar(drawing, metric->n, metric->of, 20, &bar);
	doc_format(doc, ROLE_NORMAL, "  %zu %% ", metric->n * 100 / metric->of);
	doc_run(doc, ROLE_CHART, str_or_empty(bar.bytes));
}

static void figures_draw(const struct model *model, instant now, struct doc *doc, enum chart_drawing drawing)
{
	struct metric *metrics = NULL;
	size_t count = 0;

	model_metrics(model, 0, INT64_MAX, now, &metrics, &count);
	doc_line(doc);
	doc_heading(doc, _("How long it takes"));
	for (size_t i = 0; i < count; i++)
		if (str_starts(metrics[i].name, "time to"))
			span_line(&metrics[i], doc);
	doc_line(doc);
	doc_heading(doc, _("How many"));
	for (size_t i = 0; i < count; i++)
		if (!str_starts(metrics[i].name, "time to"))
			share_line(&metrics[i], doc, drawing);
	free(metrics);
}

static void metrics_body(const struct view *view, struct doc *doc)
{
	enum chart_drawing drawing = view_drawing(view);
	const struct model *model = view_model(view);
	struct tallies states = { .heading = _("Cases by state") }, old = { .heading = _("Open cases by age") },
		       due = { .heading = _("Open cases by what is due") }, severities = { .heading = _("Cases by severity") },
		       embargoes = { .heading = _("Cases by embargo") };

	if (!model)
		return;
	doc_line(doc);
	doc_format(doc, ROLE_TITLE, _("%zu cases, %zu mails, %zu products"), model_case_count(model),
		   model_inbox_count(model), model_product_count(model));
	if (desk_know_some(view->context->desk, 0)) {
		doc_line(doc);
		doc_sentence(doc, ROLE_DIM, _("They are being read."));
		return;
	}
	count_states(model, &states);
	count_open(model, view_now(view), &old, &due);
	count_severities(model, &severities);
	count_embargoes(model, &embargoes);
	pair_draw(view, &states, &severities, doc);
	pair_draw(view, &old, &due, doc);
	weeks_draw(model, view_now(view), doc, drawing);
	pair_draw(view, &embargoes, NULL, doc);
	figures_draw(model, view_now(view), doc, drawing);
}

const struct view_ops metrics_view = {
	.name = "metrics", .title = N_("Metrics"), .brief = N_("Met"), .body = metrics_body, .reads_all = true,
};
