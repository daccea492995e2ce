/* SPDX-License-Identifier: Apache-2.0 */
/* The registry's facts about matches: when they were last looked for, and what was decided about each. */
#include "model/case.h"
#include "model/model_private.h"
#include "model/registry.h"

static const char *const decided_names[] = {
	[MATCH_UNDECIDED] = "",          [MATCH_ASKED] = "asked", [MATCH_DISMISSED] = "dismissed",
	[MATCH_REOPENED] = "reopened",   [MATCH_TAKEN] = "taken", [MATCH_WATCHED] = "watched",
};

const char *match_decided_name(enum match_decided decided)
{
	return decided_names[decided];
}

static enum match_decided decided_from_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(decided_names); i++)
		if (str_equal(decided_names[i], word))
			return (enum match_decided)i;
	return MATCH_UNDECIDED;
}

static void decision_release(struct match_decision *decision)
{
	char *texts[] = { decision->match,   decision->vulnerability, decision->product,  decision->component,
			  decision->case_id, decision->reason,        decision->by,       decision->evidence };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
}

void match_facts_release(struct inventory_facts *facts)
{
	for (size_t i = 0; i < facts->decision_count; i++)
		decision_release(&facts->decisions[i]);
	free(facts->decisions);
	place_let_go(&facts->last.results);
}

/* ---- runs */

int match_run_check(const struct registry *registry, const struct event *event, struct error *err)
{
	(void)registry;
	(void)event;
	(void)err;
	return 0;
}

void match_run_apply(struct registry *registry, const struct event *event)
{
	struct match_run *last = &registry->inventory.last;

	place_let_go(&last->results);
	*last = (struct match_run){ .at = event_instant(event, "at"),
				    .components = js_integer(event->body, "components", 0),
				    .matches = js_integer(event->body, "matches", 0),
				    .fresh = js_integer(event->body, "fresh", 0),
				    .change = js_integer(event->body, "change", 0) };
	place_keep(json_object_get(event->body, "results"), &last->results);
	registry->inventory.ran = true;
}

/* ---- decisions */

static size_t decision_place(const struct inventory_facts *facts, const char *match, bool *ret_there)
{
	return sorted_place(facts->decisions, facts->decision_count, sizeof(struct match_decision), match, strcmp, ret_there);
}

static bool gives_reason(const struct event *event)
{
	const char *reason = str_or_empty(event_text(event, "reason"));

	return reason[strspn(reason, " \t")] != '\0';
}

/* Where policy wants two, another handler must have asked for it first. */
static int check_dismissal(const struct registry *registry, const struct event *event, const struct match_decision *known,
			   struct error *err)
{
	if (!registry->policy.two_dismiss)
		return 0;
	if (!known || known->decided != MATCH_ASKED)
		return error_set(err, ERR_NO, event_text(event, "match"), NULL,
				 _("rule two dismiss: nobody asked for it to be dismissed"));
	if (memcmp(known->member, event->member, sizeof(known->member)) == 0)
		return error_set(err, ERR_NO, event_text(event, "match"), _("Have another handler dismiss it too"),
				 _("rule two dismiss: who asked for it cannot be the second to say so"));
	return 0;
}

int match_decision_check(const struct registry *registry, const struct event *event, struct error *err)
{
	enum match_decided decided = decided_from_name(event_text(event, "decision"));
	const char *match = event_text(event, "match");
	bool there;
	size_t at = decision_place(&registry->inventory, match, &there);
	const struct match_decision *known = there ? &registry->inventory.decisions[at] : NULL;

	if (known && known->decided == MATCH_TAKEN && decided != MATCH_TAKEN)
		return error_set(err, ERR_NO, match, _("Decide in its case"), _("rule match: it is in case %s"),
				 str_or_empty(known->case_id));
	if (decided == MATCH_TAKEN && !event_text(event, "case"))
		return error_set(err, ERR_NO, match, NULL, _("rule match: it is taken into a case"));
	if ((decided == MATCH_ASKED || decided == MATCH_DISMISSED) && !gives_reason(event))
		return error_set(err, ERR_NO, match, NULL, _("rule match: to dismiss it needs a reason"));
	return decided == MATCH_DISMISSED ? check_dismissal(registry, event, known, err) : 0;
}

static struct match_decision *decision_open(struct inventory_facts *facts, const char *match)
{
	bool there;
	size_t at = decision_place(facts, match, &there);

	if (!there) {
		facts->decisions = list_open(facts->decisions, &facts->decision_count, &facts->decision_room,
					     sizeof(struct match_decision), at);
		facts->decisions[at].match = mem_string(match);
	}
	return &facts->decisions[at];
}

void match_decision_apply(struct registry *registry, const struct event *event)
{
	struct match_decision *decision = decision_open(&registry->inventory, event_text(event, "match"));

	mem_replace(&decision->vulnerability, event_text(event, "vulnerability"));
	mem_replace(&decision->product, event_text(event, "product"));
	mem_replace(&decision->component, event_text(event, "component"));
	mem_replace(&decision->case_id, event_text(event, "case"));
	mem_replace(&decision->reason, event_text(event, "reason"));
	mem_replace(&decision->evidence, event_text(event, "evidence"));
	mem_replace(&decision->by, event->author);
	decision->decided = decided_from_name(event_text(event, "decision"));
	memcpy(decision->member, event->member, sizeof(decision->member));
	decision->at = event->at;
}

/* ---- asking */

size_t model_decision_count(const struct model *model)
{
	return model_inventory_facts(model)->decision_count;
}

const struct match_decision *model_decision(const struct model *model, size_t index)
{
	return &model_inventory_facts(model)->decisions[index];
}

const struct match_decision *model_find_decision(const struct model *model, const char *match)
{
	const struct inventory_facts *facts = model_inventory_facts(model);
	bool there;
	size_t at = decision_place(facts, match, &there);

	return there ? &facts->decisions[at] : NULL;
}

const struct match_run *model_match_run(const struct model *model)
{
	const struct inventory_facts *facts = model_inventory_facts(model);

	return facts->ran ? &facts->last : NULL;
}
