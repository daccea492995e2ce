/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small charts out of characters, each in three drawings: eighths of a block, whole and half blocks for terminals
 * whose font has no more (the Linux console's), and ASCII. A chart only ever stands beside its number.
 */
#ifndef PSIRTTY_SRC_TUI_CHART_H
#define PSIRTTY_SRC_TUI_CHART_H

#include "psirtty/base/str.h"

enum chart_drawing { CHART_EIGHTHS, CHART_BLOCKS, CHART_ASCII, CHART_DRAWINGS };

/* What the option "glyphs" says (GLYPHS), where the terminal takes more than ASCII (WIDE) and is called TERM; both may be NULL. */
enum chart_drawing chart_drawing(const char *glyphs, bool wide, const char *term);
/* A bar of VALUE where MOST is CELLS long; whatever is more than nothing is seen. Adds to RET. */
void chart_bar(enum chart_drawing drawing, size_t value, size_t most, int cells, struct str *ret);
/* One character a value, as high as it is of MOST (0: the greatest of them); negative ones are gaps. */
void chart_spark(enum chart_drawing drawing, const double *values, size_t count, double most, struct str *ret);
/* One character for VALUE of MOST: how hot a cell is; a blank for nothing. */
void chart_heat(enum chart_drawing drawing, size_t value, size_t most, struct str *ret);

#endif
