/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event table and what can be said of an event without knowing any other: whether its body has
 * the row's shape, and its one line. The rows stand in a file a family; what events mean is for the fold.
 */
#include "psirtty/model/event.h"

#include "event_rows.h"

enum { TEXT_LIMIT = 4000, BLOCK_LIMIT = 20 * 1024 * 1024, LIST_LIMIT = 1000 };
enum { LINE_LIMIT = 200, LINE_FIELD_LIMIT = 120 };

static const struct event_family *const families[] = { &case_events, &embargo_events, &mail_events,
						       &publish_events, &register_events,
						       &inventory_events };

static const struct event_field object_fields[] = {
	{ "name", FIELD_TEXT, MAY, NULL },     { "type", FIELD_TEXT, MAY, NULL },
	{ "size", FIELD_INTEGER, NEED, NULL }, { "sha256", FIELD_HEX, NEED, NULL },
	{ "kind", FIELD_TEXT, MAY, NULL },     { "object", FIELD_TEXT, NEED, NULL },
	{ "key", FIELD_TEXT, NEED, NULL },     { NULL, FIELD_TEXT, MAY, NULL },
};

const struct event_info *event_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (index < families[i]->count)
			return &families[i]->rows[index];
		index -= families[i]->count;
	}
	return NULL;
}

const struct event_info *event_info(int type)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		for (size_t k = 0; k < families[i]->count; k++)
			if ((int)families[i]->rows[k].type == type)
				return &families[i]->rows[k];
	return NULL;
}

const struct event_info *event_info_by_wire(const char *wire)
{
	const struct event_info *info;

	for (size_t i = 0; (info = event_at(i)); i++)
		if (str_equal(info->wire, wire))
			return info;
	return NULL;
}

/* ---- checking; each returns NULL or what is wrong */

typedef const char *(*check_fn)(const struct event_field *field, const json_t *value);

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name);

static const char *check_block(const struct event_field *field, const json_t *value)
{
	(void)field;
	if (!json_is_string(value))
		return N_("is not text");
	if (json_string_length(value) > BLOCK_LIMIT)
		return N_("is longer than 20 MB");
	if (memchr(json_string_value(value), 0, json_string_length(value)))
		return N_("holds a zero byte");
	return NULL;
}

static const char *check_text(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_block(field, value);

	if (wrong)
		return wrong;
	if (json_string_length(value) > TEXT_LIMIT)
		return N_("is longer than 4,000 bytes");
	if (strpbrk(json_string_value(value), "\r\n"))
		return N_("holds a line break");
	return NULL;
}

static const char *check_instant(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value);
	instant at;

	if (wrong)
		return wrong;
	return instant_parse(json_string_value(value), &at, NULL) == 0 ?
		       NULL :
		       N_("is not a date-time with a zone");
}

static const char *check_integer(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_integer(value) && json_integer_value(value) >= 0 ?
		       NULL :
		       N_("is not a whole number from 0 on");
}

static const char *check_bool(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_boolean(value) ? NULL : N_("is neither true nor false");
}

static const char *check_hex(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value), *hex;

	if (wrong)
		return wrong;
	hex = json_string_value(value);
	if (!*hex || strlen(hex) % 2 || hex[strspn(hex, "0123456789abcdef")])
		return N_("is not lower-case hexadecimal");
	return NULL;
}

static const char *check_word(const struct event_field *field, const json_t *value)
{
	if (!json_is_string(value))
		return N_("is not text");
	for (size_t i = 0; field->words[i]; i++)
		if (strlen(field->words[i]) == json_string_length(value) &&
		    str_equal(field->words[i], json_string_value(value)))
			return NULL;
	return N_("is none of its words");
}

static const char *check_object(const struct event_field *field, const json_t *value)
{
	const char *name;

	(void)field;
	if (!json_is_object(value) || check_members(object_fields, value, &name))
		return N_("is not the place of a sealed file");
	return NULL;
}

static const char *check_list(const struct event_field *field, const json_t *value, check_fn check)
{
	if (!json_is_array(value))
		return N_("is not a list");
	if (json_array_size(value) > LIST_LIMIT)
		return N_("has more than 1,000 items");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *wrong = check(field, json_array_get(value, i));

		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *check_objects(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_object);
}

