/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of `psirtty purl`, `vers`, `cpe` and `cpe match`. */
#include "psirtty/base/error.h"
#include "psirtty/score/line.h"

#include "tap.h"

typedef void (*line_fn)(const char *text, bool lenient, struct str *ret);

static void check_line(line_fn line, const char *text, bool lenient, const char *expected)
{
	AUTO_STR got = STR_INIT;

	line(text, lenient, &got);
	CHECK_STR(got.bytes, expected, text);
}

static void check_match(const char *a, const char *b, int code, const char *expected)
{
	AUTO_STR got = STR_INIT;

	CHECK(cpe_match_line(a, b, &got) == code, "%s and %s", a, b);
	CHECK_STR(got.bytes, expected, "how they relate");
}

int main(void)
{
	check_line(purl_line, "pkg:NPM/%40a/b%20c@1?z=1&a=x%20y#s/t", false,
		   "pkg:npm/%40a/b%20c@1?a=x%20y&z=1#s/t\tnpm\t@a\tb c\t1\ta=x%20y&z=1\ts/t");
	check_line(purl_line, "pkg:gem/x", false, "pkg:gem/x\tgem\t-\tx\t-\t-\t-");
	check_line(purl_line, "pkg:gem/x%0Ay", false, "pkg:gem/x%0Ay\tgem\t-\tx\\ny\t-\t-\t-");
	check_line(purl_line, "gem/x", false, "invalid\tit does not begin with \"pkg:\"");
	check_line(purl_line, "pkg:gem/x?A=1&b", true,
		   "pkg:gem/x?a=1\tgem\t-\tx\t-\ta=1\t-\tcase: the qualifier key A is not in lower "
		   "case; "
		   "value: the qualifier \"b\" has no \"=\"");
	check_line(purl_line, "pkg:gem/x", true, "pkg:gem/x\tgem\t-\tx\t-\t-\t-\t-");
	check_line(vers_line, "vers:npm/>=1.0.0|<2.0.0", false, "vers:npm/>=1.0.0|<2.0.0");
	check_line(vers_line, "vers:npm/<2.0.0|>=1.0.0", false,
		   "invalid\t1.0.0 stands behind 2.0.0, which is later");
	check_line(vers_line, "vers:NPM/ <2.0.0|>=1.0.0", true, "vers:npm/>=1.0.0|<2.0.0");
	check_line(cpe_line, "cpe:/a:v:p%3a:1", false, "cpe:2.3:a:v:p\\::1:*:*:*:*:*:*:*");
	check_line(cpe_line, "cpe:2.3:a", false, "invalid\tit has 1 components, not 11");
	check_match("cpe:/a:v", "cpe:/a:v:p", 0, "superset");
	check_match("cpe:/a:v", "cpe", ERR_NO,
		    "invalid\tit begins neither with \"cpe:2.3:\" nor with \"cpe:/\"");
	return tap_done();
}
