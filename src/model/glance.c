/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All cases at a glance as bytes and back, and what is due in them: a head, rows of a fixed layout in the
 * order of the list, and texts that the rows point into and that are used where they lie. Numbers are as
 * this machine has them: the bytes never leave it. What is read is checked as if a stranger wrote it.
 */
#include "model/case.h"
#include "model/cases.h"
#include "model/model_private.h"

static const char glance_magic[8] = "glance 1", due_magic[8] = "dues   2";
static const instant last_instant = 253402300800 * INSTANT_SECOND; /* the year 10000 */

struct head {
	char magic[8];
	uint64_t since;
	uint32_t count, text; /* rows, bytes of texts; these begin and end with a zero byte */
};
struct glance_row {
	uint8_t stream[16];
	int64_t opened;
	uint32_t id, title; /* within the texts */
	uint8_t rm, bound, zeros[6];
};
struct due_row {
	int64_t at, start;
	uint32_t place;     /* of its case among the glances */
	uint32_t zone, name; /* within the texts; 0: none */
	int16_t offset, rule; /* minutes; position, or -1 */
	uint8_t kind, what, reading, flags; /* reading: position, or NO_READING */
	uint8_t zeros[4];
};
enum { NO_READING = 255, DUE_SECONDARY = 1, DUE_UNCERTAIN = 2 };
_Static_assert(sizeof(struct head) == 24 && sizeof(struct glance_row) == 40 && sizeof(struct due_row) == 40,
	       "no holes");

/* What is due without a rule of clocks. */
static const char *const whats[] = {
	"", "triage", "answer finder", "embargo ends", "embargo proposed until", "answer due",
};

/* ---- writing */

struct writing { struct head head; struct str rows, texts; };

static void begin(struct writing *w, const char magic[8], uint64_t since)
{
	*w = (struct writing){ .head = { .since = since }, .rows = STR_INIT, .texts = STR_INIT };
	memcpy(w->head.magic, magic, sizeof(w->head.magic));
	str_add_char(&w->texts, 0);
}

static uint32_t put_text(struct writing *w, const char *text)
{
	uint32_t at = (uint32_t)w->texts.length;

	if (!text || !*text)
		return 0;
	str_add_bytes(&w->texts, text, strlen(text) + 1);
	return at;
}

static void put_row(struct writing *w, const void *row, size_t size)
{
	str_add_bytes(&w->rows, row, size);
	w->head.count++;
}

static void finish(struct writing *w, struct str *ret)
{
	w->head.text = (uint32_t)w->texts.length;
	str_add_bytes(ret, &w->head, sizeof(w->head));
	if (w->rows.length)
		str_add_bytes(ret, w->rows.bytes, w->rows.length);
	str_add_bytes(ret, w->texts.bytes, w->texts.length);
	str_wipe(&w->rows);
	str_wipe(&w->texts);
}

void model_glances(struct model *model, uint64_t since, struct str *ret)
{
	const struct cases *cases = model_cases(model);
	struct writing w;

	begin(&w, glance_magic, since);
	for (size_t i = 0; i < cases->count; i++) {
		const struct case_glance *glance = &cases->items[i]->glance;
		struct glance_row row = { .opened = glance->opened, .rm = (uint8_t)glance->rm,
					  .bound = glance->bound };

		memcpy(row.stream, glance->stream, sizeof(row.stream));
		row.id = put_text(&w, glance->id);
		row.title = put_text(&w, glance->title);
		put_row(&w, &row, sizeof(row));
	}
	finish(&w, ret);
}

static uint8_t what_of(const struct due *due)
{
	for (size_t i = 0; !due->rule && i < ARRAY_LEN(whats); i++)
		if (str_equal(whats[i], due->what))
			return (uint8_t)i;
	return 0;
}

static uint8_t reading_of(const struct due *due)
{
	for (size_t i = 0; due->rule && due->reading && i < due->rule->reading_count; i++)
		if (due->rule->readings[i].name == due->reading)
			return (uint8_t)i;
	return NO_READING;
}

