/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for each mail of the hostile collection: one row a mail, by its number. */
#ifndef PSIRTTY_TESTS_MAIL_DEMANDS_H
#define PSIRTTY_TESTS_MAIL_DEMANDS_H

#include "psirtty/base/text.h"
#include "psirtty/model/extent.h"
#include "tests/unit/tap.h"

enum { NO_SIGNATURE = SIGNATURE_COUNT, ANY = -1 };

#define SECRET "SECRET-7f3a"
#define ALICE "5DBCCF7BD2C98E93E444A22947C569F516367B32"

static bool has_attachment(const struct mail_record *r, const char *safe_name)
{
	for (size_t i = 0; i < r->attachment_count; i++)
		if (str_equal(r->attachments[i].safe_name, safe_name))
			return true;
	return false;
}

static bool mallory_sent(const struct mail_record *r)
{
	return r->from_count == 1 && str_ends(r->from[0].address, "@evil.example");
}

static bool only_part_signed(const struct mail_record *r)
{
	for (size_t i = 0; i < r->signature_count; i++)
		if (r->signatures[i].covers_message)
			return false;
	return r->signature_count > 0;
}

static bool keys_named(const struct mail_record *r)
{
	return r->key_count == 1 && strlen(r->keys[0].fingerprint) == 40 && r->keys[0].user_id_count == 1;
}

static bool user_ids_bounded(const struct mail_record *r)
{
	return r->key_count == 1 && r->keys[0].user_id_count == MAIL_KEY_USER_IDS;
}

static bool v6_named(const struct mail_record *r)
{
	return r->key_count >= 1 && strlen(r->keys[0].fingerprint) == 64;
}

static bool no_attachment(const struct mail_record *r)
{
	return r->attachment_count == 0;
}

static bool long_name_cut(const struct mail_record *r)
{
	return r->attachment_count == 1 && strlen(r->attachments[0].safe_name) <= 255;
}

static bool parts_capped(const struct mail_record *r)
{
	return r->part_count == 500;
}

static bool three_parts(const struct mail_record *r)
{
	return r->part_count >= 4 && r->encryption == ENCRYPTION_NONE;
}

static bool outer_sender(const struct mail_record *r)
{
	return r->from_count == 1 && !str_equal(r->from[0].address, "alice@finder.example");
}

static bool protected_subject(const struct mail_record *r)
{
	return r->subject && strlen(r->subject) > 5 && r->outer_subject && str_starts(r->outer_subject, "...");
}

static bool hidden_subject(const struct mail_record *r)
{
	return r->subject && r->outer_subject && !str_equal(r->subject, r->outer_subject);
}

static bool no_bcc(const struct mail_record *r)
{
	return r->cc_count == 0 && r->to_count == 1 && !strpbrk(str_or_empty(r->subject), "\r\n");
}

static bool reference_kept(const struct mail_record *r)
{
	return r->message_id && r->reference_count >= 1;
}

static bool reply_to_kept_apart(const struct mail_record *r)
{
	return r->reply_to_count == 1 && !str_equal(r->reply_to[0].address, mail_record_sender(r));
}

static bool one_text(const struct mail_record *r)
{
	return strstr(r->text, "From mallory@") != NULL;
}

static bool no_control_bytes(const struct mail_record *r)
{
	return strpbrk(str_or_empty(r->subject), "\r\n\x1B") == NULL;
}

static bool text_is(const struct mail_record *r, const char *text)
{
	size_t length = strlen(text);

	return strncmp(r->text, text, length) == 0 && strspn(r->text + length, "\n") == strlen(r->text + length);
}

/* The text as a screen shows it holds MARK. */
static bool shows(const struct mail_record *r, const char *mark)
{
	AUTO_TEXT shown = TEXT_INIT;

	text_display(&shown, r->text, -1, TEXT_BLOCK);
	return strstr(shown.utf8, mark) && shown.hidden > 0;
}

/* Which stretches of the text stand in a frame, in their order: "f" framed, "-" not, "x" closed. */
static bool drawn_as(const struct mail_record *r, const char *frames)
{
	struct mail_extents extents;
	AUTO_STR found = STR_INIT;

	mail_extents_of(r, &extents);
	for (size_t i = 0; i < extents.count; i++)
		str_add_char(&found, extents.items[i].closed ? 'x' : extents.items[i].framed ? 'f' : '-');
	mail_extents_release(&extents);
	return str_equal(found.length ? found.bytes : "", frames);
}

static bool no_text(const struct mail_record *r)
{
	return !*r->text && r->attachment_count == 0;
}

static bool account_a(const struct mail_record *r)
{
	return text_is(r, "Please pay the bounty to account A.") && drawn_as(r, "f");
}

