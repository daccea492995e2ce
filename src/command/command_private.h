/* SPDX-License-Identifier: Apache-2.0 */
/* What a command row is made of, and what the families share. */
#ifndef PSIRTTY_COMMAND_COMMAND_PRIVATE_H
#define PSIRTTY_COMMAND_COMMAND_PRIVATE_H

#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"
#include "psirtty/command/command.h"
#include "psirtty/desk/settings.h"

enum { COMMAND_ARGUMENTS = 20 };

/* One call with its words sorted to the row's arguments. */
struct command_call {
	const struct command_row *row;
	struct { char **values; size_t count; } given[COMMAND_ARGUMENTS]; /* owned lists of borrowed words */
};

struct command_row {
	const char *name;
	const char *help; /* N_() */
	unsigned flags;   /* enum command_flag */
	enum screen_request request;
	const char *pane; /* the pane that shows this list: on the screen it is opened instead */
	struct command_argument arguments[COMMAND_ARGUMENTS];
	/* Translated reason why not now, or NULL. */
	const char *(*disabled)(struct command_context *context);
	int (*exec)(struct command_context *context, const struct command_call *call, struct error *err);
	/* Translated, what the screen asks before: what would follow. NULL, or returning NULL: it does not ask. Caller frees. */
	char *(*question)(struct command_context *context, const struct command_call *call);
};

/* The tests of every format, for `help check`. */
void check_help_tests(struct command_context *context);

/* Families; each ends with a row without a name. */
extern const struct command_row member_commands[];
extern const struct command_row bare_commands[];
extern const struct command_row score_commands[];
extern const struct command_row vault_commands[];
extern const struct command_row restore_commands[];
extern const struct command_row calendar_commands[];
extern const struct command_row case_commands[];
extern const struct command_row contact_commands[];
extern const struct command_row fact_commands[];
extern const struct command_row feed_commands[];
extern const struct command_row gate_commands[];
extern const struct command_row life_commands[];
extern const struct command_row party_commands[];
extern const struct command_row repro_commands[];
extern const struct command_row mail_commands[];
extern const struct command_row post_commands[];
extern const struct command_row inbox_commands[];
extern const struct command_row letter_commands[];
extern const struct command_row key_commands[];
extern const struct command_row key_lookup_commands[];
extern const struct command_row security_txt_commands[];
extern const struct command_row embargo_mail_commands[];
extern const struct command_row embargo_commands[];
extern const struct command_row export_commands[];
extern const struct command_row advisory_commands[];
extern const struct command_row match_commands[];
extern const struct command_row product_commands[];
extern const struct command_row provider_commands[];
extern const struct command_row register_commands[];
extern const struct command_row revision_commands[];
extern const struct command_row demo_commands[];
extern const struct command_row screen_commands[];
extern const struct command_row search_commands[];
extern const struct command_row check_commands[];
extern const struct command_row sbom_commands[];
extern const struct command_row convert_commands[];
extern const struct command_row cve_commands[];
extern const struct command_row feed_bundle_commands[];
extern const struct command_row feed_sync_commands[];
extern const struct command_row feed_watch_commands[];
extern const struct command_row cve_services_commands[];
extern const struct command_row clock_commands[];
/* The names of what an advisory can be written as, NULL ended. */
extern const char *const advisory_format_words[];

/* The first value of an argument by its name in the row ("CASE", "--to"); NULL when not given. */
const char *call_value(const struct command_call *call, const char *name);
bool call_given(const struct command_call *call, const char *name);
char *const *call_values(const struct command_call *call, const char *name, size_t *ret_count);
/* All values of a repeating text argument joined with blanks. Caller frees. */
char *call_text(const struct command_call *call, const char *name);

/* The open desk; opened now if it is not. */
int command_desk(struct command_context *context, struct desk **ret, struct error *err);
/* The case an argument names. */
int command_case(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		 const struct case_state **ret, struct error *err);
int command_mail(struct command_context *context, const struct command_call *call, struct desk **ret_desk,
		 const struct inbox_item **ret, struct error *err);
/* --limit and --after of a list call. */
struct list_window { size_t limit; const char *after; bool passed; };
int list_window(const struct command_call *call, struct list_window *ret, struct error *err);
/* Whether the item ID is in the window; counts. */
bool list_take(struct list_window *window, const char *id);

