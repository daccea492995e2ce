/* SPDX-License-Identifier: Apache-2.0 */
/* Feed bundles for rooms without a network, and how old each source's data are. */
#include "command/feed.h"

#include <errno.h>

#include "psirtty/base/file.h"
#include "psirtty/desk/feed.h"
#include "psirtty/desk/feed_bundle.h"
#include "psirtty/vault/openpgp.h"

/* What the commands here need: settings, sources, store, gpg. */
struct place {
	struct settings settings;
	struct sources sources;
	struct intel *intel;       /* NULL where there is none */
	struct openpgp *pgp;
	char *store, *folder;      /* owned */
};

static int open_place(struct command_context *context, const struct command_call *call, struct place *ret, struct error *err)
{
	const char *given = call_value(call, "--store");
	int code = command_settings(context, &ret->settings, err);

	ret->store = given ? mem_string(given) : desk_intel_path();
	ret->folder = feed_folder(ret->store);
	return code ? code : sources_load(&ret->settings, &ret->sources, err);
}

static void close_place(struct place *place)
{
	intel_close(place->intel);
	openpgp_close(place->pgp);
	sources_release(&place->sources);
	settings_release(&place->settings);
	free(place->store);
	free(place->folder);
}

static void on_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
	(void)what;
	command_bytes(context, done, total);
}

static bool is_cancelled(void *context)
{
	struct command_context *c = context;

	return c->cancelled && c->cancelled(c);
}

static void fill_options(struct command_context *context, const struct place *place, struct feed_bundle_options *ret)
{
	*ret = (struct feed_bundle_options){ .settings = &place->settings, .sources = &place->sources, .dir = place->folder,
					     .intel = place->intel, .pgp = place->pgp, .progress = on_progress,
					     .cancelled = is_cancelled, .context = context };
}

static void tell_warnings(struct command_context *context, const struct feed_bundle_done *done)
{
	for (size_t i = 0; i < done->warnings.count; i++)
		command_row_out(context, "warning", done->warnings.items[i], NULL);
}

static json_t *done_json(const struct feed_bundle_done *done)
{
	json_t *json = json_object(), *warnings = json_array();

	js_set_integer(json, "serial", (long long)done->serial);
	json_object_set_new(json, "base_serial", done->base ? json_integer((json_int_t)done->base) : json_null());
	js_set_string(json, "producer", done->producer);
	js_set_integer(json, "sources", (long long)done->sources);
	js_set_integer(json, "files", (long long)done->included);
	js_set_integer(json, "bytes", (long long)done->bytes);
	js_set_bool(json, "already", done->already);
	js_set_integer(json, "added", done->done.added);
	js_set_integer(json, "changed", done->done.changed);
	js_set_integer(json, "withdrawn", done->done.withdrawn);
	js_set_integer(json, "faults", done->done.faults);
	js_set_integer(json, "refused", (long long)done->refused);
	js_set_string(json, "receipt", done->receipt);
	for (size_t i = 0; i < done->warnings.count; i++)
		json_array_append_new(warnings, js_new_string(done->warnings.items[i], strlen(done->warnings.items[i])));
	json_object_set_new(json, "warnings", warnings);
	return json;
}

/* ---- export */

static int since_of(const struct command_call *call, uint64_t *ret, struct error *err)
{
	const char *text = call_value(call, "--since");
	char *end;

	*ret = 0;
	if (!text)
		return 0;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	if (errno || end == text || *end || !*ret || *text == '-')
		return error_set(err, ERR_USAGE, "--since", _("`psirtty feed status` shows the serials"), _("%s is no serial of a bundle"), text);
	return 0;
}

static void tell_made(struct command_context *context, const char *file, const struct feed_bundle_done *done)
{
	AUTO_STRING serial = mem_format("%llu", (unsigned long long)done->serial);
	AUTO_STRING base = done->base ? mem_format("%llu", (unsigned long long)done->base) : mem_string("full");
	AUTO_STRING files = mem_format("%zu", done->included), *bytes = mem_format("%llu", (unsigned long long)done->bytes);
	AUTO_STRING sources = mem_format("%zu", done->sources);

	command_row_out(context, file, "serial", serial, "since", base, "sources", sources, "files", files, "bytes", bytes, NULL);
	tell_warnings(context, done);
}

