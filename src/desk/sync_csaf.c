/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF providers: how they are found, what their ROLIE feeds or directories list, each new document with its hash and its
 * signature. One that does not fit either is put into quarantine; the others go on. Providers differ from the standard and
 * from each other, so paths are tried against each folder above. Source: CSAF 2.0, section 7; feeds.md section 1.7.
 */
#include "desk/sync_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/fetch.h"

enum { BATCH = 50, PROVIDERS = 200, TRIES = 10 };

/* A document that a list names. Owned. */
struct document { char *url, *updated, *hash, *signature, *name; };
struct documents { struct document *items; size_t count, room; };

static void documents_release(struct documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		struct document *d = &documents->items[i];

		free(d->url);
		free(d->updated);
		free(d->hash);
		free(d->signature);
		free(d->name);
	}
	free(documents->items);
	*documents = (struct documents){ 0 };
}

/* "docs/HOST/PATH", as a name of a file. */
static char *document_name(const char *url)
{
	const char *host = str_starts_nocase(url, "https://") ? url + 8 : url;
	AUTO_STRING path = mem_copy(host, strcspn(host, "?#"));
	AUTO_STRING name = sync_name(path);

	return mem_format("docs/%s", name);
}

static struct document *document_add(struct documents *documents, const char *url, const char *updated)
{
	struct document *d;

	documents->items = mem_grow(documents->items, &documents->room, documents->count + 1, sizeof(*documents->items));
	d = &documents->items[documents->count++];
	*d = (struct document){ .url = mem_string(url), .updated = mem_string(updated), .name = document_name(url) };
	return d;
}

static bool is_https(const char *url)
{
	struct fetch_url parts = { 0 };
	bool good = fetch_url_parse(url, &parts, NULL) == 0 && parts.scheme == FETCH_HTTPS;

	fetch_url_release(&parts);
	return good;
}

/* ---- taking documents in */

static void wish_document(struct wishes *wishes, const struct document *d)
{
	AUTO_STRING asc = mem_format("%s.asc", d->url), *asc_name = mem_format("%s.asc", d->name);
	AUTO_STRING sum = mem_format("%s.sha512", d->url), *sum_name = mem_format("%s.sha512", d->name);
	AUTO_STRING short_sum = mem_format("%s.sha256", d->url), *short_name = mem_format("%s.sha256", d->name);
	struct wish *wish = wish_add(wishes, d->url, d->name, ROLE_DATA);
	bool has_hash = d->hash && *d->hash && is_https(d->hash), is_short = has_hash && str_ends(d->hash, ".sha256");

	wish->page = wish->optional = true;
	/* Three behind each document, in this order. */
	wish_add(wishes, has_hash && !is_short ? d->hash : sum, sum_name, ROLE_HASH)->optional = true;
	wish_add(wishes, is_short ? d->hash : short_sum, short_name, ROLE_HASH)->optional = true;
	wish_add(wishes, d->signature && is_https(d->signature) ? d->signature : asc, asc_name, ROLE_SIGNATURE)->optional = true;
}

static void note_proof(struct sync *s, const struct document *d, enum sync_proof proof)
{
	static const char *const words[] = { "signed", "hash", "unsigned", "bad" };

	js_set_string(sync_file(s, d->name), "proof", words[proof]);
	js_set_string(sync_file(s, d->name), "listed", d->updated);
}

/* Out of the way and noted: a document that its hash or its signature does not fit. */
static int quarantine(struct sync *s, const struct document *d, const char *why, struct error *err)
{
	AUTO_STRING path = sync_path(s, d->name);
	AUTO_STR bytes = STR_INIT;
	int code;

	file_read(path, (size_t)s->source->most << 20, &bytes, NULL);
	code = intel_fault(s->options->intel, d->url, why, bytes.bytes, bytes.length, err);
	sync_warn(s, "%s: %s", d->url, why);
	sync_forget(s, d->name);
	return code;
}

