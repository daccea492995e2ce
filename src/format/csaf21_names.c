/* SPDX-License-Identifier: Apache-2.0 */
/* The tests of CSAF 2.1 about names and their forms: ranges of versions, licences, helpers, sharing groups, dates. */
#include "format/csaf21.h"
#include "format/licence.h"
#include "psirtty/score/vers.h"

#include <ctype.h>
#include <stddef.h>

#define DOCUMENT AT(NULL, "document")

/* ---- ranges: 6.1.50, 6.1.59, 6.2.49, 6.2.51 */

typedef void (*range_fn)(struct csaf *d, const char *name, const struct place *place);

static void take_range(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	if (str_equal(csaf_text(branch, "category"), "product_version_range"))
		(*(range_fn *)context)(d, csaf_text(branch, "name"), AT(place, "name"));
}

static void each_range(struct csaf *d, range_fn fn)
{
	csaf_each_branch(d, take_range, &fn);
}

/* A bare list of constraints ("vls") is allowed; what says it is a vers must be one, in its canonical form. */
static void find_not_canonical(struct csaf *d, const char *name, const struct place *place)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_ERROR why = ERROR_INIT;

	if (str_starts_nocase(name, "vers:") && vers_parse(name, &vers, &why))
		check_found(d->c, place, "%s", str_or_empty(why.why));
}

CSAF21_TEST(canonical_range)
{
	each_range(d, find_not_canonical);
}

static void find_single(struct csaf *d, const char *name, const struct place *place)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;

	if (vers_parse_lenient(name, &vers, &repairs, NULL) == 0 && vers.count == 1 && vers.constraints[0].comparator == VERS_EQUAL)
		check_found(d->c, place, _("it is a single version, no range"));
}

CSAF21_TEST(single_range)
{
	each_range(d, find_single);
}

/* Its last constraint has no end above it. */
static void find_open(struct csaf *d, const char *name, const struct place *place)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;
	enum vers_comparator last;

	if (vers_parse_lenient(name, &vers, &repairs, NULL) || !vers.count)
		return;
	last = vers.constraints[vers.count - 1].comparator;
	if (last == VERS_GREATER || last == VERS_GREATER_EQUAL || last == VERS_ANY)
		check_found(d->c, place, _("it holds every version to come"));
}

CSAF21_TEST(open_range)
{
	each_range(d, find_open);
}

static void find_unknown_type(struct csaf *d, const char *name, const struct place *place)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT;

	if (str_starts(name, "vers:") && vers_parse_lenient(name, &vers, &repairs, NULL) == 0 && !vers.scheme)
		check_found(d->c, place, _("nobody defines the order of \"%.40s\""), str_or_empty(vers.type));
}

CSAF21_TEST(range_type)
{
	each_range(d, find_unknown_type);
}

/* ---- licences: an expression of SPDX 3.0.1, annex B: 6.1.54, 6.1.55, 6.2.45 */

struct licence {
	const char *at;
	bool custom;                  /* it has a licence that no list has */
	struct span { const char *text; int length; } unknown, deprecated, own; /* the first of each kind */
	int depth;
};

static void skip_blanks(struct licence *l)
{
	l->at += strspn(l->at, " \t");
}

static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || (text[length] && strchr(".-+:", text[length])))
		length++;
	return length;
}

/* All in capitals or all in small letters. */
static bool take_operator(struct licence *l, const char *capitals, const char *small)
{
	size_t length;

	skip_blanks(l);
	length = word_length(l->at);
	if (length != strlen(capitals) || (strncmp(l->at, capitals, length) != 0 && strncmp(l->at, small, length) != 0))
		return false;
	l->at += length;
	return true;
}

/* "LicenseRef-x", "DocumentRef-y:LicenseRef-x"; PREFIX "License" or "Addition". */
static bool is_reference(const char *word, const char *prefix)
{
	const char *colon = strchr(word, ':'), *id = colon ? colon + 1 : word;
	AUTO_STRING start = mem_format("%sRef-", prefix);

	if (colon && (!str_starts(word, "DocumentRef-") || colon == word + strlen("DocumentRef-")))
		return false;
	return str_starts(id, start) && id[strlen(start)] && !strchr(id, ':') && (!strchr(id, '+') || strchr(id, '+')[1] == '\0');
}

