/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters that leave the house: PGP/MIME (RFC 3156) with header protection (RFC 9788). Every
 * line ends in CRLF, nothing depends on clock, host or chance.
 */
#include "psirtty/format/mime.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/header.h"

enum {
	FOLD_AT = 76,          /* longest line of a header and of an encoding */
	WORD_BYTES = 42,       /* UTF-8 bytes in one encoded word: 56 digits and the frame */
	SEGMENT_BYTES = 54,    /* characters of one RFC 2231 segment */
};

static const char hidden_subject[] = "[...]"; /* hcp_baseline, RFC 9788 3.2 */

/* ---- encodings */

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7F)
			return false;
	return true;
}

static void add_quoted(struct str *s, size_t *column, unsigned char byte, bool plain)
{
	size_t width = plain ? 1 : 3;

	if (*column + width > FOLD_AT - 1) {
		str_add(s, "=\r\n");
		*column = 0;
	}
	if (plain)
		str_add_char(s, (char)byte);
	else
		str_add_format(s, "=%02X", byte);
	*column += width;
}

/* Also encoded: blanks at line ends (RFC 3156 3), a leading "From " and ".", which mail servers change. */
static void add_quoted_printable(struct str *s, const char *text)
{
	size_t column = 0, start = s->length;

	for (size_t i = 0; text[i]; i++) {
		unsigned char c = (unsigned char)text[i];
		bool last = !text[i + 1] || text[i + 1] == '\n' || text[i + 1] == '\r';
		bool plain = c >= 0x20 && c < 0x7F && c != '=';

		if (c == '\n' || (c == '\r' && text[i + 1] == '\n')) {
			str_add(s, "\r\n");
			column = 0;
			i += c == '\r';
			continue;
		}
		if ((c == ' ' && last) || (column == 0 && (c == '.' || str_starts(text + i, "From "))))
			plain = false;
		if (c == '\t' && !last)
			plain = true;
		add_quoted(s, &column, c, plain);
	}
	if (column || s->length == start)
		str_add(s, "\r\n");
}

static void add_base64_lines(struct str *s, const char *bytes, size_t length)
{
	enum { LINE = FOLD_AT / 4 * 3 };

	for (size_t i = 0; i < length; i += LINE) {
		str_add_base64(s, bytes + i, length - i < LINE ? length - i : LINE);
		str_add(s, "\r\n");
	}
}

/* ---- header fields */

/* Adds text as encoded words, never cutting a character, folded. */
static void add_words(struct str *s, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t take = left < WORD_BYTES ? left : WORD_BYTES;

		while (take < left && take > 1 && ((unsigned char)text[take] & 0xC0) == 0x80)
			take--;
		str_add(s, "=?UTF-8?B?");
		str_add_base64(s, text, take);
		str_add(s, "?=");
		text += take;
		left -= take;
		if (left)
			str_add(s, "\r\n ");
	}
}

/* ASCII text, folded at blanks. */
static void add_folded(struct str *s, size_t column, const char *text)
{
	while (*text) {
		size_t word = strcspn(text + 1, " ") + 1;

		if (*text == ' ' && column + word > FOLD_AT && word > 1) {
			str_add(s, "\r\n");
			column = 0;
		}
		str_add_bytes(s, text, word);
		column += word;
		text += word;
	}
}

static int check_value(const char *name, const char *value, struct error *err)
{
	if (!value || !strpbrk(value, "\r\n"))
		return 0;
	return error_set(err, ERR_INPUT, name, _("Write it on one line"),
			 _("a header cannot hold a line end"));
}

static void add_text_field(struct str *s, const char *prefix, const char *name, const char *value)
{
	str_add_format(s, "%s%s: ", prefix, name);
	if (is_ascii(value) && !strstr(value, "=?"))
		add_folded(s, strlen(prefix) + strlen(name) + 2, value);
	else
		add_words(s, value);
	str_add(s, "\r\n");
}

struct address_list {
	struct str *out;
	const char *field;
	size_t column;
	int code;
	struct error *err;
};

static void add_display_name(struct str *s, const char *name)
{
	if (!is_ascii(name) || strstr(name, "=?")) {
		add_words(s, name);
		return;
	}
	if (!strpbrk(name, "()<>[]:;@\\,.\"")) {
		str_add(s, name);
		return;
	}
	str_add_char(s, '"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			str_add_char(s, '\\');
		str_add_char(s, *name);
	}
	str_add_char(s, '"');
}

