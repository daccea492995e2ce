/* SPDX-License-Identifier: Apache-2.0 */
/* The shell front: global options, one command, its output, its exit code. */
#include "command/command_private.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "psirtty/base/file.h"

/* A global option sets one member; those with a value read the next word. */
static int set_vault(struct command_context *context, const char *value, struct error *err)
{
	(void)err;
	context->vault_dir = value;
	return 0;
}

static int set_now(struct command_context *context, const char *value, struct error *err)
{
	int code = instant_parse(value, &context->now, err);

	context->now_fixed = !code;
	return code == ERR_INPUT ? ERR_USAGE : code;
}

static int set_json(struct command_context *context, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	context->json = true;
	return 0;
}

static int set_offline(struct command_context *context, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	context->offline = true;
	return 0;
}

static int set_plain(struct command_context *context, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	context->plain = true;
	return 0;
}

static int set_readonly(struct command_context *context, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	context->readonly = true;
	return 0;
}

static const struct global_option {
	const char *name;
	bool takes_value;
	int (*set)(struct command_context *context, const char *value, struct error *err);
} options[] = {
	{ "--vault", true, set_vault },     { "--json", false, set_json },
	{ "--offline", false, set_offline }, { "--now", true, set_now },
	{ "--plain", false, set_plain },    { "--readonly", false, set_readonly },
};

static const struct global_option *find_option(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (str_equal(options[i].name, word))
			return &options[i];
	return NULL;
}

static int take_options(struct command_context *context, int argc, char **argv, int *at, struct error *err)
{
	int code = 0;

	for (; !code && *at < argc && str_starts(argv[*at], "--"); (*at)++) {
		const struct global_option *option = find_option(argv[*at]);

		if (!option && (str_equal(argv[*at], "--help") || str_equal(argv[*at], "--version")))
			return 0;
		if (!option)
			return error_set(err, ERR_USAGE, argv[*at], _("See `psirtty help`"),
					 _("there is no such option"));
		if (option->takes_value && *at + 1 >= argc)
			return error_set(err, ERR_USAGE, option->name, NULL, _("a value is missing after it"));
		code = option->set(context, option->takes_value ? argv[*at + 1] : NULL, err);
		*at += option->takes_value;
	}
	return code;
}

static void print_error(const struct error *err)
{
	AUTO_STR sentence = STR_INIT;

	error_sentence(err, &sentence);
	fprintf(stderr, "psirtty: %s\n", sentence.bytes);
}

static void show_progress(struct command_context *context, size_t done, size_t total)
{
	(void)context;
	if (total > 20 && done % 10 == 0)
		fprintf(stderr, "\r%zu/%zu ", done, total);
	if (total > 20 && done + 1 == total)
		fputs("\r", stderr);
}

static void show_notice(struct command_context *context, const char *line)
{
	(void)context;
	fprintf(stderr, "\r%s\033[K", line);
}

/* From here on the first ^C is a wish, heard between two pieces of work; the second ends the program. */
static volatile sig_atomic_t asked_to_stop;

static void on_stop(int number)
{
	(void)number;
	asked_to_stop = 1;
}

static bool cancelled(struct command_context *context)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	static bool listening;

	(void)context;
	for (size_t i = 0; !listening && i < ARRAY_LEN(numbers); i++) {
		struct sigaction action = { .sa_handler = on_stop, .sa_flags = SA_RESTART | (int)SA_RESETHAND };

		sigaction(numbers[i], &action, NULL);
	}
	listening = true;
	return asked_to_stop;
}

static void flush(struct command_context *context)
{
	if (fd_write_all(STDOUT_FILENO, context->out.bytes, context->out.length) == 0)
		str_reset(&context->out);
}

/* Never among what a command prints: that is read by programs. A time that was given on purpose is no clock. */
static void warn_of_clock(const struct command_context *context)
{
	const char *warning = context->desk && !context->now_fixed ? desk_clock_warning(context->desk) : NULL;

	if (warning)
		fprintf(stderr, "psirtty: %s\n", _(warning));
}

/* What was written in an editor for a command that came to nothing. */
static void tell_edited(struct command_context *context, int code)
{
	if (!code)
		command_edited_done(context, context->edited);
	else if (context->edited)
		fprintf(stderr, _("What you wrote is kept as the draft %s.\n"), context->edited);
	mem_replace(&context->edited, NULL);
}

static int finish(struct command_context *context, int code, const struct error *err)
{
	warn_of_clock(context);
	tell_edited(context, code);
	if (fd_write_all(STDOUT_FILENO, context->out.bytes, context->out.length) < 0 && errno != EPIPE) {
		fprintf(stderr, _("psirtty: standard output: %s.\n"), strerror(errno));
		return 3;
	}
	if (code && err->code)
		print_error(err);
	return error_exit_status(code);
}

static char *word_of(char *word)
{
	static char help[] = "help", version[] = "version";

	return str_equal(word, "--help") ? help : str_equal(word, "--version") ? version : word;
}

/* What the settings switch on holds for every command. */
static int take_settings(struct command_context *context, struct error *err)
{
	struct options set;
	int code;

	options_init(&set);
	code = options_load(&set, context->vault_dir, err);
	context->offline = context->offline || option_on(&set, "offline");
	context->plain = context->plain || option_on(&set, "plain");
	context->readonly = context->readonly || option_on(&set, "readonly");
	options_release(&set);
	return code;
}

int command_main(struct command_context *context, int argc, char **argv)
{
	const char *vault = getenv("PSIRTTY_VAULT");
	AUTO_ERROR err = ERROR_INIT;
	int at = 1, code;

	context->vault_dir = vault && *vault ? vault : NULL;
	code = take_options(context, argc, argv, &at, &err);
	if (!code)
		code = take_settings(context, &err);
	if (!code && at >= argc)
		return -1;
	if (!code) {
		argv[at] = word_of(argv[at]);
		context->edit = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? command_editor : NULL;
		context->progress = isatty(STDERR_FILENO) ? show_progress : NULL;
		context->notice = isatty(STDERR_FILENO) ? show_notice : NULL;
		context->flush = flush;
		context->cancelled = cancelled;
		code = str_equal(argv[at], "-") && at + 1 == argc ? command_batch(context) :
								     command_run(context, argc - at, argv + at, &err);
		context->flush = NULL;
		context->edit = NULL;
		context->progress = NULL;
		context->notice = NULL;
		context->cancelled = NULL;
	}
	if (!code && context->request == SCREEN_WORKSTATION)
		return -1;
	return finish(context, code, &err);
}
