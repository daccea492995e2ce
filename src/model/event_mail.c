/* SPDX-License-Identifier: Apache-2.0 */
/* Events of letters, the inbox and the keys of those who write. */
#include "event_rows.h"

#include "psirtty/model/mail.h"

#define X(name, word) word,
static const char *const verdict_words[] = { MAIL_VERDICTS(X) NULL };
#undef X
const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };
static const char *const fate_words[] = { "taken", "refused", "later", "unknown", NULL };
/* How somebody made sure whose a key is. */
const char *const key_check_words[] = { "in-person", "phone", "website", "directory", "signed", "old-key", "unchecked", NULL };
const char *const mail_pass_words[] = { "known", "too-large", NULL };
const char *const mail_sort_words[] = { "report", "spam", "slop", "other", NULL };

/* What a report and every later mail of somebody else carry. */
#define MAIL_FIELDS \
	{ "mail", FIELD_TEXT, MAY, NULL }, { "message_id", FIELD_TEXT, MAY, NULL }, \
	{ "in_reply_to", FIELD_TEXT, MAY, NULL }, { "subject", FIELD_TEXT, NEED, NULL }, \
	{ "from_name", FIELD_TEXT, MAY, NULL }, { "from_address", FIELD_TEXT, NEED, NULL }, \
	{ "received", FIELD_INSTANT, NEED, NULL }, { "channel", FIELD_TEXT, NEED, NULL }, \
	{ "verdict", FIELD_WORD, NEED, verdict_words }, \
	{ "fingerprint", FIELD_TEXT, MAY, NULL }, { "text", FIELD_BLOCK, NEED, NULL }, \
	{ "raw", FIELD_OBJECT, NEED, NULL }, { "attachments", FIELD_OBJECTS, MAY, NULL }

/* Of a letter on its way: its send id, who else gets it, under what marking, which keys open it, by what way. */
#define SENDING_FIELDS \
	{ "send", FIELD_HEX, MAY, NULL }, { "cc", FIELD_WORDS, MAY, NULL }, { "bcc", FIELD_WORDS, MAY, NULL }, \
	{ "tlp", FIELD_WORD, MAY, tlp_words }, { "readers", FIELD_WORDS, MAY, NULL }, \
	{ "way", FIELD_TEXT, MAY, NULL }, { "template", FIELD_TEXT, MAY, NULL }

