/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The automatic acknowledgement: that a mail came, its number, nothing else. RFC 3834 says whom a machine must
 * not answer, and how often it may.
 */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/mime.h"

enum { ANSWER_DAYS = 7, ANSWERS_MOST = 100 };

/* ---- whom not */

static const char *domain_of(const char *address)
{
	const char *at = address ? strrchr(address, '@') : NULL;

	return at ? at + 1 : "";
}

static bool is_machine(const char *address)
{
	static const char *const begins[] = { "mailer-daemon", "postmaster@", "noreply", "no-reply", "do-not-reply",
					      "donotreply", "owner-", "bounce", "root@", "www-data@" };
	static const char *const ends[] = { "-request", "-bounces", "-owner", "-noreply", "-no-reply" };
	AUTO_STRING local = mem_copy(address, strcspn(address, "@"));

	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (str_starts_nocase(address, begins[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(local, ends[i]))
			return true;
	return false;
}

/* RFC 3834 2: only where we are named. */
static bool names_us(struct desk *desk, const struct mail_address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_casecmp(domain_of(list[i].address), domain_of(desk->address)) == 0)
			return true;
	return false;
}

static bool has_id(const struct mail_record *record, const char *id)
{
	if (str_equal(record->in_reply_to, id))
		return true;
	for (size_t i = 0; i < record->reference_count; i++)
		if (str_equal(record->references[i], id))
			return true;
	return false;
}

/* Answers to us, or to a mail that is in the inbox. */
static bool is_in_thread(struct desk *desk, const struct inbox_item *item)
{
	const struct mail_record *record = &item->record;
	AUTO_STRING ours = mem_format("@%s>", domain_of(desk->address));

	if (!record->in_reply_to && !record->reference_count)
		return false;
	if (str_ends(str_or_empty(record->in_reply_to), ours))
		return true;
	for (size_t i = 0; i < record->reference_count; i++)
		if (str_ends(record->references[i], ours))
			return true;
	for (size_t i = 0; i < model_inbox_count(desk->model); i++) {
		const struct inbox_item *other = model_inbox(desk->model, i);

		if (other != item && other->record.message_id && has_id(record, other->record.message_id))
			return true;
	}
	return false;
}

static bool was_told_today(struct desk *desk, const char *sender, instant now)
{
	for (size_t i = 0; i < model_inbox_count(desk->model); i++) {
		const struct inbox_item *other = model_inbox(desk->model, i);
		const char *theirs = mail_record_sender(&other->record);

		if (other->acknowledged != INSTANT_NONE && now - other->acknowledged < INSTANT_DAY && theirs &&
		    str_casecmp(theirs, sender) == 0)
			return true;
	}
	return false;
}

/* Written long ago: an archive that is taken in, not mail that comes. */
static bool is_old(const struct inbox_item *item, instant now)
{
	instant written = item->record.date;

	return now - item->received > ANSWER_DAYS * INSTANT_DAY || written == INSTANT_NONE ||
	       now - written > ANSWER_DAYS * INSTANT_DAY || written - now > INSTANT_DAY;
}

static const char *refuse_sender(struct desk *desk, const struct mail_record *record)
{
	const char *sender = mail_record_sender(record);

	if (!sender || !strchr(sender, '@') || mail_record_has_flag(record, "multiple-from"))
		return N_("it says not clearly who wrote it");
	if (record->auto_submitted || is_machine(sender))
		return N_("a machine wrote it");
	if (record->list_mail)
		return N_("it came by a list");
	if (str_casecmp(sender, desk->address) == 0)
		return N_("it is from ourselves");
	if (!names_us(desk, record->to, record->to_count) && !names_us(desk, record->cc, record->cc_count))
		return N_("it does not name us as its reader");
	return NULL;
}

const char *desk_acknowledge_refusal(struct desk *desk, const struct inbox_item *item, instant now)
{
	const char *refusal;

	if (!model_policy(desk->model)->acknowledge)
		return N_("the automatic acknowledgement is not switched on");
	if (item->acknowledged != INSTANT_NONE)
		return N_("it was acknowledged");
	if (item->taken_case)
		return N_("a person has taken it into a case");
	if (!item->read || mail_record_has_flag(&item->record, "unreadable"))
		return N_("it could not be read");
	if (is_old(item, now))
		return N_("it is more than a week old, or says not when it was written");
	refusal = refuse_sender(desk, &item->record);
	if (refusal)
		return refusal;
	if (is_in_thread(desk, item))
		return N_("it goes on with what was written before");
	if (was_told_today(desk, mail_record_sender(&item->record), now))
		return N_("its sender had an automatic answer within a day");
	return NULL;
}

/* ---- the answer */

/* The pinned key, where the mail itself was encrypted and one can encrypt to it. */
static const char *sealing_key(struct desk *desk, const struct mail_record *record)
{
	const char *pinned = model_pinned(desk->model, mail_record_sender(record));
	struct openpgp_key key = { 0 };
	bool usable;

	if (record->encryption == ENCRYPTION_NONE || !pinned || openpgp_find(desk->pgp, pinned, false, &key, NULL))
		return NULL;
	usable = key.can_encrypt && !key.expired && !key.revoked;
	openpgp_key_release(&key);
	return usable ? pinned : NULL;
}

struct ack_letter { struct letter_text text; char *from, *id; const char *key; struct str mail; instant now; };

static void answer_release(struct ack_letter *answer)
{
	letter_text_release(&answer->text);
	free(answer->from);
	free(answer->id);
	str_release(&answer->mail);
}

/* The Message-ID follows from the mail, so that an answer that leaves twice is one. */
static int write_answer(struct desk *desk, const struct inbox_item *item, struct ack_letter *a, struct error *err)
{
	const char *sender = mail_record_sender(&item->record);
	const char *language = desk_letter_language(desk, NULL, sender);
	const struct letter_word words[] = { { "name", sender }, { "case", item->id }, { "handler", desk->handler } };
	const char *keys[] = { a->key, vault_fingerprint(desk->vault) };
	struct mime_letter letter;
	int code = desk_letter_text(desk, "automatic", language, words, ARRAY_LEN(words), &a->text, err);

	if (code)
		return code;
	a->from = mem_format("%s <%s>", desk->handler, desk->address);
	a->id = mem_format("<ack-%.32s@%s>", item->sha256, domain_of(desk->address));
	letter = (struct mime_letter){
		.from = a->from, .to = sender, .subject = a->text.subject, .message_id = a->id,
		.in_reply_to = item->record.message_id, .references = item->record.message_id, .date = a->now,
		.text = a->text.text, .auto_submitted = "auto-replied", .clear = !a->key,
	};
	return a->key ? desk_letter_seal(desk, &letter, keys, ARRAY_LEN(keys), &a->mail, err) :
			desk_letter_sign_clear(desk, &letter, &a->mail, err);
}

static int post_answer(struct desk *desk, const struct inbox_item *item, const struct ack_letter *a, struct error *err)
{
	const char *to = mail_record_sender(&item->record);
	AUTO_STRING id = mem_format("ac%.32s", item->sha256);
	const struct letter letter = { .id = id, .sender = "", .recipients = &to, .recipient_count = 1,
				       .bytes = a->mail.bytes, .length = a->mail.length };
	struct letter_result *result = mem_alloc(sizeof(*result));
	struct letter_way way;
	int code;

	letter_outbox(&way, vault_outbox(desk->vault));
	if (desk->letter_way)
		way = *desk->letter_way;
	code = way.prepare ? way.prepare(way.context, &letter, err) : 0;
	if (!code)
		code = way.post(way.context, &letter, result, err);
	if (!code && result->fate != LETTER_TAKEN)
		code = error_set(err, ERR_NETWORK, to, _("It is tried again with the next mail"), "%s: %s",
				 letter_fate_name(result->fate), str_or_empty(result->answer));
	letter_results_release(result, 1);
	return code;
}

static int note_answer(struct desk *desk, const struct inbox_item *item, const struct ack_letter *a, struct error *err)
{
	const char *way = desk->letter_way ? desk->letter_way->name : "outbox";
	struct vault_object object;
	json_t *body;
	int code = vault_object_put(desk->vault, a->mail.bytes, a->mail.length, &object, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "mail", item->id);
	js_set_hex(body, "received_event", item->event, 32);
	js_set_string(body, "to", mail_record_sender(&item->record));
	js_set_string(body, "message_id", a->id);
	desk_set_instant(body, "sent", a->now);
	js_set_string(body, "way", way);
	if (!a->key)
		js_set_bool(body, "clear", true);
	json_object_set_new(body, "raw", desk_object_json(&object, NULL, "message/rfc822", "message"));
	return desk_append(desk, NULL, EVENT_MAIL_ACKNOWLEDGED, body, a->now, err);
}

static int acknowledge(struct desk *desk, const struct inbox_item *item, instant now, struct acknowledged *count,
		       struct error *err)
{
	struct ack_letter answer = { .now = now, .mail = STR_INIT, .key = sealing_key(desk, &item->record) };
	bool sealed = answer.key != NULL;
	int code = write_answer(desk, item, &answer, err);

	if (!code)
		code = post_answer(desk, item, &answer, err);
	if (!code)
		code = note_answer(desk, item, &answer, err);
	answer_release(&answer);
	count->sent += !code;
	count->sealed += !code && sealed;
	return code;
}

int desk_acknowledge(struct desk *desk, instant now, struct acknowledged *ret, struct error *err)
{
	int code = 0;

	*ret = (struct acknowledged){ 0 };
	if (!model_policy(desk->model)->acknowledge)
		return 0;
	for (size_t i = 0; !code && ret->sent < ANSWERS_MOST && i < model_inbox_count(desk->model); i++) {
		const struct inbox_item *item = model_inbox(desk->model, i);

		if (item->acknowledged != INSTANT_NONE || now - item->received > ANSWER_DAYS * INSTANT_DAY)
			continue;
		code = desk_whole_mail(desk, item, err);
		if (!code && desk_acknowledge_refusal(desk, item, now))
			ret->passed++;
		else if (!code)
			code = acknowledge(desk, item, now, ret, err);
	}
	return code;
}
