/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds from file to store: every wrapper, what is broken in every way, stopped and gone on with. */
#include "psirtty/desk/feed.h"

#include <libdeflate.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/worker/feed.h"

#include "tap.h"

static char *dir;

/* ---- making files */

static void add16(struct str *s, unsigned number)
{
	str_add_char(s, (char)number);
	str_add_char(s, (char)(number >> 8));
}

static void add32(struct str *s, uint32_t number)
{
	add16(s, number & 0xFFFF);
	add16(s, number >> 16);
}

struct zip { struct str bytes, directory; unsigned count; };

static void zip_add(struct zip *zip, const char *name, const char *bytes, size_t length, bool deflate)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	AUTO_STR packed = STR_INIT;
	uint32_t crc = libdeflate_crc32(0, bytes, length), at = (uint32_t)zip->bytes.length;
	size_t room = libdeflate_deflate_compress_bound(c, length);

	if (deflate)
		str_truncate(&packed, libdeflate_deflate_compress(c, bytes, length, (str_add_room(&packed, room), packed.bytes), room));
	else
		str_add_bytes(&packed, bytes, length);
	libdeflate_free_compressor(c);
	for (int directory = 0; directory < 2; directory++) {
		struct str *out = directory ? &zip->directory : &zip->bytes;

		add32(out, directory ? 0x02014B50 : 0x04034B50);
		if (directory)
			add16(out, 20);
		add16(out, 20);
		add16(out, 0);
		add16(out, deflate ? 8 : 0);
		add32(out, 0);
		add32(out, crc);
		add32(out, (uint32_t)packed.length);
		add32(out, (uint32_t)length);
		add16(out, (unsigned)strlen(name));
		add16(out, 0);
		if (directory) {
			add16(out, 0);
			add32(out, 0);
			add32(out, 0);
			add32(out, at);
		}
		str_add(out, name);
	}
	str_add_bytes(&zip->bytes, packed.bytes, packed.length);
	zip->count++;
}

static void zip_end(struct zip *zip)
{
	uint32_t at = (uint32_t)zip->bytes.length;

	str_add_bytes(&zip->bytes, zip->directory.bytes, zip->directory.length);
	add32(&zip->bytes, 0x06054B50);
	add32(&zip->bytes, 0);
	add16(&zip->bytes, zip->count);
	add16(&zip->bytes, zip->count);
	add32(&zip->bytes, (uint32_t)zip->directory.length);
	add32(&zip->bytes, at);
	add16(&zip->bytes, 0);
	str_release(&zip->directory);
}

static char *write_file(const char *name, const char *bytes, size_t length)
{
	char *path = file_join(dir, name);

	CHECK_QUIET(file_write(path, bytes, length, 0644, NULL) == 0, "write %s", name);
	return path;
}

static void add_cve(struct str *ret, int number, const char *updated, const char *text)
{
	str_add_format(ret, "{\"dataType\":\"CVE_RECORD\",\"cveMetadata\":{\"cveId\":\"CVE-2024-%04d\",\"state\":\"PUBLISHED\","
			    "\"dateUpdated\":\"%s\"},\"containers\":{\"cna\":{\"descriptions\":[{\"lang\":\"en\",\"value\":\"%s %d\"}],"
			    "\"affected\":[{\"vendor\":\"Acme %d\",\"product\":\"Server\",\"versions\":[{\"version\":\"0\",\"lessThan\":"
			    "\"%d.%d\",\"status\":\"affected\"}]}]}}}",
		       number, updated, text, number * 7919, number % 10, number % 9, number % 7);
}

static void zip_cves(struct zip *zip, int count, bool deflate)
{
	for (int i = 1; i <= count; i++) {
		AUTO_STRING name = mem_format("cves/2024/CVE-2024-%04d.json", i);
		AUTO_STR text = STR_INIT;

		add_cve(&text, i, "2024-01-02T00:00:00Z", "A flaw");
		zip_add(zip, name, text.bytes, text.length, deflate);
	}
}

/* A zip in a zip, as the CVE List comes. */
static char *write_baseline(int count)
{
	struct zip inner = { STR_INIT, STR_INIT, 0 }, outer = { STR_INIT, STR_INIT, 0 };
	char *path;

	zip_cves(&inner, count, true);
	zip_end(&inner);
	zip_add(&outer, "cves.zip", inner.bytes.bytes, inner.bytes.length, false);
	zip_end(&outer);
	path = write_file("2024-01-02_all_CVEs_at_midnight.zip.zip", outer.bytes.bytes, outer.bytes.length);
	str_release(&inner.bytes);
	str_release(&outer.bytes);
	return path;
}

/* ---- importing */

struct stopping { long at, seen; };

