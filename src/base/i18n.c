/* SPDX-License-Identifier: Apache-2.0 */
/* The locale, once, at the start of the program. */
#include "psirtty/base/i18n.h"

#include <locale.h>
#include <stdlib.h>

#include "psirtty/base/file.h"
#include "psirtty/base/str.h"

#ifndef LOCALEDIR
#define LOCALEDIR "/usr/local/share/locale"
#endif

void i18n_start(void)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	bindtextdomain("psirtty", LOCALEDIR);
	bind_textdomain_codeset("psirtty", "UTF-8");
	textdomain("psirtty");
}

bool i18n_chinese(void)
{
	const char *language = getenv("LANGUAGE"), *locale = setlocale(LC_MESSAGES, NULL);

	if (!locale || str_equal(locale, "C") || str_equal(locale, "POSIX"))
		return false;
	return str_starts(language && *language ? language : locale, "zh");
}
