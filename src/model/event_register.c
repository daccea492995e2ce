/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the registry: contacts, products, policy, cases disposed of. */
#include "event_rows.h"

#include "psirtty/model/model.h"

static const char *const switch_words[] = { "on", "off", NULL };
/* Of matches: one handler is enough, or two must say so. */
const char *const dismissal_words[] = { "alone", "two", NULL };
/* Languages letters are written in. */
const char *const language_words[] = { "en", "zh", NULL };
const char *const contact_kind_words[] = { "finder", "vendor", "coordinator", "authority", "customer",
				      "supplier", "other", NULL };
/* As the rules on foreign recipients need it: "CN" is the mainland. */
const char *const jurisdiction_words[] = { "CN", "HK", "MO", "TW", "foreign", "unknown", NULL };
const char *const product_words[] = { "product", "service", "both", NULL };

static const struct event_info rows[] = {
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
	{ ROW(EVENT_PRODUCT_ADDED), .command = "product add",
	  .line = N_("product {product}: {name}"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "name", FIELD_TEXT, NEED, NULL },
		      { "vendor", FIELD_TEXT, MAY, NULL },
		      { "purl", FIELD_TEXT, MAY, NULL },
		      { "cpe", FIELD_TEXT, MAY, NULL },
		      { "versions", FIELD_WORDS, MAY, NULL } } },
	{ ROW(EVENT_POLICY_SET), .command = "vault set",
	  .line = N_("policy: {publisher} {namespace} {contact} {prefix} {provider} {cna} {dismissals}"),
	  .fields = { { "publisher", FIELD_TEXT, MAY, NULL },
		      { "namespace", FIELD_TEXT, MAY, NULL },
		      { "contact", FIELD_TEXT, MAY, NULL },
		      { "prefix", FIELD_TEXT, MAY, NULL },
		      { "acknowledge", FIELD_WORD, MAY, switch_words },
		      { "provider", FIELD_TEXT, MAY, NULL },
		      { "cna", FIELD_TEXT, MAY, NULL },
		      { "dismissals", FIELD_WORD, MAY, dismissal_words } } },
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
};

const struct event_family register_events = FAMILY(rows);
