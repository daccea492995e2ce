/* SPDX-License-Identifier: Apache-2.0 */
/* The holiday calendars that are shipped, day by day where it matters, and faults in edited ones. */
#include "psirtty/model/holiday.h"

#include "psirtty/base/file.h"
#include "tests/unit/tap.h"

static struct holidays *shipped(const char *id)
{
	AUTO_STRING name = mem_format("holidays/%s.yaml", id);
	AUTO_STRING path = file_data(name);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct holidays *h = NULL;

	if (file_read(path, 1 << 20, &bytes, &err) || holidays_load(bytes.bytes, bytes.length, name, &h, &err))
		printf("# %s: %s\n", err.what, err.why);
	return h;
}

/* The days of YEAR whose weekday does not already say it: "01-01 off", in order. */
static void specials(const struct holidays *h, int year, struct str *ret)
{
	int64_t day = date_days((struct date){ year, 1, 1 }), end = date_days((struct date){ year + 1, 1, 1 });

	for (; day < end; day++) {
		bool uncertain = false, works = holidays_working(h, day, &uncertain);
		struct date date = date_of_days(day);

		if (works == (date_weekday(day) < 5))
			continue;
		str_add_format(ret, "%s%s%02d-%02d", ret->length ? " " : "", works ? "+" : "", date.month, date.day);
	}
}

static void check_year(const char *id, int year, const char *expected)
{
	struct holidays *h = shipped(id);
	AUTO_STRING name = mem_format("%s in %d", id, year);
	AUTO_STR got = STR_INIT;

	if (h)
		specials(h, year, &got);
	CHECK_STR(got.bytes, expected, name);
	holidays_free(h);
}

static bool uncertain_on(const char *id, const char *date)
{
	struct holidays *h = shipped(id);
	bool uncertain = false;
	int64_t day;

	if (h && date_parse(date, &day))
		holidays_working(h, day, &uncertain);
	holidays_free(h);
	return uncertain;
}

static void test_shipped(void)
{
	/* Working days off, and weekends worked in exchange (+), as the notices have them. */
	check_year("cn", 2024, "01-01 +02-04 02-12 02-13 02-14 02-15 02-16 +02-18 04-04 04-05 +04-07 +04-28 05-01 05-02 05-03 "
			       "+05-11 06-10 +09-14 09-16 09-17 +09-29 10-01 10-02 10-03 10-04 10-07 +10-12");
	check_year("cn", 2025, "01-01 +01-26 01-28 01-29 01-30 01-31 02-03 02-04 +02-08 04-04 +04-27 05-01 05-02 05-05 06-02 "
			       "+09-28 10-01 10-02 10-03 10-06 10-07 10-08 +10-11");
	check_year("cn", 2026, "01-01 01-02 +01-04 +02-14 02-16 02-17 02-18 02-19 02-20 02-23 +02-28 04-06 05-01 05-04 05-05 "
			       "+05-09 06-19 +09-20 09-25 10-01 10-02 10-05 10-06 10-07 +10-10");
	check_year("de", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 12-25");
	check_year("de", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 10-03 12-25 12-26");
	check_year("us", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25");
	check_year("us", 2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31");
	check_year("us", 2020, "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25");
	check_year("eu", 2026, "01-01 12-25");
	check_year("weekend", 2026, "");
	CHECK(uncertain_on("cn", "2027-01-04") && uncertain_on("cn", "2023-12-29") && !uncertain_on("cn", "2026-12-31"),
	      "a year of China that is not announced is uncertain");
	CHECK(uncertain_on("eu", "2026-06-01"), "what all Member States share is never the whole list");
	CHECK(!uncertain_on("de", "2030-06-03") && !uncertain_on("us", "2030-06-03"), "rules are certain");
}

/* Easter Sundays as the churches publish them. */
static void test_easter(void)
{
	static const char *const mondays[] = { "2008-03-24", "2011-04-25", "2019-04-22", "2024-04-01", "2025-04-21",
					       "2026-04-06", "2027-03-29", "2038-04-26", "2100-03-29" };
	struct holidays *h = shipped("de");

	for (size_t i = 0; h && i < ARRAY_LEN(mondays); i++) {
		int64_t day;

		CHECK_QUIET(date_parse(mondays[i], &day) && str_equal(holidays_name(h, day), "Ostermontag"), "Easter %s",
			    mondays[i]);
	}
	CHECK(h != NULL, "Easter Mondays");
	holidays_free(h);
}

static void check_fault(const char *yaml, const char *where, const char *word)
{
	struct holidays *h = NULL;
	AUTO_ERROR err = ERROR_INIT;
	int code = holidays_load(yaml, strlen(yaml), "mine.yaml", &h, &err);

	CHECK(code == ERR_INPUT && str_equal(err.what, where) && strstr(err.why, word), "%s: %s", where,
	      err.why ? err.why : "no fault");
	holidays_free(h);
}

static void test_faults(void)
{
	check_fault("id: x\nweekend: [sat]\nfoo: 1\n", "mine.yaml:3", "unknown key");
	check_fault("id: x\n", "mine.yaml:1", "expected id and weekend");
	check_fault("id: x\nweekend: [sat, sonntag]\n", "mine.yaml:2", "none of mon, tue");
	check_fault("id: x\nweekend: sat\nannounced: [2026]\n", "mine.yaml:3", "first and the last year");
	check_fault("id: x\nweekend: sat\nannounced: [2026, 2025]\n", "mine.yaml:3", "from 2026 to");
	check_fault("id: x\nweekend: sat\nrules:\n  - {name: a, on: 13-01}\n", "mine.yaml:4", "MM-DD");
	check_fault("id: x\nweekend: sat\nrules:\n  - {name: a, on: 02-30}\n", "mine.yaml:4", "MM-DD");
	check_fault("id: x\nweekend: sat\nrules:\n  - {name: a}\n", "mine.yaml:4", "one of on, easter, nth");
	check_fault("id: x\nweekend: sat\nrules:\n  - {name: a, nth: 5, weekday: mon, month: 2}\n", "mine.yaml:4", "from -1 to 4");
	check_fault("id: x\nweekend: sat\ndays:\n  - {name: a, off: 2026-2-1}\n", "mine.yaml:4", "YYYY-MM-DD");
	check_fault("id: x\nweekend: sat\ndays:\n  - {name: a, off: 2026-02-03/2026-02-01}\n", "mine.yaml:4", "YYYY-MM-DD");
	check_fault("id: x\nweekend: sat\ndays:\n  - {name: a, off: 2026-02-03, work: 2026-02-04}\n", "mine.yaml:4", "one of off, work");
	check_fault("id: x\nweekend: sat\nobserved: sometimes\n", "mine.yaml:3", "none of nearest");
}

int main(void)
{
	test_shipped();
	test_easter();
	test_faults();
	return tap_done();
}
