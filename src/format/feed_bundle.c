/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's manifest, checked row by row, and the rule by which bundles follow each other. */
#include "psirtty/format/feed_bundle.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/tar.h"

enum { SOURCES = 10000, HASH = 64 };

char *feed_bundle_path(const char *sha256)
{
	return mem_format("data/%s", sha256);
}

bool feed_bundle_name_valid(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/";
	size_t length = strlen(name);

	if (!length || length > 240 || *name == '.' || *name == '/' || name[length - 1] == '/' || name[strspn(name, good)])
		return false;
	return !strstr(name, "//") && !strstr(name, "/.");
}

/* ---- checking */

static int bad(const char *what, const char *place, size_t index, const char *why, struct error *err)
{
	AUTO_STRING where = mem_format("%s, %s[%zu]", what, place, index);

	return error_set(err, ERR_INPUT, where, _("Have the bundle made again"), "%s", why);
}

static bool hash_valid(const char *text)
{
	return text && strlen(text) == HASH && text[strspn(text, "0123456789abcdef")] == '\0';
}

static bool id_valid(const char *id)
{
	return id && *id && *id != '.' && strlen(id) <= 60 && feed_bundle_name_valid(id) && !strchr(id, '/');
}

static bool texts_only(const json_t *map)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)map, key, value)
		if (!json_is_string(value))
			return false;
	return true;
}

static int check_source(const json_t *source, size_t index, json_t *seen, const char *what, struct error *err)
{
	static const char *const texts[] = { "kind", "title", "licence", "cursor" };
	const char *id = js_string(source, "id");
	const json_t *withdrawn = json_object_get(source, "withdrawn"), *removed = json_object_get(source, "removed");

	if (!id_valid(id) || json_object_get(seen, id))
		return bad(what, "sources", index, _("its id is none, or occurs twice"), err);
	json_object_set_new(seen, id, json_true());
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!js_string(source, texts[i]))
			return bad(what, "sources", index, _("it lacks kind, title, licence or cursor"), err);
	if ((withdrawn && (!json_is_object(withdrawn) || !texts_only(withdrawn))) || (removed && !json_is_array(removed)))
		return bad(what, "sources", index, _("what it withdraws or removes is malformed"), err);
	return 0;
}

static int check_member(const json_t *member, size_t index, const json_t *sources, json_t *seen, const char *what,
			struct error *err)
{
	const char *hash = js_string(member, "sha256"), *name = js_string(member, "name"), *source = js_string(member, "source");
	AUTO_STRING key = mem_format("%s/%s", str_or_empty(source), str_or_empty(name));
	AUTO_STRING path = hash_valid(hash) ? feed_bundle_path(hash) : NULL;

	if (!path || !str_equal(js_string(member, "path"), path))
		return bad(what, "members", index, _("its path is not that of its SHA-256"), err);
	if (!name || !feed_bundle_name_valid(name) || str_ends(name, ".part") || str_equal(name, "state.json"))
		return bad(what, "members", index, _("its name is none that is safe"), err);
	if (!source || !json_object_get(sources, source))
		return bad(what, "members", index, _("its source is not in the manifest"), err);
	if (json_object_get(seen, key))
		return bad(what, "members", index, _("it occurs twice"), err);
	json_object_set_new(seen, key, json_true());
	if (!js_string(member, "role") || !json_is_boolean(json_object_get(member, "included")) ||
	    js_integer(member, "size", -1) < 1 || (uint64_t)js_integer(member, "size", -1) > TAR_MEMBER_MAX)
		return bad(what, "members", index, _("it lacks role, size or whether it is included"), err);
	return 0;
}

static int check_head(const json_t *manifest, const char *what, struct error *err)
{
	long long version = js_integer(manifest, "version", 0), serial = js_integer(manifest, "serial", 0);
	const json_t *base = json_object_get(manifest, "base_serial");
	instant created;

	if (!str_equal(js_string(manifest, "format"), FEED_BUNDLE_FORMAT))
		return error_set(err, ERR_INPUT, what, NULL, _("it is no feed bundle"));
	if (version != FEED_BUNDLE_VERSION)
		return error_set(err, ERR_INPUT, what, _("Read it with a newer psirtty"), _("its format has version %lld, this program reads %d"),
				 version, FEED_BUNDLE_VERSION);
	if (serial < 1 || !id_valid(js_string(manifest, "producer")) || !js_string(manifest, "created") ||
	    instant_parse(js_string(manifest, "created"), &created, NULL))
		return error_set(err, ERR_INPUT, what, _("Have the bundle made again"), _("it lacks its serial, producer or time"));
	if (!json_is_null(base) && (!json_is_integer(base) || json_integer_value(base) < 1 || json_integer_value(base) >= serial))
		return error_set(err, ERR_INPUT, what, _("Have the bundle made again"), _("its base is not a serial before its own"));
	return 0;
}

int feed_bundle_check(const json_t *manifest, const char *what, struct error *err)
{
	AUTO_JSON sources = json_object();
	AUTO_JSON names = json_object();
	size_t i;
	json_t *item;
	int code = check_head(manifest, what, err);

	if (!code && (!json_is_array(json_object_get(manifest, "sources")) || !json_is_array(json_object_get(manifest, "members")) ||
		      json_array_size(js_array(manifest, "sources")) > SOURCES ||
		      json_array_size(js_array(manifest, "members")) > FEED_BUNDLE_MEMBERS))
		code = error_set(err, ERR_INPUT, what, _("Have the bundle made again"), _("it lacks its sources or its members, or has too many"));
	json_array_foreach(js_array(manifest, "sources"), i, item)
		if (!code)
			code = check_source(item, i, sources, what, err);
	json_array_foreach(js_array(manifest, "members"), i, item)
		if (!code)
			code = check_member(item, i, sources, names, what, err);
	return code;
}

/* ---- the order of bundles */

enum feed_bundle_verdict feed_bundle_judge(const json_t *manifest, uint64_t have)
{
	uint64_t serial = (uint64_t)js_integer(manifest, "serial", 0), base = (uint64_t)js_integer(manifest, "base_serial", 0);

	if (have == serial)
		return BUNDLE_ALREADY;
	if (have > serial)
		return BUNDLE_BACKWARDS;
	return base > have ? BUNDLE_BASE_MISSING : BUNDLE_APPLIES;
}

char *feed_bundle_why(const json_t *manifest, uint64_t have)
{
	long long serial = js_integer(manifest, "serial", 0), base = js_integer(manifest, "base_serial", 0);
	unsigned long long here = have;

	switch (feed_bundle_judge(manifest, have)) {
	case BUNDLE_ALREADY: return mem_format(_("bundle %lld is here already"), serial);
	case BUNDLE_BACKWARDS: return mem_format(_("bundle %lld is older than %llu, which is here"), serial, here);
	case BUNDLE_BASE_MISSING:
		return have ? mem_format(_("bundle %lld goes on from %lld, and %llu is here: one from %llu or before, up to %lld or later, is missing"),
					 serial, base, here, here, base) :
			      mem_format(_("bundle %lld goes on from %lld, and none is here: bring a full one first"), serial, base);
	default: return mem_string("");
	}
}
