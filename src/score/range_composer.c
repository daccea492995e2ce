/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constraints of Composer (composer/semver, VersionParser::parseConstraints): comparators,
 * x-ranges, tilde, caret and hyphen ranges. Each becomes one or two bounds in normal form, and a
 * lower bound takes in the development versions of its own.
 */
#include <string.h>

#include "range_private.h"
#include "version_composer.h"

enum { PIECE_MAX = VERSION_LENGTH_MAX };

/* "v1.2.3-beta1", the version of a tilde, caret or hyphen range. */
struct parts {
	uint64_t n[4];
	int count;
	struct composer_modifier modifier;
	bool x_dev; /* "2.x-dev" */
	struct span text;
};

struct question {
	const struct range_question *q;
	char version[COMPOSER_SIZE]; /* in normal form */
	bool branch;
	bool holds; /* of the piece at hand */
	int code;   /* of what records the bounds */
	struct error *err; /* borrowed: for that */
};

static bool is_branch(const char *form)
{
	return strncmp(form, "dev-", 4) == 0;
}

/* Without a fourth number that is zero, and without the "-dev" that a bound takes in by itself. */
static void record(struct question *question, enum range_op op, const char *bound)
{
	size_t dash = strcspn(bound, "-"), length = dash;
	AUTO_STR version = STR_INIT;

	if (is_branch(bound))
		length = 0;
	else if (length > 2 && memcmp(bound + length - 2, ".0", 2) == 0)
		length -= 2;
	str_add_bytes(&version, bound, length);
	if (is_branch(bound) || strcmp(bound + dash, "-dev") != 0 ||
	    (op != OP_GE && op != OP_LT))
		str_add(&version, length ? bound + dash : bound);
	if (question->code == 0)
		question->code =
			range_sink_bound(question->q->sink, op, version.bytes, question->err);
}

/* Branches are equal or not, and in no order with versions. */
static void add_bound(struct question *question, enum range_op op, const char *bound)
{
	bool same = strcmp(question->version, bound) == 0;
	bool holds;

	if (question->q->sink)
		record(question, op, bound);
	if (question->branch || is_branch(bound))
		holds = op == OP_NE ? !same : op == OP_EQ && same;
	else
		holds = range_op_holds(op, composer_compare_php(question->version, bound));
	question->holds = question->holds && holds;
}

