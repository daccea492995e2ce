/* SPDX-License-Identifier: Apache-2.0 */
/* Which streams there are for this member. */
#include "vault/vault_private.h"

void vault_streams(struct vault *vault, enum vault_stream_kind kind, vault_stream_fn fn, void *context)
{
	for (size_t i = 1; i < vault->log.stream_count; i++)
		if (vault->log.streams[i].kind == kind && access_readable(vault, i) &&
		    !fn(context, vault->log.streams[i].id))
			return;
}
