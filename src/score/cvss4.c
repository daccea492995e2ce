/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 4.0: the metrics, the macrovector and the interpolated score of the specification
 * (FIRST, §7 and §8.2-8.3), in integers. The scores of the 270 macrovectors are data
 * (data/cvss40-macrovectors.tsv).
 */
#include "score/cvss_private.h"

#include "psirtty/base/i18n.h"

enum {
	AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA,
	E,
	CR, IR, AR, MAV, MAC, MAT, MPR, MUI, MVC, MVI, MVA, MSC, MSI, MSA,
	S, AU, R, V, RE, U,
	METRICS
};

#define NOT_DEFINED { "X", N_("Not Defined"), "NOT_DEFINED" }
#define VECTOR_VALUES \
	{ "N", N_("Network"), "NETWORK" }, { "A", N_("Adjacent"), "ADJACENT" }, \
	{ "L", N_("Local"), "LOCAL" }, { "P", N_("Physical"), "PHYSICAL" }
#define COMPLEXITY_VALUES { "L", N_("Low"), "LOW" }, { "H", N_("High"), "HIGH" }
#define ATTACK_VALUES { "N", N_("None"), "NONE" }, { "P", N_("Present"), "PRESENT" }
#define PRIVILEGES_VALUES \
	{ "N", N_("None"), "NONE" }, { "L", N_("Low"), "LOW" }, { "H", N_("High"), "HIGH" }
#define INTERACTION_VALUES \
	{ "N", N_("None"), "NONE" }, { "P", N_("Passive"), "PASSIVE" }, \
	{ "A", N_("Active"), "ACTIVE" }
#define HIGH_LOW { "H", N_("High"), "HIGH" }, { "L", N_("Low"), "LOW" }
#define IMPACT_VALUES HIGH_LOW, { "N", N_("None"), "NONE" }
#define REQUIREMENT_VALUES \
	{ NOT_DEFINED, { "H", N_("High"), "HIGH" }, { "M", N_("Medium"), "MEDIUM" }, \
	  { "L", N_("Low"), "LOW" } }
#define SAFETY_VALUES \
	{ NOT_DEFINED, { "S", N_("Safety"), "SAFETY" }, HIGH_LOW, \
	  { "N", N_("Negligible"), "NEGLIGIBLE" } }
#define ENVIRONMENTAL "environmental"

