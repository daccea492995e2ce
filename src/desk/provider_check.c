/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider directory judged by the numbers of CSAF 2.0, section 7.1. Files are found wherever they lie below the folder;
 * what their parts say is read in the sandboxed worker. Lists are compared with what is really there.
 */
#include "psirtty/desk/provider.h"

#include <dirent.h>
#include <stdarg.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/i18n.h"
#include "psirtty/format/csaf.h"
#include "psirtty/format/provider.h"
#include "psirtty/vault/vault.h"

enum { FILE_LIMIT = 64 << 20, DEPTH = 12, FILES = 200000, DETAILS = 10 };

static const char *const result_names[] = {
#define X(name, word) [name] = word,
	PROVIDER_RESULTS(X)
#undef X
};

const char *provider_result_name(enum provider_result result)
{
	return result_names[result];
}

void provider_report_release(struct provider_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->findings[i].detail);
	free(report->findings);
	*report = (struct provider_report){ 0 };
}

/* ---- what is there */

enum kind { KIND_OTHER, KIND_CSAF, KIND_UNCLEAR, KIND_METADATA, KIND_FEED };
struct file { char *path; enum kind kind; struct judged_facts facts; }; /* PATH: below the folder */

struct checking_provider {
	const char *dir;
	struct judge *judge;
	instant now;
	struct file *files; size_t count, room;
	json_t *places;                 /* owned: path → place */
	struct provider_report *report;
	struct openpgp *pgp; char *home; /* a home of its own, for the keys that lie there */
	size_t told[21];                /* how many details of each requirement */
};

__attribute__((format(printf, 4, 5))) static void tell(struct checking_provider *c, int number,
							enum provider_result result, const char *format, ...)
{
	struct provider_report *r = c->report;
	va_list args;

	if (c->told[number]++ >= DETAILS)
		return;
	r->findings = mem_grow(r->findings, &r->room, r->count + 1, sizeof(*r->findings));
	va_start(args, format);
	r->findings[r->count++] = (struct provider_finding){ number, result, mem_vformat(format, args) };
	va_end(args);
}

static void list_files(struct checking_provider *c, const char *below, int depth)
{
	AUTO_STRING whole = *below ? file_join(c->dir, below) : mem_string(c->dir);
	struct dirent *entry;
	DIR *stream = opendir(whole);

	while (stream && (entry = readdir(stream)) && c->count < FILES) {
		AUTO_STRING path = *below ? file_join(below, entry->d_name) : mem_string(entry->d_name);
		AUTO_STRING full = file_join(c->dir, path);

		if (str_equal(entry->d_name, ".") || str_equal(entry->d_name, "..") || str_equal(entry->d_name, ".git"))
			continue;
		if (file_is_dir(full)) {
			if (depth < DEPTH)
				list_files(c, path, depth + 1);
			continue;
		}
		c->files = mem_grow(c->files, &c->room, c->count + 1, sizeof(*c->files));
		c->files[c->count++].path = mem_string(path);
	}
	if (stream)
		closedir(stream);
}

static int by_path(const void *left, const void *right)
{
	return strcmp(((const struct file *)left)->path, ((const struct file *)right)->path);
}

static enum kind kind_of(const char *word)
{
	static const struct { const char *word; enum kind kind; } rows[] = {
		{ "csaf", KIND_CSAF }, { "csaf-unclear", KIND_UNCLEAR }, { "provider", KIND_METADATA }, { "rolie", KIND_FEED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_equal(rows[i].word, word))
			return rows[i].kind;
	return KIND_OTHER;
}

static void read_facts(struct checking_provider *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct file *file = &c->files[i];
		AUTO_STRING full = file_join(c->dir, file->path);
		AUTO_ERROR err = ERROR_INIT;

		json_object_set_new(c->places, file->path, json_integer((json_int_t)i));
		if (!str_ends(file->path, ".json"))
			continue;
		if (judge_facts(c->judge, full, &file->facts, &err)) {
			tell(c, 1, PROVIDER_NOT_MET, "%s: %s", file->path, str_or_empty(err.why));
			continue;
		}
		file->kind = file->facts.count ? kind_of(file->facts.rows[0].fields[0]) : KIND_OTHER;
		c->report->documents += file->kind == KIND_CSAF;
	}
}

