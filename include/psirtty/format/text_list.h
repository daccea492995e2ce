/* SPDX-License-Identifier: Apache-2.0 */
/* Growing lists of texts, and of pairs of texts: what documents of strangers hold many of. */
#ifndef PSIRTTY_FORMAT_TEXT_LIST_H
#define PSIRTTY_FORMAT_TEXT_LIST_H

#include "psirtty/base/error.h"

struct text_list { char **items; size_t count, room; };
struct text_pair { char *key, *value; };
struct text_pairs { struct text_pair *items; size_t count, room; };

/* Copies; zeros become U+FFFD. */
void text_list_add(struct text_list *list, const char *bytes, size_t length);
void text_list_add_text(struct text_list *list, const char *text);
bool text_list_has(const struct text_list *list, const char *text);
void text_list_release(struct text_list *list); /* leaves it empty */
void text_pairs_add(struct text_pairs *pairs, const char *key, const char *value);
void text_pairs_release(struct text_pairs *pairs);
/* A copy of bytes as text. The caller frees. */
char *text_copy(const char *bytes, size_t length);

#endif
