/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a case at the desk: facts, qualification, merging and splitting, hostile files, figures. */
#ifndef PSIRTTY_DESK_LIFE_H
#define PSIRTTY_DESK_LIFE_H

#include "psirtty/desk/desk.h"
#include "psirtty/model/bugbar.h"

/* States one fact of a kind kept as records. Members that BODY leaves out are those stated before under the
 * same key; then, where they are needed, who works here for "by" and "owner", and a name of its own for
 * "task". BODY is stolen. */
int desk_record(struct desk *desk, const struct case_state *state, enum event_type type, json_t *body,
		instant now, struct error *err);

/* The bug bar of data/bugbar.yaml. */
int desk_bugbar(struct bugbar **ret, struct error *err);
struct qualification {
	const char *outcome;         /* a word of outcome_words; NULL: what the bar says */
	const char *rule;            /* id of the rule to go by; NULL: the first that fits */
	char *const *answers; size_t answer_count; /* "impact=code-execution" */
	const char *reason, *original, *priority;  /* may be NULL */
};
/* Decides, and moves the report state with it: a vulnerability is valid, a duplicate valid and deferred,
 * what is turned down invalid; what needs information stays where it is. */
int desk_qualify(struct desk *desk, const struct case_state *state, const struct qualification *how,
		 instant now, struct error *err);
/* desk_qualify for a report that is turned down, and the letter to its finder as a sealed draft; *RET_DRAFT is
 * NULL where nobody can be written to. */
int desk_reject(struct desk *desk, const struct case_state *state, const struct qualification *how, instant now,
		char **ret_draft, struct error *err);

/* FROM goes into INTO: INTO takes over its parties, what happened to the vulnerability, since when it was known, and
 * the terms of its embargo; the shorter of both bind. FROM becomes a deferred duplicate without an embargo of its own
 * (unless INTO can have none any more), its duties but those to its reporter fall due in INTO. ERR_NO where FROM is
 * public and INTO under an embargo. */
int desk_merge(struct desk *desk, const struct case_state *from, const struct case_state *into,
	       const char *reason, instant now, struct error *err);
/* A new case with the parties and the embargo of STATE. */
int desk_split(struct desk *desk, const struct case_state *state, const char *title, const char *reason,
	       instant now, const struct case_state **ret, struct error *err);

/* ---- files that may be hostile */
struct case_file { const struct sealed_file *file; const char *origin; instant at; };
/* Every file of the case, in order: of messages, reproduction notes, runs. The caller frees *RET with free();
 * what it points to belongs to the model, or, where ORIGIN is "run", to *RET_OWNED. */
struct case_files { struct case_file *files; size_t count; struct sealed_file *owned; };
void case_files_release(struct case_files *files);
void desk_files(const struct case_state *state, struct case_files *ret);
/* Seals files from the disk as FIELD_OBJECTS. New reference in *RET. */
int desk_attach(struct desk *desk, const char *const *paths, size_t count, json_t **ret, struct error *err);
/* The bytes of a file for a person to look at: first the reading is noted, which `case readers` shows. Only a vault that
 * cannot be written to, or was opened for reading alone, lets it be seen without. */
int desk_file_show(struct desk *desk, const struct case_state *state, const struct sealed_file *file, instant now,
		   struct str *ret, struct error *err);
/* Writes the file encrypted to the key WHO (fingerprint or address) to PATH, and notes it in the case; ERR_NO where a
 * gate is closed. */
int desk_file_encrypt(struct desk *desk, const struct case_state *state, const struct sealed_file *file,
		      const char *who, const char *reason, const char *path, instant now, struct error *err);
/* Writes the bare file below DIR, mode 0400, as NAME.hostile, and notes it. *RET_PATH is freed by the caller. */
int desk_file_bare(struct desk *desk, const struct case_state *state, const struct sealed_file *file,
		   const char *dir, const char *reason, instant now, char **ret_path, struct error *err);

#endif
