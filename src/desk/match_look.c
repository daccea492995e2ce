/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every component of the newest bills of materials, by each of its keys, looked up in the intelligence store: keys are
 * sorted, each is asked for once, and components that are the same under a key are judged once.
 */
#include "desk/match_private.h"

#include "desk/desk_private.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/feed_key.h"
#include "psirtty/format/sbom.h"

#include "desk/inventory_private.h"

struct entry { const char *key; uint32_t place, component; };

struct looking {
	struct intel *intel;
	struct look *look;
	struct entry *entries; size_t count, room;
	/* of the key that is asked for */
	const struct entry *first, *end;
	const char *key;
	struct match_item *items; size_t item_count, item_room;
	size_t *item_first, item_first_room;           /* where the entries of an item begin */
	/* of the record that is told */
	const struct intel_witness *witness;
	const char *name;                              /* of the flaw, as the record calls it */
	const struct look_record *record;              /* NULL until something is said by it */
	struct match_range *ranges; size_t range_room;
};

/* ---- places */

static const struct inventory_component *component_of(const struct look *look, const struct entry *entry)
{
	return inventory_at(look->places[entry->place].inventory, entry->component);
}

struct look_place *look_add(struct look *look, const char *product, const char *version, const struct inventory *inventory)
{
	struct look_place *place;

	look->places = mem_grow(look->places, &look->place_room, look->place_count + 1, sizeof(*place));
	place = &look->places[look->place_count++];
	*place = (struct look_place){ .product = product, .version = version, .inventory = inventory };
	return place;
}

/* A product that has no bill of materials is a component of its own. */
static void add_bare(struct look *look, const struct product *product, const char *version)
{
	struct sbom sbom = { .subject = { .name = product->name, .version = (char *)(uintptr_t)version, .purl = product->purl,
					  .supplier = product->vendor } };
	struct look_place *place = look_add(look, product->id, version, NULL);

	if (product->cpe)
		text_list_add_text(&sbom.subject.cpes, product->cpe);
	place->inventory = place->own = desk_inventory_of(&sbom);
	text_list_release(&sbom.subject.cpes);
}

static int add_product(struct desk *desk, struct look *look, const struct product *product, struct error *err)
{
	const struct inventory *inventory;
	int code = 0;

	for (size_t i = 0; !code && i < product->version_count; i++) {
		const struct bom *bom = model_find_bom(desk->model, product->id, product->versions[i]);

		if (!bom && (product->purl || product->cpe))
			add_bare(look, product, product->versions[i]);
		code = bom ? desk_inventory(desk, bom, &inventory, err) : 0;
		if (bom && !code)
			look_add(look, product->id, bom->version, inventory);
	}
	return code;
}

static int add_products(struct desk *desk, struct look *look, const char *wanted, struct error *err)
{
	const struct product *only = wanted ? model_find_product(desk->model, wanted) : NULL;
	int code = 0;

	if (wanted && !only)
		return error_set(err, ERR_INPUT, wanted, _("Enter it with `product add`"),
				 _("there is no such product in the register"));
	for (size_t i = 0; !code && i < model_product_count(desk->model); i++)
		if (!only || only == model_product(desk->model, i))
			code = add_product(desk, look, model_product(desk->model, i), err);
	return code;
}

/* ---- keys */

static void add_entries(struct looking *l)
{
	for (size_t p = 0; p < l->look->place_count; p++) {
		const struct inventory *inventory = l->look->places[p].inventory;

		l->look->components += inventory_count(inventory) - 1;
		for (size_t c = 0; c < inventory_count(inventory); c++) {
			const struct inventory_texts *keys = &inventory_at(inventory, c)->keys;

			l->entries = mem_grow(l->entries, &l->room, l->count + keys->count, sizeof(*l->entries));
			for (size_t k = 0; k < keys->count; k++)
				l->entries[l->count++] = (struct entry){ keys->items[k], (uint32_t)p, (uint32_t)c };
		}
	}
}

static size_t key_length(const char *key)
{
	return strcspn(key, "\t");
}

static int compare_keys(const char *a, const char *b)
{
	size_t x = key_length(a), y = key_length(b);
	int order = strncmp(a, b, x < y ? x : y);

	return order ? order : x < y ? -1 : x > y;
}

