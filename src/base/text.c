/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The safe-text door: the only way to struct text. Rules: ../../HACKING.md, "Safe text".
 */
#include "psirtty/base/text.h"

#include <utf8proc.h>

/* Characters that act without being seen, by name (Unicode 15, UAX #9 and general category Cf). */
static const struct mark {
	uint32_t first, last;
	const char *name;
} marks[] = {
	{ 0x00AD, 0x00AD, "SHY" },	   { 0x034F, 0x034F, "CGJ" },
	{ 0x061C, 0x061C, "ALM" },	   { 0x115F, 0x1160, "HANGUL FILLER" },
	{ 0x17B4, 0x17B5, "KHMER VOWEL" }, { 0x180B, 0x180F, "MONGOLIAN" },
	{ 0x200B, 0x200B, "ZWSP" },	   { 0x200C, 0x200C, "ZWNJ" },
	{ 0x200D, 0x200D, "ZWJ" },	   { 0x200E, 0x200E, "LRM" },
	{ 0x200F, 0x200F, "RLM" },	   { 0x2028, 0x2028, "LSEP" },
	{ 0x2029, 0x2029, "PSEP" },	   { 0x202A, 0x202A, "LRE" },
	{ 0x202B, 0x202B, "RLE" },	   { 0x202C, 0x202C, "PDF" },
	{ 0x202D, 0x202D, "LRO" },	   { 0x202E, 0x202E, "RLO" },
	{ 0x2060, 0x2060, "WJ" },	   { 0x2061, 0x2065, "INVISIBLE" },
	{ 0x2066, 0x2066, "LRI" },	   { 0x2067, 0x2067, "RLI" },
	{ 0x2068, 0x2068, "FSI" },	   { 0x2069, 0x2069, "PDI" },
	{ 0x206A, 0x206F, "DEPRECATED" },  { 0x2800, 0x2800, "BLANK" },
	{ 0x3164, 0x3164, "HANGUL FILLER" }, { 0xFE00, 0xFE0F, "VS" },
	{ 0xFEFF, 0xFEFF, "BOM" },	   { 0xFFA0, 0xFFA0, "HANGUL FILLER" },
	{ 0xFFF9, 0xFFFB, "ANNOTATION" },  { 0x1BCA0, 0x1BCA3, "SHORTHAND" },
	{ 0x1D173, 0x1D17A, "MUSIC" },	   { 0xE0000, 0xE007F, "TAG" },
	{ 0xE0100, 0xE01EF, "VS" },
};

struct door {
	struct str *out;
	enum text_policy policy;
	int width, column, combining, hidden;
	bool risky;
};

static const struct mark *mark_find(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (c >= marks[i].first && c <= marks[i].last)
			return &marks[i];
	return NULL;
}

int text_cells(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return 0;
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return -1;
	default:
		break;
	}
	/* A spacing mark or a jamo that utf8proc calls 0 wide still takes its cell alone. */
	return utf8proc_charwidth((utf8proc_int32_t)c) == 2 ? 2 : 1;
}

static void door_advance(struct door *door, int cells)
{
	door->width += cells;
	door->column += cells;
	door->combining = 0;
}

static void door_name(struct door *door, const char *name)
{
	str_add_char(door->out, '<');
	str_add(door->out, name);
	str_add_char(door->out, '>');
	door_advance(door, (int)strlen(name) + 2);
	door->hidden++;
}

static void door_control(struct door *door, uint32_t c)
{
	char name[8];

	if (c < 0x20 || c == 0x7F) {
		str_add_char(door->out, '^');
		str_add_char(door->out, (char)(c ^ 0x40));
		door_advance(door, 2);
		door->hidden++;
		return;
	}
	snprintf(name, sizeof(name), "%02X", c);
	door_name(door, name);
}

static void door_invalid(struct door *door, unsigned char byte)
{
	str_add_format(door->out, "\\x%02X", byte);
	door_advance(door, 4);
	door->hidden++;
}

static bool door_space(struct door *door, uint32_t c)
{
	int cells = 1;

	if (c != '\n' && c != '\t')
		return false;
	if (door->policy == TEXT_BLOCK && c == '\n') {
		str_add_char(door->out, '\n');
		door->column = door->combining = 0;
		return true;
	}
	if (door->policy == TEXT_BLOCK)
		cells = 8 - door->column % 8;
	str_add_repeat(door->out, ' ', (size_t)cells);
	door_advance(door, cells);
	return true;
}

static void door_combining(struct door *door, uint32_t c)
{
	if (door->column == 0) {
		str_add_char(door->out, ' ');
		door_advance(door, 1);
	}
	door->risky = true;
	if (++door->combining > 2) {
		door->hidden++;
		return;
	}
	str_add_utf8(door->out, c);
}

