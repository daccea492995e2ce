/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that reads a feed: told what to do, it locks itself in, then reads one descriptor and writes another.
 * Of several children each reads the whole archive and takes every so manieth group of its documents.
 */
#include "feed_private.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "charset.h"
#include "job_private.h"
#include "parse_lock.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/feed_key.h"
#include "psirtty/format/feed_pack.h"
#include "unpack.h"

enum { EXIT_ORDERS = 3, EXIT_UNLOCKED = 4, EXIT_PIPE = 5, CPU_SECONDS = 1800, FLUSH_AT = 256 << 10,
       FAULT_BYTES = 64 << 10, SAMPLES_BYTES = 2 << 20, LEARN_BYTES = 64 << 20 };

/* Records set aside to learn from: one of every so many. */
struct samples { struct str bytes; size_t *sizes, count, room; };

struct child {
	struct feed_orders orders;
	char *name;
	struct feed_press *presses[FEED_KINDS][2]; /* packed, raw; NULL where there is no dictionary */
	struct feed_press *plain;
	struct str out, pack;
	struct feed_walk walk;
	int64_t group;                    /* that is open; -1: none */
	const struct feed_document *document;
	uint64_t number, in_document;     /* of the document, of its records */
	struct feed_head head;            /* of the document */
	uint64_t read;
	struct error failure;             /* why a document could not be read, the last of them */
	struct samples samples[2];        /* packed, raw */
	uint64_t stride;
	enum feed_kind learnt;
	bool enough;
};

/* ---- telling */

static void flush(struct child *c)
{
	if (fd_write_all(PARSE_FD_RESPONSE, c->out.bytes, c->out.length) != 0)
		_exit(EXIT_PIPE);
	str_reset(&c->out);
}

static void flush_much(struct child *c)
{
	if (c->out.length > FLUSH_AT)
		flush(c);
}

static void tell_mark(struct child *c, enum feed_frame_type type, uint64_t documents, uint64_t records)
{
	size_t at = feed_wire_begin(&c->out, type);

	feed_wire_number(&c->out, documents);
	feed_wire_number(&c->out, records);
	feed_wire_number(&c->out, c->read);
	feed_wire_number(&c->out, c->walk.unpacked);
	feed_wire_end(&c->out, at);
}

static void tell_fault(struct child *c, const char *where, const char *why, const char *bytes, size_t length)
{
	size_t at = feed_wire_begin(&c->out, FRAME_FAULT);

	length = bytes && length <= FAULT_BYTES ? length : 0;
	feed_wire_text(&c->out, where);
	feed_wire_text(&c->out, why);
	feed_wire_number(&c->out, length);
	str_add_bytes(&c->out, bytes, length);
	feed_wire_end(&c->out, at);
	flush_much(c);
}

/* ---- records */

static uint64_t *keys_of(const struct feed_record *record, size_t *ret_count)
{
	struct text_list names = { 0 };
	uint64_t *keys;

	for (size_t i = 0; i < record->count && names.count < FEED_KEYS_LIMIT; i++)
		feed_keys(&record->products[i], &names);
	*ret_count = names.count < FEED_KEYS_LIMIT ? names.count : FEED_KEYS_LIMIT;
	keys = mem_alloc(*ret_count * sizeof(*keys));
	for (size_t i = 0; i < *ret_count; i++)
		keys[i] = feed_key_number(names.items[i]);
	text_list_release(&names);
	return keys;
}

/* The place of a number that is known only later. */
static void put_number(struct child *c, size_t at, uint64_t number)
{
	memcpy(c->out.bytes + at, &number, sizeof(number));
}

static void tell_record(struct child *c, const struct feed_record *record, const char *bytes, size_t length)
{
	struct feed_press *const *with = c->presses[record->kind];
	struct feed_press *packed = with[0] ? with[0] : c->plain, *raw = with[1] ? with[1] : c->plain;
	size_t count, at = feed_wire_begin(&c->out, FRAME_RECORD), lengths, before;
	uint64_t *keys = keys_of(record, &count);

	feed_wire_number(&c->out, record->kind);
	feed_wire_number(&c->out, (packed != c->plain) | (uint64_t)(raw != c->plain) << 1 | (uint64_t)(bytes != NULL) << 2);
	feed_wire_number(&c->out, count);
	lengths = c->out.length;
	feed_wire_number(&c->out, 0);
	feed_wire_number(&c->out, 0);
	str_add_bytes(&c->out, keys, count * sizeof(*keys));
	before = c->out.length;
	feed_press_add(packed, c->pack.bytes, c->pack.length, &c->out);
	put_number(c, lengths, c->out.length - before);
	before = c->out.length;
	if (bytes)
		feed_press_add(raw, bytes, length, &c->out);
	put_number(c, lengths + sizeof(uint64_t), c->out.length - before);
	feed_wire_end(&c->out, at);
	free(keys);
	flush_much(c);
}

