/* SPDX-License-Identifier: Apache-2.0 */
/* The line of `psirtty score`, for every shape it can take. */
#include "psirtty/score/line.h"

#include "tap.h"

static void check_line(const char *vector, bool lenient, const char *expected)
{
	AUTO_STR line = STR_INIT;

	score_line_cvss(vector, lenient, &line);
	CHECK_STR(line.bytes, expected, vector);
}

static void test_strict(void)
{
	check_line("AV:N/AC:L/Au:N/C:N/I:N/A:C", false,
		   "AV:N/AC:L/Au:N/C:N/I:N/A:C\t2.0\t7.8\t-\t-\t7.8\tHIGH\t-");
	check_line("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", false,
		   "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H\t2.0\t7.8\t6.4"
		   "\t9.2\t9.2\tHIGH\t-");
	check_line("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", false,
		   "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\t3.1\t9.8\t-\t-\t9.8\tCRITICAL\t-");
	check_line("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/CR:X/RC:U", false,
		   "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/CR:X/RC:U\t3.0\t9.8\t9.1\t-\t9.1"
		   "\tCRITICAL\t-");
	check_line("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H", false,
		   "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:H/SA:H\t4.0\t8.6\t-\t-"
		   "\t8.6\tHIGH\tCVSS-B");
	check_line("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:H/SC:H/SI:H/SA:H/E:P/CR:M/IR:H/AR:M",
		   false,
		   "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:H/SC:H/SI:H/SA:H/E:P/CR:M/IR:H/AR:M"
		   "\t4.0\t9.2\t-\t-\t7.2\tHIGH\tCVSS-BTE");
}

static void test_invalid(void)
{
	check_line("", false, "-\tinvalid\tit is empty");
	check_line("CVSS:3.1/AV:N\tx", false,
		   "CVSS:3.1/AV:N\\tx\tinvalid\t\"N\\tx\" is not a value of AV, which has N, A, L, P");
	check_line("(AV:N/AC:L/Au:N/C:N/I:N/A:C)", false,
		   "(AV:N/AC:L/Au:N/C:N/I:N/A:C)\tinvalid\tthe vector stands in parentheses");
	check_line("AV:N/AC:L", true, "AV:N/AC:L\tinvalid\tmandatory metrics are missing: Au, C, I, A");
}

static void test_lenient(void)
{
	check_line("AV:N/AC:L/Au:N/C:N/I:N/A:C", true,
		   "AV:N/AC:L/Au:N/C:N/I:N/A:C\t2.0\t7.8\t-\t-\t7.8\tHIGH\t-\t-");
	check_line("(AC:L/AV:N/Au:N/C:N/I:N/A:C)", true,
		   "(AC:L/AV:N/Au:N/C:N/I:N/A:C)\t2.0\t7.8\t-\t-\t7.8\tHIGH\t-\t"
		   "parentheses: the vector stands in parentheses; "
		   "order: AV stands after AC, against the order of the standard");
}

static void check_check(const char *vector, const char *score, int code, const char *expected)
{
	AUTO_STR line = STR_INIT;

	CHECK(score_line_check(vector, score, &line) == code, "%s as %s", vector, score);
	CHECK_STR(line.bytes, expected, score);
}

static void test_check(void)
{
	check_check("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:U", "7.8", 0,
		    "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:U\t7.8\tbase\t7.8\tit is the base score");
	check_check("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:U", "6.6", ERR_NO,
		    "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:U\t6.6\ttemporal\t7.8\t"
		    "it is the temporal score, not the base score");
	check_check("AV:N", "7.8", ERR_NO,
		    "AV:N\t7.8\tinvalid\tmandatory metrics are missing: AC, Au, C, I, A");
	check_check("AV:N/AC:L/Au:N/C:N/I:N/A:C", "x", ERR_NO,
		    "AV:N/AC:L/Au:N/C:N/I:N/A:C\tx\tinvalid\tthe score is not a number from 0.0 to 10.0");
}

static void test_why(void)
{
	AUTO_STR lines = STR_INIT;
	struct cvss cvss;

	CHECK(cvss_parse("AV:N/AC:L/Au:N/C:N/I:N/A:C", &cvss, NULL) == 0, "a vector to explain");
	score_lines_why(&cvss, &lines);
	CHECK_STR(lines.bytes,
		  "A\tC\tN\t7.8\tAvailability Impact\nAV\tN\tL\t2.9\tAccess Vector\n"
		  "AC\tL\tH\t2.4\tAccess Complexity\nAu\tN\tM\t1.7\tAuthentication\n"
		  "C\tN\tN\t0.0\tConfidentiality Impact\nI\tN\tN\t0.0\tIntegrity Impact\n",
		  "why");
}

int main(void)
{
	test_check();
	test_why();
	test_strict();
	test_invalid();
	test_lenient();
	return tap_done();
}
