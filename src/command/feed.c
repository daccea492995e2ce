/* SPDX-License-Identifier: Apache-2.0 */
/* Commands on feeds: what a file is, taking it in, and asking what the store knows. */
#include "command/feed.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/feed.h"
#include "psirtty/desk/feed_bundle.h"

enum { FOUND_LIMIT = 50, FOUND_MOST = 1000 };

/* ---- the store */

int feed_open_store(const struct command_call *call, bool write, struct intel **ret, struct error *err)
{
	const char *given = call_value(call, "--store");
	AUTO_STRING path = given ? mem_string(given) : desk_intel_path();

	if (write && !given) {
		AUTO_STRING dir = file_share_dir();
		int code = file_make_dir(dir, 0700, err);

		if (code)
			return code;
	}
	return intel_open(path, write, ret, err);
}

void feed_set_time(json_t *json, const char *name, instant at)
{
	char buffer[40];

	json_object_set_new(json, name, at == INSTANT_NONE ? json_null() : json_string(instant_format(at, buffer)));
}

const char *feed_time_word(instant at, char buffer[40])
{
	return at == INSTANT_NONE ? "" : instant_format(at, buffer);
}

/* ---- identify */

static int run_identify(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct feed_head head = FEED_HEAD_INIT;
	char newest[40], records[24], faults[24];
	int code = desk_feed_identify(call_value(call, "FILE"), &head, err);

	if (code)
		return code;
	context->reactions |= REACT_SHOW_OUTPUT;
	if (context->json) {
		json_t *json = json_object();

		js_set_string(json, "format", feed_kind_name(head.kind));
		json_object_set_new(json, "records", json_integer(head.records));
		json_object_set_new(json, "faults", json_integer(head.faults));
		feed_set_time(json, "newest", head.newest);
		json_object_set_new(json, "announced", head.announced < 0 ? json_null() : json_integer(head.announced));
		js_set_string(json, "state", head.cursor);
		command_json(context, json);
		return 0;
	}
	(void)snprintf(records, sizeof(records), "%ld", head.records);
	(void)snprintf(faults, sizeof(faults), "%ld", head.faults);
	command_row_out(context, feed_kind_name(head.kind), records, feed_time_word(head.newest, newest), faults, NULL);
	return 0;
}

/* ---- import */

static void note_progress(void *data, const struct feed_progress *progress)
{
	struct command_context *context = data;

	if (context->progress)
		context->progress(context, (size_t)progress->read, (size_t)progress->total);
}

static bool ask_cancelled(void *data)
{
	struct command_context *context = data;

	return context->cancelled && context->cancelled(context);
}

static json_t *taken_json(const char *path, const struct feed_taken *taken)
{
	json_t *json = json_object();

	js_set_string(json, "file", path);
	js_set_string(json, "source", taken->source);
	js_set_string(json, "format", feed_kind_name(taken->head.kind));
	json_object_set_new(json, "added", json_integer(taken->done.added));
	json_object_set_new(json, "changed", json_integer(taken->done.changed));
	json_object_set_new(json, "same", json_integer(taken->done.same));
	json_object_set_new(json, "withdrawn", json_integer(taken->done.withdrawn));
	json_object_set_new(json, "faults", json_integer(taken->done.faults));
	feed_set_time(json, "newest", taken->head.newest);
	return json;
}

static void tell_taken(struct command_context *context, const char *path, const struct feed_taken *taken)
{
	const struct { const char *word; long count; } counts[] = {
		{ "added", taken->done.added }, { "changed", taken->done.changed }, { "same", taken->done.same },
		{ "withdrawn", taken->done.withdrawn }, { "faults", taken->done.faults },
	};
	char numbers[ARRAY_LEN(counts)][32], newest[40];

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		(void)snprintf(numbers[i], sizeof(numbers[i]), "%s %ld", counts[i].word, counts[i].count);
	command_row_out(context, path, str_or_empty(taken->source), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
			feed_time_word(taken->head.newest, newest), NULL);
}

