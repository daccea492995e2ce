/* SPDX-License-Identifier: Apache-2.0 */
/* Records of feeds: building, handing out, letting go; and points in time as feeds write them. */
#include <stdio.h>

#include "feed_private.h"

#include "psirtty/base/i18n.h"

static void release_product(struct feed_product *product)
{
	char *texts[] = { product->ecosystem, product->vendor, product->name, product->purl };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	text_list_release(&product->cpes);
	for (size_t i = 0; i < product->count; i++) {
		free(product->ranges[i].scheme);
		free(product->ranges[i].from);
		free(product->ranges[i].to);
	}
	free(product->ranges);
}

void feed_record_release(struct feed_record *record)
{
	free(record->id);
	free(record->title);
	free(record->text);
	text_list_release(&record->aliases);
	text_list_release(&record->cwes);
	text_list_release(&record->links);
	text_pairs_release(&record->scores);
	for (size_t i = 0; i < record->count; i++)
		release_product(&record->products[i]);
	free(record->products);
	*record = (struct feed_record){ 0 };
}

struct feed_product *feed_product_add(struct feed_record *record)
{
	record->products = mem_grow(record->products, &record->room, record->count + 1, sizeof(*record->products));
	return &record->products[record->count++];
}

struct feed_range *feed_range_add(struct feed_product *product, enum feed_status status, const char *scheme,
				  const char *from, const char *to)
{
	struct feed_range *range;

	product->ranges = mem_grow(product->ranges, &product->room, product->count + 1, sizeof(*product->ranges));
	range = &product->ranges[product->count++];
	*range = (struct feed_range){ .status = status, .scheme = mem_string(scheme), .from = mem_string(from),
				      .to = mem_string(to) };
	return range;
}

/* ---- handing out */

void feed_fault(struct feed_run *run, const char *where, const char *why)
{
	run->head->faults++;
	if (run->sink->fault)
		run->sink->fault(run->sink->data, where, why);
}

static bool is_utf8(const char *text)
{
	return !text || utf8_valid(text, strlen(text));
}

/* Readers of JSON and XML refuse what is not UTF-8; rows of CSV come as they are. */
static bool is_text(const struct feed_record *record)
{
	bool text = is_utf8(record->id) && is_utf8(record->title) && is_utf8(record->text);

	for (size_t i = 0; text && i < record->count; i++)
		text = is_utf8(record->products[i].vendor) && is_utf8(record->products[i].name);
	for (size_t i = 0; text && i < record->scores.count; i++)
		text = is_utf8(record->scores.items[i].key);
	return text;
}

int feed_take(struct feed_run *run, struct feed_record *record, const char *bytes, size_t length)
{
	record->kind = run->head->kind;
	if (!record->id || !*record->id) {
		feed_fault(run, run->name, _("a record has no id"));
		return 0;
	}
	if ((record->kind == FEED_KEV || record->kind == FEED_EPSS || record->kind == FEED_EXPLOIT_DB) && !is_text(record)) {
		feed_fault(run, run->name, _("a record is not UTF-8"));
		return 0;
	}
	run->head->records++;
	if (record->modified != INSTANT_NONE && (run->head->newest == INSTANT_NONE || record->modified > run->head->newest))
		run->head->newest = record->modified;
	return run->sink->take ? run->sink->take(run->sink->data, record, bytes, length, run->err) : 0;
}

int feed_record_json(struct feed_run *run, const char *where, const char *bytes, size_t length,
		     const struct member *rows, struct feed_record *record, feed_finish_fn finish)
{
	struct pull *pull = pull_new_memory(where, NULL, bytes, length);
	AUTO_ERROR why = ERROR_INIT;
	struct members m = { pull, record, 0, &why };
	struct pull_item root;
	int code = pull_next(pull, &root, &why);

	record->published = record->modified = INSTANT_NONE;
	if (!code)
		code = members_object(&m, &root, rows, record);
	if (!code)
		code = pull_next(pull, &root, &why);
	pull_free(pull);
	if (code) {
		feed_fault(run, record->id ? record->id : where, str_or_empty(why.why));
		code = 0;
	} else {
		if (finish)
			finish(record);
		code = feed_take(run, record, bytes, length);
	}
	feed_record_release(record);
	return code;
}

