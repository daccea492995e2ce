/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of strangers, judged and read in the sandboxed worker; no vault is needed. */
#include "psirtty/desk/judge.h"

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "dictionary.h"
#include "judge_links.h"

enum { DOCUMENT_LIMIT = 200 << 20 };

struct judge {
	struct parse_worker *worker;
	struct parse_worker *speller; /* with the dictionary of LANGUAGE; or NULL */
	char *language;
	const struct settings *settings; /* borrowed: links are followed; NULL: they are not */
	bool secrets;
};

static int judge_worker(bool secrets, const char *dictionary, struct parse_worker **ret, struct error *err)
{
	return secrets ? job_worker_start(dictionary, ret, err) : job_worker_fork(dictionary, ret, err);
}

int judge_open(bool secrets, struct judge **ret, struct error *err)
{
	struct judge *judge = mem_alloc(sizeof(*judge));
	int code = judge_worker(secrets, NULL, &judge->worker, err);

	judge->secrets = secrets;
	if (code)
		free(judge);
	else
		*ret = judge;
	return code;
}

void judge_follow_links(struct judge *judge, const struct settings *settings)
{
	judge->settings = settings;
}

void judge_close(struct judge *judge)
{
	if (!judge)
		return;
	parse_worker_stop(judge->worker);
	parse_worker_stop(judge->speller);
	free(judge->language);
	free(judge);
}

static int severity_from_name(const char *word)
{
	for (int i = CHECK_ERROR; i <= CHECK_INFO; i++)
		if (str_equal(check_severity_name((enum check_severity)i), word))
			return i;
	return -1;
}

static const char *text(const char *field)
{
	return *field ? field : NULL;
}

static int malformed(const char *path, struct error *err)
{
	return error_set(err, ERR_INPUT, path, NULL, _("the sandboxed reader's answer is malformed"));
}

static void not_checked(struct judgement *judgement, const char *test, const char *reason)
{
	size_t i = judgement->unchecked_count;

	if (i == ARRAY_LEN(judgement->unchecked))
		return;
	judgement->unchecked[i].test = test;
	judgement->unchecked[i].reason = mem_string(reason);
	judgement->unchecked_count++;
}

/* Findings have five fields; what was not tested has two. */
static int take_findings(const struct job_answer *answer, const char *path, struct judgement *ret, struct error *err)
{
	for (size_t i = 1; i < answer->count; i++) {
		char **f = answer->rows[i].fields;
		int severity = answer->rows[i].count == 5 ? severity_from_name(f[1]) : -1;

		if (answer->rows[i].count == 2) {
			not_checked(ret, f[0], f[1]);
			continue;
		}
		if (severity < 0)
			return malformed(path, err);
		ret->findings[ret->count++] = (struct judged){ f[0], (enum check_severity)severity, f[2], f[3],
							       text(f[4]) };
	}
	return 0;
}

