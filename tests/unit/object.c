/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments: what goes in comes out at every length around the seams, any altered byte is refused
 * before anything of its segment goes out, the older form still opens, memory stays constant.
 */
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"
#include "tap.h"

enum { CHUNK = 65536, SEGMENT = 8 * CHUNK };

/* KiB. The sanitizer keeps what was freed for a while. */
#ifdef PSIRTTY_SANITIZED
enum { MEMORY_LIMIT = 48 << 10 };
#else
enum { MEMORY_LIMIT = 16 << 10 };
#endif

static char home[64], dir[96];
static struct vault *vault;

static char *path_of(const struct vault_object *object)
{
	return mem_format("%s/objects/%.2s/%s", dir, object->name, object->name);
}

static char *content(size_t length, bool random)
{
	char *bytes = mem_alloc(length);

	if (random)
		randombytes_buf_deterministic(bytes, length, (const unsigned char *)"0123456789abcdef0123456789abcdef");
	else
		for (size_t i = 0; i < length; i++)
			bytes[i] = (char)('a' + i % 17);
	return bytes;
}

static int file_of(const char *bytes, size_t length)
{
	AUTO_STRING path = file_join(home, "plain");
	int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);

	fd_write_all(fd, bytes, length);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool comes_back(const char *bytes, size_t length)
{
	struct vault_object object;
	char sha256[65];
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR back = STR_INIT;
	AUTO_STR file = STR_INIT;
	AUTO_STRING to = file_join(home, "back");
	int in = file_of(bytes, length), out = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	bool good = vault_object_put_fd(vault, in, UINT64_MAX, NULL, NULL, &object, &err) == 0 &&
		    vault_object_get(vault, object.name, object.key, &back, &err) == 0 &&
		    vault_object_get_fd(vault, object.name, object.key, out, NULL, NULL, &err) == 0 &&
		    file_read(to, 1 << 28, &file, &err) == 0;

	close(in);
	close(out);
	vault_sha256(bytes, length, sha256);
	return good && object.size == length && str_equal(sha256, object.sha256) && back.length == length &&
	       file.length == length && memcmp(back.bytes, bytes, length) == 0 &&
	       memcmp(file.bytes, bytes, length) == 0;
}

static void test_lengths(void)
{
	static const size_t seams[] = { 0, CHUNK, 2 * CHUNK, SEGMENT, 2 * SEGMENT, 9 * SEGMENT };
	size_t tried = 0;

	for (size_t i = 0; i < ARRAY_LEN(seams); i++)
		for (int by = -1; by <= 1; by++)
			for (int random = 0; random < 2; random++) {
				size_t length = seams[i] || by >= 0 ? seams[i] + (size_t)by : 0;
				AUTO_STRING bytes = content(length, random);

				CHECK_QUIET(comes_back(bytes, length), "%zu %s bytes do not come back", length,
					    random ? "random" : "regular");
				tried++;
			}
	CHECK(tried == 36, "%zu lengths around the seams come back, from a file and into memory", tried);
}

static void test_compression(void)
{
	AUTO_STRING regular = content(4 * SEGMENT, false);
	AUTO_STRING random = content(4 * SEGMENT, true);
	struct vault_object object;
	struct stat info = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING path = NULL;
	AUTO_STRING other = NULL;

	CHECK(vault_object_put(vault, regular, 4 * SEGMENT, &object, &err) == 0, "regular bytes go in");
	path = path_of(&object);
	CHECK(stat(path, &info) == 0 && info.st_size < SEGMENT, "and take less room: %lld bytes", (long long)info.st_size);
	CHECK((info.st_mode & 07777) == 0440, "nobody may change an object");
	vault_object_put(vault, random, 4 * SEGMENT, &object, &err);
	other = path_of(&object);
	CHECK(stat(other, &info) == 0 && info.st_size > 4 * SEGMENT, "random bytes are left as they are");
}

/* Each byte of a small object, and each seam of a large one. */
static void test_alterations(void)
{
	static const size_t lengths[] = { 100, 3 * SEGMENT + 5 };
	size_t tried = 0;

	for (size_t l = 0; l < ARRAY_LEN(lengths); l++) {
		AUTO_STRING bytes = content(lengths[l], true);
		struct vault_object object;
		AUTO_ERROR err = ERROR_INIT;
		AUTO_STR sealed = STR_INIT;
		AUTO_STRING path = NULL;

		vault_object_put(vault, bytes, lengths[l], &object, &err);
		path = path_of(&object);
		file_read(path, 1 << 28, &sealed, &err);
		chmod(path, 0660);
		for (size_t at = 0; at < sealed.length; at += l ? 9973 : 1, tried++) {
			AUTO_STR back = STR_INIT;

			sealed.bytes[at] ^= 4;
			file_write(path, sealed.bytes, sealed.length, 0660, &err);
			CHECK_QUIET(vault_object_get(vault, object.name, object.key, &back, &err) == ERR_INPUT &&
					    back.length == 0,
				    "byte %zu of %zu altered: it opens", at, sealed.length);
			sealed.bytes[at] ^= 4;
		}
		for (size_t cut = 1; cut < sealed.length; cut = cut * 3 + 1, tried++) {
			AUTO_STR back = STR_INIT;

			file_write(path, sealed.bytes, sealed.length - cut, 0660, &err);
			CHECK_QUIET(vault_object_get(vault, object.name, object.key, &back, &err) == ERR_INPUT,
				    "%zu of %zu bytes cut off: it opens", cut, sealed.length);
		}
	}
	CHECK(tried > 300, "%zu alterations and cuts are refused", tried);
}

