/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 9116: a line is a field, a comment or empty; two fields are needed, some may stand once. Each rule is a
 * row; what is found names row, line and value.
 */
#include "psirtty/format/security_txt.h"

#include "psirtty/base/i18n.h"

enum { FINDINGS_MOST = 200, LINE_MOST = 2048, SIZE_MOST = 32768, SOON_DAYS = 30, FAR_DAYS = 366 };

/* id, weight, section, message */
#define RULES(X) \
	X(RULE_EMPTY, "empty", ERROR, "2", N_("there is nothing in it")) \
	X(RULE_LARGE, "too-large", WARNING, "5.4", N_("it is larger than 32 kB, which readers may refuse")) \
	X(RULE_UTF8, "not-utf8", ERROR, "2.2", N_("it is not UTF-8 text")) \
	X(RULE_CONTROL, "control-character", ERROR, "4", N_("a line holds a control character")) \
	X(RULE_LINE, "not-a-field", ERROR, "4", N_("a line is neither a field nor a comment")) \
	X(RULE_LONG, "long-line", WARNING, "5.4", N_("a line is longer than 2 kB")) \
	X(RULE_UNKNOWN, "unknown-field", NOTE, "2.4", N_("a field that is not registered; readers pass it over")) \
	X(RULE_VALUE, "empty-value", ERROR, "4", N_("a field says nothing")) \
	X(RULE_NO_CONTACT, "contact-missing", ERROR, "2.5.3", N_("there is no Contact")) \
	X(RULE_CONTACT_URI, "contact-not-uri", ERROR, "2.5.3", \
	  N_("a Contact is a URI: mailto:, https:// or tel:")) \
	X(RULE_NO_EXPIRES, "expires-missing", ERROR, "2.5.5", N_("there is no Expires")) \
	X(RULE_EXPIRES_TWICE, "expires-twice", ERROR, "2.5.5", N_("Expires stands more than once")) \
	X(RULE_EXPIRES_FORMAT, "expires-not-a-time", ERROR, "2.5.5", \
	  N_("Expires is no time as RFC 3339 writes it, such as 2027-06-30T00:00:00Z")) \
	X(RULE_EXPIRED, "expired", ERROR, "5.3", N_("it has expired: readers must not rely on it")) \
	X(RULE_EXPIRES_SOON, "expires-soon", WARNING, "2.5.5", N_("it expires within 30 days")) \
	X(RULE_EXPIRES_FAR, "expires-far", WARNING, "2.5.5", N_("it expires in more than a year")) \
	X(RULE_ENCRYPTION_URI, "encryption-not-uri", ERROR, "2.5.4", \
	  N_("Encryption is a URI: https://, dns: or openpgp4fpr:, never a key itself")) \
	X(RULE_ENCRYPTION_OTHER, "encryption-other-key", ERROR, "2.5.4", N_("the key it names is not ours")) \
	X(RULE_NO_ENCRYPTION, "encryption-missing", WARNING, "2.5.4", N_("it says not where our key is")) \
	X(RULE_KEY_EXPIRES, "key-expires-first", WARNING, "2.5.4", N_("our key expires before it does")) \
	X(RULE_CANONICAL_URI, "canonical-not-https", ERROR, "2.5.2", N_("Canonical is an https:// URI")) \
	X(RULE_CANONICAL_PLACE, "canonical-place", WARNING, "3", \
	  N_("Canonical does not end in /.well-known/security.txt")) \
	X(RULE_NO_CANONICAL, "canonical-missing", WARNING, "2.5.2", N_("it is signed but says not where it belongs")) \
	X(RULE_POLICY_URI, "policy-not-https", ERROR, "2.5.7", N_("Policy is an https:// URI")) \
	X(RULE_NO_POLICY, "policy-missing", NOTE, "2.5.7", N_("it names no disclosure policy")) \
	X(RULE_THANKS_URI, "acknowledgments-not-https", ERROR, "2.5.1", N_("Acknowledgments is an https:// URI")) \
	X(RULE_HIRING_URI, "hiring-not-https", ERROR, "2.5.6", N_("Hiring is an https:// URI")) \
	X(RULE_LANGUAGES_TWICE, "languages-twice", ERROR, "2.5.8", N_("Preferred-Languages stands more than once")) \
	X(RULE_LANGUAGES, "languages-not-tags", ERROR, "2.5.8", \
	  N_("Preferred-Languages is a list of language tags with commas between")) \
	X(RULE_SIGNED, "not-signed", NOTE, "2.3", N_("it is not signed")) \
	X(RULE_FRAME, "signature-frame", ERROR, "2.3", N_("its signature's frame is broken, or text stands around it")) \
	X(RULE_BAD, "signature-bad", ERROR, "2.3", N_("its signature is not good")) \
	X(RULE_OTHER_KEY, "signature-other-key", WARNING, "2.3", N_("it is signed, but not by a key of ours"))
