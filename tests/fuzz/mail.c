/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any bytes as a mail, as a decrypted entity, as a header, as HTML, as OpenPGP. */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "psirtty/format/header.h"
#include "psirtty/format/openpgp_packets.h"
#include "psirtty/format/script.h"
#include "psirtty/worker/parse.h"
#include "worker/charset.h"
#include "worker/parse_mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void need(bool condition)
{
	if (!condition)
		abort();
}

static void check_string(const char *string)
{
	need(!string || utf8_valid(string, strlen(string)));
}

static void check_record(const struct mail_record *r)
{
	need(r->text != NULL && r->part_count <= 500 && r->from_count <= 1000 && r->reference_count <= 100);
	check_string(r->text);
	check_string(r->subject);
	for (size_t i = 0; i < r->from_count; i++) {
		check_string(r->from[i].name);
		check_string(r->from[i].address);
	}
	for (size_t i = 0; i < r->attachment_count; i++) {
		const char *name = r->attachments[i].safe_name;

		check_string(r->attachments[i].name);
		check_string(name);
		need(*name && *name != '.' && *name != '-' && !strpbrk(name, "/\\\n\r\x1B") && strlen(name) <= 128);
	}
}

static void fuzz_message(const char *bytes, size_t length, bool entity)
{
	struct parsed_mail mail;

	if (parse_mail_here(bytes, length, entity, &mail, NULL) != 0)
		return;
	check_record(&mail.record);
	need(mail.crypto != MAIL_CRYPTO_SIGNED || mail.payload.length <= 2 * length);
	need(!entity || (mail.crypto != MAIL_CRYPTO_ENCRYPTED && mail.crypto != MAIL_CRYPTO_INLINE_ENCRYPTED));
	parsed_mail_release(&mail);
}

static void take_address(void *taker, const char *name, const char *address)
{
	(void)taker;
	check_string(name);
	check_string(address);
	need(!strpbrk(name, "\r\n") && !strpbrk(address, "\r\n"));
}

static void take_id(void *taker, const char *id)
{
	(void)taker;
	need(*id && strlen(id) <= 1000);
}

static void fuzz_decoders(const char *bytes, size_t length)
{
	static const char *const names[] = { "boundary", "name", "charset" };
	AUTO_STR words = STR_INIT, html = STR_INIT, base64 = STR_INIT, quoted = STR_INIT, flowed = STR_INIT;
	struct openpgp_packets packets;
	struct mime_html_facts facts;

	mime_decode_header(bytes, length, charset_convert, NULL, &words);
	need(utf8_valid(words.bytes, words.length) && !memchr(words.bytes, '\n', words.length) &&
	     !memchr(words.bytes, '\r', words.length) && !memchr(words.bytes, '\0', words.length));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_STR value = STR_INIT;

		mime_parameter(bytes, length, names[i], charset_convert, NULL, &value);
		need(utf8_valid(value.bytes, value.length));
	}
	mime_html_text(bytes, length, &html, &facts);
	mime_text_differs(html.bytes, html.length, bytes, length);
	mime_base64_is_plain(bytes, length);
	need(utf8_valid(html.bytes, html.length));
	mime_decode_base64(bytes, length, &base64);
	mime_decode_quoted_printable(bytes, length, &quoted);
	need(base64.length <= length && quoted.length <= length);
	mime_flowed_text(bytes, length, true, &flowed);
	header_addresses(bytes, length, charset_convert, NULL, take_address, NULL);
	header_ids(bytes, length, take_id, NULL);
	header_date(bytes, length);
	openpgp_packets_read(bytes, length, &packets);
	script_domain_is_mixed(str_or_empty(words.bytes));
	script_is_mixed(str_or_empty(words.bytes));
	need(packets.anonymous <= packets.public_keys && packets.key_id_count <= OPENPGP_RECIPIENTS);
}

/* Whatever an mbox holds, its messages are no longer than it. */
static void fuzz_mbox(const char *bytes, size_t length)
{
	struct mbox_messages messages = { .bytes = STR_INIT };
	AUTO_STR answer = STR_INIT;
	int fd = memfd_create("answer", MFD_CLOEXEC);
	char block[4096];
	ssize_t got;

	need(parse_mbox_write(fd, bytes, length, length % 4));
	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, block, sizeof(block))) > 0)
		str_add_bytes(&answer, block, (size_t)got);
	close(fd);
	need(parse_mbox_read(&answer, length, &messages, NULL) == 0);
	mbox_messages_release(&messages);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_message((const char *)bytes, length, false);
	fuzz_message((const char *)bytes, length, true);
	fuzz_decoders((const char *)bytes, length);
	fuzz_mbox((const char *)bytes, length);
	return 0;
}
