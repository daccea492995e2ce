/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of lines "Tag: value": SPDX 2.x and DSDX. A value may be <text>...</text> over several lines, in which
 * lines that look like tags are none; one that is never closed ends with its line. The tags of a package follow its
 * PackageName.
 */
#include "sbom_private.h"

#include "psirtty/base/i18n.h"

struct tags {
	struct sbom *sbom;
	struct sbom_component *component; /* the one that the next tags belong to, or NULL */
	const char *name;
	struct error *err;
};

typedef int (*tag_fn)(struct tags *t, const char *value, size_t length, size_t offset);

static char **slot_of(struct tags *t, size_t offset)
{
	return t->component ? (char **)(void *)((char *)t->component + offset) : NULL;
}

static int tag_document(struct tags *t, const char *value, size_t length, size_t offset)
{
	sbom_set((char **)(void *)((char *)t->sbom + offset), value, length);
	return 0;
}

static int tag_begin(struct tags *t, const char *value, size_t length, size_t offset)
{
	if (t->sbom->count >= SBOM_ITEMS)
		return error_set(t->err, ERR_INPUT, t->name, _("Give it in parts"), _("there are more than %d components"),
				 SBOM_ITEMS);
	t->component = sbom_add(t->sbom);
	sbom_set((char **)(void *)((char *)t->component + offset), value, length);
	return 0;
}

/* Its tags are no package's. */
static int tag_file(struct tags *t, const char *value, size_t length, size_t offset)
{
	(void)value;
	(void)length;
	(void)offset;
	t->component = NULL;
	return 0;
}

static int tag_text(struct tags *t, const char *value, size_t length, size_t offset)
{
	if (slot_of(t, offset))
		sbom_set(slot_of(t, offset), value, length);
	return 0;
}

static int tag_supplier(struct tags *t, const char *value, size_t length, size_t offset)
{
	if (slot_of(t, offset))
		sbom_spdx_supplier(slot_of(t, offset), value, length);
	return 0;
}

static int tag_licence(struct tags *t, const char *value, size_t length, size_t offset)
{
	struct text_list *list = t->component ? &t->component->licences : NULL;

	(void)offset;
	if (!list)
		return 0;
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->items[i]) == length && !memcmp(list->items[i], value, length))
			return 0;
	sbom_texts_add(list, value, length);
	return 0;
}

static int tag_checksum(struct tags *t, const char *value, size_t length, size_t offset)
{
	AUTO_STRING text = text_copy(value, length);
	char *colon = strchr(text, ':'), *digits = colon ? colon + 1 : NULL;

	(void)offset;
	if (!t->component || !colon)
		return 0;
	*colon = '\0';
	while (*digits == ' ')
		digits++;
	text_pairs_add(&t->component->hashes, text, digits);
	return 0;
}

/* Cuts TEXT into its first two words and the rest. */
static bool cut_three(char *text, char *ret[3])
{
	for (int i = 0; i < 3; i++) {
		while (*text == ' ' || *text == '\t')
			text++;
		ret[i] = text;
		if (i < 2)
			text += strcspn(text, " \t");
		if (i < 2 && *text)
			*text++ = '\0';
	}
	return *ret[2] != '\0';
}

static int tag_reference(struct tags *t, const char *value, size_t length, size_t offset)
{
	AUTO_STRING text = text_copy(value, length);
	char *words[3];

	(void)offset;
	if (t->component && cut_three(text, words))
		sbom_spdx_reference(t->component, words[1], words[2], strlen(words[2]));
	return 0;
}

static int tag_relation(struct tags *t, const char *value, size_t length, size_t offset)
{
	AUTO_STRING text = text_copy(value, length);
	char *words[3];

	(void)offset;
	if (cut_three(text, words))
		sbom_spdx_relation(t->sbom, words[0], words[1], words[2]);
	return 0;
}

static int tag_link(struct tags *t, const char *value, size_t length, size_t offset)
{
	static const char *const kinds[] = { "website", "distribution" };
	AUTO_STRING text = NULL;

	if (!t->component)
		return 0;
	sbom_set_said(&text, value, length);
	if (text)
		text_pairs_add(&t->component->links, kinds[offset], text);
	return 0;
}

/* A JSON array of texts, or one object, on one line. */
static int tag_json(struct tags *t, const char *value, size_t length, size_t offset)
{
	struct pull *pull = pull_new_memory(t->name, NULL, value, length);
	struct members m = { pull, t->sbom, 0, t->err };
	struct pull_item root;
	int code = pull_next(pull, &root, t->err);

	if (!code && offset)
		code = sbom_read_dsdx_dependencies(&m, &root, t->sbom, 0);
	else if (!code && t->component)
		code = sbom_read_texts(&m, &root, &t->component->licences, 0);
	pull_free(pull);
	return code;
}

