/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates at the desk: what is about to leave is put before them, each evaluation is told in the case, and what
 * persons clear or decide becomes an event. Nothing is published, sent or exported past a closed gate.
 */
#ifndef PSIRTTY_DESK_GATES_H
#define PSIRTTY_DESK_GATES_H

#include "psirtty/desk/desk.h"
#include "psirtty/model/collision.h"

/* What is about to leave; all borrowed, all but the action may be missing. Members of this vault are no
 * recipients. To publish without FILES is to publish the advisory as it stands. */
struct desk_leaving {
	enum gate_action action;
	const struct gate_recipient *to; size_t to_count;
	char *const *files; size_t file_count; /* paths; what is text in them is read, and known files are recognised */
	const char *draft;                     /* id of a letter: its text, its recipient */
};

/* The rules in use (data/gates.yaml, data/collisions.yaml); read once. ERR_INPUT names the line of a fault. */
int desk_gate_rules(struct desk *desk, const struct gate_rules **ret, struct error *err);
int desk_collision_rules(struct desk *desk, const struct collision_rules **ret, struct error *err);

struct desk_gates { struct gate_verdict *verdicts; size_t count; };
void desk_gates_release(struct desk_gates *gates);
/* Evaluates without telling: for looking only. */
int desk_gates_look(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		    struct desk_gates *ret, struct error *err);
/* Evaluates and tells it in the case (not where this member may only read). What STATE points to is gone then. */
int desk_gates_ask(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		   struct desk_gates *ret, struct error *err);
/* The same at the door: 0 when all are open, ERR_NO with the first that is not. */
int desk_gates_pass(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		    struct error *err);
/* "gate G7 is closed: …", for people. The caller frees. */
char *desk_gate_sentence(const struct gate_verdict *verdict);

/* One person clears GATE for exactly the reasons there are. EVIDENCE is a file that is sealed with it; may be NULL, as
 * REFERENCE may. ERR_NO when nothing is to be cleared, or what the rule asks for is missing. *RET: the verdict after. */
int desk_gate_clear(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving,
		    const char *gate, const char *reason, const char *reference, const char *evidence, instant now,
		    struct desk_gates *ret, struct error *err);
int desk_gate_mode(struct desk *desk, const char *gate, const char *mode, const char *reason, instant now,
		   struct error *err);

/* What collides in the case; free with collision_release. */
int desk_collision(struct desk *desk, const struct case_state *state, instant now, struct collision *ret,
		   struct error *err);
/* BY decided for everything that is open now; OPTION is one of the rules'. ERR_NO when nothing is open. */
int desk_collision_decide(struct desk *desk, const struct case_state *state, const char *option, const char *by,
			  const char *reason, const char *reference, instant now, struct error *err);

#endif
