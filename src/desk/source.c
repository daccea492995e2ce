/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of vulnerability data as rows: read from YAML, written out for each ecosystem or branch, and what the handler's
 * settings change in them. */
#include "psirtty/desk/source.h"

#include <stddef.h>

#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/fetch.h"

enum { CADENCE = 24, STALE = 7 * 24, MOST = 512, FILE_LIMIT = 1 << 20, WORDS = 1000, ROWS = 10000 };

static const struct { const char *word, *help; } ways[WAY_COUNT] = {
#define X(name, word, help) [name] = { word, help },
	SOURCE_WAYS(X)
#undef X
};

const char *source_way_word(enum source_way way)
{
	return ways[way].word;
}

const char *source_way_help(enum source_way way)
{
	return _(ways[way].help);
}

/* ---- a row */

enum type { TEXT, NUMBER, FLAG, LIST, WAY, KIND };

static const struct field { const char *key; enum type type; size_t at; bool needed; } fields[] = {
	{ "id", TEXT, offsetof(struct source, id), true },
	{ "title", TEXT, offsetof(struct source, title), true },
	{ "way", WAY, offsetof(struct source, way), true },
	{ "kind", KIND, offsetof(struct source, kind), true },
	{ "url", TEXT, offsetof(struct source, url), false },
	{ "site", TEXT, offsetof(struct source, site), false },
	{ "licence", TEXT, offsetof(struct source, licence), true },
	{ "notice", TEXT, offsetof(struct source, notice), false },
	{ "size", TEXT, offsetof(struct source, size), true },
	{ "verify", TEXT, offsetof(struct source, verify), true },
	{ "words", LIST, offsetof(struct source, words), false },
	{ "cadence", NUMBER, offsetof(struct source, cadence), true },
	{ "stale", NUMBER, offsetof(struct source, stale), true },
	{ "quiet", NUMBER, offsetof(struct source, quiet), false },
	{ "pause", NUMBER, offsetof(struct source, pause), false },
	{ "most", NUMBER, offsetof(struct source, most), false },
	{ "off", FLAG, offsetof(struct source, off), false },
};

static void source_release(struct source *source)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].type == TEXT)
			free(*(char **)(void *)((char *)source + fields[i].at));
	for (size_t i = 0; i < source->word_count; i++)
		free(source->words[i]);
	free(source->words);
	free(source->key_file);
	free(source->each);
}

static int fault(const char *name, const struct conf *node, const char *why, struct error *err)
{
	AUTO_STRING place = mem_format("%s:%d", name, node->line);

	return error_set(err, ERR_INPUT, place, _("Compare it with the rows of data/feeds.yaml"), "%s: %s",
			 node->key ? node->key : _("source"), why);
}

static int set_words(const char *name, const struct conf *node, struct source *ret, struct error *err)
{
	if (node->kind != CONF_LIST || node->count > WORDS)
		return fault(name, node, _("it is a list of words"), err);
	ret->words = mem_alloc((node->count + 1) * sizeof(*ret->words));
	for (size_t i = 0; i < node->count; i++)
		ret->words[ret->word_count++] = mem_string(str_or_empty(node->items[i].text));
	return 0;
}

static int way_of(const char *word)
{
	for (int i = 0; i < WAY_COUNT; i++)
		if (str_equal(ways[i].word, word))
			return i;
	return -1;
}

static int kind_of(const char *word)
{
	for (int i = FEED_UNKNOWN + 1; i < FEED_KINDS; i++)
		if (str_equal(feed_kind_name((enum feed_kind)i), word))
			return i;
	return -1;
}

static int set_number(const char *name, const struct conf *node, long long *slot, struct error *err)
{
	char *end;
	long long number = strtoll(node->text, &end, 10);

	if (end == node->text || *end || number < 0 || number > 1 << 20)
		return fault(name, node, _("it is a number, 0 or more"), err);
	*slot = number;
	return 0;
}

static int set_field(const char *name, const struct field *field, const struct conf *node, struct source *ret,
		     struct error *err)
{
	char *slot = (char *)ret + field->at;
	int word;

