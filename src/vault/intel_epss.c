/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EPSS in the intelligence store: a row for each CVE with today's score, and behind it the points at which the score
 * or the model changed. Hundreds of thousands of rows come every day; few of them say something new.
 */
#include "vault/intel_private.h"

#include "psirtty/base/i18n.h"

enum { UNIT = 100000, NUMBER_BITS = 40, POINT_NUMBERS = 4 };

/* "CVE-2024-3094" as a number; 0 when it is none. */
static int64_t number_of(const char *cve)
{
	char *end;
	long year;
	long long number;

	if (!str_starts(cve, "CVE-") || cve[4] < '0' || cve[4] > '9')
		return 0;
	year = strtol(cve + 4, &end, 10);
	if (end != cve + 8 || *end != '-' || end[1] < '0' || end[1] > '9')
		return 0;
	number = strtoll(end + 1, &end, 10);
	return *end || number >= (1LL << NUMBER_BITS) ? 0 : (int64_t)year << NUMBER_BITS | number;
}

static void add_point(struct str *ret, const int64_t point[POINT_NUMBERS])
{
	for (int i = 0; i < POINT_NUMBERS; i++) {
		uint64_t number = (uint64_t)point[i];

		for (; number >= 0x80; number >>= 7)
			str_add_char(ret, (char)(number | 0x80));
		str_add_char(ret, (char)number);
	}
}

static bool take_point(const unsigned char **at, const unsigned char *end, int64_t ret[POINT_NUMBERS])
{
	for (int i = 0; i < POINT_NUMBERS; i++) {
		int shift = 0;

		ret[i] = 0;
		for (;; (*at)++, shift += 7) {
			if (*at >= end || shift > 49)
				return false;
			ret[i] |= (int64_t)(**at & 0x7F) << shift;
			if (!(**at & 0x80))
				break;
		}
		(*at)++;
	}
	return true;
}

static int64_t model_of(struct intel *intel, const char *name)
{
	struct intel_open_run *run = &intel->run;
	sqlite3_stmt *s;

	if (run->model && str_equal(run->model_name, name))
		return run->model;
	s = intel_statement(intel, INTEL_EPSS_MODEL_NEW);
	intel_bind_text(s, 1, name);
	intel_do(intel, s, NULL);
	s = intel_statement(intel, INTEL_EPSS_MODEL_GET);
	intel_bind_text(s, 1, name);
	run->model = intel_number(s, 0);
	(void)snprintf(run->model_name, sizeof(run->model_name), "%s", name);
	return run->model;
}

/* "0.92480/0.99712", as the reader writes them; a percentile it does not know is negative. */
static bool read_score(const struct feed_record *record, int64_t *ret_score, int64_t *ret_percentile)
{
	const char *text = record->scores.count ? str_or_empty(record->scores.items[0].value) : "";
	char *end;
	double score = strtod(text, &end), percentile = *end == '/' ? strtod(end + 1, &end) : -1;

	*ret_score = (int64_t)(score * UNIT + 0.5);
	*ret_percentile = percentile < 0 ? UNIT + 1 : (int64_t)(percentile * UNIT + 0.5);
	return end != text && !*end && score >= 0 && score <= 1 && percentile <= 1;
}

int intel_put_epss(struct intel *intel, const struct feed_record *record, struct error *err)
{
	instant day = record->modified == INSTANT_NONE ? intel->run.now : record->modified;
	int64_t cve = number_of(record->id), point[POINT_NUMBERS] = { day / INSTANT_DAY };
	AUTO_STR bytes = STR_INIT;
	sqlite3_stmt *s;
	int code;

	if (!cve || !read_score(record, &point[2], &point[3]))
		return intel_fault(intel, record->id, _("it is no CVE id with a probability"), NULL, 0, err);
	point[1] = model_of(intel, str_or_empty(record->scores.items[0].key));
	intel_newest(intel, record->modified);
	add_point(&bytes, point);
	s = intel_statement(intel, INTEL_EPSS_PUT);
	sqlite3_bind_int64(s, 1, cve);
	sqlite3_bind_int64(s, 2, point[0]);
	sqlite3_bind_int64(s, 3, point[1]);
	sqlite3_bind_int64(s, 4, point[2]);
	sqlite3_bind_int64(s, 5, point[3]);
	sqlite3_bind_blob64(s, 6, bytes.bytes, bytes.length, SQLITE_STATIC);
	code = intel_do(intel, s, err);
	if (sqlite3_changes(intel->db))
		intel->run.done.changed++;
	else
		intel->run.done.same++;
	return code;
}

int64_t intel_count_epss(struct intel *intel)
{
	return intel_number(intel_statement(intel, INTEL_EPSS_COUNT), 0);
}

/* ---- reading */

struct points { struct intel *intel; struct intel_epss *items; size_t count, room; };

static void add_to_points(struct points *points, const int64_t point[POINT_NUMBERS])
{
	struct intel_epss *epss;
	sqlite3_stmt *s = intel_statement(points->intel, INTEL_EPSS_MODEL_NAME);

	points->items = mem_grow(points->items, &points->room, points->count + 1, sizeof(*points->items));
	epss = &points->items[points->count++];
	*epss = (struct intel_epss){ .day = point[0] * INSTANT_DAY, .score = (double)point[2] / UNIT,
				     .percentile = point[3] > UNIT ? -1 : (double)point[3] / UNIT };
	sqlite3_bind_int64(s, 1, point[1]);
	if (sqlite3_step(s) == SQLITE_ROW)
		(void)snprintf(epss->model, sizeof(epss->model), "%s", intel_column_text(s, 0));
	sqlite3_reset(s);
}

static bool add_history(struct points *points, const unsigned char *at, size_t length)
{
	const unsigned char *end = at + length;
	int64_t point[POINT_NUMBERS];

	while (at < end) {
		if (!take_point(&at, end, point))
			return false;
		add_to_points(points, point);
	}
	return true;
}

int intel_epss(struct intel *intel, const char *cve, struct intel_epss **ret, size_t *ret_count, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_EPSS_GET);
	struct points points = { .intel = intel };
	int step, code = 0;

	sqlite3_bind_int64(s, 1, number_of(cve));
	step = s ? sqlite3_step(s) : SQLITE_ERROR;
	if (step == SQLITE_ROW) {
		const int64_t today[] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2),
					  sqlite3_column_int64(s, 3) };

		if (!add_history(&points, sqlite3_column_blob(s, 4), (size_t)sqlite3_column_bytes(s, 4)))
			code = error_set(err, ERR_INPUT, intel->path, NULL, _("the store is damaged: a record cannot be read"));
		if (!points.count || points.items[points.count - 1].day < today[0] * INSTANT_DAY)
			add_to_points(&points, today);
	} else if (step != SQLITE_DONE) {
		code = intel_failed(intel, err);
	}
	sqlite3_reset(s);
	if (code) {
		free(points.items);
		return code;
	}
	*ret = points.items;
	*ret_count = points.count;
	return 0;
}
