/* SPDX-License-Identifier: Apache-2.0 */
/* What the fake desk knows of flaws and components: a few sources of every age, a small store, one inventory. */
#include "fake.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "psirtty/desk/flaw.h"
#include "psirtty/desk/match.h"

static struct intel *store;
static struct inventory *inventory;
static char *dir;
bool fake_intel_there;

/* ---- the store */

static void leave(void)
{
	intel_close(store);
	inventory_free(inventory);
	if (dir)
		file_remove_tree(dir, NULL);
	free(dir);
}

static int put(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err)
{
	return intel_put(data, record, bytes, length, err);
}

static void take(const char *source, enum feed_kind kind, instant now, const char *text)
{
	const struct intel_run run = { .source = source, .kind = kind, .now = now, .whole = kind != FEED_CVE };
	const struct feed_sink sink = { .take = put, .data = store };
	struct feed_head head = FEED_HEAD_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (intel_begin(store, &run, &err) || feed_read_memory(source, text, strlen(text), &sink, &head, &err) ||
	    (kind == FEED_CVE && intel_fault(store, "CVE-2026-0666", "line 1: a string is not closed", NULL, 0, &err)) ||
	    intel_end(store, "", NULL, &err))
		BUG("the fake store: %s: %s", str_or_empty(err.what), str_or_empty(err.why));
}

static const char cve_text[] =
	"{\"dataType\":\"CVE_RECORD\",\"dataVersion\":\"5.1\",\"cveMetadata\":{\"cveId\":\"CVE-2026-0042\",\"state\":\"PUBLISHED\","
	"\"dateUpdated\":\"2026-11-19T10:00:00Z\"},\"containers\":{\"cna\":{\"title\":\"Frames are trusted\",\"descriptions\":[{\"lang\":\"en\","
	"\"value\":\"A length inside a frame is believed.\\u001b[31m\"}],\"affected\":[{\"vendor\":\"Example AG\",\"product\":\"libframe\","
	"\"versions\":[{\"version\":\"1.0\",\"lessThan\":\"1.4\",\"status\":\"affected\",\"versionType\":\"semver\"}]}],"
	"\"metrics\":[{\"cvssV3_1\":{\"version\":\"3.1\",\"vectorString\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\","
	"\"baseScore\":9.8,\"baseSeverity\":\"CRITICAL\"}}]}}}";
static const char osv_text[] =
	"{\"schema_version\":\"1.6.0\",\"id\":\"GHSA-aaaa-bbbb-cccc\",\"modified\":\"2026-11-20T08:00:00Z\",\"aliases\":[\"CVE-2026-0042\"],"
	"\"summary\":\"\\u5e27\\u957f\\u5ea6\\u672a\\u68c0\\u67e5\",\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
	"\"CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:L/A:L\"}],\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"libframe\","
	"\"purl\":\"pkg:pypi/libframe\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.4.1\"}]}]}]}";
static const char kev_text[] =
	"{\"title\":\"t\",\"catalogVersion\":\"2026.11.20\",\"dateReleased\":\"2026-11-20T00:00:00Z\",\"count\":1,\"vulnerabilities\":[{"
	"\"cveID\":\"CVE-2026-0042\",\"vendorProject\":\"Example AG\",\"product\":\"libframe\",\"vulnerabilityName\":\"Frames\","
	"\"dateAdded\":\"2026-11-20\",\"shortDescription\":\"d\",\"requiredAction\":\"a\",\"dueDate\":\"2026-12-11\","
	"\"knownRansomwareCampaignUse\":\"Unknown\",\"notes\":\"\",\"cwes\":[]}]}";

static void fill(void)
{
	static const double scores[] = { 0.00042, 0.00042, 0.0005, 0.02, 0.31, 0.87, 0.93 };

	take("cve", FEED_CVE, FAKE_NOW - 10 * INSTANT_DAY, cve_text);
	take("osv-PyPI", FEED_OSV, FAKE_NOW - INSTANT_DAY, osv_text);
	take("kev", FEED_KEV, FAKE_NOW - INSTANT_HOUR, kev_text);
	for (size_t i = 0; i < ARRAY_LEN(scores); i++) {
		AUTO_STRING text = mem_format("#model_version:v2026.01.01,score_date:2026-11-%02zuT00:00:00+0000\ncve,epss,percentile\n"
					      "CVE-2026-0042,%.5f,0.9%zu\n", 10 + i, scores[i], i);

		take("epss", FEED_EPSS, FAKE_NOW - (instant)(10 - i) * INSTANT_DAY, text);
	}
}

