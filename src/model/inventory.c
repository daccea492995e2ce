/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components of one version of a product. All texts lie in one arena; who needs whom is kept as a list of edges
 * and, once it is whole, as the children of each component one behind the other.
 */
#include "psirtty/model/inventory.h"

#include "model/arena.h"
#include "psirtty/base/i18n.h"

enum { TEXTS = 6, LISTS = 3, COMPONENT_LIMIT = 2000000, ARENA_ROOM = 256 * 1024 };
static const char magic[] = "psirtty inventory 1\n";

struct edge { uint32_t from, to; };

struct inventory {
	struct arena arena;
	struct inventory_component *components; size_t count, room;
	struct edge *edges; size_t edge_count, edge_room;
	size_t told;      /* edges the document has; those that join what nothing leads to come on top */
	uint32_t *first;  /* owned: where the children of a component begin; one more than there are */
	uint32_t *child;  /* owned */
	uint32_t *parent; /* owned: on the shortest way; its own number for component 0 and what nothing leads to */
};

struct inventory *inventory_new(void)
{
	return mem_alloc(sizeof(struct inventory));
}

void inventory_free(struct inventory *inventory)
{
	if (!inventory)
		return;
	arena_release(&inventory->arena);
	free(inventory->components);
	free(inventory->edges);
	free(inventory->first);
	free(inventory->child);
	free(inventory->parent);
	free(inventory);
}

/* ---- filling */

static const char *keep(struct inventory *inventory, const char *text)
{
	return text && *text ? arena_copy(&inventory->arena, text, strlen(text), ARENA_ROOM) : "";
}

static struct inventory_texts keep_texts(struct inventory *inventory, const struct inventory_texts *texts)
{
	const char **items = texts->count ? arena_take(&inventory->arena, texts->count * sizeof(*items), ARENA_ROOM) : NULL;

	for (size_t i = 0; i < texts->count; i++)
		items[i] = keep(inventory, texts->items[i]);
	return (struct inventory_texts){ items, texts->count };
}

size_t inventory_add(struct inventory *inventory, const struct inventory_component *component)
{
	struct inventory_component *c;

	inventory->components = mem_grow(inventory->components, &inventory->room, inventory->count + 1, sizeof(*c));
	c = &inventory->components[inventory->count];
	c->ref = keep(inventory, component->ref);
	c->group = keep(inventory, component->group);
	c->name = keep(inventory, component->name);
	c->version = keep(inventory, component->version);
	c->purl = keep(inventory, component->purl);
	c->supplier = keep(inventory, component->supplier);
	c->cpes = keep_texts(inventory, &component->cpes);
	c->licences = keep_texts(inventory, &component->licences);
	c->keys = keep_texts(inventory, &component->keys);
	return inventory->count++;
}

void inventory_depend(struct inventory *inventory, size_t from, size_t to)
{
	if (from >= inventory->count || to >= inventory->count || from == to)
		return;
	inventory->edges = mem_grow(inventory->edges, &inventory->edge_room, inventory->edge_count + 1, sizeof(struct edge));
	inventory->edges[inventory->edge_count++] = (struct edge){ (uint32_t)from, (uint32_t)to };
}

/* ---- who needs whom */

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static void sort_edges(struct inventory *inventory)
{
	size_t kept = 0;

	if (inventory->edge_count)
		qsort(inventory->edges, inventory->edge_count, sizeof(struct edge), compare_edges);
	for (size_t i = 0; i < inventory->edge_count; i++)
		if (!kept || compare_edges(&inventory->edges[kept - 1], &inventory->edges[i]) != 0)
			inventory->edges[kept++] = inventory->edges[i];
	inventory->edge_count = kept;
}

/* From START on along the edges, what was not met yet; FIRST_EDGE is where the edges of a component begin. */
static void walk(struct inventory *inventory, uint32_t start, bool *met, uint32_t *queue)
{
	size_t head = 0, tail = 0;

	queue[tail++] = start;
	met[start] = true;
	while (head < tail) {
		uint32_t at = queue[head++];

		for (uint32_t i = inventory->first[at]; i < inventory->first[at + 1]; i++) {
			uint32_t to = inventory->edges[i].to;

			if (met[to])
				continue;
			met[to] = true;
			inventory->parent[to] = at;
			queue[tail++] = to;
		}
	}
}

/* Edges from 0 to what nothing else leads to; components of a circle begin with the first. */
static void join_loose(struct inventory *inventory)
{
	bool *met = mem_alloc(inventory->count + 1), *led = mem_alloc(inventory->count + 1);
	uint32_t *queue = mem_alloc((inventory->count + 1) * sizeof(*queue));
	size_t edges = inventory->edge_count;

	for (size_t i = 0; i < edges; i++)
		led[inventory->edges[i].to] = true;
	walk(inventory, 0, met, queue);
	for (int round = 0; round < 2; round++)
		for (size_t i = 1; i < inventory->count; i++)
			if (!met[i] && (round || !led[i])) {
				inventory_depend(inventory, 0, i);
				walk(inventory, (uint32_t)i, met, queue);
				inventory->parent[i] = 0;
			}
	free(met);
	free(led);
	free(queue);
}

