/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs: every refusal with its reason, every repair, the rules of the types. */
#include "psirtty/score/purl.h"

#include "tap.h"

static void check_canonical(const char *text, const char *expected)
{
	AUTO_PURL purl = PURL_INIT;
	AUTO_STR canonical = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (purl_parse(text, &purl, &err) < 0)
		CHECK(0, "%s: %s", text, err.why);
	else
		purl_write(&purl, &canonical);
	CHECK_STR(canonical.bytes, expected, text);
}

static void check_refused(const char *text, const char *why)
{
	AUTO_PURL purl = PURL_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK(purl_parse(text, &purl, &err) == ERR_NO, "%s is refused", text);
	CHECK_STR(err.why, why, text);
}

static void test_canonical(void)
{
	check_canonical("pkg:npm/%40scope/name@1.0.0", "pkg:npm/%40scope/name@1.0.0");
	check_canonical("pkg:npm/@scope/name@1.0.0", "pkg:npm/%40scope/name@1.0.0");
	check_canonical("PKG://NPM//a///b/", "pkg:npm/a/b");
	check_canonical("pkg:generic/a%2Fb", "pkg:generic/a%2Fb");
	check_canonical("pkg:generic/a@", "pkg:generic/a");
	check_canonical("pkg:generic/a@1?#", "pkg:generic/a@1");
	check_canonical("pkg:opam/git@3/16.1", "pkg:opam/git@3%2F16.1");
	check_canonical("pkg:generic/n@1%3A2", "pkg:generic/n@1:2");
	check_canonical("pkg:generic/n?b=2&a=1&c=", "pkg:generic/n?a=1&b=2");
	check_canonical("pkg:generic/n#/a/./../b//c/", "pkg:generic/n#a/b/c");
	check_canonical("pkg:generic/n#a%2e", "pkg:generic/n#a.");
	check_canonical("pkg:generic/%C3%84", "pkg:generic/%C3%84");
	check_canonical("pkg:github/%C3%84b/C", "pkg:github/%C3%A4b/c");
	check_canonical("pkg:made-up.type/Some/Name", "pkg:made-up.type/Some/Name");
}

static void test_types(void)
{
	check_canonical("pkg:pypi/Flask_Login@1.0RC1", "pkg:pypi/flask-login@1.0rc1");
	check_canonical("pkg:pub/My-App.x", "pkg:pub/my_app_x");
	check_canonical("pkg:hackage/a_B", "pkg:hackage/a-B");
	check_canonical("pkg:deb/Debian/Curl@7", "pkg:deb/debian/curl@7");
	check_canonical("pkg:rpm/Fedora/Curl@7", "pkg:rpm/fedora/Curl@7");
	check_canonical("pkg:git/example.org/a/b/c.git", "pkg:git/example.org/a/b/c.git");
	check_canonical("pkg:git/github.com/A/B", "pkg:git/github.com/a/b");
	check_refused("pkg:git/example.org", "the type git needs a namespace");
	check_refused("pkg:maven/junit@4", "the type maven needs a namespace");
	check_refused("pkg:cargo/x/y", "the type cargo has no namespace");
	check_refused("pkg:julia/Dates@1", "the type julia needs the qualifier uuid");
	check_refused("pkg:julia/Dates@1?uuid=", "the type julia needs the qualifier uuid");
	check_refused("pkg:swid/a/b/c/n?tag_id=1",
		      "the namespace has more than two segments, the creator's name and regid");
	check_refused("pkg:cocoapods/a%2Bb",
		      "a pod's name has no blank and no \"+\", and does not begin with a dot");
	check_refused("pkg:cpan/A::B",
		      "the name is a module's; a distribution is named with \"-\", not \"::\"");
	check_refused("pkg:chrome-extension/abc",
		      "the name is not an extension's, 32 letters from a to p");
	check_refused("pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1.",
		      "the version is not one to four numbers joined by dots");
	check_canonical("pkg:chrome-extension/ABCDefghijklmnopabcdefghijklmnop@1.2.3.4",
			"pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1.2.3.4");
}

