/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers over jansson. */
#include "psirtty/base/js.h"

#include "psirtty/base/i18n.h"

void js_release(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

/* Nesting is counted before parsing: jansson's own limit (2048) is a compile-time constant. */
static bool too_deep(const char *bytes, size_t length)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < length; i++) {
		if (quoted) {
			if (bytes[i] == '\\')
				i++;
			else if (bytes[i] == '"')
				quoted = false;
		} else if (bytes[i] == '"') {
			quoted = true;
		} else if (bytes[i] == '{' || bytes[i] == '[') {
			if (++depth > 100)
				return true;
		} else if (bytes[i] == '}' || bytes[i] == ']') {
			depth--;
		}
	}
	return false;
}

int js_load(const char *bytes, size_t length, size_t limit, const char *what, json_t **ret,
	    struct error *err)
{
	json_error_t problem;
	json_t *json;

	if (length > limit)
		return error_set(err, ERR_INPUT, what, NULL, _("it has %zu bytes, the limit is %zu"),
				 length, limit);
	if (too_deep(bytes, length))
		return error_set(err, ERR_INPUT, what, NULL, _("it is nested deeper than 100 levels"));
	json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
	if (!json)
		return error_set(err, ERR_INPUT, what, NULL, _("it is not JSON: line %d, column %d: %s"),
				 problem.line, problem.column, problem.text);
	*ret = json;
	return 0;
}

static int add_to_str(const char *buffer, size_t size, void *data)
{
	str_add_bytes(data, buffer, size);
	return 0;
}

static void dump(const json_t *json, struct str *ret, size_t flags)
{
	if (json_dump_callback(json, add_to_str, ret, flags | JSON_SORT_KEYS | JSON_ENCODE_ANY) != 0)
		BUG("a JSON value that cannot be written");
}

void js_dump(const json_t *json, struct str *ret)
{
	dump(json, ret, JSON_COMPACT);
}

void js_dump_pretty(const json_t *json, struct str *ret)
{
	dump(json, ret, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	str_add_char(ret, '\n');
}

/* The controls beyond ASCII's and those of direction, which a terminal obeys: first, last. */
static const struct { uint32_t first, last; } unshown[] = {
	{ 0x7F, 0x9F }, { 0x61C, 0x61C }, { 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2066, 0x2069 },
};

static bool is_unshown(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(unshown); i++)
		if (c >= unshown[i].first && c <= unshown[i].last)
			return true;
	return false;
}

/* The character at BYTES, of which jansson wrote well-formed UTF-8; none of four bytes matters here. */
static uint32_t character(const unsigned char *bytes, size_t left, size_t *ret_length)
{
	*ret_length = left >= 4 && bytes[0] >= 0xF0 ? 4 : 1;
	if (left >= 2 && (bytes[0] & 0xE0) == 0xC0)
		return *ret_length = 2, (uint32_t)(bytes[0] & 0x1F) << 6 | (bytes[1] & 0x3F);
	if (left >= 3 && (bytes[0] & 0xF0) == 0xE0)
		return *ret_length = 3,
		       (uint32_t)(bytes[0] & 0x0F) << 12 | (uint32_t)(bytes[1] & 0x3F) << 6 | (bytes[2] & 0x3F);
	return bytes[0];
}

void js_dump_shown(const json_t *json, struct str *ret)
{
	AUTO_STR text = STR_INIT;
	size_t kept = 0, length;

	js_dump_pretty(json, &text);
	for (size_t at = 0; at < text.length; at += length) {
		uint32_t c = character((const unsigned char *)text.bytes + at, text.length - at, &length);

		if (!is_unshown(c))
			continue;
		str_add_bytes(ret, text.bytes + kept, at - kept);
		str_add_format(ret, "\\u%04X", c);
		kept = at + length;
	}
	str_add_bytes(ret, text.bytes + kept, text.length - kept);
}

const char *js_string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

long long js_integer(const json_t *object, const char *key, long long fallback)
{
	json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool js_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

json_t *js_array(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_array(value) ? value : NULL;
}

json_t *js_new_string(const char *bytes, size_t length)
{
	AUTO_STR mended = STR_INIT;
	const char *cursor = bytes, *end = bytes + length;

	if (utf8_valid(bytes, length))
		return json_stringn(bytes, length);
	while (cursor < end) {
		int32_t c = utf8_next(&cursor, end);

		str_add_utf8(&mended, c < 0 ? 0xFFFD : (uint32_t)c);
	}
	return json_stringn(mended.bytes, mended.length);
}

void js_set_string(json_t *object, const char *key, const char *value)
{
	if (value)
		json_object_set_new(object, key, js_new_string(value, strlen(value)));
}

void js_set_integer(json_t *object, const char *key, long long value)
{
	json_object_set_new(object, key, json_integer(value));
}

void js_set_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

void js_set_hex(json_t *object, const char *key, const void *bytes, size_t length)
{
	char *hex = str_hex(bytes, length);

	js_set_string(object, key, hex);
	free(hex);
}
