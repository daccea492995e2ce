/* SPDX-License-Identifier: Apache-2.0 */
/* The workstation as main sees it: open the terminal, run, close. */
#include "psirtty/tui/tui.h"

#include "tui/app.h"
#include "tui/run_tui.h"

/* A vault that is not whole can be read; why it cannot be changed is the first thing to say. */
static void say_damage(struct app *app)
{
	AUTO_STRING sentence = NULL;

	if (app->context->desk && !app->context->now_fixed && desk_clock_warning(app->context->desk))
		app_message(app, ROLE_WARNING, _(desk_clock_warning(app->context->desk)));
	if (!app->context->desk || !desk_warning(app->context->desk))
		return;
	if (!desk_damaged(app->context->desk)) {
		app_message(app, ROLE_WARNING, desk_warning(app->context->desk));
		return;
	}
	sentence = mem_format(_("Nothing can be changed: %s. Run audit verify."), desk_warning(app->context->desk));
	app_message(app, ROLE_ERROR, sentence);
}

/* What was written in an editor before somebody died is where drafts are. */
static void say_kept(struct app *app)
{
	size_t count = app->context->desk ? desk_kept_texts(app->context->desk) : 0;
	AUTO_STRING sentence = mem_format(_("Texts from an editor are kept: %zu; `draft list` shows them."), count);

	if (count && !app->message.length)
		app_message(app, ROLE_WARNING, sentence);
}

int tui_run_on(struct command_context *context, struct terminal *term, struct error *err)
{
	struct app app;
	int code = term->ops->open(term, err);

	if (code)
		return code;
	app_init(&app, context, term);
	say_damage(&app);
	settings_begin(&app);
	typed_restore(&app, false);
	say_kept(&app);
	app_loop(&app);
	desk_checkpoint_daily(context->desk, command_now(context));
	app_release(&app);
	term->ops->close(term);
	return 0;
}

int tui_run(struct command_context *context, struct error *err)
{
	struct terminal *term = term_curses_new();
	int code = tui_run_on(context, term, err);

	term_free(term);
	return code;
}
