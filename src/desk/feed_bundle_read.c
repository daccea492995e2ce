/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feed bundle looked through before a byte of it is kept: the manifest's signature against the pinned keys, then each
 * member's size and hash; read a second time, the members go into a folder beside the downloads, hashed again. What to do
 * with them is feed_bundle_take.c's.
 */
#include "desk/feed_bundle_private.h"

#include <fcntl.h>
#include <unistd.h>

#include "desk/feed_bundle_read.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/tar.h"
#include "psirtty/vault/openpgp.h"
#include "psirtty/vault/transport.h"

enum { LINE_MOST = 76, NEARLY = 2 };
#define TOTAL_LIMIT ((uint64_t)1 << 42)

int bundle_torn(const struct bundle_reading *r, const char *why, struct error *err)
{
	return error_set(err, ERR_INPUT, r->file, _("Copy it anew, or have it made again; nothing of it was taken in"), "%s", why);
}

/* ---- the signature */

/* Nothing but a block as gpg writes it: no byte of it may be without meaning. */
static bool armor_strict(const char *text)
{
	static const char begin[] = "-----BEGIN PGP SIGNATURE-----\n\n", end[] = "-----END PGP SIGNATURE-----\n";
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	bool sum = false;

	if (!str_starts(text, begin))
		return false;
	for (text += strlen(begin); !str_equal(text, end); text++) {
		size_t length;

		sum = *text == '=';
		text += sum;
		length = strspn(text, good);
		length += strspn(text + length, "=");
		if (!length || length > LINE_MOST || text[length] != '\n' || (sum && length != 4))
			return false;
		text += length;
	}
	return sum;
}

static bool is_pinned(const struct bundle_reading *r, const char *fingerprint)
{
	char **keys = r->options->settings->bundle.keys;

	for (size_t i = 0; keys && keys[i]; i++) {
		AUTO_STR plain = STR_INIT;

		for (const char *at = keys[i]; *at; at++)
			if (*at != ' ')
				str_add_char(&plain, *at);
		if (fingerprint && str_casecmp(plain.bytes, fingerprint) == 0)
			return true;
	}
	return false;
}

static int judge_signatures(struct bundle_reading *r, const struct openpgp_result *result, struct error *err)
{
	const char *stranger = NULL;

	for (size_t i = 0; i < result->signature_count; i++) {
		const struct mail_signature *s = &result->signatures[i];

		if (s->state != SIGNATURE_GOOD && s->state != SIGNATURE_UNKNOWN_KEY)
			return error_set(err, ERR_DENIED, r->file, _("Take no bundle of this origin before that is explained"),
					 _("the signature of its manifest is %s"), signature_name(s->state));
		if (s->state == SIGNATURE_GOOD && is_pinned(r, s->fingerprint)) {
			mem_replace(&r->signer, s->fingerprint);
			return 0;
		}
		stranger = s->fingerprint ? s->fingerprint : stranger;
	}
	return error_set(err, ERR_DENIED, r->file,
			 _("Compare the fingerprint over another way, import the key into gpg, and name it under `bundle: {keys: […]}` in psirtty.yaml"),
			 _("its manifest is signed by %s, which is no key that is pinned here"), stranger ? stranger : _("nobody known"));
}

static int check_signature(struct bundle_reading *r, struct error *err)
{
	struct openpgp_result result = { 0 };
	int code;

	if (!armor_strict(r->signature.bytes) || strlen(r->signature.bytes) != r->signature.length)
		return bundle_torn(r, _("the signature of its manifest is malformed"), err);
	code = openpgp_verify(r->options->pgp, r->manifest_text.bytes, r->manifest_text.length, r->signature.bytes,
			      r->signature.length, r->now, &result, err);
	if (!code)
		code = judge_signatures(r, &result, err);
	openpgp_result_release(&result);
	return code;
}

/* Only what a pinned key signed is read at all. */
static int read_manifest(struct bundle_reading *r, struct error *err)
{
	json_t *member;
	size_t i;
	int code = check_signature(r, err);

	if (!code)
		code = js_load(r->manifest_text.bytes, r->manifest_text.length, FEED_BUNDLE_MANIFEST_LIMIT, r->file, &r->manifest, err);
	if (!code)
		code = feed_bundle_check(r->manifest, r->file, err);
	json_array_foreach(js_array(r->manifest, "members"), i, member)
		if (!code && json_is_true(json_object_get(member, "included")))
			json_object_set(r->wanted, js_string(member, "path"), member);
	return code;
}

/* ---- members as they come */

static int on_begin(void *context, const struct tar_member *member, struct error *err)
{
	struct bundle_reading *r = context;
	const json_t *wanted = json_object_get(r->wanted, member->path);

	snprintf(r->path, sizeof(r->path), "%s", member->path);
	if (r->count == 0 || r->count == 1) {
		const char *name = r->count ? FEED_BUNDLE_SIGNATURE : FEED_BUNDLE_MANIFEST;
		size_t limit = r->count ? FEED_BUNDLE_SIGNATURE_LIMIT : FEED_BUNDLE_MANIFEST_LIMIT;

		if (!str_equal(member->path, name) || member->size > limit || !member->size)
			return bundle_torn(r, _("it does not begin with its manifest and the signature of that"), err);
		return 0;
	}
	if (!wanted || json_object_get(r->seen, member->path))
		return bundle_torn(r, _("it holds a file that its manifest does not name, or one twice"), err);
	if ((uint64_t)js_integer(wanted, "size", -1) != member->size)
		return bundle_torn(r, _("a file in it has not the size that its manifest names"), err);
	json_object_set_new(r->seen, member->path, json_true());
	r->digest = vault_digest_new();
	return r->begin ? r->begin(r, wanted, err) : 0;
}

