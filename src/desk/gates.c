/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates at the desk: gathers what is about to leave (the advisory as people will read it, a letter, files), has
 * it evaluated by the model, and tells the result in the case.
 */
#include "psirtty/desk/gates.h"

#include <fcntl.h>
#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/desk/advisory.h"
#include "psirtty/desk/life.h"
#include "psirtty/format/mime.h"
#include "psirtty/vault/members.h"

enum { FILE_LIMIT = 64 << 20 };

/* ---- the rules */

struct desk_laws {
	struct gate_rules gates;
	struct lint_rules *lint;
	struct collision_rules collisions;
};

void desk_laws_free(struct desk_laws *laws)
{
	if (!laws)
		return;
	gate_rules_release(&laws->gates);
	lint_rules_free(laws->lint);
	collision_rules_release(&laws->collisions);
	free(laws);
}

static int read_gates(const struct conf *conf, struct desk_laws *laws, struct error *err)
{
	return gate_rules_load(conf, &laws->gates, err);
}

static int read_lint(const struct conf *conf, struct desk_laws *laws, struct error *err)
{
	return lint_rules_load(conf, &laws->lint, err);
}

static int read_collisions(const struct conf *conf, struct desk_laws *laws, struct error *err)
{
	return collision_rules_load(conf, &laws->collisions, err);
}

static int load_laws(struct desk *desk, struct error *err)
{
	static const struct {
		const char *name;
		int (*read)(const struct conf *, struct desk_laws *, struct error *);
	} parts[] = { { "gates.yaml", read_gates }, { "lint.yaml", read_lint }, { "collisions.yaml", read_collisions } };
	struct desk_laws *laws;
	int code = 0;

	if (desk->laws)
		return 0;
	laws = mem_alloc(sizeof(*laws));
	for (size_t i = 0; !code && i < ARRAY_LEN(parts); i++) {
		AUTO_STRING path = file_data(parts[i].name);
		struct conf conf;

		code = conf_load_file(path, &conf, err);
		if (code)
			break;
		code = parts[i].read(&conf, laws, err);
		conf_release(&conf);
	}
	if (code)
		desk_laws_free(laws);
	else
		desk->laws = laws;
	return code;
}

int desk_gate_rules(struct desk *desk, const struct gate_rules **ret, struct error *err)
{
	int code = load_laws(desk, err);

	if (!code)
		*ret = &desk->laws->gates;
	return code;
}

int desk_collision_rules(struct desk *desk, const struct collision_rules **ret, struct error *err)
{
	int code = load_laws(desk, err);

	if (!code)
		*ret = &desk->laws->collisions;
	return code;
}

/* ---- what is about to leave */

struct gathered {
	struct str text;
	struct gate_recipient *to; size_t to_count;
	struct gate_attachment *files; size_t file_count;
	json_t *draft;      /* owned; holds strings of the above */
	bool form;
};

static void gathered_release(struct gathered *g)
{
	str_wipe(&g->text);
	json_decref(g->draft);
	free(g->to);
	free(g->files);
}

/* Members read the vault as it is: nothing leaves to them. */
static bool is_member(const struct desk *desk, const struct gate_recipient *who)
{
	struct vault_member *members = NULL;
	size_t count = 0;
	/* A key's own words about itself prove nothing: where there is one, it decides. */
	bool found = !who->fingerprint && who->address && str_casecmp(who->address, desk->address) == 0;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; !found && who->fingerprint && i < count; i++)
		found = members[i].live && str_casecmp(members[i].fingerprint, who->fingerprint) == 0;
	free(members);
	return found;
}

static void add_recipient(struct desk *desk, struct gathered *g, const struct gate_recipient *who)
{
	if (is_member(desk, who))
		return;
	g->to = mem_resize(g->to, g->to_count + 1, sizeof(*g->to));
	g->to[g->to_count++] = *who;
}

