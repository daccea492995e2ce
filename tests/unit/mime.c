/* SPDX-License-Identifier: Apache-2.0 */
/* The mail decoders and the writer of letters, by tables. */
#include "psirtty/format/header.h"

#include "tests/unit/tap.h"

/* Latin-1 and UTF-8 are enough to see that charsets are passed on. */
static bool convert(void *context, const char *charset, const char *bytes, size_t length, struct str *ret)
{
	(void)context;
	if (str_casecmp(charset, "iso-8859-1") == 0) {
		for (size_t i = 0; i < length; i++)
			str_add_utf8(ret, (unsigned char)bytes[i]);
		return true;
	}
	str_add_bytes(ret, bytes, length);
	return str_casecmp(charset, "utf-8") == 0;
}

struct row { const char *in, *out; };

static void test_header_words(void)
{
	static const struct row rows[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=", "Hello world" },
		{ "=?UTF-8?B?SGVsbG8=?=\r\n =?UTF-8?B?IHdvcmxk?=", "Hello world" },
		{ "=?UTF-8?B?SGVsbG8=?==?UTF-8?B?IHdvcmxk?=", "Hello world" },
		{ "=?utf-8?q?a_b?= c =?utf-8?Q?d=20e?=", "a b c d e" },
		{ "=?utf-8?Q?=E4=BD?= =?utf-8?Q?=A0?=", "你" },
		{ "=?utf-8?B?5L0=?= =?utf-8?B?oA==?=", "你" },
		{ "=?iso-8859-1*de?Q?=FC?=", "ü" },
		{ "=?iso-8859-1?Q?=FC?= =?utf-8?Q?=C3=BC?=", "üü" },
		{ "=?utf-8?Q?x=0D=0ABcc:_m@e?=", "x\xEF\xBF\xBD\xEF\xBF\xBD" "Bcc: m@e" },
		{ "=?utf-8?Q?a=00b?=", "a\xEF\xBF\xBD" "b" },
		{ "a\r\n b", "a b" },
		{ "a\n\tb", "a b" },
		{ "a\rb", "a\xEF\xBF\xBD" "b" },
		{ "a\r\nb", "a\xEF\xBF\xBD\xEF\xBF\xBD" "b" },
		{ "raw \xFC byte", "raw \xEF\xBF\xBD byte" },
		{ "=?utf-8?Q?open", "=?utf-8?Q?open" },
		{ "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
		{ "=??Q?abc?=", "=??Q?abc?=" },
		{ "=?", "=?" },
		{ "=?utf-8?Q?bad=ZZ=4?=", "bad=ZZ=4" },
		{ "=?utf-8?Q?" "?=x", "x" },
		{ "1 =?utf-8?Q?two words?= 3", "1 two words 3" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		mime_decode_header(rows[i].in, strlen(rows[i].in), convert, NULL, &s);
		CHECK_STR(s.bytes, rows[i].out, "header text");
	}
}

static void test_base64(void)
{
	static const struct row rows[] = {
		{ "VklSVVMhIQ==", "VIRUS!!" },
		{ "VkI=VVNFISE=", "VBUSE!!" },
		{ "VkkA=", "VI" },
		{ "VklS=VVMhIQ==", "VIRUS!!" },
		{ "Vkk=UlVTISE=", "VIRUS!!" },
		{ "Vkk=\r\nUlVTISE=", "VIRUS!!" },
		{ "V k*l\xFFS-VVMh\r\nIQ", "VIRUS!!" },
		{ "V", "" },
		{ "VQ", "U" },
		{ "====", "" },
		{ "", "" },
	};
	static char big[4096], line[6000];
	AUTO_STR coded = STR_INIT, back = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		mime_decode_base64(rows[i].in, strlen(rows[i].in), &s);
		CHECK_STR(s.bytes, rows[i].out, "base64");
	}
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + i / 256);
	for (size_t length = 0; length < sizeof(big); length += length < 300 ? 1 : 511) {
		str_reset(&coded);
		str_reset(&back);
		str_add_base64(&coded, big, length);
		mime_decode_base64(coded.bytes, coded.length, &back);
		CHECK_QUIET(back.length == length && memcmp(back.bytes, big, length) == 0,
			    "base64 there and back, %zu bytes", length);
	}
	memset(line, '=', sizeof(line));
	str_reset(&back);
	mime_decode_base64(line, sizeof(line), &back);
	CHECK(back.length == 0, "nothing but padding is nothing");
}

