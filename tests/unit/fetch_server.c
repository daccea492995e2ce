/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted server: a thread, OpenSSL, one connection at a time. */
#include "tests/unit/fetch_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 60, LINE = 1 << 16 };

struct server {
	pthread_t thread;
	SSL_CTX *tls;
	int listening, port;
	const struct server_script *scripts;
	size_t count;
	struct str heard;
	bool joined;
};

struct talk { struct server *server; SSL *ssl; int fd; bool over; char word[64]; };

/* ---- the certificate */

static void add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
}

static void make_certificate(SSL_CTX *tls, const char *path)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *file = fopen(path, "w");

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
	X509_sign(x, key, EVP_sha256());
	if (!file || !PEM_write_X509(file, x))
		abort();
	fclose(file);
	SSL_CTX_use_certificate(tls, x);
	SSL_CTX_use_PrivateKey(tls, key);
	X509_free(x);
	EVP_PKEY_free(key);
}

/* ---- talking */

static void begin_tls(struct talk *talk)
{
	talk->ssl = SSL_new(talk->server->tls);
	SSL_set_fd(talk->ssl, talk->fd);
	talk->over = SSL_accept(talk->ssl) != 1;
}

static void send_bytes(struct talk *talk, const char *bytes, size_t length)
{
	while (length && !talk->over) {
		int put = talk->ssl ? SSL_write(talk->ssl, bytes, (int)(length < 16384 ? length : 16384)) :
				      (int)write(talk->fd, bytes, length);

		talk->over = put <= 0;
		bytes += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
}

static void say(struct talk *talk, const char *text)
{
	AUTO_STR whole = STR_INIT;

	for (; *text; text++)
		if (text[0] == '%' && text[1] == 't') {
			str_add(&whole, talk->word);
			text++;
		} else {
			str_add_char(&whole, *text);
		}
	send_bytes(talk, whole.bytes, whole.length);
}

/* "=COUNT TEXT": TEXT so often. */
static void say_often(struct talk *talk, const char *step)
{
	AUTO_STR whole = STR_INIT;
	char *text;
	long count = strtol(step, &text, 10);

	while (count-- > 0)
		str_add(&whole, text + 1);
	send_bytes(talk, whole.bytes, whole.length);
}

static bool read_line(struct talk *talk, struct str *ret)
{
	char c = 0;

	while (c != '\n') {
		int got = talk->ssl ? SSL_read(talk->ssl, &c, 1) : (int)read(talk->fd, &c, 1);

		if (got <= 0 || ret->length > LINE)
			return false;
		str_add_char(ret, c);
	}
	return true;
}

static void hear(struct talk *talk, const char *word)
{
	bool found = false;

	while (!found && !talk->over) {
		AUTO_STR line = STR_INIT;

		talk->over = !read_line(talk, &line);
		str_add(&talk->server->heard, line.bytes);
		found = strstr(line.bytes, word) != NULL;
		snprintf(talk->word, sizeof(talk->word), "%.*s", (int)strcspn(line.bytes, " \r\n"), line.bytes);
	}
}

static void follow(struct talk *talk, const char *const *steps)
{
	for (size_t i = 0; steps[i] && !talk->over; i++)
		switch (*steps[i]) {
		case '<': hear(talk, steps[i] + 1); break;
		case '>': say(talk, steps[i] + 1); break;
		case '=': say_often(talk, steps[i] + 1); break;
		case 'T': begin_tls(talk); break;
		default: talk->over = true; break;
		}
}

static void serve(struct server *server, const struct server_script *script)
{
	struct talk talk = { .server = server, .fd = accept(server->listening, NULL, NULL) };
	struct timeval patience = { .tv_sec = PATIENCE };

	if (talk.fd < 0)
		return;
	setsockopt(talk.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!script->plain)
		begin_tls(&talk);
	follow(&talk, script->steps);
	if (talk.ssl && !talk.over)
		SSL_shutdown(talk.ssl);
	SSL_free(talk.ssl);
	close(talk.fd);
}

static void *run(void *context)
{
	struct server *server = context;

	for (size_t i = 0; i < server->count; i++)
		serve(server, &server->scripts[i]);
	return NULL;
}

/* ---- life */

struct server *server_start(const char *ca_path, const struct server_script *scripts, size_t count)
{
	struct server *server = mem_alloc(sizeof(*server));
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = PATIENCE };
	socklen_t length = sizeof(at);

	signal(SIGPIPE, SIG_IGN);
	*server = (struct server){ .scripts = scripts, .count = count, .heard = STR_INIT };
	server->tls = SSL_CTX_new(TLS_server_method());
	make_certificate(server->tls, ca_path);
	server->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(server->listening, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(server->listening, (const struct sockaddr *)&at, sizeof(at)) != 0 || listen(server->listening, 16) != 0 ||
	    getsockname(server->listening, (struct sockaddr *)&at, &length) != 0)
		abort();
	server->port = ntohs(at.sin_port);
	pthread_create(&server->thread, NULL, run, server);
	return server;
}

int server_port(const struct server *server)
{
	return server->port;
}

const char *server_heard(struct server *server)
{
	if (!server->joined)
		pthread_join(server->thread, NULL);
	server->joined = true;
	return server->heard.bytes;
}

void server_end(struct server *server)
{
	/* Nobody may come any more: it stops waiting for the rest. */
	shutdown(server->listening, SHUT_RDWR);
	server_heard(server);
	close(server->listening);
	SSL_CTX_free(server->tls);
	str_release(&server->heard);
	free(server);
}
