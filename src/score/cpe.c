/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE names: from each of the three forms to the values of a well-formed name and back, and how
 * the sets that two names stand for relate. Configurations are cpe_config.c's.
 */
#include "psirtty/score/cpe.h"

#include <assert.h>

#include "psirtty/base/i18n.h"
#include "score/scan.h"

enum { LONGEST = 1 << 14, URI_COMPONENTS = 7, PACKED = 5 };

static const char *const names[] = {
#define X(id, name) [id] = name,
	CPE_ATTRIBUTES(X)
#undef X
};

struct work {
	struct scan scan; /* strict: no repairs */
	struct cpe *cpe;  /* borrowed: under construction */
};

static char *name_of(const char *text)
{
	return mem_format(_("CPE name %.200s"), text);
}

/* ---- characters */

static bool is_bare(char c)
{
	return is_alnum(c) || c == '_';
}

static bool is_punctuation(char c)
{
	return c > ' ' && c < 0x7f && !is_alnum(c);
}

/* Adds C, which stands for itself, to the text of a well-formed name. */
static void add_literal(struct str *ret, char c)
{
	if (!is_bare(c))
		str_add_char(ret, '\\');
	str_add_char(ret, c);
}

/* ---- values: each form is turned into the text of a well-formed name, then checked alike */

/* Length of the wildcards at the beginning of TEXT: one "*", or any number of "?". */
static size_t leading_wildcards(const char *text)
{
	return *text == '*' ? 1 : strspn(text, "?");
}

/* The same at the end; START is where the body begins. */
static size_t trailing_wildcards(const char *text, size_t start)
{
	size_t end = start, wild = 0;

	while (text[end])
		if (text[end] == '\\' && text[end + 1]) {
			end += 2;
			wild = 0;
		} else {
			wild = text[end] == '*' || text[end] == '?' ? wild + 1 : 0;
			end++;
		}
	return wild > 1 && memchr(text + end - wild, '*', wild) ? 1 : wild;
}

/* No wildcard may stand in the body, the middle. */
static int check_wildcards(const struct work *w, int attribute, const char *text)
{
	size_t lead = leading_wildcards(text), trail = trailing_wildcards(text, lead), i;
	size_t end = strlen(text) - trail;

	if (text[0] == '*' && !text[1])
		return scan_refuse(&w->scan, _("the %s is a lone unquoted \"*\""),
				   names[attribute]);
	for (i = lead; i < end; i++)
		if (text[i] == '\\')
			i++;
		else if (text[i] == '*' || text[i] == '?')
			return scan_refuse(
				&w->scan,
				_("the %s \"%.60s\" has an unquoted \"%c\" that is neither at its "
				  "beginning nor at its end"),
				names[attribute], text, text[i]);
	return 0;
}

/* Takes over TEXT. */
static int set_text(const struct work *w, int attribute, char *text)
{
	struct cpe_value *value = &w->cpe->values[attribute];

	free(value->text);
	*value = (struct cpe_value){CPE_TEXT, text};
	if (!*text)
		return scan_refuse(&w->scan, _("the %s is empty"), names[attribute]);
	if (str_equal(text, "\\-"))
		return scan_refuse(&w->scan, _("the %s is a lone quoted hyphen"), names[attribute]);
	if (attribute == CPE_PART && !str_equal(text, "a") && !str_equal(text, "o") &&
	    !str_equal(text, "h"))
		return scan_refuse(&w->scan, _("the part \"%.60s\" is none of a, o and h"), text);
	return check_wildcards(w, attribute, text);
}

/* A quoted or bare character of a formatted string or a well-formed name at S[*I]. BARE are the
 * characters that need no quoting besides letters, digits and "_". */
