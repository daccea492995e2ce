/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of a vault that are worked on apart and meet: whatever the order in which the events arrive,
 * every copy has the same heads, members, grants, keys and the same order of events. Random work with a
 * fixed seed on three copies, merged in every order; and single stories that the rules are about.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/graph.h"
#include "vault/log.h"

enum { PEOPLE = 6, CASES = 3, COPIES = 3, STEPS = 60, ROUNDS = 12 };

static uint8_t ids[PEOPLE][ID_BYTES], cases[CASES][ID_BYTES];
static const uint8_t own[ID_BYTES], nothing[SIG_BYTES];
static char top[64];
static int places;

/* An event as it travels; signatures are another test's. */
struct event {
	uint8_t id[HASH_BYTES], core[CORE_MAX], body[300];
	size_t core_length, body_length;
};

struct copy {
	struct log log;
	struct store *store;
	struct event *events; size_t count, capacity; /* in the order of its journal */
	struct error why;
};

static uint32_t seed = 7;
/* How far apart the times of events lie at most. At 1 both copies have the same clock: their events share times. */
static uint32_t spread = 1000;

static uint32_t roll(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* ---- a copy */

static bool copy_open(struct copy *copy)
{
	AUTO_STRING dir = mem_format("%s/%d", top, places++);

	*copy = (struct copy){ .why = ERROR_INIT };
	mkdir(dir, 0770);
	chmod(dir, 02770);
	log_init(&copy->log);
	if (store_open(dir, true, false, &copy->store, &copy->why) || store_lock(copy->store, &copy->why) ||
	    store_begin(copy->store, &copy->why))
		return false;
	copy->log.store = copy->store;
	return true;
}

static void copy_close(struct copy *copy)
{
	store_rollback(copy->store);
	store_unlock(copy->store);
	store_close(copy->store);
	log_release(&copy->log);
	free(copy->events);
	error_release(&copy->why);
}

static struct store_row row_of(const struct copy *copy, const struct event *event, const struct core *core,
			       const uint8_t *appender, bool imported)
{
	return (struct store_row){
		.gseq = copy->log.gseq + 1, .id = event->id, .stream = core->stream, .core = event->core,
		.nonce = nothing, .body = event->body, .sig = nothing, .prev = copy->log.hash,
		.appender = appender, .journal_sig = nothing, .id_length = HASH_BYTES,
		.stream_length = ID_BYTES, .core_length = event->core_length, .nonce_length = NONCE_BYTES,
		.body_length = event->body_length, .sig_length = SIG_BYTES, .prev_length = HASH_BYTES,
		.appender_length = imported ? IMPORTER_BYTES : APPENDER_BYTES, .journal_sig_length = SIG_BYTES,
	};
}

/* Who brings in what somebody else wrote; FORCED may be the author. */
static const uint8_t *forced;

static const uint8_t *importer(const struct copy *copy, const uint8_t *author)
{
	for (size_t i = 0; !forced && i < copy->log.member_count; i++)
		if (log_live(&copy->log.members[i]) && memcmp(copy->log.members[i].id, author, ID_BYTES) != 0)
			return copy->log.members[i].id;
	return forced ? forced : author;
}

/* A row that the log refuses is not stored: tried on a copy of the log first, since what is taken in late reads
 * the store with the row in it. */
static int insert_and_take(struct copy *copy, const struct event *event, bool imported)
{
	uint8_t appender[IMPORTER_BYTES] = { 0 };
	struct core core;
	struct store_row row;
	struct log tried;
	int code;

	if (!core_read(event->core, event->core_length, &core))
		return ERR_BUG;
	memcpy(appender, imported ? importer(copy, core.author) : core.author, ID_BYTES);
	appender[ID_BYTES] = 1;
	row = row_of(copy, event, &core, appender, imported);
	log_copy(&copy->log, &tried);
	code = log_take(&tried, &row, LOG_TRUSTED, NULL, &copy->why);
	log_release(&tried);
	if (code)
		return code;
	code = store_insert(copy->store, &row, &copy->why);
	if (!code)
		code = log_take(&copy->log, &row, LOG_TRUSTED, NULL, &copy->why);
	if (code)
		return code;
	copy->events = mem_grow(copy->events, &copy->capacity, copy->count + 1, sizeof(*copy->events));
	copy->events[copy->count++] = *event;
	return 0;
}

/* ---- writing */

static bool append(struct copy *copy, size_t author, enum core_kind kind, uint16_t type, const uint8_t *stream,
		   const void *body, size_t length)
{
	long position = log_stream(&copy->log, stream);
	const struct log_stream *s = position < 0 ? NULL : &copy->log.streams[position];
	struct event event = { .body_length = length };
	struct core core = { .kind = kind, .type = type, .time = copy->log.time + 1 + roll(spread) };

	memcpy(core.stream, stream, ID_BYTES);
	memcpy(core.author, ids[author], ID_BYTES);
	core.parent_count = s ? s->head_count : 0;
	if (core.parent_count)
		memcpy(core.parents, s->heads, core.parent_count * HASH_BYTES);
	if (s && kind == CORE_CONTENT) {
		core.epoch = s->epoch;
		memcpy(core.key_id, s->key_id, ID_BYTES);
	}
	memcpy(event.body, body, length);
	event.core_length = core_write(&core, event.core);
	core_id(event.core, event.core_length, nothing, NONCE_BYTES, event.body, length, event.id);
	return insert_and_take(copy, &event, false) == 0;
}

static bool about(struct copy *copy, size_t author, enum control_type type, const uint8_t *stream, size_t member,
		  int byte)
{
	uint8_t body[ID_BYTES + 1] = { 0 };

	memcpy(body, ids[member], ID_BYTES);
	body[ID_BYTES] = (uint8_t)byte;
	return append(copy, author, CORE_CONTROL, (uint16_t)type, stream, body, ID_BYTES + (byte >= 0));
}

static bool note(struct copy *copy, size_t author, size_t which)
{
	uint32_t text = roll(1u << 24);

	return append(copy, author, CORE_CONTENT, 1, cases[which], &text, sizeof(text));
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, ID_BYTES);
}

