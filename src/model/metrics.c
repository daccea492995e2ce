/* SPDX-License-Identifier: Apache-2.0 */
/* Figures over cases: counts of what is so, and spans between two times of a case. */
#include "psirtty/model/metrics.h"

#include "psirtty/base/i18n.h"

#define ANSWER_TIME (2 * INSTANT_DAY)

static instant received(const struct case_state *state)
{
	return state->first_report != INSTANT_NONE ? state->first_report : state->opened;
}

/* ---- counts: 1 it is so, 0 it is not, -1 it is not asked of this case */

static int is_received(const struct case_state *s, instant now)
{
	(void)s;
	(void)now;
	return 1;
}

static int is_confirmed(const struct case_state *s, instant now)
{
	(void)now;
	return s->times.triaged == INSTANT_NONE ? -1 : s->times.confirmed != INSTANT_NONE;
}

/* Open beyond the time to answer counts as late, within it not at all. */
static int is_on_time(const struct case_state *s, instant now)
{
	instant due = received(s) + ANSWER_TIME;

	if (s->times.answered != INSTANT_NONE)
		return s->times.answered <= due;
	return now > due ? 0 : -1;
}

static int is_exploited(const struct case_state *s, instant now)
{
	(void)now;
	return (s->cs & 1u << CS_ATTACKS) != 0;
}

static int is_exploit_public(const struct case_state *s, instant now)
{
	(void)now;
	return (s->cs & 1u << CS_EXPLOIT_PUBLIC) != 0;
}

static int is_public_unfixed(const struct case_state *s, instant now)
{
	(void)now;
	if (s->times.published == INSTANT_NONE || s->merged_into)
		return -1; /* what became of a merged one counts where it went */
	return s->times.fixed == INSTANT_NONE || s->times.fixed > s->times.published;
}

static int is_incident(const struct case_state *s, instant now)
{
	(void)now;
	return s->incident;
}

static int is_kept(const struct case_state *s, instant now)
{
	(void)now;
	return s->embargo.state != EM_EXITED || s->embargo.cause == END_MERGED ? -1 : s->embargo.cause == END_TIMER;
}

static int has_leaker(const struct case_state *s, instant now)
{
	(void)now;
	if (s->embargo.accepted_at == INSTANT_NONE)
		return -1;
	for (size_t i = 0; i < s->party_count; i++)
		if (s->parties[i].leaker)
			return 1;
	return 0;
}

static int has_accepted_risk(const struct case_state *s, instant now)
{
	(void)now;
	return s->risk_until != INSTANT_NONE;
}

static int has_expired_risk(const struct case_state *s, instant now)
{
	return s->risk_until == INSTANT_NONE ? -1 : s->risk_until <= now;
}

static const struct {
	const char *id, *name;
	int (*is)(const struct case_state *, instant);
} counts[] = {
	{ "M-QUAL-1", N_("reports received"), is_received },
	{ "M-DISC-1", N_("confirmed of those triaged"), is_confirmed },
	{ "M-RESP-1", N_("answered on time"), is_on_time },
	{ "M-RISK-1", N_("exploited in the wild"), is_exploited },
	{ "M-RISK-1", N_("exploit published"), is_exploit_public },
	{ "M-RISK-1", N_("public before there was a fix"), is_public_unfixed },
	{ "M-INC-1", N_("incidents open"), is_incident },
	{ "M-COORD-1", N_("embargoes that ended as agreed"), is_kept },
	{ "M-COORD-1", N_("embargoes with a leak traced to a party"), has_leaker },
	{ "M-EXC-1", N_("risks accepted"), has_accepted_risk },
	{ "M-EXC-1", N_("risk acceptances that have expired"), has_expired_risk },
};

/* ---- spans: from receipt to a time of the case */

static const struct { const char *id, *name; size_t at; } spans[] = {
	{ "M-RESP-2", N_("time to the first answer"), offsetof(struct case_times, answered) },
	{ "M-TRI-1", N_("time to triage"), offsetof(struct case_times, triaged) },
	{ "M-SLA-5", N_("time to a fix"), offsetof(struct case_times, fixed) },
	{ "M-PUB-1", N_("time to publication"), offsetof(struct case_times, published) },
};

static int by_length(const void *a, const void *b)
{
	instant x = *(const instant *)a, y = *(const instant *)b;

	return x < y ? -1 : x > y;
}

static instant quantile(const instant *lengths, size_t count, size_t tenths)
{
	return count ? lengths[(count * tenths + 9) / 10 - 1] : INSTANT_NONE;
}

static bool in_period(const struct case_state *state, instant from, instant to)
{
	return received(state) >= from && received(state) < to;
}

static struct metric count_metric(const struct model *model, size_t row, instant from, instant to, instant now)
{
	struct metric metric = { .id = counts[row].id, .name = counts[row].name, .part = "",
				 .median = INSTANT_NONE, .ninth = INSTANT_NONE };

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		int is = in_period(state, from, to) ? counts[row].is(state, now) : -1;

		metric.of += is >= 0;
		metric.n += is > 0;
	}
	return metric;
}

static struct metric outcome_metric(const struct model *model, const char *outcome, instant from, instant to)
{
	struct metric metric = { .id = "M-QUAL-2", .name = N_("qualified"), .part = outcome,
				 .median = INSTANT_NONE, .ninth = INSTANT_NONE };

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		if (!in_period(state, from, to) || !state->outcome)
			continue;
		metric.of++;
		metric.n += str_equal(state->outcome, outcome);
	}
	return metric;
}

static struct metric span_metric(const struct model *model, size_t row, instant from, instant to)
{
	struct metric metric = { .id = spans[row].id, .name = spans[row].name, .part = "" };
	instant *lengths = mem_alloc((model_case_count(model) + 1) * sizeof(*lengths));

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		instant at = *(const instant *)((const char *)&state->times + spans[row].at);

		if (!in_period(state, from, to))
			continue;
		metric.of++;
		if (at != INSTANT_NONE)
			lengths[metric.n++] = at > received(state) ? at - received(state) : 0;
	}
	qsort(lengths, metric.n, sizeof(*lengths), by_length);
	metric.median = quantile(lengths, metric.n, 5);
	metric.ninth = quantile(lengths, metric.n, 9);
	free(lengths);
	return metric;
}

void model_metrics(const struct model *model, instant from, instant to, instant now, struct metric **ret,
		   size_t *ret_count)
{
	size_t count = 0, most = ARRAY_LEN(counts) + ARRAY_LEN(spans);
	struct metric *metrics;

	for (size_t i = 0; outcome_words[i]; i++)
		most++;
	metrics = mem_alloc(most * sizeof(*metrics));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		metrics[count++] = count_metric(model, i, from, to, now);
	for (size_t i = 0; outcome_words[i]; i++)
		metrics[count++] = outcome_metric(model, outcome_words[i], from, to);
	for (size_t i = 0; i < ARRAY_LEN(spans); i++)
		metrics[count++] = span_metric(model, i, from, to);
	*ret = metrics;
	*ret_count = count;
}
