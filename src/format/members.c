/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of members, read from a stream. */
#include "members.h"

static const struct member *find_member(const struct member *rows, const char *name)
{
	for (; rows->name; rows++)
		if (*rows->name == *name && str_equal(rows->name, name))
			return rows;
	return NULL;
}

int members_object(struct members *m, const struct pull_item *value, const struct member *rows,
		     void *into)
{
	struct pull_item item = *value;
	int code = 0;

	if (value->token != PULL_OBJECT)
		return pull_skip(m->pull, value, m->err);
	while (!(code = pull_next(m->pull, &item, m->err)) && item.token == PULL_NAME) {
		const struct member *row = find_member(rows, item.text);

		if (!row) {
			code = pull_skip(m->pull, &item, m->err);
		} else {
			code = pull_next(m->pull, &item, m->err);
			code = code ? code : row->read(m, &item, into, row->offset);
		}
		if (code)
			return code;
	}
	return code;
}

int members_array(struct members *m, const struct pull_item *value, members_item_fn read, void *into)
{
	struct pull_item item = *value;
	int code = 0;

	if (value->token != PULL_ARRAY)
		return pull_skip(m->pull, value, m->err);
	while (!(code = pull_next(m->pull, &item, m->err)) && item.token != PULL_ARRAY_END) {
		code = read(m, &item, into);
		if (code)
			return code;
	}
	return code;
}

static char **slot_at(void *into, size_t offset)
{
	return (char **)(void *)((char *)into + offset);
}

int members_text(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	char **slot = slot_at(into, offset);

	if (value->token == PULL_STRING || value->token == PULL_NUMBER) {
		free(*slot);
		*slot = value->length ? text_copy(value->text, value->length) : NULL;
	}
	return pull_skip(m->pull, value, m->err);
}
