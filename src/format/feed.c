/* SPDX-License-Identifier: Apache-2.0 */
/* Which feed a document is, and what its readers share. */
#include "feed_private.h"

#include "psirtty/base/i18n.h"

enum { LOOK = 1 << 20, STEP = 64 << 10, MARK_DEPTH = 4 };

/* ---- the input behind a window */

long feed_run_read(void *data, char *ret, size_t size, struct error *err)
{
	struct feed_run *run = data;
	const char *bytes = run->bytes ? run->bytes : run->ahead.bytes;
	size_t left = (run->bytes ? run->length : run->ahead.length) - run->taken;

	if (!left)
		return run->ended ? 0 : run->read(run->context, ret, size, err);
	if (left > size)
		left = size;
	memcpy(ret, bytes + run->taken, left);
	run->taken += left;
	return (long)left;
}

/* Reads on until there is LOOK ahead or no more. */
static int look_ahead(struct feed_run *run)
{
	char window[STEP];

	while (!run->ended && run->ahead.length < LOOK) {
		long got = run->read(run->context, window, sizeof(window), run->err);

		if (got < 0)
			return run->err && run->err->code ? run->err->code : ERR_INPUT;
		run->ended = got == 0;
		str_add_bytes(&run->ahead, window, (size_t)got);
	}
	return 0;
}

int feed_run_rest(struct feed_run *run, struct str *ret)
{
	char window[STEP];
	long got;

	while ((got = feed_run_read(run, window, sizeof(window), run->err)) > 0) {
		if (ret->length + (size_t)got > FEED_WHOLE_LIMIT)
			return error_set(run->err, ERR_INPUT, run->name, _("Leave it out"), _("it is longer than %d MiB"),
					 FEED_WHOLE_LIMIT >> 20);
		str_add_bytes(ret, window, (size_t)got);
	}
	return got < 0 ? ERR_INPUT : 0;
}

int feed_run_all(struct feed_run *run, struct str *room, const char **ret, size_t *ret_length)
{
	int code = run->bytes ? 0 : feed_run_rest(run, room);

	*ret = run->bytes ? run->bytes + run->taken : room->bytes;
	*ret_length = run->bytes ? run->length - run->taken : room->length;
	return code;
}

/* ---- kinds, told by the names of members near the top */

static const char *const kind_names[FEED_KINDS] = {
	[FEED_UNKNOWN] = "unknown", [FEED_CVE] = "cve", [FEED_CVE_LOG] = "cve-delta-log", [FEED_NVD] = "nvd",
	[FEED_OSV] = "osv", [FEED_KEV] = "kev", [FEED_EPSS] = "epss", [FEED_CSAF] = "csaf", [FEED_DEBIAN] = "debian",
	[FEED_ALPINE] = "alpine", [FEED_EUVD] = "euvd", [FEED_METASPLOIT] = "metasploit",
	[FEED_EXPLOIT_DB] = "exploit-db", [FEED_JVN] = "jvn", [FEED_CNVD] = "cnvd", [FEED_CNNVD] = "cnnvd",
	[FEED_NEWS] = "news",
};

const char *feed_kind_name(enum feed_kind kind)
{
	return kind_names[kind];
}

/* NAME at DEPTH (0: outermost object; arrays count too), with VALUE where it must have one. The first that is met
 * decides, so those that others might hold too come last. */
static const struct { int depth; const char *name, *value; enum feed_kind kind; } marks[] = {
	{ 0, "dataType", "CVE_RECORD", FEED_CVE }, { 0, "cveMetadata", NULL, FEED_CVE },
	{ 0, "format", "NVD_CVE", FEED_NVD },      { 2, "cve", NULL, FEED_NVD },
	{ 0, "catalogVersion", NULL, FEED_KEV },   { 2, "cveID", NULL, FEED_KEV },
	{ 0, "fetchTime", NULL, FEED_CVE_LOG },    { 1, "fetchTime", NULL, FEED_CVE_LOG },
	{ 1, "csaf_version", NULL, FEED_CSAF },    { 0, "secfixes", NULL, FEED_ALPINE },
	{ 0, "reponame", NULL, FEED_ALPINE },      { 0, "distroversion", NULL, FEED_ALPINE },
	{ 0, "schema_version", NULL, FEED_OSV },   { 0, "affected", NULL, FEED_OSV },
	{ 0, "withdrawn", NULL, FEED_OSV },        { 0, "database_specific", NULL, FEED_OSV },
	{ 2, "enisaUuid", NULL, FEED_EUVD },       { 1, "euvdId", NULL, FEED_EUVD }, { 0, "enisaUuid", NULL, FEED_EUVD },
	{ 1, "disclosure_date", NULL, FEED_METASPLOIT }, { 1, "rank", NULL, FEED_METASPLOIT },
	{ 2, "releases", NULL, FEED_DEBIAN },
	{ 0, "modified", NULL, FEED_OSV },
};

static enum feed_kind kind_of_mark(int depth, const char *name, const struct pull_item *value)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (marks[i].depth == depth && str_equal(marks[i].name, name) &&
		    (!marks[i].value || (value->token == PULL_STRING && str_equal(marks[i].value, value->text))))
			return marks[i].kind;
	return FEED_UNKNOWN;
}

/* What is ahead may end in the middle: an error then is none. */
static enum feed_kind kind_of_json(const struct feed_run *run, const char *bytes, size_t length)
{
	struct pull *pull = pull_new_memory(run->name, &(struct pull_limits){ LOOK, 64, UINT64_MAX }, bytes, length);
	enum feed_kind kind = FEED_UNKNOWN;
	AUTO_ERROR none = ERROR_INIT;
	struct pull_item item;

