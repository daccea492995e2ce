/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From raw bytes to a judged record: the sandboxed worker takes structure apart, gpg decrypts and
 * verifies, and only what the cryptography covers may call itself covered.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"

enum { SESSION_KEYS = 32, ANONYMOUS_KEYS = 8 };

/* REASON is kept in English; whoever shows it translates it. */
static void set_reason(struct mail_record *record, enum encryption_state state, const char *reason)
{
	record->encryption = state;
	mem_replace(&record->encryption_reason, reason);
}

static void take_signatures(struct mail_record *record, struct openpgp_result *result)
{
	size_t total = record->signature_count + result->signature_count;

	if (!result->signature_count)
		return;
	record->signatures = mem_resize(record->signatures, total, sizeof(*record->signatures));
	for (size_t i = 0; i < result->signature_count; i++) {
		record->signatures[record->signature_count] = result->signatures[i];
		record->signatures[record->signature_count++].covers_message = true;
	}
	free(result->signatures);
	result->signatures = NULL;
	result->signature_count = 0;
}

static void free_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void take_decryption(struct mail_record *record, struct openpgp_result *result)
{
	set_reason(record, result->state, result->reason);
	if (result->recipient_count) {
		/* gpg names them better than the packet walk did. */
		free_words(record->recipients, record->recipient_count);
		record->recipients = result->recipients;
		record->recipient_count = result->recipient_count;
		result->recipients = NULL;
		result->recipient_count = 0;
	}
	free(record->session_key);
	record->session_key = result->session_key;
	result->session_key = NULL;
	if (result->state == ENCRYPTION_DECRYPTED)
		take_signatures(record, result);
}

/* Moves INNER's member to OUTER when INNER has one. */
static void prefer(char **outer, char **inner)
{
	if (!*inner)
		return;
	free(*outer);
	*outer = *inner;
	*inner = NULL;
}

static bool same_sender(const struct mail_record *a, const struct mail_record *b)
{
	const char *one = mail_record_sender(a), *other = mail_record_sender(b);

	return !one || !other || str_casecmp(one, other) == 0;
}

static void cover(struct mail_record *record, bool encrypted, bool covered)
{
	for (size_t i = 0; i < record->part_count; i++) {
		record->parts[i].encrypted = encrypted;
		record->parts[i].covered = covered;
	}
}

/* What was inside the encryption is what the mail says; the outside keeps its own subject and sender. */
static void merge_inner(struct mail_record *outer, struct mail_record *inner)
{
	if (!same_sender(outer, inner))
		mail_record_add_flag(outer, "protected-from-mismatch");
	if (inner->subject) {
		free(outer->outer_subject);
		outer->outer_subject = outer->subject;
		outer->subject = inner->subject;
		inner->subject = NULL;
	}
	prefer(&outer->text, &inner->text);
	outer->html_only = inner->html_only;
	for (size_t i = 0; i < inner->flag_count; i++)
		mail_record_add_flag(outer, inner->flags[i]);
	for (size_t i = 0; i < outer->part_count; i++) {
		free(outer->parts[i].path);
		free(outer->parts[i].type);
		free(outer->parts[i].charset);
	}
	free(outer->parts);
	outer->parts = inner->parts;
	outer->part_count = inner->part_count;
	inner->parts = NULL;
	inner->part_count = 0;
	for (size_t i = 0; i < outer->attachment_count; i++) {
		struct mail_attachment *a = &outer->attachments[i];

		free(a->name);
		free(a->safe_name);
		free(a->type);
		free(a->bytes);
	}
	free(outer->attachments);
	outer->attachments = inner->attachments;
	outer->attachment_count = inner->attachment_count;
	inner->attachments = NULL;
	inner->attachment_count = 0;
}

/* ---- by kind */

/* Counted before gpg sees them: 500 anonymous packets cost a protected key more than a minute. */
static bool packets_fit(struct mail_record *record, const struct parsed_mail *parsed)
{
	if (parsed->session_key_packets < 0) {
		set_reason(record, ENCRYPTION_REFUSED,
			   N_("what stands in place of the ciphertext is not OpenPGP"));
		return false;
	}
	if (parsed->session_key_packets > SESSION_KEYS || parsed->anonymous_packets > ANONYMOUS_KEYS) {
		mail_record_add_flag(record, "too-many-recipients");
		set_reason(record, ENCRYPTION_REFUSED, N_("it is encrypted to more keys than the limit"));
		return false;
	}
	if (parsed->session_key_packets == 0) {
		mail_record_add_flag(record, "symmetric");
		set_reason(record, ENCRYPTION_REFUSED, N_("it is encrypted to no key, only to a passphrase"));
		return false;
	}
	return true;
}

static int verify_signed(struct desk *desk, struct parsed_mail *parsed, instant now, struct mail_record *record,
			 struct error *err)
{
	struct openpgp_result result;
	int code = openpgp_verify(desk->pgp, parsed->payload.bytes, parsed->payload.length,
				  parsed->signature.bytes, parsed->signature.length, now, &result, err);

	if (code)
		return code;
	take_signatures(record, &result);
	cover(record, record->encryption == ENCRYPTION_DECRYPTED, true);
	openpgp_result_release(&result);
	return 0;
}

