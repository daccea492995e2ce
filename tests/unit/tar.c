/* SPDX-License-Identifier: Apache-2.0 */
/* ustar: what is written is read back whatever the pieces, tar itself takes it, and what is odd is refused. */
#include "psirtty/format/tar.h"

#include "tap.h"

static const struct tar_limits limits = { .members = 3, .total = 5000 };

struct heard { struct str text; int stop; };

static int begin(void *context, const struct tar_member *member, struct error *err)
{
	struct heard *heard = context;
	char at[40];

	(void)err;
	str_add_format(&heard->text, "[%s %llu %s ", member->path, (unsigned long long)member->size,
		       instant_format(member->modified, at));
	return heard->stop;
}

static int bytes(void *context, const void *at, size_t length, struct error *err)
{
	(void)err;
	str_add_bytes(&((struct heard *)context)->text, at, length);
	return 0;
}

static int end(void *context, struct error *err)
{
	(void)err;
	str_add(&((struct heard *)context)->text, "]");
	return 0;
}

static void add(struct str *tar, const char *path, const char *content)
{
	char block[TAR_BLOCK];

	if (tar_header(path, strlen(content), 1795000000 * INSTANT_SECOND, block, NULL))
		return;
	str_add_bytes(tar, block, sizeof(block));
	str_add(tar, content);
	str_add_repeat(tar, '\0', tar_padding(strlen(content)));
}

static int hear(const struct str *tar, size_t piece, int stop, struct heard *ret, struct error *err)
{
	const struct tar_handler handler = { begin, bytes, end, ret };
	struct tar_reader *reader = tar_reader_new(&handler, &limits);
	int code = 0;

	*ret = (struct heard){ STR_INIT, stop };
	for (size_t at = 0; !code && at < tar->length; at += piece)
		code = tar_reader_feed(reader, tar->bytes + at, tar->length - at < piece ? tar->length - at : piece,
				       err);
	if (!code)
		code = tar_reader_finish(reader, err);
	tar_reader_free(reader);
	return code;
}

static void sample(struct str *tar)
{
	AUTO_STR block = STR_INIT;

	str_add_repeat(&block, 'x', TAR_BLOCK);
	add(tar, "a/one.txt", "hello");
	add(tar, "empty", "");
	add(tar, "block", block.bytes);
	str_add_repeat(tar, '\0', TAR_END);
}

static void test_round_trip(void)
{
	AUTO_STR tar = STR_INIT;
	AUTO_STR expected = STR_INIT;
	struct heard heard;
	AUTO_ERROR err = ERROR_INIT;

	sample(&tar);
	str_add(&expected, "[a/one.txt 5 2026-11-18T11:06:40Z hello][empty 0 2026-11-18T11:06:40Z ]"
			   "[block 512 2026-11-18T11:06:40Z ");
	str_add_repeat(&expected, 'x', TAR_BLOCK);
	str_add(&expected, "]");
	for (size_t piece = 1; piece <= 1100; piece += piece < 20 ? 1 : 97) {
		CHECK(hear(&tar, piece, 0, &heard, &err) == 0 && str_equal(heard.text.bytes, expected.bytes),
		      "read back in pieces of %zu: %s", piece, err.why ? err.why : "");
		str_release(&heard.text);
	}
	CHECK(hear(&tar, 700, ERR_DENIED, &heard, &err) == ERR_DENIED, "the handler can stop it");
	str_release(&heard.text);
}

static void test_refused(void)
{
	static const char *const bad[] = { "", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a/.", "..", "a\\b",
					   "a\nb", "a\x7f", "\xff" };
	AUTO_STR tar = STR_INIT;
	AUTO_STR letters = STR_INIT;
	struct heard heard;
	int refused = 0, cuts = 0;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!tar_path_valid(bad[i]), "path %zu is refused", i);
	str_add_repeat(&letters, 'n', TAR_PATH);
	CHECK(tar_path_valid(letters.bytes), "a path of 100 bytes is taken");
	str_add(&letters, "n");
	CHECK(!tar_path_valid(letters.bytes), "one of 101 is not");
	CHECK(tar_path_valid("..a/b..") && tar_path_valid("\xe6\xbc\x8f\xe6\xb4\x9e.txt"), "odd but harmless names are");
	sample(&tar);
	for (size_t bit = 0; bit < TAR_BLOCK * 8; bit++) {
		tar.bytes[bit / 8] ^= (char)(1 << bit % 8);
		refused += hear(&tar, SIZE_MAX / 2, 0, &heard, NULL) == ERR_INPUT;
		str_release(&heard.text);
		tar.bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	CHECK(refused == TAR_BLOCK * 8, "every bit of a header counts: %d of 4096", refused);
	for (size_t length = 0; length < tar.length; length += 64) {
		struct str cut = { tar.bytes, length, 0 };

		cuts += hear(&cut, 512, 0, &heard, NULL) == ERR_INPUT;
		str_release(&heard.text);
	}
	CHECK(cuts == (int)((tar.length + 63) / 64), "each cut is seen");
}

static int count_members(size_t members, size_t size)
{
	AUTO_STR tar = STR_INIT, content = STR_INIT;
	struct heard heard;
	int code;

	str_add_repeat(&content, 'y', size);
	for (size_t i = 0; i < members; i++)
		add(&tar, "m", content.bytes);
	str_add_repeat(&tar, '\0', TAR_END);
	code = hear(&tar, 4096, 0, &heard, NULL);
	str_release(&heard.text);
	return code;
}

static void test_limits(void)
{
	char block[TAR_BLOCK];

	CHECK(count_members(3, 1) == 0 && count_members(4, 1) == ERR_INPUT, "three members, not four");
	CHECK(count_members(1, 5000) == 0 && count_members(1, 5001) == ERR_INPUT, "5000 bytes, not 5001");
	CHECK(count_members(2, 2500) == 0 && count_members(2, 2501) == ERR_INPUT, "of all members together");
	CHECK(tar_header("a", TAR_MEMBER_MAX, 0, block, NULL) == 0 &&
		      tar_header("a", TAR_MEMBER_MAX + 1, 0, block, NULL) == ERR_INPUT,
	      "eleven octal digits of size");
}

int main(void)
{
	test_round_trip();
	test_refused();
	test_limits();
	return tap_done();
}
