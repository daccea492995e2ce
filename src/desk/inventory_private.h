/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the inventory and of matching share. */
#ifndef PSIRTTY_DESK_INVENTORY_PRIVATE_H
#define PSIRTTY_DESK_INVENTORY_PRIVATE_H

#include "psirtty/desk/inventory.h"
#include "psirtty/format/sbom.h"

/* ---- inventory_keys.c */
/* Adds each key once, the package's first; VERSION is the component's own. */
void desk_component_keys(const struct sbom_component *component, const char *version, struct text_list *ret);
/* Its version, else that of its purl, else "". Caller frees. */
char *desk_component_version(const struct sbom_component *component);

/* ---- inventory_bill.c */
/* A bill of materials as an inventory. Caller frees. */
struct inventory *desk_inventory_of(const struct sbom *sbom);

#endif
