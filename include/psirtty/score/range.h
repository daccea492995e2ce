/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a version lies in a range: the native syntaxes of the ecosystems, OSV's events and the
 * versions of a CVE record. Pure; versions are ordered by version.h.
 */
#ifndef PSIRTTY_SCORE_RANGE_H
#define PSIRTTY_SCORE_RANGE_H

#include "psirtty/score/version.h"

enum range_answer {
	RANGE_OUT,
	RANGE_IN,
	RANGE_UNKNOWN,
};

enum range_flag {
	RANGE_LOOSE = 1, /* npm: read range and version as node-semver's "loose" does */
	RANGE_PRERELEASES =
		2, /* npm, Python, Conan: prereleases may be in although nobody names one */
};

/*
 * RANGE in ECOSYSTEM's own syntax, or a VERS ("vers:npm/>=1|<2"). On failure ERR_NO with the
 * reason, and *RET is RANGE_UNKNOWN: no such ecosystem, no range or no version there, or the order
 * does not tell. What is understood, per ecosystem:
 *
 * npm: node-semver 7, with the rule that a prerelease is in only where a comparator has its three
 *   numbers and a prerelease. A range or version that only the loose reading takes is read so, as
 *   npm does; what is no version at all is out, as node-semver answers.
 * pypi: the version specifiers of PEP 440 as `packaging` judges them; "||" between two sets.
 * gem: requirements; composer: constraints; conan: "[>=1 <2]"; maven, nuget: intervals;
 *   cargo and hex: their requirements, with the prerelease rule of npm.
 * All others: comparators (<, <=, =, ==, !=, >=, >, Debian's << and >>, ^, ~, ~>) joined by comma,
 *   space or "&&", alternatives by "||"; a bare version is that version, "*" is any. OpenSSL: a
 *   comma-separated list of versions.
 */
int range_contains(const char *ecosystem, const char *range, const char *version,
		   enum range_answer *ret, struct error *err);
int range_contains_with(const char *ecosystem, const char *range, const char *version,
			unsigned flags, enum range_answer *ret, struct error *err);

/* ---- OSV: "affected" of one package (OSV schema, "Evaluation") */

enum osv_event_kind { OSV_INTRODUCED, OSV_FIXED, OSV_LAST_AFFECTED, OSV_LIMIT };
enum osv_range_type { OSV_SEMVER, OSV_ECOSYSTEM, OSV_GIT };

struct osv_event {
	enum osv_event_kind kind;
	const char
		*version; /* borrowed; "0" is before every version, a limit "*" behind every one */
};

struct osv_range {
	enum osv_range_type type;
	const struct osv_event *events; /* borrowed; in any order */
	size_t count;
};

struct osv_affected {
	const char *ecosystem;	     /* borrowed; package.ecosystem, such as "Debian:12" */
	const char *const *versions; /* borrowed; may be NULL */
	size_t version_count;
	const struct osv_range *ranges;
	size_t range_count;
};

/*
 * RANGE_IN when VERSION is listed or lies in a range. RANGE_UNKNOWN, with the reason in ERR and
 * ERR_NO, when no range that can be evaluated has it and one cannot be: no order for the ecosystem,
 * an event or VERSION that is none there, a GIT range with another commit. *RET_UNCERTAIN (may be
 * NULL) is set when the generic order decided.
 */
int osv_contains(const struct osv_affected *affected, const char *version, enum range_answer *ret,
		 bool *ret_uncertain, struct error *err);

/* ---- CVE record 5: affected[].versions[] */

enum cve_status { CVE_UNKNOWN, CVE_AFFECTED, CVE_UNAFFECTED };

struct cve_change {
	const char *at; /* borrowed */
	enum cve_status status;
};

struct cve_version {
	const char *version; /* borrowed; these three may be NULL except this one */
	const char *less_than, *less_than_or_equal;
	const char *type; /* versionType; NULL is "custom" */
	enum cve_status status;
	const struct cve_change *changes; /* borrowed */
	size_t change_count;
};

struct cve_affected {
	enum cve_status default_status;
	const struct cve_version *versions; /* borrowed */
	size_t count;
	const char *ecosystem; /* of packageURL, for entries of type custom; may be NULL */
};

struct cve_verdict {
	enum cve_status status;
	bool uncertain; /* decided by the generic order, or by reading free text as a range */
	long entry;	/* which of versions decided; -1: default_status */
};

/*
 * The first entry that holds VERSION decides, with the latest of its changes that is not behind
 * VERSION; else default_status does (CVE record format, "Version Status Decision Algorithm").
 * "0", "unspecified", "n/a", "-" and "*" as a beginning are before every version; "*" as an end is
 * behind every one, "5.4.*" behind every 5.4. A single "version" that is written as a range
 * ("< 1.2",
 * ">= 1.0, < 1.2") is evaluated as one. Where no entry holds VERSION but one could not be
 * evaluated, ERR_NO with the reason, and the status is CVE_UNKNOWN.
 */
int cve_judge(const struct cve_affected *affected, const char *version, struct cve_verdict *ret,
	      struct error *err);

#endif
