/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 3.0 and 3.1: the metrics and the equations of the specification documents (FIRST, §7),
 * in integers. The two differ in the modified impact for a changed scope and in the wording of
 * Roundup.
 */
#include "score/cvss_private.h"

#include "psirtty/base/i18n.h"

enum {
	AV, AC, PR, UI, S, C, I, A,
	E, RL, RC,
	CR, IR, AR, MAV, MAC, MPR, MUI, MS, MC, MI, MA,
	METRICS
};

#define NOT_DEFINED { "X", N_("Not Defined"), "NOT_DEFINED" }
#define VECTOR_VALUES \
	{ "N", N_("Network"), "NETWORK" }, { "A", N_("Adjacent"), "ADJACENT_NETWORK" }, \
	{ "L", N_("Local"), "LOCAL" }, { "P", N_("Physical"), "PHYSICAL" }
#define COMPLEXITY_VALUES { "L", N_("Low"), "LOW" }, { "H", N_("High"), "HIGH" }
#define PRIVILEGES_VALUES \
	{ "N", N_("None"), "NONE" }, { "L", N_("Low"), "LOW" }, { "H", N_("High"), "HIGH" }
#define INTERACTION_VALUES { "N", N_("None"), "NONE" }, { "R", N_("Required"), "REQUIRED" }
#define SCOPE_VALUES { "U", N_("Unchanged"), "UNCHANGED" }, { "C", N_("Changed"), "CHANGED" }
#define IMPACT_VALUES \
	{ "H", N_("High"), "HIGH" }, { "L", N_("Low"), "LOW" }, { "N", N_("None"), "NONE" }
#define REQUIREMENT_VALUES \
	{ NOT_DEFINED, { "H", N_("High"), "HIGH" }, { "M", N_("Medium"), "MEDIUM" }, \
	  { "L", N_("Low"), "LOW" } }

static const struct cvss_metric metrics[METRICS] = {
	[AV] = { "AV", N_("Attack Vector"), "attackVector", "base", { VECTOR_VALUES } },
	[AC] = { "AC", N_("Attack Complexity"), "attackComplexity", "base", { COMPLEXITY_VALUES } },
	[PR] = { "PR", N_("Privileges Required"), "privilegesRequired", "base",
		 { PRIVILEGES_VALUES } },
	[UI] = { "UI", N_("User Interaction"), "userInteraction", "base", { INTERACTION_VALUES } },
	[S] = { "S", N_("Scope"), "scope", "base", { SCOPE_VALUES } },
	[C] = { "C", N_("Confidentiality"), "confidentialityImpact", "base", { IMPACT_VALUES } },
	[I] = { "I", N_("Integrity"), "integrityImpact", "base", { IMPACT_VALUES } },
	[A] = { "A", N_("Availability"), "availabilityImpact", "base", { IMPACT_VALUES } },
	[E] = { "E", N_("Exploit Code Maturity"), "exploitCodeMaturity", "temporal",
		{ NOT_DEFINED, { "H", N_("High"), "HIGH" },
		  { "F", N_("Functional"), "FUNCTIONAL" },
		  { "P", N_("Proof-of-Concept"), "PROOF_OF_CONCEPT" },
		  { "U", N_("Unproven"), "UNPROVEN" } } },
	[RL] = { "RL", N_("Remediation Level"), "remediationLevel", "temporal",
		 { NOT_DEFINED, { "U", N_("Unavailable"), "UNAVAILABLE" },
		   { "W", N_("Workaround"), "WORKAROUND" },
		   { "T", N_("Temporary Fix"), "TEMPORARY_FIX" },
		   { "O", N_("Official Fix"), "OFFICIAL_FIX" } } },
	[RC] = { "RC", N_("Report Confidence"), "reportConfidence", "temporal",
		 { NOT_DEFINED, { "C", N_("Confirmed"), "CONFIRMED" },
		   { "R", N_("Reasonable"), "REASONABLE" },
		   { "U", N_("Unknown"), "UNKNOWN" } } },
	[CR] = { "CR", N_("Confidentiality Requirement"), "confidentialityRequirement",
		 "environmental", REQUIREMENT_VALUES },
	[IR] = { "IR", N_("Integrity Requirement"), "integrityRequirement", "environmental",
		 REQUIREMENT_VALUES },
	[AR] = { "AR", N_("Availability Requirement"), "availabilityRequirement", "environmental",
		 REQUIREMENT_VALUES },
	[MAV] = { "MAV", N_("Modified Attack Vector"), "modifiedAttackVector", "environmental",
		  { NOT_DEFINED, VECTOR_VALUES } },
	[MAC] = { "MAC", N_("Modified Attack Complexity"), "modifiedAttackComplexity",
		  "environmental", { NOT_DEFINED, COMPLEXITY_VALUES } },
	[MPR] = { "MPR", N_("Modified Privileges Required"), "modifiedPrivilegesRequired",
		  "environmental", { NOT_DEFINED, PRIVILEGES_VALUES } },
	[MUI] = { "MUI", N_("Modified User Interaction"), "modifiedUserInteraction",
		  "environmental", { NOT_DEFINED, INTERACTION_VALUES } },
	[MS] = { "MS", N_("Modified Scope"), "modifiedScope", "environmental",
		 { NOT_DEFINED, SCOPE_VALUES } },
	[MC] = { "MC", N_("Modified Confidentiality"), "modifiedConfidentialityImpact",
		 "environmental", { NOT_DEFINED, IMPACT_VALUES } },
	[MI] = { "MI", N_("Modified Integrity"), "modifiedIntegrityImpact", "environmental",
		 { NOT_DEFINED, IMPACT_VALUES } },
	[MA] = { "MA", N_("Modified Availability"), "modifiedAvailabilityImpact", "environmental",
		 { NOT_DEFINED, IMPACT_VALUES } },
};

