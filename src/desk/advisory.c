/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories: begun from what the case knows and a template, rendered by the format room, compared with what was
 * published. */
#include "desk/advisory_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { PUBLISHED_LIMIT = 64 << 20 };

/* ---- rules */

static const struct conf *list_of(const struct advisory_rules *rules, const char *name)
{
	const struct conf *own = conf_get(&rules->own, name);

	return own && own->kind == CONF_LIST ? own : conf_get(&rules->shipped, name);
}

const struct conf *advisory_rules_list(const struct advisory_rules *rules, const char *name, size_t *ret_count)
{
	const struct conf *list = list_of(rules, name);

	*ret_count = list && list->kind == CONF_LIST ? list->count : 0;
	return *ret_count ? list->items : NULL;
}

int advisory_rules_read(struct advisory_rules *ret, struct error *err)
{
	AUTO_STRING shipped = file_data("advisory.yaml");
	AUTO_STRING share = file_share_dir();
	AUTO_STRING own = file_join(share, "advisory.yaml");
	int code;

	*ret = (struct advisory_rules){ 0 };
	code = conf_load_file(shipped, &ret->shipped, err);
	if (!code && file_exists(own))
		code = conf_load_file(own, &ret->own, err);
	if (code)
		advisory_rules_release(ret);
	return code;
}

void advisory_rules_release(struct advisory_rules *rules)
{
	conf_release(&rules->shipped);
	conf_release(&rules->own);
}

/* ---- beginning */

/* "PSIRT-2026-0001" becomes "PSIRT-SA-2026-0001": an advisory is not a case. */
static char *advisory_id(const char *case_id)
{
	const char *dash = strrchr(case_id, '-');

	while (dash && dash > case_id && dash[-1] != '-')
		dash--;
	if (!dash || dash == case_id)
		return mem_format("SA-%s", case_id);
	return mem_format("%.*sSA-%s", (int)(dash - case_id), case_id, dash);
}

static const struct conf *find_template(const struct advisory_rules *rules, const char *name, struct error *err)
{
	size_t count;
	const struct conf *list = advisory_rules_list(rules, "templates", &count);
	AUTO_STR known = STR_INIT;

	for (size_t i = 0; i < count; i++) {
		if (!name || str_equal(conf_text(&list[i], "name", ""), name))
			return &list[i];
		str_add_format(&known, "%s%s", i ? ", " : "", conf_text(&list[i], "name", ""));
	}
	error_set(err, ERR_USAGE, str_or_empty(name), NULL, _("no such template; there are: %s"), known.bytes);
	return NULL;
}

static int begin(struct desk *desk, const struct case_state *state, const struct conf *template, instant now,
		 struct error *err)
{
	AUTO_STRING id = advisory_id(state->id);
	const char *summary = state->summary && *state->summary ? state->summary : conf_text(template, "summary", NULL);
	const char *category = conf_text(template, "category", NULL);
	json_t *body = json_object();
	int code;

	js_set_string(body, "advisory", id);
	js_set_string(body, "title", state->title);
	js_set_string(body, "summary", summary);
	js_set_string(body, "description", conf_text(template, "description", NULL));
	js_set_string(body, "recommendation", conf_text(template, "recommendation", NULL));
	js_set_string(body, "tlp", conf_text(template, "tlp", "AMBER"));
	code = desk_append(desk, state, EVENT_ADVISORY_DRAFTED, body, now, err);
	if (code || !category || str_equal(category, "csaf_security_advisory"))
		return code;
	body = json_object();
	js_set_string(body, "field", "category");
	js_set_string(body, "lang", "en");
	js_set_string(body, "value", category);
	return desk_append(desk, state, EVENT_ADVISORY_TEXT, body, now, err);
}

int desk_advisory_begin(struct desk *desk, const struct case_state *state, const char *template, instant now,
			struct error *err)
{
	struct advisory_rules rules;
	const struct conf *found;
	int code;

	if (state->advisory)
		return error_set(err, ERR_BUSY, state->id, _("Change it with `advisory edit`"),
				 _("it has the advisory %s already"), state->advisory->id);
	code = advisory_rules_read(&rules, err);
	if (code)
		return code;
	found = find_template(&rules, template, err);
	code = found ? begin(desk, state, found, now, err) : ERR_USAGE;
	advisory_rules_release(&rules);
	return code;
}