/* GOT: the document and its three. */
static int take_document(struct sync *s, const struct document *d, const struct wish *got, size_t *counts, struct error *err)
{
	const char *hash = got[1].here ? got[1].name : got[2].here ? got[2].name : NULL;
	AUTO_STRING why = NULL;
	enum sync_proof proof;
	int code;

	if (!got[0].here) {
		sync_warn(s, "%s: %s", d->url, got[0].why ? got[0].why : _("it did not come"));
		return 0;
	}
	proof = sync_prove(s, d->name, hash, got[3].here ? got[3].name : NULL, &why);
	counts[proof]++;
	if (proof == PROOF_BAD)
		return quarantine(s, d, why, err);
	code = sync_take(s, d->name, err);
	/* What cannot be read at all is the document's fault, not the run's. */
	if (code == ERR_INPUT && err && err->code == ERR_INPUT) {
		AUTO_STRING said = mem_string(err->why);

		return quarantine(s, d, said, err);
	}
	if (!code) {
		note_proof(s, d, proof);
		code = intel_heal(s->options->intel, d->url, err);
	}
	return code;
}

static bool is_known(const struct sync *s, const struct document *d)
{
	const json_t *file = sync_file(s, d->name);
	AUTO_STRING path = sync_path(s, d->name);

	return file && *d->updated && str_equal(js_string(file, "listed"), d->updated) && file_exists(path) && !s->options->whole;
}

static int take_batch(struct sync *s, struct document *const *batch, size_t count, size_t *counts, struct error *err)
{
	struct wishes wishes = { 0 };
	AUTO_STRING cursor = NULL;
	char now[40];
	int code;

	for (size_t i = 0; i < count; i++)
		wish_document(&wishes, batch[i]);
	code = sync_get(s, &wishes, err);
	for (size_t i = 0; !code && i < count; i++)
		code = take_document(s, batch[i], &wishes.items[4 * i], counts, err);
	wishes_release(&wishes);
	cursor = mem_format("until=%s", instant_format(s->now, now));
	if (!code)
		code = sync_checkpoint(s, *s->cursor ? s->cursor : cursor, err);
	/* Only what is durable in the store counts as known. */
	return code ? code : sync_state_save(s, err);
}

static int take_documents(struct sync *s, struct documents *documents, struct error *err)
{
	struct document *batch[BATCH];
	size_t counts[4] = { 0 }, count = 0;
	int code = 0;

	for (size_t i = 0; !code && i < documents->count; i++) {
		if (!is_known(s, &documents->items[i]))
			batch[count++] = &documents->items[i];
		if (count == BATCH || (count && i + 1 == documents->count)) {
			code = take_batch(s, batch, count, counts, err);
			count = 0;
		}
	}
	if (counts[PROOF_HASH] + counts[PROOF_NONE])
		sync_warn(s, _("%zu documents were signed, %zu had a hash alone, %zu nothing that proves them"), counts[PROOF_SIGNED],
			  counts[PROOF_HASH], counts[PROOF_NONE]);
	return code;
}

/* ---- lists */

static int read_rolie(struct sync *s, const char *url, size_t number, struct documents *ret, struct error *err)
{
	AUTO_STRING name = mem_format("rolie-%zu.json", number);
	struct job_answer feed = { 0 };
	struct wishes wishes = { 0 };
	int code;

	wish_add(&wishes, url, name, ROLE_LISTING)->page = true;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (!code)
		code = sync_listing(s, "rolie", "", name, &feed, err);
	for (size_t i = 0; !code && i < feed.count; i++) {
		char **f = feed.rows[i].fields;
		struct document *d;

		if (!is_https(f[2])) {
			sync_warn(s, _("%s: no address of a document"), f[1]);
			continue;
		}
		d = document_add(ret, f[2], f[3]);
		d->hash = *f[4] ? mem_string(f[4]) : NULL;
		d->signature = *f[5] ? mem_string(f[5]) : NULL;
	}
	job_answer_release(&feed);
	return code;
}

/* The folder above the one that BASE ends with; false when BASE is the host's root. */
static bool go_up(char *base)
{
	size_t length = strlen(base), host = strlen("https://");

	while (length > host && base[length - 1] == '/')
		base[--length] = '\0';
	while (length > host && base[length - 1] != '/')
		base[--length] = '\0';
	return length > host;
}

/* Which folder the paths of a list are told from: its own, or one above. */
static int find_root(struct sync *s, const char *base, const char *path, char **ret, struct error *err)
{
	char *folder = mem_format("%s%s", base, str_ends(base, "/") ? "" : "/");
	bool found = false;
	int code = 0;

	for (int i = 0; !code && !found && i < TRIES; i++) {
		AUTO_STRING url = mem_format("%s%s", folder, path), *name = document_name(url);
		struct wishes wishes = { 0 };
		struct wish *wish = wish_add(&wishes, url, name, ROLE_DATA);

		wish->page = wish->optional = true;
		code = sync_get(s, &wishes, err);
		found = !code && wishes.items[0].here;
		wishes_release(&wishes);
		if (!found && !go_up(folder))
			break;
	}
	if (!code && !found)
		code = error_set(err, ERR_NETWORK, s->source->id, _("Look at the list in a browser; tell the provider"),
				 _("the list in %s names %s, which is neither there nor above"), base, path);
	if (code)
		free(folder);
	else
		*ret = folder;
	return code;
}

