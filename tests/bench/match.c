/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials of many components, parsed and held against a store: match STORE FILE... prints for each the
 * milliseconds of processor time for reading, taking apart, looking up, and making matches of it.
 */
#include <stdio.h>
#include <time.h>

#include "desk/inventory_private.h"
#include "desk/match_private.h"
#include "psirtty/base/file.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int measure(struct intel *intel, const char *path)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR bytes = STR_INIT;
	struct look look = { .places = NULL };
	struct inventory *inventory;
	struct sbom *sbom = NULL;
	json_t *matches;
	double at[5];
	int code = file_read(path, 1 << 30, &bytes, &err);

	at[0] = now_ms();
	if (!code)
		code = sbom_read(bytes.bytes, bytes.length, path, &sbom, &err);
	if (code) {
		fprintf(stderr, "%s: %s\n", path, err.why);
		return 1;
	}
	at[1] = now_ms();
	inventory = desk_inventory_of(sbom);
	at[2] = now_ms();
	code = intel_hold(intel, &err);
	look_add(&look, "p", "1", inventory);
	code = code ? code : look_at(&look, intel, &err);
	at[3] = now_ms();
	matches = desk_match_result(&look, intel);
	at[4] = now_ms();
	intel_let_go(intel);
	printf("%s: %zu components, %zu keys, %zu rows, %zu matches: read %.1f, apart %.1f, look %.1f, matches %.1f, all %.1f ms\n",
	       path, look.components, look.keys, look.row_count, json_array_size(matches), at[1] - at[0], at[2] - at[1],
	       at[3] - at[2], at[4] - at[3], at[4] - at[0]);
	json_decref(matches);
	desk_look_release(&look);
	inventory_free(inventory);
	sbom_free(sbom);
	return code != 0;
}

int main(int argc, char **argv)
{
	AUTO_ERROR err = ERROR_INIT;
	struct intel *intel = NULL;
	int failed = 0;

	if (argc < 3 || intel_open(argv[1], false, &intel, &err)) {
		fprintf(stderr, "match STORE FILE...: %s\n", err.why ? err.why : "");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		failed |= measure(intel, argv[i]);
	intel_close(intel);
	return failed;
}
