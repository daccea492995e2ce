/* SPDX-License-Identifier: Apache-2.0 */
/* Themes and key maps: the shipped ones are whole, and what is wrong in one is said with its line. */
#include "tap.h"

#include "tui/keys.h"
#include "tui/term/term.h"
#include "tui/theme.h"

static void test_themes(void)
{
	const char *const *names = theme_names();

	for (size_t i = 0; names[i]; i++) {
		struct theme theme;
		AUTO_ERROR err = ERROR_INIT;
		int coloured = 0;

		CHECK(theme_load(names[i], &theme, &err) == 0 && str_equal(theme.name, names[i]), "theme %s loads",
		      names[i]);
		for (int role = 0; role < ROLE_COUNT; role++)
			coloured += theme.styles[role].fg >= 0 || theme.styles[role].bg >= 0;
		CHECK((coloured == 0) == str_equal(names[i], "mono"), "%s: %d roles have a colour", names[i], coloured);
	}
}

/* A verdict must never look like body text, whatever the theme. */
static void test_verdicts_stand_out(void)
{
	static const enum role loud[] = { ROLE_BAD, ROLE_OVERDUE, ROLE_SELECTED, ROLE_ERROR, ROLE_GUTTER };
	const char *const *names = theme_names();

	for (size_t i = 0; names[i]; i++) {
		struct theme theme;

		theme_load(names[i], &theme, NULL);
		for (size_t j = 0; j < ARRAY_LEN(loud); j++) {
			const struct style *a = &theme.styles[loud[j]], *b = &theme.styles[ROLE_BODY];

			CHECK(a->fg != b->fg || a->bg != b->bg || a->attributes != b->attributes,
			      "%s: %s differs from body", names[i], role_name(loud[j]));
		}
	}
}

static const struct { const char *text, *why; } bad_themes[] = {
	{ "name: x\n", "no map of roles" },
	{ "name: x\nroles:\n  bar: bold\n  foo: bold\n", "line 4: no such role: \"foo\"" },
	{ "roles:\n  bar: loud\n", "line 2: no such colour or attribute: \"loud\"" },
	{ "roles:\n  bar: cyan/256\n", "line 2: no colour number" },
	{ "roles:\n  bar: cyan/x\n", "line 2: no colour number" },
	{ "roles:\n  bar: cyan on mauve\n", "line 2: no such colour or attribute: \"mauve\"" },
	{ "roles:\n  bar:\n    - bold\n", "a style is words" },
	{ "roles:\n  bar: bold\n  bar: dim\n", "line 3" },
	{ "colour: x\nroles:\n  bar: bold\n", "line 1: a theme has name" },
	{ "roles: [\n", "line" },
};

static void test_bad_themes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_themes); i++) {
		struct theme theme = { .name = "untouched" };
		AUTO_ERROR err = ERROR_INIT;
		int code = theme_parse(bad_themes[i].text, strlen(bad_themes[i].text), "t.yaml", &theme, &err);

		CHECK(code == ERR_INPUT && strstr(err.why, bad_themes[i].why) && str_equal(theme.name, "untouched"),
		      "bad theme %zu: %s", i, str_or_empty(err.why));
	}
}

static void test_style(void)
{
	static const char text[] = "roles:\n  bar: bold underline cyan/44 on bright-black/236\n  rule: plain\n";
	struct theme theme;
	const struct style *style = &theme.styles[ROLE_BAR];

	CHECK(theme_parse(text, strlen(text), "t.yaml", &theme, NULL) == 0, "a style is read");
	CHECK(style->fg == 6 && style->fg256 == 44 && style->bg == 8 && style->bg256 == 236 &&
	      style->attributes == (STYLE_BOLD | STYLE_UNDERLINE), "colours and attributes are as written");
	CHECK(theme_load("../dark", &theme, NULL) == ERR_USAGE, "a theme's name is no path");
	CHECK(theme_load("no-such-theme", &theme, NULL) == ERR_INPUT, "an unknown theme is said to be so");
}

/* ---- keys */

static void test_key_names(void)
{
	char label[16];
	int count = 0;

	for (int key = 0; key < TK_LAST; key = key == 0x2FF ? TK_FIRST : key + 1, count++) {
		if (key == TK_FIRST || (key > 127 && key < 160))
			continue;
		CHECK_QUIET(key_from_name(key_label(key, label)) == key, "key %d has a name that is read back", key);
	}
	CHECK(count > 700, "%d keys have names", count);
	CHECK(key_from_name("") == TK_NONE && key_from_name("Nonsense") == TK_NONE, "other words are no keys");
}

static void test_default_map(void)
{
	static const char *const contexts[] = { "cases", "panes", "list", "global", NULL };
	static const char *const wanted[] = { "j", "k", "Up", "Down", "g", "G", "^D", "^U", "PgUp", "PgDn", "Home", "End",
					      "Enter", "Esc", "q", "Tab", "z", "/", "n", "N", ":", "?", "Space", "v", "a",
					      "s", "c", "e", "E", "S", "u", "^R", "y", "|", "J", "^L", "^Z", "^C",
					      "Q", "0", "1", "2", "3", "4", "5", "6", "7", "8" };
	struct keymap map = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	CHECK(keymap_load(&map, &err) == 0, "the shipped key map loads");
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		CHECK(keymap_find(&map, contexts, 0, key_from_name(wanted[i])) != NULL ||
		      keymap_is_prefix(&map, contexts, key_from_name(wanted[i])), "%s is bound", wanted[i]);
	CHECK(keymap_find(&map, contexts, 'y', 't') && !keymap_find(&map, contexts, 0, 't'), "t after y copies a title");
	CHECK_STR(keymap_find(&map, contexts, 0, '?')->label, "all keys", "? has its label");
	keymap_release(&map);
}

static const struct { const char *text, *why; } bad_maps[] = {
	{ "list j down\nnowhere j down\n", "line 2: no such place: \"nowhere\"" },
	{ "# a\n\nlist Nonsense down\n", "line 3: no key is called \"Nonsense\"" },
	{ "list j\n", "line 1: no command line for \"j\"" },
	{ "list\n", "line 1" },
};

static void test_map(void)
{
	static const char *const contexts[] = { "inbox", "list", NULL };
	struct keymap map = { 0 };
	const struct binding *binding;

	CHECK(keymap_parse(&map, "list j down -- move\ninbox j :note {case} \nlist k up\nlist k none\n", "k", NULL) == 0,
	      "a map is read");
	binding = keymap_find(&map, contexts, 0, 'j');
	CHECK(binding && binding->edit && str_equal(binding->line, "note {case} "), "the nearest context wins");
	CHECK(!keymap_find(&map, contexts, 0, 'k'), "none unbinds");
	CHECK(map.count == 3, "a later binding takes the place of the earlier");
	binding = keymap_of_command(&map, contexts, "down");
	CHECK(binding && binding->key == 'j' && str_equal(binding->label, "move"), "a command's key is found");
	CHECK(!keymap_of_command(&map, contexts, "dow"), "by whole words");
	keymap_release(&map);
	for (size_t i = 0; i < ARRAY_LEN(bad_maps); i++) {
		AUTO_ERROR err = ERROR_INIT;

		CHECK(keymap_parse(&map, bad_maps[i].text, "keys.conf", &err) == ERR_INPUT &&
		      strstr(err.why, bad_maps[i].why), "bad map %zu: %s", i, str_or_empty(err.why));
		keymap_release(&map);
	}
}

int main(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	test_themes();
	test_verdicts_stand_out();
	test_bad_themes();
	test_style();
	test_key_names();
	test_default_map();
	test_map();
	return tap_done();
}
