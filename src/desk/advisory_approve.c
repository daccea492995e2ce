/* SPDX-License-Identifier: Apache-2.0 */
/* Approvals of an advisory: detached OpenPGP signatures over the list of its documents' hashes, each by the member whose
 * event it is; they count for these documents and no others. */
#include "desk/advisory_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/desk/life.h"
#include "psirtty/vault/members.h"

static const char *const state_names[] = {
#define X(name, word) [name] = word,
	APPROVAL_STATES(X)
#undef X
};

const char *approval_state_name(enum approval_state state)
{
	return state_names[state];
}

/* ---- who is who */

static char *fingerprint_of(struct desk *desk, const uint8_t member[16])
{
	struct vault_member *members = NULL;
	char *found = NULL;
	size_t count = 0;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		if (memcmp(members[i].person, member, 16) == 0 && (!found || members[i].live))
			mem_replace(&found, members[i].fingerprint);
	free(members);
	return found;
}

static instant last_release(const struct case_state *state)
{
	size_t count = case_record_count(state, EVENT_ADVISORY_PUBLISHED);

	return count ? case_record_at(state, EVENT_ADVISORY_PUBLISHED, count)->at : INSTANT_NONE;
}

/* What the documents say, words and facts. */
static const enum event_type says[] = {
	EVENT_ADVISORY_DRAFTED, EVENT_ADVISORY_TEXT, EVENT_SCORE_SET,	    EVENT_CWE_SET,   EVENT_ID_ADDED,
	EVENT_AFFECTED_SET,	EVENT_AFFECTED_JUDGED, EVENT_REMEDIATION_SET, EVENT_CREDIT_SET, EVENT_SUMMARY_SET,
};

/* Of disclosure they tell how the vulnerability is exploited; that it is public comes with the publication itself. */
static bool is_said(const struct event *event)
{
	const char *bit = event->type == EVENT_DISCLOSURE_SET ? js_string(event->body, "bit") : NULL;

	for (size_t i = 0; i < ARRAY_LEN(says); i++)
		if (says[i] == event->type)
			return true;
	return str_equal(bit, "attacks") || str_equal(bit, "exploit-public");
}

bool advisory_is_author(const struct case_state *state, const uint8_t member[16])
{
	size_t from = 0;

	for (size_t i = 0; i < state->event_count; i++)
		if (state->events[i].type == EVENT_ADVISORY_PUBLISHED)
			from = i;
	for (size_t i = from; i < state->event_count; i++)
		if (is_said(&state->events[i]) && !state->undone[i] && memcmp(state->events[i].member, member, 16) == 0)
			return true;
	return false;
}

/* ---- judging */

static size_t live_members(const struct desk *desk)
{
	struct vault_member *members = NULL;
	size_t count = 0, live = 0;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		live += members[i].live && !members[i].recovery && !members[i].replaced;
	free(members);
	return live;
}

/* What an author's own approval is by the rules. */
static enum approval_state own_counts(const struct desk *desk, const struct advisory_rules *rules, const char *role)
{
	size_t count;
	const struct conf *list = advisory_rules_list(rules, "approvals", &count);

	for (size_t i = 0; i < count; i++)
		if (str_equal(conf_text(&list[i], "role", ""), role)) {
			const char *own = conf_text(&list[i], "own", "no");

			if (str_equal(own, "yes") || str_equal(own, "true"))
				return APPROVAL_COUNTS;
			return str_equal(own, "alone") && live_members(desk) == 1 ? APPROVAL_ALONE : APPROVAL_OWN;
		}
	return APPROVAL_OWN;
}

/* Good, by the key the member has: anything gpg cannot tell is not checked, and does not count. */
static enum approval_state verify(struct desk *desk, const struct case_record *record,
				  const struct desk_documents *documents, instant now)
{
	const char *signature = record_text(record, "signature");
	AUTO_STRING expected = fingerprint_of(desk, record->member);
	enum approval_state state = APPROVAL_UNKNOWN;
	struct openpgp_result result = { 0 };

	/* When it was made is the event's to say, which is signed and chained itself: gpg's clock may be another one. */
	if (!expected || openpgp_verify(desk->pgp, documents->manifest.bytes, documents->manifest.length, signature,
					strlen(signature), now + 36500 * INSTANT_DAY, &result, NULL))
		return APPROVAL_UNKNOWN;
	for (size_t i = 0; i < result.signature_count; i++) {
		const struct mail_signature *s = &result.signatures[i];
		bool his = s->fingerprint && str_casecmp(s->fingerprint, expected) == 0;

		if (s->state == SIGNATURE_GOOD)
			state = his ? APPROVAL_COUNTS : APPROVAL_BAD;
		else
			state = s->state == SIGNATURE_UNKNOWN_KEY ? APPROVAL_UNKNOWN : APPROVAL_BAD;
	}
	openpgp_result_release(&result);
	return state;
}

