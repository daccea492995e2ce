/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that look at what is about to leave: its text, by the lint, and its files. */
#include "model/gate_private.h"

/* ---- texts */

static const char *leading_severity(const struct case_state *state)
{
	const struct case_score *score = case_leading_score(state);

	return score ? cvss_severity_name(score->cvss.severity) : NULL;
}

struct lint_lists { const char **versions, **names; size_t version_count, name_count; };

static void collect(const struct gate_request *request, struct lint_lists *lists)
{
	const struct case_state *state = request->state;

	lists->versions = mem_alloc((state->affected_count + 1) * sizeof(char *));
	for (size_t i = 0; i < state->affected_count; i++)
		lists->versions[lists->version_count++] = state->affected[i].version;
	lists->names = mem_alloc((model_contact_count(request->model) + 1) * sizeof(char *));
	for (size_t i = 0; i < model_contact_count(request->model); i++) {
		const struct contact *contact = model_contact(request->model, i);

		if (str_equal(contact_text(contact, "kind"), "customer") && *contact_text(contact, "name"))
			lists->names[lists->name_count++] = contact_text(contact, "name");
	}
}

/* The host of the address below which our advisories are published. */
static char *own_host(const struct model *model)
{
	const char *url = str_or_empty(model_policy(model)->namespace_url);
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return *host ? mem_copy(host, strcspn(host, "/:?#")) : mem_string("invalid");
}

/* The host of the address people write to. */
static char *contact_host(const struct model *model)
{
	const char *at = strchr(str_or_empty(model_policy(model)->contact), '@');

	return at ? mem_copy(at + 1, strcspn(at + 1, " \t>,;")) : mem_string("invalid");
}

static void check_text(const struct gate_request *request, struct gate_verdict *verdict, enum lint_kind kind)
{
	AUTO_STRING host = own_host(request->model);
	AUTO_STRING mail_host = contact_host(request->model);
	const char *const hosts[] = { host, mail_host };
	struct lint_lists lists = { 0 };
	struct lint_context context;
	struct lint_hit *hits;
	size_t count;

	if (!request->lint || !request->text)
		return;
	collect(request, &lists);
	context = (struct lint_context){
		.names = lists.names, .name_count = lists.name_count, .hosts = hosts, .host_count = 2,
		.versions = lists.versions, .version_count = lists.version_count,
		.severity = leading_severity(request->state),
	};
	lint_text(request->lint, &context, request->text, request->length, &hits, &count);
	for (size_t i = 0; i < count; i++)
		if (hits[i].kind == kind)
			gate_reason(verdict, hits[i].rule, hits[i].text);
	lint_hits_free(hits, count);
	free(lists.versions);
	free(lists.names);
}

void gate_check_network(const struct gate_request *request, struct gate_verdict *verdict)
{
	check_text(request, verdict, LINT_NETWORK);
}

void gate_check_exaggeration(const struct gate_request *request, struct gate_verdict *verdict)
{
	check_text(request, verdict, LINT_EXAGGERATION);
}

/* ---- files */

static bool is_program(const struct gate_attachment *file)
{
	static const char *const types[] = { "application/x-executable", "application/x-sharedlib",
					     "application/x-dosexec", "application/vnd.microsoft.portable-executable",
					     "application/x-msdownload", "application/x-mach-binary",
					     "application/java-archive", "application/x-sh", "text/x-shellscript",
					     "text/x-python", "text/x-perl", "text/x-ruby" };
	static const char *const ends[] = { ".exe", ".dll", ".so", ".elf", ".bin", ".jar", ".apk", ".sh",
					    ".py", ".pl", ".rb", ".ps1", ".bat", ".js", ".nse", ".nasl" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (file->type && str_casecmp(file->type, types[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t length = strlen(str_or_empty(file->name)), end = strlen(ends[i]);

		if (length > end && str_casecmp(file->name + length - end, ends[i]) == 0)
			return true;
	}
	return false;
}

/* A fenced block that calls itself an exploit. */
static bool has_exploit_block(const struct gate_request *request)
{
	static const char *const words[] = { "exploit", "poc" };
	const char *end = request->text ? request->text + request->length : NULL;

	for (const char *c = request->text; c && end - c > 3; c++) {
		if (memcmp(c, "```", 3) != 0)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if ((size_t)(end - c) >= 3 + strlen(words[i]) &&
			    strncasecmp(c + 3, words[i], strlen(words[i])) == 0)
				return true;
	}
	return false;
}

void gate_check_tools(const struct gate_request *request, struct gate_verdict *verdict)
{
	for (size_t i = 0; i < request->attachment_count; i++) {
		const struct gate_attachment *file = &request->attachments[i];

		if (str_equal(file->kind, "poc"))
			gate_reason(verdict, "proof-of-concept", str_or_empty(file->name));
		else if (is_program(file))
			gate_reason(verdict, "program", str_or_empty(file->name));
	}
	if (has_exploit_block(request))
		gate_reason(verdict, "exploit-block", NULL);
}
