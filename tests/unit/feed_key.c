/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of products: what must be found by one text, and what must not. */
#include "psirtty/format/feed_key.h"

#include "tap.h"

static const struct { const char *purl, *key; } purls[] = {
	{ "pkg:pypi/Jinja2@2.1", "pkg:pypi/jinja2" },
	{ "pkg:pypi/zope.interface", "pkg:pypi/zope-interface" },
	{ "pkg:pypi/ruamel_yaml._x", "pkg:pypi/ruamel-yaml-x" },
	{ "pkg:npm/%40angular/core@1?a=b#c", "pkg:npm/@angular/core" },
	{ "pkg:golang/github.com/Azure/go-autorest@v1#autorest", "pkg:golang/github.com/azure/go-autorest" },
	{ "pkg:maven/org.apache/Log4J@2", "pkg:maven/org.apache/Log4J" },
	{ "pkg:nuget/Newtonsoft.Json@9", "pkg:nuget/newtonsoft.json" },
	{ "pkg:cargo/serde_json@1", "pkg:cargo/serde-json" },
	{ "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12", "pkg:deb/debian/curl" },
	{ "pkg:generic/openssl", "pkg:generic/openssl" },
	{ "pkg:", NULL }, { "http://x", NULL }, { "", NULL },
};

static const struct { const char *cpe, *key; } cpes[] = {
	{ "cpe:2.3:a:haxx:curl:7.1:*:*:*:*:*:*:*", "cpe:haxx:curl" },
	{ "cpe:2.3:a:Foo\\!:bar\\:baz:*:*:*:*:*:*:*:*", "cpe:foo!:bar:baz" },
	{ "cpe:/o:redhat:enterprise_linux:6", "cpe:redhat:enterprise_linux" },
	{ "cpe:/a:x%21:y", "cpe:x!:y" },
	{ "cpe:2.3:*:boost", NULL }, { "cpe:2.3:a:v:*:1:*:*:*:*:*:*:*", NULL }, { "cpe:2.3:a:v:-:1", NULL },
	{ "cpe:2.3:a:*:curl:*", "cpe:*:curl" }, { "cpe:", NULL }, { "cpe:2.3:a::x:", NULL }, { "pkg:a/b", NULL },
};

static const struct { const char *ecosystem, *name, *key; } ecosystems[] = {
	{ "PyPI", "Jinja2", "pkg:pypi/jinja2" }, { "Go", "github.com/Foo/bar", "pkg:golang/github.com/foo/bar" },
	{ "Go", "stdlib", "pkg:golang/stdlib" }, { "npm", "@a/b", "pkg:npm/@a/b" }, { "npm", "c", "pkg:npm/c" },
	{ "Maven", "org.x:y", "pkg:maven/org.x/y" }, { "crates.io", "a_b", "pkg:cargo/a-b" },
	{ "Debian:12", "curl", "pkg:deb/debian/curl" }, { "Ubuntu:22.04:LTS", "curl", "pkg:deb/ubuntu/curl" },
	{ "Alpine:v3.17", "Curl", "pkg:apk/alpine/curl" }, { "Packagist", "a/B", "pkg:composer/a/b" },
	{ "Debianish", "curl", NULL }, { "", "x", NULL },
};

static const struct { const char *vendor, *name, *key; } names[] = {
	{ "Acme  Corp. ", " Web\tServer", "name:acme corp.:web server" }, { "n/a", "x", NULL }, { "x", "N/A", NULL },
	{ "unspecified", "x", NULL }, { " ", "x", NULL },
};

static const char *const others[] = { "pkg:pypi/jinja2", "pkg:apk/alpine/curl", "name:acme corp.:web server", "cpe:a:b", "cpe:", "name:",
				      "pkg:", "" };

static void check_keys(const struct feed_product *product, const char *expected, const char *what)
{
	struct text_list keys = { 0 };

	feed_keys(product, &keys);
	CHECK(expected ? keys.count == 1 && str_equal(keys.items[0], expected) : keys.count == 0, "%s: %s", what,
	      keys.count ? keys.items[0] : "none");
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CHECK(feed_key_finds(others[i], product) == text_list_has(&keys, others[i]), "%s: asked for %s", what, others[i]);
	if (expected)
		CHECK(feed_key_finds(expected, product), "%s: found by it", what);
	text_list_release(&keys);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(purls); i++)
		check_keys(&(struct feed_product){ .purl = (char *)(uintptr_t)purls[i].purl }, purls[i].key, purls[i].purl);
	for (size_t i = 0; i < ARRAY_LEN(cpes); i++) {
		char *cpe = (char *)(uintptr_t)cpes[i].cpe;

		check_keys(&(struct feed_product){ .cpes = { &cpe, 1, 1 } }, cpes[i].key, cpes[i].cpe);
	}
	for (size_t i = 0; i < ARRAY_LEN(ecosystems); i++)
		check_keys(&(struct feed_product){ .ecosystem = (char *)(uintptr_t)ecosystems[i].ecosystem,
						   .name = (char *)(uintptr_t)ecosystems[i].name },
			   ecosystems[i].key, ecosystems[i].ecosystem);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		check_keys(&(struct feed_product){ .vendor = (char *)(uintptr_t)names[i].vendor,
						   .name = (char *)(uintptr_t)names[i].name }, names[i].key, names[i].vendor);
	check_keys(&(struct feed_product){ .purl = (char *)(uintptr_t)"pkg:pypi/Jinja2@1",
					   .ecosystem = (char *)(uintptr_t)"PyPI", .name = (char *)(uintptr_t)"jinja2" },
		   "pkg:pypi/jinja2", "a purl and an ecosystem that say the same give one key");
	return tap_done();
}
