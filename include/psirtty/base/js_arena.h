/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where one document is read, looked at and thrown away, its values can lie in memory of their own that goes at once.
 */
#ifndef PSIRTTY_BASE_JS_ARENA_H
#define PSIRTTY_BASE_JS_ARENA_H

#include "psirtty/base/js.h"

/* From here to the end every JSON value is made in the arena: none may outlive it, and none from before may be freed in
 * between. Values need not be freed. One at a time, and one thread. */
void js_arena_begin(void);
void js_arena_end(void);

#endif
