/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything the vault's events add up to: cases, inbox, registry. Pure: fed with events in
 * order, asked for state; derived state is never stored.
 */
#ifndef PSIRTTY_MODEL_MODEL_H
#define PSIRTTY_MODEL_MODEL_H

#include "psirtty/model/assess.h"
#include "psirtty/model/clock.h"
#include "psirtty/model/event.h"
#include "psirtty/model/mail.h"
#include "psirtty/model/states.h"
#include "psirtty/score/cvss.h"

/* Where sealed bytes lie; from FIELD_OBJECT. All owned. */
struct sealed_file {
	char *name, *type, *kind; /* kind: "poc", "log", "capture", "other", "message" */
	size_t size;
	char *sha256;             /* of the plaintext */
	char *object, *key;       /* the vault's name and key of it: opaque here */
};

struct case_message { /* a report, a mail received or sent */
	enum event_type type;
	uint8_t event[32];
	instant at;            /* received or sent */
	char *mail;            /* "M-0001" of the inbox, or NULL */
	char *subject, *peer;  /* peer: "Name <address>" */
	char *address;         /* of the peer, lower case */
	char *message_id;
	char *fingerprint;     /* signer, or NULL */
	enum mail_verdict verdict;
	char *text;
	struct sealed_file raw;
	struct sealed_file *attachments; size_t attachment_count;
};

struct case_score { char *vector; char *issuer; struct cvss cvss; instant at; };
struct case_identifier { char *system, *text; };   /* "cve", "cnvd", "cnnvd", "own", "coordinator" */

#define AFFECTED_STATUSES(X) /* CSAF product_status words */ \
	X(AFFECTED_AFFECTED, "affected") X(AFFECTED_NOT_AFFECTED, "not-affected") X(AFFECTED_FIXED, "fixed") \
	X(AFFECTED_INVESTIGATING, "under-investigation") X(AFFECTED_UNKNOWN, "unknown") \
	X(AFFECTED_NO_ANSWER, "no-answer") /* whoever should know was asked and is silent */
#define X(name, word) name,
enum affected_status { AFFECTED_STATUSES(X) AFFECTED_COUNT };
#undef X
const char *affected_name(enum affected_status status);
int affected_from_name(const char *word);
struct case_affected {
	char *product, *version;
	enum affected_status status;
	char *justification, *impact; /* why it is not affected: one of VEX's five words, and in words */
	char *by;                     /* whose judgement: a party's name; NULL is ours */
};

struct case_remediation { char *category, *details, *url; }; /* CSAF categories */
struct case_note { char *text, *author; instant at; };
struct case_repro {
	instant at; char *author;
	char *build, *verdict, *environment, *steps;  /* verdict: "reproduced", "not-reproduced", "partial" */
	struct sealed_file *attachments; size_t attachment_count;
};

/* finder, reporter, vendor, coordinator, deployer, other */
struct case_party {
	char *name, *role, *address, *fingerprint; /* fingerprint may be NULL */
	enum consent consent;        /* as stated: silence beyond the RSVP is for party_consent() */
	char *zone, *contact;        /* IANA name; id in the register; either may be NULL */
	enum rm_state rm;            /* its own report state, as far as it was heard */
	cs_state cs;                 /* of a vendor: aware, fix ready, fix deployed; of a deployer: deployed */
	bool leaker;                 /* a leak was traced to it */
	instant joined, rsvp;        /* rsvp: by when its answer is due; INSTANT_NONE when none is */
	int terms;                   /* place of the current terms it signed, or -1 */
	instant answered;            /* when it signed or declined those, or INSTANT_NONE */
	bool late;                   /* behind its RSVP */
	char *evidence;              /* the message that says so: its message id, or NULL */
};

#define TERMS_STATES(X) \
	X(TERMS_OPEN, "open") X(TERMS_ACCEPTED, "accepted") X(TERMS_REJECTED, "rejected") \
	X(TERMS_DROPPED, "dropped") /* nobody decided: replaced, or the embargo ended */
