/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A checked bundle into the folders of downloads and the store: whether it follows what is here, what upstream's own
 * hashes and signatures say of each file, then source by source, each in one transaction; a receipt of it.
 */
#include "desk/feed_bundle_read.h"

#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/openpgp.h"

struct taking {
	struct bundle_reading r;
	struct intel *intel;
	struct feed_bundle_done *done;
	json_t *receipt;           /* owned */
};

/* ---- following */

static uint64_t have_of(const json_t *received, const json_t *manifest)
{
	return (uint64_t)js_integer(received, js_string(manifest, "producer"), 0);
}

static int check_order(struct taking *t, const json_t *received, bool *ret_stop, struct error *err)
{
	const json_t *manifest = t->r.manifest;
	uint64_t have = have_of(received, manifest);
	enum feed_bundle_verdict verdict = feed_bundle_judge(manifest, have);
	AUTO_STRING why = feed_bundle_why(manifest, have);

	*ret_stop = verdict == BUNDLE_ALREADY;
	if (verdict == BUNDLE_APPLIES || verdict == BUNDLE_ALREADY)
		return 0;
	if (verdict == BUNDLE_BACKWARDS && t->r.options->backwards && json_is_null(json_object_get(manifest, "base_serial"))) {
		text_list_add_text(&t->done->warnings, why);
		return 0;
	}
	return error_set(err, ERR_BUSY, t->r.file,
			 verdict == BUNDLE_BACKWARDS ? _("Take the newest one; a full one goes in with --backwards, which is logged") :
						       _("Bring that one, or a full one"),
			 "%s", why);
}

/* ---- one source */

static enum feed_kind kind_of(const char *word)
{
	for (int i = FEED_UNKNOWN + 1; i < FEED_KINDS; i++)
		if (str_equal(feed_kind_name((enum feed_kind)i), word))
			return (enum feed_kind)i;
	return FEED_UNKNOWN;
}

/* The row here, or, of a source that only the producer knows, what the manifest says. Texts borrowed from either. */
static void find_source(const struct taking *t, const json_t *row, struct source *ret)
{
	const struct source *known = source_find(t->r.options->sources, js_string(row, "id"));

	*ret = known ? *known : (struct source){ .way = WAY_HAND, .cadence = 24, .stale = 168, .most = 4096 };
	if (known)
		return;
	ret->id = (char *)(uintptr_t)js_string(row, "id");
	ret->title = (char *)(uintptr_t)js_string(row, "title");
	ret->licence = (char *)(uintptr_t)js_string(row, "licence");
	ret->kind = kind_of(js_string(row, "kind"));
}

static bool is_data(const json_t *member)
{
	return str_equal(js_string(member, "role"), "data");
}

/* Whether the file of MEMBER lies here with these bytes. */
static bool is_here(struct sync *s, const json_t *member)
{
	const json_t *file = sync_file(s, js_string(member, "name"));
	AUTO_STRING path = sync_path(s, js_string(member, "name"));

	return file && str_equal(js_string(file, "sha256"), js_string(member, "sha256")) && file_exists(path);
}

static int by_taken(const void *a, const void *b)
{
	long long left = js_integer(*(json_t *const *)a, "taken", 0), right = js_integer(*(json_t *const *)b, "taken", 0);

	return left < right ? -1 : left > right ? 1 : 0;
}

struct members { json_t **items; size_t count, room; }; /* borrowed from the manifest, in the order they are taken in */

static void find_members(const struct taking *t, const char *source, struct members *ret)
{
	json_t *member;
	size_t i;

	json_array_foreach(js_array(t->r.manifest, "members"), i, member)
		if (str_equal(js_string(member, "source"), source)) {
			ret->items = mem_grow(ret->items, &ret->room, ret->count + 1, sizeof(json_t *));
			ret->items[ret->count++] = member;
		}
	if (ret->count)
		qsort(ret->items, ret->count, sizeof(json_t *), by_taken);
}

