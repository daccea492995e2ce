/* SPDX-License-Identifier: Apache-2.0 */
/* By which names products are found: purls, CPE names and what a CNA calls them, folded to one text each. */
#include "psirtty/format/feed_key.h"

#include "psirtty/score/purl.h"

enum { PART_LIMIT = 256 };

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static void add_folded(struct str *ret, const char *text)
{
	for (; *text; text++)
		str_add_char(ret, fold(*text));
}

/* ---- package URLs */

/* PEP 503: any run of "-", "_" and "." is one dash. */
static void add_python(struct str *ret, const char *text)
{
	bool run = false;

	for (; *text; text++) {
		bool dash = *text == '-' || *text == '_' || *text == '.';

		if (!dash)
			str_add_char(ret, fold(*text));
		else if (!run)
			str_add_char(ret, '-');
		run = dash;
	}
}

/* crates.io takes "_" and "-" for one letter. */
static void add_crate(struct str *ret, const char *text)
{
	for (; *text; text++)
		str_add_char(ret, *text == '_' ? '-' : fold(*text));
}

/* Types whose registries tell "A" and "a" apart keep their letters; those not named here do. */
static const struct { const char *type; void (*add)(struct str *ret, const char *text); } folds[] = {
	{ "alpm", add_folded },     { "apk", add_folded },   { "bitbucket", add_folded }, { "bitnami", add_folded },
	{ "cargo", add_crate },     { "composer", add_folded }, { "deb", add_folded },    { "gem", add_folded },
	{ "github", add_folded },   { "golang", add_folded }, { "hex", add_folded },      { "npm", add_folded },
	{ "nuget", add_folded },    { "pub", add_folded },   { "pypi", add_python },
};

static void add_package(struct str *ret, const char *type, const char *space, const char *name)
{
	void (*add)(struct str *, const char *) = str_add;

	for (size_t i = 0; i < ARRAY_LEN(folds); i++)
		if (str_equal(folds[i].type, type))
			add = folds[i].add;
	str_add_format(ret, "pkg:%s/", type);
	if (space && *space) {
		add(ret, space);
		str_add_char(ret, '/');
	}
	add(ret, name);
}

bool feed_key_purl(const char *purl, struct str *ret)
{
	AUTO_ERROR none = ERROR_INIT;
	AUTO_STR repairs = STR_INIT;
	AUTO_PURL parts = PURL_INIT;

	if (!str_starts_nocase(purl, "pkg:") || purl_parse_lenient(purl, &parts, &repairs, &none))
		return false;
	add_package(ret, parts.type, parts.space, parts.name);
	return true;
}

/* OSV's ecosystems: the purl's type, its namespace, and what parts a name into namespace and name. */
static const struct { const char *ecosystem, *type, *space; char mark; } ecosystems[] = {
	{ "AlmaLinux", "rpm", "almalinux", 0 },  { "Alpine", "apk", "alpine", 0 },   { "Bitnami", "bitnami", NULL, 0 },
	{ "CRAN", "cran", NULL, 0 },             { "Chainguard", "apk", "chainguard", 0 }, { "ConanCenter", "conan", NULL, 0 },
	{ "Debian", "deb", "debian", 0 },        { "Go", "golang", NULL, '/' },      { "Hackage", "hackage", NULL, 0 },
	{ "Hex", "hex", NULL, 0 },               { "Julia", "julia", NULL, 0 },      { "Mageia", "rpm", "mageia", 0 },
	{ "Maven", "maven", NULL, ':' },         { "NuGet", "nuget", NULL, 0 },      { "Packagist", "composer", NULL, '/' },
	{ "Pub", "pub", NULL, 0 },               { "PyPI", "pypi", NULL, 0 },        { "Red Hat", "rpm", "redhat", 0 },
	{ "Rocky Linux", "rpm", "rocky-linux", 0 }, { "RubyGems", "gem", NULL, 0 },  { "SUSE", "rpm", "suse", 0 },
	{ "SwiftURL", "swift", NULL, '/' },      { "Ubuntu", "deb", "ubuntu", 0 },   { "Wolfi", "apk", "wolfi", 0 },
	{ "crates.io", "cargo", NULL, 0 },       { "npm", "npm", NULL, '/' },        { "openEuler", "rpm", "openeuler", 0 },
	{ "openSUSE", "rpm", "opensuse", 0 },
};

/* "Debian:12" is Debian: a release does not count. */
static bool is_ecosystem(const char *given, const char *name)
{
	size_t length = strlen(name);

	return strncmp(given, name, length) == 0 && (given[length] == '\0' || given[length] == ':');
}

