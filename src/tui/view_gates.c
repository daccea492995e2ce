/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of a case: what stands against publishing its advisory now, and how many of the persons it takes
 * cleared that; where two laws pull apart, both texts beside each other with the hours that are left. Looking
 * tells nothing in the case.
 */
#include "tui/cells.h"

#include "psirtty/desk/gates.h"

enum { BESIDE_FROM = 100, GATE_CELLS = 5, RESULT_CELLS = 16 };

/* ---- collisions */

static void side_head(struct doc *doc, const char *citation, instant due, instant now)
{
	char left[48], at[40];

	doc_line(doc);
	doc_run(doc, ROLE_TITLE, citation);
	if (due == INSTANT_NONE)
		return;
	doc_line(doc);
	doc_format(doc, due < now ? ROLE_OVERDUE : ROLE_DUE, "%s  %s", time_left(due, now, left), time_full(due, at));
}

static void side_body(struct doc *doc, const struct collision_text *text)
{
	if (text->text_zh)
		doc_sentence(doc, ROLE_NORMAL, text->text_zh);
	doc_sentence(doc, ROLE_DIM, text->text);
}

static void side_decision(struct doc *doc, const struct collision_side *side)
{
	AUTO_STRING line = NULL;

	if (side->decision)
		line = mem_format(_("decided by %s: %s. %s"), record_text(side->decision, "by"),
				  record_text(side->decision, "decision"), record_text(side->decision, "reason"));
	doc_sentence(doc, side->decision ? ROLE_VERIFIED : ROLE_WARNING,
		     line ? line : _("! undecided: a named person must decide, with :gate decide"));
}

static void put_side(struct doc *doc, const struct collision_rules *rules, const struct collision *collision,
		     const struct collision_side *side, instant now)
{
	int half = doc->width >= BESIDE_FROM ? (doc->width - 3) / 2 : doc->width;
	struct doc left = { 0 }, right = { 0 };

	doc_reset(&left, half);
	doc_reset(&right, half);
	side_head(&left, rules->rule.citation, collision->own_due, now);
	side_body(&left, &rules->rule);
	side_head(&right, side->duty->text.citation, side->due, now);
	doc_line(&right);
	doc_run(&right, ROLE_ID, side->about);
	if (side->clock)
		doc_format(&right, ROLE_NORMAL, "  %s", clock_title(side->clock));
	side_body(&right, &side->duty->text);
	side_decision(&right, side);
	doc_beside(doc, &left, &right, " │ ");
	doc_line(doc);
	doc_release(&left);
	doc_release(&right);
}

static void collisions_body(const struct view *view, const struct case_state *state, struct doc *doc)
{
	struct desk *desk = view->context->desk;
	const struct collision_rules *rules;
	struct collision collision = { 0 };
	instant now = view_now(view);

	if (desk_collision_rules(desk, &rules, NULL) || desk_collision(desk, state, now, &collision, NULL))
		return;
	if (collision.count)
		doc_heading(doc, _("Two laws"));
	for (size_t i = 0; i < collision.count; i++)
		put_side(doc, rules, &collision, &collision.sides[i], now);
	if (collision.open)
		doc_heading(doc, _("What can be done, in no order"));
	for (size_t i = 0; collision.open && i < rules->option_count; i++) {
		doc_line(doc);
		doc_column(doc, ROLE_ID, 17, rules->options[i].id);
		doc_wrapped(doc, ROLE_NORMAL, 17, collision_words(&rules->options[i]));
	}
	collision_release(&collision);
}

/* ---- gates */

static enum role result_role(enum gate_result result)
{
	static const enum role roles[GATE_RESULT_COUNT] = {
		[GATE_OFF] = ROLE_DIM, [GATE_PASSED] = ROLE_VERIFIED, [GATE_OVERRIDDEN] = ROLE_SIGNED,
		[GATE_WARNED] = ROLE_WARNING, [GATE_CLOSED] = ROLE_ERROR,
	};

	return roles[result];
}

static void put_verdict(struct doc *doc, const struct gate_verdict *verdict)
{
	const enum role role = result_role(verdict->result);
	AUTO_STRING result = verdict->reason_count ? mem_format("%s %zu/%zu", gate_result_name(verdict->result),
								verdict->persons, verdict->needed) :
						     mem_string(gate_result_name(verdict->result));

	doc_line(doc);
	doc_column(doc, ROLE_ID, GATE_CELLS, verdict->rule->id);
	doc_column(doc, role, RESULT_CELLS, result);
	doc_wrapped(doc, ROLE_NORMAL, GATE_CELLS + RESULT_CELLS, gate_title(verdict->rule));
	for (size_t i = 0; i < verdict->reason_count; i++) {
		AUTO_STR text = STR_INIT;

		gate_reason_text(verdict->reasons[i], &text);
		doc_line(doc);
		doc_format(doc, ROLE_NORMAL, "%*s", GATE_CELLS + RESULT_CELLS, "");
		doc_wrapped(doc, role, GATE_CELLS + RESULT_CELLS, text.bytes);
	}
}

static void gates_body(const struct view *view, struct doc *doc)
{
	const struct desk_leaving leaving = { .action = GATE_PUBLISH };
	const struct case_state *state = view_case(view);
	struct desk_gates gates = { 0 };
	AUTO_ERROR err = ERROR_INIT;

	if (!state)
		return;
	doc_heading(doc, _("To publish now"));
	if (desk_gates_look(view->context->desk, state, &leaving, view_now(view), &gates, &err))
		doc_sentence(doc, ROLE_ERROR, str_or_empty(err.why));
	for (size_t i = 0; i < gates.count; i++)
		put_verdict(doc, &gates.verdicts[i]);
	desk_gates_release(&gates);
	collisions_body(view, state, doc);
}

const struct view_ops gates_tab = {
	.name = "gates", .title = N_("Gates"), .brief = N_("Gate"), .body = gates_body,
};
