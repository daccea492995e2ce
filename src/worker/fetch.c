/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The side of the fetch worker that stays at home: starts it with a request, takes its events, says why when
 * there are none. It opens no socket and looks into nothing that came.
 */
#include "psirtty/worker/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch_wire.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "spawn.h"

enum { PIPE_BYTES = 1 << 20, READ_BYTES = 1 << 18, LOCALE_NAMES = 4 };

struct fetch {
	pid_t pid;
	int request, answer;  /* our ends; -1 when closed */
	char *what;           /* owned: the server, for messages */
	struct str in;        /* what came; events from AT on */
	size_t at, taken;     /* TAKEN: bytes of the event handed out last */
	struct str names;     /* to be removed, fields of the request */
	bool ended, said_why;
};

static bool forbidden;

void fetch_forbid(void)
{
	forbidden = true;
}

bool fetch_forbidden(void)
{
	return forbidden;
}

/* ---- starting */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void fetch_stop(struct fetch *fetch)
{
	if (!fetch)
		return;
	close_fd(&fetch->request);
	close_fd(&fetch->answer);
	spawn_end(fetch->pid);
	str_wipe(&fetch->in);
	str_wipe(&fetch->names);
	free(fetch->what);
	free(fetch);
}

/* The user's language, for what it says; nothing else of the environment. */
static void worker_environment(char *ret[LOCALE_NAMES + 2])
{
	static const char *const names[LOCALE_NAMES] = { "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES" };
	size_t count = 0;

	for (size_t i = 0; i < LOCALE_NAMES; i++)
		if (getenv(names[i]))
			ret[count++] = mem_format("%s=%s", names[i], getenv(names[i]));
	if (!count)
		ret[count++] = mem_string("LANG=C.UTF-8");
	ret[count] = NULL;
}

static int spawn_worker(const int theirs[2], pid_t *ret)
{
	static char name[] = "psirtty", argument[] = FETCH_WORKER_ARGUMENT;
	char *environment[LOCALE_NAMES + 2], *const argv[] = { name, argument, NULL };
	const int fds[] = { -1, -1, -1, theirs[0], theirs[1] };
	AUTO_STRING path = spawn_self();
	const struct spawn spawn = { path, argv, environment, fds, ARRAY_LEN(fds) };
	int code;

	worker_environment(environment);
	code = spawn_start(&spawn, ret);
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	return code;
}

static int send_bytes(struct fetch *fetch, const struct str *bytes, struct error *err)
{
	sigset_t old;
	int code;

	signal_pipe_block(&old);
	code = fd_write_all(fetch->request, bytes->bytes, bytes->length);
	signal_pipe_restore(&old);
	return code ? error_set(err, ERR_NETWORK, fetch->what, NULL, _("the fetch worker is gone")) : 0;
}

