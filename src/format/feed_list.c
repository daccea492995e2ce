/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds that are one list: KEV, EPSS, Debian's tracker, Alpine's secdb, EUVD, Metasploit, Exploit-DB. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"
#include "psirtty/format/epss.h"
#include "psirtty/format/kev.h"

#define AT(field) offsetof(struct feed_record, field)

static void tell_faults(struct feed_run *run, const struct row_faults *faults)
{
	for (int i = 0; i < faults->kept; i++) {
		AUTO_STRING where = mem_format(_("row %ld"), faults->items[i].row);

		feed_fault(run, where, faults->items[i].why);
	}
	run->head->faults += faults->total - faults->kept;
}

/* ---- KEV and EPSS: their readers hand out rows */

struct rows { struct feed_run *run; const struct epss_head *epss; int code; };

static void take_kev(void *data, const struct kev_row *row)
{
	struct rows *rows = data;
	struct feed_record record = { .published = row->added, .modified = row->added, .exploited = true };
	struct feed_product *product;

	if (rows->code)
		return;
	record.id = mem_string(row->cve);
	record.title = mem_string(row->name);
	record.text = mem_string(row->description);
	product = feed_product_add(&record);
	product->usual = FEED_UNDECIDED;
	product->vendor = mem_string(row->vendor);
	product->name = mem_string(row->product);
	rows->code = feed_take(rows->run, &record, NULL, 0);
	feed_record_release(&record);
}

int feed_read_kev(struct feed_run *run)
{
	AUTO_ROW_FAULTS faults = ROW_FAULTS_INIT;
	struct rows rows = { run, NULL, 0 };
	AUTO_STR bytes = STR_INIT;
	struct kev_head head;
	int code = feed_run_rest(run, &bytes);

	if (!code)
		code = kev_read(bytes.bytes, bytes.length, take_kev, &rows, &head, &faults, run->err);
	if (code || rows.code)
		return code ? code : rows.code;
	tell_faults(run, &faults);
	run->head->announced = head.announced;
	(void)snprintf(run->head->cursor, sizeof(run->head->cursor), "%s", head.version);
	if (head.released != INSTANT_NONE)
		run->head->newest = head.released;
	return 0;
}

static void take_epss(void *data, const struct epss_row *row)
{
	struct rows *rows = data;
	struct feed_record record = { .published = INSTANT_NONE, .modified = rows->epss->scored };
	AUTO_STRING score = NULL;

	if (rows->code)
		return;
	score = mem_format("%.5f/%.5f", (double)row->probability / EXPLOIT_UNIT,
			   row->percentile == EXPLOIT_ABSENT ? -1.0 : (double)row->percentile / EXPLOIT_UNIT);
	record.id = mem_string(row->cve);
	text_pairs_add(&record.scores, rows->epss->model, score);
	rows->code = feed_take(rows->run, &record, NULL, 0);
	feed_record_release(&record);
}

int feed_read_epss(struct feed_run *run)
{
	AUTO_ROW_FAULTS faults = ROW_FAULTS_INIT;
	struct epss_head head = { .scored = INSTANT_NONE };
	struct rows rows = { run, &head, 0 };
	AUTO_STR bytes = STR_INIT;
	int code = feed_run_rest(run, &bytes);

	if (!code)
		code = epss_read(bytes.bytes, bytes.length, take_epss, &rows, &head, &faults, run->err);
	if (code || rows.code)
		return code ? code : rows.code;
	tell_faults(run, &faults);
	run->head->newest = head.scored;
	(void)snprintf(run->head->cursor, sizeof(run->head->cursor), "%s", head.model);
	return 0;
}

/* ---- Debian: source package, then flaw, then release */

struct debian { struct feed_run *run; struct feed_record *record; const char *package; };
struct release { char *status, *fixed; };

static int read_release(struct members *m, const struct pull_item *value, void *into, const char *codename)
{
	static const struct member rows[] = {
		{ "status", members_text, offsetof(struct release, status) },
		{ "fixed_version", members_text, offsetof(struct release, fixed) },
		{ NULL },
	};
	struct debian *debian = into;
	struct feed_product *product = feed_product_add(debian->record);
	struct release release = { NULL, NULL };
	int code = members_object(m, value, rows, &release);

	product->ecosystem = mem_format("Debian:%s", codename);
	product->name = mem_string(debian->package);
	product->usual = str_equal(release.status, "undetermined") ? FEED_UNDECIDED : FEED_UNAFFECTED;
	/* Fixed in "0": it never was affected. Open: every version is. */
	if (str_equal(release.status, "open") || (release.fixed && !str_equal(release.fixed, "0")))
		feed_range_add(product, FEED_AFFECTED, "deb", NULL, str_equal(release.status, "open") ? NULL : release.fixed);
	free(release.status);
	free(release.fixed);
	return code;
}

