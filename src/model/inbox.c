/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox as the fold of its three events. It knows case ids as words only: not every handler who
 * reads the inbox may read the case. */
#include "model/inbox.h"

#include "model/brief.h"
#include "model/case.h"

enum { MAIL_ROOM = 384, SHARED_ROOM = 1 << 17, SUFFIX_BYTES = 4 };

struct mail_whole { struct sealed_file raw; struct mail_record record; }; /* owned */

/* The item's strings lie in OWN or in the inbox's arena; in brief, so do those of its record. */
struct known_mail {
	struct inbox_item item;
	struct mail_whole *whole; /* owned, or NULL while known in brief */
	struct arena own;
	uint64_t used;            /* 0 while brief */
	bool changed;
};

static struct known_mail *mail_of(const struct inbox_item *item)
{
	return (struct known_mail *)(uintptr_t)item;
}

/* ---- whole mails */

static void sealed_file_release(struct sealed_file *file)
{
	free(file->name);
	free(file->type);
	free(file->kind);
	free(file->sha256);
	free(file->object);
	free(file->key);
	*file = (struct sealed_file){ 0 };
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

static void whole_free(struct mail_whole *whole)
{
	if (!whole)
		return;
	mail_record_release(&whole->record);
	sealed_file_release(&whole->raw);
	free(whole);
}

static void mail_free(struct known_mail *mail)
{
	whole_free(mail->whole);
	arena_release(&mail->own);
	free(mail);
}

void inbox_release(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->count; i++)
		mail_free(inbox->items[i]);
	free(inbox->items);
	free(inbox->whole);
	free(inbox->changed);
	free(inbox->passed);
	map_release(&inbox->by_id);
	map_release(&inbox->by_sha256);
	arena_release(&inbox->arena);
	free(inbox->words);
}

/* ---- brief */

/* The sender is told in lower case; it is kept with the record, wherever that lies. */
static void add_sender(struct mail_record *record, const struct brief_home *home)
{
	const char *address = record->from_count ? record->from[0].address : NULL;

	if (!address)
		return;
	record->sender = arena_copy(home->arena, address, strlen(address), home->room);
	for (char *c = record->sender; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
}

static bool read_brief(struct inbox_item *ret, const void *bytes, size_t length,
		       const struct brief_home *home)
{
	struct inbox_item item = { .brief = true };

	if (!brief_read(&brief_mail_shape, 'm', bytes, length, home, &item) || !id_valid(item.id) ||
	    item.received == INSTANT_NONE)
		return false;
	add_sender(&item.record, home);
	memcpy(item.event, ret->event, sizeof(item.event));
	item.id = ret->id ? ret->id : item.id;
	item.sha256 = ret->sha256 ? ret->sha256 : item.sha256;
	*ret = item;
	return true;
}

/* The item becomes AS, its strings copied; id and hash, by which it is found, stay where they are. */
static void settle(struct known_mail *mail, const struct inbox_item *as)
{
	const struct brief_home home = { .arena = &mail->own, .room = MAIL_ROOM };
	struct arena old = mail->own;
	AUTO_STR bytes = STR_INIT;

	model_mail_brief(as, &bytes);
	mail->own = (struct arena){ 0 };
	if (!read_brief(&mail->item, bytes.bytes, bytes.length, &home))
		BUG("a mail cannot be known in brief");
	arena_release(&old);
	if (!mail->whole)
		return;
	mail_record_sender(&mail->whole->record);
	mail->item.record = mail->whole->record;
	mail->item.raw = mail->whole->raw;
	mail->item.brief = false;
}

static void list_add(struct known_mail ***list, size_t *count, size_t *room, struct known_mail *mail)
{
	size_t at = *count;

	*list = list_open(*list, count, room, sizeof(**list), at);
	(*list)[at] = mail;
}

static void make_brief(struct known_mail *mail)
{
	struct mail_whole *whole = mail->whole;
	struct inbox_item item = mail->item;

	mail->whole = NULL;
	mail->used = 0;
	settle(mail, &item);
	whole_free(whole);
}

static void bound(struct inbox *inbox)
{
	while (inbox->bounded && inbox->whole_count > inbox->limit) {
		size_t least = 0;
		struct known_mail *mail;

		for (size_t i = 1; i < inbox->whole_count; i++)
			if (inbox->whole[i]->used < inbox->whole[least]->used)
				least = i;
		mail = inbox->whole[least];
		inbox->whole[least] = inbox->whole[--inbox->whole_count];
		make_brief(mail);
	}
}

static void use(struct inbox *inbox, struct known_mail *mail)
{
	if (!mail->used)
		list_add(&inbox->whole, &inbox->whole_count, &inbox->whole_room, mail);
	mail->used = ++inbox->uses;
	bound(inbox);
}

int inbox_use(struct inbox *inbox, const struct inbox_item *item)
{
	use(inbox, mail_of(item));
	return 0;
}

static void change(struct inbox *inbox, struct known_mail *mail)
{
	if (!mail->changed)
		list_add(&inbox->changed, &inbox->changed_count, &inbox->changed_room, mail);
	mail->changed = true;
}

void inbox_change_all(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->count; i++)
		change(inbox, inbox->items[i]);
}

