/* SPDX-License-Identifier: Apache-2.0 */
/* What a case can answer to the fields of forms, out of its state alone. */
#include "format/filing_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/score/cwe.h"

static const char *pick(const struct filing_source *s, const char *english, const char *chinese)
{
	return s->chinese ? chinese : english;
}

/* ITEM behind what is there already, unless it is there. */
static void add_item(struct str *ret, const char *item)
{
	if (!item || !*item || strstr(ret->bytes, item))
		return;
	str_add_format(ret, "%s%s", ret->length ? "; " : "", item);
}

static void add_paragraph(struct str *ret, const char *text)
{
	if (text && *text)
		str_add_format(ret, "%s%s", ret->length ? "\n" : "", text);
}

void answer_title(const struct filing_source *s, struct str *ret)
{
	str_add(ret, str_or_empty(s->state->title));
}

void answer_summary(const struct filing_source *s, struct str *ret)
{
	const struct case_advisory *advisory = s->state->advisory;

	if (s->state->summary && *s->state->summary)
		str_add(ret, s->state->summary);
	else if (advisory)
		str_add(ret, str_or_empty(advisory->summary));
}

void answer_publisher(const struct filing_source *s, struct str *ret)
{
	str_add(ret, str_or_empty(model_policy(s->model)->publisher));
}

void answer_contact(const struct filing_source *s, struct str *ret)
{
	add_item(ret, model_policy(s->model)->publisher);
	add_item(ret, model_policy(s->model)->contact);
}

static bool counts(const struct case_affected *affected)
{
	return affected->status == AFFECTED_AFFECTED || affected->status == AFFECTED_INVESTIGATING;
}

void answer_products(const struct filing_source *s, struct str *ret)
{
	for (size_t i = 0; i < s->state->affected_count; i++) {
		const struct case_affected *affected = &s->state->affected[i];
		const struct product *product = model_find_product(s->model, affected->product);

		if (counts(affected))
			add_item(ret, product ? product->name : affected->product);
	}
}

void answer_models(const struct filing_source *s, struct str *ret)
{
	for (size_t i = 0; i < s->state->affected_count; i++) {
		const struct product *product = model_find_product(s->model, s->state->affected[i].product);

		for (size_t k = 0; product && counts(&s->state->affected[i]) && k < product->model_count; k++)
			add_item(ret, product->models[k]);
	}
}

void answer_versions(const struct filing_source *s, struct str *ret)
{
	for (size_t i = 0; i < s->state->affected_count; i++) {
		const struct case_affected *affected = &s->state->affected[i];
		AUTO_STRING one = mem_format("%s %s%s", affected->product, affected->version,
					     affected->status == AFFECTED_AFFECTED ? "" :
					     pick(s, " (under investigation)", "（调查中）"));

		if (counts(affected))
			add_item(ret, one);
	}
}

void answer_weakness(const struct filing_source *s, struct str *ret)
{
	const struct cwe *cwe = s->state->cwe ? cwe_parse(s->state->cwe) : NULL;

	if (cwe)
		str_add_format(ret, "CWE-%d %s", cwe->id, cwe->name);
}

void answer_technical(const struct filing_source *s, struct str *ret)
{
	const struct case_score *score = case_leading_score(s->state);

	answer_weakness(s, ret);
	if (score)
		add_paragraph(ret, score->vector);
	if (s->state->advisory)
		add_paragraph(ret, s->state->advisory->description);
}

void answer_severity(const struct filing_source *s, struct str *ret)
{
	static const char *const grades[] = { "无", "低危", "中危", "高危", "超危" };
	const struct case_score *score = case_leading_score(s->state);
	const char *grade;

	if (!score)
		return;
	grade = s->chinese && score->cvss.severity < ARRAY_LEN(grades) ? grades[score->cvss.severity] :
								  cvss_severity_name(score->cvss.severity);
	str_add_format(ret, "%s (CVSS %d.%d, %s)", grade, score->cvss.overall / 10, score->cvss.overall % 10,
		       score->vector);
}

