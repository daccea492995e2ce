/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of feeds share. */
#ifndef PSIRTTY_FORMAT_FEED_PRIVATE_H
#define PSIRTTY_FORMAT_FEED_PRIVATE_H

#include "members.h"
#include "psirtty/format/feed.h"

enum { FEED_RECORD_LIMIT = 16 << 20, FEED_WHOLE_LIMIT = 256 << 20 };

/* One run: the input behind a window that may be looked at first, the sink, the head. */
struct feed_run {
	const char *name;
	pull_read_fn read;
	void *context;
	struct str ahead;     /* read already, not yet handed on */
	const char *bytes; size_t length; /* all of it, where it came as memory; then ahead is empty */
	size_t taken;         /* of what is ahead */
	bool ended;           /* the input has no more */
	const struct feed_sink *sink;
	struct feed_head *head;
	struct error *err;
};

/* A pull_read_fn whose context is the run. */
long feed_run_read(void *run, char *ret, size_t size, struct error *err);
/* All that is left, at most FEED_WHOLE_LIMIT bytes. */
int feed_run_rest(struct feed_run *run, struct str *ret);
/* The same without a copy where that can be; ROOM holds it otherwise, and must outlive *RET. */
int feed_run_all(struct feed_run *run, struct str *room, const char **ret, size_t *ret_length);
/* Hands a record to the sink and counts it; one without an id is a fault. */
int feed_take(struct feed_run *run, struct feed_record *record, const char *bytes, size_t length);
void feed_fault(struct feed_run *run, const char *where, const char *why);

/* Points in time as feeds write them: RFC 3339 with or without zone (then UTC), a date alone, RFC 822, "Apr 16, 2025,
 * 7:00:16 AM". INSTANT_NONE when it is none. */
instant feed_time(const char *text);
/* A member that is a time into the instant at OFFSET. */
int feed_member_time(struct members *m, const struct pull_item *value, void *into, size_t offset);
/* Strings of an array, or one string, into the struct text_list at OFFSET. */
int feed_member_list(struct members *m, const struct pull_item *value, void *into, size_t offset);
struct feed_product *feed_product_add(struct feed_record *record);
/* Takes ownership of nothing; copies. */
struct feed_range *feed_range_add(struct feed_product *product, enum feed_status status, const char *scheme,
				  const char *from, const char *to);

/* Each reads the whole input of a run of its kind. */
int feed_read_cve(struct feed_run *run);
int feed_read_cve_log(struct feed_run *run);
int feed_read_nvd(struct feed_run *run);
int feed_read_osv(struct feed_run *run);
int feed_read_kev(struct feed_run *run);
int feed_read_epss(struct feed_run *run);
int feed_read_csaf(struct feed_run *run);
int feed_read_debian(struct feed_run *run);
int feed_read_alpine(struct feed_run *run);
int feed_read_euvd(struct feed_run *run);
int feed_read_metasploit(struct feed_run *run);
int feed_read_exploit_db(struct feed_run *run);
int feed_read_xml(struct feed_run *run); /* JVN, CNVD, CNNVD, news */

/* One record of JSON in memory: read by ROWS into *RECORD, then FINISH (may be NULL) sees to what it means. A broken
 * record is a fault, not an error. */
typedef void (*feed_finish_fn)(struct feed_record *record);
int feed_record_json(struct feed_run *run, const char *where, const char *bytes, size_t length,
		     const struct member *rows, struct feed_record *record, feed_finish_fn finish);
/* Each item of the array that comes next in PULL, as bytes, to ONE. */
typedef int (*feed_item_fn)(struct feed_run *run, const char *where, const char *bytes, size_t length);
int feed_each_item(struct feed_run *run, struct pull *pull, feed_item_fn one);

#endif
