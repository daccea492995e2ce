/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal of cells in memory, fed by a script of keys: what the frame tests look at. */
#include <assert.h>

#include "tui/term/term.h"

struct cell { char utf8[16]; enum role role; bool tail; };

struct headless {
	struct terminal term;
	int rows, cols, cursor_row, cursor_col;
	struct cell *cells;      /* owned, rows * cols */
	char *script;            /* owned */
	const char *at;          /* next key in the script */
	const char *typing;      /* inside "<text>", the next character */
	int rests;               /* deadlines to let pass before the next key */
	int64_t now;
	size_t frames;
	bool ended;
	struct theme theme;
};

static void headless_begin(struct terminal *term)
{
	struct headless *h = (struct headless *)term;

	memset(h->cells, 0, sizeof(*h->cells) * (size_t)(h->rows * h->cols));
}

static void headless_resize(struct headless *h, int rows, int cols)
{
	h->rows = rows;
	h->cols = cols;
	h->cells = mem_resize(h->cells, (size_t)(rows * cols), sizeof(*h->cells));
	headless_begin(&h->term);
}

static int headless_open(struct terminal *term, struct error *err)
{
	(void)err;
	(void)term;
	return 0;
}

static void headless_nothing(struct terminal *term)
{
	(void)term;
}

static void headless_size(struct terminal *term, int *ret_rows, int *ret_cols)
{
	struct headless *h = (struct headless *)term;

	*ret_rows = h->rows;
	*ret_cols = h->cols;
}

static void cell_add(struct cell *cell, const char *bytes, size_t length)
{
	size_t have = strlen(cell->utf8);

	if (have + length < sizeof(cell->utf8))
		memcpy(cell->utf8 + have, bytes, length);
}

static void headless_put(struct terminal *term, int row, int col, const char *safe, size_t length, enum role role)
{
	struct headless *h = (struct headless *)term;
	const char *cursor = safe, *end = safe + length;
	struct cell *last = NULL;

	if (row < 0 || row >= h->rows || col < 0)
		return;
	while (cursor < end) {
		const char *here = cursor;
		int32_t c = utf8_next(&cursor, end);
		int width = text_cells((uint32_t)c);

		assert(c >= ' ' && c != 127 && width >= 0);
		if (width == 0 && last)
			cell_add(last, here, (size_t)(cursor - here));
		if (width == 0)
			continue;
		if (col + width > h->cols)
			return;
		last = &h->cells[row * h->cols + col];
		*last = (struct cell){ .role = role };
		cell_add(last, here, (size_t)(cursor - here));
		if (width == 2)
			last[1] = (struct cell){ .role = role, .tail = true };
		col += width;
	}
}

static void headless_cursor(struct terminal *term, int row, int col)
{
	struct headless *h = (struct headless *)term;

	h->cursor_row = row;
	h->cursor_col = col;
}

static void headless_end(struct terminal *term)
{
	((struct headless *)term)->frames++;
}

static int script_word(struct headless *h, const char *word)
{
	int rows, cols;

	if (str_equal(word, "rest")) {
		h->rests = 1;
		return TK_WAKE;
	}
	if (str_equal(word, "hup"))
		return TK_HANGUP;
	if (word[0] >= '0' && word[0] <= '9' && sscanf(word, "%dx%d", &cols, &rows) == 2) {
		headless_resize(h, rows, cols);
		return TK_RESIZE;
	}
	rows = key_from_name(word);
	if (rows == TK_NONE)
		BUG("no key is called \"%s\"", word);
	return rows;
}

static int script_typed(struct headless *h)
{
	int32_t c;

	if (*h->typing == '>') {
		h->at = h->typing + 1;
		h->typing = NULL;
		return TK_WAKE;
	}
	c = utf8_next(&h->typing, h->typing + strlen(h->typing));
	return c;
}

