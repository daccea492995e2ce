/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configurations of the NVD against an inventory: trees of criteria, and bounds of versions, for
 * which the NVD defines no order.
 */
#include "psirtty/score/cpe.h"

#include "psirtty/score/version.h"

/* The walk through one tree: what has been found so far. */
struct walk {
	const struct cpe *inventory; /* borrowed */
	size_t item_count;
	long item; /* the first vulnerable item met, or -1 */
	bool uncertain;
};

static enum cpe_verdict least(enum cpe_verdict a, enum cpe_verdict b)
{
	return a < b ? a : b;
}

/* ---- one criterion */

/* All attributes but the version. What the item leaves open makes the answer possible only. */
static enum cpe_verdict match_attributes(const struct cpe *criteria, const struct cpe *item)
{
	enum cpe_verdict verdict = CPE_AFFECTED;
	int i;

	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++) {
		enum cpe_relation relation;

		if (i == CPE_VERSION)
			continue;
		relation = cpe_compare_value(&criteria->values[i], &item->values[i]);
		if (relation == CPE_DISJOINT || relation == CPE_UNDEFINED)
			return CPE_UNAFFECTED;
		if (relation == CPE_SUBSET)
			verdict = CPE_POSSIBLE;
	}
	return verdict;
}

static bool has_bounds(const struct cpe_match *match)
{
	return match->start_including || match->start_excluding || match->end_including ||
	       match->end_excluding;
}

/* True when VERSION stands to BOUND as SIGN says (-1 below, 1 above), or is equal and that counts.
 * No bound, or one that cannot be compared, excludes nothing. */
static bool within(const char *version, const char *bound, int sign, bool equal_counts)
{
	const struct version_scheme *generic = version_scheme_find("generic");
	int order;

	if (!bound || !generic || version_compare(generic, version, bound, &order, NULL) < 0)
		return true;
	return order == 0 ? equal_counts : order == sign;
}

static bool within_bounds(const struct cpe_match *match, const char *version)
{
	return within(version, match->start_including, 1, true) &&
	       within(version, match->start_excluding, 1, false) &&
	       within(version, match->end_including, -1, true) &&
	       within(version, match->end_excluding, -1, false);
}

static enum cpe_verdict match_version(const struct cpe_match *match, const struct cpe *item,
				      bool *uncertain)
{
	const struct cpe_value *version = &item->values[CPE_VERSION];
	enum cpe_relation relation =
		cpe_compare_value(&match->criteria.values[CPE_VERSION], version);
	AUTO_STR plain = STR_INIT;

	if (relation == CPE_DISJOINT || relation == CPE_UNDEFINED)
		return CPE_UNAFFECTED;
	if (!has_bounds(match))
		return relation == CPE_SUBSET ? CPE_POSSIBLE : CPE_AFFECTED;
	if (version->kind == CPE_ANY)
		return CPE_POSSIBLE;
	if (version->kind == CPE_NA)
		return CPE_UNAFFECTED;
	cpe_plain(item, CPE_VERSION, &plain);
	*uncertain = true;
	return within_bounds(match, plain.bytes) ? CPE_AFFECTED : CPE_UNAFFECTED;
}

enum cpe_verdict cpe_match_item(const struct cpe_match *match, const struct cpe *item,
				bool *uncertain)
{
	enum cpe_verdict verdict = match_attributes(&match->criteria, item);

	return verdict == CPE_UNAFFECTED ? verdict
					 : least(verdict, match_version(match, item, uncertain));
}

/* ---- trees */

/* The best any item of the inventory does. COUNTS: a vulnerable match here is one of the tree's. */
static enum cpe_verdict walk_match(struct walk *walk, const struct cpe_match *match, bool counts)
{
	enum cpe_verdict best = CPE_UNAFFECTED;
	size_t i;

	for (i = 0; i < walk->item_count && best < CPE_AFFECTED; i++) {
		enum cpe_verdict verdict =
			cpe_match_item(match, &walk->inventory[i], &walk->uncertain);

		if (verdict == CPE_UNAFFECTED)
			continue;
		if (counts && match->vulnerable && walk->item < 0)
			walk->item = (long)i;
		if (verdict > best)
			best = verdict;
	}
	return best;
}

static enum cpe_verdict walk_node(struct walk *walk, const struct cpe_node *node, bool counts,
				  int depth)
{
	enum cpe_verdict verdict = node->all ? CPE_AFFECTED : CPE_UNAFFECTED;
	size_t total = node->match_count + node->child_count, i;
	long item = walk->item;

	if (depth > CPE_DEPTH || total == 0)
		return CPE_UNAFFECTED;
	counts = counts && !node->negate;
	for (i = 0; i < total; i++) {
		enum cpe_verdict one =
			i < node->match_count
				? walk_match(walk, &node->matches[i], counts)
				: walk_node(walk, &node->children[i - node->match_count], counts,
					    depth + 1);

		if (node->all ? one < verdict : one > verdict)
			verdict = one;
	}
	if (verdict == CPE_UNAFFECTED)
		walk->item = item;
	return node->negate ? (enum cpe_verdict)(CPE_AFFECTED - verdict) : verdict;
}

struct cpe_finding cpe_evaluate(const struct cpe_node *nodes, size_t node_count,
				const struct cpe *inventory, size_t item_count)
{
	struct cpe_finding finding = {CPE_UNAFFECTED, -1, false};
	size_t i;

	for (i = 0; i < node_count && finding.verdict < CPE_AFFECTED; i++) {
		struct walk walk = {inventory, item_count, -1, false};
		enum cpe_verdict verdict = walk_node(&walk, &nodes[i], true, 0);

		finding.uncertain = finding.uncertain || walk.uncertain;
		if (verdict > finding.verdict && walk.item >= 0) {
			finding.verdict = verdict;
			finding.item = walk.item;
		}
	}
	return finding;
}
