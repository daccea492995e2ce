/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails made here, class by class, and what must be said of each: who signed which words, what stays closed, which text is
 * shown, and that none of it is lost on the way. Two strangers, one of whom is the finder, and ourselves have keys.
 */
#include "desk/desk_private.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/model/extent.h"
#include "psirtty/vault/openpgp.h"
#include "tap.h"

#define SECRET "for nobody else"

static struct desk desk;
static char *finder, *mallory, *ours;
static char home[64];

/* ---- making mail */

/* Line ends as they are sent, and signed. */
static char *entity(const char *type, const char *text)
{
	struct str s = STR_INIT;

	str_add_format(&s, "Content-Type: %s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", type);
	for (; *text; text++)
		str_add(&s, *text == '\n' ? "\r\n" : (char[]){ *text == '\r' ? '\0' : *text, '\0' });
	return str_detach(&s);
}

static char *plain(const char *text)
{
	return entity("text/plain; charset=utf-8", text);
}

static char *html(const char *text)
{
	return entity("text/html; charset=utf-8", text);
}

/* Takes its parts over; the last is NULL. */
static char *multi(const char *sub, const char *boundary, ...)
{
	AUTO_STR s = STR_INIT;
	va_list parts;

	str_add_format(&s, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", sub, boundary);
	va_start(parts, boundary);
	for (char *part; (part = va_arg(parts, char *));) {
		str_add_format(&s, "--%s\r\n%s\r\n", boundary, part);
		free(part);
	}
	va_end(parts);
	str_add_format(&s, "--%s--\r\n", boundary);
	return str_detach(&s);
}

static char *signature_of(const char *bytes, const char *signer)
{
	AUTO_STR armor = STR_INIT;

	if (openpgp_sign(desk.pgp, bytes, strlen(bytes), signer, true, &armor, NULL, NULL))
		BUG("gpg does not sign");
	return entity("application/pgp-signature; name=\"signature.asc\"", armor.bytes);
}

#define SIGNED "signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\""
#define ENCRYPTED "encrypted; protocol=\"application/pgp-encrypted\""

/* Takes ENTITY over. */
static char *sign(char *entity_bytes, const char *signer, const char *boundary)
{
	char *signature = signature_of(entity_bytes, signer);

	return multi(SIGNED, boundary, entity_bytes, signature, NULL);
}

static char *sealed(const char *bytes, const char *signer)
{
	const char *to[] = { ours };
	struct str armor = STR_INIT;

	if (openpgp_encrypt(desk.pgp, bytes, strlen(bytes), to, 1, signer, true, &armor, NULL))
		BUG("gpg does not encrypt");
	return str_detach(&armor);
}

static char *control(void)
{
	return entity("application/pgp-encrypted", "Version: 1\r\n");
}

/* Takes ENTITY over. */
static char *seal(char *entity_bytes, const char *signer)
{
	AUTO_STRING armor = sealed(entity_bytes, signer);

	free(entity_bytes);
	return multi(ENCRYPTED, "sealed", control(), entity("application/octet-stream; name=\"encrypted.asc\"", armor), NULL);
}

static char *clear(const char *text, const char *signer)
{
	struct str block = STR_INIT;

	if (openpgp_sign_clear(desk.pgp, text, strlen(text), signer, &block, NULL))
		BUG("gpg does not sign cleartext");
	return str_detach(&block);
}

static char *attached(const char *disposition, const char *type, const char *base64)
{
	return mem_format("Content-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s", type,
			  disposition, base64);
}

/* ---- signatures: MAKE gives the entity at the top */

static char *whole(void) { return sign(plain("words A"), finder, "s"); }
static char *by_other(void) { return sign(plain("words A"), mallory, "s"); }
static char *in_list(void) { return multi("mixed", "m", sign(plain("words A"), finder, "s"), plain("footer B"), NULL); }
static char *above(void) { return multi("mixed", "m", plain("words B"), sign(plain("words A"), finder, "s"), NULL); }
static char *below_html(void) { return multi("mixed", "m", html("<p>B<div style='"), sign(plain("words A"), finder, "s"), NULL); }
static char *twice(void)
{
	return multi("mixed", "m", sign(plain("words A"), finder, "s"), sign(plain("words B"), mallory, "t"), NULL);
}
static char *nested(void) { return sign(sign(plain("words A"), mallory, "in"), finder, "out"); }
static char *attached_mail(void)
{
	char *inner = sign(plain("words A"), finder, "s");
	char *mail = mem_format("From: f@finder.example\r\nSubject: in\r\n%s", inner);

	free(inner);
	inner = entity("message/rfc822", mail);
	free(mail);
	return multi("mixed", "m", plain("words B"), inner, NULL);
}
static char *wrong_order(void)
{
	char *text = plain("words B"), *signature = signature_of(text, finder);

	return multi(SIGNED, "s", signature, text, NULL);
}
static char *three_children(void)
{
	char *text = plain("words A"), *signature = signature_of(text, finder);

	return multi(SIGNED, "s", text, signature, plain("words B"), NULL);
}
static char *of_other_text(void)
{
	AUTO_STRING other = plain("words A");

	return multi(SIGNED, "s", plain("words B"), signature_of(other, finder), NULL);
}
static char *altered_part(void)
{
	AUTO_STRING other = plain("words A");

	return multi("mixed", "m", multi(SIGNED, "s", plain("words B"), signature_of(other, finder), NULL), plain("footer"), NULL);
}
static char *clear_whole(void)
{
	AUTO_STRING block = clear("words A\n", finder);

	return plain(block);
}
static char *clear_around(void)
{
	AUTO_STRING block = clear("words A\n- dashed\n", finder);
	AUTO_STRING text = NULL;

	text = mem_format("words B\n%safter\n", block);
	return plain(text);
}
static char *clear_two(void)
{
	AUTO_STRING one = clear("words A\n", finder);
	AUTO_STRING two = clear("words M\n", mallory);
	AUTO_STRING text = NULL;

	text = mem_format("B\n%s\nbetween\n%s\nC\n", one, two);
	return plain(text);
}
static char *clear_altered(void)
{
	AUTO_STRING block = clear("words A\n", finder);
	AUTO_STRING text = NULL;

	memcpy(strstr(block, "words A"), "words B", 7);
	text = mem_format("before\n%safter\n", block);
	return plain(text);
}
static char *clear_with_footer(void)
{
	AUTO_STRING block = clear("words A\n", finder);

	return multi("mixed", "m", plain(block), plain("footer B"), NULL);
}
/* RFC 3676: a space in front of a line is not shown, so what is no block becomes one where it is looked at. */
static char *clear_stuffed(void)
{
	AUTO_STRING block = clear("words A\n", finder);
	AUTO_STRING text = NULL;

	text = mem_format(" -----BEGIN PGP SIGNED MESSAGE-----\nwords B\n%s", block);
	return entity("text/plain; charset=utf-8; format=flowed", text);
}
static char *clear_flowed(void)
{
	AUTO_STRING block = clear("words A\n", finder);
	AUTO_STRING text = NULL;

	text = mem_format("words \nB\n%safter\n", block);
	return entity("text/plain; charset=utf-8; format=flowed", text);
}
/* "gateway" in GB18030: what gpg puts out is in the charset of the part. */
static char *clear_chinese(void)
{
	AUTO_STRING block = clear("\xCD\xF8\xB9\xD8\n", finder);

	return entity("text/plain; charset=gb18030", block);
}
static char *clear_chinese_part(void)
{
	AUTO_STRING block = clear("\xCD\xF8\xB9\xD8\n", finder);
	AUTO_STRING text = NULL;

	text = mem_format("B\n%s", block);
	return entity("text/plain; charset=gb2312", text);
}

/* ---- encryption */

static char *opened(void) { return seal(plain(SECRET), NULL); }
static char *opened_signed(void) { return seal(plain(SECRET), finder); }
static char *opened_multipart(void) { return seal(sign(plain(SECRET), finder, "s"), NULL); }
static char *opened_in_part(void)
{
	return seal(multi("mixed", "m", plain("words B"), sign(plain("words A"), finder, "s"), NULL), NULL);
}
static char *opened_clear(void)
{
	AUTO_STRING block = clear("words A\n", finder);

	return seal(plain(block), NULL);
}
static char *efail(void) { return multi("mixed", "m", html("<img src=\"http://e.example/"), seal(plain(SECRET), NULL), html("\">"), NULL); }
static char *efail_alternative(void) { return multi("alternative", "m", plain("words B"), seal(plain(SECRET), NULL), NULL); }
static char *efail_alone(void) { return multi("mixed", "m", seal(plain(SECRET), NULL), NULL); }
static char *efail_signed(void) { return sign(seal(plain(SECRET), NULL), mallory, "s"); }
static char *swapped(void)
{
	AUTO_STRING armor = sealed(SECRET, NULL);

	return multi(ENCRYPTED, "sealed", entity("application/octet-stream", armor), control(), NULL);
}
static char *third(void)
{
	AUTO_STRING armor = sealed(SECRET, NULL);

	return multi(ENCRYPTED, "sealed", control(), entity("application/octet-stream", armor), html("<p>B"), NULL);
}
static char *inline_whole(void)
{
	AUTO_STRING armor = sealed("\xCD\xF8\xB9\xD8\n", NULL);

	return entity("text/plain; charset=gbk", armor);
}
static char *inline_part(void)
{
	AUTO_STRING armor = sealed(SECRET, NULL);
	AUTO_STRING text = NULL;

	text = mem_format("hello\n%s", armor);
	return plain(text);
}
static char *exchange(void)
{
	AUTO_STRING inner = plain(SECRET);
	AUTO_STRING armor = sealed(inner, NULL);

	return multi("mixed", "m", plain(""), control(), entity("application/octet-stream", armor), NULL);
}
static char *exchange_with_words(void)
{
	AUTO_STRING inner = plain(SECRET);
	AUTO_STRING armor = sealed(inner, NULL);

	return multi("mixed", "m", plain("please reply"), control(), entity("application/octet-stream", armor), NULL);
}

/* ---- headers */

static char *protected_head(const char *parameter, const char *subject)
{
	return mem_format("Content-Type: text/plain; charset=utf-8; %s\r\nSubject: %s\r\nFrom: f@finder.example\r\n\r\nwords A", parameter,
			  subject);
}
static char *head_signed(void) { return sign(protected_head("protected-headers=\"v1\"", "inner"), finder, "s"); }
static char *head_sealed(void) { return seal(protected_head("hp=\"cipher\"", "inner"), finder); }
static char *head_unsigned(void) { return protected_head("protected-headers=\"v1\"", "inner"); }
static char *head_below(void) { return sign(multi("mixed", "m", protected_head("protected-headers=\"v1\"", "inner"), NULL), finder, "s"); }
static char *head_legacy(void)
{
	return seal(mem_string("Content-Type: text/plain; charset=utf-8; hp=\"cipher\"; hp-legacy-display=\"1\"\r\nSubject: inner\r\n\r\n"
			       "Subject: inner\r\n\r\nwords A"), finder);
}

/* ---- structure */

static char *no_boundary(void) { return mem_string("Content-Type: multipart/mixed\r\n\r\n--a\r\n\r\nwords A\r\n--a--\r\n"); }
static char *other_boundary(void) { return mem_string("Content-Type: multipart/mixed; boundary=zz\r\n\r\n--a\r\n\r\nwords A\r\n--a--\r\n"); }
static char *no_type(void) { return entity("nonsense", "words A"); }
static char *other_text(void) { return entity("text/markdown", "words A"); }
static char *utf16(void) { return mem_string("Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n//5Rf3NR\r\n"); }
static char *two_encodings(void) { return mem_string("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n"
						      "Content-Transfer-Encoding: 8bit\r\n\r\nwords A"); }
static char *prefix(void) { return mem_string("Content-Type: multipart/mixed; boundary=\"ab\"\r\n\r\n--abc\r\n\r\nB\r\n--ab\r\n\r\nwords A\r\n--ab--\r\n"); }
static char *named(const char *disposition)
{
	return multi("mixed", "m", plain("words A"), attached(disposition, "application/octet-stream", "eA=="), NULL);
}
static char *name_latin(void) { return named("attachment; filename*=iso-8859-1'de'%fc.txt"); }
static char *name_gb(void) { return named("attachment; filename=\"=?gb2312?B?zfi52C50eHQ=?=\""); }
static char *name_gb_2231(void) { return named("attachment; filename*=gb18030''%CD%F8.txt"); }
static char *name_raw(void) { return named("attachment; filename=\"\xCD\xF8\xB9\xD8\""); }
static char *name_path(void) { return named("attachment; filename*=utf-8''..%2f..%2f%0d%0a.ssh%00"); }
static char *name_bidi(void) { return named("attachment; filename=\"\xE2\x80\xAEgnp.exe\""); }
static char *tnef(void)
{
	return multi("mixed", "m", plain("words A"), attached("attachment; filename=\"winmail.dat\"", "application/ms-tnef", "eJ8+Ig=="), NULL);
}

enum { ANY_SIGNATURE = -1, NONE = SIGNATURE_COUNT };

/* SIGNATURE is the worst over the whole message. FRAMES: each stretch of the text, "f" framed, "-" not, "x" closed. */
static const struct sample {
	const char *what;
	char *(*make)(void);
	const char *head;         /* more of it, or NULL */
	enum encryption_state encryption;
	int signature;
	enum mail_verdict verdict; /* with the finder's key pinned */
	const char *frames, *text, *absent, *flag, *name;
} samples[] = {
	{ "all is signed", whole, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, "subject-unsigned", NULL },
	{ "by another", by_other, NULL, 0, SIGNATURE_GOOD, VERDICT_MISMATCH, "f", "words A", NULL, NULL, NULL },
	{ "by a list with its footer", in_list, NULL, 0, NONE, VERDICT_UNSIGNED, "f-", "footer B", NULL, "partly-signed", NULL },
	{ "with words above", above, NULL, 0, NONE, VERDICT_UNSIGNED, "-f", "words A", NULL, "partly-signed", NULL },
	{ "below open markup", below_html, NULL, 0, NONE, VERDICT_UNSIGNED, "-f", "words A", NULL, "partly-signed", NULL },
	{ "two signed parts", twice, NULL, 0, NONE, VERDICT_UNSIGNED, "ff", "words B", NULL, "partly-signed", NULL },
	{ "a signature around a signature", nested, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, NULL, NULL },
	{ "in an attached mail", attached_mail, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words B", "words A", NULL, NULL },
	{ "the signature first", wrong_order, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words B", NULL, "malformed", NULL },
	{ "three children", three_children, NULL, 0, NONE, VERDICT_UNSIGNED, "--", "words B", NULL, "partly-signed", NULL },
	{ "a signature of other words", of_other_text, NULL, 0, SIGNATURE_BAD, VERDICT_BAD, "-", "words B", NULL, NULL, NULL },
	{ "a part that was altered", altered_part, NULL, 0, NONE, VERDICT_UNSIGNED, "--", "words B", NULL, "partly-signed", NULL },
	{ "cleartext", clear_whole, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", "PGP", NULL, NULL },
	{ "cleartext with words around", clear_around, NULL, 0, NONE, VERDICT_UNSIGNED, "-f-", "\n- dashed", "PGP", "partly-signed", NULL },
	{ "two blocks of cleartext", clear_two, NULL, 0, NONE, VERDICT_UNSIGNED, "-f-f-", "between", "PGP", "partly-signed", NULL },
	{ "cleartext that was altered", clear_altered, NULL, 0, NONE, VERDICT_UNSIGNED, "---", "words B", "PGP", "partly-signed", NULL },
	{ "cleartext beside a footer", clear_with_footer, NULL, 0, NONE, VERDICT_UNSIGNED, "f-", "words A", "PGP", "partly-signed", NULL },
	{ "cleartext below a line that only looks like its first", clear_stuffed, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words B", NULL, "partly-signed", NULL },
	{ "cleartext in text that flows", clear_flowed, NULL, 0, NONE, VERDICT_UNSIGNED, "-f-", "words B", "PGP", "partly-signed", NULL },
	{ "Chinese cleartext", clear_chinese, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "\u7f51\u5173", "\uFFFD", NULL, NULL },
	{ "Chinese cleartext in other words", clear_chinese_part, NULL, 0, NONE, VERDICT_UNSIGNED, "-f", "\u7f51\u5173", "\uFFFD", NULL, NULL },
	{ "encrypted", opened, NULL, ENCRYPTION_DECRYPTED, NONE, VERDICT_UNSIGNED, "-", SECRET, NULL, NULL, NULL },
	{ "encrypted and signed", opened_signed, NULL, ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", SECRET, NULL, NULL, NULL },
	{ "encrypted after signing", opened_multipart, NULL, ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", SECRET, NULL, NULL, NULL },
	{ "encrypted, signed in part", opened_in_part, NULL, ENCRYPTION_DECRYPTED, NONE, VERDICT_UNSIGNED, "-f", "words A", NULL, "partly-signed", NULL },
	{ "encrypted cleartext", opened_clear, NULL, ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", "PGP", NULL, NULL },
	{ "ciphertext between markup", efail, NULL, 0, NONE, VERDICT_UNSIGNED, "x-", "\">", SECRET, "efail-structure", NULL },
	{ "ciphertext as an alternative", efail_alternative, NULL, 0, NONE, VERDICT_UNSIGNED, "-x", "words B", SECRET, "efail-structure", NULL },
	{ "ciphertext in a multipart", efail_alone, NULL, 0, NONE, VERDICT_UNSIGNED, "x", NULL, SECRET, "efail-structure", NULL },
	{ "ciphertext signed from outside", efail_signed, NULL, 0, SIGNATURE_GOOD, VERDICT_MISMATCH, "x", NULL, SECRET, "efail-structure", NULL },
	{ "ciphertext first", swapped, NULL, 0, NONE, VERDICT_UNSIGNED, "x", NULL, SECRET, "efail-structure", NULL },
	{ "a third part", third, NULL, 0, NONE, VERDICT_UNSIGNED, "x-", "B", SECRET, "efail-structure", NULL },
	{ "Chinese in armour", inline_whole, NULL, ENCRYPTION_DECRYPTED, NONE, VERDICT_UNSIGNED, "-", "\u7f51\u5173", "\uFFFD", NULL, NULL },
	{ "armour below words", inline_part, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "hello", SECRET, "efail-structure", NULL },
	{ "what Exchange makes of it", exchange, NULL, ENCRYPTION_DECRYPTED, NONE, VERDICT_UNSIGNED, "-", SECRET, NULL, "repaired", NULL },
	{ "that with words", exchange_with_words, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "please reply", SECRET, "efail-structure", NULL },
	{ "two senders", whole, "From: m@evil.example\r\n", 0, SIGNATURE_GOOD, VERDICT_MISMATCH, "f", "words A", NULL, "multiple-from", NULL },
	{ "two subjects", whole, "Subject: another\r\n", 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, "duplicate-header", NULL },
	{ "two dates", whole, "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nDate: Fri, 02 Jan 2026 00:00:00 +0000\r\n", 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, "duplicate-header", NULL },
	{ "a protected subject", head_signed, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, NULL, "inner" },
	{ "a sealed subject", head_sealed, NULL, ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, NULL, "inner" },
	{ "a subject that is not protected", head_unsigned, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, "outer" },
	{ "a subject further down", head_below, NULL, 0, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", NULL, "subject-unsigned", "outer" },
	{ "a copy of the subject in the text", head_legacy, NULL, ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_VERIFIED, "f", "words A", "Subject", NULL, "inner" },
	{ "no boundary", no_boundary, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "malformed", NULL },
	{ "a boundary that is nowhere", other_boundary, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "malformed", NULL },
	{ "a type that is none", no_type, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, NULL },
	{ "another kind of text", other_text, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, NULL },
	{ "UTF-16", utf16, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "\u7f51\u5173", NULL, NULL, NULL },
	{ "two encodings", two_encodings, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "encoding-ambiguous", NULL },
	{ "a boundary that begins like another", prefix, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", "B", NULL, NULL },
	{ "a name in Latin 1", name_latin, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, "\u00FC.txt" },
	{ "a name in GB 2312", name_gb, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, "\u7f51\u5173.txt" },
	{ "a name in GB 18030", name_gb_2231, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, "\u7f51.txt" },
	{ "a name that does not say in what", name_raw, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "control-characters", "attachment-1" },
	{ "a name that is a path", name_path, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "control-characters", NULL },
	{ "a name backwards", name_bidi, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, "bidi", "_gnp.exe" },
	{ "TNEF", tnef, NULL, 0, NONE, VERDICT_UNSIGNED, "-", "words A", NULL, NULL, "winmail.dat" },
};

/* ---- looking at it */

static char *frames_of(const struct mail_record *r)
{
	struct mail_extents extents;
	struct str found = STR_INIT;

	mail_extents_of(r, &extents);
	str_add(&found, "");
	for (size_t i = 0; i < extents.count; i++)
		str_add_char(&found, extents.items[i].closed ? 'x' : extents.items[i].framed ? 'f' : '-');
	mail_extents_release(&extents);
	return str_detach(&found);
}

/* What is framed must have been signed: of mallory's words nothing, of those that came beside nothing. */
static bool frames_hold(const struct mail_record *r)
{
	struct mail_extents extents;
	bool hold = true;

	mail_extents_of(r, &extents);
	for (size_t i = 0; i < extents.count; i++) {
		AUTO_STRING text = mem_copy(r->text + extents.items[i].at, extents.items[i].length);

		hold &= !extents.items[i].framed || !strstr(text, "footer");
	}
	mail_extents_release(&extents);
	return hold;
}

static bool safe_names(const struct mail_record *r)
{
	for (size_t i = 0; i < r->attachment_count; i++)
		if (!*r->attachments[i].safe_name || strpbrk(r->attachments[i].safe_name, "/\\\r\n") || *r->attachments[i].safe_name == '.')
			return false;
	return true;
}

static bool is_named(const struct sample *s, const struct mail_record *r)
{
	if (!s->name)
		return true;
	return str_equal(str_or_empty(r->subject), s->name) ||
	       (r->attachment_count == 1 && str_equal(r->attachments[0].safe_name, s->name));
}

static const char *unmet(const struct sample *s, const struct mail_record *r)
{
	AUTO_STRING frames = frames_of(r);

	if (mail_record_has_flag(r, "unreadable"))
		return "it was not read";
	if (r->encryption != s->encryption)
		return encryption_name(r->encryption);
	if ((int)mail_record_signature(r) != s->signature)
		return "signature";
	if (r->verdict != s->verdict)
		return verdict_name(r->verdict);
	if (!str_equal(frames, s->frames) || !frames_hold(r))
		return "frames";
	if (s->text ? !strstr(r->text, s->text) : *r->text)
		return "text";
	if (s->absent && strstr(r->text, s->absent))
		return "text that must not be there";
	if (s->flag && !mail_record_has_flag(r, s->flag))
		return s->flag;
	return !safe_names(r) || !is_named(s, r) ? "name" : NULL;
}

static void test_sample(const struct sample *s)
{
	AUTO_STRING body = s->make();
	AUTO_STRING bytes = NULL;
	struct mail_record r = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	const char *wrong;

	bytes = mem_format("From: Fi <f@finder.example>\r\nTo: psirt@vendor.example\r\nSubject: outer\r\nMessage-ID: <1@finder.example>\r\n"
			   "%sMIME-Version: 1.0\r\n%s", str_or_empty(s->head), body);
	if (!CHECK(desk_read_mail(&desk, bytes, strlen(bytes), NULL, (instant)time(NULL) * INSTANT_SECOND, &r, &err) == 0, "%s is read",
		   s->what))
		return;
	mail_record_judge(&r, finder);
	wrong = unmet(s, &r);
	CHECK(!wrong, "%s%s%s", s->what, wrong ? ": " : "", wrong ? wrong : "");
	if (wrong) {
		AUTO_STRING frames = frames_of(&r);

		printf("# frames %s, verdict %s, text \"%s\"\n", frames, verdict_name(r.verdict), r.text);
	}
	mail_record_release(&r);
}

/* Header, structure and text survive the way through the vault's JSON, with what is framed. */
static void test_kept(void)
{
	AUTO_STRING body = in_list();
	AUTO_STRING bytes = mem_format("From: f@finder.example\r\nMIME-Version: 1.0\r\n%s", body);
	AUTO_STRING before = NULL;
	AUTO_STRING after = NULL;
	struct mail_record r = { 0 }, again;
	AUTO_JSON json = NULL;

	if (desk_read_mail(&desk, bytes, strlen(bytes), NULL, (instant)time(NULL) * INSTANT_SECOND, &r, NULL))
		return;
	json = mail_record_to_json(&r, true);
	mail_record_from_json(json, &again);
	before = frames_of(&r);
	after = frames_of(&again);
	CHECK_STR(after, before, "what is framed is kept");
	mail_record_release(&r);
	mail_record_release(&again);
}

int main(int argc, char **argv)
{
	AUTO_ERROR err = ERROR_INIT;

	if (argc == 2 && strcmp(argv[1], PARSE_WORKER_ARGUMENT) == 0)
		parse_worker_main(true);
	snprintf(home, sizeof(home), "/tmp/prd-XXXXXX");
	if (!mkdtemp(home) || setenv("GNUPGHOME", home, 1))
		return 1;
	if (CHECK(parse_worker_start(&desk.worker, &err) == 0 && openpgp_open(home, &desk.pgp, &err) == 0 &&
			  openpgp_generate(desk.pgp, "Fi <f@finder.example>", &finder, &err) == 0 &&
			  openpgp_generate(desk.pgp, "Mallory <m@evil.example>", &mallory, &err) == 0 &&
			  openpgp_generate(desk.pgp, "PSIRT <psirt@vendor.example>", &ours, &err) == 0, "keys are there: %s",
		  str_or_empty(err.why))) {
		for (size_t i = 0; i < ARRAY_LEN(samples); i++)
			test_sample(&samples[i]);
		test_kept();
	}
	openpgp_close(desk.pgp);
	parse_worker_stop(desk.worker);
	openpgp_stop_agent(home);
	file_remove_tree(home, NULL);
	free(finder);
	free(mallory);
	free(ours);
	return tap_done();
}
