/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version specifiers of Python (PEP 440, "Version specifiers"), judged as the library `packaging`
 * does: a prerelease is in only where a specifier of an inclusive operator names one.
 */
#include <string.h>

#include "range_private.h"
#include "version_pypi.h"

enum specifier_op {
	SPEC_EQ,
	SPEC_NE,
	SPEC_LE,
	SPEC_GE,
	SPEC_LT,
	SPEC_GT,
	SPEC_COMPATIBLE,
	SPEC_SAME
};

struct specifier {
	enum specifier_op op;
	bool wildcard; /* "==1.2.*" */
	bool readable; /* VERSION is one; only "===" may have another */
	struct span text;
	struct pypi version;
};

/* The longest first. */
static const struct {
	const char *sign;
	enum specifier_op op;
} signs[] = {
	{"===", SPEC_SAME}, {"==", SPEC_EQ}, {"~=", SPEC_COMPATIBLE}, {"!=", SPEC_NE},
	{"<=", SPEC_LE},    {">=", SPEC_GE}, {"<", SPEC_LT},	      {">", SPEC_GT},
};

static struct span trim(struct span text)
{
	while (text.length && is_space(*text.at))
		text.at++, text.length--;
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

static bool take_sign(struct span *text, enum specifier_op *ret)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(signs); i++) {
		size_t length = strlen(signs[i].sign);

		if (text->length < length || memcmp(text->at, signs[i].sign, length) != 0)
			continue;
		text->at += length;
		text->length -= length;
		*ret = signs[i].op;
		return true;
	}
	return false;
}

static bool take_wildcard(struct specifier *spec)
{
	struct span text = spec->text;

	if ((spec->op != SPEC_EQ && spec->op != SPEC_NE) || text.length < 2 ||
	    memcmp(text.at + text.length - 2, ".*", 2) != 0)
		return false;
	spec->text.length -= 2;
	return true;
}

/* What the operators ask of their version. */
static int check_specifier(const struct specifier *spec, const char *range, struct error *err)
{
	bool equality = spec->op == SPEC_EQ || spec->op == SPEC_NE;

	if (spec->version.local.at && (!equality || spec->wildcard))
		return range_refuse(err, range, _("only == and != take a local version (+...)"));
	if (spec->wildcard && (pypi_is_prerelease(&spec->version) || spec->version.has_post))
		return range_refuse(err, range, _("a wildcard can only follow numbers"));
	if (spec->op == SPEC_COMPATIBLE && pypi_release_count(&spec->version) < 2)
		return range_refuse(err, range, _("~= needs at least two numbers"));
	return 0;
}

static int read_specifier(struct span text, const char *range, struct specifier *ret,
			  struct error *err)
{
	struct specifier spec = {0};

	if (!take_sign(&text, &spec.op))
		return range_refuse(
			err, range,
			_("\"%.*s\" begins with no operator (==, !=, <=, >=, <, >, ~=, ===)"),
			(int)(text.length < 80 ? text.length : 80), text.at);
	spec.text = trim(text);
	spec.wildcard = take_wildcard(&spec);
	spec.readable =
		pypi_parse(spec.text, range, &spec.version, spec.op == SPEC_SAME ? NULL : err) == 0;
	*ret = spec;
	if (spec.op == SPEC_SAME)
		return 0;
	return spec.readable ? check_specifier(&spec, range, err) : ERR_NO;
}

/* ---- one specifier */

static bool prefix_holds(const struct pypi *version, const struct pypi *prefix, int count)
{
	int i;

	if (number_order(version->epoch, prefix->epoch) != 0)
		return false;
	for (i = 0; i < count; i++)
		if (number_order(pypi_release_at(version, i), pypi_release_at(prefix, i)) != 0)
			return false;
	return true;
}

static bool equal_holds(const struct pypi *version, const struct specifier *spec)
{
	if (spec->wildcard)
		return prefix_holds(version, &spec->version, pypi_release_count(&spec->version));
	if (spec->version.local.at)
		return pypi_parsed_order(version, &spec->version) == 0;
	return pypi_public_order(version, &spec->version) == 0;
}

/* "<3.1" does not take 3.1.dev0, unless it is a prerelease itself. */
static bool less_holds(const struct pypi *version, const struct pypi *bound)
{
	if (pypi_parsed_order(version, bound) >= 0)
		return false;
	return pypi_is_prerelease(bound) || !pypi_is_prerelease(version) ||
	       pypi_release_order(version, bound) != 0;
}

/* ">3.1" takes neither 3.1.post0, unless it is a post-release itself, nor 3.1+local. */
static bool greater_holds(const struct pypi *version, const struct pypi *bound)
{
	bool same = pypi_release_order(version, bound) == 0;

	if (pypi_parsed_order(version, bound) <= 0)
		return false;
	if (same && version->has_post && !bound->has_post)
		return false;
	return !same || !version->local.at;
}

static void add_number(struct str *s, const char *before, struct span number)
{
	str_add(s, before);
	while (number.length > 1 && *number.at == '0')
		number.at++, number.length--;
	if (number.length)
		str_add_bytes(s, number.at, number.length);
	else
		str_add_char(s, '0');
}

