/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the CycloneDX checker share. */
#ifndef FORMAT_CYCLONEDX_H
#define FORMAT_CYCLONEDX_H

#include "format/check_private.h"

extern const struct schema cyclonedx_schema;

#endif
