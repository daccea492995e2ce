/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What our products are made of: bills of materials taken in, components seen from both sides. A bill is kept as it
 * came, sealed, beside a compact form that need not be parsed again; its names go to the registry, nothing leaves.
 */
#ifndef PSIRTTY_DESK_INVENTORY_H
#define PSIRTTY_DESK_INVENTORY_H

#include "psirtty/desk/desk.h"
#include "psirtty/model/inventory.h"

struct desk_sbom_done {
	size_t components, edges, warnings;
	char format[32];
	bool same;         /* this very document is what the version has: nothing was changed */
	bool new_version;  /* the register did not know that version of the product */
};
/* Reads PATH ("-": standard input) in the sandboxed worker and keeps it as what VERSION of PRODUCT is made of. ERR_INPUT:
 * no such product, or it cannot be read, with the place. */
int desk_sbom_import(struct desk *desk, const char *product, const char *version, const char *path, instant now,
		     struct desk_sbom_done *ret, struct error *err);
/* The components of a bill; borrowed from the desk until it is closed. */
int desk_inventory(struct desk *desk, const struct bom *bom, const struct inventory **ret, struct error *err);
/* The bill of VERSION of PRODUCT; VERSION NULL: the one that was taken in last. ERR_INPUT where there is none. */
int desk_find_bom(struct desk *desk, const char *product, const char *version, const struct bom **ret, struct error *err);

/* Each use of a component in the newest bills: NAME is one of its keys, its purl with or without version, or its name. In
 * the order of products, versions and numbers. */
struct desk_use { const struct bom *bom; const struct inventory *inventory; size_t index; };
typedef void (*desk_use_fn)(void *context, const struct desk_use *use);
int desk_component_uses(struct desk *desk, const char *name, desk_use_fn fn, void *context, struct error *err);

/* Whom to ask about a component: what the registry was told of its key or its supplier, else a contact with the
 * supplier's name, or that has the component among its products; NULL. Borrowed. */
const struct contact *desk_upstream(struct desk *desk, const struct inventory_component *component);

/* From a to b, "app > a > b", names with versions. Adds to RET. */
void desk_path_text(const struct inventory *inventory, size_t index, struct str *ret);

#endif