static int16_t rule_of(const struct clock_rules *rules, const struct due *due)
{
	for (size_t i = 0; due->rule && i < clock_rule_count(rules); i++)
		if (clock_rule_at(rules, i) == due->rule)
			return (int16_t)i;
	return -1;
}

static void put_due(struct writing *w, const struct clock_rules *rules, size_t place, const struct due *due)
{
	struct due_row row = {
		.at = due->at, .start = due->start, .place = (uint32_t)place, .offset = (int16_t)due->offset,
		.rule = rule_of(rules, due), .kind = (uint8_t)due->kind, .what = what_of(due),
		.reading = reading_of(due), .name = put_text(w, due->name),
		.flags = (uint8_t)(due->secondary * DUE_SECONDARY | due->uncertain * DUE_UNCERTAIN),
	};

	row.zone = due->rule ? 0 : put_text(w, due->zone);
	put_row(w, &row, sizeof(row));
}

void model_dues(struct model *model, uint64_t since, struct str *ret)
{
	struct cases *cases = model_cases(model);
	uint64_t stamp = agenda_stamp(&cases->book);
	struct writing w;

	begin(&w, due_magic, since);
	for (size_t i = 0; i < cases->count; i++) {
		struct case_row *row = cases->items[i];

		if (row->dues_of != stamp && !row->known)
			cases_know_all(cases);
		agenda_find_dues(row);
		for (size_t k = 0; k < row->due_count; k++)
			put_due(&w, cases->book.rules, i, &row->dues[k]);
	}
	finish(&w, ret);
}

uint64_t model_clock_stamp(const struct model *model)
{
	return clock_rules_stamp(model_clock_rules(model));
}

/* ---- reading */

/* The rows and the texts within BYTES; false where they are something else. */
static bool split(const void *bytes, size_t length, const char magic[8], uint64_t since, size_t row_size,
		  struct head *ret, const char **ret_rows, const char **ret_texts)
{
	if (length < sizeof(*ret))
		return false;
	memcpy(ret, bytes, sizeof(*ret));
	if (memcmp(ret->magic, magic, sizeof(ret->magic)) != 0 || ret->since != since || !ret->text ||
	    ret->count > length / row_size || length != sizeof(*ret) + ret->count * row_size + ret->text)
		return false;
	*ret_rows = (const char *)bytes + sizeof(*ret);
	*ret_texts = *ret_rows + ret->count * row_size;
	return !(*ret_texts)[0] && !(*ret_texts)[ret->text - 1];
}

static bool take_glance(struct cases *cases, const struct glance_row *from, const struct head *head, size_t place)
{
	struct case_glance glance = { .opened = from->opened, .rm = (enum rm_state)from->rm, .bound = from->bound == 1 };
	struct case_row *row;

	if (from->id >= head->text || from->title >= head->text || from->rm >= RM_COUNT || from->bound > 1 ||
	    from->opened < 0 || from->opened >= last_instant)
		return false;
	memcpy(glance.stream, from->stream, sizeof(glance.stream));
	glance.id = cases->texts + from->id;
	glance.title = cases->texts + from->title;
	row = id_valid(glance.id) ? cases_add(cases, &glance) : NULL;
	if (row)
		row->place = (uint32_t)place;
	return row != NULL;
}

static void forget_all(struct cases *cases)
{
	while (cases->count)
		cases_drop(cases, cases->items[cases->count - 1]);
}

int model_take_glances(struct model *model, const void *bytes, size_t length, uint64_t since, model_stream_fn may,
		       void *context, struct error *err)
{
	struct cases *cases = model_cases(model);
	const char *rows, *texts;
	struct head head;
	bool good = !cases->count && split(bytes, length, glance_magic, since, sizeof(struct glance_row), &head,
					   &rows, &texts);

	if (good) {
		free(cases->texts);
		cases->texts = mem_copy(texts, head.text);
		cases_expect(cases, head.count);
	}
	for (size_t i = 0; good && i < head.count; i++) {
		struct glance_row row;

		memcpy(&row, rows + i * sizeof(row), sizeof(row));
		good = !may(context, row.stream) || take_glance(cases, &row, &head, i);
	}
	if (good)
		return 0;
	forget_all(cases);
	return error_set(err, ERR_INPUT, _("index"), NULL, _("its glances cannot be read"));
}

