/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of keys in the Web Key Directory. SHA-1 only names files here; nothing rests on it. */
#include "psirtty/format/wkd.h"

#include "psirtty/base/i18n.h"

/* ---- SHA-1 (FIPS 180-4) of at most 119 bytes: two blocks */

enum { BLOCK = 64, LOCAL_MOST = 64 };

static uint32_t rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void expand(const uint8_t block[BLOCK], uint32_t w[80])
{
	for (int t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 |
		       block[4 * t + 3];
	for (int t = 16; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
}

static uint32_t mix(int t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) | (~b & d)) + 0x5A827999u;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ED9EBA1u;
	if (t < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCu;
	return (b ^ c ^ d) + 0xCA62C1D6u;
}

static void take_block(uint32_t h[5], const uint8_t block[BLOCK])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	expand(block, w);
	for (int t = 0; t < 80; t++) {
		uint32_t next = rotate(a, 5) + mix(t, b, c, d) + e + w[t];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

static void sha1(const uint8_t *bytes, size_t length, uint8_t ret[20])
{
	uint32_t h[5] = { 0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u };
	uint8_t blocks[2 * BLOCK] = { 0 };
	size_t end = length < BLOCK - 8 ? BLOCK : 2 * BLOCK;

	memcpy(blocks, bytes, length);
	blocks[length] = 0x80;
	blocks[end - 2] = (uint8_t)(length * 8 >> 8);
	blocks[end - 1] = (uint8_t)(length * 8);
	for (size_t at = 0; at < end; at += BLOCK)
		take_block(h, blocks + at);
	for (int i = 0; i < 20; i++)
		ret[i] = (uint8_t)(h[i / 4] >> (24 - i % 4 * 8));
}

/* ---- names */

void wkd_hash(const char *local, size_t length, char ret[33])
{
	static const char digits[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
	uint8_t lower[LOCAL_MOST], hash[20];

	length = length < LOCAL_MOST ? length : LOCAL_MOST;
	for (size_t i = 0; i < length; i++)
		lower[i] = (uint8_t)(local[i] >= 'A' && local[i] <= 'Z' ? local[i] - 'A' + 'a' : local[i]);
	sha1(lower, length, hash);
	for (int i = 0; i < 32; i++) {
		int bit = i * 5, byte = bit / 8;
		unsigned pair = (unsigned)hash[byte] << 8 | (byte + 1 < 20 ? hash[byte + 1] : 0u);

		ret[i] = digits[pair >> (11 - bit % 8) & 31];
	}
	ret[32] = '\0';
}

static bool is_domain(const char *domain)
{
	size_t length = strlen(domain);

	return length >= 3 && length <= 253 && strchr(domain, '.') && domain[0] != '.' && domain[length - 1] != '.' &&
	       !strstr(domain, "..") &&
	       strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == length;
}

static void add_escaped(struct str *s, const char *local, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)local[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c);

		if (plain && c)
			str_add_char(s, (char)c);
		else
			str_add_format(s, "%%%02X", c);
	}
}

int wkd_url(const char *address, bool advanced, struct str *ret, struct error *err)
{
	const char *at = strrchr(address, '@');
	size_t length = at ? (size_t)(at - address) : 0;
	AUTO_STRING domain = NULL;
	char hash[33];

	if (!length || length > LOCAL_MOST || strpbrk(address, " <>\r\n\t") || !is_domain(at + 1))
		return error_set(err, ERR_INPUT, address, _("Give it as user@example.org"), _("it is no mail address"));
	domain = mem_string(at + 1);
	for (char *c = domain; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	wkd_hash(address, length, hash);
	if (advanced)
		str_add_format(ret, "https://openpgpkey.%s/.well-known/openpgpkey/%s/hu/%s?l=", domain, domain, hash);
	else
		str_add_format(ret, "https://%s/.well-known/openpgpkey/hu/%s?l=", domain, hash);
	add_escaped(ret, address, length);
	return 0;
}
