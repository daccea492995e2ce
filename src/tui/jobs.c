/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of jobs, and what comes back from their sessions. */
#include "tui/app.h"

#include <string.h>

enum { JOBS_KEPT = 50, SHOWN_AFTER_MS = 1000, PATIENCE_MS = 5000, REST_PATIENCE_MS = 500 };

static const char *const state_names[] = {
#define X(state, name) [state] = N_(name),
	JOB_STATES(X)
#undef X
};

const char *job_state_name(enum job_state state)
{
	return _(state_names[state]);
}

void job_lines_free(struct job_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(lines[i].text);
		free(lines[i].case_id);
		free(lines[i].mail);
	}
	free(lines);
}

static void job_free(struct job *job)
{
	job_lines_free(job->lines, job->line_count);
	free(job->out);
	free(job->sentence);
	free(job->edited);
	free(job);
}

static bool job_ended(const struct job *job)
{
	return job->state != JOB_WAITING && job->state != JOB_RUNNING;
}

static enum job_lane lane_of(const struct job *job)
{
	return job->bulk ? LANE_BULK : LANE_HAND;
}

size_t jobs_running(const struct jobs *jobs)
{
	size_t count = 0;

	for (size_t i = 0; i < jobs->count; i++)
		count += !job_ended(jobs->items[i]);
	return count;
}

const struct job *jobs_find(const struct jobs *jobs, unsigned number)
{
	for (size_t i = 0; i < jobs->count; i++)
		if (jobs->items[i]->number == number)
			return jobs->items[i];
	return NULL;
}

struct job *jobs_front(const struct jobs *jobs)
{
	for (int lane = 0; lane < LANE_COUNT; lane++)
		if (jobs->lanes[lane].job)
			return jobs->lanes[lane].job;
	return NULL;
}

void jobs_watch(const struct jobs *jobs, int *ret)
{
	for (int lane = 0; lane < LANE_COUNT; lane++)
		ret[lane] = jobs->lanes[lane].session ? session_fd(jobs->lanes[lane].session) : -1;
}

static void job_remove(struct jobs *jobs, size_t index)
{
	job_free(jobs->items[index]);
	memmove(&jobs->items[index], &jobs->items[index + 1], (--jobs->count - index) * sizeof(*jobs->items));
}

/* Short ones that went well are nobody's concern any more; of the others the oldest go. */
static void jobs_tidy(struct jobs *jobs)
{
	for (size_t i = jobs->count; i-- > 0;) {
		const struct job *job = jobs->items[i];
		bool brief = job->state == JOB_DONE && !job->bulk && job->ended - job->began < SHOWN_AFTER_MS;

		if (job_ended(job) && (brief || jobs->count > JOBS_KEPT))
			job_remove(jobs, i);
	}
}

/* ---- words about a job */

int64_t job_left(int64_t took, size_t done, size_t total)
{
	/* What is left of a second is one: it ends when nothing is left. */
	return done < total ? (int64_t)((double)took / (double)done * (double)(total - done)) + 999 : 0;
}

const char *job_span(int64_t ms, char buffer[40])
{
	if (ms >= 60000)
		return instant_format_span(ms * 1000, buffer);
	snprintf(buffer, 40, _("%llu s"), (unsigned long long)(ms > 0 ? ms : 0) / 1000);
	return buffer;
}

void job_progress(const struct job *job, int64_t now, struct str *ret)
{
	int64_t took = (job->ended ? job->ended : now) - job->began;
	char left[40];

	if (job->line_count > 1)
		str_add_format(ret, _("line %zu of %zu"), job->line_at + 1, job->line_count);
	if (!job->total || !job->done)
		return;
	str_add_format(ret, _("%s%zu of %zu, %lld a second"), ret->length ? ", " : "", job->done, job->total,
		       (long long)job->done * 1000 / (took > 0 ? took : 1));
	if (job->state != JOB_RUNNING || job->done > job->total)
		return;
	str_add_format(ret, _(", %s left"), job_span(job_left(took, job->done, job->total), left));
}

