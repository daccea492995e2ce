/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of texts as lines to read. */
#include "psirtty/base/diff.h"

#include "tui/doc.h"

enum { SIGN_CELLS = 2 };

static const struct { const char *sign, *open, *close; enum role line, word; } looks[] = {
	[DIFF_SAME] = { "  ", "", "", ROLE_NORMAL, ROLE_NORMAL },
	[DIFF_REMOVED] = { "- ", "[-", "-]", ROLE_REMOVED, ROLE_REMOVED_WORD },
	[DIFF_ADDED] = { "+ ", "{+", "+}", ROLE_ADDED, ROLE_ADDED_WORD },
};

static void piece_put(struct doc *doc, enum role role, const char *text, size_t length)
{
	AUTO_STRING raw = mem_copy(text, length);

	doc_wrapped(doc, role, SIGN_CELLS, raw);
}

static void word_put(struct doc *doc, const struct diff_line *line, const struct diff_span *span, bool plain)
{
	if (plain)
		doc_run(doc, looks[line->kind].word, looks[line->kind].open);
	piece_put(doc, looks[line->kind].word, line->text + span->at, span->length);
	if (plain)
		doc_run(doc, looks[line->kind].word, looks[line->kind].close);
}

static void line_put(struct doc *doc, const struct diff_line *line, bool plain)
{
	size_t at = 0;

	doc_line(doc);
	doc_run(doc, looks[line->kind].line, looks[line->kind].sign);
	for (size_t i = 0; i < line->span_count; i++) {
		piece_put(doc, looks[line->kind].line, line->text + at, line->spans[i].at - at);
		word_put(doc, line, &line->spans[i], plain);
		at = line->spans[i].at + line->spans[i].length;
	}
	piece_put(doc, looks[line->kind].line, line->text + at, line->length - at);
}

void doc_diff(struct doc *doc, const struct diff *diff, bool plain)
{
	for (size_t h = 0; h < diff->hunk_count; h++) {
		const struct diff_hunk *hunk = &diff->hunks[h];

		doc_line(doc);
		doc_format(doc, ROLE_HUNK, "@@ -%zu,%zu +%zu,%zu @@", hunk->old_at, hunk->old_count, hunk->new_at,
			   hunk->new_count);
		doc_mark_heading(doc);
		for (size_t i = hunk->first; i < hunk->first + hunk->count; i++)
			line_put(doc, &diff->lines[i], plain);
	}
}
