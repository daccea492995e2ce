/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of the forms, and what a case can answer. */
#ifndef FORMAT_FILING_PRIVATE_H
#define FORMAT_FILING_PRIVATE_H

#include "psirtty/format/filing.h"

struct filing_source {
	const struct model *model;
	const struct case_state *state;
	const struct clock_status *status;
	bool chinese;
};

/* Adds the answer to RET, nothing when there is none. */
typedef void (*filing_answer)(const struct filing_source *source, struct str *ret);

struct filing_row {
	const char *key, *label, *label_zh;
	char need[3];      /* R, O, A, C or - for each of three stages; rmsv has one */
	size_t limit;
	filing_answer answer; /* NULL: only a handler knows */
};

struct filing_form {
	const char *name;
	int stage;         /* 0 to 2 */
	const struct filing_row *const *parts; /* NULL ended lists, each ended by a row without a key */
	const char *chain; /* forms of the same chain begin so: what was written into one counts in the next */
};

const struct filing_form *filing_form(const char *name);

/* ---- answers */
void answer_title(const struct filing_source *s, struct str *ret);
void answer_summary(const struct filing_source *s, struct str *ret);
void answer_publisher(const struct filing_source *s, struct str *ret);
void answer_contact(const struct filing_source *s, struct str *ret);
void answer_products(const struct filing_source *s, struct str *ret);
void answer_models(const struct filing_source *s, struct str *ret);
void answer_versions(const struct filing_source *s, struct str *ret);
void answer_technical(const struct filing_source *s, struct str *ret);
void answer_harm(const struct filing_source *s, struct str *ret);
void answer_weakness(const struct filing_source *s, struct str *ret);
void answer_awareness(const struct filing_source *s, struct str *ret);
void answer_awareness_how(const struct filing_source *s, struct str *ret);
void answer_public(const struct filing_source *s, struct str *ret);
void answer_remedy(const struct filing_source *s, struct str *ret);
void answer_fixes(const struct filing_source *s, struct str *ret);
void answer_workarounds(const struct filing_source *s, struct str *ret);
void answer_fix_date(const struct filing_source *s, struct str *ret);
void answer_upstream(const struct filing_source *s, struct str *ret);
void answer_ids(const struct filing_source *s, struct str *ret);
void answer_cve(const struct filing_source *s, struct str *ret);
void answer_euvd(const struct filing_source *s, struct str *ret);
void answer_files(const struct filing_source *s, struct str *ret);
void answer_vector(const struct filing_source *s, struct str *ret);
void answer_severity(const struct filing_source *s, struct str *ret);
void answer_description(const struct filing_source *s, struct str *ret);
void answer_vulnerability(const struct filing_source *s, struct str *ret);
void answer_incident(const struct filing_source *s, struct str *ret);

#endif
