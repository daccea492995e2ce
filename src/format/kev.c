/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the KEV catalogue: a small reader of quoted CSV, and the JSON by way of base. Both make the same
 * fields, and one function judges them. */
#include "psirtty/format/kev.h"

#include <string.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"

enum { BYTES_MOST = 32 << 20, FIELD_MOST = 1 << 16, COLUMNS_MOST = 32 };

enum field { CVE, VENDOR, PRODUCT, NAME, ADDED, DESCRIPTION, ACTION, DUE, RANSOMWARE, NOTES, CWES, FIELDS };

static const char *const field_names[FIELDS] = {
	[CVE] = "cveID", [VENDOR] = "vendorProject", [PRODUCT] = "product", [NAME] = "vulnerabilityName",
	[ADDED] = "dateAdded", [DESCRIPTION] = "shortDescription", [ACTION] = "requiredAction",
	[DUE] = "dueDate", [RANSOMWARE] = "knownRansomwareCampaignUse", [NOTES] = "notes", [CWES] = "cwes",
};

struct reading {
	kev_row_fn take;
	void *data;
	struct kev_head head;
	struct row_faults *faults;
};

static bool read_day(const char *text, instant *ret)
{
	char full[32];

	if (strnlen(text, 11) != 10)
		return false;
	snprintf(full, sizeof(full), "%sT00:00:00Z", text);
	return instant_parse(full, ret, NULL) == 0;
}

/* One row from its texts, "" for those that are absent. */
static void take_row(struct reading *r, long number, const char *const texts[FIELDS])
{
	struct kev_row row = {
		.vendor = texts[VENDOR], .product = texts[PRODUCT], .name = texts[NAME],
		.description = texts[DESCRIPTION], .action = texts[ACTION], .notes = texts[NOTES],
		.cwes = texts[CWES], .ransomware = exploit_ransomware_parse(texts[RANSOMWARE]),
	};

	if (!exploit_is_cve(texts[CVE])) {
		row_faults_add(r->faults, number, _("\"%.40s\" is no CVE number"), texts[CVE]);
	} else if (!read_day(texts[ADDED], &row.added)) {
		row_faults_add(r->faults, number, _("dateAdded \"%.40s\" is no date"), texts[ADDED]);
	} else if (!read_day(texts[DUE], &row.due)) {
		row_faults_add(r->faults, number, _("dueDate \"%.40s\" is no date"), texts[DUE]);
	} else {
		snprintf(row.cve, sizeof(row.cve), "%s", texts[CVE]);
		r->head.rows++;
		r->take(r->data, &row);
	}
}

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERR_INPUT, _("KEV catalogue"), NULL, "%s", why);
}

/* ---- JSON */

static void join_strings(const json_t *list, struct str *ret)
{
	for (size_t i = 0; i < json_array_size(list) && ret->length < FIELD_MOST; i++) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one)
			str_add_format(ret, "%s%s", ret->length ? ", " : "", one);
	}
}

static void take_object(struct reading *r, long number, const json_t *json)
{
	const char *texts[FIELDS];
	AUTO_STR cwes = STR_INIT;

	if (!json_is_object(json)) {
		row_faults_add(r->faults, number, _("it is no object"));
		return;
	}
	for (int i = 0; i < FIELDS; i++)
		texts[i] = str_or_empty(js_string(json, field_names[i]));
	join_strings(js_array(json, field_names[CWES]), &cwes);
	texts[CWES] = cwes.bytes;
	take_row(r, number, texts);
}

static int read_json(struct reading *r, const char *bytes, size_t length, struct error *err)
{
	AUTO_JSON json = NULL;
	const json_t *list;

	if (js_load(bytes, length, BYTES_MOST, _("KEV catalogue"), &json, err) < 0)
		return ERR_INPUT;
	list = json_object_get(json, "vulnerabilities");
	if (!json_is_array(list))
		return refuse(err, _("it has no list \"vulnerabilities\""));
	snprintf(r->head.version, sizeof(r->head.version), "%s",
		 str_or_empty(js_string(json, "catalogVersion")));
	if (instant_parse(str_or_empty(js_string(json, "dateReleased")), &r->head.released, NULL) < 0)
		r->head.released = INSTANT_NONE;
	r->head.announced = (long)js_integer(json, "count", -1);
	for (size_t i = 0; i < json_array_size(list); i++)
		take_object(r, (long)i + 1, json_array_get(list, i));
	return 0;
}

/* ---- CSV (RFC 4180) */

struct csv {
	const char *at, *end;
	long line;                          /* of AT, from 1 */
	struct str fields[COLUMNS_MOST];    /* owned */
	int count;                          /* of the row read last */
	const char *fault;                  /* of that row; NULL: none */
};

