/* SPDX-License-Identifier: Apache-2.0 */
/* User-visible strings: _("…") translates now, N_("…") marks one in a table. */
#ifndef PSIRTTY_BASE_I18N_H
#define PSIRTTY_BASE_I18N_H

#include <libintl.h>
#include <stdbool.h>

#define _(string)  gettext(string)
#define N_(string) (string)

/* Sets the locale from the environment and binds the catalogue. Numbers stay in the C locale. */
void i18n_start(void);
/* Whether the reader's language is Chinese: for texts that are data and have both. */
bool i18n_chinese(void);

#endif
