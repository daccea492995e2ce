/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event table, row by row: a valid body passes; each missing required field, each wrong type and
 * an unknown field are refused; the line holds no placeholder and no second line.
 */
#include "psirtty/model/event.h"

#include "tap.h"

static json_t *sample_object(void)
{
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s}", "name", "poc.bin", "type",
			 "application/octet-stream", "size", 12, "sha256", "00ff", "kind", "poc",
			 "object", "ab12", "key", "c2VjcmV0");
}

static json_t *sample(const struct event_field *field)
{
	switch (field->type) {
	case FIELD_TEXT: return json_string("some text");
	case FIELD_BLOCK: return json_string("first line\nsecond line");
	case FIELD_INSTANT: return json_string("2026-11-21T09:30:00+08:00");
	case FIELD_INTEGER: return json_integer(7);
	case FIELD_BOOL: return json_true();
	case FIELD_HEX: return json_string("0a1b");
	case FIELD_WORD: return json_string(field->words[0]);
	case FIELD_OBJECT: return sample_object();
	case FIELD_OBJECTS: return json_pack("[o]", sample_object());
	case FIELD_WORDS: return json_pack("[s, s]", "one", "two");
	case FIELD_RECORD: return json_pack("{s:s}", "subject", "x");
	}
	return NULL;
}

static json_t *sample_body(const struct event_info *info, bool all)
{
	json_t *body = json_object();

	for (const struct event_field *field = info->fields; field->name; field++)
		if (all || field->required)
			json_object_set_new(body, field->name, sample(field));
	return body;
}

/* Values no field of TYPE takes. */
static size_t wrong_values(const struct event_field *field, json_t *ret[16])
{
	enum field_type type = field->type;
	bool texts = type == FIELD_TEXT || type == FIELD_BLOCK;
	size_t n = 0;

	ret[n++] = json_null();
	ret[n++] = json_real(1.5);
	if (type != FIELD_INTEGER)
		ret[n++] = json_integer(3);
	ret[n++] = json_integer(-3);
	if (type != FIELD_BOOL)
		ret[n++] = json_false();
	if (type != FIELD_RECORD)
		ret[n++] = json_object();
	if (type != FIELD_OBJECTS && type != FIELD_WORDS)
		ret[n++] = json_array();
	if (!texts)
		ret[n++] = json_string("two\nlines");
	if (type == FIELD_TEXT)
		ret[n++] = json_string("two\nlines");
	ret[n++] = json_stringn("a\0b", 3);
	ret[n++] = json_pack("[i]", 1);
	if (type != FIELD_RECORD)
		ret[n++] = json_pack("{s:s}", "object", "only");
	return n;
}

static bool passes(int type, const json_t *body)
{
	AUTO_ERROR err = ERROR_INIT;
	int code = event_check(type, body, &err);

	CHECK_QUIET(code == 0 || (code == ERR_INPUT && err.what && err.why), "error of type %d", type);
	return code == 0;
}

static void test_field(const struct event_info *info, const struct event_field *field)
{
	AUTO_JSON body = sample_body(info, true);
	json_t *wrong[16];
	size_t count = wrong_values(field, wrong);

	json_object_del(body, field->name);
	CHECK_QUIET(passes(info->type, body) == !field->required, "%s without %s", info->wire,
		    field->name);
	for (size_t i = 0; i < count; i++) {
		json_object_set_new(body, field->name, wrong[i]);
		CHECK_QUIET(!passes(info->type, body), "%s with wrong %s, %zu", info->wire,
			    field->name, i);
	}
}

static void test_line(const struct event_info *info)
{
	AUTO_JSON body = sample_body(info, true);
	struct event event = { .type = info->type, .body = body };
	AUTO_STRING line = event_line(&event);
	struct event bare = { .type = info->type };
	AUTO_STRING nothing = event_line(&bare);

	CHECK_QUIET(*line && !strpbrk(line, "{}\n") && strlen(line) < 230, "line of %s: %s",
		    info->wire, line);
	CHECK_QUIET(!strpbrk(nothing, "{}\n"), "line of %s without a body", info->wire);
	/* every {field} of the line is one of the row */
	for (const char *s = strchr(info->line, '{'); s; s = strchr(s + 1, '{')) {
		const struct event_field *field = info->fields;
		size_t length = strcspn(s + 1, "}");

		while (field->name &&
		       !(strlen(field->name) == length && strncmp(field->name, s + 1, length) == 0))
			field++;
		CHECK_QUIET(field->name, "line of %s names %s", info->wire, s);
	}
}

static void test_row(const struct event_info *info)
{
	AUTO_JSON all = sample_body(info, true), *least = sample_body(info, false);

	CHECK_QUIET(info->command && info->line && info->fields[0].name &&
			    !info->fields[ARRAY_LEN(info->fields) - 1].name,
		    "%s has a command, a line, fields and an end", info->wire);
	CHECK_QUIET(event_info(info->type) == info && event_info_by_wire(info->wire) == info,
		    "%s is found", info->wire);
	CHECK_QUIET(passes(info->type, all), "%s with every field", info->wire);
	CHECK_QUIET(passes(info->type, least), "%s with required fields", info->wire);
	json_object_set_new(all, "surprise", json_string("x"));
	CHECK_QUIET(!passes(info->type, all), "%s with an unknown field", info->wire);
	for (const struct event_field *field = info->fields; field->name; field++)
		test_field(info, field);
	test_line(info);
}