#define X(name, id, weight, section, message) name,
enum rule { RULES(X) RULE_COUNT };
#undef X
static const struct { const char *id; enum security_txt_weight weight; const char *section, *message; } rules[] = {
#define X(name, id, weight, section, message) [name] = { id, SECURITY_TXT_##weight, section, message },
	RULES(X)
#undef X
};

const char *security_txt_weight_name(enum security_txt_weight weight)
{
	static const char *const names[] = { "error", "warning", "note" };

	return weight >= 0 && weight < SECURITY_TXT_WEIGHTS ? names[weight] : "?";
}

const char *security_txt_rule(size_t n, enum security_txt_weight *ret_weight, const char **ret_message)
{
	if (n >= RULE_COUNT)
		return NULL;
	*ret_weight = rules[n].weight;
	*ret_message = rules[n].message;
	return rules[n].id;
}

void security_txt_report_release(struct security_txt_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->findings[i].value);
	free(report->findings);
	*report = (struct security_txt_report){ .expires = INSTANT_NONE };
}

bool security_txt_bad(const struct security_txt_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->findings[i].weight == SECURITY_TXT_ERROR)
			return true;
	return false;
}

static void find(struct security_txt_report *report, enum rule rule, int line, const char *value)
{
	if (report->count >= FINDINGS_MOST)
		return;
	report->findings = mem_resize(report->findings, report->count + 1, sizeof(*report->findings));
	report->findings[report->count++] = (struct security_txt_finding){
		.id = rules[rule].id, .weight = rules[rule].weight, .message = rules[rule].message,
		.section = rules[rule].section, .line = line, .value = value ? mem_copy(value, strnlen(value, 200)) : NULL,
	};
}

void security_txt_add(struct security_txt_report *report, const char *id)
{
	for (int i = 0; i < RULE_COUNT; i++)
		if (str_equal(rules[i].id, id))
			find(report, (enum rule)i, 0, NULL);
}

/* ---- fields */

struct reading {
	struct security_txt_report *report;
	const struct security_txt_facts *facts;
	instant now;
	int line;
	unsigned seen, twice; /* bits of fields */
};

static bool begins(const char *value, const char *const *schemes)
{
	for (size_t i = 0; schemes[i]; i++)
		if (str_starts_nocase(value, schemes[i]) && value[strlen(schemes[i])] && !strpbrk(value, " \t"))
			return true;
	return false;
}

static bool is_https(const char *value)
{
	return begins(value, (const char *const[]){ "https://", NULL });
}

static void read_contact(struct reading *r, const char *value)
{
	if (!begins(value, (const char *const[]){ "mailto:", "https://", "tel:", NULL }))
		find(r->report, RULE_CONTACT_URI, r->line, value);
}

static void read_expires(struct reading *r, const char *value)
{
	instant at;

	if (instant_parse(value, &at, NULL)) {
		find(r->report, RULE_EXPIRES_FORMAT, r->line, value);
		return;
	}
	r->report->expires = at;
	if (at <= r->now)
		find(r->report, RULE_EXPIRED, r->line, value);
	else if (at - r->now < SOON_DAYS * INSTANT_DAY)
		find(r->report, RULE_EXPIRES_SOON, r->line, value);
	else if (at - r->now > FAR_DAYS * INSTANT_DAY)
		find(r->report, RULE_EXPIRES_FAR, r->line, value);
}

static void read_encryption(struct reading *r, const char *value)
{
	static const char fingerprint[] = "openpgp4fpr:";

	if (!begins(value, (const char *const[]){ "https://", "dns:", fingerprint, NULL }))
		find(r->report, RULE_ENCRYPTION_URI, r->line, value);
	else if (r->facts && r->facts->fingerprint && str_starts_nocase(value, fingerprint) &&
		 str_casecmp(value + sizeof(fingerprint) - 1, r->facts->fingerprint) != 0)
		find(r->report, RULE_ENCRYPTION_OTHER, r->line, value);
}

