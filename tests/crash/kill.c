/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eight sessions open the vault, append, attach, draft, keep lists and words and close it again, over and over, and
 * are killed with SIGKILL in the middle of it: PSIRTTY_CRASH_ROUNDS (200) times. After each time the vault opens
 * undamaged, SQLite finds its files whole, the audit the chains, everything acknowledged is there, and lists and words
 * are what is read anew. Seven sessions share a cache; one has its own, so that some are killed while they merge it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "lists.h"
#include "psirtty/base/file.h"
#include "psirtty/vault/index.h"
#include "sessions.h"

/* A vault is used for some rounds and then made anew, so that looking through all of it each time stays cheap. */
enum { DEADLINE_MS = 60000, MOST_PROMISES = 24, VAULT_ROUNDS = 20, OWN_EVERY = 4, AUDIT_EVERY = 5, FAIR_PROMISES = 800,
       FAIR_MOST = 50 * FAIR_PROMISES };

static char *place;
static int promises_out;
static int next_number[WRITERS];

/* ---- the sessions that are killed */

static void tell(uint64_t promise)
{
	if (write(promises_out, &promise, sizeof(promise)) != sizeof(promise))
		_exit(1);
}

static void use_cache(int which)
{
	AUTO_STRING cache = mem_format("%s/cache-%d", place, which);

	setenv("XDG_CACHE_HOME", cache, 1);
}

static int work(struct vault *vault, int writer, int steps, int *number, struct error *err)
{
	uint8_t stream[16];
	int code = vault_stream_new(vault, VAULT_CASE, SESSIONS_NOW, stream, err);

	for (; !code && steps > 0; steps--)
		code = sessions_step(vault, stream, writer, (*number)++, tell, err);
	return code ? code : lists_keep(vault, err);
}

static void write_until_killed(int writer)
{
	int number = next_number[writer];

	use_cache(writer == 0);
	for (int session = 0;; session++) {
		struct openpgp *pgp = NULL;
		struct vault *vault = sessions_open(place, &pgp);
		AUTO_ERROR err = ERROR_INIT;

		/* The one with a cache of its own ends often: it is to be killed while it merges. */
		if (!vault || work(vault, writer, writer ? 1 + (writer + session * 3) % 8 : 1, &number, &err)) {
			printf("# writer %d: %s\n", writer, str_or_empty(err.why));
			fflush(stdout);
			_exit(1);
		}
		vault_close(vault);
		openpgp_close(pgp);
	}
}

/* One session that goes on and on: nothing but the queue stands between its appends. */
static void write_steadily(int writer)
{
	struct openpgp *pgp = NULL;
	struct vault *vault = sessions_open(place, &pgp);
	AUTO_ERROR err = ERROR_INIT;
	uint8_t stream[16];
	int code = vault ? vault_stream_new(vault, VAULT_CASE, SESSIONS_NOW, stream, &err) : -1;

	for (int number = 0; !code; number = (number + 1) % WRITER_NOTES)
		code = sessions_step(vault, stream, writer, number, tell, &err);
	_exit(1);
}

struct round { pid_t children[WRITERS]; int in; uint64_t *promises; size_t count; };

static void start(struct round *round, void (*act)(int writer))
{
	int ends[2];

	if (pipe(ends))
		abort();
	fflush(stdout);
	for (int i = 0; i < WRITERS; i++) {
		round->children[i] = fork();
		if (round->children[i] == 0) {
			setpgid(0, 0);
			close(ends[0]);
			promises_out = ends[1];
			act(i);
		}
	}
	close(ends[1]);
	round->in = ends[0];
}

/* False at the end of the pipe, or when nothing came for too long. */
static bool take_promise(struct round *round)
{
	struct pollfd ready = { .fd = round->in, .events = POLLIN };
	uint64_t promise;

	if (poll(&ready, 1, DEADLINE_MS) <= 0 || read(round->in, &promise, sizeof(promise)) != sizeof(promise))
		return false;
	round->promises = mem_resize(round->promises, round->count + 1, sizeof(*round->promises));
	round->promises[round->count++] = promise;
	return true;
}

static bool stop(struct round *round)
{
	bool alive = true;

	for (int i = 0; i < WRITERS; i++)
		kill(round->children[i], SIGKILL);
	while (take_promise(round))
		;
	close(round->in);
	for (int i = 0; i < WRITERS; i++) {
		int status;

		alive &= waitpid(round->children[i], &status, 0) == round->children[i] && WIFSIGNALED(status);
	}
	return alive;
}

/* ---- and after */

struct tally {
	size_t promised, lost, unopened, broken, objects, unwhole, dead, idle, usable;
	struct lists_tally lists;
	uint64_t head, events;
};

static bool integrity(const char *name)
{
	AUTO_STRING path = mem_format("%s/vault/%s", place, name);
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	bool good;

	good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	       sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL) == SQLITE_OK &&
	       sqlite3_step(s) == SQLITE_ROW && str_equal((const char *)sqlite3_column_text(s, 0), "ok");
	sqlite3_finalize(s);
	/* A checkpoint at closing would stand outside the vault's lock. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(db);
	return good;
}

static void note_number(uint64_t promise)
{
	int writer = promise >> 16 & 0xFFFF, number = promise & 0xFFFF;

	if (next_number[writer] <= number + 1)
		next_number[writer] = number + 2; /* the one in flight may be there too */
}

