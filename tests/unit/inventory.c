/* SPDX-License-Identifier: Apache-2.0 */
/* Components of a product version: ways, children, the compact form whole and broken, differences; facts of the registry. */
#include "psirtty/model/inventory.h"

#include "desk/inventory_private.h"
#include "model_world.h"
#include "tap.h"

static size_t add(struct inventory *inventory, const char *name, const char *version, const char *key)
{
	const char *const licences[] = { "MIT", "Apache-2.0" }, *const cpes[] = { "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*" };
	struct inventory_component c = { .ref = name, .name = name, .version = version, .supplier = "Acme",
					 .cpes = { cpes, version ? 1 : 0 }, .licences = { licences, 2 },
					 .keys = { &key, key ? 1 : 0 } };

	return inventory_add(inventory, &c);
}

/* app -> a -> b -> c, app -> c; d alone; e and f in a circle. */
static struct inventory *sample(void)
{
	struct inventory *inventory = inventory_new();

	add(inventory, "app", "1.0", NULL);
	add(inventory, "a", "1", "pkg:npm/a");
	add(inventory, "b", "2", "pkg:npm/b");
	add(inventory, "c", "3", "pkg:npm/c");
	add(inventory, "d", NULL, NULL);
	add(inventory, "e", "5", "pkg:npm/e");
	add(inventory, "f", "6", "pkg:npm/f");
	inventory_depend(inventory, 0, 1);
	inventory_depend(inventory, 1, 2);
	inventory_depend(inventory, 2, 3);
	inventory_depend(inventory, 0, 1);
	inventory_depend(inventory, 5, 6);
	inventory_depend(inventory, 6, 5);
	inventory_depend(inventory, 2, 2);
	inventory_depend(inventory, 99, 1);
	inventory_finish(inventory);
	return inventory;
}

static void add_path(const struct inventory *inventory, size_t index, struct str *ret)
{
	size_t path[8], count = inventory_path(inventory, index, path, 8);

	for (size_t i = 0; i < count; i++)
		str_add_format(ret, "%s%s", i ? ">" : "", inventory_at(inventory, path[i])->name);
}

static void test_ways(const struct inventory *inventory)
{
	static const struct { size_t index; const char *path; } rows[] = {
		{ 0, "app" }, { 1, "app>a" }, { 2, "app>a>b" }, { 3, "app>a>b>c" }, { 4, "app>d" }, { 5, "app>e" }, { 6, "app>e>f" },
	};
	size_t count, two[2];
	const uint32_t *children = inventory_children(inventory, 0, &count);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR path = STR_INIT;

		add_path(inventory, rows[i].index, &path);
		CHECK_STR(path.bytes, rows[i].path, "the shortest way");
	}
	CHECK(count == 3 && children[0] == 1 && children[1] == 4 && children[2] == 5, "what nothing leads to is of the product");
	CHECK(inventory_edges(inventory) == 5, "edges are counted as they were told, each once");
	CHECK(inventory_path(inventory, 3, two, 2) == 2 && two[0] == 2 && two[1] == 3, "a long way loses its beginning");
}

static void test_form(const struct inventory *inventory)
{
	AUTO_STR bytes = STR_INIT;
	AUTO_STR again = STR_INIT;
	struct inventory *copy = NULL;
	size_t whole = 0;

	inventory_write(inventory, &bytes);
	CHECK(inventory_read(bytes.bytes, bytes.length, &copy, NULL) == 0, "the compact form is read");
	inventory_write(copy, &again);
	CHECK(bytes.length == again.length && memcmp(bytes.bytes, again.bytes, bytes.length) == 0, "and written the same");
	CHECK(inventory_edges(copy) == 5 && inventory_at(copy, 2)->licences.count == 2, "with what it held");
	CHECK_STR(inventory_at(copy, 4)->version, "", "a version that is not there is empty");
	inventory_free(copy);
	for (size_t cut = 0; cut < bytes.length; cut++)
		if (inventory_read(bytes.bytes, cut, &copy, NULL) == 0) {
			inventory_free(copy);
			whole++;
		}
	CHECK(whole == 0, "cut anywhere it is refused");
	for (size_t at = 0; at < bytes.length; at++) {
		bytes.bytes[at] ^= 0x55;
		if (inventory_read(bytes.bytes, bytes.length, &copy, NULL) == 0)
			inventory_free(copy);
		bytes.bytes[at] ^= 0x55;
	}
	CHECK(true, "changed anywhere it is read or refused");
}

