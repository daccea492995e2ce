/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSAF 2.0 out of a case (OASIS Common Security Advisory Framework 2.0, 18 November 2022).
 */
#ifndef PSIRTTY_FORMAT_CSAF_H
#define PSIRTTY_FORMAT_CSAF_H

#include "psirtty/model/model.h"

/* The release that is prepared: with it, nothing in the document depends on when it is written. */
struct csaf_release {
	instant at;
	const char *version, *summary;  /* of the revision */
	const char *status;             /* "interim", "final" */
};
struct csaf_options {
	instant now;              /* of drafts: current_release_date and generator date */
	const char *engine_version;
	const char *lang;         /* NULL: "en", the original */
	const struct csaf_release *release; /* NULL: the document as it was published last, or a draft */
};
/* What an advisory's own text FIELD (of advisory_text_words) says in LANG; borrowed, NULL when nothing. */
const char *csaf_text_of(const struct case_state *state, const char *field, const char *lang);
/* The number after the published ones: "1", "2" …, or SemVer raised by BUMP where the advisory says so. The caller
 * frees. */
char *csaf_next_version(const struct case_state *state, int bump);
/* The label of CSAF 2.0 for TLP: "WHITE" …; and the folder it is served from: "white". */
const char *csaf_tlp_label(const char *tlp);

/* The case as the tree of an advisory (advisory.h), which every format is written from. New reference. What is missing
 * for one is ERR_NO as below. */
int csaf_tree(const struct case_state *state, const struct model *model, const struct csaf_options *options,
	      json_t **ret, struct error *err);
/*
 * Builds the document of category csaf_security_advisory and writes it, two-space indent, keys
 * sorted, newline at the end; the same case at the same time gives the same bytes. Passes every
 * mandatory test 6.1.1–6.1.33 or says why not. What is missing for a valid document is ERR_NO with the
 * list in err->why and the command that supplies it in err->remedy (no advisory yet, no product
 * affected, no publisher in the policy …). A CVSS 4.0 score goes into a note and the reference
 * (2.0 has no place for it); 3.1, 3.0 and 2.0 scores into scores[].
 */
int csaf20_write(const struct case_state *state, const struct model *model,
		 const struct csaf_options *options, struct str *ret, struct error *err);
/* The file name the standard demands for a tracking id (5.1): "psirt-2026-0001.json". Caller frees. */
char *csaf_file_name(const char *tracking_id);
/* The advisory as plain text at 72 columns, for the preview: title, ids, severity, affected, … */
void advisory_text(const struct case_state *state, const struct model *model, struct str *ret);

#endif
