/* SPDX-License-Identifier: Apache-2.0 */
/* The life of many made-up cases, written as fast as rows can be sealed and signed. */
#include "vault_fill.h"

#include "psirtty/base/file.h"
#include "psirtty/model/event.h"
#include "vault_text.h"

enum { ACTIVE = 400, BATCH = 100, COMMIT_ROWS = 20000, NOTE_BYTES = 1500 };

struct life {
	uint8_t stream[ID_BYTES];
	uint32_t number, step;
	struct text_case about;
};

struct filling {
	struct vault *vault;
	const struct fill_plan *plan;
	struct dice dice;
	struct life active[ACTIVE];
	uint32_t active_count, begun;
	uint64_t rows, total;         /* content rows written, and to be written */
	uint32_t in_transaction;
	struct vault_object report;   /* what every report was, so that no reference is empty */
	struct str body;
};

static instant time_of(const struct filling *f)
{
	instant span = 730 * INSTANT_DAY;

	return f->plan->now - span + (instant)((double)span * (double)f->rows / (double)(f->total + 1));
}

/* ---- one row */

static int begin(struct filling *f, struct error *err)
{
	int code = f->in_transaction ? 0 : vault_begin(f->vault, NULL, NULL, err);

	f->in_transaction += !code;
	return code;
}

static int commit(struct filling *f, struct error *err)
{
	int code = f->in_transaction ? vault_finish(f->vault, 0, err) : 0;

	f->in_transaction = 0;
	return code;
}

/* Seals what stands in f->body. */
static int add_event(struct filling *f, const uint8_t stream[ID_BYTES], int type, struct error *err)
{
	const struct draft_event draft = { .kind = CORE_CONTENT, .type = (uint16_t)type, .stream = stream,
					   .body = f->body.bytes, .length = f->body.length, .now = time_of(f) };
	int code = begin(f, err);

	if (!code)
		code = vault_put(f->vault, &draft, err);
	f->rows++;
	return !code && f->in_transaction >= COMMIT_ROWS ? commit(f, err) : code;
}

/* ---- what happens to a case: each writes a body and returns the event's type */

typedef int (*happen_fn)(struct filling *f, const struct life *life);

static const char *when(instant at)
{
	static char buffer[40];

	return instant_format(at, buffer);
}

static int happen_opened(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"case\":\"PSIRT-2024-%04u\",\"source\":\"mail\",\"title\":\"", life->number + 1);
	text_title(&f->dice, &life->about, &f->body);
	str_add(&f->body, "\"}");
	return EVENT_CASE_OPENED;
}

static void add_mail(struct filling *f, const struct life *life, size_t bytes)
{
	str_add(&f->body, "{\"channel\":\"maildir\",\"subject\":\"");
	text_title(&f->dice, &life->about, &f->body);
	str_add_format(&f->body, "\",\"from_address\":\"finder%u@research%u.example\",\"from_name\":\"Finder %u\",",
		       life->number % 701, life->number % 53, life->number % 701);
	str_add_format(&f->body, "\"message_id\":\"<%u.%u@research.example>\",\"received\":\"%s\",", life->number,
		       life->step, when(time_of(f)));
	str_add_format(&f->body,
		       "\"verdict\":\"unsigned\",\"raw\":{\"kind\":\"message\",\"size\":%zu,\"sha256\":\"%s\","
		       "\"object\":\"%s\",\"key\":\"%s\"},\"text\":\"",
		       f->report.size, f->report.sha256, f->report.name, f->report.key);
	text_block(&f->dice, &life->about, bytes, &f->body);
	str_add(&f->body, "\"}");
}

static int happen_report(struct filling *f, const struct life *life)
{
	add_mail(f, life, NOTE_BYTES);
	return EVENT_REPORT_RECEIVED;
}

static int happen_mail(struct filling *f, const struct life *life)
{
	add_mail(f, life, 600);
	return EVENT_MESSAGE_RECEIVED;
}

static int set_state(struct filling *f, const char *to)
{
	str_add_format(&f->body, "{\"to\":\"%s\"}", to);
	return EVENT_STATE_SET;
}

static int happen_valid(struct filling *f, const struct life *life)
{
	(void)life;
	return set_state(f, "valid");
}

static int happen_accepted(struct filling *f, const struct life *life)
{
	(void)life;
	return set_state(f, "accepted");
}

