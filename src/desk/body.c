/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of events beside the event. What was read of a mail (who wrote, about what, the text) is sealed as a file of its
 * own, which the event names: events of the inbox are not shredded one by one, a file can go with the case.
 */
#include "desk/desk_private.h"

static const char place[] = "kept";

/* ---- going in */

/* What was sealed last is folded next: it need not be read back from the disk for that. */
static void remember(struct desk *desk, const char *name, const json_t *record)
{
	desk_forget_body(desk);
	snprintf(desk->last_body, sizeof(desk->last_body), "%s", name);
	desk->last_record = json_incref((json_t *)(uintptr_t)record);
}

void desk_forget_body(struct desk *desk)
{
	json_decref(desk->last_record);
	desk->last_record = NULL;
	desk->last_body[0] = '\0';
}

int desk_seal_body(struct desk *desk, enum event_type type, const json_t *body, json_t **ret, struct error *err)
{
	const json_t *record = type == EVENT_MAIL_READ ? json_object_get(body, "record") : NULL;
	struct str text = STR_INIT;
	struct vault_object object;
	int code;

	*ret = json_copy((json_t *)(uintptr_t)body);
	if (!record)
		return 0;
	js_dump(record, &text);
	code = vault_object_put(desk->vault, text.bytes, text.length, &object, err);
	str_wipe(&text);
	if (!code)
		remember(desk, object.name, record);
	if (code) {
		json_decref(*ret);
		*ret = NULL;
		return code;
	}
	json_object_set_new(*ret, "record", json_object());
	json_object_set_new(*ret, place, desk_object_json(&object, NULL, "application/json", "record"));
	return 0;
}

/* ---- coming out */

int desk_open_body(struct desk *desk, const struct vault_event *sealed, json_t **ret, struct error *err)
{
	const json_t *kept;
	struct str text = STR_INIT;
	json_t *record = NULL;
	int code = js_load(sealed->json, sealed->length, SIZE_MAX, "event", ret, err);

	kept = !code && sealed->type == EVENT_MAIL_READ ? json_object_get(*ret, place) : NULL;
	if (kept && desk->last_record && str_equal(js_string(kept, "object"), desk->last_body)) {
		json_object_set(*ret, "record", desk->last_record);
		return 0;
	}
	/* A file that is gone went with its case: the mail is known, what stood in it is not. */
	if (kept && vault_object_get(desk->vault, str_or_empty(js_string(kept, "object")), str_or_empty(js_string(kept, "key")),
				     &text, NULL) == 0 &&
	    js_load(text.bytes, text.length, SIZE_MAX, "event", &record, NULL) == 0)
		json_object_set_new(*ret, "record", record);
	str_wipe(&text);
	return code;
}

/* ---- the files of a mail's records */

struct finding { const struct inbox_item *item; desk_record_fn fn; void *context; };

static bool is_of(const struct finding *f, const json_t *body)
{
	const char *event = js_string(body, "received_event");
	AUTO_STRING due = str_hex(f->item->event, sizeof(f->item->event));

	return event ? str_equal(event, due) : str_equal(js_string(body, "mail"), f->item->id);
}

static int find_record(void *context, const struct vault_event *sealed, struct error *err)
{
	struct finding *f = context;
	AUTO_JSON body = NULL;

	(void)err;
	if (sealed->type == EVENT_MAIL_READ && js_load(sealed->json, sealed->length, SIZE_MAX, "event", &body, NULL) == 0 &&
	    is_of(f, body))
		f->fn(f->context, js_string(json_object_get(body, place), "object"));
	return 0;
}

int desk_mail_records(struct desk *desk, const struct inbox_item *item, desk_record_fn fn, void *context, struct error *err)
{
	struct finding finding = { item, fn, context };

	return vault_stream_each(desk->vault, vault_stream_of(desk->vault, VAULT_INBOX), find_record, &finding, err);
}
