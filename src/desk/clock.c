/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks at the desk: the rules read from files, and each word of a handler made an event. */
#include "psirtty/desk/clock.h"

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/gates.h"
#include "psirtty/vault/openpgp.h"

enum { RULES_LIMIT = 1 << 20 };

/* ---- the rules */

static int read_holidays(struct clock_rules *rules, struct error *err)
{
	AUTO_STRING dir = file_data("holidays");
	char **names = NULL;
	size_t count = 0;
	int code = file_list(dir, &names, &count, err);

	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);
		AUTO_STRING name = mem_format("holidays/%s", names[i]);
		AUTO_STR bytes = STR_INIT;
		struct holidays *holidays;

		if (!str_ends(names[i], ".yaml"))
			continue;
		code = file_read(path, RULES_LIMIT, &bytes, err);
		if (!code)
			code = holidays_load(bytes.bytes, bytes.length, name, &holidays, err);
		if (!code)
			clock_rules_add_holidays(rules, holidays);
	}
	file_free_names(names, count);
	return code;
}

static int read_layer(struct clock_rules *rules, const char *path, const char *name, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, RULES_LIMIT, &bytes, err);

	return code ? code : clock_rules_load(rules, bytes.bytes, bytes.length, name, err);
}

static char *read_own(struct clock_rules *rules)
{
	AUTO_STRING dir = file_share_dir();
	AUTO_STRING path = file_join(dir, "clocks.yaml");
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR sentence = STR_INIT;

	if (!file_exists(path) || read_layer(rules, path, path, &err) == 0)
		return NULL;
	error_sentence(&err, &sentence);
	return str_detach(&sentence);
}

int desk_clock_rules_read(struct clock_rules **ret, char **ret_fault, struct error *err)
{
	struct clock_rules *rules = clock_rules_new();
	AUTO_STRING path = file_data("clocks.yaml");
	int code = read_holidays(rules, err);

	if (!code)
		code = read_layer(rules, path, "clocks.yaml", err);
	if (code) {
		clock_rules_free(rules);
		return code;
	}
	*ret_fault = read_own(rules);
	*ret = rules;
	return 0;
}

/* Without its rules a desk still opens: nothing is lost but the due dates. */
void desk_clocks_load(struct desk *desk)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR sentence = STR_INIT;
	struct clock_rules *rules;

	mem_replace(&desk->clock_fault, NULL);
	if (desk_clock_rules_read(&rules, &desk->clock_fault, &err) == 0) {
		model_set_clock_rules(desk->model, rules);
		return;
	}
	error_sentence(&err, &sentence);
	desk->clock_fault = str_detach(&sentence);
}

const char *desk_clock_fault(const struct desk *desk)
{
	return desk->clock_fault ? desk->clock_fault : model_clock_fault(desk->model);
}

int desk_clock_find(struct desk *desk, const char *id, const struct clock_rule **ret, struct error *err)
{
	const struct clock_rules *rules = model_clock_rules(desk->model);
	const struct clock_rule *found = rules ? clock_rule_find(rules, id) : NULL;
	AUTO_STR near = STR_INIT;
	size_t count = 0;

	for (size_t i = 0; !found && i < clock_rule_count(rules); i++) {
		const struct clock_rule *rule = clock_rule_at(rules, i);

		if (!*id || !strstr(rule->id, id))
			continue;
		*ret = rule;
		if (count++ < 8)
			str_add_format(&near, "%s%s", near.length ? ", " : "", rule->id);
	}
	if (found)
		*ret = found;
	if (found || count == 1)
		return 0;
	return count ? error_set(err, ERR_INPUT, id, NULL, _("more than one clock is called so: %s"), near.bytes) :
		       error_set(err, ERR_INPUT, id, _("See `clock list --all`"), _("there is no such clock"));
}

int desk_clock_rules_set(struct desk *desk, const char *yaml, const char *name, instant now, struct error *err)
{
	const struct clock_rules *rules = model_clock_rules(desk->model);
	struct clock_rules *trial;
	json_t *body;
	char *fault = NULL;
	int code = *yaml && rules ? desk_clock_rules_read(&trial, &fault, err) : 0;

	free(fault);
	if (!code && *yaml && rules) {
		code = clock_rules_load(trial, yaml, strlen(yaml), name, err);
		clock_rules_free(trial);
	}
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "yaml", yaml);
	return desk_append(desk, NULL, EVENT_CLOCK_RULES_SET, body, now, err);
}

