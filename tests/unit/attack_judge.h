/* SPDX-License-Identifier: Apache-2.0 */
/* What the attack tests share with each other alone: the world, and what the audit says of it. */
#ifndef PSIRTTY_TESTS_ATTACK_JUDGE_H
#define PSIRTTY_TESTS_ATTACK_JUDGE_H

#include "attack_world.h"

#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"

static struct world world;
static char dir[64];

/* ---- what the audit says of rows */

__attribute__((unused)) static void audit(const struct row *rows, size_t count, uint64_t expected, const char *place, const char *name)
{
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING vault = file_join(dir, "vault");
	const struct audit_finding *first;
	int code;

	if (!CHECK(world_store(&world, rows, count, vault), "%s: stored", name))
		return;
	code = vault_audit(vault, NULL, NULL, &report, &err);
	first = report.findings;
	if (!expected)
		CHECK(code == 0 && report.finding_count == 0, "%s: passes (%s)", name,
		      first ? first->what : str_or_empty(err.why));
	else
		CHECK(code == ERR_NO && first && first->gseq == expected && *first->what &&
			      (!place || strstr(first->stream_name, place)),
		      "%s: found at event %llu of %s: %s", name, first ? (unsigned long long)first->gseq : 0,
		      first ? first->stream_name : "nothing", first ? first->what : str_or_empty(err.why));
	audit_report_release(&report);
}

/* What the audit calls a place: the start of its stream's number. */
__attribute__((unused)) static const char *name_of(size_t place)
{
	static char names[PLACE_COUNT][32];
	AUTO_STRING hex = str_hex(world.places[place].stream, ID_BYTES);

	snprintf(names[place], sizeof(names[place]), "%.8s", hex);
	return place == PLACE_INBOX ? "inbox" : place == PLACE_REGISTRY ? "registry" : names[place];
}

/* ---- copies of the rows */

__attribute__((unused)) static struct row *copy_rows(size_t room)
{
	struct row *rows = mem_alloc((world.count + room) * sizeof(*rows));

	for (size_t i = 0; i < world.count; i++)
		row_copy(&world.rows[i], &rows[i]);
	return rows;
}

static void free_rows(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		row_release(&rows[i]);
	free(rows);
}

/* A row that must be found where it stands, behind all the others. */
__attribute__((unused)) static void refused(const struct writing *w, const char *name)
{
	struct row *rows = copy_rows(1);

	world_write(&world, w, &rows[world.count]);
	audit(rows, world.count + 1, world.count + 1, NULL, name);
	free_rows(rows, world.count + 1);
}

static bool attack_begin(void)
{
	snprintf(dir, sizeof(dir), "/tmp/pat-XXXXXX");
	return mkdtemp(dir) && crypt_start(NULL) == 0 &&
	       CHECK(world_begin(&world), "a vault with three members, two cases and one that was shredded");
}

static int attack_end(void)
{
	world_end(&world);
	file_remove_tree(dir, NULL);
	return tap_done();
}

#endif
