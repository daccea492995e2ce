/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders with little grammar: Conan, CRAN, Hackage, OpenSSL, commits, and the vers types intdot,
 * datetime and lexicographic.
 */
#include <string.h>

#include "version_private.h"

/* The text up to one of MARKS; *AT moves behind the mark, to NULL at the end. */
static struct span take_until(const char **at, const char *marks)
{
	struct span part = {*at, strcspn(*at, marks)};

	*at = part.at[part.length] ? part.at + part.length + 1 : NULL;
	return part;
}

/* Numbers separated by one of MARKS; a list that ends first is the smaller. */
static int numbers_order(const char *a, const char *b, const char *marks)
{
	int order = 0;

	while (order == 0 && a && b) {
		struct span x = take_until(&a, marks), y = take_until(&b, marks);

		order = number_order(x, y);
	}
	return order ? order : (a != NULL) - (b != NULL);
}

static int numbers_check(const char *version, const char *marks, struct error *err)
{
	const char *at = version;

	for (;;) {
		const char *end = digits_end(at);

		if (end == at)
			return version_refuse_at(err, version, at, _("a number is expected there"));
		if (*end == '\0')
			return 0;
		if (!strchr(marks, *end))
			return version_refuse_at(
				err, version, end,
				_("only numbers and what separates them can stand there"));
		at = end + 1;
	}
}

/* ---- CRAN: package_version() of R */

int cran_check(const char *version, struct error *err)
{
	return numbers_check(version, ".-", err);
}

int cran_order(const char *a, const char *b)
{
	return numbers_order(a, b, ".-");
}

/* ---- Hackage: Distribution.Version of Cabal */

int hackage_check(const char *version, struct error *err)
{
	return numbers_check(version, ".", err);
}

int hackage_order(const char *a, const char *b)
{
	return numbers_order(a, b, ".");
}

/* ---- intdot: read up to the first character that is neither digit nor dot */

int intdot_check(const char *version, struct error *err)
{
	return is_digit(*version)
		       ? 0
		       : version_refuse_at(err, version, version, _("a number is expected there"));
}

int intdot_order(const char *a, const char *b)
{
	int order = 0;
	bool more_a = true, more_b = true;

	while (order == 0 && (more_a || more_b)) {
		const char *a_end = more_a ? digits_end(a) : a, *b_end = more_b ? digits_end(b) : b;

		order = number_order((struct span){a, (size_t)(a_end - a)},
				     (struct span){b, (size_t)(b_end - b)});
		more_a = more_a && *a_end == '.' && is_digit(a_end[1]);
		more_b = more_b && *b_end == '.' && is_digit(b_end[1]);
		a = a_end + more_a;
		b = b_end + more_b;
	}
	return order;
}

/* ---- OpenSSL: three numbers and letters up to 1.1.1, then SemVer */

/* "-beta1", "-pre2", "-dev": older than the release. */
struct openssl {
	struct span numbers[3], letters;
	const char *pre;
};

static int openssl_parse(const char *version, struct openssl *ret, struct error *err)
{
	const char *at = version, *end;
	struct openssl parsed = {0};
	int i;

	for (i = 0; i < 3; i++) {
		end = digits_end(at);
		if (end == at)
			return version_refuse_at(err, version, at, _("a number is expected there"));
		parsed.numbers[i] = (struct span){at, (size_t)(end - at)};
		if (i < 2 && *end != '.')
			return version_refuse_at(err, version, end, _("OpenSSL has three numbers"));
		at = end + (i < 2);
	}
	end = alphas_end(at);
	parsed.letters = (struct span){at, (size_t)(end - at)};
	if (parsed.letters.length && number_order(parsed.numbers[0], (struct span){"2", 1}) > 0)
		return version_refuse_at(err, version, at,
					 _("from 3.0 on no letter follows the numbers"));
	parsed.pre = *end == '-' ? end + 1 : "";
	if (*end && (*end != '-' || !is_alpha(end[1])))
		return version_refuse_at(err, version, end, _("nothing more can stand there"));
	*ret = parsed;
	return 0;
}

int openssl_check(const char *version, struct error *err)
{
	struct openssl parsed;

	return openssl_parse(version, &parsed, err);
}

