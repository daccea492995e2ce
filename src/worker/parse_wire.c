/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsed mail as records and back. One table of tags says what each record may hold; the reading
 * side is as strict as if an enemy had written it, because one may have.
 */
#include "parse_wire.h"

#include "parse_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum { LINE_LIMIT = 4 * HEADER_LIMIT, NONE = -1 };

enum wire_tag {
	WIRE_SUBJECT = 1, WIRE_FROM, WIRE_TO, WIRE_CC, WIRE_REPLY_TO, WIRE_DATE, WIRE_MESSAGE_ID,
	WIRE_IN_REPLY_TO, WIRE_REFERENCE, WIRE_RECIPIENT, WIRE_TEXT, WIRE_MARKS, WIRE_PART,
	WIRE_ATTACHMENT, WIRE_FLAG, WIRE_CRYPTO, WIRE_PAYLOAD, WIRE_SIGNATURE, WIRE_END,
	WIRE_KEY, WIRE_SIGNED_PART, WIRE_SIGNED_BYTES,
};

enum { MARK_HTML_ONLY = 1, MARK_AUTOMATIC = 2, MARK_LIST = 4, MARK_COVERED = 1, MARK_ENCRYPTED = 2 };

/* ---- writing */

/* What is small goes out together: each write wakes who reads. */
enum { TOGETHER = 32 << 10 };
struct writer { int fd; bool failed; struct str record, waiting; };

static void write_out(struct writer *w, const void *bytes, size_t length)
{
	if (!w->failed && length && fd_write_all(w->fd, bytes, length) != 0)
		w->failed = true;
}

static void flush_waiting(struct writer *w)
{
	write_out(w, w->waiting.bytes, w->waiting.length);
	str_reset(&w->waiting);
}

static void write_bytes(struct writer *w, const void *bytes, size_t length)
{
	if (w->waiting.length + length > TOGETHER)
		flush_waiting(w);
	if (length > TOGETHER)
		write_out(w, bytes, length);
	else
		str_add_bytes(&w->waiting, bytes, length);
}

static void write_head(struct writer *w, enum wire_tag tag, size_t length)
{
	unsigned char head[5] = { (unsigned char)tag };
	uint32_t value = (uint32_t)length;

	memcpy(head + 1, &value, sizeof(value));
	write_bytes(w, head, sizeof(head));
}

static void write_record(struct writer *w, enum wire_tag tag, const void *bytes, size_t length)
{
	write_head(w, tag, length);
	write_bytes(w, bytes, length);
}

static void write_string(struct writer *w, enum wire_tag tag, const char *string)
{
	if (string)
		write_record(w, tag, string, strlen(string));
}

static void add_integer(struct str *s, int64_t value)
{
	str_add_bytes(s, &value, sizeof(value));
}

/* NULL is a length of NONE. */
static void add_string(struct str *s, const char *string)
{
	add_integer(s, string ? (int64_t)strlen(string) : NONE);
	str_add(s, string);
}

static void flush_record(struct writer *w, enum wire_tag tag)
{
	write_record(w, tag, w->record.bytes, w->record.length);
	str_reset(&w->record);
}

static void write_addresses(struct writer *w, enum wire_tag tag, const struct mail_address *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_string(&w->record, list[i].name);
		add_string(&w->record, list[i].address);
		flush_record(w, tag);
	}
}

static void write_strings(struct writer *w, enum wire_tag tag, char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write_string(w, tag, list[i]);
}

static void write_parts(struct writer *w, const struct mail_record *record)
{
	for (size_t i = 0; i < record->part_count; i++) {
		const struct mail_part *part = &record->parts[i];

		add_string(&w->record, part->path);
		add_string(&w->record, part->type);
		add_string(&w->record, part->charset);
		add_integer(&w->record, (int64_t)part->size);
		add_integer(&w->record, (part->covered ? MARK_COVERED : 0) |
						(part->encrypted ? MARK_ENCRYPTED : 0));
		add_integer(&w->record, (int64_t)part->text_at);
		add_integer(&w->record, (int64_t)part->text_length);
		flush_record(w, WIRE_PART);
	}
}

/* The content is not copied into the record: it is written behind the names. */
static void write_attachments(struct writer *w, const struct mail_record *record)
{
	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct mail_attachment *a = &record->attachments[i];

		add_string(&w->record, a->name);
		add_string(&w->record, a->other_name);
		add_string(&w->record, a->safe_name);
		add_string(&w->record, a->type);
		add_string(&w->record, a->path);
		write_head(w, WIRE_ATTACHMENT, w->record.length + a->size);
		write_bytes(w, w->record.bytes, w->record.length);
		write_bytes(w, a->bytes, a->size);
		str_reset(&w->record);
	}
}