static void judge_promises(struct vault *vault, const struct round *round, struct tally *tally)
{
	struct sessions_found found = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	if (!vault || sessions_find(vault, tally->head, &found, &err) || vault_damage(vault)) {
		tally->unopened++;
		printf("# %s\n", vault && vault_damage(vault) ? vault_damage(vault) : str_or_empty(err.why));
	}
	for (size_t i = 0; i < round->count && found.notes; i++) {
		tally->lost += !sessions_kept(&found, round->promises[i]);
		note_number(round->promises[i]);
	}
	tally->objects += found.bad_objects;
	tally->head = vault ? vault_head(vault) : tally->head;
	sessions_found_release(&found);
}

/* The next session goes on from whatever the kill left of the cache, and then it is what is read anew. */
static void judge(int cache, const struct round *round, struct tally *tally)
{
	struct openpgp *pgp = NULL;
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault;

	use_cache(cache);
	vault = sessions_open(place, &pgp);
	if (cache == 0)
		judge_promises(vault, round, tally);
	tally->usable += vault && vault_text_head(vault) > 0;
	if (vault && lists_keep(vault, &err))
		printf("# the lists: %s\n", str_or_empty(err.why));
	vault_close(vault);
	openpgp_close(pgp);
	lists_judge(place, &tally->lists);
}

static void run_round(size_t number, struct tally *tally)
{
	/* Now at once, now after some work. */
	size_t target = number * 7919 % MOST_PROMISES;
	struct round round = { 0 };

	start(&round, write_until_killed);
	while (round.count <= target && take_promise(&round))
		;
	tally->idle += round.count <= target;
	tally->dead += !stop(&round);
	tally->promised += round.count;
	judge(0, &round, tally);
	if (number % OWN_EVERY == OWN_EVERY - 1)
		judge(1, &round, tally);
	tally->broken += !integrity("vault.db") || !integrity("keys.db");
	/* Opening has verified what is new; this is all of it. */
	if (number % AUDIT_EVERY == AUDIT_EVERY - 1)
		tally->unwhole += !sessions_whole(place);
	free(round.promises);
}

/* Each writer's share of what was acknowledged while all eight wrote: from when the last of them was first heard;
 * one that died before that is not waited for. */
static void test_fair(void)
{
	size_t shares[WRITERS] = { 0 }, least = FAIR_PROMISES, writers = 0, counted = 0;
	struct round round = { 0 };

	start(&round, write_steadily);
	for (bool heard[WRITERS] = { false }; counted < FAIR_PROMISES && round.count < FAIR_MOST && take_promise(&round);) {
		int writer = round.promises[round.count - 1] >> 16 & 0xFFFF;

		writers += !heard[writer];
		heard[writer] = true;
		counted += writers == WRITERS;
		shares[writer] += writers == WRITERS;
	}
	stop(&round);
	free(round.promises);
	for (size_t i = 0; i < WRITERS; i++)
		least = shares[i] < least ? shares[i] : least;
	CHECK(counted == FAIR_PROMISES, "eight sessions write at once");
	CHECK(least * 4 >= FAIR_PROMISES / WRITERS, "none starves: of %d turns each had at least %zu", FAIR_PROMISES, least);
}

static bool new_place(size_t number, struct tally *tally)
{
	if (number)
		file_remove_tree(place, NULL);
	tally->events += tally->head;
	tally->head = 0;
	memset(next_number, 0, sizeof(next_number));
	return sessions_make(place);
}

static void test_kills(size_t rounds)
{
	struct tally tally = { 0 };
	bool made = true;

	for (size_t i = 0; i < rounds; i++) {
		if (i % VAULT_ROUNDS == 0)
			made &= new_place(i, &tally);
		run_round(i, &tally);
	}
	CHECK(made, "vaults are made");
	CHECK(tally.idle == 0 && tally.dead == 0, "eight sessions work until they are killed, %zu times (%zu stood still, %zu ended)",
	      rounds, tally.idle, tally.dead);
	CHECK(tally.promised > rounds, "%zu times something was acknowledged", tally.promised);
	CHECK(tally.unopened == 0, "after each kill the vault opens undamaged (%zu times it did not)", tally.unopened);
	CHECK(tally.broken == 0, "SQLite finds its files whole (%zu times it did not)", tally.broken);
	CHECK(tally.lost == 0, "nothing acknowledged is missing (%zu are)", tally.lost);
	CHECK(tally.objects == 0, "every attachment of an event opens (%zu do not)", tally.objects);
	CHECK(tally.unwhole == 0, "the audit finds it whole (%zu times it did not)", tally.unwhole);
	CHECK(tally.lists.unequal == 0 && tally.lists.unread == 0 && tally.lists.judged >= rounds &&
		      tally.lists.compared == tally.lists.judged,
	      "lists and words are what is read anew each time (%zu are not, %zu cannot be read, %zu of %zu compared)",
	      tally.lists.unequal, tally.lists.unread, tally.lists.compared, tally.lists.judged);
	CHECK(tally.usable > rounds / 10, "the cache was there after %zu of %zu, and made anew after the others", tally.usable,
	      tally.lists.judged);
	printf("# figure: kill -9: %zu rounds, %zu acknowledged, %zu lost, %llu events\n", rounds, tally.promised, tally.lost,
	       (unsigned long long)(tally.events + tally.head));
}

int main(void)
{
	const char *rounds = getenv("PSIRTTY_CRASH_ROUNDS");

	if (!sessions_begin("pkl"))
		return 1;
	place = file_join(sessions_home, "place");
	if (CHECK(sessions_make(place), "a vault is made"))
		test_fair();
	file_remove_tree(place, NULL);
	test_kills(rounds && atoi(rounds) > 0 ? (size_t)atoi(rounds) : 200);
	sessions_end();
	free(place);
	return tap_done();
}
