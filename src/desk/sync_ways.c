/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways of sources whose state is one text: a whole document, an ecosystem of OSV, the NVD's and JVN's yearly files, and
 * what is asked for in pages by time of change (the NVD's API, the EUVD). Each says in the cursor how far it came.
 */
#include "desk/sync_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { SINGLY = 300, WEEK = 7, NVD_FIRST = 2002, NVD_PAGE = 2000, NVD_WINDOW = 120, EUVD_PAGE = 100, EUVD_FIRST_DAYS = 30,
       PAGES_AT_MOST = 100000 };

/* ---- cursors: "key=value key=value" */

/* The value of KEY; the caller frees, NULL when it is not there. */
static char *cursor_get(const char *cursor, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = cursor; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return mem_copy(at + length + 1, strcspn(at + length + 1, " "));
	return NULL;
}

/* CURSOR with VALUE for KEY; the caller frees. */
static char *cursor_put(const char *cursor, const char *key, const char *value)
{
	AUTO_STR made = STR_INIT;
	size_t length = strlen(key);

	for (const char *at = cursor; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, key, length) != 0 || at[length] != '=')
			str_add_format(&made, "%.*s ", (int)strcspn(at, " "), at);
	str_add_format(&made, "%s=%s", key, value);
	return str_detach(&made);
}

static instant cursor_time(const char *cursor, const char *key)
{
	AUTO_STRING text = cursor_get(cursor, key);
	instant at;

	return text && instant_parse(text, &at, NULL) == 0 ? at : INSTANT_NONE;
}

static const char *sha256_of(const struct sync *s, const char *name)
{
	return str_or_empty(js_string(sync_file(s, name), "sha256"));
}

/* Nothing new: the run counts as whole all the same. */
static int end_unchanged(struct sync *s, struct error *err)
{
	int code = sync_begin(s, false, err);

	s->result->unchanged = true;
	return code ? code : sync_end(s, s->cursor, err);
}

/* ---- one document */

/* The last part of an address that is a name. */
static char *name_of_url(const char *url)
{
	AUTO_STRING path = mem_copy(url, strcspn(url, "?#"));
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL && !slash[1])
		*slash = '\0';
	return sync_name(slash ? slash + 1 : path);
}

int sync_way_page(struct sync *s, struct error *err)
{
	AUTO_STRING name = name_of_url(s->source->url);
	AUTO_STRING cursor = NULL;
	struct wishes wishes = { 0 };
	int code;

	wish_add(&wishes, s->source->url, name, ROLE_DATA)->page = !str_ends(name, ".gz") && !str_ends(name, ".zip");
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (code)
		return code;
	cursor = mem_format("sha256=%s", sha256_of(s, name));
	if (str_equal(cursor, s->cursor) && !s->broken_off && !s->options->whole)
		return end_unchanged(s, err);
	/* A list of news holds the last few: what is no longer in it is not gone. */
	code = sync_begin(s, s->source->kind != FEED_NEWS, err);
	if (!code)
		code = sync_take(s, name, err);
	return code ? code : sync_end(s, cursor, err);
}

/* ---- OSV: all of an ecosystem, then what changed */

static int osv_all(struct sync *s, struct error *err)
{
	AUTO_STRING url = mem_format("%s/all.zip", s->source->url);
	AUTO_STRING cursor = NULL;
	struct wishes wishes = { 0 };
	char now[40];
	int code;

	wish_add(&wishes, url, "all.zip", ROLE_DATA);
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (code)
		return code;
	/* Changes that came while it was fetched are asked for again. */
	cursor = mem_format("all=%s until=%s", sha256_of(s, "all.zip"), instant_format(s->now - INSTANT_HOUR, now));
	code = sync_begin(s, true, err);
	if (!code)
		code = sync_take(s, "all.zip", err);
	return code ? code : sync_end(s, cursor, err);
}

static int osv_take_changes(struct sync *s, const struct wishes *wishes, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < wishes->count; i++)
		if (wishes->items[i].here)
			code = sync_take(s, wishes->items[i].name, err);
	return code;
}

