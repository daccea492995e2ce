/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that strangers write for machines: an embargo message that is read is written and read back the same; a
 * security.txt has bounded findings; an address either has a URL or is refused. */
#include "psirtty/format/embargo_block.h"
#include "psirtty/format/security_txt.h"
#include "psirtty/format/wkd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_block(const char *text, size_t length)
{
	struct embargo_block block, back;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR written = STR_INIT;
	int code = embargo_block_read(text, length, &block, &err);

	if (code < 0 && !err.why)
		BUG("refused without a reason");
	if (code != 1)
		return;
	embargo_block_write(&block, &written);
	if (embargo_block_read(written.bytes, written.length, &back, NULL) != 1)
		BUG("what was read cannot be written and read again:\n%s", written.bytes);
	if (back.message != block.message || back.until.at != block.until.at || back.answer_by != block.answer_by ||
	    back.allow != block.allow || !str_equal(back.case_id, block.case_id) ||
	    (block.message == EMBARGO_ET && back.cause != block.cause))
		BUG("it came back another:\n%s", written.bytes);
	embargo_block_release(&block);
	embargo_block_release(&back);
}

static void try_security_txt(const char *text, size_t length)
{
	struct security_txt_report report;

	security_txt_lint(text, length, NULL, 1796083200 * INSTANT_SECOND, &report);
	if (report.count > 200)
		BUG("%zu findings", report.count);
	security_txt_report_release(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING address = mem_copy(data, size);
	AUTO_STR url = STR_INIT;

	try_block((const char *)data, size);
	try_security_txt((const char *)data, size);
	if (wkd_url(address, size & 1, &url, NULL) == 0 && strpbrk(url.bytes, " \r\n<>\""))
		BUG("a URL with odd characters: %s", url.bytes);
	return 0;
}
