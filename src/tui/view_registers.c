/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept beside the cases: contacts, pinned keys, accepted risks, tasks; and the clocks with their forms. */
#include "tui/cells.h"

#include "psirtty/base/zone.h"
#include "psirtty/desk/clock.h"

/* ---- contacts */

static void contacts_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_contact_count(model); i++)
		view_add(view, model_contact(model, i), i);
}

static void contact_id(const struct row *row, struct str *ret)
{
	str_add(ret, contact_text(row->item, "contact"));
}

static void words_join(const struct contact *contact, const char *field, struct str *ret)
{
	const char *word;

	for (size_t n = 0; (word = contact_words(contact, field, n)); n++)
		str_add_format(ret, "%s%s", n ? ", " : "", word);
}

enum contact_column { CONTACT_ID, CONTACT_KIND, CONTACT_NAME, CONTACT_ADDRESS, CONTACT_KEY, CONTACT_COUNTRY };
static const struct column contact_columns[] = {
	[CONTACT_ID] = { N_("contact"), 14, 0, false },
	[CONTACT_KIND] = { N_("kind"), 11, 66, false },
	[CONTACT_NAME] = { N_("name"), 24, 0, false },
	[CONTACT_ADDRESS] = { N_("address"), 0, 0, false },
	[CONTACT_KEY] = { N_("key"), 18, 110, false },
	[CONTACT_COUNTRY] = { N_("country"), 7, 66, false },
};

static void contact_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	static const char *const fields[] = { [CONTACT_ID] = "contact", [CONTACT_KIND] = "kind", [CONTACT_NAME] = "name",
					      [CONTACT_COUNTRY] = "country" };
	const char *pinned;

	switch ((enum contact_column)column) {
	case CONTACT_ADDRESS:
		cell_set(ret, ROLE_NORMAL, contact_words(row->item, "addresses", 0));
		break;
	case CONTACT_KEY:
		pinned = contact_words(row->item, "addresses", 0);
		pinned = pinned ? model_pinned(view_model(view), pinned) : NULL;
		cell_set(ret, pinned ? ROLE_VERIFIED : ROLE_DIM, pinned ? pinned + (strlen(pinned) > 16 ? strlen(pinned) - 16 : 0) : "-");
		break;
	default:
		cell_set(ret, column == CONTACT_ID ? ROLE_ID : ROLE_NORMAL, contact_text(row->item, fields[column]));
	}
}

static void contact_cases(const struct view *view, const struct contact *contact, struct doc *doc)
{
	const struct model *model = view_model(view);
	const char *id = contact_text(contact, "contact");

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t j = 0; j < state->party_count; j++)
			if (str_equal(state->parties[j].contact, id)) {
				doc_line(doc);
				doc_label(doc, _("party of"));
				doc_format(doc, ROLE_ID, "%s ", state->id);
				doc_format(doc, ROLE_NORMAL, "%s, %s", str_or_empty(state->parties[j].role),
					   consent_name(party_consent(&state->parties[j], view_now(view))));
			}
	}
}

static void contact_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	static const struct { const char *field, *label; bool words; } rows[] = {
		{ "name", N_("name"), false }, { "organisation", N_("organisation"), false }, { "kind", N_("kind"), false },
		{ "addresses", N_("addresses"), true }, { "fingerprints", N_("keys"), true },
		{ "channels", N_("channels"), true }, { "jurisdiction", N_("jurisdiction"), false },
		{ "country", N_("country"), false }, { "zone", N_("zone"), false }, { "products", N_("products"), true },
		{ "tlp", "TLP", false }, { "credit", N_("credit"), false }, { "note", N_("note"), false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR words = STR_INIT;

		if (rows[i].words)
			words_join(row->item, rows[i].field, &words);
		doc_field(doc, _(rows[i].label), i ? ROLE_NORMAL : ROLE_TITLE,
			  rows[i].words ? words.bytes : contact_text(row->item, rows[i].field));
	}
	contact_cases(view, row->item, doc);
}

