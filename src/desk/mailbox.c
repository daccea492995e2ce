/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where mail lies: a Maildir, a folder of files, an mbox, one file. An mbox goes through the sandboxed worker a
 * stretch at a time, since where its messages begin is for strangers to say.
 */
#include "desk/desk_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { STRETCH = 4 << 20 };

struct import {
	struct desk *desk;
	struct intake *intake;
	instant now;
	desk_progress_fn progress;
	void *context;
	struct intake_count *count;
	size_t done, total;
	struct error first; /* of what could not be read */
};

static int take_message(struct import *in, const char *bytes, size_t length, const char *channel,
			instant received, struct error *err)
{
	const struct intake_source source = { .channel = channel, .received = received };

	if (in->progress && in->progress(in->context, in->done, in->total))
		return error_set(err, ERR_NO, _("mail"), _("Import it again to go on"),
				 _("it was cancelled; what was taken in stays"));
	in->done++;
	return intake_add(in->intake, bytes, length, &source, err);
}

/* One that cannot be read does not keep the others out. */
static void note_failed(struct import *in, int code, const struct error *why)
{
	in->count->failed++;
	if (!in->first.code)
		error_set(&in->first, code, str_or_empty(why->what), why->remedy, "%s", str_or_empty(why->why));
}

/* ---- files */

static int take_file(struct import *in, const char *path, const char *channel, bool delivered, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	instant received = in->now;
	struct stat info;
	int code = file_read(path, MAIL_LIMIT, &bytes, err);

	if (code)
		return code;
	/* In a Maildir the file's time is when the mail was delivered: the moment a duty may start from. */
	if (delivered && stat(path, &info) == 0 && (instant)info.st_mtime * INSTANT_SECOND < in->now)
		received = (instant)info.st_mtime * INSTANT_SECOND;
	return take_message(in, str_or_empty(bytes.bytes), bytes.length, channel, received, err);
}

static int take_or_note(struct import *in, const char *path, const char *channel, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	int code = take_file(in, path, channel, true, &why);

	if (code && code != ERR_INPUT)
		return error_set(err, code, why.what, why.remedy, "%s", why.why);
	if (code)
		note_failed(in, code, &why);
	return 0;
}

static int take_folder(struct import *in, const char *dir, const char *channel, struct error *err)
{
	char **names = NULL;
	size_t count = 0;
	int code = file_list(dir, &names, &count, err);

	in->total += count;
	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (!file_is_dir(path))
			code = take_or_note(in, path, channel, err);
	}
	file_free_names(names, count);
	return code;
}

static int take_maildir(struct import *in, const char *dir, struct error *err)
{
	static const char *const folders[] = { "cur", "new" };
	int code = 0;

	for (size_t i = 0; !code && i < ARRAY_LEN(folders); i++) {
		AUTO_STRING folder = file_join(dir, folders[i]);

		if (file_is_dir(folder))
			code = take_folder(in, folder, "maildir", err);
	}
	return code;
}

/* ---- mbox */

/* The stretch of the file that is looked at. */
struct stretch {
	int fd;
	const char *path;
	char *bytes; /* owned */
	size_t size, held;
	bool ended;  /* the file does, with these bytes */
	bool inside; /* they begin inside of a message that was too long */
};

static int stretch_fill(struct stretch *s, struct error *err)
{
	while (s->held < s->size && !s->ended) {
		ssize_t got = read(s->fd, s->bytes + s->held, s->size - s->held);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, ERR_INPUT, s->path, NULL);
		s->ended = got == 0;
		s->held += (size_t)got;
	}
	return 0;
}

static void stretch_drop(struct stretch *s, size_t used)
{
	memmove(s->bytes, s->bytes + used, s->held - used);
	s->held -= used;
}

/* No message ends in it: more of it is needed, or it is too much. */
static void stretch_grow(struct import *in, struct stretch *s)
{
	AUTO_ERROR why = ERROR_INIT;

	if (s->size < MAIL_LIMIT) {
		s->size = s->size * 2 < MAIL_LIMIT ? s->size * 2 : MAIL_LIMIT;
		s->bytes = mem_resize(s->bytes, s->size, 1);
		return;
	}
	error_set(&why, ERR_INPUT, s->path, NULL, _("a message in it is longer than 200 MB"));
	note_failed(in, ERR_INPUT, &why);
	s->inside = true;
}

static int take_stretch(struct import *in, struct stretch *s, struct error *err)
{
	struct mbox_messages messages = { .bytes = STR_INIT };
	int code = parse_worker_mbox(in->desk->worker, s->bytes, s->held, s->ended, s->inside, &messages, err);

	for (size_t i = 0; !code && i < messages.count; i++)
		code = take_message(in, messages.messages[i].bytes, messages.messages[i].length, "mbox", in->now, err);
	if (!code && !messages.used && !s->inside)
		stretch_grow(in, s);
	else if (!code && messages.count)
		s->inside = false;
	if (!code)
		stretch_drop(s, messages.used);
	mbox_messages_release(&messages);
	return code;
}

static int take_mbox(struct import *in, const char *path, int fd, struct error *err)
{
	struct stretch s = { .fd = fd, .path = path, .bytes = mem_alloc(STRETCH), .size = STRETCH };
	int code = 0;

	while (!code) {
		code = stretch_fill(&s, err);
		if (code || !s.held)
			break;
		code = take_stretch(in, &s, err);
	}
	explicit_bzero(s.bytes, s.held);
	free(s.bytes);
	return code;
}

/* ---- any of them */

static bool is_mbox(int fd)
{
	char head[5];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) && memcmp(head, "From ", sizeof(head)) == 0;
}

static int take_path(struct import *in, const char *path, struct error *err)
{
	AUTO_STRING cur = file_join(path, "cur");
	AUTO_STRING new = file_join(path, "new");
	int fd, code;

	if (file_is_dir(cur) || file_is_dir(new))
		return take_maildir(in, path, err);
	if (file_is_dir(path))
		return take_folder(in, path, "folder", err);
	in->total++;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	code = is_mbox(fd) ? take_mbox(in, path, fd, err) : take_file(in, path, "file", false, err);
	close(fd);
	return code;
}

int desk_mail_import(struct desk *desk, const char *path, instant now, desk_progress_fn progress,
		     void *context, struct intake_count *ret, struct error *err)
{
	struct import in = { .desk = desk, .intake = intake_begin(desk, now, ret), .now = now, .progress = progress,
			     .context = context, .count = ret };
	int code = intake_end(in.intake, take_path(&in, path, err), err);

	if (!code && in.first.code)
		code = error_set(err, ERR_INPUT, in.first.what, in.first.remedy,
				 _("%s (files that could not be read: %zu)"), in.first.why, ret->failed);
	error_release(&in.first);
	return code;
}
