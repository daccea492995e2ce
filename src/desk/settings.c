/* SPDX-License-Identifier: Apache-2.0 */
/* psirtty.yaml as a table of rows: where each setting goes, what it must look like. */
#include "psirtty/desk/settings.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/worker/fetch.h"

enum setting_type { SET_TEXT, SET_WORD, SET_BOOL, SET_NUMBER, SET_PATH, SET_WORDS, SET_URL };
enum { PATIENCE = 60, TRIES = 5, ACCOUNTS = 100, FEEDS = 1000, BYTES = 200 << 20 };

struct row {
	const char *section, *key; /* section "": at the top */
	enum setting_type type;
	size_t at;                 /* in struct settings, or in struct settings_account or _feed for "accounts.NAME", "feeds.NAME" */
	const char *const *words;
	long long least, most;
	const char *name, *help;
};

static const char *const ways[] = { "outbox", "smtp", "sendmail", NULL };
static const char *const auths[] = { "password", "bearer", NULL };

#define TOP(section, key, type, member, help_, ...) \
	{ section, key, type, offsetof(struct settings, member), .name = section "." key, .help = (help_), ##__VA_ARGS__ }
#define FEED(key, type, member, help_, ...) \
	{ "feeds", key, type, offsetof(struct settings_feed, member), .name = "feeds.NAME." key, .help = (help_), ##__VA_ARGS__ }
#define ACCOUNT(key, type, member, help_, ...) \
	{ "accounts", key, type, offsetof(struct settings_account, member), .name = "accounts.NAME." key, .help = (help_), ##__VA_ARGS__ }

static const struct row rows[] = {
	{ "", "offline", SET_BOOL, offsetof(struct settings, offline), .name = "offline",
	  .help = N_("true: nothing ever reaches for the network") },
	TOP("network", "ca_file", SET_PATH, ca_file, N_("roots for certificates beside the system's (PEM)")),
	TOP("network", "proxy", SET_TEXT, proxy, N_("http://host:port or socks5h://host:port")),
	TOP("network", "patience", SET_NUMBER, patience, N_("seconds without a byte before it is given up (60)"), .least = 1, .most = 3600),
	TOP("network", "contact", SET_TEXT, contact, N_("how feeds' servers reach us: an address, told in the User-Agent")),
	TOP("network", "tries", SET_NUMBER, tries, N_("how often a page is asked for before it is given up (5)"), .least = 1, .most = 20),
	FEED("url", SET_URL, url, N_("where it is asked instead: a mirror; of a source of your own, where it is")),
	FEED("way", SET_TEXT, way, N_("of a source of your own: csaf, page or osv")),
	FEED("title", SET_TEXT, title, N_("of a source of your own: what lists call it")),
	FEED("licence", SET_TEXT, licence, N_("of a source of your own: its terms")),
	FEED("key_file", SET_PATH, key_file, N_("a file of mode 0600 whose first line is the API key")),
	FEED("words", SET_WORDS, words, N_("a list of words: what news are watched for")),
	FEED("pause", SET_NUMBER, pause, N_("seconds between two requests"), .least = 0, .most = 3600),
	FEED("most", SET_NUMBER, most, N_("MiB a file may have"), .least = 1, .most = 65536),
	FEED("off", SET_BOOL, off, N_("true: not asked unless it is named")),
	FEED("on", SET_BOOL, on, N_("true: asked although it is off as it comes")),
	TOP("intel", "store", SET_PATH, intel, N_("the intelligence store, which handlers may share (intel.db in the data folder)")),
	TOP("bundle", "signer", SET_TEXT, bundle.signer, N_("fingerprint or address of the key that signs feed bundles")),
	TOP("bundle", "keys", SET_WORDS, bundle.keys, N_("a list of fingerprints: whose feed bundles are taken")),
	TOP("cve", "url", SET_URL, cve.login.url, N_("the CVE services (https://cveawg.mitre.org/api)")),
	TOP("cve", "organisation", SET_TEXT, cve.organisation, N_("the CNA's short name there; without it they are never asked")),
	TOP("cve", "user", SET_TEXT, cve.login.user, N_("who asks, as they know the handler")),
	TOP("cve", "password_file", SET_PATH, cve.login.password_file, N_("a file of mode 0600 whose first line is the API key")),
	TOP("cve", "password_command", SET_WORDS, cve.login.password_command, N_("a list of words: the program that prints it")),
	TOP("cve", "ca_file", SET_PATH, cve.login.ca_file, N_("instead of that of network")),
	TOP("cve", "proxy", SET_TEXT, cve.login.proxy, N_("instead of that of network")),
	ACCOUNT("url", SET_URL, login.url, N_("imaps://host/folder or pop3s://host; imap and pop3: with STARTTLS")),
	ACCOUNT("user", SET_TEXT, login.user, N_("who logs in")),
	ACCOUNT("password_file", SET_PATH, login.password_file, N_("a file of mode 0600 whose first line is the password")),
	ACCOUNT("password_command", SET_WORDS, login.password_command, N_("a list of words: the program that prints it")),
	ACCOUNT("auth", SET_WORD, login.auth, N_("password, or bearer for an OAuth 2 token"), .words = auths),
	ACCOUNT("ca_file", SET_PATH, login.ca_file, N_("instead of that of network")),
	ACCOUNT("proxy", SET_TEXT, login.proxy, N_("instead of that of network")),
	ACCOUNT("delete", SET_BOOL, remove, N_("true: what was taken in is deleted on the server")),
	ACCOUNT("most_bytes", SET_NUMBER, most_bytes, N_("longer mails stay on the server, noted in the log (200 MB)"), .least = 1024, .most = BYTES),
	TOP("send", "by", SET_WORD, send.by, N_("outbox (a folder that others empty), smtp or sendmail"), .words = ways),
	TOP("send", "url", SET_URL, send.login.url, N_("smtps://host, or smtp://host with STARTTLS")),
	TOP("send", "user", SET_TEXT, send.login.user, N_("who logs in")),
	TOP("send", "password_file", SET_PATH, send.login.password_file, N_("a file of mode 0600 whose first line is the password")),
	TOP("send", "password_command", SET_WORDS, send.login.password_command, N_("a list of words: the program that prints it")),
	TOP("send", "auth", SET_WORD, send.login.auth, N_("password, or bearer for an OAuth 2 token"), .words = auths),
	TOP("send", "ca_file", SET_PATH, send.login.ca_file, N_("instead of that of network")),
	TOP("send", "proxy", SET_TEXT, send.login.proxy, N_("instead of that of network")),
	TOP("send", "program", SET_WORDS, send.program, N_("a list of words: sendmail and its arguments")),
	TOP("send", "from", SET_TEXT, send.sender, N_("sender of the envelope, where failures are told")),
};

size_t settings_rows(const struct settings_row **ret)
{
	static struct settings_row told[ARRAY_LEN(rows)];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		told[i] = (struct settings_row){ rows[i].name, rows[i].help };
	*ret = told;
	return ARRAY_LEN(rows);
}

/* ---- life */

static void free_words(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

static void login_release(struct settings_login *login)
{
	free(login->url);
	free(login->user);
	free(login->password_file);
	free_words(login->password_command);
	free(login->auth);
	free(login->ca_file);
	free(login->proxy);
}

static void feed_release(struct settings_feed *feed)
{
	free(feed->name);
	free(feed->url);
	free(feed->way);
	free(feed->title);
	free(feed->licence);
	free(feed->key_file);
	free_words(feed->words);
}

void settings_init(struct settings *ret)
{
	*ret = (struct settings){ .patience = PATIENCE, .tries = TRIES };
}

void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->account_count; i++) {
		login_release(&settings->accounts[i].login);
		free(settings->accounts[i].name);
	}
	for (size_t i = 0; i < settings->feed_count; i++)
		feed_release(&settings->feeds[i]);
	free(settings->feeds);
	free(settings->contact);
	free(settings->bundle.signer);
	free_words(settings->bundle.keys);
	login_release(&settings->send.login);
	login_release(&settings->cve.login);
	free(settings->cve.organisation);
	free_words(settings->send.program);
	free(settings->send.by);
	free(settings->send.sender);
	free(settings->accounts);
	free(settings->ca_file);
	free(settings->proxy);
	free(settings->intel);
	*settings = (struct settings){ 0 };
}

/* ---- one setting */

struct parsing { const char *name, *folder; struct settings *settings; };

static int bad(const struct parsing *p, int line, const char *key, const char *why, struct error *err)
{
	AUTO_STRING place = mem_format("%s:%d", p->name, line);

	return error_set(err, ERR_INPUT, place, _("See `psirtty help settings`"), "%s: %s", key, why);
}

static char *full_path(const struct parsing *p, const char *path)
{
	const char *home = getenv("HOME");

	if (str_starts(path, "~/") && home)
		return file_join(home, path + 2);
	return *path == '/' ? mem_string(path) : file_join(p->folder, path);
}

static int set_words(const struct parsing *p, const struct conf *item, char ***slot, struct error *err)
{
	char **words;

	if (item->kind != CONF_LIST || !item->count)
		return bad(p, item->line, item->key, _("it is a list of words, such as [pass, show, psirt]"), err);
	words = mem_alloc((item->count + 1) * sizeof(*words));
	for (size_t i = 0; i < item->count; i++)
		words[i] = mem_string(str_or_empty(item->items[i].text));
	free_words(*slot);
	*slot = words;
	return 0;
}

static int set_number(const struct parsing *p, const struct row *row, const struct conf *item, long long *slot,
		      struct error *err)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(item->text, &end, 10);
	if (errno || end == item->text || *end || number < row->least || number > row->most) {
		AUTO_STRING why = mem_format(_("it is a number from %lld to %lld"), row->least, row->most);

		return bad(p, item->line, item->key, why, err);
	}
	*slot = number;
	return 0;
}

static int set_word(const struct parsing *p, const struct row *row, const struct conf *item, char **slot,
		    struct error *err)
{
	AUTO_STR known = STR_INIT;

	for (size_t i = 0; row->words[i]; i++) {
		if (str_equal(row->words[i], item->text)) {
			mem_replace(slot, item->text);
			return 0;
		}
		str_add_format(&known, "%s%s", i ? ", " : _("it is one of "), row->words[i]);
	}
	return bad(p, item->line, item->key, known.bytes, err);
}

static int set_url(const struct parsing *p, const struct conf *item, char **slot, struct error *err)
{
	struct fetch_url url = { 0 };
	AUTO_ERROR why = ERROR_INIT;

	if (fetch_url_parse(item->text, &url, &why))
		return bad(p, item->line, item->key, why.why, err);
	fetch_url_release(&url);
	mem_replace(slot, item->text);
	return 0;
}

static bool is_yes(const char *text)
{
	return str_equal(text, "true") || str_equal(text, "on");
}

static int set_one(const struct parsing *p, const struct row *row, const struct conf *item, void *home,
		   struct error *err)
{
	char *slot = (char *)home + row->at;
	AUTO_STRING path = NULL;

	if (row->type == SET_WORDS)
		return set_words(p, item, (char ***)(void *)slot, err);
	if (item->kind != CONF_SCALAR)
		return bad(p, item->line, item->key, _("it is one value"), err);
	switch (row->type) {
	case SET_NUMBER: return set_number(p, row, item, (long long *)(void *)slot, err);
	case SET_WORD: return set_word(p, row, item, (char **)(void *)slot, err);
	case SET_URL: return set_url(p, item, (char **)(void *)slot, err);
	case SET_BOOL:
		if (!is_yes(item->text) && !str_equal(item->text, "false") && !str_equal(item->text, "off"))
			return bad(p, item->line, item->key, _("it is true or false"), err);
		/* What the house says offline stays offline. */
		*(bool *)(void *)slot = is_yes(item->text) || (row->at == offsetof(struct settings, offline) &&
									    home == p->settings && *(bool *)(void *)slot);
		return 0;
	case SET_PATH:
		path = full_path(p, item->text);
		mem_replace((char **)(void *)slot, path);
		return 0;
	default:
		mem_replace((char **)(void *)slot, item->text);
		return 0;
	}
}

/* ---- sections */

static bool is_section(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (*rows[i].section && str_equal(rows[i].section, name))
			return true;
	return false;
}

static int set_section(const struct parsing *p, const char *section, const struct conf *map, void *home,
		       struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < map->count; i++) {
		const struct conf *item = &map->items[i];
		const struct row *found = NULL;

		if (!*section && is_section(item->key))
			continue;
		for (size_t r = 0; r < ARRAY_LEN(rows); r++)
			if (str_equal(rows[r].section, section) && str_equal(rows[r].key, item->key))
				found = &rows[r];
		/* Single values and views at the top are options of the screen, which judges them itself. */
		if (!found && !*section && (item->kind == CONF_SCALAR || str_equal(item->key, "views")))
			continue;
		code = found ? set_one(p, found, item, home, err) :
			       bad(p, item->line, item->key, _("there is no such setting here"), err);
	}
	return code;
}

