/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's side of the worker for feeds: starts the children, gives them what they read, takes what they say in
 * the order of the file, and never waits for one that says nothing.
 */
#include "feed_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parse_lock.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "spawn.h"

enum { CHILDREN_MOST = 2, PIPE_BYTES = 1 << 20, READ_BYTES = 256 << 10, PATIENCE = 120000, WORTH_TWO = 1 << 20,
       GIVE_BYTES = 256 << 10 };

struct child {
	pid_t pid;
	int out;               /* what it says */
	struct str buffer;
	size_t at;             /* of buffer: taken already */
	bool ended;
};

struct feed_reader {
	char *name;            /* owned */
	struct child children[CHILDREN_MOST];
	int count, current;
	/* what is given to the one child there is then */
	int in;                /* -1: nothing, or no more */
	pull_read_fn read; void *context;
	struct str giving; size_t given;
	struct feed_head sum;
	uint64_t documents, read_bytes, unpacked;
	bool failed;
};

/* ---- starting */

static const char *const locale_names[] = { "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES" };

static void child_environment(char *ret[ARRAY_LEN(locale_names) + 2])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(locale_names); i++)
		if (getenv(locale_names[i]))
			ret[count++] = mem_format("%s=%s", locale_names[i], getenv(locale_names[i]));
	ret[count++] = mem_string("LD_BIND_NOW=1");
	ret[count] = NULL;
}

static int tell_orders(int fd, const struct feed_task *task, int child, int children)
{
	const struct feed_orders orders = {
		.magic = FEED_ORDERS_MAGIC, .mode = task->mode, .framed = task->framed,
		.child = (uint32_t)child, .children = (uint32_t)children, .name_length = (uint32_t)strlen(task->name),
		.dictionaries = (uint32_t)task->dictionary_count,
		.skip_documents = task->skip_documents, .skip_records = task->skip_records,
	};
	AUTO_STR bytes = STR_INIT;
	sigset_t old;
	int code;

	str_add_bytes(&bytes, &orders, sizeof(orders));
	str_add(&bytes, task->name);
	for (size_t i = 0; i < task->dictionary_count; i++) {
		const struct feed_dictionary *d = &task->dictionaries[i];
		const struct feed_orders_dictionary head = { d->kind, d->raw, (uint32_t)d->length };

		str_add_bytes(&bytes, &head, sizeof(head));
		str_add_bytes(&bytes, d->bytes, d->length);
	}
	signal_pipe_block(&old);
	code = fd_write_all(fd, bytes.bytes, bytes.length);
	signal_pipe_restore(&old);
	return code;
}

static int not_started(const struct feed_task *task, struct error *err)
{
	return error_set(err, ERR_DENIED, task->name, NULL, _("the sandboxed reader cannot be started"));
}

/* INPUT is the child's to read; it stays the caller's to close. */
static int start_child(struct feed_reader *reader, const struct feed_task *task, int number, int input, struct error *err)
{
	char *environment[ARRAY_LEN(locale_names) + 2], *argv[] = { (char *)(uintptr_t)"psirtty",
								    (char *)(uintptr_t)FEED_WORKER_ARGUMENT, NULL };
	struct child *child = &reader->children[number];
	int orders[2], answer[2], code = -1;
	AUTO_STRING path = spawn_self();

	if (!spawn_pipe(orders) || !spawn_pipe(answer))
		return not_started(task, err);
	fcntl(answer[0], F_SETPIPE_SZ, PIPE_BYTES);
	child_environment(environment);
	{
		const int fds[] = { orders[0], -1, STDERR_FILENO, input, answer[1] };
		const struct spawn spawn = { path, argv, environment, fds, ARRAY_LEN(fds) };

		code = spawn_start(&spawn, &child->pid);
	}
	for (char **e = environment; *e; e++)
		free(*e);
	close(orders[0]);
	close(answer[1]);
	child->out = answer[0];
	if (code == 0)
		code = tell_orders(orders[1], task, number, reader->count);
	close(orders[1]);
	return code ? not_started(task, err) : 0;
}

/* A descriptor of its own, with an offset of its own. */
static int open_anew(int fd)
{
	AUTO_STRING path = mem_format("/proc/self/fd/%d", fd);

	return open(path, O_RDONLY | O_CLOEXEC);
}

static int children_for(const struct feed_task *task)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct stat status;

	if (task->fd < 0 || task->mode == FEED_LEARN || fstat(task->fd, &status) || !S_ISREG(status.st_mode))
		return 1;
	if (!task->children && status.st_size < WORTH_TWO)
		return 1;
	processors = task->children ? task->children : processors;
	return processors < 1 ? 1 : processors > CHILDREN_MOST ? CHILDREN_MOST : (int)processors;
}