static const struct cvss_metric metrics[METRICS] = {
	[AV] = { "AV", N_("Attack Vector"), "attackVector", "base", { VECTOR_VALUES } },
	[AC] = { "AC", N_("Attack Complexity"), "attackComplexity", "base", { COMPLEXITY_VALUES } },
	[AT] = { "AT", N_("Attack Requirements"), "attackRequirements", "base", { ATTACK_VALUES } },
	[PR] = { "PR", N_("Privileges Required"), "privilegesRequired", "base",
		 { PRIVILEGES_VALUES } },
	[UI] = { "UI", N_("User Interaction"), "userInteraction", "base", { INTERACTION_VALUES } },
	[VC] = { "VC", N_("Vulnerable System Confidentiality"), "vulnConfidentialityImpact", "base",
		 { IMPACT_VALUES } },
	[VI] = { "VI", N_("Vulnerable System Integrity"), "vulnIntegrityImpact", "base",
		 { IMPACT_VALUES } },
	[VA] = { "VA", N_("Vulnerable System Availability"), "vulnAvailabilityImpact", "base",
		 { IMPACT_VALUES } },
	[SC] = { "SC", N_("Subsequent System Confidentiality"), "subConfidentialityImpact", "base",
		 { IMPACT_VALUES } },
	[SI] = { "SI", N_("Subsequent System Integrity"), "subIntegrityImpact", "base",
		 { IMPACT_VALUES } },
	[SA] = { "SA", N_("Subsequent System Availability"), "subAvailabilityImpact", "base",
		 { IMPACT_VALUES } },
	[E] = { "E", N_("Exploit Maturity"), "exploitMaturity", "threat",
		{ NOT_DEFINED, { "A", N_("Attacked"), "ATTACKED" },
		  { "P", N_("Proof-of-Concept"), "PROOF_OF_CONCEPT" },
		  { "U", N_("Unreported"), "UNREPORTED" } } },
	[CR] = { "CR", N_("Confidentiality Requirement"), "confidentialityRequirement",
		 ENVIRONMENTAL, REQUIREMENT_VALUES },
	[IR] = { "IR", N_("Integrity Requirement"), "integrityRequirement", ENVIRONMENTAL,
		 REQUIREMENT_VALUES },
	[AR] = { "AR", N_("Availability Requirement"), "availabilityRequirement", ENVIRONMENTAL,
		 REQUIREMENT_VALUES },
	[MAV] = { "MAV", N_("Modified Attack Vector"), "modifiedAttackVector", ENVIRONMENTAL,
		  { NOT_DEFINED, VECTOR_VALUES } },
	[MAC] = { "MAC", N_("Modified Attack Complexity"), "modifiedAttackComplexity",
		  ENVIRONMENTAL, { NOT_DEFINED, COMPLEXITY_VALUES } },
	[MAT] = { "MAT", N_("Modified Attack Requirements"), "modifiedAttackRequirements",
		  ENVIRONMENTAL, { NOT_DEFINED, ATTACK_VALUES } },
	[MPR] = { "MPR", N_("Modified Privileges Required"), "modifiedPrivilegesRequired",
		  ENVIRONMENTAL, { NOT_DEFINED, PRIVILEGES_VALUES } },
	[MUI] = { "MUI", N_("Modified User Interaction"), "modifiedUserInteraction", ENVIRONMENTAL,
		  { NOT_DEFINED, INTERACTION_VALUES } },
	[MVC] = { "MVC", N_("Modified Vulnerable System Confidentiality"),
		  "modifiedVulnConfidentialityImpact", ENVIRONMENTAL, { NOT_DEFINED, IMPACT_VALUES } },
	[MVI] = { "MVI", N_("Modified Vulnerable System Integrity"), "modifiedVulnIntegrityImpact",
		  ENVIRONMENTAL, { NOT_DEFINED, IMPACT_VALUES } },
	[MVA] = { "MVA", N_("Modified Vulnerable System Availability"),
		  "modifiedVulnAvailabilityImpact", ENVIRONMENTAL, { NOT_DEFINED, IMPACT_VALUES } },
	[MSC] = { "MSC", N_("Modified Subsequent System Confidentiality"),
		  "modifiedSubConfidentialityImpact", ENVIRONMENTAL,
		  { NOT_DEFINED, HIGH_LOW, { "N", N_("Negligible"), "NEGLIGIBLE" } } },
	[MSI] = { "MSI", N_("Modified Subsequent System Integrity"), "modifiedSubIntegrityImpact",
		  ENVIRONMENTAL, SAFETY_VALUES },
	[MSA] = { "MSA", N_("Modified Subsequent System Availability"),
		  "modifiedSubAvailabilityImpact", ENVIRONMENTAL, SAFETY_VALUES },
	[S] = { "S", N_("Safety"), "Safety", "supplemental",
		{ NOT_DEFINED, { "N", N_("Negligible"), "NEGLIGIBLE" },
		  { "P", N_("Present"), "PRESENT" } } },
	[AU] = { "AU", N_("Automatable"), "Automatable", "supplemental",
		 { NOT_DEFINED, { "N", N_("No"), "NO" }, { "Y", N_("Yes"), "YES" } } },
	[R] = { "R", N_("Recovery"), "Recovery", "supplemental",
		{ NOT_DEFINED, { "A", N_("Automatic"), "AUTOMATIC" }, { "U", N_("User"), "USER" },
		  { "I", N_("Irrecoverable"), "IRRECOVERABLE" } } },
	[V] = { "V", N_("Value Density"), "valueDensity", "supplemental",
		{ NOT_DEFINED, { "D", N_("Diffuse"), "DIFFUSE" },
		  { "C", N_("Concentrated"), "CONCENTRATED" } } },
	[RE] = { "RE", N_("Vulnerability Response Effort"), "vulnerabilityResponseEffort",
		 "supplemental",
		 { NOT_DEFINED, { "L", N_("Low"), "LOW" }, { "M", N_("Moderate"), "MODERATE" },
		   { "H", N_("High"), "HIGH" } } },
	[U] = { "U", N_("Provider Urgency"), "providerUrgency", "supplemental",
		{ NOT_DEFINED, { "Clear", N_("Clear"), "CLEAR" }, { "Green", N_("Green"), "GREEN" },
		  { "Amber", N_("Amber"), "AMBER" }, { "Red", N_("Red"), "RED" } } },
};

