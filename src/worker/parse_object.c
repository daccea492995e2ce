/* SPDX-License-Identifier: Apache-2.0 */
/* What GMime says of one entity: its type, its fields as they came, and their parameters read by our own decoders. */
#include "parse_object.h"

#include "charset.h"

GMimeObject *object_new(struct slice source, GByteArray *array)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeParser *parser;
	GMimeObject *object;

	array->data = (guint8 *)(uintptr_t)source.bytes;
	array->len = (guint)source.length;
	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), array);
	parser = g_mime_parser_new_with_stream(stream);
	object = g_mime_parser_construct_part(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return object;
}

/* RFC 2045 5.2: what is no type at all is plain text. */
static bool is_no_type(GMimeObject *object)
{
	struct slice value = object_header(object, "content-type");
	const char *end = memchr(value.bytes, ';', value.length);
	size_t length = end ? (size_t)(end - value.bytes) : value.length;

	return !GMIME_IS_MULTIPART(object) && !GMIME_IS_MESSAGE_PART(object) && !memchr(value.bytes, '/', length);
}

char *object_type(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	struct str s = STR_INIT;

	if (is_no_type(object))
		return mem_string("text/plain");
	str_add_format(&s, "%s/%s", str_or_empty(type ? g_mime_content_type_get_media_type(type) : "text"),
		       str_or_empty(type ? g_mime_content_type_get_media_subtype(type) : "plain"));
	for (size_t i = 0; i < s.length; i++) {
		unsigned char c = (unsigned char)s.bytes[i];

		s.bytes[i] = c <= 0x20 || c >= 0x7F ? '_' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
	}
	if (s.length > 128)
		str_truncate(&s, 128);
	return str_detach(&s);
}

struct slice object_header(GMimeObject *object, const char *name)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(object);
	struct slice value = { "", 0 };

	for (int i = 0; i < g_mime_header_list_get_count(headers); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *raw = g_mime_header_get_raw_value(header);

		if (str_casecmp(str_or_empty(g_mime_header_get_name(header)), name) == 0 && raw)
			value = (struct slice){ raw, strlen(raw) };
	}
	return value;
}

int object_header_count(GMimeObject *object, const char *name)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(object);
	int count = 0;

	for (int i = 0; i < g_mime_header_list_get_count(headers); i++)
		count += str_casecmp(str_or_empty(g_mime_header_get_name(g_mime_header_list_get_header_at(headers, i))), name) == 0;
	return count;
}

bool object_parameter(GMimeObject *object, const char *header, const char *name, struct str *ret)
{
	struct slice value = object_header(object, header);

	return mime_parameter(value.bytes, value.length, name, charset_convert, NULL, ret);
}

bool value_is(struct slice value, const char *word)
{
	size_t start = 0, length = strlen(word);

	while (start < value.length && strchr(" \t\r\n", value.bytes[start]))
		start++;
	return value.length - start >= length && str_starts_nocase(value.bytes + start, word) &&
	       (value.length - start == length || strchr(" \t\r\n;(", value.bytes[start + length]));
}
