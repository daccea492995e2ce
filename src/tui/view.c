/* SPDX-License-Identifier: Apache-2.0 */
/* What all views share: rows, selection, marks, filter, and the drawing of lists and texts. */
#include "tui/view.h"

enum { PROMPT_ROWS = 15 };

void idset_release(struct idset *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->ids[i]);
	free(set->ids);
	*set = (struct idset){ 0 };
}

/* Where ID is or belongs. */
static size_t idset_place(const struct idset *set, const char *id)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->ids[middle], id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool idset_has(const struct idset *set, const char *id)
{
	size_t place = idset_place(set, id);

	return place < set->count && str_equal(set->ids[place], id);
}

void idset_put(struct idset *set, const char *id, bool in)
{
	size_t place = idset_place(set, id);

	if (idset_has(set, id) == in)
		return;
	if (!in) {
		free(set->ids[place]);
		memmove(&set->ids[place], &set->ids[place + 1], (--set->count - place) * sizeof(*set->ids));
		return;
	}
	set->ids = mem_grow(set->ids, &set->capacity, set->count + 1, sizeof(*set->ids));
	memmove(&set->ids[place + 1], &set->ids[place], (set->count++ - place) * sizeof(*set->ids));
	set->ids[place] = mem_string(id);
}

void view_init(struct view *view, const struct view_ops *ops, struct command_context *context, const char *subject)
{
	*view = (struct view){ .ops = ops, .context = context, .subject = mem_string(subject) };
}

void view_take_items(struct view *view, void *items, void (*items_free)(void *items))
{
	if (view->items && view->items_free)
		view->items_free(view->items);
	else
		free(view->items);
	view->items = items;
	view->items_free = items_free;
}

void view_release(struct view *view)
{
	free(view->subject);
	free(view->text);
	free(view->rows);
	free(view->before);
	view_take_items(view, NULL, NULL);
	free(view->selected_id);
	free(view->filter);
	free(view->search);
	idset_release(&view->marks);
	idset_release(&view->opened);
	doc_release(&view->head);
	doc_release(&view->body);
	*view = (struct view){ 0 };
}

bool view_is_list(const struct view *view)
{
	return view->ops->columns != NULL;
}

const struct model *view_model(const struct view *view)
{
	return view->context->desk ? desk_model(view->context->desk) : NULL;
}

instant view_now(const struct view *view)
{
	return command_now(view->context);
}

enum chart_drawing view_drawing(const struct view *view)
{
	const struct options *options = view->context->options;

	return chart_drawing(view->context->plain ? "ascii" : options ? option_get(options, "glyphs") : NULL,
			     !view->term || view->term->glyphs, getenv("TERM"));
}

const struct case_state *view_case(const struct view *view)
{
	const struct model *model = view_model(view);

	return model && view->subject ? view_whole(view, model_find_case(model, view->subject)) : NULL;
}

/* What cannot be loaded is shown as far as it is known: the bar says what is wrong with the vault. */
const struct case_state *view_whole(const struct view *view, const struct case_state *state)
{
	if (state)
		desk_whole_case(view->context->desk, state, NULL);
	return state;
}

const struct inbox_item *view_whole_mail(const struct view *view, const struct inbox_item *item)
{
	if (item)
		desk_whole_mail(view->context->desk, item, NULL);
	return item;
}

void view_add(struct view *view, const void *item, size_t index)
{
	view->rows = mem_grow(view->rows, &view->row_capacity, view->row_count + 1, sizeof(*view->rows));
	view->rows[view->row_count++] = (struct row){ item, index };
}

const struct row *view_selected(const struct view *view)
{
	return view->selected < view->row_count ? &view->rows[view->selected] : NULL;
}

static void row_id(const struct view *view, const struct row *row, struct str *ret)
{
	str_reset(ret);
	view->ops->row_id(row, ret);
}

void view_select(struct view *view, size_t index)
{
	AUTO_STR id = STR_INIT;

	if (!view->row_count) {
		view->selected = view->top = 0;
		return;
	}
	view->selected = index < view->row_count ? index : view->row_count - 1;
	row_id(view, &view->rows[view->selected], &id);
	mem_replace(&view->selected_id, id.bytes);
}

