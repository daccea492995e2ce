/* SPDX-License-Identifier: Apache-2.0 */
/* What the house set its gates to, with a reason: on, warn or off. Which gates there are, data say. */
#include "model/case.h"
#include "model/registry.h"

void gate_modes_release(struct registry *registry)
{
	for (size_t i = 0; i < registry->gate_mode_count; i++) {
		free(registry->gate_modes[i].gate);
		free(registry->gate_modes[i].mode);
	}
	free(registry->gate_modes);
}

int gate_mode_check(const struct registry *registry, const struct event *event, struct error *err)
{
	const char *reason = event_text(event, "reason");

	(void)registry;
	if (!id_valid(event_text(event, "gate")))
		return error_set(err, ERR_NO, _("gate"), NULL,
				 _("rule gate: an id has letters, digits, dot and hyphen only"));
	if (!reason[strspn(reason, " \t")])
		return error_set(err, ERR_NO, event_text(event, "gate"), NULL,
				 _("rule gate: a change of its mode needs a reason"));
	return 0;
}

static size_t mode_place(const struct registry *registry, const char *id)
{
	size_t at = 0;

	while (at < registry->gate_mode_count && str_casecmp(registry->gate_modes[at].gate, id) != 0)
		at++;
	return at;
}

void gate_mode_apply(struct registry *registry, const struct event *event)
{
	size_t at = mode_place(registry, event_text(event, "gate"));

	if (at == registry->gate_mode_count) {
		registry->gate_modes = list_open(registry->gate_modes, &registry->gate_mode_count,
						 &registry->gate_mode_room, sizeof(struct gate_mode), at);
		registry->gate_modes[at].gate = mem_string(event_text(event, "gate"));
	}
	mem_replace(&registry->gate_modes[at].mode, event_text(event, "mode"));
}

const char *gate_mode_of(const struct registry *registry, const char *id)
{
	size_t at = mode_place(registry, id);

	return at < registry->gate_mode_count ? registry->gate_modes[at].mode : gate_mode_words[0];
}
