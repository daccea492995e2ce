/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An advisory on its way out: its words, the documents it becomes, who approved exactly those, what stands against
 * publishing, and the publication. Nothing here publishes by itself.
 */
#ifndef PSIRTTY_DESK_ADVISORY_H
#define PSIRTTY_DESK_ADVISORY_H

#include "psirtty/desk/desk.h"
#include "psirtty/format/advisory.h"
#include "psirtty/format/check.h"

/* ---- words */
/* Begins with what TEMPLATE (of data/advisory.yaml; NULL: the first) says beside the case. */
int desk_advisory_begin(struct desk *desk, const struct case_state *state, const char *template, instant now,
			struct error *err);
/* What only the advisory says, as YAML with comments. What could not be taken last time comes back, the reason on top. */
int desk_advisory_draft(struct desk *desk, const struct case_state *state, struct str *ret, struct error *err);
/* Takes it back: all of it or nothing. ERR_INPUT names the line; then the text is kept for the next time, and *RET_KEPT
 * says, after any failure, whether that could be. *RET_CHANGED: how many texts are other ones now. */
int desk_advisory_take(struct desk *desk, const struct case_state *state, const char *bytes, size_t length, instant now,
		       size_t *ret_changed, bool *ret_kept, struct error *err);
/* Languages it is written in, "en" first; *RET freed with free(), the words are borrowed. */
size_t desk_advisory_languages(const struct case_state *state, const char ***ret);
/* What the checker of CSAF 2.0 finds in it as it stands, without asking gpg. Freed with check_report_release(). */
int desk_advisory_findings(struct desk *desk, const struct case_state *state, instant now, struct check_report *ret,
			   struct error *err);
/* In one language; LANG NULL: the original. LOSSES may be NULL. */
int desk_advisory_write(struct desk *desk, const struct case_state *state, const char *format, const char *lang,
			instant now, struct str *ret, struct advisory_losses *losses, struct error *err);
/* The CVE record of one of its ids. */
int desk_advisory_record(struct desk *desk, const struct case_state *state, const char *cve, instant now, struct str *ret,
			 struct error *err);
/* What differs from the release FROM, by its version (NULL: the last): lines as advisory_compare has them; ERR_NO where
 * none was published, ERR_USAGE for a version that none has. */
int desk_advisory_changes(struct desk *desk, const struct case_state *state, const char *from, instant now, struct str *ret,
			  enum advisory_bump *ret_bump, struct error *err);
/* The same between two releases. */
int desk_advisory_between(struct desk *desk, const struct case_state *state, const char *from, const char *to, struct str *ret,
			  enum advisory_bump *ret_bump, struct error *err);

/* ---- the documents of a release */
struct desk_document { char *name, *format, *lang; struct str bytes; char *missing; }; /* MISSING: why it is not built */
struct desk_documents {
	struct desk_document *items; size_t count;
	struct str manifest;        /* "SHA-256  NAME" a line, by name: what is signed */
	char sha256[65];            /* of the manifest */
};
void desk_documents_release(struct desk_documents *documents);
/* Of the prepared release; the same bytes at any time. ERR_NO when none is prepared. */
int desk_advisory_documents(struct desk *desk, const struct case_state *state, struct desk_documents *ret,
			    struct error *err);
/* Fixes number, date and summary of the next release. AT INSTANT_NONE: now; later: it is scheduled, and a task asks for it
 * then. INTERIM: the status. ERR_NO when nothing changed since the last one. */
int desk_advisory_prepare(struct desk *desk, const struct case_state *state, instant at, bool interim,
			  const char *summary, instant now, struct error *err);
/* The prepared release, newer than what was published, or NULL. */
const struct case_record *desk_advisory_prepared(const struct case_state *state);

/* ---- approvals */
/* Signs the documents as ROLE with the handler's key; prepares them for now where nobody did. */
int desk_advisory_approve(struct desk *desk, const struct case_state *state, const char *role, const char *note,
			  instant now, struct error *err);
#define APPROVAL_STATES(X) X(APPROVAL_COUNTS, "counts") X(APPROVAL_LAPSED, "lapsed") X(APPROVAL_OWN, "own") \
	X(APPROVAL_BAD, "bad") X(APPROVAL_UNKNOWN, "not-checked") \
	X(APPROVAL_ALONE, "alone") /* its author's, who has nobody beside: it counts, and is told */
enum approval_state {
#define X(name, word) name,
	APPROVAL_STATES(X)
#undef X
};
const char *approval_state_name(enum approval_state state);
struct desk_approval { const char *role, *by; enum approval_state state; instant at; }; /* borrowed from the case */
/* Every approval since the last release, in order; *RET freed with free(). */
int desk_advisory_approvals(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
			    instant now, struct desk_approval **ret, size_t *ret_count, struct error *err);

/* ---- publication */
#define PREFLIGHT_RESULTS(X) X(PREFLIGHT_PASSED, "passed") X(PREFLIGHT_NOTED, "noted") X(PREFLIGHT_CLOSED, "closed") \
	X(PREFLIGHT_NOT_BUILT, "not-built") X(PREFLIGHT_NOT_CHECKED, "not-checked")
enum preflight_result {
#define X(name, word) name,
	PREFLIGHT_RESULTS(X)
#undef X
};
const char *preflight_result_name(enum preflight_result result);
struct preflight_row { char *what, *detail; enum preflight_result result; };
struct preflight { struct preflight_row *rows; size_t count, room; bool open; }; /* OPEN: only passed and noted */
void preflight_release(struct preflight *preflight);
/* Everything that publishing looks at, in one list: gates, documents, the checker's findings, embargo, CVE ids, approvals. */
int desk_advisory_preflight(struct desk *desk, const struct case_state *state, instant now, struct preflight *ret,
			    struct error *err);
/* At once or not at all: the documents are sealed into the case, the event starts what publication starts, and the
 * finders get a letter each as drafts. DIR (may be NULL) gets the files too. ERR_NO names the first row that is closed. */
int desk_advisory_publish(struct desk *desk, const struct case_state *state, const char *dir, instant now,
			  struct error *err);

#endif
