/* SPDX-License-Identifier: Apache-2.0 */
/* File names from strangers, made safe for any folder on any system. */
#include "psirtty/format/mime.h"

#include <utf8proc.h>

#include "psirtty/base/text.h"

enum {
	NAME_BYTES = 128,      /* longest safe name */
	EXTENSION_BYTES = 16,  /* kept when a long name is cut */
	LOOKED_AT = 4096,      /* bytes of the stranger's name that count */
};

/* Not a path, not a pattern, not a word of any shell, not a stream of any file system. */
static const char forbidden[] = "/\\:*?\"<>|`$;&'\x7F";

static const char *const reserved[] = {
	"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
	"com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
};

static bool is_plain(const char *bytes, size_t length, int32_t c)
{
	AUTO_TEXT seen = TEXT_INIT;

	if (c < 0x80)
		return c >= 0x20 && !strchr(forbidden, c);
	text_display(&seen, bytes, (long)length, TEXT_LINE);
	return c != 0xFFFD && seen.hidden == 0;
}

/* The characters of NAME with "_" for each that is not plain. */
static void add_plain(const char *name, struct str *ret)
{
	const char *cursor = name, *end = name + strnlen(name, LOOKED_AT);

	while (cursor < end) {
		const char *here = cursor;
		int32_t c = utf8_next(&cursor, end);

		if (c > 0 && is_plain(here, (size_t)(cursor - here), c))
			str_add_bytes(ret, here, (size_t)(cursor - here));
		else
			str_add_char(ret, '_');
	}
}

static const char *last_component(const char *name)
{
	const char *start = name;

	for (; *name; name++)
		if ((*name == '/' || *name == '\\') && name[1])
			start = name + 1;
	return start;
}

static void normalise(struct str *s)
{
	utf8proc_uint8_t *nfc = NULL;
	utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)s->bytes,
					       (utf8proc_ssize_t)s->length, &nfc,
					       UTF8PROC_STABLE | UTF8PROC_COMPOSE);

	if (length >= 0) {
		str_reset(s);
		str_add_bytes(s, nfc, (size_t)length);
	}
	free(nfc);
}

/* The last place at or before LIMIT that does not cut a character. */
static size_t border(const char *bytes, size_t limit)
{
	while (limit && ((unsigned char)bytes[limit] & 0xC0) == 0x80)
		limit--;
	return limit;
}

static void shorten(struct str *s)
{
	const char *dot = strrchr(s->bytes, '.');
	AUTO_STRING extension = NULL;
	size_t length = dot ? strlen(dot) : 0;

	if (s->length <= NAME_BYTES)
		return;
	if (length > EXTENSION_BYTES)
		length = 0;
	extension = mem_copy(length ? dot : "", length);
	str_truncate(s, border(s->bytes, NAME_BYTES - length));
	str_add(s, extension);
}

static void trim(struct str *s)
{
	size_t skip = strspn(s->bytes, ". ");

	if (skip) {
		AUTO_STRING rest = mem_string(s->bytes + skip);

		str_reset(s);
		str_add(s, rest);
	}
	while (s->length && strchr(". ", s->bytes[s->length - 1]))
		str_truncate(s, s->length - 1);
}

static bool is_reserved(const char *name)
{
	size_t stem = strcspn(name, ". ");

	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strlen(reserved[i]) == stem && str_starts_nocase(name, reserved[i]))
			return true;
	return false;
}

char *mime_safe_name(const char *name, int number)
{
	struct str safe = STR_INIT;

	add_plain(last_component(str_or_empty(name)), &safe);
	normalise(&safe);
	trim(&safe);
	if (is_reserved(safe.bytes) || *safe.bytes == '-' || *safe.bytes == '~') {
		AUTO_STRING rest = mem_string(safe.bytes);

		str_reset(&safe);
		str_add_char(&safe, '_');
		str_add(&safe, rest);
	}
	shorten(&safe);
	trim(&safe);
	if (!safe.bytes[strspn(safe.bytes, "_")]) {
		str_reset(&safe);
		str_add_format(&safe, "attachment-%d", number);
	}
	return str_detach(&safe);
}
