/* SPDX-License-Identifier: Apache-2.0 */
/* What the safe-text door costs: text_display() beside a plain copy of the same bytes. */
#include "psirtty/base/text.h"

#include <time.h>

enum { ROUNDS = 9, BYTES = 1 << 20 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), compare);
	return times[ROUNDS / 2];
}

static double time_copy(const struct str *source)
{
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double begun = now();
		char *copy = mem_copy(source->bytes, strlen(source->bytes));

		times[i] = now() - begun;
		free(copy);
	}
	return median(times);
}

static double time_display(const struct str *source, enum text_policy policy)
{
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct text text;
		double begun = now();

		text_display(&text, source->bytes, -1, policy);
		times[i] = now() - begun;
		text_release(&text);
	}
	return median(times);
}

int main(void)
{
	static const struct {
		const char *name, *sample;
	} rows[] = {
		{ "ASCII", "heap overflow in the frame reader, see line 42\n" },
		{ "Chinese", "\u5806\u7f13\u51b2\u533a\u6ea2\u51fa\uff0c\u89c1\u7b2c 42 \u884c\n" },
		{ "hostile", "\033]0;x\007\u202etxt.exe\u202c \x9b\xff\u200d\U000e0041" },
	};

	printf("%-10s %12s %12s %8s %10s\n", "1 MiB of", "copy ms", "display ms", "ratio", "MB/s");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR source = STR_INIT;
		double copy, display;

		while (source.length < BYTES)
			str_add(&source, rows[i].sample);
		copy = time_copy(&source);
		display = time_display(&source, TEXT_BLOCK);
		printf("%-10s %12.3f %12.3f %8.1f %10.1f\n", rows[i].name, copy, display,
		       display / copy, (double)source.length / 1e3 / display);
	}
	return 0;
}
