/* SPDX-License-Identifier: Apache-2.0 */
/* The model as a whole: sends each event where it belongs, and finds things. */
#include "psirtty/model/model.h"

#include "model/case.h"
#include "model/inbox.h"
#include "model/map.h"
#include "model/registry.h"

struct model {
	struct folded **cases; /* owned, by opening time, then id */
	size_t case_count, case_room;
	struct map by_stream, by_id;
	struct inbox inbox;
	struct registry registry;
};

struct model *model_new(void)
{
	return mem_alloc(sizeof(struct model));
}

void model_free(struct model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->case_count; i++)
		folded_free(model->cases[i]);
	free(model->cases);
	map_release(&model->by_stream);
	map_release(&model->by_id);
	inbox_release(&model->inbox);
	registry_release(&model->registry);
	free(model);
}

/* ---- cases */

static struct folded *case_of(const struct model *model, const struct event *event)
{
	return map_get(&model->by_stream, event->stream, sizeof(event->stream));
}

static int check_opened(const struct model *model, const struct event *event, struct error *err)
{
	const char *id = event_text(event, "case"), *title = event_text(event, "title");

	if (!id_valid(id))
		return error_set(err, ERR_NO, _("case"), NULL,
				 _("rule case id: an id has letters, digits, dot and hyphen only"));
	if (case_of(model, event))
		return error_set(err, ERR_NO, id, NULL, _("rule case: it was opened before"));
	if (map_get(&model->by_id, id, strlen(id)))
		return error_set(err, ERR_NO, id, NULL, _("rule case id: this id is taken"));
	if (!title[strspn(title, " \t")])
		return error_set(err, ERR_NO, id, NULL, _("rule text: the title is empty"));
	return 0;
}

static int refuse_unopened(const struct event *event, struct error *err)
{
	return error_set(err, ERR_NO, event_info(event->type)->wire, NULL,
			 _("rule case: a case begins with case-opened"));
}

static int check_case(const struct model *model, const struct event *event, struct error *err)
{
	const struct folded *folded = case_of(model, event);

	if (event->type == EVENT_CASE_OPENED)
		return check_opened(model, event, err);
	return folded ? folded_check(folded, event, err) : refuse_unopened(event, err);
}

static bool comes_before(const struct folded *a, const struct folded *b)
{
	if (a->state.opened != b->state.opened)
		return a->state.opened < b->state.opened;
	return strcmp(a->state.id, b->state.id) < 0;
}

static int take_opened(struct model *model, const struct event *event, struct error *err)
{
	struct folded *folded;
	size_t at = model->case_count;
	int code = check_opened(model, event, err);

	if (code)
		return code;
	folded = folded_new(event->stream);
	if (folded_take(folded, event, err) != 0)
		BUG("a checked case cannot be opened");
	while (at > 0 && comes_before(folded, model->cases[at - 1]))
		at--;
	model->cases = list_open(model->cases, &model->case_count, &model->case_room,
				 sizeof(*model->cases), at);
	model->cases[at] = folded;
	map_put(&model->by_stream, folded->state.stream, sizeof(folded->state.stream), folded);
	map_put(&model->by_id, folded->state.id, strlen(folded->state.id), folded);
	return 0;
}

static int take_case(struct model *model, const struct event *event, struct error *err)
{
	struct folded *folded = case_of(model, event);

	if (event->type == EVENT_CASE_OPENED)
		return take_opened(model, event, err);
	return folded ? folded_take(folded, event, err) : refuse_unopened(event, err);
}

/* ---- inbox and registry */

static int check_inbox(const struct model *model, const struct event *event, struct error *err)
{
	return inbox_check(&model->inbox, event, err);
}

static int take_inbox(struct model *model, const struct event *event, struct error *err)
{
	int code = inbox_check(&model->inbox, event, err);

	if (!code)
		inbox_apply(&model->inbox, event);
	return code;
}

static int check_registry(const struct model *model, const struct event *event, struct error *err)
{
	return registry_check(&model->registry, event, err);
}

static int take_registry(struct model *model, const struct event *event, struct error *err)
{
	int code = registry_check(&model->registry, event, err);

	if (!code)
		registry_apply(&model->registry, event);
	return code;
}

/* ---- the one door */

static const struct {
	int (*check)(const struct model *, const struct event *, struct error *);
	int (*take)(struct model *, const struct event *, struct error *);
} streams[] = {
	[STREAM_CASE] = { check_case, take_case },
	[STREAM_INBOX] = { check_inbox, take_inbox },
	[STREAM_REGISTRY] = { check_registry, take_registry },
};

/* An event's own time comes from its author's clock; it must at least be a date that can be written. */
static int check_event(const struct event *event, struct error *err)
{
	const instant last = 253402300800 * INSTANT_SECOND; /* the year 10000 */

	if (event->at < 0 || event->at >= last)
		return error_set(err, ERR_NO, _("event"), NULL,
				 _("rule time: its time is not in the years 1970 to 9999"));
	return event_check(event->type, event->body, err);
}

int model_apply(struct model *model, const struct event *event, struct error *err)
{
	int code = check_event(event, err);

	return code ? code : streams[event_info(event->type)->stream].take(model, event, err);
}

