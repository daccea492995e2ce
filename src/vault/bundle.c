/* SPDX-License-Identifier: Apache-2.0 */
/* Streams to another copy of this vault and back: what goes into a bundle, and what is taken from one. */
#include "vault/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"
#include "vault/names.h"
#include "vault/object.h"

/* ---- what goes out */

struct writing {
	struct vault *vault;
	struct bundle_writer *writer;
	bool *streams;       /* owned: which go, by position */
	size_t stream_count;
	bool all;
	struct names objects;
	vault_progress_fn progress;
	void *context;
	uint64_t last;
};

static int choose(struct writing *w, const uint8_t (*streams)[16], size_t count, struct error *err)
{
	w->stream_count = w->vault->log.stream_count;
	w->streams = mem_alloc(w->stream_count * sizeof(*w->streams));
	w->streams[0] = true;
	for (size_t i = 1; w->all && i < w->stream_count; i++)
		w->streams[i] = true;
	for (size_t i = 0; i < count; i++) {
		long position = log_stream(&w->vault->log, streams[i]);

		if (position <= 0)
			return error_set(err, ERR_CASE, _("case"), NULL, _("it is not in this vault"));
		w->streams[position] = true;
	}
	return 0;
}

static int write_wrap(void *context, const struct wrap_place *place, const uint8_t sealed[WRAP_BYTES],
		      struct error *err)
{
	struct writing *w = context;
	long position = log_stream(&w->vault->log, place->stream);
	struct bundle_wrap wrap = { .epoch = place->epoch };

	if (position <= 0 || !w->streams[position] ||
	    !(log_rights(&w->vault->log, &w->vault->log.streams[position], place->member) & RIGHT_READ))
		return 0;
	memcpy(wrap.stream, place->stream, ID_BYTES);
	memcpy(wrap.key_id, place->key_id, ID_BYTES);
	memcpy(wrap.member, place->member, ID_BYTES);
	memcpy(wrap.sealed, sealed, WRAP_BYTES);
	return bundle_put_wrap(w->writer, &wrap, err);
}

/* Members who may unlock this copy can unlock the other too. */
static int write_identities(struct writing *w, struct error *err)
{
	struct bundle_identity identity;
	const char *print;
	int code = 0, got = 1;

	for (size_t i = 0; !code && got == 1; i++) {
		got = store_identity(w->vault->store, i, identity.member, &print, &identity.sealed, &identity.length,
				     err);
		if (got != 1)
			break;
		snprintf(identity.fingerprint, sizeof(identity.fingerprint), "%s", print);
		code = bundle_put_identity(w->writer, &identity, err);
	}
	store_rest(w->vault->store);
	return got < 0 ? got : code;
}

/* Which of the texts that may be an attachment's name is one is told by the file that has it. */
static void note_object(void *context, const char *name)
{
	struct writing *w = context;
	AUTO_STRING path = object_path(w->vault->dir, name);

	if (file_exists(path))
		names_add(&w->objects, name);
}

/* The vault's own stream goes first, OWN; then the others. */
static int write_row(struct writing *w, const struct store_row *row, bool own, struct error *err)
{
	struct core core;
	struct str body = STR_INIT;
	long position;
	int code;

	if (!core_read(row->core, row->core_length, &core))
		return error_set(err, ERR_VAULT, w->vault->dir, _("Run `psirtty audit verify`"),
				 _("event %llu is damaged"), (unsigned long long)row->gseq);
	position = log_stream(&w->vault->log, core.stream);
	if (position < 0 || (size_t)position >= w->stream_count || !w->streams[position] || own != (position == 0))
		return 0;
	code = bundle_put_event(w->writer, row, err);
	if (!code && !w->all && core.kind == CORE_CONTENT && vault_row_open(w->vault, row, &core, &body, NULL) == 0)
		names_find(body.bytes, note_object, w);
	str_wipe(&body);
	return code;
}

