/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from an option, a file, or the handler's editor. The editor gets a file in the member's own 0600
 * draft area; what it held is sealed as a draft before the file goes, and stays until its command is done, so nothing typed is
 * lost, whatever ends us.
 */
#include "command/command_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"

enum { BODY_LIMIT = 20 << 20, PATIENCE_S = 2 };

static const char *editor_name(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

static const sigset_t *watched(void)
{
	static sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	return &set;
}

/* Until the child has ended. Who tells us to end tells it, too; one that does not listen is killed. */
static int await(pid_t child, int *ret_status)
{
	const struct timespec patience = { .tv_sec = PATIENCE_S };
	int asked = 0;

	while (waitpid(child, ret_status, WNOHANG) == 0) {
		int number = asked ? sigtimedwait(watched(), NULL, &patience) : sigwaitinfo(watched(), NULL);

		if (number == SIGTERM || number == SIGHUP) {
			asked = number;
			kill(child, number);
		} else if (number < 0 && asked && errno == EAGAIN) {
			kill(child, SIGKILL);
		}
	}
	return asked;
}

/* The editor is a command line of the handler's own making, so a shell reads it; the file is an argument. */
static int run_editor(const char *path, int *ret_signal, struct error *err)
{
	AUTO_STRING script = mem_format("%s \"$1\"", editor_name());
	int status = 0, ended_by = 0;
	sigset_t before;
	pid_t child;

	sigprocmask(SIG_BLOCK, watched(), &before);
	child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execl("/bin/sh", "sh", "-c", script, "sh", path, (char *)NULL);
		_exit(127);
	}
	if (child > 0)
		ended_by = await(child, &status);
	*ret_signal = ended_by;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return error_set(err, ERR_INPUT, editor_name(), _("Set EDITOR to a program that works"),
			 _("the editor failed; the text is kept as a draft"));
}

static char *seal(struct vault *vault, const struct str *text)
{
	char random[9];
	char *draft;

	vault_random_hex(random, 8);
	draft = mem_format("edit-%s", random);
	if (text->length && vault_draft_put(vault, draft, text->bytes, text->length, NULL) == 0)
		return draft;
	free(draft);
	return NULL;
}

static int edit_file(struct command_context *context, struct vault *vault, const char *path, const char *name,
		     struct str *text, int *ret_signal, struct error *err)
{
	struct str back = STR_INIT;
	AUTO_STRING draft = NULL;
	int failed = run_editor(path, ret_signal, err), code = file_read(path, BODY_LIMIT, &back, failed ? NULL : err);

	draft = code ? NULL : seal(vault, &back);
	if (!failed && !code) {
		str_reset(text);
		str_add_bytes(text, back.bytes, back.length);
		mem_replace(&context->edited, draft);
	} else if (draft) {
		failed = error_set(err, ERR_INPUT, name, NULL, _("the editor failed; what you typed is kept as %s"), draft);
	}
	str_wipe(&back);
	return failed ? failed : code;
}

void command_edited_done(struct command_context *context, const char *id)
{
	if (id && context->desk)
		vault_draft_remove(desk_vault(context->desk), id, NULL);
}

int command_edited_text(struct command_context *context, const char *id, struct str *ret, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	return code ? code : vault_draft_get(desk_vault(desk), id, ret, err);
}

int command_editor(struct command_context *context, const char *name, struct str *text, struct error *err)
{
	const char *dot = strrchr(name, '.');
	AUTO_STRING path = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err), fd, number = 0;

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
		code = edit_file(context, desk_vault(desk), path, name, text, &number, err);
	unlink(path);
	/* What was written is safe: now we end, too, as whoever runs us does it. */
	if (number)
		raise(number);
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