static int script_next(struct headless *h)
{
	const char *end;
	char word[64];

	if (h->typing)
		return script_typed(h);
	h->at += strspn(h->at, " ");
	if (!*h->at)
		return TK_NONE;
	if (h->at[0] == '<' && h->at[1] != ' ' && strchr(h->at, '>')) {
		h->typing = h->at + 1;
		return TK_WAKE;
	}
	if (h->at[0] == '[' && (end = strchr(h->at, ']')) != NULL) {
		str_reset(&h->term.paste);
		str_add_bytes(&h->term.paste, h->at + 1, (size_t)(end - h->at - 1));
		h->at = end + 1;
		return TK_PASTE;
	}
	end = h->at + strcspn(h->at, " ");
	snprintf(word, sizeof(word), "%.*s", (int)(end - h->at), h->at);
	h->at = end;
	return script_word(h, word);
}

/* At the end of the script one deadline passes, so that what waits is drawn; then it hangs up. */
static int headless_key(struct terminal *term, int timeout_ms)
{
	struct headless *h = (struct headless *)term;
	int key = h->rests > 0 ? TK_NONE : script_next(h);

	if (key != TK_NONE)
		return key;
	if (h->rests <= 0 && h->ended)
		return TK_HANGUP;
	h->now += timeout_ms < 0 ? 0 : timeout_ms;
	if (h->rests > 0)
		h->rests--;
	else
		h->ended = true;
	return TK_NONE;
}

static bool headless_copy(struct terminal *term, const char *text)
{
	(void)term;
	return *text != 0;
}

static void headless_theme(struct terminal *term, const struct theme *theme)
{
	((struct headless *)term)->theme = *theme;
}

static void headless_glyphs(struct terminal *term, const char *which)
{
	term->glyphs = !str_equal(which, "ascii");
}

static int64_t headless_clock(struct terminal *term)
{
	return ((struct headless *)term)->now;
}

static void headless_free(struct terminal *term)
{
	struct headless *h = (struct headless *)term;

	free(h->cells);
	free(h->script);
	free(h);
}

static const struct term_ops headless_ops = {
	.open = headless_open,
	.close = headless_nothing,
	.size = headless_size,
	.begin = headless_begin,
	.put = headless_put,
	.cursor = headless_cursor,
	.end = headless_end,
	.redraw = headless_nothing,
	.key = headless_key,
	.suspend = headless_nothing,
	.resume = headless_nothing,
	.beep = headless_nothing,
	.notify = headless_nothing,
	.copy = headless_copy,
	.theme = headless_theme,
	.glyphs = headless_glyphs,
	.clock = headless_clock,
	.free = headless_free,
};

struct terminal *term_headless_new(int rows, int cols, const char *keys)
{
	struct headless *h = mem_alloc(sizeof(*h));

	h->term.ops = &headless_ops;
	for (int i = 0; i < TERM_WATCHED; i++)
		h->term.watch[i] = -1;
	h->term.glyphs = true;
	str_init(&h->term.paste);
	h->script = mem_string(keys);
	h->at = h->script;
	h->cursor_row = -1;
	headless_resize(h, rows, cols);
	return &h->term;
}

static bool cell_filled(const struct cell *cell)
{
	return cell->utf8[0] || cell->tail;
}

/* Blanks at the end of a row that the terminal would have to be told of, since they do not look like nothing. */
size_t term_headless_trails(const struct terminal *term, struct str *ret)
{
	const struct headless *h = (const struct headless *)term;
	size_t count = 0;

	for (int row = 0; row < h->rows; row++) {
		const struct cell *cells = &h->cells[row * h->cols];
		int end = h->cols;

		while (end > 0 && (str_equal(cells[end - 1].utf8, " ") || !cell_filled(&cells[end - 1])))
			end--;
		for (; end < h->cols && str_equal(cells[end].utf8, " "); end++) {
			const struct style *style = &h->theme.styles[cells[end].role];

			if (style->bg < 0 && !(style->attributes & (STYLE_REVERSE | STYLE_UNDERLINE)))
				continue;
			str_add_format(ret, " %d,%d %s", row, end, role_name(cells[end].role));
			count++;
			break;
		}
	}
	return count;
}

