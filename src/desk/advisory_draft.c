/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only the advisory says, as a small YAML for the editor: written with comments, checked when it comes back. All of
 * it is taken or nothing; what could not be taken is sealed as a draft and comes up the next time.
 */
#include "desk/advisory_private.h"

#include <ctype.h>

#include "psirtty/base/i18n.h"

static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };
static const char *const category_words[] = { "csaf_base", "csaf_security_advisory", "csaf_vex",
					      "csaf_informational_advisory", "csaf_security_incident_response", NULL };
static const char *const versioning_words[] = { "integer", "semver", NULL };

/* Every key: which words are allowed, and whether a translation has it too. */
static const struct key { const char *name; const char *const *words; bool translated; const char *comment; } keys[] = {
	{ "title", NULL, true, NULL },
	{ "tlp", tlp_words, false, N_("CLEAR, GREEN, AMBER, AMBER+STRICT or RED") },
	{ "summary", NULL, true, N_("for everybody: what it is, what can happen") },
	{ "description", NULL, true, N_("for engineers") },
	{ "recommendation", NULL, true, N_("for operators: what to do now") },
	{ "audience", NULL, true, N_("whom it concerns") },
	{ "faq", NULL, true, N_("questions and answers") },
	{ "legal", NULL, true, N_("terms of use") },
	{ "category", category_words, false,
	  N_("csaf_security_advisory, csaf_vex, csaf_informational_advisory, csaf_security_incident_response or csaf_base") },
	{ "versioning", versioning_words, false, N_("integer or semver") },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_equal(keys[i].name, name))
			return &keys[i];
	return NULL;
}

/* ---- the text as it is */

static const char *own_text(const struct case_advisory *a, const char *field)
{
	const struct { const char *field, *text; } rows[] = {
		{ "title", a->title }, { "tlp", a->tlp }, { "summary", a->summary }, { "description", a->description },
		{ "recommendation", a->recommendation },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].field, field))
			return str_or_empty(rows[i].text);
	return NULL;
}

static const char *text_now(const struct case_state *state, const char *field, const char *lang)
{
	const char *text = str_equal(lang, "en") ? own_text(state->advisory, field) : NULL;

	return text ? text : str_or_empty(csaf_text_of(state, field, lang));
}

/* ---- writing */

/* A block keeps every character; the 2 says where it begins, whatever its first line begins with. */
static void write_block(struct str *ret, const char *indent, const char *key, const char *value)
{
	if (!*value) {
		str_add_format(ret, "%s%s: \"\"\n", indent, key);
		return;
	}
	str_add_format(ret, "%s%s: |2-\n", indent, key);
	for (const char *line = value; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		str_add_format(ret, "%s  %.*s\n", indent, (int)strcspn(line, "\n"), line);
}

static void write_language(const struct case_state *state, const char *lang, struct str *ret)
{
	str_add_format(ret, "\n%s:\n", lang);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].translated)
			write_block(ret, "  ", keys[i].name, text_now(state, keys[i].name, lang));
}

static void write_fresh(const struct case_state *state, struct str *ret)
{
	const char **languages;
	size_t count = desk_advisory_languages(state, &languages);
	bool chinese = false;

	str_add_format(ret, _("# Advisory %s. Products, scores, remedies, thanks and dates come from %s; only the words are here.\n"),
		       state->advisory->id, state->id);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].comment)
			str_add_format(ret, "# %s\n", _(keys[i].comment));
		write_block(ret, "", keys[i].name, text_now(state, keys[i].name, "en"));
	}
	str_add_format(ret, "\n# %s\n", _("Translations, by language: a language counts once it has a title."));
	for (size_t i = 1; i < count; i++) {
		write_language(state, languages[i], ret);
		chinese |= str_equal(languages[i], "zh");
	}
	if (!chinese)
		write_language(state, "zh", ret);
	free(languages);
}

static char *kept_name(const struct case_state *state)
{
	char *name = mem_format("edit-advisory-%.40s", state->advisory->id);

	for (char *c = name; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
	return name;
}

int desk_advisory_draft(struct desk *desk, const struct case_state *state, struct str *ret, struct error *err)
{
	AUTO_STRING kept = NULL;
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	if (code)
		return code;
	kept = kept_name(state);
	if (vault_draft_get(desk->vault, kept, ret, NULL) == 0 && ret->length)
		return 0;
	str_reset(ret);
	write_fresh(state, ret);
	return 0;
}

/* ---- taking it back */

struct taking { const struct case_state *state; json_t *drafted; json_t *texts; size_t changed; };

__attribute__((format(printf, 3, 4))) static int at_line(const struct conf *conf, struct error *err, const char *why, ...)
{
	AUTO_STRING what = mem_format(_("advisory.yaml, line %d"), conf->line);
	AUTO_STRING text = NULL;
	va_list args;

	va_start(args, why);
	text = mem_vformat(why, args);
	va_end(args);
	return error_set(err, ERR_INPUT, what, _("Mend it with `advisory edit`: what you typed is kept"), "%s", text);
}

static int check_value(const struct key *key, const struct conf *conf, struct error *err)
{
	AUTO_STR known = STR_INIT;

	if (conf->kind != CONF_SCALAR)
		return at_line(conf, err, _("%s is a text"), key->name);
	if (str_equal(key->name, "title") && (strchr(conf->text, '\n') || strlen(conf->text) > 1000))
		return at_line(conf, err, _("the %s is one line of at most 1000 bytes"), key->name);
	if (strlen(conf->text) > 30000)
		return at_line(conf, err, _("%s is longer than 30000 bytes"), key->name);
	if (!key->words || !*conf->text)
		return 0;
	for (size_t i = 0; key->words[i]; i++) {
		if (str_equal(key->words[i], conf->text))
			return 0;
		str_add_format(&known, "%s%s", i ? ", " : "", key->words[i]);
	}
	return at_line(conf, err, _("it is one of: %s"), known.bytes);
}

/* White space at the end is the editor's. */
static bool same(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);

	while (m && strchr(" \t\r\n", a[m - 1]))
		m--;
	while (n && strchr(" \t\r\n", b[n - 1]))
		n--;
	return m == n && strncmp(a, b, m) == 0;
}

