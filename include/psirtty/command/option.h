/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a handler may set: one table of options, each with type, range, unit, default and text. Values come from
 * /etc/psirtty/psirtty.yaml, then the vault's own psirtty.yaml, then the user's, then what was set and saved on the
 * screen (saved.yaml beside the user's); the later wins. Accounts and the like in these files are the desk's (settings.h).
 */
#ifndef PSIRTTY_COMMAND_OPTION_H
#define PSIRTTY_COMMAND_OPTION_H

#include "psirtty/base/error.h"

enum option_type { OPTION_WORD, OPTION_NUMBER, OPTION_SWITCH };
struct option_row {
	const char *name;
	enum option_type type;
	const char *const *words;   /* OPTION_WORD: the allowed ones, NULL ended */
	long least, most;           /* OPTION_NUMBER */
	const char *unit;           /* N_(), or NULL */
	const char *fallback;       /* the value where nobody set one */
	const char *help;           /* N_(): one line */
};
/* The table, sorted by name. */
extern const struct option_row option_rows[];
extern const size_t option_count;
const struct option_row *option_find(const char *name);

struct saved_view { char *name, *pane, *filter; }; /* owned; the filter may be empty */
struct options {
	char **values, **sources;  /* owned, one a row; NULL: the fallback; the source is a path, or NULL for :set */
	struct saved_view *views; size_t view_count;
};
void options_init(struct options *options);
void options_release(struct options *options);
/* Reads the files there are; VAULT_DIR may be NULL. ERR_INPUT names file, line and what was expected; what came before holds. */
int options_load(struct options *options, const char *vault_dir, struct error *err);
/* Reads one file's text. */
int options_parse(struct options *options, const char *bytes, size_t length, const char *path, struct error *err);
int option_set(struct options *options, const char *name, const char *value, struct error *err);
const char *option_get(const struct options *options, const char *name);
long option_number(const struct options *options, const char *name);
bool option_on(const struct options *options, const char *name);
/* "on, off", "1 to 1440 minutes", "dark, light, mono, cb"; adds to RET. */
void option_describe(const struct option_row *row, struct str *ret);
/* Saves (FILTER NULL: forgets) a view; options_save writes it. */
void options_save_view(struct options *options, const char *name, const char *pane, const char *filter);
const struct saved_view *options_view(const struct options *options, const char *name);
/* Writes what was set by the user, and the views, into saved.yaml: what a person wrote stays untouched. */
int options_save(const struct options *options, struct error *err);
char *options_user_path(void); /* caller frees */

#endif