static int write_events(struct writing *w, bool own, struct error *err)
{
	int code = 0;

	for (uint64_t gseq = 1; !code && gseq <= w->last; gseq++) {
		struct store_row row;

		code = store_row_at(w->vault->store, gseq, &row, err);
		if (code == 1)
			code = write_row(w, &row, own, err);
		else if (code == 0)
			code = error_set(err, ERR_VAULT, w->vault->dir, _("Run `psirtty audit verify`"),
					 _("event %llu is missing"), (unsigned long long)gseq);
		if (!code && w->progress && w->progress(w->context, gseq, w->last))
			code = error_set(err, ERR_NO, _("bundle"), NULL, _("it was cancelled"));
	}
	store_rest(w->vault->store);
	return code;
}

static void all_objects(struct writing *w)
{
	AUTO_STRING top = file_join(w->vault->dir, "objects");
	char **folders = NULL, **names = NULL;
	size_t folder_count = 0, count = 0;

	if (file_list(top, &folders, &folder_count, NULL))
		return;
	for (size_t i = 0; i < folder_count; i++) {
		AUTO_STRING folder = file_join(top, folders[i]);

		if (file_list(folder, &names, &count, NULL))
			continue;
		for (size_t n = 0; n < count; n++)
			if (strlen(names[n]) == NAME_DIGITS &&
			    strspn(names[n], "0123456789abcdef") == NAME_DIGITS)
				names_add(&w->objects, names[n]);
		file_free_names(names, count);
	}
	file_free_names(folders, folder_count);
}

static int write_objects(struct writing *w, struct error *err)
{
	int code = 0;

	if (w->all)
		all_objects(w);
	for (size_t i = 0; !code && i < w->objects.count; i++) {
		AUTO_STRING path = object_path(w->vault->dir, w->objects.names[i]);

		code = bundle_put_object(w->writer, w->objects.names[i], path, err);
		if (!code && w->progress && w->progress(w->context, w->last, w->last))
			code = error_set(err, ERR_NO, _("bundle"), NULL, _("it was cancelled"));
	}
	return code;
}

int vault_bundle_write(struct vault *vault, const uint8_t (*streams)[16], size_t count, const char *path,
		       vault_progress_fn progress, void *context, struct error *err)
{
	struct writing w = { .vault = vault, .all = count == 0, .progress = progress, .context = context,
			     .last = vault->log.gseq };
	struct bundle_head head = { .time = vault->log.time };
	int code = vault->damage ? error_set(err, ERR_VAULT, vault->dir, _("Run `psirtty audit verify`"), "%s",
					     vault->damage) : 0;

	if (!code)
		code = choose(&w, streams, count, err);
	memcpy(head.vault, vault->id, ID_BYTES);
	memcpy(head.member, vault->member, ID_BYTES);
	if (!code)
		code = bundle_create(path, &head, &w.writer, err);
	if (!code) {
		code = write_identities(&w, err);
		if (!code)
			code = store_each_wrap(vault->store, write_wrap, &w, err);
		if (!code)
			code = write_events(&w, true, err);
		if (!code)
			code = write_events(&w, false, err);
		if (!code)
			code = write_objects(&w, err);
		if (code)
			bundle_close(w.writer, NULL, false, NULL);
		else
			code = bundle_close(w.writer, vault->keyring.member->sign_secret, true, err);
	}
	free(w.streams);
	names_release(&w.objects);
	return code;
}

/* ---- what comes in */

struct reading {
	struct vault *vault;
	const char *path;
	int fd;
	uint64_t size;
	uint8_t exporter[ID_BYTES], sign_public[32]; /* who made it, and the key it announces for them */
	bool announced, writing; /* WRITING: too late to cancel, and soon over */
	uint8_t hash[HASH_BYTES];                    /* of what was looked at first */
	struct bundle_reader *reader;                /* of the walk under way */
	struct bundle_record record;
	struct vault_bundle_count count;
	vault_progress_fn progress;
	void *context;
	struct names parts;                          /* attachments that lie there as *.part */
};