	while (kind == FEED_UNKNOWN && pull_next(pull, &item, &none) == 0 && item.token != PULL_END) {
		int depth = item.depth - 1;
		AUTO_STRING name = NULL;

		if (item.token != PULL_NAME || depth >= MARK_DEPTH)
			continue;
		name = mem_string(item.text);
		if (pull_next(pull, &item, &none) == 0)
			kind = kind_of_mark(depth, name, &item);
	}
	pull_free(pull);
	return kind;
}

static enum feed_kind kind_of_lines(const char *bytes)
{
	static const struct { const char *begin; enum feed_kind kind; } rows[] = {
		{ "#model_version:", FEED_EPSS }, { "cve,epss", FEED_EPSS }, { "cveID,", FEED_KEV }, { "\"cveID\",", FEED_KEV },
		{ "id,file,description,", FEED_EXPLOIT_DB },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(bytes, rows[i].begin))
			return rows[i].kind;
	return FEED_UNKNOWN;
}

/* The name of the outermost element, and what tells two feeds with the same one apart. */
static enum feed_kind kind_of_xml(const char *bytes)
{
	static const struct { const char *element, *also; enum feed_kind kind; } rows[] = {
		{ "<vulnerabilitys", NULL, FEED_CNVD }, { "<cnnvd", NULL, FEED_CNNVD },
		{ "<rdf:RDF", "jvn.jp/rss/mod_sec", FEED_JVN }, { "<rdf:RDF", NULL, FEED_NEWS }, { "<rss", NULL, FEED_NEWS },
		{ "<feed", NULL, FEED_NEWS },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strstr(bytes, rows[i].element) && (!rows[i].also || strstr(bytes, rows[i].also)))
			return rows[i].kind;
	return FEED_UNKNOWN;
}

static bool is_web_page(const char *bytes, size_t length)
{
	AUTO_STRING head = mem_copy(bytes, length < 16 ? length : 16);

	return str_starts_nocase(head, "<!doctype html") || str_starts_nocase(head, "<html");
}

static const struct { enum feed_kind kind; int (*read)(struct feed_run *run); } readers[] = {
	{ FEED_CVE, feed_read_cve },         { FEED_CVE_LOG, feed_read_cve_log }, { FEED_NVD, feed_read_nvd },
	{ FEED_OSV, feed_read_osv },         { FEED_KEV, feed_read_kev },         { FEED_EPSS, feed_read_epss },
	{ FEED_CSAF, feed_read_csaf },       { FEED_DEBIAN, feed_read_debian },   { FEED_ALPINE, feed_read_alpine },
	{ FEED_EUVD, feed_read_euvd },       { FEED_METASPLOIT, feed_read_metasploit },
	{ FEED_EXPLOIT_DB, feed_read_exploit_db }, { FEED_JVN, feed_read_xml },   { FEED_CNVD, feed_read_xml },
	{ FEED_CNNVD, feed_read_xml },       { FEED_NEWS, feed_read_xml },
};

static int read_kind(struct feed_run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (readers[i].kind == run->head->kind)
			return readers[i].read(run);
	return error_set(run->err, ERR_INPUT, run->name, _("See `psirtty help feed import` for what is read"),
			 _("it is no feed of a kind that is known"));
}

static int refuse_page(const struct feed_run *run)
{
	return error_set(run->err, ERR_INPUT, run->name, _("Look at the address in a browser, then get the file anew"),
			 _("it is a web page (a login, an error, a proxy's notice), no feed"));
}

/* Marks are looked for in text that ends with a zero, which memory need not have. */
static enum feed_kind kind_of(const struct feed_run *run, const char *bytes, size_t length)
{
	AUTO_STRING copy = NULL;

	if (*bytes == '{' || *bytes == '[')
		return kind_of_json(run, bytes, length);
	copy = mem_copy(bytes, length < LOOK ? length : LOOK);
	return *bytes == '<' ? kind_of_xml(copy) : kind_of_lines(copy);
}

static int read_run(struct feed_run *run)
{
	int code = run->bytes ? 0 : look_ahead(run);
	const char *bytes = run->bytes ? run->bytes : run->ahead.bytes;
	size_t length = run->bytes ? run->length : run->ahead.length;

	if (code)
		return code;
	if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		run->taken = 3;
	while (run->taken < length && bytes[run->taken] && strchr(" \t\r\n", bytes[run->taken]))
		run->taken++;
	if (run->taken == length)
		return error_set(run->err, ERR_INPUT, run->name, _("Get the file anew"), _("it is empty"));
	bytes += run->taken;
	length -= run->taken;
	if (is_web_page(bytes, length))
		return refuse_page(run);
	run->head->kind = kind_of(run, bytes, length);
	return read_kind(run);
}

static int read_all(struct feed_run *run, struct error *err)
{
	AUTO_ERROR own = ERROR_INIT;
	int code;

	run->err = err ? err : &own;
	code = read_run(run);
	str_release(&run->ahead);
	return code;
}

int feed_read(const char *name, pull_read_fn read, void *context, const struct feed_sink *sink, struct feed_head *ret,
	      struct error *err)
{
	struct feed_run run = { .name = name, .read = read, .context = context, .ahead = STR_INIT, .sink = sink, .head = ret };

	return read_all(&run, err);
}

int feed_read_memory(const char *name, const char *bytes, size_t length, const struct feed_sink *sink,
		     struct feed_head *ret, struct error *err)
{
	struct feed_run run = { .name = name, .ahead = STR_INIT, .bytes = length ? bytes : "", .length = length, .ended = true,
				.sink = sink, .head = ret };

	return read_all(&run, err);
}
