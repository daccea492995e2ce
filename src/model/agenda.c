/* SPDX-License-Identifier: Apache-2.0 */
/* What is due when, in one case and over all, and the marks that say so in lists. */
#include "model/case.h"

#define TRIAGE_TIME (3 * INSTANT_DAY)
#define ANSWER_TIME (2 * INSTANT_DAY)

static struct zoned in_utc(instant at)
{
	struct zoned when = { .at = at, .zone = "UTC" };

	return when;
}

size_t case_dues(const struct case_state *state, struct due ret[DUE_COUNT])
{
	const struct case_embargo *embargo = &state->embargo;
	instant reported = state->first_report == INSTANT_NONE ? state->opened : state->first_report;
	size_t count = 0;

	if (state->rm == RM_RECEIVED)
		ret[count++] = (struct due){
			.what = N_("triage"),
			.when = in_utc(reported + TRIAGE_TIME),
		};
	if (state->unanswered != INSTANT_NONE && state->rm != RM_CLOSED)
		ret[count++] = (struct due){ .what = N_("answer finder"),
					     .when = in_utc(state->unanswered + ANSWER_TIME) };
	if (embargo->until.at != INSTANT_NONE)
		ret[count++] = (struct due){ .what = N_("embargo ends"), .when = embargo->until,
					     .embargo = true };
	if (embargo->proposed.at != INSTANT_NONE)
		ret[count++] = (struct due){ .what = N_("embargo proposed until"),
					     .when = embargo->proposed, .embargo = true,
					     .proposal = true };
	return count;
}

/* A proposal binds nobody and so is never the next thing due; the calendar shows it. */
bool case_next_due(const struct case_state *state, instant now, const char **ret_what,
		   instant *ret_at)
{
	struct due dues[DUE_COUNT];
	size_t count = case_dues(state, dues);
	const struct due *next = NULL;

	(void)now;
	for (size_t i = 0; i < count; i++)
		if (!dues[i].proposal && (!next || dues[i].when.at < next->when.at))
			next = &dues[i];
	if (!next)
		return false;
	*ret_what = next->what;
	*ret_at = next->when.at;
	return true;
}

const char *case_marks(const struct case_state *state, instant now, char buffer[4])
{
	bool bound = state->embargo.state == EM_ACTIVE || state->embargo.state == EM_REVISE;
	const char *what;
	size_t length = 0;
	instant at;

	if (state->rm == RM_START || state->rm == RM_RECEIVED)
		buffer[length++] = '*';
	if (case_next_due(state, now, &what, &at) && at < now)
		buffer[length++] = '!';
	if (bound)
		buffer[length++] = '~';
	buffer[length] = 0;
	return buffer;
}

static int compare(const void *a, const void *b)
{
	const struct agenda_item *x = a, *y = b;
	int order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = strcmp(x->case_id, y->case_id);
	return order ? order : strcmp(x->what, y->what);
}

void model_agenda(const struct model *model, instant from, instant to, instant now,
		  struct agenda_item **ret, size_t *ret_count)
{
	struct agenda_item *items = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		struct due dues[DUE_COUNT];
		size_t due_count = case_dues(state, dues);

		for (size_t k = 0; k < due_count; k++) {
			if (dues[k].when.at < from || dues[k].when.at >= to)
				continue;
			items = list_open(items, &count, &room, sizeof(*items), count);
			items[count - 1] = (struct agenda_item){
				.at = dues[k].when.at, .when = dues[k].when, .case_id = state->id,
				.what = dues[k].what, .embargo = dues[k].embargo,
				.overdue = dues[k].when.at < now,
			};
		}
	}
	if (count)
		qsort(items, count, sizeof(*items), compare);
	*ret = items;
	*ret_count = count;
}

const struct case_score *case_leading_score(const struct case_state *state)
{
	const struct case_score *newest = NULL;

	for (size_t i = 0; i < state->score_count; i++) {
		if (str_equal(state->scores[i].issuer, "us"))
			return &state->scores[i];
		if (!newest || state->scores[i].at >= newest->at)
			newest = &state->scores[i];
	}
	return newest;
}
