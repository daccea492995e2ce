/* SPDX-License-Identifier: Apache-2.0 */
/* The locale, once, at the start of the program. */
#include "psirtty/base/i18n.h"

#include <locale.h>

#include "psirtty/base/file.h"

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
