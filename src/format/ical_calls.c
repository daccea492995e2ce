/* SPDX-License-Identifier: Apache-2.0 */
/* The table of libical's functions, filled when it is first asked for. */
#define ICAL_CALLS_HERE
#include "format/ical_calls.h"

const struct ical_calls *ical_calls(void)
{
	static const char *const names[] = {
#define X(name) #name,
		ICAL_CALLS(X)
#undef X
	};
	static union { struct ical_calls calls; void *addresses[sizeof(names) / sizeof(*names)]; } table;
	static int loaded;

	_Static_assert(sizeof(table.calls) == sizeof(table.addresses), "each call has a name");
	if (!loaded)
		lazy_load(ICAL_SONAME, names, table.addresses, sizeof(names) / sizeof(*names));
	loaded = 1;
	return &table.calls;
}
