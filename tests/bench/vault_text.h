/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up text of vulnerability cases, in English and Chinese, out of a seed: always the same. */
#ifndef PSIRTTY_TESTS_VAULT_TEXT_H
#define PSIRTTY_TESTS_VAULT_TEXT_H

#include "psirtty/base/str.h"

struct dice { uint64_t state; };
/* A number below LIMIT. */
uint32_t dice_roll(struct dice *dice, uint32_t limit);

/* What the sentences of one case are about. */
struct text_case {
	bool chinese;
	const char *product, *vendor;
	char version[16], cve[24], file[64], function[48];
};
void text_case_init(struct dice *dice, struct text_case *ret, int year, uint32_t number);
size_t text_product_count(void);
const char *text_product(size_t index);
const char *text_vendor(size_t index);

/* Adds one sentence, ready to stand inside a JSON string. */
void text_sentence(struct dice *dice, const struct text_case *about, struct str *ret);
/* Adds sentences until about BYTES are reached, with a line break here and there. */
void text_block(struct dice *dice, const struct text_case *about, size_t bytes, struct str *ret);
void text_title(struct dice *dice, const struct text_case *about, struct str *ret);

#endif
