/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From raw bytes to a judged record: the sandboxed worker takes structure apart, gpg decrypts and
 * verifies, and only what the cryptography covers may call itself covered.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"

enum {
	SESSION_KEYS = 32, ANONYMOUS_KEYS = 8,
	LAYERS = 4,                  /* of S/MIME inside S/MIME */
	PLAIN_LEAST = 20 << 20,      /* bytes that may come out of any encryption, */
	PLAIN_FACTOR = 8,            /* and of a large one this many times its size */
};

struct reading {
	struct desk *desk;
	instant now;
	const char *session_key;     /* of an earlier reading, or NULL */
	struct mail_record *record;
	bool head_covered;           /* subject and sender come from inside what is protected */
	bool bound;                  /* and name whom it was written for */
	struct parse_worker *worker; /* that takes what was inside apart meanwhile, or NULL */
	struct openpgp_opening *opening; /* gpg works on it, or NULL */
	struct openpgp_result sealed; /* what gpg said, while that lasts */
};

/* REASON is kept in English; whoever shows it translates it. */
static void set_reason(struct mail_record *record, enum encryption_state state, const char *reason)
{
	record->encryption = state;
	mem_replace(&record->encryption_reason, reason);
}

/* The worst of what was found; SIGNATURE_COUNT for none. PATH: of the part they are about, NULL: the message. */
static enum signature_state take_signatures(struct mail_record *record, struct openpgp_result *result, const char *path)
{
	size_t total = record->signature_count + result->signature_count;
	enum signature_state worst = SIGNATURE_COUNT;

	if (!result->signature_count)
		return worst;
	record->signatures = mem_resize(record->signatures, total, sizeof(*record->signatures));
	for (size_t i = 0; i < result->signature_count; i++) {
		struct mail_signature *made = &record->signatures[record->signature_count++];

		*made = result->signatures[i];
		made->covers_message = !path;
		mem_replace(&made->path, path);
		if (worst == SIGNATURE_COUNT || made->state > worst)
			worst = made->state;
	}
	free(result->signatures);
	result->signatures = NULL;
	result->signature_count = 0;
	return worst;
}

/* Whether a signature of this state covers anything at all. */
static bool holds(enum signature_state state)
{
	return state != SIGNATURE_COUNT && state != SIGNATURE_BAD && state != SIGNATURE_MALFORMED;
}

static void free_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void take_recipients(struct mail_record *record, struct openpgp_result *result)
{
	if (!result->recipient_count)
		return;
	/* gpg names them better than the packet walk did. */
	free_words(record->recipients, record->recipient_count);
	record->recipients = result->recipients;
	record->recipient_count = result->recipient_count;
	result->recipients = NULL;
	result->recipient_count = 0;
}

static void take_decryption(struct mail_record *record, struct openpgp_result *result)
{
	set_reason(record, result->state, result->reason);
	take_recipients(record, result);
	free(record->session_key);
	record->session_key = result->session_key;
	result->session_key = NULL;
	if (result->state == ENCRYPTION_DECRYPTED)
		take_signatures(record, result, NULL);
}

/* ---- what was inside is what the mail says */

/* Swaps the members where INNER has one; what was outside goes with INNER. */
#define PREFER(outer, inner, member) do { \
	if ((inner)->member) { \
		__typeof__((inner)->member) outside = (outer)->member; \
		(outer)->member = (inner)->member; \
		(inner)->member = outside; \
	} \
} while (0)
#define PREFER_LIST(outer, inner, list, count) do { \
	if ((inner)->count) { \
		size_t number = (outer)->count; \
		PREFER(outer, inner, list); \
		(outer)->count = (inner)->count; \
		(inner)->count = number; \
	} \
} while (0)
/* The same whether INNER has something or nothing. */
#define EXCHANGE_LIST(outer, inner, list, count) do { \
	__typeof__((inner)->list) outside = (outer)->list; \
	size_t number = (outer)->count; \
	(outer)->list = (inner)->list; \
	(outer)->count = (inner)->count; \
	(inner)->list = outside; \
	(inner)->count = number; \
} while (0)

