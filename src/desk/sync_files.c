/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Downloads of one source: wished for together, written to *.part as they come, looked at, synced and renamed. A part
 * stays when the line breaks or the handler cancels; the next run asks for the rest of it.
 */
#include "desk/sync_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { WAIT_MS = 200, TOGETHER = 200, NAME = 180, STATE_LIMIT = 256 << 20, LONGEST_WAIT = 900 };

static const char *const role_words[] = {
#define X(name, word) [name] = word,
	SYNC_ROLES(X)
#undef X
};

/* ---- wishes */

struct wish *wish_add(struct wishes *wishes, const char *url, const char *name, enum sync_role role)
{
	struct wish *wish;

	wishes->items = mem_grow(wishes->items, &wishes->room, wishes->count + 1, sizeof(*wishes->items));
	wish = &wishes->items[wishes->count++];
	*wish = (struct wish){ .url = mem_string(url), .name = mem_string(name), .role = role };
	return wish;
}

void wishes_release(struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++) {
		free(wishes->items[i].url);
		free(wishes->items[i].name);
		free(wishes->items[i].sha256);
		free(wishes->items[i].why);
	}
	free(wishes->items);
	*wishes = (struct wishes){ 0 };
}

/* ---- names and state */

char *sync_name(const char *text)
{
	AUTO_STR name = STR_INIT;

	for (; *text && name.length < NAME; text++) {
		unsigned char c = (unsigned char)*text;
		bool begins = !name.length || name.bytes[name.length - 1] == '/';
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("._-+/", c);

		if (c == '/' && begins)
			continue;
		str_add_char(&name, good && !(begins && c == '.') ? (char)c : '_');
	}
	while (name.length && name.bytes[name.length - 1] == '/')
		str_truncate(&name, name.length - 1);
	if (!name.length)
		str_add(&name, "_");
	return str_detach(&name);
}

char *sync_path(const struct sync *s, const char *name)
{
	return file_join(s->dir, name);
}

static json_t *files_of(const struct sync *s)
{
	return json_object_get(s->state, "files");
}

json_t *sync_file(const struct sync *s, const char *name)
{
	return json_object_get(files_of(s), name);
}

void sync_forget(struct sync *s, const char *name)
{
	AUTO_STRING path = sync_path(s, name);

	unlink(path);
	json_object_del(files_of(s), name);
}

int sync_state_load(struct sync *s, struct error *err)
{
	AUTO_STRING path = sync_path(s, "state.json");
	AUTO_STR text = STR_INIT;
	int code = 0;

	if (file_exists(path)) {
		code = file_read(path, STATE_LIMIT, &text, err);
		if (!code)
			code = js_load(text.bytes, text.length, STATE_LIMIT, path, &s->state, err);
		/* It is ours and can be made anew: without it everything is asked for again. */
		if (code == ERR_INPUT)
			code = 0;
	}
	if (!json_is_object(s->state)) {
		json_decref(s->state);
		s->state = json_object();
	}
	if (!json_is_object(files_of(s)))
		json_object_set_new(s->state, "files", json_object());
	return code;
}

int sync_state_save(struct sync *s, struct error *err)
{
	AUTO_STRING path = sync_path(s, "state.json");
	AUTO_STR text = STR_INIT;

	js_dump_pretty(s->state, &text);
	return file_write(path, text.bytes, text.length, 0644, err);
}

/* ---- telling */

void sync_tell(struct sync *s)
{
	if (s->options->progress)
		s->options->progress(s->options->context, &s->progress);
}

void sync_warn(struct sync *s, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vformat(format, args);
	va_end(args);
	text_list_add_text(&s->result->warnings, text);
	free(text);
}

int sync_cancelled(const struct sync *s, struct error *err)
{
	if (!s->options->cancelled || !s->options->cancelled(s->options->context))
		return 0;
	return error_set(err, ERR_NO, s->source->id, _("`feed sync` goes on where it stopped"), _("it was cancelled"));
}

/* ---- parts */

struct down {
	struct sync *s;
	struct wish **wishes; size_t count; /* borrowed, of this step */
	int *fds;                           /* owned; -1: not open */
	uint64_t *sizes;                    /* owned: bytes of each part */
	char **etags, **modified;           /* owned: of what comes, or of what is here */
	uint64_t settled;                   /* bytes of files that are done */
};