static void take_value(struct taking *t, const char *field, const char *lang, const char *value)
{
	json_t *body;

	if (same(value, text_now(t->state, field, lang)))
		return;
	t->changed++;
	if (str_equal(lang, "en") && own_text(t->state->advisory, field)) {
		js_set_string(t->drafted, field, value);
		return;
	}
	body = json_object();
	js_set_string(body, "field", field);
	js_set_string(body, "lang", lang);
	js_set_string(body, "value", value);
	json_array_append_new(t->texts, body);
}

static int take_key(struct taking *t, const struct conf *conf, const char *lang, struct error *err)
{
	const struct key *key = find_key(conf->key);
	int code;

	if (!key)
		return at_line(conf, err, _("there is no such key: %s"), conf->key);
	if (!str_equal(lang, "en") && !key->translated)
		return at_line(conf, err, _("%s is not translated"), conf->key);
	code = check_value(key, conf, err);
	if (!code && str_equal(lang, "en") && str_equal(conf->key, "title") && !conf->text[strspn(conf->text, " ")])
		return at_line(conf, err, _("the %s is empty"), conf->key);
	if (!code)
		take_value(t, conf->key, lang, conf->text);
	return code;
}

static int take_language(struct taking *t, const struct conf *conf, struct error *err)
{
	size_t length = strlen(conf->key);
	int code = 0;

	if (find_key(conf->key) || length < 2 || length > 20 || conf->key[strspn(conf->key, "abcdefghijklmnopqrstuvwxyz"
											      "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")])
		return at_line(conf, err, _("%s is no language"), conf->key);
	for (size_t i = 0; !code && i < conf->count; i++)
		code = take_key(t, &conf->items[i], conf->key, err);
	return code;
}

static int take_all(struct taking *t, const struct conf *conf, struct error *err)
{
	int code = conf->kind == CONF_MAP ? 0 : at_line(conf, err, _("it is no list of %s"), _("keys and texts"));

	for (size_t i = 0; !code && i < conf->count; i++)
		code = conf->items[i].kind == CONF_MAP ? take_language(t, &conf->items[i], err) :
							 take_key(t, &conf->items[i], "en", err);
	return code;
}

static int append_all(struct desk *desk, const struct taking *t, const uint8_t stream[16], instant now, struct error *err)
{
	size_t i;
	json_t *body;
	int code = 0;

	if (json_object_size(t->drafted)) {
		static const char *const fields[] = { "title", "tlp" };

		body = json_incref(t->drafted);
		js_set_string(body, "advisory", t->state->advisory->id);
		for (i = 0; i < ARRAY_LEN(fields); i++)
			if (!js_string(body, fields[i]))
				js_set_string(body, fields[i], own_text(t->state->advisory, fields[i]));
		code = desk_append(desk, t->state, EVENT_ADVISORY_DRAFTED, body, now, err);
	}
	json_array_foreach(t->texts, i, body) {
		const struct case_state *state = model_case_of_stream(desk->model, stream);

		if (!code)
			code = desk_append(desk, state, EVENT_ADVISORY_TEXT, json_incref(body), now, err);
	}
	return code;
}

/* Nothing typed is lost: it comes back the next time, with what was wrong on top. */
static int keep(struct desk *desk, const char *name, const char *bytes, size_t length, const struct error *err)
{
	AUTO_STR text = STR_INIT;
	int code;

	if (str_starts(bytes, "#!")) {
		size_t line = strcspn(bytes, "\n") + (strchr(bytes, '\n') != NULL);

		bytes += line;
		length -= line;
	}
	str_add_format(&text, "#! %s: %s\n", str_or_empty(err->what), str_or_empty(err->why));
	for (size_t i = 0; i < text.length; i++)
		if (text.bytes[i] == '\n' && i + 1 < text.length)
			text.bytes[i] = ' ';
	str_add_bytes(&text, bytes, length);
	code = vault_draft_put(desk->vault, name, text.bytes, text.length, NULL);
	str_wipe(&text);
	return code;
}

int desk_advisory_take(struct desk *desk, const struct case_state *state, const char *bytes, size_t length, instant now,
		       size_t *ret_changed, bool *ret_kept, struct error *err)
{
	struct taking taking = { .state = state, .drafted = json_object(), .texts = json_array() };
	struct conf conf = { 0 };
	AUTO_STRING kept = NULL;
	uint8_t stream[16];
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	kept = state->advisory ? kept_name(state) : NULL;
	if (!code) {
		memcpy(stream, state->stream, sizeof(stream));
		code = conf_load(bytes, length, "advisory.yaml", &conf, err);
		if (!code)
			code = take_all(&taking, &conf, err);
		if (!code)
			code = append_all(desk, &taking, stream, now, err);
	}
	if (!code)
		vault_draft_remove(desk->vault, kept, NULL);
	*ret_kept = code && kept && keep(desk, kept, bytes, length, err) == 0;
	conf_release(&conf);
	json_decref(taking.drafted);
	json_decref(taking.texts);
	if (!code)
		*ret_changed = taking.changed;
	return code;
}
