/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody who reads only what is on the screen reaches every command: the first screen names the key of the
 * palette, each command is found there by words of its description, and its form names what it wants.
 */
#include <ctype.h>

#include "../unit/tap.h"
#include "psirtty/base/i18n.h"
#include "tui/app.h"

enum { PAGE = 18 };

static bool in_palette(const struct app *app, const struct command_row *row, size_t most)
{
	const struct palette *palette = &app->palette;

	for (size_t i = 0; i < palette->shown_count && i < most; i++)
		if (palette->items[palette->shown[i]].row == row)
			return true;
	return false;
}

/* The next word of letters in *CURSOR, or false. */
static bool next_word(const char **cursor, char word[64])
{
	size_t length = 0;

	while (**cursor && !isalpha((unsigned char)**cursor))
		++*cursor;
	while (isalpha((unsigned char)**cursor) && length < 63)
		word[length++] = *(*cursor)++;
	word[length] = 0;
	return length > 0;
}

/* By one word it is among those shown; by as many as its description has, on the first page. */
static void find(struct app *app, const struct command_row *row, size_t *ret_by_one)
{
	const char *cursor = command_help(row);
	AUTO_STR words = STR_INIT;
	bool one = false, first_page = false;
	char word[64];

	while (next_word(&cursor, word)) {
		palette_filter(app, word);
		one = one || in_palette(app, row, SIZE_MAX);
		*ret_by_one += in_palette(app, row, PAGE) && !first_page && !words.length;
		str_add_format(&words, "%s%s", words.length ? " " : "", word);
		palette_filter(app, words.bytes);
		first_page = first_page || in_palette(app, row, PAGE);
	}
	CHECK_QUIET(one, "%s: a word of \"%s\" finds it", command_name(row), command_help(row));
	CHECK_QUIET(first_page, "%s: the words of \"%s\" bring it to the first page", command_name(row), command_help(row));
}

static void screen_of(struct app *app, struct str *ret)
{
	screen_draw(app);
	str_reset(ret);
	term_headless_dump(app->term, HEADLESS_TEXT, ret);
}

static void look_at_form(struct app *app, const struct command_row *row)
{
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);
	AUTO_STR text = STR_INIT;

	CHECK_QUIET(form_open(app, command_name(row)), "%s has a form", command_name(row));
	screen_of(app, &text);
	CHECK_QUIET(strstr(text.bytes, command_name(row)) != NULL, "%s: its form says what it is", command_name(row));
	for (size_t i = 0; i < count && i < PAGE - 2; i++) {
		AUTO_STRING label = mem_copy(arguments[i].name, strnlen(arguments[i].name, 12));

		CHECK_QUIET(strstr(text.bytes, label) != NULL, "%s: its form has %s", command_name(row), arguments[i].name);
	}
	prompt_close(app);
}

int main(void)
{
	struct command_context context = { .out = STR_INIT };
	struct terminal *term = term_headless_new(24, 80, "");
	AUTO_STR text = STR_INIT;
	struct app app;
	size_t by_one = 0, count = 0;

	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("TZ", "UTC", 1);
	app_init(&app, &context, term);
	settings_begin(&app);
	screen_of(&app, &text);
	CHECK(strstr(text.bytes, "? all keys") != NULL, "the first screen names the key of the palette");
	palette_open(&app);
	screen_of(&app, &text);
	CHECK(strstr(text.bytes, "advisory") != NULL, "which lists commands");
	for (size_t i = 0; i < app.palette.count; i++, count++)
		find(&app, app.palette.items[i].row, &by_one);
	CHECK(count + 1 >= command_count() && count > 100, "%zu commands were looked for; %zu stand on the first page after one word",
	      count, by_one);
	prompt_close(&app);
	for (size_t i = 0; i < command_count(); i++)
		look_at_form(&app, command_row_at(i));
	CHECK(app.prompt == PROMPT_NONE, "each has a form that names what it wants");
	app_release(&app);
	term_free(term);
	command_context_release(&context);
	return tap_done();
}