static bool rekey(struct copy *copy, size_t author, const uint8_t *stream)
{
	const struct log_stream *s = &copy->log.streams[log_stream(&copy->log, stream)];
	uint8_t body[4 + ID_BYTES + PEOPLE * ID_BYTES];
	uint8_t(*readers)[ID_BYTES] = (void *)(body + 4 + ID_BYTES);
	size_t count = 0;

	put32(body, s->epoch + 1);
	for (size_t i = 0; i < ID_BYTES; i++)
		body[4 + i] = (uint8_t)roll(256);
	for (size_t i = 0; i < copy->log.member_count; i++)
		if (log_rights(&copy->log, s, copy->log.members[i].id) & RIGHT_READ)
			memcpy(readers[count++], copy->log.members[i].id, ID_BYTES);
	qsort(readers, count, ID_BYTES, by_bytes);
	return append(copy, author, CORE_CONTROL, CONTROL_EPOCH, stream, body, 4 + ID_BYTES + count * ID_BYTES);
}

static bool admit(struct copy *copy, size_t author, size_t member, enum log_role role)
{
	uint8_t body[2 * ID_BYTES + 1 + 64 + 21 + 2] = { 0 };
	size_t skip = author == member ? ID_BYTES : 0;

	memcpy(body + skip, ids[member], ID_BYTES);
	body[skip + ID_BYTES] = (uint8_t)role;
	body[skip + ID_BYTES + 65] = 20;
	return append(copy, author, CORE_CONTROL, skip ? CONTROL_VAULT : CONTROL_MEMBER, own, body,
		      skip + ID_BYTES + 1 + 64 + 21 + 2);
}

static bool elect(struct copy *copy, size_t author, size_t member)
{
	uint8_t body[1 + ID_BYTES] = { POLICY_RECOVERY };

	if (member < PEOPLE)
		memcpy(body + 1, ids[member], ID_BYTES);
	return append(copy, author, CORE_CONTROL, CONTROL_POLICY, own, body, sizeof(body));
}

static bool look(struct copy *copy, size_t author, size_t which)
{
	const uint8_t body[1 + HASH_BYTES] = { 1 };

	return append(copy, author, CORE_CONTROL, CONTROL_READ, cases[which], body, sizeof(body));
}

