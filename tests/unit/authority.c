/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what: every kind of event by a member of every role with every set of rights, in a case as
 * it should be, in one whose key somebody without rights holds, in one that was shredded, and by one who
 * was removed. What is due is told here anew, in words, not taken from the program's table.
 */
#include "tap.h"
#include "vault/log.h"

enum { FOUNDER, SUBJECT, OTHER, OUTSIDER, PEOPLE };
enum situation { AS_IT_SHOULD_BE, STALE, SHREDDED, REMOVED, SITUATIONS };

static uint8_t ids[PEOPLE + 1][ID_BYTES], stream_id[ID_BYTES], key_id[ID_BYTES];
static const uint8_t own[ID_BYTES], nothing[SIG_BYTES];

/* What stands in a row that its author would append here and now; signatures are another test's. */
struct act { uint16_t type; enum core_kind kind; const uint8_t *author, *stream; uint8_t body[400]; size_t length; };

/* Brought by the founder from another copy, where its author wrote it knowing all that is here. */
static bool brought;

static int perform(struct log *log, const struct act *act)
{
	uint8_t importer[IMPORTER_BYTES] = { 0 };
	long position = log_stream(log, act->stream);
	const struct log_stream *s = position < 0 ? NULL : &log->streams[position];
	struct core core = { .kind = act->kind, .type = act->type, .time = log->time + 1 };
	uint8_t bytes[CORE_MAX], id[HASH_BYTES];
	struct store_row row;

	memcpy(core.stream, act->stream, ID_BYTES);
	memcpy(core.author, act->author, ID_BYTES);
	core.parent_count = s ? s->head_count : 0;
	if (core.parent_count)
		memcpy(core.parents, s->heads, core.parent_count * HASH_BYTES);
	if (s && act->kind == CORE_CONTENT) {
		core.epoch = s->epoch;
		memcpy(core.key_id, s->key_id, ID_BYTES);
	}
	memcpy(importer, ids[FOUNDER], ID_BYTES);
	importer[ID_BYTES] = 1;
	row = (struct store_row){
		.gseq = log->gseq + 1, .id = id, .stream = act->stream, .core = bytes, .nonce = nothing,
		.body = act->body, .sig = nothing, .prev = log->hash, .appender = brought ? importer : act->author,
		.journal_sig = nothing, .id_length = HASH_BYTES, .stream_length = ID_BYTES,
		.core_length = core_write(&core, bytes), .nonce_length = NONCE_BYTES,
		.body_length = act->length, .sig_length = SIG_BYTES, .prev_length = HASH_BYTES,
		.appender_length = brought ? IMPORTER_BYTES : APPENDER_BYTES, .journal_sig_length = SIG_BYTES,
	};
	core_id(bytes, row.core_length, nothing, NONCE_BYTES, act->body, act->length, id);
	return log_take(log, &row, LOG_TRUSTED, NULL, NULL);
}

static struct act control(enum control_type type, size_t author, const uint8_t *stream)
{
	return (struct act){ .type = (uint16_t)type, .author = ids[author], .stream = stream };
}

static void add(struct act *act, const void *bytes, size_t length)
{
	memcpy(act->body + act->length, bytes, length);
	act->length += length;
}

static void add_byte(struct act *act, uint8_t byte)
{
	add(act, &byte, 1);
}

static void add_identity(struct act *act)
{
	add_byte(act, 20);
	add(act, nothing, 20);
	add(act, nothing, 2);
}