	if (field->type == LIST)
		return set_words(name, node, ret, err);
	if (node->kind != CONF_SCALAR || !*str_or_empty(node->text))
		return fault(name, node, _("it is one value"), err);
	switch (field->type) {
	case NUMBER: return set_number(name, node, (long long *)(void *)slot, err);
	case FLAG:
		*(bool *)(void *)slot = str_equal(node->text, "true");
		return *(bool *)(void *)slot || str_equal(node->text, "false") ? 0 : fault(name, node, _("it is true or false"), err);
	case WAY:
		word = way_of(node->text);
		*(enum source_way *)(void *)slot = (enum source_way)word;
		return word < 0 ? fault(name, node, _("there is no such way"), err) : 0;
	case KIND:
		word = kind_of(node->text);
		*(enum feed_kind *)(void *)slot = (enum feed_kind)word;
		return word < 0 ? fault(name, node, _("there is no such kind of feed"), err) : 0;
	default:
		mem_replace((char **)(void *)slot, node->text);
		return 0;
	}
}

static const struct field *field_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_equal(fields[i].key, key))
			return &fields[i];
	return NULL;
}

static bool id_good(const char *id)
{
	return *id && strlen(id) <= 60 && *id != '.' &&
	       id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static int check_url(const char *name, const struct conf *row, const char *url, struct error *err)
{
	struct fetch_url parts = { 0 };
	AUTO_ERROR why = ERROR_INIT;
	int code = fetch_url_parse(url, &parts, &why);

	if (!code && parts.scheme != FETCH_HTTPS)
		code = error_set(&why, ERR_INPUT, url, NULL, _("it does not begin with https"));
	fetch_url_release(&parts);
	return code ? fault(name, row, why.why, err) : 0;
}

static int check_row(const char *name, const struct conf *row, const struct source *source, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].needed && !conf_get(row, fields[i].key)) {
			AUTO_STRING why = mem_format(_("it has no %s"), fields[i].key);

			return fault(name, row, why, err);
		}
	if (!id_good(source->id))
		return fault(name, row, _("an id has letters, digits, dot, underscore and hyphen"), err);
	if ((source->way == WAY_HAND) != !source->url)
		return fault(name, row, _("a source that is asked has a url, another has none"), err);
	return source->url && !strstr(source->url, "%s") ? check_url(name, row, source->url, err) : 0;
}

static int read_row(const char *name, const struct conf *row, struct source *ret, struct error *err)
{
	int code = row->kind == CONF_MAP ? 0 : fault(name, row, _("a source is a map"), err);

	*ret = (struct source){ .cadence = CADENCE, .stale = STALE, .most = MOST };
	for (size_t i = 0; !code && i < row->count; i++) {
		const struct field *field = field_of(row->items[i].key);

		if (field)
			code = set_field(name, field, &row->items[i], ret, err);
		else if (!str_equal(row->items[i].key, "each"))
			code = fault(name, &row->items[i], _("there is no such member"), err);
	}
	return code ? code : check_row(name, row, ret, err);
}

/* ---- all of them */

static int add_source(const char *name, const struct conf *row, struct source *source, struct sources *ret,
		      struct error *err)
{
	if (source_find(ret, source->id))
		return fault(name, row, _("its id occurs twice"), err);
	if (ret->count >= ROWS)
		return fault(name, row, _("there are too many"), err);
	ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(*ret->items));
	ret->items[ret->count++] = *source;
	*source = (struct source){ 0 };
	return 0;
}

/* WORD as it stands in an address, and as it stands in an id. */
static void each_words(const char *word, struct str *ret_url, struct str *ret_id)
{
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
			     c == '_' || c == '-';

		if (plain || c == '/')
			str_add_char(ret_url, (char)c);
		else
			str_add_format(ret_url, "%%%02X", c);
		str_add_char(ret_id, plain ? (char)c : '-');
	}
}

static void fill_in(char **slot, const char *word)
{
	const char *place = *slot ? strstr(*slot, "%s") : NULL;
	char *filled;

	if (!place)
		return;
	filled = mem_format("%.*s%s%s", (int)(place - *slot), *slot, word, place + 2);
	free(*slot);
	*slot = filled;
}

