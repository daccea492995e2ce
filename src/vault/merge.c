/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where copies of a vault meet: events written elsewhere are taken in, and a stream is read in the
 * order that every copy agrees on.
 */
#include <stdlib.h>

#include "psirtty/base/i18n.h"
#include "vault/graph.h"
#include "vault/vault_private.h"

enum { IMPORT_BATCH = 300 };

/* ---- taking in */

static void portable_id(const struct portable *event, const struct core *core, uint8_t ret[HASH_BYTES])
{
	if (core_is_stub(core->kind, event->body_length))
		core_id_of_stub(event->core, event->core_length, event->nonce, NONCE_BYTES, event->body, ret);
	else
		core_id(event->core, event->core_length, event->nonce, NONCE_BYTES, event->body,
			event->body_length, ret);
}

/* Which of the events that came is refused, where, and whose it says it is. */
static int name_refused(const struct vault *vault, const uint8_t id[HASH_BYTES], const struct core *core,
			const struct error *why, struct error *err)
{
	const struct log_member *author = log_member(&vault->log, core->author);
	const char *name = memory_name(&vault->memory, core->stream);
	AUTO_STRING number = str_hex(id, 4);
	AUTO_STRING stream = str_hex(core->stream, 4);
	AUTO_STRING member = str_hex(core->author, 4);
	AUTO_STRING what = mem_format(_("event %s… of %s, by %s"), number, name ? name : stream,
				      author ? author->fingerprint : member);

	return error_set(err, why->code, what, why->remedy, "%s", why->why);
}

static int import_row(struct vault *vault, const struct portable *event, struct vault_imported *count,
		      struct error *err)
{
	uint8_t id[HASH_BYTES], importer[IMPORTER_BYTES];
	AUTO_ERROR why = ERROR_INIT;
	struct store_row row;
	struct core core;
	uint64_t known;
	int code;

	if (!core_read(event->core, event->core_length, &core))
		return error_set(err, ERR_NO, _("event"), NULL, _("its core is no event's"));
	portable_id(event, &core, id);
	code = store_find(vault->store, id, &known, err);
	if (code || known) {
		count->known += !code;
		return code;
	}
	memcpy(importer, vault->member, ID_BYTES);
	importer[ID_BYTES] = 1;
	row = (struct store_row){
		.id = id, .stream = core.stream, .core = event->core, .nonce = event->nonce,
		.body = event->body, .sig = event->sig, .appender = importer, .id_length = HASH_BYTES,
		.stream_length = ID_BYTES, .core_length = event->core_length, .nonce_length = NONCE_BYTES,
		.body_length = event->body_length, .sig_length = SIG_BYTES, .prev_length = HASH_BYTES,
		.appender_length = IMPORTER_BYTES, .journal_sig_length = SIG_BYTES,
	};
	code = vault_insert(vault, &row, id, &why);
	count->events += !code;
	return code ? name_refused(vault, id, &core, &why, err) : 0;
}

/* One transaction. *RET_MORE: the source has not ended. */
static int import_batch(struct vault *vault, vault_portable_fn next, void *source, size_t limit,
			struct vault_imported *count, bool *ret_more, struct error *err)
{
	size_t before = count->events;
	struct portable event;
	int code = 0, got = 1;

	while (!code && count->events - before < limit && (got = next(source, &event, err)) == 1)
		code = import_row(vault, &event, count, err);
	*ret_more = got == 1;
	return code ? code : got < 0 ? got : 0;
}

static int import_all(struct vault *vault, vault_portable_fn next, void *source, struct vault_imported *count,
		      struct error *err)
{
	bool more = true;
	int code = 0;

	while (!code && more) {
		code = vault_begin(vault, NULL, NULL, err);
		if (code)
			return code;
		code = import_batch(vault, next, source, IMPORT_BATCH, count, &more, err);
		code = vault_finish(vault, code, err);
	}
	return code;
}

/* Everything as it would be, then back to what was. Nobody is told of access that came and went. */
static int rehearse_all(struct vault *vault, vault_portable_fn next, void *source, struct vault_imported *count,
			struct error *err)
{
	vault_access_fn told = vault->access_fn;
	struct log kept;
	bool more;
	int code = vault_begin(vault, NULL, NULL, err);

