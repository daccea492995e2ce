/* SPDX-License-Identifier: Apache-2.0 */
/* Making, unlocking and locking a vault, and opening streams in it. */
#include "vault/vault_private.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "vault/index_private.h"

enum { SETTINGS_FORMAT = 1 };

/* ---- vault.yaml: public settings, readable before anything is unlocked */

static int settings_write(const char *dir, const uint8_t id[ID_BYTES], const char *outbox, struct error *err)
{
	AUTO_STRING path = file_join(dir, "vault.yaml");
	AUTO_STRING hex = str_hex(id, ID_BYTES);
	AUTO_STR text = STR_INIT;

	str_add_format(&text, "format: %d\nvault: %s\noutbox: \"", SETTINGS_FORMAT, hex);
	for (; *outbox; outbox++) {
		if (*outbox == '"' || *outbox == '\\')
			str_add_char(&text, '\\');
		str_add_char(&text, *outbox);
	}
	str_add(&text, "\"\n");
	return file_write(path, text.bytes, text.length, 0660, err);
}

int vault_settings_read(const char *dir, uint8_t ret_id[ID_BYTES], char **ret_outbox, struct error *err)
{
	AUTO_STRING path = file_join(dir, "vault.yaml");
	struct conf conf;
	int code;

	if (access(path, F_OK) < 0 && errno == EACCES)
		return error_set(err, ERR_DENIED, dir, _("Ask who keeps it to put you into its group"),
				 _("you may not enter the vault's folder"));
	if (!file_exists(path))
		return error_set(err, ERR_VAULT, dir,
				 _("Make one with `psirtty init DIR --handler FINGERPRINT`"),
				 _("there is no vault here"));
	code = conf_load_file(path, &conf, err);
	if (code)
		return code;
	if (atoi(conf_text(&conf, "format", "0")) > SETTINGS_FORMAT)
		code = error_set(err, ERR_VAULT, dir, _("Install a newer psirtty"),
				 _("this vault was made by a newer program"));
	else if (str_unhex(conf_text(&conf, "vault", ""), ret_id, ID_BYTES) != ID_BYTES)
		code = error_set(err, ERR_VAULT, path, _("Restore vault.yaml from a backup"),
				 _("it does not name its vault"));
	else
		*ret_outbox = mem_string(conf_text(&conf, "outbox", "outbox"));
	conf_release(&conf);
	return code;
}

/* ---- making */

int vault_make_folders(const char *dir, struct error *err)
{
	static const char *const below[] = { "objects", "drafts" };
	int code = file_make_dir(dir, 0770, err);

	if (!code && chmod(dir, 02770) < 0)
		code = error_errno(err, ERR_VAULT, dir, NULL);
	for (size_t i = 0; !code && i < ARRAY_LEN(below); i++) {
		AUTO_STRING path = file_join(dir, below[i]);

		if (mkdir(path, 0770) < 0 || chmod(path, 02770) < 0)
			code = error_errno(err, ERR_VAULT, path, NULL);
	}
	return code;
}

int vault_check_empty(const char *dir, struct error *err)
{
	char **names = NULL;
	size_t count = 0;
	int code;

	if (!file_exists(dir))
		return 0;
	code = file_list(dir, &names, &count, err);
	file_free_names(names, count);
	if (!code && count)
		code = error_set(err, ERR_BUSY, dir, _("Name a folder that is not there yet"),
				 _("there is something in it already"));
	return code;
}

/* The body of the first event of all: the vault's id, then its first member. */
static int first_body(struct vault *vault, struct str *ret, struct error *err)
{
	const struct member_keys *keys = vault->keyring.member;
	AUTO_STR certification = STR_INIT;
	int code = member_certify(vault->pgp, vault->id, vault->member, keys, vault->fingerprint,
				  &certification, err);

	str_add_bytes(ret, vault->id, ID_BYTES);
	return code ? code : member_body(vault->member, ROLE_ADMIN, keys->sign_public, keys->box_public,
					 vault->fingerprint, &certification, ret, err);
}

