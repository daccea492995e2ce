/* SPDX-License-Identifier: Apache-2.0 */
/* Pins and how they change; our own key where the world looks for it; our security.txt. */
#include "psirtty/desk/keys.h"

#include <ctype.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/wkd.h"
#include "psirtty/vault/members.h"

enum { FILE_LIMIT = 1 << 20 };

/* ---- pins */

void desk_key_statement(const char *address, const char *old_key, const char *new_key, struct str *ret)
{
	str_add_format(ret, "My OpenPGP key for %s changes.\n\nFrom: %s\nTo:   %s\n", address, old_key, new_key);
}

/* Blanks and line ends left out: people write fingerprints in groups. */
static bool names_key(const struct str *text, const char *fingerprint)
{
	AUTO_STR packed = STR_INIT;

	for (size_t i = 0; i < text->length; i++)
		if (!isspace((unsigned char)text->bytes[i]))
			str_add_char(&packed, (char)toupper((unsigned char)text->bytes[i]));
	return strstr(packed.bytes, fingerprint) != NULL;
}

static bool signed_by(const struct openpgp_result *result, const char *fingerprint)
{
	bool good = false;

	for (size_t i = 0; i < result->signature_count; i++) {
		const struct mail_signature *s = &result->signatures[i];

		if (s->state != SIGNATURE_GOOD)
			return false;
		good = good || (s->fingerprint && str_casecmp(s->fingerprint, fingerprint) == 0);
	}
	return good;
}

static int check_statement(struct desk *desk, const char *statement, const char *old_key, const char *new_key,
			   instant now, struct error *err)
{
	struct openpgp_result result;
	int code = openpgp_verify_clear(desk->pgp, statement, strlen(statement), now, &result, err);

	if (code)
		return code;
	if (!signed_by(&result, old_key))
		code = error_set(err, ERR_NO, old_key, _("Ask for a statement that `gpg --clear-sign -u OLD-KEY` made"),
				 _("the statement is not signed by this key, or not well"));
	else if (!names_key(&result.plain, new_key))
		code = error_set(err, ERR_NO, new_key, _("Ask for the text that `key statement` prints"),
				 _("what was signed does not name this key"));
	openpgp_result_release(&result);
	return code;
}

static size_t live_members(const struct desk *desk, uint8_t ret_me[16])
{
	struct vault_member *members;
	size_t count, live = 0;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++) {
		live += members[i].live && !members[i].recovery && !members[i].replaced;
		if (members[i].me)
			memcpy(ret_me, members[i].person, 16);
	}
	free(members);
	return live;
}

static const struct pin_ask *find_ask(const struct desk *desk, const char *address, const char *fingerprint)
{
	for (size_t i = 0; i < model_pin_ask_count(desk->model); i++) {
		const struct pin_ask *ask = model_pin_ask(desk->model, i);

		if (str_casecmp(ask->address, address) == 0 && str_casecmp(ask->fingerprint, fingerprint) == 0)
			return ask;
	}
	return NULL;
}

static json_t *pin_body(const struct desk_pinning *p, const char *fingerprint)
{
	json_t *body = json_object();

	js_set_string(body, "address", p->address);
	js_set_string(body, "fingerprint", fingerprint);
	js_set_string(body, "verified", p->verified);
	js_set_string(body, "note", p->note);
	return body;
}

static int ask_change(struct desk *desk, const struct desk_pinning *p, const char *fingerprint, const char *last,
		      size_t live, instant now, enum desk_pinned *ret, struct error *err)
{
	json_t *body;

	if (live < 2)
		return error_set(err, ERR_NO, p->address,
				 _("Let the old key sign it (`key statement`, then --signed FILE), or say --alone"),
				 _("its key was %s, and nobody else is here to confirm a change"), last);
	body = pin_body(p, fingerprint);
	js_set_string(body, "instead", last);
	*ret = PINNED_ASKED;
	return desk_append(desk, NULL, EVENT_KEY_CHANGE_ASKED, body, now, err);
}