/* ---- learning */

static void thin_out(struct samples *samples)
{
	size_t kept = 0, from = 0, to = 0;

	for (size_t i = 0; i < samples->count; from += samples->sizes[i], i++) {
		if (i % 2)
			continue;
		memmove(samples->bytes.bytes + to, samples->bytes.bytes + from, samples->sizes[i]);
		to += samples->sizes[i];
		samples->sizes[kept++] = samples->sizes[i];
	}
	samples->count = kept;
	str_truncate(&samples->bytes, to);
}

static void add_sample(struct samples *samples, const char *bytes, size_t length)
{
	samples->sizes = mem_grow(samples->sizes, &samples->room, samples->count + 1, sizeof(*samples->sizes));
	samples->sizes[samples->count++] = length;
	str_add_bytes(&samples->bytes, bytes, length);
}

static void learn(struct child *c, const struct feed_record *record, const char *bytes, size_t length)
{
	if (c->in_document > 1 && c->in_document % c->stride)
		return;
	if (c->learnt == FEED_UNKNOWN)
		c->learnt = record->kind;
	if (record->kind != c->learnt || c->pack.length > SAMPLES_BYTES / 8 || length > SAMPLES_BYTES / 8)
		return;
	add_sample(&c->samples[0], c->pack.bytes, c->pack.length);
	if (bytes)
		add_sample(&c->samples[1], bytes, length);
	if (c->samples[0].bytes.length > SAMPLES_BYTES || c->samples[1].bytes.length > SAMPLES_BYTES) {
		thin_out(&c->samples[0]);
		thin_out(&c->samples[1]);
		c->stride *= 2;
	}
}

static void tell_learnt(struct child *c)
{
	for (unsigned i = 0; i < ARRAY_LEN(c->samples); i++) {
		AUTO_STR made = STR_INIT;
		size_t at;

		if (!feed_press_train(c->samples[i].bytes.bytes, c->samples[i].sizes, c->samples[i].count, &made))
			continue;
		at = feed_wire_begin(&c->out, FRAME_DICTIONARY);
		feed_wire_number(&c->out, i);
		feed_wire_number(&c->out, made.length);
		str_add_bytes(&c->out, made.bytes, made.length);
		feed_wire_end(&c->out, at);
	}
}

/* ---- documents */

static int take_record(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err)
{
	struct child *c = data;

	if (c->number == c->orders.skip_documents && c->in_document++ < c->orders.skip_records)
		return 0;
	if (c->number != c->orders.skip_documents)
		c->in_document++;
	if (c->orders.mode == FEED_COUNT)
		return 0;
	if (length > FEED_PACK_LIMIT / 2)
		bytes = NULL;
	str_reset(&c->pack);
	feed_pack(record, &c->pack);
	if (c->orders.mode == FEED_READ) {
		tell_record(c, record, bytes, bytes ? length : 0);
		if (c->in_document % FEED_GROUP_RECORDS == 0)
			tell_mark(c, FRAME_MARK, c->number, c->in_document);
		return 0;
	}
	learn(c, record, bytes, length);
	/* A list is not read to its end for this. */
	c->enough = c->read > LEARN_BYTES && c->in_document > 1;
	return c->enough ? error_set(err, ERR_NO, c->name, NULL, "enough") : 0;
}

static void take_fault(void *data, const char *where, const char *why)
{
	struct child *c = data;

	if (c->orders.mode != FEED_LEARN)
		tell_fault(c, where, why, c->document->bytes, c->document->length);
}

/* A group that is behind us is told, so that the caller turns to the next child. */
static void close_groups(struct child *c, int64_t now)
{
	if (c->group >= 0 && c->group != now)
		tell_mark(c, FRAME_GROUP, (uint64_t)(c->group + 1) * FEED_GROUP, 0);
	c->group = now;
}

static bool is_wanted(void *data, uint64_t number, const char *name)
{
	struct child *c = data;
	uint64_t group = number / FEED_GROUP;
	bool own;

	(void)name;
	if (c->orders.mode == FEED_LEARN)
		return number % c->stride == 0 && !c->enough;
	own = group % c->orders.children == c->orders.child && group >= c->orders.skip_documents / FEED_GROUP;
	if ((int64_t)group != c->group)
		close_groups(c, own ? (int64_t)group : -1);
	return own && number >= c->orders.skip_documents;
}

static int read_document(struct child *c, const struct feed_document *document, struct error *err)
{
	const struct feed_sink sink = { take_record, take_fault, c };

	return document->bytes ? feed_read_memory(document->name, document->bytes, document->length, &sink, &c->head, err) :
				 feed_read(document->name, document->read, document->context, &sink, &c->head, err);
}