static void read_canonical(struct reading *r, const char *value)
{
	if (!is_https(value))
		find(r->report, RULE_CANONICAL_URI, r->line, value);
	else if (!str_ends(value, "/.well-known/security.txt"))
		find(r->report, RULE_CANONICAL_PLACE, r->line, value);
}

static void read_policy(struct reading *r, const char *value)
{
	if (!is_https(value))
		find(r->report, RULE_POLICY_URI, r->line, value);
}

static void read_thanks(struct reading *r, const char *value)
{
	if (!is_https(value))
		find(r->report, RULE_THANKS_URI, r->line, value);
}

static void read_hiring(struct reading *r, const char *value)
{
	if (!is_https(value))
		find(r->report, RULE_HIRING_URI, r->line, value);
}

static size_t tag_length(const char *at)
{
	return strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
}

static void read_languages(struct reading *r, const char *value)
{
	for (const char *at = value;; at++) {
		size_t length;

		at += strspn(at, " \t");
		length = tag_length(at);
		if (length < 2 || length > 35 || at[0] == '-' || at[length - 1] == '-')
			break;
		at += length;
		at += strspn(at, " \t");
		if (!*at)
			return;
		if (*at != ',')
			break;
	}
	find(r->report, RULE_LANGUAGES, r->line, value);
}

enum field { FIELD_CONTACT, FIELD_EXPIRES, FIELD_ENCRYPTION, FIELD_CANONICAL, FIELD_POLICY, FIELD_THANKS,
	     FIELD_HIRING, FIELD_LANGUAGES, FIELD_CSAF, FIELD_COUNT };
static const struct { const char *name; void (*read)(struct reading *r, const char *value); } fields[FIELD_COUNT] = {
	[FIELD_CONTACT] = { "Contact", read_contact }, [FIELD_EXPIRES] = { "Expires", read_expires },
	[FIELD_ENCRYPTION] = { "Encryption", read_encryption }, [FIELD_CANONICAL] = { "Canonical", read_canonical },
	[FIELD_POLICY] = { "Policy", read_policy }, [FIELD_THANKS] = { "Acknowledgments", read_thanks },
	[FIELD_HIRING] = { "Hiring", read_hiring }, [FIELD_LANGUAGES] = { "Preferred-Languages", read_languages },
	[FIELD_CSAF] = { "CSAF", read_policy },
};

static void read_field(struct reading *r, const char *name, size_t length, const char *value)
{
	for (int i = 0; i < FIELD_COUNT; i++) {
		if (strlen(fields[i].name) != length || strncasecmp(fields[i].name, name, length) != 0)
			continue;
		r->twice |= r->seen & 1u << i;
		r->seen |= 1u << i;
		if (*value)
			fields[i].read(r, value);
		return;
	}
	find(r->report, RULE_UNKNOWN, r->line, name);
}

static bool has_control(const char *line)
{
	for (; *line; line++)
		if (((unsigned char)*line < 0x20 && *line != '\t') || *line == 0x7F)
			return true;
	return false;
}

static void read_line(struct reading *r, char *line)
{
	size_t length = strlen(line), name = strcspn(line, ":");
	char *value;

	while (length && strchr(" \t\r", line[length - 1]))
		line[--length] = '\0';
	if (length > LINE_MOST)
		find(r->report, RULE_LONG, r->line, NULL);
	if (has_control(line))
		find(r->report, RULE_CONTROL, r->line, NULL);
	if (!length || *line == '#')
		return;
	if (!line[name] || !name || strcspn(line, " \t") < name) {
		find(r->report, RULE_LINE, r->line, line);
		return;
	}
	value = line + name + 1;
	value += strspn(value, " \t");
	if (!*value)
		find(r->report, RULE_VALUE, r->line, line);
	read_field(r, line, name, value);
}

/* ---- the frame of a cleartext signature (RFC 9580 7) */

static const char frame_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----", frame_end[] = "-----BEGIN PGP SIGNATURE-----",
		  frame_last[] = "-----END PGP SIGNATURE-----";