/* ---- a clock of a case */

static int refuse_house(const struct clock_rule *rule, struct error *err)
{
	if (rule->kind == CLOCK_GATE)
		return error_set(err, ERR_NO, rule->id, _("See `gate check`"), _("it is a gate, it has no hours"));
	if (!rule->house)
		return 0;
	return error_set(err, ERR_NO, rule->id, _("Use `clock done`"),
			 _("it is a duty of the house, not of a case"));
}

static int append(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		  enum event_type type, json_t *body, instant now, struct error *err)
{
	int code = refuse_house(rule, err);

	if (code) {
		json_decref(body);
		return code;
	}
	js_set_string(body, "clock", rule->id);
	return desk_append(desk, state, type, body, now, err);
}

int desk_clock_start(struct desk *desk, const struct case_state *state, const struct clock_rule *rule, instant at,
		     const char *reason, instant now, struct error *err)
{
	json_t *body = json_object();

	desk_set_instant(body, "at", at);
	js_set_string(body, "reason", reason);
	return append(desk, state, rule, EVENT_CLOCK_STARTED, body, now, err);
}

int desk_clock_stop(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const char *reason, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "reason", reason);
	return append(desk, state, rule, EVENT_CLOCK_STOPPED, body, now, err);
}

int desk_clock_pause(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		     const char *reason, instant now, struct error *err)
{
	json_t *body;

	if (!rule->pause)
		return error_set(err, ERR_NO, rule->id, NULL, _("rule clock: no rule lets this clock pause (%s)"),
				 rule->source);
	body = json_object();
	js_set_string(body, "reason", reason);
	return append(desk, state, rule, reason ? EVENT_CLOCK_PAUSED : EVENT_CLOCK_RESUMED, body, now, err);
}

/* ---- forms */

int desk_clock_sheet(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		     bool chinese, instant now, struct filing *ret, struct error *err)
{
	struct clock_status status;
	int code;

	if (!rule->sheet)
		return error_set(err, ERR_NO, rule->id, NULL, _("there is no form for this clock"));
	code = model_whole_case(desk->model, state, err);
	if (code)
		return code;
	case_clock_status(desk->model, state, rule, now, &status);
	filing_make(desk->model, state, &status, chinese, ret);
	return 0;
}

int desk_clock_fill(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const char *field, const char *value, instant now, struct error *err)
{
	json_t *body;

	if (!filing_has_field(rule->sheet, field)) {
		AUTO_STR keys = STR_INIT;

		filing_keys(rule->sheet, &keys);
		return error_set(err, ERR_USAGE, field, NULL,
				 keys.length ? _("no such field; there are: %s") :
					       _("there is no form for this clock%s"), keys.bytes);
	}
	body = json_object();
	js_set_string(body, "field", field);
	js_set_string(body, "value", value);
	return append(desk, state, rule, EVENT_FILING_DRAFTED, body, now, err);
}

static int sheet_as_sent(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
			 bool chinese, instant now, struct str *ret, struct error *err)
{
	struct filing filing;
	int code;

	if (!rule->sheet)
		return 0;
	code = desk_clock_sheet(desk, state, rule, chinese, now, &filing, err);
	if (code)
		return code;
	filing_text(&filing, chinese, ret);
	filing_release(&filing);
	return 0;
}

/* What goes to an authority abroad before the public knows waits for the decision of a named person (RMSV 9(7)). */
static int check_collision(struct desk *desk, const struct case_state *state, const struct clock_rule *rule, instant now,
			   struct error *err)
{
	struct collision collision;
	bool applies = str_equal(model_gate_mode(desk->model, "G7"), "on");
	int code = applies ? desk_collision(desk, state, now, &collision, err) : 0;

