/* SPDX-License-Identifier: Apache-2.0 */
/* The table of libarchive's functions, filled when it is first asked for. */
#define ARCHIVE_CALLS_HERE
#include "archive_calls.h"

const struct archive_calls *archive_calls(void)
{
	static const char *const names[] = {
#define X(name) #name,
		ARCHIVE_CALLS(X)
#undef X
	};
	static union { struct archive_calls calls; void *addresses[sizeof(names) / sizeof(*names)]; } table;
	static int loaded;

	_Static_assert(sizeof(table.calls) == sizeof(table.addresses), "each call has a name");
	if (!loaded)
		lazy_load(ARCHIVE_SONAME, names, table.addresses, sizeof(names) / sizeof(*names));
	loaded = 1;
	return &table.calls;
}
