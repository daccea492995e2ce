/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision tables of the SSVC corpora: the keyed rows of all of them, and each table by
 * names (csv/).
 */
#include "psirtty/score/ssvc.h"

#include "psirtty/base/file.h"
#include "../unit/tap.h"

enum { FIELDS = 12 };

/* Splits a line of CSV in place; quotes only around whole fields. */
static int split_csv(char *line, char *fields[FIELDS])
{
	int count = 0;

	while (line && count < FIELDS) {
		char *end;

		if (*line == '"') {
			fields[count++] = ++line;
			end = strchr(line, '"');
			*end++ = '\0';
			end = *end == ',' ? end : NULL;
		} else {
			fields[count++] = line;
			end = strchr(line, ',');
		}
		if (end)
			*end++ = '\0';
		line = end;
	}
	return count;
}

/* "ssvc:E:1.1.0=N;…" */
static bool answer_all(struct ssvc *ssvc, char *assignments)
{
	char *next;

	for (; assignments; assignments = next) {
		next = strchr(assignments, ';');
		if (next)
			*next++ = '\0';
		if (ssvc_answer(ssvc, assignments, NULL) < 0)
			return false;
	}
	return true;
}

static bool check_keyed(char *fields[FIELDS], int count)
{
	const struct ssvc_tree *tree = count == 7 ? ssvc_tree_find(fields[0]) : NULL;
	AUTO_STRING outcome_id = NULL;
	struct ssvc ssvc;
	int outcome;

	if (!tree || strcmp(tree->version, fields[1]) != 0)
		return false;
	outcome_id = mem_format("%s:%s:%s", tree->outcome->space, tree->outcome->key,
				tree->outcome->version);
	ssvc_init(&ssvc, tree);
	return strcmp(outcome_id, fields[4]) == 0 && answer_all(&ssvc, fields[3]) &&
	       ssvc_decide(&ssvc, &outcome, NULL) == 0 &&
	       strcmp(tree->outcome->values[outcome].key, fields[5]) == 0 &&
	       strcmp(tree->outcome->values[outcome].name, fields[6]) == 0;
}

/* Columns of names in the tree's order, the outcome last; FIRST is the column of the first. */
static bool check_named(const struct ssvc_tree *tree, char *fields[FIELDS], int count, int first)
{
	struct ssvc ssvc;
	int outcome, i;

	if (count != first + tree->count + 1)
		return false;
	ssvc_init(&ssvc, tree);
	for (i = 0; i < tree->count; i++)
		ssvc.values[i] = (signed char)ssvc_point_value(tree->inputs[i], fields[first + i]);
	return ssvc_decide(&ssvc, &outcome, NULL) == 0 &&
	       ssvc_point_value(tree->outcome, fields[first + i]) == outcome;
}

static void run_file(const char *dir, const char *name, const char *tree_name, int first)
{
	AUTO_STRING path = file_join(dir, name);
	AUTO_STR text = STR_INIT;
	int rows = 0, wrong = 0;
	char *line, *next;

	if (file_read(path, 16 << 20, &text, NULL) < 0) {
		CHECK(0, "%s can be read", name);
		return;
	}
	for (line = strchr(text.bytes, '\n'); line && *++line; line = next) {
		char *fields[FIELDS];
		int count;

		next = strchr(line, '\n');
		if (next)
			*next = '\0';
		if (next && next > line && next[-1] == '\r')
			next[-1] = '\0';
		count = split_csv(line, fields);
		rows++;
		wrong += !(tree_name ? check_named(ssvc_tree_find(tree_name), fields, count, first)
				     : check_keyed(fields, count));
	}
	CHECK(rows > 0 && wrong == 0, "%s: %d rows, %d differ", name, rows, wrong);
}

static const struct {
	const char *file, *tree;
	int first;
} files[] = {
	{ "decision_tables_keyed.csv", NULL, 0 },
	{ "csv/supplier_patch_development_priority_1_0_0.csv", "supplier", 1 },
	{ "csv/deployer_patch_application_priority_1_0_0.csv", "deployer", 1 },
	{ "csv/coordinator_triage_1_0_0.csv", "coordinator-triage", 1 },
	{ "csv/coordinator_publish_decision_table_1_0_0.csv", "coordinator-publish", 1 },
	{ "csv/utility_1_0_0.csv", "utility", 1 },
	{ "csv/public_safety_impact_1_0_0.csv", "public-safety", 1 },
	{ "csv/human_impact_1_0_0.csv", "human-impact", 1 },
	{ "csv/cisa_coordinator_2_0_3.csv", "cisa", 1 },
	{ "csv/cisa_bod_26_04_1_0_0.csv", "bod-26-04", 1 },
	{ "csv/cisa_mission_wellbeing_from_ssvc-calc.csv", "mission-wellbeing", 0 },
};

int main(void)
{
	const char *corpora = tap_corpora("SSVC corpora");
	AUTO_STRING dir = corpora ? file_join(corpora, "ssvc") : NULL;
	size_t i;

	for (i = 0; corpora && i < ARRAY_LEN(files); i++)
		run_file(dir, files[i].file, files[i].tree, files[i].first);
	return tap_done();
}
