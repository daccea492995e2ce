/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a job as bytes, and the child's side of it. */
#ifndef PSIRTTY_WORKER_JOB_PRIVATE_H
#define PSIRTTY_WORKER_JOB_PRIVATE_H

#include "psirtty/worker/job.h"

/* A row of NULL-ended texts; a NULL before the end is written as "". COUNT fields. */
void job_row_add(struct str *answer, const char *const *fields, size_t count);
/* A job that cannot be done says why. */
void job_refuse(struct str *answer, const struct error *err);
/* ERR_INPUT when the bytes are no answer, or hold a refusal: then its sentence. */
int job_answer_read(const char *bytes, size_t length, struct job_answer *ret, struct error *err);
/* Loads what jobs say in the user's language, before files are out of reach. */
void job_warm(void);
/* In the child: the job's arguments and bytes, as sent; false when they are malformed. */
bool job_do(uint32_t job, const char *bytes, size_t length, struct str *answer);

/* Of JOB_SBOM. */
void job_do_sbom(char *name, const char *bytes, size_t length, struct str *answer);

#endif
