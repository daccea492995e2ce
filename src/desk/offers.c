/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Embargo messages that came by mail. A message only proposes: what it says is shown with its evidence, and a
 * person makes the transition, in the name of the party whose pinned key signed it.
 */
#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/embargo.h"
#include "psirtty/desk/letters.h"

enum { SIGNATURE_AGE_DAYS = 14 };

void desk_offers_free(struct desk_offer *offers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!offers[i].wrong)
			embargo_block_release(&offers[i].block);
		free(offers[i].wrong);
	}
	free(offers);
}

/* ---- whose word it is */

static size_t party_of(const struct case_state *state, const struct case_message *message)
{
	for (size_t i = 0; i < state->party_count; i++)
		if (state->parties[i].address && message->address &&
		    str_casecmp(state->parties[i].address, message->address) == 0)
			return i;
	return state->party_count;
}

/* Signed long before it came: somebody may send an old word again. */
static bool is_stale(struct desk *desk, const struct case_message *message)
{
	const struct inbox_item *item = message->mail ? model_find_mail(desk->model, message->mail) : NULL;

	if (!item || desk_whole_mail(desk, item, NULL))
		return true;
	for (size_t i = 0; i < item->record.signature_count; i++) {
		const struct mail_signature *signature = &item->record.signatures[i];

		if (signature->covers_message && signature->created != INSTANT_NONE &&
		    message->at - signature->created > SIGNATURE_AGE_DAYS * INSTANT_DAY)
			return true;
	}
	return false;
}

static const char *doubt_about(struct desk *desk, const struct case_state *state, const struct case_message *message,
			       const struct embargo_block *block)
{
	const char *pinned = message->address ? model_pinned(desk->model, message->address) : NULL;

	if (party_of(state, message) == state->party_count)
		return N_("its sender is no party of the case");
	if (message->verdict != VERDICT_VERIFIED)
		return N_("it is not signed as a whole with the key that is pinned to its sender");
	if (!pinned || !message->fingerprint || str_casecmp(pinned, message->fingerprint) != 0)
		return N_("the key that signed it is no longer the one that is pinned");
	if (desk_quote_refusal(desk, message, NULL))
		return N_("it holds more than what was signed");
	if (is_stale(desk, message))
		return N_("it was signed long before it came");
	if (!str_equal(block->case_id, state->id))
		return N_("it is about another case");
	return NULL;
}

/* "M-0003 ": how evidence of this mail begins. */
static char *evidence_begin(const struct case_message *message)
{
	return mem_format("%s ", message->mail ? message->mail : message->message_id ? message->message_id : "-");
}

static bool was_taken(const struct case_state *state, const struct case_message *message)
{
	AUTO_STRING begin = evidence_begin(message);

	for (size_t i = 0; i < state->event_count; i++)
		if (!state->undone[i] && str_starts(str_or_empty(js_string(state->events[i].body, "evidence")), begin))
			return true;
	return false;
}

/* ---- reading */

int desk_offer_read(struct desk *desk, const struct case_state *state, size_t place, struct desk_offer *ret)
{
	const struct case_message *message = &state->messages[place];
	struct desk_offer offer = { .message = place, .block = { .until = { .at = INSTANT_NONE } } };
	AUTO_ERROR err = ERROR_INIT;
	int code;

	if (message->type == EVENT_MESSAGE_SENT || !message->text)
		return 0;
	code = embargo_block_read(message->text, strlen(message->text), &offer.block, &err);
	if (!code)
		return 0;
	offer.party = party_of(state, message);
	if (code < 0)
		offer.wrong = mem_string(err.why);
	else
		offer.doubt = doubt_about(desk, state, message, &offer.block);
	offer.taken = was_taken(state, message);
	*ret = offer;
	return 1;
}

int desk_offers(struct desk *desk, const struct case_state *state, struct desk_offer **ret, size_t *ret_count,
		struct error *err)
{
	struct desk_offer *offers = NULL;
	size_t count = 0, room = 0;
	int code = desk_whole_case(desk, state, err);

	for (size_t i = 0; !code && i < state->message_count; i++) {
		offers = mem_grow(offers, &room, count + 1, sizeof(*offers));
		count += (size_t)desk_offer_read(desk, state, i, &offers[count]);
	}
	*ret = offers;
	*ret_count = count;
	return code;
}

/* ---- taking */

/* Terms with this very end; open ones before others, later before earlier. */
static int find_terms(const struct case_state *state, instant until, size_t *ret_number, struct error *err)
{
	const struct case_embargo *embargo = &state->embargo;
	char at[40];

	*ret_number = 0;
	for (size_t i = 0; i < embargo->term_count; i++)
		if (embargo->terms[i].until.at == until &&
		    (embargo->terms[i].state == TERMS_OPEN || !*ret_number ||
		     embargo->terms[*ret_number - 1].state != TERMS_OPEN))
			*ret_number = i + 1;
	return *ret_number ? 0 : error_set(err, ERR_NO, state->id, _("See embargo status"),
					   _("there are no terms that end at %s"), instant_format(until, at));
}

