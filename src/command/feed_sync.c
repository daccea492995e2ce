/* SPDX-License-Identifier: Apache-2.0 */
/* `feed sync`: sources asked over the network because somebody says so, and what came of it. */
#include "command/feed.h"

#include <time.h>

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/feed.h"
#include "psirtty/desk/sync.h"
#include "psirtty/worker/fetch.h"

enum { LEFT_AT_MOST = 1000 * 86400 }; /* seconds; a server may claim any length */

/* What a run of this command shares. */
struct syncing {
	struct command_context *context;
	struct settings settings;
	struct sources sources;
	struct intel *intel;
	char *folder;              /* owned */
	json_t *rows;              /* with --json */
	int64_t began;             /* milliseconds; of the step that is under way */
	uint64_t before;           /* bytes that were here when it began */
	long records;              /* that were taken in when it began */
	bool taking;
	char file[256];            /* the step's file */
	size_t asked, failed;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void add_bytes(struct str *ret, uint64_t bytes)
{
	if (bytes >= 10 << 20)
		str_add_format(ret, "%llu MB", (unsigned long long)(bytes >> 20));
	else if (bytes >= 10 << 10)
		str_add_format(ret, "%llu kB", (unsigned long long)(bytes >> 10));
	else
		str_add_format(ret, "%llu B", (unsigned long long)bytes);
}

static void add_left(uint64_t seconds, char ret[40])
{
	if (seconds < 120)
		(void)snprintf(ret, 40, _("%llu s"), (unsigned long long)seconds);
	else
		instant_format_span((instant)(seconds < LEFT_AT_MOST ? seconds : LEFT_AT_MOST) * INSTANT_SECOND, ret);
}

void feed_progress_words(const struct sync_progress *p, uint64_t before, long records, int64_t took, struct str *ret)
{
	uint64_t came = p->done > before ? p->done - before : 0, rate = took > 0 ? came * 1000 / (uint64_t)took : 0;
	char left[40];

	text_add_line(ret, p->source);
	if (*p->file) {
		str_add(ret, ", ");
		text_add_line(ret, p->file);
	}
	if (p->waiting) {
		str_add_format(ret, _(": waits %ld s: "), p->waiting);
		text_add_line(ret, p->why);
		return;
	}
	str_add(ret, ": ");
	if (p->taking)
		str_add_format(ret, _("%ld records, %lld a second, "), p->records,
			       took > 0 ? (long long)(p->records - records) * 1000 / (long long)took : 0);
	if (p->files > 1)
		str_add_format(ret, _("file %zu of %zu, "), p->files_done + 1, p->files);
	add_bytes(ret, p->done);
	if (p->total >= p->done && p->total) {
		str_add(ret, _(" of "));
		add_bytes(ret, p->total);
	}
	if (!rate)
		return;
	str_add(ret, ", ");
	add_bytes(ret, rate);
	str_add(ret, _(" a second"));
	if (p->total > p->done) {
		add_left((p->total - p->done) / rate, left);
		str_add_format(ret, _(", %s left"), left);
	}
}

static void begin_step(struct syncing *y, const struct sync_progress *p)
{
	y->began = now_ms();
	y->before = p->done;
	y->records = p->records;
	y->taking = p->taking;
	snprintf(y->file, sizeof(y->file), "%s", p->file);
}

static void on_progress(void *context, const struct sync_progress *p)
{
	struct syncing *y = context;
	AUTO_STR line = STR_INIT;

	/* Another file begins: its rate is its own. */
	if (p->done < y->before || !y->began || p->taking != y->taking || strcmp(p->file, y->file) != 0)
		begin_step(y, p);
	if (y->context->notice) {
		feed_progress_words(p, y->before, y->records, now_ms() - y->began, &line);
		y->context->notice(y->context, line.bytes);
	}
	if (p->files > 1)
		command_bytes(y->context, p->files_done, p->files);
	else
		command_bytes(y->context, p->done, p->total);
}

static bool is_cancelled(void *context)
{
	struct syncing *y = context;

	return y->context->cancelled && y->context->cancelled(y->context);
}

/* ---- which */

static int check_names(const struct syncing *y, char *const *names, size_t count, struct error *err)
{
	for (size_t n = 0; n < count; n++) {
		bool any = false;

		for (size_t i = 0; !any && i < y->sources.count; i++)
			any = sources_named(&y->sources, i, names[n]);
		if (!any)
			return error_set(err, ERR_USAGE, names[n], _("`psirtty feed status` shows those there are"), _("there is no such source"));
	}
	return 0;
}

static bool is_wanted(const struct syncing *y, size_t index, char *const *names, size_t count)
{
	const struct source *source = &y->sources.items[index];

	for (size_t n = 0; n < count; n++)
		if (sources_named(&y->sources, index, names[n]))
			return true;
	return !count && !source->off && source->way != WAY_HAND;
}

/* ---- what came of it */

static void tell_json(struct syncing *y, const struct source *source, const char *verdict, const struct sync_result *r,
		      const char *why)
{
	json_t *row = json_object(), *warnings = json_array();

	js_set_string(row, "source", source->id);
	js_set_string(row, "verdict", verdict);
	js_set_integer(row, "files", (long long)r->files);
	js_set_integer(row, "bytes", (long long)r->bytes);
	js_set_integer(row, "added", r->done.added);
	js_set_integer(row, "changed", r->done.changed);
	js_set_integer(row, "same", r->done.same);
	js_set_integer(row, "withdrawn", r->done.withdrawn);
	js_set_integer(row, "faults", r->done.faults);
	js_set_string(row, "why", why);
	js_set_string(row, "notice", source->notice);
	for (size_t i = 0; i < r->warnings.count; i++)
		json_array_append_new(warnings, js_new_string(r->warnings.items[i], strlen(r->warnings.items[i])));
	json_object_set_new(row, "warnings", warnings);
	json_array_append_new(y->rows, row);
}

static void tell_row(struct syncing *y, const struct source *source, const char *verdict, const struct sync_result *r,
		     const char *why)
{
	AUTO_STRING files = mem_format("%zu", r->files), *bytes = mem_format("%llu", (unsigned long long)r->bytes);
	AUTO_STRING added = mem_format("%ld", r->done.added), *changed = mem_format("%ld", r->done.changed);
	AUTO_STRING gone = mem_format("%ld", r->done.withdrawn), *faults = mem_format("%ld", r->done.faults);

	command_row_out(y->context, source->id, verdict, files, bytes, added, changed, gone, faults, str_or_empty(why), NULL);
	for (size_t i = 0; i < r->warnings.count; i++)
		command_row_out(y->context, source->id, "warning", r->warnings.items[i], NULL);
}

static void tell(struct syncing *y, const struct source *source, int code, const struct sync_result *r, const struct error *err)
{
	const char *verdict = code ? "failed" : r->unchanged ? "unchanged" : "synced";
	AUTO_STR why = STR_INIT;

	if (code)
		error_sentence(err, &why);
	if (y->rows)
		tell_json(y, source, verdict, r, why.bytes);
	else
		tell_row(y, source, verdict, r, why.bytes);
	if (y->context->flush && !y->rows)
		y->context->flush(y->context);
}

static int sync_one(struct syncing *y, const struct source *source, bool whole, struct error *err)
{
	const struct sync_options options = { .settings = &y->settings, .dir = y->folder, .intel = y->intel, .whole = whole,
					      .progress = on_progress, .cancelled = is_cancelled, .context = y };
	struct sync_result result = { 0 };
	int code;

	y->began = 0;
	code = sync_source(&options, source, command_now(y->context), &result, err);
	y->asked++;
	y->failed += code != 0;
	if (code != ERR_DENIED)
		tell(y, source, code, &result, err);
	sync_result_release(&result);
	return code;
}

/* Each has its turn, whatever became of the others; the last sentence is for those that failed. */
static int sync_wanted(struct syncing *y, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *names = call_values(call, "SOURCE", &count);
	int code = check_names(y, names, count, err), failed = 0;

	for (size_t i = 0; !code && i < y->sources.count; i++) {
		AUTO_ERROR why = ERROR_INIT;

		if (!is_wanted(y, i, names, count))
			continue;
		code = sync_one(y, &y->sources.items[i], call_given(call, "--whole"), &why);
		if (code)
			error_set(err, code, why.what, why.remedy, "%s", why.why);
		if (code == ERR_NETWORK || code == ERR_INPUT || code == ERR_USAGE) {
			failed = failed ? failed : code;
			code = 0;
		}
	}
	if (!code && failed && y->asked > 1)
		error_set(err, failed, "feed sync", _("Each of them says why above; what came stays"),
			  _("%zu of %zu sources could not be finished"), y->failed, y->asked);
	return code ? code : failed;
}

static int run_sync(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct syncing y = { .context = context, .rows = context->json ? json_array() : NULL };
	AUTO_STRING path = call_value(call, "--store") ? mem_string(call_value(call, "--store")) : desk_intel_path();
	int code = command_settings(context, &y.settings, err);

	y.folder = feed_folder(path);
	if (!code && fetch_forbidden())
		code = error_set(err, ERR_DENIED, "feed sync", _("Carry a bundle: `feed export` where there is a network, `feed import` here"),
				 _("this program is offline"));
	if (!code)
		code = sources_load(&y.settings, &y.sources, err);
	if (!code)
		code = file_make_dir(y.folder, 0755, err);
	if (!code)
		code = intel_open(path, true, &y.intel, err);
	if (!code)
		code = sync_wanted(&y, call, err);
	if (y.rows && (!code || y.asked))
		command_json(context, y.rows);
	else
		json_decref(y.rows);
	intel_close(y.intel);
	free(y.folder);
	sources_release(&y.sources);
	settings_release(&y.settings);
	return code;
}

const struct command_row feed_sync_commands[] = {
	{
		.name = "feed sync",
		.help = N_("ask sources of vulnerability data for what is new"),
		.flags = COMMAND_NO_VAULT | COMMAND_LEAVES | COMMAND_BULK | COMMAND_JSON,
		.arguments = { { .name = "SOURCE", .type = ARG_TEXT, .optional = true, .repeats = true,
				 .help = N_("as `feed status` has them; \"osv\" for all ecosystems; else all that are on") },
			       SWITCH("--whole", N_("all anew, not only what changed")),
			       OPTION("--store", ARG_FILE, N_("the intelligence store; else intel.db in the handler's data folder")) },
		.exec = run_sync,
	},
	{ .name = NULL },
};
