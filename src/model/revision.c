/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a case at any of its events. Which member of which event is a part of which text is a table. */
#include "psirtty/model/revision.h"

#include "psirtty/base/i18n.h"
#include "psirtty/base/js.h"

/* FIXED names the part; where KEY is a member of the event it is told apart by that, where BY is one more by that too. Parts
 * that grow are written below what is there. */
static const struct part {
	enum event_type type;
	enum revision_text text;
	const char *member, *fixed, *key, *by;
	bool grows;
} parts[] = {
	{ EVENT_CASE_OPENED, REVISION_CASE, "title", "title", NULL, NULL, false },
	{ EVENT_TITLE_SET, REVISION_CASE, "title", "title", NULL, NULL, false },
	{ EVENT_SUMMARY_SET, REVISION_CASE, "summary", "summary", NULL, NULL, false },
	{ EVENT_ROOT_CAUSE_SET, REVISION_CASE, "text", "root cause", NULL, NULL, false },
	{ EVENT_WORKAROUND_SET, REVISION_CASE, "details", "workaround", "name", NULL, false },
	{ EVENT_POST_MORTEM_SET, REVISION_CASE, "what", "what happened", NULL, NULL, false },
	{ EVENT_POST_MORTEM_SET, REVISION_CASE, "lessons", "lessons", NULL, NULL, false },
	{ EVENT_POST_MORTEM_SET, REVISION_CASE, "actions", "actions", NULL, NULL, false },
	{ EVENT_ADVISORY_DRAFTED, REVISION_ADVISORY, "title", "title", NULL, NULL, false },
	{ EVENT_ADVISORY_DRAFTED, REVISION_ADVISORY, "tlp", "TLP", NULL, NULL, false },
	{ EVENT_ADVISORY_DRAFTED, REVISION_ADVISORY, "summary", "summary", NULL, NULL, false },
	{ EVENT_ADVISORY_DRAFTED, REVISION_ADVISORY, "description", "description", NULL, NULL, false },
	{ EVENT_ADVISORY_DRAFTED, REVISION_ADVISORY, "recommendation", "recommendation", NULL, NULL, false },
	{ EVENT_ADVISORY_TEXT, REVISION_ADVISORY, "value", NULL, "field", "lang", false },
	{ EVENT_REPRO_ADDED, REVISION_REPRO, "verdict", "verdict", "build", NULL, false },
	{ EVENT_REPRO_ADDED, REVISION_REPRO, "environment", "environment", "build", NULL, false },
	{ EVENT_REPRO_ADDED, REVISION_REPRO, "steps", "steps", "build", NULL, false },
	{ EVENT_NOTE_ADDED, REVISION_NOTES, "text", "notes", NULL, NULL, true },
	{ EVENT_FILING_DRAFTED, REVISION_FILINGS, "value", NULL, "clock", "field", false },
};

static const char *const text_names[] = {
#define X(name, word) [name] = word,
	REVISION_TEXTS(X)
#undef X
};

const char *revision_text_name(enum revision_text text)
{
	return text_names[text];
}

/* "title", "steps (4.1)", "description (zh)"; English is what the other languages are beside. */
static char *part_name(const struct part *part, const struct event *event)
{
	const char *key = part->key ? js_string(event->body, part->key) : NULL, *by = part->by ? js_string(event->body, part->by) : NULL;
	const char *name = part->fixed ? part->fixed : str_or_empty(key), *beside = part->fixed ? key : by;

	return beside && *beside && !str_equal(beside, "en") ? mem_format("%s (%s)", name, beside) : mem_string(name);
}

static bool part_is(const struct part *part, const struct case_state *state, size_t event)
{
	return part->type == state->events[event].type && !(state->undone && state->undone[event]) &&
	       js_string(state->events[event].body, part->member);
}

/* ---- the list */

/* Whether it has a part of that name: "title" is none of "title (zh), summary". */
static bool has_part(const struct case_revision *revision, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = revision->parts; at; at = strstr(at, ", ") ? strstr(at, ", ") + 2 : NULL)
		if (strncmp(at, name, length) == 0 && (!at[length] || at[length] == ','))
			return true;
	return false;
}