static int take_document(void *data, uint64_t number, const struct feed_document *document, struct error *err)
{
	struct child *c = data;
	size_t at;

	(void)err;
	c->document = document;
	c->number = number;
	c->in_document = 0;
	c->head = (struct feed_head)FEED_HEAD_INIT;
	error_release(&c->failure);
	if (read_document(c, document, &c->failure) && !c->enough && c->orders.mode != FEED_LEARN) {
		tell_fault(c, document->name, str_or_empty(c->failure.why), document->bytes, document->length);
		c->head.faults++;
	}
	if (c->orders.mode == FEED_LEARN)
		return 0;
	at = feed_wire_begin(&c->out, FRAME_DOCUMENT);
	feed_wire_head(&c->out, &c->head);
	feed_wire_end(&c->out, at);
	flush_much(c);
	return 0;
}

static void fault_document(void *data, uint64_t number, const char *name, const char *why)
{
	struct child *c = data;

	(void)number;
	if (c->orders.mode != FEED_LEARN)
		tell_fault(c, name, why, NULL, 0);
}

/* ---- its life */

static long read_input(void *context, char *ret, size_t size, struct error *err)
{
	struct child *c = context;
	ssize_t got;

	do
		got = read(PARSE_FD_REQUEST, ret, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, ERR_INPUT, c->name, NULL);
	c->read += (uint64_t)got;
	return got;
}

static void tell_error(struct child *c, const struct error *err)
{
	size_t at = feed_wire_begin(&c->out, FRAME_ERROR);

	feed_wire_text(&c->out, err->what);
	feed_wire_text(&c->out, err->why && *err->why ? err->why : "?");
	feed_wire_text(&c->out, err->remedy);
	feed_wire_end(&c->out, at);
}

static void run(struct child *c)
{
	AUTO_ERROR err = ERROR_INIT;
	int code;

	c->walk = (struct feed_walk){ .wanted = is_wanted, .take = take_document, .fault = fault_document, .data = c };
	code = feed_unpack_walk(&c->walk, c->name, c->orders.framed != 0, read_input, c, &err);
	/* The only document there is: what is wrong with it is wrong with the file. */
	if (!code && c->walk.documents == 1 && c->failure.code && !c->orders.framed && !c->enough) {
		tell_error(c, &c->failure);
	} else if (code) {
		tell_error(c, &err);
	} else {
		if (c->orders.mode == FEED_LEARN)
			tell_learnt(c);
		close_groups(c, -1);
		tell_mark(c, FRAME_END, c->walk.documents, 0);
	}
	flush(c);
}

static void read_dictionary(struct child *c)
{
	struct feed_orders_dictionary head;
	AUTO_STR bytes = STR_INIT;

	if (!fd_read_all(STDIN_FILENO, &head, sizeof(head)) || head.kind >= FEED_KINDS || head.raw > 1 ||
	    !fd_read_all(STDIN_FILENO, str_add_room(&bytes, head.length), head.length))
		_exit(EXIT_ORDERS);
	if (head.length && !c->presses[head.kind][head.raw])
		c->presses[head.kind][head.raw] = feed_press_new(bytes.bytes, bytes.length);
}

static void read_orders(struct child *c)
{
	if (!fd_read_all(STDIN_FILENO, &c->orders, sizeof(c->orders)) || c->orders.magic != FEED_ORDERS_MAGIC)
		_exit(EXIT_ORDERS);
	c->name = mem_alloc(c->orders.name_length + (size_t)1);
	if (!fd_read_all(STDIN_FILENO, c->name, c->orders.name_length))
		_exit(EXIT_ORDERS);
	for (uint32_t i = 0; i < c->orders.dictionaries; i++)
		read_dictionary(c);
	c->plain = feed_press_new(NULL, 0);
	c->stride = 1;
	c->group = -1;
	c->out = c->pack = (struct str)STR_INIT;
	c->samples[0].bytes = c->samples[1].bytes = (struct str)STR_INIT;
	close(STDIN_FILENO);
}

void feed_worker_main(void)
{
	struct parse_lock *lock = mem_alloc(sizeof(*lock));
	struct child *c = mem_alloc(sizeof(*c));

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	job_warm();
	charsets_warm();
	unpack_warm();
	mem_public();
	read_orders(c);
	lock->cpu_seconds = 0;
	if (!parse_lock_prepare(lock))
		_exit(EXIT_UNLOCKED);
	lock->cpu_seconds = CPU_SECONDS;
	if (!parse_lock_in(lock))
		_exit(EXIT_UNLOCKED);
	run(c);
	_exit(0);
}
