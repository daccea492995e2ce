/* SPDX-License-Identifier: Apache-2.0 */
/* Letters about an embargo: a template in the party's language around the lines that its machine may read. */
#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/zone.h"
#include "psirtty/desk/embargo.h"
#include "psirtty/desk/letters.h"

static const char *const templates[EMBARGO_MESSAGE_COUNT] = {
	[EMBARGO_EP] = "embargo-proposal", [EMBARGO_EA] = "embargo-accept", [EMBARGO_ER] = "embargo-reject",
	[EMBARGO_EV] = "embargo-revision", [EMBARGO_EC] = "embargo-revision-accept",
	[EMBARGO_EJ] = "embargo-revision-reject", [EMBARGO_ET] = "embargo-end",
};

/* The end as we say it, and as the party's own clocks show it. */
static char *end_text(const struct zoned *until, const char *zone)
{
	struct zoned theirs;
	char own[96], far[96];

	if (until->at == INSTANT_NONE)
		return mem_string("-");
	if (!zone || !zone_known(zone) || str_equal(zone, until->zone))
		return mem_string(zoned_format(until, own));
	theirs = zone_at(zone, until->at);
	return mem_format("%s = %s", zoned_format(until, own), zoned_format(&theirs, far));
}

static char *allowed_text(struct desk *desk, const char *language, unsigned allow)
{
	AUTO_STR text = STR_INIT;

	for (int i = 0; i < ALLOW_COUNT; i++) {
		AUTO_STRING phrase = NULL;

		if (!(allow & 1u << i))
			continue;
		phrase = desk_letter_phrase(desk, language, "allowed", text.length ? "" : "lead");
		str_add(&text, text.length ? ", " : phrase);
		mem_free_string(&phrase);
		phrase = desk_letter_phrase(desk, language, "allowed", allow_words[i]);
		str_add(&text, phrase);
	}
	return str_detach(&text);
}

static struct embargo_block block_of(const struct case_state *state, const struct embargo_letter *letter,
				     const struct case_party *party)
{
	const struct embargo_terms *terms = letter->terms;
	bool offer = letter->message == EMBARGO_EP || letter->message == EMBARGO_EV;
	struct embargo_block block = { .message = letter->message, .until = { .at = INSTANT_NONE },
				       .answer_by = INSTANT_NONE, .cause = state->embargo.cause };

	snprintf(block.case_id, sizeof(block.case_id), "%s", state->id);
	if (letter->message == EMBARGO_ET)
		block.until = (struct zoned){ .at = state->embargo.ended_at, .zone = "UTC" };
	if (!terms)
		return block;
	block.until = terms->until;
	if (offer) {
		block.allow = terms->allow;
		block.answer_by = party->rsvp != INSTANT_NONE ? party->rsvp : terms->rsvp;
	}
	return block;
}

int desk_embargo_letter(struct desk *desk, const struct case_state *state, size_t place,
			const struct embargo_letter *letter, instant now, char **ret_id, struct error *err)
{
	const struct case_party *party = &state->parties[place];
	const char *language = desk_letter_language(desk, state, party->address);
	struct embargo_block block = block_of(state, letter, party);
	AUTO_STRING until = end_text(&block.until, party->zone);
	AUTO_STRING allowed = allowed_text(desk, language, block.allow);
	AUTO_STRING cause = desk_letter_phrase(desk, language, "causes", end_words[state->embargo.cause]);
	AUTO_STR lines = STR_INIT;
	char utc[40], due[40];
	const struct letter_word words[] = {
		{ "name", party->name }, { "case", state->id }, { "handler", desk->handler }, { "team", desk->name },
		{ "reason", letter->reason }, { "until", until }, { "allowed", allowed }, { "cause", cause },
		{ "utc", block.until.at == INSTANT_NONE ? "-" : instant_format(block.until.at, utc) },
		{ "rsvp", block.answer_by == INSTANT_NONE ? "-" : instant_format(block.answer_by, due) },
		{ "block", lines.bytes },
	};
	const char *template = letter->template ? letter->template : templates[letter->message];
	struct letter_word filled[ARRAY_LEN(words)];
	struct letter_text made = { 0 };
	struct desk_letter draft;
	int code;

	(void)now;
	if (!party->address || !*party->address)
		return error_set(err, ERR_NO, party->name, _("Give it one with party set --address"), _("no address is known"));
	embargo_block_write(&block, &lines);
	memcpy(filled, words, sizeof(filled));
	filled[ARRAY_LEN(filled) - 1].value = lines.bytes;
	code = desk_letter_text(desk, template, language, filled, ARRAY_LEN(filled), &made, err);
	if (code)
		return code;
	draft = (struct desk_letter){ .id = letter->id, .name = party->name, .address = party->address,
				      .subject = made.subject, .text = made.text, .template = template,
				      .form = !letter->reason || !*letter->reason };
	code = desk_letter_put(desk, state, &draft, ret_id, err);
	letter_text_release(&made);
	return code;
}

static bool is_named(const char *name, char *const *parties, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_casecmp(parties[i], name) == 0)
			return true;
	return count == 0;
}

static int check_named(const struct case_state *state, char *const *parties, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++)
		if (case_party_find(state, parties[i]) == state->party_count)
			return error_set(err, ERR_INPUT, parties[i], _("See party list"), _("it is no party of the case"));
	return 0;
}

int desk_embargo_letters(struct desk *desk, const struct case_state *state, const struct embargo_letter *letter,
			 char *const *parties, size_t party_count, instant now, char ***ret_ids, size_t *ret_count,
			 struct error *err)
{
	int code = check_named(state, parties, party_count, err);

	*ret_ids = NULL;
	*ret_count = 0;
	for (size_t i = 0; !code && i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];
		AUTO_STRING id = NULL;

		if (!is_named(party->name, parties, party_count) || (!party_count && (!party->address || !*party->address)))
			continue;
		code = desk_embargo_letter(desk, state, i, letter, now, &id, err);
		if (code)
			break;
		*ret_ids = mem_resize(*ret_ids, *ret_count + 1, sizeof(**ret_ids));
		(*ret_ids)[(*ret_count)++] = mem_format("%s %s", id, party->name);
	}
	return code;
}