static int run_export(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *file = call_value(call, "FILE"), *signer = call_value(call, "--sign");
	struct feed_bundle_done done = { 0 };
	struct feed_bundle_options options;
	struct place place = { 0 };
	uint64_t since;
	size_t count;
	char *const *names = call_values(call, "--source", &count);
	int code = since_of(call, &since, err);

	if (!code)
		code = open_place(context, call, &place, err);
	if (!code && signer)
		mem_replace(&place.settings.bundle.signer, signer);
	if (!code)
		code = intel_open(place.store, false, &place.intel, err);
	if (!code)
		code = openpgp_open(context->gpg_home, &place.pgp, err);
	fill_options(context, &place, &options);
	if (!code)
		code = feed_bundle_export(&options, file, since, names, count, command_now(context), &done, err);
	if (!code && context->json)
		command_json(context, done_json(&done));
	else if (!code)
		tell_made(context, file, &done);
	feed_bundle_done_release(&done);
	close_place(&place);
	return code;
}

/* ---- import */

static void tell_taken(struct command_context *context, const char *file, const struct feed_bundle_done *done)
{
	AUTO_STRING serial = mem_format("%llu", (unsigned long long)done->serial);
	AUTO_STRING added = mem_format("added %ld", done->done.added), *changed = mem_format("changed %ld", done->done.changed);
	AUTO_STRING gone = mem_format("withdrawn %ld", done->done.withdrawn), *faults = mem_format("faults %ld", done->done.faults);
	AUTO_STRING refused = mem_format("refused %zu", done->refused);

	command_row_out(context, file, done->already ? "already" : "taken", serial, added, changed, gone, faults, refused,
			str_or_empty(done->receipt), NULL);
	tell_warnings(context, done);
}

/* A copy of the receipt that goes back out. */
static int copy_receipt(const char *to, const struct feed_bundle_done *done, struct error *err)
{
	AUTO_STRING sign_from = mem_format("%s.asc", str_or_empty(done->receipt)), *sign_to = mem_format("%s.asc", str_or_empty(to));
	AUTO_STR text = STR_INIT;
	AUTO_STR signature = STR_INIT;
	int code;

	if (!to || !done->receipt)
		return 0;
	code = file_read(done->receipt, 64 << 20, &text, err);
	if (!code)
		code = file_write(to, text.bytes, text.length, 0644, err);
	if (!code && file_exists(sign_from) && file_read(sign_from, 1 << 20, &signature, NULL) == 0)
		code = file_write(sign_to, signature.bytes, signature.length, 0644, err);
	return code;
}

int command_feed_bundle(struct command_context *context, const struct command_call *call, const char *file, json_t *list,
			struct error *err)
{
	struct feed_bundle_done done = { 0 };
	struct feed_bundle_options options;
	struct place place = { 0 };
	int code = open_place(context, call, &place, err);

	if (!code)
		code = openpgp_open(context->gpg_home, &place.pgp, err);
	fill_options(context, &place, &options);
	options.store = place.store;
	options.backwards = call_given(call, "--backwards");
	if (!code)
		code = feed_bundle_import(&options, file, command_now(context), &done, err);
	if (!code)
		code = copy_receipt(call_value(call, "--receipt"), &done, err);
	if (!code && list)
		json_array_append_new(list, done_json(&done));
	else if (!code)
		tell_taken(context, file, &done);
	feed_bundle_done_release(&done);
	close_place(&place);
	return code;
}

/* ---- status: every source that is known, whether or not it was ever asked */

struct status {
	struct command_context *context;
	struct place *place;
	json_t *rows, *bundles;    /* with --json */
	instant now;
	bool *told;                /* a source of the rows was in the store */
};

