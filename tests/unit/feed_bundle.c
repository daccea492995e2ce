/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's manifest: every member that a reader relies on, left out, of another type or led astray, is refused; the rule
 * by which bundles follow each other, for every pair of small serials. */
#include "psirtty/format/feed_bundle.h"
#include "tap.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char good[] =
	"{\"format\":\"psirtty-feed-bundle\",\"version\":1,\"producer\":\"a1\",\"serial\":7,\"base_serial\":3,"
	"\"created\":\"2026-11-21T00:00:00Z\",\"sources\":[{\"id\":\"kev\",\"kind\":\"kev\",\"title\":\"t\",\"licence\":\"l\","
	"\"cursor\":\"\",\"removed\":[],\"withdrawn\":{\"A\":\"2026-11-21T00:00:00Z\"}}],"
	"\"members\":[{\"path\":\"data/" HASH "\",\"source\":\"kev\",\"name\":\"kev.json\",\"role\":\"data\",\"sha256\":\"" HASH
	"\",\"size\":5,\"included\":true}]}";

static json_t *manifest(void)
{
	json_t *json = NULL;

	if (js_load(good, strlen(good), sizeof(good), "manifest", &json, NULL))
		BUG("the manifest of the test is malformed");
	return json;
}

static bool refused(const json_t *json)
{
	AUTO_ERROR err = ERROR_INIT;
	int code = feed_bundle_check(json, "m", &err);

	return code == ERR_INPUT && err.why && *err.why && err.what && *err.what;
}

static json_t *part_of(json_t *json, const char *part)
{
	return *part ? json_array_get(json_object_get(json, part), 0) : json;
}

/* PART: "" the top, "sources" or "members" their first. VALUE: JSON, or NULL to leave it out. */
static const struct { const char *part, *key, *value; } wrong[] = {
	{ "", "format", NULL }, { "", "format", "\"other\"" }, { "", "version", NULL }, { "", "version", "2" }, { "", "version", "\"1\"" },
	{ "", "producer", NULL }, { "", "producer", "\"\"" }, { "", "producer", "\"../a\"" }, { "", "producer", "7" },
	{ "", "serial", NULL }, { "", "serial", "0" }, { "", "serial", "-1" }, { "", "serial", "\"7\"" },
	{ "", "base_serial", "7" }, { "", "base_serial", "8" }, { "", "base_serial", "0" }, { "", "base_serial", "\"3\"" }, { "", "base_serial", "-1" },
	{ "", "base_serial", NULL },
	{ "", "created", NULL }, { "", "created", "\"yesterday\"" }, { "", "sources", NULL }, { "", "sources", "{}" },
	{ "", "members", NULL }, { "", "members", "7" },
	{ "sources", "id", NULL }, { "sources", "id", "\"a/b\"" }, { "sources", "id", "\".\"" }, { "sources", "id", "\"..\"" }, { "sources", "id", "\"\"" },
	{ "sources", "id", "\".bundles\"" }, { "sources", "kind", NULL }, { "sources", "title", NULL }, { "sources", "licence", NULL },
	{ "sources", "cursor", NULL }, { "sources", "cursor", "5" }, { "sources", "removed", "{}" }, { "sources", "withdrawn", "[]" },
	{ "sources", "withdrawn", "{\"a\":1}" },
	{ "members", "path", NULL }, { "members", "path", "\"data/x\"" }, { "members", "path", "\"/etc/passwd\"" }, { "members", "sha256", NULL },
	{ "members", "sha256", "\"0123\"" }, { "members", "sha256", "\"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\"" },
	{ "members", "source", NULL }, { "members", "source", "\"other\"" }, { "members", "name", NULL }, { "members", "name", "\"\"" },
	{ "members", "name", "\"../kev.json\"" }, { "members", "name", "\"a/../../b\"" }, { "members", "name", "\"/a\"" }, { "members", "name", "\"a//b\"" },
	{ "members", "name", "\"a/.b\"" }, { "members", "name", "\".a\"" }, { "members", "name", "\"a/\"" }, { "members", "name", "\"a b\"" },
	{ "members", "name", "\"a\\u202eb\"" }, { "members", "name", "\"state.json\"" }, { "members", "name", "\"a.part\"" }, { "members", "role", NULL },
	{ "members", "size", NULL }, { "members", "size", "0" }, { "members", "size", "-5" }, { "members", "size", "8589934592" },
	{ "members", "included", NULL }, { "members", "included", "1" },
};

static void try_wrong(void)
{
	AUTO_JSON whole = manifest();

	CHECK(feed_bundle_check(whole, "m", NULL) == 0, "the manifest is good as it is");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		AUTO_JSON json = manifest();
		json_t *part = part_of(json, wrong[i].part);

		if (wrong[i].value)
			json_object_set_new(part, wrong[i].key, json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
		else
			json_object_del(part, wrong[i].key);
		CHECK(refused(json), "%s %s %s", wrong[i].part, wrong[i].key, wrong[i].value ? wrong[i].value : "left out");
	}
}

static void try_twice(void)
{
	static const char *const parts[] = { "sources", "members" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO_JSON json = manifest();
		json_t *list = json_object_get(json, parts[i]);

		json_array_append(list, json_array_get(list, 0));
		CHECK(refused(json), "the same twice in %s", parts[i]);
	}
}

/* A second formulation: what a room with HAVE may do with SERIAL after BASE. */
static enum feed_bundle_verdict expected(uint64_t serial, uint64_t base, uint64_t have)
{
	if (serial == have)
		return BUNDLE_ALREADY;
	if (base <= have && have < serial)
		return BUNDLE_APPLIES;
	return have > serial ? BUNDLE_BACKWARDS : BUNDLE_BASE_MISSING;
}

static void try_order(void)
{
	size_t good_ones = 0, all = 0, with_reason = 0;

	for (uint64_t serial = 1; serial < 8; serial++)
		for (uint64_t base = 0; base < serial; base++)
			for (uint64_t have = 0; have < 9; have++) {
				AUTO_JSON json = manifest();
				AUTO_STRING why = NULL;
				enum feed_bundle_verdict verdict;

				js_set_integer(json, "serial", (long long)serial);
				json_object_set_new(json, "base_serial", base ? json_integer((json_int_t)base) : json_null());
				verdict = feed_bundle_judge(json, have);
				why = feed_bundle_why(json, have);
				all++;
				good_ones += verdict == expected(serial, base, have) && feed_bundle_check(json, "m", NULL) == 0;
				with_reason += (verdict == BUNDLE_APPLIES) == !*why;
			}
	CHECK(good_ones == all, "%zu of %zu orders as the rule has it", good_ones, all);
	CHECK(with_reason == all, "each refusal has its sentence");
}

int main(void)
{
	try_wrong();
	try_twice();
	try_order();
	return tap_done();
}
