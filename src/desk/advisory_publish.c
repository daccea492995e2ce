/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishing: everything that is looked at first, in one list where what is not built or not checked never passes; and
 * the publication itself, which is one event and happens at once or not at all.
 */
#include "desk/advisory_private.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"

enum { DOCUMENT_LIMIT = 64 << 20 };

static const char *const result_names[] = {
#define X(name, word) [name] = word,
	PREFLIGHT_RESULTS(X)
#undef X
};

const char *preflight_result_name(enum preflight_result result)
{
	return result_names[result];
}

void preflight_release(struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->count; i++) {
		free(preflight->rows[i].what);
		free(preflight->rows[i].detail);
	}
	free(preflight->rows);
	*preflight = (struct preflight){ 0 };
}

__attribute__((format(printf, 4, 5))) static void add_row(struct preflight *p, const char *what,
							   enum preflight_result result, const char *format, ...)
{
	struct preflight_row *row;
	va_list args;

	p->rows = mem_grow(p->rows, &p->room, p->count + 1, sizeof(*p->rows));
	row = &p->rows[p->count++];
	row->what = mem_string(what);
	row->result = result;
	va_start(args, format);
	row->detail = mem_vformat(format, args);
	va_end(args);
	p->open = p->open && result <= PREFLIGHT_NOTED;
}

/* ---- gates */

/* What the gate is about, and unless it passed why it did not, and that it was cleared all the same. */
static void add_gate(struct preflight *p, const struct gate_verdict *v)
{
	AUTO_STRING what = mem_format(_("gate %s"), v->rule->id);
	bool closed = v->result == GATE_CLOSED || v->result == GATE_WARNED, passed = v->result == GATE_PASSED;
	AUTO_STR why = STR_INIT;

	if (!passed && (!closed || !v->reason_count))
		str_add_format(&why, ": %s", gate_result_name(v->result));
	for (size_t i = 0; !passed && i < v->reason_count; i++) {
		str_add(&why, i ? "; " : ": ");
		gate_reason_text(v->reasons[i], &why);
	}
	add_row(p, what, closed ? PREFLIGHT_CLOSED : passed ? PREFLIGHT_PASSED : PREFLIGHT_NOTED, "%s%s", gate_title(v->rule),
		str_or_empty(why.bytes));
}

static int add_gates(struct desk *desk, const struct case_state *state, instant now, struct preflight *p, struct error *err)
{
	const struct desk_leaving leaving = { .action = GATE_PUBLISH };
	struct desk_gates gates;
	int code = desk_gates_look(desk, state, &leaving, now, &gates, err);

	for (size_t i = 0; !code && i < gates.count; i++)
		add_gate(p, &gates.verdicts[i]);
	if (!code)
		desk_gates_release(&gates);
	return code;
}

/* ---- documents */

/* What the checker of its format says of a document of ours. */
static void add_check(struct preflight *p, const struct desk_document *document, instant now)
{
	const struct check_request request = { .name = document->name, .preset = CHECK_EXTENDED, .now = now };
	AUTO_STRING what = mem_format(_("check of %s"), document->name);
	struct check_report report = { 0 };
	AUTO_STR tests = STR_INIT;
	AUTO_JSON json = NULL;
	const char *last = NULL;

	if (js_load(document->bytes.bytes, document->bytes.length, DOCUMENT_LIMIT, document->name, &json, NULL) ||
	    check_document(json, &request, &report, NULL)) {
		add_row(p, what, PREFLIGHT_NOT_CHECKED, "%s", _("it cannot be judged"));
		check_report_release(&report);
		return;
	}
	for (size_t i = 0; i < report.finding_count; i++) {
		if (!str_equal(last, report.findings[i].test))
			str_add_format(&tests, "%s%s", tests.length ? ", " : "", report.findings[i].test);
		last = report.findings[i].test;
	}
	if (report.finding_count)
		add_row(p, what, report.errors ? PREFLIGHT_CLOSED : PREFLIGHT_NOTED, "%s: %s", tests.bytes,
			report.findings[0].message);
	else
		add_row(p, what, PREFLIGHT_PASSED, "%s", report.format);
	check_report_release(&report);
}

int desk_advisory_findings(struct desk *desk, const struct case_state *state, instant now, struct check_report *ret,
			   struct error *err)
{
	const struct check_request request = { .preset = CHECK_EXTENDED, .now = now };
	AUTO_STR bytes = STR_INIT;
	AUTO_JSON json = NULL;
	int code = desk_advisory_write(desk, state, "csaf-2.0", NULL, now, &bytes, NULL, err);

