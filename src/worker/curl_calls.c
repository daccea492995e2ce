/* SPDX-License-Identifier: Apache-2.0 */
/* The table of libcurl's functions, filled when it is first asked for. */
#define CURL_CALLS_HERE
#include "curl_calls.h"

const struct curl_calls *curl_calls(void)
{
	static const char *const names[] = {
#define X(name) #name,
		CURL_CALLS(X)
#undef X
	};
	static union { struct curl_calls calls; void *addresses[sizeof(names) / sizeof(*names)]; } table;
	static int loaded;

	_Static_assert(sizeof(table.calls) == sizeof(table.addresses), "each call has a name");
	if (!loaded)
		lazy_load(CURL_SONAME, names, table.addresses, sizeof(names) / sizeof(*names));
	loaded = 1;
	return &table.calls;
}
