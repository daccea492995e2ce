/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members with real OpenPGP keys, each in a gpg home of their own: asking, admission, granting,
 * revoking, leaving, new keys, the recovery key, checkpoints.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/members.h"
#include "tap.h"
#include "vault/openpgp_private.h"
#include "vault/vault_private.h"

enum { ALEX, BAO, CARLA, PEOPLE };

static struct person {
	const char *user_id, *short_name;
	char home[96];
	struct openpgp *pgp;
	char *fingerprint;
} people[PEOPLE] = {
	{ .user_id = "Alex Admin <alex@vendor.example>", .short_name = "alex" },
	{ .user_id = "Bao Handler <bao@vendor.example>", .short_name = "bao" },
	{ .user_id = "Carla Recovery <carla@vendor.example>", .short_name = "carla" },
};

static char top[64], dir[96];
static instant now = 1795000000 * INSTANT_SECOND;
static struct error err;

#define DONE(call, ...) (error_release(&err), CHECK((call) == 0, __VA_ARGS__) || complain())
#define FAILS(call, expected, name) (error_release(&err), fails((call), (expected), (name)))

static bool complain(void)
{
	printf("# %s: %s\n", err.what ? err.what : "?", err.why ? err.why : "?");
	return false;
}

static bool fails(int code, int expected, const char *name)
{
	return CHECK(code == expected, "%s: %s", name, err.why ? err.why : "");
}

/* Arguments of one call have no order: the reason is read after the fact. */
static void says(bool holds, const char *name)
{
	CHECK(holds, "%s: %s", name, err.why ? err.why : "");
}

static bool make_people(void)
{
	bool good = true;

	snprintf(top, sizeof(top), "/tmp/psm-XXXXXX");
	if (!mkdtemp(top))
		return false;
	setenv("XDG_STATE_HOME", top, 1);
	setenv("XDG_CACHE_HOME", top, 1);
	snprintf(dir, sizeof(dir), "%s/vault", top);
	for (size_t i = 0; i < PEOPLE; i++) {
		struct person *p = &people[i];

		snprintf(p->home, sizeof(p->home), "%s/%s", top, p->short_name);
		mkdir(p->home, 0700);
		good = good && DONE(openpgp_open(p->home, &p->pgp, &err), "gpg of %s", p->short_name) &&
		       DONE(openpgp_generate(p->pgp, p->user_id, &p->fingerprint, &err), "a key for %s", p->short_name);
	}
	return good;
}

static struct vault *open_as(size_t who)
{
	struct vault *vault = NULL;

	error_release(&err);
	if (vault_open(dir, people[who].pgp, false, now, &vault, &err))
		return NULL;
	return vault;
}

static int count_one(void *context, const struct vault_event *event, struct error *e)
{
	(void)event;
	(void)e;
	++*(size_t *)context;
	return 0;
}

static size_t events_of(struct vault *vault, const uint8_t stream[16])
{
	size_t count = 0;

	if (vault_stream_each(vault, stream, count_one, &count, &err))
		complain();
	return count;
}

static bool write_note(struct vault *vault, const uint8_t stream[16])
{
	now += INSTANT_SECOND;
	return vault_append(vault, stream, 1, "{}", 2, now, NULL, NULL, NULL, &err) == 0 || complain();
}

static struct vault_member member_of(struct vault *vault, size_t who)
{
	struct vault_member member = { .fingerprint = NULL };

	if (vault_member_find(vault, people[who].fingerprint, &member, &err))
		complain();
	return member;
}

static bool whole(const char *when)
{
	struct audit_report report = { 0 };
	bool good;

	error_release(&err);
	good = vault_audit(dir, people[ALEX].pgp, NULL, &report, &err) == 0;
	CHECK(good, "the vault is whole %s", when);
	for (size_t i = 0; i < report.finding_count; i++)
		printf("#   event %llu of %s: %s\n", (unsigned long long)report.findings[i].gseq,
		       report.findings[i].stream_name, report.findings[i].what);
	audit_report_release(&report);
	return good;
}

/* ---- asking and admitting */

