/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of bills of materials share. */
#ifndef PSIRTTY_FORMAT_SBOM_PRIVATE_H
#define PSIRTTY_FORMAT_SBOM_PRIVATE_H

#include "members.h"
#include "psirtty/format/sbom.h"

enum { SBOM_ITEMS = 500000, SBOM_NESTING = 48 };

/* ---- building */

struct sbom_component *sbom_add(struct sbom *sbom);
void sbom_component_release(struct sbom_component *component);
void sbom_set(char **slot, const char *bytes, size_t length);
/* Passes over "", NOASSERTION and NONE. */
void sbom_set_said(char **slot, const char *bytes, size_t length);
void sbom_texts_add(struct text_list *texts, const char *bytes, size_t length);
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

/* ---- JSON: the root of the members is the SBOM */

static inline struct sbom *sbom_of(const struct members *m)
{
	return m->root;
}

/* A string into the char * at OFFSET of INTO; NOASSERTION and NONE are none. */
int sbom_read_said(struct members *m, const struct pull_item *value, void *into, size_t offset);
/* A string, or an array of strings, into the struct text_list at OFFSET. */
int sbom_read_texts(struct members *m, const struct pull_item *value, void *into, size_t offset);

/* ---- the forms. Each reads into a new SBOM that the caller frees. */

int sbom_read_cyclonedx_json(struct members *m, const struct pull_item *root);
int sbom_read_spdx_json(struct members *m, const struct pull_item *root);
int sbom_read_spdx3(struct members *m, const struct pull_item *root);
int sbom_read_dsdx_json(struct members *m, const struct pull_item *root);
/* An object whose members' names are refs, their values arrays of refs. */
int sbom_read_dsdx_dependencies(struct members *m, const struct pull_item *value, void *into, size_t offset);
int sbom_read_tags(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err);
int sbom_read_xml(struct sbom *sbom, const char *bytes, size_t length, const char *name, struct error *err);
/* JSON of a YAML document, every scalar a string. */
int sbom_json_of_yaml(const char *bytes, size_t length, const char *name, struct str *ret, struct error *err);

#endif
