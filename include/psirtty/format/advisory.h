/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An advisory in no format's own shape: what readers fill and writers write. Inside it is a tree in the
 * terms of CSAF 2.0, the richest of the formats, with members of its own where that has no place:
 * scores[].cvss_v4, product_status.unknown. Nothing a reader does not know is lost on the way back to the
 * same format; what another format cannot hold is told, not dropped in silence.
 */
#ifndef PSIRTTY_FORMAT_ADVISORY_H
#define PSIRTTY_FORMAT_ADVISORY_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

struct advisory;

/* What a format cannot hold: sentences, each once, in the order they came up. */
struct advisory_losses { char **items; size_t count, room; };
void advisory_losses_release(struct advisory_losses *losses);

struct advisory_options {
	instant now;                  /* the date of generators and of formats that want one and have none */
	const char *engine_version;   /* ours; may be NULL */
	const char *cve;              /* a CVE record is about one vulnerability: this one; NULL: the first */
	const char *organisation;     /* UUID of the CNA, for CVE records; NULL: not known */
};

/* Of a known format (CSAF 2.0 and 2.1, CVE, OSV, OpenVEX, CycloneDX): ERR_INPUT when it is none. A document that
 * its checker calls invalid is read as far as it goes. DOCUMENT is not changed, referred to, and not to be changed while
 * the advisory lives; WHAT names it in errors. */
int advisory_read(const json_t *document, const char *what, struct advisory **ret, struct error *err);
/* Around a tree in the terms above; steals it. */
struct advisory *advisory_new(json_t *tree);
void advisory_free(struct advisory *advisory);
const json_t *advisory_tree(const struct advisory *advisory); /* borrowed */

struct advisory_format {
	const char *name;       /* "csaf-2.0" */
	const char *ending;     /* of file names: "json" */
	const char *title;      /* N_() */
};
/* All that can be written, ended by a NULL name. */
const struct advisory_format *advisory_formats(void);
/* Adds the document to RET: the same advisory with the same options gives the same bytes. ERR_USAGE for a format
 * that is none; ERR_NO when the format has no place for this advisory at all (OSV without a package, …). LOSSES may
 * be NULL. */
int advisory_write(const struct advisory *advisory, const char *format, const struct advisory_options *options,
		   struct str *ret, struct advisory_losses *losses, struct error *err);

/* TLP 2.0: "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"; NULL where the document says nothing. */
const char *advisory_tlp(const json_t *tree);

/* A rejected CVE record; the English REASON. REPLACED_BY may be NULL. ORGANISATION NULL: as in the options. */
json_t *cve_record_rejected(const char *cve, const char *organisation, const char *reason, const char *replaced_by);
/* The body of a request to the CVE services for RECORD: its CNA container, without what they add. New reference;
 * NULL when it is no record. */
json_t *cve_record_upload(const json_t *record);

#define ADVISORY_BUMPS(X) X(BUMP_NONE, "none") X(BUMP_PATCH, "patch") X(BUMP_MINOR, "minor") X(BUMP_MAJOR, "major")
enum advisory_bump {
#define X(name, word) name,
	ADVISORY_BUMPS(X)
#undef X
};
const char *advisory_bump_name(enum advisory_bump bump);
/* How much the number must rise from FROM to TO (CSAF 2.0, 3.1.11): major when users must match their products
 * again, minor when other content changed, patch where only white space or letter case of texts did. Dates, versions
 * and generators do not count. CHANGES (may be NULL) gets a line for each JSON pointer that differs: "+ ", "- " or
 * "~ " and the pointer. */
enum advisory_bump advisory_compare(const json_t *from, const json_t *to, struct str *changes);

#endif
