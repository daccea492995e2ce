/* SPDX-License-Identifier: Apache-2.0 */
/* What an advisory tells people, block by block. Its words are in the language of the document, not of the reader
 * of this program: they go to the world. */
#include "format/advisory_prose.h"

void prose_release(struct prose *prose)
{
	for (size_t i = 0; i < prose->count; i++) {
		free(prose->blocks[i].label);
		free(prose->blocks[i].text);
	}
	free(prose->blocks);
	*prose = (struct prose){ 0 };
}

void prose_add(struct prose *prose, enum prose_kind kind, const char *label, const char *text)
{
	if (!text || !text[strspn(text, " \t\r\n")])
		return;
	prose->blocks = mem_grow(prose->blocks, &prose->room, prose->count + 1, sizeof(*prose->blocks));
	prose->blocks[prose->count++] = (struct prose_block){ kind, mem_string(label), mem_string(text) };
}

/* ---- pieces */

static void begin(struct writing *w, struct prose *p)
{
	const char *lang = js_string(w->document, "lang");

	*p = (struct prose){ .lang = lang ? lang : "en", .chinese = str_starts_nocase(str_or_empty(lang), "zh") };
}

static void add_date(struct prose *p, const char *label, const char *date)
{
	AUTO_STRING minute = NULL;
	char buffer[40];
	instant at;

	if (date && instant_parse(date, &at, NULL) == 0) {
		instant_format(at, buffer);
		minute = mem_format("%.10s %.5s UTC", buffer, buffer + 11);
	}
	prose_add(p, PROSE_FIELD, prose_word(p, label), minute ? minute : date);
}

static void add_head(struct writing *w, struct prose *p)
{
	const char *tlp = advisory_tlp(w->tree), *status = js_string(w->tracking, "status");
	bool draft = str_equal(status, "draft");
	AUTO_STRING version = mem_format("%s%s%s%s", str_or_empty(js_string(w->tracking, "version")), draft ? " (" : "",
					 draft ? prose_word(p, "draft") : "", draft ? ")" : "");
	AUTO_STRING label = tlp ? mem_format("TLP:%s", tlp) : NULL;

	prose_add(p, PROSE_TITLE, NULL, js_string(w->document, "title"));
	prose_add(p, PROSE_FIELD, "TLP", label);
	prose_add(p, PROSE_FIELD, prose_word(p, "Advisory"), js_string(w->tracking, "id"));
	prose_add(p, PROSE_FIELD, prose_word(p, "Version"), version);
	if (!draft)
		add_date(p, "Published", js_string(w->tracking, "initial_release_date"));
	add_date(p, "Updated", js_string(w->tracking, "current_release_date"));
	prose_add(p, PROSE_FIELD, prose_word(p, "Publisher"), js_string(json_object_get(w->document, "publisher"), "name"));
}

static void add_notes(struct prose *p, const json_t *object, enum prose_kind heading, const json_t *known)
{
	static const struct { const char *category, *title; } rows[] = {
		{ "summary", "Summary" }, { "description", "Description" }, { "details", "Description" },
		{ "legal_disclaimer", "Legal" }, { "general", "Note" }, { "other", "Note" }, { "faq", "Note" },
	};
	size_t i, k;
	json_t *note, *other;

	json_array_foreach(js_array(object, "notes"), i, note) {
		const char *text = js_string(note, "text"), *title = js_string(note, "title");
		bool again = false;

		json_array_foreach(js_array(known, "notes"), k, other)
			again |= str_equal(js_string(other, "text"), text);
		for (size_t r = 0; r < ARRAY_LEN(rows); r++)
			if (str_equal(rows[r].category, js_string(note, "category")) && (!title || p->chinese))
				title = title && !str_equal(title, rows[r].title) ? title : prose_word(p, rows[r].title);
		if (again || !text)
			continue;
		prose_add(p, heading, NULL, prose_word(p, title));
		prose_add(p, PROSE_TEXT, NULL, text);
	}
}

