/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden frames: a script of keys on a terminal in memory, and the text that must stand there. With
 * GENERATE=1 the golden files are written anew; read them before committing.
 */
#include "fake.h"

#include <stdlib.h>

#include "../unit/tap.h"
#include "psirtty/base/file.h"
#include "tui/run_tui.h"

#define TEN_RESTS "rest rest rest rest rest rest rest rest rest rest "
#define LISTS ": <case list> Enter : <case list> Enter : <case list> Enter : <case list> Enter "
#define SIXTEEN_LISTS LISTS LISTS LISTS LISTS
#define FOUR_RAN "case list\ncase list\ncase list\ncase list\n"
#define MINUTE TEN_RESTS TEN_RESTS TEN_RESTS TEN_RESTS TEN_RESTS TEN_RESTS TEN_RESTS

struct frame { const char *name; int cols, rows; const char *keys; bool plain, roles; };
static const struct frame frames[] = {
	{ "inbox-80x24", 80, 24, "", false, true },
	{ "inbox-200x50", 200, 50, "", false, false },
	{ "inbox-60x15", 60, 15, "", false, false },
	{ "inbox-40x10", 40, 10, "", false, false },
	{ "inbox-20x5", 20, 5, "", false, false },
	{ "inbox-5x2", 5, 2, "", false, false },
	{ "inbox-1x1", 1, 1, "", false, false },
	{ "inbox-tiny-and-back", 80, 24, "20x5 5x2 1x1 80x24", false, false },
	{ "inbox-plain", 80, 24, "k", true, false },
	{ "inbox-hostile-preview", 80, 24, "G rest", false, true },
	{ "mail-verified", 80, 24, "g Enter", false, true },
	{ "mail-hostile", 80, 24, "G Enter", false, true },
	{ "mail-search", 80, 24, "g Enter / <capture> Enter", false, true },
	{ "signed-part", 80, 24, "G k k k Enter", false, true },
	{ "signed-part-end", 80, 24, "G k k k Enter G", false, true },
	{ "signed-part-60x15", 60, 15, "G k k k Enter", false, false },
	{ "signed-part-40x10", 40, 10, "G k k k Enter PgDn", false, false },
	{ "signed-part-plain", 80, 24, "G k k k Enter", true, false },
	{ "signed-part-ascii", 80, 24, ": <set glyphs ascii> Enter G k k k Enter", false, true },
	{ "signed-whole", 80, 24, "G k k Enter", false, true },
	{ "signed-whole-60x15", 60, 15, "G k k Enter G", false, false },
	{ "signed-whole-40x10", 40, 10, "G k k Enter G", false, false },
	{ "signed-whole-preview", 80, 24, "G k k rest Tab G", false, true },
	{ "signed-closed", 80, 24, "G k Enter", false, true },
	{ "signed-bad", 80, 24, "G Enter", false, true },
	{ "triage", 80, 24, "2", false, true },
	{ "repro", 80, 24, "3", false, false },
	{ "calendar", 80, 24, "4", false, true },
	{ "advisories", 80, 24, "5", false, false },
	{ "feeds", 80, 24, "6", false, false },
	{ "products", 80, 24, "7", false, false },
	{ "metrics", 80, 24, "8", false, false },
	{ "metrics-plain", 80, 24, "8", true, false },
	{ "cases", 80, 24, "0", false, true },
	{ "cases-200x50", 200, 50, "0", false, false },
	{ "cases-zoom", 80, 24, "0 z", false, false },
	{ "cases-preview-focus", 80, 24, "0 Tab", false, false },
	{ "cases-filter", 80, 24, "0 / <sev:critical>", false, false },
	{ "cases-filter-error", 80, 24, "0 / <colour:red>", false, false },
	{ "cases-filter-none", 80, 24, "0 / <nowhere> Enter", false, false },
	{ "cases-marked", 80, 24, "0 Space v j", false, true },
	{ "case-summary", 80, 24, "0 g Enter", false, true },
	{ "case-messages", 80, 24, "0 g Enter Tab", false, false },
	{ "case-message", 80, 24, "0 g Enter Tab Enter", false, false },
	{ "case-reproduction", 80, 24, "0 g Enter Tab Tab", false, false },
	{ "case-embargo", 80, 24, "0 g Enter Tab Tab Tab", false, true },
	{ "case-affected", 80, 24, "0 g Enter Tab Tab Tab Tab", false, false },
	{ "case-advisory", 80, 24, "0 g Enter S-Tab S-Tab S-Tab S-Tab S-Tab", false, false },
	{ "case-tasks", 80, 24, "0 g Enter S-Tab S-Tab S-Tab", false, false },
	{ "case-gates", 80, 24, "0 g Enter S-Tab S-Tab", false, false },
	{ "case-gates-end", 80, 24, "0 g Enter S-Tab S-Tab G", false, false },
	{ "case-gates-200x50", 200, 50, "0 g Enter S-Tab S-Tab", false, false },
	{ "case-timeline", 80, 24, "0 g Enter S-Tab", false, false },
	{ "case-timeline-200x50", 200, 50, "0 g Enter S-Tab", false, false },
	{ "case-hostile", 80, 24, "0 / <exe> Enter Enter", false, false },
	{ "palette", 80, 24, "?", false, true },
	{ "palette-filtered", 80, 24, "? <undo>", false, false },
	{ "palette-tiny", 20, 5, "?", false, false },
	{ "command-line", 80, 24, ": <case s> Tab", false, false },
	{ "command-output", 80, 24, ": <case list> Enter", false, false },
	{ "command-unknown", 80, 24, ": <frobnicate> Enter", false, false },
	{ "command-hostile-paste", 80, 24, ": [a\033[31m\xE2\x80\xAE" "b]", false, false },
	{ "paste-refused", 80, 24, "[Q]", false, false },
	{ "message-long", 80, 24, "g t", false, false },
	{ "top-back", 80, 24, "q", false, false },
	{ "typed-question", 80, 24, "5 g : <advisory publish {case}> Enter", false, false },
	{ "typed-question-short", 80, 24, "5 g : <advisory publish 1> Enter", false, false },
	{ "edit-key", 80, 24, "0 g E", false, false },
	{ "form-long", 60, 15, "0 g : <form note> Enter [一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十] <end>", false, false },
	{ "found", 80, 24, ": <search over> Enter", false, true },
	{ "found-nothing", 80, 24, ": <search nowhere> Enter", false, false },
	{ "found-opened", 80, 24, ": <search over> Enter g Enter", false, false },
	{ "copied", 80, 24, "0 g y t", false, false },
	{ "keys-that-follow", 80, 24, "0 g y rest", false, true },
	{ "marker", 80, 24, "0 g : <set cursor marker> Enter j", false, true },
	{ "settings", 80, 24, ": <set> Enter", false, false },
	{ "piped", 80, 24, "0 g | <true> Enter y", false, false },
	{ "jobs", 80, 24, "J", false, false },
	{ "jobs-running", 80, 24, ": <mail import mail.mbox> Enter : <mail import more.mbox> Enter J rest", false, true },
	{ "jobs-cancelled", 80, 24, ": <mail import mail.mbox> Enter J ^C rest", false, false },
	{ "locked", 80, 24, ": <lock> Enter", false, false },
	{ "form", 80, 24, "0 g ? <note> Enter", false, true },
	{ "form-needs", 80, 24, "0 g ? <embargo propose> Enter ^S", false, false },
	{ "form-date", 80, 24, "0 g : <form embargo propose> Enter ^P Down Right z +", false, true },
	{ "form-date-taken", 80, 24, "0 g : <form embargo propose> Enter ^P Down z Enter", false, false },
	{ "form-cvss", 80, 24, "0 g : <form case score> Enter ^P Down Down Right", false, true },
	{ "form-cwe", 80, 24, "0 g : <form case set PSIRT-2026-0001 cwe> Enter ^P <out-of-bounds>", false, false },
	{ "form-cwe-tree", 80, 24, "0 g : <form case set PSIRT-2026-0001 cwe> Enter ^P Down Right Right", false, false },
	{ "opened-embargo", 60, 15, "4 / <proposed> Enter g Enter", false, false },
	{ "opened-clock", 60, 15, "4 g Enter", false, false },
	{ "opened-advisory", 60, 15, "5 g Enter", false, false },
	{ "opened-reproduction", 60, 15, "3 g Enter", false, false },
	{ "bar-narrow", 60, 15, "2 g x ^P Right Right Right Right Right Down Right Right Right Right", false, false },
	{ "cvss-narrow", 60, 15, "0 g : <form case score> Enter ^P PgDn PgDn", false, false },
	{ "view-picked", 80, 24, "0 / <sev:critical> Enter : <view save hot> Enter 1 \\ Enter", false, false },
	{ "view-forgotten", 80, 24, ": <view save one> Enter : <view save two> Enter \\ : <case list> Enter : <view forget one> Enter q", false,
	  false },
	{ "cases-sorted", 80, 24, "0 g : <sort title> Enter : <sort title> Enter", false, false },
	{ "sort-which", 80, 24, "0 g : <sort> Enter", false, false },
	{ "register-clocks", 80, 24, ": <pane clocks> Enter g rest", false, true },
	{ "register-clocks-200x50", 200, 50, ": <pane clocks> Enter g rest", false, false },
	{ "register-contacts", 80, 24, ": <pane contacts> Enter g rest", false, false },
	{ "register-keys", 80, 24, ": <pane keys> Enter", false, false },
	{ "register-risks", 80, 24, ": <pane risks> Enter rest", false, true },
	{ "register-tasks", 80, 24, ": <pane all-tasks> Enter rest", false, false },
	{ "register-matches-plain", 80, 24, ": <pane matches> Enter g rest", true, false },
	{ "register-products-collapsed", 80, 24, "7 G Right j j Right j Left Left rest", false, false },
	{ "register-revisions", 80, 24, "0 g Enter : <tab revisions> Enter rest", false, true },
	{ "register-revisions-marked", 80, 24, "0 g Enter : <tab revisions> Enter g j Space g rest", false, false },
	{ "register-revisions-plain", 80, 24, "0 g Enter : <tab revisions> Enter Enter", true, false },
	{ "register-revisions-next", 80, 24, "0 g Enter : <tab revisions> Enter g Enter } / <anybody> Enter", false, true },
	{ "idle-locks", 80, 24, "0 g : <set lock-after 1> Enter " MINUTE, false, false },
	{ "idle-locks-typed", 80, 24, ": <set lock-after 1> Enter : <note PSIRT-2026-0001 half> " MINUTE "Enter", false, false },
	{ "news-marked", 80, 24, "0 g j rest rest rest", false, true },
	{ "news-while-typing", 80, 24, "0 g c <mine> rest rest rest Enter", false, false },
	{ "unlocked", 80, 24, ": <lock> Enter Enter", false, false },
};

