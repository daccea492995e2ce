/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSVC (CERT/CC, registry of 2026): decision points, decision tables, and the outcome of a set
 * of answers. Pure; everything pointed to is static.
 */
#ifndef PSIRTTY_SCORE_SSVC_H
#define PSIRTTY_SCORE_SSVC_H

#include "psirtty/base/js.h"

enum { SSVC_INPUTS = 8 };

struct ssvc_value {
	const char *key;  /* "P" */
	const char *name; /* "Public PoC" */
};

/* A decision point in one version. Its values stand in the order of the definition, which CSAF
 * 2.1 (test 6.1.48) demands. */
struct ssvc_point {
	const char *space;   /* namespace: "ssvc", "cisa" */
	const char *key;     /* "E" */
	const char *version; /* "1.1.0" */
	const char *name;    /* "Exploitation" */
	const struct ssvc_value *values;
	int count;
	bool latest;         /* no later version is known (CSAF 2.1, test 6.3.13) */
};

struct ssvc_tree {
	const char *name;    /* ours, for the command line: "supplier", "cisa" */
	const char *key;     /* the registry's: "DT_SP"; "-" where it has none */
	const char *version;
	const char *title;   /* "Supplier Patch Development Priority" */
	int count;           /* of inputs */
	const struct ssvc_point *inputs[SSVC_INPUTS];
	const struct ssvc_point *outcome;
};

/* Answers to the inputs of a tree. */
struct ssvc {
	const struct ssvc_tree *tree;
	signed char values[SSVC_INPUTS]; /* index into the input's values; -1: not answered */
};

const struct ssvc_tree *ssvc_trees(size_t *ret_count);
/* By name or registry key, in any case; NULL when there is none. */
const struct ssvc_tree *ssvc_tree_find(const char *name);
const struct ssvc_point *ssvc_points(size_t *ret_count);
/* "ssvc:E:1.1.0", or "ssvc:E" for the latest version; NULL when there is none. */
const struct ssvc_point *ssvc_point_find(const char *id);
/* The index of the value with this key or name, or -1. Case, blanks, '-' and '_' do not count in
 * names; a name that another version of the point has for the same key is taken too, for data
 * still say "poc" where the point now says "Public PoC". */
int ssvc_point_value(const struct ssvc_point *point, const char *text);

/* No answers yet. */
void ssvc_init(struct ssvc *ssvc, const struct ssvc_tree *tree);
/* One answer, "KEY=VALUE": KEY is an input's key or name ("E", "exploitation", "ssvc:E"), VALUE as
 * above. A second answer to the same input, an unknown key or value: ERR_USAGE, and the error
 * lists what there is. */
int ssvc_answer(struct ssvc *ssvc, const char *assignment, struct error *err);
/* The outcome, an index into tree->outcome->values. ERR_USAGE when answers are missing, which the
 * error lists. */
int ssvc_decide(const struct ssvc *ssvc, int *ret_outcome, struct error *err);
/*
 * Adds the vector "SSVCv2/E:A/A:Y/T:T/M:H/D:C/2026-01-02T03:04:05Z/" of a decided tree. The
 * registry defines no vector; this is the form of CERT/CC's calculator, with its letters for the
 * CISA tree and the registry's keys for all others, where the outcome has its own key too.
 * WHEN is a timestamp, written as it is.
 */
void ssvc_vector(const struct ssvc *ssvc, int outcome, const char *when, struct str *ret);

/*
 * The decided tree as a selection list of CERT/CC's schema 2.0.0, which is what CSAF 2.1 has as
 * ssvc_v2: the answers in the tree's order, then the outcome. WHEN is an RFC 3339 timestamp,
 * written as it is. The caller owns what is returned.
 */
json_t *ssvc_to_json(const struct ssvc *ssvc, int outcome, const char *when);
/*
 * Reads such a list into *RET and *RET_OUTCOME. TREE says whose answers they are; NULL: the tree that
 * has all the points of the list. Points the tree does not have are passed over; another version of
 * one it has is taken when the value's key is the same. A point with several values is not answered
 * yet. *RET_OUTCOME is -1 when the list has none.
 * Errors: ERR_NO for what is no such list, names unknown points or values, fits no tree, or has an
 * outcome that the tree does not give for its answers.
 */
int ssvc_from_json(const json_t *json, const struct ssvc_tree *tree, struct ssvc *ret,
		   int *ret_outcome, struct error *err);

#endif
