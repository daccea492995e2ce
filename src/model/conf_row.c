/* SPDX-License-Identifier: Apache-2.0 */
/* Typed members of settings files. A PSIRT edits them, so each fault says where and what was expected. */
#include "model/conf_row.h"

#include "psirtty/base/i18n.h"

int row_fault(const char *file, const struct conf *node, struct error *err, const char *format, ...)
{
	AUTO_STRING what = mem_format("%s:%d", file, node->line);
	AUTO_STRING why = NULL;
	va_list args;

	va_start(args, format);
	why = mem_vformat(format, args);
	va_end(args);
	return error_set(err, ERR_INPUT, what, _("Mend that line"), "%s", why);
}

static void add_words(struct str *s, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		str_add_format(s, "%s%s", i ? ", " : "", words[i]);
}

static const char *label(const struct conf *node)
{
	return node->key ? node->key : _("item");
}

int row_keys(const char *file, const struct conf *node, const char *const *keys, struct error *err)
{
	AUTO_STR known = STR_INIT;

	if (node->kind != CONF_MAP)
		return row_fault(file, node, err, _("expected a map of keys and values"));
	for (size_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (keys[k] && !str_equal(keys[k], node->items[i].key))
			k++;
		if (keys[k])
			continue;
		add_words(&known, keys);
		return row_fault(file, &node->items[i], err, _("unknown key \"%.80s\", expected one of %s"),
				 node->items[i].key, known.bytes);
	}
	return 0;
}

int row_text(const char *file, const struct conf *node, const char **ret, struct error *err)
{
	if (node->kind != CONF_SCALAR || !node->text[strspn(node->text, " \t\n")])
		return row_fault(file, node, err, _("%.80s: expected a text"), label(node));
	*ret = node->text;
	return 0;
}

static int word_index(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (str_equal(words[i], text))
			return i;
	return -1;
}

int row_word(const char *file, const struct conf *node, const char *const *words, int *ret,
	     struct error *err)
{
	AUTO_STR known = STR_INIT;
	int which = node->kind == CONF_SCALAR ? word_index(words, node->text) : -1;

	if (which < 0) {
		add_words(&known, words);
		return row_fault(file, node, err, _("%.80s: \"%.80s\" is none of %s"), label(node),
				 node->kind == CONF_SCALAR ? node->text : "…", known.bytes);
	}
	*ret = which;
	return 0;
}

int row_words(const char *file, const struct conf *node, const char *const *words, uint64_t *ret,
	      struct error *err)
{
	size_t count = node->kind == CONF_LIST ? node->count : 1;
	uint64_t bits = 0;

	for (size_t i = 0; i < count; i++) {
		int which, code = row_word(file, node->kind == CONF_LIST ? &node->items[i] : node, words,
					   &which, err);

		if (code)
			return code;
		bits |= UINT64_C(1) << which;
	}
	*ret = bits;
	return 0;
}

int row_number(const char *file, const struct conf *node, int low, int high, int *ret,
	       struct error *err)
{
	char *end = NULL;
	long value = node->kind == CONF_SCALAR && *node->text ? strtol(node->text, &end, 10) : 0;

	if (!end || *end || value < low || value > high)
		return row_fault(file, node, err, _("%.80s: expected a whole number from %d to %d"),
				 label(node), low, high);
	*ret = (int)value;
	return 0;
}

int row_flag(const char *file, const struct conf *node, bool *ret, struct error *err)
{
	static const char *const words[] = { "no", "yes", "false", "true", NULL };
	int which, code = row_word(file, node, words, &which, err);

	if (!code)
		*ret = which % 2 != 0;
	return code;
}
