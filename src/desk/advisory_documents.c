/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of a release: every form an advisory has, in every language, and the list of their hashes, which is what
 * people sign. They depend on the case and on what is prepared, never on when they are written.
 */
#include "desk/advisory_private.h"

#include "psirtty/base/i18n.h"

/* ENDING of the file; EACH: one in every language; NEEDED: without it nothing is published. */
static const struct form { const char *format, *ending; bool each, needed; } forms[] = {
	{ "csaf-2.0", ".json", true, true },	    { "text", ".txt", true, true },
	{ "markdown", ".md", true, true },	    { "html", ".html", true, true },
	{ "openvex", ".openvex.json", false, false }, { "cyclonedx-vex", ".cdx.json", false, false },
	{ "osv", ".osv.json", false, false },
};

void desk_documents_release(struct desk_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		free(documents->items[i].name);
		free(documents->items[i].format);
		free(documents->items[i].lang);
		free(documents->items[i].missing);
		str_release(&documents->items[i].bytes);
	}
	free(documents->items);
	str_release(&documents->manifest);
	*documents = (struct desk_documents){ 0 };
}

static struct desk_document *document_add(struct desk_documents *documents, char *name, const char *format, const char *lang)
{
	struct desk_document *document;

	documents->items = mem_resize(documents->items, documents->count + 1, sizeof(*documents->items));
	document = &documents->items[documents->count++];
	*document = (struct desk_document){ .name = name, .format = mem_string(format), .lang = mem_string(lang) };
	str_init(&document->bytes);
	return document;
}

/* Whether the format has no place for it, which is no fault, or something is wrong. */
static int build(struct desk *desk, struct desk_documents *documents, json_t *tree, const struct form *form, char *name,
		 const char *lang, const char *cve, instant at, struct error *err)
{
	struct desk_document *document = document_add(documents, name, form->format, lang);
	int code = advisory_write_tree(desk, tree, form->format, cve, at, &document->bytes, NULL, err);

	if (code != ERR_NO || form->needed)
		return code;
	document->missing = mem_string(err->why);
	error_release(err);
	return 0;
}

static int build_language(struct desk *desk, const struct case_state *state, struct desk_documents *documents,
			  const char *lang, const struct csaf_release *release, struct error *err)
{
	bool original = str_equal(lang, "en");
	AUTO_STRING base = original ? mem_string(state->advisory->id) : mem_format("%s-%s", state->advisory->id, lang);
	AUTO_STRING file = csaf_file_name(base);
	AUTO_JSON tree = NULL;
	int code = advisory_tree_of(desk, state, lang, release, release->at, &tree, err);

	for (size_t i = 0; !code && i < ARRAY_LEN(forms); i++)
		if (original || forms[i].each)
			code = build(desk, documents, tree, &forms[i],
				     mem_format("%.*s%s", (int)(strlen(file) - 5), file, forms[i].ending), lang, NULL,
				     release->at, err);
	for (size_t i = 0; !code && original && i < state->id_count; i++) {
		static const struct form record = { "cve", ".json", false, false };

		if (str_equal(state->ids[i].system, "cve"))
			code = build(desk, documents, tree, &record, mem_format("%s.json", state->ids[i].text), lang,
				     state->ids[i].text, release->at, err);
	}
	return code;
}

