/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a start needs besides cases and mails, kept in the member's cache: what gpg calls the members, as long
 * as its key rings are the same, and the events of the registry, which were verified when they were read.
 */
#include "desk/desk_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/vault/index.h"
#include "psirtty/vault/members.h"

/* ---- names of members: the rings' stamp, then fingerprint, name and address of each, zero-terminated */

static struct author *add_author(struct desk *desk, const char *fingerprint)
{
	desk->authors = mem_resize(desk->authors, desk->author_count + 1, sizeof(*desk->authors));
	desk->authors[desk->author_count] = (struct author){ .fingerprint = mem_string(fingerprint) };
	return &desk->authors[desk->author_count++];
}

const struct author *desk_author(struct desk *desk, const char *fingerprint)
{
	struct openpgp_key key = { 0 };
	struct author *author;

	for (size_t i = 0; i < desk->author_count; i++)
		if (str_equal(desk->authors[i].fingerprint, fingerprint))
			return &desk->authors[i];
	author = add_author(desk, fingerprint);
	author->there = openpgp_find(desk->pgp, fingerprint, false, &key, NULL) == 0;
	author->address = mem_string(str_or_empty(key.address));
	author->name = key.name ? mem_string(key.name) : key.address ? mem_string(key.address) :
								       mem_format("%.16s", fingerprint);
	openpgp_key_release(&key);
	desk->names_changed = true;
	return author;
}

const char *desk_member_name(struct desk *desk, const char *fingerprint)
{
	return desk_author(desk, fingerprint)->name;
}

/* The next text of three, or NULL when there is none. */
static const char *next_text(const char **at, const char *end)
{
	const char *text = *at, *zero = text < end ? memchr(text, 0, (size_t)(end - text)) : NULL;

	*at = zero ? zero + 1 : end;
	return zero ? text : NULL;
}

void desk_take_names(struct desk *desk, const void *bytes, size_t length)
{
	const char *at = bytes, *end = at + length, *texts[3];

	if (!desk->ring_known || desk->author_count || length < RING_STAMP ||
	    memcmp(bytes, desk->ring, RING_STAMP) != 0)
		return;
	at += RING_STAMP;
	while (at < end) {
		struct author *author;

		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			texts[i] = next_text(&at, end);
		if (!texts[0] || !texts[1] || !texts[2])
			return;
		author = add_author(desk, texts[0]);
		author->name = mem_string(texts[1]);
		author->address = mem_string(texts[2]);
		author->there = true;
	}
}

/* Who has no key here is looked for again by the next session. */
static void keep_names(struct desk *desk)
{
	struct vault_brief brief = { .kind = BRIEF_NAMES };

	str_reset(&desk->brief);
	str_add_bytes(&desk->brief, desk->ring, RING_STAMP);
	for (size_t i = 0; i < desk->author_count; i++) {
		const struct author *author = &desk->authors[i];

		if (!author->there)
			continue;
		str_add_bytes(&desk->brief, author->fingerprint, strlen(author->fingerprint) + 1);
		str_add_bytes(&desk->brief, author->name, strlen(author->name) + 1);
		str_add_bytes(&desk->brief, author->address, strlen(author->address) + 1);
	}
	brief.bytes = desk->brief.bytes;
	brief.length = desk->brief.length;
	vault_brief_put(desk->vault, &brief);
}

/* ---- events of the registry, as this machine has its numbers: each this, then its body and a zero byte */

struct kept_event {
	uint8_t id[32], author[16], person[16];
	uint64_t gseq, order, length;
	instant at;
	int64_t type;
	char fingerprint[72];
};

static int keep_event(void *context, const struct vault_event *sealed, struct error *err)
{
	struct kept_event kept = { .gseq = sealed->gseq, .order = sealed->order, .length = sealed->length,
				   .at = sealed->at, .type = sealed->type };
	struct str *ret = context;

	(void)err;
	memcpy(kept.id, sealed->id, sizeof(kept.id));
	memcpy(kept.author, sealed->author, sizeof(kept.author));
	memcpy(kept.person, sealed->person, sizeof(kept.person));
	snprintf(kept.fingerprint, sizeof(kept.fingerprint), "%s", sealed->fingerprint);
	str_add_bytes(ret, &kept, sizeof(kept));
	str_add_bytes(ret, sealed->json, sealed->length);
	str_add_char(ret, 0);
	return 0;
}

static bool take_event(const char **at, const char *end, struct kept_event *ret)
{
	size_t left = (size_t)(end - *at);

	if (left <= sizeof(*ret))
		return false;
	memcpy(ret, *at, sizeof(*ret));
	if (ret->length >= left - sizeof(*ret) || (*at)[sizeof(*ret) + ret->length] ||
	    ret->fingerprint[sizeof(ret->fingerprint) - 1])
		return false;
	*at += sizeof(*ret) + ret->length + 1;
	return true;
}

int desk_take_registry(struct desk *desk, const void *bytes, size_t length, vault_event_fn fn, struct error *err)
{
	const char *at = bytes, *end = at + length;
	int code = 0;

	while (!code && at < end) {
		struct kept_event kept;
		struct vault_event event;

		if (!take_event(&at, end, &kept))
			return error_set(err, ERR_INPUT, _("index"), NULL, _("its rows of the registry cannot be read"));
		event = (struct vault_event){ .gseq = kept.gseq, .kind = VAULT_REGISTRY, .type = (int)kept.type,
					      .at = kept.at, .order = kept.order, .fingerprint = kept.fingerprint,
					      .json = at - kept.length - 1, .length = kept.length };
		memcpy(event.id, kept.id, sizeof(event.id));
		memcpy(event.author, kept.author, sizeof(event.author));
		memcpy(event.person, kept.person, sizeof(event.person));
		memcpy(event.stream, vault_stream_of(desk->vault, VAULT_REGISTRY), sizeof(event.stream));
		code = fn(desk, &event, err);
	}
	return code;
}

/* Without bytes where it cannot be read (any more): the next start reads it anew, or leaves it. */
static void keep_registry(struct desk *desk)
{
	const uint8_t *registry = vault_stream_of(desk->vault, VAULT_REGISTRY);
	struct vault_brief brief = { .kind = BRIEF_REGISTRY };
	bool readable = vault_rights(desk->vault, registry) & VAULT_READ;

	str_reset(&desk->brief);
	memcpy(brief.stream, registry, sizeof(brief.stream));
	if (readable && vault_stream_each(desk->vault, registry, keep_event, &desk->brief, NULL) == 0) {
		brief.bytes = desk->brief.bytes;
		brief.length = desk->brief.length;
	}
	vault_brief_put(desk->vault, &brief);
}

void desk_keep_rest(struct desk *desk, bool all)
{
	if (desk->ring_known && (all || desk->names_changed))
		keep_names(desk);
	if (all || desk->registry_changed)
		keep_registry(desk);
}