int desk_advisory_new(struct desk *desk, const struct case_state *state, instant now, struct error *err)
{
	return desk_advisory_begin(desk, state, NULL, now, err);
}

int desk_advisory_set(struct desk *desk, const struct case_state *state, const char *field,
		      const char *value, instant now, struct error *err)
{
	static const char *const fields[] = { "title", "summary", "description", "recommendation", "tlp" };
	const struct case_advisory *a = state->advisory;
	const char *values[ARRAY_LEN(fields)];
	bool known = false;
	json_t *body;

	if (!a)
		return advisory_missing(state, err);
	values[0] = a->title;
	values[1] = a->summary;
	values[2] = a->description;
	values[3] = a->recommendation;
	values[4] = a->tlp;
	body = json_object();
	js_set_string(body, "advisory", a->id);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		bool this = str_equal(fields[i], field);

		known = known || this;
		js_set_string(body, fields[i], this ? value : values[i]);
	}
	if (known)
		return desk_append(desk, state, EVENT_ADVISORY_DRAFTED, body, now, err);
	json_decref(body);
	for (size_t i = 0; advisory_text_words[i]; i++)
		if (str_equal(advisory_text_words[i], field)) {
			body = json_object();
			js_set_string(body, "field", field);
			js_set_string(body, "lang", "en");
			js_set_string(body, "value", value);
			return desk_append(desk, state, EVENT_ADVISORY_TEXT, body, now, err);
		}
	return error_set(err, ERR_USAGE, field, NULL,
			 _("no such field; there are: title, summary, description, recommendation, tlp, faq, legal, "
			   "audience, category, versioning, revision"));
}

int advisory_missing(const struct case_state *state, struct error *err)
{
	return error_set(err, ERR_NO, state->id, _("Begin it with `advisory new`"), _("it has no advisory yet"));
}

/* ---- writing */

size_t desk_advisory_languages(const struct case_state *state, const char ***ret)
{
	const char **list = mem_alloc((state->record_count + 1) * sizeof(*list));
	const struct case_record *record;
	size_t count = 0, cursor = 0;

	list[count++] = "en";
	while ((record = case_record_next(state, EVENT_ADVISORY_TEXT, &cursor)))
		if (str_equal(record_text(record, "field"), "title") && !str_equal(record_text(record, "lang"), "en") &&
		    *record_text(record, "value"))
			list[count++] = record_text(record, "lang");
	*ret = list;
	return count;
}

int advisory_tree_of(struct desk *desk, const struct case_state *state, const char *lang,
		     const struct csaf_release *release, instant now, json_t **ret, struct error *err)
{
	const struct csaf_options options = { .now = now, .engine_version = PACKAGE_VERSION, .lang = lang,
					      .release = release };

	return csaf_tree(state, desk->model, &options, ret, err);
}

int advisory_write_tree(struct desk *desk, json_t *tree, const char *format, const char *cve, instant now, struct str *ret,
			struct advisory_losses *losses, struct error *err)
{
	const struct advisory_options options = { .now = now, .engine_version = PACKAGE_VERSION, .cve = cve,
						  .organisation = model_policy(desk->model)->cna };
	struct advisory *advisory = advisory_new(json_incref(tree));
	int code = advisory_write(advisory, format, &options, ret, losses, err);

	advisory_free(advisory);
	return code;
}

int desk_advisory_write(struct desk *desk, const struct case_state *state, const char *format, const char *lang,
			instant now, struct str *ret, struct advisory_losses *losses, struct error *err)
{
	struct csaf_release release;
	AUTO_JSON tree = NULL;
	int code = desk_whole_case(desk, state, err);

	if (!code)
		code = advisory_tree_of(desk, state, lang, advisory_release(state, &release), now, &tree, err);
	/* While something is missing for a document people still get to see what there is. */
	if (code == ERR_NO && state->advisory && str_equal(format, "text")) {
		error_release(err);
		advisory_text(state, desk->model, ret);
		return 0;
	}
	return code ? code : advisory_write_tree(desk, tree, format, NULL, now, ret, losses, err);
}

