/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files coming in: a sealed bundle is the vault's own business; an OpenPGP export of another house is taken apart
 * block by block, held against its MANIFEST, and becomes a case of ours that holds its files as they are.
 */
#include <fcntl.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/export.h"
#include "psirtty/format/tar.h"
#include "psirtty/vault/transport.h"

enum { MEMBER_LIMIT = 1000, MANIFEST_LIMIT = 1 << 20 };

struct taken { char path[TAR_PATH + 1], sha256[65]; uint64_t size; };

struct importing {
	struct desk *desk;
	const char *path;
	struct tar_reader *reader;
	struct tar_member member;        /* in hand, with what came of it */
	struct str content, manifest;
	struct taken files[MEMBER_LIMIT]; size_t count; /* all but the MANIFEST */
	json_t *places;
	char origin[65], tlp[16];        /* out of the MANIFEST */
	desk_bytes_fn progress;
	void *context;
	uint64_t done;
};

void desk_imported_release(struct desk_imported *imported)
{
	free(imported->case_id);
	free(imported->origin);
	free(imported->signer);
	free(imported->verdict);
	*imported = (struct desk_imported){ 0 };
}

static int refuse(const struct importing *m, const char *why, struct error *err)
{
	return error_set(err, ERR_INPUT, m->path, _("Ask for it again; no case was made of it"), "%s", why);
}

/* ---- the archive, as gpg hands it out */

static bool is_manifest(const struct importing *m)
{
	return str_equal(m->member.path, "MANIFEST");
}

static int begin_member(void *context, const struct tar_member *member, struct error *err)
{
	struct importing *m = context;

	m->member = *member;
	str_reset(&m->content);
	for (size_t i = 0; i < m->count; i++)
		if (str_casecmp(m->files[i].path, member->path) == 0)
			return refuse(m, _("a name stands in it twice"), err);
	if (member->size > (is_manifest(m) ? MANIFEST_LIMIT : MAIL_LIMIT))
		return refuse(m, _("a file in it is too large"), err);
	return m->manifest.length && is_manifest(m) ? refuse(m, _("it has two MANIFESTs"), err) : 0;
}

static int add_bytes(void *context, const void *bytes, size_t length, struct error *err)
{
	struct importing *m = context;

	(void)err;
	str_add_bytes(&m->content, bytes, length);
	return 0;
}

static int seal_member(struct importing *m, struct error *err)
{
	struct vault_object object;
	struct taken *taken = &m->files[m->count];
	int code = vault_object_put(m->desk->vault, m->content.bytes, m->content.length, &object, err);

	if (code)
		return code;
	memcpy(taken->path, m->member.path, sizeof(taken->path));
	memcpy(taken->sha256, object.sha256, sizeof(taken->sha256));
	taken->size = m->member.size;
	m->count++;
	json_array_append_new(m->places, desk_object_json(&object, m->member.path, NULL,
							  str_starts(m->member.path, "messages/") ? "message" : "other"));
	return 0;
}

static int end_member(void *context, struct error *err)
{
	struct importing *m = context;
	int code = 0;

	if (is_manifest(m))
		str_add_bytes(&m->manifest, m->content.bytes, m->content.length);
	else
		code = seal_member(m, err);
	str_wipe(&m->content);
	str_init(&m->content);
	return code;
}

static int take_piece(void *context, const void *bytes, size_t length, struct error *err)
{
	struct importing *m = context;

	m->done += length;
	if (m->progress && m->progress(m->context, m->done, 0))
		return error_set(err, ERR_NO, m->path, NULL, _("the import was cancelled"));
	return tar_reader_feed(m->reader, bytes, length, err);
}

/* ---- the MANIFEST */

/* The next line, zero-terminated in place; NULL at the end or where it holds a zero. */
static char *next_line(char **cursor)
{
	char *line = *cursor, *newline = strchr(line, '\n');

	if (!newline)
		return NULL;
	*newline = '\0';
	*cursor = newline + 1;
	return line;
}

