/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two copies of one vault worked on apart and merged by bundles; and bundles that were cut, altered, swapped or
 * forged, which must change nothing.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"

static char home[64], first[96], second[96], other[96], bundle[96], state_a[96], state_b[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static uint8_t shared[16];

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

static struct vault *open_vault(const char *dir, const char *state)
{
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault = NULL;

	setenv("XDG_STATE_HOME", state, 1);
	if (vault_open(dir, pgp, false, now, &vault, &err))
		printf("# %s: %s\n", dir, err.why);
	return vault;
}

static bool make_place(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault;

	snprintf(home, sizeof(home), "/tmp/pst-XXXXXX");
	if (!mkdtemp(home))
		return false;
	setenv("GNUPGHOME", home, 1);
	snprintf(first, sizeof(first), "%s/first", home);
	snprintf(second, sizeof(second), "%s/second", home);
	snprintf(other, sizeof(other), "%s/other", home);
	snprintf(bundle, sizeof(bundle), "%s/bundle", home);
	snprintf(state_a, sizeof(state_a), "%s/a", home);
	snprintf(state_b, sizeof(state_b), "%s/b", home);
	setenv("XDG_STATE_HOME", state_a, 1);
	if (!CHECK(openpgp_open(home, &pgp, &err) == 0 &&
			   openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
			   vault_create(first, pgp, fingerprint, NULL, now, &err) == 0 &&
			   vault_create(other, pgp, fingerprint, NULL, now, &err) == 0,
		   "two vaults: %s", err.why ? err.why : ""))
		return false;
	vault = open_vault(first, state_a);
	CHECK(vault && vault_stream_new(vault, VAULT_CASE, now, shared, &err) == 0 &&
		      vault_append(vault, shared, 1, "{\"n\":0}", 7, now, NULL, NULL, NULL, &err) == 0,
	      "a case in the first");
	vault_close(vault);
	return CHECK(copy_tree(first, second), "the first is copied");
}

/* COUNT events, every fifth in a new case with an attachment. */
static void work(const char *dir, const char *state, const char *mark, int count)
{
	struct vault *vault = open_vault(dir, state);
	uint8_t own[16];
	AUTO_ERROR err = ERROR_INIT;
	int bad = 0;

	if (!vault)
		return;
	memcpy(own, shared, sizeof(own));
	for (int i = 0; i < count; i++) {
		AUTO_STRING body = NULL;
		struct vault_object object = { 0 };

		if (i % 5 == 0)
			bad += vault_stream_new(vault, VAULT_CASE, now + i, own, &err) != 0;
		if (i % 5 == 0)
			bad += vault_object_put(vault, mark, strlen(mark), &object, &err) != 0;
		body = mem_format("{\"mark\":\"%s %d\",\"object\":\"%s\"}", mark, i, object.name);
		bad += vault_append(vault, i % 2 ? own : shared, 15, body, strlen(body), now + i, NULL, NULL, NULL, &err) != 0;
	}
	vault_close(vault);
	CHECK(bad == 0, "%d events in %s: %s", count, mark, err.why ? err.why : "");
}

static int count_event(void *context, const struct vault_event *event, struct error *err)
{
	(void)event;
	(void)err;
	++*(int *)context;
	return 0;
}

static uint64_t carry(const char *from, const char *from_state, const char *to, const char *to_state,
		      struct vault_bundle_count *ret)
{
	struct vault *vault = open_vault(from, from_state);
	AUTO_ERROR err = ERROR_INIT;
	uint64_t head = 0;
	int told = 0;

	unlink(bundle);
	CHECK(vault_bundle_write(vault, NULL, 0, bundle, NULL, NULL, &err) == 0, "a bundle is written: %s",
	      err.why ? err.why : "");
	vault_close(vault);
	vault = open_vault(to, to_state);
	CHECK(vault_bundle_read(vault, bundle, now, count_event, &told, NULL, NULL, ret, &err) == 0, "and read: %s %s",
	      err.what ? err.what : "", err.why ? err.why : "");
	head = vault_head(vault);
	vault_close(vault);
	printf("# %zu events, %zu known, %zu streams, %zu attachments, %zu wraps, told %d\n", ret->events, ret->known,
	       ret->streams, ret->attachments, ret->wraps, told);
	return head;
}

static bool whole(const char *dir, const char *state)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	setenv("XDG_STATE_HOME", state, 1);
	good = vault_audit(dir, pgp, NULL, &report, &err) == 0;
	for (size_t i = 0; i < report.finding_count && i < 5; i++)
		printf("# event %llu: %s\n", (unsigned long long)report.findings[i].gseq, report.findings[i].what);
	audit_report_release(&report);
	return good;
}

/* Every opened event in the order of its stream, as text: what must be the same in both copies. */
struct stream_text { uint8_t stream[16]; struct str text; };
struct texts { struct stream_text streams[256]; size_t count; };

static int add_text(void *context, const struct vault_event *event, struct error *err)
{
	struct texts *t = context;
	size_t i = 0;

	(void)err;
	while (i < t->count && memcmp(t->streams[i].stream, event->stream, 16) != 0)
		i++;
	if (i == ARRAY_LEN(t->streams))
		return 0;
	if (i == t->count) {
		memcpy(t->streams[t->count].stream, event->stream, 16);
		str_init(&t->streams[t->count++].text);
	}
	str_add_hex(&t->streams[i].text, event->id, 32);
	str_add(&t->streams[i].text, event->json);
	return 0;
}

