/* SPDX-License-Identifier: Apache-2.0 */
/* Texts looked through for what must not leave the house. */
#include "psirtty/model/lint.h"

#include "psirtty/base/i18n.h"
#include "model/lint_private.h"

enum { LIST_MAX = 2000, PHRASE_MAX = 120, HITS_MAX = 1000, HIT_TEXT = 120 };

const char *lint_kind_name(enum lint_kind kind)
{
	static const char *const names[] = {
#define X(name, word) [name] = word,
		LINT_KINDS(X)
#undef X
	};

	return names[kind];
}

/* ---- the rules */

static int refuse(const struct conf *conf, struct error *err, const char *expected)
{
	return error_set(err, ERR_INPUT, "lint.yaml", _("Mend that line"), _("line %d: expected %s"),
			 conf->line, expected);
}

static char *lower(const char *text)
{
	char *copy = mem_string(text);

	for (char *c = copy; *c; c++)
		*c = (char)lint_lower((unsigned char)*c);
	return copy;
}

static int read_list(const struct conf *conf, struct lint_list *ret, struct error *err)
{
	if (!conf)
		return 0;
	if (conf->kind != CONF_LIST || conf->count > LIST_MAX)
		return refuse(conf, err, _("a list of phrases"));
	ret->items = mem_resize(ret->items, ret->count + conf->count + 1, sizeof(*ret->items));
	for (size_t i = 0; i < conf->count; i++) {
		const struct conf *item = &conf->items[i];

		if (item->kind != CONF_SCALAR || !*item->text || strlen(item->text) > PHRASE_MAX)
			return refuse(item, err, _("a phrase of 1 to 120 bytes"));
		ret->items[ret->count++] = lower(item->text);
	}
	return 0;
}

static int read_severities(const struct conf *conf, struct lint_rules *rules, struct error *err)
{
	int code = 0;

	if (conf && conf->kind != CONF_MAP)
		return refuse(conf, err, _("a map from severity to phrases"));
	for (size_t i = 0; conf && !code && i < conf->count; i++) {
		size_t grade = 0;

		while (grade < LINT_GRADES && !str_equal(lint_grades[grade], conf->items[i].key))
			grade++;
		if (grade == LINT_GRADES)
			return refuse(&conf->items[i], err, _("one of low, medium, high, critical"));
		code = read_list(&conf->items[i], &rules->severity[grade], err);
	}
	return code;
}

const char *const lint_grades[LINT_GRADES] = { "low", "medium", "high", "critical" };

static const struct { const char *key; size_t offset; } lists[] = {
	{ "references", offsetof(struct lint_rules, references) },
	{ "live-network", offsetof(struct lint_rules, network) },
	{ "exaggeration", offsetof(struct lint_rules, exaggeration) },
	{ "extortion", offsetof(struct lint_rules, extortion) },
	{ "counted", offsetof(struct lint_rules, counted) },
	{ "sources", offsetof(struct lint_rules, sources) },
};

static int check_keys(const struct conf *conf, struct error *err)
{
	for (size_t i = 0; i < conf->count; i++) {
		const char *key = conf->items[i].key;
		bool known = str_equal(key, "version") || str_equal(key, "severity");

		for (size_t k = 0; !known && k < ARRAY_LEN(lists); k++)
			known = str_equal(key, lists[k].key);
		if (!known)
			return refuse(&conf->items[i], err,
				      _("one of references, live-network, exaggeration, severity, counted, "
					"sources, extortion"));
	}
	return 0;
}

int lint_rules_load(const struct conf *conf, struct lint_rules **ret, struct error *err)
{
	struct lint_rules *rules = mem_alloc(sizeof(*rules));
	int code = conf->kind == CONF_MAP ? check_keys(conf, err) : refuse(conf, err, _("a map"));

	for (size_t i = 0; !code && i < ARRAY_LEN(lists); i++)
		code = read_list(conf_get(conf, lists[i].key),
				 (struct lint_list *)((char *)rules + lists[i].offset), err);
	if (!code)
		code = read_severities(conf_get(conf, "severity"), rules, err);
	if (code) {
		lint_rules_free(rules);
		return code;
	}
	*ret = rules;
	return 0;
}

static void list_release(struct lint_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
}

void lint_rules_free(struct lint_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		list_release((struct lint_list *)((char *)rules + lists[i].offset));
	for (size_t i = 0; i < LINT_GRADES; i++)
		list_release(&rules->severity[i]);
	free(rules);
}

/* ---- hits */

