/* SPDX-License-Identifier: Apache-2.0 */
/* The program's entry: a worker, a command line, or the workstation under its supervisor. */
#include "psirtty/base/i18n.h"

int main(void)
{
	i18n_start();
	return 0;
}
