/* SPDX-License-Identifier: Apache-2.0 */
/* The embargo calendar as an agenda, and the metrics. */
#include "tui/cells.h"

#include "psirtty/base/zone.h"

/* ---- calendar */

enum { AGENDA_BACK_DAYS = 366, AGENDA_AHEAD_DAYS = 3660 };

static void calendar_load(struct view *view)
{
	instant now = view_now(view);
	struct agenda_item *items = NULL;
	size_t count = 0;

	free(view->items);
	view->items = NULL;
	model_agenda(view_model(view), now - AGENDA_BACK_DAYS * INSTANT_DAY, now + AGENDA_AHEAD_DAYS * INSTANT_DAY,
		     now, &items, &count);
	view->items = items;
	for (size_t i = 0; i < count; i++)
		view_add(view, &items[i], i);
}

static const char *agenda_case(const struct row *row)
{
	return ((const struct agenda_item *)row->item)->case_id;
}

static void agenda_row_id(const struct row *row, struct str *ret)
{
	const struct agenda_item *item = row->item;

	str_add_format(ret, "%s %s %s", item->case_id, item->what, str_or_empty(item->reading));
}

enum { ZONE_FROM_COLS = 96 };
enum agenda_column { AGENDA_MARK, AGENDA_WHEN, AGENDA_ZONE, AGENDA_LEFT, AGENDA_CASE, AGENDA_WHAT };
static const struct column agenda_columns[] = {
	[AGENDA_MARK] = { "", 2, 0, false },
	[AGENDA_WHEN] = { N_("when (hour and zone)"), 23, 0, false },
	[AGENDA_ZONE] = { "", 16, ZONE_FROM_COLS, false },
	[AGENDA_LEFT] = { N_("left"), 8, 0, false },
	[AGENDA_CASE] = { N_("case"), 15, 0, false },
	[AGENDA_WHAT] = { N_("what"), 0, 0, false },
};

static enum role agenda_role(const struct agenda_item *item)
{
	return item->overdue ? ROLE_OVERDUE : item->embargo ? ROLE_EMBARGO : ROLE_NORMAL;
}

/* Overdue, an embargo, or how many hundredths of its time are gone. */
static const char *agenda_mark(const struct agenda_item *item, instant now, char buffer[16])
{
	int share = agenda_share(item, now);

	if (item->overdue || item->embargo)
		return item->overdue ? "!" : "~";
	snprintf(buffer, 16, share ? "%d" : " ", share);
	return buffer;
}

static enum role left_role(const struct agenda_item *item, instant now)
{
	return item->overdue ? ROLE_OVERDUE : agenda_share(item, now) ? ROLE_DUE : ROLE_NORMAL;
}

const char *agenda_hour(const struct agenda_item *item, char buffer[96])
{
	struct zoned when = agenda_when(item);

	if (strcmp(when.zone, "UTC") != 0)
		when.zone[0] = 0;
	return zoned_format(&when, buffer);
}

static void agenda_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct agenda_item *item = row->item;
	instant now = view_now(view);
	char buffer[96], text[200];

	switch ((enum agenda_column)column) {
	case AGENDA_MARK: cell_set(ret, agenda_role(item), agenda_mark(item, now, buffer)); break;
	case AGENDA_WHEN: cell_set(ret, ROLE_NORMAL, agenda_hour(item, buffer)); break;
	case AGENDA_ZONE: cell_set(ret, ROLE_DIM, str_or_empty(item->zone)); break;
	case AGENDA_LEFT: cell_set(ret, left_role(item, now), time_left(item->at, now, buffer)); break;
	case AGENDA_CASE: cell_set(ret, ROLE_ID, item->case_id); break;
	case AGENDA_WHAT: cell_set(ret, agenda_role(item), agenda_short(item, text)); break;
	}
}

/* ---- the month of what is selected: each day with how much is due, and the gravest mark of it */

struct day { size_t count; bool embargo, overdue, freeze; };

/* The day an item is on, where it was meant. */
static int64_t day_of(const struct agenda_item *item)
{
	return zone_day("UTC", item->at + item->offset * INSTANT_MINUTE);
}

static void month_fill(const struct view *view, int64_t first, int days, struct day *ret)
{
	for (size_t i = 0; i < view->row_count; i++) {
		const struct agenda_item *item = view->rows[i].item;
		int64_t at = day_of(item) - first;

		if (at < 0 || at >= days)
			continue;
		ret[at].count++;
		ret[at].embargo = ret[at].embargo || item->embargo;
		ret[at].overdue = ret[at].overdue || item->overdue;
		ret[at].freeze = ret[at].freeze || item->kind == AGENDA_FREEZE;
	}
}

/* " 7!3": the day, its mark, how much is due; more than nine is "+". */
static void day_draw(struct doc *doc, const struct day *day, int number, bool selected)
{
	enum role role = day->overdue ? ROLE_OVERDUE : day->embargo ? ROLE_EMBARGO :
			 day->count > 2 ? ROLE_DUE : ROLE_NORMAL;
	char mark = day->overdue ? '!' : day->embargo ? '~' : day->freeze ? '#' : ' ';
	char count = day->count > 9 ? '+' : day->count ? (char)('0' + day->count) : ' ';

	doc_format(doc, selected ? ROLE_TITLE : role, "%2d%c%c", number, mark, count);
	doc_run(doc, ROLE_NORMAL, " ");
}

