/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and what is found in them. */
#include "psirtty/model/lint.h"

#include "psirtty/base/file.h"
#include "tests/unit/tap.h"

static struct lint_rules *rules;

static const char *const customers[] = { "Acme Utilities", "东风电力" };
static const char *const hosts[] = { "northgate.example.net", "northgate.cn" };
static const char *const versions[] = { "2.4.1.7" };
static const struct lint_context all = {
	.names = customers, .name_count = 2, .hosts = hosts, .host_count = 2, .versions = versions,
	.version_count = 1, .severity = "high",
};

/* Every row: a text and the rules that hit in it, in order, with what was hit. */
static const struct { const char *text, *hits; } rows[] = {
	{ "", "" },
	{ "A crafted packet stops the service.", "" },
	{ "Seen at 10.20.30.40 behind the gate.", "ipv4=10.20.30.40 " },
	{ "Seen at 192.0.2.7, 198.51.100.9 and 203.0.113.255.", "" },
	{ "Port http://172.16.4.9:8443/login answers", "ipv4=172.16.4.9 " },
	{ "Loopback 127.0.0.1 is fine", "" },
	{ "Versions before 2.4.1.7 are affected", "" },
	{ "firmware 9.8.7.6 and version 1.2.3.4 and 版本 4.3.2.1", "" },
	{ "300.1.2.3 is no address", "" },
	{ "from 2a02:1210::5 to us", "ipv6=2a02:1210::5 " },
	{ "from 2001:db8::5 and ::1", "" },
	{ "at 12:30:45 the log says a::b::", "ipv6=a::b " },
	{ "card 00:1b:44:11:3a:b7 spoke", "mac=00:1b:44:11:3a:b7 " },
	{ "card 00:00:5e:00:53:01 is an example", "" },
	{ "on scada.acme.com it hangs", "host=scada.acme.com " },
	{ "write to bob@plant.local now", "host=plant.local " },
	{ "see src/net/tls.c and index.html and python3.11", "" },
	{ "see https://nvd.nist.gov/vuln/detail/CVE-2026-1 and https://www.github.com/x/y", "" },
	{ "see https://support.northgate.cn/a and example.com, host.test", "" },
	{ "notgithub.com is another", "host=notgithub.com " },
	{ "The mast stands at 31.2304, 121.4737.", "coordinates=31.2304, 121.4737 " },
	{ "CVSS 9.8, 7.5 and 3.14159 alone", "" },
	{ "Reported by ACME Utilities last week", "customer=ACME Utilities " },
	{ "Acme Utilitiesque is a word", "" },
	{ "东风电力的现场", "customer=东风电力 " },
	{ "Screenshot below", "phrase=Screenshot " },
	{ "这是核弹级漏洞", "phrase=核弹级 " },
	{ "A devastating, unprecedented flaw", "phrase=devastating phrase=unprecedented " },
	{ "devastatingly", "" },
	{ "a critical vulnerability", "severity-word=critical vulnerability " },
	{ "a high severity flaw, 高危", "" },
	{ "属于超危漏洞", "severity-word=超危 " },
	{ "More than 3,000 devices are hit.", "number-without-source=3,000 devices " },
	{ "According to our telemetry 3,000 devices are hit.", "" },
	{ "3,000 devices are hit [1]. Fix: 4.2", "" },
	{ "It is bad. According to us. 3,000 devices are hit. Nothing", "number-without-source=3,000 devices " },
	{ "约300万用户受影响。", "number-without-source=300万用户 " },
	{ "据统计约300万用户受影响。", "" },
	{ "Send 2 bitcoin or I will publish", "phrase=bitcoin phrase=or I will publish " },
};

static char *hits_line(const char *text, const struct lint_context *context)
{
	struct str line = STR_INIT;
	struct lint_hit *hits;
	size_t count;

	lint_text(rules, context, text, strlen(text), &hits, &count);
	for (size_t i = 0; i < count; i++)
		str_add_format(&line, "%s=%s ", hits[i].rule, hits[i].text);
	lint_hits_free(hits, count);
	return line.length ? str_detach(&line) : mem_string("");
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING got = hits_line(rows[i].text, &all);

		CHECK_STR(got, rows[i].hits, rows[i].text);
	}
}

static void test_severities(void)
{
	static const char *const grades[] = { "low", "medium", "high", "critical" };

	for (size_t claim = 0; claim < 4; claim++)
		for (size_t i = 0; i <= 4; i++) {
			struct lint_context context = { .severity = i < 4 ? grades[i] : NULL };
			AUTO_STRING text = mem_format("a %s severity flaw", grades[claim]);
			AUTO_STRING got = hits_line(text, &context);

			CHECK_QUIET((*got != '\0') == (i < 4 && i != claim), "claim %zu, recorded %zu: %s", claim, i,
				    got);
		}
	CHECK(true, "a grade in words is held against the recorded one, all twenty pairs");
}

static void test_places(void)
{
	struct lint_hit *hits;
	const char *text = "one\ntwo 10.1.1.1\n\nscreenshot";
	size_t count;

	lint_text(rules, &all, text, strlen(text), &hits, &count);
	CHECK(count == 2 && hits[0].line == 2 && hits[0].at == 8 && hits[1].line == 4, "lines and places");
	CHECK(hits[0].kind == LINT_NETWORK && hits[1].kind == LINT_NETWORK, "kinds");
	lint_hits_free(hits, count);
}

static void test_hostile(void)
{
	struct str text = STR_INIT;
	struct lint_hit *hits;
	size_t count;

	for (int i = 0; i < 3000; i++)
		str_add(&text, "10.1.1.1 \xff\xfe: ::::");
	lint_text(rules, &all, text.bytes, text.length, &hits, &count);
	CHECK(count == 1000, "at most a thousand hits (%zu)", count);
	lint_hits_free(hits, count);
	str_reset(&text);
	str_add_repeat(&text, '1', 300000);
	str_add_repeat(&text, '.', 300000);
	lint_text(rules, &all, text.bytes, text.length, &hits, &count);
	CHECK(count <= 1, "a long run of digits and dots ends");
	lint_hits_free(hits, count);
	str_release(&text);
}

static void test_mistakes(void)
{
	static const struct { const char *yaml, *line; } wrong[] = {
		{ "references: word\n", "line 1" },
		{ "version: 1\nextortion:\n  - a\n  - \"\"\n", "line 4" },
		{ "severity:\n  dire: [a]\n", "line 2" },
		{ "colour: blue\n", "line 1" },
		{ "- a\n", "line 1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct lint_rules *made = NULL;
		struct conf conf;

		if (conf_load(wrong[i].yaml, strlen(wrong[i].yaml), "lint.yaml", &conf, &err))
			exit(1);
		CHECK(lint_rules_load(&conf, &made, &err) == ERR_INPUT && strstr(err.why, wrong[i].line),
		      "%s is refused with its line", wrong[i].yaml);
		conf_release(&conf);
	}
}

int main(void)
{
	AUTO_STRING path = file_data("lint.yaml");
	AUTO_ERROR err = ERROR_INIT;
	struct conf conf;

	if (conf_load_file(path, &conf, &err) || lint_rules_load(&conf, &rules, &err)) {
		printf("not ok 1 - data/lint.yaml: %s\n", err.why);
		return 1;
	}
	conf_release(&conf);
	test_rows();
	test_severities();
	test_places();
	test_hostile();
	test_mistakes();
	lint_rules_free(rules);
	return tap_done();
}
