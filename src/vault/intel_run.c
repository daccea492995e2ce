/* SPDX-License-Identifier: Apache-2.0 */
/* Runs: records of one source put into the intelligence store, in transactions that end at checkpoints. */
#include "vault/intel_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/feed_key.h"

enum { KEYS_LIMIT = 1 << 16, TITLE_LIMIT = 300 };

/* ---- transactions */

static int begin(struct intel *intel, struct error *err)
{
	int code = intel->run.transaction ? 0 : intel_do(intel, intel_statement(intel, INTEL_BEGIN), err);

	intel->run.transaction = intel->run.transaction || !code;
	return code;
}

static void remember(struct intel_open_run *run)
{
	run->kept_done = run->done;
	run->kept_change = run->change;
	run->kept_records = run->records;
	run->kept_faults = run->faults;
	run->kept_newest = run->newest;
}

void intel_break(struct intel *intel)
{
	struct intel_open_run *run = &intel->run;

	if (run->transaction)
		intel_do(intel, intel_statement(intel, INTEL_ROLLBACK), NULL);
	run->transaction = false;
	run->done = run->kept_done;
	run->change = run->kept_change;
	run->records = run->kept_records;
	run->faults = run->kept_faults;
	run->newest = run->kept_newest;
	run->model_name[0] = '\0';
}

/* ---- beginning */

static int get_source(struct intel *intel, const struct intel_run *asked, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_SOURCE_NEW), *get;
	struct intel_open_run *run = &intel->run;
	int64_t open_run;

	get = intel_statement(intel, INTEL_SOURCE_GET);
	intel_bind_text(get, 1, asked->source);
	if (intel_number(get, 0) == 0) {
		intel_bind_text(s, 1, asked->source);
		sqlite3_bind_int(s, 2, asked->kind);
		if (intel_do(intel, s, err))
			return ERR_INPUT;
	}
	if (sqlite3_step(get) != SQLITE_ROW)
		return intel_failed(intel, err);
	run->source = sqlite3_column_int64(get, 0);
	run->synced = intel_column_instant(get, 2);
	run->newest = intel_column_instant(get, 3);
	run->records = sqlite3_column_int64(get, 4);
	mem_replace(&run->cursor, intel_column_text(get, 5));
	open_run = sqlite3_column_int64(get, 6);
	sqlite3_reset(get);
	run->run = open_run ? open_run : intel_number(intel_statement(intel, INTEL_RUN_NEXT), 1);
	return 0;
}

static int open_source(struct intel *intel, struct error *err)
{
	struct intel_open_run *run = &intel->run;
	sqlite3_stmt *s = intel_statement(intel, INTEL_SOURCE_RUN);

	sqlite3_bind_int64(s, 1, run->source);
	sqlite3_bind_int(s, 2, run->kind);
	sqlite3_bind_int64(s, 3, run->run);
	return intel_do(intel, s, err);
}

int intel_begin(struct intel *intel, const struct intel_run *asked, struct error *err)
{
	struct intel_open_run *run = &intel->run;
	sqlite3_stmt *s;
	int code;

	if (run->open)
		intel_break(intel);
	free(run->cursor);
	*run = (struct intel_open_run){ .kind = asked->kind, .now = asked->now, .whole = asked->whole, .serial = asked->serial };
	code = begin(intel, err);
	code = code ? code : get_source(intel, asked, err);
	code = code ? code : open_source(intel, err);
	if (code) {
		intel_break(intel);
		return code;
	}
	run->change = intel_number(intel_statement(intel, INTEL_CHANGE_LAST), 0);
	s = intel_statement(intel, INTEL_FAULT_COUNT);
	sqlite3_bind_int64(s, 1, run->source);
	run->faults = intel_number(s, 0);
	run->epss_before = asked->kind == FEED_EPSS ? intel_count_epss(intel) : 0;
	run->open = true;
	remember(run);
	return 0;
}

/* ---- putting */

struct putting {
	const struct intel_packed *given;
	const struct feed_record *record;
	const char *part;
	int64_t id;
};