bool view_marked(const struct view *view, const struct row *row)
{
	size_t index = row >= view->rows && row < view->rows + view->row_count ? (size_t)(row - view->rows) : SIZE_MAX, low, high;
	AUTO_STR id = STR_INIT;

	low = view->anchor < view->selected ? view->anchor : view->selected;
	high = view->anchor < view->selected ? view->selected : view->anchor;
	if (view->ranging && index >= low && index <= high)
		return true;
	if (!view->marks.count)
		return false;
	row_id(view, row, &id);
	return idset_has(&view->marks, id.bytes);
}

void view_mark(struct view *view, const struct row *row, bool on)
{
	AUTO_STR id = STR_INIT;

	row_id(view, row, &id);
	idset_put(&view->marks, id.bytes, on);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void view_mark_all(struct view *view)
{
	struct idset *marks = &view->marks;
	size_t kept = 0;

	idset_release(marks);
	marks->ids = mem_grow(NULL, &marks->capacity, view->row_count + 1, sizeof(*marks->ids));
	for (; marks->count < view->row_count; marks->count++) {
		AUTO_STR id = STR_INIT;

		row_id(view, &view->rows[marks->count], &id);
		marks->ids[marks->count] = mem_string(str_or_empty(id.bytes));
	}
	qsort(marks->ids, marks->count, sizeof(*marks->ids), by_id);
	for (size_t i = 0; i < marks->count; i++)
		if (kept && str_equal(marks->ids[kept - 1], marks->ids[i]))
			free(marks->ids[i]);
		else
			marks->ids[kept++] = marks->ids[i];
	marks->count = kept;
}

void view_clear_marks(struct view *view)
{
	idset_release(&view->marks);
	view->ranging = false;
}

/* ---- rows */

static bool row_holds(const struct view *view, const struct row *row, const char *needle)
{
	bool found = false;

	for (size_t i = 0; i < view->ops->column_count && !found; i++) {
		struct cell cell = { STR_INIT, ROLE_NORMAL };

		view->ops->cell(view, row, i, &cell);
		found = text_find(cell.text.bytes, needle) >= 0;
		str_release(&cell.text);
	}
	return found;
}

static int row_matches(const struct view *view, const struct row *row, const char *filter, instant now, bool *ret,
		       struct error *err)
{
	if (view->ops->row_state)
		return case_matches(view->ops->row_state(row), filter, now, ret, err);
	*ret = row_holds(view, row, filter);
	return 0;
}

/* Leaves the rows that match at the front. */
static int rows_filter(struct view *view, const char *filter, struct error *err)
{
	instant now = view_now(view);
	size_t kept = 0;

	for (size_t i = 0; i < view->row_count; i++) {
		bool matches = false;
		int code = row_matches(view, &view->rows[i], filter, now, &matches, err);

		if (code)
			return code;
		if (matches)
			view->rows[kept++] = view->rows[i];
	}
	view->row_count = kept;
	return 0;
}

/* The row that was selected before, else the one at its place. */
static size_t find_selected(const struct view *view)
{
	AUTO_STR id = STR_INIT;

	if (!view->selected_id)
		return view->ops->at_end && view->row_count ? view->row_count - 1 : 0;
	if (view->selected < view->row_count) {
		row_id(view, &view->rows[view->selected], &id);
		if (str_equal(id.bytes, view->selected_id))
			return view->selected;
	}
	for (size_t i = 0; i < view->row_count; i++) {
		row_id(view, &view->rows[i], &id);
		if (str_equal(id.bytes, view->selected_id))
			return i;
	}
	return view->selected;
}

static int rows_load(struct view *view, const char *filter, struct error *err)
{
	int code = 0;

	view->row_count = 0;
	if (view_model(view))
		view->ops->load(view);
	view->total = view->row_count;
	if (filter)
		code = rows_filter(view, filter, err);
	view_sort_rows(view);
	view_select(view, find_selected(view));
	return code;
}

void view_reload(struct view *view)
{
	view->loaded = true;
	view_set_late(view, false);
	if (view_is_list(view))
		rows_load(view, view->filter, NULL);
	else
		view->body.width = 0;
}

void view_set_late(struct view *view, bool late)
{
	view->late = late && view->before;
	if (view->late)
		return;
	free(view->before);
	view->before = NULL;
}

/* What stands in the lower rows stays what it was when the typing began. Rows of the view's own making go with them. */
static void keep_before(struct view *view)
{
	if (view->before || view->items || !view->row_count)
		return;
	view->before = mem_alloc(view->row_count * sizeof(*view->before));
	memcpy(view->before, view->rows, view->row_count * sizeof(*view->before));
	view->before_count = view->row_count;
	view->before_top = view->top;
}

int view_set_filter(struct view *view, const char *filter, struct error *err)
{
	AUTO_STRING wanted = filter && *filter ? mem_string(filter) : NULL;
	int code;

	keep_before(view);
	code = rows_load(view, wanted, err);

	if (code) {
		rows_load(view, view->filter, NULL);
		return code;
	}
	mem_replace(&view->filter, wanted);
	return 0;
}

/* A third of the rows is the text's. What a head must not lose stays, however few there are. */
static bool head_fits(const struct view *view, int rows)
{
	return !view->head.kept || (int)view->head.count <= rows - rows / 3;
}

void view_prepare(struct view *view, int cols, int rows)
{
	if (view_is_list(view)) {
		if (!view->loaded)
			view_reload(view);
		return;
	}
	if (view->body.width == cols && (view->laid_rows == rows || !view->head.kept))
		return;
	doc_reset(&view->head, cols);
	doc_reset(&view->body, cols);
	if (view->ops->head)
		view->ops->head(view, &view->head);
	view->ops->body(view, &view->body);
	if (!view->body.count && view->ops->empty)
		doc_sentence(&view->body, ROLE_DIM, _(view->ops->empty));
	if (!head_fits(view, rows))
		doc_take_rest(&view->body, &view->head);
	view->body.width = cols;
	view->laid_rows = rows;
}

int view_page(const struct view *view, int rows)
{
	int page = view_is_list(view) ? rows - 1 : rows - (int)view->head.count;

	return page < 1 ? 1 : page;
}

void view_follow(struct view *view, int rows, bool jump)
{
	size_t page = (size_t)view_page(view, rows), step = jump ? page / 2 : 0;

	if (!view_is_list(view)) {
		if (view->scroll + page > view->body.count)
			view->scroll = view->body.count > page ? view->body.count - page : 0;
		return;
	}
	if (view->selected < view->top)
		view->top = view->selected > step ? view->selected - step : 0;
	if (view->selected >= view->top + page)
		view->top = view->selected - page + 1 + step;
	if (view->top + page > view->row_count)
		view->top = view->row_count > page ? view->row_count - page : 0;
}

/* ---- drawing a list */

struct placed { size_t column; int col, width; };

/* Which columns are shown where in COLS cells; returns how many. */
static size_t place_columns(const struct view_ops *ops, int cols, struct placed placed[16])
{
	int fixed = 0, col = 0;
	size_t count = 0;

	for (size_t i = 0; i < ops->column_count; i++) {
		const struct column *column = &ops->columns[i];

		if (cols < column->from_cols || count == 16)
			continue;
		placed[count++] = (struct placed){ i, 0, column->width };
		fixed += column->width + 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (!placed[i].width)
			placed[i].width = cols + 1 - fixed > 0 ? cols + 1 - fixed : 1;
		placed[i].col = col;
		col += placed[i].width + 1;
	}
	return count;
}

/* The column that orders the rows has a mark: ^ smallest first, v largest first. */
static void header_text(const struct view *view, size_t column, struct text *ret)
{
	const char *title = *view->ops->columns[column].title ? _(view->ops->columns[column].title) : "";
	AUTO_STRING marked = view->sorted == column + 1 ? mem_format("%s%c", title, view->descending ? 'v' : '^') : NULL;

	text_display(ret, marked ? marked : title, -1, TEXT_LINE);
}

static void draw_header(const struct view *view, struct terminal *term, int row, int col, int cols,
			const struct placed *placed, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct column *column = &view->ops->columns[placed[i].column];
		AUTO_TEXT title = TEXT_INIT;
		int pad;

		header_text(view, placed[i].column, &title);
		pad = column->right && title.width < placed[i].width ? placed[i].width - title.width : 0;
		if (placed[i].col + pad < cols)
			term_put(term, row, col + placed[i].col + pad, cols - placed[i].col - pad, &title,
				 ROLE_HEADER);
	}
}