static bool same_sender(const struct mail_record *a, const struct mail_record *b)
{
	const char *one = mail_record_sender(a), *other = mail_record_sender(b);

	return !one || !other || str_casecmp(one, other) == 0;
}

static const struct mail_part *part_find(const struct mail_record *record, const char *path)
{
	for (size_t i = 0; i < record->part_count; i++)
		if (str_equal(record->parts[i].path, path))
			return &record->parts[i];
	return NULL;
}

static bool is_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 && path[length] == '.';
}

/* What a signature beside it covers: the first of the two parts, not the multipart, nor itself. */
static bool is_signed_child(const char *path, const char *multipart)
{
	AUTO_STRING child = mem_format("%s.1", multipart);

	return str_equal(path, child) || is_below(path, child);
}

/* BESIDE: by a signature that stands beside what it covers. */
static void cover(struct mail_record *record, bool encrypted, bool covered, bool beside)
{
	for (size_t i = 0; i < record->part_count; i++) {
		record->parts[i].encrypted = encrypted;
		record->parts[i].covered = covered && (!beside || is_signed_child(record->parts[i].path, "1"));
	}
}

static bool names_address(const struct mail_address *list, size_t count, const char *address)
{
	for (size_t i = 0; i < count; i++)
		if (str_casecmp(list[i].address, address) == 0)
			return true;
	return false;
}

/* Whether somebody the outside names is named inside too. */
static bool same_recipient(const struct mail_record *outer, const struct mail_record *inner)
{
	for (size_t i = 0; i < outer->to_count + outer->cc_count; i++) {
		const struct mail_address *a = i < outer->to_count ? &outer->to[i] : &outer->cc[i - outer->to_count];

		if (names_address(inner->to, inner->to_count, a->address) ||
		    names_address(inner->cc, inner->cc_count, a->address))
			return true;
	}
	return false;
}

/* Protected headers (RFC 9788 4): all but another sender, which stays outside and is told. */
static void merge_head(struct reading *r, struct mail_record *inner)
{
	struct mail_record *outer = r->record;

	r->head_covered = true;
	r->bound |= same_recipient(outer, inner);
	if (!same_sender(outer, inner))
		mail_record_add_flag(outer, "protected-from-mismatch");
	else
		PREFER_LIST(outer, inner, from, from_count);
	if (inner->subject) {
		free(outer->outer_subject);
		outer->outer_subject = outer->subject;
		outer->subject = inner->subject;
		inner->subject = NULL;
	}
	PREFER_LIST(outer, inner, to, to_count);
	PREFER_LIST(outer, inner, cc, cc_count);
	PREFER_LIST(outer, inner, reply_to, reply_to_count);
	PREFER_LIST(outer, inner, references, reference_count);
	PREFER(outer, inner, message_id);
	PREFER(outer, inner, in_reply_to);
	if (inner->date != INSTANT_NONE)
		outer->date = inner->date;
}

static void merge_flags(struct mail_record *outer, const struct mail_record *inner)
{
	for (size_t i = 0; i < inner->flag_count; i++)
		mail_record_add_flag(outer, inner->flags[i]);
}

static void merge_body(struct mail_record *outer, struct mail_record *inner)
{
	PREFER(outer, inner, text);
	outer->html_only = inner->html_only;
	merge_flags(outer, inner);
	EXCHANGE_LIST(outer, inner, parts, part_count);
	EXCHANGE_LIST(outer, inner, attachments, attachment_count);
	for (size_t i = 0; i < inner->key_count && outer->key_count < MAIL_KEYS; i++) {
		outer->keys = mem_resize(outer->keys, outer->key_count + 1, sizeof(*outer->keys));
		outer->keys[outer->key_count++] = inner->keys[i];
		inner->keys[i] = (struct mail_key){ 0 };
	}
}

static int check_parts(struct reading *r, const struct parsed_mail *parsed, struct error *err);
static int open_clear_signed(struct reading *r, struct parsed_mail *parsed, struct error *err);

/* ---- OpenPGP */

