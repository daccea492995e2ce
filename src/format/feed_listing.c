/* SPDX-License-Identifier: Apache-2.0 */
/* Listings of feeds as rows: one reader each, found by its word. */
#include "psirtty/format/feed_listing.h"

#include <ctype.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

enum { LISTING_LIMIT = 200 << 20, LINE = 4096, FIELDS = 6 };

struct listing {
	const char *since, *name, *bytes;
	size_t length, rows;
	feed_listing_fn tell;
	void *context;
	struct error *err;
};

static void row(struct listing *l, const char *word, const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *const fields[FIELDS] = { word, str_or_empty(a), str_or_empty(b), str_or_empty(c), str_or_empty(d), str_or_empty(e) };

	if (l->rows++ < LISTING_ROWS)
		l->tell(l->context, fields, FIELDS);
}

static int no_listing(struct listing *l, const char *why)
{
	return error_set(l->err, ERR_INPUT, l->name, _("Try later; look at the address in a browser"), "%s", why);
}

static int load(struct listing *l, json_t **ret)
{
	return js_load(l->bytes, l->length, LISTING_LIMIT, l->name, ret, l->err);
}

/* ---- JSON */

static void tell_asset(struct listing *l, const json_t *asset, const char *tag)
{
	AUTO_STRING size = mem_format("%lld", js_integer(asset, "size", 0));
	const char *digest = str_or_empty(js_string(asset, "digest"));

	row(l, "asset", js_string(asset, "name"), size, str_starts(digest, "sha256:") ? digest + 7 : "",
	    js_string(asset, "browser_download_url"), tag);
}

static int read_releases(struct listing *l)
{
	AUTO_JSON json = NULL;
	json_t *release, *asset;
	size_t i, k;
	int code = load(l, &json);

	if (!code && !json_is_array(json))
		code = no_listing(l, _("it is no list of releases"));
	if (code)
		return code;
	json_array_foreach(json, i, release)
		if (!js_bool(release, "draft"))
			json_array_foreach(js_array(release, "assets"), k, asset)
				tell_asset(l, asset, js_string(release, "tag_name"));
	return 0;
}

static int read_nvd_page(struct listing *l)
{
	AUTO_JSON json = NULL;
	AUTO_STRING total = NULL, *start = NULL, *count = NULL;
	int code = load(l, &json);

	if (!code && (!json_is_array(json_object_get(json, "vulnerabilities")) || !json_is_integer(json_object_get(json, "totalResults"))))
		code = no_listing(l, _("it is no page of the NVD"));
	if (code)
		return code;
	total = mem_format("%lld", js_integer(json, "totalResults", 0));
	start = mem_format("%lld", js_integer(json, "startIndex", 0));
	count = mem_format("%zu", json_array_size(js_array(json, "vulnerabilities")));
	row(l, "page", total, start, count, js_string(json, "timestamp"), NULL);
	return 0;
}

static int read_euvd_page(struct listing *l)
{
	AUTO_JSON json = NULL;
	AUTO_STRING total = NULL, *count = NULL;
	int code = load(l, &json);

	if (!code && !json_is_array(json_object_get(json, "items")))
		code = no_listing(l, _("it is no page of the EUVD"));
	if (code)
		return code;
	total = mem_format("%lld", js_integer(json, "total", 0));
	count = mem_format("%zu", json_array_size(js_array(json, "items")));
	row(l, "page", total, count, NULL, NULL, NULL);
	return 0;
}

static const char *link_of(const json_t *entry, const char *rel)
{
	size_t i;
	json_t *link;

	json_array_foreach(js_array(entry, "link"), i, link)
		if (str_equal(js_string(link, "rel"), rel))
			return js_string(link, "href");
	return NULL;
}

static int read_rolie(struct listing *l)
{
	AUTO_JSON json = NULL;
	const json_t *feed;
	json_t *entry;
	size_t i;
	int code = load(l, &json);

	feed = json_object_get(json, "feed");
	if (!code && !json_is_array(json_object_get(feed, "entry")))
		code = no_listing(l, _("it is no ROLIE feed"));
	if (code)
		return code;
	json_array_foreach(js_array(feed, "entry"), i, entry) {
		const char *source = js_string(json_object_get(entry, "content"), "src");

		row(l, "entry", js_string(entry, "id"), source ? source : link_of(entry, "self"), js_string(entry, "updated"),
		    link_of(entry, "hash"), link_of(entry, "signature"));
	}
	return 0;
}

