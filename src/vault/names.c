/* SPDX-License-Identifier: Apache-2.0 */
/* A sorted set of names. */
#include "vault/names.h"

static const char digits[] = "0123456789abcdef";

void names_release(struct names *names)
{
	free(names->names);
	*names = (struct names){ 0 };
}

static size_t place(const struct names *names, const char *name, bool *ret_there)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = low < names->count && str_equal(names->names[low], name);
	return low;
}

bool names_have(const struct names *names, const char *name)
{
	bool there;

	place(names, name, &there);
	return there;
}

void names_add(struct names *names, const char *name)
{
	bool there;
	size_t at = place(names, name, &there);

	if (there || strlen(name) != NAME_DIGITS)
		return;
	names->names = mem_grow(names->names, &names->capacity, names->count + 1, sizeof(*names->names));
	memmove(names->names + at + 1, names->names + at, (names->count - at) * sizeof(*names->names));
	memcpy(names->names[at], name, sizeof(*names->names));
	names->count++;
}

void names_remove(struct names *names, const char *name)
{
	bool there;
	size_t at = place(names, name, &there);

	if (!there)
		return;
	names->count--;
	memmove(names->names + at, names->names + at + 1, (names->count - at) * sizeof(*names->names));
}

void names_find(const char *text, void (*fn)(void *context, const char *name), void *context)
{
	char name[NAME_DIGITS + 1];

	for (const char *at = text; (at = strpbrk(at, digits));) {
		size_t run = strspn(at, digits);

		if (run == NAME_DIGITS) {
			memcpy(name, at, NAME_DIGITS);
			name[NAME_DIGITS] = '\0';
			fn(context, name);
		}
		at += run;
	}
}
