/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event table and what can be said of an event without knowing any other: whether its body has
 * the row's shape, and its one line. What events mean is for the fold.
 */
#include "psirtty/model/event.h"

#include "psirtty/base/i18n.h"
#include "psirtty/model/mail.h"
#include "psirtty/model/model.h"

enum { TEXT_LIMIT = 4000, BLOCK_LIMIT = 20 * 1024 * 1024, LIST_LIMIT = 1000 };
enum { LINE_LIMIT = 200, LINE_FIELD_LIMIT = 120 };

/* ---- words */

#define X(name, word) word,
static const char *const verdict_words[] = { MAIL_VERDICTS(X) NULL };
static const char *const affected_words[] = { AFFECTED_STATUSES(X) NULL };
#undef X
static const char *const remediation_words[] = { "mitigation", "no_fix_planned", "none_available",
						 "vendor_fix", "workaround", NULL };
static const char *const repro_words[] = { "reproduced", "not-reproduced", "partial", NULL };
static const char *const role_words[] = { "finder",   "reporter", "vendor", "coordinator",
					  "deployer", "other",    NULL };
static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };

static const char *const fate_words[] = { "taken", "refused", "later", "unknown", NULL };
static const char *const switch_words[] = { "on", "off", NULL };
/* Languages letters are written in. */
const char *const language_words[] = { "en", "zh", NULL };
/* How somebody made sure whose a key is. */
const char *const key_check_words[] = { "in-person", "phone", "website", "directory", "signed", "old-key", "unchecked", NULL };

static const char *const vendor_words[] = { "vendor-aware", "fix-ready", "fix-deployed", NULL };
/* What a report is: a vulnerability, or why it is none of ours (ISO/IEC 30111, 7.1.4 b). */
const char *const outcome_words[] = { "vulnerability", "hardening",        "duplicate",
				      "obsolete-product", "not-security",  "other-vendor",
				      "not-reproducible", "out-of-scope",  "need-info", NULL };
/* The five reasons of VEX. */
const char *const justification_words[] = {
	"component_not_present", "vulnerable_code_not_present",
	"vulnerable_code_not_in_execute_path", "vulnerable_code_cannot_be_controlled_by_adversary",
	"inline_mitigations_already_exist", NULL
};
const char *const credit_words[] = { "unknown", "name", "handle", "anonymous", "none", NULL };
static const char *const visibility_words[] = { "restricted", "public", NULL };
const char *const grade_words[] = { "critical", "high", "medium", "low", NULL };
static const char *const variant_words[] = { "suspected", "confirmed", "ruled-out", NULL };
static const char *const option_words[] = { "proposed", "chosen", "dropped", NULL };
static const char *const plan_words[] = { "planned", "built", "released", "dropped", NULL };
static const char *const workaround_words[] = { "untested", "works", "partial", "fails", NULL };
static const char *const validator_words[] = { "us", "finder", "vendor", "third-party", NULL };
static const char *const fix_words[] = { "fixed", "not-fixed", "partial", "regression", NULL };
static const char *const signoff_words[] = { "fix", "advisory", "release", "embargo", "risk",
					     "severity", NULL };
static const char *const decision_words[] = { "approved", "refused", "withdrawn", NULL };
static const char *const risk_words[] = { "accepted", "closed", NULL };
static const char *const room_words[] = { "open", "closed", NULL };
static const char *const task_words[] = { "open", "done", "dropped", NULL };
const char *const contact_kind_words[] = { "finder", "vendor", "coordinator", "authority", "customer",
				      "supplier", "other", NULL };
/* As the rules on foreign recipients need it: "CN" is the mainland. */
const char *const jurisdiction_words[] = { "CN", "HK", "MO", "TW", "foreign", "unknown", NULL };
const char *const product_words[] = { "product", "service", "both", NULL };
const char *const mail_pass_words[] = { "known", "too-large", NULL };
const char *const mail_sort_words[] = { "report", "spam", "slop", "other", NULL };
const char *const gate_action_words[] = { "publish", "send", "export", NULL };
const char *const gate_mode_words[] = { "on", "warn", "off", NULL };
/* Of an early publication: what the provider and the authorities answered. */
const char *const provider_words[] = { "agreed", "not-agreed", NULL };
const char *const authority_words[] = { "agreed", "conditions", "refused", NULL };

/* What only an advisory says, besides what advisory-drafted has. */
const char *const advisory_text_words[] = { "title", "summary", "description", "recommendation", "faq", "legal", "audience",
					    "category", "versioning", "revision", NULL };
static const char *const release_words[] = { "interim", "final", NULL };
/* Of a CVE id in the pool. */
#define X(name, word) word,
const char *const pool_words[] = { POOL_STATES(X) NULL };
#undef X

/* ---- the table */

