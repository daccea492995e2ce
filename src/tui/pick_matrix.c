/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products by versions: what the case says of each, one of them to choose, and what it is to be. What comes out is product,
 * version and status, for three fields beside each other.
 */
#include "tui/app.h"
#include "tui/form.h"

enum { PRODUCT_CELLS = 16 };

struct matrix {
	struct picker picker;
	const struct model *model;        /* borrowed */
	const struct case_state *state;   /* borrowed; NULL: no case is named yet */
	size_t product, version, top;
	int status;                       /* of the chosen cell, as it is to be; -1: as it is */
};

static const struct { int key; enum affected_status status; } letters[] = {
	{ 'a', AFFECTED_AFFECTED }, { 'n', AFFECTED_NOT_AFFECTED }, { 'f', AFFECTED_FIXED }, { 'i', AFFECTED_INVESTIGATING },
	{ 'u', AFFECTED_UNKNOWN },
};

static const struct product *product_at(const struct matrix *m, size_t index)
{
	return index < model_product_count(m->model) ? model_product(m->model, index) : NULL;
}

static const char *version_at(const struct product *product, size_t index)
{
	return product && index < product->version_count ? product->versions[index] : "";
}

/* What we say of it in the case, or -1. */
static int status_of(const struct matrix *m, const struct product *product, const char *version)
{
	for (size_t i = 0; m->state && i < m->state->affected_count; i++) {
		const struct case_affected *a = &m->state->affected[i];

		if (!a->by && str_equal(str_or_empty(a->version), version) &&
		    (str_equal(a->product, product->id) || str_equal(a->product, product->name)))
			return (int)a->status;
	}
	return -1;
}

static void move_product(struct matrix *m, int step)
{
	size_t count = model_product_count(m->model);

	if ((step < 0 && !m->product) || (step > 0 && m->product + 1 >= count))
		return;
	m->product += (size_t)step;
	m->version = 0;
	m->status = -1;
}

static void move_version(struct matrix *m, int step)
{
	const struct product *product = product_at(m, m->product);
	size_t count = product ? product->version_count : 0;

	if ((step < 0 && !m->version) || (step > 0 && m->version + 1 >= count))
		return;
	m->version += (size_t)step;
	m->status = -1;
}

static bool matrix_key(struct picker *picker, int key)
{
	struct matrix *m = (struct matrix *)picker;

	switch (key) {
	case TK_UP: move_product(m, -1); return true;
	case TK_DOWN: move_product(m, 1); return true;
	case TK_LEFT: move_version(m, -1); return true;
	case TK_RIGHT: move_version(m, 1); return true;
	default: break;
	}
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].key == key) {
			m->status = (int)letters[i].status;
			return true;
		}
	return false;
}

/* What the cell says now; a star before what it is to be. */
static char *cell_word(const struct matrix *m, const struct product *product, size_t version, bool chosen)
{
	int status = status_of(m, product, version_at(product, version)), wanted = chosen && m->status >= 0 ? m->status : status;

	return mem_format(chosen ? "[%s %s%s]" : " %s %s%s ", version_at(product, version), wanted != status ? "*" : "",
			  wanted < 0 ? "-" : affected_name((enum affected_status)wanted));
}

static int word_width(const struct matrix *m, const struct product *product, size_t version, bool chosen)
{
	AUTO_STRING word = cell_word(m, product, version, chosen);

	return text_width(word) + 1;
}

/* The first version to draw, so that the chosen one is seen. */
static size_t first_version(const struct matrix *m, const struct product *product, int room)
{
	size_t first = m->version;
	int used = word_width(m, product, m->version, true);

	while (first > 0 && used + word_width(m, product, first - 1, false) <= room)
		used += word_width(m, product, --first, false);
	return first;
}

static void draw_product(const struct matrix *m, struct app *app, size_t index, int row)
{
	const struct product *product = product_at(m, index);
	bool selected = index == m->product;
	int col = 3 + PRODUCT_CELLS;

	term_put_raw(app->term, row, 0, 1, selected ? ">" : "", ROLE_NORMAL);
	term_put_raw(app->term, row, 2, PRODUCT_CELLS, product->id, selected ? ROLE_TITLE : ROLE_ID);
	for (size_t i = selected ? first_version(m, product, app->cols - col) : 0; i < product->version_count && col < app->cols; i++) {
		bool chosen = selected && i == m->version;
		AUTO_STRING word = cell_word(m, product, i, chosen);

		col += 1 + term_put_raw(app->term, row, col, app->cols - col, word, chosen ? ROLE_SELECTED : ROLE_NORMAL);
	}
}

static void matrix_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct matrix *m = (struct matrix *)picker;

	term_put_raw(app->term, row, 0, app->cols, m->state ? m->state->title : _("no case is named yet"), ROLE_DIM);
	row += 2, rows -= 2;
	if (m->product < m->top)
		m->top = m->product;
	if (rows > 0 && m->product >= m->top + (size_t)rows)
		m->top = m->product - (size_t)rows + 1;
	for (int i = 0; i < rows && m->top + (size_t)i < model_product_count(m->model); i++)
		draw_product(m, app, m->top + (size_t)i, row + i);
}

static void matrix_text(const struct picker *picker, struct str *ret)
{
	const struct matrix *m = (const struct matrix *)picker;
	const struct product *product = product_at(m, m->product);
	int status;

	if (!product)
		return;
	status = m->status >= 0 ? m->status : status_of(m, product, version_at(product, m->version));
	str_add_format(ret, "%s\t%s", product->id, version_at(product, m->version));
	if (status >= 0)
		str_add_format(ret, "\t%s", affected_name((enum affected_status)status));
}

static void matrix_free(struct picker *picker)
{
	free(picker);
}

const struct picker_ops picker_matrix = {
	.hint = N_("arrows  a affected n not f fixed i in question u unknown  Enter takes it"),
	.key = matrix_key, .draw = matrix_draw, .text = matrix_text, .free = matrix_free,
};

struct picker *pick_matrix_new(const struct model *model, const struct case_state *state)
{
	struct matrix *m;

	if (!model || !model_product_count(model))
		return NULL;
	m = mem_alloc(sizeof(*m));
	m->picker.ops = &picker_matrix;
	m->model = model;
	m->state = state;
	m->status = -1;
	return &m->picker;
}