/* Counted before gpg sees them: 500 anonymous packets cost a protected key more than a minute. */
static bool packets_fit(struct mail_record *record, const struct parsed_mail *parsed)
{
	if (parsed->session_key_packets < 0) {
		set_reason(record, ENCRYPTION_REFUSED,
			   N_("what stands in place of the ciphertext is not encrypted, or not protected against changes"));
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

/* A little ciphertext does not become a mountain; a large attachment may still come packed. */
static size_t plain_limit(const struct str *ciphertext)
{
	size_t limit = ciphertext->length < MAIL_LIMIT / PLAIN_FACTOR ? ciphertext->length * PLAIN_FACTOR : MAIL_LIMIT;

	return limit > PLAIN_LEAST ? limit : PLAIN_LEAST;
}

/* Signed bytes as the worker cut them out; *RET_STATE is the worst of their signatures. */
static int verify_bytes(struct reading *r, bool smime, const struct str *bytes, const struct str *signature,
			const char *path, enum signature_state *ret_state, struct error *err)
{
	struct openpgp_result result;
	int code = (smime ? smime_verify : openpgp_verify)(r->desk->pgp, str_or_empty(bytes->bytes), bytes->length,
							   str_or_empty(signature->bytes), signature->length, r->now,
							   &result, err);

	if (code)
		return code;
	*ret_state = take_signatures(r->record, &result, path);
	openpgp_result_release(&result);
	return 0;
}

/* The header inside of what is only signed counts once the signature does. */
static void read_signed_head(struct reading *r, const struct str *bytes)
{
	struct parsed_mail inner = { 0 };

	if (parse_worker_mail(r->desk->worker, bytes->bytes, bytes->length, true, &inner, NULL) == 0)
		merge_head(r, &inner.record);
	parsed_mail_release(&inner);
}

static int open_signed(struct reading *r, struct parsed_mail *parsed, struct error *err)
{
	enum signature_state state;
	int code = verify_bytes(r, false, &parsed->payload, &parsed->signature, NULL, &state, err);

	if (code)
		return code;
	cover(r->record, false, holds(state), true);
	if (parsed->protected_head && holds(state))
		read_signed_head(r, &parsed->payload);
	return 0;
}

/* The entity inside an encryption: its structure goes through the worker like any stranger's. */
static int read_entity(struct reading *r, const struct str *plain, struct error *err)
{
	struct parsed_mail inner = { 0 };
	AUTO_ERROR why = ERROR_INIT;
	enum signature_state state = mail_record_signature(r->record);
	bool beside = state == SIGNATURE_COUNT;
	int code = r->worker ? parse_worker_end(r->worker, &inner, &why) :
			       parse_worker_mail(r->desk->worker, str_or_empty(plain->bytes), plain->length, true, &inner, &why);

	if (code) {
		mail_record_add_flag(r->record, "unreadable");
		mem_replace(&r->record->encryption_reason, why.why);
		return 0;
	}
	if (inner.protected_head)
		merge_head(r, &inner.record);
	merge_body(r->record, &inner.record);
	if (inner.crypto == MAIL_CRYPTO_SIGNED && state == SIGNATURE_COUNT)
		code = verify_bytes(r, false, &inner.payload, &inner.signature, NULL, &state, err);
	else if (inner.crypto == MAIL_CRYPTO_INLINE_SIGNED && state == SIGNATURE_COUNT)
		code = open_clear_signed(r, &inner, err), state = mail_record_signature(r->record), beside = false;
	else if (inner.crypto != MAIL_CRYPTO_NONE && inner.crypto != MAIL_CRYPTO_INLINE_SIGNED)
		mail_record_add_flag(r->record, "nested-encryption");
	cover(r->record, true, holds(state), beside);
	if (!code)
		code = check_parts(r, &inner, err);
	parsed_mail_release(&inner);
	return code;
}

static void take_plain_text(struct reading *r, const struct str *plain, bool encrypted, bool covered)
{
	struct mail_record *record = r->record;
	char *text = desk_plain_text(r->desk, plain, record->part_count ? record->parts[0].charset : NULL, record);

	free(record->text);
	record->text = text;
	if (record->part_count) {
		record->parts[0].text_at = 0;
		record->parts[0].text_length = strlen(record->text);
	}
	cover(record, encrypted, covered, false);
}

/* First gpg; then what was inside is taken apart, by a worker that may begin before this is asked for. */
static int decrypt(struct reading *r, const struct parsed_mail *parsed, struct error *err)
{
	const struct str *in = &parsed->payload;
	int code = 0;

	if (!packets_fit(r->record, parsed))
		return 0;
	if (!r->session_key || !openpgp_decrypt_again(r->desk->pgp, in->bytes, in->length, r->session_key,
						      plain_limit(in), r->now, &r->sealed))
		code = openpgp_decrypt(r->desk->pgp, in->bytes, in->length, plain_limit(in), r->now, &r->sealed, err);
	if (!code)
		take_decryption(r->record, &r->sealed);
	return code;
}

static int open_encrypted(struct reading *r, struct parsed_mail *parsed, struct error *err)
{
	struct mail_record *record = r->record;
	int code = 0;

	if (record->encryption == ENCRYPTION_DECRYPTED && parsed->crypto == MAIL_CRYPTO_ENCRYPTED)
		code = read_entity(r, &r->sealed.plain, err);
	else if (record->encryption == ENCRYPTION_DECRYPTED)
		take_plain_text(r, &r->sealed.plain, true, holds(mail_record_signature(record)));
	openpgp_result_release(&r->sealed);
	return code;
}

/* Only what gpg says was signed is shown: text can stand around and even inside the armour. */
static int open_clear_signed(struct reading *r, struct parsed_mail *parsed, struct error *err)
{
	struct openpgp_result result;
	enum signature_state state;
	int code = openpgp_verify_clear(r->desk->pgp, parsed->payload.bytes, parsed->payload.length, r->now, &result,
					err);

	if (code)
		return code;
	state = take_signatures(r->record, &result, NULL);
	if (result.plain.length)
		take_plain_text(r, &result.plain, false, holds(state));
	openpgp_result_release(&result);
	return 0;
}

/* ---- S/MIME: layers of signatures and envelopes, each the whole of the one around it */

static int open_layer(struct reading *r, struct parsed_mail *parsed, int layers, struct error *err);

/* Without gpgsm a message is kept as it is, and says so. */
static int without_gpgsm(struct mail_record *record, bool encrypted)
{
	if (encrypted)
		set_reason(record, ENCRYPTION_NO_KEY, N_("it is S/MIME, and there is no gpgsm here"));
	else
		mail_record_add_flag(record, "smime-unchecked");
	return 0;
}

static int read_layer(struct reading *r, const struct str *plain, int layers, struct error *err)
{
	struct parsed_mail inner = { 0 };
	int code = 0;

	if (parse_worker_mail(r->desk->worker, str_or_empty(plain->bytes), plain->length, true, &inner, NULL)) {
		mail_record_add_flag(r->record, "unreadable");
		return 0;
	}
	if (inner.protected_head && (r->record->encryption == ENCRYPTION_DECRYPTED ||
				     holds(mail_record_signature(r->record))))
		merge_head(r, &inner.record);
	merge_body(r->record, &inner.record);
	cover(r->record, r->record->encryption == ENCRYPTION_DECRYPTED, holds(mail_record_signature(r->record)), false);
	if (inner.crypto != MAIL_CRYPTO_NONE)
		code = open_layer(r, &inner, layers + 1, err);
	if (!code)
		code = check_parts(r, &inner, err);
	parsed_mail_release(&inner);
	return code;
}

static bool holds_cms(const struct mail_record *record)
{
	for (size_t i = 0; i < record->part_count; i++)
		if (str_ends(record->parts[i].path, "1.1") && strlen(record->parts[i].path) == 3 &&
		    strstr(record->parts[i].type, "pkcs7-mime"))
			return true;
	return false;
}

static int layer_signed(struct reading *r, struct parsed_mail *parsed, int layers, struct error *err)
{
	enum signature_state state;
	int code = verify_bytes(r, true, &parsed->payload, &parsed->signature, NULL, &state, err);

	if (code == ERR_DENIED)
		return without_gpgsm(r->record, false);
	if (code)
		return code;
	cover(r->record, r->record->encryption == ENCRYPTION_DECRYPTED, holds(mail_record_signature(r->record)), true);
	if (holds_cms(r->record))
		return read_layer(r, &parsed->payload, layers, err);
	if (parsed->protected_head && holds(state) && !r->head_covered)
		read_signed_head(r, &parsed->payload);
	return 0;
}

static int layer_opaque(struct reading *r, struct parsed_mail *parsed, int layers, struct error *err)
{
	struct openpgp_result result;
	int code = smime_verify(r->desk->pgp, parsed->payload.bytes, parsed->payload.length, NULL, 0, r->now, &result,
				err);

	if (code == ERR_DENIED)
		return without_gpgsm(r->record, false);
	if (code)
		return code;
	take_signatures(r->record, &result, NULL);
	if (result.plain.length)
		code = read_layer(r, &result.plain, layers, err);
	openpgp_result_release(&result);
	return code;
}

static int layer_enveloped(struct reading *r, struct parsed_mail *parsed, int layers, struct error *err)
{
	struct openpgp_result result;
	int code = smime_decrypt(r->desk->pgp, parsed->payload.bytes, parsed->payload.length,
				 plain_limit(&parsed->payload), &result, err);

	if (code == ERR_DENIED)
		return without_gpgsm(r->record, true);
	if (code)
		return code;
	set_reason(r->record, result.state, result.reason);
	take_recipients(r->record, &result);
	mail_record_add_flag(r->record, "not-integrity-protected");
	if (result.state == ENCRYPTION_DECRYPTED)
		code = read_layer(r, &result.plain, layers, err);
	openpgp_result_release(&result);
	return code;
}

static int open_layer(struct reading *r, struct parsed_mail *parsed, int layers, struct error *err)
{
	bool encrypted = parsed->crypto == MAIL_CRYPTO_SMIME_ENVELOPED;

	if (parsed->crypto < MAIL_CRYPTO_SMIME_SIGNED || layers == LAYERS ||
	    (encrypted && r->record->encryption != ENCRYPTION_NONE)) {
		mail_record_add_flag(r->record, "nested-encryption");
		return 0;
	}
	if (parsed->crypto == MAIL_CRYPTO_SMIME_SIGNED)
		return layer_signed(r, parsed, layers, err);
	return encrypted ? layer_enveloped(r, parsed, layers, err) : layer_opaque(r, parsed, layers, err);
}

static int open_smime(struct reading *r, struct parsed_mail *parsed, struct error *err)
{
	return open_layer(r, parsed, 0, err);
}

/* ---- any */

static int (*const openers[])(struct reading *r, struct parsed_mail *parsed, struct error *err) = {
	[MAIL_CRYPTO_NONE] = NULL,
	[MAIL_CRYPTO_ENCRYPTED] = open_encrypted,
	[MAIL_CRYPTO_SIGNED] = open_signed,
	[MAIL_CRYPTO_INLINE_ENCRYPTED] = open_encrypted,
	[MAIL_CRYPTO_INLINE_SIGNED] = open_clear_signed,
	[MAIL_CRYPTO_SMIME_SIGNED] = open_smime,
	[MAIL_CRYPTO_SMIME_OPAQUE] = open_smime,
	[MAIL_CRYPTO_SMIME_ENVELOPED] = open_smime,
};

/* Where gpg put something out, that is shown in place of the block; else the block stays as it came. */
static int check_clear(struct reading *r, const struct signed_part *part, struct error *err)
{
	struct openpgp_result result;
	AUTO_STRING path = NULL;
	AUTO_STRING text = NULL;
	int code = openpgp_verify_clear(r->desk->pgp, part->payload.bytes, part->payload.length, r->now, &result, err);
	enum signature_state worst = SIGNATURE_COUNT;

	if (code)
		return code;
	for (size_t i = 0; i < result.signature_count; i++)
		if (worst == SIGNATURE_COUNT || result.signatures[i].state > worst)
			worst = result.signatures[i].state;
	if (result.plain.length) {
		const struct mail_part *whole = part_find(r->record, part->path);
		const char *charset = whole ? whole->charset : NULL;
		AUTO_STRING came = desk_plain_text(r->desk, &part->payload, charset, r->record);

		text = desk_plain_text(r->desk, &result.plain, charset, r->record);
		path = desk_splice_clear(r->record, part->path, str_or_empty(came), text, holds(worst));
	}
	take_signatures(r->record, &result, path ? path : part->path);
	openpgp_result_release(&result);
	return 0;
}

/* Signatures over a part below the top: told for that part, never for the mail. */
static int check_parts(struct reading *r, const struct parsed_mail *parsed, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < parsed->signed_part_count; i++) {
		const struct signed_part *part = &parsed->signed_parts[i];
		enum signature_state state = SIGNATURE_COUNT;

		if (part->kind == SIGNED_CLEAR) {
			code = check_clear(r, part, err);
			continue;
		}
		code = verify_bytes(r, part->kind == SIGNED_SMIME, &part->payload, &part->signature, part->path, &state, err);
		if (code == ERR_DENIED && part->kind == SIGNED_SMIME)
			code = without_gpgsm(r->record, false);
		for (size_t k = 0; holds(state) && k < r->record->part_count; k++)
			if (is_signed_child(r->record->parts[k].path, part->path))
				r->record->parts[k].covered = true;
	}
	return code;
}

static bool signed_at_all(const struct mail_record *record, bool good)
{
	enum signature_state state = mail_record_signature(record);

	return good ? state == SIGNATURE_GOOD : holds(state);
}

/* A signature is made within moments of the date beside it, unless an old one is sent again. */
static bool date_differs(const struct mail_record *record)
{
	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *s = &record->signatures[i];
		instant apart = s->created - record->date;

		if (s->covers_message && s->created != INSTANT_NONE && record->date != INSTANT_NONE &&
		    (apart > INSTANT_DAY || apart < -INSTANT_DAY))
			return true;
	}
	return false;
}

