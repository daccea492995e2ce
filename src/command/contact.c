/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about who is outside the house, what its products are, what is wanted of embargoes; and figures. */
#include "command/command_private.h"

#include "psirtty/base/conf.h"
#include "psirtty/base/file.h"
#include "psirtty/model/metrics.h"

/* ---- changes: the arguments are the members of the event */

static int run_change(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct event event = { .type = command_event(call) };
	AUTO_STRING line = NULL;
	struct desk *desk;
	json_t *body;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = command_body_of(call, event.type, &body, err);
	if (code)
		return code;
	event.body = json_incref(body);
	code = desk_append(desk, NULL, event.type, body, command_now(context), err);
	line = code ? NULL : event_line(&event);
	json_decref(event.body);
	if (!code)
		command_say(context, "%s", line);
	return code;
}

/* ---- contacts */

static void add_words(struct str *s, const struct contact *contact, const char *field)
{
	const char *word;

	for (size_t n = 0; (word = contact_words(contact, field, n)); n++)
		str_add_format(s, "%s%s", n ? ", " : "", word);
}

static void contact_row(struct command_context *context, const struct contact *contact)
{
	AUTO_STR addresses = STR_INIT;

	add_words(&addresses, contact, "addresses");
	command_row_out(context, contact_text(contact, "contact"), contact_text(contact, "name"),
			contact_text(contact, "kind"), contact_text(contact, "organisation"),
			contact_text(contact, "jurisdiction"), contact_text(contact, "tlp"), addresses.bytes, NULL);
}

static int run_list(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *kind = call_value(call, "KIND");
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	for (size_t i = 0; !code && i < model_contact_count(desk_model(desk)); i++) {
		const struct contact *contact = model_contact(desk_model(desk), i);

		if (!kind || str_equal(contact_text(contact, "kind"), kind))
			contact_row(context, contact);
	}
	context->reactions |= REACT_SHOW_OUTPUT;
	return code;
}

/* Every field the event knows, in its order. */
static void show_contact(struct command_context *context, const struct contact *contact)
{
	const struct event_info *info = event_info(EVENT_CONTACT_SET);

	for (const struct event_field *field = info->fields; field->name; field++) {
		AUTO_STR value = STR_INIT;

		if (field->type == FIELD_WORDS)
			add_words(&value, contact, field->name);
		else
			str_add(&value, contact_text(contact, field->name));
		if (value.length)
			command_field(context, field->name, "%s", value.bytes);
	}
}

/* The cases somebody is a party of: by the register's id, or by address. */
static void show_cases(struct command_context *context, struct desk *desk, const struct contact *contact)
{
	for (size_t i = 0; i < model_case_count(desk_model(desk)); i++) {
		const struct case_state *state = model_case(desk_model(desk), i);

		for (size_t k = 0; k < state->party_count; k++) {
			const struct case_party *party = &state->parties[k];
			const struct contact *is = party->contact ? model_find_contact(desk_model(desk), party->contact) :
						   party->address ? model_find_contact(desk_model(desk), party->address) :
								    NULL;

			if (is == contact)
				command_field(context, _("Case"), "%s %s %s", state->id, str_or_empty(party->role),
					      consent_name(party_consent(party, command_now(context))));
		}
	}
}

static int run_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *who = call_value(call, "CONTACT");
	const struct contact *contact;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	contact = model_find_contact(desk_model(desk), who);
	if (!contact)
		return error_set(err, ERR_INPUT, who, _("See `contact list`"), _("there is no such contact"));
	show_contact(context, contact);
	show_cases(context, desk, contact);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- the directory of public coordinators */

static void directory_row(struct command_context *context, const struct conf *row)
{
	command_row_out(context, conf_text(row, "id", ""), conf_text(row, "name", ""), conf_text(row, "kind", ""),
			conf_text(row, "country", ""), conf_text(row, "site", ""), conf_text(row, "source", ""), conf_text(row, "mark", ""), NULL);
}

