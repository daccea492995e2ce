/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.txt: each rule has a text that it alone finds, and no rule is without one; what the writer writes
 * passes; hostile bytes are bounded.
 */
#include "psirtty/format/security_txt.h"

#include "tap.h"

#define NOW  (1796083200 * INSTANT_SECOND) /* 2026-12-01 */
#define FPR  "0123456789ABCDEF0123456789ABCDEF01234567"
#define GOOD "Contact: mailto:psirt@vendor.example\nExpires: 2027-05-01T00:00:00Z\n" \
	     "Encryption: openpgp4fpr:" FPR "\nPolicy: https://vendor.example/policy\n"
#define FRAME(body) "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" body \
	     "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
#define PLACE "Canonical: https://vendor.example/.well-known/security.txt\n"

static const struct security_txt_facts facts = { FPR, 1811808000 * INSTANT_SECOND }; /* 2027-06-01 */

/* The text, and the rules that find something in it beside "not-signed". */
static const struct { const char *text, *found; } rows[] = {
	{ GOOD, "" },
	{ "# a comment\n\n" GOOD PLACE, "" },
	{ "contact:https://vendor.example/report\r\nEXPIRES: 2027-05-01T00:00:00+08:00\r\nEncryption: dns:x.example?type="
	  "OPENPGPKEY\r\nPolicy: https://v.example/p\r\nPreferred-Languages: en, zh-Hans\r\n", "" },
	{ "", "empty contact-missing expires-missing encryption-missing policy-missing" },
	{ " \n", "empty contact-missing expires-missing encryption-missing policy-missing" },
	{ GOOD "Contact: psirt@vendor.example\n", "contact-not-uri" },
	{ GOOD "Contact: http://vendor.example\n", "contact-not-uri" },
	{ GOOD "Contact: https://\n", "contact-not-uri" },
	{ GOOD "Contact: mailto:a@b c\n", "contact-not-uri" },
	{ GOOD "Contact:\n", "empty-value" },
	{ GOOD "Expires: 2027-05-01T00:00:00Z\n", "expires-twice" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\n", "expires-missing" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\nExpires: next year\n",
	  "expires-not-a-time" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\n"
	  "Expires: 2026-11-30T23:59:59Z\n", "expired" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\n"
	  "Expires: 2026-12-24T00:00:00Z\n", "expires-soon" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\n"
	  "Expires: 2029-12-24T00:00:00Z\n", "expires-far key-expires-first" },
	{ "Contact: tel:+1-201-555-0123\nEncryption: https://v.example/k\nPolicy: https://v.example/p\n"
	  "Expires: 2027-07-01T00:00:00Z\n", "key-expires-first" },
	{ "Contact: mailto:a@b.c\nExpires: 2027-05-01T00:00:00Z\nPolicy: https://v.example/p\n", "encryption-missing" },
	{ "Contact: mailto:a@b.c\nExpires: 2027-05-01T00:00:00Z\nEncryption: https://v.example/k\n", "policy-missing" },
	{ GOOD "Encryption: -----BEGIN PGP PUBLIC KEY BLOCK-----\n", "encryption-not-uri" },
	{ GOOD "Encryption: http://v.example/k\n", "encryption-not-uri" },
	{ GOOD "Encryption: openpgp4fpr:1123456789ABCDEF0123456789ABCDEF01234567\n", "encryption-other-key" },
	{ GOOD "Encryption: OPENPGP4FPR:0123456789abcdef0123456789abcdef01234567\n", "" },
	{ GOOD "Canonical: http://v.example/.well-known/security.txt\n", "canonical-not-https" },
	{ GOOD "Canonical: https://v.example/security.txt\n", "canonical-place" },
	{ GOOD "Policy: policy.html\n", "policy-not-https" },
	{ GOOD "Acknowledgments: ftp://v.example\n", "acknowledgments-not-https" },
	{ GOOD "Hiring: http://v.example\n", "hiring-not-https" },
	{ GOOD "CSAF: http://v.example\n", "policy-not-https" },
	{ GOOD "Preferred-Languages: en\nPreferred-Languages: zh\n", "languages-twice" },
	{ GOOD "Preferred-Languages: en zh\n", "languages-not-tags" },
	{ GOOD "Preferred-Languages: en,\n", "languages-not-tags" },
	{ GOOD "Preferred-Languages: -en\n", "languages-not-tags" },
	{ GOOD "Acknowledgements: https://v.example\n", "unknown-field" },
	{ GOOD "just text\n", "not-a-field" },
	{ GOOD "My Field: x\n", "not-a-field" },
	{ GOOD "Policy: https://v.example/\x01\n", "control-character" },
	{ GOOD "# \xff\n", "not-utf8" },
	{ GOOD "x-----BEGIN PGP SIGNATURE-----\n", "signature-frame not-a-field" },
	{ FRAME(GOOD PLACE), "" },
	{ FRAME(GOOD), "canonical-missing" },
	{ "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" GOOD PLACE, "signature-frame" },
	{ FRAME(GOOD PLACE) "Contact: mailto:evil@x.example\n", "signature-frame" },
	{ "Contact: mailto:evil@x.example\n" FRAME(GOOD PLACE), "signature-frame" },
	{ FRAME("- Contact: mailto:a@b.c\nExpires: 2027-05-01T00:00:00Z\nEncryption: https://v.example/k\n"
		"Policy: https://v.example/p\n" PLACE), "" },
};

