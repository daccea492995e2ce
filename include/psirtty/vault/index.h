/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The member's own cache outside the vault: one sealed SQLite file with a row for each item of the
 * lists, the state of the log, and the search index. Losing it costs time, never data. It is opened at
 * unlock, never changed during a session (what is put goes into memory), and merged when the vault is
 * closed, unless another session of the same member still reads it.
 * Every page is sealed under the member's cache key: HACKING.md, "The vault's bytes".
 */
#ifndef PSIRTTY_VAULT_INDEX_H
#define PSIRTTY_VAULT_INDEX_H

#include "psirtty/vault/vault.h"

/* ---- list rows: opaque bytes of the caller, who gives them a version */

enum vault_brief_kind {
	BRIEF_CASE = 1, BRIEF_MAIL = 2,
	BRIEF_HOUSE = 3,    /* one: where the fold of the inbox ends, and its conflicts */
	BRIEF_NAMES = 4,    /* one: what members are called; before what needs them */
	BRIEF_REGISTRY = 5, /* one: the registry's events */
	BRIEF_GLANCE = 6,   /* one: all cases at a glance */
	BRIEF_DUES = 7,     /* one: what is due in them; its key: what it was worked out by */
};
struct vault_brief {
	enum vault_brief_kind kind;
	uint8_t key[32];       /* a case: its stream, zero-filled; a mail: the event that brought it */
	uint8_t stream[16];
	const void *bytes;     /* borrowed for the call */
	size_t length;
};
typedef int (*vault_brief_fn)(void *context, const struct vault_brief *brief, struct error *err);

/* The last event that the rows of this VERSION stand for; 0: there are none, fold everything. */
uint64_t vault_brief_head(struct vault *vault, uint32_t version);
/* Hands out the rows of all cases, or all others, in the order of kind and key, after vault_brief_head was not 0. */
int vault_brief_each(struct vault *vault, bool cases, vault_brief_fn fn, void *context, struct error *err);
/* Hands out one row as the file has it, which is not what was put since: 0, also where there is none. */
int vault_brief_get(struct vault *vault, enum vault_brief_kind kind, const uint8_t key[32], vault_brief_fn fn,
		    void *context, struct error *err);
/* Puts a row for the merge at close; LENGTH 0 takes it away. BYTES are copied. */
void vault_brief_put(struct vault *vault, const struct vault_brief *brief);
/* What was put, with what the file holds, stands for every event up to GSEQ. Without this call nothing
 * of the rows is merged. ANEW: the file's rows are dropped first, these are all there are. */
void vault_brief_done(struct vault *vault, uint32_t version, uint64_t gseq, bool anew);

/* ---- search */

/* The last event whose text is in the search index; index the ones after it, in order. */
uint64_t vault_text_head(const struct vault *vault);
/* The words of one event, in order of GSEQ (an older one is taken too: a stream that became readable, when it
 * was not there yet); an event without words is told too (LENGTH 0), so that the head moves on. Of a text
 * beyond 1 MiB the beginning is indexed. */
void vault_text_put(struct vault *vault, uint64_t gseq, const uint8_t stream[16], const char *text,
		    size_t length);
/* Events of a stream that was shredded or may no longer be read are never found again; their words leave the
 * file at the merge, after which the head is 0. Putting one of them again takes it back. */
void vault_text_forget(struct vault *vault, const uint8_t stream[16]);

struct vault_hit { uint64_t gseq; uint8_t stream[16]; };
/* Newest first, at most LIMIT; every word must occur ("words in quotes" as a phrase, word* as a beginning).
 * Words: runs of letters and digits, in either case; Chinese, Japanese and Korean text by pairs of
 * characters; whole identifiers (CVE-2026-1234, GHSA-…, CNVD-2026-12345); punctuation makes a phrase of
 * its parts (src/net/tls.c). Ranked by relevance instead where BEST and at most 50,000 hits. *RET freed
 * with free(). ERR_USAGE for a query without words. */
int vault_search(struct vault *vault, const char *query, bool best, size_t limit, struct vault_hit **ret,
		 size_t *ret_count, struct error *err);

/* ---- the file */

enum vault_cache_state {
	VAULT_CACHE_NONE,    /* there was none, or it was of another version, or left dirty: made anew at close */
	VAULT_CACHE_READY,
	VAULT_CACHE_SHARED,  /* another session of this member had it open first: whoever ends last merges */
	VAULT_CACHE_FOREIGN, /* it is another vault's or another key's: never touched, a sentence says so */
};
enum vault_cache_state vault_cache_state(const struct vault *vault);
/* Why it is not ready, a sentence, or NULL. */
const char *vault_cache_reason(const struct vault *vault);
/* Merges now what was put and reads the file anew, which may be behind what was put when another session has
 * it open: ask for the heads again. Called by vault_close. */
int vault_cache_merge(struct vault *vault, struct error *err);
/* From here on the file counts as empty: heads are 0, and what is put is all there is. At close it takes
 * the file's place, unless another session reads that. For vault check, and to repair. */
void vault_cache_anew(struct vault *vault);
/* After vault_cache_anew: compares the file's rows and words with what was put. Differing rows, and differing
 * texts and words; what the file had not come to yet is no difference. ERR_INPUT when it cannot be read. */
int vault_cache_compare(struct vault *vault, size_t *ret_rows, size_t *ret_texts, struct error *err);

#endif
