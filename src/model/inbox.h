/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inbox: every mail that came in, read or not, and which case it went to. What fits in a line is kept
 * of each mail; record and raw of the ones used last only, where there is a loader to bring them back.
 */
#ifndef MODEL_INBOX_H
#define MODEL_INBOX_H

#include "model/arena.h"
#include "model/map.h"
#include "model/registry.h"

struct known_mail;

struct inbox {
	struct known_mail **items; /* owned; by received, then id, unless UNSORTED */
	size_t count, room;
	bool unsorted, indexed;    /* INDEXED: the maps hold all items */
	struct map by_id, by_sha256;
	struct arena arena;        /* ids, and briefs as they came */
	struct words *words;       /* owned; of the same lifetime */
	struct known_mail **whole, **changed; /* owned lists of borrowed mails */
	size_t whole_count, whole_room, changed_count, changed_room;
	size_t limit;              /* how many stay whole */
	bool bounded;              /* there is a loader */
	uint64_t uses;
	struct known_mail *loading;
	struct passed_mail *passed; /* owned; strings in the arena */
	size_t passed_count, passed_room;
	unsigned highest;          /* number of the highest "M-0001" */
	struct place end;
};

void inbox_release(struct inbox *inbox);
int inbox_check(const struct inbox *inbox, const struct event *event, struct error *err);
/* EVENT was checked. */
void inbox_apply(struct inbox *inbox, const struct event *event);
/* What two copies of the vault gave the same id gets another here; what cannot be is ERR_NO. */
int inbox_load(struct inbox *inbox, const struct event *event, struct error *err);
const struct inbox_item *inbox_item(const struct inbox *inbox, size_t index);
const struct inbox_item *inbox_find(const struct inbox *inbox, const char *id);
const struct inbox_item *inbox_by_sha256(const struct inbox *inbox, const char *sha256);
bool inbox_take_brief(struct inbox *inbox, const uint8_t event[32], const void *bytes, size_t length);
int inbox_make_whole(struct inbox *inbox, const struct inbox_item *item, struct model *model,
		     const struct model_loader *loader, struct error *err);
int inbox_use(struct inbox *inbox, const struct inbox_item *item);
/* Notes a name that is not to be fetched again. */
void inbox_pass(struct inbox *inbox, const char *account, const char *uid);
void inbox_change_all(struct inbox *inbox);
void inbox_take_changed(struct inbox *inbox, model_mail_fn fn, void *context);

#endif
