/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a CSAF provider that people and their web server read. */
#include "format/provider_private.h"

#include <ctype.h>

#include "psirtty/base/text.h"

static void escape(struct str *ret, const char *text)
{
	AUTO_TEXT safe = TEXT_INIT;

	text_display(&safe, str_or_empty(text), -1, TEXT_LINE);
	for (const char *c = safe.utf8; *c; c++)
		switch (*c) {
		case '&': str_add(ret, "&amp;"); break;
		case '<': str_add(ret, "&lt;"); break;
		case '>': str_add(ret, "&gt;"); break;
		case '"': str_add(ret, "&quot;"); break;
		default: str_add_char(ret, *c);
		}
}

/* Where a person reads it. */
static char *place_of(const struct provider *p, const struct provider_document *d)
{
	AUTO_STRING path = provider_document_path(p, d);

	return d->page ? mem_format("%s/advisories/%s", p->base, d->page) : mem_format("%s/%s", p->base, path);
}

void provider_page(const struct provider *p, struct str *ret)
{
	str_add(ret, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		     "<title>Security advisories</title>\n"
		     "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"atom.xml\">\n"
		     "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
		     "table{border-collapse:collapse}td,th{text-align:left;padding:.3rem 1rem .3rem 0}</style>\n"
		     "</head>\n<body>\n<main>\n<h1>Security advisories: ");
	escape(ret, p->publisher);
	str_add(ret, "</h1>\n<table>\n<thead><tr><th scope=\"col\">Updated</th><th scope=\"col\">Advisory</th>"
		     "<th scope=\"col\">Title</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->count; i++) {
		AUTO_STRING place = place_of(p, &p->documents[i]);

		str_add_format(ret, "<tr><td>%.10s</td><td><a href=\"", p->documents[i].current);
		escape(ret, place);
		str_add(ret, "\">");
		escape(ret, p->documents[i].id);
		str_add(ret, "</a></td><td>");
		escape(ret, p->documents[i].title);
		str_add(ret, "</td></tr>\n");
	}
	str_add(ret, "</tbody>\n</table>\n</main>\n</body>\n</html>\n");
}

static void add_element(struct str *ret, const char *name, const char *text)
{
	str_add_format(ret, "  <%s>", name);
	escape(ret, text);
	str_add_format(ret, "</%s>\n", name);
}

void provider_atom(const struct provider *p, struct str *ret)
{
	AUTO_STRING self = mem_format("%s/advisories/atom.xml", p->base);
	AUTO_STRING title = mem_format("Security advisories: %s", p->publisher);

	str_add(ret, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	add_element(ret, "id", self);
	add_element(ret, "title", title);
	add_element(ret, "updated", p->count ? p->documents[0].current : "1970-01-01T00:00:00Z");
	str_add(ret, "  <link rel=\"self\" href=\"");
	escape(ret, self);
	str_add(ret, "\"/>\n  <author><name>");
	escape(ret, p->publisher);
	str_add(ret, "</name></author>\n");
	for (size_t i = 0; i < p->count && i < 100; i++) {
		const struct provider_document *d = &p->documents[i];
		AUTO_STRING place = place_of(p, d);
		AUTO_STRING path = provider_document_path(p, d);
		AUTO_STRING id = mem_format("%s/%s", p->base, path);

		str_add(ret, " <entry>\n");
		add_element(ret, "id", id);
		add_element(ret, "title", d->title);
		add_element(ret, "published", d->initial);
		add_element(ret, "updated", d->current);
		str_add(ret, "  <link href=\"");
		escape(ret, place);
		str_add(ret, "\"/>\n");
		if (d->summary)
			add_element(ret, "summary", d->summary);
		str_add(ret, " </entry>\n");
	}
	str_add(ret, "</feed>\n");
}

/* Lines for the security.txt there is (RFC 9116); a contact is its one other duty, as is an expiry, which a person sets. */
void provider_security(const struct provider *p, struct str *ret)
{
	str_add_format(ret, "CSAF: %s/.well-known/csaf/provider-metadata.json\n", p->base);
	if (p->contact && !strpbrk(p->contact, " \r\n"))
		str_add_format(ret, "Contact: %s%s\n", strchr(p->contact, '@') && !strchr(p->contact, ':') ? "mailto:" : "",
			       p->contact);
	str_add_format(ret, "Encryption: %s/.well-known/csaf/openpgp/%s.asc\n", p->base, p->fingerprint);
}

/* ---- for the web server */

static bool is_public(const struct provider *p)
{
	return str_equal(p->label, "WHITE") || str_equal(p->label, "UNLABELED");
}

static void add_label(struct str *ret, const struct provider *p)
{
	for (const char *c = p->label; *c; c++)
		str_add_char(ret, (char)tolower((unsigned char)*c));
}

void provider_nginx(const struct provider *p, struct str *ret)
{
	str_add(ret, "location /.well-known/csaf/ {\n\tautoindex on;\n\tcharset utf-8;\n"
		     "\ttypes { application/json json; text/plain txt sha256 sha512 asc; text/csv csv; }\n"
		     "\tadd_header Access-Control-Allow-Origin \"*\" always;\n");
	if (!is_public(p)) {
		str_add(ret, "\tlocation /.well-known/csaf/");
		add_label(ret, p);
		str_add(ret, "/ {\n\t\t# Needs `ssl_verify_client optional;` in the server; or auth_basic: programs must be able to sign in\n"
			     "\t\tif ($ssl_client_verify != SUCCESS) { return 403; }\n\t}\n");
	}
	str_add(ret, "}\n");
}

void provider_apache(const struct provider *p, struct str *ret)
{
	str_add(ret, "<Location \"/.well-known/csaf/\">\n\tOptions +Indexes\n\tAddDefaultCharset utf-8\n"
		     "\tAddType application/json .json\n\tAddType text/csv .csv\n\tAddType text/plain .sha256 .sha512 .asc\n"
		     "\tHeader always set Access-Control-Allow-Origin \"*\"\n</Location>\n");
	if (is_public(p))
		return;
	str_add(ret, "<Location \"/.well-known/csaf/");
	add_label(ret, p);
	str_add(ret, "/\">\n\tSSLVerifyClient require # or AuthType Basic\n</Location>\n");
}

void provider_checklist(const struct provider *p, struct str *ret)
{
	str_add_format(ret, "What files alone cannot meet, for %s, TLP:%s:\n"
			    "[ ] 3   everything is served over TLS, nothing without\n"
			    "[ ] 6   no redirects, or by HTTP headers alone\n"
			    "[ ] 10  https://csaf.data.security.DOMAIN serves provider-metadata.json (where 8 and 9 are not used)\n"
			    "[ ] 14  directory listings are on\n"
			    "[ ] 8   the lines of .well-known/security.txt are in yours, which has Contact and Expires\n",
		       p->base, p->label);
	str_add(ret, is_public(p) ? "[ ] 4   nobody has to sign in\n" :
				    "[ ] 5   only who may can read this tree, and programs can sign in\n");
}
