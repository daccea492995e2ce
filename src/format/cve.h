/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the CVE checker share. */
#ifndef FORMAT_CVE_H
#define FORMAT_CVE_H

#include "format/check_private.h"

extern const struct schema cve_published_schema, cve_rejected_schema, cve_cna_published_schema,
	cve_cna_rejected_schema, cve_adp_schema;
/* Whether a language tag is English: "en", "en-US", "en_GB". */
bool cve_is_english(const char *text);
/* The pattern of CSAF for CPE names; here for its second half. */
bool csaf_cpe_fits(const char *text);

#endif
