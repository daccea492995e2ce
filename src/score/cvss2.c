/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 2.0: the metrics and the equations of the guide ("A Complete Guide to the Common
 * Vulnerability Scoring System Version 2.0", FIRST, §2 and §3.2), in exact integers.
 */
#include "score/cvss_private.h"

#include "psirtty/base/i18n.h"

/* Up to 18 decimals are exact in the widest product. */
__extension__ typedef __int128 wide;

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR, METRICS };

#define IMPACT_VALUES \
	{ { "N", N_("None"), "NONE" }, { "P", N_("Partial"), "PARTIAL" }, \
	  { "C", N_("Complete"), "COMPLETE" } }
#define REQUIREMENT_VALUES \
	{ { "ND", N_("Not Defined"), "NOT_DEFINED" }, { "L", N_("Low"), "LOW" }, \
	  { "M", N_("Medium"), "MEDIUM" }, { "H", N_("High"), "HIGH" } }

static const struct cvss_metric metrics[METRICS] = {
	[AV] = { "AV", N_("Access Vector"), "accessVector", "base",
		 { { "L", N_("Local"), "LOCAL" },
		   { "A", N_("Adjacent Network"), "ADJACENT_NETWORK" },
		   { "N", N_("Network"), "NETWORK" } } },
	[AC] = { "AC", N_("Access Complexity"), "accessComplexity", "base",
		 { { "H", N_("High"), "HIGH" }, { "M", N_("Medium"), "MEDIUM" },
		   { "L", N_("Low"), "LOW" } } },
	[AU] = { "Au", N_("Authentication"), "authentication", "base",
		 { { "M", N_("Multiple"), "MULTIPLE" }, { "S", N_("Single"), "SINGLE" },
		   { "N", N_("None"), "NONE" } } },
	[C] = { "C", N_("Confidentiality Impact"), "confidentialityImpact", "base", IMPACT_VALUES },
	[I] = { "I", N_("Integrity Impact"), "integrityImpact", "base", IMPACT_VALUES },
	[A] = { "A", N_("Availability Impact"), "availabilityImpact", "base", IMPACT_VALUES },
	[E] = { "E", N_("Exploitability"), "exploitability", "temporal",
		{ { "ND", N_("Not Defined"), "NOT_DEFINED" }, { "U", N_("Unproven"), "UNPROVEN" },
		  { "POC", N_("Proof-of-Concept"), "PROOF_OF_CONCEPT" },
		  { "F", N_("Functional"), "FUNCTIONAL" }, { "H", N_("High"), "HIGH" } } },
	[RL] = { "RL", N_("Remediation Level"), "remediationLevel", "temporal",
		 { { "ND", N_("Not Defined"), "NOT_DEFINED" },
		   { "OF", N_("Official Fix"), "OFFICIAL_FIX" },
		   { "TF", N_("Temporary Fix"), "TEMPORARY_FIX" },
		   { "W", N_("Workaround"), "WORKAROUND" },
		   { "U", N_("Unavailable"), "UNAVAILABLE" } } },
	[RC] = { "RC", N_("Report Confidence"), "reportConfidence", "temporal",
		 { { "ND", N_("Not Defined"), "NOT_DEFINED" },
		   { "UC", N_("Unconfirmed"), "UNCONFIRMED" },
		   { "UR", N_("Uncorroborated"), "UNCORROBORATED" },
		   { "C", N_("Confirmed"), "CONFIRMED" } } },
	[CDP] = { "CDP", N_("Collateral Damage Potential"), "collateralDamagePotential",
		  "environmental",
		  { { "ND", N_("Not Defined"), "NOT_DEFINED" }, { "N", N_("None"), "NONE" },
		    { "L", N_("Low"), "LOW" }, { "LM", N_("Low-Medium"), "LOW_MEDIUM" },
		    { "MH", N_("Medium-High"), "MEDIUM_HIGH" }, { "H", N_("High"), "HIGH" } } },
	[TD] = { "TD", N_("Target Distribution"), "targetDistribution", "environmental",
		 { { "ND", N_("Not Defined"), "NOT_DEFINED" }, { "N", N_("None"), "NONE" },
		   { "L", N_("Low"), "LOW" }, { "M", N_("Medium"), "MEDIUM" },
		   { "H", N_("High"), "HIGH" } } },
	[CR] = { "CR", N_("Confidentiality Requirement"), "confidentialityRequirement",
		 "environmental", REQUIREMENT_VALUES },
	[IR] = { "IR", N_("Integrity Requirement"), "integrityRequirement", "environmental",
		 REQUIREMENT_VALUES },
	[AR] = { "AR", N_("Availability Requirement"), "availabilityRequirement", "environmental",
		 REQUIREMENT_VALUES },
};

