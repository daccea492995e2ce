/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: a Maildir that another program, or a person with a stick, empties. */
#include "psirtty/worker/letter.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

const char *letter_fate_name(enum letter_fate fate)
{
#define X(name, word) word,
	static const char *const names[] = { LETTER_FATES(X) };
#undef X

	return fate >= 0 && fate < LETTER_FATE_COUNT ? names[fate] : "?";
}

void letter_results_release(struct letter_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(results[i].answer);
	free(results);
}

/* ---- the outbox */

static char *place(const char *dir, const char *folder, const char *id)
{
	return mem_format("%s/%s/%s.psirtty", dir, folder, id);
}

static int outbox_prepare(void *context, const struct letter *letter, struct error *err)
{
	static const char *const folders[] = { "tmp", "new", "cur" };
	const char *dir = context;
	AUTO_STRING part = place(dir, "tmp", letter->id);

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_STRING folder = file_join(dir, folders[i]);
		int code = file_make_dir(folder, 0770, err);

		if (code)
			return code;
	}
	return file_write(part, letter->bytes, letter->length, 0640, err);
}

static int outbox_has_left(void *context, const char *id)
{
	AUTO_STRING part = place(context, "tmp", id);

	return !file_exists(part);
}

static int outbox_post(void *context, const struct letter *letter, struct letter_result *results, struct error *err)
{
	AUTO_STRING part = place(context, "tmp", letter->id);
	AUTO_STRING path = place(context, "new", letter->id);

	if (!file_exists(part) && !file_exists(path)) {
		int code = outbox_prepare(context, letter, err);

		if (code)
			return code;
	}
	if (rename(part, path) < 0 && (errno != ENOENT || !file_exists(path)))
		return error_errno(err, ERR_INPUT, path, _("Look at the outbox's folder"));
	for (size_t i = 0; i < letter->recipient_count; i++)
		results[i] = (struct letter_result){ LETTER_TAKEN, mem_string(path) };
	return 0;
}

void letter_outbox(struct letter_way *ret, const char *dir)
{
	*ret = (struct letter_way){ .name = "outbox", .prepare = outbox_prepare, .post = outbox_post,
				    .has_left = outbox_has_left, .context = (void *)(uintptr_t)dir };
}
