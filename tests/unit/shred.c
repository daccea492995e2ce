/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case that is shredded: the very bytes that were sealed are in no file of the vault any more, the log still
 * proves to be whole, another session and another copy of the vault let go of it too.
 */
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"

static char home[64], dir[96], copy[96], bundle[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static uint8_t doomed[16], kept[16];
static struct vault_object own, shared;
static struct str sealed[32]; /* sixteen bytes of each sealed body of the case */
static size_t sealed_count;

static struct vault *open_vault(const char *where)
{
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	setenv("XDG_STATE_HOME", str_equal(where, dir) ? home : copy, 1);
	if (vault_open(where, pgp, false, now, &vault, &err))
		printf("# %s\n", err.why);
	return vault;
}

static bool copy_tree(const char *from, const char *to)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execlp("cp", "cp", "-a", from, to, NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

static bool note(struct vault *vault, const uint8_t stream[16], const char *object, int number)
{
	AUTO_STR body = STR_INIT;

	str_add_format(&body, "{\"n\":%d,\"object\":\"%s\",\"text\":\"", number, object);
	str_add_repeat(&body, 'm', (size_t)number * 700);
	str_add(&body, "\"}");
	return vault_append(vault, stream, 15, body.bytes, body.length, now, NULL, NULL, NULL, NULL) == 0;
}

static int take_sample(void *context, const struct vault_event *event, struct error *err)
{
	uint8_t sample[16];

	if (memcmp(event->stream, doomed, 16) == 0 && vault_sealed_sample(context, event->gseq, sample, err) == 0)
		str_add_bytes(&sealed[sealed_count++], sample, sizeof(sample));
	return 0;
}

static bool make_place(void)
{
	struct vault *vault;
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	snprintf(home, sizeof(home), "/tmp/pst-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("GNUPGHOME", home, 1);
	setenv("XDG_STATE_HOME", home, 1);
	setenv("XDG_CACHE_HOME", home, 1);
	snprintf(dir, sizeof(dir), "%s/vault", home);
	snprintf(copy, sizeof(copy), "%s/copy", home);
	snprintf(bundle, sizeof(bundle), "%s/bundle", home);
	if (!CHECK(openpgp_open(home, &pgp, &err) == 0 &&
			   openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
			   vault_create(dir, pgp, fingerprint, NULL, now, &err) == 0,
		   "a vault: %s", err.why ? err.why : ""))
		return false;
	vault = open_vault(dir);
	good = vault && !vault_stream_new(vault, VAULT_CASE, now, doomed, &err) &&
	       !vault_stream_new(vault, VAULT_CASE, now, kept, &err) &&
	       !vault_object_put(vault, "only here", 9, &own, &err) && !vault_object_put(vault, "in both", 7, &shared, &err);
	for (int i = 1; good && i <= 20; i++)
		good = note(vault, doomed, i % 2 ? own.name : shared.name, i) && note(vault, kept, shared.name, i);
	if (good)
		vault_each(vault, 0, take_sample, vault, NULL);
	vault_close(vault);
	return CHECK(good, "two cases in it: %s", err.why ? err.why : "");
}

/* Files of the tree that hold the bytes. */
static int count_files(const char *where, const void *bytes, size_t length)
{
	DIR *folder = opendir(where);
	int count = 0;

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		AUTO_STRING path = file_join(where, entry->d_name);
		AUTO_STR content = STR_INIT;

		if (entry->d_name[0] == '.')
			continue;
		if (file_is_dir(path))
			count += count_files(path, bytes, length);
		else if (file_read(path, 1 << 30, &content, NULL) == 0)
			count += memmem(content.bytes, content.length, bytes, length) != NULL;
	}
	if (folder)
		closedir(folder);
	return count;
}

static int count_sealed(void)
{
	int count = 0;

	for (size_t i = 0; i < sealed_count; i++)
		count += count_files(dir, sealed[i].bytes, sealed[i].length) > 0;
	return count;
}

static int count_event(void *context, const struct vault_event *event, struct error *err)
{
	int *counts = context;

	(void)err;
	counts[memcmp(event->stream, doomed, 16) == 0]++;
	return 0;
}

static bool whole(const char *where)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	setenv("XDG_STATE_HOME", str_equal(where, dir) ? home : copy, 1);
	good = vault_audit(where, pgp, NULL, &report, &err) == 0;
	for (size_t i = 0; i < report.finding_count && i < 5; i++)
		printf("# event %llu: %s\n", (unsigned long long)report.findings[i].gseq, report.findings[i].what);
	audit_report_release(&report);
	return good;
}

static int lost;

static void hear_access(void *context, const uint8_t stream[16], enum vault_stream_kind kind, bool readable)
{
	(void)context;
	(void)kind;
	lost += memcmp(stream, doomed, 16) == 0 && !readable;
}

static bool has_object(const char *name)
{
	AUTO_STRING path = mem_format("%s/objects/%.2s/%s", dir, name, name);

	return file_exists(path);
}

static void test_shred(void)
{
	struct vault *vault, *other;
	struct vault_shredded count = { 0 };
	const char *objects[] = { own.name, shared.name };
	int counts[2] = { 0, 0 }, before = count_sealed();
	AUTO_ERROR err = ERROR_INIT;

	CHECK(before == 20, "what is sealed can be found on the disk: %d of %zu", before, sealed_count);
	vault = open_vault(dir);
	other = open_vault(dir);
	vault_on_access(other, hear_access, NULL);
	vault_each(vault, 0, count_event, counts, &err);
	CHECK(counts[0] == 20 && counts[1] == 20, "both cases can be read");
	CHECK(vault_shred(vault, doomed, objects, 2, now, &count, &err) == 0, "one is shredded: %s",
	      err.why ? err.why : "");
	CHECK(count.events == 20 && count.wraps == 1 && count.attachments == 1 && count.bytes > 20 * 256,
	      "20 bodies, a key and a file: %zu %zu %zu", count.events, count.wraps, count.attachments);
	CHECK(!has_object(own.name) && has_object(shared.name), "the file that the other case names too stays");
	CHECK(!note(vault, doomed, own.name, 1) && note(vault, kept, shared.name, 1), "nothing is added to it, but to others");
	counts[0] = counts[1] = 0;
	vault_each(vault, 0, count_event, counts, &err);
	CHECK(counts[0] == 21 && counts[1] == 0, "only the other can be read");
	CHECK(vault_read_on(other, NULL, NULL, &err) == 0 && lost == 1 && !vault_damage(other), "another session is told");
	CHECK(vault_shred(vault, doomed, NULL, 0, now, &count, &err) != 0, "nobody shreds twice");
	vault_close(other);
	vault_close(vault);
	CHECK(count_sealed() == 0, "of %d sealed bodies none is on the disk", before);
	CHECK(whole(dir), "the log is whole");
}

static void test_elsewhere(void)
{
	struct vault *vault = open_vault(dir);
	struct vault_bundle_count count;
	int counts[2] = { 0, 0 };
	AUTO_ERROR err = ERROR_INIT;
	char swap[96];

	CHECK(vault_bundle_write(vault, NULL, 0, bundle, NULL, NULL, &err) == 0, "it is carried to a copy that knows the case");
	vault_close(vault);
	memcpy(swap, dir, sizeof(swap));
	vault = open_vault(copy);
	CHECK(note(vault, doomed, own.name, 3), "where somebody worked on it meanwhile");
	CHECK(vault_bundle_read(vault, bundle, now, NULL, NULL, NULL, NULL, &count, &err) == 0, "and taken in: %s",
	      err.why ? err.why : "");
	vault_each(vault, 0, count_event, counts, &err);
	CHECK(counts[1] == 0 && counts[0] == 21, "it is gone there too");
	unlink(bundle);
	CHECK(vault_bundle_write(vault, NULL, 0, bundle, NULL, NULL, &err) == 0, "back again");
	vault_close(vault);
	memcpy(dir, copy, sizeof(dir));
	CHECK(count_sealed() == 0, "and nothing sealed is on that disk");
	memcpy(dir, swap, sizeof(dir));
	CHECK(whole(copy), "that copy is whole");
	vault = open_vault(dir);
	CHECK(vault_bundle_read(vault, bundle, now, NULL, NULL, NULL, NULL, &count, &err) == 0 && count.events == 1,
	      "the late note comes without its content: %s", err.why ? err.why : "");
	vault_close(vault);
	CHECK(whole(dir), "and the first is whole");
}

int main(void)
{
	if (make_place() && CHECK(copy_tree(dir, copy), "a copy of it")) {
		test_shred();
		test_elsewhere();
	}
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	file_remove_tree(home, NULL);
	for (size_t i = 0; i < sealed_count; i++)
		str_release(&sealed[i]);
	free(fingerprint);
	return tap_done();
}
