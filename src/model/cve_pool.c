/* SPDX-License-Identifier: Apache-2.0 */
/* The CVE ids we hold: asked for, reserved, given to a case, published, rejected. */
#include "model/case.h"
#include "model/registry.h"

static const char *const state_words[] = {
#define X(name, word) [name] = word,
	POOL_STATES(X)
#undef X
};

/* From which states one comes to a state; -1: it is new. */
static const struct { int from; enum pool_state to; } ways[] = {
	{ -1, POOL_REQUESTED },		      { -1, POOL_RESERVED },	      { -1, POOL_USED },
	{ POOL_REQUESTED, POOL_REJECTED },    { POOL_RESERVED, POOL_USED },   { POOL_RESERVED, POOL_REJECTED },
	{ POOL_USED, POOL_RESERVED },	      { POOL_USED, POOL_PUBLISHED },  { POOL_USED, POOL_REJECTED },
	{ POOL_PUBLISHED, POOL_REJECTED },    { POOL_PUBLISHED, POOL_PUBLISHED }, { POOL_REQUESTED, POOL_REQUESTED },
	{ POOL_REJECTED, POOL_REQUESTED }, /* of requests alone: a CVE id is none */
};

static int state_from_name(const char *word)
{
	for (int i = 0; i < POOL_STATE_COUNT; i++)
		if (str_equal(state_words[i], word))
			return i;
	return -1;
}

void cve_pool_release(struct cve_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		free(pool->ids[i].id);
		free(pool->ids[i].case_id);
		free(pool->ids[i].reason);
	}
	free(pool->ids);
}

const struct pool_id *cve_pool_find(const struct cve_pool *pool, const char *id)
{
	for (size_t i = 0; i < pool->count; i++)
		if (str_casecmp(pool->ids[i].id, id) == 0)
			return &pool->ids[i];
	return NULL;
}

static bool is_id(const char *text)
{
	size_t number;

	if (!str_starts(text, "CVE-") || strspn(text + 4, "0123456789") != 4 || text[8] != '-')
		return false;
	number = strspn(text + 9, "0123456789");
	return number >= 4 && number <= 19 && !text[9 + number];
}

int cve_pool_check(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "cve"), *reason = event_text(event, "reason");
	const struct pool_id *known = cve_pool_find(&registry->pool, id);
	int to = state_from_name(event_text(event, "state"));
	bool way = false;

	if (to == POOL_REQUESTED ? !str_starts(id, "for ") : !is_id(id) && !(to == POOL_REJECTED && known))
		return error_set(err, ERR_NO, id, NULL, _("rule cve: it is no CVE id"));
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		way |= (int)ways[i].to == to && ways[i].from == (known ? (int)known->state : -1);
	if (!way)
		return error_set(err, ERR_NO, id, _("See `cve list`"), _("rule cve: it is %s, and does not become %s"),
				 known ? state_words[known->state] : _("not in the pool"), state_words[to]);
	if (to == POOL_USED && !event_text(event, "case"))
		return error_set(err, ERR_NO, id, NULL, _("rule cve: it is used for a case"));
	if (to == POOL_REJECTED && (!reason || !reason[strspn(reason, " \t")]))
		return error_set(err, ERR_NO, id, NULL, _("rule cve: to reject it needs a reason"));
	return 0;
}

static struct pool_id *pool_open(struct cve_pool *pool, const char *id)
{
	size_t at = 0;

	while (at < pool->count && strcmp(pool->ids[at].id, id) < 0)
		at++;
	if (at < pool->count && str_equal(pool->ids[at].id, id))
		return &pool->ids[at];
	pool->ids = list_open(pool->ids, &pool->count, &pool->room, sizeof(*pool->ids), at);
	pool->ids[at].id = mem_string(id);
	for (int i = 0; i < POOL_STATE_COUNT; i++)
		pool->ids[at].since[i] = INSTANT_NONE;
	return &pool->ids[at];
}

void cve_pool_apply(struct registry *registry, const struct event *event)
{
	struct pool_id *id = pool_open(&registry->pool, event_text(event, "cve"));

	id->state = (enum pool_state)state_from_name(event_text(event, "state"));
	id->since[id->state] = event_instant(event, "at");
	if (event_text(event, "case"))
		mem_replace(&id->case_id, event_text(event, "case"));
	if (id->state == POOL_RESERVED)
		mem_replace(&id->case_id, event_text(event, "case"));
	mem_replace(&id->reason, event_text(event, "reason"));
}
