/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of the field through the model of advisories: back into their own format nothing is lost, members nobody knows
 * among it; in every other format they are valid by its checker, as CSAF without a finding that could be mended; the draft of CSAF 2.1 leads back to what CSAF 2.0 said.
 * With a folder as its argument it only writes there, as CSAF, what other formats say, for a judge that is not ours.
 */
#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/format/advisory.h"
#include "psirtty/format/check.h"
#include "tests/unit/tap.h"

static const struct advisory_options options = { .now = 1790000000 * INSTANT_SECOND, .engine_version = "1" };
static const char *folder;
static size_t files, documents, written, refused;

static const char *corpora(void)
{
	const char *dir = getenv("PSIRTTY_CORPORA");

	return dir ? dir : "../shared/corpora";
}

static size_t errors_of(const json_t *json, enum check_preset preset, struct str *ret_first)
{
	const struct check_request request = { .preset = preset, .now = options.now };
	struct check_report report;
	AUTO_ERROR err = ERROR_INIT;
	size_t errors;

	if (check_document(json, &request, &report, &err)) {
		str_add(ret_first, str_or_empty(err.why));
		return 1;
	}
	errors = report.errors;
	if (errors)
		str_add_format(ret_first, "%s %s: %s", report.findings[0].test, report.findings[0].path,
			       report.findings[0].message);
	check_report_release(&report);
	return errors;
}

static json_t *written_as(const struct advisory *advisory, const char *format)
{
	AUTO_STR once = STR_INIT;
	AUTO_STR again = STR_INIT;
	json_t *json = NULL;

	if (advisory_write(advisory, format, &options, &once, NULL, NULL))
		return NULL;
	if (advisory_write(advisory, format, &options, &again, NULL, NULL) || !str_equal(once.bytes, again.bytes))
		CHECK(false, "%s: the same bytes twice", format);
	js_load(once.bytes, once.length, 64 << 20, format, &json, NULL);
	return json;
}

/* What the way through 2.1 changes and why: the label is told in the words of TLP 2.0 too, the title loses the id, a fix
 * for affected and for other products becomes two. */
static void forget_known(json_t *tree)
{
	json_t *document = json_object_get(tree, "document"), *v;
	size_t i;

	json_array_foreach(js_array(tree, "vulnerabilities"), i, v)
		json_object_del(v, "remediations");

	json_object_del(json_object_get(document, "distribution"), "text");
	if (!json_object_size(json_object_get(json_object_get(document, "distribution"), "tlp")) ||
	    str_equal(js_string(json_object_get(json_object_get(document, "distribution"), "tlp"), "label"), "WHITE"))
		json_object_del(document, "distribution");
	json_object_del(document, "title");
}

/* A fix for what is neither affected nor fixed turns optional and back; all else is the same. */
static void check_raised(const struct advisory *advisory, const char *path)
{
	AUTO_JSON raised = written_as(advisory, "csaf-2.1");
	AUTO_JSON before = json_deep_copy(advisory_tree(advisory));
	AUTO_JSON after = NULL;
	struct advisory *back = NULL;
	AUTO_STR changes = STR_INIT;

	CHECK(raised && advisory_read(raised, path, &back, NULL) == 0, "%s: read back from 2.1", path);
	if (!back)
		return;
	after = json_deep_copy(advisory_tree(back));
	advisory_free(back);
	forget_known(before);
	forget_known(after);
	if (advisory_compare(before, after, &changes) != BUMP_NONE)
		CHECK(false, "%s: back from 2.1: %.300s", path, changes.bytes);
}

static void check_written(const struct advisory *advisory, const char *path, const char *format)
{
	AUTO_JSON json = written_as(advisory, format);
	AUTO_STR first = STR_INIT;

	if (!json) {
		refused++;
		return;
	}
	written++;
	if (errors_of(json, CHECK_BASIC, &first))
		CHECK(false, "%s as %s: %s", path, format, first.bytes);
}

