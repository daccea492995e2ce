/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials: building one, and telling by its content which form a document has. */
#include "sbom_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/mime.h"

enum { WARNINGS = 100, WRAPPERS = 4 };

/* ---- building */

void sbom_set(char **slot, const char *bytes, size_t length)
{
	free(*slot);
	*slot = length ? text_copy(bytes, length) : NULL;
}

static bool says_nothing(const char *bytes, size_t length)
{
	return !length || (length == 11 && !memcmp(bytes, "NOASSERTION", 11)) ||
	       (length == 4 && !memcmp(bytes, "NONE", 4));
}

void sbom_set_said(char **slot, const char *bytes, size_t length)
{
	sbom_set(slot, bytes, says_nothing(bytes, length) ? 0 : length);
}

void sbom_texts_add(struct text_list *texts, const char *bytes, size_t length)
{
	if (!says_nothing(bytes, length))
		text_list_add(texts, bytes, length);
}

void sbom_depend(struct sbom *sbom, const char *from, const char *to)
{
	if (sbom->dependencies.count < 2 * SBOM_ITEMS)
		text_pairs_add(&sbom->dependencies, from, to);
	else
		sbom_warn(sbom, _("more than %d dependencies; the rest is left out"), 2 * SBOM_ITEMS);
}

void sbom_warn(struct sbom *sbom, const char *format, ...)
{
	struct text_list *texts = &sbom->warnings;
	va_list args;

	if (sbom->warned++ >= WARNINGS)
		return;
	texts->items = mem_grow(texts->items, &texts->room, texts->count + 1, sizeof(*texts->items));
	va_start(args, format);
	texts->items[texts->count++] = mem_vformat(format, args);
	va_end(args);
}

struct sbom_component *sbom_add(struct sbom *sbom)
{
	sbom->components = mem_grow(sbom->components, &sbom->room, sbom->count + 1, sizeof(*sbom->components));
	return &sbom->components[sbom->count++];
}

void sbom_component_release(struct sbom_component *c)
{
	char *texts[] = { c->ref, c->group, c->name, c->version, c->purl, c->supplier, c->language };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	text_list_release(&c->cpes);
	text_list_release(&c->licences);
	text_pairs_release(&c->hashes);
	text_pairs_release(&c->links);
	*c = (struct sbom_component){ 0 };
}

void sbom_free(struct sbom *sbom)
{
	if (!sbom)
		return;
	for (size_t i = 0; i < sbom->count; i++)
		sbom_component_release(&sbom->components[i]);
	free(sbom->components);
	sbom_component_release(&sbom->subject);
	text_pairs_release(&sbom->dependencies);
	text_list_release(&sbom->warnings);
	free(sbom->version);
	free(sbom->name);
	free(sbom);
}

/* ---- what a JSON document is, told by the names of its outermost members */

enum form { FORM_NONE, FORM_CYCLONEDX, FORM_SPDX, FORM_SPDX3, FORM_DSDX, FORM_WRAPPED, FORM_DSSE, FORM_COUNT };

static const struct { const char *member, *value; enum form form; } marks[] = {
	{ "bomFormat", "CycloneDX", FORM_CYCLONEDX },
	{ "spdxVersion", NULL, FORM_SPDX },
	{ "@graph", NULL, FORM_SPDX3 },
	{ "dsdx_version", NULL, FORM_DSDX },
	{ "sbom", NULL, FORM_WRAPPED },      /* what GitHub's dependency graph hands out */
	{ "predicate", NULL, FORM_WRAPPED }, /* in-toto */
	{ "Data", NULL, FORM_WRAPPED },      /* cosign's predicate: the document as a string */
	{ "payload", NULL, FORM_DSSE },
};

/* The lowest form is the surest: a document of its own that also has a member "sbom" is that document. */
struct looking { enum form form; struct str inner; /* a wrapper's: the JSON inside */ };

static enum form form_of(const struct pull_item *name)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_equal(name->text, marks[i].member))
			return marks[i].form;
	return FORM_NONE;
}

static bool better(enum form form, const struct looking *looking)
{
	return form != FORM_NONE && (looking->form == FORM_NONE || form < looking->form);
}

static int look(struct pull *pull, struct looking *looking, struct error *err)
{
	struct pull_item item;
	bool end;
	int code = pull_next(pull, &item, err);

	if (code || item.token != PULL_OBJECT)
		return code;
	while (!(code = pull_next(pull, &item, err)) && item.token == PULL_NAME) {
		enum form form = form_of(&item);
		bool taken = better(form, looking);

		if (taken)
			looking->form = form;
		if (taken && form >= FORM_WRAPPED) {
			str_reset(&looking->inner);
			code = pull_value(pull, SIZE_MAX, &looking->inner, &end, err);
		} else {
			code = pull_skip(pull, &item, err);
		}
		if (code)
			return code;
	}
	return code;
}

/* ---- reading */

static int unknown(const char *name, struct error *err)
{
	return error_set(err, ERR_INPUT, name, _("Give CycloneDX, SPDX or DSDX"),
			 _("it is no bill of materials of a form that is known"));
}

