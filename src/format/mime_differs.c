/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two renderings of one mail, its plain text and its HTML, say the same: by the words in them. */
#include "psirtty/format/mime.h"

enum { BUCKETS = 1 << 15, WORD_BYTES = 64, WORDS_LIMIT = 100000 };

/* Bits of the words of one text; a false hit only makes two texts more alike. */
struct words { uint8_t bits[BUCKETS / 8]; };

struct reading { const char *at, *end; int brackets; };

static bool is_letter(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The hash of the next word: a run of ASCII letters and digits, or one other character. False at the end. */
static bool next_word(struct reading *r, uint32_t *ret)
{
	uint32_t hash = 2166136261u;
	int length = 0;

	for (; r->at < r->end; r->at++) {
		unsigned char c = (unsigned char)*r->at;

		if (c == '<' || c == '[')
			r->brackets = 1;
		if (c == '>' || c == ']' || c == '\n')
			r->brackets = 0;
		if (!r->brackets && (is_letter(c) || c >= 0xC0))
			break;
	}
	for (; r->at < r->end && length < WORD_BYTES; r->at++, length++) {
		unsigned char c = (unsigned char)*r->at;

		if (length && !is_letter(c) && !(c >= 0x80 && c < 0xC0))
			break;
		hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 16777619u;
	}
	*ret = hash % BUCKETS;
	return length > 0;
}

bool mime_text_differs(const char *text, size_t length, const char *other, size_t other_length)
{
	struct words *known = mem_alloc(sizeof(*known));
	struct reading r = { text, text + length, 0 };
	size_t all = 0, missing = 0;
	uint32_t word;

	while (next_word(&r, &word))
		known->bits[word / 8] |= (uint8_t)(1u << word % 8);
	r = (struct reading){ other, other + other_length, 0 };
	for (; all < WORDS_LIMIT && next_word(&r, &word); all++)
		missing += !(known->bits[word / 8] & 1u << word % 8);
	free(known);
	return missing >= 2 && missing * 3 > all;
}
