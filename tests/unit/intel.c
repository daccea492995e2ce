/* SPDX-License-Identifier: Apache-2.0 */
/* The intelligence store: what comes in is what is read back; runs, withdrawals, names that join, words, EPSS. */
#include "psirtty/vault/intel.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/format/feed_pack.h"

#include "tap.h"

#define DAY(n) ((instant)(20000 + (n)) * INSTANT_DAY)

static char *path;

/* ---- putting */

static int put_one(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err)
{
	return intel_put(data, record, bytes, length, err);
}

static void fault_one(void *data, const char *where, const char *why)
{
	(void)intel_fault(data, where, why, NULL, 0, NULL);
}

static struct intel *store(bool write)
{
	AUTO_ERROR err = ERROR_INIT;
	struct intel *intel = NULL;

	if (intel_open(path, write, &intel, &err))
		printf("# %s: %s\n", err.what, err.why);
	return intel;
}

static void begin(struct intel *intel, const char *source, enum feed_kind kind, bool whole, int day)
{
	const struct intel_run run = { .source = source, .kind = kind, .now = DAY(day), .whole = whole };

	CHECK_QUIET(intel_begin(intel, &run, NULL) == 0, "a run begins");
}

static void feed(struct intel *intel, const char *text)
{
	const struct feed_sink sink = { put_one, fault_one, intel };
	struct feed_head head = FEED_HEAD_INIT;
	AUTO_ERROR err = ERROR_INIT;

	CHECK_QUIET(feed_read_memory("x", text, strlen(text), &sink, &head, &err) == 0, "a feed is read: %s",
		    str_or_empty(err.why));
	intel_newest(intel, head.newest);
}

static struct intel_done end(struct intel *intel)
{
	struct intel_done done = { 0 };

	CHECK_QUIET(intel_end(intel, "", &done, NULL) == 0, "a run ends");
	return done;
}

#define CVE(id, updated, text) \
	"{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"" id "\",\"state\":\"PUBLISHED\",\"dateUpdated\":\"" \
	updated "\"},\"containers\":{\"cna\":{\"descriptions\":[{\"lang\":\"en\",\"value\":\"" text "\"}],\"affected\":[" \
	"{\"vendor\":\"Acme\",\"product\":\"Web Server\",\"versions\":[{\"version\":\"1\",\"lessThan\":\"2\"," \
	"\"status\":\"affected\",\"versionType\":\"semver\"}]}]}}}"
#define OSV(id, aliases, name) \
	"{\"schema_version\":\"1.6.0\",\"id\":\"" id "\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[" aliases "]," \
	"\"summary\":\"of " name "\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"" name "\"}}]}"

/* ---- reading */

struct seen { struct str text; int count; };

static int note_witness(void *context, const struct intel_witness *witness, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	seen->count++;
	str_add_format(&seen->text, "%s:%s%s ", witness->source, witness->record->id, witness->gone ? "-" : "");
	return 0;
}

static int note_product(void *context, const struct intel_witness *witness, const struct feed_product *product,
			struct error *err)
{
	struct seen *seen = context;

	(void)err;
	seen->count++;
	str_add_format(&seen->text, "%s:%s:%s<%s ", witness->source, witness->record->id, str_or_empty(product->name),
		       product->count ? str_or_empty(product->ranges[0].to) : "");
	return 0;
}

static void check_witnesses(struct intel *intel, const char *id, const char *expected, const char *what)
{
	struct seen seen = { STR_INIT, 0 };

	CHECK_QUIET(intel_witnesses(intel, id, note_witness, &seen, NULL) == 0, "witnesses");
	CHECK_STR(seen.text.bytes, expected, what);
	str_release(&seen.text);
}

static void check_products(struct intel *intel, const char *key, const char *expected, const char *what)
{
	struct seen seen = { STR_INIT, 0 };

	CHECK_QUIET(intel_products(intel, key, note_product, &seen, NULL) == 0, "products");
	CHECK_STR(seen.text.bytes, expected, what);
	str_release(&seen.text);
}

