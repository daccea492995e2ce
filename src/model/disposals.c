/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of cases that were shredded: that they were, when, and how that was proven. */
#include "model/case.h"
#include "model/registry.h"

static void words_release(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static char **words_read(const struct event *event, const char *key, size_t *ret_count)
{
	const json_t *list = json_object_get(event->body, key);
	size_t count = json_array_size(list);
	char **words = count ? mem_alloc(count * sizeof(*words)) : NULL;

	for (size_t i = 0; i < count; i++)
		words[i] = mem_string(str_or_empty(json_string_value(json_array_get(list, i))));
	*ret_count = count;
	return words;
}

void disposals_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->disposal_count; i++) {
		struct disposal *d = &registry->disposals[i];

		free(d->case_id);
		free(d->author);
		free(d->verified);
		words_release(d->mails, d->mail_count);
		words_release(d->dropped, d->dropped_count);
		words_release(d->objects, d->object_count);
	}
	free(registry->disposals);
}

int disposal_check(const struct registry *registry, const struct event *event, struct error *err)
{
	(void)registry;
	if (id_valid(event_text(event, "case")))
		return 0;
	return error_set(err, ERR_NO, _("case"), NULL,
			 _("rule case id: an id has letters, digits, dot and hyphen only"));
}

static size_t whole_number(const struct event *event, const char *key)
{
	long long value = js_integer(event->body, key, 0);

	return value > 0 ? (size_t)value : 0;
}

void disposal_apply(struct registry *registry, const struct event *event)
{
	struct disposal *disposal;

	registry->disposals = list_open(registry->disposals, &registry->disposal_count, &registry->disposal_room,
					sizeof(*disposal), registry->disposal_count);
	disposal = &registry->disposals[registry->disposal_count - 1];
	*disposal = (struct disposal){
		.case_id = mem_string(event_text(event, "case")),
		.author = mem_string(event->author),
		.verified = mem_string(event_text(event, "verified")),
		.at = event_instant(event, "shredded"),
		.backups_until = event_instant(event, "backups_until"),
		.events = whole_number(event, "events"),
		.files = whole_number(event, "files"),
		.kept = whole_number(event, "kept"),
		.inbox = whole_number(event, "inbox"),
	};
	str_unhex(str_or_empty(event_text(event, "stream")), disposal->stream, sizeof(disposal->stream));
	disposal->mails = words_read(event, "mails", &disposal->mail_count);
	disposal->dropped = words_read(event, "dropped", &disposal->dropped_count);
	disposal->objects = words_read(event, "objects", &disposal->object_count);
}