/* Lists that say something of one flaw more than once: by what those records differ. */
static const char *part_of(const struct feed_record *record)
{
	static const bool by_product[FEED_KINDS] = { [FEED_DEBIAN] = true, [FEED_ALPINE] = true };
	static const bool by_title[FEED_KINDS] = { [FEED_METASPLOIT] = true, [FEED_EXPLOIT_DB] = true };

	if (by_product[record->kind] && record->count)
		return str_or_empty(record->products[0].name);
	return by_title[record->kind] ? str_or_empty(record->title) : "";
}

static bool is_cve(const char *name)
{
	return str_starts(name, "CVE-");
}

/* What names several CVE ids is about several flaws: it makes them no one. */
static bool joins(const struct feed_record *record)
{
	size_t cves = is_cve(record->id);

	for (size_t i = 0; i < record->aliases.count; i++)
		cves += is_cve(record->aliases.items[i]) && !str_equal(record->aliases.items[i], record->id);
	return cves <= 1;
}

static int add_aliases(struct intel *intel, const struct putting *put, struct error *err)
{
	const struct feed_record *record = put->record;
	bool joined = joins(record);
	int code = 0;

	for (size_t i = 0; !code && i < record->aliases.count; i++) {
		sqlite3_stmt *s = intel_statement(intel, INTEL_ALIAS_NEW);

		if (str_equal(record->aliases.items[i], record->id))
			continue;
		intel_bind_text(s, 1, record->aliases.items[i]);
		sqlite3_bind_int64(s, 2, put->id);
		sqlite3_bind_int(s, 3, joined);
		code = intel_do(intel, s, err);
	}
	return code;
}

static int change_product(struct intel *intel, enum intel_statement which, uint64_t key, int64_t id, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, which);

	sqlite3_bind_int64(s, 1, (int64_t)(key & INT64_MAX));
	sqlite3_bind_int64(s, 2, id);
	return intel_do(intel, s, err);
}

static int change_words(struct intel *intel, enum intel_statement which, const struct feed_record *record, int64_t id,
			struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, which);

	str_reset(&intel->text);
	intel_text(record, &intel->text);
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_text64(s, 2, intel->text.bytes, intel->text.length, SQLITE_STATIC, SQLITE_UTF8);
	return intel_do(intel, s, err);
}

static int add_body(struct intel *intel, const struct putting *put, struct error *err)
{
	const struct intel_packed *given = put->given;
	sqlite3_stmt *s = intel_statement(intel, INTEL_BODY_NEW);

	sqlite3_bind_int64(s, 1, put->id);
	sqlite3_bind_blob64(s, 2, given->packed, given->packed_length, SQLITE_STATIC);
	if (given->raw)
		sqlite3_bind_blob64(s, 3, given->raw, given->raw_length, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, 3);
	sqlite3_bind_int64(s, 4, given->packed_with);
	sqlite3_bind_int64(s, 5, given->raw ? given->raw_with : 0);
	return intel_do(intel, s, err);
}

static int add_rows(struct intel *intel, const struct putting *put, struct error *err)
{
	int code = add_body(intel, put, err);

	for (size_t i = 0; !code && i < put->given->key_count; i++)
		code = change_product(intel, INTEL_PRODUCT_NEW, put->given->keys[i], put->id, err);
	if (!code)
		code = add_aliases(intel, put, err);
	return code ? code : change_words(intel, INTEL_FTS_NEW, put->record, put->id, err);
}

/* All that was indexed of record ID. */
static int drop_rows(struct intel *intel, int64_t id, const struct feed_record *old, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_ALIAS_DROP);
	struct text_list keys = { 0 };
	int code;

	for (size_t i = 0; i < old->count; i++)
		feed_keys(&old->products[i], &keys);
	sqlite3_bind_int64(s, 1, id);
	code = intel_do(intel, s, err);
	for (size_t i = 0; !code && i < keys.count; i++)
		code = change_product(intel, INTEL_PRODUCT_DROP, feed_key_number(keys.items[i]), id, err);
	text_list_release(&keys);
	return code ? code : change_words(intel, INTEL_FTS_DROP, old, id, err);
}

