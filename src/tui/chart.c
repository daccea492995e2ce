/* SPDX-License-Identifier: Apache-2.0 */
/* Bars, sparklines and heat. Each drawing is a row of characters from the least to the whole. */
#include "tui/chart.h"

enum { STEPS_MOST = 8 };
struct drawing { const char *across[STEPS_MOST], *up[STEPS_MOST], *heat[STEPS_MOST]; int across_steps, up_steps, heat_steps; };

static const struct drawing drawings[CHART_DRAWINGS] = {
	[CHART_EIGHTHS] = { { "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" }, { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
			    { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, 8, 8, 8 },
	[CHART_BLOCKS] = { { "▌", "█" }, { "▄", "█" }, { "░", "▒", "▓", "█" }, 2, 2, 4 },
	[CHART_ASCII] = { { "#" }, { "_", ".", "-", "=", "#" }, { ".", ":", "+", "#" }, 1, 5, 4 },
};

enum chart_drawing chart_drawing(const char *glyphs, bool wide, const char *term)
{
	if (!wide || str_equal(glyphs, "ascii"))
		return CHART_ASCII;
	if (str_equal(glyphs, "utf-8"))
		return CHART_EIGHTHS;
	return str_equal(glyphs, "blocks") || str_equal(term, "linux") ? CHART_BLOCKS : CHART_EIGHTHS;
}

void chart_bar(enum chart_drawing drawing, size_t value, size_t most, int cells, struct str *ret)
{
	const struct drawing *d = &drawings[drawing];
	size_t steps, whole = (size_t)cells * (size_t)d->across_steps;

	if (!value || !most || cells <= 0)
		return;
	value = value < most ? value : most;
	steps = (value * whole + most / 2) / most;
	steps = steps ? steps : 1;
	for (size_t i = 0; i < steps / (size_t)d->across_steps; i++)
		str_add(ret, d->across[d->across_steps - 1]);
	if (steps % (size_t)d->across_steps)
		str_add(ret, d->across[steps % (size_t)d->across_steps - 1]);
}

/* The step from 0 that VALUE of MOST stands on. */
static int step_of(double value, double most, int steps)
{
	int step = most > 0 ? (int)(value / most * steps) : 0;

	return step < 0 ? 0 : step < steps ? step : steps - 1;
}

void chart_spark(enum chart_drawing drawing, const double *values, size_t count, double most, struct str *ret)
{
	const struct drawing *d = &drawings[drawing];
	bool given = most > 0;

	for (size_t i = 0; i < count && !given; i++)
		most = values[i] > most ? values[i] : most;
	for (size_t i = 0; i < count; i++)
		str_add(ret, values[i] < 0 ? " " : d->up[step_of(values[i], most, d->up_steps)]);
}

void chart_heat(enum chart_drawing drawing, size_t value, size_t most, struct str *ret)
{
	const struct drawing *d = &drawings[drawing];

	if (value)
		str_add(ret, d->heat[step_of((double)value - 1, (double)(most ? most : 1), d->heat_steps)]);
	else
		str_add_char(ret, ' ');
}
