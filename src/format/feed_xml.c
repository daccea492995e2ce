/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds in XML: JVN iPedia, CNVD, CNNVD, and news by RSS or Atom. Entities are refused. CNVD and CNNVD ship text with
 * unescaped < and &: what is no tag or entity they use is taken as text.
 */
#include <expat.h>

#include "feed_private.h"

#include "psirtty/base/i18n.h"

enum { LEVELS = 64, TEXT_LIMIT = 1 << 20 };

struct xml {
	XML_Parser parser;
	struct feed_run *run;
	struct feed_record record;
	bool open;            /* within an item */
	int depth;
	struct str text;
	char *attribute;      /* of the element whose text comes: an address, a source, a vector */
	int code;
};

typedef void (*leaf_fn)(struct xml *x, const char *text, size_t offset);

/* ---- what the text of an element is for */

static void take_text(struct xml *x, const char *text, size_t offset)
{
	char **slot = (char **)(void *)((char *)&x->record + offset);

	if (*text && !*slot)
		*slot = mem_string(text);
}

static void take_list(struct xml *x, const char *text, size_t offset)
{
	struct text_list *list = (struct text_list *)(void *)((char *)&x->record + offset);

	if (*text && !text_list_has(list, text))
		text_list_add_text(list, text);
}

static void take_time(struct xml *x, const char *text, size_t offset)
{
	instant at = feed_time(text), *slot = (instant *)(void *)((char *)&x->record + offset);

	if (at != INSTANT_NONE)
		*slot = at;
}

static void take_word(struct xml *x, const char *text, size_t offset)
{
	(void)offset;
	if (*text)
		text_pairs_add(&x->record.scores, feed_kind_name(x->run->head->kind), text);
}

static void take_vector(struct xml *x, const char *text, size_t offset)
{
	(void)text;
	if (x->attribute)
		take_word(x, x->attribute, offset);
}

/* A title that says the id was rejected or withdrawn. */
static void take_title(struct xml *x, const char *text, size_t offset)
{
	static const char *const marks[] = { "被拒绝", "编号撤回", "** REJECT **" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strstr(text, marks[i]))
			x->record.state = FEED_WITHDRAWN;
	take_text(x, text, offset);
}

static void take_cpe(struct xml *x, const char *text, size_t offset)
{
	struct feed_product *product;

	(void)offset;
	if (!*text)
		return;
	product = feed_product_add(&x->record);
	product->usual = FEED_UNDECIDED;
	if (str_starts(text, "cpe:"))
		text_list_add_text(&product->cpes, text);
	else
		product->name = mem_string(text);
}

/* Atom's link is an attribute. */
static void take_link(struct xml *x, const char *text, size_t offset)
{
	take_list(x, x->attribute ? x->attribute : text, offset);
}

#define AT(field) offsetof(struct feed_record, field)

