/* SPDX-License-Identifier: Apache-2.0 */
/* The table of libhunspell's functions, filled when it is first asked for. */
#ifdef HUNSPELL_SONAME
#define HUNSPELL_CALLS_HERE
#include "hunspell_calls.h"

const struct hunspell_calls *hunspell_calls(void)
{
	static const char *const names[] = {
#define X(name) #name,
		HUNSPELL_CALLS(X)
#undef X
	};
	static union { struct hunspell_calls calls; void *addresses[sizeof(names) / sizeof(*names)]; } table;
	static int loaded;

	_Static_assert(sizeof(table.calls) == sizeof(table.addresses), "each call has a name");
	if (!loaded)
		lazy_load(HUNSPELL_SONAME, names, table.addresses, sizeof(names) / sizeof(*names));
	loaded = 1;
	return &table.calls;
}
#endif
