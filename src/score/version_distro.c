/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Epoch, version and release, as dpkg, rpm and pacman order them. The three look alike and are
 * not: dpkg sorts letters before other characters and takes a missing revision for "0"; rpm only
 * splits at separators; pacman counts them, and leaves out a release that one side lacks.
 */
#include <string.h>

#include "version_private.h"

struct evr {
	struct span epoch, version, release; /* release.at is NULL when there is none */
};

/* ---- Debian: deb-version(7), Policy 5.6.12 */

/* The epoch ends at the first colon, the revision begins behind the last dash. */
static struct evr deb_split(struct span text)
{
	const char *colon = memchr(text.at, ':', text.length);
	struct evr evr = {0};
	size_t i;

	if (colon) {
		evr.epoch = (struct span){text.at, (size_t)(colon - text.at)};
		text.length -= evr.epoch.length + 1;
		text.at = colon + 1;
	}
	evr.version = text;
	for (i = text.length; i-- > 0;) {
		if (text.at[i] != '-')
			continue;
		evr.version.length = i;
		evr.release = (struct span){text.at + i + 1, text.length - i - 1};
		break;
	}
	return evr;
}

static int deb_check_epoch(const char *version, struct span epoch, struct error *err)
{
	static const struct span most = {"2147483647", 10};

	if (epoch.at && epoch.length == 0)
		return version_refuse(err, version, _("the epoch is empty"));
	if (epoch.at && !span_all_digits(epoch))
		return version_refuse(err, version, _("the epoch \"%.*s\" is no number"),
				      (int)epoch.length, epoch.at);
	if (number_order(epoch, most) > 0)
		return version_refuse(err, version, _("the epoch is above %s"), most.at);
	return 0;
}

static bool is_deb_char(char c, bool revision)
{
	if (is_digit(c) || is_alpha(c) || c == '.' || c == '+' || c == '~')
		return true;
	return !revision && (c == '-' || c == ':');
}

static int deb_check_chars(const char *version, struct span part, bool revision, struct error *err)
{
	size_t i;

	for (i = 0; i < part.length; i++)
		if (!is_deb_char(part.at[i], revision))
			return version_refuse_at(err, version, part.at + i,
						 _("a Debian version cannot hold that"));
	return 0;
}

int deb_check(const char *version, struct error *err)
{
	struct span text = span_trim(version);
	struct evr evr = deb_split(text);
	int code = deb_check_epoch(version, evr.epoch, err);

	if (code < 0)
		return code;
	if (text.length == 0)
		return version_refuse(err, version, _("it is empty"));
	if (evr.version.length == 0)
		return version_refuse(err, version, _("the upstream version is empty"));
	if (evr.release.at && evr.release.length == 0)
		return version_refuse(err, version, _("the revision behind the dash is empty"));
	if (!is_digit(*evr.version.at))
		return version_refuse(err, version,
				      _("the upstream version does not begin with a digit"));
	code = deb_check_chars(version, evr.version, false, err);
	return code < 0 ? code : deb_check_chars(version, evr.release, true, err);
}

/* The weight of a character in the parts that are no numbers; the end and digits weigh nothing. */
static int deb_weight(const char *at, const char *end)
{
	if (at == end || is_digit(*at))
		return 0;
	if (*at == '~')
		return -1;
	return is_alpha(*at) ? (unsigned char)*at : (unsigned char)*at + 256;
}

static int deb_part_order(struct span a, struct span b)
{
	const char *x = a.at, *y = b.at, *x_end = x + a.length, *y_end = y + b.length;

	while (x < x_end || y < y_end) {
		struct span m, n;
		int order;

		while ((x < x_end && !is_digit(*x)) || (y < y_end && !is_digit(*y))) {
			order = deb_weight(x, x_end) - deb_weight(y, y_end);
			if (order != 0)
				return sign_of(order);
			x += x < x_end;
			y += y < y_end;
		}
		for (m = (struct span){x, 0}; x < x_end && is_digit(*x); x++)
			m.length++;
		for (n = (struct span){y, 0}; y < y_end && is_digit(*y); y++)
			n.length++;
		order = number_order(m, n);
		if (order != 0)
			return order;
	}
	return 0;
}

/* An empty part of which pointers can be taken. */
static struct span some_span(struct span span)
{
	return span.at ? span : (struct span){"", 0};
}

int deb_order(const char *a, const char *b)
{
	struct evr x = deb_split(span_trim(a)), y = deb_split(span_trim(b));
	int order = number_order(x.epoch, y.epoch);

	if (order == 0)
		order = deb_part_order(x.version, y.version);
	return order ? order : deb_part_order(some_span(x.release), some_span(y.release));
}

/* ---- what rpm and pacman share */