/* The entity inside an encryption: its structure goes through the worker like any stranger's. */
static int read_entity(struct desk *desk, const struct str *plain, instant now, struct mail_record *record,
		       struct error *err)
{
	struct parsed_mail inner = { 0 };
	AUTO_ERROR why = ERROR_INIT;
	bool signed_outside = record->signature_count > 0;
	int code = 0;

	if (parse_worker_mail(desk->worker, plain->bytes, plain->length, true, &inner, &why)) {
		mail_record_add_flag(record, "unreadable");
		mem_replace(&record->encryption_reason, why.why);
		return 0;
	}
	merge_inner(record, &inner.record);
	cover(record, true, signed_outside);
	if (inner.crypto == MAIL_CRYPTO_SIGNED && !signed_outside)
		code = verify_signed(desk, &inner, now, record, err);
	else if (inner.crypto == MAIL_CRYPTO_ENCRYPTED || inner.crypto == MAIL_CRYPTO_INLINE_ENCRYPTED)
		mail_record_add_flag(record, "nested-encryption");
	parsed_mail_release(&inner);
	return code;
}

static void take_plain_text(struct mail_record *record, const struct str *plain, bool encrypted)
{
	AUTO_JSON text = js_new_string(plain->bytes, plain->length);

	mem_replace(&record->text, json_string_value(text));
	cover(record, encrypted, record->signature_count > 0);
}

static int open_encrypted(struct desk *desk, struct parsed_mail *parsed, instant now,
			  struct mail_record *record, struct error *err)
{
	struct openpgp_result result;
	int code;

	if (!packets_fit(record, parsed))
		return 0;
	code = openpgp_decrypt(desk->pgp, parsed->payload.bytes, parsed->payload.length, MAIL_LIMIT, now,
			       &result, err);
	if (code)
		return code;
	take_decryption(record, &result);
	if (record->encryption == ENCRYPTION_DECRYPTED && parsed->crypto == MAIL_CRYPTO_ENCRYPTED)
		code = read_entity(desk, &result.plain, now, record, err);
	else if (record->encryption == ENCRYPTION_DECRYPTED)
		take_plain_text(record, &result.plain, true);
	openpgp_result_release(&result);
	return code;
}

static int open_signed(struct desk *desk, struct parsed_mail *parsed, instant now, struct mail_record *record,
		       struct error *err)
{
	return verify_signed(desk, parsed, now, record, err);
}

/* Only what gpg says was signed is shown: text can stand around and even inside the armour. */
static int open_clear_signed(struct desk *desk, struct parsed_mail *parsed, instant now,
			     struct mail_record *record, struct error *err)
{
	struct openpgp_result result;
	int code = openpgp_verify_clear(desk->pgp, parsed->payload.bytes, parsed->payload.length, now, &result,
					err);

	if (code)
		return code;
	if (result.plain.length) {
		take_signatures(record, &result);
		take_plain_text(record, &result.plain, false);
	} else {
		take_signatures(record, &result);
	}
	openpgp_result_release(&result);
	return 0;
}

static int (*const openers[])(struct desk *desk, struct parsed_mail *parsed, instant now,
			      struct mail_record *record, struct error *err) = {
	[MAIL_CRYPTO_NONE] = NULL,
	[MAIL_CRYPTO_ENCRYPTED] = open_encrypted,
	[MAIL_CRYPTO_SIGNED] = open_signed,
	[MAIL_CRYPTO_INLINE_ENCRYPTED] = open_encrypted,
	[MAIL_CRYPTO_INLINE_SIGNED] = open_clear_signed,
};

static void hash_attachments(struct mail_record *record)
{
	for (size_t i = 0; i < record->attachment_count; i++) {
		struct mail_attachment *a = &record->attachments[i];

		if (a->bytes)
			vault_sha256(a->bytes, a->size, a->sha256);
	}
}

int desk_read_mail(struct desk *desk, const char *bytes, size_t length, instant now, struct mail_record *ret,
		   struct error *err)
{
	struct parsed_mail parsed = { 0 };
	AUTO_ERROR why = ERROR_INIT;
	struct mail_record record = { .date = INSTANT_NONE };
	const char *sender;
	int code = 0;

	if (parse_worker_mail(desk->worker, bytes, length, false, &parsed, &why)) {
		record.verdict = VERDICT_UNSIGNED;
		record.subject = mem_format(_("(unreadable: %s)"), why.why);
		mail_record_add_flag(&record, "unreadable");
		*ret = record;
		return 0;
	}
	record = parsed.record;
	parsed.record = (struct mail_record){ .date = INSTANT_NONE };
	if (openers[parsed.crypto])
		code = openers[parsed.crypto](desk, &parsed, now, &record, err);
	parsed_mail_release(&parsed);
	if (code) {
		mail_record_release(&record);
		return code;
	}
	hash_attachments(&record);
	sender = mail_record_sender(&record);
	mail_record_judge(&record, sender && desk->model ? model_pinned(desk->model, sender) : NULL);
	*ret = record;
	return 0;
}

int desk_mail_read(const char *gpg_home, const char *bytes, size_t length, instant now,
		   struct mail_record *ret, struct error *err)
{
	struct desk desk = { 0 };
	int code = parse_worker_start(&desk.worker, err);

	if (!code)
		code = openpgp_open(gpg_home, &desk.pgp, err);
	if (!code)
		code = desk_read_mail(&desk, bytes, length, now, ret, err);
	openpgp_close(desk.pgp);
	parse_worker_stop(desk.worker);
	return code;
}
