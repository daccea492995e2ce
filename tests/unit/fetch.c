/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch worker as it runs, against servers that say what a script has them say: right things, wrong things, too
 * much, too little. And its lock, tried call by call.
 */
#include "psirtty/worker/letter_net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/worker/program.h"
#include "tests/unit/fetch_server.h"
#include "tests/unit/tap.h"
#include "worker/fetch_private.h"

static char folder[] = "/tmp/pf.XXXXXX";
static char *ca_path;

/* ---- what a fetch said, as lines */

static void add_event(const struct fetch_event *e, struct str *ret)
{
	static const char *const names[FETCH_KINDS] = {
		[FETCH_OPENED] = "opened", [FETCH_MAIL] = "mail", [FETCH_PASSED] = "passed", [FETCH_READY] = "ready",
		[FETCH_REMOVED] = "removed", [FETCH_FATE] = "fate", [FETCH_HEAD] = "head", [FETCH_DATA] = "data",
		[FETCH_WHOLE] = "whole", [FETCH_FAILED] = "failed", [FETCH_WAITING] = "waiting", [FETCH_END] = "end",
	};

	switch (e->kind) {
	case FETCH_NOTHING: case FETCH_PROGRESS: return;
	case FETCH_OPENED: case FETCH_REMOVED:
		str_add_format(ret, "%s %d %d\n", names[e->kind], (int)e->done, (int)e->total);
		return;
	case FETCH_MAIL: str_add_format(ret, "mail %s [%.*s]\n", e->name, (int)(e->length < 80 ? e->length : 80), e->bytes); return;
	case FETCH_PASSED: str_add_format(ret, "passed %s %s\n", e->name, e->text); return;
	case FETCH_FATE: str_add_format(ret, "fate %s %d [%.60s]\n", e->name, (int)e->fate, e->text); return;
	case FETCH_HEAD:
		str_add_format(ret, "head %d %d from %d etag %s\n", (int)e->item, (int)e->done, (int)e->from, e->etag);
		return;
	case FETCH_WAITING: str_add_format(ret, "waiting %d\n", (int)e->total); return;
	default: str_add_format(ret, "%s%s%s\n", names[e->kind], *e->text ? " " : "", e->text); return;
	}
}

/* Data come in pieces of any size: they are told when they end, but for those of a page that failed. */
static void add_data(const struct fetch_event *e, struct str *data, struct str *ret)
{
	if (e->kind == FETCH_DATA)
		str_add_bytes(data, e->bytes, e->length);
	if (e->kind == FETCH_DATA || e->kind == FETCH_NOTHING || e->kind == FETCH_PROGRESS)
		return;
	if (data->length && e->kind != FETCH_FAILED)
		str_add_format(ret, "data %d [%.80s]\n", (int)e->item, data->bytes);
	str_reset(data);
}

/* REMOVE: names every mail that came. */
static void collect(struct fetch *fetch, int code, const struct error *first, bool remove, struct str *ret)
{
	AUTO_ERROR err = ERROR_INIT;
	struct fetch_event event = { .kind = FETCH_NOTHING };
	AUTO_STR data = STR_INIT;

	if (code)
		str_add_format(ret, "refused %d %s\n", code, first->why);
	while (!code && event.kind != FETCH_END) {
		if (!fetch_wait(fetch, 60000)) {
			str_add(ret, "nothing comes\n");
			break;
		}
		code = fetch_take(fetch, &event, &err);
		if (code)
			str_add_format(ret, "error %d\n# %s\n", code, err.why);
		else
			add_data(&event, &data, ret);
		if (!code && event.kind != FETCH_DATA)
			add_event(&event, ret);
		if (!code && event.kind == FETCH_MAIL && remove)
			fetch_remove(fetch, event.name, NULL);
		if (!code && event.kind == FETCH_READY)
			fetch_finish(fetch, NULL);
	}
	fetch_stop(fetch);
}

/* Sentences are for people: lines with "#" are not compared. */
static void compare(const struct str *got, const char *expected, const char *name)
{
	AUTO_STR plain = STR_INIT;

	for (const char *at = got->bytes; *at;) {
		size_t length = strcspn(at, "\n") + 1;

		if (*at != '#')
			str_add_bytes(&plain, at, length);
		at += length;
	}
	if (!CHECK_STR(plain.bytes, expected, name))
		printf("# %s\n", got->bytes);
}

/* ---- mailboxes */

struct box_case {
	const char *name, *scheme;
	const char *const *steps;
	const char *known;
	uint64_t most_bytes;
	bool remove, plain, distrust;
	const char *expected;
	const char *unheard; /* the server must not hear it */
};

