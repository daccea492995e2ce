/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The revisions of a case's texts, the newest first, and what each changed; with another one of the same text marked, what
 * lies between the two.
 */
#include "psirtty/model/revision.h"

#include "psirtty/base/diff.h"
#include "tui/cells.h"

enum { CONTEXT_LINES = 3 };

/* In one piece, as the view frees it. */
static struct case_revision *packed(struct case_revision *list, size_t count)
{
	size_t words = 0;
	struct case_revision *block;
	char *at;

	for (size_t i = 0; i < count; i++)
		words += strlen(list[i].parts) + 1;
	block = mem_alloc(count * sizeof(*block) + words + 1);
	at = (char *)(block + count);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(list[i].parts) + 1;

		block[i] = list[i];
		block[i].parts = memcpy(at, list[i].parts, length);
		at += length;
	}
	case_revisions_free(list, count);
	return block;
}

static void revisions_load(struct view *view)
{
	const struct case_state *state = view_case(view);
	struct case_revision *list = NULL;
	size_t count = 0;

	free(view->items);
	view->items = NULL;
	if (!state)
		return;
	case_revisions(state, &list, &count);
	view->items = list = packed(list, count);
	for (size_t i = count; i-- > 0;)
		view_add(view, &list[i], i);
}

static void revision_id(const struct row *row, struct str *ret)
{
	str_add_format(ret, "%zu", row->index + 1);
}

enum revision_column { REVISION_NUMBER, REVISION_AT, REVISION_BY, REVISION_TEXT, REVISION_PARTS };
static const struct column revision_columns[] = {
	[REVISION_NUMBER] = { "#", 3, 0, true },
	[REVISION_AT] = { N_("when"), 11, 0, false },
	[REVISION_BY] = { N_("by"), 16, 0, false },
	[REVISION_TEXT] = { N_("text"), 12, 0, false },
	[REVISION_PARTS] = { N_("what of it"), 0, 0, false },
};

static void revision_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct case_revision *revision = row->item;

	(void)view;
	switch ((enum revision_column)column) {
	case REVISION_NUMBER: str_add_format(&ret->text, "%zu", row->index + 1); break;
	case REVISION_AT: cell_time(ret, revision->at, false); break;
	case REVISION_BY: cell_set(ret, ROLE_NORMAL, revision->author); break;
	case REVISION_TEXT: cell_set(ret, ROLE_ID, _(revision_text_name(revision->text))); break;
	case REVISION_PARTS: cell_set(ret, ROLE_NORMAL, revision->parts); break;
	}
}

/* A marked one of the same text, else the one before it; -1: it is the first. */
static long base_of(const struct view *view, const struct row *row)
{
	const struct case_revision *list = view->items;

	for (size_t i = 0; i < view->row_count; i++) {
		const struct row *other = &view->rows[i];

		if (other != row && view->marks.count && list[other->index].text == list[row->index].text && view_marked(view, other))
			return (long)other->index;
	}
	return case_revision_before(list, row->index);
}

static void between(const struct case_state *state, const struct case_revision *old, const struct case_revision *new, bool plain,
		    struct doc *doc)
{
	AUTO_STR from = STR_INIT, to = STR_INIT;
	struct diff diff;

	if (old)
		case_revision_words(state, old->text, old->event, &from);
	case_revision_words(state, new->text, new->event, &to);
	diff_texts(from.bytes, to.bytes, CONTEXT_LINES, &diff);
	if (!diff.hunk_count)
		doc_sentence(doc, ROLE_DIM, _("Nothing differs between the two."));
	doc_diff(doc, &diff, plain);
	diff_release(&diff);
}

static void between_head(const struct case_revision *old, size_t old_number, const struct case_revision *new, size_t number,
			 struct doc *doc)
{
	char when[40];

	doc_line(doc);
	doc_format(doc, ROLE_TITLE, _("%s, revision %zu"), _(revision_text_name(new->text)), number);
	doc_format(doc, ROLE_DIM, "  %s  %s", time_full(new->at, when), new->author);
	doc_line(doc);
	if (old)
		doc_format(doc, ROLE_DIM, _("compared with revision %zu of %s"), old_number, time_full(old->at, when));
	else
		doc_run(doc, ROLE_DIM, _("the first: everything is new"));
}

static void revision_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct case_revision *list = view->items;
	long base = base_of(view, row);
	const struct case_revision *old = base < 0 ? NULL : &list[base];

	if (!view_case(view))
		return;
	between_head(old, (size_t)(base + 1), row->item, row->index + 1, doc);
	between(view_case(view), old, row->item, view->context->plain, doc);
}

/* "CASE NEW OLD", each by its number; OLD 0: nothing. */
static void revision_subject(const struct view *view, const struct row *row, struct str *ret)
{
	str_add_format(ret, "%s %zu %ld", view->subject, row->index + 1, base_of(view, row) + 1);
}

const struct view_ops revisions_tab = {
	.name = "revisions", .title = N_("Revisions"), .brief = N_("Rev"),
	.empty = N_("No text of this case was written yet."),
	.columns = revision_columns, .column_count = ARRAY_LEN(revision_columns),
	.load = revisions_load, .cell = revision_cell, .row_id = revision_id, .preview = revision_preview,
	.opens = &diff_view, .row_subject = revision_subject,
};

/* ---- one comparison, to read and search */

struct compared { const struct case_state *state; struct case_revision *list; size_t count, new, old; };

static bool compared_find(const struct view *view, struct compared *ret)
{
	const char *space = view->subject ? strchr(view->subject, ' ') : NULL;
	AUTO_STRING id = space ? mem_copy(view->subject, (size_t)(space - view->subject)) : NULL;
	char *rest;

	*ret = (struct compared){ 0 };
	if (!id || !view_model(view))
		return false;
	ret->state = view_whole(view, model_find_case(view_model(view), id));
	ret->new = strtoul(space + 1, &rest, 10);
	ret->old = strtoul(rest, NULL, 10);
	if (ret->state)
		case_revisions(ret->state, &ret->list, &ret->count);
	if (ret->new && ret->new <= ret->count && ret->old <= ret->count)
		return true;
	case_revisions_free(ret->list, ret->count);
	return false;
}

static void diff_head(const struct view *view, struct doc *doc)
{
	struct compared c;

	if (!compared_find(view, &c))
		return;
	between_head(c.old ? &c.list[c.old - 1] : NULL, c.old, &c.list[c.new - 1], c.new, doc);
	case_revisions_free(c.list, c.count);
}

static void diff_body(const struct view *view, struct doc *doc)
{
	struct compared c;

	if (!compared_find(view, &c))
		return;
	between(c.state, c.old ? &c.list[c.old - 1] : NULL, &c.list[c.new - 1], view->context->plain, doc);
	case_revisions_free(c.list, c.count);
}

const struct view_ops diff_view = {
	.name = "diff", .title = N_("Changes"), .brief = N_("Changes"), .head = diff_head, .body = diff_body,
};
