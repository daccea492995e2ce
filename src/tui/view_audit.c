/* SPDX-License-Identifier: Apache-2.0 */
/* The audit pane: who did what when, across all cases, and how it hangs in the chain. Enter opens the case. */
#include "psirtty/base/i18n.h"
#include "tui/cells.h"

/* As many as are read within the time a key may take; the older ones follow where one comes to the end. */
enum { AUDIT_STEP = 200 };

/* What was appended is put in front; damage, and what could not be read, stands above everything, as an entry without a
 * number. The journal has been read from HEAD down to FROM. */
struct audit { uint64_t head, from; struct desk_entry *entries; size_t count; struct desk_entry damage; };

static void audit_free(void *items)
{
	struct audit *audit = items;

	free(audit->entries);
	free(audit);
}

/* STEP entries more, older than those there are. */
static int audit_read(struct audit *audit, struct desk *desk, struct error *err)
{
	struct desk_entry *older = NULL;
	size_t count = 0;
	int code = desk_history(desk, audit->from, AUDIT_STEP, &older, &count, err);

	if (code)
		return code;
	audit->entries = mem_resize(audit->entries, audit->count + count + 1, sizeof(*audit->entries));
	memcpy(audit->entries + audit->count, older, count * sizeof(*older));
	audit->count += count;
	audit->from = audit->from > AUDIT_STEP ? audit->from - AUDIT_STEP : 0;
	free(older);
	return 0;
}

/* What was appended since, up to HEAD; where that is more than a step the newest step alone is kept. */
static int audit_follow(struct audit *audit, struct desk *desk, uint64_t head, struct error *err)
{
	bool anew = head < audit->head || head - audit->head > AUDIT_STEP;
	size_t step = anew ? AUDIT_STEP : (size_t)(head - audit->head), count = 0;
	struct desk_entry *newer = NULL;
	int code = desk_history(desk, head, step, &newer, &count, err);

	if (code)
		return code;
	if (anew) {
		audit->count = 0;
		audit->from = head > step ? head - step : 0;
	}
	newer = mem_resize(newer, count + audit->count + 1, sizeof(*newer));
	if (audit->count)
		memcpy(newer + count, audit->entries, audit->count * sizeof(*newer));
	free(audit->entries);
	audit->entries = newer;
	audit->count += count;
	audit->head = head;
	return 0;
}

static void audit_load(struct view *view)
{
	struct desk *desk = view->context->desk;
	struct audit *audit = view->items;
	uint64_t head = desk_history_head(desk);
	const char *warning = desk_warning(desk);
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR sentence = STR_INIT;

	if (!audit) {
		audit = mem_alloc(sizeof(*audit));
		view_take_items(view, audit, audit_free);
	}
	if (audit->head != head && audit_follow(audit, desk, head, &err))
		error_sentence(&err, &sentence);
	if (warning)
		str_reset(&sentence), str_add(&sentence, warning);
	snprintf(audit->damage.line, sizeof(audit->damage.line), "%s", str_or_empty(sentence.bytes));
	if (sentence.length)
		view_add(view, &audit->damage, SIZE_MAX);
	for (size_t i = 0; i < audit->count; i++)
		view_add(view, &audit->entries[i], i);
}

static bool audit_grow(struct view *view)
{
	struct audit *audit = view->items;

	if (!audit || !audit->from)
		return false;
	return audit_read(audit, view->context->desk, NULL) == 0;
}

static const char *audit_case(const struct row *row)
{
	const struct desk_entry *entry = row->item;

	return *entry->case_id ? entry->case_id : NULL;
}

static void audit_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%llu", (unsigned long long)((const struct desk_entry *)row->item)->gseq);
}

enum audit_column { AUDIT_NUMBER, AUDIT_AT, AUDIT_BY, AUDIT_PLACE, AUDIT_CHAIN, AUDIT_WHAT };
static const struct column audit_columns[] = {
	[AUDIT_NUMBER] = { N_("event"), 6, 66, true },
	[AUDIT_AT] = { N_("when"), 11, 0, false },
	[AUDIT_BY] = { N_("by"), 12, 0, false },
	[AUDIT_PLACE] = { N_("where"), 15, 0, false },
	[AUDIT_CHAIN] = { N_("chain"), 6, 76, false },
	[AUDIT_WHAT] = { N_("what"), 0, 0, false },
};

static void audit_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct desk_entry *entry = row->item;
	bool damage = !entry->gseq;
	char number[24];

	(void)view;
	if (damage && column != AUDIT_WHAT && column != AUDIT_CHAIN)
		return;
	switch ((enum audit_column)column) {
	case AUDIT_NUMBER:
		snprintf(number, sizeof(number), "%llu", (unsigned long long)entry->gseq);
		cell_set(ret, ROLE_DIM, number);
		break;
	case AUDIT_AT: cell_time(ret, entry->at, false); break;
	case AUDIT_BY: cell_set(ret, ROLE_NORMAL, entry->author); break;
	case AUDIT_PLACE: cell_set(ret, ROLE_ID, entry->place); break;
	case AUDIT_CHAIN: cell_set(ret, damage ? ROLE_BAD : ROLE_VERIFIED, damage ? _("BROKEN") : _("whole")); break;
	case AUDIT_WHAT: cell_set(ret, damage ? ROLE_BAD : ROLE_NORMAL, entry->line); break;
	}
}

static void chain_lines(const struct view *view, const struct desk_entry *entry, struct doc *doc)
{
	const char *warning = desk_warning(view->context->desk), *clock = desk_clock_warning(view->context->desk);

	if (entry->gseq)
		doc_field(doc, _("chain"), ROLE_VERIFIED, _("whole: signed by its author, where the chain expects it"));
	if (warning)
		doc_sentence(doc, ROLE_BAD, warning);
	if (clock)
		doc_sentence(doc, ROLE_WARNING, _(clock));
	doc_sentence(doc, ROLE_DIM, _("x proves the whole chain anew, from its first event on."));
}

static void audit_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct desk_entry *entry = row->item;
	const struct case_state *state = *entry->case_id ? model_find_case(view_model(view), entry->case_id) : NULL;
	AUTO_STR id = STR_INIT;

	doc_line(doc);
	doc_wrapped(doc, entry->gseq ? ROLE_TITLE : ROLE_BAD, 2, entry->line);
	if (entry->gseq) {
		doc_time(doc, _("when"), ROLE_NORMAL, entry->at);
		doc_field(doc, _("by"), ROLE_NORMAL, entry->author);
		doc_field(doc, _("key"), ROLE_DIM, entry->fingerprint);
		doc_field(doc, _("where"), ROLE_ID, entry->place);
		doc_field(doc, _("kind"), ROLE_NORMAL, event_info(entry->type) ? event_info(entry->type)->wire : "?");
		str_add_hex(&id, entry->event, sizeof(entry->event));
		doc_field(doc, _("event"), ROLE_DIM, id.bytes);
	}
	chain_lines(view, entry, doc);
	if (state) {
		doc_line(doc);
		case_preview(view, state, doc);
	}
}

const struct view_ops audit_view = {
	.name = "audit", .title = N_("Audit"), .brief = N_("Audit"),
	.empty = N_("Nothing was done yet."),
	.columns = audit_columns, .column_count = ARRAY_LEN(audit_columns),
	.load = audit_load, .cell = audit_cell, .row_id = audit_id, .row_case = audit_case,
	.preview = audit_preview, .grow = audit_grow, .tab = "timeline",
};
