/* SPDX-License-Identifier: Apache-2.0 */
/* CVE ids at the desk: what happens to one is an event of the registry, and, where it is a case's, of the case. */
#include "psirtty/desk/cve.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/advisory.h"
#include "psirtty/desk/clock.h"
#include "psirtty/format/check.h"

enum { RECORD_LIMIT = 16 << 20 };

const char *pool_state_name(enum pool_state state)
{
	return pool_words[state];
}

static int append(struct desk *desk, const char *cve, enum pool_state state, const char *case_id, const char *reason,
		  instant at, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "cve", cve);
	js_set_string(body, "state", pool_words[state]);
	js_set_string(body, "case", case_id);
	js_set_string(body, "reason", reason);
	if (at != INSTANT_NONE)
		desk_set_instant(body, "at", at);
	return desk_append(desk, NULL, EVENT_CVE_STATE, body, now, err);
}

static char *request_name(const struct case_state *state)
{
	return mem_format("for %s", state->id);
}

int desk_cve_request(struct desk *desk, const struct case_state *state, instant now, struct error *err)
{
	AUTO_STRING name = request_name(state);

	return append(desk, name, POOL_REQUESTED, state->id, NULL, INSTANT_NONE, now, err);
}

/* Whatever was asked for is there. */
static int end_request(struct desk *desk, const char *cve, const struct case_state *state, instant now, struct error *err)
{
	AUTO_STRING name = request_name(state);
	AUTO_STRING given = mem_format("given: %s", cve);
	const struct pool_id *request = model_pool_find(desk->model, name);

	if (!request || request->state != POOL_REQUESTED)
		return 0;
	return append(desk, name, POOL_REJECTED, NULL, given, INSTANT_NONE, now, err);
}

int desk_cve_reserve(struct desk *desk, const char *cve, const struct case_state *state, instant now, struct error *err)
{
	int code = append(desk, cve, POOL_RESERVED, NULL, NULL, INSTANT_NONE, now, err);

	return !code && state ? desk_cve_use(desk, cve, state, now, err) : code;
}

int desk_cve_use(struct desk *desk, const char *cve, const struct case_state *state, instant now, struct error *err)
{
	const struct pool_id *id = model_pool_find(desk->model, cve);
	uint8_t stream[16];
	json_t *body;
	int code;

	memcpy(stream, state->stream, sizeof(stream));
	if (!id)
		return error_set(err, ERR_NO, cve, _("Enter it with `cve reserve`, or give the case another CNA's id with `case set`"),
				 _("it is not in the pool"));
	code = append(desk, cve, POOL_USED, state->id, NULL, INSTANT_NONE, now, err);
	if (!code)
		code = end_request(desk, cve, state, now, err);
	for (size_t i = 0; !code && i < state->id_count; i++)
		if (str_equal(state->ids[i].text, cve))
			return 0;
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "system", "cve");
	js_set_string(body, "text", cve);
	return desk_append(desk, model_case_of_stream(desk->model, stream), EVENT_ID_ADDED, body, now, err);
}

int desk_cve_reject(struct desk *desk, const char *cve, const char *reason, instant now, struct error *err)
{
	return append(desk, cve, POOL_REJECTED, NULL, reason, INSTANT_NONE, now, err);
}

/* ---- published */

static int meet_clocks(struct desk *desk, const struct case_state *state, const char *cve, instant at, instant now,
		       struct error *err)
{
	static const char *const clocks[] = { "cna-publish-72h", "cna-publish-24h" };
	uint8_t stream[16];
	int code = 0;

