/* SPDX-License-Identifier: Apache-2.0 */
/* Sources as rows: what is no row and on which line, families, settings laid over them, ages; and what listings of feeds say. */
#include "psirtty/desk/source.h"

#include "psirtty/format/feed_listing.h"
#include "tap.h"

#define ROW \
	"sources:\n  - id: a\n    title: A\n    way: page\n    kind: kev\n    url: https://h/a\n    licence: l\n    size: s\n" \
	"    verify: v\n    cadence: 24\n    stale: 72\n"

static void try_rows(void)
{
	static const struct { const char *text, *place; } rows[] = {
		{ ROW "    odd: 1\n", "f:12" },                     { ROW "    pause: -1\n", "f:12" },
		{ ROW "    pause: soon\n", "f:12" },                { ROW "    off: maybe\n", "f:12" },
		{ ROW "    words: one\n", "f:12" },                 { ROW "    each: []\n", "f:12" },
		{ ROW "    notice: {a: b}\n", "f:12" },             { ROW "  - id: b\n", "f:12" },
		{ "sources: 1\n", "f:1" },                          { "other: []\n", "f:1" },
		{ "sources:\n  - 1\n", "f:2" },                     { "sources:\n  - id: a\n    way: nosuch\n", "f:3" },
		{ "sources:\n  - id: a\n    kind: nosuch\n", "f:3" }, { "sources:\n  - id: a b\n", "f:2" },
	};
	struct sources sources = { 0 };

	CHECK(sources_parse(ROW, strlen(ROW), "f", &sources, NULL) == 0 && sources.count == 1 && sources.items[0].way == WAY_PAGE &&
	      sources.items[0].kind == FEED_KEV && sources.items[0].stale == 72, "a row");
	CHECK(sources_parse(ROW, strlen(ROW), "f", &sources, NULL) == ERR_INPUT, "the same id again");
	sources_release(&sources);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		int code = sources_parse(rows[i].text, strlen(rows[i].text), "f", &sources, &err);

		CHECK(code == ERR_INPUT && str_equal(err.what, rows[i].place), "refused on its line: %zu, %s", i, str_or_empty(err.what));
		sources_release(&sources);
	}
}

/* Of the needed members and the url none may be missing, and the url must be one. */
static void try_needed(void)
{
	static const char *const needed[] = { "id", "title", "way", "kind", "licence", "size", "verify", "cadence", "stale", "url" };

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		AUTO_STR text = STR_INIT;
		AUTO_STRING mark = mem_format("    %s:", needed[i]);
		struct sources sources = { 0 };
		const char *at = strstr(ROW, mark);

		str_add(&text, ROW);
		if (at)
			memset(text.bytes + (at - ROW), '#', 1);
		if (!at)
			CHECK(str_equal(needed[i], "id"), "only the id begins a row");
		else
			CHECK(sources_parse(text.bytes, text.length, "f", &sources, NULL) == ERR_INPUT, "without %s", needed[i]);
		sources_release(&sources);
	}
}

static void try_all(void)
{
	static const char settings_text[] = "feeds:\n  osv: {url: \"https://m/osv\"}\n  osv-PyPI: {pause: 9}\n  nvd: {url: \"https://m/n\", on: true}\n"
					    "  mine: {way: csaf, url: \"https://p.example\", words: [x]}\n";
	struct settings settings;
	struct sources sources = { 0 };
	const struct source *s;
	bool whole = true;

	settings_init(&settings);
	CHECK(settings_parse(settings_text, strlen(settings_text), "s", "/", &settings, NULL) == 0 && settings.feed_count == 4, "settings");
	CHECK(sources_load(&settings, &sources, NULL) == 0 && sources.count > 40, "the rows of data/feeds.yaml are good");
	for (size_t i = 0; i < sources.count; i++)
		whole = whole && *sources.items[i].title && *sources.items[i].licence && sources.items[i].stale >= sources.items[i].cadence;
	CHECK(whole, "each says what it is and under which licence");
	s = source_find(&sources, "osv-Rocky-Linux");
	CHECK_STR(s ? s->url : NULL, "https://m/osv/Rocky%20Linux", "a family is asked at a mirror");
	s = source_find(&sources, "osv-PyPI");
	CHECK(s && s->pause == 9 && str_equal(s->url, "https://m/osv/PyPI"), "and one of it has its own pause");
	s = source_find(&sources, "nvd");
	CHECK(s && !s->off && str_equal(s->url, "https://m/n"), "one that is off is on");
	s = source_find(&sources, "nvd-files");
	CHECK(s && !str_equal(s->url, "https://m/n"), "and what begins like it is another");
	s = source_find(&sources, "mine");
	CHECK(s && s->way == WAY_CSAF && s->kind == FEED_CSAF && s->word_count == 1, "one of one's own");
	sources_release(&sources);
	settings_release(&settings);
}

