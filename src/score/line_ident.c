/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of identifiers: package URLs, version ranges, CPE names. */
#include "psirtty/score/line.h"

#include "psirtty/score/cpe.h"
#include "psirtty/score/purl.h"
#include "psirtty/score/vers.h"

static void add_field(struct str *ret, const char *field)
{
	str_add_char(ret, '\t');
	tsv_add(ret, str_or_empty(field));
}

static void add_invalid(struct str *ret, const struct error *err)
{
	str_add(ret, "invalid");
	add_field(ret, err->why);
}

/* The lines of REPAIRS as one field. */
static void add_repairs(struct str *ret, const struct str *repairs)
{
	AUTO_STR joined = STR_INIT;
	const char *at, *end;

	for (at = repairs->bytes; (end = strchr(at, '\n')); at = end + 1) {
		str_add(&joined, joined.length ? "; " : "");
		str_add_bytes(&joined, at, (size_t)(end - at));
	}
	add_field(ret, joined.bytes);
}

/* The qualifiers as they stand in the canonical form. */
static void add_qualifiers(struct str *ret, const char *canonical)
{
	const char *begin = strchr(canonical, '?');
	AUTO_STRING pairs = begin ? mem_copy(begin + 1, strcspn(begin + 1, "#")) : NULL;

	add_field(ret, pairs);
}

void purl_line(const char *text, bool lenient, struct str *ret)
{
	AUTO_PURL purl = PURL_INIT;
	AUTO_STR repairs = STR_INIT, canonical = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if ((lenient ? purl_parse_lenient(text, &purl, &repairs, &err)
		     : purl_parse(text, &purl, &err)) < 0) {
		add_invalid(ret, &err);
		return;
	}
	purl_write(&purl, &canonical);
	tsv_add(ret, canonical.bytes);
	add_field(ret, purl.type);
	add_field(ret, purl.space);
	add_field(ret, purl.name);
	add_field(ret, purl.version);
	add_qualifiers(ret, canonical.bytes);
	add_field(ret, purl.subpath);
	if (lenient)
		add_repairs(ret, &repairs);
}

void vers_line(const char *text, bool lenient, struct str *ret)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR repairs = STR_INIT, canonical = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if ((lenient ? vers_parse_lenient(text, &vers, &repairs, &err)
		     : vers_parse(text, &vers, &err)) < 0) {
		add_invalid(ret, &err);
		return;
	}
	vers_write(&vers, &canonical);
	tsv_add(ret, canonical.bytes);
}

void vers_native_line(const char *type, const char *native, struct str *ret)
{
	AUTO_STR canonical = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (vers_from_native(type, native, &canonical, &err) < 0)
		add_invalid(ret, &err);
	else
		tsv_add(ret, canonical.bytes);
}

/* A name as text rather than as a field: its backslashes are part of it. */
void cpe_line(const char *text, bool lenient, struct str *ret)
{
	AUTO_CPE cpe = CPE_INIT;
	AUTO_ERROR err = ERROR_INIT;

	(void)lenient;
	if (cpe_parse(text, &cpe, &err) < 0)
		add_invalid(ret, &err);
	else
		cpe_write(&cpe, ret);
}

int cpe_match_line(const char *source, const char *target, struct str *ret)
{
	AUTO_CPE a = CPE_INIT;
	AUTO_CPE b = CPE_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (cpe_parse(source, &a, &err) < 0 || cpe_parse(target, &b, &err) < 0) {
		add_invalid(ret, &err);
		return ERR_NO;
	}
	str_add(ret, cpe_relation_name(cpe_compare(&a, &b)));
	return 0;
}