static void add_score(struct prose *p, const json_t *v)
{
	static const char *const kinds[] = { "cvss_v4", "cvss_v3", "cvss_v2" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const json_t *score = adv_score(v, kinds[i]);
		AUTO_STRING line = score ? mem_format("%s%s%.1f (CVSS %s) %s", str_or_empty(js_string(score, "baseSeverity")),
						      js_string(score, "baseSeverity") ? " " : "",
						      json_number_value(json_object_get(score, "baseScore")),
						      str_or_empty(js_string(score, "version")),
						      str_or_empty(js_string(score, "vectorString"))) :
					   NULL;

		prose_add(p, PROSE_FIELD, prose_word(p, "Severity"), line);
	}
}

static void add_identity(struct prose *p, const json_t *v)
{
	const json_t *cwe = json_object_get(v, "cwe");
	AUTO_STRING weakness = cwe ? mem_format("%s %s", str_or_empty(js_string(cwe, "id")),
						str_or_empty(js_string(cwe, "name"))) :
				     NULL;
	size_t i;
	json_t *id;

	prose_add(p, PROSE_FIELD, "CVE", js_string(v, "cve"));
	json_array_foreach(js_array(v, "ids"), i, id) {
		AUTO_STRING line = mem_format("%s (%s)", str_or_empty(js_string(id, "text")),
					      str_or_empty(js_string(id, "system_name")));

		prose_add(p, PROSE_FIELD, prose_word(p, "Other id"), line);
	}
	prose_add(p, PROSE_FIELD, prose_word(p, "Weakness"), weakness);
	add_score(p, v);
}

struct listing { struct prose *p; const json_t *v; struct writing *w; enum adv_state wanted; bool titled; };

/* Why it is not affected, for people: in words, else by the label. */
static const char *impact_of(const struct listing *l, const char *product)
{
	size_t i;
	json_t *item;

	json_array_foreach(js_array(l->v, "threats"), i, item)
		if (str_equal(js_string(item, "category"), "impact") && adv_concerns(l->w, item, product))
			return js_string(item, "details");
	json_array_foreach(js_array(l->v, "flags"), i, item)
		if (adv_concerns(l->w, item, product))
			return prose_reason(l->p, js_string(item, "label"));
	return NULL;
}

/* Where in its name the version begins; its length where that is not to be seen. */
static size_t version_place(const struct adv_product *product)
{
	AUTO_STRING front = mem_format("%s%s%s ", str_or_empty(product->vendor), product->vendor ? " " : "",
				       str_or_empty(product->product));
	size_t name = strlen(product->name);

	if (product->version && str_ends(product->name, product->version))
		return name - strlen(product->version);
	return product->product && str_starts(product->name, front) ? strlen(front) : name;
}

/* Its name, with a range at its end in words. */
static void add_name(const struct prose *p, const struct adv_product *product, struct str *ret)
{
	size_t place = product->range ? version_place(product) : strlen(product->name);
	AUTO_STR range = STR_INIT;

	if (product->name[place] && prose_range(p, product->name + place, &range)) {
		str_add_bytes(ret, product->name, place);
		str_add(ret, range.bytes);
	} else {
		str_add(ret, product->name);
	}
}

static void list_product(void *context, const struct adv_product *product, enum adv_state state)
{
	static const char *const titles[] = { [ADV_AFFECTED] = "Affected", [ADV_FIXED] = "Fixed",
					      [ADV_NOT_AFFECTED] = "Not affected", [ADV_UNKNOWN] = "Under investigation" };
	struct listing *l = context;
	const char *why = state == ADV_NOT_AFFECTED ? impact_of(l, product->id) : NULL;
	AUTO_STR line = STR_INIT;

	if (state != l->wanted)
		return;
	add_name(l->p, product, &line);
	if (why)
		str_add_format(&line, ": %s", why);
	if (!l->titled)
		prose_add(l->p, PROSE_SUBHEADING, NULL, prose_word(l->p, titles[state]));
	l->titled = true;
	prose_add(l->p, PROSE_ITEM, NULL, line.bytes);
}

static void add_products(struct writing *w, struct prose *p, const json_t *v)
{
	struct listing listing = { .p = p, .v = v, .w = w };

	for (int state = ADV_AFFECTED; state < ADV_STATES; state++) {
		listing.wanted = (enum adv_state)state;
		listing.titled = false;
		adv_each_status(w, v, list_product, &listing);
	}
}