static int populate(struct vault *vault, const char *outbox, instant now, struct error *err)
{
	static const uint8_t own[ID_BYTES];
	AUTO_STR sealed = STR_INIT, body = STR_INIT;
	struct control first = { .type = CONTROL_VAULT, .stream = own };
	uint8_t id[ID_BYTES];
	int code = member_make_identity(vault->pgp, vault->fingerprint, vault->keyring.member, &sealed, err);

	if (!code)
		code = first_body(vault, &body, err);
	if (!code)
		code = store_put_identity(vault->store, vault->member, vault->fingerprint, sealed.bytes,
					  sealed.length, err);
	first.body = body.bytes;
	first.length = body.length;
	if (!code)
		code = vault_append_controls(vault, &first, 1, now, err);
	if (!code)
		code = vault_stream_new(vault, VAULT_REGISTRY, now, id, err);
	if (!code)
		code = vault_stream_new(vault, VAULT_INBOX, now, id, err);
	return code ? code : settings_write(vault->dir, vault->id, outbox, err);
}

static int vault_new(const char *dir, struct openpgp *pgp, bool readonly, struct vault **ret, struct error *err)
{
	struct vault *vault = mem_alloc(sizeof(*vault));

	vault->dir = mem_string(dir);
	vault->pgp = pgp;
	vault->readonly = readonly;
	log_init(&vault->log);
	*ret = vault;
	return keyring_init(&vault->keyring, err);
}

int vault_create(const char *dir, struct openpgp *pgp, const char *fingerprint, const char *outbox,
		 instant now, struct error *err)
{
	AUTO_STRING beside = mem_format("%s-outbox", dir);
	struct openpgp_key key = { 0 };
	struct vault *vault;
	int code = crypt_start(err);

	if (!code)
		code = vault_check_empty(dir, err);
	if (!code)
		code = member_find_key(pgp, fingerprint, &key, err);
	if (code)
		return code;
	code = vault_new(dir, pgp, false, &vault, err);
	vault->fingerprint = mem_string(key.fingerprint);
	openpgp_key_release(&key);
	randombytes_buf(vault->id, ID_BYTES);
	randombytes_buf(vault->member, ID_BYTES);
	if (!code)
		code = vault_make_folders(dir, err);
	if (!code)
		code = store_open(dir, true, false, &vault->store, err);
	if (!code)
		code = populate(vault, outbox ? outbox : strrchr(beside, '/') ? strrchr(beside, '/') + 1 :
									       beside, now, err);
	vault->opened = code == 0;
	vault_close(vault);
	return code;
}

/* ---- unlocking */

/* A relative outbox lies beside the vault's folder. */
static char *resolve_outbox(const char *dir, const char *outbox)
{
	AUTO_STRING parent = mem_string(dir);
	size_t length = strlen(parent);
	char *slash;

	if (outbox[0] == '/')
		return mem_string(outbox);
	while (length > 1 && parent[length - 1] == '/')
		parent[--length] = '\0';
	slash = strrchr(parent, '/');
	if (!slash)
		return mem_format("./%s", outbox);
	*slash = '\0';
	return mem_format("%s/%s", parent, outbox);
}

static int unlock(struct vault *vault, int identity, struct error *err)
{
	int code = identity >= 0 ? keyring_take(&vault->keyring, identity, vault->id, vault->member,
						&vault->fingerprint, err)
				 : keyring_unlock(&vault->keyring, vault->store, vault->pgp, vault->id, vault->member,
						  &vault->fingerprint, err);

	store_rest(vault->store);
	if (!code)
		code = memory_read(&vault->memory, vault->id, vault->member,
				   vault->keyring.member->state_key, err);
	if (!code)
		vault->index = index_open(vault->id, vault->member, vault->keyring.member->cache_key);
	if (!code)
		snapshot_read(vault);
	if (!code)
		code = vault_catch_up(vault, NULL, NULL, err);
	if (!code)
		vault_cache_trust(vault);
	return code;
}

static int check_identity(struct vault *vault, struct error *err)
{
	const struct log_member *member = log_member(&vault->log, vault->member);

	if (memcmp(vault->log.vault, vault->id, ID_BYTES) != 0)
		return error_set(err, ERR_VAULT, vault->dir, _("Restore vault.yaml and vault.db together"),
				 _("vault.yaml belongs to another vault"));
	if (!member || sodium_memcmp(member->sign_public, vault->keyring.member->sign_public, 32) != 0)
		return error_set(err, ERR_DENIED, vault->dir, _("Restore keys.db from a backup"),
				 _("your identity in keys.db is not the one the vault admitted"));
	return 0;
}

/* The hybrid time of events never goes back, whatever the clock does; what is dated by it is odd then. */
static const char *clock_warning(const struct log *log, instant now)
{
	instant newest = (instant)(log->time >> 16) * 1000;

	if (log->gseq && now + INSTANT_DAY < newest)
		return N_("The vault's newest event lies more than a day ahead of this clock: one of the two clocks is wrong.");
	if (log->gseq && now + INSTANT_MINUTE < newest)
		return N_("The clock stands before the vault's newest event: check date, time and zone.");
	if (log->gseq && now > newest + 400 * INSTANT_DAY)
		return N_("The clock stands more than a year after the vault's newest event: check the date.");
	return NULL;
}

