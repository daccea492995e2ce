/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands about scores and identifiers, all without a vault. "-" reads one item a line from standard
 * input and answers one line each; memory does not grow with the input.
 */
#include "command/command_private.h"

#include <errno.h>

#include "psirtty/base/file.h"
#include "psirtty/score/cpe.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"
#include "psirtty/score/line.h"
#include "psirtty/score/ssvc.h"

enum { FLUSH_AT = 1 << 16, FOUND_LIMIT = 200, SELECTIONS_LIMIT = 1 << 20 };

/* ---- one item or many */

typedef void (*answer_fn)(const char *item, bool lenient, struct str *ret);

struct answering {
	struct command_context *context;
	answer_fn answer;
	bool lenient, refused;
	const char *native; /* borrowed: not NULL: the items are native version ranges of this type */
};

static void answer_one(struct answering *a, const char *item)
{
	struct str *out = &a->context->out;
	size_t from = out->length;

	if (a->native)
		vers_native_line(a->native, item, out);
	else
		a->answer(item, a->lenient, out);
	/* An answer of "invalid" or "?" is a no, and so the exit code. */
	a->refused = a->refused || strstr(out->bytes + from, "\tinvalid\t") ||
		     str_starts(out->bytes + from, "invalid\t") || str_starts(out->bytes + from, "?");
	str_add_char(out, '\n');
	if (out->length > FLUSH_AT && a->context->flush)
		a->context->flush(a->context);
}

static int answer_input(struct answering *a, struct error *err)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int failed;

	if (a->context->on_screen)
		return error_set(err, ERR_USAGE, "-", NULL, _("the screen has no standard input to read from"));
	errno = 0;
	while ((length = getline(&line, &room, stdin)) >= 0) {
		while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = '\0';
		answer_one(a, line);
	}
	failed = ferror(stdin);
	free(line);
	return failed ? error_errno(err, ERR_INPUT, "-", NULL) : 0;
}

static int answer_with(struct answering *a, char *const *items, size_t count, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		if (str_equal(items[i], "-"))
			code = answer_input(a, err);
		else
			answer_one(a, items[i]);
	}
	a->context->reactions |= REACT_SHOW_OUTPUT;
	return code ? code : a->refused ? ERR_NO : 0;
}

static int answer_items(struct command_context *context, char *const *items, size_t count, bool lenient,
			answer_fn answer, struct error *err)
{
	struct answering a = { context, answer, lenient, false, NULL };

	return answer_with(&a, items, count, err);
}

/* ---- CVSS */

static json_t *reasons_json(const struct cvss *cvss)
{
	struct cvss_reason reasons[CVSS_METRICS];
	size_t count = cvss_reasons(cvss, reasons), metric_count;
	const struct cvss_metric *metrics = cvss_metrics(cvss->version, &metric_count);
	json_t *list = json_array();
	char tenths[8];

	for (size_t i = 0; i < count; i++) {
		const struct cvss_metric *metric = &metrics[reasons[i].metric];
		json_t *one = json_object();

		js_set_string(one, "metric", metric->code);
		js_set_string(one, "value", metric->values[reasons[i].value].code);
		js_set_string(one, "mildest", metric->values[reasons[i].mildest].code);
		js_set_string(one, "drop", cvss_tenths(reasons[i].drop, tenths));
		json_array_append_new(list, one);
	}
	return list;
}

/* Where implementations of the field differ, the choice this score stands on (HACKING.md, score). */
static const char *rounding(enum cvss_version version)
{
	static const char *const names[] = {
		[CVSS_2_0] = "half up at each step",
		[CVSS_3_0] = "exact roundup; FIRST's 3.0 calculator is 0.1 higher for 127 vectors",
		[CVSS_3_1] = "roundup of appendix A",
		[CVSS_4_0] = "exact, half up; FIRST's calculator of 2024-08 is 0.1 lower for some vectors",
	};

	return names[version];
}

static json_t *score_json(const char *vector)
{
	AUTO_ERROR why = ERROR_INIT;
	AUTO_STR canonical = STR_INIT;
	struct cvss cvss;
	json_t *json = json_object();
	char tenths[8];

	js_set_string(json, "vector", vector);
	if (cvss_parse(vector, &cvss, &why)) {
		js_set_string(json, "invalid", why.why);
		return json;
	}
	cvss_vector(&cvss, &canonical);
	js_set_string(json, "canonical", canonical.bytes);
	js_set_string(json, "version", cvss_version_name(cvss.version));
	js_set_string(json, "base", cvss_tenths(cvss.base, tenths));
	js_set_string(json, "temporal", cvss_tenths(cvss.temporal, tenths));
	js_set_string(json, "environmental", cvss_tenths(cvss.environmental, tenths));
	js_set_string(json, "overall", cvss_tenths(cvss.overall, tenths));
	js_set_string(json, "severity", cvss_severity_name(cvss.severity));
	js_set_string(json, "rounding", rounding(cvss.version));
	if (*cvss.nomenclature)
		js_set_string(json, "nomenclature", cvss.nomenclature);
	if (*cvss.macrovector)
		js_set_string(json, "macrovector", cvss.macrovector);
	json_object_set_new(json, "reasons", reasons_json(&cvss));
	return json;
}

