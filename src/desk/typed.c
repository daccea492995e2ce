/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler is typing on the screen: kept sealed while the session lives, found again when it died. */
#include "desk/desk_private.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "psirtty/base/file.h"

static const char typed_prefix[] = "typed-";

/* The process that types stands in the name, so that what a dead one left can be told. */
int desk_keep_typed(struct desk *desk, const char *text, struct error *err)
{
	AUTO_STRING id = mem_format("%s%ld", typed_prefix, (long)getpid());

	if (!*text)
		return vault_draft_remove(desk->vault, id, NULL), 0;
	return vault_draft_keep(desk->vault, id, text, strlen(text), err);
}

bool desk_is_typed(const char *id)
{
	return str_starts(id, typed_prefix);
}

static bool left_behind(const char *id, bool own)
{
	long pid = str_starts(id, typed_prefix) ? strtol(id + sizeof(typed_prefix) - 1, NULL, 10) : 0;

	if (own && pid == (long)getpid())
		return true;
	return pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

char *desk_take_typed(struct desk *desk, bool own)
{
	char **ids = NULL, *found = NULL;
	size_t count = 0;

	if (desk_readonly(desk) || vault_draft_list(desk->vault, &ids, &count, NULL))
		return NULL;
	for (size_t i = 0; i < count && !found; i++) {
		struct str text = STR_INIT;

		if (left_behind(ids[i], own) && vault_draft_get(desk->vault, ids[i], &text, NULL) == 0) {
			found = mem_string(text.bytes);
			vault_draft_remove(desk->vault, ids[i], NULL);
		}
		str_wipe(&text);
	}
	file_free_names(ids, count);
	return found;
}

size_t desk_kept_texts(struct desk *desk)
{
	char **ids = NULL;
	size_t count = 0, kept = 0;

	if (vault_draft_list(desk->vault, &ids, &count, NULL))
		return 0;
	for (size_t i = 0; i < count; i++)
		kept += str_starts(ids[i], "kept-") || (str_starts(ids[i], "edit-") && !str_starts(ids[i], "edit-advisory-"));
	file_free_names(ids, count);
	return kept;
}

int desk_keep_text(struct desk *desk, const struct str *text, char **ret_id, struct error *err)
{
	char random[9];
	char *id;
	int code;

	vault_random_hex(random, 8);
	id = mem_format("kept-%s", random);
	code = vault_draft_put(desk->vault, id, text->bytes, text->length, err);
	if (code)
		free(id);
	else
		*ret_id = id;
	return code;
}