#define X(name, word) name,
enum terms_state { TERMS_STATES(X) TERMS_STATE_COUNT };
#undef X
const char *terms_state_name(enum terms_state state);

struct embargo_terms {               /* one version of the terms; its number is its place, from 1 */
	uint8_t id[32];              /* of the event that proposed them */
	char *by, *note, *evidence;  /* by: "us" or a party's name */
	struct zoned until;
	instant proposed_at, rsvp, decided_at;
	enum terms_state state;
	unsigned allow;              /* a bit for each enum embargo_allow */
	bool replaces;               /* OVER was in force when these were accepted */
	uint8_t over[32];
	bool inherited;              /* came with a merged or split case */
	bool past;                   /* of talks that came to nothing */
	bool older;                  /* proposed by the older event, which knows one proposal at a time */
};

enum answer { ANSWER_NONE, ANSWER_ASKED, ANSWER_YES, ANSWER_NO };
struct embargo_answer {
	char *party;
	uint8_t terms[32];
	enum answer answer;
	instant at, rsvp;            /* rsvp: of ANSWER_ASKED */
	char *evidence;
	bool late;
};

struct case_embargo {
	enum em_state state;
	struct zoned until;          /* in force (state active or revise); at INSTANT_NONE otherwise */
	struct zoned proposed;       /* the open proposal (state proposed or revise) */
	char *proposed_by;           /* party name or "us" */
	instant proposed_at, accepted_at, ended_at; /* INSTANT_NONE when not */
	char *end_reason;
	struct embargo_terms *terms; size_t term_count;   /* by time; those above are of the shortest */
	struct embargo_answer *answers; size_t answer_count; /* in order */
	int force;                   /* place of the terms in force, or -1 */
	int shortest;                /* place of the open proposal that ends first, or -1 */
	unsigned allow;              /* of the terms in force */
	enum end_cause cause;        /* once exited */
	bool overridden;             /* it was ended though no rule gave cause */
	instant inherited;           /* the end a split case came with, or INSTANT_NONE */
};

/* Facts about a case that are all of one make: kinds and their fields are rows of the event table; the
 * newest of each key counts. */
struct case_record {
	enum event_type type;
	uint8_t event[32], member[16]; /* member: whose event it is */
	instant at;
	char *author;
	const json_t *body;
};

struct case_advisory {
	char *id;                    /* "PSIRT-2026-0001" style tracking id of our own */
	char *title, *summary, *description, *tlp; /* tlp: "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED" */
	char *recommendation;
	int version;                 /* 0 while never published: draft */
	instant drafted_at, changed_at;
};

/* An event of a case that no rule allowed where it came: left out of the fold, and told. */
struct case_conflict { uint8_t event[32]; instant at; char *author, *what, *why; };

/* In brief (model_whole_case) there are no messages, remediations, notes and events, and of scores,
 * reproductions and advisory only what fits in a line. */
struct case_times { instant answered, triaged, confirmed, fixed, published; }; /* INSTANT_NONE: not yet */

struct case_state {
	uint8_t stream[16];
	char *id, *title, *summary, *assignee, *cwe; /* cwe: "CWE-787" */
	char *owner;                                 /* the party that coordinates it; NULL: we do */
	enum rm_state rm;
	cs_state cs;
	instant opened, updated;
	instant first_report, unanswered;                       /* of messages: the first report, the first nobody
								 * answered yet; or INSTANT_NONE */
	char **reporters; size_t reporter_count;                /* who sent reports, each once, as "Name <address>" */
	struct case_message *messages; size_t message_count;   /* by time */
	struct case_score *scores; size_t score_count;         /* newest of each issuer */
	struct case_identifier *ids; size_t id_count;
	struct case_affected *affected; size_t affected_count; /* by product, version */
	struct case_remediation *remediations; size_t remediation_count;
	struct case_note *notes; size_t note_count;
	struct case_repro *repros; size_t repro_count;
	struct case_party *parties; size_t party_count;
	struct case_embargo embargo;
	struct case_advisory *advisory;                         /* NULL before `advisory new` */
	struct case_record *records; size_t record_count;       /* by type, then time, then id */
	const struct case_record *qualified;                    /* the decision that counts, or NULL */
	char *outcome, *priority;                               /* of that decision; NULL */
	instant task_due, risk_until;                           /* the next ones; INSTANT_NONE */
	struct case_times times;                                /* when it came this far first */
	char **sent_ids; size_t sent_id_count;                  /* message ids of what we wrote */
	char *source;                                           /* whom we have it from, as a word; NULL */
	char *merged_into;                                      /* id of the case it went into, or NULL */
	char *split_from;                                       /* id of the case it came out of, or NULL */
	bool incident;                                          /* the situation room is open */
	struct event *events; size_t event_count;               /* timeline; bodies owned by the model */
	bool *undone;                                           /* one for each event */
	struct case_fact *facts; size_t fact_count;             /* by fact: what clocks look at */
	struct case_clock *clocks; size_t clock_count;          /* what was said about clocks, by id */
	struct case_filing *filings; size_t filing_count;       /* by clock, then field; not in brief */
	struct case_conflict *conflicts; size_t conflict_count;
	bool brief;                                             /* known in brief only */
};