const struct view_ops contacts_view = {
	.name = "contacts", .title = N_("Contacts"), .brief = N_("Contacts"),
	.empty = N_("Nobody is in the register. \"n\" enters somebody; \":contact directory\" lists authorities."),
	.columns = contact_columns, .column_count = ARRAY_LEN(contact_columns),
	.load = contacts_load, .cell = contact_cell, .row_id = contact_id, .preview = contact_preview,
};

/* ---- pinned keys */

static void keys_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_pin_count(model); i++)
		view_add(view, model_pin(model, i), i);
}

static void key_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct pin *)row->item)->address);
}

enum key_column { KEY_ADDRESS, KEY_FINGERPRINT, KEY_PINNED };
static const struct column key_columns[] = {
	[KEY_ADDRESS] = { N_("address"), 0, 0, false },
	[KEY_FINGERPRINT] = { N_("fingerprint"), 40, 0, false },
	[KEY_PINNED] = { N_("pinned"), 11, 80, false },
};

static void key_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct pin *pin = row->item;

	(void)view;
	switch ((enum key_column)column) {
	case KEY_ADDRESS: cell_set(ret, ROLE_NORMAL, pin->address); break;
	case KEY_FINGERPRINT: cell_set(ret, ROLE_ID, pin->fingerprint); break;
	case KEY_PINNED: cell_time(ret, pin->at, false); break;
	}
}

const struct view_ops keys_view = {
	.name = "keys", .title = N_("Pinned keys"), .brief = N_("Keys"),
	.empty = N_("No key is pinned yet. \":key pin ADDRESS FINGERPRINT\" says whose key signs for an address."),
	.columns = key_columns, .column_count = ARRAY_LEN(key_columns),
	.load = keys_load, .cell = key_cell, .row_id = key_id,
};

/* ---- records of one kind over all cases: risks and tasks */

static const char *record_case(const struct row *row)
{
	return ((const struct case_state *)row->item)->id;
}

static void record_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%s %zu", record_case(row), row->index + 1);
}

static const struct case_record *record_of(const struct view *view, const struct row *row, enum event_type type)
{
	const struct case_state *state = view_whole(view, row->item);
	const struct case_record *record = NULL;
	size_t cursor = 0;

	for (size_t i = 0; i <= row->index; i++)
		record = case_record_next(state, type, &cursor);
	return record;
}

/* Only cases that have a dated one are made whole: the lists know the date. */
static void records_load(struct view *view, enum event_type type)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);
		size_t cursor = 0, number = 0;

		if ((type == EVENT_TASK_SET ? state->task_due : state->risk_until) == INSTANT_NONE)
			continue;
		view_whole(view, state);
		while (case_record_next(state, type, &cursor))
			view_add(view, state, number++);
	}
}

static void risks_load(struct view *view)
{
	records_load(view, EVENT_RISK_SET);
}

static bool risk_expired(const struct view *view, const struct case_record *record)
{
	return str_equal(record_text(record, "state"), "accepted") && record_instant(record, "until") != INSTANT_NONE &&
	       record_instant(record, "until") <= view_now(view);
}

enum risk_column { RISK_MARK, RISK_CASE, RISK_WHAT, RISK_STATE, RISK_UNTIL, RISK_BY };
static const struct column risk_columns[] = {
	[RISK_MARK] = { "", 1, 0, false },
	[RISK_CASE] = { N_("case"), 15, 0, false },
	[RISK_WHAT] = { N_("risk"), 0, 0, false },
	[RISK_STATE] = { N_("state"), 8, 0, false },
	[RISK_UNTIL] = { N_("until"), 11, 0, false },
	[RISK_BY] = { N_("accepted by"), 16, 90, false },
};

static void risk_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_record *record = record_of(view, row, EVENT_RISK_SET);

	if (!record)
		return;
	switch ((enum risk_column)column) {
	case RISK_MARK: if (risk_expired(view, record)) cell_set(ret, ROLE_OVERDUE, "!"); break;
	case RISK_CASE: cell_set(ret, ROLE_ID, record_case(row)); break;
	case RISK_WHAT: cell_set(ret, ROLE_NORMAL, record_text(record, "risk")); break;
	case RISK_STATE: cell_set(ret, ROLE_NORMAL, record_text(record, "state")); break;
	case RISK_UNTIL:
		if (record_instant(record, "until") != INSTANT_NONE)
			cell_time(ret, record_instant(record, "until"), false);
		break;
	case RISK_BY: cell_set(ret, ROLE_NORMAL, record_text(record, "by")); break;
	}
}

