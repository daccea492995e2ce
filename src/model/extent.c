/* SPDX-License-Identifier: Apache-2.0 */
/* Which stretches of a mail's text are covered by a signature that holds, and what is said of each. */
#include "psirtty/model/extent.h"

#include "psirtty/base/i18n.h"

/* The signature that decides for a part: the worst of the innermost around it. */
static const struct mail_signature *signature_of(const struct mail_record *record, const struct mail_part *part)
{
	const char *path = mail_record_signed_path(record, part);
	const struct mail_signature *worst = NULL;

	for (size_t i = 0; i < record->signature_count; i++) {
		const struct mail_signature *s = &record->signatures[i];

		if (path ? str_equal(str_or_empty(s->path), path) : s->covers_message)
			worst = worst && worst->state >= s->state ? worst : s;
	}
	return worst;
}

/* A key nobody has checks nothing, and what is weak, revoked or of the future proves nothing. */
static bool is_framed(const struct mail_record *record, const struct mail_part *part)
{
	const struct mail_signature *signature = part->covered ? signature_of(record, part) : NULL;

	return signature && (signature->state == SIGNATURE_GOOD || signature->state == SIGNATURE_EXPIRED_KEY) &&
	       part->verdict != VERDICT_BAD && part->verdict != VERDICT_UNSIGNED;
}

static void extent_add(struct mail_extents *extents, struct mail_extent extent)
{
	extents->items = mem_resize(extents->items, extents->count + 1, sizeof(*extents->items));
	extents->items[extents->count++] = extent;
}

/* What stands between two parts belongs to none; line ends are only what parts them. */
static void gap_add(struct mail_extents *extents, const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text[i] != '\n') {
			extent_add(extents, (struct mail_extent){ .at = from, .length = to - from });
			return;
		}
}

static bool has_places(const struct mail_record *record)
{
	for (size_t i = 0; i < record->part_count; i++)
		if (record->parts[i].text_length)
			return true;
	return false;
}

/* Sealed content below the top is never opened by itself: its place among the others is told. */
static bool is_closed(const struct mail_record *record, const struct mail_part *part)
{
	return mail_record_has_flag(record, record->encryption == ENCRYPTION_NONE ? "efail-structure" : "nested-encryption") &&
	       (str_equal(part->type, "multipart/encrypted") || strstr(str_or_empty(part->type), "pkcs7-mime"));
}

static void part_add(const struct mail_record *record, const struct mail_part *part, const char *text, size_t *end,
		     struct mail_extents *ret)
{
	size_t length = strlen(text);

	if (is_closed(record, part)) {
		extent_add(ret, (struct mail_extent){ .at = *end, .part = part, .closed = true });
		return;
	}
	if (!part->text_length || part->text_at < *end || part->text_at > length || part->text_length > length - part->text_at)
		return;
	gap_add(ret, text, *end, part->text_at);
	extent_add(ret, (struct mail_extent){ .at = part->text_at, .length = part->text_length, .part = part,
					      .framed = is_framed(record, part) });
	*end = part->text_at + part->text_length;
}

void mail_extents_of(const struct mail_record *record, struct mail_extents *ret)
{
	const char *text = str_or_empty(record->text);
	size_t end = 0;

	if (*text && !has_places(record)) {
		mail_extents_whole(text, record->verdict, ret);
		return;
	}
	*ret = (struct mail_extents){ .verdict = record->verdict };
	for (size_t i = 0; i < record->part_count; i++)
		part_add(record, &record->parts[i], text, &end, ret);
	gap_add(ret, text, end, strlen(text));
	ret->told = record->signature_count > 0 || ret->count > 1;
}

void mail_extents_whole(const char *text, enum mail_verdict verdict, struct mail_extents *ret)
{
	*ret = (struct mail_extents){ .told = verdict != VERDICT_UNSIGNED, .whole = true, .verdict = verdict };
	if (text && *text)
		extent_add(ret, (struct mail_extent){ .length = strlen(text), .framed = verdict == VERDICT_VERIFIED ||
											verdict == VERDICT_MISMATCH });
}

void mail_extents_release(struct mail_extents *extents)
{
	free(extents->items);
	*extents = (struct mail_extents){ 0 };
}

/* What a signature that frames nothing is worth. */
static const char *unframed(const struct mail_signature *signature)
{
	static const char *const sentences[SIGNATURE_COUNT] = {
		[SIGNATURE_GOOD] = N_("not signed"),
		[SIGNATURE_UNKNOWN_KEY] = N_("not checked: signed by a key that is not here"),
		[SIGNATURE_EXPIRED_KEY] = N_("not signed"),
		[SIGNATURE_REVOKED_KEY] = N_("not proven: signed by a revoked key"),
		[SIGNATURE_WEAK] = N_("not proven: signed with a weak hash"),
		[SIGNATURE_FUTURE] = N_("not proven: signed in the future"),
		[SIGNATURE_MALFORMED] = N_("not signed: the signature is malformed"),
		[SIGNATURE_BAD] = N_("not signed: the signature is bad"),
	};

	return _(signature ? sentences[signature->state] : N_("not signed"));
}

enum mail_verdict mail_extent_verdict(const struct mail_extents *extents, size_t i)
{
	const struct mail_part *part = extents->items[i].part;

	return part ? part->verdict : extents->verdict;
}

static void add_signer(const struct mail_signature *signature, struct str *ret)
{
	const char *print = signature ? str_or_empty(signature->fingerprint) : "";
	size_t length = strlen(print);

	if (signature && signature->state == SIGNATURE_EXPIRED_KEY)
		str_add_format(ret, ", %s", signature_name(signature->state));
	if (length)
		str_add_format(ret, ", %s", print + (length > 16 ? length - 16 : 0));
}

void mail_extent_title(const struct mail_record *record, const struct mail_extents *extents, size_t i, struct str *ret)
{
	const struct mail_extent *extent = &extents->items[i];
	const struct mail_signature *signature = extent->part ? signature_of(record, extent->part) : NULL;

	if (extent->closed)
		str_add(ret, _("encrypted, not opened here"));
	else if (extents->whole)
		str_add_format(ret, _("the whole message: %s"), verdict_name(extents->verdict));
	else if (extent->framed)
		str_add_format(ret, _("signed: %s"), verdict_name(mail_extent_verdict(extents, i)));
	else
		str_add(ret, unframed(signature));
	if (extent->framed)
		add_signer(signature, ret);
	if (extent->part)
		str_add_format(ret, _(" (part %s, %s)"), str_or_empty(extent->part->path), str_or_empty(extent->part->type));
}

const char *mail_attachment_cover(const struct mail_record *record, const struct mail_attachment *attachment)
{
	if (!record->signature_count)
		return "";
	for (size_t i = 0; attachment->path && i < record->part_count; i++)
		if (str_equal(str_or_empty(record->parts[i].path), attachment->path))
			return is_framed(record, &record->parts[i]) ? _("signed") : _("not signed");
	return "";
}
