/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail in: from a Maildir, an mbox or a file. A message is first kept, sealed and counted in the intake
 * log; only then is it read. What cannot be read waits in the inbox with its reason and can be retried.
 */
#include "desk/desk_private.h"

#include <sys/stat.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

struct intake {
	struct desk *desk;
	instant now;
	desk_progress_fn progress;
	void *context;
	struct intake_count *count;
	size_t done, total;
	struct error first; /* of the files that could not be read */
};

/* ---- one message */

static int keep_raw(struct intake *in, const char *bytes, size_t length, const struct intake_source *source,
		    char **ret_id, struct error *err)
{
	struct vault_object object;
	json_t *body;
	AUTO_STRING id = model_next_mail_id(in->desk->model);
	int code = vault_object_put(in->desk->vault, bytes, length, &object, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "mail", id);
	desk_set_instant(body, "received", source->received);
	js_set_string(body, "channel", source->channel);
	js_set_string(body, "account", source->account);
	js_set_string(body, "uid", source->uid);
	js_set_string(body, "sha256", object.sha256);
	js_set_integer(body, "size", (long long)length);
	json_object_set_new(body, "raw", desk_object_json(&object, NULL, "message/rfc822", "message"));
	code = desk_append(in->desk, NULL, EVENT_MAIL_RECEIVED, body, in->now, err);
	if (!code) {
		*ret_id = id;
		id = NULL;
	}
	return code;
}

static int note_record(struct desk *desk, const char *id, const char *bytes, size_t length, instant now,
		       bool *ret_open, struct error *err)
{
	struct mail_record record = { 0 };
	json_t *body;
	int code = desk_read_mail(desk, bytes, length, NULL, now, &record, err);

	if (code)
		return code;
	*ret_open = record.encryption == ENCRYPTION_NONE || record.encryption == ENCRYPTION_DECRYPTED;
	body = json_object();
	js_set_string(body, "mail", id);
	if (model_find_mail(desk->model, id))
		js_set_hex(body, "received_event", model_find_mail(desk->model, id)->event, 32);
	json_object_set_new(body, "record", mail_record_to_json(&record, true));
	mail_record_release(&record);
	return desk_append(desk, NULL, EVENT_MAIL_READ, body, now, err);
}

/* Held, so that two sessions that import at once neither take a message in twice nor share a number. */
static int keep_once(struct intake *in, const char *bytes, size_t length, const struct intake_source *source,
		     char **ret_id, struct error *err)
{
	char sha256[65];
	bool changed;
	int code = vault_hold(in->desk->vault, err);

	if (code)
		return code;
	vault_sha256(bytes, length, sha256);
	code = desk_refresh(in->desk, &changed, err);
	if (!code && !model_mail_by_sha256(in->desk->model, sha256))
		code = keep_raw(in, bytes, length, source, ret_id, err);
	vault_let_go(in->desk->vault);
	return code;
}

static int take_in(struct intake *in, const char *bytes, size_t length, const struct intake_source *source,
		   struct error *err)
{
	AUTO_STRING id = NULL;
	bool open = false;
	int code = keep_once(in, bytes, length, source, &id, err);

	if (code)
		return code;
	if (!id) {
		in->count->known++;
		return 0;
	}
	in->count->taken_in++;
	code = note_record(in->desk, id, bytes, length, in->now, &open, err);
	if (!code && !open)
		in->count->unread++;
	return code;
}

int desk_intake(struct desk *desk, const char *bytes, size_t length, const struct intake_source *source, instant now,
		struct intake_count *count, struct error *err)
{
	struct intake in = { .desk = desk, .now = now, .count = count };

	return take_in(&in, bytes, length, source, err);
}

static int take_message(struct intake *in, const char *bytes, size_t length, const char *channel,
			instant received, struct error *err)
{
	const struct intake_source source = { .channel = channel, .received = received };

	if (in->progress && in->progress(in->context, in->done, in->total))
		return error_set(err, ERR_NO, _("mail"), _("Import it again to go on"),
				 _("it was cancelled; what was taken in stays"));
	in->done++;
	return take_in(in, bytes, length, &source, err);
}

