/* SPDX-License-Identifier: Apache-2.0 */
/* YAML into a small tree, by libyaml's event parser. */
#include "psirtty/base/conf.h"

#include <yaml.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { CONF_LIMIT = 1 << 20, CONF_DEPTH = 32, CONF_KEYS = 4096 };

struct loader {
	yaml_parser_t parser;
	const char *name;
	struct error *err;
};

static int complain(struct loader *loader, size_t line, const char *why)
{
	return error_set(loader->err, ERR_INPUT, loader->name, _("Mend that line"), _("line %zu: %s"),
			 line, why);
}

static int next(struct loader *loader, yaml_event_t *event)
{
	if (yaml_parser_parse(&loader->parser, event))
		return 0;
	return complain(loader, loader->parser.problem_mark.line + 1,
			loader->parser.problem ? loader->parser.problem : _("not YAML"));
}

/* Of a scalar, a list or a map: its anchor or its tag, whichever it has. */
static bool is_decorated(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor || event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor || event->data.mapping_start.tag;
	default:
		return event->type == YAML_ALIAS_EVENT;
	}
}

static int check_plain(struct loader *loader, const yaml_event_t *event)
{
	size_t line = event->start_mark.line + 1;

	if (is_decorated(event))
		return complain(loader, line, _("anchors, aliases and tags are not taken here"));
	if (event->type == YAML_SCALAR_EVENT &&
	    strlen((char *)event->data.scalar.value) != event->data.scalar.length)
		return complain(loader, line, _("a zero byte in a text"));
	return 0;
}

static int load_node(struct loader *loader, yaml_event_t *event, struct conf *ret, int depth);

static struct conf *add_item(struct conf *parent)
{
	parent->items = mem_resize(parent->items, parent->count + 1, sizeof(*parent->items));
	return &parent->items[parent->count++];
}

static int load_key(struct loader *loader, yaml_event_t *event, struct conf *map, char **ret)
{
	size_t line = event->start_mark.line + 1;
	const char *key;
	int code = check_plain(loader, event);

	if (code)
		return code;
	if (event->type != YAML_SCALAR_EVENT)
		return complain(loader, line, _("a key must be a word"));
	if (map->count == CONF_KEYS)
		return complain(loader, line, _("too many keys in one map"));
	key = (const char *)event->data.scalar.value;
	if (conf_get(map, key))
		return complain(loader, line, _("this key stands there twice"));
	*ret = mem_string(key);
	return 0;
}

static int load_items(struct loader *loader, struct conf *ret, yaml_event_type_t end, int depth)
{
	for (;;) {
		yaml_event_t event;
		struct conf *item;
		char *key = NULL;
		int code = next(loader, &event);

		if (code)
			return code;
		if (event.type == end) {
			yaml_event_delete(&event);
			return 0;
		}
		if (ret->kind == CONF_MAP) {
			code = load_key(loader, &event, ret, &key);
			yaml_event_delete(&event);
			if (!code)
				code = next(loader, &event);
			if (code) {
				free(key);
				return code;
			}
		}
		item = add_item(ret);
		*item = (struct conf){ .key = key };
		code = load_node(loader, &event, item, depth + 1);
		yaml_event_delete(&event);
		if (code)
			return code;
	}
}

static int load_node(struct loader *loader, yaml_event_t *event, struct conf *ret, int depth)
{
	int code = check_plain(loader, event);

	if (code)
		return code;
	ret->line = (int)event->start_mark.line + 1;
	if (depth > CONF_DEPTH)
		return complain(loader, (size_t)ret->line, _("nested too deeply"));
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		ret->kind = CONF_SCALAR;
		ret->text = mem_string((char *)event->data.scalar.value);
		return 0;
	case YAML_SEQUENCE_START_EVENT:
		ret->kind = CONF_LIST;
		return load_items(loader, ret, YAML_SEQUENCE_END_EVENT, depth);
	case YAML_MAPPING_START_EVENT:
		ret->kind = CONF_MAP;
		return load_items(loader, ret, YAML_MAPPING_END_EVENT, depth);
	default:
		return complain(loader, (size_t)ret->line, _("not YAML"));
	}
}

/* Nothing may follow the one document. */
static int load_end(struct loader *loader)
{
	yaml_event_t event;
	bool more;

	do {
		yaml_event_type_t type;
		size_t line;
		int code = next(loader, &event);

		if (code)
			return code;
		type = event.type;
		line = event.start_mark.line + 1;
		yaml_event_delete(&event);
		if (type == YAML_DOCUMENT_START_EVENT)
			return complain(loader, line, _("a second document begins here"));
		more = type != YAML_STREAM_END_EVENT;
	} while (more);
	return 0;
}

static int load_document(struct loader *loader, struct conf *ret)
{
	yaml_event_t event;
	int code;

	do {
		code = next(loader, &event);
		if (code)
			return code;
		if (event.type == YAML_STREAM_END_EVENT) {
			yaml_event_delete(&event);
			ret->kind = CONF_MAP;
			return 0;
		}
		if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
			break;
		yaml_event_delete(&event);
	} while (true);
	code = load_node(loader, &event, ret, 0);
	yaml_event_delete(&event);
	return code ? code : load_end(loader);
}

int conf_load(const char *bytes, size_t length, const char *name, struct conf *ret,
	      struct error *err)
{
	struct loader loader = { .name = name, .err = err };
	struct conf made = { 0 };
	int code;

	if (length > CONF_LIMIT)
		return error_set(err, ERR_INPUT, name, NULL, _("it has %zu bytes, the limit is %d"),
				 length, CONF_LIMIT);
	if (!yaml_parser_initialize(&loader.parser))
		BUG("libyaml cannot start");
	yaml_parser_set_input_string(&loader.parser, (const unsigned char *)bytes, length);
	code = load_document(&loader, &made);
	yaml_parser_delete(&loader.parser);
	if (code) {
		conf_release(&made);
		return code;
	}
	*ret = made;
	return 0;
}

int conf_load_file(const char *path, struct conf *ret, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, CONF_LIMIT, &bytes, err);

	return code ? code : conf_load(bytes.bytes, bytes.length, path, ret, err);
}

void conf_release(struct conf *conf)
{
	for (size_t i = 0; i < conf->count; i++)
		conf_release(&conf->items[i]);
	free(conf->items);
	free(conf->key);
	free(conf->text);
	*conf = (struct conf){ 0 };
}

const struct conf *conf_get(const struct conf *map, const char *key)
{
	if (!map || map->kind != CONF_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (str_equal(map->items[i].key, key))
			return &map->items[i];
	return NULL;
}

const char *conf_text(const struct conf *map, const char *key, const char *fallback)
{
	const struct conf *item = conf_get(map, key);

	return item && item->kind == CONF_SCALAR ? item->text : fallback;
}
