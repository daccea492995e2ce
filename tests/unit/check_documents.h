/* SPDX-License-Identifier: Apache-2.0 */
/* One sound document of each format, and edits that are wrong in one way each; apostrophes stand for quotes. */
#ifndef PSIRTTY_TESTS_CHECK_DOCUMENTS_H
#define PSIRTTY_TESTS_CHECK_DOCUMENTS_H

/* At PATH (JSON pointer) stands VALUE instead, or nothing where it is NULL; TEST then fails. Edits of one
 * document can be combined: none hides another. */
struct edit { const char *path, *value, *test; };
struct document { const char *format, *text; struct edit edits[24]; };

#define CSAF_DOCUMENT                                                                                          \
	"{'document':{'category':'csaf_security_advisory','csaf_version':'2.0','distribution':{'tlp':{'label':" \
	"'WHITE'}},'lang':'en','publisher':{'category':'vendor','name':'Example','namespace':"                  \
	"'https://example.com'},'references':[{'category':'self','summary':'This','url':"                       \
	"'https://example.com/ex-1.json'}],'title':'T','tracking':{'current_release_date':"                     \
	"'2026-01-02T00:00:00Z','id':'EX-1','initial_release_date':'2026-01-02T00:00:00Z','revision_history':"  \
	"[{'date':'2026-01-02T00:00:00Z','number':'1','summary':'First'}],'status':'final','version':'1'}},"    \
	"'product_tree':{'branches':[{'branches':[{'branches':[{'category':'product_version','name':'1.0',"     \
	"'product':{'name':'P 1.0','product_id':'P1','product_identification_helper':{'purl':"                  \
	"'pkg:generic/p@1.0'}}}],'category':'product_name','name':'P'}],'category':'vendor','name':'V'}]},"     \
	"'vulnerabilities':[{'cve':'CVE-2026-1234','cwe':{'id':'CWE-79','name':'Improper Neutralization of "     \
	"Input During Web Page Generation (\\'Cross-site Scripting\\')'},'ids':[{'system_name':'Ours','text':"  \
	"'7'}],'notes':[{'category':'description','text':'D'}],'product_status':{'known_affected':['P1']},"     \
	"'remediations':[{'category':'workaround','details':'R','product_ids':['P1']}],'scores':[{'cvss_v3':"   \
	"{'baseScore':9.8,'baseSeverity':'CRITICAL','vectorString':"                                            \
	"'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','version':'3.1'},'products':['P1']}]}]}"

#define CVE_DOCUMENT                                                                                          \
	"{'dataType':'CVE_RECORD','dataVersion':'5.2','cveMetadata':{'cveId':'CVE-2026-1234','assignerOrgId':" \
	"'8254265b-2729-46b6-b9e3-3dfca2d5bfca','state':'PUBLISHED'},'containers':{'cna':{'providerMetadata':" \
	"{'orgId':'8254265b-2729-46b6-b9e3-3dfca2d5bfca'},'descriptions':[{'lang':'en','value':'D'},"          \
	"{'lang':'de','value':'E'}],'affected':[{'vendor':'V','product':'P','versions':[{'version':'1',"       \
	"'status':'affected'}]},{'vendor':'V','product':'Q','packageURL':'pkg:npm/q','defaultStatus':"         \
	"'unknown'}],'references':[{'url':'https://example.com/1','tags':['patch']}],'problemTypes':"          \
	"[{'descriptions':[{'lang':'en','description':'X','cweId':'CWE-79'}]}],'metrics':[{'cvssV3_1':"        \
	"{'version':'3.1','vectorString':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H','baseScore':9.8,"      \
	"'baseSeverity':'CRITICAL'}}]}}}"

