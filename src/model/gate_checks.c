/* SPDX-License-Identifier: Apache-2.0 */
/* The checks behind the gates that look at the case, and the words of all reasons. */
#include "model/gate_private.h"

#include "psirtty/base/i18n.h"

/* ---- remedies */

static bool is_remedy(const struct case_remediation *remedy)
{
	return str_equal(remedy->category, "vendor_fix") || str_equal(remedy->category, "mitigation") ||
	       str_equal(remedy->category, "workaround");
}

static bool has_record(const struct case_state *state, enum event_type type, const char *field, const char *value)
{
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(state, type, &cursor)))
		if (str_equal(record_text(record, field), value))
			return true;
	return false;
}

/* A fix, a mitigation or a workaround that users can have. */
static bool has_remedy(const struct case_state *state)
{
	for (size_t i = 0; i < state->remediation_count; i++)
		if (is_remedy(&state->remediations[i]))
			return true;
	return has_record(state, EVENT_WORKAROUND_SET, "result", "works") ||
	       has_record(state, EVENT_WORKAROUND_SET, "result", "partial") ||
	       has_record(state, EVENT_PLAN_SET, "state", "released");
}

/* ---- early publication (RMSV Article 9(1)) */

size_t gate_early_missing(const struct case_state *state, const char *ret[16])
{
	const struct event_field *field = event_info(EVENT_EARLY_PUBLICATION)->fields;
	const struct case_record *form = case_record_at(state, EVENT_EARLY_PUBLICATION, 1);
	size_t count = 0;

	for (; field->name; field++) {
		const char *text = form ? record_text(form, field->name) : "";

		if (!text[strspn(text, " \t\r\n")])
			ret[count++] = field->name;
	}
	return count;
}

/* Whether the form is complete and everybody who must agree did. */
static bool early_agreed(const struct case_state *state)
{
	const struct case_record *form = case_record_at(state, EVENT_EARLY_PUBLICATION, 1);
	const char *missing[16];

	return form && !gate_early_missing(state, missing) &&
	       str_equal(record_text(form, "provider_result"), "agreed") &&
	       !str_equal(record_text(form, "outcome"), "refused");
}

static void check_remedy_first(const struct gate_request *request, struct gate_verdict *verdict)
{
	if (!has_remedy(request->state) && !early_agreed(request->state))
		gate_reason(verdict, "no-remedy", NULL);
}

static void check_early(const struct gate_request *request, struct gate_verdict *verdict)
{
	const struct case_record *form = case_record_at(request->state, EVENT_EARLY_PUBLICATION, 1);
	const char *missing[16];
	size_t count;

	if (has_remedy(request->state))
		return;
	count = gate_early_missing(request->state, missing);
	if (!form)
		gate_reason(verdict, "no-early-form", NULL);
	for (size_t i = 0; form && i < count; i++)
		gate_reason(verdict, "early-missing", missing[i]);
	if (form && str_equal(record_text(form, "provider_result"), "not-agreed"))
		gate_reason(verdict, "provider-against", NULL);
	if (form && str_equal(record_text(form, "outcome"), "refused"))
		gate_reason(verdict, "authorities-against", NULL);
}

static void check_remedy_in_text(const struct gate_request *request, struct gate_verdict *verdict)
{
	const struct case_state *state = request->state;
	const char *advice = state->advisory ? str_or_empty(state->advisory->recommendation) : "";

	if (!has_remedy(state) && !advice[strspn(advice, " \t\r\n")])
		gate_reason(verdict, "nothing-to-do", NULL);
	for (size_t i = 0; i < state->remediation_count; i++)
		if (str_equal(state->remediations[i].category, "vendor_fix") &&
		    !*str_or_empty(state->remediations[i].url))
			gate_reason(verdict, "fix-without-place", state->remediations[i].details);
}

/* ---- dates */

static void check_freeze(const struct gate_request *request, struct gate_verdict *verdict)
{
	for (size_t i = 0; i < model_freeze_count(request->model); i++) {
		const struct freeze *freeze = model_freeze(request->model, i);
		char until[40];
		AUTO_STRING about = NULL;

		if (request->now < freeze->from.at || request->now >= freeze->until.at)
			continue;
		about = mem_format("%s (%s) %s", freeze->name, freeze->source,
				   instant_format(freeze->until.at, until));
		gate_reason(verdict, "frozen", about);
	}
}

