/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows one signature vouches for, and which it must not. */
#include <stdio.h>
#include <unistd.h>

#include "attack_world.h"
#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/run.h"

enum { MORE = 8 };

static struct world world;
static struct log before;
static char place[] = "/tmp/pst-run-XXXXXX";
static unsigned folders;

/* ---- rows behind an honest log */

static void keep(struct row *row)
{
	world.rows = mem_resize(world.rows, world.count + 1, sizeof(*world.rows));
	world.rows[world.count++] = *row;
}

/* As LOG_TRUSTED takes it, so that rows can follow one that nobody should take. */
static void slip_in(const struct writing *writing)
{
	struct row row;
	struct store_row view;

	world_write(&world, writing, &row);
	view = row_view(&row);
	if (log_take(&world.log, &view, LOG_TRUSTED, NULL, NULL))
		BUG("a row is not even well formed");
	keep(&row);
}

static void note(size_t author)
{
	const struct writing w = world_note(&world, &world.actors[author], PLACE_CASE, "{\"text\":\"n\"}");

	world_add(&world, &w);
}

static void note_in_the_name_of(size_t author, size_t forger)
{
	struct writing w = world_note(&world, &world.actors[author], PLACE_CASE, "{\"text\":\"n\"}");
	struct row *row;

	w.signer = &world.actors[forger];
	slip_in(&w);
	row = &world.rows[world.count - 1];
	row->fields[FIELD_JOURNAL_SIG].bytes[5] ^= 4;
}

static void begin(void)
{
	if (!world_begin(&world))
		BUG("the world cannot be made");
	log_copy(&world.log, &before);
}

static void end(void)
{
	log_release(&before);
	world_end(&world);
}

/* What is vouched for behind BEFORE, a letter a row: v, or - where it is not; shorter when the run ends early. */
static const char *look(char ret[MORE + 1])
{
	AUTO_STRING dir = mem_format("%s/%u", place, folders++);
	struct store *store = NULL;
	struct run run = { .count = 0 };
	size_t length = 0;

	if (!world_store(&world, world.rows, world.count, dir) || store_open(dir, false, false, &store, NULL))
		BUG("the rows cannot be stored");
	run_look(&run, &before, store, world.count);
	for (; length < run.count && length < MORE; length++) {
		const struct store_row view = row_view(&world.rows[before.gseq + length]);

		ret[length] = run_vouches(&run, &view) ? 'v' : '-';
	}
	ret[length] = '\0';
	store_rest(store);
	store_close(store);
	return ret;
}

static void spoil(size_t more)
{
	world.rows[before.gseq + more].fields[FIELD_JOURNAL_SIG].bytes[9] ^= 1;
}

/* ---- */

static void test_honest(void)
{
	char seen[MORE + 1];

	begin();
	CHECK_STR(look(seen), "", "nothing new, nothing looked at");
	note(ACTOR_ADMIN);
	note(ACTOR_HANDLER);
	note(ACTOR_ADMIN);
	note(ACTOR_HANDLER);
	CHECK_STR(look(seen), "vvvv", "honest rows of two are vouched for");
	spoil(0);
	CHECK_STR(look(seen), "vvvv", "of each only the last signature counts");
	spoil(2);
	CHECK_STR(look(seen), "-v-v", "a bad last one vouches for nothing, nor does the bad one before it");
	spoil(0);
	CHECK_STR(look(seen), "vv-v", "a good one before it does");
	end();
}

static void test_forged(void)
{
	char seen[MORE + 1];

	begin();
	note(ACTOR_ADMIN);
	note_in_the_name_of(ACTOR_HANDLER, ACTOR_ADMIN);
	note(ACTOR_ADMIN);
	CHECK_STR(look(seen), "v-v", "what somebody slips in under another's name, his own signature does not cover");
	note(ACTOR_HANDLER);
	CHECK_STR(look(seen), "vvvv", "who signs behind what names him takes it as his own");
	end();
}

static void test_imported(void)
{
	struct writing w;
	char seen[MORE + 1];

	begin();
	w = world_note(&world, &world.actors[ACTOR_HANDLER], PLACE_CASE, "{\"text\":\"n\"}");
	w.appender = &world.actors[ACTOR_ADMIN];
	w.imported = true;
	slip_in(&w);
	note(ACTOR_ADMIN);
	CHECK_STR(look(seen), "-v", "an imported row needs its author's signature");
	end();
}

static void test_chain(void)
{
	char seen[MORE + 1];

	begin();
	note(ACTOR_ADMIN);
	note(ACTOR_ADMIN);
	note(ACTOR_ADMIN);
	world.rows[before.gseq + 1].fields[FIELD_PREV].bytes[0] ^= 1;
	CHECK_STR(look(seen), "v", "a row that does not follow ends the run");
	world.rows[before.gseq + 1].fields[FIELD_PREV].bytes[0] ^= 1;
	world.rows[before.gseq + 1].fields[FIELD_ID].bytes[0] ^= 1;
	CHECK_STR(look(seen), "v-", "so does the row behind one with another id, which is not vouched for");
	end();
}

/* The row is looked at twice: in between it may have become another. */
static void test_swapped(void)
{
	struct row other;
	struct store_row view;
	struct run run = { .count = 1, .vouched = { true } };

	begin();
	note(ACTOR_ADMIN);
	view = row_view(&world.rows[before.gseq]);
	run.from = before.gseq + 1;
	core_journal_hash(view.gseq, view.prev, view.id, false, run.hashes[0]);
	CHECK(run_vouches(&run, &view), "the row that was looked at is vouched for");
	row_copy(&world.rows[before.gseq], &other);
	other.fields[FIELD_ID].bytes[31] ^= 1;
	view = row_view(&other);
	CHECK(!run_vouches(&run, &view), "another in its place is not");
	view.gseq++;
	CHECK(!run_vouches(&run, &view), "nor is the one behind it");
	view.gseq -= 2;
	CHECK(!run_vouches(&run, &view), "or before it");
	row_release(&other);
	end();
}

int main(void)
{
	if (!mkdtemp(place) || crypt_start(NULL))
		return 1;
	test_honest();
	test_forged();
	test_imported();
	test_chain();
	test_swapped();
	file_remove_tree(place, NULL);
	return tap_done();
}
