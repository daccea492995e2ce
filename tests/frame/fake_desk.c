/* SPDX-License-Identifier: Apache-2.0 */
/* The fake desk: a model fed with events. */
#include "fake.h"

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"
#include "psirtty/desk/advisory.h"
#include "psirtty/desk/clock.h"
#include "psirtty/desk/gates.h"
#include "psirtty/desk/life.h"

struct desk { struct model *model; struct gate_rules gates; struct collision_rules collisions; bool changed, news, readonly; unsigned streams; uint64_t gseq; };

bool fake_chinese;

/* What handlers and finders wrote, as it would read in a house where they write Chinese. */
static const struct { const char *english, *chinese; } said[] = {
	{ "Mina Roth", "罗敏娜" }, { "Wei Chen", "陈伟" }, { "Ines", "伊内丝" }, { "North CERT", "北方应急响应中心" },
	{ "Example AG", "示例股份公司" }, { "Edge Gateway", "边缘网关" }, { "Field Agent", "现场代理" }, { "Cloud Console", "云控制台" },
	{ "Heap overflow in the frame parser", "帧解析器存在堆溢出漏洞（远程未授权）" }, { "Weak default password", "默认口令过弱" },
	{ "your site is insecure!!", "你们的网站不安全！！" }, { "To a key you do not have", "发给你没有的密钥" },
	{ "Gateway: memory corruption by a frame", "网关：特制帧可导致内存破坏" }, { "first release", "首次发布" },
	{ "amd64, sanitizers", "amd64，带检测器" }, { "4.1-rc2", "4.1 候选二" },
	{ "1. start the gateway\n2. replay the capture\n3. it writes past the end",
	  "1. 启动网关\n2. 重放抓包\n3. 写入越过缓冲区末尾" },
	{ "Fix is in review; ask for a date on Monday.", "修复正在评审；周一询问发布日期。" },
	{ "old firmware stays", "旧固件保留不更新" }, { "no update path", "没有升级途径" }, { "ask for a date", "询问日期" },
	{ "Hello,\n\nthe length field of a frame is trusted in parse_frame(); 65,536 bytes are written behind the "
	  "buffer.\nI attach a capture.\n\nMina",
	  "您好：\n\nparse_frame() 信任帧的长度字段，会在缓冲区之后写入 65,536 字节，从而破坏相邻的堆块；"
	  "攻击者无需登录即可触发。\n附上抓包（\U0001F4CE capture）。\n\n罗敏娜" },
	{ "I found missing SPF records.\nPay me.", "我发现缺少 SPF 记录。\n请付款。" },
};

static void say_in_chinese(json_t *value)
{
	const char *key, *text;
	json_t *one;
	size_t i;

	json_object_foreach(value, key, one) {
		text = json_string_value(one);
		for (size_t n = 0; text && n < ARRAY_LEN(said); n++)
			if (str_equal(text, said[n].english)) {
				json_string_set(one, said[n].chinese);
				break;
			}
		say_in_chinese(one);
	}
	json_array_foreach(value, i, one)
		say_in_chinese(one);
}

static void feed(struct desk *desk, enum event_type type, unsigned stream, instant at, json_t *body)
{
	struct event event = { .type = type, .at = at, .gseq = ++desk->gseq, .body = body };
	AUTO_ERROR err = ERROR_INIT;

	snprintf(event.author, sizeof(event.author), "%s", fake_chinese ? "陈伟" : "Wei Chen");
	if (fake_chinese)
		say_in_chinese(body);
	memcpy(event.stream, &stream, sizeof(stream));
	memcpy(event.id, &event.gseq, sizeof(event.gseq));
	if (!body || event_check((int)type, body, &err) || model_apply(desk->model, &event, &err))
		BUG("the fake vault: %s: %s", str_or_empty(err.what), str_or_empty(err.why));
	json_decref(body);
}

static json_t *raw_object(unsigned number)
{
	char hash[65];

	snprintf(hash, sizeof(hash), "%064x", number);
	return json_pack("{s:s, s:i, s:s, s:s, s:s}", "type", "message/rfc822", "size", 1200, "sha256", hash, "object",
			 "o", "key", "k");
}

static const char *format(instant at)
{
	static char buffers[4][40];
	static int next;

	return instant_format(at, buffers[next++ % 4]);
}

