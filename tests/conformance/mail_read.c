/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real and hostile mail read with the keys it was made for: every row of the index of real mail as it is expected,
 * and of the hostile ones, by name, what must hold for each.
 */
#include "desk/desk_private.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/openpgp.h"
#include "tests/unit/tap.h"

enum { FILE_LIMIT = 64 << 20, NO_SIGNATURE = SIGNATURE_COUNT, ANY = -1 };

#define SECRET "SECRET-7f3a"

static struct desk desk;
static const char *corpora;

/* ---- hostile mail, by name */

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

static bool both_listed(const struct mail_record *r)
{
	return r->signature_count == 2;
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

/* What must hold. ENCRYPTION and SIGNATURE (the worst over the whole message) may be ANY. */
static const struct demand {
	const char *number, *what;
	int encryption, signature, verdict;
	const char *flag, *text, *absent; /* NULL: not asked for */
	bool (*more)(const struct mail_record *r);
} demands[] = {
	{ "001", "not opened beside other parts, which stay apart", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED,
	  "efail-structure", NULL, SECRET, three_parts },
	{ "005", "altered: nothing of it is shown", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "006", "cut off: nothing of it is shown", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "007", "without integrity protection: refused", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET,
	  NULL },
	{ "008", "S/MIME that does not show alterations is marked", ANY, NO_SIGNATURE, VERDICT_UNSIGNED,
	  "not-integrity-protected", NULL, NULL, NULL },
	{ "009", "a signed part does not sign the mail", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "partly-signed", NULL,
	  NULL, only_part_signed },
	{ "013", "text in armour headers is not shown", ENCRYPTION_NONE, ANY, ANY, NULL, NULL, "Comment:", NULL },
	{ "014", "a badge in the text is text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
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
	{ "029", "the worst of two signatures counts", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, both_listed },
	{ "031", "changed after signing", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "033", "an expired key", ENCRYPTION_NONE, SIGNATURE_EXPIRED_KEY, VERDICT_SIGNED, NULL, NULL, NULL, NULL },
	{ "034", "a revoked key", ENCRYPTION_NONE, SIGNATURE_REVOKED_KEY, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "035", "signed in the future", ENCRYPTION_NONE, SIGNATURE_FUTURE, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "037", "a weak hash", ENCRYPTION_NONE, SIGNATURE_WEAK, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "038", "micalg is not believed", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL, NULL },
	{ "044", "an old signature under a new subject", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "date-differs", NULL, NULL,
	  NULL },
	{ "045", "a signed mail attached signs nothing outside", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  NULL },
	{ "046", "parts stay apart, whatever markup is open", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "partly-signed", NULL,
	  NULL, only_part_signed },
	{ "047", "two texts that differ", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, "alternative-differs", "90 day", NULL,
	  NULL },
	{ "048", "a bare literal is not encrypted", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "049", "nor what is only signed", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "051", "two messages in one", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "052", "two literals in one", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "054", "signed for somebody else, perhaps", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, "recipient-unbound",
	  NULL, NULL, NULL },
	{ "055", "a hidden recipient", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "056", "a passphrase is not asked for", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, "symmetric", NULL, SECRET,
	  NULL },
	{ "057", "500 session keys", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, "too-many-recipients", NULL, NULL, NULL },
	{ "058", "a bomb stays closed", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "060", "60 layers of compression", ENCRYPTION_FAILED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "061", "30 layers of encryption", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, "nested-encryption", NULL, SECRET,
	  NULL },
	{ "062", "an Autocrypt key beside the pinned one is told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  keys_named },
	{ "068", "an attached key is named, not taken in", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  keys_named },
	{ "070", "a secret key is told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "key-secret", NULL, NULL, NULL },
	{ "074", "a key of version 6", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "key-unsupported", NULL, NULL, v6_named },
	{ "075", "authorized_keys", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "081", "a_.txt__[2J", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "control-characters", NULL, NULL, NULL },
	{ "082", "report_fdp.sh", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "bidi", NULL, NULL, NULL },
	{ "083", "_-rf", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "084", "pwned", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "088", "attachment-1", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "089", "a name of 5,000 characters is cut", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  long_name_cut },
	{ "090", "good.txt", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "name-differs", NULL, NULL, NULL },
	{ "093", "_CON", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "094", "mailcap", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "095", "the literal packet's name is no path", ENCRYPTION_DECRYPTED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  no_attachment },
	{ "104", "what a carriage return hides is there", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, "account B", NULL,
	  NULL },
	{ "109", "bidi controls are told", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "bidi", NULL, NULL, NULL },
	{ "110", "marks upon marks are read", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
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
	{ "137", "60 levels", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "limit-depth", NULL, NULL, NULL },
	{ "141", "20,000 parts", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "limit-parts", NULL, NULL, parts_capped },
	{ "143", "continuations with gaps", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "144", "a parameter that hangs GMime", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "148", "two boundaries", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "malformed", "view A", "view B", NULL },
	{ "152", "base64 that readers read differently", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "encoding-ambiguous",
	  "VIRUS!!", NULL, NULL },
	{ "153", "illegal characters in base64", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "encoding-ambiguous", NULL, NULL,
	  NULL },
	{ "157", "an external body is not fetched", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "external-body", NULL, NULL,
	  NULL },
	{ "158", "a line in a body opens no mail", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, one_text },
	{ "160", "an empty body", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "164", "a charset that is not on the list", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "control-characters", NULL,
	  NULL, NULL },
	{ "165", "a charset's name of 10 kB", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, NULL },
	{ "171", "nothing is fetched, links are text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-remote", NULL, NULL,
	  NULL },
	{ "172", "hidden text is counted", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-hidden",
	  "[hidden: 13 characters]", "Publish today", NULL },
	{ "173", "a link that lies", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "html-link-mismatch",
	  "<http://evil.example/login>", NULL, NULL },
	{ "178", "a captured ciphertext stays closed", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "efail-structure",
	  "short question", SECRET, NULL },
	{ "184", "mailto is text", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL, no_bcc },
	{ "185", "the protected subject is shown", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL,
	  protected_subject },
	{ "186", "another sender inside is told", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, ANY, "protected-from-mismatch", NULL, NULL,
	  outer_sender },
	{ "189", "RFC 9788 is read", ENCRYPTION_DECRYPTED, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, NULL, hidden_subject },
	{ "192", "a certificate nobody vouches for", ENCRYPTION_NONE, SIGNATURE_UNKNOWN_KEY, VERDICT_SIGNED, "smime", NULL, NULL,
	  NULL },
	{ "194", "opaque: only what is signed", ENCRYPTION_NONE, SIGNATURE_UNKNOWN_KEY, VERDICT_SIGNED, "smime", NULL, NULL, NULL },
	{ "195", "nobody signed", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, "smime", NULL, NULL, NULL },
	{ "196", "what is signed is not what is shown", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, "smime", NULL, NULL,
	  NULL },
	{ "197", "a whole message in place of a signature", ENCRYPTION_NONE, SIGNATURE_MALFORMED, VERDICT_BAD, NULL, NULL, NULL,
	  NULL },
	{ "199", "cleartext: what gpg put out", ENCRYPTION_NONE, ANY, ANY, NULL, NULL, "BEGIN PGP", NULL },
	{ "200", "a form feed hides nothing", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "201", "nor does a zero", ENCRYPTION_NONE, SIGNATURE_BAD, VERDICT_BAD, NULL, NULL, NULL, NULL },
	{ "203", "blanks at line ends are not signed", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_SIGNED, NULL, NULL, "BEGIN PGP",
	  NULL },
	{ "205", "a line of 30,000 characters", ENCRYPTION_REFUSED, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, SECRET, NULL },
	{ "206", "a second beginning in the armour", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, "efail-structure", NULL, SECRET,
	  NULL },
	{ "207", "a notation makes no verdict", ENCRYPTION_NONE, SIGNATURE_GOOD, VERDICT_MISMATCH, NULL, NULL, NULL, NULL },
	{ "208", "a key of 500 user ids is bounded", ENCRYPTION_NONE, NO_SIGNATURE, VERDICT_UNSIGNED, NULL, NULL, NULL,
	  user_ids_bounded },
};

static const struct demand *demand_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(demands); i++)
		if (str_starts(file, demands[i].number))
			return &demands[i];
	return NULL;
}

/* What is not as it must be, or NULL. */
static const char *unmet(const struct demand *d, const struct mail_record *r)
{
	if (d->encryption != ANY && (int)r->encryption != d->encryption)
		return encryption_name(r->encryption);
	if (d->signature != ANY && (int)mail_record_signature(r) != d->signature)
		return "signature";
	if (d->verdict != ANY && (int)r->verdict != d->verdict)
		return verdict_name(r->verdict);
	if (d->flag && !mail_record_has_flag(r, d->flag))
		return d->flag;
	if (d->text && !strstr(r->text, d->text))
		return d->text;
	if (d->absent && strstr(r->text, d->absent))
		return "text that must not be there";
	/* A name in place of a sentence: the attachment is called so. */
	if (r->attachment_count == 1 && !strchr(d->what, ' ') && !has_attachment(r, d->what))
		return "name";
	if (str_equal(d->number, "116") && !str_equal(r->subject, d->what))
		return "subject";
	return d->more && !d->more(r) ? "more" : NULL;
}

/* What no mail may do, whatever else it is. */
static const char *never(const struct mail_record *r)
{
	for (size_t i = 0; i < r->attachment_count; i++) {
		const char *name = r->attachments[i].safe_name;

		if (!*name || strchr(".-", *name) || strpbrk(name, "/\\\n\r\x1B") || strlen(name) > 128)
			return "unsafe name";
	}
	if (r->verdict == VERDICT_VERIFIED)
		return "verified without a pin";
	return r->encryption == ENCRYPTION_NONE || r->encryption == ENCRYPTION_DECRYPTED || !strstr(r->text, SECRET) ?
		       NULL :
		       "a closed mail's text";
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int read_file(const char *folder, const char *file, struct mail_record *ret)
{
	AUTO_STRING path = mem_format("%s/%s/%s", corpora, folder, file);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	instant now = (instant)time(NULL) * INSTANT_SECOND;
	int code = file_read(path, FILE_LIMIT, &bytes, &err);

	if (!code)
		code = desk_read_mail(&desk, bytes.bytes, bytes.length, NULL, now, ret, &err);
	if (code)
		printf("# %s: %s\n", file, err.why);
	return code;
}

static void test_hostile_row(const char *file)
{
	const struct demand *d = demand_find(file);
	struct mail_record r = { 0 };
	double start = seconds();
	const char *wrong;

	if (!CHECK(d != NULL, "%s has its demand", file) || !CHECK(read_file("mail-hostile", file, &r) == 0, "%s is read", file))
		return;
	wrong = never(&r);
	if (!wrong)
		wrong = unmet(d, &r);
	CHECK(!wrong, "%s: %s%s%s", file, d->what, wrong ? ": " : "", wrong ? wrong : "");
	CHECK_QUIET(seconds() - start < 10, "%s takes no longer than its limits", file);
	mail_record_release(&r);
}

/* With the finder's key pinned: his own signature is verified, another key with his name is not. */
static void test_pinned(void)
{
	static const struct { const char *file; enum mail_verdict verdict; } rows[] = {
		{ "038-sig-micalg-lies.eml", VERDICT_VERIFIED }, { "022-fake-uid-key.eml", VERDICT_MISMATCH },
		{ "021-from-not-signer.eml", VERDICT_MISMATCH }, { "024-two-from-headers.eml", VERDICT_MISMATCH },
		{ "029-two-sigs-one-bad.eml", VERDICT_BAD }, { "009-sig-wrapped-prepend.eml", VERDICT_UNSIGNED },
		{ "185-ph-good.eml", VERDICT_VERIFIED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mail_record r = { 0 }, own = { 0 };

		if (read_file("mail-hostile", rows[i].file, &r) || read_file("mail-hostile", "038-sig-micalg-lies.eml", &own))
			return;
		mail_record_judge(&r, own.signatures[0].fingerprint);
		CHECK(r.verdict == rows[i].verdict, "%s with a pin: %s", rows[i].file, verdict_name(r.verdict));
		mail_record_release(&r);
		mail_record_release(&own);
	}
}

/* ---- real mail, by what its index expects */

struct row { char *file, *kind, *expected, *observed; };

static bool is_smime(const struct row *row)
{
	return strstr(row->kind, "smime") != NULL;
}

/* Not opened because of what stands around it, or inside something else. */
static bool closed(const struct mail_record *r)
{
	return mail_record_has_flag(r, "efail-structure") || mail_record_has_flag(r, "nested-encryption");
}

static bool has_state(const struct mail_record *r, enum signature_state state)
{
	for (size_t i = 0; i < r->signature_count; i++)
		if (r->signatures[i].state == state)
			return true;
	return false;
}

static bool check_plain(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption == ENCRYPTION_NONE && r->signature_count == 0 && r->verdict == VERDICT_UNSIGNED;
}

static bool check_no_key(const struct row *row, const struct mail_record *r)
{
	return r->encryption == ENCRYPTION_NO_KEY || closed(r) || (is_smime(row) && r->encryption == ENCRYPTION_NONE);
}

/* The collection has no certificates of the sample's own, so its S/MIME is asked for a key in vain. */
static bool check_decrypts(const struct row *row, const struct mail_record *r)
{
	return r->encryption == ENCRYPTION_DECRYPTED || closed(r) || (is_smime(row) && r->encryption == ENCRYPTION_NO_KEY);
}

/* SHA-1 is weak for us, whoever calls it good; nobody vouches for the test certificates. What stands beside unsigned
 * text inline is not taken out of it. */
static bool check_verifies(const struct row *row, const struct mail_record *r)
{
	if (is_smime(row))
		return has_state(r, SIGNATURE_UNKNOWN_KEY) || has_state(r, SIGNATURE_WEAK) ||
		       (strstr(row->file, "SHA1") && r->verdict == VERDICT_BAD);
	return has_state(r, SIGNATURE_GOOD) || has_state(r, SIGNATURE_WEAK) ||
	       (strstr(row->kind, "inline") && mail_record_has_flag(r, "partly-signed"));
}

static bool check_unknown_signer(const struct row *row, const struct mail_record *r)
{
	return has_state(r, SIGNATURE_UNKNOWN_KEY) ||
	       (strstr(row->kind, "inline") && mail_record_has_flag(r, "partly-signed"));
}

static bool check_expired(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return has_state(r, SIGNATURE_EXPIRED_KEY) || has_state(r, SIGNATURE_WEAK);
}

static bool check_fails(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return (r->encryption != ENCRYPTION_DECRYPTED || closed(r)) && !has_state(r, SIGNATURE_GOOD);
}

static bool check_signature_fails(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return !has_state(r, SIGNATURE_GOOD);
}

static bool check_spoof(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->verdict == VERDICT_MISMATCH || r->verdict == VERDICT_BAD || r->verdict == VERDICT_UNSIGNED ||
	       mail_record_signature(r) == SIGNATURE_UNKNOWN_KEY;
}

static bool check_closed(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption != ENCRYPTION_DECRYPTED && closed(r);
}

static const struct word {
	const char *word;
	bool (*check)(const struct row *row, const struct mail_record *r);
	int count;
} words_of_index[] = {
	{ "plain:authres-test", check_plain, 25 }, { "plain", check_plain, 71 }, { "no-key", check_no_key, 19 },
	{ "decrypts", check_decrypts, 38 }, { "verifies", check_verifies, 30 }, { "unknown-signer", check_unknown_signer, 13 },
	{ "expired-key", check_expired, 4 }, { "must-fail-signature", check_signature_fails, 11 },
	{ "must-fail", check_fails, 12 }, { "spoof:must-not-show-verified(verifies)", check_spoof, 12 },
	{ "spoof:must-not-show-verified(must-fail-signature)", check_spoof, 3 },
	{ "exfil:reply-must-not-carry-plaintext(decrypts)", check_closed, 5 },
};
static int words_seen[ARRAY_LEN(words_of_index)], words_wrong[ARRAY_LEN(words_of_index)];

static void check_word(const char *word, size_t length, const struct row *row, const struct mail_record *r)
{
	for (size_t i = 0; i < ARRAY_LEN(words_of_index); i++) {
		if (strlen(words_of_index[i].word) != length || memcmp(words_of_index[i].word, word, length) != 0)
			continue;
		words_seen[i]++;
		if (words_of_index[i].check(row, r))
			return;
		words_wrong[i]++;
		printf("# %s (%s): %s %s, %s\n", row->file, row->expected, encryption_name(r->encryption),
		       str_or_empty(r->encryption_reason), verdict_name(r->verdict));
		return;
	}
	CHECK(0, "%s: nobody knows what \"%.*s\" means", row->file, (int)length, word);
}

static void test_real_row(const struct row *row)
{
	struct mail_record r = { 0 };
	const char *wrong;

	if (read_file("mail", row->file, &r)) {
		CHECK(0, "%s is read", row->file);
		return;
	}
	wrong = never(&r);
	CHECK_QUIET(!wrong, "%s: %s", row->file, wrong);
	for (const char *word = row->expected; *word;) {
		size_t length = strcspn(word, ",");

		check_word(word, length, row, &r);
		word += length + (word[length] == ',');
	}
	mail_record_release(&r);
}

/* ---- the indexes */

static void each_row(const char *folder, void (*take)(char **columns))
{
	AUTO_STRING path = mem_format("%s/%s/index.tsv", corpora, folder);
	AUTO_STR text = STR_INIT;
	char *save = NULL;
	bool first = true;

	if (file_read(path, FILE_LIMIT, &text, NULL) != 0)
		return;
	for (char *line = strtok_r(text.bytes, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *columns[8] = { line };

		for (int i = 1; i < 8; i++) {
			columns[i] = columns[i - 1] + strcspn(columns[i - 1], "\t");
			if (*columns[i])
				*columns[i]++ = '\0';
		}
		if (!first)
			take(columns);
		first = false;
	}
}

static int hostile_rows, real_rows;

static void take_hostile(char **columns)
{
	hostile_rows++;
	test_hostile_row(columns[0]);
}

static void take_real(char **columns)
{
	const struct row row = { columns[0], columns[2], columns[4], columns[5] };

	real_rows++;
	test_real_row(&row);
}

/* ---- keys */

static void run(const char *program, const char *option, const char *path)
{
	char *argv[] = { (char *)program, (char *)"--batch", (char *)"--quiet", (char *)option, (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, program, &actions, NULL, argv, environ) == 0)
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&actions);
}

static void import_keys(void)
{
	static const struct { const char *program, *file; } files[] = {
		{ "gpg", "mail/keys/all-public.asc" }, { "gpg", "mail/keys/all-secret.asc" },
		{ "gpg", "mail-hostile/keys/alice-pub.asc" }, { "gpg", "mail-hostile/keys/erin-pub.asc" },
		{ "gpg", "mail-hostile/keys/eveesc-pub.asc" }, { "gpg", "mail-hostile/keys/fakealice-pub.asc" },
		{ "gpg", "mail-hostile/keys/mallory-pub.asc" }, { "gpg", "mail-hostile/keys/nl-pub.asc" },
		{ "gpg", "mail-hostile/keys/psirt-sec.asc" }, { "gpg", "mail-hostile/keys/rita-revoked.asc" },
		{ "gpg", "mail-hostile/keys/wanda-pub.asc" }, { "gpgsm", "mail-hostile/keys/smime-alice.crt" },
		{ "gpgsm", "mail-hostile/keys/smime-mallory.crt" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_STRING path = mem_format("%s/%s", corpora, files[i].file);

		run(files[i].program, "--import", path);
	}
}

/* What a handler's own options would change: verdicts, readers, keys, what is asked of a network. None may count. */
static void spoil_options(const char *home)
{
	static const char *const files[][2] = {
		{ "gpg.conf", "allow-weak-digest-algos\nignore-time-conflict\nignore-valid-from\nignore-mdc-error\n"
			      "allow-multiple-messages\nallow-multisig-verification\nfaked-system-time 20200101T000000\n"
			      "auto-key-retrieve\nauto-key-import\nkeyserver hkp://127.0.0.1:1\nencrypt-to psirt@vendor.example\n"
			      "trust-model always\nmax-output 10\nskip-verify\ncompliance de-vs\nno-such-option\n" },
		{ "gpgsm.conf", "disable-policy-checks\nfaked-system-time 20200101T000000\nno-such-option\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_STRING path = file_join(home, files[i][0]);

		if (file_write(path, files[i][1], strlen(files[i][1]), 0600, NULL))
			BUG("%s cannot be written", path);
	}
}

static void test_all(void)
{
	double start = seconds();

	each_row("mail-hostile", take_hostile);
	CHECK(hostile_rows == (int)ARRAY_LEN(demands), "%d hostile mails, %zu demands", hostile_rows, ARRAY_LEN(demands));
	test_pinned();
	each_row("mail", take_real);
	for (size_t i = 0; i < ARRAY_LEN(words_of_index); i++)
		CHECK(words_seen[i] == words_of_index[i].count && !words_wrong[i], "%s: %d mails, %d wrong",
		      words_of_index[i].word, words_seen[i], words_wrong[i]);
	CHECK(real_rows >= 230, "%d real mails, %.0f a second of both", real_rows,
	      (real_rows + hostile_rows) / (seconds() - start));
}

/* A sound cleartext block spoiled in the ways gpg does not mind. */
static void test_clear_policy(void)
{
	static const struct { const char *what, *to; bool sound; } rows[] = {
		{ "as it is", NULL, true },
		{ "NotDashEscaped", "Hash: SHA256\nNotDashEscaped: You need GnuPG\n", false },
		{ "a comment in its head", "Hash: SHA256\nComment: pay account B\n", false },
	};
	AUTO_STRING path = mem_format("%s/mail-hostile/203-clearsig-trailing-space.eml", corpora);
	AUTO_STR bytes = STR_INIT;
	const char *block;

	if (file_read(path, FILE_LIMIT, &bytes, NULL) || !(block = strstr(bytes.bytes, "-----BEGIN PGP SIGNED")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *at = strstr(block, "Hash: SHA256\n");
		AUTO_STR made = STR_INIT;
		struct openpgp_result result;

		if (!CHECK(at != NULL, "the block has a hash"))
			return;
		str_add_bytes(&made, block, (size_t)(at - block));
		str_add(&made, rows[i].sound ? "Hash: SHA256\n" : rows[i].to);
		str_add(&made, at + strlen("Hash: SHA256\n"));
		openpgp_verify_clear(desk.pgp, made.bytes, made.length, (instant)time(NULL) * INSTANT_SECOND, &result, NULL);
		CHECK(result.signature_count == 1 && (result.signatures[0].state == SIGNATURE_GOOD) == rows[i].sound &&
			      (result.plain.length > 0) == rows[i].sound, "cleartext, %s: %s", rows[i].what,
		      signature_name(result.signatures[0].state));
		openpgp_result_release(&result);
	}
}

/* Signatures by the thousand keep gpg busy for minutes: they are none. */
static void test_many_signatures(void)
{
	AUTO_STR many = STR_INIT;
	struct openpgp_result result;
	double start = seconds();

	for (int i = 0; i < 2000; i++)
		str_add(&many, "a signature, perhaps");
	openpgp_verify(desk.pgp, "x", 1, many.bytes, many.length, (instant)time(NULL) * INSTANT_SECOND, &result, NULL);
	CHECK(result.signature_count == 1 && result.signatures[0].state == SIGNATURE_MALFORMED && seconds() - start < 1,
	      "%zu bytes of signatures are malformed at once", many.length);
	openpgp_result_release(&result);
}

/* A key that came along is in no key ring afterwards. */
static void test_nothing_taken_in(void)
{
	struct openpgp_key key = { 0 };
	struct mail_record r = { 0 };

	if (read_file("mail-hostile", "208-key-attached-500-uids.eml", &r) || !r.key_count)
		return;
	CHECK(openpgp_find(desk.pgp, r.keys[0].fingerprint, false, &key, NULL) != 0, "the attached key is not in the key ring");
	mail_record_release(&r);
}

int main(int argc, char **argv)
{
	AUTO_STRING home = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (argc == 2 && strcmp(argv[1], PARSE_WORKER_ARGUMENT) == 0)
		parse_worker_main(true);
	corpora = tap_corpora("mail with its keys");
	if (!corpora)
		return tap_done();
	home = mem_format("%s/gnupg-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(home) || setenv("GNUPGHOME", home, 1))
		return 1;
	import_keys();
	spoil_options(home);
	if (!CHECK(parse_worker_start(&desk.worker, &err) == 0 && openpgp_open(NULL, &desk.pgp, &err) == 0, "worker and gpg are there"))
		return tap_done();
	test_all();
	test_nothing_taken_in();
	test_clear_policy();
	test_many_signatures();
	openpgp_close(desk.pgp);
	parse_worker_stop(desk.worker);
	openpgp_stop_agent(home);
	file_remove_tree(home, NULL);
	return tap_done();
}