static long read_file(void *context, void *bytes, size_t length)
{
	struct reading *r = context;

	for (;;) {
		ssize_t got = read(r->fd, bytes, length);

		if (got >= 0 || errno != EINTR)
			return (long)got;
	}
}

/* The file from its beginning. */
static int walk(struct reading *r, struct error *err)
{
	struct bundle_head head;
	int code;

	bundle_reader_free(r->reader);
	r->reader = bundle_reader_new(read_file, r);
	if (lseek(r->fd, 0, SEEK_SET) < 0)
		return error_errno(err, ERR_INPUT, r->path, NULL);
	code = bundle_begin(r->reader, &head, err);
	if (code)
		return code;
	memcpy(r->exporter, head.member, ID_BYTES);
	if (memcmp(head.vault, r->vault->id, ID_BYTES) != 0)
		return error_set(err, ERR_DENIED, r->path, _("Open the vault it was made from"),
				 _("it is a bundle of another vault"));
	return 0;
}

/* 1, 0 at the end or negative, as bundle_next; the sum must stay the same from walk to walk. */
static int step(struct reading *r, struct error *err)
{
	int code;

	if (r->progress && r->progress(r->context, bundle_reader_done(r->reader), r->size) && !r->writing)
		return error_set(err, ERR_NO, r->path, NULL, _("the import was cancelled"));
	code = bundle_next(r->reader, &r->record, err);
	if (code)
		return code;
	if (!sodium_is_zero(r->hash, HASH_BYTES) &&
	    memcmp(r->hash, bundle_reader_end(r->reader)->hash, HASH_BYTES) != 0)
		return error_set(err, ERR_INPUT, r->path, _("Import it again"), _("it changed while it was read"));
	memcpy(r->hash, bundle_reader_end(r->reader)->hash, HASH_BYTES);
	return 0;
}

/* ---- the events, as the vault asks for them */

/* The key that an admission in the bundle gives to who made it; whether that admission holds is found out by the
 * rehearsal, and then the signature over everything is checked with it. */
static void note_exporter(struct reading *r)
{
	const struct core *core = &r->record.core;
	const uint8_t *body = r->record.row.body;
	size_t offset = core->type == CONTROL_VAULT ? ID_BYTES : 0;

	if (core->kind != CORE_CONTROL || (core->type != CONTROL_VAULT && core->type != CONTROL_MEMBER) ||
	    r->record.row.body_length < offset + ID_BYTES + 1 + 32 ||
	    memcmp(body + offset, r->exporter, ID_BYTES) != 0 || r->announced)
		return;
	memcpy(r->sign_public, body + offset + ID_BYTES + 1, 32);
	r->announced = true;
}

static int next_event(void *context, struct portable *ret, struct error *err)
{
	struct reading *r = context;
	int code;

	while ((code = step(r, err)) == 1) {
		const struct store_row *row = &r->record.row;

		if (r->record.kind != BUNDLE_EVENT)
			continue;
		note_exporter(r);
		*ret = (struct portable){ row->core, row->nonce, row->body, row->sig, row->core_length,
					  row->body_length };
		return 1;
	}
	return code;
}

static int import_events(struct reading *r, bool rehearse, vault_event_fn fn, void *context, struct error *err)
{
	struct vault_imported imported = { 0 };
	size_t streams = r->vault->log.stream_count;
	int code = walk(r, err);

	if (!code)
		code = vault_import_rows(r->vault, next_event, r, rehearse, fn, context, &imported, err);
	/* The vault may have stopped asking before the end. */
	while (!code && rehearse && bundle_reader_done(r->reader) < r->size)
		if ((code = step(r, err)) == 1)
			code = 0;
	r->count.events = imported.events;
	r->count.known = imported.known;
	r->count.streams = r->vault->log.stream_count - streams;
	return code;
}

