/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What letters of our own making say: texts of data/letters.yaml in the language of the recipient, which is a fact
 * of the register and not of the screen they are written on.
 */
#include "desk/desk_private.h"
#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/model/gate.h"

/* ---- the language */

static const struct contact *contact_of(const struct desk *desk, const struct case_state *state,
					const struct letter_recipient *who)
{
	const struct gate_recipient recipient = { who->name, who->address, NULL };
	const struct contact *contact = NULL;

	gate_jurisdiction(desk->model, state, &recipient, &contact);
	return contact;
}

const char *desk_letter_language(const struct desk *desk, const struct case_state *state,
				 const struct letter_recipient *who)
{
	const struct contact *contact = contact_of(desk, state, who);
	const char *language = contact ? contact_text(contact, "language") : "";
	const char *where = contact ? contact_text(contact, "jurisdiction") : "";

	if (*language)
		return language;
	if (str_equal(where, "CN"))
		return "zh";
	return !*where || str_equal(where, "unknown") ? (i18n_chinese() ? "zh" : "en") : "en";
}

/* ---- the texts */

static int load(struct desk *desk, struct error *err)
{
	AUTO_STRING path = NULL;
	struct conf *conf;
	int code;

	if (desk->letters)
		return 0;
	path = file_data("letters.yaml");
	conf = mem_alloc(sizeof(*conf));
	code = conf_load_file(path, conf, err);
	if (code)
		free(conf);
	else
		desk->letters = conf;
	return code;
}

void desk_letters_free(struct conf *letters)
{
	if (!letters)
		return;
	conf_release(letters);
	free(letters);
}

static const struct conf *find(const struct conf *letters, const char *id)
{
	const struct conf *list = conf_get(letters, "letters");

	for (size_t i = 0; list && i < list->count; i++)
		if (str_equal(conf_text(&list->items[i], "id", ""), id))
			return &list->items[i];
	return NULL;
}

static const char *value_of(const struct letter_word *words, const char *name, size_t length)
{
	for (; words && words->name; words++)
		if (strlen(words->name) == length && memcmp(words->name, name, length) == 0)
			return str_or_empty(words->value);
	return NULL;
}

/* Only what the template itself has in braces: what is filled in is not looked at again. */
static void fill(const char *form, const struct letter_word *words, struct str *ret)
{
	while (*form) {
		const char *end = *form == '{' ? strchr(form, '}') : NULL;
		const char *value = end ? value_of(words, form + 1, (size_t)(end - form - 1)) : NULL;

		if (value) {
			str_add(ret, value);
			form = end + 1;
		} else {
			str_add_char(ret, *form++);
		}
	}
}

int desk_letter_text(struct desk *desk, const char *id, const char *language, const struct letter_word *words,
		     struct str *ret, struct error *err)
{
	const struct conf *row;
	const char *form;
	int code = load(desk, err);

	if (code)
		return code;
	row = find(desk->letters, id);
	form = row ? conf_text(row, language, conf_text(row, "en", NULL)) : NULL;
	if (!form)
		return error_set(err, ERR_INPUT, "letters.yaml", NULL, _("there is no text called %s"), id);
	fill(form, words, ret);
	return 0;
}
