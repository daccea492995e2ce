/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CVE services' API, through the fetch worker: ids reserved there, records sent there. Never asked without settings
 * that name our organisation. What comes back is read in the sandbox; no request is sent twice by itself, for a second
 * reservation is a second one.
 */
#include "command/command_private.h"

#include "psirtty/desk/cve.h"
#include "psirtty/desk/settings.h"
#include "psirtty/worker/fetch.h"
#include "psirtty/worker/job.h"

enum { WAIT_MS = 200, ANSWER_LIMIT = 8 << 20, MOST_IDS = 100 };
static const char services_url[] = "https://cveawg.mitre.org/api";

struct services {
	struct command_context *context;
	struct settings settings;
	struct str secret, header, answer;
};

static void services_release(struct services *s)
{
	if (s->secret.bytes)
		explicit_bzero(s->secret.bytes, s->secret.length);
	if (s->header.bytes)
		explicit_bzero(s->header.bytes, s->header.length);
	str_reset(&s->answer);
	free(s->secret.bytes);
	free(s->header.bytes);
	free(s->answer.bytes);
	settings_release(&s->settings);
}

static int not_configured(struct error *err)
{
	AUTO_STRING path = settings_path();
	AUTO_STRING remedy = mem_format(_("Write `cve:` with organisation, user and password_file into %s, or hand over what "
					  "`cve record --upload` writes"), path);

	return error_set(err, ERR_DENIED, _("CVE services"), remedy, _("no organisation of ours is in the settings, so they are never asked"));
}

/* The settings, and the three lines that say who asks. */
static int services_open(struct command_context *context, struct services *ret, struct error *err)
{
	const struct settings_login *login;
	int code;

	*ret = (struct services){ .context = context };
	code = command_settings(context, &ret->settings, err);
	login = &ret->settings.cve.login;
	if (!code && (!ret->settings.cve.organisation || !login->user))
		code = not_configured(err);
	if (!code && fetch_forbidden())
		code = error_set(err, ERR_DENIED, _("CVE services"), _("Hand over what `cve record --upload` writes"), _("this program is offline"));
	if (!code)
		code = settings_secret(login, _("CVE services"), context->on_screen ? NULL : command_ask_secret, context, &ret->secret, err);
	if (!code)
		str_add_format(&ret->header, "CVE-API-ORG: %s\nCVE-API-USER: %s\nCVE-API-KEY: %s", ret->settings.cve.organisation,
			       login->user, str_or_empty(ret->secret.bytes));
	return code;
}

/* ---- one request */

static int take_events(struct services *s, struct fetch *fetch, const char *what, struct error *err)
{
	struct fetch_event event = { .kind = FETCH_NOTHING };
	int code = 0;

	while (!code && event.kind != FETCH_END) {
		if (s->context->cancelled && s->context->cancelled(s->context))
			return error_set(err, ERR_NO, what, _("See with `cve obtain --missed`, or on their page, what they did"), _("it was cancelled"));
		fetch_wait(fetch, WAIT_MS);
		code = fetch_take(fetch, &event, err);
		if (!code && event.kind == FETCH_DATA && s->answer.length + event.length <= ANSWER_LIMIT)
			str_add_bytes(&s->answer, event.bytes, event.length);
		if (!code && event.kind == FETCH_FAILED)
			code = error_set(err, ERR_NETWORK, what, NULL, "%s", event.text);
	}
	return code;
}

/* PATH behind the services' address. METHOD NULL: POST where there is a BODY, else GET. */
static int ask(struct services *s, const char *method, const char *path, const char *body, const char *what, struct error *err)
{
	const struct settings *settings = &s->settings;
	const struct settings_login *login = &settings->cve.login;
	AUTO_STRING url = mem_format("%s/%s", login->url ? login->url : services_url, path);
	const struct fetch_page page = { .url = url, .header = s->header.bytes, .method = method, .accept = "application/json",
					 .type = body ? "application/json" : NULL, .body = body, .body_length = body ? strlen(body) : 0,
					 .most_bytes = ANSWER_LIMIT };
	const struct fetch_pages pages = {
		.host = { .ca_file = login->ca_file ? login->ca_file : settings->ca_file, .proxy = login->proxy ? login->proxy : settings->proxy,
			  .patience = (int)settings->patience },
		.pages = &page, .count = 1, .tries = 1,
	};
	struct fetch *fetch = NULL;
	int code;

	str_reset(&s->answer);
	code = fetch_pages_start(&pages, &fetch, err);
	if (!code)
		code = take_events(s, fetch, what, err);
	fetch_stop(fetch);
	return code;
}

/* ---- ids */

/* Those the pool lacks go into it; *RET_COUNT of them. */
static int take_ids(struct services *s, struct desk *desk, const struct job_answer *answer, const struct case_state *state,
		    size_t *ret_count, struct error *err)
{
	int code = 0;

	*ret_count = 0;
	for (size_t i = 0; !code && i < answer->count; i++) {
		const struct job_row *row = &answer->rows[i];

		if (row->count != 3 || !str_equal(row->fields[0], "cve-id") || !str_equal(row->fields[2], "RESERVED") ||
		    model_pool_find(desk_model(desk), row->fields[1]))
			continue;
		code = desk_cve_reserve(desk, row->fields[1], state, command_now(s->context), err);
		if (!code)
			command_say(s->context, _("%s: reserved"), row->fields[1]);
		*ret_count += !code;
		state = NULL;
	}
	return code;
}

