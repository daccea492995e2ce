/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for the addresses of a document. */
#ifndef DESK_JUDGE_LINKS_H
#define DESK_JUDGE_LINKS_H

#include "psirtty/desk/judge.h"

struct link_told { const char *test, *path; char *message; }; /* PATH: borrowed from the rows; MESSAGE owned */
struct links_told {
	struct link_told *dead; size_t count, room; /* owned: in the order of the rows */
	size_t passed_over[2]; /* of 6.3.6, of 6.3.7: addresses that are not asked (no https, or too many) */
};
/* LINKS: rows of JOB_LINKS. ERR_DENIED when offline, ERR_NETWORK when the worker is gone. */
int links_ask(const struct job_answer *links, const struct settings *settings, struct links_told *ret, struct error *err);
void links_told_release(struct links_told *told);

#endif