/* A program by its first bytes, whatever it is called. */
static const char *type_of(const struct str *bytes)
{
	static const struct { const char *magic; size_t length; const char *type; } magics[] = {
		{ "\x7f" "ELF", 4, "application/x-executable" }, { "MZ", 2, "application/x-dosexec" },
		{ "#!", 2, "application/x-sh" },		 { "\xcf\xfa\xed\xfe", 4, "application/x-mach-binary" },
		{ "\xca\xfe\xba\xbe", 4, "application/x-mach-binary" },
	};

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (bytes->length >= magics[i].length &&
		    memcmp(bytes->bytes, magics[i].magic, magics[i].length) == 0)
			return magics[i].type;
	return NULL;
}

/* What the case knows this very file as, by its hash. */
static const char *known_kind(const struct case_state *state, const char *sha256)
{
	struct case_files files;
	const char *kind = NULL;

	desk_files(state, &files);
	for (size_t i = 0; !kind && i < files.count; i++)
		if (str_equal(files.files[i].file->sha256, sha256))
			kind = files.files[i].file->kind;
	case_files_release(&files);
	return kind;
}

static int add_file(const struct case_state *state, struct gathered *g, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	struct gate_attachment *file;
	AUTO_STR bytes = STR_INIT;
	char sha256[65];
	uint64_t size;
	int fd, code = file_read(path, FILE_LIMIT, &bytes, err);

	if (code)
		return code;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	code = fd < 0 ? error_errno(err, ERR_INPUT, path, NULL) : desk_file_sum(fd, sha256, &size, err);
	if (fd >= 0)
		close(fd);
	if (code)
		return code;
	g->files = mem_resize(g->files, g->file_count + 1, sizeof(*g->files));
	file = &g->files[g->file_count++];
	*file = (struct gate_attachment){ slash ? slash + 1 : path, type_of(&bytes), known_kind(state, sha256) };
	if (!file->type && utf8_valid(bytes.bytes, bytes.length) && !memchr(bytes.bytes, 0, bytes.length)) {
		str_add_bytes(&g->text, bytes.bytes, bytes.length);
		str_add_char(&g->text, '\n');
	}
	return 0;
}

static void add_draft_people(struct desk *desk, struct gathered *g, const char *part)
{
	const json_t *list = js_array(g->draft, part);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const struct gate_recipient who = { .name = js_string(one, "name"), .address = js_string(one, "address") };

		add_recipient(desk, g, &who);
	}
}

/* What is attached to a letter, by its bytes and by what the case knows it as. */
static void add_draft_files(const struct case_state *state, struct gathered *g)
{
	const json_t *list = js_array(g->draft, "files");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		const char *content = str_or_empty(js_string(one, "content"));
		AUTO_STR bytes = STR_INIT;
		struct gate_attachment *file;

		mime_decode_base64(content, strlen(content), &bytes);
		g->files = mem_resize(g->files, g->file_count + 1, sizeof(*g->files));
		file = &g->files[g->file_count++];
		*file = (struct gate_attachment){ str_or_empty(js_string(one, "name")), type_of(&bytes),
						  known_kind(state, js_string(one, "sha256")) };
		if (!file->type && utf8_valid(bytes.bytes, bytes.length) && !memchr(bytes.bytes, 0, bytes.length)) {
			str_add_bytes(&g->text, bytes.bytes, bytes.length);
			str_add_char(&g->text, '\n');
		}
	}
}

static int add_draft(struct desk *desk, const struct case_state *state, struct gathered *g, const char *id, struct error *err)
{
	struct gate_recipient who = { 0 };
	int code = desk_draft_load(desk, id, &g->draft, err);

	if (code)
		return code;
	who.address = js_string(g->draft, "address");
	add_recipient(desk, g, &who);
	str_add_format(&g->text, "%s\n%s\n", str_or_empty(js_string(g->draft, "subject")),
		       str_or_empty(js_string(g->draft, "text")));
	g->form = desk_draft_is_form(g->draft);
	add_draft_people(desk, g, "cc");
	add_draft_people(desk, g, "bcc");
	add_draft_files(state, g);
	return 0;
}