static bool change_print(struct copy *copy, size_t author)
{
	uint8_t body[ID_BYTES + 21 + 2] = { 0 };

	memcpy(body, ids[author], ID_BYTES);
	body[ID_BYTES] = 20;
	body[ID_BYTES + 1] = (uint8_t)roll(256);
	return append(copy, author, CORE_CONTROL, CONTROL_ROTATE, own, body, sizeof(body));
}

static bool open_case(struct copy *copy, size_t author, size_t which)
{
	uint8_t kind = 1;

	return append(copy, author, CORE_CONTROL, CONTROL_STREAM, cases[which], &kind, 1) &&
	       about(copy, author, CONTROL_GRANT, cases[which], author, RIGHT_ALL) && rekey(copy, author, cases[which]);
}

/* Two admins, two handlers; all but the last two in each case. The sixth may be admitted later. */
static bool begin(struct copy *copy)
{
	bool good = copy_open(copy) && admit(copy, 0, 0, ROLE_ADMIN) && admit(copy, 0, 1, ROLE_ADMIN);

	for (size_t i = 2; i < 5; i++)
		good = good && admit(copy, 0, i, ROLE_HANDLER);
	for (size_t c = 0; c < CASES; c++) {
		good = good && open_case(copy, 0, c);
		for (size_t i = 1; i < 4; i++)
			good = good && about(copy, 0, CONTROL_GRANT, cases[c], i, i == 3 ? 3 : RIGHT_ALL);
	}
	return good;
}

/* ---- meeting */

static bool knows(const struct copy *copy, const uint8_t id[HASH_BYTES])
{
	for (size_t i = 0; i < copy->count; i++)
		if (memcmp(copy->events[i].id, id, HASH_BYTES) == 0)
			return true;
	return false;
}

static bool in_vault(const struct event *event)
{
	struct core core;

	return core_read(event->core, event->core_length, &core) && memcmp(core.stream, own, ID_BYTES) == 0;
}

static bool parents_known(const struct copy *copy, const struct event *event)
{
	struct core core;

	core_read(event->core, event->core_length, &core);
	for (size_t i = 0; i < core.parent_count; i++)
		if (!knows(copy, core.parents[i]))
			return false;
	return true;
}

/* The first one from START on, round the list, of the vault's stream or of the others, that can come next. */
static const struct event *pick(const struct copy *to, const struct copy *from, size_t start, bool vault)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct event *event = &from->events[(start + i) % from->count];

		if (in_vault(event) == vault && !knows(to, event->id) && parents_known(to, event))
			return event;
	}
	return NULL;
}

/* Everything of FROM that TO does not have, in a random order that the parents allow, the vault's stream first. */
static size_t merge(struct copy *to, const struct copy *from)
{
	size_t refused = 0;

	for (int vault = 1; vault >= 0; vault--) {
		const struct event *event;

		while ((event = pick(to, from, roll((uint32_t)from->count), vault)) != NULL)
			if (insert_and_take(to, event, true)) {
				printf("# refused: %s\n", to->why.why);
				return refused + 1;
			}
	}
	return refused;
}

static const struct log_stream *stream_of(const struct copy *copy, const uint8_t *id)
{
	long position = log_stream(&copy->log, id);

	return position < 0 ? NULL : &copy->log.streams[position];
}

static bool same_grants(const struct copy *a, const struct copy *b, const uint8_t *stream)
{
	const struct log_stream *x = stream_of(a, stream), *y = stream_of(b, stream);

	for (size_t i = 0; i < PEOPLE; i++) {
		uint32_t p = log_position(&a->log, ids[i]), q = log_position(&b->log, ids[i]);
		const struct log_grant *g = stream_grant(x, p), *h = stream_grant(y, q);

		if ((g != NULL) != (h != NULL) || (g && (g->rights != h->rights || g->holds != h->holds || g->since != h->since)) ||
		    log_rights(&a->log, x, ids[i]) != log_rights(&b->log, y, ids[i]))
			return false;
	}
	return true;
}

static bool same_order(const struct copy *a, const struct copy *b, const uint8_t *stream)
{
	struct graph *x = graph_load(&a->log, stream_of(a, stream), false);
	struct graph *y = graph_load(&b->log, stream_of(b, stream), false);
	bool same = x && y && graph_count(x) == graph_count(y);
	uint32_t *p = x ? graph_order(x) : NULL, *q = y ? graph_order(y) : NULL;

	for (size_t i = 0; same && i < graph_count(x); i++)
		same = memcmp(graph_at(x, p[i])->id, graph_at(y, q[i])->id, HASH_BYTES) == 0;
	free(p);
	free(q);
	graph_free(x);
	graph_free(y);
	return same;
}

