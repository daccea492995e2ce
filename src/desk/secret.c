/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords, from where the settings say: never on a command line, in the environment or in a log. */
#include "psirtty/desk/settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/program.h"

enum { SECRET_LIMIT = 16 << 10, PATIENCE = 60 };

static int first_line(const char *what, struct str *secret, struct error *err)
{
	str_truncate(secret, strcspn(secret->bytes, "\r\n"));
	return secret->length ? 0 : error_set(err, ERR_DENIED, what, NULL, _("its first line is empty: there is no password"));
}

static int from_file(const char *path, struct str *ret, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char block[SECRET_LIMIT];
	struct stat info;
	ssize_t got;

	if (fd < 0 || fstat(fd, &info) != 0) {
		int code = error_errno(err, ERR_DENIED, path, _("Name the file with `password_file` in the settings"));

		if (fd >= 0)
			close(fd);
		return code;
	}
	if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077)) {
		close(fd);
		return error_set(err, ERR_DENIED, path, _("Take it over and `chmod 600` it"),
				 _("others may read it, so it is no place for a password"));
	}
	got = read(fd, block, sizeof(block));
	close(fd);
	if (got > 0)
		str_add_bytes(ret, block, (size_t)got);
	explicit_bzero(block, sizeof(block));
	return first_line(path, ret, err);
}

static int from_program(char *const *words, struct str *ret, struct error *err)
{
	const struct program program = { .words = words, .most = SECRET_LIMIT, .patience = PATIENCE };
	int status, code = program_run(&program, ret, &status, err);

	if (code)
		return code;
	if (!WIFEXITED(status) || WEXITSTATUS(status) || status == -1)
		return error_set(err, ERR_DENIED, words[0], _("Try it in a shell"), _("it gave no password"));
	return first_line(words[0], ret, err);
}

int settings_secret(const struct settings_login *login, const char *what, settings_ask_fn ask, void *context,
		    struct str *ret, struct error *err)
{
	int code = 0;

	if (!login->user && !login->password_file && !login->password_command)
		return 0;
	if (login->password_file)
		code = from_file(login->password_file, ret, err);
	else if (login->password_command)
		code = from_program(login->password_command, ret, err);
	else if (!ask || !ask(context, what, ret))
		code = error_set(err, ERR_DENIED, what, _("Set password_file or password_command in the settings"),
				 _("its password is not known, and nobody could be asked"));
	if (code)
		str_wipe(ret);
	return code;
}
