/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An allow list in front of iconv. UTF-7 and ISO-2022-CN-EXT are not on it and never will be: the
 * first hides markup, the second overran a buffer in the C library (CVE-2024-2961).
 */
#include "charset.h"

#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>

enum { NAME_LIMIT = 32 };

/* These are ours, since they need no tables: UTF-8 (which is also ASCII) and UTF-16. */
enum { OWN_UTF8 = -1, OWN_UTF16 = -3, OWN_UTF16_BIG = -4, OWN_UTF16_LITTLE = -5 };

/* The names that are given to iconv. Latin 1 is read as its superset from Windows, as browsers do, so
 * that no C1 control comes out of it. */
static const char *const converters[] = {
	"WINDOWS-1252", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6",
	"ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13",
	"ISO-8859-14", "ISO-8859-15", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1254",
	"WINDOWS-1256", "WINDOWS-1257", "KOI8-R", "KOI8-U", "MACINTOSH", "CP850", "CP866", "CP874",
	"WINDOWS-1255", "WINDOWS-1258", "GB18030", "BIG5", "EUC-JP", "CP932", "ISO-2022-JP", "CP949",
};

/* Other names for them, in lower case. */
static const struct alias { const char *name, *converter; } aliases[] = {
	{ "iso-8859-1", "WINDOWS-1252" }, { "iso8859-1", "WINDOWS-1252" }, { "latin1", "WINDOWS-1252" },
	{ "latin-1", "WINDOWS-1252" }, { "iso_8859-1", "WINDOWS-1252" }, { "cp1252", "WINDOWS-1252" },
	{ "cp1250", "WINDOWS-1250" }, { "cp1251", "WINDOWS-1251" }, { "cp1253", "WINDOWS-1253" },
	{ "cp1254", "WINDOWS-1254" }, { "cp1255", "WINDOWS-1255" }, { "cp1256", "WINDOWS-1256" },
	{ "cp1257", "WINDOWS-1257" }, { "cp1258", "WINDOWS-1258" }, { "iso-8859-8-i", "ISO-8859-8" },
	{ "iso8859-15", "ISO-8859-15" }, { "latin9", "ISO-8859-15" }, { "tis-620", "ISO-8859-11" },
	{ "koi8r", "KOI8-R" }, { "gb2312", "GB18030" }, { "gbk", "GB18030" }, { "cp936", "GB18030" },
	{ "x-gbk", "GB18030" }, { "big5-hkscs", "BIG5" }, { "cn-big5", "BIG5" }, { "eucjp", "EUC-JP" },
	{ "x-euc-jp", "EUC-JP" }, { "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "sjis", "CP932" },
	{ "x-sjis", "CP932" }, { "windows-31j", "CP932" }, { "euc-kr", "CP949" }, { "ks_c_5601-1987", "CP949" },
	{ "windows-949", "CP949" }, { "gb_2312-80", "GB18030" }, { "gb_2312", "GB18030" }, { "euc-cn", "GB18030" },
	{ "csgb2312", "GB18030" }, { "big5hkscs", "BIG5" }, { "cseuckr", "CP949" }, { "ks_c_5601", "CP949" },
	{ "ksc5601", "CP949" }, { "uhc", "CP949" }, { "iso-2022-jp-ms", "ISO-2022-JP" }, { "csiso2022jp", "ISO-2022-JP" },
	{ "x-mac-roman", "MACINTOSH" }, { "mac", "MACINTOSH" }, { "ibm850", "CP850" }, { "ibm866", "CP866" },
	{ "windows-874", "CP874" }, { "iso8859-2", "ISO-8859-2" }, { "latin2", "ISO-8859-2" }, { "l1", "WINDOWS-1252" },
};

static const char *const utf8_names[] = { "utf-8", "utf8", "utf_8", "us-ascii", "ascii", "ansi_x3.4-1968", "646", "iso646-us" };

/* A byte is a character in those up to here: their tables are ours, so that no converter has to stay loaded. */
enum { SINGLE_BYTE = 26 };

static iconv_t open_converters[ARRAY_LEN(converters)];
static bool tried[ARRAY_LEN(converters)];
static uint16_t tables[SINGLE_BYTE][256]; /* 0: no character, but for byte 0 */

static bool closed;

void charsets_close(void)
{
	closed = true;
}

/* Stands before the C library's, for all of this program and the libraries it is linked with. */
iconv_t iconv_open(const char *to, const char *from)
{
	static void *real;
	iconv_t (*open_real)(const char *to, const char *from);

	if (closed) {
		errno = EINVAL;
		return (iconv_t)-1;
	}
	if (!real)
		real = dlsym(RTLD_NEXT, "iconv_open");
	if (!real)
		BUG("the C library has no iconv_open");
	memcpy(&open_real, &real, sizeof(open_real));
	return open_real(to, from);
}

static iconv_t converter(size_t i)
{
	if (!tried[i]) {
		tried[i] = true;
		open_converters[i] = iconv_open("UTF-8", converters[i]);
	}
	return open_converters[i];
}

/* The one character BYTE stands for, 0 where it is none. */
static uint16_t character_of(iconv_t cd, unsigned char byte)
{
	char in[1] = { (char)byte }, out[8], *from = in, *to = out;
	const char *cursor = out;
	size_t left = 1, room = sizeof(out);
	int32_t c;

	if (iconv(cd, &from, &left, &to, &room) == (size_t)-1) {
		iconv(cd, NULL, NULL, NULL, NULL);
		return 0;
	}
	c = utf8_next(&cursor, to);
	return c > 0 && c <= UINT16_MAX ? (uint16_t)c : 0;
}

/* Fills the table of a single-byte charset, once; false when the C library does not know it. */
static bool table_ready(size_t i)
{
	iconv_t cd;

	if (tables[i]['a'])
		return true;
	cd = tried[i] ? (iconv_t)-1 : iconv_open("UTF-8", converters[i]);
	tried[i] = true;
	if (cd == (iconv_t)-1)
		return false;
	for (int byte = 0; byte < 256; byte++)
		tables[i][byte] = character_of(cd, (unsigned char)byte);
	iconv_close(cd);
	return true;
}

static void add_single(const uint16_t table[256], const char *bytes, size_t length, struct str *ret)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte && byte < 0x80 && table[byte] == byte)
			str_add_char(ret, (char)byte);
		else
			str_add_utf8(ret, table[byte] || !byte ? table[byte] : 0xFFFD);
	}
}

