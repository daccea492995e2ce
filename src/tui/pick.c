/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing one of a list, filtered as one types; and a weakness out of the catalogue, as a tree. */
#include "psirtty/score/cwe.h"
#include "tui/app.h"
#include "tui/form.h"

enum { WORD_CELLS = 24, CWE_MOST = 200 };

struct list {
	struct picker picker;
	struct completion *items; size_t count; /* owned */
	size_t *shown, shown_count;             /* owned */
	size_t selected, top;
	struct line line;
};

static bool matches(const struct completion *item, const char *words)
{
	AUTO_STRING copy = mem_string(str_or_empty(words));
	char *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word && text_find(item->word, word) < 0 && text_find(str_or_empty(item->help), word) < 0)
			return false;
	return true;
}

static void narrow(struct list *list)
{
	list->shown_count = list->selected = list->top = 0;
	for (size_t i = 0; i < list->count; i++)
		if (matches(&list->items[i], list->line.text.bytes))
			list->shown[list->shown_count++] = i;
}

static int step_of(int key)
{
	switch (key) {
	case TK_UP: return -1;
	case TK_DOWN: return 1;
	case TK_PAGE_UP: return -10;
	case TK_PAGE_DOWN: return 10;
	default: return 0;
	}
}

static size_t moved(size_t selected, int step, size_t count)
{
	long wanted = (long)selected + step;

	if (wanted < 0 || !count)
		return 0;
	return (size_t)wanted < count ? (size_t)wanted : count - 1;
}

static bool list_key(struct picker *picker, int key)
{
	struct list *list = (struct list *)picker;
	bool changed = false;

	if (step_of(key)) {
		list->selected = moved(list->selected, step_of(key), list->shown_count);
		return true;
	}
	if (!line_key(&list->line, key, &changed))
		return false;
	if (changed)
		narrow(list);
	return true;
}

/* The typed words above, the candidates below them. */
static void draw_rows(struct app *app, const struct line *line, int row)
{
	AUTO_STRING sign = mem_format("/%s", str_or_empty(line->text.bytes));

	term_put_raw(app->term, row, 0, app->cols, sign, ROLE_PROMPT);
	app->term->ops->cursor(app->term, row, 1 + (int)line->cursor < app->cols ? 1 + (int)line->cursor : app->cols - 1);
}

static void list_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct list *list = (struct list *)picker;

	draw_rows(app, &list->line, row++);
	rows--;
	if (list->selected < list->top)
		list->top = list->selected;
	if (rows > 0 && list->selected >= list->top + (size_t)rows)
		list->top = list->selected - (size_t)rows + 1;
	for (int i = 0; i < rows && list->top + (size_t)i < list->shown_count; i++) {
		const struct completion *item = &list->items[list->shown[list->top + (size_t)i]];
		bool selected = list->top + (size_t)i == list->selected;

		term_put_raw(app->term, row + i, 0, 1, selected ? ">" : "", ROLE_NORMAL);
		term_put_raw(app->term, row + i, 2, WORD_CELLS, item->word, selected ? ROLE_SELECTED : ROLE_ID);
		term_put_raw(app->term, row + i, 3 + WORD_CELLS, app->cols - 3 - WORD_CELLS, str_or_empty(item->help),
			     ROLE_NORMAL);
	}
}

static void list_text(const struct picker *picker, struct str *ret)
{
	const struct list *list = (const struct list *)picker;

	if (list->selected < list->shown_count)
		str_add(ret, list->items[list->shown[list->selected]].word);
}

static void list_free(struct picker *picker)
{
	struct list *list = (struct list *)picker;

	completion_free(list->items, list->count);
	free(list->shown);
	line_release(&list->line);
	free(list);
}

const struct picker_ops picker_list = {
	.hint = N_("type to filter  Enter takes it  Esc leave"),
	.key = list_key, .draw = list_draw, .text = list_text, .free = list_free,
};

struct picker *pick_list_new(struct completion *completions, size_t count)
{
	struct list *list = mem_alloc(sizeof(*list));

