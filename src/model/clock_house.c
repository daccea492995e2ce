/* SPDX-License-Identifier: Apache-2.0 */
/* Freezes, duties of the house, the vault's own rows of clocks: the registry's events about time. */
#include "model/clock_house.h"

#include "model/case.h"

static void freeze_release(struct freeze *freeze)
{
	free(freeze->name);
	free(freeze->source);
}

static void duty_release(struct duty *duty)
{
	free(duty->clock);
	free(duty->note);
	free(duty->receipt);
	free(duty->by);
}

void clock_house_release(struct clock_house *house)
{
	for (size_t i = 0; i < house->freeze_count; i++)
		freeze_release(&house->freezes[i]);
	for (size_t i = 0; i < house->duty_count; i++)
		duty_release(&house->duties[i]);
	for (size_t i = 0; i < house->key_count; i++)
		free(house->keys[i].fingerprint);
	free(house->freezes);
	free(house->duties);
	free(house->keys);
	free(house->rules);
}

/* ---- freezes */

static size_t freeze_place(const struct clock_house *house, const char *name)
{
	size_t at = 0;

	while (at < house->freeze_count && str_casecmp(house->freezes[at].name, name) != 0)
		at++;
	return at;
}

static int check_freeze(const struct clock_house *house, const struct event *event, struct error *err)
{
	const char *name = event_text(event, "name");

	if (!name[strspn(name, " \t")])
		return error_set(err, ERR_NO, _("freeze"), NULL, _("rule freeze: the name is empty"));
	if (event_instant(event, "from") >= event_instant(event, "until"))
		return error_set(err, ERR_NO, name, NULL, _("rule freeze: it must end behind its begin"));
	if (freeze_place(house, name) < house->freeze_count)
		return error_set(err, ERR_NO, name, _("Remove that one first"),
				 _("rule freeze: there is one of this name"));
	return 0;
}

static void read_end(const struct event *event, const char *key, struct zoned *ret)
{
	if (zoned_parse(event_text(event, key), ret, NULL) != 0)
		BUG("a checked date-time cannot be read");
	snprintf(ret->zone, sizeof(ret->zone), "%s", str_or_empty(event_text(event, "zone")));
}

static void apply_freeze(struct clock_house *house, const struct event *event)
{
	struct freeze freeze = { .name = mem_string(event_text(event, "name")),
				 .source = mem_string(event_text(event, "source")) };
	size_t at = 0;

	read_end(event, "from", &freeze.from);
	read_end(event, "until", &freeze.until);
	while (at < house->freeze_count &&
	       (house->freezes[at].from.at < freeze.from.at ||
		(house->freezes[at].from.at == freeze.from.at && strcmp(house->freezes[at].name, freeze.name) < 0)))
		at++;
	house->freezes = list_open(house->freezes, &house->freeze_count, &house->freeze_room,
				   sizeof(freeze), at);
	house->freezes[at] = freeze;
}

static int check_removed(const struct clock_house *house, const struct event *event, struct error *err)
{
	const char *name = event_text(event, "name");

	if (freeze_place(house, name) < house->freeze_count)
		return 0;
	return error_set(err, ERR_NO, name, _("See freeze list"), _("rule freeze: there is none of this name"));
}

static void apply_removed(struct clock_house *house, const struct event *event)
{
	size_t at = freeze_place(house, event_text(event, "name"));

	freeze_release(&house->freezes[at]);
	house->freeze_count--;
	memmove(&house->freezes[at], &house->freezes[at + 1],
		(house->freeze_count - at) * sizeof(*house->freezes));
}

/* ---- duties and rules */

static int check_duty(const struct clock_house *house, const struct event *event, struct error *err)
{
	(void)house;
	if (!id_valid(event_text(event, "clock")))
		return error_set(err, ERR_NO, _("clock"), NULL,
				 _("rule clock: an id has letters, digits, dot and hyphen only"));
	if (event_instant(event, "at") > event->at)
		return error_set(err, ERR_NO, event_text(event, "clock"), NULL,
				 _("rule clock: what lies in the future is not done yet"));
	return 0;
}

static void apply_duty(struct clock_house *house, const struct event *event)
{
	struct duty duty = { .clock = mem_string(event_text(event, "clock")),
			     .note = mem_string(event_text(event, "note")),
			     .receipt = mem_string(event_text(event, "receipt")),
			     .by = mem_string(event->author), .at = event_instant(event, "at") };
	size_t at = 0;

	while (at < house->duty_count && !str_equal(house->duties[at].clock, duty.clock))
		at++;
	if (at == house->duty_count)
		house->duties = list_open(house->duties, &house->duty_count, &house->duty_room, sizeof(duty), at);
	else if (house->duties[at].at >= duty.at)
		at = SIZE_MAX;
	if (at == SIZE_MAX) {
		duty_release(&duty);
		return;
	}
	duty_release(&house->duties[at]);
	house->duties[at] = duty;
}

static void apply_rules(struct clock_house *house, const struct event *event)
{
	mem_replace(&house->rules, event_text(event, "yaml"));
}

static const struct {
	enum event_type type;
	int (*check)(const struct clock_house *, const struct event *, struct error *);
	void (*apply)(struct clock_house *, const struct event *);
} rows[] = {
	{ EVENT_FREEZE_ADDED, check_freeze, apply_freeze },
	{ EVENT_FREEZE_REMOVED, check_removed, apply_removed },
	{ EVENT_DUTY_DONE, check_duty, apply_duty },
	{ EVENT_CLOCK_RULES_SET, NULL, apply_rules },
};

static size_t row_of(enum event_type type)
{
	size_t i = 0;

	while (i < ARRAY_LEN(rows) && rows[i].type != type)
		i++;
	return i;
}

int clock_house_check(const struct clock_house *house, const struct event *event, struct error *err)
{
	size_t row = row_of(event->type);

	return rows[row].check ? rows[row].check(house, event, err) : 0;
}

void clock_house_apply(struct clock_house *house, const struct event *event)
{
	rows[row_of(event->type)].apply(house, event);
}
