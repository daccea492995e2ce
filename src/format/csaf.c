/* SPDX-License-Identifier: Apache-2.0 */
/* The CSAF document around product tree and vulnerabilities; what is missing for one is said at once. */
#include "csaf_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/advisory.h"

static const char tlp_url[] = "https://www.first.org/tlp/";

/* CSAF 2.0 knows TLP 1 only: what has no name there goes by the next stricter one. */
static const struct { const char *tlp, *label, *text; } tlp_rows[] = {
	{ "CLEAR", "WHITE", "TLP v2.0: TLP:CLEAR" },
	{ "GREEN", "GREEN", "TLP v2.0: TLP:GREEN" },
	{ "AMBER", "AMBER", "TLP v2.0: TLP:AMBER" },
	{ "AMBER+STRICT", "RED", "TLP v2.0: TLP:AMBER+STRICT" },
	{ "RED", "RED", "TLP v2.0: TLP:RED" },
};

char *csaf_file_name(const char *tracking_id)
{
	struct str name = STR_INIT;
	bool replaced = false;

	for (; *tracking_id; tracking_id++) {
		char c = *tracking_id >= 'A' && *tracking_id <= 'Z' ? (char)(*tracking_id + 32) : *tracking_id;
		bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-';

		if (keep || !replaced)
			str_add_char(&name, keep ? c : '_');
		replaced = !keep;
	}
	str_add(&name, ".json");
	return str_detach(&name);
}

/* ---- what must be there */

static bool given(const char *text)
{
	return text && text[strspn(text, " \t\r\n")];
}

static bool has_status(const struct case_state *state)
{
	return state->affected_count > 0;
}

/* Each row: is it there, what to say when not, the command that supplies it. */
struct need { bool there; const char *missing, *command; };

static int check_needs(const struct csaf_build *build, struct error *err)
{
	const struct case_advisory *a = build->advisory;
	const struct policy *p = build->policy;
	const struct need needs[] = {
		{ a != NULL, N_("no advisory yet"), "advisory new" },
		{ !a || given(a->title), N_("no title"), "advisory edit" },
		{ !a || given(a->summary) || given(a->description) || given(build->state->summary),
		  N_("no summary and no description"), "advisory edit" },
		{ has_status(build->state), N_("no product with a status"), "affected set" },
		{ given(p->publisher), N_("no publisher in the policy"), "policy set publisher" },
		{ p->namespace_url && csaf_is_url(p->namespace_url), N_("no URL of the publisher in the policy"),
		  "policy set namespace" },
	};
	AUTO_STR missing = STR_INIT, commands = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		if (needs[i].there)
			continue;
		str_add_format(&missing, "%s%s", missing.length ? "; " : "", _(needs[i].missing));
		if (!strstr(commands.bytes, needs[i].command))
			str_add_format(&commands, "%s`%s`", commands.length ? ", " : "", needs[i].command);
	}
	if (missing.length) {
		AUTO_STRING remedy = mem_format(_("Supply it with %s"), commands.bytes);

		return error_set(err, ERR_NO, build->state->id, remedy, "%s", missing.bytes);
	}
	return 0;
}

/* ---- document */

static void set_time(json_t *object, const char *name, instant at)
{
	char buffer[40];

	js_set_string(object, name, instant_format(at, buffer));
}

static json_t *publisher(const struct policy *policy)
{
	json_t *object = json_object();

	js_set_string(object, "category", "vendor");
	js_set_string(object, "name", policy->publisher);
	js_set_string(object, "namespace", policy->namespace_url);
	if (given(policy->contact))
		js_set_string(object, "contact_details", policy->contact);
	return object;
}

static json_t *distribution(const char *tlp)
{
	size_t row = ARRAY_LEN(tlp_rows) - 1; /* what is not known is for nobody else */
	json_t *object = json_object(), *label = json_object();

	for (size_t i = 0; i < ARRAY_LEN(tlp_rows); i++)
		if (str_equal(tlp_rows[i].tlp, tlp))
			row = i;
	js_set_string(label, "label", tlp_rows[row].label);
	js_set_string(label, "url", tlp_url);
	json_object_set_new(object, "tlp", label);
	js_set_string(object, "text", tlp_rows[row].text);
	return object;
}

static json_t *revision(instant at, int number, const char *summary)
{
	json_t *object = json_object();

	set_time(object, "date", at);
	json_object_set_new(object, "number", json_sprintf("%d", number));
	js_set_string(object, "summary", summary);
	return object;
}

