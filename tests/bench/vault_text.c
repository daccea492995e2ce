/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences with holes. A hole is % and a letter: p product, v version, c CVE id, f a source file, F a
 * function, h hexadecimal digits, n a number, i an address of the documentation ranges.
 */
#include "vault_text.h"

#include <stdio.h>
#include <string.h>

uint32_t dice_roll(struct dice *dice, uint32_t limit)
{
	uint64_t z = dice->state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)(((z ^ (z >> 31)) >> 32) * limit >> 32);
}

#define PICK(dice, table) ((table)[dice_roll(dice, ARRAY_LEN(table))])

static const struct { const char *name, *vendor; } products[] = {
	{ "Heron Gateway", "Fenlight" },     { "Heron Controller", "Fenlight" },
	{ "Kestrel Router OS", "Fenlight" }, { "Basalt Hypervisor", "Northmoor" },
	{ "Basalt Console", "Northmoor" },   { "Quillmail Server", "Quill" },
	{ "Quillmail Web", "Quill" },        { "Tern Camera", "Ostwind" },
	{ "Tern Recorder", "Ostwind" },      { "Sable PLC", "Ironvale" },
	{ "Sable Engineering", "Ironvale" }, { "Lumen TLS", "Lumen Project" },
	{ "Lumen SSH", "Lumen Project" },    { "Magpie Archive", "Magpie" },
	{ "Osprey Agent", "Skerry" },        { "Osprey Cloud", "Skerry" },
	{ "Wren Firmware", "Ostwind" },      { "Puffin Database", "Skerry" },
	{ "Plover Scheduler", "Northmoor" }, { "Avocet SDK", "Fenlight" },
};

static const char *const folders[] = { "src/net", "src/tls", "lib/parse", "kernel/mm", "drivers/usb", "src/auth",
				       "web/api", "lib/image", "src/http", "firmware/boot", "tools/update",
				       "src/session", "lib/zip", "src/rpc", "daemon/config", "src/dns" };
static const char *const stems[] = { "frame", "record", "handshake", "header", "token", "cookie", "chunk", "packet",
				     "cache", "queue", "lexer", "reader", "writer", "option", "cert", "route",
				     "filter", "buffer", "group", "upload", "image", "archive", "string", "table" };
static const char *const verbs[] = { "parse", "read", "copy", "decode", "check", "merge", "resize", "free", "verify",
				     "handle", "open", "expand" };

static const char *const english[] = {
	"A length taken from the packet is used in %F without being compared with the size of the buffer. ",
	"The finder sent a program that makes %p %v stop within a second; the stack ends in %F. ",
	"Reproduced on build %h with the address sanitizer: a write of %n bytes behind the end of a heap block. ",
	"The check in %f, line %n, happens before the value is converted, so a negative number passes it. ",
	"No authentication is needed; the service listens on port %n in the default configuration. ",
	"With the debug option set the same input only leads to a message in the log. ",
	"We could not reproduce it on %v with hardware acceleration, only in the software path. ",
	"The vendor of the bundled library fixed this under %c but the copy in our tree is older. ",
	"An attacker on the same network segment can send the frame from %i without being seen by the gateway. ",
	"Asked the finder for the exact version, the configuration and a capture of the traffic. ",
	"The finder agrees to wait until the fix has reached the customers with a support contract. ",
	"Engineering says the change is small but touches %f, which three other products share. ",
	"A second way in was found while reviewing: %F calls the same helper with an unchecked index. ",
	"The proposed patch compares the sum, which can wrap around; it should compare the difference. ",
	"Confidentiality is not at stake here: nothing of the memory leaves the process. ",
	"As a workaround, customers can switch off the service on port %n or filter it at the border. ",
	"The core file shows the return address overwritten with %h, so control of the flow is likely. ",
	"Severity was argued about: the required privileges are none, since the guest account is on by default. ",
	"The regression test feeds %n mutated files to the reader; all are refused with a sentence now. ",
	"Coordination with the other vendors runs through the coordinator, who has four more recipients. ",
	"A proof of concept was seen on a paste site, without the part that makes it reliable. ",
	"The build of %v from the release branch has the fix; commit %h. ",
	"Customers with %p in a chain behind a proxy are not affected, because the header is normalised. ",
	"Race between the timer in %f and the close of the session: the object is freed twice. ",
	"It needs a certificate signed by a trusted authority, which lowers the exploitability. ",
	"The finder asked to be named as a person, not by the employer. ",
	"Measured: the leak is about %n bytes for each request, so memory is exhausted after a day. ",
	"The same mistake stands in the sample code of the developer guide, page %n. ",
	"Cloud tenants were patched in the night; no sign of use in the logs of the last ninety days. ",
	"The upgrade from %v keeps the weak setting, so the advisory must say how to change it. ",
	"An entry in the allow list ending with a dot is taken for a prefix in %F. ",
	"The signature of the update is verified after the archive was unpacked, see %f. ",
	"Next call with the coordinator on Thursday; until then nothing is said to customers. ",
	"Fuzzing found %n further inputs with the same root cause and none with another one. ",
};

