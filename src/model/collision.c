/* SPDX-License-Identifier: Apache-2.0 */
/* Collisions of laws: the rules read from data, and what of a case they are about. */
#include "psirtty/model/collision.h"

#include "psirtty/base/i18n.h"

enum { LIST_MAX = 64 };

/* ---- the rules */

static int refuse(const struct conf *conf, struct error *err, const char *expected)
{
	return error_set(err, ERR_INPUT, "collisions.yaml", _("Mend that line"), _("line %d: expected %s"), conf->line,
			 expected);
}

static int read_text(const struct conf *map, const char *key, char **ret, struct error *err)
{
	const struct conf *item = map->kind == CONF_MAP ? conf_get(map, key) : NULL;
	AUTO_STRING expected = mem_format(_("a text behind %s:"), key);

	if (!item || item->kind != CONF_SCALAR || !*item->text)
		return refuse(item ? item : map, err, expected);
	*ret = mem_string(item->text);
	return 0;
}

static int read_words(const struct conf *map, struct collision_text *ret, bool is_cited, bool is_named, struct error *err)
{
	int code = is_named ? read_text(map, "id", &ret->id, err) : 0;

	if (!code && is_cited)
		code = read_text(map, "citation", &ret->citation, err);
	if (!code)
		code = read_text(map, "text", &ret->text, err);
	if (!code && conf_get(map, "text_zh"))
		code = read_text(map, "text_zh", &ret->text_zh, err);
	return code;
}

static int read_list(const struct conf *conf, const char *key, const struct conf **ret, struct error *err)
{
	const struct conf *list = conf_get(conf, key);
	AUTO_STRING expected = mem_format(_("%s: a list of 1 to 64"), key);

	if (!list || list->kind != CONF_LIST || !list->count || list->count > LIST_MAX)
		return refuse(list ? list : conf, err, expected);
	*ret = list;
	return 0;
}

static int read_clocks(const struct conf *map, struct collision_duty *duty, struct error *err)
{
	const struct conf *list = conf_get(map, "clocks");

	if (!list)
		return 0;
	if (list->kind != CONF_LIST)
		return refuse(list, err, _("clocks: a list of how ids of clocks begin"));
	duty->clocks = mem_alloc((list->count + 1) * sizeof(char *));
	for (size_t i = 0; i < list->count; i++) {
		if (!list->items[i].text || !*list->items[i].text)
			return refuse(&list->items[i], err, _("clocks: a list of how ids of clocks begin"));
		duty->clocks[duty->clock_count++] = mem_string(list->items[i].text);
	}
	return 0;
}

static int read_duties(const struct conf *conf, struct collision_rules *rules, struct error *err)
{
	const struct conf *list;
	int code = read_list(conf, "duties", &list, err);

	if (!code)
		rules->duties = mem_alloc(list->count * sizeof(*rules->duties));
	for (size_t i = 0; !code && i < list->count; i++) {
		struct collision_duty *duty = &rules->duties[rules->duty_count++];

		code = read_words(&list->items[i], &duty->text, true, true, err);
		if (!code)
			code = read_clocks(&list->items[i], duty, err);
	}
	return code;
}

static int read_options(const struct conf *conf, struct collision_rules *rules, struct error *err)
{
	const struct conf *list;
	int code = read_list(conf, "options", &list, err);

	if (!code)
		rules->options = mem_alloc(list->count * sizeof(*rules->options));
	for (size_t i = 0; !code && i < list->count; i++)
		code = read_words(&list->items[i], &rules->options[rules->option_count++], false, true, err);
	return code;
}

static int read_spares(const struct conf *map, unsigned *ret, struct error *err)
{
	const struct conf *list = conf_get(map, "spares");

	for (size_t i = 0; list && i < list->count; i++) {
		bool provider = str_equal(list->items[i].text, "provider");

		if (!provider && !str_equal(list->items[i].text, "reporter"))
			return refuse(&list->items[i], err, _("spares: a list of provider, reporter"));
		*ret |= provider ? GATE_SPARES_PROVIDER : GATE_SPARES_REPORTER;
	}
	return 0;
}

static int read_rule(const struct conf *conf, struct collision_rules *rules, struct error *err)
{
	const struct conf *map = conf_get(conf, "rule");
	int code = map && map->kind == CONF_MAP ? 0 : refuse(map ? map : conf, err, _("rule: citation, text, clock"));

	if (!code)
		code = read_words(map, &rules->rule, true, false, err);
	if (!code)
		code = read_text(map, "clock", &rules->clock, err);
	return code ? code : read_spares(map, &rules->spares, err);
}

int collision_rules_load(const struct conf *conf, struct collision_rules *ret, struct error *err)
{
	struct collision_rules rules = { .version = mem_string(conf_text(conf, "version", "")) };
	int code = read_rule(conf, &rules, err);

	if (!code)
		code = read_duties(conf, &rules, err);
	if (!code)
		code = read_options(conf, &rules, err);
	if (code)
		collision_rules_release(&rules);
	else
		*ret = rules;
	return code;
}