static void door_printable(struct door *door, uint32_t c)
{
	char name[12];
	int cells = text_cells(c);

	if (cells == 0) {
		door_combining(door, c);
		return;
	}
	if (cells < 0) {
		snprintf(name, sizeof(name), "U+%04X", c);
		door_name(door, name);
		return;
	}
	/* From U+00A1 on there are letters that some terminals draw two cells wide (UAX #11, A). */
	door->risky = true;
	str_add_utf8(door->out, c);
	door_advance(door, cells);
}

static void door_pass(struct door *door, uint32_t c)
{
	const struct mark *mark;

	if (door_space(door, c))
		return;
	if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
		door_control(door, c);
		return;
	}
	mark = mark_find(c);
	if (mark)
		door_name(door, mark->name);
	else
		door_printable(door, c);
}

/* Takes the plain ASCII at CURSOR at once, which most text is made of; returns its end. */
static const char *door_ascii(struct door *door, const char *cursor, const char *end)
{
	const char *begin = cursor;

	while (cursor < end && *cursor >= 0x20 && *cursor < 0x7F)
		cursor++;
	if (cursor > begin) {
		str_add_bytes(door->out, begin, (size_t)(cursor - begin));
		door_advance(door, (int)(cursor - begin));
	}
	return cursor;
}

static void door_run(struct door *door, const char *src, size_t length)
{
	const char *cursor = src, *end = src + length;

	while ((cursor = door_ascii(door, cursor, end)) < end) {
		const char *here = cursor;
		int32_t c = utf8_next(&cursor, end);

		if (c == '\r' && cursor < end && *cursor == '\n')
			continue;
		if (c < 0)
			door_invalid(door, (unsigned char)*here);
		else
			door_pass(door, (uint32_t)c);
	}
}

void text_display(struct text *ret, const char *src, long length, enum text_policy policy)
{
	struct str out = STR_INIT;
	struct door door = { .out = &out, .policy = policy };

	if (src)
		door_run(&door, src, length < 0 ? strlen(src) : (size_t)length);
	ret->utf8 = str_detach(&out);
	ret->width = door.width;
	ret->hidden = door.hidden;
	ret->risky = door.risky;
}

void text_release(struct text *text)
{
	free(text->utf8);
	*text = (struct text)TEXT_INIT;
}

size_t text_clip(const char *safe, int cells, int *ret_width)
{
	const char *cursor = safe, *end = safe + strlen(safe);
	int width = 0;

	while (cursor < end) {
		const char *here = cursor;
		int32_t c = utf8_next(&cursor, end);
		int wide = c < 0 ? 1 : text_cells((uint32_t)c);

		wide = wide < 0 ? 0 : wide;
		if (width + wide > cells) {
			cursor = here;
			break;
		}
		width += wide;
	}
	if (ret_width)
		*ret_width = width;
	return (size_t)(cursor - safe);
}

int text_width(const char *safe)
{
	int width;

	text_clip(safe, INT32_MAX / 2, &width);
	return width;
}

static void add_safe(struct str *s, const char *src, enum text_policy policy)
{
	AUTO_TEXT text = TEXT_INIT;

	text_display(&text, src, -1, policy);
	str_add(s, text.utf8);
}

void text_add_line(struct str *s, const char *src)
{
	add_safe(s, src, TEXT_LINE);
}

void text_add_block(struct str *s, const char *src)
{
	add_safe(s, src, TEXT_BLOCK);
}

/* Lives here and not in str.c because it knows which characters are invisible. */
static void tsv_add_point(struct str *s, int32_t c, unsigned char raw)
{
	static const char letters[] = "tnr";

	if (c < 0)
		str_add_format(s, "\\x%02X", raw);
	else if (c == '\t' || c == '\n' || c == '\r')
		str_add_format(s, "\\%c", letters[c == '\n' ? 1 : c == '\r' ? 2 : 0]);
	else if (c == '\\')
		str_add(s, "\\\\");
	else if (c < 0x20 || c == 0x7F)
		str_add_format(s, "\\x%02X", (unsigned)c);
	else if ((c >= 0x80 && c < 0xA0) || mark_find((uint32_t)c))
		str_add_format(s, "\\u{%04X}", (unsigned)c);
	else
		str_add_utf8(s, (uint32_t)c);
}

void tsv_add(struct str *s, const char *field)
{
	const char *cursor = field, *end;

	if (!field || !*field) {
		str_add_char(s, '-');
		return;
	}
	end = field + strlen(field);
	while (cursor < end) {
		unsigned char raw = (unsigned char)*cursor;

		tsv_add_point(s, utf8_next(&cursor, end), raw);
	}
}