/* In brief (model_whole_mail) without raw, and of the record only what fits in a line. */
struct inbox_item {
	char *id;               /* "M-0001" */
	uint8_t event[32];      /* that brought it */
	uint8_t reading[32];    /* that holds the record; zeros while there is none */
	bool brief;
	instant received;
	char *channel;          /* "maildir", "file", "mbox" */
	char *sha256; size_t size;
	struct sealed_file raw;
	bool read;              /* a record is there (decrypted or not) */
	struct mail_record record;
	char *taken_case;       /* id of the case it went to, or NULL */
	char *account, *uid;    /* where it was fetched and its name there; NULL */
	char *sorted;           /* a word of mail_sort_words, or NULL: nobody said */
	struct assessment assessed; /* of the record */
	instant acknowledged;   /* when a machine said that it came; INSTANT_NONE */
};
/* A name by which a mail was known on a server, whose mail is not in the list (any more). */
struct passed_mail { char *account, *uid; };

struct product_support { char *version; instant from, until; }; /* from may be INSTANT_NONE */
struct product {
	char *id, *name, *vendor, *purl, *cpe;
	char **versions; size_t version_count;
	char **models; size_t model_count;
	char **markets; size_t market_count;
	char *owner, *kind, *note;                              /* kind: "product", "service", "both"; may be NULL */
	struct product_support *support; size_t support_count; /* by version */
};
struct contact; /* somebody outside the house: read with contact_text() and contact_words() */
struct embargo_policy { char *actor, *inbox, *note; instant preferred, minimum, maximum; }; /* spans; INSTANT_NONE */
/* A case that was shredded: only its id is left. */
struct disposal {
	char *case_id, *author, *verified;
	instant at, backups_until;      /* until then backups of the keys may open older copies */
	uint8_t stream[16];
	size_t events, files, kept;     /* KEPT: files that other cases or the inbox hold too */
	size_t inbox;                   /* readings of its mails whose text lies in the inbox's events, and stays sealed there */
	char **mails; size_t mail_count;       /* of the inbox, which keeps them */
	char **dropped; size_t dropped_count;  /* mails that went with the case */
	char **objects; size_t object_count;   /* names of the attachments that went */
};
/* VERIFIED: how it was made sure whose it is, a word of key_check_words; NULL where nobody said, as NOTE. */
struct pin { char *address, *fingerprint; instant at; char *verified, *note, *by; };
struct pin_past { char *address, *fingerprint; instant from, until; }; /* what was pinned once, for old signatures */
/* Somebody wants ADDRESS to have another key; another person must say so too. */
struct pin_ask { char *address, *fingerprint, *by, *verified; uint8_t member[16], event[32]; instant at; };
struct policy {
	char *publisher, *namespace_url, *contact, *prefix; /* prefix: "PSIRT" */
	char *provider;  /* where our documents are served: https://…; below it /.well-known/csaf */
	char *cna;       /* UUID of our organisation in the CVE programme */
	bool acknowledge; /* new mail is answered by a machine */
	bool two_dismiss; /* a match is dismissed by two handlers, not by one */
};

