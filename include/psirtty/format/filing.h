/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forms to authorities as sheets to paste from: what a case can answer is filled in, what a handler
 * wrote into a field goes before it, what is missing or too long is named. Forms: "rmsv" (RMSV article
 * 7(2), six statutory fields); "cra-early", "cra-notification", "cra-final" and the same for incidents
 * (Regulation (EU) 2024/2847 article 14, fields of the Single Reporting Platform). The live forms may
 * differ: limits are what was known in late 2026. Pure.
 */
#ifndef PSIRTTY_FORMAT_FILING_H
#define PSIRTTY_FORMAT_FILING_H

#include "psirtty/model/model.h"

enum filing_need {
	FILING_OPTIONAL, FILING_REQUIRED, FILING_AVAILABLE, /* to be given if it is known */
	FILING_CARRIED, /* taken over from an earlier stage */
};

struct filing_field {
	const char *key;             /* "harm" */
	const char *label, *label_zh;
	enum filing_need need;
	size_t limit;                /* characters; 0: none known */
	char *value;                 /* owned; NULL: nothing is known */
	size_t length;               /* of the value in characters */
	bool written;                /* a handler wrote it; else it is from the case */
	bool missing, too_long;      /* required and not there; beyond the limit */
};

struct filing {
	const char *form;            /* borrowed */
	const char *case_id, *clock; /* borrowed */
	struct filing_field *fields; /* owned */
	size_t count, required, missing, too_long; /* required: how many fields must be there */
};

/* Fills *RET for the form of STATUS's rule; a form that is not known gives no fields. The case is a whole
 * one. CHINESE chooses the language of what is composed here (yes, no, severity). */
void filing_make(const struct model *model, const struct case_state *state,
		 const struct clock_status *status, bool chinese, struct filing *ret);
void filing_release(struct filing *filing);
/* Whether the form has a field of this key. */
bool filing_has_field(const char *form, const char *key);
/* The keys of a form, joined by commas. */
void filing_keys(const char *form, struct str *ret);
/* The sheet as text: one field after the other, what is missing and too long at its head. Not yet made
 * safe for a screen. */
void filing_text(const struct filing *filing, bool chinese, struct str *ret);
/* {form, case, clock, complete, required, missing[], too_long[], fields[{key, label, need, limit, length,
 * value, written, missing, too_long}]}. New reference. */
json_t *filing_json(const struct filing *filing, bool chinese);

#endif
