/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the CSAF 2.1 draft about scores, weaknesses, ranges and licences (csaf21_metrics.c, csaf21_names.c). */
#ifndef FORMAT_CSAF21_H
#define FORMAT_CSAF21_H

#include "format/csaf20.h"

#define CSAF21_TEST(name) void csaf21_##name(struct csaf *d)
CSAF21_TEST(metrics_twice); CSAF21_TEST(weakness); CSAF21_TEST(weakness_deprecated); CSAF21_TEST(weakness_usage);
CSAF21_TEST(weakness_review); CSAF21_TEST(old_catalogue); CSAF21_TEST(epss_late); CSAF21_TEST(epss_old); CSAF21_TEST(ssvc_form);
CSAF21_TEST(ssvc_target); CSAF21_TEST(ssvc_points); CSAF21_TEST(ssvc_late); CSAF21_TEST(rating_beside_score);
CSAF21_TEST(rating_own); CSAF21_TEST(rating); CSAF21_TEST(need_metric); CSAF21_TEST(need_cwes); CSAF21_TEST(only_cvss2);
CSAF21_TEST(cvss30); CSAF21_TEST(need_cvss4); CSAF21_TEST(fixed_metric);
CSAF21_TEST(canonical_range); CSAF21_TEST(single_range);
CSAF21_TEST(open_range); CSAF21_TEST(range_type); CSAF21_TEST(licence_form); CSAF21_TEST(licence_note);
CSAF21_TEST(licence_unknown); CSAF21_TEST(shared_helper); CSAF21_TEST(vendor_name); CSAF21_TEST(hash_name);
CSAF21_TEST(max_group); CSAF21_TEST(nil_group); CSAF21_TEST(disclosed_since);

#endif
