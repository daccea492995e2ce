/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each kind of event needs and does: one row of a table for a kind of control event, one function
 * for content. The vault's own stream is judged by time (roster.c), a case by what its event follows.
 */
#include "vault/log_private.h"

enum {
	ADMINS = 1 << ROLE_ADMIN,
	OPENERS = ADMINS | 1 << ROLE_HANDLER,
	EVERYBODY = OPENERS | 1 << ROLE_EVALUATOR | 1 << ROLE_APPROVER | 1 << ROLE_OBSERVER,
	LONG_BODY = 1 << 17,
	EPOCH_FIXED = 4 + ID_BYTES,
};

static const uint8_t nobody[ID_BYTES];

struct control_row {
	bool in_vault;     /* stands in the vault's own stream, else in a case's */
	bool begins;       /* its stream need not be there yet */
	unsigned roles;    /* who may, bits of 1 << role */
	uint8_t right;     /* or who has this in its case */
	bool self;         /* or the member whom it is about; its body begins with a member */
	bool about;        /* its body begins with a member, who is there */
	size_t least, most; /* bytes of its body */
	const char *refusal;
	int (*check)(struct taking *t, struct error *err);
	void (*take)(struct taking *t);
};

uint8_t log_ceiling(enum log_role role)
{
	static const uint8_t ceilings[] = {
		[ROLE_ADMIN] = RIGHT_ALL, [ROLE_HANDLER] = RIGHT_ALL,
		[ROLE_EVALUATOR] = RIGHT_READ | RIGHT_WRITE, [ROLE_APPROVER] = RIGHT_READ | RIGHT_WRITE,
		[ROLE_OBSERVER] = RIGHT_READ,
	};

	return role < ARRAY_LEN(ceilings) ? ceilings[role] : 0;
}

uint8_t log_rights_within(const struct log *log, const struct log_stream *stream, uint32_t member,
			  uint8_t ceiling)
{
	const struct log_grant *grant = stream_grant(stream, member);
	uint8_t rights = grant ? grant->rights : 0;

	/* Whoever holds the recovery key can open every stream, and is shown as a reader of it. */
	if (member == log_recovery(log))
		rights |= RIGHT_READ;
	return rights & ceiling;
}

/* Whether MEMBER ever held the recovery key: what he read then he could read, whatever came since. */
static bool held_recovery(const struct log *log, uint32_t member)
{
	for (size_t i = 0; i < log->policy_count; i++)
		if (log->policies[i].recovery == member)
			return true;
	return false;
}

static uint8_t author_rights(const struct taking *t, const struct log_stream *state)
{
	uint8_t ceiling = 0, rights;

	for (enum log_role role = ROLE_ADMIN; role <= ROLE_OBSERVER; role++)
		if (t->roles & 1u << role)
			ceiling |= log_ceiling(role);
	rights = log_rights_within(t->log, state, t->author, ceiling);
	return t->imported && held_recovery(t->log, t->author) ? rights | (RIGHT_READ & ceiling) : rights;
}

static uint32_t subject(const struct taking *t)
{
	return log_position(t->log, t->row->body);
}

/* ---- members */

/* Fingerprint and certification, as MEMBER and ROTATE end with. */
static int read_identity(const uint8_t *b, size_t length, struct log_member *m, struct error *err)
{
	size_t fpr = length ? b[0] : 0, at = 1 + fpr, certificate;

	if ((fpr != 20 && fpr != 32) || length < at + 2)
		return NO(_("the member's fingerprint is malformed"));
	certificate = get16(b + at);
	if (length != at + 2 + certificate)
		return NO(_("the member's certification is cut short"));
	for (size_t i = 0; i < fpr; i++)
		snprintf(m->fingerprint + 2 * i, 3, "%02X", b[1 + i]);
	str_reset(&m->certification);
	str_add_bytes(&m->certification, b + at + 2, certificate);
	return 0;
}

