/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of others at the desk: which one signs for which address, how that was checked, and how it changes. */
#ifndef PSIRTTY_DESK_KEYS_H
#define PSIRTTY_DESK_KEYS_H

#include "psirtty/desk/desk.h"
#include "psirtty/format/security_txt.h"

struct desk_pinning {
	const char *address, *fingerprint;
	const char *verified, *note;       /* a word of key_check_words; both may be NULL */
	const char *statement;             /* a cleartext-signed text of the old key that names the new one; NULL */
	bool alone;                        /* there is no second person: only where one member is live */
};
enum desk_pinned {
	PINNED_NEW,       /* the first key, or the same again */
	PINNED_SIGNED,    /* the old key signed the change */
	PINNED_CONFIRMED, /* somebody else had asked for it */
	PINNED_ALONE,
	PINNED_ASKED,     /* nothing changed yet: a second person must pin the same key */
};
/* Pins the key, or asks for it where it takes another's place. ERR_NO where a rule stands against it. */
int desk_key_pin(struct desk *desk, const struct desk_pinning *pinning, instant now, enum desk_pinned *ret,
		 struct error *err);
/* The text that the owner of the old key is asked to sign; adds to RET. */
void desk_key_statement(const char *address, const char *old_key, const char *new_key, struct str *ret);

/* Our own keys for the world: DIR/.well-known/openpgpkey (the direct method), DIR/openpgpkey.DOMAIN/… (the advanced
 * one) with policy files, DIR/pgp-key.asc and DIR/pgp-key.txt, the page about it. *RET: what was written, owned. */
int desk_key_publish(struct desk *desk, const char *dir, instant now, char ***ret, size_t *ret_count, struct error *err);

/* What is known of us for a security.txt: our key, its expiry, who may have signed. */
int desk_security_txt_facts(struct desk *desk, instant now, struct security_txt_facts *ret, struct error *err);
/* Reads and lints FILE; a signature is verified. Free with security_txt_report_release. */
int desk_security_txt_check(struct desk *desk, const char *file, instant now, struct security_txt_report *ret,
			    struct error *err);
/* Clear-signs TEXT with our key. */
int desk_sign_clear(struct desk *desk, const struct str *text, struct str *ret, struct error *err);

#endif
