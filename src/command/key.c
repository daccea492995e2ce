/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about OpenPGP keys: taken in, pinned with how they were checked, changed by two, published. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/desk/keys.h"
#include "psirtty/format/wkd.h"
#include "psirtty/vault/openpgp.h"

enum { KEY_LIMIT = 5 << 20 };

/* ---- what a key is */

static const char *key_state(const struct openpgp_key *key)
{
	return key->revoked ? "revoked" : key->expired ? "expired" : key->can_encrypt ? "usable" : "cannot-encrypt";
}

static const char *key_state_text(const struct openpgp_key *key)
{
	return key->revoked ? _("revoked") :
	       key->expired ? _("expired") :
	       key->can_encrypt ? _("usable") : _("cannot encrypt");
}

static const char *expiry(const struct openpgp_key *key, char buffer[40])
{
	return key->expires == INSTANT_NONE ? "-" : instant_format_date(key->expires, buffer);
}

/* ---- pins */

static void say_pinned(struct command_context *context, enum desk_pinned how, const char *address, const char *print)
{
	static const char *const words[] = {
		[PINNED_NEW] = N_("pinned"),
		[PINNED_SIGNED] = N_("the old key signed the change; pinned"),
		[PINNED_CONFIRMED] = N_("two persons agree; pinned"),
		[PINNED_ALONE] = N_("nobody else is here, which is recorded; pinned"),
		[PINNED_ASKED] = N_("asked, not pinned yet: a second person compares the fingerprint and pins the same"),
	};

	command_say(context, _("%s: %s to %s"), _(words[how]), print, address);
}

static int run_pin(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk_pinning pinning = { .address = call_value(call, "ADDRESS"), .fingerprint = call_value(call, "FINGERPRINT"),
					.verified = call_value(call, "--verified"), .note = call_value(call, "--note"),
					.alone = call_given(call, "--alone") };
	const char *file = call_value(call, "--signed");
	AUTO_STR statement = STR_INIT;
	struct openpgp_key key = { 0 };
	enum desk_pinned how;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code && file)
		code = file_read(file, KEY_LIMIT, &statement, err);
	if (file)
		pinning.statement = statement.bytes;
	if (!code)
		code = openpgp_find(desk_openpgp(desk), pinning.fingerprint, false, &key, err);
	if (!code)
		code = desk_key_pin(desk, &pinning, command_now(context), &how, err);
	if (!code)
		say_pinned(context, how, pinning.address, key.fingerprint);
	if (!code && how != PINNED_ASKED)
		code = command_mail_judge(context, desk, pinning.address, err);
	openpgp_key_release(&key);
	return code;
}

static int run_unpin(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	json_t *body;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	body = json_object();
	js_set_string(body, "address", call_value(call, "ADDRESS"));
	code = desk_append(desk, NULL, EVENT_KEY_UNPINNED, body, command_now(context), err);
	if (!code)
		command_say(context, _("no key is pinned to %s any more"), call_value(call, "ADDRESS"));
	if (!code)
		code = command_mail_judge(context, desk, call_value(call, "ADDRESS"), err);
	return code;
}

