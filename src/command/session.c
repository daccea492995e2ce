/* SPDX-License-Identifier: Apache-2.0 */
/* The screen's end of a session: starting it, handing over the identity, words to and fro. Nothing here waits but the end. */
#include "psirtty/command/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/session_wire.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

extern char **environ;

enum { READ_STEP = 65536, REAP_STEP_MS = 10 };

struct session {
	pid_t pid;
	int fd;              /* -1 once it is gone */
	struct str buffer;   /* wiped: what came and is no whole word yet */
	bool cancelled;
};

void session_answer_release(struct session_answer *answer)
{
	error_release(&answer->err);
	free(answer->out);
	free(answer->open_case);
	free(answer->name);
	str_wipe(&answer->text);
	*answer = (struct session_answer){ .text = STR_INIT };
}

/* ---- starting */

/* Ours without what tells gpg of a terminal: it is the screen's. */
static char **session_environment(void)
{
	size_t count = 0, kept = 0;
	char **ret;

	while (environ[count])
		count++;
	ret = mem_alloc((count + 1) * sizeof(*ret));
	for (size_t i = 0; i < count; i++)
		if (!str_starts(environ[i], "GPG_TTY="))
			ret[kept++] = environ[i];
	return ret;
}

static int spawn(int theirs, pid_t *ret)
{
	static char name[] = "psirtty", argument[] = SESSION_ARGUMENT, path[] = "/proc/self/exe";
	char *const argv[] = { name, argument, NULL };
	char **environment = session_environment();
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int code;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&actions, theirs, SESSION_FD);
	posix_spawn_file_actions_addclosefrom_np(&actions, SESSION_FD + 1);
	/* A session of its own: ^C and ^Z of the terminal are not for it. */
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF));
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	code = posix_spawn(ret, path, &actions, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	free(environment);
	return code;
}

static int greet(const struct command_context *context, int fd, struct error *err)
{
	struct str word = STR_INIT;
	int code = 0;

	wire_begin(&word, WIRE_HELLO);
	wire_text(&word, context->vault_dir);
	wire_text(&word, context->gpg_home);
	wire_number(&word, context->offline);
	wire_number(&word, context->plain);
	wire_number(&word, context->readonly || (context->desk && desk_readonly(context->desk)));
	wire_number(&word, context->now_fixed);
	wire_number(&word, (uint64_t)context->now);
	wire_end(&word);
	if (fd_write_all(fd, word.bytes, word.length) < 0)
		code = error_errno(err, ERR_BUG, _("job"), NULL);
	str_wipe(&word);
	return code ? code : desk_identity_send(context->desk, fd, err);
}

int session_start(const struct command_context *context, struct session **ret, struct error *err)
{
	struct session *session = mem_alloc(sizeof(*session));
	int ends[2], code;

	str_init(&session->buffer);
	session->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		free(session);
		return error_errno(err, ERR_BUG, _("job"), NULL);
	}
	session->fd = ends[0];
	errno = spawn(ends[1], &session->pid);
	code = errno ? error_errno(err, ERR_BUG, _("job"), NULL) : greet(context, ends[0], err);
	close(ends[1]);
	if (code) {
		session_end(session, 0);
		return code;
	}
	fcntl(session->fd, F_SETFL, fcntl(session->fd, F_GETFL) | O_NONBLOCK);
	*ret = session;
	return 0;
}

int session_fd(const struct session *session)
{
	return session->fd;
}

/* ---- words */

/* What is sent is short, or answers a question that was read: the other end takes it. */
static void send_word(struct session *session, struct str *word)
{
	size_t done = 0;

	wire_end(word);
	while (session->fd >= 0 && done < word->length) {
		ssize_t put = send(session->fd, word->bytes + done, word->length - done, MSG_NOSIGNAL);
		struct pollfd fd = { .fd = session->fd, .events = POLLOUT };

		if (put < 0 && errno == EAGAIN)
			poll(&fd, 1, -1);
		else if (put < 0 && errno != EINTR)
			break;
		done += put > 0 ? (size_t)put : 0;
	}
	str_wipe(word);
}

void session_run(struct session *session, const char *line, const char *case_id, const char *mail)
{
	struct str word = STR_INIT;

	session->cancelled = false;
	wire_begin(&word, WIRE_RUN);
	wire_text(&word, line);
	wire_text(&word, case_id);
	wire_text(&word, mail);
	send_word(session, &word);
}

void session_edited(struct session *session, int code, const struct str *text)
{
	struct str word = STR_INIT;

	wire_begin(&word, WIRE_EDITED);
	wire_number(&word, (uint64_t)(int64_t)code);
	wire_bytes(&word, text->bytes, text->length);
	send_word(session, &word);
}