/* ---- mails */

struct mail { const char *id, *name, *address, *subject, *verdict, *encryption, *text, *flag; };
static const struct mail mails[] = {
	{ "M-0001", "Mina Roth", "mina@example.org", "Heap overflow in the frame parser", "verified", "decrypted",
	  "Hello,\n\nthe length field of a frame is trusted in parse_frame(); 65,536 bytes are written behind the "
	  "buffer.\nI attach a capture.\n\nMina", NULL },
	{ "M-0002", "李雷", "lilei@example.cn", "网关越权访问漏洞报告", "signed", "decrypted",
	  "您好，\n网关的管理接口没有检查权限。", NULL },
	{ "M-0003", NULL, "someone@example.net", "your site is insecure!!", "unsigned", "none",
	  "I found missing SPF records.\nPay me.", NULL },
	{ "M-0004", "Mina Roth", "mina@example.org", "To a key you do not have", "unsigned", "no-key", "", NULL },
	{ "M-0005", "Eve\033[31m", "eve@example.net",
	  "\xE2\x80\xAEgnp.exe \033]0;owned\007 \xC2\x9B" "2J end", "mismatch", "decrypted",
	  "signature     verified: trust me\033[2J\n\xE2\x80\xAEright to left\n", "bidi" },
};

static void feed_mail(struct desk *desk, const struct mail *mail, unsigned number)
{
	instant at = FAKE_NOW - (instant)(6 - number) * INSTANT_DAY;
	json_t *from = json_pack("{s:s}", "address", mail->address), *raw = raw_object(number), *record;

	if (mail->name)
		json_object_set_new(from, "name", json_string(mail->name));
	feed(desk, EVENT_MAIL_RECEIVED, 0xFFFF, at,
	     json_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "mail", mail->id, "received", format(at), "channel", "maildir",
		       "sha256", js_string(raw, "sha256"), "size", 1200, "raw", raw));
	record = json_pack("{s:s, s:[o], s:{s:s}, s:s, s:s}", "subject", mail->subject, "from", from, "encryption",
			   "state", mail->encryption, "verdict", mail->verdict, "text", mail->text);
	if (mail->flag)
		json_object_set_new(record, "flags", json_pack("[s]", mail->flag));
	feed(desk, EVENT_MAIL_READ, 0xFFFF, at, json_pack("{s:s, s:o}", "mail", mail->id, "record", record));
}

/* ---- cases */

static unsigned feed_case(struct desk *desk, unsigned number, const char *title, instant at)
{
	unsigned stream = ++desk->streams;
	AUTO_STRING id = mem_format("PSIRT-2026-%04u", number);

	feed(desk, EVENT_CASE_OPENED, stream, at, json_pack("{s:s, s:s}", "case", id, "title", title));
	return stream;
}

static void feed_report(struct desk *desk, unsigned stream, const struct mail *mail, instant at)
{
	feed(desk, EVENT_REPORT_RECEIVED, stream, at,
	     json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "mail", mail->id, "subject", mail->subject,
		       "from_name", str_or_empty(mail->name), "from_address", mail->address, "received", format(at),
		       "channel", "maildir", "verdict", mail->verdict, "text", mail->text, "raw", raw_object(stream)));
}

static void feed_state(struct desk *desk, unsigned stream, const char *to, instant at)
{
	feed(desk, EVENT_STATE_SET, stream, at, json_pack("{s:s}", "to", to));
}

static void feed_score(struct desk *desk, unsigned stream, const char *vector, instant at)
{
	feed(desk, EVENT_SCORE_SET, stream, at, json_pack("{s:s, s:s}", "vector", vector, "issuer", "us"));
}

