/* SPDX-License-Identifier: Apache-2.0 */
/* The bug bar out of its tree, and its judgement. */
#include "psirtty/model/bugbar.h"

#include "psirtty/base/i18n.h"
#include "psirtty/model/event.h"

static void words_free(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void rule_release(struct bugbar_rule *rule)
{
	for (size_t i = 0; i < rule->condition_count; i++) {
		free(rule->conditions[i].question);
		words_free(rule->conditions[i].answers, rule->conditions[i].answer_count);
	}
	free(rule->conditions);
	free(rule->id);
	free(rule->text);
	free(rule->outcome);
	free(rule->priority);
}

void bugbar_free(struct bugbar *bar)
{
	if (!bar)
		return;
	for (size_t i = 0; i < bar->question_count; i++) {
		free(bar->questions[i].id);
		free(bar->questions[i].text);
		words_free(bar->questions[i].answers, bar->questions[i].answer_count);
	}
	for (size_t i = 0; i < bar->rule_count; i++)
		rule_release(&bar->rules[i]);
	free(bar->questions);
	free(bar->rules);
	free(bar->version);
	free(bar);
}

/* ---- reading */

static int refuse(const char *name, const struct conf *at, const char *why, struct error *err)
{
	AUTO_STRING place = mem_format("%s:%d", name, at->line);

	return error_set(err, ERR_INPUT, place, NULL, "%s", why);
}

/* A list of scalars, or one scalar alone. */
static bool words_read(const struct conf *conf, char ***ret, size_t *ret_count)
{
	if (!conf)
		return false;
	if (conf->kind == CONF_SCALAR) {
		*ret = mem_alloc(sizeof(char *));
		(*ret)[0] = mem_string(conf->text);
		*ret_count = 1;
		return true;
	}
	if (conf->kind != CONF_LIST || !conf->count)
		return false;
	*ret = mem_alloc(conf->count * sizeof(char *));
	for (size_t i = 0; i < conf->count; i++) {
		if (conf->items[i].kind != CONF_SCALAR)
			return false;
		(*ret)[(*ret_count)++] = mem_string(conf->items[i].text);
	}
	return true;
}

static const struct bugbar_question *question_find(const struct bugbar *bar, const char *id)
{
	for (size_t i = 0; i < bar->question_count; i++)
		if (str_equal(bar->questions[i].id, id))
			return &bar->questions[i];
	return NULL;
}

static bool has_word(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(words[i], word))
			return true;
	return false;
}

static int questions_read(struct bugbar *bar, const struct conf *list, const char *name, struct error *err)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct conf *row = &list->items[i];
		struct bugbar_question *question = &bar->questions[bar->question_count++];

		question->id = mem_string(conf_text(row, "id", NULL));
		question->text = mem_string(conf_text(row, "text", ""));
		if (!question->id || !words_read(conf_get(row, "answers"), &question->answers,
						 &question->answer_count))
			return refuse(name, row, _("a question needs an id and a list of answers"), err);
	}
	return 0;
}

static int condition_read(struct bugbar *bar, struct bugbar_rule *rule, const struct conf *conf,
			  const char *name, struct error *err)
{
	struct bugbar_condition *condition = &rule->conditions[rule->condition_count++];
	const struct bugbar_question *question = question_find(bar, conf->key);

	condition->question = mem_string(conf->key);
	if (!question)
		return refuse(name, conf, _("a rule asks what is no question of the bar"), err);
	if (!words_read(conf, &condition->answers, &condition->answer_count))
		return refuse(name, conf, _("a condition is an answer or a list of them"), err);
	for (size_t i = 0; i < condition->answer_count; i++)
		if (!has_word(question->answers, question->answer_count, condition->answers[i]))
			return refuse(name, conf, _("that is none of the question's answers"), err);
	return 0;
}

static bool score_read(const char *text, int *ret)
{
	char *end;
	double value = text ? strtod(text, &end) : -0.1;

	if (text && (*end || end == text || value < 0 || value > 10))
		return false;
	*ret = text ? (int)(value * 10 + 0.5) : -1;
	return true;
}

