/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of clocks: read out of YAML, layer over layer, every fault with its file and line. What
 * they mean for a case is in clock.c, when they end in clock_due.c.
 */
#include "psirtty/model/clock.h"

#include <stddef.h>

#include "model/conf_row.h"
#include "psirtty/base/i18n.h"
#include "psirtty/score/cvss.h"

enum { RULE_LIMIT = 500, COUNT_LIMIT = 10000 };

struct layer { char *name, *bytes; size_t length; };

struct clock_rules {
	struct clock_rule **rules; /* owned, in the order of the files */
	size_t count, room;
	struct holidays **holidays; /* held */
	size_t holidays_count, holidays_room;
	struct layer *layers; /* owned: to make the same rules once more */
	size_t layer_count, layer_room;
	uint64_t version;
};

#define X(name, word, text) word,
const char *const fact_words[] = { CLOCK_FACTS(X) NULL };
#undef X
#define X(name, word) word,
const char *const mark_words[] = { CLOCK_MARKS(X) NULL };
const char *const clock_kind_words[] = { CLOCK_KINDS(X) NULL };
const char *const basis_words[] = { CLOCK_BASES(X) NULL };
const char *const clock_start_words[] = { CLOCK_STARTS(X) NULL };
const char *const clock_unit_words[] = { CLOCK_UNITS(X) NULL };
const char *const clock_state_words[] = { CLOCK_STATES(X) NULL };
#undef X
static const char *const severity_words[] = { "none", "low", "medium", "high", "critical", NULL };
static const char *const sheet_words[] = { "rmsv", "cra-early", "cra-notification", "cra-final",
					   "cra-incident-early", "cra-incident-notification",
					   "cra-incident-final", NULL };

const char *fact_text(enum clock_fact fact)
{
#define X(name, word, text) text,
	static const char *const texts[] = { CLOCK_FACTS(X) };
#undef X

	return _(texts[fact]);
}

/* ---- owning */

static void reading_release(struct clock_reading *reading)
{
	free(reading->name);
	free(reading->source);
	free(reading->verify);
	free(reading->holidays_id);
}

static void readings_release(struct clock_rule *rule)
{
	for (size_t i = 0; i < rule->reading_count; i++)
		reading_release(&rule->readings[i]);
	memset(rule->readings, 0, sizeof(rule->readings));
	rule->reading_count = 0;
}

static void rule_free(struct clock_rule *rule)
{
	char *const texts[] = { rule->id, rule->title, rule->title_zh, rule->area, rule->who, rule->to,
				rule->content, rule->source, rule->verify, rule->note, rule->after,
				rule->trigger_text, rule->holidays_id, rule->sheet, rule->met_with };

	readings_release(rule);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	free(rule);
}

