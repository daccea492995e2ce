/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler does with clocks: start, stop, pause, file with evidence, fill in forms; freezes and
 * duties of the house; the rules they go by. */
#ifndef PSIRTTY_DESK_CLOCK_H
#define PSIRTTY_DESK_CLOCK_H

#include "psirtty/desk/desk.h"
#include "psirtty/format/filing.h"

/* The rules that are shipped and, over them, the user's own (clocks.yaml in the share folder; a fault there is
 * in *RET_FAULT, freed by the caller, and it does not count). ERR_INPUT when the shipped ones cannot be read. */
int desk_clock_rules_read(struct clock_rules **ret, char **ret_fault, struct error *err);
/* Why rows of the user or the vault do not count, or NULL. */
const char *desk_clock_fault(const struct desk *desk);
/* The clock called ID, or the only one whose id contains it; ERR_INPUT. */
int desk_clock_find(struct desk *desk, const char *id, const struct clock_rule **ret, struct error *err);

int desk_clock_start(struct desk *desk, const struct case_state *state, const struct clock_rule *rule, instant at,
		     const char *reason, instant now, struct error *err);
int desk_clock_stop(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const char *reason, instant now, struct error *err);
/* ERR_NO where the rule does not allow it. REASON NULL: it goes on. */
int desk_clock_pause(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		     const char *reason, instant now, struct error *err);
/* Members may be NULL; FILED is when. SHEET: what was sent; NULL takes the sheet as it stands, in the language
 * CHINESE says. FILES are sealed with it. */
struct clock_evidence {
	instant filed;
	const char *by, *to, *receipt, *note, *sheet;
	bool chinese;
	char *const *files; size_t file_count;
};
/* ERR_NO while it would go abroad undisclosed and nobody decided that collision of laws. */
int desk_clock_file(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const struct clock_evidence *evidence, instant now, struct error *err);
/* Writes a field of the clock's form; an empty value gives the field back to the case. */
int desk_clock_fill(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const char *field, const char *value, instant now, struct error *err);
/* The form of the clock; ERR_NO when it has none. Free with filing_release. */
int desk_clock_sheet(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		     bool chinese, instant now, struct filing *ret, struct error *err);
/* A recurring duty of the house was done at AT. */
int desk_duty_done(struct desk *desk, const struct clock_rule *rule, instant at, const char *note,
		   const char *receipt, instant now, struct error *err);
/* The vault's own rows, checked first; "" takes them back. NAME is for messages. */
int desk_clock_rules_set(struct desk *desk, const char *yaml, const char *name, instant now, struct error *err);

int desk_freeze_add(struct desk *desk, const char *name, const struct zoned *from, const struct zoned *until,
		    const char *source, instant now, struct error *err);
int desk_freeze_remove(struct desk *desk, const char *name, const char *reason, instant now, struct error *err);
/* Asks gpg when the pinned keys expire, once a session, so that the agenda has it. */
void desk_note_keys(struct desk *desk);

#endif
