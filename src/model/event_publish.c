/* SPDX-License-Identifier: Apache-2.0 */
/* Events of what leaves the house: advisories, CVE ids, exports; and of cases that come in. */
#include "event_rows.h"

#include "psirtty/model/model.h"

/* What only an advisory says, besides what advisory-drafted has. */
const char *const advisory_text_words[] = { "title", "summary", "description", "recommendation", "faq", "legal", "audience",
					    "category", "versioning", "revision", NULL };
static const char *const release_words[] = { "interim", "final", NULL };
#define X(name, word) word,
const char *const pool_words[] = { POOL_STATES(X) NULL };
#undef X

static const struct event_info rows[] = {
	{ ROW(EVENT_ADVISORY_DRAFTED), .command = "advisory edit",
	  .line = N_("advisory {advisory} drafted: {title} (TLP:{tlp})"), .undoable = true,
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "title", FIELD_TEXT, NEED, NULL },
		      { "summary", FIELD_BLOCK, MAY, NULL },
		      { "description", FIELD_BLOCK, MAY, NULL },
		      { "recommendation", FIELD_BLOCK, MAY, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words } } },
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
	{ ROW(EVENT_FILE_EXPORTED), .command = "repro export",
	  .line = N_("file {sha256} exported to {to}: {reason}"),
	  .fields = { { "sha256", FIELD_HEX, NEED, NULL },
		      { "name", FIELD_TEXT, MAY, NULL },
		      { "to", FIELD_TEXT, NEED, NULL },
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
};

const struct event_family publish_events = FAMILY(rows);
