/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about embargoes by mail: letters with lines that machines read, and what such letters of others say. */
#include "command/command_private.h"

#include "psirtty/desk/embargo.h"

/* ---- out */

int command_embargo_letters(struct command_context *context, struct desk *desk, const struct case_state *state,
			    const struct embargo_letter *letter, char *const *parties, size_t count, struct error *err)
{
	char **ids = NULL;
	size_t made = 0;
	int code = desk_embargo_letters(desk, state, letter, parties, count, command_now(context), &ids, &made, err);

	for (size_t i = 0; i < made; i++)
		command_say(context, _("draft %s"), ids[i]);
	command_free_words(ids, (int)made);
	return code;
}

static int run_letter(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *number = call_value(call, "--terms");
	int message = embargo_message_from_name(call_value(call, "MESSAGE"));
	struct embargo_letter letter = { .message = (enum embargo_message)message, .reason = call_value(call, "--reason") };
	const struct case_state *state;
	size_t count;
	char *const *parties = call_values(call, "PARTY", &count);
	struct desk *desk;
	int code = command_case(context, call, &desk, &state, err);

	if (!code && message != EMBARGO_ET)
		code = desk_embargo_terms(state, number ? strtoul(number, NULL, 10) : 0, &letter.terms, err);
	else if (!code && state->embargo.state != EM_EXITED)
		code = error_set(err, ERR_NO, state->id, _("End it first with embargo terminate or teardown"),
				 _("rule EM: the embargo has not ended"));
	return code ? code : command_embargo_letters(context, desk, state, &letter, parties, count, err);
}

/* ---- in */

static const char *party_name(const struct case_state *state, const struct desk_offer *offer)
{
	return offer->party < state->party_count ? state->parties[offer->party].name :
						   str_or_empty(state->messages[offer->message].address);
}

void command_offer(struct command_context *context, const struct case_state *state, const struct desk_offer *offer)
{
	const struct case_message *message = &state->messages[offer->message];
	const char *mail = message->mail ? message->mail : str_or_empty(message->message_id);
	char until[96];

	if (offer->wrong) {
		command_say(context, _("%s: an embargo message of %s that cannot be taken: %s"), mail,
			    party_name(state, offer), offer->wrong);
		return;
	}
	command_say(context, _("%s: %s %s (%s)%s%s"), mail, party_name(state, offer),
		    _(embargo_message_text(offer->block.message)), embargo_message_name(offer->block.message),
		    offer->block.until.at == INSTANT_NONE ? "" : ": ",
		    offer->block.until.at == INSTANT_NONE ? "" : zoned_format(&offer->block.until, until));
	command_field(context, _("Evidence"), "%s, %s, %s", verdict_name(message->verdict),
		      message->fingerprint ? message->fingerprint : _("no key"), str_or_empty(message->message_id));
	if (offer->block.note)
		command_field(context, _("Note"), "%s", offer->block.note);
	if (offer->taken)
		command_field(context, _("State"), "%s", _("recorded"));
	else if (offer->doubt)
		command_field(context, _("DOUBT"), "%s", _(offer->doubt));
	else
		command_field(context, _("State"), _("not recorded; `embargo take %s` does it"), mail);
}

static json_t *offer_json(const struct case_state *state, const struct desk_offer *offer)
{
	const struct case_message *message = &state->messages[offer->message];
	json_t *one = json_object();
	char buffer[40];

	js_set_string(one, "mail", message->mail);
	js_set_string(one, "message_id", message->message_id);
	js_set_string(one, "party", party_name(state, offer));
	js_set_string(one, "verdict", verdict_name(message->verdict));
	js_set_string(one, "fingerprint", message->fingerprint);
	js_set_bool(one, "taken", offer->taken);
	js_set_string(one, "wrong", offer->wrong);
	js_set_string(one, "doubt", offer->doubt);
	if (offer->wrong)
		return one;
	js_set_string(one, "message", embargo_message_name(offer->block.message));
	js_set_string(one, "case", offer->block.case_id);
	if (offer->block.until.at != INSTANT_NONE)
		js_set_string(one, "until", zoned_format_rfc3339(&offer->block.until, buffer));
	js_set_string(one, "note", offer->block.note);
	return one;
}

