/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: the first byte picks an order, two versions follow, with a zero byte behind the
 * first. Either both are versions and the two ways of comparing them agree, or there is a reason.
 * The same two are tried as a range and a version.
 */
#include "psirtty/score/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void compare_both(const struct version_scheme *scheme, const char *a, const char *b)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_ERROR back_err = ERROR_INIT;
	int there = 7, back = 7, same = 7;
	int code = version_compare(scheme, a, b, &there, &err);
	int back_code = version_compare(scheme, b, a, &back, &back_err);

	if (code != back_code || (code < 0 && !err.why) || (code == 0 && there != -back))
		abort();
	if (version_check(scheme, a, NULL) == 0 &&
	    (version_compare(scheme, a, a, &same, NULL) < 0 || same != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct version_scheme *scheme;
	AUTO_ERROR err = ERROR_INIT;
	enum range_answer answer;
	size_t count = 0, split;
	char *a, *b;

	if (length < 2)
		return 0;
	while (version_scheme_at(count))
		count++;
	scheme = version_scheme_at(bytes[0] % count);
	a = mem_copy(bytes + 1, length - 1);
	split = strlen(a);
	b = mem_string(split + 1 < length ? a + split + 1 : "1.0");
	compare_both(scheme, a, b);
	if (range_contains_with(version_scheme_name(scheme), a, b, bytes[0] >> 6, &answer, &err) <
		    0 &&
	    (!err.why || answer != RANGE_UNKNOWN))
		abort();
	free(a);
	free(b);
	return 0;
}
