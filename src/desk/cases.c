/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler does with a case itself: open, fill in, reproduce, undo. */
#include "desk/desk_private.h"

#include <fcntl.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/life.h"
#include "psirtty/score/cvss.h"
#include "psirtty/score/cwe.h"

static int open_next(struct desk *desk, const char *title, instant now, uint8_t ret_stream[16], struct error *err)
{
	AUTO_STRING id = NULL;
	json_t *body;
	bool changed;
	int code = desk_refresh(desk, &changed, err);

	if (!code)
		code = vault_stream_new(desk->vault, VAULT_CASE, now, ret_stream, err);
	if (code)
		return code;
	id = model_next_case_id(desk->model, instant_year(now));
	body = json_object();
	js_set_string(body, "case", id);
	js_set_string(body, "title", title);
	return desk_append_to(desk, ret_stream, EVENT_CASE_OPENED, body, now, err);
}

int desk_case_open(struct desk *desk, const char *title, instant now, uint8_t ret_stream[16],
		   struct error *err)
{
	int code = vault_hold(desk->vault, err);

	/* Nobody else can take the number between looking and writing. */
	if (!code) {
		code = open_next(desk, title, now, ret_stream, err);
		vault_let_go(desk->vault);
	}
	return code;
}

int desk_case_new(struct desk *desk, const char *title, instant now, const struct case_state **ret,
		  struct error *err)
{
	uint8_t stream[16];
	int code = desk_case_open(desk, title, now, stream, err);

	if (!code)
		*ret = model_case_of_stream(desk->model, stream);
	return code;
}

/* ---- fields: each value becomes the body of one event */

static int body_score(const char *value, json_t *body, struct error *err)
{
	struct cvss cvss;
	AUTO_STR vector = STR_INIT;
	int code = cvss_parse(value, &cvss, err);

	if (code)
		return code;
	cvss_vector(&cvss, &vector);
	js_set_string(body, "vector", vector.bytes);
	js_set_string(body, "issuer", "us");
	return 0;
}

static int body_cwe(const char *value, json_t *body, struct error *err)
{
	const struct cwe *cwe = cwe_parse(value);
	AUTO_STRING id = NULL;

	if (!cwe)
		return error_set(err, ERR_NO, value, _("Search with `cwe WORDS`"),
				 _("there is no such weakness in CWE 4.20"));
	if (str_equal(cwe->usage, "Prohibited"))
		return error_set(err, ERR_NO, value, _("Choose one of its children"),
				 _("CWE %d is a category or view: nothing is mapped to it"), cwe->id);
	id = mem_format("CWE-%d", cwe->id);
	js_set_string(body, "cwe", id);
	return 0;
}

static int body_cve(const char *value, json_t *body, struct error *err)
{
	size_t digits = str_starts(value, "CVE-") ? strspn(value + 4, "0123456789") : 0;
	size_t number = digits == 4 && value[8] == '-' ? strspn(value + 9, "0123456789") : 0;

	if (number < 4 || number > 19 || value[9 + number])
		return error_set(err, ERR_USAGE, value, NULL, _("a CVE id looks like CVE-2026-12345"));
	js_set_string(body, "system", "cve");
	js_set_string(body, "text", value);
	return 0;
}

/* Does TEXT have the shape: 9 a digit, a a small letter or digit, + as many of what stands before as there
 * are, anything else itself. */
