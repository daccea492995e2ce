/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of commands. The same line works in a shell, after `:` on the screen and bound to a
 * key; completion, palette, hint bar, help, man page and shell completion are read from the rows.
 */
#ifndef PSIRTTY_COMMAND_COMMAND_H
#define PSIRTTY_COMMAND_COMMAND_H

#include "psirtty/command/option.h"
#include "psirtty/desk/desk.h"

/* What a row may ask of the screen when it has no exec of its own: the screen family. */
#define SCREEN_REQUESTS(X) \
	X(SCREEN_NONE) X(SCREEN_DOWN) X(SCREEN_UP) X(SCREEN_HALF_DOWN) X(SCREEN_HALF_UP) \
	X(SCREEN_PAGE_DOWN) X(SCREEN_PAGE_UP) X(SCREEN_FIRST) X(SCREEN_LAST) X(SCREEN_OPEN) \
	X(SCREEN_BACK) X(SCREEN_NEXT_PART) X(SCREEN_PREVIOUS_PART) X(SCREEN_ZOOM) X(SCREEN_FILTER) X(SCREEN_NEXT_MATCH) \
	X(SCREEN_PREVIOUS_MATCH) X(SCREEN_NEXT_HEADING) X(SCREEN_PREVIOUS_HEADING) X(SCREEN_COMMAND_LINE) X(SCREEN_PALETTE) X(SCREEN_MARK) \
	X(SCREEN_MARK_RANGE) X(SCREEN_MARK_ALL) X(SCREEN_PANE) X(SCREEN_TAB) X(SCREEN_REDRAW) X(SCREEN_SUSPEND) \
	X(SCREEN_CANCEL) X(SCREEN_THEME) X(SCREEN_LOCK) X(SCREEN_QUIT) \
	X(SCREEN_COPY) X(SCREEN_PIPE) X(SCREEN_JOBS) \
	X(SCREEN_SET) X(SCREEN_VIEW) X(SCREEN_VIEW_SAVE) X(SCREEN_VIEW_FORGET) X(SCREEN_FORM) X(SCREEN_SORT) \
	X(SCREEN_FOUND) /* what the search ARGUMENT found, as a list */ \
	X(SCREEN_EXPAND) X(SCREEN_COLLAPSE) \
	X(SCREEN_FLAW) X(SCREEN_COMPONENT) /* the page of the flaw, the component called ARGUMENT */ \
	X(SCREEN_WORKSTATION) /* from a shell: open the workstation after this command */
enum screen_request {
#define X(name) name,
	SCREEN_REQUESTS(X)
#undef X
};

enum command_flag {
	COMMAND_CHANGES = 1,   /* changes the vault */
	COMMAND_LEAVES = 2,    /* something leaves the house: the screen asks first */
	COMMAND_TYPED = 4,     /* the screen wants the case id typed */
	COMMAND_NO_VAULT = 8,  /* needs no vault */
	COMMAND_UNDOABLE = 16,
	COMMAND_SCREEN = 32,   /* only on the screen */
	COMMAND_OWN_VAULT = 64, /* opens the vault itself (init, audit verify, demo) */
	COMMAND_JSON = 128,    /* takes --json */
	COMMAND_LISTS = 256,   /* takes --limit N and --after ID */
	COMMAND_HERE = 512,    /* the screen does it itself although it needs a vault */
	COMMAND_BULK = 1024,   /* takes long: on the screen it waits its turn behind its like */
};

enum argument_type { /* for completion, forms and messages */
	ARG_TEXT, ARG_WORD, ARG_CASE, ARG_MAIL, ARG_DRAFT, ARG_FILE, ARG_DIR, ARG_FINGERPRINT, ARG_PRODUCT,
	ARG_PARTY, ARG_STATE, ARG_FIELD, ARG_WHEN, ARG_ADVISORY, ARG_VECTOR, ARG_NUMBER, ARG_PANE, ARG_THEME,
	ARG_COMMAND, ARG_ADDRESS, ARG_OPTION, ARG_OPTION_VALUE, ARG_VIEW, ARG_COLUMN,
};
struct command_argument {
	const char *name;    /* "CASE"; for an option "--to" */
	enum argument_type type;
	bool option, takes_value, optional, repeats; /* repeats: the rest of the line, each a value */
	const char *const *words; /* ARG_WORD: the allowed ones, NULL ended */
	const char *help;
};

/* REACT_EDIT_KEPT: what was edited lies elsewhere, although the command failed. */
enum command_reaction { REACT_REDRAW = 1, REACT_RELOAD = 2, REACT_SHOW_OUTPUT = 4, REACT_OPEN_CASE = 8, REACT_EDIT_KEPT = 16 };