/* The one it goes on with: by the same member, at the same time, of other parts. */
static struct case_revision *revision_find(struct case_revision *revisions, size_t count, const struct part *part, const char *name,
					   const struct case_state *state, size_t event)
{
	struct case_revision *last = count ? &revisions[count - 1] : NULL;
	const struct event *now = &state->events[event], *before = last ? &state->events[last->event] : NULL;

	if (!last || last->text != part->text || last->at != now->at || has_part(last, name))
		return NULL;
	return memcmp(before->member, now->member, sizeof(now->member)) == 0 ? last : NULL;
}

static void part_add(struct case_revision *revision, const char *name)
{
	AUTO_STRING old = revision->parts;

	revision->parts = old ? mem_format("%s, %s", old, name) : mem_string(name);
}

static size_t number_of(const struct case_revision *revisions, size_t count, enum revision_text text)
{
	for (size_t i = count; i-- > 0;)
		if (revisions[i].text == text)
			return revisions[i].number + 1;
	return 1;
}

void case_revisions(const struct case_state *state, struct case_revision **ret, size_t *ret_count)
{
	struct case_revision *list = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < state->event_count; i++)
		for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
			AUTO_STRING name = part_is(&parts[p], state, i) ? part_name(&parts[p], &state->events[i]) : NULL;
			struct case_revision *revision;

			if (!name)
				continue;
			revision = revision_find(list, count, &parts[p], name, state, i);
			if (!revision) {
				list = mem_grow(list, &capacity, count + 1, sizeof(*list));
				list[count] = (struct case_revision){ .text = parts[p].text, .at = state->events[i].at,
								      .author = state->events[i].author,
								      .number = number_of(list, count, parts[p].text) };
				revision = &list[count++];
			}
			revision->event = i;
			part_add(revision, name);
		}
	*ret = list;
	*ret_count = count;
}

void case_revisions_free(struct case_revision *revisions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(revisions[i].parts);
	free(revisions);
}

long case_revision_before(const struct case_revision *revisions, size_t index)
{
	for (size_t i = index; i-- > 0;)
		if (revisions[i].text == revisions[index].text)
			return (long)i;
	return -1;
}

/* ---- the words */

struct section { char *name; struct str value; };
struct sections { struct section *items; size_t count, capacity; };

static struct section *section_of(struct sections *sections, const char *name)
{
	for (size_t i = 0; i < sections->count; i++)
		if (str_equal(sections->items[i].name, name))
			return &sections->items[i];
	sections->items = mem_grow(sections->items, &sections->capacity, sections->count + 1, sizeof(*sections->items));
	sections->items[sections->count] = (struct section){ mem_string(name), STR_INIT };
	return &sections->items[sections->count++];
}

static void section_set(struct sections *sections, const struct part *part, const struct event *event)
{
	AUTO_STRING name = part_name(part, event);
	struct section *section = section_of(sections, name);

	if (!part->grows)
		str_reset(&section->value);
	else if (section->value.length)
		str_add_char(&section->value, '\n');
	str_add(&section->value, str_or_empty(js_string(event->body, part->member)));
}

void case_revision_words(const struct case_state *state, enum revision_text text, size_t event, struct str *ret)
{
	struct sections sections = { 0 };

	for (size_t i = 0; i <= event && i < state->event_count; i++)
		for (size_t p = 0; p < ARRAY_LEN(parts); p++)
			if (parts[p].text == text && part_is(&parts[p], state, i))
				section_set(&sections, &parts[p], &state->events[i]);
	for (size_t i = 0; i < sections.count; i++) {
		struct section *section = &sections.items[i];

		if (section->value.length)
			str_add_format(ret, "%s%s:\n%s%s", ret->length ? "\n" : "", section->name, section->value.bytes,
				       section->value.bytes[section->value.length - 1] == '\n' ? "" : "\n");
		free(section->name);
		str_release(&section->value);
	}
	free(sections.items);
}