	if (code || !applies)
		return code;
	for (size_t i = 0; !code && i < collision.count; i++) {
		const struct collision_side *side = &collision.sides[i];

		if (side->clock == rule && !side->decision)
			code = error_set(err, ERR_NO, rule->id,
					 _("See gate collision; record the decision with gate decide, then file it"),
					 _("rule RMSV 9(7): it goes abroad undisclosed, and nobody decided whether it may"));
	}
	collision_release(&collision);
	return code;
}

int desk_clock_file(struct desk *desk, const struct case_state *state, const struct clock_rule *rule,
		    const struct clock_evidence *evidence, instant now, struct error *err)
{
	AUTO_STR sheet = STR_INIT;
	json_t *body, *list = NULL;
	int code = refuse_house(rule, err);

	if (!code)
		code = check_collision(desk, state, rule, now, err);
	if (!code && evidence->sheet)
		str_add(&sheet, evidence->sheet);
	else if (!code)
		code = sheet_as_sent(desk, state, rule, evidence->chinese, now, &sheet, err);
	if (!code && evidence->file_count)
		list = json_array();
	for (size_t i = 0; !code && i < evidence->file_count; i++)
		code = desk_attach_one(desk, evidence->files[i], list, err);
	if (code) {
		json_decref(list);
		return code;
	}
	body = json_object();
	desk_set_instant(body, "filed", evidence->filed);
	js_set_string(body, "by", evidence->by);
	js_set_string(body, "to", evidence->to ? evidence->to : rule->to);
	js_set_string(body, "receipt", evidence->receipt);
	js_set_string(body, "note", evidence->note);
	if (sheet.length)
		js_set_string(body, "sheet", sheet.bytes);
	if (list)
		json_object_set_new(body, "attachments", list);
	return append(desk, state, rule, EVENT_CLOCK_FILED, body, now, err);
}

/* ---- the house */

int desk_duty_done(struct desk *desk, const struct clock_rule *rule, instant at, const char *note,
		   const char *receipt, instant now, struct error *err)
{
	json_t *body;

	if (!rule->house)
		return error_set(err, ERR_NO, rule->id, _("Use `clock file CASE CLOCK`"),
				 _("it is a clock of a case, not a duty of the house"));
	body = json_object();
	js_set_string(body, "clock", rule->id);
	desk_set_instant(body, "at", at);
	js_set_string(body, "note", note && *note ? note : NULL);
	js_set_string(body, "receipt", receipt);
	return desk_append(desk, NULL, EVENT_DUTY_DONE, body, now, err);
}

int desk_freeze_add(struct desk *desk, const char *name, const struct zoned *from, const struct zoned *until,
		    const char *source, instant now, struct error *err)
{
	json_t *body = json_object();
	char buffer[40];

	js_set_string(body, "name", name);
	js_set_string(body, "from", zoned_format_rfc3339(from, buffer));
	js_set_string(body, "until", zoned_format_rfc3339(until, buffer));
	js_set_string(body, "zone", from->zone[0] ? from->zone : NULL);
	js_set_string(body, "source", source);
	return desk_append(desk, NULL, EVENT_FREEZE_ADDED, body, now, err);
}

int desk_freeze_remove(struct desk *desk, const char *name, const char *reason, instant now, struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "name", name);
	js_set_string(body, "reason", reason);
	return desk_append(desk, NULL, EVENT_FREEZE_REMOVED, body, now, err);
}

void desk_note_keys(struct desk *desk)
{
	size_t known = 1 + model_pin_count(desk->model) + 2 * model_pin_past_count(desk->model);
	struct openpgp_key own = { 0 };

	if (desk->keys_noted == known)
		return;
	if (openpgp_find(desk->pgp, vault_fingerprint(desk->vault), false, &own, NULL) == 0)
		model_note_own_key(desk->model, own.fingerprint, own.expires);
	openpgp_key_release(&own);
	for (size_t i = 0; i < model_pin_count(desk->model); i++) {
		const char *fingerprint = model_pin(desk->model, i)->fingerprint;
		struct openpgp_key key = { 0 };

		if (openpgp_find(desk->pgp, fingerprint, false, &key, NULL) == 0)
			model_note_key_expiry(desk->model, fingerprint, key.expires);
		openpgp_key_release(&key);
	}
	desk->keys_noted = known;
}