/* VALUE alone in the field of an event that has it. */
static bool field_passes(enum event_type type, const char *field, json_t *value)
{
	AUTO_JSON body = sample_body(event_info(type), true);

	json_object_set_new(body, field, value);
	return passes(type, body);
}

static json_t *long_string(size_t length)
{
	AUTO_STR s = STR_INIT;

	str_add_repeat(&s, 'a', length);
	return json_stringn(s.bytes, s.length);
}

static json_t *long_list(size_t count, json_t *item)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append(list, item);
	json_decref(item);
	return list;
}

static void test_bounds(void)
{
	CHECK(field_passes(EVENT_TITLE_SET, "title", long_string(4000)) &&
		      !field_passes(EVENT_TITLE_SET, "title", long_string(4001)),
	      "a text has at most 4,000 bytes");
	CHECK(field_passes(EVENT_NOTE_ADDED, "text", long_string(20 * 1024 * 1024)) &&
		      !field_passes(EVENT_NOTE_ADDED, "text", long_string(20 * 1024 * 1024 + 1)),
	      "a block has at most 20 MB");
	CHECK(field_passes(EVENT_MESSAGE_SENT, "to", long_list(1000, json_string("a"))) &&
		      !field_passes(EVENT_MESSAGE_SENT, "to", long_list(1001, json_string("a"))),
	      "a list has at most 1,000 items");
	CHECK(!field_passes(EVENT_STATE_SET, "to", json_string("Valid")), "words are exact");
	CHECK(!field_passes(EVENT_UNDONE, "event", json_string("AB")) &&
		      !field_passes(EVENT_UNDONE, "event", json_string("abc")) &&
		      !field_passes(EVENT_UNDONE, "event", json_string("")),
	      "hexadecimal is lower case, in pairs, not empty");
	CHECK(!field_passes(EVENT_EMBARGO_PROPOSED, "until", json_string("2026-12-01")) &&
		      !field_passes(EVENT_EMBARGO_PROPOSED, "until",
				    json_string("2026-12-01T10:00:00")) &&
		      !field_passes(EVENT_EMBARGO_PROPOSED, "until",
				    json_string("2026-12-01 10:00 Asia/Shanghai")),
	      "an instant has an hour and an offset");
	for (size_t i = 0; i < 4; i++) {
		static const char *const needed[] = { "size", "sha256", "object", "key" };
		json_t *object = sample_object();

		json_object_del(object, needed[i]);
		CHECK_QUIET(!field_passes(EVENT_MESSAGE_SENT, "raw", object), "object without %s",
			    needed[i]);
	}
}

static void test_lines(void)
{
	AUTO_JSON state = json_pack("{s:s}", "to", "valid");
	AUTO_JSON note = json_pack("{s:o}", "text", long_string(5000));
	AUTO_JSON mail = json_pack("{s:[s,s], s:s}", "to", "a@example.org", "b@example.org",
				   "subject", "two\tparts");
	AUTO_STR wide = STR_INIT;
	struct event event = { .type = EVENT_STATE_SET, .body = state };
	AUTO_STRING first = event_line(&event), *second = NULL, *third = NULL, *fourth = NULL;

	CHECK_STR(first, "state valid", "an absent field leaves nothing behind");
	event = (struct event){ .type = EVENT_NOTE_ADDED, .body = note };
	second = event_line(&event);
	CHECK(strlen(second) < 200, "a long text is cut");
	event = (struct event){ .type = EVENT_MESSAGE_SENT, .body = mail };
	third = event_line(&event);
	CHECK_STR(third, "mail to a@example.org, b@example.org: two parts", "lists and tabs");
	for (int i = 0; i < 100; i++)
		str_add(&wide, "\xe6\xbc\x8f");
	json_object_set_new(note, "text", json_string(wide.bytes));
	event = (struct event){ .type = EVENT_NOTE_ADDED, .body = note };
	fourth = event_line(&event);
	CHECK(utf8_valid(fourth, strlen(fourth)), "a cut never splits a character");
}

int main(void)
{
	size_t count = 0, expected = 0;

#define X(name, number, wire, stream) expected++;
	EVENT_TYPES(X)
#undef X
	for (const struct event_info *info; (info = event_at(count)); count++)
		test_row(info);
	CHECK(count == expected, "every type has its row");
	CHECK(count > 0, "%zu rows checked", count);
	CHECK(!event_info(0) && !event_info(9999) && !event_info(-1) && !event_info_by_wire("x"),
	      "other numbers and names are none");
	CHECK(!passes(9999, NULL) && !passes(EVENT_TITLE_SET, NULL), "no body, no type");
	test_bounds();
	test_lines();
	return tap_done();
}
