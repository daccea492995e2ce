/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: the sentence, the exit codes of the manual, replacing one by another. */
#include "psirtty/base/error.h"

#include <errno.h>

#include "tap.h"

static void check_sentence(const struct error *err, const char *expected, const char *name)
{
	AUTO_STR s = STR_INIT;

	error_sentence(err, &s);
	CHECK_STR(s.bytes, expected, name);
}

static void test_sentence(void)
{
	AUTO_ERROR err = ERROR_INIT;

	check_sentence(&err, "psirtty: no reason was given.", "an error nobody filled");
	CHECK(error_set(&err, ERR_INPUT, "a.eml", "Check the name", "line %d is odd", 7) == ERR_INPUT, "the code is handed back");
	check_sentence(&err, "a.eml: line 7 is odd. Check the name.", "what, why, remedy");
	error_set(&err, ERR_CASE, "case", NULL, "it is gone.");
	CHECK(err.code == ERR_CASE && !err.remedy, "a later error replaces the earlier");
	check_sentence(&err, "case: it is gone.", "no second full stop");
	error_set(&err, ERR_INPUT, "a\033[2Jb\n\u202Ec", NULL, "%s", "\xFF\nx");
	check_sentence(&err, "a^[[2Jb <RLO>c: \\xFF x.", "hostile names are made safe, on one line");
}

static void test_own_words(void)
{
	AUTO_ERROR err = ERROR_INIT;

	error_set(&err, ERR_INPUT, "a", "b", "c");
	error_set(&err, ERR_BUSY, err.what, err.remedy, "%s, %s", err.why, err.what);
	check_sentence(&err, "a: c, a. b.", "an error made from its own parts");
	errno = ENOENT;
	CHECK(error_errno(&err, ERR_INPUT, "f", NULL) == ERR_INPUT, "from errno");
	check_sentence(&err, "f: No such file or directory.", "the reason of errno");
	CHECK(error_set(NULL, ERR_NO, "x", NULL, "y") == ERR_NO, "nobody has to listen");
	error_release(&err);
	error_release(&err);
	CHECK(!err.code && !err.what && !err.why && !err.remedy, "released twice");
}

static void test_exit_codes(void)
{
	static const int rows[][2] = {
		{ ERR_NONE, 0 }, { ERR_NO, 1 },   { ERR_USAGE, 2 }, { ERR_INPUT, 3 },	{ ERR_DENIED, 4 },
		{ ERR_BUSY, 5 }, { ERR_CASE, 3 }, { ERR_VAULT, 3 }, { ERR_NETWORK, 3 }, { ERR_BUG, 70 },
		{ -9, 70 },	 { 1, 70 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(error_exit_status(rows[i][0]) == rows[i][1], "code %d ends the program with %d", rows[i][0], rows[i][1]);
}

int main(void)
{
	test_sentence();
	test_own_words();
	test_exit_codes();
	return tap_done();
}