static int happen_score(struct filling *f, const struct life *life)
{
	static const char *const vectors[] = {
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N",
		"CVSS:3.1/AV:A/AC:L/PR:N/UI:R/S:U/C:L/I:L/A:H", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
	};

	str_add_format(&f->body, "{\"issuer\":\"us\",\"vector\":\"%s\"}", vectors[life->number % ARRAY_LEN(vectors)]);
	return EVENT_SCORE_SET;
}

static int happen_cwe(struct filling *f, const struct life *life)
{
	static const int cwes[] = { 787, 125, 22, 79, 89, 415, 416, 190, 798, 862, 347, 78 };

	str_add_format(&f->body, "{\"cwe\":\"CWE-%d\"}", cwes[life->number % ARRAY_LEN(cwes)]);
	return EVENT_CWE_SET;
}

static int happen_finder(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"name\":\"Finder %u\",\"role\":\"finder\",\"address\":\"finder%u@research%u.example\"}",
		       life->number % 701, life->number % 701, life->number % 53);
	return EVENT_PARTY_ADDED;
}

static int happen_vendor(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"name\":\"%s\",\"role\":\"vendor\"}", life->about.vendor);
	return EVENT_PARTY_ADDED;
}

static int happen_proposed(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"by\":\"us\",\"until\":\"%s\",\"zone\":\"Asia/Shanghai\"}",
		       when((time_of(f) / INSTANT_DAY + 60 + life->number % 60) * INSTANT_DAY));
	return EVENT_EMBARGO_PROPOSED;
}

static int happen_embargoed(struct filling *f, const struct life *life)
{
	(void)life;
	str_add(&f->body, "{\"by\":\"us\"}");
	return EVENT_EMBARGO_ACCEPTED;
}

static int happen_affected(struct filling *f, const struct life *life)
{
	static const char *const statuses[] = { "affected", "fixed", "not-affected", "under-investigation" };

	str_add_format(&f->body, "{\"product\":\"%s\",\"version\":\"%u.%u\",\"status\":\"%s\"}", life->about.product,
		       life->step, dice_roll(&f->dice, 20), statuses[life->step % ARRAY_LEN(statuses)]);
	return EVENT_AFFECTED_SET;
}

static int happen_cve(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"system\":\"cve\",\"text\":\"%s\"}", life->about.cve);
	return EVENT_ID_ADDED;
}

static int happen_assigned(struct filling *f, const struct life *life)
{
	static const char *const members[] = { "Bench", "Ada", "Lin" };

	str_add_format(&f->body, "{\"member\":\"%s\"}", members[life->number % ARRAY_LEN(members)]);
	return EVENT_ASSIGNED;
}

static int happen_repro(struct filling *f, const struct life *life)
{
	str_add_format(&f->body, "{\"build\":\"%s\",\"verdict\":\"reproduced\",\"steps\":\"", life->about.version);
	text_block(&f->dice, &life->about, NOTE_BYTES, &f->body);
	str_add(&f->body, "\"}");
	return EVENT_REPRO_ADDED;
}

static int happen_note(struct filling *f, const struct life *life)
{
	str_add(&f->body, "{\"text\":\"");
	text_block(&f->dice, &life->about, NOTE_BYTES, &f->body);
	str_add(&f->body, "\"}");
	return EVENT_NOTE_ADDED;
}

static int happen_summary(struct filling *f, const struct life *life)
{
	str_add(&f->body, "{\"summary\":\"");
	text_block(&f->dice, &life->about, 400, &f->body);
	str_add(&f->body, "\"}");
	return EVENT_SUMMARY_SET;
}

static int happen_remedy(struct filling *f, const struct life *life)
{
	str_add(&f->body, "{\"category\":\"vendor_fix\",\"details\":\"");
	text_sentence(&f->dice, &life->about, &f->body);
	str_add(&f->body, "\"}");
	return EVENT_REMEDIATION_SET;
}

/* One case in eight stays open, and old. */
static int happen_public(struct filling *f, const struct life *life)
{
	if (life->number % 8 == 0)
		return happen_note(f, life);
	str_add(&f->body, "{\"bit\":\"public\"}");
	return EVENT_DISCLOSURE_SET;
}

static int happen_closed(struct filling *f, const struct life *life)
{
	return set_state(f, life->number % 8 ? "closed" : "accepted");
}