	list->picker.ops = &picker_list;
	list->items = completions;
	list->count = count;
	list->shown = mem_alloc((count + 1) * sizeof(*list->shown));
	line_init(&list->line);
	narrow(list);
	return &list->picker;
}

/* ---- weaknesses: what was typed finds some; Right goes down the tree, Left up */

struct weakness {
	struct picker picker;
	const struct cwe *shown[CWE_MOST]; size_t count;
	size_t selected, top;
	struct line line;
};

static void weakness_search(struct weakness *w)
{
	size_t all;

	w->selected = w->top = 0;
	w->count = w->line.text.length ? cwe_search(w->line.text.bytes, w->shown, CWE_MOST) : 0;
	if (w->line.text.length)
		return;
	/* Where nothing is typed the tree begins: those that have nothing above them. */
	for (size_t i = 0; i < (cwe_table(&all), all) && w->count < CWE_MOST; i++)
		if (str_equal(cwe_table(&all)[i].abstraction, "Pillar"))
			w->shown[w->count++] = &cwe_table(&all)[i];
}

static void weakness_walk(struct weakness *w, bool down)
{
	const struct cwe *here = w->selected < w->count ? w->shown[w->selected] : NULL;
	const struct cwe *found[CWE_MOST];
	size_t count = !here ? 0 : down ? cwe_children(here, found, CWE_MOST) : cwe_parents(here, found, CWE_MOST);

	if (!count)
		return;
	memcpy(w->shown, found, count * sizeof(*found));
	w->count = count;
	w->selected = w->top = 0;
}

static bool weakness_key(struct picker *picker, int key)
{
	struct weakness *w = (struct weakness *)picker;
	bool changed = false;

	if (step_of(key)) {
		w->selected = moved(w->selected, step_of(key), w->count);
		return true;
	}
	if (key == TK_RIGHT || key == TK_LEFT) {
		weakness_walk(w, key == TK_RIGHT);
		return true;
	}
	if (!line_key(&w->line, key, &changed))
		return false;
	if (changed)
		weakness_search(w);
	return true;
}

static void weakness_row(struct app *app, const struct cwe *cwe, int row, bool selected)
{
	const struct cwe *below[1];
	AUTO_STRING id = mem_format("%s CWE-%d", cwe_children(cwe, below, 1) ? "+" : " ", cwe->id);
	AUTO_STRING rest = mem_format("%s%s", cwe->name, cwe_usable(cwe) ? "" : _("  (not to be used)"));

	term_put_raw(app->term, row, 0, 1, selected ? ">" : "", ROLE_NORMAL);
	term_put_raw(app->term, row, 2, 10, id, selected ? ROLE_SELECTED : ROLE_ID);
	term_put_raw(app->term, row, 13, app->cols - 13, rest, cwe_usable(cwe) ? ROLE_NORMAL : ROLE_DISABLED);
}

static void weakness_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct weakness *w = (struct weakness *)picker;

	draw_rows(app, &w->line, row++);
	rows--;
	if (w->selected < w->top)
		w->top = w->selected;
	if (rows > 0 && w->selected >= w->top + (size_t)rows)
		w->top = w->selected - (size_t)rows + 1;
	for (int i = 0; i < rows && w->top + (size_t)i < w->count; i++)
		weakness_row(app, w->shown[w->top + (size_t)i], row + i, w->top + (size_t)i == w->selected);
}

static void weakness_text(const struct picker *picker, struct str *ret)
{
	const struct weakness *w = (const struct weakness *)picker;

	if (w->selected < w->count)
		str_add_format(ret, "CWE-%d", w->shown[w->selected]->id);
}

static void weakness_free(struct picker *picker)
{
	struct weakness *w = (struct weakness *)picker;

	line_release(&w->line);
	free(w);
}

const struct picker_ops picker_cwe = {
	.hint = N_("words or a number find  Right what is below, Left above  Enter takes it"),
	.key = weakness_key, .draw = weakness_draw, .text = weakness_text, .free = weakness_free,
};

struct picker *pick_cwe_new(void)
{
	struct weakness *w = mem_alloc(sizeof(*w));

	w->picker.ops = &picker_cwe;
	line_init(&w->line);
	weakness_search(w);
	return &w->picker;
}
