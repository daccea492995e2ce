/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler's settings: psirtty.yaml in /etc/psirtty (the house's) and in the folder of his own settings, which
 * is laid over it. Mail accounts, how letters go out, how the network is reached. No secret stands in them: a
 * password comes from a file that only its owner reads, from a program, or is asked for.
 */
#ifndef PSIRTTY_DESK_SETTINGS_H
#define PSIRTTY_DESK_SETTINGS_H

#include "psirtty/base/conf.h"

/* Who logs in where. All owned; NULL where nothing is set. */
struct settings_login {
	char *url, *user;
	char *password_file;      /* its first line; mode 0600 and ours, or it is not read */
	char **password_command;  /* words, NULL ended; the first line it prints */
	char *auth;               /* "password" or "bearer" (OAuth 2) */
	char *ca_file, *proxy;    /* beside or instead of those of `network` */
};
struct settings_account {
	char *name;
	struct settings_login login;
	bool remove;              /* delete on the server what is taken in */
	long long most_bytes;     /* of one mail */
};
/* What is said of one source of vulnerability data, or a source of one's own (source.h). */
struct settings_feed {
	char *name, *url, *way, *title, *licence, *key_file; /* owned; NULL: as the row has it */
	char **words;             /* NULL ended; news: what to watch for */
	long long pause, most;    /* -1: as the row has it */
	bool off, on;
};
struct settings {
	bool offline;
	char *ca_file, *proxy, *contact;
	long long patience, tries; /* seconds without a byte; how often a page is asked for */
	struct settings_account *accounts; size_t account_count;
	struct settings_feed *feeds; size_t feed_count;
	char *intel;              /* the intelligence store; NULL: intel.db in the handler's data folder */
	struct { char *organisation; struct settings_login login; } cve; /* the CVE services, off without the first */
	struct { char *signer, **keys; } bundle; /* keys: fingerprints whose bundles are taken, NULL ended */
	struct {
		char *by;         /* "outbox", "smtp", "sendmail" */
		struct settings_login login;
		char **program;   /* words, NULL ended */
		char *sender;     /* of the envelope; NULL: the handler's address */
	} send;
};

/* ERR_INPUT with file and line for what is no setting; ERR_DENIED for a file that others may write: it names programs.
 * No file at all gives the defaults. *RET is filled in any case, offline where it could not be read. */
int settings_load(struct settings *ret, struct error *err);
/* The same of one text, laid over RET: for tests. NAME for messages, FOLDER for relative paths. */
int settings_parse(const char *text, size_t length, const char *name, const char *folder, struct settings *ret,
		   struct error *err);
void settings_init(struct settings *ret);
void settings_release(struct settings *settings);
/* Whether vault.yaml of the vault in DIR says offline: true. */
bool settings_vault_offline(const char *dir);
/* Path of the file that is the handler's own. Caller frees. */
char *settings_path(void);
/* The account NAME, or the only one there is when NAME is NULL; ERR_USAGE with the names there are. */
int settings_account(const struct settings *settings, const char *name, const struct settings_account **ret,
		     struct error *err);

/* Rows, for help: "accounts.NAME.url" and what it is. */
struct settings_row { const char *name, *help; };
size_t settings_rows(const struct settings_row **ret);

/* Asks the handler for the secret of WHAT; false when he gives none. NULL: nobody can be asked. */
typedef bool (*settings_ask_fn)(void *context, const char *what, struct str *ret);
/* The secret of LOGIN from where the settings say, or asked; empty when there is no user. Wipe *RET. */
int settings_secret(const struct settings_login *login, const char *what, settings_ask_fn ask, void *context,
		    struct str *ret, struct error *err);

#endif