static int import_one(struct command_context *context, struct intel *intel, const struct command_call *call,
		      const char *path, json_t *list, struct error *err)
{
	const struct feed_input options = {
		.fd = -1, .source = call_value(call, "--source"), .whole = call_given(call, "--whole") ? WHOLE_YES : WHOLE_BY_KIND,
		.now = command_now(context), .progress = note_progress, .cancelled = ask_cancelled, .data = context,
	};
	struct feed_taken taken = { 0 };
	int code = desk_feed_import(intel, path, &options, &taken, err);

	if (code)
		return code;
	if (list)
		json_array_append_new(list, taken_json(path, &taken));
	else
		tell_taken(context, path, &taken);
	feed_taken_release(&taken);
	return 0;
}

static int check_source(const char *source, struct error *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	if (!source || (*source && strlen(source) <= 64 && source[strspn(source, allowed)] == '\0'))
		return 0;
	return error_set(err, ERR_USAGE, source, _("Use letters, digits, dots, dashes"), _("it is no name for a source"));
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = context->json ? json_array() : NULL;
	struct intel *intel = NULL;
	size_t count;
	char *const *paths = call_values(call, "FILE", &count);
	int code = check_source(call_value(call, "--source"), err);

	for (size_t i = 0; !code && i < count; i++) {
		if (feed_bundle_is(paths[i])) {
			code = command_feed_bundle(context, call, paths[i], list, err);
			continue;
		}
		code = feed_open_store(call, true, &intel, err);
		if (!code)
			code = import_one(context, intel, call, paths[i], list, err);
		intel_close(intel);
		intel = NULL;
	}
	context->reactions |= REACT_SHOW_OUTPUT | REACT_RELOAD;
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	return code;
}

/* ---- list: what is there, and how old it is */

struct listing { struct command_context *context; json_t *list; instant now; };

/* What a source does not say it is unknown, not "nothing". */
static const char *age_of(const struct intel_source *source, instant now, char buffer[40])
{
	return source->newest == INSTANT_NONE ? _("unknown") : instant_format_span(now - source->newest, buffer);
}

static int list_source(void *context, const struct intel_source *source, struct error *err)
{
	struct listing *listing = context;
	char records[24], faults[24], newest[40], synced[40], age[40];
	json_t *json;

	(void)err;
	if (!listing->list) {
		(void)snprintf(records, sizeof(records), "%ld", source->records);
		(void)snprintf(faults, sizeof(faults), "%ld", source->faults);
		command_row_out(listing->context, source->id, feed_kind_name(source->kind), records,
				feed_time_word(source->newest, newest), age_of(source, listing->now, age), feed_time_word(source->synced, synced),
				source->broken_off ? _("broken off") : "", faults, NULL);
		return 0;
	}
	json = json_object();
	js_set_string(json, "id", source->id);
	js_set_string(json, "format", feed_kind_name(source->kind));
	json_object_set_new(json, "records", json_integer(source->records));
	json_object_set_new(json, "faults", json_integer(source->faults));
	feed_set_time(json, "newest", source->newest);
	feed_set_time(json, "imported", source->synced);
	json_object_set_new(json, "broken_off", json_boolean(source->broken_off));
	json_object_set_new(json, "serial", json_integer((json_int_t)source->serial));
	json_array_append_new(listing->list, json);
	return 0;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct listing listing = { context, context->json ? json_array() : NULL, command_now(context) };
	struct intel *intel = NULL;
	int code = feed_open_store(call, false, &intel, err);

	if (!code)
		code = intel_sources(intel, list_source, &listing, err);
	intel_close(intel);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (listing.list && !code)
		command_json(context, listing.list);
	else
		json_decref(listing.list);
	return code;
}

/* ---- search */

static int run_search(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *limit = call_value(call, "--limit");
	long most = limit ? strtol(limit, NULL, 10) : FOUND_LIMIT;
	AUTO_STRING words = call_text(call, "WORDS");
	struct intel *intel = NULL;
	struct intel_hit *hits = NULL;
	json_t *list = context->json ? json_array() : NULL;
	size_t count = 0;
	int code = feed_open_store(call, false, &intel, err);

	if (!code)
		code = intel_search(intel, words, most < 1 ? 1 : most > FOUND_MOST ? FOUND_MOST : (size_t)most, &hits, &count, err);
	for (size_t i = 0; !code && i < count; i++) {
		char modified[40];

		if (list)
			json_array_append_new(list, json_pack("{sssss?}", "id", hits[i].id, "title", hits[i].title, "modified",
							      hits[i].modified == INSTANT_NONE ? NULL :
												  instant_format(hits[i].modified, modified)));
		else
			command_row_out(context, hits[i].id, feed_time_word(hits[i].modified, modified), hits[i].title, NULL);
	}
	intel_hits_free(hits, count);
	intel_close(intel);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (list && !code)
		command_json(context, list);
	else
		json_decref(list);
	return code ? code : count ? 0 : ERR_NO;
}