static bool take_id(struct licence *l, bool addition)
{
	AUTO_STRING word = NULL;
	size_t length;

	skip_blanks(l);
	length = word_length(l->at);
	word = mem_copy(l->at, length);
	if (!length)
		return false;
	if (is_reference(word, addition ? "Addition" : "License")) {
		/* ScanCode's list counts beside that of SPDX. */
		bool own = !str_starts(word, "LicenseRef-scancode-");

		l->custom |= own;
		if (own && !l->own.text)
			l->own = (struct span){ l->at, (int)length };
	} else {
		size_t plain = !addition && word[length - 1] == '+' ? length - 1 : length;

		if (strpbrk(word, ":") || memchr(word, '+', plain) || !plain || str_equal(word, "AND") || str_equal(word, "OR") ||
		    str_equal(word, "WITH"))
			return false;
		if (licence_deprecated(word) && !l->deprecated.text)
			l->deprecated = (struct span){ l->at, (int)length };
		word[plain] = '\0';
		if (licence_deprecated(word) && !l->deprecated.text)
			l->deprecated = (struct span){ l->at, (int)length };
		if (!licence_known(word) && !l->unknown.text)
			l->unknown = (struct span){ l->at, (int)plain };
	}
	l->at += length;
	return true;
}

static bool take_expression(struct licence *l);

static bool take_simple(struct licence *l)
{
	bool good;

	skip_blanks(l);
	if (*l->at == '(') {
		if (++l->depth > 50)
			return false;
		l->at++;
		good = take_expression(l);
		skip_blanks(l);
		l->depth--;
		return good && *l->at++ == ')';
	}
	return take_id(l, false) && (!take_operator(l, "WITH", "with") || take_id(l, true));
}

static bool take_expression(struct licence *l)
{
	do {
		if (!take_simple(l))
			return false;
	} while (take_operator(l, "AND", "and") || take_operator(l, "OR", "or"));
	return true;
}

/* Whether the document has an expression, and it is one. */
static bool read_licence(const struct csaf *d, struct licence *ret, bool *ret_given)
{
	const char *text = js_string(d->document, "license_expression");

	*ret = (struct licence){ .at = str_or_empty(text) };
	*ret_given = text != NULL;
	if (!text || !take_expression(ret))
		return false;
	skip_blanks(ret);
	return *ret->at == '\0';
}

CSAF21_TEST(licence_form)
{
	struct licence licence;
	bool given;

	if (!read_licence(d, &licence, &given) && given)
		check_found(d->c, AT(DOCUMENT, "license_expression"), _("it is no licence expression of SPDX"));
}

/* What SPDX does not list is written out in one note. */
CSAF21_TEST(licence_note)
{
	size_t i, count = 0;
	json_t *note;

	if (!csaf21_is_english(d) || !csaf21_licence_is_custom(d))
		return;
	json_array_foreach(js_array(d->document, "notes"), i, note)
		count += str_equal(csaf_text(note, "category"), "legal_disclaimer") && str_equal(csaf_text(note, "title"), "License");
	if (count != 1)
		check_found(d->c, AT(DOCUMENT, "notes"), _("a licence that SPDX does not list needs one note of category legal_disclaimer "
							   "with the title \"License\""));
}

static void find_in_licence(struct csaf *d, size_t offset, const char *what)
{
	struct licence licence;
	const struct span *span = (const struct span *)((const char *)&licence + offset);
	bool given;

	if (read_licence(d, &licence, &given) && span->text)
		check_found(d->c, AT(DOCUMENT, "license_expression"), "%.*s: %s", span->length < 60 ? span->length : 60, span->text,
			    _(what));
}

CSAF21_TEST(licence_unknown)
{
	find_in_licence(d, offsetof(struct licence, unknown), N_("SPDX lists no such licence"));
}

CSAF21_TEST(licence_deprecated)
{
	find_in_licence(d, offsetof(struct licence, deprecated), N_("SPDX does not want it used any more"));
}

CSAF21_TEST(licence_own)
{
	find_in_licence(d, offsetof(struct licence, unknown), N_("SPDX lists no such licence"));
	find_in_licence(d, offsetof(struct licence, own), N_("no list of licences has it"));
}

bool csaf21_licence_is_custom(const struct csaf *d)
{
	struct licence licence;
	bool given;

	return read_licence(d, &licence, &given) && (licence.custom || licence.unknown.text);
}

/* ---- helpers: 6.2.32, 6.2.52; vendors: 6.2.48 */