static int add_each(const char *name, const struct conf *row, const struct conf *each, struct sources *ret, struct error *err)
{
	int code = each->kind == CONF_LIST && each->count ? 0 : fault(name, each, _("it is a list of words"), err);

	for (size_t i = 0; !code && i < each->count; i++) {
		const char *word = str_or_empty(each->items[i].text);
		AUTO_STR url = STR_INIT;
		AUTO_STR id = STR_INIT;
		struct source source;

		code = read_row(name, row, &source, err);
		each_words(word, &url, &id);
		if (!code) {
			fill_in(&source.url, url.bytes);
			fill_in(&source.title, word);
			mem_free_string(&source.id);
			source.each = mem_string(url.bytes);
			source.id = mem_format("%s-%s", conf_text(row, "id", ""), id.bytes);
			code = id_good(source.id) ? check_url(name, row, source.url, err) :
						    fault(name, &each->items[i], _("that makes no id"), err);
		}
		if (!code)
			code = add_source(name, row, &source, ret, err);
		source_release(&source);
	}
	return code;
}

static int add_row(const char *name, const struct conf *row, struct sources *ret, struct error *err)
{
	const struct conf *each = row->kind == CONF_MAP ? conf_get(row, "each") : NULL;
	struct source source;
	int code;

	if (each)
		return add_each(name, row, each, ret, err);
	code = read_row(name, row, &source, err);
	if (!code)
		code = add_source(name, row, &source, ret, err);
	source_release(&source);
	return code;
}

int sources_parse(const char *text, size_t length, const char *name, struct sources *ret, struct error *err)
{
	const struct conf *rows;
	struct conf root;
	int code = conf_load(text, length, name, &root, err);

	if (code)
		return code;
	rows = root.kind == CONF_MAP ? conf_get(&root, "sources") : NULL;
	if (!rows || rows->kind != CONF_LIST || root.count != 1)
		code = fault(name, &root, _("it is a list of rows under `sources`"), err);
	for (size_t i = 0; !code && i < rows->count; i++)
		code = add_row(name, &rows->items[i], ret, err);
	conf_release(&root);
	return code;
}

/* ---- the handler's settings over them */

static void replace(char **slot, const char *value)
{
	if (value)
		mem_replace(slot, value);
}

static void lay_over(const struct settings_feed *feed, struct source *source)
{
	replace(&source->url, feed->url);
	replace(&source->title, feed->title);
	replace(&source->licence, feed->licence);
	replace(&source->key_file, feed->key_file);
	if (feed->pause >= 0)
		source->pause = feed->pause;
	if (feed->most >= 0)
		source->most = feed->most;
	source->off = (source->off || feed->off) && !feed->on;
	if (!feed->words)
		return;
	for (size_t i = 0; i < source->word_count; i++)
		free(source->words[i]);
	free(source->words);
	source->word_count = 0;
	while (feed->words[source->word_count])
		source->word_count++;
	source->words = mem_alloc((source->word_count + 1) * sizeof(*source->words));
	for (size_t i = 0; i < source->word_count; i++)
		source->words[i] = mem_string(feed->words[i]);
}

/* A source of the handler's own: where its data are of one kind, the way tells which. */
static int add_own(const struct settings_feed *feed, struct sources *ret, struct error *err)
{
	static const struct { const char *way; enum feed_kind kind; } own[] = {
		{ "csaf", FEED_CSAF }, { "csaf-archive", FEED_CSAF }, { "osv", FEED_OSV }, { "page", FEED_NEWS },
	};
	AUTO_STRING what = mem_format("feeds.%s", feed->name);
	struct source source = { .cadence = CADENCE, .stale = STALE, .most = MOST, .way = WAY_COUNT };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_equal(own[i].way, feed->way)) {
			source.way = (enum source_way)way_of(own[i].way);
			source.kind = own[i].kind;
		}
	if (source.way == WAY_COUNT || !feed->url)
		return error_set(err, ERR_INPUT, what, _("Give it `url` and `way` in psirtty.yaml; `psirtty feed status` names those that are known"),
				 _("there is no such source, and nothing says where one of your own is, or its way is none of csaf, csaf-archive, osv and page"));
	source.id = mem_string(feed->name);
	source.title = mem_string(feed->title ? feed->title : feed->name);
	source.licence = mem_string(feed->licence ? feed->licence : _("not stated"));
	source.size = mem_string(_("not known"));
	source.verify = mem_string(source.kind == FEED_CSAF ? "TLS, SHA-256 or SHA-512, OpenPGP" : "TLS");
	lay_over(feed, &source);
	ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(*ret->items));
	ret->items[ret->count++] = source;
	return 0;
}