static int read_findings(const char *path, struct judgement *ret, struct error *err)
{
	const struct job_row *head = ret->answer.rows;

	if (ret->answer.count < 1 || head->count != 4)
		return malformed(path, err);
	ret->format = head->fields[0];
	ret->errors = strtoul(head->fields[1], NULL, 10);
	ret->cut = strtoul(head->fields[2], NULL, 10);
	ret->findings = mem_alloc(ret->answer.count * sizeof(*ret->findings));
	return take_findings(&ret->answer, path, ret, err);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* ---- what a network or a dictionary is needed for */

/* The worker with the dictionary of LANGUAGE. */
static int take_speller(struct judge *judge, const char *language, struct error *err)
{
	AUTO_STRING dictionary = NULL;

	if (str_equal(judge->language, language))
		return judge->speller ? 0 : ERR_NO;
	dictionary = dictionary_find(language);
	parse_worker_stop(judge->speller);
	judge->speller = NULL;
	free(judge->language);
	judge->language = mem_string(language);
	if (!dictionary)
		return error_set(err, ERR_NO, language, NULL, _("no dictionary of %s is installed"), language);
	return judge_worker(judge->secrets, dictionary, &judge->speller, err);
}

static int spell(struct judge *judge, const char *path, const struct str *bytes, struct judgement *ret)
{
	const char *language = ret->answer.rows[0].fields[3];
	struct job_answer answer = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	int code;

	if (!*language)
		return 0;
	if (!job_can_spell()) {
		not_checked(ret, "6.3.8", _("psirtty was built without Hunspell"));
		return 0;
	}
	code = take_speller(judge, language, &err);
	if (!code)
		code = parse_worker_job(judge->speller, JOB_SPELL, base_name(path), bytes->bytes, bytes->length, &answer, &err);
	if (code) {
		AUTO_STRING none = mem_format(_("no dictionary of %.40s is installed"), language);

		not_checked(ret, "6.3.8", err.why ? err.why : none);
		return 0;
	}
	ret->spelling = answer;
	ret->findings = mem_resize(ret->findings, ret->count + answer.count + 1, sizeof(*ret->findings));
	return take_findings(&answer, path, ret, NULL);
}

/* What does not answer, as findings. */
static void take_dead(const struct links_told *told, struct judgement *ret)
{
	ret->findings = mem_resize(ret->findings, ret->count + told->count + 1, sizeof(*ret->findings));
	ret->owned = mem_alloc((told->count + 1) * sizeof(*ret->owned));
	for (size_t i = 0; i < told->count; i++) {
		const struct link_told *one = &told->dead[i];
		char *message = ret->owned[ret->owned_count++] = mem_string(one->message);

		ret->findings[ret->count++] = (struct judged){
			one->test, CHECK_INFO, one->path, message,
			str_equal(one->test, "6.3.7") ? _("Publish the document there, or correct the address") :
							_("Correct the address, or leave it out"),
		};
	}
}

static int by_test(const void *a, const void *b)
{
	const struct link_told *x = a, *y = b;
	int order = strcmp(x->test, y->test);

	return order ? order : (x > y) - (x < y);
}

static int follow(struct judge *judge, const char *path, const struct str *bytes, struct judgement *ret, struct error *err)
{
	static const char *const tests[] = { "6.3.6", "6.3.7" };
	struct links_told told;
	int code = parse_worker_job(judge->worker, JOB_LINKS, base_name(path), bytes->bytes, bytes->length, &ret->links, err);

	if (!code)
		code = links_ask(&ret->links, judge->settings, &told, err);
	if (code)
		return code;
	if (told.count)
		qsort(told.dead, told.count, sizeof(*told.dead), by_test);
	take_dead(&told, ret);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		AUTO_STRING reason = mem_format(_("%zu addresses were not asked: they are not https, or too many"), told.passed_over[i]);

		if (told.passed_over[i])
			not_checked(ret, tests[i], reason);
	}
	links_told_release(&told);
	return 0;
}

/* After the tests of the document alone: what the preset asks for and needs more than it. */
static int judge_around(struct judge *judge, const char *path, const struct str *bytes, const char *preset,
			struct judgement *ret, struct error *err)
{
	int code = 0;

	if (!str_equal(preset, "full") || !str_starts(str_or_empty(ret->format), "csaf-"))
		return 0;
	if (str_equal(ret->format, "csaf-2.1"))
		not_checked(ret, "6.3.16", _("there is no grammar checker"));
	if (judge->settings) {
		code = follow(judge, path, bytes, ret, err);
	} else {
		not_checked(ret, "6.3.6", _("links are only followed when asked for"));
		not_checked(ret, "6.3.7", _("links are only followed when asked for"));
	}
	return code ? code : spell(judge, path, bytes, ret);
}

int judge_file(struct judge *judge, const char *path, const char *preset, instant now, struct judgement *ret,
	       struct error *err)
{
	AUTO_STRING arguments = mem_format("%s %lld %s", preset, (long long)now, base_name(path));
	struct job_answer answer = { 0 };
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, DOCUMENT_LIMIT, &bytes, err);

	*ret = (struct judgement){ 0 };
	if (!code)
		code = parse_worker_job(judge->worker, JOB_CHECK, arguments, bytes.bytes, bytes.length, &answer, err);
	if (code)
		return code;
	ret->answer = answer;
	code = read_findings(path, ret, err);
	if (!code)
		code = judge_around(judge, path, &bytes, preset, ret, err);
	if (code)
		judgement_release(ret);
	return code;
}