static const struct event_info rows[] = {
	{ ROW(EVENT_REPORT_RECEIVED), .command = "mail take",
	  .line = N_("report from {from_address}: {subject} ({verdict})"),
	  .fields = { MAIL_FIELDS } },
	{ ROW(EVENT_MESSAGE_RECEIVED), .command = "mail link",
	  .line = N_("mail from {from_address}: {subject} ({verdict})"),
	  .fields = { MAIL_FIELDS } },
	{ ROW(EVENT_MESSAGE_SENT), .command = "mail send", .line = N_("mail to {to}: {subject}"),
	  .fields = { { "subject", FIELD_TEXT, NEED, NULL },
		      { "to", FIELD_WORDS, NEED, NULL },
		      { "message_id", FIELD_TEXT, NEED, NULL },
		      { "in_reply_to", FIELD_TEXT, MAY, NULL },
		      { "sent", FIELD_INSTANT, NEED, NULL },
		      { "text", FIELD_BLOCK, NEED, NULL },
		      { "raw", FIELD_OBJECT, NEED, NULL },
		      SENDING_FIELDS,
		      { "clear", FIELD_BOOL, MAY, NULL },
		      { "files", FIELD_WORDS, MAY, NULL } } },
	{ ROW(EVENT_LETTER_BEGUN), .command = "mail send", .line = N_("letter to {to} on its way: {subject}"),
	  .fields = { { "subject", FIELD_TEXT, NEED, NULL },
		      { "to", FIELD_WORDS, NEED, NULL },
		      { "message_id", FIELD_TEXT, NEED, NULL },
		      { "sent", FIELD_INSTANT, NEED, NULL },
		      { "attachments", FIELD_OBJECTS, NEED, NULL },
		      SENDING_FIELDS } },
	{ ROW(EVENT_LETTER_FAILED), .command = "mail send", .line = N_("letter to {recipient}: {fate} {answer}"),
	  .fields = { { "send", FIELD_HEX, NEED, NULL },
		      { "recipient", FIELD_TEXT, NEED, NULL },
		      { "fate", FIELD_WORD, NEED, fate_words },
		      { "answer", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_MAIL_ACKNOWLEDGED), .command = "mail acknowledge",
	  .line = N_("{mail} was acknowledged to {to}"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL },
		      { "to", FIELD_TEXT, NEED, NULL },
		      { "message_id", FIELD_TEXT, NEED, NULL },
		      { "sent", FIELD_INSTANT, NEED, NULL },
		      { "clear", FIELD_BOOL, MAY, NULL },
		      { "way", FIELD_TEXT, MAY, NULL },
		      { "raw", FIELD_OBJECT, NEED, NULL } } },
	{ ROW(EVENT_MAIL_RECEIVED), .command = "mail import",
	  .line = N_("{mail} came in by {channel}, {size} bytes"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "received", FIELD_INSTANT, NEED, NULL },
		      { "channel", FIELD_TEXT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "size", FIELD_INTEGER, NEED, NULL },
		      { "raw", FIELD_OBJECT, NEED, NULL },
		      { "account", FIELD_TEXT, MAY, NULL },
		      { "uid", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_MAIL_PASSED), .command = "mail fetch", .line = N_("{account}: passed over ({why}): {uids}"),
	  .fields = { { "account", FIELD_TEXT, NEED, NULL },
		      { "uids", FIELD_WORDS, NEED, NULL },
		      { "why", FIELD_WORD, NEED, mail_pass_words },
		      { "received", FIELD_INSTANT, NEED, NULL },
		      { "size", FIELD_INTEGER, MAY, NULL },
		      { "mails", FIELD_WORDS, MAY, NULL } } },
	{ ROW(EVENT_MAIL_SORTED), .command = "mail sort", .line = N_("{mail} sorted: {as}"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "as", FIELD_WORD, NEED, mail_sort_words },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_MAIL_READ), .command = "mail retry", .line = N_("{mail} was read"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "record", FIELD_RECORD, NEED, NULL },
		      { "kept", FIELD_OBJECT, MAY, NULL }, /* where the record lies; it is empty here then */
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_MAIL_TAKEN), .command = "mail take", .line = N_("{mail} went to {case}"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "case", FIELD_TEXT, NEED, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_MAIL_DROPPED), .command = "case shred", .line = N_("{mail} was shredded"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_KEY_PINNED), .command = "key pin",
	  .line = N_("{address} has key {fingerprint} ({verified}) {note}"),
	  .fields = { { "address", FIELD_TEXT, NEED, NULL },
		      { "fingerprint", FIELD_TEXT, NEED, NULL },
		      { "verified", FIELD_WORD, MAY, key_check_words },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "instead", FIELD_TEXT, MAY, NULL },
		      { "statement", FIELD_BLOCK, MAY, NULL },
		      { "asked", FIELD_HEX, MAY, NULL },
		      { "alone", FIELD_BOOL, MAY, NULL } } },
	{ ROW(EVENT_KEY_CHANGE_ASKED), .command = "key pin",
	  .line = N_("{address} is to have key {fingerprint} instead of {instead}: a second person must say so"),
	  .fields = { { "address", FIELD_TEXT, NEED, NULL },
		      { "fingerprint", FIELD_TEXT, NEED, NULL },
		      { "instead", FIELD_TEXT, NEED, NULL },
		      { "verified", FIELD_WORD, MAY, key_check_words },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_KEY_UNPINNED), .command = "key unpin",
	  .line = N_("{address} has no key any more"),
	  .fields = { { "address", FIELD_TEXT, NEED, NULL } } },
};

const struct event_family mail_events = FAMILY(rows);
