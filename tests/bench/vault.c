/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vault with 10,000 cases and 300,000 events: unlocking to the list, opening a case, searching,
 * appending, eight writers, memory. Every figure comes from a process of its own, started for it. Settings:
 * PSIRTTY_BENCH_VAULT, a folder that tests/bench/vault_make made (else one is made and removed);
 * PSIRTTY_BENCH_CASES (10000).
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/desk/desk.h"
#include "psirtty/vault/index.h"
#include "psirtty/worker/parse.h"
#include "vault_fill.h"
#include "vault_peers.h"

enum { ROUNDS = 9, WRITERS = 8, WRITES = 1000, APPENDS = 500, OPENINGS = 200, OPEN_CASES = 50, LIMIT = 50 };

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this process, without what others on the machine do, and without gpg's. */
static double processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static instant now(void)
{
	return (instant)time(NULL) * INSTANT_SECOND;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_quantile(double *times, size_t count, double part)
{
	qsort(times, count, sizeof(*times), compare);
	return count ? times[(size_t)((double)(count - 1) * part + 0.5)] : NAN;
}

static double resident_mb(void)
{
	AUTO_STR status = STR_INIT;
	const char *at;

	file_read("/proc/self/status", 1 << 16, &status, NULL);
	at = strstr(status.bytes, "VmRSS:");
	return at ? strtod(at + 6, NULL) / 1024 : NAN;
}

/* ---- in a process of its own: each prints "name value" lines */

static struct desk *desk_at(const char *dir)
{
	AUTO_STRING vault = file_join(dir, "vault");
	const struct desk_options options = { .vault_dir = vault };
	AUTO_ERROR err = ERROR_INIT;
	struct desk *desk = NULL;

	if (desk_open(&options, now(), &desk, &err)) {
		fprintf(stderr, "%s: %s\n", err.what, err.why);
		exit(1);
	}
	return desk;
}

/* What a screen asks for before it can draw the list. */
static size_t read_list(const struct model *model, instant at)
{
	size_t bytes = 0;

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_glance *glance = model_glance(model, i);
		const char *what;
		instant due;
		char marks[4];

		bytes += strlen(glance->id) + strlen(glance->title) + strlen(glance_marks(glance, at, marks));
		bytes += glance_next_due(glance, &what, &due);
	}
	return bytes;
}

/* The one gpg operation alone, as unlocking does it. */
static double time_gpg(struct vault *vault)
{
	const char *fingerprint;
	const void *sealed;
	size_t length;
	uint8_t member[ID_BYTES];
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct openpgp_result opened = { 0 };
		double begun;

		if (store_identity(vault->store, 0, member, &fingerprint, &sealed, &length, NULL) != 1)
			return NAN;
		begun = milliseconds();
		openpgp_decrypt(vault->pgp, sealed, length, KEY_BYTES, 0, &opened, NULL);
		times[i] = milliseconds() - begun;
		openpgp_result_release(&opened);
	}
	store_rest(vault->store);
	return bench_quantile(times, ROUNDS, 0.5);
}

static void run_unlock(const char *dir)
{
	double begun = milliseconds(), work = processor(), opened, listed, agenda;
	struct desk *desk = desk_at(dir);
	struct agenda_item *items;
	size_t count;

	opened = milliseconds();
	printf("open-processor %f\n", processor() - work);
	read_list(desk_model(desk), now());
	listed = milliseconds();
	printf("processor %f\nrss %f\n", processor() - work, resident_mb());
	agenda = processor();
	model_agenda(desk_model(desk), INT64_MIN, INT64_MAX, now(), &items, &count);
	printf("agenda %f\n", processor() - agenda);
	free(items);
	printf("open %f\nlist %f\n", opened - begun, listed - begun);
	printf("gpg %f\n", time_gpg(desk_vault(desk)));
	desk_close(desk);
}

static void run_case(const char *dir)
{
	struct desk *desk = desk_at(dir);
	const struct model *model = desk_model(desk);
	size_t count = model_case_count(model), done = 0;
	double times[OPENINGS], work = processor();

	for (size_t i = 0; i < OPENINGS && count; i++) {
		const struct case_state *state = model_case(model, (i * 7919) % count);
		double begun = milliseconds();

		if (model_whole_case((struct model *)model, state, NULL))
			continue;
		if (state->event_count)
			times[done++] = milliseconds() - begun;
	}
	printf("case-processor %f\n", (processor() - work) / (double)done);
	printf("case %f\n", bench_quantile(times, done, 0.5));
	printf("case99 %f\n", bench_quantile(times, done, 0.99));
	desk_close(desk);
}

