/* SPDX-License-Identifier: Apache-2.0 */
/* Where mails belong, what reports lack, what they resemble: each rule of it by rows. */
#include "psirtty/model/thread.h"

#include "model_world.h"
#include "tap.h"

/* ---- what a report lacks */

static void test_missing(void)
{
	static const struct { const char *text; const char *missing; } rows[] = {
		{ "It is broken.", "version place poc impact" },
		{ "In version 2.3.1, src/net/frame.c writes beyond. Steps: send it twice. An attacker gains control.", "" },
		{ "管理接口存在越权访问漏洞，版本 1.2，复现步骤如下。", "" },
		{ "> version 1.2\n> impact\nyes", "version place poc impact" },
		{ "hello\n-- \nversion 1.2 impact poc file", "version place poc impact" },
		{ "version two of it, at 10.1.2.3", "version place poc impact" },
		{ "our conversion allows nothing", "version place poc" },
		{ "curl https://h/x", "version impact" },
		{ "", "version place poc impact" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mail_record record = { .text = (char *)(uintptr_t)rows[i].text };
		struct assessment got;
		AUTO_STR missing = STR_INIT;

		assess_mail(&record, &got);
		for (int part = 0; part < REPORT_PART_COUNT; part++)
			if (got.missing & 1u << part)
				str_add_format(&missing, "%s%s", missing.length ? " " : "", report_part_name((enum report_part)part));
		CHECK(str_equal(missing.bytes, rows[i].missing), "text %zu lacks: %s", i + 1, missing.bytes);
	}
}

static void test_likeness(void)
{
	static const char report[] = "The web interface of the gateway takes a host name from the query and hands it to a shell "
				     "without looking at it, so that anybody who can reach the management port runs commands.";
	static const char changed[] = "Hello,\n\nThe web interface of the gateway takes a HOST name from the query, and hands it to a shell "
				      "without looking at it, so that anybody who can reach the management port runs commands.\n\n-- \nM.";
	static const char other[] = "A heap buffer is freed twice when two sessions close at the same time; the second free happens in "
				    "the timer thread, long after the first, which makes it hard to see in the log of the device.";
	uint8_t a[SKETCH_SIZE], b[SKETCH_SIZE], c[SKETCH_SIZE], d[SKETCH_SIZE];

	assess_text(report, a);
	assess_text(changed, b);
	assess_text(other, c);
	assess_text("too short", d);
	CHECK(assess_similar(a, a) == 100, "a text is like itself");
	CHECK(assess_similar(a, b) >= 70, "and like itself with a greeting (%d %%)", assess_similar(a, b));
	CHECK(assess_similar(a, c) <= 15, "not like another (%d %%)", assess_similar(a, c));
	CHECK(assess_similar(d, d) == 0, "what is too short is like nothing");
}

/* ---- where mails belong */

static void receive(struct world *w, const char *id, const char *record)
{
	AUTO_STRING sum = mem_format("%064d", atoi(id + 2));
	AUTO_STRING received = mem_format("{'mail':'%s','received':'2026-11-20T10:00:00Z','channel':'file','sha256':'%s','size':1,"
					  "'raw':{'sha256':'%s','size':1,'object':'%s','key':'%s'}}", id, sum, sum, sum, sum);
	AUTO_STRING read = mem_format("{'mail':'%s','record':%s}", id, record);

	put(w, 0, EVENT_MAIL_RECEIVED, received);
	put(w, 0, EVENT_MAIL_READ, read);
}

#define FROM(a) "'from':[{'address':'" a "'}]"

static const struct { const char *record, *expected; } places[] = {
	{ "{" FROM("mina@f.example") ",'subject':'Re: x','in_reply_to':['<sent@v.example>']}", "reference sure" },
	{ "{" FROM("MINA@f.example") ",'subject':'Re: x','references':['<none@x>','<sent@v.example>','<more@x>']}", "reference sure" },
	{ "{" FROM("mina@f.example") ",'subject':'Re: [PSIRT-2026-0001] x'}", "tag sure" },
	{ "{" FROM("eve@f.example") ",'subject':'Re: [PSIRT-2026-0001] x'}", "tag proposed" },
	{ "{" FROM("eve@f.example") ",'subject':'x','in_reply_to':['<sent@v.example>']}", "reference proposed" },
	{ "{" FROM("mina@f.example") ",'subject':'[0001] x'}", "none" },
	{ "{" FROM("mina@f.example") ",'subject':'PSIRT-2026-0001'}", "none" },
	{ "{" FROM("mina@f.example") ",'subject':'[PSIRT-2026-0009]'}", "none" },
	{ "{" FROM("mina@f.example") ",'subject':'x','encryption':{'state':'decrypted'},'in_reply_to':['<sent@v.example>']}", "protected-id sure" },
	{ "{" FROM("mina@f.example") ",'subject':'[PSIRT-2026-0002]','in_reply_to':['<sent@v.example>']}", "tag proposed" },
	{ "{" FROM("pia@f.example") ",'subject':'[PSIRT-2026-0001]'}", "tag proposed" },
	{ "{" FROM("pia@f.example") ",'subject':'[PSIRT-2026-0001]','verdict':'verified'}", "tag sure" },
	{ "{" FROM("mina@f.example") ",'subject':'[PSIRT-2026-0001]','flags':['protected-from-mismatch']}", "tag proposed" },
	{ "{" FROM("mina@f.example") ",'subject':'[PSIRT-2026-0001]','flags':['multiple-from']}", "tag proposed" },
	{ "{'subject':'[PSIRT-2026-0001]'}", "tag proposed" },
};

static void test_places(void)
{
	struct world w;
	struct thread_index *index;

	w = world_new();
	put(&w, 1, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0001','title':'One'}");
	put(&w, 2, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0002','title':'Two'}");
	put(&w, 1, EVENT_PARTY_ADDED, "{'name':'Mina','role':'finder','address':'mina@f.example'}");
	put(&w, 2, EVENT_PARTY_ADDED, "{'name':'Mina','role':'finder','address':'mina@f.example'}");
	put(&w, 1, EVENT_PARTY_ADDED, "{'name':'Pia','role':'finder','address':'pia@f.example'}");
	put(&w, 0, EVENT_KEY_PINNED, "{'address':'pia@f.example','fingerprint':'0123456789ABCDEF0123456789ABCDEF01234567'}");
	put(&w, 1, EVENT_MESSAGE_SENT, "{'to':['Mina <mina@f.example>'],'subject':'x','message_id':'<sent@v.example>',"
				       "'sent':'2026-11-20T09:00:00Z','text':'t','raw':{'sha256':'00','size':1,'object':'00','key':'00'}}");
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_STRING id = mem_format("M-%04zu", i + 1);

		receive(&w, id, places[i].record);
	}
	index = thread_index_new(w.model);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_STRING id = mem_format("M-%04zu", i + 1);
		struct mail_place place;
		AUTO_STRING got = NULL;

		thread_place(index, model_find_mail(w.model, id), &place);
		got = place.state ? mem_format("%s %s", thread_way_name(place.way), place.sure ? "sure" : "proposed") : mem_string("none");
		CHECK_STR(got, places[i].expected, places[i].record);
		CHECK_QUIET(!place.state || place.sure == !place.why, "%s: a proposal has its reason", places[i].record);
	}
	thread_index_free(index);
	world_release(&w);
}

/* ---- names on servers */

static void add_name(void *context, const char *uid)
{
	str_add_format(context, "%s ", uid);
}

static void test_names(void)
{
	struct world w;
	AUTO_STR names = STR_INIT;
	AUTO_STR brief = STR_INIT;

	w = world_new();
	put(&w, 0, EVENT_MAIL_RECEIVED, "{'mail':'M-0001','received':'2026-11-20T10:00:00Z','channel':'imap','sha256':'01','size':1,"
					"'account':'one','uid':'7.1','raw':{'sha256':'01','size':1,'object':'01','key':'01'}}");
	put(&w, 0, EVENT_MAIL_RECEIVED, "{'mail':'M-0002','received':'2026-11-20T10:00:00Z','channel':'imap','sha256':'02','size':1,"
					"'account':'two','uid':'7.1','raw':{'sha256':'02','size':1,'object':'02','key':'02'}}");
	put(&w, 0, EVENT_MAIL_PASSED, "{'account':'one','uids':['7.2','7.3'],'why':'known','received':'2026-11-20T10:00:00Z'}");
	put(&w, 0, EVENT_MAIL_DROPPED, "{'mail':'M-0001'}");
	model_each_fetched(w.model, "one", add_name, &names);
	CHECK_STR(names.bytes, "7.2 7.3 7.1 ", "a mail that was shredded is not fetched again");
	CHECK(put(&w, 0, EVENT_MAIL_SORTED, "{'mail':'M-0002','as':'spam'}") == 0 &&
	      str_equal(model_find_mail(w.model, "M-0002")->sorted, "spam"), "sorted");
	CHECK(put(&w, 0, EVENT_MAIL_SORTED, "{'mail':'M-0001','as':'spam'}") != 0, "what is not there is not sorted");
	model_house_brief(w.model, &brief);
	world_release(&w);
	w = world_new();
	str_reset(&names);
	CHECK(model_take_house_brief(w.model, brief.bytes, brief.length, NULL) == 0, "the names come back from the cache");
	model_each_fetched(w.model, "one", add_name, &names);
	CHECK_STR(names.bytes, "7.2 7.3 7.1 ", "all of them");
	world_release(&w);
}

int main(void)
{
	test_missing();
	test_likeness();
	test_places();
	test_names();
	return tap_done();
}