/* Optional tests that may fail in what came of another format, and why that cannot be mended from it. */
static const struct { const char *test, *why; } spared[] = {
	{ "6.2.2", "the document tells no remedy" },
	{ "6.2.3", "the document tells no score" },
	{ "6.2.10", "but for CVE records the formats say nothing of who may read them" },
	{ "6.2.11", "where it will be published nobody said" },
	{ "6.2.12", "but for CVE records the formats name no language" },
	{ "6.2.16", "the document names the product by words alone" },
	{ "6.2.18", "commits, and versions that have no order" },
};

static bool is_spared(const char *test)
{
	for (size_t i = 0; i < ARRAY_LEN(spared); i++)
		if (str_equal(spared[i].test, test))
			return true;
	return false;
}

/* CSAF out of what another format says: no mandatory finding, and no optional one beyond those. */
static void check_raised_to_csaf(const struct advisory *advisory, const char *path)
{
	const struct check_request request = { .preset = CHECK_EXTENDED, .now = options.now };
	AUTO_JSON json = written_as(advisory, "csaf-2.0");
	AUTO_JSON newer = written_as(advisory, "csaf-2.1");
	struct check_report report = { 0 };
	AUTO_STR first = STR_INIT;

	if (!json || check_document(json, &request, &report, NULL))
		CHECK(false, "%s as CSAF", path);
	for (size_t i = 0; i < report.finding_count; i++)
		if (!is_spared(report.findings[i].test))
			CHECK(false, "%s as CSAF: %s %s: %s", path, report.findings[i].test, report.findings[i].path,
			      report.findings[i].message);
	check_report_release(&report);
	if (!newer || errors_of(newer, CHECK_BASIC, &first))
		CHECK(false, "%s as CSAF 2.1: %s", path, str_or_empty(first.bytes));
	written += 2;
}

/* Members nobody knows, at the top and further down, are there after reading and writing. */
static void check_unknown(const json_t *document, const char *path, const char *own)
{
	AUTO_JSON changed = json_deep_copy(document);
	AUTO_JSON before = NULL;
	AUTO_JSON back = NULL;
	struct advisory *advisory;
	const char *name;
	json_t *inside, *into = changed;

	json_object_set_new(changed, "x_unknown", json_pack("{s:[i,n]}", "a", 1));
	json_object_foreach(changed, name, inside)
		if (json_is_object(inside) || json_is_object(json_array_get(inside, 0)))
			into = json_is_object(inside) ? inside : json_array_get(inside, 0);
	json_object_set_new(into, "x_unknown_too", json_string("kept"));
	before = json_deep_copy(changed);
	if (advisory_read(changed, path, &advisory, NULL)) {
		CHECK(false, "%s is read with unknown members", path);
		return;
	}
	back = written_as(advisory, own);
	if (!back || !json_equal(before, back))
		CHECK(false, "%s: unknown members stay", path);
	advisory_free(advisory);
}

/* No line is wider than 72 cells but for what cannot be broken: one word, and what stands before it on the line. */
static bool is_narrow(const char *text)
{
	bool narrow = true;

	for (size_t length; *text; text += length + (text[length] == '\n')) {
		AUTO_STRING line = NULL;
		const char *last;

		length = strcspn(text, "\n");
		line = mem_copy(text, length);
		last = strrchr(line, ' ');
		narrow = narrow && (text_width(line) <= 72 || !last || !line[strspn(line, " -")] || strlen(last) > 40 ||
				    str_starts(line, "Subject: "));
	}
	return narrow;
}

/* What people read: safe to show, and from the same document read anew the same bytes. */
static void check_people(const struct advisory *advisory, const json_t *document, const char *path)
{
	static const char *const formats[] = { "text", "markdown", "html", "release-note", "mail", "faq" };
	struct advisory *again = NULL;

	if (advisory_read(document, path, &again, NULL)) {
		CHECK(false, "%s is read again", path);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		AUTO_STR out = STR_INIT;
		AUTO_STR twice = STR_INIT;

		if (advisory_write(advisory, formats[i], &options, &out, NULL, NULL) || !out.length ||
		    !utf8_valid(out.bytes, out.length) || strpbrk(out.bytes, "\x1b\x07\x08"))
			CHECK(false, "%s as %s", path, formats[i]);
		if (advisory_write(again, formats[i], &options, &twice, NULL, NULL) || !str_equal(out.bytes, twice.bytes))
			CHECK(false, "%s as %s: the same bytes twice", path, formats[i]);
		if (i == 0 && !is_narrow(out.bytes))
			CHECK(false, "%s as text: 72 columns", path);
	}
	advisory_free(again);
}