const char *const bench_queries[BENCH_QUERIES] = { "\u6f0f\u6d1e", "CVE-2024-12345", "src/tls/record_cookie.c",
						  "certificate sanitizer" };

static void run_search(const char *dir)
{
	struct desk *desk = desk_at(dir);
	uint64_t left = 1;

	/* What the screen does behind the list until all is searched for; merged at the end. */
	if (desk_index_step(desk, 1 << 24, &left, NULL) == 0 && left == 0) {
		desk_close(desk);
		desk = desk_at(dir);
	}
	for (size_t q = 0; q < BENCH_QUERIES; q++) {
		double times[ROUNDS];
		size_t count = 0;

		for (int i = 0; i < ROUNDS; i++) {
			struct vault_hit *hits = NULL;
			double begun = milliseconds();

			if (vault_search(desk_vault(desk), bench_queries[q], false, LIMIT, &hits, &count, NULL))
				count = 0;
			times[i] = milliseconds() - begun;
			free(hits);
		}
		printf("search%zu %f\nhits%zu %zu\n", q, bench_quantile(times, ROUNDS, count ? 0.5 : NAN), q, count);
	}
	printf("rss-search %f\n", resident_mb());
	desk_close(desk);
}

/* To cases that are open already, as one is when somebody writes to it: opening has a figure of its own. */
static void run_append(const char *dir)
{
	struct desk *desk = desk_at(dir);
	const struct model *model = desk_model(desk);
	double times[APPENDS];

	for (size_t i = 0; i < APPENDS; i++) {
		const struct case_state *state = model_case(model, i % OPEN_CASES % model_case_count(model));
		json_t *body = json_object();
		double begun;

		if (i < OPEN_CASES && model_whole_case((struct model *)model, state, NULL))
			exit(1);
		js_set_string(body, "text", "One more look at the frame reader, this time with the timer switched off.");
		begun = milliseconds();
		if (desk_append(desk, state, EVENT_NOTE_ADDED, body, now(), NULL))
			exit(1);
		times[i] = milliseconds() - begun;
	}
	printf("append %f\nappend99 %f\n", bench_quantile(times, APPENDS, 0.5), bench_quantile(times, APPENDS, 0.99));
	desk_close(desk);
}

/* One of eight: says that it is ready, waits for the start, then a time for each event. */
static void run_write(const char *dir)
{
	static const char note[] = "{\"text\":\"Written while seven others write: the queue is fair.\"}";
	AUTO_STRING vault_dir = file_join(dir, "vault");
	AUTO_STRING opened = mem_format("{\"case\":\"BENCH-%ld-%ld\",\"title\":\"One of eight\"}", (long)time(NULL), (long)getpid());
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;
	uint8_t stream[ID_BYTES];
	double *times = mem_alloc(WRITES * sizeof(*times));
	char byte = 'r';

	if (openpgp_open(NULL, &pgp, &err) || vault_open(vault_dir, pgp, false, now(), &vault, &err) ||
	    vault_stream_new(vault, VAULT_CASE, now(), stream, &err) ||
	    vault_append(vault, stream, EVENT_CASE_OPENED, opened, strlen(opened), now(), NULL, NULL, NULL, &err))
		exit(1);
	if (write(STDOUT_FILENO, &byte, 1) != 1 || read(STDIN_FILENO, &byte, 1) < 0)
		exit(1);
	for (int i = 0; i < WRITES; i++) {
		double begun = milliseconds();

		if (vault_append(vault, stream, EVENT_NOTE_ADDED, note, sizeof(note) - 1, now(), NULL, NULL, NULL, &err))
			exit(1);
		times[i] = milliseconds() - begun;
	}
	if (fd_write_all(STDOUT_FILENO, times, WRITES * sizeof(*times)) < 0)
		exit(1);
	free(times);
	vault_close(vault);
	openpgp_close(pgp);
}

/* ---- the processes */

static const struct { const char *name; void (*run)(const char *dir); } modes[] = {
	{ "--unlock", run_unlock }, { "--case", run_case },     { "--search", run_search },
	{ "--append", run_append }, { "--write", run_write },   { "--plain-write", peers_run_write },
};

