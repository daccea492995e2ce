/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs, as https://github.com/package-url/purl-spec has them: taken apart from right to
 * left, put in order by the rules for all types and those of the one, written from left to right.
 */
#include "psirtty/score/purl.h"

#include <assert.h>
#include <utf8proc.h>

#include "psirtty/base/i18n.h"
#include "score/scan.h"

enum {
	LONGEST = 1 << 16, /* bytes of a package URL we read */
	MOST_QUALIFIERS = 256,
};

static const struct purl_type table[] = {
#include "gen/purl-types.inc"
};

struct work {
	struct scan scan;
	struct purl *purl; /* borrowed: under construction */
};

static char *name_of(const char *text)
{
	return mem_format(_("Package URL %.200s"), text);
}

/* ---- characters */

static void add_encoded(struct str *ret, const char *text, bool keep_slash)
{
	for (; *text; text++)
		if (is_alnum(*text) || strchr(".-_~:", *text) || (keep_slash && *text == '/'))
			str_add_char(ret, *text);
		else
			str_add_format(ret, "%%%02X", (unsigned char)*text);
}

/* Adds SPAN decoded to RET. PART names the component in reasons. */
static int decode(struct work *w, const char *part, struct span span, struct str *ret)
{
	size_t start = ret->length, i;

	for (i = 0; i < span.length; i++) {
		int byte;

		if (span.at[i] != '%') {
			str_add_char(ret, span.at[i]);
			continue;
		}
		byte = span_triplet(span, i);
		if (byte < 0)
			return scan_refuse(
				&w->scan,
				_("the %s \"%.*s\" has a \"%%\" without two hexadecimal digits"),
				part, SPAN_ARGS(span));
		if (byte == 0)
			return scan_refuse(&w->scan, _("the %s \"%.*s\" holds a zero byte"), part,
					   SPAN_ARGS(span));
		str_add_char(ret, (char)byte);
		i += 2;
	}
	if (!utf8_valid(ret->bytes + start, ret->length - start))
		return scan_refuse(&w->scan, _("the %s \"%.*s\" is not UTF-8"), part,
				   SPAN_ARGS(span));
	return 0;
}

/* Unicode's lower case, the same in every locale. One code point becomes two: U+0130. */
static void lower_text(char **slot)
{
	AUTO_STR lower = STR_INIT;
	const char *at = *slot, *end;

	if (!at)
		return;
	end = at + strlen(at);
	while (at < end) {
		int32_t c = utf8_next(&at, end);

		if (c == 0x130)
			str_add(&lower, "i\xcc\x87");
		else
			str_add_utf8(&lower, (uint32_t)utf8proc_tolower(c));
	}
	free(*slot);
	*slot = str_detach(&lower);
}

static void empty_to_null(char **slot)
{
	if (*slot && !**slot)
		mem_free_string(slot);
}

/* ---- rules of single types; each word of the table has a function here */

static int rule_underscore_dash(struct work *w)
{
	for (char *c = w->purl->name; *c; c++)
		if (*c == '_')
			*c = '-';
	return 0;
}

static int rule_other_underscore(struct work *w)
{
	AUTO_STR name = STR_INIT;
	const char *at = w->purl->name, *end = at + strlen(at);

	while (at < end) {
		int32_t c = utf8_next(&at, end);

		str_add_char(&name,
			     c < 0x80 && (is_lower((char)c) || is_digit((char)c)) ? (char)c : '_');
	}
	mem_replace(&w->purl->name, name.bytes);
	return 0;
}

static int rule_no_module(struct work *w)
{
	return strstr(w->purl->name, "::")
		       ? scan_refuse(&w->scan, _("the name is a module's; a distribution "
						 "is named with \"-\", not \"::\""))
		       : 0;
}

static int rule_extension_id(struct work *w)
{
	const char *name = w->purl->name;
	size_t good = strspn(name, "abcdefghijklmnop");

	return good == 32 && !name[good]
		       ? 0
		       : scan_refuse(&w->scan,
				     _("the name is not an extension's, 32 letters from a to p"));
}

