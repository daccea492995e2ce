/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not stand in a text that leaves the house: details of live networks (RMSV Article 9(2)),
 * exaggeration (9(3)); and what a mail that extorts says. The words are data, a PSIRT may edit them;
 * the shapes (addresses, hosts, coordinates) are code. A hit is a question to a person, not a
 * verdict. Pure.
 */
#ifndef PSIRTTY_MODEL_LINT_H
#define PSIRTTY_MODEL_LINT_H

#include "psirtty/base/conf.h"

#define LINT_KINDS(X) \
	X(LINT_NETWORK, "live-network") X(LINT_EXAGGERATION, "exaggeration") X(LINT_EXTORTION, "extortion")
enum lint_kind {
#define X(name, word) name,
	LINT_KINDS(X)
#undef X
	LINT_COUNT
};
const char *lint_kind_name(enum lint_kind kind);

struct lint_rules;
/* Reads the rules out of CONF (data/lint.yaml); errors name the line. The caller frees with lint_rules_free. */
int lint_rules_load(const struct conf *conf, struct lint_rules **ret, struct error *err);
void lint_rules_free(struct lint_rules *rules);

/* What is known about the text; lists may be empty. All borrowed. */
struct lint_context {
	const char *const *names; size_t name_count;       /* customers: never to be named */
	const char *const *hosts; size_t host_count;       /* our own public hosts, with what is below them */
	const char *const *versions; size_t version_count; /* of products: "2.4.1.7" is none's address */
	const char *severity; /* the recorded one, a word of CVSS: "high"; NULL: none recorded */
};

struct lint_hit {
	enum lint_kind kind;
	const char *rule;     /* a stable word: "ipv4", "host", "phrase", "severity-word" … */
	size_t at, length;    /* bytes of the text */
	int line;             /* from 1 */
	char *text;           /* owned: the bytes hit, at most 120 */
};

/* All hits of TEXT (UTF-8, not trusted) in order of place; at most 1,000. Linear in LENGTH. */
void lint_text(const struct lint_rules *rules, const struct lint_context *context, const char *text,
	       size_t length, struct lint_hit **ret, size_t *ret_count);
void lint_hits_free(struct lint_hit *hits, size_t count);

#endif
