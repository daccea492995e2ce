/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapped PID|core:FILE [WORD…]: looks through the memory of a process, or a core, for words and, where $PSIRTTY_VAULT and GNUPGHOME can
 * be opened, for its keys: root, signing and sealing keys, case keys. A line for each that was found:
 * "WHAT locked" where the mapping is locked and kept out of dumps, else "WHAT MAPPING". Says "cannot" when
 * the memory may not be read.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "vault/vault_private.h"

enum { MOST_BYTES = 1 << 28 };

struct secret { char name[48]; uint8_t bytes[128]; size_t length; };
static struct secret *secrets;
static size_t secret_count;

static void add_secret(const char *name, const void *bytes, size_t length)
{
	secrets = mem_resize(secrets, secret_count + 1, sizeof(*secrets));
	snprintf(secrets[secret_count].name, sizeof(secrets[secret_count].name), "%s", name);
	if (length > sizeof(secrets[secret_count].bytes))
		length = sizeof(secrets[secret_count].bytes);
	memcpy(secrets[secret_count].bytes, bytes, length);
	secrets[secret_count++].length = length;
}

/* ---- the keys, opened anew */

static void add_root(struct vault *vault)
{
	const char *fingerprint;
	const void *sealed;
	size_t length;
	uint8_t member[ID_BYTES];
	struct openpgp_result opened = { 0 };

	if (store_identity(vault->store, 0, member, &fingerprint, &sealed, &length, NULL) == 1 &&
	    openpgp_decrypt(vault->pgp, sealed, length, KEY_BYTES, 0, &opened, NULL) == 0 && opened.plain.length == KEY_BYTES)
		add_secret("root", opened.plain.bytes, KEY_BYTES);
	openpgp_result_release(&opened);
}

static int open_each(void *context, const struct vault_event *event, struct error *err)
{
	(void)context;
	(void)event;
	(void)err;
	return 0;
}

static void add_keys(const char *dir)
{
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (openpgp_open(NULL, &pgp, &err) || vault_open(dir, pgp, true, 0, &vault, &err)) {
		fprintf(stderr, "mapped: %s\n", str_or_empty(err.why));
		exit(2);
	}
	add_root(vault);
	vault_each(vault, 0, open_each, NULL, NULL);
	add_secret("signing-key", vault->keyring.member->sign_secret, 32);
	add_secret("sealing-key", vault->keyring.member->box_secret, 32);
	add_secret("draft-key", vault->keyring.member->draft_key, KEY_BYTES);
	for (size_t i = 0; i < vault->keyring.count; i++)
		add_secret("case-key", vault->keyring.keys[i], KEY_BYTES);
	vault_close(vault);
	openpgp_close(pgp);
}

/* ---- the mappings */

struct mapping { unsigned long from, to; char name[128]; bool locked; };

static void look(const struct mapping *m, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < secret_count; i++) {
		const struct secret *s = &secrets[i];

		if (memmem(bytes, length, s->bytes, s->length))
			printf("%s %s\n", s->name, m->locked ? "locked" : m->name);
	}
}

static void read_mapping(int memory, const struct mapping *m)
{
	size_t length = m->to - m->from;
	uint8_t *bytes;
	ssize_t got;

	if (length > MOST_BYTES || str_starts(m->name, "[vv") || str_starts(m->name, "[vs"))
		return;
	bytes = mem_alloc(length);
	got = pread(memory, bytes, length, (off_t)m->from);
	if (got > 0)
		look(m, bytes, (size_t)got);
	free(bytes);
}

/* smaps: a line for the mapping, then its properties; VmFlags ends it. */
static void read_mappings(FILE *smaps, int memory)
{
	struct mapping m = { 0 };
	char line[512], access[8];

	while (fgets(line, sizeof(line), smaps)) {
		unsigned long from, to;
		int end = 0;

		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %n", &from, &to, access, &end) >= 3 && end) {
			m = (struct mapping){ .from = from, .to = to };
			line[strcspn(line, "\n")] = '\0';
			snprintf(m.name, sizeof(m.name), "%.100s", line[end] ? line + end : "anonymous");
		} else if (str_starts(line, "VmFlags:")) {
			m.locked = strstr(line, " lo") && strstr(line, " dd");
			if (strchr(access, 'r'))
				read_mapping(memory, &m);
		}
	}
}

/* The memory in a core was neither locked nor kept out. Not its notes: in the registers stands what was copied last. */
static int read_core(const char *path)
{
	const struct mapping core = { .name = "core" };
	AUTO_STR bytes = STR_INIT;
	Elf64_Ehdr head;
	size_t length = 0;

	if (file_read(path, MOST_BYTES, &bytes, NULL) || bytes.length < sizeof(head))
		return 1;
	memcpy(&head, bytes.bytes, sizeof(head));
	for (size_t i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr part;
		size_t at = head.e_phoff + i * sizeof(part);

		if (at + sizeof(part) > bytes.length)
			return 1;
		memcpy(&part, bytes.bytes + at, sizeof(part));
		if (part.p_type != PT_LOAD || part.p_offset + part.p_filesz > bytes.length)
			continue;
		look(&core, (const uint8_t *)bytes.bytes + part.p_offset, part.p_filesz);
		length += part.p_filesz;
	}
	printf("looked through %zu KiB\n", length >> 10);
	return 0;
}

static void add_all(int argc, char **argv)
{
	const char *dir = getenv("PSIRTTY_VAULT");

	for (int i = 2; i < argc; i++)
		add_secret(argv[i], argv[i], strlen(argv[i]));
	if (dir && *dir)
		add_keys(dir);
}

int main(int argc, char **argv)
{
	AUTO_STRING maps = NULL;
	AUTO_STRING memory = NULL;
	FILE *smaps;
	int fd;

	if (argc < 2)
		return 2;
	if (str_starts(argv[1], "core:")) {
		add_all(argc, argv);
		return read_core(argv[1] + strlen("core:"));
	}
	maps = mem_format("/proc/%s/smaps", argv[1]);
	memory = mem_format("/proc/%s/mem", argv[1]);
	smaps = fopen(maps, "r");
	fd = open(memory, O_RDONLY | O_CLOEXEC);
	if (!smaps || fd < 0) {
		puts("cannot");
		return 1;
	}
	add_all(argc, argv);
	read_mappings(smaps, fd);
	printf("looked for %zu\n", secret_count);
	fclose(smaps);
	close(fd);
	free(secrets);
	return 0;
}
