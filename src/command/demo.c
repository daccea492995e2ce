/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demonstration: a world with real keys, and the main job played on it by the commands a handler would
 * type. On a terminal the workstation then opens on the demo vault; otherwise each step is printed.
 */
#include "command/command_private.h"

#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/desk/demo.h"
#include "psirtty/desk/letters.h"
#include "psirtty/vault/vault.h"

struct story {
	struct command_context *context; /* the caller's: what is told goes there */
	struct command_context inner;    /* the handler's */
	struct demo_world world;
	const struct conf *take;
	int step;
	uint8_t sample[16];
};

static void tell(struct story *s, const char *title, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(struct story *s, const char *title, const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	made = mem_vformat(format, args);
	va_end(args);
	str_add_format(&s->context->out, "%2d  ", ++s->step);
	command_field(s->context, title, "%s", made);
	free(made);
}

static void add(struct story *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct story *s, const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	made = mem_vformat(format, args);
	va_end(args);
	command_say(s->context, "    %-12s %s", "", made);
	free(made);
}

/* One command line as words; what it prints stays in inner.out. */
static int words(struct story *s, struct error *err, ...) __attribute__((sentinel));

static int words(struct story *s, struct error *err, ...)
{
	char *argv[24];
	int argc = 0;
	va_list args;

	va_start(args, err);
	while (argc < (int)ARRAY_LEN(argv) && (argv[argc] = va_arg(args, char *)))
		argc++;
	va_end(args);
	str_reset(&s->inner.out);
	return command_run(&s->inner, argc, argv, err);
}

static const struct case_state *the_case(struct story *s)
{
	return model_case(desk_model(s->inner.desk), 0);
}

/* ---- the steps, in the order of the story */

static int step_keys(struct story *s, struct error *err)
{
	const struct demo_person *mara;
	int code = demo_world_make(s->world.dir, command_now(s->context), &s->world, err);

	if (code)
		return code;
	mara = demo_person(&s->world, "mara");
	tell(s, _("keys"), _("made by gpg: handler %s"), s->world.fingerprint);
	add(s, _("finder %s <%s> %s"), mara->name, mara->address, mara->fingerprint);
	tell(s, _("mail"), _("5 reports lie in %s"), s->world.maildir);
	s->take = conf_get(&s->world.script, "take");
	s->inner.vault_dir = s->world.vault;
	s->inner.gpg_home = s->world.gpg_home;
	return 0;
}

static int step_init(struct story *s, struct error *err)
{
	int code = words(s, err, "init", s->world.vault, "--handler", s->world.fingerprint, NULL);

	if (!code)
		code = words(s, err, "policy", "set", "publisher", conf_text(&s->world.script, "publisher", ""), NULL);
	if (!code)
		code = words(s, err, "policy", "set", "namespace", conf_text(&s->world.script, "namespace", ""), NULL);
	if (!code)
		code = words(s, err, "policy", "set", "contact", conf_text(&s->world.script, "contact", ""), NULL);
	if (!code)
		code = words(s, err, "policy", "set", "provider", conf_text(&s->world.script, "provider", ""), NULL);
	if (!code)
		tell(s, _("vault"), "%s", s->world.vault);
	return code;
}

static int add_product(struct story *s, const struct conf *product, struct error *err)
{
	static const char *const options[][2] = { { "--vendor", "vendor" }, { "--purl", "purl" }, { "--cpe", "cpe" } };
	const struct conf *versions = conf_get(product, "versions");
	const char *argv[32] = { "product", "add", conf_text(product, "id", ""), conf_text(product, "name", "") };
	int argc = 4;

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (conf_get(product, options[i][1])) {
			argv[argc++] = options[i][0];
			argv[argc++] = conf_text(product, options[i][1], "");
		}
	for (size_t i = 0; versions && i < versions->count && argc < 30; i++) {
		argv[argc++] = "--version";
		argv[argc++] = versions->items[i].text;
	}
	str_reset(&s->inner.out);
	return command_run(&s->inner, argc, (char *const *)argv, err);
}

static int step_registers(struct story *s, struct error *err)
{
	const struct conf *products = conf_get(&s->world.script, "products");
	int code = 0;

	for (size_t i = 0; !code && products && i < products->count; i++)
		code = add_product(s, &products->items[i], err);
	for (size_t i = 0; !code && i < s->world.person_count; i++) {
		const struct demo_person *p = &s->world.people[i];

		if (p->pinned)
			code = words(s, err, "key", "pin", p->address, p->fingerprint, NULL);
	}
	return code;
}

static int step_import(struct story *s, struct error *err)
{
	const struct model *model;
	int code = words(s, err, "mail", "import", s->world.maildir, NULL);

	if (code)
		return code;
	model = desk_model(s->inner.desk);
	tell(s, _("mail import"), "%.*s", (int)strcspn(s->inner.out.bytes, "\n"), s->inner.out.bytes);
	for (size_t i = 0; i < model_inbox_count(model); i++) {
		const struct inbox_item *item = model_inbox(model, i);
		enum signature_state signature = mail_record_signature(&item->record);

		add(s, "%s  %-9s  %-9s  %-11s  %s", item->id, verdict_name(item->record.verdict),
		    encryption_name(item->record.encryption),
		    signature == SIGNATURE_COUNT ? "none" : signature_name(signature),
		    str_or_empty(item->record.subject));
	}
	return 0;
}

static int step_take(struct story *s, struct error *err)
{
	const struct inbox_item *item = model_inbox(desk_model(s->inner.desk), 0);
	const struct case_state *state;
	char at[40];
	int code = words(s, err, "mail", "take", item->id, "--title", conf_text(s->take, "title", ""), NULL);

	if (code)
		return code;
	state = the_case(s);
	tell(s, _("mail take"), _("%s opened from %s, received %s"), state->id, state->messages[0].mail,
	     instant_format(state->messages[0].at, at));
	add(s, _("decrypted, signature good, signer pinned: %s"), str_or_empty(state->messages[0].fingerprint));
	return 0;
}

static int step_triage(struct story *s, struct error *err)
{
	static const char *const versions[][2] = {
		{ "4.1.0", "affected" }, { "4.2.0", "affected" }, { "4.2.1", "under-investigation" },
	};
	AUTO_STRING id = mem_string(the_case(s)->id);
	const struct case_score *score;
	char tenths[8];
	int code = words(s, err, "case", "state", id, "valid", NULL);

	if (!code)
		code = words(s, err, "case", "state", id, "accepted", NULL);
	if (!code)
		code = words(s, err, "case", "set", id, "score", conf_text(s->take, "score", ""), NULL);
	if (!code)
		code = words(s, err, "case", "set", id, "cwe", conf_text(s->take, "cwe", ""), NULL);
	if (!code)
		code = words(s, err, "case", "set", id, "summary", conf_text(s->take, "summary", ""), NULL);
	if (!code)
		code = words(s, err, "case", "set", id, "assignee", desk_handler(s->inner.desk), NULL);
	for (size_t i = 0; !code && i < ARRAY_LEN(versions); i++)
		code = words(s, err, "affected", "set", id, "gateway", versions[i][0], versions[i][1], NULL);
	if (code)
		return code;
	score = case_leading_score(the_case(s));
	tell(s, _("triage"), _("%s is %s, %s, CVSS %s %s %s"), id, rm_name(the_case(s)->rm), the_case(s)->cwe,
	     cvss_version_name(score->cvss.version), cvss_tenths(score->cvss.overall, tenths),
	     cvss_severity_name(score->cvss.severity));
	add(s, "%s", score->vector);
	return 0;
}

static int step_repro(struct story *s, struct error *err)
{
	static const char notes[] = "SIGSEGV in tlv_copy, chunk header 0x4141414141414141\n";
	AUTO_STRING id = mem_string(the_case(s)->id);
	AUTO_STRING log = file_join(s->world.dir, "gdb-session.log");
	int code = file_write(log, notes, strlen(notes), 0600, err);

	if (!code)
		code = words(s, err, "repro", "add", id, conf_text(s->take, "build", ""), "reproduced", "--environment",
			     conf_text(s->take, "environment", ""), "--text", conf_text(s->take, "steps", ""), "--attach",
			     log, NULL);
	unlink(log);
	if (!code)
		tell(s, _("reproduction"), "%.*s", (int)strcspn(s->inner.out.bytes, "\n"), s->inner.out.bytes);
	return code;
}

/* Ninety days after the report, nine in the morning where the finder is. */
static void embargo_end(struct story *s, char ret[40])
{
	instant day = the_case(s)->messages[0].at + 90 * INSTANT_DAY;
	struct zoned end = { .at = day - day % INSTANT_DAY + 8 * INSTANT_HOUR, .offset = 60 };

	zoned_format_rfc3339(&end, ret);
}

static int step_embargo(struct story *s, struct error *err)
{
	AUTO_STRING id = mem_string(the_case(s)->id);
	const struct demo_person *mara = demo_person(&s->world, "mara");
	const struct demo_person *coordinator = demo_person(&s->world, "coordinator");
	AUTO_STRING calendar = file_join(s->world.dir, "calendar.ics");
	char until[40], shown[96], utc[40];
	int code = words(s, err, "party", "add", id, coordinator->name, "coordinator", "--address",
			 coordinator->address, NULL);

	embargo_end(s, until);
	if (!code)
		code = words(s, err, "embargo", "propose", id, until, "--by", mara->name, NULL);
	if (!code)
		tell(s, _("embargo"), _("proposed by %s: %s"), mara->name,
		     zoned_format(&the_case(s)->embargo.proposed, shown));
	if (!code)
		code = words(s, err, "embargo", "accept", id, NULL);
	if (!code)
		code = words(s, err, "embargo", "accept", id, "--by", coordinator->name, NULL);
	if (!code)
		add(s, _("accepted; ends %s (%s)"), zoned_format(&the_case(s)->embargo.until, shown),
		    instant_format(the_case(s)->embargo.until.at, utc));
	if (!code)
		code = words(s, err, "calendar", "export", calendar, NULL);
	if (!code)
		tell(s, _("calendar"), "%.*s", (int)strcspn(s->inner.out.bytes, "\n"), s->inner.out.bytes);
	return code;
}

static const char *yes_no(bool yes)
{
	return yes ? _("yes") : _("no");
}

static int step_reply(struct story *s, struct error *err)
{
	AUTO_STRING id = mem_string(the_case(s)->id);
	const char *text = conf_text(s->take, "reply", "");
	struct draft_sent sent = { 0 };
	AUTO_STRING path = NULL;
	char **drafts = NULL;
	size_t count = 0;
	int code = words(s, err, "mail", "reply", id, "--text", text, NULL);

	if (!code)
		code = desk_draft_list(s->inner.desk, &drafts, &count, err);
	if (!code && count)
		code = words(s, err, "mail", "check", drafts[0], NULL);
	if (!code && count)
		code = desk_draft_send(s->inner.desk, drafts[0], &(struct desk_send){ 0 }, command_now(s->context), &sent, err);
	path = mem_string(sent.path);
	draft_sent_release(&sent);
	file_free_names(drafts, count);
	if (code)
		return code;
	tell(s, _("reply"), _("signed, encrypted, in the outbox: %s"), path);
	add(s, _("opens with the finder's key: %s; with ours: %s; with the coordinator's: %s"),
	     yes_no(demo_can_read(demo_person(&s->world, "mara")->home, path, "Dear Mara")),
	     yes_no(demo_can_read(s->world.gpg_home, path, "Dear Mara")),
	     yes_no(demo_can_read(demo_person(&s->world, "coordinator")->home, path, "Dear Mara")));
	return 0;
}

static int step_advisory(struct story *s, struct error *err)
{
	AUTO_STRING id = mem_string(the_case(s)->id);
	AUTO_STRING file = NULL;
	int code = words(s, err, "case", "set", id, "disclosure", "vendor-aware", NULL);

	if (!code)
		code = words(s, err, "remediation", "set", id, "vendor_fix", conf_text(s->take, "remediation", ""), NULL);
	if (!code)
		code = words(s, err, "advisory", "new", id, NULL);
	if (!code)
		code = words(s, err, "advisory", "set", id, "recommendation", conf_text(s->take, "recommendation", ""),
			     NULL);
	if (code)
		return code;
	file = mem_format("%s/%s.json", s->world.dir, the_case(s)->advisory->id);
	for (char *c = strrchr(file, '/'); *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	code = words(s, err, "advisory", "render", id, "--to", "csaf-2.0", "--out", file, NULL);
	if (!code)
		tell(s, _("advisory"), _("CSAF 2.0: %s"), file);
	return code;
}

/* A second case with an open proposal, and a report that is none: so that every pane has something. */
static int step_others(struct story *s, struct error *err)
{
	const struct demo_person *lin = demo_person(&s->world, "lin");
	const struct model *model = desk_model(s->inner.desk);
	char until[40];
	int code = words(s, err, "mail", "take", "M-0002", NULL);

	embargo_end(s, until);
	if (!code)
		code = words(s, err, "embargo", "propose", "2", until, "--by", lin->name, NULL);
	if (!code)
		code = words(s, err, "affected", "set", "2", "meter", "2.8.3", "under-investigation", NULL);
	if (!code)
		code = words(s, err, "mail", "take", "M-0005", NULL);
	if (!code)
		code = words(s, err, "case", "state", "3", "invalid", "a question about a product, no vulnerability",
			     NULL);
	for (size_t i = 1; !code && i < model_case_count(model); i++)
		tell(s, _("also"), "%s  %s  %s", model_case(model, i)->id, rm_name(model_case(model, i)->rm),
		     model_case(model, i)->title);
	return code;
}

static int step_audit(struct story *s, struct error *err)
{
	const struct case_state *state = the_case(s);
	int code = vault_sealed_sample(desk_vault(s->inner.desk), state->events[2].gseq, s->sample, err);

	desk_close(s->inner.desk);
	s->inner.desk = NULL;
	if (!code)
		code = words(s, err, "audit", "verify", NULL);
	if (!code)
		tell(s, _("audit"), "%.*s", (int)strcspn(s->inner.out.bytes, "\n"), s->inner.out.bytes);
	return code;
}

static int step_damage(struct story *s, struct error *err)
{
	AUTO_STRING copy = file_join(s->world.dir, "vault-damaged");
	AUTO_ERROR why = ERROR_INIT;
	int code = demo_tamper(s->world.vault, copy, s->sample, err);

	if (code)
		return code;
	s->inner.vault_dir = copy;
	code = words(s, &why, "audit", "verify", NULL);
	s->inner.vault_dir = s->world.vault;
	tell(s, _("damage"), _("one bit of a copy flipped; audit verify exits %d:"), error_exit_status(code));
	add(s, "%.*s", (int)strcspn(s->inner.out.bytes, "\n"), s->inner.out.bytes);
	file_remove_tree(copy, NULL);
	return code == ERR_NO ? 0 : error_set(err, ERR_BUG, "demo", NULL, "the damage was not found");
}

static int (*const steps[])(struct story *s, struct error *err) = {
	step_keys,  step_init,	step_registers, step_import,   step_take,   step_triage, step_repro,
	step_embargo, step_reply, step_advisory,  step_others,	 step_audit,  step_damage,
};

static int play(struct story *s, struct error *err)
{
	int code = 0;

	for (size_t i = 0; !code && i < ARRAY_LEN(steps); i++)
		code = steps[i](s, err);
	demo_world_rest(&s->world);
	if (!code) {
		str_add_char(&s->context->out, '\n');
		command_say(s->context, _("Open it with: GNUPGHOME=%s psirtty --vault %s"), s->world.gpg_home,
			    s->world.vault);
	}
	return code;
}

static char *demo_place(const struct command_call *call)
{
	AUTO_STRING share = file_share_dir();

	return call_value(call, "DIR") ? mem_string(call_value(call, "DIR")) : file_join(share, "demo");
}

/* Points the caller at the demo vault and asks for the workstation. */
static void open_workstation(struct command_context *context, const char *dir)
{
	static char *vault, *home; /* for the rest of the process */

	free(vault);
	free(home);
	vault = file_join(dir, "vault");
	home = file_join(dir, "gnupg");
	context->vault_dir = vault;
	context->gpg_home = home;
	context->request = SCREEN_WORKSTATION;
}

static int run_demo(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING dir = demo_place(call);
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	struct story story = { .context = context, .inner = { .out = STR_INIT } };
	int code = 0;

	if (terminal && demo_is_there(dir)) {
		open_workstation(context, dir);
		return 0;
	}
	story.inner.now_fixed = context->now_fixed;
	story.inner.now = context->now;
	story.world.dir = dir;
	code = play(&story, err);
	command_context_release(&story.inner);
	if (story.world.dir != dir)
		demo_world_release(&story.world);
	if (!code && terminal) {
		str_reset(&context->out);
		open_workstation(context, dir);
	}
	return code;
}

const struct command_row demo_commands[] = {
	{
		.name = "demo",
		.help = N_("make a demo vault and play the main job on it"),
		.flags = COMMAND_NO_VAULT | COMMAND_OWN_VAULT | COMMAND_BULK,
		.arguments = { ARG_MAY("DIR", ARG_DIR, N_("where; an older demo there is replaced")) },
		.exec = run_demo,
	},
	{ .name = NULL },
};