/* ---- faults */

static int list_fault(void *context, const struct intel_quarantine *fault, struct error *err)
{
	struct listing *listing = context;
	char at[40];
	json_t *json;

	(void)err;
	if (!listing->list) {
		command_row_out(listing->context, fault->source, fault->where, fault->why, feed_time_word(fault->at, at), NULL);
		return 0;
	}
	json = json_object();
	js_set_string(json, "source", fault->source);
	js_set_string(json, "where", fault->where);
	js_set_string(json, "why", fault->why);
	feed_set_time(json, "at", fault->at);
	json_array_append_new(listing->list, json);
	return 0;
}

static int run_faults(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct listing listing = { context, context->json ? json_array() : NULL, 0 };
	struct intel *intel = NULL;
	int code = feed_open_store(call, false, &intel, err);

	if (!code)
		code = intel_faults(intel, call_value(call, "SOURCE"), list_fault, &listing, err);
	intel_close(intel);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (listing.list && !code)
		command_json(context, listing.list);
	else
		json_decref(listing.list);
	return code;
}

const struct command_row feed_commands[] = {
	{
		.name = "feed identify",
		.help = N_("which feed a file is: format, records, age, faults"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.arguments = { { .name = "FILE", .type = ARG_FILE,
				 .help = N_("a document, an archive of them or a folder; - for standard input") } },
		.exec = run_identify,
	},
	{
		.name = "feed import",
		.help = N_("take feeds that are here into the intelligence store"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT | COMMAND_BULK,
		.arguments = { { .name = "FILE", .type = ARG_FILE, .repeats = true,
				 .help = N_("CVE List, NVD, OSV, KEV, EPSS, CSAF, Debian, Alpine, EUVD, JVN, CNVD, CNNVD, Exploit-DB, "
					    "Metasploit, RSS or Atom, also packed; a folder of them") },
			       { .name = "--source", .type = ARG_TEXT, .option = true, .takes_value = true, .optional = true,
				 .help = N_("under which name its records are kept; else the format's") },
			       { .name = "--whole", .type = ARG_TEXT, .option = true, .optional = true,
				 .help = N_("it holds all there is: what it lacks is withdrawn") },
			       SWITCH("--backwards", N_("of a bundle: take an older one than is here; it is logged")),
			       OPTION("--receipt", ARG_FILE, N_("of a bundle: where its receipt goes, to be carried back")),
			       FEED_STORE_ARGUMENT },
		.exec = run_import,
	},
	{
		.name = "feed list",
		.help = N_("the sources, how much they hold and how old that is"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.pane = "feeds",
		.arguments = { FEED_STORE_ARGUMENT },
		.exec = run_list,
	},
	{
		.name = "feed search",
		.help = N_("flaws whose id, title, text or product has all the words, newest first"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.arguments = { { .name = "WORDS", .type = ARG_TEXT, .repeats = true, .help = N_("words, \"phrases\", beginnings*") },
			       { .name = "--limit", .type = ARG_NUMBER, .option = true, .takes_value = true, .optional = true,
				 .help = N_("at most so many; 50 where it is not given") },
			       FEED_STORE_ARGUMENT },
		.exec = run_search,
	},
	{
		.name = "feed show",
		.help = N_("a flaw as every source has it, where they differ, EPSS, exploited"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT | COMMAND_HERE,
		.arguments = { { .name = "ID", .type = ARG_TEXT, .help = N_("any of its names: CVE, GHSA, EUVD …") },
			       { .name = "--raw", .type = ARG_TEXT, .option = true, .takes_value = true, .optional = true,
				 .help = N_("the record as this source sent it") },
			       FEED_STORE_ARGUMENT },
		.exec = feed_run_show,
	},
	{
		.name = "feed faults",
		.help = N_("records that could not be read, and why"),
		.flags = COMMAND_JSON | COMMAND_NO_VAULT,
		.arguments = { { .name = "SOURCE", .type = ARG_TEXT, .optional = true, .help = N_("only of this source") }, FEED_STORE_ARGUMENT },
		.exec = run_faults,
	},
	{ .name = NULL },
};