/* A field of a row, "" where it lacks it. */
static const char *fact(const struct file *file, size_t row, size_t field)
{
	const struct job_row *r = row < file->facts.count ? &file->facts.rows[row] : NULL;

	return r && field < r->count ? r->fields[field] : "";
}

static const struct file *find(const struct checking_provider *c, const char *path)
{
	const json_t *place = json_object_get(c->places, path);

	return place ? &c->files[json_integer_value(place)] : NULL;
}

static const struct file *find_metadata(const struct checking_provider *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->files[i].kind == KIND_METADATA)
			return &c->files[i];
	return NULL;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The file an address stands for: the one whose path is the longest end of it. */
static const struct file *find_address(const struct checking_provider *c, const char *address)
{
	const char *at = strstr(address, "://");

	for (at = at ? strchr(at + 3, '/') : NULL; at; at = strchr(at + 1, '/')) {
		const struct file *file = find(c, at + 1);

		if (file)
			return file;
	}
	return NULL;
}

/* ---- documents: 1, 2, 5, 11, 18, 19 */

static void check_valid(struct checking_provider *c, const struct file *file, int number)
{
	AUTO_STRING full = file_join(c->dir, file->path);
	struct judgement judgement;
	AUTO_ERROR err = ERROR_INIT;

	if (judge_file(c->judge, full, "basic", c->now, &judgement, &err)) {
		tell(c, number, PROVIDER_NOT_MET, "%s: %s", file->path, str_or_empty(err.why));
		return;
	}
	for (size_t i = 0; i < judgement.count; i++)
		if (judgement.findings[i].severity == CHECK_ERROR) {
			tell(c, number, PROVIDER_NOT_MET, "%s: %s %s: %s", file->path, judgement.findings[i].test,
			     judgement.findings[i].path, judgement.findings[i].message);
			break;
		}
	judgement_release(&judgement);
}

static void check_name(struct checking_provider *c, const struct file *file)
{
	AUTO_STRING name = csaf_file_name(fact(file, 0, 1));

	if (!str_equal(base_of(file->path), name))
		tell(c, 2, PROVIDER_NOT_MET, _("%s: by its id it is called %s"), file->path, name);
}

/* The folder it lies in is its year. */
static void check_year(struct checking_provider *c, const struct file *file)
{
	const char *expected = fact(file, 0, 7), *name = base_of(file->path);
	size_t before = (size_t)(name - file->path);

	if (before < 5 || strncmp(file->path + before - 5, expected, 5) != 0)
		tell(c, 11, PROVIDER_NOT_MET, _("%s: its first release was in %.4s"), file->path, expected);
}

static bool sum_fits(const struct checking_provider *c, const struct file *sum, const struct str *bytes)
{
	AUTO_STRING full = file_join(c->dir, sum->path);
	AUTO_STR text = STR_INIT;
	char digest[129];
	size_t length;

	if (str_ends(sum->path, ".sha512"))
		vault_sha512(bytes->bytes, bytes->length, digest);
	else
		vault_sha256(bytes->bytes, bytes->length, digest);
	length = strlen(digest);
	return file_read(full, 4096, &text, NULL) == 0 && text.length >= length &&
	       str_starts_nocase(text.bytes, digest) && strchr(" \t\r\n", text.bytes[length]);
}

static void check_sums(struct checking_provider *c, const struct file *file, const struct str *bytes)
{
	static const char *const endings[] = { ".sha256", ".sha512" };
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		AUTO_STRING path = mem_format("%s%s", file->path, endings[i]);
		const struct file *sum = find(c, path);

		any |= sum != NULL;
		if (sum && !sum_fits(c, sum, bytes))
			tell(c, 18, PROVIDER_NOT_MET, _("%s: it is the sum of something else"), path);
	}
	if (!any)
		tell(c, 18, PROVIDER_NOT_MET, _("%s: there is no .sha256 or .sha512"), file->path);
}