static bool stop(void *data)
{
	struct stopping *stopping = data;

	return stopping->at >= 0 && ++stopping->seen > stopping->at;
}

static struct intel *open_store(const char *name)
{
	AUTO_STRING path = file_join(dir, name);
	struct intel *intel = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (intel_open(path, true, &intel, &err))
		printf("# %s: %s\n", err.what, err.why);
	return intel;
}

static int import(struct intel *intel, const char *path, long stop_at, struct feed_taken *ret, struct error *err)
{
	struct stopping stopping = { stop_at, 0 };
	const struct feed_input options = { .fd = -1, .whole = WHOLE_BY_KIND, .now = 20000 * INSTANT_DAY, .cancelled = stop,
					    .data = &stopping };

	return desk_feed_import(intel, path, &options, ret, err);
}

static int add_row(void *context, const struct intel_witness *witness, struct error *err)
{
	(void)err;
	str_add_format(context, "%s %s %d %s %lld\n", witness->source, witness->record->id, witness->gone,
		       str_or_empty(witness->record->text), (long long)witness->change);
	return 0;
}

static char *dump(struct intel *intel)
{
	struct str text = STR_INIT;

	CHECK_QUIET(intel_changes(intel, 0, add_row, &text, NULL) == 0, "a dump");
	return str_detach(&text);
}

static void test_baseline(void)
{
	AUTO_STRING path = write_baseline(1500);
	struct intel *intel = open_store("a.db");
	struct feed_taken taken;
	AUTO_ERROR err = ERROR_INIT;
	struct feed_head head;
	struct zip delta = { STR_INIT, STR_INIT, 0 };
	AUTO_STR text = STR_INIT;
	AUTO_STRING delta_path = NULL;

	CHECK(desk_feed_identify(path, &head, &err) == 0 && head.kind == FEED_CVE && head.records == 1500 && head.faults == 0,
	      "a zip in a zip: format and count (%s)", str_or_empty(err.why));
	CHECK(import(intel, path, -1, &taken, &err) == 0 && taken.done.added == 1500 && str_equal(taken.source, "cve"),
	      "taken in: %s", str_or_empty(err.why));
	feed_taken_release(&taken);
	CHECK(import(intel, path, -1, &taken, &err) == 0 && taken.done.same == 1500 && !taken.done.changed && !taken.done.withdrawn,
	      "taken in again: nothing changes");
	feed_taken_release(&taken);
	add_cve(&text, 3, "2024-02-02T00:00:00Z", "Another flaw");
	zip_add(&delta, "deltaCves/CVE-2024-0003.json", text.bytes, text.length, true);
	zip_add(&delta, "deltaCves/CVE-2024-0004.json", "{\"dataType\":\"CVE_RECORD\",", 26, false);
	zip_add(&delta, "README.md", "#", 1, false);
	zip_end(&delta);
	delta_path = write_file("delta.zip", delta.bytes.bytes, delta.bytes.length);
	CHECK(import(intel, delta_path, -1, &taken, &err) == 0 && taken.done.changed == 1 && taken.done.faults == 1 &&
	      taken.done.withdrawn == 0, "a delta: one changes, one is broken and told, none is withdrawn");
	feed_taken_release(&taken);
	str_release(&delta.bytes);
	CHECK(import(intel, path, -1, &taken, &err) == 0 && taken.done.same == 1500, "the baseline is older than the delta");
	feed_taken_release(&taken);
	intel_close(intel);
}

/* Stopped at every mark in turn and begun again: what is there at last is as if it never was. */
static void test_stopping(void)
{
	AUTO_STRING path = write_baseline(17000);
	struct intel *whole = open_store("whole.db"), *parts = open_store("parts.db");
	struct feed_taken taken;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING one = NULL;
	AUTO_STRING other = NULL;
	int stopped = 0, resumed = 0, code = ERR_NO;

	CHECK(import(whole, path, -1, &taken, &err) == 0 && taken.done.added == 17000, "undisturbed");
	feed_taken_release(&taken);
	for (long at = 135; code == ERR_NO && stopped < 20; at += 60) {
		code = import(parts, path, at, &taken, &err);
		stopped += code == ERR_NO;
		resumed += code == 0 && taken.resumed;
		if (code == 0)
			feed_taken_release(&taken);
	}
	CHECK(code == 0 && stopped >= 2 && resumed == 1, "stopped %d times, then to the end: %s", stopped, str_or_empty(err.why));
	one = dump(whole);
	other = dump(parts);
	CHECK(str_equal(one, other), "the same content");
	intel_close(whole);
	intel_close(parts);
}

