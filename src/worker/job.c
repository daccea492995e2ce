/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: their answers as bytes, and what the child does for each. */
#include "job_private.h"
#include "spell.h"

#include "psirtty/base/digest.h"
#include "psirtty/base/i18n.h"
#include "psirtty/base/js_arena.h"
#include "psirtty/format/advisory.h"
#include "psirtty/format/check.h"
#include "psirtty/format/feed_listing.h"
#include "psirtty/format/fix.h"
#include "psirtty/format/provider.h"
#include "unpack.h"

enum { ROW_FIELDS = 16, ROWS = 1 << 21, DOCUMENT_LIMIT = 200 << 20, UNPACK_LIMIT = 400 << 20 };
enum { ROW_TOLD = 0x524F5731, ROW_REFUSED = 0x52454631 };

/* ---- answers: rows of a mark, a count, and fields of a length and bytes with a zero behind them */

static void add_number(struct str *answer, uint32_t number)
{
	str_add_bytes(answer, &number, sizeof(number));
}

static void add_row(struct str *answer, uint32_t mark, const char *const *fields, size_t count)
{
	add_number(answer, mark);
	add_number(answer, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		const char *field = str_or_empty(fields[i]);

		add_number(answer, (uint32_t)strlen(field));
		str_add_bytes(answer, field, strlen(field) + 1);
	}
}

void job_row_add(struct str *answer, const char *const *fields, size_t count)
{
	add_row(answer, ROW_TOLD, fields, count);
}

void job_refuse(struct str *answer, const struct error *err)
{
	const char *const fields[] = { err->what, err->why, err->remedy };

	str_reset(answer);
	add_row(answer, ROW_REFUSED, fields, ARRAY_LEN(fields));
}

struct reading { char *at, *end; };

static bool take_number(struct reading *r, uint32_t *ret)
{
	if (r->end - r->at < (long)sizeof(*ret))
		return false;
	memcpy(ret, r->at, sizeof(*ret));
	r->at += sizeof(*ret);
	return true;
}

static bool take_field(struct reading *r, char **ret)
{
	uint32_t length;

	if (!take_number(r, &length) || (size_t)(r->end - r->at) <= length || r->at[length] ||
	    memchr(r->at, 0, length) || !utf8_valid(r->at, length))
		return false;
	*ret = r->at;
	r->at += length + 1;
	return true;
}

static bool take_row(struct reading *r, struct job_row *ret, uint32_t *ret_mark)
{
	uint32_t count;

	if (!take_number(r, ret_mark) || !take_number(r, &count) || count > ROW_FIELDS ||
	    (*ret_mark != ROW_TOLD && *ret_mark != ROW_REFUSED))
		return false;
	ret->fields = mem_alloc((count + 1) * sizeof(*ret->fields));
	for (ret->count = 0; ret->count < count; ret->count++)
		if (!take_field(r, &ret->fields[ret->count]))
			return false;
	return true;
}

void job_answer_release(struct job_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		free(answer->rows[i].fields);
	free(answer->rows);
	free(answer->memory);
	*answer = (struct job_answer){ 0 };
}

int job_answer_read(const char *bytes, size_t length, struct job_answer *ret, struct error *err)
{
	struct job_answer answer = { .memory = mem_copy(bytes, length) };
	struct reading r = { answer.memory, answer.memory + length };
	bool whole = length > 0;
	uint32_t mark = ROW_TOLD;
	size_t room = 0;
	int code = 0;

	while (whole && r.at < r.end && mark == ROW_TOLD && answer.count < ROWS) {
		answer.rows = mem_grow(answer.rows, &room, answer.count + 1, sizeof(*answer.rows));
		whole = take_row(&r, &answer.rows[answer.count++], &mark);
	}
	if (!whole || r.at < r.end)
		code = error_set(err, ERR_INPUT, _("document"), NULL, _("the sandboxed reader's answer is malformed"));
	else if (mark == ROW_REFUSED)
		code = error_set(err, ERR_INPUT, answer.rows[0].count > 0 ? answer.rows[0].fields[0] : "",
				 answer.rows[0].count > 2 && *answer.rows[0].fields[2] ? answer.rows[0].fields[2] : NULL,
				 "%s", answer.rows[0].count > 1 ? answer.rows[0].fields[1] : "");
	if (code)
		job_answer_release(&answer);
	else
		*ret = answer;
	return code;
}

/* ---- the child's side */