static void tell_distribution(struct listing *l, const json_t *item)
{
	const json_t *directory = json_object_get(item, "directory");
	json_t *feed;
	size_t i;

	json_array_foreach(js_array(json_object_get(item, "rolie"), "feeds"), i, feed)
		row(l, "feed", js_string(feed, "tlp_label"), js_string(feed, "url"), NULL, NULL, NULL);
	if (js_string(item, "directory_url"))
		row(l, "directory", js_string(item, "directory_url"), NULL, NULL, NULL, NULL);
	if (js_string(directory, "url"))
		row(l, "directory", js_string(directory, "url"), NULL, NULL, NULL, NULL);
}

static int read_provider(struct listing *l)
{
	AUTO_JSON json = NULL;
	json_t *item;
	size_t i;
	int code = load(l, &json);

	if (!code && (!js_string(json, "canonical_url") || !json_is_object(json_object_get(json, "publisher"))))
		code = no_listing(l, _("they are no metadata of a CSAF provider"));
	if (code)
		return code;
	row(l, "provider", js_string(json, "canonical_url"), js_string(json, "role"), NULL, NULL, NULL);
	json_array_foreach(js_array(json, "distributions"), i, item)
		tell_distribution(l, item);
	json_array_foreach(js_array(json, "public_openpgp_keys"), i, item)
		row(l, "key", js_string(item, "fingerprint"), js_string(item, "url"), NULL, NULL, NULL);
	return 0;
}

static int read_aggregator(struct listing *l)
{
	static const char *const lists[] = { "csaf_providers", "csaf_publishers" };
	AUTO_JSON json = NULL;
	json_t *item;
	size_t i;
	int code = load(l, &json);

	if (!code && !json_is_object(json_object_get(json, "aggregator")))
		code = no_listing(l, _("it is no list of a CSAF aggregator"));
	for (size_t k = 0; !code && k < ARRAY_LEN(lists); k++)
		json_array_foreach(js_array(json, lists[k]), i, item) {
			const char *mirror = json_string_value(json_array_get(json_object_get(item, "mirrors"), 0));
			const char *own = js_string(json_object_get(item, "metadata"), "url");

			/* A publisher has no lists of its own; its mirror has. */
			row(l, "metadata", k == 1 && mirror ? mirror : own, NULL, NULL, NULL, NULL);
		}
	return code;
}

/* ---- lines */

/* The next line that is not empty, without blanks around it; false at the end. */
static bool next_line(const char **at, const char *end, char ret[LINE])
{
	while (*at < end) {
		const char *newline = memchr(*at, '\n', (size_t)(end - *at)), *last = newline ? newline : end, *first = *at;

		*at = newline ? newline + 1 : end;
		while (first < last && isspace((unsigned char)*first))
			first++;
		while (last > first && isspace((unsigned char)last[-1]))
			last--;
		if (last == first || last - first >= LINE)
			continue;
		memcpy(ret, first, (size_t)(last - first));
		ret[last - first] = '\0';
		return true;
	}
	return false;
}

/* Cuts the first field off LINE, quoted or not (RFC 4180); what is behind its comma. */
static char *cut_field(char *line, char **ret_rest)
{
	char *out = line, *in = line;
	bool quoted = *in == '"';

	for (in += quoted; *in; in++) {
		if (quoted && *in == '"' && in[1] == '"')
			in++;
		else if (quoted ? *in == '"' : *in == ',')
			break;
		*out++ = *in;
	}
	in += strcspn(in, ",");
	*ret_rest = in + (*in == ',');
	*out = '\0';
	return line;
}

static int read_csv(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	char line[LINE];

	while (next_line(&at, end, line)) {
		char *rest, *none, *first = cut_field(line, &rest);

		row(l, "line", first, cut_field(rest, &none), NULL, NULL, NULL);
	}
	return 0;
}

static bool time_of(const char *text, instant *ret)
{
	AUTO_STRING zoned = mem_format("%sZ", text);

	return instant_parse(text, ret, NULL) == 0 || instant_parse(zoned, ret, NULL) == 0;
}

