/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes CSAF documents of very different cases into a folder, one file each, for csaf.sh to have
 * them judged by a validator that is not ours. Usage: csaf_cases DIR
 */
#include "psirtty/base/file.h"
#include "psirtty/format/csaf.h"

#include "tests/unit/model_world.h"

#define POLICY "{'publisher':'Vendor GmbH','namespace':'https://vendor.example','contact':'psirt@vendor.example'," \
	"'provider':'https://vendor.example'}"
#define AFFECTED(version, status) "{'product':'P1','version':'" version "','status':'" status "'}"
#define SCORE(vector, issuer) "{'vector':'" vector "','issuer':'" issuer "'}"

struct step { enum event_type type; const char *body; };

/* What each case has beyond title, policy, product P1 and advisory. */
#define SAY(field, value) { EVENT_ADVISORY_TEXT, "{'field':'" field "','lang':'en','value':'" value "'}" }
#define OBJECT "{'name':'a','size':1,'sha256':'00','object':'00','key':'00'}"
#define PUBLISHED(version, at) \
	{ EVENT_ADVISORY_PUBLISHED, "{'advisory':'PSIRT-SA-2026-0001','version':'" version "','status':'final','released':'" at \
				    "','sha256':'00','tlp':'CLEAR','summary':'Released','attachments':[" OBJECT "]}" }