/* FNV-1a: the same in every session. */
static uint64_t hash(uint64_t before, const char *bytes, size_t length)
{
	uint64_t value = before ? before : UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		value = (value ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return value;
}

uint64_t clock_key(const char *id)
{
	return hash(0, id, strlen(id));
}

struct clock_rules *clock_rules_new(void)
{
	return mem_alloc(sizeof(struct clock_rules));
}

static void rules_release(struct clock_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		rule_free(rules->rules[i]);
	for (size_t i = 0; i < rules->holidays_count; i++)
		holidays_free(rules->holidays[i]);
	for (size_t i = 0; i < rules->layer_count; i++) {
		free(rules->layers[i].name);
		free(rules->layers[i].bytes);
	}
	free(rules->rules);
	free(rules->holidays);
	free(rules->layers);
}

void clock_rules_free(struct clock_rules *rules)
{
	if (!rules)
		return;
	rules_release(rules);
	free(rules);
}

void clock_rules_add_holidays(struct clock_rules *rules, struct holidays *holidays)
{
	for (size_t i = 0; i < rules->holidays_count; i++) {
		if (!str_equal(holidays_id(rules->holidays[i]), holidays_id(holidays)))
			continue;
		holidays_free(rules->holidays[i]);
		rules->holidays[i] = holidays;
		return;
	}
	rules->holidays = mem_grow(rules->holidays, &rules->holidays_room, rules->holidays_count + 1,
				   sizeof(struct holidays *));
	rules->holidays[rules->holidays_count++] = holidays;
}

const struct holidays *clock_rules_holidays(const struct clock_rules *rules, const char *id)
{
	for (size_t i = 0; id && i < rules->holidays_count; i++)
		if (str_equal(holidays_id(rules->holidays[i]), id))
			return rules->holidays[i];
	return NULL;
}

/* ---- finding */

size_t clock_rule_count(const struct clock_rules *rules)
{
	return rules ? rules->count : 0;
}

const struct clock_rule *clock_rule_at(const struct clock_rules *rules, size_t index)
{
	return rules->rules[index];
}

const struct clock_rule *clock_rule_find(const struct clock_rules *rules, const char *id)
{
	for (size_t i = 0; i < clock_rule_count(rules); i++)
		if (str_equal(rules->rules[i]->id, id))
			return rules->rules[i];
	return NULL;
}

uint64_t clock_rules_version(const struct clock_rules *rules)
{
	return rules ? rules->version : 0;
}

uint64_t clock_rules_stamp(const struct clock_rules *rules)
{
	uint64_t stamp = clock_rules_version(rules);

	for (size_t i = 0; rules && i < rules->holidays_count; i++) {
		uint64_t one = holidays_stamp(rules->holidays[i]);

		stamp = hash(stamp, (const char *)&one, sizeof(one));
	}
	return stamp;
}

const char *clock_title(const struct clock_rule *rule)
{
	return i18n_chinese() && rule->title_zh ? rule->title_zh : rule->title;
}

const char *clock_reading_text(const struct clock_reading *reading, char buffer[48])
{
	static const struct { const char *one, *many; } words[UNIT_COUNT] = {
		[UNIT_AT_ONCE] = { N_("at once"), N_("at once") },
		[UNIT_HOURS] = { N_("%d hour"), N_("%d hours") },
		[UNIT_DAYS] = { N_("%d day"), N_("%d days") },
		[UNIT_WORKING_DAYS] = { N_("%d working day"), N_("%d working days") },
		[UNIT_WORKING_HOURS] = { N_("%d working hour"), N_("%d working hours") },
		[UNIT_MONTHS] = { N_("%d month"), N_("%d months") },
		[UNIT_YEARS] = { N_("%d year"), N_("%d years") },
	};
	const char *form = ngettext(words[reading->unit].one, words[reading->unit].many,
				    (unsigned long)reading->count);
	const char *place = strstr(form, "%d");

	if (place)
		snprintf(buffer, 48, "%.*s%d%s", (int)(place - form), form, reading->count, place + 2);
	else
		snprintf(buffer, 48, "%s", form);
	return buffer;
}

/* ---- members of a row */

struct reader {
	struct clock_rules *rules;
	const char *file;
	struct clock_rule *rule;
	struct error *err;
};

static int read_time(struct reader *r, const struct conf *node, struct clock_reading *ret)
{
	const char *text = NULL;
	char *end;
	long count;
	int code = row_text(r->file, node, &text, r->err);

	if (code)
		return code;
	ret->unit = UNIT_AT_ONCE;
	ret->count = 0;
	if (str_equal(text, "at once"))
		return 0;
	count = strtol(text, &end, 10);
	if (end != text && *end == ' ' && count > 0 && count <= COUNT_LIMIT)
		for (int unit = UNIT_HOURS; unit < UNIT_COUNT; unit++) {
			size_t length = strlen(clock_unit_words[unit]);

			/* "1 hour" beside "48 hours". */
			if (!str_equal(end + 1, clock_unit_words[unit]) &&
			    !(strlen(end + 1) == length - 1 && str_starts(clock_unit_words[unit], end + 1)))
				continue;
			ret->unit = (enum clock_unit)unit;
			ret->count = (int)count;
			return 0;
		}
	return row_fault(r->file, node, r->err,
			 _("%.80s: expected a time such as 48 hours, 2 days, 5 working days, "
			   "8 working hours, 1 month, 1 year, or at once"),
			 node->key ? node->key : "time");
}

static int read_only_time(struct reader *r, const struct conf *node, size_t offset)
{
	struct clock_reading reading = { .severity = -1, .mark = -1 };
	int code = read_time(r, node, &reading);

	(void)offset;
	if (code)
		return code;
	readings_release(r->rule);
	reading.name = mem_string("");
	r->rule->readings[0] = reading;
	r->rule->reading_count = 1;
	return 0;
}

static int read_reading_text(struct reader *r, const struct conf *row, const char *key, char **slot)
{
	const struct conf *node = conf_get(row, key);
	const char *text;
	int code = node ? row_text(r->file, node, &text, r->err) : 0;

	if (node && !code)
		mem_replace(slot, text);
	return code;
}

static int read_reading_more(struct reader *r, const struct conf *row, struct clock_reading *ret)
{
	const struct conf *roll = conf_get(row, "roll"), *severity = conf_get(row, "severity");
	const struct conf *mark = conf_get(row, "mark");
	int code = roll ? row_flag(r->file, roll, &ret->roll, r->err) : 0;

	if (!code && severity)
		code = row_word(r->file, severity, severity_words, &ret->severity, r->err);
	if (!code && mark)
		code = row_word(r->file, mark, mark_words, &ret->mark, r->err);
	if (!code)
		code = read_reading_text(r, row, "source", &ret->source);
	if (!code)
		code = read_reading_text(r, row, "verify", &ret->verify);
	if (!code)
		code = read_reading_text(r, row, "holidays", &ret->holidays_id);
	return code;
}

static int read_reading(struct reader *r, const struct conf *row)
{
	static const char *const keys[] = { "name", "time", "roll", "severity", "mark", "source", "verify",
					    "holidays", NULL };
	struct clock_rule *rule = r->rule;
	struct clock_reading *reading = &rule->readings[rule->reading_count];
	int code = row_keys(r->file, row, keys, r->err);

	if (code)
		return code;
	if (!conf_get(row, "name") || !conf_get(row, "time"))
		return row_fault(r->file, row, r->err, _("readings: expected a name and a time"));
	rule->reading_count++;
	reading->severity = reading->mark = -1;
	code = read_reading_text(r, row, "name", &reading->name);
	for (size_t i = 0; !code && i + 1 < rule->reading_count; i++)
		if (str_equal(rule->readings[i].name, reading->name))
			code = row_fault(r->file, row, r->err, _("readings: two are called \"%.80s\""),
					 reading->name);
	if (!code)
		code = read_time(r, conf_get(row, "time"), reading);
	return code ? code : read_reading_more(r, row, reading);
}

static int read_readings(struct reader *r, const struct conf *node, size_t offset)
{
	int code = 0;

	(void)offset;
	if (node->kind != CONF_LIST || node->count < 1 || node->count > CLOCK_READINGS)
		return row_fault(r->file, node, r->err, _("readings: expected a list of 1 to %d"),
				 CLOCK_READINGS);
	readings_release(r->rule);
	for (size_t i = 0; !code && i < node->count; i++)
		code = read_reading(r, &node->items[i]);
	return code;
}

static int read_text(struct reader *r, const struct conf *node, size_t offset)
{
	const char *text;
	int code = row_text(r->file, node, &text, r->err);

	if (!code)
		mem_replace((char **)((char *)r->rule + offset), text);
	return code;
}

static int read_flag(struct reader *r, const struct conf *node, size_t offset)
{
	return row_flag(r->file, node, (bool *)((char *)r->rule + offset), r->err);
}

static int read_facts(struct reader *r, const struct conf *node, size_t offset)
{
	return row_words(r->file, node, fact_words, (uint64_t *)((char *)r->rule + offset), r->err);
}

/* A fact, or "filed ID". */
static int read_trigger(struct reader *r, const struct conf *node, size_t offset)
{
	int which, code;

	(void)offset;
	mem_replace(&r->rule->trigger_text, NULL);
	mem_replace(&r->rule->after, NULL);
	r->rule->trigger = -1;
	if (node->kind == CONF_SCALAR && str_starts(node->text, "filed ")) {
		mem_replace(&r->rule->after, node->text + strlen("filed "));
		return 0;
	}
	code = row_word(r->file, node, fact_words, &which, r->err);
	if (!code)
		r->rule->trigger = which;
	return code;
}

static int read_by_hand(struct reader *r, const struct conf *node, size_t offset)
{
	r->rule->trigger = -1;
	mem_replace(&r->rule->after, NULL);
	return read_text(r, node, offset);
}

static int read_zone(struct reader *r, const struct conf *node, size_t offset)
{
	const char *text = NULL;
	int code = row_text(r->file, node, &text, r->err);

	(void)offset;
	if (!code && (strlen(text) >= sizeof(r->rule->zone) || !zone_known(text)))
		return row_fault(r->file, node, r->err,
				 _("zone: there is no time zone \"%.80s\", expected a name such as "
				   "Asia/Shanghai, or UTC"), text);
	if (!code)
		snprintf(r->rule->zone, sizeof(r->rule->zone), "%s", text);
	return code;
}

/* "9-17" */
static int read_hours(struct reader *r, const struct conf *node, size_t offset)
{
	int from = -1, to = -1;
	char rest;

	(void)offset;
	if (node->kind != CONF_SCALAR || sscanf(node->text, "%2d-%2d%c", &from, &to, &rest) != 2 ||
	    from < 0 || to > 24 || from >= to)
		return row_fault(r->file, node, r->err, _("hours: expected whole hours such as 9-17"));
	r->rule->from_hour = from;
	r->rule->to_hour = to;
	return 0;
}

#define WORD_READER(name, words, type) \
	static int name(struct reader *r, const struct conf *node, size_t offset) \
	{ \
		int which, code = row_word(r->file, node, words, &which, r->err); \
\
		if (!code) \
			*(type *)(void *)((char *)r->rule + offset) = (type)which; \
		return code; \
	}
WORD_READER(read_mark, mark_words, enum clock_mark)
WORD_READER(read_kind, clock_kind_words, enum clock_kind)
WORD_READER(read_basis, basis_words, enum clock_basis)
WORD_READER(read_start, clock_start_words, enum clock_start)

static int read_sheet(struct reader *r, const struct conf *node, size_t offset)
{
	int which, code = row_word(r->file, node, sheet_words, &which, r->err);

	return code ? code : read_text(r, node, offset);
}

#define MEMBER(name) offsetof(struct clock_rule, name)
static const struct member {
	const char *key;
	int (*read)(struct reader *r, const struct conf *node, size_t offset);
	size_t offset;
} members[] = {
	{ "id", read_text, MEMBER(id) },
	{ "title", read_text, MEMBER(title) },
	{ "title-zh", read_text, MEMBER(title_zh) },
	{ "area", read_text, MEMBER(area) },
	{ "basis", read_basis, MEMBER(basis) },
	{ "kind", read_kind, MEMBER(kind) },
	{ "who", read_text, MEMBER(who) },
	{ "to", read_text, MEMBER(to) },
	{ "content", read_text, MEMBER(content) },
	{ "source", read_text, MEMBER(source) },
	{ "mark", read_mark, MEMBER(mark) },
	{ "verify", read_text, MEMBER(verify) },
	{ "note", read_text, MEMBER(note) },
	{ "start", read_start, MEMBER(start) },
	{ "trigger", read_trigger, 0 },
	{ "by-hand", read_by_hand, MEMBER(trigger_text) },
	{ "or", read_facts, MEMBER(other) },
	{ "needs", read_facts, MEMBER(needs) },
	{ "also", read_facts, MEMBER(also) },
	{ "met", read_facts, MEMBER(met) },
	{ "met-with", read_text, MEMBER(met_with) },
	{ "stops", read_facts, MEMBER(stops) },
	{ "pause", read_flag, MEMBER(pause) },
	{ "house", read_flag, MEMBER(house) },
	{ "outlives-merge", read_flag, MEMBER(outlives) },
	{ "zone", read_zone, 0 },
	{ "holidays", read_text, MEMBER(holidays_id) },
	{ "hours", read_hours, 0 },
	{ "sheet", read_sheet, MEMBER(sheet) },
	{ "time", read_only_time, 0 },
	{ "readings", read_readings, 0 },
};

static const struct member *member_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (str_equal(members[i].key, key))
			return &members[i];
	return NULL;
}

