/* SPDX-License-Identifier: Apache-2.0 */
/* Rows read at once, and what one signature says about them. */
#include "vault/run.h"

#include <sodium.h>

/* One row's place; false where it cannot be followed. A signature on it is left in RET_SIG. */
static bool look_at(struct run *run, const struct log *log, const struct store_row *row, const uint8_t *prev,
		    uint8_t ret_sig[SIG_BYTES])
{
	size_t i = run->count;

	if (row->id_length != HASH_BYTES || row->prev_length != HASH_BYTES || row->journal_sig_length != SIG_BYTES ||
	    memcmp(row->prev, prev, HASH_BYTES) != 0)
		return false;
	core_journal_hash(row->gseq, row->prev, row->id, row->appender_length == IMPORTER_BYTES, run->hashes[i]);
	run->appenders[i] = row->appender_length == APPENDER_BYTES ? log_position(log, row->appender) : LOG_NOBODY;
	run->vouched[i] = false;
	memcpy(ret_sig, row->journal_sig, SIG_BYTES);
	return true;
}

/* From the last row on: the first signature of each appender that is met says it for all his rows before. */
static void vouch(struct run *run, const struct log *log, uint8_t (*sigs)[SIG_BYTES])
{
	for (size_t i = run->count; i-- > 0;) {
		uint32_t appender = run->appenders[i];

		if (appender == LOG_NOBODY || run->vouched[i] ||
		    crypto_sign_verify_detached(sigs[i], run->hashes[i], HASH_BYTES,
						log->members[appender].sign_public) != 0)
			continue;
		for (size_t k = 0; k <= i; k++)
			run->vouched[k] = run->vouched[k] || run->appenders[k] == appender;
	}
}

void run_look(struct run *run, struct log *log, struct store *store, uint64_t last)
{
	uint8_t sigs[RUN_ROWS][SIG_BYTES];
	const uint8_t *prev = log->hash;
	struct store_row row;

	run->from = log->gseq + 1;
	run->count = 0;
	while (!log->torn && run->count < RUN_ROWS && run->from + run->count <= last &&
	       store_place_at(store, run->from + run->count, &row) &&
	       look_at(run, log, &row, prev, sigs[run->count]))
		prev = run->hashes[run->count++];
	vouch(run, log, sigs);
}

bool run_vouches(const struct run *run, const struct store_row *row)
{
	uint8_t hash[HASH_BYTES];
	uint64_t i = row->gseq - run->from;

	if (row->gseq < run->from || i >= run->count || !run->vouched[i] || row->prev_length != HASH_BYTES ||
	    row->id_length != HASH_BYTES || row->appender_length != APPENDER_BYTES)
		return false;
	core_journal_hash(row->gseq, row->prev, row->id, false, hash);
	return memcmp(hash, run->hashes[i], HASH_BYTES) == 0;
}
