/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real and hostile mail through the real worker: every file is answered within the limits, and what
 * the indexes say about its structure is what is found. One line for each class of files.
 */
#include "psirtty/base/file.h"
#include "psirtty/worker/parse.h"

#include <time.h>

#include "tests/unit/tap.h"

enum { FILE_LIMIT = 64 << 20, CLASSES = 200 };

struct class_count { char *name; int files, wrong; double slowest; };

static struct class_count classes[CLASSES];
static size_t class_count;
static struct parse_worker *worker;

/* What must be found in a hostile file: flags (all of them), crypto, numbers, texts. */
static const struct expectation {
	const char *file, *flag;
	enum mail_crypto crypto;
	int session_keys;           /* -2: not looked at */
	const char *subject, *text; /* NULL: not looked at; text is looked for */
	const char *absent;         /* must not be in the text */
} expectations[] = {
	{ "001-efail-direct-mixed.eml", "efail-structure", MAIL_CRYPTO_NONE, -2, NULL, NULL, "BEGIN PGP" },
	{ "005-seipd-bitflip.eml", NULL, MAIL_CRYPTO_ENCRYPTED, 1, NULL, NULL, NULL },
	{ "006-seipd-truncated.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -2, NULL, NULL, NULL },
	{ "007-sed-no-mdc-tag9.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -1, NULL, NULL, NULL },
	{ "009-sig-wrapped-prepend.eml", "partly-signed", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "024-two-from-headers.eml", "multiple-from", MAIL_CRYPTO_SIGNED, -2, NULL, NULL, NULL },
	{ "031-sig-tampered.eml", NULL, MAIL_CRYPTO_SIGNED, -2, NULL, NULL, NULL },
	{ "038-sig-micalg-lies.eml", NULL, MAIL_CRYPTO_SIGNED, -2, NULL, NULL, NULL },
	{ "046-sig-hidden-by-html.eml", "partly-signed", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "048-enc-not-encrypted-literal.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -1, NULL, NULL, NULL },
	{ "049-enc-not-encrypted-signed.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -1, NULL, NULL, NULL },
	{ "051-enc-mixed-plain-packets.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -1, NULL, NULL, NULL },
	{ "056-enc-symmetric.eml", "symmetric", MAIL_CRYPTO_ENCRYPTED, 0, NULL, NULL, NULL },
	{ "057-enc-500-pkesk.eml", NULL, MAIL_CRYPTO_ENCRYPTED, 500, NULL, NULL, NULL },
	{ "081-fn-control-bytes.eml", "control-characters", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "082-fn-bidi-override.eml", "bidi", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "109-bidi-body.eml", "bidi", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "112-rfc2047-newline-injection.eml", "control-characters", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "116-rfc2047-adjacent-padded.eml", NULL, MAIL_CRYPTO_NONE, -2, "Hello world", NULL, NULL },
	{ "130-header-bare-lf-smuggle.eml", "malformed", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "137-nest-multipart-60.eml", "limit-depth", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "141-parts-20000.eml", "limit-parts", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "144-gmime-165-hang.eml", NULL, MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "148-boundary-duplicate-param.eml", "malformed", MAIL_CRYPTO_NONE, -2, NULL, "view A", "view B" },
	{ "152-base64-chunked.eml", NULL, MAIL_CRYPTO_NONE, -2, NULL, "VIRUS!!", NULL },
	{ "164-charset-iso2022cnext.eml", "control-characters", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "171-html-remote-everything.eml", "html-remote", MAIL_CRYPTO_NONE, -2, NULL, NULL, NULL },
	{ "172-html-hidden-text.eml", "html-only", MAIL_CRYPTO_NONE, -2, NULL, "day 90", "today" },
	{ "173-html-link-mismatch.eml", NULL, MAIL_CRYPTO_NONE, -2, NULL, "<http", NULL },
	{ "178-oracle-mixed-second-part.eml", "efail-structure", MAIL_CRYPTO_NONE, -2, NULL, "short question", NULL },
	{ "185-ph-good.eml", NULL, MAIL_CRYPTO_ENCRYPTED, -2, NULL, NULL, NULL },
	{ "194-smime-opaque.eml", "smime", MAIL_CRYPTO_SMIME_OPAQUE, -2, NULL, NULL, NULL },
	{ "195-smime-no-signers.eml", "smime", MAIL_CRYPTO_SMIME_SIGNED, -2, NULL, NULL, NULL },
};

/* Which crypto the kinds of the other index may come out as; the flag stands for it when it is not at the top. */
static const struct { const char *kind; enum mail_crypto crypto; const char *flag; } kinds[] = {
	{ "pgpmime-encrypted", MAIL_CRYPTO_ENCRYPTED, "efail-structure" },
	{ "pgpmime-signed", MAIL_CRYPTO_SIGNED, "partly-signed" },
	{ "pgp-inline-encrypted", MAIL_CRYPTO_INLINE_ENCRYPTED, "efail-structure" },
	{ "pgp-inline-signed", MAIL_CRYPTO_INLINE_SIGNED, "partly-signed" },
	{ "plain", MAIL_CRYPTO_NONE, NULL },
};

static struct class_count *class_of(const char *name, size_t length)
{
	for (size_t i = 0; i < class_count; i++)
		if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0)
			return &classes[i];
	if (class_count == CLASSES)
		BUG("more than %d classes", CLASSES);
	classes[class_count].name = mem_copy(name, length);
	return &classes[class_count++];
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *compare(const struct expectation *e, const struct parsed_mail *mail)
{
	if (e->flag && !mail_record_has_flag(&mail->record, e->flag))
		return e->flag;
	if (mail->crypto != e->crypto)
		return "crypto";
	if (e->session_keys != -2 && mail->session_key_packets != e->session_keys)
		return "session keys";
	if (e->subject && !str_equal(mail->record.subject, e->subject))
		return "subject";
	if (e->text && !strstr(mail->record.text, e->text))
		return "text";
	return e->absent && strstr(mail->record.text, e->absent) ? "text that must be absent" : NULL;
}

/* What is true of every record, whatever the mail. */
static const char *compare_always(const struct parsed_mail *mail)
{
	const struct mail_record *r = &mail->record;

	for (size_t i = 0; i < r->attachment_count; i++) {
		const char *name = r->attachments[i].safe_name;

		if (!*name || *name == '.' || *name == '-' || strpbrk(name, "/\\\n\r\x1B") || strlen(name) > 128)
			return "unsafe name";
	}
	if (r->part_count > 500 || r->from_count > 1000 || r->reference_count > 100)
		return "limits";
	if (mail->crypto == MAIL_CRYPTO_SIGNED && (!mail->payload.length || !mail->signature.length))
		return "signed without bytes";
	return NULL;
}

/* A setup message keeps its block in an attachment. */
static bool has_setup(const struct mail_record *r)
{
	for (size_t i = 0; i < r->attachment_count; i++)
		if (str_equal(r->attachments[i].type, "application/autocrypt-setup"))
			return true;
	return false;
}

static const char *compare_kind(const char *kind, size_t length, const struct parsed_mail *mail)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t word = strlen(kinds[i].kind);

		if (length < word || memcmp(kind, kinds[i].kind, word) != 0 ||
		    (length > word && kind[word] != '+'))
			continue;
		if (mail->crypto == kinds[i].crypto ||
		    (kinds[i].flag && mail_record_has_flag(&mail->record, kinds[i].flag)) ||
		    mail_record_has_flag(&mail->record, "nested-encryption") || has_setup(&mail->record))
			return NULL;
		return kinds[i].kind;
	}
	return NULL;
}

/* One file: NULL, or what is wrong. */
static const char *check_file(const char *dir, const char *name, const char *kind, size_t kind_length)
{
	AUTO_STRING path = file_join(dir, name);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	struct parsed_mail mail;
	const char *wrong;

	if (file_read(path, FILE_LIMIT, &bytes, &err) != 0)
		return "cannot be read";
	if (parse_worker_mail(worker, bytes.bytes, bytes.length, false, &mail, &err) != 0) {
		printf("# %s: %s\n", name, err.why);
		return "no answer";
	}
	wrong = compare_always(&mail);
	if (!wrong && kind)
		wrong = compare_kind(kind, kind_length, &mail);
	for (size_t i = 0; !wrong && i < ARRAY_LEN(expectations); i++)
		if (str_equal(expectations[i].file, name))
			wrong = compare(&expectations[i], &mail);
	if (wrong) {
		printf("# %s: %s (crypto %d, keys %d, flags", name, wrong, mail.crypto, mail.session_key_packets);
		for (size_t i = 0; i < mail.record.flag_count; i++)
			printf(" %s", mail.record.flags[i]);
		printf(")\n");
	}
	parsed_mail_release(&mail);
	return wrong;
}

/* Reads INDEX; the class is column CLASS (from 0), the file column 0. */
static void run_index(const char *corpora, const char *folder, int column, bool kind)
{
	AUTO_STRING dir = file_join(corpora, folder);
	AUTO_STRING index = file_join(dir, "index.tsv");
	AUTO_STR text = STR_INIT;
	bool first = true;

	if (file_read(index, FILE_LIMIT, &text, NULL) != 0)
		return;
	for (char *line = text.bytes, *next; *line; line = next) {
		const char *class = line;
		struct class_count *count;
		size_t length;
		double start;

		next = line + strcspn(line, "\n");
		next += *next && (*next = '\0', true);
		for (int i = 0; i < column; i++)
			class += strcspn(class, "\t") + 1;
		length = strcspn(class, "\t");
		line[strcspn(line, "\t")] = '\0';
		if (first || !*line) {
			first = false;
			continue;
		}
		count = class_of(class, length);
		start = seconds();
		count->wrong += check_file(dir, line, kind ? class : NULL, length) != NULL;
		count->files++;
		if (seconds() - start > count->slowest)
			count->slowest = seconds() - start;
	}
}

int main(int argc, char **argv)
{
	const char *corpora;
	AUTO_ERROR err = ERROR_INIT;
	double start;
	int files = 0;

	if (argc == 2 && strcmp(argv[1], PARSE_WORKER_ARGUMENT) == 0)
		parse_worker_main(true);
	corpora = tap_corpora("mail");
	if (!corpora)
		return tap_done();
	if (parse_worker_start(&worker, &err) != 0) {
		CHECK(0, "the worker starts: %s", err.why);
		return tap_done();
	}
	start = seconds();
	run_index(corpora, "mail-hostile", 1, false);
	run_index(corpora, "mail", 2, true);
	start = seconds() - start;
	for (size_t i = 0; i < class_count; i++) {
		files += classes[i].files;
		CHECK(classes[i].wrong == 0, "%s: %d files, %d wrong, slowest %.0f ms", classes[i].name,
		      classes[i].files, classes[i].wrong, classes[i].slowest * 1000);
		CHECK_QUIET(classes[i].slowest < 3, "%s takes no longer than its limits", classes[i].name);
		free(classes[i].name);
	}
	CHECK(files > 300, "%d files, %.0f a second", files, files / start);
	parse_worker_stop(worker);
	return tap_done();
}