void judgement_release(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->unchecked_count; i++)
		free(judgement->unchecked[i].reason);
	for (size_t i = 0; i < judgement->owned_count; i++)
		free(judgement->owned[i]);
	free(judgement->owned);
	job_answer_release(&judgement->links);
	job_answer_release(&judgement->spelling);
	free(judgement->findings);
	job_answer_release(&judgement->answer);
	*judgement = (struct judgement){ 0 };
}

/* ---- in another format */

static const char *or_dash(const char *text)
{
	return text && *text && !strpbrk(text, " \t\n") ? text : "-";
}

int judge_convert(struct judge *judge, const char *path, const struct conversion_options *options, instant now,
		  struct conversion *ret, struct error *err)
{
	AUTO_STRING arguments = mem_format("%s %lld %s %s %s", or_dash(options->format), (long long)now,
					   or_dash(options->cve), or_dash(options->organisation), base_name(path));
	struct job_answer answer = { 0 };
	AUTO_STR bytes = STR_INIT;
	const char **losses;
	bool whole;
	int code = file_read(path, DOCUMENT_LIMIT, &bytes, err);

	if (!code)
		code = parse_worker_job(judge->worker, JOB_CONVERT, arguments, bytes.bytes, bytes.length, &answer, err);
	if (code)
		return code;
	whole = answer.count > 0;
	losses = mem_alloc((answer.count + 1) * sizeof(*losses));
	for (size_t i = 0; i < answer.count; i++) {
		whole = whole && answer.rows[i].count == 1;
		if (i && whole)
			losses[i - 1] = answer.rows[i].fields[0];
	}
	*ret = (struct conversion){ .losses = losses, .loss_count = answer.count ? answer.count - 1 : 0, .answer = answer };
	if (whole) {
		ret->document = answer.rows[0].fields[0];
		return 0;
	}
	conversion_release(ret);
	return malformed(path, err);
}

void conversion_release(struct conversion *conversion)
{
	free((void *)conversion->losses);
	job_answer_release(&conversion->answer);
	*conversion = (struct conversion){ 0 };
}

/* ---- facts */

int judge_facts(struct judge *judge, const char *path, struct judged_facts *ret, struct error *err)
{
	struct job_answer answer = { 0 };
	AUTO_STR bytes = STR_INIT;
	int code = file_read(path, DOCUMENT_LIMIT, &bytes, err);

	if (!code)
		code = parse_worker_job(judge->worker, JOB_FACTS, base_name(path), bytes.bytes, bytes.length, &answer, err);
	if (code)
		return code;
	for (size_t i = 0; i < answer.count; i++)
		if (!answer.rows[i].count) {
			job_answer_release(&answer);
			return malformed(path, err);
		}
	*ret = (struct judged_facts){ .rows = answer.rows, .count = answer.count, .answer = answer };
	return 0;
}

void judged_facts_release(struct judged_facts *facts)
{
	job_answer_release(&facts->answer);
	*facts = (struct judged_facts){ 0 };
}

/* ---- mending */

int judge_mend(struct judge *judge, const char *path, const char *preset, instant now, struct mended *ret,
	       struct error *err)
{
	AUTO_STRING arguments = mem_format("%s %lld %s", preset, (long long)now, base_name(path));
	struct job_answer answer = { 0 };
	AUTO_STR bytes = STR_INIT;
	bool whole;
	int code = file_read(path, DOCUMENT_LIMIT, &bytes, err);

	if (!code)
		code = parse_worker_job(judge->worker, JOB_FIX, arguments, bytes.bytes, bytes.length, &answer, err);
	if (code)
		return code;
	whole = answer.count > 0 && answer.rows[0].count == 1;
	for (size_t i = 1; i < answer.count; i++)
		whole = whole && answer.rows[i].count == 2;
	if (!whole) {
		job_answer_release(&answer);
		return malformed(path, err);
	}
	*ret = (struct mended){ .document = answer.rows[0].fields[0], .rows = answer.rows + 1, .count = answer.count - 1,
				.answer = answer };
	return 0;
}

void mended_release(struct mended *mended)
{
	job_answer_release(&mended->answer);
	*mended = (struct mended){ 0 };
}