static struct settings_account *account_of(struct settings *settings, const char *name)
{
	struct settings_account *account;

	for (size_t i = 0; i < settings->account_count; i++)
		if (str_equal(settings->accounts[i].name, name))
			return &settings->accounts[i];
	settings->accounts = mem_resize(settings->accounts, settings->account_count + 1, sizeof(*settings->accounts));
	account = &settings->accounts[settings->account_count++];
	*account = (struct settings_account){ .name = mem_string(name), .most_bytes = BYTES };
	return account;
}

static struct settings_feed *feed_of(struct settings *settings, const char *name)
{
	struct settings_feed *feed;

	for (size_t i = 0; i < settings->feed_count; i++)
		if (str_equal(settings->feeds[i].name, name))
			return &settings->feeds[i];
	settings->feeds = mem_resize(settings->feeds, settings->feed_count + 1, sizeof(*settings->feeds));
	feed = &settings->feeds[settings->feed_count++];
	*feed = (struct settings_feed){ .name = mem_string(name), .pause = -1, .most = -1 };
	return feed;
}

/* The name stands in the log of the inbox: letters, digits, dot and hyphen. */
static bool name_good(const char *name)
{
	return *name && strlen(name) <= 40 &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static int set_accounts(const struct parsing *p, const struct conf *map, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < map->count; i++) {
		const struct conf *item = &map->items[i];
		struct settings_account *account;

		if (!name_good(item->key) || p->settings->account_count >= ACCOUNTS)
			return bad(p, item->line, item->key, _("an account's name has letters, digits, dot and hyphen"), err);
		if (item->kind != CONF_MAP)
			return bad(p, item->line, item->key, _("an account is a map with its url"), err);
		account = account_of(p->settings, item->key);
		code = set_section(p, "accounts", item, account, err);
		if (!code && !account->login.url)
			code = bad(p, item->line, item->key, _("it has no url"), err);
	}
	return code;
}