void session_asked(struct session *session, bool given, const char *bytes, size_t length)
{
	struct str word = STR_INIT;

	wire_begin(&word, WIRE_ASKED);
	wire_number(&word, given);
	wire_bytes(&word, bytes, length);
	send_word(session, &word);
}

void session_cancel(struct session *session)
{
	struct str word = STR_INIT;

	if (session->cancelled && session->pid > 0)
		kill(session->pid, SIGTERM);
	session->cancelled = true;
	wire_begin(&word, WIRE_CANCEL);
	send_word(session, &word);
}

static void take_error(struct wire *wire, struct session_answer *ret)
{
	AUTO_STRING what = NULL;
	AUTO_STRING why = NULL;
	AUTO_STRING remedy = NULL;

	ret->code = (int)(int64_t)wire_take_number(wire);
	what = wire_take_text(wire);
	why = wire_take_text(wire);
	remedy = wire_take_text(wire);
	if (why)
		error_set(&ret->err, ret->code, str_or_empty(what), remedy, "%s", why);
}

static void take_done(struct wire *wire, struct session_answer *ret)
{
	take_error(wire, ret);
	ret->reactions = (unsigned)wire_take_number(wire);
	ret->wanted = wire_take_number(wire);
	ret->open_case = wire_take_text(wire);
	ret->out = wire_take_text(wire);
}

static enum session_news take_word(int kind, struct wire *wire, struct session_answer *ret)
{
	switch (kind) {
	case WIRE_PROGRESS:
		ret->done = (size_t)wire_take_number(wire);
		ret->total = (size_t)wire_take_number(wire);
		ret->cancellable = wire_take_number(wire);
		return SESSION_PROGRESS;
	case WIRE_EDIT:
		ret->name = wire_take_text(wire);
		wire_take_bytes(wire, &ret->text);
		return SESSION_EDIT;
	case WIRE_ASK:
		ret->name = wire_take_text(wire);
		ret->again = wire_take_number(wire);
		return SESSION_ASK;
	case WIRE_DONE:
		take_done(wire, ret);
		return SESSION_DONE;
	case WIRE_GONE:
		take_error(wire, ret);
		return SESSION_GONE;
	default:
		wire->bad = true;
		return SESSION_GONE;
	}
}

static enum session_news session_lost(struct session *session, struct session_answer *ret)
{
	int status = 0;

	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
	if (session->pid > 0 && waitpid(session->pid, &status, WNOHANG) == session->pid)
		session->pid = 0;
	ret->code = session->cancelled ? ERR_NO : ERR_BUG;
	error_set(&ret->err, ret->code, _("job"), NULL, "%s",
		  session->cancelled ? _("it was ended; what it had done is in the vault")
				     : _("its process ended; what it had done is in the vault"));
	return SESSION_GONE;
}

enum session_news session_read(struct session *session, struct session_answer *ret)
{
	enum session_news news = SESSION_NOTHING;
	char bytes[READ_STEP];
	struct wire wire;
	size_t length;
	ssize_t got;
	int kind;

	*ret = (struct session_answer){ .text = STR_INIT };
	length = wire_take(&session->buffer, &kind, &wire);
	if (!length && session->fd >= 0) {
		got = recv(session->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return session_lost(session, ret);
		if (got > 0)
			str_add_bytes(&session->buffer, bytes, (size_t)got);
		explicit_bzero(bytes, got > 0 ? (size_t)got : 0);
		length = wire_take(&session->buffer, &kind, &wire);
	}
	if (!length)
		return SESSION_NOTHING;
	news = take_word(kind, &wire, ret);
	if (wire.bad)
		return session_lost(session, ret);
	memmove(session->buffer.bytes, session->buffer.bytes + length, session->buffer.length - length);
	str_truncate(&session->buffer, session->buffer.length - length);
	return news;
}

/* ---- the end */

static bool reaped(struct session *session, int patience_ms)
{
	for (int waited = 0;; waited += REAP_STEP_MS) {
		pid_t got = waitpid(session->pid, NULL, WNOHANG);

		if (got == session->pid || (got < 0 && errno != EINTR))
			return true;
		if (waited >= patience_ms)
			return false;
		poll(NULL, 0, REAP_STEP_MS);
	}
}

void session_end(struct session *session, int patience_ms)
{
	if (!session)
		return;
	if (session->fd >= 0)
		close(session->fd);
	if (session->pid > 0 && !reaped(session, patience_ms)) {
		kill(session->pid, SIGKILL);
		while (waitpid(session->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	str_wipe(&session->buffer);
	free(session);
}

void session_leave(struct session *session)
{
	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
}

bool session_left(struct session *session)
{
	if (session->pid > 0 && !reaped(session, 0))
		return false;
	str_wipe(&session->buffer);
	free(session);
	return true;
}