/* ---- where they lie */

static int take_file(struct intake *in, const char *path, const char *channel, bool delivered,
		     struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	instant received = in->now;
	struct stat info;
	int code = file_read(path, MAIL_LIMIT, &bytes, err);

	if (code)
		return code;
	/* In a Maildir the file's time is when the mail was delivered: the moment a duty may start from. */
	if (delivered && stat(path, &info) == 0 && (instant)info.st_mtime * INSTANT_SECOND < in->now)
		received = (instant)info.st_mtime * INSTANT_SECOND;
	return take_message(in, bytes.bytes, bytes.length, channel, received, err);
}

/* One file that cannot be read does not keep the others out. */
static int take_or_note(struct intake *in, const char *path, const char *channel, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	int code = take_file(in, path, channel, true, &why);

	if (!code)
		return 0;
	if (code != ERR_INPUT)
		return error_set(err, code, why.what, why.remedy, "%s", why.why);
	in->count->failed++;
	if (!in->first.code)
		error_set(&in->first, code, why.what, why.remedy, "%s", why.why);
	return 0;
}

static int take_folder(struct intake *in, const char *dir, const char *channel, struct error *err)
{
	char **names = NULL;
	size_t count = 0;
	int code = file_list(dir, &names, &count, err);

	in->total += count;
	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (!file_is_dir(path))
			code = take_or_note(in, path, channel, err);
	}
	file_free_names(names, count);
	return code;
}

static int take_maildir(struct intake *in, const char *dir, struct error *err)
{
	static const char *const folders[] = { "cur", "new" };
	int code = 0;

	for (size_t i = 0; !code && i < ARRAY_LEN(folders); i++) {
		AUTO_STRING folder = file_join(dir, folders[i]);

		if (file_is_dir(folder))
			code = take_folder(in, folder, "maildir", err);
	}
	return code;
}

/* mboxrd: a message ends before a line "From "; ">From " loses one ">". */
static int take_mbox(struct intake *in, const struct str *mbox, struct error *err)
{
	const char *end = mbox->bytes + mbox->length, *line = mbox->bytes;
	AUTO_STR message = STR_INIT;
	int code = 0;

	for (; !code && line < end; ) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *next = stop ? stop + 1 : end;
		size_t quotes = strspn(line, ">");

		if (str_starts(line, "From ")) {
			if (message.length)
				code = take_message(in, message.bytes, message.length, "mbox", in->now, err);
			str_reset(&message);
		} else {
			const char *from = quotes && str_starts(line + quotes, "From ") ? line + 1 : line;

			str_add_bytes(&message, from, (size_t)(next - from));
		}
		line = next;
	}
	if (!code && message.length)
		code = take_message(in, message.bytes, message.length, "mbox", in->now, err);
	return code;
}

static int take_path(struct intake *in, const char *path, struct error *err)
{
	AUTO_STRING cur = file_join(path, "cur");
	AUTO_STRING new = file_join(path, "new");
	AUTO_STR bytes = STR_INIT;
	int code;

	if (file_is_dir(cur) || file_is_dir(new))
		return take_maildir(in, path, err);
	if (file_is_dir(path))
		return take_folder(in, path, "folder", err);
	code = file_read(path, MAIL_LIMIT, &bytes, err);
	if (code)
		return code;
	in->total++;
	if (str_starts(bytes.bytes, "From "))
		return take_mbox(in, &bytes, err);
	return take_message(in, bytes.bytes, bytes.length, "file", in->now, err);
}

int desk_mail_import(struct desk *desk, const char *path, instant now, desk_progress_fn progress,
		     void *context, struct intake_count *ret, struct error *err)
{
	struct intake in = { .desk = desk, .now = now, .progress = progress, .context = context, .count = ret };
	int code = take_path(&in, path, err);

	if (!code && in.first.code)
		code = error_set(err, ERR_INPUT, in.first.what, in.first.remedy,
				 _("%s (files that could not be read: %zu)"), in.first.why, ret->failed);
	error_release(&in.first);
	return code;
}