/* The terminal of the script that runs, and what stood on it while the day's checkpoint was signed. */
static struct terminal *running;
static struct str at_checkpoint = STR_INIT;

static void look_at_checkpoint(void)
{
	term_headless_dump(running, HEADLESS_TEXT, &at_checkpoint);
}

static char settings[] = "/tmp/pf.XXXXXX";

/* Runs the keys, with no settings from before; the screen's text is added to RET. */
static void run(const struct frame *frame, struct str *ret)
{
	struct command_context context = { .plain = frame->plain, .out = STR_INIT };
	struct terminal *term = term_headless_new(frame->rows, frame->cols, frame->keys);
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR trails = STR_INIT;

	running = term;
	str_reset(&fake_ran);
	file_remove_tree(settings, NULL);
	context.desk = fake_desk_new(0);
	if (str_starts(frame->name, "register"))
		fake_desk_registers(context.desk);
	if (str_starts(frame->name, "signed"))
		fake_desk_signed(context.desk);
	/* Somebody else changes the first case a second later. */
	if (str_starts(frame->name, "news"))
		fake_desk_change(context.desk);
	CHECK_QUIET(tui_run_on(&context, term, &err) == 0, "%s runs", frame->name);
	CHECK_QUIET(term_headless_trails(term, &trails) == 0, "%s: coloured blanks at the end of rows:%s", frame->name, trails.bytes);
	term_headless_dump(term, frame->roles ? HEADLESS_ROLES : HEADLESS_TEXT, ret);
	term_free(term);
	command_context_release(&context);
}

