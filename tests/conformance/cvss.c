/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every CVSS file of the corpora, plain or compressed: valid vectors must have the scores of
 * the file, invalid ones must be refused. One line and one count for each file.
 */
#include "psirtty/score/cvss.h"

#include <archive.h>
#include <archive_entry.h>

#include "psirtty/base/file.h"
#include "rows.h"

enum { LIMIT = 256 << 20 };

/* Scores are compared as text. A score that does not apply stands in the files as the one of the
 * group before (or, without environmental metrics, as the formula's value, which is no score). */
static bool tenths_are(int tenths, const char *text)
{
	char buffer[8];

	return strcmp(cvss_tenths(tenths, buffer), text) == 0;
}

static bool severity_is(const struct cvss *cvss, const char *text)
{
	return str_casecmp(cvss_severity_name(cvss->severity), text) == 0;
}

/* vector, base, temporal, environmental, overall … */
static bool check_groups(const struct row *row, struct cvss *ret)
{
	int temporal;

	if (row->count < 6 || cvss_parse(row->fields[0], ret, NULL) < 0)
		return false;
	temporal = ret->temporal == CVSS_ABSENT ? ret->base : ret->temporal;
	return tenths_are(ret->base, row->fields[1]) && tenths_are(temporal, row->fields[2]) &&
	       (ret->environmental == CVSS_ABSENT ||
		tenths_are(ret->environmental, row->fields[3])) &&
	       tenths_are(ret->overall, row->fields[4]);
}

static bool check_v2(const struct row *row)
{
	struct cvss cvss;

	return check_groups(row, &cvss) && cvss.version == CVSS_2_0;
}

static bool check_v3(const struct row *row)
{
	struct cvss cvss;

	return row->count >= 7 && check_groups(row, &cvss) && severity_is(&cvss, row->fields[6]);
}

/* vector, exact base, temporal, environmental, then what float arithmetic makes of them */
static bool check_trap(const struct row *row)
{
	struct cvss cvss;

	return row->count >= 4 && cvss_parse(row->fields[0], &cvss, NULL) == 0 &&
	       tenths_are(cvss.base, row->fields[1]) &&
	       (cvss.temporal == CVSS_ABSENT || tenths_are(cvss.temporal, row->fields[2])) &&
	       (cvss.environmental == CVSS_ABSENT || tenths_are(cvss.environmental, row->fields[3]));
}

/* The score CVSS without the metrics of one group ("threat" or "environmental"). */
static int score_without(const struct cvss *cvss, const char *group)
{
	struct cvss reduced = *cvss;
	AUTO_STR vector = STR_INIT;
	size_t count, i;
	const struct cvss_metric *metrics = cvss_metrics(CVSS_4_0, &count);

	for (i = 0; i < count; i++)
		if (strcmp(metrics[i].group, group) == 0)
			reduced.values[i] = CVSS_ABSENT;
	cvss_vector(&reduced, &vector);
	return cvss_parse(vector.bytes, &reduced, NULL) < 0 ? -2 : reduced.overall;
}

/* vector, B, BT, BE, overall, severity, nomenclature, macrovector */
static bool check_v4(const struct row *row)
{
	struct cvss cvss;

	return row->count >= 8 && cvss_parse(row->fields[0], &cvss, NULL) == 0 &&
	       tenths_are(cvss.base, row->fields[1]) &&
	       tenths_are(score_without(&cvss, "environmental"), row->fields[2]) &&
	       tenths_are(score_without(&cvss, "threat"), row->fields[3]) &&
	       tenths_are(cvss.overall, row->fields[4]) && severity_is(&cvss, row->fields[5]) &&
	       strcmp(cvss.nomenclature, row->fields[6]) == 0 &&
	       strcmp(cvss.macrovector, row->fields[7]) == 0;
}

/* vector, and the overall score in COLUMN */
static bool check_overall(const struct row *row, int column)
{
	struct cvss cvss;

	return row->count > column && cvss_parse(row->fields[0], &cvss, NULL) == 0 &&
	       tenths_are(cvss.overall, row->fields[column]);
}

static bool check_overall_1(const struct row *row)
{
	return check_overall(row, 1);
}

static bool check_overall_2(const struct row *row)
{
	return check_overall(row, 2);
}

/* vector, published score and severity, computed base and overall */
static bool check_real(const struct row *row)
{
	struct cvss cvss;

	return check_overall(row, 4) && cvss_parse(row->fields[0], &cvss, NULL) == 0 &&
	       tenths_are(cvss.base, row->fields[3]);
}