static void flag_signed(struct reading *r, const char *pinned)
{
	struct mail_record *record = r->record;

	if (signed_at_all(record, false) && !r->head_covered)
		mail_record_add_flag(record, "subject-unsigned");
	if (date_differs(record))
		mail_record_add_flag(record, "date-differs");
	if (signed_at_all(record, true) && record->encryption == ENCRYPTION_DECRYPTED && !r->bound)
		mail_record_add_flag(record, "recipient-unbound");
	for (size_t i = 0; pinned && i < record->key_count; i++)
		if (str_equal(record->keys[i].source, "autocrypt") &&
		    str_casecmp(record->keys[i].fingerprint, pinned) != 0)
			mail_record_add_flag(record, "autocrypt-other-key");
}

static void hash_attachments(struct mail_record *record)
{
	for (size_t i = 0; i < record->attachment_count; i++) {
		struct mail_attachment *a = &record->attachments[i];

		if (a->bytes)
			vault_sha256(a->bytes, a->size, a->sha256);
	}
}

static void judge(struct reading *r)
{
	struct mail_record *record = r->record;
	const char *sender = mail_record_sender(record);
	const char *pinned = sender && r->desk->model ? model_pinned(r->desk->model, sender) : NULL;

	flag_signed(r, pinned);
	mail_record_judge(record, pinned);
	/* Anybody can make a key with the sender's name: where there are two, neither is his by itself. */
	if (record->verdict == VERDICT_SIGNED && sender && signed_at_all(record, true) &&
	    openpgp_count(r->desk->pgp, sender) > 1)
		mail_record_add_flag(record, "other-key");
}