#define OSV_DOCUMENT                                                                                           \
	"{'schema_version':'1.7.5','id':'GHSA-aaaa-bbbb-cccc','modified':'2026-01-02T00:00:00Z','affected':"    \
	"[{'package':{'ecosystem':'npm','name':'q','purl':'pkg:npm/q'},'ranges':[{'type':'SEMVER','events':"    \
	"[{'introduced':'0'},{'fixed':'1.2.3'}]}]}],'severity':[{'type':'CVSS_V3','score':"                     \
	"'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'}],'references':[{'type':'FIX','url':"                   \
	"'https://example.com'}],'credits':[{'name':'N','type':'FINDER'}],'aliases':['CVE-2026-1234']}"

#define OPENVEX_DOCUMENT                                                                                    \
	"{'@context':'https://openvex.dev/ns/v0.2.0','@id':'https://example.com/vex/1','author':'A',"        \
	"'timestamp':'2026-01-02T00:00:00Z','last_updated':'2026-01-03T00:00:00Z','version':1,'statements':" \
	"[{'vulnerability':{'name':'CVE-2026-1234'},'products':[{'@id':'pkg:npm/q@1'}],'status':"            \
	"'not_affected','justification':'component_not_present'},{'vulnerability':{'name':'CVE-2026-5'},"    \
	"'products':[{'@id':'https://example.com/p'}],'status':'affected','action_statement':'Update'}]}"

#define CYCLONEDX_DOCUMENT                                                                                      \
	"{'bomFormat':'CycloneDX','specVersion':'1.6','serialNumber':"                                          \
	"'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79','version':1,'metadata':{'timestamp':"                  \
	"'2026-01-02T00:00:00Z'},'components':[{'type':'library','name':'q','version':'1','bom-ref':'q','purl':" \
	"'pkg:npm/q@1','hashes':[{'alg':'MD5','content':'00112233445566778899aabbccddeeff'}],'licenses':"       \
	"[{'license':{'id':'MIT'}}]},{'type':'file','name':'r','bom-ref':'r'}],'dependencies':[{'ref':'q',"     \
	"'dependsOn':['r']}],'vulnerabilities':[{'id':'CVE-2026-1234','cwes':[79],'ratings':[{'method':"        \
	"'CVSSv31','score':9.8,'severity':'critical','vector':'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'}],"  \
	"'analysis':{'state':'not_affected','justification':'code_not_present'},'affects':[{'ref':'q',"         \
	"'versions':[{'version':'1','status':'affected'}]}]}]}"

#define SPDX_DOCUMENT                                                                                            \
	"{'SPDXID':'SPDXRef-DOCUMENT','spdxVersion':'SPDX-2.3','dataLicense':'CC0-1.0','name':'n',"               \
	"'documentNamespace':'https://example.com/s/1','creationInfo':{'created':'2026-01-02T00:00:00Z',"         \
	"'creators':['Tool: t']},'packages':[{'SPDXID':'SPDXRef-a','name':'a','downloadLocation':'NOASSERTION',"  \
	"'externalRefs':[{'referenceCategory':'PACKAGE-MANAGER','referenceType':'purl','referenceLocator':"       \
	"'pkg:npm/a@1'}],'checksums':[{'algorithm':'SHA1','checksumValue':'00'}]},{'SPDXID':'SPDXRef-b','name':"  \
	"'b','downloadLocation':'NONE'}],'relationships':[{'spdxElementId':'SPDXRef-a','relatedSpdxElement':"     \
	"'SPDXRef-b','relationshipType':'DEPENDS_ON'}]}"

#define PROVIDER_DOCUMENT                                                                                       \
	"{'canonical_url':'https://example.com/provider-metadata.json','distributions':[{'rolie':{'feeds':"      \
	"[{'tlp_label':'WHITE','url':'https://example.com/feed.json'}]}}],'last_updated':"                       \
	"'2026-01-02T00:00:00Z','list_on_CSAF_aggregators':true,'metadata_version':'2.0',"                       \
	"'mirror_on_CSAF_aggregators':true,'public_openpgp_keys':[{'url':'https://example.com/key.asc'}],"       \
	"'publisher':{'category':'vendor','name':'E','namespace':'https://example.com'},'role':"                 \
	"'csaf_trusted_provider'}"

