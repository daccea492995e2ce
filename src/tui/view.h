/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view is one thing to look at: a list of rows to choose from, or a text to read. What differs between
 * views is one table of functions; selection, marks, filter, scrolling and drawing are the same for all.
 */
#ifndef PSIRTTY_SRC_TUI_VIEW_H
#define PSIRTTY_SRC_TUI_VIEW_H

#include "psirtty/command/command.h"
#include "tui/chart.h"
#include "tui/doc.h"

struct view;
/* One row: the thing it stands for, borrowed from the model until the next reload. */
struct row { const void *item; size_t index; };

enum { COLUMN_NEVER = 1 << 20 };
struct column {
	const char *title;   /* N_() */
	int width;           /* cells; 0: takes what is left */
	int from_cols;       /* shown only where the list is at least this wide */
	bool right;          /* numbers */
};

/* What a view writes into one cell. */
struct cell { struct str text; enum role role; };

struct view_ops {
	const char *name;    /* also the context of its keys */
	const char *title, *brief; /* N_(): in the bar; where it is narrow */
	const char *empty;   /* N_(): the sentence when there is nothing */
	/* ---- a list; NULL columns: a text */
	const struct column *columns; size_t column_count;
	void (*load)(struct view *view);       /* adds the rows with view_add */
	void (*cell)(const struct view *view, const struct row *row, size_t column, struct cell *ret);
	void (*row_id)(const struct row *row, struct str *ret);
	const char *(*row_case)(const struct row *row); /* what {case} and {mail} stand for; NULL: nothing */
	const char *(*row_mail)(const struct row *row);
	/* What can be done with this one beside what can be done here: a context of keys, or NULL. ROW is NULL for a text. */
	const char *(*kind)(const struct view *view, const struct row *row);
	/* Fetches what lies behind the last row; false: that is the end. The rows are loaded anew then. */
	bool (*grow)(struct view *view);
	/* A tree: whether the row has children, and shows them. */
	bool (*row_branch)(const struct row *row);
	const struct case_state *(*row_state)(const struct row *row); /* has the query language as its filter */
	void (*preview)(const struct view *view, const struct row *row, struct doc *doc);
	const struct view_ops *opens;          /* for its mail; else Enter opens the row's case */
	/* What OPENS is about, where it is no mail. */
	void (*row_subject)(const struct view *view, const struct row *row, struct str *ret);
	const char *tab;                       /* which one of a case that Enter opens; NULL: the first */
	const char *(*row_tab)(const struct row *row); /* the same, where rows differ */
	bool at_end;                           /* newest last: the selection begins there */
	bool counted;                          /* its number stands in the bar */
	/* ---- a text */
	void (*head)(const struct view *view, struct doc *doc); /* stays above what scrolls */
	void (*body)(const struct view *view, struct doc *doc);
	bool reads_all;                        /* looks at the brief of every case: these come first, some in each turn */
};

/* A sorted set of row ids. */
struct idset { char **ids; size_t count, capacity; };

struct view {
	const struct view_ops *ops;
	struct command_context *context; /* borrowed */
	const struct terminal *term;     /* borrowed: what may be drawn with */
	char *subject;                   /* owned: the case or mail it is about, or NULL */
	char *text;                      /* owned: what the pager shows, or NULL */
	/* list */
	struct row *rows; size_t row_count, row_capacity, total;
	void *items;                     /* owned: what the rows stand for, where the model does not keep it */
	void (*items_free)(void *items); /* NULL: by free() */
	struct idset opened;             /* of a tree: the rows whose children are shown */
	size_t selected, top;
	char *selected_id;               /* owned: survives a reload */
	char *filter;                    /* owned: NULL or not empty */
	/* While a filter is typed into a tall list only its upper rows follow at once; those further down are still the rows
	 * from before, until the typing rests. */
	struct row *before; size_t before_count, before_top; /* owned */
	bool late;
	struct idset marks;
	const struct idset *fresh;       /* borrowed: cases that others changed, or NULL */
	bool ranging; size_t anchor;
	bool loaded;
	size_t sorted; bool descending;  /* the column from 1 that orders the rows; 0: as they come */
	/* text */
	struct doc head, body;
	int laid_rows;                   /* head and body were parted for */
	size_t scroll;
	char *search;                    /* owned */
};