/* A record that is listed and not there was moved elsewhere. */
static int osv_withdraw_moved(struct sync *s, const struct wishes *wishes, const struct job_answer *changes, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < wishes->count; i++) {
		instant when = s->now;

		instant_parse(changes->rows[i].fields[2], &when, NULL);
		if (!wishes->items[i].here && strstr(str_or_empty(wishes->items[i].why), "404"))
			code = sync_withdraw(s, changes->rows[i].fields[1], when, err);
	}
	return code;
}

static int osv_singly(struct sync *s, const struct job_answer *changes, struct error *err)
{
	struct wishes wishes = { 0 };
	AUTO_STRING cursor = NULL;
	int code;

	for (size_t i = 0; i < changes->count; i++) {
		AUTO_STRING id = sync_name(changes->rows[i].fields[1]);
		AUTO_STRING url = mem_format("%s/%s.json", s->source->url, id);
		AUTO_STRING name = mem_format("changed/%s.json", id);
		struct wish *wish = wish_add(&wishes, url, name, ROLE_DATA);

		wish->page = wish->optional = true;
	}
	code = sync_get(s, &wishes, err);
	for (size_t i = 0; !code && i < wishes.count; i++)
		if (!wishes.items[i].here && !strstr(str_or_empty(wishes.items[i].why), "404"))
			code = error_set(err, ERR_NETWORK, s->source->id, _("`feed sync` again goes on where it stopped"), "%s: %s",
					 wishes.items[i].name, str_or_empty(wishes.items[i].why));
	if (!code)
		code = sync_begin(s, false, err);
	if (!code)
		code = osv_take_changes(s, &wishes, err);
	if (!code)
		code = osv_withdraw_moved(s, &wishes, changes, err);
	wishes_release(&wishes);
	cursor = changes->count ? cursor_put(s->cursor, "until", changes->rows[0].fields[2]) : mem_string(s->cursor);
	return code ? code : sync_end(s, cursor, err);
}

int sync_way_osv(struct sync *s, struct error *err)
{
	AUTO_STRING url = mem_format("%s/modified_id.csv", s->source->url);
	AUTO_STRING until = cursor_get(s->cursor, "until");
	struct job_answer changes = { 0 };
	struct wishes wishes = { 0 };
	int code;

	if (!until || s->options->whole || (s->broken_off && !sync_file(s, "all.zip")))
		return osv_all(s, err);
	wish_add(&wishes, url, "modified_id.csv", ROLE_LISTING)->page = true;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (!code)
		code = sync_listing(s, "osv-changes", until, "modified_id.csv", &changes, err);
	if (!code && changes.count > SINGLY)
		code = osv_all(s, err);
	else if (!code && !changes.count)
		code = end_unchanged(s, err);
	else if (!code)
		code = osv_singly(s, &changes, err);
	job_answer_release(&changes);
	return code;
}

/* ---- yearly files of the NVD, with their .meta */

static int nvd_hash(struct sync *s, const char *meta, char ret_hex[65], struct error *err)
{
	struct job_answer answer = { 0 };
	int code = sync_listing(s, "nvd-meta", "", meta, &answer, err);

	if (!code && answer.count == 1)
		snprintf(ret_hex, 65, "%s", answer.rows[0].fields[3]);
	job_answer_release(&answer);
	return code;
}

static bool nvd_is_here(const struct sync *s, const char *name, const char *hex)
{
	const json_t *file = sync_file(s, name);

	return file && str_equal(js_string(file, "unpacked_sha256"), hex);
}

/* Whether this run brought NAME already. */
static bool came_now(const struct sync *s, const char *name)
{
	char now[40];

	return s->together && str_equal(js_string(sync_file(s, name), "fetched"), instant_format(s->now, now));
}

