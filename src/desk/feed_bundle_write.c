/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feed bundle made of the folders of downloads: which files, since when, a manifest signed with OpenPGP, a tar. Nothing
 * is read but those folders and the store's list of sources.
 */
#include "desk/feed_bundle_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/tar.h"
#include "psirtty/vault/openpgp.h"
#include "psirtty/vault/transport.h"

enum { EXPIRES_DAYS = 30, ID_BYTES = 8 };

struct making {
	const struct feed_bundle_options *options;
	char *const *names; size_t name_count;
	instant now;
	json_t *base;              /* owned: manifest that it goes on from; NULL: full */
	json_t *base_files;        /* owned: "source/name" → SHA-256 in it */
	json_t *manifest;          /* owned */
	json_t *written;           /* owned: paths that are in the tar */
	struct feed_bundle_done *done;
	uint64_t total, out;       /* bytes */
	int fd;
};

/* ---- what there is */

static void note_base(struct making *m)
{
	json_t *member;
	size_t i;

	json_array_foreach(js_array(m->base, "members"), i, member) {
		AUTO_STRING key = bundle_key(member);

		js_set_string(m->base_files, key, js_string(member, "sha256"));
	}
}

static const json_t *base_source(const struct making *m, const char *id)
{
	json_t *source;
	size_t i;

	json_array_foreach(js_array(m->base, "sources"), i, source)
		if (str_equal(js_string(source, "id"), id))
			return source;
	return NULL;
}

static void add_member(struct making *m, const char *source, const char *name, const json_t *file)
{
	json_t *member = json_deep_copy(file);
	AUTO_STRING path = feed_bundle_path(str_or_empty(js_string(file, "sha256"))), *key = NULL;
	bool included;

	js_set_string(member, "source", source);
	js_set_string(member, "name", name);
	js_set_string(member, "path", path);
	key = bundle_key(member);
	included = !str_equal(js_string(m->base_files, key), js_string(file, "sha256"));
	js_set_bool(member, "included", included);
	json_array_append_new(json_object_get(m->manifest, "members"), member);
	m->done->members++;
	m->done->included += included;
	m->total += included ? (uint64_t)js_integer(file, "size", 0) : 0;
}

/* Names of the base's files of SOURCE that are no longer there. */
static json_t *removed_files(const struct making *m, const char *id, const json_t *files)
{
	json_t *removed = json_array(), *member;
	size_t i;

	json_array_foreach(js_array(m->base, "members"), i, member)
		if (str_equal(js_string(member, "source"), id) && !json_object_get(files, str_or_empty(js_string(member, "name"))))
			json_array_append_new(removed, json_string(js_string(member, "name")));
	return removed;
}

static json_t *source_row(const struct making *m, const struct intel_source *from, const struct source *source, const json_t *state)
{
	const json_t *before = base_source(m, from->id);
	json_t *row = json_object(), *withdrawn = json_object_get(state, "withdrawn");
	char text[40];

	js_set_string(row, "id", from->id);
	js_set_string(row, "kind", feed_kind_name(from->kind));
	js_set_string(row, "title", source ? source->title : from->id);
	js_set_string(row, "licence", source ? source->licence : _("not stated"));
	js_set_string(row, "attribution", source ? source->notice : NULL);
	js_set_string(row, "synced", instant_format(from->synced, text));
	if (from->newest != INSTANT_NONE)
		js_set_string(row, "newest", instant_format(from->newest, text));
	js_set_integer(row, "age_seconds", (m->now - from->synced) / INSTANT_SECOND);
	js_set_integer(row, "records", from->records);
	js_set_string(row, "cursor", from->cursor);
	js_set_string(row, "cursor_before", before ? js_string(before, "cursor") : "");
	js_set_string(row, "keys", js_string(state, "keys"));
	json_object_set_new(row, "removed", removed_files(m, from->id, json_object_get(state, "files")));
	if (withdrawn)
		json_object_set(row, "withdrawn", withdrawn);
	return row;
}

static bool is_named(const struct making *m, const char *id)
{
	for (size_t i = 0; i < m->name_count; i++) {
		size_t length = strlen(m->names[i]);

		if (strncmp(id, m->names[i], length) == 0 && (!id[length] || id[length] == '-'))
			return true;
	}
	return !m->name_count;
}

static int take_source(void *context, const struct intel_source *from, struct error *err)
{
	struct making *m = context;
	AUTO_STRING dir = file_join(m->options->dir, from->id), *path = file_join(dir, "state.json");
	AUTO_STR text = STR_INIT;
	AUTO_JSON state = NULL;
	const char *name;
	json_t *file;
	int code;

	if (!is_named(m, from->id) || !file_exists(path))
		return 0;
	if (from->broken_off || from->synced == INSTANT_NONE) {
		AUTO_STRING why = mem_format(_("%s is left out: its last sync did not end"), from->id);

		text_list_add_text(&m->done->warnings, why);
		return 0;
	}
	code = file_read(path, BUNDLE_STATE_LIMIT, &text, err);
	if (!code)
		code = js_load(text.bytes, text.length, BUNDLE_STATE_LIMIT, path, &state, err);
	if (code)
		return code;
	json_array_append_new(json_object_get(m->manifest, "sources"),
			      source_row(m, from, source_find(m->options->sources, from->id), state));
	json_object_foreach(json_object_get(state, "files"), name, file)
		if (!str_equal(js_string(file, "role"), "listing"))
			add_member(m, from->id, name, file);
	m->done->sources++;
	return 0;
}

