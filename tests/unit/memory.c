/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a member remembers, with two real members: sessions that end in another order than they began, names that
 * two of them learned, and an older copy in the vault's place, which only an admin lets everybody follow.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"
#include "vault/vault_private.h"

enum { ALEX, BAO, PEOPLE };

static struct person { const char *user_id, *name; char home[96], state[96]; struct openpgp *pgp; char *fingerprint; } people[PEOPLE] = {
	{ .user_id = "Alex Admin <alex@vendor.example>", .name = "alex" },
	{ .user_id = "Bao Handler <bao@vendor.example>", .name = "bao" },
};
static char top[64], dir[96], kept[96];
static const instant now = 1795000000 * INSTANT_SECOND;
static struct error err;
static uint8_t stream[16];

#define DONE(call, ...) (error_release(&err), CHECK((call) == 0, __VA_ARGS__) || (printf("# %s\n", str_or_empty(err.why)), false))

/* Arguments of one call have no order: the reason is read after the fact. */
static void says(bool holds, const char *name)
{
	CHECK(holds, "%s (%s)", name, str_or_empty(err.why));
}

static bool copy_tree(const char *from, const char *to)
{
	int status, code = 0;
	pid_t child;

	if (file_exists(to))
		code = file_remove_tree(to, &err);
	fflush(stdout);
	child = code ? -1 : fork();
	if (child == 0) {
		execlp("cp", "cp", "-a", from, to, NULL);
		_exit(127);
	}
	if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
		return true;
	CHECK(false, "%s is copied to %s", from, to);
	return false;
}

/* Each remembers in a place of his own. */
static struct vault *open_as(size_t who)
{
	struct vault *vault = NULL;

	setenv("XDG_STATE_HOME", people[who].state, 1);
	setenv("XDG_CACHE_HOME", people[who].state, 1);
	error_release(&err);
	if (vault_open(dir, people[who].pgp, false, now, &vault, &err))
		printf("# %s: %s\n", people[who].name, err.why);
	return vault;
}

static void close_as(struct vault *vault, size_t who)
{
	setenv("XDG_STATE_HOME", people[who].state, 1);
	setenv("XDG_CACHE_HOME", people[who].state, 1);
	vault_close(vault);
}

static bool add_notes(struct vault *vault, int count)
{
	int code = 0;

	error_release(&err);
	for (int i = 0; vault && !code && i < count; i++)
		code = vault_append(vault, stream, 15, "{}", 2, now, NULL, NULL, NULL, &err);
	return vault && !code;
}

static bool make_place(void)
{
	bool good = true;

	snprintf(top, sizeof(top), "/tmp/pmy-XXXXXX");
	if (!mkdtemp(top))
		return false;
	snprintf(dir, sizeof(dir), "%s/vault", top);
	snprintf(kept, sizeof(kept), "%s/kept", top);
	for (size_t i = 0; i < PEOPLE; i++) {
		struct person *p = &people[i];

		snprintf(p->home, sizeof(p->home), "%s/%s", top, p->name);
		snprintf(p->state, sizeof(p->state), "%s/%s-state", top, p->name);
		mkdir(p->home, 0700);
		good = good && DONE(openpgp_open(p->home, &p->pgp, &err), "gpg of %s", p->name) &&
		       DONE(openpgp_generate(p->pgp, p->user_id, &p->fingerprint, &err), "a key for %s", p->name);
	}
	return good;
}

static bool make_vault(void)
{
	AUTO_STR request = STR_INIT;
	struct vault_member bao;
	struct vault *alex;
	bool good;

	setenv("XDG_STATE_HOME", people[ALEX].state, 1);
	good = DONE(vault_create(dir, people[ALEX].pgp, people[ALEX].fingerprint, NULL, now, &err), "a vault") &&
	       DONE(vault_request(dir, people[BAO].pgp, people[BAO].fingerprint, true, &request, &err), "Bao asks");
	alex = good ? open_as(ALEX) : NULL;
	good = alex && DONE(vault_admit(alex, people[BAO].fingerprint, NULL, VAULT_HANDLER, now, &err), "Bao is admitted") &&
	       DONE(vault_stream_new(alex, VAULT_CASE, now, stream, &err), "a case") &&
	       DONE(vault_member_find(alex, people[BAO].fingerprint, &bao, &err), "Bao") &&
	       DONE(vault_grant(alex, stream, bao.id, VAULT_READ | VAULT_WRITE, now, &err), "Bao may write");
	if (good)
		vault_name_stream(alex, stream, "PSIRT-2026-0001");
	close_as(alex, ALEX);
	return good;
}

/* ---- the head never moves back */

static void test_order_of_ending(void)
{
	static const uint8_t a[16] = "one stream......", b[16] = "another stream..";
	struct vault *early = open_as(ALEX), *late = open_as(ALEX), *third = open_as(ALEX);
	uint64_t head;

	CHECK(early && late && third && add_notes(late, 5), "three sessions of one member; one writes");
	head = vault_head(late);
	vault_name_stream(early, a, "learned early");
	vault_name_stream(late, b, "learned late");
	close_as(late, ALEX);
	/* Behind the writer's head: one with something to remember, one without. */
	close_as(early, ALEX);
	close_as(third, ALEX);
	late = open_as(ALEX);
	CHECK(late && late->memory.gseq == head, "the head that is remembered is the newest: %llu of %llu",
	      late ? (unsigned long long)late->memory.gseq : 0, (unsigned long long)head);
	CHECK(late && trail_at(&late->memory.trail, trail_count(&late->memory.trail) - 1).gseq == head,
	      "and the trail ends there");
	CHECK(late && str_equal(memory_name(&late->memory, a), "learned early") &&
		      str_equal(memory_name(&late->memory, b), "learned late") &&
		      str_equal(memory_name(&late->memory, stream), "PSIRT-2026-0001"),
	      "what each of them learned is kept");
	close_as(late, ALEX);
}

