/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demonstration's world, made on the spot: each person has a gpg home and a key of their own, writes
 * with it, and delivers into one Maildir. Nothing is prepared: what gpg makes here is what a vault will
 * meet in earnest.
 */
#include "psirtty/desk/demo.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/mime.h"

enum { COPY_LIMIT = 1 << 30 };
static const char marker[] = ".psirtty-demo";

void demo_world_release(struct demo_world *world)
{
	for (size_t i = 0; i < world->person_count; i++) {
		struct demo_person *p = &world->people[i];

		free(p->id);
		free(p->name);
		free(p->address);
		free(p->home);
		free(p->fingerprint);
	}
	free(world->people);
	free(world->dir);
	free(world->gpg_home);
	free(world->maildir);
	free(world->vault);
	free(world->fingerprint);
	conf_release(&world->script);
	*world = (struct demo_world){ 0 };
}

bool demo_is_there(const char *dir)
{
	AUTO_STRING mark = file_join(dir, marker);

	return file_exists(mark);
}

static int read_script(struct demo_world *world, struct error *err)
{
	AUTO_STRING path = file_data("demo/demo.yaml");

	return conf_load_file(path, &world->script, err);
}

int demo_world_find(const char *dir, struct demo_world *ret, struct error *err)
{
	*ret = (struct demo_world){ .dir = mem_string(dir) };
	ret->gpg_home = file_join(dir, "gnupg");
	ret->maildir = file_join(dir, "mail");
	ret->vault = file_join(dir, "vault");
	return read_script(ret, err);
}

const struct demo_person *demo_person(const struct demo_world *world, const char *id)
{
	for (size_t i = 0; i < world->person_count; i++)
		if (str_equal(world->people[i].id, id))
			return &world->people[i];
	return NULL;
}

void demo_world_rest(const struct demo_world *world)
{
	for (size_t i = 0; i < world->person_count; i++)
		openpgp_stop_agent(world->people[i].home);
}

/* ---- keys */

static int make_home(const char *home, const char *user_id, struct openpgp **ret, char **ret_fingerprint,
		     struct error *err)
{
	int code = file_make_dir(home, 0700, err);

	if (!code && chmod(home, 0700) < 0)
		code = error_errno(err, ERR_INPUT, home, NULL);
	if (!code)
		code = openpgp_open(home, ret, err);
	return code ? code : openpgp_generate(*ret, user_id, ret_fingerprint, err);
}

/* "Name <address>" taken apart; both freed by the caller. */
static void split_user_id(const char *user_id, char **ret_name, char **ret_address)
{
	const char *open = strchr(user_id, '<');
	size_t length = open ? (size_t)(open - user_id) : strlen(user_id);

	while (length && user_id[length - 1] == ' ')
		length--;
	*ret_name = mem_copy(user_id, length);
	*ret_address = open ? mem_copy(open + 1, strcspn(open + 1, ">")) : mem_string("");
}

static int exchange(struct openpgp *from, const char *fingerprint, struct openpgp *to, struct error *err)
{
	AUTO_STR key = STR_INIT;
	char **prints = NULL;
	size_t count = 0;
	int code = openpgp_export(from, fingerprint, &key, err);

	if (!code)
		code = openpgp_import(to, key.bytes, key.length, &prints, &count, err);
	file_free_names(prints, count);
	return code;
}

static int make_person(struct demo_world *world, const struct conf *conf, struct openpgp *team, struct error *err)
{
	struct demo_person *p = &world->people[world->person_count++];
	struct openpgp *pgp = NULL;
	int code;

	*p = (struct demo_person){ .id = mem_string(conf_text(conf, "id", "")) };
	p->home = mem_format("%s/people/%s", world->dir, p->id);
	p->pinned = str_equal(conf_text(conf, "pinned", "no"), "yes");
	split_user_id(conf_text(conf, "user_id", ""), &p->name, &p->address);
	code = make_home(p->home, conf_text(conf, "user_id", ""), &pgp, &p->fingerprint, err);
	if (!code)
		code = exchange(team, world->fingerprint, pgp, err);
	if (!code && p->pinned)
		code = exchange(pgp, p->fingerprint, team, err);
	openpgp_close(pgp);
	return code;
}

/* ---- mail */