/* What a handler waits for says after a second how far it is. */
static void say_progress(struct app *app, const struct job *job)
{
	int64_t now = app->term->ops->clock(app->term);
	AUTO_STR sentence = STR_INIT;

	if (app->prompt != PROMPT_NONE || job->touched != app->touched || now - job->began < SHOWN_AFTER_MS)
		return;
	job_progress(job, now, &sentence);
	if (!sentence.length)
		return;
	str_add(&sentence, job->cancellable ? _("; ^C cancels") : "");
	app_message(app, ROLE_MESSAGE, sentence.bytes);
}

/* The first line of what it printed, or that it is done. */
static void say_done(struct app *app, const struct job *job)
{
	AUTO_STR first = STR_INIT;
	const char *out = str_or_empty(job->out);

	str_add_bytes(&first, out, strcspn(out, "\n"));
	if (job->line_count > 1)
		str_reset(&first), str_add_format(&first, _("Done for %zu."), job->line_count);
	if (!first.length && !job->bulk)
		return;
	if (!first.length || strchr(out, '\n'))
		str_add_format(&first, _("%s[job %u is done; J shows it]"), first.length ? " " : "", job->number);
	app_message(app, ROLE_MESSAGE, first.bytes);
}

/* ---- answers */

static void jobs_start(struct app *app);

static void job_close(struct app *app, struct job *job, enum job_state state)
{
	struct jobs *jobs = &app->jobs;

	job->state = state;
	job->ended = app->term->ops->clock(app->term);
	jobs->lanes[lane_of(job)].job = NULL;
	app->dirty = true;
}

/* Prints may be long and hold words of cases: only the newest is shown, older ones wait in the list. */
static void react(struct app *app, struct job *job, struct session_answer *answer)
{
	bool here = job->touched == app->touched && app->prompt == PROMPT_NONE;

	if (answer->reactions & REACT_RELOAD)
		app_refresh(app);
	mem_replace(&job->out, answer->out);
	if (!here || (job->line_count > 1 && answer->code == 0)) {
		say_done(app, job);
		return;
	}
	str_reset(&app->context->out);
	str_add(&app->context->out, str_or_empty(answer->out));
	run_show_output(app);
	if (answer->reactions & REACT_OPEN_CASE && answer->open_case)
		app_open_case(app, answer->open_case);
}

/* What was edited for it lies where it belongs now; or stays a draft, which is told with the reason. */
static void edited_end(struct app *app, struct job *job, bool done, struct str *sentence)
{
	if (!job->edited)
		return;
	if (done)
		command_edited_done(app->context, job->edited);
	else
		str_add_format(sentence, _("%sWhat you wrote is kept as the draft %s."), sentence->length ? " " : "", job->edited);
	mem_replace(&job->edited, NULL);
}

static void fail(struct app *app, struct job *job, struct session_answer *answer)
{
	AUTO_STR sentence = STR_INIT;

	if (answer->err.why)
		error_sentence(&answer->err, &sentence);
	edited_end(app, job, answer->reactions & REACT_EDIT_KEPT, &sentence);
	mem_replace(&job->sentence, sentence.length ? sentence.bytes : NULL);
	if (job->cancelling && !sentence.length)
		app_message(app, ROLE_WARNING, _("Cancelled."));
	else if (sentence.length && !job->told && (app->prompt == PROMPT_NONE || app->prompt == PROMPT_COMMAND))
		app_message(app, ROLE_ERROR, sentence.bytes);
	if (job->bulk)
		settings_notify(app);
}

/* What was edited for it is what the editor begins with when it runs again, unless its command kept it. */
static void offer_again(struct app *app, struct job *job, const struct session_answer *answer)
{
	if (answer->reactions & REACT_EDIT_KEPT)
		edited_end(app, job, true, NULL);
	run_offer_gpg(app, job->lines[job->line_at].text, job->edited);
	mem_replace(&job->edited, NULL);
}