/* The selected row is one run, so that its bar has no holes; it ends where the text ends. */
static void draw_bar(struct terminal *term, int row, int col, int cols, struct str *line, enum role role)
{
	AUTO_TEXT text = TEXT_INIT;

	while (line->length && line->bytes[line->length - 1] == ' ')
		str_truncate(line, line->length - 1);
	text_display(&text, line->bytes, (long)line->length, TEXT_LINE);
	term_put(term, row, col, cols, &text, role);
}

static int cell_pad(const struct column *column, int cells, int width)
{
	return column->right && width < cells ? cells - width : 0;
}

static void draw_row(const struct view *view, struct terminal *term, int screen_row, int col, int cols,
		     const struct row *row, const struct placed *placed, size_t count, enum role over)
{
	AUTO_STR line = STR_INIT;
	int filled = 0;

	for (size_t i = 0; i < count && placed[i].col < cols; i++) {
		struct cell cell = { STR_INIT, ROLE_NORMAL };
		AUTO_TEXT text = TEXT_INIT;
		int room = placed[i].width, width, pad;

		room = placed[i].col + room > cols ? cols - placed[i].col : room;
		view->ops->cell(view, row, placed[i].column, &cell);
		text_display(&text, cell.text.bytes, (long)cell.text.length, TEXT_LINE);
		pad = cell_pad(&view->ops->columns[placed[i].column], room, text.width);
		if (over == ROLE_NORMAL) {
			term_put(term, screen_row, col + placed[i].col + pad, room - pad, &text, cell.role);
		} else {
			str_add_repeat(&line, ' ', (size_t)(placed[i].col + pad - filled));
			str_add_bytes(&line, text.utf8, text_clip(text.utf8, room - pad, &width));
			filled = placed[i].col + pad + width;
		}
		str_release(&cell.text);
	}
	if (over != ROLE_NORMAL)
		draw_bar(term, screen_row, col, cols, &line, over);
}

