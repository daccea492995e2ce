/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of one mail: its JSON both ways, its flags, and what its signatures are worth. How a
 * mail is taken apart and how signatures are checked is for others.
 */
#include "psirtty/model/mail.h"

#include "psirtty/base/i18n.h"

enum { ITEM_LIMIT = 1000, TEXT_LIMIT = 64 * 1024, BODY_LIMIT = 20 * 1024 * 1024 };

#define X(name, word) word,
static const char *const encryption_words[] = { ENCRYPTION_STATES(X) NULL };
static const char *const signature_words[] = { SIGNATURE_STATES(X) NULL };
static const char *const verdict_words[] = { MAIL_VERDICTS(X) NULL };
#undef X

const char *encryption_name(enum encryption_state state)
{
	return encryption_words[state];
}

const char *signature_name(enum signature_state state)
{
	return signature_words[state];
}

const char *verdict_name(enum mail_verdict verdict)
{
	return verdict_words[verdict];
}

/* ---- release */

static void release_addresses(struct mail_address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(addresses[i].name);
		free(addresses[i].address);
	}
	free(addresses);
}

static void release_strings(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

void mail_signature_release(struct mail_signature *signature)
{
	free(signature->fingerprint);
	free(signature->hash);
	free(signature->addresses);
	free(signature->path);
}

static void release_lists(struct mail_record *record)
{
	for (size_t i = 0; i < record->signature_count; i++)
		mail_signature_release(&record->signatures[i]);
	for (size_t i = 0; i < record->part_count; i++) {
		free(record->parts[i].path);
		free(record->parts[i].type);
		free(record->parts[i].charset);
	}
	for (size_t i = 0; i < record->attachment_count; i++) {
		free(record->attachments[i].name);
		free(record->attachments[i].other_name);
		free(record->attachments[i].safe_name);
		free(record->attachments[i].type);
		free(record->attachments[i].path);
		free(record->attachments[i].bytes);
	}
	for (size_t i = 0; i < record->key_count; i++) {
		free(record->keys[i].fingerprint);
		free(record->keys[i].source);
		release_strings(record->keys[i].user_ids, record->keys[i].user_id_count);
	}
	free(record->keys);
	free(record->signatures);
	free(record->parts);
	free(record->attachments);
}

void mail_record_release(struct mail_record *record)
{
	release_addresses(record->from, record->from_count);
	release_addresses(record->to, record->to_count);
	release_addresses(record->cc, record->cc_count);
	release_addresses(record->reply_to, record->reply_to_count);
	release_strings(record->references, record->reference_count);
	release_strings(record->recipients, record->recipient_count);
	release_strings(record->flags, record->flag_count);
	release_lists(record);
	free(record->subject);
	free(record->outer_subject);
	free(record->message_id);
	free(record->in_reply_to);
	free(record->encryption_reason);
	free(record->session_key);
	free(record->text);
	free(record->sender);
	*record = (struct mail_record){ .date = INSTANT_NONE };
}

/* ---- flags */

void mail_record_add_flag(struct mail_record *record, const char *flag)
{
	size_t at = 0;

	while (at < record->flag_count && strcmp(record->flags[at], flag) < 0)
		at++;
	if (at < record->flag_count && str_equal(record->flags[at], flag))
		return;
	record->flags = mem_resize(record->flags, record->flag_count + 1, sizeof(char *));
	memmove(record->flags + at + 1, record->flags + at,
		(record->flag_count - at) * sizeof(char *));
	record->flags[at] = mem_string(flag);
	record->flag_count++;
}

bool mail_record_has_flag(const struct mail_record *record, const char *flag)
{
	for (size_t i = 0; i < record->flag_count; i++)
		if (str_equal(record->flags[i], flag))
			return true;
	return false;
}

/* ---- to JSON: what is absent is null, so that every member is always there */

static void put_string(json_t *object, const char *key, const char *value)
{
	if (value)
		js_set_string(object, key, value);
	else
		json_object_set_new(object, key, json_null());
}

static void put_instant(json_t *object, const char *key, instant at)
{
	char buffer[40];

	put_string(object, key, at == INSTANT_NONE ? NULL : instant_format(at, buffer));
}

static void put_addresses(json_t *object, const char *key, const struct mail_address *addresses,
			  size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = json_object();

		put_string(item, "name", addresses[i].name);
		put_string(item, "address", addresses[i].address);
		json_array_append_new(list, item);
	}
	json_object_set_new(object, key, list);
}