static int read_releases(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct pull_item item = *value;
	int code = 0;

	(void)offset;
	if (value->token != PULL_OBJECT)
		return pull_skip(m->pull, value, m->err);
	while (!code && !(code = pull_next(m->pull, &item, m->err)) && item.token == PULL_NAME) {
		AUTO_STRING codename = mem_string(item.text);

		code = pull_next(m->pull, &item, m->err);
		code = code ? code : read_release(m, &item, into, codename);
	}
	return code;
}

static int read_debian_text(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	return members_text(m, value, ((struct debian *)into)->record, offset);
}

static int read_debian_flaw(struct members *m, const struct pull_item *value, struct debian *debian, const char *id)
{
	static const struct member rows[] = {
		{ "description", read_debian_text, AT(text) }, { "releases", read_releases, 0 }, { NULL },
	};
	struct feed_record record = { .published = INSTANT_NONE, .modified = INSTANT_NONE, .id = mem_string(id) };
	int code;

	debian->record = &record;
	code = members_object(m, value, rows, debian);
	if (!code)
		code = feed_take(debian->run, &record, NULL, 0);
	feed_record_release(&record);
	return code;
}

/* An object of objects: ONE for each inner member. */
static int each_inner(struct members *m, const struct pull_item *value, struct debian *debian)
{
	struct pull_item item = *value;
	int code = 0;

	if (value->token != PULL_OBJECT)
		return pull_skip(m->pull, value, m->err);
	while (!code && !(code = pull_next(m->pull, &item, m->err)) && item.token == PULL_NAME) {
		AUTO_STRING id = mem_string(item.text);

		code = pull_next(m->pull, &item, m->err);
		code = code ? code : read_debian_flaw(m, &item, debian, id);
	}
	return code;
}

int feed_read_debian(struct feed_run *run)
{
	struct pull *pull = pull_new(run->name, NULL, feed_run_read, run);
	struct members m = { pull, run, 0, run->err };
	struct pull_item item;
	int code = pull_next(pull, &item, run->err);

	while (!code && !(code = pull_next(pull, &item, run->err)) && item.token == PULL_NAME) {
		AUTO_STRING package = mem_string(item.text);
		struct debian debian = { run, NULL, package };

		code = pull_next(pull, &item, run->err);
		code = code ? code : each_inner(&m, &item, &debian);
	}
	pull_free(pull);
	return code;
}

/* ---- Alpine: packages, each with the versions that fix something */

struct alpine { struct feed_run *run; char *release, *repository, *package; };
struct fix { struct alpine *alpine; const char *version; };

static int take_fix(const struct fix *fix, const char *id, size_t length)
{
	struct feed_record record = { .published = INSTANT_NONE, .modified = INSTANT_NONE, .id = text_copy(id, length) };
	struct feed_product *product = feed_product_add(&record);
	int code;

	product->ecosystem = mem_format("Alpine:%s", str_or_empty(fix->alpine->release));
	product->name = mem_string(fix->alpine->package);
	product->usual = FEED_UNAFFECTED;
	if (!str_equal(fix->version, "0"))
		feed_range_add(product, FEED_AFFECTED, "apk", NULL, fix->version);
	code = feed_take(fix->alpine->run, &record, NULL, 0);
	feed_record_release(&record);
	return code;
}

/* "CVE-A CVE-B": several names of one. */
static int read_fixed_flaw(struct members *m, const struct pull_item *item, void *into)
{
	const char *at = item->token == PULL_STRING ? item->text : "";
	int code = 0;

	while (!code && *at) {
		size_t length = strcspn(at, " ");

		if (length)
			code = take_fix(into, at, length);
		at += length + (at[length] == ' ');
	}
	return code ? code : pull_skip(m->pull, item, m->err);
}

static int read_fixes(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct pull_item item = *value;
	int code = 0;

	(void)offset;
	if (value->token != PULL_OBJECT)
		return pull_skip(m->pull, value, m->err);
	while (!code && !(code = pull_next(m->pull, &item, m->err)) && item.token == PULL_NAME) {
		AUTO_STRING version = mem_string(item.text);
		struct fix fix = { into, version };

		code = pull_next(m->pull, &item, m->err);
		code = code ? code : members_array(m, &item, read_fixed_flaw, &fix);
	}
	return code;
}

