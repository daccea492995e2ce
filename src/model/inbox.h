/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox: every mail that came in, read or not, and which case it went to. */
#ifndef MODEL_INBOX_H
#define MODEL_INBOX_H

#include "model/map.h"
#include "psirtty/model/model.h"

struct inbox {
	struct inbox_item **items; /* owned, by received, then id */
	size_t count, room;
	struct map by_id, by_sha256;
	unsigned highest;          /* number of the highest "M-0001" */
};

void inbox_release(struct inbox *inbox);
int inbox_check(const struct inbox *inbox, const struct event *event, struct error *err);
/* EVENT was checked. */
void inbox_apply(struct inbox *inbox, const struct event *event);

#endif
