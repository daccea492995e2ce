/* SPDX-License-Identifier: Apache-2.0 */
/* Flowed text (RFC 3676) made into paragraphs again. */
#include "psirtty/format/mime.h"

struct line { const char *bytes; size_t length; size_t depth; bool flowed; };

static struct line line_read(const char *bytes, size_t length)
{
	struct line line = { bytes, length, 0, false };
	bool signature;

	while (line.length && *line.bytes == '>') {
		line.bytes++;
		line.length--;
		line.depth++;
	}
	if (line.length && *line.bytes == ' ') {
		line.bytes++;
		line.length--;
	}
	signature = line.length == 3 && memcmp(line.bytes, "-- ", 3) == 0;
	line.flowed = line.length && line.bytes[line.length - 1] == ' ' && !signature;
	return line;
}

void mime_flowed_text(const char *text, size_t length, bool delsp, struct str *ret)
{
	bool joining = false;
	size_t depth = 0;

	for (size_t at = 0; at < length;) {
		const char *newline = memchr(text + at, '\n', length - at);
		size_t end = newline ? (size_t)(newline - text) : length, next = end + (newline != NULL);
		struct line line;

		if (end > at && text[end - 1] == '\r')
			end--;
		line = line_read(text + at, end - at);
		if (joining && line.depth != depth) {
			str_add_char(ret, '\n');
			joining = false;
		}
		if (!joining && line.depth) {
			str_add_repeat(ret, '>', line.depth);
			str_add_char(ret, ' ');
		}
		str_add_bytes(ret, line.bytes, line.length - (line.flowed && delsp));
		if (!line.flowed)
			str_add_char(ret, '\n');
		joining = line.flowed;
		depth = line.depth;
		at = next;
	}
	if (joining)
		str_add_char(ret, '\n');
}