static int unknown_key(struct reader *r, const struct conf *node)
{
	const char *keys[ARRAY_LEN(members) + 1] = { NULL };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		keys[i] = members[i].key;
	return row_keys(r->file, node, keys, r->err);
}

/* ---- what a whole row must have */

static int check_reading(struct reader *r, const struct conf *row, struct clock_reading *reading)
{
	const char *id = reading->holidays_id ? reading->holidays_id : r->rule->holidays_id;
	bool counts = reading->roll || reading->unit == UNIT_WORKING_DAYS || reading->unit == UNIT_WORKING_HOURS;

	reading->holidays = clock_rules_holidays(r->rules, id);
	if (id && !reading->holidays)
		return row_fault(r->file, row, r->err, _("there is no holiday calendar \"%.80s\""), id);
	if (counts && !reading->holidays)
		return row_fault(r->file, row, r->err, _("working days: expected a holiday calendar"));
	if (reading->roll && (reading->unit == UNIT_HOURS || reading->unit == UNIT_AT_ONCE))
		return row_fault(r->file, row, r->err, _("roll: hours do not end on a working day"));
	if (reading->mark == MARK_RECALLED && !reading->verify)
		return row_fault(r->file, row, r->err, _("mark R: expected verify to say what is unproved"));
	return 0;
}

