/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of settings files: typed members, and faults that name file, line and what was expected. */
#ifndef MODEL_CONF_ROW_H
#define MODEL_CONF_ROW_H

#include "psirtty/base/conf.h"

/* What stands at NODE is wrong: ERR_INPUT on "FILE:LINE". */
int row_fault(const char *file, const struct conf *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* NODE is a map of no other keys than KEYS (NULL ended). */
int row_keys(const char *file, const struct conf *node, const char *const *keys, struct error *err);
/* The text of NODE, a scalar that is not empty; borrowed. */
int row_text(const char *file, const struct conf *node, const char **ret, struct error *err);
/* Which of WORDS (NULL ended) NODE is. */
int row_word(const char *file, const struct conf *node, const char *const *words, int *ret,
	     struct error *err);
/* The words of a list, or one scalar, as bits; at most 64 WORDS. */
int row_words(const char *file, const struct conf *node, const char *const *words, uint64_t *ret,
	      struct error *err);
/* A whole number from LOW to HIGH. */
int row_number(const char *file, const struct conf *node, int low, int high, int *ret,
	       struct error *err);
/* yes or no, true or false. */
int row_flag(const char *file, const struct conf *node, bool *ret, struct error *err);

#endif