/* ---- again */

static bool wants_retry(const struct inbox_item *item)
{
	return !item->read || (item->record.encryption != ENCRYPTION_NONE &&
			       item->record.encryption != ENCRYPTION_DECRYPTED) ||
	       mail_record_has_flag(&item->record, "unreadable") ||
	       mail_record_signature(&item->record) == SIGNATURE_UNKNOWN_KEY;
}

static int retry(struct desk *desk, const char *mail, instant now, bool *ret_open, struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk->model, mail);
	AUTO_STR bytes = STR_INIT;
	int code = desk_whole_mail(desk, item, err);

	if (!code)
		code = desk_file_read(desk, &item->raw, &bytes, err);
	return code ? code : note_record(desk, mail, bytes.bytes, bytes.length, now, ret_open, err);
}

int desk_mail_retry(struct desk *desk, instant now, struct intake_count *ret, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < model_inbox_count(desk->model); i++) {
		const struct inbox_item *item = model_inbox(desk->model, i);
		AUTO_STRING id = mem_string(item->id);
		bool open = false;

		if (!wants_retry(item))
			continue;
		code = retry(desk, id, now, &open, err);
		ret->taken_in += open;
		ret->unread += !open;
	}
	return code;
}

/* ---- into a case */

static json_t *seal_attachments(struct desk *desk, const struct mail_record *record, struct error *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct mail_attachment *a = &record->attachments[i];
		struct vault_object object;

		if (!a->bytes)
			continue;
		if (vault_object_put(desk->vault, a->bytes, a->size, &object, err)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, desk_object_json(&object, a->safe_name, a->type, "other"));
	}
	return list;
}

static const char *signer_of(const struct mail_record *record)
{
	for (size_t i = 0; i < record->signature_count; i++)
		if (record->signatures[i].covers_message && record->signatures[i].fingerprint)
			return record->signatures[i].fingerprint;
	return NULL;
}

/* The event's body for a mail that goes into a case. NULL with *ERR when an attachment cannot be kept. */
static json_t *message_body(struct desk *desk, const struct inbox_item *item,
			    const struct mail_record *record, struct error *err)
{
	json_t *body, *attachments = seal_attachments(desk, record, err);

	if (!attachments)
		return NULL;
	body = json_object();
	js_set_string(body, "mail", item->id);
	js_set_string(body, "message_id", record->message_id);
	js_set_string(body, "in_reply_to", record->in_reply_to);
	js_set_string(body, "subject", record->subject ? record->subject : _("(no subject)"));
	if (record->from_count)
		js_set_string(body, "from_name", record->from[0].name);
	js_set_string(body, "from_address", str_or_empty(mail_record_sender(record)));
	desk_set_instant(body, "received", item->received);
	js_set_string(body, "channel", item->channel);
	js_set_string(body, "verdict", verdict_name(record->verdict));
	js_set_string(body, "fingerprint", signer_of(record));
	js_set_string(body, "text", str_or_empty(record->text));
	json_object_set_new(body, "raw", desk_file_json(&item->raw));
	json_object_set_new(body, "attachments", attachments);
	return body;
}

static int add_party(struct desk *desk, const uint8_t stream[16], const struct mail_record *record,
		     instant now, struct error *err)
{
	const char *address = mail_record_sender(record);
	const char *name = record->from_count ? record->from[0].name : NULL;
	json_t *body;

	if (!address)
		return 0;
	body = json_object();
	js_set_string(body, "name", name && *name ? name : address);
	js_set_string(body, "role", "finder");
	js_set_string(body, "address", address);
	js_set_string(body, "fingerprint", model_pinned(desk->model, address));
	return desk_append_to(desk, stream, EVENT_PARTY_ADDED, body, now, err);
}

static int note_taken(struct desk *desk, const char *mail, const char *case_id, instant now,
		      struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "mail", mail);
	js_set_string(body, "case", case_id);
	js_set_hex(body, "received_event", model_find_mail(desk->model, mail)->event, 32);
	return desk_append(desk, NULL, EVENT_MAIL_TAKEN, body, now, err);
}