/* CVE ids we hold, whatever case they are for. */
#define POOL_STATES(X) \
	X(POOL_REQUESTED, "requested") /* asked for: its name is not known yet, ID is "for" and the case */ \
	X(POOL_RESERVED, "reserved") X(POOL_USED, "used") /* given to a case */ \
	X(POOL_PUBLISHED, "published") X(POOL_REJECTED, "rejected")
#define X(name, word) name,
enum pool_state { POOL_STATES(X) POOL_STATE_COUNT };
#undef X
struct pool_id {
	char *id, *case_id, *reason;     /* owned; the last two may be NULL */
	enum pool_state state;
	instant since[POOL_STATE_COUNT]; /* when it came into each state last, or INSTANT_NONE */
};

struct model;
struct model *model_new(void);
void model_free(struct model *model);
/* Takes one more event (its body gets a new reference). An impossible event is refused with the
 * rule's name (ERR_NO) and changes nothing. A case known in brief is made whole first; an event it then
 * has already is not taken twice. */
int model_apply(struct model *model, const struct event *event, struct error *err);
/* Whether model_apply would take it. Used before anything is sealed. */
int model_check(struct model *model, const struct event *event, struct error *err);
/* What the sources advise against (SHOULD NOT) though it is possible: fills RET with untranslated
 * static sentences and returns how many. For an event that model_check takes. */
enum { MODEL_WARNINGS = 8 };
size_t model_warnings(const struct model *model, const struct event *event,
		      const char *ret[MODEL_WARNINGS]);

/* ---- cases and mail in brief: what lists, agenda, queries and metrics need, without the events. A model
 * fed with briefs asks its loader for a whole case once something of it is wanted that a brief lacks.
 * Without a loader everything stays whole. */

struct model_loader {
	/* Hands every event of the stream to model_load_event, in the order every copy agrees on. */
	int (*load_case)(void *context, struct model *model, const uint8_t stream[16], struct error *err);
	/* Hands ITEM's events `event` and, unless it is zeros, `reading` to model_load_event. */
	int (*load_mail)(void *context, struct model *model, const struct inbox_item *item, struct error *err);
	void *context;
	/* Hands the brief of the stream to model_take_case_brief, or of all cases (those known already are refused);
	 * or NULL. Where there is none the case is loaded. */
	int (*load_brief)(void *context, struct model *model, const uint8_t stream[16], struct error *err);
	int (*load_briefs)(void *context, struct model *model, struct error *err);
};
void model_set_loader(struct model *model, const struct model_loader *loader);
/* How many cases and how many mails stay whole at a time (64). */
void model_set_whole_limit(struct model *model, size_t limit);
/* Somebody else asks from now on: who asks for one case after the other gets all briefs at once, which takes memory, but a
 * screen that is moved over many of them does not ask for all. */
void model_new_turn(struct model *model);
/* Reads the briefs of at most MOST cases that are known at a glance; returns how many are left. For who will ask for all
 * and cannot wait for them at once. */
size_t model_know_some(struct model *model, size_t most);
/* Of how many cases more than a glance is known. */
size_t model_known_count(const struct model *model);
/* One event on its way into what is being loaded. What no rule allows becomes a conflict of the case. */
void model_load_event(struct model *model, const struct event *event);
/* An event that was not taken: WHAT ("event 77", "state-set") and WHY make a conflict of its case, or one of
 * the house where it is of the inbox or the registry. */
void model_note_conflict(struct model *model, enum event_stream stream, const struct event *event,
			 const char *what, const char *why);
/* Whether EVENT's place is behind all that is folded of its case or of the inbox. Where it is not (it was
 * made at the same time in another copy of the vault), or the case is known in brief, it is not applied:
 * the case is loaded anew, the inbox folded anew. */
bool model_in_order(const struct model *model, const struct event *event);
/* Loads the case of STREAM anew, or for the first time. A case whose id another has is shown with the
 * first digits of its stream behind it: the later opened one, in every copy of the vault. */