/* A key in another's place: by the old key's word, by a second person, or, where nobody else is, alone. */
static int change(struct desk *desk, const struct desk_pinning *p, const char *fingerprint, const char *last,
		  instant now, enum desk_pinned *ret, struct error *err)
{
	const struct pin_ask *ask = find_ask(desk, p->address, fingerprint);
	uint8_t me[16] = { 0 };
	size_t live = live_members(desk, me);
	json_t *body;
	int code = p->statement ? check_statement(desk, p->statement, last, fingerprint, now, err) : 0;

	if (code)
		return code;
	if (!p->statement && ask && memcmp(ask->member, me, sizeof(me)) == 0)
		return error_set(err, ERR_BUSY, p->address, _("Let somebody else compare the fingerprint and pin it"),
				 _("you asked for this change; a second person must confirm it"));
	if (p->alone && live > 1)
		return error_set(err, ERR_DENIED, p->address, _("Leave --alone out: then a second person is asked"),
				 _("you are not alone here"));
	if (!p->statement && !ask && !p->alone)
		return ask_change(desk, p, fingerprint, last, live, now, ret, err);
	body = pin_body(p, fingerprint);
	js_set_string(body, "instead", last);
	if (p->statement) {
		js_set_string(body, "statement", p->statement);
		js_set_string(body, "verified", "old-key");
	} else if (ask) {
		js_set_hex(body, "asked", ask->event, sizeof(ask->event));
	} else {
		js_set_bool(body, "alone", true);
	}
	*ret = p->statement ? PINNED_SIGNED : ask ? PINNED_CONFIRMED : PINNED_ALONE;
	return desk_append(desk, NULL, EVENT_KEY_PINNED, body, now, err);
}

int desk_key_pin(struct desk *desk, const struct desk_pinning *p, instant now, enum desk_pinned *ret, struct error *err)
{
	const char *last = model_pinned_last(desk->model, p->address);
	AUTO_STRING fingerprint = NULL;
	AUTO_STRING before = mem_string(last);
	struct openpgp_key key = { 0 };
	int code = openpgp_find(desk->pgp, p->fingerprint, false, &key, err);

	if (code)
		return code;
	fingerprint = mem_string(key.fingerprint);
	openpgp_key_release(&key);
	if (before && str_casecmp(before, fingerprint) != 0)
		return change(desk, p, fingerprint, before, now, ret, err);
	*ret = PINNED_NEW;
	return desk_append(desk, NULL, EVENT_KEY_PINNED, pin_body(p, fingerprint), now, err);
}

/* ---- our own key */

struct publishing {
	const char *dir;
	char **paths; size_t count;
};

static int put(struct publishing *p, const char *path, const void *bytes, size_t length, struct error *err)
{
	AUTO_STRING whole = file_join(p->dir, path);
	AUTO_STRING folder = mem_copy(whole, (size_t)(strrchr(whole, '/') - whole));
	int code = file_make_dir(folder, 0755, err);

	if (!code)
		code = file_write(whole, bytes, length, 0644, err);
	if (code)
		return code;
	p->paths = mem_resize(p->paths, p->count + 1, sizeof(*p->paths));
	p->paths[p->count++] = mem_string(whole);
	return 0;
}

static int put_directory(struct publishing *p, const char *address, const struct str *key, struct error *err)
{
	const char *at = strrchr(address, '@');
	AUTO_STRING direct = NULL;
	AUTO_STRING advanced = NULL;
	AUTO_STRING policy = NULL;
	char hash[33];
	int code;

	wkd_hash(address, (size_t)(at - address), hash);
	direct = mem_format(".well-known/openpgpkey/hu/%s", hash);
	advanced = mem_format("openpgpkey.%s/.well-known/openpgpkey/%s/hu/%s", at + 1, at + 1, hash);
	policy = mem_format("openpgpkey.%s/.well-known/openpgpkey/%s/policy", at + 1, at + 1);
	code = put(p, direct, key->bytes, key->length, err);
	if (!code)
		code = put(p, ".well-known/openpgpkey/policy", "", 0, err);
	if (!code)
		code = put(p, advanced, key->bytes, key->length, err);
	return code ? code : put(p, policy, "", 0, err);
}

static void add_groups(struct str *s, const char *fingerprint)
{
	for (size_t i = 0; fingerprint[i]; i++) {
		if (i && i % 4 == 0)
			str_add(s, i == 20 ? "  " : " ");
		str_add_char(s, fingerprint[i]);
	}
}