static int take_character(const struct work *w, int attribute, struct span s, size_t *i,
			  const char *bare, struct str *ret)
{
	char c = s.at[*i], next = *i + 1 < s.length ? s.at[*i + 1] : '\0';

	if (c == '\\') {
		if (!is_punctuation(next))
			return scan_refuse(
				&w->scan,
				_("the %s \"%.*s\" has a \"\\\" before something that is not "
				  "punctuation"),
				names[attribute], SPAN_ARGS(s));
		add_literal(ret, next);
		++*i;
	} else if (c == '*' || c == '?') {
		str_add_char(ret, c);
	} else if (is_bare(c) || (c && strchr(bare, c))) {
		add_literal(ret, c);
	} else {
		return scan_refuse(
			&w->scan,
			is_punctuation(c)
				? _("the %s \"%.*s\" has punctuation that must be quoted by \"\\\"")
				: _("the %s \"%.*s\" has a character that no name may hold"),
			names[attribute], SPAN_ARGS(s));
	}
	return 0;
}

static int set_quoted(const struct work *w, int attribute, struct span s, const char *bare)
{
	AUTO_STR text = STR_INIT;
	size_t i;

	for (i = 0; i < s.length; i++)
		if (take_character(w, attribute, s, &i, bare, &text) < 0)
			return ERR_NO;
	return set_text(w, attribute, str_detach(&text));
}

/* ---- the formatted string */

/* The component up to the next unquoted colon, which REST loses with it. */
static struct span take_component(struct span *rest)
{
	struct span component = {rest->at, 0};
	size_t i = 0;

	while (i < rest->length && rest->at[i] != ':')
		i += rest->at[i] == '\\' && i + 1 < rest->length ? 2 : 1;
	component.length = i;
	if (i < rest->length)
		i++;
	span_skip(rest, i);
	return component;
}

static int count_components(struct span rest)
{
	int count = 0;
	bool more;

	do {
		struct span component = take_component(&rest);

		more = component.at[component.length] == ':';
		count++;
	} while (more);
	return count;
}

static int parse_string(const struct work *w)
{
	struct span rest = {w->scan.text + 8, strlen(w->scan.text) - 8};
	int count = count_components(rest), i;

	if (count != CPE_ATTRIBUTE_COUNT)
		return scan_refuse(&w->scan, _("it has %d components, not %d"), count,
				   CPE_ATTRIBUTE_COUNT);
	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++) {
		struct span s = take_component(&rest);

		if (span_is(s, "*"))
			continue;
		if (span_is(s, "-"))
			w->cpe->values[i].kind = CPE_NA;
		else if (set_quoted(w, i, s, ".-") < 0)
			return ERR_NO;
	}
	return 0;
}

/* ---- the URI */

/* What may stand percent-encoded, besides %01 and %02. */
#define ENCODED "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"

static int take_triplet(const struct work *w, int attribute, struct span s, size_t *i,
			struct str *ret)
{
	int byte = span_triplet(s, *i);

	*i += 2;
	if (byte == 1)
		str_add_char(ret, '?');
	else if (byte == 2)
		str_add_char(ret, '*');
	else if (byte > 0 && strchr(ENCODED, byte))
		add_literal(ret, (char)byte);
	else
		return scan_refuse(
			&w->scan,
			_("the %s \"%.*s\" has a \"%%\" before what is not encoded in a CPE"),
			names[attribute], SPAN_ARGS(s));
	return 0;
}

static int set_uri(const struct work *w, int attribute, struct span s)
{
	AUTO_STR text = STR_INIT;
	size_t i;

	if (s.length == 0)
		return 0;
	if (span_is(s, "-")) {
		w->cpe->values[attribute].kind = CPE_NA;
		return 0;
	}
	for (i = 0; i < s.length; i++) {
		char c = to_lower(s.at[i]);

		if (c == '%') {
			if (take_triplet(w, attribute, s, &i, &text) < 0)
				return ERR_NO;
		} else if (is_bare(c) || (c && strchr("-.~", c))) {
			add_literal(&text, c);
		} else {
			return scan_refuse(
				&w->scan,
				_("the %s \"%.*s\" has a character that must be percent-encoded"),
				names[attribute], SPAN_ARGS(s));
		}
	}
	return set_text(w, attribute, str_detach(&text));
}