/* The body of MEMBER behind OFFSET bytes. */
static int read_member(struct taking *t, size_t offset, struct error *err)
{
	enum { FIXED = ID_BYTES + 1 + 64 };
	const uint8_t *b = (const uint8_t *)t->row->body + offset;
	struct log_member *m = &t->newcomer;
	uint8_t role;

	if (t->row->body_length < offset + FIXED + 1)
		return NO(_("the member it names is cut short"));
	role = b[ID_BYTES];
	if (role < ROLE_ADMIN || role > ROLE_OBSERVER)
		return NO(_("the member's role is unknown"));
	memcpy(m->id, b, ID_BYTES);
	memcpy(m->sign_public, b + ID_BYTES + 1, 32);
	memcpy(m->box_public, b + ID_BYTES + 33, 32);
	m->sponsor = t->author;
	m->since = m->renewed = t->core.time;
	m->until = LOG_NEVER;
	m->roles = mem_resize(m->roles, 1, sizeof(*m->roles));
	m->roles[0] = (struct log_role_change){ t->core.time, t->author, role };
	m->role_count = 1;
	return read_identity(b + FIXED, t->row->body_length - offset - FIXED, m, err);
}

static int check_vault(struct taking *t, struct error *err)
{
	int code;

	if (!t->first)
		return NO(_("a vault begins twice"));
	code = read_member(t, ID_BYTES, err);
	if (code)
		return code;
	if (memcmp(t->newcomer.id, t->core.author, ID_BYTES) != 0 ||
	    memcmp(t->newcomer.id, t->row->appender, ID_BYTES) != 0)
		return NO(_("the vault's first member is not its author"));
	return 0;
}

static int check_member(struct taking *t, struct error *err)
{
	int code = read_member(t, 0, err);
	const struct log_member *known = code ? NULL : log_member(t->log, t->newcomer.id);

	if (!code && memcmp(t->newcomer.id, nobody, ID_BYTES) == 0)
		code = NO(_("the member it names is cut short"));
	if (!code && known && (!t->imported || memcmp(known->sign_public, t->newcomer.sign_public, 32) != 0 ||
			       memcmp(known->box_public, t->newcomer.box_public, 32) != 0))
		code = NO(_("that member is there already"));
	return code;
}

/* Here and now a vault keeps an admin; of what came from elsewhere nothing can be asked. */
static int check_admin_left(struct taking *t, struct error *err)
{
	if (!t->imported && log_last_admin(t->log, subject(t)))
		return NO(_("it would leave the vault without an admin"));
	return 0;
}

static int check_remove(struct taking *t, struct error *err)
{
	if (!t->imported && !log_live(&t->log->members[subject(t)]))
		return NO(_("that member was removed before"));
	return check_admin_left(t, err);
}

static int check_role(struct taking *t, struct error *err)
{
	uint8_t role = ((const uint8_t *)t->row->body)[ID_BYTES];

	if (role < ROLE_ADMIN || role > ROLE_OBSERVER)
		return NO(_("the member's role is unknown"));
	return role == ROLE_ADMIN ? 0 : check_admin_left(t, err);
}

static int check_rotate(struct taking *t, struct error *err)
{
	const uint8_t *body = t->row->body;

	return read_identity(body + ID_BYTES, t->row->body_length - ID_BYTES, &t->newcomer, err);
}

static int check_policy(struct taking *t, struct error *err)
{
	const uint8_t *body = t->row->body;
	const struct log_member *member = log_member(t->log, body + 1);

	if (body[0] != POLICY_RECOVERY)
		return NO(_("it sets a policy that this program does not know"));
	if (memcmp(body + 1, nobody, ID_BYTES) != 0 && (!member || (!t->imported && !log_live(member))))
		return NO(_("the recovery key it names is no member's"));
	return 0;
}

static void take_vault(struct taking *t)
{
	memcpy(t->log->vault, t->row->body, ID_BYTES);
	roster_admit(t->log, &t->newcomer);
}

static void take_member(struct taking *t)
{
	roster_admit(t->log, &t->newcomer);
}

static void take_remove(struct taking *t)
{
	t->late = t->core.time < t->log->time;
	roster_remove(t->log, subject(t), t->author, t->core.time);
}

static void take_role(struct taking *t)
{
	roster_set_role(t->log, subject(t), ((const uint8_t *)t->row->body)[ID_BYTES], t->author,
			t->core.time);
}