/* ---- serials */

static int next_serial(struct making *m, struct error *err)
{
	AUTO_JSON producer = NULL;
	uint8_t bytes[ID_BYTES];
	int code = bundle_load(m->options->dir, "producer.json", &producer, err);

	if (code)
		return code;
	if (!js_string(producer, "id")) {
		AUTO_STRING id = NULL;

		if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
			return error_errno(err, ERR_DENIED, _("feed bundle"), NULL);
		id = str_hex(bytes, sizeof(bytes));
		js_set_string(producer, "id", id);
	}
	m->done->serial = (uint64_t)js_integer(producer, "serial", 0) + 1;
	/* Taken before it is used: no other bundle ever has it. */
	js_set_integer(producer, "serial", (long long)m->done->serial);
	js_set_string(m->manifest, "producer", js_string(producer, "id"));
	snprintf(m->done->producer, sizeof(m->done->producer), "%s", str_or_empty(js_string(producer, "id")));
	js_set_integer(m->manifest, "serial", (long long)m->done->serial);
	return bundle_save(m->options->dir, "producer.json", producer, err);
}

static int load_base(struct making *m, uint64_t since, struct error *err)
{
	AUTO_STRING name = mem_format("made-%llu.json", (unsigned long long)since);
	int code = since ? bundle_load(m->options->dir, name, &m->base, err) : 0;

	if (code || !since)
		return code;
	if (js_integer(m->base, "serial", 0) != (long long)since)
		return error_set(err, ERR_USAGE, "--since", _("`psirtty feed status` shows the serials; without --since it is a full one"),
				 _("no bundle %llu was made here"), (unsigned long long)since);
	note_base(m);
	return 0;
}

static void fill_head(struct making *m, uint64_t since)
{
	char text[40];

	js_set_string(m->manifest, "format", FEED_BUNDLE_FORMAT);
	js_set_integer(m->manifest, "version", FEED_BUNDLE_VERSION);
	js_set_string(m->manifest, "created", instant_format(m->now, text));
	js_set_string(m->manifest, "expires", instant_format(m->now + EXPIRES_DAYS * INSTANT_DAY, text));
	json_object_set_new(m->manifest, "base_serial", since ? json_integer((json_int_t)since) : json_null());
	json_object_set_new(m->manifest, "sources", json_array());
	json_object_set_new(m->manifest, "members", json_array());
}

/* ---- the tar */

static int put(struct making *m, const void *bytes, size_t length, struct error *err)
{
	if (fd_write_all(m->fd, bytes, length) != 0)
		return error_errno(err, ERR_INPUT, _("feed bundle"), _("Make room for it, then try again"));
	return 0;
}

static int put_padding(struct making *m, uint64_t size, struct error *err)
{
	static const char zeros[TAR_END];

	return put(m, zeros, tar_padding(size), err);
}

static int put_text(struct making *m, const char *path, const struct str *text, struct error *err)
{
	char header[TAR_BLOCK];
	int code = tar_header(path, text->length, m->now - m->now % INSTANT_SECOND, header, err);

	if (!code)
		code = put(m, header, sizeof(header), err);
	if (!code)
		code = put(m, text->bytes, text->length, err);
	return code ? code : put_padding(m, text->length, err);
}

static int changed_since(const char *path, struct error *err)
{
	return error_set(err, ERR_INPUT, path, _("`feed sync --whole` of its source, then try again"),
			 _("it is not what came: its hash is another one"));
}

/* Bytes of FD behind a header, hashed on the way: what was damaged here does not go out. */
static int put_bytes(struct making *m, int fd, const json_t *member, const char *from, struct error *err)
{
	uint64_t size = (uint64_t)js_integer(member, "size", 0), left = size;
	struct vault_digest *digest = vault_digest_new();
	char *window = mem_alloc(BUNDLE_STEP), hex[65];
	int code = 0;

	while (!code && left) {
		ssize_t got = read(fd, window, left < BUNDLE_STEP ? (size_t)left : BUNDLE_STEP);

		if (got <= 0)
			break;
		vault_digest_add(digest, window, (size_t)got);
		code = put(m, window, (size_t)got, err);
		left -= (uint64_t)got;
		m->out += (uint64_t)got;
		bundle_tell(m->options, js_string(member, "source"), m->out, m->total);
		if (!code)
			code = bundle_cancelled(m->options, err);
	}
	vault_digest_hex(digest, hex);
	free(window);
	if (!code && (left || !str_equal(hex, js_string(member, "sha256"))))
		code = changed_since(from, err);
	return code ? code : put_padding(m, size, err);
}

