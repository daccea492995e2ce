/* SPDX-License-Identifier: Apache-2.0 */
/* Embargo messages as lines in a letter: one table of fields, read strictly, written plainly. */
#include "psirtty/format/embargo_block.h"

#include <ctype.h>

#include "psirtty/base/i18n.h"

static const char first_line[] = "=== embargo 1 ===", last_line[] = "=== end of embargo ===";

#define X(name, word, what) word,
static const char *const names[] = { EMBARGO_MESSAGES(X) };
#undef X
#define X(name, word, what) what,
static const char *const texts[] = { EMBARGO_MESSAGES(X) };
#undef X

const char *embargo_message_name(enum embargo_message message)
{
	return message >= 0 && message < EMBARGO_MESSAGE_COUNT ? names[message] : "?";
}

const char *embargo_message_text(enum embargo_message message)
{
	return message >= 0 && message < EMBARGO_MESSAGE_COUNT ? texts[message] : "?";
}

int embargo_message_from_name(const char *word)
{
	for (int i = 0; i < EMBARGO_MESSAGE_COUNT; i++)
		if (str_equal(names[i], word))
			return i;
	return -1;
}

void embargo_block_release(struct embargo_block *block)
{
	free(block->note);
	*block = (struct embargo_block){ .until = { .at = INSTANT_NONE }, .answer_by = INSTANT_NONE };
}

/* ---- fields */

static const char *read_message(const char *value, struct embargo_block *block)
{
	int message = embargo_message_from_name(value);

	block->message = message < 0 ? EMBARGO_EP : (enum embargo_message)message;
	return message < 0 ? N_("its message is none that is known") : NULL;
}