static void try_age(void)
{
	const struct source source = { .cadence = 24, .stale = 72, .quiet = 48 };
	const instant now = 1000 * INSTANT_DAY, hour = INSTANT_HOUR;
	static const struct { int synced, newest; enum source_age age; } rows[] = { /* hours ago; -1: none */
		{ -1, -1, SOURCE_ABSENT }, { -1, 1, SOURCE_ABSENT }, { 1, -1, SOURCE_FRESH }, { 23, 47, SOURCE_FRESH }, { 24, 47, SOURCE_DUE },
		{ 71, 1, SOURCE_DUE }, { 72, 1, SOURCE_STALE }, { 1, 48, SOURCE_STALE }, { 500, 500, SOURCE_STALE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(source_age(&source, rows[i].synced < 0 ? INSTANT_NONE : now - rows[i].synced * hour,
				 rows[i].newest < 0 ? INSTANT_NONE : now - rows[i].newest * hour, now) == rows[i].age,
		      "asked %d h ago, newest %d h old: %s", rows[i].synced, rows[i].newest, source_age_word(rows[i].age));
}

/* ---- listings */

static void note(void *context, const char *const *fields, size_t count)
{
	struct str *got = context;

	for (size_t i = 0; i < count; i++)
		str_add_format(got, "%s%s", i ? "|" : "", fields[i]);
	str_add_char(got, '\n');
}

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct { const char *what, *since, *text, *expected; } listings[] = {
	{ "releases", "", "[{\"tag_name\":\"t\",\"assets\":[{\"name\":\"n\",\"size\":5,\"digest\":\"sha256:ab\",\"browser_download_url\":\"u\"}]},"
	  "{\"draft\":true,\"assets\":[{\"name\":\"d\"}]}]", "asset|n|5|ab|u|t\n" },
	{ "releases", "", "{\"message\":\"API rate limit exceeded\"}", NULL },
	{ "nvd-page", "", "{\"totalResults\":7,\"startIndex\":2,\"timestamp\":\"x\",\"vulnerabilities\":[{},{}]}", "page|7|2|2|x|\n" },
	{ "nvd-page", "", "{}", NULL },
	{ "nvd-meta", "", "lastModifiedDate:a\r\nsize:3\r\nsha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\r\n",
	  "meta|a|3|" SUM "||\n" },
	{ "nvd-meta", "", "size:3\n", NULL }, { "nvd-meta", "", "<html>", NULL },
	{ "osv-changes", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00.5Z,A\n2026-01-02T00:00:00Z,B\nrubbish\n", "changed|A|2026-01-03T00:00:00.5Z|||\n" },
	{ "osv-changes", "", "2026-01-02T00:00:00Z\n", NULL }, { "osv-changes", "", "", "" },
	{ "csv", "", "\"a \"\"b\"\".json\",\"t\"\nc.json,u,v\n\n  d\n", "line|a \"b\".json|t|||\nline|c.json|u|||\nline|d||||\n" },
	{ "rolie", "", "{\"feed\":{\"entry\":[{\"id\":\"i\",\"updated\":\"u\",\"content\":{\"src\":\"s\"},\"link\":[{\"rel\":\"hash\",\"href\":\"h\"},"
	  "{\"rel\":\"signature\",\"href\":\"g\"}]},{\"id\":\"j\",\"link\":[{\"rel\":\"self\",\"href\":\"f\"}]}]}}", "entry|i|s|u|h|g\nentry|j|f|||\n" },
	{ "rolie", "", "{\"feed\":{}}", NULL },
	{ "provider", "", "{\"canonical_url\":\"c\",\"role\":\"r\",\"publisher\":{},\"distributions\":[{\"directory_url\":\"d\"},{\"rolie\":{\"feeds\":"
	  "[{\"tlp_label\":\"WHITE\",\"url\":\"f\"}]}}],\"public_openpgp_keys\":[{\"fingerprint\":\"p\",\"url\":\"k\"}]}",
	  "provider|c|r|||\ndirectory|d||||\nfeed|WHITE|f|||\nkey|p|k|||\n" },
	{ "provider", "", "{\"canonical_url\":\"c\"}", NULL },
	{ "aggregator", "", "{\"aggregator\":{},\"csaf_providers\":[{\"metadata\":{\"url\":\"u\"}}],\"csaf_publishers\":[{\"metadata\":{\"url\":\"v\"},"
	  "\"mirrors\":[\"m\"]}]}", "metadata|u||||\nmetadata|m||||\n" },
	{ "aggregator", "", "[]", NULL },
	{ "security-txt", "", "Contact: x\nCSAF: https://h/p\ncsaf:https://h/q\n", "metadata|https://h/p||||\nmetadata|https://h/q||||\n" },
	{ "hash", "", "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef  name", "hash|" SUM "||||\n" },
	{ "hash", "", "0123", NULL }, { "hash", "", "", NULL },
	{ "checksums", "", SUM "  a.rdf\nrubbish\n", "file|a.rdf|" SUM "|||\n" },
	{ "checksums", "", "[{\"filename\":\"a\",\"sha256\":\"b\"}]", "file|a|b|||\n" },
	{ "euvd-page", "", "{\"items\":[{}],\"total\":3}", "page|3|1|||\n" }, { "euvd-page", "", "{\"total\":3}", NULL },
	{ "first-line", "", "\n name \nother", "line|name||||\n" }, { "first-line", "", "\n\n", NULL },
	{ "nosuch", "", "", NULL },
};

static void try_listings(void)
{
	for (size_t i = 0; i < ARRAY_LEN(listings); i++) {
		AUTO_ERROR err = ERROR_INIT;
		AUTO_STR got = STR_INIT;
		int code = feed_listing(listings[i].what, listings[i].since, "n", listings[i].text, strlen(listings[i].text), note, &got, &err);

		if (listings[i].expected)
			CHECK_STR(code ? err.why : got.bytes, listings[i].expected, listings[i].what);
		else
			CHECK(code != 0 && err.why && *err.why, "%s: what is none is refused: %s", listings[i].what, str_or_empty(err.why));
	}
}

/* Cut anywhere, and with any byte another, a listing gives rows or a sentence. */
static void try_broken(void)
{
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_LEN(listings); i++)
		for (size_t at = 0; at < strlen(listings[i].text); at++) {
			AUTO_STRING text = mem_string(listings[i].text);
			AUTO_ERROR err = ERROR_INIT;
			AUTO_STR got = STR_INIT;

			bad += feed_listing(listings[i].what, "", "n", text, at, note, &got, &err) != 0 && !err.why;
			text[at] ^= 0x15;
			bad += feed_listing(listings[i].what, "", "n", text, strlen(text), note, &got, NULL) > 0;
		}
	CHECK(bad == 0, "cut or changed anywhere: rows or a sentence");
}

int main(void)
{
	try_rows();
	try_needed();
	try_all();
	try_age();
	try_listings();
	try_broken();
	return tap_done();
}
