/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers that pass through stages in order, each stage in a thread of its own, so that reading,
 * hashing, sealing and writing of a long file happen at once in constant memory.
 */
#ifndef PSIRTTY_VAULT_PIPELINE_H
#define PSIRTTY_VAULT_PIPELINE_H

#include "psirtty/base/error.h"

enum { PIPELINE_STAGES = 4 };

/* Works on one buffer. The first stage sets *LAST on the last one there is. An error ends all. */
typedef int (*pipeline_fn)(void *context, void *slot, bool *last, struct error *err);

/* Runs COUNT stages over the SLOTS (SLOT_COUNT of SLOT_SIZE bytes), used in turn. Stage MINE runs in the
 * calling thread; what is over after one buffer needs no threads and makes none. */
int pipeline_run(const pipeline_fn *stages, size_t count, size_t mine, void *slots, size_t slot_size,
		 size_t slot_count, void *context, struct error *err);

#endif