#define IMAP_HELLO ">* OK ready\r\n", "<CAPABILITY", ">* CAPABILITY IMAP4rev1 UIDPLUS\r\n%t OK done\r\n", "<LOGIN", ">%t OK in\r\n"
#define IMAP_OPEN(count) "<EXAMINE \"INBOX\"", ">* " count " EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n%t OK open\r\n"
#define STEPS(...) (const char *const[]){ __VA_ARGS__, NULL }

static const struct box_case box_cases[] = {
	{ "two mails, a quoted one among them", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("2"), "<UID FETCH 1:*",
		">* 1 FETCH (UID 4 RFC822.SIZE 5)\r\n* 2 FETCH (RFC822.SIZE 3 UID 9)\r\n%t OK\r\n", "<UID FETCH 4,9 ",
		">* 1 FETCH (UID 4 BODY[] {5}\r\na\r\nb\n FLAGS (\\Seen))\r\n* 2 FETCH (BODY[] \"x\\\"y\" UID 9)\r\n%t OK\r\n",
		"<LOGOUT", ">* BYE\r\n%t OK\r\n"),
	  .expected = "opened 2 2\nmail 7.4 [a\r\nb\n]\nmail 7.9 [x\"y]\nend\n", .unheard = "SELECT" },
	{ "what is known is not asked for", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("2"), "<UID FETCH 1:*",
		">* 1 FETCH (UID 4 RFC822.SIZE 5)\r\n* 2 FETCH (RFC822.SIZE 3 UID 9)\r\n%t OK\r\n", "<UID FETCH 9 ",
		">* 2 FETCH (UID 9 BODY[] {1}\r\nz)\r\n%t OK\r\n", "<LOGOUT", ">%t OK\r\n"),
	  .known = "7.4\n8.9", .expected = "opened 2 1\nmail 7.9 [z]\nend\n" },
	{ "lines of a mail that look like answers are none", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("1"), "<UID FETCH 1:*", ">* 1 FETCH (UID 4 RFC822.SIZE 5)\r\n%t OK\r\n", "<UID FETCH 4 ",
		">* 1 FETCH (UID 4 BODY[] {35}\r\np3 OK done\r\nA003 OK\r\n* BYE\r\n)\r\np4 O)\r\n%t OK\r\n", "<LOGOUT", ">%t OK\r\n"),
	  .expected = "opened 1 1\nmail 7.4 [p3 OK done\r\nA003 OK\r\n* BYE\r\n)\r\np4 O]\nend\n" },
	{ "too large by its word, and by its bytes", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("2"), "<UID FETCH 1:*",
		">* 1 FETCH (UID 4 RFC822.SIZE 500)\r\n* 2 FETCH (RFC822.SIZE 3 UID 9)\r\n%t OK\r\n", "<UID FETCH 9 ",
		">* 2 FETCH (UID 9 BODY[] {50}\r\n", "=50 z", ">)\r\n%t OK\r\n", "<LOGOUT", ">%t OK\r\n"),
	  .most_bytes = 20, .expected = "passed 7.4 too-large\nopened 2 1\npassed 7.9 too-large\nend\n" },
	{ "an empty folder", "imaps", STEPS(IMAP_HELLO, IMAP_OPEN("0"), "<LOGOUT", ">%t OK\r\n"), .expected = "opened 0 0\nend\n" },
	{ "no UIDVALIDITY", "imaps", STEPS(IMAP_HELLO, "<EXAMINE", ">* 1 EXISTS\r\n%t OK\r\n", "<x"), .expected = "error -8\n" },
	{ "the line breaks in a mail: those before stay", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("2"), "<UID FETCH 1:*",
		">* 1 FETCH (UID 4 RFC822.SIZE 1)\r\n* 2 FETCH (RFC822.SIZE 3 UID 9)\r\n%t OK\r\n", "<UID FETCH 4,9",
		">* 1 FETCH (UID 4 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 9 BODY[] {50}\r\nbut", "!"),
	  .expected = "opened 2 2\nmail 7.4 [a]\nerror -8\n" },
	{ "BYE in the middle", "imaps", STEPS(IMAP_HELLO, "<EXAMINE", ">* BYE going down\r\n"), .expected = "error -8\n" },
	{ "a line without an end", "imaps", STEPS(IMAP_HELLO, "<EXAMINE", "=70000 x", "<x"), .expected = "error -8\n" },
	{ "a response without an end", "imaps",
	  STEPS(IMAP_HELLO, IMAP_OPEN("1"), "<UID FETCH 1:*", "=100 * 1 FETCH (UID {1}\r\n", "<x"), .expected = "error -8\n" },
	{ "NO to the folder", "imaps", STEPS(IMAP_HELLO, "<EXAMINE", ">%t NO not here\r\n", "<x"), .expected = "error -8\n" },
	{ "a log-in that is refused", "imaps",
	  STEPS(">* OK ready\r\n", "<CAPABILITY", ">* CAPABILITY IMAP4rev1\r\n%t OK\r\n", "<LOGIN", ">%t NO who\r\n", "<x"),
	  .expected = "error -4\n" },
	{ "a certificate nobody vouches for", "imaps", STEPS(">* OK ready\r\n", "<x"), .distrust = true,
	  .expected = "error -4\n", .unheard = "secret" },
	{ "no STARTTLS: nothing is said", "imap",
	  STEPS(">* OK ready\r\n", "<CAPABILITY", ">* CAPABILITY IMAP4rev1\r\n%t OK\r\n", "<x"), .plain = true,
	  .expected = "error -4\n", .unheard = "secret" },
	{ "STARTTLS", "imap",
	  STEPS(">* OK ready\r\n", "<CAPABILITY", ">* CAPABILITY IMAP4rev1 STARTTLS\r\n%t OK\r\n", "<STARTTLS", ">%t OK\r\n", "T",
		"<CAPABILITY", ">* CAPABILITY IMAP4rev1\r\n%t OK\r\n", "<LOGIN", ">%t OK\r\n", IMAP_OPEN("0"), "<LOGOUT", ">%t OK\r\n"),
	  .plain = true, .expected = "opened 0 0\nend\n" },
	{ "deleted are those that came, and no others", "imaps",
	  STEPS(IMAP_HELLO, "<CAPABILITY", ">* CAPABILITY IMAP4rev1 UIDPLUS\r\n%t OK\r\n", "<SELECT \"INBOX\"",
		">* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n%t OK\r\n", "<UID FETCH 1:*",
		">* 1 FETCH (UID 4 RFC822.SIZE 1)\r\n* 2 FETCH (RFC822.SIZE 3 UID 9)\r\n* 3 FETCH (UID 12 RFC822.SIZE 999)\r\n%t OK\r\n",
		"<UID FETCH 9 ", ">* 2 FETCH (UID 9 BODY[] {1}\r\nz)\r\n%t OK\r\n", "<UID STORE 9,4 +FLAGS.SILENT (\\Deleted)",
		">%t OK\r\n", "<UID EXPUNGE 9,4", ">%t OK\r\n", "<LOGOUT", ">%t OK\r\n"),
	  .known = "7.4\n6.12", .most_bytes = 100, .remove = true,
	  .expected = "passed 7.12 too-large\nopened 3 1\nmail 7.9 [z]\nready\nremoved 2 0\nend\n" },
};