static void check_search(struct intel *intel, const char *query, const char *expected, const char *what)
{
	AUTO_STR text = STR_INIT;
	struct intel_hit *hits = NULL;
	AUTO_ERROR err = ERROR_INIT;
	size_t count = 0;

	CHECK_QUIET(intel_search(intel, query, 20, &hits, &count, &err) == 0, "search: %s", str_or_empty(err.why));
	for (size_t i = 0; i < count; i++)
		str_add_format(&text, "%s ", hits[i].id);
	intel_hits_free(hits, count);
	CHECK_STR(text.bytes, expected, what);
}

static int note_source(void *context, const struct intel_source *source, struct error *err)
{
	char buffer[40];

	(void)err;
	str_add_format(context, "%s %ld %ld %s%s ", source->id, source->records, source->faults,
		       source->newest == INSTANT_NONE ? "-" : instant_format_date(source->newest, buffer),
		       source->broken_off ? "!" : "");
	return 0;
}

static void check_sources(struct intel *intel, const char *expected, const char *what)
{
	AUTO_STR text = STR_INIT;

	CHECK_QUIET(intel_sources(intel, note_source, &text, NULL) == 0, "sources");
	CHECK_STR(text.bytes, expected, what);
}

/* ---- the tests */

static void test_records(void)
{
	struct intel *intel = store(true), *other = NULL;
	AUTO_ERROR err = ERROR_INIT;
	struct intel_done done;
	char *bytes = NULL;
	size_t length = 0;
	uint64_t change;

	CHECK(intel != NULL, "a store is made");
	CHECK(intel_open(path, true, &other, &err) == ERR_BUSY, "one writes at a time");
	begin(intel, "cve", FEED_CVE, true, 0);
	feed(intel, CVE("CVE-2024-1001", "2024-01-02T00:00:00Z", "A heap overflow in the parser"));
	feed(intel, CVE("CVE-2024-1002", "2024-01-03T00:00:00Z", "\u7f13\u51b2\u533a\u6ea2\u51fa\u6f0f\u6d1e"));
	done = end(intel);
	CHECK(done.added == 2 && !done.changed && !done.same, "two are added");
	check_sources(intel, "cve 2 0 2024-01-03 ", "a source tells how many and how new");
	CHECK(intel_bytes(intel, "cve", "CVE-2024-1001", &bytes, &length, NULL) == 0 && length == strlen(bytes) &&
	      str_equal(bytes, CVE("CVE-2024-1001", "2024-01-02T00:00:00Z", "A heap overflow in the parser")),
	      "a record's bytes are as they came");
	free(bytes);
	change = intel_change(intel);
	begin(intel, "cve", FEED_CVE, true, 1);
	feed(intel, CVE("CVE-2024-1001", "2024-01-02T00:00:00Z", "A heap overflow in the parser"));
	done = end(intel);
	CHECK(done.same == 1 && done.withdrawn == 1 && !done.changed, "the same again changes nothing; what is missing is withdrawn");
	CHECK(intel_change(intel) == change + 1, "which is a change");
	check_witnesses(intel, "CVE-2024-1002", "cve:CVE-2024-1002- ", "a witness that is gone says so");
	check_sources(intel, "cve 1 0 2024-01-03 ", "and is not counted");
	begin(intel, "cve", FEED_CVE, false, 2);
	feed(intel, CVE("CVE-2024-1002", "2024-01-03T00:00:00Z", "\u7f13\u51b2\u533a\u6ea2\u51fa\u6f0f\u6d1e"));
	feed(intel, CVE("CVE-2024-1001", "2024-02-01T00:00:00Z", "A stack overflow in the parser"));
	feed(intel, CVE("CVE-2024-1001", "2023-02-01T00:00:00Z", "An older text"));
	done = end(intel);
	CHECK(done.changed == 2 && done.same == 1, "it comes back; a newer one replaces; an older one is passed over");
	check_search(intel, "heap", "", "words of what was replaced are gone");
	check_search(intel, "stack overflow", "CVE-2024-1001 ", "two words");
	check_search(intel, "\u7f13\u51b2\u533a \u6f0f\u6d1e", "CVE-2024-1002 ", "two Chinese words");
	check_search(intel, "web server", "CVE-2024-1001 CVE-2024-1002 ", "a product; the newest first");
	check_search(intel, "cve-2024-1002", "CVE-2024-1002 ", "an id");
	check_products(intel, "name:acme:web server", "cve:CVE-2024-1001:Web Server<2 cve:CVE-2024-1002:Web Server<2 ", "by key");
	check_products(intel, "name:acme:web", "", "by another key");
	intel_close(intel);
}