static void check_refused(const char *name, const char *bytes, size_t length, const char *why)
{
	AUTO_STRING path = write_file(name, bytes, length);
	struct intel *intel = open_store("refused.db");
	struct feed_taken taken;
	AUTO_ERROR err = ERROR_INIT;
	int code = import(intel, path, -1, &taken, &err);

	CHECK(code == ERR_INPUT && strstr(str_or_empty(err.why), why), "%s: %s", name, str_or_empty(err.why));
	if (!code)
		feed_taken_release(&taken);
	CHECK_QUIET(intel_change(intel) == 0, "%s: nothing is kept", name);
	intel_close(intel);
}

static void test_broken(void)
{
	struct zip zip = { STR_INIT, STR_INIT, 0 }, bomb = { STR_INIT, STR_INIT, 0 }, deep = { STR_INIT, STR_INIT, 0 };
	const char *torn = "{\"format\":\"NVD_CVE\",\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2024-0001\"}},{";
	AUTO_STR zeros = STR_INIT;

	zip_cves(&zip, 40, true);
	zip_end(&zip);
	check_refused("torn.zip", zip.bytes.bytes, zip.bytes.length / 2, "cut off");
	check_refused("no-directory.zip", zip.bytes.bytes, zip.bytes.length - 60, "cut off");
	check_refused("page.json", "<!DOCTYPE html><html><body>Please log in", 40, "web page");
	check_refused("empty.json", "", 0, "empty");
	check_refused("other.json", "{\"a\":1}", 7, "no feed");
	check_refused("text.csv", "a,b,c\n1,2,3\n", 12, "no feed");
	check_refused("list.json", torn, strlen(torn), "it ends where");
	str_add_repeat(&zeros, ' ', 4 << 20);
	zip_add(&bomb, "bomb.json", zeros.bytes, zeros.length, true);
	zip_end(&bomb);
	check_refused("bomb.zip", bomb.bytes.bytes, bomb.bytes.length, "fill memory");
	for (int i = 0; i < 5; i++) {
		struct zip outer = { STR_INIT, STR_INIT, 0 };

		zip_add(&outer, "in.zip", i ? deep.bytes.bytes : zip.bytes.bytes, i ? deep.bytes.length : zip.bytes.length, false);
		zip_end(&outer);
		str_release(&deep.bytes);
		deep = outer;
	}
	check_refused("deep.zip", deep.bytes.bytes, deep.bytes.length, "packed more than");
	str_release(&zip.bytes);
	str_release(&bomb.bytes);
	str_release(&deep.bytes);
}

/* A changed byte of a member is that member's fault alone; its record is not taken. */
static void test_flipped(void)
{
	struct zip zip = { STR_INIT, STR_INIT, 0 };
	struct intel *intel = open_store("flipped.db");
	struct feed_taken taken;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING path = NULL;
	char *at;

	zip_cves(&zip, 10, false);
	zip_end(&zip);
	at = memmem(zip.bytes.bytes, zip.bytes.length, "Acme 4", 6);
	*at ^= 1;
	path = write_file("flipped.zip", zip.bytes.bytes, zip.bytes.length);
	CHECK(import(intel, path, -1, &taken, &err) == 0 && taken.done.added == 9 && taken.done.faults == 1,
	      "a wrong checksum is told, the others are taken: %ld, %ld", taken.done.added, taken.done.faults);
	feed_taken_release(&taken);
	str_release(&zip.bytes);
	intel_close(intel);
}

/* A folder, and a stream of files by a function. */
static void test_folder(void)
{
	AUTO_STRING folder = file_join(dir, "folder");
	AUTO_STRING one = file_join(folder, "one.json");
	AUTO_STRING two = file_join(folder, "two.json.asc");
	AUTO_STRING three = file_join(folder, "three.json");
	AUTO_STR text = STR_INIT;
	struct intel *intel = open_store("folder.db");
	struct feed_taken taken;
	AUTO_ERROR err = ERROR_INIT;

	file_make_dir(folder, 0755, NULL);
	add_cve(&text, 1, "2024-01-02T00:00:00Z", "In a folder");
	file_write(one, text.bytes, text.length, 0644, NULL);
	file_write(two, "x", 1, 0644, NULL);
	file_write(three, text.bytes, text.length / 2, 0644, NULL);
	CHECK(import(intel, folder, -1, &taken, &err) == 0 && taken.done.added == 1 && taken.done.faults == 1,
	      "a folder: one read, one torn, a signature passed over");
	feed_taken_release(&taken);
	intel_close(intel);
}

int main(int argc, char **argv)
{
	char template[] = "/tmp/feed-test-XXXXXX";

	if (argc == 2 && strcmp(argv[1], FEED_WORKER_ARGUMENT) == 0)
		feed_worker_main();
	dir = mkdtemp(template);
	test_baseline();
	test_stopping();
	test_broken();
	test_flipped();
	test_folder();
	file_remove_tree(dir, NULL);
	return tap_done();
}
