/* SPDX-License-Identifier: Apache-2.0 */
/* The feeds. */
#include "tui/cells.h"

static void feeds_body(const struct view *view, struct doc *doc)
{
	(void)view;
	doc_heading(doc, _("Feeds"));
	doc_sentence(doc, ROLE_NORMAL, _("This vault holds no vulnerability feed yet, so nothing is matched against your products."));
	doc_sentence(doc, ROLE_DIM, _("Nothing is ever fetched unless you ask for it; feeds can also be imported from files."));
}

const struct view_ops feeds_view = {
	.name = "feeds", .title = N_("Feeds"), .brief = N_("Feed"), .body = feeds_body,
};