/* One byte of a field, if the field may have it. */
static void csv_add(struct csv *csv, char c)
{
	struct str *field = &csv->fields[csv->count < COLUMNS_MOST ? csv->count : COLUMNS_MOST - 1];

	if (c == '\0')
		csv->fault = N_("it holds a zero byte");
	else if (field->length >= FIELD_MOST)
		csv->fault = N_("a field is too long");
	else if (csv->count < COLUMNS_MOST)
		str_add_char(field, c);
}

/* A field in quotes, from behind the first one to behind the last one. */
static void csv_quoted(struct csv *csv)
{
	for (; csv->at < csv->end; csv->at++) {
		if (*csv->at == '"') {
			if (csv->end - csv->at < 2 || csv->at[1] != '"') {
				csv->at++;
				return;
			}
			csv->at++;
		}
		csv->line += *csv->at == '\n';
		csv_add(csv, *csv->at);
	}
	csv->fault = N_("a quotation mark is missing");
}

/* One field and the comma or the end of the line behind it; false at the end of the row. */
static bool csv_field(struct csv *csv)
{
	if (csv->at < csv->end && *csv->at == '"') {
		csv->at++;
		csv_quoted(csv);
	}
	for (; csv->at < csv->end && *csv->at != ',' && *csv->at != '\n'; csv->at++)
		if (*csv->at != '\r')
			csv_add(csv, *csv->at);
	csv->count++;
	if (csv->at == csv->end)
		return false;
	csv->line += *csv->at == '\n';
	return *csv->at++ == ',';
}

/* The next row; *RET_LINE is where it begins. False when there is none. */
static bool csv_row(struct csv *csv, long *ret_line)
{
	for (int i = 0; i < COLUMNS_MOST; i++)
		str_reset(&csv->fields[i]);
	csv->count = 0;
	csv->fault = NULL;
	*ret_line = csv->line;
	if (csv->at == csv->end)
		return false;
	while (csv_field(csv))
		;
	if (csv->count > COLUMNS_MOST)
		csv->fault = N_("it has too many columns");
	return true;
}

/* The place of each field among the columns, or -1. */
static int csv_columns(const struct csv *csv, int places[FIELDS], struct error *err)
{
	for (int i = 0; i < FIELDS; i++) {
		places[i] = -1;
		for (int c = 0; c < csv->count && c < COLUMNS_MOST; c++)
			if (str_equal(csv->fields[c].bytes, field_names[i]))
				places[i] = c;
	}
	if (csv->fault || places[CVE] < 0 || places[ADDED] < 0 || places[DUE] < 0)
		return refuse(err, _("the first line does not name the columns cveID, dateAdded and dueDate"));
	return 0;
}

static void csv_take(struct reading *r, const struct csv *csv, long line, int columns,
		     const int places[FIELDS])
{
	const char *texts[FIELDS];

	if (csv->count == 1 && csv->fields[0].length == 0 && !csv->fault)
		return;
	if (csv->fault) {
		row_faults_add(r->faults, line, "%s", _(csv->fault));
		return;
	}
	if (csv->count != columns) {
		row_faults_add(r->faults, line, _("it has not the %d columns of the first line"), columns);
		return;
	}
	for (int i = 0; i < FIELDS; i++)
		texts[i] = places[i] < 0 ? "" : csv->fields[places[i]].bytes;
	take_row(r, line, texts);
}

static int read_csv(struct reading *r, const char *bytes, size_t length, struct error *err)
{
	struct csv csv = { .at = bytes, .end = bytes + length, .line = 1 };
	int places[FIELDS], columns, code;
	long line;

	for (int i = 0; i < COLUMNS_MOST; i++)
		str_init(&csv.fields[i]);
	csv_row(&csv, &line);
	columns = csv.count;
	code = csv_columns(&csv, places, err);
	while (!code && csv_row(&csv, &line))
		csv_take(r, &csv, line, columns, places);
	for (int i = 0; i < COLUMNS_MOST; i++)
		str_release(&csv.fields[i]);
	return code;
}

int kev_read(const char *bytes, size_t length, kev_row_fn take, void *data, struct kev_head *ret,
	     struct row_faults *faults, struct error *err)
{
	struct reading r = { take, data, { .released = INSTANT_NONE, .announced = -1 }, faults };
	size_t start = 0;
	int code;

	if (length > BYTES_MOST)
		return refuse(err, _("it is larger than 32 MiB"));
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		start = 3;
	while (start < length && strchr(" \t\r\n", bytes[start]) && bytes[start])
		start++;
	code = start < length && bytes[start] == '{' ? read_json(&r, bytes + start, length - start, err)
						     : read_csv(&r, bytes + start, length - start, err);
	if (code)
		return code;
	*ret = r.head;
	return 0;
}
