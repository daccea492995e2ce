/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests of CSAF 2.1 about ranges of versions that overlap with what stands beside them in the product tree: 6.2.50 where
 * that makes a status doubtful, 6.3.19 where it only says a thing twice.
 */
#include "format/csaf21.h"
#include "psirtty/score/vers.h"

/* A branch for a version or a range, beside others of the same list. */
enum range_kind { RANGE_VERS, RANGE_VLS, RANGE_VERSION };
struct sibling {
	size_t branch, up;
	enum range_kind kind;
	const char *name;    /* borrowed */
	const char *product; /* borrowed: the product's id; NULL: it has branches */
	const struct place *place;
	struct vers range;   /* owned, of ranges */
};
/* What of two siblings holds the same version; the first is a range. */
struct pair { size_t range, other; };
struct overlaps {
	struct csaf *d;
	struct sibling *siblings; size_t count, room;
	struct pair *pairs; size_t pair_count, pair_room;
	bool cut;
};
enum { COMPARISONS = 50000, JUDGEMENTS = 10000000 };

/* ---- siblings */

static bool read_range(const char *name, struct sibling *ret)
{
	AUTO_STR repairs = STR_INIT;
	AUTO_STRING bare = str_starts(name, "vers:") ? mem_string(name) : mem_format("vers:generic/%s", name);

	ret->kind = str_starts(name, "vers:") ? RANGE_VERS : RANGE_VLS;
	return vers_parse_lenient(bare, &ret->range, &repairs, NULL) == 0;
}

static void read_siblings(struct overlaps *o)
{
	const struct place *place;
	const json_t *branch, *product;

	for (size_t i = 0; csaf_branch_at(o->d, i, &branch, &product, &place); i++) {
		const char *category = csaf_text(branch, "category");
		struct sibling one = { .branch = i, .up = SIZE_MAX, .kind = RANGE_VERSION, .name = csaf_text(branch, "name"),
				       .product = js_string(product, "product_id"), .place = place };

		csaf_branch_up(o->d, i, &one.up);
		if (!str_equal(category, "product_version") &&
		    !(str_equal(category, "product_version_range") && read_range(one.name, &one)))
			continue;
		o->siblings = mem_grow(o->siblings, &o->room, o->count + 1, sizeof(one));
		o->siblings[o->count++] = one;
	}
}

static int by_list(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;

	if (x->up != y->up)
		return x->up < y->up ? -1 : 1;
	if ((x->kind == RANGE_VERSION) != (y->kind == RANGE_VERSION))
		return x->kind == RANGE_VERSION ? 1 : -1;
	return (x->branch > y->branch) - (x->branch < y->branch);
}

static bool siblings_overlap(const struct sibling *range, const struct sibling *other)
{
	bool in = false;

	if (other->kind == RANGE_VERSION)
		return vers_contains(&range->range, other->name, &in, NULL) == 0 && in;
	return vers_overlap(&range->range, &other->range);
}

/* Ranges stand before versions in each list. Long lists of ranges are not compared to the end. */
static void find_pairs(struct overlaps *o)
{
	size_t left = COMPARISONS;

	for (size_t i = 0; i < o->count; i++)
		for (size_t k = i + 1; o->siblings[i].kind != RANGE_VERSION && k < o->count && o->siblings[k].up == o->siblings[i].up;
		     k++) {
			if (!left--) {
				o->cut = true;
				return;
			}
			if (!siblings_overlap(&o->siblings[i], &o->siblings[k]))
				continue;
			o->pairs = mem_grow(o->pairs, &o->pair_room, o->pair_count + 1, sizeof(*o->pairs));
			o->pairs[o->pair_count++] = (struct pair){ i, k };
		}
}

/* Found once for all the tests about them. */
static const struct overlaps *overlaps_of(struct csaf *d)
{
	struct overlaps *o = d->overlaps;

	if (!o) {
		o = d->overlaps = mem_alloc(sizeof(*o));
		*o = (struct overlaps){ .d = d };
		read_siblings(o);
		if (o->count)
			qsort(o->siblings, o->count, sizeof(*o->siblings), by_list);
		find_pairs(o);
	}
	if (o->pair_count * (json_array_size(d->vulnerabilities) + 1) > JUDGEMENTS) {
		o->pair_count = 0;
		o->cut = true;
	}
	if (o->cut)
		check_skipped(d->c, _("there are too many ranges to compare each with each"));
	return o;
}

void csaf21_overlaps_free(struct overlaps *o)
{
	for (size_t i = 0; o && i < o->count; i++)
		if (o->siblings[i].kind != RANGE_VERSION)
			vers_release(&o->siblings[i].range);
	if (o) {
		free(o->siblings);
		free(o->pairs);
	}
	free(o);
}

/* ---- their statuses */

