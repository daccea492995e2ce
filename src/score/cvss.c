/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS vectors of every version: parsing, mending, writing. What the metrics are and how they
 * score is each version's own file.
 */
#include "psirtty/score/cvss.h"

#include <assert.h>
#include <endian.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "psirtty/base/i18n.h"
#include "score/cvss_private.h"

/* A vector with every metric of 4.0 has 205 bytes. */
enum { LONGEST = 1024, SHOWN = 40 };

static const struct {
	const char *name;
	const struct cvss_table *table;
} versions[] = {
	[CVSS_2_0] = { "2.0", &cvss2_table },
	[CVSS_3_0] = { "3.0", &cvss30_table },
	[CVSS_3_1] = { "3.1", &cvss31_table },
	[CVSS_4_0] = { "4.0", &cvss40_table },
};

const struct cvss_table *cvss_table_of(enum cvss_version version)
{
	return versions[version].table;
}

struct span {
	const char *bytes; /* borrowed from the vector */
	size_t length;
};

struct parse {
	const char *vector;  /* borrowed */
	struct span rest;    /* what is still to be read */
	const struct cvss_table *table;
	struct cvss *cvss;
	struct str *repairs; /* NULL: strict */
	struct error *err;
	int last;            /* the metric read last, in the standard's order */
	bool reordered;
};

#define SPAN_ARGS(span) (int)((span).length > SHOWN ? SHOWN : (span).length), (span).bytes

__attribute__((format(printf, 2, 3))) static int refuse(struct parse *p, const char *why, ...)
{
	char reason[320];
	AUTO_STRING what = mem_format(_("CVSS vector %.200s"), p->vector);
	va_list args;

	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	return error_set(p->err, ERR_NO, what, NULL, "%s", reason);
}

/* A defect that can be mended: a line for the caller when lenient, else the refusal. */
__attribute__((format(printf, 3, 4))) static int mend(struct parse *p, const char *kind,
						      const char *why, ...)
{
	char reason[320];
	va_list args;

	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	if (!p->repairs)
		return refuse(p, "%s", reason);
	str_add_format(p->repairs, "%s: %s\n", kind, reason);
	return 0;
}

/* The spans are short and most comparisons fail at the first byte: no call of strncmp. */
static inline bool span_is(struct span span, const char *word)
{
	size_t i;

	for (i = 0; i < span.length; i++)
		if (span.bytes[i] != word[i])
			return false;
	return word[i] == '\0';
}

static bool span_is_nocase(struct span span, const char *word)
{
	return strncasecmp(span.bytes, word, span.length) == 0 && word[span.length] == '\0';
}