/* A copy, since two names may have the same bytes. */
static int place_member(struct taking *t, struct sync *s, const json_t *member, struct error *err)
{
	AUTO_STRING from = file_join(t->r.staging, js_string(member, "sha256"));
	AUTO_STRING path = sync_path(s, js_string(member, "name"));
	AUTO_STRING folder = mem_copy(path, (size_t)(strrchr(path, '/') - path));
	json_t *file = json_deep_copy(member);
	static const char *const ours[] = { "source", "name", "path", "included", "taken", "whole" };
	int code = file_make_dir(folder, 0755, err);

	unlink(path);
	if (!code && link(from, path) != 0)
		code = error_errno(err, ERR_INPUT, path, _("Make room for it, then try again"));
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		json_object_del(file, ours[i]);
	json_object_set_new(json_object_get(s->state, "files"), js_string(member, "name"), file);
	return code;
}

static void refuse(struct taking *t, struct sync *s, const json_t *member, const char *why)
{
	AUTO_STRING text = mem_format("%s, %s: %s", s->source->id, js_string(member, "name"), why);
	json_t *refusals = json_object_get(t->receipt, "refused");

	json_array_append_new(refusals, js_new_string(text, strlen(text)));
	text_list_add_text(&t->done->warnings, text);
	t->done->refused++;
	sync_forget(s, js_string(member, "name"));
}

/* The name of the file beside NAME that proves it, or NULL; the caller frees. */
static char *beside(const struct sync *s, const char *name, const char *ending)
{
	AUTO_STRING other = mem_format("%s%s", name, ending);

	return sync_file(s, other) ? mem_string(other) : NULL;
}

/* Why upstream's own proof does not hold for it, or NULL. */
static char *proof_fault(struct sync *s, const json_t *member)
{
	const char *name = js_string(member, "name"), *unpacked = js_string(member, "unpacked_sha256"),
		   *upstream = js_string(member, "upstream_sha256");
	AUTO_STRING path = sync_path(s, name), *fault = sync_shape_fault(path, name, ROLE_DATA);
	AUTO_STRING asc = beside(s, name, ".asc"), *long_sum = beside(s, name, ".sha512"), *sum = beside(s, name, ".sha256");
	char found[65] = "", *why = NULL;

	if (fault)
		return mem_string(fault);
	if (upstream && str_casecmp(upstream, js_string(member, "sha256")) != 0)
		return mem_string(_("its SHA-256 is not the one that upstream published"));
	if (unpacked && (sync_digest(s, name, found, NULL) || str_casecmp(found, unpacked) != 0))
		return mem_string(_("what it unpacks to is not what upstream published"));
	if (s->source->kind == FEED_CSAF && str_starts(name, "docs/"))
		sync_prove(s, name, long_sum ? long_sum : sum, asc, &why);
	return why;
}

static int take_data(struct taking *t, struct sync *s, const struct members *members, const bool *fresh, bool whole,
		     struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < members->count; i++) {
		const json_t *member = members->items[i];
		AUTO_STRING why = NULL;

		if (!is_data(member) || (!whole && !fresh[i]))
			continue;
		if (!sync_file(s, js_string(member, "name"))) {
			AUTO_STRING what = mem_format("%s, %s", s->source->id, js_string(member, "name"));

			return error_set(err, ERR_BUSY, what, _("Bring a full bundle"), _("it came with an earlier bundle and is no longer here"));
		}
		why = proof_fault(s, member);
		if (why)
			refuse(t, s, member, why);
		else
			code = sync_take(s, js_string(member, "name"), err);
		bundle_tell(t->r.options, s->source->id, i + 1, members->count);
		if (!code)
			code = bundle_cancelled(t->r.options, err);
	}
	return code;
}

static int withdraw_all(struct sync *s, const json_t *row, struct error *err)
{
	const char *id;
	json_t *when;
	int code = 0;

	json_object_foreach(json_object_get(row, "withdrawn"), id, when) {
		instant at = s->now;

		instant_parse(json_string_value(when), &at, NULL);
		if (!code)
			code = sync_withdraw(s, id, at, err);
	}
	return code;
}

