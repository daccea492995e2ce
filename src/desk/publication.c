/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a publication outside the log: files in a folder, letters to finders. A plan is sealed before anything is
 * done, files lie ready under names of their own, then the events are written as one; only then the files get their names
 * and the letters are made. Whoever dies meanwhile leaves the plan: the next who opens the vault ends what was published
 * and sweeps what was not.
 */
#include "desk/advisory_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/embargo.h"

enum { PLAN_LIMIT = 64 << 10 };

static const char plan_prefix[] = "publishing-";

bool desk_is_plan(const char *id)
{
	return str_starts(id, plan_prefix);
}

/* As a draft's name has it. */
static char *in_draft(const char *format, const char *advisory)
{
	char *id = mem_format("%s%s", format, advisory);

	for (char *c = id; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
	return id;
}

/* ---- before */

static int write_ready(const struct desk_documents *documents, const char *ready, struct error *err)
{
	int code = file_make_dir(ready, 0700, err); /* nobody else's yet, in a folder that everybody reads */

	for (size_t i = 0; !code && i < documents->count; i++) {
		const struct desk_document *d = &documents->items[i];
		AUTO_STRING path = file_join(ready, d->name);

		if (!d->missing)
			code = file_write(path, d->bytes.bytes, d->bytes.length, 0644, err);
	}
	return code;
}

static int keep_plan(struct desk *desk, const struct publication *p, struct error *err)
{
	AUTO_JSON plan = json_object();
	AUTO_STR text = STR_INIT;

	js_set_string(plan, "case", p->case_id);
	js_set_string(plan, "version", p->version);
	js_set_string(plan, "dir", p->dir);
	js_set_string(plan, "ready", p->ready);
	js_dump(plan, &text);
	return vault_draft_put(desk->vault, p->plan, text.bytes, text.length, err);
}

void publication_release(struct publication *p)
{
	free(p->plan);
	free(p->case_id);
	free(p->version);
	free(p->dir);
	free(p->ready);
}

int publication_begin(struct desk *desk, const struct case_state *state, const struct desk_documents *documents,
		      const char *dir, struct publication *ret, struct error *err)
{
	struct publication p = { .plan = in_draft(plan_prefix, state->advisory->id), .case_id = mem_string(state->id),
				 .version = mem_string(record_text(desk_advisory_prepared(state), "version")) };
	int code = dir ? file_make_dir(dir, 0755, err) : 0;
	char *whole = dir && !code ? realpath(dir, NULL) : NULL;

	if (dir && !code && !whole)
		code = error_errno(err, ERR_INPUT, dir, NULL);
	if (whole) {
		p.dir = mem_string(whole);
		p.ready = mem_format("%s/.%s.part", whole, p.plan);
	}
	free(whole);
	if (!code)
		code = keep_plan(desk, &p, err);
	if (!code && p.dir)
		code = write_ready(documents, p.ready, err);
	if (code) {
		publication_sweep(desk, &p);
		publication_release(&p);
	} else {
		*ret = p;
	}
	return code;
}

void publication_sweep(struct desk *desk, const struct publication *p)
{
	if (p->ready && file_is_dir(p->ready))
		file_remove_tree(p->ready, NULL);
	vault_draft_remove(desk->vault, p->plan, NULL);
}

/* ---- after */

static bool is_finder(const struct case_party *party)
{
	return party->address && (str_equal(party->role, "finder") || str_equal(party->role, "reporter"));
}

static bool is_draft(struct desk *desk, const char *id)
{
	struct str bytes = STR_INIT;
	bool is = vault_draft_get(desk->vault, id, &bytes, NULL) == 0;

	str_wipe(&bytes);
	return is;
}

/* Whoever reported it hears that it is out, as a draft a person sends. */
static int tell_finders(struct desk *desk, const struct case_state *state, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];
		AUTO_STRING subject = mem_format("%s is published", state->advisory->id);
		AUTO_STRING text = mem_format("Dear %s,\n\nour advisory %s, \"%s\", is published. It is about what you "
					      "reported to us.\nThank you for your report and for your patience.\n",
					      party->name, state->advisory->id, str_or_empty(state->advisory->title));
		AUTO_STRING numbered = mem_format("%s-%zu", state->advisory->id, i + 1);
		AUTO_STRING id = in_draft("published-", numbered);
		const struct desk_letter letter = { .id = id, .name = party->name, .address = party->address,
						   .subject = subject, .text = text };

		if (is_finder(party) && !is_draft(desk, id))
			code = desk_letter_put(desk, state, &letter, NULL, err);
	}
	return code;
}

/* The names last: what is there under its name is whole. */
static int put_in_place(const struct publication *p, struct error *err)
{
	char **names = NULL;
	size_t count = 0;
	int folder, code = file_list(p->ready, &names, &count, err);

	for (size_t i = 0; !code && i < count; i++) {
		AUTO_STRING from = file_join(p->ready, names[i]);
		AUTO_STRING to = file_join(p->dir, names[i]);

		if (rename(from, to) < 0)
			code = error_set(err, ERR_INPUT, to, _("Move it there from the folder it lies ready in"),
					 _("it was published, but this file got no further than %s: %s"), from, strerror(errno));
	}
	file_free_names(names, count);
	folder = code ? -1 : open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
	return code;
}

