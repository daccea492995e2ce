/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vulnerability feeds, read as a stream of records in one neutral shape. Which feed it is, is told by the content. A
 * record that is broken is told as a fault, and the run goes on; only what is broken as a whole ends it. Pure: bytes
 * come from a function. Source: feeds.md section 1.
 */
#ifndef PSIRTTY_FORMAT_FEED_H
#define PSIRTTY_FORMAT_FEED_H

#include "psirtty/base/instant.h"
#include "psirtty/base/pull.h"
#include "psirtty/format/text_list.h"

enum feed_kind {
	FEED_UNKNOWN,
	FEED_CVE,        /* one record of the CVE List, version 5 */
	FEED_CVE_LOG,    /* its delta.json and deltaLog.json: what changed, no records */
	FEED_NVD,        /* API 2.0 pages and 2.0 feed files */
	FEED_OSV,        /* one record */
	FEED_KEV, FEED_EPSS,
	FEED_CSAF,       /* one document */
	FEED_DEBIAN, FEED_ALPINE, FEED_EUVD, FEED_METASPLOIT, FEED_EXPLOIT_DB, FEED_JVN, FEED_CNVD, FEED_CNNVD,
	FEED_NEWS,       /* RSS and Atom */
	FEED_KINDS,
};
const char *feed_kind_name(enum feed_kind kind); /* "cve", "nvd" ...; static */

enum feed_state { FEED_PUBLISHED, FEED_REJECTED, FEED_WITHDRAWN };
enum feed_status { FEED_AFFECTED, FEED_UNAFFECTED, FEED_UNDECIDED };

/* Versions FROM (included unless AFTER) up to TO (excluded unless THROUGH). NULL: no bound. One version is a range
 * from itself through itself. */
struct feed_range {
	enum feed_status status;
	char *scheme;    /* as the source names it: "semver", "custom", "git", "ECOSYSTEM"; NULL: it does not say */
	char *from, *to;
	bool after, through;
};

/* One product or package the record speaks of. */
struct feed_product {
	char *ecosystem;  /* OSV's name, as "PyPI", "Debian:12"; NULL where there is none */
	char *vendor, *name, *purl;
	enum feed_status usual; /* of versions that no range names */
	struct text_list cpes;
	struct feed_range *ranges; size_t count, room;
	int group;        /* NVD: products of one configuration that is true only together; 0: it stands alone */
};

struct feed_record {
	enum feed_kind kind;
	enum feed_state state;
	char *id;                    /* never NULL when handed out */
	struct text_list aliases;    /* other names of the same flaw; not what is merely related */
	char *title, *text;
	instant published, modified; /* INSTANT_NONE where it does not say */
	struct text_pairs scores;    /* who gave it, the vector (or a word where there is no vector) */
	struct text_list cwes, links;
	struct feed_product *products; size_t count, room;
	bool exploited;              /* the source says it is exploited */
};
void feed_record_release(struct feed_record *record);

struct feed_head {
	enum feed_kind kind;
	long records, faults;
	instant newest;  /* of all records; INSTANT_NONE when none says */
	long announced;  /* how many the feed says it holds; -1 when it does not */
	char cursor[64]; /* what the feed calls its state: catalogue version, model version, or "" */
};

struct feed_sink {
	/* BYTES is the record as it came, where it came as JSON of its own; else NULL. A negative code ends the run. */
	int (*take)(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err);
	/* WHERE names the record or its place. */
	void (*fault)(void *data, const char *where, const char *why);
	void *data;
};

/* Reads one document of any kind, decompressed. Adds to *RET, which the caller began with FEED_HEAD_INIT. ERR_INPUT:
 * it is no feed that is known (a web page says so), or it is broken as a whole; what was handed out stays so. */
#define FEED_HEAD_INIT { .newest = INSTANT_NONE, .announced = -1 }
int feed_read(const char *name, pull_read_fn read, void *context, const struct feed_sink *sink, struct feed_head *ret,
	      struct error *err);
int feed_read_memory(const char *name, const char *bytes, size_t length, const struct feed_sink *sink,
		     struct feed_head *ret, struct error *err);

#endif