static void bind_row(struct intel *intel, sqlite3_stmt *s, int at, const struct feed_record *record)
{
	sqlite3_bind_int(s, at, record->kind);
	sqlite3_bind_int(s, at + 1, record->state);
	sqlite3_bind_int(s, at + 2, record->exploited);
	intel_bind_instant(s, at + 3, record->modified);
	intel_bind_instant(s, at + 4, intel->run.now);
	sqlite3_bind_int64(s, at + 5, ++intel->run.change);
	sqlite3_bind_int64(s, at + 6, intel->run.run);
}

static int put_new(struct intel *intel, struct putting *put, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_RECORD_NEW);
	int code;

	intel_bind_text(s, 1, put->record->id);
	sqlite3_bind_int64(s, 2, intel->run.source);
	intel_bind_text(s, 3, put->part);
	bind_row(intel, s, 4, put->record);
	code = intel_do(intel, s, err);
	put->id = sqlite3_last_insert_rowid(intel->db);
	intel->run.done.added++;
	intel->run.records++;
	return code ? code : add_rows(intel, put, err);
}

static int put_change(struct intel *intel, const struct putting *put, const struct feed_record *old, bool gone,
		      struct error *err)
{
	int code = drop_rows(intel, put->id, old, err);
	sqlite3_stmt *s = intel_statement(intel, INTEL_RECORD_CHANGE);

	if (code)
		return code;
	sqlite3_bind_int64(s, 1, put->id);
	bind_row(intel, s, 2, put->record);
	code = intel_do(intel, s, err);
	intel->run.done.changed++;
	intel->run.records += gone;
	return code ? code : add_rows(intel, put, err);
}

static int bring(struct intel *intel, int64_t id, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_BROUGHT_NEW);

	if (!intel->run.whole)
		return 0;
	sqlite3_bind_int64(s, 1, intel->run.source);
	sqlite3_bind_int64(s, 2, id);
	return intel_do(intel, s, err);
}

static int put_same(struct intel *intel, int64_t id, bool gone, struct error *err)
{
	sqlite3_stmt *s;

	intel->run.done.same += !gone;
	if (!gone)
		return bring(intel, id, err);
	s = intel_statement(intel, INTEL_RECORD_BACK);
	sqlite3_bind_int64(s, 1, id);
	intel_bind_instant(s, 2, intel->run.now);
	sqlite3_bind_int64(s, 3, ++intel->run.change);
	sqlite3_bind_int64(s, 4, intel->run.run);
	intel->run.done.changed++;
	intel->run.records++;
	return intel_do(intel, s, err);
}

/* Whether the bytes as they came are the same too: what we do not read of a record may change. */
static bool same_raw(struct intel *intel, int64_t id, const struct intel_packed *given)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_BODY_GET);
	AUTO_STR one = STR_INIT;
	AUTO_STR other = STR_INIT;
	struct feed_press *press, *given_press;
	bool same = false;

	sqlite3_bind_int64(s, 1, id);
	if (sqlite3_step(s) == SQLITE_ROW) {
		const void *raw = sqlite3_column_blob(s, 2);
		size_t length = (size_t)sqlite3_column_bytes(s, 2);

		press = intel_press(intel, sqlite3_column_int64(s, 3));
		given_press = intel_press(intel, given->raw_with);
		same = !raw == !given->raw && length == given->raw_length && (!raw || memcmp(raw, given->raw, length) == 0);
		/* Pressed otherwise, they may still be the same. */
		if (!same && raw && given->raw && press && given_press &&
		    feed_press_open(press, raw, length, FEED_PACK_LIMIT, &one) &&
		    feed_press_open(given_press, given->raw, given->raw_length, FEED_PACK_LIMIT, &other))
			same = one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;
	}
	sqlite3_reset(s);
	return same;
}

static int put_known(struct intel *intel, struct putting *put, instant modified, bool gone, struct error *err)
{
	const struct feed_record *record = put->record;
	int code;

	if (modified != INSTANT_NONE && record->modified != INSTANT_NONE && record->modified < modified && !gone)
		return put_same(intel, put->id, false, err);
	code = intel_body(intel, put->id, false, &intel->old, err);
	if (code)
		return code;
	if (intel->old.bytes.length == intel->now.bytes.length &&
	    memcmp(intel->old.bytes.bytes, intel->now.bytes.bytes, intel->now.bytes.length) == 0 && same_raw(intel, put->id, put->given))
		code = put_same(intel, put->id, gone, err);
	else
		code = put_change(intel, put, &intel->old.body.record, gone, err);
	return code;
}

