/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are going to be cut off, and what is looked for afterwards. */
#include "sessions.h"

#include <stdio.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/js.h"

char sessions_home[64];

bool sessions_begin(const char *name)
{
	snprintf(sessions_home, sizeof(sessions_home), "/tmp/%s-XXXXXX", name);
	return mkdtemp(sessions_home) && setenv("GNUPGHOME", sessions_home, 1) == 0;
}

void sessions_end(void)
{
	openpgp_stop_agent(sessions_home);
	file_remove_tree(sessions_home, NULL);
}

void sessions_use(const char *dir)
{
	AUTO_STRING state = file_join(dir, "state");
	AUTO_STRING cache = file_join(dir, "cache");

	setenv("XDG_STATE_HOME", state, 1);
	setenv("XDG_CACHE_HOME", cache, 1);
}

bool sessions_make(const char *dir)
{
	static char *fingerprint; /* one key for all of them */
	AUTO_STRING path = file_join(dir, "vault");
	struct openpgp *pgp = NULL;
	AUTO_ERROR err = ERROR_INIT;
	bool good;

	file_make_dir(dir, 0700, NULL);
	sessions_use(dir);
	good = openpgp_open(sessions_home, &pgp, &err) == 0 &&
	       (fingerprint || openpgp_generate(pgp, "Alex Handler <alex@vendor.example>", &fingerprint, &err) == 0) &&
	       vault_create(path, pgp, fingerprint, NULL, SESSIONS_NOW, &err) == 0;
	openpgp_close(pgp);
	return good;
}

struct vault *sessions_open(const char *dir, struct openpgp **ret_pgp)
{
	AUTO_STRING path = file_join(dir, "vault");
	struct vault *vault = NULL;
	AUTO_ERROR err = ERROR_INIT;

	if (openpgp_open(NULL, ret_pgp, &err) == 0 &&
	    vault_open(path, *ret_pgp, false, SESSIONS_NOW, &vault, &err) == 0)
		return vault;
	printf("# %s: %s\n", str_or_empty(err.what), str_or_empty(err.why));
	return NULL;
}

/* ---- writing */

static uint64_t promise(int what, int writer, int number)
{
	return (uint64_t)what << 32 | (uint64_t)writer << 16 | (uint64_t)number;
}

static int add_note(struct vault *vault, const uint8_t stream[16], int writer, int number,
		    const struct vault_object *object, struct error *err)
{
	AUTO_STRING json = mem_format("{\"writer\":%d,\"number\":%d,\"object\":\"%s\",\"key\":\"%s\",\"text\":\"%0400d\"}",
				      writer, number, object ? object->name : "", object ? object->key : "", number);

	return vault_append(vault, stream, 15, json, strlen(json), SESSIONS_NOW, NULL, NULL, NULL, err);
}

static int add_attachment(struct vault *vault, const uint8_t stream[16], int writer, int number, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	struct vault_object object;
	int code;

	str_add_format(&bytes, "attachment %d of %d ", number, writer);
	str_add_repeat(&bytes, 'x', 9000);
	code = vault_object_put(vault, bytes.bytes, bytes.length, &object, err);
	return code ? code : add_note(vault, stream, writer, number, &object, err);
}

int sessions_step(struct vault *vault, const uint8_t stream[16], int writer, int number, promised_fn promised,
		  struct error *err)
{
	AUTO_STRING draft = mem_format("draft-%d-%d", writer, number);
	int code = number % 6 == 4 ? add_attachment(vault, stream, writer, number, err) :
				     add_note(vault, stream, writer, number, NULL, err);

	if (code)
		return code;
	promised(promise(PROMISE_NOTE, writer, number));
	if (number % 6 != 5)
		return 0;
	code = vault_draft_put(vault, draft, "Dear finder,", 12, err);
	if (!code)
		promised(promise(PROMISE_DRAFT, writer, number));
	return code;
}

/* As mails are taken in: several events and their files, durable together at the end. */
int sessions_batch(struct vault *vault, const uint8_t stream[16], int writer, int number, promised_fn promised,
		   struct error *err)
{
	int code = vault_batch_begin(vault, err), ended;

	if (code)
		return code;
	for (int i = 0; !code && i < BATCH_NOTES; i++)
		code = i % 2 ? add_note(vault, stream, writer, number + i, NULL, err) :
			       add_attachment(vault, stream, writer, number + i, err);
	ended = vault_batch_end(vault, code ? NULL : err);
	for (int i = 0; !code && !ended && i < BATCH_NOTES; i++)
		promised(promise(PROMISE_NOTE, writer, number + i));
	return code ? code : ended;
}

/* ---- looking */

static int find_note(void *context, const struct vault_event *event, struct error *err)
{
	struct sessions_found *found = context;
	AUTO_JSON json = json_loads(event->json, 0, NULL);
	long long writer = js_integer(json, "writer", WRITERS), number = js_integer(json, "number", 0);
	const char *object = js_string(json, "object");
	AUTO_STR bytes = STR_INIT;

	(void)err;
	if (writer >= WRITERS || number >= WRITER_NOTES)
		return 0;
	found->notes[writer][number] = true;
	if (object && *object && vault_object_get(found->vault, object, js_string(json, "key"), &bytes, NULL))
		found->bad_objects++;
	return 0;
}

int sessions_find(struct vault *vault, uint64_t after, struct sessions_found *ret, struct error *err)
{
	*ret = (struct sessions_found){ .vault = vault, .notes = mem_alloc(WRITERS * sizeof(*ret->notes)) };
	return vault_each(vault, after, find_note, ret, err);
}

void sessions_found_release(struct sessions_found *found)
{
	free(found->notes);
	*found = (struct sessions_found){ 0 };
}

bool sessions_kept(const struct sessions_found *found, uint64_t number)
{
	int writer = number >> 16 & 0xFFFF, step = number & 0xFFFF;
	AUTO_STRING id = mem_format("draft-%d-%d", writer, step);
	AUTO_STR draft = STR_INIT;

	if (number >> 32 == PROMISE_NOTE)
		return found->notes[writer][step];
	return vault_draft_get(found->vault, id, &draft, NULL) == 0 && str_equal(draft.bytes, "Dear finder,");
}

bool sessions_whole(const char *dir)
{
	AUTO_STRING path = file_join(dir, "vault");
	struct audit_report report = { 0 };
	AUTO_ERROR err = ERROR_INIT;
	bool whole = vault_audit(path, NULL, NULL, &report, &err) == 0;

	if (!whole)
		printf("# not whole: %s\n", report.finding_count ? report.findings[0].what : str_or_empty(err.why));
	audit_report_release(&report);
	return whole;
}
