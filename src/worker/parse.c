/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The side of the parse worker that holds the vault: starts the zygote, sends a message, takes the
 * answer within a deadline, says why when there is none. It never looks into a message itself.
 */
#include "psirtty/worker/parse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job_private.h"
#include "parse_lock.h"
#include "parse_mbox.h"
#include "parse_private.h"
#include "parse_wire.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { LOCALE_NAMES = 4, PIPE_BYTES = 1 << 20, FIRST_FD = 10, READ_BYTES = 1 << 16 };

/* One exchange under way. */
struct exchange {
	struct parse_request request;
	const char *head, *body;
	size_t head_left, body_left;
	struct str answer;
	int32_t status;
	bool ended;                       /* the status came */
	int64_t deadline;                 /* milliseconds */
};

struct parse_worker {
	pid_t pid;                        /* of the zygote; 0 while there is none */
	int request, response, status;    /* our ends; -1 while there is no zygote */
	int patience;                     /* milliseconds for one message */
	bool mail;                        /* it is for mail too */
	char *dictionary;                 /* owned; or NULL */
	bool forked;                      /* of this very process, without executing the program anew */
	bool ready;                       /* its first word came */
	bool busy;                        /* between a beginning and its end */
	struct exchange exchange;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the zygote's life */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe far above the numbers the child will have. */
static bool pipe_high(int ret[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		ret[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FD);
		close(low[i]);
	}
	/* Only speed: without the right to it the pipe stays small. */
	fcntl(ret[0], F_SETPIPE_SZ, PIPE_BYTES);
	return ret[0] >= 0 && ret[1] >= 0;
}

/* By its own name where that still stands for this very program: under a debugger or valgrind
 * /proc/self/exe is theirs. A program that was replaced while it runs is reached only through /proc. */
static char *program_path(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return mem_string("/proc/self/exe");
	path[length] = '\0';
	return mem_string(str_ends(path, " (deleted)") ? "/proc/self/exe" : path);
}

/* The user's language, for what jobs say; a message's parser says nothing. */
static void worker_environment(bool mail, char *ret[LOCALE_NAMES + 3])
{
	static const char *const names[LOCALE_NAMES] = { "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES" };
	size_t count = 0;

	for (size_t i = 0; !mail && i < LOCALE_NAMES; i++)
		if (getenv(names[i]))
			ret[count++] = mem_format("%s=%s", names[i], getenv(names[i]));
	if (!count)
		ret[count++] = mem_string("LANG=C.UTF-8");
	ret[count++] = mem_string("LD_BIND_NOW=1");
	ret[count] = NULL;
}

/* THEIRS are put at the numbers the worker expects; everything else is closed. */
static int spawn(const int theirs[3], bool mail, char *dictionary, pid_t *ret)
{
	static char name[] = "psirtty", for_mail[] = PARSE_WORKER_ARGUMENT, for_jobs[] = JOB_WORKER_ARGUMENT;
	char *environment[LOCALE_NAMES + 3];
	AUTO_STRING path = program_path();
	char *const argv[] = { name, mail ? for_mail : for_jobs, dictionary, NULL };
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
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, theirs[i], PARSE_FD_REQUEST + i);
	posix_spawn_file_actions_addclosefrom_np(&actions, PARSE_FD_STATUS + 1);
	/* A session of its own: ^C and ^Z of the terminal are not for it. */
	posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF));
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	worker_environment(mail, environment);
	code = posix_spawn(ret, path, &actions, &attributes, argv, environment);
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* The child: what spawn() would have done. */
__attribute__((noreturn)) static void forked(const int theirs[3], const char *dictionary)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0 || dup2(theirs[fd], PARSE_FD_REQUEST + fd) < 0)
			_exit(1);
	parse_worker_loop(false, dictionary);
}

static int fork_zygote(const int theirs[3], const char *dictionary, pid_t *ret)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		forked(theirs, dictionary);
	*ret = pid;
	return pid < 0 ? errno : 0;
}

