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
#include "mail_demands.h"

enum { FILE_LIMIT = 64 << 20 };

static struct desk desk;
static const char *corpora;

/* ---- hostile mail, by name */

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
		{ "185-ph-good.eml", VERDICT_VERIFIED }, { "019-sigspoof-uid-newline.eml", VERDICT_MISMATCH },
		{ "020-uid-escape-sequence.eml", VERDICT_MISMATCH }, { "013-inline-fake-hash-header.eml", VERDICT_VERIFIED },
		{ "033-sig-expired-key.eml", VERDICT_SIGNED }, { "195-smime-no-signers.eml", VERDICT_BAD },
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

static bool has_state(const struct mail_record *r, enum signature_state state)
{
	for (size_t i = 0; i < r->signature_count; i++)
		if (r->signatures[i].state == state)
			return true;
	return false;
}

/*
 * What is otherwise than its index expects, by name: what stands beside ciphertext keeps it closed, what stands beside signed
 * text keeps the mail unsigned, SHA-1 is weak here, whoever calls it good. Each must be exactly so.
 */
static const struct apart {
	const char *file;
	enum encryption_state encryption;
	int signature;           /* the worst over the whole message, or NO_SIGNATURE */
	const char *flag;
	int part;                /* the state of a signature over a part, or NO_SIGNATURE */
} aparts[] = {
	{ "inlinepgpencrypted-appendix.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "partial-encrypt-for-alice-plaintext.eml", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "forward-openpgp-signed-encrypted-no-from.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "openpgp-inline-multiple.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "mails/bounce.eml", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "openpgp-inline-encrypted+nonenc.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "smime-encrypted-ambiguous-mime.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "efail-structure", NO_SIGNATURE },
	{ "testdata/smime-cert.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "smime", NO_SIGNATURE },
	{ "testdata/openpgp-signed-encrypted.mbox", ENCRYPTION_DECRYPTED, SIGNATURE_WEAK, NULL, NO_SIGNATURE },
	{ "msg/inline-signed-qp.eml", ENCRYPTION_NONE, SIGNATURE_WEAK, NULL, NO_SIGNATURE },
	{ "msg/multipart-signed-qp.eml", ENCRYPTION_NONE, SIGNATURE_WEAK, NULL, NO_SIGNATURE },
	{ "data/openpgp-signed-two-attachments.mbox", ENCRYPTION_NONE, SIGNATURE_WEAK, NULL, NO_SIGNATURE },
	{ "testdata/openpgp-signed-two-attachments.mbox", ENCRYPTION_NONE, SIGNATURE_WEAK, NULL, NO_SIGNATURE },
	{ "smime/alice.dsig.SHA1.multipart.eml", ENCRYPTION_NONE, SIGNATURE_WEAK, "smime", NO_SIGNATURE },
	{ "smime/alice.plain.dsig.SHA1.multipart.dave.dsig.SHA1.multipart.eml", ENCRYPTION_NONE, SIGNATURE_WEAK, "smime", SIGNATURE_WEAK },
	{ "smime/alice.plain.sig.SHA1.opaque.dave.dsig.SHA1.multipart.eml", ENCRYPTION_NONE, SIGNATURE_WEAK, "smime", NO_SIGNATURE },
	/* gpgsm refuses it, openssl does not; SHA-1 anyway */
	{ "smime/alice.sig.SHA1.opaque", ENCRYPTION_NONE, SIGNATURE_BAD, "smime", NO_SIGNATURE },
	/* the outer signature holds, the one inside of it does not */
	{ "smime/alice.env.dsig.SHA512.multipart.dave.sig.SHA512.opaque.eml", ENCRYPTION_NO_KEY, SIGNATURE_BAD, "smime", NO_SIGNATURE },
	{ "smime/alice.env.dsig.SHA1.multipart.dave.sig.SHA1.opaque.eml", ENCRYPTION_NO_KEY, SIGNATURE_BAD, "smime", NO_SIGNATURE },
	{ "testdata/openpgp-inline-signed.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "partly-signed", SIGNATURE_GOOD },
	/* made by a version of PGP that contradicts itself about the hash */
	{ "testdata/0075.faa4a28fdd9a82edd6d35ebb6bae3085.eml", ENCRYPTION_NONE, NO_SIGNATURE, "partly-signed", SIGNATURE_MALFORMED },
	{ "openpgp-signed-mailinglist.mbox", ENCRYPTION_NONE, NO_SIGNATURE, "partly-signed", SIGNATURE_UNKNOWN_KEY },
	{ "default/bar/cur/20:2,", ENCRYPTION_NONE, NO_SIGNATURE, "partly-signed", SIGNATURE_UNKNOWN_KEY },
	{ "default/foo/cur/08:2,", ENCRYPTION_NONE, NO_SIGNATURE, "partly-signed", SIGNATURE_UNKNOWN_KEY },
};
static int aparts_seen;

static const struct apart *apart_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(aparts); i++)
		if (str_ends(file, aparts[i].file))
			return &aparts[i];
	return NULL;
}

static bool check_apart(const struct apart *a, const struct mail_record *r)
{
	bool part = a->part == NO_SIGNATURE;

	for (size_t i = 0; i < r->signature_count; i++)
		part |= !r->signatures[i].covers_message && (int)r->signatures[i].state == a->part;
	return r->encryption == a->encryption && (int)mail_record_signature(r) == a->signature && part &&
	       (!a->flag || mail_record_has_flag(r, a->flag)) && r->verdict != VERDICT_VERIFIED;
}

static bool check_plain(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption == ENCRYPTION_NONE && r->signature_count == 0 && r->verdict == VERDICT_UNSIGNED;
}

static bool check_no_key(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption == ENCRYPTION_NO_KEY && r->encryption_reason && r->verdict == VERDICT_UNSIGNED;
}

/* The collection has no certificates of the sample's own, so its S/MIME is asked for a key in vain. */
static bool check_decrypts(const struct row *row, const struct mail_record *r)
{
	return r->encryption == (is_smime(row) ? ENCRYPTION_NO_KEY : ENCRYPTION_DECRYPTED);
}

/* Nobody vouches for the test certificates. */
static bool check_verifies(const struct row *row, const struct mail_record *r)
{
	return mail_record_signature(r) == (is_smime(row) ? SIGNATURE_UNKNOWN_KEY : SIGNATURE_GOOD);
}

static bool check_unknown_signer(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return mail_record_signature(r) == SIGNATURE_UNKNOWN_KEY && r->verdict == VERDICT_SIGNED;
}

static bool check_expired(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return mail_record_signature(r) == SIGNATURE_EXPIRED_KEY;
}

static bool check_fails(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption != ENCRYPTION_DECRYPTED && !has_state(r, SIGNATURE_GOOD) &&
	       (r->verdict == VERDICT_BAD || r->verdict == VERDICT_UNSIGNED);
}

/* A certificate that is not here is all that gpgsm can say of some. */
static bool check_signature_fails(const struct row *row, const struct mail_record *r)
{
	return !has_state(r, SIGNATURE_GOOD) &&
	       (r->verdict == VERDICT_BAD || r->verdict == VERDICT_UNSIGNED ||
		(is_smime(row) && strstr(row->observed, "certificate not found") && r->verdict == VERDICT_SIGNED &&
		 mail_record_signature(r) == SIGNATURE_UNKNOWN_KEY));
}

/* Certificates nobody vouches for are signed by an unknown key, whatever name the sender takes. */
static bool check_spoof(const struct row *row, const struct mail_record *r)
{
	return r->verdict == VERDICT_MISMATCH || r->verdict == VERDICT_BAD || r->verdict == VERDICT_UNSIGNED ||
	       (is_smime(row) && mail_record_signature(r) == SIGNATURE_UNKNOWN_KEY);
}

static bool check_closed(const struct row *row, const struct mail_record *r)
{
	(void)row;
	return r->encryption == ENCRYPTION_NONE && mail_record_has_flag(r, "efail-structure") && !has_state(r, SIGNATURE_GOOD);
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
	const struct apart *apart = apart_find(row->file);

	for (size_t i = 0; i < ARRAY_LEN(words_of_index); i++) {
		if (strlen(words_of_index[i].word) != length || memcmp(words_of_index[i].word, word, length) != 0)
			continue;
		words_seen[i]++;
		if (apart ? check_apart(apart, r) : words_of_index[i].check(row, r))
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
	aparts_seen += apart_find(row->file) != NULL;
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
	CHECK(aparts_seen == (int)ARRAY_LEN(aparts) + 1, "%d mails are otherwise than expected, each by name", aparts_seen);
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
