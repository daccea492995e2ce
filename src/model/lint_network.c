/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes that tell of a live network: addresses, host names, coordinates. What standards reserve for
 * documentation (RFC 2606, 3849, 5737, 6761, 7042, 9637) is no hit, nor is a product's version.
 */
#include "model/lint_private.h"

enum { TOKEN_MAX = 255 };

/* ---- tokens: runs of what names and addresses are made of */

static bool token_byte(int c)
{
	return lint_word_byte(c) || c == '.' || c == ':' || c == '-';
}

static size_t token_length(const struct linting *l, size_t at)
{
	size_t end = at;

	while (end < l->length && end - at < TOKEN_MAX && token_byte((unsigned char)l->text[end]))
		end++;
	while (end > at && strchr(".:-", l->text[end - 1]))
		end--;
	return end - at;
}

static bool is_version(const struct linting *l, const char *token)
{
	for (size_t i = 0; i < l->context->version_count; i++)
		if (str_equal(l->context->versions[i], token))
			return true;
	return false;
}

/* "version 1.2.3.4", "v1.2.3.4", "版本 1.2.3.4". */
static bool follows_version(const struct linting *l, size_t at)
{
	static const char *const words[] = { "version", "versions", "release", "build", "firmware", "版本", "版" };

	while (at > 0 && (l->text[at - 1] == ' ' || l->text[at - 1] == ':'))
		at--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t length = strlen(words[i]);

		if (at >= length && strncasecmp(l->text + at - length, words[i], length) == 0)
			return true;
	}
	return false;
}

/* ---- addresses */

static bool read_ipv4(const char *token, unsigned ret[4])
{
	int used = 0;

	if (sscanf(token, "%3u.%3u.%3u.%3u%n", &ret[0], &ret[1], &ret[2], &ret[3], &used) != 4)
		return false;
	for (int i = 0; i < 4; i++)
		if (ret[i] > 255)
			return false;
	return !token[used];
}

static bool ipv4_reserved(const unsigned a[4])
{
	return a[0] == 0 || a[0] == 127 || (a[0] == 192 && a[1] == 0 && a[2] == 2) ||
	       (a[0] == 198 && a[1] == 51 && a[2] == 100) || (a[0] == 203 && a[1] == 0 && a[2] == 113) ||
	       (a[0] == 255 && a[1] == 255);
}

static bool looks_like_ipv6(const char *token)
{
	size_t colons = 0, longest = 0, run = 0;

	for (const char *c = token; *c; c++) {
		if (*c == ':') {
			colons++;
			run = 0;
			continue;
		}
		if (!strchr("0123456789abcdefABCDEF", *c))
			return false;
		run++;
		longest = run > longest ? run : longest;
	}
	return longest <= 4 && longest > 0 && (colons == 7 || (colons >= 2 && strstr(token, "::")));
}

static bool ipv6_reserved(const char *token)
{
	static const char *const free_for_all[] = { "2001:db8:", "2001:0db8:", "3fff:", "::1" };

	for (size_t i = 0; i < ARRAY_LEN(free_for_all); i++)
		if (str_starts_nocase(token, free_for_all[i]))
			return true;
	return false;
}

static bool is_mac(const char *token)
{
	size_t length = strlen(token);

	if (length != 17)
		return false;
	for (size_t i = 0; i < length; i++)
		if (i % 3 == 2 ? token[i] != token[2] || !strchr(":-", token[i]) :
				 !strchr("0123456789abcdefABCDEF", token[i]))
			return false;
	return !str_starts_nocase(token, "00-00-5e-00-53") && !str_starts_nocase(token, "00:00:5e:00:53");
}

/* ---- hosts */

static bool below(const char *host, const char *domain)
{
	size_t h = strlen(host), d = strlen(domain);

	return str_casecmp(host, domain) == 0 ||
	       (h > d && host[h - d - 1] == '.' && str_casecmp(host + h - d, domain) == 0);
}

