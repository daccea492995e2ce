/* SPDX-License-Identifier: Apache-2.0 */
/* Events nobody would make, by dice that always fall the same way. */
#ifndef PSIRTTY_TESTS_MODEL_DICE_H
#define PSIRTTY_TESTS_MODEL_DICE_H

#include "model_world.h"

static uint32_t seed = 20261121;

static inline uint32_t roll(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 9) % sides;
}

static inline const char *pick(const char *const *list, size_t count)
{
	return list[roll((uint32_t)count)];
}
#define PICK(list) pick(list, ARRAY_LEN(list))

static inline json_t *random_text(const char *field)
{
	static const char *const names[] = { "us", "Lin", "Acme", "lin", "", "Nobody" };
	static const char *const ids[] = { "M-0001", "M-0002", "X-1", "X-2", "a b", "" };
	static const char *const vectors[] = { "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
					       "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:9", "" };
	static const char *const any[] = { "pump", "gate", "cve", "CVE-2026-1234", "CWE-79", "<a@b>",
					   "1.0", "", "\xe6\xbc\x8f", "{title}", "%s%n" };

	if (str_equal(field, "name") || str_equal(field, "by") || str_equal(field, "party"))
		return json_string(PICK(names));
	if (str_equal(field, "mail") || str_equal(field, "case") || str_equal(field, "advisory"))
		return json_string(PICK(ids));
	return json_string(str_equal(field, "vector") ? PICK(vectors) : PICK(any));
}

static inline json_t *random_object(void)
{
	return json_pack("{s:i, s:s, s:s, s:s}", "size", (int)roll(100), "sha256", "00", "object",
			 "o", "key", "k");
}

static inline json_t *random_instant(void)
{
	char buffer[40];

	return json_string(instant_format(DAY0 + (instant)roll(1000000) * INSTANT_MINUTE, buffer));
}

/* Mostly one of the case's events; one that proposed terms where TERMS are wanted. */
static inline const struct event *random_event(const struct case_state *state, bool terms)
{
	for (int i = 0; i < 20; i++) {
		const struct event *event = &state->events[roll((uint32_t)state->event_count)];

		if (!terms || event->type == EVENT_TERMS_PROPOSED || event->type == EVENT_EMBARGO_PROPOSED)
			return event;
	}
	return &state->events[0];
}

static inline json_t *random_hex(const struct model *model, int stream, bool terms)
{
	uint8_t id[16] = { (uint8_t)stream, [15] = 1 };
	const struct case_state *state = model_case_of_stream(model, id);
	AUTO_STRING hex = NULL;

	if (!state || !roll(5))
		return json_string("00ff");
	hex = str_hex(random_event(state, terms)->id, 32);
	return json_string(hex);
}

static inline json_t *random_value(const struct event_field *field, const struct model *model, int stream)
{
	uint32_t words = 0;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_BLOCK: return random_text(field->name);
	case FIELD_INSTANT: return random_instant();
	case FIELD_INTEGER: return json_integer((json_int_t)roll(1000) << roll(50));
	case FIELD_BOOL: return json_boolean(roll(2));
	case FIELD_HEX: return random_hex(model, stream, !str_equal(field->name, "event"));
	case FIELD_OBJECT: return random_object();
	case FIELD_OBJECTS: return roll(2) ? json_pack("[o]", random_object()) : json_array();
	case FIELD_WORDS: return roll(2) ? json_pack("[s,s]", "A <a@b>", "<>") : json_array();
	case FIELD_RECORD: return json_pack("{s:s,s:[{s:s}]}", "subject", "s", "from", "address", "A@b");
	case FIELD_WORD:
		while (field->words[words])
			words++;
		return json_string(pick(field->words, words));
	}
	return NULL;
}

static inline json_t *mutated_value(void)
{
	switch (roll(8)) {
	case 0: return json_null();
	case 1: return json_integer(INT64_MAX);
	case 2: return json_real(1e300);
	case 3: return json_stringn("a\0b", 3);
	case 4: return json_string("9999-12-31T23:59:59.999999Z");
	case 5: return json_string("1970-01-01T00:00:00+23:59");
	case 6: return json_pack("[{},[],n]");
	default: return json_pack("{s:{}}", "x");
	}
}

/* How many types of events there are. */
static inline size_t event_rows(void)
{
	size_t count = 0;

	while (event_at(count))
		count++;
	return count;
}

static inline json_t *random_body(const struct event_info *info, const struct model *model, int stream)
{
	json_t *body = json_object();

	for (const struct event_field *field = info->fields; field->name; field++) {
		if (field->required || roll(2))
			json_object_set_new(body, field->name, random_value(field, model, stream));
		if (!roll(200))
			json_object_set_new(body, field->name, mutated_value());
		if (!roll(2000))
			json_object_del(body, field->name);
	}
	return body;
}

#endif