static const struct row {
	enum feed_kind kind;
	const char *element, *attribute;
	leaf_fn take;
	size_t offset;
} rows[] = {
	{ FEED_JVN, "identifier", NULL, take_text, AT(id) },
	{ FEED_JVN, "title", NULL, take_text, AT(title) },
	{ FEED_JVN, "description", NULL, take_text, AT(text) },
	{ FEED_JVN, "references", "id", take_link, AT(aliases) },
	{ FEED_JVN, "cpe", NULL, take_cpe, 0 },
	{ FEED_JVN, "cvss", "vector", take_vector, 0 },
	{ FEED_JVN, "issued", NULL, take_time, AT(published) },
	{ FEED_JVN, "modified", NULL, take_time, AT(modified) },
	{ FEED_JVN, "link", NULL, take_list, AT(links) },
	{ FEED_CNVD, "number", NULL, take_text, AT(id) },
	{ FEED_CNVD, "cveNumber", NULL, take_list, AT(aliases) },
	{ FEED_CNVD, "title", NULL, take_title, AT(title) },
	{ FEED_CNVD, "serverity", NULL, take_word, 0 },
	{ FEED_CNVD, "product", NULL, take_cpe, 0 },
	{ FEED_CNVD, "openTime", NULL, take_time, AT(modified) },
	{ FEED_CNVD, "submitTime", NULL, take_time, AT(published) },
	{ FEED_CNVD, "referenceLink", NULL, take_list, AT(links) },
	{ FEED_CNVD, "description", NULL, take_text, AT(text) },
	{ FEED_CNNVD, "vuln-id", NULL, take_text, AT(id) },
	{ FEED_CNNVD, "cve-id", NULL, take_list, AT(aliases) },
	{ FEED_CNNVD, "name", NULL, take_title, AT(title) },
	{ FEED_CNNVD, "severity", NULL, take_word, 0 },
	{ FEED_CNNVD, "product", NULL, take_cpe, 0 },
	{ FEED_CNNVD, "cncpe", "name", take_link, AT(links) },
	{ FEED_CNNVD, "published", NULL, take_time, AT(published) },
	{ FEED_CNNVD, "modified", NULL, take_time, AT(modified) },
	{ FEED_CNNVD, "ref-url", NULL, take_list, AT(links) },
	{ FEED_CNNVD, "vuln-descript", NULL, take_text, AT(text) },
	{ FEED_NEWS, "guid", NULL, take_text, AT(id) },
	{ FEED_NEWS, "id", NULL, take_text, AT(id) },
	{ FEED_NEWS, "title", NULL, take_text, AT(title) },
	{ FEED_NEWS, "link", "href", take_link, AT(links) },
	{ FEED_NEWS, "description", NULL, take_text, AT(text) },
	{ FEED_NEWS, "summary", NULL, take_text, AT(text) },
	{ FEED_NEWS, "content", NULL, take_text, AT(text) },
	{ FEED_NEWS, "encoded", NULL, take_text, AT(text) },
	{ FEED_NEWS, "pubDate", NULL, take_time, AT(modified) },
	{ FEED_NEWS, "date", NULL, take_time, AT(modified) },
	{ FEED_NEWS, "published", NULL, take_time, AT(published) },
	{ FEED_NEWS, "updated", NULL, take_time, AT(modified) },
};

static bool is_item(enum feed_kind kind, const char *element)
{
	static const struct { enum feed_kind kind; const char *element; } items[] = {
		{ FEED_JVN, "item" }, { FEED_CNVD, "vulnerability" }, { FEED_CNNVD, "entry" }, { FEED_NEWS, "item" },
		{ FEED_NEWS, "entry" },
	};

	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		if (items[i].kind == kind && str_equal(items[i].element, element))
			return true;
	return false;
}

/* ---- elements */

static const char *local(const char *name)
{
	const char *bar = strrchr(name, '\n');

	return bar ? bar + 1 : name;
}

static const struct row *find_row(enum feed_kind kind, const char *element)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].kind == kind && str_equal(rows[i].element, element))
			return &rows[i];
	return NULL;
}

static void keep_attribute(struct xml *x, const struct row *row, const XML_Char **attributes)
{
	mem_replace(&x->attribute, NULL);
	for (; row && row->attribute && attributes[0]; attributes += 2)
		if (str_equal(local(attributes[0]), row->attribute))
			mem_replace(&x->attribute, attributes[1]);
}

static void stop(struct xml *x, int code)
{
	x->code = code;
	XML_StopParser(x->parser, XML_FALSE);
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = data;
	const char *element = local(name);

	str_reset(&x->text);
	if (++x->depth > LEVELS) {
		stop(x, error_set(x->run->err, ERR_INPUT, x->run->name, NULL, _("elements are nested more than %d deep"), LEVELS));
	} else if (is_item(x->run->head->kind, element) && !x->open) {
		x->open = true;
		x->record.published = x->record.modified = INSTANT_NONE;
	} else if (x->open) {
		keep_attribute(x, find_row(x->run->head->kind, element), attributes);
	}
}

/* News need no id of their own: then the link is one, else the title. */
static void finish_news(struct feed_record *record)
{
	if (!record->id && record->links.count)
		record->id = mem_string(record->links.items[0]);
	if (!record->id)
		record->id = mem_string(record->title);
	if (record->modified == INSTANT_NONE)
		record->modified = record->published;
}

static void end_item(struct xml *x)
{
	int code;

	x->open = false;
	if (x->run->head->kind == FEED_NEWS)
		finish_news(&x->record);
	code = feed_take(x->run, &x->record, NULL, 0);
	feed_record_release(&x->record);
	if (code)
		stop(x, code);
}

/* The text in x->text, without blanks around it. */
static const char *trimmed(struct xml *x)
{
	char *text = x->text.bytes;
	size_t length = x->text.length;

	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	str_truncate(&x->text, length);
	return x->text.bytes + strspn(x->text.bytes, " \t\r\n");
}

