/* SPDX-License-Identifier: Apache-2.0 */
/* Where the sealed files of a case are named: in the bodies of its events, whatever their types. */
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"

static void look(const struct event *event, const char *field, const json_t *json, desk_place_fn fn, void *context)
{
	const char *key;
	json_t *value;
	size_t i;

	if (js_string(json, "object") && js_string(json, "key")) {
		fn(context, event, field, json);
		return;
	}
	json_object_foreach((json_t *)json, key, value)
		look(event, key, value, fn, context);
	json_array_foreach(json, i, value)
		look(event, field, value, fn, context);
}

void desk_each_place(const struct case_state *state, desk_place_fn fn, void *context)
{
	for (size_t i = 0; i < state->event_count; i++)
		look(&state->events[i], "", state->events[i].body, fn, context);
}

int desk_file_sum(int fd, char ret_hex[65], uint64_t *ret_size, struct error *err)
{
	struct vault_digest *digest = vault_digest_new();
	char *buffer = mem_alloc(65536);
	uint64_t size = 0;
	ssize_t got;

	while ((got = pread(fd, buffer, 65536, (off_t)size)) > 0) {
		vault_digest_add(digest, buffer, (size_t)got);
		size += (uint64_t)got;
	}
	vault_digest_hex(digest, ret_hex);
	free(buffer);
	*ret_size = size;
	return got < 0 ? error_errno(err, ERR_INPUT, _("file"), NULL) : 0;
}