static int put_member(struct making *m, const json_t *member, struct error *err)
{
	AUTO_STRING key = bundle_key(member), *from = file_join(m->options->dir, key);
	const char *path = js_string(member, "path");
	char header[TAR_BLOCK];
	int fd, code;

	/* The same bytes under two names go once. */
	if (!json_is_true(json_object_get(member, "included")) || json_object_get(m->written, path))
		return 0;
	json_object_set_new(m->written, path, json_true());
	fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, ERR_INPUT, from, _("`feed sync --whole` of its source, then try again"));
	code = tar_header(path, (uint64_t)js_integer(member, "size", 0), m->now - m->now % INSTANT_SECOND, header, err);
	if (!code)
		code = put(m, header, sizeof(header), err);
	if (!code)
		code = put_bytes(m, fd, member, from, err);
	close(fd);
	return code;
}

static int put_all(struct making *m, const struct str *manifest, const struct str *signature, struct error *err)
{
	static const char zeros[TAR_END];
	json_t *member;
	size_t i;
	int code = put_text(m, FEED_BUNDLE_MANIFEST, manifest, err);

	if (!code)
		code = put_text(m, FEED_BUNDLE_SIGNATURE, signature, err);
	json_array_foreach(js_array(m->manifest, "members"), i, member)
		if (!code)
			code = put_member(m, member, err);
	if (!code)
		code = put(m, zeros, sizeof(zeros), err);
	if (!code && fsync(m->fd) != 0 && errno != EINVAL)
		code = error_errno(err, ERR_INPUT, _("feed bundle"), NULL);
	return code;
}

static int write_file(struct making *m, const char *file, const struct str *manifest, const struct str *signature,
		      struct error *err)
{
	AUTO_STRING part = mem_format("%s.part", file);
	int code;

	m->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (m->fd < 0)
		return error_errno(err, ERR_INPUT, part, _("Name a file in a folder that may be written"));
	code = put_all(m, manifest, signature, err);
	close(m->fd);
	if (!code && rename(part, file) != 0)
		code = error_errno(err, ERR_INPUT, file, NULL);
	if (code)
		unlink(part);
	return code;
}

/* ---- all of it */

/* Before a serial is used up. */
static int find_signer(const struct making *m, struct openpgp_key *ret, struct error *err)
{
	const char *signer = m->options->settings->bundle.signer;

	if (!signer)
		return error_set(err, ERR_USAGE, "feed export", _("Set `bundle: {signer: FINGERPRINT}` in psirtty.yaml, or give --sign KEY"),
				 _("no key is named to sign with, and no bundle goes out unsigned"));
	return openpgp_find(m->options->pgp, signer, true, ret, err);
}

static int make(struct making *m, const char *file, uint64_t since, struct error *err)
{
	AUTO_STR text = STR_INIT;
	AUTO_STR signature = STR_INIT;
	AUTO_STRING kept = NULL;
	struct openpgp_key key = { 0 };
	json_t *totals = json_object();
	int code = load_base(m, since, err);

	fill_head(m, since);
	json_object_set_new(m->manifest, "totals", totals);
	if (!code)
		code = intel_sources(m->options->intel, take_source, m, err);
	if (!code && !m->done->sources)
		code = error_set(err, ERR_NO, "feed export", _("`psirtty feed sync` first"), _("there is nothing here to carry"));
	if (!code)
		code = find_signer(m, &key, err);
	if (!code)
		code = next_serial(m, err);
	js_set_integer(totals, "members", (long long)m->done->included);
	js_set_integer(totals, "bytes", (long long)m->total);
	if (!code)
		code = feed_bundle_check(m->manifest, file, err);
	js_dump_pretty(m->manifest, &text);
	if (!code)
		code = openpgp_sign(m->options->pgp, text.bytes, text.length, key.fingerprint, true, &signature, NULL, err);
	openpgp_key_release(&key);
	if (!code)
		code = write_file(m, file, &text, &signature, err);
	kept = mem_format("made-%llu.json", (unsigned long long)m->done->serial);
	if (!code)
		code = bundle_save(m->options->dir, kept, m->manifest, err);
	return code ? code : bundle_note(m->options->dir, "made", m->manifest, "", m->now, err);
}

int feed_bundle_export(const struct feed_bundle_options *options, const char *file, uint64_t since, char *const *names,
		       size_t count, instant now, struct feed_bundle_done *ret, struct error *err)
{
	struct feed_bundle_done done = { .base = since };
	struct making m = { .options = options, .names = names, .name_count = count, .now = now, .base_files = json_object(),
			    .manifest = json_object(), .written = json_object(), .done = &done, .fd = -1 };
	int code = make(&m, file, since, err);

	done.bytes = m.total;
	json_decref(m.base);
	json_decref(m.base_files);
	json_decref(m.manifest);
	json_decref(m.written);
	if (code)
		feed_bundle_done_release(&done);
	else
		*ret = done;
	return code;
}