static const char *read_case(const char *value, struct embargo_block *block)
{
	size_t length = strlen(value);

	if (!length || length > EMBARGO_CASE_ID || !isalnum((unsigned char)*value))
		return N_("its case is no case's name");
	for (const char *c = value; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-')
			return N_("its case is no case's name");
	memcpy(block->case_id, value, length + 1);
	return NULL;
}

/* Minutes of the offset at the end of an RFC 3339 time that was read already. */
static int offset_of(const char *rfc3339)
{
	const char *tail = rfc3339 + strlen(rfc3339) - 1;
	int minutes;

	if (*tail == 'Z' || *tail == 'z')
		return 0;
	tail -= 5;
	minutes = ((tail[1] - '0') * 10 + tail[2] - '0') * 60 + (tail[4] - '0') * 10 + tail[5] - '0';
	return *tail == '-' ? -minutes : minutes;
}

static const char *read_until(const char *value, struct embargo_block *block)
{
	if (instant_parse(value, &block->until.at, NULL))
		return N_("its end is no time with an offset");
	block->until.offset = offset_of(value);
	return NULL;
}

static const char *read_zone(const char *value, struct embargo_block *block)
{
	size_t length = strlen(value);

	if (length >= sizeof(block->until.zone) || strstr(value, "..") || *value == '/' ||
	    strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") != length ||
	    !zone_known(value))
		return N_("its zone is not known");
	memcpy(block->until.zone, value, length + 1);
	return NULL;
}

static const char *read_answer_by(const char *value, struct embargo_block *block)
{
	return instant_parse(value, &block->answer_by, NULL) ? N_("its answer-by is no time with an offset") : NULL;
}

static int word_place(const char *const *words, const char *word, size_t length)
{
	for (int i = 0; words[i]; i++)
		if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
			return i;
	return -1;
}

static const char *read_allow(const char *value, struct embargo_block *block)
{
	while (*value) {
		size_t length = strcspn(value, ", ");
		int place = word_place(allow_words, value, length);

		if (place < 0 || block->allow & 1u << place)
			return N_("what it allows is not known");
		block->allow |= 1u << place;
		value += length;
		if (*value && *value != ',')
			return N_("what it allows is not known");
		value += *value == ',';
		value += strspn(value, " ");
	}
	return NULL;
}

static const char *read_cause(const char *value, struct embargo_block *block)
{
	int place = word_place(end_words, value, strlen(value));

	block->cause = place < 0 ? END_OTHER : (enum end_cause)place;
	return place < 0 ? N_("its cause is not known") : NULL;
}

static const char *read_note(const char *value, struct embargo_block *block)
{
	block->note = mem_string(value);
	return NULL;
}

#define EVERY   ((1u << EMBARGO_MESSAGE_COUNT) - 1)
#define ENDING  (1u << EMBARGO_ET)
#define OFFERS  (1u << EMBARGO_EP | 1u << EMBARGO_EV)
#define ABOUT   (EVERY & ~ENDING)
enum field { FIELD_MESSAGE_OF, FIELD_CASE_OF, FIELD_UNTIL_OF, FIELD_ZONE_OF, FIELD_ANSWER_OF, FIELD_ALLOW_OF,
	     FIELD_CAUSE_OF, FIELD_NOTE_OF, FIELD_COUNT };
static const struct {
	const char *name;
	unsigned may, must; /* bits of messages */
	const char *(*read)(const char *value, struct embargo_block *block);
} fields[FIELD_COUNT] = {
	[FIELD_MESSAGE_OF] = { "Message", EVERY, EVERY, read_message },
	[FIELD_CASE_OF] = { "Case", EVERY, EVERY, read_case },
	[FIELD_UNTIL_OF] = { "Until", EVERY, ABOUT, read_until },
	[FIELD_ZONE_OF] = { "Zone", EVERY, 0, read_zone },
	[FIELD_ANSWER_OF] = { "Answer-By", OFFERS, 0, read_answer_by },
	[FIELD_ALLOW_OF] = { "Allow", OFFERS, 0, read_allow },
	[FIELD_CAUSE_OF] = { "Cause", ENDING, ENDING, read_cause },
	[FIELD_NOTE_OF] = { "Note", EVERY, 0, read_note },
};

/* ---- reading */

struct line { const char *at; size_t length; };

static bool next_line(const char **cursor, const char *end, struct line *ret)
{
	const char *stop;

	if (*cursor >= end)
		return false;
	stop = memchr(*cursor, '\n', (size_t)(end - *cursor));
	ret->at = *cursor;
	ret->length = (size_t)((stop ? stop : end) - *cursor);
	*cursor = stop ? stop + 1 : end;
	while (ret->length && strchr(" \t\r", ret->at[ret->length - 1]) && ret->at[ret->length - 1])
		ret->length--;
	return true;
}

static bool is_line(const struct line *line, const char *text)
{
	return line->length == strlen(text) && memcmp(line->at, text, line->length) == 0;
}

/* Characters that nobody sees could make a reader take it for something else. */
static bool is_hidden(int32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c >= 0xE0000;
}

static bool is_plain(const struct line *line)
{
	const char *cursor = line->at, *end = line->at + line->length;

	while (cursor < end)
		if (is_hidden(utf8_next(&cursor, end)))
			return false;
	return true;
}

static const char *read_field(const struct line *line, unsigned *seen, struct embargo_block *block)
{
	const char *colon = memchr(line->at, ':', line->length);
	size_t name = colon ? (size_t)(colon - line->at) : 0;
	AUTO_STRING value = NULL;

	if (!colon || line->length > EMBARGO_BLOCK_LINE || !is_plain(line))
		return N_("a line of it is no field");
	value = mem_copy(colon + 1, line->length - name - 1);
	memmove(value, value + strspn(value, " "), strlen(value + strspn(value, " ")) + 1);
	for (int i = 0; i < FIELD_COUNT; i++) {
		if (strlen(fields[i].name) != name || strncmp(fields[i].name, line->at, name) != 0)
			continue;
		if (*seen & 1u << i)
			return N_("a field stands in it twice");
		*seen |= 1u << i;
		return *value ? fields[i].read(value, block) : N_("a field of it is empty");
	}
	return N_("a field of it is not known");
}

static const char *check_whole(unsigned seen, const struct embargo_block *block)
{
	unsigned bit = 1u << block->message;

	for (int i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].must & bit && !(seen & 1u << i))
			return N_("a field that its message needs is missing");
		if (seen & 1u << i && !(fields[i].may & bit))
			return N_("a field of it is none of its message");
	}
	if (!(seen & 1u << FIELD_ZONE_OF))
		return NULL;
	if (!(seen & 1u << FIELD_UNTIL_OF))
		return N_("it names a zone but no end");
	if (zone_offset(block->until.zone, block->until.at) != block->until.offset)
		return N_("its end and its zone do not agree");
	return NULL;
}

