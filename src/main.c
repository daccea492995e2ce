/* SPDX-License-Identifier: Apache-2.0 */
/* The program's entry: a worker, a command line, or the workstation under its supervisor. */
#include "psirtty/base/i18n.h"
#include "psirtty/base/str.h"
#include "psirtty/worker/parse.h"

int main(int argc, char **argv)
{
	/* Before anything else: a worker has no environment, no locale, no vault. */
	if (argc == 2 && str_equal(argv[1], PARSE_WORKER_ARGUMENT))
		parse_worker_main();
	i18n_start();
	return 0;
}