#define X(name, number, wire, stream) \
	static const char wire_##name[] = wire; \
	enum { stream_##name = stream };
EVENT_TYPES(X)
#undef X
#define ROW(name) .type = name, .wire = wire_##name, .stream = (enum event_stream)stream_##name
#define NEED true
#define MAY false
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

/* The terms a case brings with it when it is merged or split. */
#define INHERITED_FIELDS \
	{ "until", FIELD_INSTANT, MAY, NULL }, { "zone", FIELD_TEXT, MAY, NULL }, \
	{ "allow", FIELD_WORDS, MAY, NULL }, { "signatories", FIELD_WORDS, MAY, NULL }

static const struct event_info table[] = {
	{ ROW(EVENT_CASE_OPENED), .command = "case new", .line = N_("case opened: {title}"),
	  .fields = { { "case", FIELD_TEXT, NEED, NULL },
		      { "title", FIELD_TEXT, NEED, NULL },
		      { "source", FIELD_TEXT, MAY, NULL } } },
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
	{ ROW(EVENT_TITLE_SET), .command = "case set", .line = N_("title: {title}"),
	  .undoable = true, .fields = { { "title", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_SUMMARY_SET), .command = "case set", .line = N_("summary: {summary}"),
	  .undoable = true, .fields = { { "summary", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_STATE_SET), .command = "case state", .line = N_("state {to} {reason}"),
	  .undoable = true,
	  .fields = { { "to", FIELD_WORD, NEED, rm_words },
		      { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_DISCLOSURE_SET), .command = "case set", .line = N_("now {bit}"),
	  .undoable = true, .fields = { { "bit", FIELD_WORD, NEED, cs_words } } },
	{ ROW(EVENT_SCORE_SET), .command = "case set", .line = N_("score by {issuer}: {vector}"),
	  .undoable = true,
	  .fields = { { "vector", FIELD_TEXT, NEED, NULL },
		      { "issuer", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CWE_SET), .command = "case set", .line = N_("weakness {cwe}"),
	  .undoable = true, .fields = { { "cwe", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ID_ADDED), .command = "case set", .line = N_("{system} id {text}"),
	  .undoable = true,
	  .fields = { { "system", FIELD_TEXT, NEED, NULL },
		      { "text", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_AFFECTED_SET), .command = "affected set",
	  .line = N_("{product} {version}: {status}"), .undoable = true,
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, affected_words } } },
	{ ROW(EVENT_REMEDIATION_SET), .command = "case set",
	  .line = N_("remediation {category}: {details}"), .undoable = true,
	  .fields = { { "category", FIELD_WORD, NEED, remediation_words },
		      { "details", FIELD_BLOCK, NEED, NULL },
		      { "url", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_ASSIGNED), .command = "case set", .line = N_("assigned to {member}"),
	  .undoable = true, .fields = { { "member", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_NOTE_ADDED), .command = "note", .line = N_("note: {text}"), .undoable = true,
	  .fields = { { "text", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_REPRO_ADDED), .command = "repro add", .line = N_("{verdict} with {build}"),
	  .undoable = true,
	  .fields = { { "build", FIELD_TEXT, NEED, NULL },
		      { "verdict", FIELD_WORD, NEED, repro_words },
		      { "environment", FIELD_BLOCK, MAY, NULL },
		      { "steps", FIELD_BLOCK, NEED, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_PARTY_ADDED), .command = "party add", .line = N_("party {name} ({role})"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "role", FIELD_WORD, NEED, role_words },
		      { "address", FIELD_TEXT, MAY, NULL },
		      { "fingerprint", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_PROPOSED), .command = "embargo propose",
	  .line = N_("embargo proposed by {by} until {until} {zone} {note}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_ACCEPTED), .command = "embargo accept",
	  .line = N_("embargo accepted by {by} {party}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL }, { "party", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_REJECTED), .command = "embargo reject",
	  .line = N_("embargo rejected by {by} {reason}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_TERMINATED), .command = "embargo terminate",
	  .line = N_("embargo ended: {reason}"),
	  .fields = { { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ADVISORY_DRAFTED), .command = "advisory edit",
	  .line = N_("advisory {advisory} drafted: {title} (TLP:{tlp})"), .undoable = true,
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "title", FIELD_TEXT, NEED, NULL },
		      { "summary", FIELD_BLOCK, MAY, NULL },
		      { "description", FIELD_BLOCK, MAY, NULL },
		      { "recommendation", FIELD_BLOCK, MAY, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words } } },
	{ ROW(EVENT_UNDONE), .command = "undo", .line = N_("undone: event {event}"),
	  .undoable = true, .fields = { { "event", FIELD_HEX, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_STARTED), .command = "clock start",
	  .line = N_("clock {clock} runs from {at}: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "at", FIELD_INSTANT, NEED, NULL },
		      { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_STOPPED), .command = "clock stop",
	  .line = N_("clock {clock} stopped: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_PAUSED), .command = "clock pause",
	  .line = N_("clock {clock} paused: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_RESUMED), .command = "clock resume", .line = N_("clock {clock} goes on"),
	  .undoable = true, .fields = { { "clock", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_FILED), .command = "clock file",
	  .line = N_("{clock} filed at {filed} {receipt} {note}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "filed", FIELD_INSTANT, NEED, NULL },
		      { "by", FIELD_TEXT, MAY, NULL },
		      { "to", FIELD_TEXT, MAY, NULL },
		      { "receipt", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "sheet", FIELD_BLOCK, MAY, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_FILING_DRAFTED), .command = "clock fill",
	  .line = N_("{clock}, {field}: {value}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "field", FIELD_TEXT, NEED, NULL },
		      { "value", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_TERMS_PROPOSED), .command = "embargo propose",
	  .line = N_("embargo proposed by {by} until {until} {zone} {allow} {note}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "rsvp", FIELD_INSTANT, MAY, NULL },
		      { "allow", FIELD_WORDS, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "assessment", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_TERMS_ACCEPTED), .command = "embargo accept",
	  .line = N_("embargo terms accepted by {by} {note}"), .undoable = true,
	  .fields = { { "terms", FIELD_HEX, NEED, NULL },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "over", FIELD_HEX, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_TERMS_REJECTED), .command = "embargo reject",
	  .line = N_("embargo terms rejected by {by} {reason}"), .undoable = true,
	  .fields = { { "terms", FIELD_HEX, NEED, NULL },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "reason", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_ENDED), .command = "embargo terminate",
	  .line = N_("embargo ended ({cause}): {reason} {evidence}"),
	  .fields = { { "cause", FIELD_WORD, NEED, end_words },
		      { "reason", FIELD_TEXT, NEED, NULL },
		      { "by", FIELD_TEXT, MAY, NULL },
		      { "override", FIELD_BOOL, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_PARTY_SET), .command = "party set",
	  .line = N_("party {name}: {role} {address} {zone}"), .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "role", FIELD_WORD, MAY, role_words },
		      { "address", FIELD_TEXT, MAY, NULL },
		      { "fingerprint", FIELD_TEXT, MAY, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "contact", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_OWNER_SET), .command = "case owner", .line = N_("coordinated by {owner} {reason}"),
	  .undoable = true,
	  .fields = { { "owner", FIELD_TEXT, NEED, NULL },
		      { "reason", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_PARTY_INVITED), .command = "embargo invite",
	  .line = N_("{name} is asked to agree by {rsvp}"), .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "terms", FIELD_HEX, NEED, NULL },
		      { "rsvp", FIELD_INSTANT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_PARTY_STATE), .command = "party set", .line = N_("{name} is {to} {reason}"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "to", FIELD_WORD, NEED, rm_words },
		      { "reason", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_PARTY_DISCLOSURE), .command = "party set", .line = N_("{name}: now {bit}"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "bit", FIELD_WORD, NEED, vendor_words },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_LEAK_RECORDED), .command = "embargo leak", .line = N_("leak: {what} {party}"),
	  .undoable = true,
	  .fields = { { "what", FIELD_BLOCK, NEED, NULL },
		      { "party", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_QUALIFIED), .command = "case qualify",
	  .line = N_("qualified: {outcome} by rule {rule} of bar {bar}, priority {priority}"),
	  .undoable = true,
	  .fields = { { "outcome", FIELD_WORD, NEED, outcome_words },
		      { "rule", FIELD_TEXT, MAY, NULL },
		      { "bar", FIELD_TEXT, MAY, NULL },
		      { "priority", FIELD_TEXT, MAY, NULL },
		      { "reason", FIELD_BLOCK, MAY, NULL },
		      { "original", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_HANDED_OVER), .command = "case handover",
	  .line = N_("handed over to {member}: {note}"), .undoable = true,
	  .fields = { { "member", FIELD_TEXT, NEED, NULL }, { "note", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_AFFECTED_JUDGED), .command = "affected set",
	  .line = N_("{product} {version}: {status} {justification}"), .undoable = true,
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, affected_words },
		      { "justification", FIELD_WORD, MAY, justification_words },
		      { "impact", FIELD_BLOCK, MAY, NULL },
		      { "by", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_MERGED), .command = "case merge", .line = N_("merged into {into} {reason}"),
	  .fields = { { "into", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, MAY, NULL },
		      { "carried", FIELD_BOOL, MAY, NULL } } },
	{ ROW(EVENT_MERGE_TAKEN), .command = "case merge", .line = N_("takes {from} in"),
	  .fields = { { "from", FIELD_TEXT, NEED, NULL }, { "known", FIELD_INSTANT, MAY, NULL },
		      { "exploited", FIELD_INSTANT, MAY, NULL }, { "incident", FIELD_INSTANT, MAY, NULL },
		      { "published", FIELD_INSTANT, MAY, NULL }, INHERITED_FIELDS } },
	{ ROW(EVENT_SPLIT_OFF), .command = "case split", .line = N_("split off: {case} {reason}"),
	  .fields = { { "case", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_SPLIT_FROM), .command = "case split", .line = N_("split from {case}"),
	  .fields = { { "case", FIELD_TEXT, NEED, NULL }, { "known", FIELD_INSTANT, MAY, NULL },
		      INHERITED_FIELDS } },
	{ ROW(EVENT_CASE_EXPORTED), .command = "case export", .line = N_("exported for {to} (TLP:{tlp})"),
	  .fields = { { "to", FIELD_WORDS, NEED, NULL },
		      { "names", FIELD_WORDS, MAY, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "size", FIELD_INTEGER, NEED, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words } } },
	{ ROW(EVENT_CASE_IMPORTED), .command = "case import",
	  .line = N_("imported from {origin}, signed by {fingerprint} ({verdict})"),
	  .fields = { { "origin", FIELD_TEXT, NEED, NULL },
		      { "fingerprint", FIELD_TEXT, MAY, NULL },
		      { "verdict", FIELD_TEXT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "tlp", FIELD_WORD, MAY, tlp_words },
		      { "attachments", FIELD_OBJECTS, NEED, NULL } } },
	{ ROW(EVENT_CASE_DISPOSED), .command = "case shred",
	  .line = N_("{case} was shredded: {events} events, {files} files"),
	  .fields = { { "case", FIELD_TEXT, NEED, NULL },
		      { "stream", FIELD_HEX, NEED, NULL },
		      { "shredded", FIELD_INSTANT, NEED, NULL },
		      { "events", FIELD_INTEGER, NEED, NULL },
		      { "files", FIELD_INTEGER, NEED, NULL },
		      { "kept", FIELD_INTEGER, NEED, NULL },
		      { "mails", FIELD_WORDS, MAY, NULL },
		      { "dropped", FIELD_WORDS, MAY, NULL },
		      { "objects", FIELD_WORDS, MAY, NULL },
		      { "inbox", FIELD_INTEGER, MAY, NULL },
		      { "verified", FIELD_TEXT, NEED, NULL },
		      { "backups_until", FIELD_INSTANT, NEED, NULL } } },
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
	{ ROW(EVENT_PRODUCT_ADDED), .command = "product add",
	  .line = N_("product {product}: {name}"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "name", FIELD_TEXT, NEED, NULL },
		      { "vendor", FIELD_TEXT, MAY, NULL },
		      { "purl", FIELD_TEXT, MAY, NULL },
		      { "cpe", FIELD_TEXT, MAY, NULL },
		      { "versions", FIELD_WORDS, MAY, NULL } } },
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
	{ ROW(EVENT_POLICY_SET), .command = "vault set",
	  .line = N_("policy: {publisher} {namespace} {contact} {prefix} {provider} {cna}"),
	  .fields = { { "publisher", FIELD_TEXT, MAY, NULL },
		      { "namespace", FIELD_TEXT, MAY, NULL },
		      { "contact", FIELD_TEXT, MAY, NULL },
		      { "prefix", FIELD_TEXT, MAY, NULL },
		      { "acknowledge", FIELD_WORD, MAY, switch_words },
		      { "provider", FIELD_TEXT, MAY, NULL },
		      { "cna", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_FREEZE_ADDED), .command = "freeze add",
	  .line = N_("no publication from {from} to {until}: {name} ({source})"),
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "from", FIELD_INSTANT, NEED, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "source", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_FREEZE_REMOVED), .command = "freeze remove",
	  .line = N_("freeze {name} taken back: {reason}"),
	  .fields = { { "name", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_RULES_SET), .command = "clock rules", .line = N_("rules of clocks changed"),
	  .fields = { { "yaml", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_DUTY_DONE), .command = "clock done", .line = N_("{clock} done at {at}: {note}"),
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "at", FIELD_INSTANT, NEED, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "receipt", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_REPORT_MARKED), .command = "case report",
	  .line = N_("message {message} is a report {original}"), .undoable = true,
	  .fields = { { "message", FIELD_HEX, NEED, NULL },
		      { "original", FIELD_HEX, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_SOURCE_SET), .command = "case set", .line = N_("source: {source}"),
	  .undoable = true, .fields = { { "source", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CREDIT_SET), .command = "case credit", .line = N_("credit: {name} {as}"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "as", FIELD_TEXT, MAY, NULL },
		      { "consent", FIELD_WORD, NEED, credit_words } } },
	{ ROW(EVENT_TRACKER_SET), .command = "case tracker",
	  .line = N_("tracker {system} {ref} ({visibility})"), .undoable = true,
	  .fields = { { "system", FIELD_TEXT, NEED, NULL },
		      { "ref", FIELD_TEXT, NEED, NULL },
		      { "visibility", FIELD_WORD, NEED, visibility_words },
		      { "state", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_GRADE_SET), .command = "case grade",
	  .line = N_("GB/T 30279 grade by {issuer}: {grade} {vector}"), .undoable = true,
	  .fields = { { "issuer", FIELD_TEXT, NEED, NULL },
		      { "grade", FIELD_WORD, NEED, grade_words },
		      { "vector", FIELD_TEXT, MAY, NULL },
		      { "reason", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_VARIANT_SET), .command = "variant set", .line = N_("variant {name}: {status}"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, variant_words },
		      { "product", FIELD_TEXT, MAY, NULL },
		      { "details", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_ROOT_CAUSE_SET), .command = "case root-cause",
	  .line = N_("root cause ({class}): {text}"), .undoable = true,
	  .fields = { { "text", FIELD_BLOCK, NEED, NULL },
		      { "class", FIELD_TEXT, MAY, NULL },
		      { "introduced", FIELD_TEXT, MAY, NULL },
		      { "phase", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_OPTION_SET), .command = "option set",
	  .line = N_("option {name} ({kind}): {state}"), .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "kind", FIELD_WORD, NEED, remediation_words },
		      { "state", FIELD_WORD, NEED, option_words },
		      { "effort", FIELD_TEXT, MAY, NULL },
		      { "details", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_PLAN_SET), .command = "plan set",
	  .line = N_("{version}: planned for {due} by {owner}, {state}"), .undoable = true,
	  .fields = { { "version", FIELD_TEXT, NEED, NULL },
		      { "due", FIELD_INSTANT, NEED, NULL },
		      { "owner", FIELD_TEXT, MAY, NULL },
		      { "state", FIELD_WORD, NEED, plan_words },
		      { "details", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_WORKAROUND_SET), .command = "workaround set",
	  .line = N_("workaround {name} ({result}): {details}"), .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "details", FIELD_BLOCK, NEED, NULL },
		      { "tested_by", FIELD_TEXT, MAY, NULL },
		      { "result", FIELD_WORD, NEED, workaround_words } } },
	{ ROW(EVENT_FIX_VALIDATED), .command = "fix validate",
	  .line = N_("{version} tried by {by} ({who}): {verdict}"), .undoable = true,
	  .fields = { { "version", FIELD_TEXT, NEED, NULL },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "who", FIELD_WORD, NEED, validator_words },
		      { "verdict", FIELD_WORD, NEED, fix_words },
		      { "details", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_SIGNED_OFF), .command = "case signoff",
	  .line = N_("{by} on {what}: {decision}"), .undoable = true,
	  .fields = { { "what", FIELD_WORD, NEED, signoff_words },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "role", FIELD_TEXT, MAY, NULL },
		      { "decision", FIELD_WORD, NEED, decision_words },
		      { "reason", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_RISK_SET), .command = "risk add",
	  .line = N_("risk {risk} of {product}: {state} by {by} until {until}"), .undoable = true,
	  .fields = { { "risk", FIELD_TEXT, NEED, NULL },
		      { "product", FIELD_TEXT, MAY, NULL },
		      { "reason", FIELD_BLOCK, NEED, NULL },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "state", FIELD_WORD, NEED, risk_words },
		      { "until", FIELD_INSTANT, NEED, NULL } } },
	{ ROW(EVENT_INCIDENT_SET), .command = "incident set",
	  .line = N_("situation room {state}: {reason}"), .undoable = true,
	  .fields = { { "state", FIELD_WORD, NEED, room_words },
		      { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_SITUATION_LOGGED), .command = "incident log", .line = N_("situation: {text}"),
	  .undoable = true, .fields = { { "text", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_TASK_SET), .command = "task add",
	  .line = N_("task {state}: {text} {owner} {due}"), .undoable = true,
	  .fields = { { "task", FIELD_TEXT, NEED, NULL },
		      { "text", FIELD_TEXT, NEED, NULL },
		      { "owner", FIELD_TEXT, MAY, NULL },
		      { "due", FIELD_INSTANT, MAY, NULL },
		      { "state", FIELD_WORD, NEED, task_words } } },
	{ ROW(EVENT_POST_MORTEM_SET), .command = "case post-mortem",
	  .line = N_("post-mortem: {lessons}"), .undoable = true,
	  .fields = { { "what", FIELD_BLOCK, NEED, NULL },
		      { "lessons", FIELD_BLOCK, MAY, NULL },
		      { "actions", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_REPRO_RUN), .command = "repro run",
	  .line = N_("{verdict}: {build} {version} on {machine}"), .undoable = true,
	  .fields = { { "build", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "verdict", FIELD_WORD, NEED, repro_words },
		      { "machine", FIELD_TEXT, MAY, NULL },
		      { "snapshot", FIELD_TEXT, MAY, NULL },
		      { "isolation", FIELD_TEXT, MAY, NULL },
		      { "tools", FIELD_WORDS, MAY, NULL },
		      { "steps", FIELD_BLOCK, MAY, NULL },
		      { "transcript", FIELD_BLOCK, MAY, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_FILE_EXPORTED), .command = "repro export",
	  .line = N_("file {sha256} exported to {to}: {reason}"),
	  .fields = { { "sha256", FIELD_HEX, NEED, NULL },
		      { "name", FIELD_TEXT, MAY, NULL },
		      { "to", FIELD_TEXT, NEED, NULL },
		      { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_GATE_EVALUATED), .command = "gate check", .line = N_("gates to {action}: {summary}"),
	  .fields = { { "action", FIELD_WORD, NEED, gate_action_words },
		      { "summary", FIELD_TEXT, NEED, NULL },
		      { "results", FIELD_WORDS, NEED, NULL },
		      { "to", FIELD_WORDS, MAY, NULL } } },
	{ ROW(EVENT_GATE_CLEARED), .command = "gate clear",
	  .line = N_("gate {gate} to {action} cleared: {reason} {reference}"), .undoable = true,
	  .fields = { { "gate", FIELD_TEXT, NEED, NULL },
		      { "action", FIELD_WORD, NEED, gate_action_words },
		      { "about", FIELD_BLOCK, NEED, NULL },
		      { "reason", FIELD_TEXT, NEED, NULL },
		      { "reference", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_HEX, MAY, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_EARLY_PUBLICATION), .command = "gate early",
	  .line = N_("early publication: provider {provider_result}, authorities {outcome}"), .undoable = true,
	  .fields = { { "product", FIELD_TEXT, MAY, NULL },
		      { "vulnerability", FIELD_TEXT, MAY, NULL },
		      { "necessity", FIELD_BLOCK, MAY, NULL },
		      { "provider_date", FIELD_INSTANT, MAY, NULL },
		      { "provider_persons", FIELD_TEXT, MAY, NULL },
		      { "provider_result", FIELD_WORD, MAY, provider_words },
		      { "miit_date", FIELD_INSTANT, MAY, NULL },
		      { "miit_ref", FIELD_TEXT, MAY, NULL },
		      { "mps_date", FIELD_INSTANT, MAY, NULL },
		      { "mps_ref", FIELD_TEXT, MAY, NULL },
		      { "outcome", FIELD_WORD, MAY, authority_words },
		      { "outcome_date", FIELD_INSTANT, MAY, NULL },
		      { "published", FIELD_BLOCK, MAY, NULL },
		      { "measures", FIELD_BLOCK, MAY, NULL },
		      { "approver", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_COLLISION_DECIDED), .command = "gate decide",
	  .line = N_("collision {collision} decided by {by}: {decision} {reason}"), .undoable = true,
	  .fields = { { "collision", FIELD_TEXT, NEED, NULL },
		      { "about", FIELD_BLOCK, NEED, NULL },
		      { "decision", FIELD_TEXT, NEED, NULL },
		      { "by", FIELD_TEXT, NEED, NULL },
		      { "reason", FIELD_TEXT, NEED, NULL },
		      { "reference", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_GATE_MODE_SET), .command = "gate mode", .line = N_("gate {gate} is {mode}: {reason}"),
	  .fields = { { "gate", FIELD_TEXT, NEED, NULL },
		      { "mode", FIELD_WORD, NEED, gate_mode_words },
		      { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ADVISORY_TEXT), .command = "advisory edit", .line = N_("advisory, {field} {lang}: {value}"),
	  .undoable = true,
	  .fields = { { "field", FIELD_WORD, NEED, advisory_text_words },
		      { "lang", FIELD_TEXT, NEED, NULL },
		      { "value", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_ADVISORY_PREPARED), .command = "advisory prepare",
	  .line = N_("advisory {advisory} version {version} is prepared for {at}: {summary}"), .undoable = true,
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "at", FIELD_INSTANT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, release_words },
		      { "summary", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ADVISORY_APPROVED), .command = "advisory approve",
	  .line = N_("advisory {advisory} version {version} approved as {role}: {note} (documents {sha256})"),
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "role", FIELD_TEXT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "fingerprint", FIELD_TEXT, NEED, NULL },
		      { "signature", FIELD_BLOCK, NEED, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_ADVISORY_PUBLISHED), .command = "advisory publish",
	  .line = N_("advisory {advisory} version {version} published (TLP:{tlp}): {summary}"),
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, release_words },
		      { "released", FIELD_INSTANT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words },
		      { "summary", FIELD_TEXT, NEED, NULL },
		      { "attachments", FIELD_OBJECTS, NEED, NULL } } },
	{ ROW(EVENT_CVE_STATE), .command = "cve", .line = N_("{cve}: {state} {case} {reason}"),
	  .fields = { { "cve", FIELD_TEXT, NEED, NULL },
		      { "state", FIELD_WORD, NEED, pool_words },
		      { "case", FIELD_TEXT, MAY, NULL },
		      { "at", FIELD_INSTANT, MAY, NULL },
		      { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_CONTACT_SET), .command = "contact set",
	  .line = N_("contact {contact}: {name} {kind} {jurisdiction}"),
	  .fields = { { "contact", FIELD_TEXT, NEED, NULL },
		      { "name", FIELD_TEXT, MAY, NULL },
		      { "kind", FIELD_WORD, MAY, contact_kind_words },
		      { "organisation", FIELD_TEXT, MAY, NULL },
		      { "addresses", FIELD_WORDS, MAY, NULL },
		      { "fingerprints", FIELD_WORDS, MAY, NULL },
		      { "channels", FIELD_WORDS, MAY, NULL },
		      { "jurisdiction", FIELD_WORD, MAY, jurisdiction_words },
		      { "country", FIELD_TEXT, MAY, NULL },
		      { "products", FIELD_WORDS, MAY, NULL },
		      { "tlp", FIELD_WORD, MAY, tlp_words },
		      { "credit", FIELD_WORD, MAY, credit_words },
		      { "credit_as", FIELD_TEXT, MAY, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "language", FIELD_WORD, MAY, language_words },
		      { "note", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_CONTACT_REMOVED), .command = "contact remove",
	  .line = N_("contact {contact} removed"),
	  .fields = { { "contact", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_PRODUCT_SET), .command = "product set",
	  .line = N_("product {product}: {name} {owner}"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "name", FIELD_TEXT, MAY, NULL },
		      { "vendor", FIELD_TEXT, MAY, NULL },
		      { "purl", FIELD_TEXT, MAY, NULL },
		      { "cpe", FIELD_TEXT, MAY, NULL },
		      { "versions", FIELD_WORDS, MAY, NULL },
		      { "models", FIELD_WORDS, MAY, NULL },
		      { "markets", FIELD_WORDS, MAY, NULL },
		      { "owner", FIELD_TEXT, MAY, NULL },
		      { "kind", FIELD_WORD, MAY, product_words },
		      { "note", FIELD_BLOCK, MAY, NULL } } },
	{ ROW(EVENT_SUPPORT_SET), .command = "product support",
	  .line = N_("{product} {version} is supported until {until}"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "from", FIELD_INSTANT, MAY, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL } } },
	{ ROW(EVENT_EMBARGO_POLICY_SET), .command = "embargo policy",
	  .line = N_("embargo policy of {actor}: {preferred}, {minimum} to {maximum}"),
	  .fields = { { "actor", FIELD_TEXT, NEED, NULL },
		      { "inbox", FIELD_TEXT, MAY, NULL },
		      { "preferred", FIELD_TEXT, MAY, NULL },
		      { "minimum", FIELD_TEXT, MAY, NULL },
		      { "maximum", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
};

static const struct event_field object_fields[] = {
	{ "name", FIELD_TEXT, MAY, NULL },     { "type", FIELD_TEXT, MAY, NULL },
	{ "size", FIELD_INTEGER, NEED, NULL }, { "sha256", FIELD_HEX, NEED, NULL },
	{ "kind", FIELD_TEXT, MAY, NULL },     { "object", FIELD_TEXT, NEED, NULL },
	{ "key", FIELD_TEXT, NEED, NULL },     { NULL, FIELD_TEXT, MAY, NULL },
};

const struct event_info *event_table(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}

const struct event_info *event_info(int type)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if ((int)table[i].type == type)
			return &table[i];
	return NULL;
}

const struct event_info *event_info_by_wire(const char *wire)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_equal(table[i].wire, wire))
			return &table[i];
	return NULL;
}

/* ---- checking; each returns NULL or what is wrong */

typedef const char *(*check_fn)(const struct event_field *field, const json_t *value);

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name);

static const char *check_block(const struct event_field *field, const json_t *value)
{
	(void)field;
	if (!json_is_string(value))
		return N_("is not text");
	if (json_string_length(value) > BLOCK_LIMIT)
		return N_("is longer than 20 MB");
	if (memchr(json_string_value(value), 0, json_string_length(value)))
		return N_("holds a zero byte");
	return NULL;
}

static const char *check_text(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_block(field, value);

	if (wrong)
		return wrong;
	if (json_string_length(value) > TEXT_LIMIT)
		return N_("is longer than 4,000 bytes");
	if (strpbrk(json_string_value(value), "\r\n"))
		return N_("holds a line break");
	return NULL;
}

static const char *check_instant(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value);
	instant at;

	if (wrong)
		return wrong;
	return instant_parse(json_string_value(value), &at, NULL) == 0 ?
		       NULL :
		       N_("is not a date-time with a zone");
}

static const char *check_integer(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_integer(value) && json_integer_value(value) >= 0 ?
		       NULL :
		       N_("is not a whole number from 0 on");
}

static const char *check_bool(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_boolean(value) ? NULL : N_("is neither true nor false");
}

static const char *check_hex(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value), *hex;

	if (wrong)
		return wrong;
	hex = json_string_value(value);
	if (!*hex || strlen(hex) % 2 || hex[strspn(hex, "0123456789abcdef")])
		return N_("is not lower-case hexadecimal");
	return NULL;
}

static const char *check_word(const struct event_field *field, const json_t *value)
{
	if (!json_is_string(value))
		return N_("is not text");
	for (size_t i = 0; field->words[i]; i++)
		if (strlen(field->words[i]) == json_string_length(value) &&
		    str_equal(field->words[i], json_string_value(value)))
			return NULL;
	return N_("is none of its words");
}

static const char *check_object(const struct event_field *field, const json_t *value)
{
	const char *name;

	(void)field;
	if (!json_is_object(value) || check_members(object_fields, value, &name))
		return N_("is not the place of a sealed file");
	return NULL;
}

static const char *check_list(const struct event_field *field, const json_t *value, check_fn check)
{
	if (!json_is_array(value))
		return N_("is not a list");
	if (json_array_size(value) > LIST_LIMIT)
		return N_("has more than 1,000 items");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *wrong = check(field, json_array_get(value, i));

		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *check_objects(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_object);
}

static const char *check_words(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_text);
}

static const char *check_record(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_object(value) ? NULL : N_("is not an object");
}

static const check_fn checks[] = {
	[FIELD_TEXT] = check_text,       [FIELD_BLOCK] = check_block,
	[FIELD_INSTANT] = check_instant, [FIELD_INTEGER] = check_integer,
	[FIELD_BOOL] = check_bool,       [FIELD_HEX] = check_hex,
	[FIELD_WORD] = check_word,       [FIELD_OBJECT] = check_object,
	[FIELD_OBJECTS] = check_objects, [FIELD_WORDS] = check_words,
	[FIELD_RECORD] = check_record,
};

/* The first member of OBJECT that is no field. */
static const char *unknown_member(const struct event_field *fields, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		const struct event_field *field = fields;

		while (field->name && !str_equal(field->name, key))
			field++;
		if (!field->name)
			return key;
	}
	return "";
}

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name)
{
	size_t known = 0;

	for (const struct event_field *field = fields; field->name; field++) {
		const json_t *value = json_object_get(object, field->name);
		const char *wrong = NULL;

		if (value)
			wrong = checks[field->type](field, value);
		else if (field->required)
			wrong = N_("is missing");
		*ret_name = field->name;
		if (wrong)
			return wrong;
		known += value != NULL;
	}
	if (known == json_object_size(object))
		return NULL;
	*ret_name = unknown_member(fields, object);
	return N_("is not a field of this event");
}

int event_check(int type, const json_t *body, struct error *err)
{
	const struct event_info *info = event_info(type);
	const char *wrong, *name = "";

	if (!info)
		return error_set(err, ERR_INPUT, _("event"), _("Use a newer psirtty"),
				 _("type %d is not known here"), type);
	if (!json_is_object(body))
		return error_set(err, ERR_INPUT, info->wire, NULL, _("its body is not an object"));
	wrong = check_members(info->fields, body, &name);
	if (wrong)
		return error_set(err, ERR_INPUT, info->wire, NULL, "%.60s %s", name, _(wrong));
	return 0;
}

/* ---- the line */

static void add_value(struct str *line, const json_t *value)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		str_add_bytes(line, text, strnlen(text, LINE_FIELD_LIMIT + 4));
	} else if (json_is_integer(value)) {
		str_add_format(line, "%lld", (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		str_add(line, json_is_true(value) ? _("yes") : _("no"));
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value) && i < 8; i++) {
			const json_t *item = json_array_get(value, i);

			if (!json_is_string(item))
				continue;
			str_add(line, i ? ", " : "");
			add_value(line, item);
		}
	}
}

/* Cuts to LIMIT bytes at the start of a character. */
static void cut(struct str *s, size_t limit)
{
	if (s->length <= limit)
		return;
	while (limit > 0 && ((unsigned char)s->bytes[limit] & 0xC0) == 0x80)
		limit--;
	str_truncate(s, limit);
	str_add(s, "…");
}

static void make_one_line(struct str *s)
{
	for (size_t i = 0; i < s->length; i++)
		if (s->bytes[i] == '\n' || s->bytes[i] == '\r' || s->bytes[i] == '\t')
			s->bytes[i] = ' ';
	while (s->length > 0 && s->bytes[s->length - 1] == ' ')
		str_truncate(s, s->length - 1);
}

char *event_line(const struct event *event)
{
	const struct event_info *info = event_info(event->type);
	const char *form = info ? _(info->line) : "";
	AUTO_STR line = STR_INIT;

	while (*form) {
		const char *end = *form == '{' ? strchr(form, '}') : NULL;

		if (end) {
			AUTO_STRING name = mem_copy(form + 1, (size_t)(end - form - 1));
			AUTO_STR value = STR_INIT;

			add_value(&value, json_object_get(event->body, name));
			cut(&value, LINE_FIELD_LIMIT);
			str_add_bytes(&line, value.bytes, value.length);
			form = end + 1;
		} else {
			str_add_char(&line, *form++);
		}
	}
	cut(&line, LINE_LIMIT);
	make_one_line(&line);
	return str_detach(&line);
}