static void index_edges(struct inventory *inventory)
{
	size_t at = 0;

	for (size_t i = 0; i <= inventory->count; i++) {
		while (at < inventory->edge_count && inventory->edges[at].from < i)
			at++;
		inventory->first[i] = (uint32_t)at;
	}
}

void inventory_finish(struct inventory *inventory)
{
	size_t told;

	if (!inventory->count)
		inventory_add(inventory, &(struct inventory_component){ .name = NULL });
	sort_edges(inventory);
	told = inventory->edge_count;
	inventory->first = mem_alloc((inventory->count + 1) * sizeof(*inventory->first));
	inventory->parent = mem_alloc(inventory->count * sizeof(*inventory->parent));
	for (size_t i = 0; i < inventory->count; i++)
		inventory->parent[i] = (uint32_t)i;
	index_edges(inventory);
	join_loose(inventory);
	sort_edges(inventory);
	index_edges(inventory);
	inventory->child = mem_alloc((inventory->edge_count + 1) * sizeof(*inventory->child));
	for (size_t i = 0; i < inventory->edge_count; i++)
		inventory->child[i] = inventory->edges[i].to;
	inventory->told = told;
}

/* ---- asking */

size_t inventory_count(const struct inventory *inventory)
{
	return inventory->count;
}

const struct inventory_component *inventory_at(const struct inventory *inventory, size_t index)
{
	return &inventory->components[index];
}

const uint32_t *inventory_children(const struct inventory *inventory, size_t index, size_t *ret_count)
{
	*ret_count = inventory->first[index + 1] - inventory->first[index];
	return inventory->child + inventory->first[index];
}

size_t inventory_edges(const struct inventory *inventory)
{
	return inventory->told;
}

size_t inventory_path(const struct inventory *inventory, size_t index, size_t *ret, size_t most)
{
	size_t length = 1, skip, at = index;

	while (inventory->parent[at] != at) {
		at = inventory->parent[at];
		length++;
	}
	skip = length > most ? length - most : 0;
	at = index;
	for (size_t i = length - skip; i-- > 0;) {
		ret[i] = at;
		at = inventory->parent[at];
	}
	return length - skip;
}

void inventory_name(const struct inventory_component *component, struct str *ret)
{
	if (component->keys.count) {
		const char *key = component->keys.items[0];

		str_add_bytes(ret, key, strcspn(key, "\t"));
		return;
	}
	str_add_format(ret, "%s%s%s", component->group, *component->group ? "/" : "", component->name);
}

/* ---- the compact form: numbers of seven bits a byte, texts ended by a zero */

static void add_number(struct str *ret, size_t number)
{
	for (; number > 127; number >>= 7)
		str_add_char(ret, (char)((number & 127) | 128));
	str_add_char(ret, (char)number);
}

static void add_text(struct str *ret, const char *text)
{
	str_add_bytes(ret, text, strlen(text) + 1);
}

static void add_component(struct str *ret, const struct inventory_component *c)
{
	const char *const texts[TEXTS] = { c->ref, c->group, c->name, c->version, c->purl, c->supplier };
	const struct inventory_texts *const lists[LISTS] = { &c->cpes, &c->licences, &c->keys };

	for (size_t i = 0; i < TEXTS; i++)
		add_text(ret, texts[i]);
	for (size_t i = 0; i < LISTS; i++) {
		add_number(ret, lists[i]->count);
		for (size_t k = 0; k < lists[i]->count; k++)
			add_text(ret, lists[i]->items[k]);
	}
}

void inventory_write(const struct inventory *inventory, struct str *ret)
{
	const struct edge *last = NULL;

	str_add(ret, magic);
	add_number(ret, inventory->count);
	for (size_t i = 0; i < inventory->count; i++)
		add_component(ret, &inventory->components[i]);
	add_number(ret, inventory->edge_count);
	for (const struct edge *edge = inventory->edges; edge < inventory->edges + inventory->edge_count; last = edge++) {
		add_number(ret, edge->from - (last ? last->from : 0));
		add_number(ret, edge->to);
	}
	add_number(ret, inventory->told);
}

struct reader { const char *at, *end; bool broken; };

static size_t read_number(struct reader *r)
{
	size_t number = 0;

	for (int shift = 0; shift < 35; shift += 7) {
		unsigned char byte;

		if (r->at == r->end)
			break;
		byte = (unsigned char)*r->at++;
		number |= (size_t)(byte & 127) << shift;
		if (byte < 128)
			return number;
	}
	r->broken = true;
	return 0;
}

