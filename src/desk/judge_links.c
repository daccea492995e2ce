/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests 6.3.6 and 6.3.7 of CSAF: whether the addresses in a document answer. Only because somebody asked for it: each question
 * tells its server that the document is read here. The fetch worker asks, the bodies are thrown away.
 */
#include "judge_links.h"

#include "psirtty/base/i18n.h"
#include "psirtty/worker/fetch.h"

enum { LINKS = 2000, WAIT_MS = 500, LOOK = 64 << 10 };

/* An address once, however often it stands in the document. */
struct asked { const char *url; bool answered; char *why; };
struct asking { struct asked *all; size_t count, room; json_t *places; };

static void take_event(struct asking *asking, const size_t *items, size_t count, const struct fetch_event *event)
{
	struct asked *one = event->item < count ? &asking->all[items[event->item]] : NULL;

	if (!one)
		return;
	if (event->kind == FETCH_HEAD)
		one->answered = one->answered || (event->done >= 200 && event->done < 400);
	else if (event->kind == FETCH_FAILED && !one->answered)
		mem_replace(&one->why, event->text);
}

/* Asks all that did not answer yet, by METHOD. */
static int ask_all(struct asking *asking, const struct settings *settings, const char *method, struct error *err)
{
	struct fetch_page *pages = mem_alloc((asking->count + 1) * sizeof(*pages));
	size_t *items = mem_alloc((asking->count + 1) * sizeof(*items)), count = 0;
	struct fetch_event event = { .kind = FETCH_NOTHING };
	struct fetch *fetch = NULL;
	int code = 0;

	for (size_t i = 0; i < asking->count; i++)
		if (!asking->all[i].answered) {
			pages[count] = (struct fetch_page){ .url = asking->all[i].url, .most_bytes = LOOK, .method = method, .as_is = true };
			items[count++] = i;
		}
	if (count)
		code = fetch_pages_start(&(struct fetch_pages){
			.host = { .ca_file = settings->ca_file, .proxy = settings->proxy, .patience = (int)settings->patience },
			.pages = pages, .count = count, .tries = 1,
		}, &fetch, err);
	while (count && !code && event.kind != FETCH_END) {
		fetch_wait(fetch, WAIT_MS);
		code = fetch_take(fetch, &event, err);
		if (!code)
			take_event(asking, items, count, &event);
	}
	fetch_stop(fetch);
	free(pages);
	free(items);
	return code;
}

/* Those of other schemes name something, or are not asked in the clear. */
static void collect(struct asking *asking, const struct job_answer *links)
{
	asking->places = json_object();
	for (size_t i = 0; i < links->count; i++) {
		const char *url = links->rows[i].count == 3 ? links->rows[i].fields[2] : "";
		struct fetch_url parts;

		if (!str_starts_nocase(url, "https://") || json_object_get(asking->places, url) || asking->count == LINKS ||
		    fetch_url_parse(url, &parts, NULL))
			continue;
		fetch_url_release(&parts);
		asking->all = mem_grow(asking->all, &asking->room, asking->count + 1, sizeof(*asking->all));
		asking->all[asking->count] = (struct asked){ .url = url };
		json_object_set_new(asking->places, url, json_integer((json_int_t)asking->count++));
	}
}

static void asking_release(struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++)
		free(asking->all[i].why);
	free(asking->all);
	json_decref(asking->places);
}

/* One row: what came of its address. */
static void tell_link(const struct asking *asking, char **fields, struct links_told *ret)
{
	const json_t *place = json_object_get(asking->places, fields[2]);
	const struct asked *one = place ? &asking->all[json_integer_value(place)] : NULL;
	bool self = str_equal(fields[0], "6.3.7");
	struct link_told *told;

	if (!one && (str_starts_nocase(fields[2], "http://") || str_starts_nocase(fields[2], "https://"))) {
		ret->passed_over[self]++;
		return;
	}
	if (!one || one->answered)
		return;
	ret->dead = mem_grow(ret->dead, &ret->room, ret->count + 1, sizeof(*ret->dead));
	told = &ret->dead[ret->count++];
	told->test = self ? "6.3.7" : "6.3.6";
	told->path = fields[1];
	told->message = mem_format(_("%.200s does not answer: %s"), fields[2], one->why ? one->why : _("it is not there"));
}

int links_ask(const struct job_answer *links, const struct settings *settings, struct links_told *ret, struct error *err)
{
	struct asking asking = { 0 };
	int code;

	*ret = (struct links_told){ 0 };
	collect(&asking, links);
	code = ask_all(&asking, settings, "HEAD", err);
	/* Some servers know no HEAD. */
	if (!code)
		code = ask_all(&asking, settings, NULL, err);
	for (size_t i = 0; !code && i < links->count; i++)
		if (links->rows[i].count == 3)
			tell_link(&asking, links->rows[i].fields, ret);
	asking_release(&asking);
	return code;
}

void links_told_release(struct links_told *told)
{
	for (size_t i = 0; i < told->count; i++)
		free(told->dead[i].message);
	free(told->dead);
	*told = (struct links_told){ 0 };
}