static bool is_fresh(const struct view *view, const struct row *row)
{
	const char *id = view->fresh && view->fresh->count && view->ops->row_case ? view->ops->row_case(row) : NULL;

	return id && idset_has(view->fresh, id);
}

static void draw_gutter(struct terminal *term, int row, int col, bool selected, bool marked, bool fresh)
{
	if (selected)
		term_put_raw(term, row, col, 1, ">", marked ? ROLE_MARKED : ROLE_NORMAL);
	if (marked || fresh)
		term_put_raw(term, row, col + 1, 1, marked ? "+" : "@", marked ? ROLE_MARKED : ROLE_NEW);
}

/* The row that stands in line I of the list, or NULL. */
static const struct row *row_at(const struct view *view, int i)
{
	size_t at = view->top + (size_t)i, old = view->before_top + (size_t)i;

	if (view->late && i >= PROMPT_ROWS)
		return old < view->before_count ? &view->before[old] : NULL;
	return at < view->row_count ? &view->rows[at] : NULL;
}

static void draw_empty(const struct view *view, struct terminal *term, int row, int col, int rows, int cols)
{
	struct doc doc = { 0 };

	doc_reset(&doc, cols);
	doc_sentence(&doc, ROLE_DIM, view->filter ? _("Nothing here matches the filter; Esc clears it.") : _(view->ops->empty));
	doc_draw(&doc, term, 0, row, col, rows, cols, NULL);
	doc_release(&doc);
}

static void draw_list(struct view *view, struct terminal *term, int row, int col, int rows, int cols, bool focus,
		      bool plain, int *ret_row)
{
	struct placed placed[16];
	size_t count = place_columns(view->ops, cols - 2, placed);

	if (rows > 1)
		draw_header(view, term, row++, col + 2, cols - 2, placed, count), rows--;
	if (!view->row_count)
		draw_empty(view, term, row, col + 2, rows, cols - 2);
	for (int i = 0; i < rows; i++) {
		const struct row *item = row_at(view, i);
		bool selected, marked;

		if (!item)
			continue;
		selected = item == &view->rows[view->selected];
		marked = view_marked(view, item);

		if (selected)
			*ret_row = row + i;
		draw_gutter(term, row + i, col, selected, marked, is_fresh(view, item));
		draw_row(view, term, row + i, col + 2, cols - 2, item, placed, count,
			 selected && focus && !plain ? ROLE_SELECTED : ROLE_NORMAL);
	}
}

void view_draw(struct view *view, struct terminal *term, int row, int col, int rows, int cols, bool focus, bool plain,
	       int *ret_row)
{
	int head;

	*ret_row = -1;
	if (view_is_list(view)) {
		draw_list(view, term, row, col, rows, cols, focus, plain, ret_row);
		return;
	}
	head = (int)view->head.count < rows - 1 ? (int)view->head.count : rows > 1 ? rows - 1 : 0;
	doc_draw(&view->head, term, 0, row, col, head, cols, NULL);
	doc_draw(&view->body, term, view->scroll, row + head, col, rows - head, cols, view->search);
	*ret_row = row + head;
}
