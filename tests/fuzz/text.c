/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: whatever goes through the safe-text door comes out printable and well counted. */
#include "psirtty/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_output(const struct text *text, enum text_policy policy)
{
	const char *cursor = text->utf8, *end = cursor + strlen(cursor);
	int width = 0;

	while (cursor < end) {
		int32_t c = utf8_next(&cursor, end);

		if (policy == TEXT_BLOCK && c == '\n')
			continue;
		if (c < 0 || text_cells((uint32_t)c) < 0)
			abort();
		width += text_cells((uint32_t)c);
	}
	if (width != text->width)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	for (int policy = TEXT_LINE; policy <= TEXT_BLOCK; policy++) {
		AUTO_TEXT text = TEXT_INIT;
		int width;

		text_display(&text, (const char *)bytes, (long)length, (enum text_policy)policy);
		check_output(&text, (enum text_policy)policy);
		text_clip(text.utf8, text.width / 2, &width);
		if (width > text.width / 2)
			abort();
	}
	return 0;
}
