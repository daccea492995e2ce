/* SPDX-License-Identifier: Apache-2.0 */
/* Structure checked against tables: what JSON Schema says, as rows. */
#include "format/check_private.h"

enum { DEPTH_MAX = 100, QUOTED = 60 };

static const char *const kind_names[] = {
	[SCHEMA_ANY] = N_("a value"),         [SCHEMA_OBJECT] = N_("an object"),
	[SCHEMA_ARRAY] = N_("a list"),        [SCHEMA_STRING] = N_("a text"),
	[SCHEMA_NUMBER] = N_("a number"),     [SCHEMA_INTEGER] = N_("a whole number"),
	[SCHEMA_BOOL] = N_("true or false"),
};

static bool kind_fits(const struct schema *schema, const json_t *json)
{
	switch (schema->kind) {
	case SCHEMA_OBJECT:
		return json_is_object(json);
	case SCHEMA_ARRAY:
		return json_is_array(json);
	case SCHEMA_STRING:
		return json_is_string(json);
	case SCHEMA_NUMBER:
		return json_is_number(json);
	case SCHEMA_INTEGER:
		return json_is_integer(json) ||
		       (json_is_real(json) && json_real_value(json) == (double)(long long)json_real_value(json));
	case SCHEMA_BOOL:
		return json_is_boolean(json);
	default:
		return true;
	}
}

/* A fault of the structure, and how it is mended. */
#define FAULT(c, place, remedy, ...) ((c)->fix = (remedy), check_found((c), (place), __VA_ARGS__))

/* ---- objects */

static bool is_of(const struct checking *c, const struct schema_member *member)
{
	return c->version >= member->since && (!member->until || c->version <= member->until);
}

static const struct schema_member *member_find(const struct checking *c, const struct schema *schema,
					       const char *name)
{
	for (const struct schema_member *m = schema->members; m && m->name; m++)
		if (str_equal(m->name, name) && is_of(c, m))
			return m;
	return NULL;
}

static void check_required(struct checking *c, const struct schema *schema, const json_t *json,
			   const struct place *place)
{
	bool any = schema->one_of == NULL;
	AUTO_STR choice = STR_INIT;

	for (const struct schema_member *m = schema->members; m && m->name; m++)
		if (m->required && is_of(c, m) && !json_object_get(json, m->name))
			FAULT(c, place, N_("Add the member"), _("the member \"%s\" is missing"), m->name);
	for (const char *const *name = schema->one_of; name && *name; name++) {
		any = any || json_object_get(json, *name);
		str_add_format(&choice, "%s%s", choice.length ? ", " : "", *name);
	}
	if (!any)
		FAULT(c, place, N_("Add one of the members"), _("one of %s must be there"), choice.bytes);
}

static void check_object(struct checking *c, const struct schema *schema, const json_t *json,
			 const struct place *place, bool strict)
{
	const char *name;
	json_t *value;

	if (!strict)
		check_required(c, schema, json, place);
	json_object_foreach((json_t *)json, name, value) {
		const struct schema_member *member = member_find(c, schema, name);
		bool open = schema->items || !(schema->closed || (strict && schema->members)) ||
			    (schema->extendable && str_starts(name, "x_") && !strchr(name, '.')) ||
			    (c->open && !strict);

		if (member)
			schema_check(c, member->schema, value, AT(place, name), strict);
		else if (schema->items)
			schema_check(c, schema->items, value, AT(place, name), strict);
		else if (!open && strict != schema->closed)
			FAULT(c, AT(place, name), N_("Leave the member out"), _("the standard has no member \"%.*s\" here"), QUOTED, name);
	}
	if (!strict && json_object_size(json) < schema->least)
		FAULT(c, place, N_("Add a member, or leave the whole out"), "%s",
		      json_object_size(json) ? _("it has too few members") : _("it is empty"));
}

/* ---- lists */

/* Whether SEEN has the item; it has afterwards. */
static bool was_seen(json_t *seen, const char *text)
{
	bool before = json_object_get(seen, text) != NULL;

	if (!before)
		json_object_set_new_nocheck(seen, text, json_true());
	return before;
}