static char *golden_path(const char *name)
{
	const char *source = getenv("srcdir");

	return mem_format("%s/tests/frame/golden/%s.txt", source ? source : ".", name);
}

static void compare(const struct frame *frame, const struct str *got)
{
	AUTO_STRING path = golden_path(frame->name);
	AUTO_STR expected = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	if (getenv("GENERATE")) {
		CHECK(file_write(path, got->bytes, got->length, 0644, &err) == 0, "write %s", path);
		return;
	}
	if (file_read(path, 1 << 20, &expected, &err)) {
		CHECK(0, "%s has a golden file", frame->name);
		return;
	}
	if (!CHECK(str_equal(got->bytes, expected.bytes), "frame %s", frame->name))
		printf("# got:\n%s", got->bytes);
}

static void test_safe(const struct str *got, const char *name)
{
	bool safe = utf8_valid(got->bytes, got->length);

	for (size_t i = 0; i < got->length; i++)
		safe = safe && (got->bytes[i] == '\n' || (unsigned char)got->bytes[i] >= ' ') && got->bytes[i] != 127;
	CHECK_QUIET(safe && !strstr(got->bytes, "\xE2\x80\xAE") && !strstr(got->bytes, "\xC2\x9B"),
		    "%s holds no control character", name);
}

struct action { const char *keys, *ran; };
static const struct action actions[] = {
	{ "g t", "mail take M-0001\n" },
	{ "g Space t y", "mail take M-0001\n" },
	{ "g Space Space t y", "mail take M-0001\nmail take M-0002\n" },
	{ "g Space Space t n", "" },
	{ "0 g v j v : <note {case} hello> Enter y", "note PSIRT-2026-0001 hello\nnote PSIRT-2026-0002 hello\n" },
	{ "0 g a <wei> Enter", "case set PSIRT-2026-0001 assignee wei\n" },
	{ "0 g s <accepted> Enter", "case state PSIRT-2026-0001 accepted\n" },
	{ "0 g c <a note> ^A ^K <note PSIRT-2026-0002 x> Enter", "note PSIRT-2026-0002 x\n" },
	{ "5 g : <advisory publish {case}> Enter <PSIRT-2026-0001> Enter", "advisory publish PSIRT-2026-0001\n" },
	{ "5 g : <advisory publish {case}> Enter <PSIRT-2026-0002> Enter", "" },
	{ "5 g : <advisory publish {case}> Enter Esc", "" },
	{ ": <mail send D-1> Enter n", "" },
	{ ": <mail send D-1> Enter y", "mail send D-1\n" },
	{ ": <note PSIRT-2026-0001 one> Enter : Up Enter", "note PSIRT-2026-0001 one\nnote PSIRT-2026-0001 one\n" },
	{ ": <no> Tab <PSIRT-2026-0001 z> Enter", "note PSIRT-2026-0001 z\n" },
	{ "0 g ? <note> Down Up Enter <typed> Enter", "note PSIRT-2026-0001 typed\n" },
	{ "5 g ? <advisory check> Enter", "advisory check PSIRT-2026-0001\n" },
	{ "0 g ? <undo> Enter Esc", "" },
	{ "0 g Enter c <in the case> Enter", "note PSIRT-2026-0001 in the case\n" },
	{ ": <note A b c> ^W ^W <d> ^U <note PSIRT-2026-0001 e> Left Left ^E Enter", "note PSIRT-2026-0001 e\n" },
	{ "0 / <exe> Enter t", "" },
	{ "0 g : <form embargo propose> Enter ^P Down z Enter Enter",
	  "embargo propose PSIRT-2026-0001 \"2026-11-28 09:00 Asia/Shanghai\"\n" },
	{ "0 g : <form case score> Enter ^P L Down Down P Enter Enter",
	  "case score PSIRT-2026-0001 CVSS:4.0/AV:L/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H\n" },
	{ "0 g : <case set> F2 <cwe> Tab ^P <787> Enter Enter", "case set PSIRT-2026-0001 cwe CWE-787\n" },
	{ "2 g x ^P Right Down Right Right Enter ^S", "case qualify PSIRT-2026-0001 access=network known=no\n" },
	{ "2 g : <form case qualify PSIRT-2026-0001 known=yes> Enter ^P Up Left Left Down Right Enter ^S",
	  "case qualify PSIRT-2026-0001 access=network known=no\n" },
	{ "0 g Enter : <form affected set> Enter ^P Down Right n Enter Enter", "affected set PSIRT-2026-0001 cloud 4.1 not-affected\n" },
	{ ": <pane matches> Enter g t", "" },
	{ "0 g : <form note> Enter <two words> ^S", "note PSIRT-2026-0001 \"two words\"\n" },
	{ "0 g : <form note> Enter Esc", "" },
	{ ": <mail import a> Enter : <note PSIRT-2026-0001 beside it> Enter", "note PSIRT-2026-0001 beside it\n" },
	{ ": <note PSIRT-2026-0001 one two> ^W ^Y ^A C-Right C-Right ^K ^Y Enter", "note PSIRT-2026-0001 one two\n" },
	{ ": <note PSIRT-2026-0001 ab> ^T Enter", "note PSIRT-2026-0001 ba\n" },
	{ ": <note PSIRT-2026-0001 \345\234\250\347\275\221> ^T Enter", "note PSIRT-2026-0001 \347\275\221\345\234\250\n" },
	{ ": <note PSIRT-2026-0001 one two> C-Left M-d <three> M-Backspace <four> Enter", "note PSIRT-2026-0001 one four\n" },
	{ ": ^Y ^T ^K ^U ^W M-d C-Left C-Right <note PSIRT-2026-0001 x> ^X ^E Enter", "note PSIRT-2026-0001 x\n" },
	{ ": <note PSIRT-2026-0001 x> ^G", "" },
	{ "0 g : <form note> Enter <x> ^G", "" },
	{ "0 g * : <note {case} all> Enter y",
	  "note PSIRT-2026-0001 all\nnote PSIRT-2026-0002 all\nnote PSIRT-2026-0003 all\nnote PSIRT-2026-0004 all\n" },
	{ "4 * : <note {case} seen> Enter y", "note PSIRT-2026-0001 seen\nnote PSIRT-2026-0002 seen\nnote PSIRT-2026-0003 seen\n" },
	{ ": <pane audit> Enter g Space Space : <note {case} seen> Enter y", "note PSIRT-2026-0004 seen\nnote PSIRT-2026-0003 seen\n" },
	{ "g Space Space : <note {case} seen> Enter y", "note PSIRT-2026-0001 seen\n" },
	{ "g * : <note {case} {mail}> Enter y", "note PSIRT-2026-0001 M-0001\n" },
	{ "g Space Space : <mail sort {row} spam> Enter y", "mail sort M-0001 spam\nmail sort M-0002 spam\n" },
	{ "0 g Enter : <tab messages> Enter g Space : <note {case} read> Enter y", "note PSIRT-2026-0001 read\n" },
	{ "0 g Enter " SIXTEEN_LISTS ": <note {case} deep> Enter", FOUR_RAN FOUR_RAN FOUR_RAN FOUR_RAN "note PSIRT-2026-0001 deep\n" },
	{ "3 g Space : <mail link {mail} x> Enter y", "" },
	{ "0 g * * j : <note {case} one> Enter", "note PSIRT-2026-0002 one\n" },
	{ "0 / <exe> Enter * : <note {case} some> Enter y", "note PSIRT-2026-0004 some\n" },
	{ "<%&;>", "" },
	{ "4 / <proposed> Enter g t", "embargo accept PSIRT-2026-0003\n" },
	{ "4 / <proposed> Enter g d <too late> Enter", "embargo reject PSIRT-2026-0003 too late\n" },
	{ "4 / <proposed> Enter g p <2026-12-20> Enter", "embargo counter PSIRT-2026-0003 2026-12-20\n" },
	{ "4 g t", "" },
	{ "0 g j j Enter : <tab embargo> Enter t", "embargo accept PSIRT-2026-0003\n" },
	{ "0 g Enter : <tab embargo> Enter t", "" },
	{ "0 g Enter : <tab messages> Enter Enter r", "mail reply M-0001\n" },
	{ ": <pane audit> Enter x", "audit verify\n" },
	{ ": <pane audit> Enter g Enter c <seen> Enter", "note PSIRT-2026-0004 seen\n" },
};

