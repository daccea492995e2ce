/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CVE List: which of its releases' files are needed. Names are not built but taken from the listing, since they are
 * not predictable; a delta holds what changed since midnight, and some are incomplete, so a baseline comes once a week
 * and wherever a day is missing. Source: feeds.md section 1.2.
 */
#include "desk/sync_private.h"

#include "psirtty/base/i18n.h"

enum { LISTING_PAGES = 10, PER_PAGE = 100, BASELINE_DAYS = 7, DAY_HOURS = 24 };

struct asset { const char *name, *url, *sha256; uint64_t size; long day; int hour; bool baseline; }; /* borrowed from the listing */
struct cve_list {
	struct asset *assets; size_t count, room;
	struct job_answer pages[LISTING_PAGES]; size_t page_count;
};

static void cve_list_release(struct cve_list *list)
{
	for (size_t i = 0; i < list->page_count; i++)
		job_answer_release(&list->pages[i]);
	free(list->assets);
}

/* The day that begins TEXT ("2026-11-21"), counted from 1970; -1 when there is none. */
static long day_of(const char *text)
{
	AUTO_STRING full = mem_format("%.10sT00:00:00Z", text);
	instant at;

	return instant_parse(full, &at, NULL) == 0 ? (long)(at / INSTANT_DAY) : -1;
}

/* Which file it is, by its name; false for any other. */
static bool read_name(const char *name, struct asset *ret)
{
	static const char all[] = "_all_CVEs_at_midnight.zip.zip", delta[] = "_delta_CVEs_at_", end[] = "end_of_day.zip";
	const char *behind = strlen(name) > 10 ? name + 10 : "";

	ret->day = day_of(name);
	ret->baseline = str_equal(behind, all);
	ret->hour = 0;
	if (ret->day < 0 || ret->baseline)
		return ret->baseline && ret->day >= 0;
	if (!str_starts(behind, delta))
		return false;
	behind += strlen(delta);
	ret->hour = str_equal(behind, end) ? DAY_HOURS : atoi(behind) / 100;
	return str_equal(behind, end) || (strlen(behind) == strlen("0000Z.zip") && str_ends(behind, "00Z.zip") && ret->hour < DAY_HOURS);
}

static void add_assets(struct cve_list *list, const struct job_answer *page)
{
	for (size_t i = 0; i < page->count; i++) {
		char **f = page->rows[i].fields;
		struct asset asset = { .name = f[1], .size = strtoull(f[2], NULL, 10), .sha256 = f[3], .url = f[4] };
		const char *tag_day = strpbrk(f[5], "0123456789");
		long released = tag_day ? day_of(tag_day) : -1;

		/* An upload that failed has no bytes. */
		if (!str_equal(f[0], "asset") || !asset.size || !read_name(asset.name, &asset))
			continue;
		/* The date in a baseline's name can be a day ahead of what is in it. */
		if (asset.baseline && released >= 0 && released < asset.day)
			asset.day = released;
		list->assets = mem_grow(list->assets, &list->room, list->count + 1, sizeof(*list->assets));
		list->assets[list->count++] = asset;
	}
}

static const struct asset *newest_baseline(const struct cve_list *list)
{
	const struct asset *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct asset *a = &list->assets[i];

		if (a->baseline && (!found || a->day > found->day || (a->day == found->day && a->size > found->size)))
			found = a;
	}
	return found;
}

/* The last delta of DAY. */
static const struct asset *delta_of(const struct cve_list *list, long day)
{
	const struct asset *found = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct asset *a = &list->assets[i];

		if (!a->baseline && a->day == day && (!found || a->hour > found->hour))
			found = a;
	}
	return found;
}

static long newest_day(const struct cve_list *list)
{
	long day = -1;

	for (size_t i = 0; i < list->count; i++)
		if (!list->assets[i].baseline && list->assets[i].day > day)
			day = list->assets[i].day;
	return day;
}

/* Whether the deltas go on without a gap from DAY. Each day before the last must have its end. */
static bool deltas_whole(const struct cve_list *list, long day)
{
	for (long last = newest_day(list); day < last; day++) {
		const struct asset *delta = delta_of(list, day);

		if (!delta || delta->hour < DAY_HOURS)
			return false;
	}
	return true;
}

/* ---- the listing, until it reaches back to DAY */

static int get_listing(struct sync *s, long day, struct cve_list *list, struct error *err)
{
	bool reached = false;
	int code = 0;

	for (int page = 1; !code && !reached && page <= LISTING_PAGES; page++) {
		AUTO_STRING url = mem_format("%s?per_page=%d&page=%d", s->source->url, PER_PAGE, page);
		AUTO_STRING name = mem_format("releases-%d.json", page);
		struct wishes wishes = { 0 };
		struct wish *wish = wish_add(&wishes, url, name, ROLE_LISTING);

		wish->page = wish->keyed = true;
		code = sync_get(s, &wishes, err);
		wishes_release(&wishes);
		if (!code)
			code = sync_listing(s, "releases", "", name, &list->pages[list->page_count], err);
		if (code)
			break;
		reached = list->pages[list->page_count].count == 0;
		add_assets(list, &list->pages[list->page_count++]);
		for (size_t i = 0; i < list->count; i++)
			reached = reached || (!list->assets[i].baseline && list->assets[i].day < day);
		/* Nothing is known to be here: one page names a baseline. */
		reached = reached || (day < 0 && newest_baseline(list));
	}
	return code;
}