/* A grade alone says no harm: without words the field is not answered. */
void answer_harm(const struct filing_source *s, struct str *ret)
{
	AUTO_STR words = STR_INIT;

	answer_summary(s, &words);
	if (!words.length)
		return;
	answer_severity(s, ret);
	add_paragraph(ret, words.bytes);
}

void answer_awareness(const struct filing_source *s, struct str *ret)
{
	char buffer[40];

	if (s->status->start != INSTANT_NONE)
		str_add(ret, instant_format(s->status->start, buffer));
}

/* In the sheet's language, which need not be the reader's. */
static const char *fact_words_of(const struct filing_source *s, int fact)
{
#define X(name, word, text) [name] = text,
	static const char *const english[] = { CLOCK_FACTS(X) };
#undef X
	static const char *const chinese[FACT_COUNT] = {
		[FACT_OPENED] = "立案",                  [FACT_REPORTED] = "收到首份报告",
		[FACT_CONTACTED] = "收到来信",           [FACT_UNANSWERED] = "来信待答复",
		[FACT_ANSWERED] = "已答复发现者",        [FACT_TOLD] = "最近一次告知发现者",
		[FACT_QUALIFIED] = "完成研判",           [FACT_VALIDATED] = "确认报告有效",
		[FACT_ACCEPTED] = "受理",                [FACT_INVALID] = "判定报告无效",
		[FACT_CLOSED] = "结案",                  [FACT_TRIED] = "尝试复现",
		[FACT_REPRODUCED] = "复现漏洞",          [FACT_ASSESSED] = "登记受影响版本",
		[FACT_ID_RESERVED] = "分配 CVE 编号",    [FACT_PLANNED] = "登记修补措施",
		[FACT_FIX_AVAILABLE] = "修补或缓解措施可用", [FACT_FIX_READY] = "修复就绪",
		[FACT_FIX_DEPLOYED] = "修复已部署",      [FACT_PUBLISHED] = "漏洞公开",
		[FACT_EXPLOIT_PUBLIC] = "利用代码公开",  [FACT_EXPLOITED] = "获知漏洞被利用",
		[FACT_INCIDENT] = "获知严重事件",        [FACT_EMBARGO_AGREED] = "约定保密期",
		[FACT_EMBARGO_ENDED] = "保密期结束",     [FACT_RISK_ACCEPTED] = "接受风险",
		[FACT_MERGED] = "并入另一案",
	};

	return pick(s, english[fact], chinese[fact]);
}

void answer_awareness_how(const struct filing_source *s, struct str *ret)
{
	const struct case_clock *said = s->status->said;
	const char *how = s->status->from >= 0 ? fact_words_of(s, s->status->from) : NULL;

	answer_awareness(s, ret);
	if (said && said->started != INSTANT_NONE)
		how = said->reason;
	if (ret->length && how)
		str_add_format(ret, ", %s", how);
}

static bool happened(const struct filing_source *s, enum cs_bit bit)
{
	return (s->state->cs & 1u << bit) != 0;
}

void answer_public(const struct filing_source *s, struct str *ret)
{
	str_add_format(ret, "%s; %s; %s",
		       happened(s, CS_PUBLIC) ? pick(s, "public", "已公开") : pick(s, "not public", "未公开"),
		       happened(s, CS_EXPLOIT_PUBLIC) ? pick(s, "an exploit is public", "利用代码已公开") :
							pick(s, "no public exploit known", "未见公开利用代码"),
		       happened(s, CS_ATTACKS) ? pick(s, "exploited", "已被利用") :
						 pick(s, "no exploitation known", "未见利用"));
}