static int check_rule(struct reader *r, const struct conf *row)
{
	const struct clock_rule *rule = r->rule;
	int code = 0;

	if (!rule->title || !rule->source || !rule->area)
		return row_fault(r->file, row, r->err, _("%.80s: expected title, area and source"), rule->id);
	if (rule->trigger < 0 && !rule->after && !rule->trigger_text)
		return row_fault(r->file, row, r->err, _("%.80s: expected trigger or by-hand"), rule->id);
	if (!rule->reading_count && rule->kind != CLOCK_GATE)
		return row_fault(r->file, row, r->err, _("%.80s: expected time or readings"), rule->id);
	if (rule->mark == MARK_RECALLED && !rule->verify)
		return row_fault(r->file, row, r->err, _("mark R: expected verify to say what is unproved"));
	if (rule->house && rule->kind != CLOCK_RECURRING)
		return row_fault(r->file, row, r->err, _("house: expected kind recurring"));
	for (size_t i = 0; !code && i < rule->reading_count; i++)
		code = check_reading(r, row, &r->rule->readings[i]);
	r->rule->key = clock_key(rule->id);
	r->rule->after_key = rule->after ? clock_key(rule->after) : 0;
	return code;
}

/* ---- rows and files */

static struct clock_rule *rule_open(struct clock_rules *rules, const char *id)
{
	struct clock_rule *rule = (struct clock_rule *)clock_rule_find(rules, id);

