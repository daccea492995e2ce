/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process of a session: it opens the vault with the identity it is handed and runs the lines it is sent, one
 * after the other, until the screen is gone. It has no terminal: passphrases are asked for on the screen.
 */
#include "psirtty/command/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "command/session_wire.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { PROGRESS_EVERY_MS = 100 };

struct child {
	struct str buffer;   /* wiped */
	bool cancelled, gone, cancellable;
	int64_t told;        /* when progress was told last, milliseconds */
};

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- words */

/* One read; waits for it when WAIT. */
static void read_some(struct child *child, bool wait)
{
	char bytes[65536];
	ssize_t got = recv(SESSION_FD, bytes, sizeof(bytes), wait ? 0 : MSG_DONTWAIT);

	if (got > 0)
		str_add_bytes(&child->buffer, bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		child->gone = true;
	explicit_bzero(bytes, got > 0 ? (size_t)got : 0);
}

/* The next word but for CANCEL, which is noted: its length, or 0. */
static size_t next_word(struct child *child, bool wait, int *ret_kind, struct wire *ret)
{
	size_t length;

	for (;;) {
		length = wire_take(&child->buffer, ret_kind, ret);
		if (length && *ret_kind != WIRE_CANCEL)
			return length;
		if (length) {
			child->cancelled = true;
			memmove(child->buffer.bytes, child->buffer.bytes + length, child->buffer.length - length);
			str_truncate(&child->buffer, child->buffer.length - length);
			continue;
		}
		if (child->gone)
			return 0;
		read_some(child, wait);
		if (!wait && !child->gone && !wire_take(&child->buffer, ret_kind, ret))
			return 0;
	}
}

static void drop_word(struct child *child, size_t length)
{
	memmove(child->buffer.bytes, child->buffer.bytes + length, child->buffer.length - length);
	explicit_bzero(child->buffer.bytes + child->buffer.length - length, length);
	str_truncate(&child->buffer, child->buffer.length - length);
}

static void send_word(struct child *child, struct str *word)
{
	wire_end(word);
	if (!child->gone && fd_write_all(SESSION_FD, word->bytes, word->length) < 0)
		child->gone = true;
	str_wipe(word);
}

/* ---- what a command asks of its front */

static void progress(struct command_context *context, size_t done, size_t total)
{
	struct child *child = context->front;
	int64_t now = milliseconds();
	struct pollfd fd = { .fd = SESSION_FD, .events = POLLOUT };
	struct str word = STR_INIT;

	if (now - child->told < PROGRESS_EVERY_MS || poll(&fd, 1, 0) != 1)
		return;
	child->told = now;
	wire_begin(&word, WIRE_PROGRESS);
	wire_number(&word, done);
	wire_number(&word, total);
	wire_number(&word, child->cancellable);
	send_word(child, &word);
}

static bool cancelled(struct command_context *context)
{
	struct child *child = context->front;
	struct wire wire;
	int kind;

	child->cancellable = true;
	next_word(child, false, &kind, &wire);
	return child->cancelled || child->gone;
}

static int edit(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	struct child *child = context->front;
	struct str word = STR_INIT;
	struct wire wire;
	size_t length;
	int kind, code;

	wire_begin(&word, WIRE_EDIT);
	wire_text(&word, name);
	wire_bytes(&word, text->bytes, text->length);
	send_word(child, &word);
	length = next_word(child, true, &kind, &wire);
	if (!length || kind != WIRE_EDITED)
		return error_set(err, ERR_NO, name, NULL, _("nothing came back from the editor"));
	code = (int)(int64_t)wire_take_number(&wire);
	str_reset(text);
	wire_take_bytes(&wire, text);
	drop_word(child, length);
	return code ? error_set(err, ERR_NO, name, NULL, _("it was not edited")) : 0;
}

/* A passphrase or a password, from whoever sits at the screen. */
static bool ask(void *context, const char *what, bool again, struct str *ret)
{
	struct child *child = context;
	struct str word = STR_INIT;
	struct wire wire;
	size_t length;
	bool given;
	int kind;

	wire_begin(&word, WIRE_ASK);
	wire_text(&word, what);
	wire_number(&word, again);
	send_word(child, &word);
	length = next_word(child, true, &kind, &wire);
	if (!length || kind != WIRE_ASKED)
		return false;
	given = wire_take_number(&wire);
	if (given)
		wire_take_bytes(&wire, ret);
	drop_word(child, length);
	return given;
}

static bool ask_front(struct command_context *context, const char *what, struct str *ret)
{
	return ask(context->front, what, false, ret);
}

/* ---- one line */

static void put_error(struct str *word, int code, const struct error *err)
{
	wire_number(word, (uint64_t)(int64_t)code);
	wire_text(word, err->what);
	wire_text(word, err->why);
	wire_text(word, err->remedy);
}

static void answer(struct child *child, struct command_context *context, int code, const struct error *err)
{
	struct str word = STR_INIT;

	wire_begin(&word, WIRE_DONE);
	put_error(&word, code, err);
	wire_number(&word, context->reactions);
	wire_number(&word, desk_take_wanted());
	wire_text(&word, context->open_case);
	wire_text(&word, context->out.length ? context->out.bytes : NULL);
	send_word(child, &word);
}

/* What others did since the last line: a question is answered by what is in the vault now. */
static int catch_up(struct command_context *context, struct error *err)
{
	bool changed;

	return context->desk ? desk_refresh(context->desk, &changed, err) : 0;
}

static void run_word(struct child *child, struct command_context *context, struct wire *wire)
{
	AUTO_STRING line = wire_take_text(wire);
	AUTO_STRING case_id = wire_take_text(wire);
	AUTO_STRING mail = wire_take_text(wire);
	AUTO_ERROR err = ERROR_INIT;
	int code;

	child->cancelled = child->cancellable = false;
	child->told = milliseconds();
	context->selected_case = case_id;
	context->selected_mail = mail;
	context->reactions = 0;
	context->request = SCREEN_NONE;
	desk_take_wanted();
	code = catch_up(context, &err);
	if (!code)
		code = command_run_line(context, str_or_empty(line), &err);
	answer(child, context, code, &err);
	str_wipe(&context->out);
	mem_replace(&context->open_case, NULL);
	context->selected_case = context->selected_mail = NULL;
}

/* ---- the beginning */

static bool take_hello(struct child *child, struct command_context *context, char **ret_dir, char **ret_home)
{
	uint32_t length = 0;
	struct wire wire;
	int kind;

	/* To the byte: behind it comes the identity, which only the vault reads. */
	while (!child->gone && (child->buffer.length < 5 || child->buffer.length < length)) {
		char byte;

		if (recv(SESSION_FD, &byte, 1, 0) == 1)
			str_add_char(&child->buffer, byte);
		else
			child->gone = true;
		if (child->buffer.length == 5)
			memcpy(&length, child->buffer.bytes, sizeof(length));
	}
	if (child->gone || !wire_take(&child->buffer, &kind, &wire) || kind != WIRE_HELLO)
		return false;
	*ret_dir = wire_take_text(&wire);
	*ret_home = wire_take_text(&wire);
	context->offline = wire_take_number(&wire);
	context->plain = wire_take_number(&wire);
	context->readonly = wire_take_number(&wire);
	context->now_fixed = wire_take_number(&wire);
	context->now = (instant)wire_take_number(&wire);
	str_wipe(&child->buffer);
	return !wire.bad;
}

static void serve(struct child *child, struct command_context *context)
{
	struct wire wire;
	size_t length;
	int kind;

	while ((length = next_word(child, true, &kind, &wire)) > 0) {
		struct str word = STR_INIT;

		str_add_bytes(&word, wire.at, (size_t)(wire.end - wire.at));
		wire = (struct wire){ word.bytes, word.bytes + word.length, false };
		drop_word(child, length);
		if (kind == WIRE_RUN)
			run_word(child, context, &wire);
		str_wipe(&word);
	}
}

static int open_there(struct command_context *context, struct error *err)
{
	struct desk_options options = { .vault_dir = context->vault_dir, .gpg_home = context->gpg_home,
					.readonly = context->readonly, .handed_over = true, .identity = SESSION_FD };

	desk_ask_by(ask, context->front);
	return desk_open(&options, command_now(context), &context->desk, err);
}

int session_main(void)
{
	struct command_context context = { .out = STR_INIT, .on_screen = true, .edit = edit, .progress = progress,
					   .cancelled = cancelled, .ask = ask_front };
	struct child child = { .buffer = STR_INIT };
	AUTO_STRING dir = NULL;
	AUTO_STRING home = NULL;
	AUTO_ERROR err = ERROR_INIT;
	struct str word = STR_INIT;
	int code;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	if (!take_hello(&child, &context, &dir, &home))
		return 2;
	context.front = &child;
	context.vault_dir = dir;
	context.gpg_home = home;
	code = open_there(&context, &err);
	if (!code) {
		serve(&child, &context);
	} else {
		wire_begin(&word, WIRE_GONE);
		put_error(&word, code, &err);
		send_word(&child, &word);
	}
	command_context_release(&context);
	str_wipe(&child.buffer);
	return error_exit_status(code);
}