static void zygote_stop(struct parse_worker *worker)
{
	close_fd(&worker->request);
	close_fd(&worker->response);
	close_fd(&worker->status);
	if (worker->pid > 0) {
		kill(worker->pid, SIGKILL);
		while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	worker->pid = 0;
}

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERR_DENIED, _("mail"), _("Run it on a Linux with seccomp, where /proc is mounted"),
			 "%s", why);
}

/* Waits for the first word of a new zygote. */
static bool wait_ready(struct parse_worker *worker)
{
	struct pollfd p = { .fd = worker->status, .events = POLLIN };
	int64_t deadline = now_ms() + PARSE_WALL_SECONDS * 1000;
	int32_t ready = -1;

	for (;;) {
		int64_t left = deadline - now_ms();
		int count = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		return read(worker->status, &ready, sizeof(ready)) == sizeof(ready) && ready == 0;
	}
}

static int zygote_start(struct parse_worker *worker, struct error *err)
{
	int request[2] = { -1, -1 }, response[2] = { -1, -1 }, status[2] = { -1, -1 };
	bool piped = pipe_high(request) && pipe_high(response) && pipe_high(status);
	const int theirs[3] = { request[0], response[1], status[1] };
	int code = !piped ? errno : worker->forked ? fork_zygote(theirs, worker->dictionary, &worker->pid) :
		   spawn(theirs, worker->mail, worker->dictionary, &worker->pid);

	close_fd(&request[0]);
	close_fd(&response[1]);
	close_fd(&status[1]);
	worker->request = request[1];
	worker->response = response[0];
	worker->status = status[0];
	if (code != 0) {
		worker->pid = 0;
		zygote_stop(worker);
		return refuse(err, strerror(code));
	}
	for (int i = 0; i < 3; i++) {
		int fd = (const int[]){ request[1], response[0], status[0] }[i];

		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	worker->ready = false;
	return 0;
}

int parse_worker_wait(struct parse_worker *worker, struct error *err)
{
	int code = worker->pid == 0 ? zygote_start(worker, err) : 0;

	if (code || worker->ready)
		return code;
	worker->ready = wait_ready(worker);
	if (worker->ready)
		return 0;
	zygote_stop(worker);
	return refuse(err, _("the sandbox for parsing cannot be set up"));
}

static int start(bool mail, bool by_fork, const char *dictionary, struct parse_worker **ret, struct error *err)
{
	struct parse_worker *worker = mem_alloc(sizeof(*worker));
	int code;

	worker->mail = mail;
	worker->forked = by_fork;
	worker->dictionary = dictionary ? mem_string(dictionary) : NULL;
	worker->request = worker->response = worker->status = -1;
	worker->patience = (mail ? PARSE_WALL_SECONDS : JOB_WALL_SECONDS) * 1000;
	code = zygote_start(worker, err);
	if (code) {
		free(worker->dictionary);
		free(worker);
		return code;
	}
	*ret = worker;
	return 0;
}

int parse_worker_start(struct parse_worker **ret, struct error *err)
{
	return start(true, false, NULL, ret, err);
}

int job_worker_start(const char *dictionary, struct parse_worker **ret, struct error *err)
{
	return start(false, false, dictionary, ret, err);
}

int job_worker_fork(const char *dictionary, struct parse_worker **ret, struct error *err)
{
	return start(false, true, dictionary, ret, err);
}

void parse_worker_stop(struct parse_worker *worker)
{
	if (!worker)
		return;
	zygote_stop(worker);
	free(worker->dictionary);
	free(worker);
}

void parse_worker_hurry(struct parse_worker *worker, int milliseconds)
{
	worker->patience = milliseconds;
}

/* ---- one message */

/* Sends what fits. False when the other end is gone. */
static bool send_some(int fd, const char **bytes, size_t *left)
{
	while (*left) {
		ssize_t put = write(fd, *bytes, *left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == EAGAIN;
		*bytes += put;
		*left -= (size_t)put;
	}
	return true;
}

/* Takes what is there. False when it is too much or the pipe is broken. */
static bool receive_some(int fd, struct str *answer)
{
	char block[READ_BYTES];

	for (;;) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		if (answer->length + (size_t)got > PARSE_ANSWER_LIMIT)
			return false;
		str_add_bytes(answer, block, (size_t)got);
	}
}

static bool send_request(struct parse_worker *worker, struct exchange *x)
{
	if (!send_some(worker->request, &x->head, &x->head_left))
		return false;
	return x->head_left || send_some(worker->request, &x->body, &x->body_left);
}

/* One turn of the exchange; false when it cannot go on, with the reason. */
static bool turn(struct parse_worker *worker, struct exchange *x, const char **ret_why)
{
	bool sending = x->head_left || x->body_left;
	struct pollfd fds[3] = {
		{ .fd = worker->status, .events = POLLIN },
		{ .fd = worker->response, .events = POLLIN },
		{ .fd = sending ? worker->request : -1, .events = POLLOUT },
	};
	int64_t left = x->deadline - now_ms();
	int count = left > 0 ? poll(fds, 3, (int)left) : 0;

	if (count < 0 && errno == EINTR)
		return true;
	if (count <= 0) {
		*ret_why = _("it took longer than 10 s");
		return false;
	}
	*ret_why = _("the parser's process is gone");
	if (fds[2].revents && !send_request(worker, x))
		return false;
	if (fds[1].revents && !receive_some(worker->response, &x->answer))
		return false;
	if (fds[0].revents) {
		if (read(worker->status, &x->status, sizeof(x->status)) != sizeof(x->status))
			return false;
		/* The child is gone: what it wrote is all in the pipe now. */
		x->ended = true;
		return receive_some(worker->response, &x->answer);
	}
	return true;
}

static const struct { int signal; const char *why; } deaths[] = {
	{ SIGXCPU, N_("over 2 s of CPU") },
	{ SIGKILL, N_("over its limits of time or memory") },
	{ SIGSYS, N_("a forbidden system call") },
	{ SIGSEGV, N_("a bad access to memory") },
	{ SIGBUS, N_("a bad access to memory") },
	{ SIGXFSZ, N_("it tried to write a file") },
};

enum { EXIT_UNLOCKED = 3, EXIT_NO_MEMORY = 71 };

static const char *death(int status)
{
	if (status >= 0 && WIFSIGNALED(status))
		for (size_t i = 0; i < ARRAY_LEN(deaths); i++)
			if (deaths[i].signal == WTERMSIG(status))
				return _(deaths[i].why);
	if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_MEMORY)
		return _("over 1 GiB of memory");
	if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNLOCKED)
		return _("it could not lock itself in");
	return status < 0 ? _("no process could be started") : _("it crashed");
}

