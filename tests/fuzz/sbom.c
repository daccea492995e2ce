/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a bill of materials of any bytes, compressed or not, is read or refused with a reason. */
#include "psirtty/format/sbom.h"
#include "worker/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR text = STR_INIT;
	struct sbom *sbom = NULL;
	int code = unpack_document((const char *)bytes, length, 8 << 20, "fuzz", &text, &err);

	if (!code)
		code = sbom_read(text.bytes, text.length, "fuzz", &sbom, &err);
	if (code && !err.why)
		abort();
	for (size_t i = 0; !code && i < sbom->count; i++)
		if (sbom->components[i].name && !utf8_valid(sbom->components[i].name, strlen(sbom->components[i].name)))
			abort();
	sbom_free(sbom);
	return 0;
}
