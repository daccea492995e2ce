/* SPDX-License-Identifier: Apache-2.0 */
/* How facts of a case look in a cell or a line: the same word and role wherever they stand. */
#ifndef PSIRTTY_SRC_TUI_CELLS_H
#define PSIRTTY_SRC_TUI_CELLS_H

#include "tui/view.h"

/* "11-21 09:30" in UTC; LONG "2026-11-21 09:30 UTC". */
void cell_time(struct cell *ret, instant at, bool full);
void cell_marks(struct cell *ret, const struct case_state *state, instant now);
/* "9.8 CRITICAL", or "-". */
void cell_severity(struct cell *ret, const struct case_state *state);
/* The date it falls due, marked when overdue. */
void cell_due(struct cell *ret, const struct case_state *state, instant now);
void cell_due_what(struct cell *ret, const struct case_state *state, instant now);
/* "until 2026-12-15 09:00 +08:00 Asia/Shanghai", "proposed …", "none". */
void cell_embargo(struct cell *ret, const struct case_embargo *embargo);
void cell_verdict(struct cell *ret, enum mail_verdict verdict);
void cell_set(struct cell *ret, enum role role, const char *raw);

enum role severity_role(enum cvss_severity severity);
enum role verdict_role(enum mail_verdict verdict);
/* One sentence of what a verdict means, translated. */
const char *verdict_sentence(enum mail_verdict verdict);
/* "2026-11-21 09:30 UTC"; buffer of 40 bytes. */
const char *time_full(instant at, char buffer[40]);
/* The same, and what the handler's own clock shows, where that differs: "…, 17:30 Asia/Shanghai". */
enum { TIME_BYTES = 128 };
const char *time_both(instant at, char buffer[TIME_BYTES]);
void doc_time(struct doc *doc, const char *label, enum role role, instant at);
/* The handler's zone from now on; NULL or one that is not known: UTC. */
void time_set_zone(const char *zone);
/* The hour of a line of the agenda where it is told, with its offset; the zone's name is left out. */
const char *agenda_hour(const struct agenda_item *item, char buffer[96]);
/* "in 3 d", "in 5 h", "2 d ago": only as fine as a list needs; buffer of 48 bytes. */
const char *time_left(instant at, instant now, char buffer[48]);
/* "Name <address>". */
void address_add(struct str *ret, const struct mail_address *address);
/* A field drawn from a cell, which is released. */
void doc_cell(struct doc *doc, const char *label, struct cell *cell);
/* What a preview says of a case, the most useful first. */
void case_preview(const struct view *view, const struct case_state *state, struct doc *doc);
/* A heading and a line for each record of one kind. */
void fact_lines(const struct case_state *state, struct doc *doc, enum event_type type, const char *heading);
/* An advisory: what stands against it in a line, its text, then findings, approvals and releases. */
void advisory_preview(const struct view *view, const struct case_state *state, struct doc *doc);
/* Whether the flaw is known to be exploited, and its EPSS with what it was before. */
void flaw_facts(const struct view *view, const char *id, struct doc *doc);
/* The same for who decides on it: what it was qualified as or what the bug bar says so far, who scored it how, what it
 * resembles, what the report lacks. */
void triage_preview(const struct view *view, const struct case_state *state, struct doc *doc);
/* The ledger of a case's parties: who agreed to what, who is still to answer by when, and when it ends on their clocks. */
void parties_lines(const struct case_state *state, instant now, struct doc *doc);
/* All scores side by side: how far each is from the leading one, and where its vector differs. */
void score_lines(const struct case_state *state, struct doc *doc);
/* A mail's facts: who, when, encryption, verdict, flags. Ours, never the mail's own words in these roles. */
void mail_facts(const struct inbox_item *item, struct doc *doc);
/* Verdict and sender of what came in, the addressee of what went out. */
void message_peer_run(const struct case_message *message, struct doc *doc);
/* The text of a mail: what a signature covers in a frame and behind a gutter of its own, whatever else outside of it.
 * Where lines cannot be drawn, or are read aloud, with ASCII. */
void mail_text(const struct view *view, const struct mail_record *record, struct doc *doc);
/* The same of a message of a case: of its mail, as far as MODEL has it, else by its verdict alone. */
void message_text(const struct view *view, const struct case_message *message, struct doc *doc);
void file_list_lines(struct doc *doc, const struct sealed_file *files, size_t count);

#endif
