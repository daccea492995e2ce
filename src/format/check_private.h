/* SPDX-License-Identifier: Apache-2.0 */
/* What the checkers share: reporting with a path, tables of structure, walking. */
#ifndef FORMAT_CHECK_PRIVATE_H
#define FORMAT_CHECK_PRIVATE_H

#include "psirtty/base/i18n.h"
#include "psirtty/format/check.h"

/* Where in the document: a chain on the stack, written out only for a finding. */
struct place {
	const struct place *up; /* NULL: the document */
	const char *name;       /* of a member, or NULL for an item */
	size_t index;
};
#define AT(up_, name_)        (&(const struct place){ (up_), (name_), 0 })
#define AT_INDEX(up_, index_) (&(const struct place){ (up_), NULL, (index_) })
/* The JSON pointer of PLACE; the caller frees. */
char *place_pointer(const struct place *place);

struct checking {
	const struct check_request *request;
	struct check_report *report;
	const char *test;               /* the one that runs */
	enum check_severity severity;
	const char *fix;                /* its way to mend, untranslated */
	int version;                    /* of the format, as its tables count; see schema_member */
	bool open;                      /* this version's objects are open, whatever the tables say */
	size_t found;                   /* by it */
};
/* One finding of the running test. */
void check_found(struct checking *c, const struct place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The running test, or a part of it, cannot be made here. */
void check_skipped(struct checking *c, const char *reason);

/* ---- structure: a schema as tables */

enum schema_kind { SCHEMA_ANY, SCHEMA_OBJECT, SCHEMA_ARRAY, SCHEMA_STRING, SCHEMA_NUMBER, SCHEMA_INTEGER,
		   SCHEMA_BOOL };
struct schema;
/* Where a table serves several versions: the member is of those from SINCE to UNTIL (0: all later ones). */
struct schema_member { const char *name; const struct schema *schema; bool required; unsigned char since, until; };
struct schema {
	enum schema_kind kind;
	const struct schema_member *members;  /* objects; ended by a NULL name */
	const struct schema *items;           /* arrays; objects: of members the table lacks (maps) */
	/* Strings: these alone, NULL ended. An item of one control character, "\5", is no word: what follows
	 * it is for versions from that number on. */
	const char *const *words;
	bool (*shape)(const char *text);      /* strings: their form, named by SHAPE_NAME */
	const char *shape_name;               /* "a date and time with a zone" */
	size_t least, most;                   /* items, members or characters; most 0: no bound */
	double minimum, maximum;              /* numbers, where maximum > minimum */
	bool unique;                          /* arrays */
	bool nullable;                        /* null will do as well */
	bool closed;                          /* objects: no other members, but x_… where EXTENDABLE */
	bool extendable;
	const char *const *one_of;            /* objects: at least one of these members, NULL ended */
	/* What the rest cannot say; may be NULL. */
	void (*extra)(struct checking *c, const json_t *json, const struct place *place);
};
/* Reports every fault of JSON against SCHEMA. STRICT: objects are closed, and only that is reported. */
void schema_check(struct checking *c, const struct schema *schema, const json_t *json,
		  const struct place *place, bool strict);

/* Shapes. */
bool shape_date_time(const char *text);      /* RFC 3339, with a zone */
bool shape_date_time_loose(const char *text);/* the zone may be missing */
/* The point in time of an RFC 3339 date-time with a zone, of every year; finer than microseconds does not count. */
bool check_instant(const char *text, instant *ret);
bool shape_uri(const char *text);            /* RFC 3986, with a scheme */
bool shape_iri(const char *text);            /* RFC 3987, with a scheme */
bool shape_iri_reference(const char *text);  /* the scheme may be missing */
bool shape_cve(const char *text);            /* CVE-2026-1234 */
bool shape_uuid(const char *text);
bool check_shape_semver(const char *text);  /* SemVer 2.0.0 */
bool shape_digits_hex(const char *text);     /* 32 and more */

/* ---- formats */
struct check_test {
	const char *id, *title;
	enum check_severity severity;
	void (*run)(struct checking *c, const json_t *document);
	const char *fix;
};
#define CHECK_RULES(rules_) .rules = (rules_), .rule_count = ARRAY_LEN(rules_)

struct check_format {
	const char *name;
	bool (*is)(const json_t *document);
	const struct schema *schema;
	const struct check_test *rules;   /* beyond the structure */
	size_t rule_count;
	int version;
	bool open;
	/* Instead of the structure and the rules, where they are not all; may be NULL. */
	void (*run)(struct checking *c, const json_t *document);
	/* Fills RET with at most LIMIT rows; how many there are. NULL: the rules. */
	size_t (*tests)(struct check_test_info *ret, size_t limit);
};
extern const struct check_format csaf20_format, csaf21_format, cve_format, osv_format, openvex_old_format,
	openvex_format, cyclonedx_12_format, cyclonedx_13_format, cyclonedx_14_format,
	cyclonedx_15_format, cyclonedx_16_format, cyclonedx_17_format, spdx_22_format, spdx_23_format,
	provider_21_format, provider_20_format, aggregator_21_format, aggregator_20_format,
	rolie_feed_format, rolie_service_format, rolie_category_format;

/* The structure, as the test "schema". */
void check_structure(struct checking *c, const struct schema *schema, const json_t *document);
/* Whether the preset asks for findings of SEVERITY. */
bool check_is_due(const struct checking *c, enum check_severity severity);
/* The rules the preset asks for. */
void check_rules(struct checking *c, const struct check_test *rules, size_t count, const json_t *document);

#endif