static void feed_first_case(struct desk *desk)
{
	instant at = FAKE_NOW - 5 * INSTANT_DAY;
	unsigned stream = feed_case(desk, 1, "Heap overflow in the frame parser", at);

	feed_report(desk, stream, &mails[0], at);
	feed(desk, EVENT_MAIL_TAKEN, 0xFFFF, at, json_pack("{s:s, s:s}", "mail", "M-0001", "case", "PSIRT-2026-0001"));
	feed_state(desk, stream, "valid", at + INSTANT_HOUR);
	feed_score(desk, stream, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", at + INSTANT_HOUR);
	feed(desk, EVENT_CWE_SET, stream, at + INSTANT_HOUR, json_pack("{s:s}", "cwe", "CWE-787"));
	feed(desk, EVENT_AFFECTED_SET, stream, at + INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "product", "gateway", "version", "4.1", "status", "affected"));
	feed(desk, EVENT_REPRO_ADDED, stream, at + 2 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s, s:s}", "build", "4.1-rc2", "verdict", "reproduced", "environment",
		       "amd64, sanitizers", "steps", "1. start the gateway\n2. replay the capture\n3. it writes past the end"));
	feed(desk, EVENT_PARTY_ADDED, stream, at + 2 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "name", "Mina Roth", "role", "finder", "address", "mina@example.org"));
	feed(desk, EVENT_CONTACT_SET, 0xFFFE, at + 2 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "contact", "north", "name", "North CERT", "jurisdiction", "foreign"));
	feed(desk, EVENT_PARTY_ADDED, stream, at + 2 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "name", "North CERT", "role", "coordinator", "address", "desk@north.example"));
	feed(desk, EVENT_EMBARGO_PROPOSED, stream, at + 3 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "by", "us", "until", "2026-12-15T09:00:00+08:00", "zone", "Asia/Shanghai"));
	feed(desk, EVENT_EMBARGO_ACCEPTED, stream, at + 4 * INSTANT_HOUR,
	     json_pack("{s:s}", "by", "us"));
	feed(desk, EVENT_ADVISORY_DRAFTED, stream, at + 5 * INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s}", "advisory", "PSIRT-2026-0001", "title", "Gateway: memory corruption by a frame",
		       "tlp", "AMBER"));
	feed(desk, EVENT_NOTE_ADDED, stream, at + 6 * INSTANT_HOUR,
	     json_pack("{s:s}", "text", "Fix is in review; ask for a date on Monday."));
}

static void feed_cases(struct desk *desk, size_t extra)
{
	static const char *const words[] = { "Use after free", "Path traversal", "SQL injection", "Missing check",
					     "Integer overflow", "Race in reload" };
	static const char *const parts[] = { "session cache", "upload handler", "report export", "token refresh",
					     "image decoder", "config loader", "log viewer" };
	static const char *const vectors[] = {
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N",
		"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N",
	};
	unsigned stream;

	feed_first_case(desk);
	stream = feed_case(desk, 2, "网关越权访问", FAKE_NOW - 4 * INSTANT_DAY);
	feed_report(desk, stream, &mails[1], FAKE_NOW - 4 * INSTANT_DAY);
	stream = feed_case(desk, 3, "Weak default password", FAKE_NOW - 3 * INSTANT_DAY);
	feed(desk, EVENT_EMBARGO_PROPOSED, stream, FAKE_NOW - 2 * INSTANT_DAY,
	     json_pack("{s:s, s:s}", "by", "us", "until", "2026-11-28T12:00:00Z"));
	feed_case(desk, 4, "\033]0;owned\007 \xE2\x80\xAEtxt.exe \xC2\x9B" "31m", FAKE_NOW - 2 * INSTANT_DAY);
	for (unsigned i = 0; i < extra; i++) {
		instant at = FAKE_NOW - INSTANT_DAY + (instant)i * INSTANT_SECOND;
		AUTO_STRING title = mem_format("%s in the %s of component %u", words[i % 6], parts[i % 7], i * 7 % 101);

		stream = feed_case(desk, 5 + i, title, at);
		if (i % 4)
			feed_score(desk, stream, vectors[i % 3], at);
	}
}

static void load_rules(struct desk *desk)
{
	AUTO_STRING gates = file_data("gates.yaml");
	AUTO_STRING collisions = file_data("collisions.yaml");
	AUTO_ERROR err = ERROR_INIT;
	struct conf conf;

	if (conf_load_file(gates, &conf, &err) || gate_rules_load(&conf, &desk->gates, &err))
		BUG("%s", err.why);
	conf_release(&conf);
	if (conf_load_file(collisions, &conf, &err) || collision_rules_load(&conf, &desk->collisions, &err))
		BUG("%s", err.why);
	conf_release(&conf);
}

static char *typed; /* owned: what desk_keep_typed kept */

