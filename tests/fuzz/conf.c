/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a settings file of any bytes is loaded or refused with a reason. */
#include "psirtty/base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	AUTO_ERROR err = ERROR_INIT;
	struct conf conf = { 0 };

	if (conf_load((const char *)bytes, length, "fuzz.yaml", &conf, &err) != 0 && !err.why)
		abort();
	conf_release(&conf);
	return 0;
}