#define POP_HELLO ">+OK ready\r\n", "<CAPA", ">+OK\r\nUSER\r\n.\r\n", "<USER", ">+OK\r\n", "<PASS", ">+OK\r\n"
#define POP_LIST "<CAPA", ">+OK\r\nPIPELINING\r\n.\r\n", "<UIDL", ">+OK\r\n1 aa\r\n2 bb\r\n3 cc\r\n.\r\n", \
		 "<LIST", ">+OK\r\n1 5\r\n2 6\r\n3 7\r\n.\r\n"

static const struct box_case pop_cases[] = {
	{ "dots are unstuffed, a lone one ends", "pop3s",
	  STEPS(POP_HELLO, POP_LIST, "<RETR 1", ">+OK\r\n..a\r\n...\r\n.\r\n", "<RETR 2", ">+OK\r\nb\r\n.x\n.\r\n", "<RETR 3",
		">+OK\r\n\r\n.\r\n", "<QUIT", ">+OK\r\n"),
	  .expected = "opened 3 3\nmail aa [.a\r\n..\r\n]\nmail bb [b\r\nx\n]\nmail cc [\r\n]\nend\n", .unheard = "DELE" },
	{ "what is known is not asked for", "pop3s",
	  STEPS(POP_HELLO, POP_LIST, "<RETR 2", ">+OK\r\nb\r\n.\r\n", "<QUIT", ">+OK\r\n"), .known = "cc\naa",
	  .expected = "opened 3 1\nmail bb [b\r\n]\nend\n", .unheard = "RETR 1" },
	{ "a line of any length, and too many bytes", "pop3s",
	  STEPS(POP_HELLO, POP_LIST, "<RETR 1", ">+OK\r\n", "=200000 y", ">\r\n.\r\n", "<RETR 2", ">+OK\r\n", "=90000 y",
		">\r\n.\r\n", "<RETR 3", ">+OK\r\nc\r\n.\r\n", "<QUIT", ">+OK\r\n"),
	  .most_bytes = 100000,
	  .expected = "opened 3 3\npassed aa too-large\nmail bb [yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy]\n"
		      "mail cc [c\r\n]\nend\n" },
	{ "no UIDL", "pop3s", STEPS(POP_HELLO, "<CAPA", ">-ERR\r\n", "<UIDL", ">-ERR no\r\n", "<x"), .expected = "error -8\n" },
	{ "names with blanks in them are no names", "pop3s",
	  STEPS(POP_HELLO, "<CAPA", ">-ERR\r\n", "<UIDL", ">+OK\r\n1 \x01\r\n2\r\nx y\r\n0 a\r\n.\r\n", "<LIST", ">+OK\r\n.\r\n",
		"<QUIT", ">+OK\r\n"),
	  .expected = "opened 0 0\nend\n" },
	{ "deleted are those that came or are known; told only after QUIT", "pop3s",
	  STEPS(POP_HELLO, POP_LIST, "<RETR 2", ">+OK\r\nb\r\n.\r\n", "<RETR 3", ">+OK\r\nc\r\n.\r\n", "<DELE 1", ">+OK\r\n",
		"<DELE 2", ">+OK\r\n", "<DELE 3", ">+OK\r\n", "<QUIT", ">+OK\r\n"),
	  .known = "aa", .remove = true, .expected = "opened 3 2\nmail bb [b\r\n]\nmail cc [c\r\n]\nready\nremoved 3 0\nend\n" },
	{ "STLS that is not offered", "pop3", STEPS(">+OK ready\r\n", "<CAPA", ">+OK\r\nUSER\r\n.\r\n", "<x"), .plain = true,
	  .expected = "error -4\n", .unheard = "secret" },
};