static int set_feeds(const struct parsing *p, const struct conf *map, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < map->count; i++) {
		const struct conf *item = &map->items[i];

		if (!name_good(item->key) || p->settings->feed_count >= FEEDS)
			return bad(p, item->line, item->key, _("a source's name has letters, digits, dot and hyphen"), err);
		if (item->kind != CONF_MAP)
			return bad(p, item->line, item->key, _("a source is a map of settings"), err);
		code = set_section(p, "feeds", item, feed_of(p->settings, item->key), err);
	}
	return code;
}

static int set_map(const struct parsing *p, const struct conf *item, struct error *err)
{
	if (str_equal(item->key, "accounts"))
		return set_accounts(p, item, err);
	if (str_equal(item->key, "feeds"))
		return set_feeds(p, item, err);
	return set_section(p, item->key, item, p->settings, err);
}

static int set_all(const struct parsing *p, const struct conf *root, struct error *err)
{
	int code;

	if (root->kind != CONF_MAP)
		return bad(p, root->line, "psirtty.yaml", _("it is a map of settings"), err);
	code = set_section(p, "", root, p->settings, err);
	for (size_t i = 0; !code && i < root->count; i++) {
		const struct conf *item = &root->items[i];

		if (!is_section(item->key))
			continue;
		if (item->kind != CONF_MAP)
			return bad(p, item->line, item->key, _("it is a map of settings"), err);
		code = set_map(p, item, err);
	}
	return code;
}