int model_load_case(struct model *model, const uint8_t stream[16], struct error *err);
/* Forgets the inbox or the registry; then every event of it is handed to model_load_event (inbox) or
 * model_apply (registry) again. */
void model_forget(struct model *model, enum event_stream stream);

/* The version of a brief's bytes. */
uint32_t model_brief_version(void);
/* Adds the bytes of a case's brief to RET. */
void model_case_brief(const struct case_state *state, struct str *ret);
/* A case known by its brief; BYTES are checked as if a stranger wrote them: ERR_INPUT. */
int model_take_case_brief(struct model *model, const uint8_t stream[16], const void *bytes, size_t length,
			  struct error *err);
/* All cases at a glance, for a start that needs no more of them: SINCE says what they stand for. */
void model_glances(struct model *model, uint64_t since, struct str *ret);
/* Those of which MAY says so; ERR_INPUT, and no case is known, where BYTES are none or stand for something else.
 * Before any case is known. */
typedef bool (*model_stream_fn)(void *context, const uint8_t stream[16]);
int model_take_glances(struct model *model, const void *bytes, size_t length, uint64_t since, model_stream_fn may,
		       void *context, struct error *err);
/* What is due in all of them by the clocks' rules as they are, which the caller keeps by model_clock_stamp. */
void model_dues(struct model *model, uint64_t since, struct str *ret);
int model_take_dues(struct model *model, const void *bytes, size_t length, uint64_t since, struct error *err);
/* Of everything the rules of clocks say: for what is worked out by them. */
uint64_t model_clock_stamp(const struct model *model);
void model_mail_brief(const struct inbox_item *item, struct str *ret);
int model_take_mail_brief(struct model *model, const uint8_t event[32], const void *bytes, size_t length,
			  struct error *err);
/* What is known beside cases and mails: where the inbox ends, conflicts of the house. */
void model_house_brief(const struct model *model, struct str *ret);
int model_take_house_brief(struct model *model, const void *bytes, size_t length, struct error *err);
/* What changed since the last call, for whom keeps the briefs. */
typedef void (*model_case_fn)(void *context, const struct case_state *state);
typedef void (*model_mail_fn)(void *context, const struct inbox_item *item);
/* Everything counts as changed. */
void model_change_all(struct model *model);
void model_take_changed(struct model *model, model_case_fn case_fn, model_mail_fn mail_fn, void *context);
/* The whole case behind STATE (which stays where it is, though what it points to does not); loads it when
 * only its brief is there. The case that was used longest ago may become brief again: the last 63 do not. */
int model_whole_case(struct model *model, const struct case_state *state, struct error *err);
int model_whole_mail(struct model *model, const struct inbox_item *item, struct error *err);
/* Events of the inbox or the registry that no rule allowed. */
size_t model_house_conflicts(const struct model *model, enum event_stream stream,
			     const struct case_conflict **ret);
/* Forgets a case that may no longer be read. */
void model_drop_case(struct model *model, const uint8_t stream[16]);

/* In stable order: by opening time, then id. A state and its id stay where they are until the case is
 * dropped; all else it points to stays until the next model_apply or model_load_case. */
size_t model_case_count(const struct model *model);
const struct case_state *model_case(const struct model *model, size_t index);
/* The same at a glance, for lists of all: costs nothing where no more of a case is known yet. It stays where it is
 * until the case is dropped. */
struct case_glance {
	uint8_t stream[16];
	const char *id, *title;
	instant opened;
	enum rm_state rm;
	bool bound;               /* an embargo is in force */
};
const struct case_glance *model_glance(const struct model *model, size_t index);
const struct case_state *glance_case(const struct case_glance *glance);
/* As case_next_due and case_marks. */
bool glance_next_due(const struct case_glance *glance, const char **ret_what, instant *ret_at);
const char *glance_marks(const struct case_glance *glance, instant now, char buffer[4]);
/* By id ("PSIRT-2026-0001"), or the only one that ends with it ("1", "0001"); NULL. */
const struct case_state *model_find_case(const struct model *model, const char *id);
bool model_has_case(const struct model *model, const uint8_t stream[16]);
const struct case_state *model_case_of_stream(const struct model *model, const uint8_t stream[16]);
size_t model_inbox_count(const struct model *model);
const struct inbox_item *model_inbox(const struct model *model, size_t index); /* by received, then id */
const struct inbox_item *model_find_mail(const struct model *model, const char *id);
/* Every name by which mails of ACCOUNT came or were passed over: they are not fetched again. */
void model_each_fetched(const struct model *model, const char *account, void (*fn)(void *context, const char *uid),
			void *context);
