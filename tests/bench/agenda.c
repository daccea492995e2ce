/* SPDX-License-Identifier: Apache-2.0 */
/* The agenda over ten thousand cases with the clocks that are shipped: the first time, again, and after
 * one more event. The targets are 20 ms and 1 ms. */
#include <time.h>

#include "psirtty/model/model.h"
#include "tests/unit/clock_world.h"
#include "tests/unit/model_world.h"

enum { CASES = 10000, ROUNDS = 20 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* One case in five is open, in the middle of its way; the others are closed, some long ago. */
static void make_case(struct world *w, int i)
{
	AUTO_STRING opened = mem_format("{'case':'PSIRT-2026-%04d','title':'Overflow %d'}", i, i);
	AUTO_STRING report = mem_format(
		"{'subject':'s','from_address':'a@b.example','received':'2026-%02d-%02dT07:00:00Z','channel':'file',"
		"'verdict':'signed','text':'t','raw':{'size':1,'sha256':'00','object':'o','key':'k'}}", 1 + i % 10, 1 + i % 28);
	static const struct { enum event_type type; const char *body; } rest[] = {
		{ EVENT_STATE_SET, "{'to':'received'}" }, { EVENT_STATE_SET, "{'to':'valid'}" },
		{ EVENT_STATE_SET, "{'to':'accepted'}" },
		{ EVENT_SCORE_SET, "{'vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','issuer':'us'}" },
		{ EVENT_DISCLOSURE_SET, "{'bit':'vendor-aware'}" }, { EVENT_DISCLOSURE_SET, "{'bit':'attacks'}" },
		{ EVENT_MESSAGE_SENT, SENT("2026-11-01T00:00:00Z") },
		{ EVENT_CLOCK_FILED, "{'clock':'cn-rmsv-7-2','filed':'2026-10-03T00:00:00Z','receipt':'N-1'}" },
		{ EVENT_CLOCK_FILED, "{'clock':'eu-cra-14-2-a','filed':'2026-10-03T00:00:00Z'}" },
	};
	size_t steps = i % 5 == 0 ? (size_t)(i / 5 % 10) : ARRAY_LEN(rest);

	put(w, i, EVENT_CASE_OPENED, opened);
	put(w, i, EVENT_REPORT_RECEIVED, report);
	for (size_t k = 0; k < steps && k < ARRAY_LEN(rest); k++)
		put(w, i, rest[k].type, rest[k].body);
	if (i % 5)
		put(w, i, EVENT_STATE_SET, "{'to':'closed'}");
}

static double agenda(struct world *w, size_t *ret_count)
{
	struct agenda_item *items;
	double start = now_ms();

	model_agenda(w->model, INT64_MIN, INT64_MAX, w->now, &items, ret_count);
	free(items);
	return now_ms() - start;
}

int main(void)
{
	struct world w = world_new();
	double first, again = 1e9, rules, event = 1e9, worst = 0;
	size_t count;

	rules = now_ms();
	model_set_clock_rules(w.model, rules_shipped(true));
	rules = now_ms() - rules;
	for (int i = 1; i <= CASES; i++)
		make_case(&w, i);
	first = agenda(&w, &count);
	for (int i = 0; i < ROUNDS; i++) {
		double took = agenda(&w, &count);

		again = took < again ? took : again;
	}
	for (int i = 0; i < ROUNDS; i++) {
		struct agenda_item *items;
		size_t few;
		double took;

		put(&w, 1 + i * 45, EVENT_NOTE_ADDED, "{'text':'n'}");
		took = now_ms();
		model_agenda(w.model, w.now, w.now + 14 * INSTANT_DAY, w.now, &items, &few);
		took = now_ms() - took;
		free(items);
		event = took < event ? took : event;
		worst = took > worst ? took : worst;
	}
	printf("agenda: rules read in %.1f ms; %d cases, %zu items: worked out in %.1f ms (20), all of it again %.1f ms, "
	       "after one event %.2f ms, at worst %.2f (1)\n", rules, CASES, count, first, again, event, worst);
	world_release(&w);
	return 0;
}
