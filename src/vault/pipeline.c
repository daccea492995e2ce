/* SPDX-License-Identifier: Apache-2.0 */
/* Stages one behind the other, a thread each. Each counts what it has done; that is all they share. */
#include "vault/pipeline.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "psirtty/base/shelter.h"

struct pipeline {
	const pipeline_fn *stages;
	size_t count, slot_size, slot_count;
	char *slots;
	void *context;
	pthread_mutex_t mutex;
	pthread_cond_t turned;
	uint64_t done[PIPELINE_STAGES]; /* slots that each stage is through with */
	uint64_t end;                   /* how many slots there are in all, once that is known */
	struct error error;             /* of the stage that failed first */
};

struct stage { struct pipeline *pipeline; size_t number; };

/* Waits until slot I may be worked on; false when there is nothing more to do. */
static bool stage_wait(struct pipeline *p, size_t stage, uint64_t i)
{
	bool go;

	pthread_mutex_lock(&p->mutex);
	while (!p->error.code && i < p->end &&
	       (stage ? i >= p->done[stage - 1] : i >= p->done[p->count - 1] + p->slot_count))
		pthread_cond_wait(&p->turned, &p->mutex);
	go = !p->error.code && i < p->end;
	pthread_mutex_unlock(&p->mutex);
	return go;
}

static void stage_done(struct pipeline *p, size_t stage, uint64_t i, bool last, struct error *err)
{
	pthread_mutex_lock(&p->mutex);
	p->done[stage] = i + 1;
	if (last)
		p->end = i + 1;
	if (err->code && !p->error.code) {
		p->error = *err;
		*err = (struct error)ERROR_INIT;
	}
	pthread_cond_broadcast(&p->turned);
	pthread_mutex_unlock(&p->mutex);
}

static void *slot_of(const struct pipeline *p, uint64_t i)
{
	return p->slots + (i % p->slot_count) * p->slot_size;
}

/* The first slot was done before there were threads. */
static void run_stage(struct pipeline *p, size_t stage)
{
	for (uint64_t i = 1; stage_wait(p, stage, i); i++) {
		AUTO_ERROR err = ERROR_INIT;
		bool last = false;

		if (p->stages[stage](p->context, slot_of(p, i), &last, &err) && !err.code)
			BUG("stage %zu failed without a reason", stage);
		stage_done(p, stage, i, last, &err);
	}
}

static void *run_thread(void *argument)
{
	const struct stage *stage = argument;

	shelter_thread();
	run_stage(stage->pipeline, stage->number);
	return NULL;
}

/* Signals stay with the calling thread. */
static void run_threads(struct pipeline *p, size_t mine)
{
	struct stage stages[PIPELINE_STAGES];
	pthread_t threads[PIPELINE_STAGES];
	sigset_t all, before;
	size_t made = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < p->count; i++) {
		stages[i] = (struct stage){ p, i };
		if (i == mine)
			continue;
		if (pthread_create(&threads[made], NULL, run_thread, &stages[i]) != 0)
			BUG("no thread can be made: raise RLIMIT_NPROC");
		made++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	run_stage(p, mine);
	while (made > 0)
		pthread_join(threads[--made], NULL);
}

/* All stages for the first slot, one after the other: most files are that short. */
static void run_first(struct pipeline *p)
{
	AUTO_ERROR err = ERROR_INIT;
	bool last = false;
	size_t stage = 0;

	while (stage < p->count && p->stages[stage](p->context, slot_of(p, 0), &last, &err) == 0)
		stage++;
	if (last)
		p->end = 1;
	p->error = err;
	err = (struct error)ERROR_INIT;
	for (size_t i = 0; i < p->count; i++)
		p->done[i] = 1;
}

int pipeline_run(const pipeline_fn *stages, size_t count, size_t mine, void *slots, size_t slot_size,
		 size_t slot_count, void *context, struct error *err)
{
	struct pipeline p = {
		.stages = stages, .count = count, .slot_size = slot_size, .slot_count = slot_count,
		.slots = slots, .context = context, .mutex = PTHREAD_MUTEX_INITIALIZER,
		.turned = PTHREAD_COND_INITIALIZER, .end = UINT64_MAX,
	};
	int code;

	assert(count <= PIPELINE_STAGES && mine < count);
	run_first(&p);
	if (!p.error.code && p.end > 1)
		run_threads(&p, mine);
	code = p.error.code;
	if (code && err) {
		error_release(err);
		*err = p.error;
	} else {
		error_release(&p.error);
	}
	return code;
}