static void list_remedies(struct prose *p, const json_t *v)
{
	static const struct { const char *category, *title; } rows[] = {
		{ "vendor_fix", "Fix" }, { "workaround", "Workaround" }, { "mitigation", "Mitigation" },
		{ "no_fix_planned", "No fix is planned" }, { "none_available", "No remedy yet" },
	};
	size_t i;
	json_t *remedy;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++)
		json_array_foreach(js_array(v, "remediations"), i, remedy) {
			const char *details = str_or_empty(js_string(remedy, "details"));
			/* That there is none says the title. */
			bool own = str_equal(details, "There is no remedy yet.");
			AUTO_STRING line = mem_format("%s%s%s", prose_word(p, rows[k].title), own ? "" : ": ", own ? "" : prose_word(p, details));

			if (!str_equal(rows[k].category, js_string(remedy, "category")))
				continue;
			prose_add(p, PROSE_ITEM, NULL, line);
			prose_add(p, PROSE_LINK, NULL, js_string(remedy, "url"));
		}
}

static void add_remedies(struct prose *p, const json_t *v)
{
	if (json_array_size(js_array(v, "remediations")))
		prose_add(p, PROSE_SUBHEADING, NULL, prose_word(p, "What to do"));
	list_remedies(p, v);
}

static bool is_exploited(const json_t *v)
{
	size_t i;
	json_t *threat;

	json_array_foreach(js_array(v, "threats"), i, threat)
		if (str_equal(js_string(threat, "category"), "exploit_status"))
			return true;
	return false;
}

static bool list_threats(struct prose *p, const json_t *v)
{
	size_t before = p->count, i;
	json_t *threat;

	json_array_foreach(js_array(v, "threats"), i, threat)
		if (str_equal(js_string(threat, "category"), "exploit_status"))
			prose_add(p, PROSE_ITEM, NULL, prose_word(p, js_string(threat, "details")));
	return p->count > before;
}

static void add_thanks(struct prose *p, const json_t *object)
{
	size_t i, k;
	json_t *one, *name;

	json_array_foreach(js_array(object, "acknowledgments"), i, one) {
		AUTO_STR line = STR_INIT;

		json_array_foreach(js_array(one, "names"), k, name)
			str_add_format(&line, "%s%s", line.length ? ", " : "", str_or_empty(json_string_value(name)));
		if (js_string(one, "organization"))
			str_add_format(&line, line.length ? " (%s)" : "%s", js_string(one, "organization"));
		if (js_string(one, "summary"))
			str_add_format(&line, "%s%s", line.length ? ": " : "", prose_word(p, js_string(one, "summary")));
		prose_add(p, PROSE_ITEM, NULL, line.bytes);
	}
}

static void add_references(struct prose *p, const json_t *object)
{
	size_t i;
	json_t *one;

	json_array_foreach(js_array(object, "references"), i, one)
		prose_add(p, PROSE_LINK,
			  str_equal(js_string(one, "summary"), js_string(one, "url")) ? NULL : prose_word(p, js_string(one, "summary")),
			  js_string(one, "url"));
}

static void add_history(struct writing *w, struct prose *p)
{
	size_t i;
	json_t *one;

	json_array_foreach(js_array(w->tracking, "revision_history"), i, one) {
		AUTO_STRING line = mem_format("%s, %.10s: %s", str_or_empty(js_string(one, "number")),
					      str_or_empty(js_string(one, "date")),
					      str_or_empty(prose_word(p, js_string(one, "summary"))));

		if (i == 0)
			prose_add(p, PROSE_HEADING, NULL, prose_word(p, "Revision history"));
		prose_add(p, PROSE_ITEM, NULL, line);
	}
}

/* A heading that is taken back when nothing followed it. */
static void add_section(struct prose *p, const char *title, void (*add)(struct prose *, const json_t *), const json_t *document,
			const json_t *vulnerabilities)
{
	size_t before = p->count, i;
	json_t *v;

	prose_add(p, PROSE_HEADING, NULL, prose_word(p, title));
	add(p, document);
	json_array_foreach((json_t *)vulnerabilities, i, v)
		add(p, v);
	if (p->count == before + 1) {
		p->count--;
		free(p->blocks[p->count].text);
	}
}