#define MACRO_INDEX(q1, q2, q3, q4, q5, q6) \
	((((((q1) * 2 + (q2)) * 3 + (q3)) * 3 + (q4)) * 3 + (q5)) * 2 + (q6))

/* In tenths; 0 where there is no such macrovector (EQ3 = 2 with EQ6 = 0, or a level too many). */
static const unsigned char macro_scores[MACRO_INDEX(2, 1, 2, 2, 2, 1) + 1] = {
#include "gen/cvss40-macrovectors.inc"
};

static const signed char eq_levels[6] = { 3, 2, 3, 3, 3, 2 };

/*
 * The severity distance of a vector from the highest of its macrovector is its sum of ranks
 * minus a constant of the level: all highest vectors of one level have the same rank sum, and
 * one of them dominates each vector of the level (tests/unit/cvss.c proves both by going
 * through all of them). Thus §8.3's search for a dominating vector needs no search.
 * A row is that rank sum and the depth, which is the number of steps in the level; for EQ3 and EQ6
 * rows are EQ3 * 2 + EQ6.
 */
struct eq_level {
	signed char highest; /* rank sum */
	short share;         /* of one step, in units of DENOMINATOR */
};

/* The common denominator of 1, 2, 4, 5, 6, 7, 8 and 10. */
enum { DENOMINATOR = 840 };
#define LEVEL(highest, depth) { (highest), DENOMINATOR / (depth) }

static const struct eq_level eq1_rows[] = { LEVEL(0, 1), LEVEL(1, 4), LEVEL(3, 5) };
static const struct eq_level eq2_rows[] = { LEVEL(0, 1), LEVEL(1, 2) };
static const struct eq_level eq36_rows[] = { LEVEL(0, 7), LEVEL(3, 6), LEVEL(1, 8), LEVEL(3, 8),
					     LEVEL(0, 1), LEVEL(3, 10) };
static const struct eq_level eq4_rows[] = { LEVEL(1, 6), LEVEL(3, 5), LEVEL(6, 4) };

/* What the score depends on: a rank for each metric, 0 the worst, modified metrics and the
 * defaults (E:A, CR:H, IR:H, AR:H) applied. */
struct effective {
	signed char av, ac, at, pr, ui, v[3], s[3], e, r[3];
};

static signed char defined(signed char value)
{
	return value > 0 ? value - 1 : 0;
}

static signed char modified(const signed char *values, int base, int twin)
{
	return values[twin] > 0 ? values[twin] - 1 : values[base];
}

/* The subsequent system's ranks begin with Safety (only MSI and MSA have it): S H L N. */
static struct effective effective_of(const signed char *values)
{
	struct effective ret = {
		.av = modified(values, AV, MAV),
		.ac = modified(values, AC, MAC),
		.at = modified(values, AT, MAT),
		.pr = modified(values, PR, MPR),
		.ui = modified(values, UI, MUI),
		.e = defined(values[E]),
	};
	int i;

	for (i = 0; i < 3; i++) {
		ret.v[i] = modified(values, VC + i, MVC + i);
		ret.r[i] = defined(values[CR + i]);
	}
	ret.s[0] = modified(values, SC, MSC) + 1;
	ret.s[1] = values[MSI] > 0 ? values[MSI] - 1 : values[SI] + 1;
	ret.s[2] = values[MSA] > 0 ? values[MSA] - 1 : values[SA] + 1;
	return ret;
}

/* Tables 24 to 29. */
static void macrovector_of(const struct effective *f, signed char eq[6])
{
	bool high_required = false, high = false, sub_high = false;
	int i;

	for (i = 0; i < 3; i++) {
		high_required = high_required || (f->v[i] == 0 && f->r[i] == 0);
		high = high || f->v[i] == 0;
		sub_high = sub_high || f->s[i] == 1;
	}
	eq[0] = f->av == 0 && f->pr == 0 && f->ui == 0 ? 0
	      : f->av == 3 || (f->av && f->pr && f->ui) ? 2
							: 1;
	eq[1] = f->ac || f->at;
	eq[2] = f->v[0] == 0 && f->v[1] == 0 ? 0 : high ? 1 : 2;
	eq[3] = f->s[1] == 0 || f->s[2] == 0 ? 0 : sub_high ? 1 : 2;
	eq[4] = f->e;
	eq[5] = !high_required;
}

