/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the lint share: words and phrases here, shapes of networks there. */
#ifndef MODEL_LINT_PRIVATE_H
#define MODEL_LINT_PRIVATE_H

#include "psirtty/model/lint.h"

enum { LINT_GRADES = 4 };
extern const char *const lint_grades[LINT_GRADES]; /* ascending */

struct lint_list { char **items; size_t count; }; /* owned, lower case */

struct lint_rules {
	struct lint_list references, network, exaggeration, extortion, counted, sources;
	struct lint_list severity[LINT_GRADES];
};

struct linting {
	const struct lint_rules *rules;
	const struct lint_context *context;
	const char *text;
	size_t length;
	char **names; size_t name_count; /* owned: the context's, in lower case */
	struct lint_hit *hits; size_t count, room;
	size_t seen; /* the shapes before this place are dealt with */
};

int lint_lower(int c);
bool lint_word_byte(int c);
/* Whether the lower-case PHRASE stands at AT, as words of its own where it is of letters. */
bool lint_phrase_at(const struct linting *l, size_t at, const char *phrase, size_t *ret_length);
void lint_hit(struct linting *l, enum lint_kind kind, const char *rule, size_t at, size_t length);
/* Addresses, hosts, coordinates at AT. */
void lint_network(struct linting *l, size_t at);

#endif
