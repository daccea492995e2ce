/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys out of the Web Key Directory of their address: only when a handler asks, since the question itself tells
 * that somebody here writes to that address.
 */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/settings.h"
#include "psirtty/format/wkd.h"
#include "psirtty/worker/fetch.h"

enum { METHODS = 2, KEY_LIMIT = 1 << 20, WAIT_MS = 200 };

struct lookup {
	struct command_context *context;
	struct str urls[METHODS], keys[METHODS];
	bool here[METHODS];
	char *why; /* owned: of the last that failed */
};

static void lookup_release(struct lookup *lookup)
{
	for (int i = 0; i < METHODS; i++) {
		str_release(&lookup->urls[i]);
		str_release(&lookup->keys[i]);
	}
	free(lookup->why);
}

static void take_event(struct lookup *lookup, const struct fetch_event *event)
{
	size_t item = event->item < METHODS ? event->item : 0;

	if (event->kind == FETCH_HEAD) {
		lookup->here[item] = event->done == 200;
		if (event->done != 200) {
			AUTO_STRING why = mem_format(_("the server answered %llu"), (unsigned long long)event->done);

			mem_replace(&lookup->why, why);
		}
	} else if (event->kind == FETCH_DATA && lookup->keys[item].length + event->length <= KEY_LIMIT) {
		str_add_bytes(&lookup->keys[item], event->bytes, event->length);
	} else if (event->kind == FETCH_FAILED) {
		lookup->here[item] = false;
		mem_replace(&lookup->why, event->text);
	}
}

static int run_worker(struct lookup *lookup, struct fetch *fetch, struct error *err)
{
	struct command_context *context = lookup->context;
	struct fetch_event event = { .kind = FETCH_NOTHING };
	int code = 0;

	while (!code && event.kind != FETCH_END) {
		if (context->cancelled && context->cancelled(context))
			return error_set(err, ERR_NO, _("key"), NULL, _("it was cancelled"));
		fetch_wait(fetch, WAIT_MS);
		code = fetch_take(fetch, &event, err);
		if (!code)
			take_event(lookup, &event);
	}
	return code;
}

static int ask(struct lookup *lookup, const struct settings *settings, struct error *err)
{
	const struct fetch_page pages[METHODS] = {
		{ .url = lookup->urls[0].bytes, .most_bytes = KEY_LIMIT },
		{ .url = lookup->urls[1].bytes, .most_bytes = KEY_LIMIT },
	};
	const struct fetch_pages what = {
		.host = { .ca_file = settings->ca_file, .proxy = settings->proxy, .patience = (int)settings->patience },
		.pages = pages, .count = METHODS, .tries = 1,
	};
	struct fetch *fetch = NULL;
	int code = fetch_pages_start(&what, &fetch, err);

	if (!code)
		code = run_worker(lookup, fetch, err);
	fetch_stop(fetch);
	return code;
}

/* The advanced method goes before the direct one (section 3.1). */
static int take_found(struct lookup *lookup, struct desk *desk, const char *address, struct error *err)
{
	for (int i = 0; i < METHODS; i++)
		if (lookup->here[i] && lookup->keys[i].length)
			return command_take_key(lookup->context, desk, &lookup->keys[i], address, err);
	return error_set(err, ERR_NO, address, _("Ask its owner for the key"), _("no directory has a key of it: %s"),
			 lookup->why ? lookup->why : _("it is not there"));
}

static int run_lookup(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *address = call_value(call, "ADDRESS");
	struct lookup lookup = { .context = context, .urls = { STR_INIT, STR_INIT }, .keys = { STR_INIT, STR_INIT } };
	struct settings settings = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (int i = 0; !code && i < METHODS; i++)
		code = wkd_url(address, i == 0, &lookup.urls[i], err);
	for (int i = 0; !code && i < METHODS && call_given(call, "--url"); i++)
		command_say(context, "%s", lookup.urls[i].bytes);
	if (!code && !call_given(call, "--url")) {
		code = command_settings(context, &settings, err);
		if (!code && fetch_forbidden())
			code = error_set(err, ERR_DENIED, address,
					 _("Fetch what --url prints on another machine, then `key import FILE`"),
					 _("this program is offline"));
		if (!code)
			code = ask(&lookup, &settings, err);
		if (!code)
			code = take_found(&lookup, desk, address, err);
		settings_release(&settings);
	}
	lookup_release(&lookup);
	return code;
}

const struct command_row key_lookup_commands[] = {
	{
		.name = "key lookup",
		.help = N_("ask the Web Key Directory of an address for its key"),
		.flags = COMMAND_LEAVES,
		.arguments = { ARG("ADDRESS", ARG_ADDRESS, NULL),
			       SWITCH("--url", N_("ask nobody; print where it would be asked")) },
		.exec = run_lookup,
	},
	{ .name = NULL },
};
