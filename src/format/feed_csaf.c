/* SPDX-License-Identifier: Apache-2.0 */
/* CSAF documents as a feed: one record a document, with the products each flaw affects by their purls and CPEs. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"

/* What is known of a product id before the vulnerabilities name it. */
struct product { char *id, *name, *purl, *cpe; };

struct csaf {
	struct feed_record record;
	struct product *products; size_t count, room;
	struct text_list affected, unaffected, undecided; /* product ids */
};

#define AT(field) (offsetof(struct csaf, record) + offsetof(struct feed_record, field))

/* ---- the document */

static int read_tracking(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "id", members_text, AT(id) },
		{ "current_release_date", feed_member_time, AT(modified) },
		{ "initial_release_date", feed_member_time, AT(published) },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_category(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	if (value->token == PULL_STRING && str_equal(value->text, "csaf_withdrawn"))
		((struct csaf *)into)->record.state = FEED_WITHDRAWN;
	return pull_skip(m->pull, value, m->err);
}

static int read_document(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "title", members_text, AT(title) }, { "category", read_category, 0 }, { "tracking", read_tracking, 0 }, { NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

/* ---- products */

static int read_first(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	char **slot = (char **)(void *)((char *)into + offset);

	if (value->token == PULL_STRING && !*slot)
		*slot = text_copy(value->text, value->length);
	return pull_skip(m->pull, value, m->err);
}

static int read_helper(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "purl", read_first, offsetof(struct product, purl) }, { "cpe", read_first, offsetof(struct product, cpe) },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_product(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "product_id", members_text, offsetof(struct product, id) },
		{ "name", members_text, offsetof(struct product, name) },
		{ "product_identification_helper", read_helper, 0 },
		{ NULL },
	};
	struct csaf *csaf = into;

	(void)offset;
	csaf->products = mem_grow(csaf->products, &csaf->room, csaf->count + 1, sizeof(*csaf->products));
	return members_object(m, value, rows, &csaf->products[csaf->count++]);
}

static int read_branches(struct members *m, const struct pull_item *value, void *into, size_t offset);

static int read_branch(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "product", read_product, 0 }, { "full_product_name", read_product, 0 }, { "branches", read_branches, 0 },
		{ NULL },
	};

	return members_object(m, item, rows, into);
}

static int read_branches(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_branch, into);
}

static int read_full_name(struct members *m, const struct pull_item *item, void *into)
{
	return read_product(m, item, into, 0);
}

static int read_full_names(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_full_name, into);
}

static int read_tree(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "branches", read_branches, 0 }, { "full_product_names", read_full_names, 0 }, { "relationships", read_branches, 0 },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

/* ---- vulnerabilities */

static int read_status(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "known_affected", feed_member_list, offsetof(struct csaf, affected) },
		{ "first_affected", feed_member_list, offsetof(struct csaf, affected) },
		{ "last_affected", feed_member_list, offsetof(struct csaf, affected) },
		{ "known_not_affected", feed_member_list, offsetof(struct csaf, unaffected) },
		{ "fixed", feed_member_list, offsetof(struct csaf, unaffected) },
		{ "first_fixed", feed_member_list, offsetof(struct csaf, unaffected) },
		{ "under_investigation", feed_member_list, offsetof(struct csaf, undecided) },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_vulnerability(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "cve", feed_member_list, AT(aliases) }, { "product_status", read_status, 0 }, { NULL },
	};

	return members_object(m, item, rows, into);
}

static int read_vulnerabilities(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_vulnerability, into);
}

/* ---- ids to products */

static int compare_products(const void *a, const void *b)
{
	return strcmp(str_or_empty(((const struct product *)a)->id), str_or_empty(((const struct product *)b)->id));
}

static void add_products(struct csaf *csaf, const struct text_list *ids, enum feed_status status)
{
	for (size_t i = 0; i < ids->count; i++) {
		const struct product wanted = { .id = ids->items[i] };
		const struct product *found = csaf->count ? bsearch(&wanted, csaf->products, csaf->count, sizeof(wanted),
								    compare_products) : NULL;
		struct feed_product *product = feed_product_add(&csaf->record);

		product->usual = status;
		product->name = mem_string(found && found->name ? found->name : ids->items[i]);
		product->purl = mem_string(found ? found->purl : NULL);
		if (found && found->cpe)
			text_list_add_text(&product->cpes, found->cpe);
	}
}

static void release(struct csaf *csaf)
{
	for (size_t i = 0; i < csaf->count; i++) {
		free(csaf->products[i].id);
		free(csaf->products[i].name);
		free(csaf->products[i].purl);
		free(csaf->products[i].cpe);
	}
	free(csaf->products);
	text_list_release(&csaf->affected);
	text_list_release(&csaf->unaffected);
	text_list_release(&csaf->undecided);
	feed_record_release(&csaf->record);
}

static int read_into(struct feed_run *run, const struct str *bytes, struct csaf *csaf, struct error *why)
{
	static const struct member rows[] = {
		{ "document", read_document, 0 }, { "product_tree", read_tree, 0 }, { "vulnerabilities", read_vulnerabilities, 0 },
		{ NULL },
	};
	struct pull *pull = pull_new_memory(run->name, NULL, bytes->bytes, bytes->length);
	struct members m = { pull, csaf, 0, why };
	struct pull_item root;
	int code = pull_next(pull, &root, why);

	if (!code)
		code = members_object(&m, &root, rows, csaf);
	pull_free(pull);
	return code;
}

int feed_read_csaf(struct feed_run *run)
{
	struct csaf csaf = { .record = { .published = INSTANT_NONE, .modified = INSTANT_NONE } };
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR bytes = STR_INIT;
	int code = feed_run_rest(run, &bytes);

	if (!code && read_into(run, &bytes, &csaf, &why)) {
		feed_fault(run, csaf.record.id ? csaf.record.id : run->name, str_or_empty(why.why));
	} else if (!code) {
		if (csaf.count)
			qsort(csaf.products, csaf.count, sizeof(*csaf.products), compare_products);
		add_products(&csaf, &csaf.affected, FEED_AFFECTED);
		add_products(&csaf, &csaf.unaffected, FEED_UNAFFECTED);
		add_products(&csaf, &csaf.undecided, FEED_UNDECIDED);
		code = feed_take(run, &csaf.record, bytes.bytes, bytes.length);
	}
	release(&csaf);
	return code;
}
