/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where vulnerability data come from: the rows of data/feeds.yaml, with what psirtty.yaml says under `feeds` laid over
 * them. A row says how a source is asked (its way), where, how often that makes sense, under which licence its data
 * stand, and what proves them. Nothing here reaches for anything.
 */
#ifndef PSIRTTY_DESK_SOURCE_H
#define PSIRTTY_DESK_SOURCE_H

#include "psirtty/desk/settings.h"
#include "psirtty/format/feed.h"

/* name, word, what it is */
#define SOURCE_WAYS(X) \
	X(WAY_PAGE, "page", N_("one document, whole each time")) \
	X(WAY_CVE_LIST, "cve-list", N_("releases of the CVE List: baseline and deltas")) \
	X(WAY_NVD, "nvd-api", N_("pages of the NVD's API 2.0 by time of change")) \
	X(WAY_NVD_FILES, "nvd-files", N_("the NVD's yearly files with their .meta")) \
	X(WAY_OSV, "osv", N_("all.zip of one ecosystem, then what changed")) \
	X(WAY_CSAF, "csaf", N_("a CSAF provider or aggregator")) \
	X(WAY_CSAF_ARCHIVE, "csaf-archive", N_("a CSAF archive, then its changes and deletions")) \
	X(WAY_EUVD, "euvd", N_("pages of the EUVD by time of change")) \
	X(WAY_JVN, "jvn", N_("JVN's yearly files with their checksums")) \
	X(WAY_HAND, "by-hand", N_("files that a person downloads: `feed import`"))

enum source_way {
#define X(name, word, help) name,
	SOURCE_WAYS(X)
#undef X
	WAY_COUNT
};
const char *source_way_word(enum source_way way);
const char *source_way_help(enum source_way way); /* translated */

struct source {
	char *id;                    /* owned, as all texts; of [A-Za-z0-9._-] */
	char *title, *url;
	char *licence, *notice;      /* its terms, and the sentence to show with its data; notice may be NULL */
	char *size, *verify;         /* for people: how much there is, what proves it */
	char *site;                  /* where a person looks, or downloads; may be NULL */
	char *each;                  /* of a family: its word as it stands in an address; NULL */
	char *key_file;              /* the first line is its API key; NULL */
	char **words; size_t word_count; /* news: what to watch for */
	enum source_way way;
	enum feed_kind kind;
	long long cadence, stale;    /* hours: asked so often at most with sense; older data are unknown */
	long long quiet;             /* hours without a new record that tell of a dead mirror; 0: it may be quiet */
	long long pause;             /* seconds between two requests */
	long long most;              /* MiB a file may have */
	bool off;                    /* only when it is named */
};
struct sources { struct source *items; size_t count, room; };

/* Rows out of TEXT, added to RET. ERR_INPUT with "NAME:LINE" for what is no row. */
int sources_parse(const char *text, size_t length, const char *name, struct sources *ret, struct error *err);
/* data/feeds.yaml, and the settings over it; SETTINGS may be NULL. In the order of the file. */
int sources_load(const struct settings *settings, struct sources *ret, struct error *err);
void sources_release(struct sources *sources);
/* The source ID; NULL when there is none. */
const struct source *source_find(const struct sources *sources, const char *id);
/* Whether NAME names the source at INDEX: it is its id or, where it is nobody's, what stands before a hyphen in it ("osv"
 * for "osv-PyPI"). */
bool sources_named(const struct sources *sources, size_t index, const char *name);
/* Where the downloads of the store at STORE lie: feeds/ beside it. Caller frees. */
char *feed_folder(const char *store);
/* How old the data are against what the row says: for the word beside the age. Stale is also what was asked a moment ago
 * and has had nothing new for too long. NEWEST, SYNCED may be INSTANT_NONE. */
enum source_age { SOURCE_ABSENT, SOURCE_FRESH, SOURCE_DUE, SOURCE_STALE };
enum source_age source_age(const struct source *source, instant synced, instant newest, instant now);
const char *source_age_word(enum source_age age); /* "absent", "fresh", "due", "stale"; static */

#endif