static void dump_roles(const struct headless *h, int row, struct str *ret)
{
	const struct cell *cells = &h->cells[row * h->cols];
	const char *comma = "  ";

	for (int from = 0, to; from < h->cols; from = to) {
		for (to = from + 1; to < h->cols && cells[to].role == cells[from].role &&
				    cell_filled(&cells[to]) == cell_filled(&cells[from]);)
			to++;
		if (!cell_filled(&cells[from]) || cells[from].role == ROLE_NORMAL)
			continue;
		str_add_format(ret, "%s%d-%d %s", comma, from, to - 1, role_name(cells[from].role));
		comma = ", ";
	}
	str_add_char(ret, '\n');
}

/* "br1/9,4": attributes by their first letters, then the colours of 16 and 256 and those of the ground. */
static void add_style(const struct style *style, struct str *ret)
{
	static const char letters[] = "bduri";

	for (size_t i = 0; i < sizeof(letters) - 1; i++)
		if (style->attributes & 1u << i)
			str_add_char(ret, letters[i]);
	if (style->fg >= 0)
		str_add_format(ret, style->fg256 >= 0 ? "%d/%d" : "%d", style->fg, style->fg256);
	if (style->bg >= 0)
		str_add_format(ret, style->bg256 >= 0 ? ",%d/%d" : ",%d", style->bg, style->bg256);
}

static bool same_look(const struct headless *h, const struct cell *a, const struct cell *b)
{
	return cell_filled(a) == cell_filled(b) &&
	       memcmp(&h->theme.styles[a->role], &h->theme.styles[b->role], sizeof(h->theme.styles[0])) == 0;
}

static void row_styles(const struct headless *h, int row, struct str *ret)
{
	const struct cell *cells = &h->cells[row * h->cols];

	for (int from = 0, to; from < h->cols; from = to) {
		AUTO_STR style = STR_INIT;

		for (to = from + 1; to < h->cols && same_look(h, &cells[to], &cells[from]);)
			to++;
		add_style(&h->theme.styles[cells[from].role], &style);
		if (cell_filled(&cells[from]) && style.length)
			str_add_format(ret, " %d-%d%s", from, to - 1, style.bytes);
	}
}

/* Rows that look alike are told once. */
static void dump_styles(const struct headless *h, struct str *ret)
{
	for (int from = 0, to; from < h->rows; from = to) {
		AUTO_STR line = STR_INIT;

		row_styles(h, from, &line);
		for (to = from + 1; to < h->rows; to++) {
			AUTO_STR next = STR_INIT;

			row_styles(h, to, &next);
			if (!str_equal(line.bytes, next.bytes))
				break;
		}
		if (line.length && to > from + 1)
			str_add_format(ret, "%d-%d%s\n", from, to - 1, line.bytes);
		else if (line.length)
			str_add_format(ret, "%d%s\n", from, line.bytes);
	}
}

void term_headless_dump(struct terminal *term, enum headless_dump what, struct str *ret)
{
	struct headless *h = (struct headless *)term;
	bool roles = what == HEADLESS_ROLES;

	if (what == HEADLESS_STYLES) {
		dump_styles(h, ret);
		return;
	}

	for (int row = 0; row < h->rows; row++) {
		size_t begun = ret->length;

		for (int col = 0; col < h->cols; col++) {
			const struct cell *cell = &h->cells[row * h->cols + col];

			if (!cell->tail)
				str_add(ret, cell->utf8[0] ? cell->utf8 : " ");
		}
		while (ret->length > begun && ret->bytes[ret->length - 1] == ' ')
			str_truncate(ret, ret->length - 1);
		str_add_char(ret, '\n');
		if (roles)
			dump_roles(h, row, ret);
	}
	if (h->cursor_row >= 0)
		str_add_format(ret, "cursor %d,%d\n", h->cursor_row, h->cursor_col);
}

size_t term_headless_frames(struct terminal *term)
{
	return ((struct headless *)term)->frames;
}
