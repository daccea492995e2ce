/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case as one file for people outside: an ustar inside an OpenPGP message. Attachments pass through piece by
 * piece; what this makes is read with gpg and tar alone.
 */
#include "psirtty/desk/export.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"
#include "psirtty/format/mime.h"
#include "psirtty/format/tar.h"
#include "psirtty/vault/transport.h"

enum { MANIFEST_FORMAT = 1, NAME_ROOM = 80 };

struct member {
	char *path;                      /* owned */
	const char *object, *key;        /* borrowed from the case; NULL for what is made here */
	struct str content;              /* of what is made here */
	instant at;
	uint64_t size;
	char sha256[65];
};

struct export {
	struct desk *desk;
	const struct case_state *state;
	const struct desk_export *what;
	const char *tlp;
	struct member *members; size_t count, room;
	size_t mails;
	uint64_t done, total;
	int fd;                          /* of gpg, while it is written */
	struct member *current;
	uint64_t current_done;
	struct vault_digest *digest;
};

static void export_release(struct export *x)
{
	for (size_t i = 0; i < x->count; i++) {
		free(x->members[i].path);
		str_wipe(&x->members[i].content);
	}
	free(x->members);
}

void desk_exported_release(struct desk_exported *exported)
{
	for (size_t i = 0; i < exported->stranger_count; i++)
		free(exported->strangers[i]);
	free(exported->strangers);
	*exported = (struct desk_exported){ 0 };
}

/* ---- what is in it */

static struct member *add_member(struct export *x, char *path, instant at)
{
	struct member *member;

	x->members = mem_grow(x->members, &x->room, x->count + 1, sizeof(*x->members));
	member = &x->members[x->count++];
	member->path = path;
	member->at = at;
	str_init(&member->content);
	return member;
}

static bool path_taken(const struct export *x, const char *path)
{
	for (size_t i = 0; i < x->count; i++)
		if (str_casecmp(x->members[i].path, path) == 0)
			return true;
	return false;
}

/* Cut before its ending so that folder and number fit in front. */
static char *short_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t length = strlen(name), ending = dot && dot != name && strlen(dot) <= 16 ? strlen(dot) : 0;
	size_t keep = NAME_ROOM - ending;

	if (length <= NAME_ROOM)
		return mem_string(name);
	while (keep > 0 && ((unsigned char)name[keep] & 0xC0) == 0x80)
		keep--;
	return mem_format("%.*s%s", (int)keep, name, name + length - ending);
}

/* "folder/name.ext", or "folder/name-2.ext" where that is taken (in either case of letters: other systems). */
static char *free_path(const struct export *x, const char *folder, const char *name)
{
	AUTO_STRING kept = short_name(name);
	const char *dot = strrchr(kept, '.');
	size_t stem = dot && dot != kept ? (size_t)(dot - kept) : strlen(kept);
	char *path = mem_format("%s/%s", folder, kept);

	for (unsigned i = 2; path_taken(x, path); i++) {
		free(path);
		path = mem_format("%s/%.*s-%u%s", folder, (int)stem, kept, i, kept + stem);
	}
	return path;
}

static const char *path_of(const struct export *x, const char *object)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->members[i].object && str_equal(x->members[i].object, object))
			return x->members[i].path;
	return NULL;
}

/* The same bytes attached twice are there once. */
static void add_file(struct export *x, const char *folder, const char *name, const json_t *place, instant at)
{
	const char *object = js_string(place, "object");
	struct member *member;

	if (path_of(x, object))
		return;
	member = add_member(x, free_path(x, folder, name), at);
	member->object = object;
	member->key = js_string(place, "key");
	member->size = (uint64_t)js_integer(place, "size", 0);
	x->total += member->size;
}

/* Mails are found by their number and way; all else by its own name, made safe. */
static void add_place(void *context, const struct event *event, const char *field, const json_t *place)
{
	struct export *x = context;
	bool mail = str_equal(field, "raw");
	AUTO_STRING name = mail ? mem_format("%04zu-%s.eml", ++x->mails,
					     event->type == EVENT_MESSAGE_SENT ? "sent" : "received") :
				  mime_safe_name(js_string(place, "name"), (int)x->count);

	add_file(x, mail ? "messages" : "attachments", name, place, event->at);
}

