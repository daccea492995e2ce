/* SPDX-License-Identifier: Apache-2.0 */
/* A match taken apart for looking at. */
#include "psirtty/desk/match.h"

#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"

static const char *text_of(const json_t *json, const char *name)
{
	return str_or_empty(js_string(json, name));
}

static const json_t *place_of(const struct desk_match *match, size_t place)
{
	return json_array_get(js_array(match->json, "places"), place);
}

size_t desk_match_places(const struct desk_match *match)
{
	return json_array_size(js_array(match->json, "places"));
}

void desk_match_place(const struct desk_match *match, size_t place, struct match_place *ret)
{
	const json_t *json = place_of(match, place), *proof = json_object_get(json, "closed_by");

	*ret = (struct match_place){ .version = text_of(json, "version"), .component = text_of(json, "component_version"),
				     .path = text_of(json, "path"), .answer = text_of(json, "answer"),
				     .proof = proof ? text_of(proof, "record") : NULL,
				     .proof_source = proof ? text_of(proof, "source") : NULL,
				     .certain = js_bool(json, "certain"), .conflict = js_bool(json, "conflict"),
				     .evidence = json_array_size(js_array(json, "evidence")) };
}

void desk_match_witness(const struct desk_match *match, size_t place, size_t index, struct match_witness *ret)
{
	const json_t *json = json_array_get(js_array(place_of(match, place), "evidence"), index);

	*ret = (struct match_witness){ text_of(json, "source"), text_of(json, "record"), text_of(json, "rule"), text_of(json, "answer"),
				       text_of(json, "range"), text_of(json, "why"), text_of(json, "modified"), js_bool(json, "certain") };
}

void desk_match_unknown(struct desk *desk, struct str *ret)
{
	const json_t *sources = NULL, *coverage = NULL;
	size_t before = ret->length;

	if (desk_match_sources(desk, &sources, &coverage, NULL))
		return;
	for (size_t i = 0; i < json_array_size(coverage); i++) {
		const json_t *kind = json_array_get(coverage, i);

		if (str_equal(js_string(kind, "state"), "unknown"))
			str_add_format(ret, "%s%s", ret->length > before ? ", " : "",
				       str_equal(js_string(kind, "type"), "none") ? _("those without a package URL") : text_of(kind, "type"));
	}
}
