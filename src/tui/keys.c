/* SPDX-License-Identifier: Apache-2.0 */
/* The key map: reading it and looking keys up. What a line does is the command table's business. */
#include "tui/keys.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "tui/term/term.h"
#include "tui/view.h"

static const char defaults[] =
#include "gen/keys.conf.inc"
	;

/* Beside the names of views: what they have in common, and what is selected. */
static const char *const contexts_known[] = { "global", "list", "text", "panes", "case", "proposal" };

static void binding_release(struct binding *binding)
{
	free(binding->context);
	free(binding->line);
	free(binding->label);
}

void keymap_release(struct keymap *map)
{
	for (size_t i = 0; i < map->count; i++)
		binding_release(&map->items[i]);
	free(map->items);
	*map = (struct keymap){ 0 };
}

static bool view_named(const struct view_ops *const *views, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(views[i]->name, name))
			return true;
	return false;
}

static bool context_known(const char *context)
{
	for (size_t i = 0; i < ARRAY_LEN(contexts_known); i++)
		if (str_equal(contexts_known[i], context))
			return true;
	return view_named(level_panes, ALL_PANES, context) || view_named(level_tabs, CASE_TABS, context) ||
	       view_named(level_others, OTHER_VIEWS, context);
}

static struct binding *slot_find(struct keymap *map, const char *context, int prefix, int key)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->items[i].key == key && map->items[i].prefix == prefix && str_equal(map->items[i].context, context))
			return &map->items[i];
	map->items = mem_grow(map->items, &map->capacity, map->count + 1, sizeof(*map->items));
	return &map->items[map->count++];
}

/* The next word of *CURSOR, which moves behind it and its blanks. */
static char *word_take(char **cursor)
{
	char *word = *cursor;

	*cursor += strcspn(*cursor, " \t");
	if (**cursor) {
		*(*cursor)++ = 0;
		*cursor += strspn(*cursor, " \t");
	}
	return word;
}

static void trim_end(char *s)
{
	size_t length = strlen(s);

	while (length && (s[length - 1] == ' ' || s[length - 1] == '\t' || s[length - 1] == '\r'))
		s[--length] = 0;
}

static int complain(struct error *err, const char *name, int number, const char *why, const char *word)
{
	return error_set(err, ERR_INPUT, name, _("Mend that line of the key map"), "line %d: %s \"%s\"", number,
			 why, word);
}

static void key_parse(const char *name, struct binding *ret)
{
	const char *comma = strchr(name + (*name != 0), ',');
	AUTO_STRING first = comma && comma[1] ? mem_copy(name, (size_t)(comma - name)) : NULL;

	ret->key = key_from_name(first ? comma + 1 : name);
	ret->prefix = first ? key_from_name(first) : 0;
	if (ret->prefix == TK_NONE)
		ret->key = TK_NONE;
}

static int parse_line(struct keymap *map, char *line, const char *name, int number, struct error *err)
{
	char *cursor = line + strspn(line, " \t"), *context, *key, *label;
	struct binding made = { 0 }, *slot;

	if (!*cursor || *cursor == '#')
		return 0;
	context = word_take(&cursor);
	key = word_take(&cursor);
	key_parse(key, &made);
	label = strstr(cursor, " -- ");
	if (label)
		*label = 0;
	made.edit = *cursor == ':';
	cursor += made.edit;
	/* A line to be completed keeps its last blank. */
	if (!made.edit)
		trim_end(cursor);
	if (!context_known(context))
		return complain(err, name, number, _("no such place:"), context);
	if (made.key == TK_NONE)
		return complain(err, name, number, _("no key is called"), key);
	if (!*cursor)
		return complain(err, name, number, _("no command line for"), key);
	made.context = mem_string(context);
	made.line = mem_string(cursor);
	made.label = label ? mem_string(label + 4) : NULL;
	if (made.label)
		trim_end(made.label);
	slot = slot_find(map, context, made.prefix, made.key);
	binding_release(slot);
	*slot = made;
	return 0;
}

int keymap_parse(struct keymap *map, const char *text, const char *name, struct error *err)
{
	AUTO_STRING copy = mem_string(text);
	char *rest = copy, *line;
	int number = 0, code = 0;

	while (!code && (line = strsep(&rest, "\n")) != NULL)
		code = parse_line(map, line, name, ++number, err);
	return code;
}

int keymap_load(struct keymap *map, struct error *err)
{
	AUTO_STRING path = config_path("keys.conf");
	AUTO_STR text = STR_INIT;
	int code = keymap_parse(map, defaults, "data/keys.conf", err);

	if (code || !file_exists(path))
		return code;
	code = file_read(path, 1 << 18, &text, err);
	return code ? code : keymap_parse(map, text.bytes, path, err);
}

const struct binding *keymap_find(const struct keymap *map, const char *const *contexts, int prefix, int key)
{
	for (; *contexts; contexts++)
		for (size_t i = 0; i < map->count; i++) {
			const struct binding *binding = &map->items[i];

			if (binding->key == key && binding->prefix == prefix && str_equal(binding->context, *contexts))
				return str_equal(binding->line, "none") ? NULL : binding;
		}
	return NULL;
}

bool keymap_is_prefix(const struct keymap *map, const char *const *contexts, int key)
{
	if (keymap_find(map, contexts, 0, key))
		return false;
	for (; *contexts; contexts++)
		for (size_t i = 0; i < map->count; i++)
			if (map->items[i].prefix == key && str_equal(map->items[i].context, *contexts))
				return true;
	return false;
}

static bool line_begins(const char *line, const char *command)
{
	size_t length = strlen(command);

	return strncmp(line, command, length) == 0 && (line[length] == 0 || line[length] == ' ');
}

const struct binding *keymap_of_command(const struct keymap *map, const char *const *contexts,
					const char *command)
{
	for (; *contexts; contexts++)
		for (size_t i = 0; i < map->count; i++) {
			const struct binding *binding = &map->items[i];

			if (str_equal(binding->context, *contexts) && line_begins(binding->line, command))
				return binding;
		}
	return NULL;
}
