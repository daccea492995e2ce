/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The products as a tree: versions with their support, and what each is made of, as deep as one opens it; and the page of a
 * component, seen from both sides: where it is used, and what is known of it.
 */
#include "psirtty/desk/flaw.h"
#include "psirtty/desk/match.h"
#include "tui/cells.h"

enum { DEEPEST = 40, ROWS_MOST = 20000, INDENT = 2, KNOWN_MOST = 200 };

/* Of a product only; of a version as well; of a component all. */
struct node {
	const struct product *product;
	const char *version;               /* borrowed from the model */
	const struct bom *bom;             /* NULL: nobody told what it is made of */
	const struct inventory *inventory; /* NULL: a product, a version */
	size_t index;
	int depth;
	bool branch, open;
	char *id;                          /* owned: "gateway", "gateway 4.1", "gateway 4.1 3/7" */
};
struct tree {
	struct node *items; size_t count, capacity;
	struct desk_match *matches; size_t match_count; /* owned: what nobody decided about yet */
};

static void tree_free(void *items)
{
	struct tree *tree = items;

	for (size_t i = 0; i < tree->count; i++)
		free(tree->items[i].id);
	free(tree->items);
	free(tree->matches);
	free(tree);
}

static struct node *tree_add(struct tree *tree, const struct view *view, const struct node *node)
{
	struct node *added;

	tree->items = mem_grow(tree->items, &tree->capacity, tree->count + 1, sizeof(*tree->items));
	added = &tree->items[tree->count++];
	*added = *node;
	added->open = node->branch && idset_has(&view->opened, node->id);
	return added;
}

/* ---- loading */

static void add_components(struct tree *tree, const struct view *view, const struct node *above)
{
	size_t count;
	const uint32_t *below = inventory_children(above->inventory, above->index, &count);
	struct node parent = *above;
	AUTO_STRING id = mem_string(above->id);

	for (size_t i = 0; i < count && tree->count < ROWS_MOST && parent.depth < DEEPEST; i++) {
		struct node node = parent;
		size_t under;

		node.index = below[i];
		node.depth = parent.depth + 1;
		inventory_children(node.inventory, node.index, &under);
		node.branch = under > 0;
		node.id = mem_format("%s%c%u", id, parent.index || parent.depth > 1 ? '/' : ' ', below[i]);
		if (tree_add(tree, view, &node)->open) {
			struct node opened = tree->items[tree->count - 1];

			add_components(tree, view, &opened);
		}
	}
}

static void add_version(struct tree *tree, const struct view *view, const struct product *product, const char *version)
{
	struct node node = { .product = product, .version = version, .depth = 1 }, opened;

	node.bom = model_find_bom(view_model(view), product->id, version);
	node.branch = node.bom != NULL;
	node.id = mem_format("%s %s", product->id, version);
	if (!tree_add(tree, view, &node)->open)
		return;
	opened = tree->items[tree->count - 1];
	if (desk_inventory(view->context->desk, opened.bom, &opened.inventory, NULL) == 0)
		add_components(tree, view, &opened);
}

static void products_load(struct view *view)
{
	const struct model *model = view_model(view);
	const struct desk_match_query query = { .which = MATCHES_QUEUE };
	struct tree *tree = mem_alloc(sizeof(*tree));

	if (desk_matches(view->context->desk, &query, &tree->matches, &tree->match_count, NULL))
		tree->match_count = 0;
	for (size_t i = 0; i < model_product_count(model); i++) {
		const struct product *product = model_product(model, i);
		const struct node node = { .product = product, .branch = product->version_count > 0, .id = mem_string(product->id) };

		if (!tree_add(tree, view, &node)->open)
			continue;
		for (size_t j = 0; j < product->version_count; j++)
			add_version(tree, view, product, product->versions[j]);
	}
	view_take_items(view, tree, tree_free);
	for (size_t i = 0; i < tree->count; i++)
		view_add(view, &tree->items[i], i);
}

static void node_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct node *)row->item)->id);
}

static bool node_branch(const struct row *row)
{
	return ((const struct node *)row->item)->branch;
}

/* ---- matches that wait for a decision */

static bool in_version(const struct desk_match *match, const char *version)
{
	struct match_place place;

	for (size_t i = 0; i < desk_match_places(match); i++) {
		desk_match_place(match, i, &place);
		if (str_equal(place.version, version))
			return true;
	}
	return false;
}

static bool names_component(const struct inventory_component *component, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < component->keys.count; i++)
		if (strncmp(component->keys.items[i], key, length) == 0 && strchr("\t", component->keys.items[i][length]))
			return true;
	return false;
}

