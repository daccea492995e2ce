/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a mail server. libcurl resolves, connects, goes through the proxy, does TLS, checks the
 * certificate, logs in; then the lines are ours, since its own mail transfers mark mails as seen, know no
 * pipelining and tell a line of a mail that looks like an answer from an answer only by luck.
 */
#include "fetch_private.h"

#include <errno.h>
#include <poll.h>

#include "psirtty/base/i18n.h"

enum { LINE_LIMIT = 1 << 16, BLOCK = 1 << 16, CONNECT_SECONDS = 30 };

struct line {
	const struct fetch_server *server;
	CURL *curl;
	int fd;
	char in[BLOCK];
	size_t at, have;
	uint64_t received;
	struct str text;      /* the line read last */
	char reason[CURL_ERROR_SIZE];
};

/* ---- what can go wrong */

static const struct { CURLcode code; int unusable; const char *why, *remedy; } reasons[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NETWORK, N_("there is no such host, or no way to ask for it"), N_("Check its name, and the network") },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NETWORK, N_("the proxy's host is not known"), N_("Check `proxy` in the settings") },
	{ CURLE_COULDNT_CONNECT, ERR_NETWORK, N_("it does not answer"), N_("Check the port, and the network") },
	{ CURLE_OPERATION_TIMEDOUT, ERR_NETWORK, N_("it took too long"), N_("Try again; what came is kept") },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_DENIED, N_("its certificate cannot be believed"),
	  N_("If it is the house's own, name its root with `ca_file` in the settings") },
	{ CURLE_SSL_CONNECT_ERROR, ERR_NETWORK, N_("TLS could not be agreed on"), N_("Check scheme and port: imaps, pop3s and smtps begin with TLS") },
	{ CURLE_USE_SSL_FAILED, ERR_DENIED, N_("it offers no STARTTLS, and nothing goes without TLS"), N_("Use imaps, pop3s or smtps") },
	{ CURLE_LOGIN_DENIED, ERR_DENIED, N_("it refused the log-in"), N_("Check user and password") },
	{ CURLE_SSL_CACERT_BADFILE, ERR_DENIED, N_("the roots for certificates cannot be read"), N_("Check `ca_file` in the settings") },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_NETWORK, N_("its answer makes no sense"), N_("Check scheme and port") },
	{ CURLE_TOO_MANY_REDIRECTS, ERR_NETWORK, N_("it sends from one place to the next without an end"), NULL },
	{ CURLE_PARTIAL_FILE, ERR_NETWORK, N_("the line broke before the end"), N_("Try again; what came is kept") },
};

int fetch_explain(const struct fetch_server *server, CURLcode code, const char *reason, struct error *err)
{
	const char *host = server->parts.host ? server->parts.host : str_or_empty(server->url);
	const char *more = reason && *reason ? reason : curl_easy_strerror(code);

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return error_set(err, reasons[i].unusable, host, reasons[i].remedy ? _(reasons[i].remedy) : NULL,
					 "%s (%s)", _(reasons[i].why), more);
	return error_set(err, ERR_NETWORK, host, _("Try again; what came is kept"), _("the line broke (%s)"), more);
}

int line_bad(const struct fetch_server *server, const char *said, struct error *err)
{
	return error_set(err, ERR_NETWORK, server->parts.host, NULL, _("the server said: %.300s"), said);
}

static int too_slow(const struct line *line, struct error *err)
{
	return error_set(err, ERR_NETWORK, line->server->parts.host, _("Try again; what came is kept"),
			 _("nothing came for %d s"), line->server->patience);
}

/* ---- opening */

void fetch_set_up(const struct fetch_server *server, CURL *curl, char *reason)
{
	struct curl_blob roots = { (void *)(uintptr_t)server->roots, server->roots_length, CURL_BLOB_NOCOPY };

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)(server->patience < CONNECT_SECONDS ? server->patience : CONNECT_SECONDS));
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &roots);
	curl_easy_setopt(curl, CURLOPT_PROXY, str_or_empty(server->proxy));
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
	curl_easy_setopt(curl, server->bearer ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, server->secret);
}