/* The normal form, which "===" compares as text. */
static void write_normal(const struct pypi *version, struct str *ret)
{
	static const char *const phases[] = {[PYPI_A] = "a", [PYPI_B] = "b", [PYPI_RC] = "rc"};
	int count = pypi_release_count(version), i;
	struct span rest = version->local;

	if (number_order(version->epoch, (struct span){NULL, 0}) != 0) {
		add_number(ret, "", version->epoch);
		str_add_char(ret, '!');
	}
	for (i = 0; i < count; i++)
		add_number(ret, i ? "." : "", pypi_release_at(version, i));
	if (version->phase != PYPI_FINAL && version->phase != PYPI_DEV_ONLY)
		add_number(ret, phases[version->phase], version->pre);
	if (version->has_post)
		add_number(ret, ".post", version->post);
	if (version->has_dev)
		add_number(ret, ".dev", version->dev);
	for (i = 0; rest.length; i++) {
		size_t length = 0;

		while (length < rest.length && rest.at[length] != '.' && rest.at[length] != '-' &&
		       rest.at[length] != '_')
			length++;
		str_add_char(ret, i ? '.' : '+');
		if (span_all_digits((struct span){rest.at, length}))
			add_number(ret, "", (struct span){rest.at, length});
		else
			str_add_bytes(ret, rest.at, length);
		length += length < rest.length;
		rest.at += length;
		rest.length -= length;
	}
}

static bool same_holds(const struct pypi *version, struct span text)
{
	AUTO_STR normal = STR_INIT;

	write_normal(version, &normal);
	return bytes_order_nocase((struct span){normal.bytes, normal.length}, text) == 0;
}

static bool specifier_holds(const struct pypi *version, const struct specifier *spec)
{
	const struct pypi *bound = &spec->version;

	switch (spec->op) {
	case SPEC_EQ:
		return equal_holds(version, spec);
	case SPEC_NE:
		return !equal_holds(version, spec);
	case SPEC_LE:
		return pypi_public_order(version, bound) <= 0;
	case SPEC_GE:
		return pypi_public_order(version, bound) >= 0;
	case SPEC_LT:
		return less_holds(version, bound);
	case SPEC_GT:
		return greater_holds(version, bound);
	case SPEC_COMPATIBLE:
		return pypi_public_order(version, bound) >= 0 &&
		       prefix_holds(version, bound, pypi_release_count(bound) - 1);
	default:
		return same_holds(version, spec->text);
	}
}

/* Adds the first release behind all that begin with the first COUNT numbers of VERSION. */
static void add_behind(const struct pypi *version, int count, struct str *ret)
{
	int i;

	if (number_order(version->epoch, (struct span){NULL, 0}) != 0)
		add_number(ret, "", version->epoch), str_add_char(ret, '!');
	for (i = 0; i < count - 1; i++)
		add_number(ret, i ? "." : "", pypi_release_at(version, i));
	str_add(ret, count > 1 ? "." : "");
	range_add_next(pypi_release_at(version, count - 1), ret);
}

/* The versions as they are written. */
static int record(struct range_sink *sink, const struct specifier *spec, struct error *err)
{
	static const enum range_op ops[] = {
		[SPEC_EQ] = OP_EQ, [SPEC_NE] = OP_NE, [SPEC_LE] = OP_LE,	 [SPEC_GE] = OP_GE,
		[SPEC_LT] = OP_LT, [SPEC_GT] = OP_GT, [SPEC_COMPATIBLE] = OP_GE, [SPEC_SAME] = OP_EQ,
	};
	AUTO_STRING text = mem_copy(spec->text.at, spec->text.length);
	AUTO_STR behind = STR_INIT;
	int count = pypi_release_count(&spec->version);

	if (!spec->wildcard && spec->op != SPEC_COMPATIBLE)
		return range_sink_bound(sink, ops[spec->op], text, err);
	add_behind(&spec->version, spec->wildcard ? count : count - 1, &behind);
	if (spec->op == SPEC_NE)
		return range_sink_outside(sink, text, behind.bytes, err);
	if (range_sink_bound(sink, OP_GE, text, err) < 0)
		return ERR_NO;
	return range_sink_bound(sink, OP_LT, behind.bytes, err);
}

/* ---- sets */

static int set_holds(struct span set, const struct range_question *q, const struct pypi *version,
		     bool *ret, struct error *err)
{
	bool prereleases = q->flags & RANGE_PRERELEASES, all = true;
	struct span text;

	while (range_split(&set, ",", &text)) {
		struct specifier spec;
		int code;

		text = trim(text);
		if (text.length == 0)
			continue;
		code = read_specifier(text, q->range, &spec, err);
		if (code < 0)
			return code;
		if (q->sink && record(q->sink, &spec, err) < 0)
			return ERR_NO;
		all = all && specifier_holds(version, &spec);
		if (spec.op != SPEC_NE && spec.op != SPEC_LT && spec.op != SPEC_GT &&
		    spec.readable && pypi_is_prerelease(&spec.version))
			prereleases = true;
	}
	*ret = all && (prereleases || !pypi_is_prerelease(version));
	return q->sink ? range_sink_end(q->sink, err) : 0;
}

int range_pypi(const struct range_question *q, bool *ret, struct error *err)
{
	struct span rest = {q->range, strlen(q->range)}, text;
	struct pypi version;
	bool in = false, one = false;
	int code = pypi_parse((struct span){q->version, strlen(q->version)}, q->version, &version,
			      err);

	while (code == 0 && range_split(&rest, "||", &text)) {
		code = set_holds(text, q, &version, &one, err);
		in = in || one;
	}
	if (code == 0)
		*ret = in;
	return code;
}
