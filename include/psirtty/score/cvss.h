/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 2.0, 3.0, 3.1 and 4.0: parse, canonical vector, scores, severity. Pure, integers
 * only; scores are in tenths (98 is 9.8).
 */
#ifndef PSIRTTY_SCORE_CVSS_H
#define PSIRTTY_SCORE_CVSS_H

#include "psirtty/base/error.h"

enum cvss_version { CVSS_2_0, CVSS_3_0, CVSS_3_1, CVSS_4_0 };

/* None is a band of its own from 3.0 on; 2.0 uses NVD's bands, which have neither none nor critical. */
enum cvss_severity { CVSS_NONE, CVSS_LOW, CVSS_MEDIUM, CVSS_HIGH, CVSS_CRITICAL };

enum { CVSS_METRICS = 32, CVSS_ABSENT = -1 };

struct cvss {
	enum cvss_version version;
	/* Index of the value in the metric's row of the version's table; 0 is "not defined" where the
	 * standard has it (X, ND), -1 where the vector does not name the metric. */
	signed char values[CVSS_METRICS];
	int base;          /* tenths; for 4.0 the one score of the whole vector is in overall, and base
			    * is that of the base metrics alone */
	int temporal;      /* tenths, or CVSS_ABSENT when no such metric is set (always for 4.0) */
	int environmental; /* tenths, or CVSS_ABSENT likewise */
	int overall;       /* environmental, else temporal, else base; 4.0: the score of the vector */
	enum cvss_severity severity; /* of overall */
	char macrovector[8];  /* 4.0: "000000"…, else "" */
	const char *nomenclature; /* 4.0: "CVSS-B", "CVSS-BT", "CVSS-BE", "CVSS-BTE"; else "" */
};

/*
 * Strict parsing, as the standard of each version says (FIRST, CVSS v2 §2.4, v3.x §6, v4.0 §7:
 * fixed order in 4.0 and 2.0; prefix needed from 3.0; duplicates, lower case, empty fields, a
 * trailing slash and missing mandatory metrics are errors, each with its own reason in
 * err->why). On success *RET is filled, scores included.
 * Errors: ERR_NO.
 */
int cvss_parse(const char *vector, struct cvss *ret, struct error *err);
/* Lenient: mends order, case, surrounding blanks and parentheses, trailing slash, equal
 * duplicates; each repair is one line in *RET_REPAIRS ("order: …"). What cannot be mended is
 * ERR_NO as above. */
int cvss_parse_lenient(const char *vector, struct cvss *ret, struct str *ret_repairs,
		       struct error *err);
/* The canonical vector: the standard's order, not-defined metrics left out. Adds to RET. */
void cvss_vector(const struct cvss *cvss, struct str *ret);
/* "2.0", "3.0", "3.1", "4.0". */
const char *cvss_version_name(enum cvss_version version);
/* "NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL" as in the JSON schemas. */
const char *cvss_severity_name(enum cvss_severity severity);
/* "9.8"; "-" for CVSS_ABSENT. Buffer of 8 bytes. */
const char *cvss_tenths(int tenths, char buffer[8]);

/* For forms and JSON writers: the metrics of a version, in the standard's order. */
struct cvss_metric {
	const char *code;        /* "AV" */
	const char *name;        /* "Attack Vector" */
	const char *json;        /* "attackVector": member name in FIRST's JSON schema */
	const char *group;       /* "base", "threat", "temporal", "environmental", "supplemental" */
	struct { const char *code, *name, *json; } values[8]; /* "N", "Network", "NETWORK"; NULL code ends */
};
const struct cvss_metric *cvss_metrics(enum cvss_version version, size_t *ret_count);

/* ---- published scores */

/* What a score published as the base score of a vector is. */
#define CVSS_FITS(X) \
	X(CVSS_FIT_BASE, "base", N_("it is the base score")) \
	X(CVSS_FIT_TEMPORAL, "temporal", N_("it is the temporal score, not the base score")) \
	X(CVSS_FIT_ENVIRONMENTAL, "environmental", \
	  N_("it is the environmental score, not the base score")) \
	X(CVSS_FIT_BT, "CVSS-BT", N_("it is the score with threat, CVSS-BT, not CVSS-B")) \
	X(CVSS_FIT_BE, "CVSS-BE", N_("it is the score with environment, CVSS-BE, not CVSS-B")) \
	X(CVSS_FIT_BTE, "CVSS-BTE", \
	  N_("it is the score with threat and environment, CVSS-BTE, not CVSS-B")) \
	X(CVSS_FIT_WRONG, "wrong", N_("it is no score of this vector"))

enum cvss_fit {
#define X(id, code, sentence) id,
	CVSS_FITS(X)
#undef X
};

/* "9.8", "10", "5" and so on as tenths: at most one decimal, which may be followed by zeros. ERR_NO
 * for anything else and for more than 10. */
int cvss_tenths_parse(const char *text, int *ret_tenths);
/* What TENTHS is for CVSS; CVSS_FIT_BASE means that it is right as a published baseScore. */
enum cvss_fit cvss_check(const struct cvss *cvss, int tenths);
/* "base", "temporal", … as above. */
const char *cvss_fit_code(enum cvss_fit fit);
/* Translated. */
const char *cvss_fit_sentence(enum cvss_fit fit);

/* ---- why a score is what it is */

struct cvss_reason {
	int metric;    /* index into cvss_metrics() */
	int value;     /* what it is set to */
	int mildest;   /* the value with which the overall score would be lowest */
	int drop;      /* by so many tenths; 0: the metric does not raise the score */
};

/* One row for every metric of the score that is set, the biggest drop first, then in the standard's
 * order. Returns how many. */
size_t cvss_reasons(const struct cvss *cvss, struct cvss_reason ret[CVSS_METRICS]);

#endif
