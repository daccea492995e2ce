/* SPDX-License-Identifier: Apache-2.0 */
/* The mail parser by a table of small mails: what is shown, what is signed or sealed, what is flagged. */
#include "psirtty/worker/parse.h"

#include <iconv.h>

#include "tests/unit/tap.h"
#include "worker/charset.h"
#include "worker/parse_private.h"

#define HEAD "From: Alice <a@finder.example>\nSubject: s\n"
#define ENTITY_HEAD "From: Alice <a@finder.example>\nSubject: inner\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define PGP "-----BEGIN PGP MESSAGE-----\n\n" SEALED "\n-----END PGP MESSAGE-----\n"
/* A PKESK for key 0102030405060708, one for nobody in particular, then a SEIPD of four bytes. */
#define SEALED "wQwDAQIDBAUGBwgBAADBDAMAAAAAAAAAAAEAANIEAQAAAA=="
#define ENCRYPTED(version, type) \
	"Content-Type: multipart/encrypted; boundary=e; protocol=\"application/pgp-encrypted\"\n\n--e\n" \
	"Content-Type: application/pgp-encrypted\n\n" version "\n--e\nContent-Type: " type "\n\n" PGP "--e--\n"
#define SMIME "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
#define SIGNED(text) \
	"Content-Type: multipart/signed; boundary=s; protocol=\"application/pgp-signature\"\n\n--s\n" text \
	"\n--s\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n\nx\n" \
	"-----END PGP SIGNATURE-----\n--s--\n"

