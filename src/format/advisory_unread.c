/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reader takes nothing from. Each format has the list of members its reader looks at; whatever else a document has
 * is named to whoever converts it, so that nothing is dropped in silence.
 */
#include "format/advisory_private.h"

enum { NAMED = 24, DEPTH = 16 };

/* Members that are read with all that is in them; lists are passed through. */
static const char *const cve_members[] = {
	"dataType", "dataVersion", "cveMetadata.cveId", "cveMetadata.assignerShortName", "cveMetadata.datePublished",
	"cveMetadata.dateUpdated", "cveMetadata.dateRejected", "cveMetadata.state", "containers.cna.title",
	"containers.cna.descriptions", "containers.cna.rejectedReasons", "containers.cna.replacedBy", "containers.cna.datePublic",
	"containers.cna.affected.vendor", "containers.cna.affected.product", "containers.cna.affected.packageName",
	"containers.cna.affected.collectionURL", "containers.cna.affected.packageURL", "containers.cna.affected.platforms",
	"containers.cna.affected.modules", "containers.cna.affected.programFiles", "containers.cna.affected.programRoutines",
	"containers.cna.affected.repo", "containers.cna.affected.defaultStatus", "containers.cna.affected.versions",
	"containers.cna.affected.cpes", "containers.cna.problemTypes.descriptions.description",
	"containers.cna.problemTypes.descriptions.cweId", "containers.cna.problemTypes.descriptions.lang",
	"containers.cna.problemTypes.descriptions.type", "containers.cna.metrics.format", "containers.cna.metrics.cvssV2_0",
	"containers.cna.metrics.cvssV3_0", "containers.cna.metrics.cvssV3_1", "containers.cna.metrics.cvssV4_0",
	"containers.cna.solutions", "containers.cna.workarounds", "containers.cna.configurations", "containers.cna.exploits",
	"containers.cna.impacts", "containers.cna.timeline", "containers.cna.tags", "containers.cna.credits",
	"containers.cna.references.url", "containers.cna.references.name", "containers.cna.providerMetadata",
	"containers.cna.x_generator", "containers.adp.providerMetadata", "containers.adp.metrics.format",
	"containers.adp.metrics.cvssV2_0", "containers.adp.metrics.cvssV3_0", "containers.adp.metrics.cvssV3_1",
	"containers.adp.metrics.cvssV4_0", "containers.adp.problemTypes.descriptions", NULL,
};
static const char *const osv_members[] = {
	"schema_version", "id", "published", "modified", "withdrawn", "aliases", "upstream", "related", "summary", "details",
	"severity", "affected.package", "affected.severity", "affected.versions", "affected.ranges.type", "affected.ranges.repo",
	"affected.ranges.events", "references", "credits.name", "credits.type", "database_specific.cwe_ids", NULL,
};
static const char *const openvex_members[] = {
	"@context", "@id", "author", "timestamp", "last_updated", "version", "statements.vulnerability",
	"statements.products.@id", "statements.products.identifiers", "statements.products.subcomponents.@id",
	"statements.products.subcomponents.identifiers", "statements.status", "statements.justification",
	"statements.impact_statement", "statements.action_statement", "statements.status_notes", "statements.timestamp",
	"statements.last_updated", NULL,
};
static const char *const cyclonedx_members[] = {
	"$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata.timestamp", "metadata.manufacturer",
	"metadata.supplier", "metadata.component", "components", "vulnerabilities.id", "vulnerabilities.bom-ref",
	"vulnerabilities.source", "vulnerabilities.references", "vulnerabilities.ratings.vector", "vulnerabilities.ratings.method",
	"vulnerabilities.ratings.score", "vulnerabilities.ratings.severity", "vulnerabilities.ratings.source",
	"vulnerabilities.cwes", "vulnerabilities.description", "vulnerabilities.detail", "vulnerabilities.recommendation",
	"vulnerabilities.workaround", "vulnerabilities.advisories", "vulnerabilities.credits", "vulnerabilities.analysis.state",
	"vulnerabilities.analysis.justification", "vulnerabilities.analysis.response", "vulnerabilities.analysis.detail",
	"vulnerabilities.affects", NULL,
};
static const struct { const char *format; const char *const *members; } formats[] = {
	{ "cve", cve_members }, { "osv", osv_members }, { "openvex", openvex_members }, { "cyclonedx-vex", cyclonedx_members },
};

struct looking { const char *const *members; json_t *found; };

/* 2: it is read; 1: something below it is; 0: neither. */
static int is_read(const struct looking *l, const char *path)
{
	size_t length = strlen(path);
	int best = 0;

	for (size_t i = 0; l->members[i]; i++)
		if (str_equal(l->members[i], path))
			return 2;
		else if (str_starts(l->members[i], path) && l->members[i][length] == '.')
			best = 1;
	return best;
}

static void look(struct looking *l, const json_t *value, const char *path, int depth)
{
	size_t i;
	const char *name;
	json_t *inside;

	if (depth > DEPTH)
		return;
	json_array_foreach((json_t *)value, i, inside)
		look(l, inside, path, depth + 1);
	json_object_foreach((json_t *)value, name, inside) {
		AUTO_STRING below = mem_format("%s%s%s", path, *path ? "." : "", name);
		int read = is_read(l, below);

		if (!read)
			json_object_set_new(l->found, below, json_true());
		else if (read == 1)
			look(l, inside, below, depth + 1);
	}
}

void adv_unread(const json_t *document, const char *format, struct str *ret)
{
	struct looking l = { .found = json_object() };
	size_t count = 0;
	const char *path;
	json_t *yes;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_equal(formats[i].format, format))
			l.members = formats[i].members;
	if (l.members)
		look(&l, document, "", 0);
	json_object_foreach(l.found, path, yes) {
		if (count < NAMED)
			str_add_format(ret, "%s%s", count ? ", " : "", path);
		count++;
	}
	if (count > NAMED)
		str_add(ret, ", …");
	json_decref(l.found);
}
