/* SPDX-License-Identifier: Apache-2.0 */
/* tui_run on a terminal of the caller's: how tests run the workstation without one. */
#ifndef PSIRTTY_SRC_TUI_RUN_TUI_H
#define PSIRTTY_SRC_TUI_RUN_TUI_H

#include "psirtty/command/command.h"
#include "tui/term/term.h"

/* Opens TERM, runs until the handler quits or the keys end, closes it; the caller frees it. */
int tui_run_on(struct command_context *context, struct terminal *term, struct error *err);

#endif