static int start_worker(struct fetch *fetch, struct error *err)
{
	int request[2], answer[2];
	bool piped = spawn_pipe(request) & spawn_pipe(answer);
	const int theirs[2] = { request[0], answer[1] };
	int code = piped ? spawn_worker(theirs, &fetch->pid) : errno;

	close_fd(&request[0]);
	close_fd(&answer[1]);
	fetch->request = request[1];
	fetch->answer = answer[0];
	if (code != 0) {
		fetch->pid = 0;
		return error_set(err, ERR_DENIED, fetch->what, NULL, _("the fetch worker cannot be started: %s"), strerror(code));
	}
	/* Only speed: without the right to it the pipe stays small. */
	fcntl(fetch->answer, F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(fetch->answer, F_SETFL, fcntl(fetch->answer, F_GETFL) | O_NONBLOCK);
	return 0;
}

/* REQUEST is wiped: it holds a password. */
static int start(const char *what, struct str *request, struct fetch **ret, struct error *err)
{
	struct fetch *fetch;
	AUTO_STR head = STR_INIT;
	uint64_t length = request->length;
	int code;

	if (forbidden) {
		str_wipe(request);
		return error_set(err, ERR_DENIED, what, _("Leave out --offline, and `offline: true` in the settings"),
				 _("this program is offline"));
	}
	fetch = mem_alloc(sizeof(*fetch));
	*fetch = (struct fetch){ .request = -1, .answer = -1, .what = mem_string(what), .in = STR_INIT, .names = STR_INIT };
	str_add_bytes(&head, &length, sizeof(length));
	code = start_worker(fetch, err);
	if (!code)
		code = send_bytes(fetch, &head, err);
	if (!code)
		code = send_bytes(fetch, request, err);
	str_wipe(request);
	if (code)
		fetch_stop(fetch);
	else
		*ret = fetch;
	return code;
}

/* ---- requests */

static int check_host(const struct fetch_host *host, const char *url, enum fetch_task task, struct error *err)
{
	struct fetch_url parts = { 0 };
	int code = fetch_url_parse(url, &parts, err);

	if (!code && fetch_scheme_task(parts.scheme) != task)
		code = error_set(err, ERR_INPUT, url, NULL, _("that is no address for this"));
	if (!code && host->secret && strpbrk(host->secret, "\r\n"))
		code = error_set(err, ERR_INPUT, url, _("A password is one line"), _("its password has a line end in it"));
	fetch_url_release(&parts);
	return code;
}

static void add_host(struct str *request, enum fetch_task task, const struct fetch_host *host)
{
	fetch_number_add(request, task);
	fetch_text_add(request, host->url);
	fetch_text_add(request, host->user);
	fetch_text_add(request, host->secret);
	fetch_number_add(request, host->bearer);
	fetch_text_add(request, host->ca_file);
	fetch_text_add(request, host->proxy);
	fetch_number_add(request, host->patience > 0 ? (uint64_t)host->patience : 60);
	fetch_text_add(request, host->contact);
}

int fetch_mailbox_start(const struct fetch_mailbox *mailbox, struct fetch **ret, struct error *err)
{
	struct str request = STR_INIT;
	int code = check_host(&mailbox->host, mailbox->host.url, FETCH_MAILBOX, err);

	if (code)
		return code;
	add_host(&request, FETCH_MAILBOX, &mailbox->host);
	fetch_text_add(&request, mailbox->known);
	fetch_number_add(&request, mailbox->most_bytes ? mailbox->most_bytes : FETCH_BYTES_LIMIT);
	fetch_number_add(&request, mailbox->most ? mailbox->most : SIZE_MAX);
	fetch_number_add(&request, mailbox->remove);
	return start(mailbox->host.url, &request, ret, err);
}

int fetch_letter_start(const struct fetch_letter *letter, struct fetch **ret, struct error *err)
{
	struct str request = STR_INIT;
	int code = check_host(&letter->host, letter->host.url, FETCH_LETTER, err);

	if (!code && letter->length > FETCH_BYTES_LIMIT)
		code = error_set(err, ERR_INPUT, letter->host.url, NULL, _("the letter is longer than 200 MB"));
	if (code)
		return code;
	add_host(&request, FETCH_LETTER, &letter->host);
	fetch_text_add(&request, letter->sender);
	fetch_field_add(&request, letter->bytes, letter->length);
	fetch_number_add(&request, letter->recipient_count);
	for (size_t i = 0; i < letter->recipient_count; i++)
		fetch_text_add(&request, letter->recipients[i]);
	return start(letter->host.url, &request, ret, err);
}

static void add_page(struct str *request, const struct fetch_page *page)
{
	fetch_text_add(request, page->url);
	fetch_text_add(request, page->etag);
	fetch_text_add(request, page->modified);
	fetch_number_add(request, page->from);
	fetch_number_add(request, page->most_bytes ? page->most_bytes : 64 << 20);
	fetch_text_add(request, page->accept);
	fetch_text_add(request, page->type);
	fetch_number_add(request, page->body != NULL);
	fetch_field_add(request, str_or_empty(page->body), page->body ? page->body_length : 0);
	fetch_text_add(request, page->header);
	fetch_text_add(request, page->method);
	fetch_number_add(request, page->pause > 0 ? (uint64_t)page->pause : 0);
	fetch_number_add(request, page->as_is);
}

static int check_page(const struct fetch_host *host, const struct fetch_page *page, struct error *err)
{
	if (page->header && (strchr(page->header, '\r') || strstr(page->header, "\n\n") || str_ends(page->header, "\n")))
		return error_set(err, ERR_INPUT, page->url, _("A key is one line"), _("its key has a line end in it"));
	return check_host(host, page->url, FETCH_PAGES, err);
}

int fetch_pages_start(const struct fetch_pages *pages, struct fetch **ret, struct error *err)
{
	struct str request = STR_INIT;
	int code = pages->count ? 0 : error_set(err, ERR_INPUT, _("fetch"), NULL, _("there is no page to fetch"));

	for (size_t i = 0; !code && i < pages->count; i++)
		code = check_page(&pages->host, &pages->pages[i], err);
	if (code)
		return code;
	add_host(&request, FETCH_PAGES, &pages->host);
	fetch_number_add(&request, pages->tries > 0 ? (uint64_t)pages->tries : 4);
	fetch_number_add(&request, pages->wait > 0 ? (uint64_t)pages->wait : 60);
	fetch_number_add(&request, pages->insist);
	fetch_number_add(&request, pages->count);
	for (size_t i = 0; i < pages->count; i++)
		add_page(&request, &pages->pages[i]);
	return start(pages->pages[0].url, &request, ret, err);
}

/* ---- removing */

int fetch_remove(struct fetch *fetch, const char *name, struct error *err)
{
	if (!*name)
		return error_set(err, ERR_BUG, fetch->what, NULL, "a mail without a name cannot be removed");
	fetch_text_add(&fetch->names, name);
	return 0;
}

int fetch_finish(struct fetch *fetch, struct error *err)
{
	int code;

	fetch_text_add(&fetch->names, NULL);
	code = send_bytes(fetch, &fetch->names, err);
	str_reset(&fetch->names);
	return code;
}

/* ---- events */

int fetch_fd(const struct fetch *fetch)
{
	return fetch->answer;
}

bool fetch_said_why(const struct fetch *fetch)
{
	return fetch->said_why;
}

static bool event_there(const struct fetch *fetch)
{
	size_t begin = fetch->at + fetch->taken, left = fetch->in.length - begin, size;

	return !fetch_event_size(fetch->in.bytes + begin, left, &size) || (size && size <= left);
}

bool fetch_wait(const struct fetch *fetch, int milliseconds)
{
	struct pollfd p = { .fd = fetch->answer, .events = POLLIN };

	if (event_there(fetch))
		return true;
	return poll(&p, 1, milliseconds) > 0;
}

static const struct { int signal; const char *why; } deaths[] = {
	{ SIGSYS, N_("a forbidden system call") },
	{ SIGXCPU, N_("over its limit of processor time") },
	{ SIGSEGV, N_("a bad access to memory") },
	{ SIGBUS, N_("a bad access to memory") },
};

static int gone(struct fetch *fetch, struct error *err)
{
	const char *why = _("it ended too early");
	int status = 0;

	while (waitpid(fetch->pid, &status, 0) < 0 && errno == EINTR)
		;
	fetch->pid = 0;
	fetch->ended = true;
	for (size_t i = 0; WIFSIGNALED(status) && i < ARRAY_LEN(deaths); i++)
		if (deaths[i].signal == WTERMSIG(status))
			why = _(deaths[i].why);
	return error_set(err, ERR_NETWORK, fetch->what, _("What came is kept; try again"), _("the fetch worker is gone: %s"), why);
}

static void forget_taken(struct fetch *fetch)
{
	fetch->at += fetch->taken;
	fetch->taken = 0;
	if (fetch->at < fetch->in.length)
		return;
	str_reset(&fetch->in);
	fetch->at = 0;
}

/* What was used goes from the front before the buffer grows. */
static void make_room(struct fetch *fetch)
{
	if (fetch->at < READ_BYTES)
		return;
	memmove(fetch->in.bytes, fetch->in.bytes + fetch->at, fetch->in.length - fetch->at);
	str_truncate(&fetch->in, fetch->in.length - fetch->at);
	fetch->at = 0;
}

/* 1 when there is more, 0 when there is nothing now, -1 at the end. */
static int read_some(struct fetch *fetch)
{
	static _Thread_local char block[READ_BYTES];
	ssize_t got;

	do
		got = read(fetch->answer, block, sizeof(block));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got <= 0)
		return -1;
	make_room(fetch);
	str_add_bytes(&fetch->in, block, (size_t)got);
	explicit_bzero(block, (size_t)got);
	return 1;
}

