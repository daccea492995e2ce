/* SPDX-License-Identifier: Apache-2.0 */
/* Errors with a sentence; what they mean to the process is one table. */
#include "psirtty/base/error.h"

#include <errno.h>

#include "psirtty/base/i18n.h"
#include "psirtty/base/text.h"

void error_release(struct error *err)
{
	free(err->what);
	free(err->why);
	free(err->remedy);
	*err = (struct error)ERROR_INIT;
}

static void error_fill(struct error *err, int code, const char *what, const char *remedy, char *why)
{
	char *new_what = mem_string(what), *new_remedy = mem_string(remedy);

	error_release(err);
	err->code = code;
	err->what = new_what;
	err->why = why;
	err->remedy = new_remedy;
}

int error_set(struct error *err, int code, const char *what, const char *remedy, const char *why,
	      ...)
{
	char *made = NULL;
	va_list args;

	if (!err)
		return code;
	va_start(args, why);
	if (vasprintf(&made, why, args) < 0)
		BUG("an error whose reason cannot be printed");
	va_end(args);
	error_fill(err, code, what, remedy, made);
	return code;
}

int error_errno(struct error *err, int code, const char *what, const char *remedy)
{
	int number = errno;

	return error_set(err, code, what, remedy, "%s", strerror(number));
}

void error_sentence(const struct error *err, struct str *ret)
{
	text_add_line(ret, err->what ? err->what : "psirtty");
	str_add(ret, ": ");
	text_add_line(ret, err->why ? err->why : _("no reason was given"));
	if (!str_ends(ret->bytes, "."))
		str_add_char(ret, '.');
	if (err->remedy) {
		str_add_char(ret, ' ');
		text_add_line(ret, err->remedy);
		if (!str_ends(ret->bytes, "."))
			str_add_char(ret, '.');
	}
}

int error_exit_status(int code)
{
	static const struct {
		int code, status;
	} rows[] = {
#define X(name, value, exit_status) { name, exit_status },
		ERROR_CODES(X)
#undef X
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == code)
			return rows[i].status;
	return 70;
}
