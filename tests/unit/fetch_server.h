/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that follows a script, over TLS, on a free port of 127.0.0.1: what it waits for and what it says, so that
 * a test can make it say anything. One connection after the other, each the whole script of its own.
 */
#ifndef PSIRTTY_TESTS_FETCH_SERVER_H
#define PSIRTTY_TESTS_FETCH_SERVER_H

#include "psirtty/base/str.h"

/*
 * Steps, NULL ended: "<WORD" reads lines until one has WORD in it; ">TEXT" sends TEXT, in which "%t" stands for the
 * first word of the line read last; "=COUNT TEXT" sends TEXT so often; "!" breaks the connection;
 * "T" begins TLS (in the middle, for STARTTLS). A script of which PLAIN is set begins without TLS.
 */
struct server_script { const char *const *steps; bool plain; };

struct server;
/* Makes its certificate, root and leaf in one, at PATH. COUNT connections are served. */
struct server *server_start(const char *ca_path, const struct server_script *scripts, size_t count);
int server_port(const struct server *server);
/* Everything that was read, of all connections; waits until all are over. Borrowed until server_end. */
const char *server_heard(struct server *server);
void server_end(struct server *server);

#endif