void charsets_warm(void)
{
	for (size_t i = 0; i < ARRAY_LEN(converters); i++) {
		char out[64], in[] = "a", *from = in, *to = out;
		size_t left = 1, room = sizeof(out);

		/* Some tables are loaded at the first character only. */
		if (i < SINGLE_BYTE)
			table_ready(i);
		else if (converter(i) != (iconv_t)-1)
			iconv(converter(i), &from, &left, &to, &room);
	}
}

/* Index of the converter, OWN_UTF8, or -2 for a charset that is not on the list. */
static int charset_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(utf8_names); i++)
		if (str_casecmp(name, utf8_names[i]) == 0)
			return OWN_UTF8;
	if (str_casecmp(name, "utf-16") == 0)
		return OWN_UTF16;
	if (str_casecmp(name, "utf-16be") == 0 || str_casecmp(name, "utf-16le") == 0)
		return str_casecmp(name, "utf-16be") == 0 ? OWN_UTF16_BIG : OWN_UTF16_LITTLE;
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (str_casecmp(name, aliases[i].name) == 0)
			name = aliases[i].converter;
	for (size_t i = 0; i < ARRAY_LEN(converters); i++)
		if (str_casecmp(name, converters[i]) == 0)
			return (int)i;
	return -2;
}

/* Runs of valid UTF-8 are copied whole. */
static void add_utf8(const char *bytes, size_t length, struct str *ret)
{
	const char *cursor = bytes, *end = bytes + length, *run = bytes;

	while (cursor < end) {
		const char *here = cursor;

		if (utf8_next(&cursor, end) >= 0)
			continue;
		str_add_bytes(ret, run, (size_t)(here - run));
		str_add_utf8(ret, 0xFFFD);
		run = cursor;
	}
	str_add_bytes(ret, run, (size_t)(end - run));
}