static int macro_score(const signed char eq[6])
{
	return macro_scores[MACRO_INDEX(eq[0], eq[1], eq[2], eq[3], eq[4], eq[5])];
}

/* The score of the macrovector one level below in the set I (0-based), or 0. */
static int lower_score(const signed char eq[6], int i)
{
	signed char lower[6] = { eq[0], eq[1], eq[2], eq[3], eq[4], eq[5] };

	if (++lower[i] >= eq_levels[i])
		return 0;
	return macro_score(lower);
}

/* EQ3 and EQ6 go down together: 00 to the higher of 01 and 10, 01 to 11, 10 to 11, 11 to 21. */
static int lower_score_36(const signed char eq[6])
{
	int by_eq3 = lower_score(eq, 2), by_eq6 = lower_score(eq, 5);

	return by_eq3 > by_eq6 ? by_eq3 : by_eq6;
}

/*
 * §8.3, exactly: the macrovector's score less the mean of the proportional distances, half up.
 * A set counts in the mean when there is a lower macrovector, whatever the distance. FIRST's
 * calculator of 2024-08 rounds the nearest double and is 0.1 low for one vector in 260; Red
 * Hat's since 2024-11 agrees with the exact value everywhere.
 */
static int interpolate(const struct effective *f, const signed char eq[6])
{
	const struct eq_level *rows[4] = { &eq1_rows[eq[0]], &eq2_rows[eq[1]],
					   &eq36_rows[eq[2] * 2 + eq[5]], &eq4_rows[eq[3]] };
	int sums[4] = { f->av + f->pr + f->ui, f->ac + f->at,
			f->v[0] + f->v[1] + f->v[2] + f->r[0] + f->r[1] + f->r[2],
			f->s[0] + f->s[1] + f->s[2] };
	int lower[4] = { lower_score(eq, 0), lower_score(eq, 1), lower_score_36(eq),
			 lower_score(eq, 3) };
	int score = macro_score(eq);
	int sets = lower_score(eq, 4) ? 1 : 0; /* EQ5: always at distance 0 */
	int loss = 0, unit, result, i;

	for (i = 0; i < 4; i++)
		if (lower[i]) {
			sets++;
			loss += (score - lower[i]) * (sums[i] - rows[i]->highest) *
				rows[i]->share;
		}
	if (sets == 0)
		return score;
	unit = DENOMINATOR * sets;
	result = (2 * (score * unit - loss) + unit) / (2 * unit);
	return result < 0 ? 0 : result > 100 ? 100 : result;
}

/* The zero is decided on the effective values, not on the base metrics. */
static int score_values(const signed char *values, signed char eq[6])
{
	struct effective f = effective_of(values);

	macrovector_of(&f, eq);
	if (f.v[0] + f.v[1] + f.v[2] == 6 && f.s[0] + f.s[1] + f.s[2] == 9)
		return 0;
	return interpolate(&f, eq);
}

static void score(struct cvss *cvss)
{
	static const char *const names[2][2] = { { "CVSS-B", "CVSS-BE" }, { "CVSS-BT", "CVSS-BTE" } };
	bool threat = cvss_any_set(cvss, E, E), environment = cvss_any_set(cvss, CR, MSA);
	signed char base[METRICS], eq[6];
	int i;

	cvss->nomenclature = names[threat][environment];
	cvss->overall = score_values(cvss->values, eq);
	for (i = 0; i < 6; i++)
		cvss->macrovector[i] = (char)('0' + eq[i]);
	cvss->macrovector[6] = '\0';
	cvss->base = cvss->overall;
	if (threat || environment) {
		for (i = 0; i < METRICS; i++)
			base[i] = i < E ? cvss->values[i] : CVSS_ABSENT;
		cvss->base = score_values(base, eq);
	}
}

/* "Every other ordering is invalid" (§7, Table 23). */
const struct cvss_table cvss40_table = { "CVSS:4.0/", metrics, METRICS, E, true, score };
