/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs (ECMA-427, the purl specification of August 2026): parse, build, validate,
 * canonical form. Pure. The rules of the types are data, data/purl-types.tsv.
 */
#ifndef PSIRTTY_SCORE_PURL_H
#define PSIRTTY_SCORE_PURL_H

#include "psirtty/base/error.h"

struct purl_qualifier {
	char *key;   /* owned: lower case */
	char *value; /* owned: decoded, never empty */
};

/* The components, percent-decoded, in UTF-8. What is not there is NULL. */
struct purl {
	char *type;			   /* owned: lower case */
	char *space;			   /* owned: the namespace, its segments joined by '/' */
	char *name;			   /* owned */
	char *version;			   /* owned */
	struct purl_qualifier *qualifiers; /* owned; sorted by key, no key twice */
	size_t qualifier_count;
	char *subpath; /* owned: its segments joined by '/' */
};

#define PURL_INIT                                                                                  \
	{                                                                                          \
		NULL, NULL, NULL, NULL, NULL, 0, NULL                                              \
	}
#define AUTO_PURL __attribute__((cleanup(purl_release))) struct purl
void purl_release(struct purl *purl);

/*
 * Strict: what the specification forbids is refused with the reason in err->why: another scheme,
 * a type with forbidden characters, no name, an upper-case, encoded or repeated qualifier key,
 * broken percent triplets, bytes that are no UTF-8, characters that must be encoded, and whatever
 * the type's definition forbids. What it only calls not canonical is put in order: slashes behind
 * the scheme, the case of the type, needless or missing encoding, order of qualifiers, empty
 * values, "." and ".." in the subpath. On success *RET is filled (it need not be initialised) and
 * the caller releases it. Errors: ERR_NO.
 */
int purl_parse(const char *text, struct purl *ret, struct error *err);
/* Lenient: also mends blanks around, bytes that should be encoded, upper-case keys, pairs without
 * "=", repeated equal pairs; each repair is one line "kind: sentence" added to *RET_REPAIRS. */
int purl_parse_lenient(const char *text, struct purl *ret, struct str *ret_repairs,
		       struct error *err);
/* From components as a program has them: PARTS is only read, any member may be NULL or not
 * normalised, qualifiers in any order. *RET is filled as by purl_parse. Errors: ERR_NO. */
int purl_build(const struct purl *parts, struct purl *ret, struct error *err);
/* Adds the canonical form of what one of the functions above has filled. */
void purl_write(const struct purl *purl, struct str *ret);

/* The value of a qualifier, borrowed; NULL when it has none. */
const char *purl_qualifier(const struct purl *purl, const char *key);
/* True when everything but the qualifiers is the same (CSAF 2.1, test 6.1.42). */
bool purl_same_but_qualifiers(const struct purl *a, const struct purl *b);

/* One definition of a type. */
struct purl_type {
	const char *type;
	const char *space; /* the namespace is "required", "optional", "prohibited" */
	const char *space_case, *name_case, *version_case; /* "keep", "lower" */
	const char *rules;				   /* words joined by commas, or "-" */
	const char *qualifiers; /* keys joined by blanks, "!" behind those it needs; or "-" */
};

/* NULL: a type nobody has defined, which is valid nevertheless. */
const struct purl_type *purl_type_find(const char *type);
/* The table, sorted by type. */
const struct purl_type *purl_types(size_t *ret_count);

#endif
