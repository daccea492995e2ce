/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox as the fold of its three events. It knows case ids as words only: not every handler who
 * reads the inbox may read the case. */
#include "model/inbox.h"

#include "model/case.h"

static void sealed_file_release(struct sealed_file *file)
{
	free(file->name);
	free(file->type);
	free(file->kind);
	free(file->sha256);
	free(file->object);
	free(file->key);
}

static void sealed_file_own(struct sealed_file *file)
{
	file->name = mem_string(file->name);
	file->type = mem_string(file->type);
	file->kind = mem_string(file->kind);
	file->sha256 = mem_string(file->sha256);
	file->object = mem_string(file->object);
	file->key = mem_string(file->key);
}

void inbox_release(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->count; i++) {
		struct inbox_item *item = inbox->items[i];

		mail_record_release(&item->record);
		sealed_file_release(&item->raw);
		free(item->id);
		free(item->channel);
		free(item->sha256);
		free(item->taken_case);
		free(item);
	}
	free(inbox->items);
	map_release(&inbox->by_id);
	map_release(&inbox->by_sha256);
}

static struct inbox_item *find(const struct inbox *inbox, const char *id)
{
	return map_get(&inbox->by_id, id, strlen(id));
}

static int check_received(const struct inbox *inbox, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "mail"), *sha256 = event_text(event, "sha256");
	const struct inbox_item *known = map_get(&inbox->by_sha256, sha256, strlen(sha256));

	if (!id_valid(id))
		return error_set(err, ERR_NO, _("mail"), NULL,
				 _("rule mail id: an id has letters, digits, dot and hyphen only"));
	if (find(inbox, id))
		return error_set(err, ERR_NO, id, NULL, _("rule mail id: this id is taken"));
	if (known)
		return error_set(err, ERR_NO, id, NULL,
				 _("rule mail: the same bytes came in as %s"), known->id);
	return 0;
}

int inbox_check(const struct inbox *inbox, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "mail");

	if (event->type == EVENT_MAIL_RECEIVED)
		return check_received(inbox, event, err);
	if (!find(inbox, id))
		return error_set(err, ERR_NO, _("mail"), NULL,
				 _("rule mail id: there is no mail %.64s"), id);
	if (event->type == EVENT_MAIL_TAKEN && !id_valid(event_text(event, "case")))
		return error_set(err, ERR_NO, id, NULL,
				 _("rule case id: an id has letters, digits, dot and hyphen only"));
	return 0;
}

static void count_id(struct inbox *inbox, const char *id)
{
	size_t digits = str_starts(id, "M-") ? strspn(id + 2, "0123456789") : 0;

	if (digits >= 1 && digits <= 9 && !id[2 + digits]) {
		unsigned number = (unsigned)strtoul(id + 2, NULL, 10);

		inbox->highest = number > inbox->highest ? number : inbox->highest;
	}
}

static bool comes_before(const struct inbox_item *a, const struct inbox_item *b)
{
	return a->received != b->received ? a->received < b->received : strcmp(a->id, b->id) < 0;
}

static void apply_received(struct inbox *inbox, const struct event *event)
{
	struct inbox_item *item = mem_alloc(sizeof(*item));
	long long size = js_integer(event->body, "size", 0);
	size_t at = inbox->count;

	item->id = mem_string(event_text(event, "mail"));
	memcpy(item->event, event->id, sizeof(item->event));
	item->received = event_instant(event, "received");
	item->channel = mem_string(event_text(event, "channel"));
	item->sha256 = mem_string(event_text(event, "sha256"));
	item->size = size > 0 ? (size_t)size : 0;
	item->record.date = INSTANT_NONE;
	item->record.verdict = VERDICT_UNSIGNED;
	sealed_file_read(json_object_get(event->body, "raw"), &item->raw);
	sealed_file_own(&item->raw);
	while (at > 0 && comes_before(item, inbox->items[at - 1]))
		at--;
	inbox->items = list_open(inbox->items, &inbox->count, &inbox->room,
				 sizeof(*inbox->items), at);
	inbox->items[at] = item;
	map_put(&inbox->by_id, item->id, strlen(item->id), item);
	map_put(&inbox->by_sha256, item->sha256, strlen(item->sha256), item);
	count_id(inbox, item->id);
}

void inbox_apply(struct inbox *inbox, const struct event *event)
{
	struct inbox_item *item;

	if (event->type == EVENT_MAIL_RECEIVED) {
		apply_received(inbox, event);
		return;
	}
	item = find(inbox, event_text(event, "mail"));
	if (event->type == EVENT_MAIL_TAKEN) {
		mem_replace(&item->taken_case, event_text(event, "case"));
		return;
	}
	mail_record_release(&item->record);
	mail_record_from_json(json_object_get(event->body, "record"), &item->record);
	item->read = true;
}
