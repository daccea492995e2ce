/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the CVE List, format 5: the CNA's container and every ADP's, each a witness of its own for scores. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"

#define AT(field) offsetof(struct feed_record, field)
#define IN(field) offsetof(struct feed_product, field)

static enum feed_status status_of(const char *word)
{
	return str_equal(word, "affected") ? FEED_AFFECTED : str_equal(word, "unaffected") ? FEED_UNAFFECTED : FEED_UNDECIDED;
}

/* ---- versions */

struct change { char *at, *status; };
struct version { char *version, *status, *type, *below, *through; struct change *changes; size_t count, room; };

static int read_change(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "at", members_text, offsetof(struct change, at) },
		{ "status", members_text, offsetof(struct change, status) },
		{ NULL },
	};
	struct version *version = into;

	version->changes = mem_grow(version->changes, &version->room, version->count + 1, sizeof(*version->changes));
	return members_object(m, item, rows, &version->changes[version->count++]);
}

static int read_changes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_change, into);
}

/* From the version on, the status of the entry; from each change on, the change's. */
static void add_changes(struct feed_product *product, const struct version *v, const char *end)
{
	const char *from = v->version, *status = v->status;

	for (size_t i = 0; i < v->count; i++) {
		if (!v->changes[i].at)
			continue;
		feed_range_add(product, status_of(status), v->type, from, v->changes[i].at);
		from = v->changes[i].at;
		status = v->changes[i].status;
	}
	feed_range_add(product, status_of(status), v->type, from, end)->through = v->through && !v->below;
}

static void add_version(struct feed_product *product, struct version *v)
{
	const char *end = v->below ? v->below : v->through;

	if (!v->version)
		return;
	/* "*" is no version: no upper bound. */
	if (str_equal(end, "*"))
		end = NULL;
	if (v->below || v->through || v->count)
		add_changes(product, v, end);
	else
		feed_range_add(product, status_of(v->status), v->type, v->version, v->version)->through = true;
}

static int read_version(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "version", members_text, offsetof(struct version, version) },
		{ "status", members_text, offsetof(struct version, status) },
		{ "versionType", members_text, offsetof(struct version, type) },
		{ "lessThan", members_text, offsetof(struct version, below) },
		{ "lessThanOrEqual", members_text, offsetof(struct version, through) },
		{ "changes", read_changes, 0 },
		{ NULL },
	};
	struct version v = { 0 };
	int code = members_object(m, item, rows, &v);
	char *texts[] = { v.version, v.status, v.type, v.below, v.through };

	if (!code)
		add_version(into, &v);
	for (size_t i = 0; i < v.count; i++) {
		free(v.changes[i].at);
		free(v.changes[i].status);
	}
	free(v.changes);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	return code;
}

static int read_versions(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_version, into);
}

/* ---- products */

static int read_usual(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		*(enum feed_status *)(void *)((char *)into + offset) = status_of(value->text);
	return pull_skip(m->pull, value, m->err);
}

static int read_product(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "vendor", members_text, IN(vendor) },
		{ "product", members_text, IN(name) },
		{ "packageName", members_text, IN(name) },
		{ "packageURL", members_text, IN(purl) },
		{ "defaultStatus", read_usual, IN(usual) },
		{ "cpes", feed_member_list, IN(cpes) },
		{ "versions", read_versions, 0 },
		{ NULL },
	};
	struct feed_product *product = feed_product_add(into);

	product->usual = FEED_UNDECIDED;
	return members_object(m, item, rows, product);
}

static int read_products(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_product, into);
}

/* ---- containers */

struct container { struct feed_record *record; char *issuer, *title, *text; struct text_list vectors, marks; };

static int read_issuer(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = { { "shortName", members_text, offsetof(struct container, issuer) }, { NULL } };

	(void)offset;
	return members_object(m, value, rows, into);
}

struct said { char *lang, *value; };

static int read_said(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "lang", members_text, offsetof(struct said, lang) },
		{ "value", members_text, offsetof(struct said, value) },
		{ NULL },
	};
	struct container *c = into;
	struct said said = { NULL, NULL };
	int code = members_object(m, item, rows, &said);

	/* English, else the first. */
	if (said.value && (!c->text || (said.lang && str_starts(said.lang, "en"))))
		mem_replace(&c->text, said.value);
	free(said.lang);
	free(said.value);
	return code;
}

static int read_descriptions(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_said, into);
}

/* Any member of a metric whose value is an object with a vectorString, and the mark "kev". */
static int read_vector(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "vectorString", feed_member_list, offsetof(struct container, vectors) },
		{ "type", feed_member_list, offsetof(struct container, marks) },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_metric(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "cvssV4_0", read_vector, 0 }, { "cvssV3_1", read_vector, 0 }, { "cvssV3_0", read_vector, 0 },
		{ "cvssV2_0", read_vector, 0 }, { "other", read_vector, 0 }, { NULL },
	};

	return members_object(m, item, rows, into);
}

