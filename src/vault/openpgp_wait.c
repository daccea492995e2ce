/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for gpg with an end: what strangers wrote can keep it busy for minutes (signatures by the thousand, keys of
 * odd shapes). The loop is ours, a timer lies among gpgme's descriptors. The time a person takes to answer a pinentry
 * is not gpg's.
 */
#include "vault/openpgp_private.h"

#include <errno.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { WATCH_MOST = 16, GPG_MS = 20000, HUSHED_MS = 1500, PERSON_MS = 300000 };

struct watch {
	gpgme_io_cb_t call; /* NULL: free */
	void *data;
	int fd;
	short events;
};

struct loop {
	struct watch watch[WATCH_MOST];
	gpgme_error_t code;
	bool done;
	gpgme_key_t *keys; size_t key_count; /* owned: what a listing brought */
};

static gpgme_error_t loop_add(void *data, int fd, int reading, gpgme_io_cb_t call, void *call_data, void **ret_tag)
{
	struct loop *loop = data;

	for (size_t i = 0; i < WATCH_MOST; i++) {
		if (loop->watch[i].call)
			continue;
		loop->watch[i] = (struct watch){ call, call_data, fd, reading ? POLLIN : POLLOUT };
		*ret_tag = &loop->watch[i];
		return 0;
	}
	return gpgme_error(GPG_ERR_EMFILE);
}

static void loop_remove(void *tag)
{
	struct watch *watch = tag;

	if (watch)
		watch->call = NULL;
}

static void loop_event(void *data, gpgme_event_io_t type, void *type_data)
{
	struct loop *loop = data;
	const struct gpgme_io_event_done_data *done = type_data;

	if (type == GPGME_EVENT_NEXT_KEY) {
		loop->keys = mem_resize(loop->keys, loop->key_count + 1, sizeof(gpgme_key_t));
		loop->keys[loop->key_count++] = type_data;
	}
	if (type != GPGME_EVENT_DONE || loop->done)
		return;
	loop->done = true;
	loop->code = done->err ? done->err : done->op_err;
}

int openpgp_patience_ms(void)
{
	const char *text = getenv("PSIRTTY_GPG_MS");
	int most = openpgp_is_hushed() ? HUSHED_MS : GPG_MS;
	long shorter = text ? strtol(text, NULL, 10) : most;

	return shorter > 0 && shorter < most ? (int)shorter : most;
}

static void arm(int timer, int ms)
{
	const struct itimerspec at = { .it_value = { ms / 1000, ms % 1000 * 1000000L } };

	if (timerfd_settime(timer, 0, &at, NULL) < 0)
		BUG("the timer cannot be set: %s", strerror(errno));
}

/* Calls what is ready; a call may remove others. */
static void run_ready(struct loop *loop, const struct pollfd *at, const size_t *which, size_t count)
{
	for (size_t i = 0; i < count && !loop->done; i++) {
		struct watch *watch = &loop->watch[which[i]];

		if (at[i].revents && watch->call && watch->fd == at[i].fd)
			watch->call(watch->data, watch->fd);
	}
}

/* Serves what is ready within PATIENCE_MS (-1: whenever it is). False once the timer is due, or where nothing was. */
static bool turn(struct loop *loop, int timer, int patience_ms)
{
	struct pollfd at[WATCH_MOST + 1];
	size_t which[WATCH_MOST], count = 0;
	int ready;

	for (size_t i = 0; i < WATCH_MOST; i++) {
		if (!loop->watch[i].call)
			continue;
		which[count] = i;
		at[count++] = (struct pollfd){ .fd = loop->watch[i].fd, .events = loop->watch[i].events };
	}
	at[count] = (struct pollfd){ .fd = timer, .events = POLLIN };
	ready = poll(at, count + 1, patience_ms);
	if (ready < 0)
		return true;
	run_ready(loop, at, which, count);
	return ready > 0 && (!at[count].revents || loop->done);
}

/* ---- an operation */

