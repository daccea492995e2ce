/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is being typed outlives the session: after a pause of a second, at a hangup and when the screen locks it is
 * kept sealed; the next session puts it back where it was typed.
 */
#include "tui/app.h"

enum { PAUSE_MS = 1000 };

void typed_changed(struct app *app)
{
	app->typed_due = app->term->ops->clock(app->term) + PAUSE_MS;
}

/* A form is kept as the command line it has become so far; a line that waits for an answer was typed, too. */
static void what_is_typed(const struct app *app, struct str *ret)
{
	if (app->prompt == PROMPT_YES || app->prompt == PROMPT_TYPED)
		str_add(ret, str_or_empty(app->pending));
	else if (app->prompt == PROMPT_COMMAND)
		str_add(ret, str_or_empty(app->line.text.bytes));
	else if (app->prompt == PROMPT_FORM)
		form_line(app->form, ret);
}

void typed_keep(struct app *app)
{
	AUTO_STR text = STR_INIT;

	app->typed_due = 0;
	what_is_typed(app, &text);
	if (text.length && app->context->desk && !desk_readonly(app->context->desk) &&
	    desk_keep_typed(app->context->desk, text.bytes, NULL) == 0)
		app->typed_kept = true;
}

void typed_drop(struct app *app)
{
	app->typed_due = 0;
	if (app->typed_kept && app->context->desk)
		desk_keep_typed(app->context->desk, "", NULL);
	app->typed_kept = false;
}

void typed_restore(struct app *app, bool own)
{
	AUTO_STRING text = app->context->desk ? desk_take_typed(app->context->desk, own) : NULL;

	if (!text || !*text)
		return;
	prompt_open(app, PROMPT_COMMAND, text);
	app_message(app, ROLE_WARNING, _("kept from before"));
	typed_keep(app);
}
