/* SPDX-License-Identifier: Apache-2.0 */
/* What a question to a store of intelligence takes: search STORE WORDS... prints for each the milliseconds, asked first and again. */
#include <stdio.h>
#include <time.h>

#include "psirtty/base/str.h"
#include "psirtty/vault/intel.h"

enum { AGAIN = 5, LIMIT = 50 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ask(struct intel *intel, const char *words)
{
	AUTO_ERROR err = ERROR_INIT;
	double first = 0, best = 0;
	size_t count = 0;

	for (int i = 0; i <= AGAIN; i++) {
		struct intel_hit *hits = NULL;
		double began = now_ms(), took;

		if (intel_search(intel, words, LIMIT, &hits, &count, &err)) {
			fprintf(stderr, "%s: %s\n", words, err.why);
			return 1;
		}
		took = now_ms() - began;
		first = i == 0 ? took : first;
		best = i == 0 || took < best ? took : best;
		intel_hits_free(hits, count);
	}
	printf("%s\t%zu\t%.2f\t%.2f\n", words, count, first, best);
	return 0;
}

int main(int argc, char **argv)
{
	AUTO_ERROR err = ERROR_INIT;
	struct intel *intel = NULL;
	int failed = 0;

	if (argc < 3 || intel_open(argv[1], false, &intel, &err)) {
		fprintf(stderr, "search STORE WORDS...: %s\n", err.why ? err.why : "");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		failed |= ask(intel, argv[i]);
	intel_close(intel);
	return failed;
}
