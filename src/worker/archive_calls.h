/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive, loaded at its first call (base/lazy.h): what of it is called here. */
#ifndef PSIRTTY_WORKER_ARCHIVE_CALLS_H
#define PSIRTTY_WORKER_ARCHIVE_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#include "psirtty/base/lazy.h"

#define ARCHIVE_CALLS(X) \
	X(archive_entry_filetype) X(archive_entry_pathname) X(archive_error_string) \
	X(archive_format) X(archive_read_data) X(archive_read_free) X(archive_read_new) \
	X(archive_read_next_header) X(archive_read_open) X(archive_read_open_memory) \
	X(archive_read_support_filter_bzip2) X(archive_read_support_filter_gzip) \
	X(archive_read_support_filter_xz) X(archive_read_support_filter_zstd) \
	X(archive_read_support_format_raw) X(archive_read_support_format_tar) \
	X(archive_set_error)

struct archive_calls {
#define X(name) __typeof__(name) *name;
	ARCHIVE_CALLS(X)
#undef X
};
const struct archive_calls *archive_calls(void);

#ifndef ARCHIVE_CALLS_HERE
#define archive_entry_filetype (*archive_calls()->archive_entry_filetype)
#define archive_entry_pathname (*archive_calls()->archive_entry_pathname)
#define archive_error_string (*archive_calls()->archive_error_string)
#define archive_format (*archive_calls()->archive_format)
#define archive_read_data (*archive_calls()->archive_read_data)
#define archive_read_free (*archive_calls()->archive_read_free)
#define archive_read_new (*archive_calls()->archive_read_new)
#define archive_read_next_header (*archive_calls()->archive_read_next_header)
#define archive_read_open (*archive_calls()->archive_read_open)
#define archive_read_open_memory (*archive_calls()->archive_read_open_memory)
#define archive_read_support_filter_bzip2 (*archive_calls()->archive_read_support_filter_bzip2)
#define archive_read_support_filter_gzip (*archive_calls()->archive_read_support_filter_gzip)
#define archive_read_support_filter_xz (*archive_calls()->archive_read_support_filter_xz)
#define archive_read_support_filter_zstd (*archive_calls()->archive_read_support_filter_zstd)
#define archive_read_support_format_raw (*archive_calls()->archive_read_support_format_raw)
#define archive_read_support_format_tar (*archive_calls()->archive_read_support_format_tar)
#define archive_set_error (*archive_calls()->archive_set_error)
#endif

#endif