static void test_actions(void)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		struct frame frame = { "action", 80, 24, actions[i].keys, false, false };
		AUTO_STR got = STR_INIT;

		run(&frame, &got);
		CHECK_STR(fake_ran.bytes, actions[i].ran, actions[i].keys);
	}
}

/* What an editor left is ended when it lies where it belongs; else the screen names it. */
static void test_drafts(void)
{
	static const struct { const char *keys, *ran, *began, *left, *shows; } rows[] = {
		{ ": <mail reply M-0001> Enter", "mail reply M-0001\n", "Dear\n", "", "done" },
		{ "g Space Space : <mail reply {mail}> Enter y", "mail reply M-0001\nmail reply M-0002\n", "Dear\nDear\n", "",
		  "Done for 2." },
		{ ": <note PSIRT-2026-0001 x> ^X ^E Enter", "note PSIRT-2026-0001 x\n", "note PSIRT-2026-0001 x\n", "", "noted" },
		{ ": <note PSIRT-2026-0001 long> ^X ^E", "", "note PSIRT-2026-0001 long\n", "edit-1\n",
		  ":note PSIRT-2026-0001 long" },
		{ ": <note PSIRT-2026-0001 long> ^X ^E", "", "note PSIRT-2026-0001 long\n", "edit-1\n", "Too long for a line; kept as the draft edit-1." },
		{ ": <mail reply M-0004> Enter y", "mail reply M-0004\n", "Dear\nDear+\n", "", "done" },
		{ ": <mail reply M-0004> Enter n", "", "Dear\n", "edit-1\n", "kept as the draft edit-1" },
		{ ": <mail reply M-0005> Enter y", "mail reply M-0005\n", "Dear\nDear+\n", "edit-2\n", "kept as the draft edit-2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct frame frame = { "drafts", 120, 24, rows[i].keys, false, false };
		AUTO_STR got = STR_INIT, left = STR_INIT;

		str_reset(&fake_edits);
		run(&frame, &got);
		fake_drafts_take(&left);
		CHECK_STR(fake_ran.bytes, rows[i].ran, rows[i].keys);
		CHECK_STR(str_or_empty(fake_edits.bytes), rows[i].began, rows[i].keys);
		CHECK_STR(str_or_empty(left.bytes), rows[i].left, rows[i].keys);
		if (!CHECK(strstr(got.bytes, rows[i].shows) != NULL, "%s: %s", rows[i].keys, rows[i].shows))
			printf("# got:\n%s", got.bytes);
	}
}

/* Signing may take its time: the vault's words are gone from the screen before. */
static void test_lock_first(void)
{
	static const char *const keys[] = { "0 g Enter : <lock> Enter", "0 g : <set lock-after 1> Enter " MINUTE };

	fake_at_checkpoint = look_at_checkpoint;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct frame frame = { "lock", 80, 24, keys[i], false, false };
		AUTO_STR got = STR_INIT;

		str_reset(&at_checkpoint);
		run(&frame, &got);
		CHECK(at_checkpoint.length && strstr(at_checkpoint.bytes, "is locked") && !strstr(at_checkpoint.bytes, "PSIRT-"),
		      "%s: locked on the screen before the checkpoint is signed", keys[i]);
	}
	fake_at_checkpoint = NULL;
	str_release(&at_checkpoint);
}

