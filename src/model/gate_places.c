/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where recipients are and what they are to the case: by the register, through the party's contact, the address,
 * the key or the name. Who is in no register is somewhere unknown, and counts as foreign.
 */
#include "model/gate_private.h"

static const struct case_party *party_of(const struct case_state *state, const struct gate_recipient *who)
{
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if ((who->address && party->address && str_casecmp(party->address, who->address) == 0) ||
		    (who->fingerprint && party->fingerprint && str_casecmp(party->fingerprint, who->fingerprint) == 0) ||
		    (who->name && str_casecmp(party->name, who->name) == 0))
			return party;
	}
	return NULL;
}

static const struct contact *contact_of_key(const struct model *model, const char *fingerprint)
{
	for (size_t i = 0; fingerprint && i < model_contact_count(model); i++) {
		const struct contact *contact = model_contact(model, i);
		const char *key;

		for (size_t k = 0; (key = contact_words(contact, "fingerprints", k)); k++)
			if (str_casecmp(key, fingerprint) == 0)
				return contact;
	}
	return NULL;
}

static const struct contact *contact_of(const struct model *model, const struct case_state *state,
					const struct gate_recipient *who)
{
	const struct case_party *party = party_of(state, who);
	const char *const names[] = { party ? party->contact : NULL, who->address, party ? party->address : NULL,
				      who->name };
	const struct contact *contact = NULL;

	for (size_t i = 0; !contact && i < ARRAY_LEN(names); i++)
		if (names[i] && *names[i])
			contact = model_find_contact(model, names[i]);
	return contact ? contact : contact_of_key(model, who->fingerprint);
}

const char *gate_jurisdiction(const struct model *model, const struct case_state *state,
			      const struct gate_recipient *who, const struct contact **ret_contact)
{
	const struct contact *contact = contact_of(model, state, who);
	const char *where = contact ? contact_text(contact, "jurisdiction") : "";

	if (ret_contact)
		*ret_contact = contact;
	return *where ? where : "unknown";
}

/* ---- whom a gate spares */

static bool makes(const struct contact *contact, const char *id, const struct product *product)
{
	const char *word, *vendor = product ? product->vendor : NULL;

	for (size_t i = 0; (word = contact_words(contact, "products", i)); i++)
		if (str_casecmp(word, id) == 0 ||
		    (product && (str_casecmp(word, product->id) == 0 ||
				 (product->name && str_casecmp(word, product->name) == 0))))
			return true;
	return vendor && *vendor && (str_casecmp(vendor, contact_text(contact, "name")) == 0 ||
				     str_casecmp(vendor, contact_text(contact, "organisation")) == 0);
}

/* The provider of a product the case is about: a vendor or supplier, by the register. */
static bool is_provider(const struct model *model, const struct case_state *state, const struct contact *contact)
{
	const char *kind = contact ? contact_text(contact, "kind") : "";

	if (!str_equal(kind, "vendor") && !str_equal(kind, "supplier"))
		return false;
	for (size_t i = 0; i < state->affected_count; i++)
		if (makes(contact, state->affected[i].product,
			  model_find_product(model, state->affected[i].product)))
			return true;
	return false;
}

static bool is_reporter(const struct case_state *state, const struct gate_recipient *who)
{
	const struct case_party *party = party_of(state, who);

	if (party && (str_equal(party->role, "finder") || str_equal(party->role, "reporter")))
		return true;
	for (size_t i = 0; who->address && i < state->message_count; i++)
		if (state->messages[i].type == EVENT_REPORT_RECEIVED && state->messages[i].address &&
		    str_casecmp(state->messages[i].address, who->address) == 0)
			return true;
	return false;
}

bool gate_spared(const struct model *model, const struct case_state *state, const struct gate_recipient *who,
		 unsigned spares)
{
	return ((spares & GATE_SPARES_PROVIDER) && is_provider(model, state, contact_of(model, state, who))) ||
	       ((spares & GATE_SPARES_REPORTER) && is_reporter(state, who));
}

void gate_check_foreign(const struct gate_request *request, struct gate_verdict *verdict)
{
	if (request->form || !gate_undisclosed(request->state))
		return;
	for (size_t i = 0; i < request->recipient_count; i++) {
		const struct gate_recipient *who = &request->recipients[i];
		const char *where = gate_jurisdiction(request->model, request->state, who, NULL);
		const char *name = who->address && *who->address ? who->address :
				   who->name && *who->name	 ? who->name :
								   str_or_empty(who->fingerprint);
		bool foreign = !str_equal(where, "CN") && !str_equal(where, "unknown");

		if (!str_equal(where, "CN") &&
		    !gate_spared(request->model, request->state, who, verdict->rule->spares))
			gate_reason(verdict, foreign ? "foreign-recipient" : "unknown-place", name);
	}
}
