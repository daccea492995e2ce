/* SPDX-License-Identifier: Apache-2.0 */
/* A bill of materials, read in the child: rows of a letter for their kind, and texts. */
#include "job_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/sbom.h"
#include "unpack.h"

enum { DOCUMENT = 256 << 20 };

/* Several texts in one field, between newlines: none of them holds one then. */
static void join(struct str *ret, const char *text)
{
	if (ret->length)
		str_add_char(ret, '\n');
	for (; *text; text++)
		str_add_char(ret, *text == '\n' ? ' ' : *text);
}

static void join_texts(struct str *ret, const struct text_list *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		join(ret, texts->items[i]);
}

static void join_pairs(struct str *ret, const struct text_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		join(ret, pairs->items[i].key);
		join(ret, pairs->items[i].value);
	}
}

static void tell_component(const char *kind, const struct sbom_component *c, struct str *answer)
{
	struct str lists[4] = { STR_INIT, STR_INIT, STR_INIT, STR_INIT };

	join_texts(&lists[0], &c->cpes);
	join_texts(&lists[1], &c->licences);
	join_pairs(&lists[2], &c->hashes);
	join_pairs(&lists[3], &c->links);
	{
		const char *const fields[] = { kind, c->ref, c->group, c->name, c->version, c->purl, c->supplier,
					       lists[0].bytes, lists[1].bytes, lists[2].bytes, lists[3].bytes };

		job_row_add(answer, fields, ARRAY_LEN(fields));
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		str_release(&lists[i]);
}

static void tell_sbom(const struct sbom *sbom, struct str *answer)
{
	AUTO_STRING warned = mem_format("%zu", sbom->warned);
	const char *const head[] = { "sbom", sbom->format, sbom->version, sbom->name, warned };

	job_row_add(answer, head, ARRAY_LEN(head));
	tell_component("subject", &sbom->subject, answer);
	for (size_t i = 0; i < sbom->count; i++)
		tell_component("component", &sbom->components[i], answer);
	for (size_t i = 0; i < sbom->dependencies.count; i++) {
		const struct text_pair *d = &sbom->dependencies.items[i];
		const char *const fields[] = { "depends", d->key, d->value };

		job_row_add(answer, fields, ARRAY_LEN(fields));
	}
	for (size_t i = 0; i < sbom->warnings.count; i++) {
		const char *const fields[] = { "warning", sbom->warnings.items[i] };

		job_row_add(answer, fields, ARRAY_LEN(fields));
	}
}

void job_do_sbom(char *name, const char *bytes, size_t length, struct str *answer)
{
	AUTO_STR text = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct sbom *sbom = NULL;
	int code = unpack_document(bytes, length, DOCUMENT, name, &text, &err);

	if (!code)
		code = sbom_read(text.bytes, text.length, name, &sbom, &err);
	if (code)
		job_refuse(answer, &err);
	else
		tell_sbom(sbom, answer);
	sbom_free(sbom);
}
