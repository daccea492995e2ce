/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters on their way, with real keys and a way of the test's own: a process that dies while a letter leaves, one
 * whose letter is refused, taken by some, or of which nobody knows; nothing is ever lost or sent twice unasked.
 */
#include "psirtty/desk/letters.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/vault/vault.h"
#include "psirtty/worker/parse.h"
#include "tests/unit/tap.h"

static char top[] = "/tmp/psXXXXXX";
static char *vault_dir, *gpg_home, *marker;
static char *us, *mara, *acme; /* fingerprints */
static struct error err;

#define NOW   now()
#define DONE(call, what) done((call), (what))

static instant now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return (instant)at.tv_sec * INSTANT_SECOND;
}

static bool done(int code, const char *what)
{
	CHECK_QUIET(code == 0, "%s: %s: %s", what, str_or_empty(err.what), str_or_empty(err.why));
	return code == 0;
}

/* ---- a way of our own */

struct road {
	int posts, prepared;
	char sum[65];          /* of the bytes it saw last */
	enum letter_fate fate; /* of the first recipient; the others get it */
	bool dies, prepare_fails, post_fails, knows;
	int left;              /* what it answers when it is asked, where it KNOWS */
	size_t recipients;
};

static int road_prepare(void *context, const struct letter *letter, struct error *why)
{
	struct road *road = context;

	(void)letter;
	road->prepared++;
	return road->prepare_fails ? error_set(why, ERR_DENIED, "road", NULL, "it is closed") : 0;
}

static int road_post(void *context, const struct letter *letter, struct letter_result *results, struct error *why)
{
	struct road *road = context;

	vault_sha256(letter->bytes, letter->length, road->sum);
	if (road->dies) {
		file_write(marker, road->sum, 64, 0600, NULL);
		_exit(9);
	}
	road->posts++;
	road->recipients += letter->recipient_count;
	if (road->post_fails)
		return error_set(why, ERR_NETWORK, "road", NULL, "it is broken");
	for (size_t i = 0; i < letter->recipient_count; i++)
		results[i] = (struct letter_result){ i == 0 ? road->fate : LETTER_TAKEN, mem_string("250 fine") };
	return 0;
}

static int road_left(void *context, const char *id)
{
	(void)id;
	return ((struct road *)context)->left;
}

static struct letter_way way_of(struct road *road)
{
	return (struct letter_way){ "road", road_prepare, road_post, road->knows ? road_left : NULL, road };
}

/* ---- a desk */

static struct desk *open_desk(void)
{
	const struct desk_options options = { .vault_dir = vault_dir, .gpg_home = gpg_home };
	struct desk *desk = NULL;

	if (desk_open(&options, NOW, &desk, &err))
		printf("# %s: %s\n", err.what, err.why);
	return desk;
}

static const struct case_state *the_case(struct desk *desk)
{
	const struct case_state *state = NULL;

	CHECK_QUIET(desk_find_case(desk, "1", &state, &err) == 0, "the case is there");
	return state;
}

static char *new_draft(struct desk *desk, bool copy)
{
	char cc[] = "Acme", *list[] = { cc };
	const struct desk_writing writing = { .to = "Mara", .text = "Dear Mara, hello.", .cc = list, .cc_count = copy };
	char *id = NULL;

	CHECK_QUIET(desk_draft_new(desk, the_case(desk), &writing, NOW, &id, &err) == 0, "a draft: %s", str_or_empty(err.why));
	return id;
}

static size_t count_events(struct desk *desk, enum event_type type)
{
	const struct case_state *state = the_case(desk);
	size_t count = 0;

	for (size_t i = 0; i < state->event_count; i++)
		count += state->events[i].type == type;
	return count;
}

static bool has_draft(struct desk *desk, const char *id)
{
	AUTO_STRING text = NULL;

	return desk_draft_text(desk, id, &text, NULL) == 0;
}

static int send_by(struct desk *desk, struct road *road, const char *id, bool again, bool left, struct draft_sent *ret)
{
	const struct desk_send how = { again, left };
	struct letter_way way = way_of(road);
	int code;

	error_release(&err);
	desk_set_letter_way(desk, &way);
	code = desk_draft_send(desk, id, &how, NOW, ret, &err);
	desk_set_letter_way(desk, NULL);
	return code;
}

/* A process of its own seals the letter, says that it begins, and dies while it leaves. RET_SUM: of its bytes. */
static bool die_sending(const char *id, char ret_sum[65])
{
	pid_t child = fork();
	AUTO_STR sum = STR_INIT;
	int status = 0;

	if (child == 0) {
		struct road road = { .dies = true };
		struct draft_sent sent;
		struct desk *desk = open_desk();

		if (desk)
			send_by(desk, &road, id, false, false, &sent);
		printf("# it did not get there: %s\n", str_or_empty(err.why));
		fflush(stdout);
		_exit(1);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 9 || file_read(marker, 64, &sum, NULL))
		return false;
	snprintf(ret_sum, 65, "%s", sum.bytes);
	return true;
}

