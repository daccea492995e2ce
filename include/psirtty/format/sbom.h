/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Software bills of materials as one list of components, whichever form they came in: CycloneDX 1.0 to 1.7
 * (JSON, XML), SPDX 2.x (JSON, YAML, tag-value, RDF/XML), SPDX 3 (packages only), DSDX 1.0 (JSON, tag-value,
 * XML), each also inside a wrapper (GitHub's, in-toto, DSSE). The form is told by the content, never by a
 * name. Unknown members are passed over, so that newer versions can be read. Source: feeds.md section 5.
 */
#ifndef PSIRTTY_FORMAT_SBOM_H
#define PSIRTTY_FORMAT_SBOM_H

#include "psirtty/format/text_list.h"

/* Texts are UTF-8 without zeros, otherwise as the document has them; NULL where it has none. SPDX's
 * NOASSERTION and NONE count as none. */
struct sbom_component {
	char *ref;     /* what dependencies call it */
	char *group, *name, *version, *purl, *supplier;
	char *language; /* DSDX alone */
	struct text_list cpes, licences;
	struct text_pairs hashes; /* algorithm and hex digits */
	struct text_pairs links;  /* kind and address */
};

struct sbom {
	const char *format; /* "cyclonedx-json", "spdx-tag-value" ...; static */
	char *version;      /* of the format: "1.6", "SPDX-2.3" */
	char *name;         /* of the document, where it has one */
	struct sbom_component subject; /* what it is about; without a name where it does not say */
	struct sbom_component *components; size_t count, room;
	struct text_pairs dependencies; /* refs: FROM needs or holds TO; in the document's order */
	struct text_list warnings;     /* what was left out or looks wrong, a sentence each, at most 100 */
	size_t warned;                  /* how many there were in all */
};

/* Reads UTF-8 BYTES (a byte order mark is passed over; a zero stands behind them); NAME is for messages. ERR_INPUT: it is no bill of
 * materials that is known, or is broken; the reason names the place. */
int sbom_read(const char *bytes, size_t length, const char *name, struct sbom **ret, struct error *err);
void sbom_free(struct sbom *sbom); /* NULL does nothing */

#endif