static bool framed_beside(const struct mail_record *r)
{
	return only_part_signed(r) && drawn_as(r, "-f") && strstr(r->text, "account A") > strstr(r->text, "ccount B");
}

static bool no_badge(const struct mail_record *r)
{
	return r->signature_count == 0 && drawn_as(r, "-");
}

static bool tampered(const struct mail_record *r)
{
	return strstr(r->text, "account B") && drawn_as(r, "-") && !r->parts[1].covered;
}

static bool one_good_one_bad(const struct mail_record *r)
{
	return r->signature_count == 2 && drawn_as(r, "-") &&
	       (r->signatures[0].state == SIGNATURE_GOOD) != (r->signatures[1].state == SIGNATURE_GOOD);
}

static bool old_signature(const struct mail_record *r)
{
	return mail_record_has_flag(r, "subject-unsigned") && r->date - r->signatures[0].created > 30 * INSTANT_DAY;
}

static bool autocrypt_named(const struct mail_record *r)
{
	return keys_named(r) && str_equal(r->keys[0].source, "autocrypt") && !str_equal(r->keys[0].fingerprint, ALICE);
}

static bool attached_named(const struct mail_record *r)
{
	return keys_named(r) && str_equal(r->keys[0].source, "attached") && !str_equal(r->keys[0].fingerprint, ALICE);
}

/* gpg tries each key once; more anonymous ones than the cap are not even tried. */
static bool three_hidden(const struct mail_record *r)
{
	return r->recipient_count <= 3 && r->session_key && strstr(r->text, SECRET);
}

static bool marks_capped(const struct mail_record *r)
{
	AUTO_TEXT shown = TEXT_INIT;
	const char *at;
	int marks = 0, most = 0;

	text_display(&shown, r->text, -1, TEXT_BLOCK);
	for (at = shown.utf8; *at;) {
		int32_t c = utf8_next(&at, at + strlen(at));

		marks = text_cells((uint32_t)c) == 0 ? marks + 1 : 0;
		most = marks > most ? marks : most;
	}
	return most <= 2 && shown.hidden > 0 && strstr(shown.utf8, "<ZWSP>") && strlen(r->text) > 1000;
}

static bool both_names(const struct mail_record *r)
{
	return r->attachment_count == 1 && str_equal(r->attachments[0].name, "good.txt") &&
	       str_equal(r->attachments[0].other_name, "evil.sh");
}

static bool only_x(const struct mail_record *r)
{
	return text_is(r, "x") && r->attachment_count == 0 && r->part_count == 1;
}

static bool x_without_charset(const struct mail_record *r)
{
	return only_x(r) && !r->parts[0].charset;
}

static bool nothing_but_header(const struct mail_record *r)
{
	return !*r->text && r->attachment_count == 0 && r->flag_count == 0 && r->subject && r->from_count == 1 && r->date > 0;
}

static bool depth_capped(const struct mail_record *r)
{
	size_t deepest = 0;

	for (size_t i = 0; i < r->part_count; i++)
		deepest = strlen(r->parts[i].path) > deepest ? strlen(r->parts[i].path) : deepest;
	return r->part_count <= 52 && deepest <= 2 * 51 + 1;
}

static bool carriage_shown(const struct mail_record *r)
{
	return shows(r, "account B^MPay") && shows(r, "/^H^H");
}

static bool bidi_shown(const struct mail_record *r)
{
	AUTO_TEXT shown = TEXT_INIT;

	text_display(&shown, r->text, -1, TEXT_BLOCK);
	return shown.hidden > 0 && strchr(shown.utf8, '<') && !strstr(shown.utf8, "\xE2\x80\xAE") && !strstr(shown.utf8, "\xE2\x81\xA6");
}

static bool bidi_name(const struct mail_record *r)
{
	return r->attachment_count == 1 && strstr(r->attachments[0].name, "\xE2\x80\xAE") && !strstr(r->attachments[0].safe_name, "\xE2\x80\xAE");
}

/* Given to no converter: the bytes come as they are, without what a terminal obeys. */
static bool not_converted(const struct mail_record *r)
{
	return r->part_count == 1 && str_casecmp(r->parts[0].charset, "ISO-2022-CN-EXT") == 0 && *r->text;
}

static bool not_fetched(const struct mail_record *r)
{
	return r->attachment_count == 1 && str_equal(r->attachments[0].type, "message/external-body") && !*r->text;
}

static bool outer_mallory(const struct mail_record *r)
{
	return outer_sender(r) && mallory_sent(r);
}

static bool form_feed_shown(const struct mail_record *r)
{
	return shows(r, "^L") && drawn_as(r, "-") && !strstr(r->text, "BEGIN PGP");
}

static bool zero_shown(const struct mail_record *r)
{
	return drawn_as(r, "-") && !strstr(r->text, "BEGIN PGP") && strstr(r->text, "account A");
}