static const struct row {
	const char *name, *mail;
	bool entity;
	const char *text;     /* NULL: not looked at */
	const char *flags;    /* all of them, with a blank behind each */
	enum mail_crypto crypto;
	int parts, attachments;
} rows[] = {
	{ "plain", HEAD "\nbody\n", false, "body\n", "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "CRLF", "Subject: s\r\n\r\na\r\nb\r\n", false, "a\nb\n", "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "header only", HEAD "\n", false, "", "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "nothing", "", false, "", "malformed ", MAIL_CRYPTO_NONE, 0, 0 },
	{ "no header", "just words\nand more\n", false, "just words\nand more\n",
	  "control-characters malformed ", MAIL_CRYPTO_NONE, 0, 0 },
	{ "mbox line", "From a Tue\n" HEAD "\nbody\n", false, "body\n", "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "base64", HEAD "Content-Transfer-Encoding: base64\n\nVklS=VVMhIQ==\n", false, "VIRUS!!", "encoding-ambiguous ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "latin-1", HEAD "Content-Type: text/plain; charset=iso-8859-1\n\n\xFC\x80\n", false, "ü€\n", "",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "iso-2022-jp", HEAD "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1B$B4A\x1B(B\n", false, "漢\n",
	  "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "utf-7 is not decoded", HEAD "Content-Type: text/plain; charset=utf-7\n\n+ADw-b+AD4-\n", false,
	  "+ADw-b+AD4-\n", "control-characters ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "unknown charset", HEAD "Content-Type: text/plain; charset=x-none\n\na\xFF\n", false, "a\xEF\xBF\xBD\n",
	  "control-characters ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "zero bytes", HEAD "Content-Transfer-Encoding: base64\n\nYQBi\n", false, "a\xEF\xBF\xBD" "b", "",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "flowed", HEAD "Content-Type: text/plain; format=flowed\n\none \ntwo\n", false, "one two\n", "",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "html only", HEAD "Content-Type: text/html\n\n<p>Hi<img src=http://e/>", false, "Hi\n",
	  "html-only html-remote ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "alternative", HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\n"
	  "Content-Type: text/html\n\n<p>html\n--b--\n", false, "plain", "", MAIL_CRYPTO_NONE, 3, 0 },
	{ "alternative with blank text", HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\n"
	  "Content-Type: text/html\n\n<p>html\n--b--\n", false, "html\n", "html-only ", MAIL_CRYPTO_NONE, 3, 0 },
	{ "mixed", HEAD MIXED "--b\n\none\n--b\nContent-Type: application/pdf; name=\"../x.pdf\"\n\nP\n--b\n\ntwo\n"
	  "--b--\n", false, "one\n\ntwo", "", MAIL_CRYPTO_NONE, 4, 1 },
	{ "attached text", HEAD MIXED "--b\n\none\n--b\nContent-Disposition: attachment\n\nx\n--b--\n", false,
	  "one", "", MAIL_CRYPTO_NONE, 3, 1 },
	{ "name conflict", HEAD MIXED "--b\nContent-Type: a/b; name=x\n\n1\n--b\nContent-Type: a/b; name=X\n\n2\n"
	  "--b--\n", false, "", "name-conflict ", MAIL_CRYPTO_NONE, 3, 2 },
	{ "odd name", HEAD MIXED "--b\nContent-Type: a/b; name*=utf-8''a%0Ab%E2%80%AE\n\n1\n--b--\n", false, "",
	  "bidi control-characters ", MAIL_CRYPTO_NONE, 2, 1 },
	{ "bidi", HEAD "\na\xE2\x80\xAE" "b\n", false, NULL, "bidi ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "two From", HEAD "From: m@e\n\nx\n", false, "x\n", "multiple-from ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "From a group", "From: a@b, c@d\n\nx\n", false, "x\n", "multiple-from ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "lone CR", "Subject: x\rBcc: y\n\nx\n", false, "x\n", "control-characters malformed ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "control in subject", "Subject: =?utf-8?Q?a=1B[2J?=\n\nx\n", false, "x\n", "control-characters ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "two boundaries", HEAD "Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\n\nx\n--b--\n", false,
	  "x", "malformed ", MAIL_CRYPTO_NONE, 2, 0 },
	{ "attached message", HEAD MIXED "--b\n\ncover\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\nhidden\n"
	  "--b--\n", false, "cover", "", MAIL_CRYPTO_NONE, 4, 1 },
	{ "encrypted", HEAD ENCRYPTED("Version: 1\n", "application/octet-stream"), false, "", "",
	  MAIL_CRYPTO_ENCRYPTED, 3, 0 },
	{ "encrypted, no version", HEAD ENCRYPTED("Hello\n", "application/octet-stream"), false, "",
	  "efail-structure ", MAIL_CRYPTO_NONE, 3, 2 },
	{ "encrypted, other type", HEAD ENCRYPTED("Version: 1\n", "text/plain"), false, NULL, "efail-structure ",
	  MAIL_CRYPTO_NONE, 3, 1 },
	{ "encrypted beside others", HEAD MIXED "--b\nContent-Type: text/html\n\n<img src=\"http://e/\n--b\n"
	  ENCRYPTED("Version: 1\n", "application/octet-stream") "--b--\n", false, "",
	  "efail-structure html-only html-remote ", MAIL_CRYPTO_NONE, 5, 2 },
	{ "encrypted inside", ENTITY_HEAD ENCRYPTED("Version: 1\n", "application/octet-stream"), true, "",
	  "nested-encryption ", MAIL_CRYPTO_NONE, 3, 2 },
	{ "signed", HEAD SIGNED("\nsigned text\n"), false, "signed text\n", "", MAIL_CRYPTO_SIGNED, 3, 0 },
	{ "signed inside", ENTITY_HEAD SIGNED("\nsigned text\n"), true, "signed text\n", "", MAIL_CRYPTO_SIGNED,
	  3, 0 },
	{ "signed in part", HEAD MIXED "--b\n\nHello\n--b\n" SIGNED("\nsigned\n") "--b--\n", false,
	  "Hello\n\nsigned\n", "partly-signed ", MAIL_CRYPTO_NONE, 5, 1 },
	{ "inline encrypted", HEAD "\n\n" PGP "\n", false, NULL, "", MAIL_CRYPTO_INLINE_ENCRYPTED, 1, 0 },
	{ "inline encrypted beside text", HEAD "\nHi\n" PGP, false, NULL, "efail-structure ", MAIL_CRYPTO_NONE, 1,
	  0 },
	{ "inline encrypted inside", "\n" PGP, true, NULL, "nested-encryption ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "quoted block", HEAD "\n> -----BEGIN PGP MESSAGE-----\n> x\n", false, NULL, "", MAIL_CRYPTO_NONE, 1, 0 },
	{ "inline signed", HEAD "\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n"
	  "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n", false, NULL, "",
	  MAIL_CRYPTO_INLINE_SIGNED, 1, 0 },
	{ "inline signed in part", HEAD "\nHi\n-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n"
	  "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n", false, NULL, "partly-signed ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "mixed up on the way", HEAD MIXED "--b\n\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
	  "Content-Type: application/octet-stream\n\n" PGP "--b--\n", false, "", "repaired ", MAIL_CRYPTO_ENCRYPTED, 4, 0 },
	{ "mixed up with words", HEAD MIXED "--b\n\nHi\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
	  "Content-Type: application/octet-stream\n\n" PGP "--b--\n", false, "Hi", "efail-structure ", MAIL_CRYPTO_NONE,
	  4, 2 },
	{ "mixed up with more behind", HEAD MIXED "--b\n\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
	  "--b\nContent-Type: application/octet-stream\n\n" PGP "--b\n\nHi\n--b--\n", false, NULL, "efail-structure ",
	  MAIL_CRYPTO_NONE, 5, 2 },
	{ "signed S/MIME", HEAD "Content-Type: multipart/signed; boundary=s\n\n--s\n\nx\n--s\nContent-Type: "
	  "application/pkcs7-signature\n\ny\n--s--\n", false, "x", "smime ", MAIL_CRYPTO_SMIME_SIGNED, 3, 0 },
	{ "opaque S/MIME", HEAD SMIME "MAsGCSqGSIb3DQEHAg==\n", false, "", "smime ", MAIL_CRYPTO_SMIME_OPAQUE, 1, 0 },
	{ "enveloped S/MIME", HEAD SMIME "MIAGCSqGSIb3DQEHAw==\n", false, "", "smime ", MAIL_CRYPTO_SMIME_ENVELOPED, 1, 0 },
	{ "S/MIME that is none", HEAD SMIME "MAsGCSqGSIb3DQEHBg==\n", false, "", "smime ", MAIL_CRYPTO_NONE, 1, 1 },
	{ "S/MIME in part", HEAD MIXED "--b\n\nHi\n--b\n" SMIME "MIAGCSqGSIb3DQEHAw==\n--b--\n", false, "Hi",
	  "efail-structure smime ", MAIL_CRYPTO_NONE, 3, 1 },
	{ "two names", HEAD MIXED "--b\nContent-Type: a/b; name=x.sh\nContent-Disposition: attachment; filename=y.txt\n\n1\n"
	  "--b--\n", false, "", "name-differs ", MAIL_CRYPTO_NONE, 2, 1 },
	{ "name of another", "From: \"b@finder.example\" <m@evil.example>\n\nx\n", false, "x\n", "name-is-address ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "letters that look alike", "From: \xD0\x90lice <a@b>\n\nx\n", false, "x\n", "mixed-script ", MAIL_CRYPTO_NONE, 1, 0 },
	{ "a receipt", "Disposition-Notification-To: <a@b>\n\nx\n", false, "x\n", "receipt-requested ", MAIL_CRYPTO_NONE, 1,
	  0 },
	{ "elsewhere", HEAD "Content-Type: message/external-body; access-type=URL; URL=\"http://e/\"\n\n\n", false, "",
	  "external-body ", MAIL_CRYPTO_NONE, 1, 1 },
	{ "two texts", HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nI agree.\n--b\nContent-Type: text/html"
	  "\n\n<p>Publish it today.\n--b--\n", false, "I agree.", "alternative-differs ", MAIL_CRYPTO_NONE, 3, 0 },
	{ "hidden words", HEAD "Content-Type: text/html\n\n<p hidden>x y</p>z<a href=http://e.example>f.example</a>\n", false,
	  "[hidden: 2 characters] zf.example <http://e.example>\n", "html-hidden html-link-mismatch html-only ",
	  MAIL_CRYPTO_NONE, 1, 0 },
	{ "a secret key", HEAD "\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nx\n", false, NULL, "key-secret ", MAIL_CRYPTO_NONE,
	  1, 0 },
	{ "sealed again", "\xC1\x0C\x03\x01\x02\x03\x04\x05\x06\x07\x08\x01\x01\x01\xD2\x04\x01\x01\x01\x01", true, NULL,
	  "control-characters malformed nested-encryption ", MAIL_CRYPTO_NONE, 0, 0 },
	{ "display of older drafts", "Content-Type: multipart/mixed; boundary=b; protected-headers=\"v1\"\n\n--b\n"
	  "Content-Type: text/plain; protected-headers=\"v1\"\n\nSubject: inner\n--b\n\nbody\n--b--\n", true, "body", "",
	  MAIL_CRYPTO_NONE, 3, 0 },
	{ "display in the wrong place", "Content-Type: multipart/alternative; boundary=b; protected-headers=\"v1\"\n\n--b\n"
	  "Content-Type: text/plain; protected-headers=\"v1\"\n\nwords\n--b--\n", true, "words", "", MAIL_CRYPTO_NONE, 2, 0 },
	{ "legacy display", "Content-Type: text/plain; hp=\"cipher\"; hp-legacy-display=1\nSubject: inner\n\n"
	  "Subject: inner\n\nbody\n", true, "body\n", "", MAIL_CRYPTO_NONE, 1, 0 },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct parsed_mail mail;
		AUTO_STR flags = STR_INIT;

		CHECK(parse_mail_here(row->mail, strlen(row->mail), row->entity, &mail, NULL) == 0, "%s", row->name);
		if (row->text)
			CHECK_STR(mail.record.text, row->text, "its text");
		for (size_t k = 0; k < mail.record.flag_count; k++)
			str_add_format(&flags, "%s ", mail.record.flags[k]);
		CHECK_STR(flags.bytes, row->flags, "its flags");
		CHECK(mail.crypto == row->crypto && (int)mail.record.part_count == row->parts &&
			      (int)mail.record.attachment_count == row->attachments,
		      "its crypto %d, %zu parts, %zu attachments", mail.crypto, mail.record.part_count,
		      mail.record.attachment_count);
		parsed_mail_release(&mail);
	}
}

static void test_header(void)
{
	static const char text[] =
		"From: =?utf-8?Q?=C3=84?= <A@finder.example>\nTo: psirt@vendor.example, b@c\nCc: d@e\n"
		"Reply-To: other@x\nSubject: =?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=\n"
		"Date: Tue, 03 Mar 2026 10:00:00 +0000\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\n"
		"References: <a@x> <b@x>\nAuto-Submitted: auto-replied\nList-Id: <l>\n\nx\n";
	struct parsed_mail mail;
	char buffer[40];

	parse_mail_here(text, sizeof(text) - 1, false, &mail, NULL);
	CHECK_STR(mail.record.subject, "Hello world", "subject");
	CHECK_STR(mail.record.from[0].name, "Ä", "sender's name");
	CHECK_STR(mail_record_sender(&mail.record), "a@finder.example", "sender's address");
	CHECK(mail.record.to_count == 2 && mail.record.cc_count == 1 && mail.record.reply_to_count == 1, "others");
	CHECK_STR(instant_format(mail.record.date, buffer), "2026-03-03T10:00:00Z", "date");
	CHECK_STR(mail.record.message_id, "<1@x>", "message id");
	CHECK_STR(mail.record.in_reply_to, "<0@x>", "in reply to");
	CHECK(mail.record.reference_count == 2 && mail.record.auto_submitted && mail.record.list_mail, "and marks");
	parsed_mail_release(&mail);
	parse_mail_here(text, sizeof(text) - 1, true, &mail, NULL);
	CHECK(!mail.record.subject && mail.record.from_count == 0, "an entity's header counts only when protected");
	parsed_mail_release(&mail);
}

static void test_protected(void)
{
	static const struct { const char *type; bool is; } types[] = {
		{ "text/plain; hp=\"cipher\"", true }, { "text/plain; hp=clear", true },
		{ "text/plain; protected-headers=\"v1\"", true }, { "text/plain; protected-headers=v2", false },
		{ "text/plain; hp=x", false }, { "text/plain", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		AUTO_STRING entity = mem_format("Subject: secret\nFrom: a@b\nContent-Type: %s\n\nx\n", types[i].type);
		AUTO_STRING outer = mem_format(
			"Content-Type: multipart/signed; boundary=s\n\n--s\n%s\n--s\n"
			"Content-Type: application/pgp-signature\n\nx\n--s--\n", entity);
		struct parsed_mail mail;

		parse_mail_here(entity, strlen(entity), true, &mail, NULL);
		CHECK_STR(mail.record.subject, types[i].is ? "secret" : NULL, types[i].type);
		parsed_mail_release(&mail);
		parse_mail_here(outer, strlen(outer), true, &mail, NULL);
		CHECK_STR(mail.record.subject, types[i].is ? "secret" : NULL, "and in the signed part of an entity");
		parsed_mail_release(&mail);
	}
}

static void test_signed_bytes(void)
{
	static const char mail_text[] = HEAD SIGNED("Content-Type: text/plain\n\nline\n\n");
	struct parsed_mail mail;

	parse_mail_here(mail_text, sizeof(mail_text) - 1, false, &mail, NULL);
	CHECK_STR(mail.payload.bytes, "Content-Type: text/plain\r\n\r\nline\r\n\r\n",
		  "what is signed ends before the line end of the boundary, with CRLF");
	CHECK(str_starts(mail.signature.bytes, "-----BEGIN PGP SIGNATURE-----"), "the signature is beside it");
	CHECK(mail.record.parts[1].covered && !mail.record.parts[0].covered && !mail.record.parts[2].covered,
	      "only the signed part is covered");
	parsed_mail_release(&mail);
}

/* A key of version VERSION and ALGORITHM in an Autocrypt header of ADDR, with a user id or none. */
static char *with_key(const char *addr, int version, int algorithm, bool named, const char *more)
{
	char key[32] = { (char)0xC6, 10, (char)version, 1, 2, 3, 4, (char)algorithm, 9, 9, 9, 9, (char)0xCD, 3, 'u', '@', 'x' };
	AUTO_STR data = STR_INIT;
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < (named ? 17u : 12u); i += 3) {
		uint32_t group = (uint32_t)(key[i] & 0xFF) << 16 | (uint32_t)(key[i + 1] & 0xFF) << 8 | (key[i + 2] & 0xFF);

		for (int shift = 18; shift >= 0; shift -= 6)
			str_add_char(&data, digits[group >> shift & 63]);
	}
	return mem_format("From: a@finder.example\nAutocrypt: addr=%s; %s keydata=%s\n\nx\n", addr, more, data.bytes);
}

static void test_autocrypt(void)
{
	static const struct { const char *addr; int version, algorithm; bool named; const char *more, *flag; size_t keys; } kinds[] = {
		{ "A@finder.example", 4, 22, true, "prefer-encrypt=mutual;", NULL, 1 },
		{ "a@finder.example", 4, 22, true, "_note=1;", NULL, 1 },
		{ "a@finder.example", 4, 22, true, "critical=1;", NULL, 0 },
		{ "b@finder.example", 4, 22, true, "", NULL, 0 },
		{ "a@finder.example", 4, 22, false, "", "key-unsupported", 1 },
		{ "a@finder.example", 6, 27, true, "", "key-unsupported", 1 },
		{ "a@finder.example", 4, 27, true, "", "key-unsupported", 1 },
		{ "a@finder.example", 3, 1, true, "", "key-unsupported", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		AUTO_STRING text = with_key(kinds[i].addr, kinds[i].version, kinds[i].algorithm, kinds[i].named, kinds[i].more);
		struct parsed_mail mail;

		parse_mail_here(text, strlen(text), false, &mail, NULL);
		CHECK(mail.record.key_count == kinds[i].keys, "Autocrypt %zu: %zu keys", i, mail.record.key_count);
		CHECK(mail_record_has_flag(&mail.record, "key-unsupported") == (kinds[i].flag != NULL), "and its flag");
		if (mail.record.key_count)
			CHECK(strlen(mail.record.keys[0].fingerprint) == (kinds[i].version == 4 ? 40 : 64) &&
				      mail.record.keys[0].user_id_count == kinds[i].named, "and its names");
		parsed_mail_release(&mail);
	}
}

/* Two signed parts side by side: the bytes of each are cut out as they were sent. */
static void test_signed_parts(void)
{
	static const char mail_text[] = HEAD MIXED "--b\n" SIGNED("\none\n") "--b\n" SIGNED("\ntwo\n") "--b--\n";
	struct parsed_mail mail;

	parse_mail_here(mail_text, sizeof(mail_text) - 1, false, &mail, NULL);
	CHECK(mail.signed_part_count == 2 && mail.crypto == MAIL_CRYPTO_NONE, "two signed parts, no signed mail");
	for (size_t i = 0; i < mail.signed_part_count; i++) {
		CHECK_STR(mail.signed_parts[i].payload.bytes, i ? "\r\ntwo\r\n" : "\r\none\r\n", "what is signed");
		CHECK_STR(mail.signed_parts[i].path, i ? "1.2" : "1.1", "and where");
	}
	parsed_mail_release(&mail);
}

static void test_sealed_bytes(void)
{
	static const char mail_text[] = HEAD ENCRYPTED("Version: 1\n", "application/octet-stream");
	struct parsed_mail mail;

	parse_mail_here(mail_text, sizeof(mail_text) - 1, false, &mail, NULL);
	CHECK(str_starts(mail.payload.bytes, "-----BEGIN PGP MESSAGE-----"), "the ciphertext is the payload");
	CHECK(mail.session_key_packets == 2 && mail.anonymous_packets == 1, "its packets are counted");
	CHECK(mail.record.recipient_count == 1, "and its recipients named");
	if (mail.record.recipient_count)
		CHECK_STR(mail.record.recipients[0], "0102030405060708", "by key id");
	parsed_mail_release(&mail);
}

/* Each limit at its edge and one beyond. */
static void check_limit(const struct str *mail, const char *flag, bool expected, const char *name)
{
	struct parsed_mail parsed;

	parse_mail_here(mail->bytes, mail->length, false, &parsed, NULL);
	CHECK(mail_record_has_flag(&parsed.record, flag) == expected, "%s: %s%s", name, expected ? "" : "no ", flag);
	parsed_mail_release(&parsed);
}

static void test_counts(void)
{
	for (int over = 0; over < 2; over++) {
		const char *name = over ? "one beyond the limit" : "at the limit";
		AUTO_STR s = STR_INIT;

		for (int i = 0; i < HEADER_COUNT_LIMIT + over; i++)
			str_add(&s, "X: y\n");
		check_limit(&s, "limit-headers", over, name);
		str_reset(&s);
		str_add(&s, "X: ");
		str_add_repeat(&s, 'y', (size_t)HEADER_LIMIT + (size_t)over);
		str_add(&s, "\n\n");
		check_limit(&s, "limit-headers", over, name);
		str_reset(&s);
		str_add(&s, "To: a@b");
		for (int i = 1; i < ADDRESS_LIMIT + over; i++)
			str_add(&s, ",a@b");
		str_add(&s, "\n\n");
		check_limit(&s, "limit-headers", over, name);
		str_reset(&s);
		str_add(&s, "References:");
		for (int i = 0; i < REFERENCE_LIMIT + over; i++)
			str_add(&s, " <a@b>");
		str_add(&s, "\n\n");
		check_limit(&s, "limit-headers", over, name);
		str_reset(&s);
		str_add(&s, MIXED);
		for (int i = 1; i < PART_LIMIT + over; i++)
			str_add(&s, "--b\n\nx\n");
		str_add(&s, "--b--\n");
		check_limit(&s, "limit-parts", over, name);
		str_reset(&s);
		str_add(&s, HEAD "\n");
		str_add_repeat(&s, 'y', (size_t)TEXT_LIMIT + (size_t)over);
		check_limit(&s, "limit-text", over, name);
	}
}

static void test_depth(void)
{
	for (int over = 0; over < 2; over++) {
		AUTO_STR s = STR_INIT;

		for (int i = 0; i < DEPTH_LIMIT + over; i++)
			str_add_format(&s, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
		str_add(&s, "\ndeep\n");
		check_limit(&s, "limit-depth", over, over ? "one too deep" : "as deep as may be");
	}
}

static void test_inline(void)
{
	static const struct { const char *text; enum inline_pgp kind; } texts[] = {
		{ "", INLINE_NONE }, { "words", INLINE_NONE }, { PGP, INLINE_WHOLE_MESSAGE },
		{ "\r\n" PGP "\r\n", INLINE_WHOLE_MESSAGE }, { PGP PGP, INLINE_PART_MESSAGE },
		{ "x\n" PGP, INLINE_PART_MESSAGE }, { PGP "x", INLINE_PART_MESSAGE },
		{ "-----BEGIN PGP MESSAGE-----", INLINE_PART_MESSAGE },
		{ "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx", INLINE_NONE },
		{ "-----BEGIN PGP SIGNED MESSAGE-----\nx", INLINE_PART_SIGNED },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(parse_inline(texts[i].text, strlen(texts[i].text)) == texts[i].kind, "inline text %zu", i);
}

/* Every charset of the allow list works, and what is not on it is not asked for. */
static void test_charsets(void)
{
	static const char *const names[] = {
		"utf-8", "us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5",
		"iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-9", "iso-8859-10", "iso-8859-11",
		"iso-8859-13", "iso-8859-14", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252",
		"windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
		"koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5", "euc-jp", "shift_jis", "iso-2022-jp",
		"euc-kr",
	};
	static const char *const others[] = { "utf-7", "iso-2022-cn-ext", "iso-2022-cn", "utf-32", "ibm037", "x" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_STR s = STR_INIT;

		CHECK(charset_convert(NULL, names[i], "a", 1, &s) && str_equal(s.bytes, "a"), "%s", names[i]);
		for (int byte = 0; byte < 256; byte++) {
			char bytes[3] = { (char)byte, 'a', (char)byte };
			AUTO_STR out = STR_INIT;

			charset_convert(NULL, names[i], bytes, 3, &out);
			CHECK_QUIET(utf8_valid(out.bytes, out.length), "%s of byte %02x is UTF-8", names[i],
				    (unsigned)byte);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		AUTO_STR s = STR_INIT;

		CHECK(!charset_convert(NULL, others[i], "a\xFF", 2, &s) && str_equal(s.bytes, "a\xEF\xBF\xBD"),
		      "%s is not on the list", others[i]);
	}
}

static void test_utf16(void)
{
	static const struct { const char *charset, *bytes; size_t length; const char *text; } units[] = {
		{ "utf-16", "\xFF\xFE" "a\0\x51\x7F", 6, "a\u7f51" }, { "UTF-16", "\xFE\xFF\0a\x7F\x51", 6, "a\u7f51" },
		{ "utf-16", "\0a", 2, "a" }, { "utf-16le", "a\0", 2, "a" }, { "utf-16be", "\0a", 2, "a" },
		{ "utf-16be", "\xD8\x3D\xDE\x00", 4, "\U0001F600" }, { "utf-16be", "\xD8\x3D\0a", 4, "\uFFFDa" },
		{ "utf-16be", "\xDE\x00\0a", 4, "\uFFFDa" }, { "utf-16be", "\xD8\x3D", 2, "\uFFFD" }, { "utf-16be", "\0a\0", 3, "a\uFFFD" },
		{ "utf-16", "", 0, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		AUTO_STR s = STR_INIT;

		CHECK(charset_convert(NULL, units[i].charset, units[i].bytes, units[i].length, &s) &&
			      str_equal(str_or_empty(s.bytes), units[i].text), "%s, row %zu", units[i].charset, i);
	}
}

/* Our tables of single bytes beside the C library's converters: every byte of every charset. */
static void test_single_bytes(void)
{
	static const char *const names[] = {
		"WINDOWS-1252", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
		"ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "WINDOWS-1250",
		"WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258",
		"KOI8-R", "KOI8-U",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		iconv_t cd = iconv_open("UTF-8", names[i]);
		int wrong = 0;

		for (int byte = 1; cd != (iconv_t)-1 && byte < 256; byte++) {
			char in[1] = { (char)byte }, out[16] = "", *from = in, *to = out;
			size_t left = 1, room = sizeof(out) - 1;
			AUTO_STR s = STR_INIT;

			iconv(cd, NULL, NULL, NULL, NULL);
			if (iconv(cd, &from, &left, &to, &room) == (size_t)-1)
				snprintf(out, sizeof(out), "\uFFFD");
			else
				iconv(cd, NULL, NULL, &to, &room);
			charset_convert(NULL, names[i], in, 1, &s);
			wrong += !str_equal(s.bytes, out);
		}
		CHECK(cd != (iconv_t)-1 && !wrong, "%s: %d bytes differ", names[i], wrong);
		iconv_close(cd);
	}
}

int main(void)
{
	test_rows();
	test_header();
	test_protected();
	test_signed_bytes();
	test_autocrypt();
	test_signed_parts();
	test_sealed_bytes();
	test_counts();
	test_depth();
	test_inline();
	test_charsets();
	test_utf16();
	test_single_bytes();
	return tap_done();
}