/* ---- the tests */

static char *draft_alone(void)
{
	struct desk *desk = open_desk();
	char *id = new_draft(desk, false);

	desk_close(desk);
	return id;
}

static void test_death(const char *what, struct road road, bool again, bool left, int posts)
{
	AUTO_STRING id = draft_alone();
	struct draft_sent sent = { 0 };
	char sum[65] = "";
	bool died = die_sending(id, sum);
	struct desk *desk = open_desk();
	size_t before = count_events(desk, EVENT_MESSAGE_SENT), begun = count_events(desk, EVENT_LETTER_BEGUN);
	int code;

	CHECK(died && has_draft(desk, id), "%s: it died, its draft is there", what);
	code = send_by(desk, &road, id, again, left, &sent);
	CHECK(code == 0 && road.posts == posts && (!posts || str_equal(road.sum, sum)), "%s: %d times more, byte for byte%s%s",
	      what, posts, code ? ": " : "", code ? err.why : "");
	CHECK(count_events(desk, EVENT_MESSAGE_SENT) == before + 1 && count_events(desk, EVENT_LETTER_BEGUN) == begun &&
		      !has_draft(desk, id),
	      "%s: recorded once, the draft is gone", what);
	CHECK(sent.before == !posts, "%s: and it says whether it had left", what);
	draft_sent_release(&sent);
	desk_close(desk);
}

static void test_unknown(void)
{
	AUTO_STRING id = draft_alone();
	struct road road = { 0 };
	struct draft_sent sent;
	char sum[65];
	bool died = die_sending(id, sum);
	struct desk *desk = open_desk();
	int code = send_by(desk, &road, id, false, false, &sent);

	CHECK(died && code == ERR_BUSY && !road.posts && has_draft(desk, id), "where nobody knows, a person decides");
	desk_close(desk);
}

static void test_refused(void)
{
	struct desk *desk = open_desk();
	AUTO_STRING id = new_draft(desk, false);
	struct road road = { .fate = LETTER_REFUSED };
	struct draft_sent sent;
	char first[65];
	size_t before = count_events(desk, EVENT_MESSAGE_SENT);
	int code = send_by(desk, &road, id, false, false, &sent);

	CHECK(code == ERR_NETWORK && has_draft(desk, id) && count_events(desk, EVENT_LETTER_FAILED) == 1 &&
		      count_events(desk, EVENT_MESSAGE_SENT) == before,
	      "refused: recorded as that, the draft stays");
	snprintf(first, sizeof(first), "%s", road.sum);
	road.fate = LETTER_TAKEN;
	code = send_by(desk, &road, id, false, false, &sent);
	CHECK(code == 0 && road.posts == 2 && !str_equal(first, road.sum) && !has_draft(desk, id) &&
		      count_events(desk, EVENT_MESSAGE_SENT) == before + 1,
	      "then it is sealed anew and leaves");
	draft_sent_release(&sent);
	desk_close(desk);
}

static void test_some(void)
{
	struct desk *desk = open_desk();
	AUTO_STRING id = new_draft(desk, true);
	struct road road = { .fate = LETTER_REFUSED };
	struct draft_sent sent = { 0 };
	size_t failed = count_events(desk, EVENT_LETTER_FAILED);
	int code = send_by(desk, &road, id, false, false, &sent);

	CHECK(code == 0 && road.recipients == 2 && sent.refused_count == 1 && strstr(sent.refused[0], "mara@finder.example") &&
		      count_events(desk, EVENT_LETTER_FAILED) == failed + 1 && !has_draft(desk, id),
	      "one of two got it: who did not is told and recorded%s%s", code ? ": " : "", code ? err.why : "");
	draft_sent_release(&sent);
	desk_close(desk);
}

static void test_doubt(void)
{
	struct desk *desk = open_desk();
	AUTO_STRING id = new_draft(desk, false);
	struct road road = { .fate = LETTER_UNKNOWN };
	struct draft_sent sent = { 0 };
	size_t failed = count_events(desk, EVENT_LETTER_FAILED), told = count_events(desk, EVENT_MESSAGE_SENT);
	int code = send_by(desk, &road, id, false, false, &sent);

	CHECK(code == ERR_BUSY && has_draft(desk, id) && count_events(desk, EVENT_LETTER_FAILED) == failed &&
		      count_events(desk, EVENT_MESSAGE_SENT) == told,
	      "the line broke at the wrong moment: nothing is claimed");
	code = send_by(desk, &road, id, false, false, &sent);
	CHECK(code == ERR_BUSY && road.posts == 1, "nor tried again by itself");
	code = send_by(desk, &road, id, false, true, &sent);
	CHECK(code == 0 && road.posts == 1 && count_events(desk, EVENT_MESSAGE_SENT) == told + 1, "a person says that it left");
	draft_sent_release(&sent);
	desk_close(desk);
}