static pid_t start(const char *mode, const char *dir, int *ret_in, int *ret_out)
{
	int in[2], out[2];
	pid_t child;

	if (pipe(in) || pipe(out))
		exit(1);
	child = fork();
	if (child == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		for (int fd = 3; fd < 256; fd++)
			close(fd);
		execl("/proc/self/exe", "vault", mode, dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*ret_in = in[1];
	*ret_out = out[0];
	return child;
}

static void read_all(int fd, struct str *ret)
{
	char buffer[8192];
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		str_add_bytes(ret, buffer, (size_t)got);
}

static void ask(const char *mode, const char *dir, struct str *ret)
{
	int in, out, status;
	pid_t child = start(mode, dir, &in, &out);

	str_reset(ret);
	read_all(out, ret);
	close(in);
	close(out);
	waitpid(child, &status, 0);
	if (status)
		fprintf(stderr, "%s ended with %d\n", mode, status);
}

static double value(const struct str *answer, const char *name)
{
	AUTO_STRING key = mem_format("%s ", name);
	const char *at = answer->bytes;

	for (; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (str_starts(at, key))
			return strtod(at + strlen(key), NULL);
	return NAN;
}

double bench_writers(const char *mode, const char *dir, double *ret_p99)
{
	int in[WRITERS], out[WRITERS];
	pid_t children[WRITERS];
	AUTO_STR times = STR_INIT;
	double begun, took;
	char byte;

	for (int i = 0; i < WRITERS; i++)
		children[i] = start(mode, dir, &in[i], &out[i]);
	for (int i = 0; i < WRITERS; i++)
		if (read(out[i], &byte, 1) != 1)
			fprintf(stderr, "a writer did not start\n");
	begun = milliseconds();
	for (int i = 0; i < WRITERS; i++)
		if (write(in[i], "s", 1) != 1)
			fprintf(stderr, "a writer is gone\n");
	for (int i = 0; i < WRITERS; i++) {
		read_all(out[i], &times);
		close(in[i]);
		close(out[i]);
	}
	took = milliseconds() - begun;
	for (int i = 0; i < WRITERS; i++)
		waitpid(children[i], NULL, 0);
	*ret_p99 = bench_quantile((double *)times.bytes, times.length / sizeof(double), 0.99);
	return (double)(times.length / sizeof(double)) / took * 1e3;
}

/* ---- out of the page cache */

static void drop(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

void bench_drop(const char *dir)
{
	char **names = NULL;
	size_t count = 0;

	if (file_list(dir, &names, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING path = file_join(dir, names[i]);

		if (file_is_dir(path))
			bench_drop(path);
		else
			drop(path);
	}
	file_free_names(names, count);
}

/* ---- the table */

static void line(const char *what, const char *goal, double ours, double plain, double files, const char *unit)
{
	const double figures[] = { ours, plain, files };

	printf("%-34s %10s", what, goal);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		if (isnan(figures[i]))
			printf(" %14s", "-");
		else
			printf(" %10.*f %-3s", figures[i] < 100 ? 2 : 0, figures[i], unit);
	}
	putchar('\n');
	fflush(stdout);
}

struct unlock { double open, list, gpg, rss, processor, agenda; };

static struct unlock unlock(const char *dir, bool cold)
{
	double opens[ROUNDS], lists[ROUNDS], gpgs[ROUNDS], sizes[ROUNDS], processors[ROUNDS], agendas[ROUNDS];
	AUTO_STR answer = STR_INIT;

	for (int i = 0; i < ROUNDS; i++) {
		if (cold)
			bench_drop(dir);
		ask("--unlock", dir, &answer);
		opens[i] = value(&answer, "open");
		lists[i] = value(&answer, "list");
		gpgs[i] = value(&answer, "gpg");
		sizes[i] = value(&answer, "rss");
		processors[i] = value(&answer, "processor");
		agendas[i] = value(&answer, "agenda");
	}
	return (struct unlock){ bench_quantile(opens, ROUNDS, 0.5), bench_quantile(lists, ROUNDS, 0.5),
				bench_quantile(gpgs, ROUNDS, 0.5), bench_quantile(sizes, ROUNDS, 0.5),
				bench_quantile(processors, ROUNDS, 0.5), bench_quantile(agendas, ROUNDS, 0.5) };
}

static void print_unlock(const char *dir, const struct peers *peers)
{
	struct unlock warm = unlock(dir, false), cold = unlock(dir, true);

	line("unlock to list, beyond gpg", "<= 50 ms", warm.list - warm.gpg, peers->list, peers->files_list, "ms");
	line("  the same, cold page cache", "<= 100 ms", cold.list - cold.gpg, peers->list_cold, NAN, "ms");
	line("  processor time of it", "", warm.processor, NAN, NAN, "ms");
	line("  the gpg operation", "", warm.gpg, NAN, NAN, "ms");
	line("agenda of all cases, processor", "<= 20 ms", warm.agenda, NAN, NAN, "ms");
	line("resident memory before searching", "<= 32 MB", warm.rss, NAN, NAN, "MB");
}

static void print_search(const char *dir, const struct peers *peers)
{
	static const char *const names[BENCH_QUERIES] = { "Chinese word", "CVE id", "path", "two words" };
	AUTO_STR answer = STR_INIT;

	ask("--search", dir, &answer);
	for (size_t q = 0; q < BENCH_QUERIES; q++) {
		AUTO_STRING key = mem_format("search%zu", q);
		AUTO_STRING hits = mem_format("hits%zu", q);
		AUTO_STRING what = mem_format("search: %s (%.0f; %.0f plain)", names[q], value(&answer, hits),
					      (double)peers->hits[q]);

		line(what, "<= 10 ms", value(&answer, key), peers->search[q], NAN, "ms");
	}
	line("resident memory after searching", "", value(&answer, "rss-search"), NAN, NAN, "MB");
}

static void print_rest(const char *dir, const struct peers *peers)
{
	AUTO_STR answer = STR_INIT;
	double p99, rate;

	ask("--case", dir, &answer);
	line("open a case, median", "<= 5 ms", value(&answer, "case"), peers->open, peers->files_open, "ms");
	line("  99 of 100", "", value(&answer, "case99"), NAN, NAN, "ms");
	line("  processor time, on average", "", value(&answer, "case-processor"), NAN, NAN, "ms");
	print_search(dir, peers);
	ask("--append", dir, &answer);
	line("append, median", "<= 1 ms", value(&answer, "append"), peers->append, NAN, "ms");
	line("  99 of 100", "", value(&answer, "append99"), NAN, NAN, "ms");
	rate = bench_writers("--write", dir, &p99);
	line("8 writers, events a second", ">= 5000", rate, peers->writers, NAN, "");
	line("  99 of 100 within", "<= 20 ms", p99, peers->writers99, NAN, "ms");
}

static void run_writers(const char *dir)
{
	double p99, rate = bench_writers("--write", dir, &p99);

	line("8 writers, events a second", ">= 5000", rate, NAN, NAN, "");
	line("  99 of 100 within", "<= 20 ms", p99, NAN, NAN, "ms");
}

static int make(const char *dir, struct error *err)
{
	const char *cases = getenv("PSIRTTY_BENCH_CASES");
	struct fill_plan plan = { .cases = cases ? (uint32_t)atoi(cases) : 10000, .events = 30, .seed = 1, .now = now() };
	AUTO_STRING vault_dir = NULL;
	struct openpgp *pgp = NULL;
	struct vault *vault = NULL;
	bool there = file_is_dir(dir);
	int code = fill_place(dir, plan.now - 731 * INSTANT_DAY, &pgp, &vault_dir, err);

	if (!code && !there) {
		code = vault_open(vault_dir, pgp, false, plan.now - 731 * INSTANT_DAY, &vault, err);
		if (!code)
			code = vault_fill(vault, &plan, err);
		vault_close(vault);
	}
	openpgp_close(pgp);
	return code;
}

static int bench(const char *dir)
{
	AUTO_ERROR err = ERROR_INIT;
	AUTO_STR answer = STR_INIT;
	struct peers peers;
	double begun;

	if (make(dir, &err)) {
		fprintf(stderr, "%s: %s\n", str_or_empty(err.what), str_or_empty(err.why));
		return 1;
	}
	begun = milliseconds();
	ask("--unlock", dir, &answer);
	printf("first unlock, which makes the caches: list after %.0f ms, done after %.0f ms\n", value(&answer, "list"),
	       milliseconds() - begun);
	peers_measure(dir, &peers);
	printf("%-34s %10s %14s %14s %14s\n", "", "goal", "psirtty", "plain SQLite", "gpg per case");
	print_unlock(dir, &peers);
	print_rest(dir, &peers);
	return 0;
}

int main(int argc, char **argv)
{
	const char *kept = getenv("PSIRTTY_BENCH_VAULT");
	char dir[] = "/tmp/pvb-XXXXXX";
	AUTO_STRING place = NULL;
	int status;

	if (argc == 2 && str_equal(argv[1], PARSE_WORKER_ARGUMENT))
		parse_worker_main(true);
	if (argc == 3 && str_equal(argv[1], "--writers")) {
		run_writers(argv[2]);
		return 0;
	}
	for (size_t i = 0; argc == 3 && i < ARRAY_LEN(modes); i++)
		if (str_equal(argv[1], modes[i].name)) {
			modes[i].run(argv[2]);
			return 0;
		}
	if (kept)
		return bench(kept);
	if (!mkdtemp(dir))
		return 1;
	place = file_join(dir, "v");
	status = bench(place);
	openpgp_stop_agent(getenv("GNUPGHOME"));
	file_remove_tree(dir, NULL);
	return status;
}