static void take_rotate(struct taking *t)
{
	struct log_member *m = &t->log->members[subject(t)];
	struct str old = m->certification;

	/* Of two at the same time, from two copies, the same one wins on each. */
	if (t->core.time < m->renewed ||
	    (t->core.time == m->renewed && strcmp(t->newcomer.fingerprint, m->fingerprint) < 0))
		return;
	m->renewed = t->core.time;
	memcpy(m->fingerprint, t->newcomer.fingerprint, sizeof(m->fingerprint));
	m->certification = t->newcomer.certification;
	t->newcomer.certification = old;
}

static void take_policy(struct taking *t)
{
	roster_set_recovery(t->log, log_position(t->log, (const uint8_t *)t->row->body + 1), t->author,
			    t->core.time);
}

static int check_checkpoint(struct taking *t, struct error *err)
{
	enum { FIXED = 8 + HASH_BYTES };
	const uint8_t *b = t->row->body;
	size_t length = t->row->body_length, text, signature;

	text = get16(b + FIXED);
	if (length < FIXED + 2 + text + 2)
		return NO(_("its body is malformed"));
	signature = get16(b + FIXED + 2 + text);
	if (length != FIXED + 2 + text + 2 + signature)
		return NO(_("its body is malformed"));
	if (!t->imported && get64(b) > t->log->gseq)
		return NO(_("it vouches for events that are not there"));
	return 0;
}

/* ---- cases */

static int check_stream(struct taking *t, struct error *err)
{
	return t->stream ? NO(_("the stream begins twice")) : 0;
}

static int check_grant(struct taking *t, struct error *err)
{
	uint8_t rights = ((const uint8_t *)t->row->body)[ID_BYTES];
	uint32_t member = subject(t);

	if (!(rights & RIGHT_READ) || rights > RIGHT_ALL)
		return NO(_("its body is malformed"));
	if (!t->imported && !log_live(&t->log->members[member]))
		return NO(_("it grants to who was removed"));
	/* A new stream has nobody yet who could grant: its opener takes it. */
	if (t->past->grant_count == 0)
		return member == t->author ? 0 : NO(_("the first grant of a stream must be to its opener"));
	if (!t->excused && rights & ~author_rights(t, t->past))
		return NO(_("it grants more than its author has"));
	return 0;
}

/* Whoever may read, the recovery key among them, gets the new key, and nobody else. */
static int check_holders(struct taking *t, const uint8_t *holders, size_t count, struct error *err)
{
	size_t due = 0;

	for (uint32_t i = 0; i < t->log->member_count; i++)
		due += (log_rights(t->log, t->past, t->log->members[i].id) & RIGHT_READ) != 0;
	for (size_t i = 0; i < count; i++)
		if (!(log_rights(t->log, t->past, holders + i * ID_BYTES) & RIGHT_READ))
			return NO(_("it gives the key to who may not read"));
	return count == due ? 0 : NO(_("it keeps the key from somebody who may read"));
}

static int check_epoch(struct taking *t, struct error *err)
{
	const uint8_t *holders = (const uint8_t *)t->row->body + EPOCH_FIXED;
	size_t count = (t->row->body_length - EPOCH_FIXED) / ID_BYTES;

	if ((t->row->body_length - EPOCH_FIXED) % ID_BYTES)
		return NO(_("its body is malformed"));
	if (!t->excused && get32(t->row->body) != t->past->epoch + 1)
		return NO(_("the key's number is not the next one"));
	for (size_t i = 0; i < count; i++)
		if (log_position(t->log, holders + i * ID_BYTES) == LOG_NOBODY ||
		    (i && memcmp(holders + (i - 1) * ID_BYTES, holders + i * ID_BYTES, ID_BYTES) >= 0))
			return NO(_("who was given the key is not told in order"));
	return t->imported ? 0 : check_holders(t, holders, count, err);
}

static void take_stream(struct taking *t)
{
	t->stream = log_add_stream(t->log, t->core.stream);
	t->stream->kind = *(const uint8_t *)t->row->body;
	t->stream->opener = t->author;
}

static void take_grant(struct taking *t)
{
	stream_set_grant(t->stream, subject(t), ((const uint8_t *)t->row->body)[ID_BYTES], t->core.time);
	stream_set_holder(t->stream, subject(t));
}

static void take_revoke(struct taking *t)
{
	stream_set_grant(t->stream, subject(t), 0, t->core.time);
}