int desk_advisory_record(struct desk *desk, const struct case_state *state, const char *cve, instant now, struct str *ret,
			 struct error *err)
{
	struct csaf_release release;
	AUTO_JSON tree = NULL;
	int code = desk_whole_case(desk, state, err);

	if (!code)
		code = advisory_tree_of(desk, state, NULL, advisory_release(state, &release), now, &tree, err);
	return code ? code : advisory_write_tree(desk, tree, "cve", cve, now, ret, NULL, err);
}

const char *const *desk_advisory_formats(void)
{
	static const char *names[32];
	const struct advisory_format *formats = advisory_formats();

	for (size_t i = 0; formats[i].name && i + 1 < ARRAY_LEN(names); i++)
		names[i] = formats[i].name;
	return names;
}

int desk_advisory_render(struct desk *desk, const struct case_state *state, const char *format,
			 instant now, struct str *ret, struct error *err)
{
	return desk_advisory_write(desk, state, format, NULL, now, ret, NULL, err);
}

/* ---- what was published */

static const struct case_record *release_of(const struct case_state *state, const char *version)
{
	size_t count = case_record_count(state, EVENT_ADVISORY_PUBLISHED);

	for (size_t i = 1; version && i <= count; i++)
		if (str_equal(record_text(case_record_at(state, EVENT_ADVISORY_PUBLISHED, i), "version"), version))
			return case_record_at(state, EVENT_ADVISORY_PUBLISHED, i);
	return version ? NULL : case_record_at(state, EVENT_ADVISORY_PUBLISHED, count);
}

/* The CSAF document of the release VERSION (NULL: the last), in the original. */
static int published_tree(struct desk *desk, const struct case_state *state, const char *version, json_t **ret,
			  struct error *err)
{
	const struct case_record *release = release_of(state, version);
	AUTO_STRING name = csaf_file_name(state->advisory->id);

	for (size_t i = 0; release && i < record_file_count(release); i++) {
		struct sealed_file file;
		AUTO_STR bytes = STR_INIT;
		int code;

		record_file(release, i, &file);
		if (!str_equal(file.name, name))
			continue;
		code = desk_file_read(desk, &file, &bytes, err);
		return code ? code : js_load(bytes.bytes, bytes.length, PUBLISHED_LIMIT, name, ret, err);
	}
	if (version && case_record_count(state, EVENT_ADVISORY_PUBLISHED))
		return error_set(err, ERR_USAGE, version, _("See `case log`"), _("no release of %s has that version"),
				 state->advisory->id);
	return error_set(err, ERR_NO, state->advisory->id, NULL, _("it was not published yet"));
}

/* The release that another text of the same advisory is compared with. */
static int compared_with(struct desk *desk, const struct case_state *state, const char *from, json_t **ret, struct error *err)
{
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	return code ? code : published_tree(desk, state, from, ret, err);
}

int desk_advisory_between(struct desk *desk, const struct case_state *state, const char *from, const char *to, struct str *ret,
			  enum advisory_bump *ret_bump, struct error *err)
{
	AUTO_JSON before = NULL;
	AUTO_JSON after = NULL;
	int code = compared_with(desk, state, from, &before, err);

	if (!code)
		code = published_tree(desk, state, to, &after, err);
	if (!code)
		*ret_bump = advisory_compare(before, after, ret);
	return code;
}

int desk_advisory_changes(struct desk *desk, const struct case_state *state, const char *from, instant now, struct str *ret,
			  enum advisory_bump *ret_bump, struct error *err)
{
	AUTO_STR text = STR_INIT;
	AUTO_JSON before = NULL;
	AUTO_JSON tree = NULL;
	AUTO_JSON after = NULL;
	int code = compared_with(desk, state, from, &before, err);

	if (!code)
		code = advisory_tree_of(desk, state, NULL, NULL, now, &tree, err);
	if (!code)
		code = advisory_write_tree(desk, tree, "csaf-2.0", NULL, now, &text, NULL, err);
	if (!code)
		code = js_load(text.bytes, text.length, PUBLISHED_LIMIT, state->advisory->id, &after, err);
	if (!code)
		*ret_bump = advisory_compare(before, after, ret);
	return code;
}