/* "~edition~sw_edition~target_sw~target_hw~other" */
static int set_packed(const struct work *w, struct span s)
{
	static const int order[PACKED] = {CPE_EDITION, CPE_SW_EDITION, CPE_TARGET_SW, CPE_TARGET_HW,
					  CPE_OTHER};
	int i;

	for (i = 0; i < PACKED; i++) {
		const char *begin = s.at + 1, *end = s.at + s.length, *tilde = NULL;
		struct span part;

		if (s.length == 0)
			return scan_refuse(&w->scan, _("the packed edition has %d parts, not %d"),
					   i, PACKED);
		if (i + 1 < PACKED)
			tilde = memchr(begin, '~', s.length - 1);
		part = (struct span){begin, (size_t)((tilde ? tilde : end) - begin)};
		if (set_uri(w, order[i], part) < 0)
			return ERR_NO;
		s = tilde ? (struct span){tilde, (size_t)(end - tilde)} : (struct span){end, 0};
	}
	return 0;
}

static int parse_uri(const struct work *w)
{
	struct span rest = {w->scan.text + 5, strlen(w->scan.text) - 5};
	int i;

	for (i = 0; rest.length || i == 0; i++) {
		struct span s = span_take(&rest, ':');

		if (i == URI_COMPONENTS)
			return scan_refuse(&w->scan, _("it has more than %d components"),
					   URI_COMPONENTS);
		if (i == CPE_EDITION && s.length && s.at[0] == '~' ? set_packed(w, s) < 0
								   : set_uri(w, i, s) < 0)
			return ERR_NO;
	}
	return 0;
}

/* ---- the well-formed name */

static int find_attribute(struct span name)
{
	int i;

	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++)
		if (span_is(name, names[i]))
			return i;
	return -1;
}

static void skip_blanks(struct span *rest)
{
	while (rest->length && (rest->at[0] == ' ' || rest->at[0] == '\t'))
		span_skip(rest, 1);
}

/* ANY, NA, or a string in quotation marks. */
static int take_wfn_value(const struct work *w, int attribute, struct span *rest)
{
	size_t i = 1;
	struct span s;

	if (rest->length >= 3 && memcmp(rest->at, "ANY", 3) == 0) {
		span_skip(rest, 3);
		return 0;
	}
	if (rest->length >= 2 && memcmp(rest->at, "NA", 2) == 0) {
		span_skip(rest, 2);
		w->cpe->values[attribute].kind = CPE_NA;
		return 0;
	}
	if (rest->length == 0 || rest->at[0] != '"')
		return scan_refuse(&w->scan,
				   _("the value of %s is not ANY, NA, or in quotation marks"),
				   names[attribute]);
	while (i < rest->length && rest->at[i] != '"')
		i += rest->at[i] == '\\' && i + 1 < rest->length ? 2 : 1;
	if (i >= rest->length)
		return scan_refuse(&w->scan, _("the value of %s does not end"), names[attribute]);
	s = (struct span){rest->at + 1, i - 1};
	span_skip(rest, i + 1);
	return set_quoted(w, attribute, s, "");
}

static int take_wfn_pair(const struct work *w, struct span *rest, unsigned *seen)
{
	const char *equals = memchr(rest->at, '=', rest->length);
	struct span name = {rest->at, equals ? (size_t)(equals - rest->at) : rest->length};
	int attribute = find_attribute(name);

	if (attribute < 0 || !equals)
		return scan_refuse(&w->scan, _("\"%.*s\" is no attribute of a name"),
				   SPAN_ARGS(name));
	if (*seen & 1U << attribute)
		return scan_refuse(&w->scan, _("the %s is given twice"), names[attribute]);
	*seen |= 1U << attribute;
	span_skip(rest, name.length + 1);
	return take_wfn_value(w, attribute, rest);
}

