/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails from servers into the inbox. A mail's name on its server is in the same event as the mail, so what is known
 * is what is here; one whose bytes came before, or that is too large, is noted by its name alone.
 */
#include "psirtty/desk/post.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "desk/post_private.h"

enum { PASSED_TOGETHER = 200 };

struct desk_fetch {
	struct desk *desk;
	struct fetch *fetch;
	char *account;             /* owned */
	const char *channel;       /* "imap", "pop3" */
	bool remove;
	struct desk_fetch_count count;
	struct intake *intake;     /* what came and is not kept yet; NULL */
	json_t *known, *mails;     /* owned: names whose bytes came before, and as which mail; not yet noted */
};

/* ---- starting */

static void add_line(void *context, const char *uid)
{
	struct str *known = context;

	str_add_format(known, "%s%s", known->length ? "\n" : "", uid);
}

static const char *own_or(const char *own, const char *common)
{
	return own ? own : common;
}

void desk_fill_host(const struct settings *settings, const struct settings_login *login, const struct str *secret,
		    struct fetch_host *ret)
{
	*ret = (struct fetch_host){
		.url = login->url, .user = login->user, .secret = secret->length ? secret->bytes : NULL,
		.bearer = str_equal(login->auth, "bearer"), .ca_file = own_or(login->ca_file, settings->ca_file),
		.proxy = own_or(login->proxy, settings->proxy), .patience = (int)settings->patience,
	};
}

static int start_worker(struct desk_fetch *f, const struct settings *settings, const struct settings_account *from,
			settings_ask_fn ask, void *context, struct error *err)
{
	struct fetch_mailbox mailbox = { .most_bytes = (uint64_t)from->most_bytes, .remove = from->remove };
	struct str secret = STR_INIT;
	AUTO_STR known = STR_INIT;
	int code = settings_secret(&from->login, from->name, ask, context, &secret, err);

	if (!code) {
		model_each_fetched(f->desk->model, f->account, add_line, &known);
		desk_fill_host(settings, &from->login, &secret, &mailbox.host);
		mailbox.known = known.length ? known.bytes : NULL;
		code = fetch_mailbox_start(&mailbox, &f->fetch, err);
	}
	str_wipe(&secret);
	return code;
}

int desk_fetch_start(struct desk *desk, const struct settings *settings, const struct settings_account *from,
		     settings_ask_fn ask, void *context, struct desk_fetch **ret, struct error *err)
{
	struct desk_fetch *f;
	bool changed;
	int code;

	if (settings->offline)
		fetch_forbid();
	if (desk_readonly(desk))
		return error_set(err, ERR_DENIED, desk_vault_name(desk), NULL, _("the vault is open for reading alone"));
	f = mem_alloc(sizeof(*f));
	*f = (struct desk_fetch){ .desk = desk, .account = mem_string(from->name), .remove = from->remove,
				  .channel = str_starts_nocase(from->login.url, "imap") ? "imap" : "pop3",
				  .known = json_array(), .mails = json_array() };
	code = desk_refresh(desk, &changed, err);
	if (!code)
		code = start_worker(f, settings, from, ask, context, err);
	if (code)
		desk_fetch_stop(f);
	else
		*ret = f;
	return code;
}

int desk_fetch_fd(const struct desk_fetch *fetch)
{
	return fetch_fd(fetch->fetch);
}

bool desk_fetch_wait(const struct desk_fetch *fetch, int milliseconds)
{
	return fetch_wait(fetch->fetch, milliseconds);
}

const struct desk_fetch_count *desk_fetch_counted(const struct desk_fetch *fetch)
{
	return &fetch->count;
}

void desk_fetch_stop(struct desk_fetch *fetch)
{
	if (!fetch)
		return;
	fetch_stop(fetch->fetch);
	/* What is not kept yet comes again. */
	if (fetch->intake)
		intake_end(fetch->intake, ERR_NO, NULL);
	json_decref(fetch->known);
	json_decref(fetch->mails);
	free(fetch->account);
	free(fetch);
}