static int hand_out(struct fetch *fetch, struct fetch_event *ret, struct error *err)
{
	size_t left = fetch->in.length - fetch->at, size;
	char *bytes = fetch->in.bytes + fetch->at;
	struct fetch_event event;

	if (!fetch_event_size(bytes, left, &size) || !fetch_event_read(bytes, left, &event)) {
		fetch->ended = true;
		return error_set(err, ERR_NETWORK, fetch->what, NULL, _("the fetch worker's answer is malformed"));
	}
	fetch->taken = size;
	fetch->ended = event.kind == FETCH_END || (int)event.kind == FETCH_ERROR;
	fetch->said_why = (int)event.kind == FETCH_ERROR;
	if (fetch->said_why)
		return error_set(err, event.item == (size_t)-ERR_DENIED ? ERR_DENIED : ERR_NETWORK, event.name,
				 *event.etag ? event.etag : NULL, "%s", event.text);
	*ret = event;
	return 0;
}

int fetch_take(struct fetch *fetch, struct fetch_event *ret, struct error *err)
{
	int more = 1;

	*ret = (struct fetch_event){ .name = "", .text = "", .etag = "", .modified = "", .bytes = "" };
	if (fetch->ended)
		return error_set(err, ERR_BUG, fetch->what, NULL, "its fetch has ended");
	forget_taken(fetch);
	while (!event_there(fetch) && more > 0)
		more = read_some(fetch);
	if (event_there(fetch))
		return hand_out(fetch, ret, err);
	return more < 0 ? gone(fetch, err) : 0;
}