/* The meta's hash of KEY ("2024", "modified") into RET. */
static int nvd_meta(struct sync *s, const char *key, bool fresh, char ret_hex[65], struct error *err)
{
	AUTO_STRING url = mem_format("%s%s.meta", s->source->url, key);
	AUTO_STRING name = mem_format("%s.meta", key);
	struct wishes wishes = { 0 };
	struct wish *wish;
	int code = 0;

	if (fresh || !s->together || !sync_file(s, name)) {
		wish = wish_add(&wishes, url, name, ROLE_HASH);
		wish->fresh = fresh;
		wish->pause = (int)s->source->pause;
		code = sync_get(s, &wishes, err);
		wishes_release(&wishes);
	}
	return code ? code : nvd_hash(s, name, ret_hex, err);
}

/* The file of KEY, whose unpacked bytes must have the hash HEX. */
static int nvd_file(struct sync *s, const char *key, const char *hex, struct error *err)
{
	AUTO_STRING url = mem_format("%s%s.json.gz", s->source->url, key);
	AUTO_STRING name = mem_format("%s.json.gz", key);
	char found[65];
	int code;

	if (nvd_is_here(s, name, hex))
		return 0;
	code = came_now(s, name) ? 0 : sync_get_one(s, url, name, ROLE_DATA, NULL, err);
	if (!code)
		code = sync_digest(s, name, found, err);
	if (!code && str_casecmp(found, hex) != 0) {
		sync_forget(s, name);
		sync_state_save(s, NULL);
		return error_set(err, ERR_INPUT, name, _("`feed sync` again later: the file may be changing just now"),
				 _("what it unpacks to has the SHA-256 %.16s…, its .meta says %.16s…"), found, hex);
	}
	if (code)
		return code;
	js_set_string(sync_file(s, name), "unpacked_sha256", hex);
	return sync_state_save(s, err);
}

static int nvd_take(struct sync *s, const char *key, const char *hex, char **cursor, struct error *err)
{
	AUTO_STRING name = mem_format("%s.json.gz", key);
	AUTO_STRING part = mem_copy(hex, strlen(hex) < 16 ? strlen(hex) : 16);
	int code = sync_take(s, name, err);
	char *next;

	if (code)
		return code;
	next = cursor_put(*cursor, key, part);
	free(*cursor);
	*cursor = next;
	return sync_checkpoint(s, *cursor, err);
}

/* Both files of KEY, whenever they are not what the cursor says is in the store; once more where they did not fit. */
static int nvd_one(struct sync *s, const char *key, char **cursor, struct error *err)
{
	AUTO_STRING before = cursor_get(*cursor, key);
	char hex[65] = "";
	int code = nvd_meta(s, key, false, hex, err);

	if (!code && before && *before && str_starts(hex, before))
		return 0;
	if (!code)
		code = nvd_file(s, key, hex, err);
	if (code == ERR_INPUT) {
		code = nvd_meta(s, key, true, hex, err);
		if (!code)
			code = nvd_file(s, key, hex, err);
	}
	return code ? code : nvd_take(s, key, hex, cursor, err);
}

/* All that is wished for of the years at once: their .meta, or the files whose .meta has changed. What does not come here
 * is asked for again one by one, with its own sentence. */
static int nvd_together(struct sync *s, bool files, const char *cursor, struct error *err)
{
	struct wishes wishes = { 0 };
	int code = 0;

	for (int year = NVD_FIRST; !code && year <= instant_year(s->now); year++) {
		AUTO_STRING key = mem_format("%d", year), *before = cursor_get(cursor, key), *meta = mem_format("%d.meta", year);
		const char *ending = files ? "json.gz" : "meta";
		AUTO_STRING url = mem_format("%s%d.%s", s->source->url, year, ending), *name = mem_format("%d.%s", year, ending);
		char hex[65] = "";

		if (files && sync_file(s, meta))
			code = nvd_hash(s, meta, hex, err);
		if (!files || (*hex && !(before && *before && str_starts(hex, before)) && !nvd_is_here(s, name, hex)))
			wish_add(&wishes, url, name, files ? ROLE_DATA : ROLE_HASH)->optional = true;
	}
	if (!code && wishes.count)
		code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	return code;
}