static void put_strings(json_t *object, const char *key, char *const *strings, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, js_new_string(strings[i], strlen(strings[i])));
	json_object_set_new(object, key, list);
}

static json_t *encryption_json(const struct mail_record *record, bool keep)
{
	json_t *object = json_object();

	js_set_string(object, "state", encryption_name(record->encryption));
	put_strings(object, "recipients", record->recipients, record->recipient_count);
	put_string(object, "reason", record->encryption_reason);
	if (keep)
		put_string(object, "session_key", record->session_key);
	return object;
}

static json_t *signatures_json(const struct mail_record *record, bool keep)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *signature = &record->signatures[i];
		json_t *item = json_object();

		js_set_string(item, "state", signature_name(signature->state));
		put_string(item, "fingerprint", signature->fingerprint);
		put_instant(item, "created", signature->created);
		put_string(item, "hash", signature->hash);
		js_set_string(item, "covers", signature->covers_message ? "message" : "part");
		put_string(item, "path", signature->path);
		if (keep && signature->addresses)
			js_set_string(item, "addresses", signature->addresses);
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *parts_json(const struct mail_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->part_count; i++) {
		const struct mail_part *part = &record->parts[i];
		json_t *item = json_object();

		put_string(item, "path", part->path);
		put_string(item, "type", part->type);
		put_string(item, "charset", part->charset);
		js_set_integer(item, "size", (long long)part->size);
		js_set_bool(item, "covered", part->covered);
		js_set_bool(item, "encrypted", part->encrypted);
		js_set_string(item, "verdict", verdict_name(part->verdict));
		js_set_integer(item, "text_at", (long long)part->text_at);
		js_set_integer(item, "text_length", (long long)part->text_length);
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *attachments_json(const struct mail_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct mail_attachment *attachment = &record->attachments[i];
		json_t *item = json_object();

		put_string(item, "name", attachment->name);
		put_string(item, "other_name", attachment->other_name);
		put_string(item, "safe_name", attachment->safe_name);
		put_string(item, "type", attachment->type);
		put_string(item, "path", attachment->path);
		js_set_integer(item, "size", (long long)attachment->size);
		put_string(item, "sha256", attachment->sha256[0] ? attachment->sha256 : NULL);
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *keys_json(const struct mail_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->key_count; i++) {
		const struct mail_key *key = &record->keys[i];
		json_t *item = json_object();

		put_string(item, "fingerprint", key->fingerprint);
		put_strings(item, "user_ids", key->user_ids, key->user_id_count);
		put_string(item, "source", key->source);
		json_array_append_new(list, item);
	}
	return list;
}

json_t *mail_record_to_json(const struct mail_record *record, bool keep)
{
	json_t *json = json_object();

	put_string(json, "subject", record->subject);
	put_string(json, "outer_subject", record->outer_subject);
	put_addresses(json, "from", record->from, record->from_count);
	put_addresses(json, "to", record->to, record->to_count);
	put_addresses(json, "cc", record->cc, record->cc_count);
	put_addresses(json, "reply_to", record->reply_to, record->reply_to_count);
	put_instant(json, "date", record->date);
	put_string(json, "message_id", record->message_id);
	put_strings(json, "in_reply_to", &record->in_reply_to, record->in_reply_to ? 1 : 0);
	put_strings(json, "references", record->references, record->reference_count);
	json_object_set_new(json, "encryption", encryption_json(record, keep));
	json_object_set_new(json, "signatures", signatures_json(record, keep));
	js_set_string(json, "verdict", verdict_name(record->verdict));
	put_string(json, "text", record->text);
	js_set_bool(json, "html_only", record->html_only);
	json_object_set_new(json, "parts", parts_json(record));
	json_object_set_new(json, "attachments", attachments_json(record));
	json_object_set_new(json, "keys", keys_json(record));
	put_strings(json, "flags", record->flags, record->flag_count);
	if (keep) {
		js_set_bool(json, "auto_submitted", record->auto_submitted);
		js_set_bool(json, "list_mail", record->list_mail);
	}
	return json;
}

/* ---- from JSON */

static char *take_text(const json_t *json)
{
	const char *value = json_string_value(json);

	return value && strnlen(value, TEXT_LIMIT + 1) <= TEXT_LIMIT ? mem_string(value) : NULL;
}

static char *take_string(const json_t *object, const char *key)
{
	return take_text(json_object_get(object, key));
}

static instant take_instant(const json_t *object, const char *key)
{
	const char *value = js_string(object, key);
	instant at;

	return value && instant_parse(value, &at, NULL) == 0 ? at : INSTANT_NONE;
}

static size_t take_size(const json_t *object, const char *key)
{
	long long value = js_integer(object, key, 0);

	return value > 0 ? (size_t)value : 0;
}

static int take_word(const json_t *object, const char *key, const char *const *words, int fallback)
{
	const char *value = js_string(object, key);

	for (int i = 0; value && words[i]; i++)
		if (str_equal(words[i], value))
			return i;
	return fallback;
}

static size_t bounded_size(const json_t *list)
{
	size_t count = json_array_size(list);

	return count < ITEM_LIMIT ? count : ITEM_LIMIT;
}

/* An address without text in it says nothing and is left out. */
static void take_addresses(const json_t *json, const char *key, struct mail_address **ret,
			   size_t *ret_count)
{
	const json_t *list = js_array(json, key);

	*ret = bounded_size(list) ? mem_alloc(bounded_size(list) * sizeof(**ret)) : NULL;
	for (size_t i = 0; i < bounded_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct mail_address *to = &(*ret)[*ret_count];

		to->name = take_string(item, "name");
		to->address = take_string(item, "address");
		if (to->name || to->address)
			(*ret_count)++;
	}
}

static void take_strings(const json_t *json, const char *key, char ***ret, size_t *ret_count)
{
	const json_t *list = js_array(json, key);

	*ret = bounded_size(list) ? mem_alloc(bounded_size(list) * sizeof(**ret)) : NULL;
	for (size_t i = 0; i < bounded_size(list); i++) {
		char *value = take_text(json_array_get(list, i));

		if (value)
			(*ret)[(*ret_count)++] = value;
	}
}

static void take_encryption(const json_t *json, struct mail_record *ret)
{
	const json_t *object = json_object_get(json, "encryption");

	ret->encryption = (enum encryption_state)take_word(object, "state", encryption_words,
							   ENCRYPTION_NONE);
	take_strings(object, "recipients", &ret->recipients, &ret->recipient_count);
	ret->encryption_reason = take_string(object, "reason");
	ret->session_key = take_string(object, "session_key");
}

/* A signature whose state is not known here counts as malformed, never as good. */
static void take_signatures(const json_t *json, struct mail_record *ret)
{
	const json_t *list = js_array(json, "signatures");

	ret->signature_count = bounded_size(list);
	if (ret->signature_count)
		ret->signatures = mem_alloc(ret->signature_count * sizeof(*ret->signatures));
	for (size_t i = 0; i < ret->signature_count; i++) {
		const json_t *item = json_array_get(list, i);
		struct mail_signature *to = &ret->signatures[i];

		to->state = (enum signature_state)take_word(item, "state", signature_words,
							    SIGNATURE_MALFORMED);
		to->fingerprint = take_string(item, "fingerprint");
		to->created = take_instant(item, "created");
		to->hash = take_string(item, "hash");
		to->covers_message = str_equal(js_string(item, "covers"), "message");
		to->addresses = take_string(item, "addresses");
		to->path = take_string(item, "path");
	}
}

static void take_parts(const json_t *json, struct mail_record *ret)
{
	const json_t *list = js_array(json, "parts");

	ret->part_count = bounded_size(list);
	if (ret->part_count)
		ret->parts = mem_alloc(ret->part_count * sizeof(*ret->parts));
	for (size_t i = 0; i < ret->part_count; i++) {
		const json_t *item = json_array_get(list, i);
		struct mail_part *to = &ret->parts[i];

		to->path = take_string(item, "path");
		to->type = take_string(item, "type");
		to->charset = take_string(item, "charset");
		to->size = take_size(item, "size");
		to->covered = js_bool(item, "covered");
		to->encrypted = js_bool(item, "encrypted");
		to->verdict = (enum mail_verdict)take_word(item, "verdict", verdict_words, VERDICT_UNSIGNED);
		to->text_at = take_size(item, "text_at");
		to->text_length = take_size(item, "text_length");
	}
}

static void take_attachments(const json_t *json, struct mail_record *ret)
{
	const json_t *list = js_array(json, "attachments");

	ret->attachment_count = bounded_size(list);
	if (ret->attachment_count)
		ret->attachments = mem_alloc(ret->attachment_count * sizeof(*ret->attachments));
	for (size_t i = 0; i < ret->attachment_count; i++) {
		const json_t *item = json_array_get(list, i);
		struct mail_attachment *to = &ret->attachments[i];
		const char *sha256 = str_or_empty(js_string(item, "sha256"));

		to->name = take_string(item, "name");
		to->other_name = take_string(item, "other_name");
		to->safe_name = take_string(item, "safe_name");
		to->type = take_string(item, "type");
		to->path = take_string(item, "path");
		to->size = take_size(item, "size");
		if (strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64)
			memcpy(to->sha256, sha256, 65);
	}
}

static void take_keys(const json_t *json, struct mail_record *ret)
{
	const json_t *list = js_array(json, "keys");

	ret->key_count = bounded_size(list) < MAIL_KEYS ? bounded_size(list) : MAIL_KEYS;
	if (ret->key_count)
		ret->keys = mem_alloc(ret->key_count * sizeof(*ret->keys));
	for (size_t i = 0; i < ret->key_count; i++) {
		const json_t *item = json_array_get(list, i);

		ret->keys[i].fingerprint = take_string(item, "fingerprint");
		take_strings(item, "user_ids", &ret->keys[i].user_ids, &ret->keys[i].user_id_count);
		ret->keys[i].source = take_string(item, "source");
	}
}

static void take_flags(const json_t *json, struct mail_record *ret)
{
	const json_t *list = js_array(json, "flags");

	for (size_t i = 0; i < bounded_size(list) && ret->flag_count < 64; i++) {
		const char *flag = json_string_value(json_array_get(list, i));

		if (flag && *flag && strlen(flag) <= 64)
			mail_record_add_flag(ret, flag);
	}
}

void mail_record_from_json(const json_t *json, struct mail_record *ret)
{
	const char *text = js_string(json, "text");

	*ret = (struct mail_record){ .date = take_instant(json, "date") };
	ret->subject = take_string(json, "subject");
	ret->outer_subject = take_string(json, "outer_subject");
	take_addresses(json, "from", &ret->from, &ret->from_count);
	take_addresses(json, "to", &ret->to, &ret->to_count);
	take_addresses(json, "cc", &ret->cc, &ret->cc_count);
	take_addresses(json, "reply_to", &ret->reply_to, &ret->reply_to_count);
	ret->message_id = take_string(json, "message_id");
	ret->in_reply_to = take_text(json_array_get(js_array(json, "in_reply_to"), 0));
	take_strings(json, "references", &ret->references, &ret->reference_count);
	take_encryption(json, ret);
	take_signatures(json, ret);
	ret->verdict = (enum mail_verdict)take_word(json, "verdict", verdict_words,
						    VERDICT_UNSIGNED);
	if (text && strnlen(text, BODY_LIMIT + 1) <= BODY_LIMIT)
		ret->text = mem_string(text);
	ret->html_only = js_bool(json, "html_only");
	take_parts(json, ret);
	take_attachments(json, ret);
	take_keys(json, ret);
	take_flags(json, ret);
	ret->auto_submitted = js_bool(json, "auto_submitted");
	ret->list_mail = js_bool(json, "list_mail");
}

/* ---- judging */

enum signature_state mail_record_signature(const struct mail_record *record)
{
	enum signature_state worst = SIGNATURE_COUNT;

	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *signature = &record->signatures[i];

		if (signature->covers_message &&
		    (worst == SIGNATURE_COUNT || signature->state > worst))
			worst = signature->state;
	}
	return worst;
}

