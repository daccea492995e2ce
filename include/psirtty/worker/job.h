/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs of the sandboxed child other than mail: hostile bytes in, rows of texts out. What comes back is
 * not trusted either: its counts and lengths are checked, its texts are UTF-8, nothing else is promised.
 */
#ifndef PSIRTTY_WORKER_JOB_H
#define PSIRTTY_WORKER_JOB_H

#include "psirtty/worker/parse.h"

/* name, what a row of the answer is */
enum worker_job {
	JOB_CHECK, /* arguments "PRESET NOW NAME"; first row: format, errors, cut, language to be spelled in; then: test, severity,
		    * path, message, fix */
	JOB_SBOM,  /* argument the file's name; rows "sbom" format version name warnings; "subject" and "component":
		    * ref group name version purl supplier cpes licences hashes links (lists between newlines,
		    * pairs one after the other); "depends" from to; "warning" sentence. It may be compressed */
	JOB_CONVERT, /* arguments "FORMAT NOW CVE ORGANISATION NAME", - for none; first row: the document; then: a
		      * sentence each of what is lost */
	JOB_FACTS,   /* arguments: a name; rows of provider_facts() */
	JOB_FIX,     /* arguments as JOB_CHECK; first row: the mended document; then: test, path of what was done */
	JOB_SPELL,   /* argument: a name; rows test, severity, path, message, fix of what is misspelt; of a worker
		      * with a dictionary alone */
	JOB_LISTING, /* arguments "WHAT SINCE NAME", - for no SINCE; rows of feed_listing(), then "end" */
	JOB_DIGEST,  /* arguments: a name; one row: SHA-256 and size of what it unpacks to */
	JOB_LINKS,   /* arguments: a name; an empty row, then: test, path, address of what tests 6.3.6 and 6.3.7 ask for */
	JOB_COUNT,
};

struct job_row { char **fields; size_t count; };
struct job_answer { struct job_row *rows; size_t count; char *memory; }; /* fields point into memory */
void job_answer_release(struct job_answer *answer);

/* Starts a worker for jobs alone: sooner ready than one for mail. parse_worker_stop() ends it. DICTIONARY is NULL, or opened
 * for JOB_SPELL: its files without ".aff" and ".dic". */
int job_worker_start(const char *dictionary, struct parse_worker **ret, struct error *err);
/* The same for a process that never held a secret nor a thread: by fork alone, which takes a fraction of the time. Without
 * JOB_SBOM. */
int job_worker_fork(const char *dictionary, struct parse_worker **ret, struct error *err);
/* parse_worker_main() with the DICTIONARY that may follow JOB_WORKER_ARGUMENT; NULL: none. */
void job_worker_main(const char *dictionary) __attribute__((noreturn));
/* Whether the program was built to spell. */
bool job_can_spell(void);
#define JOB_WORKER_ARGUMENT "--job-worker"
/* One job in one child, with the limits of parse_worker_mail. ERR_INPUT with the child's reason when it has
 * no answer. */
int parse_worker_job(struct parse_worker *worker, enum worker_job job, const char *arguments, const char *bytes,
		     size_t length, struct job_answer *ret, struct error *err);

#endif
