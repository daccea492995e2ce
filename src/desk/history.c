/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest of everything that was ever done in the vault, as the audit view tells it: across cases, the inbox and the
 * registry, in the order of this copy's journal.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"

struct telling { struct desk *desk; uint64_t last; struct desk_entry *items; size_t count, most; };

/* What lies beside an event (the text of a mail) is not asked for: its line can do without. */
static char *line_of(const struct vault_event *sealed)
{
	struct event event = { .type = sealed->type, .at = sealed->at };
	AUTO_JSON body = NULL;

	if (!event_info(sealed->type))
		return mem_string(_("of a kind that only a newer version knows"));
	if (js_load(sealed->json, sealed->length, SIZE_MAX, "event", &body, NULL))
		return mem_string(_("its content cannot be read"));
	event.body = body;
	return event_line(&event);
}

static const char *place_of(struct desk *desk, const struct vault_event *sealed, const struct case_state **ret)
{
	*ret = sealed->kind == VAULT_CASE ? model_case_of_stream(desk->model, sealed->stream) : NULL;
	return *ret ? (*ret)->id : sealed->kind == VAULT_INBOX ? _("inbox") : sealed->kind == VAULT_REGISTRY ? _("registry") : _("a case");
}

static int tell(void *context, const struct vault_event *sealed, struct error *err)
{
	struct telling *t = context;
	struct desk_entry *entry = &t->items[t->count];
	const struct case_state *state;
	AUTO_STRING line = NULL;

	(void)err;
	if (t->count == t->most || sealed->gseq > t->last)
		return 1;
	line = line_of(sealed);
	entry->gseq = sealed->gseq;
	entry->type = sealed->type;
	entry->at = sealed->at;
	memcpy(entry->event, sealed->id, sizeof(entry->event));
	snprintf(entry->place, sizeof(entry->place), "%s", place_of(t->desk, sealed, &state));
	snprintf(entry->case_id, sizeof(entry->case_id), "%s", state ? state->id : "");
	snprintf(entry->author, sizeof(entry->author), "%s", desk_author(t->desk, sealed->fingerprint)->name);
	snprintf(entry->fingerprint, sizeof(entry->fingerprint), "%s", str_or_empty(sealed->fingerprint));
	desk_copy_line(line, entry->line, sizeof(entry->line));
	t->count++;
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct desk_entry *x = a, *y = b;

	return x->gseq < y->gseq ? 1 : -1;
}

int desk_history(struct desk *desk, uint64_t last, size_t most, struct desk_entry **ret, size_t *ret_count, struct error *err)
{
	struct telling t = { .desk = desk, .last = last, .most = most };
	int code;

	t.items = mem_alloc((most + 1) * sizeof(*t.items));
	code = vault_each(desk->vault, last > most ? last - most : 0, tell, &t, err);
	if (code < 0) {
		free(t.items);
		return code;
	}
	qsort(t.items, t.count, sizeof(*t.items), newest_first);
	*ret = t.items;
	*ret_count = t.count;
	return 0;
}

uint64_t desk_history_head(const struct desk *desk)
{
	return vault_head(desk->vault);
}
