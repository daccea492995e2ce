/* SPDX-License-Identifier: Apache-2.0 */
/* A bill of materials from the worker's rows; what the rows hold is checked, not believed. */
#include "psirtty/desk/sbom.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/job.h"

enum { FILE_LIMIT = 200 << 20 };

static const char *const formats[] = {
	"cyclonedx-json", "cyclonedx-xml", "spdx-json", "spdx-yaml", "spdx-tag-value", "spdx-rdf", "spdx-3-json",
	"dsdx-json", "dsdx-tag-value", "dsdx-xml",
};

static const char *known_format(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_equal(formats[i], word))
			return formats[i];
	return NULL;
}

static char *given(const char *field)
{
	return *field ? mem_string(field) : NULL;
}

static void take_texts(char *field, struct text_list *ret)
{
	for (char *next; *field; field = next) {
		next = field + strcspn(field, "\n");
		if (*next)
			*next++ = '\0';
		ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(*ret->items));
		ret->items[ret->count++] = mem_string(field);
	}
}

static void take_pairs(char *field, struct text_pairs *ret)
{
	struct text_list texts = { 0 };

	take_texts(field, &texts);
	for (size_t i = 0; i < texts.count; i += 2) {
		if (i + 1 == texts.count) {
			free(texts.items[i]);
			break;
		}
		ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(*ret->items));
		ret->items[ret->count++] = (struct text_pair){ texts.items[i], texts.items[i + 1] };
	}
	free(texts.items);
}

static void fill_component(char **f, struct sbom_component *ret)
{
	*ret = (struct sbom_component){ .ref = given(f[1]), .group = given(f[2]), .name = given(f[3]),
					.version = given(f[4]), .purl = given(f[5]), .supplier = given(f[6]) };
	take_texts(f[7], &ret->cpes);
	take_texts(f[8], &ret->licences);
	take_pairs(f[9], &ret->hashes);
	take_pairs(f[10], &ret->links);
}

static void take_head(char **f, struct sbom *sbom)
{
	sbom->format = known_format(f[1]);
	sbom->version = given(f[2]);
	sbom->name = given(f[3]);
	sbom->warned = strtoul(f[4], NULL, 10);
}

static void take_subject(char **f, struct sbom *sbom)
{
	if (!sbom->subject.name && !sbom->subject.ref)
		fill_component(f, &sbom->subject);
}

static void take_component(char **f, struct sbom *sbom)
{
	sbom->components = mem_grow(sbom->components, &sbom->room, sbom->count + 1, sizeof(*sbom->components));
	fill_component(f, &sbom->components[sbom->count++]);
}

static void take_dependency(char **f, struct sbom *sbom)
{
	struct text_pairs *list = &sbom->dependencies;

	list->items = mem_grow(list->items, &list->room, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct text_pair){ mem_string(f[1]), mem_string(f[2]) };
}

static void take_warning(char **f, struct sbom *sbom)
{
	struct text_list *list = &sbom->warnings;

	list->items = mem_grow(list->items, &list->room, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = mem_string(f[1]);
}

static const struct { const char *kind; size_t fields; void (*take)(char **f, struct sbom *sbom); } kinds[] = {
	{ "component", 11, take_component }, { "depends", 3, take_dependency }, { "sbom", 5, take_head },
	{ "subject", 11, take_subject }, { "warning", 2, take_warning },
};

static bool take_row(const struct job_row *row, struct sbom *sbom)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (row->count == kinds[i].fields && str_equal(row->fields[0], kinds[i].kind)) {
			kinds[i].take(row->fields, sbom);
			return true;
		}
	return false;
}

static int take_answer(const struct job_answer *answer, const char *path, struct sbom **ret, struct error *err)
{
	struct sbom *sbom = mem_alloc(sizeof(*sbom));
	bool whole = true;

	for (size_t i = 0; whole && i < answer->count; i++)
		whole = take_row(&answer->rows[i], sbom);
	if (!whole || !sbom->format) {
		sbom_free(sbom);
		return error_set(err, ERR_INPUT, path, NULL, _("the sandboxed reader's answer is malformed"));
	}
	*ret = sbom;
	return 0;
}

int desk_sbom_read_bytes(const char *name, const struct str *bytes, struct sbom **ret, struct error *err)
{
	struct parse_worker *worker = NULL;
	struct job_answer answer = { 0 };
	int code = job_worker_start(NULL, &worker, err);

	if (!code)
		code = parse_worker_job(worker, JOB_SBOM, name, bytes->bytes, bytes->length, &answer, err);
	parse_worker_stop(worker);
	if (!code)
		code = take_answer(&answer, name, ret, err);
	job_answer_release(&answer);
	return code;
}

int desk_sbom_read(const char *path, struct sbom **ret, struct error *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, FILE_LIMIT, &bytes, err);

	return code ? code : desk_sbom_read_bytes(name, &bytes, ret, err);
}