static int read_directory(struct sync *s, const char *base, size_t number, struct documents *ret, struct error *err)
{
	AUTO_STRING url = mem_format("%s%schanges.csv", base, str_ends(base, "/") ? "" : "/");
	AUTO_STRING name = mem_format("changes-%zu.csv", number), *root = NULL;
	struct job_answer lines = { 0 };
	struct wishes wishes = { 0 };
	int code;

	wish_add(&wishes, url, name, ROLE_LISTING)->page = true;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (!code)
		code = sync_listing(s, "csv", "", name, &lines, err);
	if (!code && lines.count)
		code = find_root(s, base, lines.rows[0].fields[1], &root, err);
	for (size_t i = 0; !code && i < lines.count; i++) {
		AUTO_STRING address = mem_format("%s%s", root, lines.rows[i].fields[1]);

		if (str_ends(address, ".json") && is_https(address) && !strstr(address, "/../"))
			document_add(ret, address, lines.rows[i].fields[2]);
	}
	job_answer_release(&lines);
	return code;
}

static bool is_open(const char *label)
{
	return !str_equal(label, "AMBER") && !str_equal(label, "RED") && !str_equal(label, "AMBER+STRICT");
}

static int read_distributions(struct sync *s, const struct job_answer *metadata, struct documents *ret, struct error *err)
{
	size_t feeds = 0;
	int code = 0;

	for (size_t i = 0; !code && i < metadata->count; i++) {
		char **f = metadata->rows[i].fields;

		if (!str_equal(f[0], "feed"))
			continue;
		if (is_open(f[1]) && is_https(f[2]))
			code = read_rolie(s, f[2], feeds++, ret, err);
		else
			sync_warn(s, _("the feed for TLP:%s needs a log-in and is left out"), f[1]);
	}
	for (size_t i = 0; !code && !feeds && i < metadata->count; i++)
		if (str_equal(metadata->rows[i].fields[0], "directory") && is_https(metadata->rows[i].fields[1]))
			code = read_directory(s, metadata->rows[i].fields[1], i, ret, err);
	return code;
}

static int sync_provider(struct sync *s, const char *url, size_t number, struct error *err)
{
	AUTO_STRING name = number ? mem_format("provider-metadata-%zu.json", number) : mem_string("provider-metadata.json");
	struct job_answer metadata = { 0 };
	struct documents documents = { 0 };
	struct wishes wishes = { 0 };
	int code;

	wish_add(&wishes, url, name, ROLE_LISTING)->page = true;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (!code)
		code = sync_listing(s, "provider", "", name, &metadata, err);
	if (!code)
		code = sync_keys(s, &metadata, url, err);
	if (!code)
		code = read_distributions(s, &metadata, &documents, err);
	if (!code)
		code = take_documents(s, &documents, err);
	documents_release(&documents);
	job_answer_release(&metadata);
	return code;
}

/* ---- finding the metadata (7.3) */

static int find_by_text(struct sync *s, const char *base, char **ret, struct error *err)
{
	static const char *const places[] = { "/.well-known/security.txt", "/security.txt" };
	int code = 0;

	for (size_t i = 0; !code && !*ret && i < ARRAY_LEN(places); i++) {
		AUTO_STRING url = mem_format("%s%s", base, places[i]);
		struct job_answer lines = { 0 };
		struct wishes wishes = { 0 };

		wish_add(&wishes, url, "security.txt", ROLE_LISTING)->optional = true;
		code = sync_get(s, &wishes, err);
		if (!code && wishes.items[0].here)
			code = sync_listing(s, "security-txt", "", "security.txt", &lines, err);
		for (size_t k = 0; !code && !*ret && k < lines.count; k++)
			if (is_https(lines.rows[k].fields[1]))
				*ret = mem_string(lines.rows[k].fields[1]);
		job_answer_release(&lines);
		wishes_release(&wishes);
	}
	return code;
}

