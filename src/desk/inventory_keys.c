/* SPDX-License-Identifier: Apache-2.0 */
/* By which names feeds know a component: its purl, the source package it was built from, its CPE names, its own name. */
#include "desk/inventory_private.h"

#include "psirtty/format/feed_key.h"
#include "psirtty/score/purl.h"

/* KEY with the version that counts under it, where that is not the component's own. */
static void add_key(struct text_list *ret, const struct str *key, const char *version, const char *own)
{
	AUTO_STR text = STR_INIT;

	if (!key->length || memchr(key->bytes, '\t', key->length))
		return;
	str_add_bytes(&text, key->bytes, key->length);
	if (version && *version && !str_equal(version, own))
		str_add_format(&text, "\t%s", version);
	if (!text_list_has(ret, text.bytes))
		text_list_add(ret, text.bytes, text.length);
}

/* ---- source packages */

/* "openssl@1.1.1n", "openssl", "openssl-1.1.1k-6.el8.src.rpm": its name, and its version where it is said. */
static void read_upstream(const char *text, struct str *ret_name, struct str *ret_version)
{
	size_t length = strlen(text), cut = strcspn(text, "@ "), dashes = 0;

	if (str_ends(text, ".src.rpm")) {
		length -= strlen(".src.rpm");
		for (cut = length; cut > 0 && dashes < 2; cut--)
			dashes += text[cut - 1] == '-';
		if (dashes == 2) {
			str_add_bytes(ret_name, text, cut);
			str_add_bytes(ret_version, text + cut + 1, length - cut - 1);
			return;
		}
		cut = length;
	}
	str_add_bytes(ret_name, text, cut);
	if (cut < length)
		str_add_bytes(ret_version, text + cut + 1, strcspn(text + cut + 1, ") "));
}

/* Debian and Alpine tell of source packages: where one is named, the binary's own name is that of nothing there. */
static bool add_source(const struct purl *purl, const char *version, const char *own, struct text_list *ret)
{
	const char *upstream = purl_qualifier(purl, "upstream");
	struct purl parts = { .type = purl->type, .space = purl->space };
	AUTO_STR name = STR_INIT;
	AUTO_STR at = STR_INIT;
	AUTO_STR text = STR_INIT;
	AUTO_STR key = STR_INIT;
	AUTO_PURL source = PURL_INIT;

	if (!upstream || !(str_equal(purl->type, "deb") || str_equal(purl->type, "apk") || str_equal(purl->type, "rpm")))
		return false;
	read_upstream(upstream, &name, &at);
	parts.name = name.bytes;
	if (!name.length || purl_build(&parts, &source, NULL))
		return false;
	purl_write(&source, &text);
	if (!feed_key_purl(text.bytes, &key))
		return false;
	add_key(ret, &key, at.length ? at.bytes : version, own);
	return !str_equal(purl->type, "rpm");
}

/* An epoch that stands beside the version belongs before it. */
static char *whole_version(const struct purl *purl, const char *version)
{
	const char *epoch = purl_qualifier(purl, "epoch");

	return epoch && version && !strchr(version, ':') ? mem_format("%s:%s", epoch, version) : mem_string(version);
}

static void add_purl(const char *text, const char *own, struct text_list *ret)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_STR key = STR_INIT;
	AUTO_STRING version = NULL;
	AUTO_PURL purl = PURL_INIT;

	if (purl_parse_lenient(text, &purl, &repairs, &none))
		return;
	version = whole_version(&purl, purl.version ? purl.version : own);
	if (add_source(&purl, version, own, ret))
		return;
	if (feed_key_purl(text, &key))
		add_key(ret, &key, version, own);
}

/* ---- CPE names and plain ones */

static void add_names(const struct sbom_component *component, struct text_list *ret)
{
	struct feed_product product = { .vendor = component->supplier ? component->supplier : component->group,
					.name = component->name };
	struct text_list keys = { NULL, 0, 0 };

	if (!product.vendor || !product.name)
		return;
	feed_keys(&product, &keys);
	for (size_t i = 0; i < keys.count; i++)
		if (!strchr(keys.items[i], '\t') && !text_list_has(ret, keys.items[i]))
			text_list_add_text(ret, keys.items[i]);
	text_list_release(&keys);
}

void desk_component_keys(const struct sbom_component *component, const char *version, struct text_list *ret)
{
	if (component->purl)
		add_purl(component->purl, version, ret);
	for (size_t i = 0; i < component->cpes.count; i++) {
		AUTO_STR key = STR_INIT;

		if (feed_key_cpe(component->cpes.items[i], &key))
			add_key(ret, &key, NULL, version);
	}
	if (!ret->count)
		add_names(component, ret);
}

char *desk_component_version(const struct sbom_component *component)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;

	if (component->version && *component->version)
		return mem_string(component->version);
	if (component->purl && purl_parse_lenient(component->purl, &purl, &repairs, &none) == 0 && purl.version)
		return mem_string(purl.version);
	return mem_string("");
}