static void remove_gone(struct sync *s, const json_t *row)
{
	json_t *name;
	size_t i;

	json_array_foreach(js_array(row, "removed"), i, name)
		if (json_is_string(name) && feed_bundle_name_valid(json_string_value(name)))
			sync_forget(s, json_string_value(name));
}

/* Only what is not here already is new; whether all of the source is read anew is said by what is new. */
static bool *find_fresh(struct sync *s, const struct members *members, bool *ret_any, bool *ret_whole)
{
	bool *fresh = mem_alloc((members->count + 1) * sizeof(*fresh));

	*ret_any = *ret_whole = false;
	for (size_t i = 0; i < members->count; i++) {
		fresh[i] = !is_here(s, members->items[i]);
		*ret_any = *ret_any || fresh[i];
		*ret_whole = *ret_whole || (fresh[i] && json_is_true(json_object_get(members->items[i], "whole")));
	}
	return fresh;
}

static int apply(struct taking *t, struct sync *s, const json_t *row, const struct members *members, struct error *err)
{
	bool any, whole;
	bool *fresh = find_fresh(s, members, &any, &whole);
	int code = 0;

	for (size_t i = 0; !code && i < members->count; i++)
		if (fresh[i] && json_is_true(json_object_get(members->items[i], "included")))
			code = place_member(t, s, members->items[i], err);
	if (!code && s->source->kind == FEED_CSAF)
		code = sync_keys_here(s, err);
	if (!code)
		code = sync_begin(s, whole, err);
	if (!code)
		code = take_data(t, s, members, fresh, whole, err);
	if (!code)
		code = withdraw_all(s, row, err);
	if (!code)
		code = sync_end(s, js_string(row, "cursor"), err);
	if (!code)
		remove_gone(s, row);
	free(fresh);
	return code ? code : sync_state_save(s, err);
}

static void tell_source(struct taking *t, const json_t *row, const struct sync_result *result)
{
	json_t *told = json_object();

	js_set_string(told, "id", js_string(row, "id"));
	js_set_string(told, "synced", js_string(row, "synced"));
	js_set_string(told, "newest", js_string(row, "newest"));
	js_set_integer(told, "added", result->done.added);
	js_set_integer(told, "changed", result->done.changed);
	js_set_integer(told, "withdrawn", result->done.withdrawn);
	js_set_integer(told, "quarantined", result->done.faults);
	json_array_append_new(json_object_get(t->receipt, "sources"), told);
	t->done->done.added += result->done.added;
	t->done->done.changed += result->done.changed;
	t->done->done.same += result->done.same;
	t->done->done.withdrawn += result->done.withdrawn;
	t->done->done.faults += result->done.faults;
}

static int take_source(struct taking *t, const json_t *row, struct error *err)
{
	const struct sync_options options = { .settings = t->r.options->settings, .dir = t->r.options->dir,
					      .intel = t->intel };
	struct sync_result result = { 0 };
	struct members members = { 0 };
	struct source source;
	instant synced = t->r.now;
	struct sync s;
	int code;

	find_source(t, row, &source);
	/* As old as it was there: carrying makes nothing newer. */
	instant_parse(js_string(row, "synced"), &synced, NULL);
	find_members(t, source.id, &members);
	code = sync_open(&options, &source, synced, &result, &s, err);
	s.serial = t->done->serial;
	if (!code)
		code = apply(t, &s, row, &members, err);
	sync_close(&s, code);
	if (!code)
		tell_source(t, row, &result);
	for (size_t i = 0; i < result.warnings.count; i++)
		text_list_add_text(&t->done->warnings, result.warnings.items[i]);
	sync_result_release(&result);
	free(members.items);
	t->done->sources++;
	return code;
}

/* ---- the receipt */

/* A room that cannot sign is told so before anything is taken in, not behind it. */
static int find_receipt_key(const struct taking *t, struct error *err)
{
	const char *signer = t->r.options->settings->bundle.signer;
	struct openpgp_key key = { 0 };
	int code = signer ? openpgp_find(t->r.options->pgp, signer, true, &key, err) : 0;

	openpgp_key_release(&key);
	return code;
}

