/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox, one mail of it, one message of a case, and the pager for what a command printed. */
#include "psirtty/base/i18n.h"
#include "psirtty/format/embargo_block.h"
#include "psirtty/model/extent.h"
#include "psirtty/model/thread.h"
#include "tui/cells.h"

static void inbox_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_inbox_count(model); i++)
		view_add(view, model_inbox(model, i), i);
}

static void inbox_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct inbox_item *)row->item)->id);
}

static const char *inbox_mail(const struct row *row)
{
	return ((const struct inbox_item *)row->item)->id;
}

static const char *inbox_case(const struct row *row)
{
	return ((const struct inbox_item *)row->item)->taken_case;
}

enum inbox_column { INBOX_MARKS, INBOX_ID, INBOX_RECEIVED, INBOX_VERDICT, INBOX_ENCRYPTION, INBOX_SENDER,
		    INBOX_SUBJECT, INBOX_CASE };
static const struct column inbox_columns[] = {
	[INBOX_MARKS] = { "", 2, 0, false },
	[INBOX_ID] = { N_("id"), 6, 66, false },
	[INBOX_RECEIVED] = { N_("received"), 11, 0, false },
	[INBOX_VERDICT] = { N_("verdict"), 8, 0, false },
	[INBOX_ENCRYPTION] = { N_("encrypted"), 9, 66, false },
	[INBOX_SENDER] = { N_("sender"), 16, 0, false },
	[INBOX_SUBJECT] = { N_("subject"), 0, 0, false },
	[INBOX_CASE] = { N_("case"), 16, 100, false },
};

/* What was put aside as something else than a report. */
static bool put_aside(const struct inbox_item *item)
{
	return item->sorted && !item->taken_case && !str_equal(item->sorted, "report");
}

static void inbox_marks(const struct inbox_item *item, struct cell *ret)
{
	if (put_aside(item))
		cell_set(ret, ROLE_DIM, "-");
	else if (!item->read)
		cell_set(ret, ROLE_OVERDUE, "!");
	else if (!item->taken_case)
		cell_set(ret, ROLE_NEW, "*");
	if (item->read && item->record.flag_count)
		str_add_char(&ret->text, '?');
}

/* Anybody can take any name: it stands without the address only where the pinned key signed. */
static void inbox_sender(const struct mail_record *record, struct cell *ret)
{
	if (!record->from_count)
		cell_set(ret, ROLE_DIM, _("(nobody)"));
	else if (record->verdict == VERDICT_VERIFIED && record->from[0].name && *record->from[0].name)
		cell_set(ret, ROLE_NORMAL, record->from[0].name);
	else
		cell_set(ret, ROLE_NORMAL, record->from[0].address);
}

static void inbox_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct inbox_item *item = row->item;
	const struct mail_record *record = &item->record;

	(void)view;
	switch ((enum inbox_column)column) {
	case INBOX_MARKS: inbox_marks(item, ret); break;
	case INBOX_ID: cell_set(ret, ROLE_ID, item->id); break;
	case INBOX_RECEIVED: cell_time(ret, item->received, false); break;
	case INBOX_VERDICT: if (item->read) cell_verdict(ret, record->verdict); break;
	case INBOX_ENCRYPTION: cell_set(ret, ROLE_NORMAL, item->read ? encryption_name(record->encryption) : "-"); break;
	case INBOX_SENDER: inbox_sender(record, ret); break;
	case INBOX_SUBJECT: cell_set(ret, put_aside(item) ? ROLE_DIM : ROLE_NORMAL, item->read ? record->subject : _("(not read yet)")); break;
	case INBOX_CASE: cell_set(ret, ROLE_ID, item->taken_case); break;
	}
}

static void attachments_add(const struct mail_record *record, struct doc *doc)
{
	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct mail_attachment *file = &record->attachments[i];
		const char *cover = mail_attachment_cover(record, file);
		AUTO_STRING line = mem_format(_("%s, %zu bytes, %s%s%s"), str_or_empty(file->safe_name), file->size,
					      str_or_empty(file->type), *cover ? ", " : "", cover);

		doc_field(doc, i ? "" : _("attached"), ROLE_NORMAL, line);
		doc_field(doc, _("also named"), ROLE_WARNING, file->other_name);
	}
}

static void inbox_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct inbox_item *item = view_whole_mail(view, row->item);

	mail_facts(item, doc);
	attachments_add(&item->record, doc);
	mail_text(view, &item->record, doc);
}

const struct view_ops inbox_view = {
	.name = "inbox", .title = N_("Inbox"), .brief = N_("In"),
	.empty = N_("The inbox is empty. \":mail import PATH\" takes in a Maildir, an mbox or a file."),
	.columns = inbox_columns, .column_count = ARRAY_LEN(inbox_columns),
	.load = inbox_load, .cell = inbox_cell, .row_id = inbox_id, .row_case = inbox_case, .row_mail = inbox_mail,
	.preview = inbox_preview, .opens = &mail_view, .at_end = true, .counted = true,
};

/* ---- one mail of the inbox */

static const struct inbox_item *mail_find(const struct view *view)
{
	const struct model *model = view_model(view);

	return model ? view_whole_mail(view, model_find_mail(model, view->subject)) : NULL;
}

/* Which case it answers, as far as it is not there already. */
static void place_fact(const struct model *model, const struct inbox_item *item, struct doc *doc)
{
	struct thread_index *index = thread_index_new(model);
	struct mail_place place;
	AUTO_STRING line = NULL;

	thread_place(index, item, &place);
	if (place.state)
		line = place.why ? mem_format(_("%s, perhaps: %s"), place.state->id, _(place.why)) : mem_string(place.state->id);
	doc_field(doc, _("case"), place.sure ? ROLE_NORMAL : ROLE_WARNING, line);
	thread_index_free(index);
}

