/* SPDX-License-Identifier: Apache-2.0 */
/* Which members of a case and of a mail are kept in brief: one row each. Left out is what only a look at
 * the whole needs: events, message texts, notes, files. */
#include "model/brief.h"
#include "model/case.h"

/* Raise it when a member comes to mean something else or is written otherwise; added and removed rows show by
 * themselves. */
enum { MEANING = 4 };

#define SIZE_OF(type, member) sizeof(((type *)0)->member)
#define ROW(kind, type, member, limit) { kind, offsetof(type, member), SIZE_OF(type, member), limit, 0, NULL }
#define TEXT(type, member) ROW(KEEP_TEXT, type, member, 0)
#define TEXT_THERE(type, member) ROW(KEEP_TEXT, type, member, 1)
#define TIME(type, member) ROW(KEEP_TIME, type, member, 0)
#define WORD(type, member, count) ROW(KEEP_WORD, type, member, count)
#define NUMBER(type, member) ROW(KEEP_NUMBER, type, member, 0)
#define SIZE(type, member) ROW(KEEP_SIZE, type, member, 0)
#define FLAG(type, member) ROW(KEEP_FLAG, type, member, 0)
#define ZONED(type, member) ROW(KEEP_ZONED, type, member, 0)
#define BYTES(type, member) ROW(KEEP_BYTES, type, member, 0)
#define LIST(type, member, count, shape) \
	{ KEEP_LIST, offsetof(type, member), SIZE_OF(type, member), 0, offsetof(type, count), &(shape) }
#define PART(type, member, shape) \
	{ KEEP_PART, offsetof(type, member), SIZE_OF(type, member), 0, 0, &(shape) }
#define SHAPE(type, rows) { sizeof(type), rows, ARRAY_LEN(rows) }

/* ---- parts of a case */

static const struct brief_row word_rows[] = { { KEEP_TEXT, 0, sizeof(char *), 1, 0, NULL } };
static const struct brief_shape word_shape = SHAPE(char *, word_rows);

static const struct brief_row score_rows[] = {
	TEXT_THERE(struct case_score, vector), TEXT_THERE(struct case_score, issuer),
	TIME(struct case_score, at), WORD(struct case_score, cvss.version, 16),
	NUMBER(struct case_score, cvss.base), NUMBER(struct case_score, cvss.temporal),
	NUMBER(struct case_score, cvss.environmental), NUMBER(struct case_score, cvss.overall),
	WORD(struct case_score, cvss.severity, CVSS_CRITICAL + 1),
};
static const struct brief_shape score_shape = SHAPE(struct case_score, score_rows);

static const struct brief_row id_rows[] = {
	TEXT_THERE(struct case_identifier, system), TEXT_THERE(struct case_identifier, text),
};
static const struct brief_shape id_shape = SHAPE(struct case_identifier, id_rows);

static const struct brief_row affected_rows[] = {
	TEXT_THERE(struct case_affected, product), TEXT_THERE(struct case_affected, version),
	WORD(struct case_affected, status, AFFECTED_COUNT), TEXT(struct case_affected, justification),
	TEXT(struct case_affected, by),
};
static const struct brief_shape affected_shape = SHAPE(struct case_affected, affected_rows);

static const struct brief_row repro_rows[] = { /* without steps and files */
	TIME(struct case_repro, at), TEXT(struct case_repro, author), TEXT(struct case_repro, build),
	TEXT(struct case_repro, verdict), TEXT(struct case_repro, environment),
};
static const struct brief_shape repro_shape = SHAPE(struct case_repro, repro_rows);

static const struct brief_row party_rows[] = {
	TEXT_THERE(struct case_party, name), TEXT(struct case_party, role),
	TEXT(struct case_party, address), TEXT(struct case_party, fingerprint),
	WORD(struct case_party, consent, CONSENT_COUNT), TEXT(struct case_party, zone),
	TEXT(struct case_party, contact), WORD(struct case_party, rm, RM_COUNT),
	WORD(struct case_party, cs, 1u << CS_COUNT), FLAG(struct case_party, leaker),
	TIME(struct case_party, joined), TIME(struct case_party, rsvp), NUMBER(struct case_party, terms),
	TIME(struct case_party, answered), FLAG(struct case_party, late), TEXT(struct case_party, evidence),
};
static const struct brief_shape party_shape = SHAPE(struct case_party, party_rows);

static const struct brief_row advisory_rows[] = { /* without its long texts */
	TEXT_THERE(struct case_advisory, id), TEXT(struct case_advisory, title),
	TEXT(struct case_advisory, tlp), NUMBER(struct case_advisory, version),
	TIME(struct case_advisory, drafted_at), TIME(struct case_advisory, changed_at),
};
static const struct brief_shape advisory_shape = SHAPE(struct case_advisory, advisory_rows);

static const struct brief_row conflict_rows[] = {
	BYTES(struct case_conflict, event), TIME(struct case_conflict, at),
	TEXT(struct case_conflict, author), TEXT_THERE(struct case_conflict, what),
	TEXT_THERE(struct case_conflict, why),
};
static const struct brief_shape conflict_shape = SHAPE(struct case_conflict, conflict_rows);

static const struct brief_row fact_rows[] = {
	WORD(struct case_fact, fact, FACT_COUNT), TIME(struct case_fact, at),
};
static const struct brief_shape fact_shape = SHAPE(struct case_fact, fact_rows);