/* A socket and not a pipe: a reader that died is no signal. */
static int start_given(struct feed_reader *reader, const struct feed_task *task, struct error *err)
{
	int pair[2], code;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return not_started(task, err);
	reader->read = task->read;
	reader->context = task->context;
	reader->in = pair[0];
	code = start_child(reader, task, 0, pair[1], err);
	close(pair[1]);
	return code;
}

static int start_opened(struct feed_reader *reader, const struct feed_task *task, struct error *err)
{
	int code = 0;

	for (int i = 0; !code && i < reader->count; i++) {
		int own = reader->count > 1 ? open_anew(task->fd) : task->fd;

		if (own < 0)
			return error_errno(err, ERR_INPUT, task->name, NULL);
		code = start_child(reader, task, i, own, err);
		if (own != task->fd)
			close(own);
	}
	return code;
}

int feed_reader_start(const struct feed_task *task, struct feed_reader **ret, struct error *err)
{
	struct feed_reader *reader = mem_alloc(sizeof(*reader));
	int code;

	reader->name = mem_string(task->name);
	reader->in = -1;
	reader->giving = (struct str)STR_INIT;
	reader->sum = (struct feed_head)FEED_HEAD_INIT;
	reader->documents = task->skip_documents;
	reader->count = children_for(task);
	reader->current = (int)(task->skip_documents / FEED_GROUP % (uint64_t)reader->count);
	for (int i = 0; i < reader->count; i++)
		reader->children[i] = (struct child){ .out = -1, .buffer = STR_INIT };
	code = task->fd < 0 ? start_given(reader, task, err) : start_opened(reader, task, err);
	if (code)
		feed_reader_stop(reader);
	else
		*ret = reader;
	return code;
}

void feed_reader_stop(struct feed_reader *reader)
{
	if (!reader)
		return;
	for (int i = 0; i < reader->count; i++) {
		spawn_end(reader->children[i].pid);
		if (reader->children[i].out >= 0)
			close(reader->children[i].out);
		str_release(&reader->children[i].buffer);
	}
	if (reader->in >= 0)
		close(reader->in);
	str_release(&reader->giving);
	free(reader->name);
	free(reader);
}

/* ---- giving and taking */

/* As much as the child takes now. */
static int give(struct feed_reader *reader, struct error *err)
{
	ssize_t sent;

	if (reader->given == reader->giving.length) {
		long got;

		str_reset(&reader->giving);
		reader->given = 0;
		got = reader->read(reader->context, str_add_room(&reader->giving, GIVE_BYTES), GIVE_BYTES, err);
		str_truncate(&reader->giving, got > 0 ? (size_t)got : 0);
		if (got < 0)
			return err && err->code ? err->code : ERR_INPUT;
		if (got == 0) {
			close(reader->in);
			reader->in = -1;
			return 0;
		}
	}
	sent = send(reader->in, reader->giving.bytes + reader->given, reader->giving.length - reader->given,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent > 0)
		reader->given += (size_t)sent;
	/* One that takes no more has said why, or died: that is read from the other side. */
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		close(reader->in);
		reader->in = -1;
	}
	return 0;
}

static int child_died(struct feed_reader *reader, struct child *child, struct error *err)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
	if (WIFSIGNALED(status))
		return error_set(err, ERR_INPUT, reader->name, _("Get the file anew; if it stays so, tell the maintainers"),
				 _("the sandboxed reader was ended by signal %d"), WTERMSIG(status));
	return error_set(err, ERR_INPUT, reader->name, _("Get the file anew; if it stays so, tell the maintainers"),
			 _("the sandboxed reader ended early (%d)"), WEXITSTATUS(status));
}

static int take_more(struct feed_reader *reader, struct child *child, struct error *err)
{
	struct str *buffer = &child->buffer;
	size_t before;
	ssize_t got;

	if (child->at) {
		memmove(buffer->bytes, buffer->bytes + child->at, buffer->length - child->at);
		str_truncate(buffer, buffer->length - child->at);
		child->at = 0;
	}
	before = buffer->length;
	got = read(child->out, str_add_room(buffer, READ_BYTES), READ_BYTES);
	str_truncate(buffer, before + (got > 0 ? (size_t)got : 0));
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		return error_errno(err, ERR_INPUT, reader->name, NULL);
	return got == 0 ? child_died(reader, child, err) : 0;
}

static int wait_for(struct feed_reader *reader, struct child *child, struct error *err)
{
	struct pollfd fds[] = { { .fd = child->out, .events = POLLIN }, { .fd = reader->in, .events = POLLOUT } };
	int code = poll(fds, 2, PATIENCE);

	if (code < 0)
		return errno == EINTR ? 0 : error_errno(err, ERR_INPUT, reader->name, NULL);
	if (code == 0)
		return error_set(err, ERR_INPUT, reader->name, _("Get the file anew"),
				 _("the sandboxed reader said nothing for %d s"), PATIENCE / 1000);
	code = 0;
	if (fds[1].revents)
		code = give(reader, err);
	if (!code && fds[0].revents)
		code = take_more(reader, child, err);
	return code;
}

