/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded at its first call (base/lazy.h): what of it is called here. */
#ifndef PSIRTTY_WORKER_CURL_CALLS_H
#define PSIRTTY_WORKER_CURL_CALLS_H

#include <curl/curl.h>

#include "psirtty/base/lazy.h"

#define CURL_CALLS(X) \
	X(curl_easy_cleanup) X(curl_easy_getinfo) X(curl_easy_init) X(curl_easy_perform) \
	X(curl_easy_recv) X(curl_easy_send) X(curl_easy_setopt) X(curl_easy_strerror) X(curl_getdate) \
	X(curl_global_init) X(curl_multi_add_handle) X(curl_multi_cleanup) X(curl_multi_info_read) \
	X(curl_multi_init) X(curl_multi_perform) X(curl_multi_poll) X(curl_multi_remove_handle) \
	X(curl_multi_setopt) X(curl_slist_append) X(curl_slist_free_all)

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

struct curl_calls {
#define X(name) __typeof__(name) *name;
	CURL_CALLS(X)
#undef X
};
const struct curl_calls *curl_calls(void);

#ifndef CURL_CALLS_HERE
#define curl_easy_cleanup (*curl_calls()->curl_easy_cleanup)
#define curl_easy_getinfo (*curl_calls()->curl_easy_getinfo)
#define curl_easy_init (*curl_calls()->curl_easy_init)
#define curl_easy_perform (*curl_calls()->curl_easy_perform)
#define curl_easy_recv (*curl_calls()->curl_easy_recv)
#define curl_easy_send (*curl_calls()->curl_easy_send)
#define curl_easy_setopt (*curl_calls()->curl_easy_setopt)
#define curl_easy_strerror (*curl_calls()->curl_easy_strerror)
#define curl_getdate (*curl_calls()->curl_getdate)
#define curl_global_init (*curl_calls()->curl_global_init)
#define curl_multi_add_handle (*curl_calls()->curl_multi_add_handle)
#define curl_multi_cleanup (*curl_calls()->curl_multi_cleanup)
#define curl_multi_info_read (*curl_calls()->curl_multi_info_read)
#define curl_multi_init (*curl_calls()->curl_multi_init)
#define curl_multi_perform (*curl_calls()->curl_multi_perform)
#define curl_multi_poll (*curl_calls()->curl_multi_poll)
#define curl_multi_remove_handle (*curl_calls()->curl_multi_remove_handle)
#define curl_multi_setopt (*curl_calls()->curl_multi_setopt)
#define curl_slist_append (*curl_calls()->curl_slist_append)
#define curl_slist_free_all (*curl_calls()->curl_slist_free_all)
#endif

#endif
