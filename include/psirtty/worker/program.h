/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of the house that the settings name: sendmail, or one that prints a password. No shell is between. */
#ifndef PSIRTTY_WORKER_PROGRAM_H
#define PSIRTTY_WORKER_PROGRAM_H

#include "psirtty/base/error.h"

struct program {
	char *const *words;       /* NULL ended; the first is looked for in PATH */
	const char *input; size_t length; /* for its standard input; NULL: none */
	size_t most;              /* bytes of output that are kept; what is beyond ends it */
	int patience;             /* seconds it may take */
};
/* Adds what it printed to RET (standard output alone), its status as waitpid has it to *RET_STATUS: -1 when it was
 * ended for taking too long or printing too much. ERR_INPUT when it could not be started. */
int program_run(const struct program *program, struct str *ret, int *ret_status, struct error *err);

#endif
