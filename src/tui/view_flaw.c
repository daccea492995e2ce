/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One flaw as every source tells of it, side by side and unmerged, with EPSS over time and whether it is known to be
 * exploited. What no source here can tell is called unknown.
 */
#include "psirtty/desk/flaw.h"

#include "tui/cells.h"

enum { SPARK_CELLS = 60, PRODUCTS_SHOWN = 40, RANGES_SHOWN = 8 };

/* ---- exploited, EPSS */

/* That a list which is not here, or too old, does not name it says nothing. */
static void exploited_field(struct intel *intel, const char *id, enum source_age age, struct doc *doc)
{
	int known = intel_exploited(intel, id);
	bool usable = age == SOURCE_FRESH || age == SOURCE_DUE;

	doc_field(doc, _("exploited"), known > 0 ? ROLE_OVERDUE : known || !usable ? ROLE_WARNING : ROLE_NORMAL,
		  known > 0 ? _("! yes, a source of exploited flaws names it (KEV)") :
		  known	    ? _("? unknown: no source of exploited flaws is here") :
		  usable    ? _("not named by the sources of exploited flaws that are here") :
			      _("? unknown: what is here of exploited flaws is too old"));
}

/* A character a day: what is kept are changes, between two of which it stayed as it was. */
static void epss_spark(const struct intel_epss *days, size_t count, enum chart_drawing drawing, struct doc *doc)
{
	instant last = days[count - 1].day, first = last - (SPARK_CELLS - 1) * INSTANT_DAY;
	double scores[SPARK_CELLS];
	AUTO_STR spark = STR_INIT;
	char from[40], to[40];
	size_t cells = 0;

	first = days[0].day > first ? days[0].day : first;
	for (size_t at = 0; cells < SPARK_CELLS && first + (instant)cells * INSTANT_DAY <= last; cells++) {
		while (at + 1 < count && days[at + 1].day <= first + (instant)cells * INSTANT_DAY)
			at++;
		scores[cells] = days[at].score;
	}
	chart_spark(drawing, scores, cells, 0, &spark);
	doc_field(doc, _("over time"), ROLE_CHART, spark.bytes);
	doc_line(doc);
	doc_label(doc, "");
	doc_format(doc, ROLE_DIM, _("%s: %.5f   %s: %.5f"), instant_format_date(first, from), scores[0], instant_format_date(last, to),
		   scores[cells - 1]);
}

static void epss_lines(struct intel *intel, const char *cve, enum source_age age, enum chart_drawing drawing, struct doc *doc)
{
	struct intel_epss *days = NULL;
	size_t count = 0;
	char day[40];

	if (intel_epss(intel, cve, &days, &count, NULL) || !count) {
		doc_field(doc, "EPSS", ROLE_WARNING, _("? unknown: no score of it is here"));
	} else {
		const struct intel_epss *last = &days[count - 1];
		AUTO_STRING higher = last->percentile < 0 ? mem_string("") : mem_format(_(", higher than %.1f %% of all"), last->percentile * 100);
		AUTO_STRING line = mem_format(_("%.5f%s, of %s, model %s"), last->score, higher, instant_format_date(last->day, day),
					      last->model);

		doc_field(doc, "EPSS", ROLE_NORMAL, line);
		if (age == SOURCE_STALE)
			doc_field(doc, "", ROLE_WARNING, _("! too old: what it is today is unknown"));
		if (count > 1)
			epss_spark(days, count, drawing, doc);
		if (!str_equal(days[0].model, last->model))
			doc_field(doc, "", ROLE_WARNING, _("! another model since: scores before and after do not compare"));
	}
	free(days);
}

void flaw_facts(const struct view *view, const char *id, struct doc *doc)
{
	struct intel *intel = desk_intel(view->context->desk);

	if (!intel) {
		doc_field(doc, _("exploited"), ROLE_WARNING, _("? unknown: there is no store of intelligence"));
		return;
	}
	exploited_field(intel, id, desk_flaw_age(view->context->desk, FEED_KEV, view_now(view)), doc);
	epss_lines(intel, id, desk_flaw_age(view->context->desk, FEED_EPSS, view_now(view)), view_drawing(view), doc);
}

/* ---- witnesses */

