/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The intelligence store: what feeds say of vulnerabilities, in one SQLite file of public data. It is not
 * sealed, can be made anew from the feeds, and may be shared by vaults; nothing of a case or an inventory is
 * ever written into it. One writes at a time, any number read. Every record keeps its source; what two sources
 * say differently stands side by side. Source: feeds.md sections 0, 1 and 7.
 */
#ifndef PSIRTTY_VAULT_INTEL_H
#define PSIRTTY_VAULT_INTEL_H

#include "psirtty/format/feed.h"

struct intel;

/* WRITE makes the file where there is none, and waits for no other writer: ERR_BUSY. Reading, ERR_NO where there is
 * none. ERR_INPUT: it is no such store, or one of a newer program; the remedy says what to do. */
int intel_open(const char *path, bool write, struct intel **ret, struct error *err);
void intel_close(struct intel *intel); /* NULL does nothing; a run that was not ended keeps its checkpoints */

/* ---- sources */

struct intel_source {
	const char *id;       /* "cve", "osv-PyPI", "csaf-example.org": a word of [A-Za-z0-9._-] */
	enum feed_kind kind;  /* of its latest document */
	instant synced;       /* when a run last ended whole; INSTANT_NONE: never */
	instant newest;       /* of its records: the age of its data */
	long records, faults; /* held now; in quarantine */
	const char *cursor;   /* where the next run goes on; "" at first */
	bool broken_off;      /* a run was begun and did not end */
	uint64_t serial;      /* of the bundle its state came by; 0: it came by the network or a file */
};
typedef int (*intel_source_fn)(void *context, const struct intel_source *source, struct error *err);
/* In the order of ids. A code that is not 0 ends it and is returned. */
int intel_sources(struct intel *intel, intel_source_fn fn, void *context, struct error *err);

/* ---- a run: records of one source, in transactions that end at checkpoints */

struct intel_run {
	const char *source;
	enum feed_kind kind;
	instant now;
	bool whole;      /* the run brings all there is: records it did not bring are withdrawn at its end. A run that
			  * goes on after a checkpoint is the same run */
	uint64_t serial;
};
int intel_begin(struct intel *intel, const struct intel_run *run, struct error *err);
/* BYTES: the record as it came, NULL where it is a row of something larger. The same record again changes nothing;
 * an older one (by modified) than what is there from this source is passed over. */
int intel_put(struct intel *intel, const struct feed_record *record, const char *bytes, size_t length,
	      struct error *err);
/* The same of a record that was packed and pressed by another process (format/feed_pack.h); it is checked here.
 * WITH: numbers of the dictionaries it was pressed with; 0: none. KEYS: feed_key_number() of what finds its products. */
struct intel_packed {
	const char *packed, *raw; /* raw NULL: it is a row of something larger */
	size_t packed_length, raw_length;
	int64_t packed_with, raw_with;
	const uint64_t *keys; size_t key_count;
};
int intel_put_packed(struct intel *intel, const struct intel_packed *record, struct error *err);
/* Dictionaries: the newest for records of KIND, packed or (RAW) as they come. *RET borrowed until the next call; its
 * number is returned, 0 where there is none. Learning makes a new one from what feed_press_train gave. */
int64_t intel_dictionary(struct intel *intel, enum feed_kind kind, bool raw, const void **ret, size_t *ret_length);
int intel_learn(struct intel *intel, enum feed_kind kind, bool raw, const void *bytes, size_t length, struct error *err);
/* How new the feed says it is itself, where its records do not. */
void intel_newest(struct intel *intel, instant at);
/* Quarantine: kept with its reason until the record comes whole. BYTES may be NULL. */
int intel_fault(struct intel *intel, const char *where, const char *why, const char *bytes, size_t length,
		struct error *err);