static void add_address(void *taker, const char *name, const char *address)
{
	struct address_list *list = taker;
	AUTO_STR one = STR_INIT;

	if (!*address || !is_ascii(address) || strpbrk(address, " <>,;") || !strchr(address, '@')) {
		if (!list->code)
			list->code = error_set(list->err, ERR_INPUT, list->field,
					       _("Give it as Name <user@example.org>"),
					       _("“%s” is no mail address this can be sent to"), address);
		return;
	}
	if (*name) {
		add_display_name(&one, name);
		str_add_format(&one, " <%s>", address);
	} else {
		str_add(&one, address);
	}
	if (list->column)
		str_add(list->out, list->column + one.length > FOLD_AT - 2 ? ",\r\n " : ", ");
	list->column = list->column + one.length > FOLD_AT - 2 ? one.length : list->column + one.length + 2;
	str_add_bytes(list->out, one.bytes, one.length);
}

/* Names come in as UTF-8, not in encoded words. */
static bool convert_nothing(void *context, const char *charset, const char *bytes, size_t length,
			    struct str *ret)
{
	(void)context;
	(void)charset;
	str_add_bytes(ret, bytes, length);
	return true;
}

static int add_address_field(struct str *s, const char *prefix, const char *name, const char *value,
			     struct error *err)
{
	struct address_list list = { s, name, 0, 0, err };

	str_add_format(s, "%s%s: ", prefix, name);
	header_addresses(value, strlen(value), convert_nothing, NULL, add_address, &list);
	str_add(s, "\r\n");
	if (!list.code && !list.column)
		return error_set(err, ERR_INPUT, name, _("Name a recipient"), _("it holds no address"));
	return list.code;
}

enum field_kind { KIND_ADDRESSES, KIND_TEXT };

/* The fields of a letter in the order they are written. With an empty PREFIX these are the letter's own;
 * "HP-Outer: " repeats the outer ones inside. */
static int add_fields(struct str *s, const char *prefix, const struct mime_letter *letter,
		      const char *subject, struct error *err)
{
	char date[40];
	const struct { const char *name, *value; enum field_kind kind; } rows[] = {
		{ "From", letter->from, KIND_ADDRESSES },
		{ "To", letter->to, KIND_ADDRESSES },
		{ "Cc", letter->cc, KIND_ADDRESSES },
		{ "Subject", subject, KIND_TEXT },
		{ "Date", instant_format_rfc5322(letter->date, date), KIND_TEXT },
		{ "Message-ID", letter->message_id, KIND_TEXT },
		{ "In-Reply-To", letter->in_reply_to, KIND_TEXT },
		{ "References", letter->references, KIND_TEXT },
		{ "Auto-Submitted", letter->auto_submitted, KIND_TEXT },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int code = check_value(rows[i].name, rows[i].value, err);

		if (!code && rows[i].value && *rows[i].value) {
			if (rows[i].kind == KIND_ADDRESSES)
				code = add_address_field(s, prefix, rows[i].name, rows[i].value, err);
			else
				add_text_field(s, prefix, rows[i].name, rows[i].value);
		}
		if (code)
			return code;
	}
	return 0;
}

/* ---- parts */

