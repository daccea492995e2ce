/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many commands in one go: `psirtty -` reads command lines from standard input and runs each on the vault
 * that is opened once. A line may begin with "@" and an RFC 3339 date-time: from there on it is that time.
 * Empty lines and those that begin with "#" are passed over. A command that fails is told with the number of
 * its line, the others run all the same.
 */
#include <stdio.h>
#include <string.h>

#include "command/command_private.h"

enum { LINE_MOST = 1 << 20 };

/* Sets the time; the rest of the line, or NULL when the time cannot be read. */
static char *take_time(struct command_context *context, char *line, struct error *err)
{
	char *end = line + strcspn(line, " \t");
	AUTO_STRING text = mem_copy(line + 1, (size_t)(end - line - 1));

	if (instant_parse(text, &context->now, err))
		return NULL;
	context->now_fixed = true;
	return end + strspn(end, " \t");
}

static int run_one(struct command_context *context, char *line, struct error *err)
{
	line += strspn(line, " \t");
	if (*line == '@')
		line = take_time(context, line, err);
	if (!line)
		return err->code;
	if (!*line || *line == '#')
		return 0;
	context->reactions = 0;
	context->request = SCREEN_NONE;
	return command_run_line(context, line, err);
}

static void tell(const struct error *err, size_t number)
{
	AUTO_STR sentence = STR_INIT;

	error_sentence(err, &sentence);
	fprintf(stderr, _("psirtty: line %zu: %s\n"), number, sentence.bytes);
}

int command_batch(struct command_context *context)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	ssize_t length;
	int first = 0;

	while ((length = getline(&line, &room, stdin)) >= 0) {
		AUTO_ERROR err = ERROR_INIT;
		int code;

		number++;
		while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = 0;
		code = length > LINE_MOST ? error_set(&err, ERR_INPUT, "-", NULL, _("the line is longer than 1 MiB")) :
					    run_one(context, line, &err);
		if (context->flush)
			context->flush(context);
		if (err.code) /* a mere no has said so in its answer */
			tell(&err, number);
		first = first ? first : code;
	}
	free(line);
	context->request = SCREEN_NONE;
	return first;
}