void mail_signature_add_address(struct mail_signature *signature, const char *address)
{
	AUTO_STR all = STR_INIT;

	str_add(&all, signature->addresses ? signature->addresses : " ");
	for (; *address; address++)
		str_add_char(&all, *address >= 'A' && *address <= 'Z' ? (char)(*address + 32) : *address);
	str_add_char(&all, ' ');
	free(signature->addresses);
	signature->addresses = str_detach(&all);
}

static bool names(const struct mail_signature *signature, const char *sender)
{
	AUTO_STRING word = mem_format(" %s ", sender);

	return signature->addresses && !strchr(sender, ' ') && strstr(signature->addresses, word);
}

/* No user id of a key that signed well, or did until it expired, is the sender's. */
static bool names_others(const struct mail_record *record, const char *sender)
{
	bool others = false;

	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *s = &record->signatures[i];

		if (!s->covers_message || (s->state != SIGNATURE_GOOD && s->state != SIGNATURE_EXPIRED_KEY))
			continue;
		if (names(s, sender))
			return false;
		others |= s->addresses != NULL;
	}
	return others;
}

/* Some good signature over the whole message; by FINGERPRINT unless that is NULL. */
static bool signed_well(const struct mail_record *record, const char *fingerprint)
{
	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *signature = &record->signatures[i];

		if (!signature->covers_message || signature->state != SIGNATURE_GOOD)
			continue;
		if (!fingerprint ||
		    str_casecmp(str_or_empty(signature->fingerprint), fingerprint) == 0)
			return true;
	}
	return false;
}

