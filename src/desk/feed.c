/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds from the sandboxed reader into the intelligence store. */
#include "psirtty/desk/feed.h"

#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/settings.h"
#include "psirtty/worker/feed.h"

enum { CHECKPOINT_RECORDS = 8192, CHECKPOINT_BYTES = 64 << 20, WORTH_LEARNING = 256 << 10 };

char *desk_intel_path(void)
{
	AUTO_STRING dir = file_share_dir();
	struct settings settings;
	char *path;

	/* Settings that cannot be read are told by what needs them; here the usual place does. */
	(void)settings_load(&settings, NULL);
	path = settings.intel ? mem_string(settings.intel) : file_join(dir, "intel.db");
	settings_release(&settings);
	return path;
}

void feed_taken_release(struct feed_taken *taken)
{
	free(taken->source);
	*taken = (struct feed_taken){ 0 };
}

/* ---- dictionaries of all kinds, lent to the reader */

struct dictionaries {
	struct feed_dictionary items[2 * FEED_KINDS]; size_t count;
	int64_t numbers[FEED_KINDS][2];
};

static void release_dictionaries(struct dictionaries *d)
{
	for (size_t i = 0; i < d->count; i++)
		free((void *)(uintptr_t)d->items[i].bytes);
	*d = (struct dictionaries){ .count = 0 };
}

static void load_dictionaries(struct intel *intel, struct dictionaries *ret)
{
	release_dictionaries(ret);
	for (int kind = FEED_UNKNOWN + 1; kind < FEED_KINDS; kind++)
		for (int raw = 0; raw < 2; raw++) {
			const void *bytes;
			size_t length;

			ret->numbers[kind][raw] = intel_dictionary(intel, kind, raw, &bytes, &length);
			if (ret->numbers[kind][raw])
				ret->items[ret->count++] =
					(struct feed_dictionary){ kind, raw, mem_copy(bytes, length), length };
		}
}

/* ---- one run */

struct taking {
	struct intel *intel;
	const struct feed_input *input;
	struct feed_taken *ret;
	struct error *err;
	struct dictionaries dictionaries;
	struct feed_reader *reader;
	bool begun, learnt;
	char *own_cursor;                  /* owned */
	uint64_t skip_documents, skip_records, records, since, bytes_since;
};

/* A checkpoint's cursor: "@DOCUMENTS RECORDS IDENTITY", a tab, the caller's own. */
const char *desk_feed_cursor(const char *cursor)
{
	const char *tab = *cursor == '@' ? strchr(cursor, '\t') : NULL;

	return *cursor != '@' ? cursor : tab ? tab + 1 : "";
}

static int note_cursor(void *context, const struct intel_source *source, struct error *err)
{
	struct taking *t = context;
	unsigned long long documents, records;
	int used = 0;
	size_t length = strlen(str_or_empty(t->input->identity));

	(void)err;
	if (!str_equal(source->id, t->ret->source))
		return 0;
	t->own_cursor = mem_string(desk_feed_cursor(source->cursor));
	if (source->broken_off && length && sscanf(source->cursor, "@%llu %llu %n", &documents, &records, &used) == 2 && used &&
	    strncmp(source->cursor + used, t->input->identity, length) == 0 && source->cursor[(size_t)used + length] == '\t') {
		t->skip_documents = documents;
		t->skip_records = records;
		t->ret->resumed = true;
	}
	return 0;
}

static int read_cursor(struct taking *t)
{
	free(t->own_cursor);
	t->own_cursor = NULL;
	t->skip_documents = t->skip_records = 0;
	t->ret->resumed = false;
	return intel_sources(t->intel, note_cursor, t, t->err);
}

static int start(struct taking *t, enum feed_mode mode)
{
	const struct feed_task task = {
		.name = t->input->name, .mode = mode, .fd = t->input->fd, .read = t->input->read, .context = t->input->context,
		.framed = t->input->framed, .dictionaries = t->dictionaries.items, .dictionary_count = t->dictionaries.count,
		.skip_documents = t->skip_documents, .skip_records = t->skip_records,
	};

	feed_reader_stop(t->reader);
	t->reader = NULL;
	if (t->input->fd >= 0)
		(void)lseek(t->input->fd, 0, SEEK_SET);
	return feed_reader_start(&task, &t->reader, t->err);
}

/* Lists of which every document holds all there is. */
static bool comes_whole(enum feed_kind kind)
{
	return kind == FEED_KEV || kind == FEED_EPSS || kind == FEED_DEBIAN || kind == FEED_METASPLOIT || kind == FEED_EXPLOIT_DB;
}

static int begin(struct taking *t, enum feed_kind kind)
{
	const struct feed_input *input = t->input;
	struct intel_run run = { .kind = kind, .now = input->now, .serial = input->serial,
				 .whole = input->whole == WHOLE_YES || (input->whole == WHOLE_BY_KIND && comes_whole(kind)) };
	int code = 0;

	if (t->begun)
		return 0;
	if (!t->ret->source) {
		t->ret->source = mem_string(feed_kind_name(kind));
		code = read_cursor(t);
	}
	run.source = t->ret->source;
	if (!code)
		code = intel_begin(t->intel, &run, t->err);
	t->begun = !code;
	return code;
}

/* ---- learning */