static int rule_dotted_4(struct work *w)
{
	const char *at = w->purl->version;
	int parts = 0;

	for (; at; at++) {
		size_t digits = strspn(at, "0123456789");

		at += digits;
		if (digits == 0 || ++parts > 4 || (*at && *at != '.'))
			return scan_refuse(
				&w->scan,
				_("the version is not one to four numbers joined by dots"));
		if (!*at)
			break;
	}
	return 0;
}

static int rule_pod_name(struct work *w)
{
	const char *name = w->purl->name;

	return *name == '.' || strpbrk(name, "+ \t\r\n\v\f")
		       ? scan_refuse(&w->scan,
				     _("a pod's name has no blank and no \"+\", and does not begin "
				       "with a dot"))
		       : 0;
}

static int rule_two_segments(struct work *w)
{
	const char *slash = w->purl->space ? strchr(w->purl->space, '/') : NULL;

	return slash && strchr(slash + 1, '/')
		       ? scan_refuse(
				 &w->scan,
				 _("the namespace has more than two segments, the creator's name "
				   "and regid"))
		       : 0;
}

static int lower_where(struct work *w, const char *place, const char *word)
{
	AUTO_STRING lower = mem_string(str_or_empty(place));

	lower_text(&lower);
	if (strstr(lower, word)) {
		lower_text(&w->purl->space);
		lower_text(&w->purl->name);
	}
	return 0;
}

static int rule_lower_on_github(struct work *w)
{
	return lower_where(w, w->purl->space, "github");
}

static int rule_lower_on_databricks(struct work *w)
{
	return lower_where(w, purl_qualifier(w->purl, "repository_url"), "databricks");
}

/* Nothing to do on components: the path is split otherwise. */
static int rule_path_name(struct work *w)
{
	(void)w;
	return 0;
}

static const struct {
	const char *word;
	int (*apply)(struct work *w);
} rules[] = {
	{"dotted-4", rule_dotted_4},
	{"extension-id", rule_extension_id},
	{"lower-on-databricks", rule_lower_on_databricks},
	{"lower-on-github", rule_lower_on_github},
	{"no-module", rule_no_module},
	{"other-underscore", rule_other_underscore},
	{"path-name", rule_path_name},
	{"pod-name", rule_pod_name},
	{"two-segments", rule_two_segments},
	{"underscore-dash", rule_underscore_dash},
};

/* True when WORD is one of those in LIST, which SEPARATOR joins. */
static bool list_has(const char *list, const char *word, char separator)
{
	size_t length = strlen(word);
	const char *at = list;

	while (at) {
		if (strncmp(at, word, length) == 0 && (!at[length] || at[length] == separator))
			return true;
		at = strchr(at, separator);
		at = at ? at + 1 : NULL;
	}
	return false;
}

/* The first qualifier marked "!" that PURL lacks, or NULL. */
static char *missing_qualifier(const struct purl_type *type, const struct purl *purl)
{
	AUTO_STRING keys = mem_string(type->qualifiers);
	char *save = NULL, *key;

	for (key = strtok_r(keys, " ", &save); key; key = strtok_r(NULL, " ", &save)) {
		size_t length = strlen(key);

		if (key[length - 1] != '!')
			continue;
		key[length - 1] = '\0';
		if (!purl_qualifier(purl, key))
			return mem_string(key);
	}
	return NULL;
}

static int check_type_needs(struct work *w, const struct purl_type *type)
{
	const struct purl *purl = w->purl;
	AUTO_STRING key = missing_qualifier(type, purl);

	if (!purl->space && str_equal(type->space, "required"))
		return scan_refuse(&w->scan, _("the type %s needs a namespace"), type->type);
	if (purl->space && str_equal(type->space, "prohibited"))
		return scan_refuse(&w->scan, _("the type %s has no namespace"), type->type);
	if (key)
		return scan_refuse(&w->scan, _("the type %s needs the qualifier %s"), type->type,
				   key);
	return 0;
}