static int parse_wfn(const struct work *w)
{
	struct span rest = {w->scan.text + 5, strlen(w->scan.text) - 5};
	unsigned seen = 0;

	if (rest.length == 0 || rest.at[rest.length - 1] != ']')
		return scan_refuse(&w->scan, _("it does not end with \"]\""));
	rest.length--;
	for (skip_blanks(&rest); rest.length; skip_blanks(&rest)) {
		if (take_wfn_pair(w, &rest, &seen) < 0)
			return ERR_NO;
		skip_blanks(&rest);
		if (rest.length == 0)
			break;
		if (rest.at[0] != ',')
			return scan_refuse(&w->scan, _("there is no comma between two attributes"));
		span_skip(&rest, 1);
	}
	return 0;
}

/* ---- reading and writing */

static int parse(const struct work *w)
{
	if (strlen(w->scan.text) > LONGEST)
		return scan_refuse(&w->scan, _("it is longer than %d bytes"), LONGEST);
	if (str_starts(w->scan.text, "cpe:2.3:"))
		return parse_string(w);
	if (str_starts_nocase(w->scan.text, "cpe:/"))
		return parse_uri(w);
	if (str_starts(w->scan.text, "wfn:["))
		return parse_wfn(w);
	return scan_refuse(&w->scan, _("it begins neither with \"cpe:2.3:\" nor with \"cpe:/\""));
}

int cpe_parse(const char *text, struct cpe *ret, struct error *err)
{
	struct cpe cpe = CPE_INIT;
	struct work w = {{text, name_of, NULL, err}, &cpe};

	assert(text && ret);
	if (parse(&w) < 0) {
		cpe_release(&cpe);
		return ERR_NO;
	}
	*ret = cpe;
	return 0;
}

void cpe_release(struct cpe *cpe)
{
	int i;

	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++)
		free(cpe->values[i].text);
	*cpe = (struct cpe)CPE_INIT;
}

void cpe_write(const struct cpe *cpe, struct str *ret)
{
	int i;

	str_add(ret, "cpe:2.3");
	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++) {
		const struct cpe_value *value = &cpe->values[i];
		const char *c;

		str_add(ret, value->kind == CPE_ANY ? ":*" : value->kind == CPE_NA ? ":-" : ":");
		for (c = str_or_empty(value->text); *c; c++) {
			if (*c == '\\' && !strchr(".-", c[1]))
				str_add_char(ret, *c++);
			else if (*c == '\\')
				c++;
			str_add_char(ret, *c);
		}
	}
}

static void add_uri_value(const struct cpe_value *value, struct str *ret)
{
	const char *c;

	if (value->kind == CPE_NA)
		str_add_char(ret, '-');
	for (c = str_or_empty(value->text); *c; c++)
		if (*c == '?' || *c == '*')
			str_add(ret, *c == '?' ? "%01" : "%02");
		else if (*c == '\\' && strchr(".-", c[1]))
			str_add_char(ret, *++c);
		else if (*c == '\\')
			str_add_format(ret, "%%%02x", (unsigned char)*++c);
		else
			str_add_char(ret, *c);
}

void cpe_write_uri(const struct cpe *cpe, struct str *ret)
{
	size_t start = ret->length;
	bool packed = false;
	int i;

	for (i = CPE_SW_EDITION; i <= CPE_OTHER; i++)
		packed = packed || cpe->values[i].kind != CPE_ANY;
	str_add(ret, "cpe:/");
	for (i = 0; i < URI_COMPONENTS; i++) {
		if (i)
			str_add_char(ret, ':');
		if (i == CPE_EDITION && packed)
			str_add_char(ret, '~');
		add_uri_value(&cpe->values[i], ret);
		for (int p = CPE_SW_EDITION; i == CPE_EDITION && packed && p <= CPE_OTHER; p++) {
			str_add_char(ret, '~');
			add_uri_value(&cpe->values[p], ret);
		}
	}
	while (ret->length > start + 5 && ret->bytes[ret->length - 1] == ':')
		str_truncate(ret, ret->length - 1);
}

