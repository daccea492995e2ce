/* SPDX-License-Identifier: Apache-2.0 */
/* What IMAP and POP3 have in common: which mails are wished for, and telling of them. */
#include "fetch_private.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_known(const char *known, struct box_wish *ret)
{
	size_t room = 0;

	/* The request stays as long as the process: its lines become words. */
	for (char *line = (char *)(uintptr_t)known; line && *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		ret->known = mem_grow(ret->known, &room, ret->known_count + 1, sizeof(*ret->known));
		ret->known[ret->known_count++] = line;
		line = end ? end + 1 : NULL;
	}
	if (ret->known_count)
		qsort(ret->known, ret->known_count, sizeof(*ret->known), by_name);
}

bool box_wish_read(struct fetch_reading *request, struct box_wish *ret)
{
	*ret = (struct box_wish){ 0 };
	read_known(fetch_text_take(request), ret);
	ret->most_bytes = fetch_number_take(request);
	ret->most = (size_t)fetch_number_take(request);
	ret->remove = fetch_number_take(request) != 0;
	if (ret->most_bytes > FETCH_BYTES_LIMIT)
		ret->most_bytes = FETCH_BYTES_LIMIT;
	return !request->bad;
}

void box_wish_release(struct box_wish *wish)
{
	free(wish->known);
}

bool box_knows(const struct box_wish *wish, const char *name)
{
	return wish->known_count &&
	       bsearch(&name, wish->known, wish->known_count, sizeof(*wish->known), by_name) != NULL;
}

void box_tell(const struct box_wish *wish, const char *name, const struct str *bytes, uint64_t length)
{
	if (length > wish->most_bytes)
		fetch_tell(&(struct fetch_event){ .kind = FETCH_PASSED, .name = name, .text = "too-large", .total = length });
	else
		fetch_tell(&(struct fetch_event){ .kind = FETCH_MAIL, .name = name, .bytes = bytes->bytes,
						  .length = bytes->length });
}

/* ---- names of what may be deleted */

void box_names_add(struct box_names *names, const char *name)
{
	names->names = mem_grow(names->names, &names->room, names->count + 1, sizeof(*names->names));
	names->names[names->count++] = mem_string(name);
}

void box_names_wait(struct box_names *ret)
{
	const char *name;

	fetch_tell(&(struct fetch_event){ .kind = FETCH_READY });
	while ((name = fetch_next_name()) != NULL)
		box_names_add(ret, name);
}

void box_names_release(struct box_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}