/* Whether the child left something of its request unread: the next child must not find it. */
static bool request_left(struct parse_worker *worker, const struct exchange *x)
{
	int waiting = 0;

	return x->head_left || x->body_left || ioctl(worker->request, FIONREAD, &waiting) != 0 || waiting != 0;
}

/* The answer without the token in front of it; false when that is another request's. */
static bool own_answer(struct exchange *x)
{
	struct str *answer = &x->answer;
	size_t length = sizeof(x->request.token);

	if (answer->length < length || memcmp(answer->bytes, &x->request.token, length) != 0)
		return false;
	memmove(answer->bytes, answer->bytes + length, answer->length - length);
	str_truncate(answer, answer->length - length);
	return true;
}

static int run_exchange(struct parse_worker *worker, struct exchange *x, struct error *err)
{
	const char *why = NULL;

	while (!x->ended)
		if (!turn(worker, x, &why)) {
			zygote_stop(worker);
			return error_set(err, ERR_INPUT, _("message"), _("Its raw bytes are kept"),
					 _("the parser was stopped: %s"), why);
		}
	if (x->status == 0 && !request_left(worker, x) && own_answer(x))
		return 0;
	zygote_stop(worker);
	return error_set(err, ERR_INPUT, _("message"), _("Its raw bytes are kept"),
			 _("the parser was stopped: %s"), death(x->status));
}

static int too_long(struct error *err)
{
	return error_set(err, ERR_INPUT, _("message"), _("Ask for it in smaller pieces"), _("it is longer than 200 MB"));
}

