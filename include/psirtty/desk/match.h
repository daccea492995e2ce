/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What feeds say of what our products are made of. A run holds every component of the newest bills of materials against
 * the intelligence store and keeps its result sealed; what nobody decided about yet is the queue. Nothing of the
 * inventory is written anywhere else. Sources: feeds.md section 7, psirt-framework.md 2.2 and 2.3.
 */
#ifndef PSIRTTY_DESK_MATCH_H
#define PSIRTTY_DESK_MATCH_H

#include "psirtty/desk/inventory.h"
#include "psirtty/model/match.h"

struct intel;

/* ---- looking */

struct desk_run_done {
	size_t components, keys; /* held against the store; different names they were looked up by */
	size_t matches, fresh;   /* with an answer; of them new or changed since the last run */
	size_t closed;           /* by a vendor's document */
	size_t raised;           /* events in cases */
};
/* PRODUCT NULL: all; else what is known of others stays. Cases whose match changed get an event. */
int desk_match_run(struct desk *desk, struct intel *intel, const char *product, instant now, struct desk_run_done *ret,
		   struct error *err);

/* ---- what was found: the last run's result with what was decided since */

/* Of a match in the queue's order: most certain first, then by flaw, product and component. Texts are borrowed until the
 * next run or the desk is closed. */
struct desk_match {
	const char *id, *vulnerability, *title, *product, *component;
	enum match_answer answer;      /* the strongest of its places */
	bool certain, conflict, exploited;
	bool changed;                  /* what was known when it was decided is not what is known now */
	instant since;                 /* when a run found it first, or found it changed */
	enum match_decided decided;
	const struct match_decision *decision; /* NULL */
	const json_t *json;            /* the whole of it, borrowed: places, each with its evidence and the way in */
};
enum desk_match_which {
	MATCHES_QUEUE, /* affected or to be looked at, nobody decided yet, or it changed since */
	MATCHES_ALL,   /* also what is decided, closed, or a product's name alone */
};
/* PRODUCT, COMPONENT (a key) and VULNERABILITY may be NULL. *RET is freed with free(). */
struct desk_match_query { enum desk_match_which which; const char *product, *component, *vulnerability; };
int desk_matches(struct desk *desk, const struct desk_match_query *query, struct desk_match **ret, size_t *ret_count,
		 struct error *err);
/* ID or its beginning, where only one begins so: ERR_INPUT. */
int desk_find_match(struct desk *desk, const char *id, struct desk_match *ret, struct error *err);
/* Of the last run: which sources it asked, how old their data was; per kind of component whether any source knows it. A
 * kind that none knows is unknown, not unaffected. NULL before the first run; borrowed. */
int desk_match_sources(struct desk *desk, const json_t **ret_sources, const json_t **ret_coverage, struct error *err);

/* ---- what a match rests on, place by place; all borrowed as the match's own texts, "" where nothing is said */

struct match_place {
	const char *version, *component, *path, *answer; /* of the product; name and version; the way in */
	const char *proof, *proof_source;                /* the document that closes it, or NULL */
	bool certain, conflict;
	size_t evidence;                                 /* how many records speak of it */
};
struct match_witness { const char *source, *record, *rule, *answer, *range, *why, *modified; bool certain; };
size_t desk_match_places(const struct desk_match *match);
void desk_match_place(const struct desk_match *match, size_t place, struct match_place *ret);
void desk_match_witness(const struct desk_match *match, size_t place, size_t index, struct match_witness *ret);
/* The kinds of components that no source of the last run knows, as "pkg:deb, name". Adds to RET; nothing before a run. */
void desk_match_unknown(struct desk *desk, struct str *ret);

/* ---- deciding */

/* A case for the flaw, or INTO: with its id, the affected products of every open match of that flaw, the evidence as a
 * note, whom to tell upstream, and the clocks of a flaw in a component. ERR_NO for a product's name alone, ERR_BUSY where
 * somebody took it meanwhile. What others appended is read first: MATCH's texts, and INTO, may be void then. */
int desk_match_take(struct desk *desk, const struct desk_match *match, const struct case_state *into, instant now,
		    const struct case_state **ret, struct error *err);
/* Where policy wants two, the first asks and *RET_ASKED is true. */
int desk_match_dismiss(struct desk *desk, const struct desk_match *match, const char *reason, instant now, bool *ret_asked,
		       struct error *err);
int desk_match_watch(struct desk *desk, const struct desk_match *match, instant now, struct error *err);
int desk_match_reopen(struct desk *desk, const struct desk_match *match, const char *reason, instant now, struct error *err);
/* One text for a development team, the OWNER of products: its open matches with component, flaw, versions and range. Adds
 * to RET; *RET_COUNT matches are in it. */
int desk_match_notice(struct desk *desk, const char *owner, struct str *ret, size_t *ret_count, struct error *err);

#endif
