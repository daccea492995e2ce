/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a machine's bundles: its producer's id and last serial, manifests it made, what it took in. */
#include "desk/feed_bundle_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

void feed_bundle_done_release(struct feed_bundle_done *done)
{
	text_list_release(&done->warnings);
	free(done->receipt);
	done->receipt = NULL;
}

char *bundle_file(const char *dir, const char *name)
{
	return mem_format("%s/.bundles/%s", dir, name);
}

int bundle_load(const char *dir, const char *name, json_t **ret, struct error *err)
{
	AUTO_STRING path = bundle_file(dir, name);
	AUTO_STR text = STR_INIT;
	int code;

	if (!file_exists(path)) {
		*ret = json_object();
		return 0;
	}
	code = file_read(path, BUNDLE_STATE_LIMIT, &text, err);
	return code ? code : js_load(text.bytes, text.length, BUNDLE_STATE_LIMIT, path, ret, err);
}

int bundle_save(const char *dir, const char *name, const json_t *json, struct error *err)
{
	AUTO_STRING path = bundle_file(dir, name), *folder = bundle_file(dir, "");
	AUTO_STR text = STR_INIT;
	int code = file_make_dir(folder, 0755, err);

	js_dump_pretty(json, &text);
	return code ? code : file_write(path, text.bytes, text.length, 0644, err);
}

int bundle_note(const char *dir, const char *direction, const json_t *manifest, const char *note, instant now, struct error *err)
{
	AUTO_JSON log = NULL;
	json_t *rows, *row = json_object();
	char at[40];
	int code = bundle_load(dir, "log.json", &log, err);

	js_set_string(row, "direction", direction);
	js_set_string(row, "producer", js_string(manifest, "producer"));
	js_set_string(row, "at", instant_format(now, at));
	js_set_integer(row, "serial", js_integer(manifest, "serial", 0));
	js_set_integer(row, "base_serial", js_integer(manifest, "base_serial", 0));
	js_set_string(row, "note", note);
	if (code) {
		json_decref(row);
		return code;
	}
	rows = json_object_get(log, "rows");
	if (!json_is_array(rows)) {
		rows = json_array();
		json_object_set_new(log, "rows", rows);
	}
	json_array_append_new(rows, row);
	return bundle_save(dir, "log.json", log, err);
}

int feed_bundle_log(const char *dir, feed_bundle_row_fn fn, void *context, struct error *err)
{
	AUTO_JSON log = NULL;
	int code = bundle_load(dir, "log.json", &log, err);
	const json_t *rows = js_array(log, "rows");

	for (size_t i = json_array_size(rows); !code && i > 0; i--) {
		const json_t *row = json_array_get(rows, i - 1);

		fn(context, &(struct feed_bundle_row){
				    .direction = str_or_empty(js_string(row, "direction")), .at = str_or_empty(js_string(row, "at")),
				    .producer = str_or_empty(js_string(row, "producer")), .note = str_or_empty(js_string(row, "note")),
				    .serial = (uint64_t)js_integer(row, "serial", 0), .base = (uint64_t)js_integer(row, "base_serial", 0) });
	}
	return code;
}

char *bundle_key(const json_t *member)
{
	return mem_format("%s/%s", str_or_empty(js_string(member, "source")), str_or_empty(js_string(member, "name")));
}

int bundle_cancelled(const struct feed_bundle_options *options, struct error *err)
{
	if (!options->cancelled || !options->cancelled(options->context))
		return 0;
	return error_set(err, ERR_NO, _("feed bundle"), _("Begin it again: nothing of it is half done"), _("it was cancelled"));
}

void bundle_tell(const struct feed_bundle_options *options, const char *what, uint64_t done, uint64_t total)
{
	if (options->progress)
		options->progress(options->context, what, done, total);
}