static char *part_path(const struct sync *s, const struct wish *wish)
{
	AUTO_STRING path = sync_path(s, wish->name);

	return mem_format("%s.part", path);
}

static int make_folder(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_STRING folder = slash ? mem_copy(path, (size_t)(slash - path)) : NULL;

	return folder ? file_make_dir(folder, 0755, err) : 0;
}

/* What is to be said of a part when its rest is asked for: a line each of address, ETag and date. */
static void keep_mark(const struct down *d, size_t item)
{
	AUTO_STRING part = part_path(d->s, d->wishes[item]);
	AUTO_STRING path = mem_format("%s.of", part);
	AUTO_STRING text = mem_format("%s\n%s\n%s\n", d->wishes[item]->url, str_or_empty(d->etags[item]),
				      str_or_empty(d->modified[item]));

	file_keep(path, text, strlen(text), 0644, NULL);
}

static void drop_part(const struct sync *s, const struct wish *wish)
{
	AUTO_STRING part = part_path(s, wish);
	AUTO_STRING mark = mem_format("%s.of", part);

	unlink(part);
	unlink(mark);
}

/* The next line of TEXT, cut off; "" at the end. */
static const char *cut_line(char **text)
{
	char *line = *text;

	*text += strcspn(line, "\n");
	if (**text)
		*(*text)++ = '\0';
	return line;
}

static void find_part(struct down *d, size_t item)
{
	const struct wish *wish = d->wishes[item];
	AUTO_STRING part = part_path(d->s, wish);
	AUTO_STRING path = mem_format("%s.of", part);
	AUTO_STR text = STR_INIT;
	struct stat info;
	char *at;

	if (stat(part, &info) != 0 || info.st_size == 0 || file_read(path, 1 << 14, &text, NULL))
		return;
	at = text.bytes;
	if (!str_equal(cut_line(&at), wish->url))
		return;
	mem_replace(&d->etags[item], cut_line(&at));
	mem_replace(&d->modified[item], cut_line(&at));
	d->sizes[item] = (uint64_t)info.st_size;
}

/* What is here already, so that it need not come again. */
static void find_known(struct down *d, size_t item)
{
	const struct wish *wish = d->wishes[item];
	const json_t *file = sync_file(d->s, wish->name);
	AUTO_STRING path = sync_path(d->s, wish->name);

	if (wish->fresh || !file || !str_equal(js_string(file, "url"), wish->url) || !file_exists(path))
		return;
	mem_replace(&d->etags[item], js_string(file, "etag"));
	mem_replace(&d->modified[item], js_string(file, "modified"));
}