static bool span_starts_nocase(struct span span, const char *word)
{
	size_t length = strlen(word);

	return span.length >= length && strncasecmp(span.bytes, word, length) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- what stands around the metrics */

static int strip_blanks(struct parse *p)
{
	struct span s = p->rest;

	while (s.length && is_blank(s.bytes[0]))
		s.bytes++, s.length--;
	while (s.length && is_blank(s.bytes[s.length - 1]))
		s.length--;
	if (s.length == p->rest.length)
		return 0;
	p->rest = s;
	return mend(p, "blanks", _("there are blanks around the vector"));
}

static int strip_parentheses(struct parse *p)
{
	struct span *s = &p->rest;

	if (s->length < 2 || s->bytes[0] != '(' || s->bytes[s->length - 1] != ')')
		return 0;
	s->bytes++;
	s->length -= 2;
	return mend(p, "parentheses", _("the vector stands in parentheses"));
}

/* True for what must be a vector of 3.x or 4.0 without its prefix: PR and UI are mandatory in
 * all of them and unknown to 2.0. */
static bool lacks_prefix(const char *vector)
{
	return strstr(vector, "PR:") || strstr(vector, "UI:");
}

static int take_prefix(struct parse *p)
{
	struct span version;
	size_t i, length;

	p->cvss->version = CVSS_2_0;
	if (!span_starts_nocase(p->rest, "CVSS:"))
		return lacks_prefix(p->vector)
			? refuse(p, _("the prefix is missing, such as CVSS:3.1/")) : 0;
	version.bytes = p->rest.bytes + 5;
	version.length = strcspn(version.bytes, "/");
	if (version.length > p->rest.length - 5)
		version.length = p->rest.length - 5;
	for (i = CVSS_3_0; i < ARRAY_LEN(versions); i++)
		if (span_is(version, versions[i].name))
			break;
	if (span_is(version, "2.0"))
		return refuse(p, _("vectors of CVSS 2.0 have no prefix"));
	if (i == ARRAY_LEN(versions))
		return refuse(p, _("\"%.*s\" is not a version of CVSS"), SPAN_ARGS(version));
	length = 5 + version.length + 1;
	if (p->rest.length <= length)
		return refuse(p, _("no metrics follow the prefix"));
	p->cvss->version = (enum cvss_version)i;
	if (strncmp(p->rest.bytes, "CVSS", 4) != 0 &&
	    mend(p, "case", _("the prefix is written in capital letters, CVSS:")) < 0)
		return ERR_NO;
	p->rest.bytes += length;
	p->rest.length -= length;
	return 0;
}

static int strip_slash(struct parse *p)
{
	if (p->rest.length < 2 || p->rest.bytes[p->rest.length - 1] != '/' ||
	    p->rest.bytes[p->rest.length - 2] == '/')
		return 0;
	p->rest.length--;
	return mend(p, "slash", _("the vector ends with a slash"));
}

/* ---- the fields */

/* Looks from the metric after the last one on: vectors come in the standard's order. */
static int find_metric(const struct parse *p, struct span name, bool nocase)
{
	int count = p->table->count, m = p->last, i;

	for (i = 0; i < count; i++) {
		const char *code;

		m = m + 1 < count ? m + 1 : 0;
		code = p->table->metrics[m].code;
		if (nocase ? span_is_nocase(name, code) : span_is(name, code))
			return m;
	}
	return -1;
}

static int find_value(const struct cvss_metric *metric, struct span value, bool nocase)
{
	int i;

	for (i = 0; metric->values[i].code; i++)
		if (nocase ? span_is_nocase(value, metric->values[i].code)
			   : span_is(value, metric->values[i].code))
			return i;
	return -1;
}

static int resolve_metric(struct parse *p, struct span name, int *ret)
{
	int m = find_metric(p, name, false);

	if (m < 0) {
		m = find_metric(p, name, true);
		if (m < 0)
			return refuse(p, _("\"%.*s\" is not a metric of CVSS %s"), SPAN_ARGS(name),
				      versions[p->cvss->version].name);
		if (mend(p, "case", _("the metric \"%.*s\" is written %s"), SPAN_ARGS(name),
			 p->table->metrics[m].code) < 0)
			return ERR_NO;
	}
	*ret = m;
	return 0;
}

static int refuse_value(struct parse *p, const struct cvss_metric *metric, struct span value)
{
	AUTO_STR known = STR_INIT;
	int i;

	for (i = 0; metric->values[i].code; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", metric->values[i].code);
	return refuse(p, _("\"%.*s\" is not a value of %s, which has %s"), SPAN_ARGS(value),
		      metric->code, known.bytes);
}

static int resolve_value(struct parse *p, int m, struct span value, int *ret)
{
	const struct cvss_metric *metric = &p->table->metrics[m];
	int v = find_value(metric, value, false);

	if (v < 0) {
		v = find_value(metric, value, true);
		if (v < 0)
			return refuse_value(p, metric, value);
		if (mend(p, "case", _("the value \"%.*s\" of %s is written %s"), SPAN_ARGS(value),
			 metric->code, metric->values[v].code) < 0)
			return ERR_NO;
	}
	*ret = v;
	return 0;
}

static int place_value(struct parse *p, int m, int value)
{
	const char *code = p->table->metrics[m].code;
	signed char *slot = &p->cvss->values[m];

	if (*slot != CVSS_ABSENT && *slot != value)
		return refuse(p, _("%s is given twice, with different values"), code);
	if (*slot != CVSS_ABSENT)
		return mend(p, "duplicate", _("%s is given twice"), code);
	if (p->table->ordered && m < p->last && !p->reordered) {
		p->reordered = true;
		if (mend(p, "order", _("%s stands after %s, against the order of the standard"), code,
			 p->table->metrics[p->last].code) < 0)
			return ERR_NO;
	}
	*slot = (signed char)value;
	p->last = m;
	return 0;
}

static int take_field(struct parse *p, struct span field, int number)
{
	const char *colon = memchr(field.bytes, ':', field.length);
	struct span name, value;
	int m = 0, v = 0;

	if (field.length == 0)
		return refuse(p, _("field %d is empty"), number);
	if (!colon)
		return refuse(p, _("field %d, \"%.*s\", has no colon"), number, SPAN_ARGS(field));
	name = (struct span){ field.bytes, (size_t)(colon - field.bytes) };
	value = (struct span){ colon + 1, field.length - name.length - 1 };
	if (name.length == 0)
		return refuse(p, _("field %d has no metric before its colon"), number);
	if (resolve_metric(p, name, &m) < 0)
		return ERR_NO;
	if (value.length == 0)
		return refuse(p, _("%s has no value"), p->table->metrics[m].code);
	if (resolve_value(p, m, value, &v) < 0)
		return ERR_NO;
	return place_value(p, m, v);
}

/* ---- right vectors, read fast */

/* A code as a number, its first byte the lowest; 0 for what is empty or longer than any code. */
typedef uint64_t word;
enum { WORD_LENGTH = 7, SLOTS = 64, VALUES_MOST = 8 };

/* The codes of a version's table by a perfect hash, so that finding one takes no search: in a slot
 * is the one code that can be meant. Made when first needed. */
struct words {
	bool made;
	word metrics[CVSS_METRICS];
	word values[CVSS_METRICS][VALUES_MOST];
	unsigned char metric_at[SLOTS];
	unsigned char value_at[CVSS_METRICS][SLOTS];
};

/* With this factor no two metrics of a version share a slot, nor two values of a metric. */
static inline unsigned slot_of(word code)
{
	return (unsigned)(code * UINT64_C(0x6ef9d9da262fc3db) >> 58);
}

static word word_of(const char *code)
{
	word ret = 0;
	int i;

	for (i = 0; code[i]; i++)
		ret |= (word)(unsigned char)code[i] << 8 * i;
	return ret;
}

static void words_make(struct words *words, const struct cvss_table *table)
{
	int m, v;

	for (m = 0; m < table->count; m++) {
		unsigned char *slot = &words->metric_at[slot_of(word_of(table->metrics[m].code))];

		assert(*slot == 0);
		*slot = (unsigned char)m;
		words->metrics[m] = word_of(table->metrics[m].code);
		for (v = 0; table->metrics[m].values[v].code; v++) {
			words->values[m][v] = word_of(table->metrics[m].values[v].code);
			slot = &words->value_at[m][slot_of(words->values[m][v])];
			assert(*slot == 0);
			*slot = (unsigned char)v;
		}
	}
	words->made = true;
}

static const struct words *words_of(enum cvss_version version)
{
	static struct words all[ARRAY_LEN(versions)];

	if (!all[version].made)
		words_make(&all[version], versions[version].table);
	return &all[version];
}

/* The bytes from *AT to STOP or END as a word; moves there. Eight bytes are looked at in one step:
 * HIT has the highest bit of each byte that is STOP. */
static inline word take_word(const char **at, const char *end, char stop)
{
	const word ones = UINT64_C(0x0101010101010101);
	const char *from = *at, *cursor = from;
	word ret = 0;

	if (end - from > WORD_LENGTH) {
		word bytes, other, hit;

		memcpy(&bytes, from, sizeof(bytes));
		bytes = le64toh(bytes);
		other = bytes ^ ones * (unsigned char)stop;
		hit = (other - ones) & ~other & ones << 7;
		if (hit) {
			*at = from + __builtin_ctzll(hit) / 8;
			return bytes & (((hit & -hit) >> 7) - 1);
		}
	}
	for (; cursor < end && *cursor != stop; cursor++)
		if (cursor - from < WORD_LENGTH)
			ret |= (word)(unsigned char)*cursor << 8 * (cursor - from);
	*at = cursor;
	return cursor - from <= WORD_LENGTH ? ret : 0;
}

/*
 * Takes fields as long as they are as the standard has them: in its order, each once, each in the
 * right letters. Returns where it stopped, at the beginning of a field, or NULL when none is left;
 * what is wrong there is for take_field() to say.
 */
static const char *take_right_fields(struct parse *p, int *ret_count)
{
	const struct words *words = words_of(p->cvss->version);
	const char *at = p->rest.bytes, *end = at + p->rest.length;

	for (;;) {
		const char *cursor = at;
		word name = take_word(&cursor, end, ':'), value;
		int m = words->metric_at[slot_of(name)], v;

		if (words->metrics[m] != name || m <= p->last || cursor == end)
			return at;
		cursor++;
		value = take_word(&cursor, end, '/');
		v = words->value_at[m][slot_of(value)];
		if (words->values[m][v] != value)
			return at;
		p->cvss->values[m] = (signed char)v;
		p->last = m;
		++*ret_count;
		if (cursor == end)
			return NULL;
		at = cursor + 1;
	}
}

static int take_fields(struct parse *p)
{
	int number = 0;
	const char *at = take_right_fields(p, &number), *end = p->rest.bytes + p->rest.length;

	while (at) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		struct span field = { at, (size_t)((slash ? slash : end) - at) };

		if (take_field(p, field, ++number) < 0)
			return ERR_NO;
		at = slash ? slash + 1 : NULL;
	}
	return 0;
}

static int check_mandatory(struct parse *p)
{
	AUTO_STR missing = STR_INIT;
	int i;

	if (!memchr(p->cvss->values, CVSS_ABSENT, (size_t)p->table->mandatory))
		return 0;
	for (i = 0; i < p->table->mandatory; i++)
		if (p->cvss->values[i] == CVSS_ABSENT)
			str_add_format(&missing, "%s%s", missing.length ? ", " : "",
				       p->table->metrics[i].code);
	return refuse(p, _("mandatory metrics are missing: %s"), missing.bytes);
}

/* ---- scores */

bool cvss_any_set(const struct cvss *cvss, int first, int last)
{
	int i;

	for (i = first; i <= last; i++)
		if (cvss->values[i] > 0)
			return true;
	return false;
}

/* The specifications' Qualitative Severity Rating Scale; for 2.0 the bands of the NVD, which the
 * guide itself does not have. */
static enum cvss_severity severity_of(enum cvss_version version, int tenths)
{
	if (version == CVSS_2_0)
		return tenths >= 70 ? CVSS_HIGH : tenths >= 40 ? CVSS_MEDIUM : CVSS_LOW;
	if (tenths >= 90)
		return CVSS_CRITICAL;
	if (tenths >= 70)
		return CVSS_HIGH;
	return tenths >= 40 ? CVSS_MEDIUM : tenths > 0 ? CVSS_LOW : CVSS_NONE;
}

static int parse_vector(struct parse *p)
{
	if (p->rest.length > LONGEST)
		return refuse(p, _("it is longer than %d bytes"), LONGEST);
	if (strip_blanks(p) < 0 || strip_parentheses(p) < 0)
		return ERR_NO;
	if (p->rest.length == 0)
		return refuse(p, _("it is empty"));
	if (take_prefix(p) < 0)
		return ERR_NO;
	p->table = versions[p->cvss->version].table;
	if (strip_slash(p) < 0 || take_fields(p) < 0)
		return ERR_NO;
	return check_mandatory(p);
}

static int parse_and_score(const char *vector, struct cvss *ret, struct str *repairs,
			   struct error *err)
{
	struct cvss cvss = { .temporal = CVSS_ABSENT, .environmental = CVSS_ABSENT,
			     .nomenclature = "" };
	struct parse p = { .vector = vector, .rest = { vector, strlen(vector) }, .cvss = &cvss,
			   .repairs = repairs, .err = err, .last = -1 };

	memset(cvss.values, CVSS_ABSENT, sizeof(cvss.values));
	if (parse_vector(&p) < 0)
		return ERR_NO;
	p.table->score(&cvss);
	cvss.severity = severity_of(cvss.version, cvss.overall);
	*ret = cvss;
	return 0;
}

int cvss_parse(const char *vector, struct cvss *ret, struct error *err)
{
	assert(vector && ret);
	return parse_and_score(vector, ret, NULL, err);
}

int cvss_parse_lenient(const char *vector, struct cvss *ret, struct str *ret_repairs,
		       struct error *err)
{
	AUTO_STR repairs = STR_INIT;

	assert(vector && ret && ret_repairs);
	if (parse_and_score(vector, ret, &repairs, err) < 0)
		return ERR_NO;
	str_add_bytes(ret_repairs, repairs.bytes, repairs.length);
	return 0;
}

/* ---- writing */

void cvss_vector(const struct cvss *cvss, struct str *ret)
{
	const struct cvss_table *table = versions[cvss->version].table;
	const char *separator = table->prefix;
	int i;

	for (i = 0; i < table->count; i++) {
		int value = cvss->values[i];

		if (value == CVSS_ABSENT || (i >= table->mandatory && value == 0))
			continue;
		str_add(ret, separator);
		str_add(ret, table->metrics[i].code);
		str_add_char(ret, ':');
		str_add(ret, table->metrics[i].values[value].code);
		separator = "/";
	}
}

const char *cvss_version_name(enum cvss_version version)
{
	return versions[version].name;
}

const char *cvss_severity_name(enum cvss_severity severity)
{
	static const char *const names[] = {
		[CVSS_NONE] = "NONE", [CVSS_LOW] = "LOW", [CVSS_MEDIUM] = "MEDIUM",
		[CVSS_HIGH] = "HIGH", [CVSS_CRITICAL] = "CRITICAL",
	};

	return names[severity];
}

const char *cvss_tenths(int tenths, char buffer[8])
{
	if (tenths < 0 || tenths > 100)
		snprintf(buffer, 8, "-");
	else
		snprintf(buffer, 8, "%d.%d", tenths / 10, tenths % 10);
	return buffer;
}

const struct cvss_metric *cvss_metrics(enum cvss_version version, size_t *ret_count)
{
	*ret_count = (size_t)versions[version].table->count;
	return versions[version].table->metrics;
}
