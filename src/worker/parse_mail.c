/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message taken apart: GMime finds the structure, our own decoders read everything in it. What
 * is signed is shown from the very bytes that are signed, so that no two readers can disagree.
 */
#include "parse_private.h"

#include "charset.h"
#include "parse_object.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/openpgp_packets.h"

struct walk {
	struct parsed_mail *mail;
	bool entity;
	struct slice source;       /* what GMime's offsets count from, */
	size_t source_path;        /* and the length of its path */
	int signed_tries;          /* signed parts that were cut out */
	bool show;                 /* text here is part of what is shown */
	bool collect;              /* attachments are taken (not inside of an attached message) */
	bool covered;              /* inside the signed bytes */
	struct str text;
	char *other_name;          /* owned: of the part whose name was asked for last, or NULL */
	size_t text_from;          /* where what was added last begins */
	bool plain_shown, html_shown;
	GMimeObject *legacy;       /* borrowed: a part that may be no more than a copy of headers, or NULL */
	struct str *beside;        /* text that is not shown in favour of other text of the same alternative, or NULL */
	size_t attached;           /* bytes of attachments so far */
	size_t part_capacity, attachment_capacity;
};

static void walk_part(struct walk *walk, GMimeObject *object, const char *path, int depth, bool root);

static void flag(struct walk *walk, const char *code)
{
	mail_record_add_flag(&walk->mail->record, code);
}

/* The encoded bytes of a leaf inside of the walk's source. */
static struct slice object_content(struct walk *walk, GMimeObject *part)
{
	GMimeDataWrapper *wrapper = GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : NULL;
	GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
	struct slice none = { "", 0 };

	if (!stream || !GMIME_IS_STREAM_MEM(stream) || stream->bound_start < 0 ||
	    stream->bound_end < stream->bound_start || (size_t)stream->bound_end > walk->source.length)
		return none;
	return (struct slice){ walk->source.bytes + stream->bound_start,
			       (size_t)(stream->bound_end - stream->bound_start) };
}

/* The decoded bytes of a leaf. */
static void add_content(struct walk *walk, GMimeObject *part, struct str *ret)
{
	struct slice encoding = object_header(part, "content-transfer-encoding");
	struct slice content = object_content(walk, part);

	if (object_header_count(part, "content-transfer-encoding") > 1)
		flag(walk, "encoding-ambiguous");
	if (value_is(encoding, "base64")) {
		if (!mime_base64_is_plain(content.bytes, content.length))
			flag(walk, "encoding-ambiguous");
		mime_decode_base64(content.bytes, content.length, ret);
	} else if (value_is(encoding, "quoted-printable")) {
		mime_decode_quoted_printable(content.bytes, content.length, ret);
	} else {
		str_add_bytes(ret, content.bytes, content.length);
	}
}

/* ---- what is kept of a part */

/* Notes the part; its index, or -1 when there are enough already. */
static long add_part(struct walk *walk, const char *path, const char *type, size_t size)
{
	struct mail_record *record = &walk->mail->record;
	struct mail_part *part;

	if (record->part_count == PART_LIMIT) {
		flag(walk, "limit-parts");
		return -1;
	}
	record->parts = mem_grow(record->parts, &walk->part_capacity, record->part_count + 1,
				 sizeof(*record->parts));
	part = &record->parts[record->part_count];
	*part = (struct mail_part){ .path = mem_string(path), .type = mem_string(type), .size = size,
				    .covered = walk->covered, .encrypted = walk->entity };
	return (long)record->part_count++;
}

static void note_conflict(struct walk *walk, const char *safe_name)
{
	const struct mail_record *record = &walk->mail->record;

	for (size_t i = 0; i < record->attachment_count; i++)
		if (str_casecmp(record->attachments[i].safe_name, safe_name) == 0)
			flag(walk, "name-conflict");
}

/* NAME (may be NULL) and BYTES are taken over. */
static void add_attachment(struct walk *walk, char *name, const char *type, const char *path, struct str *bytes)
{
	struct mail_record *record = &walk->mail->record;
	struct mail_attachment *attachment;
	char *safe;

	if (!walk->collect || bytes->length > MAIL_LIMIT - walk->attached) {
		if (walk->collect)
			flag(walk, "limit-parts");
		free(name);
		str_release(bytes);
		return;
	}
	walk->attached += bytes->length;
	parse_flag_header(record, name);
	safe = mime_safe_name(name, (int)record->attachment_count + 1);
	note_conflict(walk, safe);
	record->attachments = mem_grow(record->attachments, &walk->attachment_capacity,
				       record->attachment_count + 1, sizeof(*record->attachments));
	attachment = &record->attachments[record->attachment_count++];
	*attachment = (struct mail_attachment){ .name = name, .safe_name = safe, .type = mem_string(type),
						.path = mem_string(path), .size = bytes->length };
	attachment->other_name = walk->other_name;
	walk->other_name = NULL;
	attachment->bytes = str_detach(bytes);
}

