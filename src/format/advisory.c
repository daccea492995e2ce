/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories in no format's own shape: which reader takes a document, which writer writes one. */
#include "format/advisory_private.h"

struct advisory {
	json_t *tree;          /* owned */
	json_t *origin;        /* a reference to what was read, or NULL */
	const char *format;    /* what that was; static, or NULL */
};

/* ---- reading */

static bool is_csaf(const json_t *document, const char *version)
{
	return str_equal(js_string(json_object_get(document, "document"), "csaf_version"), version);
}

static bool is_csaf20(const json_t *document)
{
	return is_csaf(document, "2.0");
}

static bool is_csaf21(const json_t *document)
{
	return is_csaf(document, "2.1");
}

static bool is_cve(const json_t *document)
{
	return str_equal(js_string(document, "dataType"), "CVE_RECORD");
}

static bool is_osv(const json_t *document)
{
	return js_string(document, "id") && js_string(document, "modified");
}

static bool is_openvex(const json_t *document)
{
	return str_starts(str_or_empty(js_string(document, "@context")), "https://openvex.dev/ns");
}

static bool is_cyclonedx(const json_t *document)
{
	return str_equal(js_string(document, "bomFormat"), "CycloneDX");
}

static json_t *as_it_is(const json_t *document)
{
	return json_deep_copy(document);
}

static const struct reader {
	const char *format;
	bool (*is)(const json_t *document);
	json_t *(*read)(const json_t *document);
} readers[] = {
	{ "csaf-2.0", is_csaf20, as_it_is },	     { "csaf-2.1", is_csaf21, adv_from_csaf21 },
	{ "cve", is_cve, adv_from_cve },	     { "openvex", is_openvex, adv_from_openvex },
	{ "cyclonedx-vex", is_cyclonedx, adv_from_cyclonedx }, { "osv", is_osv, adv_from_osv },
};

struct advisory *advisory_new(json_t *tree)
{
	struct advisory *advisory = mem_alloc(sizeof(*advisory));

	advisory->tree = tree;
	return advisory;
}

int advisory_read(const json_t *document, const char *what, struct advisory **ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		if (!readers[i].is(document))
			continue;
		*ret = advisory_new(readers[i].read(document));
		(*ret)->format = readers[i].format;
		(*ret)->origin = json_incref((json_t *)document);
		return 0;
	}
	return error_set(err, ERR_INPUT, what, _("Known are CSAF, CVE, OSV, OpenVEX and CycloneDX"),
			 _("it is of no format that can be read as an advisory"));
}

void advisory_free(struct advisory *advisory)
{
	if (!advisory)
		return;
	json_decref(advisory->tree);
	json_decref(advisory->origin);
	free(advisory);
}

const json_t *advisory_tree(const struct advisory *advisory)
{
	return advisory->tree;
}

/* ---- writing */

static const struct advisory_format formats[] = {
	{ "csaf-2.0", "json", N_("CSAF 2.0") },
	{ "csaf-2.1", "json", N_("CSAF 2.1 (draft)") },
	{ "cve", "json", N_("CVE record 5.2") },
	{ "osv", "json", N_("OSV 1.7") },
	{ "openvex", "json", N_("OpenVEX 0.2.0") },
	{ "cyclonedx-vex", "json", N_("CycloneDX 1.6 VEX") },
	{ "text", "txt", N_("plain text, 72 columns") },
	{ "markdown", "md", N_("Markdown") },
	{ "html", "html", N_("HTML, one file") },
	{ "release-note", "md", N_("a snippet for release notes") },
	{ "mail", "txt", N_("a notice by mail") },
	{ "faq", "md", N_("questions and answers") },
	{ NULL, NULL, NULL },
};
static const adv_write_fn writers[ARRAY_LEN(formats)] = {
	adv_write_csaf20, adv_write_csaf21, adv_write_cve,  adv_write_osv,	    adv_write_openvex, adv_write_cyclonedx,
	adv_write_text,	  adv_write_markdown, adv_write_html, adv_write_release_note, adv_write_mail,	 adv_write_faq,
};

const struct advisory_format *advisory_formats(void)
{
	return formats;
}

void advisory_losses_release(struct advisory_losses *losses)
{
	for (size_t i = 0; i < losses->count; i++)
		free(losses->items[i]);
	free(losses->items);
	*losses = (struct advisory_losses){ 0 };
}

void adv_lose(struct writing *w, const char *sentence)
{
	struct advisory_losses *losses = w->losses;

	for (size_t i = 0; losses && i < losses->count; i++)
		if (str_equal(losses->items[i], sentence))
			return;
	if (!losses)
		return;
	losses->items = mem_grow(losses->items, &losses->room, losses->count + 1, sizeof(*losses->items));
	losses->items[losses->count++] = mem_string(sentence);
}

/* Back into the format it came from: what was read, with everything we do not know. */
static bool write_origin(const struct advisory *advisory, const char *format, struct str *ret)
{
	if (!advisory->origin || !str_equal(advisory->format, format))
		return false;
	js_dump_pretty(advisory->origin, ret);
	return true;
}

/* What was read of another format, beyond what its reader knows. */
static void lose_unread(struct writing *w)
{
	AUTO_STR members = STR_INIT;
	AUTO_STRING sentence = NULL;

	if (w->losses && w->advisory->origin)
		adv_unread(w->advisory->origin, w->advisory->format, &members);
	if (!members.length)
		return;
	sentence = mem_format(_("these members are left out: %s"), members.bytes);
	adv_lose(w, sentence);
}

int advisory_write(const struct advisory *advisory, const char *format, const struct advisory_options *options,
		   struct str *ret, struct advisory_losses *losses, struct error *err)
{
	struct writing w = { .advisory = advisory, .tree = advisory->tree, .options = options, .losses = losses };
	size_t i = 0;
	int code;

	while (formats[i].name && !str_equal(formats[i].name, format))
		i++;
	if (!formats[i].name)
		return error_set(err, ERR_USAGE, format, _("See `help convert`"), _("there is no such format"));
	if (write_origin(advisory, format, ret))
		return 0;
	w.document = json_object_get(w.tree, "document");
	w.tracking = json_object_get(w.document, "tracking");
	adv_products_read(w.tree, &w.products);
	lose_unread(&w);
	code = writers[i](&w, ret, err);
	adv_products_release(&w.products);
	json_decref(w.subjects);
	return code;
}

/* ---- sharing */

const char *advisory_tlp(const json_t *tree)
{
	static const char *const words[] = { "AMBER+STRICT", "CLEAR", "GREEN", "AMBER", "RED" };
	const json_t *distribution = json_object_get(json_object_get(tree, "document"), "distribution");
	const char *text = strstr(str_or_empty(js_string(distribution, "text")), "TLP v2.0: TLP:");
	const char *label = js_string(json_object_get(distribution, "tlp"), "label");

	for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
		if (str_starts(text + strlen("TLP v2.0: TLP:"), words[i]))
			return words[i];
	if (str_equal(label, "WHITE"))
		return "CLEAR";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(label, words[i]))
			return words[i];
	return NULL;
}
