/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is outside the house: finders, vendors, coordinators, authorities; and what each side wants of
 * embargoes. A contact is what was stated of it, field by field; the fields are the event table's.
 */
#include "model/case.h"
#include "model/registry.h"

struct contact {
	char *id;      /* owned */
	json_t *facts; /* owned */
};

/* ---- places */

static size_t contact_place(const struct registry *registry, const char *id, bool *ret_there)
{
	return sorted_place(registry->contacts, registry->contact_count, sizeof(struct contact), id, strcmp, ret_there);
}

static void contact_release(struct contact *contact)
{
	free(contact->id);
	json_decref(contact->facts);
}

static void policy_release(struct embargo_policy *policy)
{
	free(policy->actor);
	free(policy->inbox);
	free(policy->note);
}

void contacts_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->contact_count; i++)
		contact_release(&registry->contacts[i]);
	for (size_t i = 0; i < registry->embargo_policy_count; i++)
		policy_release(&registry->embargo_policies[i]);
	free(registry->contacts);
	free(registry->embargo_policies);
}

/* ---- contacts */

static bool fingerprint_valid(const char *text)
{
	size_t length = strlen(text);

	return (length == 40 || length == 64) && strspn(text, "0123456789abcdefABCDEF") == length;
}

static int check_lists(const struct event *event, const char *id, struct error *err)
{
	const json_t *keys = js_array(event->body, "fingerprints");
	const json_t *addresses = js_array(event->body, "addresses");

	for (size_t i = 0; i < json_array_size(keys); i++)
		if (!fingerprint_valid(json_string_value(json_array_get(keys, i))))
			return error_set(err, ERR_NO, id, NULL,
					 _("rule pin: a fingerprint has 40 or 64 hexadecimal digits"));
	for (size_t i = 0; i < json_array_size(addresses); i++) {
		const char *address = json_string_value(json_array_get(addresses, i));
		const char *at = strchr(address, '@');

		if (!at || at == address || !at[1] || strpbrk(address, " <>\t"))
			return error_set(err, ERR_NO, id, NULL,
					 _("rule contact: an address is written as name@host"));
	}
	return 0;
}

int contact_check(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "contact"), *name = event_text(event, "name");
	bool there;

	if (!id_valid(id))
		return error_set(err, ERR_NO, _("contact"), NULL,
				 _("rule contact: an id has letters, digits, dot and hyphen only"));
	contact_place(registry, id, &there);
	if (event->type == EVENT_CONTACT_REMOVED)
		return there ? 0 :
			       error_set(err, ERR_NO, id, NULL,
					 _("rule contact: nobody is called so"));
	if ((!there && !name) || (name && !name[strspn(name, " \t")]))
		return error_set(err, ERR_NO, id, NULL, _("rule contact: the name is empty"));
	return check_lists(event, id, err);
}

/* What is not named stays; an empty text or list clears. */
void contact_apply(struct registry *registry, const struct event *event)
{
	const char *id = event_text(event, "contact"), *key;
	bool there;
	size_t at = contact_place(registry, id, &there);
	struct contact *contact;
	json_t *value;

	if (!there) {
		registry->contacts = list_open(registry->contacts, &registry->contact_count,
					       &registry->contact_room, sizeof(*contact), at);
		registry->contacts[at] = (struct contact){ mem_string(id), json_object() };
	}
	contact = &registry->contacts[at];
	json_object_foreach(event->body, key, value)
		json_object_set(contact->facts, key, value);
}

void contact_remove(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = contact_place(registry, event_text(event, "contact"), &there);

	contact_release(&registry->contacts[at]);
	registry->contact_count--;
	memmove(&registry->contacts[at], &registry->contacts[at + 1],
		(registry->contact_count - at) * sizeof(*registry->contacts));
}

const struct contact *contact_at(const struct registry *registry, size_t index)
{
	return &registry->contacts[index];
}

const char *contact_text(const struct contact *contact, const char *field)
{
	return str_or_empty(js_string(contact->facts, field));
}

const char *contact_words(const struct contact *contact, const char *field, size_t n)
{
	return json_string_value(json_array_get(js_array(contact->facts, field), n));
}

/* ---- what is wanted of embargoes */

static bool span_read(const struct event *event, const char *key, instant *ret, struct error *err)
{
	const char *text = event_text(event, key);

	*ret = INSTANT_NONE;
	return !text || !*text || duration_parse(text, ret, err) == 0;
}

int embargo_policy_check(const struct event *event, struct error *err)
{
	const char *actor = event_text(event, "actor");
	instant preferred, least, most;
	AUTO_ERROR why = ERROR_INIT;

	if (!span_read(event, "preferred", &preferred, &why) ||
	    !span_read(event, "minimum", &least, &why) || !span_read(event, "maximum", &most, &why))
		return error_set(err, ERR_NO, actor, NULL, _("rule EP-04: %s"), str_or_empty(why.why));
	if (!*actor)
		return error_set(err, ERR_NO, _("embargo policy"), NULL,
				 _("rule EP-04: it says not whose policy it is"));
	if ((least != INSTANT_NONE && preferred != INSTANT_NONE && preferred < least) ||
	    (most != INSTANT_NONE && preferred != INSTANT_NONE && preferred > most) ||
	    (least != INSTANT_NONE && most != INSTANT_NONE && least > most))
		return error_set(err, ERR_NO, actor, NULL,
				 _("rule EP-04: minimum, preferred and maximum are not in this order"));
	return 0;
}

void embargo_policy_apply(struct registry *registry, const struct event *event)
{
	const char *actor = event_text(event, "actor");
	size_t at = 0;
	struct embargo_policy *policy;

	while (at < registry->embargo_policy_count &&
	       strcmp(registry->embargo_policies[at].actor, actor) < 0)
		at++;
	if (at < registry->embargo_policy_count &&
	    str_equal(registry->embargo_policies[at].actor, actor))
		policy_release(&registry->embargo_policies[at]);
	else
		registry->embargo_policies =
			list_open(registry->embargo_policies, &registry->embargo_policy_count,
				  &registry->embargo_policy_room, sizeof(*policy), at);
	policy = &registry->embargo_policies[at];
	*policy = (struct embargo_policy){
		.actor = mem_string(actor),
		.inbox = mem_string(event_text(event, "inbox")),
		.note = mem_string(event_text(event, "note")),
	};
	if (!span_read(event, "preferred", &policy->preferred, NULL) ||
	    !span_read(event, "minimum", &policy->minimum, NULL) ||
	    !span_read(event, "maximum", &policy->maximum, NULL))
		BUG("a checked span cannot be read");
}
