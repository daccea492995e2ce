/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that gpg put out, in place of what stood in the mail: of signed cleartext only that is what was signed, and it is in
 * the charset of the part it stood in.
 */
#include "desk/desk_private.h"

static const char block_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char block_end[] = "-----END PGP SIGNATURE-----";
enum { PARTS = 500 };

/* ---- charsets */

static bool is_charset(const char *name)
{
	size_t length = strlen(str_or_empty(name));

	return length && length <= 64 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-:.+()") == length;
}

static bool is_ascii(const struct str *text)
{
	for (size_t i = 0; i < text->length; i++)
		if ((unsigned char)text->bytes[i] >= 0x80)
			return false;
	return true;
}

/* What holds as UTF-8 by more than ASCII is that, whatever the armour around it was said to be in. */
char *desk_plain_text(struct desk *desk, const struct str *plain, const char *charset, struct mail_record *record)
{
	bool utf8 = !is_ascii(plain) && utf8_valid(plain->bytes, plain->length);
	AUTO_STR entity = STR_INIT;
	struct parsed_mail parsed = { 0 };
	AUTO_JSON kept = NULL;
	char *text;

	str_add_format(&entity, "Content-Type: text/plain; charset=\"%s\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
		       utf8 || !is_charset(charset) ? "utf-8" : charset);
	str_add_bytes(&entity, plain->bytes, plain->length);
	if (parse_worker_mail(desk->worker, entity.bytes, entity.length, true, &parsed, NULL)) {
		mail_record_add_flag(record, "unreadable");
		kept = js_new_string(plain->bytes, plain->length);
		return mem_string(json_string_value(kept));
	}
	for (size_t i = 0; i < parsed.record.flag_count; i++)
		mail_record_add_flag(record, parsed.record.flags[i]);
	text = parsed.record.text;
	parsed.record.text = NULL;
	parsed_mail_release(&parsed);
	str_wipe(&entity);
	return text;
}

/* ---- splicing */

/* The line that begins with MARK in FROM … END, or NULL. */
static const char *find_line(const char *from, const char *end, const char *mark)
{
	for (const char *at = from; at < end; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : end)
		if (str_starts(at, mark))
			return at;
	return NULL;
}

/* Where what belongs to part AT ends: those made of it before stand behind it in the list. */
static size_t last_of(const struct mail_record *record, size_t at)
{
	size_t length = strlen(record->parts[at].path);

	while (at + 1 < record->part_count && strncmp(record->parts[at + 1].path, record->parts[at].path, length) == 0 &&
	       record->parts[at + 1].path[length] == '.')
		at++;
	return at;
}

static void part_insert(struct mail_record *record, size_t at, struct mail_part part)
{
	record->parts = mem_resize(record->parts, record->part_count + 1, sizeof(*record->parts));
	memmove(&record->parts[at + 1], &record->parts[at], (record->part_count++ - at) * sizeof(*record->parts));
	record->parts[at] = part;
}

/* LENGTH bytes at AT of the text make way for NEW. */
static void text_replace(struct mail_record *record, size_t at, size_t length, const char *new)
{
	struct str made = STR_INIT;

	str_add_bytes(&made, record->text, at);
	str_add(&made, new);
	str_add(&made, record->text + at + length);
	free(record->text);
	record->text = str_detach(&made);
	for (size_t i = 0; i < record->part_count; i++)
		if (record->parts[i].text_length && record->parts[i].text_at >= at + length)
			record->parts[i].text_at += strlen(new) - length;
}

static bool find_block(const struct mail_record *record, size_t from, size_t *ret_at, size_t *ret_length)
{
	const char *end = record->text + strlen(record->text), *begin, *last;

	for (size_t i = 0; i < record->part_count; i++)
		if (record->parts[i].text_length && record->parts[i].text_at >= from && record->text + record->parts[i].text_at < end)
			end = record->text + record->parts[i].text_at;
	begin = find_line(record->text + from, end, block_begin);
	last = begin ? find_line(begin, end, block_end) : NULL;
	if (!last)
		return false;
	*ret_at = (size_t)(begin - record->text);
	*ret_length = (size_t)(last - begin) + strcspn(last, "\n");
	return true;
}

/* Lines may be broken anew where the text is shown (RFC 3676); but nothing that was not verified goes with the block. */
static bool same_words(const char *shown, size_t length, const char *came)
{
	const char *end = shown + length;

	for (;; shown++, came++) {
		while (shown < end && strchr(" \n", *shown))
			shown++;
		came += strspn(came, " \n");
		if (shown == end || *shown != *came)
			return shown == end && !*came;
	}
}

static bool find_same(const struct mail_record *record, size_t from, const char *came, size_t *ret_at, size_t *ret_length)
{
	return find_block(record, from, ret_at, ret_length) && same_words(record->text + *ret_at, *ret_length, came);
}

char *desk_splice_clear(struct mail_record *record, const char *path, const char *came, const char *text, bool covered)
{
	size_t whole = 0, last, from, at, length;
	struct mail_part *part;

	while (whole < record->part_count && !str_equal(record->parts[whole].path, path))
		whole++;
	if (whole == record->part_count || record->part_count >= PARTS || !record->text)
		return NULL;
	last = last_of(record, whole);
	part = &record->parts[last];
	/* The first block is inside of the part, the others behind the one before. */
	from = last == whole ? part->text_at : part->text_at + part->text_length;
	if (last == whole) {
		size_t end = part->text_at + part->text_length;

		part->text_length = 0;
		if (!find_same(record, from, came, &at, &length)) {
			record->parts[whole].text_length = end - from;
			return NULL;
		}
		part->text_length = at - from;
	} else if (!find_same(record, from, came, &at, &length)) {
		return NULL;
	}
	text_replace(record, at, length, text);
	part_insert(record, last + 1, (struct mail_part){
		.path = mem_format("%s.%zu", path, last - whole + 1), .type = mem_string("text/plain"), .size = strlen(text),
		.covered = covered, .encrypted = record->parts[whole].encrypted, .text_at = at, .text_length = strlen(text) });
	return mem_string(record->parts[last + 1].path);
}
