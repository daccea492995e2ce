/* SPDX-License-Identifier: Apache-2.0 */
/* How far a sync is, in words: bytes, the rate of this step alone, the time that is left of it. */
#include "command/feed.h"

#include "psirtty/desk/sync.h"

#include "tap.h"

#define K ((uint64_t)1024)
#define M (1024 * K)
#define COMES .source = "cve", .file = "f", .why = ""
#define TAKEN COMES, .taking = true

static const struct { const char *name; struct sync_progress p; uint64_t before; long records; int64_t took; const char *words; } rows[] = {
	{ "at the beginning", { COMES, .total = 650 * M }, 0, 0, 0, "cve, f: 0 B of 650 MB" },
	{ "nothing came yet", { COMES, .total = 650 * M }, 0, 0, 5000, "cve, f: 0 B of 650 MB" },
	{ "no time went by", { COMES, .done = 5 * M, .total = 650 * M }, 0, 0, 0, "cve, f: 5120 kB of 650 MB" },
	{ "a clock that went back", { COMES, .done = 5 * M, .total = 650 * M }, 0, 0, -1, "cve, f: 5120 kB of 650 MB" },
	{ "on its way", { COMES, .done = 120 * M, .total = 650 * M }, 0, 0, 30000, "cve, f: 120 MB of 650 MB, 4096 kB a second, 2 m left" },
	{ "119 seconds", { COMES, .done = 10 * M, .total = 1200 * M }, 0, 0, 1000, "cve, f: 10 MB of 1200 MB, 10 MB a second, 119 s left" },
	{ "120 seconds", { COMES, .done = 10 * M, .total = 1210 * M }, 0, 0, 1000, "cve, f: 10 MB of 1210 MB, 10 MB a second, 2 m left" },
	{ "two hours", { COMES, .done = 10 * K, .total = 72010 * K }, 0, 0, 1000, "cve, f: 10 kB of 70 MB, 10 kB a second, 2 h 0 m left" },
	{ "what was here before is no part of the rate", { COMES, .done = 120 * M, .total = 220 * M }, 100 * M, 0, 2000,
	  "cve, f: 120 MB of 220 MB, 10 MB a second, 10 s left" },
	{ "less than there was", { COMES, .done = 1 * M, .total = 220 * M }, 100 * M, 0, 2000, "cve, f: 1024 kB of 220 MB" },
	{ "a length that nobody told", { COMES, .done = 100, }, 0, 0, 1000, "cve, f: 100 B, 100 B a second" },
	{ "more than was told", { COMES, .done = 200, .total = 100 }, 0, 0, 1000, "cve, f: 200 B, 200 B a second" },
	{ "all of it", { COMES, .done = 100, .total = 100 }, 0, 0, 1000, "cve, f: 100 B of 100 B, 100 B a second" },
	{ "less than a byte a second", { COMES, .done = 1, .total = 100 }, 0, 0, 2000, "cve, f: 1 B of 100 B" },
	{ "a length that cannot be", { COMES, .done = 1, .total = UINT64_MAX }, 0, 0, 1000,
	  "cve, f: 1 B of 17592186044415 MB, 1 B a second, 1000 d 0 h left" },
	{ "one of many files", { COMES, .done = 100, .files_done = 2, .files = 9 }, 0, 0, 1000, "cve, f: file 3 of 9, 100 B, 100 B a second" },
	{ "between files", { .source = "cve", .file = "", .why = "", .done = 9 }, 0, 0, 0, "cve: 9 B" },
	{ "records of this step alone", { TAKEN, .done = 20, .total = 40, .records = 700 }, 0, 200, 2000,
	  "cve, f: 700 records, 250 a second, 20 B of 40 B, 10 B a second, 2 s left" },
	{ "records, and no time went by", { TAKEN, .done = 20, .total = 40, .records = 700 }, 0, 0, 0, "cve, f: 700 records, 0 a second, 20 B of 40 B" },
	{ "it waits", { .source = "cve", .file = "f", .done = 20, .waiting = 30, .why = "it said so" }, 0, 0, 1000, "cve, f: waits 30 s: it said so" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR text = STR_INIT;

		feed_progress_words(&rows[i].p, rows[i].before, rows[i].records, rows[i].took, &text);
		CHECK_STR(text.bytes, rows[i].words, rows[i].name);
	}
	return tap_done();
}