static int find_metadata(struct sync *s, char **ret, struct error *err)
{
	AUTO_STRING base = mem_string(s->source->url);
	AUTO_STRING known = NULL;
	struct wishes wishes = { 0 };
	int code;

	while (str_ends(base, "/"))
		base[strlen(base) - 1] = '\0';
	known = mem_format("%s/.well-known/csaf/provider-metadata.json", base);
	wish_add(&wishes, known, "provider-metadata.json", ROLE_LISTING)->optional = true;
	code = sync_get(s, &wishes, err);
	if (!code && wishes.items[0].here)
		*ret = mem_string(known);
	wishes_release(&wishes);
	if (!code && !*ret)
		code = find_by_text(s, base, ret, err);
	if (!code && !*ret)
		*ret = mem_format("https://csaf.data.security.%s/", base + strlen("https://"));
	return code;
}

static int sync_aggregator(struct sync *s, struct error *err)
{
	struct job_answer list = { 0 };
	int code = sync_get_one(s, s->source->url, "aggregator.json", ROLE_LISTING, NULL, err);

	if (!code)
		code = sync_listing(s, "aggregator", "", "aggregator.json", &list, err);
	for (size_t i = 0; !code && i < list.count && i < PROVIDERS; i++) {
		AUTO_ERROR why = ERROR_INIT;

		if (!is_https(list.rows[i].fields[1]))
			continue;
		code = sync_provider(s, list.rows[i].fields[1], i + 1, &why);
		/* One provider's trouble is not the others'. */
		if (code == ERR_NETWORK || code == ERR_INPUT) {
			sync_warn(s, "%s: %s", list.rows[i].fields[1], str_or_empty(why.why));
			code = 0;
		} else if (code) {
			error_set(err, code, why.what, why.remedy, "%s", why.why);
		}
	}
	job_answer_release(&list);
	return code;
}

int sync_way_csaf(struct sync *s, struct error *err)
{
	AUTO_STRING found = NULL, *cursor = NULL;
	char now[40];
	int code = sync_begin(s, false, err);

	if (!code && str_ends(s->source->url, "aggregator.json")) {
		code = sync_aggregator(s, err);
	} else if (!code) {
		if (str_ends(s->source->url, ".json"))
			found = mem_string(s->source->url);
		else
			code = find_metadata(s, &found, err);
		if (!code)
			code = sync_provider(s, found, 0, err);
	}
	s->result->unchanged = !code && !s->result->files;
	cursor = mem_format("until=%s", instant_format(s->now, now));
	return code ? code : sync_end(s, cursor, err);
}

/* ---- an archive, then what changed and what was deleted */

static char *cursor_word(const char *cursor, const char *key)
{
	const char *at = strstr(cursor, key);

	return at ? mem_copy(at + strlen(key), strcspn(at + strlen(key), " ")) : NULL;
}

/* The provider's keys, where its metadata lie in the folder above. */
static int archive_keys(struct sync *s, struct error *err)
{
	AUTO_STRING above = mem_string(s->source->url), *url = NULL;
	struct job_answer metadata = { 0 };
	struct wishes wishes = { 0 };
	int code;

	go_up(above);
	url = mem_format("%sprovider-metadata.json", above);
	wish_add(&wishes, url, "provider-metadata.json", ROLE_LISTING)->optional = true;
	code = sync_get(s, &wishes, err);
	if (!code && wishes.items[0].here)
		code = sync_listing(s, "provider", "", "provider-metadata.json", &metadata, err);
	if (!code)
		code = sync_keys(s, &metadata, url, err);
	wishes_release(&wishes);
	job_answer_release(&metadata);
	return code;
}

static int archive_hash(struct sync *s, const char *name, char **ret, struct error *err)
{
	AUTO_STRING url = mem_format("%s%s.sha256", s->source->url, name), *file = mem_format("%s.sha256", name);
	struct job_answer sum = { 0 };
	int code = sync_get_one(s, url, file, ROLE_HASH, NULL, err);

	if (!code)
		code = sync_listing(s, "hash", "", file, &sum, err);
	if (!code && sum.count == 1)
		*ret = mem_string(sum.rows[0].fields[1]);
	job_answer_release(&sum);
	return code;
}