static int read_alpine_package(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	static const struct member rows[] = {
		{ "name", members_text, offsetof(struct alpine, package) }, { "secfixes", read_fixes, 0 }, { NULL },
	};

	(void)offset;
	return members_object(m, value, rows, into);
}

static int read_alpine_entry(struct members *m, const struct pull_item *item, void *into)
{
	static const struct member rows[] = { { "pkg", read_alpine_package, 0 }, { NULL } };

	return members_object(m, item, rows, into);
}

static int read_alpine_packages(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	return members_array(m, value, read_alpine_entry, into);
}

int feed_read_alpine(struct feed_run *run)
{
	static const struct member rows[] = {
		{ "distroversion", members_text, offsetof(struct alpine, release) },
		{ "reponame", members_text, offsetof(struct alpine, repository) },
		{ "packages", read_alpine_packages, 0 },
		{ NULL },
	};
	struct pull *pull = pull_new(run->name, NULL, feed_run_read, run);
	struct members m = { pull, run, 0, run->err };
	struct alpine alpine = { .run = run };
	struct pull_item root;
	int code = pull_next(pull, &root, run->err);

	if (!code)
		code = members_object(&m, &root, rows, &alpine);
	if (alpine.repository && alpine.release)
		(void)snprintf(run->head->cursor, sizeof(run->head->cursor), "%s/%s", alpine.release, alpine.repository);
	free(alpine.release);
	free(alpine.repository);
	free(alpine.package);
	pull_free(pull);
	return code;
}

/* ---- EUVD: aliases and links are lines of one string */

static int read_lines(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	struct text_list *list = (struct text_list *)(void *)((char *)into + offset);
	const char *at = value->token == PULL_STRING ? value->text : "";

	while (*at) {
		size_t length = strcspn(at, "\n");

		if (length)
			text_list_add(list, at, length);
		at += length + (at[length] == '\n');
	}
	return pull_skip(m->pull, value, m->err);
}

static int read_exploited(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	((struct feed_record *)into)->exploited = value->token == PULL_STRING;
	return pull_skip(m->pull, value, m->err);
}

static int read_euvd_vector(struct members *m, const struct pull_item *value, void *into, size_t offset)
{
	(void)offset;
	if (value->token == PULL_STRING && value->length)
		text_pairs_add(&((struct feed_record *)into)->scores, "euvd", value->text);
	return pull_skip(m->pull, value, m->err);
}

static const struct member euvd_rows[] = {
	{ "id", members_text, AT(id) }, { "euvdId", members_text, AT(id) },
	{ "description", members_text, AT(text) },
	{ "datePublished", feed_member_time, AT(published) }, { "dateUpdated", feed_member_time, AT(modified) },
	{ "dateAdded", feed_member_time, AT(modified) },
	{ "aliases", read_lines, AT(aliases) }, { "cveId", feed_member_list, AT(aliases) },
	{ "references", read_lines, AT(links) },
	{ "baseScoreVector", read_euvd_vector, 0 }, { "exploitedSince", read_exploited, 0 },
	{ NULL },
};

static int take_euvd(struct feed_run *run, const char *where, const char *bytes, size_t length)
{
	struct feed_record record = { 0 };

	return feed_record_json(run, where, bytes, length, euvd_rows, &record, NULL);
}

/* A page with items and a total, a dump that is a list, or one entry. */
int feed_read_euvd(struct feed_run *run)
{
	AUTO_STR bytes = STR_INIT;
	struct pull *pull;
	struct pull_item item;
	int code = feed_run_rest(run, &bytes);

	if (code)
		return code;
	pull = pull_new_memory(run->name, NULL, bytes.bytes, bytes.length);
	if (bytes.bytes[0] == '[') {
		code = feed_each_item(run, pull, take_euvd);
	} else if (!(code = pull_next(pull, &item, run->err))) {
		bool list = false;

		while (!code && !(code = pull_next(pull, &item, run->err)) && item.token == PULL_NAME) {
			list = list || str_equal(item.text, "items");
			code = str_equal(item.text, "items") ? feed_each_item(run, pull, take_euvd) :
							       pull_skip(pull, &item, run->err);
		}
		if (!code && !list)
			code = take_euvd(run, run->name, bytes.bytes, bytes.length);
	}
	pull_free(pull);
	return code;
}

/* ---- Metasploit: modules by name; what they refer to is exploitable */