/* ---- events.jsonl */

/* Where a file lies in the vault, and its key, are no business of others: they get its path in here instead. */
static void replace_places(const struct export *x, json_t *json)
{
	const char *object = js_string(json, "object"), *path = object ? path_of(x, object) : NULL;
	const char *key;
	json_t *value;
	size_t i;

	if (object && js_string(json, "key")) {
		json_object_del(json, "key");
		json_object_del(json, "object");
		js_set_string(json, "path", path);
	}
	json_object_foreach(json, key, value)
		replace_places(x, value);
	json_array_foreach(json, i, value)
		replace_places(x, value);
}

struct lines { struct export *x; struct str *text; };

static int add_line(void *context, const struct vault_event *event, struct error *err)
{
	struct lines *lines = context;
	const struct event_info *info = event_info(event->type);
	AUTO_JSON line = json_object();
	AUTO_JSON body = NULL;
	char at[40];
	int code;

	code = js_load(event->json, event->length, SIZE_MAX, "event", &body, err);
	if (code)
		return code;
	replace_places(lines->x, body);
	js_set_hex(line, "id", event->id, sizeof(event->id));
	js_set_string(line, "author", event->fingerprint);
	js_set_string(line, "time", instant_format(event->at, at));
	if (info)
		js_set_string(line, "type", info->wire);
	else
		js_set_integer(line, "type", event->type);
	json_object_set(line, "body", body);
	js_dump(line, lines->text);
	str_add_char(lines->text, '\n');
	return 0;
}

static int add_documents(struct export *x, struct error *err)
{
	struct member *member = add_member(x, mem_string("case.json"), x->state->updated);
	struct lines lines = { x, NULL };
	int code;

	str_add(&member->content, x->what->case_json);
	member->size = member->content.length;
	member = add_member(x, mem_string("events.jsonl"), x->state->updated);
	lines.text = &member->content;
	code = vault_stream_each(x->desk->vault, x->state->stream, add_line, &lines, err);
	member->size = member->content.length;
	return code;
}

/* ---- writing it, as gpg takes it */

static int put(struct export *x, const void *bytes, size_t length, struct error *err)
{
	if (fd_write_all(x->fd, bytes, length))
		return error_errno(err, ERR_INPUT, _("encryption"), NULL);
	return 0;
}

static int put_zeros(struct export *x, size_t count, struct error *err)
{
	static const char zeros[TAR_END];

	return put(x, zeros, count, err);
}

static int put_piece(void *context, const void *bytes, size_t length, struct error *err)
{
	struct export *x = context;

	x->current_done += length;
	x->done += length;
	if (x->current_done > x->current->size)
		return error_set(err, ERR_INPUT, x->current->path, NULL, _("it is larger than its event says"));
	if (x->what->progress && x->what->progress(x->what->context, x->done, x->total))
		return error_set(err, ERR_NO, x->what->path, NULL, _("the export was cancelled"));
	vault_digest_add(x->digest, bytes, length);
	return put(x, bytes, length, err);
}

static int put_content(struct export *x, struct member *member, struct error *err)
{
	int code;

	x->current = member;
	x->current_done = 0;
	x->digest = vault_digest_new();
	if (member->object)
		code = vault_object_each(x->desk->vault, member->object, member->key, put_piece, x, err);
	else
		code = put_piece(x, member->content.bytes, member->content.length, err);
	vault_digest_hex(x->digest, member->sha256);
	if (!code && x->current_done != member->size)
		code = error_set(err, ERR_INPUT, member->path, NULL, _("it is smaller than its event says"));
	return code;
}

static int put_member(struct export *x, struct member *member, struct error *err)
{
	char header[TAR_BLOCK];
	int code = tar_header(member->path, member->size, member->at, header, err);

	if (!code)
		code = put(x, header, sizeof(header), err);
	if (!code)
		code = put_content(x, member, err);
	return code ? code : put_zeros(x, tar_padding(member->size), err);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->path, ((const struct member *)b)->path);
}