static const char *range_end(const struct feed_range *range, struct str *ret)
{
	bool one = range->through && !range->after && range->from && str_equal(range->from, range->to);

	str_reset(ret);
	if (one)
		str_add_format(ret, "= %s", range->from);
	else if (range->from)
		str_add_format(ret, "%s %s", range->after ? ">" : ">=", range->from);
	if (range->to && !one)
		str_add_format(ret, "%s%s %s", ret->length ? ", " : "", range->through ? "<=" : "<", range->to);
	if (!ret->length)
		str_add(ret, _("all versions"));
	if (range->scheme)
		str_add_format(ret, " (%s)", range->scheme);
	return ret->bytes;
}

static const char *status_word(enum feed_status status)
{
	static const char *const words[] = { N_("affected"), N_("not affected"), N_("undecided") };

	return _(words[status]);
}

static void product_lines(const struct feed_product *product, struct doc *doc)
{
	AUTO_STR end = STR_INIT;

	doc_line(doc);
	doc_run(doc, ROLE_NORMAL, "  ");
	if (product->ecosystem)
		doc_format(doc, ROLE_DIM, "%s ", product->ecosystem);
	doc_format(doc, ROLE_ID, "%s%s%s  ", str_or_empty(product->vendor), product->vendor ? " " : "",
		   product->name ? product->name : str_or_empty(product->purl));
	for (size_t i = 0; i < product->count && i < RANGES_SHOWN; i++) {
		AUTO_STRING word = mem_format("%s%s %s", i ? "; " : "", status_word(product->ranges[i].status),
					      range_end(&product->ranges[i], &end));

		doc_wrapped(doc, product->ranges[i].status == FEED_AFFECTED ? ROLE_SEVERITY_HIGH : ROLE_NORMAL, 4, word);
	}
	if (product->count > RANGES_SHOWN)
		doc_format(doc, ROLE_DIM, _("; %zu more"), product->count - RANGES_SHOWN);
	if (!product->count)
		doc_run(doc, ROLE_NORMAL, status_word(product->usual));
}

static void score_words(const struct feed_record *record, struct doc *doc)
{
	char tenths[8];

	for (size_t i = 0; i < record->scores.count; i++) {
		const char *vector = record->scores.items[i].value;
		struct cvss cvss;

		doc_line(doc);
		doc_label(doc, i ? "" : _("scores"));
		if (cvss_parse(vector, &cvss, NULL) == 0)
			doc_format(doc, severity_role(cvss.severity), "%s %s  ", cvss_tenths(cvss.overall, tenths),
				   cvss_severity_name(cvss.severity));
		doc_format(doc, ROLE_DIM, "%s  ", record->scores.items[i].key);
		doc_wrapped(doc, ROLE_NORMAL, 14, vector);
	}
}

static void words_field(const struct text_list *list, const char *label, struct doc *doc)
{
	AUTO_STR words = STR_INIT;

	for (size_t i = 0; i < list->count; i++)
		str_add_format(&words, "%s%s", i ? ", " : "", list->items[i]);
	doc_field(doc, label, ROLE_NORMAL, words.bytes);
}

static void state_line(const struct intel_witness *witness, struct doc *doc)
{
	const struct feed_record *record = witness->record;

	if (witness->gone)
		doc_sentence(doc, ROLE_WARNING, _("! This source no longer has it."));
	if (record->state != FEED_PUBLISHED)
		doc_sentence(doc, ROLE_WARNING, record->state == FEED_REJECTED ? _("! It was rejected here.") : _("! It was withdrawn here."));
	if (record->exploited)
		doc_sentence(doc, ROLE_OVERDUE, _("! This source says that it is exploited."));
}

struct witness_lines { struct doc *doc; size_t count; };