/* What a signature that is not spoiled says of the sender. */
static enum mail_verdict verdict_for(const struct mail_record *record, const char *pinned)
{
	const char *sender = mail_record_sender(record);
	bool good = signed_well(record, NULL);

	if (!sender || record->from_count != 1 || mail_record_has_flag(record, "multiple-from"))
		return good ? VERDICT_MISMATCH : VERDICT_SIGNED;
	if (pinned && good)
		return signed_well(record, pinned) ? VERDICT_VERIFIED : VERDICT_MISMATCH;
	return names_others(record, sender) ? VERDICT_MISMATCH : VERDICT_SIGNED;
}

static enum mail_verdict judge(const struct mail_record *record, const char *pinned)
{
	enum signature_state worst = mail_record_signature(record);

	if (worst == SIGNATURE_COUNT)
		return VERDICT_UNSIGNED;
	return worst >= SIGNATURE_REVOKED_KEY ? VERDICT_BAD : verdict_for(record, pinned);
}

/* The part's own signatures as if they were the message's. */
static enum mail_verdict judge_part(const struct mail_record *record, const char *path, const char *pinned)
{
	struct mail_record alone = *record;
	enum mail_verdict verdict;

	alone.signatures = mem_alloc((record->signature_count + 1) * sizeof(*alone.signatures));
	alone.signature_count = 0;
	for (size_t i = 0; i < record->signature_count; i++) {
		if (!str_equal(str_or_empty(record->signatures[i].path), path))
			continue;
		alone.signatures[alone.signature_count] = record->signatures[i];
		alone.signatures[alone.signature_count++].covers_message = true;
	}
	verdict = judge(&alone, pinned);
	free(alone.signatures);
	return verdict;
}