static int compare_same(const struct inventory_component *x, const struct inventory_component *y)
{
	int order = strcmp(x->version, y->version);

	order = order ? order : strcmp(x->purl, y->purl);
	if (!order && x->cpes.count != y->cpes.count)
		order = x->cpes.count < y->cpes.count ? -1 : 1;
	for (size_t i = 0; !order && i < x->cpes.count; i++)
		order = strcmp(x->cpes.items[i], y->cpes.items[i]);
	return order;
}

/* By key, then so that components that are the same stand together. */
static int compare_entries(const void *a, const void *b, void *look)
{
	const struct entry *x = a, *y = b;
	int order = compare_keys(x->key, y->key);

	order = order ? order : strcmp(x->key, y->key);
	order = order ? order : compare_same(component_of(look, x), component_of(look, y));
	if (order)
		return order;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->component < y->component ? -1 : x->component > y->component;
}

/* ---- what a record says */

static const enum match_kind kinds[FEED_KINDS] = {
	[FEED_UNKNOWN] = MATCH_KIND_NAMES, [FEED_CVE] = MATCH_KIND_CNA,      [FEED_NVD] = MATCH_KIND_CPE,
	[FEED_OSV] = MATCH_KIND_RANGES,    [FEED_KEV] = MATCH_KIND_NAMES,    [FEED_CSAF] = MATCH_KIND_VEX,
	[FEED_DEBIAN] = MATCH_KIND_RANGES, [FEED_ALPINE] = MATCH_KIND_RANGES, [FEED_JVN] = MATCH_KIND_CPE,
	[FEED_EUVD] = MATCH_KIND_NAMES,    [FEED_CNVD] = MATCH_KIND_NAMES,   [FEED_CNNVD] = MATCH_KIND_NAMES,
	[FEED_METASPLOIT] = MATCH_KIND_NAMES, [FEED_EXPLOIT_DB] = MATCH_KIND_NAMES, [FEED_NEWS] = MATCH_KIND_NAMES,
};

static const enum match_status statuses[] = { [FEED_AFFECTED] = MATCH_SAYS_AFFECTED,
					      [FEED_UNAFFECTED] = MATCH_SAYS_UNAFFECTED,
					      [FEED_UNDECIDED] = MATCH_SAYS_UNDECIDED };

static bool is_platform(const struct feed_product *product)
{
	if (product->usual != FEED_UNAFFECTED)
		return false;
	for (size_t i = 0; i < product->count; i++)
		if (product->ranges[i].status == FEED_AFFECTED)
			return false;
	return true;
}

/* The platforms of PRODUCT's group; freed by the caller. */
static const char **platforms_of(const struct feed_record *record, const struct feed_product *product, size_t *ret_count)
{
	const char **list = mem_alloc((record->count + 1) * sizeof(*list));

	*ret_count = 0;
	for (size_t i = 0; i < record->count; i++)
		if (record->products[i].group == product->group && is_platform(&record->products[i]) &&
		    record->products[i].cpes.count)
			list[(*ret_count)++] = record->products[i].cpes.items[0];
	return list;
}

static struct match_statement statement_of(struct looking *l, enum feed_kind kind, const struct feed_product *product)
{
	l->ranges = mem_grow(l->ranges, &l->range_room, product->count, sizeof(*l->ranges));
	for (size_t i = 0; i < product->count; i++) {
		const struct feed_range *r = &product->ranges[i];

		l->ranges[i] = (struct match_range){ statuses[r->status], r->scheme, r->from, r->to, r->after, r->through };
	}
	return (struct match_statement){ .kind = kinds[kind], .ecosystem = product->ecosystem, .purl = product->purl,
					 .usual = statuses[product->usual], .cpes = (const char *const *)product->cpes.items,
					 .cpe_count = product->cpes.count, .ranges = l->ranges, .count = product->count,
					 .grouped = product->group != 0 };
}

/* ---- rows */