static void test_names(void)
{
	struct intel *intel = store(true);

	begin(intel, "osv-PyPI", FEED_OSV, false, 3);
	feed(intel, OSV("PYSEC-2024-9", "\"GHSA-aaaa-bbbb-cccc\"", "jinja2"));
	feed(intel, OSV("GHSA-aaaa-bbbb-cccc", "\"CVE-2024-1001\"", "Jinja2"));
	feed(intel, OSV("GO-2024-1", "\"CVE-2024-1001\",\"CVE-2024-1002\"", "both"));
	end(intel);
	CHECK_STR(intel_canonical(intel, "PYSEC-2024-9"), "CVE-2024-1001", "a flaw is called by its CVE id, over two steps");
	CHECK_STR(intel_canonical(intel, "CVE-2024-1002"), "CVE-2024-1002", "what names two CVE ids joins none");
	CHECK_STR(intel_canonical(intel, "X-1"), "X-1", "what is unknown keeps its name");
	check_witnesses(intel, "GHSA-aaaa-bbbb-cccc", "cve:CVE-2024-1001 osv-PyPI:GHSA-aaaa-bbbb-cccc osv-PyPI:GO-2024-1 "
			"osv-PyPI:PYSEC-2024-9 ", "every witness is kept");
	check_products(intel, "pkg:pypi/jinja2", "osv-PyPI:GHSA-aaaa-bbbb-cccc:Jinja2< osv-PyPI:PYSEC-2024-9:jinja2< ",
		       "one key, however it is spelt");
	check_search(intel, "jinja2", "CVE-2024-1001 ", "a flaw is found once");
	CHECK(intel_hold(intel, NULL) == 0, "held");
	for (int i = 0; i < 2; i++) {
		CHECK_STR(intel_canonical(intel, "PYSEC-2024-9"), "CVE-2024-1001", "held, the same, asked again too");
		CHECK_STR(intel_canonical(intel, "CVE-2024-1001"), "CVE-2024-1001", "and by its own name");
		CHECK_STR(intel_canonical(intel, "GHSA-aaaa-bbbb-cccc"), "CVE-2024-1001", "and by one between");
		CHECK_STR(intel_canonical(intel, "CVE-2024-1002"), "CVE-2024-1002", "and of another");
		CHECK(intel_exploited(intel, "PYSEC-2024-9") < 0, "whether it is exploited");
	}
	intel_let_go(intel);
	begin(intel, "osv-PyPI", FEED_OSV, false, 4);
	feed(intel, "{\"schema_version\":\"1.6.0\",\"id\":\"GHSA-aaaa-bbbb-cccc\",\"modified\":\"2024-02-01T00:00:00Z\","
		    "\"related\":[\"CVE-2024-1001\"]}");
	end(intel);
	CHECK_STR(intel_canonical(intel, "PYSEC-2024-9"), "GHSA-aaaa-bbbb-cccc", "a name taken back parts them; related joins none");
	intel_close(intel);
}