static bool match_of(const struct desk_match *match, const struct node *node)
{
	return str_equal(match->product, node->product->id) && (!node->version || in_version(match, node->version)) &&
	       (!node->inventory || names_component(inventory_at(node->inventory, node->index), match->component));
}

static size_t match_count(const struct view *view, const struct node *node)
{
	const struct tree *tree = view->items;
	size_t count = 0;

	for (size_t i = 0; i < tree->match_count; i++)
		count += match_of(&tree->matches[i], node);
	return count;
}

static void match_lines(const struct view *view, const struct node *node, struct doc *doc)
{
	const struct tree *tree = view->items;

	for (size_t i = 0; i < tree->match_count; i++) {
		const struct desk_match *match = &tree->matches[i];

		if (!match_of(match, node))
			continue;
		doc_line(doc);
		doc_label(doc, _("match"));
		doc_format(doc, ROLE_ID, "%s  ", match->vulnerability);
		doc_format(doc, ROLE_DUE, "%s%s%s  ", match->exploited ? _("! exploited, ") : "", match_answer_name(match->answer),
			   match->certain ? "" : " ?");
		doc_wrapped(doc, ROLE_NORMAL, 14, match->component);
	}
}

/* ---- cells */

static const char *product_of(const struct case_affected *affected, const struct product *product)
{
	return str_equal(affected->product, product->id) || str_equal(affected->product, product->name) ? affected->product : NULL;
}

/* Whether the case says something of the product, or of that VERSION of it. */
static bool speaks_of(const struct case_state *state, const struct product *product, const char *version)
{
	for (size_t i = 0; i < state->affected_count; i++)
		if (product_of(&state->affected[i], product) &&
		    (!version || str_equal(str_or_empty(state->affected[i].version), version)))
			return true;
	return false;
}

static size_t case_count(const struct model *model, const struct node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < model_case_count(model); i++)
		count += speaks_of(model_case(model, i), node->product, node->version);
	return count;
}

static void support_cell(const struct node *node, instant now, struct cell *ret)
{
	char date[40];

	if (node->inventory || !node->version)
		return;
	for (size_t i = 0; i < node->product->support_count; i++) {
		const struct product_support *support = &node->product->support[i];

		if (!str_equal(support->version, node->version))
			continue;
		str_add_format(&ret->text, support->until <= now ? _("! ended %s") : _("until %s"), instant_format_date(support->until, date));
		ret->role = support->until <= now ? ROLE_OVERDUE : ROLE_NORMAL;
		return;
	}
	cell_set(ret, ROLE_DIM, _("unknown"));
}

static void name_cell(const struct node *node, struct cell *ret)
{
	const struct inventory_component *component = node->inventory ? inventory_at(node->inventory, node->index) : NULL;

	str_add_repeat(&ret->text, ' ', (size_t)(node->depth * INDENT));
	str_add(&ret->text, node->branch ? node->open ? "- " : "+ " : "  ");
	if (component)
		str_add_format(&ret->text, "%s%s%s %s", component->group, *component->group ? "/" : "", component->name, component->version);
	else
		str_add(&ret->text, node->version ? node->version : node->product->id);
	ret->role = node->depth ? ROLE_NORMAL : ROLE_ID;
}

static void detail_cell(const struct node *node, struct cell *ret)
{
	const struct inventory_component *component = node->inventory ? inventory_at(node->inventory, node->index) : NULL;

	if (component)
		cell_set(ret, ROLE_DIM, *component->purl ? component->purl : component->supplier);
	else if (!node->version)
		str_add_format(&ret->text, "%s%s%s", str_or_empty(node->product->name), node->product->vendor ? ", " : "",
			       str_or_empty(node->product->vendor));
	else if (node->bom)
		str_add_format(&ret->text, _("%zu components"), node->bom->components);
	else
		cell_set(ret, ROLE_DIM, _("made of: unknown"));
}

enum product_column { PRODUCT_NAME, PRODUCT_SUPPORT, PRODUCT_CASES, PRODUCT_MATCHES, PRODUCT_DETAIL };
static const struct column product_columns[] = {
	[PRODUCT_NAME] = { N_("product, version, component"), 32, 0, false },
	[PRODUCT_SUPPORT] = { N_("support"), 18, 0, false },
	[PRODUCT_CASES] = { N_("cases"), 5, 0, true },
	[PRODUCT_MATCHES] = { N_("matches"), 7, 70, true },
	[PRODUCT_DETAIL] = { "", 0, 0, false },
};

