/* SPDX-License-Identifier: Apache-2.0 */
/* Digests that others publish beside their files: no secret is involved. */
#ifndef PSIRTTY_BASE_DIGEST_H
#define PSIRTTY_BASE_DIGEST_H

#include <stddef.h>

/* In small hex digits, with a zero behind them. */
void digest_sha256(const void *bytes, size_t length, char ret_hex[65]);

#endif