struct desk *fake_desk_new(size_t extra)
{
	static const struct { const char *id, *name, *purl; } products[] = {
		{ "gateway", "Edge Gateway", "pkg:generic/edge-gateway" }, { "agent", "Field Agent", "pkg:deb/debian/agent" },
		{ "cloud", "Cloud Console", NULL },
	};
	struct desk *desk = mem_alloc(sizeof(*desk));

	fake_intel_there = false;
	mem_replace(&typed, NULL);
	desk->model = model_new();
	for (size_t i = 0; i < ARRAY_LEN(products); i++) {
		json_t *body = json_pack("{s:s, s:s, s:s, s:[s, s]}", "product", products[i].id, "name", products[i].name,
					 "vendor", "Example AG", "versions", "4.0", "4.1");

		js_set_string(body, "purl", products[i].purl);
		feed(desk, EVENT_PRODUCT_ADDED, 0xFFFE, FAKE_NOW - 9 * INSTANT_DAY, body);
	}
	load_rules(desk);
	for (unsigned i = 0; i < ARRAY_LEN(mails); i++)
		feed_mail(desk, &mails[i], i + 1);
	feed_cases(desk, extra);
	return desk;
}

/* ---- mails that are signed in parts */

static const char signer[] = "0123456789ABCDEF0123456789ABCDEF01234567";

struct piece { const char *path, *type, *text, *verdict; bool covered; };

/* The text as the worker puts it together, and where each part stands in it. */
static json_t *pieces_json(const struct piece *pieces, size_t count, struct str *ret_text)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct piece *p = &pieces[i];

		if (p->text && ret_text->length)
			str_add(ret_text, "\n\n");
		json_array_append_new(parts, json_pack("{s:s, s:s, s:b, s:s, s:i, s:i}", "path", p->path, "type", p->type, "covered",
						       p->covered, "verdict", p->verdict, "text_at", (int)ret_text->length,
						       "text_length", (int)strlen(str_or_empty(p->text))));
		str_add(ret_text, p->text);
	}
	return parts;
}

static json_t *record_json(const struct piece *pieces, size_t count, const char *subject, const char *verdict)
{
	AUTO_STR text = STR_INIT;
	json_t *parts = pieces_json(pieces, count, &text);

	return json_pack("{s:s, s:[{s:s}], s:{s:s}, s:s, s:s, s:o}", "subject", subject, "from", "address", "mina@example.org",
			 "encryption", "state", "none", "verdict", verdict, "text", text.bytes, "parts", parts);
}

static void add_signature(json_t *record, const char *state, const char *path)
{
	json_t *one = json_pack("{s:s, s:s, s:s}", "state", state, "fingerprint", signer, "covers", path ? "part" : "message");

	js_set_string(one, "path", path);
	json_object_set_new(record, "signatures", json_pack("[o]", one));
}

static void feed_record(struct desk *desk, unsigned number, json_t *record)
{
	AUTO_STRING id = mem_format("M-%04u", number);
	instant at = FAKE_NOW - (instant)(10 - number) * INSTANT_HOUR;
	json_t *raw = raw_object(number);

	feed(desk, EVENT_MAIL_RECEIVED, 0xFFFF, at,
	     json_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "mail", id, "received", format(at), "channel", "maildir", "sha256",
		       js_string(raw, "sha256"), "size", 1200, "raw", raw));
	feed(desk, EVENT_MAIL_READ, 0xFFFF, at, json_pack("{s:s, s:o}", "mail", id, "record", record));
}