static int learn(struct taking *t, enum feed_kind kind)
{
	struct feed_event event;
	int code = start(t, FEED_LEARN);

	while (!code && !(code = feed_reader_next(t->reader, &event, t->err)) && event.type != FEED_EVENT_END)
		if (event.type == FEED_EVENT_DICTIONARY)
			code = intel_learn(t->intel, kind, event.raw != NULL, event.raw ? event.raw : event.packed,
					   event.raw ? event.raw_length : event.packed_length, t->err);
	load_dictionaries(t->intel, &t->dictionaries);
	return code ? code : start(t, FEED_READ);
}

/* Only what is large, and can be read twice, is worth it. */
static bool must_learn(struct taking *t, enum feed_kind kind)
{
	bool worth = !t->learnt && !t->begun && t->input->fd >= 0 && t->input->total > WORTH_LEARNING && kind != FEED_EPSS &&
		     !t->dictionaries.numbers[kind][0];

	t->learnt = true;
	return worth;
}

/* ---- events */

static int checkpoint(struct taking *t, const struct feed_event *mark)
{
	AUTO_STRING cursor = NULL;
	int code;

	if (!t->begun || t->since < CHECKPOINT_RECORDS)
		return 0;
	cursor = mem_format("@%llu %llu %s\t%s", (unsigned long long)mark->documents, (unsigned long long)mark->records,
			    str_or_empty(t->input->identity), str_or_empty(t->own_cursor));
	code = intel_checkpoint(t->intel, cursor, t->err);
	t->since = 0;
	return code;
}

static int tell_progress(struct taking *t, const struct feed_event *mark)
{
	const struct feed_progress progress = { mark->read, t->input->total, t->records };

	if (t->input->progress)
		t->input->progress(t->input->data, &progress);
	if (t->input->cancelled && t->input->cancelled(t->input->data))
		return error_set(t->err, ERR_NO, t->input->name, _("Import it again: it goes on where it was"), _("it was stopped"));
	return 0;
}

static int take_record(struct taking *t, const struct feed_event *event)
{
	const int64_t *numbers = t->dictionaries.numbers[event->kind];
	const struct intel_packed packed = {
		event->packed, event->raw, event->packed_length, event->raw_length, event->packed_with ? numbers[0] : 0,
		event->raw_with ? numbers[1] : 0, event->keys, event->key_count,
	};
	int code = 0;

	if (must_learn(t, event->kind))
		return learn(t, event->kind);
	code = begin(t, event->kind);
	t->records++;
	t->since++;
	return code ? code : intel_put_packed(t->intel, &packed, t->err);
}

static int take_fault(struct taking *t, const struct feed_event *event)
{
	/* Before anything was read nobody knows of whom it is; the sum of faults tells it all the same. */
	if (!t->begun && !t->ret->source)
		return 0;
	if (begin(t, FEED_UNKNOWN))
		return ERR_INPUT;
	return intel_fault(t->intel, event->where, event->why, event->raw_length ? event->raw : NULL, event->raw_length, t->err);
}

static int take_event(struct taking *t, const struct feed_event *event)
{
	switch (event->type) {
	case FEED_EVENT_RECORD:
		return take_record(t, event);
	case FEED_EVENT_FAULT:
		return take_fault(t, event);
	case FEED_EVENT_MARK: {
		int code = checkpoint(t, event);

		return code ? code : tell_progress(t, event);
	}
	default:
		return 0;
	}
}

static int finish(struct taking *t, const struct feed_event *end)
{
	const char *cursor = t->input->cursor ? t->input->cursor : str_or_empty(t->own_cursor);
	int code;

	t->ret->head = end->head;
	if (end->head.kind == FEED_UNKNOWN && !t->begun)
		return error_set(t->err, ERR_INPUT, t->input->name, _("See `psirtty help feed import` for what is read"),
				 _("there is no feed in it"));
	/* A log of deltas alone changes nothing. */
	if (end->head.kind == FEED_CVE_LOG && !t->begun)
		return 0;
	code = begin(t, end->head.kind);
	if (code)
		return code;
	intel_newest(t->intel, end->head.newest);
	return intel_end(t->intel, cursor, &t->ret->done, t->err);
}

static int take_all(struct taking *t)
{
	struct feed_event event;
	int code = start(t, FEED_READ);

	while (!code && !(code = feed_reader_next(t->reader, &event, t->err))) {
		if (event.type == FEED_EVENT_END)
			return finish(t, &event);
		code = take_event(t, &event);
	}
	return code;
}

int desk_feed_take(struct intel *intel, const struct feed_input *input, struct feed_taken *ret, struct error *err)
{
	AUTO_ERROR own = ERROR_INIT;
	struct taking t = { .intel = intel, .input = input, .ret = ret, .err = err ? err : &own };
	int code = 0;

	*ret = (struct feed_taken){ .head = FEED_HEAD_INIT, .source = mem_string(input->source) };
	load_dictionaries(intel, &t.dictionaries);
	if (ret->source)
		code = read_cursor(&t);
	if (!code)
		code = take_all(&t);
	if (code)
		intel_break(intel);
	feed_reader_stop(t.reader);
	release_dictionaries(&t.dictionaries);
	free(t.own_cursor);
	if (code)
		feed_taken_release(ret);
	return code;
}
