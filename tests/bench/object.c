/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attachment of 1 GiB into the vault and out again, beside age on the same bytes and the same disk
 * (PSIRTTY_BENCH_DIR, else the temporary folder). age neither names, nor hashes the plaintext, nor
 * waits for the disk; the line "synced" adds the last of these. Beside each the processor's time, which other
 * work on the machine changes less.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"

enum { ROUNDS = 3, BLOCK = 1 << 20 };

static char home[4096];
static double megabytes;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of user and system time, of this process or of those it waited for. */
static double processor(int whose)
{
	struct rusage usage;

	getrusage(whose, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), compare);
	return times[ROUNDS / 2];
}

static void make_file(const char *path, size_t blocks, bool random)
{
	char *block = mem_alloc(BLOCK);
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600), noise = open("/dev/urandom", O_RDONLY);

	for (size_t i = 0; i < blocks; i++) {
		if ((random || i == 0) && read(noise, block, random ? BLOCK : BLOCK / 16) < 0)
			break;
		fd_write_all(fd, block, BLOCK);
	}
	close(noise);
	close(fd);
	free(block);
}

/* Runs a program without a shell; its seconds, or a negative number. SYNCED: until PATH is on the disk. */
static double run(char *const *argv, const char *synced)
{
	double begun = now();
	int status = -1, fd;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (synced) {
		fd = open(synced, O_RDONLY);
		fsync(fd);
		close(fd);
	}
	return status == 0 ? now() - begun : -1;
}

static void show(const char *name, double *times, double used)
{
	double middle = median(times);

	if (times[0] < 0)
		printf("%-34s %12s\n", name, "not there");
	else
		printf("%-34s %9.0f ms %9.0f MB/s %9.0f ms processor\n", name, middle * 1e3, megabytes / middle,
		       used * 1e3 / ROUNDS);
}

static void bench_vault(struct vault *vault, const char *from, const char *to, const char *what)
{
	AUTO_ERROR err = ERROR_INIT;
	double in[ROUNDS], out[ROUNDS], used_in = 0, used_out = 0;
	AUTO_STRING name_in = mem_format("vault in, %s, synced", what);
	AUTO_STRING name_out = mem_format("vault out, %s", what);

	for (int i = 0; i < ROUNDS; i++) {
		struct vault_object object;
		int fd = open(from, O_RDONLY);
		AUTO_STRING path = NULL;
		double begun = now(), work = processor(RUSAGE_SELF);

		if (vault_object_put_fd(vault, fd, UINT64_MAX, NULL, NULL, &object, &err))
			printf("%s: %s\n", err.what, err.why);
		in[i] = now() - begun;
		used_in += processor(RUSAGE_SELF) - work;
		close(fd);
		fd = open(to, O_CREAT | O_TRUNC | O_WRONLY, 0600);
		begun = now();
		work = processor(RUSAGE_SELF);
		if (vault_object_get_fd(vault, object.name, object.key, fd, NULL, NULL, &err))
			printf("%s: %s\n", err.what, err.why);
		out[i] = now() - begun;
		used_out += processor(RUSAGE_SELF) - work;
		close(fd);
		unlink(to);
		path = mem_format("%s/vault/objects/%.2s/%s", home, object.name, object.name);
		unlink(path);
	}
	show(name_in, in, used_in);
	show(name_out, out, used_out);
}

static void bench_age(const char *from, const char *sealed, const char *to, const char *what)
{
	AUTO_STRING key = file_join(home, "age.key");
	char *const keygen[] = { (char *)"age-keygen", (char *)"-o", key, NULL };
	char *const in[] = { (char *)"age", (char *)"-e", (char *)"-i", key, (char *)"-o", (char *)sealed, (char *)from, NULL };
	char *const out[] = { (char *)"age", (char *)"-d", (char *)"-i", key, (char *)"-o", (char *)to, (char *)sealed, NULL };
	double times[3][ROUNDS], used[3] = { 0 };
	static const char *const names[] = { "age -e", "age -e, synced", "age -d" };

	unlink(key);
	run(keygen, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		double work = processor(RUSAGE_CHILDREN);

		times[0][i] = run(in, NULL);
		used[0] += processor(RUSAGE_CHILDREN) - work;
		unlink(sealed);
		work = processor(RUSAGE_CHILDREN);
		times[1][i] = run(in, sealed);
		used[1] += processor(RUSAGE_CHILDREN) - work;
		work = processor(RUSAGE_CHILDREN);
		times[2][i] = run(out, NULL);
		used[2] += processor(RUSAGE_CHILDREN) - work;
		unlink(sealed);
		unlink(to);
	}
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char name[80];

		snprintf(name, sizeof(name), "%s, %s", names[i], what);
		show(name, times[i], used[i]);
	}
}

static long peak_memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void bench(struct vault *vault, size_t blocks)
{
	AUTO_STRING from = file_join(home, "plain");
	AUTO_STRING to = file_join(home, "back");
	AUTO_STRING sealed = file_join(home, "sealed");
	static const char *const what[] = { "compressible", "random" };
	long before = peak_memory();

	megabytes = (double)blocks * BLOCK / 1e6;
	printf("\nan attachment of %zu MiB, median of %d\n", blocks, ROUNDS);
	for (int random = 1; random >= 0; random--) {
		make_file(from, blocks, random);
		bench_vault(vault, from, to, what[random]);
		bench_age(from, sealed, to, what[random]);
	}
	printf("%-34s %9ld KiB\n", "the vault's memory grew by", peak_memory() - before);
}

int main(void)
{
	const instant at = 1795000000 * INSTANT_SECOND;
	const char *place = getenv("PSIRTTY_BENCH_DIR"), *size = getenv("PSIRTTY_BENCH_MIB");
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STRING fingerprint = NULL;
	AUTO_STRING dir = NULL;
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	int code;

	snprintf(home, sizeof(home), "%s/pso-XXXXXX", place ? place : "/tmp");
	if (!mkdtemp(home))
		return 1;
	setenv("XDG_STATE_HOME", home, 1);
	setenv("XDG_CACHE_HOME", home, 1);
	dir = file_join(home, "vault");
	code = openpgp_open(home, &pgp, &err);
	if (!code)
		code = openpgp_generate(pgp, "Bench <bench@vendor.example>", &fingerprint, &err);
	if (!code)
		code = vault_create(dir, pgp, fingerprint, NULL, at, &err);
	if (!code)
		code = vault_open(dir, pgp, false, at, &vault, &err);
	if (!code)
		bench(vault, size ? (size_t)atoi(size) : 1024);
	else
		printf("%s: %s\n", err.what, err.why);
	vault_close(vault);
	openpgp_close(pgp);
	file_remove_tree(home, NULL);
	return code ? 1 : 0;
}
