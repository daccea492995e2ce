/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that few commands call are loaded at their first call: linked, they and all they need in turn would cost
 * every start of the program more than most commands take. A header beside the caller lists the functions once and
 * puts macros of their names before a table (worker/curl_calls.h).
 */
#ifndef PSIRTTY_BASE_LAZY_H
#define PSIRTTY_BASE_LAZY_H

#include <stddef.h>

/* Loads SONAME and puts the addresses of NAMES into RET, COUNT pointers to functions. Ends the program, as for memory that
 * there is not, where the library it was built with is not there or lacks one. */
void lazy_load(const char *soname, const char *const *names, void **ret, size_t count);

#endif