static void try_box(const struct box_case *c)
{
	const struct server_script script = { c->steps, c->plain };
	struct server *server = server_start(ca_path, &script, 1);
	AUTO_STRING url = mem_format("%s://localhost:%d", c->scheme, server_port(server));
	const struct fetch_mailbox mailbox = {
		.host = { .url = url, .user = "psirt", .secret = "secret", .ca_file = c->distrust ? NULL : ca_path, .patience = 30 },
		.known = c->known, .most_bytes = c->most_bytes, .remove = c->remove,
	};
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR got = STR_INIT;
	struct fetch *fetch = NULL;
	int code = fetch_mailbox_start(&mailbox, &fetch, &err);

	collect(fetch, code, &err, c->remove, &got);
	compare(&got, c->expected, c->name);
	if (c->unheard)
		CHECK(!strstr(server_heard(server), c->unheard), "%s: the server never hears \"%s\"", c->name, c->unheard);
	server_end(server);
}

/* ---- letters */

#define SMTP_HELLO ">220 ready\r\n", "<EHLO", ">250-here\r\n250 SIZE 1000\r\n"

static const struct { const char *name; const char *const *steps; const char *expected, *heard; } letter_cases[] = {
	{ "each recipient has a fate", STEPS(SMTP_HELLO, "<MAIL FROM:<a@v.example>", ">250 ok\r\n", "<RCPT TO:<b@", ">250 ok\r\n",
	  "<RCPT TO:<c@", ">550-no\r\n550 such\r\n", "<RCPT TO:<d@", ">450 later\r\n", "<DATA", ">354 go\r\n", "<.\r", ">250 queued\r\n",
	  "<QUIT", ">221 bye\r\n"), "c refused [550-no 550 such] d later [450 later] b taken [250 queued] ", "..dot\r\nlast\r\n.\r\n" },
	{ "nobody accepted: no DATA", STEPS(SMTP_HELLO, "<MAIL", ">250 ok\r\n", "<RCPT", ">550 no\r\n", "<RCPT", ">550 no\r\n", "<RCPT",
	  ">550 no\r\n", "<QUIT", ">221 bye\r\n"), "b refused [550 no] c refused [550 no] d refused [550 no] ", NULL },
	{ "the sender refused for now", STEPS(SMTP_HELLO, "<MAIL", ">451 busy\r\n", "<QUIT", ">221\r\n"),
	  "b later [451 busy] c later [451 busy] d later [451 busy] ", NULL },
	{ "the line breaks before the dot: not taken", STEPS(SMTP_HELLO, "<MAIL", ">250 ok\r\n", "<RCPT", ">250 ok\r\n", "<RCPT",
	  ">250 ok\r\n", "<RCPT", ">250 ok\r\n", "<DATA", "!"), "error -8 ", NULL },
	{ "the line breaks behind the dot: not known", STEPS(SMTP_HELLO, "<MAIL", ">250 ok\r\n", "<RCPT", ">250 ok\r\n", "<RCPT",
	  ">550 no\r\n", "<RCPT", ">250 ok\r\n", "<DATA", ">354 go\r\n", "<.\r", "!"), "c refused [550 no] b unknown d unknown ", NULL },
	{ "refused at the end", STEPS(SMTP_HELLO, "<MAIL", ">250 ok\r\n", "<RCPT", ">250 ok\r\n", "<RCPT", ">250 ok\r\n", "<RCPT",
	  ">250 ok\r\n", "<DATA", ">354 go\r\n", "<.\r", ">554 spam\r\n", "<QUIT", ">221\r\n"),
	  "b refused [554 spam] c refused [554 spam] d refused [554 spam] ", NULL },
	{ "no sense", STEPS(SMTP_HELLO, "<MAIL", ">hello\r\n", "<x"), "error -8 ", NULL },
	/* Without TLS not a word of it: neither the sender nor a recipient. */
	{ "no STARTTLS", STEPS(">220 ready\r\n", "<EHLO", ">250-here\r\n250 SIZE 1000\r\n", "<x"), "error -4 ", NULL },
	{ "STARTTLS offered, and refused", STEPS(">220 ready\r\n", "<EHLO", ">250-here\r\n250 STARTTLS\r\n", "<STARTTLS",
	  ">454 not now\r\n", "<x"), "error -4 ", NULL },
	{ "STARTTLS, and what stood behind it in clear is no answer", STEPS(">220 ready\r\n", "<EHLO", ">250-here\r\n250 STARTTLS\r\n",
	  "<STARTTLS", ">220 go\r\n250 injected\r\n", "<x"), "error -8 ", NULL },
};