/* The weights of §7.4 in hundredths, by value as above. Privileges Required has two rows, the
 * second for a changed scope. */
static const int weight_vector[] = { 85, 62, 55, 20 };
static const int weight_complexity[] = { 77, 44 };
static const int weight_privileges[2][3] = { { 85, 62, 27 }, { 85, 68, 50 } };
static const int weight_interaction[] = { 85, 62 };
static const int weight_impact[] = { 56, 22, 0 };
static const int weight_requirement[] = { 100, 150, 100, 50 };
static const int weight_exploit[] = { 100, 100, 97, 94, 91 };
static const int weight_remediation[] = { 100, 100, 97, 96, 95 };
static const int weight_confidence[] = { 100, 100, 96, 92 };

enum { TEN_9 = 1000000000 };

static int value_of(const struct cvss *cvss, int metric)
{
	return cvss->values[metric] < 0 ? 0 : cvss->values[metric];
}

/* The base metric's value, or with MODIFIED that of its modified twin where defined. */
static int effective(const struct cvss *cvss, int base, int twin, bool modified)
{
	return modified && cvss->values[twin] > 0 ? cvss->values[twin] - 1 : cvss->values[base];
}

/* X^N with X in units of 10^-9. The error stays below 2e-8; no score of the whole space lies so
 * near to a step. */
static int64_t power(int64_t x, int n)
{
	int64_t result = x;

	while (--n > 0)
		result = (result * x + TEN_9 / 2) / TEN_9;
	return result;
}

/*
 * Impact for a changed scope, in units of 10^-10, from the sub-score SUB in 10^-6:
 * 7.52 (sub - 0.029) - 3.25 (sub - 0.02)^15; 3.1 has 3.25 (0.9731 sub - 0.02)^13 when MODIFIED.
 */
static int64_t impact_changed(int64_t sub, bool modified_31)
{
	int64_t bent = modified_31 ? power((sub * 9731 - 200000000) / 10, 13)
				   : power((sub - 20000) * 1000, 15);

	return 752 * (sub - 29000) * 100 - 325 * bent / 10;
}

/* The impact sub-score in units of 10^-6; with MODIFIED weighed by the requirements and capped
 * at 0.915. */
static int64_t impact_sub(const struct cvss *cvss, bool modified)
{
	int64_t spared = 1;
	int i;

	for (i = 0; i < 3; i++) {
		int impact = weight_impact[effective(cvss, C + i, MC + i, modified)];
		int requirement = modified ? weight_requirement[value_of(cvss, CR + i)] : 100;

		spared *= 100 - impact * requirement / 100; /* 56 and 22 are even: exact */
	}
	return modified && 1000000 - spared > 915000 ? 915000 : 1000000 - spared;
}

/*
 * The inner score in tenths. Roundup is 3.1's (Appendix A), on integers: to five decimals first,
 * then up. For every vector of both versions this is the exact ceiling that 3.0 asks for.
 */
static int inner_score(const struct cvss *cvss, bool modified)
{
	bool changed = effective(cvss, S, MS, modified) == 1;
	int64_t sub = impact_sub(cvss, modified);
	int64_t impact, exploit, sum;

	impact = changed ? impact_changed(sub, modified && cvss->version == CVSS_3_1)
			 : 642 * sub * 100; /* 10^-10 */
	if (sub == 0 || impact <= 0)
		return 0;
	exploit = (int64_t)822 * weight_vector[effective(cvss, AV, MAV, modified)] *
		  weight_complexity[effective(cvss, AC, MAC, modified)] *
		  weight_privileges[changed][effective(cvss, PR, MPR, modified)] *
		  weight_interaction[effective(cvss, UI, MUI, modified)];
	sum = (impact + exploit) * (changed ? 108 : 100); /* 10^-12 */
	if (sum > (int64_t)10000 * TEN_9)
		return 100;
	sum = (sum + 5000000) / 10000000; /* 10^-5 */
	return (int)((sum + 9999) / 10000);
}

/*
 * Roundup(score * E * RL * RC), exactly. FIRST's own 3.0 calculator works in doubles and is 0.1
 * high for 2.5, 5.0 and 10.0 with a product of 0.92 (4.7 instead of 4.6 for 5.0): 3.0 only says
 * "the smallest number, to one decimal, that is equal to or higher", so the exact value stands,
 * as in Red Hat's and cvss-suite's implementations and in 3.1.
 */
static int temporal_score(const struct cvss *cvss, int tenths)
{
	int64_t product = (int64_t)tenths * weight_exploit[value_of(cvss, E)] *
			  weight_remediation[value_of(cvss, RL)] *
			  weight_confidence[value_of(cvss, RC)];

	return (int)((product + 999999) / 1000000);
}

static void score(struct cvss *cvss)
{
	cvss->base = inner_score(cvss, false);
	cvss->overall = cvss->base;
	if (cvss_any_set(cvss, E, RC))
		cvss->overall = cvss->temporal = temporal_score(cvss, cvss->base);
	if (cvss_any_set(cvss, CR, MA))
		cvss->overall = cvss->environmental =
			temporal_score(cvss, inner_score(cvss, true));
}

/* "Metrics may be listed in any order" (§6). */
const struct cvss_table cvss30_table = { "CVSS:3.0/", metrics, METRICS, E, false, score };
const struct cvss_table cvss31_table = { "CVSS:3.1/", metrics, METRICS, E, false, score };