static int nvd_years(struct sync *s, char **cursor, struct error *err)
{
	int code = nvd_together(s, false, *cursor, err);

	if (!code)
		code = nvd_together(s, true, *cursor, err);
	s->together = true;
	for (int year = NVD_FIRST; !code && year <= instant_year(s->now); year++) {
		AUTO_STRING key = mem_format("%d", year);
		AUTO_ERROR why = ERROR_INIT;

		code = nvd_one(s, key, cursor, &why);
		/* The year's file may not be there in its first days. */
		if (code == ERR_NETWORK && year == instant_year(s->now) && year > NVD_FIRST && strstr(str_or_empty(why.why), "404"))
			code = 0;
		else if (code)
			error_set(err, code, why.what, why.remedy, "%s", why.why);
	}
	s->together = false;
	return code;
}

int sync_way_nvd_files(struct sync *s, struct error *err)
{
	char *cursor = mem_string(s->cursor);
	instant years = cursor_time(cursor, "years");
	bool recent = years != INSTANT_NONE && s->now - years < WEEK * INSTANT_DAY && !s->options->whole;
	AUTO_ERROR why = ERROR_INIT;
	char now[40], *next;
	int code = sync_begin(s, false, err);

	if (!code && recent) {
		code = nvd_one(s, "modified", &cursor, &why);
		/* That file was served empty or torn before; the years say the same. */
		recent = !code;
		if (code == ERR_NETWORK || code == ERR_INPUT) {
			sync_warn(s, _("%s: %s; the files of the years are read instead"), "modified", str_or_empty(why.why));
			code = 0;
		}
	}
	if (!code && !recent) {
		code = nvd_years(s, &cursor, err);
		next = cursor_put(cursor, "years", instant_format(s->now, now));
		free(cursor);
		cursor = next;
	}
	if (!code)
		code = sync_end(s, cursor, err);
	free(cursor);
	return code;
}

/* ---- pages by time of change */

/* "2026-11-21T13:00:00.000": without an offset it is UTC. */
static char *page_time(instant at)
{
	char text[40];

	return mem_format("%.19s.000", instant_format(at - at % INSTANT_SECOND, text));
}

/* One page, taken in. *RET_NEXT: index behind it; *RET_TOTAL. */
static int take_page(struct sync *s, const char *what, const char *url, const char *name, bool first, long index,
		     long *ret_next, long *ret_total, struct error *err)
{
	int total_at = 1, count_at = str_equal(what, "nvd-page") ? 3 : 2;
	struct job_answer answer = { 0 };
	struct wishes wishes = { 0 };
	struct wish *wish = wish_add(&wishes, url, name, ROLE_DATA);
	long count = 0;
	int code;

	wish->page = wish->keyed = wish->fresh = true;
	wish->pause = first ? 0 : (int)s->source->pause;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	if (!code)
		code = sync_listing(s, what, "", name, &answer, err);
	if (!code && answer.count == 1) {
		*ret_total = strtol(answer.rows[0].fields[total_at], NULL, 10);
		count = strtol(answer.rows[0].fields[count_at], NULL, 10);
	}
	job_answer_release(&answer);
	if (!code && count <= 0 && index < *ret_total)
		code = error_set(err, ERR_NETWORK, s->source->id, _("`feed sync` again goes on where it stopped"),
				 _("page %ld of %ld came empty"), index, *ret_total);
	*ret_next = index + count;
	return code || count <= 0 ? code : sync_take(s, name, err);
}

/* All pages of one window from INDEX on; the cursor says where it is. PREFIX begins the names of files. */
struct window { const char *query, *prefix, *cursor; };