/* Where nobody told what it is made of nothing can be matched: that is no zero. */
static void matches_cell(const struct view *view, const struct node *node, struct cell *ret)
{
	size_t count = match_count(view, node);
	bool known = node->bom != NULL;

	for (size_t i = 0; !node->version && !known && i < node->product->version_count; i++)
		known = model_find_bom(view_model(view), node->product->id, node->product->versions[i]) != NULL;
	if (!model_match_run(view_model(view)) || !known)
		cell_set(ret, ROLE_DIM, "?");
	else
		str_add_format(&ret->text, count ? "!%zu" : "%zu", count);
	if (count)
		ret->role = ROLE_OVERDUE;
}

static void product_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct node *node = row->item;

	switch ((enum product_column)column) {
	case PRODUCT_NAME: name_cell(node, ret); break;
	case PRODUCT_SUPPORT: support_cell(node, view_now(view), ret); break;
	case PRODUCT_CASES: if (!node->inventory) str_add_format(&ret->text, "%zu", case_count(view_model(view), node)); break;
	case PRODUCT_MATCHES: matches_cell(view, node, ret); break;
	case PRODUCT_DETAIL: detail_cell(node, ret); break;
	}
}

/* ---- previews */

static void affected_lines(const struct view *view, const struct node *node, struct doc *doc)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t j = 0; j < state->affected_count; j++) {
			const struct case_affected *affected = &state->affected[j];

			if (!product_of(affected, node->product) ||
			    (node->version && !str_equal(str_or_empty(affected->version), node->version)))
				continue;
			doc_line(doc);
			doc_format(doc, ROLE_ID, "%s ", state->id);
			doc_format(doc, ROLE_NORMAL, "%s %s", str_or_empty(affected->version), affected_name(affected->status));
		}
	}
}

static void product_lines(const struct product *product, struct doc *doc)
{
	AUTO_STR versions = STR_INIT;

	for (size_t i = 0; i < product->version_count; i++)
		str_add_format(&versions, "%s%s", i ? ", " : "", product->versions[i]);
	doc_field(doc, _("name"), ROLE_TITLE, product->name);
	doc_field(doc, _("vendor"), ROLE_NORMAL, product->vendor);
	doc_field(doc, _("versions"), ROLE_NORMAL, versions.bytes);
	doc_field(doc, _("owner"), ROLE_NORMAL, product->owner);
	doc_field(doc, "purl", ROLE_NORMAL, product->purl);
	doc_field(doc, "cpe", ROLE_NORMAL, product->cpe);
	doc_field(doc, _("note"), ROLE_NORMAL, product->note);
}

static void version_lines(const struct view *view, const struct node *node, struct doc *doc)
{
	struct cell cell = { STR_INIT, ROLE_NORMAL };
	char when[40];

	doc_line(doc);
	doc_format(doc, ROLE_TITLE, "%s %s", node->product->name ? node->product->name : node->product->id, node->version);
	support_cell(node, view_now(view), &cell);
	doc_cell(doc, _("support"), &cell);
	if (node->bom) {
		AUTO_STRING line = mem_format(_("%zu components, %zu warnings, %s, taken in %s by %s"), node->bom->components,
					      node->bom->warnings, node->bom->format, time_full(node->bom->at, when),
					      str_or_empty(node->bom->by));

		doc_field(doc, _("made of"), ROLE_NORMAL, line);
		doc_field(doc, "SHA-256", ROLE_DIM, node->bom->sha256);
	} else {
		doc_field(doc, _("made of"), ROLE_WARNING,
			  _("? unknown: \":sbom import PRODUCT VERSION FILE\" takes a bill of materials in; until then nothing can be matched"));
	}
}

static void texts_field(const struct inventory_texts *texts, const char *label, struct doc *doc)
{
	AUTO_STR words = STR_INIT;

	for (size_t i = 0; i < texts->count; i++)
		str_add_format(&words, "%s%s", i ? ", " : "", texts->items[i]);
	doc_field(doc, label, ROLE_NORMAL, words.bytes);
}

static void component_fields(const struct view *view, const struct inventory_component *component, struct doc *doc)
{
	const struct contact *upstream = desk_upstream(view->context->desk, component);

	doc_line(doc);
	doc_format(doc, ROLE_TITLE, "%s%s%s %s", component->group, *component->group ? "/" : "", component->name, component->version);
	doc_field(doc, "purl", ROLE_NORMAL, component->purl);
	texts_field(&component->cpes, "cpe", doc);
	doc_field(doc, _("supplier"), ROLE_NORMAL, component->supplier);
	texts_field(&component->licences, _("licences"), doc);
	doc_field(doc, _("upstream"), upstream ? ROLE_NORMAL : ROLE_DIM,
		  upstream ? contact_text(upstream, "name") : _("unknown: \":product upstream COMPONENT CONTACT\" says whom to ask"));
}