/* A damaged segment in the middle: what comes before it may be out, of itself not a byte. */
static void test_nothing_unchecked(void)
{
	AUTO_STRING bytes = content(3 * SEGMENT, true);
	AUTO_STRING to = file_join(home, "back");
	AUTO_STRING path = NULL;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR sealed = STR_INIT;
	AUTO_STR out = STR_INIT;
	struct vault_object object;
	int fd = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	vault_object_put(vault, bytes, 3 * SEGMENT, &object, &err);
	path = path_of(&object);
	file_read(path, 1 << 28, &sealed, &err);
	chmod(path, 0660);
	sealed.bytes[32 + SEGMENT + 8 * 17 + 300000] ^= 1;
	file_write(path, sealed.bytes, sealed.length, 0660, &err);
	CHECK(vault_object_get_fd(vault, object.name, object.key, fd, NULL, NULL, &err) == ERR_INPUT,
	      "a damaged segment ends it: %s", err.why ? err.why : "");
	close(fd);
	file_read(to, 1 << 28, &out, NULL);
	CHECK(out.length <= SEGMENT && memcmp(out.bytes, bytes, out.length) == 0, "nothing of it went out");
}

static bool cancel(void *context, uint64_t done)
{
	*(uint64_t *)context = done;
	return done > 3 * SEGMENT;
}

static size_t parts_left(void)
{
	AUTO_STRING top = file_join(dir, "objects");
	char **names = NULL;
	size_t count = 0, parts = 0;

	file_list(top, &names, &count, NULL);
	for (size_t i = 0; i < count; i++)
		parts += str_ends(names[i], ".part");
	file_free_names(names, count);
	return parts;
}

static void test_limits(void)
{
	AUTO_STRING bytes = content(20 * SEGMENT, true);
	struct vault_object object;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_ERROR second = ERROR_INIT;
	uint64_t done = 0;
	int fd = file_of(bytes, 1000);

	CHECK(vault_object_put_fd(vault, fd, 999, NULL, NULL, &object, &err) == ERR_INPUT, "one byte over the limit is refused");
	lseek(fd, 0, SEEK_SET);
	CHECK(vault_object_put_fd(vault, fd, 1000, NULL, NULL, &object, &err) == 0, "the limit itself is not");
	close(fd);
	fd = file_of(bytes, 20 * SEGMENT);
	CHECK(vault_object_put_fd(vault, fd, UINT64_MAX, cancel, &done, &object, &second) == ERR_NO && done > 3 * SEGMENT &&
		      done < 20 * SEGMENT,
	      "progress is told, and cancels");
	close(fd);
	CHECK(parts_left() == 0, "and nothing half-done stays");
}

/* The list of hashes behind the chunks, and the name over head and list, as the second form has them. */
static void finish_second(struct str *sealed, unsigned char hash[32])
{
	const size_t segment = SEGMENT + 8 * 17, end = sealed->length;
	unsigned char count[8] = { 0 };
	crypto_generichash_state state;

	for (size_t at = 32; at < end; at += segment) {
		size_t part = end - at < segment ? end - at : segment;

		crypto_generichash(hash, 32, (unsigned char *)sealed->bytes + at, part, (const unsigned char *)"psirtty segment1", 16);
		str_add_bytes(sealed, hash, 32);
		count[0]++;
	}
	crypto_generichash_init(&state, (const unsigned char *)"psirtty object 2", 16, 32);
	crypto_generichash_update(&state, (unsigned char *)sealed->bytes, 32);
	crypto_generichash_update(&state, (unsigned char *)sealed->bytes + end, sealed->length - end);
	crypto_generichash_update(&state, count, 8);
	crypto_generichash_final(&state, hash, 32);
	str_add_bytes(sealed, count, 8);
}

