/* SPDX-License-Identifier: Apache-2.0 */
/* The products, their versions and support, and what is known of each in the cases. */
#include "tui/cells.h"

static void products_load(struct view *view)
{
	const struct model *model = view_model(view);

	for (size_t i = 0; i < model_product_count(model); i++)
		view_add(view, model_product(model, i), i);
}

static void product_row_id(const struct row *row, struct str *ret)
{
	str_add(ret, ((const struct product *)row->item)->id);
}

static void product_versions(const struct product *product, struct str *ret)
{
	for (size_t i = 0; i < product->version_count; i++)
		str_add_format(ret, "%s%s", i ? ", " : "", product->versions[i]);
}

static size_t product_cases(const struct model *model, const struct product *product)
{
	size_t count = 0;

	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t j = 0; j < state->affected_count; j++)
			if (str_equal(state->affected[j].product, product->id) ||
			    str_equal(state->affected[j].product, product->name)) {
				count++;
				break;
			}
	}
	return count;
}

enum product_column { PRODUCT_ID, PRODUCT_NAME, PRODUCT_VENDOR, PRODUCT_VERSIONS, PRODUCT_CASES };
static const struct column product_columns[] = {
	[PRODUCT_ID] = { N_("product"), 14, 0, false },
	[PRODUCT_NAME] = { N_("name"), 24, 0, false },
	[PRODUCT_VENDOR] = { N_("vendor"), 14, 0, false },
	[PRODUCT_VERSIONS] = { N_("versions"), 0, 0, false },
	[PRODUCT_CASES] = { N_("cases"), 5, 0, true },
};

static void product_cell(const struct view *view, const struct row *row, size_t column, struct cell *ret)
{
	const struct product *product = row->item;

	switch ((enum product_column)column) {
	case PRODUCT_ID: cell_set(ret, ROLE_ID, product->id); break;
	case PRODUCT_NAME: cell_set(ret, ROLE_NORMAL, product->name); break;
	case PRODUCT_VENDOR: cell_set(ret, ROLE_NORMAL, product->vendor); break;
	case PRODUCT_VERSIONS: product_versions(product, &ret->text); break;
	case PRODUCT_CASES: str_add_format(&ret->text, "%zu", product_cases(view_model(view), product)); break;
	}
}

static void product_preview(const struct view *view, const struct row *row, struct doc *doc)
{
	const struct model *model = view_model(view);
	const struct product *product = row->item;
	AUTO_STR versions = STR_INIT;

	product_versions(product, &versions);
	doc_field(doc, _("name"), ROLE_TITLE, product->name);
	doc_field(doc, _("vendor"), ROLE_NORMAL, product->vendor);
	doc_field(doc, _("versions"), ROLE_NORMAL, versions.bytes);
	doc_field(doc, "purl", ROLE_NORMAL, product->purl);
	doc_field(doc, "cpe", ROLE_NORMAL, product->cpe);
	for (size_t i = 0; i < model_case_count(model); i++) {
		const struct case_state *state = model_case(model, i);

		for (size_t j = 0; j < state->affected_count; j++) {
			const struct case_affected *affected = &state->affected[j];

			if (!str_equal(affected->product, product->id) && !str_equal(affected->product, product->name))
				continue;
			doc_line(doc);
			doc_format(doc, ROLE_ID, "%s ", state->id);
			doc_format(doc, ROLE_NORMAL, "%s %s", str_or_empty(affected->version),
				   affected_name(affected->status));
		}
	}
}

const struct view_ops products_view = {
	.name = "products", .title = N_("Products"), .brief = N_("Prod"),
	.empty = N_("No product is registered. \":product add\" registers one."),
	.columns = product_columns, .column_count = ARRAY_LEN(product_columns),
	.load = products_load, .cell = product_cell, .row_id = product_row_id, .preview = product_preview,
};