static int nvd_window(struct sync *s, const struct window *w, long index, bool first, struct error *err)
{
	long total = index + 1, next;
	int code = 0;

	for (int page = 0; !code && index < total && page < PAGES_AT_MOST; page++) {
		AUTO_STRING url = mem_format("%s?resultsPerPage=%d&startIndex=%ld%s", s->source->url, NVD_PAGE, index, w->query);
		AUTO_STRING name = mem_format("%s-%06ld.json", w->prefix, index);
		AUTO_STRING cursor = NULL;

		code = take_page(s, "nvd-page", url, name, first && page == 0, index, &next, &total, err);
		index = next;
		s->progress.files_done = (size_t)index;
		cursor = mem_format("%s index=%ld", w->cursor, index);
		if (!code)
			code = sync_checkpoint(s, cursor, err);
	}
	return code;
}

static long cursor_index(const char *cursor)
{
	AUTO_STRING index = cursor_get(cursor, "index");

	return index ? strtol(index, NULL, 10) : 0;
}

/* All there is, by number; *RET_SINCE: from when on it must be asked for changes after it. */
static int nvd_everything(struct sync *s, instant *ret_since, struct error *err)
{
	instant before = cursor_time(s->cursor, "all");
	long index = before != INSTANT_NONE ? cursor_index(s->cursor) : 0;
	AUTO_STRING cursor = NULL;
	char text[40];

	*ret_since = before != INSTANT_NONE ? before : s->now;
	cursor = mem_format("all=%s", instant_format(*ret_since, text));
	return nvd_window(s, &(struct window){ "", "pages/all", cursor }, index, true, err);
}

/* Windows from SINCE to now, oldest first, each as long as the NVD allows. */
static int nvd_changes(struct sync *s, instant since, bool first, struct error *err)
{
	long index = cursor_time(s->cursor, "until") != INSTANT_NONE ? cursor_index(s->cursor) : 0;
	instant left_at = cursor_time(s->cursor, "to");
	int code = 0;

	for (instant from = since; !code && from < s->now;) {
		instant last = from + NVD_WINDOW * INSTANT_DAY - INSTANT_SECOND;
		instant to = index && left_at != INSTANT_NONE ? left_at : last < s->now ? last : s->now;
		AUTO_STRING begins = page_time(from), *ends = page_time(to);
		AUTO_STRING query = mem_format("&lastModStartDate=%s&lastModEndDate=%s", begins, ends);
		AUTO_STRING plain = mem_format("pages/%s-%s", begins, ends);
		AUTO_STRING prefix = sync_name(plain);
		char a[40], b[40];
		AUTO_STRING cursor = mem_format("until=%s to=%s", instant_format(from, a), instant_format(to, b));

		code = nvd_window(s, &(struct window){ query, prefix, cursor }, index, first, err);
		first = false;
		index = 0;
		from = to;
	}
	return code;
}

int sync_way_nvd(struct sync *s, struct error *err)
{
	instant since = cursor_time(s->cursor, "until");
	bool all = since == INSTANT_NONE || s->options->whole;
	AUTO_STRING cursor = NULL;
	char text[40];
	int code = sync_begin(s, false, err);

	/* The NVD's clock may lag: a quarter of an hour is asked for twice. */
	if (!code && all)
		code = nvd_everything(s, &since, err);
	else
		since -= cursor_index(s->cursor) ? 0 : 15 * INSTANT_MINUTE;
	if (!code && all)
		since -= 15 * INSTANT_MINUTE;
	if (!code)
		code = nvd_changes(s, since, !all, err);
	cursor = mem_format("until=%s", instant_format(s->now, text));
	return code ? code : sync_end(s, cursor, err);
}