static void write_manifest(struct export *x, struct str *ret)
{
	str_add_format(ret, "psirtty-case-export %d\ncase %s\ntlp %s\nby %s\n\n", MANIFEST_FORMAT, x->state->id,
		       x->tlp, vault_fingerprint(x->desk->vault));
	for (size_t i = 0; i < x->count; i++)
		str_add_format(ret, "%s %llu %s\n", x->members[i].sha256,
			       (unsigned long long)x->members[i].size, x->members[i].path);
}

static int put_archive(void *context, int fd, struct error *err)
{
	struct export *x = context;
	struct member *manifest;
	int code = 0;

	x->fd = fd;
	for (size_t i = 0; !code && i < x->count; i++)
		code = put_member(x, &x->members[i], err);
	if (code)
		return code;
	manifest = add_member(x, mem_string("MANIFEST"), x->state->updated);
	x->count--;
	write_manifest(x, &manifest->content);
	x->count++;
	manifest->size = manifest->content.length;
	code = put_member(x, manifest, err);
	return code ? code : put_zeros(x, TAR_END, err);
}

/* ---- to whom */

/* ADDRESS is the register's. */
static bool is_party(const struct case_state *state, const struct openpgp_key *key, const char *address)
{
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (party->fingerprint && str_equal(party->fingerprint, key->fingerprint))
			return true;
		if (party->address && address && str_casecmp(party->address, address) == 0)
			return true;
	}
	for (size_t i = 0; i < state->message_count; i++)
		if (state->messages[i].address && address &&
		    str_casecmp(state->messages[i].address, address) == 0)
			return true;
	return false;
}

static char *key_name(const struct openpgp_key *key)
{
	if (key->name && key->address)
		return mem_format("%s <%s>", key->name, key->address);
	return mem_string(key->name ? key->name : key->address ? key->address : key->fingerprint);
}

struct recipients { char **fingerprints, **names, **addresses; size_t count; };

static void recipients_release(struct recipients *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->fingerprints[i]);
		free(r->names[i]);
		free(r->addresses[i]);
	}
	free(r->fingerprints);
	free(r->names);
	free(r->addresses);
}

static bool recipients_have(const struct recipients *r, const char *fingerprint)
{
	for (size_t i = 0; i < r->count; i++)
		if (str_equal(r->fingerprints[i], fingerprint))
			return true;
	return false;
}

static int check_key(const struct openpgp_key *key, struct error *err)
{
	const char *remedy = _("Ask its owner for a current key");

	if (key->revoked)
		return error_set(err, ERR_INPUT, key->fingerprint, remedy, _("this key was revoked"));
	if (key->expired)
		return error_set(err, ERR_INPUT, key->fingerprint, remedy, _("this key has expired"));
	if (!key->can_encrypt)
		return error_set(err, ERR_INPUT, key->fingerprint, remedy,
				 _("one cannot encrypt to this key: it has no usable encryption subkey"));
	return 0;
}

static int find_recipients(struct export *x, struct recipients *ret, struct desk_exported *told, struct error *err)
{
	const struct desk_export *what = x->what;
	int code = 0;

	ret->fingerprints = mem_alloc((what->recipient_count + 1) * sizeof(char *));
	ret->names = mem_alloc((what->recipient_count + 1) * sizeof(char *));
	ret->addresses = mem_alloc((what->recipient_count + 1) * sizeof(char *));
	told->strangers = mem_alloc((what->recipient_count + 1) * sizeof(char *));
	for (size_t i = 0; !code && i < what->recipient_count; i++) {
		struct openpgp_key key = { 0 };
		AUTO_STRING address = NULL;

		code = desk_find_recipient(x->desk, what->recipients[i], &key, &address, err);
		if (!code)
			code = check_key(&key, err);
		if (!code && !recipients_have(ret, key.fingerprint)) {
			ret->names[ret->count] = key_name(&key);
			ret->addresses[ret->count] = mem_string(address);
			ret->fingerprints[ret->count++] = mem_string(key.fingerprint);
			if (!is_party(x->state, &key, address) &&
			    !str_equal(key.fingerprint, vault_fingerprint(x->desk->vault)))
				told->strangers[told->stranger_count++] = key_name(&key);
		}
		openpgp_key_release(&key);
	}
	if (!code && ret->count == 0)
		code = error_set(err, ERR_USAGE, "case export", _("Name them with --to FINGERPRINT"),
				 _("there is nobody to encrypt it to"));
	return code;
}