static void take_epoch(struct taking *t)
{
	const uint8_t *body = t->row->body;

	t->stream->epoch = get32(body);
	t->stream->epoch_time = t->core.time;
	t->stream->parted = false;
	memcpy(t->stream->key_id, body + 4, ID_BYTES);
	for (size_t i = 0; i < t->stream->grant_count; i++)
		t->stream->grants[i].holds = false;
	for (size_t at = EPOCH_FIXED; at < t->row->body_length; at += ID_BYTES)
		stream_set_holder(t->stream, log_position(t->log, body + at));
}

static void take_shred(struct taking *t)
{
	t->stream->shredded = true;
}

static const struct control_row controls[] = {
	[CONTROL_VAULT] = {
		.in_vault = true, .roles = EVERYBODY, .least = ID_BYTES, .most = LONG_BODY,
		.check = check_vault, .take = take_vault },
	[CONTROL_MEMBER] = {
		.in_vault = true, .roles = ADMINS, .least = ID_BYTES, .most = LONG_BODY,
		.refusal = N_("its author is no admin and may not admit members"),
		.check = check_member, .take = take_member },
	[CONTROL_STREAM] = {
		.begins = true, .roles = OPENERS, .least = 1, .most = 1,
		.refusal = N_("its author's role may not open a stream"),
		.check = check_stream, .take = take_stream },
	[CONTROL_GRANT] = {
		.right = RIGHT_GRANT, .about = true, .least = ID_BYTES + 1, .most = ID_BYTES + 1,
		.refusal = N_("its author has no right to grant"),
		.check = check_grant, .take = take_grant },
	[CONTROL_EPOCH] = {
		.right = RIGHT_GRANT, .least = EPOCH_FIXED + ID_BYTES, .most = LONG_BODY,
		.refusal = N_("its author has no right to change the key"),
		.check = check_epoch, .take = take_epoch },
	[CONTROL_REMOVE] = {
		.in_vault = true, .roles = ADMINS, .self = true, .about = true, .least = ID_BYTES,
		.most = ID_BYTES, .refusal = N_("its author is no admin and may not remove members"),
		.check = check_remove, .take = take_remove },
	[CONTROL_REVOKE] = {
		.roles = ADMINS, .right = RIGHT_GRANT, .self = true, .about = true, .least = ID_BYTES,
		.most = ID_BYTES, .refusal = N_("its author has no right to revoke"),
		.take = take_revoke },
	[CONTROL_POLICY] = {
		.in_vault = true, .roles = ADMINS, .least = 1 + ID_BYTES, .most = 1 + ID_BYTES,
		.refusal = N_("its author is no admin and may not set a policy"),
		.check = check_policy, .take = take_policy },
	[CONTROL_CHECKPOINT] = {
		.in_vault = true, .roles = EVERYBODY, .least = 8 + HASH_BYTES + 4, .most = LONG_BODY,
		.check = check_checkpoint },
	[CONTROL_RESTORE] = {
		.in_vault = true, .roles = ADMINS, .least = 8 + HASH_BYTES, .most = 8 + HASH_BYTES,
		.refusal = N_("its author is no admin and may not vouch for a restored vault") },
	[CONTROL_SHRED] = {
		.roles = ADMINS, .right = RIGHT_GRANT, .least = HASH_BYTES, .most = HASH_BYTES,
		.refusal = N_("its author has no right to shred it"), .take = take_shred },
	[CONTROL_ROTATE] = {
		.in_vault = true, .roles = ADMINS, .self = true, .about = true,
		.least = ID_BYTES + 1, .most = LONG_BODY,
		.refusal = N_("its author may not change the key of another member"),
		.check = check_rotate, .take = take_rotate },
	[CONTROL_ROLE] = {
		.in_vault = true, .roles = ADMINS, .about = true, .least = ID_BYTES + 1,
		.most = ID_BYTES + 1, .refusal = N_("its author is no admin and may not change roles"),
		.check = check_role, .take = take_role },
	[CONTROL_READ] = {
		.right = RIGHT_READ, .least = 1 + HASH_BYTES, .most = 1 + HASH_BYTES,
		.refusal = N_("its author has no right to read here") },
};

const struct control_row *control_of(const struct core *core)
{
	if (core->kind != CORE_CONTROL || core->type >= ARRAY_LEN(controls) || !controls[core->type].most)
		return NULL;
	return &controls[core->type];
}