void inbox_take_changed(struct inbox *inbox, model_mail_fn fn, void *context)
{
	for (size_t i = 0; i < inbox->changed_count; i++) {
		inbox->changed[i]->changed = false;
		fn(context, &inbox->changed[i]->item);
	}
	inbox->changed_count = 0;
}

/* ---- finding */

static int compare(const void *a, const void *b)
{
	const struct inbox_item *x = &(*(struct known_mail *const *)a)->item;
	const struct inbox_item *y = &(*(struct known_mail *const *)b)->item;

	if (x->received != y->received)
		return x->received < y->received ? -1 : 1;
	return strcmp(x->id, y->id);
}

const struct inbox_item *inbox_item(const struct inbox *inbox, size_t index)
{
	if (inbox->unsorted) {
		qsort(inbox->items, inbox->count, sizeof(*inbox->items), compare);
		((struct inbox *)(uintptr_t)inbox)->unsorted = false;
	}
	return &inbox->items[index]->item;
}

static void put(struct inbox *inbox, struct known_mail *mail)
{
	map_put(&inbox->by_id, mail->item.id, strlen(mail->item.id), mail);
	map_put(&inbox->by_sha256, mail->item.sha256, strlen(mail->item.sha256), mail);
}

/* The maps are made when something is first looked for: a start needs them not. */
static const struct inbox *indexed(const struct inbox *inbox)
{
	struct inbox *index = (struct inbox *)(uintptr_t)inbox;

	if (inbox->indexed)
		return inbox;
	map_reserve(&index->by_id, inbox->count);
	map_reserve(&index->by_sha256, inbox->count);
	for (size_t i = 0; i < inbox->count; i++)
		put(index, inbox->items[i]);
	index->indexed = true;
	return inbox;
}

static struct known_mail *find(const struct inbox *inbox, const char *id)
{
	return map_get(&indexed(inbox)->by_id, id, strlen(id));
}

const struct inbox_item *inbox_find(const struct inbox *inbox, const char *id)
{
	struct known_mail *mail = find(inbox, id);

	return mail ? &mail->item : NULL;
}

const struct inbox_item *inbox_by_sha256(const struct inbox *inbox, const char *sha256)
{
	struct known_mail *mail = map_get(&indexed(inbox)->by_sha256, sha256, strlen(sha256));

	return mail ? &mail->item : NULL;
}

/* The mail an event is about: two copies of the vault may have given its id twice, what brought it not. */
static struct known_mail *mail_of_event(const struct inbox *inbox, const struct event *event)
{
	const char *received = event_text(event, "received_event");
	struct known_mail *mail = find(inbox, event_text(event, "mail"));
	uint8_t id[32];

	if (!received || str_unhex(received, id, sizeof(id)) != (long)sizeof(id) ||
	    (mail && memcmp(mail->item.event, id, sizeof(id)) == 0))
		return mail;
	for (size_t i = 0; i < inbox->count; i++)
		if (memcmp(inbox->items[i]->item.event, id, sizeof(id)) == 0)
			return inbox->items[i];
	return NULL;
}

/* ---- rules */

static int check_received(const struct inbox *inbox, const struct event *event, bool free_id,
			  struct error *err)
{
	const char *id = event_text(event, "mail");
	const struct inbox_item *known = inbox_by_sha256(inbox, event_text(event, "sha256"));

	if (!id_valid(id))
		return error_set(err, ERR_NO, _("mail"), NULL,
				 _("rule mail id: an id has letters, digits, dot and hyphen only"));
	if (free_id && find(inbox, id))
		return error_set(err, ERR_NO, id, NULL, _("rule mail id: this id is taken"));
	if (known)
		return error_set(err, ERR_NO, id, NULL,
				 _("rule mail: the same bytes came in as %s"), known->id);
	return 0;
}