	*ret = (struct check_report){ 0 };
	if (!code)
		code = js_load(bytes.bytes, bytes.length, DOCUMENT_LIMIT, state->advisory->id, &json, err);
	if (!code)
		code = check_document(json, &request, ret, err);
	return code;
}

static void add_documents(const struct desk_documents *documents, instant now, struct preflight *p)
{
	for (size_t i = 0; i < documents->count; i++) {
		const struct desk_document *d = &documents->items[i];

		if (d->missing)
			add_row(p, d->name, PREFLIGHT_NOTED, _("left out: %s"), d->missing);
		else
			add_row(p, d->name, PREFLIGHT_PASSED, _("%zu bytes"), d->bytes.length);
		if (!d->missing && str_ends(d->name, ".json"))
			add_check(p, d, now);
	}
	add_row(p, _("documents"), PREFLIGHT_PASSED, "%s", documents->sha256);
}

/* ---- the rest */

static void add_release(const struct case_state *state, instant now, struct preflight *p)
{
	const struct case_record *prepared = desk_advisory_prepared(state);
	instant at = prepared ? record_instant(prepared, "at") : INSTANT_NONE;
	char buffer[40];

	if (!prepared)
		add_row(p, _("release"), PREFLIGHT_NOT_BUILT, "%s", _("no release is prepared: `advisory prepare`"));
	else if (at > now)
		add_row(p, _("release"), PREFLIGHT_CLOSED, _("version %s is prepared for %s, which is still to come"),
			record_text(prepared, "version"), instant_format(at, buffer));
	else
		add_row(p, _("release"), PREFLIGHT_PASSED, _("version %s of %s: %s"), record_text(prepared, "version"),
			instant_format(at, buffer), record_text(prepared, "summary"));
}

static void add_embargo(const struct case_state *state, instant now, struct preflight *p)
{
	char buffer[40];

	if (!embargo_in_force(&state->embargo))
		add_row(p, _("embargo"), PREFLIGHT_PASSED, "%s", _("none is in force"));
	else
		add_row(p, _("embargo"), now < state->embargo.until.at ? PREFLIGHT_CLOSED : PREFLIGHT_PASSED, _("until %s"),
			instant_format(state->embargo.until.at, buffer));
}

static void add_cves(struct desk *desk, const struct case_state *state, struct preflight *p)
{
	bool any = false;

	for (size_t i = 0; i < state->id_count; i++) {
		const char *text = state->ids[i].text;
		const struct pool_id *id = model_pool_find(desk->model, text);

		if (!str_equal(state->ids[i].system, "cve"))
			continue;
		any = true;
		if (!id)
			add_row(p, text, PREFLIGHT_NOTED, "%s", _("it is not of our pool: another CNA publishes its record"));
		else if (id->state == POOL_REJECTED || id->state == POOL_RESERVED)
			add_row(p, text, PREFLIGHT_CLOSED, "%s", _("it is not in use for this case: `cve use`"));
		else
			add_row(p, text, PREFLIGHT_PASSED, "%s",
				id->state == POOL_PUBLISHED ? _("its record is published") :
							      _("its record is due within 72 hours of publication"));
	}
	if (!any)
		add_row(p, "CVE", PREFLIGHT_NOTED, "%s", _("the vulnerability has no CVE id"));
}

/* Whether BY is among the first COUNT approvals that count in the role. */
static bool approval_counts(enum approval_state state)
{
	return state == APPROVAL_COUNTS || state == APPROVAL_ALONE;
}

static bool counted(const struct desk_approval *list, size_t count, const char *role, const char *by)
{
	for (size_t i = 0; i < count; i++)
		if (approval_counts(list[i].state) && str_equal(list[i].role, role) && str_equal(list[i].by, by))
			return true;
	return false;
}

/* Of each person the last word: older ones that lapsed say nothing more. */
static bool is_last_word(const struct desk_approval *list, size_t count, size_t at)
{
	for (size_t i = at + 1; i < count; i++)
		if (str_equal(list[i].role, list[at].role) && str_equal(list[i].by, list[at].by))
			return false;
	return true;
}

/* What to write, and where, so that an author's own approval counts. */
static void add_own_remedy(const char *role, struct str *ret)
{
	AUTO_STRING share = file_share_dir();

	str_add_format(ret, _("; another member approves it, or an author's own approval counts by `own: yes` below `- role: %s` in "
			      "the list `approvals` of %s/advisory.yaml"), role, share);
}