static const char *const recipients[] = { "b@f.example", "c@f.example", "d@f.example" };

/* Order of the fates is that of the answers; here it is that of the recipients. */
static void add_results(const struct letter_result *results, const char *expected, struct str *ret)
{
	static const char names[] = "bcd";
	bool done[3] = { false };

	/* As the expectation orders them. */
	for (const char *at = expected; *at; at++)
		for (int i = 0; i < 3; i++)
			if ((at == expected || at[-1] == ' ') && at[0] == names[i] && at[1] == ' ' && !done[i]) {
				bool says = strchr(at, '[') && strcspn(at, "[") < strcspn(at + 2, " ") + 4;

				str_add_format(ret, "%c %s ", names[i], letter_fate_name(results[i].fate));
				if (says)
					str_add_format(ret, "[%s] ", str_or_empty(results[i].answer));
				done[i] = true;
			}
}

static void try_letters(void)
{
	static const char bytes[] = "Subject: x\r\n\r\n.dot\nlast";
	const struct letter letter = { "00", "a@v.example", recipients, 3, bytes, sizeof(bytes) - 1 };

	for (size_t i = 0; i < ARRAY_LEN(letter_cases); i++) {
		bool plain = strstr(letter_cases[i].name, "STARTTLS") != NULL;
		const struct server_script script = { letter_cases[i].steps, plain };
		struct server *server = server_start(ca_path, &script, 1);
		AUTO_STRING url = mem_format("%s://localhost:%d", plain ? "smtp" : "smtps", server_port(server));
		const struct fetch_host host = { .url = url, .ca_file = ca_path, .patience = 30 };
		struct letter_result *results = mem_alloc(3 * sizeof(*results));
		AUTO_ERROR err = ERROR_INIT;
		AUTO_STR got = STR_INIT;
		struct letter_way way;
		int code;

		letter_smtp(&way, &host);
		code = way.post(way.context, &letter, results, &err);
		if (code)
			str_add_format(&got, "error %d ", code);
		else
			add_results(results, letter_cases[i].expected, &got);
		CHECK_STR(got.bytes, letter_cases[i].expected, letter_cases[i].name);
		if (letter_cases[i].heard)
			CHECK(strstr(server_heard(server), letter_cases[i].heard) != NULL, "its bytes, dots stuffed");
		if (plain)
			CHECK(!strstr(server_heard(server), "example"), "%s: the server never hears an address", letter_cases[i].name);
		letter_results_release(results, 3);
		server_end(server);
	}
}

static void try_sendmail(void)
{
	AUTO_STRING out = file_join(folder, "sent");
	AUTO_STRING script = mem_format("for w; do printf '%%s ' \"$w\"; done >%s; cat >>%s; exit $STATUS", out, out);
	char sh[] = "sh", c[] = "-c", name[] = "sendmail";
	char *words[] = { sh, c, script, name, NULL };
	static const struct { const char *status; enum letter_fate fate; } rows[] = {
		{ "0", LETTER_TAKEN }, { "67", LETTER_REFUSED }, { "75", LETTER_LATER }, { "1", LETTER_LATER }, { "65", LETTER_REFUSED },
	};
	const struct letter letter = { "00", "a@v.example", recipients, 2, "A: b\r\n\r\nc\r\n", 11 };
	struct letter_way way;

	letter_sendmail(&way, words);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct letter_result *results = mem_alloc(2 * sizeof(*results));
		AUTO_ERROR err = ERROR_INIT;
		AUTO_STR sent = STR_INIT;

		setenv("STATUS", rows[i].status, 1);
		CHECK(way.post(way.context, &letter, results, &err) == 0 && results[0].fate == rows[i].fate &&
		      results[1].fate == rows[i].fate, "sendmail that ends with %s", rows[i].status);
		file_read(out, 1 << 16, &sent, NULL);
		CHECK_STR(sent.bytes, "-i -f a@v.example -- b@f.example c@f.example A: b\n\nc\n", "its words and its lines");
		letter_results_release(results, 2);
	}
}