static void test_refusals(void)
{
	check_refused("", "it does not begin with \"pkg:\"");
	check_refused("npm/a", "it does not begin with \"pkg:\"");
	check_refused("pkgs:npm/a", "it does not begin with \"pkg:\"");
	check_refused("pkg:npm", "it has no type and name, joined by a slash");
	check_refused("pkg:npm/", "it has no name");
	check_refused("pkg:npm/@1", "it has no name");
	check_refused("pkg:n_m/a",
		      "the type \"n_m\" may hold letters, digits, dots and dashes only");
	check_refused("pkg:n%6dm/a",
		      "the type \"n%6dm\" may hold letters, digits, dots and dashes only");
	check_refused("pkg:-a/a", "the type \"-a\" does not begin with a letter");
	check_refused("pkg:npm/a%2", "the name \"a%2\" has a \"%\" without two hexadecimal digits");
	check_refused("pkg:npm/a%zz",
		      "the name \"a%zz\" has a \"%\" without two hexadecimal digits");
	check_refused("pkg:npm/a@%00", "the version \"%00\" holds a zero byte");
	check_refused("pkg:npm/a@%ff", "the version \"%ff\" is not UTF-8");
	check_refused("pkg:npm/a%2Fb/c",
		      "a segment of the namespace holds an encoded slash: \"a%2Fb\"");
	check_refused("pkg:npm/a#b%2Fc",
		      "a segment of the subpath holds an encoded slash: \"b%2Fc\"");
	check_refused("pkg:npm/a?Arch=x", "the qualifier key Arch is not in lower case");
	check_refused("pkg:npm/a?=x", "a qualifier has no key");
	check_refused("pkg:npm/a?b", "the qualifier \"b\" has no \"=\"");
	check_refused("pkg:npm/a?1=x", "the qualifier key \"1\" does not begin with a letter");
	check_refused("pkg:npm/a?a%20b=x",
		      "the qualifier key \"a%20b\" may hold lower-case letters, digits, "
		      "dots, dashes and underscores only");
	check_refused("pkg:npm/a?b=1&b=2", "the qualifier b is given twice, with different values");
	check_refused("pkg:npm/a?b=1&b=1", "the qualifier b is given twice");
	check_refused("pkg:npm/a?b=1&&c=1", "there is an empty qualifier");
	check_refused(" pkg:npm/a", "there are blanks around it");
	check_refused("pkg:npm/a b", "byte 10, 0x20, must be percent-encoded");
	check_refused("pkg:npm/\xc3\xa4", "byte 9, 0xC3, must be percent-encoded");
}

static void check_mended(const char *text, const char *expected, const char *repairs)
{
	AUTO_PURL purl = PURL_INIT;
	AUTO_STR canonical = STR_INIT, told = STR_INIT;

	CHECK(purl_parse_lenient(text, &purl, &told, NULL) == 0, "%s is mended", expected);
	if (purl.type)
		purl_write(&purl, &canonical);
	CHECK_STR(canonical.bytes, expected, "canonical");
	CHECK_STR(told.bytes, repairs, "repairs");
}

static void test_lenient(void)
{
	check_mended("pkg:npm/a", "pkg:npm/a", "");
	check_mended(" pkg:npm/a\n", "pkg:npm/a", "blanks: there are blanks around it\n");
	check_mended("pkg:npm/a b", "pkg:npm/a%20b",
		     "encoding: byte 10, 0x20, must be percent-encoded\n");
	check_mended("pkg:npm/a?Arch=x&b=1&b=1&&d", "pkg:npm/a?arch=x&b=1",
		     "case: the qualifier key Arch is not in lower case\n"
		     "duplicate: the qualifier b is given twice\n"
		     "empty: there is an empty qualifier\n"
		     "value: the qualifier \"d\" has no \"=\"\n");
}

static void test_build(void)
{
	struct purl_qualifier pairs[] = {{(char *)"B", (char *)"x y"}, {(char *)"a", (char *)""}};
	struct purl parts = {.type = (char *)"Generic",
			     .space = (char *)"/s//t/",
			     .name = (char *)"/n/m/",
			     .version = (char *)"1+2",
			     .qualifiers = pairs,
			     .qualifier_count = 2,
			     .subpath = (char *)"./a/../b"};
	AUTO_PURL purl = PURL_INIT;
	AUTO_PURL again = PURL_INIT;
	AUTO_STR canonical = STR_INIT;

	CHECK(purl_build(&parts, &purl, NULL) == 0, "components are built");
	purl_write(&purl, &canonical);
	CHECK_STR(canonical.bytes, "pkg:generic/s/t/n%2Fm@1%2B2?b=x%20y#a/b", "the built purl");
	CHECK_STR(purl_qualifier(&purl, "b"), "x y", "a qualifier by key");
	CHECK(!purl_qualifier(&purl, "a"), "an empty qualifier is none");
	CHECK(purl_parse("pkg:generic/s/t/n%2Fm@1+2#a/b", &again, NULL) == 0 &&
		      purl_same_but_qualifiers(&purl, &again),
	      "the same but for qualifiers");
	parts.name = (char *)"\xff";
	CHECK(purl_build(&parts, &again, NULL) == ERR_NO, "bytes that are no UTF-8 are refused");
	parts.name = NULL;
	CHECK(purl_build(&parts, &again, NULL) == ERR_NO, "a name is needed");
}

/* Every row of the table: sorted, its words known, and its namespace rule obeyed. */
static void test_table(void)
{
	size_t count, i;
	const struct purl_type *types = purl_types(&count);

	CHECK(count == 42, "42 types are defined, not %zu", count);
	for (i = 0; i < count; i++) {
		const struct purl_type *t = &types[i];
		bool lower = strcmp(t->name_case, "lower") == 0;

		CHECK_QUIET(i == 0 || strcmp(types[i - 1].type, t->type) < 0, "%s is sorted",
			    t->type);
		CHECK_QUIET(purl_type_find(t->type) == t, "%s is found", t->type);
		CHECK_QUIET(lower || strcmp(t->name_case, "keep") == 0, "%s: name case", t->type);
		CHECK_QUIET(strcmp(t->space, "required") == 0 ||
				    strcmp(t->space, "optional") == 0 ||
				    strcmp(t->space, "prohibited") == 0,
			    "%s: namespace", t->type);
	}
	CHECK(!purl_type_find("made-up") && !purl_type_find(""), "other types are not defined");
}

int main(void)
{
	test_canonical();
	test_types();
	test_refusals();
	test_lenient();
	test_build();
	test_table();
	return tap_done();
}