struct command_context {
	/* ---- set by the front */
	const char *vault_dir, *gpg_home; /* borrowed; vault_dir NULL: none given */
	bool json, offline, plain, readonly, on_screen;
	const struct options *options;    /* borrowed; NULL: nobody has read them */
	bool now_fixed; instant now;      /* --now; else read at each command by command_now() */
	struct desk *desk;                /* opened by the first command that needs it; closed by the front */
	const char *selected_case, *selected_mail, *selected_row; /* what {case}, {mail} and {row} stand for; may be NULL */
	const char *const *columns;       /* borrowed: the titles of the list that is looked at, NULL ended; or NULL */
	/* Lets the handler edit TEXT; the screen gives itself up meanwhile. NULL: not possible. */
	int (*edit)(struct command_context *context, const char *name, struct str *text, struct error *err);
	char *edited;         /* owned: the draft that holds what an editor gave, until its command is done; or NULL */
	/* Asks the handler for the secret of WHAT, unseen; false when none is given. NULL: the terminal is asked. */
	bool (*ask)(struct command_context *context, const char *what, struct str *ret);
	void (*progress)(struct command_context *context, size_t done, size_t total);
	/* A line of how far it is, in place of the one before. NULL: nobody looks. */
	void (*notice)(struct command_context *context, const char *line);
	/* Whether the handler wants the long command that runs to stop; asked first when it begins, then often. NULL: he
	 * cannot say. */
	bool (*cancelled)(struct command_context *context);
	/* Prints what is in `out` so far and empties it, so that bulk answers do not pile up. NULL: they do. */
	void (*flush)(struct command_context *context);
	void *front;
	/* ---- set by the command */
	struct str out;                   /* what it prints; has passed tsv_add or text_add_* where it is not JSON */
	unsigned reactions;               /* enum command_reaction */
	enum screen_request request;
	char **arguments; size_t argument_count; /* of a screen request; owned */
	char *open_case;                  /* owned; with REACT_OPEN_CASE */
};
void command_context_release(struct command_context *context); /* also closes the desk */
instant command_now(struct command_context *context);

struct command_row;
/* The table, sorted by name. */
size_t command_count(void);
const struct command_row *command_row_at(size_t index);
const char *command_name(const struct command_row *row);      /* "mail take" */
const char *command_help(const struct command_row *row);      /* one line, translated */
unsigned command_flags(const struct command_row *row);
const struct command_argument *command_arguments(const struct command_row *row, size_t *ret_count);
/* "mail take MAIL [--title TITLE]"; adds to RET. */
void command_usage(const struct command_row *row, struct str *ret);
/* Whether the screen carries it out itself; every other line runs in a session (session.h). */
bool command_on_screen(const struct command_row *row);
/* Why it cannot be run now, translated, or NULL when it can. */
const char *command_disabled(const struct command_row *row, struct command_context *context);
/* The row whose words begin ARGV (longest wins), *RET_WORDS of them; NULL when none does. */
const struct command_row *command_find(int argc, char *const *argv, int *ret_words);

/* What the screen asks before it runs ARGV, because of what would follow; translated. NULL: nothing, or it cannot be told,
 * and the command says why. The caller frees. */
char *command_question(struct command_context *context, int argc, char *const *argv);

/* Splits LINE as a shell would ("double", 'single', backslash); ERR_USAGE for an open quote. Free both with
 * command_free_words. */
int command_split(const char *line, char ***ret_argv, int *ret_argc, struct error *err);
void command_free_words(char **argv, int argc);
/* Replaces {case}, {mail} and {row} by what is selected; ERR_USAGE when nothing is. Adds to RET. */
int command_expand(const struct command_context *context, const char *line, struct str *ret, struct error *err);
/* Runs one command; 0 or an ERR_*; what it prints is in context->out. */
int command_run(struct command_context *context, int argc, char *const *argv, struct error *err);
int command_run_line(struct command_context *context, const char *line, struct error *err);
/* $VISUAL, $EDITOR or vi on a 0600 file in the member's draft area, for `edit` above: the terminal must be free
 * for it. What was typed is sealed as a draft before the file goes: CONTEXT->edited, or, when the editor fails or SIGTERM or
 * SIGHUP came (which then comes again), one that the error names. */
int command_editor(struct command_context *context, const char *name, struct str *text, struct error *err);
/* The command for which ID (may be NULL; CONTEXT->edited once) was edited is done: what it wrote lies where it belongs. */
void command_edited_done(struct command_context *context, const char *id);
/* What was edited and lies in the draft ID, added to RET; ERR_INPUT or ERR_VAULT when it cannot be read. */
int command_edited_text(struct command_context *context, const char *id, struct str *ret, struct error *err);
/* The shell front: global options, one command, printing. The process's exit code; -1 when no command was given and
 * the workstation should open (then *CONTEXT is filled from the options). */
int command_main(struct command_context *context, int argc, char **argv);

/* Completions of LINE at its end: whole replacements for the last word, each with a description; at
 * most 200, sorted. */
struct completion { char *word, *help; };
void command_complete(struct command_context *context, const char *line, struct completion **ret, size_t *ret_count);
void completion_free(struct completion *completions, size_t count);

#endif