int vault_open(const char *dir, struct openpgp *pgp, bool readonly, instant now, struct vault **ret,
	       struct error *err)
{
	return vault_open_with(dir, pgp, -1, readonly, now, ret, err);
}

int vault_open_with(const char *dir, struct openpgp *pgp, int identity, bool readonly, instant now, struct vault **ret,
		    struct error *err)
{
	struct vault *vault;
	AUTO_STRING outbox = NULL;
	int code = crypt_start(err);

	if (code)
		return code;
	code = vault_new(dir, pgp, readonly, &vault, err);
	if (!code)
		code = vault_settings_read(dir, vault->id, &outbox, err);
	if (!code)
		code = store_open(dir, false, readonly, &vault->store, err);
	if (!code)
		code = unlock(vault, identity, err);
	if (!code && !vault->damage)
		code = check_identity(vault, err);
	if (code) {
		vault_close(vault);
		return code;
	}
	vault->outbox = resolve_outbox(dir, outbox);
	vault->clock = clock_warning(&vault->log, now);
	vault->opened = true;
	*ret = vault;
	return 0;
}

/* A damaged head is not remembered: the good one stays. */
static void remember(struct vault *vault)
{
	bool newer = !vault->memory.there || vault->log.gseq > vault->memory.gseq || vault->memory.changed;

	if (vault->damage || !vault->opened || !newer)
		return;
	vault->memory.gseq = vault->log.gseq;
	memcpy(vault->memory.hash, vault->log.hash, HASH_BYTES);
	trail_follow(vault);
	/* Not being able to remember takes a safeguard away, not data: the next session tries again. */
	memory_write(&vault->memory, vault->id, vault->member, vault->keyring.member->state_key, NULL);
}

void vault_close(struct vault *vault)
{
	if (!vault)
		return;
	if (vault->store)
		remember(vault);
	if (vault->store && vault->wrote && store_lock(vault->store, NULL) == 0) {
		store_checkpoint(vault->store);
		store_unlock(vault->store);
	}
	if (vault->store)
		snapshot_write(vault);
	vault_cache_end(vault);
	store_close(vault->store);
	keyring_wipe(&vault->keyring);
	memory_release(&vault->memory);
	log_release(&vault->log);
	free(vault->dir);
	free(vault->outbox);
	free(vault->fingerprint);
	free(vault->damage);
	ZSTD_freeCCtx(vault->packer);
	free(vault);
}

/* ---- streams */

const uint8_t *vault_stream_of(const struct vault *vault, enum vault_stream_kind kind)
{
	return kind == VAULT_INBOX ? vault->inbox : vault->registry;
}

void vault_name_stream(struct vault *vault, const uint8_t stream[16], const char *name)
{
	memory_set_name(&vault->memory, stream, name);
}

/* ---- questions */

const char *vault_damage(const struct vault *vault)
{
	return vault->damage;
}

const char *vault_warning(const struct vault *vault)
{
	return vault->clock;
}

const char *vault_fingerprint(const struct vault *vault)
{
	return vault->fingerprint;
}

const char *vault_outbox(const struct vault *vault)
{
	return vault->outbox;
}

bool vault_readonly(const struct vault *vault)
{
	return vault->readonly || vault->damage;
}

bool vault_changed(struct vault *vault)
{
	return store_changed(vault->store);
}

int vault_notify_fd(struct vault *vault)
{
	return store_notify_fd(vault->store);
}

uint64_t vault_head(const struct vault *vault)
{
	return vault->log.gseq;
}

void vault_sha512(const void *bytes, size_t length, char ret_hex[129])
{
	uint8_t hash[crypto_hash_sha512_BYTES];

	crypto_hash_sha512(hash, bytes, length);
	sodium_bin2hex(ret_hex, 129, hash, sizeof(hash));
}

void vault_random_hex(char *ret, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t random[64];

	/* One call for many: each goes to the kernel. */
	for (size_t i = 0; i < length; i++) {
		if (i % (2 * sizeof(random)) == 0)
			randombytes_buf(random, sizeof(random));
		ret[i] = digits[random[i / 2 % sizeof(random)] >> (i % 2 * 4) & 15];
	}
	sodium_memzero(random, sizeof(random));
	ret[length] = '\0';
}
