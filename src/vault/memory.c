/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a member remembers outside the vault: the head seen last, against truncation, rollback and fork;
 * and the names of streams, so that a damaged case can be called by its name. Sealed for the member.
 */
#include "vault/vault_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"

enum { MEMORY_LIMIT = 64 << 20 };

static char *memory_path(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES])
{
	AUTO_STRING dir = file_state_dir();
	AUTO_STRING vault_hex = str_hex(vault, ID_BYTES);
	AUTO_STRING member_hex = str_hex(member, ID_BYTES);

	return mem_format("%s/%s/%s.head", dir, vault_hex, member_hex);
}

static void label(const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES], uint8_t ret[2 * ID_BYTES])
{
	memcpy(ret, vault, ID_BYTES);
	memcpy(ret + ID_BYTES, member, ID_BYTES);
}

static int memory_parse(struct memory *memory, const struct str *plain, const char *path, struct error *err)
{
	AUTO_JSON json = NULL;
	int code = js_load(plain->bytes, plain->length, MEMORY_LIMIT, path, &json, err);

	if (code)
		return code;
	memory->gseq = (uint64_t)js_integer(json, "gseq", 0);
	if (str_unhex(str_or_empty(js_string(json, "hash")), memory->hash, HASH_BYTES) != HASH_BYTES)
		return error_set(err, ERR_VAULT, path, NULL, _("it holds no head"));
	json_decref(memory->names);
	memory->names = json_deep_copy(json_object_get(json, "names"));
	if (!json_is_object(memory->names)) {
		json_decref(memory->names);
		memory->names = json_object();
	}
	memory->there = true;
	return 0;
}

int memory_read(struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		const uint8_t key[KEY_BYTES], struct error *err)
{
	AUTO_STRING path = memory_path(vault, member);
	AUTO_STR sealed = STR_INIT;
	struct str plain = STR_INIT;
	uint8_t aad[2 * ID_BYTES];
	int code;

	memory->names = json_object();
	if (!file_exists(path))
		return 0;
	code = file_read(path, MEMORY_LIMIT, &sealed, err);
	if (code)
		return code;
	label(vault, member, aad);
	if (sealed.length < NONCE_BYTES ||
	    !crypt_open(key, (uint8_t *)sealed.bytes, aad, sizeof(aad), sealed.bytes + NONCE_BYTES,
			sealed.length - NONCE_BYTES, &plain))
		return error_set(err, ERR_VAULT, path,
				 _("If you know why, remove that file: the vault is then trusted as it is"),
				 _("what you remember of this vault was altered"));
	code = memory_parse(memory, &plain, path, err);
	str_wipe(&plain);
	return code;
}

int memory_write(const struct memory *memory, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const uint8_t key[KEY_BYTES], struct error *err)
{
	AUTO_STRING path = memory_path(vault, member);
	AUTO_STR plain = STR_INIT, sealed = STR_INIT;
	AUTO_STRING dir = mem_string(path);
	AUTO_JSON json = json_object();
	uint8_t nonce[NONCE_BYTES], aad[2 * ID_BYTES];
	int code;

	*strrchr(dir, '/') = '\0';
	code = file_make_dir(dir, 0700, err);
	if (code)
		return code;
	js_set_integer(json, "gseq", (long long)memory->gseq);
	js_set_hex(json, "hash", memory->hash, HASH_BYTES);
	json_object_set(json, "names", memory->names);
	js_dump(json, &plain);
	label(vault, member, aad);
	randombytes_buf(nonce, sizeof(nonce));
	str_add_bytes(&sealed, nonce, sizeof(nonce));
	crypt_seal(key, nonce, aad, sizeof(aad), plain.bytes, plain.length, &sealed);
	return file_write(path, sealed.bytes, sealed.length, 0600, err);
}

void memory_release(struct memory *memory)
{
	json_decref(memory->names);
	*memory = (struct memory){ 0 };
}