static void add_remediations(const struct filing_source *s, bool fixes, bool workarounds, struct str *ret)
{
	for (size_t i = 0; i < s->state->remediation_count; i++) {
		const struct case_remediation *one = &s->state->remediations[i];
		bool fix = str_equal(one->category, "vendor_fix");
		bool around = str_equal(one->category, "workaround") || str_equal(one->category, "mitigation");

		if (!(fixes && fix) && !(workarounds && around))
			continue;
		add_paragraph(ret, one->details);
		add_item(ret, one->url);
	}
}

void answer_remedy(const struct filing_source *s, struct str *ret)
{
	add_remediations(s, true, true, ret);
}

void answer_fixes(const struct filing_source *s, struct str *ret)
{
	add_remediations(s, true, false, ret);
}

void answer_workarounds(const struct filing_source *s, struct str *ret)
{
	add_remediations(s, false, true, ret);
	if (s->state->advisory)
		add_paragraph(ret, s->state->advisory->recommendation);
}

void answer_fix_date(const struct filing_source *s, struct str *ret)
{
	instant at = case_fact(s->state, FACT_FIX_AVAILABLE);
	char buffer[40];

	if (at != INSTANT_NONE)
		str_add(ret, instant_format(at, buffer));
}

void answer_upstream(const struct filing_source *s, struct str *ret)
{
	const struct case_clock *told = case_clock_said(s->state, "cn-rmsv-7-1-upstream");
	char buffer[40];

	if (!told || (told->started == INSTANT_NONE && told->filed == INSTANT_NONE))
		return;
	if (told->filed != INSTANT_NONE)
		str_add_format(ret, "%s %s %s", pick(s, "told", "已通知"), str_or_empty(told->sent_to),
			       instant_format(told->filed, buffer));
	else
		str_add(ret, pick(s, "not told yet", "尚未通知"));
}

static void add_ids(const struct filing_source *s, const char *system, struct str *ret)
{
	for (size_t i = 0; i < s->state->id_count; i++)
		if (!system || str_casecmp(s->state->ids[i].system, system) == 0)
			add_item(ret, s->state->ids[i].text);
}

void answer_ids(const struct filing_source *s, struct str *ret)
{
	add_ids(s, NULL, ret);
}

void answer_cve(const struct filing_source *s, struct str *ret)
{
	add_ids(s, "cve", ret);
}

void answer_euvd(const struct filing_source *s, struct str *ret)
{
	add_ids(s, "euvd", ret);
}

/* What shows how to exploit it is never among them. */
static void add_files(const struct sealed_file *files, size_t count, struct str *ret)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING line = NULL;

		if (str_equal(files[i].kind, "poc"))
			continue;
		line = mem_format("%s sha256:%s", files[i].name ? files[i].name : "-", files[i].sha256);
		add_paragraph(ret, line);
	}
}

void answer_files(const struct filing_source *s, struct str *ret)
{
	for (size_t i = 0; i < s->state->repro_count; i++)
		add_files(s->state->repros[i].attachments, s->state->repros[i].attachment_count, ret);
}

void answer_vector(const struct filing_source *s, struct str *ret)
{
	static const struct { const char *part, *english, *chinese; } rows[] = {
		{ "/AV:N", "network", "网络" }, { "/AV:A", "adjacent network", "相邻网络" },
		{ "/AV:L", "local", "本地" }, { "/AV:P", "physical", "物理" },
	};
	const struct case_score *score = case_leading_score(s->state);

	for (size_t i = 0; score && i < ARRAY_LEN(rows); i++)
		if (strstr(score->vector, rows[i].part))
			str_add(ret, pick(s, rows[i].english, rows[i].chinese));
}

void answer_description(const struct filing_source *s, struct str *ret)
{
	answer_weakness(s, ret);
	if (s->state->advisory && s->state->advisory->description)
		add_paragraph(ret, s->state->advisory->description);
}

void answer_vulnerability(const struct filing_source *s, struct str *ret)
{
	str_add(ret, pick(s, "Vulnerability", "漏洞"));
}

void answer_incident(const struct filing_source *s, struct str *ret)
{
	str_add(ret, pick(s, "Incident", "事件"));
}
