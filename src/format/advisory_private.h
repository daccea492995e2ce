/* SPDX-License-Identifier: Apache-2.0 */
/* What readers and writers of advisories share. */
#ifndef FORMAT_ADVISORY_PRIVATE_H
#define FORMAT_ADVISORY_PRIVATE_H

#include "psirtty/base/i18n.h"
#include "psirtty/format/advisory.h"

/* A product as other formats speak of it. All borrowed from the tree. */
struct adv_product {
	const char *id, *name;                    /* never NULL */
	const char *vendor, *product, *version;   /* of its branches; NULL where they do not say */
	bool range;                               /* VERSION is a range */
	const char *purl, *cpe;                   /* NULL */
	const json_t *helper;                     /* product_identification_helper, or NULL */
	const char *platform;                     /* relationship: id of what it is part of, or NULL */
};

struct adv_products {
	struct adv_product *items; size_t count, room;
	json_t *places;                           /* id → place */
};
void adv_products_read(const json_t *tree, struct adv_products *ret);
void adv_products_release(struct adv_products *products);
/* NULL for an id that nothing defines. */
const struct adv_product *adv_product_find(const struct adv_products *products, const char *id);

struct writing {
	const struct advisory *advisory;
	const json_t *tree, *document, *tracking;
	const struct advisory_options *options;
	struct advisory_losses *losses;
	struct adv_products products;
	json_t *subjects;   /* owned: item, by its address → set of its product ids; groups likewise, by their id */
};
/* Notes what is lost, once; SENTENCE is translated. */
void adv_lose(struct writing *w, const char *sentence);

/* ---- small JSON */
/* Sets VALUE, which is stolen, unless it is NULL or an empty list or object. */
void adv_set(json_t *object, const char *name, json_t *value);
/* A copy of the member, or NULL. */
json_t *adv_copy(const json_t *object, const char *name);
/* {NAME: VALUE, …} out of pairs of strings, ended by NULL; pairs whose value is NULL are left out. */
json_t *adv_object(const char *name, ...) __attribute__((sentinel));
void adv_append(json_t *list, json_t *value); /* steals; NULL is left out */
bool adv_is_cve(const char *text);
/* The text of the first note of one of CATEGORIES (NULL ended), of OBJECT, or NULL. */
const char *adv_note(const json_t *object, const char *const *categories);
/* Whether ITEM (remediation, flag, threat …) is about the product, by its groups too. */
bool adv_concerns(struct writing *w, const json_t *item, const char *product);
/* The VERS of a range: as it stands, or out of "< 2", ">= 1, < 2"; adds to RET. False: it cannot be told. */
bool adv_range_vers(const char *range, struct str *ret);
/* What a range says, in the order lower end, upper end; NULL where there is none. For formats that have one pair. */
struct adv_bounds { char *type, *from, *until; bool from_open, until_closed; char **single; size_t single_count; };
bool adv_range_bounds(const char *range, struct adv_bounds *ret, size_t room, size_t *ret_count);
void adv_bounds_release(struct adv_bounds *bounds, size_t count);
/* The vector of a score object's best version; *RET_KIND "cvss_v3" …; NULL when there is none. */
const json_t *adv_score(const json_t *vulnerability, const char *kind);

/* The vulnerability a format that holds only one is about; others are told as lost. NULL: there is none. */
const json_t *adv_one(struct writing *w);
/* All lists of product_status by what they mean elsewhere; ended by a NULL list. */
enum adv_state { ADV_AFFECTED, ADV_FIXED, ADV_NOT_AFFECTED, ADV_UNKNOWN, ADV_STATES };
typedef void (*adv_status_fn)(void *context, const struct adv_product *product, enum adv_state state);
/* Every product with a status, once for each list it is in; those nothing defines are passed over. */
void adv_each_status(struct writing *w, const json_t *vulnerability, adv_status_fn fn, void *context);
/* The remedies for PRODUCT as one text ("" when there are none); adds to RET. */
void adv_remedies(struct writing *w, const json_t *vulnerability, const char *product, struct str *ret);
/* PURL without its version; adds to RET. False when it is none. *RET_VERSION (may be NULL) is freed by the caller. */
bool adv_purl_bare(const char *purl, struct str *ret, char **ret_version);

/* The canonical VERS of intervals and single versions in the order TYPE has; adds to RET. False: TYPE has no order, or a
 * version is none in it, or they overlap. INVERTED: of all that lies in none of them; false also where nothing does. */
bool adv_range_write(const char *type, const struct adv_bounds *list, size_t count, bool inverted, struct str *ret);