void cpe_write_wfn(const struct cpe *cpe, struct str *ret)
{
	const char *separator = "";
	int i;

	str_add(ret, "wfn:[");
	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++) {
		const struct cpe_value *value = &cpe->values[i];

		if (value->kind == CPE_ANY)
			continue;
		str_add_format(ret, "%s%s=", separator, names[i]);
		if (value->kind == CPE_NA)
			str_add(ret, "NA");
		else
			str_add_format(ret, "\"%s\"", value->text);
		separator = ",";
	}
	str_add_char(ret, ']');
}

/* Adds the text from C to END without quoting. */
static void add_plain(const char *c, const char *end, struct str *ret)
{
	for (; c < end; c++) {
		if (*c == '\\' && c + 1 < end)
			c++;
		str_add_char(ret, *c);
	}
}

void cpe_plain(const struct cpe *cpe, enum cpe_attribute attribute, struct str *ret)
{
	const struct cpe_value *value = &cpe->values[attribute];

	if (value->kind == CPE_TEXT)
		add_plain(value->text, value->text + strlen(value->text), ret);
	else
		str_add(ret, value->kind == CPE_ANY ? "*" : "-");
}

/* ---- comparing */

static bool has_wildcards(const struct cpe_value *value)
{
	const char *text = str_or_empty(value->text);
	size_t lead = leading_wildcards(text);

	return lead || trailing_wildcards(text, lead);
}

static bool same_letters(const char *a, const char *b, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (to_lower(a[i]) != to_lower(b[i]))
			return false;
	return true;
}

/* SOURCE, whose wildcards stand around its body only, against the literal TARGET. */
static bool covers(const char *source, const char *target)
{
	size_t lead = leading_wildcards(source), trail = trailing_wildcards(source, lead);
	bool any_before = *source == '*', any_behind = trail && source[strlen(source) - 1] == '*';
	AUTO_STR body = STR_INIT, whole = STR_INIT;
	size_t spare, at;

	add_plain(source + lead, source + strlen(source) - trail, &body);
	add_plain(target, target + strlen(target), &whole);
	if (whole.length < body.length)
		return false;
	spare = whole.length - body.length;
	for (at = 0; at <= spare; at++)
		if ((any_before || at == lead) && (any_behind || spare - at == trail) &&
		    same_letters(whole.bytes + at, body.bytes, body.length))
			return true;
	return false;
}

enum cpe_relation cpe_compare_value(const struct cpe_value *source, const struct cpe_value *target)
{
	if (target->kind == CPE_TEXT && has_wildcards(target))
		return CPE_UNDEFINED;
	if (source->kind != CPE_TEXT && source->kind == target->kind)
		return CPE_EQUAL;
	if (source->kind == CPE_ANY)
		return CPE_SUPERSET;
	if (target->kind == CPE_ANY)
		return CPE_SUBSET;
	if (source->kind == CPE_NA || target->kind == CPE_NA)
		return CPE_DISJOINT;
	if (!covers(source->text, target->text))
		return CPE_DISJOINT;
	return has_wildcards(source) ? CPE_SUPERSET : CPE_EQUAL;
}

enum cpe_relation cpe_compare(const struct cpe *source, const struct cpe *target)
{
	int count[CPE_UNDEFINED + 1] = {0}, i;

	for (i = 0; i < CPE_ATTRIBUTE_COUNT; i++)
		count[cpe_compare_value(&source->values[i], &target->values[i])]++;
	if (count[CPE_DISJOINT])
		return CPE_DISJOINT;
	if (count[CPE_UNDEFINED] || (count[CPE_SUPERSET] && count[CPE_SUBSET]))
		return CPE_UNDEFINED;
	return count[CPE_SUPERSET] ? CPE_SUPERSET : count[CPE_SUBSET] ? CPE_SUBSET : CPE_EQUAL;
}

const char *cpe_relation_name(enum cpe_relation relation)
{
	static const char *const words[] = {
		[CPE_EQUAL] = "equal",	     [CPE_SUPERSET] = "superset",   [CPE_SUBSET] = "subset",
		[CPE_DISJOINT] = "disjoint", [CPE_UNDEFINED] = "undefined",
	};

	return words[relation];
}
