/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that are shipped, for tests of clocks. */
#ifndef PSIRTTY_TESTS_CLOCK_WORLD_H
#define PSIRTTY_TESTS_CLOCK_WORLD_H

#include "psirtty/base/file.h"
#include "psirtty/model/clock.h"

static inline void load_shipped(struct clock_rules *rules, const char *name, bool is_holidays)
{
	AUTO_STRING path = file_data(name);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct holidays *holidays;

	if (file_read(path, 1 << 20, &bytes, &err) ||
	    (is_holidays ? holidays_load(bytes.bytes, bytes.length, name, &holidays, &err) :
			   clock_rules_load(rules, bytes.bytes, bytes.length, name, &err)))
		BUG("%s: %s: %s", name, err.what, err.why);
	if (is_holidays)
		clock_rules_add_holidays(rules, holidays);
}

/* The holiday calendars, and WITH_CLOCKS the clocks too. */
static inline struct clock_rules *rules_shipped(bool with_clocks)
{
	static const char *const calendars[] = { "cn", "de", "eu", "us", "weekend" };
	struct clock_rules *rules = clock_rules_new();

	for (size_t i = 0; i < ARRAY_LEN(calendars); i++) {
		AUTO_STRING name = mem_format("holidays/%s.yaml", calendars[i]);

		load_shipped(rules, name, true);
	}
	if (with_clocks)
		load_shipped(rules, "clocks.yaml", false);
	return rules;
}

#endif