static int check_signature(const struct reading *r, struct error *err)
{
	const struct log_member *member = log_member(&r->vault->log, r->exporter);
	const struct bundle_end *end = bundle_reader_end(r->reader);
	const uint8_t *key = member ? member->sign_public : r->sign_public;

	if (!member && !r->announced)
		return error_set(err, ERR_DENIED, r->path, NULL, _("it was made by nobody who is a member of this vault"));
	if (crypto_sign_verify_detached(end->sig, end->hash, HASH_BYTES, key) != 0)
		return error_set(err, ERR_DENIED, r->path, _("Ask for it again; nothing was taken"),
				 _("its signature is not that of the member it names"));
	return 0;
}

/* ---- the attachments that are missing, first beside their places */

static char *part_path(const struct reading *r, const char *name)
{
	AUTO_STRING path = object_path(r->vault->dir, name);

	return mem_format("%s.part", path);
}

static int copy_object(struct reading *r, int fd, struct error *err)
{
	char *buffer = mem_alloc(65536);
	long got = 0;
	int code = 0;

	while (!code && (got = bundle_read_object(r->reader, buffer, 65536, err)) > 0)
		if (fd_write_all(fd, buffer, (size_t)got))
			code = error_errno(err, ERR_VAULT, r->vault->dir, _("Free space; nothing was taken"));
	free(buffer);
	if (!code && got == 0 && fsync(fd) < 0)
		code = error_errno(err, ERR_VAULT, r->vault->dir, NULL);
	return got < 0 ? (int)got : code;
}

static int take_object(struct reading *r, struct error *err)
{
	const char *name = r->record.name;
	AUTO_STRING path = object_path(r->vault->dir, name);
	AUTO_STRING part = part_path(r, name);
	AUTO_STRING folder = mem_format("%s/objects/%.2s", r->vault->dir, name);
	int fd, code;

	if (file_exists(path))
		return 0;
	if (mkdir(folder, 0770) < 0 && errno != EEXIST)
		return error_errno(err, ERR_VAULT, folder, NULL);
	unlink(part); /* what an import that died left there is nobody's */
	fd = open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0440);
	if (fd < 0)
		return error_errno(err, ERR_VAULT, part, NULL);
	names_add(&r->parts, name);
	code = copy_object(r, fd, err);
	close(fd);
	return code ? code : object_check(part, name, err);
}

static int take_objects(struct reading *r, struct error *err)
{
	int code = walk(r, err);

	while (!code && (code = step(r, err)) == 1)
		code = r->record.kind == BUNDLE_OBJECT ? take_object(r, err) : 0;
	return code;
}

static void drop_parts(struct reading *r)
{
	for (size_t i = 0; i < r->parts.count; i++) {
		AUTO_STRING part = part_path(r, r->parts.names[i]);

		unlink(part);
	}
}

static int keep_parts(struct reading *r, struct error *err)
{
	r->count.attachments = r->parts.count;
	for (size_t i = 0; i < r->parts.count; i++) {
		AUTO_STRING part = part_path(r, r->parts.names[i]);
		AUTO_STRING path = object_path(r->vault->dir, r->parts.names[i]);

		if (rename(part, path) < 0)
			return error_errno(err, ERR_VAULT, path, NULL);
	}
	return 0;
}

/* ---- the keys, which must be there before the events that need them */

static int take_wrap(struct reading *r, struct error *err)
{
	const struct bundle_wrap *wrap = &r->record.wrap;
	const struct wrap_place place = { wrap->stream, wrap->epoch, wrap->key_id, wrap->member };
	uint8_t there[WRAP_BYTES];
	int code = store_wrap(r->vault->store, &place, there, err);

	if (code)
		return code < 0 ? code : 0;
	r->count.wraps++;
	return store_put_wrap(r->vault->store, &place, wrap->sealed, err);
}

/* The identity that is here under the member's id: 1, 0 or negative. */
static int has_identity(struct reading *r, const uint8_t member[ID_BYTES], char ret_print[65], struct error *err)
{
	uint8_t found[ID_BYTES];
	const char *print;
	const void *sealed;
	size_t length;
	int got = 1;

	for (size_t i = 0; got == 1; i++) {
		got = store_identity(r->vault->store, i, found, &print, &sealed, &length, err);
		if (got == 1 && memcmp(found, member, ID_BYTES) == 0) {
			snprintf(ret_print, 65, "%s", print);
			break;
		}
	}
	store_rest(r->vault->store);
	return got;
}

