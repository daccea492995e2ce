/* SPDX-License-Identifier: Apache-2.0 */
/* Files of rows, their fields parted by tabs: each row goes to a check, and what differs is shown. */
#ifndef PSIRTTY_TESTS_ROWS_H
#define PSIRTTY_TESTS_ROWS_H

#include "psirtty/base/str.h"
#include "../unit/tap.h"

enum { ROW_FIELDS = 12, ROWS_SHOWN = 10 };

struct row {
	char *fields[ROW_FIELDS]; /* borrowed from the file's text; those behind COUNT are "" */
	int count;
};

typedef bool (*row_check)(const struct row *row);

static void row_split(char *line, struct row *ret)
{
	static char empty[1] = "";

	ret->count = 0;
	for (int i = 0; i < ROW_FIELDS; i++)
		ret->fields[i] = empty;
	while (line && ret->count < ROW_FIELDS) {
		char *tab = strchr(line, '\t');

		ret->fields[ret->count++] = line;
		if (tab)
			*tab++ = '\0';
		line = tab;
	}
}

static void row_show(const char *name, const struct row *row)
{
	printf("# %s: %s", name, row->fields[0]);
	for (int i = 1; i < row->count && i < 6; i++)
		printf("\t%s", row->fields[i]);
	putchar('\n');
}

/* All rows of TEXT, which it takes apart, but empty lines and comments; one line for the file NAME. */
static void rows_check(char *text, const char *name, row_check check)
{
	int rows = 0, wrong = 0;

	for (char *line = text, *end; line; line = end) {
		struct row row;

		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (!*line || *line == '#')
			continue;
		row_split(line, &row);
		rows++;
		if (!check(&row) && ++wrong <= ROWS_SHOWN)
			row_show(name, &row);
	}
	CHECK(rows > 0 && wrong == 0, "%s: %d rows, %d differ", name, rows, wrong);
}

#endif