/* "PRESET NOW NAME". */
static bool check_arguments(char *arguments, struct check_request *ret)
{
	char *now = strchr(arguments, ' '), *name = now ? strchr(now + 1, ' ') : NULL;
	int preset;

	if (!name)
		return false;
	*now = *name = '\0';
	preset = check_preset_from_name(arguments);
	*ret = (struct check_request){ .name = name + 1, .preset = preset < 0 ? CHECK_BASIC : (enum check_preset)preset,
				       .now = strtoll(now + 1, NULL, 10) };
	return preset >= 0;
}

static void tell_findings(const struct check_report *report, struct str *answer)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct check_finding *f = &report->findings[i];
		const char *const fields[] = { f->test, check_severity_name(f->severity), f->path, f->message, f->fix };

		job_row_add(answer, fields, ARRAY_LEN(fields));
	}
	for (size_t i = 0; i < report->skipped_count; i++)
		job_row_add(answer, (const char *const[]){ report->skipped[i].test, report->skipped[i].reason }, 2);
}

static void tell_report(const struct check_report *report, const char *language, struct str *answer)
{
	AUTO_STRING errors = mem_format("%zu", report->errors);
	AUTO_STRING cut = mem_format("%zu", report->cut);
	const char *const head[] = { report->format, errors, cut, language };

	job_row_add(answer, head, ARRAY_LEN(head));
	tell_findings(report, answer);
}

static void judge(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	struct check_request request;
	struct check_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	json_t *json = NULL; /* the arena's */
	int code;

	if (!check_arguments(arguments, &request))
		code = error_set(&err, ERR_BUG, "check", NULL, "its arguments are malformed");
	else
		code = js_load(bytes, length, DOCUMENT_LIMIT, request.name, &json, &err);
	if (!code)
		code = check_document(json, &request, &report, &err);
	if (code)
		job_refuse(answer, &err);
	else
		tell_report(&report, request.preset >= CHECK_FULL ? check_spelling_language(json) : NULL, answer);
	check_report_release(&report);
}

static void do_check(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	js_arena_begin();
	judge(arguments, bytes, length, answer);
	js_arena_end();
}

/* The words before the last, which is the rest; "-" is NULL. */
static bool split_arguments(char *arguments, size_t count, const char **ret)
{
	for (size_t i = 0; i < count; i++) {
		char *blank = strchr(arguments, ' ');

		if (!blank && i + 1 < count)
			return false;
		if (i + 1 < count)
			*blank = '\0';
		ret[i] = str_equal(arguments, "-") ? NULL : arguments;
		arguments = i + 1 < count ? blank + 1 : arguments;
	}
	return true;
}

static int convert(const char *const words[5], const char *bytes, size_t length, struct str *document,
		   struct advisory_losses *losses, struct error *err)
{
	const struct advisory_options options = { .now = strtoll(str_or_empty(words[1]), NULL, 10), .cve = words[2],
						  .organisation = words[3] };
	struct advisory *advisory;
	AUTO_JSON json = NULL;
	int code = js_load(bytes, length, DOCUMENT_LIMIT, str_or_empty(words[4]), &json, err);

	if (!code)
		code = advisory_read(json, str_or_empty(words[4]), &advisory, err);
	if (code)
		return code;
	code = advisory_write(advisory, str_or_empty(words[0]), &options, document, losses, err);
	advisory_free(advisory);
	return code;
}

static void do_convert(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	const char *words[5];
	struct advisory_losses losses = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR document = STR_INIT;
	int code;

	if (split_arguments(arguments, ARRAY_LEN(words), words))
		code = convert(words, bytes, length, &document, &losses, &err);
	else
		code = error_set(&err, ERR_BUG, "convert", NULL, "its arguments are malformed");
	if (code) {
		job_refuse(answer, &err);
	} else {
		job_row_add(answer, (const char *const[]){ document.bytes }, 1);
		for (size_t i = 0; i < losses.count; i++)
			job_row_add(answer, (const char *const[]){ losses.items[i] }, 1);
	}
	advisory_losses_release(&losses);
}

static void tell_fact(void *context, const char *const *fields, size_t count)
{
	job_row_add(context, fields, count);
}

static void do_facts(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_JSON json = NULL;

	if (js_load(bytes, length, DOCUMENT_LIMIT, arguments, &json, &err))
		job_refuse(answer, &err);
	else
		provider_facts(json, tell_fact, answer);
}

static void tell_link(void *context, const char *test, const char *path, const char *url)
{
	job_row_add(context, (const char *const[]){ test, path, url }, 3);
}

