/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of one flaw. The store keeps what each record calls itself and what else it says it is called; names are
 * joined when they are asked for, so that a record that takes a name back parts them again.
 */
#include "vault/intel_private.h"

#include "psirtty/format/feed_key.h"

enum { NAMES_MOST = 256, RECORDS_MOST = 4096, FLAWS_MOST = 1 << 17 };

struct joining {
	struct intel *intel;
	struct text_list *names;
	struct intel_ids seen;
	bool exploited, cut; /* cut: there are more than were looked at */
	struct error *err;
};

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

static bool says_exploited(sqlite3_stmt *s)
{
	int kind = sqlite3_column_int(s, 3);

	return sqlite3_column_int(s, 4) && (kind == FEED_KEV || kind == FEED_CVE || kind == FEED_EUVD);
}

/* A row of INTEL_NAMED or INTEL_CALLED: what is gone joins nothing, nor does what names several flaws. */
static void take_row(struct joining *j, sqlite3_stmt *s, struct intel_ids *ret)
{
	bool gone = sqlite3_column_int(s, 2) != 0;

	j->exploited = j->exploited || (!gone && says_exploited(s));
	if (gone || !sqlite3_column_int(s, 1) || j->seen.count >= RECORDS_MOST ||
	    is_seen(&j->seen, sqlite3_column_int64(s, 0)))
		return;
	add_name(j, intel_column_text(s, 5));
	(void)is_seen(ret, sqlite3_column_int64(s, 0));
}

/* The other names that record ID joins. */
static int join_record(struct joining *j, int64_t id)
{
	sqlite3_stmt *s = intel_statement(j->intel, INTEL_ALIAS_NAMES);
	int step;

	sqlite3_bind_int64(s, 1, id);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; step == SQLITE_ROW; step = sqlite3_step(s))
		add_name(j, intel_column_text(s, 0));
	sqlite3_reset(s);
	return step == SQLITE_DONE ? 0 : intel_failed(j->intel, j->err);
}

static int join_all(struct joining *j, enum intel_statement which, const char *name)
{
	sqlite3_stmt *s = intel_statement(j->intel, which);
	struct intel_ids ids = { 0 };
	int step, code;

	intel_bind_text(s, 1, name);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; step == SQLITE_ROW; step = sqlite3_step(s))
		take_row(j, s, &ids);
	code = step == SQLITE_DONE ? 0 : intel_failed(j->intel, j->err);
	sqlite3_reset(s);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = join_record(j, ids.items[i]);
	intel_ids_release(&ids);
	return code;
}

/* The list of names grows while it is walked. */
static int walk(struct joining *j, const char *id)
{
	int code = 0;

	text_list_add_text(j->names, id);
	for (size_t i = 0; !code && i < j->names->count; i++) {
		AUTO_STRING name = mem_string(j->names->items[i]);

		code = join_all(j, INTEL_NAMED, name);
		if (!code)
			code = join_all(j, INTEL_CALLED, name);
	}
	j->cut = j->seen.count >= RECORDS_MOST || j->names->count >= NAMES_MOST;
	intel_ids_release(&j->seen);
	return code;
}

int intel_names(struct intel *intel, const char *id, struct text_list *ret, struct error *err)
{
	struct joining j = { .intel = intel, .names = ret, .err = err };

	return walk(&j, id);
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

static const char *best_of(const struct text_list *names)
{
	const char *best = names->items[0];

	for (size_t i = 1; i < names->count; i++) {
		int order = rank(names->items[i]) - rank(best);

		if (order < 0 || (order == 0 && strcmp(names->items[i], best) < 0))
			best = names->items[i];
	}
	return best;
}

/* ---- what was found of flaws: it holds as long as the store is held */

void intel_forget(struct intel *intel)
{
	for (size_t i = 0; i < intel->flaw_room; i++) {
		free(intel->flaws[i].name);
		free(intel->flaws[i].canonical);
	}
	free(intel->flaws);
	intel->flaws = NULL;
	intel->flaw_count = intel->flaw_room = 0;
}

/* Where NAME is, or belongs. */
static struct intel_flaw *slot_of(struct intel *intel, const char *name)
{
	size_t at = (size_t)feed_key_number(name);

	while (intel->flaws[at & (intel->flaw_room - 1)].name && strcmp(intel->flaws[at & (intel->flaw_room - 1)].name, name) != 0)
		at++;
	return &intel->flaws[at & (intel->flaw_room - 1)];
}

/* At least half of the slots stay free. */
static void grow(struct intel *intel)
{
	struct intel_flaw *old = intel->flaws;
	size_t room = intel->flaw_room;

	intel->flaw_room = room ? 2 * room : 64;
	intel->flaws = mem_alloc(intel->flaw_room * sizeof(*intel->flaws));
	for (size_t i = 0; i < room; i++)
		if (old[i].name)
			*slot_of(intel, old[i].name) = old[i];
	free(old);
}

static struct intel_flaw *add_flaw(struct intel *intel, const char *name, const char *canonical, bool exploited)
{
	struct intel_flaw *slot;

	if (2 * (intel->flaw_count + 1) > intel->flaw_room)
		grow(intel);
	slot = slot_of(intel, name);
	if (slot->name)
		return slot;
	intel->flaw_count++;
	*slot = (struct intel_flaw){ mem_string(name), mem_string(canonical), exploited };
	return slot;
}

/* What joins two names joins them from either side: what is found of one holds for all. */
static const struct intel_flaw *find_flaw(struct intel *intel, const char *id)
{
	struct text_list names = { 0 };
	struct joining j = { .intel = intel, .names = &names };
	const struct intel_flaw *known = intel->held && intel->flaw_count ? slot_of(intel, id) : NULL;
	AUTO_STRING best = NULL;

	if (known && known->name)
		return known;
	if (!intel->held || intel->flaw_count >= FLAWS_MOST)
		intel_forget(intel);
	if (walk(&j, id)) {
		text_list_release(&names);
		return NULL;
	}
	best = mem_string(best_of(&names));
	for (size_t i = 0; intel->held && !j.cut && i < names.count; i++)
		(void)add_flaw(intel, names.items[i], best, j.exploited);
	text_list_release(&names);
	return add_flaw(intel, id, best, j.exploited);
}

const char *intel_canonical(struct intel *intel, const char *id)
{
	const struct intel_flaw *flaw = find_flaw(intel, id);

	if (flaw)
		return flaw->canonical;
	str_reset(&intel->canonical);
	str_add(&intel->canonical, id);
	return intel->canonical.bytes;
}

int intel_exploited(struct intel *intel, const char *id)
{
	const struct intel_flaw *flaw = find_flaw(intel, id);
	sqlite3_stmt *s;

	if (flaw && flaw->exploited)
		return 1;
	s = intel_statement(intel, INTEL_SOURCE_OF_KIND);
	sqlite3_bind_int(s, 1, FEED_KEV);
	return intel_number(s, 0) != 0 ? 0 : -1;
}