static enum approval_state judge(struct desk *desk, const struct case_state *state, const struct case_record *record,
				 const struct desk_documents *documents, const struct advisory_rules *rules, instant now)
{
	enum approval_state found;

	if (!str_equal(record_text(record, "sha256"), documents->sha256))
		return APPROVAL_LAPSED;
	found = verify(desk, record, documents, now);
	if (found == APPROVAL_COUNTS && advisory_is_author(state, record->member))
		return own_counts(desk, rules, record_text(record, "role"));
	return found;
}

int desk_advisory_approvals(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
			    instant now, struct desk_approval **ret, size_t *ret_count, struct error *err)
{
	struct desk_approval *list = mem_alloc((state->record_count + 1) * sizeof(*list));
	instant since = last_release(state);
	const struct case_record *record;
	struct advisory_rules rules;
	size_t count = 0, cursor = 0;
	int code = advisory_rules_read(&rules, err);

	if (code) {
		free(list);
		return code;
	}
	while ((record = case_record_next(state, EVENT_ADVISORY_APPROVED, &cursor))) {
		if (since != INSTANT_NONE && record->at < since)
			continue;
		list[count++] = (struct desk_approval){ record_text(record, "role"), record->author,
							judge(desk, state, record, documents, &rules, now), record->at };
	}
	advisory_rules_release(&rules);
	*ret = list;
	*ret_count = count;
	return 0;
}

/* ---- approving */

static int check_role(const char *role, struct error *err)
{
	struct advisory_rules rules;
	AUTO_STR known = STR_INIT;
	const struct conf *list;
	size_t count;
	bool found = false;
	int code = advisory_rules_read(&rules, err);

	if (code)
		return code;
	list = advisory_rules_list(&rules, "approvals", &count);
	for (size_t i = 0; i < count; i++) {
		found |= str_equal(conf_text(&list[i], "role", ""), role);
		str_add_format(&known, "%s%s", i ? ", " : "", conf_text(&list[i], "role", ""));
	}
	advisory_rules_release(&rules);
	return found ? 0 : error_set(err, ERR_USAGE, role, NULL, _("nobody is asked to approve as that; there are: %s"),
				     known.bytes);
}

static int sign(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
		const char *role, const char *note, instant now, struct error *err)
{
	const char *signer = vault_fingerprint(desk->vault);
	const struct case_record *prepared = desk_advisory_prepared(state);
	AUTO_STR signature = STR_INIT;
	json_t *body;
	int code = openpgp_sign(desk->pgp, documents->manifest.bytes, documents->manifest.length, signer, true, &signature,
				NULL, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "advisory", state->advisory->id);
	js_set_string(body, "version", record_text(prepared, "version"));
	js_set_string(body, "role", role);
	js_set_string(body, "sha256", documents->sha256);
	js_set_string(body, "fingerprint", signer);
	js_set_string(body, "signature", signature.bytes);
	js_set_string(body, "note", note);
	return desk_append(desk, state, EVENT_ADVISORY_APPROVED, body, now, err);
}

/* The gate about reviews looks at sign-offs: an approval is one. */
static int sign_off(struct desk *desk, const struct case_state *state, const char *role, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "what", "advisory");
	js_set_string(body, "decision", "approved");
	js_set_string(body, "role", role);
	return desk_record(desk, state, EVENT_SIGNED_OFF, body, now, err);
}

int desk_advisory_approve(struct desk *desk, const struct case_state *state, const char *role, const char *note,
			  instant now, struct error *err)
{
	struct desk_documents documents;
	uint8_t stream[16];
	int code = check_role(role, err);

	memcpy(stream, state->stream, sizeof(stream));
	if (!code)
		code = desk_whole_case(desk, state, err);
	if (!code && !desk_advisory_prepared(state))
		code = desk_advisory_prepare(desk, state, INSTANT_NONE, false, NULL, now, err);
	if (code)
		return code;
	state = model_case_of_stream(desk->model, stream);
	code = desk_advisory_documents(desk, state, &documents, err);
	if (code)
		return code;
	code = sign(desk, state, &documents, role, note, now, err);
	desk_documents_release(&documents);
	return code ? code : sign_off(desk, model_case_of_stream(desk->model, stream), role, now, err);
}