static int malformed(struct feed_reader *reader, struct error *err)
{
	return error_set(err, ERR_INPUT, reader->name, NULL, _("the sandboxed reader's answer is malformed"));
}

/* Waits until a whole frame is there. */
static int take_frame(struct feed_reader *reader, struct child *child, struct feed_frame_head *ret, const char **ret_payload,
		      struct error *err)
{
	for (;;) {
		size_t left = child->buffer.length - child->at;
		int code;

		if (left >= sizeof(*ret)) {
			size_t whole;

			memcpy(ret, child->buffer.bytes + child->at, sizeof(*ret));
			whole = sizeof(*ret) + ((size_t)ret->length + FEED_FRAME_STEP - 1) / FEED_FRAME_STEP * FEED_FRAME_STEP;
			if (ret->length > FEED_FRAME_LIMIT)
				return malformed(reader, err);
			if (left >= whole) {
				*ret_payload = child->buffer.bytes + child->at + sizeof(*ret);
				child->at += whole;
				return 0;
			}
		}
		code = wait_for(reader, child, err);
		if (code)
			return code;
	}
}

/* ---- the order of the file */

/* What one document says of itself, added to what is known of all. A log of deltas holds no records. */
static void add_head(struct feed_head *sum, const struct feed_head *head)
{
	bool log = head->kind == FEED_CVE_LOG && sum->kind != FEED_CVE_LOG && sum->kind != FEED_UNKNOWN;

	if (log)
		return;
	if (sum->kind == FEED_CVE_LOG && head->kind != FEED_CVE_LOG)
		*sum = (struct feed_head){ .newest = INSTANT_NONE, .announced = -1, .faults = sum->faults };
	if (sum->kind == FEED_UNKNOWN)
		sum->kind = head->kind;
	sum->records += head->records;
	sum->faults += head->faults;
	if (head->newest != INSTANT_NONE && (sum->newest == INSTANT_NONE || head->newest > sum->newest))
		sum->newest = head->newest;
	if (head->announced >= 0)
		sum->announced = (sum->announced < 0 ? 0 : sum->announced) + head->announced;
	if (*head->cursor)
		memcpy(sum->cursor, head->cursor, sizeof(sum->cursor));
}

/* The next child whose turn it is; false when all have ended. */
static bool turn(struct feed_reader *reader)
{
	for (int i = 1; i <= reader->count; i++) {
		int next = (reader->current + i) % reader->count;

		if (!reader->children[next].ended) {
			reader->current = next;
			return true;
		}
	}
	return false;
}

static void end_event(struct feed_reader *reader, struct feed_event *ret)
{
	*ret = (struct feed_event){ .type = FEED_EVENT_END, .head = reader->sum, .documents = reader->documents,
				    .read = reader->read_bytes, .unpacked = reader->unpacked };
}

int feed_reader_next(struct feed_reader *reader, struct feed_event *ret, struct error *err)
{
	if (reader->failed)
		return error_set(err, ERR_INPUT, reader->name, NULL, _("reading it has failed before"));
	for (;;) {
		struct child *child = &reader->children[reader->current];
		struct feed_frame_head head;
		const char *payload = NULL;
		AUTO_ERROR said = ERROR_INIT;

		if (child->ended && !turn(reader)) {
			end_event(reader, ret);
			return 0;
		}
		child = &reader->children[reader->current];
		reader->failed = take_frame(reader, child, &head, &payload, err) != 0;
		if (reader->failed)
			return ERR_INPUT;
		reader->failed = !feed_wire_read(head.type, payload, head.length, ret, &said);
		if (reader->failed)
			return malformed(reader, err);
		if (said.code) {
			reader->failed = true;
			return error_set(err, ERR_INPUT, said.what, said.remedy, "%s", said.why);
		}
		if (ret->type == FEED_EVENT_DOCUMENT)
			add_head(&reader->sum, &ret->head);
		if (ret->type != FEED_EVENT_MARK && ret->type != FEED_EVENT_END)
			return 0;
		reader->read_bytes = reader->current == 0 ? ret->read : reader->read_bytes;
		reader->unpacked = reader->current == 0 ? ret->unpacked : reader->unpacked;
		if (head.type == FRAME_END) {
			child->ended = true;
			reader->documents = ret->documents > reader->documents ? ret->documents : reader->documents;
			continue;
		}
		ret->read = reader->read_bytes;
		ret->unpacked = reader->unpacked;
		if (head.type == FRAME_GROUP)
			turn(reader);
		return 0;
	}
}