/* As the first form had it: header, chunks, one hash over all; and the second before it knew SHA-256. */
static void test_older_form(bool second)
{
	static const unsigned char mark[8] = { 'P', 'S', 'O', '2' };
	enum { LENGTH = 2 * SEGMENT + 70000, TAG = crypto_secretstream_xchacha20poly1305_ABYTES };
	AUTO_STRING bytes = content(LENGTH, true);
	crypto_secretstream_xchacha20poly1305_state state;
	unsigned char header[24], chunk[CHUNK + TAG], key[32], hash[32];
	struct vault_object object = { 0 };
	AUTO_STR sealed = STR_INIT;
	AUTO_STR back = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING path = NULL;
	AUTO_STRING folder = NULL;

	randombytes_buf(key, sizeof(key));
	crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
	if (second)
		str_add_bytes(&sealed, mark, sizeof(mark));
	str_add_bytes(&sealed, header, sizeof(header));
	for (size_t at = 0; at < LENGTH; at += CHUNK) {
		size_t part = LENGTH - at < CHUNK ? LENGTH - at : CHUNK;

		crypto_secretstream_xchacha20poly1305_push(&state, chunk, NULL, (unsigned char *)bytes + at, part, mark,
							   second && at == 0 ? sizeof(mark) : 0,
							   at + part == LENGTH ? 3 : 0);
		str_add_bytes(&sealed, chunk, part + TAG);
	}
	if (second)
		finish_second(&sealed, hash);
	else
		crypto_generichash(hash, 32, (unsigned char *)sealed.bytes, sealed.length,
				   (const unsigned char *)"psirtty object 1", 16);
	sodium_bin2hex(object.name, 65, hash, 32);
	sodium_bin2hex(object.key, 65, key, 32);
	path = path_of(&object);
	folder = mem_format("%s/objects/%.2s", dir, object.name);
	mkdir(folder, 0770);
	file_write(path, sealed.bytes, sealed.length, 0660, &err);
	CHECK(vault_object_get(vault, object.name, object.key, &back, &err) == 0 && back.length == LENGTH &&
		      memcmp(back.bytes, bytes, LENGTH) == 0,
	      "an attachment of the %s opens: %s", second ? "second form before SHA-256" : "first form", err.why ? err.why : "");
	sealed.bytes[sealed.length / 2] ^= 1;
	file_write(path, sealed.bytes, sealed.length, 0660, &err);
	str_reset(&back);
	CHECK(vault_object_get(vault, object.name, object.key, &back, &err) == ERR_INPUT && !back.length,
	      "altered, it does not");
}

static long memory_now(void)
{
	AUTO_STR status = STR_INIT;
	const char *line;

	file_read("/proc/self/status", 1 << 16, &status, NULL);
	line = strstr(status.bytes, "VmHWM:");
	return line ? atol(line + 6) : -1;
}

static void test_memory(void)
{
	enum { MIB = 64 };
	AUTO_STRING path = file_join(home, "large");
	AUTO_STRING block = content(1 << 20, true);
	AUTO_ERROR err = ERROR_INIT;
	struct vault_object object;
	int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600), null = open("/dev/null", O_WRONLY);
	long before;

	for (int i = 0; i < MIB; i++)
		fd_write_all(fd, block, 1 << 20);
	lseek(fd, 0, SEEK_SET);
	before = memory_now();
	CHECK(vault_object_put_fd(vault, fd, UINT64_MAX, NULL, NULL, &object, &err) == 0 &&
		      vault_object_get_fd(vault, object.name, object.key, null, NULL, NULL, &err) == 0,
	      "%d MiB go in and out", MIB);
	printf("# figure: %d MiB in and out raise the peak of memory by %ld KiB\n", MIB, memory_now() - before);
	CHECK(before > 0 && memory_now() - before < MEMORY_LIMIT, "in constant memory");
	close(fd);
	close(null);
}

int main(void)
{
	const instant now = 1795000000 * INSTANT_SECOND;
	AUTO_STRING fingerprint = NULL;
	struct openpgp *pgp = NULL;
	AUTO_ERROR err = ERROR_INIT;

	snprintf(home, sizeof(home), "/tmp/pso-XXXXXX");
	if (!mkdtemp(home) || sodium_init() < 0)
		return 1;
	setenv("XDG_STATE_HOME", home, 1);
	setenv("XDG_CACHE_HOME", home, 1);
	snprintf(dir, sizeof(dir), "%s/vault", home);
	if (CHECK(openpgp_open(home, &pgp, &err) == 0 &&
			  openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0 &&
			  vault_create(dir, pgp, fingerprint, NULL, now, &err) == 0 &&
			  vault_open(dir, pgp, false, now, &vault, &err) == 0,
		  "a vault: %s", err.why ? err.why : "")) {
		test_memory();
		test_lengths();
		test_compression();
		test_alterations();
		test_nothing_unchecked();
		test_limits();
		test_older_form(false);
	test_older_form(true);
	}
	vault_close(vault);
	openpgp_close(pgp);
	file_remove_tree(home, NULL);
	return tap_done();
}
