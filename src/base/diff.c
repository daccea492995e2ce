/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of texts. Lines and words are numbered first, equal ones alike, so that one function compares both. */
#include "psirtty/base/diff.h"

#include <stdlib.h>
#include <string.h>

#include "psirtty/base/mem.h"

enum { WORDS_MOST = 2000 };

struct piece { const char *text; size_t length; unsigned id; };
struct pieces { struct piece *items; size_t count, capacity; };

static void piece_add(struct pieces *pieces, const char *text, size_t length)
{
	pieces->items = mem_grow(pieces->items, &pieces->capacity, pieces->count + 1, sizeof(*pieces->items));
	pieces->items[pieces->count++] = (struct piece){ text, length, 0 };
}

static int piece_compare(const void *a, const void *b)
{
	const struct piece *x = *(struct piece *const *)a, *y = *(struct piece *const *)b;
	int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);

	return order ? order : x->length < y->length ? -1 : x->length > y->length;
}

/* Equal pieces of both get the same number. */
static void pieces_number(struct pieces *a, struct pieces *b)
{
	struct piece **all = mem_alloc((a->count + b->count + 1) * sizeof(*all));
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		all[count++] = &a->items[i];
	for (size_t i = 0; i < b->count; i++)
		all[count++] = &b->items[i];
	qsort(all, count, sizeof(struct piece *), piece_compare);
	for (size_t i = 1; i < count; i++)
		all[i]->id = all[i - 1]->id + (piece_compare(&all[i - 1], &all[i]) != 0);
	free(all);
}

/* ---- the shortest way from one to the other */

struct walk {
	const struct piece *a, *b;
	long n, m;
	bool *gone, *come;  /* for each piece: only in a, only in b */
	int **reached;      /* for each number of steps, how far in a each diagonal came: from -d to d */
	long steps;
};

/* Where the best way of D steps on diagonal K is in A before the run of equal pieces. */
static long way_begin(const int *before, long d, long k)
{
	if (!d)
		return 0;
	/* before[] holds the diagonals -(d - 1) to d - 1. */
	if (k == -d || (k != d && before[k - 1 + d - 1] < before[k + 1 + d - 1]))
		return before[k + 1 + d - 1];
	return before[k - 1 + d - 1] + 1;
}

/* Of odd distance to D diagonals hold nothing; they are never asked for. */
static bool walk_step(struct walk *w, long d)
{
	int *now = mem_alloc((size_t)(2 * d + 1) * sizeof(*now));

	w->reached[d] = now;
	w->steps = d;
	for (long k = -d; k <= d; k += 2) {
		long x = way_begin(d ? w->reached[d - 1] : NULL, d, k), y = x - k;

		while (x < w->n && y < w->m && x >= 0 && y >= 0 && w->a[x].id == w->b[y].id)
			x++, y++;
		now[k + d] = (int)x;
		if (x >= w->n && y >= w->m)
			return true;
	}
	return false;
}

static void walk_back(struct walk *w)
{
	long x = w->n, y = w->m;

	for (long d = w->steps; d > 0; d--) {
		const int *before = w->reached[d - 1];
		long k = x - y;
		bool down = k == -d || (k != d && before[k - 1 + d - 1] < before[k + 1 + d - 1]);
		long from = down ? before[k + 1 + d - 1] : before[k - 1 + d - 1];

		if (down)
			w->come[from - k - 1] = true;
		else
			w->gone[from] = true;
		x = from;
		y = down ? from - k - 1 : from - k + 1;
	}
}

/* Marks what is only in one of them. */
static void pieces_compare(struct pieces *a, struct pieces *b, bool *gone, bool *come)
{
	size_t head = 0, tail = 0, least = a->count < b->count ? a->count : b->count;
	struct walk w = { .steps = -1 };
	bool found = false;

	pieces_number(a, b);
	while (head < least && a->items[head].id == b->items[head].id)
		head++;
	while (tail < least - head && a->items[a->count - 1 - tail].id == b->items[b->count - 1 - tail].id)
		tail++;
	w = (struct walk){ .a = a->items + head, .b = b->items + head, .n = (long)(a->count - head - tail),
			   .m = (long)(b->count - head - tail), .gone = gone + head, .come = come + head, .steps = -1,
			   .reached = mem_alloc((DIFF_MOST + 1) * sizeof(int *)) };
	for (long d = 0; d <= DIFF_MOST && d <= w.n + w.m && !found; d++)
		found = walk_step(&w, d);
	if (found) {
		walk_back(&w);
	} else {
		memset(w.gone, 1, (size_t)w.n * sizeof(bool));
		memset(w.come, 1, (size_t)w.m * sizeof(bool));
	}
	for (long d = 0; d <= w.steps; d++)
		free(w.reached[d]);
	free(w.reached);
}