/* ---- pages */

#define ASK "<\r\n"
struct page_case {
	const char *name;
	struct server_script scripts[4];
	size_t count;
	const char *etag, *modified, *body, *header, *method;
	uint64_t from, most;
	bool insist;
	const char *expected, *heard;
};
#define SCRIPT(...) { STEPS(__VA_ARGS__), false }
/* An empty line ends what the client says. */
#define UNTIL_BLANK "<Host", "<Accept"

static const struct page_case page_cases[] = {
	{ "a page", { SCRIPT("<GET /a", ">HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello") }, 1,
	  .expected = "head 0 200 from 0 etag \"v1\"\ndata 0 [hello]\nwhole\nend\n" },
	{ "unchanged", { SCRIPT("<If-None-Match: \"v1\"", ">HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n") }, 1,
	  .etag = "\"v1\"", .expected = "head 0 304 from 0 etag \"v1\"\nwhole\nend\n" },
	{ "broken, and gone on with", { SCRIPT("<GET", ">HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 10\r\n\r\nhello", "!"),
	    SCRIPT("<Range: bytes=5-", "<If-Range: \"v1\"", ">HTTP/1.1 206 Partial\r\nETag: \"v1\"\r\nContent-Range: bytes 5-9/10\r\n"
		   "Content-Length: 5\r\nConnection: close\r\n\r\nworld") }, 2,
	  .expected = "head 0 200 from 0 etag \"v1\"\ndata 0 [hello]\nwaiting 1\nhead 0 206 from 5 etag \"v1\"\ndata 0 [world]\nwhole\nend\n" },
	{ "broken, and another by then: all anew", { SCRIPT("<GET", ">HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 10\r\n\r\nhello", "!"),
	    SCRIPT("<If-Range", ">HTTP/1.1 200 OK\r\nETag: \"v2\"\r\nContent-Length: 3\r\nConnection: close\r\n\r\nnew") }, 2,
	  .expected = "head 0 200 from 0 etag \"v1\"\ndata 0 [hello]\nwaiting 1\nhead 0 200 from 0 etag \"v2\"\ndata 0 [new]\nwhole\nend\n" },
	{ "told to wait", { SCRIPT("<GET", ">HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nslow"),
	    SCRIPT("<GET", ">HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") }, 2,
	  .expected = "waiting 1\nhead 0 200 from 0 etag \ndata 0 [ok]\nwhole\nend\n" },
	{ "told to wait too long", { SCRIPT("<GET", ">HTTP/1.1 503 No\r\nRetry-After: 9999\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") }, 1,
	  .expected = "failed the server answered 503\nend\n" },
	{ "refused, as many servers say that it is too fast", { SCRIPT("<GET", ">HTTP/1.1 403 No\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
	    SCRIPT("<GET", ">HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") }, 2, .insist = true,
	  .expected = "waiting 1\nhead 0 200 from 0 etag \ndata 0 [ok]\nwhole\nend\n" },
	{ "a key, and what the server says of it", { SCRIPT("<apiKey: k", ">HTTP/1.1 404 No\r\nmessage: Invalid apiKey.\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") }, 1,
	  .header = "apiKey: k", .expected = "failed the server answered 404: Invalid apiKey.\nend\n" },
	{ "two lines of a key, and the text of a refusal", { SCRIPT("<one: 1", "<two: 2", ">HTTP/1.1 400 No\r\nContent-Length: 18\r\nConnection: close\r\n\r\n{\"error\":\n\"QUOTA\"}") }, 1,
	  .header = "one: 1\ntwo: 2", .expected = "failed the server answered 400: {\"error\":\"QUOTA\"}\nend\n" },
	{ "put", { SCRIPT("<PUT", "<{}!", ">HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") }, 1,
	  .body = "{}!\n", .method = "PUT", .expected = "head 0 200 from 0 etag \ndata 0 [ok]\nwhole\nend\n" },
	{ "a key goes nowhere else", { SCRIPT("<apiKey: k", ">HTTP/1.1 302 There\r\nLocation: https://localhost:1/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") }, 1,
	  .header = "apiKey: k", .expected = "failed the server answered 302\nend\n" },
	{ "not there", { SCRIPT("<GET", ">HTTP/1.1 404 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone") }, 1,
	  .expected = "failed the server answered 404\nend\n" },
	{ "too long", { SCRIPT("<GET", ">HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "=1000 x") }, 1, .most = 100,
	  .expected = "head 0 200 from 0 etag \nfailed it is longer than 100 bytes\nend\n" },
	{ "sent to a place without TLS", { SCRIPT("<GET", ">HTTP/1.1 302 There\r\nLocation: http://localhost/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") }, 1,
	  .expected = "failed\nend\n" },
	{ "posted", { SCRIPT("<POST", "<Content-Type: text/x", "<{}!", ">HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") }, 1,
	  .body = "{}!\n", .expected = "head 0 200 from 0 etag \ndata 0 [ok]\nwhole\nend\n" },
	{ "half of it was here", { SCRIPT("<Range: bytes=5-", "<If-Range: \"v1\"", ">HTTP/1.1 206 Partial\r\nETag: \"v1\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n"
		   "Connection: close\r\n\r\nworld") }, 1, .etag = "\"v1\"", .from = 5,
	  .expected = "head 0 206 from 5 etag \"v1\"\ndata 0 [world]\nwhole\nend\n" },
};

/* What failed for a reason of libcurl says so in its words: only that it failed is compared. */
static void cut_reasons(struct str *got)
{
	AUTO_STR cut = STR_INIT;

	for (const char *at = got->bytes; *at;) {
		size_t length = strcspn(at, "\n") + 1;

		if (str_starts(at, "failed ") && !str_starts(at, "failed the server") && !str_starts(at, "failed it is longer"))
			str_add(&cut, "failed\n");
		else
			str_add_bytes(&cut, at, length);
		at += length;
	}
	str_reset(got);
	str_add(got, cut.bytes);
}

static void try_pages(void)
{
	for (size_t i = 0; i < ARRAY_LEN(page_cases); i++) {
		const struct page_case *c = &page_cases[i];
		struct server *server = server_start(ca_path, c->scripts, c->count);
		AUTO_STRING url = mem_format("https://localhost:%d/a?b=c", server_port(server));
		const struct fetch_page page = {
			.url = url, .etag = c->etag, .modified = c->modified, .from = c->from, .most_bytes = c->most,
			.header = c->header, .method = c->method, .body = c->body, .body_length = c->body ? strlen(c->body) : 0, .type = c->body ? "text/x" : NULL,
		};
		const struct fetch_pages pages = { .host = { .ca_file = ca_path, .patience = 30 }, .pages = &page, .count = 1, .tries = 2, .insist = c->insist };
		AUTO_ERROR err = ERROR_INIT;
		AUTO_STR got = STR_INIT;
		struct fetch *fetch = NULL;
		int code = fetch_pages_start(&pages, &fetch, &err);

		collect(fetch, code, &err, false, &got);
		cut_reasons(&got);
		compare(&got, c->expected, c->name);
		server_end(server);
	}
}

/* ---- URLs, requests, events */

static void try_urls(void)
{
	static const struct { const char *url, *expected; } rows[] = {
		{ "imaps://mail.example", "0 mail.example 993 []" }, { "IMAPS://mail.example/Shared/PSIRT", "0 mail.example 993 [Shared/PSIRT]" },
		{ "pop3://h:1100", "3 h 1100 []" }, { "smtps://[::1]:465", "4 [::1] 465 []" }, { "https://h/p?q=1", "6 h 443 [p?q=1]" },
		{ "http://h/", "no" }, { "ftp://h/", "no" }, { "imaps://user@h/", "no" }, { "imaps://h:0", "no" }, { "imaps://h:99999", "no" },
		{ "imaps://", "no" }, { "https://h/a b", "no" }, { "https://h/\n", "no" }, { "https://h\x01", "no" }, { "file:///etc/passwd", "no" },
		{ "imaps://[::1", "no" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fetch_url url = { 0 };
		AUTO_STRING got = NULL;

		if (fetch_url_parse(rows[i].url, &url, NULL) == 0)
			got = mem_format("%d %s %d [%s]", (int)url.scheme, url.host, url.port, url.path);
		CHECK_STR(got ? got : "no", rows[i].expected, "an address");
		fetch_url_release(&url);
	}
}

/* Every prefix of an event is not whole yet or malformed; every flipped byte of its head is read or refused, never beyond. */
static void try_wire(void)
{
	const struct fetch_event event = { .kind = FETCH_MAIL, .name = "7.4", .text = "t\xFF", .etag = "e", .modified = "",
					   .bytes = "body", .length = 4, .item = 3 };
	struct fetch_event got;
	AUTO_STR bytes = STR_INIT;
	size_t size, whole = 0;

	fetch_event_add(&bytes, &event);
	CHECK(fetch_event_read(bytes.bytes, bytes.length, &got) && got.item == 3 && got.length == 4 && str_equal(got.name, "7.4") &&
	      str_equal(got.text, "t?") && memcmp(got.bytes, "body", 4) == 0, "an event comes back, its texts as UTF-8");
	for (size_t i = 0; i < bytes.length; i++) {
		AUTO_STRING part = mem_copy(bytes.bytes, i);

		whole += fetch_event_read(part, i, &got);
	}
	CHECK(whole == 0, "no part of it is one");
	for (size_t i = 0; i < sizeof(struct fetch_head) * 8; i++) {
		char *copy = mem_alloc(bytes.length);

		memcpy(copy, bytes.bytes, bytes.length);
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		if (fetch_event_size(copy, bytes.length, &size) && size <= bytes.length)
			fetch_event_read(copy, bytes.length, &got);
		free(copy);
	}
	CHECK(true, "no flipped bit of its head leads beyond it");
}

/* ---- the lock */

/* 0: it succeeded; else 1 + errno; 200 + signal. */
static int locked_try(long number, long a, long b, long c)
{
	int status, port = 993;
	pid_t pid = fork();

	if (pid == 0) {
		if (!fetch_lock_in(&port, 1))
			_exit(199);
		_exit(syscall(number, a, b, c, 0) < 0 ? 1 + errno : 0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 200 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int locked_connect(int port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), code;

	code = locked_try(SYS_connect, fd, (long)&at, sizeof(at));
	close(fd);
	return code;
}

static void try_lock(void)
{
	AUTO_STRING new = file_join(folder, "new");
	char *const none[] = { NULL };

	CHECK(locked_try(SYS_openat, AT_FDCWD, (long)"/etc/resolv.conf", O_RDONLY) == 0 || !file_exists("/etc/resolv.conf"), "the resolver's file can be read");
	if (syscall(444, NULL, 0, 1U) >= 1)
		CHECK(locked_try(SYS_openat, AT_FDCWD, (long)"/etc/passwd", O_RDONLY) == 1 + EACCES, "another cannot");
	else
		printf("ok %d - another cannot # SKIP no Landlock here\n", ++tap_count);
	CHECK(locked_try(SYS_openat, AT_FDCWD, (long)new, O_WRONLY | O_CREAT) == 1 + EACCES && !file_exists(new), "no file is written");
	CHECK(locked_try(SYS_socket, AF_UNIX, SOCK_STREAM, 0) == 1 + EACCES, "no socket of the host");
	CHECK(locked_try(SYS_socket, AF_INET, SOCK_STREAM, 0) == 0, "sockets of the internet");
	CHECK(locked_try(SYS_execve, (long)"/bin/true", (long)none, (long)none) == 200 + SIGSYS, "no program is started");
	CHECK(locked_try(SYS_unlinkat, AT_FDCWD, (long)"/nonexistent", 0) == 200 + SIGSYS, "no file is removed");
	CHECK(locked_try(SYS_clone, SIGCHLD, 0, 0) == 1 + EACCES, "no process is made");
	CHECK(locked_try(SYS_listen, 0, 1, 0) == 200 + SIGSYS, "nobody is waited for");
	if (syscall(444, NULL, 0, 1U) >= 4)
		CHECK(locked_connect(994) == 1 + EACCES && locked_connect(993) != 1 + EACCES, "TCP goes to the ports of the task alone");
	else
		printf("ok %d - TCP goes to the ports of the task alone # SKIP no such Landlock here\n", ++tap_count);
}

/* ---- offline */

static void try_offline(void)
{
	const struct fetch_host host = { .url = "imaps://localhost:1", .ca_file = ca_path };
	const struct fetch_page page = { .url = "https://localhost:1/" };
	const struct letter letter = { "00", "a@v.example", recipients, 1, "x", 1 };
	struct letter_result result = { 0 };
	struct letter_way way;
	struct fetch *fetch;

	fetch_forbid();
	CHECK(fetch_mailbox_start(&(struct fetch_mailbox){ .host = host }, &fetch, NULL) == ERR_DENIED, "offline: no mail");
	CHECK(fetch_pages_start(&(struct fetch_pages){ .pages = &page, .count = 1 }, &fetch, NULL) == ERR_DENIED, "no page");
	letter_smtp(&way, &(struct fetch_host){ .url = "smtps://localhost:1" });
	CHECK(way.prepare(way.context, &letter, NULL) == ERR_DENIED && way.post(way.context, &letter, &result, NULL) == ERR_DENIED,
	      "no letter");
	letter_sendmail(&way, (char *const[]){ (char *)(uintptr_t)"true", NULL });
	CHECK(way.post(way.context, &letter, &result, NULL) == ERR_DENIED, "nor by sendmail");
}

int main(int argc, char **argv)
{
	if (argc == 2 && str_equal(argv[1], FETCH_WORKER_ARGUMENT))
		fetch_worker_main();
	if (!mkdtemp(folder))
		return 1;
	ca_path = file_join(folder, "ca.pem");
	try_urls();
	try_wire();
	try_lock();
	for (size_t i = 0; i < ARRAY_LEN(box_cases); i++)
		try_box(&box_cases[i]);
	for (size_t i = 0; i < ARRAY_LEN(pop_cases); i++)
		try_box(&pop_cases[i]);
	try_letters();
	try_sendmail();
	try_pages();
	try_offline();
	file_remove_tree(folder, NULL);
	free(ca_path);
	return tap_done();
}
