/* SPDX-License-Identifier: Apache-2.0 */
/* Storage of a case being folded: growing lists, kept blocks, typed members of bodies. */
#include "model/case.h"

void *list_open(void *items, size_t *count, size_t *room, size_t size, size_t at)
{
	char *place;

	if (*count == *room) {
		*room = *room ? *room * 2 : 1;
		items = mem_resize(items, *room, size);
	}
	place = (char *)items + at * size;
	memmove(place + size, place, (*count - at) * size);
	memset(place, 0, size);
	++*count;
	return items;
}

char *folded_keep(struct folded *folded, char *string)
{
	size_t at = folded->block_count;

	folded->blocks = list_open(folded->blocks, &folded->block_count, &folded->room[ROOM_BLOCKS],
				   sizeof(*folded->blocks), at);
	folded->blocks[at] = string;
	return string;
}

void *folded_alloc(struct folded *folded, size_t size)
{
	return folded_keep(folded, mem_alloc(size));
}

void folded_release_derived(struct folded *folded)
{
	struct case_state *state = &folded->state;

	for (size_t i = 0; i < folded->block_count; i++)
		free(folded->blocks[i]);
	free(folded->blocks);
	free(state->messages);
	free(state->reporters);
	free(state->sent_ids);
	free(state->scores);
	free(state->ids);
	free(state->affected);
	free(state->remediations);
	free(state->notes);
	free(state->repros);
	free(state->parties);
	free(state->facts);
	free(state->clocks);
	free(state->filings);
	free(state->embargo.terms);
	free(state->embargo.answers);
	free(state->records);
}

char *event_text(const struct event *event, const char *key)
{
	return (char *)js_string(event->body, key);
}

instant event_instant(const struct event *event, const char *key)
{
	const char *text = js_string(event->body, key);
	instant at;

	return text && instant_parse(text, &at, NULL) == 0 ? at : event->at;
}

void sealed_file_read(const json_t *object, struct sealed_file *ret)
{
	long long size = js_integer(object, "size", 0);

	*ret = (struct sealed_file){
		.name = (char *)js_string(object, "name"),
		.type = (char *)js_string(object, "type"),
		.kind = (char *)js_string(object, "kind"),
		.size = size > 0 ? (size_t)size : 0,
		.sha256 = (char *)js_string(object, "sha256"),
		.object = (char *)js_string(object, "object"),
		.key = (char *)js_string(object, "key"),
	};
}

char *lower_copy(const char *string)
{
	char *copy = mem_string(string);

	for (char *c = copy; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

bool id_valid(const char *id)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789";
	size_t length = strlen(id);

	if (length == 0 || length > 64 || !strchr(first, id[0]))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!strchr(first, id[i]) && !strchr("._-", id[i]))
			return false;
	return true;
}