static int open_part(struct down *d, size_t item, uint64_t from, struct error *err)
{
	AUTO_STRING part = part_path(d->s, d->wishes[item]);
	int code = make_folder(part, err);

	if (code)
		return code;
	if (d->fds[item] < 0)
		d->fds[item] = open(part, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (d->fds[item] < 0 || ftruncate(d->fds[item], (off_t)from) != 0 || lseek(d->fds[item], (off_t)from, SEEK_SET) < 0)
		return error_errno(err, ERR_INPUT, part, _("Make room for it, then try again"));
	d->sizes[item] = from;
	return 0;
}

static void close_part(struct down *d, size_t item)
{
	if (d->fds[item] >= 0)
		close(d->fds[item]);
	d->fds[item] = -1;
}

/* ---- a file is whole */

static void note_file(struct down *d, size_t item, const char *hex, uint64_t size)
{
	const struct wish *wish = d->wishes[item];
	json_t *file = json_object();
	char now[40];

	js_set_string(file, "url", wish->url);
	js_set_string(file, "role", role_words[wish->role]);
	js_set_string(file, "etag", d->etags[item]);
	js_set_string(file, "modified", d->modified[item]);
	js_set_string(file, "fetched", instant_format(d->s->now, now));
	js_set_string(file, "sha256", hex);
	js_set_integer(file, "size", (long long)size);
	if (wish->sha256)
		js_set_string(file, "upstream_sha256", wish->sha256);
	json_object_set_new(files_of(d->s), wish->name, file);
}

static void refuse(struct down *d, size_t item, const char *why)
{
	mem_replace(&d->wishes[item]->why, why);
	drop_part(d->s, d->wishes[item]);
}

/* Why the part is not what was wished for, or NULL. */
static char *part_fault(const struct wish *wish, const char *part, const char *hex, uint64_t size)
{
	if (size == 0)
		return mem_string(_("the server sent 0 bytes and called them whole"));
	if (wish->size && wish->size != size)
		return mem_format(_("%llu bytes came where the list says %llu: the download is torn"), (unsigned long long)size,
				  (unsigned long long)wish->size);
	if (wish->sha256 && str_casecmp(wish->sha256, hex) != 0)
		return mem_format(_("its SHA-256 is %.16s…, where %.16s… is published"), hex, wish->sha256);
	return sync_shape_fault(part, wish->name, wish->role);
}

static int settle(struct down *d, size_t item, struct error *err)
{
	struct wish *wish = d->wishes[item];
	AUTO_STRING part = part_path(d->s, wish);
	AUTO_STRING mark = mem_format("%s.of", part);
	AUTO_STRING path = sync_path(d->s, wish->name);
	const json_t *before = sync_file(d->s, wish->name);
	char hex[65];
	uint64_t size;
	AUTO_STRING fault = NULL;
	int code;

	if (d->fds[item] < 0 && (code = open_part(d, item, d->sizes[item], err)) != 0)
		return code;
	if (fsync(d->fds[item]) != 0)
		return error_errno(err, ERR_INPUT, part, NULL);
	close_part(d, item);
	code = sync_sha256(part, hex, &size, err);
	if (code)
		return code;
	fault = part_fault(wish, part, hex, size);
	if (fault) {
		refuse(d, item, fault);
		return 0;
	}
	wish->here = true;
	wish->changed = !before || !str_equal(js_string(before, "sha256"), hex);
	if (rename(part, path) != 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	unlink(mark);
	note_file(d, item, hex, size);
	d->s->result->files++;
	d->s->result->bytes += size;
	d->settled += size;
	return 0;
}

/* ---- what the worker tells */

static int take_head(struct down *d, const struct fetch_event *event, struct error *err)
{
	size_t item = event->item;

	if (event->done == 304) {
		d->wishes[item]->here = true;
		return 0;
	}
	mem_replace(&d->etags[item], event->etag);
	mem_replace(&d->modified[item], event->modified);
	d->s->progress.total = d->settled + event->total;
	if (event->done == 416)
		return 0;
	keep_mark(d, item);
	return open_part(d, item, event->from, err);
}

static int take_data(struct down *d, const struct fetch_event *event, struct error *err)
{
	AUTO_STRING part = part_path(d->s, d->wishes[event->item]);

	if (d->fds[event->item] < 0)
		return error_set(err, ERR_BUG, part, NULL, "bytes came before their head");
	if (fd_write_all(d->fds[event->item], event->bytes, event->length) != 0)
		return error_errno(err, ERR_INPUT, part, _("Make room for it, then try again: what came stays"));
	d->sizes[event->item] += event->length;
	return 0;
}

static int take_whole(struct down *d, const struct fetch_event *event, struct error *err)
{
	d->s->progress.files_done++;
	return d->wishes[event->item]->here ? 0 : settle(d, event->item, err);
}

static int take_event(struct down *d, const struct fetch_event *event, struct error *err)
{
	struct sync_progress *p = &d->s->progress;

	if (event->kind != FETCH_END && event->kind != FETCH_NOTHING && event->item >= d->count)
		return error_set(err, ERR_BUG, d->s->source->id, NULL, "the fetch worker names a file nobody asked for");
	p->waiting = 0;
	p->why = "";
	switch (event->kind) {
	case FETCH_HEAD: return take_head(d, event, err);
	case FETCH_DATA: return take_data(d, event, err);
	case FETCH_WHOLE: return take_whole(d, event, err);
	case FETCH_FAILED:
		mem_replace(&d->wishes[event->item]->why, event->text);
		p->files_done++;
		return 0;
	case FETCH_WAITING:
		p->waiting = (long)event->total;
		p->why = event->text;
		p->file = d->wishes[event->item]->name;
		sync_tell(d->s);
		return 0;
	case FETCH_PROGRESS:
		p->file = d->wishes[event->item]->name;
		p->done = d->settled + event->done;
		if (d->count == 1 && event->total)
			p->total = event->total > event->done ? event->total : event->done;
		sync_tell(d->s);
		return 0;
	default: return 0;
	}
}

static int run_worker(struct down *d, struct fetch *fetch, struct error *err)
{
	struct fetch_event event = { .kind = FETCH_NOTHING };
	int code = 0;

	while (!code && event.kind != FETCH_END) {
		fetch_wait(fetch, WAIT_MS);
		code = sync_cancelled(d->s, err);
		if (!code)
			code = fetch_take(fetch, &event, err);
		if (!code)
			code = take_event(d, &event, err);
	}
	return code;
}

/* ---- a step: so many files together */

static void fill_page(const struct down *d, size_t item, struct fetch_page *ret)
{
	const struct wish *wish = d->wishes[item];

	*ret = (struct fetch_page){ .url = wish->url, .etag = d->etags[item], .modified = d->modified[item],
				    .from = d->sizes[item], .most_bytes = (uint64_t)d->s->source->most << 20, .pause = wish->pause,
				    .as_is = !wish->page, .header = wish->keyed ? d->s->key : NULL };
}

static int fetch_step(struct down *d, struct error *err)
{
	const struct settings *settings = d->s->options->settings;
	struct fetch_page *pages = mem_alloc(d->count * sizeof(*pages));
	const struct fetch_pages what = {
		.host = { .ca_file = settings->ca_file, .proxy = settings->proxy, .patience = (int)settings->patience,
			  .contact = settings->contact },
		.pages = pages, .count = d->count, .tries = (int)settings->tries, .wait = LONGEST_WAIT, .insist = true,
	};
	struct fetch *fetch = NULL;
	int code;

	for (size_t i = 0; i < d->count; i++)
		fill_page(d, i, &pages[i]);
	code = fetch_pages_start(&what, &fetch, err);
	if (!code)
		code = run_worker(d, fetch, err);
	fetch_stop(fetch);
	free(pages);
	return code;
}

static int get_step(struct sync *s, struct wish *wishes, size_t count, struct error *err)
{
	struct down d = { .s = s, .count = count };
	int code;

	d.wishes = mem_alloc(count * sizeof(*d.wishes));
	d.fds = mem_alloc(count * sizeof(*d.fds));
	d.sizes = mem_alloc(count * sizeof(*d.sizes));
	d.etags = mem_alloc(count * sizeof(*d.etags));
	d.modified = mem_alloc(count * sizeof(*d.modified));
	for (size_t i = 0; i < count; i++) {
		d.wishes[i] = &wishes[i];
		d.fds[i] = -1;
		find_part(&d, i);
		if (!d.sizes[i])
			find_known(&d, i);
	}
	code = fetch_step(&d, err);
	for (size_t i = 0; i < count; i++) {
		close_part(&d, i);
		free(d.etags[i]);
		free(d.modified[i]);
	}
	free(d.wishes);
	free(d.fds);
	free(d.sizes);
	free(d.etags);
	free(d.modified);
	return code;
}

static int first_failure(const struct sync *s, const struct wishes *wishes, struct error *err)
{
	for (size_t i = 0; i < wishes->count; i++) {
		const struct wish *wish = &wishes->items[i];
		AUTO_STRING what = mem_format("%s, %s", s->source->id, wish->name);

		if (!wish->here && !wish->optional)
			return error_set(err, ERR_NETWORK, what, _("`feed sync` again goes on where it stopped; nothing of it was taken in"),
					 "%s", wish->why ? wish->why : _("it did not come"));
	}
	return 0;
}

int sync_get(struct sync *s, struct wishes *wishes, struct error *err)
{
	int code = file_make_dir(s->dir, 0755, err), saved;

	s->progress = (struct sync_progress){ .source = s->source->id, .file = "", .why = "", .files = wishes->count,
					      .records = s->progress.records };
	for (size_t i = 0; !code && i < wishes->count; i += TOGETHER)
		code = get_step(s, wishes->items + i, wishes->count - i < TOGETHER ? wishes->count - i : TOGETHER, err);
	/* What is whole is known from now on, however the rest went. */
	saved = sync_state_save(s, code ? NULL : err);
	if (!code)
		code = saved;
	return code ? code : first_failure(s, wishes, err);
}

int sync_get_one(struct sync *s, const char *url, const char *name, enum sync_role role, bool *ret_changed, struct error *err)
{
	struct wishes wishes = { 0 };
	int code;

	wish_add(&wishes, url, name, role);
	code = sync_get(s, &wishes, err);
	if (!code && ret_changed)
		*ret_changed = wishes.items[0].changed;
	wishes_release(&wishes);
	return code;
}