static const char *read_text(struct reader *r)
{
	const char *text = r->at, *zero = memchr(text, 0, (size_t)(r->end - text));

	if (!zero) {
		r->broken = true;
		return "";
	}
	r->at = zero + 1;
	return text;
}

/* Texts of LIST point into what is read, until they are copied; the array is the caller's. */
static void read_list(struct reader *r, const char ***items, size_t *room, struct inventory_texts *ret)
{
	size_t count = read_number(r);

	if (count > (size_t)(r->end - r->at))
		r->broken = true;
	if (r->broken)
		return;
	*items = mem_grow(*items, room, count, sizeof(**items));
	for (size_t i = 0; i < count; i++)
		(*items)[i] = read_text(r);
	*ret = (struct inventory_texts){ *items, count };
}

struct scratch { const char **items[LISTS]; size_t room[LISTS]; };

static void read_component(struct reader *r, struct inventory *inventory, struct scratch *scratch)
{
	struct inventory_component c = { .name = NULL };
	const char **texts[TEXTS] = { &c.ref, &c.group, &c.name, &c.version, &c.purl, &c.supplier };
	struct inventory_texts *lists[LISTS] = { &c.cpes, &c.licences, &c.keys };

	for (size_t i = 0; i < TEXTS; i++)
		*texts[i] = read_text(r);
	for (size_t i = 0; i < LISTS; i++)
		read_list(r, &scratch->items[i], &scratch->room[i], lists[i]);
	if (!r->broken)
		inventory_add(inventory, &c);
}

static void read_edges(struct reader *r, struct inventory *inventory)
{
	size_t count = read_number(r), from = 0;

	for (size_t i = 0; i < count && !r->broken; i++) {
		from += read_number(r);
		inventory_depend(inventory, from, read_number(r));
	}
}

int inventory_read(const char *bytes, size_t length, struct inventory **ret, struct error *err)
{
	struct reader r = { bytes, bytes + length, length < sizeof(magic) - 1 || memcmp(bytes, magic, sizeof(magic) - 1) != 0 };
	struct inventory *inventory = inventory_new();
	struct scratch scratch = { { NULL }, { 0 } };
	size_t count = 0, told;

	if (!r.broken) {
		r.at += sizeof(magic) - 1;
		count = read_number(&r);
	}
	for (size_t i = 0; i < count && i < COMPONENT_LIMIT && !r.broken; i++)
		read_component(&r, inventory, &scratch);
	for (size_t i = 0; i < LISTS; i++)
		free(scratch.items[i]);
	read_edges(&r, inventory);
	told = read_number(&r);
	if (r.broken || r.at != r.end || !inventory->count) {
		inventory_free(inventory);
		return error_set(err, ERR_INPUT, _("inventory"), _("Import the bill of materials again"),
				 _("its compact form is broken"));
	}
	inventory_finish(inventory);
	inventory->told = told;
	*ret = inventory;
	return 0;
}

/* ---- two of them beside each other */

struct named { char *name; const char *version; };

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->version, y->version);
}

/* All but component 0, sorted. */
static struct named *name_all(const struct inventory *inventory, size_t *ret_count)
{
	struct named *list = mem_alloc(inventory->count * sizeof(*list));

	*ret_count = inventory->count - 1;
	for (size_t i = 0; i < *ret_count; i++) {
		AUTO_STR name = STR_INIT;

		inventory_name(&inventory->components[i + 1], &name);
		list[i] = (struct named){ str_detach(&name), inventory->components[i + 1].version };
	}
	qsort(list, *ret_count, sizeof(*list), compare_named);
	return list;
}

/* The versions of NAME from *AT on, each once; moves on. */
static void take_versions(const struct named *list, size_t count, size_t *at, const char *name, struct str *ret)
{
	for (; *at < count && str_equal(list[*at].name, name); (*at)++)
		if (!ret->length || !str_equal(list[*at].version, list[*at - 1].version))
			str_add_format(ret, "%s%s", ret->length ? ", " : "",
				       *list[*at].version ? list[*at].version : "?");
}

static void free_named(struct named *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].name);
	free(list);
}

void inventory_diff(const struct inventory *a, const struct inventory *b, inventory_diff_fn fn, void *context)
{
	size_t a_count, b_count, i = 0, k = 0;
	struct named *x = name_all(a, &a_count), *y = name_all(b, &b_count);

	while (i < a_count || k < b_count) {
		bool left = i < a_count && (k == b_count || strcmp(x[i].name, y[k].name) <= 0);
		const char *name = left ? x[i].name : y[k].name;
		AUTO_STR from = STR_INIT;
		AUTO_STR to = STR_INIT;

		take_versions(x, a_count, &i, name, &from);
		take_versions(y, b_count, &k, name, &to);
		if (!str_equal(from.bytes, to.bytes))
			fn(context, name, from.bytes, to.bytes);
	}
	free_named(x, a_count);
	free_named(y, b_count);
}