int model_check(const struct model *model, const struct event *event, struct error *err)
{
	int code = check_event(event, err);

	return code ? code : streams[event_info(event->type)->stream].check(model, event, err);
}

size_t model_warnings(const struct model *model, const struct event *event,
		      const char *ret[MODEL_WARNINGS])
{
	const struct folded *folded = case_of(model, event);

	return folded && check_event(event, NULL) == 0 ?
		       case_warnings(&folded->state, event, ret) :
		       0;
}

/* ---- finding */

size_t model_case_count(const struct model *model)
{
	return model->case_count;
}

const struct case_state *model_case(const struct model *model, size_t index)
{
	return &model->cases[index]->state;
}

/* A number names the last number of an id, whatever its leading zeros; other text the end of an id
 * behind a hyphen. */
static bool id_ends_with(const char *id, const char *wanted)
{
	size_t length = strlen(id), tail = strlen(wanted), digits = 0;
	const char *number;

	if (wanted[strspn(wanted, "0123456789")])
		return tail < length && id[length - tail - 1] == '-' &&
		       str_casecmp(id + length - tail, wanted) == 0;
	while (digits < length && strchr("0123456789", id[length - digits - 1]))
		digits++;
	number = id + length - digits;
	return digits && str_equal(number + strspn(number, "0"), wanted + strspn(wanted, "0"));
}

const struct case_state *model_find_case(const struct model *model, const char *id)
{
	const struct folded *found = map_get(&model->by_id, id, strlen(id));

	if (found || !*id)
		return found ? &found->state : NULL;
	for (size_t i = 0; i < model->case_count; i++) {
		const struct folded *folded = model->cases[i];

		if (!id_ends_with(folded->state.id, id) && str_casecmp(folded->state.id, id) != 0)
			continue;
		if (found)
			return NULL;
		found = folded;
	}
	return found ? &found->state : NULL;
}

const struct case_state *model_case_of_stream(const struct model *model, const uint8_t stream[16])
{
	const struct folded *folded = map_get(&model->by_stream, stream, 16);

	return folded ? &folded->state : NULL;
}

size_t model_inbox_count(const struct model *model)
{
	return model->inbox.count;
}

const struct inbox_item *model_inbox(const struct model *model, size_t index)
{
	return model->inbox.items[index];
}

/* "M-0001" in any case, or its number. */
const struct inbox_item *model_find_mail(const struct model *model, const char *id)
{
	const struct inbox_item *found = map_get(&model->inbox.by_id, id, strlen(id));

	if (found || !*id)
		return found;
	for (size_t i = 0; i < model->inbox.count; i++) {
		const struct inbox_item *item = model->inbox.items[i];

		if (!id_ends_with(item->id, id) && str_casecmp(item->id, id) != 0)
			continue;
		if (found)
			return NULL;
		found = item;
	}
	return found;
}

const struct inbox_item *model_mail_by_sha256(const struct model *model, const char *sha256)
{
	return map_get(&model->inbox.by_sha256, sha256, strlen(sha256));
}

size_t model_product_count(const struct model *model)
{
	return model->registry.product_count;
}

const struct product *model_product(const struct model *model, size_t index)
{
	return &model->registry.products[index];
}

const struct product *model_find_product(const struct model *model, const char *id_or_name)
{
	const struct product *named = NULL;

	for (size_t i = 0; i < model->registry.product_count; i++) {
		const struct product *product = &model->registry.products[i];

		if (str_equal(product->id, id_or_name))
			return product;
		if (!named && (str_casecmp(product->id, id_or_name) == 0 ||
			       str_casecmp(product->name, id_or_name) == 0))
			named = product;
	}
	return named;
}

const char *model_pinned(const struct model *model, const char *address)
{
	const struct pin *pin = registry_pin(&model->registry, address);

	return pin ? pin->fingerprint : NULL;
}

size_t model_pin_count(const struct model *model)
{
	return model->registry.pin_count;
}

const struct pin *model_pin(const struct model *model, size_t index)
{
	return &model->registry.pins[index];
}

const struct policy *model_policy(const struct model *model)
{
	return &model->registry.policy;
}

/* ---- next ids */

char *model_next_case_id(const struct model *model, int year)
{
	const char *prefix = model->registry.policy.prefix;
	AUTO_STRING head = mem_format("%s-%04d-", prefix ? prefix : "PSIRT", year);
	unsigned highest = 0;
	char *id = NULL;

	for (size_t i = 0; i < model->case_count; i++) {
		const char *there = model->cases[i]->state.id, *number;
		size_t digits;

		if (!str_starts(there, head))
			continue;
		number = there + strlen(head);
		digits = strspn(number, "0123456789");
		if (digits >= 1 && digits <= 9 && !number[digits] &&
		    strtoul(number, NULL, 10) > highest)
			highest = (unsigned)strtoul(number, NULL, 10);
	}
	do {
		free(id);
		id = mem_format("%s%04u", head, ++highest);
	} while (map_get(&model->by_id, id, strlen(id)));
	return id;
}

char *model_next_mail_id(const struct model *model)
{
	unsigned next = model->inbox.highest;
	char *id = NULL;

	do {
		free(id);
		id = mem_format("M-%04u", ++next);
	} while (map_get(&model->inbox.by_id, id, strlen(id)));
	return id;
}
