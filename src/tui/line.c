/* SPDX-License-Identifier: Apache-2.0 */
/* Editing one line, and its history. */
#include "tui/line.h"

#include "tui/term/term.h"

enum { HISTORY_MAX = 200, LINE_MAX_BYTES = 8192 };

void line_init(struct line *line)
{
	*line = (struct line){ .text = STR_INIT, .killed = STR_INIT };
}

void line_release(struct line *line)
{
	str_wipe(&line->text);
	str_wipe(&line->killed);
	line_init(line);
}

void line_set(struct line *line, const char *text)
{
	str_reset(&line->text);
	str_add(&line->text, text);
	line->cursor = line->text.length;
}

static bool continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t step_back(const struct line *line, size_t from)
{
	if (from)
		from--;
	while (from && continuation(line->text.bytes[from]))
		from--;
	return from;
}

static size_t step_on(const struct line *line, size_t from)
{
	if (from < line->text.length)
		from++;
	while (from < line->text.length && continuation(line->text.bytes[from]))
		from++;
	return from;
}

static void cut(struct line *line, size_t from, size_t to)
{
	if (from == to)
		return;
	memmove(line->text.bytes + from, line->text.bytes + to, line->text.length - to);
	str_truncate(&line->text, line->text.length - (to - from));
	line->cursor = from;
}

static bool insert_bytes(struct line *line, const char *bytes, size_t length)
{
	struct str *text = &line->text;

	if (text->length + length > LINE_MAX_BYTES)
		return false;
	if (!length)
		return true;
	str_add_repeat(text, ' ', length);
	memmove(text->bytes + line->cursor + length, text->bytes + line->cursor,
		text->length - length - line->cursor);
	memcpy(text->bytes + line->cursor, bytes, length);
	line->cursor += length;
	return true;
}