static int read_json(struct sbom *sbom, const char *bytes, size_t length, const char *name, int wrappers,
		     struct error *err);

/* A document in a string, as it stands or in base64. */
static int read_string_inside(struct sbom *sbom, const char *json, size_t length, bool base64, const char *name,
			      int wrappers, struct error *err)
{
	struct pull *pull = pull_new_memory(name, &(struct pull_limits){ SIZE_MAX, 1, UINT64_MAX }, json, length);
	AUTO_STR text = STR_INIT;
	struct pull_item item;
	int code = pull_next(pull, &item, err);

	if (!code && item.token != PULL_STRING)
		code = unknown(name, err);
	if (!code && !base64)
		str_add_bytes(&text, item.text, item.length);
	else if (!code)
		mime_decode_base64(item.text, item.length, &text);
	pull_free(pull);
	return code ? code : read_json(sbom, text.bytes, text.length, name, wrappers, err);
}

static int read_wrapped(struct sbom *sbom, const struct looking *looking, const char *name, int wrappers,
			struct error *err)
{
	const struct str *inner = &looking->inner;

	if (wrappers >= WRAPPERS)
		return error_set(err, ERR_INPUT, name, NULL, _("it is wrapped more than %d times"), WRAPPERS);
	if (looking->form == FORM_DSSE || (inner->length && inner->bytes[0] == '"'))
		return read_string_inside(sbom, inner->bytes, inner->length, looking->form == FORM_DSSE, name,
					  wrappers + 1, err);
	return read_json(sbom, inner->bytes, inner->length, name, wrappers + 1, err);
}

static int (*const readers[FORM_COUNT])(struct members *m, const struct pull_item *root) = {
	[FORM_CYCLONEDX] = sbom_read_cyclonedx_json,
	[FORM_SPDX] = sbom_read_spdx_json,
	[FORM_SPDX3] = sbom_read_spdx3,
	[FORM_DSDX] = sbom_read_dsdx_json,
};

static int read_form(struct sbom *sbom, enum form form, const char *bytes, size_t length, const char *name,
		     struct error *err)
{
	static const struct pull_limits limits = { 32 << 20, 128, UINT64_MAX };
	struct pull *pull = pull_new_memory(name, &limits, bytes, length);
	struct members m = { pull, sbom, 0, err };
	struct pull_item root;
	int code = pull_next(pull, &root, err);

	if (!code)
		code = readers[form](&m, &root);
	if (!code && (pull_next(pull, &root, NULL) || root.token != PULL_END))
		sbom_warn(sbom, "%s", _("something stands behind the document; it was left out"));
	pull_free(pull);
	return code;
}

static int read_json(struct sbom *sbom, const char *bytes, size_t length, const char *name, int wrappers,
		     struct error *err)
{
	static const struct pull_limits limits = { 256 << 20, 128, UINT64_MAX };
	struct pull *pull = pull_new_memory(name, &limits, bytes, length);
	struct looking looking = { FORM_NONE, STR_INIT };
	int code = look(pull, &looking, err);

	pull_free(pull);
	if (!code && readers[looking.form])
		code = read_form(sbom, looking.form, bytes, length, name, err);
	else if (!code && looking.inner.length)
		code = read_wrapped(sbom, &looking, name, wrappers, err);
	else if (!code)
		code = unknown(name, err);
	str_release(&looking.inner);
	return code;
}

static int read_yaml(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err)
{
	AUTO_STR json = STR_INIT;
	int code = sbom_json_of_yaml(bytes, length, name, &json, err);

	if (!code)
		code = read_form(sbom, FORM_SPDX, json.bytes, json.length, name, err);
	sbom->format = "spdx-yaml";
	return code;
}

/* A line of the document begins with WORD. */
static bool has_line(const char *bytes, const char *word)
{
	const char *at = bytes;
	size_t length = strlen(word);

	while ((at = strstr(at, word))) {
		if (at == bytes || at[-1] == '\n')
			return true;
		at += length;
	}
	return false;
}

static int read_text(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err)
{
	if (has_line(bytes, "SPDXVersion:") || has_line(bytes, "DSDXVersion:"))
		return sbom_read_tags(sbom, bytes, length, name, err);
	if (has_line(bytes, "spdxVersion:"))
		return read_yaml(sbom, bytes, length, name, err);
	return unknown(name, err);
}

static int read_any(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err)
{
	size_t at = 0;

	while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at])
		at++;
	if (at == length)
		return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("it is empty"));
	if (bytes[at] == '{')
		return read_json(sbom, bytes, length, name, 0, err);
	if (bytes[at] == '<')
		return sbom_read_xml(sbom, bytes + at, length - at, name, err);
	return read_text(sbom, bytes, length, name, err);
}

int sbom_read(const char *bytes, size_t length, const char *name, struct sbom **ret, struct error *err)
{
	struct sbom *sbom = mem_alloc(sizeof(*sbom));
	size_t mark = length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
	int code = read_any(sbom, bytes + mark, length - mark, name, err);

	if (code) {
		sbom_free(sbom);
		return code;
	}
	*ret = sbom;
	return 0;
}
