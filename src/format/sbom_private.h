/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of bills of materials share. */
#ifndef PSIRTTY_FORMAT_SBOM_PRIVATE_H
#define PSIRTTY_FORMAT_SBOM_PRIVATE_H

#include "psirtty/base/pull.h"
#include "psirtty/base/str.h"
#include "psirtty/format/sbom.h"

enum { SBOM_ITEMS = 500000, SBOM_NESTING = 48 };

/* ---- building */

struct sbom_component *sbom_add(struct sbom *sbom);
void sbom_component_release(struct sbom_component *component);
/* Copies; zeros become U+FFFD. */
char *sbom_text(const char *bytes, size_t length);
void sbom_set(char **slot, const char *bytes, size_t length);
/* Passes over "", NOASSERTION and NONE. */
void sbom_set_said(char **slot, const char *bytes, size_t length);
void sbom_texts_add(struct sbom_texts *texts, const char *bytes, size_t length);
void sbom_pairs_add(struct sbom_pairs *pairs, const char *key, const char *value);
void sbom_depend(struct sbom *sbom, const char *from, const char *to);
void sbom_warn(struct sbom *sbom, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes a purl from a DSDX component's language, where there is one. */
void sbom_dsdx_purl(struct sbom_component *component);
/* SPDX: RELATIONSHIP of FROM to TO, as it is or turned round; DESCRIBES makes TO the subject's ref. */
void sbom_spdx_relation(struct sbom *sbom, const char *from, const char *relation, const char *to);
/* SPDX: "Organization: X (mail)" is X (mail). */
void sbom_spdx_supplier(char **slot, const char *bytes, size_t length);
/* SPDX: TYPE is purl, cpe22Type, cpe23Type ... */
void sbom_spdx_reference(struct sbom_component *c, const char *type, const char *locator, size_t length);

/* ---- JSON by tables of members */

struct sbom_reading { struct pull *pull; struct sbom *sbom; int nesting; struct error *err; };

struct sbom_member {
	const char *name;
	/* VALUE is the value's first token. Reads it whole. INTO is what the object is read into. */
	int (*read)(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);
	size_t offset;
};

/* The rest of the object that VALUE began; anything else is passed over. Members without a row too. */
int sbom_read_object(struct sbom_reading *r, const struct pull_item *value, const struct sbom_member *rows,
		     void *into);
/* Each item of the array that VALUE began. */
typedef int (*sbom_item_fn)(struct sbom_reading *r, const struct pull_item *item, void *into);
int sbom_read_array(struct sbom_reading *r, const struct pull_item *value, sbom_item_fn read, void *into);
/* A string into the char * at OFFSET of INTO; the said-variant passes over what says nothing. */
int sbom_read_text(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);
int sbom_read_said(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);
/* A string, or an array of strings, into the struct sbom_texts at OFFSET. */
int sbom_read_texts(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);

/* ---- the forms. Each reads into a new SBOM that the caller frees. */

int sbom_read_cyclonedx_json(struct sbom_reading *r, const struct pull_item *root);
int sbom_read_spdx_json(struct sbom_reading *r, const struct pull_item *root);
int sbom_read_spdx3(struct sbom_reading *r, const struct pull_item *root);
int sbom_read_dsdx_json(struct sbom_reading *r, const struct pull_item *root);
/* An object whose members' names are refs, their values arrays of refs. */
int sbom_read_dsdx_dependencies(struct sbom_reading *r, const struct pull_item *value, void *into, size_t offset);
int sbom_read_tags(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err);
int sbom_read_xml(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err);
/* JSON of a YAML document, every scalar a string. */
int sbom_json_of_yaml(const char *bytes, size_t length, const char *name, struct str *ret, struct error *err);

#endif
