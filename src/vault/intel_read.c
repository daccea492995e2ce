/* SPDX-License-Identifier: Apache-2.0 */
/* What the intelligence store holds, read back: witnesses, products, changes, faults, words. */
#include "vault/intel_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/feed_key.h"
#include "vault/tokenize.h"

enum { TEXT_LIMIT = 256 << 10, NAMES_LIMIT = 64 << 10, FEW = 2000, TITLE_LIMIT = 200 };

/* ---- bodies */

static int damaged(struct intel *intel, struct error *err)
{
	return error_set(err, ERR_INPUT, intel->path, _("Remove it and import the feeds anew: nothing else is in it"),
			 _("the store is damaged: a record cannot be read"));
}

/* A row that begins with the packed bytes and what they were packed with. */
static bool open_body(struct intel *intel, sqlite3_stmt *s, bool head, struct intel_room *room)
{
	struct feed_press *press = intel_press(intel, sqlite3_column_int64(s, 1));

	return press && feed_press_open(press, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), FEED_PACK_LIMIT,
					&room->bytes) &&
	       feed_unpack_again(room->bytes.bytes, room->bytes.length, head, &room->body);
}

struct intel_room intel_take_room(struct intel *intel)
{
	struct intel_room room = intel->spare;

	intel->spare = (struct intel_room){ .bytes = STR_INIT };
	return room;
}

void intel_give_room(struct intel *intel, struct intel_room *room)
{
	intel_room_release(&intel->spare);
	intel->spare = *room;
}

void intel_room_release(struct intel_room *room)
{
	str_release(&room->bytes);
	feed_unpacked_release(&room->body);
}

int intel_body(struct intel *intel, int64_t id, bool head, struct intel_room *room, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_BODY_GET);
	bool done;

	if (!s)
		return intel_failed(intel, err);
	sqlite3_bind_int64(s, 1, id);
	done = sqlite3_step(s) == SQLITE_ROW && open_body(intel, s, head, room);
	sqlite3_reset(s);
	return done ? 0 : damaged(intel, err);
}

int intel_bytes(struct intel *intel, const char *source, const char *id, char **ret, size_t *ret_length,
		struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_RAW_GET);
	AUTO_STR bytes = STR_INIT;
	struct feed_press *press;
	int code;

	intel_bind_text(s, 1, source);
	intel_bind_text(s, 2, id);
	code = s ? sqlite3_step(s) : SQLITE_ERROR;
	if (code == SQLITE_ROW) {
		press = intel_press(intel, sqlite3_column_int64(s, 1));
		code = press && feed_press_open(press, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0),
						FEED_PACK_LIMIT, &bytes) ? 0 : damaged(intel, err);
	} else {
		code = code == SQLITE_DONE ? error_set(err, ERR_NO, id, NULL, _("%s did not send it as a document of its own"),
						       source) : intel_failed(intel, err);
	}
	sqlite3_reset(s);
	if (code)
		return code;
	*ret_length = bytes.length;
	*ret = str_detach(&bytes);
	return 0;
}

/* ---- witnesses */

/* What the row says; the body's part is laid under it by the caller. */
static int fill_witness(struct intel *intel, sqlite3_stmt *s, struct intel_witness *ret, struct str *source, struct error *err)
{
	int code = s ? sqlite3_step(s) : SQLITE_ERROR;

	if (code != SQLITE_ROW)
		return code == SQLITE_DONE ? damaged(intel, err) : intel_failed(intel, err);
	str_add(source, intel_column_text(s, 2));
	*ret = (struct intel_witness){ .source = source->bytes, .seen = intel_column_instant(s, 3),
				       .change = (uint64_t)sqlite3_column_int64(s, 4), .gone = sqlite3_column_int(s, 5) != 0 };
	return 0;
}

int intel_tell(struct intel *intel, int64_t id, bool head, intel_witness_fn fn, void *context, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_WITNESS_GET);
	struct intel_room room = intel_take_room(intel);
	AUTO_STR source = STR_INIT;
	struct intel_witness witness;
	int code;

	sqlite3_bind_int64(s, 1, id);
	code = fill_witness(intel, s, &witness, &source, err);
	if (!code && !open_body(intel, s, head, &room))
		code = damaged(intel, err);
	sqlite3_reset(s);
	witness.record = &room.body.record;
	if (!code)
		code = fn(context, &witness, err);
	intel_give_room(intel, &room);
	return code;
}