const struct inbox_item *model_mail_by_sha256(const struct model *model, const char *sha256);
size_t model_product_count(const struct model *model);
const struct product *model_product(const struct model *model, size_t index);
const struct product *model_find_product(const struct model *model, const char *id_or_name);
size_t model_contact_count(const struct model *model);
const struct contact *model_contact(const struct model *model, size_t index); /* by id */
/* By id, else by name or one of its addresses (letters of either case); NULL. */
const struct contact *model_find_contact(const struct model *model, const char *who);
/* A field of the contact as the event "contact-set" has it; "" when it was never stated. */
const char *contact_text(const struct contact *contact, const char *field);
/* The N-th word of a list of it from 0, or NULL. */
const char *contact_words(const struct contact *contact, const char *field, size_t n);
/* What ACTOR ("us", or a contact's id) wants of embargoes; NULL when it never said. */
const struct embargo_policy *model_embargo_policy(const struct model *model, const char *actor);
/* Is the version in support at NOW: 1 yes, 0 no, -1 when nothing is known of it. */
int product_supported(const struct product *product, const char *version, instant now);
/* The fingerprint pinned to ADDRESS (any case), or NULL. */
const char *model_pinned(const struct model *model, const char *address);
size_t model_pin_count(const struct model *model);
const struct pin *model_pin(const struct model *model, size_t index);
size_t model_pin_past_count(const struct model *model);
const struct pin_past *model_pin_past(const struct model *model, size_t index); /* as they came */
/* The key pinned to ADDRESS, or, when none is, the last one that was; NULL. */
const char *model_pinned_last(const struct model *model, const char *address);
size_t model_pin_ask_count(const struct model *model);
const struct pin_ask *model_pin_ask(const struct model *model, size_t index); /* still open, as they came */
size_t model_disposal_count(const struct model *model);
const struct disposal *model_disposal(const struct model *model, size_t index); /* as they came */
const struct policy *model_policy(const struct model *model); /* members NULL when never set */
size_t model_pool_count(const struct model *model);
const struct pool_id *model_pool_id(const struct model *model, size_t index); /* by id */
const struct pool_id *model_pool_find(const struct model *model, const char *id); /* or NULL */
/* What the house set the gate ID to: a word of gate_mode_words; "on" where nothing was set. */
const char *model_gate_mode(const struct model *model, const char *id);

/* ---- records */
/* The first record of TYPE at or behind *CURSOR (begin with 0), which moves on; NULL when there is none. */
const struct case_record *case_record_next(const struct case_state *state, enum event_type type, size_t *cursor);
/* The N-th of TYPE from 1, as lists number them; NULL. */
const struct case_record *case_record_at(const struct case_state *state, enum event_type type, size_t n);
size_t case_record_count(const struct case_state *state, enum event_type type);
/* Members of the record: "" (INSTANT_NONE, false) when absent. */
const char *record_text(const struct case_record *record, const char *field);
instant record_instant(const struct case_record *record, const char *field);
bool record_flag(const struct case_record *record, const char *field);
/* The N-th word of a list from 0, or NULL. */
const char *record_words(const struct case_record *record, const char *field, size_t n);
/* The files of its member "attachments"; the strings of *RET are borrowed. */
size_t record_file_count(const struct case_record *record);
void record_file(const struct case_record *record, size_t n, struct sealed_file *ret);
/* The one-line rendering of its event; the caller frees. */
char *record_line(const struct case_record *record);
/* Would BODY, of the record's type, replace it? */
bool case_record_is(const struct case_record *record, const json_t *body);