static void risk_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct case_record *record = record_of(view, row, EVENT_RISK_SET);

	if (!record)
		return;
	doc_field(doc, _("risk"), ROLE_TITLE, record_text(record, "risk"));
	if (risk_expired(view, record))
		doc_sentence(doc, ROLE_OVERDUE, _("! The acceptance has run out: accept it anew or close it."));
	doc_field(doc, _("reason"), ROLE_NORMAL, record_text(record, "reason"));
	doc_field(doc, _("product"), ROLE_NORMAL, record_text(record, "product"));
	doc_field(doc, _("accepted by"), ROLE_NORMAL, record_text(record, "by"));
	doc_field(doc, _("until"), ROLE_NORMAL, record_text(record, "until"));
	case_preview(view, row->item, doc);
}

const struct view_ops risks_view = {
	.name = "risks", .title = N_("Accepted risks"), .brief = N_("Risks"),
	.empty = N_("No risk was accepted. \":risk add CASE\" accepts one until a date."),
	.columns = risk_columns, .column_count = ARRAY_LEN(risk_columns),
	.load = risks_load, .cell = risk_cell, .row_id = record_id, .row_case = record_case, .preview = risk_preview,
};

static void tasks_load(struct view *view)
{
	records_load(view, EVENT_TASK_SET);
}

enum task_column { TASK_CASE, TASK_WHAT, TASK_STATE, TASK_DUE, TASK_OWNER };
static const struct column task_columns[] = {
	[TASK_CASE] = { N_("case"), 15, 0, false },
	[TASK_WHAT] = { N_("task"), 0, 0, false },
	[TASK_STATE] = { N_("state"), 8, 0, false },
	[TASK_DUE] = { N_("due"), 11, 0, false },
	[TASK_OWNER] = { N_("owner"), 14, 80, false },
};

static void task_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_record *record = record_of(view, row, EVENT_TASK_SET);
	instant due = record ? record_instant(record, "due") : INSTANT_NONE;

	if (!record)
		return;
	switch ((enum task_column)column) {
	case TASK_CASE: cell_set(ret, ROLE_ID, record_case(row)); break;
	case TASK_WHAT: cell_set(ret, ROLE_NORMAL, record_text(record, "text")); break;
	case TASK_STATE: cell_set(ret, ROLE_NORMAL, record_text(record, "state")); break;
	case TASK_DUE: if (due != INSTANT_NONE) cell_time(ret, due, false); break;
	case TASK_OWNER: cell_set(ret, ROLE_NORMAL, record_text(record, "owner")); break;
	}
}

static void task_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	case_preview(view, view_whole(view, row->item), doc);
}

const struct view_ops all_tasks_view = {
	.name = "all-tasks", .title = N_("Tasks"), .brief = N_("Tasks"),
	.empty = N_("No task has a date. \":task add CASE TEXT --due DATE\" gives one."),
	.columns = task_columns, .column_count = ARRAY_LEN(task_columns),
	.load = tasks_load, .cell = task_cell, .row_id = record_id, .row_case = record_case,
	.preview = task_preview, .tab = "tasks",
};

/* ---- clocks and their forms */

enum { CLOCKS_BACK_DAYS = 3660, CLOCKS_AHEAD_DAYS = 3660 };

static void clocks_load(struct view *view)
{
	instant now = view_now(view);
	struct agenda_item *items = NULL;
	size_t count = 0;

	free(view->items);
	model_agenda(view_model(view), now - CLOCKS_BACK_DAYS * INSTANT_DAY, now + CLOCKS_AHEAD_DAYS * INSTANT_DAY, now,
		     &items, &count);
	view->items = items;
	for (size_t i = 0; i < count; i++)
		if (items[i].rule && !items[i].secondary)
			view_add(view, &items[i], i);
}