int intel_witnesses(struct intel *intel, const char *id, intel_witness_fn fn, void *context, struct error *err)
{
	struct text_list names = { 0 };
	struct intel_ids ids = { 0 };
	int code = intel_names(intel, id, &names, err);

	if (!code)
		code = intel_records_of(intel, &names, &ids, err);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = intel_tell(intel, ids.items[i], false, fn, context, err);
	intel_ids_release(&ids);
	text_list_release(&names);
	return code;
}

uint64_t intel_change(struct intel *intel)
{
	return (uint64_t)intel_number(intel_statement(intel, INTEL_CHANGE_LAST), 0);
}

int intel_changes(struct intel *intel, uint64_t change, intel_witness_fn fn, void *context, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_RECORDS_AFTER);
	struct intel_ids ids = { 0 };
	int code;

	sqlite3_bind_int64(s, 1, (int64_t)change);
	code = intel_collect(intel, s, &ids, err);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = intel_tell(intel, ids.items[i], true, fn, context, err);
	intel_ids_release(&ids);
	return code;
}

/* ---- products */

struct product_call { const char *key; intel_product_fn fn; void *context; };

/* Two keys may have one number: the texts decide. */
static int tell_products(void *context, const struct intel_witness *witness, struct error *err)
{
	const struct product_call *call = context;
	const struct feed_record *record = witness->record;
	int code = 0;

	for (size_t i = 0; !code && i < record->count; i++)
		if (feed_key_finds(call->key, &record->products[i]))
			code = call->fn(call->context, witness, &record->products[i], err);
	return code;
}

int intel_products(struct intel *intel, const char *key, intel_product_fn fn, void *context, struct error *err)
{
	struct product_call call = { key, fn, context };
	sqlite3_stmt *s = intel_statement(intel, INTEL_PRODUCT_RECORDS);
	struct intel_ids ids = { 0 };
	int code;

	sqlite3_bind_int64(s, 1, (int64_t)feed_key_number(key));
	code = intel_collect(intel, s, &ids, err);
	for (size_t i = 0; !code && i < ids.count; i++)
		code = intel_tell(intel, ids.items[i], false, tell_products, &call, err);
	intel_ids_release(&ids);
	return code;
}

/* ---- quarantine */

int intel_faults(struct intel *intel, const char *source, intel_quarantine_fn fn, void *context, struct error *err)
{
	sqlite3_stmt *s = intel_statement(intel, INTEL_FAULTS);
	int step, code = 0;

	intel_bind_text(s, 1, source);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; !code && step == SQLITE_ROW; step = sqlite3_step(s)) {
		const struct intel_quarantine fault = {
			intel_column_text(s, 0), intel_column_text(s, 1), intel_column_text(s, 2),
			intel_column_instant(s, 3), (size_t)sqlite3_column_int64(s, 4),
		};

		code = fn(context, &fault, err);
	}
	if (!code && step != SQLITE_DONE)
		code = intel_failed(intel, err);
	sqlite3_reset(s);
	return code;
}

/* ---- words */

static void add_words(struct str *ret, const char *text, size_t limit)
{
	size_t length = text ? strlen(text) : 0;

	if (length && ret->length < limit) {
		str_add_bytes(ret, text, length < limit - ret->length ? length : limit - ret->length);
		str_add_char(ret, '\n');
	}
}

void intel_text(const struct feed_record *record, struct str *ret)
{
	const struct feed_product *last = NULL;

	add_words(ret, record->id, TEXT_LIMIT);
	for (size_t i = 0; i < record->aliases.count; i++)
		add_words(ret, record->aliases.items[i], TEXT_LIMIT);
	add_words(ret, record->title, TEXT_LIMIT);
	add_words(ret, record->text, TEXT_LIMIT);
	for (size_t i = 0; i < record->count && ret->length < NAMES_LIMIT; i++) {
		const struct feed_product *product = &record->products[i];

		if (!last || !str_equal(last->vendor, product->vendor))
			add_words(ret, product->vendor, NAMES_LIMIT);
		if (!last || !str_equal(last->name, product->name))
			add_words(ret, product->name, NAMES_LIMIT);
		last = product;
	}
}

