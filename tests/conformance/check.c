/* SPDX-License-Identifier: Apache-2.0 */
/* The checkers held against the corpora: one document a test and verdict, and real documents. */
#include "psirtty/base/file.h"
#include "psirtty/format/check.h"

#include "rows.h"

static const char *corpora;

/* What needs a network or a dictionary is not run here. */
static bool is_offline(const char *test)
{
	return !str_equal(test, "6.3.6") && !str_equal(test, "6.3.7") && !str_equal(test, "6.3.8");
}

static bool judge(const char *path, struct check_report *ret)
{
	struct check_request request = { .preset = CHECK_FULL };
	AUTO_STRING whole = file_join(corpora, path);
	AUTO_STR bytes = STR_INIT;
	AUTO_JSON json = NULL;
	AUTO_ERROR err = ERROR_INIT;

	request.name = strrchr(whole, '/') + 1;
	if (file_read(whole, 64 << 20, &bytes, &err) || js_load(bytes.bytes, bytes.length, 64 << 20, path, &json, &err)) {
		printf("# %s: %s\n", path, str_or_empty(err.why));
		return false;
	}
	return check_document(json, &request, ret, &err) == 0;
}

static bool found(const struct check_report *report, const char *test)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (str_equal(report->findings[i].test, test))
			return true;
	return false;
}

static void show(const struct check_report *report)
{
	for (size_t i = 0; i < report->finding_count && i < 6; i++)
		printf("#   %s %s: %s\n", report->findings[i].test, report->findings[i].path,
		       report->findings[i].message);
}

/* path, test, group, "failing" or "valid", the document's own verdict */
static bool check_row(const struct row *row)
{
	AUTO_STRING path = mem_format("csaf/%s", row->fields[0]);
	bool failing = str_equal(row->fields[3], "failing"), good;
	struct check_report report;

	if (str_equal(row->fields[0], "path") || !is_offline(row->fields[1]))
		return true;
	if (!judge(path, &report))
		return false;
	good = found(&report, row->fields[1]) == failing &&
	       (report.errors == 0) == str_equal(row->fields[4], "valid");
	if (!good)
		show(&report);
	check_report_release(&report);
	return good;
}

/* The ids found, of tests that begin with PREFIX (and of the structure, where SCHEMA), sorted as in the rows. */
static char *ids(const struct check_report *report, const char *prefix, bool schema)
{
	struct str text = STR_INIT;
	const char *last = NULL;

	for (size_t i = 0; i < report->finding_count; i++) {
		const char *test = report->findings[i].test;

		if (str_equal(last, test) || !(str_starts(test, prefix) && is_offline(test)))
			continue;
		str_add_format(&text, "%s%s", text.length ? "," : "", test);
		last = test;
	}
	if (schema && found(report, "schema"))
		str_add_format(&text, "%sschema", text.length ? "," : "");
	return text.length ? str_detach(&text) : mem_string("");
}

static bool check_real(const struct row *row)
{
	AUTO_STRING path = mem_format("csaf-real/%s", row->fields[0]);
	static const char *const prefixes[] = { "6.1.", "6.2.", "6.3." };
	struct check_report report;
	bool good = true;

	if (str_equal(row->fields[0], "file"))
		return true;
	if (!judge(path, &report))
		return false;
	for (size_t i = 0; i < 3; i++) {
		AUTO_STRING got = ids(&report, prefixes[i], i == 0);

		if (str_equal(got, row->fields[4 + i]))
			continue;
		printf("# %s: found %s, expected %s\n", row->fields[0], got, row->fields[4 + i]);
		good = false;
	}
	if (!good)
		show(&report);
	check_report_release(&report);
	return good;
}

/* ---- the corpora of one verdict a document */

static const char *folder;

static bool has_schema_finding(const struct check_report *report)
{
	return found(report, "schema");
}

/* path, kind, "valid", "invalid", "lint-fail" or "?", the schema's verdict; texts that are no JSON have none */
static bool check_verdict(const struct row *row)
{
	AUTO_STRING path = mem_format("%s/%s", folder, row->fields[0]);
	const char *declared = row->fields[2], *verdict = row->fields[3];
	struct check_report report;
	bool good;

	if (str_equal(row->fields[0], "path") || !*verdict)
		return true;
	if (!judge(path, &report))
		return false;
	good = has_schema_finding(&report) == str_equal(verdict, "invalid");
	if (str_equal(declared, "valid") && str_equal(verdict, "valid"))
		good = good && report.errors == 0;
	if (str_equal(declared, "lint-fail"))
		good = good && report.finding_count > 0;
	if (!good)
		show(&report);
	check_report_release(&report);
	return good;
}

static void run(const char *file, row_check check)
{
	AUTO_STRING path = file_join(corpora, file);
	AUTO_STR text = STR_INIT;

	if (!file_exists(path) || file_read(path, 16 << 20, &text, NULL))
		tap_skip(file, "the file is not there");
	else
		rows_check(text.bytes, file, check);
}

static void run_folder(const char *name)
{
	AUTO_STRING file = file_join(name, "expected.tsv");

	folder = name;
	run(file, check_verdict);
}

int main(void)
{
	static const char *const folders[] = { "cve-schema", "osv", "openvex", "cyclonedx", "spdx" };

	corpora = tap_corpora("CSAF checks");
	if (corpora) {
		run("csaf/expected.tsv", check_row);
		run("csaf-real/expected.tsv", check_real);
		for (size_t i = 0; i < ARRAY_LEN(folders); i++)
			run_folder(folders[i]);
	}
	return tap_done();
}