/* macrovector, score: of a vector built to have it, through the highest of its level */
static bool check_lookup(const struct row *row)
{
	static const char *const eq36[3][2] = {
		{ "VC:H/VI:H/VA:H/CR:H/IR:H/AR:H", "VC:H/VI:H/VA:H/CR:M/IR:M/AR:M" },
		{ "VC:L/VI:H/VA:H/CR:H/IR:H/AR:H", "VC:L/VI:H/VA:L/CR:H/IR:M/AR:H" },
		{ "", "VC:L/VI:L/VA:L/CR:H/IR:H/AR:H" },
	};
	static const char *const eq4[] = { "SC:H/SI:H/SA:H/MSI:S/MSA:S", "SC:H/SI:H/SA:H",
					   "SC:L/SI:L/SA:L" };
	const char *m = row->fields[0];
	char vector[256];
	struct cvss cvss;
	AUTO_STR repairs = STR_INIT;

	snprintf(vector, sizeof(vector), "CVSS:4.0/AV:%c/AC:%c/AT:N/PR:N/UI:N/%s/%s/E:%c",
		 "NAP"[m[0] - '0'], "LH"[m[1] - '0'], eq36[m[2] - '0'][m[5] - '0'], eq4[m[3] - '0'],
		 "APU"[m[4] - '0']);
	return row->count >= 2 && cvss_parse_lenient(vector, &cvss, &repairs, NULL) == 0 &&
	       strcmp(cvss.macrovector, m) == 0 && tenths_are(cvss.overall, row->fields[1]);
}

static bool check_invalid(const struct row *row)
{
	struct cvss cvss;
	AUTO_ERROR err = ERROR_INIT;

	return cvss_parse(row->fields[0], &cvss, &err) == ERR_NO && err.why && *err.why;
}

static const struct {
	const char *name; /* without .gz */
	row_check check;
} files[] = {
	{ "cvss2.tsv", check_v2 },
	{ "cvss2_random20k_oracle.tsv", check_v2 },
	{ "cvss30.tsv", check_v3 },
	{ "cvss30_random20k_oracle.tsv", check_v3 },
	{ "cvss31.tsv", check_v3 },
	{ "cvss31_random20k_oracle.tsv", check_v3 },
	{ "cvss30_float_ceil_traps.tsv", check_trap },
	{ "cvss40.tsv", check_v4 },
	{ "cvss40_random20k_oracle.tsv", check_v4 },
	{ "cvss40_all_base_104976.tsv", check_overall_1 },
	{ "cvss40_macro_max_vectors.tsv", NULL },
	{ "cvss40_macrovector_lookup.tsv", check_lookup },
	{ "cvss40_first_rounding_corrections.tsv", check_overall_2 },
	{ "real_cve_v2.tsv", check_real },
	{ "real_cve_v30.tsv", check_real },
	{ "real_cve_v31.tsv", check_real },
	{ "real_cve_v40.tsv", check_real },
	{ "cvss2_invalid.tsv", check_invalid },
	{ "cvss3_invalid.tsv", check_invalid },
	{ "cvss40_invalid.txt", check_invalid },
	{ "cvss40_small_invalid.tsv", check_invalid },
};

/* The bytes of a file, decompressed where need be. */
static bool read_any(const char *path, struct str *ret)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	char block[65536];
	ssize_t n = -1;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_filename(a, path, sizeof(block)) == ARCHIVE_OK &&
	    archive_read_next_header(a, &entry) == ARCHIVE_OK)
		while ((n = archive_read_data(a, block, sizeof(block))) > 0 && ret->length < LIMIT)
			str_add_bytes(ret, block, (size_t)n);
	archive_read_free(a);
	return n == 0;
}

static void run_file(const char *path, const char *name, row_check check)
{
	AUTO_STR text = STR_INIT;

	if (!read_any(path, &text)) {
		CHECK(0, "%s can be read", name);
		return;
	}
	rows_check(text.bytes, name, check);
}

static void run_name(const char *dir, char *name)
{
	AUTO_STRING path = file_join(dir, name);
	AUTO_STRING plain = mem_string(name);
	size_t i;

	if (strcmp(name, "SOURCES.txt") == 0)
		return;
	if (str_ends(plain, ".gz"))
		plain[strlen(plain) - 3] = '\0';
	for (i = 0; i < ARRAY_LEN(files); i++)
		if (strcmp(plain, files[i].name) == 0)
			break;
	if (i == ARRAY_LEN(files) || !files[i].check)
		tap_skip(name, "the columns of this file are not known here");
	else
		run_file(path, name, files[i].check);
}

int main(void)
{
	const char *corpora = tap_corpora("CVSS corpora");
	AUTO_STRING dir = corpora ? file_join(corpora, "cvss") : NULL;
	AUTO_ERROR err = ERROR_INIT;
	char **names;
	size_t count, i;

	if (!corpora)
		return tap_done();
	if (file_list(dir, &names, &count, &err) < 0) {
		CHECK(0, "%s can be listed", dir);
		return tap_done();
	}
	for (i = 0; i < count; i++)
		run_name(dir, names[i]);
	file_free_names(names, count);
	return tap_done();
}
