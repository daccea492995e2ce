/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where two laws pull apart: undisclosed information must not go abroad (RMSV Article 9(7)), and somebody abroad
 * is to have it, or a duty there runs. Found and shown with what can be done; decided by a named person, whose
 * decision covers exactly what it saw. The texts and options are data (data/collisions.yaml).
 */
#ifndef PSIRTTY_MODEL_COLLISION_H
#define PSIRTTY_MODEL_COLLISION_H

#include "psirtty/model/gate.h"

/* All owned. A text in Chinese may be NULL. */
struct collision_text { char *id, *citation, *text, *text_zh; };
struct collision_duty { struct collision_text text; char **clocks; size_t clock_count; }; /* beginnings of ids */
struct collision_rules {
	char *version, *clock;         /* clock: the one whose hours stand beside the rule */
	struct collision_text rule;
	unsigned spares;               /* enum gate_spare */
	struct collision_duty *duties; size_t duty_count;
	struct collision_text *options; size_t option_count;
};
/* Reads CONF (data/collisions.yaml); errors name the line and what was expected. */
int collision_rules_load(const struct conf *conf, struct collision_rules *ret, struct error *err);
void collision_rules_release(struct collision_rules *rules);
/* The option ID, or NULL. */
const struct collision_text *collision_option(const struct collision_rules *rules, const char *id);
/* The text in the language of the reader. */
const char *collision_words(const struct collision_text *text);

/* One thing that pulls the other way. */
struct collision_side {
	const struct collision_duty *duty;
	const struct clock_rule *clock;      /* that runs, or NULL: a recipient */
	instant due;                         /* of the clock; INSTANT_NONE */
	const char *name, *where;            /* of a recipient: borrowed from the case; a jurisdiction */
	char *about;                         /* owned: "clock: ID" or "recipient: NAME", what a decision covers */
	const struct case_record *decision;  /* the newest that covers it, or NULL */
};
struct collision {
	instant own_due;                     /* of the rules' clock while it runs; INSTANT_NONE */
	struct collision_side *sides; size_t count;
	size_t open;                         /* sides that nobody decided */
};
/* What collides in the whole case at NOW; nothing once it is public. Free with collision_release. */
void collision_find(const struct collision_rules *rules, const struct model *model, const struct case_state *state,
		    instant now, struct collision *ret);
void collision_release(struct collision *collision);

#endif
