/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workstation's state and its inner contracts. Levels stack: the panes at the bottom, on top of
 * them an opened case with its tabs, a message, the output of a command. Files: app.c the loop and the
 * screen's own commands, levels.c the panes and what is opened on them, run.c command lines, jobs.c where they run, hand.c what leaves by hand,
 * prompt.c what is typed, palette.c the list of commands,
 * screen.c the drawing.
 */
#ifndef PSIRTTY_SRC_TUI_APP_H
#define PSIRTTY_SRC_TUI_APP_H

#include "tui/form.h"
#include "tui/jobs.h"
#include "tui/keys.h"
#include "tui/line.h"
#include "tui/view.h"

enum { LEVELS_MAX = 16, CONTEXTS = 6, REST_MS = 150,
       READ_BRIEFS = 128 }; /* as many as are read in a small part of the time that a key may wait */

/* How a line that waited for an answer is run: as it is; over all marks; here, with the terminal given to gpg; as if it were
 * typed now. HELD: no line waits but an edited text. */
enum pending { PENDING_RUN, PENDING_BULK, PENDING_FRONT, PENDING_AGAIN, PENDING_HELD };

struct level {
	struct view *views; size_t count, current; /* owned */
	char *case_id;                             /* owned; the opened case, or NULL */
};

enum prompt_kind { PROMPT_NONE, PROMPT_COMMAND, PROMPT_FILTER, PROMPT_SEARCH, PROMPT_PALETTE, PROMPT_YES,
		   PROMPT_TYPED, PROMPT_FORM, PROMPT_SECRET, PROMPT_KINDS };

struct palette_item { const struct command_row *row; char *name, *key, *why; };
struct palette { struct palette_item *items; size_t count, selected, top; size_t *shown; size_t shown_count; };

/* What is shown of the whole vault: counted when it changes, not at each frame. */
struct figures { size_t inbox, triage, matches, overdue; instant next_at; char *next_what, *next_case; };

struct app {
	struct command_context *context; /* borrowed */
	struct terminal *term;           /* borrowed */
	struct theme theme;
	struct keymap keys;
	struct options options;
	bool marker;                         /* a mark instead of a bar shows the selection */
	int64_t lock_after_ms;
	int prefix;                          /* the key that waits for a second one, or 0 */
	int64_t prefix_due;                  /* when what may follow is shown; 0: it is, or nothing waits */
	struct level levels[LEVELS_MAX]; size_t level_count;
	struct figures figures;
	struct jobs jobs;
	uint64_t touched;                    /* keys so far: what a job brings is shown at once where none came since */
	int rows, cols;
	bool zoom, preview_focus, quit, locked, dirty, cancellable; /* the last: the job in front asks for ^C */
	char *selected_case, *selected_mail, *selected_row; /* owned: what the context's members point to */
	const char *columns[17];             /* the titles of the list's, NULL ended */
	/* preview */
	struct doc preview; char *preview_key; size_t preview_scroll;
	char *sift;                          /* owned: the filter that waits until what it looks at has been read, or NULL */
	int64_t late_due;                    /* when the lower rows of a filtered list follow; 0: they have */
	int64_t preview_due;                 /* when the rest is long enough; 0: nothing waits */
	/* prompt */
	int prompt_prefix;                   /* ^X while it waits for what follows, or 0 */
	enum prompt_kind prompt; struct line line; struct history history;
	char *question;                      /* owned: of PROMPT_YES and PROMPT_TYPED */
	char *pending;                       /* owned: the line that waits for the answer */
	char *expected;                      /* owned: what PROMPT_TYPED wants */
	enum pending pending_how;
	char *rewrite;                       /* owned: of PENDING_FRONT, the draft the editor begins with, or NULL */
	char *clash;                         /* owned: who changed meanwhile what the typed line is about */
	struct { struct session *session; struct str text; } held; /* edited text that waits for an answer */
	char *asking[LANE_COUNT];            /* owned: what a session asks a secret for, until the prompt is free */
	enum job_lane answering;             /* of PROMPT_SECRET */
	struct idset fresh;                  /* cases that others changed and the handler has not looked at */
	bool quit_asked;
	int64_t typed_due;                   /* when what is typed is kept; 0: nothing is new */
	bool typed_kept;
	struct completion *completions; size_t completion_count, completion_at;
	struct palette palette;
	struct form *form;                   /* owned; of PROMPT_FORM */
	struct str message; enum role message_role;
	int64_t next_poll, last_key, job_began, job_drawn, job_asked;
	int64_t minute, day;
	int64_t reloaded;                    /* when the views were loaded last */
	bool bare;                           /* the preview beside the list follows in the next frame */
	bool worked;                         /* something was drawn or indexed since memory was given back */
	bool behind, stale;                  /* events are still to be read; views are to be loaded anew */
	uint64_t unindexed;                  /* events the search index has not come to yet */
};