static void test_quoted_printable(void)
{
	static const struct row rows[] = {
		{ "a=3Db", "a=b" }, { "soft=\r\nline", "softline" }, { "soft=\nline", "softline" },
		{ "soft= \t\r\nline", "softline" }, { "end=", "end" }, { "end= ", "end" },
		{ "trail  \r\nx", "trail\r\nx" }, { "trail \t", "trail" }, { "in  side", "in  side" },
		{ "=4", "=4" }, { "=G0", "=G0" }, { "=c3=bc", "ü" }, { "==41", "=A" }, { "", "" },
		{ "a\rb", "a\rb" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		mime_decode_quoted_printable(rows[i].in, strlen(rows[i].in), &s);
		CHECK_STR(s.bytes, rows[i].out, "quoted-printable");
	}
}

static void test_parameters(void)
{
	static const struct { const char *value, *name, *out; } rows[] = {
		{ "text/plain; charset=utf-8", "charset", "utf-8" },
		{ "text/plain; CharSet = \"utf-8\" ; x=y", "charset", "utf-8" },
		{ "text/plain", "charset", NULL },
		{ "a/b; name=\"a;b\\\"c\"", "name", "a;b\"c" },
		{ "a/b; name*=UTF-8''%e4%bd%a0.txt", "name", "你.txt" },
		{ "a/b; name*=iso-8859-1'de'%FC", "name", "ü" },
		{ "a/b; name*0=one; name*1=two", "name", "onetwo" },
		{ "a/b; name*1=two; name*0=one", "name", "onetwo" },
		{ "a/b; name*0*=utf-8''%e4%bd; name*1*=%a0; name*2=\" x\"", "name", "你 x" },
		{ "a/b; name*0=a; name*2=c; name*0=z; name*4294967297=q; name*-1=n", "name", "a" },
		{ "a/b; name=plain; name*=utf-8''better", "name", "better" },
		{ "a/b; name=first; name=second", "name", "first" },
		{ "a/b; name==?utf-8?Q?=E4=BD=A0?=", "name", "你" },
		{ "a/b; name=\"=?utf-8?B?5L2g?=\"", "name", "你" },
		{ "a/b; filename*=utf-8''a%00.txt%0a", "filename", "a\xEF\xBF\xBD.txt\xEF\xBF\xBD" },
		{ "a/b; names=x", "name", NULL },
		{ "a/b; name", "name", NULL },
		{ "a/b; name=", "name", "" },
		{ "a/b; name=\"open", "name", "open" },
		{ "a/b; name*99=x", "name", NULL },
		{ "a/b; name*100=x; name*0*1=y", "name", NULL },
		{ "a/b;;; name=x;", "name", "x" },
		{ "a/b; boundary=\"a\"; boundary=\"b\"", "boundary", "a" },
		{ "", "name", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;
		bool found = mime_parameter(rows[i].value, strlen(rows[i].value), rows[i].name, convert,
					    NULL, &s);

		CHECK_STR(found ? s.bytes : NULL, rows[i].out, rows[i].value);
	}
}

static void test_names(void)
{
	static const struct row rows[] = {
		{ "report.pdf", "report.pdf" }, { "../../.bashrc", "bashrc" }, { "/etc/passwd", "passwd" },
		{ "C:\\x\\y.txt", "y.txt" }, { "a\x1B[2Jb", "a_[2Jb" }, { "a\xE2\x80\xAE" "gpj.exe", "a_gpj.exe" },
		{ "-rf", "_-rf" }, { "|id", "_id" }, { "", "attachment-7" }, { NULL, "attachment-7" },
		{ "...", "attachment-7" }, { "/", "attachment-7" }, { "CON", "_CON" }, { "con.txt", "_con.txt" },
		{ "console.txt", "console.txt" }, { "  x  ", "x" }, { "e\xCC\x81.txt", "é.txt" },
		{ "\xFF.txt", "_.txt" }, { "报告.pdf", "报告.pdf" }, { "a:b", "a_b" }, { "~root", "_~root" },
		{ "x.", "x" }, { "a\nb", "a_b" }, { "LPT1.tar.gz", "_LPT1.tar.gz" }, { "___", "attachment-7" },
	};
	char longest[5001];
	AUTO_STRING cut = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRING safe = mime_safe_name(rows[i].in, 7);

		CHECK_STR(safe, rows[i].out, "safe name");
	}
	memset(longest, 'x', 5000);
	memcpy(longest + 4000, ".tar", 5);
	cut = mime_safe_name(longest, 1);
	CHECK(strlen(cut) == 128 && str_ends(cut, ".tar"), "a long name is cut and keeps its extension");
}

/* Whatever comes in, what comes out is safe: every byte in every place of a short name. */
static void test_names_exhaustive(void)
{
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			char name[3] = { (char)a, (char)b, '\0' };
			AUTO_STRING safe = mime_safe_name(name, 1);

			CHECK_QUIET(*safe && *safe != '.' && *safe != '-' && *safe != ' ' &&
					    !strpbrk(safe, "/\\\n\r\x1B") &&
					    utf8_valid(safe, strlen(safe)),
				    "name of the bytes %02x %02x", (unsigned)a, (unsigned)b);
		}
	CHECK(1, "65,025 names of two bytes are safe");
}