/* ---- parties and terms */
/* The party's consent at NOW: whoever was asked and stays silent beyond the RSVP has declined. */
enum consent party_consent(const struct case_party *party, instant now);
/* The place of the party called NAME (letters of either case), or party_count. */
size_t case_party_find(const struct case_state *state, const char *name);
/* May details be shown to the party: it signed the terms in force, or there are none. */
bool case_may_share(const struct case_state *state, const struct case_party *party, instant now);
/* Whether the embargo binds now: active or in revision. */
bool embargo_in_force(const struct case_embargo *embargo);
/* Whether WHO ("us" or a party's name) coordinates the case: only its owner moves the shared embargo (CM-13, CM-02-005). */
bool case_is_owner(const struct case_state *state, const char *who);
/* What we have agreed to ourselves: as the owner what is in force, else what we answered. */
enum consent case_our_consent(const struct case_state *state);
/* Do these terms of it still count: open, or in force. */
bool terms_current(const struct case_embargo *embargo, const struct embargo_terms *terms);

/* The next free ids: "PSIRT-2026-0002" (prefix of the policy), "M-0007". Caller frees. */
char *model_next_case_id(const struct model *model, int year);
char *model_next_mail_id(const struct model *model);
/* The last event of the case, a whole one, that `undo` (redo false) or redo would revert, or NULL. */
const struct event *model_undo_target(const struct case_state *state, bool redo);

/* event_line, with what an undo or redo is about in words instead of its id. The caller frees. */
char *case_event_line(const struct case_state *state, const struct event *event);

/* The score that leads: ours if there is one, else the newest; NULL when none. */
const struct case_score *case_leading_score(const struct case_state *state);
/* What falls due next: the word ("embargo ends", "answer finder", "triage") and when; false when nothing. */
bool case_next_due(const struct case_state *state, instant now, const char **ret_what, instant *ret_at);
/* Marks for lists, by their letters: '*' new, '!' overdue, '~' embargo in force. Buffer of 4 bytes. */
const char *case_marks(const struct case_state *state, instant now, char buffer[4]);

/* ---- clocks */
/* The rules clocks go by, taken over; before the registry's events, whose own rows are laid over them. */
void model_set_clock_rules(struct model *model, struct clock_rules *rules);
/* NULL before there are any. */
const struct clock_rules *model_clock_rules(const struct model *model);
/* Why the vault's own rows do not count (a fault in them), or NULL. */
const char *model_clock_fault(const struct model *model);
/* The instant of FACT, or INSTANT_NONE; what was said about a clock, or NULL; what was written into a
 * field of its form, or NULL. */
instant case_fact(const struct case_state *state, enum clock_fact fact);
const struct case_clock *case_clock_said(const struct case_state *state, const char *id);
const char *case_filing_value(const struct case_state *state, const char *clock, const char *field);

enum { CLOCK_LINES = 48 };
struct clock_line {
	const struct clock_reading *reading;
	int from;               /* enum clock_fact it counts from, or -1: a handler's word or a filing */
	instant start;
	struct clock_due due;
};
struct clock_status {
	const struct clock_rule *rule;
	const struct case_clock *said;  /* or NULL */
	enum clock_state state;
	int from;
	instant start;                  /* INSTANT_NONE: it has not begun */
	instant held;                   /* how long it was paused */
	instant ended;                  /* met or stopped; INSTANT_NONE */
	int by_fact;                    /* that met or stopped it, or -1: a filing, a handler */
	size_t line_count;
	struct clock_line lines[CLOCK_LINES]; /* the leading reading first, from START, then from what else is
					       * argued for; behind LINE_COUNT is nothing */
};
/* How a clock of a case stands at NOW. */
void case_clock_status(const struct model *model, const struct case_state *state,
		       const struct clock_rule *rule, instant now, struct clock_status *ret);
/* The same for a duty of the house. */
void house_clock_status(const struct model *model, const struct clock_rule *rule, instant now,
			struct clock_status *ret);
