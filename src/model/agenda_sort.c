/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tens of thousands of due dates in order: by time in passes over the digits of the seconds, since comparing
 * would follow pointers all over memory; then, among those of one second, by comparing, most being in order.
 */
#include "model/agenda.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, SECOND_BITS = 33, FEW = 256, MOVES = 8 };

int slot_compare(const struct agenda_slot *x, const struct agenda_slot *y)
{
	int order;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	order = x->due->case_id == y->due->case_id ? 0 : strcmp(x->due->case_id, y->due->case_id);
	if (!order)
		order = strcmp(x->due->what, y->due->what);
	return order ? order : strcmp(str_or_empty(x->due->reading), str_or_empty(y->due->reading));
}

static int compare(const void *a, const void *b)
{
	return slot_compare(a, b);
}

/* False when too much had to be moved: then it is left half done. */
static bool insertion_sort(struct agenda_slot *slots, size_t count)
{
	size_t moves = 0;

	for (size_t i = 1; i < count; i++) {
		struct agenda_slot slot = slots[i];
		size_t at = i;

		while (at > 0 && slot_compare(&slots[at - 1], &slot) > 0) {
			slots[at] = slots[at - 1];
			at--;
		}
		slots[at] = slot;
		moves += i - at;
		if (moves > MOVES * count)
			return false;
	}
	return true;
}

static uint64_t seconds_after(const struct agenda_slot *slot, instant first)
{
	return (uint64_t)(slot->at - first) / (uint64_t)INSTANT_SECOND;
}

/* One pass over a digit, stable. */
static void pass(const struct agenda_slot *from, struct agenda_slot *to, size_t count, instant first, int shift)
{
	size_t places[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		places[seconds_after(&from[i], first) >> shift & (DIGITS - 1)]++;
	for (size_t i = 0; i < DIGITS; i++) {
		size_t here = places[i];

		places[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[places[seconds_after(&from[i], first) >> shift & (DIGITS - 1)]++] = from[i];
}

static bool span_of(const struct agenda_slot *slots, size_t count, instant *ret_first)
{
	instant last = slots[0].at;

	*ret_first = slots[0].at;
	for (size_t i = 1; i < count; i++) {
		*ret_first = slots[i].at < *ret_first ? slots[i].at : *ret_first;
		last = slots[i].at > last ? slots[i].at : last;
	}
	return last / INSTANT_SECOND - *ret_first / INSTANT_SECOND < INT64_C(1) << SECOND_BITS;
}

static void sort_equals(struct agenda_slot *slots, size_t count, instant first)
{
	for (size_t i = 0, end; i < count; i = end) {
		uint64_t second = seconds_after(&slots[i], first);

		for (end = i + 1; end < count && seconds_after(&slots[end], first) == second;)
			end++;
		if (!insertion_sort(slots + i, end - i))
			qsort(slots + i, end - i, sizeof(*slots), compare);
	}
}

void slots_sort(struct agenda_slot *slots, size_t count)
{
	struct agenda_slot *other;
	instant first;

	if (count < FEW || !span_of(slots, count, &first)) {
		if (count > 1)
			qsort(slots, count, sizeof(*slots), compare);
		return;
	}
	other = mem_resize(NULL, count, sizeof(*other));
	pass(slots, other, count, first, 0);
	pass(other, slots, count, first, DIGIT_BITS);
	pass(slots, other, count, first, 2 * DIGIT_BITS);
	memcpy(slots, other, count * sizeof(*slots));
	free(other);
	sort_equals(slots, count, first);
}