static int apply_type(struct work *w)
{
	const struct purl_type *type = purl_type_find(w->purl->type);
	size_t i;

	if (!type)
		return 0;
	if (check_type_needs(w, type) < 0)
		return ERR_NO;
	if (str_equal(type->space_case, "lower"))
		lower_text(&w->purl->space);
	if (str_equal(type->name_case, "lower"))
		lower_text(&w->purl->name);
	if (str_equal(type->version_case, "lower"))
		lower_text(&w->purl->version);
	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (list_has(type->rules, rules[i].word, ',') && rules[i].apply(w) < 0)
			return ERR_NO;
	return 0;
}

static bool name_is_path(const char *type)
{
	const struct purl_type *row = purl_type_find(type);

	return row && list_has(row->rules, "path-name", ',');
}

/* ---- components, the same for parsing and building */

static int set_type(struct work *w, struct span span)
{
	size_t i;

	if (span.length == 0)
		return scan_refuse(&w->scan, _("it has no type"));
	for (i = 0; i < span.length; i++)
		if (!is_alnum(span.at[i]) && span.at[i] != '.' && span.at[i] != '-')
			return scan_refuse(&w->scan,
					   _("the type \"%.*s\" may hold letters, digits, dots and "
					     "dashes only"),
					   SPAN_ARGS(span));
	if (is_digit(span.at[0]) || !is_alnum(span.at[0]))
		return scan_refuse(&w->scan, _("the type \"%.*s\" does not begin with a letter"),
				   SPAN_ARGS(span));
	w->purl->type = mem_copy(span.at, span.length);
	lower_text(&w->purl->type);
	return 0;
}

/* Adds one qualifier. KEY is owned by the caller, VALUE becomes owned by the purl; an empty one is
 * as if the pair were not there. */
static int add_qualifier(struct work *w, const char *key, char *value)
{
	struct purl *purl = w->purl;
	struct purl_qualifier *slot;
	size_t at = 0;

	if (!*value) {
		free(value);
		return 0;
	}
	while (at < purl->qualifier_count && strcmp(purl->qualifiers[at].key, key) < 0)
		at++;
	if (at < purl->qualifier_count && str_equal(purl->qualifiers[at].key, key)) {
		bool same = str_equal(purl->qualifiers[at].value, value);

		free(value);
		return same ? scan_mend(&w->scan, "duplicate",
					_("the qualifier %.60s is given twice"), key)
			    : scan_refuse(&w->scan,
					  _("the qualifier %.60s is given twice, with different "
					    "values"),
					  key);
	}
	if (purl->qualifier_count == MOST_QUALIFIERS) {
		free(value);
		return scan_refuse(&w->scan, _("it has more than %d qualifiers"), MOST_QUALIFIERS);
	}
	purl->qualifiers = mem_resize(purl->qualifiers, purl->qualifier_count + 1, sizeof(*slot));
	slot = purl->qualifiers + at;
	memmove(slot + 1, slot, (purl->qualifier_count++ - at) * sizeof(*slot));
	*slot = (struct purl_qualifier){mem_string(key), value};
	return 0;
}

static int check_key(struct work *w, const char *key)
{
	const char *c;

	if (!*key)
		return scan_refuse(&w->scan, _("a qualifier has no key"));
	for (c = key; *c; c++)
		if (!is_lower(*c) && !is_digit(*c) && !strchr(".-_", *c))
			return scan_refuse(
				&w->scan,
				_("the qualifier key \"%.60s\" may hold lower-case letters, "
				  "digits, "
				  "dots, dashes and underscores only"),
				key);
	if (!is_lower(*key))
		return scan_refuse(&w->scan,
				   _("the qualifier key \"%.60s\" does not begin with a letter"),
				   key);
	return 0;
}

/* What every purl needs, whatever its type; then the type's own rules. */
static int finish(struct work *w)
{
	struct purl *purl = w->purl;

	empty_to_null(&purl->space);
	empty_to_null(&purl->name);
	empty_to_null(&purl->version);
	empty_to_null(&purl->subpath);
	if (!purl->name)
		return scan_refuse(&w->scan, _("it has no name"));
	return apply_type(w);
}

/* ---- parsing */

