/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines that run beside the screen, each in a session (command/session.h). Two lanes, each one line at a
 * time: what a handler waits for goes by itself, what takes long waits its turn behind its like. What a job brings is
 * shown at once only where the handler has not gone on meanwhile.
 */
#ifndef PSIRTTY_SRC_TUI_JOBS_H
#define PSIRTTY_SRC_TUI_JOBS_H

#include "psirtty/command/session.h"

struct app;

/* name, N_() */
#define JOB_STATES(X) \
	X(JOB_WAITING, "waiting") X(JOB_RUNNING, "running") X(JOB_DONE, "done") X(JOB_FAILED, "failed") \
	X(JOB_CANCELLED, "cancelled")
enum job_state {
#define X(state, name) state,
	JOB_STATES(X)
#undef X
};
const char *job_state_name(enum job_state state); /* translated */

struct job_line { char *text, *case_id, *mail; }; /* owned; what {case} and {mail} are for it */
struct job {
	unsigned number;
	struct job_line *lines; size_t line_count, line_at; /* owned; run one after the other until one fails */
	enum job_state state;
	bool bulk, cancellable, cancelling;
	bool told;                 /* why it fails was said already */
	size_t done, total;
	int64_t began, ended;      /* the terminal's milliseconds */
	uint64_t touched;          /* how often the handler had touched a key when it began */
	char *out, *sentence;      /* owned: what it printed; how it ended */
	char *edited;              /* owned: the draft that keeps what was edited for it until it is done, or NULL */
};

enum job_lane { LANE_HAND, LANE_BULK, LANE_COUNT };
struct jobs {
	struct job **items; size_t count, capacity; /* owned, oldest first */
	unsigned last;
	struct { struct session *session; struct job *job; } lanes[LANE_COUNT]; /* job: the one that runs */
	struct session *leaving[8];  /* close their vaults */
	bool refused;              /* no session could be started: lines run in front */
};

/* Takes over LINES (their texts and the array). False where no session can be started: then they are still the caller's. */
bool jobs_add(struct app *app, bool bulk, struct job_line *lines, size_t count);
void job_lines_free(struct job_line *lines, size_t count);
/* What came from the sessions since; starts what can start. Never waits. */
void jobs_look(struct app *app);
/* The descriptors to wait for, LANE_COUNT of them, -1 where there is none. */
void jobs_watch(const struct jobs *jobs, int *ret);
/* Cancels JOB; when it does not listen, the second time ends its process. */
void jobs_cancel(struct app *app, struct job *job);
/* The job that ^C means: what the handler waits for, else what takes long; NULL when none runs. */
struct job *jobs_front(const struct jobs *jobs);
size_t jobs_running(const struct jobs *jobs); /* waiting ones too */
const struct job *jobs_find(const struct jobs *jobs, unsigned number);
/* The milliseconds that are left when DONE of TOTAL (DONE not 0) took TOOK. */
int64_t job_left(int64_t took, size_t done, size_t total);
/* A span of MS milliseconds, in seconds below a minute. Returns BUFFER. */
const char *job_span(int64_t ms, char buffer[40]);
/* Progress in words: "12 of 200, 40 a second, 5 s left"; adds nothing while nothing is known. */
void job_progress(const struct job *job, int64_t now, struct str *ret);
/* Ends sessions that rest and forgets what has ended; one that runs goes on. For locking. */
void jobs_forget(struct app *app);
/* Cancels and ends everything. */
void jobs_release(struct app *app);

#endif