struct module { char *fullname; struct text_list references; instant modified; };

static int take_module(struct feed_run *run, const struct module *module)
{
	int code = 0;

	for (size_t i = 0; !code && i < module->references.count; i++) {
		struct feed_record record = { .published = INSTANT_NONE, .modified = module->modified, .exploited = true };

		if (!str_starts(module->references.items[i], "CVE-"))
			continue;
		record.id = mem_string(module->references.items[i]);
		record.title = mem_string(module->fullname);
		code = feed_take(run, &record, NULL, 0);
		feed_record_release(&record);
	}
	return code;
}

int feed_read_metasploit(struct feed_run *run)
{
	static const struct member rows[] = {
		{ "fullname", members_text, offsetof(struct module, fullname) },
		{ "references", feed_member_list, offsetof(struct module, references) },
		{ "mod_time", feed_member_time, offsetof(struct module, modified) },
		{ NULL },
	};
	struct pull *pull = pull_new(run->name, NULL, feed_run_read, run);
	struct members m = { pull, run, 0, run->err };
	struct pull_item item;
	int code = pull_next(pull, &item, run->err);

	while (!code && !(code = pull_next(pull, &item, run->err)) && item.token == PULL_NAME) {
		struct module module = { .modified = INSTANT_NONE };

		code = pull_next(pull, &item, run->err);
		code = code ? code : members_object(&m, &item, rows, &module);
		code = code ? code : take_module(run, &module);
		free(module.fullname);
		text_list_release(&module.references);
	}
	pull_free(pull);
	return code;
}

/* ---- Exploit-DB: the index as CSV */

enum { CSV_COLUMNS = 32 };

/* One row from *AT, quoted fields over lines too; fields are cut in place. Returns how many. */
static int csv_row(char **at, char *fields[CSV_COLUMNS])
{
	char *from = *at, *to;
	int count = 0;

	while (count < CSV_COLUMNS) {
		bool quoted = *from == '"';

		fields[count++] = to = from + quoted;
		from += quoted;
		while (*from && (quoted || (*from != ',' && *from != '\n'))) {
			if (quoted && *from == '"') {
				if (from[1] != '"') {
					quoted = false;
					from++;
					continue;
				}
				from++;
			}
			*to++ = *from++;
		}
		if (*from != ',') {
			*at = *from ? from + 1 : from;
			*to = '\0';
			break;
		}
		from++;
		*to = '\0';
	}
	return count;
}

static int column_of(char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (str_starts(names[i], name) && strcspn(names[i], "\r") == strlen(name))
			return i;
	return -1;
}

/* One record for each CVE among the codes, else one for the exploit. */
static int take_exploit(struct feed_run *run, const char *id, const char *title, const char *codes, instant modified)
{
	bool any = false;
	int code = 0;

	for (const char *at = codes; !code; at += strcspn(at, ";") + 1) {
		size_t length = strcspn(at, ";");
		bool cve = str_starts(at, "CVE-"), last = at[length] == '\0';

		if (cve || (last && !any)) {
			struct feed_record record = { .published = INSTANT_NONE, .modified = modified, .exploited = true,
						      .title = mem_string(title) };

			record.id = cve ? text_copy(at, length) : mem_format("EDB-%s", id);
			code = feed_take(run, &record, NULL, 0);
			feed_record_release(&record);
			any = true;
		}
		if (last)
			break;
	}
	return code;
}

int feed_read_exploit_db(struct feed_run *run)
{
	AUTO_STR bytes = STR_INIT;
	char *at, *fields[CSV_COLUMNS];
	int code = feed_run_rest(run, &bytes), count, id, title, codes, updated;

	if (code)
		return code;
	at = bytes.bytes;
	count = csv_row(&at, fields);
	id = column_of(fields, count, "id");
	title = column_of(fields, count, "description");
	codes = column_of(fields, count, "codes");
	updated = column_of(fields, count, "date_updated");
	if (id < 0 || title < 0 || codes < 0)
		return error_set(run->err, ERR_INPUT, run->name, _("Get the file anew"), _("its first line names no columns"));
	for (long row = 2; !code && *at; row++) {
		count = csv_row(&at, fields);
		if (count <= codes || count <= title) {
			AUTO_STRING where = mem_format(_("row %ld"), row);

			feed_fault(run, where, _("it has too few columns"));
			continue;
		}
		code = take_exploit(run, fields[id], fields[title], fields[codes],
				    updated >= 0 && updated < count ? feed_time(fields[updated]) : INSTANT_NONE);
	}
	return code;
}