static void text_release(struct collision_text *text)
{
	free(text->id);
	free(text->citation);
	free(text->text);
	free(text->text_zh);
}

void collision_rules_release(struct collision_rules *rules)
{
	for (size_t i = 0; i < rules->duty_count; i++) {
		text_release(&rules->duties[i].text);
		for (size_t k = 0; k < rules->duties[i].clock_count; k++)
			free(rules->duties[i].clocks[k]);
		free(rules->duties[i].clocks);
	}
	for (size_t i = 0; i < rules->option_count; i++)
		text_release(&rules->options[i]);
	text_release(&rules->rule);
	free(rules->duties);
	free(rules->options);
	free(rules->version);
	free(rules->clock);
	*rules = (struct collision_rules){ 0 };
}

const struct collision_text *collision_option(const struct collision_rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->option_count; i++)
		if (str_equal(rules->options[i].id, id))
			return &rules->options[i];
	return NULL;
}

const char *collision_words(const struct collision_text *text)
{
	return text->text_zh && i18n_chinese() ? text->text_zh : text->text;
}

/* ---- what collides */

static const struct case_record *decision_of(const struct case_state *state, const char *about)
{
	const struct case_record *record, *found = NULL;
	size_t cursor = 0;

	while ((record = case_record_next(state, EVENT_COLLISION_DECIDED, &cursor)))
		if (gate_saw(record_text(record, "about"), about))
			found = record;
	return found;
}

static struct collision_side *add_side(struct collision *collision, const struct case_state *state, const char *word,
				       const char *name)
{
	struct collision_side *side;

	collision->sides = mem_resize(collision->sides, collision->count + 1, sizeof(*collision->sides));
	side = &collision->sides[collision->count++];
	*side = (struct collision_side){ .due = INSTANT_NONE, .about = mem_format("%s: %s", word, name) };
	side->decision = decision_of(state, side->about);
	collision->open += !side->decision;
	return side;
}

static void find_recipients(const struct collision_rules *rules, const struct model *model,
			    const struct case_state *state, struct collision *collision)
{
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];
		const struct gate_recipient who = { party->name, party->address, party->fingerprint };
		const char *where = gate_jurisdiction(model, state, &who, NULL);
		struct collision_side *side;

		/* Who is not known to be abroad is the gate's question, not a collision yet. */
		if (str_equal(where, "CN") || str_equal(where, "unknown") ||
		    gate_spared(model, state, &who, rules->spares))
			continue;
		side = add_side(collision, state, "recipient", party->name);
		side->name = party->name;
		side->where = where;
		side->duty = &rules->duties[0];
	}
}

static const struct collision_duty *duty_of(const struct collision_rules *rules, const char *clock)
{
	for (size_t i = 0; i < rules->duty_count; i++)
		for (size_t k = 0; k < rules->duties[i].clock_count; k++)
			if (str_starts(clock, rules->duties[i].clocks[k]))
				return &rules->duties[i];
	return NULL;
}

/* When the clock is due while it runs; INSTANT_NONE. */
static instant running_until(const struct model *model, const struct case_state *state, const struct clock_rule *rule,
			     instant now)
{
	struct clock_status status;

	case_clock_status(model, state, rule, now, &status);
	if ((status.state != CLOCK_RUNNING && status.state != CLOCK_MISSED) || !status.line_count)
		return INSTANT_NONE;
	return status.lines[0].due.when.at;
}

static void find_clocks(const struct collision_rules *rules, const struct model *model, const struct case_state *state,
			instant now, struct collision *collision)
{
	const struct clock_rules *clocks = model_clock_rules(model);

	for (size_t i = 0; clocks && i < clock_rule_count(clocks); i++) {
		const struct clock_rule *rule = clock_rule_at(clocks, i);
		const struct collision_duty *duty = duty_of(rules, rule->id);
		instant due = duty ? running_until(model, state, rule, now) : INSTANT_NONE;
		struct collision_side *side;

		if (due == INSTANT_NONE)
			continue;
		side = add_side(collision, state, "clock", rule->id);
		side->duty = duty;
		side->clock = rule;
		side->due = due;
	}
}

void collision_find(const struct collision_rules *rules, const struct model *model, const struct case_state *state,
		    instant now, struct collision *ret)
{
	const struct clock_rules *clocks = model_clock_rules(model);
	const struct clock_rule *own = clocks ? clock_rule_find(clocks, rules->clock) : NULL;
	struct collision collision = { .own_due = INSTANT_NONE };

	if (gate_undisclosed(state)) {
		find_recipients(rules, model, state, &collision);
		find_clocks(rules, model, state, now, &collision);
	}
	if (collision.count && own)
		collision.own_due = running_until(model, state, own, now);
	*ret = collision;
}

void collision_release(struct collision *collision)
{
	for (size_t i = 0; i < collision->count; i++)
		free(collision->sides[i].about);
	free(collision->sides);
	*collision = (struct collision){ 0 };
}
