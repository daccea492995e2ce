/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyring where the system locks little memory: none at all is a sentence, less than all keys need is no reason to
 * end, and what was opened last is always there. In children without the privilege to lock what they like.
 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"
#include "vault/vault_private.h"

enum { KEYS = 20000 };

static bool limited(rlim_t bytes)
{
	const struct rlimit limit = { bytes, bytes };

	return setrlimit(RLIMIT_MEMLOCK, &limit) == 0 && (geteuid() != 0 || setuid(65534) == 0);
}

/* 0 good; else which of the expectations failed. */
static int fill(void)
{
	struct log log = { .streams = mem_alloc(KEYS * sizeof(*log.streams)), .stream_count = KEYS };
	uint8_t key[KEY_BYTES], id[ID_BYTES] = { 7 };
	struct keyring ring;

	if (!limited(64 << 10))
		return 1;
	if (keyring_init(&ring, NULL))
		return 2;
	for (size_t i = 0; i < KEYS; i++) {
		const uint8_t *found;

		memset(key, (int)(i % 251), sizeof(key));
		keyring_add(&ring, i, 1, id, key);
		found = keyring_key(&ring, NULL, &log, i, 1, id, id, NULL);
		if (!found || memcmp(found, key, sizeof(key)) != 0)
			return 3;
	}
	if (ring.capacity >= KEYS)
		return 4;
	keyring_wipe(&ring);
	free(log.streams);
	return 0;
}

static int refuse(void)
{
	AUTO_ERROR err = ERROR_INIT;
	struct keyring ring;

	if (!limited(0))
		return 1;
	if (keyring_init(&ring, &err) != ERR_DENIED || !err.why || !err.remedy)
		return 2;
	keyring_wipe(&ring);
	return 0;
}

static int in_child(int (*fn)(void))
{
	pid_t child = fork();
	int status = -1;

	if (child == 0)
		_exit(fn());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#ifdef PSIRTTY_SANITIZED
static const bool sanitized = true;
#else
static const bool sanitized;
#endif

int main(void)
{
	AUTO_ERROR err = ERROR_INIT;

	CHECK(crypt_start(&err) == 0, "libsodium starts");
	if (sanitized) {
		tap_skip("little memory to lock", "the sanitizers lock none");
		return tap_done();
	}
	CHECK(in_child(fill) == 0, "%d keys in memory for fewer: none is out of locked memory, the newest is there", KEYS);
	CHECK(in_child(refuse) == 0, "no memory for keys at all is refused with its sentence");
	return tap_done();
}