/* Cuts REST at the last C: what stands behind goes to *RET_RIGHT. False when there is none. */
static bool cut_last(struct span *rest, char c, struct span *ret_right)
{
	size_t i = rest->length;

	while (i-- > 0)
		if (rest->at[i] == c) {
			*ret_right = (struct span){rest->at + i + 1, rest->length - i - 1};
			rest->length = i;
			return true;
		}
	return false;
}

/* Decodes PATH segment by segment into *SLOT, joined by '/'. With DOTS, "." and ".." are left out.
 */
static int set_path(struct work *w, const char *part, struct span path, bool dots, char **slot)
{
	AUTO_STR joined = STR_INIT;

	while (path.length) {
		struct span segment = span_take(&path, '/');
		AUTO_STR text = STR_INIT;

		if (decode(w, part, segment, &text) < 0)
			return ERR_NO;
		if (strchr(text.bytes, '/'))
			return scan_refuse(
				&w->scan, _("a segment of the %s holds an encoded slash: \"%.*s\""),
				part, SPAN_ARGS(segment));
		if (!text.length ||
		    (dots && (str_equal(text.bytes, ".") || str_equal(text.bytes, ".."))))
			continue;
		if (joined.length)
			str_add_char(&joined, '/');
		str_add_bytes(&joined, text.bytes, text.length);
	}
	*slot = str_detach(&joined);
	return 0;
}

static int take_pair(struct work *w, struct span pair)
{
	struct span value = pair, key = span_take(&value, '=');
	AUTO_STRING name = mem_copy(key.at, key.length);
	AUTO_STR text = STR_INIT;

	if (pair.length == 0)
		return scan_mend(&w->scan, "empty", _("there is an empty qualifier"));
	if (key.length == pair.length)
		return scan_mend(&w->scan, "value", _("the qualifier \"%.*s\" has no \"=\""),
				 SPAN_ARGS(pair));
	if (text_has_upper(name)) {
		if (scan_mend(&w->scan, "case", _("the qualifier key %.60s is not in lower case"),
			      name) < 0)
			return ERR_NO;
		lower_text(&name);
	}
	if (check_key(w, name) < 0 || decode(w, _("qualifier"), value, &text) < 0)
		return ERR_NO;
	return add_qualifier(w, name, str_detach(&text));
}

static int take_qualifiers(struct work *w, struct span pairs)
{
	bool more = pairs.length > 0;

	while (more) {
		struct span rest = pairs, pair = span_take(&rest, '&');

		more = pair.length < pairs.length;
		if (take_pair(w, pair) < 0)
			return ERR_NO;
		pairs = rest;
	}
	return 0;
}

/* The version stands behind the last '@', unless that opens a segment with more behind it, as
 * the scope of npm does where it was not encoded. */
static int take_version(struct work *w, struct span *rest)
{
	struct span left = *rest, version;
	AUTO_STR text = STR_INIT;

	if (!cut_last(&left, '@', &version))
		return 0;
	if ((left.length == 0 || left.at[left.length - 1] == '/') &&
	    memchr(version.at, '/', version.length))
		return 0;
	*rest = left;
	if (decode(w, _("version"), version, &text) < 0)
		return ERR_NO;
	w->purl->version = str_detach(&text);
	return 0;
}

static void strip_slashes(struct span *span)
{
	while (span->length && span->at[0] == '/')
		span->at++, span->length--;
	while (span->length && span->at[span->length - 1] == '/')
		span->length--;
}

static int take_path(struct work *w, struct span rest)
{
	struct span space = {rest.at, 0}, name = rest;
	AUTO_STR text = STR_INIT;

	strip_slashes(&rest);
	name = rest;
	if (name_is_path(w->purl->type) && memchr(rest.at, '/', rest.length)) {
		space = span_take(&name, '/');
		return set_path(w, _("name"), name, false, &w->purl->name) < 0 ||
				       set_path(w, _("namespace"), space, false, &w->purl->space) <
					       0
			       ? ERR_NO
			       : 0;
	}
	if (cut_last(&rest, '/', &name))
		space = rest;
	if (decode(w, _("name"), name, &text) < 0)
		return ERR_NO;
	w->purl->name = str_detach(&text);
	return set_path(w, _("namespace"), space, false, &w->purl->space);
}

