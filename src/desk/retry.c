/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail once more: what could not be opened because a key was missing, and what another pin makes of a verdict. One that
 * cannot be read does not keep the others from it; what did not change makes no event.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"

/* Why one is read again. What a key, a program or a whole file could mend counts as waiting. */
static bool waits(const struct inbox_item *item)
{
	return !item->read || !desk_is_open(&item->record) || mail_record_has_flag(&item->record, "unreadable") ||
	       mail_record_has_flag(&item->record, "smime-unchecked") ||
	       mail_record_signature(&item->record) == SIGNATURE_UNKNOWN_KEY;
}

static bool is_outdated(struct desk *desk, const struct inbox_item *item)
{
	const char *sender = mail_record_sender(&item->record);

	return item->read && mail_record_outdated(&item->record, sender ? model_pinned(desk->model, sender) : NULL);
}

static int read_again(struct desk *desk, const struct inbox_item *item, instant now, struct mail_record *ret,
		      struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	int code = desk_whole_mail(desk, item, err);

	if (!code)
		code = desk_file_read(desk, &item->raw, &bytes, err);
	return code ? code : desk_read_mail(desk, bytes.bytes, bytes.length, item->record.session_key, now, ret, err);
}

static bool says_the_same(const struct inbox_item *item, const struct mail_record *record)
{
	AUTO_JSON before = mail_record_to_json(&item->record, true);
	AUTO_JSON after = mail_record_to_json(record, true);

	return item->read && json_equal(before, after);
}

/* What came of one. READ: an error is then one of the vault, which the others would meet too. */
struct outcome {
	bool read, before, open, changed, late;
	char *why; /* owned; of one that is not open */
};

static void outcome_release(struct outcome *o)
{
	free(o->why);
}

/* Whoever has read a mail does not lose it to a key that is away today. */
static int retry(struct desk *desk, const char *mail, instant now, struct outcome *ret, struct error *err)
{
	const struct inbox_item *item = model_find_mail(desk->model, mail);
	struct mail_record record = { 0 };
	int code;

	*ret = (struct outcome){ .before = item->read && desk_is_readable(&item->record) };
	code = read_again(desk, item, now, &record, err);
	if (code)
		return code;
	ret->read = true;
	ret->open = desk_is_readable(&record);
	ret->late = openpgp_was_late(record.encryption_reason);
	ret->why = mem_string(mail_record_reason(&record));
	ret->changed = (ret->open || !ret->before) && !says_the_same(item, &record);
	if (ret->changed)
		code = desk_append_record(desk, mail, &record, now, err);
	mail_record_release(&record);
	return code;
}

int desk_mail_open(struct desk *desk, const struct inbox_item *item, instant now, struct error *err)
{
	AUTO_STRING id = mem_string(item->id);
	struct outcome outcome = { 0 };
	int code = waits(item) || is_outdated(desk, item) ? retry(desk, id, now, &outcome, err) : 0;

	outcome_release(&outcome);
	return code;
}

bool desk_mail_outdated(struct desk *desk, const struct inbox_item *item)
{
	return is_outdated(desk, item);
}

/* ---- all of them */

struct round {
	struct desk *desk;
	instant now;
	const struct desk_retry *how;
	struct intake_count *count;
	size_t done, total;
	int late;          /* so many, one behind the other, did gpg not come to an end over */
};
enum { LATE_MOST = 2 };

/* What is told of one that waits on. */
static void tell(const struct round *r, const char *mail, const char *why)
{
	if (r->how->waits)
		r->how->waits(r->how->context, mail, *why ? why : _("it cannot be taken apart"));
}

static int count_one(struct round *r, const char *mail, int code, const struct outcome *o, const struct error *why,
		     struct error *err)
{
	AUTO_STR sentence = STR_INIT;

	if (code && o->read)
		return error_set(err, code, why->what, why->remedy, "%s", str_or_empty(why->why));
	r->count->failed += code != 0;
	r->count->taken_in += o->open && !o->before;
	r->count->known += o->open && o->before && o->changed;
	r->count->unread += !code && !o->open;
	if (o->open)
		return r->late = 0;
	if (code)
		error_sentence(why, &sentence);
	tell(r, mail, code ? sentence.bytes : o->why);
	r->late = o->late ? r->late + 1 : 0;
	if (r->late < LATE_MOST)
		return 0;
	return error_set(err, ERR_DENIED, "mail retry", _("End a hung agent with `gpgconf --kill gpg-agent`, and try again"),
			 _("gpg, or its agent, does not answer in time"));
}

static int one(struct round *r, const char *mail, struct error *err)
{
	AUTO_ERROR why = ERROR_INIT;
	struct outcome o = { 0 };
	int code = retry(r->desk, mail, r->now, &o, &why);

	code = count_one(r, mail, code, &o, &why, err);
	outcome_release(&o);
	return code;
}

static int cancelled(const struct round *r, struct error *err)
{
	if (!r->how->progress || !r->how->progress(r->how->context, r->done, r->total))
		return 0;
	return error_set(err, ERR_NO, "mail retry", NULL, _("it was cancelled; what was opened stays open"));
}

static bool is_from(const struct inbox_item *item, const char *address)
{
	const char *sender = mail_record_sender(&item->record);

	return sender && str_casecmp(sender, address) == 0;
}

/* Their ids, since events move what they stand for. With an ADDRESS only what came from there and was read. */
static char **choose(struct desk *desk, const char *address, size_t *ret_count)
{
	size_t count = 0;
	char **ids = mem_resize(NULL, model_inbox_count(desk->model) + 1, sizeof(*ids));

	for (size_t i = 0; i < model_inbox_count(desk->model); i++) {
		const struct inbox_item *item = model_inbox(desk->model, i);

		if (address ? is_from(item, address) && is_outdated(desk, item) : waits(item) || is_outdated(desk, item))
			ids[count++] = mem_string(item->id);
	}
	*ret_count = count;
	return ids;
}

static int go_round(struct round *r, const char *address, struct error *err)
{
	char **ids = choose(r->desk, address, &r->total);
	int code = 0;

	openpgp_go_behind(true);
	for (; !code && r->done < r->total; r->done++) {
		code = cancelled(r, err);
		/* Shredded by somebody meanwhile. */
		if (!code && model_find_mail(r->desk->model, ids[r->done]))
			code = one(r, ids[r->done], err);
	}
	openpgp_go_behind(false);
	for (size_t i = 0; i < r->total; i++)
		free(ids[i]);
	free(ids);
	return code;
}

int desk_mail_judge(struct desk *desk, const char *address, instant now, const struct desk_retry *how,
		    struct intake_count *ret, struct error *err)
{
	return go_round(&(struct round){ .desk = desk, .now = now, .how = how, .count = ret }, address, err);
}

int desk_mail_retry(struct desk *desk, instant now, const struct desk_retry *how, struct intake_count *ret,
		    struct error *err)
{
	return go_round(&(struct round){ .desk = desk, .now = now, .how = how, .count = ret }, NULL, err);
}