static int check(const struct inbox *inbox, const struct event *event, bool free_id, struct error *err)
{
	const char *id = event_text(event, "mail");

	if (event->type == EVENT_MAIL_RECEIVED)
		return check_received(inbox, event, free_id, err);
	/* Two copies of the vault may have dropped the same. */
	if (event->type == EVENT_MAIL_DROPPED || event->type == EVENT_MAIL_PASSED)
		return 0;
	if (!mail_of_event(inbox, event))
		return error_set(err, ERR_NO, _("mail"), NULL,
				 _("rule mail id: there is no mail %.64s"), id);
	if (event->type == EVENT_MAIL_TAKEN && !id_valid(event_text(event, "case")))
		return error_set(err, ERR_NO, id, NULL,
				 _("rule case id: an id has letters, digits, dot and hyphen only"));
	return 0;
}

int inbox_check(const struct inbox *inbox, const struct event *event, struct error *err)
{
	return check(inbox, event, true, err);
}

/* ---- taking events */

static void count_id(struct inbox *inbox, const char *id)
{
	size_t digits = str_starts(id, "M-") ? strspn(id + 2, "0123456789") : 0;

	if (digits >= 1 && digits <= 9 && !id[2 + digits]) {
		unsigned number = (unsigned)strtoul(id + 2, NULL, 10);

		inbox->highest = number > inbox->highest ? number : inbox->highest;
	}
}

static void add(struct inbox *inbox, struct known_mail *mail)
{
	size_t at = inbox->count;

	inbox->items = list_open(inbox->items, &inbox->count, &inbox->room, sizeof(*inbox->items), at);
	inbox->items[at] = mail;
	inbox->unsorted = inbox->unsorted || (at > 0 && compare(&inbox->items[at - 1], &mail) > 0);
	if (inbox->indexed)
		put(inbox, mail);
	count_id(inbox, mail->item.id);
}

static char *keep(struct inbox *inbox, const char *text)
{
	return arena_copy(&inbox->arena, text, strlen(text), 4096);
}

static char *free_id(struct inbox *inbox, const struct event *event)
{
	const char *id = event_text(event, "mail");
	AUTO_STRING digits = str_hex(event->id, SUFFIX_BYTES);
	AUTO_STRING other = mem_format("%s-%s", id, digits);

	return keep(inbox, find(inbox, id) ? other : id);
}

static void read_raw(struct mail_whole *whole, const struct event *event)
{
	sealed_file_release(&whole->raw);
	sealed_file_read(json_object_get(event->body, "raw"), &whole->raw);
	sealed_file_own(&whole->raw);
}

static void read_record(struct mail_whole *whole, const struct event *event)
{
	mail_record_release(&whole->record);
	mail_record_from_json(json_object_get(event->body, "record"), &whole->record);
}

static struct mail_whole *whole_new(void)
{
	struct mail_whole *whole = mem_alloc(sizeof(*whole));

	whole->record.date = INSTANT_NONE;
	whole->record.verdict = VERDICT_UNSIGNED;
	return whole;
}

static void apply_received(struct inbox *inbox, const struct event *event)
{
	struct known_mail *mail = mem_alloc(sizeof(*mail));
	long long size = js_integer(event->body, "size", 0);
	struct inbox_item item = {
		.id = free_id(inbox, event), .sha256 = keep(inbox, event_text(event, "sha256")),
		.received = event_instant(event, "received"), .channel = event_text(event, "channel"),
		.size = size > 0 ? (size_t)size : 0, .acknowledged = INSTANT_NONE,
		.account = event_text(event, "account"), .uid = event_text(event, "uid"),
	};

	memcpy(mail->item.event, event->id, sizeof(mail->item.event));
	mail->item.id = item.id;
	mail->item.sha256 = item.sha256;
	mail->whole = whole_new();
	read_raw(mail->whole, event);
	item.record = mail->whole->record;
	settle(mail, &item);
	add(inbox, mail);
	change(inbox, mail);
	use(inbox, mail);
}

static void apply_read(struct inbox *inbox, struct known_mail *mail, const struct event *event)
{
	struct mail_whole *only = mail->whole ? NULL : whole_new();
	struct mail_whole *whole = only ? only : mail->whole;
	struct inbox_item item = mail->item;

	read_record(whole, event);
	item.record = whole->record;
	item.read = true;
	assess_mail(&whole->record, &item.assessed);
	memcpy(item.reading, event->id, sizeof(item.reading));
	settle(mail, &item);
	whole_free(only);
	change(inbox, mail);
}

static void apply_taken(struct inbox *inbox, struct known_mail *mail, const struct event *event)
{
	struct inbox_item item = mail->item;

	item.taken_case = event_text(event, "case");
	settle(mail, &item);
	change(inbox, mail);
}