/* In every language it is written in. */
static int add_advisory(struct desk *desk, const struct case_state *state, instant now, struct gathered *g,
			struct error *err)
{
	const char **languages;
	size_t count = desk_advisory_languages(state, &languages);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++)
		code = desk_advisory_write(desk, state, "text", languages[i], now, &g->text, NULL, err);
	free(languages);
	return code;
}

static int gather(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		  struct gathered *g, struct error *err)
{
	int code = desk_whole_case(desk, state, err);

	for (size_t i = 0; i < leaving->to_count; i++)
		add_recipient(desk, g, &leaving->to[i]);
	for (size_t i = 0; !code && i < leaving->file_count; i++)
		code = add_file(state, g, leaving->files[i], err);
	if (!code && leaving->draft)
		code = add_draft(desk, state, g, leaving->draft, err);
	if (!code && leaving->action == GATE_PUBLISH && !leaving->file_count && state->advisory)
		code = add_advisory(desk, state, now, g, err);
	return code;
}

/* ---- evaluation */

void desk_gates_release(struct desk_gates *gates)
{
	gate_verdicts_free(gates->verdicts, gates->count);
	*gates = (struct desk_gates){ 0 };
}

/* Who may only read the case can ask, but not write that down. */
static int tell(struct desk *desk, const struct case_state *state, const struct gate_request *request,
		const struct desk_gates *gates, instant now, struct error *err)
{
	if (desk_readonly(desk) || !(vault_rights(desk->vault, state->stream) & VAULT_WRITE))
		return 0;
	return desk_append(desk, state, EVENT_GATE_EVALUATED, gates_told(request, gates->verdicts, gates->count), now, err);
}

static int evaluate(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, bool told,
		    instant now, struct desk_gates *ret, struct error *err)
{
	struct gathered g = { .text = STR_INIT };
	struct desk_gates gates = { 0 };
	int code = load_laws(desk, err);

	if (!code)
		code = gather(desk, state, leaving, now, &g, err);
	if (!code) {
		const struct gate_request request = {
			.action = leaving->action, .model = desk->model, .state = state, .now = now,
			.lint = desk->laws->lint, .text = g.text.length ? g.text.bytes : NULL, .length = g.text.length,
			.form = g.form, .recipients = g.to, .recipient_count = g.to_count, .attachments = g.files,
			.attachment_count = g.file_count,
		};

		gates_evaluate(&desk->laws->gates, &request, &gates.verdicts, &gates.count);
		code = told ? tell(desk, state, &request, &gates, now, err) : 0;
	}
	gathered_release(&g);
	if (code)
		desk_gates_release(&gates);
	else
		*ret = gates;
	return code;
}

int desk_gates_look(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		    struct desk_gates *ret, struct error *err)
{
	return evaluate(desk, state, leaving, false, now, ret, err);
}

int desk_gates_ask(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		   struct desk_gates *ret, struct error *err)
{
	return evaluate(desk, state, leaving, true, now, ret, err);
}

char *desk_gate_sentence(const struct gate_verdict *verdict)
{
	AUTO_STR text = STR_INIT;

	str_add_format(&text, _("gate %s is closed: "), verdict->rule->id);
	for (size_t i = 0; i < verdict->reason_count; i++) {
		if (i)
			str_add(&text, "; ");
		gate_reason_text(verdict->reasons[i], &text);
	}
	return str_detach(&text);
}

/* ---- the embargo: what leaves as a file leaves only to those who agreed to it */

static bool is_party_at(const struct case_party *party, const struct gate_recipient *who)
{
	return (who->fingerprint && party->fingerprint && str_casecmp(party->fingerprint, who->fingerprint) == 0) ||
	       (who->address && party->address && str_casecmp(party->address, who->address) == 0);
}

/* Who brought the report knows it already. */
static bool brought_report(const struct case_state *state, const struct gate_recipient *who)
{
	for (size_t i = 0; who->address && i < state->message_count; i++)
		if (state->messages[i].type == EVENT_REPORT_RECEIVED && state->messages[i].address &&
		    str_casecmp(state->messages[i].address, who->address) == 0)
			return true;
	return false;
}

