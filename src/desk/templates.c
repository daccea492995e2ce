/* SPDX-License-Identifier: Apache-2.0 */
/* Letters as data: one file a language, words in braces filled in, and the choice of the language. */
#include "psirtty/desk/letters.h"

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

struct desk_templates { struct conf languages[2]; bool loaded[2]; };

void letter_text_release(struct letter_text *text)
{
	free(text->subject);
	free(text->text);
	*text = (struct letter_text){ 0 };
}

void desk_templates_free(struct desk_templates *templates)
{
	for (size_t i = 0; templates && i < ARRAY_LEN(templates->languages); i++)
		if (templates->loaded[i])
			conf_release(&templates->languages[i]);
	free(templates);
}

static int load_language(struct desk *desk, const char *language, const struct conf **ret, struct error *err)
{
	size_t at = 0;
	AUTO_STRING name = mem_format("letters/%s.yaml", language);
	AUTO_STRING path = NULL;
	int code = 0;

	while (language_words[at] && !str_equal(language_words[at], language))
		at++;
	if (!language_words[at])
		return error_set(err, ERR_USAGE, language, _("Say en or zh"), _("there are no letters in this language"));
	if (!desk->templates)
		desk->templates = mem_alloc(sizeof(*desk->templates));
	if (!desk->templates->loaded[at]) {
		path = file_data(name);
		code = conf_load_file(path, &desk->templates->languages[at], err);
		desk->templates->loaded[at] = !code;
	}
	if (!code)
		*ret = &desk->templates->languages[at];
	return code;
}

static int find_letter(const struct conf *file, const char *template, const struct conf **ret, struct error *err)
{
	const struct conf *letters = conf_get(file, "letters");
	AUTO_STR known = STR_INIT;

	*ret = letters ? conf_get(letters, template) : NULL;
	if (*ret && conf_text(*ret, "subject", NULL) && conf_text(*ret, "text", NULL))
		return 0;
	for (size_t i = 0; letters && i < letters->count; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", letters->items[i].key);
	return error_set(err, ERR_USAGE, template, _("See `mail templates`"), _("there is no such letter; there are: %s"),
			 known.bytes);
}

/* ---- filling in */

static const char *value_of(const struct letter_word *words, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i].name) == length && strncmp(words[i].name, name, length) == 0)
			return str_or_empty(words[i].value);
	return "";
}

/* One line; where all that stands on it is an empty value, there is no line. */
static void fill_line(struct str *s, const char *line, size_t length, const struct letter_word *words, size_t count)
{
	size_t start = s->length;
	bool filled = false;

	for (size_t i = 0; i < length;) {
		const char *close = line[i] == '{' ? memchr(line + i, '}', length - i) : NULL;

		if (close) {
			const char *value = value_of(words, count, line + i + 1, (size_t)(close - line) - i - 1);

			str_add(s, value);
			filled = true;
			i = (size_t)(close - line) + 1;
		} else {
			str_add_char(s, line[i++]);
		}
	}
	if (filled && strspn(s->bytes + start, " \t") == s->length - start)
		str_truncate(s, start);
	else if (!str_ends(s->bytes + start, "\n"))
		str_add_char(s, '\n');
}

static void fill(struct str *s, const char *text, const struct letter_word *words, size_t count)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		fill_line(s, text, length, words, count);
		text += length + (text[length] == '\n');
	}
}

/* Never more than one empty line in a row. */
static char *tidy(const struct str *s)
{
	AUTO_STR made = STR_INIT;
	size_t ends = 1;

	for (size_t i = 0; i < s->length; i++) {
		ends = s->bytes[i] == '\n' ? ends + 1 : 0;
		if (ends <= 2)
			str_add_char(&made, s->bytes[i]);
	}
	return str_detach(&made);
}

int desk_letter_text(struct desk *desk, const char *template, const char *language, const struct letter_word *words,
		     size_t count, struct letter_text *ret, struct error *err)
{
	const struct conf *file, *letter;
	AUTO_STR subject = STR_INIT;
	AUTO_STR text = STR_INIT;
	int code = load_language(desk, language, &file, err);

	if (!code)
		code = find_letter(file, template, &letter, err);
	if (code)
		return code;
	fill(&subject, conf_text(letter, "subject", ""), words, count);
	while (subject.length && subject.bytes[subject.length - 1] == '\n')
		str_truncate(&subject, subject.length - 1);
	fill(&text, conf_text(file, "salutation", ""), words, count);
	str_add_char(&text, '\n');
	fill(&text, conf_text(letter, "text", ""), words, count);
	str_add_char(&text, '\n');
	fill(&text, conf_text(file, "closing", ""), words, count);
	*ret = (struct letter_text){ str_detach(&subject), tidy(&text) };
	return 0;
}

char *desk_letter_phrase(struct desk *desk, const char *language, const char *section, const char *word)
{
	const struct conf *file, *part;

	if (load_language(desk, language, &file, NULL))
		return mem_string("");
	part = conf_get(file, section);
	return mem_string(part ? conf_text(part, word, "") : "");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int desk_letter_names(struct desk *desk, const char ***ret, size_t *ret_count, struct error *err)
{
	const struct conf *file, *letters;
	int code = load_language(desk, "en", &file, err);

	if (code)
		return code;
	letters = conf_get(file, "letters");
	*ret_count = letters ? letters->count : 0;
	*ret = mem_alloc((*ret_count + 1) * sizeof(**ret));
	for (size_t i = 0; i < *ret_count; i++)
		(*ret)[i] = letters->items[i].key;
	qsort(*ret, *ret_count, sizeof(**ret), compare_names);
	return 0;
}

/* ---- which language */

/* Chinese: Han characters, a tenth of the letters at least, and no kana or hangul among them. */
static bool is_chinese(const char *text)
{
	const char *cursor = text, *end = text + strnlen(text, 65536);
	size_t han = 0, other = 0;

	while (cursor < end) {
		int32_t c = utf8_next(&cursor, end);

		if ((c >= 0x3040 && c <= 0x30FF) || (c >= 0xAC00 && c <= 0xD7A3))
			return false;
		han += (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x323AF);
		other += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	}
	return han > 0 && han * 9 >= other;
}

static const char *language_of_messages(const struct case_state *state, const char *address)
{
	for (size_t i = state ? state->message_count : 0; i-- > 0;) {
		const struct case_message *message = &state->messages[i];

		if (message->type == EVENT_MESSAGE_SENT || !message->address || !message->text)
			continue;
		if (str_casecmp(message->address, address) == 0)
			return is_chinese(message->text) ? "zh" : "en";
	}
	return NULL;
}

const char *desk_letter_language(struct desk *desk, const struct case_state *state, const char *address)
{
	static const char *const chinese[] = { "CN", "HK", "MO", "TW" };
	const struct contact *contact = address ? model_find_contact(desk->model, address) : NULL;
	const char *said = contact ? contact_text(contact, "language") : "", *where, *written;

	if (*said)
		return str_equal(said, "zh") ? "zh" : "en";
	written = address ? language_of_messages(state, address) : NULL;
	if (written)
		return written;
	where = contact ? contact_text(contact, "jurisdiction") : "";
	for (size_t i = 0; i < ARRAY_LEN(chinese); i++)
		if (str_equal(where, chinese[i]))
			return "zh";
	return "en";
}
