/* SPDX-License-Identifier: Apache-2.0 */
/* The embargo calendar: an agenda, and the month of what is selected. */
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

enum { ZONE_FROM_COLS = 96, LEFT_FROM_COLS = 66 };
enum agenda_column { AGENDA_MARK, AGENDA_WHEN, AGENDA_ZONE, AGENDA_LEFT, AGENDA_CASE, AGENDA_WHAT };
static const struct column agenda_columns[] = {
	[AGENDA_MARK] = { "", 2, 0, false },
	[AGENDA_WHEN] = { N_("when (hour and zone)"), 23, 0, false },
	[AGENDA_ZONE] = { "", 16, ZONE_FROM_COLS, false },
	[AGENDA_LEFT] = { N_("left"), 8, LEFT_FROM_COLS, false },
	[AGENDA_CASE] = { N_("case"), 15, 0, false },
	[AGENDA_WHAT] = { N_("what"), 0, 0, false },
};

static enum role agenda_role(const struct agenda_item *item)
{
	return item->overdue ? ROLE_OVERDUE : item->embargo ? ROLE_EMBARGO : ROLE_NORMAL;
}

/* Overdue, an embargo, a proposal of one, or how many hundredths of its time are gone. */
static const char *agenda_mark(const struct agenda_item *item, instant now, char buffer[16])
{
	int share = agenda_share(item, now);

	if (item->kind == AGENDA_PROPOSAL)
		return item->overdue ? "!?" : "~?";
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

/* ---- the month of what is selected: each day with the gravest mark of it, how much is due, and how hot that is */

enum { DAY_CELLS = 6, WEEK_CELLS = 7 * DAY_CELLS, FACTS_LEAST = 32, HOT = 8 };
struct day { size_t count; bool embargo, overdue, freeze; };
struct month { int64_t first; int days; struct day items[31]; };

/* The day an item is on, where it was meant. */
static int64_t day_of(const struct agenda_item *item)
{
	return zone_day("UTC", item->at + item->offset * INSTANT_MINUTE);
}

static void month_fill(const struct view *view, struct date date, struct month *ret)
{
	*ret = (struct month){ .first = date_days((struct date){ date.year, date.month, 1 }),
			       .days = date_month_days(date.year, date.month) };
	for (size_t i = 0; i < view->row_count; i++) {
		const struct agenda_item *item = view->rows[i].item;
		int64_t at = day_of(item) - ret->first;

		if (at < 0 || at >= ret->days)
			continue;
		ret->items[at].count++;
		ret->items[at].embargo = ret->items[at].embargo || item->embargo;
		ret->items[at].overdue = ret->items[at].overdue || item->overdue;
		ret->items[at].freeze = ret->items[at].freeze || item->kind == AGENDA_FREEZE;
	}
}

/* ">18!3▃": a sign before the selected day, its mark, how much is due (more than nine is "+"), the heat. */
static void day_draw(struct doc *doc, const struct day *day, int number, bool selected, enum chart_drawing drawing)
{
	enum role role = day->overdue ? ROLE_OVERDUE : day->embargo ? ROLE_EMBARGO :
			 day->count > 2 ? ROLE_DUE : ROLE_NORMAL;
	char mark = day->overdue ? '!' : day->embargo ? '~' : day->freeze ? '#' : ' ';
	char count = day->count > 9 ? '+' : day->count ? (char)('0' + day->count) : ' ';
	AUTO_STR heat = STR_INIT;

	chart_heat(drawing, day->count, HOT, &heat);
	doc_format(doc, selected ? ROLE_TITLE : role, "%c%2d%c%c", selected ? '>' : ' ', number, mark, count);
	doc_run(doc, role == ROLE_NORMAL && day->count ? ROLE_CHART : role, heat.bytes);
}

static void weekdays_draw(struct doc *doc)
{
	static const char *const weekdays[] = { N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su") };

	doc_line(doc);
	for (size_t i = 0; i < ARRAY_LEN(weekdays); i++) {
		doc_run(doc, ROLE_NORMAL, " ");
		doc_column(doc, ROLE_LABEL, DAY_CELLS - 1, _(weekdays[i]));
	}
}

static void month_draw(const struct view *view, const struct agenda_item *item, struct doc *doc)
{
	struct date date = date_of_days(day_of(item)), today = date_of_days(zone_day("UTC", view_now(view)));
	struct month month;
	int column;

	month_fill(view, date, &month);
	doc_line(doc);
	doc_format(doc, ROLE_TITLE, "%04d-%02d", date.year, date.month);
	doc_format(doc, ROLE_DIM, _("   today %04d-%02d-%02d"), today.year, today.month, today.day);
	weekdays_draw(doc);
	column = date_weekday(month.first);
	doc_line(doc);
	doc_format(doc, ROLE_NORMAL, "%*s", column * DAY_CELLS, "");
	for (int i = 0; i < month.days; i++, column++) {
		if (column == 7)
			column = 0, doc_line(doc);
		day_draw(doc, &month.items[i], i + 1, i + 1 == date.day, view_drawing(view));
	}
}

static void agenda_facts(const struct view *view, const struct agenda_item *item, struct doc *doc)
{
	struct zoned when = agenda_when(item);
	char buffer[96], text[200];

	doc_line(doc);
	doc_wrapped(doc, agenda_role(item), 2, agenda_text(item, text));
	doc_field(doc, _("there"), ROLE_NORMAL, zoned_format(&when, buffer));
	doc_time(doc, "UTC", ROLE_NORMAL, item->at);
	doc_field(doc, _("left"), left_role(item, view_now(view)), time_left(item->at, view_now(view), buffer));
	if (agenda_share(item, view_now(view))) {
		AUTO_STRING gone = mem_format(_("%d %% of its time is gone"), agenda_share(item, view_now(view)));

		doc_field(doc, _("reminder"), ROLE_DUE, gone);
	}
	if (item->rule) {
		doc_field(doc, _("rule"), ROLE_NORMAL, item->rule->source);
		doc_field(doc, _("to"), ROLE_NORMAL, item->rule->to);
	}
}

/* Where it is about an embargo: who agreed to it. */
static void agenda_case_lines(const struct view *view, const struct agenda_item *item, const struct case_state *state,
			      struct doc *doc)
{
	if (item->embargo || item->kind == AGENDA_RSVP)
		parties_lines(state, view_now(view), doc);
	case_preview(view, state, doc);
}

/* The month stands beside the facts where both fit: seven lines are all the usual screen has for them. */
static void agenda_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct agenda_item *item = row->item;
	const struct case_state *state = view_whole(view, model_find_case(view_model(view), item->case_id));
	bool beside = doc->width >= WEEK_CELLS + 2 + FACTS_LEAST && !view->context->plain;
	struct doc left = { 0 }, right = { 0 };

	doc_reset(&left, beside ? WEEK_CELLS : doc->width);
	doc_reset(&right, beside ? doc->width - WEEK_CELLS - 2 : doc->width);
	month_draw(view, item, &left);
	agenda_facts(view, item, &right);
	if (beside && state)
		agenda_case_lines(view, item, state, &right);
	if (beside) {
		doc_beside(doc, &left, &right, "  ");
	} else {
		doc_below(doc, &right);
		doc_line(doc);
		doc_below(doc, &left);
		doc_line(doc);
		if (state)
			agenda_case_lines(view, item, state, doc);
	}
	doc_release(&left);
	doc_release(&right);
}

static const char *agenda_tab(const struct row *row)
{
	const struct agenda_item *item = row->item;

	return item->embargo || item->kind == AGENDA_RSVP ? "embargo" : "tasks";
}

static const char *agenda_kind(const struct view *view, const struct row *row)
{
	(void)view;
	return row && ((const struct agenda_item *)row->item)->kind == AGENDA_PROPOSAL ? "proposal" : NULL;
}

const struct view_ops calendar_view = {
	.name = "calendar", .title = N_("Calendar"), .brief = N_("Cal"),
	.empty = N_("Nothing is due and no embargo runs."),
	.columns = agenda_columns, .column_count = ARRAY_LEN(agenda_columns),
	.load = calendar_load, .cell = agenda_cell, .row_id = agenda_row_id, .row_case = agenda_case,
	.kind = agenda_kind, .preview = agenda_preview, .row_tab = agenda_tab,
};