static void month_draw(const struct view *view, const struct agenda_item *item, struct doc *doc)
{
	static const char *const weekdays[] = { N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su") };
	struct date date = date_of_days(day_of(item));
	int64_t first = date_days((struct date){ date.year, date.month, 1 });
	int days = date_month_days(date.year, date.month), column = date_weekday(first);
	struct day month[31] = { { 0 } };

	month_fill(view, first, days, month);
	doc_line(doc);
	doc_line(doc);
	doc_format(doc, ROLE_TITLE, "%04d-%02d", date.year, date.month);
	doc_line(doc);
	for (size_t i = 0; i < ARRAY_LEN(weekdays); i++)
		doc_column(doc, ROLE_LABEL, 5, _(weekdays[i]));
	doc_line(doc);
	for (int i = 0; i < column; i++)
		doc_run(doc, ROLE_NORMAL, "     ");
	for (int i = 0; i < days; i++, column++) {
		if (column == 7) {
			column = 0;
			doc_line(doc);
		}
		day_draw(doc, &month[i], i + 1, i + 1 == date.day);
	}
}

static void agenda_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct agenda_item *item = row->item;
	const struct case_state *state = view_whole(view, model_find_case(view_model(view), item->case_id));
	struct zoned when = agenda_when(item);
	char buffer[96], utc[40], text[200];

	doc_line(doc);
	doc_run(doc, agenda_role(item), agenda_text(item, text));
	doc_field(doc, _("there"), ROLE_NORMAL, zoned_format(&when, buffer));
	doc_field(doc, "UTC", ROLE_NORMAL, time_full(item->at, utc));
	if (agenda_share(item, view_now(view))) {
		AUTO_STRING gone = mem_format(_("%d %% of its time is gone"), agenda_share(item, view_now(view)));

		doc_field(doc, _("reminder"), ROLE_DUE, gone);
	}
	if (item->rule) {
		doc_field(doc, _("rule"), ROLE_NORMAL, item->rule->source);
		if (item->rule->to)
			doc_field(doc, _("to"), ROLE_NORMAL, item->rule->to);
	}
	month_draw(view, item, doc);
	doc_line(doc);
	if (state)
		case_preview(state, view_now(view), doc);
}

const struct view_ops calendar_view = {
	.name = "calendar", .title = N_("Calendar"), .brief = N_("Cal"),
	.empty = N_("Nothing is due and no embargo runs."),
	.columns = agenda_columns, .column_count = ARRAY_LEN(agenda_columns),
	.load = calendar_load, .cell = agenda_cell, .row_id = agenda_row_id, .row_case = agenda_case,
	.preview = agenda_preview,
};

/* ---- metrics */

struct tally { const char *word; enum role role; size_t count; };

/* A bar of at most WIDTH cells for COUNT of MOST, and the number. */
static void tally_draw(struct doc *doc, const struct tally *tally, size_t most, bool plain)
{
	AUTO_STR bar = STR_INIT;
	int width = doc->width > 60 ? 40 : doc->width > 34 ? doc->width - 24 : 10;
	size_t cells = most ? (tally->count * (size_t)width + most - 1) / most : 0;

	doc_line(doc);
	doc_label(doc, tally->word);
	doc_format(doc, tally->role, "%6zu", tally->count);
	for (size_t i = 0; i < cells; i++)
		str_add(&bar, plain ? "#" : "█");
	if (cells)
		doc_format(doc, ROLE_CHART, " %s", bar.bytes);
}

static void tallies_draw(struct doc *doc, const char *heading, const struct tally *tallies, size_t count, bool plain)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = tallies[i].count > most ? tallies[i].count : most;
	doc_heading(doc, heading);
	for (size_t i = 0; i < count; i++)
		tally_draw(doc, &tallies[i], most, plain);
}

static void states_draw(const struct model *model, struct doc *doc, bool plain)
{
	struct tally tallies[RM_COUNT] = { { 0 } };

	for (int i = 0; i < RM_COUNT; i++)
		tallies[i] = (struct tally){ rm_name(i), ROLE_NORMAL, 0 };
	for (size_t i = 0; i < model_case_count(model); i++)
		tallies[model_glance(model, i)->rm].count++;
	tallies_draw(doc, _("Cases by state"), tallies + 1, RM_COUNT - 1, plain);
}

static void severities_draw(const struct model *model, struct doc *doc, bool plain)
{
	enum { UNSCORED = CVSS_CRITICAL + 1, COUNT };
	struct tally tallies[COUNT] = { { 0 } };

	for (int i = 0; i < UNSCORED; i++)
		tallies[i] = (struct tally){ cvss_severity_name(i), severity_role(i), 0 };
	tallies[UNSCORED] = (struct tally){ _("no score"), ROLE_NORMAL, 0 };
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_score *score = case_leading_score(model_case(model, i));

		tallies[score ? (int)score->cvss.severity : UNSCORED].count++;
	}
	tallies_draw(doc, _("Cases by severity"), tallies, COUNT, plain);
}

static void embargoes_draw(const struct model *model, struct doc *doc, bool plain)
{
	struct tally tallies[EM_COUNT] = { { 0 } };

	for (int i = 0; i < EM_COUNT; i++)
		tallies[i] = (struct tally){ em_name(i), ROLE_NORMAL, 0 };
	for (size_t i = 0; i < model_case_count(model); i++)
		tallies[model_case(model, i)->embargo.state].count++;
	tallies_draw(doc, _("Cases by embargo"), tallies, EM_COUNT, plain);
}

static void metrics_body(const struct view *view, struct doc *doc)
{
	const struct model *model = view_model(view);
	bool plain = view->context->plain;

	if (!model)
		return;
	doc_line(doc);
	doc_format(doc, ROLE_TITLE, _("%zu cases, %zu mails, %zu products"), model_case_count(model),
		   model_inbox_count(model), model_product_count(model));
	states_draw(model, doc, plain);
	severities_draw(model, doc, plain);
	embargoes_draw(model, doc, plain);
}

const struct view_ops metrics_view = {
	.name = "metrics", .title = N_("Metrics"), .brief = N_("Met"), .body = metrics_body,
};