static void check_signature(struct checking_provider *c, const struct file *file, const struct str *bytes)
{
	AUTO_STRING path = mem_format("%s.asc", file->path);
	AUTO_STRING full = file_join(c->dir, path);
	struct openpgp_result result = { 0 };
	AUTO_STR signature = STR_INIT;
	enum signature_state worst = SIGNATURE_MALFORMED;

	if (!find(c, path) || file_read(full, 1 << 20, &signature, NULL)) {
		tell(c, 19, PROVIDER_NOT_MET, _("%s: there is no signature"), file->path);
		return;
	}
	if (!c->pgp || openpgp_verify(c->pgp, bytes->bytes, bytes->length, signature.bytes, signature.length,
				      c->now + 36500 * INSTANT_DAY, &result, NULL)) {
		tell(c, 19, PROVIDER_UNCHECKED, _("%s: gpg cannot look at it"), path);
		return;
	}
	for (size_t i = 0; i < result.signature_count; i++)
		worst = i == 0 || result.signatures[i].state > worst ? result.signatures[i].state : worst;
	openpgp_result_release(&result);
	if (worst == SIGNATURE_UNKNOWN_KEY)
		tell(c, 19, PROVIDER_UNCHECKED, _("%s: its key is not in the directory"), path);
	else if (worst != SIGNATURE_GOOD)
		tell(c, 19, PROVIDER_NOT_MET, "%s: %s", path, signature_name(worst));
}

static void check_one(struct checking_provider *c, const struct file *file)
{
	AUTO_STRING full = file_join(c->dir, file->path);
	AUTO_STR bytes = STR_INIT;

	check_valid(c, file, 1);
	if (file->kind != KIND_CSAF)
		return;
	check_name(c, file);
	check_year(c, file);
	if (file_read(full, FILE_LIMIT, &bytes, NULL))
		return;
	check_sums(c, file, &bytes);
	check_signature(c, file, &bytes);
}

/* What everybody reads and what only some may read lie in different folders. */
static void check_labels(struct checking_provider *c)
{
	const struct file *open = NULL, *closed = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const char *label = c->files[i].kind == KIND_CSAF ? fact(&c->files[i], 0, 6) : "";

		if (str_equal(label, "WHITE") || str_equal(label, "UNLABELED"))
			open = &c->files[i];
		if (str_equal(label, "AMBER") || str_equal(label, "RED"))
			closed = &c->files[i];
	}
	if (open && closed)
		tell(c, 5, PROVIDER_NOT_MET, _("%s (TLP:%s) lies in one tree with %s (TLP:WHITE)"), closed->path, fact(closed, 0, 6),
		     open->path);
	else if (closed)
		tell(c, 5, PROVIDER_SERVER, "%s", _("the web server must ask who reads it"));
	else if (open)
		tell(c, 4, PROVIDER_MET, "%s", _("only TLP:WHITE lies here; the web server must not ask who reads it"));
}

/* ---- metadata: 7, 8, 9, 20 */

static void check_metadata(struct checking_provider *c, const struct file *metadata)
{
	if (!metadata) {
		tell(c, 7, PROVIDER_NOT_MET, "%s", _("there is no provider-metadata.json"));
		tell(c, 9, PROVIDER_ABSENT, "%s", _("there is no provider-metadata.json"));
		return;
	}
	check_valid(c, metadata, 7);
	if (!str_ends(metadata->path, ".well-known/csaf/provider-metadata.json"))
		tell(c, 9, PROVIDER_ABSENT, _("it is %s"), metadata->path);
}

static void check_security(struct checking_provider *c)
{
	const struct file *file = find(c, ".well-known/security.txt");
	AUTO_STRING full = NULL;
	AUTO_STR text = STR_INIT;

	file = file ? file : find(c, "security.txt");
	if (!file) {
		tell(c, 8, PROVIDER_ABSENT, "%s", _("there is no security.txt"));
		return;
	}
	full = file_join(c->dir, file->path);
	if (file_read(full, 1 << 20, &text, NULL) || (!str_starts(text.bytes, "CSAF: https://") && !strstr(text.bytes, "\nCSAF: https://")))
		tell(c, 8, PROVIDER_NOT_MET, _("%s: it has no line CSAF: https://…"), file->path);
}

