/* SPDX-License-Identifier: Apache-2.0 */
/* The feeds: each source with how old its data are, when it was asked last, what it holds and what could not be read. */
#include "psirtty/desk/flaw.h"

#include "tui/cells.h"

enum { FAULTS_SHOWN = 50 };
struct feed_list { struct flaw_source *items; size_t count; };

static void list_free(void *items)
{
	struct feed_list *list = items;

	flaw_sources_free(list->items, list->count);
	free(list);
}

static void feeds_load(struct view *view)
{
	struct feed_list *list = mem_alloc(sizeof(*list));

	desk_flaw_sources(view->context->desk, view_now(view), &list->items, &list->count, NULL);
	view_take_items(view, list, list_free);
	for (size_t i = 0; i < list->count; i++)
		view_add(view, &list->items[i], i);
}

static void feed_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct flaw_source *)row->item)->id);
}

/* Whatever is not fresh is told by a mark, too: "?" nothing is known, "!" what is known is too old. */
static const struct { const char *mark; enum role role; } ages[] = {
	[SOURCE_ABSENT] = { "?", ROLE_DIM }, [SOURCE_FRESH] = { "", ROLE_VERIFIED }, [SOURCE_DUE] = { "", ROLE_DUE },
	[SOURCE_STALE] = { "!", ROLE_OVERDUE },
};

static const char *age_word(enum source_age age)
{
	static const char *const words[] = { N_("absent"), N_("fresh"), N_("due"), N_("stale") };

	return _(words[age]);
}

enum feed_column { FEED_MARK, FEED_ID, FEED_AGE, FEED_SYNCED, FEED_NEWEST, FEED_RECORDS, FEED_FAULTS, FEED_TITLE };
static const struct column feed_columns[] = {
	[FEED_MARK] = { "", 1, 0, false },
	[FEED_ID] = { N_("source"), 16, 0, false },
	[FEED_AGE] = { N_("data"), 6, 0, false },
	[FEED_SYNCED] = { N_("last run"), 10, 0, false },
	[FEED_NEWEST] = { N_("newest"), 10, 70, false },
	[FEED_RECORDS] = { N_("records"), 8, 66, true },
	[FEED_FAULTS] = { N_("faults"), 6, 0, true },
	[FEED_TITLE] = { N_("title"), 0, 0, false },
};

/* Days, with their year: data may be that old. */
static void day_cell(struct cell *ret, instant at)
{
	char day[40];

	cell_set(ret, at == INSTANT_NONE ? ROLE_DIM : ROLE_NORMAL, at == INSTANT_NONE ? "-" : instant_format_date(at, day));
}

static void feed_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct flaw_source *source = row->item;

	(void)view;
	switch ((enum feed_column)column) {
	case FEED_MARK: cell_set(ret, ages[source->age].role, ages[source->age].mark); break;
	case FEED_ID: cell_set(ret, ROLE_ID, source->id); break;
	case FEED_AGE: cell_set(ret, ages[source->age].role, age_word(source->age)); break;
	case FEED_SYNCED: day_cell(ret, source->synced); break;
	case FEED_NEWEST: day_cell(ret, source->newest); break;
	case FEED_RECORDS: str_add_format(&ret->text, "%ld", source->records); break;
	case FEED_FAULTS:
		ret->role = source->faults ? ROLE_WARNING : ROLE_NORMAL;
		str_add_format(&ret->text, source->faults ? "!%ld" : "%ld", source->faults);
		break;
	case FEED_TITLE: cell_set(ret, source->off ? ROLE_DIM : ROLE_NORMAL, source->title); break;
	}
}

/* ---- the preview */

static void age_lines(const struct flaw_source *source, struct doc *doc)
{
	static const char *const sentences[] = {
		[SOURCE_ABSENT] = N_("? Nothing of this source is here: what it would say of anything is unknown."),
		[SOURCE_FRESH] = N_("Its data are as new as it makes sense to have them."),
		[SOURCE_DUE] = N_("It may have something newer by now."),
		[SOURCE_STALE] = N_("! Its data are too old: that it says nothing of a flaw means nothing."),
	};

	doc_sentence(doc, ages[source->age].role, _(sentences[source->age]));
	if (source->broken_off)
		doc_sentence(doc, ROLE_WARNING, _("! A run was broken off: what came whole is here, the rest is not."));
	if (source->off)
		doc_sentence(doc, ROLE_DIM, _("It is only asked when it is named."));
	if (!source->row)
		doc_sentence(doc, ROLE_DIM, _("No row of the table of sources stands for it: it was taken in by hand."));
}

struct fault_lines { struct doc *doc; size_t count; };

static int fault_line(void *context, const struct intel_quarantine *fault, struct error *err)
{
	struct fault_lines *lines = context;
	char when[40];

	(void)err;
	if (!lines->count)
		doc_heading(lines->doc, _("Could not be read"));
	if (lines->count++ == FAULTS_SHOWN)
		doc_sentence(lines->doc, ROLE_DIM, _("… and more; \":feed faults SOURCE\" lists all."));
	if (lines->count > FAULTS_SHOWN)
		return 0;
	doc_line(lines->doc);
	doc_format(lines->doc, ROLE_LABEL, "%s  ", time_full(fault->at, when));
	doc_format(lines->doc, ROLE_ID, "%s  ", fault->where);
	doc_wrapped(lines->doc, ROLE_WARNING, 2, fault->why);
	return 0;
}

static void feed_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct flaw_source *source = row->item;
	struct intel *intel = desk_intel(view->context->desk);
	struct fault_lines lines = { .doc = doc };
	char when[40];

	doc_field(doc, _("source"), ROLE_TITLE, source->title ? source->title : source->id);
	age_lines(source, doc);
	doc_field(doc, _("last run"), ROLE_NORMAL, source->synced == INSTANT_NONE ? _("never") : time_full(source->synced, when));
	if (source->newest != INSTANT_NONE)
		doc_time(doc, _("newest"), ROLE_NORMAL, source->newest);
	doc_field(doc, _("terms"), ROLE_DIM, source->notice);
	if (intel && source->faults)
		intel_faults(intel, source->id, fault_line, &lines, NULL);
}

const struct view_ops feeds_view = {
	.name = "feeds", .title = N_("Feeds"), .brief = N_("Feed"),
	.empty = N_("The table of sources cannot be read."),
	.columns = feed_columns, .column_count = ARRAY_LEN(feed_columns),
	.load = feeds_load, .cell = feed_cell, .row_id = feed_id, .preview = feed_preview, .counted = true,
};
