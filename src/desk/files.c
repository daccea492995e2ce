/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that may be hostile. They lie sealed in the vault; nothing here opens one for anybody but by
 * encrypting it to a person, or, asked for by name, as a bare file that no program takes for its own.
 */
#include "psirtty/desk/life.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"
#include "psirtty/vault/members.h"

/* ---- listing */

void case_files_release(struct case_files *files)
{
	free(files->files);
	free(files->owned);
	*files = (struct case_files){ 0 };
}

static void file_add(struct case_files *files, const struct sealed_file *file, const char *origin, instant at)
{
	files->files = mem_resize(files->files, files->count + 1, sizeof(*files->files));
	files->files[files->count++] = (struct case_file){ file, origin, at };
}

/* Runs keep theirs as they were recorded; the places of all of them are made once. */
static void add_runs(const struct case_state *state, struct case_files *files)
{
	const struct case_record *run;
	size_t cursor = 0, count = 0, at = 0;

	while ((run = case_record_next(state, EVENT_REPRO_RUN, &cursor)))
		count += record_file_count(run);
	files->owned = mem_alloc((count + 1) * sizeof(*files->owned));
	cursor = 0;
	while ((run = case_record_next(state, EVENT_REPRO_RUN, &cursor)))
		for (size_t i = 0; i < record_file_count(run); i++) {
			record_file(run, i, &files->owned[at]);
			file_add(files, &files->owned[at++], "run", run->at);
		}
}

void desk_files(const struct case_state *state, struct case_files *ret)
{
	struct case_files files = { 0 };

	for (size_t i = 0; i < state->message_count; i++)
		for (size_t k = 0; k < state->messages[i].attachment_count; k++)
			file_add(&files, &state->messages[i].attachments[k], "message", state->messages[i].at);
	for (size_t i = 0; i < state->repro_count; i++)
		for (size_t k = 0; k < state->repros[i].attachment_count; k++)
			file_add(&files, &state->repros[i].attachments[k], "repro", state->repros[i].at);
	add_runs(state, &files);
	*ret = files;
}

/* ---- looking */

/* Noted before a byte is handed out: who was shown it cannot say that the program died first. */
int desk_file_show(struct desk *desk, const struct case_state *state, const struct sealed_file *file, instant now,
		   struct str *ret, struct error *err)
{
	int code = desk_readonly(desk) ? 0 : vault_note_read(desk->vault, state->stream, VAULT_READ_ATTACHMENT,
							     file->object, now, err);

	return code ? code : desk_file_read(desk, file, ret, err);
}

/* ---- leaving */

static int note_export(struct desk *desk, const struct case_state *state, const struct sealed_file *file,
		       const char *to, const char *reason, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "sha256", file->sha256);
	js_set_string(body, "name", file->name);
	js_set_string(body, "to", to);
	js_set_string(body, "reason", reason);
	return desk_append(desk, state, EVENT_FILE_EXPORTED, body, now, err);
}

static int need_reason(const struct case_state *state, const char *reason, struct error *err)
{
	if (reason && reason[strspn(reason, " \t")])
		return 0;
	return error_set(err, ERR_NO, state->id, NULL, _("rule export: a file leaves for a reason, which is recorded"));
}

static int pass_gates(struct desk *desk, const struct case_state *state, const struct openpgp_key *key,
		      const char *address, instant now, struct error *err)
{
	const struct gate_recipient who = { .address = address, .fingerprint = key->fingerprint };
	const struct desk_leaving leaving = { .action = GATE_EXPORT, .to = &who, .to_count = 1 };

	return desk_gates_pass(desk, state, &leaving, now, err);
}

/* What the gates are told is an event too, after which nothing of the case need be where it was. */
static struct sealed_file copy_of(const struct sealed_file *file)
{
	return (struct sealed_file){ .name = mem_string(file->name), .type = mem_string(file->type),
				     .kind = mem_string(file->kind), .size = file->size,
				     .sha256 = mem_string(file->sha256), .object = mem_string(file->object),
				     .key = mem_string(file->key) };
}

static void copy_release(struct sealed_file *file)
{
	free(file->name);
	free(file->type);
	free(file->kind);
	free(file->sha256);
	free(file->object);
	free(file->key);
}

