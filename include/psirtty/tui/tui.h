/* SPDX-License-Identifier: Apache-2.0 */
/* The workstation: panes, prompt, keys, theme. Draws what the desk returns; starts commands. */
#ifndef PSIRTTY_TUI_TUI_H
#define PSIRTTY_TUI_TUI_H

#include "psirtty/command/command.h"

/* Opens the screen on the context's vault (desk already open) and returns when the handler quits.
 * ERR_INPUT when there is no terminal to draw on. */
int tui_run(struct command_context *context, struct error *err);
/* The supervisor: forks, runs CHILD in the child, waits, and restores the terminal whatever became of
 * it, SIGKILL included. Returns the child's exit code (128 + signal). Holds nothing. */
int tui_supervise(int (*child)(void *argument), void *argument);

#endif