static int read_osv_changes(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	instant since = INSTANT_NONE, when;
	char line[LINE];

	if (*l->since)
		time_of(l->since, &since);
	while (next_line(&at, end, line)) {
		char *rest, *none, *time = cut_field(line, &rest), *id = cut_field(rest, &none);

		if (!time_of(time, &when) || !*id)
			return no_listing(l, _("it is no list of changed records"));
		if (when <= since)
			return 0;
		row(l, "changed", id, time, NULL, NULL, NULL);
	}
	return 0;
}

static bool is_hash(const char *text)
{
	size_t length = strspn(text, "0123456789abcdefABCDEF");

	return !text[length] && (length == 64 || length == 128);
}

static void small_letters(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

static int read_nvd_meta(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	AUTO_STRING changed = NULL, *size = NULL, *hash = NULL;
	char line[LINE];

	while (next_line(&at, end, line)) {
		small_letters(line);
		if (str_starts(line, "lastmodifieddate:"))
			mem_replace(&changed, line + strlen("lastmodifieddate:"));
		else if (str_starts(line, "size:"))
			mem_replace(&size, line + strlen("size:"));
		else if (str_starts(line, "sha256:"))
			mem_replace(&hash, line + strlen("sha256:"));
	}
	if (!hash || !is_hash(hash))
		return no_listing(l, _("it is no .meta file: it has no SHA-256"));
	row(l, "meta", changed, size, hash, NULL, NULL);
	return 0;
}

static int read_hash(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	char line[LINE];

	if (next_line(&at, end, line)) {
		line[strcspn(line, " \t")] = '\0';
		small_letters(line);
		if (is_hash(line)) {
			row(l, "hash", line, NULL, NULL, NULL, NULL);
			return 0;
		}
	}
	return no_listing(l, _("it is no file of a hash"));
}

static int read_first_line(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	char line[LINE];

	if (!next_line(&at, end, line))
		return no_listing(l, _("it is empty"));
	row(l, "line", line, NULL, NULL, NULL, NULL);
	return 0;
}

static int read_security_txt(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	char line[LINE];

	while (next_line(&at, end, line))
		if (str_starts_nocase(line, "csaf:"))
			row(l, "metadata", line + 5 + strspn(line + 5, " \t"), NULL, NULL, NULL, NULL);
	return 0;
}

/* JVN's: a JSON array of files, or lines of hash and name. */
static int read_checksums(struct listing *l)
{
	const char *at = l->bytes, *end = l->bytes + l->length;
	AUTO_JSON json = NULL;
	json_t *item;
	size_t i;
	char line[LINE];

	if (l->length && (*l->bytes == '[' || *l->bytes == '{')) {
		int code = load(l, &json);

		json_array_foreach(json, i, item)
			row(l, "file", js_string(item, "filename"), js_string(item, "sha256"), NULL, NULL, NULL);
		return code;
	}
	while (next_line(&at, end, line)) {
		char *name = line + strcspn(line, " \t");

		if (*name)
			*name++ = '\0';
		name += strspn(name, " \t*");
		small_letters(line);
		if (is_hash(line))
			row(l, "file", name, line, NULL, NULL, NULL);
	}
	return 0;
}

/* ---- by word */

static const struct { const char *word; int (*read)(struct listing *l); } readers[] = {
	{ "releases", read_releases },       { "nvd-page", read_nvd_page },     { "nvd-meta", read_nvd_meta },
	{ "osv-changes", read_osv_changes }, { "csv", read_csv },               { "rolie", read_rolie },
	{ "provider", read_provider },       { "aggregator", read_aggregator }, { "security-txt", read_security_txt },
	{ "hash", read_hash },               { "checksums", read_checksums },   { "euvd-page", read_euvd_page },
	{ "first-line", read_first_line },
};

int feed_listing(const char *what, const char *since, const char *name, const char *bytes, size_t length,
		 feed_listing_fn tell, void *context, struct error *err)
{
	struct listing l = { .since = since, .name = name, .bytes = bytes, .length = length, .tell = tell,
			     .context = context, .err = err };

	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (str_equal(readers[i].word, what))
			return readers[i].read(&l);
	return error_set(err, ERR_BUG, name, NULL, "there is no listing %s", what);
}
