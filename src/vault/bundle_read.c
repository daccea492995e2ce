/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle being read, with every byte distrusted: lengths and counts against their bounds, the order of
 * records, each event's id, and the sum over all.
 */
#include "vault/bundle_format.h"

#include "psirtty/base/i18n.h"

struct bundle_reader {
	bundle_read_fn read;
	void *context;
	crypto_generichash_state *sum; /* owned */
	uint64_t done;
	struct bundle_end counts;
	struct str record; /* the event in hand; room is kept */
	int place;         /* of the last record's kind in the order */
	uint64_t left;     /* of the attachment in hand */
};

static int malformed(struct error *err, const char *why)
{
	return error_set(err, ERR_INPUT, _("bundle"), _("Ask for it again; nothing was taken"), "%s", why);
}

/* Exactly LENGTH bytes, not yet summed. */
static int take_raw(struct bundle_reader *s, void *ret, size_t length, struct error *err)
{
	uint8_t *at = ret;

	while (length) {
		long got = s->read(s->context, at, length);

		if (got <= 0)
			return malformed(err, _("it was cut"));
		at += got;
		length -= (size_t)got;
		s->done += (uint64_t)got;
	}
	return 0;
}

static int take(struct bundle_reader *s, void *ret, size_t length, struct error *err)
{
	int code = take_raw(s, ret, length, err);

	if (!code)
		crypto_generichash_update(s->sum, ret, length);
	return code;
}

struct bundle_reader *bundle_reader_new(bundle_read_fn read, void *context)
{
	struct bundle_reader *s = mem_alloc(sizeof(*s));

	s->read = read;
	s->context = context;
	s->sum = bundle_sum_new();
	str_init(&s->record);
	return s;
}

void bundle_reader_free(struct bundle_reader *s)
{
	if (!s)
		return;
	str_release(&s->record);
	free(s->sum);
	free(s);
}

bool bundle_is(const void *bytes, size_t length)
{
	return length >= 8 && memcmp(bytes, BUNDLE_MAGIC, 8) == 0;
}

int bundle_begin(struct bundle_reader *s, struct bundle_head *ret, struct error *err)
{
	uint8_t bytes[BUNDLE_HEAD];
	int code = take(s, bytes, sizeof(bytes), err);

	if (code)
		return code;
	if (!bundle_is(bytes, sizeof(bytes)))
		return malformed(err, _("it is no sealed bundle"));
	if (get32(bytes + HEAD_VERSION) > BUNDLE_VERSION)
		return error_set(err, ERR_INPUT, _("bundle"), _("Install a newer psirtty"),
				 _("it was made by a newer program"));
	if (get32(bytes + HEAD_VERSION) != BUNDLE_VERSION || get32(bytes + HEAD_ZERO) || get64(bytes + HEAD_REST))
		return malformed(err, _("its header is malformed"));
	memcpy(ret->vault, bytes + HEAD_VAULT, ID_BYTES);
	memcpy(ret->member, bytes + HEAD_MEMBER, ID_BYTES);
	ret->time = get64(bytes + HEAD_TIME);
	return 0;
}

static int count(uint64_t *counter, struct error *err)
{
	return ++*counter > BUNDLE_COUNT_MAX ? malformed(err, _("it holds more than is taken")) : 0;
}

/* Into the record in hand, whose room grows with what is really there, not with what is claimed. */
static int take_record(struct bundle_reader *s, uint64_t length, struct error *err)
{
	uint8_t piece[4096];
	int code = 0;

	str_reset(&s->record);
	while (!code && s->record.length < length) {
		uint64_t left = length - s->record.length;
		size_t part = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		code = take(s, piece, part, err);
		str_add_bytes(&s->record, piece, code ? 0 : part);
	}
	return code;
}

static int next_identity(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err)
{
	struct bundle_identity *identity = &ret->identity;
	const char *bytes;
	size_t print;
	int code;

	if (length < IDENTITY_FIXED || length > IDENTITY_FIXED + 64 + BUNDLE_IDENTITY_MAX)
		return malformed(err, _("an identity in it is malformed"));
	code = count(&s->counts.identities, err);
	if (!code)
		code = take_record(s, length, err);
	if (code)
		return code;
	bytes = s->record.bytes;
	print = (uint8_t)bytes[ID_BYTES];
	if ((print != 40 && print != 64) || print > s->record.length - IDENTITY_FIXED)
		return malformed(err, _("an identity in it is malformed"));
	ret->kind = BUNDLE_IDENTITY;
	memcpy(identity->member, bytes, ID_BYTES);
	memcpy(identity->fingerprint, bytes + IDENTITY_FIXED, print);
	identity->fingerprint[print] = '\0';
	if (strspn(identity->fingerprint, "0123456789ABCDEF") != print)
		return malformed(err, _("an identity in it is malformed"));
	identity->sealed = bytes + IDENTITY_FIXED + print;
	identity->length = s->record.length - IDENTITY_FIXED - print;
	return 0;
}

static int next_wrap(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err)
{
	uint8_t bytes[WRAP_RECORD], *at = bytes;
	int code = length == WRAP_RECORD ? count(&s->counts.wraps, err) : malformed(err, _("a key in it is malformed"));

	if (!code)
		code = take(s, bytes, sizeof(bytes), err);
	if (code)
		return code;
	ret->kind = BUNDLE_WRAP;
	memcpy(ret->wrap.stream, at, ID_BYTES);
	ret->wrap.epoch = get32(at += ID_BYTES);
	memcpy(ret->wrap.key_id, at += 4, ID_BYTES);
	memcpy(ret->wrap.member, at += ID_BYTES, ID_BYTES);
	memcpy(ret->wrap.sealed, at + ID_BYTES, WRAP_BYTES);
	return 0;
}