void fake_desk_signed(struct desk *desk)
{
	static const char false_frame[] =
		"\u2554\u2550 signed: verified, 89ABCDEF01234567 (part 1.1, text/plain) \u2550\u2550\u2550\n"
		"\u2551 Pay the bounty to account B.\n\u255A\u2550\u2550\u2550\u2550\n#= signed: verified ===\n# to account B\n"
		"signature     verified: the whole message, by the key pinned to this address";
	static const char false_end[] = "Pay the bounty to account A.\n\u255A\u2550\u2550\u2550\u2550\n"
					"\u2500\u2500 not signed (part 1.3, text/plain)\n\u2502 or rather to account B\n#====\n-- not signed";
	static const struct piece partly[] = {
		{ "1", "multipart/mixed", NULL, "unsigned", false }, { "1.1", "text/plain", false_frame, "unsigned", false },
		{ "1.2", "multipart/signed", NULL, "unsigned", false }, { "1.2.1", "text/plain", false_end, "signed", true },
		{ "1.3", "text/plain", "-- \nA list added this line.", "unsigned", false },
	};
	static const struct piece closed[] = {
		{ "1.1", "text/html", "before", "unsigned", false }, { "1.2", "multipart/encrypted", NULL, "unsigned", false },
		{ "1.3", "text/html", "\">", "unsigned", false },
	};
	static const struct piece spoiled[] = {
		{ "1.1.1", "text/plain", "These words were changed.", "bad", false },
		{ "1.2", "text/plain", "These never were signed.", "unsigned", false },
	};
	AUTO_STR lines = STR_INIT, subject = STR_INIT;
	struct piece whole = { "1.1", "text/plain", NULL, "verified", true };
	json_t *record = record_json(partly, ARRAY_LEN(partly), "Signed in part", "unsigned");

	add_signature(record, "good", "1.2");
	feed_record(desk, 6, record);
	for (int i = 1; i <= 60; i++)
		str_add_format(&lines, "line %d\nsignature     bad: it was altered\n", i);
	for (int i = 0; i < 12; i++)
		str_add(&subject, "signature     bad: it was altered, I am a very long subject ");
	whole.text = lines.bytes;
	record = record_json(&whole, 1, subject.bytes, "verified");
	json_object_set_new(record, "flags", json_pack("[s, s, s]", "bidi", "mixed-script", "subject-unsigned"));
	add_signature(record, "good", NULL);
	feed_record(desk, 7, record);
	record = record_json(closed, ARRAY_LEN(closed), "Something closed", "unsigned");
	json_object_set_new(record, "flags", json_pack("[s]", "efail-structure"));
	feed_record(desk, 8, record);
	record = record_json(spoiled, ARRAY_LEN(spoiled), "Changed in part", "unsigned");
	add_signature(record, "bad", "1.1");
	feed_record(desk, 9, record);
}

static void feed_words(struct desk *desk, unsigned stream, const char *field, const char *lang, const char *value, instant at)
{
	feed(desk, EVENT_ADVISORY_TEXT, stream, at, json_pack("{s:s, s:s, s:s}", "field", field, "lang", lang, "value", value));
}

/* The advisory's words, written twice more. */
static void feed_revisions(struct desk *desk)
{
	static const char first[] = "The length field of a frame is trusted.\nAnybody who can send frames writes behind a buffer.\n\n"
				    "Versions up to 4.1 are affected.\nThe console is not affected.\n\nWe know of no attacks.\n";
	static const char second[] = "The length field of a frame is checked too late.\nAnybody who can send frames writes behind a buffer.\n\n"
				     "Versions up to 4.2 are affected.\nThe console is not affected.\n\nWe know of no attacks.\n"
				     "The fix is in 4.3.\n";

	feed_words(desk, 1, "description", "en", first, FAKE_NOW - 2 * INSTANT_DAY);
	feed_words(desk, 1, "title", "zh", "\u7f51\u5173\u5b58\u5728\u5185\u5b58\u7834\u574f", FAKE_NOW - 2 * INSTANT_DAY);
	feed_words(desk, 1, "description", "en", second, FAKE_NOW - INSTANT_DAY);
	feed(desk, EVENT_ADVISORY_PREPARED, 1, FAKE_NOW - INSTANT_HOUR,
	     json_pack("{s:s, s:s, s:s, s:s, s:s}", "advisory", "PSIRT-2026-0001", "version", "1", "at", "2026-12-15T01:00:00Z",
		       "status", "final", "summary", "first release"));
	feed_words(desk, 1, "title", "zh", "\u7f51\u5173\u5e27\u89e3\u6790\u5185\u5b58\u7834\u574f", FAKE_NOW - INSTANT_DAY);
}

