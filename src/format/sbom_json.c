/* SPDX-License-Identifier: Apache-2.0 */
/* What bills of materials in JSON share, and YAML as JSON. */
#include "sbom_private.h"

#include "psirtty/base/conf.h"

static char **slot_at(void *into, size_t offset)
{
	return (char **)(void *)((char *)into + offset);
}

int sbom_read_said(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		sbom_set_said(slot_at(into, offset), value->text, value->length);
	return pull_skip(m->pull, value, m->err);
}

static int read_one_text(struct members *m, const struct pull_item *item, void *into)
{
	if (item->token == PULL_STRING)
		sbom_texts_add(into, item->text, item->length);
	return pull_skip(m->pull, item, m->err);
}

int sbom_read_texts(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	void *texts = (char *)into + offset;

	return value->token == PULL_ARRAY ? members_array(m, value, read_one_text, texts) :
					    read_one_text(m, value, texts);
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
