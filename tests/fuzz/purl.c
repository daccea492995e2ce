/* SPDX-License-Identifier: Apache-2.0 */
/* Package URLs: the canonical form of anything that is read is read again as the same. */
#include "psirtty/score/purl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING text = mem_copy(data, size);
	AUTO_PURL first = PURL_INIT;
	AUTO_PURL second = PURL_INIT;
	AUTO_STR once = STR_INIT, twice = STR_INIT, repairs = STR_INIT;

	if (purl_parse_lenient(text, &first, &repairs, NULL) < 0)
		return 0;
	purl_write(&first, &once);
	if (purl_parse(once.bytes, &second, NULL) < 0)
		BUG("%s became %s, which is refused", text, once.bytes);
	purl_write(&second, &twice);
	if (!str_equal(once.bytes, twice.bytes))
		BUG("%s became %s, then %s", text, once.bytes, twice.bytes);
	return 0;
}
