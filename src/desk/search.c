/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Search: which words of an event can be found, how the index follows the log in small steps, and what a hit
 * is. What is secret within a case (keys of attachments and messages) is no word.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/base/text.h"

/* ---- words of an event */

static void add_words(const char *text, struct str *ret)
{
	if (text && *text) {
		str_add(ret, text);
		str_add_char(ret, '\n');
	}
}

static void add_names(const json_t *list, const char *const *keys, struct str *ret)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		for (const char *const *key = keys; *key; key++)
			add_words(js_string(one, *key), ret);
}

static void add_record(const json_t *record, struct str *ret)
{
	static const char *const texts[] = { "subject", "outer_subject", "message_id", "text" };
	static const char *const peers[] = { "from", "to", "cc" };
	static const char *const peer_keys[] = { "name", "address", NULL };
	static const char *const file_keys[] = { "name", NULL };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		add_words(js_string(record, texts[i]), ret);
	for (size_t i = 0; i < ARRAY_LEN(peers); i++)
		add_names(js_array(record, peers[i]), peer_keys, ret);
	add_names(js_array(record, "attachments"), file_keys, ret);
}

static void add_field(const struct event_field *field, const json_t *body, struct str *ret)
{
	static const char *const object_keys[] = { "name", NULL };
	const json_t *value = json_object_get(body, field->name);
	size_t i;
	json_t *one;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_BLOCK:
		add_words(js_string(body, field->name), ret);
		break;
	case FIELD_WORDS:
		json_array_foreach(value, i, one)
			add_words(json_string_value(one), ret);
		break;
	case FIELD_OBJECT:
		add_words(js_string(value, "name"), ret);
		break;
	case FIELD_OBJECTS:
		add_names(value, object_keys, ret);
		break;
	case FIELD_RECORD:
		add_record(value, ret);
		break;
	default:
		break;
	}
}

void desk_event_text(const struct event *event, struct str *ret)
{
	const struct event_info *info = event_info(event->type);

	for (size_t i = 0; info && i < ARRAY_LEN(info->fields) && info->fields[i].name; i++)
		add_field(&info->fields[i], event->body, ret);
}

/* ---- following the log */

struct following { struct desk *desk; size_t left; };

static void put_text(struct desk *desk, const struct vault_event *sealed)
{
	struct event event = { .type = sealed->type };
	struct str text = STR_INIT;
	AUTO_JSON body = NULL;

	if (desk_open_body(desk, sealed, &body, NULL) == 0) {
		event.body = body;
		desk_event_text(&event, &text);
	}
	vault_text_put(desk->vault, sealed->gseq, sealed->stream, text.bytes, text.length);
	str_wipe(&text);
}

/* A value of 1 ends the walk before this event. */
static int index_event(void *context, const struct vault_event *sealed, struct error *err)
{
	struct following *f = context;

	(void)err;
	if (f->left == 0)
		return 1;
	f->left--;
	put_text(f->desk, sealed);
	return 0;
}

static int index_old_event(void *context, const struct vault_event *sealed, struct error *err)
{
	struct desk *desk = context;

	(void)err;
	if (sealed->gseq <= vault_text_head(desk->vault))
		put_text(desk, sealed);
	return 0;
}

void desk_index_again(struct desk *desk, const uint8_t stream[16])
{
	if (vault_text_head(desk->vault))
		vault_stream_each(desk->vault, stream, index_old_event, desk, NULL);
}

/* A new file is written once it is whole, so that it outlives whatever ends this session. */
static void publish(struct desk *desk)
{
	if (desk->published || vault_cache_state(desk->vault) != VAULT_CACHE_NONE)
		return;
	desk->published = true;
	vault_cache_merge(desk->vault, NULL);
}

int desk_index_step(struct desk *desk, size_t most, uint64_t *ret_left, struct error *err)
{
	static const uint8_t nobody[16];
	struct following following = { desk, most };
	uint64_t head = vault_head(desk->vault), at = vault_text_head(desk->vault);
	int code = 0;

	if (at < head)
		code = vault_each(desk->vault, at, index_event, &following, err);
	if (code < 0)
		return code;
	if (at < head && code == 0)
		vault_text_put(desk->vault, head, nobody, "", 0);
	if (at < head && code == 0)
		publish(desk);
	at = vault_text_head(desk->vault);
	*ret_left = at < head ? head - at : 0;
	return 0;
}

/* ---- hits */

struct looking { struct desk *desk; uint64_t gseq; struct desk_hit *hit; bool found; };

static void name_place(struct desk *desk, const struct vault_event *sealed, const json_t *body,
		       struct desk_hit *ret)
{
	const struct case_state *state = model_case_of_stream(desk->model, sealed->stream);

	snprintf(ret->case_id, sizeof(ret->case_id), "%s", state ? state->id : "");
	snprintf(ret->mail_id, sizeof(ret->mail_id), "%s",
		 sealed->kind == VAULT_INBOX ? str_or_empty(js_string(body, "mail")) : "");
}

void desk_copy_line(const char *line, char *ret, size_t room)
{
	const char *at = line, *end = line + strlen(line), *last = line;

	while (at < end && utf8_next(&at, end) && (size_t)(at - line) < room)
		last = at;
	memcpy(ret, line, (size_t)(last - line));
	ret[last - line] = '\0';
}

static int take_hit(void *context, const struct vault_event *sealed, struct error *err)
{
	struct looking *l = context;
	struct event event = { .type = sealed->type, .at = sealed->at };
	AUTO_STRING line = NULL;
	AUTO_JSON body = NULL;

	(void)err;
	if (sealed->gseq != l->gseq || !event_info(sealed->type) ||
	    desk_open_body(l->desk, sealed, &body, NULL))
		return 1;
	event.body = body;
	line = event_line(&event);
	desk_copy_line(line, l->hit->line, sizeof(l->hit->line));
	memcpy(l->hit->event, sealed->id, sizeof(l->hit->event));
	l->hit->type = sealed->type;
	l->hit->at = sealed->at;
	name_place(l->desk, sealed, body, l->hit);
	/* What was dropped is no hit: its words cannot be taken out of the index. */
	l->found = !*l->hit->mail_id || model_find_mail(l->desk->model, l->hit->mail_id);
	return 1;
}

int desk_search(struct desk *desk, const char *query, bool best, size_t limit, struct desk_hit **ret,
		size_t *ret_count, struct error *err)
{
	struct vault_hit *hits = NULL;
	struct desk_hit *made;
	size_t count = 0, kept = 0;
	int code = vault_search(desk->vault, query, best, limit, &hits, &count, err);

	if (code)
		return code;
	made = mem_alloc((count + 1) * sizeof(*made));
	for (size_t i = 0; code >= 0 && i < count; i++) {
		struct looking looking = { desk, hits[i].gseq, &made[kept], false };

		code = vault_each(desk->vault, hits[i].gseq - 1, take_hit, &looking, err);
		kept += looking.found;
	}
	free(hits);
	if (code < 0) {
		free(made);
		return code;
	}
	*ret = made;
	*ret_count = kept;
	return 0;
}
