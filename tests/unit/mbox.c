/* SPDX-License-Identifier: Apache-2.0 */
/* Messages out of an mbox: what parts them, what is unquoted, and the same whatever stretches it is read in. */
#include "worker/parse_mbox.h"

#include <sys/mman.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tests/unit/tap.h"

#define LINE "From a@b.example Tue Mar  3 10:00:00 2026\n"

static const struct row {
	const char *name, *mbox;
	const char *messages; /* each with "|" behind it */
} rows[] = {
	{ "nothing", "", "" },
	{ "one", LINE "S: 1\n\nx\n", "S: 1\n\nx\n|" },
	{ "two", LINE "S: 1\n\nx\n\n" LINE "S: 2\n\ny\n\n", "S: 1\n\nx\n|S: 2\n\ny\n|" },
	{ "CRLF", "From a Tue Mar 3 10:00:00 2026\r\nS: 1\r\n\r\nx\r\n\r\nFrom a Tue Mar 3 10:00:00 2026\r\nS: 2\r\n\r\n",
	  "S: 1\r\n\r\nx\r\n|S: 2\r\n|" },
	{ "no line end", LINE "S: 1\n\nx", "S: 1\n\nx|" },
	{ "quoted", LINE "S: 1\n\n>From x\n>>From y\n> From z\n", "S: 1\n\nFrom x\n>From y\n> From z\n|" },
	{ "words in a body", LINE "S: 1\n\nHello\n\nFrom the desk of 10:00 until 1999\nbye\n", "S: 1\n\nHello\n\nFrom the desk of "
	  "10:00 until 1999\nbye\n|" },
	{ "not behind an empty line", LINE "S: 1\n\nx\n" LINE "S: 2\n\n", "S: 1\n\nx\n" LINE "S: 2\n|" },
	{ "no date", LINE "S: 1\n\nx\n\nFrom here on\nS: 2\n", "S: 1\n\nx\n\nFrom here on\nS: 2\n|" },
	{ "a first line without a date", "From nobody\nS: 1\n\nx\n\n" LINE "S: 2\n\n", "S: 1\n\nx\n|S: 2\n|" },
	{ "another form of date", LINE "S: 1\n\n\nFrom test@kolab.org Wed, 08 Sep 2010 17:52:37 +0200\nFrom: a@b\n\ny\n",
	  "S: 1\n\n|From: a@b\n\ny\n|" },
	{ "Content-Length is not believed", LINE "Content-Length: 200\n\nx\n\n" LINE "S: 2\n\ny\n",
	  "Content-Length: 200\n\nx\n|S: 2\n\ny\n|" },
	{ "three in a row without bodies", LINE "S: 1\n\n" LINE "S: 2\n\n" LINE "S: 3\n\n", "S: 1\n|S: 2\n|S: 3\n|" },
};

/* Adds what is found in a stretch; the bytes used. */
static size_t ask(const char *bytes, size_t length, bool last, bool inside, struct str *ret)
{
	struct mbox_messages messages = { .bytes = STR_INIT };
	AUTO_STR answer = STR_INIT;
	int fd = memfd_create("answer", MFD_CLOEXEC);
	char block[4096];
	ssize_t got;
	size_t used;

	CHECK_QUIET(parse_mbox_write(fd, bytes, length, (last ? MBOX_LAST : 0) | (inside ? MBOX_INSIDE : 0)), "it is written");
	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, block, sizeof(block))) > 0)
		str_add_bytes(&answer, block, (size_t)got);
	close(fd);
	CHECK_QUIET(parse_mbox_read(&answer, length, &messages, NULL) == 0, "and read again");
	for (size_t i = 0; i < messages.count; i++) {
		str_add_bytes(ret, messages.messages[i].bytes, messages.messages[i].length);
		str_add_char(ret, '|');
	}
	used = messages.used;
	mbox_messages_release(&messages);
	return used;
}

/* In stretches of STEP bytes, which grow where no message ends in one. */
static void read_in(const char *mbox, size_t step, struct str *ret)
{
	size_t length = strlen(mbox), at = 0, room = step;

	while (at < length) {
		size_t left = length - at, here = left < room ? left : room;
		size_t used = ask(mbox + at, here, here == left, false, ret);

		room = used ? step : room + step;
		at += used;
	}
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR whole = STR_INIT;

		ask(rows[i].mbox, strlen(rows[i].mbox), true, false, &whole);
		CHECK_STR(whole.bytes, rows[i].messages, rows[i].name);
		for (size_t step = 1; step <= strlen(rows[i].mbox); step++) {
			AUTO_STR parts = STR_INIT;

			read_in(rows[i].mbox, step, &parts);
			CHECK_QUIET(str_equal(parts.bytes, rows[i].messages), "%s in stretches of %zu", rows[i].name, step);
		}
	}
	CHECK(1, "and the same in stretches of every length");
}

/* The rest of one that was too long is passed over. */
static void test_inside(void)
{
	static const char rest[] = "more words\n\nand more\n\n" LINE "S: 2\n\ny\n";
	AUTO_STR found = STR_INIT, none = STR_INIT;
	AUTO_STR filler = STR_INIT;

	CHECK(ask(rest, sizeof(rest) - 1, true, true, &found) == sizeof(rest) - 1 && str_equal(found.bytes, "S: 2\n\ny\n|"),
	      "the next message is found");
	str_add_repeat(&filler, 'x', 5000);
	CHECK(ask(filler.bytes, filler.length, false, true, &none) == 3000 && !none.length, "all but the end of words is used");
}

/* Whatever answer comes: nothing outside of it is read, nothing longer than the question is taken. */
static void test_broken(void)
{
	AUTO_STR sound = STR_INIT;
	int fd = memfd_create("answer", MFD_CLOEXEC), taken = 0;
	char block[4096];
	ssize_t got;

	parse_mbox_write(fd, rows[2].mbox, strlen(rows[2].mbox), MBOX_LAST);
	got = pread(fd, block, sizeof(block), 0);
	close(fd);
	for (ssize_t i = 0; i < got; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct mbox_messages messages = { .bytes = STR_INIT };

			str_reset(&sound);
			str_add_bytes(&sound, block, (size_t)(bit == 7 ? i : got));
			if (bit < 7)
				sound.bytes[i] = (char)(sound.bytes[i] ^ 1 << bit);
			if (parse_mbox_read(&sound, strlen(rows[2].mbox), &messages, NULL))
				continue;
			taken++;
			CHECK_QUIET(messages.used <= strlen(rows[2].mbox), "no more is used than there was");
			mbox_messages_release(&messages);
		}
	CHECK(taken > 0 && taken < got * 8, "%d of %zd damaged answers are taken", taken, got * 8);
}

int main(void)
{
	test_rows();
	test_inside();
	test_broken();
	return tap_done();
}