bool line_insert(struct line *line, const char *text)
{
	AUTO_STRING copy = mem_string(text);

	for (char *at = copy; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = ' ';
	return insert_bytes(line, copy, strlen(copy));
}

static void line_kill(struct line *line, size_t from, size_t to)
{
	if (from == to)
		return;
	if (!line->secret) {
		str_reset(&line->killed);
		str_add_bytes(&line->killed, line->text.bytes + from, to - from);
	}
	cut(line, from, to);
}

static size_t word_begin(const struct line *line)
{
	size_t from = line->cursor;

	while (from && line->text.bytes[from - 1] == ' ')
		from--;
	while (from && line->text.bytes[from - 1] != ' ')
		from--;
	return from;
}

static size_t word_end(const struct line *line)
{
	size_t to = line->cursor;

	while (to < line->text.length && line->text.bytes[to] == ' ')
		to++;
	while (to < line->text.length && line->text.bytes[to] != ' ')
		to++;
	return to;
}

/* The two characters before the cursor, or around it, change places. */
static void transpose(struct line *line)
{
	size_t end = line->cursor < line->text.length ? step_on(line, line->cursor) : line->cursor;
	size_t middle = step_back(line, end), begin = step_back(line, middle);
	AUTO_STRING first = NULL;

	if (begin == middle || middle == end)
		return;
	first = mem_copy(line->text.bytes + begin, middle - begin);
	memmove(line->text.bytes + begin, line->text.bytes + middle, end - middle);
	memcpy(line->text.bytes + begin + (end - middle), first, middle - begin);
	line->cursor = end;
}

enum edit { EDIT_NONE, EDIT_HOME, EDIT_END, EDIT_LEFT, EDIT_RIGHT, EDIT_WORD_LEFT, EDIT_WORD_RIGHT, EDIT_RUBOUT, EDIT_DELETE,
	    EDIT_RUBOUT_WORD, EDIT_DELETE_WORD, EDIT_RUBOUT_LINE, EDIT_CUT_REST, EDIT_YANK, EDIT_TRANSPOSE };
static const struct { int key; enum edit edit; } edits[] = {
	{ 1, EDIT_HOME }, { TK_HOME, EDIT_HOME }, { 5, EDIT_END }, { TK_END, EDIT_END },
	{ 2, EDIT_LEFT }, { TK_LEFT, EDIT_LEFT }, { 6, EDIT_RIGHT }, { TK_RIGHT, EDIT_RIGHT },
	{ TK_WORD_LEFT, EDIT_WORD_LEFT }, { TK_WORD_RIGHT, EDIT_WORD_RIGHT },
	{ TK_BACKSPACE, EDIT_RUBOUT }, { 8, EDIT_RUBOUT }, { 4, EDIT_DELETE }, { TK_DELETE, EDIT_DELETE },
	{ 23, EDIT_RUBOUT_WORD }, { TK_WORD_RUBOUT, EDIT_RUBOUT_WORD }, { TK_WORD_DELETE, EDIT_DELETE_WORD },
	{ 21, EDIT_RUBOUT_LINE }, { 11, EDIT_CUT_REST }, { 25, EDIT_YANK }, { 20, EDIT_TRANSPOSE },
};

static enum edit edit_of(int key)
{
	for (size_t i = 0; i < ARRAY_LEN(edits); i++)
		if (edits[i].key == key)
			return edits[i].edit;
	return EDIT_NONE;
}

static void line_edit(struct line *line, enum edit edit)
{
	switch (edit) {
	case EDIT_HOME: line->cursor = 0; break;
	case EDIT_END: line->cursor = line->text.length; break;
	case EDIT_LEFT: line->cursor = step_back(line, line->cursor); break;
	case EDIT_RIGHT: line->cursor = step_on(line, line->cursor); break;
	case EDIT_WORD_LEFT: line->cursor = word_begin(line); break;
	case EDIT_WORD_RIGHT: line->cursor = word_end(line); break;
	case EDIT_RUBOUT: cut(line, step_back(line, line->cursor), line->cursor); break;
	case EDIT_DELETE: cut(line, line->cursor, step_on(line, line->cursor)); break;
	case EDIT_RUBOUT_WORD: line_kill(line, word_begin(line), line->cursor); break;
	case EDIT_DELETE_WORD: line_kill(line, line->cursor, word_end(line)); break;
	case EDIT_RUBOUT_LINE: line_kill(line, 0, line->cursor); break;
	case EDIT_CUT_REST: line_kill(line, line->cursor, line->text.length); break;
	case EDIT_YANK: insert_bytes(line, line->killed.bytes, line->killed.length); break;
	case EDIT_TRANSPOSE: transpose(line); break;
	case EDIT_NONE: break;
	}
}

bool line_key(struct line *line, int key, bool *ret_changed)
{
	size_t length = line->text.length;
	enum edit edit = edit_of(key);
	AUTO_STR typed = STR_INIT;

	*ret_changed = false;
	if (edit == EDIT_NONE && (key < ' ' || key >= TK_FIRST))
		return false;
	if (edit != EDIT_NONE) {
		line_edit(line, edit);
	} else {
		str_add_utf8(&typed, (uint32_t)key);
		insert_bytes(line, typed.bytes, typed.length);
	}
	*ret_changed = line->text.length != length || edit == EDIT_TRANSPOSE;
	return true;
}

size_t line_last_word(const char *text)
{
	size_t begin = 0;
	char quote = 0;

	for (size_t i = 0; text[i]; i++) {
		if (quote) {
			quote = text[i] == quote ? 0 : quote;
			continue;
		}
		if (text[i] == '\\' && text[i + 1])
			i++;
		else if (text[i] == '"' || text[i] == '\'')
			quote = text[i];
		else if (text[i] == ' ')
			begin = i + 1;
	}
	return begin;
}

void history_add(struct history *history, const char *text)
{
	if (history->count && str_equal(history->lines[history->count - 1], text)) {
		history->at = history->count;
		return;
	}
	if (history->count == HISTORY_MAX) {
		free(history->lines[0]);
		memmove(history->lines, history->lines + 1, --history->count * sizeof(*history->lines));
	}
	history->lines = mem_grow(history->lines, &history->capacity, history->count + 1, sizeof(*history->lines));
	history->lines[history->count++] = mem_string(text);
	history->at = history->count;
}

void history_step(struct history *history, struct line *line, int step)
{
	if ((step < 0 && !history->at) || (step > 0 && history->at >= history->count))
		return;
	if (history->at == history->count)
		mem_replace(&history->draft, line->text.bytes);
	history->at += (size_t)step;
	line_set(line, history->at == history->count ? str_or_empty(history->draft) : history->lines[history->at]);
}

void history_release(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->lines[i]);
	free(history->lines);
	free(history->draft);
	*history = (struct history){ 0 };
}