static void add_text_part(struct str *s, const char *text, const char *protection)
{
	str_add_format(s, "Content-Type: text/plain; charset=utf-8%s\r\n", protection);
	str_add(s, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	add_quoted_printable(s, str_or_empty(text));
}

/* filename*0*=UTF-8''… in segments that fit a line (RFC 2231 3 and 4). */
static void add_encoded_name(struct str *s, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t used = SEGMENT_BYTES;
	int segment = 0;

	for (; *name; name++) {
		bool is_plain = strchr(plain, *name) != NULL;

		if (used + 3 > SEGMENT_BYTES) {
			str_add_format(s, ";\r\n filename*%d*=%s", segment, segment ? "" : "UTF-8''");
			used = segment++ ? 0 : 7;
		}
		if (is_plain)
			str_add_char(s, *name);
		else
			str_add_format(s, "%%%02X", (unsigned char)*name);
		used += is_plain ? 1 : 3;
	}
}

static void add_file_part(struct str *s, const struct mime_file *file, int number)
{
	AUTO_STRING name = mime_safe_name(file->name, number);
	const char *type = file->type && is_ascii(file->type) && strchr(file->type, '/') &&
			   !strpbrk(file->type, "; \"") ? file->type : "application/octet-stream";

	str_add_format(s, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", type);
	str_add(s, "Content-Disposition: attachment");
	if (is_ascii(name) && strlen(name) <= SEGMENT_BYTES)
		str_add_format(s, ";\r\n filename=\"%s\"", name);
	else
		add_encoded_name(s, name);
	str_add(s, "\r\n\r\n");
	add_base64_lines(s, file->bytes, file->length);
}

/* "=_" stands in no quoted-printable and no base64 text, so that no content can hold it. */
static void inner_boundary(const struct mime_letter *letter, char ret[24])
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (const char *s = str_or_empty(letter->message_id); *s; s++)
		hash = (hash ^ (unsigned char)*s) * 1099511628211u;
	snprintf(ret, 24, "=_%016llx", (unsigned long long)hash);
}

static void add_content(struct str *s, const struct mime_letter *letter, const char *protection)
{
	char boundary[24];

	if (!letter->file_count) {
		add_text_part(s, letter->text, protection);
		return;
	}
	inner_boundary(letter, boundary);
	str_add_format(s, "Content-Type: multipart/mixed; boundary=\"%s\"%s\r\n\r\n--%s\r\n", boundary,
		       protection, boundary);
	add_text_part(s, letter->text, "");
	for (size_t i = 0; i < letter->file_count; i++) {
		str_add_format(s, "\r\n--%s\r\n", boundary);
		add_file_part(s, &letter->files[i], (int)i + 1);
	}
	str_add_format(s, "\r\n--%s--\r\n", boundary);
}

int mime_write_inner(const struct mime_letter *letter, struct str *ret, struct error *err)
{
	AUTO_STR s = STR_INIT;
	int code = add_fields(&s, "", letter, letter->subject, err);

	if (!code && !letter->clear)
		code = add_fields(&s, "HP-Outer: ", letter, hidden_subject, err);
	if (code)
		return code;
	add_content(&s, letter, letter->clear ? ";\r\n hp=\"clear\"" : ";\r\n hp=\"cipher\"");
	str_add_bytes(ret, s.bytes, s.length);
	return 0;
}

/* Armour as mail: CRLF lines. */
static void add_crlf(struct str *s, const char *text)
{
	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
			str_add_char(s, '\r');
		str_add_char(s, text[i]);
	}
	if (!str_ends(text, "\n"))
		str_add(s, "\r\n");
}

static int check_boundary(const char *boundary, const char *content, struct error *err)
{
	size_t length = strlen(boundary);
	AUTO_STRING mark = mem_format("--%s", boundary);

	if (length == 0 || length > 70 || !is_ascii(boundary) || strpbrk(boundary, "\"\\") ||
	    boundary[length - 1] == ' ')
		return error_set(err, ERR_BUG, _("message"), NULL, _("“%s” cannot be a boundary"), boundary);
	if (strstr(content, mark))
		return error_set(err, ERR_BUG, _("message"), NULL, _("the boundary stands in the text"));
	return 0;
}

static const char mime_version[] = "MIME-Version: 1.0\r\n";

int mime_write_encrypted(const struct mime_letter *letter, const char *armored, const char *boundary,
			 struct str *ret, struct error *err)
{
	AUTO_STR s = STR_INIT;
	int code = check_boundary(boundary, armored, err);

	if (!code)
		code = add_fields(&s, "", letter, letter->clear ? letter->subject : hidden_subject, err);
	if (code)
		return code;
	str_add(&s, mime_version);
	str_add_format(&s, "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n"
			   " boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
	str_add(&s, "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n");
	str_add_format(&s, "\r\n--%s\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
			   "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n", boundary);
	add_crlf(&s, armored);
	str_add_format(&s, "\r\n--%s--\r\n", boundary);
	str_add_bytes(ret, s.bytes, s.length);
	return 0;
}

int mime_write_signed(const struct mime_letter *letter, const struct str *inner,
		      const char *armored_signature, const char *micalg, const char *boundary,
		      struct str *ret, struct error *err)
{
	AUTO_STR s = STR_INIT;
	int code = check_boundary(boundary, inner->bytes, err);

	if (!code)
		code = add_fields(&s, "", letter, letter->clear ? letter->subject : hidden_subject, err);
	if (code)
		return code;
	str_add(&s, mime_version);
	str_add_format(&s, "Content-Type: multipart/signed; micalg=\"%s\";\r\n"
			   " protocol=\"application/pgp-signature\";\r\n boundary=\"%s\"\r\n\r\n--%s\r\n",
		       micalg, boundary, boundary);
	str_add_bytes(&s, inner->bytes, inner->length);
	str_add_format(&s, "\r\n--%s\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
			   "\r\n", boundary);
	add_crlf(&s, armored_signature);
	str_add_format(&s, "\r\n--%s--\r\n", boundary);
	str_add_bytes(ret, s.bytes, s.length);
	return 0;
}

int mime_write_plain(const struct mime_letter *letter, struct str *ret, struct error *err)
{
	AUTO_STR s = STR_INIT;
	int code = add_fields(&s, "", letter, letter->subject, err);

	if (code)
		return code;
	str_add(&s, mime_version);
	add_content(&s, letter, "");
	str_add_bytes(ret, s.bytes, s.length);
	return 0;
}
