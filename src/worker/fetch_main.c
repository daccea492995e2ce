/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch worker's process: reads its one request, gets ready what it will need of the system, locks itself in,
 * does the task, ends.
 */
#include "fetch_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { ROOTS_LIMIT = 8 << 20, NAME_LIMIT = 4096, PROGRESS_MS = 200, PORTS = 64, PAGE_FIELDS = 12 };

static const char system_roots[] = "/etc/ssl/certs/ca-certificates.crt";

/* ---- the pipes */

static bool read_exactly(void *bytes, size_t length)
{
	char *cursor = bytes;

	while (length) {
		ssize_t got = read(FETCH_FD_REQUEST, cursor, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		cursor += got;
		length -= (size_t)got;
	}
	return true;
}

void fetch_tell(const struct fetch_event *event)
{
	AUTO_STR head = STR_INIT;
	struct fetch_event light = *event;

	/* The bytes of a mail go as they lie: they are not copied. */
	light.bytes = "";
	light.length = 0;
	fetch_event_add(&head, &light);
	((struct fetch_head *)(void *)head.bytes)->length = event->length;
	if (fd_write_all(FETCH_FD_ANSWER, head.bytes, head.length) != 0 ||
	    (event->length && fd_write_all(FETCH_FD_ANSWER, event->bytes, event->length) != 0))
		_exit(0);
}

void fetch_tell_progress(size_t item, uint64_t done, uint64_t total)
{
	static int64_t last;
	struct timespec t;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	if (now - last < PROGRESS_MS)
		return;
	last = now;
	fetch_tell(&(struct fetch_event){ .kind = FETCH_PROGRESS, .item = item, .done = done, .total = total });
}

const char *fetch_next_name(void)
{
	static char name[NAME_LIMIT];
	uint32_t length;

	if (!read_exactly(&length, sizeof(length)) || length >= sizeof(name) || !read_exactly(name, length + 1))
		_exit(0);
	name[length] = '\0';
	return length ? name : NULL;
}

/* ---- the request */

static char *read_request(size_t *ret_length)
{
	uint64_t length;
	char *bytes;

	if (!read_exactly(&length, sizeof(length)) || length > FETCH_REQUEST_LIMIT)
		_exit(0);
	bytes = mem_alloc((size_t)length + 1);
	if (!read_exactly(bytes, (size_t)length))
		_exit(0);
	*ret_length = (size_t)length;
	return bytes;
}

static void read_server(struct fetch_reading *request, struct fetch_server *ret)
{
	ret->url = fetch_text_take(request);
	ret->user = fetch_text_take(request);
	ret->secret = fetch_text_take(request);
	ret->bearer = fetch_number_take(request) != 0;
	ret->ca_file = fetch_text_take(request);
	ret->proxy = fetch_text_take(request);
	ret->patience = (int)fetch_number_take(request);
	ret->contact = fetch_text_take(request);
}

/* The system's roots, where they are, and those of the settings, which must be there. */
static int read_roots(struct fetch_server *server, struct str *ret, struct error *err)
{
	if (file_exists(system_roots))
		file_read(system_roots, ROOTS_LIMIT, ret, NULL);
	str_add_char(ret, '\n');
	if (server->ca_file && file_read(server->ca_file, ROOTS_LIMIT, ret, err))
		return ERR_INPUT;
	server->roots = ret->bytes;
	server->roots_length = ret->length;
	return 0;
}

/* ---- ports TCP may go to */

static bool port_known(int port, const int *ports, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static void add_port(const char *url, int *ports, size_t *count)
{
	struct fetch_url parts = { 0 };

	if (*count < PORTS && url && !fetch_url_parse(url, &parts, NULL) && !port_known(parts.port, ports, *count))
		ports[(*count)++] = parts.port;
	fetch_url_release(&parts);
}

static void add_proxy_port(const char *proxy, int *ports, size_t *count)
{
	const char *colon = proxy ? strrchr(proxy, ':') : NULL;

	if (colon && atoi(colon + 1) > 0 && atoi(colon + 1) < 65536)
		ports[(*count)++] = atoi(colon + 1);
	else if (proxy)
		ports[(*count)++] = 1080;
}

/* Pages are looked through for their ports without being used up. */
static void page_ports(struct fetch_reading request, int *ports, size_t *count)
{
	uint64_t pages;
	size_t length;

	ports[(*count)++] = 443;
	fetch_number_take(&request);
	fetch_number_take(&request);
	fetch_number_take(&request);
	pages = fetch_number_take(&request);
	for (uint64_t i = 0; i < pages && !request.bad; i++) {
		add_port(fetch_text_take(&request), ports, count);
		for (int field = 0; field < PAGE_FIELDS; field++)
			fetch_field_take(&request, &length);
	}
}

/* ---- the task */

static int (*const tasks[FETCH_SCHEME_COUNT])(const struct fetch_server *server, struct fetch_reading *request,
					      struct error *err) = {
	[FETCH_IMAPS] = fetch_imap, [FETCH_IMAP] = fetch_imap, [FETCH_POP3S] = fetch_pop, [FETCH_POP3] = fetch_pop,
	[FETCH_SMTPS] = fetch_smtp, [FETCH_SMTP] = fetch_smtp, [FETCH_HTTPS] = fetch_web,
};

static int run(struct fetch_reading *request, struct error *err)
{
	enum fetch_task task = (enum fetch_task)fetch_number_take(request);
	struct fetch_server server = { 0 };
	AUTO_STR roots = STR_INIT;
	int ports[PORTS + 4];
	size_t port_count = 0;
	int code;

	read_server(request, &server);
	server.parts.scheme = FETCH_HTTPS;
	code = task == FETCH_PAGES ? 0 : fetch_url_parse(str_or_empty(server.url), &server.parts, err);
	if (!code)
		code = read_roots(&server, &roots, err);
	if (code)
		return code;
	add_port(server.url, ports, &port_count);
	add_proxy_port(server.proxy, ports, &port_count);
	if (task == FETCH_PAGES)
		page_ports(*request, ports, &port_count);
	fetch_lock_warm();
	if (!fetch_lock_in(ports, port_count))
		return error_set(err, ERR_DENIED, _("network"), _("Run it on a Linux with seccomp"),
				 _("the fetch worker could not lock itself in"));
	return tasks[server.parts.scheme](&server, request, err);
}

static void tell_error(int code, const struct error *err)
{
	fetch_tell(&(struct fetch_event){ .kind = (enum fetch_kind)FETCH_ERROR, .item = (size_t)-code, .name = err->what,
					  .text = err->why, .etag = err->remedy });
}

void fetch_worker_main(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct fetch_reading request;
	size_t length;
	char *bytes;
	int code;

	close_range(FETCH_FD_ANSWER + 1, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	i18n_start();
	gettext("a value");
	bytes = read_request(&length);
	request = (struct fetch_reading){ bytes, bytes + length, false };
	curl_global_init(CURL_GLOBAL_ALL);
	code = run(&request, &err);
	if (code)
		tell_error(code, &err);
	else
		fetch_tell(&(struct fetch_event){ .kind = FETCH_END });
	explicit_bzero(bytes, length);
	_exit(0);
}
