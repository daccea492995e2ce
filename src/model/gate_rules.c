/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the gates, read from data. */
#include "model/gate_private.h"

#include "psirtty/base/i18n.h"

enum { GATES_MAX = 64 };

/* ---- names */

static const char *const actions[] = {
#define X(name, word) [name] = word,
	GATE_ACTIONS(X)
};
static const char *const kinds[] = { GATE_KINDS(X) };
static const char *const results[] = { GATE_RESULTS(X)
#undef X
};

const char *gate_action_name(enum gate_action action)
{
	return actions[action];
}

int gate_action_from_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_equal(actions[i], word))
			return (int)i;
	return -1;
}

const char *gate_kind_name(enum gate_kind kind)
{
	return kinds[kind];
}

const char *gate_result_name(enum gate_result result)
{
	return results[result];
}

/* ---- the rules */

static int refuse(const struct conf *conf, struct error *err, const char *expected)
{
	return error_set(err, ERR_INPUT, "gates.yaml", _("Mend that line"), _("line %d: expected %s"),
			 conf->line, expected);
}

static int read_kind(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	const char *word = conf_text(map, "kind", "");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_equal(kinds[i], word)) {
			rule->kind = (enum gate_kind)i;
			return 0;
		}
	return refuse(conf_get(map, "kind") ? conf_get(map, "kind") : map, err,
		      _("kind: block, two-person or warn"));
}

static int read_actions(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	const struct conf *list = conf_get(map, "actions");

	for (size_t i = 0; list && list->kind == CONF_LIST && i < list->count; i++) {
		int action = gate_action_from_name(str_or_empty(list->items[i].text));

		if (action < 0)
			return refuse(&list->items[i], err, _("publish, send or export"));
		rule->actions |= 1U << action;
	}
	return rule->actions ? 0 : refuse(list ? list : map, err, _("actions: a list of publish, send, export"));
}

static int read_check(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	const struct conf *check = conf_get(map, "check");

	rule->check = check && check->text ? gate_check_named(check->text) : NULL;
	return rule->check ? 0 : refuse(check ? check : map, err, _("check: the name of a check there is"));
}

static int read_texts(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	const struct { const char *key; char **slot; bool may; } texts[] = {
		{ "id", &rule->id, false }, { "title", &rule->title, false },
		{ "title_zh", &rule->title_zh, true }, { "source", &rule->source, false },
		{ "do", &rule->remedy, false }, { "clock", &rule->clock, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const struct conf *item = conf_get(map, texts[i].key);
		AUTO_STRING expected = mem_format(_("a text behind %s:"), texts[i].key);

		if (item && item->kind == CONF_SCALAR && *item->text)
			*texts[i].slot = mem_string(item->text);
		else if (!texts[i].may)
			return refuse(item ? item : map, err, expected);
	}
	return 0;
}

/* The bits of the words in a list; WORDS is NULL ended. */
static int read_bits(const struct conf *map, const char *key, const char *const *words, const char *expected,
		     unsigned *ret, struct error *err)
{
	const struct conf *list = conf_get(map, key);

	if (list && list->kind != CONF_LIST)
		return refuse(list, err, expected);
	for (size_t i = 0; list && i < list->count; i++) {
		size_t at = 0;

		while (words[at] && !str_equal(words[at], list->items[i].text))
			at++;
		if (!words[at])
			return refuse(&list->items[i], err, expected);
		*ret |= 1U << at;
	}
	return 0;
}

static const char *const *signoff_words(void)
{
	return event_info(EVENT_SIGNED_OFF)->fields[0].words;
}

static int read_required(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	const char *const *words = signoff_words();
	unsigned bits = 0;
	int code = read_bits(map, "required", words, _("required: a list of what can be signed off"), &bits, err);

	for (size_t i = 0; !code && words[i]; i++) {
		if (!(bits & 1U << i))
			continue;
		rule->required = mem_resize(rule->required, rule->required_count + 1, sizeof(char *));
		rule->required[rule->required_count++] = mem_string(words[i]);
	}
	return code;
}

static int read_extras(const struct conf *map, struct gate_rule *rule, struct error *err)
{
	static const char *const needs[] = { "reference", "evidence", NULL };
	static const char *const spares[] = { "provider", "reporter", NULL };
	int code = read_bits(map, "needs", needs, _("needs: a list of reference, evidence"), &rule->needs, err);

	if (!code)
		code = read_bits(map, "spares", spares, _("spares: a list of provider, reporter"), &rule->spares, err);
	return code ? code : read_required(map, rule, err);
}

static int check_keys(const struct conf *map, struct error *err)
{
	static const char *const keys[] = { "id", "title", "title_zh", "source", "do", "kind", "actions", "check",
					    "needs", "spares", "required", "clock" };

	for (size_t i = 0; i < map->count; i++) {
		size_t at = 0;

		while (at < ARRAY_LEN(keys) && !str_equal(keys[at], map->items[i].key))
			at++;
		if (at == ARRAY_LEN(keys))
			return refuse(&map->items[i], err, _("a key of a gate"));
	}
	return 0;
}

static int read_rule(const struct conf *map, struct gate_rules *rules, struct error *err)
{
	struct gate_rule *rule = &rules->rules[rules->count++];
	int code = map->kind == CONF_MAP ? check_keys(map, err) : refuse(map, err, _("a gate"));

	if (!code)
		code = read_texts(map, rule, err);
	if (!code)
		code = read_kind(map, rule, err);
	if (!code)
		code = read_actions(map, rule, err);
	if (!code)
		code = read_check(map, rule, err);
	if (!code)
		code = read_extras(map, rule, err);
	for (size_t i = 0; !code && i + 1 < rules->count; i++)
		if (str_equal(rules->rules[i].id, rule->id))
			code = refuse(map, err, _("another id: this one is taken"));
	return code;
}

int gate_rules_load(const struct conf *conf, struct gate_rules *ret, struct error *err)
{
	const struct conf *list = conf_get(conf, "gates");
	struct gate_rules rules = { .version = mem_string(conf_text(conf, "version", "")) };
	int code = 0;

	if (!list || list->kind != CONF_LIST || !list->count || list->count > GATES_MAX)
		code = refuse(list ? list : conf, err, _("gates: a list of 1 to 64 gates"));
	else
		rules.rules = mem_alloc(list->count * sizeof(*rules.rules));
	for (size_t i = 0; !code && i < list->count; i++)
		code = read_rule(&list->items[i], &rules, err);
	if (code)
		gate_rules_release(&rules);
	else
		*ret = rules;
	return code;
}

void gate_rules_release(struct gate_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		free(rules->rules[i].id);
		free(rules->rules[i].title);
		free(rules->rules[i].title_zh);
		free(rules->rules[i].source);
		free(rules->rules[i].remedy);
		free(rules->rules[i].clock);
		for (size_t k = 0; k < rules->rules[i].required_count; k++)
			free(rules->rules[i].required[k]);
		free(rules->rules[i].required);
	}
	free(rules->rules);
	free(rules->version);
	*rules = (struct gate_rules){ 0 };
}

const struct gate_rule *gate_rule(const struct gate_rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->count; i++)
		if (str_casecmp(rules->rules[i].id, id) == 0)
			return &rules->rules[i];
	return NULL;
}

const char *gate_title(const struct gate_rule *rule)
{
	return rule->title_zh && i18n_chinese() ? rule->title_zh : rule->title;
}
