/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of servers: the schemes there are, and their parts. */
#include "psirtty/worker/fetch.h"

#include "psirtty/base/i18n.h"

static const struct { const char *word; int port; enum fetch_task task; } schemes[FETCH_SCHEME_COUNT] = {
#define X(name, word, port, task, tls) [name] = { word, port, task },
	FETCH_SCHEMES(X)
#undef X
};

enum fetch_task fetch_scheme_task(enum fetch_scheme scheme)
{
	return schemes[scheme].task;
}

static int refuse(const char *url, const char *why, struct error *err)
{
	return error_set(err, ERR_INPUT, url, _("Write it as imaps://host/folder, pop3s://host, smtps://host or "
						"https://host/path; imap, pop3 and smtp ask for STARTTLS"), "%s", why);
}

static const char *find_scheme(const char *url, enum fetch_scheme *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t length = strlen(schemes[i].word);

		if (str_starts_nocase(url, schemes[i].word) && str_starts(url + length, "://")) {
			*ret = (enum fetch_scheme)i;
			return url + length + 3;
		}
	}
	return NULL;
}

/* Letters, digits, dot, hyphen; or an IPv6 address in brackets. Its length, or 0. */
static size_t host_length(const char *at)
{
	size_t inside = *at == '[' ? strspn(at + 1, "0123456789abcdefABCDEF:.") : 0;

	if (*at == '[')
		return inside && at[1 + inside] == ']' ? inside + 2 : 0;
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
}

static bool port_of(const char **at, int *ret)
{
	size_t digits;

	if (**at != ':')
		return true;
	digits = strspn(++*at, "0123456789");
	*ret = digits && digits <= 5 ? atoi(*at) : 0;
	*at += digits;
	return *ret > 0 && *ret < 65536;
}

int fetch_url_parse(const char *url, struct fetch_url *ret, struct error *err)
{
	enum fetch_scheme scheme;
	const char *host = find_scheme(url, &scheme), *at;
	size_t length = host ? host_length(host) : 0;
	int port;

	if (!host)
		return refuse(url, _("that is no address of a server this program talks to"), err);
	at = host + length;
	port = schemes[scheme].port;
	if (!length || !port_of(&at, &port) || (*at && *at != '/' && *at != '?'))
		return refuse(url, *at == '@' || strchr(url, '@') ? _("an address holds no user; that is a setting of its own") :
								     _("its host or port cannot be read"), err);
	for (const char *c = at; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F)
			return refuse(url, _("it holds a character that no address has"), err);
	*ret = (struct fetch_url){ scheme, mem_copy(host, length), mem_string(*at == '/' ? at + 1 : at), port };
	return 0;
}

void fetch_url_release(struct fetch_url *url)
{
	free(url->host);
	free(url->path);
	*url = (struct fetch_url){ 0 };
}
