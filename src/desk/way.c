/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How letters leave by the settings. Nothing is asked and no password read before a letter is really on its way: that
 * is when the way prepares.
 */
#include "desk/desk_private.h"
#include "desk/post_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/letters.h"
#include "psirtty/worker/letter_net.h"

struct desk_way {
	struct letter_way way, inner; /* WAY is what the desk sees; INNER carries */
	struct settings settings;     /* owned */
	struct error fault;           /* owned: why the settings cannot be used */
	struct fetch_host host;
	struct str secret;
	settings_ask_fn ask;
	void *context;
	bool asked;
};

static int read_secret(struct desk_way *way, struct error *err)
{
	const struct settings_login *login = &way->settings.send.login;
	int code;

	if (!login->url)
		return error_set(err, ERR_USAGE, "send.url", _("See `psirtty help settings`"),
				 _("the settings name no server to send by"));
	code = settings_secret(login, login->url, way->ask, way->context, &way->secret, err);
	if (code)
		return code;
	desk_fill_host(&way->settings, login, &way->secret, &way->host);
	way->asked = true;
	return 0;
}

static int prepare(void *context, const struct letter *letter, struct error *err)
{
	struct desk_way *way = context;
	int code = 0;

	if (way->fault.code)
		return error_set(err, way->fault.code, way->fault.what, way->fault.remedy, "%s", way->fault.why);
	if (str_equal(way->inner.name, "smtp") && !way->asked && !fetch_forbidden())
		code = read_secret(way, err);
	if (!code && way->inner.prepare)
		code = way->inner.prepare(way->inner.context, letter, err);
	return code;
}

/* The settings' sender of the envelope stands for the handler's, not for none. */
static int post(void *context, const struct letter *letter, struct letter_result *results, struct error *err)
{
	struct desk_way *way = context;
	struct letter sent = *letter;

	if (*sent.sender && way->settings.send.sender)
		sent.sender = way->settings.send.sender;
	return way->inner.post(way->inner.context, &sent, results, err);
}

static int has_left(void *context, const char *id)
{
	struct desk_way *way = context;

	return way->inner.has_left(way->inner.context, id);
}

static void choose(struct desk_way *way, struct desk *desk)
{
	static char program[] = "/usr/sbin/sendmail", *words[] = { program, NULL };
	const char *by = str_or_empty(way->settings.send.by);

	if (str_equal(by, "smtp")) {
		way->host.url = str_or_empty(way->settings.send.login.url);
		letter_smtp(&way->inner, &way->host);
	} else if (str_equal(by, "sendmail")) {
		letter_sendmail(&way->inner, way->settings.send.program ? way->settings.send.program : words);
	} else {
		letter_outbox(&way->inner, vault_outbox(desk->vault));
	}
	way->way = (struct letter_way){ way->inner.name, prepare, post, way->inner.has_left ? has_left : NULL, way };
}

void desk_follow_settings(struct desk *desk, struct settings *settings, const struct error *fault, settings_ask_fn ask,
			  void *context)
{
	struct desk_way *way = mem_alloc(sizeof(*way));

	desk_way_free(desk->way);
	*way = (struct desk_way){ .settings = *settings, .secret = STR_INIT, .ask = ask, .context = context };
	settings_init(settings);
	if (fault->code)
		error_set(&way->fault, fault->code, fault->what, fault->remedy, "%s", fault->why);
	choose(way, desk);
	desk->way = way;
	desk_set_letter_way(desk, &way->way);
}

bool desk_follows_settings(const struct desk *desk)
{
	return desk->way != NULL;
}

void desk_way_free(struct desk_way *way)
{
	if (!way)
		return;
	settings_release(&way->settings);
	error_release(&way->fault);
	str_wipe(&way->secret);
	free(way);
}