static int take_scheme(struct work *w, struct span *rest)
{
	struct span scheme = span_take(rest, ':');

	if (scheme.length != 3 || !str_starts_nocase(scheme.at, "pkg:"))
		return scan_refuse(&w->scan, _("it does not begin with \"pkg:\""));
	while (rest->length && rest->at[0] == '/')
		rest->at++, rest->length--;
	return 0;
}

static int check_characters(struct work *w, struct span *rest)
{
	size_t i, before = rest->length;

	if (rest->length > LONGEST)
		return scan_refuse(&w->scan, _("it is longer than %d bytes"), LONGEST);
	while (rest->length && strchr(" \t\r\n", rest->at[rest->length - 1]))
		rest->length--;
	while (rest->length && strchr(" \t\r\n", rest->at[0]))
		rest->at++, rest->length--;
	if (rest->length < before &&
	    scan_mend(&w->scan, "blanks", _("there are blanks around it")) < 0)
		return ERR_NO;
	for (i = 0; i < rest->length; i++)
		if ((unsigned char)rest->at[i] <= ' ' || (unsigned char)rest->at[i] >= 0x7f)
			return scan_mend(&w->scan, "encoding",
					 _("byte %zu, 0x%02X, must be percent-encoded"), i + 1,
					 (unsigned char)rest->at[i]);
	return 0;
}

static int parse(struct work *w)
{
	struct span rest = {w->scan.text, strlen(w->scan.text)}, right, type;

	if (check_characters(w, &rest) < 0)
		return ERR_NO;
	if (cut_last(&rest, '#', &right) &&
	    set_path(w, _("subpath"), right, true, &w->purl->subpath) < 0)
		return ERR_NO;
	right.length = 0;
	if (cut_last(&rest, '?', &right) && take_qualifiers(w, right) < 0)
		return ERR_NO;
	if (take_scheme(w, &rest) < 0)
		return ERR_NO;
	if (!memchr(rest.at, '/', rest.length))
		return scan_refuse(&w->scan, _("it has no type and name, joined by a slash"));
	type = span_take(&rest, '/');
	if (set_type(w, type) < 0 || take_version(w, &rest) < 0 || take_path(w, rest) < 0)
		return ERR_NO;
	return finish(w);
}

static int parse_into(const char *text, struct purl *ret, struct str *repairs, struct error *err)
{
	struct purl purl = PURL_INIT;
	struct work w = {{text, name_of, repairs, err}, &purl};

	if (parse(&w) < 0) {
		purl_release(&purl);
		return ERR_NO;
	}
	*ret = purl;
	return 0;
}

int purl_parse(const char *text, struct purl *ret, struct error *err)
{
	assert(text && ret);
	return parse_into(text, ret, NULL, err);
}

int purl_parse_lenient(const char *text, struct purl *ret, struct str *ret_repairs,
		       struct error *err)
{
	AUTO_STR repairs = STR_INIT;

	assert(text && ret && ret_repairs);
	if (parse_into(text, ret, &repairs, err) < 0)
		return ERR_NO;
	str_add_bytes(ret_repairs, repairs.bytes, repairs.length);
	return 0;
}

/* ---- building */

/* TEXT without empty segments, and with DOTS without "." and "..". */
static char *clean_path(const char *text, bool dots)
{
	AUTO_STR joined = STR_INIT;
	struct span path = {str_or_empty(text), strlen(str_or_empty(text))};

	while (path.length) {
		struct span s = span_take(&path, '/');

		if (!s.length || (dots && (span_is(s, ".") || span_is(s, ".."))))
			continue;
		if (joined.length)
			str_add_char(&joined, '/');
		str_add_bytes(&joined, s.at, s.length);
	}
	return str_detach(&joined);
}

static char *clean_name(const char *text)
{
	struct span name = {str_or_empty(text), strlen(str_or_empty(text))};

	strip_slashes(&name);
	return mem_copy(name.at, name.length);
}