/* The name a part gives itself, or NULL. Content-Disposition wins (RFC 2183 2.3); another one is kept for who looks. */
static char *part_name(struct walk *walk, GMimeObject *object)
{
	struct str name = STR_INIT;
	AUTO_STR other = STR_INIT;
	bool typed = object_parameter(object, "content-type", "name", &other) && other.length;

	if (object_parameter(object, "content-disposition", "filename", &name) && name.length) {
		mem_replace(&walk->other_name, typed && !str_equal(name.bytes, other.bytes) ? other.bytes : NULL);
		if (walk->other_name)
			flag(walk, "name-differs");
		return str_detach(&name);
	}
	str_release(&name);
	mem_replace(&walk->other_name, NULL);
	return typed ? str_detach(&other) : NULL;
}

static bool is_attachment(GMimeObject *object)
{
	return value_is(object_header(object, "content-disposition"), "attachment");
}

/* ---- text */

/* LF line ends, no zero bytes. */
static void add_text(struct walk *walk, const struct str *text)
{
	struct str *out = &walk->text;

	if (out->length && text->length)
		str_add(out, str_ends(out->bytes, "\n") ? "\n" : "\n\n");
	walk->text_from = out->length;
	for (size_t i = 0; i < text->length; i++) {
		if (text->bytes[i] == '\r' && text->bytes[i + 1] == '\n')
			continue;
		if (text->bytes[i] == '\0')
			str_add_utf8(out, 0xFFFD);
		else
			str_add_char(out, text->bytes[i]);
	}
}

/* Encrypted text that stands among other text was not meant to be opened there (EFAIL and the like). */
static void flag_inline(struct walk *walk, const struct str *bytes)
{
	enum inline_pgp kind = parse_inline(bytes->bytes, bytes->length);

	if (kind == INLINE_WHOLE_MESSAGE || kind == INLINE_PART_MESSAGE)
		flag(walk, walk->entity ? "nested-encryption" : "efail-structure");
	if (kind == INLINE_WHOLE_SIGNED || kind == INLINE_PART_SIGNED)
		flag(walk, "partly-signed");
}

/* Signed blocks with other words around them: each is verified for itself. */
static void take_clear_blocks(struct walk *walk, const struct str *bytes, const char *path)
{
	struct slice text = { bytes->bytes, bytes->length }, block;

	enum inline_pgp kind = parse_inline(bytes->bytes, bytes->length);

	if (walk->mail->crypto == MAIL_CRYPTO_INLINE_SIGNED || !walk->show ||
	    (kind != INLINE_PART_SIGNED && kind != INLINE_WHOLE_SIGNED))
		return;
	while (walk->signed_tries < SIGNED_PART_LIMIT && parse_clear_block(&text, &block) && block.length <= SIGNED_LIMIT / 2) {
		struct signed_part *part = parse_add_signed(walk->mail, path, SIGNED_CLEAR);

		walk->signed_tries++;
		str_add_bytes(&part->payload, block.bytes, block.length);
	}
}

/* The body of a message that is one text: it may be one OpenPGP block. */
static void root_inline(struct walk *walk, const struct str *bytes)
{
	enum inline_pgp kind = parse_inline(bytes->bytes, bytes->length);
	struct parsed_mail *mail = walk->mail;

	if (kind == INLINE_WHOLE_SIGNED || (kind == INLINE_WHOLE_MESSAGE && !walk->entity)) {
		mail->crypto = kind == INLINE_WHOLE_SIGNED ? MAIL_CRYPTO_INLINE_SIGNED :
							     MAIL_CRYPTO_INLINE_ENCRYPTED;
		str_add_bytes(&mail->payload, bytes->bytes, bytes->length);
		if (kind == INLINE_WHOLE_MESSAGE)
			parse_packets(mail);
		return;
	}
	flag_inline(walk, bytes);
}