static bool attached_unsigned(const struct mail_record *r)
{
	return r->signature_count == 0 && r->attachment_count == 1 && str_equal(r->attachments[0].type, "message/rfc822") &&
	       text_is(r, "Pay account B");
}

static bool three_apart(const struct mail_record *r)
{
	return three_parts(r) && drawn_as(r, "x-") && r->attachment_count == 2;
}

static bool second_closed(const struct mail_record *r)
{
	return drawn_as(r, "-x") && r->attachment_count >= 1;
}

static bool no_lock(const struct mail_record *r)
{
	return no_text(r) && r->encryption_reason && strstr(r->encryption_reason, "not encrypted") && r->signature_count == 0;
}

/* What must hold. ENCRYPTION and SIGNATURE (the worst over the whole message) may be ANY. */
static const struct demand {
	const char *number, *what;
	int encryption, signature, verdict;
	const char *flag, *text, *absent; /* NULL: not asked for */
	bool (*more)(const struct mail_record *r);
} demands[] = {
	{ "001", "not opened beside other parts, which stay apart", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED,
	  "efail-structure", NULL, SECRET, three_apart },
	{ "005", "altered: nothing of it is shown", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_text },
	{ "006", "cut off: nothing of it is shown", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_text },
	{ "007", "without integrity protection: refused", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET,
	  no_text },
	{ "008", "S/MIME that does not show alterations is marked", ENCRYPTION_NO_KEY, NO_SIGNATURE, VERDICT_UNSIGNED,
	  "not-integrity-protected", NULL, NULL, NULL },
	{ "009", "a signed part does not sign the mail", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "partly-signed", NULL,
	  NULL, framed_beside },
	{ "013", "text in armour headers is not shown", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, "BEGIN PGP", account_a },
	{ "014", "a badge in the text is text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, no_badge },
	{ "017", "a literal's name makes no verdict", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "018", "nor inline", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "019", "a user id of lines makes no better verdict", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL,
	  NULL },
	{ "020", "a user id of escapes does not either", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, "\x1B", NULL },
	{ "021", "the signer is not the sender", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_MISMATCH, NULL, NULL, NULL, NULL },
	{ "022", "another key with the sender's name is told", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "other-key", NULL,
	  NULL, NULL },
	{ "023", "the address counts, not the name", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "name-is-address", NULL, NULL,
	  mallory_sent },
	{ "024", "two senders: no verdict for either", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_MISMATCH, "multiple-from", NULL,
	  NULL, NULL },
	{ "029", "the worst of two signatures counts", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, one_good_one_bad },
	{ "031", "changed after signing", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, tampered },
	{ "033", "an expired key", ENCRYPTION_NONE, SIGNATURE_EXPIRED_KEY, VERDICT_SIGNED, NULL, NULL, NULL, NULL },
	{ "034", "a revoked key", ENCRYPTION_NONE, SIGNATURE_REVOKED_KEY, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "035", "signed in the future", ENCRYPTION_NONE, SIGNATURE_FUTURE, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "037", "a weak hash", ENCRYPTION_NONE, SIGNATURE_WEAK, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "038", "micalg is not believed", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL, NULL },
	{ "044", "an old signature under a new subject", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "date-differs", NULL, NULL,
	  old_signature },
	{ "045", "a signed mail attached signs nothing outside", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  attached_unsigned },
	{ "046", "parts stay apart, whatever markup is open", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "partly-signed", NULL,
	  NULL, framed_beside },
	{ "047", "two texts that differ", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "alternative-differs", "90 day", NULL,
	  NULL },
	{ "048", "a bare literal is not encrypted", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_lock },
	{ "049", "nor what is only signed", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_lock },
	{ "051", "two messages in one", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_text },
	{ "052", "two literals in one", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, no_text },
	{ "054", "signed for somebody else, perhaps", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, "recipient-unbound",
	  NULL, NULL, NULL },
	{ "055", "a hidden recipient", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, three_hidden },
	{ "056", "a passphrase is not asked for", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, "symmetric", NULL, SECRET,
	  NULL },
	{ "057", "500 session keys", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, "too-many-recipients", NULL, NULL, NULL },
	{ "058", "a bomb stays closed", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "060", "60 layers of compression", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "061", "30 layers of encryption", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, "nested-encryption", NULL, SECRET,
	  NULL },
	{ "062", "an Autocrypt key beside the pinned one is told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  autocrypt_named },
	{ "068", "an attached key is named, not taken in", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  attached_named },
	{ "070", "a secret key is told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "key-secret", NULL, NULL, NULL },
	{ "074", "a key of version 6", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "key-unsupported", NULL, NULL, v6_named },
	{ "075", "authorized_keys", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "081", "a_.txt__[2J", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "control-characters", NULL, NULL, NULL },
	{ "082", "report_fdp.sh", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "bidi", NULL, NULL, bidi_name },
	{ "083", "_-rf", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "084", "pwned", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "088", "attachment-1", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "089", "a name of 5,000 characters is cut", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  long_name_cut },
	{ "090", "good.txt", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "name-differs", NULL, NULL, both_names },
	{ "093", "_CON", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "094", "mailcap", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "095", "the literal packet's name is no path", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  no_attachment },
	{ "104", "what a carriage return hides is there", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, "account B", NULL,
	  carriage_shown },
	{ "109", "bidi controls are told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "bidi", NULL, NULL, bidi_shown },
	{ "110", "marks upon marks are read", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, marks_capped },
	{ "111", "letters that look alike are told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "mixed-script", NULL, NULL,
	  NULL },
	{ "112", "a line end in the subject makes no header", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "control-characters",
	  NULL, NULL, no_bcc },
	{ "114", "the address is mallory's", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, mallory_sent },
	{ "115", "and here too", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, mallory_sent },
	{ "116", "Hello world", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "117", "a character in two words", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, no_control_bytes },
	{ "120", "a case's tag is part of the subject, no more", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  NULL },
	{ "122", "references in a circle", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, reference_kept },
	{ "124", "Authentication-Results make no verdict", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "125", "Reply-To is kept apart from the sender", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  reply_to_kept_apart },
	{ "126", "a receipt is told, not sent", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "receipt-requested", NULL, NULL,
	  NULL },
	{ "128", "commands in a mail are text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, "x-resend", NULL, NULL },
	{ "129", "a TLP in the subject is text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "130", "a lone line end makes no header", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "malformed", NULL, NULL,
	  no_bcc },
	{ "137", "60 levels", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "limit-depth", NULL, NULL, depth_capped },
	{ "141", "20,000 parts", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "limit-parts", NULL, NULL, parts_capped },
	{ "143", "continuations with gaps", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, only_x },
	{ "144", "a parameter that hangs GMime", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "148", "two boundaries", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "malformed", "view A", "view B", NULL },
	{ "152", "base64 that readers read differently", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "encoding-ambiguous",
	  "VIRUS!!", NULL, NULL },
	{ "153", "illegal characters in base64", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "encoding-ambiguous", NULL, NULL,
	  NULL },
	{ "157", "an external body is not fetched", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "external-body", NULL, NULL,
	  not_fetched },
	{ "158", "a line in a body opens no mail", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, one_text },
	{ "160", "an empty body", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, nothing_but_header },
	{ "164", "a charset that is not on the list", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "control-characters", NULL,
	  NULL, not_converted },
	{ "165", "a charset's name of 10 kB", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, x_without_charset },
	{ "171", "nothing is fetched, links are text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-remote", NULL, NULL,
	  NULL },
	{ "172", "hidden text is counted", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-hidden",
	  "[hidden: 13 characters]", "Publish today", NULL },
	{ "173", "a link that lies", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-link-mismatch",
	  "<http://evil.example/login>", NULL, NULL },
	{ "178", "a captured ciphertext stays closed", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "efail-structure",
	  "short question", SECRET, second_closed },
	{ "184", "mailto is text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, no_bcc },
	{ "185", "the protected subject is shown", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL,
	  protected_subject },
	{ "186", "another sender inside is told", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, "protected-from-mismatch", NULL, NULL,
	  outer_mallory },
	{ "189", "RFC 9788 is read", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL, hidden_subject },
	{ "192", "a certificate nobody vouches for", ENCRYPTION_NONE, SIGNATURE_UNKNOWN_KEY, VERDICT_SIGNED, "smime", NULL, NULL,
	  NULL },
	{ "194", "opaque: only what is signed", ENCRYPTION_NONE, SIGNATURE_UNKNOWN_KEY, VERDICT_SIGNED, "smime", NULL, NULL, NULL },
	{ "195", "nobody signed", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, "smime", NULL, NULL, NULL },
	{ "196", "what is signed is not what is shown", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, "smime", NULL, NULL,
	  NULL },
	{ "197", "a whole message in place of a signature", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, NULL, NULL, NULL,
	  NULL },
	{ "199", "cleartext: what gpg put out", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, "BEGIN PGP", account_a },
	{ "200", "a form feed hides nothing", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, form_feed_shown },
	{ "201", "nor does a zero", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, zero_shown },
	{ "203", "blanks at line ends are not signed", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, "BEGIN PGP",
	  account_a },
	{ "205", "a line of 30,000 characters", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "206", "a second beginning in the armour", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "efail-structure", NULL, SECRET,
	  NULL },
	{ "207", "a notation makes no verdict", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_MISMATCH, NULL, NULL, NULL, NULL },
	{ "208", "a key of 500 user ids is bounded", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  user_ids_bounded },
};

#endif