static bool read_value(char **cursor, const char *label, char *ret, size_t room)
{
	const char *line = next_line(cursor);
	size_t length = strlen(label);

	if (!line || strncmp(line, label, length) != 0 || strlen(line + length) >= room)
		return false;
	memcpy(ret, line + length, strlen(line + length) + 1);
	return true;
}

static bool line_matches(const struct importing *m, const char *line)
{
	for (size_t i = 0; i < m->count; i++) {
		AUTO_STRING expected = mem_format("%s %llu %s", m->files[i].sha256, (unsigned long long)m->files[i].size,
						  m->files[i].path);

		if (str_equal(expected, line))
			return true;
	}
	return false;
}

/* Every file stands there once, as it is, and nothing else does. */
static int check_manifest(struct importing *m, struct error *err)
{
	char *cursor = m->manifest.bytes, *before = NULL, *line, format[32], by[80], empty[2];
	size_t lines = 0;

	if (!m->manifest.length || strlen(cursor) != m->manifest.length)
		return refuse(m, _("it has no MANIFEST that can be read"), err);
	if (!read_value(&cursor, "psirtty-case-export ", format, sizeof(format)) || !str_equal(format, "1"))
		return refuse(m, _("its MANIFEST is of another format"), err);
	if (!read_value(&cursor, "case ", m->origin, sizeof(m->origin)) ||
	    !read_value(&cursor, "tlp ", m->tlp, sizeof(m->tlp)) || !read_value(&cursor, "by ", by, sizeof(by)) ||
	    !read_value(&cursor, "", empty, sizeof(empty)) || empty[0])
		return refuse(m, _("its MANIFEST is malformed"), err);
	for (; (line = next_line(&cursor)); before = line, lines++)
		if (!line_matches(m, line) || (before && strcmp(before, line) == 0))
			return refuse(m, _("a file in it is not the one that its MANIFEST names"), err);
	if (lines != m->count || *cursor)
		return refuse(m, _("its MANIFEST does not name what is in it"), err);
	return 0;
}

/* ---- an export */

static int check_signature(struct importing *m, const struct openpgp_result *result, struct desk_imported *ret,
			   struct error *err)
{
	const struct mail_signature *first = result->signature_count ? &result->signatures[0] : NULL;

	if (result->state != ENCRYPTION_DECRYPTED)
		return refuse(m, result->reason ? _(result->reason) : _("it is not encrypted to you"), err);
	if (first && (first->state == SIGNATURE_BAD || first->state == SIGNATURE_MALFORMED))
		return refuse(m, _("its signature is bad"), err);
	ret->verdict = mem_string(first ? signature_name(first->state) : "unsigned");
	ret->signer = mem_string(first ? first->fingerprint : NULL);
	return 0;
}

static int decrypt(struct importing *m, int fd, instant now, struct desk_imported *ret, struct error *err)
{
	struct openpgp_result result = { .plain = STR_INIT };
	int code = openpgp_decrypt_stream(m->desk->pgp, fd, take_piece, m, now, &result, err);

	if (code)
		return code;
	code = check_signature(m, &result, ret, err);
	openpgp_result_release(&result);
	if (!code)
		code = tar_reader_finish(m->reader, err);
	return code ? code : check_manifest(m, err);
}

static bool is_tlp(const char *word)
{
	static const char *const words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i], word))
			return true;
	return false;
}

static int make_case(struct importing *m, const char *title, const char *sha256, instant now,
		     struct desk_imported *ret, struct error *err)
{
	AUTO_STRING made_title = title ? mem_string(title) : mem_format(_("Imported: %s"), m->origin);
	json_t *body = json_object();
	uint8_t stream[16];
	int code = desk_case_open(m->desk, made_title, now, stream, err);

