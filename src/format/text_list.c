/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of texts. */
#include "psirtty/format/text_list.h"

#include "psirtty/base/str.h"

char *text_copy(const char *bytes, size_t length)
{
	struct str text = STR_INIT;

	if (!memchr(bytes, 0, length))
		return mem_copy(bytes, length);
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			str_add_char(&text, bytes[i]);
		else
			str_add_utf8(&text, 0xFFFD);
	return str_detach(&text);
}

void text_list_add(struct text_list *list, const char *bytes, size_t length)
{
	list->items = mem_grow(list->items, &list->room, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = text_copy(bytes, length);
}

void text_list_add_text(struct text_list *list, const char *text)
{
	text_list_add(list, text, strlen(text));
}

bool text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->items[i], text))
			return true;
	return false;
}

void text_list_release(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct text_list){ 0 };
}

void text_pairs_add(struct text_pairs *pairs, const char *key, const char *value)
{
	pairs->items = mem_grow(pairs->items, &pairs->room, pairs->count + 1, sizeof(*pairs->items));
	pairs->items[pairs->count++] = (struct text_pair){ mem_string(key), mem_string(value) };
}

void text_pairs_release(struct text_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		free(pairs->items[i].key);
		free(pairs->items[i].value);
	}
	free(pairs->items);
	*pairs = (struct text_pairs){ 0 };
}