/* RFC 9788 4.5.3.2: a copy of the headers for readers that do not know them, up to an empty line. */
static void drop_legacy_display(GMimeObject *object, struct str *text)
{
	AUTO_STR value = STR_INIT;
	const char *empty;
	size_t skip = 2;

	if (!object_parameter(object, "content-type", "hp-legacy-display", &value) ||
	    !str_equal(value.bytes, "1"))
		return;
	empty = strstr(text->bytes, "\n\n");
	if (!empty) {
		empty = strstr(text->bytes, "\n\r\n");
		skip = 3;
	}
	if (empty) {
		size_t length = text->length - (size_t)(empty + skip - text->bytes);
		AUTO_STRING rest = mem_copy(empty + skip, length);

		str_reset(text);
		str_add_bytes(text, rest, length);
	}
}

static void show_plain(struct walk *walk, GMimeObject *object, const struct str *bytes, const char *charset)
{
	AUTO_STR text = STR_INIT, flowed = STR_INIT, value = STR_INIT;

	if (!charset_convert(NULL, charset, bytes->bytes, bytes->length, &text))
		flag(walk, "control-characters");
	if (walk->entity)
		drop_legacy_display(object, &text);
	if (object_parameter(object, "content-type", "format", &value) &&
	    str_casecmp(value.bytes, "flowed") == 0) {
		str_reset(&value);
		object_parameter(object, "content-type", "delsp", &value);
		mime_flowed_text(text.bytes, text.length, str_casecmp(value.bytes, "yes") == 0, &flowed);
		add_text(walk, &flowed);
	} else {
		add_text(walk, &text);
	}
	walk->plain_shown |= text.length > 0;
}

static void flag_html(struct walk *walk, const struct mime_html_facts *facts)
{
	if (facts->remote)
		flag(walk, "html-remote");
	if (facts->hidden)
		flag(walk, "html-hidden");
	if (facts->link_mismatch)
		flag(walk, "html-link-mismatch");
}

/* HTML is always looked at, for what it asks for, also when the plain text beside it is shown. */
static void read_html(struct walk *walk, const struct str *bytes, const char *charset)
{
	AUTO_STR markup = STR_INIT, text = STR_INIT;
	struct mime_html_facts facts;

	charset_convert(NULL, charset, bytes->bytes, bytes->length, &markup);
	mime_html_text(markup.bytes, markup.length, &text, &facts);
	flag_inline(walk, &text);
	flag_html(walk, &facts);
	if (walk->show) {
		add_text(walk, &text);
		walk->html_shown = true;
	} else if (walk->beside) {
		str_add_bytes(walk->beside, text.bytes, text.length);
	}
}

static void read_text(struct walk *walk, GMimeObject *object, const char *type, struct str *bytes,
		      const char *charset, const char *path, bool root)
{
	bool plain = !str_equal(type, "text/html");

	if (bytes->length > TEXT_LIMIT) {
		str_truncate(bytes, TEXT_LIMIT);
		flag(walk, "limit-text");
	}
	if (!plain) {
		read_html(walk, bytes, charset);
		return;
	}
	if (root)
		root_inline(walk, bytes);
	else
		flag_inline(walk, bytes);
	take_clear_blocks(walk, bytes, path);
	if (walk->show)
		show_plain(walk, object, bytes, charset);
}

/* ---- leaves */

/* A copy of the protected headers for readers that do not know them, in the drafts before RFC 9788: the first part of
 * a multipart/mixed that is the whole of what is protected. */
static bool is_legacy_display(GMimeObject *object, const char *type)
{
	AUTO_STR value = STR_INIT;

	return (str_equal(type, "text/rfc822-headers") || str_equal(type, "text/plain")) &&
	       object_parameter(object, "content-type", "protected-headers", &value);
}

static bool may_display_legacy(struct walk *walk, GMimeObject *object, const char *type, const char *path)
{
	AUTO_STR value = STR_INIT;

	return str_equal(type, "multipart/mixed") && str_equal(path, walk->covered ? "1.1" : "1") &&
	       (walk->covered || walk->entity) && object_parameter(object, "content-type", "protected-headers", &value);
}

static bool is_smime(const char *type)
{
	static const char *const types[] = { "application/pkcs7-mime", "application/x-pkcs7-mime",
					     "application/pkcs7-signature", "application/x-pkcs7-signature" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_equal(types[i], type))
			return true;
	return false;
}

/* A whole message that is one CMS object: what is in it comes out by gpgsm. */
static bool take_cms(struct walk *walk, const char *type, const struct str *bytes, bool root)
{
	enum mail_crypto kind = parse_cms(bytes->bytes, bytes->length);

	if (!root || !is_smime(type) || kind == MAIL_CRYPTO_NONE)
		return false;
	walk->mail->crypto = kind;
	str_add_bytes(&walk->mail->payload, bytes->bytes, bytes->length);
	return true;
}