static void test_folder(void)
{
	struct vault_request *list = NULL;
	size_t count = 0;
	AUTO_STR request = STR_INIT;
	struct vault *alex = open_as(ALEX), *bao;

	if (!CHECK(alex != NULL, "Alex unlocks"))
		return;
	says(open_as(BAO) == NULL, "Bao is no member yet");
	FAILS(vault_admit(alex, people[BAO].fingerprint, NULL, VAULT_HANDLER, now, &err), ERR_INPUT, "nobody asked");
	DONE(vault_request(dir, people[BAO].pgp, people[BAO].fingerprint, true, &request, &err), "Bao asks");
	DONE(vault_requests(alex, &list, &count, &err), "Alex looks who asks");
	CHECK(count == 1 && str_equal(list[0].fingerprint, people[BAO].fingerprint), "it is Bao");
	for (size_t i = 0; i < count; i++)
		vault_request_release(&list[i]);
	free(list);
	DONE(vault_admit(alex, people[BAO].fingerprint, NULL, VAULT_HANDLER, now, &err), "Bao is admitted");
	DONE(vault_requests(alex, &list, &count, &err), "the request");
	CHECK(count == 0, "is gone from the folder");
	free(list);
	bao = open_as(BAO);
	CHECK(bao && !vault_damage(bao), "Bao unlocks");
	CHECK(bao && vault_rights(bao, vault_stream_of(bao, VAULT_REGISTRY)) == (VAULT_READ | VAULT_WRITE | VAULT_GRANT),
	      "and has the registry");
	CHECK(bao && write_note(bao, vault_stream_of(bao, VAULT_INBOX)), "and writes to the inbox");
	vault_close(bao);
	vault_close(alex);
	whole("after an admission");
}

static void spoil(struct str *request, const char *line)
{
	char *at = strstr(request->bytes, line) + strlen(line);

	*at = *at == '0' ? '1' : '0';
}

static void test_carried(void)
{
	static const char *const lines[] = { "\nmember ", "\nsigns with ", "\nreads with ", "\nvault ", "\ncertified " };
	AUTO_STR request = STR_INIT;
	struct vault *alex = open_as(ALEX);

	DONE(vault_request(dir, people[CARLA].pgp, people[CARLA].fingerprint, false, &request, &err), "Carla asks by file");
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		AUTO_STR altered = STR_INIT;
		int code;

		str_add_bytes(&altered, request.bytes, request.length);
		spoil(&altered, lines[i]);
		error_release(&err);
		code = vault_admit(alex, people[CARLA].fingerprint, &altered, VAULT_OBSERVER, now, &err);
		CHECK(code == ERR_NO || code == ERR_INPUT, "altered after \"%s\": %s", lines[i] + 1,
		      err.why ? err.why : "");
	}
	FAILS(vault_admit(alex, people[BAO].fingerprint, &request, VAULT_OBSERVER, now, &err), ERR_INPUT,
	      "Carla's file for Bao's fingerprint");
	DONE(vault_admit(alex, people[CARLA].fingerprint, &request, VAULT_OBSERVER, now, &err), "Carla is admitted");
	FAILS(vault_admit(alex, people[CARLA].fingerprint, &request, VAULT_OBSERVER, now, &err), ERR_BUSY, "twice");
	vault_close(alex);
	whole("after the second");
}

/* ---- a case, shared and taken back */

struct told { size_t gained, lost; uint8_t stream[16]; };

static void tell(void *context, const uint8_t stream[16], enum vault_stream_kind kind, bool readable)
{
	struct told *told = context;

	(void)kind;
	memcpy(told->stream, stream, 16);
	told->gained += readable;
	told->lost += !readable;
}

static uint8_t shared[16];