/* A record tells of several products one after the other. */
static const struct look_record *keep_record(struct looking *l)
{
	const struct intel_witness *witness = l->witness;
	const struct feed_record *record = witness->record;
	struct look_record *last = l->look->record_count ? l->look->records[l->look->record_count - 1] : NULL, *kept;
	const char *name = intel_canonical(l->intel, l->name);

	if (last && last->change == witness->change && str_equal(last->vulnerability, name))
		return last;
	kept = mem_alloc(sizeof(*kept));
	kept->change = witness->change;
	kept->vulnerability = mem_string(name);
	kept->source = mem_string(witness->source);
	kept->record = mem_string(record->id);
	kept->title = record->title ? mem_string(record->title) : mem_format("%.160s", str_or_empty(record->text));
	kept->modified = record->modified;
	l->look->records = mem_grow(l->look->records, &l->look->record_room, l->look->record_count + 1, sizeof(*l->look->records));
	l->look->records[l->look->record_count++] = kept;
	return kept;
}

static void add_row(struct looking *l, const struct entry *entry, uint32_t times, const struct match_statement *statement,
		    const struct match_verdict *verdict)
{
	AUTO_STR range = STR_INIT;
	struct look_row *row;

	if (!l->record)
		l->record = keep_record(l);
	match_range_text(statement, verdict, &range);
	l->look->rows = mem_grow(l->look->rows, &l->look->row_room, l->look->row_count + 1, sizeof(*row));
	row = &l->look->rows[l->look->row_count++];
	*row = (struct look_row){ entry->place, entry->component, times, l->record, *verdict, statement->kind == MATCH_KIND_VEX,
				  str_detach(&range) };
}

/* Every CPE of one version of a product: what it may run on. */
static void name_place(struct look_place *place)
{
	size_t room = 0;

	if (place->named)
		return;
	place->named = true;
	for (size_t i = 0; i < inventory_count(place->inventory); i++) {
		const struct inventory_texts *cpes = &inventory_at(place->inventory, i)->cpes;

		for (size_t k = 0; k < cpes->count; k++) {
			AUTO_ERROR none = ERROR_INIT;

			place->names = mem_grow(place->names, &room, place->name_count + 1, sizeof(*place->names));
			if (cpe_parse(cpes->items[k], &place->names[place->name_count], &none) == 0)
				place->name_count++;
		}
	}
}

/* What the documents of several flaws say of a product cannot be told apart. */
static bool blur(struct match_verdict *verdict)
{
	if (verdict->answer == MATCH_NOT)
		return false;
	verdict->answer = MATCH_LOOK;
	verdict->certain = false;
	verdict->why = N_("the document tells of several flaws");
	return true;
}

/* Entries of one item: judged once, but for what holds on a platform alone. The same component several times in one
 * version of a product is one place. */
static void judge_item(struct looking *l, size_t at, const struct match_statement *statement, bool several)
{
	const struct entry *from = l->first + l->item_first[at];
	const struct entry *to = at + 1 < l->item_count ? l->first + l->item_first[at + 1] : l->end;
	struct match_verdict verdict;

	for (const struct entry *entry = from, *next; entry < to; entry = next) {
		struct look_place *place = &l->look->places[entry->place];

		for (next = entry + 1; next < to && next->place == entry->place;)
			next++;
		if (statement->grouped)
			name_place(place);
		if (entry == from || statement->grouped)
			match_judge(&l->items[at], statement, place->names, place->name_count, &verdict);
		if (entry == from && several && !blur(&verdict))
			verdict.answer = MATCH_NONE;
		if (verdict.answer != MATCH_NONE)
			add_row(l, entry, (uint32_t)(next - entry), statement, &verdict);
	}
}

static size_t count_flaws(const struct feed_record *record)
{
	size_t count = 0;

	for (size_t i = 0; i < record->aliases.count; i++)
		count += str_starts(record->aliases.items[i], "CVE-");
	return count;
}

/* An advisory is of each flaw it names; any other record of itself. */
static void judge_record(struct looking *l, const struct intel_witness *witness, const struct match_statement *statement)
{
	const struct feed_record *record = witness->record;
	size_t flaws = record->kind == FEED_CSAF ? count_flaws(record) : 0;

	for (size_t n = 0; n < (flaws ? record->aliases.count : 1); n++) {
		const char *name = flaws ? record->aliases.items[n] : record->id;

		if (flaws && !str_starts(name, "CVE-"))
			continue;
		l->witness = witness;
		l->name = name;
		l->record = NULL;
		for (size_t i = 0; i < l->item_count; i++)
			judge_item(l, i, statement, flaws > 1);
	}
}