static void product_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct node *node = row->item;

	if (node->inventory) {
		AUTO_STR path = STR_INIT;

		component_fields(view, inventory_at(node->inventory, node->index), doc);
		desk_path_text(node->inventory, node->index, &path);
		doc_field(doc, _("by way of"), ROLE_NORMAL, path.bytes);
		match_lines(view, node, doc);
		return;
	}
	if (node->version)
		version_lines(view, node, doc);
	else
		product_lines(node->product, doc);
	match_lines(view, node, doc);
	affected_lines(view, node, doc);
}

/* The page of a component is called by its first key; behind it stands what would be asked for in vain. */
static void node_subject(const struct view *view, const struct row *row, struct str *ret)
{
	const struct node *node = row->item;
	const struct inventory_component *component = node->inventory ? inventory_at(node->inventory, node->index) : NULL;

	(void)view;
	if (component)
		str_add(ret, *component->purl ? component->purl : component->name);
}

const struct view_ops products_view = {
	.name = "products", .title = N_("Products"), .brief = N_("Prod"),
	.empty = N_("No product is registered. \":product add\" registers one."),
	.columns = product_columns, .column_count = ARRAY_LEN(product_columns),
	.load = products_load, .cell = product_cell, .row_id = node_id, .row_branch = node_branch, .preview = product_preview,
	.opens = &component_view, .row_subject = node_subject,
};

/* ---- a component, from both sides */

struct uses { const struct view *view; struct doc *doc; size_t count; const struct inventory_component *first; };

static void use_line(void *context, const struct desk_use *use)
{
	struct uses *uses = context;
	const struct inventory_component *component = inventory_at(use->inventory, use->index);
	AUTO_STR path = STR_INIT;

	if (!uses->count++) {
		component_fields(uses->view, component, uses->doc);
		uses->first = component;
		doc_heading(uses->doc, _("Used in"));
	}
	desk_path_text(use->inventory, use->index, &path);
	doc_line(uses->doc);
	doc_format(uses->doc, ROLE_ID, "%s %s  ", use->bom->product, use->bom->version);
	doc_format(uses->doc, ROLE_NORMAL, "%s  ", component->version);
	doc_wrapped(uses->doc, ROLE_DIM, 4, path.bytes);
}

struct known { struct doc *doc; char *last; size_t count; };

/* Records of one flaw follow each other: each flaw is told once with the sources that have it. */
static int known_line(void *context, const struct intel_witness *witness, const struct feed_product *product, struct error *err)
{
	struct known *known = context;
	const struct feed_record *record = witness->record;

	(void)product;
	(void)err;
	if (!str_equal(known->last, record->id)) {
		mem_replace(&known->last, record->id);
		if (known->count++ >= KNOWN_MOST)
			return 0;
		doc_line(known->doc);
		doc_column(known->doc, ROLE_ID, 22, record->id);
		if (record->state != FEED_PUBLISHED)
			doc_run(known->doc, ROLE_WARNING, record->state == FEED_REJECTED ? _("rejected ") : _("withdrawn "));
		if (record->exploited)
			doc_run(known->doc, ROLE_OVERDUE, _("! exploited "));
	}
	if (known->count <= KNOWN_MOST)
		doc_format(known->doc, ROLE_DIM, " %s", witness->source);
	return 0;
}

static void known_lines(struct desk *desk, const struct inventory_component *component, struct doc *doc)
{
	struct intel *intel = desk_intel(desk);
	struct known known = { .doc = doc };

	doc_line(doc);
	doc_heading(doc, _("Flaws that name it, in whatever version"));
	for (size_t i = 0; intel && i < component->keys.count; i++) {
		AUTO_STRING key = mem_copy(component->keys.items[i], strcspn(component->keys.items[i], "\t"));

		intel_products(intel, key, known_line, &known, NULL);
	}
	if (!intel)
		doc_sentence(doc, ROLE_DIM, _("? Unknown: there is no store of intelligence."));
	else if (!known.count)
		doc_sentence(doc, ROLE_DIM, _("? None that the sources here tell of; see their ages in the feeds."));
	else if (known.count > KNOWN_MOST)
		doc_format(doc, ROLE_DIM, _("%zu in all"), known.count);
	free(known.last);
}

static void component_body(const struct view *view, struct doc *doc)
{
	struct uses uses = { .view = view, .doc = doc };
	AUTO_ERROR err = ERROR_INIT;

	if (!view->subject || !*view->subject)
		return;
	if (desk_component_uses(view->context->desk, view->subject, use_line, &uses, &err))
		doc_sentence(doc, ROLE_ERROR, str_or_empty(err.why));
	if (uses.first)
		known_lines(view->context->desk, uses.first, doc);
}

const struct view_ops component_view = {
	.name = "component", .title = N_("Component"), .brief = N_("Component"),
	.empty = N_("No version of a product that we know the parts of has this component."), .body = component_body,
};
