/* SPDX-License-Identifier: Apache-2.0 */
/* JSON objects read by tables of their members, and YAML as JSON. */
#include "sbom_private.h"

#include "psirtty/base/conf.h"

static const struct sbom_member *find_member(const struct sbom_member *rows, const char *name)
{
	for (; rows->name; rows++)
		if (str_equal(rows->name, name))
			return rows;
	return NULL;
}

int sbom_read_object(struct sbom_reading *r, const struct pull_item *value, const struct sbom_member *rows,
		     void *into)
{
	struct pull_item item = *value;
	int code = 0;

	if (value->token != PULL_OBJECT)
		return pull_skip(r->pull, value, r->err);
	while (!(code = pull_next(r->pull, &item, r->err)) && item.token == PULL_NAME) {
		const struct sbom_member *row = find_member(rows, item.text);

		if (!row) {
			code = pull_skip(r->pull, &item, r->err);
		} else {
			code = pull_next(r->pull, &item, r->err);
			code = code ? code : row->read(r, &item, into, row->offset);
		}
		if (code)
			return code;
	}
	return code;
}

int sbom_read_array(struct sbom_reading *r, const struct pull_item *value, sbom_item_fn read, void *into)
{
	struct pull_item item = *value;
	int code = 0;

	if (value->token != PULL_ARRAY)
		return pull_skip(r->pull, value, r->err);
	while (!(code = pull_next(r->pull, &item, r->err)) && item.token != PULL_ARRAY_END) {
		code = read(r, &item, into);
		if (code)
			return code;
	}
	return code;
}

static char **slot_at(void *into, size_t offset)
{
	return (char **)(void *)((char *)into + offset);
}

int sbom_read_text(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING || value->token == PULL_NUMBER)
		sbom_set(slot_at(into, offset), value->text, value->length);
	return pull_skip(r->pull, value, r->err);
}

int sbom_read_said(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		sbom_set_said(slot_at(into, offset), value->text, value->length);
	return pull_skip(r->pull, value, r->err);
}

static int read_one_text(struct sbom_reading *r, const struct pull_item *item, void *into)
{
	if (item->token == PULL_STRING)
		sbom_texts_add(into, item->text, item->length);
	return pull_skip(r->pull, item, r->err);
}

int sbom_read_texts(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset)
{
	void *texts = (char *)into + offset;

	return value->token == PULL_ARRAY ? sbom_read_array(r, value, read_one_text, texts) :
					    read_one_text(r, value, texts);
}

/* ---- YAML */

static void add_string(struct str *json, const char *text)
{
	str_add_char(json, '"');
	for (const char *c = str_or_empty(text); *c; c++)
		if (*c == '"' || *c == '\\')
			str_add_format(json, "\\%c", *c);
		else if ((unsigned char)*c < 0x20)
			str_add_format(json, "\\u%04X", (unsigned char)*c);
		else
			str_add_char(json, *c);
	str_add_char(json, '"');
}

/* CONF's depth is bounded by conf_load. */
static void add_conf(struct str *json, const struct conf *conf)
{
	bool map = conf->kind == CONF_MAP;

	if (conf->kind == CONF_SCALAR) {
		add_string(json, conf->text);
		return;
	}
	str_add_char(json, map ? '{' : '[');
	for (size_t i = 0; i < conf->count; i++) {
		if (i)
			str_add_char(json, ',');
		if (map) {
			add_string(json, conf->items[i].key);
			str_add_char(json, ':');
		}
		add_conf(json, &conf->items[i]);
	}
	str_add_char(json, map ? '}' : ']');
}

int sbom_json_of_yaml(const char *bytes, size_t length, const char *name, struct str *ret, struct error *err)
{
	struct conf conf = { 0 };
	int code = conf_load(bytes, length, name, &conf, err);

	if (!code)
		add_conf(ret, &conf);
	conf_release(&conf);
	return code;
}
