/* SPDX-License-Identifier: Apache-2.0 */
/* Commands for the course of a case: qualification, rejection, merging, splitting, scores, hostile files. */
#include "command/command_private.h"

#include "psirtty/desk/life.h"

/* ---- qualification */

static int run_qualify(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct qualification how = { .outcome = call_value(call, "--outcome"), .rule = call_value(call, "--rule"),
				     .reason = call_value(call, "--reason"), .original = call_value(call, "--original"),
				     .priority = call_value(call, "--priority") };
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	how.answers = call_values(call, "QUESTION=ANSWER", &how.answer_count);
	if (!code)
		code = desk_qualify(desk, state, &how, command_now(context), err);
	if (!code)
		command_say(context, _("%s: %s by rule %s of bar %s, priority %s; it is %s"), state->id, state->outcome,
			    *record_text(state->qualified, "rule") ? record_text(state->qualified, "rule") : "-",
			    record_text(state->qualified, "bar"), state->priority ? state->priority : "-",
			    rm_name(state->rm));
	return code;
}

static int run_reject(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "TEXT");
	struct qualification how = { .outcome = call_value(call, "REASON"), .original = call_value(call, "--original"),
				     .reason = *reason ? reason : NULL };
	const struct case_state *state;
	AUTO_STRING draft = NULL;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_reject(desk, state, &how, command_now(context), &draft, err);
	if (code)
		return code;
	command_say(context, _("%s: %s; it is %s"), state->id, state->outcome, rm_name(state->rm));
	if (draft)
		command_say(context, _("draft %s: read it, then send it with mail send"), draft);
	else
		command_say(context, _("nobody's address is known to write to"));
	return 0;
}