static void check_unique(struct checking *c, const json_t *json, const struct place *place)
{
	AUTO_JSON texts = json_object(); /* those that are one; beside them the JSON of the others */
	AUTO_JSON others = json_object();
	AUTO_STR text = STR_INIT;
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)json, i, item) {
		bool plain = json_is_string(item) && strlen(json_string_value(item)) == json_string_length(item);

		str_reset(&text);
		if (!plain)
			js_dump(item, &text);
		if (!was_seen(plain ? texts : others, plain ? json_string_value(item) : text.bytes))
			continue;
		if (plain)
			js_dump(item, &text);
		FAULT(c, place, N_("Keep one of the items"), _("the item %.*s occurs twice"), QUOTED, text.bytes);
	}
}

static void check_array(struct checking *c, const struct schema *schema, const json_t *json,
			const struct place *place, bool strict)
{
	size_t count = json_array_size(json);

	if (!strict && count < schema->least)
		FAULT(c, place, N_("Add an item, or leave the list out"), _("it has %zu items, at least %zu are due"), count, schema->least);
	if (!strict && schema->most && count > schema->most)
		FAULT(c, place, N_("Take items out"), _("it has %zu items, at most %zu may be"), count, schema->most);
	if (!strict && schema->unique)
		check_unique(c, json, place);
	for (size_t i = 0; schema->items && i < count; i++)
		schema_check(c, schema->items, json_array_get(json, i), AT_INDEX(place, i), strict);
}

/* ---- scalars */

static bool is_word(const struct checking *c, const char *const *words, const char *text)
{
	bool of = true;

	for (; *words; words++) {
		if (**words > 0 && **words < ' ')
			of = c->version >= **words;
		else if (of && str_equal(*words, text))
			return true;
	}
	return false;
}

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static void check_string(struct checking *c, const struct schema *schema, const json_t *json,
			 const struct place *place)
{
	const char *text = json_string_value(json);
	size_t length = characters(text);

	if (schema->words && !is_word(c, schema->words, text))
		FAULT(c, place, N_("Take one of the words the standard has here"), _("\"%.*s\" is none of the words the standard has"), QUOTED,
		      text);
	if (length < schema->least)
		FAULT(c, place, N_("Write more, or leave it out"), "%s", length ? _("it is too short") : _("it is empty"));
	if (schema->most && length > schema->most)
		FAULT(c, place, N_("Write it shorter"), _("it has %zu characters, at most %zu may be"), length, schema->most);
	if (schema->shape && (strlen(text) != json_string_length(json) || !schema->shape(text)))
		FAULT(c, place, N_("Write it in the form that is due"), _("\"%.*s\" is not %s"), QUOTED, text, _(schema->shape_name));
}

static void check_number(struct checking *c, const struct schema *schema, const json_t *json,
			 const struct place *place)
{
	double value = json_number_value(json);

	if (schema->maximum > schema->minimum && (value < schema->minimum || value > schema->maximum))
		FAULT(c, place, N_("Correct the number"), _("%g is not between %g and %g"), value, schema->minimum, schema->maximum);
}

static size_t place_depth(const struct place *place)
{
	size_t depth = 0;

	for (; place; place = place->up)
		depth++;
	return depth;
}

void schema_check(struct checking *c, const struct schema *schema, const json_t *json,
		  const struct place *place, bool strict)
{
	if (place_depth(place) > DEPTH_MAX)
		return;
	if (schema->nullable && json_is_null(json))
		return;
	if (!kind_fits(schema, json)) {
		if (!strict)
			FAULT(c, place, N_("Write a value of that kind"), _("it is not %s"), _(kind_names[schema->kind]));
		return;
	}
	if (schema->kind == SCHEMA_OBJECT)
		check_object(c, schema, json, place, strict);
	else if (schema->kind == SCHEMA_ARRAY)
		check_array(c, schema, json, place, strict);
	else if (schema->kind == SCHEMA_STRING && !strict)
		check_string(c, schema, json, place);
	else if (!strict && (schema->kind == SCHEMA_NUMBER || schema->kind == SCHEMA_INTEGER))
		check_number(c, schema, json, place);
	if (schema->extra && !strict) {
		c->fix = N_("Write it as the standard has it");
		schema->extra(c, json, place);
	}
}