/* ---- words of two lines */

static size_t word_length(const char *at, size_t left)
{
	size_t length = 1;
	bool blank = *at == ' ' || *at == '\t';

#define WORDY(c) (((c) >= '0' && (c) <= '9') || ((c) >= 'A' && (c) <= 'Z') || ((c) >= 'a' && (c) <= 'z') || (c) == '_')
	if (blank)
		while (length < left && (at[length] == ' ' || at[length] == '\t'))
			length++;
	else if (WORDY(*at))
		while (length < left && WORDY(at[length]))
			length++;
	else
		while (length < left && ((unsigned char)at[length] & 0xC0) == 0x80)
			length++;
#undef WORDY
	return length;
}

static void words_of(const struct diff_line *line, struct pieces *ret)
{
	for (size_t at = 0, length; at < line->length && ret->count <= WORDS_MOST; at += length) {
		length = word_length(line->text + at, line->length - at);
		piece_add(ret, line->text + at, length);
	}
}

/* Runs of marked words; a blank between two of them goes along. */
static void spans_make(struct diff_line *line, const struct pieces *words, const bool *marked)
{
	size_t capacity = 0;

	for (size_t i = 0; i < words->count; i++) {
		const struct piece *word = &words->items[i];
		size_t at = (size_t)(word->text - line->text);
		struct diff_span *last = line->span_count ? &line->spans[line->span_count - 1] : NULL;
		bool near = last && (at == last->at + last->length || (i && *words->items[i - 1].text == ' ' && words->items[i - 1].length == 1 &&
								       at == last->at + last->length + 1));

		if (!marked[i])
			continue;
		if (near) {
			last->length = at + word->length - last->at;
			continue;
		}
		line->spans = mem_grow(line->spans, &capacity, line->span_count + 1, sizeof(*line->spans));
		line->spans[line->span_count++] = (struct diff_span){ at, word->length };
	}
}

/* Bytes other than blanks that both have. */
static size_t common_bytes(const struct pieces *words, const bool *marked)
{
	size_t bytes = 0;

	for (size_t i = 0; i < words->count; i++)
		bytes += !marked[i] && *words->items[i].text != ' ' ? words->items[i].length : 0;
	return bytes;
}

/* Lines that have next to nothing in common do not stand for each other. */
static void lines_pair(struct diff_line *old, struct diff_line *new)
{
	struct pieces a = { 0 }, b = { 0 };

	words_of(old, &a);
	words_of(new, &b);
	if (a.count && b.count && a.count <= WORDS_MOST && b.count <= WORDS_MOST) {
		bool *gone = mem_alloc(a.count * sizeof(bool)), *come = mem_alloc(b.count * sizeof(bool));
		size_t longer = old->length > new->length ? old->length : new->length;

		pieces_compare(&a, &b, gone, come);
		if (common_bytes(&a, gone) * 3 >= longer) {
			spans_make(old, &a, gone);
			spans_make(new, &b, come);
		}
		free(gone);
		free(come);
	}
	free(a.items);
	free(b.items);
}

/* The first line taken out with the first put in, and so on. */
static void run_pair(struct diff *diff, size_t first, size_t removed, size_t added)
{
	for (size_t i = 0; i < removed && i < added; i++)
		lines_pair(&diff->lines[first + i], &diff->lines[first + removed + i]);
}

static void runs_pair(struct diff *diff)
{
	for (size_t i = 0; i < diff->count;) {
		size_t removed = 0, added = 0;

		while (i + removed < diff->count && diff->lines[i + removed].kind == DIFF_REMOVED)
			removed++;
		while (i + removed + added < diff->count && diff->lines[i + removed + added].kind == DIFF_ADDED)
			added++;
		run_pair(diff, i, removed, added);
		i += removed + added ? removed + added : 1;
	}
}

/* ---- lines */

static void lines_of(const char *text, struct pieces *ret)
{
	for (const char *end; text && *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		piece_add(ret, text, (size_t)(end - text));
	}
}