static bool has_shape(const char *text, const char *shape)
{
	char kind = 0;

	while (*shape) {
		char wanted = *shape++;
		bool more = wanted == '+';

		if (!more)
			kind = wanted;
		do {
			bool fits = kind == '9' ? *text >= '0' && *text <= '9' :
				    kind == 'a' ? (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') :
						  *text == kind;

			if (!fits && more)
				break;
			if (!fits)
				return false;
			text++;
		} while (more);
	}
	return !*text;
}

static int body_id(const char *system, const char *shape, const char *example, const char *value, json_t *body,
		   struct error *err)
{
	if (shape && !has_shape(value, shape))
		return error_set(err, ERR_USAGE, value, NULL, _("such an id looks like %s"), example);
	js_set_string(body, "system", system);
	js_set_string(body, "text", value);
	return 0;
}

#define ID_BODY(name, system, shape, example) \
	static int name(const char *value, json_t *body, struct error *err) \
	{ \
		return body_id(system, shape, example, value, body, err); \
	}
ID_BODY(body_cnvd, "cnvd", "CNVD-9999-99999+", "CNVD-2026-12345")
ID_BODY(body_cnnvd, "cnnvd", "CNNVD-999999-999+", "CNNVD-202611-123")
ID_BODY(body_euvd, "euvd", "EUVD-9999-9999+", "EUVD-2026-12345")
ID_BODY(body_ghsa, "ghsa", "GHSA-aaaa-aaaa-aaaa", "GHSA-xm28-xvqc-gxxg")
ID_BODY(body_jvn, "jvn", "JVN#99999999", "JVN#12345678")
ID_BODY(body_certcc, "certcc", "VU#99999+", "VU#123456")
ID_BODY(body_own, "own", NULL, "")
ID_BODY(body_coordinator, "coordinator", NULL, "")

static const struct case_field {
	const char *name;
	enum event_type type;
	const char *member; /* the value goes there as it is, unless there is a function */
	int (*body)(const char *value, json_t *body, struct error *err);
} fields[] = {
	{ "assignee", EVENT_ASSIGNED, "member", NULL },
	{ "certcc", EVENT_ID_ADDED, NULL, body_certcc },
	{ "cnnvd", EVENT_ID_ADDED, NULL, body_cnnvd },
	{ "cnvd", EVENT_ID_ADDED, NULL, body_cnvd },
	{ "coordinator-id", EVENT_ID_ADDED, NULL, body_coordinator },
	{ "cve", EVENT_ID_ADDED, NULL, body_cve },
	{ "cwe", EVENT_CWE_SET, NULL, body_cwe },
	{ "disclosure", EVENT_DISCLOSURE_SET, "bit", NULL },
	{ "euvd", EVENT_ID_ADDED, NULL, body_euvd },
	{ "ghsa", EVENT_ID_ADDED, NULL, body_ghsa },
	{ "jvn", EVENT_ID_ADDED, NULL, body_jvn },
	{ "own-id", EVENT_ID_ADDED, NULL, body_own },
	{ "score", EVENT_SCORE_SET, NULL, body_score },
	{ "source", EVENT_SOURCE_SET, "source", NULL },
	{ "summary", EVENT_SUMMARY_SET, "summary", NULL },
	{ "title", EVENT_TITLE_SET, "title", NULL },
};

const char *const *desk_case_fields(void)
{
	static const char *names[ARRAY_LEN(fields) + 1];

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		names[i] = fields[i].name;
	return names;
}

int desk_case_set(struct desk *desk, const struct case_state *state, const char *field,
		  const char *value, instant now, struct error *err)
{
	AUTO_STR known = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		json_t *body;
		int code = 0;

		str_add_format(&known, "%s%s", i ? ", " : "", fields[i].name);
		if (!str_equal(fields[i].name, field))
			continue;
		body = json_object();
		if (fields[i].body)
			code = fields[i].body(value, body, err);
		else
			js_set_string(body, fields[i].member, value);
		if (code) {
			json_decref(body);
			return code;
		}
		return desk_append(desk, state, fields[i].type, body, now, err);
	}
	return error_set(err, ERR_USAGE, field, NULL, _("no such field; there are: %s"), known.bytes);
}

/* ---- reproduction notes */

static const char *kind_of_file(const char *name)
{
	static const struct { const char *end, *kind; } rows[] = {
		{ ".log", "log" }, { ".txt", "log" }, { ".pcap", "capture" }, { ".pcapng", "capture" },
		{ ".py", "poc" }, { ".c", "poc" }, { ".sh", "poc" }, { ".bin", "poc" }, { ".html", "poc" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_ends(name, rows[i].end))
			return rows[i].kind;
	return "other";
}

/* A core dump of a large machine; beyond that a vault is the wrong place. */
static const uint64_t attachment_limit = 64ull << 30;

int desk_attach_one(struct desk *desk, const char *path, json_t *list, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct vault_object object;
	int fd = open(path, O_RDONLY | O_CLOEXEC), code;

	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	code = vault_object_put_fd(desk->vault, fd, attachment_limit, NULL, NULL, &object, err);
	close(fd);
	if (!code)
		json_array_append_new(list, desk_object_json(&object, name, NULL, kind_of_file(name)));
	return code;
}

int desk_attach(struct desk *desk, const char *const *paths, size_t count, json_t **ret, struct error *err)
{
	json_t *list = json_array();
	int code = 0;

	for (size_t i = 0; !code && i < count; i++)
		code = desk_attach_one(desk, paths[i], list, err);
	if (code)
		json_decref(list);
	else
		*ret = list;
	return code;
}

int desk_repro_add(struct desk *desk, const struct case_state *state, const char *build,
		   const char *verdict, const char *environment, const char *steps,
		   const char *const *files, size_t file_count, instant now, struct error *err)
{
	json_t *body = json_object(), *list = json_array();

	js_set_string(body, "build", build);
	js_set_string(body, "verdict", verdict);
	js_set_string(body, "environment", environment);
	js_set_string(body, "steps", str_or_empty(steps));
	json_object_set_new(body, "attachments", list);
	for (size_t i = 0; i < file_count; i++) {
		int code = desk_attach_one(desk, files[i], list, err);

		if (code) {
			json_decref(body);
			return code;
		}
	}
	return desk_append(desk, state, EVENT_REPRO_ADDED, body, now, err);
}

int desk_undo(struct desk *desk, const struct case_state *state, bool redo, instant now,
	      char **ret_line, struct error *err)
{
	const struct event *target = model_undo_target(state, redo);
	uint8_t stream[16];
	json_t *body;
	int code;

	if (!target)
		return error_set(err, ERR_NO, state->id, NULL,
				 redo ? _("there is nothing to do again") : _("there is nothing to undo"));
	memcpy(stream, state->stream, sizeof(stream));
	body = json_object();
	js_set_hex(body, "event", target->id, sizeof(target->id));
	code = desk_append(desk, state, EVENT_UNDONE, body, now, err);
	if (!code) {
		state = model_case_of_stream(desk->model, stream);
		*ret_line = case_event_line(state, &state->events[state->event_count - 1]);
	}
	return code;
}