static void write_raised(const struct advisory *advisory, const char *own)
{
	AUTO_STRING name = mem_format("%s-%zu.json", own, documents);
	AUTO_STRING path = file_join(folder, name);
	AUTO_STR bytes = STR_INIT;

	CHECK(advisory_write(advisory, "csaf-2.0", &options, &bytes, NULL, NULL) == 0 &&
		      file_write(path, bytes.bytes, bytes.length, 0644, NULL) == 0,
	      "%s is written", name);
}

static void take(const char *path, const char *own)
{
	static const char *const formats[] = { "cve", "osv", "openvex", "cyclonedx-vex" };
	struct advisory *advisory;
	AUTO_STR bytes = STR_INIT;
	AUTO_STR first = STR_INIT;
	AUTO_JSON json = NULL;
	AUTO_JSON before = NULL;
	AUTO_JSON back = NULL;
	bool valid;

	files++;
	if (file_read(path, 64 << 20, &bytes, NULL) || js_load(bytes.bytes, bytes.length, 64 << 20, path, &json, NULL))
		return;
	before = json_deep_copy(json);
	if (advisory_read(json, path, &advisory, NULL))
		return;
	documents++;
	valid = errors_of(json, CHECK_SCHEMA, &first) == 0;
	if (folder) {
		if (valid)
			write_raised(advisory, own);
		advisory_free(advisory);
		return;
	}
	back = written_as(advisory, own);
	if (back && !json_equal(before, back))
		CHECK(false, "%s: nothing is lost on the way back", path);
	check_unknown(json, path, own);
	check_people(advisory, json, path);
	if (valid && !str_equal(own, "csaf-2.0"))
		check_raised_to_csaf(advisory, path);
	for (size_t i = 0; valid && i < ARRAY_LEN(formats); i++)
		if (!str_equal(formats[i], own))
			check_written(advisory, path, formats[i]);
	if (valid && str_equal(own, "csaf-2.0"))
		check_raised(advisory, path);
	advisory_free(advisory);
}

static void walk(const char *dir, const char *own, int depth)
{
	char **names;
	size_t count;

	if (depth > 8 || file_list(dir, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (file_is_dir(path))
			walk(path, own, depth + 1);
		else if (str_ends(path, ".json"))
			take(path, own);
	}
	file_free_names(names, count);
}

int main(int argc, char **argv)
{
	static const struct { const char *folder, *format; bool all; } rows[] = {
		{ "csaf-real", "csaf-2.0", true }, { "csaf/2.0/validator", "csaf-2.0", false }, { "cve-schema", "cve", false },
		{ "osv", "osv", false }, { "openvex", "openvex", false }, { "cyclonedx", "cyclonedx-vex", false },
	};

	if (!file_is_dir(corpora())) {
		printf("ok 1 - documents of the field # SKIP no collections at PSIRTTY_CORPORA\n1..1\n");
		return 0;
	}
	folder = argc > 1 ? argv[1] : NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING dir = file_join(corpora(), rows[i].folder);
		size_t before = documents, unread = files - documents;
		int failed = tap_failed;

		if (folder && str_equal(rows[i].format, "csaf-2.0"))
			continue;
		walk(dir, rows[i].format, 0);
		CHECK(documents > before, "%s: %zu documents were read", rows[i].folder, documents - before);
		CHECK(!rows[i].all || files - documents == unread, "%s: each could be read, and shown", rows[i].folder);
		CHECK(tap_failed == failed, "%s: and written in every format", rows[i].folder);
	}
	printf("# %zu documents, %zu written in other formats, %zu times the format has no place\n", documents, written, refused);
	return tap_done();
}