static int pass_gates(struct export *x, const struct recipients *to, instant now, struct error *err)
{
	struct gate_recipient *list = mem_alloc((to->count + 1) * sizeof(*list));
	struct desk_leaving leaving = { .action = GATE_EXPORT, .to = list, .to_count = to->count };
	int code;

	for (size_t i = 0; i < to->count; i++)
		list[i] = (struct gate_recipient){ .address = to->addresses[i], .fingerprint = to->fingerprints[i] };
	code = desk_gates_pass(x->desk, x->state, &leaving, now, err);
	free(list);
	return code;
}

/* ---- the file */

static int note_export(struct export *x, const struct recipients *to, const struct desk_exported *made, instant now,
		       struct error *err)
{
	json_t *body = json_object(), *prints = json_array(), *names = json_array();

	for (size_t i = 0; i < to->count; i++) {
		json_array_append_new(prints, js_new_string(to->fingerprints[i], strlen(to->fingerprints[i])));
		json_array_append_new(names, js_new_string(to->names[i], strlen(to->names[i])));
	}
	json_object_set_new(body, "to", prints);
	json_object_set_new(body, "names", names);
	js_set_string(body, "sha256", made->sha256);
	js_set_integer(body, "size", (long long)made->size);
	js_set_string(body, "tlp", x->tlp);
	return desk_append(x->desk, x->state, EVENT_CASE_EXPORTED, body, now, err);
}

static int write_file(struct export *x, const struct recipients *to, int fd, instant now, struct desk_exported *ret,
		      struct error *err)
{
	int code = openpgp_encrypt_stream(x->desk->pgp, put_archive, x, (const char *const *)to->fingerprints,
					  to->count, vault_fingerprint(x->desk->vault), fd, err);

	if (!code && fsync(fd) < 0)
		code = error_errno(err, ERR_INPUT, x->what->path, NULL);
	if (!code)
		code = desk_file_sum(fd, ret->sha256, &ret->size, err);
	/* The timeline first: a file that nobody knows of must not lie about. */
	return code ? code : note_export(x, to, ret, now, err);
}

static int make_file(struct export *x, const struct recipients *to, instant now, struct desk_exported *ret,
		     struct error *err)
{
	const char *path = x->what->path;
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600), code;

	if (fd < 0 && errno == EEXIST)
		return error_set(err, ERR_BUSY, path, _("Name another file"), _("there is such a file already"));
	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	code = write_file(x, to, fd, now, ret, err);
	close(fd);
	if (code)
		unlink(path);
	return code;
}

int desk_case_export(struct desk *desk, const struct case_state *state, const struct desk_export *what,
		     instant now, struct desk_exported *ret, struct error *err)
{
	struct export x = { .desk = desk, .state = state, .what = what };
	struct recipients to = { 0 };
	struct desk_exported made = { 0 };
	AUTO_STR point = STR_INIT;
	int code;

	x.tlp = what->tlp ? what->tlp : state->advisory ? state->advisory->tlp : "RED";
	code = find_recipients(&x, &to, &made, err);
	if (!code)
		code = pass_gates(&x, &to, now, err);
	/* Before anything is read for it, and not where nobody may have it. */
	if (!code)
		code = vault_note_read(desk->vault, state->stream, VAULT_READ_EXPORT, NULL, now, err);
	if (!code)
		code = vault_checkpoint(desk->vault, now, &point, err);
	if (!code) {
		desk_each_place(state, add_place, &x);
		made.files = x.count;
		code = add_documents(&x, err);
	}
	if (!code) {
		qsort(x.members, x.count, sizeof(*x.members), by_path);
		code = make_file(&x, &to, now, &made, err);
	}
	if (code)
		desk_exported_release(&made);
	else
		*ret = made;
	recipients_release(&to);
	export_release(&x);
	return code;
}
