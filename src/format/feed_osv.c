/* SPDX-License-Identifier: Apache-2.0 */
/* OSV records: events of a range are sorted into intervals by their order in the document, as its schema has them. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"

#define AT(field) offsetof(struct feed_record, field)
#define IN(field) offsetof(struct feed_product, field)

/* ---- ranges */

struct event { char *introduced, *fixed, *last, *limit; };
struct range { char *type; struct feed_product *product; char *open; bool is_open; };

static void close_range(struct range *range, const char *to, bool through)
{
	if (!range->is_open)
		return;
	feed_range_add(range->product, FEED_AFFECTED, range->type, str_equal(range->open, "0") ? NULL : range->open,
		       to)->through = through;
	free(range->open);
	range->open = NULL;
	range->is_open = false;
}

static void take_event(struct range *range, const struct event *event)
{
	if (event->introduced) {
		close_range(range, NULL, false);
		range->open = mem_string(event->introduced);
		range->is_open = true;
	} else if (event->fixed || event->limit) {
		close_range(range, event->fixed ? event->fixed : event->limit, false);
	} else if (event->last) {
		close_range(range, event->last, true);
	}
}

static int read_event(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "introduced", members_text, offsetof(struct event, introduced) },
		{ "fixed", members_text, offsetof(struct event, fixed) },
		{ "last_affected", members_text, offsetof(struct event, last) },
		{ "limit", members_text, offsetof(struct event, limit) },
		{ NULL },
	};
	struct event event = { NULL, NULL, NULL, NULL };
	int code = members_object(m, item, rows, &event);

	if (!code)
		take_event(into, &event);
	free(event.introduced);
	free(event.fixed);
	free(event.last);
	free(event.limit);
	return code;
}

static int read_events(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_event, into);
}

/* The type may come behind the events: it is written into the ranges that were added meanwhile. */
static int read_range(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "type", members_text, offsetof(struct range, type) }, { "events", read_events, 0 }, { NULL },
	};
	struct feed_product *product = into;
	struct range range = { .product = product };
	size_t first = product->count;
	int code = members_object(m, item, rows, &range);

	close_range(&range, NULL, false);
	for (size_t i = first; i < product->count; i++)
		mem_replace(&product->ranges[i].scheme, range.type);
	free(range.type);
	return code;
}

static int read_ranges(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_range, into);
}

static int read_version(struct members *m, const struct pull_item *item, void *into)
{
	if (item->token == PULL_STRING)
		feed_range_add(into, FEED_AFFECTED, "VERSION", item->text, item->text)->through = true;
	return pull_skip(m->pull, item, m->err);
}

static int read_versions(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_version, into);
}

/* ---- products */

static int read_package(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "ecosystem", members_text, IN(ecosystem) }, { "name", members_text, IN(name) },
		{ "purl", members_text, IN(purl) }, { NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_product(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "package", read_package, 0 }, { "ranges", read_ranges, 0 }, { "versions", read_versions, 0 }, { NULL },
	};
	struct feed_product *product = feed_product_add(into);

	product->usual = FEED_UNAFFECTED;
	return members_object(m, item, rows, product);
}

static int read_products(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_product, into);
}

static int read_score(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "score", members_text, 0 }, { NULL } };
	struct { char *score; } one = { NULL };
	int code = members_object(m, item, rows, &one);

	if (one.score)
		text_pairs_add(&((struct feed_record *)into)->scores, "osv", one.score);
	free(one.score);
	return code;
}

static int read_scores(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_score, into);
}

static int read_link(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "url", feed_member_list, AT(links) }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_links(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_link, into);
}

static int read_withdrawn(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	if (value->token == PULL_STRING)
		((struct feed_record *)into)->state = FEED_WITHDRAWN;
	return pull_skip(m->pull, value, m->err);
}

int feed_read_osv(struct feed_run *run)
{
	static const struct member rows[] = {
		{ "id", members_text, AT(id) },
		{ "modified", feed_member_time, AT(modified) },
		{ "published", feed_member_time, AT(published) },
		{ "withdrawn", read_withdrawn, 0 },
		{ "aliases", feed_member_list, AT(aliases) },
		{ "summary", members_text, AT(title) },
		{ "details", members_text, AT(text) },
		{ "severity", read_scores, 0 },
		{ "affected", read_products, 0 },
		{ "references", read_links, 0 },
		{ NULL },
	};
	struct feed_record record = { 0 };
	AUTO_STR room = STR_INIT;
	const char *bytes;
	size_t length;
	int code = feed_run_all(run, &room, &bytes, &length);

	return code ? code : feed_record_json(run, run->name, bytes, length, rows, &record, NULL);
}
