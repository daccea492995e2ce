/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CWE catalogue, compiled in from data/cwe.tsv. Weaknesses only: the ids of categories and
 * views are not in it, for none of them may classify a vulnerability.
 */
#include "psirtty/score/cwe.h"

#include "psirtty/base/str.h"

static const struct cwe table[] = {
#include "gen/cwe.inc"
};

const struct cwe *cwe_find(int id)
{
	size_t low = 0, high = ARRAY_LEN(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table[middle].id == id)
			return &table[middle];
		if (table[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct cwe *cwe_parse(const char *text)
{
	const char *digits = str_starts_nocase(text, "CWE-") ? text + 4 : text;
	int id = 0, i;

	for (i = 0; digits[i] >= '0' && digits[i] <= '9' && i < 6; i++)
		id = id * 10 + (digits[i] - '0');
	if (i == 0 || digits[i] || digits[0] == '0')
		return NULL;
	return cwe_find(id);
}

const struct cwe *cwe_table(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}
