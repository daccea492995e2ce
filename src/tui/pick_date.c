/* SPDX-License-Identifier: Apache-2.0 */
/* A day, an hour and a zone: a month to walk in, the same moment in UTC beside it. */
#include "psirtty/base/zone.h"

#include "tui/app.h"
#include "tui/form.h"

enum { DAY_CELLS = 4, DEFAULT_HOUR = 9 };

static const char *const usual[] = { "UTC", "Asia/Shanghai", "Europe/Brussels", "Europe/London", "America/New_York",
				     "America/Los_Angeles", "Asia/Tokyo" };

struct calendar {
	struct picker picker;
	int64_t day;
	int minute;       /* of the day */
	char zone[48];
	size_t usual_at;
};

static const struct { int key, days, months, minutes; } steps[] = {
	{ TK_LEFT, -1, 0, 0 }, { TK_RIGHT, 1, 0, 0 }, { TK_UP, -7, 0, 0 }, { TK_DOWN, 7, 0, 0 },
	{ TK_PAGE_UP, 0, -1, 0 }, { TK_PAGE_DOWN, 0, 1, 0 }, { '<', 0, -12, 0 }, { '>', 0, 12, 0 },
	{ '+', 0, 0, 60 }, { '-', 0, 0, -60 }, { 'm', 0, 0, 15 }, { 'M', 0, 0, -15 },
};

static void next_zone(struct calendar *c)
{
	do
		c->usual_at = (c->usual_at + 1) % ARRAY_LEN(usual);
	while (!zone_known(usual[c->usual_at]));
	snprintf(c->zone, sizeof(c->zone), "%s", usual[c->usual_at]);
}

static bool calendar_key(struct picker *picker, int key)
{
	struct calendar *c = (struct calendar *)picker;

	if (key == 'z') {
		next_zone(c);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (steps[i].key != key)
			continue;
		c->day = date_add_months(c->day + steps[i].days, steps[i].months);
		c->minute = (c->minute + steps[i].minutes + 24 * 60) % (24 * 60);
		return true;
	}
	return false;
}

static void calendar_text(const struct picker *picker, struct str *ret)
{
	const struct calendar *c = (const struct calendar *)picker;
	struct date date = date_of_days(c->day);

	str_add_format(ret, "%04d-%02d-%02d %02d:%02d %s", date.year, date.month, date.day, c->minute / 60, c->minute % 60,
		       c->zone);
}

static void draw_month(const struct calendar *c, struct app *app, int row, int rows)
{
	struct date date = date_of_days(c->day);
	int64_t first = c->day - date.day + 1;
	int week = 0, column = date_weekday(first);

	for (int day = 1; day <= date_month_days(date.year, date.month) && week < rows; day++) {
		AUTO_STRING cell = mem_format(day == date.day ? "[%2d]" : " %2d ", day);

		term_put_raw(app->term, row + week, column * DAY_CELLS, DAY_CELLS, cell,
			     day == date.day ? ROLE_SELECTED : ROLE_NORMAL);
		if (++column == 7)
			column = 0, week++;
	}
}

static void calendar_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct calendar *c = (struct calendar *)picker;
	instant at = zone_instant(c->zone, c->day, c->minute * 60);
	AUTO_STR text = STR_INIT;
	AUTO_STRING other = NULL;
	char utc[40], left[40];

	calendar_text(picker, &text);
	term_put_raw(app->term, row, 0, app->cols, text.bytes, ROLE_TITLE);
	instant_format(at, utc);
	other = mem_format(_("%s, %s from now"), utc, instant_format_span(at - command_now(app->context), left));
	if (rows > 1)
		term_put_raw(app->term, row + 1, 0, app->cols, other, ROLE_DIM);
	if (rows > 3)
		term_put_raw(app->term, row + 3, 0, app->cols, _(" Mo  Tu  We  Th  Fr  Sa  Su"), ROLE_HEADER);
	draw_month(c, app, row + 4, rows - 4);
}

static void calendar_free(struct picker *picker)
{
	free(picker);
}

const struct picker_ops picker_date = {
	.hint = N_("arrows day, week  PgUp PgDn month  + - hour  m quarter  z zone  Enter takes it"),
	.key = calendar_key, .draw = calendar_draw, .text = calendar_text, .free = calendar_free,
};

struct picker *pick_date_new(const char *text, instant now)
{
	struct calendar *c = mem_alloc(sizeof(*c));
	struct zoned when;
	int offset;

	c->picker.ops = &picker_date;
	snprintf(c->zone, sizeof(c->zone), "UTC");
	c->day = zone_day("UTC", now);
	c->minute = DEFAULT_HOUR * 60;
	if (zoned_parse(text, &when, NULL) || (*when.zone && !zone_known(when.zone)))
		return &c->picker;
	if (*when.zone)
		snprintf(c->zone, sizeof(c->zone), "%s", when.zone);
	offset = zone_offset(c->zone, when.at);
	c->day = zone_day(c->zone, when.at);
	c->minute = (int)((when.at / INSTANT_MINUTE + offset) % (24 * 60));
	return &c->picker;
}