static void add_role(const struct conf *rule, const struct desk_approval *list, size_t count, struct preflight *p)
{
	const char *role = conf_text(rule, "role", "");
	AUTO_STRING what = mem_format(_("approval: %s"), role);
	long needed = strtol(conf_text(rule, "persons", "1"), NULL, 10), persons = 0;
	bool unknown = false, alone = false, own = false;
	AUTO_STR others = STR_INIT;

	for (size_t i = 0; i < count; i++) {
		if (!str_equal(list[i].role, role))
			continue;
		if (approval_counts(list[i].state))
			persons += !counted(list, i, role, list[i].by);
		else if (is_last_word(list, count, i) && !counted(list, count, role, list[i].by))
			str_add_format(&others, "; %s: %s", list[i].by, approval_state_name(list[i].state));
		unknown |= list[i].state == APPROVAL_UNKNOWN;
		alone |= list[i].state == APPROVAL_ALONE;
		own |= list[i].state == APPROVAL_OWN;
	}
	if (alone)
		str_add(&others, _("; its author alone: nobody else is in this vault, no second person read it"));
	if (own && persons < needed)
		add_own_remedy(role, &others);
	add_row(p, what,
		persons >= needed ? (alone ? PREFLIGHT_NOTED : PREFLIGHT_PASSED) :
		unknown		  ? PREFLIGHT_NOT_CHECKED :
				    PREFLIGHT_CLOSED,
		_("%ld of %ld persons%s"), persons, needed, others.bytes);
}

static int add_approvals(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
			 instant now, struct preflight *p, struct error *err)
{
	struct desk_approval *list = NULL;
	struct advisory_rules rules;
	const struct conf *roles;
	size_t count = 0, role_count;
	int code = desk_advisory_approvals(desk, state, documents, now, &list, &count, err);

	if (!code)
		code = advisory_rules_read(&rules, err);
	if (!code) {
		roles = advisory_rules_list(&rules, "approvals", &role_count);
		for (size_t i = 0; i < role_count; i++)
			add_role(&roles[i], list, count, p);
		advisory_rules_release(&rules);
	}
	free(list);
	return code;
}

static int fill(struct desk *desk, const struct case_state *state, const struct desk_documents *documents, instant now,
		struct preflight *p, struct error *err)
{
	int code = add_gates(desk, state, now, p, err);

	if (code)
		return code;
	add_release(state, now, p);
	add_embargo(state, now, p);
	add_cves(desk, state, p);
	add_documents(documents, now, p);
	return add_approvals(desk, state, documents, now, p, err);
}

int desk_advisory_preflight(struct desk *desk, const struct case_state *state, instant now, struct preflight *ret,
			    struct error *err)
{
	struct preflight p = { .open = true };
	struct desk_documents documents;
	AUTO_ERROR why = ERROR_INIT;
	int code = desk_whole_case(desk, state, err);

	if (!code && !state->advisory)
		code = advisory_missing(state, err);
	if (code)
		return code;
	code = desk_advisory_documents(desk, state, &documents, &why);
	if (!code) {
		code = fill(desk, state, &documents, now, &p, err);
		desk_documents_release(&documents);
	} else if (code == ERR_NO) {
		code = add_gates(desk, state, now, &p, err);
		add_release(state, now, &p);
		add_embargo(state, now, &p);
		add_cves(desk, state, &p);
		add_row(&p, _("documents"), PREFLIGHT_NOT_BUILT, "%s", str_or_empty(why.why));
		add_row(&p, _("approvals"), PREFLIGHT_NOT_CHECKED, "%s", _("there is nothing to approve yet"));
	} else {
		error_set(err, code, str_or_empty(why.what), why.remedy, "%s", str_or_empty(why.why));
	}
	if (code)
		preflight_release(&p);
	else
		*ret = p;
	return code;
}

/* ---- publishing */

static int refuse_closed(const struct case_state *state, const struct preflight *p, struct error *err)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->rows[i].result > PREFLIGHT_NOTED)
			return error_set(err, ERR_NO, state->advisory->id, _("See `advisory check`"), "%s: %s", p->rows[i].what,
					 p->rows[i].detail);
	return 0;
}