int lint_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool lint_word_byte(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void lint_hit(struct linting *l, enum lint_kind kind, const char *rule, size_t at, size_t length)
{
	struct lint_hit *hit;
	size_t kept = length < HIT_TEXT ? length : HIT_TEXT;

	if (l->count == HITS_MAX)
		return;
	while (kept < length && kept > 0 && ((unsigned char)l->text[at + kept] & 0xC0) == 0x80)
		kept--;
	l->hits = mem_grow(l->hits, &l->room, l->count + 1, sizeof(*l->hits));
	hit = &l->hits[l->count++];
	*hit = (struct lint_hit){ .kind = kind, .rule = rule, .at = at, .length = length,
				  .text = mem_copy(l->text + at, kept) };
}

bool lint_phrase_at(const struct linting *l, size_t at, const char *phrase, size_t *ret_length)
{
	size_t i = 0, length = strlen(phrase);
	unsigned char first = (unsigned char)phrase[0], last = (unsigned char)phrase[length ? length - 1 : 0];

	for (; phrase[i] && at + i < l->length; i++)
		if (lint_lower((unsigned char)l->text[at + i]) != (unsigned char)phrase[i])
			return false;
	if (phrase[i])
		return false;
	*ret_length = length;
	/* Words of letters end where words end; Chinese has no such ends. */
	if (lint_word_byte(first) && at > 0 && lint_word_byte((unsigned char)l->text[at - 1]))
		return false;
	return !(lint_word_byte(last) && at + length < l->length &&
		 lint_word_byte((unsigned char)l->text[at + length]));
}

/* The longest phrase of LIST at AT; its length, or 0. */
static size_t list_at(const struct linting *l, const struct lint_list *list, size_t at)
{
	size_t longest = 0, length;

	for (size_t i = 0; i < list->count; i++)
		if (lint_phrase_at(l, at, list->items[i], &length) && length > longest)
			longest = length;
	return longest;
}

static void check_phrases(struct linting *l, size_t at)
{
	const struct { const struct lint_list *list; enum lint_kind kind; } phrases[] = {
		{ &l->rules->network, LINT_NETWORK },
		{ &l->rules->exaggeration, LINT_EXAGGERATION },
		{ &l->rules->extortion, LINT_EXTORTION },
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		size_t length = list_at(l, phrases[i].list, at);

		if (length)
			lint_hit(l, phrases[i].kind, "phrase", at, length);
	}
}

static void check_names(struct linting *l, size_t at)
{
	size_t length;

	for (size_t i = 0; i < l->name_count; i++)
		if (*l->names[i] && lint_phrase_at(l, at, l->names[i], &length))
			lint_hit(l, LINT_NETWORK, "customer", at, length);
}

/* A word that claims another grade than the recorded one. */
static void check_severity(struct linting *l, size_t at)
{
	for (size_t grade = 0; l->context->severity && grade < LINT_GRADES; grade++) {
		size_t length = list_at(l, &l->rules->severity[grade], at);

		if (length && str_casecmp(lint_grades[grade], l->context->severity) != 0)
			lint_hit(l, LINT_EXAGGERATION, "severity-word", at, length);
	}
}

static bool ends_sentence(const char *text, size_t length, size_t at)
{
	static const char *const ends[] = { ". ", "! ", "? ", ".\n", "\n\n", "。", "！", "？", "；" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (length - at >= strlen(ends[i]) && memcmp(text + at, ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

/* Whether the sentence around AT names a source. Looks at most 500 bytes to either side. */
static bool has_source(const struct linting *l, size_t at)
{
	size_t from = at, to = at, length;

	while (from > 0 && at - from < 500 && !ends_sentence(l->text, l->length, from - 1))
		from--;
	while (to < l->length && to - at < 500 && !ends_sentence(l->text, l->length, to))
		to++;
	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k < l->rules->sources.count; k++)
			if (lint_phrase_at(l, i, l->rules->sources.items[k], &length))
				return true;
	return false;
}

/* "more than 3,000 devices", "300 万用户": a number, at most two words on its unit. */
static void check_count(struct linting *l, size_t at)
{
	size_t end = at, words = 0;

	if (l->text[at] < '0' || l->text[at] > '9' ||
	    (at > 0 && (lint_word_byte((unsigned char)l->text[at - 1]) || strchr(".,-/", l->text[at - 1]))))
		return;
	while (end < l->length && (strchr("0123456789,.", l->text[end]) && l->text[end]))
		end++;
	for (; end < l->length && end - at < 40 && words < 3 && l->text[end] != '\n'; end++) {
		size_t length = list_at(l, &l->rules->counted, end);

		if (length) {
			if (!has_source(l, at))
				lint_hit(l, LINT_EXAGGERATION, "number-without-source", at, end + length - at);
			return;
		}
		words += l->text[end] == ' ';
	}
}

static void number_lines(struct linting *l)
{
	size_t at = 0;
	int line = 1;

	for (size_t i = 0; i < l->count; i++) {
		for (; at < l->hits[i].at; at++)
			line += l->text[at] == '\n';
		l->hits[i].line = line;
	}
}

static void own_names(struct linting *l)
{
	l->name_count = l->context->name_count;
	l->names = mem_alloc((l->name_count + 1) * sizeof(*l->names));
	for (size_t i = 0; i < l->name_count; i++)
		l->names[i] = lower(l->context->names[i]);
}

void lint_text(const struct lint_rules *rules, const struct lint_context *context, const char *text,
	       size_t length, struct lint_hit **ret, size_t *ret_count)
{
	struct linting l = { .rules = rules, .context = context, .text = text, .length = length };

	own_names(&l);
	for (size_t at = 0; at < length && l.count < HITS_MAX; at++) {
		if (((unsigned char)text[at] & 0xC0) == 0x80)
			continue;
		check_phrases(&l, at);
		check_names(&l, at);
		check_severity(&l, at);
		check_count(&l, at);
		lint_network(&l, at);
	}
	number_lines(&l);
	for (size_t i = 0; i < l.name_count; i++)
		free(l.names[i]);
	free(l.names);
	*ret = l.hits;
	*ret_count = l.count;
}

void lint_hits_free(struct lint_hit *hits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(hits[i].text);
	free(hits);
}
