/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of version orders and what is common to them: finding one by any of its names,
 * limits, numbers of any size. The orders themselves are in version_*.c.
 */
#include "psirtty/score/version.h"

#include <string.h>

#include "version_private.h"

#define ROW(id) .check = id##_check, .order = id##_order

/* Sorted by name. The aliases are purl types, OSV ecosystems and CVE version types. */
static const struct version_scheme schemes[] = {
	{"alpm", "|arch|archlinux|arch linux|manjaro|msys2|", ROW(alpm), false},
	{"apk", "|alpine|alpaquita|bellsoft hardened containers|chainguard|minimos|wolfi|",
	 ROW(apk), false},
	{"composer", "|packagist|php|drupal|", ROW(composer), false},
	{"conan", "|conancenter|", ROW(conan), false},
	{"cran", "|bioconductor|r|", ROW(cran), false},
	{"datetime", "|date|", ROW(datetime), false},
	{"deb", "|debian|ubuntu|dpkg|echo|docker hardened images|devuan|", ROW(deb), false},
	{"gem", "|rubygems|ruby|", ROW(gem), false},
	{"generic", "|custom|other|release|oss-fuzz|linux|linux kernel|linux_kernel|", ROW(generic),
	 true},
	{"gentoo", "|ebuild|portage|", ROW(gentoo), false},
	{"git", "|commit|original_commit_for_fix|", ROW(git), false},
	{"golang", "|go|", ROW(golang), false},
	{"hackage", "|haskell|ghc|", ROW(hackage), false},
	{"intdot", "|", ROW(intdot), false},
	{"lexicographic", "|", ROW(lexicographic), false},
	{"maven", "|java|", ROW(maven), false},
	{"npm", "|node|node-semver|", ROW(npm), false},
	{"npm-loose", "|", ROW(npm_loose), false},
	{"nuget", "|", ROW(nuget), false},
	{"openssl", "|", ROW(openssl), false},
	{"pub", "|dart|", ROW(pub), false},
	{"pypi", "|python|pep440|", ROW(pypi), false},
	{"rpm",
	 "|almalinux|rocky linux|red hat|redhat|fedora|suse|opensuse|openeuler|mageia|"
	 "photon os|azure linux|azurelinux|mariner|amazon linux|oracle linux|centos|",
	 ROW(rpm), false},
	{"semver",
	 "|crates.io|cargo|hex|swift|swifturl|julia|bitnami|github actions|githubactions|"
	 "kubernetes|vscode|vscode-extension|",
	 ROW(semver), false},
};

static bool is_alias(const struct version_scheme *scheme, const char *name)
{
	size_t length = strlen(name);
	const char *at = scheme->aliases;

	for (; (at = strchr(at, '|')) && at[1]; at++)
		if (strncmp(at + 1, name, length) == 0 && at[1 + length] == '|')
			return true;
	return false;
}

const struct version_scheme *version_scheme_find(const char *ecosystem)
{
	char name[48];
	size_t length = 0, i;

	/* OSV puts the release behind a colon: "Debian:12", "Alpine:v3.18". */
	for (; ecosystem[length] && ecosystem[length] != ':'; length++) {
		if (length + 1 >= sizeof(name) || ecosystem[length] == '|')
			return NULL;
		name[length] = to_lower(ecosystem[length]);
	}
	name[length] = '\0';
	if (length == 0)
		return NULL;
	for (i = 0; i < ARRAY_LEN(schemes); i++)
		if (strcmp(schemes[i].name, name) == 0 || is_alias(&schemes[i], name))
			return &schemes[i];
	return NULL;
}

const char *version_scheme_name(const struct version_scheme *scheme)
{
	return scheme->name;
}

bool version_scheme_uncertain(const struct version_scheme *scheme)
{
	return scheme->uncertain;
}

const struct version_scheme *version_scheme_at(size_t index)
{
	return index < ARRAY_LEN(schemes) ? &schemes[index] : NULL;
}

int version_check(const struct version_scheme *scheme, const char *version, struct error *err)
{
	if (*version == '\0')
		return version_refuse(err, version, _("it is empty"));
	if (strnlen(version, VERSION_LENGTH_MAX + 1) > VERSION_LENGTH_MAX)
		return version_refuse(err, version, _("it is longer than %d characters"),
				      VERSION_LENGTH_MAX);
	return scheme->check(version, err);
}

int version_compare(const struct version_scheme *scheme, const char *a, const char *b, int *ret,
		    struct error *err)
{
	int code = version_check(scheme, a, err);
	int order;

	if (code == 0)
		code = version_check(scheme, b, err);
	if (code < 0)
		return code;
	order = scheme->order(a, b);
	if (order == VERSION_UNORDERED)
		return version_refuse(err, a, _("%s has no order between it and %.80s"),
				      scheme->name, b);
	*ret = order;
	return 0;
}

int version_refuse(struct error *err, const char *version, const char *why, ...)
{
	AUTO_STRING what = NULL;
	AUTO_STRING reason = NULL;
	char *text;
	va_list args;

	if (!err)
		return ERR_NO;
	va_start(args, why);
	if (vasprintf(&text, why, args) < 0)
		text = mem_string(why);
	va_end(args);
	reason = text;
	what = mem_format("%.80s", version);
	return error_set(err, ERR_NO, what, NULL, "%s", reason);
}

int version_refuse_at(struct error *err, const char *version, const char *at, const char *why)
{
	int place = (int)(at - version) + 1;
	int length = 1;

	if (*at == '\0')
		return version_refuse(err, version, _("it ends too early: %s"), why);
	while ((at[length] & 0xc0) == 0x80)
		length++;
	return version_refuse(err, version, _("\"%.*s\" at byte %d: %s"), length, at, place, why);
}

int number_order(struct span a, struct span b)
{
	while (a.length && *a.at == '0')
		a.at++, a.length--;
	while (b.length && *b.at == '0')
		b.at++, b.length--;
	if (a.length != b.length)
		return a.length < b.length ? -1 : 1;
	return a.length ? sign_of(memcmp(a.at, b.at, a.length)) : 0;
}

int bytes_order(struct span a, struct span b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter ? memcmp(a.at, b.at, shorter) : 0;

	if (order == 0)
		order = (a.length > b.length) - (a.length < b.length);
	return sign_of(order);
}

int bytes_order_nocase(struct span a, struct span b)
{
	size_t i;

	for (i = 0; i < a.length && i < b.length; i++) {
		unsigned char x = (unsigned char)to_lower(a.at[i]);
		unsigned char y = (unsigned char)to_lower(b.at[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.length > b.length) - (a.length < b.length);
}

bool span_is_nocase(struct span a, const char *word)
{
	struct span b = {word, strlen(word)};

	return a.length == b.length && bytes_order_nocase(a, b) == 0;
}

bool span_all_digits(struct span a)
{
	size_t i;

	for (i = 0; i < a.length; i++)
		if (!is_digit(a.at[i]))
			return false;
	return a.length > 0;
}

struct span span_trim(const char *text)
{
	struct span span;

	while (is_space(*text))
		text++;
	span = (struct span){text, strlen(text)};
	while (span.length && is_space(text[span.length - 1]))
		span.length--;
	return span;
}