/* Splits the record in hand; its id must be that of its content. */
static int split_event(const struct str *record, struct store_row *ret, struct core *ret_core, struct error *err)
{
	const uint8_t *b = (const uint8_t *)record->bytes;
	size_t core_length = get16(b + EVENT_FIXED - 2);
	uint8_t id[HASH_BYTES];

	if (core_length > record->length - EVENT_FIXED || !core_read(b + EVENT_FIXED, core_length, ret_core))
		return malformed(err, _("an event in it is malformed"));
	*ret = (struct store_row){
		.id = b, .nonce = b + HASH_BYTES, .sig = b + HASH_BYTES + NONCE_BYTES, .core = b + EVENT_FIXED,
		.stream = ret_core->stream, .body = b + EVENT_FIXED + core_length, .id_length = HASH_BYTES,
		.nonce_length = NONCE_BYTES, .sig_length = SIG_BYTES, .core_length = core_length,
		.stream_length = ID_BYTES, .body_length = record->length - EVENT_FIXED - core_length,
	};
	if (core_is_stub(ret_core->kind, ret->body_length))
		core_id_of_stub(ret->core, core_length, ret->nonce, NONCE_BYTES, ret->body, id);
	else
		core_id(ret->core, core_length, ret->nonce, NONCE_BYTES, ret->body, ret->body_length, id);
	if (memcmp(id, ret->id, HASH_BYTES) != 0)
		return malformed(err, _("the content of an event in it does not match its id: it was altered"));
	return 0;
}

static int next_event(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err)
{
	int code;

	if (length < EVENT_FIXED || length > EVENT_FIXED + CORE_MAX + (uint64_t)BUNDLE_BODY_MAX)
		return malformed(err, _("an event in it is malformed"));
	code = count(&s->counts.events, err);
	if (!code)
		code = take_record(s, length, err);
	ret->kind = BUNDLE_EVENT;
	return code ? code : split_event(&s->record, &ret->row, &ret->core, err);
}

long bundle_read_object(struct bundle_reader *s, void *bytes, size_t length, struct error *err)
{
	size_t part = s->left < length ? (size_t)s->left : length;
	int code = part ? take(s, bytes, part, err) : 0;

	s->left -= code ? 0 : part;
	return code ? code : (long)part;
}

static int pass_over(struct bundle_reader *s, struct error *err)
{
	uint8_t piece[8192];
	long got = 0;

	while (s->left && (got = bundle_read_object(s, piece, sizeof(piece), err)) > 0)
		;
	return got < 0 ? (int)got : 0;
}

static int next_object(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err)
{
	uint8_t raw[HASH_BYTES];
	int code;

	if (length < HASH_BYTES || length - HASH_BYTES > BUNDLE_OBJECT_MAX)
		return malformed(err, _("an attachment in it is malformed"));
	code = count(&s->counts.objects, err);
	if (!code)
		code = take(s, raw, sizeof(raw), err);
	if (code)
		return code;
	ret->kind = BUNDLE_OBJECT;
	ret->size = s->left = length - HASH_BYTES;
	sodium_bin2hex(ret->name, sizeof(ret->name), raw, sizeof(raw));
	return 0;
}

static int next_end(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err)
{
	uint8_t bytes[END_RECORD], hash[HASH_BYTES], more;
	int code = length == END_RECORD ? take(s, bytes, END_SUMMED, err) : malformed(err, _("its end is malformed"));

	(void)ret;
	if (!code)
		code = take_raw(s, bytes + END_SUMMED, END_RECORD - END_SUMMED, err);
	if (code)
		return code;
	crypto_generichash_final(s->sum, hash, sizeof(hash));
	if (get64(bytes) != s->counts.identities || get64(bytes + 8) != s->counts.wraps ||
	    get64(bytes + 16) != s->counts.events || get64(bytes + 24) != s->counts.objects)
		return malformed(err, _("it does not hold as much as it says"));
	if (memcmp(hash, bytes + END_SUMMED, HASH_BYTES) != 0)
		return malformed(err, _("it was altered on the way"));
	if (s->read(s->context, &more, 1) != 0)
		return malformed(err, _("there is more behind its end"));
	memcpy(s->counts.hash, hash, HASH_BYTES);
	memcpy(s->counts.sig, bytes + END_SUMMED + HASH_BYTES, SIG_BYTES);
	return 0;
}

/* In the order in which they stand. */
static const struct record_row {
	int kind;
	int (*next)(struct bundle_reader *s, uint64_t length, struct bundle_record *ret, struct error *err);
} rows[] = {
	{ RECORD_IDENTITY, next_identity }, { RECORD_WRAP, next_wrap }, { RECORD_EVENT, next_event }, { RECORD_OBJECT, next_object },
	{ RECORD_END, next_end },
};

int bundle_next(struct bundle_reader *s, struct bundle_record *ret, struct error *err)
{
	uint8_t head[RECORD_HEAD];
	int code = pass_over(s, err);

	if (!code)
		code = take(s, head, sizeof(head), err);
	if (code)
		return code;
	for (int i = s->place; i < (int)ARRAY_LEN(rows); i++)
		if (rows[i].kind == head[0]) {
			s->place = i;
			code = rows[i].next(s, get64(head + 1), ret, err);
			return code ? code : head[0] != RECORD_END;
		}
	return malformed(err, _("a record in it is of no known kind, or stands in the wrong place"));
}

const struct bundle_end *bundle_reader_end(const struct bundle_reader *s)
{
	return &s->counts;
}

uint64_t bundle_reader_done(const struct bundle_reader *s)
{
	return s->done;
}
