/* SPDX-License-Identifier: Apache-2.0 */
/* Reports and mails of a case, kept by time. The first report makes the house aware. */
#include "model/case.h"

/* Where a message of time AT belongs: behind all that are not later. */
static size_t message_place(const struct case_state *state, instant at)
{
	size_t place = state->message_count;

	while (place > 0 && state->messages[place - 1].at > at)
		place--;
	return place;
}

static struct case_message *message_add(struct folded *folded, const struct event *event,
					const char *time_field)
{
	instant at = event_instant(event, time_field);
	struct case_message *message = CASE_INSERT(folded, messages, message_count, ROOM_MESSAGES,
						   message_place(&folded->state, at));

	message->type = event->type;
	memcpy(message->event, event->id, sizeof(message->event));
	message->at = at;
	message->subject = event_text(event, "subject");
	message->message_id = event_text(event, "message_id");
	message->text = event_text(event, "text");
	sealed_file_read(json_object_get(event->body, "raw"), &message->raw);
	return message;
}

/* The first message nobody answered yet, anew after each message: they come in any order of time. */
static void note_unanswered(struct case_state *state)
{
	state->unanswered = INSTANT_NONE;
	for (size_t i = 0; i < state->message_count; i++) {
		if (state->messages[i].type == EVENT_MESSAGE_SENT)
			state->unanswered = INSTANT_NONE;
		else if (state->unanswered == INSTANT_NONE)
			state->unanswered = state->messages[i].at;
	}
}

static void note_report(struct folded *folded, const struct case_message *report)
{
	struct case_state *state = &folded->state;

	if (state->first_report == INSTANT_NONE || report->at < state->first_report)
		state->first_report = report->at;
	for (size_t i = 0; i < state->reporter_count; i++)
		if (str_equal(state->reporters[i], report->peer))
			return;
	*CASE_ADD(folded, reporters, reporter_count, ROOM_REPORTERS) = report->peer;
}

static enum mail_verdict verdict_from_name(const char *word)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (str_equal(verdict_name((enum mail_verdict)i), word))
			return (enum mail_verdict)i;
	return VERDICT_UNSIGNED;
}

static void apply_received(struct folded *folded, const struct event *event)
{
	struct case_message *message = message_add(folded, event, "received");
	const json_t *files = js_array(event->body, "attachments");
	const char *name = event_text(event, "from_name");
	const char *address = event_text(event, "from_address");

	message->mail = event_text(event, "mail");
	message->fingerprint = event_text(event, "fingerprint");
	message->verdict = verdict_from_name(event_text(event, "verdict"));
	message->address = folded_keep(folded, lower_copy(address));
	message->peer = (char *)address;
	if (name && *name)
		message->peer = folded_keep(folded, mem_format("%s <%s>", name, address));
	message->attachment_count = json_array_size(files);
	if (message->attachment_count)
		message->attachments = folded_alloc(folded, message->attachment_count *
								    sizeof(struct sealed_file));
	for (size_t i = 0; i < message->attachment_count; i++)
		sealed_file_read(json_array_get(files, i), &message->attachments[i]);
	if (event->type == EVENT_REPORT_RECEIVED)
		note_report(folded, message);
	note_unanswered(&folded->state);
}

/* The sources' rule: a vendor that receives a report is aware of the vulnerability. */
static void apply_report(struct folded *folded, const struct event *event)
{
	apply_received(folded, event);
	if (folded->state.rm == RM_START)
		folded->state.rm = RM_RECEIVED;
	if (cs_set(&folded->state.cs, CS_VENDOR_AWARE, NULL) != 0)
		BUG("a vendor cannot become aware");
}

/* The address in "Name <address>", or the whole; lower case, the caller frees. */
static char *bare_address(const char *peer)
{
	const char *open = strrchr(peer, '<'), *close = open ? strchr(open, '>') : NULL;
	AUTO_STRING inner = close ? mem_copy(open + 1, (size_t)(close - open - 1)) : NULL;

	return lower_copy(inner ? inner : peer);
}

static void apply_sent(struct folded *folded, const struct event *event)
{
	struct case_message *message = message_add(folded, event, "sent");
	const json_t *to = js_array(event->body, "to");
	AUTO_STR peers = STR_INIT;

	for (size_t i = 0; i < json_array_size(to); i++)
		str_add_format(&peers, "%s%s", i ? ", " : "",
			       json_string_value(json_array_get(to, i)));
	message->peer = folded_keep(folded, str_detach(&peers));
	message->address = folded_keep(
		folded, bare_address(str_or_empty(json_string_value(json_array_get(to, 0)))));
	message->verdict = VERDICT_SIGNED;
	if (message->message_id)
		*CASE_ADD(folded, sent_ids, sent_id_count, ROOM_SENT_IDS) = message->message_id;
	if (folded->state.times.answered == INSTANT_NONE || message->at < folded->state.times.answered)
		folded->state.times.answered = message->at;
	note_unanswered(&folded->state);
}

const struct fold_row report_row = { NULL, apply_report };
const struct fold_row message_received_row = { NULL, apply_received };
const struct fold_row message_sent_row = { NULL, apply_sent };
