/* SPDX-License-Identifier: Apache-2.0 */
/* libhunspell, loaded at its first call (base/lazy.h): what of it is called here. */
#ifndef PSIRTTY_WORKER_HUNSPELL_CALLS_H
#define PSIRTTY_WORKER_HUNSPELL_CALLS_H

#include <hunspell.h>

#include "psirtty/base/lazy.h"

#define HUNSPELL_CALLS(X) X(Hunspell_create) X(Hunspell_get_dic_encoding) X(Hunspell_spell)

struct hunspell_calls {
#define X(name) __typeof__(name) *name;
	HUNSPELL_CALLS(X)
#undef X
};
const struct hunspell_calls *hunspell_calls(void);

#ifndef HUNSPELL_CALLS_HERE
#define Hunspell_create (*hunspell_calls()->Hunspell_create)
#define Hunspell_get_dic_encoding (*hunspell_calls()->Hunspell_get_dic_encoding)
#define Hunspell_spell (*hunspell_calls()->Hunspell_spell)
#endif

#endif