static void note_change(void *context, const char *name, const char *from, const char *to)
{
	str_add_format(context, "%s: %s -> %s\n", name, from, to);
}

static void test_diff(const struct inventory *inventory)
{
	struct inventory *other = inventory_new();
	AUTO_STR changes = STR_INIT;

	inventory_diff(inventory, inventory, note_change, &changes);
	CHECK_STR(changes.bytes, "", "nothing changed to itself");
	add(other, "app", "2.0", NULL);
	add(other, "a", "1", "pkg:npm/a");
	add(other, "b", "2.1", "pkg:npm/b");
	add(other, "b", "2", "pkg:npm/b");
	add(other, "d", "7", NULL);
	add(other, "x", "9", "pkg:npm/x");
	inventory_finish(other);
	inventory_diff(inventory, other, note_change, &changes);
	CHECK_STR(changes.bytes, "d: ? -> 7\npkg:npm/b: 2 -> 2, 2.1\npkg:npm/c: 3 -> \npkg:npm/e: 5 -> \npkg:npm/f: 6 -> \n"
				 "pkg:npm/x:  -> 9\n", "added, gone, and other versions");
	inventory_free(other);
}

/* ---- by which keys a component is known */

static void test_keys(void)
{
	static const struct { const char *purl, *cpe, *supplier, *name, *version, *keys; } rows[] = {
		{ "pkg:pypi/Tem.plate@2.1", NULL, NULL, "x", "2.1", "pkg:pypi/tem-plate" },
		{ "pkg:npm/%40s/a@1", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*", NULL, "x", "1", "pkg:npm/@s/a cpe:v:p" },
		{ "pkg:npm/a@2", NULL, NULL, "x", "1", "pkg:npm/a=2" },
		{ "pkg:deb/debian/libfoo3@3.0-1?upstream=foo", NULL, NULL, "x", "3.0-1", "pkg:deb/debian/foo" },
		{ "pkg:deb/debian/libfoo3@3.0-1%2Bb1?upstream=foo%403.0-1", NULL, NULL, "x", "3.0-1+b1", "pkg:deb/debian/foo=3.0-1" },
		{ "pkg:deb/debian/foo@3.0-1", NULL, NULL, "x", "3.0-1", "pkg:deb/debian/foo" },
		{ "pkg:apk/alpine/libfoo@3.0-r1?upstream=foo", NULL, NULL, "x", "3.0-r1", "pkg:apk/alpine/foo" },
		{ "pkg:rpm/redhat/foo-libs@1.1-6.el8?upstream=foo-1.1-6.el8.src.rpm", NULL, NULL, "x", "1.1-6.el8",
		  "pkg:rpm/redhat/foo pkg:rpm/redhat/foo-libs" },
		{ "pkg:rpm/redhat/foo@1.1-6.el8?epoch=1", NULL, NULL, "x", "1.1-6.el8", "pkg:rpm/redhat/foo=1:1.1-6.el8" },
		{ "pkg:rpm/redhat/a@1?upstream=odd.src.rpm", NULL, NULL, "x", "1", "pkg:rpm/redhat/odd pkg:rpm/redhat/a" },
		{ NULL, "cpe:/a:Acme:Web%2fX:2", NULL, "x", "2", "cpe:acme:web/x" },
		{ NULL, NULL, "Acme Inc", "Web  Server", "2", "name:acme inc:web server" },
		{ NULL, NULL, NULL, "web", "2", "" },
		{ "no purl", NULL, NULL, "web", "2", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sbom_component c = { .purl = mem_string(rows[i].purl), .supplier = mem_string(rows[i].supplier),
					    .name = mem_string(rows[i].name) };
		struct text_list keys = { NULL, 0, 0 };
		AUTO_STR all = STR_INIT;

		if (rows[i].cpe)
			text_list_add_text(&c.cpes, rows[i].cpe);
		desk_component_keys(&c, rows[i].version, &keys);
		for (size_t k = 0; k < keys.count; k++)
			str_add_format(&all, "%s%s", k ? " " : "", keys.items[k]);
		for (char *at = all.bytes; *at; at++)
			*at = *at == '\t' ? '=' : *at;
		CHECK_STR(all.bytes, rows[i].keys, rows[i].purl ? rows[i].purl : rows[i].name);
		text_list_release(&keys);
		text_list_release(&c.cpes);
		free(c.purl);
		free(c.supplier);
		free(c.name);
	}
}

/* ---- the registry */

static int tell(struct world *w, enum event_type type, json_t *body)
{
	return put_json(w, 0, type, body);
}

static json_t *decision(const char *match, const char *word, const char *reason, const char *in_case)
{
	json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s}", "match", match, "vulnerability", "CVE-2026-1", "product", "gateway",
				 "component", "pkg:npm/a", "decision", word);

	js_set_string(body, "reason", reason);
	js_set_string(body, "case", in_case);
	return body;
}