struct intel *desk_intel(struct desk *desk)
{
	(void)desk;
	if (fake_intel_there && !store) {
		const char *temporary = getenv("TMPDIR");
		AUTO_STRING path = NULL;

		dir = mem_format("%s/psirtty-frame-XXXXXX", temporary ? temporary : "/tmp");
		if (!mkdtemp(dir))
			BUG("no folder for the fake store");
		atexit(leave);
		path = mem_format("%s/intel.db", dir);
		if (intel_open(path, true, &store, NULL))
			BUG("no fake store");
		fill();
	}
	return fake_intel_there ? store : NULL;
}

/* ---- sources: one of every age */

int desk_flaw_sources(struct desk *desk, instant now, struct flaw_source **ret, size_t *ret_count, struct error *err)
{
	static const struct { const char *id, *title; enum source_age age; bool off, broken; int days; long records, faults; } rows[] = {
		{ "kev", "Known exploited", SOURCE_FRESH, false, false, 0, 1, 0 }, { "epss", "EPSS", SOURCE_DUE, false, false, 4, 1, 0 },
		{ "cve", "CVE List V5", SOURCE_STALE, false, true, 10, 1, 1 }, { "jvn", "JVN iPedia", SOURCE_ABSENT, false, false, -1, 0, 0 },
		{ "cnvd", "\xE5\x9B\xBD\xE5\xAE\xB6\xE6\xBC\x8F\xE6\xB4\x9E\xE5\xBA\x93", SOURCE_ABSENT, true, false, -1, 0, 0 },
	};

	(void)desk;
	(void)err;
	*ret_count = fake_intel_there ? ARRAY_LEN(rows) : 0;
	*ret = mem_alloc((*ret_count + 1) * sizeof(**ret));
	for (size_t i = 0; i < *ret_count; i++) {
		instant at = rows[i].days < 0 ? INSTANT_NONE : now - rows[i].days * INSTANT_DAY;

		(*ret)[i] = (struct flaw_source){ mem_string(rows[i].id), mem_string(rows[i].title), mem_string("Their terms apply."),
						  FEED_UNKNOWN, rows[i].age, true, rows[i].off, rows[i].broken, at, at, rows[i].records, rows[i].faults };
	}
	return 0;
}

/* The list of exploited flaws is as it should be, EPSS is too old. */
enum source_age desk_flaw_age(struct desk *desk, enum feed_kind kind, instant now)
{
	(void)desk;
	(void)now;
	return kind == FEED_KEV ? SOURCE_FRESH : SOURCE_STALE;
}

void flaw_sources_free(struct flaw_source *sources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(sources[i].id);
		free(sources[i].title);
		free(sources[i].notice);
	}
	free(sources);
}

/* ---- components */

static size_t component(const char *name, const char *version, const char *const *keys, size_t count)
{
	static const char *const licences[] = { "MIT" };
	AUTO_STRING purl = mem_format("pkg:pypi/%s@%s", name, version);
	const struct inventory_component one = { name, "", name, version, purl, "Example AG", { NULL, 0 }, { licences, 1 }, { keys, count } };

	return inventory_add(inventory, &one);
}

int desk_inventory(struct desk *desk, const struct bom *bom, const struct inventory **ret, struct error *err)
{
	static const char *const keys[] = { "pkg:pypi/libframe" };

	(void)desk;
	(void)bom;
	(void)err;
	if (!inventory) {
		size_t self, frame, zip, log;

		desk_intel(desk);
		inventory = inventory_new();
		self = component("gateway", "4.1", NULL, 0);
		frame = component("libframe", "1.3.2", keys, 1);
		zip = component("zipper", "0.9", NULL, 0);
		log = component("\xE6\x97\xA5\xE5\xBF\x97", "2.1", NULL, 0);
		inventory_depend(inventory, self, frame);
		inventory_depend(inventory, self, log);
		inventory_depend(inventory, frame, zip);
		inventory_finish(inventory);
	}
	*ret = inventory;
	return 0;
}