#define OF(field) offsetof(struct sbom_component, field)

static const struct { const char *tag; tag_fn take; size_t offset; } tags[] = {
	{ "SPDXVersion", tag_document, offsetof(struct sbom, version) },
	{ "DocumentName", tag_document, offsetof(struct sbom, name) },
	{ "PackageName", tag_begin, OF(name) },
	{ "FileName", tag_file, 0 },
	{ "SnippetSPDXID", tag_file, 0 },
	{ "SPDXID", tag_text, OF(ref) },
	{ "PackageVersion", tag_text, OF(version) },
	{ "PackageSupplier", tag_supplier, OF(supplier) },
	{ "PackageLicenseConcluded", tag_licence, 0 },
	{ "PackageLicenseDeclared", tag_licence, 0 },
	{ "PackageChecksum", tag_checksum, 0 },
	{ "PackageHomePage", tag_link, 0 },
	{ "PackageDownloadLocation", tag_link, 1 },
	{ "ExternalRef", tag_reference, 0 },
	{ "Relationship", tag_relation, 0 },
	{ "DSDXVersion", tag_document, offsetof(struct sbom, version) },
	{ "Name", tag_document, offsetof(struct sbom, name) },
	{ "ComponentName", tag_begin, OF(name) },
	{ "ComponentGroup", tag_text, OF(group) },
	{ "ComponentVersion", tag_text, OF(version) },
	{ "ComponentID", tag_text, OF(ref) },
	{ "ComponentLanguage", tag_text, OF(language) },
	{ "ComponentLicense", tag_json, 0 },
	{ "Dependencies", tag_json, 1 },
};

static int take(struct tags *t, const char *tag, size_t tag_length, const char *value, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strlen(tags[i].tag) == tag_length && !memcmp(tags[i].tag, tag, tag_length))
			return tags[i].take(t, value, length, tags[i].offset);
	return 0;
}

static const char *line_end(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline : end;
}

static size_t trimmed(const char **at, const char *end)
{
	while (*at < end && strchr(" \t\r", **at) && **at)
		++*at;
	while (end > *at && strchr(" \t\r", end[-1]) && end[-1])
		end--;
	return (size_t)(end - *at);
}

/* The value from AT, within <text> over lines too; *RET_NEXT is the line behind it. */
static size_t find_value(struct tags *t, const char **at, const char *end, const char **ret_next)
{
	static const char open[] = "<text>", close[] = "</text>";
	const char *stop = line_end(*at, end), *last;
	size_t length = trimmed(at, stop);

	*ret_next = stop < end ? stop + 1 : end;
	if (length < 6 || memcmp(*at, open, 6) != 0)
		return length;
	*at += 6;
	last = strstr(*at, close);
	if (!last) {
		sbom_warn(t->sbom, "%s", _("a <text> is never closed; it is taken to end with its line"));
		return (size_t)(stop - *at);
	}
	stop = line_end(last, end);
	*ret_next = stop < end ? stop + 1 : end;
	return (size_t)(last - *at);
}

static int read_line(struct tags *t, const char **at, const char *end)
{
	const char *stop = line_end(*at, end), *colon = memchr(*at, ':', (size_t)(stop - *at)), *tag = *at, *value;
	size_t tag_length, length;

	*at = stop < end ? stop + 1 : end;
	if (!colon || *tag == '#')
		return 0;
	tag_length = trimmed(&tag, colon);
	value = colon + 1;
	length = find_value(t, &value, end, at);
	return take(t, tag, tag_length, value, length);
}

int sbom_read_tags(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err)
{
	struct tags t = { .sbom = sbom, .name = name, .err = err };
	const char *at = bytes, *end = bytes + length;
	int code = 0;

	if (!utf8_valid(bytes, length) || memchr(bytes, 0, length))
		return error_set(err, ERR_INPUT, name, _("Convert it to UTF-8"), _("it is not text in UTF-8"));
	while (!code && at < end)
		code = read_line(&t, &at, end);
	sbom->format = str_starts(str_or_empty(sbom->version), "DSDX") ? "dsdx-tag-value" : "spdx-tag-value";
	for (size_t i = 0; !code && i < sbom->count; i++)
		if (sbom->components[i].language)
			sbom_dsdx_purl(&sbom->components[i]);
	return code;
}
