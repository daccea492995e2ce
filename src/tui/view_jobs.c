/* SPDX-License-Identifier: Apache-2.0 */
/* The list of jobs: what runs, what waits, what has ended, newest last. */
#include "tui/app.h"
#include "tui/cells.h"

enum { BAR_CELLS = 20 };

static const struct app *app_of(const struct view *view)
{
	return view->context->front;
}

static void jobs_load(struct view *view)
{
	const struct app *app = app_of(view);

	for (size_t i = 0; i < app->jobs.count; i++)
		view_add(view, app->jobs.items[i], i);
}

static void job_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%u", ((const struct job *)row->item)->number);
}

enum job_column { JOB_NUMBER, JOB_STATE, JOB_LINE, JOB_TIME };
static const struct column job_columns[] = {
	[JOB_NUMBER] = { N_("job"), 4, 0, true },
	[JOB_STATE] = { N_("state"), 10, 0, false },
	[JOB_LINE] = { N_("command"), 0, 0, false },
	[JOB_TIME] = { N_("time"), 10, 0, true },
};

static enum role state_role(const struct job *job)
{
	static const enum role roles[] = { [JOB_WAITING] = ROLE_DIM, [JOB_RUNNING] = ROLE_NEW, [JOB_DONE] = ROLE_VERIFIED,
					   [JOB_FAILED] = ROLE_ERROR, [JOB_CANCELLED] = ROLE_WARNING };

	return roles[job->state];
}

static void job_time(const struct app *app, const struct job *job, struct cell *ret)
{
	int64_t took = (job->ended ? job->ended : app->term->ops->clock(app->term)) - job->began;
	char span[40];

	if (job->state != JOB_WAITING)
		cell_set(ret, ROLE_NORMAL, job_span(took, span));
}

static void job_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct job *job = row->item;
	char number[16];

	switch ((enum job_column)column) {
	case JOB_NUMBER:
		snprintf(number, sizeof(number), "%u", job->number);
		cell_set(ret, ROLE_ID, number);
		break;
	case JOB_STATE: cell_set(ret, state_role(job), job_state_name(job->state)); break;
	case JOB_LINE: cell_set(ret, ROLE_NORMAL, job->lines[0].text); break;
	case JOB_TIME: job_time(app_of(view), job, ret); break;
	}
}

/* Each character of a bar takes one cell. */
static int cells_of(const struct str *bar)
{
	int cells = 0;

	for (size_t i = 0; i < bar->length; i++)
		cells += ((unsigned char)bar->bytes[i] & 0xC0) != 0x80;
	return cells;
}

/* The number is printed beside it: the bar is only to be seen at a glance. */
static void job_bar(const struct job *job, enum chart_drawing drawing, struct doc *doc)
{
	AUTO_STR bar = STR_INIT;

	if (!job->total)
		return;
	chart_bar(drawing, job->done, job->total, BAR_CELLS, &bar);
	for (int cells = cells_of(&bar); cells < BAR_CELLS; cells++)
		str_add(&bar, drawing == CHART_ASCII ? "." : "·");
	doc_line(doc);
	doc_label(doc, _("progress"));
	doc_run(doc, ROLE_CHART, bar.bytes);
	doc_format(doc, ROLE_NORMAL, " %zu %%", job->done <= job->total ? job->done * 100 / job->total : 100);
}

static void job_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct app *app = app_of(view);
	const struct job *job = row->item;
	AUTO_STR progress = STR_INIT;

	doc_field(doc, _("command"), ROLE_TITLE, job->lines[job->line_at].text);
	doc_field(doc, _("state"), state_role(job), job_state_name(job->state));
	if (job->state == JOB_RUNNING)
		job_bar(job, view_drawing(view), doc);
	job_progress(job, app->term->ops->clock(app->term), &progress);
	doc_field(doc, _("so far"), ROLE_NORMAL, progress.bytes);
	if (job->state == JOB_RUNNING)
		doc_field(doc, "", ROLE_DIM, job->cancellable ? _("^C cancels it; what is done stays done.")
							      : _("^C twice ends it; what is done stays done."));
	doc_field(doc, _("ended"), ROLE_ERROR, job->sentence);
	if (job->out)
		doc_block(doc, ROLE_NORMAL, job->out, true);
}

const struct view_ops jobs_view = {
	.name = "jobs", .title = N_("Jobs"), .brief = N_("Jobs"),
	.empty = N_("No job has run. Whatever takes more than a moment is listed here while you work on."),
	.columns = job_columns, .column_count = ARRAY_LEN(job_columns),
	.load = jobs_load, .cell = job_cell, .row_id = job_id, .preview = job_preview, .at_end = true,
};
