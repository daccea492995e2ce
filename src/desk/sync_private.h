/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a sync: one source's run, the files it wishes for, the state of its folder. */
#ifndef PSIRTTY_DESK_SYNC_PRIVATE_H
#define PSIRTTY_DESK_SYNC_PRIVATE_H

#include "psirtty/base/js.h"
#include "psirtty/desk/sync.h"
#include "psirtty/worker/fetch.h"
#include "psirtty/worker/job.h"

struct sync {
	const struct sync_options *options;
	const struct source *source;
	instant now;
	char *dir;                     /* owned: of this source */
	json_t *state;                 /* owned: {"files": {NAME: {...}}, ...} */
	char *key;                     /* owned: the line of the API key, or NULL */
	char *cursor;                  /* owned: of the store */
	bool broken_off;               /* the run before did not end */
	struct parse_worker *jobs;     /* started when first needed; NULL */
	struct openpgp *pgp; char *pgp_home; /* a home of its own, for the provider's keys; NULL */
	size_t keys;                   /* that are in it */
	struct sync_progress progress;
	struct sync_result *result;
	bool begun, whole;             /* a run of the store is open; it brings all there is */
	bool together;                 /* NVD: the files of all years were asked for at once, just now */
	long long first;               /* number of the first file it takes in */
	uint64_t serial;               /* of the bundle this comes by; 0 */
};

/* Its folder, its state and where it was; without its key where it comes by a bundle. */
int sync_open(const struct sync_options *options, const struct source *source, instant now, struct sync_result *result,
	      struct sync *ret, struct error *err);
void sync_close(struct sync *s, int code);

/* ---- files (sync_files.c) */

/* name, word */
#define SYNC_ROLES(X) \
	X(ROLE_DATA, "data") X(ROLE_LISTING, "listing") X(ROLE_HASH, "hash") X(ROLE_SIGNATURE, "signature") X(ROLE_KEY, "key")
enum sync_role {
#define X(name, word) name,
	SYNC_ROLES(X)
#undef X
};

struct wish {
	char *url, *name;       /* owned; NAME: its path below the source's folder, as sync_name() makes it */
	enum sync_role role;
	bool fresh;             /* asked for without saying what is here */
	bool optional;          /* what is not there is no error */
	bool page;              /* text that may be compressed on the way */
	bool keyed;             /* the API key goes along */
	int pause;
	char *sha256;           /* owned: what it must have, or NULL */
	uint64_t size;          /* what it must have; 0: unknown */
	/* what became of it */
	bool here, changed;     /* it is here whole; it is not what was here before */
	char *why;              /* owned: why it is not here */
};
struct wishes { struct wish *items; size_t count, room; };
struct wish *wish_add(struct wishes *wishes, const char *url, const char *name, enum sync_role role);
void wishes_release(struct wishes *wishes);
/* Fetches them. 0 when all are here that must be; each says what became of it. */
int sync_get(struct sync *s, struct wishes *wishes, struct error *err);
/* One file; *RET_CHANGED may be NULL. */
int sync_get_one(struct sync *s, const char *url, const char *name, enum sync_role role, bool *ret_changed, struct error *err);
/* TEXT as a name of a file: what is odd becomes "_"; the caller frees. */
char *sync_name(const char *text);
char *sync_path(const struct sync *s, const char *name);
/* The state of a file, borrowed; NULL when there is none. */
json_t *sync_file(const struct sync *s, const char *name);
void sync_forget(struct sync *s, const char *name); /* removes the file too */
int sync_state_load(struct sync *s, struct error *err);
int sync_state_save(struct sync *s, struct error *err);
int sync_cancelled(const struct sync *s, struct error *err);
void sync_tell(struct sync *s);
void sync_warn(struct sync *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- what they say (sync_read.c) */
int sync_listing(struct sync *s, const char *what, const char *since, const char *name, struct job_answer *ret,
		 struct error *err);
/* SHA-256 of what it unpacks to. */
int sync_digest(struct sync *s, const char *name, char ret_hex[65], struct error *err);
/* What NAME begins or ends with does not fit what it is called: a sentence, or NULL. Looks at a few bytes alone. */
char *sync_shape_fault(const char *path, const char *name, enum sync_role role);
int sync_sha256(const char *path, char ret_hex[65], uint64_t *ret_size, struct error *err);

/* ---- into the store (sync_store.c) */
int sync_begin(struct sync *s, bool whole, struct error *err);
int sync_take(struct sync *s, const char *name, struct error *err); /* a file's records */
int sync_checkpoint(struct sync *s, const char *cursor, struct error *err);
int sync_end(struct sync *s, const char *cursor, struct error *err);
int sync_withdraw(struct sync *s, const char *id, instant when, struct error *err);

/* ---- ways */
int sync_way_page(struct sync *s, struct error *err);
int sync_way_cve(struct sync *s, struct error *err);
int sync_way_nvd(struct sync *s, struct error *err);
int sync_way_nvd_files(struct sync *s, struct error *err);
int sync_way_osv(struct sync *s, struct error *err);
int sync_way_csaf(struct sync *s, struct error *err);
int sync_way_csaf_archive(struct sync *s, struct error *err);
int sync_way_euvd(struct sync *s, struct error *err);
int sync_way_jvn(struct sync *s, struct error *err);
/* For both ways of CSAF: hash and signature of a document that are here beside it. */
enum sync_proof { PROOF_SIGNED, PROOF_HASH, PROOF_NONE, PROOF_BAD };
enum sync_proof sync_prove(struct sync *s, const char *name, const char *hash, const char *signature, char **ret_why);
int sync_keys(struct sync *s, const struct job_answer *metadata, const char *base, struct error *err);
/* Those that are here already, as files. */
int sync_keys_here(struct sync *s, struct error *err);
void sync_keys_close(struct sync *s);

#endif
