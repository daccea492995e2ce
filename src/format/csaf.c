/* SPDX-License-Identifier: Apache-2.0 */
/* The CSAF document around product tree and vulnerabilities; what is missing for one is said at once. */
#include "csaf_private.h"

#include "format/advisory_private.h"

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

/* What is not known is for nobody else. */
static size_t tlp_row(const char *tlp)
{
	for (size_t i = 0; i < ARRAY_LEN(tlp_rows); i++)
		if (str_equal(tlp_rows[i].tlp, tlp))
			return i;
	return ARRAY_LEN(tlp_rows) - 1;
}

const char *csaf_tlp_label(const char *tlp)
{
	return tlp_rows[tlp_row(tlp)].label;
}

static json_t *distribution(const char *tlp)
{
	size_t row = tlp_row(tlp);
	json_t *object = json_object(), *label = json_object();

	js_set_string(label, "label", tlp_rows[row].label);
	js_set_string(label, "url", tlp_url);
	json_object_set_new(object, "tlp", label);
	js_set_string(object, "text", tlp_rows[row].text);
	return object;
}

/* ---- references */

static void add_reference(json_t *list, const char *category, const char *summary, const char *url)
{
	size_t i;
	json_t *known;

	if (!url || !csaf_is_url(url))
		return;
	json_array_foreach(list, i, known)
		if (str_equal(js_string(known, "url"), url))
			return;
	json_array_append_new(list, adv_object("category", category, "summary", summary, "url", url, NULL));
}

/* The other languages there are, and the original of a translation. */
static void add_translations(const struct csaf_build *build, json_t *list)
{
	const struct case_record *record;
	size_t cursor = 0;

	if (!csaf_is_original(build)) {
		AUTO_STRING url = csaf_self_url(build, "en");

		add_reference(list, "external", "The original of this translation", url);
		return;
	}
	while ((record = case_record_next(build->state, EVENT_ADVISORY_TEXT, &cursor))) {
		const char *lang = record_text(record, "lang");
		AUTO_STRING url = csaf_self_url(build, lang);
		AUTO_STRING summary = mem_format("Translation (%s)", lang);

		if (!str_equal(lang, "en") && str_equal(record_text(record, "field"), "title"))
			add_reference(list, "external", summary, url);
	}
}

static json_t *references(const struct csaf_build *build)
{
	const struct case_state *state = build->state;
	AUTO_STRING self = csaf_self_url(build, build->lang);
	json_t *list = json_array();

	add_reference(list, "self", "This document", self);
	add_translations(build, list);
	for (size_t i = 0; i < state->remediation_count; i++)
		add_reference(list, "external", "Remediation", state->remediations[i].url);
	return list;
}

/* ---- thanks, as far as everybody agreed */

static json_t *thanks(const struct case_state *state)
{
	const struct case_record *record;
	json_t *list = json_array();
	size_t cursor = 0;

	while ((record = case_record_next(state, EVENT_CREDIT_SET, &cursor))) {
		const char *consent = record_text(record, "consent"), *as = record_text(record, "as");
		json_t *one = json_object();

		if (str_equal(consent, "name") || (str_equal(consent, "handle") && *as))
			adv_list_add(one, "names", json_string(*as ? as : record_text(record, "name")));
		else if (str_equal(consent, "anonymous"))
			js_set_string(one, "summary", "Somebody who wishes to remain anonymous");
		if (json_object_size(one))
			json_array_append(list, one);
		json_decref(one);
	}
	return list;
}

/* ---- the whole */

static json_t *document_notes(const struct csaf_build *build)
{
	static const struct { const char *field, *category, *title; } rows[] = {
		{ "summary", "summary", "Summary" },	       { "recommendation", "general", "Recommendation" },
		{ "audience", "general", "For whom this is" }, { "faq", "faq", "Questions and answers" },
		{ "legal", "legal_disclaimer", "Terms of use" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *note = csaf_note(rows[i].category, rows[i].title, csaf_advisory_text(build, rows[i].field));

		if (note && str_equal(rows[i].field, "audience"))
			js_set_string(note, "audience", "all");
		adv_append(list, note);
	}
	return list;
}

static json_t *document(const struct csaf_build *build, const struct csaf_options *options)
{
	json_t *object = json_object();

	js_set_string(object, "category", csaf_category(build));
	js_set_string(object, "csaf_version", "2.0");
	js_set_string(object, "lang", build->lang);
	if (!csaf_is_original(build))
		js_set_string(object, "source_lang", "en");
	js_set_string(object, "title", csaf_advisory_text(build, "title"));
	json_object_set_new(object, "publisher", publisher(build->policy));
	json_object_set_new(object, "distribution", distribution(build->advisory->tlp));
	json_object_set_new(object, "tracking", csaf_tracking(build, options));
	adv_set(object, "acknowledgments", thanks(build->state));
	adv_set(object, "notes", document_notes(build));
	adv_set(object, "references", references(build));
	return object;
}

int csaf_tree(const struct case_state *state, const struct model *model, const struct csaf_options *options,
	      json_t **ret, struct error *err)
{
	struct csaf_build build = { .state = state, .model = model, .policy = model_policy(model),
				    .advisory = state->advisory, .now = options->now,
				    .lang = options->lang ? options->lang : "en", .release = options->release };
	int code = check_needs(&build, err);

	if (code)
		return code;
	*ret = json_object();
	csaf_products_init(&build);
	json_object_set_new(*ret, "document", document(&build, options));
	json_object_set_new(*ret, "product_tree", csaf_product_tree(&build));
	if (!str_equal(csaf_category(&build), "csaf_informational_advisory"))
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
