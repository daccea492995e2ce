/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders, in a folder of the test's own; where the program looks for its data. */
#include "psirtty/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char *work; /* owned: the test's folder */

static char *in_work(const char *name)
{
	return file_join(work, name);
}

static void put(const char *name, const char *text)
{
	AUTO_STRING path = in_work(name);

	if (file_write(path, text, strlen(text), 0600, NULL) != 0)
		CHECK(0, "cannot write %s", path);
}

static void test_read(void)
{
	AUTO_STRING path = in_work("read"), *absent = in_work("absent");
	AUTO_STR s = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	put("read", "12345");
	str_add(&s, "before ");
	CHECK(file_read(path, 5, &s, &err) == 0, "a file of the limit's size");
	CHECK_STR(s.bytes, "before 12345", "is appended");
	CHECK(file_read(path, 4, &s, &err) == ERR_INPUT, "one byte more than the limit is refused");
	CHECK_STR(s.bytes, "before 12345", "and leaves the string as it was");
	CHECK_STR(err.why, "it is larger than 4 bytes", "with the reason");
	CHECK(file_read(absent, 5, &s, &err) == ERR_INPUT && str_equal(err.remedy, "Check the name"), "an absent file");
	CHECK(file_read(work, 5, &s, &err) == ERR_INPUT, "a folder is no file");
	CHECK(file_read("/dev/zero", 1 << 20, &s, &err) == ERR_INPUT && s.length == 12, "one without end");
}

static void test_write(void)
{
	AUTO_STRING own = mem_format("link.%ld.part", (long)getpid());
	AUTO_STRING path = in_work("written"), *part = in_work("written.part"), *link = in_work(own);
	AUTO_STRING target = in_work("read"), *linked = in_work("link"), *nowhere = in_work("no/such/file");
	AUTO_STR s = STR_INIT;
	struct stat info;

	put("written", "old");
	CHECK(file_write(path, "new\0!", 5, 0640, NULL) == 0, "written over");
	CHECK(file_read(path, 100, &s, NULL) == 0 && s.length == 5 && memcmp(s.bytes, "new\0!", 5) == 0, "what was written");
	CHECK(stat(path, &info) == 0 && (info.st_mode & 07777) == 0640, "with its mode, whatever the umask");
	free(part);
	part = mem_format("%s.%ld.part", path, (long)getpid());
	CHECK(!file_exists(part), "nothing is left beside it");
	CHECK(file_write(nowhere, "x", 1, 0600, NULL) == ERR_INPUT, "no folder, no file");
	CHECK(symlink(target, link) == 0 && file_write(linked, "x", 1, 0600, NULL) == ERR_INPUT, "a planted link is not followed");
	str_reset(&s);
	CHECK(file_read(target, 100, &s, NULL) == 0 && str_equal(s.bytes, "12345"), "and its target is untouched");
	CHECK(file_write(path, "", 0, 0600, NULL) == 0 && stat(path, &info) == 0 && info.st_size == 0, "an empty file");
}

/* A reader that opens while a writer works sees one whole text or the other. */
static void test_atomic(void)
{
	AUTO_STRING path = in_work("atomic");
	char text[2][50000];
	pid_t writer;
	int mixed = 0, reads = 0, status = 0;

	memset(text[0], 'a', sizeof(text[0]));
	memset(text[1], 'b', sizeof(text[1]));
	file_write(path, text[0], sizeof(text[0]), 0600, NULL);
	fflush(stdout);
	writer = fork();
	if (writer == 0) {
		for (int i = 0; i < 200; i++)
			if (file_write(path, text[i % 2], sizeof(text[0]), 0600, NULL) != 0)
				_exit(1);
		_exit(0);
	}
	while (waitpid(writer, &status, WNOHANG) == 0) {
		AUTO_STR s = STR_INIT;

		if (file_read(path, 1 << 20, &s, NULL) != 0 || s.length != sizeof(text[0]) ||
		    (memcmp(s.bytes, text[0], s.length) != 0 && memcmp(s.bytes, text[1], s.length) != 0))
			mixed++;
		reads++;
	}
	CHECK(status == 0 && reads > 0 && mixed == 0, "never half a file (%d of %d reads)", mixed, reads);
}