int settings_parse(const char *text, size_t length, const char *name, const char *folder, struct settings *ret,
		   struct error *err)
{
	const struct parsing parsing = { name, folder, ret };
	struct conf root;
	int code = conf_load(text, length, name, &root, err);

	if (code)
		return code;
	code = set_all(&parsing, &root, err);
	conf_release(&root);
	return code;
}

/* ---- files */

static char *settings_folder(void)
{
	const char *given = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (given && *given == '/')
		return file_join(given, "psirtty");
	return mem_format("%s/.config/psirtty", home && *home ? home : "/nonexistent");
}

char *settings_path(void)
{
	AUTO_STRING folder = settings_folder();

	return file_join(folder, "psirtty.yaml");
}

static int check_owner(const char *path, struct error *err)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	if ((info.st_uid == geteuid() || info.st_uid == 0) && !(info.st_mode & 022))
		return 0;
	return error_set(err, ERR_DENIED, path, _("Take it over and `chmod go-w` it"),
			 _("others may write it, and it names programs that are run"));
}

static int load_folder(const char *folder, struct settings *ret, struct error *err)
{
	AUTO_STRING path = file_join(folder, "psirtty.yaml");
	AUTO_STR text = STR_INIT;
	int code;

	if (!file_exists(path))
		return 0;
	code = check_owner(path, err);
	if (!code)
		code = file_read(path, 1 << 20, &text, err);
	return code ? code : settings_parse(text.bytes, text.length, path, folder, ret, err);
}