/* Where the lines of the file itself are; *RET_LINES before them. Sets is_signed. */
static void find_body(struct security_txt_report *report, char *text, char **ret_begin, int *ret_lines)
{
	char *at = text, *body, *end, *last;

	*ret_begin = text;
	*ret_lines = 0;
	report->is_signed = str_starts(text, frame_begin);
	if (!report->is_signed) {
		if (strstr(text, frame_begin) || strstr(text, frame_end))
			find(report, RULE_FRAME, 0, NULL);
		return;
	}
	while (*at && *at != '\n' && *at != '\r') { /* the line, then headers, then an empty one */
		at += strcspn(at, "\n");
		at += *at == '\n';
		++*ret_lines;
	}
	body = at + (*at == '\r') + (at[*at == '\r'] == '\n');
	++*ret_lines;
	end = strstr(body, frame_end);
	last = end ? strstr(end, frame_last) : NULL;
	if (!last || strspn(last + strlen(frame_last), " \t\r\n") != strlen(last + strlen(frame_last)))
		find(report, RULE_FRAME, 0, NULL);
	if (end)
		*end = '\0';
	*ret_begin = body;
}

static void read_lines(struct reading *r, char *at, bool is_signed)
{
	while (*at) {
		size_t length = strcspn(at, "\n");
		bool more = at[length] == '\n';

		at[length] = '\0';
		r->line++;
		read_line(r, is_signed && str_starts(at, "- ") ? at + 2 : at);
		at += length + more;
	}
}

/* ---- of the whole */

static void check_whole(struct reading *r)
{
	const struct security_txt_facts *facts = r->facts;
	static const struct { enum field field; enum rule rule; } needed[] = {
		{ FIELD_CONTACT, RULE_NO_CONTACT }, { FIELD_EXPIRES, RULE_NO_EXPIRES },
		{ FIELD_ENCRYPTION, RULE_NO_ENCRYPTION }, { FIELD_POLICY, RULE_NO_POLICY },
	};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!(r->seen & 1u << needed[i].field))
			find(r->report, needed[i].rule, 0, NULL);
	if (r->twice & 1u << FIELD_EXPIRES)
		find(r->report, RULE_EXPIRES_TWICE, 0, NULL);
	if (r->twice & 1u << FIELD_LANGUAGES)
		find(r->report, RULE_LANGUAGES_TWICE, 0, NULL);
	if (!r->report->is_signed)
		find(r->report, RULE_SIGNED, 0, NULL);
	else if (!(r->seen & 1u << FIELD_CANONICAL))
		find(r->report, RULE_NO_CANONICAL, 0, NULL);
	if (facts && facts->key_expires != INSTANT_NONE && r->report->expires != INSTANT_NONE &&
	    facts->key_expires < r->report->expires)
		find(r->report, RULE_KEY_EXPIRES, 0, NULL);
}

void security_txt_lint(const char *bytes, size_t length, const struct security_txt_facts *facts, instant now,
		       struct security_txt_report *ret)
{
	struct security_txt_report report = { .expires = INSTANT_NONE };
	struct reading r = { .report = &report, .facts = facts, .now = now };
	AUTO_STRING text = mem_copy(bytes, length < SIZE_MOST ? length : SIZE_MOST);
	char *body;

	if (length > SIZE_MOST)
		find(&report, RULE_LARGE, 0, NULL);
	if (!utf8_valid(bytes, length) || memchr(bytes, 0, length))
		find(&report, RULE_UTF8, 0, NULL);
	if (!text[strspn(text, " \t\r\n")])
		find(&report, RULE_EMPTY, 0, NULL);
	find_body(&report, text, &body, &r.line);
	read_lines(&r, body, report.is_signed);
	check_whole(&r);
	*ret = report;
}

/* ---- writing */

static void write_list(struct str *s, const char *name, const char *const *list)
{
	for (size_t i = 0; list && list[i]; i++)
		str_add_format(s, "%s: %s\n", name, list[i]);
}

void security_txt_write(const struct security_txt *what, struct str *ret)
{
	char at[40];

	for (size_t i = 0; what->contacts && what->contacts[i]; i++) {
		const char *contact = what->contacts[i];
		bool bare = strchr(contact, '@') && !strchr(contact, ':') && !strchr(contact, '/');

		str_add_format(ret, "Contact: %s%s\n", bare ? "mailto:" : "", contact);
	}
	str_add_format(ret, "Expires: %s\n", instant_format(what->expires, at));
	write_list(ret, "Encryption", what->encryption);
	write_list(ret, "Acknowledgments", what->acknowledgments);
	if (what->languages)
		str_add_format(ret, "Preferred-Languages: %s\n", what->languages);
	write_list(ret, "Canonical", what->canonical);
	write_list(ret, "Policy", what->policy);
	write_list(ret, "Hiring", what->hiring);
}