static void line_done(struct app *app, struct job *job, struct session_answer *answer)
{
	bool last = answer->code || job->cancelling || job->line_at + 1 >= job->line_count;

	if (!last) {
		const struct job_line *next = &job->lines[++job->line_at];

		edited_end(app, job, true, NULL);
		session_run(app->jobs.lanes[lane_of(job)].session, next->text, next->case_id, next->mail);
		return;
	}
	if (!answer->code)
		edited_end(app, job, true, NULL);
	job_close(app, job, !answer->code ? JOB_DONE : job->cancelling ? JOB_CANCELLED : JOB_FAILED);
	react(app, job, answer);
	if (answer->wanted)
		offer_again(app, job, answer);
	else if (answer->code)
		fail(app, job, answer);
	else if (job->bulk && job->touched != app->touched)
		settings_notify(app);
	jobs_tidy(&app->jobs);
	app_reload_jobs(app);
}

static void lane_lost(struct app *app, enum job_lane lane, struct session_answer *answer)
{
	struct job *job = app->jobs.lanes[lane].job;

	if (app->held.session == app->jobs.lanes[lane].session)
		app->held.session = NULL;
	secret_forget(app, lane);
	session_end(app->jobs.lanes[lane].session, REST_PATIENCE_MS);
	app->jobs.lanes[lane].session = NULL;
	if (!job)
		return;
	job_close(app, job, job->cancelling ? JOB_CANCELLED : JOB_FAILED);
	fail(app, job, answer);
	app_refresh(app);
}

static void take(struct app *app, enum job_lane lane, enum session_news news, struct session_answer *answer)
{
	struct job *job = app->jobs.lanes[lane].job;

	if (news == SESSION_GONE)
		lane_lost(app, lane, answer);
	else if (!job)
		return;
	else if (news == SESSION_EDIT)
		run_edit_for(app, app->jobs.lanes[lane].session, job, answer);
	else if (news == SESSION_ASK)
		secret_asked(app, lane, answer->name, answer->again);
	else if (news == SESSION_DONE)
		line_done(app, job, answer);
	else
		job->done = answer->done, job->total = answer->total, job->cancellable = answer->cancellable;
	if (news == SESSION_PROGRESS)
		say_progress(app, job);
	if (app_view(app)->ops == &jobs_view)
		app->stale = true;
	app->dirty = app->dirty || news != SESSION_PROGRESS;
}

/* ---- starting */

/* The bulk lane's process rests only while there is more to do; the other stays ready. */
static bool lane_ready(struct app *app, enum job_lane lane)
{
	AUTO_ERROR err = ERROR_INIT;

	if (app->jobs.lanes[lane].session)
		return true;
	if (app->jobs.refused || !app->context->desk)
		return false;
	if (session_start(app->context, &app->jobs.lanes[lane].session, &err) == 0)
		return true;
	app->jobs.lanes[lane].session = NULL;
	app->jobs.refused = true;
	app_error(app, &err);
	return false;
}

static void job_begin(struct app *app, enum job_lane lane, struct job *job)
{
	const struct job_line *line = &job->lines[0];

	app->jobs.lanes[lane].job = job;
	job->state = JOB_RUNNING;
	job->began = app->term->ops->clock(app->term);
	session_run(app->jobs.lanes[lane].session, line->text, line->case_id, line->mail);
	app->dirty = true;
}

static void lane_leave(struct jobs *jobs, enum job_lane lane)
{
	for (size_t i = 0; i < ARRAY_LEN(jobs->leaving); i++)
		if (!jobs->leaving[i]) {
			session_leave(jobs->lanes[lane].session);
			jobs->leaving[i] = jobs->lanes[lane].session;
			jobs->lanes[lane].session = NULL;
			return;
		}
}

