/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: documents for the checkers, as they come, or a sound one with members of it replaced, moved and
 * left out. What is found points into the document or at what is missing there, and errors are counted.
 */
#include <stdint.h>

#include "psirtty/format/check.h"
#include "tests/unit/check_documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct input { const uint8_t *at, *end; };

static unsigned take(struct input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

static json_t *sound(unsigned which)
{
	AUTO_STR text = STR_INIT;
	json_t *json;

	for (const char *c = documents[which % ARRAY_LEN(documents)].text; *c; c++)
		if (*c == '\\' && c[1] == '\'')
			str_add_char(&text, *++c);
		else
			str_add_char(&text, *c == '\'' ? '"' : *c);
	json = json_loadb(text.bytes, text.length, 0, NULL);
	if (!json)
		abort();
	return json;
}

static json_t *value_of(struct input *input, const json_t *root)
{
	char text[3] = { (char)(' ' + take(input) % 95), (char)(' ' + take(input) % 95), '\0' };

	switch (take(input) % 9) {
	case 0: return json_null();
	case 1: return json_true();
	case 2: return json_integer((int)take(input) - 100);
	case 3: return json_real(take(input) / 10.0);
	case 4: return json_array();
	case 5: return json_object();
	case 6: return json_deep_copy(root);
	default: return json_string(text);
	}
}

/* One member or item somewhere below JSON becomes another. */
static void disturb(struct input *input, json_t *json, const json_t *root, int depth)
{
	size_t size = json_is_object(json) ? json_object_size(json) : json_array_size(json);
	size_t which = size ? take(input) % size : 0, i = 0;
	const char *name = NULL;
	json_t *value = json_array_get(json, which);
	bool here = depth > 12 || take(input) % 4 == 0;

	if (json_is_object(json))
		json_object_foreach(json, name, value)
			if (i++ == which)
				break;
	if (!value)
		return;
	if (!here && (json_is_object(value) || json_is_array(value))) {
		disturb(input, value, root, depth + 1);
		return;
	}
	if (json_is_array(json) && take(input) % 3 == 0)
		json_array_append_new(json, json_deep_copy(value));
	else if (json_is_array(json))
		json_array_set_new(json, which, value_of(input, root));
	else if (take(input) % 3 == 0)
		json_object_del(json, name);
	else
		json_object_set_new(json, name, value_of(input, root));
}

static void check(const json_t *json)
{
	for (int preset = CHECK_SCHEMA; preset <= CHECK_FULL; preset++) {
		struct check_request request = { .name = "a.json", .preset = (enum check_preset)preset, .now = 1 };
		struct check_report report;
		size_t errors = 0;

		if (check_document(json, &request, &report, NULL) == 0) {
			for (size_t i = 0; i < report.finding_count; i++) {
				const struct check_finding *f = &report.findings[i];

				errors += f->severity == CHECK_ERROR;
				if (!f->test || !f->message || !*f->message || (*f->path && *f->path != '/'))
					abort();
			}
			if (errors > report.errors || (!report.cut && errors != report.errors))
				abort();
		}
		check_report_release(&report);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct input input = { bytes, bytes + length };
	AUTO_JSON json = NULL;

	if (length && js_load((const char *)bytes, length, 1 << 20, "input", &json, NULL)) {
		json = sound(take(&input));
		for (int i = 0; i < 32 && input.at < input.end; i++) {
			AUTO_JSON root = json_deep_copy(json);

			disturb(&input, json, root, 0);
		}
	}
	if (json)
		check(json);
	return 0;
}