struct content { struct desk *desk; const struct sealed_file *file; };

static int put_content(void *context, int fd, struct error *err)
{
	const struct content *content = context;

	return vault_object_get_fd(content->desk->vault, content->file->object, content->file->key, fd, NULL, NULL, err);
}

/* What leaves: for whom, why, and where to. KEY NULL: as it is. */
struct outgoing { const struct sealed_file *file; const char *to, *reason, *key, *path; mode_t mode; };

/* Piece by piece. It is recorded before it is there under its name: nothing leaves unseen. */
static int fill_file(struct desk *desk, const struct case_state *state, const struct outgoing *out, int fd, instant now,
		     struct error *err)
{
	struct content content = { desk, out->file };
	int code = out->key ? openpgp_encrypt_stream(desk->pgp, put_content, &content, &out->key, 1,
						     vault_fingerprint(desk->vault), fd, err) :
			      put_content(&content, fd, err);

	if (!code && (fchmod(fd, out->mode) < 0 || fsync(fd) < 0))
		code = error_errno(err, ERR_INPUT, out->path, NULL);
	return code ? code : note_export(desk, state, out->file, out->to, out->reason, now, err);
}

static int let_out(struct desk *desk, const struct case_state *state, const struct outgoing *out, instant now,
		   struct error *err)
{
	AUTO_STRING part = mem_format("%s.part", out->path);
	int fd, code = desk_readonly(desk) ? 0 : vault_note_read(desk->vault, state->stream, VAULT_READ_EXPORT,
								 out->file->object, now, err);

	if (code)
		return code;
	fd = open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(err, ERR_INPUT, part, NULL);
	code = fill_file(desk, state, out, fd, now, err);
	close(fd);
	if (!code && rename(part, out->path) < 0)
		code = error_errno(err, ERR_INPUT, out->path, NULL);
	if (code)
		unlink(part);
	return code;
}

int desk_file_encrypt(struct desk *desk, const struct case_state *state, const struct sealed_file *original,
		      const char *who, const char *reason, const char *path, instant now, struct error *err)
{
	struct openpgp_key key = { 0 };
	struct sealed_file file = copy_of(original);
	AUTO_STRING to = NULL;
	AUTO_STRING address = NULL;
	int code = need_reason(state, reason, err);

	if (!code)
		code = desk_find_recipient(desk, who, &key, &address, err);
	if (!code)
		code = pass_gates(desk, state, &key, address, now, err);
	to = key.fingerprint ? mem_format("%s%s%s", str_or_empty(address), address ? " " : "", key.fingerprint) : NULL;
	if (!code) {
		const struct outgoing out = { &file, to, reason, key.fingerprint, path, 0600 };

		code = let_out(desk, state, &out, now, err);
	}
	copy_release(&file);
	openpgp_key_release(&key);
	return code;
}

/* Its own name made harmless, with an ending no program is started for. */
static char *bare_name(const struct sealed_file *file)
{
	AUTO_STR name = STR_INIT;
	const char *from = file->name && *file->name ? file->name : "file";

	for (size_t i = 0; from[i] && i < 64; i++)
		str_add_char(&name, strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", from[i]) ?
					    from[i] :
					    '_');
	return mem_format("%.12s-%s.hostile", file->sha256, name.bytes);
}

int desk_file_bare(struct desk *desk, const struct case_state *state, const struct sealed_file *file,
		   const char *dir, const char *reason, instant now, char **ret_path, struct error *err)
{
	AUTO_STRING name = bare_name(file);
	AUTO_STRING path = file_join(dir, name);
	const struct outgoing out = { file, path, reason, NULL, path, 0400 };
	int code = need_reason(state, reason, err);

	if (!code && !file_is_dir(dir))
		code = error_set(err, ERR_INPUT, dir, _("Make it first"), _("there is no such folder"));
	if (!code && file_exists(path))
		code = error_set(err, ERR_NO, path, NULL, _("it is there already"));
	if (!code)
		code = let_out(desk, state, &out, now, err);
	if (!code) {
		*ret_path = path;
		path = NULL;
	}
	return code;
}