static void jobs_start(struct app *app)
{
	struct jobs *jobs = &app->jobs;

	for (size_t i = 0; i < jobs->count; i++) {
		struct job *job = jobs->items[i];
		enum job_lane lane = lane_of(job);

		if (job->state == JOB_WAITING && !jobs->lanes[lane].job && lane_ready(app, lane))
			job_begin(app, lane, job);
	}
	if (jobs->lanes[LANE_BULK].session && !jobs->lanes[LANE_BULK].job)
		lane_leave(jobs, LANE_BULK);
}

bool jobs_add(struct app *app, bool bulk, struct job_line *lines, size_t count)
{
	struct jobs *jobs = &app->jobs;
	struct job *job;

	if (!lane_ready(app, bulk ? LANE_BULK : LANE_HAND))
		return false;
	job = mem_alloc(sizeof(*job));
	*job = (struct job){ .number = ++jobs->last, .lines = lines, .line_count = count, .bulk = bulk,
			     .touched = app->touched };
	jobs->items = mem_grow(jobs->items, &jobs->capacity, jobs->count + 1, sizeof(*jobs->items));
	jobs->items[jobs->count++] = job;
	app_reload_jobs(app);
	jobs_start(app);
	if (job->state == JOB_WAITING)
		app_message(app, ROLE_MESSAGE, _("It waits for the job before it; J lists them."));
	return true;
}

void jobs_look(struct app *app)
{
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		enum session_news news = SESSION_DONE;

		while (app->jobs.lanes[lane].session && news != SESSION_NOTHING) {
			struct session_answer answer;

			news = session_read(app->jobs.lanes[lane].session, &answer);
			if (news != SESSION_NOTHING)
				take(app, (enum job_lane)lane, news, &answer);
			session_answer_release(&answer);
		}
	}
	secret_look(app);
	jobs_start(app);
	for (size_t i = 0; i < ARRAY_LEN(app->jobs.leaving); i++)
		if (app->jobs.leaving[i] && session_left(app->jobs.leaving[i]))
			app->jobs.leaving[i] = NULL;
}

/* ---- the end */

void jobs_cancel(struct app *app, struct job *job)
{
	struct session *session = app->jobs.lanes[lane_of(job)].session;

	if (job->state == JOB_WAITING) {
		job->state = JOB_CANCELLED;
		job->began = job->ended = app->term->ops->clock(app->term);
		app_message(app, ROLE_WARNING, _("Cancelled."));
		return;
	}
	if (job->state != JOB_RUNNING || !session)
		return;
	app_message(app, ROLE_WARNING, job->cancelling ? _("It is being ended.")
						       : _("It stops at the next safe place; once more ends it at once."));
	job->cancelling = true;
	secret_forget(app, lane_of(job));
	session_cancel(session);
}

void jobs_forget(struct app *app)
{
	struct jobs *jobs = &app->jobs;

	for (size_t i = jobs->count; i-- > 0;)
		if (job_ended(jobs->items[i]))
			job_remove(jobs, i);
	app_reload_jobs(app);
	for (int lane = 0; lane < LANE_COUNT; lane++)
		if (!jobs->lanes[lane].job) {
			session_end(jobs->lanes[lane].session, PATIENCE_MS);
			jobs->lanes[lane].session = NULL;
		}
}

void jobs_release(struct app *app)
{
	struct jobs *jobs = &app->jobs;

	for (int lane = 0; lane < LANE_COUNT; lane++) {
		secret_forget(app, (enum job_lane)lane);
		if (jobs->lanes[lane].job)
			session_cancel(jobs->lanes[lane].session);
		session_end(jobs->lanes[lane].session, PATIENCE_MS);
	}
	for (size_t i = 0; i < ARRAY_LEN(jobs->leaving); i++)
		session_end(jobs->leaving[i], PATIENCE_MS);
	for (size_t i = 0; i < jobs->count; i++)
		job_free(jobs->items[i]);
	free(jobs->items);
	*jobs = (struct jobs){ 0 };
}
