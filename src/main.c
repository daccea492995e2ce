/* SPDX-License-Identifier: Apache-2.0 */
/* The program's entry: a worker, a command line, or the workstation under its supervisor. */
#include <signal.h>
#include <unistd.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/str.h"
#include "psirtty/command/session.h"
#include "psirtty/tui/tui.h"
#include "psirtty/worker/feed.h"
#include "psirtty/worker/fetch.h"
#include "psirtty/worker/job.h"

static void complain(const struct error *err)
{
	AUTO_STR sentence = STR_INIT;

	error_sentence(err, &sentence);
	fprintf(stderr, "psirtty: %s\n", sentence.bytes);
}

/* The supervised child: unlocks the vault, runs the screen. */
static int workstation(void *argument)
{
	struct command_context *context = argument;
	AUTO_ERROR err = ERROR_INIT;
	struct desk_options options = { .vault_dir = context->vault_dir, .gpg_home = context->gpg_home,
					.readonly = context->readonly, .lean = true };
	int code;

	if (!context->vault_dir)
		code = error_set(&err, ERR_USAGE, "vault", _("Give --vault DIR, set PSIRTTY_VAULT, or try `psirtty demo`"),
				 _("no vault was named"));
	else
		code = desk_open(&options, command_now(context), &context->desk, &err);
	if (!code)
		code = tui_run(context, &err);
	/* The terminal is back: a ^C from now on is not for the closing of the vault. */
	signal(SIGINT, SIG_IGN);
	command_context_release(context);
	if (code)
		complain(&err);
	return error_exit_status(code);
}

int main(int argc, char **argv)
{
	struct command_context context = { .out = STR_INIT };
	int status;

	if (argc == 2 && str_equal(argv[1], PARSE_WORKER_ARGUMENT))
		parse_worker_main(true);
	if ((argc == 2 || argc == 3) && str_equal(argv[1], JOB_WORKER_ARGUMENT))
		job_worker_main(argc == 3 ? argv[2] : NULL);
	if (argc == 2 && str_equal(argv[1], FETCH_WORKER_ARGUMENT))
		fetch_worker_main();
	if (argc == 2 && str_equal(argv[1], FEED_WORKER_ARGUMENT))
		feed_worker_main();
	i18n_start();
	if (argc == 2 && str_equal(argv[1], SESSION_ARGUMENT))
		return session_main();
	status = command_main(&context, argc, argv);
	if (status >= 0) {
		command_context_release(&context);
		return status;
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs(_("psirtty: terminal: the workstation needs one. Give a command; see `psirtty help`.\n"), stderr);
		command_context_release(&context);
		return 2;
	}
	context.request = SCREEN_NONE;
	status = tui_supervise(workstation, &context);
	command_context_release(&context);
	return status;
}