bool control_in_vault(const struct control_row *row)
{
	return row->in_vault;
}

bool control_begins(const struct control_row *row)
{
	return row->begins;
}

/* ---- who may */

/* Whoever may write may put a key in the place of one that somebody without rights holds. Whether it was so on the copy
 * where the key was changed cannot be told any more: members and the recovery key may have changed on both. */
static uint8_t needed(const struct taking *t, const struct control_row *row, const struct log_stream *state)
{
	if (t->core.type == CONTROL_EPOCH && (t->imported || log_stale(t->log, state)))
		return RIGHT_GRANT | RIGHT_WRITE;
	return row->right;
}

static bool may(const struct taking *t, const struct control_row *row, const struct log_stream *state)
{
	if (row->roles & t->roles)
		return true;
	if (row->self && subject(t) == t->author)
		return true;
	if (!state || !row->right)
		return false;
	if (t->core.type == CONTROL_GRANT && state->grant_count == 0)
		return state->opener == t->author;
	return author_rights(t, state) & needed(t, row, state);
}

int control_check(struct taking *t, const struct control_row *row, struct error *err)
{
	size_t length = t->row->body_length;

	if (length < row->least || length > row->most)
		return NO(_("its body is malformed"));
	if (row->about && subject(t) == LOG_NOBODY)
		return NO(_("it is about nobody known"));
	if (t->first)
		return row->check ? row->check(t, err) : 0;
	if (t->empty)
		return (row->in_vault || row->begins) && row->check ? row->check(t, err) : 0;
	/* Whoever brings in own work could date it back: the right is needed today too. */
	if ((!t->excused && !may(t, row, t->past)) || (t->mine && t->imported && !may(t, row, t->stream)))
		return NO("%s", _(row->refusal));
	if (!t->excused && t->past && t->past->shredded)
		return NO(_("its case was shredded before"));
	return row->check ? row->check(t, err) : 0;
}

int content_check(struct taking *t, struct error *err)
{
	const struct log_stream *past = t->past;

	if ((!t->excused && !(author_rights(t, past) & RIGHT_WRITE)) ||
	    (t->mine && t->imported &&
	     !(author_rights(t, t->stream) & RIGHT_WRITE)))
		return NO(_("its author has no right to write here"));
	if (t->excused)
		return 0;
	if (past->shredded)
		return NO(_("its case was shredded before"));
	if (t->core.epoch != past->epoch || past->epoch == 0)
		return NO(_("it was written under key %u, the newest is %u"), t->core.epoch, past->epoch);
	if (memcmp(t->core.key_id, past->key_id, ID_BYTES) != 0)
		return NO(_("it was written under a key that was never announced"));
	/* A removal is of the vault's stream: who wrote elsewhere may not have known of it. */
	if (t->imported ? past->parted : log_stale(t->log, past))
		return NO(_("it was written under a key that somebody without rights holds"));
	return 0;
}

void control_take(struct taking *t, const struct control_row *row)
{
	if (row->take)
		row->take(t);
}

/* ---- as the graph has it */

bool control_node(const struct log *log, const struct core *core, const void *body, size_t length,
		  struct graph_node *ret)
{
	const uint8_t *b = body;

	*ret = (struct graph_node){ .time = core->time, .author = log_position(log, core->author) };
	if (core->kind == CORE_CONTENT)
		return true;
	if (core->type == CONTROL_GRANT || core->type == CONTROL_REVOKE) {
		if (length < ID_BYTES + (core->type == CONTROL_GRANT))
			return false;
		ret->effect = GRAPH_GRANT;
		ret->member = log_position(log, b);
		ret->rights = core->type == CONTROL_GRANT ? b[ID_BYTES] : 0;
		return ret->member != LOG_NOBODY;
	}
	if (core->type == CONTROL_SHRED)
		ret->effect = GRAPH_SHRED;
	if (core->type != CONTROL_EPOCH)
		return true;
	if (length < EPOCH_FIXED)
		return false;
	ret->holders = (const void *)(b + EPOCH_FIXED);
	ret->holder_count = (length - EPOCH_FIXED) / ID_BYTES;
	ret->effect = GRAPH_EPOCH;
	ret->epoch = get32(b);
	memcpy(ret->key_id, b + 4, ID_BYTES);
	return true;
}
