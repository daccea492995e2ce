/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is a member, when, and as what. Everything has its hybrid time and its author, and is settled in
 * the order of time: two copies of a vault that admitted, removed and named apart come to the same
 * roster, whichever order the events arrived in.
 */
#include "vault/log_private.h"

bool log_live(const struct log_member *member)
{
	return member->until == LOG_NEVER;
}

bool log_counts(const struct log *log, uint32_t member, uint64_t time)
{
	return member == LOG_NOBODY || time < log->members[member].until;
}

enum log_role log_role(const struct log *log, const struct log_member *member, uint64_t time)
{
	enum log_role role = member->roles[0].role;

	for (size_t i = 1; i < member->role_count && member->roles[i].time <= time; i++)
		if (log_counts(log, member->roles[i].author, member->roles[i].time))
			role = member->roles[i].role;
	return role;
}

unsigned log_roles(const struct log_member *member, uint64_t time)
{
	unsigned roles = 1u << member->roles[0].role;

	for (size_t i = 1; i < member->role_count && member->roles[i].time <= time; i++)
		roles |= 1u << member->roles[i].role;
	return roles;
}

uint32_t log_recovery(const struct log *log)
{
	uint32_t recovery = LOG_NOBODY;

	for (size_t i = 0; i < log->policy_count; i++)
		if (log_counts(log, log->policies[i].author, log->policies[i].time))
			recovery = log->policies[i].recovery;
	return recovery != LOG_NOBODY && log_live(&log->members[recovery]) ? recovery : LOG_NOBODY;
}

/* ---- settling: admissions and removals in the order of time, each by whoever was a member then */

/* Positions are this copy's own; what happened at the same time on two copies is ordered by ids. */
static int compare_members(const struct log *log, uint32_t a, uint32_t b)
{
	if (a == LOG_NOBODY || b == LOG_NOBODY)
		return (a != LOG_NOBODY) - (b != LOG_NOBODY);
	return memcmp(log->members[a].id, log->members[b].id, ID_BYTES);
}

static int compare_times(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_removals(const struct log *log, const struct log_removal *a, const struct log_removal *b)
{
	int order = compare_times(a->time, b->time);

	if (!order)
		order = compare_members(log, a->member, b->member);
	return order ? order : compare_members(log, a->author, b->author);
}

static int compare_roles(const struct log *log, const struct log_role_change *a, const struct log_role_change *b)
{
	int order = compare_times(a->time, b->time);

	if (!order)
		order = compare_members(log, a->author, b->author);
	return order ? order : (a->role > b->role) - (a->role < b->role);
}

static int compare_policies(const struct log *log, const struct log_policy *a, const struct log_policy *b)
{
	int order = compare_times(a->time, b->time);

	if (!order)
		order = compare_members(log, a->author, b->author);
	return order ? order : compare_members(log, a->recovery, b->recovery);
}

/* A member whose sponsor had been removed before was never one; nor is whom he admitted in turn, wherever they stand in
 * the list. */
static void settle_admissions(struct log *log, uint64_t before)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < log->member_count; i++) {
			struct log_member *m = &log->members[i];

			if (m->since > before || m->until == m->since || log_counts(log, m->sponsor, m->since))
				continue;
			m->until = m->since;
			again = true;
		}
	}
}

static void settle(struct log *log)
{
	for (size_t i = 0; i < log->member_count; i++)
		log->members[i].until = LOG_NEVER;
	for (size_t i = 0; i < log->removal_count; i++) {
		const struct log_removal *r = &log->removals[i];
		struct log_member *m = &log->members[r->member];

		settle_admissions(log, r->time);
		if (log_counts(log, r->author, r->time) && r->time < m->until)
			m->until = r->time;
	}
	settle_admissions(log, LOG_NEVER);
}

static void add_role(const struct log *log, struct log_member *m, struct log_role_change change)
{
	size_t at = m->role_count++;

	m->roles = mem_resize(m->roles, m->role_count, sizeof(*m->roles));
	for (; at > 0 && compare_roles(log, &m->roles[at - 1], &change) > 0; at--)
		m->roles[at] = m->roles[at - 1];
	m->roles[at] = change;
}

/* One request can be granted on two copies of the vault: the earlier admission counts, the later one is a change
 * of role. */
static void admit_again(const struct log *log, struct log_member *m, const struct log_member *newcomer)
{
	int order = compare_times(newcomer->since, m->since);

	add_role(log, m, newcomer->roles[0]);
	if (order > 0 || (!order && compare_members(log, newcomer->sponsor, m->sponsor) >= 0))
		return;
	if (m->renewed == m->since)
		m->renewed = newcomer->since;
	m->since = newcomer->since;
	m->sponsor = newcomer->sponsor;
}

/* Another identity of the same OpenPGP key is the same person. */
static uint32_t person_of(const struct log *log, const struct log_member *newcomer)
{
	for (uint32_t i = 0; i < log->member_count; i++)
		if (strcmp(log->members[i].fingerprint, newcomer->fingerprint) == 0)
			return log->members[i].person;
	return (uint32_t)log->member_count;
}

void roster_admit(struct log *log, struct log_member *newcomer)
{
	uint32_t known = log_position(log, newcomer->id);

	if (known != LOG_NOBODY) {
		admit_again(log, &log->members[known], newcomer);
		settle(log);
		return;
	}
	newcomer->person = person_of(log, newcomer);
	log->members = mem_grow(log->members, &log->member_capacity, log->member_count + 1,
				sizeof(*log->members));
	log->members[log->member_count++] = *newcomer;
	*newcomer = (struct log_member){ .certification = STR_INIT };
	settle(log);
}

void roster_remove(struct log *log, uint32_t member, uint32_t author, uint64_t time)
{
	const struct log_removal removal = { time, author, member };
	size_t at = log->removal_count++;

	log->removals = mem_grow(log->removals, &log->removal_capacity, log->removal_count, sizeof(*log->removals));
	for (; at > 0 && compare_removals(log, &log->removals[at - 1], &removal) > 0; at--)
		log->removals[at] = log->removals[at - 1];
	log->removals[at] = removal;
	settle(log);
}

void roster_set_role(struct log *log, uint32_t member, uint8_t role, uint32_t author, uint64_t time)
{
	add_role(log, &log->members[member], (struct log_role_change){ time, author, role });
}

void roster_set_recovery(struct log *log, uint32_t member, uint32_t author, uint64_t time)
{
	const struct log_policy policy = { time, author, member };
	size_t at = log->policy_count++;

	log->policies = mem_grow(log->policies, &log->policy_capacity, log->policy_count, sizeof(*log->policies));
	for (; at > 0 && compare_policies(log, &log->policies[at - 1], &policy) > 0; at--)
		log->policies[at] = log->policies[at - 1];
	log->policies[at] = policy;
}

bool log_last_admin(const struct log *log, uint32_t member)
{
	for (uint32_t i = 0; i < log->member_count; i++)
		if (i != member && log_live(&log->members[i]) &&
		    log_role(log, &log->members[i], LOG_NEVER) == ROLE_ADMIN)
			return false;
	return log_role(log, &log->members[member], LOG_NEVER) == ROLE_ADMIN;
}