/* Product id → the group of its status, of the five that contradict each other. */
static json_t *groups_of(const json_t *vulnerability)
{
	json_t *groups = json_object(), *item;
	size_t i;

	for (size_t s = 0; s < ARRAY_LEN(csaf_statuses); s++)
		json_array_foreach(js_array(json_object_get(vulnerability, "product_status"), csaf_statuses[s].name), i, item)
			if (csaf_statuses[s].group != CSAF_NO_GROUP && json_is_string(item))
				json_object_set_new(groups, json_string_value(item), json_integer(csaf_statuses[s].group + 1));
	return groups;
}

/* The group of a product; 0: none. */
static json_int_t group_of(const json_t *groups, const char *id)
{
	return id ? json_integer_value(json_object_get(groups, id)) : 0;
}

/* The groups of all products below branch AT, as bits. Branches below it follow it at once. */
static unsigned groups_below(const struct overlaps *o, size_t at, const json_t *groups)
{
	const struct place *place;
	const json_t *branch, *product;
	unsigned bits = 0;
	size_t up;

	for (size_t i = at; csaf_branch_at(o->d, i, &branch, &product, &place); i++) {
		if (i != at && (!csaf_branch_up(o->d, i, &up) || up < at))
			break;
		bits |= 1u << group_of(groups, js_string(product, "product_id"));
	}
	return bits & ~1u;
}

/* Pairs of one range follow each other: what is below it is looked up once. */
struct below { size_t range; unsigned bits; };

static bool is_pair_of(const struct overlaps *o, const struct pair *pair, enum range_kind kind, bool same, const json_t *groups,
		       struct below *last)
{
	const struct sibling *range = &o->siblings[pair->range], *other = &o->siblings[pair->other];
	unsigned below, group;

	if (other->kind != kind || !other->product)
		return false;
	group = (unsigned)group_of(groups, other->product);
	if (!group)
		return false;
	if (last->range != pair->range)
		*last = (struct below){ pair->range, groups_below(o, range->branch, groups) };
	below = last->bits;
	return same ? below >> group & 1 : (below & ~(1u << group)) != 0;
}

static void find_doubtful(struct csaf *d, enum range_kind kind, bool same)
{
	const struct place top = { NULL, "vulnerabilities", 0 };
	const struct overlaps *o = overlaps_of(d);
	json_t *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		AUTO_JSON groups = o->pair_count ? groups_of(vulnerability) : NULL;
		struct below last = { SIZE_MAX, 0 };

		for (size_t p = 0; p < o->pair_count; p++)
			if (is_pair_of(o, &o->pairs[p], kind, same, groups, &last))
				check_found(d->c, AT(AT_INDEX(&top, i), "product_status"),
					    same ? _("\"%.60s\" and \"%.60s\" hold the same versions, and both have this status") :
						   _("\"%.60s\" and \"%.60s\" hold the same versions, with another status each"),
					    o->siblings[o->pairs[p].range].name, o->siblings[o->pairs[p].other].name);
	}
}

CSAF21_TEST(doubtful_vers)
{
	find_doubtful(d, RANGE_VERS, false);
}

CSAF21_TEST(doubtful_vls)
{
	find_doubtful(d, RANGE_VLS, false);
}

CSAF21_TEST(doubtful_version)
{
	find_doubtful(d, RANGE_VERSION, false);
}

CSAF21_TEST(double_vers)
{
	find_doubtful(d, RANGE_VERS, true);
}

CSAF21_TEST(double_vls)
{
	find_doubtful(d, RANGE_VLS, true);
}

CSAF21_TEST(double_version)
{
	find_doubtful(d, RANGE_VERSION, true);
}

/* ---- siblings that have branches: 6.3.19.4, .5 */

static json_t *groups_of_all(const struct csaf *d)
{
	json_t *all = json_object(), *vulnerability;
	size_t i;

	json_array_foreach((json_t *)d->vulnerabilities, i, vulnerability) {
		AUTO_JSON groups = groups_of(vulnerability);

		json_object_update(all, groups);
	}
	return all;
}

static void find_branching(struct csaf *d, bool version)
{
	AUTO_JSON groups = groups_of_all(d);
	const struct overlaps *o = overlaps_of(d);
	struct below last = { SIZE_MAX, 0 };

	for (size_t p = 0; p < o->pair_count; p++) {
		const struct sibling *range = &o->siblings[o->pairs[p].range], *other = &o->siblings[o->pairs[p].other];

		if (last.range != o->pairs[p].range)
			last = (struct below){ o->pairs[p].range, groups_below(o, range->branch, groups) };
		if (!other->product && (other->kind == RANGE_VERSION) == version && last.bits)
			check_found(d->c, AT(other->place, "name"), _("it holds versions of \"%.60s\" beside it"), range->name);
	}
}

CSAF21_TEST(range_in_branch)
{
	find_branching(d, false);
}

CSAF21_TEST(version_in_branch)
{
	find_branching(d, true);
}