/* From behind the first line to the last one. */
static const char *read_block(const char **cursor, const char *end, struct embargo_block *block)
{
	unsigned seen = 0;
	struct line line;

	for (int i = 0; i <= EMBARGO_BLOCK_LINES; i++) {
		const char *wrong;

		if (!next_line(cursor, end, &line))
			return N_("it does not end");
		if (is_line(&line, last_line))
			return check_whole(seen, block);
		wrong = read_field(&line, &seen, block);
		if (wrong)
			return wrong;
	}
	return N_("it has too many lines");
}

int embargo_block_read(const char *text, size_t length, struct embargo_block *ret, struct error *err)
{
	const char *cursor = text, *end = text + length, *wrong = NULL;
	struct embargo_block block = { .until = { .at = INSTANT_NONE }, .answer_by = INSTANT_NONE };
	bool found = false;
	struct line line;

	while (!wrong && next_line(&cursor, end, &line)) {
		if (!is_line(&line, first_line))
			continue;
		wrong = found ? N_("there is more than one") : read_block(&cursor, end, &block);
		found = true;
	}
	if (!wrong && found) {
		*ret = block;
		return 1;
	}
	embargo_block_release(&block);
	return wrong ? error_set(err, ERR_INPUT, _("embargo message"), _("Ask its sender what is meant"), "%s",
				 _(wrong)) : 0;
}

/* ---- writing */

static void write_allow(struct str *s, unsigned allow)
{
	const char *between = "Allow: ";

	for (int i = 0; i < ALLOW_COUNT; i++)
		if (allow & 1u << i) {
			str_add_format(s, "%s%s", between, allow_words[i]);
			between = ", ";
		}
	if (allow)
		str_add(s, "\n");
}

/* One printable line of it, short enough. */
static void write_note(struct str *s, const char *note)
{
	const char *cursor = note, *end = note + strlen(note);
	size_t start = s->length;

	str_add(s, "Note: ");
	while (cursor < end && s->length - start < EMBARGO_BLOCK_LINE - 8) {
		int32_t c = utf8_next(&cursor, end);

		str_add_utf8(s, is_hidden(c) ? ' ' : (uint32_t)c);
	}
	str_add(s, "\n");
}

void embargo_block_write(const struct embargo_block *block, struct str *ret)
{
	char at[40];

	str_add_format(ret, "%s\nMessage: %s\nCase: %s\n", first_line, names[block->message], block->case_id);
	if (block->until.at != INSTANT_NONE)
		str_add_format(ret, "Until: %s\n", zoned_format_rfc3339(&block->until, at));
	if (block->until.at != INSTANT_NONE && block->until.zone[0])
		str_add_format(ret, "Zone: %s\n", block->until.zone);
	if (block->answer_by != INSTANT_NONE)
		str_add_format(ret, "Answer-By: %s\n", instant_format(block->answer_by, at));
	write_allow(ret, block->allow);
	if (block->message == EMBARGO_ET)
		str_add_format(ret, "Cause: %s\n", end_words[block->cause]);
	if (block->note && block->note[strspn(block->note, " \t\r\n")])
		write_note(ret, block->note);
	str_add_format(ret, "%s\n", last_line);
}