static int run_statement(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *address = call_value(call, "ADDRESS"), *last;
	struct openpgp_key key = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = openpgp_find(desk_openpgp(desk), call_value(call, "FINGERPRINT"), false, &key, err);
	last = code ? NULL : model_pinned_last(desk_model(desk), address);
	if (!code && !last)
		code = error_set(err, ERR_NO, address, _("Pin it with `key pin`"), _("no key was ever pinned to it"));
	if (!code)
		desk_key_statement(address, last, key.fingerprint, &context->out);
	openpgp_key_release(&key);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* ---- lists */

static json_t *pin_json(const struct pin *pin, const struct openpgp_key *key)
{
	json_t *one = json_object();
	char at[40];

	js_set_string(one, "address", pin->address);
	js_set_string(one, "fingerprint", pin->fingerprint);
	js_set_string(one, "pinned", instant_format(pin->at, at));
	js_set_string(one, "verified", pin->verified);
	js_set_string(one, "by", pin->by);
	js_set_string(one, "note", pin->note);
	js_set_string(one, "state", key->fingerprint ? key_state(key) : "missing");
	if (key->expires != INSTANT_NONE && key->fingerprint)
		js_set_string(one, "expires", instant_format(key->expires, at));
	return one;
}

static void list_pin(struct command_context *context, struct desk *desk, const struct pin *pin, json_t *list)
{
	struct openpgp_key key = { 0 };
	char at[40], expires[40];

	openpgp_find(desk_openpgp(desk), pin->fingerprint, false, &key, NULL);
	if (list)
		json_array_append_new(list, pin_json(pin, &key));
	else
		command_row_out(context, pin->address, pin->fingerprint, instant_format(pin->at, at),
				key.fingerprint ? key_state(&key) : "missing", key.fingerprint ? expiry(&key, expires) : "-",
				str_or_empty(pin->verified), str_or_empty(pin->by), NULL);
	openpgp_key_release(&key);
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code && context->json)
		list = json_array();
	for (size_t i = 0; !code && i < model_pin_count(desk_model(desk)); i++)
		list_pin(context, desk, model_pin(desk_model(desk), i), list);
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* Changes that wait for a second person. */
static int run_asked(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	for (size_t i = 0; !code && i < model_pin_ask_count(desk_model(desk)); i++) {
		const struct pin_ask *ask = model_pin_ask(desk_model(desk), i);
		char at[40];

		command_row_out(context, ask->address, ask->fingerprint,
				str_or_empty(model_pinned_last(desk_model(desk), ask->address)), ask->by,
				instant_format(ask->at, at), str_or_empty(ask->verified), NULL);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static void show_pins(struct command_context *context, const struct model *model, const char *fingerprint)
{
	char from[40], until[40];

	for (size_t i = 0; i < model_pin_count(model); i++) {
		const struct pin *pin = model_pin(model, i);

		if (str_equal(pin->fingerprint, fingerprint))
			command_field(context, _("Pinned"), _("to %s since %s by %s (%s) %s"), pin->address,
				      instant_format(pin->at, from), str_or_empty(pin->by),
				      pin->verified ? pin->verified : "unchecked", str_or_empty(pin->note));
	}
	for (size_t i = 0; i < model_pin_past_count(model); i++) {
		const struct pin_past *past = model_pin_past(model, i);

		if (str_equal(past->fingerprint, fingerprint))
			command_field(context, _("Before"), _("pinned to %s from %s to %s"), past->address,
				      instant_format(past->from, from), instant_format(past->until, until));
	}
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct openpgp_key key = { 0 };
	struct desk *desk;
	char at[40];
	int code = command_desk(context, &desk, err);

	if (!code)
		code = openpgp_find(desk_openpgp(desk), call_value(call, "FINGERPRINT"), false, &key, err);
	if (code)
		return code;
	command_field(context, _("Fingerprint"), "%s", key.fingerprint);
	command_field(context, _("User id"), "%s <%s>", str_or_empty(key.name), str_or_empty(key.address));
	command_field(context, _("State"), "%s", key_state_text(&key));
	command_field(context, _("Expires"), "%s", expiry(&key, at));
	show_pins(context, desk_model(desk), key.fingerprint);
	openpgp_key_release(&key);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- in and out */

int command_take_key(struct command_context *context, struct desk *desk, const struct str *bytes, const char *address,
		     struct error *err)
{
	char **prints = NULL;
	size_t count = 0;
	int code = openpgp_import_strange(desk_openpgp(desk), bytes->bytes, bytes->length, address, &prints, &count, err);

	for (size_t i = 0; i < count; i++) {
		struct openpgp_key key = { 0 };

		openpgp_find(desk_openpgp(desk), prints[i], false, &key, NULL);
		command_say(context, _("in the keyring: %s %s <%s>, %s. Compare it over a second channel, then `key pin`"),
			    prints[i], str_or_empty(key.name), str_or_empty(key.address), key_state_text(&key));
		openpgp_key_release(&key);
	}
	command_free_words(prints, (int)count);
	return code;
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = file_read(call_value(call, "FILE"), KEY_LIMIT, &bytes, err);
	return code ? code : command_take_key(context, desk, &bytes, NULL, err);
}

static int run_publish(struct command_context *context, const struct command_call *call, struct error *err)
{
	char **paths = NULL;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = desk_key_publish(desk, call_value(call, "DIR"), command_now(context), &paths, &count, err);
	for (size_t i = 0; i < count; i++)
		command_say(context, "%s", paths[i]);
	command_free_words(paths, (int)count);
	return code;
}

static const char *const checks[] = { "in-person", "phone", "website", "directory", "signed", "unchecked", NULL };

const struct command_row key_commands[] = {
	{
		.name = "key pin",
		.help = N_("say that an address signs with this key, and how that was checked"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("ADDRESS", ARG_ADDRESS, NULL), ARG("FINGERPRINT", ARG_FINGERPRINT, NULL),
			       { .name = "--verified", .type = ARG_WORD, .option = true, .takes_value = true,
				 .optional = true, .words = checks, .help = N_("over which channel it was compared") },
			       OPTION("--note", ARG_TEXT, N_("with whom, when")),
			       OPTION("--signed", ARG_FILE, N_("what the old key signed, where this one takes its place")),
			       SWITCH("--alone", N_("there is no second person here; that is recorded")) },
		.exec = run_pin,
	},
	{
		.name = "key unpin",
		.help = N_("take a pin away"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("ADDRESS", ARG_ADDRESS, NULL) },
		.exec = run_unpin,
	},
	{
		.name = "key statement",
		.help = N_("the text that the old key is asked to sign when a key changes"),
		.arguments = { ARG("ADDRESS", ARG_ADDRESS, NULL), ARG("FINGERPRINT", ARG_FINGERPRINT, N_("of the new key")) },
		.exec = run_statement,
	},
	{
		.name = "key list",
		.help = N_("list the pinned keys, their state and end, and how they were checked"),
		.flags = COMMAND_JSON,
		.exec = run_list,
	},
	{
		.name = "key asked",
		.help = N_("list changes of keys that wait for a second person"),
		.exec = run_asked,
	},
	{
		.name = "key show",
		.help = N_("what is known of a key"),
		.arguments = { ARG("FINGERPRINT", ARG_FINGERPRINT, N_("or an address")) },
		.exec = run_show,
	},
	{
		.name = "key import",
		.help = N_("take a public key into the keyring"),
		.arguments = { ARG("FILE", ARG_FILE, NULL) },
		.exec = run_import,
	},
	{
		.name = "key publish",
		.help = N_("write our key, its page and a Web Key Directory for our server"),
		.flags = COMMAND_LEAVES,
		.arguments = { ARG("DIR", ARG_DIR, NULL) },
		.exec = run_publish,
	},
	{ .name = NULL },
};
