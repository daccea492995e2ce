/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event table and what can be said of an event without knowing any other: whether its body has
 * the row's shape, and its one line. What events mean is for the fold.
 */
#include "psirtty/model/event.h"

#include "psirtty/base/i18n.h"
#include "psirtty/model/mail.h"
#include "psirtty/model/model.h"

enum { TEXT_LIMIT = 4000, BLOCK_LIMIT = 20 * 1024 * 1024, LIST_LIMIT = 1000 };
enum { LINE_LIMIT = 200, LINE_FIELD_LIMIT = 120 };

/* ---- words */

#define X(name, word) word,
static const char *const verdict_words[] = { MAIL_VERDICTS(X) NULL };
static const char *const affected_words[] = { AFFECTED_STATUSES(X) NULL };
#undef X
static const char *const remediation_words[] = { "mitigation", "no_fix_planned", "none_available",
						 "vendor_fix", "workaround", NULL };
static const char *const repro_words[] = { "reproduced", "not-reproduced", "partial", NULL };
static const char *const role_words[] = { "finder",   "reporter", "vendor", "coordinator",
					  "deployer", "other",    NULL };
static const char *const tlp_words[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };

/* ---- the table */

#define X(name, number, wire, stream) \
	static const char wire_##name[] = wire; \
	enum { stream_##name = stream };
EVENT_TYPES(X)
#undef X
#define ROW(name) .type = name, .wire = wire_##name, .stream = (enum event_stream)stream_##name
#define NEED true
#define MAY false
/* What a report and every later mail of somebody else carry. */
#define MAIL_FIELDS \
	{ "mail", FIELD_TEXT, MAY, NULL }, { "message_id", FIELD_TEXT, MAY, NULL }, \
	{ "in_reply_to", FIELD_TEXT, MAY, NULL }, { "subject", FIELD_TEXT, NEED, NULL }, \
	{ "from_name", FIELD_TEXT, MAY, NULL }, { "from_address", FIELD_TEXT, NEED, NULL }, \
	{ "received", FIELD_INSTANT, NEED, NULL }, { "channel", FIELD_TEXT, NEED, NULL }, \
	{ "verdict", FIELD_WORD, NEED, verdict_words }, \
	{ "fingerprint", FIELD_TEXT, MAY, NULL }, { "text", FIELD_BLOCK, NEED, NULL }, \
	{ "raw", FIELD_OBJECT, NEED, NULL }, { "attachments", FIELD_OBJECTS, MAY, NULL }

static const struct event_info table[] = {
	{ ROW(EVENT_CASE_OPENED), .command = "case new", .line = N_("case opened: {title}"),
	  .fields = { { "case", FIELD_TEXT, NEED, NULL },
		      { "title", FIELD_TEXT, NEED, NULL },
		      { "source", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_REPORT_RECEIVED), .command = "mail take",
	  .line = N_("report from {from_address}: {subject} ({verdict})"),
	  .fields = { MAIL_FIELDS } },
	{ ROW(EVENT_MESSAGE_RECEIVED), .command = "mail link",
	  .line = N_("mail from {from_address}: {subject} ({verdict})"),
	  .fields = { MAIL_FIELDS } },
	{ ROW(EVENT_MESSAGE_SENT), .command = "mail send", .line = N_("mail to {to}: {subject}"),
	  .fields = { { "subject", FIELD_TEXT, NEED, NULL },
		      { "to", FIELD_WORDS, NEED, NULL },
		      { "message_id", FIELD_TEXT, NEED, NULL },
		      { "in_reply_to", FIELD_TEXT, MAY, NULL },
		      { "sent", FIELD_INSTANT, NEED, NULL },
		      { "text", FIELD_BLOCK, NEED, NULL },
		      { "raw", FIELD_OBJECT, NEED, NULL } } },
	{ ROW(EVENT_TITLE_SET), .command = "case set", .line = N_("title: {title}"),
	  .undoable = true, .fields = { { "title", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_SUMMARY_SET), .command = "case set", .line = N_("summary: {summary}"),
	  .undoable = true, .fields = { { "summary", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_STATE_SET), .command = "case state", .line = N_("state {to} {reason}"),
	  .undoable = true,
	  .fields = { { "to", FIELD_WORD, NEED, rm_words },
		      { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_DISCLOSURE_SET), .command = "case set", .line = N_("now {bit}"),
	  .undoable = true, .fields = { { "bit", FIELD_WORD, NEED, cs_words } } },
	{ ROW(EVENT_SCORE_SET), .command = "case set", .line = N_("score by {issuer}: {vector}"),
	  .undoable = true,
	  .fields = { { "vector", FIELD_TEXT, NEED, NULL },
		      { "issuer", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CWE_SET), .command = "case set", .line = N_("weakness {cwe}"),
	  .undoable = true, .fields = { { "cwe", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ID_ADDED), .command = "case set", .line = N_("{system} id {text}"),
	  .undoable = true,
	  .fields = { { "system", FIELD_TEXT, NEED, NULL },
		      { "text", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_AFFECTED_SET), .command = "affected set",
	  .line = N_("{product} {version}: {status}"), .undoable = true,
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "version", FIELD_TEXT, NEED, NULL },
		      { "status", FIELD_WORD, NEED, affected_words } } },
	{ ROW(EVENT_REMEDIATION_SET), .command = "case set",
	  .line = N_("remediation {category}: {details}"), .undoable = true,
	  .fields = { { "category", FIELD_WORD, NEED, remediation_words },
		      { "details", FIELD_BLOCK, NEED, NULL },
		      { "url", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_ASSIGNED), .command = "case set", .line = N_("assigned to {member}"),
	  .undoable = true, .fields = { { "member", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_NOTE_ADDED), .command = "note", .line = N_("note: {text}"), .undoable = true,
	  .fields = { { "text", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_REPRO_ADDED), .command = "repro add", .line = N_("{verdict} with {build}"),
	  .undoable = true,
	  .fields = { { "build", FIELD_TEXT, NEED, NULL },
		      { "verdict", FIELD_WORD, NEED, repro_words },
		      { "environment", FIELD_BLOCK, MAY, NULL },
		      { "steps", FIELD_BLOCK, NEED, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_PARTY_ADDED), .command = "party add", .line = N_("party {name} ({role})"),
	  .undoable = true,
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "role", FIELD_WORD, NEED, role_words },
		      { "address", FIELD_TEXT, MAY, NULL },
		      { "fingerprint", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_PROPOSED), .command = "embargo propose",
	  .line = N_("embargo proposed by {by} until {until} {zone} {note}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_ACCEPTED), .command = "embargo accept",
	  .line = N_("embargo accepted by {by} {party}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL }, { "party", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_REJECTED), .command = "embargo reject",
	  .line = N_("embargo rejected by {by} {reason}"), .undoable = true,
	  .fields = { { "by", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_EMBARGO_TERMINATED), .command = "embargo terminate",
	  .line = N_("embargo ended: {reason}"),
	  .fields = { { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_ADVISORY_DRAFTED), .command = "advisory edit",
	  .line = N_("advisory {advisory} drafted: {title} (TLP:{tlp})"), .undoable = true,
	  .fields = { { "advisory", FIELD_TEXT, NEED, NULL },
		      { "title", FIELD_TEXT, NEED, NULL },
		      { "summary", FIELD_BLOCK, MAY, NULL },
		      { "description", FIELD_BLOCK, MAY, NULL },
		      { "recommendation", FIELD_BLOCK, MAY, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words } } },
	{ ROW(EVENT_UNDONE), .command = "undo", .line = N_("undone: event {event}"),
	  .undoable = true, .fields = { { "event", FIELD_HEX, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_STARTED), .command = "clock start",
	  .line = N_("clock {clock} runs from {at}: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "at", FIELD_INSTANT, NEED, NULL },
		      { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_STOPPED), .command = "clock stop",
	  .line = N_("clock {clock} stopped: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_PAUSED), .command = "clock pause",
	  .line = N_("clock {clock} paused: {reason}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_RESUMED), .command = "clock resume", .line = N_("clock {clock} goes on"),
	  .undoable = true, .fields = { { "clock", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_FILED), .command = "clock file",
	  .line = N_("{clock} filed at {filed} {receipt} {note}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "filed", FIELD_INSTANT, NEED, NULL },
		      { "by", FIELD_TEXT, MAY, NULL },
		      { "to", FIELD_TEXT, MAY, NULL },
		      { "receipt", FIELD_TEXT, MAY, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "sheet", FIELD_BLOCK, MAY, NULL },
		      { "attachments", FIELD_OBJECTS, MAY, NULL } } },
	{ ROW(EVENT_FILING_DRAFTED), .command = "clock fill",
	  .line = N_("{clock}, {field}: {value}"), .undoable = true,
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "field", FIELD_TEXT, NEED, NULL },
		      { "value", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_CASE_EXPORTED), .command = "case export", .line = N_("exported for {to} (TLP:{tlp})"),
	  .fields = { { "to", FIELD_WORDS, NEED, NULL },
		      { "names", FIELD_WORDS, MAY, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "size", FIELD_INTEGER, NEED, NULL },
		      { "tlp", FIELD_WORD, NEED, tlp_words } } },
	{ ROW(EVENT_MAIL_RECEIVED), .command = "mail import",
	  .line = N_("{mail} came in by {channel}, {size} bytes"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "received", FIELD_INSTANT, NEED, NULL },
		      { "channel", FIELD_TEXT, NEED, NULL },
		      { "sha256", FIELD_HEX, NEED, NULL },
		      { "size", FIELD_INTEGER, NEED, NULL },
		      { "raw", FIELD_OBJECT, NEED, NULL } } },
	{ ROW(EVENT_MAIL_READ), .command = "mail retry", .line = N_("{mail} was read"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "record", FIELD_RECORD, NEED, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_MAIL_TAKEN), .command = "mail take", .line = N_("{mail} went to {case}"),
	  .fields = { { "mail", FIELD_TEXT, NEED, NULL },
		      { "case", FIELD_TEXT, NEED, NULL },
		      { "received_event", FIELD_HEX, MAY, NULL } } },
	{ ROW(EVENT_PRODUCT_ADDED), .command = "product add",
	  .line = N_("product {product}: {name}"),
	  .fields = { { "product", FIELD_TEXT, NEED, NULL },
		      { "name", FIELD_TEXT, NEED, NULL },
		      { "vendor", FIELD_TEXT, MAY, NULL },
		      { "purl", FIELD_TEXT, MAY, NULL },
		      { "cpe", FIELD_TEXT, MAY, NULL },
		      { "versions", FIELD_WORDS, MAY, NULL } } },
	{ ROW(EVENT_KEY_PINNED), .command = "key pin",
	  .line = N_("{address} has key {fingerprint}"),
	  .fields = { { "address", FIELD_TEXT, NEED, NULL },
		      { "fingerprint", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_KEY_UNPINNED), .command = "key unpin",
	  .line = N_("{address} has no key any more"),
	  .fields = { { "address", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_POLICY_SET), .command = "vault set",
	  .line = N_("policy: {publisher} {namespace} {contact} {prefix}"),
	  .fields = { { "publisher", FIELD_TEXT, MAY, NULL },
		      { "namespace", FIELD_TEXT, MAY, NULL },
		      { "contact", FIELD_TEXT, MAY, NULL },
		      { "prefix", FIELD_TEXT, MAY, NULL } } },
	{ ROW(EVENT_FREEZE_ADDED), .command = "freeze add",
	  .line = N_("no publication from {from} to {until}: {name} ({source})"),
	  .fields = { { "name", FIELD_TEXT, NEED, NULL },
		      { "from", FIELD_INSTANT, NEED, NULL },
		      { "until", FIELD_INSTANT, NEED, NULL },
		      { "zone", FIELD_TEXT, MAY, NULL },
		      { "source", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_FREEZE_REMOVED), .command = "freeze remove",
	  .line = N_("freeze {name} taken back: {reason}"),
	  .fields = { { "name", FIELD_TEXT, NEED, NULL }, { "reason", FIELD_TEXT, NEED, NULL } } },
	{ ROW(EVENT_CLOCK_RULES_SET), .command = "clock rules", .line = N_("rules of clocks changed"),
	  .fields = { { "yaml", FIELD_BLOCK, NEED, NULL } } },
	{ ROW(EVENT_DUTY_DONE), .command = "clock done", .line = N_("{clock} done at {at}: {note}"),
	  .fields = { { "clock", FIELD_TEXT, NEED, NULL },
		      { "at", FIELD_INSTANT, NEED, NULL },
		      { "note", FIELD_TEXT, MAY, NULL },
		      { "receipt", FIELD_TEXT, MAY, NULL } } },
};

static const struct event_field object_fields[] = {
	{ "name", FIELD_TEXT, MAY, NULL },     { "type", FIELD_TEXT, MAY, NULL },
	{ "size", FIELD_INTEGER, NEED, NULL }, { "sha256", FIELD_HEX, NEED, NULL },
	{ "kind", FIELD_TEXT, MAY, NULL },     { "object", FIELD_TEXT, NEED, NULL },
	{ "key", FIELD_TEXT, NEED, NULL },     { NULL, FIELD_TEXT, MAY, NULL },
};

const struct event_info *event_table(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}

const struct event_info *event_info(int type)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if ((int)table[i].type == type)
			return &table[i];
	return NULL;
}

const struct event_info *event_info_by_wire(const char *wire)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_equal(table[i].wire, wire))
			return &table[i];
	return NULL;
}

/* ---- checking; each returns NULL or what is wrong */

typedef const char *(*check_fn)(const struct event_field *field, const json_t *value);

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name);

static const char *check_block(const struct event_field *field, const json_t *value)
{
	(void)field;
	if (!json_is_string(value))
		return N_("is not text");
	if (json_string_length(value) > BLOCK_LIMIT)
		return N_("is longer than 20 MB");
	if (memchr(json_string_value(value), 0, json_string_length(value)))
		return N_("holds a zero byte");
	return NULL;
}

static const char *check_text(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_block(field, value);

	if (wrong)
		return wrong;
	if (json_string_length(value) > TEXT_LIMIT)
		return N_("is longer than 4,000 bytes");
	if (strpbrk(json_string_value(value), "\r\n"))
		return N_("holds a line break");
	return NULL;
}

static const char *check_instant(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value);
	instant at;

	if (wrong)
		return wrong;
	return instant_parse(json_string_value(value), &at, NULL) == 0 ?
		       NULL :
		       N_("is not a date-time with a zone");
}

static const char *check_integer(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_integer(value) && json_integer_value(value) >= 0 ?
		       NULL :
		       N_("is not a whole number from 0 on");
}

static const char *check_bool(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_boolean(value) ? NULL : N_("is neither true nor false");
}

static const char *check_hex(const struct event_field *field, const json_t *value)
{
	const char *wrong = check_text(field, value), *hex;

	if (wrong)
		return wrong;
	hex = json_string_value(value);
	if (!*hex || strlen(hex) % 2 || hex[strspn(hex, "0123456789abcdef")])
		return N_("is not lower-case hexadecimal");
	return NULL;
}

static const char *check_word(const struct event_field *field, const json_t *value)
{
	if (!json_is_string(value))
		return N_("is not text");
	for (size_t i = 0; field->words[i]; i++)
		if (strlen(field->words[i]) == json_string_length(value) &&
		    str_equal(field->words[i], json_string_value(value)))
			return NULL;
	return N_("is none of its words");
}

static const char *check_object(const struct event_field *field, const json_t *value)
{
	const char *name;

	(void)field;
	if (!json_is_object(value) || check_members(object_fields, value, &name))
		return N_("is not the place of a sealed file");
	return NULL;
}

static const char *check_list(const struct event_field *field, const json_t *value, check_fn check)
{
	if (!json_is_array(value))
		return N_("is not a list");
	if (json_array_size(value) > LIST_LIMIT)
		return N_("has more than 1,000 items");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *wrong = check(field, json_array_get(value, i));

		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *check_objects(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_object);
}

static const char *check_words(const struct event_field *field, const json_t *value)
{
	return check_list(field, value, check_text);
}

static const char *check_record(const struct event_field *field, const json_t *value)
{
	(void)field;
	return json_is_object(value) ? NULL : N_("is not an object");
}

static const check_fn checks[] = {
	[FIELD_TEXT] = check_text,       [FIELD_BLOCK] = check_block,
	[FIELD_INSTANT] = check_instant, [FIELD_INTEGER] = check_integer,
	[FIELD_BOOL] = check_bool,       [FIELD_HEX] = check_hex,
	[FIELD_WORD] = check_word,       [FIELD_OBJECT] = check_object,
	[FIELD_OBJECTS] = check_objects, [FIELD_WORDS] = check_words,
	[FIELD_RECORD] = check_record,
};

/* The first member of OBJECT that is no field. */
static const char *unknown_member(const struct event_field *fields, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		const struct event_field *field = fields;

		while (field->name && !str_equal(field->name, key))
			field++;
		if (!field->name)
			return key;
	}
	return "";
}

static const char *check_members(const struct event_field *fields, const json_t *object,
				 const char **ret_name)
{
	size_t known = 0;

	for (const struct event_field *field = fields; field->name; field++) {
		const json_t *value = json_object_get(object, field->name);
		const char *wrong = NULL;

		if (value)
			wrong = checks[field->type](field, value);
		else if (field->required)
			wrong = N_("is missing");
		*ret_name = field->name;
		if (wrong)
			return wrong;
		known += value != NULL;
	}
	if (known == json_object_size(object))
		return NULL;
	*ret_name = unknown_member(fields, object);
	return N_("is not a field of this event");
}

int event_check(int type, const json_t *body, struct error *err)
{
	const struct event_info *info = event_info(type);
	const char *wrong, *name = "";

	if (!info)
		return error_set(err, ERR_INPUT, _("event"), _("Use a newer psirtty"),
				 _("type %d is not known here"), type);
	if (!json_is_object(body))
		return error_set(err, ERR_INPUT, info->wire, NULL, _("its body is not an object"));
	wrong = check_members(info->fields, body, &name);
	if (wrong)
		return error_set(err, ERR_INPUT, info->wire, NULL, "%.60s %s", name, _(wrong));
	return 0;
}

/* ---- the line */

static void add_value(struct str *line, const json_t *value)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		str_add_bytes(line, text, strnlen(text, LINE_FIELD_LIMIT + 4));
	} else if (json_is_integer(value)) {
		str_add_format(line, "%lld", (long long)json_integer_value(value));
	} else if (json_is_boolean(value)) {
		str_add(line, json_is_true(value) ? _("yes") : _("no"));
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value) && i < 8; i++) {
			const json_t *item = json_array_get(value, i);

			if (!json_is_string(item))
				continue;
			str_add(line, i ? ", " : "");
			add_value(line, item);
		}
	}
}

/* Cuts to LIMIT bytes at the start of a character. */
static void cut(struct str *s, size_t limit)
{
	if (s->length <= limit)
		return;
	while (limit > 0 && ((unsigned char)s->bytes[limit] & 0xC0) == 0x80)
		limit--;
	str_truncate(s, limit);
	str_add(s, "…");
}

static void make_one_line(struct str *s)
{
	for (size_t i = 0; i < s->length; i++)
		if (s->bytes[i] == '\n' || s->bytes[i] == '\r' || s->bytes[i] == '\t')
			s->bytes[i] = ' ';
	while (s->length > 0 && s->bytes[s->length - 1] == ' ')
		str_truncate(s, s->length - 1);
}

char *event_line(const struct event *event)
{
	const struct event_info *info = event_info(event->type);
	const char *form = info ? _(info->line) : "";
	AUTO_STR line = STR_INIT;

	while (*form) {
		const char *end = *form == '{' ? strchr(form, '}') : NULL;

		if (end) {
			AUTO_STRING name = mem_copy(form + 1, (size_t)(end - form - 1));
			AUTO_STR value = STR_INIT;

			add_value(&value, json_object_get(event->body, name));
			cut(&value, LINE_FIELD_LIMIT);
			str_add_bytes(&line, value.bytes, value.length);
			form = end + 1;
		} else {
			str_add_char(&line, *form++);
		}
	}
	cut(&line, LINE_LIMIT);
	make_one_line(&line);
	return str_detach(&line);
}