static void import_key(struct checking_provider *c, const struct file *file, const char *fingerprint)
{
	AUTO_STRING full = file_join(c->dir, file->path);
	AUTO_STR bytes = STR_INIT;
	AUTO_ERROR err = ERROR_INIT;
	char **prints = NULL;
	size_t count = 0;
	bool found = false;

	if (file_read(full, 4 << 20, &bytes, &err) || !c->pgp ||
	    openpgp_import(c->pgp, bytes.bytes, bytes.length, &prints, &count, &err)) {
		tell(c, 20, c->pgp ? PROVIDER_NOT_MET : PROVIDER_UNCHECKED, "%s: %s", file->path, str_or_empty(err.why));
		return;
	}
	for (size_t i = 0; i < count; i++) {
		found |= !*fingerprint || str_casecmp(prints[i], fingerprint) == 0;
		free(prints[i]);
	}
	free(prints);
	if (!found)
		tell(c, 20, PROVIDER_NOT_MET, _("%s: it is another key than %s"), file->path, fingerprint);
}

static void check_keys(struct checking_provider *c, const struct file *metadata)
{
	bool any = false;

	for (size_t i = 1; metadata && i < metadata->facts.count; i++) {
		const struct file *key;

		if (!str_equal(fact(metadata, i, 0), "key"))
			continue;
		any = true;
		key = find_address(c, fact(metadata, i, 2));
		if (key)
			import_key(c, key, fact(metadata, i, 1));
		else
			tell(c, 20, PROVIDER_NOT_MET, _("%s is not in the directory"), fact(metadata, i, 2));
	}
	if (!any)
		tell(c, 20, PROVIDER_NOT_MET, "%s", _("the metadata name no key"));
}

/* ---- lists: 12, 13 */

/* Paths in a list are relative to where it lies; some providers have them from their root. */
static const struct file *listed(const struct checking_provider *c, const char *list, const char *path)
{
	AUTO_STRING folder = mem_copy(list, (size_t)(base_of(list) - list));
	AUTO_STRING whole = mem_format("%s%s", folder, path);
	const struct file *file = find(c, whole);

	return file ? file : find(c, path);
}

/* The next field of a line of changes.csv, quoted or not; *CURSOR moves behind it. */
static char *take_field(const char **cursor, const char *end)
{
	struct str field = STR_INIT;
	bool quoted = *cursor < end && **cursor == '"';

	for (*cursor += quoted; *cursor < end; (*cursor)++) {
		if (quoted && **cursor == '"' && !(*cursor + 1 < end && (*cursor)[1] == '"'))
			break;
		if (!quoted && **cursor == ',')
			break;
		*cursor += quoted && **cursor == '"';
		str_add_char(&field, **cursor);
	}
	*cursor += quoted && *cursor < end;
	*cursor += *cursor < end && **cursor == ',';
	return field.length ? str_detach(&field) : mem_string("");
}

static void check_change(struct checking_provider *c, const struct file *list, const char *line, const char *end,
			 json_t *seen, instant *last)
{
	AUTO_STRING path = take_field(&line, end);
	AUTO_STRING date = take_field(&line, end);
	AUTO_STRING zoned = mem_format("%sZ", date);
	const struct file *file = listed(c, list->path, path);
	instant at, own;

	if (instant_parse(date, &at, NULL) && instant_parse(zoned, &at, NULL)) {
		tell(c, 13, PROVIDER_NOT_MET, _("%s: \"%s\" is no date"), list->path, date);
		return;
	}
	if (*last != INSTANT_NONE && at > *last)
		tell(c, 13, PROVIDER_NOT_MET, _("%s: %s is newer than the line before it"), list->path, path);
	*last = at;
	if (!file) {
		tell(c, 13, PROVIDER_NOT_MET, _("%s: there is no %s"), list->path, path);
		return;
	}
	if (!json_object_get(seen, file->path) && instant_parse(fact(file, 0, 5), &own, NULL) == 0 &&
	    own / INSTANT_SECOND != at / INSTANT_SECOND)
		tell(c, 13, PROVIDER_NOT_MET, _("%s: %s was last released at %s"), list->path, path, fact(file, 0, 5));
	json_object_set_new(seen, file->path, json_true());
}

static void check_line(struct checking_provider *c, const struct file *list, int number, const char *line, size_t length,
		       json_t *seen, instant *last)
{
	AUTO_STRING path = mem_copy(line, length);
	const struct file *file;

	if (number == 13) {
		check_change(c, list, path, path + length, seen, last);
		return;
	}
	file = listed(c, list->path, path);
	if (file)
		json_object_set_new(seen, file->path, json_true());
	else
		tell(c, 12, PROVIDER_NOT_MET, _("%s: there is no %s"), list->path, path);
}