struct openpgp_job {
	gpgme_ctx_t context;
	struct loop loop;
	struct gpgme_io_cbs calls;
	gpgme_error_t code; /* of the start */
	unsigned asked;     /* as often had our own dialogue asked by then */
	int turn;
};

static const char *home_of(gpgme_ctx_t context)
{
	gpgme_engine_info_t engine = gpgme_ctx_get_engine_info(context);

	while (engine && engine->protocol != gpgme_get_protocol(context))
		engine = engine->next;
	return engine ? engine->home_dir : NULL;
}

static struct openpgp_job *job_new(gpgme_ctx_t context)
{
	struct openpgp_job *job = mem_alloc(sizeof(*job));

	job->context = context;
	job->turn = openpgp_turn_take(home_of(context));
	job->calls = (struct gpgme_io_cbs){ loop_add, &job->loop, loop_remove, loop_event, &job->loop };
	job->asked = openpgp_times_asked();
	gpgme_set_io_cbs(context, &job->calls);
	return job;
}

struct openpgp_job *openpgp_start(gpgme_ctx_t context, openpgp_start_fn start, gpgme_data_t in, gpgme_data_t beside,
				  gpgme_data_t out)
{
	struct openpgp_job *job = job_new(context);

	job->code = start(context, in, beside, out);
	while (!job->code && !job->loop.done && turn(&job->loop, -1, 0))
		;
	return job;
}

/* A pinentry here is told by gpg; one beside an agent on another machine is not, so that counts as long as that answers. */
static bool somebody_is_asked(gpgme_ctx_t context)
{
	return *gpgme_get_ctx_flag(context, "redraw") || openpgp_agent_elsewhere(home_of(context));
}

/* Whether it came to an end in time. */
static bool wait_for(struct openpgp_job *job, int timer)
{
	bool person = false;

	arm(timer, openpgp_patience_ms());
	while (!job->code && !job->loop.done) {
		if (turn(&job->loop, timer, -1))
			continue;
		/* What our own dialogue took is over by now. */
		if (job->asked != openpgp_times_asked()) {
			job->asked = openpgp_times_asked();
			arm(timer, openpgp_patience_ms());
			continue;
		}
		if (person || openpgp_is_hushed() || !somebody_is_asked(job->context))
			return false;
		person = true;
		arm(timer, PERSON_MS);
	}
	return true;
}

/* The keys are handed out where *RET_KEYS is wanted. */
static gpgme_error_t finish(struct openpgp_job *job, gpgme_key_t **ret_keys, size_t *ret_count)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	gpgme_error_t code = timer < 0 ? gpgme_error_from_errno(errno) : 0;
	bool late = code || !wait_for(job, timer);

	if (late)
		gpgme_cancel(job->context);
	if (timer >= 0)
		close(timer);
	job->calls = (struct gpgme_io_cbs){ .add = NULL };
	gpgme_set_io_cbs(job->context, &job->calls);
	if (!code)
		code = late ? gpgme_error(GPG_ERR_TIMEOUT) : job->code ? job->code : job->loop.code;
	openpgp_turn_leave(job->turn);
	if (ret_keys) {
		*ret_keys = job->loop.keys;
		*ret_count = job->loop.key_count;
	} else {
		openpgp_free_keys(job->loop.keys, job->loop.key_count);
	}
	free(job);
	return code;
}

gpgme_error_t openpgp_finish(struct openpgp_job *job)
{
	return finish(job, NULL, NULL);
}

gpgme_error_t openpgp_run(gpgme_ctx_t context, openpgp_start_fn start, gpgme_data_t in, gpgme_data_t beside,
			  gpgme_data_t out)
{
	return openpgp_finish(openpgp_start(context, start, in, beside, out));
}

gpgme_error_t openpgp_list_secret(gpgme_ctx_t context, const char *pattern, gpgme_key_t **ret, size_t *ret_count)
{
	struct openpgp_job *job = job_new(context);

	job->code = gpgme_op_keylist_start(context, pattern, 1);
	return finish(job, ret, ret_count);
}