int feed_each_item(struct feed_run *run, struct pull *pull, feed_item_fn one)
{
	struct pull_item item;
	AUTO_STR bytes = STR_INIT;
	bool end = false;
	long count = 0;
	int code = pull_next(pull, &item, run->err);

	if (code || item.token != PULL_ARRAY)
		return code ? code : pull_skip(pull, &item, run->err);
	while (!code && !end) {
		AUTO_STRING where = mem_format(_("record %ld"), ++count);
		AUTO_ERROR why = ERROR_INIT;

		str_reset(&bytes);
		code = pull_value(pull, FEED_RECORD_LIMIT, &bytes, &end, &why);
		if (code && pull_spent(pull))
			return error_set(run->err, code, run->name, why.remedy, "%s", str_or_empty(why.why));
		if (code) {
			feed_fault(run, where, str_or_empty(why.why));
			code = 0;
		} else if (!end) {
			code = one(run, where, bytes.bytes, bytes.length);
		}
	}
	return code;
}

/* ---- members */

int feed_member_time(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	if (value->token == PULL_STRING)
		*(instant *)(void *)((char *)into + offset) = feed_time(value->text);
	return pull_skip(m->pull, value, m->err);
}

static int add_item(struct members *m, const struct pull_item *item, void *into)
{
	if (item->token == PULL_STRING && item->length)
		text_list_add(into, item->text, item->length);
	return pull_skip(m->pull, item, m->err);
}

int feed_member_list(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	void *list = (char *)into + offset;

	return value->token == PULL_ARRAY ? members_array(m, value, add_item, list) : add_item(m, value, list);
}

/* ---- time */

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static int month_of(const char *word)
{
	for (int i = 0; i < 12; i++)
		if (strncmp(word, months[i], 3) == 0)
			return i + 1;
	return 0;
}

static instant from_parts(int year, int month, int day, int hour, int minute, int second, int offset)
{
	AUTO_STRING text = NULL;
	instant at;

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60)
		return INSTANT_NONE;
	text = mem_format("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second > 59 ? 59 : second);
	return instant_parse(text, &at, NULL) ? INSTANT_NONE : at - offset * INSTANT_MINUTE;
}

/* "Z", "+0900", "+09:00", " +0000", "GMT", or nothing: minutes east of UTC. */
static int offset_of(const char *text)
{
	int hours, minutes;
	char sign;

	while (*text == ' ')
		text++;
	if (sscanf(text, "%c%2d:%2d", &sign, &hours, &minutes) != 3 && sscanf(text, "%c%2d%2d", &sign, &hours, &minutes) != 3)
		return 0;
	return sign == '+' ? hours * 60 + minutes : sign == '-' ? -(hours * 60 + minutes) : 0;
}

static instant iso_time(const char *text)
{
	int year, month, day, hour = 0, minute = 0, second = 0, used = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) < 3)
		return INSTANT_NONE;
	text += used;
	if ((*text == 'T' || *text == ' ') && sscanf(text + 1, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) == 3)
		text += 1 + used;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	return from_parts(year, month, day, hour, minute, second, offset_of(text));
}

/* RFC 822, the day of the week before it or not. */
static instant mail_time(const char *text)
{
	const char *comma = strchr(text, ',');
	int day, year, hour = 0, minute = 0, second = 0, used = 0;
	char month[4];

	if (comma && comma - text < 10)
		text = comma + 1;
	if (sscanf(text, " %2d %3s %4d %2d:%2d%n", &day, month, &year, &hour, &minute, &used) < 3)
		return INSTANT_NONE;
	text += used;
	if (*text == ':' && sscanf(text, ":%2d%n", &second, &used) == 1)
		text += used;
	return from_parts(year < 100 ? year + 2000 : year, month_of(month), day, hour, minute, second, offset_of(text));
}

static instant american_time(const char *text)
{
	int day, year, hour, minute, second;
	char month[4], half[3];

	if (sscanf(text, "%3s %2d, %4d, %2d:%2d:%2d %2s", month, &day, &year, &hour, &minute, &second, half) != 7)
		return INSTANT_NONE;
	hour = hour % 12 + (half[0] == 'P' ? 12 : 0);
	return from_parts(year, month_of(month), day, hour, minute, second, 0);
}

instant feed_time(const char *text)
{
	static instant (*const forms[])(const char *text) = { iso_time, american_time, mail_time };
	instant at = INSTANT_NONE;

	for (size_t i = 0; at == INSTANT_NONE && i < ARRAY_LEN(forms); i++)
		at = forms[i](text);
	return at;
}
