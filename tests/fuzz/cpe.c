/* SPDX-License-Identifier: Apache-2.0 */
/* CPE names: each form of anything that is read is read again as the same name. */
#include "psirtty/score/cpe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void (*writer)(const struct cpe *cpe, struct str *ret);

static void check_form(const struct cpe *cpe, writer write, bool keeps_case)
{
	AUTO_CPE again = CPE_INIT;
	AUTO_STR once = STR_INIT, twice = STR_INIT;

	write(cpe, &once);
	if (cpe_parse(once.bytes, &again, NULL) < 0)
		BUG("%s was written, but is refused", once.bytes);
	write(&again, &twice);
	if (keeps_case ? !str_equal(once.bytes, twice.bytes)
		       : str_casecmp(once.bytes, twice.bytes) != 0)
		BUG("%s became %s", once.bytes, twice.bytes);
	if (cpe_compare(cpe, &again) != cpe_compare(cpe, cpe))
		BUG("%s is not the name it was made from", once.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING text = mem_copy(data, size);
	AUTO_CPE cpe = CPE_INIT;

	if (cpe_parse(text, &cpe, NULL) < 0)
		return 0;
	check_form(&cpe, cpe_write, true);
	check_form(&cpe, cpe_write_uri, false);
	check_form(&cpe, cpe_write_wfn, true);
	return 0;
}
