/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Downloads into the store: read in the sandbox, put as they come, and given back as a whole where a file turns out to be
 * broken. A checkpoint is written where a file ends, so that nothing of a file is there by half.
 */
#include "desk/sync_private.h"

#include <fcntl.h>
#include <unistd.h>

#include "psirtty/base/i18n.h"
#include "psirtty/worker/feed.h"

enum { TELL_RECORDS = 500, WORTH_LEARNING = 256 << 10 };

int sync_begin(struct sync *s, bool whole, struct error *err)
{
	const struct intel_run run = { .source = s->source->id, .kind = s->source->kind, .now = s->now, .whole = whole,
				       .serial = s->serial };
	int code = intel_begin(s->options->intel, &run, err);

	s->whole = whole;
	s->first = js_integer(s->state, "sequence", 0) + 1;
	if (!code && whole)
		json_object_del(s->state, "withdrawn");
	s->begun = s->begun || !code;
	return code;
}

/* ---- dictionaries: the store's, and made of the first large file where it has none */

struct taking {
	struct sync *s;
	struct feed_task task;
	struct feed_dictionary dictionaries[2]; size_t count; /* their bytes owned */
	int64_t numbers[2];
	long records;
	instant newest;
	uint64_t unpacked, size;
};

static void drop_dictionaries(struct taking *t)
{
	for (size_t i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->dictionaries[i].bytes);
	t->count = 0;
}

static void use_dictionaries(struct taking *t)
{
	drop_dictionaries(t);
	for (int raw = 0; raw < 2; raw++) {
		const void *bytes;
		size_t length;

		t->numbers[raw] = intel_dictionary(t->s->options->intel, t->s->source->kind, raw, &bytes, &length);
		if (t->numbers[raw])
			t->dictionaries[t->count++] = (struct feed_dictionary){ t->s->source->kind, raw, mem_copy(bytes, length), length };
	}
	t->task.dictionaries = t->dictionaries;
	t->task.dictionary_count = t->count;
}

static int learn(struct taking *t, struct error *err)
{
	struct sync *s = t->s;
	struct feed_reader *reader = NULL;
	struct feed_event event = { .type = FEED_EVENT_DOCUMENT };
	int code;

	if (t->numbers[0] || t->size < WORTH_LEARNING || s->source->kind == FEED_EPSS)
		return 0;
	t->task.mode = FEED_LEARN;
	code = feed_reader_start(&t->task, &reader, err);
	while (!code && event.type != FEED_EVENT_END) {
		code = sync_cancelled(s, err);
		if (!code)
			code = feed_reader_next(reader, &event, err);
		if (!code && event.type == FEED_EVENT_DICTIONARY)
			code = intel_learn(s->options->intel, s->source->kind, event.raw != NULL, event.raw ? event.raw : event.packed,
					   event.raw ? event.raw_length : event.packed_length, err);
	}
	feed_reader_stop(reader);
	t->task.mode = FEED_READ;
	use_dictionaries(t);
	return code;
}

/* ---- reading */

static int put(struct taking *t, const struct feed_event *event, struct error *err)
{
	const struct intel_packed packed = {
		.packed = event->packed, .packed_length = event->packed_length, .raw = event->raw, .raw_length = event->raw_length,
		.packed_with = event->packed_with ? t->numbers[0] : 0, .raw_with = event->raw_with ? t->numbers[1] : 0,
		.keys = event->keys, .key_count = event->key_count,
	};
	struct sync_progress *p = &t->s->progress;
	int code = intel_put_packed(t->s->options->intel, &packed, err);

	t->records++;
	if (++p->records % TELL_RECORDS == 0) {
		sync_tell(t->s);
		if (!code)
			code = sync_cancelled(t->s, err);
	}
	return code;
}

static int check_kind(const struct taking *t, enum feed_kind kind, struct error *err)
{
	if (kind == t->s->source->kind || kind == FEED_UNKNOWN || kind == FEED_CVE_LOG)
		return 0;
	return error_set(err, ERR_INPUT, t->task.name, _("Look at its address in the settings"), _("it is of kind %s, and %s is expected"),
			 feed_kind_name(kind), feed_kind_name(t->s->source->kind));
}

static int take_event(struct taking *t, const struct feed_event *event, struct error *err)
{
	int code;

	switch (event->type) {
	case FEED_EVENT_RECORD:
		code = check_kind(t, event->kind, err);
		return code ? code : put(t, event, err);
	case FEED_EVENT_FAULT:
		return intel_fault(t->s->options->intel, event->where, event->why, event->raw_length ? event->raw : NULL,
				   event->raw_length, err);
	case FEED_EVENT_DOCUMENT:
		if (event->head.newest != INSTANT_NONE)
			intel_newest(t->s->options->intel, event->head.newest);
		if (event->head.newest > t->newest)
			t->newest = event->head.newest;
		return check_kind(t, event->head.kind, err);
	default:
		t->unpacked = event->unpacked;
		t->s->progress.done = event->read < t->size ? event->read : t->size;
		return 0;
	}
}