static void test_checkpoints(void)
{
	struct intel *intel = store(true);

	begin(intel, "two", FEED_CVE, true, 5);
	feed(intel, CVE("CVE-2030-1", "2024-01-02T00:00:00Z", "one"));
	CHECK(intel_checkpoint(intel, "file 1", NULL) == 0, "a checkpoint");
	feed(intel, CVE("CVE-2030-2", "2024-01-02T00:00:00Z", "two"));
	intel_close(intel);
	intel = store(true);
	check_sources(intel, "cve 2 0 2024-02-01 osv-PyPI 3 0 2024-02-01 two 1 0 2024-01-02! ", "what is behind it is gone");
	begin(intel, "two", FEED_CVE, true, 5);
	feed(intel, CVE("CVE-2030-3", "2024-01-02T00:00:00Z", "three"));
	CHECK(end(intel).withdrawn == 0, "a run that goes on has brought what came before its checkpoint");
	begin(intel, "two", FEED_CVE, false, 6);
	feed(intel, CVE("CVE-2030-4", "2024-01-02T00:00:00Z", "four"));
	intel_break(intel);
	end(intel);
	check_sources(intel, "cve 2 0 2024-02-01 osv-PyPI 3 0 2024-02-01 two 2 0 2024-01-02 ", "broken off, it takes nothing with it");
	intel_close(intel);
}

static int note_fault(void *context, const struct intel_quarantine *fault, struct error *err)
{
	(void)err;
	str_add_format(context, "%s %s ", fault->source, fault->where);
	return 0;
}

static void test_faults(void)
{
	struct intel *intel = store(true);
	AUTO_STR text = STR_INIT;

	begin(intel, "three", FEED_CVE, false, 7);
	CHECK(intel_fault(intel, "CVE-2031-1", "it is broken", "{", 1, NULL) == 0, "a fault");
	CHECK(end(intel).faults == 1, "is counted");
	CHECK(intel_faults(intel, "three", note_fault, &text, NULL) == 0, "faults");
	CHECK_STR(text.bytes, "three CVE-2031-1 ", "it is kept");
	begin(intel, "three", FEED_CVE, false, 8);
	feed(intel, CVE("CVE-2031-1", "2024-01-02T00:00:00Z", "whole"));
	end(intel);
	str_reset(&text);
	CHECK(intel_faults(intel, NULL, note_fault, &text, NULL) == 0 && !text.length, "until the record comes whole");
	intel_close(intel);
}

static void test_epss(void)
{
	struct intel *intel = store(true);
	struct intel_epss *days = NULL;
	struct intel_done done;
	size_t count = 0;

	CHECK(intel_exploited(intel, "CVE-2024-1001") < 0, "without a list of exploited flaws nobody knows");
	begin(intel, "epss", FEED_EPSS, true, 9);
	feed(intel, "#model_version:v1,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1001,0.5,0.9\n"
		    "CVE-2024-1002,0.25,0.8\n");
	done = end(intel);
	CHECK(done.added == 2 && done.changed == 0, "two rows");
	begin(intel, "epss", FEED_EPSS, true, 10);
	feed(intel, "#model_version:v1,score_date:2024-01-02T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1001,0.5,0.91\n"
		    "CVE-2024-1002,0.125,0.7\n");
	done = end(intel);
	CHECK(done.added == 0 && done.changed == 2, "the next day");
	CHECK(intel_epss(intel, "CVE-2024-1001", &days, &count, NULL) == 0 && count == 2 && days[0].percentile == 0.9 &&
	      days[1].percentile == 0.91 && days[0].score == 0.5 && str_equal(days[1].model, "v1"), "the same score: its first and last day");
	free(days);
	CHECK(intel_epss(intel, "CVE-2024-1002", &days, &count, NULL) == 0 && count == 2 && days[1].score == 0.125, "another one: both");
	free(days);
	days = NULL;
	CHECK(intel_epss(intel, "CVE-2024-1003", &days, &count, NULL) == 0 && count == 0, "none");
	free(days);
	begin(intel, "epss", FEED_EPSS, true, 11);
	feed(intel, "#model_version:v1,score_date:2023-12-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1001,0.1,0.1\n");
	CHECK(end(intel).same == 1, "an older day is passed over");
	begin(intel, "kev", FEED_KEV, true, 12);
	feed(intel, "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,"
		    "knownRansomwareCampaignUse,notes,cwes\nCVE-2024-1001,A,B,N,2024-01-01,S,R,2024-02-01,Unknown,,\n");
	end(intel);
	CHECK(intel_exploited(intel, "CVE-2024-1001") == 1 && intel_exploited(intel, "CVE-2024-1002") == 0, "the list names one");
	CHECK(intel_hold(intel, NULL) == 0 && intel_exploited(intel, "CVE-2024-1001") == 1 &&
	      intel_exploited(intel, "CVE-2024-1001") == 1 && intel_exploited(intel, "CVE-2024-1002") == 0, "held, too");
	intel_let_go(intel);
	check_witnesses(intel, "CVE-2024-1001", "cve:CVE-2024-1001 osv-PyPI:GO-2024-1 kev:CVE-2024-1001 ", "and is a witness");
	intel_close(intel);
}

