/* SPDX-License-Identifier: Apache-2.0 */
/* Forms filled in, as text and as JSON to paste from. */
#include "format/filing_private.h"

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* What was written into this clock's form, else into another of its chain. */
static const char *written(const struct filing_source *s, const struct filing_form *form, const char *key)
{
	const char *value = case_filing_value(s->state, s->status->rule->id, key);

	for (size_t i = 0; !value && i < s->state->filing_count; i++) {
		const struct case_filing *filing = &s->state->filings[i];

		if (str_starts(filing->clock, form->chain) && str_equal(filing->field, key))
			value = filing->value;
	}
	return value && *value ? value : NULL;
}

static enum filing_need need_of(char letter)
{
	return letter == 'R' ? FILING_REQUIRED : letter == 'A' ? FILING_AVAILABLE :
	       letter == 'C' ? FILING_CARRIED : FILING_OPTIONAL;
}

/* What an early stage required and a later one carries must be there in both. */
static bool must(const struct filing_row *row, int stage)
{
	while (stage > 0 && row->need[stage] == 'C')
		stage--;
	return row->need[stage] == 'R';
}

static void add_field(const struct filing_source *s, const struct filing_form *form, const struct filing_row *row,
		      struct filing *ret)
{
	const char *own = written(s, form, row->key);
	struct filing_field field = { .key = row->key, .label = row->label, .label_zh = row->label_zh,
				      .need = need_of(row->need[form->stage]), .limit = row->limit,
				      .written = own != NULL };
	AUTO_STR answer = STR_INIT;

	if (!own && row->answer)
		row->answer(s, &answer);
	if (own || answer.length)
		field.value = mem_string(own ? own : answer.bytes);
	field.length = field.value ? characters(field.value) : 0;
	field.missing = !field.value && must(row, form->stage);
	field.too_long = field.limit && field.length > field.limit;
	ret->required += must(row, form->stage);
	ret->missing += field.missing;
	ret->too_long += field.too_long;
	ret->fields = mem_resize(ret->fields, ret->count + 1, sizeof(*ret->fields));
	ret->fields[ret->count++] = field;
}

void filing_make(const struct model *model, const struct case_state *state,
		 const struct clock_status *status, bool chinese, struct filing *ret)
{
	const struct filing_source source = { model, state, status, chinese };
	const struct filing_form *form = filing_form(str_or_empty(status->rule->sheet));

	*ret = (struct filing){ .form = status->rule->sheet, .case_id = state->id, .clock = status->rule->id };
	for (size_t part = 0; form && form->parts[part]; part++)
		for (const struct filing_row *row = form->parts[part]; row->key; row++)
			if (row->need[form->stage] != '-')
				add_field(&source, form, row, ret);
}

void filing_release(struct filing *filing)
{
	for (size_t i = 0; i < filing->count; i++)
		free(filing->fields[i].value);
	free(filing->fields);
	*filing = (struct filing){ 0 };
}

void filing_keys(const char *name, struct str *ret)
{
	const struct filing_form *form = filing_form(str_or_empty(name));

	for (size_t part = 0; form && form->parts[part]; part++)
		for (const struct filing_row *row = form->parts[part]; row->key; row++)
			if (row->need[form->stage] != '-')
				str_add_format(ret, "%s%s", ret->length ? ", " : "", row->key);
}

bool filing_has_field(const char *name, const char *key)
{
	const struct filing_form *form = filing_form(str_or_empty(name));

	for (size_t part = 0; form && form->parts[part]; part++)
		for (const struct filing_row *row = form->parts[part]; row->key; row++)
			if (row->need[form->stage] != '-' && str_equal(row->key, key))
				return true;
	return false;
}

/* ---- text */

static const char *label(const struct filing_field *field, bool chinese)
{
	return chinese ? field->label_zh : field->label;
}

static void add_named(const struct filing *filing, bool chinese, bool too_long, struct str *ret)
{
	size_t named = 0;

	for (size_t i = 0; i < filing->count; i++)
		if (too_long ? filing->fields[i].too_long : filing->fields[i].missing)
			str_add_format(ret, "%s%s", named++ ? ", " : " ", label(&filing->fields[i], chinese));
	str_add_char(ret, '\n');
}

static void add_head(const struct filing *filing, bool chinese, struct str *ret)
{
	str_add_format(ret, "%s  %s  %s\n", filing->case_id, filing->clock, filing->form);
	str_add_format(ret, chinese ? "必填 %zu 项，已填 %zu 项\n" : "%zu required fields, %zu of them filled in\n",
		       filing->required, filing->required - filing->missing);
	if (filing->missing) {
		str_add(ret, chinese ? "缺少：" : "missing:");
		add_named(filing, chinese, false, ret);
	}
	if (filing->too_long) {
		str_add(ret, chinese ? "超长：" : "too long:");
		add_named(filing, chinese, true, ret);
	}
}

void filing_text(const struct filing *filing, bool chinese, struct str *ret)
{
	add_head(filing, chinese, ret);
	for (size_t i = 0; i < filing->count; i++) {
		const struct filing_field *field = &filing->fields[i];

		str_add_format(ret, "\n%s%s", field->need == FILING_REQUIRED ? "* " : "  ", label(field, chinese));
		if (field->limit)
			str_add_format(ret, " [%zu/%zu]", field->length, field->limit);
		str_add_format(ret, " (%s)\n", field->key);
		str_add_format(ret, "%s\n", field->value ? field->value : field->missing ? "???" : "-");
	}
}

/* ---- JSON */

json_t *filing_json(const struct filing *filing, bool chinese)
{
	static const char *const needs[] = { "optional", "required", "if-available", "carried" };
	json_t *json = json_object(), *fields = json_array(), *missing = json_array(), *too_long = json_array();

	js_set_string(json, "form", filing->form);
	js_set_string(json, "case", filing->case_id);
	js_set_string(json, "clock", filing->clock);
	js_set_bool(json, "complete", !filing->missing && !filing->too_long);
	js_set_integer(json, "required", (long long)filing->required);
	for (size_t i = 0; i < filing->count; i++) {
		const struct filing_field *field = &filing->fields[i];
		json_t *one = json_object();

		js_set_string(one, "key", field->key);
		js_set_string(one, "label", label(field, chinese));
		js_set_string(one, "need", needs[field->need]);
		if (field->limit)
			js_set_integer(one, "limit", (long long)field->limit);
		js_set_integer(one, "length", (long long)field->length);
		js_set_string(one, "value", field->value);
		js_set_bool(one, "written", field->written);
		js_set_bool(one, "missing", field->missing);
		js_set_bool(one, "too_long", field->too_long);
		json_array_append_new(fields, one);
		if (field->missing)
			json_array_append_new(missing, json_string(field->key));
		if (field->too_long)
			json_array_append_new(too_long, json_string(field->key));
	}
	json_object_set_new(json, "fields", fields);
	json_object_set_new(json, "missing", missing);
	json_object_set_new(json, "too_long", too_long);
	return json;
}
