/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about mail on servers: accounts, fetching, the log of what came in, sorting it in bulk. */
#include "command/command_private.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/text.h"
#include "psirtty/desk/post.h"
#include "psirtty/worker/fetch.h"

enum { WAIT_MS = 200, SECRET_BYTES = 4096 };

/* ---- settings, and what they need of the handler */

int command_settings(struct command_context *context, struct settings *ret, struct error *err)
{
	int code = settings_load(ret, err);

	ret->offline = ret->offline || context->offline ||
		       (context->vault_dir && settings_vault_offline(context->vault_dir));
	context->offline = ret->offline;
	if (ret->offline)
		fetch_forbid();
	return code;
}

static bool ask_front(void *context, const char *what, struct str *ret)
{
	struct command_context *front = context;

	return front->ask(front, what, ret);
}

static settings_ask_fn asker(const struct command_context *context)
{
	return context->ask ? ask_front : context->on_screen ? NULL : command_ask_secret;
}

void command_follow_settings(struct command_context *context)
{
	struct settings settings;
	AUTO_ERROR fault = ERROR_INIT;

	if (desk_follows_settings(context->desk))
		return;
	command_settings(context, &settings, &fault);
	desk_follow_settings(context->desk, &settings, &fault, asker(context), context);
}

/* One line from the terminal, unseen. */
bool command_ask_secret(void *context, const char *what, struct str *ret)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct termios before, unseen;
	AUTO_STR prompt = STR_INIT;
	char line[SECRET_BYTES];
	ssize_t got = -1;

	(void)context;
	if (fd < 0 || tcgetattr(fd, &before) != 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	str_add(&prompt, _("Password for "));
	text_add_line(&prompt, what);
	str_add(&prompt, ": ");
	unseen = before;
	unseen.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(fd, TCSAFLUSH, &unseen) == 0 && fd_write_all(fd, prompt.bytes, prompt.length) == 0)
		got = read(fd, line, sizeof(line));
	tcsetattr(fd, TCSAFLUSH, &before);
	fd_write_all(fd, "\n", 1);
	close(fd);
	if (got > 1)
		str_add_bytes(ret, line, (size_t)got - (line[got - 1] == '\n'));
	explicit_bzero(line, sizeof(line));
	return got > 1;
}

/* ---- accounts */

static const char *secret_source(const struct settings_login *login)
{
	return login->password_file ? "file" : login->password_command ? "program" : login->user ? "asked" : "none";
}