static void line_add(struct diff *diff, size_t *capacity, enum diff_kind kind, const struct piece *piece, size_t old, size_t new)
{
	diff->lines = mem_grow(diff->lines, capacity, diff->count + 1, sizeof(*diff->lines));
	diff->lines[diff->count++] = (struct diff_line){ .kind = kind, .text = piece->text, .length = piece->length,
							 .old_number = old, .new_number = new };
	diff->added += kind == DIFF_ADDED;
	diff->removed += kind == DIFF_REMOVED;
}

static void lines_merge(struct diff *diff, const struct pieces *a, const struct pieces *b, const bool *gone, const bool *come)
{
	size_t capacity = 0, i = 0, j = 0;

	while (i < a->count || j < b->count) {
		for (; i < a->count && gone[i]; i++)
			line_add(diff, &capacity, DIFF_REMOVED, &a->items[i], i + 1, 0);
		for (; j < b->count && come[j]; j++)
			line_add(diff, &capacity, DIFF_ADDED, &b->items[j], 0, j + 1);
		if (i < a->count && j < b->count && !gone[i] && !come[j]) {
			line_add(diff, &capacity, DIFF_SAME, &b->items[j], i + 1, j + 1);
			i++, j++;
		}
	}
}

/* ---- hunks */

static void hunk_count(const struct diff *diff, struct diff_hunk *hunk)
{
	for (size_t i = hunk->first; i < hunk->first + hunk->count; i++) {
		const struct diff_line *line = &diff->lines[i];

		hunk->old_at = hunk->old_at ? hunk->old_at : line->old_number;
		hunk->new_at = hunk->new_at ? hunk->new_at : line->new_number;
		hunk->old_count += line->old_number > 0;
		hunk->new_count += line->new_number > 0;
	}
}

static void hunks_make(struct diff *diff, size_t context)
{
	size_t capacity = 0;

	for (size_t i = 0; i < diff->count; i++) {
		struct diff_hunk *last = diff->hunk_count ? &diff->hunks[diff->hunk_count - 1] : NULL;
		size_t from = i > context ? i - context : 0, to = i + context + 1 < diff->count ? i + context + 1 : diff->count;

		if (diff->lines[i].kind == DIFF_SAME)
			continue;
		if (last && from <= last->first + last->count) {
			last->count = to - last->first;
			continue;
		}
		diff->hunks = mem_grow(diff->hunks, &capacity, diff->hunk_count + 1, sizeof(*diff->hunks));
		diff->hunks[diff->hunk_count++] = (struct diff_hunk){ .first = from, .count = to - from };
	}
	for (size_t i = 0; i < diff->hunk_count; i++)
		hunk_count(diff, &diff->hunks[i]);
}

/* ---- the whole */

void diff_texts(const char *from, const char *to, size_t context, struct diff *ret)
{
	struct pieces a = { 0 }, b = { 0 };
	bool *gone, *come;

	*ret = (struct diff){ 0 };
	lines_of(from, &a);
	lines_of(to, &b);
	gone = mem_alloc((a.count + 1) * sizeof(bool));
	come = mem_alloc((b.count + 1) * sizeof(bool));
	pieces_compare(&a, &b, gone, come);
	lines_merge(ret, &a, &b, gone, come);
	runs_pair(ret);
	hunks_make(ret, context);
	free(gone);
	free(come);
	free(a.items);
	free(b.items);
}

void diff_release(struct diff *diff)
{
	for (size_t i = 0; i < diff->count; i++)
		free(diff->lines[i].spans);
	free(diff->lines);
	free(diff->hunks);
	*diff = (struct diff){ 0 };
}

void diff_unified(const struct diff *diff, struct str *ret)
{
	static const char signs[] = { [DIFF_SAME] = ' ', [DIFF_REMOVED] = '-', [DIFF_ADDED] = '+' };

	for (size_t h = 0; h < diff->hunk_count; h++) {
		const struct diff_hunk *hunk = &diff->hunks[h];

		str_add_format(ret, "@@ -%zu,%zu +%zu,%zu @@\n", hunk->old_at, hunk->old_count, hunk->new_at, hunk->new_count);
		for (size_t i = hunk->first; i < hunk->first + hunk->count; i++) {
			str_add_char(ret, signs[diff->lines[i].kind]);
			str_add_bytes(ret, diff->lines[i].text, diff->lines[i].length);
			str_add_char(ret, '\n');
		}
	}
}