/* ---- fetching and taking in */

static int get_asset(struct sync *s, const struct asset *asset, struct error *err)
{
	AUTO_STRING name = sync_name(asset->name);
	struct wishes wishes = { 0 };
	struct wish *wish = wish_add(&wishes, asset->url, name, ROLE_DATA);
	int code;

	wish->size = asset->size;
	wish->sha256 = *asset->sha256 ? mem_string(asset->sha256) : NULL;
	code = sync_get(s, &wishes, err);
	wishes_release(&wishes);
	return code;
}

static int take_asset(struct sync *s, const struct asset *asset, const char *base, struct error *err)
{
	AUTO_STRING name = sync_name(asset->name);
	AUTO_STRING cursor = NULL;
	char at[40];
	int code = sync_take(s, name, err);

	cursor = mem_format("base=%s at=%s", base, instant_format((asset->day * DAY_HOURS + asset->hour) * INSTANT_HOUR, at));
	mem_replace(&s->cursor, cursor);
	return code ? code : sync_checkpoint(s, cursor, err);
}

static instant cursor_instant(const char *cursor, const char *key)
{
	const char *at = strstr(cursor, key);
	AUTO_STRING text = at ? mem_copy(at + strlen(key), strcspn(at + strlen(key), " ")) : NULL;
	instant ret;

	return text && instant_parse(text, &ret, NULL) == 0 ? ret : INSTANT_NONE;
}

struct plan { const struct asset *baseline; long day; int hour; char base[40]; };

/* From where on: a baseline, or what the store has. */
static int make_plan(const struct sync *s, const struct cve_list *list, struct plan *ret, struct error *err)
{
	instant at = cursor_instant(s->cursor, "at="), base = cursor_instant(s->cursor, "base=");
	long day = at == INSTANT_NONE ? -1 : (long)(at / INSTANT_DAY);
	bool wanted = day < 0 || s->options->whole || base == INSTANT_NONE || s->now - base >= BASELINE_DAYS * INSTANT_DAY ||
		      !deltas_whole(list, day);

	*ret = (struct plan){ .day = day, .hour = at == INSTANT_NONE ? 0 : (int)(at / INSTANT_HOUR % DAY_HOURS) };
	if (base != INSTANT_NONE)
		instant_format(base, ret->base);
	if (!wanted)
		return 0;
	ret->baseline = newest_baseline(list);
	if (!ret->baseline && day < 0)
		return error_set(err, ERR_NETWORK, s->source->id, _("Try again tomorrow; look at the releases in a browser"),
				 _("its listing names no baseline"));
	if (!ret->baseline || (ret->baseline->day * INSTANT_DAY <= base && !s->options->whole)) {
		ret->baseline = NULL;
		return 0;
	}
	ret->day = ret->baseline->day;
	ret->hour = 0;
	instant_format(ret->day * INSTANT_DAY, ret->base);
	return 0;
}

static int run_plan(struct sync *s, const struct cve_list *list, const struct plan *plan, struct error *err)
{
	long last = newest_day(list);
	int code = plan->baseline ? get_asset(s, plan->baseline, err) : 0;

	/* All is here before the first record is taken in. */
	for (long day = plan->day; !code && day <= last; day++) {
		const struct asset *delta = delta_of(list, day);

		if (delta && (day > plan->day || delta->hour > plan->hour))
			code = get_asset(s, delta, err);
	}
	if (!code)
		code = sync_begin(s, plan->baseline != NULL, err);
	if (!code && plan->baseline)
		code = take_asset(s, plan->baseline, plan->base, err);
	for (long day = plan->day; !code && day <= last; day++) {
		const struct asset *delta = delta_of(list, day);

		if (delta && (day > plan->day || delta->hour > plan->hour))
			code = take_asset(s, delta, plan->base, err);
	}
	return code ? code : sync_end(s, s->cursor, err);
}

int sync_way_cve(struct sync *s, struct error *err)
{
	instant at = cursor_instant(s->cursor, "at=");
	struct cve_list list = { 0 };
	struct plan plan;
	int code = get_listing(s, at == INSTANT_NONE || s->options->whole ? -1 : (long)(at / INSTANT_DAY), &list, err);

	if (!code)
		code = make_plan(s, &list, &plan, err);
	if (!code)
		code = run_plan(s, &list, &plan, err);
	s->result->unchanged = !code && !s->result->files;
	cve_list_release(&list);
	return code;
}
