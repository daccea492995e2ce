/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RubyGems: Gem::Version. Runs of digits and of letters are the segments, a dash reads ".pre.",
 * zeros at the end of the numbers and of the whole do not count, letters sort before numbers.
 */
#include <string.h>

#include "version_private.h"

static bool is_segment_char(char c)
{
	return is_digit(c) || is_alpha(c);
}

/* Letters and digits, behind a dash also dashes. */
static const char *run_end(const char *at, const char *end, bool dashes)
{
	while (at < end && (is_segment_char(*at) || (dashes && *at == '-')))
		at++;
	return at;
}

/* A number, then runs behind dots, then perhaps a dash and runs behind dots. */
int gem_check(const char *version, struct error *err)
{
	struct span text = span_trim(version);
	const char *at = text.at, *end = at + text.length;
	bool dash = false;

	/* Of spaces only, it is version 0. */
	if (at < end && !is_digit(*at))
		return version_refuse_at(err, version, at, _("a number is expected there"));
	while (at < end && is_digit(*at))
		at++;
	while (at < end) {
		const char *begin = at + 1;

		if (*at != '.' && (*at != '-' || dash))
			return version_refuse_at(err, version, at,
						 _("a gem's version has a dot or a dash there"));
		dash = dash || *at == '-';
		at = run_end(begin, end, dash);
		if (at == begin)
			return version_refuse_at(err, version, begin < end ? begin : "",
						 _("letters or digits are expected there"));
	}
	return 0;
}

struct segments {
	const char *at, *end;
	bool pre;	   /* the segment "pre" of a dash is due */
	bool words;	   /* a word has come: the zeros before it were cut already */
	struct span ahead; /* the segment at hand, when has_ahead */
	bool has_ahead;
	size_t zeros; /* segments of zero before the one at hand */
};

static const struct span pre_segment = {"pre", 3};

/* The next segment as written, or false at the end. */
static bool read_segment(struct segments *s, struct span *ret)
{
	const char *begin;

	while (s->at < s->end && !is_segment_char(*s->at) && *s->at != '-')
		s->at++;
	if (s->at == s->end)
		return false;
	if (*s->at == '-') {
		s->at++;
		*ret = pre_segment;
		return true;
	}
	begin = s->at;
	while (s->at < s->end && (is_digit(*begin) ? is_digit(*s->at) : is_alpha(*s->at)))
		s->at++;
	*ret = (struct span){begin, (size_t)(s->at - begin)};
	return true;
}

static bool is_zero(struct span segment)
{
	return is_digit(*segment.at) && number_order(segment, (struct span){NULL, 0}) == 0;
}

/*
 * The next segment that counts, or false at the end: zeros count only when something follows that
 * is not cut with them, which is a number, or a word that is not the first.
 */
static bool next_segment(struct segments *s, struct span *ret)
{
	static const struct span zero = {"0", 1};

	while (!s->has_ahead) {
		if (!read_segment(s, &s->ahead))
			return false;
		if (is_zero(s->ahead)) {
			s->zeros++;
			continue;
		}
		s->has_ahead = true;
		if (!is_digit(*s->ahead.at) && !s->words) {
			s->words = true;
			s->zeros = 0;
		}
	}
	if (s->zeros) {
		s->zeros--;
		*ret = zero;
		return true;
	}
	s->has_ahead = false;
	*ret = s->ahead;
	return true;
}

static struct segments segments_of(const char *version)
{
	struct span text = span_trim(version);

	return (struct segments){.at = text.at, .end = text.at + text.length};
}

int gem_order(const char *a, const char *b)
{
	static const struct span zero = {"0", 1};
	struct segments x = segments_of(a), y = segments_of(b);

	for (;;) {
		struct span m = zero, n = zero;
		bool more_x = next_segment(&x, &m), more_y = next_segment(&y, &n);
		bool m_number = is_digit(*m.at), n_number = is_digit(*n.at);
		int order;

		if (!more_x && !more_y)
			return 0;
		if (m_number != n_number)
			return m_number ? 1 : -1;
		order = m_number ? number_order(m, n) : bytes_order(m, n);
		if (order != 0)
			return order;
	}
}