/* Opens the mail again for its attachments: the record in the vault holds only their names. */
static int reopen(struct desk *desk, const struct inbox_item *item, instant now, struct mail_record *ret,
		  struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = desk_whole_mail(desk, item, err);

	if (!code)
		code = desk_file_read(desk, &item->raw, &bytes, err);
	return code ? code : desk_read_mail(desk, bytes.bytes, bytes.length, item->record.session_key, now, ret, err);
}

static int check_takeable(const struct inbox_item *item, struct error *err)
{
	if (item->taken_case)
		return error_set(err, ERR_BUSY, item->id, NULL, _("it is already in %s"), item->taken_case);
	if (item->record.encryption == ENCRYPTION_NONE || item->record.encryption == ENCRYPTION_DECRYPTED)
		return 0;
	return error_set(err, ERR_INPUT, item->id, _("Bring the key and run `mail retry`; the message is kept"),
			 _("it could not be opened: %s"), mail_record_reason(&item->record));
}

static int put_into(struct desk *desk, const char *mail, const uint8_t stream[16], enum event_type type,
		    const struct mail_record *record, instant now, struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk->model, mail);
	json_t *body = desk_whole_mail(desk, item, err) ? NULL : message_body(desk, item, record, err);

	return body ? desk_append_to(desk, stream, type, body, now, err) : ERR_VAULT;
}

static int take_held(struct desk *desk, const char *mail, const char *title, instant now,
		     const struct mail_record *record, uint8_t ret_stream[16], struct error *err)
{
	AUTO_STRING id = NULL;
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = check_takeable(model_find_mail(desk->model, mail), err);
	if (!code)
		code = desk_case_open(desk, title ? title : record->subject ? record->subject : _("(no subject)"),
				      now, ret_stream, err);
	if (!code)
		code = put_into(desk, mail, ret_stream, EVENT_REPORT_RECEIVED, record, now, err);
	if (!code)
		code = add_party(desk, ret_stream, record, now, err);
	if (code)
		return code;
	id = mem_string(model_case_of_stream(desk->model, ret_stream)->id);
	return note_taken(desk, mail, id, now, err);
}

int desk_mail_take(struct desk *desk, const struct inbox_item *item, const char *title, instant now,
		   const struct case_state **ret, struct error *err)
{
	AUTO_STRING mail = mem_string(item->id);
	struct mail_record record = { 0 };
	uint8_t stream[16];
	int code = check_takeable(item, err);

	if (code)
		return code;
	code = reopen(desk, item, now, &record, err);
	if (!code)
		code = vault_hold(desk->vault, err);
	if (!code) {
		code = take_held(desk, mail, title, now, &record, stream, err);
		vault_let_go(desk->vault);
	}
	mail_record_release(&record);
	*ret = code ? NULL : model_case_of_stream(desk->model, stream);
	return code;
}

static int link_held(struct desk *desk, const char *mail, const char *case_id, const uint8_t stream[16],
		     const struct mail_record *record, instant now, struct error *err)
{
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = check_takeable(model_find_mail(desk->model, mail), err);
	if (!code)
		code = put_into(desk, mail, stream, EVENT_MESSAGE_RECEIVED, record, now, err);
	return code ? code : note_taken(desk, mail, case_id, now, err);
}

int desk_mail_link(struct desk *desk, const struct inbox_item *item, const struct case_state *state,
		   instant now, struct error *err)
{
	AUTO_STRING mail = mem_string(item->id);
	AUTO_STRING case_id = mem_string(state->id);
	struct mail_record record = { 0 };
	uint8_t stream[16];
	int code = check_takeable(item, err);

	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	code = reopen(desk, item, now, &record, err);
	if (!code)
		code = vault_hold(desk->vault, err);
	if (!code) {
		code = link_held(desk, mail, case_id, stream, &record, now, err);
		vault_let_go(desk->vault);
	}
	mail_record_release(&record);
	return code;
}