struct writing {
	struct demo_world *world;
	const struct conf *conf;
	const struct demo_person *person; /* NULL: somebody without a key */
	struct mime_letter letter;
	struct mime_file files[4];
	char *from, *to, *message_id;
	struct str mail;
};

static void fill_letter(struct writing *w, size_t number, instant now)
{
	const struct conf *files = conf_get(w->conf, "files");
	const char *handler = conf_text(&w->world->script, "handler", "");
	const char *at;
	long hours = atol(conf_text(w->conf, "hours_ago", "1"));
	char random[17];

	w->from = w->person ? mem_format("%s <%s>", w->person->name, w->person->address) :
			      mem_format("%s <%s>", conf_text(w->conf, "name", ""), conf_text(w->conf, "address", ""));
	at = strrchr(w->from, '@');
	vault_random_hex(random, 16);
	w->message_id = mem_format("<%zu.%s%.*s>", number, random, (int)strcspn(at, ">"), at);
	w->to = mem_string(handler);
	for (size_t i = 0; files && i < files->count && i < ARRAY_LEN(w->files); i++) {
		const char *text = conf_text(&files->items[i], "text", "");

		w->files[i] = (struct mime_file){ conf_text(&files->items[i], "name", NULL),
						  conf_text(&files->items[i], "type", "text/plain"), text,
						  strlen(text) };
		w->letter.file_count = i + 1;
	}
	w->letter.from = w->from;
	w->letter.to = w->to;
	w->letter.subject = conf_text(w->conf, "subject", "");
	w->letter.message_id = w->message_id;
	w->letter.date = now - hours * INSTANT_HOUR;
	w->letter.text = conf_text(w->conf, "text", "");
	w->letter.files = w->files;
}

/* Signed by the person, encrypted to RECIPIENT. */
static int write_sealed(struct writing *w, const char *recipient, struct error *err)
{
	const char *recipients[] = { recipient, w->person->fingerprint };
	AUTO_STR inner = STR_INIT, armored = STR_INIT;
	struct openpgp *pgp = NULL;
	char boundary[33];
	int code = mime_write_inner(&w->letter, &inner, err);

	if (!code)
		code = openpgp_open(w->person->home, &pgp, err);
	if (!code)
		code = openpgp_encrypt(pgp, inner.bytes, inner.length, recipients, ARRAY_LEN(recipients),
				       w->person->fingerprint, true, &armored, err);
	openpgp_close(pgp);
	vault_random_hex(boundary, 32);
	return code ? code : mime_write_encrypted(&w->letter, armored.bytes, boundary, &w->mail, err);
}

static int write_lost(struct writing *w, struct error *err)
{
	const struct demo_person *elsewhere = demo_person(w->world, "elsewhere");
	struct openpgp *theirs = NULL, *mine = NULL;
	int code = openpgp_open(elsewhere->home, &theirs, err);

	if (!code)
		code = openpgp_open(w->person->home, &mine, err);
	if (!code)
		code = exchange(theirs, elsewhere->fingerprint, mine, err);
	openpgp_close(theirs);
	openpgp_close(mine);
	return code ? code : write_sealed(w, elsewhere->fingerprint, err);
}

static int write_mail(struct writing *w, struct error *err)
{
	const char *crypto = conf_text(w->conf, "crypto", "plain");

	if (str_equal(crypto, "sealed"))
		return write_sealed(w, w->world->fingerprint, err);
	if (str_equal(crypto, "lost"))
		return write_lost(w, err);
	return mime_write_plain(&w->letter, &w->mail, err);
}

/* Delivered when it was written: the Maildir file's time says when a duty may have begun. */
static int deliver(struct writing *w, size_t number, struct error *err)
{
	AUTO_STRING path = mem_format("%s/new/%zu.demo", w->world->maildir, number);
	time_t seconds = (time_t)(w->letter.date / INSTANT_SECOND);
	const struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };
	int code = file_write(path, w->mail.bytes, w->mail.length, 0600, err);

	if (!code && utimensat(AT_FDCWD, path, times, 0) < 0)
		code = error_errno(err, ERR_INPUT, path, NULL);
	return code;
}

static int post(struct demo_world *world, const struct conf *conf, size_t number, instant now, struct error *err)
{
	struct writing w = { .world = world, .conf = conf, .mail = STR_INIT };
	int code;

	w.person = demo_person(world, conf_text(conf, "from", ""));
	fill_letter(&w, number, now);
	code = write_mail(&w, err);
	if (!code)
		code = deliver(&w, number, err);
	free(w.from);
	free(w.to);
	free(w.message_id);
	str_release(&w.mail);
	return code;
}

