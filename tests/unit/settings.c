/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of accounts, sending and the network: what they may be, what is refused and where, where secrets come from. */
#include "psirtty/desk/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"

static const char whole[] =
	"offline: false\n"
	"network: { ca_file: /etc/ca.pem, proxy: 'socks5h://localhost:1080', patience: 5 }\n"
	"accounts:\n"
	"  one:\n"
	"    url: imaps://mail.example/PSIRT\n"
	"    user: psirt\n"
	"    password_command: [pass, show, psirt]\n"
	"    delete: true\n"
	"    most_bytes: 4096\n"
	"  two: { url: 'pop3://mail.example', user: p, password_file: secret, auth: bearer }\n"
	"send: { by: smtp, url: 'smtps://mail.example', from: psirt@mail.example, program: [/bin/true, -x] }\n";

static void test_whole(void)
{
	struct settings s;
	AUTO_ERROR err = ERROR_INIT;
	const struct settings_account *found;

	settings_init(&s);
	CHECK(settings_parse(whole, sizeof(whole) - 1, "x.yaml", "/home/h", &s, &err) == 0, "settings: %s", str_or_empty(err.why));
	CHECK(!s.offline && s.patience == 5 && str_equal(s.ca_file, "/etc/ca.pem") && str_equal(s.proxy, "socks5h://localhost:1080"),
	      "the network");
	CHECK(s.account_count == 2 && str_equal(s.accounts[0].login.url, "imaps://mail.example/PSIRT") && s.accounts[0].remove &&
	      s.accounts[0].most_bytes == 4096 && str_equal(s.accounts[0].login.password_command[2], "psirt") &&
	      !s.accounts[0].login.password_command[3], "an account");
	CHECK(str_equal(s.accounts[1].login.password_file, "/home/h/secret") && str_equal(s.accounts[1].login.auth, "bearer") &&
	      !s.accounts[1].remove, "another, its file beside the settings");
	CHECK(str_equal(s.send.by, "smtp") && str_equal(s.send.sender, "psirt@mail.example") && str_equal(s.send.program[1], "-x"), "sending");
	CHECK(settings_account(&s, "two", &found, NULL) == 0 && found == &s.accounts[1], "found by its name");
	CHECK(settings_account(&s, NULL, &found, NULL) == ERR_USAGE && settings_account(&s, "three", &found, NULL) == ERR_USAGE,
	      "not by another, nor by none when there are two");
	CHECK(settings_parse("offline: true\n", 14, "y.yaml", "/", &s, NULL) == 0 && s.offline &&
	      settings_parse("offline: false\n", 15, "z.yaml", "/", &s, NULL) == 0 && s.offline, "who is offline stays so");
	settings_release(&s);
}

static void test_refused(void)
{
	static const struct { const char *text, *place; } rows[] = {
		{ "accounts: { a: { user: x } }\n", "x.yaml:1" }, { "accounts:\n  a:\n    url: http://h\n", "x.yaml:3" },
		{ "accounts:\n  a:\n    url: imaps://h\n    dlete: true\n", "x.yaml:4" }, { "accounts:\n  'a b': { url: imaps://h }\n", "x.yaml:2" },
		{ "network:\n  patience: 0\n", "x.yaml:2" }, { "network:\n  patience: 5s\n", "x.yaml:2" }, { "network: 5\n", "x.yaml:1" },
		{ "send:\n  by: pigeon\n", "x.yaml:2" }, { "send:\n  program: /bin/true\n", "x.yaml:2" }, { "send:\n  url: [a]\n", "x.yaml:2" },
		{ "accounts: [a]\n", "x.yaml:1" }, { "accounts: { a: imaps://h }\n", "x.yaml:1" },
		{ "accounts: { a: { url: imaps://h, delete: maybe } }\n", "x.yaml:1" }, { "accounts: { a: { url: imaps://h, most_bytes: 1 } }\n", "x.yaml:1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ERROR err = ERROR_INIT;
		struct settings s;

		settings_init(&s);
		CHECK(settings_parse(rows[i].text, strlen(rows[i].text), "x.yaml", "/", &s, &err) == ERR_INPUT && str_starts(err.what, rows[i].place),
		      "refused at %s: %s", rows[i].place, str_or_empty(err.why));
		settings_release(&s);
	}
}

static void test_rows(void)
{
	const struct settings_row *rows;
	size_t count = settings_rows(&rows);

	for (size_t i = 0; i < count; i++)
		CHECK_QUIET(rows[i].name && *rows[i].name && rows[i].help && *rows[i].help, "row %zu has a name and a help", i);
	CHECK(count > 20, "%zu settings have a name and a help", count);
}

/* ---- secrets */

static bool answer(void *context, const char *what, struct str *ret)
{
	(void)what;
	str_add(ret, context);
	return true;
}

static int ask(const struct settings_login *login, char *typed, struct str *ret)
{
	str_wipe(ret);
	return settings_secret(login, "it", typed ? answer : NULL, typed, ret, NULL);
}

static void test_secrets(void)
{
	char folder[] = "/tmp/pz.XXXXXX", user[] = "u", typed[] = "typed";
	char echo[] = "echo", word[] = "from-program", not[] = "false", none[] = "/nonexistent/program";
	char *says[] = { echo, word, NULL }, *fails[] = { not, NULL }, *missing[] = { none, NULL };
	AUTO_STRING path = mkdtemp(folder) ? file_join(folder, "secret") : NULL;
	struct settings_login login = { .user = user, .password_file = path };
	AUTO_STR got = STR_INIT;

	file_write(path, "from file\r\nsecond line\n", 23, 0600, NULL);
	CHECK(ask(&login, NULL, &got) == 0 && str_equal(got.bytes, "from file"), "the first line of a file");
	chmod(path, 0640);
	CHECK(ask(&login, typed, &got) == ERR_DENIED && !got.length, "not of one that the group reads");
	chmod(path, 0600);
	file_write(path, "\nx\n", 3, 0600, NULL);
	CHECK(ask(&login, NULL, &got) == ERR_DENIED, "not an empty one");
	unlink(path);
	CHECK(ask(&login, NULL, &got) == ERR_DENIED, "nor one that is not there");
	login.password_file = folder;
	CHECK(ask(&login, NULL, &got) == ERR_DENIED, "nor a folder");
	login = (struct settings_login){ .user = user, .password_command = says };
	CHECK(ask(&login, NULL, &got) == 0 && str_equal(got.bytes, word), "what a program prints");
	login.password_command = fails;
	CHECK(ask(&login, NULL, &got) == ERR_DENIED, "not of one that fails");
	login.password_command = missing;
	CHECK(ask(&login, NULL, &got) == ERR_INPUT, "nor of one that is not there");
	login.password_command = NULL;
	CHECK(ask(&login, typed, &got) == 0 && str_equal(got.bytes, typed), "what is typed");
	CHECK(ask(&login, NULL, &got) == ERR_DENIED, "where nobody can be asked it says so");
	login.user = NULL;
	CHECK(ask(&login, NULL, &got) == 0 && !got.length, "who does not log in needs none");
	rmdir(folder);
}

int main(void)
{
	test_whole();
	test_refused();
	test_rows();
	test_secrets();
	return tap_done();
}