static int run_offers(struct command_context *context, const struct command_call *call, struct error *err)
{
	const struct case_state *state;
	struct desk_offer *offers;
	struct desk *desk;
	json_t *list = NULL;
	size_t count = 0;
	int code = command_case(context, call, &desk, &state, err);

	if (!code)
		code = desk_offers(desk, state, &offers, &count, err);
	if (code)
		return code;
	if (context->json)
		list = json_array();
	for (size_t i = 0; i < count; i++)
		if (list)
			json_array_append_new(list, offer_json(state, &offers[i]));
		else
			command_offer(context, state, &offers[i]);
	if (list)
		command_json(context, list);
	desk_offers_free(offers, count);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ID is a mail in a case, or a case: then the first of its messages that is not recorded yet. */
static int find_offer(struct desk *desk, const char *id, const struct case_state **ret_state, struct desk_offer *ret,
		      struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk_model(desk), id);
	int code;

	if (item && !item->taken_case)
		return error_set(err, ERR_NO, id, _("Put it into its case first with `mail link`"), _("it is in no case"));
	code = desk_find_case(desk, item ? item->taken_case : id, ret_state, err);
	if (!code)
		code = desk_whole_case(desk, *ret_state, err);
	for (size_t i = 0; !code && i < (*ret_state)->message_count; i++) {
		if (item && !str_equal((*ret_state)->messages[i].mail, id))
			continue;
		if (!desk_offer_read(desk, *ret_state, i, ret))
			continue;
		if (item || !ret->taken)
			return 0;
		if (!ret->wrong)
			embargo_block_release(&ret->block);
		free(ret->wrong);
	}
	return code ? code : error_set(err, ERR_NO, id, NULL, _("there is no embargo message in it that waits"));
}

static int run_take(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_offer *offer = mem_alloc(sizeof(*offer));
	const struct case_state *state;
	AUTO_STRING line = NULL;
	struct desk *desk;
	size_t found = 0;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = find_offer(desk, call_value(call, "MAIL"), &state, offer, err);
	found = !code;
	if (!code)
		code = desk_offer_take(desk, state, offer, call_given(call, "--unverified"), call_given(call, "--override"),
				       command_now(context), &line, err);
	desk_offers_free(offer, found);
	if (!code)
		command_say(context, _("%s; embargo %s"), line, em_name(state->embargo.state));
	return code;
}

#define X(name, word, what) word,
static const char *const messages[] = { EMBARGO_MESSAGES(X) NULL };
#undef X

const struct command_row embargo_mail_commands[] = {
	{
		.name = "embargo letter",
		.help = N_("draft letters with an embargo message to the parties"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("CASE", ARG_CASE, NULL),
			       { .name = "MESSAGE", .type = ARG_WORD, .words = messages,
				 .help = N_("EP EA ER propose, accept, reject; EV EC EJ the same of another end; ET it ended") },
			       { .name = "PARTY", .type = ARG_PARTY, .optional = true, .repeats = true },
			       OPTION("--terms", ARG_NUMBER, N_("the number of the terms (those that end first)")),
			       OPTION("--reason", ARG_TEXT, N_("what the letter says in place of {reason}")) },
		.exec = run_letter,
	},
	{
		.name = "embargo offers",
		.help = N_("what messages of a case say about its embargo, with their evidence"),
		.flags = COMMAND_JSON,
		.arguments = { ARG("CASE", ARG_CASE, NULL) },
		.exec = run_offers,
	},
	{
		.name = "embargo take",
		.help = N_("confirm what a message says about the embargo"),
		.flags = COMMAND_CHANGES | COMMAND_UNDOABLE,
		.arguments = { ARG("MAIL", ARG_MAIL, N_("a mail in a case, or the case itself")),
			       SWITCH("--unverified", N_("though it is not its party's signed word; that is recorded")),
			       SWITCH("--override", N_("end it though no rule gives cause; that is recorded")) },
		.exec = run_take,
	},
	{ .name = NULL },
};