static void write_marks(struct writer *w, const struct parsed_mail *mail)
{
	const struct mail_record *r = &mail->record;

	add_integer(&w->record, r->date);
	flush_record(w, WIRE_DATE);
	add_integer(&w->record, (r->html_only ? MARK_HTML_ONLY : 0) |
					(r->auto_submitted ? MARK_AUTOMATIC : 0) |
					(r->list_mail ? MARK_LIST : 0));
	flush_record(w, WIRE_MARKS);
	add_integer(&w->record, mail->crypto);
	add_integer(&w->record, mail->session_key_packets);
	add_integer(&w->record, mail->anonymous_packets);
	add_integer(&w->record, mail->protected_head);
	flush_record(w, WIRE_CRYPTO);
}

static void write_keys(struct writer *w, const struct mail_record *record)
{
	for (size_t i = 0; i < record->key_count; i++) {
		const struct mail_key *key = &record->keys[i];

		add_string(&w->record, key->fingerprint);
		add_string(&w->record, key->source);
		for (size_t k = 0; k < key->user_id_count; k++)
			add_string(&w->record, key->user_ids[k]);
		flush_record(w, WIRE_KEY);
	}
}

static void write_signed_parts(struct writer *w, const struct parsed_mail *mail)
{
	for (size_t i = 0; i < mail->signed_part_count; i++) {
		const struct signed_part *part = &mail->signed_parts[i];

		add_string(&w->record, part->path);
		add_integer(&w->record, part->kind);
		str_add_bytes(&w->record, part->signature.bytes, part->signature.length);
		flush_record(w, WIRE_SIGNED_PART);
		write_record(w, WIRE_SIGNED_BYTES, part->payload.bytes, part->payload.length);
	}
}

bool parse_wire_write(int fd, const struct parsed_mail *mail)
{
	struct writer w = { .fd = fd, .record = STR_INIT, .waiting = STR_INIT };
	const struct mail_record *r = &mail->record;

	write_marks(&w, mail);
	write_string(&w, WIRE_SUBJECT, r->subject);
	write_addresses(&w, WIRE_FROM, r->from, r->from_count);
	write_addresses(&w, WIRE_TO, r->to, r->to_count);
	write_addresses(&w, WIRE_CC, r->cc, r->cc_count);
	write_addresses(&w, WIRE_REPLY_TO, r->reply_to, r->reply_to_count);
	write_string(&w, WIRE_MESSAGE_ID, r->message_id);
	write_string(&w, WIRE_IN_REPLY_TO, r->in_reply_to);
	write_strings(&w, WIRE_REFERENCE, r->references, r->reference_count);
	write_strings(&w, WIRE_RECIPIENT, r->recipients, r->recipient_count);
	write_strings(&w, WIRE_FLAG, r->flags, r->flag_count);
	write_string(&w, WIRE_TEXT, r->text);
	write_parts(&w, r);
	write_attachments(&w, r);
	write_keys(&w, r);
	write_signed_parts(&w, mail);
	write_record(&w, WIRE_PAYLOAD, mail->payload.bytes, mail->payload.length);
	write_record(&w, WIRE_SIGNATURE, mail->signature.bytes, mail->signature.length);
	write_record(&w, WIRE_END, "", 0);
	flush_waiting(&w);
	str_release(&w.record);
	str_release(&w.waiting);
	return !w.failed;
}

/* ---- reading */

struct reader {
	const char *at, *end;      /* of the record */
	struct parsed_mail *mail;
	size_t room[8];            /* capacities of the lists */
	size_t attached;
	bool broken;
};

static int64_t take_integer(struct reader *r)
{
	int64_t value = 0;

	if ((size_t)(r->end - r->at) < sizeof(value)) {
		r->broken = true;
		return 0;
	}
	memcpy(&value, r->at, sizeof(value));
	r->at += sizeof(value);
	return value;
}

static int64_t take_bounded(struct reader *r, int64_t least, int64_t most)
{
	int64_t value = take_integer(r);

	if (value < least || value > most) {
		r->broken = true;
		return least;
	}
	return value;
}

/* LENGTH bytes of valid UTF-8 without zeros. */
static char *take_text(struct reader *r, size_t length)
{
	const char *bytes = r->at;

	if ((size_t)(r->end - bytes) < length || !utf8_valid(bytes, length) || memchr(bytes, '\0', length)) {
		r->broken = true;
		return NULL;
	}
	r->at += length;
	return mem_copy(bytes, length);
}