static int rule_read(struct bugbar *bar, const struct conf *row, const char *name, struct error *err)
{
	struct bugbar_rule *rule = &bar->rules[bar->rule_count++];
	const struct conf *when = conf_get(row, "when");
	int code = 0;

	rule->id = mem_string(conf_text(row, "id", NULL));
	rule->text = mem_string(conf_text(row, "text", ""));
	rule->outcome = mem_string(conf_text(row, "outcome", NULL));
	rule->priority = mem_string(conf_text(row, "priority", NULL));
	if (!rule->id || !rule->outcome || !score_read(conf_text(row, "score", NULL), &rule->score))
		return refuse(name, row, _("a rule needs an id and an outcome, its score is 0 to 10"), err);
	if (bugbar_find(bar, rule->id) != rule)
		return refuse(name, row, _("two rules have this id"), err);
	for (size_t i = 0; outcome_words[i]; i++)
		if (str_equal(outcome_words[i], rule->outcome))
			code = 1;
	if (!code)
		return refuse(name, row, _("there is no such outcome"), err);
	if (!when)
		return 0;
	rule->conditions = mem_alloc((when->count + 1) * sizeof(*rule->conditions));
	code = 0;
	for (size_t i = 0; !code && i < when->count; i++)
		code = condition_read(bar, rule, &when->items[i], name, err);
	return code;
}

int bugbar_read(const struct conf *conf, const char *name, struct bugbar **ret, struct error *err)
{
	const struct conf *questions = conf_get(conf, "questions"), *rules = conf_get(conf, "rules");
	struct bugbar *bar;
	int code;

	if (!questions || questions->kind != CONF_LIST || !rules || rules->kind != CONF_LIST ||
	    !conf_text(conf, "version", NULL))
		return refuse(name, conf, _("a bug bar needs a version, questions and rules"), err);
	bar = mem_alloc(sizeof(*bar));
	bar->version = mem_string(conf_text(conf, "version", NULL));
	bar->questions = mem_alloc((questions->count + 1) * sizeof(*bar->questions));
	bar->rules = mem_alloc((rules->count + 1) * sizeof(*bar->rules));
	code = questions_read(bar, questions, name, err);
	for (size_t i = 0; !code && i < rules->count; i++)
		code = rule_read(bar, &rules->items[i], name, err);
	if (code)
		bugbar_free(bar);
	else
		*ret = bar;
	return code;
}

/* ---- judging */

const struct bugbar_rule *bugbar_find(const struct bugbar *bar, const char *id)
{
	for (size_t i = 0; i < bar->rule_count; i++)
		if (bar->rules[i].id && str_equal(bar->rules[i].id, id))
			return &bar->rules[i];
	return NULL;
}

int bugbar_check_answer(const struct bugbar *bar, const char *answer, struct error *err)
{
	const char *equals = strchr(answer, '=');
	AUTO_STRING id = equals ? mem_copy(answer, (size_t)(equals - answer)) : mem_string(answer);
	const struct bugbar_question *question = question_find(bar, id);
	AUTO_STR known = STR_INIT;

	if (question && equals && has_word(question->answers, question->answer_count, equals + 1))
		return 0;
	for (size_t i = 0; !question && i < bar->question_count; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", bar->questions[i].id);
	for (size_t i = 0; question && i < question->answer_count; i++)
		str_add_format(&known, "%s%s=%s", i ? ", " : "", question->id, question->answers[i]);
	return error_set(err, ERR_USAGE, answer, NULL, _("the bug bar asks: %s"), known.bytes);
}

static bool holds(const struct bugbar_condition *condition, char *const *answers, size_t count)
{
	size_t length = strlen(condition->question);

	for (size_t i = 0; i < count; i++)
		if (strncmp(answers[i], condition->question, length) == 0 && answers[i][length] == '=' &&
		    has_word(condition->answers, condition->answer_count, answers[i] + length + 1))
			return true;
	return false;
}

const struct bugbar_rule *bugbar_judge(const struct bugbar *bar, char *const *answers, size_t count, int score)
{
	for (size_t i = 0; i < bar->rule_count; i++) {
		const struct bugbar_rule *rule = &bar->rules[i];
		bool fits = rule->score < 0 || score >= rule->score;

		for (size_t k = 0; fits && k < rule->condition_count; k++)
			fits = holds(&rule->conditions[k], answers, count);
		if (fits)
			return rule;
	}
	return NULL;
}