/* ---- the whole */

static int clear_place(const char *dir, struct error *err)
{
	if (!file_exists(dir))
		return 0;
	if (!demo_is_there(dir))
		return error_set(err, ERR_BUSY, dir, _("Name a folder that is not there yet"),
				 _("it is there, and no demonstration made it"));
	return file_remove_tree(dir, err);
}

static int make_folders(const struct demo_world *world, struct error *err)
{
	static const char *const folders[] = { "mail/new", "mail/cur", "mail/tmp", "people" };
	AUTO_STRING mark = file_join(world->dir, marker);
	int code = file_make_dir(world->dir, 0700, err);

	for (size_t i = 0; !code && i < ARRAY_LEN(folders); i++) {
		AUTO_STRING path = file_join(world->dir, folders[i]);

		code = file_make_dir(path, 0700, err);
	}
	return code ? code : file_write(mark, "", 0, 0600, err);
}

static int make_people(struct demo_world *world, struct error *err)
{
	const struct conf *people = conf_get(&world->script, "people");
	struct openpgp *team = NULL;
	int code = make_home(world->gpg_home, conf_text(&world->script, "handler", ""), &team,
			     &world->fingerprint, err);

	world->people = mem_alloc((people ? people->count : 0) * sizeof(*world->people) + 1);
	for (size_t i = 0; !code && people && i < people->count; i++)
		code = make_person(world, &people->items[i], team, err);
	openpgp_close(team);
	return code;
}

int demo_world_make(const char *dir, instant now, struct demo_world *ret, struct error *err)
{
	const struct conf *mails;
	int code = clear_place(dir, err);

	if (!code)
		code = demo_world_find(dir, ret, err);
	if (!code)
		code = make_folders(ret, err);
	if (!code)
		code = make_people(ret, err);
	mails = conf_get(&ret->script, "mails");
	for (size_t i = 0; !code && mails && i < mails->count; i++)
		code = post(ret, &mails->items[i], i + 1, now, err);
	return code;
}

/* ---- proofs */

bool demo_can_read(const char *gpg_home, const char *mail_path, const char *needle)
{
	struct mail_record record = { 0 };
	AUTO_STR bytes = STR_INIT;
	bool read = false;

	if (file_read(mail_path, MAIL_LIMIT, &bytes, NULL) == 0 &&
	    desk_mail_read(gpg_home, bytes.bytes, bytes.length, INT64_MAX, &record, NULL) == 0)
		read = record.encryption == ENCRYPTION_DECRYPTED && record.text && strstr(record.text, needle);
	mail_record_release(&record);
	return read;
}

static int copy_tree(const char *from, const char *to, struct error *err)
{
	char **names = NULL;
	size_t count = 0;
	int code = file_make_dir(to, 0770, err);

	if (!code && chmod(to, 02770) < 0)
		code = error_errno(err, ERR_INPUT, to, NULL);
	if (!code)
		code = file_list(from, &names, &count, err);
	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING source = file_join(from, names[i]);
		AUTO_STRING target = file_join(to, names[i]);
		AUTO_STR bytes = STR_INIT;

		if (file_is_dir(source)) {
			code = copy_tree(source, target, err);
			continue;
		}
		code = file_read(source, COPY_LIMIT, &bytes, err);
		if (!code)
			code = file_write(target, bytes.bytes, bytes.length, 0660, err);
	}
	file_free_names(names, count);
	return code;
}

int demo_tamper(const char *vault, const char *copy, const uint8_t sample[16], struct error *err)
{
	AUTO_STRING path = file_join(copy, "vault.db");
	AUTO_STR bytes = STR_INIT;
	char *found;
	int code = copy_tree(vault, copy, err);

	if (!code)
		code = file_read(path, COPY_LIMIT, &bytes, err);
	if (code)
		return code;
	found = memmem(bytes.bytes, bytes.length, sample, 16);
	if (!found)
		return error_set(err, ERR_INPUT, path, NULL, "the event is not in the file");
	found[7] = (char)(found[7] ^ 1);
	return file_write(path, bytes.bytes, bytes.length, 0660, err);
}