/* ---- app.c */
void app_init(struct app *app, struct command_context *context, struct terminal *term);
void app_release(struct app *app);
/* Runs until the handler quits or the terminal is gone. */
void app_loop(struct app *app);
/* ---- levels.c */
struct level *app_level(struct app *app);
struct view *app_view(struct app *app);
/* A preview stands beside or below the current view (asks the layout). */
bool app_previews(const struct app *app);
void app_request(struct app *app, enum screen_request request, const char *argument);
void app_open_case(struct app *app, const char *case_id);
void app_show_output(struct app *app, const char *text);
/* Opens COUNT views about SUBJECT on top, in place of the top level where there are LEVELS_MAX; closes what lies above the lowest COUNT levels. */
struct level *level_push(struct app *app, const struct view_ops *const *ops, size_t count, const char *subject);
void levels_pop_to(struct app *app, size_t count);
void level_open_text(struct app *app, const struct view_ops *ops, const char *subject, const char *text);
void level_begin_view(struct app *app, struct view *view, const struct view_ops *ops, const char *subject);
/* What was typed or shown for one view is of no use to another. */
void level_place_changed(struct app *app);
void level_pane(struct app *app, enum screen_request request, const char *argument);
void level_tab(struct app *app, enum screen_request request, const char *argument);
void level_page(struct app *app, enum screen_request request, const char *argument);
void level_found(struct app *app, enum screen_request request, const char *argument);
void app_reload(struct app *app);
/* Takes in what was appended: who else changed a case that LINE names since the last look, or NULL. Caller frees. */
char *app_changed_by(struct app *app, const char *line);
/* Takes in what was appended, then app_reload. */
void app_refresh(struct app *app);
void app_message(struct app *app, enum role role, const char *raw);
void app_error(struct app *app, const struct error *err);
/* Rows anew wherever the list of jobs is shown. */
void app_reload_jobs(struct app *app);
/* The contexts in which a key is looked up, the nearest first, NULL ended. */
void app_contexts(struct app *app, const char *ret[CONTEXTS]);
/* Fills the context's selected case and mail from what is selected. */
void app_note_selection(struct app *app);

/* ---- run.c */
void run_binding(struct app *app, const struct binding *binding);
/* A command line, {case} and {mail} in it, over the marks if there are any. */
void run_line(struct app *app, const char *line);
/* Whether LINE is about the case CASE_ID, by its whole id or in short. */
bool run_names_case(struct app *app, const char *line, const char *case_id);
/* An edited text may be saved, or (YES false) is kept as a draft. */
void run_held(struct app *app, bool yes);
/* Without further question: what waited has been agreed to. */
void run_pending(struct app *app);
/* What the last command printed, as a message or a text of its own. */
void run_show_output(struct app *app);
/* gpg wanted to ask something for LINE: offers to run it again with the screen given up to gpg. DRAFT keeps what was edited
 * for it; NULL: nothing was. */