static int run_score(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *vectors = call_values(call, "VECTOR", &count);

	if (context->json) {
		json_t *list = json_array();
		bool refused = false;

		for (size_t i = 0; i < count; i++) {
			json_t *one = score_json(vectors[i]);

			refused = refused || json_object_get(one, "invalid");
			json_array_append_new(list, one);
		}
		command_json(context, list);
		return refused ? ERR_NO : 0;
	}
	return answer_items(context, vectors, count, call_given(call, "--lenient"), score_line_cvss, err);
}

static int run_score_check(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *vector = call_value(call, "VECTOR"), *score = call_value(call, "SCORE");
	int tenths, code;
	enum cvss_fit fit;
	struct cvss cvss;

	if (cvss_tenths_parse(score, &tenths))
		return error_set(err, ERR_USAGE, score, NULL, _("a score is a number from 0.0 to 10.0 with one decimal"));
	code = cvss_parse(vector, &cvss, err);
	if (code)
		return code;
	fit = cvss_check(&cvss, tenths);
	command_row_out(context, vector, score, cvss_fit_code(fit), cvss_fit_sentence(fit), NULL);
	context->reactions |= REACT_SHOW_OUTPUT;
	return fit == CVSS_FIT_BASE ? 0 : ERR_NO;
}

static int run_score_why(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct cvss cvss;
	int code = cvss_parse(call_value(call, "VECTOR"), &cvss, err);

	if (code)
		return code;
	score_lines_why(&cvss, &context->out);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- CWE */

static void cwe_row(struct command_context *context, const struct cwe *cwe)
{
	AUTO_STRING id = mem_format("CWE-%d", cwe->id);
	AUTO_STR advice = STR_INIT;

	cwe_advise(cwe, &advice);
	command_row_out(context, id, cwe->name, cwe->status, cwe->usage, advice.bytes, NULL);
}

static int run_cwe(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING text = call_text(call, "ID|TEXT");
	const struct cwe *one = cwe_parse(text), *found[FOUND_LIMIT];
	size_t count = one ? 0 : cwe_search(text, found, FOUND_LIMIT);

	if (!one && !count)
		return error_set(err, ERR_NO, text, NULL, _("no weakness of CWE 4.20 has this number or these words"));
	if (one)
		cwe_row(context, one);
	for (size_t i = 0; i < count; i++)
		cwe_row(context, found[i]);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- identifiers */

static int run_purl(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *items = call_values(call, "PURL", &count);

	return answer_items(context, items, count, call_given(call, "--lenient"), purl_line, err);
}

static int run_vers(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *items = call_values(call, "RANGE", &count);
	struct answering a = { context, vers_line, call_given(call, "--lenient"), false, call_value(call, "--from") };

	return answer_with(&a, items, count, err);
}

static int run_cpe(struct command_context *context, const struct command_call *call, struct error *err)
{
	size_t count;
	char *const *items = call_values(call, "NAME", &count);

	return answer_items(context, items, count, false, cpe_line, err);
}

/* ---- versions: "-" reads lines of tab-separated fields */

static void answer_compare(const char *line, bool lenient, struct str *ret)
{
	(void)lenient;
	compare_line(line, ret);
}

static void answer_range(const char *line, bool lenient, struct str *ret)
{
	(void)lenient;
	range_line(line, ret);
}

typedef void (*three_fn)(const char *ecosystem, const char *one, const char *other, struct str *ret);

/* Three words, or "-" alone. */
static int answer_three(struct command_context *context, const struct command_call *call, answer_fn lines,
			three_fn three, struct error *err)
{
	size_t count, from = context->out.length;
	char *const *items = call_values(call, "ITEMS", &count);

	if (count == 1 && str_equal(items[0], "-"))
		return answer_items(context, items, 1, false, lines, err);
	if (count != 3)
		return error_set(err, ERR_USAGE, call->row->name, NULL,
				 _("it needs an ecosystem and two more words, or - alone"));
	three(items[0], items[1], items[2], &context->out);
	str_add_char(&context->out, '\n');
	context->reactions |= REACT_SHOW_OUTPUT;
	return context->out.bytes[from] == '?' ? ERR_NO : 0;
}

static int run_compare(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer_three(context, call, answer_compare, compare_three, err);
}

static int run_range(struct command_context *context, const struct command_call *call, struct error *err)
{
	return answer_three(context, call, answer_range, range_three, err);
}

static int run_cpe_match(struct command_context *context, const struct command_call *call, struct error *err)
{
	int code = cpe_match_line(call_value(call, "A"), call_value(call, "B"), &context->out);

	(void)err;
	str_add_char(&context->out, '\n');
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- SSVC */

static int decide(const struct ssvc_tree *tree, char *const *answers, size_t count, struct ssvc *ret,
		  int *ret_outcome, struct error *err)
{
	int code = 0;

	ssvc_init(ret, tree);
	for (size_t i = 0; !code && i < count; i++)
		code = ssvc_answer(ret, answers[i], err);
	return code ? code : ssvc_decide(ret, ret_outcome, err);
}

/* A selection list that somebody else wrote; its answers are decided here too. */
static int read_selections(const char *path, const struct ssvc_tree *tree, struct ssvc *ret, int *ret_outcome,
			   struct error *err)
{
	AUTO_JSON json = NULL;
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, SELECTIONS_LIMIT, &bytes, err);

	if (!code)
		code = js_load(bytes.bytes, bytes.length, SELECTIONS_LIMIT, path, &json, err);
	if (!code)
		code = ssvc_from_json(json, tree, ret, ret_outcome, err);
	return code || *ret_outcome >= 0 ? code : ssvc_decide(ret, ret_outcome, err);
}

static int run_ssvc(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct ssvc_tree *tree = ssvc_tree_find(call_value(call, "TREE"));
	size_t count;
	char *const *answers = call_values(call, "KEY=VALUE", &count);
	AUTO_STR vector = STR_INIT;
	struct ssvc ssvc;
	char when[40];
	int outcome = -1, code;

	if (!tree)
		return error_set(err, ERR_USAGE, call_value(call, "TREE"), NULL,
				 _("the trees are supplier, deployer, coordinator-triage, coordinator-publish, cisa"));
	code = call_value(call, "--read") ? read_selections(call_value(call, "--read"), tree, &ssvc, &outcome, err) :
					    decide(tree, answers, count, &ssvc, &outcome, err);
	if (code)
		return code;
	instant_format(command_now(context) / INSTANT_SECOND * INSTANT_SECOND, when);
	context->reactions |= REACT_SHOW_OUTPUT;
	if (context->json) {
		command_json(context, ssvc_to_json(&ssvc, outcome, when));
		return 0;
	}
	ssvc_vector(&ssvc, outcome, when, &vector);
	command_row_out(context, tree->outcome->values[outcome].name, vector.bytes, NULL);
	return 0;
}

#define LENIENT SWITCH("--lenient", N_("mend what can be mended, and say what was"))

const struct command_row score_commands[] = {
	{
		.name = "score",
		.help = N_("score CVSS vectors of any version"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { ARG_MANY("VECTOR", ARG_VECTOR, N_("a vector, or - for one a line from standard input")),
			       LENIENT },
		.exec = run_score,
	},
	{
		.name = "score check",
		.help = N_("say whether a published score fits its vector, or what it is"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("VECTOR", ARG_VECTOR, NULL), ARG("SCORE", ARG_NUMBER, N_("for example 9.8")) },
		.exec = run_score_check,
	},
	{
		.name = "score why",
		.help = N_("which metrics raise a score, and by how much"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("VECTOR", ARG_VECTOR, NULL) },
		.exec = run_score_why,
	},
	{
		.name = "cwe",
		.help = N_("look a weakness up by number or words"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("ID|TEXT", ARG_TEXT, N_("CWE-787, 787, or words of its name")) },
		.exec = run_cwe,
	},
	{
		.name = "purl",
		.help = N_("canonical form and parts of package URLs"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("PURL", ARG_TEXT, N_("a package URL, or - for one a line from standard input")),
			       LENIENT },
		.exec = run_purl,
	},
	{
		.name = "vers",
		.help = N_("canonical form of version ranges"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("RANGE", ARG_TEXT, N_("vers:…, or - for one a line from standard input")), LENIENT,
			       OPTION("--from", ARG_TEXT, N_("the ranges are native ones of this type: npm, pypi, gem, maven, …")) },
		.exec = run_vers,
	},
	{
		.name = "cpe",
		.help = N_("canonical CPE 2.3 names, also from 2.2 URIs"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("NAME", ARG_TEXT, N_("a name, or - for one a line from standard input")) },
		.exec = run_cpe,
	},
	{
		.name = "cpe match",
		.help = N_("how one CPE name relates to another"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG("A", ARG_TEXT, NULL), ARG("B", ARG_TEXT, NULL) },
		.exec = run_cpe_match,
	},
	{
		.name = "compare",
		.help = N_("which of two versions comes first in an ecosystem"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("ITEMS", ARG_TEXT, N_("ECOSYSTEM A B, or - for such lines, tab-separated")) },
		.exec = run_compare,
	},
	{
		.name = "range",
		.help = N_("whether a version lies in a range"),
		.flags = COMMAND_NO_VAULT,
		.arguments = { ARG_MANY("ITEMS", ARG_TEXT, N_("ECOSYSTEM RANGE VERSION, or - for such lines, tab-separated")) },
		.exec = run_range,
	},
	{
		.name = "ssvc",
		.help = N_("decide by an SSVC tree"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { ARG("TREE", ARG_TEXT, N_("supplier, deployer, coordinator-triage, coordinator-publish, cisa")),
			       { .name = "KEY=VALUE", .type = ARG_TEXT, .optional = true, .repeats = true,
				 .help = N_("the answers") },
			       OPTION("--read", ARG_FILE, N_("a selection list in JSON, in place of answers")) },
		.exec = run_ssvc,
	},
	{ .name = NULL },
};