/* Every document below the list's folder is in it. */
static void check_complete(struct checking_provider *c, const struct file *list, int number, const json_t *seen)
{
	size_t folder = (size_t)(base_of(list->path) - list->path);

	for (size_t i = 0; i < c->count; i++)
		if (c->files[i].kind == KIND_CSAF && strncmp(c->files[i].path, list->path, folder) == 0 &&
		    !json_object_get(seen, c->files[i].path))
			tell(c, number, PROVIDER_NOT_MET, _("%s lacks %s"), list->path, c->files[i].path + folder);
}

static void check_list(struct checking_provider *c, const char *name, int number)
{
	bool any = false;

	for (size_t i = 0; i < c->count; i++) {
		const struct file *list = &c->files[i];
		AUTO_STRING full = file_join(c->dir, list->path);
		AUTO_JSON seen = json_object();
		AUTO_STR text = STR_INIT;
		instant last = INSTANT_NONE;

		if (!str_equal(base_of(list->path), name) || file_read(full, FILE_LIMIT, &text, NULL))
			continue;
		any = true;
		for (const char *line = text.bytes; *line;) {
			size_t length = strcspn(line, "\r\n");

			if (length)
				check_line(c, list, number, line, length, seen, &last);
			line += length + strspn(line + length, "\r\n");
		}
		check_complete(c, list, number, seen);
	}
	if (!any)
		tell(c, number, PROVIDER_ABSENT, _("there is no %s"), name);
}

/* ---- feeds: 15, 16, 17 */

static void check_feed(struct checking_provider *c, const struct file *feed, const char *label)
{
	AUTO_JSON seen = json_object();

	check_valid(c, feed, 15);
	for (size_t i = 1; i < feed->facts.count; i++) {
		const struct file *file = find_address(c, fact(feed, i, 2));

		if (!file) {
			tell(c, 15, PROVIDER_NOT_MET, _("%s: there is no %s"), feed->path, fact(feed, i, 2));
			continue;
		}
		json_object_set_new(seen, file->path, json_true());
		if (*label && !str_equal(fact(file, 0, 6), label))
			tell(c, 15, PROVIDER_NOT_MET, _("%s: %s is TLP:%s"), feed->path, file->path, fact(file, 0, 6));
		if (!*fact(feed, i, 4) || !*fact(feed, i, 5))
			tell(c, 15, PROVIDER_NOT_MET, _("%s: %s has no link to its hash or its signature"), feed->path, file->path);
	}
	for (size_t i = 0; i < c->count; i++)
		if (c->files[i].kind == KIND_CSAF && str_equal(fact(&c->files[i], 0, 6), label) &&
		    !json_object_get(seen, c->files[i].path))
			tell(c, 15, PROVIDER_NOT_MET, _("%s lacks %s"), feed->path, c->files[i].path);
}

static bool has_label(const struct checking_provider *c, const char *label)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->files[i].kind == KIND_CSAF && str_equal(fact(&c->files[i], 0, 6), label))
			return true;
	return false;
}

static void check_rolie(struct checking_provider *c, const struct file *metadata)
{
	static const struct { const char *word; int number; const char *absent; } rows[] = {
		{ "feed", 15, N_("the metadata name no ROLIE feed") },
		{ "service", 16, N_("there is none; it is optional") },
		{ "category", 17, N_("there is none; it is optional") },
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		bool any = false;

		for (size_t i = 1; metadata && i < metadata->facts.count; i++) {
			const struct file *file;

			if (!str_equal(fact(metadata, i, 0), rows[r].word))
				continue;
			any = true;
			file = find_address(c, fact(metadata, i, 2));
			if (!file && rows[r].number == 15 && !has_label(c, fact(metadata, i, 1)))
				tell(c, 15, PROVIDER_MET, _("%s lies elsewhere, as do its documents"), fact(metadata, i, 2));
			else if (!file)
				tell(c, rows[r].number, PROVIDER_NOT_MET, _("%s is not in the directory"), fact(metadata, i, 2));
			else if (rows[r].number == 15)
				check_feed(c, file, fact(metadata, i, 1));
			else
				check_valid(c, file, rows[r].number);
		}
		if (!any)
			tell(c, rows[r].number, PROVIDER_ABSENT, "%s", _(rows[r].absent));
	}
}

/* ---- the verdict */

static enum provider_result worst(const struct provider_report *report, int number)
{
	enum provider_result found = PROVIDER_MET;

