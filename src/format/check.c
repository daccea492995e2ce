/* SPDX-License-Identifier: Apache-2.0 */
/* Reports, and which checker a document is for. */
#include "format/check_private.h"

enum { SKIPPED_LENGTH = 400 }; /* of the reasons of one test together */

static const char *const severity_names[] = {
#define X(name, word) [name] = word,
	CHECK_SEVERITIES(X)
#undef X
};
static const char *const preset_names[] = {
#define X(name, word) [name] = word,
	CHECK_PRESETS(X)
#undef X
};

const char *check_severity_name(enum check_severity severity)
{
	return severity_names[severity];
}

int check_preset_from_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(preset_names); i++)
		if (str_equal(preset_names[i], word))
			return (int)i;
	return -1;
}

void check_report_release(struct check_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		free(report->findings[i].path);
		free(report->findings[i].message);
		free(report->findings[i].fix);
	}
	for (size_t i = 0; i < report->skipped_count; i++)
		free(report->skipped[i].reason);
	free(report->findings);
	free(report->skipped);
	*report = (struct check_report){ 0 };
}

/* ---- places */

static void add_place(const struct place *place, struct str *ret)
{
	if (!place)
		return;
	add_place(place->up, ret);
	str_add_char(ret, '/');
	if (!place->name) {
		str_add_format(ret, "%zu", place->index);
		return;
	}
	for (const char *c = place->name; *c; c++)
		if (*c == '~')
			str_add(ret, "~0");
		else if (*c == '/')
			str_add(ret, "~1");
		else
			str_add_char(ret, *c);
}

char *place_pointer(const struct place *place)
{
	struct str pointer = STR_INIT;

	add_place(place, &pointer);
	return pointer.length ? str_detach(&pointer) : mem_string("");
}

void check_found(struct checking *c, const struct place *place, const char *format, ...)
{
	struct check_report *report = c->report;
	struct check_finding *finding;
	va_list args;

	report->errors += c->severity == CHECK_ERROR;
	if (c->found++ >= CHECK_FINDINGS) {
		report->cut++;
		return;
	}
	report->findings = mem_grow(report->findings, &report->room, report->finding_count + 1,
				    sizeof(*report->findings));
	finding = &report->findings[report->finding_count++];
	finding->test = c->test;
	finding->severity = c->severity;
	finding->path = place_pointer(place);
	va_start(args, format);
	finding->message = mem_vformat(format, args);
	va_end(args);
	finding->fix = c->fix ? mem_string(_(c->fix)) : NULL;
}

void check_skipped(struct checking *c, const char *reason)
{
	struct check_report *report = c->report;

	struct check_skipped *row = NULL;
	AUTO_STRING joined = NULL;

	for (size_t i = 0; i < report->skipped_count && !row; i++)
		if (str_equal(report->skipped[i].test, c->test))
			row = &report->skipped[i];
	if (!row) {
		report->skipped = mem_grow(report->skipped, &report->skipped_room, report->skipped_count + 1, sizeof(*row));
		report->skipped[report->skipped_count++] = (struct check_skipped){ c->test, mem_string(reason), 0 };
	} else if (!strstr(row->reason, reason)) {
		bool full = row->more || strlen(row->reason) + strlen(reason) > SKIPPED_LENGTH;

		row->more += full;
		joined = full ? NULL : mem_format("%s; %s", row->reason, reason);
		if (joined)
			mem_replace(&row->reason, joined);
	}
}

static void count_skipped(struct check_report *report)
{
	for (size_t i = 0; i < report->skipped_count; i++) {
		struct check_skipped *row = &report->skipped[i];
		AUTO_STRING counted = row->more ? mem_format(_("%s; and %zu more"), row->reason, row->more) : NULL;

		if (counted)
			mem_replace(&row->reason, counted);
	}
}

/* ---- formats */

static const struct check_format *const formats[] = {
	&csaf20_format, &csaf21_format, &cve_format, &osv_format, &openvex_old_format, &openvex_format,
	&cyclonedx_12_format, &cyclonedx_13_format, &cyclonedx_14_format, &cyclonedx_15_format,
	&cyclonedx_16_format, &cyclonedx_17_format, &spdx_22_format, &spdx_23_format,
	&provider_21_format, &provider_20_format, &aggregator_21_format, &aggregator_20_format,
	&rolie_feed_format, &rolie_service_format, &rolie_category_format,
};

void check_structure(struct checking *c, const struct schema *schema, const json_t *document)
{
	c->test = "schema";
	c->severity = CHECK_ERROR;
	c->fix = NULL;
	c->found = 0;
	schema_check(c, schema, document, NULL, false);
}

bool check_is_due(const struct checking *c, enum check_severity severity)
{
	static const enum check_preset needed[] = {
		[CHECK_ERROR] = CHECK_BASIC, [CHECK_WARNING] = CHECK_EXTENDED, [CHECK_INFO] = CHECK_FULL,
	};

	return c->request->preset >= needed[severity];
}

void check_rules(struct checking *c, const struct check_test *rules, size_t count, const json_t *document)
{
	for (size_t i = 0; i < count; i++) {
		if (!check_is_due(c, rules[i].severity))
			continue;
		c->test = rules[i].id;
		c->severity = rules[i].severity;
		c->fix = rules[i].fix;
		c->found = 0;
		rules[i].run(c, document);
	}
}

static void run_format(struct checking *c, const struct check_format *format, const json_t *document)
{
	c->report->format = format->name;
	c->version = format->version;
	c->open = format->open;
	if (format->run) {
		format->run(c, document);
		return;
	}
	check_structure(c, format->schema, document);
	check_rules(c, format->rules, format->rule_count, document);
}

int check_document(const json_t *document, const struct check_request *request, struct check_report *ret,
		   struct error *err)
{
	struct checking checking = { .request = request, .report = ret };

	*ret = (struct check_report){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (!formats[i]->is(document))
			continue;
		run_format(&checking, formats[i], document);
		count_skipped(ret);
		return 0;
	}
	return error_set(err, ERR_INPUT, request->name ? request->name : _("document"),
			 _("Known are CSAF, CVE, OSV, OpenVEX, CycloneDX and SPDX"),
			 _("it is of no format that can be checked"));
}

static size_t rule_tests(const struct check_format *format, struct check_test_info *ret, size_t limit)
{
	for (size_t i = 0; i < format->rule_count && i < limit; i++)
		ret[i] = (struct check_test_info){ format->name, format->rules[i].id, format->rules[i].title,
						   format->rules[i].severity, format->rules[i].fix, false };
	return format->rule_count;
}

size_t check_tests(struct check_test_info *ret, size_t limit)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		count += (formats[i]->tests ? formats[i]->tests(count < limit ? ret + count : NULL,
								count < limit ? limit - count : 0) :
					      rule_tests(formats[i], count < limit ? ret + count : NULL,
							 count < limit ? limit - count : 0));
	return count;
}
