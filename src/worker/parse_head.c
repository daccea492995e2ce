/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a message, from its raw fields into the record. */
#include "parse_private.h"

#include "charset.h"
#include "psirtty/format/script.h"

/* ---- odd characters */

static bool is_bidi(int32_t c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069);
}

bool parse_has_bidi(const char *text, size_t length)
{
	const char *cursor = text, *end = text + length;

	/* All of them begin with D8 9C or E2 80/81. */
	while (cursor < end) {
		int32_t c;

		if ((unsigned char)*cursor != 0xE2 && (unsigned char)*cursor != 0xD8) {
			cursor++;
			continue;
		}
		c = utf8_next(&cursor, end);
		if (is_bidi(c))
			return true;
	}
	return false;
}

static bool has_control(const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		int32_t c = utf8_next(&text, end);

		if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFD || c == 0x2028 || c == 0x2029)
			return true;
	}
	return false;
}

void parse_flag_header(struct mail_record *record, const char *text)
{
	if (!text)
		return;
	if (parse_has_bidi(text, strlen(text)))
		mail_record_add_flag(record, "bidi");
	if (has_control(text))
		mail_record_add_flag(record, "control-characters");
}

/* ---- fields */

struct slice parse_field(const struct header_block *block, const char *name)
{
	struct slice last = { "", 0 };
	size_t from = 0;

	for (const struct header_field *f; (f = header_find(block, name, &from));)
		last = (struct slice){ f->value, f->length };
	return last;
}

static char *decoded(const struct header_field *field)
{
	struct str s = STR_INIT;

	mime_decode_header(field->value, field->length, charset_convert, NULL, &s);
	while (s.length && (s.bytes[s.length - 1] == ' ' || s.bytes[s.length - 1] == '\t'))
		str_truncate(&s, s.length - 1);
	return str_detach(&s);
}

struct address_taker {
	struct mail_record *record;
	struct mail_address **list;
	size_t *count, capacity;
};

static void take_address(void *taker, const char *name, const char *address)
{
	struct address_taker *t = taker;
	struct mail_address *a;

	if (*t->count == ADDRESS_LIMIT)
		return;
	*t->list = mem_grow(*t->list, &t->capacity, *t->count + 1, sizeof(**t->list));
	a = &(*t->list)[(*t->count)++];
	a->name = *name ? mem_string(name) : NULL;
	a->address = mem_string(address);
	parse_flag_header(t->record, a->name);
	parse_flag_header(t->record, a->address);
}

/* All fields NAME, joined. Returns how many fields and addresses there were, whichever is more. */
static size_t read_addresses(const struct header_block *block, const char *name,
			     struct mail_record *record, struct mail_address **ret, size_t *ret_count)
{
	struct address_taker taker = { record, ret, ret_count, 0 };
	size_t from = 0, fields = 0, found = 0;

	for (const struct header_field *f; (f = header_find(block, name, &from)); fields++)
		found += header_addresses(f->value, f->length, charset_convert, NULL, take_address, &taker);
	if (found > ADDRESS_LIMIT)
		mail_record_add_flag(record, "limit-headers");
	return fields > found ? fields : found;
}

static void take_first_id(void *taker, const char *id)
{
	char **slot = taker;

	if (!*slot)
		*slot = mem_string(id);
}

static void take_reference(void *taker, const char *id)
{
	struct mail_record *record = taker;

	record->references = mem_resize(record->references, record->reference_count + 1,
					sizeof(*record->references));
	record->references[record->reference_count++] = mem_string(id);
}

static void read_ids(const struct header_block *block, struct mail_record *record)
{
	const struct header_field *field = header_find(block, "message-id", NULL);

	if (field)
		header_ids(field->value, field->length, take_first_id, &record->message_id);
	field = header_find(block, "in-reply-to", NULL);
	if (field)
		header_ids(field->value, field->length, take_first_id, &record->in_reply_to);
	field = header_find(block, "references", NULL);
	if (field && header_ids(field->value, field->length, take_reference, record) > REFERENCE_LIMIT)
		mail_record_add_flag(record, "limit-headers");
}

