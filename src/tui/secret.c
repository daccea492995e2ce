/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passphrases and passwords that a session needs, asked on the last line: unseen, in memory that is not swapped and
 * wiped afterwards, never in a history and never kept with what is typed. A question waits while something else is
 * being typed.
 */
#include "tui/app.h"

#include <sys/mman.h>

#include "psirtty/base/i18n.h"

enum { SECRET_MOST = 1024 };

void secret_asked(struct app *app, enum job_lane lane, const char *what, bool again)
{
	const char *known = what && *what ? what : _("a key");

	mem_free_string(&app->asking[lane]);
	app->asking[lane] = mem_format(again ? _("Wrong. Once more the secret for %s: ") : _("The secret for %s (Escape: none): "),
				       known);
	secret_look(app);
}

/* The buffer of the line, large enough not to move. */
static void lock_line(struct line *line)
{
	static const char room[SECRET_MOST];

	str_add_bytes(&line->text, room, sizeof(room));
	/* Where nothing may be locked it is wiped all the same. */
	if (mlock(line->text.bytes, sizeof(room)) != 0)
		line->text.bytes[0] = '\0';
	str_reset(&line->text);
}

void secret_look(struct app *app)
{
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		if (!app->asking[lane] || app->locked || app->prompt != PROMPT_NONE)
			continue;
		prompt_open(app, PROMPT_SECRET, "");
		app->question = app->asking[lane];
		app->asking[lane] = NULL;
		app->answering = (enum job_lane)lane;
		lock_line(&app->line);
		app->line.secret = true;
		app->dirty = true;
	}
}

static void secret_answer(struct app *app, bool given)
{
	struct session *session = app->jobs.lanes[app->answering].session;
	struct str secret = app->line.text;

	str_init(&app->line.text);
	app->line.cursor = 0;
	app->line.secret = false;
	if (session)
		session_asked(session, given && secret.length, secret.bytes, secret.length);
	if (secret.bytes)
		munlock(secret.bytes, SECRET_MOST);
	str_wipe(&secret);
}

void secret_given(struct app *app)
{
	secret_answer(app, true);
}

void secret_declined(struct app *app)
{
	secret_answer(app, false);
}

void secret_forget(struct app *app, enum job_lane lane)
{
	if (app->prompt == PROMPT_SECRET && app->answering == lane) {
		secret_answer(app, false);
		prompt_close(app);
	} else if (app->asking[lane] && app->jobs.lanes[lane].session) {
		session_asked(app->jobs.lanes[lane].session, false, NULL, 0);
	}
	mem_free_string(&app->asking[lane]);
}