/* Without a mark of its order it is big-endian (RFC 2781 4.3). */
static void add_utf16(const char *bytes, size_t length, int kind, struct str *ret)
{
	const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
	bool little = kind == OWN_UTF16_LITTLE || (kind == OWN_UTF16 && length > 1 && at[0] == 0xFF && at[1] == 0xFE);
	uint32_t high = 0;

	for (; end - at > 1; at += 2) {
		uint32_t unit = little ? at[0] | (uint32_t)at[1] << 8 : at[1] | (uint32_t)at[0] << 8;
		bool low = unit >= 0xDC00 && unit < 0xE000;

		if (high && !low)
			str_add_utf8(ret, 0xFFFD);
		if (unit >= 0xD800 && unit < 0xDC00) {
			high = unit;
			continue;
		}
		if (low)
			str_add_utf8(ret, high ? 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
		else if (unit != 0xFEFF || (const char *)at != bytes)
			str_add_utf8(ret, unit);
		high = 0;
	}
	if (high || at < end)
		str_add_utf8(ret, 0xFFFD);
}

static void add_ascii(const char *bytes, size_t length, struct str *ret)
{
	for (size_t i = 0; i < length; i++)
		str_add_utf8(ret, (unsigned char)bytes[i] < 0x80 ? (unsigned char)bytes[i] : 0xFFFD);
}

/* Some converters hold a character back until they know what follows it. */
static void add_held_back(iconv_t cd, struct str *ret)
{
	char block[64], *out = block;
	size_t room = sizeof(block);

	iconv(cd, NULL, NULL, &out, &room);
	str_add_bytes(ret, block, (size_t)(out - block));
}

static void add_converted(iconv_t cd, const char *bytes, size_t length, struct str *ret)
{
	char block[4096], *in = (char *)(uintptr_t)bytes;
	size_t left = length;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (left) {
		char *out = block;
		size_t room = sizeof(block), before = left;
		size_t code = iconv(cd, &in, &left, &out, &room);
		int reason = errno;

		str_add_bytes(ret, block, (size_t)(out - block));
		if (code != (size_t)-1)
			break;
		/* A full block that took in something goes on; anything else is one broken byte. */
		if (reason == E2BIG && (left < before || out > block))
			continue;
		str_add_utf8(ret, 0xFFFD);
		in++;
		left--;
	}
	add_held_back(cd, ret);
}

static bool charset_ready(size_t i)
{
	return i < SINGLE_BYTE ? table_ready(i) : converter(i) != (iconv_t)-1;
}

bool charset_convert(void *context, const char *charset, const char *bytes, size_t length,
		     struct str *ret)
{
	int found = strlen(charset) < NAME_LIMIT ? charset_find(charset) : -2;

	(void)context;
	if (found >= 0 && !charset_ready((size_t)found))
		found = -2;
	if (found >= 0 && found < SINGLE_BYTE)
		add_single(tables[found], bytes, length, ret);
	else if (found >= 0)
		add_converted(converter((size_t)found), bytes, length, ret);
	else if (found <= OWN_UTF16)
		add_utf16(bytes, length, found, ret);
	else if (found == OWN_UTF8 || utf8_valid(bytes, length))
		add_utf8(bytes, length, ret);
	else
		add_ascii(bytes, length, ret);
	return found != -2 || !*charset;
}
