/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD 2.0: pages of its API and its yearly files, one array of any length. Configurations become products; those of one
 * that is an AND get its number, and a platform that is not vulnerable itself is left as unaffected.
 */
#include "feed_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/score/cpe.h"

#define AT(field) offsetof(struct feed_record, field)

/* ---- scores */

struct metric { char *source, *vector; };

static int read_vector(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = { { "vectorString", members_text, offsetof(struct metric, vector) }, { NULL } };

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_metric(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "source", members_text, offsetof(struct metric, source) }, { "cvssData", read_vector, 0 }, { NULL },
	};
	struct feed_record *record = into;
	struct metric metric = { NULL, NULL };
	int code = members_object(m, item, rows, &metric);

	if (metric.vector)
		text_pairs_add(&record->scores, metric.source ? metric.source : "nvd", metric.vector);
	free(metric.source);
	free(metric.vector);
	return code;
}

static int read_metric_list(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_metric, into);
}

static int read_metrics(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "cvssMetricV40", read_metric_list, 0 }, { "cvssMetricV31", read_metric_list, 0 },
		{ "cvssMetricV30", read_metric_list, 0 }, { "cvssMetricV2", read_metric_list, 0 }, { NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

/* ---- texts */

struct said { char *lang, *value; };

static int read_said(struct members *m, const struct pull_item *item, void *into, struct said *ret)
{
	static const struct member rows[] = {
		{ "lang", members_text, offsetof(struct said, lang) },
		{ "value", members_text, offsetof(struct said, value) },
		{ NULL },
	};

	(void)into;
	return members_object(m, item, rows, ret);
}

static int read_description(struct members *m, const struct pull_item *item, void *into)
{
	struct feed_record *record = into;
	struct said said = { NULL, NULL };
	int code = read_said(m, item, into, &said);

	if (said.value && (!record->text || str_equal(said.lang, "en")))
		mem_replace(&record->text, said.value);
	free(said.lang);
	free(said.value);
	return code;
}

static int read_descriptions(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_description, into);
}

static int read_cwe(struct members *m, const struct pull_item *item, void *into)
{
	struct feed_record *record = into;
	struct said said = { NULL, NULL };
	int code = read_said(m, item, into, &said);

	if (said.value && str_starts(said.value, "CWE-") && !text_list_has(&record->cwes, said.value))
		text_list_add_text(&record->cwes, said.value);
	free(said.lang);
	free(said.value);
	return code;
}

static int read_cwes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_cwe, into);
}

static int read_weakness(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "description", read_cwes, 0 }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_weaknesses(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_weakness, into);
}

static int read_reference(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "url", feed_member_list, AT(links) }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_references(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_reference, into);
}

/* ---- configurations */

struct match { char *criteria, *from, *after, *through, *below; bool harmless; };

static int read_vulnerable(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	((struct match *)into)->harmless = value->token == PULL_FALSE;
	return pull_skip(m->pull, value, m->err);
}

static void add_match(struct feed_record *record, const struct match *match, int group)
{
	struct feed_product *product = feed_product_add(record);
	enum feed_status status = match->harmless ? FEED_UNAFFECTED : FEED_AFFECTED;
	const char *from = match->from ? match->from : match->after, *to = match->through ? match->through : match->below;
	struct feed_range *range;

	product->usual = from || to ? FEED_UNAFFECTED : status;
	product->group = group;
	text_list_add_text(&product->cpes, match->criteria);
	if (!from && !to)
		return;
	range = feed_range_add(product, status, "cpe", from, to);
	range->after = !match->from && match->after;
	range->through = match->through != NULL;
}

static int read_match(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "criteria", members_text, offsetof(struct match, criteria) },
		{ "vulnerable", read_vulnerable, 0 },
		{ "versionStartIncluding", members_text, offsetof(struct match, from) },
		{ "versionStartExcluding", members_text, offsetof(struct match, after) },
		{ "versionEndIncluding", members_text, offsetof(struct match, through) },
		{ "versionEndExcluding", members_text, offsetof(struct match, below) },
		{ NULL },
	};
	struct match match = { 0 };
	int code = members_object(m, item, rows, &match);
	char *texts[] = { match.criteria, match.from, match.after, match.through, match.below };

	if (!code && match.criteria)
		add_match(into, &match, m->nesting);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	return code;
}

static int read_matches(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_match, into);
}

static int read_node(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "cpeMatch", read_matches, 0 }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_nodes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_node, into);
}

struct configuration { struct feed_record *record; char *operator; };

static int read_operator(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_text(m, value, into, offset);
}

static int read_inner_nodes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return read_nodes(m, value, ((struct configuration *)into)->record, offset);
}

/* The operator may come behind the nodes: they are counted as a group, which is taken back where it is no AND. */
static int read_configuration(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "operator", read_operator, offsetof(struct configuration, operator) }, { "nodes", read_inner_nodes, 0 },
		{ NULL },
	};
	struct configuration configuration = { into, NULL };
	size_t first = configuration.record->count;
	int code;

	m->nesting++;
	code = members_object(m, item, rows, &configuration);
	if (!str_equal(configuration.operator, "AND"))
		for (size_t i = first; i < configuration.record->count; i++)
			configuration.record->products[i].group = 0;
	free(configuration.operator);
	return code;
}

static int read_configurations(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_configuration, into);
}

/* ---- records */

static int read_state(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	if (value->token == PULL_STRING && str_equal(value->text, "Rejected"))
		((struct feed_record *)into)->state = FEED_REJECTED;
	return pull_skip(m->pull, value, m->err);
}

static int read_exploited(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	((struct feed_record *)into)->exploited = true;
	return pull_skip(m->pull, value, m->err);
}

static int read_cve(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "id", members_text, AT(id) },
		{ "published", feed_member_time, AT(published) },
		{ "lastModified", feed_member_time, AT(modified) },
		{ "vulnStatus", read_state, 0 },
		{ "cisaExploitAdd", read_exploited, 0 },
		{ "descriptions", read_descriptions, 0 },
		{ "metrics", read_metrics, 0 },
		{ "weaknesses", read_weaknesses, 0 },
		{ "configurations", read_configurations, 0 },
		{ "references", read_references, 0 },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int take_one(struct feed_run *run, const char *where, const char *bytes, size_t length)
{
	static const struct member rows[] = { { "cve", read_cve, 0 }, { NULL } };
	struct feed_record record = { 0 };

	return feed_record_json(run, where, bytes, length, rows, &record, NULL);
}

int feed_read_nvd(struct feed_run *run)
{
	struct pull *pull = pull_new(run->name, NULL, feed_run_read, run);
	struct pull_item item;
	int code = pull_next(pull, &item, run->err);

	while (!code && !(code = pull_next(pull, &item, run->err)) && item.token == PULL_NAME) {
		if (str_equal(item.text, "vulnerabilities")) {
			code = feed_each_item(run, pull, take_one);
			continue;
		}
		if (str_equal(item.text, "totalResults")) {
			code = pull_next(pull, &item, run->err);
			if (!code && item.token == PULL_NUMBER)
				run->head->announced = strtol(item.text, NULL, 10);
		}
		code = code ? code : pull_skip(pull, &item, run->err);
	}
	pull_free(pull);
	return code;
}
