/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which key signs for which address. A key that takes another's place needs the old key's word (a signed
 * statement, checked at the desk and kept) or a second person: one asks, another pins.
 */
#include "model/case.h"
#include "model/registry.h"

static void pin_release(struct pin *pin)
{
	free(pin->address);
	free(pin->fingerprint);
	free(pin->verified);
	free(pin->note);
	free(pin->by);
}

static void ask_release(struct pin_ask *ask)
{
	free(ask->address);
	free(ask->fingerprint);
	free(ask->by);
	free(ask->verified);
}

void pins_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->pin_count; i++)
		pin_release(&registry->pins[i]);
	for (size_t i = 0; i < registry->pin_past_count; i++) {
		free(registry->pin_pasts[i].address);
		free(registry->pin_pasts[i].fingerprint);
	}
	for (size_t i = 0; i < registry->pin_ask_count; i++)
		ask_release(&registry->pin_asks[i]);
	free(registry->pins);
	free(registry->pin_pasts);
	free(registry->pin_asks);
}

/* ---- finding */

static size_t pin_place(const struct registry *registry, const char *address, bool *ret_there)
{
	return sorted_place(registry->pins, registry->pin_count, sizeof(struct pin), address, str_casecmp, ret_there);
}

const struct pin *registry_pin(const struct registry *registry, const char *address)
{
	bool there;
	size_t at = pin_place(registry, address, &there);

	return there ? &registry->pins[at] : NULL;
}

const char *pin_last(const struct registry *registry, const char *address)
{
	const struct pin *pin = registry_pin(registry, address);

	if (pin)
		return pin->fingerprint;
	for (size_t i = registry->pin_past_count; i-- > 0;)
		if (str_casecmp(registry->pin_pasts[i].address, address) == 0)
			return registry->pin_pasts[i].fingerprint;
	return NULL;
}

static const struct pin_ask *ask_of(const struct registry *registry, const char *event_hex)
{
	uint8_t id[32];

	if (!event_hex || str_unhex(event_hex, id, sizeof(id)) != (long)sizeof(id))
		return NULL;
	for (size_t i = 0; i < registry->pin_ask_count; i++)
		if (memcmp(registry->pin_asks[i].event, id, sizeof(id)) == 0)
			return &registry->pin_asks[i];
	return NULL;
}

/* ---- rules */

static int check_shape(const char *address, const char *fingerprint, struct error *err)
{
	size_t length = strlen(fingerprint);

	if (!*address)
		return error_set(err, ERR_NO, _("pin"), NULL, _("rule pin: the address is empty"));
	if ((length == 40 || length == 64) && strspn(fingerprint, "0123456789abcdefABCDEF") == length)
		return 0;
	return error_set(err, ERR_NO, address, NULL,
			 _("rule pin: a fingerprint has 40 or 64 hexadecimal digits"));
}

static int check_second(const struct pin_ask *ask, const struct event *event, struct error *err)
{
	const char *address = event_text(event, "address");

	if (str_casecmp(ask->address, address) != 0 ||
	    str_casecmp(ask->fingerprint, event_text(event, "fingerprint")) != 0)
		return error_set(err, ERR_NO, address, NULL, _("rule pin change: another change was asked for"));
	if (memcmp(ask->member, event->member, sizeof(ask->member)) == 0)
		return error_set(err, ERR_NO, address, _("Let somebody else compare the fingerprint and pin it"),
				 _("rule pin change: who asked for a change does not also confirm it"));
	return 0;
}

/* A statement of the old key was verified before it was kept; "alone" is said where there is no second person. */
static int check_pinned(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *address = event_text(event, "address"), *last = pin_last(registry, address);
	const char *statement = event_text(event, "statement"), *instead = event_text(event, "instead");
	const struct pin_ask *ask;

	if (check_shape(address, event_text(event, "fingerprint"), err))
		return ERR_NO;
	if (!last || str_casecmp(last, event_text(event, "fingerprint")) == 0)
		return 0;
	ask = ask_of(registry, event_text(event, "asked"));
	if (ask)
		return check_second(ask, event, err);
	if (instead && str_casecmp(instead, last) == 0 && ((statement && *statement) || js_bool(event->body, "alone")))
		return 0;
	return error_set(err, ERR_NO, address, _("Give the statement with --signed FILE, or ask: `key pin` names a second person's part"),
			 _("rule pin change: the key was %s; the old key must sign the change, or a second person confirm it"),
			 last);
}