static const struct brief_row clock_rows[] = { /* without what was sent */
	TEXT_THERE(struct case_clock, id), TIME(struct case_clock, started), TIME(struct case_clock, stopped),
	TIME(struct case_clock, paused), TIME(struct case_clock, held), TIME(struct case_clock, filed),
	TIME(struct case_clock, last_filed), TEXT(struct case_clock, reason), TEXT(struct case_clock, reason_by),
	TEXT(struct case_clock, filed_by), TEXT(struct case_clock, receipt), TEXT(struct case_clock, sent_to),
	TEXT(struct case_clock, note), SIZE(struct case_clock, filings),
};
static const struct brief_shape clock_shape = SHAPE(struct case_clock, clock_rows);

/* ---- a case */

#define C struct case_state
static const struct brief_row case_rows[] = {
	TEXT_THERE(C, id),
	TEXT_THERE(C, title),
	ROW(KEEP_BEGIN, C, summary, SUMMARY_BEGIN),
	TEXT(C, assignee),
	TEXT(C, cwe),
	WORD(C, rm, RM_COUNT),
	WORD(C, cs, 1u << CS_COUNT),
	TIME(C, opened),
	TIME(C, updated),
	TIME(C, first_report),
	TIME(C, unanswered),
	LIST(C, reporters, reporter_count, word_shape),
	LIST(C, scores, score_count, score_shape),
	LIST(C, ids, id_count, id_shape),
	LIST(C, affected, affected_count, affected_shape),
	LIST(C, repros, repro_count, repro_shape),
	LIST(C, parties, party_count, party_shape),
	WORD(C, embargo.state, EM_COUNT),
	ZONED(C, embargo.until),
	ZONED(C, embargo.proposed),
	TEXT(C, embargo.proposed_by),
	TIME(C, embargo.proposed_at),
	TIME(C, embargo.accepted_at),
	TIME(C, embargo.ended_at),
	TEXT(C, embargo.end_reason),
	NUMBER(C, embargo.force),
	NUMBER(C, embargo.shortest),
	WORD(C, embargo.allow, 1u << ALLOW_COUNT),
	WORD(C, embargo.cause, END_COUNT),
	FLAG(C, embargo.overridden),
	TIME(C, embargo.inherited),
	LIST(C, sent_ids, sent_id_count, word_shape),
	TEXT(C, source),
	TEXT(C, owner),
	TEXT(C, merged_into),
	TEXT(C, split_from),
	FLAG(C, incident),
	TEXT(C, outcome),
	TEXT(C, priority),
	TIME(C, task_due),
	TIME(C, risk_until),
	TIME(C, times.answered),
	TIME(C, times.triaged),
	TIME(C, times.confirmed),
	TIME(C, times.fixed),
	TIME(C, times.published),
	PART(C, advisory, advisory_shape),
	LIST(C, facts, fact_count, fact_shape),
	LIST(C, clocks, clock_count, clock_shape),
	LIST(C, conflicts, conflict_count, conflict_shape),
};
#undef C
const struct brief_shape brief_case_shape = SHAPE(struct case_state, case_rows);

/* ---- a mail */

static const struct brief_row address_rows[] = {
	TEXT(struct mail_address, name), TEXT(struct mail_address, address),
};
static const struct brief_shape address_shape = SHAPE(struct mail_address, address_rows);

static const struct brief_row signature_rows[] = {
	WORD(struct mail_signature, state, SIGNATURE_COUNT), TEXT(struct mail_signature, fingerprint),
	FLAG(struct mail_signature, covers_message),
};
static const struct brief_shape signature_shape = SHAPE(struct mail_signature, signature_rows);

#define M struct inbox_item
static const struct brief_row mail_rows[] = {
	TEXT_THERE(M, id),
	TIME(M, received),
	TEXT_THERE(M, sha256),
	SIZE(M, size),
	TEXT(M, channel),
	TEXT(M, taken_case),
	TEXT(M, account),
	TEXT(M, uid),
	TEXT(M, sorted),
	FLAG(M, assessed.done),
	WORD(M, assessed.missing, 1u << REPORT_PART_COUNT),
	BYTES(M, assessed.sketch),
	TIME(M, acknowledged),
	FLAG(M, read),
	BYTES(M, reading),
	TEXT(M, record.subject),
	LIST(M, record.from, record.from_count, address_shape),
	TIME(M, record.date),
	TEXT(M, record.message_id),
	TEXT(M, record.in_reply_to),
	LIST(M, record.references, record.reference_count, word_shape),
	WORD(M, record.encryption, ENCRYPTION_COUNT),
	TEXT(M, record.encryption_reason),
	WORD(M, record.verdict, VERDICT_COUNT),
	LIST(M, record.signatures, record.signature_count, signature_shape),
	LIST(M, record.flags, record.flag_count, word_shape),
};
#undef M
const struct brief_shape brief_mail_shape = SHAPE(struct inbox_item, mail_rows);

/* ---- beside them */

static const struct brief_row passed_rows[] = {
	{ KEEP_TEXT, offsetof(struct passed_mail, account), sizeof(char *), 1, 0, NULL },
	{ KEEP_TEXT, offsetof(struct passed_mail, uid), sizeof(char *), 1, 0, NULL },
};
static const struct brief_shape passed_shape = SHAPE(struct passed_mail, passed_rows);

static const struct brief_row house_rows[] = {
	BYTES(struct house, last), BYTES(struct house, order),
	LIST(struct house, conflicts, conflict_count, conflict_shape),
	LIST(struct house, passed, passed_count, passed_shape),
};
const struct brief_shape brief_house_shape = SHAPE(struct house, house_rows);

uint32_t model_brief_version(void)
{
	static const struct brief_shape *const shapes[] = { &brief_case_shape, &brief_mail_shape,
							    &brief_house_shape };
	uint32_t hash = 0x811c9dc5u + MEANING;

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		hash = brief_shape_hash(shapes[i], hash);
	return hash;
}