/* The weights of §3.2, by metric and value as above: the base group in thousandths, the rest in
 * hundredths. */
static const short weights[METRICS][6] = {
	[AV] = { 395, 646, 1000 },
	[AC] = { 350, 610, 710 },
	[AU] = { 450, 560, 704 },
	[C] = { 0, 275, 660 },
	[I] = { 0, 275, 660 },
	[A] = { 0, 275, 660 },
	[E] = { 100, 85, 90, 95, 100 },
	[RL] = { 100, 87, 90, 95, 100 },
	[RC] = { 100, 90, 95, 100 },
	[CDP] = { 0, 0, 10, 30, 40, 50 },
	[TD] = { 100, 0, 25, 75, 100 },
	[CR] = { 100, 50, 100, 151 },
	[IR] = { 100, 50, 100, 151 },
	[AR] = { 100, 50, 100, 151 },
};

static int weight(const struct cvss *cvss, int metric)
{
	int value = cvss->values[metric];

	return weights[metric][value < 0 ? 0 : value];
}

/* The guide's round_to_1_decimal: half away from zero, on the decimal number and not on the
 * nearest double (3.0 * 0.95 is 2.85 and becomes 2.9). */
static int round_half_up(wide value, wide unit)
{
	return value < 0 ? -(int)((-value + unit / 2) / unit) : (int)((value + unit / 2) / unit);
}

/* What is left of one impact metric: 1 - impact * requirement, in units of 10^-5. */
static wide spared(const struct cvss *cvss, int impact, int requirement, bool adjusted)
{
	return 100000 - weight(cvss, impact) * (adjusted ? weight(cvss, requirement) : 100);
}

/* BaseScore, or with ADJUSTED the same with AdjustedImpact, which alone is capped at 10: the
 * guide's Impact of C:C/I:C/A:C is 10.0008 and counts as such. May be below zero. */
static int base_score(const struct cvss *cvss, bool adjusted)
{
	const wide one = (wide)1000000000 * 1000000; /* 10^15 */
	wide impact, exploitability;

	impact = 1041 * (one - spared(cvss, C, CR, adjusted) * spared(cvss, I, IR, adjusted) *
				       spared(cvss, A, AR, adjusted)); /* 10^-17 */
	if (impact == 0)
		return 0;
	if (adjusted && impact > 1000 * one)
		impact = 1000 * one;
	exploitability = (wide)20 * weight(cvss, AV) * weight(cvss, AC) * weight(cvss, AU); /* 10^-9 */
	/* 10^-18, and 10^-21 after the factor 1.176; a tenth is 10^20 of these */
	return round_half_up((6 * impact + 4 * exploitability * 100000000 - 1500 * one) * 1176,
			     one * 100000);
}

static int temporal_score(const struct cvss *cvss, int base)
{
	return round_half_up((wide)base * weight(cvss, E) * weight(cvss, RL) * weight(cvss, RC),
			     1000000);
}

/*
 * Every step is rounded, as the guide's examples do and Red Hat's and cvss-suite's
 * implementations; metaeffekt's keeps the intermediate values unrounded and differs in some
 * cases. Where low requirements push the result below zero (AV:L/AC:H/Au:M/C:N/I:N/A:P/AR:L)
 * the guide says nothing: the end result is raised to 0, as Red Hat does, and no earlier.
 */
static int environmental_score(const struct cvss *cvss)
{
	int temporal = temporal_score(cvss, base_score(cvss, true));
	int result;

	result = round_half_up(((wide)temporal * 100 + (100 - temporal) * weight(cvss, CDP)) *
				       weight(cvss, TD),
			       10000);
	return result < 0 ? 0 : result;
}

static void score(struct cvss *cvss)
{
	cvss->base = base_score(cvss, false);
	cvss->overall = cvss->base;
	if (cvss_any_set(cvss, E, RC))
		cvss->overall = cvss->temporal = temporal_score(cvss, cvss->base);
	if (cvss_any_set(cvss, CDP, AR))
		cvss->overall = cvss->environmental = environmental_score(cvss);
}

/* The guide (§2.4) lists the metrics "in a predetermined order"; groups may be partly given. */
const struct cvss_table cvss2_table = { "", metrics, METRICS, E, true, score };
