/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power is lost under eight sessions that append, open cases, attach and draft: at PSIRTTY_CRASH_ROUNDS (200)
 * moments the vault is laid down as the loss could have left it. It opens, everything acknowledged is there,
 * and the audit finds it whole. The same moments on a disk that lies about syncing must show losses, or this
 * test could not fail.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk.h"
#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "psirtty/vault/vault.h"
#include "../unit/tap.h"

enum { WRITERS = 8, SESSIONS = 2, STEPS = 12, MOMENTS = 40, LYING_ROUNDS = 20 };
/* What a promise's number is of; below it the writer's own count. */
enum { PROMISE_NOTE = 1, PROMISE_DRAFT = 2 };

static char home[64];
static const instant now = 1795000000 * INSTANT_SECOND;

static uint64_t promise(int what, int writer, int number)
{
	return (uint64_t)what << 32 | (uint64_t)writer << 16 | (uint64_t)number;
}

static void set_home(const char *dir)
{
	AUTO_STRING state = file_join(dir, "state");
	AUTO_STRING cache = file_join(dir, "cache");

	setenv("XDG_STATE_HOME", state, 1);
	setenv("XDG_CACHE_HOME", cache, 1);
}

static struct vault *open_vault(const char *dir, struct openpgp **pgp)
{
	AUTO_STRING path = file_join(dir, "vault");
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (openpgp_open(NULL, pgp, &err) == 0 && vault_open(path, *pgp, false, now, &vault, &err) == 0)
		return vault;
	printf("# %s: %s\n", str_or_empty(err.what), str_or_empty(err.why));
	return NULL;
}

static bool make_vault(void)
{
	AUTO_STRING path = mem_format("%s/disk/vault", home);
	AUTO_STRING disk = file_join(home, "disk");
	AUTO_STRING fingerprint = NULL;
	struct openpgp *pgp = NULL;
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	file_make_dir(disk, 0700, NULL);
	set_home(disk);
	good = openpgp_open(home, &pgp, &err) == 0 &&
	       openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
	       vault_create(path, pgp, fingerprint, NULL, now, &err) == 0;
	openpgp_close(pgp);
	return CHECK(good, "a vault is made");
}

/* ---- the sessions that are cut off */

static int add_note(struct vault *vault, const uint8_t stream[16], int writer, int number,
		    const struct vault_object *object, struct error *err)
{
	AUTO_STRING json = mem_format("{\"writer\":%d,\"number\":%d,\"object\":\"%s\",\"key\":\"%s\",\"text\":\"%0400d\"}",
				      writer, number, object ? object->name : "", object ? object->key : "", number);

	return vault_append(vault, stream, 15, json, strlen(json), now, NULL, NULL, NULL, err);
}

static int add_attachment(struct vault *vault, const uint8_t stream[16], int writer, int number, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	struct vault_object object;
	int code;

	str_add_format(&bytes, "attachment %d of %d ", number, writer);
	str_add_repeat(&bytes, 'x', 9000);
	code = vault_object_put(vault, bytes.bytes, bytes.length, &object, err);
	return code ? code : add_note(vault, stream, writer, number, &object, err);
}

static int add_draft(struct vault *vault, int writer, int number, struct error *err)
{
	AUTO_STRING id = mem_format("draft-%d-%d", writer, number);

	return vault_draft_put(vault, id, "Dear finder,", 12, err);
}

static int work(struct vault *vault, int writer, int session, struct error *err)
{
	uint8_t stream[16];
	int code = vault_stream_new(vault, VAULT_CASE, now, stream, err);

	for (int step = 0; !code && step < STEPS; step++) {
		int number = session * STEPS + step;

		if (step % 6 == 4)
			code = add_attachment(vault, stream, writer, number, err);
		else
			code = add_note(vault, stream, writer, number, NULL, err);
		if (!code)
			disk_promise(promise(PROMISE_NOTE, writer, number));
		if (!code && step % 6 == 5) {
			code = add_draft(vault, writer, number, err);
			if (!code)
				disk_promise(promise(PROMISE_DRAFT, writer, number));
		}
	}
	return code;
}

static int run_writer(int writer)
{
	AUTO_STRING disk = file_join(home, "disk");
	int failed = 0;

	for (int session = 0; session < SESSIONS; session++) {
		struct openpgp *pgp = NULL;
		struct vault *vault = open_vault(disk, &pgp);
		AUTO_ERROR err = ERROR_INIT;

		failed |= !vault || work(vault, writer, session, &err) != 0;
		if (err.why)
			printf("# writer %d: %s\n", writer, err.why);
		vault_close(vault);
		openpgp_close(pgp);
	}
	return failed;
}

static bool run_writers(void)
{
	pid_t children[WRITERS];
	bool good = true;

	fflush(stdout);
	for (int i = 0; i < WRITERS; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			int failed = run_writer(i);

			fflush(stdout);
			_exit(failed);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		good &= waitpid(children[i], &status, 0) == children[i] && status == 0;
	}
	return good;
}

/* ---- after the crash */

struct found {
	struct vault *vault;
	bool notes[WRITERS][SESSIONS * STEPS];
	size_t bad_objects;
};