static struct span trim(struct span text)
{
	while (text.length && is_space(*text.at))
		text.at++, text.length--;
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

static void advance(struct span *text, size_t count)
{
	text->at += count;
	text->length -= count;
}

static bool is_x(char c)
{
	return c == 'x' || c == 'X' || c == '*';
}

/* ---- numbers */

static bool take_number(struct span *text, uint64_t *ret)
{
	size_t length = 0;

	*ret = 0;
	while (length < text->length && is_digit(text->at[length]) && length < 18)
		*ret = *ret * 10 + (uint64_t)(text->at[length++] - '0');
	advance(text, length);
	return length > 0 && !(text->length && is_digit(*text->at));
}

/* The numbers a version begins with, at most four. */
static bool take_numbers(struct span *text, struct parts *parts)
{
	if (text->length && to_lower(*text->at) == 'v')
		advance(text, 1);
	while (parts->count < 4) {
		struct span ahead = *text;

		if (parts->count > 0) {
			if (ahead.length < 2 || *ahead.at != '.' || !is_digit(ahead.at[1]))
				break;
			advance(&ahead, 1);
		}
		if (!take_number(&ahead, &parts->n[parts->count]))
			return false;
		parts->count++;
		*text = ahead;
	}
	return parts->count > 0;
}

/* ".x-dev" and its like. */
static bool is_x_dev(struct span text)
{
	if (text.length < 5 || *text.at != '.' || !is_x(text.at[1]))
		return false;
	advance(&text, 2);
	if (*text.at == '.' || *text.at == '-')
		advance(&text, 1);
	return span_is_nocase(text, "dev");
}

static bool read_parts(struct span text, struct parts *ret)
{
	const char *plus = memchr(text.at, '+', text.length);
	struct parts parts = {.text = text};

	if (plus)
		text.length = (size_t)(plus - text.at);
	if (!take_numbers(&text, &parts))
		return false;
	parts.x_dev = is_x_dev(text);
	*ret = parts;
	return parts.x_dev || composer_take_modifier(text, &ret->modifier);
}

static bool is_stable(const struct parts *parts)
{
	return !parts->modifier.name && !parts->modifier.dev && !parts->x_dev;
}

/* The first POSITION numbers, the last of them GROWN by that much, then zeros; "-dev" behind. */
static void write_numbers(const struct parts *parts, int position, unsigned grown,
			  char ret[COMPOSER_SIZE])
{
	uint64_t n[4] = {0};
	int i;

	for (i = 0; i < 4 && i < position; i++)
		n[i] = parts->n[i] + (i == position - 1 ? grown : 0);
	snprintf(ret, COMPOSER_SIZE, "%ju.%ju.%ju.%ju-dev", (uintmax_t)n[0], (uintmax_t)n[1],
		 (uintmax_t)n[2], (uintmax_t)n[3]);
}

/* The normal form of PARTS, of its development version when no stability is written. */
static bool write_low(const struct parts *parts, char ret[COMPOSER_SIZE])
{
	if (!composer_normalize(parts->text, ret))
		return false;
	if (is_stable(parts))
		memcpy(ret + strlen(ret), "-dev", sizeof("-dev"));
	return true;
}

/* ---- the forms of a constraint */

static bool add_from_to(struct question *question, const struct parts *parts, int position)
{
	char bound[COMPOSER_SIZE];

	if (!write_low(parts, bound))
		return false;
	add_bound(question, OP_GE, bound);
	write_numbers(parts, position, 1, bound);
	add_bound(question, OP_LT, bound);
	return true;
}

static bool add_tilde(struct question *question, struct span text)
{
	struct parts parts;
	int position;

	if (!read_parts(text, &parts))
		return false;
	position = parts.count + parts.x_dev - 1;
	return add_from_to(question, &parts, position < 1 ? 1 : position);
}

static bool add_caret(struct question *question, struct span text)
{
	struct parts parts;
	int position = 3;

	if (!read_parts(text, &parts))
		return false;
	if (parts.n[0] != 0 || parts.count < 2)
		position = 1;
	else if (parts.n[1] != 0 || parts.count < 3)
		position = 2;
	return add_from_to(question, &parts, position);
}

/* "1.2.*": false when it is none. */
static bool add_x_range(struct question *question, struct span text)
{
	struct parts parts = {.count = 0};
	char bound[COMPOSER_SIZE];

	if (!take_numbers(&text, &parts) || parts.count > 3 || text.length == 0)
		return false;
	while (text.length >= 2 && *text.at == '.' && is_x(text.at[1]))
		advance(&text, 2);
	if (text.length)
		return false;
	write_numbers(&parts, parts.count, 0, bound);
	if (strcmp(bound, "0.0.0.0-dev") != 0)
		add_bound(question, OP_GE, bound);
	write_numbers(&parts, parts.count, 1, bound);
	add_bound(question, OP_LT, bound);
	return true;
}

/* "1.0 - 2.0": false when it is none. */
static bool add_hyphen(struct question *question, struct span text)
{
	const char *dash = memmem(text.at, text.length, " - ", 3);
	struct parts from, to;
	char bound[COMPOSER_SIZE];

	if (!dash || !read_parts(trim((struct span){text.at, (size_t)(dash - text.at)}), &from) ||
	    !read_parts(trim((struct span){dash + 3, text.length - (size_t)(dash + 3 - text.at)}),
			&to) ||
	    !write_low(&from, bound))
		return false;
	add_bound(question, OP_GE, bound);
	if (!composer_normalize(to.text, bound))
		return false;
	if (to.count >= 3 || !is_stable(&to)) {
		add_bound(question, OP_LE, bound);
		return true;
	}
	write_numbers(&to, to.count == 1 ? 1 : 2, 1, bound);
	add_bound(question, OP_LT, bound);
	return true;
}

static const struct {
	const char *text;
	enum range_op op;
} signs[] = {
	{"<>", OP_NE}, {"!=", OP_NE}, {">=", OP_GE}, {"<=", OP_LE},
	{"==", OP_EQ}, {">", OP_GT},  {"<", OP_LT},  {"=", OP_EQ},
};

static enum range_op take_sign(struct span *text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(signs); i++) {
		size_t length = strlen(signs[i].text);

		if (text->length < length || memcmp(text->at, signs[i].text, length) != 0)
			continue;
		advance(text, length);
		return signs[i].op;
	}
	return OP_EQ;
}

/* "@beta" behind a constraint; *TEXT loses it. */
static struct span take_flag(struct span *text)
{
	static const char *const flags[] = {"stable", "RC", "beta", "alpha", "dev"};
	const char *at = memrchr(text->at, '@', text->length);
	struct span flag = {NULL, 0};
	size_t i;

	if (!at)
		return flag;
	flag = (struct span){at + 1, text->length - (size_t)(at + 1 - text->at)};
	for (i = 0; i < ARRAY_LEN(flags); i++) {
		if (flag.length != strlen(flags[i]) ||
		    bytes_order_nocase(flag, (struct span){flags[i], flag.length}) != 0)
			continue;
		text->length = (size_t)(at - text->at);
		return i == 0 ? (struct span){NULL, 0} : flag;
	}
	return (struct span){NULL, 0};
}

/* Whether a stability is written behind a dash: the version is then taken as it is. */
static bool names_stability(struct span text)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		struct composer_modifier modifier;

		if (text.at[i] == '-' &&
		    composer_take_modifier((struct span){text.at + i + 1, text.length - i - 1},
					   &modifier))
			return true;
	}
	return false;
}

/* In "^1.0-beta", "1.0-dev" and the like; of a normal form. */
static bool form_is_stable(const char *form)
{
	const char *dash = strchr(form, '-');

	return !dash || strncmp(dash, "-patch", 6) == 0;
}