static const char *const chinese[] = {
	"%p %v 在解析请求时没有检查长度字段，导致堆缓冲区溢出。",
	"攻击者无需登录即可向端口 %n 发送特制报文，使服务进程崩溃。",
	"报告人提供了复现脚本，我们在 %h 版本上成功复现，调用栈停在 %F。",
	"该函数位于 %f 第 %n 行，先比较后转换，负数可以绕过检查。",
	"经确认，受影响的组件来自第三方开源库，上游编号为 %c。",
	"默认配置下访客账号处于启用状态，因此所需权限评为无。",
	"研发团队认为补丁改动不大，但会涉及三个共用同一代码的产品。",
	"建议用户在升级之前关闭远程管理功能，或者在边界防火墙上过滤该端口。",
	"报告人同意在修复版本推送给客户之后再公开细节。",
	"我们请报告人补充具体的固件版本、配置文件和抓包数据。",
	"同一网段内的攻击者可以从 %i 伪造广播帧，网关不会记录。",
	"开启调试选项以后，同样的输入只会在日志里留下一条警告。",
	"补丁比较的是两数之和，可能发生整数回绕，应当改为比较差值。",
	"代码审查时发现另一条路径 %F 也调用了没有校验下标的函数。",
	"核心转储显示返回地址被改写为 %h，很可能可以控制执行流程。",
	"云端租户已于昨夜完成修补，最近九十天的日志没有发现利用痕迹。",
	"此问题不会泄露内存内容，机密性影响为无，可用性影响为高。",
	"升级程序在解压之后才验证签名，详见 %f，存在被替换的风险。",
	"会话关闭与定时器之间存在竞争，同一对象可能被重复释放。",
	"回归测试使用了 %n 个变异样本，新版本全部正确拒绝。",
	"协调机构还通知了另外四家厂商，计划在同一天发布公告。",
	"某论坛出现了概念验证代码，但是缺少稳定利用的部分。",
	"客户现场的 %p 部署在反向代理之后，请求头已经规范化，因此不受影响。",
	"权限校验只在网页接口中执行，命令行接口直接放行。",
	"管理页面对文件名未做过滤，可造成目录穿越和任意文件读取。",
	"密钥在设备之间相同，任何人都可以从固件映像中提取。",
	"报告人希望以个人名义署名，不提及所在公司。",
	"测量结果：每次请求约泄漏 %n 字节，设备运行一天后内存耗尽。",
	"安全公告草稿已经交给产品经理审阅，等待批准。",
	"下次协调会议定于周四下午，在此之前不对外说明。",
	"查询语句由字符串拼接而成，存在数据库注入漏洞，影响登录接口。",
	"漏洞触发需要受信任机构签发的证书，利用难度较高。",
	"修复提交为 %h，已经合入发布分支，待测试部门验证。",
	"历史版本不再维护，建议迁移到 %v 或更高版本。",
};

static const char *const english_titles[] = {
	"Heap overflow in %F of %p", "Missing length check in %f", "%p: unauthenticated restart by a crafted frame",
	"Path traversal in the file interface of %p", "Double free in %F when a session is closed",
	"Default credentials in %p %v", "%p accepts updates before the signature is verified",
	"Integer wrap in %F leads to a short buffer", "Information leak in the error page of %p",
	"Race condition in %f", "Cross-site scripting in the console of %p", "Hard-coded key in %p %v",
};