static int find_note(void *context, const struct vault_event *event, struct error *err)
{
	struct found *found = context;
	AUTO_JSON json = json_loads(event->json, 0, NULL);
	long long writer = js_integer(json, "writer", WRITERS), number = js_integer(json, "number", 0);
	const char *object = js_string(json, "object");
	AUTO_STR bytes = STR_INIT;

	(void)err;
	if (writer >= WRITERS || number >= SESSIONS * STEPS)
		return 0;
	found->notes[writer][number] = true;
	if (object && *object && vault_object_get(found->vault, object, js_string(json, "key"), &bytes, NULL))
		found->bad_objects++;
	return 0;
}

static bool is_kept(struct found *found, uint64_t number)
{
	int writer = number >> 16 & 0xFFFF, step = number & 0xFFFF;
	AUTO_STRING id = mem_format("draft-%d-%d", writer, step);
	AUTO_STR draft = STR_INIT;

	if (number >> 32 == PROMISE_NOTE)
		return found->notes[writer][step];
	return vault_draft_get(found->vault, id, &draft, NULL) == 0 && str_equal(draft.bytes, "Dear finder,");
}

struct tally { size_t rounds, promised, lost, unopened, unwhole, objects; };

static void judge_audit(const char *dir, struct openpgp *pgp, struct tally *tally)
{
	AUTO_STRING path = file_join(dir, "vault");
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	if (vault_audit(path, pgp, NULL, &report, &err)) {
		tally->unwhole++;
		if (tally->unwhole < 4)
			printf("# not whole: %s\n", report.finding_count ? report.findings[0].what : str_or_empty(err.why));
	}
	audit_report_release(&report);
}

static void judge(const char *dir, const uint64_t *promises, size_t count, struct tally *tally)
{
	struct openpgp *pgp = NULL;
	struct found found = { .vault = open_vault(dir, &pgp) };
	AUTO_ERROR err = ERROR_INIT;

	tally->rounds++;
	tally->promised += count;
	if (!found.vault || vault_each(found.vault, 0, find_note, &found, &err) || vault_damage(found.vault)) {
		tally->unopened++;
		if (found.vault && tally->unopened < 4)
			printf("# %s\n", vault_damage(found.vault) ? vault_damage(found.vault) : str_or_empty(err.why));
	}
	for (size_t i = 0; i < count && found.vault; i++)
		tally->lost += !is_kept(&found, promises[i]);
	tally->objects += found.bad_objects;
	vault_close(found.vault);
	judge_audit(dir, pgp, tally);
	openpgp_close(pgp);
}

static void crash(size_t round, bool lying, struct tally *tally)
{
	AUTO_STRING dir = mem_format("%s/after", home);
	/* Spread over the whole of it, and never twice the same. */
	size_t moment = disk_count() * (round % MOMENTS + 1) / MOMENTS - round * 7919 % (disk_count() / MOMENTS);
	uint64_t *promises;
	size_t count;

	file_remove_tree(dir, NULL);
	file_make_dir(dir, 0700, NULL);
	count = disk_crash(moment, round + 1, lying, dir, &promises);
	{
		AUTO_STRING vault = file_join(dir, "vault");

		chmod(vault, 02770);
	}
	set_home(dir);
	judge(dir, promises, count, tally);
	free(promises);
}

static void test_losses(size_t rounds)
{
	AUTO_STRING disk = file_join(home, "disk");
	struct tally honest = { 0 }, lying = { 0 };
	bool worked = true;

	for (size_t round = 0; round < rounds; round++) {
		if (round % MOMENTS == 0) {
			set_home(disk);
			disk_record();
			worked &= run_writers();
			disk_stop();
		}
		crash(round, false, &honest);
		if (round < LYING_ROUNDS)
			crash(round, true, &lying);
	}
	CHECK(worked, "eight sessions write, attach and draft without a complaint");
	CHECK(honest.promised > rounds, "%zu times something was acknowledged before one of %zu power losses", honest.promised,
	      honest.rounds);
	CHECK(honest.unopened == 0, "after each the vault opens undamaged (%zu did not)", honest.unopened);
	CHECK(honest.lost == 0, "nothing acknowledged is missing (%zu are)", honest.lost);
	CHECK(honest.objects == 0, "every attachment of an event opens (%zu do not)", honest.objects);
	CHECK(honest.unwhole == 0, "the database and the chains are whole each time (%zu are not)", honest.unwhole);
	CHECK(lying.lost + lying.unopened > LYING_ROUNDS / 4,
	      "on a disk that lies about syncing it shows: %zu of %zu lost, %zu of %zu do not open", lying.lost, lying.promised,
	      lying.unopened, lying.rounds);
	printf("# figure: power loss: %zu rounds, %zu acknowledged, %zu lost; lying disk: %zu of %zu lost\n", honest.rounds,
	       honest.promised, honest.lost, lying.lost, lying.promised);
}

int main(void)
{
	const char *rounds = getenv("PSIRTTY_CRASH_ROUNDS");
	AUTO_STRING disk = NULL;

	snprintf(home, sizeof(home), "/tmp/ppl-XXXXXX");
	if (!mkdtemp(home))
		return 1;
	setenv("GNUPGHOME", home, 1);
	disk = file_join(home, "disk");
	disk_watch(disk);
	if (make_vault())
		test_losses(rounds && atoi(rounds) > 0 ? (size_t)atoi(rounds) : 200);
	openpgp_stop_agent(home);
	file_remove_tree(home, NULL);
	return tap_done();
}
