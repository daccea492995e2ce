/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of text, and the complaints of those who read them. */
#include "score/scan.h"

#include <stdarg.h>

void span_skip(struct span *rest, size_t count)
{
	rest->at += count;
	rest->length -= count;
}

struct span span_take(struct span *rest, char c)
{
	const char *at = memchr(rest->at, c, rest->length);
	struct span left = {rest->at, at ? (size_t)(at - rest->at) : rest->length};

	span_skip(rest, left.length + (at ? 1 : 0));
	return left;
}

bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.at, text, span.length) == 0;
}

int span_triplet(struct span span, size_t i)
{
	char hex[3] = {0};
	unsigned char byte;

	if (span.length < 3 || i > span.length - 3)
		return -1;
	hex[0] = span.at[i + 1];
	hex[1] = span.at[i + 2];
	return str_unhex(hex, &byte, 1) == 1 ? byte : -1;
}

bool text_has_upper(const char *text)
{
	while (*text && !is_upper(*text))
		text++;
	return *text != '\0';
}

static int refuse(const struct scan *scan, const char *reason)
{
	AUTO_STRING what = scan->name(scan->text);

	return error_set(scan->err, ERR_NO, what, NULL, "%s", reason);
}

int scan_refuse(const struct scan *scan, const char *why, ...)
{
	char reason[400];
	va_list args;

	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	return refuse(scan, reason);
}

int scan_mend(const struct scan *scan, const char *kind, const char *why, ...)
{
	char reason[400];
	va_list args;

	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	if (!scan->repairs)
		return refuse(scan, reason);
	str_add_format(scan->repairs, "%s: %s\n", kind, reason);
	return 0;
}