static void write_page(const struct desk *desk, const struct openpgp_key *key, instant now, struct str *s)
{
	const struct policy *policy = model_policy(desk->model);
	char day[40];

	str_add_format(s, "%s\n\nOpenPGP key for vulnerability reports / 漏洞报告 OpenPGP 公钥\n\n",
		       policy->publisher ? policy->publisher : desk->handler);
	str_add(s, "Fingerprint / 指纹\n    ");
	add_groups(s, key->fingerprint);
	str_add_format(s, "\nAddress / 邮箱\n    %s\nExpires / 有效期至\n    %s\nAs of / 截至\n    ", desk->address,
		       key->expires == INSTANT_NONE ? "never / 无" : instant_format_date(key->expires, day));
	str_add_format(s, "%s\n\n", instant_format_date(now, day));
	str_add(s, "The key is in pgp-key.asc beside this page and in the Web Key Directory of our domain. Compare the\n"
		   "fingerprint over a second channel before you rely on it. Please encrypt reports with it and attach\n"
		   "your own key, so that we can answer.\n\n"
		   "公钥见同目录下的 pgp-key.asc，也可以通过本域名的 Web Key Directory 获取。使用前请通过其他渠道核对指纹。\n"
		   "请用该公钥加密报告，并附上您的公钥，以便我们回复。\n");
}

int desk_key_publish(struct desk *desk, const char *dir, instant now, char ***ret, size_t *ret_count, struct error *err)
{
	struct publishing p = { .dir = dir };
	struct openpgp_key key = { 0 };
	AUTO_STR binary = STR_INIT;
	AUTO_STR armored = STR_INIT;
	AUTO_STR page = STR_INIT;
	AUTO_STR url = STR_INIT;
	const char *print = vault_fingerprint(desk->vault);
	int code = wkd_url(desk->address, false, &url, err);

	if (!code)
		code = openpgp_find(desk->pgp, print, false, &key, err);
	if (!code)
		code = openpgp_export_binary(desk->pgp, print, &binary, err);
	if (!code)
		code = openpgp_export(desk->pgp, print, &armored, err);
	if (!code) {
		write_page(desk, &key, now, &page);
		code = put_directory(&p, desk->address, &binary, err);
	}
	if (!code)
		code = put(&p, "pgp-key.asc", armored.bytes, armored.length, err);
	if (!code)
		code = put(&p, "pgp-key.txt", page.bytes, page.length, err);
	openpgp_key_release(&key);
	*ret = p.paths;
	*ret_count = p.count;
	return code;
}

/* ---- our security.txt */

int desk_security_txt_facts(struct desk *desk, instant now, struct security_txt_facts *ret, struct error *err)
{
	struct openpgp_key key = { 0 };
	int code = openpgp_find(desk->pgp, vault_fingerprint(desk->vault), false, &key, err);

	(void)now;
	if (code)
		return code;
	*ret = (struct security_txt_facts){ .fingerprint = vault_fingerprint(desk->vault), .key_expires = key.expires };
	openpgp_key_release(&key);
	return 0;
}

static bool by_member(const struct desk *desk, const struct openpgp_result *result)
{
	struct vault_member *members;
	size_t count;
	bool found = false;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; members[i].live && k < result->signature_count; k++)
			found = found || (result->signatures[k].fingerprint &&
					  str_casecmp(result->signatures[k].fingerprint, members[i].fingerprint) == 0);
	free(members);
	return found;
}

static int check_signature(struct desk *desk, const struct str *bytes, instant now, struct security_txt_report *report,
			   struct error *err)
{
	struct openpgp_result result;
	int code = openpgp_verify_clear(desk->pgp, bytes->bytes, bytes->length, now, &result, err);
	bool good = !code && result.signature_count;

	if (code)
		return code;
	for (size_t i = 0; i < result.signature_count; i++)
		good = good && result.signatures[i].state == SIGNATURE_GOOD;
	if (!good)
		security_txt_add(report, "signature-bad");
	else if (!by_member(desk, &result))
		security_txt_add(report, "signature-other-key");
	openpgp_result_release(&result);
	return 0;
}

int desk_security_txt_check(struct desk *desk, const char *file, instant now, struct security_txt_report *ret,
			    struct error *err)
{
	struct security_txt_facts facts;
	AUTO_STR bytes = STR_INIT;
	int code = file_read(file, FILE_LIMIT, &bytes, err);

	if (!code)
		code = desk_security_txt_facts(desk, now, &facts, err);
	if (code)
		return code;
	security_txt_lint(bytes.bytes, bytes.length, &facts, now, ret);
	if (ret->is_signed)
		code = check_signature(desk, &bytes, now, ret, err);
	if (code)
		security_txt_report_release(ret);
	return code;
}

int desk_sign_clear(struct desk *desk, const struct str *text, struct str *ret, struct error *err)
{
	return openpgp_sign_clear(desk->pgp, text->bytes, text->length, vault_fingerprint(desk->vault), ret, err);
}
