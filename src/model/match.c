/* SPDX-License-Identifier: Apache-2.0 */
/* What all sources together say of one flaw in one component: the ladder of evidence. */
#include "psirtty/model/match.h"

#include "psirtty/base/i18n.h"

#define X(name, word) [name] = word,
static const char *const rule_names[] = { MATCH_RULES(X) };
static const char *const answer_names[] = { MATCH_ANSWERS(X) };
#undef X

const char *match_rule_name(enum match_rule rule)
{
	return rule_names[rule];
}

const char *match_answer_name(enum match_answer answer)
{
	return answer_names[answer];
}

int match_answer_from_name(const char *word)
{
	for (int i = 0; i < MATCH_ANSWER_COUNT; i++)
		if (str_equal(answer_names[i], word))
			return i;
	return -1;
}

/* ---- one record */

static int compare_evidence(const void *a, const void *b)
{
	const struct match_evidence *x = a, *y = b;
	int order = strcmp(x->source, y->source);

	order = order ? order : strcmp(x->record, y->record);
	if (order)
		return order;
	if (x->verdict.answer != y->verdict.answer)
		return x->verdict.answer > y->verdict.answer ? -1 : 1;
	if (x->verdict.rule != y->verdict.rule)
		return x->verdict.rule < y->verdict.rule ? -1 : 1;
	return x->verdict.certain != y->verdict.certain ? (x->verdict.certain ? -1 : 1) :
	       x->verdict.range < y->verdict.range ? -1 : x->verdict.range > y->verdict.range;
}

static int compare_rules(const void *a, const void *b)
{
	const struct match_evidence *x = a, *y = b;

	if (x->verdict.rule != y->verdict.rule)
		return x->verdict.rule < y->verdict.rule ? -1 : 1;
	return compare_evidence(a, b);
}

/* A document that says of a product that it is affected and that it is not does not know this component well enough. */
static void merge_vex(struct match_evidence *kept, const struct match_evidence *other)
{
	if (kept->vex && kept->verdict.older && !other->verdict.older && other->verdict.answer == MATCH_NOT) {
		*kept = *other;
		return;
	}
	if (!kept->vex || kept->verdict.answer != MATCH_YES || other->verdict.answer != MATCH_NOT)
		return;
	kept->verdict.answer = MATCH_LOOK;
	kept->verdict.certain = false;
	kept->verdict.why = N_("the document says both of it");
}

size_t match_sort(struct match_evidence *evidence, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(evidence, count, sizeof(*evidence), compare_evidence);
	for (size_t i = 0; i < count; i++) {
		struct match_evidence *last = kept ? &evidence[kept - 1] : NULL;

		if (last && str_equal(last->source, evidence[i].source) && str_equal(last->record, evidence[i].record))
			merge_vex(last, &evidence[i]);
		else if (evidence[i].verdict.answer != MATCH_NONE)
			evidence[kept++] = evidence[i];
	}
	if (kept)
		qsort(evidence, kept, sizeof(*evidence), compare_rules);
	return kept;
}

/* ---- all of them */

/* The first evidence with ANSWER; -1. */
static long first_of(const struct match_evidence *evidence, size_t count, enum match_answer answer)
{
	for (size_t i = 0; i < count; i++)
		if (evidence[i].verdict.answer == answer)
			return (long)i;
	return -1;
}

static long closing_vex(const struct match_evidence *evidence, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (evidence[i].vex && evidence[i].verdict.answer == MATCH_NOT)
			return (long)i;
	return -1;
}

/* Whether AT stands further up than what says that it is not affected. */
static bool outranks(const struct match_evidence *evidence, long at, long against)
{
	return against < 0 || evidence[at].verdict.rule <= evidence[against].verdict.rule;
}

struct match_result match_settle(const struct match_evidence *evidence, size_t count)
{
	static const enum match_answer answers[] = { MATCH_YES, MATCH_LOOK, MATCH_WEAK, MATCH_COMMITS };
	long against = first_of(evidence, count, MATCH_NOT);
	struct match_result result = { MATCH_NONE, -1, closing_vex(evidence, count), false };

	for (size_t i = 0; i < ARRAY_LEN(answers) && result.lead < 0; i++) {
		long at = first_of(evidence, count, answers[i]);

		if (at < 0 || !outranks(evidence, at, against))
			continue;
		result.answer = answers[i] == MATCH_COMMITS ? MATCH_LOOK : answers[i];
		result.lead = at;
	}
	if (result.lead < 0 && against >= 0) {
		result.answer = MATCH_NOT;
		result.lead = against;
	}
	result.conflict = against >= 0 && first_of(evidence, count, MATCH_YES) >= 0;
	if (result.proof >= 0)
		result.answer = MATCH_NOT;
	return result;
}
