/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories: begun from what the case knows, rendered by the format room. */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/csaf.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

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

int desk_advisory_new(struct desk *desk, const struct case_state *state, instant now, struct error *err)
{
	AUTO_STRING id = advisory_id(state->id);
	json_t *body;

	if (state->advisory)
		return error_set(err, ERR_BUSY, state->id, _("Change it with `advisory edit`"),
				 _("it has the advisory %s already"), state->advisory->id);
	body = json_object();
	js_set_string(body, "advisory", id);
	js_set_string(body, "title", state->title);
	js_set_string(body, "summary", state->summary);
	js_set_string(body, "tlp", "AMBER");
	return desk_append(desk, state, EVENT_ADVISORY_DRAFTED, body, now, err);
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
		return error_set(err, ERR_NO, state->id, _("Begin it with `advisory new`"),
				 _("it has no advisory yet"));
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
	if (!known) {
		json_decref(body);
		return error_set(err, ERR_USAGE, field, NULL,
				 _("no such field; there are: title, summary, description, recommendation, "
				   "tlp"));
	}
	return desk_append(desk, state, EVENT_ADVISORY_DRAFTED, body, now, err);
}

static int render_csaf(struct desk *desk, const struct case_state *state, instant now, struct str *ret,
		       struct error *err)
{
	const struct csaf_options options = { .now = now, .engine_version = PACKAGE_VERSION };

	return csaf20_write(state, desk->model, &options, ret, err);
}

static int render_text(struct desk *desk, const struct case_state *state, instant now, struct str *ret,
		       struct error *err)
{
	(void)now;
	if (!state->advisory)
		return error_set(err, ERR_NO, state->id, _("Begin it with `advisory new`"),
				 _("it has no advisory yet"));
	advisory_text(state, desk->model, ret);
	return 0;
}

static const struct renderer {
	const char *format;
	int (*render)(struct desk *desk, const struct case_state *state, instant now, struct str *ret,
		      struct error *err);
} renderers[] = {
	{ "csaf-2.0", render_csaf },
	{ "text", render_text },
};

const char *const *desk_advisory_formats(void)
{
	static const char *names[ARRAY_LEN(renderers) + 1];

	for (size_t i = 0; i < ARRAY_LEN(renderers); i++)
		names[i] = renderers[i].format;
	return names;
}

int desk_advisory_render(struct desk *desk, const struct case_state *state, const char *format,
			 instant now, struct str *ret, struct error *err)
{
	int code = desk_whole_case(desk, state, err);

	for (size_t i = 0; !code && i < ARRAY_LEN(renderers); i++)
		if (str_equal(renderers[i].format, format))
			return renderers[i].render(desk, state, now, ret, err);
	return code ? code : error_set(err, ERR_USAGE, format, NULL, _("no such format; there are: csaf-2.0, text"));
}
