/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A theme: one style a role, from a YAML file. The 16 colours are the design; a 256-colour index may
 * refine each. A role whose meaning matters differs by more than its hue in every theme.
 */
#ifndef PSIRTTY_SRC_TUI_THEME_H
#define PSIRTTY_SRC_TUI_THEME_H

#include "psirtty/base/error.h"
#include "tui/roles.h"

enum style_attribute {
	STYLE_BOLD = 1, STYLE_DIM = 2, STYLE_UNDERLINE = 4, STYLE_REVERSE = 8, STYLE_ITALIC = 16,
};
/* Colours are 0 to 15, or -1 for the terminal's own; the 256 members -1 where nothing refines. */
struct style { int fg, bg, fg256, bg256; unsigned attributes; };
struct theme { char name[32]; struct style styles[ROLE_COUNT]; };

const char *role_name(enum role role);
/* Reads a theme; NAME is for messages. An unknown role, colour or attribute is ERR_INPUT with its line. */
int theme_parse(const char *bytes, size_t length, const char *name, struct theme *ret, struct error *err);
/* $XDG_CONFIG_HOME/psirtty/themes/NAME.yaml, else the one shipped, which is also compiled in. */
int theme_load(const char *name, struct theme *ret, struct error *err);
/* The compiled-in themes, NULL ended. */
const char *const *theme_names(void);
/* $XDG_CONFIG_HOME/psirtty (or ~/.config/psirtty), joined with NAME. Caller frees. */
char *config_path(const char *name);

#endif
