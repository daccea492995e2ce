/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What products are made of: the components of one version of a product with what needs what, taken apart once and
 * kept in a compact form of our own; and what the registry knows of bills of materials, of upstream contacts and of
 * what was decided about matches. Pure. Source: feeds.md section 5, psirt-framework.md 2.3.1.
 */
#ifndef PSIRTTY_MODEL_INVENTORY_H
#define PSIRTTY_MODEL_INVENTORY_H

#include "psirtty/model/model.h"

/* ---- components of one version of a product */

struct inventory_texts { const char *const *items; size_t count; };

/* Texts are never NULL: "" where the document says nothing. */
struct inventory_component {
	const char *ref, *group, *name, *version, *purl, *supplier;
	struct inventory_texts cpes, licences;
	/* By which names feeds know it (format/feed_key.h). Behind a tab: the version that counts under that name, where it
	 * is not the component's own, as that of a source package. */
	struct inventory_texts keys;
};

/* Component 0 is the product itself, as the document calls it. */
struct inventory;
struct inventory *inventory_new(void);
void inventory_free(struct inventory *inventory); /* NULL does nothing */
/* Copies; NULL texts are "". Returns its number. */
size_t inventory_add(struct inventory *inventory, const struct inventory_component *component);
/* FROM needs or holds TO. Numbers that are none are passed over. */
void inventory_depend(struct inventory *inventory, size_t from, size_t to);
/* Once, after the last of both: what the functions below need. */
void inventory_finish(struct inventory *inventory);

size_t inventory_count(const struct inventory *inventory); /* with component 0 */
const struct inventory_component *inventory_at(const struct inventory *inventory, size_t index);
/* What INDEX needs, in the order of numbers. Of component 0 also what nothing else leads to. */
const uint32_t *inventory_children(const struct inventory *inventory, size_t index, size_t *ret_count);
size_t inventory_edges(const struct inventory *inventory); /* as they were told */
/* The shortest way from component 0 to INDEX, both in it; at most MOST, the beginning is left out of a longer one. How
 * many. */
size_t inventory_path(const struct inventory *inventory, size_t index, size_t *ret, size_t most);

/* The compact form; the same inventory gives the same bytes. Reading bounds everything: ERR_INPUT. */
void inventory_write(const struct inventory *inventory, struct str *ret);
int inventory_read(const char *bytes, size_t length, struct inventory **ret, struct error *err);

/* What changed from A to B: for each package whose versions are not the same in both, in the order of names. FROM and TO
 * are its versions there, joined by ", "; "" where it is not there. */
typedef void (*inventory_diff_fn)(void *context, const char *name, const char *from, const char *to);
void inventory_diff(const struct inventory *a, const struct inventory *b, inventory_diff_fn fn, void *context);
/* What a component is called whatever its version: its first key, else its group and name. Adds to RET. */
void inventory_name(const struct inventory_component *component, struct str *ret);

/* ---- the registry's facts */

struct bom {
	char *product, *version, *format, *sha256, *by; /* owned */
	instant at;
	size_t components, warnings;
	struct sealed_file source, inventory; /* the document as it came; the compact form */
};
size_t model_bom_count(const struct model *model);
const struct bom *model_bom(const struct model *model, size_t index); /* by product, version, then as they came */
/* The newest of that version; NULL. */
const struct bom *model_find_bom(const struct model *model, const char *product, const char *version);

struct upstream { char *component, *contact, *note; }; /* COMPONENT: a key, or a supplier's name */
size_t model_upstream_count(const struct model *model);
const struct upstream *model_upstream(const struct model *model, size_t index); /* by component */
const struct upstream *model_find_upstream(const struct model *model, const char *component); /* or NULL */

/* ---- matches */

enum match_decided { MATCH_UNDECIDED, MATCH_ASKED, MATCH_DISMISSED, MATCH_REOPENED, MATCH_TAKEN, MATCH_WATCHED };
/* "" for MATCH_UNDECIDED, else a word of match_decision_words; static. */
const char *match_decided_name(enum match_decided decided);
struct match_decision {
	char *match, *vulnerability, *product, *component; /* owned */
	char *case_id, *reason, *by; /* owned; the first two may be NULL */
	char *evidence;              /* owned: digest of what was known then, or NULL */
	enum match_decided decided;
	uint8_t member[16];
	instant at;
};
size_t model_decision_count(const struct model *model);
const struct match_decision *model_decision(const struct model *model, size_t index); /* by match */
const struct match_decision *model_find_decision(const struct model *model, const char *match); /* or NULL */

struct match_run {
	instant at;
	long long components, matches, fresh, change;
	struct sealed_file results;
};
const struct match_run *model_match_run(const struct model *model); /* the last one; NULL */

#endif