static void flag_leaf(struct walk *walk, const char *type, bool root)
{
	if (is_smime(type))
		flag(walk, "smime");
	/* Sealed content that is signed from outside is opened as the next layer. */
	if (is_smime(type) && !root && !strstr(type, "signature") &&
	    !(walk->covered && walk->mail->crypto == MAIL_CRYPTO_SMIME_SIGNED))
		flag(walk, walk->entity ? "nested-encryption" : "efail-structure");
	if (str_equal(type, "message/external-body"))
		flag(walk, "external-body");
	/* Without the multipart/encrypted around it, as some mail servers leave it. */
	if (str_equal(type, "application/pgp-encrypted") && walk->mail->crypto != MAIL_CRYPTO_ENCRYPTED)
		flag(walk, walk->entity ? "nested-encryption" : "efail-structure");
}

static void read_charset(GMimeObject *object, struct str *ret)
{
	object_parameter(object, "content-type", "charset", ret);
	if (ret->length > 64)
		str_truncate(ret, 0);
}

/* Where the part stands in the text, if it added to it. */
static void note_place(struct walk *walk, struct mail_part *part, size_t before)
{
	if (walk->text.length == before)
		return;
	part->text_at = walk->text_from;
	part->text_length = walk->text.length - walk->text_from;
}

static void walk_leaf(struct walk *walk, GMimeObject *object, const char *type, const char *path, bool root)
{
	/* RFC 2046 4.1.4: an unknown kind of text can be read as plain text. */
	bool text = str_equal(type, "text/plain") || str_equal(type, "text/html") || (root && str_starts(type, "text/"));
	AUTO_STR bytes = STR_INIT, charset = STR_INIT;
	AUTO_STRING name = part_name(walk, object);
	size_t before = walk->text.length;
	long index;

	flag_leaf(walk, type, root);
	add_content(walk, object, &bytes);
	read_charset(object, &charset);
	index = add_part(walk, path, type, bytes.length);
	if (index >= 0 && charset.length)
		walk->mail->record.parts[index].charset = mem_string(charset.bytes);
	if (index < 0 || (object == walk->legacy && is_legacy_display(object, type)) || take_cms(walk, type, &bytes, root))
		return;
	if (walk->collect && !str_equal(type, "text/html"))
		parse_keys_attached(&walk->mail->record, type, bytes.bytes, bytes.length);
	if (text && (root || (!is_attachment(object) && !name))) {
		read_text(walk, object, type, &bytes, charset.bytes, path, root);
		note_place(walk, &walk->mail->record.parts[index], before);
		return;
	}
	add_attachment(walk, name, type, path, &bytes);
	name = NULL;
}

/* ---- multiparts */

static int child_count(GMimeObject *object)
{
	return g_mime_multipart_get_count(GMIME_MULTIPART(object));
}

static GMimeObject *child_at(GMimeObject *object, int i)
{
	return g_mime_multipart_get_part(GMIME_MULTIPART(object), i);
}

static bool child_is(GMimeObject *object, int i, const char *type)
{
	AUTO_STRING found = object_type(child_at(object, i));

	return str_equal(found, type);
}

static void walk_child(struct walk *walk, GMimeObject *object, int i, const char *path, int depth, bool show)
{
	AUTO_STRING below = mem_format("%s.%d", path, i + 1);
	bool shown = walk->show;

	walk->show = shown && show;
	walk_part(walk, child_at(object, i), below, depth + 1, false);
	walk->show = shown;
}

/* Which child of a multipart/alternative is shown: plain text with words in it, else the last that is
 * HTML or holds other parts. */
static int alternative_choice(struct walk *walk, GMimeObject *object)
{
	int choice = 0;

	for (int i = 0; i < child_count(object); i++) {
		GMimeObject *child = child_at(object, i);

		if (child_is(object, i, "text/plain") && GMIME_IS_PART(child) && !is_attachment(child)) {
			struct slice content = object_content(walk, child);

			for (size_t k = 0; k < content.length; k++)
				if (!strchr(" \t\r\n", content.bytes[k]))
					return i;
		}
		if (GMIME_IS_MULTIPART(child) || child_is(object, i, "text/html"))
			choice = i;
	}
	return choice;
}

static void walk_children(struct walk *walk, GMimeObject *object, const char *type, const char *path,
			  int depth)
{
	int chosen = str_equal(type, "multipart/alternative") ? alternative_choice(walk, object) : -1;

	if (child_count(object) && may_display_legacy(walk, object, type, path))
		walk->legacy = child_at(object, 0);
	if (depth >= DEPTH_LIMIT) {
		flag(walk, "limit-depth");
		return;
	}
	for (int i = 0; i < child_count(object); i++) {
		if (walk->mail->record.part_count == PART_LIMIT) {
			flag(walk, "limit-parts");
			return;
		}
		walk_child(walk, object, i, path, depth, chosen < 0 || i == chosen);
	}
}

