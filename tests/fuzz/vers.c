/* SPDX-License-Identifier: Apache-2.0 */
/* Version ranges: what the lenient reader makes of anything, it makes again; the strict one takes
 * it. */
#include "psirtty/score/vers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING text = mem_copy(data, size);
	AUTO_VERS first = VERS_INIT;
	AUTO_VERS second = VERS_INIT;
	AUTO_STR once = STR_INIT, twice = STR_INIT, repairs = STR_INIT;
	bool in;

	if (vers_parse_lenient(text, &first, &repairs, NULL) < 0)
		return 0;
	vers_write(&first, &once);
	if ((first.uncertain ? vers_parse_lenient(once.bytes, &second, &repairs, NULL)
			     : vers_parse(once.bytes, &second, NULL)) < 0)
		BUG("%s became %s, which is refused", text, once.bytes);
	vers_write(&second, &twice);
	if (!str_equal(once.bytes, twice.bytes))
		BUG("%s became %s, then %s", text, once.bytes, twice.bytes);
	for (size_t i = 0; i < first.count && !first.uncertain; i++)
		if (first.constraints[i].comparator == VERS_EQUAL &&
		    vers_contains(&first, first.constraints[i].version, &in, NULL) == 0 && !in)
			BUG("%s does not hold its own %s", once.bytes,
			    first.constraints[i].version);
	vers_overlap(&first, &second);
	return 0;
}