static const char *check_words(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_text);
}

static const char *check_record(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_object(value) ? NULL : N_("is not an object");
}

static const check_fn checks[] = {
	[FIELD_TEXT] = check_text,       [FIELD_BLOCK] = check_block,
	[FIELD_INSTANT] = check_instant, [FIELD_INTEGER] = check_integer,
	[FIELD_BOOL] = check_bool,       [FIELD_HEX] = check_hex,
	[FIELD_WORD] = check_word,       [FIELD_OBJECT] = check_object,
	[FIELD_OBJECTS] = check_objects, [FIELD_WORDS] = check_words,
	[FIELD_RECORD] = check_record,
};

/* The first member of OBJECT that is no field. */
static const char *unknown_member(const struct event_field *fields, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		const struct event_field *field = fields;

		while (field->name && !str_equal(field->name, key))
			field++;
		if (!field->name)
			return key;
	}
	return "";
}

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name)
{
	size_t known = 0;

	for (const struct event_field *field = fields; field->name; field++) {
		const json_t *value = json_object_get(object, field->name);
		const char *wrong = NULL;

		if (value)
			wrong = checks[field->type](field, value);
		else if (field->required)
			wrong = N_("is missing");
		*ret_name = field->name;
		if (wrong)
			return wrong;
		known += value != NULL;
	}
	if (known == json_object_size(object))
		return NULL;
	*ret_name = unknown_member(fields, object);
	return N_("is not a field of this event");
}

int event_check(int type, const json_t *body, struct error *err)
{
	const struct event_info *info = event_info(type);
	const char *wrong, *name = "";

	if (!info)
		return error_set(err, ERR_INPUT, _("event"), _("Use a newer psirtty"),
				 _("type %d is not known here"), type);
	if (!json_is_object(body))
		return error_set(err, ERR_INPUT, info->wire, NULL, _("its body is not an object"));
	wrong = check_members(info->fields, body, &name);
	if (wrong)
		return error_set(err, ERR_INPUT, info->wire, NULL, "%.60s %s", name, _(wrong));
	return 0;
}

/* ---- the line */

static void add_value(struct str *line, const json_t *value)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		str_add_bytes(line, text, strnlen(text, LINE_FIELD_LIMIT + 4));
	} else if (json_is_integer(value)) {
		str_add_format(line, "%lld", (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		str_add(line, json_is_true(value) ? _("yes") : _("no"));
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value) && i < 8; i++) {
			const json_t *item = json_array_get(value, i);

			if (!json_is_string(item))
				continue;
			str_add(line, i ? ", " : "");
			add_value(line, item);
		}
	}
}

/* Cuts to LIMIT bytes at the start of a character. */
static void cut(struct str *s, size_t limit)
{
	if (s->length <= limit)
		return;
	while (limit > 0 && ((unsigned char)s->bytes[limit] & 0xC0) == 0x80)
		limit--;
	str_truncate(s, limit);
	str_add(s, "…");
}

static void make_one_line(struct str *s)
{
	for (size_t i = 0; i < s->length; i++)
		if (s->bytes[i] == '\n' || s->bytes[i] == '\r' || s->bytes[i] == '\t')
			s->bytes[i] = ' ';
	while (s->length > 0 && s->bytes[s->length - 1] == ' ')
		str_truncate(s, s->length - 1);
}

char *event_line(const struct event *event)
{
	const struct event_info *info = event_info(event->type);
	const char *form = info ? _(info->line) : "";
	AUTO_STR line = STR_INIT;

	while (*form) {
		const char *end = *form == '{' ? strchr(form, '}') : NULL;

		if (end) {
			AUTO_STRING name = mem_copy(form + 1, (size_t)(end - form - 1));
			AUTO_STR value = STR_INIT;

			add_value(&value, json_object_get(event->body, name));
			cut(&value, LINE_FIELD_LIMIT);
			str_add_bytes(&line, value.bytes, value.length);
			form = end + 1;
		} else {
			str_add_char(&line, *form++);
		}
	}
	cut(&line, LINE_LIMIT);
	make_one_line(&line);
	return str_detach(&line);
}