static int check_consent(const struct case_state *state, const struct gate_recipient *who, instant now,
			 struct error *err)
{
	for (size_t i = 0; i < state->party_count; i++) {
		const struct case_party *party = &state->parties[i];

		if (!is_party_at(party, who))
			continue;
		if (str_equal(party->role, "finder") || str_equal(party->role, "reporter") ||
		    case_may_share(state, party, now))
			return 0;
		return error_set(err, ERR_NO, state->id, _("Ask it with embargo invite, and record its yes with embargo accept --by"),
				 _("rule CM-10: %.80s has not agreed to the embargo"), party->name);
	}
	if (brought_report(state, who))
		return 0;
	return error_set(err, ERR_NO, state->id, _("Add it with party add, and ask it to agree with embargo invite"),
			 _("rule CM-10: there is an embargo, and %.80s is not a party of the case"),
			 str_or_empty(who->address ? who->address : who->fingerprint));
}

static int check_consents(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving,
			  instant now, struct error *err)
{
	int code = desk_whole_case(desk, state, err);

	if (code || leaving->action != GATE_EXPORT || !embargo_in_force(&state->embargo))
		return code;
	for (size_t i = 0; !code && i < leaving->to_count; i++)
		if (!is_member(desk, &leaving->to[i]))
			code = check_consent(state, &leaving->to[i], now, err);
	return code;
}

int desk_gates_pass(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving, instant now,
		    struct error *err)
{
	struct desk_gates gates;
	int code = check_consents(desk, state, leaving, now, err);

	if (!code)
		code = desk_gates_ask(desk, state, leaving, now, &gates, err);
	if (code)
		return code;
	for (size_t i = 0; !code && i < gates.count; i++) {
		AUTO_STRING why = desk_gate_sentence(&gates.verdicts[i]);

		if (!gates_open(&gates.verdicts[i], 1))
			code = error_set(err, ERR_NO, state->id, gates.verdicts[i].rule->remedy, "%s", why);
	}
	desk_gates_release(&gates);
	return code;
}

/* ---- what persons clear */

static int find_closed(struct desk *desk, const struct desk_gates *gates, const char *gate,
		       const struct gate_verdict **ret, struct error *err)
{
	const struct gate_rule *rule = gate_rule(&desk->laws->gates, gate);

	if (!rule)
		return error_set(err, ERR_USAGE, gate, _("See `gate list`"), _("there is no such gate"));
	for (size_t i = 0; i < gates->count; i++)
		if (gates->verdicts[i].rule == rule && gates->verdicts[i].reason_count) {
			*ret = &gates->verdicts[i];
			return 0;
		}
	return error_set(err, ERR_NO, rule->id, NULL, _("it is not closed: there is nothing to clear"));
}

static int check_needs(const struct gate_rule *rule, const char *reference, const char *evidence, struct error *err)
{
	if ((rule->needs & GATE_NEEDS_REFERENCE) && (!reference || !*reference))
		return error_set(err, ERR_USAGE, rule->id, _("Give --reference"),
				 _("it is cleared only with the reference of a consent or a legal decision"));
	if ((rule->needs & GATE_NEEDS_EVIDENCE) && !evidence)
		return error_set(err, ERR_USAGE, rule->id, _("Give --evidence FILE"),
				 _("it is cleared only with the document that allows it"));
	return 0;
}

static int append_cleared(struct desk *desk, const struct case_state *state, enum gate_action action,
			  const struct gate_verdict *verdict, const char *reason, const char *reference,
			  const char *evidence, instant now, struct error *err)
{
	json_t *body, *list = NULL;
	int code = 0;

	if (evidence) {
		list = json_array();
		code = desk_attach_one(desk, evidence, list, err);
	}
	if (!code) {
		body = gate_clearance(verdict, action, reason, reference,
				      list ? js_string(json_array_get(list, 0), "sha256") : NULL);
		if (list)
			json_object_set(body, "attachments", list);
		code = desk_append(desk, state, EVENT_GATE_CLEARED, body, now, err);
	}
	json_decref(list);
	return code;
}