/* SEEN: each with the product it was first seen at. */
static void note_helper(struct csaf *d, json_t *seen, const char *kind, const json_t *value, const char *product,
			const struct place *place)
{
	AUTO_STRING key = mem_format("%s %s", kind, str_or_empty(json_string_value(value)));

	if (!json_is_string(value))
		return;
	if (!json_object_get(seen, key))
		json_object_set_new(seen, key, json_string(product));
	else if (!str_equal(js_string(seen, key), product))
		check_found(d->c, place, _("another product has the same one"));
}

static void find_shared(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	static const char *const lists[] = { "purls", "model_numbers", "serial_numbers", "skus" };
	const char *id = csaf_text(product, "product_id");
	const json_t *helper = json_object_get(product, "product_identification_helper");
	const struct place *here = AT(place, "product_identification_helper");
	json_t *value;
	size_t i;

	note_helper(d, context, "cpe", json_object_get(helper, "cpe"), id, AT(here, "cpe"));
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		json_array_foreach(js_array(helper, lists[l]), i, value)
			note_helper(d, context, lists[l], value, id, AT_INDEX(AT(here, lists[l]), i));
}

CSAF21_TEST(shared_helper)
{
	AUTO_JSON seen = json_object();

	csaf_each_product(d, find_shared, seen);
}

static void find_hash_name(struct csaf *d, const json_t *product, const struct place *place, void *context)
{
	static const char *const known[] = { "blake2b512", "blake2s256", "md4", "md5", "md5-sha1", "mdc2", "ripemd", "ripemd160", "sha1",
					     "sha224", "sha256", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "sha384", "sha512",
					     "sha512-224", "sha512-256", "shake128", "shake256", "sm3", "whirlpool" };
	const json_t *helper = json_object_get(product, "product_identification_helper");
	const struct place *here = AT(AT(place, "product_identification_helper"), "hashes");
	json_t *file, *hash;
	size_t i, k;

	(void)context;
	json_array_foreach(js_array(helper, "hashes"), i, file)
		json_array_foreach(js_array(file, "file_hashes"), k, hash) {
			bool found = false;

			for (size_t n = 0; n < ARRAY_LEN(known); n++)
				found |= str_equal(known[n], csaf_text(hash, "algorithm"));
			if (!found)
				check_found(d->c, AT(AT_INDEX(AT(AT_INDEX(here, i), "file_hashes"), k), "algorithm"),
					    _("nobody knows a hash called \"%.40s\""), csaf_text(hash, "algorithm"));
		}
}

CSAF21_TEST(hash_name)
{
	csaf_each_product(d, find_hash_name, NULL);
}

static void find_vendor_name(struct csaf *d, const json_t *branch, const struct place *place, void *context)
{
	(void)context;
	if (str_equal(csaf_text(branch, "category"), "vendor") && str_casecmp(csaf_text(branch, "name"), "Open Source") == 0)
		check_found(d->c, AT(place, "name"), _("\"Open Source\" is no vendor"));
}

CSAF21_TEST(vendor_name)
{
	csaf_each_branch(d, find_vendor_name, NULL);
}

/* ---- sharing groups and dates: 6.2.28, 6.2.29, 6.2.33 */

static void find_group(struct csaf *d, const char *id, const char *what)
{
	const json_t *distribution = json_object_get(d->document, "distribution");

	if (str_equal(csaf_text(json_object_get(distribution, "sharing_group"), "id"), id))
		check_found(d->c, AT(AT(AT(DOCUMENT, "distribution"), "sharing_group"), "id"), "%s", what);
}

CSAF21_TEST(max_group)
{
	find_group(d, "ffffffff-ffff-ffff-ffff-ffffffffffff", _("the group of everybody need not be named"));
}

CSAF21_TEST(nil_group)
{
	find_group(d, "00000000-0000-0000-0000-000000000000", _("the group of nobody is for drafts"));
}

static void find_disclosed(struct csaf *d, const json_t *vulnerability, const struct place *place)
{
	instant newest = d->revision_count ? d->revisions[d->revision_count - 1].at : INSTANT_NONE, at;

	if (newest != INSTANT_NONE && check_instant(csaf_text(vulnerability, "disclosure_date"), &at) && at > newest &&
	    at < d->c->request->now)
		check_found(d->c, AT(place, "disclosure_date"), _("it has passed since the newest revision: is the document still right?"));
}

CSAF21_TEST(disclosed_since)
{
	csaf_each_vulnerability(d, find_disclosed);
}
