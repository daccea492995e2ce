/* SPDX-License-Identifier: Apache-2.0 */
/* Themes: reading and checking them, and the ones compiled in. How a style becomes bytes is the terminal's business. */
#include "tui/theme.h"

#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

static const char dark_yaml[] =
#include "gen/theme-dark.yaml.inc"
	;
static const char light_yaml[] =
#include "gen/theme-light.yaml.inc"
	;
static const char mono_yaml[] =
#include "gen/theme-mono.yaml.inc"
	;
static const char cb_yaml[] =
#include "gen/theme-cb.yaml.inc"
	;

static const char *const names[] = { "dark", "light", "mono", "cb", NULL };
static const char *const sources[] = { dark_yaml, light_yaml, mono_yaml, cb_yaml };

static const char *const role_names[] = {
#define X(role, name) [role] = name,
	ROLES(X)
#undef X
};

/* In the order of the colour numbers. */
static const char *const colours[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
	"bright-magenta", "bright-cyan", "bright-white",
};

static const struct { const char *word; unsigned bit; } attributes[] = {
	{ "bold", STYLE_BOLD }, { "dim", STYLE_DIM }, { "underline", STYLE_UNDERLINE },
	{ "reverse", STYLE_REVERSE }, { "italic", STYLE_ITALIC }, { "plain", 0 },
};

struct reader { const char *name; const struct conf *item; struct error *err; };

const char *role_name(enum role role)
{
	return role_names[role];
}

const char *const *theme_names(void)
{
	return names;
}

static int complain(const struct reader *r, const char *why, const char *word)
{
	return error_set(r->err, ERR_INPUT, r->name, _("Mend that line of the theme"), "line %d: %s \"%s\"",
			 r->item->line, why, word);
}

/* "cyan" or "cyan/44". */
static int read_colour(const struct reader *r, const char *word, int *ret, int *ret256)
{
	const char *slash = strchr(word, '/');
	size_t length = slash ? (size_t)(slash - word) : strlen(word);
	char *end;
	long index;

	if (slash) {
		index = strtol(slash + 1, &end, 10);
		if (end == slash + 1 || *end || index < 0 || index > 255)
			return complain(r, _("no colour number from 0 to 255 in"), word);
		*ret256 = (int)index;
	}
	if (length == 7 && memcmp(word, "default", 7) == 0) {
		*ret = -1;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(colours); i++)
		if (strlen(colours[i]) == length && memcmp(colours[i], word, length) == 0) {
			*ret = (int)i;
			return 0;
		}
	return complain(r, _("no such colour or attribute:"), word);
}

static bool read_attribute(const char *word, struct style *style)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (str_equal(attributes[i].word, word)) {
			style->attributes |= attributes[i].bit;
			return true;
		}
	return false;
}

/* "bold cyan/44 on black". */
static int read_style(const struct reader *r, struct style *ret)
{
	AUTO_STRING copy = mem_string(r->item->text);
	char *rest = copy, *word;
	bool background = false;
	int code = 0;

	*ret = (struct style){ -1, -1, -1, -1, 0 };
	while (!code && (word = strsep(&rest, " ")) != NULL) {
		if (!*word || read_attribute(word, ret))
			continue;
		if (str_equal(word, "on")) {
			background = true;
			continue;
		}
		code = background ? read_colour(r, word, &ret->bg, &ret->bg256)
				  : read_colour(r, word, &ret->fg, &ret->fg256);
	}
	return code;
}

static int role_find(const char *name)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (str_equal(role_names[i], name))
			return i;
	return -1;
}

static int read_roles(struct reader *r, const struct conf *roles, struct theme *ret)
{
	int code = 0;

	for (size_t i = 0; i < roles->count && !code; i++) {
		int role = role_find(roles->items[i].key);

		r->item = &roles->items[i];
		if (role < 0)
			return complain(r, _("no such role:"), roles->items[i].key);
		if (r->item->kind != CONF_SCALAR)
			return complain(r, _("a style is words on one line:"), r->item->key);
		code = read_style(r, &ret->styles[role]);
	}
	return code;
}

static int check_members(struct reader *r, const struct conf *root)
{
	for (size_t i = 0; i < root->count; i++) {
		const char *key = root->items[i].key;

		r->item = &root->items[i];
		if (!str_equal(key, "name") && !str_equal(key, "help") && !str_equal(key, "roles"))
			return complain(r, _("a theme has name, help and roles, not"), str_or_empty(key));
	}
	return 0;
}

int theme_parse(const char *bytes, size_t length, const char *name, struct theme *ret, struct error *err)
{
	struct conf root = { 0 };
	struct theme made = { .name = "" };
	struct reader r = { name, &root, err };
	const struct conf *roles;
	int code = conf_load(bytes, length, name, &root, err);

	if (code)
		return code;
	for (int i = 0; i < ROLE_COUNT; i++)
		made.styles[i] = (struct style){ -1, -1, -1, -1, 0 };
	roles = conf_get(&root, "roles");
	snprintf(made.name, sizeof(made.name), "%s", conf_text(&root, "name", ""));
	code = check_members(&r, &root);
	if (!code && (!roles || roles->kind != CONF_MAP))
		code = error_set(err, ERR_INPUT, name, _("Write roles: and below it a style for each role"),
				 _("the theme has no map of roles"));
	if (!code)
		code = read_roles(&r, roles, &made);
	conf_release(&root);
	if (!code)
		*ret = made;
	return code;
}

char *config_path(const char *name)
{
	const char *given = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (given && given[0] == '/')
		return mem_format("%s/psirtty/%s", given, name);
	return mem_format("%s/.config/psirtty/%s", home && *home ? home : "/nonexistent", name);
}

static int load_path(const char *path, struct theme *ret, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, 1 << 16, &bytes, err);

	return code ? code : theme_parse(bytes.bytes, bytes.length, path, ret, err);
}

int theme_load(const char *name, struct theme *ret, struct error *err)
{
	AUTO_STRING file = mem_format("%s.yaml", name);
	AUTO_STRING below = mem_format("themes/%s", file);
	AUTO_STRING own = config_path(below);
	AUTO_STRING shipped = NULL;

	if (strchr(name, '/') || name[0] == '.')
		return error_set(err, ERR_USAGE, name, NULL, _("a theme's name is a plain word"));
	if (file_exists(own))
		return load_path(own, ret, err);
	shipped = file_theme(file);
	if (shipped && file_exists(shipped))
		return load_path(shipped, ret, err);
	for (size_t i = 0; names[i]; i++)
		if (str_equal(names[i], name))
			return theme_parse(sources[i], strlen(sources[i]), file, ret, err);
	return error_set(err, ERR_INPUT, name, _("Choose dark, light, mono or cb, or put one in the folder themes of your settings"),
			 _("there is no such theme"));
}
