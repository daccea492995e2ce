/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of `psirtty compare` and `psirtty range`. */
#include "psirtty/score/line.h"

#include <string.h>

#include "psirtty/base/i18n.h"
#include "psirtty/score/range.h"

static void add_reason(struct str *ret, const char *reason)
{
	str_add(ret, "?\t");
	tsv_add(ret, reason);
}

static void add_answer(struct str *ret, const char *answer, const struct version_scheme *scheme)
{
	str_add(ret, answer);
	if (version_scheme_uncertain(scheme))
		str_add(ret, "\tuncertain");
}

static const struct version_scheme *find_scheme(const char *ecosystem, struct str *ret)
{
	const struct version_scheme *scheme = version_scheme_find(ecosystem);
	AUTO_STRING reason = NULL;

	if (!scheme) {
		reason = mem_format(_("%.80s is no ecosystem whose order of versions is known"),
				    ecosystem);
		add_reason(ret, reason);
	}
	return scheme;
}

void compare_three(const char *ecosystem, const char *a, const char *b, struct str *ret)
{
	static const char *const signs[] = {"<", "=", ">"};
	const struct version_scheme *scheme = find_scheme(ecosystem, ret);
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING reason = NULL;
	int order;

	if (!scheme)
		return;
	if (version_compare(scheme, a, b, &order, &err) < 0) {
		reason = mem_format("%s: %s", err.what, err.why);
		add_reason(ret, reason);
		return;
	}
	add_answer(ret, signs[order + 1], scheme);
}

void range_three(const char *ecosystem, const char *range, const char *version, struct str *ret)
{
	const struct version_scheme *scheme = find_scheme(ecosystem, ret);
	enum range_answer answer;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING reason = NULL;

	if (!scheme)
		return;
	if (range_contains(ecosystem, range, version, &answer, &err) < 0) {
		reason = mem_format("%s: %s", err.what, err.why);
		add_reason(ret, reason);
		return;
	}
	add_answer(ret, answer == RANGE_IN ? "in" : "out", scheme);
}

/* Cuts a copy of LINE at its first tab and at SECOND of the rest; false when there are not two. */
static bool cut(char *line, char *(*second)(const char *, int), char **ret_second, char **ret_third)
{
	char *first = strchr(line, '\t');
	char *other = first ? second(first + 1, '\t') : NULL;

	if (!other)
		return false;
	*first = '\0';
	*other = '\0';
	*ret_second = first + 1;
	*ret_third = other + 1;
	return true;
}

void compare_line(const char *line, struct str *ret)
{
	AUTO_STRING copy = mem_string(line);
	char *a, *b;

	if (cut(copy, strchr, &a, &b))
		compare_three(copy, a, b, ret);
	else
		add_reason(ret, _("the line is not ecosystem, version, version with tabs between"));
}

void range_line(const char *line, struct str *ret)
{
	AUTO_STRING copy = mem_string(line);
	char *range, *version;

	if (cut(copy, strrchr, &range, &version))
		range_three(copy, range, version, ret);
	else
		add_reason(ret, _("the line is not ecosystem, range, version with tabs between"));
}
