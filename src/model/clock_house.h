/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry knows for clocks: freezes, duties of the house, when keys expire. */
#ifndef MODEL_CLOCK_HOUSE_H
#define MODEL_CLOCK_HOUSE_H

#include "psirtty/model/model.h"

struct key_expiry { char *fingerprint; instant at;  bool ours; };

struct clock_house {
	struct freeze *freezes; /* owned, by begin, then name */
	size_t freeze_count, freeze_room;
	struct duty *duties;    /* owned, the latest of each clock */
	size_t duty_count, duty_room;
	struct key_expiry *keys; /* owned */
	size_t key_count, key_room;
	char *rules;            /* owned: the vault's own rows of clocks, or NULL */
};

void clock_house_release(struct clock_house *house);
int clock_house_check(const struct clock_house *house, const struct event *event, struct error *err);
/* EVENT was checked. */
void clock_house_apply(struct clock_house *house, const struct event *event);

#endif
