/* SPDX-License-Identifier: Apache-2.0 */
/* Holiday calendars: rules worked out for the years announced, and days listed one by one. */
#include "psirtty/model/holiday.h"

#include "model/conf_row.h"
#include "psirtty/base/i18n.h"

enum { SPAN_LIMIT = 40, YEAR_LIMIT = 2199 };

struct special { int64_t day; bool works; char *name; /* borrowed from names */ };

struct holidays {
	unsigned holds;
	char *id;
	unsigned weekend;          /* a bit for each day of the week, Monday first */
	int first, last;           /* years that are known; last < first: none */
	bool complete, nearest;
	uint64_t stamp;            /* of the file's bytes */
	struct special *days;      /* owned, by day */
	size_t count, room;
	char **names;              /* owned */
	size_t name_count, name_room;
};

static const char *const day_words[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

void holidays_free(struct holidays *h)
{
	if (!h || --h->holds)
		return;
	for (size_t i = 0; i < h->name_count; i++)
		free(h->names[i]);
	free(h->names);
	free(h->days);
	free(h->id);
	free(h);
}

struct holidays *holidays_hold(struct holidays *h)
{
	h->holds++;
	return h;
}

/* ---- looking up */

static const struct special *find(const struct holidays *h, int64_t day)
{
	size_t low = 0, high = h->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->count && h->days[low].day == day ? &h->days[low] : NULL;
}

uint64_t holidays_stamp(const struct holidays *h)
{
	return h->stamp;
}

/* FNV-1a: the same in every session. */
static uint64_t stamp_of(const char *bytes, size_t length)
{
	uint64_t value = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return value;
}

const char *holidays_id(const struct holidays *h)
{
	return h->id;
}

bool holidays_working(const struct holidays *h, int64_t day, bool *uncertain)
{
	const struct special *special = find(h, day);
	int year = date_of_days(day).year;

	if (!h->complete || year < h->first || year > h->last)
		*uncertain = true;
	if (special)
		return special->works;
	return !(h->weekend & 1u << date_weekday(day));
}

const char *holidays_name(const struct holidays *h, int64_t day)
{
	const struct special *special = find(h, day);

	return special ? special->name : NULL;
}

/* ---- rules, worked out */

/* Easter Sunday of the Gregorian calendar, by the method without tables. */
static int64_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
	int g = (8 * b + 13) / 25, h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 19 * l) / 433, month = (h + l - 7 * m + 90) / 25;

	return date_days((struct date){ year, month, (h + l - 7 * m + 33 * month + 19) % 32 });
}

/* The NTH (-1: last) WEEKDAY of the month. */
static int64_t nth_weekday(int year, int month, int weekday, int nth)
{
	int64_t first = date_days((struct date){ year, month, 1 });
	int64_t last = first + date_month_days(year, month) - 1;

	if (nth < 0)
		return last - (date_weekday(last) - weekday + 7) % 7;
	return first + (weekday - date_weekday(first) + 7) % 7 + 7 * (nth - 1);
}

static void add_day(struct holidays *h, int64_t day, bool works, char *name)
{
	size_t at = h->count;

	h->days = mem_grow(h->days, &h->room, h->count + 1, sizeof(*h->days));
	while (at > 0 && h->days[at - 1].day >= day) {
		h->days[at] = h->days[at - 1];
		at--;
	}
	h->days[at] = (struct special){ day, works, name };
	h->count++;
}

struct rule { int month, day, easter, nth, weekday, since, until; bool moves, counts; };

static int64_t rule_day(const struct rule *rule, int year)
{
	if (rule->moves)
		return easter(year) + rule->easter;
	if (rule->counts)
		return nth_weekday(year, rule->month, rule->weekday, rule->nth);
	return date_days((struct date){ year, rule->month, rule->day });
}