void desk_unreadable(const struct error *why, struct mail_record *ret)
{
	*ret = (struct mail_record){ .date = INSTANT_NONE, .verdict = VERDICT_UNSIGNED };
	ret->subject = mem_format(_("(unreadable: %s)"), str_or_empty(why->why));
	mail_record_add_flag(ret, "unreadable");
}

bool desk_needs_keys(const struct parsed_mail *parsed)
{
	return parsed->crypto != MAIL_CRYPTO_NONE || parsed->signed_part_count > 0;
}

struct desk_reading {
	struct reading r;
	struct mail_record record;
	struct parsed_mail parsed;
	int code;              /* of the decryption */
	struct error why;
};

static bool is_sealed(const struct parsed_mail *parsed)
{
	return parsed->crypto == MAIL_CRYPTO_ENCRYPTED || parsed->crypto == MAIL_CRYPTO_INLINE_ENCRYPTED;
}

static struct desk_reading *new_reading(struct desk *desk, struct parsed_mail *parsed, const char *session_key,
					instant now)
{
	struct desk_reading *reading = mem_alloc(sizeof(*reading));

	reading->record = parsed->record;
	reading->parsed = *parsed;
	reading->parsed.record = (struct mail_record){ .date = INSTANT_NONE };
	*parsed = (struct parsed_mail){ .record = { .date = INSTANT_NONE }, .payload = STR_INIT, .signature = STR_INIT };
	reading->r = (struct reading){ .desk = desk, .now = now, .session_key = session_key, .record = &reading->record,
				       .sealed = { .plain = STR_INIT } };
	return reading;
}

