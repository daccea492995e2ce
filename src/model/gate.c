/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluation of the gates: the reasons that the checks give, against what persons cleared. */
#include "model/gate_private.h"

#include "psirtty/base/i18n.h"

enum { REASONS_MAX = 200 };

/* ---- evaluation */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One line of valid UTF-8, so that it is the same after it lay in an event. */
static char *reason_line(const char *word, const char *about)
{
	AUTO_STRING raw = about ? mem_format("%s: %.300s", word, about) : mem_string(word);
	json_t *json = js_new_string(raw, strlen(raw));
	char *line = mem_string(json_string_value(json));

	json_decref(json);
	for (char *c = line; *c; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	return line;
}

void gate_reason(struct gate_verdict *verdict, const char *word, const char *about)
{
	AUTO_STRING reason = reason_line(word, about);

	if (verdict->reason_count == REASONS_MAX)
		return;
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (str_equal(verdict->reasons[i], reason))
			return;
	verdict->reasons = mem_resize(verdict->reasons, verdict->reason_count + 1,
				      sizeof(*verdict->reasons));
	verdict->reasons[verdict->reason_count++] = mem_string(reason);
}

bool gate_saw(const char *about, const char *reason)
{
	size_t length = strlen(reason);

	for (const char *line = about; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, reason, length) == 0 && (!line[length] || line[length] == '\n'))
			return true;
	}
	return false;
}

/* A clearance that lacks what the rule asks for clears nothing. */
static bool covers(const struct case_record *record, const struct gate_verdict *verdict, enum gate_action action)
{
	const struct gate_rule *rule = verdict->rule;

	if (str_casecmp(record_text(record, "gate"), rule->id) != 0 ||
	    !str_equal(record_text(record, "action"), gate_action_name(action)))
		return false;
	if (((rule->needs & GATE_NEEDS_REFERENCE) && !*record_text(record, "reference")) ||
	    ((rule->needs & GATE_NEEDS_EVIDENCE) && !*record_text(record, "evidence")))
		return false;
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (!gate_saw(record_text(record, "about"), verdict->reasons[i]))
			return false;
	return true;
}

static bool counted_before(const struct gate_request *request, const struct gate_verdict *verdict,
			   const struct case_record *record)
{
	const struct case_record *older;
	size_t cursor = 0;

	while ((older = case_record_next(request->state, EVENT_GATE_CLEARED, &cursor)) && older != record)
		if (memcmp(older->member, record->member, sizeof(record->member)) == 0 &&
		    covers(older, verdict, request->action))
			return true;
	return false;
}

/* Different persons who cleared every reason there is now. */
static size_t count_persons(const struct gate_request *request, const struct gate_verdict *verdict)
{
	const struct case_record *record;
	size_t cursor = 0, persons = 0;

	while ((record = case_record_next(request->state, EVENT_GATE_CLEARED, &cursor)))
		persons += covers(record, verdict, request->action) && !counted_before(request, verdict, record);
	return persons;
}

static void judge(const struct gate_request *request, struct gate_verdict *verdict)
{
	enum gate_kind kind = verdict->rule->kind;
	const char *mode = model_gate_mode(request->model, verdict->rule->id);

	if (str_equal(mode, "off")) {
		verdict->result = GATE_OFF;
		return;
	}
	if (str_equal(mode, "warn"))
		kind = GATE_WARN;
	verdict->rule->check(request, verdict);
	if (verdict->reason_count)
		qsort(verdict->reasons, verdict->reason_count, sizeof(*verdict->reasons), by_text);
	verdict->needed = kind == GATE_WARN ? 1 : 2;
	verdict->persons = verdict->reason_count ? count_persons(request, verdict) : 0;
	if (!verdict->reason_count)
		verdict->result = GATE_PASSED;
	else if (verdict->persons >= verdict->needed)
		verdict->result = GATE_OVERRIDDEN;
	else
		verdict->result = kind == GATE_WARN ? GATE_WARNED : GATE_CLOSED;
}

