/* SPDX-License-Identifier: Apache-2.0 */
/* The store of intelligence as the screen looks at it. */
#include "psirtty/desk/flaw.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "desk/desk_private.h"
#include "psirtty/base/mem.h"
#include "psirtty/desk/feed.h"

/* Which file it was opened from. */
struct desk_look { struct intel *intel; dev_t device; ino_t file; };

void desk_look_free(struct desk_look *look)
{
	if (look)
		intel_close(look->intel);
	free(look);
}

struct intel *desk_intel(struct desk *desk)
{
	AUTO_STRING path = desk_intel_path();
	struct desk_look *look;
	struct stat now;

	if (!desk->look)
		desk->look = mem_alloc(sizeof(*desk->look));
	look = desk->look;
	if (stat(path, &now)) {
		memset(&now, 0, sizeof(now));
	} else if (look->intel && look->device == now.st_dev && look->file == now.st_ino) {
		return look->intel;
	}
	intel_close(look->intel);
	look->intel = NULL;
	look->device = now.st_dev;
	look->file = now.st_ino;
	if (now.st_ino && intel_open(path, false, &look->intel, NULL))
		look->intel = NULL;
	return look->intel;
}

/* ---- sources */

struct list { struct flaw_source *items; size_t count, capacity; const struct sources *rows; instant now; };

static struct flaw_source *list_add(struct list *list, const char *id)
{
	struct flaw_source *source;

	list->items = mem_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	source = &list->items[list->count++];
	*source = (struct flaw_source){ .id = mem_string(id), .synced = INSTANT_NONE, .newest = INSTANT_NONE };
	return source;
}

static struct flaw_source *list_find(struct list *list, const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_equal(list->items[i].id, id))
			return &list->items[i];
	return NULL;
}

static void take_row(struct list *list, const struct source *row)
{
	struct flaw_source *source = list_add(list, row->id);

	source->title = mem_string(row->title);
	source->notice = mem_string(row->notice);
	source->kind = row->kind;
	source->row = true;
	source->off = row->off;
	source->age = SOURCE_ABSENT;
}

/* One that no row stands for has no measure of its own. */
static int take_held(void *context, const struct intel_source *held, struct error *err)
{
	struct list *list = context;
	struct flaw_source *source = list_find(list, held->id);
	const struct source *row = source_find(list->rows, held->id);

	(void)err;
	if (!source)
		source = list_add(list, held->id);
	source->kind = held->kind;
	source->synced = held->synced;
	source->newest = held->newest;
	source->records = held->records;
	source->faults = held->faults;
	source->broken_off = held->broken_off;
	source->age = row ? source_age(row, held->synced, held->newest, list->now) :
			    held->synced == INSTANT_NONE ? SOURCE_ABSENT : SOURCE_DUE;
	return 0;
}

static int by_use(const void *a, const void *b)
{
	const struct flaw_source *x = a, *y = b;
	bool here = x->records || x->synced != INSTANT_NONE, there = y->records || y->synced != INSTANT_NONE;

	if (here != there)
		return here ? -1 : 1;
	if (x->off != y->off)
		return x->off ? 1 : -1;
	return strcmp(x->id, y->id);
}

int desk_flaw_sources(struct desk *desk, instant now, struct flaw_source **ret, size_t *ret_count, struct error *err)
{
	struct intel *intel = desk_intel(desk);
	struct sources rows = { 0 };
	struct settings settings;
	struct list list = { .rows = &rows, .now = now };
	int code;

	settings_load(&settings, NULL);
	code = sources_load(&settings, &rows, err);
	for (size_t i = 0; !code && i < rows.count; i++)
		take_row(&list, &rows.items[i]);
	if (!code && intel)
		code = intel_sources(intel, take_held, &list, err);
	sources_release(&rows);
	settings_release(&settings);
	if (code) {
		flaw_sources_free(list.items, list.count);
		return code;
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), by_use);
	*ret = list.items;
	*ret_count = list.count;
	return 0;
}

enum source_age desk_flaw_age(struct desk *desk, enum feed_kind kind, instant now)
{
	struct flaw_source *sources = NULL;
	enum source_age best = SOURCE_ABSENT;
	size_t count = 0;

	if (desk_flaw_sources(desk, now, &sources, &count, NULL))
		return SOURCE_ABSENT;
	for (size_t i = 0; i < count; i++)
		if (sources[i].kind == kind && sources[i].age != SOURCE_ABSENT &&
		    (best == SOURCE_ABSENT || sources[i].age < best))
			best = sources[i].age;
	flaw_sources_free(sources, count);
	return best;
}

void flaw_sources_free(struct flaw_source *sources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(sources[i].id);
		free(sources[i].title);
		free(sources[i].notice);
	}
	free(sources);
}