static int seal_documents(struct desk *desk, const struct desk_documents *documents, json_t **ret, struct error *err)
{
	json_t *list = json_array();
	int code = 0;

	for (size_t i = 0; !code && i < documents->count; i++) {
		const struct desk_document *d = &documents->items[i];
		struct vault_object object;

		if (d->missing)
			continue;
		code = vault_object_put(desk->vault, d->bytes.bytes, d->bytes.length, &object, err);
		if (!code)
			json_array_append_new(list, desk_object_json(&object, d->name, NULL, "other"));
	}
	if (code)
		json_decref(list);
	else
		*ret = list;
	return code;
}

static int append_published(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
			    instant now, struct error *err)
{
	const struct case_record *prepared = desk_advisory_prepared(state);
	json_t *body, *files;
	int code = seal_documents(desk, documents, &files, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "advisory", state->advisory->id);
	js_set_string(body, "version", record_text(prepared, "version"));
	js_set_string(body, "status", record_text(prepared, "status"));
	js_set_string(body, "summary", record_text(prepared, "summary"));
	desk_set_instant(body, "released", record_instant(prepared, "at"));
	js_set_string(body, "sha256", documents->sha256);
	js_set_string(body, "tlp", state->advisory->tlp);
	json_object_set_new(body, "attachments", files);
	return desk_append(desk, state, EVENT_ADVISORY_PUBLISHED, body, now, err);
}

/* The public knows now: what follows from that is for the rules of the case, which may know it already. */
static void make_public(struct desk *desk, const struct case_state *state, instant now)
{
	static const char *const bits[] = { "vendor-aware", "public" };

	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		AUTO_ERROR ignored = ERROR_INIT;

		desk_case_set(desk, state, "disclosure", bits[i], now, &ignored);
	}
}

struct publishing { struct desk *desk; const uint8_t *stream; const struct desk_documents *documents; instant now; };

static int write_events(void *context, struct error *err)
{
	const struct publishing *p = context;
	const struct model *model = p->desk->model;
	const struct case_state *state = model_case_of_stream(model, p->stream);
	int code = append_published(p->desk, state, p->documents, p->now, err);

	if (code)
		return code;
	state = model_case_of_stream(model, p->stream);
	if (str_equal(state->advisory->tlp, "CLEAR"))
		make_public(p->desk, state, p->now);
	return advisory_task_end(p->desk, model_case_of_stream(model, p->stream), p->now, err);
}

/* What lies outside is laid ready first: when it cannot be written, nothing was published. */
static int publish(struct desk *desk, const uint8_t stream[16], const struct desk_documents *documents, const char *dir,
		   instant now, struct error *err)
{
	struct publishing publishing = { desk, stream, documents, now };
	struct publication p;
	int code = publication_begin(desk, model_case_of_stream(desk->model, stream), documents, dir, &p, err);

	if (code)
		return code;
	code = desk_together(desk, write_events, &publishing, err);
	/* It may stand although that failed: the plan stays with what is not known. */
	if (!code)
		code = publication_end(desk, model_case_of_stream(desk->model, stream), &p, err);
	else if (publication_is_void(desk, &p))
		publication_sweep(desk, &p);
	publication_release(&p);
	return code;
}

static int look_and_publish(struct desk *desk, const uint8_t stream[16], const char *dir, instant now, struct error *err)
{
	const struct desk_leaving leaving = { .action = GATE_PUBLISH };
	const struct case_state *state = model_case_of_stream(desk->model, stream);
	struct desk_documents documents;
	struct preflight preflight;
	int code = desk_advisory_preflight(desk, state, now, &preflight, err);

	if (code)
		return code;
	code = refuse_closed(state, &preflight, err);
	preflight_release(&preflight);
	if (!code)
		code = desk_gates_pass(desk, state, &leaving, now, err);
	if (!code)
		code = desk_advisory_documents(desk, model_case_of_stream(desk->model, stream), &documents, err);
	if (code)
		return code;
	code = publish(desk, stream, &documents, dir, now, err);
	desk_documents_release(&documents);
	return code;
}

/* Nobody else writes between the look and the act. */
int desk_advisory_publish(struct desk *desk, const struct case_state *state, const char *dir, instant now,
			  struct error *err)
{
	uint8_t stream[16];
	bool changed;
	int code = desk_whole_case(desk, state, err);

	memcpy(stream, state->stream, sizeof(stream));
	if (!code)
		code = vault_hold(desk->vault, err);
	if (code)
		return code;
	code = desk_refresh(desk, &changed, err);
	if (!code)
		code = look_and_publish(desk, stream, dir, now, err);
	vault_let_go(desk->vault);
	return code;
}