struct desk_reading *desk_read_begin(struct desk *desk, struct parsed_mail *parsed, instant now)
{
	struct desk_reading *reading = new_reading(desk, parsed, NULL, now);
	const struct str *in = &reading->parsed.payload;

	if (is_sealed(&reading->parsed) && packets_fit(&reading->record, &reading->parsed))
		reading->r.opening = openpgp_decrypt_begin(desk->pgp, in->bytes, in->length, plain_limit(in));
	return reading;
}

bool desk_read_opened(struct desk_reading *reading)
{
	struct reading *r = &reading->r;

	if (r->opening) {
		openpgp_decrypt_end(r->opening, r->now, &r->sealed);
		r->opening = NULL;
		take_decryption(r->record, &r->sealed);
	}
	return !openpgp_was_late(r->record->encryption_reason);
}

void desk_read_ahead(struct desk_reading *reading, struct parse_worker *worker)
{
	const struct str *plain = &reading->r.sealed.plain;

	desk_read_opened(reading);
	if (worker && !reading->code && reading->parsed.crypto == MAIL_CRYPTO_ENCRYPTED &&
	    reading->record.encryption == ENCRYPTION_DECRYPTED &&
	    parse_worker_begin(worker, str_or_empty(plain->bytes), plain->length, true, NULL) == 0)
		reading->r.worker = worker;
}