	if (rule)
		return rule;
	rules->rules = mem_grow(rules->rules, &rules->room, rules->count + 1, sizeof(*rules->rules));
	rule = mem_alloc(sizeof(*rule));
	rule->trigger = -1;
	rule->from_hour = 9;
	rule->to_hour = 17;
	snprintf(rule->zone, sizeof(rule->zone), "UTC");
	return rules->rules[rules->count++] = rule;
}

static int read_row(struct reader *r, const struct conf *row)
{
	const struct conf *id = row->kind == CONF_MAP ? conf_get(row, "id") : NULL;
	const char *text;
	int code;

	if (!id)
		return row_fault(r->file, row, r->err, _("expected a row with an id"));
	code = row_text(r->file, id, &text, r->err);
	if (!code && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		code = row_fault(r->file, id, r->err, _("id: expected small letters, digits and hyphens"));
	if (!code && r->rules->count >= RULE_LIMIT)
		code = row_fault(r->file, row, r->err, _("more than %d clocks"), RULE_LIMIT);
	if (code)
		return code;
	r->rule = rule_open(r->rules, text);
	for (size_t i = 0; !code && i < row->count; i++) {
		const struct member *member = member_of(row->items[i].key);

		code = member ? member->read(r, &row->items[i], member->offset) : unknown_key(r, row);
	}
	return code ? code : check_rule(r, row);
}

/* Clocks that are named must be there; asked once all rows are there. */
static int check_chains(struct reader *r, const struct conf *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *id = conf_text(&list->items[i], "id", "");
		const struct clock_rule *rule = clock_rule_find(r->rules, id);

		const char *others[] = { rule->after, rule->met_with };

		for (size_t k = 0; k < ARRAY_LEN(others); k++)
			if (others[k] && !clock_rule_find(r->rules, others[k]))
				return row_fault(r->file, &list->items[i], r->err,
						 _("there is no clock \"%.80s\""), others[k]);
	}
	return 0;
}