static int run_accounts(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = context->json ? json_array() : NULL;
	struct settings settings;
	int code = command_settings(context, &settings, err);

	(void)call;
	for (size_t i = 0; !code && i < settings.account_count; i++) {
		const struct settings_account *a = &settings.accounts[i];
		json_t *one = list ? json_object() : NULL;

		if (!list) {
			command_row_out(context, a->name, a->login.url, str_or_empty(a->login.user), secret_source(&a->login),
					a->remove ? "delete" : "keep", NULL);
			continue;
		}
		js_set_string(one, "name", a->name);
		js_set_string(one, "url", a->login.url);
		js_set_string(one, "user", a->login.user);
		js_set_string(one, "secret", secret_source(&a->login));
		json_object_set_new(one, "delete", json_boolean(a->remove));
		json_array_append_new(list, one);
	}
	settings_release(&settings);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- fetching */

static bool wants_to_stop(struct command_context *context)
{
	return context->cancelled && context->cancelled(context);
}

static int fetch_all(struct command_context *context, struct desk_fetch *fetch, struct error *err)
{
	const struct desk_fetch_count *count = desk_fetch_counted(fetch);
	bool done = false;
	int code = 0;

	while (!code && !done) {
		if (wants_to_stop(context))
			return error_set(err, ERR_NO, _("mail"), _("Fetch again to go on"),
					 _("it was cancelled; what was taken in stays"));
		desk_fetch_wait(fetch, WAIT_MS);
		code = desk_fetch_step(fetch, command_now(context), &done, err);
		if (context->progress && count->wanted)
			context->progress(context, count->in.taken_in + count->in.known, count->wanted);
	}
	return code;
}

static void tell_fetched(struct command_context *context, const char *name, const struct desk_fetch_count *count)
{
	command_say(context, _("%s: %zu taken in, %zu known already, %zu could not be opened and wait"), name,
		    count->in.taken_in, count->in.known, count->in.unread);
	if (count->too_large)
		command_say(context, _("%s: %zu too large: they stay on the server"), name, count->too_large);
	if (count->removed)
		command_say(context, _("%s: %zu deleted on the server"), name, count->removed);
	if (count->marked)
		command_say(context, _("%s: %zu marked as deleted; the server cannot delete single mails"), name, count->marked);
}

static json_t *fetched_json(const char *name, const struct desk_fetch_count *count)
{
	const struct { const char *name; size_t number; } members[] = {
		{ "there", count->there }, { "taken_in", count->in.taken_in }, { "known", count->in.known },
		{ "waiting", count->in.unread }, { "too_large", count->too_large }, { "removed", count->removed },
		{ "marked", count->marked },
	};
	json_t *json = json_object();

	js_set_string(json, "account", name);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		js_set_integer(json, members[i].name, (long long)members[i].number);
	return json;
}

/* What surely answers a case goes there at once. */
static int put_to_cases(struct command_context *context, struct desk *desk, struct error *err)
{
	size_t count;
	int code = desk_mail_thread(desk, command_now(context), &count, err);

	if (!code && count && !context->json)
		command_say(context, _("%zu went to their cases"), count);
	return code;
}

/* LIST (may be NULL): the counts as JSON are added to it. */
static int fetch_one(struct command_context *context, const struct settings *settings,
		     const struct settings_account *account, json_t *list, struct error *err)
{
	struct desk_fetch *fetch = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_fetch_start(desk, settings, account, asker(context), context, &fetch, err);
	if (!code) {
		code = fetch_all(context, fetch, err);
		if (list)
			json_array_append_new(list, fetched_json(account->name, desk_fetch_counted(fetch)));
		else
			tell_fetched(context, account->name, desk_fetch_counted(fetch));
		if (!code && desk_fetch_counted(fetch)->in.taken_in)
			code = put_to_cases(context, desk, err);
	}
	desk_fetch_stop(fetch);
	return code;
}

/* A server that does not answer keeps no other from being asked; the first reason is told. */
static int fetch_each(struct command_context *context, const struct settings *settings, json_t *list, struct error *err)
{
	int first = 0;

	for (size_t i = 0; i < settings->account_count; i++) {
		AUTO_ERROR why = ERROR_INIT;
		int code = fetch_one(context, settings, &settings->accounts[i], list, &why);

		if (code && !first)
			first = error_set(err, code, why.what, why.remedy, "%s: %s", settings->accounts[i].name, why.why);
		if (code && wants_to_stop(context))
			break;
	}
	return first;
}

static int run_fetch(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *name = call_value(call, "ACCOUNT");
	json_t *list = context->json ? json_array() : NULL;
	const struct settings_account *account;
	struct settings settings;
	int code = command_settings(context, &settings, err);

	wants_to_stop(context);
	if (!code && fetch_forbidden())
		code = error_set(err, ERR_DENIED, _("mail"), _("Leave out --offline, and `offline: true` in the settings"),
				 _("this program is offline"));
	if (!code && (name || !settings.account_count)) {
		code = settings_account(&settings, name, &account, err);
		if (!code)
			code = fetch_one(context, &settings, account, list, err);
	} else if (!code) {
		code = fetch_each(context, &settings, list, err);
	}
	settings_release(&settings);
	if (!code)
		code = command_acknowledge(context, context->desk, err);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_RELOAD;
	return code;
}

const struct command_row post_commands[] = {
	{
		.name = "mail fetch",
		.help = N_("fetch new mail from the accounts of the settings, or from one"),
		.flags = COMMAND_CHANGES | COMMAND_JSON | COMMAND_BULK,
		.arguments = { ARG_MAY("ACCOUNT", ARG_TEXT, N_("its name in psirtty.yaml")) },
		.exec = run_fetch,
	},
	{
		.name = "mail accounts",
		.help = N_("list the accounts mail is fetched from"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.exec = run_accounts,
	},
	{ .name = NULL },
};
