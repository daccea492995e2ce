/* SPDX-License-Identifier: Apache-2.0 */
/* Charts: each value in each drawing, none too long, the least seen, the most whole. */
#include "tap.h"

#include "psirtty/base/text.h"
#include "tui/chart.h"

static void test_choice(void)
{
	static const struct { const char *glyphs; bool wide; const char *term; enum chart_drawing drawing; } rows[] = {
		{ "auto", true, "xterm-256color", CHART_EIGHTHS }, { "auto", true, "linux", CHART_BLOCKS },
		{ "auto", false, "xterm", CHART_ASCII }, { "ascii", true, "xterm", CHART_ASCII },
		{ "blocks", true, "xterm", CHART_BLOCKS }, { "utf-8", true, "linux", CHART_EIGHTHS },
		{ NULL, true, NULL, CHART_EIGHTHS }, { "blocks", false, "linux", CHART_ASCII },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(chart_drawing(rows[i].glyphs, rows[i].wide, rows[i].term) == rows[i].drawing, "row %zu", i);
}

/* Never longer than its cells, never shorter for more, something for anything, all cells for the most. */
static void test_bars(void)
{
	for (int drawing = 0; drawing < CHART_DRAWINGS; drawing++)
		for (int cells = 1; cells <= 40; cells += 13) {
			int before = 0;
			bool good = true;

			for (size_t value = 0; value <= 1000; value++) {
				AUTO_STR bar = STR_INIT;
				int width;

				chart_bar(drawing, value, 1000, cells, &bar);
				width = text_width(str_or_empty(bar.bytes));
				good = good && width <= cells && width >= before && (width > 0) == (value > 0);
				good = good && (drawing != CHART_ASCII || strspn(str_or_empty(bar.bytes), "#") == bar.length);
				before = width;
			}
			CHECK(good && before == cells, "bars of %d cells, drawing %d", cells, drawing);
		}
}

static void test_edges(void)
{
	AUTO_STR bar = STR_INIT;

	chart_bar(CHART_EIGHTHS, 3, 0, 10, &bar);
	chart_bar(CHART_EIGHTHS, 0, 3, 10, &bar);
	chart_bar(CHART_BLOCKS, 3, 3, 0, &bar);
	chart_bar(CHART_EIGHTHS, 1, 1000, -4, &bar);
	CHECK(!bar.length, "nothing of nothing, and nothing without room");
	str_reset(&bar);
	chart_bar(CHART_ASCII, 9, 3, 4, &bar);
	CHECK_STR(bar.bytes, "####", "more than the most is the most");
}

static void test_sparks(void)
{
	static const double values[] = { 0, 1, 2, 4, 8, -1, 8 };
	static const char *const expected[CHART_DRAWINGS] = {
		[CHART_EIGHTHS] = "▁▂▃▅█ █", [CHART_BLOCKS] = "▄▄▄██ █", [CHART_ASCII] = "__.-# #",
	};

	for (int drawing = 0; drawing < CHART_DRAWINGS; drawing++) {
		AUTO_STR spark = STR_INIT, flat = STR_INIT;

		chart_spark(drawing, values, ARRAY_LEN(values), 0, &spark);
		CHECK_STR(spark.bytes, expected[drawing], "a sparkline");
		chart_spark(drawing, (const double[]){ 0, 0, 0 }, 3, 0, &flat);
		CHECK(text_width(flat.bytes) == 3, "nothing at all is drawn flat");
	}
}

static void test_heat(void)
{
	for (int drawing = 0; drawing < CHART_DRAWINGS; drawing++) {
		bool good = true;

		for (size_t value = 0; value < 20; value++) {
			AUTO_STR heat = STR_INIT;

			chart_heat(drawing, value, 9, &heat);
			good = good && text_width(heat.bytes) == 1 && (value == 0) == str_equal(heat.bytes, " ");
		}
		CHECK(good, "heat of drawing %d is one cell, blank for nothing only", drawing);
	}
}

int main(void)
{
	test_choice();
	test_bars();
	test_edges();
	test_sparks();
	test_heat();
	return tap_done();
}
