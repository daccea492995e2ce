/* SPDX-License-Identifier: Apache-2.0 */
/* All cases the model knows. */
#include "model/cases.h"

#include "model/model_private.h"

enum { SUFFIX_BYTES = 4, ASKED_LIMIT = 256 };

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

static void row_release(struct case_row *row)
{
	if (row->known)
		known_release(row->known);
	if (row->due_room)
		free(row->dues);
	free(row);
}

void cases_release(struct cases *cases)
{
	for (size_t i = 0; i < cases->count; i++)
		row_release(cases->items[i]);
	free(cases->items);
	free(cases->texts);
	free(cases->due_texts);
	free(cases->dues);
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

struct case_row *cases_row(const struct cases *cases, const uint8_t stream[16])
{
	return map_get(&cases->by_stream, stream, 16);
}

struct case_row *cases_row_by_id(const struct cases *cases, const char *id)
{
	return map_get(&cases->by_id, id, strlen(id));
}

struct known_case *cases_find(const struct cases *cases, const uint8_t stream[16])
{
	struct case_row *row = cases_row(cases, stream);

	return row ? cases_know(row) : NULL;
}

static int compare(const void *a, const void *b)
{
	const struct case_glance *x = &(*(struct case_row *const *)a)->glance;
	const struct case_glance *y = &(*(struct case_row *const *)b)->glance;

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

/* ---- more than a glance */

void row_attach(struct case_row *row, struct known_case *known)
{
	row->home->glances--;
	row->known = known;
	known->row = row;
	known->state.id = (char *)(uintptr_t)row->glance.id;
}

/* What nobody can load is shown as far as it is known. */
static void attach_glance(struct case_row *row)
{
	struct known_case *known = known_new(row->glance.stream);

	known->state.title = (char *)(uintptr_t)row->glance.title;
	known->state.opened = known->state.updated = row->glance.opened;
	known->state.rm = row->glance.rm;
	known->state.brief = true;
	row_attach(row, known);
}

static void know(struct case_row *row)
{
	if (!row->known)
		model_know_case(row->home->model, row->glance.stream);
	if (!row->known)
		attach_glance(row);
}

void cases_know_all(struct cases *cases)
{
	if (cases->glances)
		model_know_cases(cases->model);
	for (size_t i = 0; cases->glances && i < cases->count; i++)
		know(cases->items[i]);
}

size_t cases_know_some(struct cases *cases, size_t most)
{
	for (size_t i = 0; most && cases->glances && i < cases->count; i++)
		if (!cases->items[i]->known) {
			know(cases->items[i]);
			most--;
		}
	return cases->glances;
}

/* Who asks for so many will ask for all, which costs less at once. */
struct known_case *cases_know(struct case_row *row)
{
	if (!row->known && ++row->home->asked > ASKED_LIMIT)
		cases_know_all(row->home);
	know(row);
	return row->known;
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

static bool came_first(const struct case_glance *a, const struct case_glance *b)
{
	if (a->opened != b->opened)
		return a->opened < b->opened;
	return memcmp(a->stream, b->stream, sizeof(a->stream)) < 0;
}

static char *keep_id(struct cases *cases, const char *id)
{
	return arena_copy(&cases->arena, id, strlen(id), 4096);
}

static void rename_case(struct cases *cases, struct case_row *row)
{
	AUTO_STRING digits = str_hex(row->glance.stream, SUFFIX_BYTES);
	AUTO_STRING id = mem_format("%s-%s", row->glance.id, digits);
	char *kept = keep_id(cases, id);

	row->glance.id = kept;
	map_put(&cases->by_id, kept, strlen(kept), row);
	agenda_note(row);
	cases_know(row)->state.id = kept;
	cases_change(cases, row->known);
}

/* Two copies of a vault may give the same id: the case opened first keeps it, in each of them. */
static void name_case(struct cases *cases, struct case_row *row)
{
	struct case_row *other = cases_row_by_id(cases, row->glance.id);

	if (other && came_first(&other->glance, &row->glance)) {
		rename_case(cases, row);
		return;
	}
	map_put(&cases->by_id, row->glance.id, strlen(row->glance.id), row);
	if (other) {
		rename_case(cases, other);
		cases->unsorted = true;
	}
}

/* ---- taking */

void cases_expect(struct cases *cases, size_t count)
{
	map_reserve(&cases->by_stream, cases->count + count);
	map_reserve(&cases->by_id, cases->count + count);
	if (cases->count + count > cases->room) {
		cases->room = cases->count + count;
		cases->items = mem_resize(cases->items, cases->room, sizeof(*cases->items));
	}
}

static struct case_row *row_new(struct cases *cases, const struct case_glance *glance)
{
	struct case_row *row = mem_alloc(sizeof(*row));

	row->glance = *glance;
	row->home = cases;
	cases->glances++;
	map_put(&cases->by_stream, row->glance.stream, sizeof(row->glance.stream), row);
	return row;
}

static void row_insert(struct cases *cases, struct case_row *row)
{
	size_t at = cases->count;

	cases->items = list_open(cases->items, &cases->count, &cases->room, sizeof(*cases->items), at);
	cases->items[at] = row;
	cases->unsorted = cases->unsorted || (at > 0 && compare(&cases->items[at - 1], &row) > 0);
}

struct case_row *cases_add(struct cases *cases, const struct case_glance *glance)
{
	struct case_row *row;

	if (cases_row(cases, glance->stream) || cases_row_by_id(cases, glance->id))
		return NULL;
	row = row_new(cases, glance);
	map_put(&cases->by_id, row->glance.id, strlen(row->glance.id), row);
	row_insert(cases, row);
	return row;
}

void cases_place(struct cases *cases, struct known_case *known)
{
	const struct case_state *state = &known->state;
	struct case_glance glance = { .id = state->brief ? state->id : keep_id(cases, state->id),
				      .title = state->title, .opened = state->opened, .rm = state->rm,
				      .bound = embargo_in_force(&state->embargo) };
	struct case_row *row;

	memcpy(glance.stream, state->stream, sizeof(glance.stream));
	row = row_new(cases, &glance);
	row_attach(row, known);
	agenda_note(row);
	name_case(cases, row);
	row_insert(cases, row);
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
	if (!code && cases_row_by_id(cases, id))
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
	struct case_row *row = cases_row(cases, stream);
	struct known_case *known = row ? row->known : NULL;

	if (!known) {
		known = known_new(stream);
		if (row)
			row_attach(row, known);
		known_set_whole(known, whole);
		if (!row)
			cases_place(cases, known);
	} else {
		list_remove(&cases->whole, known);
		known_set_whole(known, whole);
	}
	cases_use(cases, known);
}

void cases_drop(struct cases *cases, struct case_row *row)
{
	size_t at = 0;

	while (cases->items[at] != row)
		at++;
	cases->agenda.built = false;
	cases->count--;
	memmove(&cases->items[at], &cases->items[at + 1], (cases->count - at) * sizeof(*cases->items));
	list_remove(&cases->whole, row->known);
	list_remove(&cases->changed, row->known);
	cases->glances -= !row->known;
	map_remove(&cases->by_stream, row->glance.stream, sizeof(row->glance.stream));
	map_remove(&cases->by_id, row->glance.id, strlen(row->glance.id));
	row_release(row);
}