/* ---- what comes */

static int note_passed(struct desk_fetch *f, json_t *uids, const char *why, uint64_t size, json_t *mails, instant now,
		       struct error *err)
{
	json_t *body = json_object();

	js_set_string(body, "account", f->account);
	json_object_set_new(body, "uids", uids);
	js_set_string(body, "why", why);
	desk_set_instant(body, "received", now);
	if (size)
		js_set_integer(body, "size", (long long)size);
	if (mails)
		json_object_set_new(body, "mails", mails);
	return desk_append(f->desk, NULL, EVENT_MAIL_PASSED, body, now, err);
}

static int flush_known(struct desk_fetch *f, instant now, struct error *err)
{
	json_t *uids = f->known, *mails = f->mails;

	if (!json_array_size(uids))
		return 0;
	f->known = json_array();
	f->mails = json_array();
	return note_passed(f, uids, "known", 0, mails, now, err);
}

/* Two of the same bytes at once: the second is found to be known when it comes again. */
static int take_known(struct desk_fetch *f, const struct fetch_event *event, const struct inbox_item *item, instant now,
		      struct error *err)
{
	f->count.in.known++;
	json_array_append_new(f->known, json_string(event->name));
	json_array_append_new(f->mails, json_string(item->id));
	return json_array_size(f->known) < PASSED_TOGETHER ? 0 : flush_known(f, now, err);
}

static int take_mail(struct desk_fetch *f, const struct fetch_event *event, instant now, struct error *err)
{
	const struct intake_source source = { .channel = f->channel, .account = f->account, .uid = event->name, .received = now };
	const struct inbox_item *item;
	char sha256[65];
	int code;

	vault_sha256(event->bytes, event->length, sha256);
	item = model_mail_by_sha256(f->desk->model, sha256);
	if (!item && !f->intake)
		f->intake = intake_begin(f->desk, now, &f->count.in);
	code = item ? take_known(f, event, item, now, err) :
		      intake_add(f->intake, event->bytes, event->length, &source, err);
	if (!code && f->remove)
		code = fetch_remove(f->fetch, event->name, err);
	f->count.bytes += event->length;
	return code;
}

/* What came is kept before anything is said of it elsewhere. */
static int settle(struct desk_fetch *f, instant now, struct error *err)
{
	struct intake *intake = f->intake;
	int code = 0;

	f->intake = NULL;
	if (intake)
		code = intake_end(intake, 0, err);
	return code ? code : flush_known(f, now, err);
}

static int take_passed(struct desk_fetch *f, const struct fetch_event *event, instant now, struct error *err)
{
	json_t *uids = json_array();

	f->count.too_large++;
	json_array_append_new(uids, json_string(event->name));
	return note_passed(f, uids, "too-large", event->total, NULL, now, err);
}

static int take_ready(struct desk_fetch *f, instant now, struct error *err)
{
	int code = settle(f, now, err);

	return code ? code : fetch_finish(f->fetch, err);
}

int desk_fetch_step(struct desk_fetch *fetch, instant now, bool *ret_done, struct error *err)
{
	struct fetch_event event;
	int code = fetch_take(fetch->fetch, &event, err);

	*ret_done = false;
	/* What came before the line broke stays. */
	if (code)
		settle(fetch, now, NULL);
	if (code)
		return code;
	switch (event.kind) {
	case FETCH_OPENED:
		fetch->count.there = event.done;
		fetch->count.wanted = event.total;
		return 0;
	case FETCH_MAIL: return take_mail(fetch, &event, now, err);
	case FETCH_PASSED: return take_passed(fetch, &event, now, err);
	case FETCH_READY: return take_ready(fetch, now, err);
	case FETCH_REMOVED:
		fetch->count.removed = event.done;
		fetch->count.marked = event.total;
		return 0;
	case FETCH_PROGRESS:
		fetch->count.total = event.total;
		return 0;
	case FETCH_END:
		*ret_done = true;
		return settle(fetch, now, err);
	default: return 0;
	}
}