static const char *const chinese_titles[] = {
	"%p 解析报文时堆缓冲区溢出", "%p 管理页面目录穿越", "%p %v 存在硬编码密钥", "%F 重复释放导致拒绝服务",
	"%p 升级包签名校验绕过", "%p 登录接口数据库注入", "%p 未授权访问配置接口", "%f 整数回绕",
	"%p 会话标识可预测", "%p 命令注入漏洞",
};

static void add_function(struct dice *dice, char *ret, size_t size)
{
	snprintf(ret, size, "%s_%s_%s", PICK(dice, stems), PICK(dice, verbs), PICK(dice, stems));
}

static void add_file(struct dice *dice, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s_%s.c", PICK(dice, folders), PICK(dice, stems), PICK(dice, stems));
}

void text_case_init(struct dice *dice, struct text_case *ret, int year, uint32_t number)
{
	size_t product = dice_roll(dice, ARRAY_LEN(products));

	ret->chinese = number % 3 == 0;
	ret->product = products[product].name;
	ret->vendor = products[product].vendor;
	snprintf(ret->version, sizeof(ret->version), "%u.%u.%u", 1 + dice_roll(dice, 9), dice_roll(dice, 20),
		 dice_roll(dice, 30));
	snprintf(ret->cve, sizeof(ret->cve), "CVE-%d-%u", year, 10000 + number);
	add_file(dice, ret->file, sizeof(ret->file));
	add_function(dice, ret->function, sizeof(ret->function));
}

size_t text_product_count(void)
{
	return ARRAY_LEN(products);
}

const char *text_product(size_t index)
{
	return products[index].name;
}

const char *text_vendor(size_t index)
{
	return products[index].vendor;
}

/* Mostly what the case is about; sometimes another file or function beside it. */
static void add_place(struct dice *dice, const char *own, void (*make)(struct dice *, char *, size_t),
		      struct str *ret)
{
	char other[64];

	if (dice_roll(dice, 3)) {
		str_add(ret, own);
		return;
	}
	make(dice, other, sizeof(other));
	str_add(ret, other);
}

static void add_hole(struct dice *dice, const struct text_case *about, char hole, struct str *ret)
{
	switch (hole) {
	case 'p': str_add(ret, about->product); break;
	case 'v': str_add(ret, about->version); break;
	case 'c': str_add(ret, about->cve); break;
	case 'f': add_place(dice, about->file, add_file, ret); break;
	case 'F': add_place(dice, about->function, add_function, ret); break;
	case 'h': str_add_format(ret, "%08x", dice_roll(dice, UINT32_MAX)); break;
	case 'n': str_add_format(ret, "%u", 2 + dice_roll(dice, 9000)); break;
	default: str_add_format(ret, "192.0.2.%u", 1 + dice_roll(dice, 254)); break;
	}
}

static void fill(struct dice *dice, const struct text_case *about, const char *sentence, struct str *ret)
{
	for (const char *hole; (hole = strchr(sentence, '%')) != NULL; sentence = hole + 2) {
		str_add_bytes(ret, sentence, (size_t)(hole - sentence));
		add_hole(dice, about, hole[1], ret);
	}
	str_add(ret, sentence);
}

void text_sentence(struct dice *dice, const struct text_case *about, struct str *ret)
{
	/* Also in a Chinese case somebody writes English now and then. */
	bool native = about->chinese && dice_roll(dice, 6);

	fill(dice, about, native ? PICK(dice, chinese) : PICK(dice, english), ret);
}

void text_block(struct dice *dice, const struct text_case *about, size_t bytes, struct str *ret)
{
	size_t end = ret->length + bytes;

	while (ret->length < end) {
		text_sentence(dice, about, ret);
		if (dice_roll(dice, 5) == 0)
			str_add(ret, "\\n\\n");
	}
}

void text_title(struct dice *dice, const struct text_case *about, struct str *ret)
{
	fill(dice, about, about->chinese ? PICK(dice, chinese_titles) : PICK(dice, english_titles), ret);
}
