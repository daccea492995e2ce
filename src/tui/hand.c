/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the screen by hand: copying to the clipboard of the handler's terminal, piping a text through a command. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tui/app.h"

/* What one reads at the moment: the text, or the preview of what is selected. */
static void text_at_hand(struct app *app, struct str *ret)
{
	struct view *view = app_view(app);
	const struct row *row = view_selected(view);
	struct doc doc = { 0 };

	doc_reset(&doc, app->cols);
	if (!view_is_list(view)) {
		doc_text(&view->head, ret);
		doc_text(&view->body, ret);
	} else if (row && view->ops->preview) {
		view->ops->preview(view, row, &doc);
		doc_text(&doc, ret);
	}
	doc_release(&doc);
}

static void copy_id(struct app *app, struct str *ret)
{
	str_add(ret, str_or_empty(app->selected_mail ? app->selected_mail : app->selected_case));
}

static void copy_title(struct app *app, struct str *ret)
{
	const struct model *model = view_model(app_view(app));
	const struct inbox_item *item = app->selected_mail ? model_find_mail(model, app->selected_mail) : NULL;
	const struct case_state *state = app->selected_case ? model_find_case(model, app->selected_case) : NULL;

	if (item)
		text_add_line(ret, item->record.subject);
	else if (state)
		text_add_line(ret, state->title);
}

static const struct { const char *word; void (*add)(struct app *app, struct str *ret); } copies[] = {
	{ "id", copy_id }, { "title", copy_title }, { "text", text_at_hand },
};

void hand_copy(struct app *app, const char *what)
{
	AUTO_STR text = STR_INIT, sentence = STR_INIT;

	app_note_selection(app);
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		if (str_equal(copies[i].word, what ? what : "id"))
			copies[i].add(app, &text);
	if (!text.length) {
		app_message(app, ROLE_WARNING, _("There is nothing to copy here; say copy id, copy title or copy text."));
		return;
	}
	if (!app->term->ops->copy(app->term, text.bytes)) {
		app_message(app, ROLE_ERROR, _("That is too long for a terminal's clipboard."));
		return;
	}
	str_add_format(&sentence, _("Sent %zu bytes to the terminal's clipboard."), text.length);
	app_message(app, ROLE_MESSAGE, sentence.bytes);
}

/* The child reads TEXT from a file in memory, so that no pipe can block us. */
static int pipe_run(const char *command, const struct str *text)
{
	int memory = memfd_create("psirtty-pipe", MFD_CLOEXEC);
	int status = -1;
	pid_t child;

	if (memory < 0 || fd_write_all(memory, text->bytes, text->length) || lseek(memory, 0, SEEK_SET))
		return -1;
	child = fork();
	if (child == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		dup2(memory, STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(memory);
	if (child > 0)
		waitpid(child, &status, 0);
	return status;
}

/* What the command printed stands on the handler's own screen: wait until it has been read. */
static void wait_for_enter(void)
{
	static const char again[] = "\n[Enter] ";
	char c = 0;

	if (!isatty(STDIN_FILENO) || fd_write_all(STDOUT_FILENO, again, sizeof(again) - 1))
		return;
	while (c != '\n' && read(STDIN_FILENO, &c, 1) == 1)
		;
}

void hand_pipe(struct app *app, const char *command)
{
	AUTO_STR text = STR_INIT, sentence = STR_INIT;
	int status;

	if (!command || !*command) {
		app_message(app, ROLE_WARNING, _("Say through which command: pipe COMMAND."));
		return;
	}
	text_at_hand(app, &text);
	app->term->ops->suspend(app->term);
	status = pipe_run(command, &text);
	wait_for_enter();
	app->term->ops->resume(app->term);
	if (WIFEXITED(status))
		str_add_format(&sentence, _("%zu bytes went to \"%s\", which ended with %d."), text.length, command,
			       WEXITSTATUS(status));
	else
		str_add_format(&sentence, _("\"%s\" was ended by a signal."), command);
	app_message(app, ROLE_MESSAGE, sentence.bytes);
}