static bool has(const struct security_txt_report *report, const char *id)
{
	for (size_t i = 0; i < report->count; i++)
		if (str_equal(report->findings[i].id, id))
			return true;
	return false;
}

static bool named(const char *list, const char *id)
{
	size_t length = strlen(id);

	for (const char *at = strstr(list, id); at; at = strstr(at + 1, id))
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static bool outside(const char *id)
{
	return str_equal(id, "not-signed") || str_equal(id, "signature-bad") || str_equal(id, "signature-other-key");
}

static void test_rows(bool seen[64])
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct security_txt_report report;
		enum security_txt_weight weight;
		const char *message, *id;
		bool right = true, bad = false;

		security_txt_lint(rows[i].text, strlen(rows[i].text), &facts, NOW, &report);
		for (size_t n = 0; (id = security_txt_rule(n, &weight, &message)); n++) {
			bool is = has(&report, id);

			seen[n] = seen[n] || is;
			bad = bad || (is && weight == SECURITY_TXT_ERROR);
			if (!outside(id) && is != named(rows[i].found, id)) {
				right = false;
				printf("# row %zu: %s %s\n", i, is ? "found" : "did not find", id);
			}
		}
		/* a text in front of the frame takes its lines with it: there the frame alone is looked at */
		if (strstr(rows[i].found, "signature-frame") && !report.is_signed)
			right = has(&report, "signature-frame");
		CHECK(right && security_txt_bad(&report) == bad, "row %zu: %s", i, *rows[i].found ? rows[i].found : "whole");
		security_txt_report_release(&report);
	}
}

static void test_all_seen(bool seen[64])
{
	struct security_txt_report report;
	enum security_txt_weight weight;
	const char *message, *id;
	AUTO_STR large = STR_INIT;

	str_add(&large, GOOD);
	str_add(&large, "# ");
	str_add_repeat(&large, 'x', 3000);
	str_add(&large, "\n");
	for (int i = 0; i < 5000; i++)
		str_add(&large, "?????????\n");
	security_txt_lint(large.bytes, large.length, &facts, NOW, &report);
	CHECK(has(&report, "too-large") && has(&report, "long-line") && report.count == 200, "bounded, as it says");
	for (size_t n = 0; (id = security_txt_rule(n, &weight, &message)); n++)
		seen[n] = seen[n] || has(&report, id);
	security_txt_add(&report, "signature-bad");
	security_txt_report_release(&report);
	for (size_t n = 0; (id = security_txt_rule(n, &weight, &message)); n++)
		CHECK(seen[n] || str_equal(id, "signature-bad") || str_equal(id, "signature-other-key"),
		      "rule %s is found somewhere", id);
}

static void test_writer(void)
{
	const char *const contacts[] = { "psirt@vendor.example", "https://vendor.example/report", NULL };
	const char *const keys[] = { "openpgp4fpr:" FPR, NULL };
	const char *const place[] = { "https://vendor.example/.well-known/security.txt", NULL };
	const char *const policy[] = { "https://vendor.example/policy", NULL };
	const struct security_txt what = { .contacts = contacts, .expires = NOW + 100 * INSTANT_DAY, .encryption = keys,
					   .canonical = place, .policy = policy, .languages = "en, zh" };
	struct security_txt_report report;
	AUTO_STR text = STR_INIT;

	security_txt_write(&what, &text);
	CHECK(strstr(text.bytes, "Contact: mailto:psirt@vendor.example\n") != NULL, "a bare address becomes a URI");
	security_txt_lint(text.bytes, text.length, &facts, NOW, &report);
	CHECK(report.count == 1 && has(&report, "not-signed"), "what is written passes");
	CHECK(report.expires == what.expires, "and says when it ends");
	security_txt_report_release(&report);
}

static void test_noise(void)
{
	AUTO_STR noise = STR_INIT;
	uint32_t dice = 7;

	for (int round = 0; round < 3000; round++) {
		struct security_txt_report report;

		str_reset(&noise);
		for (int i = 0; i < 300; i++) {
			dice = dice * 1664525u + 1013904223u;
			str_add_char(&noise, (char)(dice >> 24 & 1 ? ":\n -#CEP"[dice >> 16 & 7] : (char)(dice >> 8)));
		}
		security_txt_lint(noise.bytes, noise.length, NULL, NOW, &report);
		CHECK_QUIET(security_txt_bad(&report), "noise is bad");
		security_txt_report_release(&report);
	}
	CHECK(tap_failed == 0, "noise");
}

int main(void)
{
	bool seen[64] = { false };

	test_rows(seen);
	test_all_seen(seen);
	test_writer();
	test_noise();
	return tap_done();
}