static void test_html(void)
{
	static const struct { const char *html, *text; bool remote; } rows[] = {
		{ "<p>One</p><p>Two</p>", "One\n\nTwo\n", false },
		{ "a<br>b", "a\nb\n", false },
		{ "<script>x<b>y</script>z", "z\n", false },
		{ "<style>p{}</style>z", "z\n", false },
		{ "<style>@import 'x'</style>z", "z\n", true },
		{ "<p>Publish on day 90.</p><p style=\"display:none\">Publish today.</p><div>b</div>",
		  "Publish on day 90.\n\n[hidden: 13 characters]\nb\n", false },
		{ "a<span style=\"font-size: 0\">hidden</span>b", "a [hidden: 6 characters] b\n", false },
		{ "a<div style='DISPLAY : NONE'>x<div>y</div>z</div>b", "a\n[hidden: 3 characters] b\n", false },
		{ "<a href=\"https://evil.example/x\">https://good.example</a>",
		  "https://good.example <https://evil.example/x>\n", false },
		{ "<a href=\"https://a.example\">https://a.example</a>", "https://a.example\n", false },
		{ "<img src=\"http://evil.example/x.png\" alt=\"pic\">", "[pic]\n", true },
		{ "<img src=\"cid:1\">", "", false },
		{ "<div background=//evil.example/x>t</div>", "t\n", true },
		{ "<p style=\"background:url(http://e/)\">t</p>", "t\n", true },
		{ "<link rel=stylesheet href=http://e/x.css>t", "t\n", true },
		{ "&lt;b&gt; &amp;&nbsp;&#65;&#x42; &unknown; &", "<b> & AB &unknown; &\n", false },
		{ "&#0;&#1114112;", "\xEF\xBF\xBD\xEF\xBF\xBD\n", false },
		{ "1 < 2 and <3", "1 < 2 and <3\n", false },
		{ "<!-- hidden <b> -->shown", "shown\n", false },
		{ "<!DOCTYPE html><title>t</title>x", "x\n", false },
		{ "<pre>a\n  b</pre>", "a\n  b\n", false },
		{ "<ul><li>one<li>two</ul>", "- one\n- two\n", false },
		{ "<tr><td>a</td><td>b</td></tr>", "a b\n", false },
		{ "<img src=\"http://evil.example/\n--x", "", true },
		{ "<a href='x", "<x>\n", false },
		{ "<p title=\">\">x</p>", "x\n", false },
		{ "", "", false }, { "<", "<\n", false }, { "</", "", false }, { "<!--", "", false },
		{ "a  \n\t b", "a b\n", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;
		struct mime_html_facts facts;

		mime_html_text(rows[i].html, strlen(rows[i].html), &s, &facts);
		CHECK_STR(s.bytes, rows[i].text, rows[i].html);
		CHECK(facts.remote == rows[i].remote, "and what it asks for is seen");
	}
}

static void test_html_facts(void)
{
	static const struct { const char *html; size_t hidden; bool mismatch; } rows[] = {
		{ "<a href=\"http://evil.example/login\">https://vendor.example/psirt</a>", 0, true },
		{ "<a href=\"http://evil.example/login\">vendor.example</a>", 0, true },
		{ "<a href=\"http://EVIL.example\">www.evil.example/x</a>", 0, false },
		{ "<a href=\"http://vendor.example@evil.example/\">http://vendor.example</a>", 0, true },
		{ "<a href=\"http://evil.example\">our page</a>", 0, false },
		{ "<a href=\"http://evil.example\">see 1.2</a>", 0, false },
		{ "<a href=\"mailto:a@b.example\">c.example</a>", 0, false },
		{ "<span style=\"display:none\">one two</span>", 6, false },
		{ "<div class=\"header-protection-legacy-display\">Subject: x</div>y", 0, false },
		{ "<div style=\"color: #fff\">b</div>", 1, false },
		{ "<div style=\"background-color:#fff\">b</div>", 0, false },
		{ "<div style=\"display:none\">never closed", 11, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;
		struct mime_html_facts facts;

		mime_html_text(rows[i].html, strlen(rows[i].html), &s, &facts);
		CHECK(facts.hidden == rows[i].hidden && facts.link_mismatch == rows[i].mismatch, "%s: %zu hidden, %s",
		      rows[i].html, facts.hidden, facts.link_mismatch ? "a link lies" : "links are true");
	}
}

static void test_differs(void)
{
	static const struct { const char *text, *other; bool differs; } rows[] = {
		{ "I agree to a 90 day embargo.", "[hidden: 24 characters] Publish today.", true },
		{ "See the report.", "See the report <https://a.example/long/path>.", false },
		{ "*Hello* there", "hello there", false },
		{ "", "one", false }, { "", "one two", true }, { "\xE4\xBD\xA0\xE5\xA5\xBD", "\xE4\xBD\xA0\xE5\xA5\xBD", false },
		{ "\xE4\xBD\xA0\xE5\xA5\xBD", "\xE5\x86\x8D\xE8\xA7\x81", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(mime_text_differs(rows[i].text, strlen(rows[i].text), rows[i].other, strlen(rows[i].other)) ==
			      rows[i].differs, "\"%s\" beside \"%s\"", rows[i].other, rows[i].text);
}

static void test_base64_plain(void)
{
	static const struct { const char *in; bool plain; } rows[] = {
		{ "", true }, { "QQ==", true }, { "QUI=\r\n", true }, { "QUJD\nQUJD", true }, { "QQ", false },
		{ "QQ==QQ==", false }, { "QU!I=", false }, { "VklSVVM=ISE=", false }, { "====", false },
		{ "QUJDRA==\n-- \nlist", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(mime_base64_is_plain(rows[i].in, strlen(rows[i].in)) == rows[i].plain, "base64 %s", rows[i].in);
}

static void test_flowed(void)
{
	static const struct { const char *in; bool delsp; const char *out; } rows[] = {
		{ "one \r\ntwo\r\nthree\r\n", false, "one two\nthree\n" },
		{ "one \ntwo", true, "onetwo\n" },
		{ "> a \n> b\nc\n", false, "> a b\nc\n" },
		{ ">> a \n> b\n", false, ">> a \n> b\n" },
		{ "-- \nname\n", false, "-- \nname\n" },
		{ " From x\n", false, "From x\n" },
		{ "", false, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		mime_flowed_text(rows[i].in, strlen(rows[i].in), rows[i].delsp, &s);
		CHECK_STR(s.bytes, rows[i].out, "flowed text");
	}
}

static void add_mailbox(void *taker, const char *name, const char *address)
{
	str_add_format(taker, "[%s|%s]", name, address);
}

static void add_id(void *taker, const char *id)
{
	str_add_format(taker, "%s;", id);
}

static void test_addresses(void)
{
	static const struct row rows[] = {
		{ "Alice <a@x.example>", "[Alice|a@x.example]" },
		{ "a@x.example", "[|a@x.example]" },
		{ "a@x.example (Alice)", "[Alice|a@x.example]" },
		{ "\"Finder, Alice\" <a@x>, b@y", "[Finder, Alice|a@x][|b@y]" },
		{ "=?utf-8?Q?=C3=9C?= <a@x>", "[Ü|a@x]" },
		{ "Team: a@x, B <b@y>;", "[|a@x][B|b@y]" },
		{ "undisclosed-recipients:;", "" },
		{ "<@r,@s:a@x>", "[|a@x]" },
		{ "=?utf-8?b?YQ==?==?utf-8?Q?=00?=@evil.example", "[|=?utf-8?b?YQ==?==?utf-8?Q?=00?=@evil.example]" },
		{ "=?utf-8?Q?<real@good>?= <m@evil>", "[<real@good>|m@evil]" },
		{ "=?utf-8?Q?a@b=0A(?= <m@evil>", "[a@b\xEF\xBF\xBD(|m@evil]" },
		{ "(open <m@evil>", "[open|m@evil]" }, { "\"open <m@evil>", "[open|m@evil]" },
		{ "(a (b) <m@evil>", "[a b|m@evil]" }, { "(a (b)) <m@x>", "[a (b)|m@x]" }, { "=?a?b <m@x>", "[=?a?b|m@x]" },
		{ "\"alice@finder.example\" <m@evil>", "[alice@finder.example|m@evil]" },
		{ "\"q\\\"uote\" <a@x>", "[q\"uote|a@x]" },
		{ "", "" }, { "<>", "" }, { "((((", "" }, { "\"open", "[|open]" }, { "a < b", "[a|b]" },
	};
	AUTO_STR many = STR_INIT, out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR s = STR_INIT;

		header_addresses(rows[i].in, strlen(rows[i].in), convert, NULL, add_mailbox, &s);
		CHECK_STR(s.bytes, rows[i].out, rows[i].in);
	}
	for (int i = 0; i < 3000; i++)
		str_add(&many, "a@b,");
	CHECK(header_addresses(many.bytes, many.length, convert, NULL, add_mailbox, &out) > ADDRESS_LIMIT &&
		      out.length == ADDRESS_LIMIT * strlen("[|a@b]"),
	      "a list is cut at the limit, and says so");
}

static void test_ids_and_dates(void)
{
	static const struct row ids[] = {
		{ "<a@b>", "<a@b>;" }, { "<a@b> <c@d>\r\n <e@f>", "<a@b>;<c@d>;<e@f>;" },
		{ "bare@id", "bare@id;" }, { "<a b>", "" }, { "<>", "" }, { "<open", "" }, { "", "" },
	};
	static const struct row dates[] = {
		{ "Tue, 03 Mar 2026 10:00:00 +0000", "2026-03-03T10:00:00Z" },
		{ "3 Mar 2026 10:00 +0800", "2026-03-03T02:00:00Z" },
		{ "Tue, 3 Mar 26 10:00:00 EST (winter)", "2026-03-03T15:00:00Z" },
		{ "Tue 3 Mar 2026 10:00:60 -0000", "2026-03-03T10:00:59Z" },
		{ "31 Feb 2026 10:00:00 +0000", NULL }, { "yesterday", NULL }, { "", NULL }, { "T", NULL },
		{ "Tu,", NULL }, { "Tuesday, 3 Mar 2026 10:00 Z", "2026-03-03T10:00:00Z" },
		{ "1 Jan 1960 00:00:00 +0000", NULL }, { "1 Jan 2026 00:00:00 +9900", NULL },
	};
	char buffer[40];

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		AUTO_STR s = STR_INIT;

		header_ids(ids[i].in, strlen(ids[i].in), add_id, &s);
		CHECK_STR(s.bytes, ids[i].out, ids[i].in);
	}
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		instant at = header_date(dates[i].in, strlen(dates[i].in));

		CHECK_STR(at == INSTANT_NONE ? NULL : instant_format(at, buffer), dates[i].out, dates[i].in);
	}
}

static void test_blocks(void)
{
	static const char mail[] = "From a Tue\r\nA: 1\r\nB : 2\r\n folded\r\nodd line\r\nC:\r\n\r\n body";
	struct header_block block;
	const struct header_field *b;
	AUTO_STR many = STR_INIT;

	header_block_read(mail, sizeof(mail) - 1, &block);
	b = header_find(&block, "b", NULL);
	CHECK(block.count == 3 && block.malformed && !block.cut, "three fields and an odd line");
	CHECK(b && b->length == 10 && memcmp(b->value, "2\r\n folded", 10) == 0, "a folded value stays raw");
	CHECK_STR(mail + block.body, " body", "the body begins behind the empty line");
	header_block_release(&block);
	for (int i = 0; i < 1500; i++)
		str_add(&many, "X: y\n");
	header_block_read(many.bytes, many.length, &block);
	CHECK(block.count == HEADER_COUNT_LIMIT && block.cut && block.body == many.length, "the count is bounded");
	header_block_release(&block);
	str_reset(&many);
	str_add(&many, "X: ");
	str_add_repeat(&many, 'y', 100000);
	header_block_read(many.bytes, many.length, &block);
	CHECK(block.count == 1 && block.cut && block.fields[0].length == HEADER_LIMIT, "so is the length");
	header_block_release(&block);
	header_block_read("X: a\rb\n\n", 8, &block);
	CHECK(block.malformed, "a lone CR is malformed");
	header_block_release(&block);
}

static const char expected_inner[] =
	"From: \"PSIRT, Vendor\" <psirt@vendor.example>\r\n"
	"To: =?UTF-8?B?w5xyc3VsYQ==?= <u@finder.example>, b@y.example\r\n"
	"Subject: =?UTF-8?B?UmU6IHDDpHRo?=\r\n"
	"Date: Tue, 03 Mar 2026 10:00:00 +0000\r\n"
	"Message-ID: <1@vendor.example>\r\n"
	"HP-Outer: From: \"PSIRT, Vendor\" <psirt@vendor.example>\r\n"
	"HP-Outer: To: =?UTF-8?B?w5xyc3VsYQ==?= <u@finder.example>, b@y.example\r\n"
	"HP-Outer: Subject: [...]\r\n"
	"HP-Outer: Date: Tue, 03 Mar 2026 10:00:00 +0000\r\n"
	"HP-Outer: Message-ID: <1@vendor.example>\r\n"
	"Content-Type: text/plain; charset=utf-8;\r\n hp=\"cipher\"\r\n"
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	"=46rom here =C3=BC=\r\n";

static struct mime_letter letter_sample(void)
{
	struct mime_letter letter = {
		.from = "\"PSIRT, Vendor\" <psirt@vendor.example>",
		.to = "Ürsula <u@finder.example>, b@y.example",
		.subject = "Re: päth",
		.message_id = "<1@vendor.example>",
		.text = "From here ü\nsecond = line \n.\nlast",
	};

	instant_parse("2026-03-03T10:00:00Z", &letter.date, NULL);
	return letter;
}

static void test_writer(void)
{
	struct mime_letter letter = letter_sample();
	struct mime_file file = { "Bericht ü.txt", "text/plain", "\0\1\2", 3 };
	AUTO_STR inner = STR_INIT, again = STR_INIT, whole = STR_INIT, clear = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	static const char text[] = "=46rom here =C3=BC\r\nsecond =3D line=20\r\n=2E\r\nlast\r\n";

	CHECK(mime_write_inner(&letter, &inner, &err) == 0, "an inner entity is written");
	CHECK(strncmp(inner.bytes, expected_inner, sizeof(expected_inner) - 4) == 0, "with protected headers");
	CHECK(str_ends(inner.bytes, text), "and its text as quoted-printable");
	mime_write_inner(&letter, &again, &err);
	CHECK_STR(again.bytes, inner.bytes, "the same letter gives the same bytes");
	CHECK(mime_write_encrypted(&letter, "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n",
				   "b1", &whole, &err) == 0, "an encrypted message is written");
	CHECK(strstr(whole.bytes, "Subject: [...]\r\n") && !strstr(whole.bytes, "UmU6"),
	      "the subject is not outside");
	CHECK(strstr(whole.bytes, "\r\nVersion: 1\r\n\r\n--b1\r\n") && str_ends(whole.bytes, "\r\n--b1--\r\n"),
	      "with its two parts");
	letter.clear = true;
	letter.files = &file;
	letter.file_count = 1;
	CHECK(mime_write_inner(&letter, &clear, &err) == 0 && strstr(clear.bytes, "hp=\"clear\"") &&
		      !strstr(clear.bytes, "HP-Outer"), "signed only: hp=clear");
	CHECK(strstr(clear.bytes, "filename*0*=UTF-8''Bericht%20%C3%BC.txt\r\n\r\nAAEC\r\n") != NULL,
	      "a file in base64 with its name");
	str_reset(&whole);
	CHECK(mime_write_signed(&letter, &clear, "sig\n", "pgp-sha512", "b2", &whole, &err) == 0 &&
		      strstr(whole.bytes, "\r\n--b2\r\nFrom:") && strstr(whole.bytes, "Subject: =?UTF-8?B?UmU6"),
	      "a signed message is written");
	CHECK(mime_write_signed(&letter, &clear, "sig\n", "pgp-sha512", "", &whole, &err) == ERR_BUG,
	      "an empty boundary is refused");
}

static void test_writer_refuses(void)
{
	static const struct { const char *to, *subject; } rows[] = {
		{ "a@x\r\nBcc: m@e", "s" }, { "a@x", "s\nBcc: m@e" }, { "a@x", "s\rx" }, { "", "s" },
		{ "nobody", "s" }, { "a@x, ü@y", "s" }, { "Name <a b@c>, <>", "s" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mime_letter letter = letter_sample();
		AUTO_STR out = STR_INIT;
		AUTO_ERROR err = ERROR_INIT;
		int code;

		letter.to = rows[i].to;
		letter.subject = rows[i].subject;
		code = mime_write_plain(&letter, &out, &err);
		if (i == 3 || i == 6)
			CHECK(code == 0 || code == ERR_INPUT, "odd lists do not crash");
		else
			CHECK(code == ERR_INPUT && out.length == 0, "row %zu is refused", i);
	}
}

/* What the writer writes, the decoders read: long texts, all characters. */
static void test_writer_lines(void)
{
	struct mime_letter letter = letter_sample();
	AUTO_STR text = STR_INIT, subject = STR_INIT, out = STR_INIT, back = STR_INIT, value = STR_INIT;
	struct header_block block;
	const struct header_field *field;

	for (uint32_t c = 0x20; c < 0x3000; c += 13)
		str_add_utf8(&text, c == 0x7F ? 'x' : c);
	for (int i = 0; i < 40; i++)
		str_add(&subject, "überlang ");
	letter.text = text.bytes;
	letter.subject = subject.bytes;
	CHECK(mime_write_plain(&letter, &out, NULL) == 0, "a long letter is written");
	for (const char *line = out.bytes, *end; *line; line = end + 2) {
		end = strstr(line, "\r\n");
		CHECK_QUIET(end && end - line <= 78, "no line is longer than 78");
		if (!end)
			break;
	}
	header_block_read(out.bytes, out.length, &block);
	field = header_find(&block, "subject", NULL);
	mime_decode_header(field->value, field->length, convert, NULL, &value);
	CHECK_STR(value.bytes, subject.bytes, "the subject comes back");
	mime_decode_quoted_printable(out.bytes + block.body, out.length - block.body, &back);
	str_add(&text, "\r\n");
	CHECK_STR(back.bytes, text.bytes, "the text comes back");
	header_block_release(&block);
}

int main(void)
{
	test_header_words();
	test_base64();
	test_quoted_printable();
	test_parameters();
	test_names();
	test_names_exhaustive();
	test_html();
	test_html_facts();
	test_differs();
	test_base64_plain();
	test_flowed();
	test_addresses();
	test_ids_and_dates();
	test_blocks();
	test_writer();
	test_writer_refuses();
	test_writer_lines();
	return tap_done();
}
