/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries loaded when they are first called. */
#include "psirtty/base/lazy.h"

#include <dlfcn.h>

#include "psirtty/base/mem.h"

void lazy_load(const char *soname, const char *const *names, void **ret, size_t count)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		BUG("%s", dlerror());
	for (size_t i = 0; i < count; i++) {
		ret[i] = dlsym(library, names[i]);
		if (!ret[i])
			BUG("%s", dlerror());
	}
}
