/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a CSAF provider (CSAF 2.0, section 7) around its documents: metadata, ROLIE feed, service and category
 * documents, index and changes, pages for people, what a web server needs to know. All of one label; from memory to memory.
 */
#ifndef PSIRTTY_FORMAT_PROVIDER_H
#define PSIRTTY_FORMAT_PROVIDER_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

/* What the files around it say of a document. All owned; none NULL but SUMMARY. */
struct provider_document {
	char *id, *title, *summary;
	char *initial, *current;      /* RFC 3339, as the document has them */
	char *label;                  /* "WHITE", "GREEN", "AMBER", "RED", "UNLABELED" */
	char *path;                   /* "2026/sa-1.json", by year of INITIAL and id */
	char *page;                   /* for people: "sa-1.html", or NULL */
};
/* False when DOCUMENT is no CSAF with an id and dates. */
bool provider_document_read(const json_t *document, struct provider_document *ret);
void provider_document_release(struct provider_document *document);

struct provider {
	const char *base;             /* "https://vendor.example", without a slash at its end */
	const char *publisher, *namespace_url, *contact; /* contact may be NULL */
	const char *fingerprint;      /* of the key that signs */
	const char *label;            /* of all documents here */
	struct provider_document *documents; size_t count; /* newest first: provider_sort */
};
/* By current date, newest first, then id. */
void provider_sort(struct provider *provider);

/* Every file around the documents, with its path below the folder that is served. */
struct provider_file {
	const char *name;
	bool people;                  /* lies in advisories/, not in .well-known/csaf */
	void (*write)(const struct provider *provider, struct str *ret);
};
/* Ended by a NULL name. "%s" in NAME is the label in lower case. */
const struct provider_file *provider_files(void);
/* Below the served folder; the caller frees. */
char *provider_file_path(const struct provider *provider, const struct provider_file *file);
char *provider_document_path(const struct provider *provider, const struct provider_document *document);
char *provider_key_path(const struct provider *provider);

/* What lies outside of what is served: for the web server's configuration and for whoever looks after it. */
void provider_nginx(const struct provider *provider, struct str *ret);
void provider_apache(const struct provider *provider, struct str *ret);
void provider_checklist(const struct provider *provider, struct str *ret);

/* Rows about a document: "csaf", id, title, summary, initial, current, label, path · "csaf-unclear" (CSAF without what the
 * former needs) · "provider", address, role, updated, then "directory", "feed", "service", "category" (label, address) and
 * "key" (fingerprint, address) · "rolie", id, updated, then "entry" (id, source, updated, "hash", "signature") · of the CVE services "cve-id", id, state ·
 * "other".
 * Fields may be NULL. */
typedef void (*provider_tell_fn)(void *context, const char *const *fields, size_t count);
void provider_facts(const json_t *json, provider_tell_fn tell, void *context);

/* The requirements of section 7.1 by number, 1 to 20; who can meet them. */
struct provider_requirement { int number; const char *title; bool by_server; };
const struct provider_requirement *provider_requirements(size_t *ret_count);

#endif