int desk_component_uses(struct desk *desk, const char *name, desk_use_fn fn, void *context, struct error *err)
{
	const struct model *model = desk_model(desk);

	for (size_t i = 0; i < model_bom_count(model); i++) {
		struct desk_use use = { .bom = model_bom(model, i) };

		desk_inventory(desk, use.bom, &use.inventory, err);
		for (size_t c = 1; c < inventory_count(use.inventory); c++)
			if (str_equal(inventory_at(use.inventory, c)->purl, name))
				use.index = c, fn(context, &use);
	}
	return 0;
}

const struct contact *desk_upstream(struct desk *desk, const struct inventory_component *one)
{
	return str_equal(one->name, "libframe") ? model_find_contact(desk_model(desk), "cn") : NULL;
}

void desk_path_text(const struct inventory *of, size_t index, struct str *ret)
{
	size_t path[8], count = inventory_path(of, index, path, ARRAY_LEN(path));

	for (size_t i = 0; i < count; i++)
		str_add_format(ret, "%s%s %s", i ? " > " : "", inventory_at(of, path[i])->name, inventory_at(of, path[i])->version);
}

/* ---- matches */

static json_t *evidence(const char *source, const char *record, const char *rule, const char *answer, const char *range,
			const char *why)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "source", source, "record", record, "rule", rule, "answer", answer,
			 "certain", !*why, "range", range, "why", why);
}

static json_t *places(void)
{
	return json_pack("{s:[{s:s, s:s, s:s, s:s, s:b, s:b, s:[o, o]}]}", "places", "version", "4.1", "component_version", "1.3.2", "path",
			 "gateway 4.1 > libframe 1.3.2", "answer", "affected", "certain", 1, "conflict", 1, "evidence",
			 evidence("osv-PyPI", "GHSA-aaaa-bbbb-cccc", "package", "affected", "< 1.4.1 (pypi)", ""),
			 evidence("cve", "CVE-2026-0042", "cna", "needs-a-look", ">= 1.0, < 1.4 (custom)", "the order of versions is a guess"));
}

int desk_matches(struct desk *desk, const struct desk_match_query *query, struct desk_match **ret, size_t *ret_count, struct error *err)
{
	static json_t *json;

	(void)desk;
	(void)query;
	(void)err;
	json = json ? json : places();
	*ret_count = fake_intel_there ? 2 : 0;
	*ret = mem_alloc(3 * sizeof(**ret));
	(*ret)[0] = (struct desk_match){ .id = "a1b2c3", .vulnerability = "CVE-2026-0042", .title = "Frames are trusted",
					 .product = "gateway", .component = "pkg:pypi/libframe", .answer = MATCH_YES, .certain = true,
					 .conflict = true, .exploited = true, .since = FAKE_NOW - INSTANT_DAY, .json = json };
	(*ret)[1] = (struct desk_match){ .id = "d4e5f6", .vulnerability = "CVE-2026-0043", .title = "\xE6\x97\xA5\xE5\xBF\x97\xE6\xB3\xA8\xE5\x85\xA5",
					 .product = "gateway", .component = "pkg:pypi/\xE6\x97\xA5\xE5\xBF\x97", .answer = MATCH_LOOK,
					 .since = FAKE_NOW - 2 * INSTANT_DAY, .json = json };
	return 0;
}

int desk_match_sources(struct desk *desk, const json_t **ret_sources, const json_t **ret_coverage, struct error *err)
{
	static json_t *coverage;

	(void)desk;
	(void)err;
	coverage = coverage ? coverage : json_pack("[{s:s, s:s}, {s:s, s:s}]", "type", "pkg:pypi", "state", "known", "type", "pkg:deb",
						   "state", "unknown");
	*ret_sources = NULL;
	*ret_coverage = coverage;
	return 0;
}