/* What was quarantined as WHERE came whole after all, under whatever name. */
int intel_heal(struct intel *intel, const char *where, struct error *err);
/* Durable with CURSOR in one transaction: killed after it, the next run goes on there. */
int intel_checkpoint(struct intel *intel, const char *cursor, struct error *err);
/* The run is whole. *RET (may be NULL): what it did. */
struct intel_done { long added, changed, same, withdrawn, faults; };
int intel_end(struct intel *intel, const char *cursor, struct intel_done *ret, struct error *err);
/* Back to the last checkpoint; the run can be gone on with. */
void intel_break(struct intel *intel);

/* ---- reading */

/* Between these two a reader sees the store as it was at the first, whatever others write meanwhile, and many questions
 * cost less. Let go of it soon: what is written since is kept twice. */
int intel_hold(struct intel *intel, struct error *err);
void intel_let_go(struct intel *intel); /* nothing where it is not held */

/* One witness: what one source says. Borrowed for the call; RECORD's products are filled only where said. */
struct intel_witness {
	const char *source;
	const struct feed_record *record;
	instant seen;        /* when it came in, or last changed */
	uint64_t change;     /* grows with every change in the store */
	bool gone;           /* its source no longer has it */
};
typedef int (*intel_witness_fn)(void *context, const struct intel_witness *witness, struct error *err);

/*
 * Products by name, for matching: KEY as feed_keys() makes them (format/feed_key.h): "pkg:pypi/jinja2" (a purl
 * without version, qualifiers and subpath), "cpe:vendor:product", "name:vendor:product". RECORD has its head
 * (kind, state, id, modified, exploited) and the one PRODUCT that has the key. In the order of id, then source.
 */
typedef int (*intel_product_fn)(void *context, const struct intel_witness *witness,
				const struct feed_product *product, struct error *err);
int intel_products(struct intel *intel, const char *key, intel_product_fn fn, void *context, struct error *err);

/* All witnesses of the flaw that ID names: those of every name joined to it by aliases, whole records. By source. A
 * record that names several CVE ids (an advisory) is a witness of each and joins nothing. */
int intel_witnesses(struct intel *intel, const char *id, intel_witness_fn fn, void *context, struct error *err);
/* The name a flaw is called by, of all its aliases: its CVE id, else the first by a fixed order of kinds. Static
 * until the next call; ID itself where nothing is known. */
const char *intel_canonical(struct intel *intel, const char *id);
/* The record as it came: freed with free(). ERR_NO where only its row is kept. */
int intel_bytes(struct intel *intel, const char *source, const char *id, char **ret, size_t *ret_length,
		struct error *err);
/* What changed after CHANGE, in its order; heads of records without products. */
int intel_changes(struct intel *intel, uint64_t change, intel_witness_fn fn, void *context, struct error *err);
uint64_t intel_change(struct intel *intel); /* the newest */

struct intel_hit { char *id, *title; instant modified; };
void intel_hits_free(struct intel_hit *hits, size_t count);
/* Flaws whose id, title, text or product has every word of QUERY, by the vault's rules for words (index.h), newest
 * first, each once. ERR_USAGE for a query without words. */
int intel_search(struct intel *intel, const char *query, size_t limit, struct intel_hit **ret, size_t *ret_count,
		 struct error *err);

struct intel_epss { instant day; char model[32]; double score, percentile; };
/* Oldest first; freed with free(). */
int intel_epss(struct intel *intel, const char *cve, struct intel_epss **ret, size_t *ret_count, struct error *err);
/* Whether a source for exploited flaws names it: 1 yes, 0 no, negative: no such source is here, so unknown. */
int intel_exploited(struct intel *intel, const char *id);

struct intel_quarantine { const char *source, *where, *why; instant at; size_t size; };
typedef int (*intel_quarantine_fn)(void *context, const struct intel_quarantine *fault, struct error *err);
int intel_faults(struct intel *intel, const char *source, intel_quarantine_fn fn, void *context, struct error *err);

#endif
