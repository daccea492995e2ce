/* SPDX-License-Identifier: Apache-2.0 */
/* security.txt (RFC 9116): where reports go. Written, read, and held against its rules, each a row with its id. */
#ifndef PSIRTTY_FORMAT_SECURITY_TXT_H
#define PSIRTTY_FORMAT_SECURITY_TXT_H

#include "psirtty/base/instant.h"
#include "psirtty/base/str.h"

enum security_txt_weight { SECURITY_TXT_ERROR, SECURITY_TXT_WARNING, SECURITY_TXT_NOTE, SECURITY_TXT_WEIGHTS };
const char *security_txt_weight_name(enum security_txt_weight weight);

struct security_txt_finding {
	const char *id;      /* static: "expires-missing" */
	enum security_txt_weight weight;
	const char *message; /* static, untranslated */
	const char *section; /* static: of RFC 9116 */
	int line;            /* from 1; 0: of the whole */
	char *value;         /* owned; what it is about, not made safe; may be NULL */
};
/* What is known beside the file; all borrowed, may be missing. */
struct security_txt_facts {
	const char *fingerprint;    /* of our key */
	instant key_expires;        /* INSTANT_NONE: never, or not known */
};
struct security_txt_report {
	struct security_txt_finding *findings; size_t count;
	bool is_signed;             /* it has the frame of a cleartext signature */
	instant expires;            /* INSTANT_NONE when it says none */
};
void security_txt_report_release(struct security_txt_report *report);
/* Every finding of BYTES (not trusted), by line, then by rule; at most 200. The signature itself is not verified. */
void security_txt_lint(const char *bytes, size_t length, const struct security_txt_facts *facts, instant now,
		       struct security_txt_report *ret);
/* A finding from outside: of who verified the signature. */
void security_txt_add(struct security_txt_report *report, const char *id);
/* Whether there is an error among them. */
bool security_txt_bad(const struct security_txt_report *report);

/* Rules, for the manual and for tests: NULL behind the last. */
const char *security_txt_rule(size_t n, enum security_txt_weight *ret_weight, const char **ret_message);

/* What a new file says. NULL where it says nothing; lists are NULL ended. */
struct security_txt {
	const char *const *contacts; /* bare addresses become mailto: */
	instant expires;
	const char *const *encryption, *const *canonical, *const *policy, *const *acknowledgments, *const *hiring;
	const char *languages;       /* "en, zh" */
};
/* LF lines; what it writes passes the rules where its parts do. */
void security_txt_write(const struct security_txt *what, struct str *ret);

#endif