/* Of a family ("osv") that is asked elsewhere; the caller frees. */
static char *member_url(const char *url, const char *each)
{
	char *filled;

	if (!url || !each)
		return NULL;
	filled = strstr(url, "%s") ? mem_string(url) : mem_format("%s%s%%s", url, str_ends(url, "/") ? "" : "/");
	fill_in(&filled, each);
	return filled;
}

static int apply_settings(const struct settings *settings, struct sources *ret, struct error *err)
{
	int code = 0;

	for (size_t f = 0; !code && f < settings->feed_count; f++) {
		const struct settings_feed *feed = &settings->feeds[f];
		bool any = false;

		for (size_t i = 0; i < ret->count; i++) {
			struct settings_feed each = *feed;
			AUTO_STRING url = NULL;

			if (!sources_named(ret, i, feed->name))
				continue;
			any = true;
			if (!str_equal(ret->items[i].id, feed->name)) {
				each.url = url = member_url(feed->url, ret->items[i].each);
				each.title = NULL;
			}
			lay_over(&each, &ret->items[i]);
		}
		code = any ? 0 : add_own(feed, ret, err);
	}
	return code;
}

int sources_load(const struct settings *settings, struct sources *ret, struct error *err)
{
	AUTO_STRING path = file_data("feeds.yaml");
	AUTO_STR text = STR_INIT;
	struct sources sources = { 0 };
	int code = file_read(path, FILE_LIMIT, &text, err);

	if (!code)
		code = sources_parse(text.bytes, text.length, path, &sources, err);
	if (!code && settings)
		code = apply_settings(settings, &sources, err);
	if (code)
		sources_release(&sources);
	else
		*ret = sources;
	return code;
}

void sources_release(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		source_release(&sources->items[i]);
	free(sources->items);
	*sources = (struct sources){ 0 };
}

const struct source *source_find(const struct sources *sources, const char *id)
{
	for (size_t i = 0; i < sources->count; i++)
		if (str_equal(sources->items[i].id, id))
			return &sources->items[i];
	return NULL;
}

bool sources_named(const struct sources *sources, size_t index, const char *name)
{
	const char *id = sources->items[index].id;
	size_t length = strlen(name);

	if (source_find(sources, name))
		return str_equal(id, name);
	return length && strncmp(id, name, length) == 0 && id[length] == '-';
}

/* ---- places */

char *feed_folder(const char *store)
{
	const char *slash = strrchr(store, '/');
	AUTO_STRING dir = slash ? mem_copy(store, (size_t)(slash - store)) : mem_string(".");

	return file_join(*dir ? dir : "/", "feeds");
}

/* ---- age */

enum source_age source_age(const struct source *source, instant synced, instant newest, instant now)
{
	if (synced == INSTANT_NONE)
		return SOURCE_ABSENT;
	if (now - synced >= source->stale * INSTANT_HOUR ||
	    (source->quiet && newest != INSTANT_NONE && now - newest >= source->quiet * INSTANT_HOUR))
		return SOURCE_STALE;
	return now - synced >= source->cadence * INSTANT_HOUR ? SOURCE_DUE : SOURCE_FRESH;
}

const char *source_age_word(enum source_age age)
{
	static const char *const words[] = { "absent", "fresh", "due", "stale" };

	return words[age];
}