static bool same_stream(const struct copy *a, const struct copy *b, const uint8_t *stream)
{
	const struct log_stream *x = stream_of(a, stream), *y = stream_of(b, stream);

	return x && y && x->head_count == y->head_count &&
	       memcmp(x->heads, y->heads, x->head_count * HASH_BYTES) == 0 && x->epoch == y->epoch &&
	       x->parted == y->parted && x->shredded == y->shredded && x->voided == y->voided &&
	       memcmp(x->key_id, y->key_id, ID_BYTES) == 0 && log_stale(&a->log, x) == log_stale(&b->log, y) &&
	       same_grants(a, b, stream) && same_order(a, b, stream);
}

static bool same_member(const struct copy *a, uint32_t x, const struct copy *b, uint32_t y)
{
	if (x == LOG_NOBODY || y == LOG_NOBODY)
		return x == y;
	return memcmp(a->log.members[x].id, b->log.members[y].id, ID_BYTES) == 0;
}

static bool same_roster(const struct copy *a, const struct copy *b)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		const struct log_member *x = log_member(&a->log, ids[i]), *y = log_member(&b->log, ids[i]);

		if ((x != NULL) != (y != NULL) ||
		    (x && (x->until != y->until || x->since != y->since || !str_equal(x->fingerprint, y->fingerprint) ||
			   !same_member(a, x->sponsor, b, y->sponsor) ||
			   log_role(&a->log, x, LOG_NEVER) != log_role(&b->log, y, LOG_NEVER))))
			return false;
	}
	return same_member(a, log_recovery(&a->log), b, log_recovery(&b->log));
}

static bool same(const struct copy *a, const struct copy *b)
{
	bool same = same_roster(a, b) && same_order(a, b, own);

	for (size_t c = 0; same && c < CASES; c++)
		same = same_stream(a, b, cases[c]);
	return same;
}

/* ---- random work */

static bool step(struct copy *copy)
{
	size_t author = roll(5), other = 1 + roll(5), which = roll(CASES);
	const struct log_stream *s = stream_of(copy, cases[which]);
	static const uint8_t rights[] = { 1, 3, 7 };

	switch (roll(18)) {
	case 0: return about(copy, author, CONTROL_GRANT, cases[which], other, rights[roll(3)]);
	case 1: return about(copy, author, CONTROL_REVOKE, cases[which], other, -1);
	case 2: return rekey(copy, author, cases[which]);
	case 3: return roll(3) == 0 && about(copy, roll(2), CONTROL_ROLE, own, other, 1 + (int)roll(5));
	case 4: return roll(8) == 0 && about(copy, roll(2), CONTROL_REMOVE, own, other, -1);
	case 5: return roll(6) == 0 && admit(copy, roll(2), 5, ROLE_HANDLER);
	case 6: return roll(3) == 0 && elect(copy, roll(2), roll(PEOPLE + 1));
	case 8: return look(copy, roll(PEOPLE), which);
	case 7: return roll(2) == 0 && change_print(copy, author);
	default:
		if (log_stale(&copy->log, s))
			rekey(copy, author, cases[which]);
		return note(copy, author, which);
	}
}

/* Three copies of one beginning, worked on apart; then merged into three new ones in three orders, and into each
 * other. */