/* What stands beside the shown text must say the same. */
static void walk_alternative(struct walk *walk, GMimeObject *object, const char *path, int depth)
{
	struct str *outer = walk->beside;
	AUTO_STR beside = STR_INIT;
	size_t start = walk->text.length;

	walk->beside = walk->show ? &beside : NULL;
	walk_children(walk, object, "multipart/alternative", path, depth);
	walk->beside = outer;
	if (beside.length && mime_text_differs(str_or_empty(walk->text.bytes) + start, walk->text.length - start,
					       beside.bytes, beside.length))
		flag(walk, "alternative-differs");
}

static bool is_control_part(struct walk *walk, GMimeObject *object)
{
	AUTO_STR bytes = STR_INIT;

	if (object_content(walk, object).length > 1000)
		return false;
	add_content(walk, object, &bytes);
	return strcasestr(bytes.bytes, "Version: 1") != NULL;
}

static void take_ciphertext(struct walk *walk, GMimeObject *part)
{
	add_content(walk, part, &walk->mail->payload);
	walk->mail->crypto = MAIL_CRYPTO_ENCRYPTED;
	parse_packets(walk->mail);
}

static bool is_empty(struct walk *walk, GMimeObject *part)
{
	struct slice content = GMIME_IS_PART(part) ? object_content(walk, part) : (struct slice){ "x", 1 };

	for (size_t i = 0; i < content.length; i++)
		if (!strchr(" \t\r\n", content.bytes[i]))
			return false;
	return true;
}

/* What an Exchange server makes of multipart/encrypted: multipart/mixed with an empty text in front. Nothing else
 * is in it, so opening it gives no more away than the form it was sent in. */
static bool take_mixed_up(struct walk *walk, GMimeObject *object)
{
	int first = child_count(object) - 2;

	if (walk->entity || first < 0 || first > 1 || (first == 1 && (!child_is(object, 0, "text/plain") ||
	    !is_empty(walk, child_at(object, 0)))) || !child_is(object, first, "application/pgp-encrypted") ||
	    !child_is(object, first + 1, "application/octet-stream") || !GMIME_IS_PART(child_at(object, first + 1)) ||
	    !is_control_part(walk, child_at(object, first)))
		return false;
	take_ciphertext(walk, child_at(object, first + 1));
	flag(walk, "repaired");
	return true;
}

/* The parts are listed; the ciphertext is the payload, no attachment. */
static void walk_taken(struct walk *walk, GMimeObject *object, const char *type, const char *path, int depth)
{
	walk->collect = walk->show = false;
	walk_children(walk, object, type, path, depth);
}

/* multipart/encrypted as RFC 3156 4 has it, at the top, and nothing else: only this is opened. */
static bool take_encrypted(struct walk *walk, GMimeObject *object)
{
	if (walk->entity || child_count(object) != 2 || !child_is(object, 0, "application/pgp-encrypted") ||
	    !child_is(object, 1, "application/octet-stream") || !GMIME_IS_PART(child_at(object, 1)) ||
	    !is_control_part(walk, child_at(object, 0)))
		return false;
	take_ciphertext(walk, child_at(object, 1));
	return true;
}

static void walk_encrypted(struct walk *walk, GMimeObject *object, const char *path, int depth, bool root)
{
	if (root && take_encrypted(walk, object)) {
		walk_taken(walk, object, "multipart/encrypted", path, depth);
		return;
	}
	flag(walk, walk->entity ? "nested-encryption" : "efail-structure");
	walk_children(walk, object, "multipart/encrypted", path, depth);
}

/* The signed child as it was sent is parsed again from exactly the bytes that are verified. */
static void walk_signed_child(struct walk *walk, struct slice signed_bytes, const char *path, int depth, bool covered)
{
	struct slice outer = walk->source;
	size_t outer_path = walk->source_path;
	AUTO_STRING below = mem_format("%s.1", path);
	GByteArray array;
	GMimeObject *object = object_new(signed_bytes, &array);

	if (!object)
		return;
	walk->source = signed_bytes;
	walk->source_path = strlen(below);
	walk->covered = covered;
	walk_part(walk, object, below, depth + 1, false);
	walk->covered = false;
	walk->source = outer;
	walk->source_path = outer_path;
	g_object_unref(object);
}