static bool read_due(const struct clock_rules *rules, const struct due_row *from, const char *texts,
		     const struct head *head, struct due *ret)
{
	const struct clock_rule *rule = NULL;

	if (from->start != INSTANT_NONE && (from->start < 0 || from->start > last_instant))
		return false;
	if (from->at < 0 || from->zone >= head->text || from->name >= head->text || from->kind >= AGENDA_KIND_COUNT ||
	    from->what >= ARRAY_LEN(whats) || from->rule < -1 || from->rule >= (int)clock_rule_count(rules) ||
	    from->offset <= -24 * 60 || from->offset >= 24 * 60)
		return false;
	*ret = (struct due){ .at = from->at, .start = from->start, .what = whats[from->what], .zone = texts + from->zone,
			     .offset = from->offset, .kind = (enum agenda_kind)from->kind,
			     .name = from->name ? texts + from->name : NULL,
			     .secondary = from->flags & DUE_SECONDARY, .uncertain = from->flags & DUE_UNCERTAIN };
	if (strlen(ret->zone) >= sizeof(((struct zoned *)0)->zone))
		return false;
	if (from->rule < 0)
		return from->reading == NO_READING;
	rule = clock_rule_at(rules, (size_t)from->rule);
	ret->rule = rule;
	ret->what = rule->title;
	ret->zone = rule->zone;
	if (from->reading != NO_READING && from->reading >= rule->reading_count)
		return false;
	ret->reading = from->reading == NO_READING ? NULL : rule->readings[from->reading].name;
	return true;
}

/* Dues lie in the order of their cases, of which some may have been left out. */
static bool hand_out(struct cases *cases, const char *rows, const struct head *head)
{
	size_t at = 0;

	for (size_t i = 0; i < head->count; i++) {
		struct due_row from;
		struct case_row *row;

		memcpy(&from, rows + i * sizeof(from), sizeof(from));
		while (at < cases->count && cases->items[at]->place < from.place)
			at++;
		row = at < cases->count && cases->items[at]->place == from.place ? cases->items[at] : NULL;
		if (!read_due(cases->book.rules, &from, cases->due_texts, head, &cases->dues[i]))
			return false;
		if (!row)
			continue;
		cases->dues[i].case_id = row->glance.id;
		row->dues = row->due_count ? row->dues : &cases->dues[i];
		row->due_count++;
		if (row->dues + row->due_count != &cases->dues[i] + 1)
			return false;
	}
	return true;
}

static void settle_dues(struct cases *cases, uint64_t stamp)
{
	for (size_t i = 0; i < cases->count; i++) {
		struct case_row *row = cases->items[i];

		row->dues_of = stamp;
		if (!stamp) {
			row->dues = NULL;
			row->due_count = 0;
		}
	}
}

int model_take_dues(struct model *model, const void *bytes, size_t length, uint64_t since, struct error *err)
{
	struct cases *cases = model_cases(model);
	const char *rows, *texts;
	struct head head;
	bool good = cases->glances == cases->count && !cases->dues &&
		    split(bytes, length, due_magic, since, sizeof(struct due_row), &head, &rows, &texts);

	if (good) {
		cases->due_texts = mem_copy(texts, head.text);
		cases->dues = mem_alloc((head.count + 1) * sizeof(*cases->dues));
		good = hand_out(cases, rows, &head);
		settle_dues(cases, good ? agenda_stamp(&cases->book) : 0);
	}
	return good ? 0 : error_set(err, ERR_INPUT, _("index"), NULL, _("its dues cannot be read"));
}

/* ---- questions */

const struct case_glance *model_glance(const struct model *model, size_t index)
{
	return &model_cases(model)->items[index]->glance;
}

size_t model_know_some(struct model *model, size_t most)
{
	return cases_know_some(model_cases(model), most);
}

size_t model_known_count(const struct model *model)
{
	const struct cases *cases = model_cases(model);

	return cases->count - cases->glances;
}

const struct case_state *glance_case(const struct case_glance *glance)
{
	return &cases_know(row_of(glance))->state;
}