void view_init(struct view *view, const struct view_ops *ops, struct command_context *context, const char *subject);
void view_release(struct view *view);
bool view_is_list(const struct view *view);
const struct model *view_model(const struct view *view);
instant view_now(const struct view *view);
/* What its charts are drawn with. */
enum chart_drawing view_drawing(const struct view *view);
/* The case the view is about, whole; NULL when it is gone. */
const struct case_state *view_case(const struct view *view);
/* Lists know cases and mails in brief: these make one whole and return it. NULL stays NULL. */
const struct case_state *view_whole(const struct view *view, const struct case_state *state);
const struct inbox_item *view_whole_mail(const struct view *view, const struct inbox_item *item);
void view_add(struct view *view, const void *item, size_t index);
/* ITEMS take the place of those the view has; FREE NULL: by free(). */
void view_take_items(struct view *view, void *items, void (*items_free)(void *items));
/* Rows or text anew from the model; selection, marks and scroll stay where they were. */
void view_reload(struct view *view);
/* Loads what was never loaded, builds a text for COLS. Where its head would leave the text too few of ROWS, what need not
 * stay above is scrolled with it. */
void view_prepare(struct view *view, int cols, int rows);
/* NULL when the list is empty or the view a text. */
const struct row *view_selected(const struct view *view);
void view_select(struct view *view, size_t index);
bool view_marked(const struct view *view, const struct row *row);
void view_mark(struct view *view, const struct row *row, bool on);
/* Marks every row where none is; in the time that sorting their ids takes. */
void view_mark_all(struct view *view);
void view_clear_marks(struct view *view);
/* Sets the filter (NULL or empty: none). ERR_USAGE when the query cannot be read; the rows then stay. */
int view_set_filter(struct view *view, const char *filter, struct error *err);
/* Whether the lower rows of a tall list may wait (LATE) after a filter was set, or follow now. */
void view_set_late(struct view *view, bool late);
/* Keeps the selection inside ROWS rows; JUMP: scrolls by half a page where one line would do. */
void view_follow(struct view *view, int rows, bool jump);
/* Draws a list with its header line, or a text with its head. FOCUS: the selection is shown. Where the
 * selection stands goes to *RET_ROW (-1: nowhere). */
void view_draw(struct view *view, struct terminal *term, int row, int col, int rows, int cols, bool focus, bool plain,
	       int *ret_row);
/* Rows of the list, or of the scrolled text, when the view has ROWS. */
int view_page(const struct view *view, int rows);

/* (sort.c) Orders the rows by the column they are sorted by. */
void view_sort_rows(struct view *view);

bool idset_has(const struct idset *set, const char *id);
void idset_put(struct idset *set, const char *id, bool in);
void idset_release(struct idset *set);

/* ---- the views */
extern const struct view_ops inbox_view, triage_view, repro_view, calendar_view, advisories_view, feeds_view,
	products_view, metrics_view, cases_view, contacts_view, keys_view, risks_view, all_tasks_view, clocks_view, matches_view,
	audit_view;
extern const struct view_ops summary_tab, messages_tab, reproduction_tab, embargo_tab, affected_tab, advisory_tab,
	revisions_tab, tasks_tab, timeline_tab, gates_tab;
extern const struct view_ops mail_view, message_view, output_view, found_view, jobs_view, saved_view, diff_view, flaw_view, component_view;
/* PANES stand in the bar under their numbers; those behind are opened by name. What is opened on top of them. */
enum { PANES = 9, ALL_PANES = 16, CASE_TABS = 10, OTHER_VIEWS = 9 };
extern const struct view_ops *const level_panes[ALL_PANES], *const level_tabs[CASE_TABS], *const level_others[OTHER_VIEWS];
/* Which mail an opened message of a case was, or NULL: we wrote it. */
const char *message_mail_id(const struct view *view);
/* The fixed lines above a case's tabs. */
void case_head(const struct case_state *state, instant now, struct doc *doc);

#endif