/* A new member's is taken; one that was re-keyed where the log says that its key is this one now. */
static int take_identity(struct reading *r, struct error *err)
{
	const struct bundle_identity *identity = &r->record.identity;
	const struct log_member *member = log_member(&r->vault->log, identity->member);
	struct store *store = r->vault->store;
	char print[65] = "";
	int got;

	if (!member || !str_equal(member->fingerprint, identity->fingerprint))
		return 0;
	got = has_identity(r, identity->member, print, err);
	if (got < 0 || str_equal(print, identity->fingerprint))
		return got < 0 ? got : 0;
	if (got)
		return store_change_identity(store, identity->member, identity->fingerprint, identity->sealed,
					     identity->length, err);
	return store_put_identity(store, identity->member, identity->fingerprint, identity->sealed, identity->length,
				  err);
}

/* Asked when the members are known. */
static int take_identities(struct reading *r, struct error *err)
{
	int code = store_keys_begin(r->vault->store, err);

	if (code)
		return code;
	code = walk(r, err);
	while (!code && (code = step(r, err)) == 1)
		code = r->record.kind == BUNDLE_IDENTITY ? take_identity(r, err) : 0;
	if (!code)
		return store_keys_commit(r->vault->store, err);
	store_keys_rollback(r->vault->store);
	return code;
}

static int take_wraps(struct reading *r, struct error *err)
{
	int code = store_keys_begin(r->vault->store, err);

	if (code)
		return code;
	code = walk(r, err);
	while (!code && (code = step(r, err)) == 1)
		code = r->record.kind == BUNDLE_WRAP ? take_wrap(r, err) : 0;
	if (!code)
		return store_keys_commit(r->vault->store, err);
	store_keys_rollback(r->vault->store);
	return code;
}

/* ---- all of it: looked at wholly, then written in the order in which each part needs the ones before */

static int read_bundle(struct reading *r, vault_event_fn fn, void *context, struct error *err)
{
	struct vault_shredded shredded;
	int code = import_events(r, true, NULL, NULL, err);

	if (!code)
		code = check_signature(r, err);
	if (!code && bundle_reader_end(r->reader)->objects)
		code = take_objects(r, err);
	if (!code)
		code = vault_hold(r->vault, err);
	if (code)
		return code;
	r->writing = true;
	code = keep_parts(r, err);
	if (!code)
		code = take_wraps(r, err);
	if (!code)
		code = import_events(r, false, fn, context, err);
	if (!code)
		code = take_identities(r, err);
	/* A case that was shredded there is so here too. */
	if (!code)
		code = vault_shred_due(r->vault, &shredded, err);
	vault_let_go(r->vault);
	return code;
}

bool vault_is_bundle(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[16];
	ssize_t got = fd < 0 ? 0 : read(fd, bytes, sizeof(bytes));

	if (fd >= 0)
		close(fd);
	return got > 0 && bundle_is(bytes, (size_t)got);
}

int vault_bundle_read(struct vault *vault, const char *path, instant now, vault_event_fn fn, void *context,
		      vault_progress_fn progress, void *progress_context, struct vault_bundle_count *ret,
		      struct error *err)
{
	struct reading r = { .vault = vault, .path = path, .progress = progress, .context = progress_context };
	struct stat info;
	int code = 0;

	(void)now;
	if (vault_readonly(vault))
		return error_set(err, ERR_DENIED, vault->dir, _("Open it without --readonly"),
				 _("the vault was opened for reading only"));
	r.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r.fd < 0 || fstat(r.fd, &info) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	else
		r.size = (uint64_t)info.st_size;
	if (!code)
		code = read_bundle(&r, fn, context, err);
	if (code)
		drop_parts(&r);
	else
		*ret = r.count;
	if (r.fd >= 0)
		close(r.fd);
	bundle_reader_free(r.reader);
	names_release(&r.parts);
	return code;
}
