/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of cases that were shredded: that they were, when, and how that was proven. */
#include "model/case.h"
#include "model/registry.h"

void disposals_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->disposal_count; i++) {
		free(registry->disposals[i].case_id);
		free(registry->disposals[i].author);
		free(registry->disposals[i].verified);
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
	};
}