static int sign_receipt(struct taking *t, const struct str *text, struct error *err)
{
	const char *signer = t->r.options->settings->bundle.signer;
	AUTO_STRING path = mem_format("%s.asc", t->done->receipt);
	struct openpgp_key key = { 0 };
	AUTO_STR signature = STR_INIT;
	int code;

	if (!signer)
		return 0;
	code = openpgp_find(t->r.options->pgp, signer, true, &key, err);
	if (!code)
		code = openpgp_sign(t->r.options->pgp, text->bytes, text->length, key.fingerprint, true, &signature, NULL, err);
	openpgp_key_release(&key);
	return code ? code : file_write(path, signature.bytes, signature.length, 0644, err);
}

static int write_receipt(struct taking *t, struct error *err)
{
	AUTO_STRING name = mem_format("receipt-%s-%llu.json", t->done->producer, (unsigned long long)t->done->serial);
	AUTO_STR text = STR_INIT;
	char at[40];
	int code;

	js_set_string(t->receipt, "format", "psirtty-feed-receipt");
	js_set_string(t->receipt, "producer", t->done->producer);
	js_set_integer(t->receipt, "serial", (long long)t->done->serial);
	js_set_string(t->receipt, "signed_by", t->r.signer);
	js_set_string(t->receipt, "imported", instant_format(t->r.now, at));
	t->done->receipt = bundle_file(t->r.options->dir, name);
	js_dump_pretty(t->receipt, &text);
	code = bundle_save(t->r.options->dir, name, t->receipt, err);
	return code ? code : sign_receipt(t, &text, err);
}

/* ---- all of it */

static int take_all(struct taking *t, json_t *received, struct error *err)
{
	json_t *row;
	size_t i;
	int code = bundle_unpack(&t->r, err);

	if (!code)
		code = intel_open(t->r.options->store, true, &t->intel, err);
	json_array_foreach(js_array(t->r.manifest, "sources"), i, row)
		if (!code)
			code = take_source(t, row, err);
	js_set_integer(received, t->done->producer, (long long)t->done->serial);
	if (!code)
		code = bundle_save(t->r.options->dir, "received.json", received, err);
	if (!code)
		code = bundle_note(t->r.options->dir, "taken", t->r.manifest, t->r.options->backwards ? "backwards" : "", t->r.now, err);
	return code ? code : write_receipt(t, err);
}

static void fill_done(struct taking *t)
{
	const json_t *manifest = t->r.manifest;

	t->done->serial = (uint64_t)js_integer(manifest, "serial", 0);
	t->done->base = (uint64_t)js_integer(manifest, "base_serial", 0);
	t->done->members = json_array_size(js_array(manifest, "members"));
	t->done->included = json_object_size(t->r.wanted);
	t->done->bytes = t->r.read;
	snprintf(t->done->producer, sizeof(t->done->producer), "%s", js_string(manifest, "producer"));
}

int feed_bundle_import(const struct feed_bundle_options *options, const char *file, instant now,
		       struct feed_bundle_done *ret, struct error *err)
{
	struct feed_bundle_done done = { 0 };
	struct taking t = { .r = { .options = options, .file = file, .now = now, .staging = file_join(options->dir, ".incoming"),
				   .manifest_text = STR_INIT, .signature = STR_INIT, .wanted = json_object(),
				   .seen = json_object(), .fd = -1 },
			    .done = &done, .receipt = json_object() };
	AUTO_JSON received = NULL;
	int code = bundle_load(options->dir, "received.json", &received, err);

	json_object_set_new(t.receipt, "sources", json_array());
	json_object_set_new(t.receipt, "refused", json_array());
	if (!code)
		code = bundle_look_through(&t.r, err);
	if (!code) {
		fill_done(&t);
		code = check_order(&t, received, &done.already, err);
	}
	if (!code && !done.already)
		code = find_receipt_key(&t, err);
	if (!code && !done.already)
		code = take_all(&t, received, err);
	intel_close(t.intel);
	bundle_reading_release(&t.r);
	json_decref(t.receipt);
	if (code)
		feed_bundle_done_release(&done);
	else
		*ret = done;
	return code;
}
