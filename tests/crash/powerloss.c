/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power is lost under eight sessions that append, open cases, attach, draft, take in batches and keep lists and
 * words: at PSIRTTY_CRASH_ROUNDS (200) moments the vault is laid down as the loss could have left it. It opens, everything
 * acknowledged is there, the audit finds it whole, and lists and words are what is read anew. The same moments on a disk
 * that lies about syncing must show losses, or this test could not fail.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "disk.h"
#include "lists.h"
#include "psirtty/base/file.h"
#include "psirtty/vault/index.h"
#include "sessions.h"

enum { SESSIONS = 2, STEPS = 12, BATCH_AT = 1000, MOMENTS = 40, LYING_ROUNDS = 20 };

static char *disk;

/* ---- the sessions that are cut off */

static int work(struct vault *vault, int writer, int session, struct error *err)
{
	uint8_t stream[16];
	int code = vault_stream_new(vault, VAULT_CASE, SESSIONS_NOW, stream, err);

	for (int step = 0; !code && step < STEPS; step++)
		code = sessions_step(vault, stream, writer, session * STEPS + step, disk_promise, err);
	if (!code)
		code = sessions_batch(vault, stream, writer, BATCH_AT + session * BATCH_NOTES, disk_promise, err);
	return code ? code : lists_keep(vault, err);
}

static int run_writer(int writer)
{
	int failed = 0;

	for (int session = 0; session < SESSIONS; session++) {
		struct openpgp *pgp = NULL;
		struct vault *vault = sessions_open(disk, &pgp);
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

struct tally { size_t rounds, promised, lost, unopened, unwhole, objects, usable; struct lists_tally lists; };

static void judge(const char *dir, const uint64_t *promises, size_t count, struct tally *tally)
{
	struct openpgp *pgp = NULL;
	struct vault *vault = sessions_open(dir, &pgp);
	struct sessions_found found = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	tally->rounds++;
	tally->promised += count;
	if (!vault || sessions_find(vault, 0, &found, &err) || vault_damage(vault)) {
		tally->unopened++;
		if (vault)
			printf("# %s\n", vault_damage(vault) ? vault_damage(vault) : str_or_empty(err.why));
	}
	for (size_t i = 0; i < count && found.notes; i++)
		tally->lost += !sessions_kept(&found, promises[i]);
	tally->objects += found.bad_objects;
	sessions_found_release(&found);
	tally->usable += vault && vault_text_head(vault) > 0;
	if (vault && lists_keep(vault, &err))
		printf("# the lists: %s\n", str_or_empty(err.why));
	vault_close(vault);
	openpgp_close(pgp);
	tally->unwhole += !sessions_whole(dir);
}

static void crash(size_t round, bool lying, struct tally *tally)
{
	AUTO_STRING dir = file_join(sessions_home, "after");
	AUTO_STRING vault = file_join(dir, "vault");
	/* Spread over the whole of it, and never twice the same. */
	size_t moment = disk_count() * (round % MOMENTS + 1) / MOMENTS - round * 7919 % (disk_count() / MOMENTS);
	uint64_t *promises;
	size_t count;

	file_remove_tree(dir, NULL);
	file_make_dir(dir, 0700, NULL);
	count = disk_crash(moment, round + 1, lying, dir, &promises);
	chmod(vault, 02770);
	sessions_use(dir);
	judge(dir, promises, count, tally);
	/* Whatever the loss left of the cache: the session that looked went on from it. */
	if (!lying)
		lists_judge(dir, &tally->lists);
	free(promises);
}

static void test_losses(size_t rounds)
{
	struct tally honest = { 0 }, lying = { 0 };
	bool worked = true;

	for (size_t round = 0; round < rounds; round++) {
		if (round % MOMENTS == 0) {
			sessions_use(disk);
			disk_record();
			worked &= run_writers();
			disk_stop();
		}
		crash(round, false, &honest);
		if (round < LYING_ROUNDS)
			crash(round, true, &lying);
	}
	CHECK(worked, "eight sessions write, attach, draft and take in batches without a complaint");
	CHECK(honest.promised > rounds, "%zu times something was acknowledged before one of %zu power losses", honest.promised,
	      honest.rounds);
	CHECK(honest.unopened == 0, "after each the vault opens undamaged (%zu did not)", honest.unopened);
	CHECK(honest.lost == 0, "nothing acknowledged is missing (%zu are)", honest.lost);
	CHECK(honest.objects == 0, "every attachment of an event opens (%zu do not)", honest.objects);
	CHECK(honest.unwhole == 0, "the database and the chains are whole each time (%zu are not)", honest.unwhole);
	CHECK(honest.lists.unequal == 0 && honest.lists.unread == 0 && honest.lists.compared == honest.rounds,
	      "lists and words are what is read anew each time (%zu are not, %zu cannot be read, %zu of %zu compared)",
	      honest.lists.unequal, honest.lists.unread, honest.lists.compared, honest.rounds);
	CHECK(honest.usable > honest.rounds / 10, "the cache was there after %zu of them, and made anew after the others", honest.usable);
	CHECK(lying.lost + lying.unopened > LYING_ROUNDS / 4,
	      "on a disk that lies about syncing it shows: %zu of %zu lost, %zu of %zu do not open", lying.lost, lying.promised,
	      lying.unopened, lying.rounds);
	printf("# figure: power loss: %zu rounds, %zu acknowledged, %zu lost; lying disk: %zu of %zu lost\n", honest.rounds,
	       honest.promised, honest.lost, lying.lost, lying.promised);
}

int main(void)
{
	const char *rounds = getenv("PSIRTTY_CRASH_ROUNDS");

	if (!sessions_begin("ppl"))
		return 1;
	disk = file_join(sessions_home, "disk");
	disk_watch(disk);
	if (CHECK(sessions_make(disk), "a vault is made"))
		test_losses(rounds && atoi(rounds) > 0 ? (size_t)atoi(rounds) : 200);
	sessions_end();
	free(disk);
	return tap_done();
}
