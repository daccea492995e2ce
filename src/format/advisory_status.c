/* SPDX-License-Identifier: Apache-2.0 */
/* What several writers ask of the vulnerabilities of a tree: states of products, remedies, the one to write. */
#include "format/advisory_private.h"

#include "psirtty/score/purl.h"

const json_t *adv_one(struct writing *w)
{
	const json_t *list = js_array(w->tree, "vulnerabilities"), *first = NULL;
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)list, i, v) {
		const char *cve = js_string(v, "cve");

		if (w->options->cve ? str_equal(cve, w->options->cve) : !first || (cve && !js_string(first, "cve")))
			first = v;
	}
	if (json_array_size(list) > 1)
		adv_lose(w, _("the format holds one vulnerability: the others are left out (choose with --cve)"));
	return first;
}

static const struct { const char *list; enum adv_state state; } states[] = {
	{ "known_affected", ADV_AFFECTED },   { "first_affected", ADV_AFFECTED }, { "last_affected", ADV_AFFECTED },
	{ "fixed", ADV_FIXED },		      { "first_fixed", ADV_FIXED },	   { "known_not_affected", ADV_NOT_AFFECTED },
	{ "under_investigation", ADV_UNKNOWN }, { "unknown", ADV_UNKNOWN },
};

void adv_each_status(struct writing *w, const json_t *vulnerability, adv_status_fn fn, void *context)
{
	const json_t *status = json_object_get(vulnerability, "product_status");
	size_t k;
	json_t *id;

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		json_array_foreach(js_array(status, states[i].list), k, id) {
			const struct adv_product *product =
				adv_product_find(&w->products, str_or_empty(json_string_value(id)));

			if (product)
				fn(context, product, states[i].state);
		}
}

void adv_remedies(struct writing *w, const json_t *vulnerability, const char *product, struct str *ret)
{
	size_t i;
	json_t *remedy;

	json_array_foreach(js_array(vulnerability, "remediations"), i, remedy) {
		const char *url = js_string(remedy, "url"), *details = str_or_empty(js_string(remedy, "details"));

		if (product && !adv_concerns(w, remedy, product))
			continue;
		str_add_format(ret, "%s%s%s%s", ret->length ? "\n" : "", details, url ? " " : "", str_or_empty(url));
	}
}

bool adv_purl_bare(const char *text, struct str *ret, char **ret_version)
{
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;

	if (!text || purl_parse_lenient(text, &purl, &repairs, NULL))
		return false;
	if (ret_version)
		*ret_version = mem_string(purl.version);
	free(purl.version);
	purl.version = NULL;
	purl_write(&purl, ret);
	return true;
}
