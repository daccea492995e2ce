/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds over the network, on demand: what a source has that is not here is fetched into its folder of downloads,
 * checked against what proves it, and only then taken into the store; where the next run goes on stands in the same
 * transaction as the records. Cut off anywhere, the next run goes on there. Source: feeds.md sections 1 and 1.12.
 *
 * DIR/SOURCE/ holds what upstream's files are now, byte for byte, `state.json` of where each came from, and `*.part`
 * of those that are on their way.
 */
#ifndef PSIRTTY_DESK_SYNC_H
#define PSIRTTY_DESK_SYNC_H

#include "psirtty/desk/source.h"
#include "psirtty/vault/intel.h"

struct sync_progress {
	const char *source, *file;   /* FILE: "" between files */
	uint64_t done, total;        /* bytes of the files of this step; TOTAL 0: not known */
	size_t files_done, files;
	bool taking;                 /* DONE and TOTAL are of the file that is taken in; else they come over the network */
	long records;                /* taken in by this run */
	long waiting;                /* seconds that the server asked for; 0: it does not wait */
	const char *why;             /* it waits; "" */
};
struct sync_options {
	const struct settings *settings;
	const char *dir;             /* of all downloads */
	struct intel *intel;         /* open for writing */
	bool whole;                  /* all anew: a baseline where there are deltas too */
	void (*progress)(void *context, const struct sync_progress *progress); /* NULL: nobody looks */
	bool (*cancelled)(void *context); /* NULL: nobody can */
	void *context;
};
struct sync_result {
	bool unchanged;              /* nothing new there */
	size_t files;                /* that came */
	uint64_t bytes;
	struct intel_done done;
	struct text_list warnings;   /* sentences; the run is whole all the same */
};
void sync_result_release(struct sync_result *result);

/* One source. ERR_DENIED when offline; ERR_NETWORK with the sentence when it could not be finished: what came whole
 * stays, and the next run goes on. ERR_NO when it was cancelled. */
int sync_source(const struct sync_options *options, const struct source *source, instant now, struct sync_result *ret,
		struct error *err);

#endif