int desk_gate_clear(struct desk *desk, const struct case_state *state, const struct desk_leaving *leaving,
		    const char *gate, const char *reason, const char *reference, const char *evidence, instant now,
		    struct desk_gates *ret, struct error *err)
{
	const struct gate_verdict *verdict = NULL;
	struct desk_gates gates;
	int code = desk_gates_ask(desk, state, leaving, now, &gates, err);

	if (code)
		return code;
	code = find_closed(desk, &gates, gate, &verdict, err);
	if (!code)
		code = check_needs(verdict->rule, reference, evidence, err);
	if (!code)
		code = append_cleared(desk, state, leaving->action, verdict, reason, reference, evidence, now, err);
	desk_gates_release(&gates);
	return code ? code : desk_gates_ask(desk, state, leaving, now, ret, err);
}

/* Switching a gate is the house's policy, so an admin's. */
static int admins_only(struct desk *desk, struct error *err)
{
	struct vault_member *members;
	size_t count;
	bool admin = false;

	vault_members(desk->vault, &members, &count);
	for (size_t i = 0; i < count; i++)
		admin = admin || (members[i].me && members[i].live && members[i].role == VAULT_ADMIN);
	free(members);
	if (admin)
		return 0;
	return error_set(err, ERR_DENIED, _("gate"), _("Ask an admin; a single case is cleared with `gate clear`"),
			 _("only an admin switches a gate for all cases"));
}

int desk_gate_mode(struct desk *desk, const char *gate, const char *mode, const char *reason, instant now,
		   struct error *err)
{
	const struct gate_rule *rule;
	json_t *body;
	int code = load_laws(desk, err);

	if (!code)
		code = admins_only(desk, err);
	if (code)
		return code;
	rule = gate_rule(&desk->laws->gates, gate);
	if (!rule)
		return error_set(err, ERR_USAGE, gate, _("See `gate list`"), _("there is no such gate"));
	body = json_object();
	js_set_string(body, "gate", rule->id);
	js_set_string(body, "mode", mode);
	js_set_string(body, "reason", reason);
	return desk_append(desk, NULL, EVENT_GATE_MODE_SET, body, now, err);
}

/* ---- collisions */

int desk_collision(struct desk *desk, const struct case_state *state, instant now, struct collision *ret,
		   struct error *err)
{
	int code = load_laws(desk, err);

	if (!code)
		code = desk_whole_case(desk, state, err);
	if (!code)
		collision_find(&desk->laws->collisions, desk->model, state, now, ret);
	return code;
}

static int check_option(const struct collision_rules *rules, const char *option, struct error *err)
{
	AUTO_STR known = STR_INIT;

	if (collision_option(rules, option))
		return 0;
	for (size_t i = 0; i < rules->option_count; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", rules->options[i].id);
	return error_set(err, ERR_USAGE, option, NULL, _("no such option; there are: %s"), known.bytes);
}

int desk_collision_decide(struct desk *desk, const struct case_state *state, const char *option, const char *by,
			  const char *reason, const char *reference, instant now, struct error *err)
{
	struct collision collision;
	AUTO_STR about = STR_INIT;
	json_t *body;
	int code = desk_collision(desk, state, now, &collision, err);

	if (code)
		return code;
	for (size_t i = 0; i < collision.count; i++)
		if (!collision.sides[i].decision)
			str_add_format(&about, "%s%s", about.length ? "\n" : "", collision.sides[i].about);
	collision_release(&collision);
	code = check_option(&desk->laws->collisions, option, err);
	if (!code && !about.length)
		code = error_set(err, ERR_NO, state->id, NULL, _("nothing collides that is not decided"));
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "collision", desk->laws->collisions.rule.citation);
	js_set_string(body, "about", about.bytes);
	js_set_string(body, "decision", option);
	js_set_string(body, "by", by);
	js_set_string(body, "reason", reason);
	js_set_string(body, "reference", reference);
	return desk_append(desk, state, EVENT_COLLISION_DECIDED, body, now, err);
}