static int read_ids(struct services *s, struct desk *desk, const struct case_state *state, size_t *ret_count, struct error *err)
{
	struct parse_worker *worker = NULL;
	struct job_answer answer = { 0 };
	int code = job_worker_start(NULL, &worker, err);

	if (!code)
		code = parse_worker_job(worker, JOB_FACTS, "CVE", str_or_empty(s->answer.bytes), s->answer.length, &answer, err);
	parse_worker_stop(worker);
	if (!code)
		code = take_ids(s, desk, &answer, state, ret_count, err);
	job_answer_release(&answer);
	return code;
}

static int check_count(const char *text, long *ret, struct error *err)
{
	char *end = NULL;

	*ret = text ? strtol(text, &end, 10) : 1;
	if (*ret < 1 || *ret > MOST_IDS || (end && *end))
		return error_set(err, ERR_USAGE, text, NULL, _("it is a number from 1 to %d"), MOST_IDS);
	return 0;
}

static int obtain(struct services *s, struct desk *desk, const struct case_state *state, long amount, bool missed, struct error *err)
{
	AUTO_STRING path = missed ? mem_string("cve-id?state=RESERVED") :
				    mem_format("cve-id?amount=%ld&batch_type=sequential&cve_year=%d&short_name=%s", amount,
					       instant_year(command_now(s->context)), s->settings.cve.organisation);
	size_t count = 0;
	int code = ask(s, missed ? NULL : "POST", path, missed ? NULL : "", "cve obtain", err);

	if (!code)
		code = read_ids(s, desk, state, &count, err);
	if (!code && !count && !missed)
		code = error_set(err, ERR_INPUT, "cve obtain", _("See `cve obtain --missed`"), _("the services' answer names no new id"));
	if (!code && !count)
		command_say(s->context, "%s", _("the pool has all of them"));
	return code;
}

static int run_obtain(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *of = call_value(call, "--case");
	const struct case_state *state = NULL;
	struct services services;
	struct desk *desk;
	long amount = 1;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = check_count(call_value(call, "COUNT"), &amount, err);
	if (!code && of && amount > 1)
		code = error_set(err, ERR_USAGE, "cve obtain", NULL, _("a case gets one at a time"));
	if (!code && of)
		code = desk_find_case(desk, of, &state, err);
	if (code)
		return code;
	code = services_open(context, &services, err);
	if (!code)
		code = obtain(&services, desk, state, amount, call_given(call, "--missed"), err);
	services_release(&services);
	return code;
}

/* ---- records */

/* Nothing of a case leaves here before its advisory left, for that has passed the gates. */
static int may_send(const struct model *model, const struct pool_id *id, const char *cve, struct error *err)
{
	const struct case_state *state = id && id->case_id ? model_find_case(model, id->case_id) : NULL;

	if (!id)
		return error_set(err, ERR_NO, cve, _("See `cve list`"), _("it is not in the pool"));
	if (id->state == POOL_REJECTED)
		return 0;
	if (id->state != POOL_USED && id->state != POOL_PUBLISHED)
		return error_set(err, ERR_NO, cve, _("Give it to one with `cve use`"), _("it is for no case yet"));
	if (!state || case_fact(state, FACT_PUBLISHED) == INSTANT_NONE)
		return error_set(err, ERR_NO, cve, _("Publish the advisory first (`advisory publish`)"), _("its case is not published"));
	return 0;
}

static int send_record(struct services *s, struct desk *desk, const char *cve, struct error *err)
{
	const struct pool_id *id = model_pool_find(desk_model(desk), cve);
	bool rejects = id->state == POOL_REJECTED, known = id->since[POOL_PUBLISHED] != INSTANT_NONE;
	AUTO_STRING path = mem_format("cve/%s/%s", cve, rejects ? "reject" : "cna");
	AUTO_STR body = STR_INIT;
	int code = desk_cve_record(desk, cve, true, command_now(s->context), &body, err);

	if (!code)
		code = ask(s, known ? "PUT" : "POST", path, body.bytes, cve, err);
	if (!code && !rejects && !known)
		code = desk_cve_published(desk, cve, command_now(s->context), command_now(s->context), err);
	if (!code)
		command_say(s->context, rejects ? _("%s: the services rejected it") : known ? _("%s: its record is renewed") :
			    _("%s: its record is published"), cve);
	return code;
}

static int run_send(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *cve = call_value(call, "CVE");
	struct services services;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = may_send(desk_model(desk), model_pool_find(desk_model(desk), cve), cve, err);
	if (code)
		return code;
	code = services_open(context, &services, err);
	if (!code)
		code = send_record(&services, desk, cve, err);
	services_release(&services);
	return code;
}

const struct command_row cve_services_commands[] = {
	{
		.name = "cve obtain",
		.help = N_("reserve CVE ids at the CVE services, in our name"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { { .name = "COUNT", .type = ARG_TEXT, .optional = true, .help = N_("how many; one if not given") },
			       OPTION("--case", ARG_CASE, N_("give it to this case at once")),
			       SWITCH("--missed", N_("reserve none: take those into the pool that are reserved there already")) },
		.exec = run_obtain,
	},
	{
		.name = "cve send",
		.help = N_("publish, renew or reject the record of a CVE id at the CVE services"),
		.flags = COMMAND_CHANGES | COMMAND_LEAVES,
		.arguments = { ARG("CVE", ARG_TEXT, N_("a CVE id of the pool")) },
		.exec = run_send,
	},
	{ .name = NULL },
};