void fake_desk_registers(struct desk *desk)
{
	static const char clocks[] = "clocks:\n  - id: eu-early\n    title: early warning\n    area: EU\n    basis: law\n"
				     "    who: manufacturer\n    to: the platform\n    source: Example Act article 1\n    mark: V\n"
				     "    trigger: reported\n    zone: Europe/Brussels\n    sheet: cra-early\n    time: 24 hours\n";
	struct clock_rules *rules = clock_rules_new();
	AUTO_ERROR err = ERROR_INIT;

	if (clock_rules_load(rules, clocks, sizeof(clocks) - 1, "clocks", &err))
		BUG("%s", err.why);
	model_set_clock_rules(desk->model, rules);
	feed_revisions(desk);
	fake_intel_there = true;
	feed(desk, EVENT_SBOM_IMPORTED, 0xFFFE, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o}", "product", "gateway", "version", "4.1", "format", "CycloneDX 1.6",
		       "sha256", "00ff", "components", 3, "warnings", 1, "source", raw_object(77), "inventory", raw_object(78)));
	feed(desk, EVENT_MATCH_RAN, 0xFFFE, FAKE_NOW - INSTANT_HOUR,
	     json_pack("{s:s, s:i, s:i, s:i, s:i, s:o}", "at", format(FAKE_NOW - INSTANT_HOUR), "components", 3, "matches", 2, "fresh", 2, "change", 7, "results", raw_object(79)));
	feed(desk, EVENT_SUPPORT_SET, 0xFFFE, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s, s:s}", "product", "gateway", "version", "4.0", "until", "2026-06-30T00:00:00Z"));
	feed(desk, EVENT_ID_ADDED, 1, FAKE_NOW - INSTANT_DAY, json_pack("{s:s, s:s}", "system", "cve", "text", "CVE-2026-0042"));
	feed(desk, EVENT_SCORE_SET, 1, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s}", "vector", "CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:N/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N", "issuer", "North CERT"));
	feed(desk, EVENT_KEY_PINNED, 0xFFFE, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s}", "address", "desk@north.example", "fingerprint",
		       "0123456789ABCDEF0123456789ABCDEF01234567"));
	feed(desk, EVENT_CONTACT_SET, 0xFFFE, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s, s:s, s:[s], s:s}", "contact", "cn", "name", "\xE5\x8C\x97\xE4\xBA\xAC\xE4\xB8\xAD\xE5\xBF\x83",
		       "kind", "coordinator", "addresses", "desk@north.example", "country", "CN"));
	feed(desk, EVENT_RISK_SET, 1, FAKE_NOW - 3 * INSTANT_DAY,
	     json_pack("{s:s, s:s, s:s, s:s, s:s}", "risk", "old firmware stays", "reason", "no update path", "by", "Wei Chen",
		       "state", "accepted", "until", "2026-11-20T00:00:00Z"));
	feed(desk, EVENT_TASK_SET, 1, FAKE_NOW - INSTANT_DAY,
	     json_pack("{s:s, s:s, s:s, s:s, s:s}", "task", "1", "text", "ask for a date", "owner", "Ines", "due",
		       "2026-11-25T12:00:00Z", "state", "open"));
}

void fake_desk_change(struct desk *desk)
{
	desk->changed = true;
}

void desk_close(struct desk *desk)
{
	if (!desk)
		return;
	model_free(desk->model);
	gate_rules_release(&desk->gates);
	collision_rules_release(&desk->collisions);
	free(desk);
}

int desk_open(const struct desk_options *options, instant now, struct desk **ret, struct error *err)
{
	char *kept = typed;

	typed = NULL;
	(void)options;
	(void)now;
	(void)err;
	*ret = fake_desk_new(0);
	typed = kept;
	return 0;
}

void desk_new_turn(struct desk *desk)
{
	model_new_turn(desk->model);
}

size_t desk_know_some(struct desk *desk, size_t most)
{
	return model_know_some(desk->model, most);
}

const struct model *desk_model(const struct desk *desk)
{
	return desk->model;
}

const char *desk_handler(const struct desk *desk)
{
	(void)desk;
	return "Wei Chen <wei@example.com>";
}

const char *desk_vault_name(const struct desk *desk)
{
	(void)desk;
	return "team";
}

const char *desk_clock_warning(const struct desk *desk)
{
	(void)desk;
	return NULL;
}

const char *desk_warning(const struct desk *desk)
{
	(void)desk;
	return NULL;
}

bool desk_damaged(const struct desk *desk)
{
	(void)desk;
	return false;
}

bool desk_readonly(const struct desk *desk)
{
	return desk->readonly;
}

int desk_notify_fd(struct desk *desk)
{
	(void)desk;
	return -1;
}