static int check_asked(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *address = event_text(event, "address"), *last = pin_last(registry, address);

	if (check_shape(address, event_text(event, "fingerprint"), err))
		return ERR_NO;
	if (last && str_casecmp(last, event_text(event, "instead")) == 0 &&
	    str_casecmp(last, event_text(event, "fingerprint")) != 0)
		return 0;
	return error_set(err, ERR_NO, address, NULL, _("rule pin change: that is no change of what is pinned"));
}

int pin_check(const struct registry *registry, const struct event *event, struct error *err)
{
	if (event->type == EVENT_KEY_PINNED)
		return check_pinned(registry, event, err);
	if (event->type == EVENT_KEY_CHANGE_ASKED)
		return check_asked(registry, event, err);
	if (registry_pin(registry, event_text(event, "address")))
		return 0;
	return error_set(err, ERR_NO, event_text(event, "address"), NULL,
			 _("rule pin: no key is pinned to this address"));
}

/* ---- taking events */

static char *upper_copy(const char *hex)
{
	char *copy = mem_string(hex);

	for (char *c = copy; *c; c++)
		if (*c >= 'a' && *c <= 'f')
			*c = (char)(*c - 'a' + 'A');
	return copy;
}

static void keep_past(struct registry *registry, const struct pin *pin, instant until)
{
	size_t at = registry->pin_past_count;

	registry->pin_pasts = list_open(registry->pin_pasts, &registry->pin_past_count, &registry->pin_past_room,
					sizeof(*registry->pin_pasts), at);
	registry->pin_pasts[at] = (struct pin_past){ mem_string(pin->address), mem_string(pin->fingerprint), pin->at,
						     until };
}

static void forget_asks(struct registry *registry, const char *address)
{
	size_t kept = 0;

	for (size_t i = 0; i < registry->pin_ask_count; i++)
		if (str_casecmp(registry->pin_asks[i].address, address) == 0)
			ask_release(&registry->pin_asks[i]);
		else
			registry->pin_asks[kept++] = registry->pin_asks[i];
	registry->pin_ask_count = kept;
}

static void apply_pinned(struct registry *registry, const struct event *event)
{
	const char *address = event_text(event, "address");
	bool there;
	size_t at = pin_place(registry, address, &there);
	AUTO_STRING fingerprint = upper_copy(event_text(event, "fingerprint"));
	struct pin *pin;

	if (!there) {
		registry->pins = list_open(registry->pins, &registry->pin_count, &registry->pin_room, sizeof(*pin), at);
		registry->pins[at].address = lower_copy(address);
	}
	pin = &registry->pins[at];
	if (there && !str_equal(pin->fingerprint, fingerprint))
		keep_past(registry, pin, event->at);
	mem_replace(&pin->fingerprint, fingerprint);
	mem_replace(&pin->verified, event_text(event, "verified"));
	mem_replace(&pin->note, event_text(event, "note"));
	mem_replace(&pin->by, event->author);
	pin->at = event->at;
	forget_asks(registry, address);
}

static void apply_unpinned(struct registry *registry, const struct event *event)
{
	bool there;
	size_t at = pin_place(registry, event_text(event, "address"), &there);

	keep_past(registry, &registry->pins[at], event->at);
	pin_release(&registry->pins[at]);
	registry->pin_count--;
	memmove(&registry->pins[at], &registry->pins[at + 1],
		(registry->pin_count - at) * sizeof(*registry->pins));
}

static void apply_asked(struct registry *registry, const struct event *event)
{
	struct pin_ask *ask;
	size_t at;

	forget_asks(registry, event_text(event, "address"));
	at = registry->pin_ask_count;
	registry->pin_asks = list_open(registry->pin_asks, &registry->pin_ask_count, &registry->pin_ask_room,
				       sizeof(*registry->pin_asks), at);
	ask = &registry->pin_asks[at];
	*ask = (struct pin_ask){ .address = lower_copy(event_text(event, "address")),
				 .fingerprint = upper_copy(event_text(event, "fingerprint")),
				 .by = mem_string(event->author),
				 .verified = mem_string(event_text(event, "verified")),
				 .at = event->at };
	memcpy(ask->member, event->member, sizeof(ask->member));
	memcpy(ask->event, event->id, sizeof(ask->event));
}

void pin_apply(struct registry *registry, const struct event *event)
{
	if (event->type == EVENT_KEY_PINNED)
		apply_pinned(registry, event);
	else if (event->type == EVENT_KEY_UNPINNED)
		apply_unpinned(registry, event);
	else
		apply_asked(registry, event);
}