static int by_stream(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static void all_text(const char *dir, const char *state, struct str *ret)
{
	struct vault *vault = open_vault(dir, state);
	struct texts *t = mem_alloc(sizeof(*t)), *again = mem_alloc(sizeof(*t));

	vault_each(vault, 0, add_text, t, NULL);
	qsort(t->streams, t->count, sizeof(t->streams[0]), by_stream);
	for (size_t i = 0; i < t->count; i++) {
		*again = (struct texts){ 0 };
		if (vault_stream_each(vault, t->streams[i].stream, add_text, again, NULL) == 0 && again->count == 1)
			str_add(ret, again->streams[0].text.bytes);
		str_release(&again->streams[0].text);
		str_release(&t->streams[i].text);
	}
	free(t);
	free(again);
	vault_close(vault);
}

static void test_merge(void)
{
	struct vault_bundle_count count;
	AUTO_STR a = STR_INIT, b = STR_INIT;
	uint64_t head_a, head_b;

	work(first, state_a, "marker-of-a", 200);
	work(second, state_b, "marker-of-b", 200);
	head_b = carry(first, state_a, second, state_b, &count);
	CHECK(count.events == 200 + 3 * 40 && count.streams == 40, "what the first did is new to the second");
	head_a = carry(second, state_b, first, state_a, &count);
	CHECK(count.events == 200 + 3 * 40 && count.known > 320, "and the other way, nothing twice");
	CHECK(head_a == head_b, "both have as many events");
	all_text(first, state_a, &a);
	all_text(second, state_b, &b);
	CHECK(a.length > 20000 && str_equal(a.bytes, b.bytes), "and the same of every case in the same order");
	CHECK(carry(first, state_a, second, state_b, &count) == head_b && count.events == 0 && count.wraps == 0 &&
		      count.attachments == 0,
	      "a third merge changes nothing");
	CHECK(whole(first, state_a) && whole(second, state_b), "both prove to be whole");
	work(first, state_a, "marker-after", 10);
	work(second, state_b, "marker-after", 10);
	CHECK(whole(first, state_a) && whole(second, state_b), "and are written on");
}

/* ---- what is refused */

struct before { uint64_t head; struct str bytes; };

static void remember(const char *dir, struct str *ret)
{
	static const char *const files[] = { "vault.db", "keys.db" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_STRING path = file_join(dir, files[i]);

		file_read(path, 1 << 30, ret, NULL);
	}
}

static bool refused(struct vault *vault, const struct str *bytes)
{
	struct vault_bundle_count count;
	uint64_t head = vault_head(vault);
	AUTO_STRING path = mem_format("%s/bad", home);
	int code;

	file_write(path, bytes->bytes, bytes->length, 0600, NULL);
	code = vault_bundle_read(vault, path, now, NULL, NULL, NULL, NULL, &count, NULL);
	return code < 0 && vault_head(vault) == head;
}

static void test_refused(void)
{
	AUTO_STR good = STR_INIT, before = STR_INIT, after = STR_INIT;
	struct vault *vault;
	int cuts = 0, flips = 0, tried = 0;
	AUTO_ERROR err = ERROR_INIT;

	work(second, state_b, "to-be-carried", 10);
	vault = open_vault(second, state_b);
	unlink(bundle);
	CHECK(vault_bundle_write(vault, (const uint8_t(*)[16])shared, 1, bundle, NULL, NULL, &err) == 0,
	      "a bundle of one case");
	CHECK(vault_bundle_write(vault, NULL, 0, bundle, NULL, NULL, &err) == ERR_BUSY, "is not overwritten");
	vault_close(vault);
	file_read(bundle, 1 << 30, &good, &err);
	remember(first, &before);
	vault = open_vault(first, state_a);
	for (size_t length = 0; length < good.length; length += 1 + good.length / 100) {
		struct str cut = { good.bytes, length, 0 };

		tried++;
		cuts += refused(vault, &cut);
	}
	CHECK(cuts == tried, "cut at %d places it is refused", tried);
	tried = 0;
	for (size_t at = 0; at < good.length; at += at < 600 ? 7 : 1 + good.length / 150) {
		good.bytes[at] ^= (char)(1 << at % 8);
		tried++;
		flips += refused(vault, &good);
		good.bytes[at] ^= (char)(1 << at % 8);
	}
	CHECK(flips == tried, "with a bit flipped at %d places it is refused", tried);
	str_add_char(&good, 'x');
	CHECK(refused(vault, &good), "with a byte behind its end");
	str_truncate(&good, good.length - 1);
	vault_close(vault);
	remember(first, &after);
	CHECK(before.length == after.length && memcmp(before.bytes, after.bytes, before.length) == 0,
	      "and the vault's files are as they were");
	vault = open_vault(other, state_a);
	CHECK(refused(vault, &good), "another vault refuses it whole");
	vault_close(vault);
	vault = open_vault(first, state_a);
	CHECK(!refused(vault, &good), "as it was made it is taken");
	vault_close(vault);
}

static bool cancel_at_once(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	return done > total / 3;
}

static void test_cancel(void)
{
	struct vault_bundle_count count;
	struct vault *vault = open_vault(second, state_b);
	uint64_t head;

	unlink(bundle);
	CHECK(vault_bundle_write(vault, NULL, 0, bundle, cancel_at_once, NULL, NULL) == ERR_NO && !file_exists(bundle),
	      "writing can be cancelled and leaves nothing");
	vault_bundle_write(vault, NULL, 0, bundle, NULL, NULL, NULL);
	vault_close(vault);
	vault = open_vault(first, state_a);
	head = vault_head(vault);
	CHECK(vault_bundle_read(vault, bundle, now, NULL, NULL, cancel_at_once, NULL, &count, NULL) == ERR_NO &&
		      vault_head(vault) == head,
	      "and reading, and nothing is taken");
	vault_close(vault);
}

int main(void)
{
	if (make_place()) {
		test_merge();
		test_refused();
		test_cancel();
	}
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	file_remove_tree(home, NULL);
	free(fingerprint);
	return tap_done();
}
