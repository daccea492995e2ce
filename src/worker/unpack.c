/* SPDX-License-Identifier: Apache-2.0 */
/* Decompression by libarchive, without any archive format: one stream of bytes. */
#include "unpack.h"

#include "archive_calls.h"

#include "charset.h"
#include "psirtty/base/i18n.h"

/* What a document of the size of most may grow by, and one that is larger than that. */
enum { RATIO = 200, RATIO_LARGE = 60, SMALL = 1 << 20, LARGE = 32 << 20, LAYERS = 3 };

static const struct { const char *magic; size_t length; } magics[] = {
	{ "\x1F\x8B", 2 }, { "\xFD" "7zXZ", 5 }, { "\x28\xB5\x2F\xFD", 4 }, { "BZh", 3 },
};

void unpack_warm(void)
{
	archive_calls();
}

static bool is_packed(const char *bytes, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (length > magics[i].length && !memcmp(bytes, magics[i].magic, magics[i].length))
			return true;
	return false;
}

static int broken(struct archive *archive, const char *name, struct error *err)
{
	return error_set(err, ERR_INPUT, name, _("Get the file anew"), _("it cannot be decompressed: %s"),
			 str_or_empty(archive_error_string(archive)));
}

/* How much GIVEN bytes may unpack to. */
static size_t most_of(size_t given, size_t limit)
{
	size_t most = given < LARGE / RATIO ? given * RATIO : LARGE;

	if (given > LARGE / RATIO_LARGE)
		most = given < limit / RATIO_LARGE ? given * RATIO_LARGE : limit;
	most = most < SMALL ? SMALL : most;
	return most < limit ? most : limit;
}

static int read_all(struct archive *archive, size_t given, size_t limit, const char *name, struct str *ret,
		    struct error *err)
{
	size_t most = most_of(given, limit);
	char window[64 << 10];
	la_ssize_t got;

	while ((got = archive_read_data(archive, window, sizeof(window))) > 0) {
		if (ret->length + (size_t)got > most)
			return error_set(err, ERR_INPUT, name, _("Do not use it"),
					 _("%zu bytes unpack to more than %zu: it is made to fill memory"), given, most);
		str_add_bytes(ret, window, (size_t)got);
	}
	return got < 0 ? broken(archive, name, err) : 0;
}

static int unpack_once(const char *bytes, size_t length, size_t limit, const char *name, struct str *ret,
		       struct error *err)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int code = 0;

	archive_read_support_format_raw(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_bzip2(archive);
	if (archive_read_open_memory(archive, bytes, length) != ARCHIVE_OK ||
	    archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		code = broken(archive, name, err);
	else
		code = read_all(archive, length, limit, name, ret, err);
	archive_read_free(archive);
	return code;
}

/* ---- charsets */

static uint32_t unit(const char *bytes, size_t at, bool big)
{
	uint32_t first = (unsigned char)bytes[at], second = (unsigned char)bytes[at + 1];

	return big ? first << 8 | second : second << 8 | first;
}

static void add_utf16(const char *bytes, size_t length, bool big, struct str *ret)
{
	for (size_t at = 0; at + 1 < length; at += 2) {
		uint32_t one = unit(bytes, at, big), two = at + 3 < length ? unit(bytes, at + 2, big) : 0;

		if (one >= 0xD800 && one < 0xDC00 && two >= 0xDC00 && two < 0xE000) {
			one = 0x10000 + ((one - 0xD800) << 10) + (two - 0xDC00);
			at += 2;
		}
		str_add_utf8(ret, one);
	}
}

/* The charset that the declaration of an XML document names, where it is not UTF-8. */
static char *declared_charset(const char *bytes, size_t length)
{
	const char *end = length > 5 && !memcmp(bytes, "<?xml", 5) ? memchr(bytes, '>', length < 200 ? length : 200) : NULL;
	AUTO_STRING head = end ? mem_copy(bytes, (size_t)(end - bytes)) : NULL;
	char *name = head ? strstr(head, "encoding=") : NULL, *close;

	if (!name || (name[9] != '"' && name[9] != '\''))
		return NULL;
	close = strchr(name + 10, name[9]);
	if (!close)
		return NULL;
	*close = '\0';
	return str_casecmp(name + 10, "utf-8") == 0 ? NULL : mem_string(name + 10);
}

/* The declaration is no longer true: it is left out. */
static int convert(const char *charset, const char *bytes, size_t length, const char *name, struct str *ret,
		   struct error *err)
{
	const char *behind = memchr(bytes, '>', length);

	behind = behind ? behind + 1 : bytes;
	if (!charset_convert(NULL, charset, behind, length - (size_t)(behind - bytes), ret))
		return error_set(err, ERR_INPUT, name, _("Convert it to UTF-8"), _("the charset %s is not known"), charset);
	return 0;
}

/* LAYER holds the bytes, or nothing does but the caller: they are copied only where they must be. */
static int to_utf8(struct str *layer, const char *bytes, size_t length, const char *name, struct str *ret, struct error *err)
{
	AUTO_STRING charset = declared_charset(bytes, length);
	bool little = length >= 2 && !memcmp(bytes, "\xFF\xFE", 2), big = length >= 2 && !memcmp(bytes, "\xFE\xFF", 2);

	if (little || big) {
		add_utf16(bytes + 2, length - 2, big, ret);
		return 0;
	}
	if (length >= 4 && (!memcmp(bytes, "{\0", 2) || !memcmp(bytes, "<\0", 2))) {
		add_utf16(bytes, length, false, ret);
		return 0;
	}
	if (length >= 4 && (!memcmp(bytes, "\0{", 2) || !memcmp(bytes, "\0<", 2))) {
		add_utf16(bytes, length, true, ret);
		return 0;
	}
	if (charset)
		return convert(charset, bytes, length, name, ret, err);
	if (bytes == layer->bytes && !ret->length) {
		const struct str given = *ret;

		*ret = *layer;
		*layer = given;
	} else {
		str_add_bytes(ret, bytes, length);
	}
	return 0;
}

/* UTF-16 documents of XML still say so; expat would believe it. */
static void drop_declaration(struct str *text)
{
	AUTO_STRING charset = declared_charset(text->bytes, text->length);
	char *end = charset ? strchr(text->bytes, '>') : NULL;

	if (end)
		memset(text->bytes, ' ', (size_t)(end + 1 - text->bytes));
}

int unpack_document(const char *bytes, size_t length, size_t limit, const char *name, struct str *ret,
		    struct error *err)
{
	struct str layer = STR_INIT;
	int code = 0;

	for (int i = 0; !code && is_packed(bytes, length); i++) {
		struct str next = STR_INIT;

		code = i < LAYERS ? unpack_once(bytes, length, limit, name, &next, err) :
				    error_set(err, ERR_INPUT, name, NULL, _("it is compressed more than %d times"), LAYERS);
		str_release(&layer);
		layer = next;
		bytes = layer.bytes;
		length = layer.length;
	}
	if (!code)
		code = to_utf8(&layer, bytes, length, name, ret, err);
	if (!code)
		drop_declaration(ret);
	str_release(&layer);
	return code;
}