static void test_random(int round)
{
	static const int orders[COPIES][COPIES] = { { 0, 1, 2 }, { 2, 0, 1 }, { 1, 2, 0 } };
	struct copy base, apart[COPIES], met[COPIES];
	size_t done = 0, refused = 0;
	bool good = begin(&base);

	for (size_t i = 0; i < COPIES; i++) {
		good = good && copy_open(&apart[i]) && merge(&apart[i], &base) == 0 && copy_open(&met[i]) &&
		       merge(&met[i], &base) == 0;
		for (size_t n = 0; n < STEPS; n++)
			done += step(&apart[i]);
	}
	for (size_t i = 0; i < COPIES; i++)
		for (size_t j = 0; j < COPIES; j++)
			refused += merge(&met[i], &apart[orders[i][j]]);
	for (size_t i = 0; i < COPIES; i++)
		for (size_t j = 0; j < COPIES; j++)
			refused += i == j ? 0 : merge(&apart[i], &apart[j]);
	CHECK(good && refused == 0 && done > COPIES * STEPS / 3, "round %d: %zu events written apart, all taken", round, done);
	for (size_t i = 0; i < COPIES; i++) {
		CHECK_QUIET(met[i].count == met[0].count, "round %d: order %zu has %zu events of %zu", round, i,
			    met[i].count, met[0].count);
		CHECK_QUIET(same(&met[0], &met[i]), "round %d: order %zu is another state", round, i);
		CHECK_QUIET(same(&met[0], &apart[i]), "round %d: copy %zu is another state", round, i);
		CHECK_QUIET(merge(&met[i], &met[0]) == 0 && met[i].count == met[0].count, "round %d: a second meeting brings something",
			    round);
	}
	for (size_t i = 0; i < COPIES; i++) {
		copy_close(&apart[i]);
		copy_close(&met[i]);
	}
	copy_close(&base);
}

/* ---- stories */

struct story { struct copy base, here, there; };

static bool story_begin(struct story *s)
{
	return begin(&s->base) && copy_open(&s->here) && copy_open(&s->there) && merge(&s->here, &s->base) == 0 &&
	       merge(&s->there, &s->base) == 0;
}

static void story_end(struct story *s, const char *name)
{
	CHECK(merge(&s->here, &s->there) == 0 && merge(&s->there, &s->here) == 0 && same(&s->here, &s->there), "%s", name);
}

static void story_close(struct story *s)
{
	copy_close(&s->base);
	copy_close(&s->here);
	copy_close(&s->there);
}

static void test_revoked(void)
{
	struct story s;
	const struct log_stream *c;

	story_begin(&s);
	CHECK(about(&s.here, 0, CONTROL_REVOKE, cases[0], 2, -1) && rekey(&s.here, 0, cases[0]) && note(&s.here, 0, 0),
	      "a handler loses a case here");
	CHECK(about(&s.there, 2, CONTROL_GRANT, cases[0], 2, RIGHT_ALL) && note(&s.there, 2, 0),
	      "and grants it to itself there");
	story_end(&s, "both come to the same");
	c = stream_of(&s.here, cases[0]);
	CHECK(log_rights(&s.here.log, c, ids[2]) == 0, "the revocation holds");
	CHECK(c->head_count == 2 && log_stale(&s.here.log, c), "and a new key is due over both heads");
	CHECK(!note(&s.here, 0, 0), "before anybody writes");
	CHECK(rekey(&s.here, 0, cases[0]) && note(&s.here, 0, 0) && stream_of(&s.here, cases[0])->head_count == 1,
	      "after it the case is one chain again");
	story_end(&s, "which the other copy takes");
	CHECK(!note(&s.there, 2, 0), "and there too the handler is out");
	story_close(&s);
}

static void test_two_keys(void)
{
	struct story s;
	const struct log_stream *c, *h, *t;
	uint8_t greater[ID_BYTES];

	story_begin(&s);
	CHECK(rekey(&s.here, 0, cases[1]) && rekey(&s.there, 1, cases[1]), "one number, two keys");
	h = stream_of(&s.here, cases[1]);
	t = stream_of(&s.there, cases[1]);
	memcpy(greater, memcmp(h->key_id, t->key_id, ID_BYTES) > 0 ? h->key_id : t->key_id, ID_BYTES);
	story_end(&s, "both come to the same");
	c = stream_of(&s.there, cases[1]);
	CHECK(c->epoch == 2 && memcmp(c->key_id, greater, ID_BYTES) == 0, "the greater key id is the newest");
	CHECK(log_stale(&s.there.log, c) && rekey(&s.there, 3, cases[1]), "who may only write changes it");
	CHECK(stream_of(&s.there, cases[1])->epoch == 3, "to the third");
	story_end(&s, "and all agree");
	story_close(&s);
}

