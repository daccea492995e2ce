/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles by somebody who knows the format: signed anew with another key, in another name, with records altered, taken
 * away, moved or added and the whole summed and signed again. Each is refused with its reason, and nothing is taken.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/transport.h"
#include "tap.h"
#include "vault/bundle_format.h"
#include "vault/vault_private.h"

enum { PIECES = 400 };

static char home[64], here[96], there[96], path[96];
static struct openpgp *pgp;
static char *fingerprint;
static const instant now = 1795000000 * INSTANT_SECOND;
static uint8_t shared[16], stranger_id[ID_BYTES] = "nobody of here.", stranger_public[32], stranger_secret[64];

/* A bundle taken apart: its header, then records with kind and length before each. */
struct bundle { uint8_t head[BUNDLE_HEAD]; struct str pieces[PIECES]; size_t count; const uint8_t *secret; };

/* ---- a vault and a copy of it */

static struct vault *open_vault(const char *dir, const char *state)
{
	AUTO_STRING place = file_join(home, state);
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	setenv("XDG_STATE_HOME", place, 1);
	setenv("XDG_CACHE_HOME", place, 1);
	if (vault_open(dir, pgp, false, now, &vault, &err))
		printf("# %s: %s\n", dir, err.why);
	return vault;
}

static bool copy_tree(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execlp("cp", "cp", "-a", here, there, NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

static bool add_notes(struct vault *vault, int count, struct error *err)
{
	int code = 0;

	for (int i = 0; !code && i < count; i++)
		code = vault_append(vault, shared, 15, "{}", 2, now, NULL, NULL, NULL, err);
	return code == 0;
}

/* What is new to the copy: four events of a case that it has. */
static struct vault *make_place(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct vault *vault;
	bool good;

	snprintf(home, sizeof(home), "/tmp/pba-XXXXXX");
	if (!mkdtemp(home))
		return NULL;
	setenv("GNUPGHOME", home, 1);
	setenv("XDG_STATE_HOME", home, 1);
	snprintf(here, sizeof(here), "%s/here", home);
	snprintf(there, sizeof(there), "%s/there", home);
	snprintf(path, sizeof(path), "%s/bundle", home);
	good = openpgp_open(home, &pgp, &err) == 0 &&
	       openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
	       vault_create(here, pgp, fingerprint, NULL, now, &err) == 0;
	vault = good ? open_vault(here, "a") : NULL;
	good = vault && vault_stream_new(vault, VAULT_CASE, now, shared, &err) == 0 && add_notes(vault, 1, &err);
	vault_close(vault);
	good = good && copy_tree();
	vault = good ? open_vault(here, "a") : NULL;
	good = vault && add_notes(vault, 4, &err) && vault_bundle_write(vault, NULL, 0, path, NULL, NULL, &err) == 0;
	CHECK(good, "a vault, a copy of it, and a bundle for the copy: %s", str_or_empty(err.why));
	return vault;
}

/* ---- apart and together again */

static void take_apart(const struct str *bytes, struct bundle *ret)
{
	const char *at = bytes->bytes + BUNDLE_HEAD;

	memcpy(ret->head, bytes->bytes, BUNDLE_HEAD);
	while (*at != RECORD_END && ret->count < PIECES) {
		size_t length = RECORD_HEAD + (size_t)get64((const uint8_t *)at + 1);

		str_init(&ret->pieces[ret->count]);
		str_add_bytes(&ret->pieces[ret->count++], at, length);
		at += length;
	}
}

static void release(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++)
		str_release(&bundle->pieces[i]);
}

static uint64_t count_kind(const struct bundle *bundle, char kind)
{
	uint64_t count = 0;

	for (size_t i = 0; i < bundle->count; i++)
		count += bundle->pieces[i].bytes[0] == kind;
	return count;
}

/* Summed and signed with SECRET, as the program would. */
static void put_together(const struct bundle *bundle, struct str *ret)
{
	uint8_t end[RECORD_HEAD + END_RECORD] = { RECORD_END }, *record = end + RECORD_HEAD;
	crypto_generichash_state *sum = bundle_sum_new();

	str_add_bytes(ret, bundle->head, BUNDLE_HEAD);
	for (size_t i = 0; i < bundle->count; i++)
		str_add_bytes(ret, bundle->pieces[i].bytes, bundle->pieces[i].length);
	put64(end + 1, END_RECORD);
	put64(record, count_kind(bundle, RECORD_IDENTITY));
	put64(record + 8, count_kind(bundle, RECORD_WRAP));
	put64(record + 16, count_kind(bundle, RECORD_EVENT));
	put64(record + 24, count_kind(bundle, RECORD_OBJECT));
	str_add_bytes(ret, end, RECORD_HEAD + END_SUMMED);
	crypto_generichash_update(sum, (const uint8_t *)ret->bytes, ret->length);
	crypto_generichash_final(sum, record + END_SUMMED, HASH_BYTES);
	crypto_sign_detached(record + END_SUMMED + HASH_BYTES, NULL, record + END_SUMMED, HASH_BYTES, bundle->secret);
	str_add_bytes(ret, record + END_SUMMED, END_RECORD - END_SUMMED);
	free(sum);
}

/* ---- what is done to it. The last events of the bundle are those that the copy does not know. */

static void other_key(struct bundle *b)
{
	b->secret = stranger_secret;
}

static void other_name(struct bundle *b)
{
	memcpy(b->head + HEAD_MEMBER, stranger_id, ID_BYTES);
	b->secret = stranger_secret;
}

static void other_name_only(struct bundle *b)
{
	memcpy(b->head + HEAD_MEMBER, stranger_id, ID_BYTES);
}

static void other_vault(struct bundle *b)
{
	b->head[HEAD_VAULT] ^= 1;
}

static uint8_t *event_part(struct bundle *b, size_t from_end, size_t offset)
{
	return (uint8_t *)b->pieces[b->count - 1 - from_end].bytes + RECORD_HEAD + offset;
}

static void altered_body(struct bundle *b)
{
	struct str *piece = &b->pieces[b->count - 2];

	piece->bytes[piece->length - 1] ^= 1;
}

static void altered_id(struct bundle *b)
{
	*event_part(b, 1, 0) ^= 1;
}

static void altered_signature(struct bundle *b)
{
	*event_part(b, 0, HASH_BYTES + NONCE_BYTES) ^= 1;
}

static void altered_author(struct bundle *b)
{
	memcpy(event_part(b, 0, EVENT_FIXED + 24), stranger_id, ID_BYTES);
}

static void altered_case(struct bundle *b)
{
	*event_part(b, 0, EVENT_FIXED + 8) ^= 1;
}

static void taken_away(struct bundle *b)
{
	str_release(&b->pieces[b->count - 2]);
	b->pieces[b->count - 2] = b->pieces[b->count - 1];
	b->count--;
}

static void swapped(struct bundle *b)
{
	struct str kept = b->pieces[b->count - 1];

	b->pieces[b->count - 1] = b->pieces[b->count - 2];
	b->pieces[b->count - 2] = kept;
}

/* An event of the vault's own stream behind the last one there is, as AUTHOR says and SECRET signs. */
static void forge_control(struct bundle *b, enum control_type type, const uint8_t *author, const uint8_t *secret,
			  const void *body, size_t length)
{
	struct core core = { .kind = CORE_CONTROL, .type = (uint16_t)type, .time = (uint64_t)1 << 62, .parent_count = 1 };
	uint8_t bytes[CORE_MAX], fixed[RECORD_HEAD + EVENT_FIXED] = { RECORD_EVENT }, *record = fixed + RECORD_HEAD;
	size_t at = 0, core_length;
	struct str piece = STR_INIT;
	struct core last;

	for (size_t i = 0; i < b->count; i++) {
		const uint8_t *event = (const uint8_t *)b->pieces[i].bytes + RECORD_HEAD;

		if (b->pieces[i].bytes[0] != RECORD_EVENT || !core_read(event + EVENT_FIXED, get16(event + EVENT_FIXED - 2), &last) ||
		    !sodium_is_zero(last.stream, ID_BYTES))
			continue;
		memcpy(core.parents[0], event, HASH_BYTES);
		at = i + 1;
	}
	memcpy(core.author, author, ID_BYTES);
	core_length = core_write(&core, bytes);
	put64(fixed + 1, EVENT_FIXED + core_length + length);
	core_id(bytes, core_length, record + HASH_BYTES, NONCE_BYTES, body, length, record);
	crypto_sign_detached(record + HASH_BYTES + NONCE_BYTES, NULL, record, HASH_BYTES, secret);
	put16(record + EVENT_FIXED - 2, (uint16_t)core_length);
	str_add_bytes(&piece, fixed, sizeof(fixed));
	str_add_bytes(&piece, bytes, core_length);
	str_add_bytes(&piece, body, length);
	memmove(b->pieces + at + 1, b->pieces + at, (b->count++ - at) * sizeof(*b->pieces));
	b->pieces[at] = piece;
}

static size_t stranger_body(uint8_t ret[ID_BYTES + 65 + 23])
{
	memset(ret, 0, ID_BYTES + 65 + 23);
	memcpy(ret, stranger_id, ID_BYTES);
	ret[ID_BYTES] = ROLE_ADMIN;
	memcpy(ret + ID_BYTES + 1, stranger_public, 32);
	ret[ID_BYTES + 65] = 20;
	return ID_BYTES + 65 + 23;
}

/* The stranger admits himself, and says that an admin of the vault does. */
static void admitted_in_anothers_name(struct bundle *b)
{
	uint8_t body[ID_BYTES + 65 + 23], admin[ID_BYTES];
	size_t length = stranger_body(body);

	memcpy(admin, b->head + HEAD_MEMBER, ID_BYTES);
	forge_control(b, CONTROL_MEMBER, admin, stranger_secret, body, length);
	other_name(b);
}

static void admitted_by_himself(struct bundle *b)
{
	uint8_t body[ID_BYTES + 65 + 23];
	size_t length = stranger_body(body);

	forge_control(b, CONTROL_MEMBER, stranger_id, stranger_secret, body, length);
	other_name(b);
}

static void second_vault(struct bundle *b)
{
	uint8_t body[2 * ID_BYTES + 65 + 23];
	size_t length = stranger_body(body + ID_BYTES);

	memcpy(body, b->head + HEAD_VAULT, ID_BYTES);
	forge_control(b, CONTROL_VAULT, stranger_id, stranger_secret, body, ID_BYTES + length);
	other_name(b);
}

static const struct { const char *name, *reason; void (*attack)(struct bundle *b); const char *named; } attacks[] = {
	{ "signed with another key", "its signature is not that of the member it names", other_key, NULL },
	{ "made and signed by nobody of this vault", "nobody who is a member of this vault", other_name, NULL },
	{ "in the name of nobody, signed by a member", "nobody who is a member of this vault", other_name_only, NULL },
	{ "said to be of another vault", "it is a bundle of another vault", other_vault, NULL },
	{ "with an altered content, signed anew", "does not match its id", altered_body, NULL },
	{ "with an altered id, signed anew", "does not match its id", altered_id, NULL },
	{ "with an altered signature of an event, signed anew", "its author's signature is not valid", altered_signature, "of PSIRT-2026-0001, by" },
	{ "with an event under another name, signed anew", "does not match its id", altered_author, NULL },
	{ "with an event of another case, signed anew", "does not match its id", altered_case, NULL },
	{ "without an event in the middle, signed anew", "follows an event that is not in its case", taken_away, "of PSIRT-2026-0001, by" },
	{ "with two events swapped, signed anew", "follows an event that is not in its case", swapped, "of PSIRT-2026-0001, by" },
	{ "with a stranger admitted in an admin's name", "its author's signature is not valid", admitted_in_anothers_name, "of 00000000, by" },
	{ "with a stranger who admits himself", "its author is no member", admitted_by_himself, "of 00000000, by" },
	{ "with a second beginning of the vault", "its author is no member", second_vault, "of 00000000, by" },
};

/* ---- trying */

static void try_attack(struct vault *copy, const struct str *good, const uint8_t *secret, size_t which)
{
	struct bundle bundle = { .secret = secret };
	struct vault_bundle_count count;
	uint64_t head = vault_head(copy);
	size_t members = copy->log.member_count;
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	int code;

	take_apart(good, &bundle);
	if (attacks[which].attack)
		attacks[which].attack(&bundle);
	put_together(&bundle, &bytes);
	release(&bundle);
	file_write(path, bytes.bytes, bytes.length, 0600, NULL);
	code = vault_bundle_read(copy, path, now, NULL, NULL, NULL, NULL, &count, &err);
	CHECK(code < 0 && err.why && strstr(err.why, attacks[which].reason), "%s: %s", attacks[which].name, str_or_empty(err.why));
	if (attacks[which].named)
		CHECK(err.what && strstr(err.what, attacks[which].named), "%s: names %s", attacks[which].name, str_or_empty(err.what));
	CHECK(vault_head(copy) == head && copy->log.member_count == members && !vault_damage(copy), "%s: nothing is taken",
	      attacks[which].name);
}

static void test_attacks(struct vault *vault)
{
	struct vault *copy = open_vault(there, "b");
	struct bundle bundle = { .secret = vault->keyring.member->sign_secret };
	AUTO_STR good = STR_INIT, again = STR_INIT;
	struct vault_bundle_count count;
	AUTO_ERROR err = ERROR_INIT;

	if (copy)
		vault_name_stream(copy, shared, "PSIRT-2026-0001");
	file_read(path, 1 << 30, &good, NULL);
	take_apart(&good, &bundle);
	put_together(&bundle, &again);
	release(&bundle);
	CHECK(good.length == again.length && memcmp(good.bytes, again.bytes, good.length) == 0,
	      "a bundle put together again by the test is the one that the program made");
	for (size_t i = 0; copy && i < ARRAY_LEN(attacks); i++)
		try_attack(copy, &good, vault->keyring.member->sign_secret, i);
	file_write(path, good.bytes, good.length, 0600, NULL);
	CHECK(copy && vault_bundle_read(copy, path, now, NULL, NULL, NULL, NULL, &count, &err) == 0 && count.events == 4,
	      "the true one is taken: %s", str_or_empty(err.why));
	vault_close(copy);
}

int main(void)
{
	struct vault *vault = make_place();

	crypto_sign_keypair(stranger_public, stranger_secret);
	if (vault)
		test_attacks(vault);
	vault_close(vault);
	openpgp_close(pgp);
	openpgp_stop_agent(home);
	free(fingerprint);
	file_remove_tree(home, NULL);
	return tap_done();
}