/* Sends what fits into the pipe at once. */
static int begin(struct parse_worker *worker, struct exchange *x, struct error *err)
{
	int code = parse_worker_wait(worker, err);
	sigset_t old;

	if (code)
		return code;
	x->deadline = now_ms() + worker->patience;
	signal_pipe_block(&old);
	/* Whether that went well is seen at the end. */
	if (!send_request(worker, x))
		errno = 0;
	signal_pipe_restore(&old);
	return 0;
}

static uint64_t new_token(void)
{
	uint64_t token;

	if (getrandom(&token, sizeof(token), 0) != sizeof(token))
		BUG("no random numbers");
	return token;
}

static int end(struct parse_worker *worker, struct exchange *x, struct error *err)
{
	sigset_t old;
	int code;

	signal_pipe_block(&old);
	code = run_exchange(worker, x, err);
	signal_pipe_restore(&old);
	return code;
}

int parse_worker_job(struct parse_worker *worker, enum worker_job job, const char *arguments, const char *bytes,
		     size_t length, struct job_answer *ret, struct error *err)
{
	uint32_t room = (uint32_t)strlen(arguments);
	struct exchange x = { .request = { PARSE_MAGIC, PARSE_JOBS + job, sizeof(room) + room + length, new_token() },
			      .body = bytes, .body_left = length, .answer = STR_INIT };
	AUTO_STR head = STR_INIT;
	int code = x.request.length > MAIL_LIMIT ? too_long(err) : 0;

	str_add_bytes(&head, &x.request, sizeof(x.request));
	str_add_bytes(&head, &room, sizeof(room));
	str_add(&head, arguments);
	x.head = head.bytes;
	x.head_left = head.length;
	if (!code)
		code = begin(worker, &x, err);
	if (!code)
		code = end(worker, &x, err);
	if (!code)
		code = job_answer_read(x.answer.bytes, x.answer.length, ret, err);
	str_wipe(&x.answer);
	return code;
}

/* Sets up the worker's own exchange and begins it. */
static int begin_own(struct parse_worker *worker, uint32_t job, const char *bytes, size_t length, struct error *err)
{
	struct exchange *x = &worker->exchange;
	int code = length > MAIL_LIMIT ? too_long(err) : 0;

	if (worker->busy)
		BUG("the parser is asked for two messages at once");
	*x = (struct exchange){ .request = { PARSE_MAGIC, job, length, new_token() }, .body = bytes, .body_left = length,
				.answer = STR_INIT };
	x->head = (const char *)&x->request;
	x->head_left = sizeof(x->request);
	if (!code)
		code = begin(worker, x, err);
	worker->busy = !code;
	return code;
}

static int end_own(struct parse_worker *worker, struct error *err)
{
	worker->busy = false;
	return end(worker, &worker->exchange, err);
}

int parse_worker_begin(struct parse_worker *worker, const char *bytes, size_t length, bool entity, struct error *err)
{
	return begin_own(worker, entity ? PARSE_ENTITY : PARSE_MAIL, bytes, length, err);
}

int parse_worker_end(struct parse_worker *worker, struct parsed_mail *ret, struct error *err)
{
	struct str *answer = &worker->exchange.answer;
	int code = end_own(worker, err);

	if (!code)
		code = parse_wire_read(answer->bytes, answer->length, ret, err);
	str_wipe(answer);
	return code;
}

int parse_worker_mail(struct parse_worker *worker, const char *bytes, size_t length, bool entity,
		      struct parsed_mail *ret, struct error *err)
{
	int code = parse_worker_begin(worker, bytes, length, entity, err);

	return code ? code : parse_worker_end(worker, ret, err);
}

int parse_worker_mbox(struct parse_worker *worker, const char *bytes, size_t length, bool last, bool inside,
		      struct mbox_messages *ret, struct error *err)
{
	uint32_t marks = (last ? MBOX_LAST : 0) | (inside ? MBOX_INSIDE : 0);
	int code = begin_own(worker, PARSE_MBOX + marks, bytes, length, err);

	if (!code)
		code = end_own(worker, err);
	if (!code)
		code = parse_mbox_read(&worker->exchange.answer, length, ret, err);
	str_wipe(&worker->exchange.answer);
	return code;
}