	memcpy(stream, state->stream, sizeof(stream));
	for (size_t i = 0; !code && i < ARRAY_LEN(clocks); i++) {
		const struct clock_rules *rules = model_clock_rules(desk->model);
		const struct clock_rule *rule = rules ? clock_rule_find(rules, clocks[i]) : NULL;
		const struct case_clock *said;
		json_t *body;

		state = model_case_of_stream(desk->model, stream);
		said = case_clock_said(state, clocks[i]);
		if (!rule || (said && said->filed != INSTANT_NONE))
			continue;
		body = json_object();
		js_set_string(body, "clock", clocks[i]);
		js_set_string(body, "to", "CVE");
		js_set_string(body, "receipt", cve);
		desk_set_instant(body, "filed", at);
		code = desk_append(desk, state, EVENT_CLOCK_FILED, body, now, err);
	}
	return code;
}

int desk_cve_published(struct desk *desk, const char *cve, instant at, instant now, struct error *err)
{
	const struct pool_id *id;
	const struct case_state *state;
	int code = append(desk, cve, POOL_PUBLISHED, NULL, NULL, at, now, err);

	if (code)
		return code;
	id = model_pool_find(desk->model, cve);
	state = id && id->case_id ? model_find_case(desk->model, id->case_id) : NULL;
	if (!state)
		return 0;
	code = desk_whole_case(desk, state, err);
	return code ? code : meet_clocks(desk, state, cve, at, now, err);
}

instant desk_cve_due(const struct model *model, const struct pool_id *id, const char **ret_what)
{
	const struct case_state *state = id->case_id ? model_find_case(model, id->case_id) : NULL;
	instant published = state ? case_fact(state, FACT_PUBLISHED) : INSTANT_NONE;

	*ret_what = NULL;
	if (id->state == POOL_REQUESTED) {
		*ret_what = N_("the CNA answers");
		return id->since[POOL_REQUESTED] + 72 * INSTANT_HOUR;
	}
	if (id->state != POOL_USED || published == INSTANT_NONE)
		return INSTANT_NONE;
	*ret_what = N_("the record is published");
	return published + 72 * INSTANT_HOUR;
}

/* ---- records */

static int build_record(struct desk *desk, const struct pool_id *id, instant now, struct str *ret, struct error *err)
{
	const struct case_state *state = id->case_id ? model_find_case(desk->model, id->case_id) : NULL;
	AUTO_JSON rejected = NULL;

	if (id->state == POOL_REJECTED) {
		rejected = cve_record_rejected(id->id, model_policy(desk->model)->cna, str_or_empty(id->reason), NULL);
		js_dump_pretty(rejected, ret);
		return 0;
	}
	if (!state)
		return error_set(err, ERR_NO, id->id, _("Give it to one with `cve use`"), _("it is for no case yet"));
	return desk_advisory_record(desk, state, id->id, now, ret, err);
}

static int judge_record(const char *cve, const json_t *record, instant now, struct error *err)
{
	const struct check_request request = { .preset = CHECK_BASIC, .now = now };
	struct check_report report = { 0 };
	int code = check_document(record, &request, &report, err);

	if (!code && report.errors)
		code = error_set(err, ERR_NO, cve, _("Mend the case or the advisory"), "%s %s: %s", report.findings[0].test,
				 report.findings[0].path, report.findings[0].message);
	check_report_release(&report);
	return code;
}

int desk_cve_record(struct desk *desk, const char *cve, bool upload, instant now, struct str *ret, struct error *err)
{
	const struct pool_id *id = model_pool_find(desk->model, cve);
	AUTO_JSON record = NULL;
	AUTO_JSON body = NULL;
	AUTO_STR text = STR_INIT;
	int code;

	if (!id)
		return error_set(err, ERR_NO, cve, _("See `cve list`"), _("it is not in the pool"));
	code = build_record(desk, id, now, &text, err);
	if (!code)
		code = js_load(text.bytes, text.length, RECORD_LIMIT, cve, &record, err);
	if (!code)
		code = judge_record(cve, record, now, err);
	if (code)
		return code;
	body = upload ? cve_record_upload(record) : json_incref(record);
	js_dump_pretty(body, ret);
	return 0;
}
