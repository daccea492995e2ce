/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An unlocked identity on its way to another process of the same program: from locked memory into a pipe and
 * from there into locked memory, with who it is. Never in an argument, the environment or a file.
 */
#include "vault/vault_private.h"

#include <errno.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"

static const char handover_label[16] = "psirtty identity";
enum { FINGERPRINT_ROOM = 64 };

int keyring_send(const struct keyring *ring, int fd, const uint8_t vault[ID_BYTES], const uint8_t member[ID_BYTES],
		 const char *whose, struct error *err)
{
	char fingerprint[FINGERPRINT_ROOM + 1] = "";

	snprintf(fingerprint, sizeof(fingerprint), "%s", whose);
	if (fd_write_all(fd, handover_label, sizeof(handover_label)) < 0 ||
	    fd_write_all(fd, vault, ID_BYTES) < 0 || fd_write_all(fd, member, ID_BYTES) < 0 ||
	    fd_write_all(fd, fingerprint, FINGERPRINT_ROOM) < 0 ||
	    fd_write_all(fd, ring->member, sizeof(*ring->member)) < 0)
		return error_errno(err, ERR_VAULT, _("identity"), NULL);
	return 0;
}

int vault_identity_send(const struct vault *vault, int fd, struct error *err)
{
	return keyring_send(&vault->keyring, fd, vault->id, vault->member, vault->fingerprint, err);
}

int keyring_take(struct keyring *ring, int fd, const uint8_t vault[ID_BYTES], uint8_t ret_member[ID_BYTES],
		 char **ret_fingerprint, struct error *err)
{
	char label[sizeof(handover_label)], fingerprint[FINGERPRINT_ROOM + 1] = "";
	uint8_t id[ID_BYTES];

	if (!fd_read_all(fd, label, sizeof(label)) || memcmp(label, handover_label, sizeof(label)) != 0 ||
	    !fd_read_all(fd, id, ID_BYTES) || memcmp(id, vault, ID_BYTES) != 0 ||
	    !fd_read_all(fd, ret_member, ID_BYTES) || !fd_read_all(fd, fingerprint, FINGERPRINT_ROOM) ||
	    !fd_read_all(fd, ring->member, sizeof(*ring->member)))
		return error_set(err, ERR_DENIED, _("vault"), _("Unlock it again"),
				 _("no identity was handed over for it"));
	*ret_fingerprint = mem_string(fingerprint);
	return 0;
}