/* "beta2": the word, then its number. */
static int openssl_pre_order(const char *a, const char *b)
{
	const char *a_end = alphas_end(a), *b_end = alphas_end(b);
	int order;

	if (!*a || !*b)
		return (*a == '\0') - (*b == '\0');
	order = bytes_order((struct span){a, (size_t)(a_end - a)},
			    (struct span){b, (size_t)(b_end - b)});
	if (order != 0)
		return order;
	a = digits_end(a_end);
	b = digits_end(b_end);
	order = number_order((struct span){a_end, (size_t)(a - a_end)},
			     (struct span){b_end, (size_t)(b - b_end)});
	return order ? order : sign_of(strcmp(a, b));
}

int openssl_order(const char *a, const char *b)
{
	struct openssl x, y;
	int order = 0, i;

	if (openssl_parse(a, &x, NULL) < 0 || openssl_parse(b, &y, NULL) < 0)
		BUG("an unchecked version");
	for (i = 0; i < 3 && order == 0; i++)
		order = number_order(x.numbers[i], y.numbers[i]);
	/* After z comes za. */
	if (order == 0)
		order = bytes_order(x.letters, y.letters);
	return order ? order : openssl_pre_order(x.pre, y.pre);
}

/* ---- Conan: conan.internal.model.version */

/*
 * Items between dots, a prerelease behind the first dash, a build behind the last plus. A
 * prerelease and a build are versions of the same shape without either of their own.
 */
struct conan {
	struct span items, pre, build;
};

static struct conan conan_split(const char *version)
{
	struct span text = {version, strlen(version)};
	const char *plus = strrchr(version, '+'), *dash;
	struct conan parts = {0};

	if (plus) {
		parts.build = (struct span){plus + 1, strlen(plus + 1)};
		text.length = (size_t)(plus - version);
	}
	dash = memchr(version, '-', text.length);
	if (dash) {
		parts.pre = (struct span){dash + 1, text.length - (size_t)(dash + 1 - version)};
		text.length = (size_t)(dash - version);
	}
	parts.items = text;
	return parts;
}

int conan_check(const char *version, struct error *err)
{
	const char *at;

	for (at = version; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return version_refuse(
				err, version,
				_("it holds a space or a control character at byte %d"),
				(int)(at - version) + 1);
	return conan_split(version).items.length
		       ? 0
		       : version_refuse(err, version, _("nothing stands before the suffix"));
}

static bool take_item(struct span *list, bool *more, struct span *ret)
{
	const char *dot;

	if (!*more)
		return false;
	dot = list->length ? memchr(list->at, '.', list->length) : NULL;
	*ret = (struct span){list->at, dot ? (size_t)(dot - list->at) : list->length};
	*more = dot != NULL;
	list->at += ret->length + *more;
	list->length -= ret->length + *more;
	return true;
}

/* Without the items at the end that are zero. */
static struct span conan_trim(struct span items)
{
	for (;;) {
		size_t begin = items.length;
		struct span last;

		while (begin && items.at[begin - 1] != '.')
			begin--;
		last = (struct span){items.at + begin, items.length - begin};
		if (!span_all_digits(last) || number_order(last, (struct span){NULL, 0}) != 0)
			return items;
		items.length = begin ? begin - 1 : 0;
		if (begin == 0)
			return (struct span){NULL, 0};
	}
}

/* Numbers by value; as soon as one is none, both by their characters. */
static int conan_item_order(struct span a, struct span b)
{
	if (!span_all_digits(a) || !span_all_digits(b)) {
		/* As text a number has no zeros before it. */
		while (span_all_digits(a) && a.length > 1 && *a.at == '0')
			a.at++, a.length--;
		while (span_all_digits(b) && b.length > 1 && *b.at == '0')
			b.at++, b.length--;
		return bytes_order(a, b);
	}
	return number_order(a, b);
}

static int conan_list_order(struct span a, struct span b)
{
	bool more_a, more_b;
	int order = 0;

	a = conan_trim(a);
	b = conan_trim(b);
	more_a = a.at != NULL;
	more_b = b.at != NULL;
	while (order == 0 && (more_a || more_b)) {
		struct span x, y;
		bool has_x = take_item(&a, &more_a, &x), has_y = take_item(&b, &more_b, &y);

		order = has_x && has_y ? conan_item_order(x, y) : (has_x ? 1 : -1);
	}
	return order;
}

int conan_order(const char *a, const char *b)
{
	struct conan x = conan_split(a), y = conan_split(b);
	int order = conan_list_order(x.items, y.items);

	if (order == 0 && (!x.pre.at || !y.pre.at))
		order = (x.pre.at == NULL) - (y.pre.at == NULL);
	else if (order == 0)
		order = conan_list_order(x.pre, y.pre);
	if (order == 0 && (!x.build.at || !y.build.at))
		return (x.build.at != NULL) - (y.build.at != NULL);
	return order ? order : conan_list_order(x.build, y.build);
}

/* ---- commits: equal or not, the history is not at hand */

int git_check(const char *version, struct error *err)
{
	const char *at;

	for (at = version; *at; at++)
		if (!is_digit(*at) && !(to_lower(*at) >= 'a' && to_lower(*at) <= 'f'))
			return version_refuse_at(err, version, at,
						 _("a commit is hexadecimal digits"));
	return at - version >= 7
		       ? 0
		       : version_refuse(err, version, _("a commit has at least 7 digits"));
}

int git_order(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);
	size_t shorter = a_length < b_length ? a_length : b_length;
	struct span x = {a, shorter}, y = {b, shorter};

	return bytes_order_nocase(x, y) == 0 ? 0 : VERSION_UNORDERED;
}