	js_set_string(body, "origin", m->origin);
	js_set_string(body, "fingerprint", ret->signer);
	js_set_string(body, "verdict", ret->verdict);
	js_set_string(body, "sha256", sha256);
	if (is_tlp(m->tlp))
		js_set_string(body, "tlp", m->tlp);
	json_object_set(body, "attachments", m->places);
	if (code)
		json_decref(body);
	else
		code = desk_append_to(m->desk, stream, EVENT_CASE_IMPORTED, body, now, err);
	if (code)
		return code;
	ret->origin = mem_string(m->origin);
	ret->files = m->count;
	ret->cases = 1;
	ret->case_id = mem_string(model_case_of_stream(m->desk->model, stream)->id);
	return 0;
}

/* What was sealed for a case that came to nothing. */
static void drop_sealed(struct importing *m)
{
	static const uint8_t nobody[16];
	size_t count = json_array_size(m->places);
	const char **objects = mem_alloc((count + 1) * sizeof(*objects));
	struct vault_shredded dropped;

	for (size_t i = 0; i < count; i++)
		objects[i] = js_string(json_array_get(m->places, i), "object");
	vault_shred_objects(m->desk->vault, nobody, objects, count, &dropped, NULL);
	free(objects);
}

static int import_export(struct importing *m, int fd, const char *title, instant now, struct desk_imported *ret,
			 struct error *err)
{
	const struct tar_handler handler = { begin_member, add_bytes, end_member, m };
	const struct tar_limits limits = { .members = MEMBER_LIMIT, .total = (uint64_t)16 << 30 };
	char sha256[65];
	uint64_t size;
	int code = desk_file_sum(fd, sha256, &size, err);

	str_init(&m->content);
	str_init(&m->manifest);
	m->places = json_array();
	m->reader = tar_reader_new(&handler, &limits);
	if (!code)
		code = decrypt(m, fd, now, ret, err);
	if (!code)
		code = make_case(m, title, sha256, now, ret, err);
	if (code)
		drop_sealed(m);
	tar_reader_free(m->reader);
	json_decref(m->places);
	str_wipe(&m->content);
	str_wipe(&m->manifest);
	return code;
}

/* ---- bundles */

int desk_bundle_write(struct desk *desk, const struct case_state *const *states, size_t count, const char *path,
		      instant now, desk_bytes_fn progress, void *context, struct error *err)
{
	uint8_t(*streams)[16] = mem_alloc((count + 1) * sizeof(*streams));
	AUTO_STR point = STR_INIT;
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		memcpy(streams[i], states[i]->stream, sizeof(streams[i]));
		code = vault_note_read(desk->vault, streams[i], VAULT_READ_EXPORT, NULL, now, err);
	}
	/* It goes along, in the vault's own stream. All of it leaves nothing behind, so that copies can come to be the same. */
	if (!code && count)
		code = vault_checkpoint(desk->vault, now, &point, err);
	if (!code)
		code = vault_bundle_write(desk->vault, (const uint8_t(*)[16])streams, count, path, progress, context,
					  err);
	free(streams);
	return code;
}

static int import_bundle(struct desk *desk, const char *path, instant now, desk_bytes_fn progress, void *context,
			 struct desk_imported *ret, struct error *err)
{
	struct vault_bundle_count count = { 0 };
	bool changed;
	int code = vault_bundle_read(desk->vault, path, now, NULL, NULL, progress, context, &count, err);

	if (!code)
		code = desk_refresh(desk, &changed, err);
	ret->merged = true;
	ret->events = count.events;
	ret->known = count.known;
	ret->cases = count.streams;
	ret->files = count.attachments;
	return code;
}

int desk_case_import(struct desk *desk, const char *path, const char *title, instant now, desk_bytes_fn progress,
		     void *context, struct desk_imported *ret, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;
	struct desk_imported made = { 0 };
	struct importing *m;

	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	if (vault_is_bundle(path)) {
		code = import_bundle(desk, path, now, progress, context, &made, err);
	} else {
		m = mem_alloc(sizeof(*m));
		m->desk = desk;
		m->path = path;
		m->progress = progress;
		m->context = context;
		code = import_export(m, fd, title, now, &made, err);
		free(m);
	}
	close(fd);
	if (code)
		desk_imported_release(&made);
	else
		*ret = made;
	return code;
}