static void add_rule(struct holidays *h, const struct rule *rule, char *name)
{
	/* A day of the year behind may be kept in the last year that is known. */
	for (int year = h->first; year <= h->last + 1; year++) {
		int64_t day;

		if (year < rule->since || year > rule->until)
			continue;
		day = rule_day(rule, year);
		if (h->nearest && date_weekday(day) == 5)
			day--;
		else if (h->nearest && date_weekday(day) == 6)
			day++;
		add_day(h, day, false, name);
	}
}

/* ---- reading */

static char *keep_name(struct holidays *h, const char *name)
{
	h->names = mem_grow(h->names, &h->name_room, h->name_count + 1, sizeof(*h->names));
	return h->names[h->name_count++] = mem_string(name);
}

static int read_on(const char *file, const struct conf *node, struct rule *rule, struct error *err)
{
	AUTO_STRING date = mem_format("2023-%.10s", node->kind == CONF_SCALAR ? node->text : "");
	int64_t days;

	if (!date_parse(date, &days))
		return row_fault(file, node, err, _("on: expected MM-DD, such as 12-25"));
	rule->month = date_of_days(days).month;
	rule->day = date_of_days(days).day;
	return 0;
}

static int read_nth(const char *file, const struct conf *row, struct rule *rule, struct error *err)
{
	const struct conf *weekday = conf_get(row, "weekday"), *month = conf_get(row, "month");
	int code = row_number(file, conf_get(row, "nth"), -1, 4, &rule->nth, err);

	if (!code && (!weekday || !month || rule->nth == 0))
		return row_fault(file, row, err, _("nth: expected 1 to 4 or -1, with weekday and month"));
	rule->counts = true;
	if (!code)
		code = row_word(file, weekday, day_words, &rule->weekday, err);
	return code ? code : row_number(file, month, 1, 12, &rule->month, err);
}

static int read_when(const char *file, const struct conf *row, struct rule *rule, struct error *err)
{
	const struct conf *on = conf_get(row, "on"), *moves = conf_get(row, "easter");
	const struct conf *nth = conf_get(row, "nth");

	if (!on + !moves + !nth != 2)
		return row_fault(file, row, err, _("expected one of on, easter, nth"));
	if (on)
		return read_on(file, on, rule, err);
	rule->moves = moves != NULL;
	return moves ? row_number(file, moves, -100, 100, &rule->easter, err) :
		       read_nth(file, row, rule, err);
}

static int read_rule(struct holidays *h, const char *file, const struct conf *row, struct error *err)
{
	static const char *const keys[] = { "name", "on", "easter", "nth", "weekday", "month", "since",
					    "until", NULL };
	struct rule rule = { .since = 0, .until = YEAR_LIMIT };
	const struct conf *since, *until, *name;
	const char *text;
	int code = row_keys(file, row, keys, err);

	if (code)
		return code;
	since = conf_get(row, "since");
	until = conf_get(row, "until");
	name = conf_get(row, "name");
	code = name ? row_text(file, name, &text, err) : row_fault(file, row, err, _("expected a name"));
	if (!code)
		code = read_when(file, row, &rule, err);
	if (!code && since)
		code = row_number(file, since, 1, YEAR_LIMIT, &rule.since, err);
	if (!code && until)
		code = row_number(file, until, 1, YEAR_LIMIT, &rule.until, err);
	if (!code)
		add_rule(h, &rule, keep_name(h, text));
	return code;
}

static bool read_span(const char *text, int64_t *ret_from, int64_t *ret_to)
{
	AUTO_STRING first = mem_copy(text, strlen(text) < 10 ? strlen(text) : 10);
	size_t length = strlen(text);

	if (!date_parse(first, ret_from))
		return false;
	*ret_to = *ret_from;
	if (length == 10)
		return true;
	return length == 21 && text[10] == '/' && date_parse(text + 11, ret_to) && *ret_to >= *ret_from &&
	       *ret_to - *ret_from < SPAN_LIMIT;
}

