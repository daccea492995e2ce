/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside the vault in its figures, with the same cases: SQLite without any cryptography (a table
 * of events, a table of cases, FTS5 with its own tokenizer), and one gpg file for each case, as `pass` does.
 */
#ifndef PSIRTTY_TESTS_VAULT_PEERS_H
#define PSIRTTY_TESTS_VAULT_PEERS_H

#include <stddef.h>

enum { BENCH_QUERIES = 4 };
extern const char *const bench_queries[BENCH_QUERIES];
double bench_quantile(double *times, size_t count, double part);
/* Eight processes in that mode; events a second. */
double bench_writers(const char *mode, const char *dir, double *ret_p99);
void bench_drop(const char *dir);

struct peers { /* milliseconds, NAN where it was not measured */
	double list, list_cold, open, search[BENCH_QUERIES], append, writers, writers99;
	size_t hits[BENCH_QUERIES];
	double files_list, files_open; /* the list from a sample of the files, scaled */
};
void peers_measure(const char *dir, struct peers *ret);
void peers_run_write(const char *dir);

#endif