#define FEED_DOCUMENT                                                                                              \
	"{'feed':{'id':'f','title':'F','link':[{'rel':'self','href':'https://example.com/f.json'}],'category':"      \
	"[{'scheme':'urn:ietf:params:rolie:category:information-type','term':'csaf'}],'updated':"                   \
	"'2026-01-02T00:00:00Z','entry':[{'id':'a','title':'A','link':[{'rel':'self','href':"                       \
	"'https://example.com/a.json'},{'rel':'hash','href':'https://example.com/a.json.sha512'},{'rel':"           \
	"'signature','href':'https://example.com/a.json.asc'}],'published':'2026-01-02T00:00:00Z','updated':"       \
	"'2026-01-02T00:00:00Z','content':{'type':'application/json','src':'https://example.com/a.json'},"          \
	"'format':{'schema':'https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json','version':'2.0'}}]}}"

static const struct document documents[] = {
	{ "csaf-2.0", CSAF_DOCUMENT, {
		{ "/document/lang", "'zz'", "6.1.12" },
		{ "/document/distribution/tlp/label", "'BLUE'", "schema,6.2.10" },
		{ "/document/tracking/version", "'2'", "6.1.16" },
		{ "/document/source_lang", "'de'", "6.2.13" },
		{ "/product_tree/branches/0/branches/0/branches/0/name", "'v1.0'", "6.3.11" },
		{ "/vulnerabilities/0/cwe/name", "'XSS'", "6.1.11" },
		{ "/vulnerabilities/0/ids/0/text", "'CVE-2026-77777'", "6.2.17" },
		{ "/vulnerabilities/0/notes/0/category", "'poem'", "schema" },
		{ "/vulnerabilities/0/remediations/0/group_ids", "['G']", "6.1.4,6.2.13" },
		{ "/vulnerabilities/0/scores/0/cvss_v3/baseScore", "9.7", "6.1.9" },
		{ "/document/publisher/surprise", "1", "6.2.20" },
	} },
	{ "cve-5", CVE_DOCUMENT, {
		{ "/dataVersion", "'4.0'", "schema" },
		{ "/cveMetadata/state", "'RESERVED'", "schema" },
		{ "/containers/cna/descriptions/1/lang", "'en'", "cve-language" },
		{ "/containers/cna/descriptions/0/value", "' '", "cve-blank" },
		{ "/containers/cna/datePublic", "'2026-03-01T00:00:00'", "cve-future" },
		{ "/containers/cna/affected/1/packageURL", "'pkg:npm/q@1'", "cve-purl" },
		{ "/containers/cna/affected/0/versions", NULL, "schema" },
		{ "/containers/cna/references/0/tags/0", "'nice'", "schema" },
		{ "/containers/cna/metrics/0/cvssV3_1/baseScore", "9.7", "cve-score" },
		{ "/containers/cna/problemTypes/0/descriptions/0/cweId", "'CWE-99999'", "cve-cwe" },
		{ "/containers/cna/extra", "1", "schema" },
		{ "/containers/cna/x_extra", "1", "" },
	} },
	{ "osv", OSV_DOCUMENT, {
		{ "/modified", "'2026-01-02T00:00:00+01:00'", "schema" },
		{ "/id", "'MINE-1'", "schema" },
		{ "/affected/0/package/ecosystem", "'Nowhere'", "schema" },
		{ "/affected/0/package/purl", "'pkg:npm/q@1'", "osv-purl" },
		{ "/affected/0/ranges/0/events/1/fixed", "'v1.2.3'", "osv-semver" },
		{ "/affected/0/ranges/0/events/0/limit", "'9.0.0'", "schema" },
		{ "/severity/0/score", "'9.8'", "schema" },
		{ "/references/0/url", "'no address'", "schema" },
		{ "/extra", "1", "schema" },
		{ "/summary", "'S'", "" },
	} },
	{ "openvex-0.2.0", OPENVEX_DOCUMENT, {
		{ "/version", "0", "schema" },
		{ "/last_updated", "'2026-01-01T00:00:00Z'", "openvex-updated" },
		{ "/@context", "'https://openvex.dev/ns'", "openvex-context" },
		{ "/statements/0/justification", NULL, "schema" },
		{ "/statements/0/products/0/@id", "'pkg:npm'", "openvex-purl" },
		{ "/statements/1/action_statement", NULL, "schema" },
		{ "/statements/1/products/0", "{}", "openvex-product" },
		{ "/statements/1/extra", "1", "schema" },
	} },
	{ "cyclonedx-1.6", CYCLONEDX_DOCUMENT, {
		{ "/serialNumber", "'urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79'", "schema" },
		{ "/metadata/timestamp", "'today'", "schema" },
		{ "/components/0/hashes/0/content", "'00'", "schema" },
		{ "/components/0/licenses/0/license/id", "'Mine'", "schema" },
		{ "/components/0/purl", "'pkg:npm'", "cdx-purl" },
		{ "/components/1/bom-ref", "'q'", "cdx-dependency,cdx-ref" },
		{ "/components/1/versionRange", "'vers:npm/*'", "schema" },
		{ "/formulation", "[{'workflows':[{'bom-ref':'w','uid':'u','taskTypes':['sing']}]}]", "schema" },
		{ "/vulnerabilities/0/cwes/0", "99999", "cdx-cwe" },
		{ "/vulnerabilities/0/ratings/0/score", "9.7", "cdx-vector" },
		{ "/vulnerabilities/0/analysis/justification", NULL, "cdx-reason" },
		{ "/vulnerabilities/0/affects/0/ref", "'z'", "cdx-affects" },
		{ "/vulnerabilities/0/affects/0/versions/0/range", "'vers:npm/*'", "schema" },
	} },
	{ "spdx-2.3", SPDX_DOCUMENT, {
		{ "/dataLicense", "'MIT'", "spdx-head" },
		{ "/creationInfo/created", "'2026-01-02'", "spdx-date" },
		{ "/packages/0/externalRefs/0/referenceCategory", "'PACKAGE_MANAGER'", "schema" },
		{ "/packages/0/externalRefs/0/referenceLocator", "'pkg:npm'", "spdx-purl" },
		{ "/packages/0/checksums/0/checksumValue", "'xyz'", "schema" },
		{ "/packages/1/SPDXID", "'b'", "spdx-id,spdx-relation" },
		{ "/packages/1/downloadLocation", NULL, "schema" },
		{ "/relationships/0/relationshipType", "'LIKES'", "schema" },
	} },
	{ "csaf-provider-2.0", PROVIDER_DOCUMENT, {
		{ "/canonical_url", "'https://example.com/metadata.json'", "schema" },
		{ "/distributions/0/rolie/feeds/0/tlp_label", "'RED'", "provider-15-feed" },
		{ "/distributions/0/rolie/feeds/0/url", "'http://example.com/feed.json'", "provider-3" },
		{ "/public_openpgp_keys", NULL, "provider-20" },
		{ "/last_updated", "'2026-01-02'", "schema" },
	} },
	{ "rolie-feed", FEED_DOCUMENT, {
		{ "/feed/link/0/rel", "'next'", "rolie-self" },
		{ "/feed/category/0/term", "'cve'", "rolie-category" },
		{ "/feed/entry/0/link/1/rel", "'other'", "rolie-proof" },
		{ "/feed/entry/0/updated", NULL, "schema" },
		{ "/feed/entry/0/content/src", "'http://example.com/a.json'", "provider-3" },
	} },
};

#endif