static int drop_fault(struct intel *intel, const char *place, struct error *err)
{
	sqlite3_stmt *s;
	int code;

	if (!intel->run.faults)
		return 0;
	s = intel_statement(intel, INTEL_FAULT_DROP);
	sqlite3_bind_int64(s, 1, intel->run.source);
	intel_bind_text(s, 2, place);
	code = intel_do(intel, s, err);
	intel->run.faults -= sqlite3_changes(intel->db);
	return code;
}

static int put_record(struct intel *intel, struct putting *put, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_RECORD_FIND);
	instant modified = INSTANT_NONE;
	bool known, gone = false;
	int code;

	put->part = part_of(put->record);
	intel_bind_text(s, 1, put->record->id);
	sqlite3_bind_int64(s, 2, intel->run.source);
	intel_bind_text(s, 3, put->part);
	code = sqlite3_step(s);
	known = code == SQLITE_ROW;
	if (known) {
		put->id = sqlite3_column_int64(s, 0);
		modified = intel_column_instant(s, 1);
		gone = sqlite3_column_int(s, 2) != 0;
	}
	code = known || code == SQLITE_DONE ? 0 : intel_failed(intel, err);
	sqlite3_reset(s);
	intel_newest(intel, put->record->modified);
	if (!code)
		code = known ? put_known(intel, put, modified, gone, err) : put_new(intel, put, err);
	return code ? code : drop_fault(intel, put->record->id, err);
}

int intel_put_packed(struct intel *intel, const struct intel_packed *given, struct error *err)
{
	struct feed_press *press = intel_press(intel, given->packed_with);
	struct putting put = { .given = given, .record = &intel->now.body.record };
	int code = begin(intel, err);

	if (code)
		return code;
	if (!press || given->packed_length > FEED_PACK_LIMIT || given->raw_length > FEED_PACK_LIMIT ||
	    given->key_count > KEYS_LIMIT ||
	    !feed_press_open(press, given->packed, given->packed_length, FEED_PACK_LIMIT, &intel->now.bytes) ||
	    !feed_unpack_again(intel->now.bytes.bytes, intel->now.bytes.length, false, &intel->now.body))
		return error_set(err, ERR_INPUT, intel->path, NULL, _("the sandboxed reader's answer is malformed"));
	return put.record->kind == FEED_EPSS ? intel_put_epss(intel, put.record, err) : put_record(intel, &put, err);
}

static void add_keys(const struct feed_record *record, struct text_list *names, uint64_t **ret, size_t *ret_count)
{
	for (size_t i = 0; i < record->count && names->count < KEYS_LIMIT; i++)
		feed_keys(&record->products[i], names);
	*ret = mem_alloc(names->count * sizeof(**ret));
	for (*ret_count = 0; *ret_count < names->count && *ret_count < KEYS_LIMIT; ++*ret_count)
		(*ret)[*ret_count] = feed_key_number(names->items[*ret_count]);
}

int intel_put(struct intel *intel, const struct feed_record *record, const char *bytes, size_t length,
	      struct error *err)
{
	struct intel_packed packed = { .packed_with = intel_dictionary(intel, record->kind, false, NULL, NULL),
				       .raw_with = intel_dictionary(intel, record->kind, true, NULL, NULL) };
	AUTO_STR plain = STR_INIT;
	AUTO_STR pressed = STR_INIT;
	AUTO_STR raw = STR_INIT;
	struct text_list names = { 0 };
	uint64_t *keys = NULL;
	int code;

	feed_pack(record, &plain);
	feed_press_add(intel_press(intel, packed.packed_with), plain.bytes, plain.length, &pressed);
	if (bytes)
		feed_press_add(intel_press(intel, packed.raw_with), bytes, length, &raw);
	add_keys(record, &names, &keys, &packed.key_count);
	packed.packed = pressed.bytes;
	packed.packed_length = pressed.length;
	packed.raw = bytes ? raw.bytes : NULL;
	packed.raw_length = raw.length;
	packed.keys = keys;
	code = intel_put_packed(intel, &packed, err);
	text_list_release(&names);
	free(keys);
	return code;
}