static void test_folders(void)
{
	AUTO_STRING deep = in_work("a/b//c/"), *list = in_work("list"), *file = in_work("read/x"), *a = in_work("a");
	AUTO_STRING link = in_work("to-list"), *dot = in_work("list/.hidden");
	char **names = NULL;
	size_t count = 0;

	CHECK(file_make_dir(deep, 0700, NULL) == 0 && file_is_dir(deep), "a folder with its parents");
	CHECK(file_make_dir(deep, 0700, NULL) == 0, "made again");
	CHECK(file_make_dir(file, 0700, NULL) == ERR_INPUT, "not below a file");
	CHECK(file_make_dir("", 0700, NULL) == ERR_INPUT, "not one without a name");
	file_make_dir(list, 0700, NULL);
	put("list/b", "");
	put("list/B", "");
	put("list/a10", "");
	put("list/a9", "");
	file_write(dot, "", 0, 0600, NULL);
	CHECK(file_list(list, &names, &count, NULL) == 0 && count == 4, "four names, the hidden one not");
	CHECK(count == 4 && str_equal(names[0], "B") && str_equal(names[1], "a10") && str_equal(names[2], "a9") && str_equal(names[3], "b"), "sorted by bytes");
	file_free_names(names, count);
	CHECK(file_list(deep, &names, &count, NULL) == 0 && count == 0, "an empty folder");
	file_free_names(names, count);
	CHECK(file_list(file, &names, &count, NULL) == ERR_INPUT, "no folder, no names");
	CHECK(symlink(list, link) == 0 && file_remove_tree(link, NULL) == ERR_DENIED && file_is_dir(list), "a link to a tree is not removed");
	CHECK(file_remove_tree(a, NULL) == 0 && !file_exists(a), "a tree is");
	CHECK(file_remove_tree("/", NULL) == ERR_DENIED && file_remove_tree("", NULL) == ERR_DENIED &&
		      file_remove_tree("..", NULL) == ERR_DENIED && file_remove_tree(".", NULL) == ERR_DENIED,
	      "the root, nothing, here and above are refused");
}

static void test_join(void)
{
	AUTO_STRING plain = file_join("a", "b"), *slash = file_join("a/", "b");

	CHECK_STR(plain, "a/b", "joined with a slash");
	CHECK_STR(slash, "a/b", "and not with two");
}

static void test_user_dirs(void)
{
	AUTO_STRING home = NULL, *given = NULL, *wrong = NULL, *share = NULL, *nobody = NULL;

	setenv("HOME", "/home/x", 1);
	unsetenv("XDG_STATE_HOME");
	unsetenv("XDG_DATA_HOME");
	home = file_state_dir();
	share = file_share_dir();
	setenv("XDG_STATE_HOME", "/s", 1);
	given = file_state_dir();
	setenv("XDG_STATE_HOME", "relative", 1);
	wrong = file_state_dir();
	unsetenv("HOME");
	nobody = file_share_dir();
	CHECK_STR(home, "/home/x/.local/state/psirtty", "state below the home");
	CHECK_STR(share, "/home/x/.local/share/psirtty", "data below the home");
	CHECK_STR(given, "/s/psirtty", "where the variable says");
	CHECK_STR(wrong, "/home/x/.local/state/psirtty", "but not a relative one");
	CHECK_STR(nobody, "/nonexistent/.local/share/psirtty", "without a home");
}

/* Runs a copy of this program from FOLDER of the test's folder and returns the path it finds. */
static char *found_from(const char *folder)
{
	AUTO_STRING dir = in_work(folder), *program = file_join(dir, "program"), *out = in_work("found");
	AUTO_STR self = STR_INIT, found = STR_INIT;
	int status = -1;
	pid_t child;

	file_make_dir(dir, 0700, NULL);
	if (file_read("/proc/self/exe", 1 << 28, &self, NULL) != 0 ||
	    file_write(program, self.bytes, self.length, 0700, NULL) != 0)
		return mem_string("no copy");
	child = fork();
	if (child == 0) {
		unsetenv("PSIRTTY_DATA");
		execl(program, program, "--find", out, (char *)NULL);
		_exit(9);
	}
	waitpid(child, &status, 0);
	if (status != 0 || file_read(out, 10000, &found, NULL) != 0)
		return mem_string("no answer");
	return str_detach(&found);
}

static void test_shared(void)
{
	AUTO_STRING tree = in_work("tree"), *data = in_work("tree/data"), *in_tree = in_work("tree/data/keys.conf");
	AUTO_STRING beside = NULL, *below = NULL, *check = NULL, *bin = NULL, *named = NULL, *theme = NULL;

	fflush(stdout);
	file_make_dir(data, 0700, NULL);
	put("tree/data/keys.conf", "");
	beside = found_from("tree");
	below = found_from("tree/build");
	check = found_from("tree/build-check");
	bin = found_from("tree/bin");
	CHECK_STR(beside, in_tree, "data/ beside the program");
	CHECK_STR(below, in_tree, "data/ above a program in build/");
	CHECK_STR(check, in_tree, "data/ above a program in build-check/");
	CHECK(str_ends(bin, "/data/keys.conf") && !str_starts(bin, work), "not above one in bin/: %s", bin);
	setenv("PSIRTTY_DATA", "/d/data", 1);
	named = file_data("x.tsv");
	theme = file_theme("dark.yaml");
	CHECK_STR(named, "/d/data/x.tsv", "where PSIRTTY_DATA says");
	CHECK_STR(theme, "/d/data/../themes/dark.yaml", "and the themes beside that");
}

static int answer_found(const char *out)
{
	AUTO_STRING found = file_data("keys.conf");

	return file_write(out, found, strlen(found), 0600, NULL) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	AUTO_STRING folder = mem_format("%s/base_file.XXXXXX", tmp && *tmp ? tmp : "/tmp");

	if (argc == 3 && str_equal(argv[1], "--find"))
		return answer_found(argv[2]);
	work = mkdtemp(folder);
	if (!work)
		return 1;
	test_read();
	test_write();
	test_atomic();
	test_folders();
	test_join();
	test_shared();
	test_user_dirs();
	CHECK(file_remove_tree(work, NULL) == 0, "the test's folder is removed");
	return tap_done();
}
