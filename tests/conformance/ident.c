/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The corpora of identifiers: package URLs. One line and one count for each file; the first rows
 * that differ are shown.
 */
#include "psirtty/score/purl.h"

#include <jansson.h>

#include "psirtty/base/file.h"
#include "../unit/tap.h"

enum { FIELDS = 12, LIMIT = 64 << 20 };

struct row {
	char *fields[FIELDS]; /* borrowed from the file's text; those behind COUNT are "" */
	int count;
};

typedef bool (*row_check)(const struct row *row);

/* ---- package URLs: file, group, test, must fail, input, expected output, description */

static const char *text_of(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* PARTS borrows its strings from INPUT; the caller frees the qualifiers only. */
static void parts_from_json(json_t *input, struct purl *parts)
{
	json_t *pairs = json_object_get(input, "qualifiers"), *value;
	const char *key;

	*parts = (struct purl){(char *)text_of(input, "type"),
			       (char *)text_of(input, "namespace"),
			       (char *)text_of(input, "name"),
			       (char *)text_of(input, "version"),
			       NULL,
			       0,
			       (char *)text_of(input, "subpath")};
	parts->qualifiers = mem_alloc(json_object_size(pairs) * sizeof(*parts->qualifiers));
	json_object_foreach(pairs, key, value) parts->qualifiers[parts->qualifier_count++] =
		(struct purl_qualifier){(char *)key, (char *)json_string_value(value)};
}

static bool same_parts(const struct purl *purl, json_t *expected)
{
	json_t *pairs = json_object_get(expected, "qualifiers"), *value;
	const char *key;

	json_object_foreach(pairs, key,
			    value) if (!str_equal(purl_qualifier(purl, key),
						  json_string_value(value))) return false;
	return purl->qualifier_count == json_object_size(pairs) &&
	       str_equal(purl->type, text_of(expected, "type")) &&
	       str_equal(purl->space, text_of(expected, "namespace")) &&
	       str_equal(purl->name, text_of(expected, "name")) &&
	       str_equal(purl->version, text_of(expected, "version")) &&
	       str_equal(purl->subpath, text_of(expected, "subpath"));
}

static bool same_text(const struct purl *purl, json_t *expected)
{
	AUTO_STR canonical = STR_INIT;

	purl_write(purl, &canonical);
	return str_equal(canonical.bytes, json_string_value(expected));
}

/* What the suite only recommends is what the lenient reader does. */
static int run_purl(const struct row *row, json_t *input, struct purl *ret)
{
	AUTO_STR repairs = STR_INIT;
	struct purl parts;
	int code;

	if (json_is_object(input)) {
		parts_from_json(input, &parts);
		code = purl_build(&parts, ret, NULL);
		free(parts.qualifiers);
		return code;
	}
	if (!json_is_string(input))
		return ERR_NO;
	return str_equal(row->fields[1], "recommended")
		       ? purl_parse_lenient(json_string_value(input), ret, &repairs, NULL)
		       : purl_parse(json_string_value(input), ret, NULL);
}

static bool check_purl(const struct row *row)
{
	json_t *input = json_loads(row->fields[4], JSON_DECODE_ANY, NULL);
	json_t *expected = json_loads(row->fields[5], JSON_DECODE_ANY, NULL);
	bool must_fail = str_equal(row->fields[3], "true");
	AUTO_PURL purl = PURL_INIT;
	bool good = run_purl(row, input, &purl) < 0
			    ? must_fail
			    : !must_fail && (json_is_object(expected) ? same_parts(&purl, expected)
								      : same_text(&purl, expected));

	json_decref(input);
	json_decref(expected);
	return good;
}

/* ---- the files */

static const struct {
	const char *path;
	row_check check;
} files[] = {
	{"purl/purl_tests.tsv", check_purl},
};

static void split_row(char *line, struct row *ret)
{
	static char empty[1] = "";

	ret->count = 0;
	for (int i = 0; i < FIELDS; i++)
		ret->fields[i] = empty;
	while (line && ret->count < FIELDS) {
		char *tab = strchr(line, '\t');

		ret->fields[ret->count++] = line;
		if (tab)
			*tab++ = '\0';
		line = tab;
	}
}

static void run_file(const char *corpora, const char *name, row_check check)
{
	AUTO_STRING path = file_join(corpora, name);
	AUTO_STR text = STR_INIT;
	int rows = 0, wrong = 0;
	char *line;

	if (file_read(path, LIMIT, &text, NULL) < 0) {
		tap_skip(name, "the file is not there");
		return;
	}
	for (line = text.bytes; line;) {
		char *end = strchr(line, '\n');
		struct row row;

		if (end)
			*end++ = '\0';
		if (*line && *line != '#') {
			split_row(line, &row);
			rows++;
			if (!check(&row) && ++wrong <= 10)
				printf("# %s: %s\t%s\t%s\t%s\t%s\t%s\n", name, row.fields[0],
				       row.fields[1], row.fields[2], row.fields[3], row.fields[4],
				       row.fields[5]);
		}
		line = end;
	}
	CHECK(rows > 0 && wrong == 0, "%s: %d rows, %d differ", name, rows, wrong);
}

int main(void)
{
	const char *corpora = tap_corpora("corpora of identifiers");
	size_t i;

	for (i = 0; corpora && i < sizeof(files) / sizeof(files[0]); i++)
		run_file(corpora, files[i].path, files[i].check);
	return tap_done();
}
