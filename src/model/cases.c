/* SPDX-License-Identifier: Apache-2.0 */
/* All cases the model knows. */
#include "model/cases.h"

enum { SUFFIX_BYTES = 4 };

static void list_add(struct known_list *list, struct known_case *known)
{
	size_t at = list->count;

	list->items = list_open(list->items, &list->count, &list->room, sizeof(*list->items), at);
	list->items[at] = known;
}

static void list_remove(struct known_list *list, const struct known_case *known)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == known) {
			list->items[i] = list->items[--list->count];
			return;
		}
}

void cases_release(struct cases *cases)
{
	for (size_t i = 0; i < cases->count; i++)
		known_release(cases->items[i]);
	free(cases->items);
	free(cases->whole.items);
	free(cases->changed.items);
	map_release(&cases->by_stream);
	map_release(&cases->by_id);
	arena_release(&cases->arena);
	free(cases->words);
	clock_book_release(&cases->book);
	agenda_release(&cases->agenda);
}

struct known_case *known_new(const uint8_t stream[16])
{
	struct known_case *known = mem_alloc(sizeof(*known));

	memcpy(known->state.stream, stream, sizeof(known->state.stream));
	return known;
}

/* ---- finding */

struct known_case *cases_find(const struct cases *cases, const uint8_t stream[16])
{
	return map_get(&cases->by_stream, stream, 16);
}

struct known_case *cases_by_id(const struct cases *cases, const char *id)
{
	return map_get(&cases->by_id, id, strlen(id));
}

static int compare(const void *a, const void *b)
{
	const struct case_state *x = &(*(struct known_case *const *)a)->state;
	const struct case_state *y = &(*(struct known_case *const *)b)->state;

	if (x->opened != y->opened)
		return x->opened < y->opened ? -1 : 1;
	return strcmp(x->id, y->id);
}

void cases_sort(struct cases *cases)
{
	if (cases->unsorted)
		qsort(cases->items, cases->count, sizeof(*cases->items), compare);
	cases->unsorted = false;
}

/* ---- whole ones and brief ones */

static struct known_case *least_used(const struct known_list *list)
{
	struct known_case *least = list->items[0];

	for (size_t i = 1; i < list->count; i++)
		if (list->items[i]->whole->used < least->whole->used)
			least = list->items[i];
	return least;
}

static void bound(struct cases *cases)
{
	while (cases->bounded && cases->whole.count > cases->limit) {
		struct known_case *least = least_used(&cases->whole);

		list_remove(&cases->whole, least);
		known_make_brief(least);
	}
}

void cases_use(struct cases *cases, struct known_case *known)
{
	if (!known->whole->used)
		list_add(&cases->whole, known);
	known->whole->used = ++cases->uses;
	bound(cases);
}

void cases_change(struct cases *cases, struct known_case *known)
{
	if (!known->changed)
		list_add(&cases->changed, known);
	known->changed = true;
}

/* ---- ids */

static bool came_first(const struct known_case *a, const struct known_case *b)
{
	if (a->state.opened != b->state.opened)
		return a->state.opened < b->state.opened;
	return memcmp(a->state.stream, b->state.stream, sizeof(a->state.stream)) < 0;
}

static char *keep_id(struct cases *cases, const char *id)
{
	return arena_copy(&cases->arena, id, strlen(id), 4096);
}

static void rename_case(struct cases *cases, struct known_case *known)
{
	AUTO_STRING digits = str_hex(known->state.stream, SUFFIX_BYTES);
	AUTO_STRING id = mem_format("%s-%s", known->state.id, digits);

	known->state.id = keep_id(cases, id);
	map_put(&cases->by_id, known->state.id, strlen(known->state.id), known);
	agenda_note(known);
	cases_change(cases, known);
}

/* Two copies of a vault may give the same id: the case opened first keeps it, in each of them. */
static void name_case(struct cases *cases, struct known_case *known)
{
	struct known_case *other = cases_by_id(cases, known->state.id);

	if (other && came_first(other, known)) {
		rename_case(cases, known);
		return;
	}
	map_put(&cases->by_id, known->state.id, strlen(known->state.id), known);
	if (other) {
		rename_case(cases, other);
		cases->unsorted = true;
	}
}