struct taking {
	struct desk *desk;
	const struct case_state *state;
	const struct embargo_block *block;
	const char *by, *evidence;
	bool override;
	instant now;
};

static int take_proposal(const struct taking *t, struct error *err)
{
	char *allow[ALLOW_COUNT];
	struct embargo_offer offer = { .by = t->by, .until = t->block->until, .rsvp = t->block->answer_by,
				       .allow = allow, .note = t->block->note, .evidence = t->evidence };

	for (int i = 0; i < ALLOW_COUNT; i++)
		if (t->block->allow & 1u << i)
			allow[offer.allow_count++] = (char *)(uintptr_t)allow_words[i];
	if (offer.until.at <= t->now)
		return error_set(err, ERR_NO, t->state->id, NULL, _("an embargo cannot end in the past"));
	return desk_embargo_propose(t->desk, t->state, &offer, t->now, err);
}

static int take_revision(const struct taking *t, struct error *err)
{
	if (!embargo_in_force(&t->state->embargo))
		return error_set(err, ERR_NO, t->state->id, _("Ask its sender what is meant"),
				 _("rule EM: there is no embargo in force to revise"));
	return take_proposal(t, err);
}

static int take_answer(const struct taking *t, bool accept, struct error *err)
{
	struct embargo_reply reply = { .by = t->by, .accept = accept, .text = t->block->note, .evidence = t->evidence };
	int code = find_terms(t->state, t->block->until.at, &reply.number, err);

	return code ? code : desk_embargo_answer(t->desk, t->state, &reply, t->now, err);
}

static int take_yes(const struct taking *t, struct error *err)
{
	return take_answer(t, true, err);
}

static int take_no(const struct taking *t, struct error *err)
{
	return take_answer(t, false, err);
}

static int take_end(const struct taking *t, struct error *err)
{
	AUTO_STRING reason = mem_format("%s: %s", t->by, t->block->note ? t->block->note : end_words[t->block->cause]);

	return desk_embargo_end(t->desk, t->state, t->block->cause, t->state->owner ? t->by : NULL, reason, t->evidence,
				t->override, t->now, err);
}

static int (*const takers[EMBARGO_MESSAGE_COUNT])(const struct taking *t, struct error *err) = {
	[EMBARGO_EP] = take_proposal, [EMBARGO_EA] = take_yes, [EMBARGO_ER] = take_no, [EMBARGO_EV] = take_revision,
	[EMBARGO_EC] = take_yes, [EMBARGO_EJ] = take_no, [EMBARGO_ET] = take_end,
};

static int check_takeable(const struct case_state *state, const struct desk_offer *offer, bool unverified,
			  struct error *err)
{
	if (offer->wrong)
		return error_set(err, ERR_INPUT, state->id, _("Ask its sender, and record the answer by hand"), "%s",
				 offer->wrong);
	if (offer->taken)
		return error_set(err, ERR_BUSY, state->id, NULL, _("what it says is recorded already"));
	if (!str_equal(offer->block.case_id, state->id) || offer->party == state->party_count)
		return error_set(err, ERR_NO, state->id, _("Record what was agreed by hand"), "%s", _(offer->doubt));
	if (str_casecmp(state->parties[offer->party].name, "us") == 0)
		return error_set(err, ERR_NO, state->id, _("Give the party another name"),
				 _("a stranger is not to speak as us"));
	if (!offer->doubt || unverified)
		return 0;
	return error_set(err, ERR_NO, state->id, _("Ask over a second channel; `--unverified` takes it all the same, and says so"),
			 "%s", _(offer->doubt));
}

int desk_offer_take(struct desk *desk, const struct case_state *state, const struct desk_offer *offer, bool unverified,
		    bool override, instant now, char **ret_line, struct error *err)
{
	const struct case_message *message = &state->messages[offer->message];
	AUTO_STRING begin = evidence_begin(message);
	AUTO_STRING evidence = mem_format("%s%s %s %s", begin, str_or_empty(message->message_id),
					  offer->doubt ? "unverified" : verdict_name(message->verdict),
					  message->fingerprint ? message->fingerprint : "-");
	AUTO_STRING by = NULL;
	AUTO_STRING line = NULL;
	struct taking taking = { .desk = desk, .state = state, .block = &offer->block, .evidence = evidence,
				 .override = override, .now = now };
	int code = check_takeable(state, offer, unverified, err);

	if (code)
		return code;
	by = mem_string(state->parties[offer->party].name);
	taking.by = by;
	line = mem_format("%s: %s %s", state->id, by, _(embargo_message_text(offer->block.message)));
	code = takers[offer->block.message](&taking, err);
	if (!code && ret_line) {
		*ret_line = line;
		line = NULL;
	}
	return code;
}