/* The archive that archive_latest.txt names; *RET_NAME owned by the caller. */
static int get_archive(struct sync *s, char **ret_name, struct error *err)
{
	AUTO_STRING url = mem_format("%sarchive_latest.txt", s->source->url), *address = NULL, *sum = NULL;
	struct job_answer line = { 0 };
	struct wishes wishes = { 0 };
	int code = sync_get_one(s, url, "archive_latest.txt", ROLE_LISTING, NULL, err);

	if (!code)
		code = sync_listing(s, "first-line", "", "archive_latest.txt", &line, err);
	if (!code && line.count == 1)
		*ret_name = sync_name(line.rows[0].fields[1]);
	if (!code && (!*ret_name || !str_equal(*ret_name, line.rows[0].fields[1])))
		code = error_set(err, ERR_INPUT, s->source->id, _("Look at archive_latest.txt in a browser"), _("it names no archive"));
	job_answer_release(&line);
	if (!code)
		code = archive_hash(s, *ret_name, &sum, err);
	if (code)
		return code;
	address = mem_format("%s%s", s->source->url, *ret_name);
	wish_add(&wishes, address, *ret_name, ROLE_DATA)->sha256 = mem_string(sum);
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	return code;
}

/* The day in an archive's name: what changed since then comes singly. */
static instant archive_time(const char *name)
{
	const char *digits = strstr(name, "_20");
	AUTO_STRING text = digits ? mem_format("%.10sT00:00:00Z", digits + 1) : mem_string("");
	instant at;

	return instant_parse(text, &at, NULL) == 0 ? at : INSTANT_NONE;
}

/* "2021/cve-2021-47265.json" is the document CVE-2021-47265; "rhsa-2023_5835.json" RHSA-2023:5835. */
static char *id_of_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *id = mem_copy(name, strcspn(name, "."));

	for (char *at = id; *at; at++)
		*at = *at == '_' ? ':' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
	return id;
}

typedef int (*line_fn)(struct sync *s, const char *path, const char *time, instant at, void *context, struct error *err);

static int each_newer(struct sync *s, const char *list, instant since, line_fn fn, void *context, struct error *err)
{
	AUTO_STRING url = mem_format("%s%s", s->source->url, list);
	struct job_answer lines = { 0 };
	int code = sync_get_one(s, url, list, ROLE_LISTING, NULL, err);

	if (!code)
		code = sync_listing(s, "csv", "", list, &lines, err);
	for (size_t i = 0; !code && i < lines.count; i++) {
		instant at = INSTANT_NONE;

		if (instant_parse(lines.rows[i].fields[2], &at, NULL) == 0 && at > since)
			code = fn(s, lines.rows[i].fields[1], lines.rows[i].fields[2], at, context, err);
	}
	job_answer_release(&lines);
	return code;
}

static int add_changed(struct sync *s, const char *path, const char *time, instant at, void *context, struct error *err)
{
	AUTO_STRING url = mem_format("%s%s", s->source->url, path);

	(void)at;
	(void)err;
	if (is_https(url) && !strstr(url, "/../"))
		document_add(context, url, time);
	return 0;
}

static int withdraw_deleted(struct sync *s, const char *path, const char *time, instant at, void *context, struct error *err)
{
	AUTO_STRING id = id_of_path(path);

	(void)time;
	(void)context;
	return sync_withdraw(s, id, at, err);
}

int sync_way_csaf_archive(struct sync *s, struct error *err)
{
	AUTO_STRING archive = cursor_word(s->cursor, "archive="), *until = cursor_word(s->cursor, "until="), *cursor = NULL;
	bool all = !archive || s->options->whole;
	struct documents documents = { 0 };
	instant since = INSTANT_NONE;
	char now[40];
	int code = archive_keys(s, err);

	if (all)
		mem_free_string(&archive);
	if (!code && all)
		code = get_archive(s, &archive, err);
	if (!code)
		code = sync_begin(s, all, err);
	if (!code && all)
		code = sync_take(s, archive, err);
	if (!code && (all || !until || instant_parse(until, &since, NULL)))
		since = archive_time(archive);
	cursor = mem_format("archive=%s until=%s", str_or_empty(archive), instant_format(s->now - INSTANT_HOUR, now));
	if (!code)
		code = each_newer(s, "changes.csv", since, add_changed, &documents, err);
	if (!code)
		code = take_documents(s, &documents, err);
	if (!code)
		code = each_newer(s, "deletions.csv", since, withdraw_deleted, NULL, err);
	documents_release(&documents);
	s->result->unchanged = !code && !s->result->files;
	return code ? code : sync_end(s, cursor, err);
}
