/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RFC 8259 makes of a text: grammar says yes, grammar says no, or the reader may choose, and then what ours
 * chooses. Each row is one rule of the grammar kept or broken in one place.
 */
#ifndef PSIRTTY_TESTS_JSON_CASES_H
#define PSIRTTY_TESTS_JSON_CASES_H

#include <stddef.h>

enum json_verdict {
	JSON_TAKEN, JSON_REFUSED, /* as the grammar has it */
	JSON_WE_TAKE, JSON_WE_REFUSE, /* left to the reader (RFC 8259, sections 4, 6, 8 and 9) */
};

struct json_case { const char *text; size_t length; enum json_verdict verdict; };

#define YES(text) { text, sizeof(text) - 1, JSON_TAKEN }
#define NO(text) { text, sizeof(text) - 1, JSON_REFUSED }
#define OURS(text) { text, sizeof(text) - 1, JSON_WE_TAKE }
#define NOT_OURS(text) { text, sizeof(text) - 1, JSON_WE_REFUSE }

static const struct json_case json_cases[] = {
	/* any value may stand alone */
	YES("true"), YES("false"), YES("null"), YES("0"), YES("-7"), YES("\"\""), YES("\"a\""), YES("[]"), YES("{}"),
	NO(""), NO(" "), NO("\n\t\r "), NO("\0"), NO("[]\0"), NO("\0[]"), NO("a"), NO("'a'"), NO("="), NO("\\"), NO("/"),

	/* blanks: four and no others */
	YES(" [] "), YES("\t[\n1\r,\t2 ]\n"), YES("\r\n{ \"a\" :\t1\n}\r\n"), YES("[ ]"), YES("{\n}"), YES("\n\n\n0"),
	NO("\f[]"), NO("[\v1]"), NO("[1\f]"), NO("\xc2\xa0[]"), NO("[\xc2\xa0]"), NO("[]\xe2\x80\xa8"),
	NO("\xe2\x81\xa0[]"), NO("[1\b]"), NO("[\x7f]"), NO("[1,\x1f 2]"),

	/* words */
	YES("[true,false,null]"), NO("tru"), NO("truth"), NO("truee"), NO("True"), NO("TRUE"), NO("fals"), NO("nul"),
	NO("nulll"), NO("Null"), NO("nil"), NO("NaN"), NO("-NaN"), NO("Infinity"), NO("-Infinity"), NO("inf"),
	NO("undefined"), NO("[tru]"), NO("[fals]"), NO("[nul]"), NO("[nultrue]"), NO("{\"a\":tru}"), NO("truefalse"),
	NO("true false"), NO("t\0rue"), NO("[t r u e]"),

	/* numbers: integers */
	YES("[0]"), YES("[-0]"), YES("[1]"), YES("[9]"), YES("[10]"), YES("[-10]"), YES("[123456789]"), YES("[20e1]"),
	NO("[00]"), NO("[01]"), NO("[-01]"), NO("[012]"), NO("[-]"), NO("-"), NO("[--1]"), NO("[+1]"), NO("[++1]"),
	NO("[- 1]"), NO("[1 0]"), NO("[0x1]"), NO("[0xF]"), NO("[0b1]"), NO("[0o7]"), NO("[1a]"), NO("[1_000]"),
	NO("[1,000"), NO("[-a]"), NO("[-foo]"), NO("[\xef\xbc\x91]"), NO("[1\xd9\xa2]"), NO("[0\0]"),
	/* fractions */
	YES("[0.0]"), YES("[-0.0]"), YES("[0.10]"), YES("[123.456]"), YES("[1.000000000000000000000000000001]"),
	NO("[1.]"), NO("[.1]"), NO("[-.1]"), NO("[.]"), NO("[1..2]"), NO("[1.2.3]"), NO("[1.-2]"), NO("[1. 2]"), NO("[0.]"),
	NO("[-2.]"), NO("[1.a]"), NO(".5"), NO("5."),
	/* exponents */
	YES("[1e0]"), YES("[1E0]"), YES("[1e+2]"), YES("[1e-2]"), YES("[1E+2]"), YES("[1E-2]"), YES("[0e1]"), YES("[0E+1]"),
	YES("[1.5e10]"), YES("[-1.5E-10]"), YES("[1e00]"), YES("[1e007]"), YES("[0.5e-0]"),
	NO("[1e]"), NO("[1E]"), NO("[1e+]"), NO("[1e-]"), NO("[1ee2]"), NO("[1e2e3]"), NO("[1e2.3]"), NO("[1e+-2]"),
	NO("[e1]"), NO("[1.e1]"), NO("[.e1]"), NO("[1e 2]"), NO("[0e]"), NO("[0e+]"), NO("[1.0e]"), NO("[1.0e+]"),
	NO("[1e+ 1]"), NO("1e"), NO("-e1"), NO("[1ea]"),
	/* beyond what a double holds: the text of a number is handed on */
	OURS("[1e400]"), OURS("[-1e400]"), OURS("[1e-400]"), OURS("[123123e100000]"), OURS("[0.4e00669999999999999999999]"),
	OURS("[100000000000000000000]"), OURS("[-123123123123123123123123123123]"), OURS("[1.5e+9999]"),
	OURS("[18446744073709551616]"), OURS("[-9223372036854775809]"),

	/* strings: escapes */
	YES("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"), YES("[\"\\u0041\"]"), YES("[\"\\u00e9\\u00E9\"]"), YES("[\"\\uFFFF\"]"),
	YES("[\"\\u0000\"]"), YES("[\"a\\u0000b\"]"), YES("[\"\\u001f\\u007F\"]"), YES("[\"\\u0022\\u005C\"]"),
	YES("[\"\\\\u0041\"]"), YES("[\"\\\\\\\\\"]"), YES("[\"\\/\"]"), YES("[\"/\"]"), YES("[\"\\u2028\\u2029\"]"),
	YES("[\"\\uFEFF\"]"), YES("[\"\\uFDD0\\uFFFE\"]"), YES("[\"\\u200B\"]"), YES("[\"\\u0060\\u012a\\u12AB\"]"),
	NO("[\"\\a\"]"), NO("[\"\\v\"]"), NO("[\"\\x41\"]"), NO("[\"\\0\"]"), NO("[\"\\'\"]"), NO("[\"\\ \"]"), NO("[\"\\U0041\"]"),
	NO("[\"\\N\"]"), NO("[\"\\e\"]"), NO("[\"\\u\"]"), NO("[\"\\u1\"]"), NO("[\"\\u12\"]"), NO("[\"\\u123\"]"),
	NO("[\"\\u123g\"]"), NO("[\"\\u 123\"]"), NO("[\"\\u-123\"]"), NO("[\"\\u00\0""1\"]"), NO("[\"\\\n\"]"), NO("[\"\\\0\"]"),
	NO("[\"\\\xc3\xa9\"]"), NO("[\"\\\"]"), NO("[\"\\"), NO("[\"\\u00"), NO("[\"\\u0041"), NO("[\"\\\xff\"]"),
	NO("[\\n]"), NO("[\\u0022a\\u0022]"), NO("[\"a\\\\\\\"]"),
	/* surrogates */
	YES("[\"\\ud83d\\ude00\"]"), YES("[\"\\uD800\\uDC00\"]"), YES("[\"\\uDBFF\\uDFFF\"]"), YES("[\"\\uD834\\udd1e!\"]"),
	YES("[\"\\ud7ff\\ue000\"]"), YES("[\"\\ud83d\\ude00\\ud83d\\ude01\"]"),
	NO("[\"\\ud83d\\u\"]"), NO("[\"\\ud83d\\ude0\"]"), NO("[\"\\ud83d\\ude0g\"]"), NO("[\"\\uD800\\x\"]"), NO("[\"\\ud83d\\"),
	NOT_OURS("[\"\\ud800\"]"), NOT_OURS("[\"\\udbff\"]"), NOT_OURS("[\"\\udc00\"]"), NOT_OURS("[\"\\udfff\"]"),
	NOT_OURS("[\"\\ud800a\"]"), NOT_OURS("[\"\\ud800\\n\"]"), NOT_OURS("[\"\\ud800\\u0041\"]"), NOT_OURS("[\"\\udc00\\ud800\"]"),
	NOT_OURS("[\"\\ud800\\ud800\"]"), NOT_OURS("[\"\\ud800\\ud800\\udc00\"]"), NOT_OURS("[\"\\ud83d\\ue000\"]"),
	NOT_OURS("[\"\\ud83d\\udbff\"]"), NOT_OURS("[\"a\\udc00\"]"), NOT_OURS("{\"\\ud800\":0}"),
	/* strings: bytes below 0x20, and the end */
	YES("[\"\x7f\"]"), YES("[\" \"]"), YES("[\"'\"]"), YES("[\"/*a*/ //b\"]"), YES("[\"{[:,]}\"]"),
	NO("[\"\x01\"]"), NO("[\"\x08\"]"), NO("[\"\t\"]"), NO("[\"a\nb\"]"), NO("[\"\r\"]"), NO("[\"\x1b[m\"]"), NO("[\"\x1f\"]"),
	NO("[\"\0\"]"), NO("[\"a\0b\"]"), NO("[\""), NO("[\"a"), NO("\""), NO("\"\\\""), NO("[\"a]"), NO("['a']"), NO("[`a`]"),
	NO("[a]"), NO("[\"a\"b]"), NO("[\"a\" \"b\"]"), NO("[\"a\"\"b\"]"), NO("abc\""), NO("[\xe2\x80\x9c""a\xe2\x80\x9d]"),
	/* a quote or control character at each place of a word of eight bytes */
	YES("[\"1234567\\n\"]"), YES("[\"12345678\"]"), YES("[\"123456789\"]"), NO("[\"1234567\x01""9\"]"),
	NO("[\"12345678\x1f""0\"]"), NO("[\"1\x02""345678\"]"), YES("[\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"]"),

	/* UTF-8: the ends of each length */
	YES("[\"\xc2\x80\"]"), YES("[\"\xdf\xbf\"]"), YES("[\"\xe0\xa0\x80\"]"), YES("[\"\xed\x9f\xbf\"]"),
	YES("[\"\xee\x80\x80\"]"), YES("[\"\xef\xbf\xbf\"]"), YES("[\"\xf0\x90\x80\x80\"]"), YES("[\"\xf4\x8f\xbf\xbf\"]"),
	YES("[\"\xe4\xb8\xad\xe6\x96\x87\"]"), YES("{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\"}"), YES("[\"\xe2\x80\xa8\xe2\x80\xae\"]"),
	YES("[\"\xef\xbb\xbf\"]"), YES("[\"\xef\xb7\x90\xf3\xb0\x80\x80\"]"),
	/* too long a form, beyond the last character, halves of pairs, torn, out of place */
	NOT_OURS("[\"\xc0\x80\"]"), NOT_OURS("[\"\xc0\xaf\"]"), NOT_OURS("[\"\xc1\xbf\"]"), NOT_OURS("[\"\xe0\x80\x80\"]"),
	NOT_OURS("[\"\xe0\x9f\xbf\"]"), NOT_OURS("[\"\xf0\x80\x80\x80\"]"), NOT_OURS("[\"\xf0\x8f\xbf\xbf\"]"),
	NOT_OURS("[\"\xf8\x88\x80\x80\x80\"]"), NOT_OURS("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"), NOT_OURS("[\"\xf4\x90\x80\x80\"]"),
	NOT_OURS("[\"\xf5\x80\x80\x80\"]"), NOT_OURS("[\"\xed\xa0\x80\"]"), NOT_OURS("[\"\xed\xbf\xbf\"]"),
	NOT_OURS("[\"\xed\xa0\xbd\xed\xb8\x80\"]"), NOT_OURS("[\"\x80\"]"), NOT_OURS("[\"\xbf\"]"), NOT_OURS("[\"\xff\"]"),
	NOT_OURS("[\"\xfe\"]"), NOT_OURS("[\"\xc3\"]"), NOT_OURS("[\"\xe2\x82\"]"), NOT_OURS("[\"\xf0\x9f\x98\"]"),
	NOT_OURS("[\"\xc3(\"]"), NOT_OURS("[\"\xe2(\xa1\"]"), NOT_OURS("[\"\xe9\"]"), NOT_OURS("[\"a\x81z\"]"),
	NOT_OURS("{\"\xff\":0}"), NOT_OURS("[\"\xc3\\u00a9\"]"), NOT_OURS("[\"\\u00c3\xa9\"]"),
	NO("[\xff]"), NO("\xe5"), NO("[1\xe5]"), NO("[1e1\xe5]"), NO("[0\xe5]"), NO("[1e\xe5]"), NO("[-\xe5]"), NO("{\xc3\xa9:1}"),
	NO("[\xc3\xa9]"), NO("[true\xc3\xa9]"),
	/* a byte order mark, other encodings */
	NOT_OURS("\xef\xbb\xbf[]"), NOT_OURS("\xef\xbb\xbf"), NOT_OURS("\xef\xbb\xbf{}"), NO("\xef\xbb"), NO("[]\xef\xbb\xbf"),
	NOT_OURS("\xff\xfe[\0]\0"), NOT_OURS("\xfe\xff\0[\0]"), NOT_OURS("[\0]\0"), NOT_OURS("\0[\0]"),

	/* arrays */
	YES("[[]]"), YES("[[],[]]"), YES("[1,[2,[3,{}]]]"), YES("[\"\"]"), YES("[1,null,1,\"1\",{}]"), YES("[[[[[[[[]]]]]]]]"),
	NO("["), NO("[1"), NO("[1,"), NO("[,"), NO("[,]"), NO("[,1]"), NO("[1,]"), NO("[1,,2]"), NO("[1,,]"), NO("[\"\",]"),
	NO("[,,]"), NO("[1;2]"), NO("[1 2]"), NO("[1:2]"), NO("[\"a\":1]"), NO("[1}"), NO("[}"), NO("]"), NO("[]]"), NO("[1]]"),
	NO("[[]"), NO("[[1]"), NO("[[]]]"), NO("[][]"), NO("[3[4]]"), NO("[1true]"), NO("[{}"), NO("[{]"), NO("[\n1,\n1"),
	NO("[*]"), NO("[1,\n,2]"), NO("<[]>"), NO("([])"), NO("[a,b]"), NO("[\"\": 1]"), NO("[x"), NO("[1,2"), NO("[]\1"),

	/* objects */
	YES("{\"a\":1}"), YES("{\"\":0}"), YES("{\"a\":{}}"), YES("{\"a\":[],\"b\":{}}"), YES("{\"a\":1,\"a\":2}"),
	YES("{\"a\":{\"a\":{\"a\":null}}}"), YES("{\"\\u0061\\n\":0}"), YES("{ \"a\" : \"b\" , \"c\" : [ ] }"),
	YES("{\"a\":1,\"A\":2}"), YES("{\"__proto__\":1}"), NOT_OURS("{\"a\\u0000b\":1}"), NOT_OURS("{\"\\u0000\":1}"),
	NO("{"), NO("}"), NO("{}}"), NO("{,}"), NO("{,\"a\":1}"), NO("{\"a\":1,}"), NO("{\"a\":1,,\"b\":2}"), NO("{\"a\"}"),
	NO("{\"a\":}"), NO("{\"a\""), NO("{\"a\":"), NO("{\"a\":1"), NO("{\"a\":1,"), NO("{\"a\" 1}"), NO("{\"a\",1}"),
	NO("{\"a\"::1}"), NO("{\"a\":1 \"b\":2}"), NO("{\"a\":1;\"b\":2}"), NO("{\"a\":1:2}"), NO("{:1}"), NO("{a:1}"),
	NO("{'a':1}"), NO("{1:1}"), NO("{null:1}"), NO("{true:1}"), NO("{[]:1}"), NO("{{}:1}"), NO("{\"a\"=1}"), NO("{]"),
	NO("{\"a\":1]"), NO("[{\"a\":1]}"), NO("{\"a\":{}"), NO("{\"a\":\"b"), NO("{\"a\":\"b\"#}"), NO("{\"a\" \"b\"}"),
	NO("{\"a\":1,1}"), NO("{\"a\":1,\"b\"}"), NO("{\"a\":/*c*/1}"), NO("{\"a\":a\"}"), NO("{\"a\":'b'}"), NO("{\"a\nb\":1}"),
	NO("{\"a\":1}{"), NO("{\"a\":1},"), NO("{,,}"), NO("{\"a\":[}"),

	/* what stands behind, and what other dialects allow */
	NO("1 2"), NO("1,2"), NO("1,"), NO("{}{}"), NO("{} []"), NO("[] x"), NO("\"a\"\"b\""), NO("\"\"x"), NO("null,"),
	NO("2@"), NO("{}#"), NO("{}/**/"), NO("{}//"), NO("/**/[]"), NO("//a\n[]"), NO("#a\n[]"), NO("[1/**/]"), NO("[1//\n]"),
	NO("[1#\n]"), NO("\x1e[]\n"), NO("[]\n[]\n"), NO(")]}'\n[]"), NO("a=[]"), NO("[];"), NO("f([])"), NO("<null>"),
	NO("<!DOCTYPE html>"), NO("[<null>]"), NO("[1]x"), NO("1]"), NO("true]"), NO("\"a\"]"), NO("[]\x1a"), NO("---\n[]"),
};

#undef YES
#undef NO
#undef OURS
#undef NOT_OURS

#endif