/* ---- lexicographic */

int lexicographic_check(const char *version, struct error *err)
{
	return utf8_valid(version, strlen(version))
		       ? 0
		       : version_refuse(err, version, _("it is no UTF-8"));
}

int lexicographic_order(const char *a, const char *b)
{
	return sign_of(strcmp(a, b));
}

/* ---- datetime: RFC 3339, section 5.6 */

struct datetime {
	long seconds; /* since the first of March of the year 0, in UTC */
	struct span fraction;
};

/* COUNT digits as a number between LEAST and MOST; moves on. */
static bool take_field(const char **at, int count, long least, long most, long *ret)
{
	long number = 0;

	while (count-- > 0) {
		if (!is_digit(**at))
			return false;
		number = number * 10 + (*(*at)++ - '0');
	}
	*ret = number;
	return number >= least && number <= most;
}

static bool take_mark(const char **at, char mark)
{
	if (to_lower(**at) != mark)
		return false;
	++*at;
	return true;
}

static long days_of_month(long year, long month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days before that date, counted in years that begin in March. */
static long days_before(long year, long month, long day)
{
	long shifted = month > 2 ? month - 3 : month + 9;

	year -= month <= 2;
	return 365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + day - 1;
}

static bool take_date(const char **at, long *ret_seconds)
{
	long year, month, day;

	if (!take_field(at, 4, 0, 9999, &year) || !take_mark(at, '-') ||
	    !take_field(at, 2, 1, 12, &month) || !take_mark(at, '-') ||
	    !take_field(at, 2, 1, days_of_month(year, month), &day))
		return false;
	*ret_seconds = days_before(year, month, day) * 86400;
	return true;
}

static bool take_zone(const char **at, long *ret_seconds)
{
	long hour, minute, sign = **at == '-' ? -1 : 1;

	*ret_seconds = 0;
	if (take_mark(at, 'z'))
		return true;
	if ((!take_mark(at, '+') && !take_mark(at, '-')) || !take_field(at, 2, 0, 23, &hour) ||
	    !take_mark(at, ':') || !take_field(at, 2, 0, 59, &minute))
		return false;
	*ret_seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

static bool datetime_parse(const char *version, struct datetime *ret)
{
	long date, hour, minute, second, zone;
	const char *at = version, *end;

	*ret = (struct datetime){0};
	if (!take_date(&at, &date) || !take_mark(&at, 't') || !take_field(&at, 2, 0, 23, &hour) ||
	    !take_mark(&at, ':') || !take_field(&at, 2, 0, 59, &minute) || !take_mark(&at, ':') ||
	    !take_field(&at, 2, 0, 60, &second))
		return false;
	if (*at == '.') {
		end = digits_end(++at);
		if (end == at)
			return false;
		ret->fraction = (struct span){at, (size_t)(end - at)};
		while (ret->fraction.length && at[ret->fraction.length - 1] == '0')
			ret->fraction.length--;
		at = end;
	}
	if (!take_zone(&at, &zone))
		return false;
	ret->seconds = date + hour * 3600 + minute * 60 + second - zone;
	return *at == '\0';
}

int datetime_check(const char *version, struct error *err)
{
	struct datetime parsed;

	return datetime_parse(version, &parsed)
		       ? 0
		       : version_refuse(err, version,
					_("it is no date and time with a zone (RFC 3339)"));
}

int datetime_order(const char *a, const char *b)
{
	struct datetime x, y;

	if (!datetime_parse(a, &x) || !datetime_parse(b, &y))
		BUG("an unchecked version");
	if (x.seconds != y.seconds)
		return x.seconds < y.seconds ? -1 : 1;
	return bytes_order(x.fraction, y.fraction);
}