	for (size_t i = 0; i < report->count; i++)
		if (report->findings[i].number == number && report->findings[i].result != PROVIDER_MET &&
		    (found == PROVIDER_MET || report->findings[i].result == PROVIDER_NOT_MET))
			found = report->findings[i].result;
	return found;
}

static bool all_met(const struct provider_report *report, const int *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (worst(report, numbers[i]) != PROVIDER_MET)
			return false;
	return true;
}

/* Provider: one of 8, 9, 10, and directories or ROLIE; trusted: 18 to 20 too (7.2). What the server does is its own. */
static void judge_role(struct provider_report *report)
{
	static const int always[] = { 1, 2, 4, 7, 18, 19, 20 }, directory[] = { 11, 12, 13 }, rolie[] = { 15 };
	bool found = worst(report, 8) == PROVIDER_MET || worst(report, 9) == PROVIDER_MET;
	bool closed = worst(report, 5) == PROVIDER_SERVER;

	report->trusted = report->documents && found && all_met(report, always, ARRAY_LEN(always)) &&
			  (closed || worst(report, 5) == PROVIDER_MET) &&
			  (all_met(report, directory, ARRAY_LEN(directory)) || all_met(report, rolie, ARRAY_LEN(rolie)));
}

/* What nobody had anything to say of is met, or the server's. */
static void fill_up(struct checking_provider *c)
{
	size_t count;
	const struct provider_requirement *requirements = provider_requirements(&count);

	for (size_t i = 0; i < count; i++) {
		int number = requirements[i].number;

		if (c->told[number])
			continue;
		if (!c->report->documents && (number == 2 || number == 11 || number == 18 || number == 19))
			tell(c, number, PROVIDER_UNCHECKED, "%s", _("there is no document"));
		else if (requirements[i].by_server)
			tell(c, number, PROVIDER_SERVER, "%s", _("files cannot tell"));
		else
			tell(c, number, PROVIDER_MET, "%s", "");
	}
}

static void open_keys(struct checking_provider *c)
{
	const char *tmp = getenv("TMPDIR");

	c->home = mem_format("%s/psirtty-keys-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(c->home) || openpgp_open(c->home, &c->pgp, NULL))
		c->pgp = NULL;
}

static void close_keys(struct checking_provider *c)
{
	openpgp_close(c->pgp);
	if (c->pgp)
		openpgp_stop_agent(c->home);
	file_remove_tree(c->home, NULL);
	free(c->home);
}

static int by_number(const void *left, const void *right)
{
	return ((const struct provider_finding *)left)->number - ((const struct provider_finding *)right)->number;
}

static void check_all(struct checking_provider *c)
{
	const struct file *metadata;

	read_facts(c);
	metadata = find_metadata(c);
	check_metadata(c, metadata);
	check_keys(c, metadata);
	for (size_t i = 0; i < c->count; i++)
		if (c->files[i].kind == KIND_CSAF || c->files[i].kind == KIND_UNCLEAR)
			check_one(c, &c->files[i]);
	if (!c->report->documents)
		tell(c, 1, PROVIDER_WARNED, "%s", _("there is no document"));
	check_labels(c);
	check_security(c);
	check_list(c, "index.txt", 12);
	check_list(c, "changes.csv", 13);
	check_rolie(c, metadata);
	fill_up(c);
}

int provider_check(const char *dir, struct judge *judge, instant now, struct provider_report *ret, struct error *err)
{
	struct provider_report report = { 0 };
	struct checking_provider c = { .dir = dir, .judge = judge, .now = now, .places = json_object(), .report = &report };

	if (!file_is_dir(dir)) {
		json_decref(c.places);
		return error_set(err, ERR_INPUT, dir, NULL, _("it is no folder"));
	}
	list_files(&c, "", 0);
	if (c.count)
		qsort(c.files, c.count, sizeof(*c.files), by_path);
	open_keys(&c);
	check_all(&c);
	close_keys(&c);
	qsort(report.findings, report.count, sizeof(*report.findings), by_number);
	judge_role(&report);
	for (size_t i = 0; i < c.count; i++) {
		judged_facts_release(&c.files[i].facts);
		free(c.files[i].path);
	}
	free(c.files);
	json_decref(c.places);
	*ret = report;
	return 0;
}