static int take_product(void *context, const struct intel_witness *witness, const struct feed_product *product,
			struct error *err)
{
	struct looking *l = context;
	struct match_statement statement;
	const char **platforms = NULL;

	(void)err;
	if (witness->gone || witness->record->state != FEED_PUBLISHED || witness->record->kind >= FEED_KINDS)
		return 0;
	statement = statement_of(l, witness->record->kind, product);
	if (product->group) {
		platforms = platforms_of(witness->record, product, &statement.platform_count);
		statement.platforms = platforms;
	}
	judge_record(l, witness, &statement);
	free(platforms);
	return 0;
}

/* ---- each key once */

static void fill_items(struct looking *l)
{
	const struct entry *last = NULL;

	for (const struct entry *entry = l->first; entry < l->end; last = entry++) {
		if (last && str_equal(last->key, entry->key) &&
		    compare_same(component_of(l->look, last), component_of(l->look, entry)) == 0)
			continue;
		l->items = mem_grow(l->items, &l->item_room, l->item_count + 1, sizeof(*l->items));
		l->item_first = mem_grow(l->item_first, &l->item_first_room, l->item_count + 1, sizeof(*l->item_first));
		l->item_first[l->item_count] = (size_t)(entry - l->first);
		match_item_fill(component_of(l->look, entry), entry->key, &l->items[l->item_count++]);
	}
}

/* The first product of a key is met: only then its components are taken apart. */
static int first_product(void *context, const struct intel_witness *witness, const struct feed_product *product,
			 struct error *err)
{
	struct looking *l = context;

	if (!l->item_count)
		fill_items(l);
	return take_product(l, witness, product, err);
}

static int look_up(struct looking *l, struct error *err)
{
	int code = 0;

	for (size_t i = 0, next; !code && i < l->count; i = next) {
		AUTO_STRING key = mem_copy(l->entries[i].key, key_length(l->entries[i].key));

		for (next = i + 1; next < l->count && compare_keys(l->entries[i].key, l->entries[next].key) == 0;)
			next++;
		l->first = l->entries + i;
		l->end = l->entries + next;
		l->look->keys++;
		code = intel_products(l->intel, key, first_product, l, err);
		for (size_t k = 0; k < l->item_count; k++)
			match_item_release(&l->items[k]);
		l->item_count = 0;
	}
	return code;
}

static int compare_rows(const void *a, const void *b)
{
	const struct look_row *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->component != y->component)
		return x->component < y->component ? -1 : 1;
	return strcmp(x->record->vulnerability, y->record->vulnerability);
}

int look_at(struct look *look, struct intel *intel, struct error *err)
{
	struct looking l = { .intel = intel, .look = look };
	int code;

	add_entries(&l);
	if (l.count)
		qsort_r(l.entries, l.count, sizeof(*l.entries), compare_entries, look);
	code = look_up(&l, err);
	if (look->row_count)
		qsort(look->rows, look->row_count, sizeof(*look->rows), compare_rows);
	free(l.entries);
	free(l.items);
	free(l.item_first);
	free(l.ranges);
	return code;
}

int desk_look(struct desk *desk, struct intel *intel, const char *product, struct look *ret, struct error *err)
{
	int code;

	*ret = (struct look){ .places = NULL };
	code = add_products(desk, ret, product, err);
	return code ? code : look_at(ret, intel, err);
}

void desk_look_release(struct look *look)
{
	for (size_t i = 0; i < look->place_count; i++) {
		inventory_free(look->places[i].own);
		for (size_t k = 0; k < look->places[i].name_count; k++)
			cpe_release(&look->places[i].names[k]);
		free(look->places[i].names);
	}
	for (size_t i = 0; i < look->record_count; i++) {
		free(look->records[i]->vulnerability);
		free(look->records[i]->source);
		free(look->records[i]->record);
		free(look->records[i]->title);
		free(look->records[i]);
	}
	for (size_t i = 0; i < look->row_count; i++)
		free(look->rows[i].range);
	free(look->places);
	free(look->records);
	free(look->rows);
}