static int witness_lines(void *context, const struct intel_witness *witness, struct error *err)
{
	struct witness_lines *lines = context;
	const struct feed_record *record = witness->record;
	AUTO_STRING heading = mem_format("%s  %s", witness->source, record->id);
	struct doc *doc = lines->doc;
	char when[40];

	(void)err;
	lines->count++;
	doc_heading(doc, heading);
	state_line(witness, doc);
	doc_field(doc, _("title"), ROLE_TITLE, record->title);
	if (record->modified != INSTANT_NONE)
		doc_field(doc, _("changed"), ROLE_NORMAL, time_full(record->modified, when));
	doc_field(doc, _("came in"), ROLE_DIM, time_full(witness->seen, when));
	words_field(&record->aliases, _("also called"), doc);
	words_field(&record->cwes, "CWE", doc);
	score_words(record, doc);
	for (size_t i = 0; i < record->count && i < PRODUCTS_SHOWN; i++)
		product_lines(&record->products[i], doc);
	if (record->count > PRODUCTS_SHOWN)
		doc_format(doc, ROLE_DIM, _("; %zu more products"), record->count - PRODUCTS_SHOWN);
	if (record->text)
		doc_block(doc, ROLE_BODY, record->text, true);
	for (size_t i = 0; i < record->links.count; i++)
		doc_field(doc, i ? "" : _("links"), ROLE_DIM, record->links.items[i]);
	return 0;
}

/* ---- where they differ: said, not settled */

struct spread { size_t published, refused; int low, high; const char *names[2]; char low_source[64], high_source[64]; };

static int spread_take(void *context, const struct intel_witness *witness, struct error *err)
{
	struct spread *spread = context;
	const struct feed_record *record = witness->record;

	(void)err;
	spread->published += record->state == FEED_PUBLISHED;
	spread->refused += record->state != FEED_PUBLISHED;
	for (size_t i = 0; i < record->scores.count; i++) {
		struct cvss cvss;

		if (cvss_parse(record->scores.items[i].value, &cvss, NULL))
			continue;
		if (spread->low < 0 || cvss.overall < spread->low)
			spread->low = cvss.overall, snprintf(spread->low_source, 64, "%s", witness->source);
		if (cvss.overall > spread->high)
			spread->high = cvss.overall, snprintf(spread->high_source, 64, "%s", witness->source);
	}
	return 0;
}

static void spread_lines(const struct spread *spread, struct doc *doc)
{
	char low[8], high[8];

	if (spread->published && spread->refused) {
		AUTO_STRING line = mem_format(_("! %zu sources have it published, %zu rejected or withdrawn"), spread->published,
					      spread->refused);

		doc_field(doc, _("they differ"), ROLE_WARNING, line);
	}
	if (spread->high >= 0 && spread->high - spread->low >= 10) {
		AUTO_STRING line = mem_format(_("! scores from %s (%s) to %s (%s)"), cvss_tenths(spread->low, low), spread->low_source,
					      cvss_tenths(spread->high, high), spread->high_source);

		doc_field(doc, _("they differ"), ROLE_WARNING, line);
	}
}

/* ---- the page */

static void cases_line(const struct view *view, const char *id, struct doc *doc)
{
	const struct model *model = view_model(view);
	AUTO_STR cases = STR_INIT;

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t j = 0; j < state->id_count; j++)
			if (str_equal(state->ids[j].text, id))
				str_add_format(&cases, "%s%s %s", cases.length ? ", " : "", state->id, state->title);
	}
	doc_field(doc, _("our cases"), ROLE_ID, cases.length ? cases.bytes : _("none has this id"));
}

static void flaw_head(const struct view *view, struct doc *doc)
{
	struct intel *intel = desk_intel(view->context->desk);

	doc_line(doc);
	doc_run(doc, ROLE_TITLE, intel ? intel_canonical(intel, view->subject) : str_or_empty(view->subject));
	doc_line(doc);
}

static void flaw_body(const struct view *view, struct doc *doc)
{
	struct intel *intel = desk_intel(view->context->desk);
	struct witness_lines lines = { .doc = doc };
	struct spread spread = { .low = -1, .high = -1 };
	AUTO_STRING id = mem_string(intel ? intel_canonical(intel, view->subject) : view->subject);

	flaw_facts(view, id, doc);
	cases_line(view, id, doc);
	if (!intel)
		return;
	intel_witnesses(intel, id, spread_take, &spread, NULL);
	spread_lines(&spread, doc);
	intel_witnesses(intel, id, witness_lines, &lines, NULL);
	if (!lines.count)
		doc_sentence(doc, ROLE_DIM, _("? No source that is here tells of it: that it is not affected does not follow."));
}

const struct view_ops flaw_view = {
	.name = "flaw", .title = N_("Flaw"), .brief = N_("Flaw"), .head = flaw_head, .body = flaw_body,
};