/* Adds a JSON value as one pretty document to the output. Steals it. */
void command_json(struct command_context *context, json_t *json);
/* A TSV line out of NULL-ended fields. */
void command_row_out(struct command_context *context, ...) __attribute__((sentinel));
/* A sentence, made safe, with a newline. */
void command_say(struct command_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The progress of bytes, DATA the context: tells the front, and is true when the handler cancels. A command that can be
 * cancelled calls it with zeros when it begins, so that what he does from then on is a wish, not an end. */
bool command_bytes(void *data, uint64_t done, uint64_t total);
/* A mail record for reading, safe for a terminal. */
void mail_describe(struct command_context *context, const struct mail_record *record);
/* Where it is switched on: says to whose mail came that it did. Says how many were told. */
int command_acknowledge(struct command_context *context, struct desk *desk, struct error *err);
/* After another pin for ADDRESS: judges its mail anew; says how many, and each that cannot be read just now. */
int command_mail_judge(struct command_context *context, struct desk *desk, const char *address, struct error *err);
/* Takes a stranger's key into the keyring and says whose it is; ADDRESS not NULL: only a key of that address. */
int command_take_key(struct command_context *context, struct desk *desk, const struct str *bytes, const char *address,
		     struct error *err);
/* Drafts letters with an embargo message to PARTIES (COUNT 0: all that have an address), and says which. */
struct embargo_letter;
int command_embargo_letters(struct command_context *context, struct desk *desk, const struct case_state *state,
			    const struct embargo_letter *letter, char *const *parties, size_t count, struct error *err);
/* What a message of the case says about its embargo, with its evidence. */
struct desk_offer;
void command_offer(struct command_context *context, const struct case_state *state, const struct desk_offer *offer);
/* Runs the command lines of standard input; 0, or the code of the first that failed. Errors are told as they come. */
int command_batch(struct command_context *context);
/* The manual page, as troff, out of the table. */
void command_manual(struct str *ret);
/* The same with a label in front, its column twelve cells wide in any language. */
void command_field(struct command_context *context, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* TEXT made safe and filled up to CELLS with blanks; adds to RET. */
void command_pad(struct str *ret, const char *text, int cells);
/* The event a row makes, by the row's name in the event table; and its body out of the arguments that have the
 * names of its members (--tested-by is tested_by). *RET is a new reference. */
enum event_type command_event(const struct command_call *call);
int command_body_of(const struct command_call *call, enum event_type type, json_t **ret, struct error *err);
/* All records of a case, by the wire names of their kinds. */
json_t *facts_json(const struct case_state *state);
/* The case as JSON for lists and `case show`. */
json_t *case_json(const struct case_state *state, instant now, bool whole);
/* Text from --text, --file or the editor. Caller frees. */
int command_body(struct command_context *context, const struct command_call *call, const char *name,
		 const char *template, char **ret, struct error *err);

/* The settings, and whether anything may reach for the network: what is offline stays so from here on. Fill and release
 * as settings_load says. The secret of something, asked for on the terminal: a settings_ask_fn. */
int command_settings(struct command_context *context, struct settings *ret, struct error *err);
/* The open desk sends as the settings say; cheap after the first time. */
void command_follow_settings(struct command_context *context);
bool command_ask_secret(void *context, const char *what, struct str *ret);

/* Shorthands for rows. */
#define ARG(n, t, h)       { .name = (n), .type = (t), .help = (h) }
#define ARG_MAY(n, t, h)   { .name = (n), .type = (t), .optional = true, .help = (h) }
#define ARG_MANY(n, t, h)  { .name = (n), .type = (t), .repeats = true, .help = (h) }
#define OPTION(n, t, h)    { .name = (n), .type = (t), .option = true, .takes_value = true, .optional = true, .help = (h) }
#define OPTION_MANY(n, t, h) \
	{ .name = (n), .type = (t), .option = true, .takes_value = true, .optional = true, .repeats = true, .help = (h) }
/* The window of a list with COMMAND_LISTS: where it begins, how long it is. */
#define LIST_OPTIONS(t) OPTION("--limit", ARG_NUMBER, N_("at most so many")), OPTION("--after", t, N_("begin behind this one"))
#define SWITCH(n, h)       { .name = (n), .option = true, .optional = true, .help = (h) }

#endif