/* A plan is tried once: where files cannot get their names now, they stay ready and the sentence says where. */
int publication_end(struct desk *desk, const struct case_state *state, const struct publication *p, struct error *err)
{
	AUTO_ERROR later = ERROR_INIT;
	int code = p->ready && file_is_dir(p->ready) ? put_in_place(p, err) : 0;
	bool first = case_record_count(state, EVENT_ADVISORY_PUBLISHED) == 1;
	int told = first ? tell_finders(desk, state, code ? &later : err) : 0;

	if (code)
		vault_draft_remove(desk->vault, p->plan, NULL);
	else
		publication_sweep(desk, p);
	return code ? code : told;
}

/* ---- what was interrupted */

static int read_plan(struct desk *desk, const char *id, struct publication *ret, struct error *err)
{
	struct str bytes = STR_INIT;
	AUTO_JSON plan = NULL;
	int code = vault_draft_get(desk->vault, id, &bytes, err);

	if (!code)
		code = js_load(bytes.bytes, bytes.length, PLAN_LIMIT, id, &plan, err);
	str_wipe(&bytes);
	if (!code)
		*ret = (struct publication){ mem_string(id), mem_string(js_string(plan, "case")),
					     mem_string(js_string(plan, "version")), mem_string(js_string(plan, "dir")),
					     mem_string(js_string(plan, "ready")) };
	return code;
}

static bool is_published(const struct case_state *state, const char *version)
{
	const struct case_record *record;
	size_t cursor = 0;

	while ((record = case_record_next(state, EVENT_ADVISORY_PUBLISHED, &cursor)))
		if (str_equal(record_text(record, "version"), version))
			return true;
	return false;
}

bool publication_is_void(struct desk *desk, const struct publication *p)
{
	const struct case_state *state;
	AUTO_ERROR ignored = ERROR_INIT;

	return desk_find_case(desk, str_or_empty(p->case_id), &state, &ignored) == 0 && !is_published(state, p->version);
}

/* A folder that is not mounted now may be another time: until then nothing is ended there, and nothing swept. */
static int see_folder(const struct publication *p, struct error *err)
{
	if (!p->dir || file_is_dir(p->dir))
		return 0;
	return error_set(err, ERR_INPUT, p->dir, _("Mount it, or make it anew where it is gone, and open the vault again"),
			 _("the folder cannot be seen, and publishing version %s of %s there was not brought to an end"),
			 str_or_empty(p->version), str_or_empty(p->case_id));
}

/* A case that cannot be read now may be published: its plan waits for who can. */
static int finish(struct desk *desk, const char *id, struct error *err)
{
	const struct case_state *state;
	struct publication p = { 0 };
	AUTO_ERROR unread = ERROR_INIT;
	int code = read_plan(desk, id, &p, err);

	if (!code)
		code = see_folder(&p, err);
	if (!code && publication_is_void(desk, &p))
		publication_sweep(desk, &p);
	else if (!code && desk_find_case(desk, str_or_empty(p.case_id), &state, &unread) == 0 && state->advisory)
		code = publication_end(desk, state, &p, err);
	publication_release(&p);
	return code;
}

static int list_plans(struct desk *desk, char ***ret_ids, size_t *ret_count, size_t *ret_plans, struct error *err)
{
	int code = vault_draft_list(desk->vault, ret_ids, ret_count, err);

	*ret_plans = 0;
	for (size_t i = 0; !code && i < *ret_count; i++)
		*ret_plans += desk_is_plan((*ret_ids)[i]);
	return code;
}

/* Each plan is tried, whatever became of another. The first error is told. */
static int finish_each(struct desk *desk, struct error *err)
{
	char **ids = NULL;
	size_t count = 0, plans;
	int code = list_plans(desk, &ids, &count, &plans, err);

	for (size_t i = 0; i < count; i++) {
		AUTO_ERROR later = ERROR_INIT;
		int one = desk_is_plan(ids[i]) ? finish(desk, ids[i], code ? &later : err) : 0;

		code = code ? code : one;
	}
	file_free_names(ids, count);
	return code;
}

/* The queue is held: who is publishing now holds it until all is done, so what is found then was left by the dead. */
int desk_finish_publications(struct desk *desk, struct error *err)
{
	char **ids = NULL;
	size_t count = 0, plans;
	bool changed;
	int code = list_plans(desk, &ids, &count, &plans, err);

	file_free_names(ids, count);
	if (code || !plans)
		return code;
	code = vault_hold(desk->vault, err);
	if (code)
		return code;
	code = desk_refresh(desk, &changed, err);
	if (!code)
		code = finish_each(desk, err);
	vault_let_go(desk->vault);
	return code;
}