static void tell_source(struct status *st, const struct source *row, const struct intel_source *have)
{
	struct command_context *context = st->context;
	instant synced = have ? have->synced : INSTANT_NONE, newest = have ? have->newest : INSTANT_NONE;
	const char *word = row ? source_age_word(source_age(row, synced, newest, st->now)) : synced == INSTANT_NONE ? "absent" : "";
	const char *run = !have ? "never" : have->broken_off ? "broken off" : "whole";
	char age[40], at[40], records[24], faults[24], serial[24];

	(void)snprintf(records, sizeof(records), "%ld", have ? have->records : 0);
	(void)snprintf(faults, sizeof(faults), "%ld", have ? have->faults : 0);
	(void)snprintf(serial, sizeof(serial), "%llu", have ? (unsigned long long)have->serial : 0);
	if (!st->rows) {
		command_row_out(context, row ? row->id : have->id, word, records,
				newest == INSTANT_NONE ? "unknown" : instant_format_span(st->now - newest, age),
				synced == INSTANT_NONE ? "never" : instant_format(synced, at), run, faults, serial,
				row ? row->licence : "", row ? str_or_empty(row->notice) : "", NULL);
		return;
	}
	json_array_append_new(st->rows, json_pack("{ss ss ss? ss? si si ss sI ss? ss? ss? ss? ss? ss? sb}", "id", row ? row->id : have->id, "age",
		word, "newest", newest == INSTANT_NONE ? NULL : instant_format(newest, age), "synced",
		synced == INSTANT_NONE ? NULL : instant_format(synced, at), "records", have ? (int)have->records : 0, "faults",
		have ? (int)have->faults : 0, "run", run, "serial", (json_int_t)(have ? have->serial : 0), "title",
		row ? row->title : NULL, "way", row ? source_way_word(row->way) : NULL, "url", row ? row->url : NULL, "licence",
		row ? row->licence : NULL, "notice", row ? row->notice : NULL, "verify", row ? row->verify : NULL, "off",
		row ? row->off : false));
}

static int on_source(void *context, const struct intel_source *have, struct error *err)
{
	struct status *st = context;
	const struct source *row = source_find(&st->place->sources, have->id);

	(void)err;
	if (row)
		st->told[row - st->place->sources.items] = true;
	tell_source(st, row, have);
	return 0;
}

static void on_bundle(void *context, const struct feed_bundle_row *b)
{
	struct status *st = context;
	char serial[24], base[24];

	(void)snprintf(serial, sizeof(serial), "%llu", (unsigned long long)b->serial);
	(void)snprintf(base, sizeof(base), "%llu", (unsigned long long)b->base);
	if (st->bundles)
		json_array_append_new(st->bundles, json_pack("{ss ss ss sI sI ss}", "direction", b->direction, "producer", b->producer, "at",
							     b->at, "serial", (json_int_t)b->serial, "base_serial", (json_int_t)b->base,
							     "note", b->note));
	else
		command_row_out(st->context, "bundle", b->direction, serial, b->base ? base : "full", b->producer, b->at, b->note, NULL);
}

static int tell_status(struct status *st, struct error *err)
{
	int code = st->place->intel ? intel_sources(st->place->intel, on_source, st, err) : 0;

	for (size_t i = 0; !code && i < st->place->sources.count; i++)
		if (!st->told[i])
			tell_source(st, &st->place->sources.items[i], NULL);
	return code ? code : feed_bundle_log(st->place->folder, on_bundle, st, err);
}

static int run_status(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct place place = { 0 };
	struct status st = { .context = context, .place = &place, .now = command_now(context) };
	AUTO_ERROR none = ERROR_INIT;
	int code = open_place(context, call, &place, err);

	if (!code && intel_open(place.store, false, &place.intel, &none) && none.code != ERR_NO)
		code = error_set(err, none.code, none.what, none.remedy, "%s", none.why);
	st.told = mem_alloc((place.sources.count + 1) * sizeof(*st.told));
	if (context->json) {
		st.rows = json_array();
		st.bundles = json_array();
	}
	if (!code)
		code = tell_status(&st, err);
	if (!code && context->json)
		command_json(context, json_pack("{sosO}", "sources", json_incref(st.rows), "bundles", st.bundles));
	json_decref(st.rows);
	json_decref(st.bundles);
	free(st.told);
	close_place(&place);
	return code;
}

#define STORE OPTION("--store", ARG_FILE, N_("the intelligence store; else intel.db in the handler's data folder"))

const struct command_row feed_bundle_commands[] = {
	{
		.name = "feed export",
		.help = N_("make a signed bundle of all downloads for a room without a network"),
		.flags = COMMAND_NO_VAULT | COMMAND_LEAVES | COMMAND_BULK | COMMAND_JSON,
		.arguments = { ARG("FILE", ARG_FILE, NULL),
			       OPTION("--since", ARG_NUMBER, N_("only what changed after the bundle of this serial")),
			       OPTION_MANY("--source", ARG_TEXT, N_("only this one; else all that were synced")),
			       OPTION("--sign", ARG_FINGERPRINT, N_("the key that signs it; else bundle.signer of the settings")), STORE },
		.exec = run_export,
	},
	{
		.name = "feed status",
		.help = N_("sources with age, last run, quarantine and licence; bundles"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { STORE },
		.exec = run_status,
	},
	{ .name = NULL },
};