static void add_member(struct act *act, const uint8_t *id, enum log_role role)
{
	add(act, id, ID_BYTES);
	add_byte(act, (uint8_t)role);
	add(act, nothing, 64);
	add_identity(act);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

/* The next epoch, given to exactly who may read. */
static void add_epoch(struct act *act, const struct log *log)
{
	long position = log_stream(log, stream_id);
	uint8_t number[4], readers[PEOPLE][ID_BYTES];
	size_t count = 0;

	put32(number, position < 0 ? 1 : log->streams[position].epoch + 1);
	for (size_t i = 0; position >= 0 && i < log->member_count; i++)
		if (log_rights(log, &log->streams[position], log->members[i].id) & RIGHT_READ)
			memcpy(readers[count++], log->members[i].id, ID_BYTES);
	qsort(readers, count, ID_BYTES, by_bytes);
	add(act, number, 4);
	add(act, key_id, ID_BYTES);
	add(act, readers, count * ID_BYTES);
}

static int simple(struct log *log, enum control_type type, size_t author, const uint8_t *stream, const uint8_t *about,
		  int byte)
{
	struct act act = control(type, author, stream);

	if (about)
		add(&act, about, ID_BYTES);
	if (byte >= 0)
		add_byte(&act, (uint8_t)byte);
	return perform(log, &act);
}

/* A vault of four: the founder, the subject as ROLE with MASK in the case, another reader, one without a grant. */
static bool build(struct log *log, enum log_role role, uint8_t mask, enum situation situation)
{
	struct act first = control(CONTROL_VAULT, FOUNDER, own), epoch = control(CONTROL_EPOCH, FOUNDER, stream_id);
	struct act shred = control(CONTROL_SHRED, FOUNDER, stream_id);
	static const enum log_role roles[PEOPLE] = { [OTHER] = ROLE_HANDLER, [OUTSIDER] = ROLE_HANDLER };
	int code;

	log_init(log);
	add(&first, key_id, ID_BYTES);
	add_member(&first, ids[FOUNDER], ROLE_ADMIN);
	code = perform(log, &first);
	for (size_t i = SUBJECT; !code && i < PEOPLE; i++) {
		struct act member = control(CONTROL_MEMBER, FOUNDER, own);

		add_member(&member, ids[i], i == SUBJECT ? role : roles[i]);
		code = perform(log, &member);
	}
	code = code ? code : simple(log, CONTROL_STREAM, FOUNDER, stream_id, NULL, 1);
	code = code ? code : simple(log, CONTROL_GRANT, FOUNDER, stream_id, ids[FOUNDER], RIGHT_ALL);
	code = code ? code : simple(log, CONTROL_GRANT, FOUNDER, stream_id, ids[OTHER], RIGHT_READ);
	if (!code && mask)
		code = simple(log, CONTROL_GRANT, FOUNDER, stream_id, ids[SUBJECT], mask);
	add_epoch(&epoch, log);
	code = code ? code : perform(log, &epoch);
	add(&shred, nothing, HASH_BYTES);
	if (!code && situation == STALE)
		code = simple(log, CONTROL_REVOKE, FOUNDER, stream_id, ids[OTHER], -1);
	if (!code && situation == SHREDDED)
		code = perform(log, &shred);
	if (!code && situation == REMOVED)
		code = simple(log, CONTROL_REMOVE, FOUNDER, own, ids[SUBJECT], -1);
	return code == 0;
}

/* ---- what is due. A letter a role: Admin, Handler, Evaluator, aPprover, Observer; a right: r, w, g; "self": about
 * oneself; "stale": with this right where the key is in the wrong hands */
struct due {
	const char *name;
	enum control_type type; /* 0: content */
	const char *roles, *right, *stale_right;
	bool self, in_case;
	void (*fill)(struct act *act, const struct log *log, bool self);
};

static void fill_member(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add_member(act, ids[PEOPLE], ROLE_HANDLER);
}

static void fill_vault(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add(act, key_id, ID_BYTES);
	add_member(act, ids[SUBJECT], ROLE_ADMIN);
}

static void fill_stream(struct act *act, const struct log *log, bool self)
{
	static const uint8_t fresh[ID_BYTES] = { 0xF0, 1 };

	(void)log;
	(void)self;
	act->stream = fresh;
	add_byte(act, 1);
}

static void fill_about(struct act *act, const struct log *log, bool self)
{
	(void)log;
	add(act, ids[self ? SUBJECT : OTHER], ID_BYTES);
}

static void fill_grant(struct act *act, const struct log *log, bool self)
{
	(void)log;
	add(act, ids[self ? SUBJECT : OUTSIDER], ID_BYTES);
	add_byte(act, RIGHT_READ);
}

static void fill_epoch(struct act *act, const struct log *log, bool self)
{
	(void)self;
	add_epoch(act, log);
}

static void fill_policy(struct act *act, const struct log *log, bool self)
{
	add_byte(act, POLICY_RECOVERY);
	fill_about(act, log, self);
}

static void fill_checkpoint(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add(act, nothing, 8 + HASH_BYTES);
	add(act, nothing, 4);
}

static void fill_restore(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add(act, nothing, 8 + HASH_BYTES);
}

static void fill_shred(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add(act, nothing, HASH_BYTES);
}

static void fill_rotate(struct act *act, const struct log *log, bool self)
{
	fill_about(act, log, self);
	add_identity(act);
}

static void fill_role(struct act *act, const struct log *log, bool self)
{
	fill_about(act, log, self);
	add_byte(act, ROLE_EVALUATOR);
}

static void fill_read(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	add_byte(act, 1);
	add(act, nothing, HASH_BYTES);
}

static void fill_content(struct act *act, const struct log *log, bool self)
{
	(void)log;
	(void)self;
	act->kind = CORE_CONTENT;
	act->type = 1;
	add(act, nothing, PAD_BLOCK / 16);
}

static const struct due dues[] = {
	{ "a vault within a vault", CONTROL_VAULT, "", "", "", false, false, fill_vault },
	{ "an admission", CONTROL_MEMBER, "A", "", "", false, false, fill_member },
	{ "a new stream", CONTROL_STREAM, "AH", "", "", false, false, fill_stream },
	{ "a grant", CONTROL_GRANT, "", "g", "g", false, true, fill_grant },
	{ "an epoch", CONTROL_EPOCH, "", "g", "gw", false, true, fill_epoch },
	{ "a removal", CONTROL_REMOVE, "A", "", "", true, false, fill_about },
	{ "a revocation", CONTROL_REVOKE, "A", "g", "g", true, true, fill_about },
	{ "a policy", CONTROL_POLICY, "A", "", "", false, false, fill_policy },
	{ "a checkpoint", CONTROL_CHECKPOINT, "AHEPO", "", "", false, false, fill_checkpoint },
	{ "a restore", CONTROL_RESTORE, "A", "", "", false, false, fill_restore },
	{ "a shred", CONTROL_SHRED, "A", "g", "g", false, true, fill_shred },
	{ "a new OpenPGP key", CONTROL_ROTATE, "A", "", "", true, false, fill_rotate },
	{ "a role", CONTROL_ROLE, "A", "", "", false, false, fill_role },
	{ "a reading", CONTROL_READ, "", "r", "r", false, true, fill_read },
	{ "content", 0, "", "w", "", false, true, fill_content },
};

/* What a role can hold of what was granted. */
static bool holds(enum log_role role, uint8_t mask, const char *letters)
{
	static const char *const most[] = { "", "rwg", "rwg", "rw", "rw", "r" };

	for (; *letters; letters++)
		if (strchr(most[role], *letters) &&
		    mask & (*letters == 'r' ? RIGHT_READ : *letters == 'w' ? RIGHT_WRITE : RIGHT_GRANT))
			return true;
	return false;
}

/* Whether a key was in the wrong hands on the copy where something was written is not asked of what comes from there: who
 * was removed, or lost the recovery key, may not have been known there. */
static const char *right_due(const struct due *due, enum situation situation)
{
	if (brought)
		return due->type == CONTROL_EPOCH ? due->stale_right : due->right;
	return situation == STALE ? due->stale_right : due->right;
}

static bool is_due(const struct due *due, enum log_role role, uint8_t mask, enum situation situation, bool self)
{
	if (situation == REMOVED || (situation == SHREDDED && due->in_case))
		return false;
	if (strchr(due->roles, "?AHEPO"[role]) && *due->roles)
		return true;
	if (due->self && self)
		return true;
	return holds(role, mask, right_due(due, situation));
}

/* Whether LATER gives nobody anything that EARLIER did not: members and their roles, rights, keys, the recovery key. Who was
 * admitted without effect is no member, a stream opened without effect is nobody's. */
static bool same_authority(const struct log *earlier, const struct log *later)
{
	for (size_t i = 0; i < later->member_count; i++) {
		const struct log_member *m = &later->members[i], *was = i < earlier->member_count ? &earlier->members[i] : NULL;

		if (log_live(m) != (was && log_live(was)) ||
		    (was && (!str_equal(m->fingerprint, was->fingerprint) ||
			     log_role(later, m, LOG_NEVER) != log_role(earlier, was, LOG_NEVER))))
			return false;
	}
	for (size_t s = 1; s < later->stream_count; s++)
		for (size_t i = 0; i < later->member_count; i++)
			if (log_rights(later, &later->streams[s], later->members[i].id) !=
			    (s < earlier->stream_count ? log_rights(earlier, &earlier->streams[s], later->members[i].id) : 0))
				return false;
	for (size_t s = 1; s < earlier->stream_count; s++)
		if (earlier->streams[s].epoch != later->streams[s].epoch ||
		    earlier->streams[s].shredded != later->streams[s].shredded)
			return false;
	return log_recovery(earlier) == log_recovery(later);
}

static size_t try_all(enum log_role role, uint8_t mask, enum situation situation)
{
	size_t tried = 0;
	struct log log;

	if (!build(&log, role, mask, situation)) {
		CHECK(false, "the vault is built: role %d, rights %u, situation %d", role, mask, situation);
		log_release(&log);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(dues); i++)
		for (int self = 0; self < 2; self++, tried++) {
			struct act act = control(dues[i].type, SUBJECT, dues[i].in_case ? stream_id : own);
			struct log copy;
			bool taken, due = is_due(&dues[i], role, mask, situation, self);

			dues[i].fill(&act, &log, self);
			log_copy(&log, &copy);
			taken = perform(&copy, &act) == 0;
			/* What comes from another copy and its author had no business to do any more is kept in the chain: it
			 * must have no effect. */
			if (brought && situation == REMOVED && taken)
				taken = !same_authority(&log, &copy);
			CHECK_QUIET(taken == due, "%s%s by role %d with rights %u in situation %d: %s", dues[i].name,
				    self ? " about oneself" : "", role, mask, situation, taken ? "taken" : "refused");
			CHECK_QUIET(taken || (brought && situation == REMOVED) ||
					    (copy.gseq == log.gseq && memcmp(copy.hash, log.hash, HASH_BYTES) == 0),
				    "%s: a refusal changed the log", dues[i].name);
			log_release(&copy);
		}
	log_release(&log);
	return tried;
}

static void test_everybody(void)
{
	static const uint8_t masks[] = { 0, 1, 3, 5, 7 };
	size_t tried = 0;

	for (enum situation s = 0; s < SITUATIONS; s++)
		for (enum log_role role = ROLE_ADMIN; role <= ROLE_OBSERVER; role++)
			for (size_t m = 0; m < ARRAY_LEN(masks); m++)
				tried += try_all(role, masks[m], s);
	CHECK(tried == SITUATIONS * 5 * ARRAY_LEN(masks) * ARRAY_LEN(dues) * 2, "%zu attempts end as they should%s", tried,
	      brought ? ", brought from another copy" : "");
}

/* ---- single rules */

static void test_epochs(void)
{
	struct act missing = control(CONTROL_EPOCH, FOUNDER, stream_id), right, wrong, note;
	struct log log;

	build(&log, ROLE_HANDLER, 3, AS_IT_SHOULD_BE);
	add_epoch(&missing, &log);
	right = wrong = missing;
	missing.length -= ID_BYTES;
	CHECK(perform(&log, &missing) == ERR_NO, "an epoch that leaves a reader out is refused");
	memcpy(wrong.body + 4 + ID_BYTES, ids[OUTSIDER], ID_BYTES);
	qsort(wrong.body + 4 + ID_BYTES, 3, ID_BYTES, by_bytes);
	CHECK(perform(&log, &wrong) == ERR_NO, "one for somebody who may not read is refused");
	wrong = right;
	put32(wrong.body, 3);
	CHECK(perform(&log, &wrong) == ERR_NO, "one that skips a number is refused");
	CHECK(perform(&log, &right) == 0, "the right one is taken");
	CHECK(simple(&log, CONTROL_REMOVE, FOUNDER, own, ids[OTHER], -1) == 0 &&
		      log_stale(&log, &log.streams[log_stream(&log, stream_id)]),
	      "a removal makes its streams stale");
	note = control(0, SUBJECT, stream_id);
	fill_content(&note, &log, false);
	CHECK(perform(&log, &note) == ERR_NO, "nothing is written under the key of somebody who left");
	right = control(CONTROL_EPOCH, SUBJECT, stream_id);
	add_epoch(&right, &log);
	CHECK(perform(&log, &right) == 0, "the next writer changes the key");
	CHECK(perform(&log, &note) == 0, "and writes");
	log_release(&log);
}

static void test_recovery(void)
{
	struct act policy = control(CONTROL_POLICY, FOUNDER, own), epoch;
	const struct log_stream *s;
	struct log log;

	build(&log, ROLE_HANDLER, 3, AS_IT_SHOULD_BE);
	s = &log.streams[log_stream(&log, stream_id)];
	add_byte(&policy, POLICY_RECOVERY);
	add(&policy, ids[OUTSIDER], ID_BYTES);
	epoch = control(CONTROL_EPOCH, FOUNDER, stream_id);
	add_epoch(&epoch, &log);
	CHECK(perform(&log, &policy) == 0 && log_rights(&log, s, ids[OUTSIDER]) == RIGHT_READ,
	      "who holds the recovery key may read");
	CHECK(perform(&log, &epoch) == ERR_NO, "an epoch without a wrap for it is refused");
	CHECK(simple(&log, CONTROL_POLICY, FOUNDER, own, NULL, -1) == ERR_NO, "an empty policy is refused");
	policy.length = 1;
	add(&policy, nothing, ID_BYTES);
	CHECK(!log_stale(&log, s) && perform(&log, &policy) == 0 && log_stale(&log, s),
	      "when it ends, what it opened is stale");
	log_release(&log);
}

static void test_last_admin(void)
{
	struct log log;

	build(&log, ROLE_HANDLER, 3, AS_IT_SHOULD_BE);
	CHECK(simple(&log, CONTROL_REMOVE, FOUNDER, own, ids[FOUNDER], -1) == ERR_NO, "the last admin cannot leave");
	CHECK(simple(&log, CONTROL_ROLE, FOUNDER, own, ids[FOUNDER], ROLE_HANDLER) == ERR_NO, "nor step down");
	CHECK(simple(&log, CONTROL_ROLE, FOUNDER, own, ids[SUBJECT], ROLE_ADMIN) == 0 &&
		      simple(&log, CONTROL_REMOVE, SUBJECT, own, ids[FOUNDER], -1) == 0,
	      "with a second one there, the first can be removed");
	log_release(&log);
}

static void test_grants(void)
{
	struct log log;

	build(&log, ROLE_HANDLER, RIGHT_READ | RIGHT_GRANT, AS_IT_SHOULD_BE);
	CHECK(simple(&log, CONTROL_GRANT, SUBJECT, stream_id, ids[OUTSIDER], 3) == ERR_NO,
	      "nobody grants more than he has");
	CHECK(simple(&log, CONTROL_GRANT, SUBJECT, stream_id, ids[OUTSIDER], 2) == ERR_NO, "nobody writes blindly");
	CHECK(simple(&log, CONTROL_GRANT, SUBJECT, stream_id, ids[OUTSIDER], 1) == 0, "what he has he can give");
	CHECK(simple(&log, CONTROL_GRANT, SUBJECT, stream_id, ids[PEOPLE], 1) == ERR_NO, "not to a stranger");
	log_release(&log);
}

int main(void)
{
	for (size_t i = 0; i <= PEOPLE; i++)
		ids[i][0] = (uint8_t)(0x10 + i);
	stream_id[0] = 0xCA;
	key_id[0] = 0xEE;
	test_everybody();
	brought = true;
	test_everybody();
	brought = false;
	test_epochs();
	test_recovery();
	test_last_admin();
	test_grants();
	return tap_done();
}
