/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of one flaw. The store keeps what each record calls itself and what else it says it is called; names are
 * joined when they are asked for, so that a record that takes a name back parts them again.
 */
#include "vault/intel_private.h"

enum { NAMES_MOST = 256, RECORDS_MOST = 4096 };

struct joining { struct intel *intel; struct text_list *names; struct intel_ids seen; struct error *err; };

static bool is_seen(struct intel_ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->items[i] == id)
			return true;
	ids->items = mem_grow(ids->items, &ids->room, ids->count + 1, sizeof(*ids->items));
	ids->items[ids->count++] = id;
	return false;
}

static void add_name(struct joining *j, const char *name)
{
	if (j->names->count < NAMES_MOST && !text_list_has(j->names, name))
		text_list_add_text(j->names, name);
}

/* Its own name, where it is still there, and the other names it joins. */
static int join_record(struct joining *j, int64_t id)
{
	sqlite3_stmt *s = intel_statement(j->intel, INTEL_RECORD_HEAD);
	bool gone = true;
	int step;

	sqlite3_bind_int64(s, 1, id);
	if (s && sqlite3_step(s) == SQLITE_ROW) {
		gone = sqlite3_column_int(s, 7) != 0;
		if (!gone)
			add_name(j, intel_column_text(s, 8));
	}
	sqlite3_reset(s);
	if (gone)
		return 0;
	s = intel_statement(j->intel, INTEL_ALIAS_NAMES);
	sqlite3_bind_int64(s, 1, id);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; step == SQLITE_ROW; step = sqlite3_step(s))
		add_name(j, intel_column_text(s, 0));
	sqlite3_reset(s);
	return step == SQLITE_DONE ? 0 : intel_failed(j->intel, j->err);
}

static int join_all(struct joining *j, sqlite3_stmt *s, const char *name, bool only_joining)
{
	struct intel_ids ids = { 0 };
	int step, code = 0;

	intel_bind_text(s, 1, name);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; step == SQLITE_ROW; step = sqlite3_step(s))
		if ((!only_joining || sqlite3_column_int(s, 1)) && j->seen.count < RECORDS_MOST &&
		    !is_seen(&j->seen, sqlite3_column_int64(s, 0)))
			(void)is_seen(&ids, sqlite3_column_int64(s, 0));
	code = step == SQLITE_DONE ? 0 : intel_failed(j->intel, j->err);
	sqlite3_reset(s);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = join_record(j, ids.items[i]);
	intel_ids_release(&ids);
	return code;
}

int intel_names(struct intel *intel, const char *id, struct text_list *ret, struct error *err)
{
	struct joining j = { .intel = intel, .names = ret, .err = err };
	int code = 0;

	text_list_add_text(ret, id);
	/* The list grows while it is walked. */
	for (size_t i = 0; !code && i < ret->count; i++) {
		AUTO_STRING name = mem_string(ret->items[i]);

		code = join_all(&j, intel_statement(intel, INTEL_RECORDS_NAMED), name, false);
		if (!code)
			code = join_all(&j, intel_statement(intel, INTEL_ALIAS_RECORDS), name, true);
	}
	intel_ids_release(&j.seen);
	return code;
}

/* ---- records, by source and name */

struct place { int64_t id, source; char *name; };

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = x->source == y->source ? strcmp(x->name, y->name) : 0;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

static int sort_places(struct intel *intel, struct intel_ids *ids)
{
	struct place *places = mem_alloc(ids->count * sizeof(*places));

	for (size_t i = 0; i < ids->count; i++) {
		sqlite3_stmt *s = intel_statement(intel, INTEL_RECORD_HEAD);

		sqlite3_bind_int64(s, 1, ids->items[i]);
		places[i].id = ids->items[i];
		if (sqlite3_step(s) == SQLITE_ROW)
			places[i].source = sqlite3_column_int64(s, 9);
		places[i].name = mem_string(intel_column_text(s, 8));
		sqlite3_reset(s);
	}
	if (ids->count)
		qsort(places, ids->count, sizeof(*places), by_place);
	for (size_t i = 0; i < ids->count; i++) {
		ids->items[i] = places[i].id;
		free(places[i].name);
	}
	free(places);
	return 0;
}

static int add_records(struct intel *intel, sqlite3_stmt *s, const char *name, struct intel_ids *ret, struct error *err)
{
	struct intel_ids found = { 0 };
	int code;

	intel_bind_text(s, 1, name);
	code = intel_collect(intel, s, &found, err);
	for (size_t i = 0; i < found.count && ret->count < RECORDS_MOST; i++)
		(void)is_seen(ret, found.items[i]);
	intel_ids_release(&found);
	return code;
}

int intel_records_of(struct intel *intel, const struct text_list *names, struct intel_ids *ret, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < names->count; i++) {
		code = add_records(intel, intel_statement(intel, INTEL_RECORDS_NAMED), names->items[i], ret, err);
		if (!code)
			code = add_records(intel, intel_statement(intel, INTEL_ALIAS_RECORDS), names->items[i], ret, err);
	}
	return code ? code : sort_places(intel, ret);
}

/* ---- the name a flaw is called by */

static int rank(const char *name)
{
	static const char *const first[] = { "CVE-", "GHSA-", "EUVD-", "CNVD-", "CNNVD-", "JVNDB-", "PYSEC-", "GO-", "RUSTSEC-" };

	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (str_starts(name, first[i]))
			return (int)i;
	return ARRAY_LEN(first);
}

const char *intel_canonical(struct intel *intel, const char *id)
{
	struct text_list names = { 0 };
	const char *best = id;

	if (intel_names(intel, id, &names, NULL) == 0)
		for (size_t i = 0; i < names.count; i++) {
			int order = rank(names.items[i]) - rank(best);

			if (order < 0 || (order == 0 && strcmp(names.items[i], best) < 0))
				best = names.items[i];
		}
	if (best != intel->canonical.bytes) {
		AUTO_STRING copy = mem_string(best);

		str_reset(&intel->canonical);
		str_add(&intel->canonical, copy);
	}
	text_list_release(&names);
	return intel->canonical.bytes;
}

int intel_exploited(struct intel *intel, const char *id)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_SOURCE_OF_KIND);
	struct text_list names = { 0 };
	struct intel_ids ids = { 0 };
	bool known, named = false;

	sqlite3_bind_int(s, 1, FEED_KEV);
	known = intel_number(s, 0) != 0;
	if (intel_names(intel, id, &names, NULL) == 0 && intel_records_of(intel, &names, &ids, NULL) == 0)
		for (size_t i = 0; i < ids.count; i++) {
			s = intel_statement(intel, INTEL_RECORD_HEAD);
			sqlite3_bind_int64(s, 1, ids.items[i]);
			named = named || (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 3) && !sqlite3_column_int(s, 7) &&
					  (sqlite3_column_int(s, 1) == FEED_KEV || sqlite3_column_int(s, 1) == FEED_CVE ||
					   sqlite3_column_int(s, 1) == FEED_EUVD));
			sqlite3_reset(s);
		}
	intel_ids_release(&ids);
	text_list_release(&names);
	return named ? 1 : known ? 0 : -1;
}
