/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A form for any command: a field for each of its arguments, checked while one types, with something to choose from
 * where the values are known. What it makes is a command line, which runs as if it had been typed.
 */
#ifndef PSIRTTY_SRC_TUI_FORM_H
#define PSIRTTY_SRC_TUI_FORM_H

#include "psirtty/command/command.h"
#include "tui/line.h"
#include "tui/roles.h"

struct app;
struct form;

/* Opens the form of the command that LINE begins with; its words stand in the fields. False when there is no such command. */
bool form_open(struct app *app, const char *line);
void form_free(struct form *form);
void form_key(struct app *app, int key);
void form_paste(struct app *app, const char *text);
void form_draw(struct app *app, int row, int rows);
/* The command line as it stands; adds to RET. */
void form_line(const struct form *form, struct str *ret);
const char *form_title(const struct form *form); /* the command's name */
/* What the field that is typed into is for. */
const char *form_help(const struct form *form);
/* The hints of the keys that work in it. */
const char *form_hint(const struct form *form);

/* ---- pickers: each works on one text, which it replaces when one has chosen */
struct picker;
struct picker_ops {
	const char *hint; /* N_() */
	bool (*key)(struct picker *picker, int key); /* false: it is none of its keys */
	void (*draw)(struct picker *picker, struct app *app, int row, int rows);
	/* What was chosen; behind a tab what the field behind it gets. */
	void (*text)(const struct picker *picker, struct str *ret);
	void (*free)(struct picker *picker);
};
struct picker { const struct picker_ops *ops; };
extern const struct picker_ops picker_list, picker_cwe, picker_date, picker_cvss, picker_bar, picker_matrix;
/* All of them, NULL ended. */
extern const struct picker_ops *const form_pickers[];
/* What is open over the fields, or NULL. */
const struct picker_ops *form_picker(const struct form *form);
/* NULL where TEXT is nothing they could begin with only if they say so. */
struct picker *pick_date_new(const char *text, instant now);
struct picker *pick_cvss_new(const char *text);
struct picker *pick_cwe_new(void);
/* The bug bar's questions; SCORE in tenths or -1. NULL where the bar cannot be read. */
struct picker *pick_bar_new(const char *text, int score);
/* STATE may be NULL; NULL where there are no products. Both are borrowed. */
struct picker *pick_matrix_new(const struct model *model, const struct case_state *state);
/* Takes over COMPLETIONS. */
struct picker *pick_list_new(struct completion *completions, size_t count);

#endif