static int by_name(const void *left, const void *right)
{
	const struct desk_document *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void write_manifest(struct desk_documents *documents)
{
	char sum[65];

	if (documents->count)
		qsort(documents->items, documents->count, sizeof(*documents->items), by_name);
	for (size_t i = 0; i < documents->count; i++) {
		const struct desk_document *document = &documents->items[i];

		if (document->missing)
			continue;
		vault_sha256(document->bytes.bytes, document->bytes.length, sum);
		str_add_format(&documents->manifest, "%s  %s\n", sum, document->name);
	}
	vault_sha256(documents->manifest.bytes, documents->manifest.length, documents->sha256);
}

const struct case_record *desk_advisory_prepared(const struct case_state *state)
{
	const struct case_record *prepared = case_record_at(state, EVENT_ADVISORY_PREPARED, 1);
	size_t count = case_record_count(state, EVENT_ADVISORY_PUBLISHED);
	const struct case_record *last = case_record_at(state, EVENT_ADVISORY_PUBLISHED, count);

	if (!prepared || (last && str_equal(record_text(last, "version"), record_text(prepared, "version"))))
		return NULL;
	return prepared;
}

const struct csaf_release *advisory_release(const struct case_state *state, struct csaf_release *ret)
{
	const struct case_record *prepared = desk_advisory_prepared(state);

	if (!prepared)
		return NULL;
	*ret = (struct csaf_release){ .at = record_instant(prepared, "at"), .version = record_text(prepared, "version"),
				      .summary = record_text(prepared, "summary"), .status = record_text(prepared, "status") };
	return ret;
}

int desk_advisory_documents(struct desk *desk, const struct case_state *state, struct desk_documents *ret,
			    struct error *err)
{
	struct desk_documents documents = { 0 };
	struct csaf_release release;
	const char **languages = NULL;
	size_t count;
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	if (!code && !advisory_release(state, &release))
		code = error_set(err, ERR_NO, state->advisory->id, _("Do it with `advisory prepare`"),
				 _("no release of it is prepared"));
	if (code)
		return code;
	str_init(&documents.manifest);
	count = desk_advisory_languages(state, &languages);
	for (size_t i = 0; !code && i < count; i++)
		code = build_language(desk, state, &documents, languages[i], &release, err);
	free(languages);
	if (code) {
		desk_documents_release(&documents);
		return code;
	}
	write_manifest(&documents);
	*ret = documents;
	return 0;
}

/* ---- preparing */

/* A task that asks a person at the time; ENDED: it is done or dropped. */
static int ask_then(struct desk *desk, const struct case_state *state, instant at, const char *ended, instant now,
		    struct error *err)
{
	AUTO_STRING task = mem_format("publish-%s", state->advisory->id);
	AUTO_STRING text = mem_format("Publish %s", state->advisory->id);
	bool open = false;
	const struct case_record *record;
	size_t cursor = 0;
	json_t *body;

	while ((record = case_record_next(state, EVENT_TASK_SET, &cursor)))
		open |= str_equal(record_text(record, "task"), task) && str_equal(record_text(record, "state"), "open");
	if (ended && !open)
		return 0;
	body = json_object();
	js_set_string(body, "task", task);
	js_set_string(body, "text", text);
	js_set_string(body, "state", ended ? ended : "open");
	if (!ended)
		desk_set_instant(body, "due", at);
	return desk_append(desk, state, EVENT_TASK_SET, body, now, err);
}

int advisory_task_end(struct desk *desk, const struct case_state *state, instant now, struct error *err)
{
	return ask_then(desk, state, INSTANT_NONE, "done", now, err);
}

/* How much changed; all of it before the first release. */
static int changed(struct desk *desk, const struct case_state *state, instant now, enum advisory_bump *ret,
		   struct error *err)
{
	AUTO_STR lines = STR_INIT;
	int code;

	*ret = BUMP_MAJOR;
	if (!case_record_count(state, EVENT_ADVISORY_PUBLISHED))
		return 0;
	code = desk_advisory_changes(desk, state, NULL, now, &lines, ret, err);
	if (!code && *ret == BUMP_NONE)
		return error_set(err, ERR_NO, state->advisory->id, _("Change it with `advisory edit`, or the case"),
				 _("nothing changed since its last release, which stays as it is"));
	return code;
}

int desk_advisory_prepare(struct desk *desk, const struct case_state *state, instant at, bool interim,
			  const char *summary, instant now, struct error *err)
{
	AUTO_STRING version = NULL;
	enum advisory_bump bump;
	uint8_t stream[16];
	json_t *body;
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	if (!code)
		code = changed(desk, state, now, &bump, err);
	if (code)
		return code;
	memcpy(stream, state->stream, sizeof(stream));
	version = csaf_next_version(state, (int)bump);
	body = json_object();
	js_set_string(body, "advisory", state->advisory->id);
	js_set_string(body, "version", version);
	/* Whole seconds: what documents say. */
	desk_set_instant(body, "at", (at == INSTANT_NONE ? now : at) / INSTANT_SECOND * INSTANT_SECOND);
	js_set_string(body, "status", interim ? "interim" : "final");
	js_set_string(body, "summary", summary && *summary ? summary :
				       case_record_count(state, EVENT_ADVISORY_PUBLISHED) ? "Updated" : "First release");
	code = desk_append(desk, state, EVENT_ADVISORY_PREPARED, body, now, err);
	if (!code && at != INSTANT_NONE && at > now)
		code = ask_then(desk, model_case_of_stream(desk->model, stream), at, NULL, now, err);
	return code;
}