/* In this order; notes fill what is left, and the last event closes most cases. */
static const happen_fn script[] = {
	happen_opened, happen_report, happen_valid, happen_score, happen_cwe, happen_finder, happen_note,
	happen_proposed, happen_embargoed, happen_affected, happen_accepted, happen_cve, happen_assigned,
	happen_vendor, happen_repro, happen_note, happen_mail, happen_note, happen_summary, happen_affected,
	happen_note, happen_remedy, happen_note, happen_mail, happen_affected,
	happen_public,
};

static const happen_fn brief_script[FILL_BRIEF] = { happen_opened, happen_report, happen_mail, happen_valid };

static int happen(struct filling *f, struct life *life, struct error *err)
{
	uint32_t step = life->step;
	happen_fn fn = step < ARRAY_LEN(script) ? script[step] : happen_note;

	if (f->plan->events == FILL_BRIEF)
		fn = brief_script[step];
	else if (step > 10 && step + 1 == f->plan->events)
		fn = happen_closed;
	str_reset(&f->body);
	return add_event(f, life->stream, fn(f, life), err);
}

/* ---- many of them */

static int begin_cases(struct filling *f, struct error *err)
{
	int code = commit(f, err);

	for (int i = 0; !code && i < BATCH && f->begun < f->plan->cases; i++) {
		struct life *life = &f->active[f->active_count];

		*life = (struct life){ .number = f->begun };
		text_case_init(&f->dice, &life->about, 2024, f->begun);
		code = vault_stream_new(f->vault, VAULT_CASE, time_of(f), life->stream, err);
		f->active_count += !code;
		f->begun++;
	}
	return code;
}

static int go_on(struct filling *f, struct error *err)
{
	uint32_t at = dice_roll(&f->dice, f->active_count);
	struct life *life = &f->active[at];
	int code = happen(f, life, err);
	AUTO_STRING name = life->step ? NULL : mem_format("PSIRT-2024-%04u", life->number + 1);

	if (name)
		vault_name_stream(f->vault, life->stream, name);
	if (++life->step == f->plan->events)
		f->active[at] = f->active[--f->active_count];
	return code;
}

static int add_products(struct filling *f, struct error *err)
{
	const uint8_t *registry = vault_stream_of(f->vault, VAULT_REGISTRY);
	int code = 0;

	for (size_t i = 0; !code && i < text_product_count(); i++) {
		str_reset(&f->body);
		str_add_format(&f->body, "{\"product\":\"P-%zu\",\"name\":\"%s\",\"vendor\":\"%s\"}", i + 1,
			       text_product(i), text_vendor(i));
		code = add_event(f, registry, EVENT_PRODUCT_ADDED, err);
	}
	return code;
}

int vault_fill(struct vault *vault, const struct fill_plan *plan, struct error *err)
{
	static const char mail[] = "Subject: a report\n\nA frame with a long name ends the service.\n";
	struct filling *f = mem_alloc(sizeof(*f));
	int code;

	*f = (struct filling){ .vault = vault, .plan = plan, .dice = { plan->seed }, .body = STR_INIT,
			       .total = (uint64_t)plan->cases * plan->events + text_product_count() };
	code = vault_object_put(vault, mail, sizeof(mail) - 1, &f->report, err);
	if (!code)
		code = add_products(f, err);
	while (!code && (f->active_count || f->begun < plan->cases))
		code = f->active_count <= ACTIVE - BATCH && f->begun < plan->cases ? begin_cases(f, err) :
										    go_on(f, err);
	if (!code)
		code = commit(f, err);
	str_release(&f->body);
	free(f);
	return code;
}

/* ---- the place */

int fill_place(const char *dir, instant now, struct openpgp **ret_pgp, char **ret_vault_dir, struct error *err)
{
	AUTO_STRING gnupg = file_join(dir, "gnupg");
	AUTO_STRING state = file_join(dir, "state");
	AUTO_STRING cache = file_join(dir, "cache");
	AUTO_STRING fingerprint = NULL;
	char *vault = file_join(dir, "vault");
	int code = file_make_dir(gnupg, 0700, err);

	setenv("GNUPGHOME", gnupg, 1);
	setenv("XDG_STATE_HOME", state, 1);
	setenv("XDG_CACHE_HOME", cache, 1);
	*ret_vault_dir = vault;
	if (!code)
		code = openpgp_open(gnupg, ret_pgp, err);
	if (code || file_exists(vault))
		return code;
	code = openpgp_generate(*ret_pgp, "Bench <bench@vendor.example>", &fingerprint, err);
	return code ? code : vault_create(vault, *ret_pgp, fingerprint, NULL, now, err);
}
