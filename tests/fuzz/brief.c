/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the briefs of a case, a mail and the house, glances and dues, written by an enemy. What is taken
 * can be asked everything that lists ask, and becomes the same brief again. */
#include "psirtty/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void ask(const struct model *model)
{
	struct agenda_item *items;
	size_t count;

	model_agenda(model, INT64_MIN, INT64_MAX, 0, &items, &count);
	free(items);
	for (size_t i = 0; i < model_case_count(model); i++) {
		AUTO_STR brief = STR_INIT;
		char marks[4];
		bool yes;

		case_marks(model_case(model, i), 0, marks);
		case_matches(model_case(model, i), "a sev:high due:<7d party:b product:c cve:1", 0, &yes, NULL);
		model_case_brief(model_case(model, i), &brief);
	}
	for (size_t i = 0; i < model_inbox_count(model); i++) {
		AUTO_STR brief = STR_INIT;

		mail_record_sender(&model_inbox(model, i)->record);
		model_mail_brief(model_inbox(model, i), &brief);
	}
}

static bool may(void *context, const uint8_t stream[16])
{
	(void)context;
	return stream[0] != 'h';
}

static void take_glances(const uint8_t *bytes, size_t length)
{
	const size_t half = length / 2;
	struct model *model = model_new();
	uint64_t since = 0;
	AUTO_STR again = STR_INIT;

	if (length >= 16)
		memcpy(&since, bytes + 8, sizeof(since));
	if (model_take_glances(model, bytes, length, since, may, NULL, NULL))
		model_take_glances(model, bytes, half, since, may, NULL, NULL);
	if (model_take_dues(model, bytes, length, since, NULL))
		model_take_dues(model, bytes + half, length - half, since, NULL);
	for (size_t i = 0; i < model_case_count(model); i++) {
		const char *what;
		instant at;

		glance_next_due(model_glance(model, i), &what, &at);
	}
	ask(model);
	model_glances(model, since, &again);
	model_dues(model, since, &again);
	model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const uint8_t key[32];
	struct model *model = model_new();
	struct model *again = model_new();
	AUTO_STR brief = STR_INIT;

	model_take_mail_brief(model, key, bytes, length, NULL);
	model_take_house_brief(model, bytes, length, NULL);
	if (model_take_case_brief(model, key, bytes, length, NULL) == 0) {
		model_case_brief(model_case(model, 0), &brief);
		if (model_take_case_brief(again, key, brief.bytes, brief.length, NULL) != 0)
			abort();
	}
	ask(model);
	take_glances(bytes, length);
	model_free(model);
	model_free(again);
	return 0;
}