static int run_bar(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct bugbar *bar;
	int code = desk_bugbar(&bar, err);

	(void)call;
	if (code)
		return code;
	command_row_out(context, "version", bar->version, "", "", NULL);
	for (size_t i = 0; i < bar->question_count; i++) {
		AUTO_STR answers = STR_INIT;

		for (size_t k = 0; k < bar->questions[i].answer_count; k++)
			str_add_format(&answers, "%s%s", k ? " " : "", bar->questions[i].answers[k]);
		command_row_out(context, "question", bar->questions[i].id, answers.bytes, bar->questions[i].text, NULL);
	}
	for (size_t i = 0; i < bar->rule_count; i++) {
		AUTO_STRING result = mem_format("%s %s", bar->rules[i].outcome, str_or_empty(bar->rules[i].priority));

		command_row_out(context, "rule", bar->rules[i].id, result, bar->rules[i].text, NULL);
	}
	bugbar_free(bar);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- merging and splitting */

static int run_merge(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING reason = call_text(call, "REASON");
	const struct case_state *from, *into;
	struct desk *desk;
	char until[96];
	int code = command_case(context, call, &desk, &from, err);

	if (!code)
		code = desk_find_case(desk, call_value(call, "INTO"), &into, err);
	if (!code)
		code = desk_merge(desk, from, into, reason, command_now(context), err);
	if (code)
		return code;
	command_say(context, _("%s went into %s; it is %s"), from->id, into->id, rm_name(from->rm));
	if (embargo_in_force(&into->embargo))
		command_say(context, _("%s: the embargo ends %s; talk about common terms"), into->id,
			    zoned_format(&into->embargo.until, until));
	else if (embargo_in_force(&from->embargo))
		command_say(context, _("%s: no embargo is possible here any more; that of %s goes on until %s: end it with `embargo teardown %s`"),
			    into->id, from->id, zoned_format(&from->embargo.until, until), from->id);
	return 0;
}

static int run_split(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING title = call_text(call, "TITLE");
	const struct case_state *state, *child;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_split(desk, state, title, call_value(call, "--reason"), command_now(context), &child, err);
	if (code)
		return code;
	command_say(context, _("%s split off from %s, parties: %zu, embargo %s"), child->id, state->id,
		    child->party_count, em_name(child->embargo.state));
	return 0;
}

/* ---- scores side by side */

static int run_score(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *issuer = call_value(call, "--issuer");
	const struct case_state *state;
	AUTO_STR vector = STR_INIT;
	struct cvss cvss;
	struct desk *desk;
	json_t *body;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = cvss_parse(call_value(call, "VECTOR"), &cvss, err);
	if (code)
		return code;
	cvss_vector(&cvss, &vector);
	body = json_object();
	js_set_string(body, "vector", vector.bytes);
	js_set_string(body, "issuer", issuer ? issuer : "us");
	code = desk_append(desk, state, EVENT_SCORE_SET, body, command_now(context), err);
	if (!code)
		command_say(context, _("%s: scores by %zu issuers"), state->id, state->score_count);
	return code;
}

/* How far a score is from the leading one of the same CVSS version: "", "1.2 apart", "another severity". */
static const char *disagreement(const struct case_score *lead, const struct case_score *other, char buffer[40])
{
	int apart = lead->cvss.overall - other->cvss.overall;

	buffer[0] = 0;
	if (lead == other || lead->cvss.version != other->cvss.version)
		return lead == other ? "leads" : "";
	if (lead->cvss.severity != other->cvss.severity)
		return "another-severity";
	apart = apart < 0 ? -apart : apart;
	if (apart >= 10)
		snprintf(buffer, 40, "%d.%d-apart", apart / 10, apart % 10);
	return apart >= 10 ? buffer : "agrees";
}

static int run_scores(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_score *lead;
	const struct case_record *grade;
	const struct case_state *state;
	struct desk *desk;
	size_t cursor = 0;
	char at[40], tenths[8], apart[40];
	int code = command_case(context, call, &desk, &state, err);

	if (code)
		return code;
	lead = case_leading_score(state);
	for (size_t i = 0; i < state->score_count; i++) {
		const struct case_score *score = &state->scores[i];

		command_row_out(context, score->issuer, cvss_tenths(score->cvss.overall, tenths),
				cvss_severity_name(score->cvss.severity), disagreement(lead, score, apart),
				score->vector, instant_format(score->at, at), NULL);
	}
	while ((grade = case_record_next(state, EVENT_GRADE_SET, &cursor)))
		command_row_out(context, record_text(grade, "issuer"), "GB/T 30279", record_text(grade, "grade"),
				"judged", record_text(grade, "vector"), instant_format(grade->at, at), NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- the affected matrix */

static int run_affected_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	for (size_t i = 0; !code && i < state->affected_count; i++) {
		const struct case_affected *a = &state->affected[i];
		const struct product *product = model_find_product(desk_model(desk), a->product);
		int supported = product ? product_supported(product, a->version, command_now(context)) : -1;

		command_row_out(context, a->product, a->version, affected_name(a->status),
				str_or_empty(a->justification), a->by ? a->by : "us",
				supported < 0 ? "" : supported ? "supported" : "unsupported",
				str_or_empty(a->impact), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

#define CASE_ARGUMENT      ARG("CASE", ARG_CASE, N_("a case's id, or its number"))
#define REST_MAY(n, h)     { .name = (n), .type = ARG_TEXT, .optional = true, .repeats = true, .help = (h) }

static const char *const outcomes[] = { "vulnerability", "hardening", "duplicate", "obsolete-product", "not-security",
					"other-vendor", "not-reproducible", "out-of-scope", "need-info", NULL };

const struct command_row life_commands[] = {
	{
		.name = "case qualify",
		.help = N_("decide by the bug bar whether it is a vulnerability, and how urgent"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, REST_MAY("QUESTION=ANSWER", N_("as `case bar` lists them")),
			       { .name = "--outcome", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = outcomes, .help = N_("instead of what the bar says") },
			       OPTION("--rule", ARG_TEXT, N_("the rule to go by")),
			       OPTION("--priority", ARG_TEXT, NULL), OPTION("--original", ARG_CASE, N_("of a duplicate")),
			       OPTION("--reason", ARG_TEXT, NULL) },
		.exec = run_qualify,
	},
	{
		.name = "case bar",
		.help = N_("the bug bar: its questions and rules"),
		.flags = COMMAND_NO_VAULT,
		.exec = run_bar,
	},
	{
		.name = "case reject",
		.help = N_("turn a report down, and draft the letter that says why"),
		.flags = COMMAND_CHANGES,
		.arguments = { CASE_ARGUMENT, { .name = "REASON", .type = ARG_WORD, .words = outcomes + 1 },
			       REST_MAY("TEXT", N_("goes into the letter")), OPTION("--original", ARG_CASE, NULL) },
		.exec = run_reject,
	},
	{
		.name = "case merge",
		.help = N_("one case goes into another, with its parties and its embargo"),
		.flags = COMMAND_CHANGES,
		.arguments = { CASE_ARGUMENT, ARG("INTO", ARG_CASE, NULL), REST_MAY("REASON", NULL) },
		.exec = run_merge,
	},
	{
		.name = "case split",
		.help = N_("a new case out of this one, with its parties and its embargo"),
		.flags = COMMAND_CHANGES,
		.arguments = { CASE_ARGUMENT, ARG_MANY("TITLE", ARG_TEXT, NULL), OPTION("--reason", ARG_TEXT, NULL) },
		.exec = run_split,
	},
	{
		.name = "case score",
		.help = N_("a CVSS vector, ours or another issuer's"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { CASE_ARGUMENT, ARG("VECTOR", ARG_VECTOR, NULL),
			       OPTION("--issuer", ARG_TEXT, N_("who scored it so (us)")) },
		.exec = run_score,
	},
	{
		.name = "case scores",
		.help = N_("all scores side by side, and where they disagree"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_scores,
	},
	{
		.name = "affected list",
		.help = N_("who is affected, who is not and why, who has not answered"),
		.arguments = { CASE_ARGUMENT },
		.exec = run_affected_list,
	},
	{ .name = NULL },
};
