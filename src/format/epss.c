/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the daily EPSS file, line by line, with no copy of it. */
#include "psirtty/format/epss.h"

#include <string.h>

#include "psirtty/base/i18n.h"

enum { BYTES_MOST = 64 << 20, LINE_MOST = 200, COLUMNS_MOST = 8 };

struct lines {
	const char *at, *end;
	long number;
	char line[LINE_MOST + 1]; /* without its end */
	bool too_long;            /* or with a zero byte in it */
};

static bool lines_next(struct lines *l)
{
	const char *newline;
	size_t length, kept;

	if (l->at >= l->end)
		return false;
	newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
	length = (size_t)((newline ? newline : l->end) - l->at);
	kept = length > LINE_MOST ? LINE_MOST : length;
	memcpy(l->line, l->at, kept);
	if (kept && l->line[kept - 1] == '\r')
		kept--;
	l->line[kept] = '\0';
	l->too_long = length > LINE_MOST || strlen(l->line) != kept;
	l->at += length + (newline != NULL);
	l->number++;
	return true;
}

/* The value behind NAME in a line of "name:value,…"; into RET, empty when it is not there. */
static void head_value(const char *line, const char *name, char *ret, size_t size)
{
	const char *at = strstr(line, name);
	size_t length;

	ret[0] = '\0';
	if (!at)
		return;
	at += strlen(name);
	length = strcspn(at, ", ");
	if (length < size) {
		memcpy(ret, at, length);
		ret[length] = '\0';
	}
}

static instant head_instant(const char *text)
{
	AUTO_STR full = STR_INIT;
	size_t length = strlen(text);
	instant ret;

	str_add(&full, text);
	if (length == 10)
		str_add(&full, "T00:00:00Z");
	else if (length > 5 && (text[length - 5] == '+' || text[length - 5] == '-')) {
		str_truncate(&full, length - 2);
		str_add_char(&full, ':');
		str_add(&full, text + length - 2);
	}
	return instant_parse(full.bytes, &ret, NULL) < 0 ? INSTANT_NONE : ret;
}

static void read_head(const char *line, struct epss_head *head)
{
	char date[48];

	head_value(line, "model_version:", head->model, sizeof(head->model));
	head_value(line, "score_date:", date, sizeof(date));
	head->scored = head_instant(date);
}

/* Splits LINE at its commas; returns how many fields there are. */
static int split(char *line, char *fields[COLUMNS_MOST])
{
	int count = 0;

	while (line && count < COLUMNS_MOST) {
		char *comma = strchr(line, ',');

		if (comma)
			*comma++ = '\0';
		fields[count++] = line;
		line = comma;
	}
	return line ? COLUMNS_MOST + 1 : count;
}

struct columns {
	int count, cve, probability, percentile; /* -1: none */
};

static bool read_columns(char *line, struct columns *ret)
{
	char *names[COLUMNS_MOST];

	*ret = (struct columns){ split(line, names), -1, -1, -1 };
	for (int i = 0; i < ret->count && i < COLUMNS_MOST; i++) {
		if (str_casecmp(names[i], "cve") == 0)
			ret->cve = i;
		else if (str_casecmp(names[i], "epss") == 0)
			ret->probability = i;
		else if (str_casecmp(names[i], "percentile") == 0)
			ret->percentile = i;
	}
	return ret->count <= COLUMNS_MOST && ret->cve >= 0 && ret->probability >= 0;
}

static bool read_row(struct lines *l, const struct columns *columns, struct epss_row *ret,
		     struct row_faults *faults)
{
	char *fields[COLUMNS_MOST] = { NULL };
	int count;

	if (l->too_long) {
		row_faults_add(faults, l->number, _("it is longer than %d bytes or holds a zero byte"), LINE_MOST);
		return false;
	}
	count = split(l->line, fields);
	if (count != columns->count)
		row_faults_add(faults, l->number, _("it has not the %d columns of the first line"), columns->count);
	else if (!exploit_is_cve(fields[columns->cve]))
		row_faults_add(faults, l->number, _("\"%.40s\" is no CVE number"), fields[columns->cve]);
	else if (exploit_share_parse(fields[columns->probability], &ret->probability) < 0)
		row_faults_add(faults, l->number, _("the probability \"%.40s\" is no number from 0 to 1"),
			       fields[columns->probability]);
	else if (columns->percentile >= 0 &&
		 exploit_share_parse(fields[columns->percentile], &ret->percentile) < 0)
		row_faults_add(faults, l->number, _("the percentile \"%.40s\" is no number from 0 to 1"),
			       fields[columns->percentile]);
	else {
		snprintf(ret->cve, sizeof(ret->cve), "%s", fields[columns->cve]);
		return true;
	}
	return false;
}

/* The comment, if there is one, and the names of the columns. */
static int read_beginning(struct lines *l, struct epss_head *head, struct columns *columns,
			  struct error *err)
{
	bool more = lines_next(l);

	while (more && (l->line[0] == '#' || l->line[0] == '\0')) {
		if (strstr(l->line, "model_version:") || strstr(l->line, "score_date:"))
			read_head(l->line, head);
		more = lines_next(l);
	}
	if (!more || l->too_long || !read_columns(l->line, columns))
		return error_set(err, ERR_INPUT, _("EPSS file"), NULL,
				 _("line %ld does not name the columns cve and epss"), l->number);
	return 0;
}

int epss_read(const char *bytes, size_t length, epss_row_fn take, void *data, struct epss_head *ret,
	      struct row_faults *faults, struct error *err)
{
	struct epss_head head = { .scored = INSTANT_NONE };
	struct lines lines = { .at = bytes, .end = bytes + length };
	struct columns columns = { 0 };

	if (length > BYTES_MOST)
		return error_set(err, ERR_INPUT, _("EPSS file"), NULL, _("it is larger than %d MiB"),
				 BYTES_MOST >> 20);
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		lines.at += 3;
	if (read_beginning(&lines, &head, &columns, err) < 0)
		return ERR_INPUT;
	*ret = head;
	while (lines_next(&lines)) {
		struct epss_row row = { .percentile = EXPLOIT_ABSENT };

		if (lines.line[0] == '\0' && !lines.too_long)
			continue;
		if (read_row(&lines, &columns, &row, faults)) {
			head.rows++;
			take(data, &row);
		}
	}
	*ret = head;
	return 0;
}