static int take_all(struct taking *t, struct error *err)
{
	struct feed_reader *reader = NULL;
	struct feed_event event = { .type = FEED_EVENT_DOCUMENT };
	int code = feed_reader_start(&t->task, &reader, err);

	while (!code && event.type != FEED_EVENT_END) {
		code = feed_reader_next(reader, &event, err);
		if (!code)
			code = take_event(t, &event, err);
	}
	feed_reader_stop(reader);
	return code;
}

/* A list that is whole and has nothing in it would take everything away. */
static int check_count(const struct taking *t, struct error *err)
{
	if (t->records || t->s->source->way == WAY_CSAF || t->s->source->way == WAY_CVE_LIST || t->s->source->kind == FEED_NEWS)
		return 0;
	return error_set(err, ERR_INPUT, t->task.name, _("Try later; nothing of it was taken in"), _("there is no record in it"));
}

/* In which order files were taken in, and what was in them: a bundle carries it. */
static void note_taken(struct taking *t, const char *name)
{
	long long number = js_integer(t->s->state, "sequence", 0) + 1;
	json_t *file = sync_file(t->s, name);
	char text[40];

	js_set_integer(t->s->state, "sequence", number);
	js_set_integer(file, "taken", number);
	js_set_bool(file, "whole", t->s->whole && number == t->s->first);
	js_set_integer(file, "records", t->records);
	js_set_integer(file, "unpacked", (long long)t->unpacked);
	if (t->newest != INSTANT_NONE)
		js_set_string(file, "newest", instant_format(t->newest, text));
}

/* The reader's sentence under the name of the file that came. */
static int not_taken(const char *shown, struct error *err)
{
	AUTO_STRING why = NULL;

	if (!err || str_equal(err->what, shown))
		return ERR_INPUT;
	why = mem_format("%s: %s", err->what, err->why);
	return error_set(err, ERR_INPUT, shown, _("Try again later: nothing of it was taken in"), "%s", why);
}

int sync_take(struct sync *s, const char *name, struct error *err)
{
	AUTO_STRING path = sync_path(s, name), *shown = mem_format("%s, %s", s->source->id, name);
	struct taking t = { .s = s, .newest = INSTANT_NONE, .size = (uint64_t)js_integer(sync_file(s, name), "size", 0) };
	int code;

	t.task = (struct feed_task){ .name = shown, .mode = FEED_READ, .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (t.task.fd < 0)
		return error_errno(err, ERR_INPUT, path, _("`feed sync --whole` fetches it anew"));
	s->progress = (struct sync_progress){ .source = s->source->id, .file = name, .total = t.size, .taking = true, .why = "",
					      .records = s->progress.records };
	sync_tell(s);
	use_dictionaries(&t);
	code = learn(&t, err);
	if (!code)
		code = take_all(&t, err);
	if (!code)
		code = check_count(&t, err);
	drop_dictionaries(&t);
	close(t.task.fd);
	if (code)
		intel_break(s->options->intel);
	else
		note_taken(&t, name);
	return code == ERR_INPUT ? not_taken(shown, err) : code;
}

int sync_withdraw(struct sync *s, const char *id, instant when, struct error *err)
{
	struct feed_record record = { .kind = s->source->kind, .state = FEED_WITHDRAWN, .published = INSTANT_NONE, .modified = when };
	json_t *withdrawn = json_object_get(s->state, "withdrawn");
	char text[40];
	int code;

	if (!withdrawn) {
		withdrawn = json_object();
		json_object_set_new(s->state, "withdrawn", withdrawn);
	}
	js_set_string(withdrawn, id, instant_format(when, text));
	record.id = mem_string(id);
	code = intel_put(s->options->intel, &record, NULL, 0, err);
	feed_record_release(&record);
	return code;
}

int sync_checkpoint(struct sync *s, const char *cursor, struct error *err)
{
	int code = intel_checkpoint(s->options->intel, cursor, err);

	return code ? code : sync_state_save(s, err);
}

/* A file that all of a newer run stands in the place of, and what lies beside it. */
static void drop_with(struct sync *s, const char *name)
{
	static const char *const beside[] = { ".asc", ".sha256", ".sha512" };

	for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
		AUTO_STRING other = mem_format("%s%s", name, beside[i]);

		if (sync_file(s, other))
			sync_forget(s, other);
	}
	sync_forget(s, name);
}

static void drop_older(struct sync *s)
{
	json_t *files = json_object_get(s->state, "files"), *file;
	AUTO_JSON old = json_array();
	const char *name;
	size_t i;

	json_object_foreach(files, name, file) {
		long long taken = js_integer(file, "taken", 0);

		if (taken && taken < s->first && str_equal(js_string(file, "role"), "data"))
			json_array_append_new(old, json_string(name));
	}
	json_array_foreach(old, i, file)
		drop_with(s, json_string_value(file));
}

int sync_end(struct sync *s, const char *cursor, struct error *err)
{
	int code = intel_end(s->options->intel, cursor, &s->result->done, err);

	s->begun = s->begun && code;
	if (code)
		return code;
	if (s->whole)
		drop_older(s);
	return sync_state_save(s, err);
}