/* Until when records of the case must be kept and by which clock; INSTANT_NONE: no rule says so. */
instant case_retained_until(const struct model *model, const struct case_state *state, const char **ret_id);

/* A recurring duty of the house: when it was last done. */
struct duty { char *clock, *note, *receipt, *by; instant at; };
const struct duty *model_duty(const struct model *model, const char *clock);

/* A time in which nothing is published (RMSV article 9(6)): entered by hand, with its source. */
struct freeze { char *name, *source; struct zoned from, until; };
size_t model_freeze_count(const struct model *model);
const struct freeze *model_freeze(const struct model *model, size_t index); /* by begin, then name */
/* The freeze AT lies in (from <= at < until), or NULL. */
const struct freeze *model_frozen(const struct model *model, instant at);
/* When a key pinned to an address expires, as far as it was told; INSTANT_NONE: never or not known. */
void model_note_key_expiry(struct model *model, const char *fingerprint, instant expires);
/* The same of the key of who works here. */
void model_note_own_key(struct model *model, const char *fingerprint, instant expires);

/* Lines of the calendar over all cases, sorted by time. */
#define AGENDA_KINDS(X) \
	X(AGENDA_EMBARGO, "embargo") X(AGENDA_PROPOSAL, "proposal") X(AGENDA_RSVP, "rsvp") \
	X(AGENDA_REPLY, "reply") X(AGENDA_CLOCK, "clock") X(AGENDA_KEY, "key") X(AGENDA_FREEZE, "freeze") \
	X(AGENDA_DUTY, "duty")
#define X(name, word) name,
enum agenda_kind { AGENDA_KINDS(X) AGENDA_KIND_COUNT };
#undef X
const char *agenda_kind_name(enum agenda_kind kind);
struct agenda_item {
	instant at, start;              /* start: since when a clock runs; INSTANT_NONE */
	const char *zone;               /* whose hours it is told in; "" when only an offset was given */
	int offset;                     /* minutes east of UTC there */
	const char *case_id, *what;     /* case_id: "" for what is of the house; what: untranslated */
	bool embargo, overdue;
	enum agenda_kind kind;
	const char *name;               /* of a party, a key's address, a freeze; NULL */
	const struct clock_rule *rule;  /* AGENDA_CLOCK, AGENDA_REPLY, AGENDA_DUTY; else NULL */
	const char *reading;            /* "strict"; "" or NULL when there is one only */
	bool secondary;                 /* another reading than the leading one */
	bool uncertain;                 /* a holiday calendar does not know a day that was counted */
};
/* The instant as it is called there. */
struct zoned agenda_when(const struct agenda_item *item);
/* Whether it is a date we must keep: no proposal, no second reading, no answer that somebody else owes. */
bool agenda_binds(const struct agenda_item *item);
/* What it is, in the language of the reader, with the reading and the name. Buffer of 200 bytes. */
const char *agenda_text(const struct agenda_item *item, char buffer[200]);
/* The same with reading and name first: where there is little room they tell items apart. */
const char *agenda_short(const struct agenda_item *item, char buffer[200]);
/* Which reminder is due of what runs: 50, 75 or 90, so many hundredths of its time being gone; 0: none yet, or it is
 * past (the shares are those of the RMSV sheet's practice for article 7(2)). */
int agenda_share(const struct agenda_item *item, instant now);
/* When SHARE hundredths of its time are gone; INSTANT_NONE for what does not run. */
instant agenda_share_at(const struct agenda_item *item, int share);
enum { AGENDA_SHARES = 3 };
extern const int agenda_shares[AGENDA_SHARES];
/* Items with FROM <= at < TO; the caller frees *RET with free(). Texts are borrowed until the next
 * change. What is due is kept: after a change only that case is worked out again. */
void model_agenda(const struct model *model, instant from, instant to, instant now,
		  struct agenda_item **ret, size_t *ret_count);

/* Does the case match the query language ("state:valid sev:critical party:acme !assignee:me words")?
 * An unknown key or value is ERR_USAGE with the list of known ones; the empty query matches all. */
int case_matches(const struct case_state *state, const char *query, instant now, bool *ret, struct error *err);

#endif