const char *mail_record_signed_path(const struct mail_record *record, const struct mail_part *part)
{
	const char *found = NULL, *place = str_or_empty(part->path);

	for (size_t i = 0; i < record->signature_count; i++) {
		const char *path = record->signatures[i].path;
		size_t length = path ? strlen(path) : 0;

		if (length && strncmp(place, path, length) == 0 && (!place[length] || place[length] == '.') &&
		    (!found || length > strlen(found)))
			found = path;
	}
	return found;
}

void mail_record_judge(struct mail_record *record, const char *pinned)
{
	mail_record_sender(record);
	record->verdict = judge(record, pinned);
	for (size_t i = 0; i < record->part_count; i++) {
		const char *path = mail_record_signed_path(record, &record->parts[i]);

		record->parts[i].verdict = path ? judge_part(record, path, pinned) : record->verdict;
	}
}

bool mail_record_outdated(const struct mail_record *record, const char *pinned)
{
	bool verified = record->verdict == VERDICT_VERIFIED;

	/* In brief it is not known whom a key names; that says something only where nothing is pinned. */
	if (record->verdict == VERDICT_BAD || record->from_count != 1 || mail_record_has_flag(record, "multiple-from") ||
	    !signed_well(record, NULL))
		return false;
	return pinned ? verdict_for(record, pinned) != record->verdict : verified;
}

const char *mail_record_sender(const struct mail_record *record)
{
	struct mail_record *keeper = (struct mail_record *)record;
	const char *address = record->from_count ? record->from[0].address : NULL;

	if (!address)
		return NULL;
	if (!record->sender || str_casecmp(record->sender, address) != 0) {
		mem_replace(&keeper->sender, address);
		for (char *c = keeper->sender; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
	}
	return record->sender;
}

const char *mail_record_reason(const struct mail_record *record)
{
	const char *reason = str_or_empty(record->encryption_reason);

	return *reason ? _(reason) : "";
}