static void missing_fact(const struct inbox_item *item, struct doc *doc)
{
	AUTO_STR missing = STR_INIT;

	for (int i = 0; i < REPORT_PART_COUNT; i++)
		if (item->assessed.missing & 1u << i)
			str_add_format(&missing, "%s%s", missing.length ? "; " : "", _(report_part_help((enum report_part)i)));
	doc_field(doc, _("missing"), ROLE_NORMAL, missing.length ? missing.bytes : NULL);
}

/* What helps to decide what becomes of a mail that is in no case. */
static void triage_facts(const struct model *model, const struct inbox_item *item, struct doc *doc)
{
	struct likeness like[3];
	size_t count;

	if (item->taken_case || !item->assessed.done)
		return;
	doc_field(doc, _("sorted"), ROLE_DIM, item->sorted);
	place_fact(model, item, doc);
	missing_fact(item, doc);
	count = thread_like(model, item, like, ARRAY_LEN(like));
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING line = mem_format("%d %%: %s %s", like[i].percent,
					      like[i].state ? like[i].state->id : like[i].mail->id,
					      like[i].state ? like[i].state->title : str_or_empty(like[i].mail->record.subject));

		doc_field(doc, i ? "" : _("similar"), ROLE_NORMAL, line);
	}
}

/* What a letter says about an embargo, if it does; a person takes it, never the program. */
static void embargo_line(const char *text, enum mail_verdict verdict, struct doc *doc)
{
	struct embargo_block block;
	AUTO_ERROR err = ERROR_INIT;
	int code = embargo_block_read(str_or_empty(text), strlen(str_or_empty(text)), &block, &err);
	char until[96];

	if (!code)
		return;
	doc_line(doc);
	doc_label(doc, _("embargo"));
	if (code < 0) {
		doc_format(doc, ROLE_WARNING, _("! a message that cannot be taken: %s"), err.why);
		return;
	}
	doc_format(doc, verdict == VERDICT_VERIFIED ? ROLE_NORMAL : ROLE_WARNING, "%s%s %s%s%s, %s",
		   verdict == VERDICT_VERIFIED ? "" : "! ", block.case_id, _(embargo_message_text(block.message)),
		   block.until.at == INSTANT_NONE ? "" : ": ",
		   block.until.at == INSTANT_NONE ? "" : zoned_format(&block.until, until),
		   verdict == VERDICT_VERIFIED ? _("E takes it") : _("not its sender's verified word"));
	embargo_block_release(&block);
}

static void mail_head(const struct view *view, struct doc *doc)
{
	const struct inbox_item *item = mail_find(view);

	if (!item)
		return;
	mail_facts(item, doc);
	triage_facts(view_model(view), item, doc);
	attachments_add(&item->record, doc);
	embargo_line(item->record.text, item->record.verdict, doc);
	doc_line(doc);
}

static void mail_body(const struct view *view, struct doc *doc)
{
	const struct inbox_item *item = mail_find(view);

	if (item)
		mail_text(view, &item->record, doc);
}

const struct view_ops mail_view = {
	.name = "message", .title = N_("Mail"), .brief = N_("Mail"), .empty = N_("(no text)"),
	.head = mail_head, .body = mail_body,
};

/* ---- one message of a case: the subject is "CASE NUMBER" */

static const struct case_message *message_find(const struct view *view)
{
	const char *space = view->subject ? strchr(view->subject, ' ') : NULL;
	const struct case_state *state;
	AUTO_STRING id = NULL;
	size_t index;

	if (!space || !view_model(view))
		return NULL;
	id = mem_copy(view->subject, (size_t)(space - view->subject));
	state = view_whole(view, model_find_case(view_model(view), id));
	index = strtoul(space + 1, NULL, 10);
	return state && index < state->message_count ? &state->messages[index] : NULL;
}

static void message_head(const struct view *view, struct doc *doc)
{
	const struct case_message *message = message_find(view);
	bool sent;

	if (!message)
		return;
	sent = message->type == EVENT_MESSAGE_SENT;
	if (!sent) {
		doc_line(doc);
		doc_label(doc, _("signature"));
		doc_run(doc, verdict_role(message->verdict), verdict_name(message->verdict));
		doc_format(doc, ROLE_NORMAL, ": %s", verdict_sentence(message->verdict));
		doc_keep(doc);
	}
	doc_field(doc, sent ? _("to") : _("from"), ROLE_NORMAL, str_or_empty(message->peer));
	doc_field(doc, _("subject"), ROLE_TITLE, str_or_empty(message->subject));
	doc_time(doc, sent ? _("sent") : _("received"), ROLE_NORMAL, message->at);
	doc_field(doc, _("key"), ROLE_NORMAL, message->fingerprint);
	file_list_lines(doc, message->attachments, message->attachment_count);
	if (!sent)
		embargo_line(message->text, message->verdict, doc);
	doc_line(doc);
}

static void message_body(const struct view *view, struct doc *doc)
{
	const struct case_message *message = message_find(view);

	if (message)
		message_text(view, message, doc);
}

const char *message_mail_id(const struct view *view)
{
	const struct case_message *message = message_find(view);

	return message ? message->mail : NULL;
}

const struct view_ops message_view = {
	.name = "message", .title = N_("Message"), .brief = N_("Message"), .empty = N_("(no text)"),
	.head = message_head, .body = message_body,
};

/* ---- the pager */

static void output_body(const struct view *view, struct doc *doc)
{
	doc_block(doc, ROLE_NORMAL, str_or_empty(view->text), false);
}

const struct view_ops output_view = {
	.name = "output", .title = N_("Output"), .brief = N_("Output"), .empty = N_("(nothing was printed)"),
	.body = output_body,
};