/* A journal that cannot be read is not one in which nothing stands. */
static void test_audit_fails(void)
{
	struct frame frame = { "audit", 80, 24, ": <pane audit> Enter", false, false };
	AUTO_STR got = STR_INIT;

	fake_history_fails = true;
	run(&frame, &got);
	fake_history_fails = false;
	CHECK(strstr(got.bytes, "BROKEN") && strstr(got.bytes, "it cannot be read"), "the audit pane says that the journal cannot be read");
}

/* How many entries the pane says it has. */
static long listed(const struct str *dump)
{
	const char *at = strstr(dump->bytes, "Audit: ");

	return at ? strtol(at + 7, NULL, 10) : -1;
}

/* What others append is read alone, and put in front of what there is. */
static void test_audit_follows(void)
{
	struct frame before = { "audit", 80, 24, ": <pane audit> Enter g", false, false };
	struct frame after = { "news", 80, 24, ": <pane audit> Enter g rest rest rest", false, false };
	AUTO_STR was = STR_INIT, is = STR_INIT;
	size_t asked;

	fake_history_asked = 0;
	run(&before, &was);
	asked = fake_history_asked;
	fake_history_asked = 0;
	run(&after, &is);
	CHECK(fake_history_asked > asked && fake_history_asked - asked < 10, "%zu entries were asked for at first, %zu more then",
	      asked, fake_history_asked - asked);
	CHECK(listed(&was) > 0 && listed(&is) == listed(&was) + 1 && strstr(was.bytes, "\n>     33 ") &&
	      strstr(is.bytes, "\n      34 11-21 09:30 Wei Chen     PSIRT-2026-9999 whole  case opened") &&
	      strstr(is.bytes, "\n>     33 "), "and one more, of %ld, stands above the one that is selected", listed(&is));
}