void run_offer_gpg(struct app *app, const char *line, const char *draft);
/* The editor for a job, with the screen given up; its session gets the answer. */
void run_edit_for(struct app *app, struct session *session, struct job *job, struct session_answer *answer);
int run_edit(struct command_context *context, const char *name, struct str *text, struct error *err);
/* For lines that run in front: where no session can be started, and what gpg must ask for. */
void run_progress(struct command_context *context, size_t done, size_t total);
bool run_cancelled(struct command_context *context);

/* ---- hand.c */
/* WHAT: "id", "title" or "text"; NULL is "id". */
void hand_copy(struct app *app, const char *what);
void hand_pipe(struct app *app, const char *command);

/* ---- tree.c: requests of the screen */
void heading_request(struct app *app, enum screen_request request, const char *argument);
void tree_request(struct app *app, enum screen_request request, const char *argument);

/* ---- sort.c */
/* By the column called NAME; once more the other way round; "none" as they come. */
void view_sort(struct app *app, const char *name);

/* ---- typed.c */
void typed_changed(struct app *app); /* a key changed what is typed */
void typed_keep(struct app *app);    /* now */
void typed_drop(struct app *app);    /* it was used, or thrown away */
/* Puts back what a session that died, or (OWN) this one before it was locked, had kept. */
void typed_restore(struct app *app, bool own);

/* ---- settings.c */
void settings_begin(struct app *app);
void settings_set(struct app *app, const char *line);
/* A long job has ended: as the handler wants to be told, without a word of it. */
void settings_notify(struct app *app);
void settings_theme(struct app *app, const char *name);
void settings_view(struct app *app, const char *name);
/* KEEP: saves the pane and its filter; else the view is forgotten. */
void settings_view_save(struct app *app, const char *name, bool keep);

/* ---- secret.c */
/* A session needs the secret of WHAT; AGAIN: the last one was wrong. */
void secret_asked(struct app *app, enum job_lane lane, const char *what, bool again);
/* Opens the prompt for a question that waits, where nothing else is being typed. */
void secret_look(struct app *app);
/* What is typed is the secret; there is none. */
void secret_given(struct app *app);
void secret_declined(struct app *app);
/* Its session is told that there is none. */
void secret_forget(struct app *app, enum job_lane lane);

/* ---- prompt.c */
/* Sets the filter of the list that is shown; where it looks at briefs that were not read yet, these come first, some in each
 * turn of the loop. TEXT NULL or empty: none. */
void filter_set(struct app *app, const char *text);
/* Such a turn, while no key waits; the filter as it was asked for by then is set with the last of them. */
void filter_slice(struct app *app);
void prompt_open(struct app *app, enum prompt_kind kind, const char *text);
void prompt_ask(struct app *app, enum prompt_kind kind, char *question, const char *pending, const char *expected);
void prompt_close(struct app *app);
void prompt_key(struct app *app, int key);
void prompt_paste(struct app *app, const char *text);
/* LINE as if it had been typed and entered: the prompt closes, and what others changed meanwhile is asked about. */
void prompt_run(struct app *app, const char *line);
/* What stands before the typed text. */
const char *prompt_sign(const struct app *app);

/* ---- palette.c */
void palette_open(struct app *app);
void palette_filter(struct app *app, const char *words);
void palette_move(struct app *app, int step);
void palette_choose(struct app *app);
void palette_release(struct palette *palette);
void palette_draw(struct app *app, int row, int rows);

/* ---- screen.c */
struct layout {
	bool small, beside, preview;
	int bar, body, body_rows;       /* rows; bar -1 where there is none */
	int list_rows, list_cols;
	int preview_row, preview_col, preview_rows, preview_cols;
	int hint, message;              /* rows, -1 where there is none */
	int head_rows;                  /* of an opened case, inside the body above the list */
};
void layout_compute(const struct app *app, struct layout *ret);
void screen_draw(struct app *app);
void screen_figures(struct app *app);

#endif