static char *take_string(struct reader *r, size_t limit)
{
	int64_t length = take_bounded(r, NONE, (int64_t)limit);

	return length == NONE || r->broken ? NULL : take_text(r, (size_t)length);
}

static char *take_needed(struct reader *r, size_t limit)
{
	char *string = take_string(r, limit);

	r->broken |= !string;
	return string ? string : mem_string("");
}

static void read_line(struct reader *r, char **slot)
{
	if (*slot)
		r->broken = true;
	else
		*slot = take_text(r, (size_t)(r->end - r->at));
}

static void read_address(struct reader *r, int list, struct mail_address **ret, size_t *count)
{
	struct mail_address *a;

	if (*count == ADDRESS_LIMIT) {
		r->broken = true;
		return;
	}
	*ret = mem_grow(*ret, &r->room[list], *count + 1, sizeof(**ret));
	a = &(*ret)[(*count)++];
	a->name = take_string(r, LINE_LIMIT);
	a->address = take_needed(r, LINE_LIMIT);
}

static void read_item(struct reader *r, int list, size_t limit, char ***ret, size_t *count)
{
	char *text = *count == limit ? NULL : take_text(r, (size_t)(r->end - r->at));

	r->broken |= !text;
	if (!text)
		return;
	*ret = mem_grow(*ret, &r->room[list], *count + 1, sizeof(**ret));
	(*ret)[(*count)++] = text;
}

static void read_subject(struct reader *r)
{
	read_line(r, &r->mail->record.subject);
}

static void read_message_id(struct reader *r)
{
	read_line(r, &r->mail->record.message_id);
}

static void read_in_reply_to(struct reader *r)
{
	read_line(r, &r->mail->record.in_reply_to);
}

static void read_text_record(struct reader *r)
{
	read_line(r, &r->mail->record.text);
}

static void read_from(struct reader *r)
{
	read_address(r, 0, &r->mail->record.from, &r->mail->record.from_count);
}

static void read_to(struct reader *r)
{
	read_address(r, 1, &r->mail->record.to, &r->mail->record.to_count);
}

static void read_cc(struct reader *r)
{
	read_address(r, 2, &r->mail->record.cc, &r->mail->record.cc_count);
}

static void read_reply_to(struct reader *r)
{
	read_address(r, 3, &r->mail->record.reply_to, &r->mail->record.reply_to_count);
}

static void read_reference(struct reader *r)
{
	struct mail_record *record = &r->mail->record;

	read_item(r, 4, REFERENCE_LIMIT, &record->references, &record->reference_count);
}

static void read_recipient(struct reader *r)
{
	struct mail_record *record = &r->mail->record;

	read_item(r, 5, REFERENCE_LIMIT, &record->recipients, &record->recipient_count);
}

static void read_flag(struct reader *r)
{
#define X(code, text) code,
	static const char *const known[] = { MAIL_FLAGS(X) };
#undef X
	AUTO_STRING flag = take_text(r, (size_t)(r->end - r->at));

	for (size_t i = 0; flag && i < ARRAY_LEN(known); i++)
		if (str_equal(flag, known[i])) {
			mail_record_add_flag(&r->mail->record, flag);
			return;
		}
	r->broken = true;
}

static void read_date(struct reader *r)
{
	int64_t value = take_integer(r);

	if (value != INSTANT_NONE && (value < 0 || value > INSTANT_DAY * 366 * 8030))
		r->broken = true;
	r->mail->record.date = value;
}

static void read_marks(struct reader *r)
{
	int64_t marks = take_bounded(r, 0, 7);

	r->mail->record.html_only = marks & MARK_HTML_ONLY;
	r->mail->record.auto_submitted = (marks & MARK_AUTOMATIC) != 0;
	r->mail->record.list_mail = (marks & MARK_LIST) != 0;
}

static void read_part(struct reader *r)
{
	struct mail_record *record = &r->mail->record;
	struct mail_part *part;
	int64_t marks;

	if (record->part_count == PART_LIMIT) {
		r->broken = true;
		return;
	}
	record->parts = mem_grow(record->parts, &r->room[6], record->part_count + 1, sizeof(*record->parts));
	part = &record->parts[record->part_count++];
	part->path = take_needed(r, 4 * DEPTH_LIMIT + 16);
	part->type = take_needed(r, 256);
	part->charset = take_string(r, 256);
	part->size = (size_t)take_bounded(r, 0, MAIL_LIMIT);
	marks = take_bounded(r, 0, 3);
	part->covered = (marks & MARK_COVERED) != 0;
	part->encrypted = (marks & MARK_ENCRYPTED) != 0;
	part->text_at = (size_t)take_bounded(r, 0, TEXT_LIMIT);
	part->text_length = (size_t)take_bounded(r, 0, TEXT_LIMIT);
}

