/* SPDX-License-Identifier: Apache-2.0 */
/* One stream, or one event, read again and proven: for whoever wants to see it whole. */
#include "vault/vault_private.h"

#include "psirtty/base/i18n.h"
#include "vault/graph.h"

void vault_streams(struct vault *vault, enum vault_stream_kind kind, vault_stream_fn fn, void *context)
{
	for (size_t i = 1; i < vault->log.stream_count; i++)
		if (vault->log.streams[i].kind == kind && access_readable(vault, i) &&
		    !fn(context, vault->log.streams[i].id))
			return;
}

/* The id commits to all there is of an event, and its author signed it. */
static int prove(const struct vault *vault, const struct store_row *row, const struct core *core, struct error *err)
{
	const struct log_member *author = log_member(&vault->log, core->author);
	uint8_t id[HASH_BYTES];

	core_id(row->core, row->core_length, row->nonce, row->nonce_length, row->body, row->body_length, id);
	if (row->id_length == HASH_BYTES && memcmp(id, row->id, HASH_BYTES) == 0 && author &&
	    row->sig_length == SIG_BYTES &&
	    crypto_sign_verify_detached(row->sig, id, HASH_BYTES, author->sign_public) == 0)
		return 0;
	return error_set(err, ERR_VAULT, _("event"), _("Run `psirtty audit verify`"),
			 _("event %llu was altered"), (unsigned long long)row->gseq);
}

static int hand_out_at(struct vault *vault, uint64_t gseq, vault_event_fn fn, void *context, struct error *err)
{
	struct store_row row;
	struct core core;
	int code = store_row_at(vault->store, gseq, &row, err);

	if (code != 1 || !core_read(row.core, row.core_length, &core))
		return code < 0 ? code : error_set(err, ERR_VAULT, _("event"), _("Run `psirtty audit verify`"),
						   _("event %llu cannot be read"), (unsigned long long)gseq);
	if (core.kind != CORE_CONTENT || core_is_stub(core.kind, row.body_length))
		return 0;
	code = prove(vault, &row, &core, err);
	return code ? code : vault_row_hand_out(vault, &row, &core, fn, context, err);
}

int vault_stream_each(struct vault *vault, const uint8_t stream[16], vault_event_fn fn, void *context,
		      struct error *err)
{
	long position = log_stream(&vault->log, stream);
	struct graph *graph = position > 0 ? graph_load(&vault->log, &vault->log.streams[position]) : NULL;
	uint32_t *order;
	int code = 0;

	if (!graph)
		return error_set(err, ERR_VAULT, _("case"), _("Run `psirtty audit verify`"),
				 position > 0 ? _("its chain is not whole") : _("it is not in this vault"));
	order = graph_order(graph);
	for (size_t i = 0; !code && i < graph_count(graph); i++)
		code = hand_out_at(vault, graph_at(graph, order[i])->gseq, fn, context, err);
	store_rest(vault->store);
	free(order);
	graph_free(graph);
	return code;
}

int vault_event_at(struct vault *vault, const uint8_t id[32], vault_event_fn fn, void *context,
		   struct error *err)
{
	uint64_t gseq;
	int code = store_find(vault->store, id, &gseq, err);

	if (!code && !gseq)
		code = error_set(err, ERR_INPUT, _("event"), NULL, _("there is no such event"));
	if (!code)
		code = hand_out_at(vault, gseq, fn, context, err);
	store_rest(vault->store);
	return code;
}