static void add_vulnerability(struct writing *w, struct prose *p, const json_t *v, bool alone)
{
	const char *title = js_string(v, "title"), *cve = js_string(v, "cve");

	prose_add(p, PROSE_HEADING, NULL, alone || !(title || cve) ? prose_word(p, "Vulnerability") : title ? title : cve);
	add_identity(p, v);
	add_notes(p, v, PROSE_SUBHEADING, w->document);
	add_products(w, p, v);
	add_remedies(p, v);
	if (is_exploited(v))
		prose_add(p, PROSE_SUBHEADING, NULL, prose_word(p, "Exploitation"));
	list_threats(p, v);
}

void prose_advisory(struct writing *w, struct prose *p)
{
	const json_t *list = js_array(w->tree, "vulnerabilities");
	const json_t *publisher = json_object_get(w->document, "publisher");
	size_t i;
	json_t *v;

	begin(w, p);
	add_head(w, p);
	add_notes(p, w->document, PROSE_HEADING, NULL);
	json_array_foreach((json_t *)list, i, v)
		add_vulnerability(w, p, v, json_array_size(list) == 1);
	add_section(p, "Acknowledgements", add_thanks, w->document, list);
	add_section(p, "References", add_references, w->document, list);
	add_history(w, p);
	if (js_string(publisher, "contact_details")) {
		prose_add(p, PROSE_HEADING, NULL, prose_word(p, "Contact"));
		prose_add(p, PROSE_TEXT, NULL, js_string(publisher, "contact_details"));
	}
}

static const char *self_url(const struct writing *w)
{
	size_t i;
	json_t *one;

	json_array_foreach(js_array(w->document, "references"), i, one)
		if (str_equal(js_string(one, "category"), "self"))
			return js_string(one, "url");
	return NULL;
}

void prose_release_note(struct writing *w, struct prose *p)
{
	size_t i;
	json_t *v;

	begin(w, p);
	prose_add(p, PROSE_HEADING, NULL, prose_word(p, "Security fixes"));
	json_array_foreach(js_array(w->tree, "vulnerabilities"), i, v) {
		const char *cve = js_string(v, "cve"), *title = js_string(v, "title");
		const char *severity = js_string(adv_score(v, "cvss_v4") ? adv_score(v, "cvss_v4") : adv_score(v, "cvss_v3"),
						 "baseSeverity");
		AUTO_STRING line = mem_format("%s%s%s%s%s (%s)", str_or_empty(cve), cve ? ": " : "",
					      title ? title : str_or_empty(js_string(w->document, "title")),
					      severity ? ", " : "", str_or_empty(severity),
					      str_or_empty(js_string(w->tracking, "id")));

		prose_add(p, PROSE_ITEM, NULL, line);
	}
	prose_add(p, PROSE_LINK, prose_word(p, "Details"), self_url(w));
}

void prose_faq(struct writing *w, struct prose *p)
{
	static const char *const brief[] = { "summary", "description", "details", NULL };
	const json_t *list = js_array(w->tree, "vulnerabilities");
	const char *about = adv_note(w->document, brief);
	bool exploited = false;
	size_t i;
	json_t *v, *note;

	begin(w, p);
	prose_add(p, PROSE_TITLE, NULL, js_string(w->document, "title"));
	prose_add(p, PROSE_HEADING, NULL, prose_word(p, "What is this about?"));
	prose_add(p, PROSE_TEXT, NULL, about ? about : js_string(w->document, "title"));
	prose_add(p, PROSE_HEADING, NULL, prose_word(p, "Am I affected?"));
	json_array_foreach((json_t *)list, i, v)
		add_products(w, p, v);
	add_section(p, "What should I do?", list_remedies, NULL, list);
	add_section(p, "How severe is it?", add_score, NULL, list);
	prose_add(p, PROSE_HEADING, NULL, prose_word(p, "Is it being exploited?"));
	json_array_foreach((json_t *)list, i, v)
		exploited |= list_threats(p, v);
	if (!exploited)
		prose_add(p, PROSE_TEXT, NULL, prose_word(p, "This advisory reports no attacks."));
	add_section(p, "Who found it?", add_thanks, w->document, list);
	json_array_foreach(js_array(w->document, "notes"), i, note)
		if (str_equal(js_string(note, "category"), "faq")) {
			prose_add(p, PROSE_HEADING, NULL, prose_word(p, js_string(note, "title")));
			prose_add(p, PROSE_TEXT, NULL, js_string(note, "text"));
		}
	add_section(p, "Where can I read more?", add_references, w->document, NULL);
}