/* ---- taking */

void cases_place(struct cases *cases, struct known_case *known)
{
	size_t at = cases->count;

	if (!known->state.brief)
		known->state.id = keep_id(cases, known->state.id);
	known->book = &cases->book;
	known->agenda = &cases->agenda;
	agenda_note(known);
	map_put(&cases->by_stream, known->state.stream, sizeof(known->state.stream), known);
	name_case(cases, known);
	cases->items = list_open(cases->items, &cases->count, &cases->room, sizeof(*cases->items), at);
	cases->items[at] = known;
	cases->unsorted = cases->unsorted || (at > 0 && compare(&cases->items[at - 1], &known) > 0);
}

int opened_check(const struct folded *folded, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "case"), *title = event_text(event, "title");

	if (!id_valid(id))
		return error_set(err, ERR_NO, _("case"), NULL,
				 _("rule case id: an id has letters, digits, dot and hyphen only"));
	if (folded && folded->state.id)
		return error_set(err, ERR_NO, id, NULL, _("rule case: it was opened before"));
	if (!title[strspn(title, " \t")])
		return error_set(err, ERR_NO, id, NULL, _("rule text: the title is empty"));
	return 0;
}

int cases_check(const struct cases *cases, const struct known_case *known, const struct event *event,
		struct error *err)
{
	const char *id = event->type == EVENT_CASE_OPENED ? event_text(event, "case") : NULL;
	int code;

	if (!id && !known)
		return error_set(err, ERR_NO, event_info(event->type)->wire, NULL,
				 _("rule case: a case begins with case-opened"));
	if (!id)
		return folded_check(known->whole->folded, event, err);
	code = opened_check(known ? known->whole->folded : NULL, event, err);
	if (!code && cases_by_id(cases, id))
		code = error_set(err, ERR_NO, id, NULL, _("rule case id: this id is taken"));
	return code;
}

static int take_opened(struct cases *cases, const struct event *event, struct error *err)
{
	struct known_case *known = known_new(event->stream);
	struct known_whole *whole = known_whole_new(event->stream);

	if (folded_take(whole->folded, event, err) != 0)
		BUG("a checked case cannot be opened");
	whole_note(whole, event);
	known_set_whole(known, whole);
	cases_place(cases, known);
	cases_change(cases, known);
	cases_use(cases, known);
	return 0;
}

int cases_take(struct cases *cases, struct known_case *known, const struct event *event, struct error *err)
{
	int code;

	if (event->type == EVENT_CASE_OPENED || !known) {
		code = cases_check(cases, known, event, err);
		return code ? code : take_opened(cases, event, err);
	}
	code = folded_take(known->whole->folded, event, err);
	if (code)
		return code;
	whole_note(known->whole, event);
	known_show(known);
	cases_change(cases, known);
	cases_use(cases, known);
	return 0;
}

void cases_replace(struct cases *cases, struct known_whole *whole)
{
	const uint8_t *stream = whole->folded->state.stream;
	struct known_case *known = cases_find(cases, stream);

	if (!known) {
		known = known_new(stream);
		known_set_whole(known, whole);
		cases_place(cases, known);
	} else {
		list_remove(&cases->whole, known);
		known_set_whole(known, whole);
	}
	cases_use(cases, known);
}

void cases_drop(struct cases *cases, struct known_case *known)
{
	size_t at = 0;

	while (cases->items[at] != known)
		at++;
	cases->agenda.built = false;
	cases->count--;
	memmove(&cases->items[at], &cases->items[at + 1], (cases->count - at) * sizeof(*cases->items));
	list_remove(&cases->whole, known);
	list_remove(&cases->changed, known);
	map_remove(&cases->by_stream, known->state.stream, sizeof(known->state.stream));
	map_remove(&cases->by_id, known->state.id, strlen(known->state.id));
	known_release(known);
}
