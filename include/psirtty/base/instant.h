/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time. Nothing below the command room reads a clock: time is an argument.
 */
#ifndef PSIRTTY_BASE_INSTANT_H
#define PSIRTTY_BASE_INSTANT_H

#include <stdint.h>

#include "psirtty/base/error.h"

typedef int64_t instant; /* microseconds since 1970-01-01T00:00:00Z, no leap seconds */

#define INSTANT_SECOND ((instant)1000000)
#define INSTANT_MINUTE (60 * INSTANT_SECOND)
#define INSTANT_HOUR   (60 * INSTANT_MINUTE)
#define INSTANT_DAY    (24 * INSTANT_HOUR)
#define INSTANT_NONE   INT64_MIN

/* A point in time as somebody named it: the same instant in the zone they meant. */
struct zoned {
	instant at;
	int offset;     /* minutes east of UTC at that instant */
	char zone[48];  /* IANA name such as Asia/Shanghai, or "" when only an offset was given */
};

/* RFC 3339 date-time with a zone ("2026-11-21T09:30:00.25+08:00"); years 1970 to 9999. */
int instant_parse(const char *rfc3339, instant *ret, struct error *err);
/* The above, or "YYYY-MM-DD[ T]HH:MM[:SS] ZONE" with an IANA zone or UTC: for what a person types.
 * A date alone is refused: an end of an embargo needs an hour and a zone. A local time that
 * does not exist in its zone (clock change) is refused; an ambiguous one is the earlier. */
int zoned_parse(const char *input, struct zoned *ret, struct error *err);
/* "2026-11-21T01:30:00Z"; a fraction only when there is one. Buffer of 40 bytes. */
const char *instant_format(instant at, char buffer[40]);
/* "2026-11-21" in UTC. */
const char *instant_format_date(instant at, char buffer[40]);
/* "2026-11-21 09:30 +08:00 Asia/Shanghai" (zone name only if there is one), or
 * "2026-11-21 01:30 UTC"; buffer of 96 bytes. */
const char *zoned_format(const struct zoned *when, char buffer[96]);
/* RFC 3339 in its own offset: "2026-11-21T09:30:00+08:00"; buffer of 40 bytes. */
const char *zoned_format_rfc3339(const struct zoned *when, char buffer[40]);
/* "Sat, 21 Nov 2026 01:30:00 +0000" (RFC 5322 3.3), in UTC; buffer of 40 bytes. */
const char *instant_format_rfc5322(instant at, char buffer[40]);
/* "3 d 4 h", "2 h 5 m", "12 m", "now"; negative spans get a leading "-"; in the user's language.
 * Buffer of 40 bytes. */
const char *instant_format_span(instant span, char buffer[40]);
int instant_year(instant at);

#endif