static void test_grant(void)
{
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO), *carla = open_as(CARLA);
	struct vault_member b = member_of(alex, BAO), c = member_of(alex, CARLA);
	struct vault_access *readers = NULL;
	struct told told = { 0 };
	size_t count = 0;

	DONE(vault_stream_new(alex, VAULT_CASE, now, shared, &err), "Alex opens a case");
	CHECK(write_note(alex, shared) && write_note(alex, shared), "and writes twice");
	DONE(vault_read_on(bao, NULL, NULL, &err), "Bao reads on");
	CHECK(vault_rights(bao, shared) == 0 && events_of(bao, shared) == 0, "and sees nothing of it");
	vault_on_access(bao, tell, &told);
	FAILS(vault_grant(bao, shared, b.id, VAULT_READ, now, &err), ERR_DENIED, "Bao cannot help himself");
	DONE(vault_grant(alex, shared, b.id, VAULT_READ | VAULT_WRITE, now, &err), "Alex grants");
	FAILS(vault_grant(alex, shared, c.id, VAULT_READ | VAULT_WRITE, now, &err), ERR_DENIED, "an observer cannot write");
	DONE(vault_read_on(bao, NULL, NULL, &err), "Bao reads on");
	CHECK(told.gained == 1 && told.lost == 0 && memcmp(told.stream, shared, 16) == 0, "and is told of the case");
	CHECK(events_of(bao, shared) == 2, "whose past he reads");
	CHECK(write_note(bao, shared), "and writes to it");
	vault_readers(alex, shared, &readers, &count);
	CHECK(count == 2, "two may read");
	free(readers);
	DONE(vault_revoke(alex, shared, b.id, now, &err), "Alex revokes");
	CHECK(write_note(alex, shared), "and writes under the new key");
	DONE(vault_read_on(bao, NULL, NULL, &err), "Bao reads on");
	CHECK(told.lost == 1 && events_of(bao, shared) == 0, "and has lost the case");
	FAILS(vault_append(bao, shared, 1, "{}", 2, now, NULL, NULL, NULL, &err), ERR_DENIED, "he cannot write any more");
	CHECK(events_of(alex, shared) == 4, "Alex reads all of it, under two keys");
	FAILS(vault_revoke(alex, shared, b.id, now, &err), ERR_INPUT, "there is nothing left to revoke");
	vault_close(carla);
	vault_close(bao);
	vault_close(alex);
	whole("after a grant and a revocation");
}

static void test_readings(void)
{
	static const char object[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO);
	struct vault_reading *list = NULL;
	size_t count = 0;

	DONE(vault_note_read(alex, shared, VAULT_READ_ATTACHMENT, object, now, &err), "a reading is noted");
	CHECK(vault_note_read(bao, shared, VAULT_READ_EXPORT, NULL, now, &err) != 0, "not by who may not read");
	DONE(vault_readings(alex, shared, &list, &count, &err), "who has read");
	CHECK(count == 1 && list[0].kind == VAULT_READ_ATTACHMENT, "one has");
	if (count)
		CHECK_STR(list[0].object, object, "that attachment");
	free(list);
	vault_close(bao);
	vault_close(alex);
}

/* ---- roles, the recovery key, leaving */

static void test_roles(void)
{
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO);
	struct vault_member a = member_of(alex, ALEX), b = member_of(alex, BAO);
	uint8_t stream[16];

	FAILS(vault_set_role(bao, b.id, VAULT_ADMIN, now, &err), ERR_DENIED, "a handler makes no admins");
	FAILS(vault_set_role(alex, a.id, VAULT_OBSERVER, now, &err), ERR_DENIED, "the last admin stays one");
	DONE(vault_set_role(alex, b.id, VAULT_OBSERVER, now, &err), "Bao becomes an observer");
	DONE(vault_read_on(bao, NULL, NULL, &err), "Bao reads on");
	CHECK(vault_stream_new(bao, VAULT_CASE, now, stream, &err) != 0, "and opens no case");
	CHECK(vault_rights(bao, vault_stream_of(bao, VAULT_INBOX)) == VAULT_READ, "and only reads the inbox");
	DONE(vault_set_role(alex, b.id, VAULT_HANDLER, now, &err), "Bao is a handler again");
	DONE(vault_read_on(bao, NULL, NULL, &err), "Bao reads on");
	DONE(vault_stream_new(bao, VAULT_CASE, now, stream, &err), "and opens a case");
	CHECK(write_note(bao, stream), "and writes to it");
	CHECK(vault_rights(alex, stream) == 0, "which the admin cannot read");
	vault_close(bao);
	vault_close(alex);
	whole("after roles changed");
}

static void test_recovery(void)
{
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO), *carla;
	struct vault_member c = member_of(alex, CARLA);
	uint8_t later[16];
	size_t left = 0;

	DONE(vault_set_recovery(alex, c.id, now, &left, &err), "Carla holds the recovery key");
	CHECK(left == 1, "one case, Bao's, is not yet open to it: %zu", left);
	DONE(vault_stream_new(bao, VAULT_CASE, now, later, &err), "Bao opens another case");
	CHECK(write_note(bao, later), "and writes");
	carla = open_as(CARLA);
	CHECK(carla && events_of(carla, later) == 1, "Carla can open it");
	CHECK(carla && events_of(carla, shared) == 4, "and the older one");
	FAILS(vault_revoke(bao, later, c.id, now, &err), ERR_DENIED, "she cannot be shut out");
	DONE(vault_set_recovery(alex, NULL, now, &left, &err), "the policy ends");
	CHECK(write_note(bao, later), "Bao writes, under a new key");
	DONE(vault_read_on(carla, NULL, NULL, &err), "Carla reads on");
	CHECK(events_of(carla, later) == 0, "and has lost it");
	vault_close(carla);
	vault_close(bao);
	vault_close(alex);
	whole("after the recovery key");
}

