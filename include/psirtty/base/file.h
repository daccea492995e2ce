/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and folders, with sentences instead of errno.
 */
#ifndef PSIRTTY_BASE_FILE_H
#define PSIRTTY_BASE_FILE_H

#include <signal.h>
#include <sys/types.h>

#include "psirtty/base/error.h"

/* Appends the whole file to *RET; more than LIMIT bytes is an error. "-" is standard input. On an
 * error *RET is as it was. */
int file_read(const char *path, size_t limit, struct str *ret, struct error *err);
/* Writes beside it, fsyncs, renames over it, fsyncs the folder: the old or the new file, never half. */
int file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
/* The same without waiting for the disk: it outlives the process, not a loss of power. */
int file_keep(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
int fd_write_all(int fd, const void *bytes, size_t length);
/* Exactly LENGTH bytes; false when the other end is gone before. */
bool fd_read_all(int fd, void *ret, size_t length);
/* So that write() to a pipe whose reader died does not end us. *RET_OLD is what to restore, which also drops
 * a SIGPIPE that came meanwhile. */
void signal_pipe_block(sigset_t *ret_old);
void signal_pipe_restore(const sigset_t *old);
/* The names in a folder (none that begins with a dot), sorted by bytes. Free with file_free_names. */
int file_list(const char *dir, char ***ret_names, size_t *ret_count, struct error *err);
void file_free_names(char **names, size_t count);
/* Makes DIR and its missing parents with MODE. */
int file_make_dir(const char *dir, mode_t mode, struct error *err);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* Removes a tree; refuses "/", "" and anything that is not a folder owned by this user. */
int file_remove_tree(const char *dir, struct error *err);
/* Joined with one slash; the caller frees. */
char *file_join(const char *dir, const char *name);
/* NAME below the data folder: $PSIRTTY_DATA, else data/ beside the program built in place (or above
 * it, when it lies in a folder build*), else the installed one. Caller frees; the file may not exist. */
char *file_data(const char *name);
/* The same for themes/. */
char *file_theme(const char *name);
/* A program of ours that only we start: beside this one when built in place, else the installed one; NULL: there is
 * none. Caller frees. */
char *file_helper(const char *name);
/* Per-user state ($XDG_STATE_HOME/psirtty, else ~/.local/state/psirtty), cache and data folders. */
char *file_state_dir(void);
char *file_cache_dir(void);
char *file_share_dir(void);

#endif