static void check_embargo(const struct gate_request *request, struct gate_verdict *verdict)
{
	const struct case_state *state = request->state;
	char until[40];

	if (!embargo_in_force(&state->embargo)) {
		if (state->embargo.state == EM_PROPOSED)
			gate_reason(verdict, "embargo-proposed", instant_format(state->embargo.proposed.at, until));
		return;
	}
	if (request->now < state->embargo.until.at)
		gate_reason(verdict, "embargo-lasts", instant_format(state->embargo.until.at, until));
	for (size_t i = 0; i < state->party_count; i++)
		if (!case_may_share(state, &state->parties[i], request->now))
			gate_reason(verdict, "party-not-agreed", state->parties[i].name);
}

static void check_filed(const struct gate_request *request, struct gate_verdict *verdict)
{
	const char *id = verdict->rule->clock;
	const struct case_clock *said = id ? case_clock_said(request->state, id) : NULL;

	/* A handler who stopped it said why it does not apply. */
	if (!said || (said->filed == INSTANT_NONE && said->stopped == INSTANT_NONE))
		gate_reason(verdict, "not-filed", id);
}

/* ---- people */

/* Whether the wish of who is called NAME, at ADDRESS, is known: for this case, or in the register. */
static bool credit_known(const struct gate_request *request, const char *name, const char *address)
{
	const struct gate_recipient who = { .name = name, .address = address };
	const struct contact *contact;
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(request->state, EVENT_CREDIT_SET, &cursor))) {
		const char *of = record_text(record, "name");

		if (((name && str_casecmp(of, name) == 0) || (address && str_casecmp(of, address) == 0)) &&
		    !str_equal(record_text(record, "consent"), "unknown"))
			return true;
	}
	gate_jurisdiction(request->model, request->state, &who, &contact);
	return contact && *contact_text(contact, "credit") && !str_equal(contact_text(contact, "credit"), "unknown");
}

/* "Name <address>" in two; both freed by the caller. */
static void split_peer(const char *peer, char **ret_name, char **ret_address)
{
	const char *open = strrchr(peer, '<'), *close = open ? strchr(open, '>') : NULL;
	size_t length = open ? (size_t)(open - peer) : strlen(peer);

	while (length > 0 && peer[length - 1] == ' ')
		length--;
	*ret_name = length ? mem_copy(peer, length) : NULL;
	*ret_address = close ? mem_copy(open + 1, (size_t)(close - open - 1)) : NULL;
}

static bool is_finder_party(const struct case_party *party)
{
	return str_equal(party->role, "finder") || str_equal(party->role, "reporter");
}

/* A reporter who is a party too is asked for as that party. */
static bool party_at(const struct case_state *state, const char *address)
{
	for (size_t i = 0; address && i < state->party_count; i++)
		if (is_finder_party(&state->parties[i]) && state->parties[i].address &&
		    str_casecmp(state->parties[i].address, address) == 0)
			return true;
	return false;
}

static void check_credit(const struct gate_request *request, struct gate_verdict *verdict)
{
	const struct case_state *state = request->state;

	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (is_finder_party(party) && !credit_known(request, party->name, party->address))
			gate_reason(verdict, "credit-unknown", party->name);
	}
	for (size_t i = 0; i < state->reporter_count; i++) {
		AUTO_STRING name = NULL;
		AUTO_STRING address = NULL;

		split_peer(state->reporters[i], &name, &address);
		if (!party_at(state, address) && !credit_known(request, name, address))
			gate_reason(verdict, "credit-unknown", state->reporters[i]);
	}
}

static void check_signed(const struct gate_request *request, struct gate_verdict *verdict, const char *what)
{
	const struct case_advisory *advisory = request->state->advisory;
	const struct case_record *record;
	size_t cursor = 0, approvals = 0;

	while ((record = case_record_next(request->state, EVENT_SIGNED_OFF, &cursor))) {
		AUTO_STRING about = mem_format("%s, %s", what, record_text(record, "by"));
		bool old = str_equal(what, "advisory") && advisory && record->at < advisory->changed_at;

		if (!str_equal(record_text(record, "what"), what))
			continue;
		if (str_equal(record_text(record, "decision"), "refused"))
			gate_reason(verdict, "refused", about);
		else if (str_equal(record_text(record, "decision"), "approved") && old)
			gate_reason(verdict, "signed-before-change", about);
		else
			approvals += str_equal(record_text(record, "decision"), "approved");
	}
	if (!approvals)
		gate_reason(verdict, "not-signed", what);
}

