/* SPDX-License-Identifier: Apache-2.0 */
/* One source's sync: its folder, its key, its way, and the clearing up after it. */
#include "desk/sync_private.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { KEY_LIMIT = 4096 };

static int (*const ways[WAY_COUNT])(struct sync *s, struct error *err) = {
	[WAY_PAGE] = sync_way_page, [WAY_CVE_LIST] = sync_way_cve, [WAY_NVD] = sync_way_nvd,
	[WAY_NVD_FILES] = sync_way_nvd_files, [WAY_OSV] = sync_way_osv, [WAY_CSAF] = sync_way_csaf,
	[WAY_CSAF_ARCHIVE] = sync_way_csaf_archive, [WAY_EUVD] = sync_way_euvd, [WAY_JVN] = sync_way_jvn,
};

void sync_result_release(struct sync_result *result)
{
	text_list_release(&result->warnings);
}

/* How the key of a source goes along. */
static const char *key_header(const struct source *source)
{
	return source->way == WAY_CVE_LIST ? "Authorization: Bearer" : "apiKey:";
}

static int load_key(struct sync *s, struct error *err)
{
	const char *path = s->source->key_file;
	AUTO_STR text = STR_INIT;
	struct stat info;
	int code;

	if (!path)
		return 0;
	if (stat(path, &info) != 0)
		return error_errno(err, ERR_INPUT, path, _("Put the API key into it, or take key_file out of the settings"));
	if (info.st_mode & 077)
		return error_set(err, ERR_DENIED, path, _("`chmod 600` it"), _("others may read it, and it holds an API key"));
	code = file_read(path, KEY_LIMIT, &text, err);
	if (code)
		return code;
	str_truncate(&text, strcspn(text.bytes, "\r\n"));
	if (!text.length)
		return error_set(err, ERR_INPUT, path, _("Put the API key into it, or take key_file out of the settings"), _("its first line is empty"));
	s->key = mem_format("%s %s", key_header(s->source), text.bytes);
	return 0;
}

static int find_cursor(void *context, const struct intel_source *source, struct error *err)
{
	struct sync *s = context;

	(void)err;
	if (!str_equal(source->id, s->source->id))
		return 0;
	mem_replace(&s->cursor, source->cursor);
	s->broken_off = source->broken_off;
	return 0;
}

int sync_open(const struct sync_options *options, const struct source *source, instant now, struct sync_result *result,
	      struct sync *ret, struct error *err)
{
	struct sync *s = ret;
	int code;

	*s = (struct sync){ .options = options, .source = source, .now = now, .result = result,
			    .dir = file_join(options->dir, source->id),
			    .progress = { .source = source->id, .file = "", .why = "" } };
	code = file_make_dir(s->dir, 0755, err);
	if (!code)
		code = sync_state_load(s, err);
	if (!code)
		code = intel_sources(s->options->intel, find_cursor, s, err);
	if (!s->cursor)
		s->cursor = mem_string("");
	return code;
}

void sync_close(struct sync *s, int code)
{
	if (s->begun && code)
		intel_break(s->options->intel);
	sync_keys_close(s);
	parse_worker_stop(s->jobs);
	json_decref(s->state);
	if (s->key)
		explicit_bzero(s->key, strlen(s->key));
	free(s->key);
	free(s->cursor);
	free(s->dir);
}

int sync_source(const struct sync_options *options, const struct source *source, instant now, struct sync_result *ret,
		struct error *err)
{
	struct sync_result result = { 0 };
	struct sync s = { 0 };
	int code;

	if (fetch_forbidden())
		code = error_set(err, ERR_DENIED, source->id, _("Carry a bundle: `feed export` there, `feed import` here"),
				 _("this program is offline"));
	else if (!ways[source->way])
		code = error_set(err, ERR_USAGE, source->id, _("Download it by hand, then `psirtty feed import FILE`"),
				 _("it is not asked by a program: %s"), str_or_empty(source->site));
	else
		code = sync_open(options, source, now, &result, &s, err);
	if (!code)
		code = load_key(&s, err);
	if (!code)
		code = ways[source->way](&s, err);
	sync_close(&s, code);
	/* What was warned of counts even where it ended badly. */
	*ret = result;
	return code;
}