/* Asked of the name again here, since it becomes a file's. */
static bool is_safe_name(const char *name)
{
	if (!*name || strchr(". -~", *name) || strlen(name) > 128)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || strchr("/\\:*?\"<>|\x7F", *name))
			return false;
	return true;
}

static void read_attachment(struct reader *r)
{
	struct mail_record *record = &r->mail->record;
	struct mail_attachment *a;

	if (record->attachment_count == PART_LIMIT) {
		r->broken = true;
		return;
	}
	record->attachments = mem_grow(record->attachments, &r->room[7], record->attachment_count + 1,
				       sizeof(*record->attachments));
	a = &record->attachments[record->attachment_count++];
	a->name = take_string(r, LINE_LIMIT);
	a->other_name = take_string(r, LINE_LIMIT);
	a->safe_name = take_needed(r, 128);
	a->type = take_needed(r, 256);
	a->path = take_needed(r, 4 * DEPTH_LIMIT + 16);
	a->size = (size_t)(r->end - r->at);
	a->bytes = mem_copy(r->at, a->size);
	r->attached += a->size;
	r->at = r->end;
	r->broken |= !is_safe_name(a->safe_name) || r->attached > MAIL_LIMIT;
}

static void read_crypto(struct reader *r)
{
	r->mail->crypto = (enum mail_crypto)take_bounded(r, MAIL_CRYPTO_NONE, MAIL_CRYPTO_SMIME_ENVELOPED);
	r->mail->session_key_packets = (int)take_bounded(r, -1, INT32_MAX);
	r->mail->anonymous_packets = (int)take_bounded(r, 0, INT32_MAX);
	r->mail->protected_head = take_bounded(r, 0, 1);
}

static bool is_fingerprint(const char *text)
{
	size_t length = strlen(text);

	return (length == 40 || length == 64) && strspn(text, "0123456789ABCDEF") == length;
}

static void read_key(struct reader *r)
{
	struct mail_record *record = &r->mail->record;
	struct mail_key *key;

	if (record->key_count == MAIL_KEYS) {
		r->broken = true;
		return;
	}
	record->keys = mem_resize(record->keys, record->key_count + 1, sizeof(*record->keys));
	key = &record->keys[record->key_count++];
	*key = (struct mail_key){ .fingerprint = take_needed(r, 64) };
	key->source = take_needed(r, 16);
	r->broken |= !is_fingerprint(key->fingerprint) ||
		     (!str_equal(key->source, "attached") && !str_equal(key->source, "autocrypt"));
	while (!r->broken && r->at < r->end && key->user_id_count < MAIL_KEY_USER_IDS) {
		key->user_ids = mem_resize(key->user_ids, key->user_id_count + 1, sizeof(*key->user_ids));
		key->user_ids[key->user_id_count++] = take_needed(r, USER_ID_LIMIT);
	}
}

/* The signature comes first, then what it signs. */
static void read_signed_part(struct reader *r)
{
	struct parsed_mail *mail = r->mail;
	struct signed_part *part;

	if (mail->signed_part_count == SIGNED_PART_LIMIT) {
		r->broken = true;
		return;
	}
	mail->signed_parts = mem_resize(mail->signed_parts, mail->signed_part_count + 1, sizeof(*mail->signed_parts));
	part = &mail->signed_parts[mail->signed_part_count++];
	*part = (struct signed_part){ .path = take_needed(r, 4 * DEPTH_LIMIT + 16), .payload = STR_INIT,
				      .signature = STR_INIT };
	part->kind = (enum signed_kind)take_bounded(r, 0, SIGNED_KINDS - 1);
	str_add_bytes(&part->signature, r->at, (size_t)(r->end - r->at));
	r->at = r->end;
}

static void read_bytes(struct reader *r, struct str *ret)
{
	r->broken |= ret->length != 0;
	str_add_bytes(ret, r->at, (size_t)(r->end - r->at));
	r->at = r->end;
}

static void read_signed_bytes(struct reader *r)
{
	if (r->mail->signed_part_count)
		read_bytes(r, &r->mail->signed_parts[r->mail->signed_part_count - 1].payload);
	else
		r->broken = true;
}

static void read_payload(struct reader *r)
{
	read_bytes(r, &r->mail->payload);
}

static void read_signature(struct reader *r)
{
	read_bytes(r, &r->mail->signature);
}

