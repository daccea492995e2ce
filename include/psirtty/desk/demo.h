/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world of the demonstration: people with real keys made on the spot, and their mail, written and
 * encrypted as their own programs would, lying in a Maildir. What the handler then does is commands.
 */
#ifndef PSIRTTY_DESK_DEMO_H
#define PSIRTTY_DESK_DEMO_H

#include "psirtty/base/conf.h"
#include "psirtty/base/instant.h"

struct demo_person { char *id, *name, *address, *home, *fingerprint; bool pinned; };
struct demo_world {
	struct conf script;                       /* data/demo/demo.yaml */
	char *dir, *gpg_home, *maildir, *vault, *fingerprint; /* of the handler */
	struct demo_person *people; size_t person_count;
};
void demo_world_release(struct demo_world *world);

/* Whether DIR is one that demo_world_make made. */
bool demo_is_there(const char *dir);
/* The parts of an existing one that need no key: paths. */
int demo_world_find(const char *dir, struct demo_world *ret, struct error *err);
/* Makes DIR anew (an older demo there is removed; anything else is refused): homes, keys, mail. */
int demo_world_make(const char *dir, instant now, struct demo_world *ret, struct error *err);
const struct demo_person *demo_person(const struct demo_world *world, const char *id);
/* Stops the gpg-agents of all people but the handler. */
void demo_world_rest(const struct demo_world *world);
/* Whether the person (by gpg home) can open the OpenPGP message in this mail; text compared with NEEDLE. */
bool demo_can_read(const char *gpg_home, const char *mail_path, const char *needle);
/* Copies the closed vault and flips one bit of the event whose sealed body holds SAMPLE. */
int demo_tamper(const char *vault, const char *copy, const uint8_t sample[16], struct error *err);

#endif
