/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from an option, a file, or the handler's editor. The editor gets a file in the member's own 0600
 * draft area; what it held is sealed as a draft before the file goes, so nothing typed is lost.
 */
#include "command/command_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"

enum { BODY_LIMIT = 20 << 20 };

static const char *editor_name(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

/* The editor is a command line of the handler's own making, so a shell reads it; the file is an argument. */
static int run_editor(const char *path, struct error *err)
{
	AUTO_STRING script = mem_format("%s \"$1\"", editor_name());
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return error_set(err, ERR_INPUT, editor_name(), _("Set EDITOR to a program that works"),
			 _("the editor failed; the text is kept as a draft"));
}

static int edit_file(struct vault *vault, const char *path, const char *name, struct str *text, struct error *err)
{
	AUTO_STR back = STR_INIT;
	char random[9];
	AUTO_STRING draft = NULL;
	int failed = run_editor(path, err), code = file_read(path, BODY_LIMIT, &back, failed ? NULL : err);

	if (!failed && !code) {
		str_reset(text);
		str_add_bytes(text, back.bytes, back.length);
		return 0;
	}
	vault_random_hex(random, 8);
	draft = mem_format("edit-%s", random);
	if (back.length && vault_draft_put(vault, draft, back.bytes, back.length, NULL) == 0)
		return error_set(err, ERR_INPUT, name, NULL, _("the editor failed; what you typed is kept as %s"),
				 draft);
	return failed ? failed : code;
}

int command_editor(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	const char *dot = strrchr(name, '.');
	AUTO_STRING path = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err), fd;

	if (!code)
		code = vault_draft_scratch(desk_vault(desk), dot ? dot : ".txt", &path, err);
	if (code)
		return code;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fd_write_all(fd, text->bytes, text->length) < 0)
		code = error_errno(err, ERR_VAULT, path, NULL);
	if (fd >= 0)
		close(fd);
	if (!code)
		code = edit_file(desk_vault(desk), path, name, text, err);
	unlink(path);
	return code;
}

int command_body(struct command_context *context, const struct command_call *call, const char *name,
		 const char *template, char **ret, struct error *err)
{
	const char *file = call_value(call, "--file");
	struct str text = STR_INIT;
	int code = 0;

	if (call_value(call, "--text")) {
		str_add(&text, call_value(call, "--text"));
	} else if (file) {
		code = file_read(file, BODY_LIMIT, &text, err);
	} else if (context->edit) {
		str_add(&text, template);
		code = context->edit(context, name, &text, err);
	} else {
		code = error_set(err, ERR_USAGE, call->row->name, _("Give --text TEXT or --file FILE"),
				 _("there is no text, and no terminal for an editor"));
	}
	if (!code)
		*ret = str_detach(&text);
	else
		str_wipe(&text);
	return code;
}
