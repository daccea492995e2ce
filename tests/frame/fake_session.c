/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fake sessions: a line runs when its answer is asked for; "mail import" never ends, but tells how far it is, until it is
 * cancelled, "mail fetch" waits for a secret, and "mail reply" for the editor: for the last two mails gpg would ask then.
 */
#include "psirtty/command/session.h"

struct session { char *line; bool told, cancelled, edited; };
static struct desk *shared_desk;

void session_answer_release(struct session_answer *answer)
{
	error_release(&answer->err);
	free(answer->out);
	free(answer->open_case);
	free(answer->name);
	str_wipe(&answer->text);
	*answer = (struct session_answer){ .text = STR_INIT };
}

int session_start(const struct command_context *context, struct session **ret, struct error *err)
{
	(void)err;
	shared_desk = context->desk;
	*ret = mem_alloc(sizeof(**ret));
	return 0;
}

int session_fd(const struct session *session)
{
	(void)session;
	return -1;
}

void session_run(struct session *session, const char *line, const char *case_id, const char *mail)
{
	(void)case_id;
	(void)mail;
	mem_replace(&session->line, line);
	session->told = session->cancelled = session->edited = false;
}

static enum session_news run_now(struct session *session, struct session_answer *ret)
{
	struct command_context context = { .desk = shared_desk, .out = STR_INIT };

	ret->code = command_run_line(&context, session->line, &ret->err);
	ret->reactions = context.reactions;
	ret->out = context.out.length ? mem_string(context.out.bytes) : NULL;
	context.desk = NULL;
	command_context_release(&context);
	mem_replace(&session->line, NULL);
	return SESSION_DONE;
}

/* NOTHING where the line may run now. */
static enum session_news reply(struct session *session, struct session_answer *ret)
{
	if (!session->told) {
		session->told = true;
		ret->name = mem_string("reply");
		str_add(&ret->text, "Dear");
		return SESSION_EDIT;
	}
	if (!str_ends(session->line, "M-0004") && !str_ends(session->line, "M-0005"))
		return SESSION_NOTHING;
	ret->code = error_set(&ret->err, ERR_NO, "mail", NULL, "gpg wants to ask");
	ret->wanted = true;
	mem_replace(&session->line, NULL);
	return SESSION_DONE;
}

enum session_news session_read(struct session *session, struct session_answer *ret)
{
	*ret = (struct session_answer){ .text = STR_INIT };
	if (!session->line)
		return SESSION_NOTHING;
	if (str_equal(session->line, "mail fetch")) {
		ret->name = session->told ? NULL : mem_string("imap.example.org");
		session->told = true;
		return ret->name ? SESSION_ASK : SESSION_NOTHING;
	}
	if (str_starts(session->line, "mail reply") && (!session->told || session->edited)) {
		enum session_news news = reply(session, ret);

		return news == SESSION_NOTHING ? run_now(session, ret) : news;
	}
	if (!str_starts(session->line, "mail import"))
		return run_now(session, ret);
	if (session->cancelled) {
		ret->code = error_set(&ret->err, ERR_NO, "mail", NULL, "it was cancelled");
		mem_replace(&session->line, NULL);
		return SESSION_DONE;
	}
	if (session->told)
		return SESSION_NOTHING;
	session->told = true;
	*ret = (struct session_answer){ .done = 50, .total = 200, .cancellable = true, .text = STR_INIT };
	return SESSION_PROGRESS;
}

void session_asked(struct session *session, bool given, const char *bytes, size_t length)
{
	(void)session, (void)given, (void)bytes, (void)length;
}

void session_edited(struct session *session, int code, const struct str *text)
{
	session->edited = code == 0;
	(void)text;
}

void session_cancel(struct session *session)
{
	session->cancelled = true;
}

void session_end(struct session *session, int patience_ms)
{
	(void)patience_ms;
	if (session)
		free(session->line);
	free(session);
}

void session_leave(struct session *session)
{
	(void)session;
}

bool session_left(struct session *session)
{
	session_end(session, 0);
	return true;
}