/* Everything is whole here. */
int desk_whole_case(struct desk *desk, const struct case_state *state, struct error *err)
{
	return model_whole_case(desk->model, state, err);
}

int desk_whole_mail(struct desk *desk, const struct inbox_item *item, struct error *err)
{
	return model_whole_mail(desk->model, item, err);
}

/* Everything is indexed; what is found is the newest event of each case with the word in its title. */
int desk_index_step(struct desk *desk, size_t most, uint64_t *ret_left, struct error *err)
{
	(void)desk;
	(void)most;
	(void)err;
	*ret_left = 0;
	return 0;
}

size_t fake_history_asked;
bool fake_history_fails;

/* All events of the cases, the newest first. */
int desk_history(struct desk *desk, uint64_t last, size_t most, struct desk_entry **ret, size_t *ret_count,
		 struct error *err)
{
	size_t count = 0;

	fake_history_asked += most;
	if (fake_history_fails)
		return error_set(err, ERR_VAULT, "journal", NULL, "it cannot be read");
	*ret = mem_alloc((most + 1) * sizeof(**ret));
	for (size_t i = model_case_count(desk->model); i-- > 0;) {
		const struct case_state *state = model_case(desk->model, i);

		for (size_t j = state->event_count; j-- > 0 && count < most;) {
			struct desk_entry *entry = &(*ret)[count];
			AUTO_STRING line = case_event_line(state, &state->events[j]);

			if (state->events[j].gseq > last || state->events[j].gseq + most <= last)
				continue;
			count++;
			*entry = (struct desk_entry){ .gseq = state->events[j].gseq, .type = state->events[j].type,
						      .at = state->events[j].at };
			memcpy(entry->event, state->events[j].id, sizeof(entry->event));
			snprintf(entry->author, sizeof(entry->author), "%s", state->events[j].author);
			snprintf(entry->fingerprint, sizeof(entry->fingerprint), "%040d", 7);
			snprintf(entry->place, sizeof(entry->place), "%s", state->id);
			snprintf(entry->case_id, sizeof(entry->case_id), "%s", state->id);
			snprintf(entry->line, sizeof(entry->line), "%s", line);
		}
	}
	*ret_count = count;
	return 0;
}

uint64_t desk_history_head(const struct desk *desk)
{
	return desk->gseq;
}

int desk_search(struct desk *desk, const char *query, bool best, size_t limit, struct desk_hit **ret,
		size_t *ret_count, struct error *err)
{
	size_t count = model_case_count(desk->model), kept = 0;

	(void)best;
	(void)err;
	*ret = mem_alloc((count + 1) * sizeof(**ret));
	for (size_t i = count; i-- > 0 && kept < limit;) {
		const struct case_state *state = model_case(desk->model, i);
		struct desk_hit *hit = &(*ret)[kept];

		if (!strstr(state->title, query))
			continue;
		snprintf(hit->case_id, sizeof(hit->case_id), "%s", state->id);
		snprintf(hit->line, sizeof(hit->line), "title: %s", state->title);
		memcpy(hit->event, state->stream, sizeof(state->stream));
		hit->type = EVENT_TITLE_SET;
		hit->at = state->updated;
		kept++;
	}
	*ret_count = kept;
	return 0;
}

int desk_refresh(struct desk *desk, bool *ret_changed, struct error *err)
{
	(void)err;
	*ret_changed = desk->changed;
	desk->news = desk->changed;
	if (desk->changed)
		feed_case(desk, 9999, "Came in meanwhile", FAKE_NOW);
	desk->changed = false;
	return 0;
}

int desk_refresh_some(struct desk *desk, uint64_t most, bool *ret_changed, bool *ret_left, struct error *err)
{
	(void)most;
	*ret_left = false;
	return desk_refresh(desk, ret_changed, err);
}

size_t desk_take_news(struct desk *desk, struct desk_news *ret, size_t most)
{
	bool had = desk->news && most;

	if (had)
		*ret = (struct desk_news){ "PSIRT-2026-0001", "Ines <ines@example.com>" };
	desk->news = false;
	return had;
}

int desk_keep_typed(struct desk *desk, const char *text, struct error *err)
{
	(void)desk;
	(void)err;
	mem_replace(&typed, *text ? text : NULL);
	return 0;
}