/* The normal form of a bound; "name-dev" is the branch dev-name. */
static bool write_bound(struct span text, char ret[COMPOSER_SIZE])
{
	size_t i;

	if (composer_normalize(text, ret))
		return true;
	if (text.length < 5 || memcmp(text.at + text.length - 4, "-dev", 4) != 0)
		return false;
	for (i = 0; i < text.length; i++)
		if (!is_digit(text.at[i]) && !is_alpha(text.at[i]) && !strchr("-./", text.at[i]))
			return false;
	snprintf(ret, COMPOSER_SIZE, "dev-%.*s", (int)text.length - 4, text.at);
	return true;
}

static bool add_comparator(struct question *question, struct span text, struct span flag)
{
	enum range_op op = take_sign(&text);
	char bound[COMPOSER_SIZE];
	size_t length;

	text = trim(text);
	if (text.length == 0 || !write_bound(text, bound))
		return false;
	length = strlen(bound);
	if (op != OP_EQ && flag.length && form_is_stable(bound))
		snprintf(bound + length, COMPOSER_SIZE - length, "-%.*s", (int)flag.length,
			 flag.at);
	else if ((op == OP_LT || op == OP_GE) && !names_stability(text) && !is_branch(bound))
		snprintf(bound + length, COMPOSER_SIZE - length, "-dev");
	add_bound(question, op, bound);
	return true;
}

static bool is_any(struct span text)
{
	if (text.length && *text.at == 'v')
		advance(&text, 1);
	if (text.length == 0 || !is_x(*text.at))
		return false;
	for (advance(&text, 1); text.length >= 2 && *text.at == '.' && is_x(text.at[1]);)
		advance(&text, 2);
	return text.length == 0;
}

static bool add_piece(struct question *question, struct span text)
{
	struct span flag = take_flag(&text);

	if (text.length == 0 && flag.length)
		return true;
	if (is_any(text))
		return true;
	if (text.length > 1 && *text.at == '~' && text.at[1] != '>')
		return add_tilde(question, (struct span){text.at + 1, text.length - 1});
	if (text.length > 1 && *text.at == '^')
		return add_caret(question, (struct span){text.at + 1, text.length - 1});
	return add_x_range(question, text) || add_hyphen(question, text) ||
	       add_comparator(question, text, flag);
}

/* ---- and, or */

/* Whether the comma or space at AT, before END, stands between two constraints. */
static bool is_gap(struct span all, const char *at, const char *end)
{
	const char *before = at;

	while (before > all.at && is_space(before[-1]))
		before--;
	if (*at == ',')
		return true;
	return before > all.at && end < all.at + all.length && *end != '-' && *end != ',' &&
	       before[-1] != '-' && !strchr("=<>,", before[-1]);
}

/* The next constraint of REST; false at the end. */
static bool take_piece(struct span *rest, struct span *ret)
{
	struct span all = *rest;
	size_t length;

	while (rest->length && (is_space(*rest->at) || *rest->at == ','))
		advance(rest, 1);
	all = *rest;
	for (length = 0; length < rest->length; length++) {
		const char *at = rest->at + length, *end = at;

		if (*at != ',' && !is_space(*at))
			continue;
		while (end < rest->at + rest->length && is_space(*end))
			end++;
		if (is_gap(all, at, end))
			break;
	}
	*ret = trim((struct span){rest->at, length});
	advance(rest, length);
	return ret->length > 0;
}

static int set_holds(struct question *question, struct span set, bool *ret, struct error *err)
{
	bool all = true, empty = true;
	struct span piece;

	while (take_piece(&set, &piece)) {
		empty = false;
		question->holds = true;
		if (piece.length > PIECE_MAX || !add_piece(question, piece))
			return range_refuse(err, question->q->range,
					    _("\"%.*s\" is no constraint of Composer"),
					    (int)(piece.length < 80 ? piece.length : 80), piece.at);
		if (question->code < 0)
			return question->code;
		all = all && question->holds;
	}
	if (empty)
		return range_refuse(err, question->q->range, _("a part of it is empty"));
	*ret = all;
	return question->q->sink ? range_sink_end(question->q->sink, err) : 0;
}

int range_composer(const struct range_question *q, bool *ret, struct error *err)
{
	struct question question = {.q = q, .err = err};
	struct span rest = span_trim(q->range), text;
	bool in = false, one = false;

	if (version_check(q->scheme, q->version, err) < 0)
		return ERR_NO;
	if (!composer_normalize(span_trim(q->version), question.version))
		return version_refuse(err, q->version, _("Composer has no normal form for it"));
	question.branch = is_branch(question.version);
	/* "|" is the same as "||". */
	while (range_split(&rest, "|", &text)) {
		if (rest.at && rest.length && *rest.at == '|')
			advance(&rest, 1);
		if (set_holds(&question, text, &one, err) < 0)
			return ERR_NO;
		in = in || one;
	}
	*ret = in;
	return 0;
}