static void test_remove(void)
{
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO);
	struct vault_member a = member_of(alex, ALEX), b = member_of(alex, BAO), c = member_of(alex, CARLA);
	uint8_t stream[16];
	size_t rotated = 0, left = 0;

	DONE(vault_stream_new(alex, VAULT_CASE, now, stream, &err), "a case of three");
	DONE(vault_grant(alex, stream, b.id, VAULT_READ | VAULT_WRITE, now, &err), "with Bao");
	DONE(vault_grant(alex, stream, c.id, VAULT_READ, now, &err), "and Carla");
	FAILS(vault_remove(bao, c.id, now, &rotated, &left, &err), ERR_DENIED, "a handler removes nobody");
	FAILS(vault_remove(alex, a.id, now, &rotated, &left, &err), ERR_DENIED, "the last admin stays");
	DONE(vault_remove(alex, b.id, now, &rotated, &left, &err), "Bao is removed");
	CHECK(rotated >= 3, "%zu streams have a new key", rotated);
	CHECK(left == 3, "%zu wait for others", left);
	CHECK(write_note(alex, stream), "Alex writes on");
	says(vault_append(bao, stream, 1, "{}", 2, now, NULL, NULL, NULL, &err) != 0, "Bao cannot");
	vault_close(bao);
	says(open_as(BAO) == NULL, "nor unlock again");
	vault_close(alex);
	alex = open_as(CARLA);
	CHECK(alex && events_of(alex, stream) == 1, "Carla reads the event under the new key");
	vault_close(alex);
	whole("after a removal");
}

static void test_openpgp(void)
{
	struct person *alex = &people[ALEX];
	struct vault *vault = open_as(ALEX);
	char *fresh = NULL;

	DONE(openpgp_generate(alex->pgp, "Alex Again <again@vendor.example>", &fresh, &err), "a new OpenPGP key");
	DONE(vault_rotate_openpgp(vault, fresh, now, &err), "takes the place of the old");
	CHECK_STR(vault_fingerprint(vault), fresh, "the vault knows it");
	CHECK(write_note(vault, shared), "one works on");
	vault_close(vault);
	free(alex->fingerprint);
	alex->fingerprint = fresh;
	vault = open_as(ALEX);
	CHECK(vault && str_equal(vault_fingerprint(vault), fresh), "and unlocks with it");
	vault_close(vault);
	whole("after a new OpenPGP key");
}

/* Whether locking at NOW makes a checkpoint. */
static bool made_at_lock(struct vault *vault, instant at)
{
	bool made = false;
	uint64_t head;

	DONE(vault_read_on(vault, NULL, NULL, &err), "what others wrote is read");
	head = vault_head(vault);
	DONE(vault_checkpoint_daily(vault, at, &made, &err), "the vault is locked");
	CHECK(vault_head(vault) == head + made, "the log has one event more, or none");
	return made;
}

static void test_daily(void)
{
	struct vault *alex = open_as(ALEX), *carla = open_as(CARLA), *reader = NULL;

	now += INSTANT_DAY;
	CHECK(write_note(alex, shared), "another day");
	CHECK(made_at_lock(alex, now), "the first lock of a day makes a checkpoint");
	CHECK(!made_at_lock(alex, now + INSTANT_SECOND), "the second none");
	CHECK(made_at_lock(carla, now), "another member makes one too, an observer");
	CHECK(!made_at_lock(carla, now + INSTANT_DAY), "but none the next day, when nothing was appended");
	CHECK(write_note(alex, shared), "the log grows the same day");
	CHECK(!made_at_lock(alex, now), "still none");
	now += INSTANT_DAY;
	CHECK(made_at_lock(alex, now), "the next day one again");
	now += INSTANT_DAY;
	CHECK(write_note(alex, shared), "a third day");
	error_release(&err);
	CHECK(vault_open(dir, people[ALEX].pgp, true, now, &reader, &err) == 0 && !made_at_lock(reader, now),
	      "who only reads makes none");
	vault_close(reader);
	vault_close(carla);
	vault_close(alex);
	whole("after daily checkpoints");
}