static int read_days(struct holidays *h, const char *file, const struct conf *row, struct error *err)
{
	static const char *const keys[] = { "name", "source", "off", "work", NULL };
	const struct conf *off, *work, *span, *name;
	int64_t from, to;
	char *kept;
	int code = row_keys(file, row, keys, err);

	if (code)
		return code;
	off = conf_get(row, "off");
	work = conf_get(row, "work");
	name = conf_get(row, "name");
	if (!off == !work || !name || name->kind != CONF_SCALAR)
		return row_fault(file, row, err, _("expected a name and one of off, work"));
	span = off ? off : work;
	if (span->kind != CONF_SCALAR || !read_span(span->text, &from, &to))
		return row_fault(file, span, err, _("expected YYYY-MM-DD, or two of them with a slash between, "
						    "at most %d days"), SPAN_LIMIT);
	kept = keep_name(h, name->text);
	for (; from <= to; from++)
		add_day(h, from, work != NULL, kept);
	return 0;
}

static int read_list(struct holidays *h, const char *file, const struct conf *list,
		     int (*read)(struct holidays *, const char *, const struct conf *, struct error *),
		     struct error *err)
{
	if (list && list->kind != CONF_LIST)
		return row_fault(file, list, err, _("expected a list"));
	for (size_t i = 0; list && i < list->count; i++) {
		int code = read(h, file, &list->items[i], err);

		if (code)
			return code;
	}
	return 0;
}

static int read_years(struct holidays *h, const char *file, const struct conf *node, struct error *err)
{
	int code;

	if (node->kind != CONF_LIST || node->count != 2)
		return row_fault(file, node, err, _("announced: expected the first and the last year"));
	code = row_number(file, &node->items[0], 1970, YEAR_LIMIT, &h->first, err);
	return code ? code : row_number(file, &node->items[1], h->first, YEAR_LIMIT, &h->last, err);
}

static int read_head(struct holidays *h, const char *file, const struct conf *root, struct error *err)
{
	static const char *const observed_words[] = { "nearest", NULL };
	const struct conf *id = conf_get(root, "id"), *weekend = conf_get(root, "weekend");
	const struct conf *years = conf_get(root, "announced"), *complete = conf_get(root, "complete");
	const struct conf *observed = conf_get(root, "observed");
	const char *text;
	uint64_t bits = 0;
	int which, code;

	if (!id || !weekend)
		return row_fault(file, root, err, _("expected id and weekend"));
	code = row_text(file, id, &text, err);
	if (!code)
		h->id = mem_string(text);
	if (!code)
		code = row_words(file, weekend, day_words, &bits, err);
	h->weekend = (unsigned)bits;
	if (!code && years)
		code = read_years(h, file, years, err);
	if (!code && complete)
		code = row_flag(file, complete, &h->complete, err);
	if (!code && observed)
		code = row_word(file, observed, observed_words, &which, err);
	h->nearest = observed != NULL;
	return code;
}

int holidays_load(const char *bytes, size_t length, const char *name, struct holidays **ret,
		  struct error *err)
{
	static const char *const keys[] = { "id", "title", "source", "verify", "weekend", "announced",
					    "complete", "observed", "rules", "days", NULL };
	struct holidays *h;
	struct conf root;
	int code = conf_load(bytes, length, name, &root, err);

	if (code)
		return code;
	h = mem_alloc(sizeof(*h));
	h->holds = 1;
	h->last = -1;
	h->complete = true;
	h->stamp = stamp_of(bytes, length);
	code = row_keys(name, &root, keys, err);
	if (!code)
		code = read_head(h, name, &root, err);
	if (!code)
		code = read_list(h, name, conf_get(&root, "rules"), read_rule, err);
	if (!code)
		code = read_list(h, name, conf_get(&root, "days"), read_days, err);
	conf_release(&root);
	if (code)
		holidays_free(h);
	else
		*ret = h;
	return code;
}
