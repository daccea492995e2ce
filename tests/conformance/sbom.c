/* SPDX-License-Identifier: Apache-2.0 */
/* The bills of materials of the corpora: each gives the counts of the index, or says why not. */
#include "psirtty/base/file.h"
#include "psirtty/format/sbom.h"
#include "worker/charset.h"
#include "worker/unpack.h"

#include "../unit/tap.h"

enum { AT_PATH, AT_SIZE, AT_FORM, AT_SPEC, AT_N, AT_NAME, AT_VERSION, AT_PURL, AT_CPE, AT_LICENCE, AT_HASH, AT_SUPPLIER, COLUMNS };

/* What the index's forms are here; NULL: none that is read, a reason is given. */
static const struct { const char *index, *ours; bool whole; } forms[] = {
	{ "cdx-json", "cyclonedx-json", true },  { "cdx-xml", "cyclonedx-xml", true }, { "spdx-json", "spdx-json", true },
	{ "spdx-tv", "spdx-tag-value", true },
	/* The index counts the packages of these by their marks alone. */
	{ "spdx-rdf", "spdx-rdf", false },      { "spdx3-jsonld", "spdx-3-json", false }, { "spdx-yaml", "spdx-yaml", false },
	/* Read here though the index's own reader could not. */
	{ "broken-xml", "cyclonedx-xml", false }, { "other-json", "spdx-json", false },
};

static bool expected_form(const char *index, const char *ours, bool *ret_whole)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (str_equal(forms[i].index, index) && str_equal(forms[i].ours, ours)) {
			*ret_whole = forms[i].whole;
			return true;
		}
	return false;
}

static int read_it(const struct str *file, const char *name, struct sbom **ret, struct error *err)
{
	AUTO_STR text = STR_INIT;
	int code = unpack_document(file->bytes, file->length, 256 << 20, name, &text, err);

	return code ? code : sbom_read(text.bytes, text.length, name, ret, err);
}

struct counts { long columns[COLUMNS]; };

static void count(const struct sbom *sbom, struct counts *ret)
{
	for (size_t i = 0; i < sbom->count; i++) {
		const struct sbom_component *c = &sbom->components[i];

		ret->columns[AT_NAME] += c->name != NULL;
		ret->columns[AT_VERSION] += c->version != NULL;
		ret->columns[AT_PURL] += c->purl != NULL;
		ret->columns[AT_HASH] += c->hashes.count > 0;
		ret->columns[AT_SUPPLIER] += c->supplier != NULL;
	}
	ret->columns[AT_N] = (long)sbom->count;
}

/* In XML the index counts every element of that name; the warning says how many are none of the product's. */
static long others(const struct sbom *sbom)
{
	for (size_t i = 0; i < sbom->warnings.count; i++)
		if (strstr(sbom->warnings.items[i], "more elements <component>"))
			return strtol(sbom->warnings.items[i], NULL, 10);
	return 0;
}

static void compare(char *const *row, const struct sbom *sbom)
{
	static const int columns[] = { AT_N, AT_NAME, AT_VERSION, AT_PURL, AT_HASH };
	struct counts counts = { { 0 } };
	long more = others(sbom);
	bool same = true;

	count(sbom, &counts);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		long want = strtol(row[columns[i]], NULL, 10), got = counts.columns[columns[i]];

		same = same && got <= want && got + more >= want;
	}
	if (!CHECK(same, "%s", row[AT_PATH]))
		printf("# %ld components, %ld names, %ld versions, %ld purls, %ld with hashes, %ld others\n",
			 counts.columns[AT_N], counts.columns[AT_NAME], counts.columns[AT_VERSION], counts.columns[AT_PURL],
			 counts.columns[AT_HASH], more);
}

static void try_row(const char *dir, char *const *row)
{
	AUTO_STRING path = file_join(dir, row[AT_PATH]);
	AUTO_STR file = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct sbom *sbom = NULL;
	bool whole = false;

	if (file_read(path, 64 << 20, &file, &err)) {
		CHECK(false, "%s: %s", row[AT_PATH], err.why);
		return;
	}
	if (read_it(&file, row[AT_PATH], &sbom, &err))
		CHECK(strtol(row[AT_N], NULL, 10) == 0 && *str_or_empty(err.why), "%s: %s", row[AT_PATH], str_or_empty(err.why));
	else if (!expected_form(row[AT_FORM], sbom->format, &whole))
		CHECK(false, "%s: %s is not %s", row[AT_PATH], row[AT_FORM], sbom->format);
	else if (whole)
		compare(row, sbom);
	else
		CHECK((long)sbom->count >= strtol(row[AT_N], NULL, 10), "%s: %zu components", row[AT_PATH], sbom->count);
	sbom_free(sbom);
}

static bool split(char *line, char **row)
{
	for (int i = 0; i < COLUMNS; i++) {
		row[i] = line;
		line = strchr(line, '\t');
		if (!line)
			return false;
		*line++ = '\0';
	}
	return true;
}

static void test_made(const char *dir)
{
	static const struct { const char *name, *purl; } rows[] = {
		{ "dsdx-made/sample.dsdx", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1" },
		{ "dsdx-made/sample.dsdx.json", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING path = file_join(dir, rows[i].name);
		AUTO_STR file = STR_INIT;
		struct sbom *sbom = NULL;

		if (file_read(path, 1 << 20, &file, NULL) || read_it(&file, rows[i].name, &sbom, NULL)) {
			CHECK(false, "%s is read", rows[i].name);
			continue;
		}
		CHECK(sbom->count == 3 && sbom->dependencies.count == 1, "%s: three components, one dependency", rows[i].name);
		CHECK_STR(sbom->components[0].purl, rows[i].purl, "and a purl out of language and group");
		sbom_free(sbom);
	}
}

int main(void)
{
	const char *corpora = getenv("PSIRTTY_CORPORA");
	AUTO_STRING dir = file_join(corpora ? corpora : "../shared/corpora", "sbom");
	AUTO_STRING path = file_join(dir, "index.tsv");
	AUTO_STR index = STR_INIT;
	char *next, *row[COLUMNS];

	if (!file_exists(path) || file_read(path, 16 << 20, &index, NULL)) {
		tap_skip("sbom", "the corpora are not there");
		return tap_done();
	}
	charsets_warm();
	next = strchr(index.bytes, '\n');
	for (char *line = next ? next + 1 : NULL; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (split(line, row))
			try_row(dir, row);
	}
	test_made(dir);
	return tap_done();
}