static void test_removed(void)
{
	struct story s;

	story_begin(&s);
	CHECK(about(&s.here, 0, CONTROL_REMOVE, own, 1, -1), "an admin is removed here");
	s.there.log.time += 1000000;
	CHECK(admit(&s.there, 1, 5, ROLE_ADMIN) && about(&s.there, 1, CONTROL_GRANT, cases[2], 4, 3) &&
		      about(&s.there, 5, CONTROL_ROLE, own, 4, ROLE_ADMIN) && note(&s.there, 4, 2),
	      "and there goes on admitting and granting");
	story_end(&s, "both come to the same");
	CHECK(!log_live(log_member(&s.there.log, ids[5])), "who was admitted after the removal is no member");
	CHECK(log_role(&s.here.log, log_member(&s.here.log, ids[4]), LOG_NEVER) == ROLE_HANDLER, "nor makes admins");
	CHECK(log_rights(&s.here.log, stream_of(&s.here, cases[2]), ids[4]) == 0, "what was granted does not hold");
	story_close(&s);
}

static void test_each_other(void)
{
	struct story s;

	story_begin(&s);
	CHECK(about(&s.here, 0, CONTROL_REMOVE, own, 1, -1), "one admin removes another here");
	s.there.log.time += 1000000;
	CHECK(about(&s.there, 1, CONTROL_REMOVE, own, 0, -1), "who removes the first there, later");
	CHECK(merge(&s.there, &s.here) == 0 && log_live(log_member(&s.there.log, ids[0])) &&
		      !log_live(log_member(&s.there.log, ids[1])),
	      "the earlier removal holds");
	story_end(&s, "on both sides");
	story_close(&s);
}

static void test_backdated(void)
{
	struct story s;
	struct event late;

	story_begin(&s);
	CHECK(note(&s.there, 2, 0), "a handler writes on a copy");
	late = s.there.events[s.there.count - 1];
	CHECK(about(&s.here, 0, CONTROL_REVOKE, cases[0], 2, -1), "and loses the case here");
	forced = ids[2];
	CHECK(insert_and_take(&s.here, &late, true) != 0, "it cannot bring the event in itself: it might be dated back");
	forced = NULL;
	CHECK(insert_and_take(&s.here, &late, true) == 0, "somebody entitled can");
	story_close(&s);
}

/* Two copies whose clocks show the same: what both do bears the same time, whoever comes first. */
static void test_same_time(void)
{
	struct story s;

	spread = 1;
	story_begin(&s);
	CHECK(about(&s.here, 0, CONTROL_REMOVE, own, 1, -1) && about(&s.there, 1, CONTROL_REMOVE, own, 0, -1),
	      "two admins remove each other at the same time");
	story_end(&s, "one of them stays, the same on both sides");
	story_close(&s);
	story_begin(&s);
	CHECK(about(&s.here, 0, CONTROL_ROLE, own, 4, ROLE_OBSERVER) && about(&s.there, 1, CONTROL_ROLE, own, 4, ROLE_EVALUATOR) &&
		      elect(&s.here, 0, 2) && elect(&s.there, 1, 3) && change_print(&s.here, 2) && change_print(&s.there, 2),
	      "two roles, two recovery keys, two OpenPGP keys at the same time");
	story_end(&s, "one of each counts, the same on both sides");
	story_close(&s);
	story_begin(&s);
	CHECK(admit(&s.here, 0, 5, ROLE_HANDLER) && admit(&s.there, 1, 5, ROLE_OBSERVER), "one request granted twice at the same time");
	story_end(&s, "comes to the same");
	story_close(&s);
	spread = 1000;
}

int main(void)
{
	const char *rounds = getenv("PSIRTTY_GRAPH_ROUNDS"); /* more of them, to look for what is rare */

	for (size_t i = 0; i < PEOPLE; i++)
		ids[i][0] = (uint8_t)(0x10 + i);
	for (size_t i = 0; i < CASES; i++)
		cases[i][0] = (uint8_t)(0xC0 + i);
	snprintf(top, sizeof(top), "/tmp/psg-XXXXXX");
	if (!mkdtemp(top) || crypt_start(NULL))
		return 1;
	test_revoked();
	test_two_keys();
	test_removed();
	test_each_other();
	test_backdated();
	test_same_time();
	for (int round = 1; round <= (rounds && atoi(rounds) > 0 ? atoi(rounds) : ROUNDS); round++) {
		spread = round % 3 == 0 ? 1 : round % 3 == 1 ? 1000 : 3;
		test_random(round);
	}
	file_remove_tree(top, NULL);
	return tap_done();
}