/* gpg, or its agent, does not come to an end. */
static void test_daily_late(void)
{
	struct vault *alex = open_as(ALEX);
	bool made = true;

	openpgp_hush(people[ALEX].pgp, true);
	CHECK(openpgp_patience_ms() <= 2000, "nobody waits long for a daily checkpoint: %d ms", openpgp_patience_ms());
	openpgp_hush(people[ALEX].pgp, false);
	CHECK(openpgp_patience_ms() > 10000, "but for what was asked for");
	CHECK(write_note(alex, shared), "a day when gpg hangs");
	setenv("PSIRTTY_GPG_MS", "1", 1);
	error_release(&err);
	CHECK(vault_checkpoint_daily(alex, now, &made, &err) != 0 && !made && err.why, "none is made");
	unsetenv("PSIRTTY_GPG_MS");
	DONE(vault_checkpoint_trouble(alex, now, &err), "a day after the last one nobody need know");
	FAILS(vault_checkpoint_trouble(alex, now + 3 * INSTANT_DAY, &err), ERR_DENIED, "after three it is told");
	CHECK(err.why && strstr(err.why, "in time"), "and why");
	now += 3 * INSTANT_DAY;
	CHECK(made_at_lock(alex, now), "when gpg goes on one is made");
	DONE(vault_checkpoint_trouble(alex, now + 9 * INSTANT_DAY, &err), "and nothing is told any more");
	vault_close(alex);
}