static void write_text(const char *text)
{
	CHECK_QUIET(file_write(path, text, strlen(text), 0644, NULL) == 0, "write");
}

static void test_refused(void)
{
	struct intel *intel = NULL;
	AUTO_ERROR err = ERROR_INIT;

	path = mem_format("%s.none", path);
	CHECK(intel_open(path, false, &intel, &err) == ERR_NO && err.remedy, "no store: that is unknown, and says so");
	write_text("not a database, but long enough to look like one to somebody who does not look");
	CHECK(intel_open(path, true, &intel, &err) == ERR_INPUT && err.remedy, "another file is left alone");
	free(path);
}

static void test_packed(void)
{
	const char *text = CVE("CVE-2024-1001", "2024-01-02T00:00:00Z", "A heap overflow");
	struct intel *intel = store(true);
	AUTO_STR packed = STR_INIT;
	struct feed_record record = { .kind = FEED_CVE, .id = (char *)(uintptr_t)"CVE-2040-1", .published = INSTANT_NONE,
				      .modified = DAY(1), .text = (char *)(uintptr_t)text };
	struct feed_unpacked out;
	AUTO_ERROR err = ERROR_INIT;
	int taken = 0;

	feed_pack(&record, &packed);
	CHECK(feed_unpack(packed.bytes, packed.length, false, &out) && str_equal(out.record.text, text) &&
	      out.record.modified == DAY(1) && out.record.published == INSTANT_NONE, "packed and unpacked");
	feed_unpacked_release(&out);
	for (size_t length = 0; length < packed.length; length++)
		if (feed_unpack(packed.bytes, length, false, &out)) {
			taken++;
			feed_unpacked_release(&out);
		}
	CHECK(taken == 0, "cut anywhere it is refused");
	begin(intel, "packed", FEED_CVE, false, 13);
	CHECK(intel_put_packed(intel, &(struct intel_packed){ .packed = "xx", .packed_length = 2 }, &err) == ERR_INPUT,
	      "what cannot be opened is refused");
	CHECK(intel_put_packed(intel, &(struct intel_packed){ .packed = "xx", .packed_length = 2, .packed_with = 99 }, &err) ==
	      ERR_INPUT, "and so is a dictionary that is not there");
	intel_close(intel);
}

int main(void)
{
	const char *dir = getenv("TMPDIR");

	path = mem_format("%s/intel-test-%ld.db", dir ? dir : "/tmp", (long)getpid());
	unlink(path);
	test_records();
	test_names();
	test_checkpoints();
	test_faults();
	test_epss();
	test_packed();
	{
		AUTO_STRING lock = mem_format("%s-lock", path);
		AUTO_STRING none = mem_format("%s.none", path);
		AUTO_STRING none_lock = mem_format("%s.none-lock", path);
		char *own = path;

		test_refused();
		unlink(none);
		unlink(none_lock);
		unlink(own);
		unlink(lock);
		free(own);
	}
	return tap_done();
}