static int on_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
	struct bundle_reading *r = context;

	r->read += length;
	if (r->count == 0)
		str_add_bytes(&r->manifest_text, bytes, length);
	else if (r->count == 1)
		str_add_bytes(&r->signature, bytes, length);
	else
		vault_digest_add(r->digest, bytes, length);
	return r->count > 1 && r->fd >= 0 && fd_write_all(r->fd, bytes, length) != 0 ?
		       error_errno(err, ERR_INPUT, r->options->dir, _("Make room for it, then try again")) : 0;
}

static int on_end(void *context, struct error *err)
{
	struct bundle_reading *r = context;
	AUTO_STRING path = NULL;
	char hex[65];

	r->count++;
	/* The second time the manifest is the one that was checked. */
	if (r->count == 2 && !r->manifest)
		return read_manifest(r, err);
	if (r->count <= 2)
		return 0;
	vault_digest_hex(r->digest, hex);
	r->digest = NULL;
	path = feed_bundle_path(hex);
	if (!str_equal(path, r->path))
		return bundle_torn(r, _("a file in it is not the one that its manifest names: its SHA-256 is another"), err);
	return r->end ? r->end(r, err) : 0;
}

static int read_through(struct bundle_reading *r, struct error *err)
{
	const struct tar_handler handler = { on_begin, on_bytes, on_end, r };
	const struct tar_limits limits = { FEED_BUNDLE_MEMBERS + 2, TOTAL_LIMIT };
	struct tar_reader *reader = tar_reader_new(&handler, &limits);
	int fd = open(r->file, O_RDONLY | O_CLOEXEC);
	char *window = mem_alloc(BUNDLE_STEP);
	ssize_t got = 0;
	int code = fd < 0 ? error_errno(err, ERR_INPUT, r->file, NULL) : 0;

	r->count = 0;
	r->read = 0;
	str_reset(&r->signature);
	while (!code && (got = read(fd, window, BUNDLE_STEP)) > 0) {
		code = tar_reader_feed(reader, window, (size_t)got, err);
		bundle_tell(r->options, r->manifest ? _("files") : _("manifest"), r->read, 0);
		if (!code)
			code = bundle_cancelled(r->options, err);
	}
	if (!code && got < 0)
		code = error_errno(err, ERR_INPUT, r->file, NULL);
	if (!code)
		code = tar_reader_finish(reader, err);
	/* The tar's own sentence names no file. */
	if (code == ERR_INPUT && err && str_equal(err->what, _("archive"))) {
		AUTO_STRING why = mem_string(err->why);

		bundle_torn(r, why, err);
	}
	if (r->digest) {
		vault_digest_hex(r->digest, (char[65]){ 0 });
		r->digest = NULL;
	}
	if (fd >= 0)
		close(fd);
	free(window);
	tar_reader_free(reader);
	return code;
}

int bundle_look_through(struct bundle_reading *r, struct error *err)
{
	int code = read_through(r, err);

	if (!code && (!r->manifest || json_object_size(r->seen) != json_object_size(r->wanted)))
		code = bundle_torn(r, _("files that its manifest names are missing in it"), err);
	return code;
}

/* ---- the second reading: into the folder beside the downloads */

static int begin_file(struct bundle_reading *r, const json_t *member, struct error *err)
{
	AUTO_STRING path = file_join(r->staging, js_string(member, "sha256"));

	r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return r->fd < 0 ? error_errno(err, ERR_INPUT, path, _("Make room for it, then try again")) : 0;
}

static int end_file(struct bundle_reading *r, struct error *err)
{
	int failed = fsync(r->fd);

	close(r->fd);
	r->fd = -1;
	return failed ? error_errno(err, ERR_INPUT, r->staging, NULL) : 0;
}

int bundle_unpack(struct bundle_reading *r, struct error *err)
{
	AUTO_STRING text = mem_copy(r->manifest_text.bytes, r->manifest_text.length);
	size_t length = r->manifest_text.length;
	int code;

	file_remove_tree(r->staging, NULL);
	code = file_make_dir(r->staging, 0755, err);
	str_reset(&r->manifest_text);
	json_object_clear(r->seen);
	r->begin = begin_file;
	r->end = end_file;
	if (!code)
		code = read_through(r, err);
	/* What lies on a medium can be exchanged between two readings. */
	if (!code && (r->manifest_text.length != length || memcmp(r->manifest_text.bytes, text, length) != 0 ||
		      json_object_size(r->seen) != json_object_size(r->wanted)))
		code = bundle_torn(r, _("it changed while it was read"), err);
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	return code;
}

void bundle_reading_release(struct bundle_reading *r)
{
	file_remove_tree(r->staging, NULL);
	free(r->staging);
	free(r->signer);
	str_release(&r->manifest_text);
	str_release(&r->signature);
	json_decref(r->manifest);
	json_decref(r->wanted);
	json_decref(r->seen);
}

/* One whose first bytes were changed is a bundle all the same, and refused as one. */
static bool is_nearly(const char *block, const char *name)
{
	size_t same = 0, length = strlen(name);

	for (size_t i = 0; i < length; i++)
		same += block[i] == name[i];
	return same + NEARLY >= length;
}

bool feed_bundle_is(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[TAR_BLOCK] = "";
	ssize_t got = fd < 0 ? 0 : read(fd, block, sizeof(block));

	if (fd >= 0)
		close(fd);
	return got == sizeof(block) && is_nearly(block, FEED_BUNDLE_MANIFEST);
}