static json_t *bom(const char *product, const char *version, const char *sha256)
{
	json_t *file = json_pack("{s:i,s:s,s:s,s:s}", "size", 1, "sha256", "00", "object", "o", "key", "k");

	return json_pack("{s:s,s:s,s:s,s:s,s:i,s:O,s:o}", "product", product, "version", version, "format", "spdx-json", "sha256",
			 sha256, "components", 3, "source", file, "inventory", file);
}

static void test_boms(struct world *w)
{
	CHECK(tell(w, EVENT_SBOM_IMPORTED, bom("gateway", "1.0", "aa")) == ERR_NO, "no bill of materials without its product");
	tell(w, EVENT_PRODUCT_ADDED, json_pack("{s:s,s:s}", "product", "gateway", "name", "Gateway"));
	CHECK(tell(w, EVENT_SBOM_IMPORTED, bom("gateway", " ", "aa")) == ERR_NO, "nor without a version");
	CHECK(tell(w, EVENT_SBOM_IMPORTED, bom("gateway", "1.1", "bb")) == 0 && tell(w, EVENT_SBOM_IMPORTED, bom("gateway", "1.0", "aa")) == 0 &&
	      tell(w, EVENT_SBOM_IMPORTED, bom("gateway", "1.0", "cc")) == 0, "several are kept");
	CHECK(model_bom_count(w->model) == 3, "all of them");
	CHECK_STR(model_find_bom(w->model, "gateway", "1.0")->sha256, "cc", "of a version the newest counts");
	CHECK(!model_find_bom(w->model, "gateway", "2"), "and none of another");
	CHECK_STR(model_bom(w->model, 2)->version, "1.1", "in the order of versions");
}

static void test_upstream(struct world *w)
{
	tell(w, EVENT_UPSTREAM_SET, json_pack("{s:s,s:s,s:s}", "component", "pkg:npm/a", "contact", "acme", "note", "by mail"));
	tell(w, EVENT_UPSTREAM_SET, json_pack("{s:s,s:s}", "component", "pkg:npm/a", "note", ""));
	CHECK_STR(model_find_upstream(w->model, "pkg:npm/a")->contact, "acme", "what is not named stays");
	CHECK(!model_find_upstream(w->model, "pkg:npm/a")->note && !model_find_upstream(w->model, "x"), "an empty text clears");
	CHECK(tell(w, EVENT_UPSTREAM_SET, json_pack("{s:s}", "component", " ")) == ERR_NO, "a component has a name");
}

static void test_decisions(struct world *w)
{
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "dismissed", " ", NULL)) == ERR_NO, "dismissing needs a reason");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "taken", NULL, NULL)) == ERR_NO, "taking needs a case");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "dismissed", "not loaded", NULL)) == 0, "one handler dismisses");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "reopened", NULL, NULL)) == 0, "and it comes back");
	tell(w, EVENT_POLICY_SET, json_pack("{s:s}", "dismissals", "two"));
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "dismissed", "no", NULL)) == ERR_NO, "where two are wanted, one must ask");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "asked", "no", NULL)) == 0, "asked");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "dismissed", "no", NULL)) == ERR_NO, "who asked is not the second");
	w->member = 2;
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("aa", "dismissed", "no", NULL)) == 0, "another one is");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("bb", "taken", NULL, "X-1")) == 0, "taken");
	CHECK(tell(w, EVENT_MATCH_DECIDED, decision("bb", "watched", NULL, NULL)) == ERR_NO, "what is in a case is decided there");
	CHECK(model_decision_count(w->model) == 2 && model_find_decision(w->model, "bb")->decided == MATCH_TAKEN &&
	      !model_find_decision(w->model, "cc"), "what was decided last");
	CHECK_STR(model_find_decision(w->model, "bb")->case_id, "X-1", "with its case");
}

int main(void)
{
	struct inventory *inventory = sample();
	struct world w = world_new();

	test_ways(inventory);
	test_form(inventory);
	test_diff(inventory);
	inventory_free(inventory);
	test_keys();
	test_boms(&w);
	test_upstream(&w);
	test_decisions(&w);
	world_release(&w);
	return tap_done();
}
