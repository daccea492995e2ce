/* SPDX-License-Identifier: Apache-2.0 */
/* One flaw as its witnesses have it: each with source and time, what they say differently side by side. */
#include "command/command_private.h"

#include "command/feed.h"

enum { LINKS_SHOWN = 12, PRODUCTS_SHOWN = 200 };

static const char *const states[] = { [FEED_PUBLISHED] = "published", [FEED_REJECTED] = "rejected",
				      [FEED_WITHDRAWN] = "withdrawn" };
static const char *const statuses[] = { [FEED_AFFECTED] = "affected", [FEED_UNAFFECTED] = "unaffected",
					[FEED_UNDECIDED] = "unknown" };

/* ---- as JSON */

static json_t *texts_json(const struct text_list *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->count; i++)
		json_array_append_new(list, json_string(texts->items[i]));
	return list;
}

static void set_text(json_t *json, const char *name, const char *text)
{
	json_object_set_new(json, name, text ? json_string(text) : json_null());
}

static json_t *ranges_json(const struct feed_product *product)
{
	json_t *list = json_array();

	for (size_t i = 0; i < product->count; i++) {
		const struct feed_range *range = &product->ranges[i];
		json_t *json = json_object();

		js_set_string(json, "status", statuses[range->status]);
		set_text(json, "scheme", range->scheme);
		set_text(json, "from", range->from);
		set_text(json, "to", range->to);
		json_object_set_new(json, "after", json_boolean(range->after));
		json_object_set_new(json, "through", json_boolean(range->through));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *products_json(const struct feed_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->count; i++) {
		const struct feed_product *product = &record->products[i];
		json_t *json = json_object();

		set_text(json, "ecosystem", product->ecosystem);
		set_text(json, "vendor", product->vendor);
		set_text(json, "name", product->name);
		set_text(json, "purl", product->purl);
		json_object_set_new(json, "cpes", texts_json(&product->cpes));
		js_set_string(json, "otherwise", statuses[product->usual]);
		json_object_set_new(json, "ranges", ranges_json(product));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *scores_json(const struct text_pairs *scores)
{
	json_t *list = json_array();

	for (size_t i = 0; i < scores->count; i++)
		json_array_append_new(list, json_pack("{ss?ss?}", "by", scores->items[i].key, "vector", scores->items[i].value));
	return list;
}

static json_t *witness_json(const struct intel_witness *witness)
{
	const struct feed_record *record = witness->record;
	json_t *json = json_object();

	js_set_string(json, "source", witness->source);
	js_set_string(json, "format", feed_kind_name(record->kind));
	js_set_string(json, "id", record->id);
	js_set_string(json, "state", states[record->state]);
	json_object_set_new(json, "gone", json_boolean(witness->gone));
	feed_set_time(json, "published", record->published);
	feed_set_time(json, "modified", record->modified);
	feed_set_time(json, "seen", witness->seen);
	set_text(json, "title", record->title);
	set_text(json, "text", record->text);
	json_object_set_new(json, "aliases", texts_json(&record->aliases));
	json_object_set_new(json, "cwes", texts_json(&record->cwes));
	json_object_set_new(json, "links", texts_json(&record->links));
	json_object_set_new(json, "scores", scores_json(&record->scores));
	json_object_set_new(json, "exploited", json_boolean(record->exploited));
	json_object_set_new(json, "products", products_json(record));
	return json;
}

/* ---- what they say differently: for each question the answers, and whose they are */

struct saying { char *text; struct text_list sources; };
struct question { const char *name; struct saying *answers; size_t count, room; };
enum question_id { ASK_STATE, ASK_VECTOR, ASK_CWE, ASK_COUNT };

struct showing {
	struct command_context *context;
	struct intel *intel;
	json_t *witnesses;
	struct question questions[ASK_COUNT];
	size_t count;
};

static void add_answer(struct question *question, const char *text, const char *source)
{
	struct saying *answer;

	for (size_t i = 0; i < question->count; i++)
		if (str_equal(question->answers[i].text, text)) {
			if (!text_list_has(&question->answers[i].sources, source))
				text_list_add_text(&question->answers[i].sources, source);
			return;
		}
	question->answers = mem_grow(question->answers, &question->room, question->count + 1, sizeof(*question->answers));
	answer = &question->answers[question->count++];
	*answer = (struct saying){ .text = mem_string(text) };
	text_list_add_text(&answer->sources, source);
}

static void note_answers(struct showing *showing, const struct intel_witness *witness)
{
	const struct feed_record *record = witness->record;

	if (witness->gone)
		return;
	add_answer(&showing->questions[ASK_STATE], states[record->state], witness->source);
	for (size_t i = 0; i < record->scores.count; i++) {
		AUTO_STRING by = mem_format("%s/%s", witness->source, str_or_empty(record->scores.items[i].key));

		if (record->scores.items[i].value)
			add_answer(&showing->questions[ASK_VECTOR], record->scores.items[i].value, by);
	}
	for (size_t i = 0; i < record->cwes.count; i++)
		add_answer(&showing->questions[ASK_CWE], record->cwes.items[i], witness->source);
}

static void release_questions(struct showing *showing)
{
	for (size_t q = 0; q < ASK_COUNT; q++) {
		for (size_t i = 0; i < showing->questions[q].count; i++) {
			free(showing->questions[q].answers[i].text);
			text_list_release(&showing->questions[q].answers[i].sources);
		}
		free(showing->questions[q].answers);
	}
}

static json_t *conflicts_json(const struct showing *showing)
{
	json_t *list = json_array();

	for (size_t q = 0; q < ASK_COUNT; q++) {
		json_t *answers = json_array();

		for (size_t i = 0; i < showing->questions[q].count; i++)
			json_array_append_new(answers, json_pack("{sssO}", "value", showing->questions[q].answers[i].text, "sources",
								 json_null()));
		for (size_t i = 0; i < showing->questions[q].count; i++)
			json_object_set_new(json_array_get(answers, i), "sources",
					    texts_json(&showing->questions[q].answers[i].sources));
		if (showing->questions[q].count > 1)
			json_array_append_new(list, json_pack("{ssso}", "of", showing->questions[q].name, "answers", answers));
		else
			json_decref(answers);
	}
	return list;
}

static void tell_conflicts(const struct showing *showing)
{
	for (size_t q = 0; q < ASK_COUNT; q++)
		for (size_t i = 0; showing->questions[q].count > 1 && i < showing->questions[q].count; i++) {
			const struct saying *answer = &showing->questions[q].answers[i];
			AUTO_STR sources = STR_INIT;

			for (size_t s = 0; s < answer->sources.count; s++)
				str_add_format(&sources, "%s%s", s ? " " : "", answer->sources.items[s]);
			command_row_out(showing->context, "differs", showing->questions[q].name, answer->text, sources.bytes, NULL);
		}
}

/* ---- as rows */

static void add_range(const struct feed_range *range, struct str *ret)
{
	str_add(ret, ret->length ? "; " : "");
	str_add(ret, statuses[range->status]);
	if (range->from && range->to && range->through && !range->after && str_equal(range->from, range->to)) {
		str_add_format(ret, " %s", range->from);
		return;
	}
	if (range->from)
		str_add_format(ret, " %s%s", range->after ? ">" : ">=", range->from);
	if (range->to)
		str_add_format(ret, " %s%s", range->through ? "<=" : "<", range->to);
}

static void tell_products(struct command_context *context, const struct intel_witness *witness)
{
	const struct feed_record *record = witness->record;

	for (size_t i = 0; i < record->count && i < PRODUCTS_SHOWN; i++) {
		const struct feed_product *product = &record->products[i];
		AUTO_STR ranges = STR_INIT;

		for (size_t r = 0; r < product->count; r++)
			add_range(&product->ranges[r], &ranges);
		command_row_out(context, "product", witness->source,
				product->ecosystem ? product->ecosystem : str_or_empty(product->vendor), str_or_empty(product->name),
				ranges.length ? ranges.bytes : statuses[product->usual],
				product->purl ? product->purl : product->cpes.count ? product->cpes.items[0] : "", NULL);
	}
}

static void tell_witness(struct command_context *context, const struct intel_witness *witness)
{
	const struct feed_record *record = witness->record;
	char modified[40], seen[40];

	command_row_out(context, "witness", witness->source, record->id, witness->gone ? "gone" : states[record->state],
			feed_time_word(record->modified, modified), feed_time_word(witness->seen, seen), str_or_empty(record->title), NULL);
	if (record->text)
		command_row_out(context, "text", witness->source, record->text, NULL);
	for (size_t i = 0; i < record->scores.count; i++)
		command_row_out(context, "score", witness->source, str_or_empty(record->scores.items[i].key),
				str_or_empty(record->scores.items[i].value), NULL);
	for (size_t i = 0; i < record->cwes.count; i++)
		command_row_out(context, "cwe", witness->source, record->cwes.items[i], NULL);
	tell_products(context, witness);
	for (size_t i = 0; i < record->links.count && i < LINKS_SHOWN; i++)
		command_row_out(context, "link", witness->source, record->links.items[i], NULL);
}

static int show_witness(void *data, const struct intel_witness *witness, struct error *err)
{
	struct showing *showing = data;

	(void)err;
	showing->count++;
	note_answers(showing, witness);
	if (showing->witnesses)
		json_array_append_new(showing->witnesses, witness_json(witness));
	else
		tell_witness(showing->context, witness);
	return 0;
}

/* ---- EPSS and the list of exploited flaws */

static const char *exploited_word(int exploited)
{
	return exploited < 0 ? "unknown" : exploited ? "yes" : "no";
}

static json_t *epss_json(const struct intel_epss *epss, size_t count)
{
	json_t *list = json_array();
	char day[40];

	for (size_t i = 0; i < count; i++) {
		json_t *json = json_object();

		js_set_string(json, "day", instant_format_date(epss[i].day, day));
		js_set_string(json, "model", epss[i].model);
		json_object_set_new(json, "score", json_real(epss[i].score));
		json_object_set_new(json, "percentile", epss[i].percentile < 0 ? json_null() : json_real(epss[i].percentile));
		json_array_append_new(list, json);
	}
	return list;
}

/* Across a change of model the line says so: the scores do not compare. */
static void tell_epss(struct command_context *context, const struct intel_epss *epss, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char day[40], score[16], percentile[16] = "";

		(void)snprintf(score, sizeof(score), "%.5f", epss[i].score);
		if (epss[i].percentile >= 0)
			(void)snprintf(percentile, sizeof(percentile), "%.5f", epss[i].percentile);
		command_row_out(context, "epss", instant_format_date(epss[i].day, day), score, percentile, epss[i].model,
				i && !str_equal(epss[i].model, epss[i - 1].model) ? _("another model") : "", NULL);
	}
}

static void show_rest(struct showing *showing, const char *id, const struct intel_epss *epss, size_t count)
{
	int exploited = intel_exploited(showing->intel, id);
	json_t *json;

	if (!showing->witnesses) {
		command_row_out(showing->context, "exploited", exploited_word(exploited), NULL);
		tell_epss(showing->context, epss, count);
		tell_conflicts(showing);
		return;
	}
	json = json_object();
	js_set_string(json, "id", id);
	js_set_string(json, "exploited", exploited_word(exploited));
	json_object_set_new(json, "epss", epss_json(epss, count));
	json_object_set_new(json, "differs", conflicts_json(showing));
	json_object_set(json, "witnesses", showing->witnesses);
	command_json(showing->context, json);
}

static int show_bytes(struct command_context *context, struct intel *intel, const char *source, const char *id,
		      struct error *err)
{
	char *bytes = NULL;
	size_t length = 0;
	int code = intel_bytes(intel, source, id, &bytes, &length, err);

	if (!code)
		str_add_bytes(&context->out, bytes, length);
	free(bytes);
	return code;
}

static int show(struct command_context *context, struct intel *intel, const char *given, struct error *err)
{
	struct showing showing = { .context = context, .intel = intel, .witnesses = context->json ? json_array() : NULL,
				   .questions = { { .name = "state" }, { .name = "vector" }, { .name = "cwe" } } };
	AUTO_STRING id = mem_string(intel_canonical(intel, given));
	struct intel_epss *epss = NULL;
	size_t count = 0;
	int code = intel_witnesses(intel, id, show_witness, &showing, err);

	if (!code)
		code = intel_epss(intel, id, &epss, &count, err);
	if (!code && !showing.count && !count)
		code = error_set(err, ERR_NO, given, _("See `psirtty feed list` for how much is here and how old it is"),
				 _("no source that is here knows it: it is unknown"));
	if (!code)
		show_rest(&showing, id, epss, count);
	free(epss);
	json_decref(showing.witnesses);
	release_questions(&showing);
	return code;
}

/* The screen has a page for it. */
static void ask_screen(struct command_context *context, const char *id)
{
	context->request = SCREEN_FLAW;
	context->arguments = mem_alloc(sizeof(char *));
	context->arguments[0] = mem_string(id);
	context->argument_count = 1;
}

int feed_run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *id = call_value(call, "ID"), *raw = call_value(call, "--raw");
	struct intel *intel = NULL;
	int code;

	if (context->on_screen && !context->json && !raw && !call_given(call, "--store")) {
		ask_screen(context, id);
		return 0;
	}
	code = feed_open_store(call, false, &intel, err);
	if (!code)
		code = raw ? show_bytes(context, intel, raw, id, err) : show(context, intel, id, err);
	intel_close(intel);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}