static const char *clock_case(const struct row *row)
{
	const char *id = ((const struct agenda_item *)row->item)->case_id;

	return *id ? id : NULL;
}

/* As the commands of clocks want it: "CASE CLOCK". */
static void clock_id(const struct row *row, struct str *ret)
{
	const struct agenda_item *item = row->item;

	str_add_format(ret, "%s%s%s", item->case_id, *item->case_id ? " " : "", item->rule->id);
}

enum clock_column { CLOCK_MARK, CLOCK_WHEN, CLOCK_ZONE, CLOCK_LEFT, CLOCK_CASE, CLOCK_RULE, CLOCK_WHAT };
static const struct column clock_columns[] = {
	[CLOCK_MARK] = { "", 1, 0, false },
	[CLOCK_WHEN] = { N_("due (hour and zone)"), 23, 0, false },
	[CLOCK_ZONE] = { "", 16, 96, false },
	[CLOCK_LEFT] = { N_("left"), 8, 66, false },
	[CLOCK_CASE] = { N_("case"), 15, 0, false },
	[CLOCK_RULE] = { N_("clock"), 20, 110, false },
	[CLOCK_WHAT] = { N_("what"), 0, 0, false },
};

static void clock_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct agenda_item *item = row->item;
	enum role role = item->overdue ? ROLE_OVERDUE : ROLE_NORMAL;
	char buffer[96];

	switch ((enum clock_column)column) {
	case CLOCK_MARK: if (item->overdue) cell_set(ret, role, "!"); break;
	case CLOCK_WHEN: cell_set(ret, ROLE_NORMAL, agenda_hour(item, buffer)); break;
	case CLOCK_ZONE: cell_set(ret, ROLE_DIM, str_or_empty(item->zone)); break;
	case CLOCK_LEFT: cell_set(ret, role, time_left(item->at, view_now(view), buffer)); break;
	case CLOCK_CASE: cell_set(ret, ROLE_ID, item->case_id); break;
	case CLOCK_RULE: cell_set(ret, ROLE_NORMAL, item->rule->id); break;
	case CLOCK_WHAT: cell_set(ret, role, clock_title(item->rule)); break;
	}
}

/* The form as it can be pasted, what is missing at its head. */
static void sheet_lines(const struct view *view, const struct case_state *state, const struct clock_rule *rule,
			struct doc *doc)
{
	bool chinese = str_equal(rule->sheet, "rmsv");
	struct filing filing = { 0 };
	AUTO_STR text = STR_INIT;

	if (!rule->sheet || desk_clock_sheet(view->context->desk, state, rule, chinese, view_now(view), &filing, NULL))
		return;
	filing_text(&filing, chinese, &text);
	doc_heading(doc, _("Sheet to paste from"));
	doc_block(doc, ROLE_NORMAL, text.bytes, true);
	filing_release(&filing);
}

static void clock_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct agenda_item *item = row->item;
	const struct case_state *state = *item->case_id ? model_find_case(view_model(view), item->case_id) : NULL;
	struct zoned when = agenda_when(item);
	char local[96];

	doc_field(doc, _("clock"), ROLE_TITLE, clock_title(item->rule));
	doc_field(doc, _("due"), item->overdue ? ROLE_OVERDUE : ROLE_DUE, zoned_format(&when, local));
	doc_time(doc, "UTC", ROLE_NORMAL, item->at);
	if (item->start != INSTANT_NONE)
		doc_time(doc, _("runs since"), ROLE_NORMAL, item->start);
	if (item->uncertain)
		doc_sentence(doc, ROLE_WARNING, _("A holiday calendar does not know every day that was counted."));
	doc_field(doc, _("by"), ROLE_DIM, item->rule->source);
	if (state)
		sheet_lines(view, view_whole(view, state), item->rule, doc);
}

const struct view_ops clocks_view = {
	.name = "clocks", .title = N_("Clocks and filings"), .brief = N_("Clocks"),
	.empty = N_("No clock runs."),
	.columns = clock_columns, .column_count = ARRAY_LEN(clock_columns),
	.load = clocks_load, .cell = clock_cell, .row_id = clock_id, .row_case = clock_case,
	.preview = clock_preview, .tab = "tasks",
};