int desk_read_end(struct desk_reading *reading, struct mail_record *ret, struct error *err)
{
	struct reading *r = &reading->r;
	const struct error *why = &reading->why;
	int code = reading->code;

	desk_read_opened(reading);
	if (code)
		error_set(err, code, str_or_empty(why->what), why->remedy, "%s", str_or_empty(why->why));
	else if (openers[reading->parsed.crypto])
		code = openers[reading->parsed.crypto](r, &reading->parsed, err);
	if (!code)
		code = check_parts(r, &reading->parsed, err);
	if (!code) {
		hash_attachments(&reading->record);
		judge(r);
		*ret = reading->record;
	} else {
		mail_record_release(&reading->record);
	}
	openpgp_result_release(&r->sealed);
	parsed_mail_release(&reading->parsed);
	error_release(&reading->why);
	free(reading);
	return code;
}

int desk_read_parsed(struct desk *desk, struct parsed_mail *parsed, const char *session_key, instant now,
		     struct mail_record *ret, struct error *err)
{
	struct desk_reading *reading = new_reading(desk, parsed, session_key, now);

	if (is_sealed(&reading->parsed))
		reading->code = decrypt(&reading->r, &reading->parsed, &reading->why);
	return desk_read_end(reading, ret, err);
}

int desk_read_mail(struct desk *desk, const char *bytes, size_t length, const char *session_key, instant now,
		   struct mail_record *ret, struct error *err)
{
	struct parsed_mail parsed = { 0 };
	AUTO_ERROR why = ERROR_INIT;

	if (parse_worker_mail(desk->worker, bytes, length, false, &parsed, &why)) {
		desk_unreadable(&why, ret);
		return 0;
	}
	return desk_read_parsed(desk, &parsed, session_key, now, ret, err);
}

int desk_mail_read(const char *gpg_home, const char *bytes, size_t length, instant now,
		   struct mail_record *ret, struct error *err)
{
	struct desk desk = { 0 };
	int code = parse_worker_start(&desk.worker, err);

	if (!code)
		code = openpgp_open(gpg_home, &desk.pgp, err);
	if (!code)
		code = desk_read_mail(&desk, bytes, length, NULL, now, ret, err);
	openpgp_close(desk.pgp);
	parse_worker_stop(desk.worker);
	return code;
}