static int run_directory(struct command_context *context, const struct command_call *call, struct error *err)
{
	AUTO_STRING path = file_data("coordinators.yaml");
	const struct conf *list;
	struct conf conf;
	int code = conf_load_file(path, &conf, err);

	(void)call;
	if (code)
		return code;
	list = conf_get(&conf, "coordinators");
	for (size_t i = 0; list && i < list->count; i++)
		directory_row(context, &list->items[i]);
	conf_release(&conf);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- products */

static void show_list(struct command_context *context, const char *label, char *const *words, size_t count)
{
	AUTO_STR text = STR_INIT;

	for (size_t i = 0; i < count; i++)
		str_add_format(&text, "%s%s", i ? ", " : "", words[i]);
	if (count)
		command_field(context, label, "%s", text.bytes);
}

static void show_text(struct command_context *context, const char *label, const char *text)
{
	if (text && *text)
		command_field(context, label, "%s", text);
}

static void show_support(struct command_context *context, const struct product *product)
{
	for (size_t i = 0; i < product->support_count; i++) {
		const struct product_support *s = &product->support[i];
		char until[40];

		command_field(context, _("Support"), _("%s until %s%s"), s->version, instant_format(s->until, until),
			      product_supported(product, s->version, command_now(context)) ? "" : _(" (over)"));
	}
}

static int run_product_show(struct command_context *context, const struct command_call *call, struct error *err)
{
	const char *name = call_value(call, "PRODUCT");
	const struct product *p;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (code)
		return code;
	p = model_find_product(desk_model(desk), name);
	if (!p)
		return error_set(err, ERR_INPUT, name, _("Enter it with `product add`"),
				 _("there is no such product in the register"));
	command_say(context, "%s  %s", p->id, str_or_empty(p->name));
	show_text(context, _("Vendor"), p->vendor);
	show_text(context, _("Kind"), p->kind);
	show_text(context, _("Owner"), p->owner);
	show_list(context, _("Versions"), p->versions, p->version_count);
	show_list(context, _("Models"), p->models, p->model_count);
	show_list(context, _("Markets"), p->markets, p->market_count);
	show_text(context, "purl", p->purl);
	show_text(context, "CPE", p->cpe);
	show_support(context, p);
	show_text(context, _("Note"), p->note);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- figures */

static int read_bound(const struct command_call *call, const char *name, instant fallback, instant *ret,
		      struct error *err)
{
	const char *value = call_value(call, name);
	struct zoned when;
	int code = value ? zoned_parse(value, &when, err) : 0;

	if (!code)
		*ret = value ? when.at : fallback;
	return code;
}

static const char *share(const struct metric *m, char buffer[32])
{
	buffer[0] = 0;
	if (m->median == INSTANT_NONE && m->of >= METRIC_FEW)
		snprintf(buffer, 32, "%zu %%", m->n * 100 / m->of);
	return buffer;
}

static void metric_row(struct command_context *context, const struct metric *m)
{
	AUTO_STRING n = mem_format("%zu", m->n);
	AUTO_STRING of = mem_format("%zu", m->of);
	char percent[32], median[40], ninth[40];

	command_row_out(context, m->id, _(m->name), m->part, n, of, share(m, percent),
			m->median == INSTANT_NONE ? "" : instant_format_span(m->median, median),
			m->ninth == INSTANT_NONE ? "" : instant_format_span(m->ninth, ninth), NULL);
}

static json_t *metric_json(const struct metric *m)
{
	json_t *one = json_object();

	js_set_string(one, "id", m->id);
	js_set_string(one, "name", m->name);
	if (*m->part)
		js_set_string(one, "part", m->part);
	js_set_integer(one, "n", (long long)m->n);
	js_set_integer(one, "of", (long long)m->of);
	if (m->median != INSTANT_NONE) {
		js_set_integer(one, "median_seconds", m->median / INSTANT_SECOND);
		js_set_integer(one, "p90_seconds", m->ninth / INSTANT_SECOND);
	}
	return one;
}

static int run_metrics(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct metric *metrics = NULL;
	json_t *list = NULL;
	size_t count = 0;
	instant from, to;
	struct desk *desk;
	int code = command_desk(context, &desk, err);

	if (!code)
		code = read_bound(call, "--from", INSTANT_NONE, &from, err);
	if (!code)
		code = read_bound(call, "--to", INT64_MAX, &to, err);
	if (code)
		return code;
	model_metrics(desk_model(desk), from, to, command_now(context), &metrics, &count);
	if (context->json)
		list = json_array();
	for (size_t i = 0; i < count; i++)
		if (list)
			json_array_append_new(list, metric_json(&metrics[i]));
		else
			metric_row(context, &metrics[i]);
	if (list)
		command_json(context, list);
	free(metrics);
	context->reactions |= REACT_SHOW_OUTPUT;
	return 0;
}

/* ---- the rows */

static const char *const languages[] = { "en", "zh", NULL };
static const char *const kinds[] = { "finder", "vendor", "coordinator", "authority", "customer", "supplier", "other",
				     NULL };
static const char *const jurisdictions[] = { "CN", "HK", "MO", "TW", "foreign", "unknown", NULL };
static const char *const tlps[] = { "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL };
static const char *const credits[] = { "unknown", "name", "handle", "anonymous", "none", NULL };
static const char *const product_kinds[] = { "product", "service", "both", NULL };

#define WORDS_OPTION(n, w, h) \
	{ .name = (n), .type = ARG_WORD, .option = true, .takes_value = true, .optional = true, .words = (w), .help = (h) }
#define TEXT_OPTION(n) OPTION(n, ARG_TEXT, NULL)
#define CONTACT_OPTIONS \
	WORDS_OPTION("--kind", kinds, NULL), TEXT_OPTION("--organisation"), \
	OPTION_MANY("--addresses", ARG_ADDRESS, N_("a mail address")), \
	OPTION_MANY("--fingerprints", ARG_FINGERPRINT, N_("of a key")), \
	OPTION_MANY("--channels", ARG_TEXT, N_("another way to reach them")), \
	WORDS_OPTION("--jurisdiction", jurisdictions, N_("for the rules on foreign recipients")), \
	TEXT_OPTION("--country"), OPTION_MANY("--products", ARG_PRODUCT, N_("a product of theirs, or that they use")), \
	WORDS_OPTION("--tlp", tlps, N_("how far they may be told")), \
	WORDS_OPTION("--credit", credits, N_("how they want to be credited")), TEXT_OPTION("--credit-as"), \
	TEXT_OPTION("--zone"), \
	WORDS_OPTION("--language", languages, N_("letters are written to them in")), TEXT_OPTION("--note")
#define CHANGE .flags = COMMAND_CHANGES, .exec = run_change

const struct command_row contact_commands[] = {
	{ .name = "contact add", .help = N_("enter a finder, vendor, coordinator, authority, customer"),
	  .flags = COMMAND_CHANGES,
	  .arguments = { ARG("CONTACT", ARG_TEXT, N_("a short id, such as mara")), ARG("NAME", ARG_TEXT, NULL),
			 CONTACT_OPTIONS },
	  .exec = run_change },
	{ .name = "contact set", .help = N_("change what is known of a contact"), CHANGE,
	  .arguments = { ARG("CONTACT", ARG_TEXT, NULL), TEXT_OPTION("--name"), CONTACT_OPTIONS } },
	{ .name = "contact list", .pane = "contacts", .help = N_("list the contacts"),
	  .arguments = { { .name = "KIND", .type = ARG_WORD, .optional = true, .words = kinds } }, .exec = run_list },
	{ .name = "contact show", .help = N_("a contact, and the cases it is a party of"),
	  .arguments = { ARG("CONTACT", ARG_TEXT, N_("id, name or address")) }, .exec = run_show },
	{ .name = "contact remove", .help = N_("take a contact out of the register"), CHANGE,
	  .arguments = { ARG("CONTACT", ARG_TEXT, NULL) } },
	{ .name = "contact directory", .help = N_("public coordinators and authorities, with the source of each"),
	  .flags = COMMAND_NO_VAULT, .exec = run_directory },
	{ .name = "product set", .help = N_("change what is known of a product"), CHANGE,
	  .arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL), TEXT_OPTION("--name"), TEXT_OPTION("--vendor"),
			 TEXT_OPTION("--owner"), WORDS_OPTION("--kind", product_kinds, NULL),
			 OPTION_MANY("--versions", ARG_TEXT, N_("a version")),
			 OPTION_MANY("--models", ARG_TEXT, N_("a model")),
			 OPTION_MANY("--markets", ARG_TEXT, N_("a market it is sold in")), TEXT_OPTION("--purl"),
			 TEXT_OPTION("--cpe"), TEXT_OPTION("--note") } },
	{ .name = "product support", .help = N_("how long a version gets updates"), CHANGE,
	  .arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL), ARG("VERSION", ARG_TEXT, NULL),
			 ARG_MANY("UNTIL", ARG_WHEN, NULL), OPTION("--from", ARG_WHEN, NULL) } },
	{ .name = "product show", .help = N_("everything known of a product"),
	  .arguments = { ARG("PRODUCT", ARG_PRODUCT, NULL) }, .exec = run_product_show },
	{ .name = "embargo policy", .help = N_("what we, or others, want of embargoes: spans such as P45D"), CHANGE,
	  .arguments = { ARG("ACTOR", ARG_TEXT, N_("us, or a contact's id")), TEXT_OPTION("--preferred"),
			 TEXT_OPTION("--minimum"), TEXT_OPTION("--maximum"), TEXT_OPTION("--inbox"),
			 TEXT_OPTION("--note") } },
	{ .name = "metrics", .pane = "metrics", .help = N_("figures over all cases of a period"), .flags = COMMAND_JSON,
	  .arguments = { OPTION("--from", ARG_WHEN, NULL), OPTION("--to", ARG_WHEN, NULL) }, .exec = run_metrics },
	{ .name = NULL },
};