void gates_evaluate(const struct gate_rules *rules, const struct gate_request *request,
		    struct gate_verdict **ret, size_t *ret_count)
{
	struct gate_verdict *verdicts = mem_alloc(rules->count * sizeof(*verdicts));
	size_t count = 0;

	for (size_t i = 0; i < rules->count; i++) {
		if (!(rules->rules[i].actions & 1U << request->action))
			continue;
		verdicts[count].rule = &rules->rules[i];
		judge(request, &verdicts[count++]);
	}
	*ret = verdicts;
	*ret_count = count;
}

void gate_verdicts_free(struct gate_verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < verdicts[i].reason_count; k++)
			free(verdicts[i].reasons[k]);
		free(verdicts[i].reasons);
	}
	free(verdicts);
}

bool gates_open(const struct gate_verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (verdicts[i].result >= GATE_WARNED)
			return false;
	return true;
}

bool gate_undisclosed(const struct case_state *state)
{
	return !(state->cs & 1U << CS_PUBLIC);
}

/* ---- what is told */

static char *told_line(const struct gate_verdict *verdict)
{
	AUTO_STR line = STR_INIT;

	str_add_format(&line, "%s %s", verdict->rule->id, gate_result_name(verdict->result));
	for (size_t i = 0; i < verdict->reason_count && line.length < 3000; i++)
		str_add_format(&line, "%s%s", i ? "; " : ": ", verdict->reasons[i]);
	return str_detach(&line);
}

/* "closed G1 G2; passed G3": the worst first, for one line. */
static char *told_summary(const struct gate_verdict *verdicts, size_t count)
{
	AUTO_STR line = STR_INIT;

	for (int result = GATE_RESULT_COUNT - 1; result >= 0; result--) {
		size_t found = 0;

		for (size_t i = 0; i < count; i++) {
			if ((int)verdicts[i].result != result)
				continue;
			if (!found++)
				str_add_format(&line, "%s%s", line.length ? "; " : "",
					       gate_result_name((enum gate_result)result));
			str_add_format(&line, " %s", verdicts[i].rule->id);
		}
	}
	return str_detach(&line);
}

static void add_word(json_t *list, const char *word)
{
	if (word && *word)
		json_array_append_new(list, js_new_string(word, strlen(word)));
}

json_t *gates_told(const struct gate_request *request, const struct gate_verdict *verdicts, size_t count)
{
	json_t *body = json_object(), *results = json_array(), *to = json_array();
	AUTO_STRING summary = told_summary(verdicts, count);

	for (size_t i = 0; i < count; i++) {
		AUTO_STRING line = told_line(&verdicts[i]);

		add_word(results, line);
	}
	for (size_t i = 0; i < request->recipient_count; i++) {
		const struct gate_recipient *who = &request->recipients[i];

		add_word(to, who->address ? who->address : who->name ? who->name : who->fingerprint);
	}
	js_set_string(body, "action", gate_action_name(request->action));
	js_set_string(body, "summary", summary);
	json_object_set_new(body, "results", results);
	if (json_array_size(to))
		json_object_set(body, "to", to);
	json_decref(to);
	return body;
}

json_t *gate_clearance(const struct gate_verdict *verdict, enum gate_action action, const char *reason,
		       const char *reference, const char *evidence)
{
	json_t *body = json_object();
	AUTO_STR about = STR_INIT;

	for (size_t i = 0; i < verdict->reason_count; i++)
		str_add_format(&about, "%s%s", i ? "\n" : "", verdict->reasons[i]);
	js_set_string(body, "gate", verdict->rule->id);
	js_set_string(body, "action", gate_action_name(action));
	js_set_string(body, "about", about.bytes);
	js_set_string(body, "reason", reason);
	js_set_string(body, "reference", reference);
	js_set_string(body, "evidence", evidence);
	return body;
}
