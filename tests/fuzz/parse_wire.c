/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: an answer of the parse worker, written by an enemy. */
#include <stdint.h>

#include "worker/parse_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct parsed_mail mail;

	if (parse_wire_read((const char *)bytes, length, &mail, NULL) != 0)
		return 0;
	if (!mail.record.text || !utf8_valid(mail.record.text, strlen(mail.record.text)))
		abort();
	parsed_mail_release(&mail);
	return 0;
}
