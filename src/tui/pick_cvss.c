/* SPDX-License-Identifier: Apache-2.0 */
/* A CVSS calculator: the metrics of a version, each value with the score it would lead to. */
#include "psirtty/score/cvss.h"

#include "tui/app.h"
#include "tui/cells.h"
#include "tui/form.h"

enum { CODE_CELLS = 4, NAME_CELLS = 26, WIDE_NAME_CELLS = 44, WIDE_FROM = 100, NARROW_NAME_CELLS = 12, NAMES_FROM = 72 };

struct calculator {
	struct picker picker;
	enum cvss_version version;
	const struct cvss_metric *metrics; size_t count;
	int values[CVSS_METRICS];  /* index into the metric's values */
	size_t selected, top;
};

static int value_count(const struct cvss_metric *metric)
{
	int count = 0;

	while (count < 8 && metric->values[count].code)
		count++;
	return count;
}

/* "X" and "ND" say that it is not defined: such metrics need not stand in the vector. */
static bool undefined(const struct cvss_metric *metric, int value)
{
	return str_equal(metric->values[value].code, "X") || str_equal(metric->values[value].code, "ND");
}

static void vector_with(const struct calculator *c, size_t metric, int value, struct str *ret)
{
	if (c->version != CVSS_2_0)
		str_add_format(ret, "CVSS:%s", cvss_version_name(c->version));
	for (size_t i = 0; i < c->count; i++) {
		int chosen = i == metric ? value : c->values[i];

		if (!undefined(&c->metrics[i], chosen))
			str_add_format(ret, "%s%s:%s", ret->length ? "/" : "", c->metrics[i].code,
				       c->metrics[i].values[chosen].code);
	}
}

static bool score_with(const struct calculator *c, size_t metric, int value, struct cvss *ret)
{
	AUTO_STR vector = STR_INIT;
	AUTO_STR repairs = STR_INIT;

	vector_with(c, metric, value, &vector);
	return cvss_parse_lenient(vector.bytes, ret, &repairs, NULL) == 0;
}

/* A value that is not named begins as not defined where there is such a thing, else as the first. */
static int fallback(const struct cvss_metric *metric)
{
	for (int i = 0; i < value_count(metric); i++)
		if (undefined(metric, i))
			return i;
	return 0;
}

static void set_version(struct calculator *c, enum cvss_version version, const struct cvss *from)
{
	c->version = version;
	c->metrics = cvss_metrics(version, &c->count);
	c->selected = c->top = 0;
	for (size_t i = 0; i < c->count; i++)
		c->values[i] = from && from->values[i] >= 0 ? from->values[i] : fallback(&c->metrics[i]);
}

static bool calculator_key(struct picker *picker, int key)
{
	static const enum cvss_version next[] = { [CVSS_4_0] = CVSS_3_1, [CVSS_3_1] = CVSS_2_0, [CVSS_2_0] = CVSS_4_0,
						  [CVSS_3_0] = CVSS_3_1 };
	struct calculator *c = (struct calculator *)picker;
	int values = value_count(&c->metrics[c->selected]);

	switch (key) {
	case TK_UP: c->selected -= c->selected > 0; return true;
	case TK_DOWN: c->selected += c->selected + 1 < c->count; return true;
	case TK_RIGHT: c->values[c->selected] = (c->values[c->selected] + 1) % values; return true;
	case TK_LEFT: c->values[c->selected] = (c->values[c->selected] + values - 1) % values; return true;
	case 'v': set_version(c, next[c->version], NULL); return true;
	default: break;
	}
	/* The letter of a value chooses it. */
	for (int i = 0; i < values; i++)
		if (c->metrics[c->selected].values[i].code[0] == (key >= 'a' && key <= 'z' ? key - 32 : key)) {
			c->values[c->selected] = i;
			return true;
		}
	return false;
}