static int check_twice(struct reader *r, const struct conf *list)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < i; k++)
			if (list->items[i].kind == CONF_MAP && list->items[k].kind == CONF_MAP &&
			    str_equal(conf_text(&list->items[i], "id", ""), conf_text(&list->items[k], "id", "-")))
				return row_fault(r->file, &list->items[i], r->err,
						 _("the clock \"%.80s\" stands in this file twice"),
						 conf_text(&list->items[i], "id", ""));
	return 0;
}

static int read_root(struct reader *r, const struct conf *root)
{
	static const char *const keys[] = { "clocks", NULL };
	const struct conf *list;
	int code = row_keys(r->file, root, keys, r->err);

	if (code)
		return code;
	list = conf_get(root, "clocks");
	if (!list || list->kind != CONF_LIST)
		return row_fault(r->file, root, r->err, _("expected a list called clocks"));
	code = check_twice(r, list);
	for (size_t i = 0; !code && i < list->count; i++)
		code = read_row(r, &list->items[i]);
	return code ? code : check_chains(r, list);
}

static int read_layer(struct clock_rules *rules, const char *bytes, size_t length, const char *name,
		      struct error *err)
{
	struct reader reader = { .rules = rules, .file = name, .err = err };
	struct layer *layer;
	struct conf root;
	int code = conf_load(bytes, length, name, &root, err);

	if (code)
		return code;
	code = read_root(&reader, &root);
	conf_release(&root);
	if (code)
		return code;
	rules->layers = mem_grow(rules->layers, &rules->layer_room, rules->layer_count + 1, sizeof(*layer));
	layer = &rules->layers[rules->layer_count++];
	*layer = (struct layer){ mem_string(name), mem_copy(bytes, length), length };
	rules->version = hash(rules->version, bytes, length);
	return 0;
}

struct clock_rules *clock_rules_copy(const struct clock_rules *rules)
{
	struct clock_rules *copy = clock_rules_new();

	for (size_t i = 0; i < rules->holidays_count; i++)
		clock_rules_add_holidays(copy, holidays_hold(rules->holidays[i]));
	for (size_t i = 0; i < rules->layer_count; i++)
		if (read_layer(copy, rules->layers[i].bytes, rules->layers[i].length, rules->layers[i].name, NULL))
			BUG("rules that were read cannot be read again");
	return copy;
}

int clock_rules_load(struct clock_rules *rules, const char *bytes, size_t length, const char *name,
		     struct error *err)
{
	struct clock_rules *fresh = clock_rules_copy(rules);
	int code = read_layer(fresh, bytes, length, name, err);

	if (!code) {
		rules_release(rules);
		*rules = *fresh;
		free(fresh);
	} else {
		clock_rules_free(fresh);
	}
	return code;
}