/* What it is for: a rollback that the session which ended last did not live to see. */
static void test_rollback_seen(void)
{
	struct vault *early, *late;

	copy_tree(dir, kept);
	early = open_as(ALEX);
	late = open_as(ALEX);
	CHECK(add_notes(late, 3), "three more events");
	vault_name_stream(early, (const uint8_t *)"a third stream..", "third");
	close_as(late, ALEX);
	close_as(early, ALEX);
	copy_tree(kept, dir);
	late = open_as(ALEX);
	CHECK(late && vault_damage(late) && strstr(vault_damage(late), "the log was cut"),
	      "an older copy shows, whichever session ended last: %s", late ? str_or_empty(vault_damage(late)) : "");
	close_as(late, ALEX);
}

/* ---- what is gone, and who lets go of it */

static void test_losses(void)
{
	struct vault_losses losses;
	struct vault *alex = open_as(ALEX);

	vault_losses(alex, NULL, &losses);
	CHECK(losses.count == 3 && losses.untold == 0, "three events are gone (%zu, %llu untold)", losses.count,
	      (unsigned long long)losses.untold);
	for (size_t i = 0; i < losses.count; i++)
		CHECK(losses.events[i].type == 15 && losses.events[i].at == now / INSTANT_SECOND * INSTANT_SECOND &&
			      str_equal(losses.events[i].stream_name, "PSIRT-2026-0001") &&
			      str_equal(losses.events[i].author, people[ALEX].fingerprint),
		      "event %llu: its case, author, kind and time", (unsigned long long)losses.events[i].gseq);
	vault_losses_release(&losses);
	close_as(alex, ALEX);
}

static bool still_suspected(size_t who)
{
	struct vault *vault = open_as(who);
	bool yes = vault && vault_damage(vault) && !add_notes(vault, 1);

	close_as(vault, who);
	return yes;
}

static bool follows(size_t who)
{
	struct vault *vault = open_as(who);
	bool yes = vault && vault_restored(vault, now, &err) == 0 && !vault_damage(vault);

	close_as(vault, who);
	return yes;
}

static void test_handler_alone(void)
{
	says(!follows(BAO), "a handler alone cannot let it go");
	CHECK(still_suspected(BAO), "and remembers what he saw all the same");
}

/* Both saw what is gone now; the vault begins anew at the older copy. */
static void roll_back(void)
{
	struct vault *vault;

	copy_tree(dir, kept);
	vault = open_as(ALEX);
	CHECK(add_notes(vault, 2), "two events");
	close_as(vault, ALEX);
	vault = open_as(BAO);
	CHECK(vault && !vault_damage(vault), "which both saw");
	close_as(vault, BAO);
	copy_tree(kept, dir);
	CHECK(still_suspected(ALEX) && still_suspected(BAO), "an older copy: neither writes to it");
}

static void test_followed(void)
{
	struct vault *vault;

	says(follows(ALEX), "the admin lets it go");
	vault = open_as(ALEX);
	CHECK(vault && !vault_damage(vault) && add_notes(vault, 1), "and goes on");
	close_as(vault, ALEX);
	CHECK(still_suspected(BAO), "the handler sees what is gone before he follows");
	says(follows(BAO), "he follows what the admin signed");
	vault = open_as(BAO);
	CHECK(vault && !vault_damage(vault) && add_notes(vault, 1), "and writes");
	close_as(vault, BAO);
	CHECK(!follows(BAO), "there is nothing to let go of then");
}

/* Many events: the trail keeps the last, the rest is counted. */
static void test_long(void)
{
	struct vault_losses losses;
	struct vault *vault;

	copy_tree(dir, kept);
	vault = open_as(ALEX);
	vault_hold(vault, &err);
	CHECK(add_notes(vault, TRAIL_MOST + 7), "more events than are remembered one by one");
	vault_let_go(vault);
	close_as(vault, ALEX);
	copy_tree(kept, dir);
	vault = open_as(ALEX);
	vault_losses(vault, NULL, &losses);
	CHECK(losses.count == TRAIL_MOST && losses.untold == 7, "the last %zu are told, %llu are counted", losses.count,
	      (unsigned long long)losses.untold);
	vault_losses_release(&losses);
	close_as(vault, ALEX);
}

int main(void)
{
	if (make_place() && make_vault()) {
		test_order_of_ending();
		test_rollback_seen();
		test_losses();
		CHECK(follows(ALEX), "the admin lets it go");
		roll_back();
		test_handler_alone();
		test_followed();
		/* The word from then is no word for what is gone now. */
		roll_back();
		test_handler_alone();
		test_followed();
		test_long();
	}
	for (size_t i = 0; i < PEOPLE; i++) {
		openpgp_close(people[i].pgp);
		openpgp_stop_agent(people[i].home);
		free(people[i].fingerprint);
	}
	error_release(&err);
	file_remove_tree(top, NULL);
	return tap_done();
}