int sync_way_euvd(struct sync *s, struct error *err)
{
	instant since = cursor_time(s->cursor, "until");
	long next, total = 1, index = 0;
	char from[40], to[40], text[40];
	AUTO_STRING cursor = NULL;
	int code = sync_begin(s, false, err);

	since = since == INSTANT_NONE || s->options->whole ? s->now - EUVD_FIRST_DAYS * INSTANT_DAY : since;
	instant_format_date(since - INSTANT_DAY, from);
	instant_format_date(s->now + INSTANT_DAY, to);
	for (long page = 0; !code && index < total && page < PAGES_AT_MOST; page++) {
		AUTO_STRING url = mem_format("%ssearch?fromUpdatedDate=%s&toUpdatedDate=%s&size=%d&page=%ld", s->source->url, from, to,
					     EUVD_PAGE, page);
		AUTO_STRING name = mem_format("pages/%s-%s-%05ld.json", from, to, page);

		code = take_page(s, "euvd-page", url, name, page == 0, index, &next, &total, err);
		index = next;
		if (!code)
			code = sync_checkpoint(s, s->cursor, err);
	}
	cursor = mem_format("until=%s", instant_format(s->now, text));
	return code ? code : sync_end(s, cursor, err);
}

/* ---- JVN: years in order, then the updates */

static const char *sum_of(const struct job_answer *sums, const char *name)
{
	for (size_t i = 0; i < sums->count; i++)
		if (str_equal(sums->rows[i].fields[1], name) && *sums->rows[i].fields[2])
			return sums->rows[i].fields[2];
	return NULL;
}

static void jvn_wish(struct sync *s, struct wishes *wishes, const char *path, const char *name, const struct job_answer *sums)
{
	AUTO_STRING url = mem_format("%s%s%s", s->source->url, path, name);
	struct wish *wish = wish_add(wishes, url, name, ROLE_DATA);

	wish->page = true;
	wish->sha256 = mem_string(sum_of(sums, name));
}

/* The file NAME, where the cursor does not say that it is in the store. */
static int jvn_take(struct sync *s, const char *name, char **cursor, struct error *err)
{
	AUTO_STRING before = cursor_get(*cursor, name), *part = mem_format("%.16s", sha256_of(s, name));
	char *next;
	int code;

	if (str_equal(before, part))
		return 0;
	code = sync_take(s, name, err);
	next = cursor_put(*cursor, name, part);
	free(*cursor);
	*cursor = next;
	return code ? code : sync_checkpoint(s, *cursor, err);
}

static int jvn_sums(struct sync *s, struct job_answer *ret, struct error *err)
{
	AUTO_STRING url = mem_format("%sfeed/checksum.txt", s->source->url);
	struct wishes wishes = { 0 };
	struct wish *wish = wish_add(&wishes, url, "checksum.txt", ROLE_HASH);
	int code;

	wish->optional = wish->fresh = true;
	code = sync_get(s, &wishes, err);
	if (!code && wishes.items[0].here)
		code = sync_listing(s, "checksums", "", "checksum.txt", ret, err);
	else if (!code)
		sync_warn(s, _("there is no checksum.txt: TLS alone vouches for its files"));
	wishes_release(&wishes);
	return code;
}

int sync_way_jvn(struct sync *s, struct error *err)
{
	char *cursor = mem_string(s->cursor), now[40], *next;
	instant years = cursor_time(cursor, "years");
	bool all = years == INSTANT_NONE || s->now - years >= WEEK * INSTANT_DAY || s->options->whole;
	struct job_answer sums = { 0 };
	struct wishes wishes = { 0 };
	int code = jvn_sums(s, &sums, err);

	for (int year = NVD_FIRST; !code && all && year <= instant_year(s->now); year++) {
		AUTO_STRING name = mem_format("jvndb_%d.rdf", year);

		jvn_wish(s, &wishes, "rss/years/", name, &sums);
	}
	if (!code) {
		jvn_wish(s, &wishes, "rss/", "jvndb.rdf", &sums);
		code = sync_get(s, &wishes, err);
	}
	if (!code)
		code = sync_begin(s, false, err);
	for (size_t i = 0; !code && i < wishes.count; i++)
		code = jvn_take(s, wishes.items[i].name, &cursor, err);
	if (!code && all) {
		next = cursor_put(cursor, "years", instant_format(s->now, now));
		free(cursor);
		cursor = next;
	}
	if (!code)
		code = sync_end(s, cursor, err);
	wishes_release(&wishes);
	job_answer_release(&sums);
	free(cursor);
	return code;
}