/* ---- building a tree */
struct adv_builder {
	json_t *tree, *document, *tracking, *vulnerabilities;
	json_t *vendors;       /* product_tree.branches */
	json_t *relations;     /* product_tree.relationships */
	json_t *lists;         /* key → a list of branches, borrowed */
	json_t *known;         /* vendor, product, version … → product id */
	json_t *states;        /* vulnerability, by its address → { product id: status } */
	size_t products;
	bool vex;              /* its category is csaf_vex, if it has all that this wants */
};
/* A product to be found or made; NULL what is not told. VERSION is one, or a range: "vers:…", words that read as one, or any
 * text when RANGE is true; NULL: all. WHERE: the platforms. */
struct adv_wanted { const char *vendor, *product, *version, *where, *purl, *cpe; bool range; };
/* A tree with TITLE, ID and a publisher's name (NULL: "unknown"). */
void adv_builder_init(struct adv_builder *b, const char *title, const char *id, const char *publisher);
/* The id of this product version, made when it is new. Borrowed. */
const char *adv_builder_product(struct adv_builder *b, const struct adv_wanted *wanted);
/* The id of the product PART inside WHOLE, both ids, with their names. Borrowed. */
const char *adv_builder_part(struct adv_builder *b, const char *part, const char *part_name, const char *whole,
			     const char *whole_name);
/* DATE with a zone; one that has none is UTC, one that is none is left out. */
void adv_set_date(json_t *object, const char *name, const char *date);
json_t *adv_builder_vulnerability(struct adv_builder *b); /* borrowed; appended */
/* The product has the status; of two the less safe one stays (affected, under investigation, fixed, not affected). */
void adv_builder_status(struct adv_builder *b, json_t *vulnerability, const char *status, const char *product);
/* Writes product_status, which what follows reads. */
void adv_builder_settle(struct adv_builder *b, json_t *vulnerability);
/* A remedy for the affected, else for those under investigation; a note where there is neither. DETAILS may be NULL: nothing is added. */
void adv_builder_remedy(json_t *vulnerability, const char *category, const char *details);
void adv_builder_note(json_t *object, const char *category, const char *title, const char *text); /* TEXT may be NULL */
void adv_builder_reference(json_t *object, const char *summary, const char *url);                 /* URL may be NULL */
void adv_builder_credit(json_t *object, const char *name, const char *organization, const char *summary);
/* One score of each version of CVSS; others, and what is no vector, are notes. FROM: whose, or NULL. */
void adv_builder_score(json_t *vulnerability, const char *vector, const char *from);
/* The first is the weakness, others are notes. */
void adv_builder_weakness(json_t *vulnerability, const char *id, const char *text);
/* TEXT is the CVE id where that is one and there is none yet, else one of the other ids, once. */
void adv_builder_id(json_t *vulnerability, const char *system, const char *text);
/* Takes what is set into the tree and hands that out. */
json_t *adv_builder_end(struct adv_builder *b);
void adv_list_add(json_t *object, const char *name, json_t *item); /* item stolen; the list is made */
/* The score object of a vector, as the member of scores[] it belongs to; NULL when it is no vector. */
json_t *adv_cvss(const char *vector, const char **ret_member);

/* The members of DOCUMENT that the reader of FORMAT takes nothing from, as one text ("" when there are none). */
void adv_unread(const json_t *document, const char *format, struct str *ret);

/* ---- formats */
typedef int (*adv_write_fn)(struct writing *w, struct str *ret, struct error *err);
int adv_write_csaf20(struct writing *w, struct str *ret, struct error *err);
int adv_write_csaf21(struct writing *w, struct str *ret, struct error *err);
int adv_write_cve(struct writing *w, struct str *ret, struct error *err);
int adv_write_osv(struct writing *w, struct str *ret, struct error *err);
int adv_write_openvex(struct writing *w, struct str *ret, struct error *err);
int adv_write_cyclonedx(struct writing *w, struct str *ret, struct error *err);
int adv_write_text(struct writing *w, struct str *ret, struct error *err);
int adv_write_markdown(struct writing *w, struct str *ret, struct error *err);
int adv_write_html(struct writing *w, struct str *ret, struct error *err);
int adv_write_release_note(struct writing *w, struct str *ret, struct error *err);
int adv_write_mail(struct writing *w, struct str *ret, struct error *err);
int adv_write_faq(struct writing *w, struct str *ret, struct error *err);
/* New trees. */
json_t *adv_from_csaf21(const json_t *document);
json_t *adv_from_cve(const json_t *document);
json_t *adv_from_osv(const json_t *document);
json_t *adv_from_openvex(const json_t *document);
json_t *adv_from_cyclonedx(const json_t *document);

#endif