int settings_load(struct settings *ret, struct error *err)
{
	AUTO_STRING own = settings_folder();
	int code;

	settings_init(ret);
	code = load_folder("/etc/psirtty", ret, err);
	if (!code)
		code = load_folder(own, ret, err);
	/* What cannot be read may have said so. */
	ret->offline = ret->offline || code;
	return code;
}

bool settings_vault_offline(const char *dir)
{
	AUTO_STRING path = file_join(dir, "vault.yaml");
	struct conf conf;
	bool offline;

	if (!file_exists(path) || conf_load_file(path, &conf, NULL))
		return false;
	offline = is_yes(conf_text(&conf, "offline", "false"));
	conf_release(&conf);
	return offline;
}

int settings_account(const struct settings *settings, const char *name, const struct settings_account **ret,
		     struct error *err)
{
	AUTO_STRING path = settings_path();
	AUTO_STR names = STR_INIT;

	for (size_t i = 0; i < settings->account_count; i++) {
		if (name ? str_equal(settings->accounts[i].name, name) : settings->account_count == 1) {
			*ret = &settings->accounts[i];
			return 0;
		}
		str_add_format(&names, "%s%s", i ? ", " : "", settings->accounts[i].name);
	}
	if (!settings->account_count)
		return error_set(err, ERR_USAGE, _("account"), _("Describe one there; see `psirtty help settings`"),
				 _("%s has no accounts"), path);
	return error_set(err, ERR_USAGE, name ? name : _("account"), NULL, _("there is no such account; there are: %s"), names.bytes);
}
