/* SPDX-License-Identifier: Apache-2.0 */
/* Mails put to their cases by ids, tags and references; and beside others by likeness. */
#include "psirtty/model/thread.h"

#include "model/map.h"
#include "psirtty/base/i18n.h"

const char *thread_way_name(enum thread_way way)
{
#define X(name, word) word,
	static const char *const names[] = { THREAD_WAYS(X) };
#undef X

	return names[way];
}

/* ---- what can be answered */

struct thread_index {
	const struct model *model;
	struct map cases; /* of message ids: the case's id, borrowed */
};

/* Without the angle brackets. */
static const char *bare_id(const char *id, size_t *ret_length)
{
	size_t length;

	id = str_or_empty(id);
	id += *id == '<';
	length = strlen(id);
	*ret_length = length && id[length - 1] == '>' ? length - 1 : length;
	return id;
}

static void put(struct thread_index *index, const char *id, const char *case_id)
{
	size_t length;
	const char *bare = bare_id(id, &length);

	if (length)
		map_put(&index->cases, bare, length, (void *)(uintptr_t)case_id);
}

struct thread_index *thread_index_new(const struct model *model)
{
	struct thread_index *index = mem_alloc(sizeof(*index));

	index->model = model;
	for (size_t i = 0; i < model_inbox_count(model); i++) {
		const struct inbox_item *item = model_inbox(model, i);

		if (item->taken_case)
			put(index, item->record.message_id, item->taken_case);
	}
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t m = 0; m < state->sent_id_count; m++)
			put(index, state->sent_ids[m], state->id);
	}
	return index;
}

void thread_index_free(struct thread_index *index)
{
	if (!index)
		return;
	map_release(&index->cases);
	free(index);
}

static const struct case_state *answered(const struct thread_index *index, const char *id)
{
	size_t length;
	const char *bare = bare_id(id, &length);
	const char *found = length ? map_get(&index->cases, bare, length) : NULL;

	return found ? model_find_case(index->model, found) : NULL;
}

/* The nearest ancestor that is known: what it answers, then the references, the last first. */
static const struct case_state *by_ids(const struct thread_index *index, const struct mail_record *record)
{
	const struct case_state *found = answered(index, record->in_reply_to);

	for (size_t i = record->reference_count; !found && i-- > 0;)
		found = answered(index, record->references[i]);
	return found;
}

/* A case's whole id in brackets: "[PSIRT-2026-0001]". */
static const struct case_state *by_tag(const struct thread_index *index, const char *subject)
{
	for (const char *open = strchr(str_or_empty(subject), '['); open; open = strchr(open + 1, '[')) {
		const char *close = strchr(open, ']');
		AUTO_STRING word = close && close - open < 64 ? mem_copy(open + 1, (size_t)(close - open - 1)) : NULL;
		const struct case_state *state = word ? model_find_case(index->model, word) : NULL;

		if (state && str_equal(state->id, word))
			return state;
	}
	return NULL;
}

/* ---- whether it is sure */

static bool is_party(const struct case_state *state, const char *address)
{
	for (size_t i = 0; i < state->party_count; i++)
		if (state->parties[i].address && str_casecmp(state->parties[i].address, address) == 0)
			return true;
	return false;
}

static const char *doubt(const struct thread_index *index, const struct inbox_item *item,
			 const struct case_state *state, bool contradicted)
{
	const char *sender = mail_record_sender(&item->record);

	if (!sender || !is_party(state, sender))
		return N_("its sender is no party of the case");
	if (mail_record_has_flag(&item->record, "protected-from-mismatch") ||
	    mail_record_has_flag(&item->record, "multiple-from"))
		return N_("who sent it is not certain");
	if (model_pinned(index->model, sender) && item->record.verdict != VERDICT_VERIFIED)
		return N_("it is not signed with the key that is pinned to its sender");
	if (contradicted)
		return N_("its tag and what it answers name different cases");
	return state->merged_into ? N_("that case went into another one") : NULL;
}

static bool is_protected(const struct mail_record *record)
{
	return record->encryption == ENCRYPTION_DECRYPTED || record->verdict == VERDICT_VERIFIED;
}

void thread_place(const struct thread_index *index, const struct inbox_item *item, struct mail_place *ret)
{
	const struct case_state *ids = by_ids(index, &item->record), *tag = by_tag(index, item->record.subject);

	*ret = (struct mail_place){ .way = THREAD_NONE };
	if (ids && is_protected(&item->record))
		*ret = (struct mail_place){ .state = ids, .way = THREAD_PROTECTED };
	else if (tag)
		*ret = (struct mail_place){ .state = tag, .way = THREAD_TAG };
	else if (ids)
		*ret = (struct mail_place){ .state = ids, .way = THREAD_REFERENCE };
	if (!ret->state)
		return;
	ret->why = doubt(index, item, ret->state, ids && tag && ids != tag);
	ret->sure = !ret->why;
}

/* ---- likeness */

struct likest { struct likeness *items; size_t count, limit; };

static void keep(struct likest *l, const struct likeness *one)
{
	size_t at = l->count;

	if (one->percent < LIKE_LEAST)
		return;
	while (at > 0 && l->items[at - 1].percent < one->percent)
		at--;
	if (at >= l->limit)
		return;
	l->count += l->count < l->limit;
	memmove(&l->items[at + 1], &l->items[at], (l->count - at - 1) * sizeof(*one));
	l->items[at] = *one;
}

/* A case that no mail of the list went into has its title and summary only. */
static int case_likeness(const struct case_state *state, const uint8_t sketch[SKETCH_SIZE])
{
	AUTO_STRING text = mem_format("%s\n%s", state->title, str_or_empty(state->summary));
	uint8_t other[SKETCH_SIZE];

	assess_text(text, other);
	return assess_similar(sketch, other);
}

size_t thread_like(const struct model *model, const struct inbox_item *item, struct likeness *ret, size_t limit)
{
	struct likest likest = { .items = ret, .limit = limit };

	if (!item->assessed.done)
		return 0;
	for (size_t i = 0; i < model_inbox_count(model); i++) {
		const struct inbox_item *other = model_inbox(model, i);
		const struct likeness one = { other, other->taken_case ? model_find_case(model, other->taken_case) : NULL,
					      other == item ? 0 : assess_similar(item->assessed.sketch, other->assessed.sketch) };

		keep(&likest, &one);
	}
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		const struct likeness one = { NULL, state, case_likeness(state, item->assessed.sketch) };

		keep(&likest, &one);
	}
	return likest.count;
}