/* Every tag with the longest record it may have. Canonical line ends can double signed bytes. */
static const struct { size_t limit; void (*read)(struct reader *r); } tags[] = {
	[WIRE_SUBJECT] = { LINE_LIMIT, read_subject },
	[WIRE_FROM] = { 2 * LINE_LIMIT, read_from },
	[WIRE_TO] = { 2 * LINE_LIMIT, read_to },
	[WIRE_CC] = { 2 * LINE_LIMIT, read_cc },
	[WIRE_REPLY_TO] = { 2 * LINE_LIMIT, read_reply_to },
	[WIRE_DATE] = { 8, read_date },
	[WIRE_MESSAGE_ID] = { 1024, read_message_id },
	[WIRE_IN_REPLY_TO] = { 1024, read_in_reply_to },
	[WIRE_REFERENCE] = { 1024, read_reference },
	[WIRE_RECIPIENT] = { 64, read_recipient },
	[WIRE_TEXT] = { TEXT_LIMIT, read_text_record },
	[WIRE_MARKS] = { 8, read_marks },
	[WIRE_PART] = { 4096, read_part },
	[WIRE_ATTACHMENT] = { MAIL_LIMIT + 2 * LINE_LIMIT + 1024, read_attachment },
	[WIRE_FLAG] = { 64, read_flag },
	[WIRE_CRYPTO] = { 32, read_crypto },
	[WIRE_KEY] = { 16 * 1024, read_key },
	[WIRE_SIGNED_PART] = { SIGNATURE_LIMIT + 1024, read_signed_part },
	[WIRE_SIGNED_BYTES] = { SIGNED_LIMIT, read_signed_bytes },
	[WIRE_PAYLOAD] = { (size_t)2 * MAIL_LIMIT, read_payload },
	[WIRE_SIGNATURE] = { MAIL_LIMIT, read_signature },
};

/* One record at *CURSOR; false at the end or when it is broken. */
static bool read_record(struct reader *r, const char **cursor, const char *end)
{
	unsigned char tag;
	uint32_t length;

	if (end - *cursor < 5) {
		r->broken = true;
		return false;
	}
	tag = (unsigned char)**cursor;
	memcpy(&length, *cursor + 1, sizeof(length));
	*cursor += 5;
	if (tag == WIRE_END) {
		r->broken |= length != 0 || *cursor != end;
		return false;
	}
	if (tag >= ARRAY_LEN(tags) || !tags[tag].read || length > tags[tag].limit ||
	    length > (size_t)(end - *cursor)) {
		r->broken = true;
		return false;
	}
	r->at = *cursor;
	r->end = *cursor + length;
	tags[tag].read(r);
	r->broken |= r->at != r->end;
	*cursor += length;
	return !r->broken;
}

/* Where parts stand in the text: inside of it, one behind the other. */
static bool is_in_order(const struct mail_record *record)
{
	size_t end = 0, length = strlen(str_or_empty(record->text));

	for (size_t i = 0; i < record->part_count; i++) {
		const struct mail_part *part = &record->parts[i];

		if (!part->text_length)
			continue;
		if (part->text_at < end || part->text_at + part->text_length > length)
			return false;
		end = part->text_at + part->text_length;
	}
	return true;
}

int parse_wire_read(const char *bytes, size_t length, struct parsed_mail *ret, struct error *err)
{
	struct parsed_mail mail = { .record = { .date = INSTANT_NONE }, .payload = STR_INIT,
				    .signature = STR_INIT, .session_key_packets = -1 };
	struct reader r = { .mail = &mail };
	const char *cursor = bytes, *end = bytes + length;

	while (read_record(&r, &cursor, end))
		;
	if (r.broken || !is_in_order(&mail.record)) {
		parsed_mail_release(&mail);
		return error_set(err, ERR_INPUT, _("message"), _("Its raw bytes are kept"),
				 _("the parser's answer is damaged"));
	}
	if (!mail.record.text)
		mail.record.text = mem_string("");
	*ret = mail;
	return 0;
}

void parsed_mail_release(struct parsed_mail *mail)
{
	mail_record_release(&mail->record);
	str_wipe(&mail->payload);
	str_wipe(&mail->signature);
	for (size_t i = 0; i < mail->signed_part_count; i++) {
		free(mail->signed_parts[i].path);
		str_wipe(&mail->signed_parts[i].payload);
		str_wipe(&mail->signed_parts[i].signature);
	}
	free(mail->signed_parts);
	mail->signed_parts = NULL;
	mail->signed_part_count = 0;
}