static void on_end(void *data, const XML_Char *name)
{
	struct xml *x = data;
	const char *element = local(name);
	const struct row *row;

	x->depth--;
	if (x->open && is_item(x->run->head->kind, element)) {
		end_item(x);
		return;
	}
	row = x->open ? find_row(x->run->head->kind, element) : NULL;
	if (row)
		row->take(x, trimmed(x), row->offset);
	str_reset(&x->text);
	mem_replace(&x->attribute, NULL);
}

static void on_text(void *data, const XML_Char *text, int length)
{
	struct xml *x = data;

	if (x->open && x->text.length + (size_t)length <= TEXT_LIMIT)
		str_add_bytes(&x->text, text, (size_t)length);
}

static void on_entity(void *data, const XML_Char *name, int parameter, const XML_Char *value, int length,
		      const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	struct xml *x = data;

	(void)parameter, (void)value, (void)length, (void)base, (void)system, (void)public, (void)notation;
	stop(x, error_set(x->run->err, ERR_INPUT, x->run->name, _("Get the file elsewhere"),
			  _("it declares the entity %s; entities are refused"), name));
}

/* ---- text that should have been escaped */

static const char *const chinese_tags[] = {
	"vulnerabilitys", "vulnerability", "number", "cves", "cve", "cveNumber", "cveUrl", "bids", "bid", "bidNumber", "bidUrl",
	"title", "serverity", "products", "product", "isEvent", "submitTime", "openTime", "discovererName", "referenceLink",
	"formalWay", "description", "patchName", "patchDescription",
	"cnnvd", "entry", "name", "vuln-id", "published", "modified", "source", "severity", "vuln-type", "thrtype",
	"vulnerable-configuration", "cncpe-lang", "cncpe", "vuln-software-list", "vuln-descript", "vuln-exploit", "other-id",
	"cve-id", "bugtraq-id", "vuln-solution", "refs", "ref", "ref-source", "ref-name", "ref-url",
};

static bool is_tag(const char *at)
{
	size_t length;

	if (str_starts(at, "<?xml") || str_starts(at, "<!--"))
		return true;
	at += at[1] == '/' ? 2 : 1;
	length = strcspn(at, " \t\r\n/>");
	for (size_t i = 0; i < ARRAY_LEN(chinese_tags); i++)
		if (strlen(chinese_tags[i]) == length && !memcmp(chinese_tags[i], at, length))
			return true;
	return false;
}

static bool is_entity(const char *at)
{
	static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
	size_t digits = at[1] == '#' ? strspn(at + 2, "0123456789abcdefABCDEFx") : 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(at, names[i]))
			return true;
	return digits && at[2 + digits] == ';';
}

static void escape_loose(struct str *text)
{
	struct str ret = STR_INIT;

	for (const char *at = text->bytes; *at; at++)
		if (*at == '<' && !is_tag(at))
			str_add(&ret, "&lt;");
		else if (*at == '&' && !is_entity(at))
			str_add(&ret, "&amp;");
		else
			str_add_char(&ret, *at);
	str_release(text);
	*text = ret;
}

/* ---- the document */

static int parse(struct xml *x, const struct str *bytes)
{
	enum { STEP = 1 << 20 };

	for (size_t at = 0; !x->code; at += STEP) {
		bool last = bytes->length - at <= STEP;

		if (XML_Parse(x->parser, bytes->bytes + at, last ? (int)(bytes->length - at) : STEP, last) ==
		    XML_STATUS_ERROR && !x->code)
			x->code = error_set(x->run->err, ERR_INPUT, x->run->name, _("Get the file anew"), _("line %lu: %s"),
					    XML_GetCurrentLineNumber(x->parser),
					    XML_ErrorString(XML_GetErrorCode(x->parser)));
		if (last)
			break;
	}
	return x->code;
}

int feed_read_xml(struct feed_run *run)
{
	struct xml x = { .run = run, .text = STR_INIT };
	AUTO_STR bytes = STR_INIT;
	int code = feed_run_rest(run, &bytes);

	if (code)
		return code;
	if (run->head->kind == FEED_CNVD || run->head->kind == FEED_CNNVD)
		escape_loose(&bytes);
	x.parser = XML_ParserCreateNS(NULL, '\n');
	XML_SetHashSalt(x.parser, 0x9e3779b9);
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetCharacterDataHandler(x.parser, on_text);
	XML_SetEntityDeclHandler(x.parser, on_entity);
	code = parse(&x, &bytes);
	XML_ParserFree(x.parser);
	feed_record_release(&x.record);
	free(x.attribute);
	str_release(&x.text);
	return code;
}