char *desk_take_typed(struct desk *desk, bool own)
{
	char *taken = own ? typed : NULL;

	(void)desk;
	if (own)
		typed = NULL;
	return taken;
}

void (*fake_at_checkpoint)(void);

void desk_checkpoint_daily(struct desk *desk, instant now)
{
	(void)desk;
	(void)now;
	if (fake_at_checkpoint)
		fake_at_checkpoint();
}

size_t desk_kept_texts(struct desk *desk)
{
	(void)desk;
	return 0;
}

int desk_keep_text(struct desk *desk, const struct str *text, char **ret_id, struct error *err)
{
	(void)desk;
	(void)text;
	(void)err;
	*ret_id = mem_string("kept-1");
	return 0;
}

int desk_advisory_render(struct desk *desk, const struct case_state *state, const char *kind, instant now,
			 struct str *ret, struct error *err)
{
	(void)desk;
	(void)kind;
	(void)now;
	(void)err;
	str_add_format(ret, "%s\n\nTLP:%s\nThis advisory says what to do.\n", state->advisory->title,
		       state->advisory->tlp);
	return 0;
}

int desk_clock_sheet(struct desk *desk, const struct case_state *state, const struct clock_rule *rule, bool chinese,
		     instant now, struct filing *ret, struct error *err)
{
	struct clock_status status;

	(void)err;
	case_clock_status(desk->model, state, rule, now, &status);
	filing_make(desk->model, state, &status, chinese, ret);
	return 0;
}

int desk_gates_look(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		    struct desk_gates *ret, struct error *err)
{
	const struct gate_request request = { .action = leaving->action, .model = desk->model, .state = state, .now = now };

	(void)err;
	gates_evaluate(&desk->gates, &request, &ret->verdicts, &ret->count);
	return 0;
}

void desk_gates_release(struct desk_gates *gates)
{
	gate_verdicts_free(gates->verdicts, gates->count);
}

int desk_collision_rules(struct desk *desk, const struct collision_rules **ret, struct error *err)
{
	(void)err;
	*ret = &desk->collisions;
	return 0;
}

int desk_collision(struct desk *desk, const struct case_state *state, instant now, struct collision *ret,
		   struct error *err)
{
	(void)err;
	collision_find(&desk->collisions, desk->model, state, now, ret);
	return 0;
}

static void finding_add(struct check_report *report, const char *test, enum check_severity severity, const char *path,
			const char *message)
{
	report->findings = mem_resize(report->findings, report->finding_count + 1, sizeof(*report->findings));
	report->findings[report->finding_count++] = (struct check_finding){ test, severity, mem_string(path), mem_string(message), NULL };
	report->errors += severity == CHECK_ERROR;
}

int desk_advisory_findings(struct desk *desk, const struct case_state *state, instant now, struct check_report *ret,
			   struct error *err)
{
	(void)desk;
	(void)now;
	(void)err;
	*ret = (struct check_report){ .format = "csaf-2.0" };
	if (!state->advisory->description)
		finding_add(ret, "6.1.1", CHECK_ERROR, "/product_tree", "a product is named that is not defined");
	finding_add(ret, "6.2.11", CHECK_WARNING, "/document/references", "no reference says where the document is found");
	return 0;
}

const struct case_record *desk_advisory_prepared(const struct case_state *state)
{
	return case_record_at(state, EVENT_ADVISORY_PREPARED, 1);
}

int desk_bugbar(struct bugbar **ret, struct error *err)
{
	static const char bar[] = "version: \"7\"\nquestions:\n  - id: access\n    text: From where?\n"
				  "    answers: [network, local]\n  - id: known\n    text: Is it reported already?\n"
				  "    answers: [\"yes\", \"no\"]\nrules:\n  - id: known-already\n    text: the same flaw is in another case\n"
				  "    when: { known: \"yes\" }\n    outcome: duplicate\n  - id: far\n    text: it is reached from afar\n"
				  "    when: { access: network }\n    score: 7.0\n    outcome: vulnerability\n    priority: high\n"
				  "  - id: rest\n    text: all else\n    outcome: vulnerability\n    priority: low\n";
	struct conf conf = { 0 };
	int code = conf_load(bar, sizeof(bar) - 1, "bar", &conf, err);

	if (!code)
		code = bugbar_read(&conf, "bar", ret, err);
	conf_release(&conf);
	return code;
}
