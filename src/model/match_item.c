/* SPDX-License-Identifier: Apache-2.0 */
/* A component as it stands under one of its keys: its version there, its release, its CPE names. */
#include "psirtty/model/match.h"

#include "psirtty/score/purl.h"

static char *copy_or_empty(const char *text)
{
	return mem_string(str_or_empty(text));
}

static void fill_purl(const struct inventory_component *component, struct match_item *ret)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;

	if (*component->purl)
		(void)purl_parse_lenient(component->purl, &purl, &repairs, &none);
	ret->type = copy_or_empty(purl.type);
	ret->scheme = *ret->type ? version_scheme_find(ret->type) : NULL;
	ret->distro = copy_or_empty(purl.type ? purl_qualifier(&purl, "distro") : NULL);
}

/* As a well-formed name quotes it. */
static char *quote(const char *text)
{
	AUTO_STR quoted = STR_INIT;

	for (; *text; text++) {
		bool plain = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
			     *text == '_' || (unsigned char)*text >= 0x80;

		if (!plain)
			str_add_char(&quoted, '\\');
		str_add_char(&quoted, *text);
	}
	return str_detach(&quoted);
}

/* VENDOR:PRODUCT behind "cpe:" is that of NAME. */
static bool has_key(const struct cpe *name, const char *key)
{
	AUTO_STR plain = STR_INIT;

	cpe_plain(name, CPE_VENDOR, &plain);
	str_add_char(&plain, ':');
	cpe_plain(name, CPE_PRODUCT, &plain);
	return str_casecmp(plain.bytes, key + 4) == 0;
}

static void fill_names(const struct inventory_component *component, struct match_item *ret)
{
	ret->names = component->cpes.count ? mem_alloc(component->cpes.count * sizeof(*ret->names)) : NULL;
	for (size_t i = 0; i < component->cpes.count; i++) {
		struct cpe name;
		AUTO_ERROR none = ERROR_INIT;

		if (cpe_parse(component->cpes.items[i], &name, &none))
			continue;
		if (!has_key(&name, ret->key)) {
			cpe_release(&name);
			continue;
		}
		if (name.values[CPE_VERSION].kind == CPE_ANY && *ret->version)
			name.values[CPE_VERSION] = (struct cpe_value){ CPE_TEXT, quote(ret->version) };
		ret->names[ret->name_count++] = name;
	}
}

/* What stands behind the tab, else the component's own. */
static void take_version(struct match_item *item, const struct inventory_component *component)
{
	const char *tab = strchr(item->key, '\t');

	item->version = tab ? tab + 1 : component->version;
}

void match_item_fill(const struct inventory_component *component, const char *key, struct match_item *ret)
{
	*ret = (struct match_item){ .key = key };
	take_version(ret, component);
	fill_purl(component, ret);
	if (str_starts(key, "cpe:"))
		fill_names(component, ret);
}

void match_item_release(struct match_item *item)
{
	free(item->type);
	free(item->distro);
	for (size_t i = 0; i < item->name_count; i++)
		cpe_release(&item->names[i]);
	free(item->names);
}