void intel_newest(struct intel *intel, instant at)
{
	if (at != INSTANT_NONE && (intel->run.newest == INSTANT_NONE || at > intel->run.newest))
		intel->run.newest = at;
}

int intel_fault(struct intel *intel, const char *where, const char *why, const char *bytes, size_t length,
		struct error *err)
{
	sqlite3_stmt *s;
	int code = begin(intel, err);

	if (!code)
		code = drop_fault(intel, where, err);
	if (code)
		return code;
	s = intel_statement(intel, INTEL_FAULT_NEW);
	sqlite3_bind_int64(s, 1, intel->run.source);
	intel_bind_text(s, 2, where);
	intel_bind_text(s, 3, why);
	intel_bind_instant(s, 4, intel->run.now);
	sqlite3_bind_int64(s, 5, (int64_t)length);
	sqlite3_bind_blob64(s, 6, bytes, bytes ? length : 0, SQLITE_STATIC);
	intel->run.faults++;
	intel->run.done.faults++;
	return intel_do(intel, s, err);
}

/* ---- checkpoints and the end */

static int keep_source(struct intel *intel, const char *cursor, instant synced, bool ended, struct error *err)
{
	struct intel_open_run *run = &intel->run;
	sqlite3_stmt *s = intel_statement(intel, INTEL_SOURCE_KEEP);

	if (run->kind == FEED_EPSS)
		run->records = intel_count_epss(intel);
	sqlite3_bind_int64(s, 1, run->source);
	intel_bind_instant(s, 2, run->newest);
	sqlite3_bind_int64(s, 3, run->records);
	intel_bind_text(s, 4, cursor);
	intel_bind_instant(s, 5, synced);
	sqlite3_bind_int64(s, 6, ended ? 0 : run->run);
	sqlite3_bind_int64(s, 7, (int64_t)run->serial);
	return intel_do(intel, s, err);
}

static int commit(struct intel *intel, struct error *err)
{
	int code = intel_do(intel, intel_statement(intel, INTEL_COMMIT), err);

	if (code)
		return code;
	intel->run.transaction = false;
	remember(&intel->run);
	return 0;
}

int intel_heal(struct intel *intel, const char *where, struct error *err)
{
	int code = begin(intel, err);

	return code ? code : drop_fault(intel, where, err);
}

int intel_checkpoint(struct intel *intel, const char *cursor, struct error *err)
{
	int code = begin(intel, err);

	if (!code)
		code = keep_source(intel, cursor, intel->run.synced, false, err);
	return code ? code : commit(intel, err);
}

static int withdraw(struct intel *intel, int64_t id, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_WITHDRAW);

	sqlite3_bind_int64(s, 1, id);
	intel_bind_instant(s, 2, intel->run.now);
	sqlite3_bind_int64(s, 3, ++intel->run.change);
	intel->run.done.withdrawn++;
	intel->run.records--;
	return intel_do(intel, s, err);
}

static int withdraw_missing(struct intel *intel, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_MISSING);
	struct intel_ids ids = { 0 };
	int code;

	sqlite3_bind_int64(s, 1, intel->run.source);
	sqlite3_bind_int64(s, 2, intel->run.run);
	code = intel_collect(intel, s, &ids, err);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = withdraw(intel, ids.items[i], err);
	intel_ids_release(&ids);
	return code;
}

int intel_end(struct intel *intel, const char *cursor, struct intel_done *ret, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_BROUGHT_DROP);
	int code = begin(intel, err);

	if (!code && intel->run.whole && intel->run.kind != FEED_EPSS)
		code = withdraw_missing(intel, err);
	sqlite3_bind_int64(s, 1, intel->run.source);
	if (!code)
		code = intel_do(intel, s, err);
	if (!code)
		code = keep_source(intel, cursor, intel->run.now, true, err);
	if (!code)
		code = commit(intel, err);
	if (code)
		return code;
	if (intel->run.kind == FEED_EPSS) {
		intel->run.done.changed -= intel->run.records - intel->run.epss_before;
		intel->run.done.added = intel->run.records - intel->run.epss_before;
	}
	if (ret)
		*ret = intel->run.done;
	intel->run.open = false;
	return 0;
}