static int check_printable(const char *version, struct error *err)
{
	const char *at;

	for (at = version; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return version_refuse(
				err, version,
				_("it holds a space or a control character at byte %d"),
				(int)(at - version) + 1);
	return 0;
}

/* Only digits before a colon are an epoch; what follows the last dash behind them is the release.
 */
static struct evr rpm_split(const char *text)
{
	const char *digits = digits_end(text);
	const char *dash = strrchr(digits, '-');
	struct evr evr = {.epoch = {"0", 1}, .version = {text, 0}};

	if (*digits == ':') {
		if (digits > text)
			evr.epoch = (struct span){text, (size_t)(digits - text)};
		evr.version.at = digits + 1;
	}
	evr.version.length = dash ? (size_t)(dash - evr.version.at) : strlen(evr.version.at);
	if (dash)
		evr.release = (struct span){dash + 1, strlen(dash + 1)};
	return evr;
}

/* A run of digits or of letters at *AT, of the same sort as in the other version. */
static struct span take_run(const char **at, const char *end, bool digits)
{
	struct span run = {*at, 0};

	while (*at < end && (digits ? is_digit(**at) : is_alpha(**at))) {
		++*at;
		run.length++;
	}
	return run;
}

static int run_order(struct span a, struct span b, bool digits)
{
	/* A number is newer than letters, whichever side it stands on. */
	if (b.length == 0)
		return digits ? 1 : -1;
	return digits ? number_order(a, b) : bytes_order(a, b);
}

/* ---- rpm: rpmvercmp(3) of rpm 4.15 and later */

enum { RPM_GO_ON = 2 };

static const char *rpm_skip(const char *at, const char *end)
{
	while (at < end && !is_digit(*at) && !is_alpha(*at) && *at != '~' && *at != '^')
		at++;
	return at;
}

/* "~" sorts before everything, the end too; "^" behind the end and before everything else. */
static int rpm_marks(const char **x, const char *x_end, const char **y, const char *y_end)
{
	char p = *x < x_end ? **x : '\0', q = *y < y_end ? **y : '\0';

	if (p == '~' || q == '~') {
		if (p != q)
			return p == '~' ? -1 : 1;
	} else if (p == '^' || q == '^') {
		if (p == '\0' || q == '\0')
			return p == '\0' ? -1 : 1;
		if (p != q)
			return p == '^' ? -1 : 1;
	} else {
		return 0;
	}
	++*x;
	++*y;
	return RPM_GO_ON;
}

static int rpm_part_order(struct span a, struct span b)
{
	const char *x = a.at, *y = b.at, *x_end = x + a.length, *y_end = y + b.length;

	while (x < x_end || y < y_end) {
		bool digits;
		struct span m, n;
		int order;

		x = rpm_skip(x, x_end);
		y = rpm_skip(y, y_end);
		order = rpm_marks(&x, x_end, &y, y_end);
		if (order == RPM_GO_ON)
			continue;
		if (order != 0)
			return order;
		if (x == x_end || y == y_end)
			break;
		digits = is_digit(*x);
		m = take_run(&x, x_end, digits);
		n = take_run(&y, y_end, digits);
		order = run_order(m, n, digits);
		if (order != 0)
			return order;
	}
	return (x < x_end) - (y < y_end);
}

int rpm_check(const char *version, struct error *err)
{
	return check_printable(version, err);
}

int rpm_order(const char *a, const char *b)
{
	struct evr x = rpm_split(a), y = rpm_split(b);
	int order = number_order(x.epoch, y.epoch);

	if (order == 0)
		order = rpm_part_order(x.version, y.version);
	if (order == 0 && (!x.release.at || !y.release.at))
		return (x.release.at != NULL) - (y.release.at != NULL);
	return order ? order : rpm_part_order(x.release, y.release);
}

/* ---- pacman: vercmp(8) */

static const char *alpm_skip(const char *at, const char *end)
{
	while (at < end && !is_digit(*at) && !is_alpha(*at))
		at++;
	return at;
}

/* What is left of one side when the other has ended: letters are older than nothing. */
static int alpm_rest_order(const char *x, const char *x_end, const char *y, const char *y_end)
{
	if (x == x_end && y == y_end)
		return 0;
	if (x < x_end && is_alpha(*x))
		return -1;
	return x == x_end && !is_alpha(*y) ? -1 : 1;
}

static int alpm_part_order(struct span a, struct span b)
{
	const char *x = a.at, *y = b.at, *x_end = x + a.length, *y_end = y + b.length;

	while (x < x_end && y < y_end) {
		const char *x_was = x, *y_was = y;
		struct span m, n;
		bool digits;
		int order;

		x = alpm_skip(x, x_end);
		y = alpm_skip(y, y_end);
		if (x == x_end || y == y_end)
			break;
		if (x - x_was != y - y_was)
			return x - x_was < y - y_was ? -1 : 1;
		digits = is_digit(*x);
		m = take_run(&x, x_end, digits);
		n = take_run(&y, y_end, digits);
		order = run_order(m, n, digits);
		if (order != 0)
			return order;
	}
	return alpm_rest_order(x, x_end, y, y_end);
}

int alpm_check(const char *version, struct error *err)
{
	return check_printable(version, err);
}

int alpm_order(const char *a, const char *b)
{
	struct evr x = rpm_split(a), y = rpm_split(b);
	int order = number_order(x.epoch, y.epoch);

	if (order == 0)
		order = alpm_part_order(x.version, y.version);
	if (order == 0 && x.release.at && y.release.at)
		order = alpm_part_order(x.release, y.release);
	return order;
}
