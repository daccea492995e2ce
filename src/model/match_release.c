/* SPDX-License-Identifier: Apache-2.0 */
/* Releases of distributions: numbers, and the names they go by. */
#include "model/match_release.h"

static const struct { const char *name, *number; } names[] = {
	{ "jessie", "8" },      { "stretch", "9" },     { "buster", "10" },     { "bullseye", "11" },   { "bookworm", "12" },
	{ "trixie", "13" },     { "forky", "14" },      { "duke", "15" },       { "trusty", "14.04" },  { "xenial", "16.04" },
	{ "bionic", "18.04" },  { "focal", "20.04" },   { "jammy", "22.04" },   { "lunar", "23.04" },   { "mantic", "23.10" },
	{ "noble", "24.04" },   { "oracular", "24.10" }, { "plucky", "25.04" }, { "questing", "25.10" },
};

/* The number of a release: without what stands before it ("debian-", "v") and behind it (":LTS"). Empty: not known. */
static void release_number(const char *text, struct str *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *at = strstr(text, names[i].name);
		size_t length = strlen(names[i].name);

		if (at && (at == text || strchr("-:/", at[-1])) && (!at[length] || strchr("-:/", at[length]))) {
			str_add(ret, names[i].number);
			return;
		}
	}
	while (*text && !(*text >= '0' && *text <= '9'))
		text++;
	str_add_bytes(ret, text, strspn(text, "0123456789."));
}

/* "12" is the release of "12.5", "3.17" that of "3.17.2". */
static bool is_within(const char *shorter, const char *longer)
{
	size_t length = strlen(shorter);

	return strncmp(shorter, longer, length) == 0 && (!longer[length] || longer[length] == '.');
}

static bool same_number(const char *a, const char *b)
{
	return is_within(a, b) || is_within(b, a);
}

enum match_release match_release_of(const char *ecosystem, const char *distro)
{
	const char *release = ecosystem ? strchr(ecosystem, ':') : NULL;
	AUTO_STR told = STR_INIT;
	AUTO_STR has = STR_INIT;

	if (!release)
		return RELEASE_SAME;
	release_number(release + 1, &told);
	release_number(distro, &has);
	if (!has.length)
		return RELEASE_UNKNOWN;
	return told.length && same_number(told.bytes, has.bytes) ? RELEASE_SAME : RELEASE_OTHER;
}

enum match_release match_release_between(const char *a, const char *b)
{
	AUTO_STR one = STR_INIT;
	AUTO_STR other = STR_INIT;

	release_number(a, &one);
	release_number(b, &other);
	if (!one.length || !other.length)
		return *a && str_equal(a, b) ? RELEASE_SAME : RELEASE_UNKNOWN;
	return same_number(one.bytes, other.bytes) ? RELEASE_SAME : RELEASE_OTHER;
}