static bool field_begins(const struct header_block *block, const char *name, const char *word)
{
	const struct header_field *field = header_find(block, name, NULL);
	size_t length = strlen(word);

	return field && field->length >= length && strncasecmp(field->value, word, length) == 0;
}

/* RFC 3834 2: what must not be answered by a machine. */
static void read_automatic(const struct header_block *block, struct mail_record *record)
{
	record->auto_submitted = (header_find(block, "auto-submitted", NULL) &&
				  !field_begins(block, "auto-submitted", "no")) ||
				 field_begins(block, "return-path", "<>") ||
				 field_begins(block, "precedence", "junk") ||
				 field_begins(block, "content-type", "multipart/report");
	record->list_mail = header_find(block, "list-id", NULL) || header_find(block, "list-post", NULL) ||
			    header_find(block, "list-unsubscribe", NULL) ||
			    field_begins(block, "precedence", "list") ||
			    field_begins(block, "precedence", "bulk");
}

/* Names that are other addresses, and letters that look like others. */
static void flag_lookalikes(struct mail_record *record, const struct mail_address *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = str_or_empty(list[i].name), *domain = strrchr(list[i].address, '@');
		size_t shown = strspn(name, "\"'<( ");
		size_t length = strcspn(name + shown, "\"'>) ");
		AUTO_STRING word = mem_copy(name + shown, length);

		if (script_is_mixed(name) || (domain && script_domain_is_mixed(domain + 1)))
			mail_record_add_flag(record, "mixed-script");
		if (strchr(word, '@') && str_casecmp(word, list[i].address) != 0)
			mail_record_add_flag(record, "name-is-address");
	}
}

/* RFC 5322 3.6: at most one of each. Two senders have a flag of their own, two structures are malformed. */
static bool stands_twice(const struct header_block *block)
{
	static const char *const once[] = { "subject", "date", "to", "cc", "reply-to", "sender", "message-id", "in-reply-to",
					    "references" };

	for (size_t i = 0; i < ARRAY_LEN(once); i++) {
		size_t from = 0;

		if (header_find(block, once[i], &from) && header_find(block, once[i], &from))
			return true;
	}
	return false;
}

void parse_head(const struct header_block *block, struct mail_record *record)
{
	const struct header_field *subject = header_find(block, "subject", NULL);
	const struct header_field *date = header_find(block, "date", NULL);

	if (subject)
		record->subject = decoded(subject);
	parse_flag_header(record, record->subject);
	if (read_addresses(block, "from", record, &record->from, &record->from_count) > 1)
		mail_record_add_flag(record, "multiple-from");
	read_addresses(block, "to", record, &record->to, &record->to_count);
	read_addresses(block, "cc", record, &record->cc, &record->cc_count);
	read_addresses(block, "reply-to", record, &record->reply_to, &record->reply_to_count);
	if (date)
		record->date = header_date(date->value, date->length);
	read_ids(block, record);
	read_automatic(block, record);
	if (header_find(block, "disposition-notification-to", NULL) || header_find(block, "return-receipt-to", NULL))
		mail_record_add_flag(record, "receipt-requested");
	if (stands_twice(block))
		mail_record_add_flag(record, "duplicate-header");
	flag_lookalikes(record, record->from, record->from_count);
	flag_lookalikes(record, record->reply_to, record->reply_to_count);
}

bool parse_is_protected(const struct header_block *block)
{
	struct slice type = parse_field(block, "content-type");
	AUTO_STR value = STR_INIT;

	if (mime_parameter(type.bytes, type.length, "hp", charset_convert, NULL, &value))
		return str_casecmp(value.bytes, "cipher") == 0 || str_casecmp(value.bytes, "clear") == 0;
	return mime_parameter(type.bytes, type.length, "protected-headers", charset_convert, NULL, &value) &&
	       str_casecmp(value.bytes, "v1") == 0;
}