static int check_utf8(struct work *w, const struct purl *parts)
{
	const char *const texts[] = {parts->space, parts->name, parts->version, parts->subpath};
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i] && !utf8_valid(texts[i], strlen(texts[i])))
			return scan_refuse(&w->scan, _("\"%.60s\" is not UTF-8"), texts[i]);
	for (i = 0; i < parts->qualifier_count; i++) {
		const char *value = str_or_empty(parts->qualifiers[i].value);

		if (!utf8_valid(value, strlen(value)))
			return scan_refuse(&w->scan, _("the value of %.60s is not UTF-8"),
					   str_or_empty(parts->qualifiers[i].key));
	}
	return 0;
}

static int build(struct work *w, const struct purl *parts)
{
	const char *type = str_or_empty(parts->type);
	size_t i;

	if (set_type(w, (struct span){type, strlen(type)}) < 0 || check_utf8(w, parts) < 0)
		return ERR_NO;
	w->purl->space = clean_path(parts->space, false);
	w->purl->name = name_is_path(w->purl->type) ? clean_path(parts->name, false)
						    : clean_name(parts->name);
	w->purl->version = mem_string(parts->version);
	w->purl->subpath = clean_path(parts->subpath, true);
	for (i = 0; i < parts->qualifier_count; i++) {
		AUTO_STRING key = mem_string(str_or_empty(parts->qualifiers[i].key));

		lower_text(&key);
		if (check_key(w, key) < 0 ||
		    add_qualifier(w, key, mem_string(str_or_empty(parts->qualifiers[i].value))) < 0)
			return ERR_NO;
	}
	return finish(w);
}

int purl_build(const struct purl *parts, struct purl *ret, struct error *err)
{
	struct purl purl = PURL_INIT;
	struct work w = {{str_or_empty(parts->name), name_of, NULL, err}, &purl};

	assert(ret);
	if (build(&w, parts) < 0) {
		purl_release(&purl);
		return ERR_NO;
	}
	*ret = purl;
	return 0;
}

/* ---- using */

void purl_write(const struct purl *purl, struct str *ret)
{
	size_t i;

	str_add(ret, "pkg:");
	str_add(ret, purl->type);
	str_add_char(ret, '/');
	if (purl->space) {
		add_encoded(ret, purl->space, true);
		str_add_char(ret, '/');
	}
	add_encoded(ret, purl->name, name_is_path(purl->type));
	if (purl->version) {
		str_add_char(ret, '@');
		add_encoded(ret, purl->version, false);
	}
	for (i = 0; i < purl->qualifier_count; i++) {
		str_add_char(ret, i ? '&' : '?');
		str_add(ret, purl->qualifiers[i].key);
		str_add_char(ret, '=');
		add_encoded(ret, purl->qualifiers[i].value, false);
	}
	if (purl->subpath) {
		str_add_char(ret, '#');
		add_encoded(ret, purl->subpath, true);
	}
}

void purl_release(struct purl *purl)
{
	size_t i;

	for (i = 0; i < purl->qualifier_count; i++) {
		free(purl->qualifiers[i].key);
		free(purl->qualifiers[i].value);
	}
	free(purl->qualifiers);
	free(purl->type);
	free(purl->space);
	free(purl->name);
	free(purl->version);
	free(purl->subpath);
	*purl = (struct purl)PURL_INIT;
}

const char *purl_qualifier(const struct purl *purl, const char *key)
{
	size_t i;

	for (i = 0; i < purl->qualifier_count; i++)
		if (str_equal(purl->qualifiers[i].key, key))
			return purl->qualifiers[i].value;
	return NULL;
}

bool purl_same_but_qualifiers(const struct purl *a, const struct purl *b)
{
	return str_equal(a->type, b->type) && str_equal(a->space, b->space) &&
	       str_equal(a->name, b->name) && str_equal(a->version, b->version) &&
	       str_equal(a->subpath, b->subpath);
}

const struct purl_type *purl_type_find(const char *type)
{
	size_t low = 0, high = ARRAY_LEN(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(table[middle].type, type);

		if (order == 0)
			return &table[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct purl_type *purl_types(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(table);
	return table;
}