static bool key_of_ecosystem(const struct feed_product *product, struct str *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++) {
		const char *name = product->name, *cut;
		AUTO_STRING space = NULL;

		if (!is_ecosystem(product->ecosystem, ecosystems[i].ecosystem))
			continue;
		cut = ecosystems[i].mark ? strrchr(name, ecosystems[i].mark) : NULL;
		space = cut ? mem_copy(name, (size_t)(cut - name)) : mem_string(ecosystems[i].space);
		add_package(ret, ecosystems[i].type, space, cut ? cut + 1 : name);
		return true;
	}
	return false;
}

/* ---- CPE names */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : fold(c) >= 'a' && fold(c) <= 'f' ? fold(c) - 'a' + 10 : -1;
}

/* One component, without its quoting, to the colon behind it. NULL when it is too long. */
static const char *read_component(const char *at, bool uri, struct str *ret)
{
	size_t before = ret->length;

	for (; *at && *at != ':'; at++) {
		int high = uri && *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;

		if (low >= 0) {
			str_add_char(ret, fold((char)(high << 4 | low)));
			at += 2;
		} else {
			if (!uri && *at == '\\' && at[1])
				at++;
			str_add_char(ret, fold(*at));
		}
	}
	return ret->length - before <= PART_LIMIT && ret->length > before ? at : NULL;
}

/* Not read by cpe_parse(): a feed holds hundreds of thousands of them, and those that are broken count here. */
bool feed_key_cpe(const char *cpe, struct str *ret)
{
	bool uri = str_starts_nocase(cpe, "cpe:/");
	const char *at = uri ? cpe + 5 : str_starts_nocase(cpe, "cpe:2.3:") ? cpe + 8 : NULL;
	AUTO_STR key = STR_INIT;
	size_t product;

	at = at ? strchr(at, ':') : NULL;
	if (!at)
		return false;
	str_add(&key, "cpe:");
	at = read_component(at + 1, uri, &key);
	if (!at || *at != ':')
		return false;
	str_add_char(&key, ':');
	product = key.length;
	at = read_component(at + 1, uri, &key);
	if (!at || str_equal(key.bytes + product, "*") || str_equal(key.bytes + product, "-"))
		return false;
	str_add_bytes(ret, key.bytes, key.length);
	return true;
}

/* ---- names as a CNA gives them */

static bool says_nothing(const char *text)
{
	static const char *const words[] = { "", "n/a", "na", "-", "*", "unknown", "unspecified", "none" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i], text))
			return true;
	return false;
}

/* In small letters, runs of blanks as one, none at the ends. */
static void add_name(struct str *ret, const char *text)
{
	size_t before = ret->length;
	bool blank = false;

	for (; *text; text++) {
		if (strchr(" \t\r\n", *text)) {
			blank = ret->length > before;
			continue;
		}
		if (blank)
			str_add_char(ret, ' ');
		blank = false;
		str_add_char(ret, fold(*text));
	}
}

static bool key_of_names(const struct feed_product *product, struct str *ret)
{
	AUTO_STR vendor = STR_INIT;
	AUTO_STR name = STR_INIT;

	add_name(&vendor, product->vendor);
	add_name(&name, product->name);
	if (says_nothing(vendor.bytes) || says_nothing(name.bytes) || vendor.length > PART_LIMIT || name.length > PART_LIMIT)
		return false;
	str_add_format(ret, "name:%s:%s", vendor.bytes, name.bytes);
	return true;
}

/* ---- all of a product */

static void add_once(struct text_list *ret, struct str *key, bool found)
{
	if (found && !text_list_has(ret, key->bytes))
		text_list_add(ret, key->bytes, key->length);
	str_reset(key);
}

void feed_keys(const struct feed_product *product, struct text_list *ret)
{
	AUTO_STR key = STR_INIT;

	if (product->purl)
		add_once(ret, &key, feed_key_purl(product->purl, &key));
	if (product->ecosystem && product->name)
		add_once(ret, &key, key_of_ecosystem(product, &key));
	for (size_t i = 0; i < product->cpes.count; i++)
		add_once(ret, &key, feed_key_cpe(product->cpes.items[i], &key));
	if (product->vendor && product->name)
		add_once(ret, &key, key_of_names(product, &key));
}

static bool is_key(struct str *key, bool found, const char *wanted)
{
	bool same = found && str_equal(key->bytes, wanted);

	str_reset(key);
	return same;
}

bool feed_key_finds(const char *key, const struct feed_product *product)
{
	AUTO_STR made = STR_INIT;

	if (str_starts(key, "name:"))
		return product->vendor && product->name && is_key(&made, key_of_names(product, &made), key);
	if (str_starts(key, "pkg:"))
		return (product->purl && is_key(&made, feed_key_purl(product->purl, &made), key)) ||
		       (product->ecosystem && product->name && is_key(&made, key_of_ecosystem(product, &made), key));
	for (size_t i = 0; i < product->cpes.count; i++)
		if (is_key(&made, feed_key_cpe(product->cpes.items[i], &made), key))
			return true;
	return false;
}