/* MAIL_CRYPTO_SIGNED or MAIL_CRYPTO_SMIME_SIGNED by the second of two children, else MAIL_CRYPTO_NONE. */
static enum mail_crypto signed_kind(GMimeObject *object)
{
	if (child_count(object) != 2 || !GMIME_IS_PART(child_at(object, 1)))
		return MAIL_CRYPTO_NONE;
	if (child_is(object, 1, "application/pgp-signature"))
		return MAIL_CRYPTO_SIGNED;
	if (child_is(object, 1, "application/pkcs7-signature") || child_is(object, 1, "application/x-pkcs7-signature"))
		return MAIL_CRYPTO_SMIME_SIGNED;
	return MAIL_CRYPTO_NONE;
}

/* The signed child as it was sent: two children by GMime's count and by ours. OWN is the multipart with its header. */
static bool find_signed(GMimeObject *object, struct slice own, struct slice *ret_signed)
{
	struct header_block block;
	struct slice children[2];
	AUTO_STR boundary = STR_INIT;
	size_t count = 0;

	if (!object_parameter(object, "content-type", "boundary", &boundary))
		return false;
	header_block_read(own.bytes, own.length, &block);
	count = parse_children((struct slice){ own.bytes + block.body, own.length - block.body }, boundary.bytes,
			       children, 2);
	header_block_release(&block);
	*ret_signed = children[0];
	return count == 2;
}

static bool take_signed(struct walk *walk, GMimeObject *object, struct slice *ret_signed)
{
	enum mail_crypto kind = signed_kind(object);

	if (kind == MAIL_CRYPTO_NONE || !find_signed(object, walk->source, ret_signed))
		return false;
	parse_canonical(*ret_signed, &walk->mail->payload);
	add_content(walk, child_at(object, 1), &walk->mail->signature);
	walk->mail->crypto = kind;
	return true;
}

/* The bytes of the entity at PATH ("1.2.1"), cut out of the whole by boundaries alone; length 0 where that is not
 * possible. */
static struct slice slice_at(struct walk *walk, const char *path)
{
	struct slice at = walk->source, none = { "", 0 };

	path += walk->source_path;
	while (*path == '.') {
		struct slice children[PART_LIMIT];
		struct header_block block;
		AUTO_STR boundary = STR_INIT;
		size_t wanted = strtoul(path + 1, NULL, 10), count = 0;
		struct slice type;

		header_block_read(at.bytes, at.length, &block);
		type = parse_field(&block, "content-type");
		if (mime_parameter(type.bytes, type.length, "boundary", charset_convert, NULL, &boundary))
			count = parse_children((struct slice){ at.bytes + block.body, at.length - block.body },
					       boundary.bytes, children, PART_LIMIT);
		header_block_release(&block);
		if (!wanted || wanted > count || wanted > PART_LIMIT)
			return none;
		at = children[wanted - 1];
		path += 1 + strcspn(path + 1, ".");
	}
	return at;
}

/* A signature below the top: what it covers is told part by part. Its parts are shown from the bytes it signs. */
static bool take_signed_part(struct walk *walk, GMimeObject *object, const char *path, struct slice *ret_signed)
{
	enum mail_crypto kind = signed_kind(object);
	struct slice own = { "", 0 };
	struct signed_part *part;

	if (kind == MAIL_CRYPTO_NONE || !walk->collect || walk->signed_tries++ >= SIGNED_PART_LIMIT ||
	    object_content(walk, child_at(object, 1)).length > SIGNATURE_LIMIT)
		return false;
	own = slice_at(walk, path);
	if (!own.length || own.length > SIGNED_LIMIT / 2 || !find_signed(object, own, ret_signed))
		return false;
	part = parse_add_signed(walk->mail, path, kind == MAIL_CRYPTO_SMIME_SIGNED ? SIGNED_SMIME : SIGNED_PGP);
	parse_canonical(*ret_signed, &part->payload);
	add_content(walk, child_at(object, 1), &part->signature);
	return true;
}

static void walk_signed(struct walk *walk, GMimeObject *object, const char *path, int depth, bool root)
{
	struct slice signed_bytes;
	AUTO_STRING below = mem_format("%s.2", path);

	if (root && take_signed(walk, object, &signed_bytes)) {
		walk_signed_child(walk, signed_bytes, path, depth, true);
		add_part(walk, below, walk->mail->crypto == MAIL_CRYPTO_SIGNED ? "application/pgp-signature" :
			 "application/pkcs7-signature", walk->mail->signature.length);
		if (walk->mail->crypto == MAIL_CRYPTO_SMIME_SIGNED)
			flag(walk, "smime");
		return;
	}
	if (!root || child_count(object) != 2 || child_is(object, 1, "application/pgp-signature"))
		flag(walk, "partly-signed");
	else
		flag(walk, "malformed");
	if (!root && take_signed_part(walk, object, path, &signed_bytes)) {
		walk_signed_child(walk, signed_bytes, path, depth, false);
		walk_child(walk, object, 1, path, depth, false);
		return;
	}
	walk_children(walk, object, "multipart/signed", path, depth);
}