static void do_links(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_JSON json = NULL;

	if (js_load(bytes, length, DOCUMENT_LIMIT, arguments, &json, &err)) {
		job_refuse(answer, &err);
		return;
	}
	job_row_add(answer, NULL, 0);
	check_links(json, tell_link, answer);
}

static void tell_fixed(const json_t *json, const struct fix_report *report, struct str *answer)
{
	AUTO_STR text = STR_INIT;

	js_dump_pretty(json, &text);
	job_row_add(answer, (const char *const[]){ text.bytes }, 1);
	for (size_t i = 0; i < report->count; i++)
		job_row_add(answer, (const char *const[]){ report->items[i].test, report->items[i].path }, 2);
}

static void do_fix(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	struct check_request request;
	struct fix_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_JSON json = NULL;
	int code;

	if (!check_arguments(arguments, &request))
		code = error_set(&err, ERR_BUG, "fix", NULL, "its arguments are malformed");
	else
		code = js_load(bytes, length, DOCUMENT_LIMIT, request.name, &json, &err);
	if (!code)
		code = fix_document(json, &request, &report, &err);
	if (code)
		job_refuse(answer, &err);
	else
		tell_fixed(json, &report, answer);
	fix_report_release(&report);
}

static void do_spell(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	const struct check_speller speller = { .knows = spell_knows };
	struct check_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_JSON json = NULL;
	int code = js_load(bytes, length, DOCUMENT_LIMIT, arguments, &json, &err);

	if (!code && !spell_ready())
		code = error_set(&err, ERR_INPUT, arguments, _("Install it anew"), _("the dictionary cannot be opened"));
	if (!code && check_spelling_language(json))
		check_spelling(json, &speller, &report);
	job_row_add(answer, NULL, 0);
	if (code)
		job_refuse(answer, &err);
	else
		tell_findings(&report, answer);
	check_report_release(&report);
}

static void do_listing(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	AUTO_ERROR err = ERROR_INIT;
	const char *words[3];
	int code;

	if (split_arguments(arguments, ARRAY_LEN(words), words))
		code = feed_listing(str_or_empty(words[0]), str_or_empty(words[1]), str_or_empty(words[2]), bytes, length,
				    tell_fact, answer, &err);
	else
		code = error_set(&err, ERR_BUG, "listing", NULL, "its arguments are malformed");
	/* A list may have nothing in it, an answer may not. */
	if (code)
		job_refuse(answer, &err);
	else
		job_row_add(answer, (const char *const[]){ "end" }, 1);
}

static void do_digest(char *arguments, const char *bytes, size_t length, struct str *answer)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR plain = STR_INIT;
	AUTO_STRING size = NULL;
	char hex[65];

	if (unpack_document(bytes, length, UNPACK_LIMIT, arguments, &plain, &err)) {
		job_refuse(answer, &err);
		return;
	}
	digest_sha256(plain.bytes, plain.length, hex);
	size = mem_format("%zu", plain.length);
	job_row_add(answer, (const char *const[]){ hex, size }, 2);
}

static void (*const jobs[JOB_COUNT])(char *arguments, const char *bytes, size_t length, struct str *answer) = {
	[JOB_CHECK] = do_check,
	[JOB_SBOM] = job_do_sbom,
	[JOB_CONVERT] = do_convert,
	[JOB_FACTS] = do_facts,
	[JOB_FIX] = do_fix,
	[JOB_SPELL] = do_spell,
	[JOB_LISTING] = do_listing,
	[JOB_DIGEST] = do_digest,
	[JOB_LINKS] = do_links,
};

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The C library asks the system for the size of memory at the first long sort; afterwards it may not. */
static void warm_sort(void)
{
	int numbers[1024] = { 1 };

	qsort(numbers, ARRAY_LEN(numbers), sizeof(*numbers), by_value);
}

void job_warm(void)
{
	warm_sort();
	i18n_start();
	gettext("a value");
	/* jansson takes its seed from the system, once. */
	json_object_seed(0);
}

bool job_do(uint32_t job, const char *bytes, size_t length, struct str *answer)
{
	AUTO_STRING arguments = NULL;
	uint32_t room;

	if (job >= JOB_COUNT || length < sizeof(room))
		return false;
	memcpy(&room, bytes, sizeof(room));
	if (room > length - sizeof(room))
		return false;
	arguments = mem_copy(bytes + sizeof(room), room);
	jobs[job](arguments, bytes + sizeof(room) + room, length - sizeof(room) - room, answer);
	return true;
}