/* "N 9.3  A 8.7  [L] 8.5": what each value would make of the score. */
static void draw_metric(const struct calculator *c, struct app *app, size_t index, int row)
{
	const struct cvss_metric *metric = &c->metrics[index];
	int cells = app->cols >= WIDE_FROM ? WIDE_NAME_CELLS : app->cols >= NAMES_FROM ? NAME_CELLS : NARROW_NAME_CELLS;
	int col = 3 + CODE_CELLS + cells;

	term_put_raw(app->term, row, 0, 1, index == c->selected ? ">" : "", ROLE_NORMAL);
	/* Where there is no room for the whole name its code tells which it is. */
	term_put_raw(app->term, row, 2, CODE_CELLS - 1, metric->code, ROLE_ID);
	term_put_raw(app->term, row, 2 + CODE_CELLS, cells, metric->name, index == c->selected ? ROLE_TITLE : ROLE_LABEL);
	for (int i = 0; i < value_count(metric) && col < app->cols; i++) {
		bool chosen = i == c->values[index];
		struct cvss cvss;
		char tenths[8];
		AUTO_STRING word = NULL;

		if (!score_with(c, index, i, &cvss))
			continue;
		word = mem_format(chosen ? "[%s %s]" : " %s %s ", metric->values[i].code, cvss_tenths(cvss.overall, tenths));
		col += 1 + term_put_raw(app->term, row, col, app->cols - col, word,
					chosen ? severity_role(cvss.severity) : ROLE_DIM);
	}
}

/* A vector that is too long goes on in the line below. */
static void draw_vector(struct app *app, int row, int col, const char *vector)
{
	size_t length = strlen(vector), room = app->cols > col ? (size_t)(app->cols - col) : 0, at = length;
	AUTO_STRING front = NULL;

	while (at > room)
		for (at--; at > 0 && vector[at] != '/'; at--)
			continue;
	front = mem_copy(vector, at);
	term_put_raw(app->term, row, col, (int)room, front, ROLE_NORMAL);
	term_put_raw(app->term, row + 1, col, (int)room, vector + at, ROLE_NORMAL);
}

static void calculator_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct calculator *c = (struct calculator *)picker;
	AUTO_STR vector = STR_INIT;
	struct cvss cvss;
	char tenths[8];

	vector_with(c, 0, c->values[0], &vector);
	if (score_with(c, 0, c->values[0], &cvss)) {
		AUTO_STRING score = mem_format("%s %s", cvss_tenths(cvss.overall, tenths), cvss_severity_name(cvss.severity));
		int used = term_put_raw(app->term, row, 0, app->cols, score, severity_role(cvss.severity));

		draw_vector(app, row, used + 2, vector.bytes);
	}
	row += 2, rows -= 2;
	if (c->selected < c->top)
		c->top = c->selected;
	if (rows > 0 && c->selected >= c->top + (size_t)rows)
		c->top = c->selected - (size_t)rows + 1;
	for (int i = 0; i < rows && c->top + (size_t)i < c->count; i++)
		draw_metric(c, app, c->top + (size_t)i, row + i);
}

static void calculator_text(const struct picker *picker, struct str *ret)
{
	const struct calculator *c = (const struct calculator *)picker;
	AUTO_STR repairs = STR_INIT;
	AUTO_STR vector = STR_INIT;
	struct cvss cvss;

	vector_with(c, 0, c->values[0], &vector);
	if (cvss_parse_lenient(vector.bytes, &cvss, &repairs, NULL) == 0)
		cvss_vector(&cvss, ret);
}

static void calculator_free(struct picker *picker)
{
	free(picker);
}

const struct picker_ops picker_cvss = {
	.hint = N_("Up Down metric  Left Right or its letter: value  v version  Enter takes it"),
	.key = calculator_key, .draw = calculator_draw, .text = calculator_text, .free = calculator_free,
};

struct picker *pick_cvss_new(const char *text)
{
	struct calculator *c = mem_alloc(sizeof(*c));
	struct cvss cvss;
	bool given = cvss_parse(text, &cvss, NULL) == 0;

	c->picker.ops = &picker_cvss;
	set_version(c, given ? cvss.version : CVSS_4_0, given ? &cvss : NULL);
	return &c->picker;
}
