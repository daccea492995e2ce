/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoders of mail text, ours and GMime's, one beside the other: reads atoms, a line each, and answers with what
 * both make of it, in hex. "W HEX": header text; "P NAME HEX": parameter NAME of a header value; "B HEX", "Q HEX":
 * base64 and quoted-printable. "-": there is no such parameter.
 */
#include <gmime/gmime.h>
#include <stdio.h>

#include "psirtty/format/mime.h"
#include "worker/charset.h"

static void unhex(const char *hex, struct str *ret)
{
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		str_add_char(ret, (char)byte);
}

static void answer(const char *bytes, size_t length, char end)
{
	for (size_t i = 0; bytes && i < length; i++)
		printf("%02x", (unsigned char)bytes[i]);
	printf("%s%c", bytes ? "" : "-", end);
}

static void do_words(const struct str *in)
{
	AUTO_STR ours = STR_INIT;
	char *theirs = g_mime_utils_header_decode_text(NULL, in->bytes);

	mime_decode_header(in->bytes, in->length, charset_convert, NULL, &ours);
	answer(ours.bytes, ours.length, ' ');
	answer(theirs, strlen(theirs), '\n');
	g_free(theirs);
}

static void do_parameter(const char *name, const struct str *in)
{
	AUTO_STR ours = STR_INIT;
	/* What stands before the first ";" does not matter to a disposition's parser. */
	GMimeContentDisposition *other = g_mime_content_disposition_parse(NULL, in->bytes);
	const char *theirs = g_mime_content_disposition_get_parameter(other, name);
	bool found = mime_parameter(in->bytes, in->length, name, charset_convert, NULL, &ours);

	answer(found ? str_or_empty(ours.bytes) : NULL, ours.length, ' ');
	answer(theirs, theirs ? strlen(theirs) : 0, '\n');
	g_object_unref(other);
}

static void do_encoding(GMimeContentEncoding encoding, const struct str *in)
{
	AUTO_STR ours = STR_INIT;
	char *theirs = mem_alloc(in->length + 64);
	GMimeEncoding state;
	size_t length;

	g_mime_encoding_init_decode(&state, encoding);
	length = g_mime_encoding_flush(&state, in->bytes, in->length, theirs);
	if (encoding == GMIME_CONTENT_ENCODING_BASE64)
		mime_decode_base64(in->bytes, in->length, &ours);
	else
		mime_decode_quoted_printable(in->bytes, in->length, &ours);
	answer(str_or_empty(ours.bytes), ours.length, ' ');
	answer(theirs, length, '\n');
	free(theirs);
}

static void do_atom(char *line)
{
	AUTO_STR in = STR_INIT;
	char *name = line + 2, *last = strrchr(line, ' ');

	unhex(last ? last + 1 : "", &in);
	if (last > name)
		*last = '\0';
	if (*line == 'W')
		do_words(&in);
	else if (*line == 'P')
		do_parameter(name, &in);
	else
		do_encoding(*line == 'B' ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, &in);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	g_mime_init();
	while (getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		do_atom(line);
	}
	free(line);
	return 0;
}
