/* SPDX-License-Identifier: Apache-2.0 */
/* Ways for letters that leave the host: SMTP, and a sendmail that is there. Refused when offline. */
#ifndef PSIRTTY_WORKER_LETTER_NET_H
#define PSIRTTY_WORKER_LETTER_NET_H

#include "psirtty/worker/fetch.h"
#include "psirtty/worker/letter.h"

/* Over TLS (smtps) or with STARTTLS, which is required (smtp). HOST is the context and must stay. */
void letter_smtp(struct letter_way *ret, const struct fetch_host *host);
/* PROGRAM: words, NULL ended, that must stay; -i, -f SENDER, -- and the recipients are put behind them. */
void letter_sendmail(struct letter_way *ret, char *const *program);

#endif