/* Every size from 1x1 on, in every pane: nothing may break. */
static void test_sizes(void)
{
	static const char *const places[] = { "0", "1 g", "2", "3", "4", "5", "6", "7", "8", "0 g Enter Tab",
					      "? <a>", ": <no> Tab", "0 / <a>", ": <search over> Enter" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		for (int rows = 1; rows <= 26; rows += rows < 6 ? 1 : 5)
			for (int cols = 1; cols <= 150; cols += cols < 8 ? 1 : 47, count++) {
				struct frame frame = { places[i], cols, rows, places[i], false, false };
				AUTO_STR got = STR_INIT;

				run(&frame, &got);
				test_safe(&got, places[i]);
			}
	CHECK(count > 500, "%zu combinations of place and size", count);
}

/* Dates are told in UTC and as the handler's own clock shows them. */
static void test_zones(void)
{
	static const struct { const char *zone, *keys, *shows; } rows[] = {
		{ "Asia/Shanghai", "1 g Enter", "received      2026-11-16 09:30 UTC, 17:30 Asia/Shanghai\n" },
		{ ":Pacific/Auckland", "0 g Enter : <tab embargo> Enter",
		  "accepted      2026-11-16 13:30 UTC, 11-17 02:30 Pacific/Auckland\n" },
		{ "Europe/London", "1 g Enter", "received      2026-11-16 09:30 UTC\n" },
		{ "No/Such", "1 g Enter", "received      2026-11-16 09:30 UTC\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct frame frame = { "zone", 80, 24, rows[i].keys, false, false };
		AUTO_STR got = STR_INIT;

		setenv("TZ", rows[i].zone, 1);
		run(&frame, &got);
		CHECK(strstr(got.bytes, rows[i].shows) != NULL, "%s: %s", rows[i].zone, rows[i].shows);
	}
	setenv("TZ", "UTC", 1);
}

/* Line ROW of a dump, as far as it is ASCII. */
static bool line_begins(const struct str *dump, int row, const char *begin)
{
	const char *at = dump->bytes;

	while (row-- > 0 && at)
		at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
	return at && str_starts(at, begin);
}

/* However far one scrolls, however small the window, whatever the mail is called: the verdict is the first line. */
static void test_verdict_stays(void)
{
	static const struct { int cols, rows, at; } sizes[] = { { 80, 24, 2 }, { 60, 15, 2 }, { 40, 10, 0 }, { 40, 5, 0 }, { 30, 3, 0 } };
	static const char *const moves[] = { "", "j", "PgDn", "PgDn PgDn", "G", "G k", "/ <line 59> Enter", "/ <subject> Enter n n" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(moves); k++, count++) {
			AUTO_STRING keys = mem_format("G k k Enter %s", moves[k]);
			struct frame frame = { "signed", sizes[i].cols, sizes[i].rows, keys, false, false };
			AUTO_STR got = STR_INIT;
			bool stays;

			run(&frame, &got);
			stays = line_begins(&got, sizes[i].at, "signature     verified");
			CHECK_QUIET(stays, "%dx%d %s: the verdict is there", sizes[i].cols, sizes[i].rows, moves[k]);
			if (!stays)
				printf("# got:\n%s", got.bytes);
		}
	CHECK(count == 40, "%zu windows and places, each with the verdict on its first line", count);
}

int main(void)
{
	if (!mkdtemp(settings) || setenv("XDG_CONFIG_HOME", settings, 1))
		return 1;
	setenv("TZ", "UTC", 1);
	unsetenv("NO_COLOR");
	unsetenv("PSIRTTY_THEME");
	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		AUTO_STR got = STR_INIT;

		run(&frames[i], &got);
		test_safe(&got, frames[i].name);
		compare(&frames[i], &got);
	}
	test_actions();
	test_drafts();
	test_lock_first();
	test_audit_fails();
	test_audit_follows();
	test_sizes();
	test_zones();
	test_verdict_stays();
	file_remove_tree(settings, NULL);
	str_release(&fake_ran);
	str_release(&fake_edits);
	return tap_done();
}
