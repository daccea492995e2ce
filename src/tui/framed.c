/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a mail, drawn so that it cannot say of itself what is signed: each line of it stands behind a gutter, what
 * begins left of that is ours alone. What a signature covers has a frame and another gutter than the rest.
 */
#include "tui/cells.h"

#include "psirtty/base/i18n.h"
#include "psirtty/model/extent.h"

/* Other characters, not only other colours: it must be seen on every screen and heard in every voice. */
struct strokes { const char *top, *line, *bottom, *gutter, *beside, *outside; };
static const struct strokes drawn = { "╔═ ", "═", "╚═", "║ ", "── ", "│ " };
static const struct strokes spoken = { "#= ", "=", "#=", "# ", "-- ", "| " };

static void fill(struct doc *doc, enum role role, const char *stroke, int cells)
{
	AUTO_STR line = STR_INIT;

	for (int i = 0; i < cells; i++)
		str_add(&line, stroke);
	if (line.length)
		doc_run(doc, role, line.bytes);
}

static void title_add(struct doc *doc, const struct strokes *s, enum role role, bool framed, const char *title)
{
	AUTO_STRING text = mem_format("%s%s%s", framed ? s->top : s->beside, title, framed ? " " : "");

	doc_line(doc);
	doc_run(doc, role, text);
	if (framed)
		fill(doc, role, s->line, doc->width - text_width(text));
}

static void extent_draw(const struct mail_record *record, const char *text, const struct mail_extents *extents, size_t i,
			const struct strokes *s, struct doc *doc)
{
	const struct mail_extent *extent = &extents->items[i];
	AUTO_STRING copy = mem_copy(text + extent->at, extent->length);
	enum role role = extent->framed ? verdict_role(mail_extent_verdict(extents, i)) : ROLE_UNSIGNED;
	AUTO_STR title = STR_INIT;

	mail_extent_title(record, extents, i, &title);
	if (extents->told)
		title_add(doc, s, role, extent->framed, title.bytes);
	doc_behind(doc, ROLE_BODY, copy, extent->framed ? s->gutter : s->outside, extent->framed ? role : ROLE_GUTTER);
	if (extent->framed) {
		doc_line(doc);
		doc_run(doc, role, s->bottom);
		fill(doc, role, s->line, doc->width - text_width(s->bottom));
	}
}

static void extents_draw(const struct view *view, const struct mail_record *record, const char *text,
			 const struct mail_extents *extents, struct doc *doc)
{
	const struct strokes *strokes = view_drawing(view) == CHART_ASCII ? &spoken : &drawn;

	for (size_t i = 0; i < extents->count; i++)
		extent_draw(record, text, extents, i, strokes, doc);
}

void mail_text(const struct view *view, const struct mail_record *record, struct doc *doc)
{
	struct mail_extents extents;

	mail_extents_of(record, &extents);
	extents_draw(view, record, str_or_empty(record->text), &extents, doc);
	mail_extents_release(&extents);
}

void message_text(const struct view *view, const struct case_message *message, struct doc *doc)
{
	const struct model *model = view_model(view);
	const struct inbox_item *item = message->mail && model ? view_whole_mail(view, model_find_mail(model, message->mail)) : NULL;
	struct mail_extents extents;

	if (item && item->record.verdict == message->verdict && str_equal(str_or_empty(item->record.text), str_or_empty(message->text))) {
		mail_text(view, &item->record, doc);
		return;
	}
	mail_extents_whole(message->text, message->type == EVENT_MESSAGE_SENT ? VERDICT_UNSIGNED : message->verdict, &extents);
	extents_draw(view, NULL, str_or_empty(message->text), &extents, doc);
	mail_extents_release(&extents);
}
