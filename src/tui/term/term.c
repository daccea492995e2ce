/* SPDX-License-Identifier: Apache-2.0 */
/* What both terminals share: clipping, and the names of keys. */
#include "tui/term/term.h"

static const struct { const char *name; int key; } words[] = {
	{ "Enter", TK_ENTER }, { "Esc", TK_ESCAPE }, { "Tab", TK_TAB }, { "Space", ' ' },
	{ "Backspace", TK_BACKSPACE },
#define X(key, name) { name, key },
	TERM_KEYS(X)
#undef X
};

void term_free(struct terminal *term)
{
	if (!term)
		return;
	str_release(&term->paste);
	term->ops->free(term);
}

int term_put(struct terminal *term, int row, int col, int cells, const struct text *text, enum role role)
{
	int width = 0;
	size_t length;

	if (cells <= 0 || !text->utf8)
		return 0;
	length = text_clip(text->utf8, cells, &width);
	/* Where the rest was cut off, blanks before it are of no use, and would have to be coloured. */
	while (text->utf8[length] && length && text->utf8[length - 1] == ' ')
		length--, width--;
	if (length)
		term->ops->put(term, row, col, text->utf8, length, role);
	return width;
}

int term_put_raw(struct terminal *term, int row, int col, int cells, const char *raw, enum role role)
{
	AUTO_TEXT text = TEXT_INIT;

	text_display(&text, raw, -1, TEXT_LINE);
	return term_put(term, row, col, cells, &text, role);
}

int key_from_name(const char *name)
{
	const char *cursor = name, *end = name + strlen(name);
	int32_t c;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_casecmp(words[i].name, name) == 0)
			return words[i].key;
	if (name[0] == '^' && name[1] >= '@' && name[1] <= '_' && !name[2])
		return name[1] - '@';
	if (cursor == end)
		return TK_NONE;
	c = utf8_next(&cursor, end);
	return c > ' ' && cursor == end ? c : TK_NONE;
}

const char *key_label(int key, char buffer[16])
{
	AUTO_STR s = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].key == key) {
			snprintf(buffer, 16, "%s", words[i].name);
			return buffer;
		}
	if (key >= 0 && key < ' ')
		str_add_format(&s, "^%c", key + '@');
	else if (key > ' ')
		str_add_utf8(&s, (uint32_t)key);
	snprintf(buffer, 16, "%s", s.bytes);
	return buffer;
}
