/* SPDX-License-Identifier: Apache-2.0 */
/* Lists in the order of a column: by what its cells say, numbers in them by their size, equal ones as they were. */
#include "tui/app.h"

#include <string.h>

struct keyed { struct row row; struct str key; size_t place; };

static int by_key(const void *a, const void *b)
{
	const struct keyed *one = a, *other = b;
	int order = strverscmp(str_or_empty(one->key.bytes), str_or_empty(other->key.bytes));

	return order ? order : one->place < other->place ? -1 : 1;
}

static int by_key_down(const void *a, const void *b)
{
	const struct keyed *one = a, *other = b;
	int order = strverscmp(str_or_empty(other->key.bytes), str_or_empty(one->key.bytes));

	return order ? order : one->place < other->place ? -1 : 1;
}

void view_sort_rows(struct view *view)
{
	struct keyed *keyed;

	if (!view->sorted || !view->row_count)
		return;
	keyed = mem_alloc(view->row_count * sizeof(*keyed));
	for (size_t i = 0; i < view->row_count; i++) {
		struct cell cell = { STR_INIT, ROLE_NORMAL };

		view->ops->cell(view, &view->rows[i], view->sorted - 1, &cell);
		keyed[i] = (struct keyed){ view->rows[i], cell.text, i };
	}
	qsort(keyed, view->row_count, sizeof(*keyed), view->descending ? by_key_down : by_key);
	for (size_t i = 0; i < view->row_count; i++) {
		view->rows[i] = keyed[i].row;
		str_release(&keyed[i].key);
	}
	free(keyed);
}

/* The column whose title, in either language, begins with NAME; its number from 1, or 0. */
static size_t column_named(const struct view *view, const char *name)
{
	for (size_t i = 0; i < view->ops->column_count; i++) {
		const char *title = view->ops->columns[i].title;

		if (*title && (str_starts_nocase(title, name) || str_starts_nocase(_(title), name)))
			return i + 1;
	}
	return 0;
}

static void say_columns(struct app *app, const struct view *view)
{
	AUTO_STR sentence = STR_INIT;

	str_add(&sentence, _("Sort by which column? none,"));
	for (size_t i = 0; i < view->ops->column_count; i++)
		if (*view->ops->columns[i].title)
			str_add_format(&sentence, "%s%s", i + 1 < view->ops->column_count ? " " : "", _(view->ops->columns[i].title));
	app_message(app, ROLE_WARNING, sentence.bytes);
}

void view_sort(struct app *app, const char *name)
{
	struct view *view = app_view(app);
	size_t column = name && view_is_list(view) ? column_named(view, name) : 0;

	if (!view_is_list(view))
		return;
	if (!column && !str_equal(name, "none")) {
		say_columns(app, view);
		return;
	}
	view->descending = column && column == view->sorted && !view->descending;
	view->sorted = column;
	view_reload(view);
}
