/* SPDX-License-Identifier: Apache-2.0 */
/* CSAF documents as a feed: one record a document, with the products each flaw affects by their purls and CPEs. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/score/purl.h"

enum { REFERENCES = 4 };

/* What is known of a product id before the vulnerabilities name it. REFERENCE: the product it is, as a part of WHOLE;
 * only that one may tell its purl. */
struct product { char *id, *name, *purl, *cpe, *reference, *whole; };

struct csaf {
	struct feed_record record;
	struct product *products; size_t count, room;
	struct text_list affected, unaffected, undecided, fixed; /* product ids */
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

static int read_name(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "product_id", members_text, offsetof(struct product, id) },
		{ "name", members_text, offsetof(struct product, name) },
		{ "product_identification_helper", read_helper, 0 },
		{ NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static struct product *add_product(struct csaf *csaf)
{
	csaf->products = mem_grow(csaf->products, &csaf->room, csaf->count + 1, sizeof(*csaf->products));
	return &csaf->products[csaf->count++];
}

static int read_product(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return read_name(m, value, add_product(into), offset);
}

static int read_relationship(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "full_product_name", read_name, 0 },
		{ "product_reference", read_first, offsetof(struct product, reference) },
		{ "relates_to_product_reference", read_first, offsetof(struct product, whole) },
		{ NULL },
	};

	return members_object(m, item, rows, add_product(into));
}

static int read_relationships(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_relationship, into);
}

static int read_branches(struct members *m, const struct pull_item *value, void *into, size_t offset);

static int read_branch(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = {
		{ "product", read_product, 0 }, { "branches", read_branches, 0 }, { NULL },
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
		{ "branches", read_branches, 0 }, { "full_product_names", read_full_names, 0 }, { "relationships", read_relationships, 0 },
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
		{ "fixed", feed_member_list, offsetof(struct csaf, fixed) },
		{ "first_fixed", feed_member_list, offsetof(struct csaf, fixed) },
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

static const struct product *find_product(const struct csaf *csaf, char *id)
{
	const struct product wanted = { .id = id };

	return id && csaf->count ? bsearch(&wanted, csaf->products, csaf->count, sizeof(wanted), compare_products) : NULL;
}

/* An operating system, or one of the parts a distribution is shipped in: Red Hat calls those applications
 * (cpe:/a:redhat:enterprise_linux:9::appstream). */
static bool is_system(const struct product *product)
{
	static const char *const systems[] = {
		"cpe:/o:", "cpe:/a:redhat:enterprise_linux:", "cpe:/a:redhat:rhel_",
		"cpe:2.3:o:", "cpe:2.3:a:redhat:enterprise_linux:", "cpe:2.3:a:redhat:rhel_",
	};
	const char *cpe = product ? str_or_empty(product->cpe) : "";
	bool is = false;

	for (size_t i = 0; i < ARRAY_LEN(systems); i++)
		is |= str_starts_nocase(cpe, systems[i]);
	return is;
}

/* The product that tells by what FOUND is to be known: itself, or what it is within another. What an operating system
 * ships is the same wherever it is installed. Of what is not vulnerable within an image, or mended there, nothing follows
 * for the same package elsewhere. NULL: by nothing. */
static const struct product *told_by(const struct csaf *csaf, const struct product *found, enum feed_status status)
{
	for (int i = 0; i < REFERENCES && found && !found->purl && !found->cpe && found->reference; i++) {
		if (status == FEED_UNAFFECTED && !is_system(find_product(csaf, found->whole)))
			return NULL;
		found = find_product(csaf, found->reference);
	}
	return found;
}

/* The version that has the fix ends a range: whoever reads it decides what that says of older ones. */
static void add_fix(struct feed_product *product)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL purl = PURL_INIT;
	AUTO_STRING version = NULL;
	const char *epoch;

	if (!product->purl || purl_parse_lenient(product->purl, &purl, &repairs, &none) || !purl.version)
		return;
	epoch = purl_qualifier(&purl, "epoch");
	version = epoch && !strchr(purl.version, ':') ? mem_format("%s:%s", epoch, purl.version) : mem_string(purl.version);
	feed_range_add(product, FEED_AFFECTED, "fixed", NULL, version);
}

static void add_products(struct csaf *csaf, const struct text_list *ids, enum feed_status status, bool fixed)
{
	for (size_t i = 0; i < ids->count; i++) {
		const struct product *named = find_product(csaf, ids->items[i]), *found = told_by(csaf, named, status);
		struct feed_product *product = feed_product_add(&csaf->record);

		product->usual = status;
		product->name = mem_string(named && named->name ? named->name : ids->items[i]);
		product->purl = mem_string(found ? found->purl : NULL);
		if (found && found->cpe)
			text_list_add_text(&product->cpes, found->cpe);
		if (fixed)
			add_fix(product);
	}
}

static void release(struct csaf *csaf)
{
	for (size_t i = 0; i < csaf->count; i++) {
		free(csaf->products[i].id);
		free(csaf->products[i].name);
		free(csaf->products[i].purl);
		free(csaf->products[i].cpe);
		free(csaf->products[i].reference);
		free(csaf->products[i].whole);
	}
	free(csaf->products);
	text_list_release(&csaf->affected);
	text_list_release(&csaf->unaffected);
	text_list_release(&csaf->undecided);
	text_list_release(&csaf->fixed);
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
		add_products(&csaf, &csaf.affected, FEED_AFFECTED, false);
		add_products(&csaf, &csaf.unaffected, FEED_UNAFFECTED, false);
		add_products(&csaf, &csaf.fixed, FEED_UNAFFECTED, true);
		add_products(&csaf, &csaf.undecided, FEED_UNDECIDED, false);
		code = feed_take(run, &csaf.record, bytes.bytes, bytes.length);
	}
	release(&csaf);
	return code;
}