static const struct sample { const char *name, *tlp; struct step steps[12]; } samples[] = {
	{ "one-affected", "CLEAR", { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") } } },
	{ "full", "GREEN",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, { EVENT_AFFECTED_SET, AFFECTED("1.1", "affected") },
	    { EVENT_AFFECTED_SET, AFFECTED("1.2", "fixed") }, { EVENT_AFFECTED_SET, AFFECTED("0.9", "not-affected") },
	    { EVENT_AFFECTED_SET, AFFECTED("2.0", "under-investigation") },
	    { EVENT_CWE_SET, "{'cwe':'CWE-787'}" }, { EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}" },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "us") },
	    { EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'Update to 1.2','url':'https://vendor.example/1.2'}" },
	    { EVENT_REMEDIATION_SET, "{'category':'workaround','details':'Switch the parser off'}" } } },
	{ "temporal", "AMBER",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:C/C:L/I:L/A:N/E:P/RL:O/RC:C", "us") } } },
	{ "environmental", "AMBER+STRICT",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_SCORE_SET,
	      SCORE("CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:N/A:N/E:F/CR:H/MAV:N/MPR:N/MC:L", "us") } } },
	{ "cvss2", "RED",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_SCORE_SET, SCORE("AV:N/AC:L/Au:N/C:P/I:P/A:P", "us") },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L", "finder") } } },
	{ "cvss4", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_SCORE_SET, SCORE("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "us") } } },
	{ "ranges", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("vers:semver/>=1.0.0|<1.2.0", "affected") },
	    { EVENT_AFFECTED_SET, AFFECTED("before 3", "affected") }, { EVENT_AFFECTED_SET, AFFECTED("<4", "affected") },
	    { EVENT_AFFECTED_SET, AFFECTED("1.2.0", "fixed") } } },
	{ "uncertain", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "unknown") }, { EVENT_AFFECTED_SET, AFFECTED("2.0", "under-investigation") },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L", "us") } } },
	{ "not-affected", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "not-affected") },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "us") } } },
	{ "fixed-only", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "fixed") },
	    { EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'Update'}" } } },
	{ "ids", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-0001'}" },
	    { EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-0002'}" },
	    { EVENT_ID_ADDED, "{'system':'cnvd','text':'CNVD-2026-00001'}" },
	    { EVENT_ID_ADDED, "{'system':'own','text':'BUG-77'}" } } },
	{ "attacked", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, { EVENT_DISCLOSURE_SET, "{'bit':'vendor-aware'}" },
	    { EVENT_DISCLOSURE_SET, "{'bit':'public'}" }, { EVENT_DISCLOSURE_SET, "{'bit':'attacks'}" } } },
	{ "other-products", "CLEAR",
	  { { EVENT_AFFECTED_SET, "{'product':'Not registered','version':'1 b','status':'affected'}" },
	    { EVENT_AFFECTED_SET, "{'product':'P2','version':'1.0','status':'affected'}" },
	    { EVENT_AFFECTED_SET, "{'product':'P2','version':'1.0+x','status':'fixed'}" } } },
	{ "vex", "CLEAR",
	  { { EVENT_AFFECTED_JUDGED, "{'product':'P1','version':'1.0','status':'not-affected',"
				     "'justification':'vulnerable_code_not_in_execute_path','impact':'Never called.'}" },
	    { EVENT_AFFECTED_SET, AFFECTED("2.0", "fixed") }, { EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}" },
	    SAY("category", "csaf_vex") } },
	{ "informational", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_REMEDIATION_SET, "{'category':'mitigation','details':'Read','url':'https://vendor.example/x'}" },
	    SAY("category", "csaf_informational_advisory") } },
	{ "incident", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_REMEDIATION_SET, "{'category':'mitigation','details':'Read','url':'https://vendor.example/x'}" },
	    SAY("category", "csaf_security_incident_response") } },
	{ "base", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, SAY("category", "csaf_base"), SAY("legal", "As is."),
	    SAY("faq", "Is it bad? Yes."), SAY("audience", "Operators of gateways."),
	    { EVENT_CREDIT_SET, "{'name':'Lin','as':'Lin of North','consent':'name'}" },
	    { EVENT_CREDIT_SET, "{'name':'Max','consent':'anonymous'}" } } },
	{ "published", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, PUBLISHED("1", "2026-11-01T00:00:00Z"),
	    PUBLISHED("2", "2026-11-03T00:00:00Z") } },
	{ "semantic", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, SAY("versioning", "semver"),
	    PUBLISHED("1.0.0", "2026-11-01T00:00:00Z"), PUBLISHED("1.1.0", "2026-11-03T00:00:00Z") } },
	{ "semantic-draft", "CLEAR", { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") }, SAY("versioning", "semver") } },
	{ "translated", "CLEAR",
	  { { EVENT_AFFECTED_SET, AFFECTED("1.0", "affected") },
	    { EVENT_ADVISORY_TEXT, "{'field':'title','lang':'zh','value':'解析器缓冲区溢出'}" } } },
	{ "package", "CLEAR",
	  { { EVENT_AFFECTED_SET, "{'product':'P3','version':'vers:npm/>=1.0.0|<1.2.0','status':'affected'}" },
	    { EVENT_AFFECTED_SET, "{'product':'P3','version':'1.2.0','status':'fixed'}" },
	    { EVENT_ID_ADDED, "{'system':'cve','text':'CVE-2026-12345'}" },
	    { EVENT_SCORE_SET, SCORE("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L", "us") },
	    { EVENT_REMEDIATION_SET, "{'category':'vendor_fix','details':'Update to 1.2.0','url':'https://vendor.example/1.2.0'}" } } },
	{ "unicode", "CLEAR",
	  { { EVENT_AFFECTED_SET, "{'product':'产品 \\u001b[2J','version':'一','status':'affected'}" },
	    { EVENT_REMEDIATION_SET, "{'category':'mitigation','details':'说明 \\u202e','url':'javascript:x'}" } } },
};

static void must(int code, const struct world *world, const char *what)
{
	if (code)
		BUG("%s: %s", what, str_or_empty(world->err.why));
}

static void sample_write(const struct sample *sample, const char *dir)
{
	struct world world = world_new();
	const struct csaf_options options = { .now = DAY0 + 40 * INSTANT_DAY, .engine_version = "0.1.0", .lang = str_equal(sample->name, "translated") ? "zh" : NULL };
	AUTO_STRING name = mem_format("%s.json", sample->name);
	AUTO_STRING path = NULL;
	AUTO_STRING advisory = NULL;
	AUTO_STR out = STR_INIT, again = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;

	must(put(&world, 0, EVENT_POLICY_SET, POLICY), &world, "policy");
	must(put(&world, 0, EVENT_PRODUCT_ADDED,
		 "{'product':'P1','name':'Gateway','vendor':'Vendor GmbH','purl':'pkg:generic/vendor/gateway',"
		 "'cpe':'cpe:2.3:a:vendor:gateway:*:*:*:*:*:*:*:*'}"), &world, "product");
	must(put(&world, 0, EVENT_PRODUCT_ADDED,
		 "{'product':'P2','name':'Box','purl':'pkg:bad','cpe':'cpe:2.3:a:x'}"), &world, "product");
	must(put(&world, 0, EVENT_PRODUCT_ADDED,
		 "{'product':'P3','name':'Gateway client','vendor':'Vendor GmbH','purl':'pkg:npm/%40vendor/client'}"), &world, "product");
	must(put(&world, 1, EVENT_CASE_OPENED, "{'case':'PSIRT-2026-0001','title':'Overflow'}"), &world, "case");
	advisory = mem_format("{'advisory':'PSIRT-SA-2026-0001','title':'Buffer overflow in the parser',"
			      "'summary':'A crafted file stops the server.','description':'It copies too much.',"
			      "'recommendation':'Update.','tlp':'%s'}", sample->tlp);
	must(put(&world, 1, EVENT_ADVISORY_DRAFTED, advisory), &world, "advisory");
	for (size_t i = 0; i < ARRAY_LEN(sample->steps) && sample->steps[i].body; i++)
		must(put(&world, 1, sample->steps[i].type, sample->steps[i].body), &world, sample->steps[i].body);
	if (csaf20_write(model_case(world.model, 0), world.model, &options, &out, &err) != 0)
		BUG("%s: %s", sample->name, str_or_empty(err.why));
	csaf20_write(model_case(world.model, 0), world.model, &options, &again, NULL);
	if (!str_equal(out.bytes, again.bytes))
		BUG("%s: not the same twice", sample->name);
	path = file_join(dir, name);
	if (file_write(path, out.bytes, out.length, 0644, &err) != 0)
		BUG("%s: %s", path, str_or_empty(err.why));
	world_release(&world);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: csaf_cases DIR\n");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		sample_write(&samples[i], argv[1]);
	return 0;
}