/* ---- attached messages */

static void walk_message(struct walk *walk, GMimeObject *object, const char *path, int depth)
{
	GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	GMimeObject *inner = message ? g_mime_message_get_mime_part(message) : NULL;
	bool show = walk->show, collect = walk->collect;
	struct str bytes = STR_INIT;
	AUTO_STRING below = mem_format("%s.1", path);

	if (collect && message) {
		char *raw = g_mime_object_to_string(GMIME_OBJECT(message), NULL);

		str_add(&bytes, raw);
		g_free(raw);
	}
	if (add_part(walk, path, "message/rfc822", bytes.length) < 0) {
		str_release(&bytes);
		return;
	}
	add_attachment(walk, part_name(walk, object), "message/rfc822", path, &bytes);
	if (depth >= DEPTH_LIMIT) {
		flag(walk, "limit-depth");
		return;
	}
	/* Listed for what they are; to read them, the attachment is opened as a mail. */
	walk->show = walk->collect = false;
	if (inner)
		walk_part(walk, inner, below, depth + 1, false);
	walk->show = show;
	walk->collect = collect;
}

/* A multipart whose boundary is nowhere: what stands in it is text, as far as anybody can tell. */
static void show_unparted(struct walk *walk)
{
	struct header_block block;
	size_t before = walk->text.length;
	AUTO_STR text = STR_INIT;

	header_block_read(walk->source.bytes, walk->source.length, &block);
	charset_convert(NULL, "", walk->source.bytes + block.body,
			walk->source.length - block.body < TEXT_LIMIT ? walk->source.length - block.body : TEXT_LIMIT, &text);
	header_block_release(&block);
	flag(walk, "malformed");
	add_text(walk, &text);
	note_place(walk, &walk->mail->record.parts[0], before);
}

static void walk_part(struct walk *walk, GMimeObject *object, const char *path, int depth, bool root)
{
	AUTO_STRING type = object_type(object);

	if (GMIME_IS_MESSAGE_PART(object)) {
		walk_message(walk, object, path, depth);
	} else if (!GMIME_IS_MULTIPART(object)) {
		walk_leaf(walk, object, type, path, root);
	} else if (add_part(walk, path, type, 0) >= 0) {
		if (root && !child_count(object))
			show_unparted(walk);
		else if (str_equal(type, "multipart/encrypted"))
			walk_encrypted(walk, object, path, depth, root);
		else if (str_equal(type, "multipart/signed"))
			walk_signed(walk, object, path, depth, root);
		else if (str_equal(type, "multipart/alternative"))
			walk_alternative(walk, object, path, depth);
		else if (root && str_equal(type, "multipart/mixed") && take_mixed_up(walk, object))
			walk_taken(walk, object, type, path, depth);
		else
			walk_children(walk, object, type, path, depth);
	}
}

/* ---- the whole */

/* GMime sees no header here, or there is none: everything is text. */
static void fall_back(struct walk *walk)
{
	struct openpgp_packets packets;
	AUTO_STR text = STR_INIT;
	size_t length = walk->source.length < TEXT_LIMIT ? walk->source.length : TEXT_LIMIT;

	flag(walk, "malformed");
	if (length < walk->source.length)
		flag(walk, "limit-text");
	openpgp_packets_read(walk->source.bytes, walk->source.length, &packets);
	if (packets.encrypted || packets.unprotected)
		flag(walk, walk->entity ? "nested-encryption" : "efail-structure");
	charset_convert(NULL, "", walk->source.bytes, length, &text);
	add_text(walk, &text);
}

/* Parts that stood in what is cut off the text. */
static void cut_places(struct mail_record *record, size_t end)
{
	for (size_t i = 0; i < record->part_count; i++) {
		struct mail_part *part = &record->parts[i];

		if (part->text_at > end)
			part->text_at = end;
		if (part->text_length > end - part->text_at)
			part->text_length = end - part->text_at;
	}
}

