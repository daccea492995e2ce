/* SPDX-License-Identifier: Apache-2.0 */
/* What downloads are: their hashes, what their first and last bytes give away, and what listings say, which the sandboxed
 * worker reads. */
#include "desk/sync_private.h"

#include <fcntl.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/vault/transport.h"

enum { STEP = 1 << 18, LISTING_LIMIT = 150 << 20, FIRST = 512, LAST = 65557 };

int sync_sha256(const char *path, char ret_hex[65], uint64_t *ret_size, struct error *err)
{
	struct vault_digest *digest;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *window;
	ssize_t got;

	if (fd < 0)
		return error_errno(err, ERR_INPUT, path, NULL);
	digest = vault_digest_new();
	window = mem_alloc(STEP);
	*ret_size = 0;
	while ((got = read(fd, window, STEP)) > 0) {
		vault_digest_add(digest, window, (size_t)got);
		*ret_size += (uint64_t)got;
	}
	vault_digest_hex(digest, ret_hex);
	free(window);
	close(fd);
	return got < 0 ? error_errno(err, ERR_INPUT, path, NULL) : 0;
}

/* ---- shapes */

static bool has_bytes(const char *bytes, size_t length, const char *mark, size_t mark_length)
{
	return length >= mark_length && memcmp(bytes, mark, mark_length) == 0;
}

static bool is_web_page(const char *bytes, size_t length)
{
	AUTO_STRING text = mem_copy(bytes, length);
	const char *at = text;

	if (str_starts(at, "\xEF\xBB\xBF"))
		at += 3;
	at += strspn(at, " \t\r\n");
	return str_starts_nocase(at, "<!doctype html") || str_starts_nocase(at, "<html") || str_starts_nocase(at, "<head");
}

/* An archive whose directory at its end is missing was cut off. */
static bool zip_ends(int fd)
{
	char *tail = mem_alloc(LAST);
	off_t size = lseek(fd, 0, SEEK_END), from = size > LAST ? size - LAST : 0;
	ssize_t got = pread(fd, tail, LAST, from);
	bool found = false;

	for (ssize_t i = 0; !found && i + 4 <= got; i++)
		found = memcmp(tail + i, "PK\5\6", 4) == 0;
	free(tail);
	return found;
}

static const struct { const char *ending, *mark; size_t length; const char *fault; } shapes[] = {
	{ ".zip", "PK\3\4", 4, N_("it is called .zip and is none") },
	{ ".gz", "\x1F\x8B", 2, N_("it is called .gz and is none") },
	{ ".zst", "\x28\xB5\x2F\xFD", 4, N_("it is called .zst and is none") },
	{ ".xz", "\xFD" "7zXZ", 5, N_("it is called .xz and is none") },
};

char *sync_shape_fault(const char *path, const char *name, enum sync_role role)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *fault = NULL;
	char bytes[FIRST];
	ssize_t got = fd < 0 ? 0 : pread(fd, bytes, sizeof(bytes), 0);

	if (got > 0 && is_web_page(bytes, (size_t)got) && role != ROLE_KEY)
		fault = N_("a web page came with status 200 instead (a login, an error, a proxy's notice): open the address in a browser");
	for (size_t i = 0; !fault && i < ARRAY_LEN(shapes); i++)
		if (str_ends(name, shapes[i].ending) && !has_bytes(bytes, (size_t)(got > 0 ? got : 0), shapes[i].mark, shapes[i].length))
			fault = shapes[i].fault;
	if (!fault && str_ends(name, ".zip") && !zip_ends(fd))
		fault = N_("the zip was cut off: its directory is missing");
	if (fd >= 0)
		close(fd);
	return fault ? mem_string(_(fault)) : NULL;
}

/* ---- in the sandbox */

static int run_job(struct sync *s, enum worker_job job, const char *arguments, const char *name, struct job_answer *ret,
		   struct error *err)
{
	AUTO_STRING path = sync_path(s, name);
	AUTO_STR bytes = STR_INIT;
	int code = s->jobs ? 0 : job_worker_start(NULL, &s->jobs, err);

	if (!code)
		code = file_read(path, LISTING_LIMIT, &bytes, err);
	if (!code)
		code = parse_worker_job(s->jobs, job, arguments, bytes.bytes, bytes.length, ret, err);
	return code;
}

int sync_listing(struct sync *s, const char *what, const char *since, const char *name, struct job_answer *ret,
		 struct error *err)
{
	AUTO_STRING arguments = mem_format("%s %s %s, %s", what, since && *since ? since : "-", s->source->id, name);
	int code = run_job(s, JOB_LISTING, arguments, name, ret, err);

	if (!code && ret->count && ret->rows[ret->count - 1].count == 1)
		free(ret->rows[--ret->count].fields);
	for (size_t i = 0; !code && i < ret->count; i++)
		if (ret->rows[i].count != 6)
			code = error_set(err, ERR_INPUT, name, NULL, _("the sandboxed reader's answer is malformed"));
	return code;
}

int sync_digest(struct sync *s, const char *name, char ret_hex[65], struct error *err)
{
	AUTO_STRING arguments = mem_format("%s, %s", s->source->id, name);
	struct job_answer answer = { 0 };
	int code = run_job(s, JOB_DIGEST, arguments, name, &answer, err);

	if (!code && (answer.count != 1 || answer.rows[0].count != 2 || strlen(answer.rows[0].fields[0]) != 64))
		code = error_set(err, ERR_INPUT, name, NULL, _("the sandboxed reader's answer is malformed"));
	if (!code)
		memcpy(ret_hex, answer.rows[0].fields[0], 65);
	job_answer_release(&answer);
	return code;
}
