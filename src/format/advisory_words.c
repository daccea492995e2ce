/* SPDX-License-Identifier: Apache-2.0 */
/* The words an advisory is told in, in the language of the document, and ranges of versions as people say them. */
#include "format/advisory_prose.h"

#include "psirtty/score/vers.h"

static const struct word { const char *en, *zh; } words[] = {
	{ "Advisory", "公告编号" },
	{ "Version", "版本" },
	{ "Published", "发布日期" },
	{ "Updated", "更新日期" },
	{ "Publisher", "发布方" },
	{ "Summary", "概要" },
	{ "Description", "描述" },
	{ "Vulnerability", "漏洞" },
	{ "Weakness", "弱点" },
	{ "Severity", "严重程度" },
	{ "Affected", "受影响" },
	{ "Fixed", "已修复" },
	{ "Not affected", "不受影响" },
	{ "Under investigation", "调查中" },
	{ "What to do", "处置建议" },
	{ "Fix", "修复" },
	{ "Workaround", "临时措施" },
	{ "Mitigation", "缓解措施" },
	{ "No fix is planned", "不计划修复" },
	{ "No remedy yet", "暂无补救措施" },
	{ "Exploitation", "利用情况" },
	{ "Acknowledgements", "致谢" },
	{ "References", "参考" },
	{ "Revision history", "修订记录" },
	{ "Contact", "联系方式" },
	{ "Other id", "其他编号" },
	{ "draft", "草案" },
	{ "Legal", "法律声明" },
	{ "Note", "说明" },
	{ "What is this about?", "这是什么问题？" },
	{ "Am I affected?", "我受影响吗？" },
	{ "What should I do?", "我该怎么办？" },
	{ "Is it being exploited?", "是否已被利用？" },
	{ "How severe is it?", "有多严重？" },
	{ "Who found it?", "谁发现的？" },
	{ "Where can I read more?", "哪里可以了解更多？" },
	{ "This advisory reports no attacks.", "本公告未报告任何攻击。" },
	{ "Security fixes", "安全修复" },
	{ "Details", "详情" },
	/* What the documents of our cases say by themselves. */
	{ "Recommendation", "建议" },
	{ "For whom this is", "适用对象" },
	{ "Questions and answers", "常见问题" },
	{ "Terms of use", "使用条款" },
	{ "This document", "本文档" },
	{ "The original of this translation", "本译文的原文" },
	{ "Remediation", "补救措施" },
	{ "Somebody who wishes to remain anonymous", "一位不愿具名的人士" },
	{ "Draft, not published", "草案，尚未发布" },
	{ "First release", "首次发布" },
	{ "Attacks that use this vulnerability are known.", "已知有利用此漏洞的攻击。" },
	{ "An exploit for this vulnerability is public.", "此漏洞的利用代码已公开。" },
	{ "See the reference.", "详见参考链接。" },
	{ "all versions", "所有版本" },
	{ "all versions but", "除以下版本外的所有版本：" },
	/* Reasons why a product is not affected, by their labels. */
	{ "component_not_present", "产品中不含该组件" },
	{ "vulnerable_code_not_present", "产品中不含有漏洞的代码" },
	{ "vulnerable_code_not_in_execute_path", "有漏洞的代码不会被执行" },
	{ "vulnerable_code_cannot_be_controlled_by_adversary", "攻击者无法控制有漏洞的代码" },
	{ "inline_mitigations_already_exist", "产品已内置缓解措施" },
};

/* How the ends of a range are said: what stands before and behind the version. */
static const struct end { enum vers_comparator comparator; const char *en[2], *zh[2]; } ends[] = {
	{ VERS_GREATER_EQUAL, { "from ", "" }, { "", " 起" } },
	{ VERS_GREATER, { "after ", "" }, { "", " 之后" } },
	{ VERS_LESS, { "before ", "" }, { "", " 之前" } },
	{ VERS_LESS_EQUAL, { "through ", "" }, { "", " 及更早" } },
	{ VERS_EQUAL, { "", "" }, { "", "" } },
};

static const struct { const char *label, *en; } reasons[] = {
	{ "component_not_present", "the component is not part of it" },
	{ "vulnerable_code_not_present", "the vulnerable code is not part of it" },
	{ "vulnerable_code_not_in_execute_path", "the vulnerable code is never run" },
	{ "vulnerable_code_cannot_be_controlled_by_adversary", "an attacker cannot control the vulnerable code" },
	{ "inline_mitigations_already_exist", "it has protection built in" },
};

const char *prose_word(const struct prose *p, const char *en)
{
	for (size_t i = 0; p->chinese && en && i < ARRAY_LEN(words); i++)
		if (str_equal(words[i].en, en))
			return words[i].zh;
	return en;
}

const char *prose_reason(const struct prose *p, const char *label)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_equal(reasons[i].label, label))
			return p->chinese ? prose_word(p, label) : reasons[i].en;
	return label;
}

static void add_end(const struct prose *p, const struct vers_constraint *c, bool joined, struct str *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		const char *const *words_of = p->chinese ? ends[i].zh : ends[i].en;

		if (ends[i].comparator == c->comparator)
			str_add_format(ret, "%s%s%s%s", !ret->length ? "" : joined ? " " : ", ", words_of[0], c->version, words_of[1]);
	}
}

static bool all_but(const struct vers *vers)
{
	for (size_t i = 0; i < vers->count; i++)
		if (vers->constraints[i].comparator != VERS_NOT_EQUAL)
			return false;
	return vers->count > 0;
}

bool prose_range(const struct prose *p, const char *range, struct str *ret)
{
	AUTO_VERS vers = VERS_INIT;
	AUTO_STR text = STR_INIT;

	if (!adv_range_vers(range, &text))
		return false;
	if (str_equal(text.bytes, "vers:all/*")) {
		str_add(ret, prose_word(p, "all versions"));
		return true;
	}
	if (vers_parse(text.bytes, &vers, NULL))
		return false;
	if (all_but(&vers)) {
		str_add_format(ret, "%s ", prose_word(p, "all versions but"));
		for (size_t i = 0; i < vers.count; i++)
			str_add_format(ret, "%s%s", i ? ", " : "", vers.constraints[i].version);
		return true;
	}
	for (size_t i = 0; i < vers.count; i++) {
		enum vers_comparator is = vers.constraints[i].comparator, was = i ? vers.constraints[i - 1].comparator : VERS_EQUAL;
		bool upper = is == VERS_LESS || is == VERS_LESS_EQUAL, lower = was == VERS_GREATER || was == VERS_GREATER_EQUAL;

		if (is == VERS_NOT_EQUAL || is == VERS_ANY)
			return false;
		add_end(p, &vers.constraints[i], upper && lower, ret);
	}
	return true;
}