static void finish_text(struct walk *walk)
{
	struct mail_record *record = &walk->mail->record;

	if (walk->text.length > TEXT_LIMIT) {
		size_t end = TEXT_LIMIT;

		while (end && ((unsigned char)walk->text.bytes[end] & 0xC0) == 0x80)
			end--;
		str_truncate(&walk->text, end);
		cut_places(record, end);
		flag(walk, "limit-text");
	}
	record->html_only = walk->html_shown && !walk->plain_shown;
	if (record->html_only)
		flag(walk, "html-only");
	if (parse_has_bidi(walk->text.bytes, walk->text.length))
		flag(walk, "bidi");
	record->text = str_detach(&walk->text);
}

/* Two Content-Type fields or two boundaries: two readers would see two mails. */
static bool is_ambiguous(const struct header_block *block)
{
	struct slice type = parse_field(block, "content-type");
	AUTO_STRING value = mem_copy(type.bytes, type.length);
	const char *first = strcasestr(value, "boundary=");
	size_t from = 0;

	if (!header_find(block, "content-type", &from))
		return false;
	return header_find(block, "content-type", &from) || (first && strcasestr(first + 1, "boundary="));
}

/* The header that is protected: the entity's own, or that of the signed part just below. Of a message that is only
 * signed it is told that there is one: it counts once the signature is good. */
static void read_protected(const struct header_block *block, struct walk *walk)
{
	struct parsed_mail *mail = walk->mail;
	bool below = mail->crypto == MAIL_CRYPTO_SIGNED || mail->crypto == MAIL_CRYPTO_SMIME_SIGNED;
	struct header_block inner;

	if (walk->entity && parse_is_protected(block)) {
		mail->protected_head = true;
		parse_head(block, &mail->record);
	} else if (below) {
		header_block_read(mail->payload.bytes, mail->payload.length, &inner);
		mail->protected_head = parse_is_protected(&inner);
		if (walk->entity && mail->protected_head)
			parse_head(&inner, &mail->record);
		header_block_release(&inner);
	}
}

static void read_header(struct walk *walk, const struct header_block *block)
{
	if (block->cut)
		flag(walk, "limit-headers");
	if (block->malformed) {
		flag(walk, "malformed");
		flag(walk, "control-characters");
	}
	if (is_ambiguous(block))
		flag(walk, "malformed");
	if (!walk->entity)
		parse_head(block, &walk->mail->record);
	if (!walk->entity)
		parse_keys_autocrypt(block, &walk->mail->record);
	read_protected(block, walk);
}

static bool begins_with_empty_line(struct slice s)
{
	return s.length && (s.bytes[0] == '\n' || (s.length > 1 && s.bytes[0] == '\r' && s.bytes[1] == '\n'));
}

/* Without the "From " line of an mbox, which is no header. */
static struct slice without_mbox_line(struct slice s)
{
	const char *newline;

	if (s.length < 5 || memcmp(s.bytes, "From ", 5) != 0)
		return s;
	newline = memchr(s.bytes, '\n', s.length);
	if (!newline)
		return s;
	return (struct slice){ newline + 1, s.length - (size_t)(newline + 1 - s.bytes) };
}

static void drop_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

void parse_mail_warm(void)
{
	static const char sample[] = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
				     "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: s\r\n\r\nx\r\n"
				     "--b\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--\r\n";
	struct parsed_mail mail;

	charsets_warm();
	/* Types are registered and caches filled by a first message. */
	if (parse_mail_here(sample, sizeof(sample) - 1, false, &mail, NULL) == 0)
		parsed_mail_release(&mail);
}

int parse_mail_here(const char *bytes, size_t length, bool entity, struct parsed_mail *ret, struct error *err)
{
	static bool started;
	struct walk walk = { .mail = ret, .entity = entity, .show = true, .collect = true, .text = STR_INIT,
			     .source_path = 1 };
	struct header_block block;
	GMimeObject *object;
	GByteArray array;

	if (length > MAIL_LIMIT)
		return error_set(err, ERR_INPUT, _("message"), _("Ask for it in smaller pieces"),
				 _("it is longer than 200 MB"));
	if (!started) {
		g_log_set_default_handler(drop_log, NULL);
		g_mime_init();
		started = true;
	}
	*ret = (struct parsed_mail){ .record = { .date = INSTANT_NONE }, .payload = STR_INIT,
				     .signature = STR_INIT, .session_key_packets = -1 };
	walk.source = without_mbox_line((struct slice){ bytes, length });
	header_block_read(walk.source.bytes, walk.source.length, &block);
	object = block.count || begins_with_empty_line(walk.source) ? object_new(walk.source, &array) : NULL;
	if (object)
		walk_part(&walk, object, "1", 0, true);
	else
		fall_back(&walk);
	read_header(&walk, &block);
	finish_text(&walk);
	free(walk.other_name);
	if (object)
		g_object_unref(object);
	header_block_release(&block);
	return 0;
}
