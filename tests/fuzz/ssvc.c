/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a handler types about SSVC and CWE: the first byte picks a tree, the lines that follow are
 * answers; the whole is also looked up as a tree, a point, a value and a weakness.
 */
#include <string.h>

#include "psirtty/score/cwe.h"
#include "psirtty/score/ssvc.h"

/* The search through all weaknesses takes its time: only for a few words. */
enum { LONGEST = 256, SEARCH_LONGEST = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(struct ssvc *ssvc, const char *line)
{
	AUTO_ERROR err = ERROR_INIT;
	struct ssvc before = *ssvc;
	int changed = 0;

	if (ssvc_answer(ssvc, line, &err) < 0) {
		if (!err.why || memcmp(&before, ssvc, sizeof(before)) != 0)
			BUG("the refused answer %s left a trace or has no reason", line);
		return;
	}
	for (int i = 0; i < ssvc->tree->count; i++)
		changed += before.values[i] != ssvc->values[i];
	if (changed != 1)
		BUG("%s answers %d points", line, changed);
}

static void decide(const struct ssvc *ssvc)
{
	AUTO_STR vector = STR_INIT;
	int outcome;

	if (ssvc_decide(ssvc, &outcome, NULL) < 0)
		return;
	if (outcome < 0 || outcome >= ssvc->tree->outcome->count)
		BUG("tree %s has no outcome %d", ssvc->tree->name, outcome);
	ssvc_vector(ssvc, outcome, "2026-01-02T03:04:05Z", &vector);
}

static void look_up(const char *text)
{
	const struct ssvc_point *point = ssvc_point_find(text);
	const struct cwe *cwe = cwe_parse(text), *found[16];
	size_t count = strlen(text) > SEARCH_LONGEST ? 0 : cwe_search(text, found, ARRAY_LEN(found));
	AUTO_STR advice = STR_INIT;

	ssvc_tree_find(text);
	if (point && ssvc_point_value(point, text) >= point->count)
		BUG("a value of %s out of range", text);
	if (cwe && cwe_find(cwe->id) != cwe)
		BUG("%s is not found by its number", text);
	for (size_t i = 0; i < count; i++)
		cwe_advise(found[i], &advice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING text = mem_copy(data, size > LONGEST ? LONGEST : size);
	char *line, *next;
	size_t count;
	const struct ssvc_tree *trees = ssvc_trees(&count);
	struct ssvc ssvc;

	look_up(text);
	if (!*text)
		return 0;
	ssvc_init(&ssvc, &trees[(unsigned char)*text % count]);
	for (line = text + 1; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		answer(&ssvc, line);
	}
	decide(&ssvc);
	return 0;
}