void intel_hits_free(struct intel_hit *hits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(hits[i].id);
		free(hits[i].title);
	}
	free(hits);
}

struct found { int64_t id; instant modified; };
struct search {
	struct intel *intel;
	size_t limit;
	struct intel_hit *hits; size_t count, room;
};

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->modified != y->modified)
		return x->modified > y->modified ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int take_hit(void *context, const struct intel_witness *witness, struct error *err)
{
	const struct feed_record *record = witness->record;
	struct search *search = context;
	const char *id = intel_canonical(search->intel, record->id), *title = record->title ? record->title : record->text;
	struct intel_hit *hit;
	size_t length;

	(void)err;
	for (size_t i = 0; i < search->count; i++)
		if (str_equal(search->hits[i].id, id))
			return 0;
	search->hits = mem_grow(search->hits, &search->room, search->count + 1, sizeof(*search->hits));
	hit = &search->hits[search->count++];
	length = strlen(str_or_empty(title));
	while (length > TITLE_LIMIT && (length > TITLE_LIMIT + 3 || ((unsigned char)title[length] & 0xC0) == 0x80))
		length--;
	*hit = (struct intel_hit){ mem_string(id), mem_copy(str_or_empty(title), length), record->modified };
	return 0;
}

static int take_found(struct search *search, const struct found *found, size_t count, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < count && search->count < search->limit; i++)
		code = intel_tell(search->intel, found[i].id, true, take_hit, search, err);
	return code;
}

static int take_few(struct search *search, const struct intel_ids *ids, struct error *err)
{
	struct found *found = mem_alloc(ids->count * sizeof(*found));
	int code;

	for (size_t i = 0; i < ids->count; i++) {
		sqlite3_stmt *s = intel_statement(search->intel, INTEL_MODIFIED_OF);

		sqlite3_bind_int64(s, 1, ids->items[i]);
		found[i] = (struct found){ ids->items[i], intel_number(s, INSTANT_NONE) };
	}
	if (ids->count)
		qsort(found, ids->count, sizeof(*found), newest_first);
	code = take_found(search, found, ids->count, err);
	free(found);
	return code;
}

static int by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of many the newest come soon when all records are walked from the newest on. */
static int take_many(struct search *search, struct intel_ids *ids, struct error *err)
{
	sqlite3_stmt *s = intel_statement(search->intel, INTEL_RECORDS_NEWEST);
	int code = 0, step;

	qsort(ids->items, ids->count, sizeof(*ids->items), by_number);
	for (step = s ? sqlite3_step(s) : SQLITE_ERROR; !code && step == SQLITE_ROW && search->count < search->limit;
	     step = sqlite3_step(s)) {
		const struct found found = { sqlite3_column_int64(s, 0), INSTANT_NONE };

		if (bsearch(&found.id, ids->items, ids->count, sizeof(*ids->items), by_number))
			code = take_found(search, &found, 1, err);
	}
	if (!code && step != SQLITE_DONE && step != SQLITE_ROW)
		code = intel_failed(search->intel, err);
	sqlite3_reset(s);
	return code;
}

int intel_search(struct intel *intel, const char *query, size_t limit, struct intel_hit **ret, size_t *ret_count,
		 struct error *err)
{
	struct search search = { .intel = intel, .limit = limit };
	AUTO_STR match = STR_INIT;
	struct intel_ids ids = { 0 };
	sqlite3_stmt *s;
	int code = tokenize_query(query, &match, err);

	if (code)
		return code;
	s = intel_statement(intel, INTEL_FTS_FIND);
	intel_bind_text(s, 1, match.bytes);
	code = intel_collect(intel, s, &ids, err);
	if (!code)
		code = ids.count > FEW ? take_many(&search, &ids, err) : take_few(&search, &ids, err);
	intel_ids_release(&ids);
	if (code) {
		intel_hits_free(search.hits, search.count);
		return code;
	}
	*ret = search.hits;
	*ret_count = search.count;
	return 0;
}
