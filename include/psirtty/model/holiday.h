/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holiday calendars: which days are worked, out of a YAML file a PSIRT may edit. A year nobody has
 * announced yet is said to be uncertain, never guessed in silence.
 */
#ifndef PSIRTTY_MODEL_HOLIDAY_H
#define PSIRTTY_MODEL_HOLIDAY_H

#include "psirtty/base/zone.h"

struct holidays;

/*
 * Keys: id, title, source, verify; weekend (days such as sat, sun); announced (first and last year
 * that is known); complete (no: there are holidays that this file does not have, so every answer is
 * uncertain); observed (nearest: a rule's day on Saturday is kept on Friday, on Sunday on Monday);
 * rules: name, since, until, and one of on (MM-DD), easter (days from Easter Sunday), nth with
 * weekday and month (-1 is the last); days: name, source, off or work (DATE or DATE/DATE).
 * A day to work wins over a weekend. NAME is for messages: faults are ERR_INPUT on "NAME:LINE".
 */
int holidays_load(const char *bytes, size_t length, const char *name, struct holidays **ret,
		  struct error *err);
/* Gives up one hold; NULL does nothing. */
void holidays_free(struct holidays *holidays);
/* One more hold on the same calendar. */
struct holidays *holidays_hold(struct holidays *holidays);
const char *holidays_id(const struct holidays *holidays);
/* The same in every session, and another whenever the file changes. */
uint64_t holidays_stamp(const struct holidays *holidays);
/* Whether DAY is worked. Sets *UNCERTAIN (and never clears it) where the calendar does not know. */
bool holidays_working(const struct holidays *holidays, int64_t day, bool *uncertain);
/* What DAY is called, or NULL. Borrowed. */
const char *holidays_name(const struct holidays *holidays, int64_t day);

#endif
