/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the inventory and of what feeds say of it. */
#include "event_rows.h"

/* ASKED: somebody wants it dismissed, and another handler must say so too. */
const char *const match_decision_words[] = { "asked", "dismissed", "reopened", "taken", "watched", NULL };
static const char *const change_words[] = { "affected", "closed", "exploited", "rejected", "reopened", "withdrawn", NULL };

static const struct event_info rows[] = {
	{ ROW(EVENT_SBOM_IMPORTED), .command = "sbom import",
	  .line = N_("bill of materials of {product} {version}: {components} components ({format})"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "format", FIELD_TEXT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "components", FIELD_INTEGER, NEED, NULL },
		      { "warnings", FIELD_INTEGER, MAY, NULL },
		      { "source", FIELD_OBJECT, NEED, NULL },
		      { "inventory", FIELD_OBJECT, NEED, NULL } } },
	{ ROW(EVENT_UPSTREAM_SET), .command = "product upstream", .line = N_("upstream of {component}: {contact} {note}"),
	  .fields = { { "component", FIELD_TEXT, NEED, NULL },
		      { "contact", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_MATCH_RAN), .command = "match run",
	  .line = N_("{components} components held against the feeds: {matches} matches, {fresh} new"),
	  .fields = { { "at", FIELD_INSTANT, NEED, NULL },
		      { "components", FIELD_INTEGER, NEED, NULL },
		      { "matches", FIELD_INTEGER, NEED, NULL },
		      { "fresh", FIELD_INTEGER, NEED, NULL },
		      { "change", FIELD_INTEGER, MAY, NULL },
		      { "sources", FIELD_WORDS, MAY, NULL },
		      { "results", FIELD_OBJECT, NEED, NULL } } },
	{ ROW(EVENT_MATCH_DECIDED), .command = "match take",
	  .line = N_("{vulnerability} in {component} of {product}: {decision} {case} {reason}"),
	  .fields = { { "match", FIELD_HEX, NEED, NULL },
		      { "vulnerability", FIELD_TEXT, NEED, NULL },
		      { "product", FIELD_TEXT, NEED, NULL },
		      { "component", FIELD_TEXT, NEED, NULL },
		      { "decision", FIELD_WORD, NEED, match_decision_words },
		      { "case", FIELD_TEXT, MAY, NULL },
		      { "reason", FIELD_TEXT, MAY, NULL },
		      { "evidence", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_MATCH_CHANGED), .command = "match run",
	  .line = N_("{vulnerability} in {component}: {change}, says {source} ({record})"),
	  .fields = { { "match", FIELD_HEX, NEED, NULL },
		      { "vulnerability", FIELD_TEXT, NEED, NULL },
		      { "product", FIELD_TEXT, NEED, NULL },
		      { "component", FIELD_TEXT, NEED, NULL },
		      { "change", FIELD_WORD, NEED, change_words },
		      { "source", FIELD_TEXT, NEED, NULL },
		      { "record", FIELD_TEXT, NEED, NULL },
		      { "modified", FIELD_INSTANT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
};

const struct event_family inventory_events = FAMILY(rows);