/* One entry for each released version; the single entry 0 of a draft (3.1.11.1 and test 6.1.16). The
 * first is dated by the first draft, all later ones by the last change. */
static json_t *history(const struct case_advisory *advisory)
{
	json_t *list = json_array();

	if (advisory->version == 0)
		json_array_append_new(list, revision(advisory->drafted_at, 0, "Draft, not published"));
	for (int i = 1; i <= advisory->version; i++)
		json_array_append_new(list, revision(i == 1 ? advisory->drafted_at : advisory->changed_at, i,
						     i == 1 ? "First release" : "Updated"));
	return list;
}

static json_t *tracking(const struct csaf_build *build, const struct csaf_options *options)
{
	const struct case_advisory *advisory = build->advisory;
	json_t *object = json_object(), *generator = json_object(), *engine = json_object();
	instant newest = advisory->version > 1 ? advisory->changed_at : advisory->drafted_at;

	js_set_string(object, "id", advisory->id);
	js_set_string(object, "status", advisory->version ? "final" : "draft");
	json_object_set_new(object, "version", json_sprintf("%d", advisory->version));
	set_time(object, "initial_release_date", advisory->drafted_at);
	set_time(object, "current_release_date", options->now > newest ? options->now : newest);
	json_object_set_new(object, "revision_history", history(advisory));
	js_set_string(engine, "name", "psirtty");
	if (given(options->engine_version))
		js_set_string(engine, "version", options->engine_version);
	set_time(generator, "date", options->now);
	json_object_set_new(generator, "engine", engine);
	json_object_set_new(object, "generator", generator);
	return object;
}

static void add_reference(json_t *list, const char *summary, const char *url)
{
	json_t *object = json_object();

	js_set_string(object, "category", "external");
	js_set_string(object, "summary", summary);
	js_set_string(object, "url", url);
	json_array_append_new(list, object);
}

static json_t *references(const struct case_state *state)
{
	json_t *list = json_array();

	for (size_t i = 0; i < state->remediation_count; i++) {
		const char *url = state->remediations[i].url;

		if (url && csaf_is_url(url))
			add_reference(list, "Remediation", url);
	}
	return list;
}

static json_t *document(const struct csaf_build *build, const struct csaf_options *options)
{
	const struct case_advisory *advisory = build->advisory;
	json_t *object = json_object(), *notes = json_array(), *refs = references(build->state);
	json_t *advice = csaf_note("general", "Recommendation", advisory->recommendation);
	json_t *summary = csaf_note("summary", "Summary",
				    given(advisory->summary) ? advisory->summary : build->state->summary);

	js_set_string(object, "category", "csaf_security_advisory");
	js_set_string(object, "csaf_version", "2.0");
	js_set_string(object, "lang", "en");
	js_set_string(object, "title", advisory->title);
	json_object_set_new(object, "publisher", publisher(build->policy));
	json_object_set_new(object, "distribution", distribution(advisory->tlp));
	json_object_set_new(object, "tracking", tracking(build, options));
	if (summary)
		json_array_append_new(notes, summary);
	if (advice)
		json_array_append_new(notes, advice);
	if (json_array_size(notes))
		json_object_set(object, "notes", notes);
	if (json_array_size(refs))
		json_object_set(object, "references", refs);
	json_decref(notes);
	json_decref(refs);
	return object;
}

int csaf_tree(const struct case_state *state, const struct model *model, const struct csaf_options *options,
	      json_t **ret, struct error *err)
{
	struct csaf_build build = { .state = state, .model = model, .policy = model_policy(model),
				    .advisory = state->advisory, .now = options->now };
	int code = check_needs(&build, err);

	if (code)
		return code;
	*ret = json_object();
	csaf_products_init(&build);
	json_object_set_new(*ret, "document", document(&build, options));
	json_object_set_new(*ret, "product_tree", csaf_product_tree(&build));
	json_object_set_new(*ret, "vulnerabilities", csaf_vulnerabilities(&build));
	csaf_products_release(&build);
	return 0;
}

int csaf20_write(const struct case_state *state, const struct model *model,
		 const struct csaf_options *options, struct str *ret, struct error *err)
{
	const struct advisory_options how = { .now = options->now, .engine_version = options->engine_version };
	struct advisory *advisory;
	json_t *tree;
	int code = csaf_tree(state, model, options, &tree, err);

	if (code)
		return code;
	advisory = advisory_new(tree);
	code = advisory_write(advisory, "csaf-2.0", &how, ret, NULL, err);
	advisory_free(advisory);
	return code;
}