static int read_metrics(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_metric, into);
}

static int read_weakness(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "cweId", feed_member_list, AT(cwes) }, { NULL } };

	return members_object(m, item, rows, ((struct container *)into)->record);
}

static int read_weaknesses(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_weakness, into);
}

static int read_problem(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "descriptions", read_weaknesses, 0 }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_problems(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_problem, into);
}

static int read_reference(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "url", feed_member_list, AT(links) }, { NULL } };

	return members_object(m, item, rows, ((struct container *)into)->record);
}

static int read_references(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_reference, into);
}

static int read_affected(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return read_products(m, value, ((struct container *)into)->record, offset);
}

static const struct member container_rows[] = {
	{ "providerMetadata", read_issuer, 0 },
	{ "title", members_text, offsetof(struct container, title) },
	{ "descriptions", read_descriptions, 0 },
	{ "rejectedReasons", read_descriptions, 0 },
	{ "affected", read_affected, 0 },
	{ "metrics", read_metrics, 0 },
	{ "problemTypes", read_problems, 0 },
	{ "references", read_references, 0 },
	{ NULL },
};

/* The CNA says what the record is called and about, wherever it stands; an ADP's title names the container, and its
 * text counts where there is no other. */
static int read_container(struct members *m, const struct pull_item *item, struct feed_record *record, bool cna)
{
	struct container c = { .record = record };
	int code = members_object(m, item, container_rows, &c);

	for (size_t i = 0; i < c.vectors.count; i++)
		text_pairs_add(&c.record->scores, c.issuer ? c.issuer : "?", c.vectors.items[i]);
	c.record->exploited = c.record->exploited || text_list_has(&c.marks, "kev");
	if (c.title && cna)
		mem_replace(&record->title, c.title);
	if (c.text && (cna || !record->text))
		mem_replace(&record->text, c.text);
	text_list_release(&c.vectors);
	text_list_release(&c.marks);
	free(c.issuer);
	free(c.title);
	free(c.text);
	return code;
}

static int read_cna(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return read_container(m, value, into, true);
}

static int read_adp_container(struct members *m, const struct pull_item *item, void *into)
{
	return read_container(m, item, into, false);
}

static int read_adp(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_adp_container, into);
}

static int read_containers(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = { { "cna", read_cna, 0 }, { "adp", read_adp, 0 }, { NULL } };

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_state(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	if (value->token == PULL_STRING && str_equal(value->text, "REJECTED"))
		((struct feed_record *)into)->state = FEED_REJECTED;
	return pull_skip(m->pull, value, m->err);
}

static int read_metadata(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "cveId", members_text, AT(id) },
		{ "state", read_state, 0 },
		{ "datePublished", feed_member_time, AT(published) },
		{ "dateUpdated", feed_member_time, AT(modified) },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

int feed_read_cve(struct feed_run *run)
{
	static const struct member rows[] = {
		{ "cveMetadata", read_metadata, 0 }, { "containers", read_containers, 0 }, { NULL },
	};
	struct feed_record record = { 0 };
	AUTO_STR room = STR_INIT;
	const char *bytes;
	size_t length;
	int code = feed_run_all(run, &room, &bytes, &length);

	return code ? code : feed_record_json(run, run->name, bytes, length, rows, &record, NULL);
}

/* ---- the log of deltas: no records; how many changes, and how new */

static int read_log_time(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct feed_head *head = into;
	instant at = value->token == PULL_STRING ? feed_time(value->text) : INSTANT_NONE;

	(void)offset;
	if (at != INSTANT_NONE && (head->newest == INSTANT_NONE || at > head->newest))
		head->newest = at;
	return pull_skip(m->pull, value, m->err);
}

static int read_log_count(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct feed_head *head = into;
	long count = value->token == PULL_NUMBER ? strtol(value->text, NULL, 10) : 0;

	(void)offset;
	if (count > 0 && count < 1000000)
		head->announced = (head->announced < 0 ? 0 : head->announced) + count;
	return pull_skip(m->pull, value, m->err);
}

static const struct member log_rows[] = {
	{ "fetchTime", read_log_time, 0 }, { "numberOfChanges", read_log_count, 0 }, { NULL },
};

static int read_log_entry(struct members *m, const struct pull_item *item, void *into)
{
	return members_object(m, item, log_rows, into);
}

int feed_read_cve_log(struct feed_run *run)
{
	struct pull *pull = pull_new(run->name, NULL, feed_run_read, run);
	struct members m = { pull, run->head, 0, run->err };
	struct pull_item root;
	int code = pull_next(pull, &root, run->err);

	if (!code)
		code = root.token == PULL_ARRAY ? members_array(&m, &root, read_log_entry, run->head) :
						  members_object(&m, &root, log_rows, run->head);
	pull_free(pull);
	return code;
}
