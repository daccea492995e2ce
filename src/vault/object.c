/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments: crypto_secretstream in chunks of 64 KiB under a random key that is kept in the event;
 * named by the hash of the ciphertext, so an object can be checked without any key and never changes.
 */
#include "vault/vault_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

enum {
	CHUNK = 65536,
	SEALED_CHUNK = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES,
	HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	OBJECT_LIMIT = 1 << 30,
};

char *vault_object_path(const struct vault *vault, const char *name)
{
	return mem_format("%s/objects/%.2s/%s", vault->dir, name, name);
}

static void seal_object(const uint8_t *bytes, size_t length, const uint8_t key[KEY_BYTES], struct str *ret)
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t header[HEADER], sealed[SEALED_CHUNK];
	size_t done = 0;

	crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
	str_add_bytes(ret, header, sizeof(header));
	do {
		size_t part = length - done < CHUNK ? length - done : CHUNK;
		bool last = done + part == length;
		unsigned long long made;

		crypto_secretstream_xchacha20poly1305_push(
			&state, sealed, &made, bytes + done, part, NULL, 0,
			last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		str_add_bytes(ret, sealed, (size_t)made);
		done += part;
		if (last)
			break;
	} while (true);
	sodium_memzero(&state, sizeof(state));
}

static void object_name(const struct str *sealed, char ret[65])
{
	uint8_t hash[HASH_BYTES];
	const struct crypt_part whole = { sealed->bytes, sealed->length };

	crypt_hash("psirtty object 1", &whole, 1, hash);
	sodium_bin2hex(ret, 65, hash, sizeof(hash));
}

int object_check(const char *path, const char *name, struct error *err)
{
	AUTO_STR sealed = STR_INIT;
	char found[65];
	int code = file_read(path, OBJECT_LIMIT, &sealed, err);

	if (code)
		return code;
	object_name(&sealed, found);
	return str_equal(found, name) ? 0 : error_set(err, ERR_INPUT, path, _("Ask for it again"),
						      _("the attachment was altered"));
}

int vault_object_put(struct vault *vault, const void *bytes, size_t length, struct vault_object *ret,
		     struct error *err)
{
	uint8_t key[KEY_BYTES];
	struct vault_object made = { .size = length };
	AUTO_STR sealed = STR_INIT;
	AUTO_STRING path = NULL;
	AUTO_STRING folder = NULL;
	int code;

	if (vault->readonly)
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	randombytes_buf(key, sizeof(key));
	seal_object(bytes, length, key, &sealed);
	object_name(&sealed, made.name);
	sodium_bin2hex(made.key, sizeof(made.key), key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	vault_sha256(bytes, length, made.sha256);
	path = vault_object_path(vault, made.name);
	folder = mem_format("%s/objects/%.2s", vault->dir, made.name);
	if (mkdir(folder, 0770) < 0 && errno != EEXIST)
		return error_errno(err, ERR_VAULT, folder, NULL);
	code = file_write(path, sealed.bytes, sealed.length, 0440, err);
	if (!code)
		*ret = made;
	return code;
}

static bool open_object(const struct str *sealed, const uint8_t key[KEY_BYTES], struct str *ret)
{
	const uint8_t *b = (const uint8_t *)sealed->bytes;
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t plain[CHUNK], tag = 0;
	size_t at = HEADER;

	if (sealed->length < HEADER ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&state, b, key) != 0)
		return false;
	while (at < sealed->length && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
		size_t part = sealed->length - at < SEALED_CHUNK ? sealed->length - at : SEALED_CHUNK;
		unsigned long long made;

		if (crypto_secretstream_xchacha20poly1305_pull(&state, plain, &made, &tag, b + at, part, NULL,
							       0) != 0)
			return false;
		str_add_bytes(ret, plain, (size_t)made);
		at += part;
	}
	sodium_memzero(plain, sizeof(plain));
	return at == sealed->length && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}

int vault_object_get(struct vault *vault, const char *name, const char *key, struct str *ret,
		     struct error *err)
{
	const char *remedy = _("Restore it from a backup: objects never change");
	uint8_t raw[KEY_BYTES];
	AUTO_STR sealed = STR_INIT;
	struct str plain = STR_INIT;
	AUTO_STRING path = NULL;
	char found[65];
	int code;

	if (!name || !key || strlen(name) != 64 || strspn(name, "0123456789abcdef") != 64 ||
	    str_unhex(key, raw, sizeof(raw)) != KEY_BYTES)
		return error_set(err, ERR_INPUT, _("attachment"), NULL, _("its reference is malformed"));
	path = vault_object_path(vault, name);
	code = file_read(path, OBJECT_LIMIT, &sealed, err);
	if (code)
		return code;
	object_name(&sealed, found);
	if (!str_equal(found, name))
		return error_set(err, ERR_INPUT, path, remedy, _("the attachment was altered"));
	if (!open_object(&sealed, raw, &plain)) {
		str_wipe(&plain);
		return error_set(err, ERR_INPUT, path, remedy, _("the attachment does not open"));
	}
	str_add_bytes(ret, plain.bytes, plain.length);
	str_wipe(&plain);
	return 0;
}