static void check_reviews(const struct gate_request *request, struct gate_verdict *verdict)
{
	for (size_t i = 0; i < verdict->rule->required_count; i++)
		check_signed(request, verdict, verdict->rule->required[i]);
}

/* Where our advisories are published, or where a remedy is had: a place to point to. */
static void check_reference(const struct gate_request *request, struct gate_verdict *verdict)
{
	const char *place = model_policy(request->model)->namespace_url;

	for (size_t i = 0; i < request->state->remediation_count; i++)
		if (str_starts(str_or_empty(request->state->remediations[i].url), "http"))
			return;
	if (!place || !*place)
		gate_reason(verdict, "no-public-reference", NULL);
}

/* ---- names */

gate_check gate_check_named(const char *name)
{
	static const struct { const char *name; gate_check check; } checks[] = {
		{ "remedy-first", check_remedy_first },   { "remedy-in-text", check_remedy_in_text },
		{ "live-network", gate_check_network },   { "exaggeration", gate_check_exaggeration },
		{ "exploit-tools", gate_check_tools },    { "freeze-window", check_freeze },
		{ "foreign-recipients", gate_check_foreign }, { "early-publication", check_early },
		{ "report-filed", check_filed },	  { "credit-known", check_credit },
		{ "embargo-over", check_embargo },	  { "reviews-signed", check_reviews },
		{ "public-reference", check_reference },
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (str_equal(checks[i].name, name))
			return checks[i].check;
	return NULL;
}

static const struct { const char *word, *text; } reasons[] = {
	{ "no-remedy", N_("no fix, mitigation or workaround is recorded") },
	{ "no-early-form", N_("there is no remedy, and no form for early publication") },
	{ "early-missing", N_("the early publication form lacks") },
	{ "provider-against", N_("the provider did not agree to early publication") },
	{ "authorities-against", N_("the authorities refused early publication") },
	{ "nothing-to-do", N_("nothing says what users can do") },
	{ "fix-without-place", N_("a fix is named without where it is to be had") },
	{ "frozen", N_("nothing is published now") },
	{ "embargo-proposed", N_("an embargo is proposed and not decided, until") },
	{ "embargo-lasts", N_("the embargo lasts until") },
	{ "party-not-agreed", N_("did not agree to the date") },
	{ "not-filed", N_("not filed") },
	{ "credit-unknown", N_("it is not known whether and how to credit") },
	{ "refused", N_("refused the sign-off") },
	{ "signed-before-change", N_("signed off before it was changed") },
	{ "not-signed", N_("nobody signed off") },
	{ "no-public-reference", N_("there will be no public address to point to") },
	{ "foreign-recipient", N_("undisclosed, and the recipient is abroad") },
	{ "unknown-place", N_("undisclosed, and it is not known where the recipient is") },
	{ "proof-of-concept", N_("a proof of concept") },
	{ "program", N_("a program") },
	{ "exploit-block", N_("a block of the text is marked as an exploit") },
	{ "ipv4", N_("an address of a network") },
	{ "ipv6", N_("an address of a network") },
	{ "mac", N_("an address of a device") },
	{ "host", N_("a name of a host") },
	{ "coordinates", N_("a place on the map") },
	{ "customer", N_("a customer's name") },
	{ "phrase", N_("words to look at") },
	{ "severity-word", N_("words that claim another severity than the recorded one") },
	{ "number-without-source", N_("a number without its source") },
};

void gate_reason_text(const char *reason, struct str *ret)
{
	size_t length = strcspn(reason, ":");

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (strlen(reasons[i].word) == length && strncmp(reasons[i].word, reason, length) == 0) {
			str_add(ret, _(reasons[i].text));
			str_add(ret, reason + length);
			return;
		}
	str_add(ret, reason);
}
