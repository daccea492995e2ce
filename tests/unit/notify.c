/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One who appends wakes the others: another process writes, and the descriptor of this one becomes readable; asked, it
 * says once that something changed. Without inotify asking alone tells it.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "tap.h"
#include "vault/store.h"

enum { DEADLINE_MS = 60000, ROUNDS = 200 };

static char dir[64];

static struct store *open_store(bool create)
{
	struct store *store = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (store_open(dir, create, false, &store, &err))
		printf("# %s\n", err.why);
	return store;
}

static int append(struct store *store)
{
	uint8_t bytes[64] = { 0 };
	struct store_row row = {
		.id = bytes, .stream = bytes, .core = bytes, .nonce = bytes, .body = bytes, .sig = bytes, .prev = bytes,
		.appender = bytes, .journal_sig = bytes, .id_length = HASH_BYTES, .stream_length = ID_BYTES, .core_length = 8,
		.nonce_length = NONCE_BYTES, .body_length = 8, .sig_length = SIG_BYTES, .prev_length = HASH_BYTES,
		.appender_length = ID_BYTES, .journal_sig_length = SIG_BYTES,
	};
	uint64_t last;
	int code = store_lock(store, NULL);

	code = code ? code : store_begin(store, NULL);
	code = code ? code : store_last(store, &last, NULL);
	put64(bytes, last + 1);
	row.gseq = last + 1;
	code = code ? code : store_insert(store, &row, NULL);
	code = code ? code : store_commit(store, NULL);
	store_unlock(store);
	return code ? code : store_sync(store, last + 1, NULL);
}

static bool readable(struct store *store, int timeout)
{
	struct pollfd ready = { .fd = store_notify_fd(store), .events = POLLIN };

	return poll(&ready, 1, timeout) == 1;
}

/* A process that appends once for each byte it is sent, and says so. */
static pid_t start_writer(int ret[2])
{
	int down[2], up[2];
	pid_t child;

	if (pipe(down) || pipe(up))
		return -1;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct store *store;
		char byte;

		close(down[1]);
		close(up[0]);
		store = open_store(false);
		while (store && read(down[0], &byte, 1) == 1)
			if (append(store) || write(up[1], &byte, 1) != 1)
				_exit(1);
		store_close(store);
		_exit(0);
	}
	close(down[0]);
	close(up[1]);
	ret[0] = up[0];
	ret[1] = down[1];
	return child;
}

static bool let_append(const int ends[2])
{
	struct pollfd ready = { .fd = ends[0], .events = POLLIN };
	char byte = 'x';

	return write(ends[1], &byte, 1) == 1 && poll(&ready, 1, DEADLINE_MS) == 1 && read(ends[0], &byte, 1) == 1;
}

static void test_woken(struct store *store, const int ends[2])
{
	size_t woken = 0, told = 0, quiet = 0;
	uint64_t last;

	for (int i = 0; i < ROUNDS; i++) {
		quiet += !readable(store, 0) && !store_changed(store);
		if (!let_append(ends))
			break;
		woken += readable(store, DEADLINE_MS);
		told += store_changed(store);
		store_last(store, &last, NULL);
		store_rest(store);
	}
	CHECK(quiet == ROUNDS, "nobody writes: it is quiet before each of %d events (%zu)", ROUNDS, quiet);
	CHECK(woken == ROUNDS && told == ROUNDS, "each event of another process wakes (%zu), and is told once (%zu)", woken, told);
	CHECK(last == ROUNDS, "and can be read at once: %llu", (unsigned long long)last);
}

/* Several at once are one waking. */
static void test_together(struct store *store, const int ends[2])
{
	for (int i = 0; i < 5; i++)
		let_append(ends);
	CHECK(readable(store, DEADLINE_MS) && store_changed(store), "five events wake");
	CHECK(!store_changed(store) && !readable(store, 0), "once");
	CHECK(store_noted(store) == ROUNDS + 5, "the queue's file notes the last number: %llu",
	      (unsigned long long)store_noted(store));
}

static void test_own(struct store *store)
{
	CHECK(append(store) == 0 && !store_changed(store) && !readable(store, 0), "an event of one's own wakes nobody here");
}

/* Nothing ever comes from the watch: asking tells all the same. */
static void test_without(const int ends[2])
{
	struct store *store = open_store(false);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	CHECK(store && dup2(nothing, store_notify_fd(store)) >= 0 && !store_changed(store), "a watch that is deaf, and nobody wrote");
	CHECK(let_append(ends) && store_changed(store), "without inotify asking tells of an event");
	CHECK(!store_changed(store), "once");
	close(nothing);
	store_close(store);
}

/* The watch begins when it is first asked for: what came between opening and that wakes too. */
static void test_late(const int ends[2])
{
	struct store *store = open_store(false);

	if (CHECK(store && let_append(ends), "an event before anybody watches")) {
		CHECK(readable(store, DEADLINE_MS) && store_changed(store), "wakes whoever begins to watch");
		CHECK(!readable(store, 0) && !store_changed(store), "once");
		CHECK(let_append(ends) && readable(store, DEADLINE_MS) && store_changed(store), "and so does the next");
	}
	store_close(store);
	store = open_store(false);
	CHECK(store && !readable(store, 0), "nothing came: it is quiet");
	store_close(store);
}

int main(void)
{
	struct store *store;
	int ends[2], status;
	pid_t writer;

	snprintf(dir, sizeof(dir), "/tmp/pnt-XXXXXX");
	if (!mkdtemp(dir) || chmod(dir, 02770) || crypt_start(NULL))
		return 1;
	store = open_store(true);
	writer = start_writer(ends);
	if (CHECK(store && writer > 0 && store_notify_fd(store) >= 0, "a store with a descriptor to wait for, and a writer")) {
		test_woken(store, ends);
		test_together(store, ends);
		test_own(store);
		test_without(ends);
		test_late(ends);
	}
	close(ends[1]);
	CHECK(waitpid(writer, &status, 0) == writer && status == 0, "the writer ends well");
	close(ends[0]);
	store_close(store);
	file_remove_tree(dir, NULL);
	return tap_done();
}
