/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging documents of the field: whether their structure is right, and what the tests of their
 * standards find. Each test is a row of a table; a finding says where, what is wrong and how to mend
 * it. Nothing is changed. Documents are not trusted: linear time, bounded depth.
 */
#ifndef PSIRTTY_FORMAT_CHECK_H
#define PSIRTTY_FORMAT_CHECK_H

#include "psirtty/base/instant.h"
#include "psirtty/base/js.h"

#define CHECK_SEVERITIES(X) \
	X(CHECK_ERROR, "error") X(CHECK_WARNING, "warning") X(CHECK_INFO, "information")
enum check_severity {
#define X(name, word) name,
	CHECK_SEVERITIES(X)
#undef X
};
const char *check_severity_name(enum check_severity severity);

/* What is run: structure alone; and the mandatory tests; and the optional; and the informative ones. */
#define CHECK_PRESETS(X) \
	X(CHECK_SCHEMA, "schema") X(CHECK_BASIC, "basic") X(CHECK_EXTENDED, "extended") X(CHECK_FULL, "full")
enum check_preset {
#define X(name, word) name,
	CHECK_PRESETS(X)
#undef X
};
int check_preset_from_name(const char *word); /* or -1 */

struct check_finding {
	const char *test;   /* "6.1.1", "schema"; static */
	enum check_severity severity;
	char *path;         /* JSON pointer (RFC 6901), "" is the whole document; owned */
	char *message;      /* a sentence: what is wrong; owned */
	char *fix;          /* a sentence: how to mend it, or NULL; owned */
};

struct check_report {
	const char *format;                 /* "csaf-2.0", … static; NULL: none that is known */
	struct check_finding *findings;     /* in the order of the tests, then of the document */
	size_t finding_count, room;
	size_t cut;                         /* findings beyond CHECK_FINDINGS of one test, not kept */
	size_t errors;                      /* findings of severity error, the cut ones too */
	/* Tests that were not made, or not to the end, and why; never passed. Each is there once, with its reasons, and how
	 * many MORE there are than fit into the sentence. Owned. */
	struct check_skipped { const char *test; char *reason; size_t more; } *skipped;
	size_t skipped_count, skipped_room;
};
enum { CHECK_FINDINGS = 200 };
void check_report_release(struct check_report *report);

struct check_request {
	const char *name;         /* the file's, without folders; may be NULL */
	enum check_preset preset;
	instant now;
};
/* DOCUMENT is one JSON value. *RET is filled in any case; 0, or ERR_INPUT when it is of no known format. */
int check_document(const json_t *document, const struct check_request *request, struct check_report *ret,
		   struct error *err);

/* Test 6.3.8 of CSAF needs a dictionary, which is a file: whoever has one asks for it. The language DOCUMENT is to be spelled
 * in; NULL: the test is not for it. */
const char *check_spelling_language(const json_t *document);
/* KNOWS: whether WORD (letters of UTF-8 and apostrophes) is right. */
struct check_speller { bool (*knows)(void *context, const char *word); void *context; };
void check_spelling(const json_t *document, const struct check_speller *speller, struct check_report *ret);

/* Tests 6.3.6 and 6.3.7 of CSAF need a network: TEST, and the JSON pointer of each address it is about. */
typedef void (*check_link_fn)(void *context, const char *test, const char *path, const char *url);
void check_links(const json_t *document, check_link_fn fn, void *context);

/* The tests there are, for help and manual. */
struct check_test_info {
	const char *format, *test, *title;
	enum check_severity severity;
	const char *remedy; /* how what it finds is mended, untranslated; NULL: its findings each say so */
	bool fixable;       /* by a quick fix */
};
size_t check_tests(struct check_test_info *ret, size_t limit);

#endif