static void test_closed(void)
{
	struct desk *desk = open_desk();
	AUTO_STRING id = new_draft(desk, false);
	struct road road = { .prepare_fails = true };
	struct draft_sent sent = { 0 };
	size_t begun = count_events(desk, EVENT_LETTER_BEGUN);
	int code = send_by(desk, &road, id, false, false, &sent);

	CHECK(code == ERR_DENIED && !road.posts && count_events(desk, EVENT_LETTER_BEGUN) == begun && has_draft(desk, id),
	      "a way that cannot work says so before anything is recorded");
	road = (struct road){ .post_fails = true };
	code = send_by(desk, &road, id, false, false, &sent);
	CHECK(code == ERR_NETWORK && strstr(str_or_empty(err.why), "it is broken") && has_draft(desk, id),
	      "one that breaks before anything left is told, and the draft stays");
	road = (struct road){ .fate = LETTER_TAKEN };
	CHECK(send_by(desk, &road, id, false, false, &sent) == 0 && road.posts == 1, "then it leaves");
	draft_sent_release(&sent);
	desk_close(desk);
}

/* ---- the world */

static bool add_party(struct desk *desk, const char *name, const char *address, const char *print)
{
	json_t *party = json_pack("{s:s, s:s, s:s}", "name", name, "role", "finder", "address", address);
	json_t *pin = json_pack("{s:s, s:s}", "address", address, "fingerprint", print);
	json_t *contact = json_pack("{s:s, s:s, s:[s], s:s}", "contact", name, "name", name, "addresses", address,
				    "jurisdiction", "CN");

	return DONE(desk_append(desk, the_case(desk), EVENT_PARTY_ADDED, party, NOW, &err), "a party") &&
	       DONE(desk_append(desk, NULL, EVENT_KEY_PINNED, pin, NOW, &err), "a pin") &&
	       DONE(desk_append(desk, NULL, EVENT_CONTACT_SET, contact, NOW, &err), "a contact");
}

static bool make_world(void)
{
	const struct case_state *state;
	struct openpgp *pgp = NULL;
	struct desk *desk = NULL;
	bool made;

	if (!mkdtemp(top))
		return false;
	vault_dir = file_join(top, "v");
	gpg_home = file_join(top, "g");
	marker = file_join(top, "marker");
	made = DONE(file_make_dir(gpg_home, 0700, &err), "a home") && DONE(openpgp_open(gpg_home, &pgp, &err), "gpg") &&
	       DONE(openpgp_generate(pgp, "Nadia <psirt@vendor.example>", &us, &err), "our key") &&
	       DONE(openpgp_generate(pgp, "Mara <mara@finder.example>", &mara, &err), "her key") &&
	       DONE(openpgp_generate(pgp, "Acme <psirt@acme.example>", &acme, &err), "their key") &&
	       DONE(vault_create(vault_dir, pgp, us, NULL, NOW, &err), "a vault");
	openpgp_close(pgp);
	desk = made ? open_desk() : NULL;
	made = desk && DONE(desk_case_new(desk, "Overflow in the gateway", NOW, &state, &err), "a case") &&
	       add_party(desk, "Mara", "mara@finder.example", mara) && add_party(desk, "Acme", "psirt@acme.example", acme);
	desk_close(desk);
	return made;
}

int main(int argc, char **argv)
{
	if (argc == 2 && str_equal(argv[1], PARSE_WORKER_ARGUMENT))
		parse_worker_main(true);
	setenv("XDG_STATE_HOME", top, 1);
	setenv("XDG_CACHE_HOME", top, 1);
	if (CHECK(make_world(), "keys, a vault, a case")) {
		test_death("a way that knows it did not leave", (struct road){ .knows = true, .left = 0 }, false, false, 1);
		test_death("a way that knows it left", (struct road){ .knows = true, .left = 1 }, false, false, 0);
		test_death("a person says again", (struct road){ 0 }, true, false, 1);
		test_death("a person says it left", (struct road){ 0 }, false, true, 0);
		test_unknown();
		test_refused();
		test_some();
		test_doubt();
		test_closed();
	}
	openpgp_stop_agent(gpg_home);
	error_release(&err);
	file_remove_tree(top, NULL);
	free(vault_dir);
	free(gpg_home);
	free(marker);
	free(us);
	free(mara);
	free(acme);
	return tap_done();
}
