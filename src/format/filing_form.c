/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the forms. RMSV: the six statutory ones of article 7(2), then what description standards
 * and platforms ask for besides. CRA: the glossary of the Single Reporting Platform of September 2026,
 * as secondary sources give it.
 */
#include "format/filing_private.h"


static const struct filing_row rmsv_rows[] = {
	{ "product-name", "product name", "产品名称", "R", 0, answer_products },
	{ "model", "model", "产品型号", "R", 0, answer_models },
	{ "version", "affected versions", "受影响版本", "R", 0, answer_versions },
	{ "technical", "technical characteristics", "漏洞技术特点", "R", 0, answer_technical },
	{ "harm", "harm", "危害", "R", 0, answer_harm },
	{ "scope", "scope of impact", "影响范围", "R", 0, NULL },
	{ "name", "name of the vulnerability", "漏洞名称", "O", 0, answer_title },
	{ "type", "type", "漏洞类型", "O", 0, answer_weakness },
	{ "awareness", "when and how it became known", "获知时间与方式", "O", 0, answer_awareness_how },
	{ "public", "public, exploited", "是否已公开、是否已被利用", "O", 0, answer_public },
	{ "remedy", "fix or mitigation", "修补或缓解情况", "O", 0, answer_remedy },
	{ "upstream", "upstream component, told", "上游组件及通知情况", "O", 0, answer_upstream },
	{ "ids", "other ids", "相关编号", "O", 0, answer_ids },
	{ "provider", "provider, contact", "提供者、联系人、联系方式", "O", 0, answer_contact },
	{ "attachments", "attachments, by hash", "附件（哈希）", "O", 0, answer_files },
	{ NULL, NULL, NULL, "", 0, NULL },
};

#define VULNERABILITY_TYPE { "type", "notification type", "通知类型", "RCC", 0, answer_vulnerability }
#define INCIDENT_TYPE { "type", "notification type", "通知类型", "RCC", 0, answer_incident }

static const struct filing_row vulnerability_head[] = { VULNERABILITY_TYPE, { NULL, NULL, NULL, "", 0, NULL } };
static const struct filing_row incident_head[] = { INCIDENT_TYPE, { NULL, NULL, NULL, "", 0, NULL } };

static const struct filing_row common_rows[] = {
	{ "title", "title", "标题", "RCC", 255, answer_title },
	{ "summary", "summary", "摘要", "RCC", 4000, answer_summary },
	{ "manufacturer", "manufacturer", "制造商", "RCC", 0, answer_publisher },
	{ "member-states", "Member States where it is available", "可获得产品的成员国", "RCC", 0, NULL },
	{ "product-name", "product name", "产品名称", "RCC", 255, answer_products },
	{ "version", "product version", "产品版本", "RCC", 255, answer_versions },
	{ "product-type", "product type (default, important, critical)", "产品类型", "OCC", 0, NULL },
	{ "product-class", "class (I, II)", "产品等级", "OCC", 0, NULL },
	{ "product-category", "category", "产品类别", "OCC", 255, NULL },
	{ "end-of-support", "end of support (yes, no)", "是否终止支持", "OCC", 0, NULL },
	{ "component", "component name", "组件名称", "OCC", 255, NULL },
	{ "mitigation-expected", "mitigating measure expected shortly (yes, no)", "近期是否有缓解措施", "OCC", 0, NULL },
	{ "user-action", "what users can do to reduce the impact", "用户可采取的减轻影响措施", "OCC", 4000, answer_workarounds },
	{ "sensitivity", "why it is sensitive", "敏感性说明", "OOC", 255, NULL },
	{ "measures", "corrective measures taken", "已采取的纠正措施", "OOR", 2000, answer_fixes },
	{ "user-measures", "measures users can take", "用户可采取的措施", "OOR", 4000, answer_workarounds },
	{ "attack-vector", "attack vector", "攻击向量", "-OO", 255, answer_vector },
	{ NULL, NULL, NULL, "", 0, NULL },
};

static const struct filing_row vulnerability_rows[] = {
	{ "cve", "CVE id", "CVE 编号", "OCC", 255, answer_cve },
	{ "euvd", "EUVD id", "EUVD 编号", "OCC", 255, answer_euvd },
	{ "general", "nature of the exploit and the vulnerability", "利用与漏洞的性质", "ORC", 4000, answer_description },
	{ "measure-date", "corrective measure available since (UTC)", "纠正措施可用时间（UTC）", "OOR", 0, answer_fix_date },
	{ "update", "details of the security update", "安全更新详情", "OOR", 2000, answer_fixes },
	{ "severity", "severity", "严重程度", "OOR", 4000, answer_severity },
	{ "impact", "impact", "影响", "OOR", 4000, answer_summary },
	{ "awareness", "became known at (UTC)", "获知时间（UTC）", "RCC", 0, answer_awareness },
	{ "actor", "malicious actor", "恶意行为者", "OOA", 100, NULL },
	{ "exceptional", "particularly exceptional circumstances, reason for a delay", "特殊情形与延迟理由", "-O-", 800, NULL },
	{ "further", "further information", "其他信息", "OOC", 800, NULL },
	{ NULL, NULL, NULL, "", 0, NULL },
};

static const struct filing_row incident_rows[] = {
	{ "malicious", "suspected to be malicious (yes, no, unknown)", "是否怀疑恶意行为", "RCC", 0, NULL },
	{ "nature", "nature of the incident", "事件性质", "ORC", 4000, answer_description },
	{ "mitigation", "mitigation measures", "缓解措施", "OOR", 4000, answer_remedy },
	{ "severity", "severity", "严重程度", "OOR", 4000, answer_severity },
	{ "impact", "impact", "影响", "OOR", 4000, answer_summary },
	{ "cause", "type of threat or root cause", "威胁类型或根本原因", "OOR", 255, NULL },
	{ "awareness", "became known at (UTC)", "获知时间（UTC）", "RRC", 0, answer_awareness },
	{ "incident-time", "incident happened at (UTC)", "事件发生时间（UTC）", "ORO", 0, NULL },
	{ "assessment", "initial assessment", "初步评估", "ORC", 4000, NULL },
	{ NULL, NULL, NULL, "", 0, NULL },
};

static const struct filing_row *const rmsv_parts[] = { rmsv_rows, NULL };
static const struct filing_row *const vulnerability_parts[] = { vulnerability_head, common_rows, vulnerability_rows, NULL };
static const struct filing_row *const incident_parts[] = { incident_head, common_rows, incident_rows, NULL };

static const struct filing_form forms[] = {
	{ "rmsv", 0, rmsv_parts, "rmsv" },
	{ "cra-early", 0, vulnerability_parts, "eu-cra-14-2-" },
	{ "cra-notification", 1, vulnerability_parts, "eu-cra-14-2-" },
	{ "cra-final", 2, vulnerability_parts, "eu-cra-14-2-" },
	{ "cra-incident-early", 0, incident_parts, "eu-cra-14-4-" },
	{ "cra-incident-notification", 1, incident_parts, "eu-cra-14-4-" },
	{ "cra-incident-final", 2, incident_parts, "eu-cra-14-4-" },
};

const struct filing_form *filing_form(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (str_equal(forms[i].name, name))
			return &forms[i];
	return NULL;
}