/* Ends of public names. A file is called tls.c or index.php: only what is no common suffix of files counts. */
static bool has_public_end(const char *host)
{
	static const char *const ends[] = {
		"com", "net", "org", "cn", "gov", "edu", "mil", "io", "info", "biz", "de", "uk", "fr", "eu", "jp",
		"kr", "ru", "in", "us", "ca", "au", "nl", "it", "es", "ch", "at", "se", "no", "fi", "dk", "pl",
		"be", "cz", "hk", "tw", "mo", "sg", "br", "mx", "za", "tr", "il", "ae", "dev", "app", "cloud",
		"top", "xyz", "site", "online", "tech", "local", "lan", "internal", "corp", "intra", "home",
	};
	const char *dot = strrchr(host, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
		if (str_casecmp(dot + 1, ends[i]) == 0)
			return true;
	return false;
}

static bool is_host(const char *token)
{
	size_t label = 0, dots = 0;

	for (const char *c = token; *c; c++) {
		if (*c == '.') {
			if (label == 0 || label > 63)
				return false;
			label = 0;
			dots++;
		} else if (*c == ':' || *c == '_') {
			return false;
		} else {
			label++;
		}
	}
	return dots >= 1 && label >= 2 && has_public_end(token);
}

static bool host_allowed(const struct linting *l, const char *host)
{
	static const char *const examples[] = { "example.com", "example.net", "example.org" };

	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		if (below(host, examples[i]))
			return true;
	for (size_t i = 0; i < l->rules->references.count; i++)
		if (below(host, l->rules->references.items[i]))
			return true;
	for (size_t i = 0; i < l->context->host_count; i++)
		if (below(host, l->context->hosts[i]))
			return true;
	return false;
}

/* ---- coordinates: two signed numbers with four decimals and more, within a degree's bounds */

static bool read_degree(const char *text, long limit, size_t *ret_used)
{
	size_t sign = strspn(text, "+-"), whole = strspn(text + sign, "0123456789"), part;
	const char *dot = text + sign + whole;

	if (sign > 1 || whole < 1 || whole > 3 || *dot != '.')
		return false;
	part = strspn(dot + 1, "0123456789");
	*ret_used = sign + whole + 1 + part;
	return part >= 4 && labs(strtol(text, NULL, 10)) <= limit &&
	       !(text[*ret_used] == '.' && strchr("0123456789", text[*ret_used + 1]) && text[*ret_used + 1]);
}

static size_t coordinates_at(const struct linting *l, size_t at)
{
	AUTO_STRING text = mem_copy(l->text + at, l->length - at < 60 ? l->length - at : 60);
	size_t first, second, gap;

	if (!read_degree(text, 90, &first))
		return 0;
	gap = strspn(text + first, ", ");
	if (!gap || !memchr(text + first, ',', gap) || !read_degree(text + first + gap, 180, &second))
		return 0;
	return first + gap + second;
}

/* ---- what a token is */

static const char *network_rule(const struct linting *l, size_t at, const char *token)
{
	unsigned address[4];

	if (read_ipv4(token, address))
		return ipv4_reserved(address) || is_version(l, token) || follows_version(l, at) ? NULL : "ipv4";
	if (is_mac(token))
		return "mac";
	if (looks_like_ipv6(token))
		return ipv6_reserved(token) ? NULL : "ipv6";
	return is_host(token) && !host_allowed(l, token) ? "host" : NULL;
}

void lint_network(struct linting *l, size_t at)
{
	AUTO_STRING token = NULL;
	const char *rule;
	size_t length;

	if (at < l->seen || (!lint_word_byte((unsigned char)l->text[at]) && !strchr("+-:", l->text[at])))
		return;
	length = coordinates_at(l, at);
	if (length) {
		lint_hit(l, LINT_NETWORK, "coordinates", at, length);
		l->seen = at + length;
		return;
	}
	length = token_length(l, at);
	if (!length)
		return;
	token = mem_copy(l->text + at, length);
	l->seen = at + length;
	rule = network_rule(l, at, token);
	/* The part before a port is what the token is about. */
	if (!rule && strchr(token, ':') && !looks_like_ipv6(token)) {
		length = strcspn(token, ":");
		token[length] = '\0';
		l->seen = at + length + 1;
		rule = network_rule(l, at, token);
	}
	if (rule)
		lint_hit(l, LINT_NETWORK, rule, at, length);
}
