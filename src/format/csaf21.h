/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of the CSAF 2.1 draft about scores, weaknesses, ranges and licences (csaf21_*.c). */
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
CSAF21_TEST(licence_deprecated); CSAF21_TEST(licence_own);
/* csaf21_products.c */
CSAF21_TEST(fixed_of_nothing); CSAF21_TEST(affected_unfixed); CSAF21_TEST(hardware_alone); CSAF21_TEST(nested_path);
CSAF21_TEST(helper_differs);
/* csaf21_ranges.c */
CSAF21_TEST(doubtful_vers); CSAF21_TEST(doubtful_vls); CSAF21_TEST(doubtful_version); CSAF21_TEST(double_vers);
CSAF21_TEST(double_vls); CSAF21_TEST(double_version); CSAF21_TEST(range_in_branch); CSAF21_TEST(version_in_branch);
/* csaf21_extensions.c */
CSAF21_TEST(extension_form); CSAF21_TEST(extension_schema); CSAF21_TEST(extension_gone); CSAF21_TEST(extension_registered);
CSAF21_TEST(extension_official); CSAF21_TEST(extension_critical); CSAF21_TEST(extension_in_clear);
CSAF21_TEST(extension_not_clear); CSAF21_TEST(extension_essential); CSAF21_TEST(extension_document);
CSAF21_TEST(extension_branch); CSAF21_TEST(extension_name); CSAF21_TEST(extension_path); CSAF21_TEST(extension_metric);
CSAF21_TEST(extension_vulnerability); CSAF21_TEST(extension_root);
/* csaf21_registry.c */
CSAF21_TEST(space_unknown); CSAF21_TEST(space_private_clear); CSAF21_TEST(space_private); CSAF21_TEST(space_extended_clear);
CSAF21_TEST(space_extended); CSAF21_TEST(space_unexplained); CSAF21_TEST(point_old); CSAF21_TEST(id_misformed);
CSAF21_TEST(id_system_unknown); CSAF21_TEST(withdrawal_titled); CSAF21_TEST(supersession_titled);
CSAF21_TEST(successor_titled); CSAF21_TEST(licence_titled); CSAF21_TEST(product_described);

bool csaf21_is_clear(const struct csaf *d);       /* TLP:CLEAR */
bool csaf21_is_english(const struct csaf *d);     /* or no language is told */
bool csaf21_licence_is_custom(const struct csaf *d); /* the licence expression has one that no list has */

#endif
