/* SPDX-License-Identifier: Apache-2.0 */
/* The bug bar as a form of its own: its questions, and what each answer would make of the report. */
#include "psirtty/desk/life.h"

#include "tui/app.h"
#include "tui/form.h"

enum { QUESTIONS_MOST = 32, ID_CELLS = 14, HEAD_ROWS = 3 };

struct questions {
	struct picker picker;
	struct bugbar *bar;          /* owned */
	int score;
	int chosen[QUESTIONS_MOST];  /* an answer's place, or -1 */
	size_t count, selected, top;
};

static char *answer_word(const struct questions *q, size_t question, int answer)
{
	return mem_format("%s=%s", q->bar->questions[question].id, q->bar->questions[question].answers[answer]);
}

/* What the answers lead to when QUESTION has ANSWER (-1: none). */
static const struct bugbar_rule *judged(const struct questions *q, size_t question, int answer)
{
	char *words[QUESTIONS_MOST] = { NULL };
	const struct bugbar_rule *rule;
	size_t count = 0;

	for (size_t i = 0; i < q->count; i++) {
		int place = i == question ? answer : q->chosen[i];

		if (place >= 0)
			words[count++] = answer_word(q, i, place);
	}
	rule = bugbar_judge(q->bar, words, count, q->score);
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	return rule;
}

static bool questions_key(struct picker *picker, int key)
{
	struct questions *q = (struct questions *)picker;
	int answers = (int)q->bar->questions[q->selected].answer_count;
	int *chosen = &q->chosen[q->selected];

	switch (key) {
	case TK_UP: q->selected -= q->selected > 0; return true;
	case TK_DOWN: q->selected += q->selected + 1 < q->count; return true;
	case TK_RIGHT: *chosen = *chosen + 1 < answers ? *chosen + 1 : -1; return true;
	case TK_LEFT: *chosen = *chosen >= 0 ? *chosen - 1 : answers - 1; return true;
	default: return false;
	}
}

/* A star: this answer would lead elsewhere. */
static char *answer_label(const struct questions *q, size_t index, size_t answer)
{
	const char *turn = judged(q, index, (int)answer) != judged(q, index, q->chosen[index]) ? "*" : "";

	return mem_format((int)answer == q->chosen[index] ? "[%s]%s" : " %s %s", q->bar->questions[index].answers[answer], turn);
}

/* The first answer to draw, so that the chosen one is seen. */
static size_t first_answer(const struct questions *q, size_t index, int room)
{
	size_t first = q->chosen[index] < 0 ? 0 : (size_t)q->chosen[index];
	int used = 0;

	for (size_t i = first + 1; i-- > 0; first = i) {
		AUTO_STRING word = answer_label(q, index, i);

		used += text_width(word) + 1;
		if (used > room + 1 && i < first)
			return first;
	}
	return first;
}

static void draw_question(const struct questions *q, struct app *app, size_t index, int row)
{
	const struct bugbar_question *question = &q->bar->questions[index];
	bool selected = index == q->selected;
	int col = 3 + ID_CELLS;

	term_put_raw(app->term, row, 0, 1, selected ? ">" : "", ROLE_NORMAL);
	term_put_raw(app->term, row, 2, ID_CELLS, question->id, selected ? ROLE_TITLE : ROLE_LABEL);
	for (size_t i = first_answer(q, index, app->cols - col); i < question->answer_count && col < app->cols; i++) {
		AUTO_STRING word = answer_label(q, index, i);

		col += 1 + term_put_raw(app->term, row, col, app->cols - col, word,
					(int)i == q->chosen[index] ? ROLE_TITLE : ROLE_NORMAL);
	}
}

static void questions_draw(struct picker *picker, struct app *app, int row, int rows)
{
	struct questions *q = (struct questions *)picker;
	const struct bugbar_rule *rule = judged(q, q->count, -1);
	AUTO_STRING head = rule ? mem_format("%s %s", rule->outcome, str_or_empty(rule->priority)) :
				  mem_string(_("the answers so far fit no rule"));
	AUTO_STRING why = rule ? mem_format("%s: %s", rule->id, rule->text) : mem_string("");

	term_put_raw(app->term, row, 0, app->cols, head, rule ? ROLE_TITLE : ROLE_DIM);
	if (rows > 1)
		term_put_raw(app->term, row + 1, 0, app->cols, why, ROLE_DIM);
	if (rows > HEAD_ROWS)
		term_put_raw(app->term, row + 2, 2, app->cols - 2, q->bar->questions[q->selected].text, ROLE_NORMAL);
	row += HEAD_ROWS, rows -= HEAD_ROWS;
	if (q->selected < q->top)
		q->top = q->selected;
	if (rows > 0 && q->selected >= q->top + (size_t)rows)
		q->top = q->selected - (size_t)rows + 1;
	for (int i = 0; i < rows && q->top + (size_t)i < q->count; i++)
		draw_question(q, app, q->top + (size_t)i, row + i);
}

static void questions_text(const struct picker *picker, struct str *ret)
{
	const struct questions *q = (const struct questions *)picker;

	for (size_t i = 0; i < q->count; i++) {
		AUTO_STRING word = q->chosen[i] < 0 ? NULL : answer_word(q, i, q->chosen[i]);

		if (word)
			str_add_format(ret, "%s%s", ret->length ? " " : "", word);
	}
}

static void questions_free(struct picker *picker)
{
	bugbar_free(((struct questions *)picker)->bar);
	free(picker);
}

const struct picker_ops picker_bar = {
	.hint = N_("Up Down question  Left Right answer  * leads elsewhere  Enter takes them"),
	.key = questions_key, .draw = questions_draw, .text = questions_text, .free = questions_free,
};

/* The answer that the words typed so far give to a question, or -1. */
static int answered(const struct questions *q, size_t question, const char *text)
{
	AUTO_STRING all = mem_format(" %s ", str_or_empty(text));

	for (size_t i = 0; i < q->bar->questions[question].answer_count; i++) {
		AUTO_STRING word = answer_word(q, question, (int)i);
		AUTO_STRING wanted = mem_format(" %s ", word);

		if (strstr(all, wanted))
			return (int)i;
	}
	return -1;
}

struct picker *pick_bar_new(const char *text, int score)
{
	struct questions *q = mem_alloc(sizeof(*q));

	if (desk_bugbar(&q->bar, NULL) || !q->bar->question_count) {
		bugbar_free(q->bar);
		free(q);
		return NULL;
	}
	q->picker.ops = &picker_bar;
	q->score = score;
	q->count = q->bar->question_count < QUESTIONS_MOST ? q->bar->question_count : QUESTIONS_MOST;
	for (size_t i = 0; i < q->count; i++)
		q->chosen[i] = answered(q, i, text);
	return &q->picker;
}
