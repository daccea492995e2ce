/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about OpenPGP keys and their pins. */
#include "command/command_private.h"

#include "psirtty/base/file.h"
#include "psirtty/vault/openpgp.h"

enum { KEY_LIMIT = 5 << 20 };

/* A pin holds for an address; the key must be in the keyring, so that what is pinned can be shown. */
static int run_pin(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct openpgp_key key = { 0 };
	struct desk *desk;
	json_t *body;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = openpgp_find(desk_openpgp(desk), call_value(call, "FINGERPRINT"), false, &key, err);
	if (code)
		return code;
	body = json_object();
	js_set_string(body, "address", call_value(call, "ADDRESS"));
	js_set_string(body, "fingerprint", key.fingerprint);
	openpgp_key_release(&key);
	code = desk_append(desk, NULL, EVENT_KEY_PINNED, body, command_now(context), err);
	if (!code)
		command_say(context, _("pinned to %s: %s"), call_value(call, "ADDRESS"),
			    model_pinned(desk_model(desk), call_value(call, "ADDRESS")));
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
	return code;
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	json_t *list = NULL;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	(void)call;
	if (!code && context->json)
		list = json_array();
	for (size_t i = 0; !code && i < model_pin_count(desk_model(desk)); i++) {
		const struct pin *pin = model_pin(desk_model(desk), i);
		char at[40];

		if (list) {
			json_t *one = json_object();

			js_set_string(one, "address", pin->address);
			js_set_string(one, "fingerprint", pin->fingerprint);
			js_set_string(one, "pinned", instant_format(pin->at, at));
			json_array_append_new(list, one);
		} else {
			command_row_out(context, pin->address, pin->fingerprint, instant_format(pin->at, at), NULL);
		}
	}
	if (list)
		command_json(context, list);
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct openpgp_key key = { 0 };
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = openpgp_find(desk_openpgp(desk), call_value(call, "FINGERPRINT"), false, &key, err);
	if (code)
		return code;
	command_field(context, _("Fingerprint"), "%s", key.fingerprint);
	command_field(context, _("User id"), "%s <%s>", str_or_empty(key.name), str_or_empty(key.address));
	command_field(context, _("State"), "%s",
		    key.revoked ? _("revoked") : key.expired ? _("expired") : key.can_encrypt ? _("usable") :
											      _("cannot encrypt"));
	openpgp_key_release(&key);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

static int run_import(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STR bytes = STR_INIT;
	char **prints = NULL;
	size_t count = 0;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = file_read(call_value(call, "FILE"), KEY_LIMIT, &bytes, err);
	if (!code)
		code = openpgp_import(desk_openpgp(desk), bytes.bytes, bytes.length, &prints, &count, err);
	for (size_t i = 0; i < count; i++)
		command_say(context, _("in the keyring: %s. Compare it over a second channel, then `key pin`"),
			    prints[i]);
	command_free_words(prints, (int)count);
	return code;
}

const struct command_row key_commands[] = {
	{
		.name = "key pin",
		.help = N_("say that an address signs with this key"),
		.flags = COMMAND_CHANGES,
		.arguments = { ARG("ADDRESS", ARG_ADDRESS, NULL), ARG("FINGERPRINT", ARG_FINGERPRINT, NULL) },
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
		.name = "key list",
		.help = N_("list the pinned keys"),
		.flags = COMMAND_JSON,
		.exec = run_list,
	},
	{
		.name = "key show",
		.help = N_("what the keyring knows of a key"),
		.arguments = { ARG("FINGERPRINT", ARG_FINGERPRINT, N_("or an address")) },
		.exec = run_show,
	},
	{
		.name = "key import",
		.help = N_("take a public key into the keyring"),
		.arguments = { ARG("FILE", ARG_FILE, NULL) },
		.exec = run_import,
	},
	{ .name = NULL },
};