static void apply_acknowledged(struct inbox *inbox, struct known_mail *mail, const struct event *event)
{
	struct inbox_item item = mail->item;

	item.acknowledged = event_instant(event, "sent");
	settle(mail, &item);
	change(inbox, mail);
}

static void list_remove(struct known_mail **list, size_t *count, const struct known_mail *mail)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++)
		if (list[i] != mail)
			list[kept++] = list[i];
	*count = kept;
}

static void apply_sorted(struct inbox *inbox, struct known_mail *mail, const struct event *event)
{
	struct inbox_item item = mail->item;

	item.sorted = event_text(event, "as");
	settle(mail, &item);
	change(inbox, mail);
}

void inbox_pass(struct inbox *inbox, const char *account, const char *uid)
{
	inbox->passed = mem_grow(inbox->passed, &inbox->passed_room, inbox->passed_count + 1, sizeof(*inbox->passed));
	inbox->passed[inbox->passed_count++] = (struct passed_mail){ keep(inbox, account), keep(inbox, uid) };
}

static void apply_passed(struct inbox *inbox, const struct event *event)
{
	const json_t *uids = json_object_get(event->body, "uids"), *uid;
	size_t i;

	json_array_foreach(uids, i, uid)
		inbox_pass(inbox, event_text(event, "account"), str_or_empty(json_string_value(uid)));
}

static void apply_dropped(struct inbox *inbox, struct known_mail *mail)
{
	if (!mail)
		return;
	if (mail->item.account && mail->item.uid)
		inbox_pass(inbox, mail->item.account, mail->item.uid);
	map_remove(&inbox->by_id, mail->item.id, strlen(mail->item.id));
	map_remove(&inbox->by_sha256, mail->item.sha256, strlen(mail->item.sha256));
	list_remove(inbox->items, &inbox->count, mail);
	list_remove(inbox->whole, &inbox->whole_count, mail);
	list_remove(inbox->changed, &inbox->changed_count, mail);
	mail_free(mail);
}

void inbox_apply(struct inbox *inbox, const struct event *event)
{
	if (event->type == EVENT_MAIL_RECEIVED)
		apply_received(inbox, event);
	else if (event->type == EVENT_MAIL_READ)
		apply_read(inbox, mail_of_event(inbox, event), event);
	else if (event->type == EVENT_MAIL_DROPPED)
		apply_dropped(inbox, mail_of_event(inbox, event));
	else if (event->type == EVENT_MAIL_PASSED)
		apply_passed(inbox, event);
	else if (event->type == EVENT_MAIL_SORTED)
		apply_sorted(inbox, mail_of_event(inbox, event), event);
	else if (event->type == EVENT_MAIL_ACKNOWLEDGED)
		apply_acknowledged(inbox, mail_of_event(inbox, event), event);
	else
		apply_taken(inbox, mail_of_event(inbox, event), event);
	place_note(&inbox->end, event);
}

/* ---- loading */

int inbox_load(struct inbox *inbox, const struct event *event, struct error *err)
{
	int code;

	if (inbox->loading) {
		if (event->type == EVENT_MAIL_RECEIVED)
			read_raw(inbox->loading->whole, event);
		else if (event->type == EVENT_MAIL_READ)
			read_record(inbox->loading->whole, event);
		return 0;
	}
	code = check(inbox, event, false, err);
	if (!code)
		inbox_apply(inbox, event);
	return code;
}

int inbox_make_whole(struct inbox *inbox, const struct inbox_item *item, struct model *model,
		     const struct model_loader *loader, struct error *err)
{
	struct known_mail *mail = mail_of(item);
	struct inbox_item as;
	int code;

	mail->whole = whole_new();
	inbox->loading = mail;
	code = loader->load_mail(loader->context, model, item, err);
	inbox->loading = NULL;
	if (code) {
		whole_free(mail->whole);
		mail->whole = NULL;
		return code;
	}
	as = mail->item;
	settle(mail, &as);
	use(inbox, mail);
	return 0;
}

bool inbox_take_brief(struct inbox *inbox, const uint8_t event[32], const void *bytes, size_t length)
{
	struct known_mail *mail = mem_alloc(sizeof(*mail));

	memcpy(mail->item.event, event, sizeof(mail->item.event));
	if (!inbox->words)
		inbox->words = mem_alloc(sizeof(*inbox->words));
	if (!read_brief(&mail->item, bytes, length,
			&(struct brief_home){ &inbox->arena, inbox->words, SHARED_ROOM })) {
		mail_free(mail);
		return false;
	}
	add(inbox, mail);
	return true;
}
