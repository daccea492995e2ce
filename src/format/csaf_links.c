/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a CSAF document, which tests 6.3.6 and 6.3.7 ask for: found here, asked by whoever has a network. */
#include "format/csaf20.h"

/* Where addresses stand, a step a part, "*" for every item; those of references are sorted by their category. */
static const char *const places[] = {
	"document/acknowledgments/*/urls/*",
	"document/aggregate_severity/namespace",
	"document/distribution/tlp/url",
	"document/publisher/namespace",
	"document/references/*/url",
	"vulnerabilities/*/acknowledgments/*/urls/*",
	"vulnerabilities/*/references/*/url",
	"vulnerabilities/*/remediations/*/url",
	"vulnerabilities/*/metrics/*/source", /* of 2.1 */
	"vulnerabilities/*/metrics/*/content/ssvc_v2/decision_point_resources/*/uri",
	"vulnerabilities/*/metrics/*/content/ssvc_v2/references/*/uri",
};
static const char *const helper_places[] = { "sbom_urls/*", "x_generic_uris/*/namespace", "x_generic_uris/*/uri" };

struct link_walk { check_link_fn fn; void *context; };

static void tell(const struct link_walk *walk, const char *test, const json_t *json, const struct place *place)
{
	AUTO_STRING path = NULL;

	if (!json_is_string(json) || strlen(json_string_value(json)) != json_string_length(json))
		return;
	path = place_pointer(place);
	walk->fn(walk->context, test, path, json_string_value(json));
}

static void walk_links(const struct link_walk *walk, const json_t *json, const char *path, const struct place *place, const char *test)
{
	size_t length = strcspn(path, "/"), i;
	const char *rest = path + length + (path[length] == '/');
	json_t *item;

	if (!*path) {
		tell(walk, test, json, place);
	} else if (*path == '*') {
		json_array_foreach((json_t *)json, i, item)
			walk_links(walk, item, rest, AT_INDEX(place, i), test);
	} else {
		AUTO_STRING name = mem_copy(path, length);
		const json_t *value = json_object_get(json, name);

		/* A reference to the document itself. */
		if (str_equal(path, "url") && str_equal(csaf_text(json, "category"), "self"))
			test = "6.3.7";
		if (value)
			walk_links(walk, value, rest, AT(place, name), test);
	}
}

static void helper_links(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	const json_t *helper = json_object_get(product, "product_identification_helper");

	(void)d;
	for (size_t i = 0; helper && i < ARRAY_LEN(helper_places); i++)
		walk_links(context, helper, helper_places[i], AT(place, "product_identification_helper"), "6.3.6");
}

void csaf_links(struct csaf *d, check_link_fn fn, void *context)
{
	struct link_walk walk = { fn, context };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		walk_links(&walk, d->root, places[i], NULL, "6.3.6");
	csaf_each_product(d, helper_links, &walk);
}
