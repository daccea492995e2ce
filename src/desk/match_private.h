/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of matching share. */
#ifndef PSIRTTY_DESK_MATCH_PRIVATE_H
#define PSIRTTY_DESK_MATCH_PRIVATE_H

#include "psirtty/desk/match.h"
#include "psirtty/vault/intel.h"

/* ---- match_look.c: what all sources say of all components */

/* One version of one product. */
struct look_place {
	const char *product, *version;      /* borrowed */
	const struct inventory *inventory;  /* borrowed, or OWN */
	struct inventory *own;              /* owned: of a product without a bill of materials; NULL */
	struct cpe *names; size_t name_count; /* owned: every CPE in it, once they were asked for */
	bool named;
};
/* What one record says, in short. All owned. CHANGE is the record's own in the store. */
struct look_record { char *vulnerability, *source, *record, *title; instant modified; uint64_t change; };
/* One thing said of one component. */
struct look_row {
	uint32_t place, component, times; /* so many like it are in that place */
	const struct look_record *record;
	struct match_verdict verdict;
	bool vex;
	char *range; /* owned */
};
struct look {
	struct look_place *places; size_t place_count, place_room;
	struct look_record **records; size_t record_count, record_room;
	struct look_row *rows; size_t row_count, row_room; /* by place, component, flaw */
	size_t components, keys;
};
/* One more version of a product; texts and INVENTORY are borrowed, as long as LOOK. */
struct look_place *look_add(struct look *look, const char *product, const char *version, const struct inventory *inventory);
/* What the store says of all that was added. */
int look_at(struct look *look, struct intel *intel, struct error *err);
/* PRODUCT NULL: all. */
int desk_look(struct desk *desk, struct intel *intel, const char *product, struct look *ret, struct error *err);
void desk_look_release(struct look *look);

/* ---- match_result.c: rows to matches */

/* The matches, as an array by id. */
json_t *desk_match_result(const struct look *look, struct intel *intel);
/* Which sources there are and how old their data is; which kinds of components in LOOK none of them knows. */
int desk_match_witnesses(const struct look *look, struct intel *intel, instant now, json_t **ret_sources,
			 json_t **ret_coverage, struct error *err);

/* ---- match.c */
/* The whole result of the last run; NULL before the first. Borrowed. */
int desk_match_last(struct desk *desk, const json_t **ret, struct error *err);
/* Events in the cases of matches that are no more what they were in PREVIOUS (by id), or whose records were taken back. */
int desk_match_raise(struct desk *desk, struct intel *intel, const json_t *matches, const json_t *previous, instant now,
		     size_t *ret_count, struct error *err);
/* Strongest answer of a match's places. */
enum match_answer desk_match_answer(const json_t *match);

#endif