/* $1's agent serves $2 as ssh would forward it. */
static bool forward(const char *from, const char *to)
{
	static const char script[] =
		"echo no-autostart >\"$2/gpg.conf\"\n"
		"gpg --homedir \"$1\" --batch --export | gpg --homedir \"$2\" --batch --quiet --import 2>/dev/null\n"
		"gpgconf --homedir \"$1\" --launch gpg-agent\n"
		"printf '%%Assuan%%\\nsocket=%s\\n' \"$(gpgconf --homedir \"$1\" --list-dirs agent-extra-socket)\" "
		">\"$(gpgconf --homedir \"$2\" --list-dirs agent-socket)\"";
	pid_t child = fork();
	int status;

	if (child == 0) {
		execlp("sh", "sh", "-c", script, "sh", from, to, (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void test_daily_forwarded(void)
{
	AUTO_STRING home = mem_format("%s/far", top);
	struct openpgp *pgp = NULL;
	struct openpgp_agent agent;
	struct vault *carla = NULL;

	mkdir(home, 0700);
	CHECK(forward(people[CARLA].home, home), "an agent is forwarded");
	DONE(openpgp_open(home, &pgp, &err), "gpg there");
	CHECK(openpgp_agent(pgp, &agent) && agent.elsewhere, "knows a restricted agent");
	DONE(vault_open(dir, pgp, false, now, &carla, &err), "Carla unlocks by it");
	CHECK(carla && made_at_lock(carla, now), "and it signs her daily checkpoint");
	vault_close(carla);
	openpgp_close(pgp);
}

/* A key that the giver lost does not keep the newest one, nor an append, from anybody. */
static void test_torn(void)
{
	struct vault *alex = open_as(ALEX), *bao = open_as(BAO);
	struct vault_member c = member_of(alex, CARLA);
	uint8_t torn[16], wrap[WRAP_BYTES] = { 1 };
	const struct log_stream *stream;
	struct wrap_place place;
	size_t left = 0;

	DONE(vault_stream_new(bao, VAULT_CASE, now, torn, &err), "Bao opens a case");
	DONE(vault_grant(bao, torn, c.id, VAULT_READ, now, &err), "with Carla");
	stream = &bao->log.streams[log_stream(&bao->log, torn)];
	place = (struct wrap_place){ torn, 1, stream->key_id, bao->member };
	DONE(store_put_wrap(bao->store, &place, wrap, &err), "his first key of it is damaged");
	DONE(vault_revoke(bao, torn, c.id, now, &err), "without her, and with another key");
	vault_close(bao);
	bao = open_as(BAO);
	DONE(vault_set_recovery(alex, c.id, now, &left, &err), "Carla holds the recovery key");
	CHECK(write_note(bao, torn), "Bao writes all the same");
	stream = &bao->log.streams[log_stream(&bao->log, torn)];
	place = (struct wrap_place){ torn, stream->epoch, stream->key_id, c.id };
	CHECK(stream->epoch == 2 && store_wrap(bao->store, &place, wrap, &err) == 1, "and the newest key is hers too");
	store_rest(bao->store);
	DONE(vault_set_recovery(alex, NULL, now, &left, &err), "the policy ends");
	vault_close(bao);
	vault_close(alex);
}

static void test_checkpoint(void)
{
	struct vault *alex = open_as(ALEX);
	AUTO_STR kept = STR_INIT, altered = STR_INIT;
	char *at;

	DONE(vault_checkpoint(alex, now, &kept, &err), "a checkpoint");
	DONE(vault_checkpoint_check(alex, &kept, &err), "holds");
	CHECK(write_note(alex, shared), "the log grows");
	DONE(vault_checkpoint_check(alex, &kept, &err), "it still holds");
	str_add_bytes(&altered, kept.bytes, kept.length);
	at = strstr(altered.bytes, "head ") + 5;
	*at = *at == '0' ? '1' : '0';
	FAILS(vault_checkpoint_check(alex, &altered, &err), ERR_NO, "an altered one does not");
	vault_close(alex);
	whole("after a checkpoint");
}

/* SIGNER certifies keys that are not his: NUMBER finding. */
static void forge(struct openpgp *signer, const char *fingerprint, size_t number)
{
	static const uint8_t own[16], root[KEY_BYTES] = { 7 };
	const uint8_t id[16] = { 9, (uint8_t)number };
	struct vault *alex = open_as(ALEX);
	uint64_t event = vault_head(alex) + 1;
	AUTO_STR text = STR_INIT, certification = STR_INIT, body = STR_INIT;
	struct audit_report report = { 0 };
	struct member_keys keys;
	struct control forged = { .type = CONTROL_MEMBER, .stream = own };

	crypt_member_keys(root, &keys);
	core_identity_text(alex->id, id, keys.sign_public, keys.box_public, &text);
	DONE(openpgp_sign(signer, text.bytes, text.length, fingerprint, false, &certification, NULL, &err),
	     "somebody certifies keys");
	DONE(member_body(id, ROLE_ADMIN, keys.sign_public, keys.box_public, people[CARLA].fingerprint, &certification, &body,
			 &err), "as if they were Carla's");
	forged.body = body.bytes;
	forged.length = body.length;
	DONE(vault_append_controls(alex, &forged, 1, now, &err), "an admin's signature is enough for the log");
	vault_close(alex);
	FAILS(vault_audit(dir, people[ALEX].pgp, NULL, &report, &err), ERR_NO, "a forged member is found");
	CHECK(report.finding_count == number && report.findings[number - 1].gseq == event &&
		      strstr(report.findings[number - 1].what, people[CARLA].fingerprint) &&
		      strstr(report.findings[number - 1].what, "does not certify"),
	      "and named, by event %llu: %s", (unsigned long long)event,
	      report.finding_count ? report.findings[report.finding_count - 1].what : "");
	audit_report_release(&report);
}

/* An admin who signs keys of his own making into the log under another's fingerprint, certified by his own OpenPGP key,
 * and by one that nobody knows. Leaves the vault as it is then. */
static void test_forged(void)
{
	AUTO_STRING home = mem_format("%s/nobody", top);
	struct openpgp *nobody = NULL;
	AUTO_STRING fresh = NULL;

	mkdir(home, 0700);
	forge(people[ALEX].pgp, people[ALEX].fingerprint, 1);
	DONE(openpgp_open(home, &nobody, &err), "gpg of nobody known");
	DONE(openpgp_generate(nobody, "Nobody <n@vendor.example>", &fresh, &err), "a key that nobody knows");
	forge(nobody, fresh, 2);
	openpgp_close(nobody);
	openpgp_stop_agent(home);
}

int main(void)
{
	if (make_people() &&
	    DONE(vault_create(dir, people[ALEX].pgp, people[ALEX].fingerprint, NULL, now, &err), "a vault of Alex")) {
		test_folder();
		test_carried();
		test_grant();
		test_readings();
		test_roles();
		test_recovery();
		test_torn();
		test_remove();
		test_openpgp();
		test_checkpoint();
		test_daily();
		test_daily_late();
		test_daily_forwarded();
		test_forged();
	}
	for (size_t i = 0; i < PEOPLE; i++) {
		openpgp_close(people[i].pgp);
		openpgp_stop_agent(people[i].home);
		free(people[i].fingerprint);
	}
	error_release(&err);
	file_remove_tree(top, NULL);
	return tap_done();
}
