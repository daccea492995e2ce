/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Native version ranges to VERS. The readers of range*.c record what a range holds as intervals,
 * which are written here; nginx, whose notation nothing else here needs, is read here too.
 */
#include "psirtty/score/vers.h"

#include <string.h>

#include "psirtty/base/mem.h"
#include "range_set.h"

/* ---- nginx: "1.5.0+, 1.4.1+", "0.6.18-1.20.0", "all"
 * (https://nginx.org/en/security_advisories.html)
 */

static char *copy_trimmed(struct span text)
{
	AUTO_STRING copy = mem_copy(text.at, text.length);
	struct span inner = span_trim(copy);

	return mem_copy(inner.at, inner.length);
}

/* "1.4.1+": an even second number is a stable branch, which ends before the next; an odd one is the
 * mainline, which goes on. */
static int record_later(struct range_sink *sink, const char *version, struct error *err)
{
	const char *minor = digits_end(version), *end;
	AUTO_STR behind = STR_INIT;

	if (range_sink_bound(sink, OP_GE, version, err) < 0)
		return ERR_NO;
	end = *minor == '.' ? digits_end(minor + 1) : minor;
	if (end <= minor + 1 || (end[-1] - '0') % 2)
		return 0;
	str_add_bytes(&behind, version, (size_t)(minor + 1 - version));
	range_add_next((struct span){minor + 1, (size_t)(end - minor - 1)}, &behind);
	str_add(&behind, ".0");
	return range_sink_bound(sink, OP_LT, behind.bytes, err);
}

static int record_nginx(struct range_sink *sink, char *clause, struct error *err)
{
	char *dash = strchr(clause, '-'), *plus = strchr(clause, '+');
	AUTO_STRING low = NULL;
	AUTO_STRING high = NULL;

	if (clause[strspn(clause, "0123456789.+- ")] || !is_digit(*clause))
		return range_refuse(err, sink->range,
				    _("versions of nginx are numbers with dots between"));
	if (plus && !plus[1] && !dash) {
		low = copy_trimmed((struct span){clause, (size_t)(plus - clause)});
		return record_later(sink, low, err);
	}
	if (!dash)
		return range_sink_bound(sink, OP_EQ, clause, err);
	low = copy_trimmed((struct span){clause, (size_t)(dash - clause)});
	high = copy_trimmed((struct span){dash + 1, strlen(dash + 1)});
	if (range_sink_bound(sink, OP_GE, low, err) < 0)
		return ERR_NO;
	return range_sink_bound(sink, OP_LE, high, err);
}

static int range_nginx(const struct range_question *q, bool *ret, struct error *err)
{
	struct span rest = span_trim(q->range), text;

	*ret = false;
	if (span_is_nocase(rest, "none"))
		return 0;
	if (span_is_nocase(rest, "all"))
		return range_sink_end(q->sink, err);
	/* Said of builds for Windows alone. */
	if (rest.length > 13 && str_starts_nocase(rest.at, "nginx/windows"))
		rest = (struct span){rest.at + 13, rest.length - 13};
	while (range_split(&rest, ",", &text)) {
		AUTO_STRING clause = copy_trimmed(text);

		if (!*clause)
			return range_refuse(err, q->range, _("a part of it is empty"));
		if (record_nginx(q->sink, clause, err) < 0 || range_sink_end(q->sink, err) < 0)
			return ERR_NO;
	}
	return 0;
}

/* ---- writing */

static void add(struct vers *vers, size_t *room, enum vers_comparator comparator,
		const char *version)
{
	vers->constraints =
		mem_grow(vers->constraints, room, vers->count + 1, sizeof(*vers->constraints));
	vers->constraints[vers->count++] =
		(struct vers_constraint){comparator, version ? mem_string(version) : NULL};
}

/* Intervals that leave a single version out between them are one with "!=". */
static void add_intervals(struct range_sink *sink, struct vers *vers)
{
	size_t i, room = 0;
	bool open = false;

	for (i = 0; i < sink->done.count; i++) {
		const struct range_interval *one = &sink->done.list[i];
		const struct range_interval *next = i + 1 < sink->done.count ? one + 1 : NULL;

		if (one->low && one->high && !open && range_sink_same(sink, one->low, one->high)) {
			add(vers, &room, VERS_EQUAL, one->low);
			continue;
		}
		if (one->low && !open)
			add(vers, &room, one->low_in ? VERS_GREATER_EQUAL : VERS_GREATER, one->low);
		open = one->high && next && next->low &&
		       range_sink_same(sink, one->high, next->low);
		if (open)
			add(vers, &room, VERS_NOT_EQUAL, one->high);
		else if (one->high)
			add(vers, &room, one->high_in ? VERS_LESS_EQUAL : VERS_LESS, one->high);
	}
	if (vers->count == 0)
		add(vers, &room, VERS_ANY, NULL);
}

static char *lower_type(const char *type)
{
	char *copy = mem_string(type), *c;

	for (c = copy; *c; c++)
		*c = to_lower(*c);
	return copy;
}

/* What was written must be canonical; a version the grammar has no place for is not. */
static int write_set(struct range_sink *sink, const char *type, struct str *ret, struct error *err)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_VERS again = VERS_INIT;
	AUTO_STR text = STR_INIT;

	vers.type = sink->done.count ? lower_type(type) : mem_string("none");
	add_intervals(sink, &vers);
	vers_write(&vers, &text);
	if (vers_parse(text.bytes, &again, err) < 0)
		return ERR_NO;
	str_add(ret, text.bytes);
	return 0;
}

int vers_from_native(const char *type, const char *native, struct str *ret, struct error *err)
{
	bool nginx = str_casecmp(type, "nginx") == 0, in;
	const struct version_scheme *scheme = version_scheme_find(nginx ? "intdot" : type);
	struct range_sink sink;
	struct range_question q = {scheme, native, "0.0.0", 0, &sink};
	int code;

	if (!scheme)
		return range_refuse(err, native,
				    _("%.80s is no ecosystem whose order of versions is known"),
				    type);
	if (strnlen(native, RANGE_LENGTH_MAX + 1) > RANGE_LENGTH_MAX)
		return range_refuse(err, native, _("it is longer than %d characters"),
				    RANGE_LENGTH_MAX);
	range_sink_init(&sink, scheme, native);
	code = (nginx ? range_nginx : range_reader_find(type, scheme))(&q, &in, err);
	if (code == 0)
		code = write_set(&sink, type, ret, err);
	range_sink_release(&sink);
	return code;
}