static CURLcode connect_now(struct line *line)
{
	const struct fetch_url *parts = &line->server->parts;
	static const char *const words[] = {
#define X(name, word, port, task, tls) [name] = word,
		FETCH_SCHEMES(X)
#undef X
	};
	/* Without the folder: it is chosen by our own words. */
	AUTO_STRING url = mem_format("%s://%s:%d/", words[parts->scheme], parts->host, parts->port);
	curl_socket_t fd = CURL_SOCKET_BAD;
	CURLcode code;

	fetch_set_up(line->server, line->curl, line->reason);
	curl_easy_setopt(line->curl, CURLOPT_URL, url);
	curl_easy_setopt(line->curl, CURLOPT_PROTOCOLS_STR, "imap,imaps,pop3,pop3s,smtp,smtps");
	curl_easy_setopt(line->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(line->curl, CURLOPT_TIMEOUT, (long)line->server->patience * 2);
	code = curl_easy_perform(line->curl);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(line->curl, CURLINFO_ACTIVESOCKET, &fd);
	line->fd = fd;
	return code == CURLE_OK && fd == CURL_SOCKET_BAD ? CURLE_COULDNT_CONNECT : code;
}

int line_open(const struct fetch_server *server, struct line **ret, struct error *err)
{
	struct line *line = mem_alloc(sizeof(*line));
	CURLcode code;

	*line = (struct line){ .server = server, .curl = curl_easy_init(), .text = STR_INIT };
	if (!line->curl)
		BUG("libcurl gives no handle");
	code = connect_now(line);
	if (code == CURLE_OK) {
		*ret = line;
		return 0;
	}
	fetch_explain(server, code, line->reason, err);
	line_close(line);
	return err && err->code ? err->code : ERR_NETWORK;
}

void line_close(struct line *line)
{
	if (!line)
		return;
	curl_easy_cleanup(line->curl);
	str_wipe(&line->text);
	free(line);
}

/* ---- bytes */

static bool wait_for(const struct line *line, short events)
{
	struct pollfd p = { .fd = line->fd, .events = events };
	int count;

	do
		count = poll(&p, 1, line->server->patience * 1000);
	while (count < 0 && errno == EINTR);
	return count > 0;
}

int line_send(struct line *line, const char *bytes, size_t length, struct error *err)
{
	while (length) {
		size_t put = 0;
		CURLcode code = curl_easy_send(line->curl, bytes, length, &put);

		if (code == CURLE_AGAIN && !wait_for(line, POLLOUT))
			return too_slow(line, err);
		if (code != CURLE_OK && code != CURLE_AGAIN)
			return fetch_explain(line->server, code, line->reason, err);
		bytes += put;
		length -= put;
	}
	return 0;
}

int line_command(struct line *line, struct error *err, const char *format, ...)
{
	AUTO_STRING text = NULL;
	AUTO_STRING whole = NULL;
	va_list args;

	va_start(args, format);
	text = mem_vformat(format, args);
	va_end(args);
	if (strpbrk(text, "\r\n"))
		return error_set(err, ERR_INPUT, line->server->parts.host, NULL, _("a name has a line end in it"));
	whole = mem_format("%s\r\n", text);
	return line_send(line, whole, strlen(whole), err);
}

static int fill(struct line *line, struct error *err)
{
	size_t got = 0;
	CURLcode code;

	line->at = line->have = 0;
	while ((code = curl_easy_recv(line->curl, line->in, sizeof(line->in), &got)) == CURLE_AGAIN)
		if (!wait_for(line, POLLIN))
			return too_slow(line, err);
	if (code != CURLE_OK || !got)
		return fetch_explain(line->server, code != CURLE_OK ? code : CURLE_PARTIAL_FILE, line->reason, err);
	line->have = got;
	line->received += got;
	return 0;
}

uint64_t line_received(const struct line *line)
{
	return line->received;
}

int line_read(struct line *line, char **ret, struct error *err)
{
	str_reset(&line->text);
	for (;;) {
		const char *begin = line->in + line->at;
		const char *end = memchr(begin, '\n', line->have - line->at);
		size_t length = end ? (size_t)(end - begin) : line->have - line->at;
		int code;

		if (line->text.length + length > LINE_LIMIT)
			return error_set(err, ERR_NETWORK, line->server->parts.host, NULL, _("the server sent a line over 64 KiB"));
		str_add_bytes(&line->text, begin, length);
		line->at += length + (end != NULL);
		if (end)
			break;
		code = fill(line, err);
		if (code)
			return code;
	}
	if (str_ends(line->text.bytes, "\r"))
		str_truncate(&line->text, line->text.length - 1);
	*ret = line->text.bytes;
	return 0;
}

int line_bytes(struct line *line, uint64_t length, uint64_t most, struct str *ret, struct error *err)
{
	uint64_t kept = 0;

	while (length) {
		size_t here = line->have - line->at;
		int code = here ? 0 : fill(line, err);

		if (code)
			return code;
		here = line->have - line->at;
		here = here < length ? here : (size_t)length;
		if (kept < most)
			str_add_bytes(ret, line->in + line->at, here < most - kept ? here : (size_t)(most - kept));
		kept += here;
		line->at += here;
		length -= here;
	}
	return 0;
}

/* ---- texts of many lines */

static int next_byte(struct line *line, char *ret, struct error *err)
{
	int code = line->at < line->have ? 0 : fill(line, err);

	if (!code)
		*ret = line->in[line->at++];
	return code;
}

static void keep(struct str *ret, uint64_t most, uint64_t *length, const char *bytes, size_t count)
{
	if (*length < most)
		str_add_bytes(ret, bytes, count < most - *length ? count : (size_t)(most - *length));
	*length += count;
}

/* At the beginning of a line: whether the text ends here. A dot that was stuffed is taken out. */
static int begin_line(struct line *line, uint64_t most, struct str *ret, uint64_t *length, bool *ret_end,
		      struct error *err)
{
	char c, next;
	int code = next_byte(line, &c, err);

	*ret_end = false;
	if (code || c != '.') {
		line->at -= !code;
		return code;
	}
	code = next_byte(line, &c, err);
	if (!code && c == '\r') {
		code = next_byte(line, &next, err);
		*ret_end = !code && next == '\n';
		if (!code && !*ret_end) {
			keep(ret, most, length, "\r", 1);
			line->at--;
		}
		return code;
	}
	*ret_end = !code && c == '\n';
	line->at -= !code && !*ret_end;
	return code;
}

/* To the end of the line, or of what is here. */
static int take_rest(struct line *line, uint64_t most, struct str *ret, uint64_t *length, bool *ret_ended,
		     struct error *err)
{
	int code = line->at < line->have ? 0 : fill(line, err);
	const char *begin = line->in + line->at, *end;
	size_t count;

	if (code)
		return code;
	end = memchr(begin, '\n', line->have - line->at);
	count = end ? (size_t)(end - begin) + 1 : line->have - line->at;
	keep(ret, most, length, begin, count);
	line->at += count;
	*ret_ended = end != NULL;
	return 0;
}

int line_dotted(struct line *line, uint64_t most, struct str *ret, uint64_t *ret_length, struct error *err)
{
	bool ended = false, line_ended;
	int code = 0;

	*ret_length = 0;
	while (!code && !ended) {
		code = begin_line(line, most, ret, ret_length, &ended, err);
		line_ended = ended;
		while (!code && !line_ended)
			code = take_rest(line, most, ret, ret_length, &line_ended, err);
	}
	return code;
}