	if (code)
		return code;
	log_copy(&vault->log, &kept);
	vault->access_fn = NULL;
	code = import_batch(vault, next, source, SIZE_MAX, count, &more, err);
	vault->access_fn = told;
	log_release(&vault->log);
	vault->log = kept;
	/* Nothing is left to commit: what was inserted is rolled back. */
	return vault_finish(vault, code, err);
}

int vault_import_rows(struct vault *vault, vault_portable_fn next, void *source, bool rehearse,
		      vault_event_fn fn, void *context, struct vault_imported *ret, struct error *err)
{
	uint64_t before = vault->log.gseq;
	int code;

	*ret = (struct vault_imported){ 0 };
	if (rehearse)
		return rehearse_all(vault, next, source, ret, err);
	code = import_all(vault, next, source, ret, err);
	return !code && fn ? vault_each(vault, before, fn, context, err) : code;
}

/* ---- one stream, in canonical order */

/* The numbers of a stream's events as the log had them: what is left when its graph has a hole. */
static uint64_t *journal_order(struct vault *vault, const struct log_stream *stream, size_t *ret_count)
{
	struct store_row row = { .gseq = 0 };
	uint64_t *list = NULL;
	size_t count = 0, capacity = 0;

	while (store_stream_next(vault->store, stream->id, row.gseq, &row, NULL) == 1) {
		list = mem_grow(list, &capacity, count + 1, sizeof(*list));
		list[count++] = row.gseq;
	}
	*ret_count = count;
	return list;
}

static uint64_t *canonical_order(const struct graph *graph, size_t *ret_count)
{
	size_t count = graph_count(graph);
	uint32_t *order = graph_order(graph);
	uint64_t *list = mem_alloc((count + 1) * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = graph_at(graph, order[i])->gseq;
	free(order);
	*ret_count = count;
	return list;
}

static int hand_out_at(struct vault *vault, uint64_t gseq, vault_event_fn fn, void *context, struct error *err)
{
	struct store_row row;
	struct core core;
	int code = store_row_at(vault->store, gseq, &row, err);

	if (code != 1)
		return code;
	if (!core_read(row.core, row.core_length, &core) || core.kind != CORE_CONTENT)
		return 0;
	return vault_row_hand_out(vault, &row, &core, fn, context, err);
}

int vault_stream_each(struct vault *vault, const uint8_t stream[16], vault_event_fn fn, void *context,
		      struct error *err)
{
	long position = log_stream(&vault->log, stream);
	const struct log_stream *s = position > 0 ? &vault->log.streams[position] : NULL;
	struct graph *graph;
	uint64_t *list;
	size_t count;
	int code = 0;

	if (!s)
		return error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
	vault->log.store = vault->store;
	graph = s->hurt ? NULL : graph_load(&vault->log, s, true);
	if (!graph && !s->hurt)
		return error_set(err, ERR_CASE, _("case"), _("Run `psirtty audit verify`"),
				 _("an event of it was altered or taken away"));
	list = graph ? canonical_order(graph, &count) : journal_order(vault, s, &count);
	graph_free(graph);
	for (size_t i = 0; !code && i < count; i++)
		code = hand_out_at(vault, list[i], fn, context, err);
	free(list);
	store_rest(vault->store);
	return code;
}

struct once { vault_event_fn fn; void *context; bool called; };

static int hand_on(void *context, const struct vault_event *event, struct error *err)
{
	struct once *once = context;

	once->called = true;
	return once->fn(once->context, event, err);
}

int vault_event_at(struct vault *vault, const uint8_t id[32], vault_event_fn fn, void *context,
		   struct error *err)
{
	struct once once = { fn, context, false };
	uint64_t gseq;
	int code = store_find(vault->store, id, &gseq, err);

	if (!code && gseq)
		code = hand_out_at(vault, gseq, hand_on, &once, err);
	store_rest(vault->store);
	if (!code && !once.called)
		code = error_set(err, ERR_INPUT, _("event"), NULL, _("there is none with this id that you may read"));
	return code;
}
