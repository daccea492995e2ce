/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and words of the crash tests' notes. */
#include "lists.h"

#include "psirtty/base/mem.h"
#include "psirtty/vault/index.h"
#include "sessions.h"

enum { LISTS_VERSION = 7, CASES = 4096 };

struct row { uint8_t stream[16]; uint64_t notes; char last[64]; bool changed; };
struct lists { struct vault *vault; struct row *rows; size_t count; }; /* rows: owned, room for CASES */

static struct row *row_of(struct lists *lists, const uint8_t stream[16])
{
	for (size_t i = 0; i < lists->count; i++)
		if (memcmp(lists->rows[i].stream, stream, 16) == 0)
			return &lists->rows[i];
	if (lists->count == CASES)
		return NULL;
	memcpy(lists->rows[lists->count].stream, stream, 16);
	return &lists->rows[lists->count++];
}

static int take_row(void *context, const struct vault_brief *brief, struct error *err)
{
	struct row *row = row_of(context, brief->stream);

	(void)err;
	if (row && brief->length == sizeof(row->notes) + sizeof(row->last)) {
		memcpy(&row->notes, brief->bytes, sizeof(row->notes));
		memcpy(row->last, (const char *)brief->bytes + sizeof(row->notes), sizeof(row->last));
	}
	return 0;
}

static int fold(void *context, const struct vault_event *event, struct error *err)
{
	struct row *row = row_of(context, event->stream);

	(void)err;
	if (!row)
		return 0;
	row->notes++;
	memset(row->last, 0, sizeof(row->last));
	snprintf(row->last, sizeof(row->last), "%.60s", event->json);
	row->changed = true;
	return 0;
}

static int put_text(void *context, const struct vault_event *event, struct error *err)
{
	(void)err;
	vault_text_put(context, event->gseq, event->stream, event->json, event->length);
	return 0;
}

static void put_rows(struct lists *lists, uint64_t from)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct row *row = &lists->rows[i];
		uint8_t bytes[sizeof(row->notes) + sizeof(row->last)];
		struct vault_brief brief = { .kind = BRIEF_CASE, .bytes = bytes, .length = sizeof(bytes) };

		if (!row->changed)
			continue;
		memcpy(brief.key, row->stream, 16);
		memcpy(brief.stream, row->stream, 16);
		memcpy(bytes, &row->notes, sizeof(row->notes));
		memcpy(bytes + sizeof(row->notes), row->last, sizeof(row->last));
		vault_brief_put(lists->vault, &brief);
	}
	vault_brief_done(lists->vault, LISTS_VERSION, vault_head(lists->vault), from == 0);
}

int lists_keep(struct vault *vault, struct error *err)
{
	struct lists lists = { vault, mem_alloc(CASES * sizeof(struct row)), 0 };
	static const uint8_t nobody[16];
	uint64_t from = vault_brief_head(vault, LISTS_VERSION), text = vault_text_head(vault);
	int code = vault_read_on(vault, NULL, NULL, err);

	if (!code && from)
		code = vault_brief_each(vault, true, take_row, &lists, err);
	if (!code)
		code = vault_each(vault, from, fold, &lists, err);
	if (!code)
		put_rows(&lists, from);
	if (!code)
		code = vault_each(vault, text, put_text, vault, err);
	if (!code)
		vault_text_put(vault, vault_head(vault), nobody, "", 0);
	free(lists.rows);
	return code;
}

int lists_compare(struct vault *vault, size_t *ret_rows, size_t *ret_texts, bool *ret_ready, struct error *err)
{
	int code;

	*ret_ready = vault_cache_state(vault) == VAULT_CACHE_READY && vault_brief_head(vault, LISTS_VERSION) == vault_head(vault) &&
		     vault_text_head(vault) == vault_head(vault);
	vault_cache_anew(vault);
	code = lists_keep(vault, err);
	return code ? code : vault_cache_compare(vault, ret_rows, ret_texts, err);
}

void lists_judge(const char *dir, struct lists_tally *tally)
{
	struct openpgp *pgp = NULL;
	struct vault *vault = sessions_open(dir, &pgp);
	size_t rows = 0, texts = 0;
	AUTO_ERROR err = ERROR_INIT;
	bool ready = false;

	tally->judged++;
	if (!vault || lists_compare(vault, &rows, &texts, &ready, &err)) {
		tally->unread++;
		printf("# the cache: %s\n", str_or_empty(err.why));
	}
	tally->compared += ready;
	tally->unequal += rows || texts;
	if (rows || texts)
		printf("# %zu rows and %zu texts or words differ\n", rows, texts);
	vault_close(vault);
	openpgp_close(pgp);
}
