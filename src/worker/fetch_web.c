/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages over HTTPS: several at once, few of them from one host; asked for with what is here already (ETag,
 * If-Modified-Since, Range under If-Range); tried again where that is worth it, after as long as the server says
 * or twice as long as before, a little more or less so that not all come back at once. What came stays: a line that breaks is gone on with where it broke, when the server
 * gave the page a mark to know it by.
 */
#include <ctype.h>
#include <sys/random.h>
#include <time.h>

#include "fetch_private.h"
#include "psirtty/base/i18n.h"

enum { PAGES = 10000, TOGETHER = 16, OF_ONE_HOST = 2, REDIRECTS = 5, MARK = 512, BACK_OFF = 1, SLOWEST = 1,
       RATIO = 200, RATIO_FROM = 1 << 20 };

struct page {
	const char *url, *etag, *modified, *accept, *type, *body; /* borrowed from the request */
	uint64_t from, most;
	size_t body_length, item;
	const char *header, *method; /* borrowed; NULL */
	bool as_is;
	/* of this try */
	CURL *curl;
	struct curl_slist *headers;
	char reason[CURL_ERROR_SIZE];
	char new_etag[MARK], new_modified[MARK], said[MARK]; /* SAID: the server's own word (`message`) */
	uint64_t come;         /* bytes of the page handed out, those of before too */
	bool head_told, refused, swollen;
	uint64_t here;         /* of them, those of this try */
	int tries;
	long wait;             /* seconds the server asked for; 0: it did not */
	int64_t not_before;    /* milliseconds */
	bool done;
};

struct web {
	const struct fetch_server *server;
	CURLM *multi;
	struct page *pages;
	size_t count, running;
	int tries, wait;
	bool insist;
	char agent[MARK];
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the request */

static void read_page(struct fetch_reading *request, size_t item, struct page *ret)
{
	bool posts;

	ret->item = item;
	ret->url = fetch_text_take(request);
	ret->etag = fetch_text_take(request);
	ret->modified = fetch_text_take(request);
	ret->from = fetch_number_take(request);
	ret->most = fetch_number_take(request);
	ret->accept = fetch_text_take(request);
	ret->type = fetch_text_take(request);
	posts = fetch_number_take(request) != 0;
	ret->body = fetch_field_take(request, &ret->body_length);
	if (!posts)
		ret->body = NULL;
	ret->header = fetch_text_take(request);
	ret->method = fetch_text_take(request);
	ret->not_before = now_ms() + (int64_t)(fetch_number_take(request) % 86400) * 1000;
	ret->as_is = fetch_number_take(request) != 0;
	ret->come = ret->from;
	snprintf(ret->new_etag, sizeof(ret->new_etag), "%s", str_or_empty(ret->etag));
	snprintf(ret->new_modified, sizeof(ret->new_modified), "%s", str_or_empty(ret->modified));
}

static int read_pages(struct web *web, struct fetch_reading *request, struct error *err)
{
	uint64_t count;

	web->tries = (int)fetch_number_take(request);
	web->wait = (int)fetch_number_take(request);
	web->insist = fetch_number_take(request) != 0;
	count = fetch_number_take(request);
	if (!request->bad && count && count <= PAGES) {
		web->pages = mem_alloc((size_t)count * sizeof(*web->pages));
		for (; web->count < count && !request->bad; web->count++)
			read_page(request, web->count, &web->pages[web->count]);
	}
	return request->bad || web->count == 0 ? error_set(err, ERR_BUG, "fetch", NULL, "the request is malformed") : 0;
}

/* ---- what comes */

static void tell_head(struct page *page, long status)
{
	char *type = NULL, *url = NULL;
	curl_off_t length = -1;

	curl_easy_getinfo(page->curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(page->curl, CURLINFO_EFFECTIVE_URL, &url);
	curl_easy_getinfo(page->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	fetch_tell(&(struct fetch_event){
		.kind = FETCH_HEAD, .item = page->item, .done = (uint64_t)status, .from = page->come, .name = url,
		.total = length > 0 ? (uint64_t)length + page->come : 0, .text = type, .etag = page->new_etag,
		.modified = page->new_modified,
	});
	page->head_told = true;
}

/* What was coded for the way and comes out more than RATIO times as large is no page. */
static bool swells(const struct page *page, size_t length)
{
	curl_off_t came = 0;

	curl_easy_getinfo(page->curl, CURLINFO_SIZE_DOWNLOAD_T, &came);
	return !page->as_is && came > 0 && page->here + length > RATIO_FROM &&
	       page->here + length > (uint64_t)came * RATIO;
}

/* Behind what is there already, in one line. */
static void keep_text(const char *bytes, size_t length, char *ret)
{
	size_t have = strlen(ret);

	for (size_t i = 0; i < length && have + 1 < MARK; i++)
		if ((unsigned char)bytes[i] >= ' ' && bytes[i] != 0x7F)
			ret[have++] = bytes[i];
	ret[have] = '\0';
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct page *page = context;
	size_t length = size * count;
	long status = 0;

	curl_easy_getinfo(page->curl, CURLINFO_RESPONSE_CODE, &status);
	/* The text of an error is nobody's page; whoever came with a key hears what was wrong. */
	if (status >= 400 && page->header)
		keep_text(bytes, length, page->said);
	if (status != 200 && status != 206 && !(page->header && status == 201))
		return length;
	if (!page->head_told) {
		/* All of it anew, although a part was asked for. */
		if (status == 200)
			page->come = 0;
		tell_head(page, status);
	}
	page->swollen = swells(page, length);
	if (page->swollen || length > page->most - page->come) {
		page->refused = true;
		return 0;
	}
	page->come += length;
	page->here += length;
	fetch_tell(&(struct fetch_event){ .kind = FETCH_DATA, .item = page->item, .bytes = bytes, .length = length });
	return length;
}

static void keep_value(const char *line, size_t length, char *ret)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	if (length < MARK)
		snprintf(ret, MARK, "%.*s", (int)length, line);
}

/* Seconds, or a date. */
static long wait_asked(const char *value)
{
	time_t at;

	if (isdigit((unsigned char)*value))
		return atol(value);
	at = curl_getdate(value, NULL);
	return at > 0 && at > time(NULL) ? (long)(at - time(NULL)) : 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	static const char etag[] = "etag:", modified[] = "last-modified:", later[] = "retry-after:", status[] = "http/",
			  said[] = "message:";
	struct page *page = context;
	size_t length = size * count;
	AUTO_STRING line = mem_copy(bytes, length);
	char value[MARK] = "";

	if (str_starts_nocase(line, status))
		page->new_etag[0] = page->new_modified[0] = page->said[0] = '\0';
	else if (str_starts_nocase(line, etag))
		keep_value(line + strlen(etag), strlen(line + strlen(etag)), page->new_etag);
	else if (str_starts_nocase(line, modified))
		keep_value(line + strlen(modified), strlen(line + strlen(modified)), page->new_modified);
	else if (str_starts_nocase(line, said))
		keep_value(line + strlen(said), strlen(line + strlen(said)), page->said);
	else if (str_starts_nocase(line, later)) {
		keep_value(line + strlen(later), strlen(line + strlen(later)), value);
		page->wait = wait_asked(value);
	}
	return length;
}

static int on_progress(void *context, curl_off_t total, curl_off_t done, curl_off_t up_total, curl_off_t up)
{
	const struct page *page = context;

	(void)up_total;
	(void)up;
	if (done > 0)
		fetch_tell_progress(page->item, page->come, total > 0 ? (uint64_t)total : 0);
	return 0;
}

/* ---- one try */

static void add_header(struct page *page, const char *name, const char *value)
{
	AUTO_STRING line = mem_format("%s: %s", name, str_or_empty(value));

	if (value && *value && !strpbrk(value, "\r\n"))
		page->headers = curl_slist_append(page->headers, line);
}

/* The mark by which a part is asked for: a strong ETag, else the date (RFC 9110 13.1.5). */
static const char *mark_of(const struct page *page)
{
	return page->new_etag[0] && !str_starts(page->new_etag, "W/") ? page->new_etag : page->new_modified;
}

static void add_headers(struct page *page)
{
	AUTO_STRING range = mem_format("%llu-", (unsigned long long)page->come);

	add_header(page, "Accept", page->accept);
	for (const char *line = page->header; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		AUTO_STRING one = mem_copy(line, strcspn(line, "\n"));

		page->headers = curl_slist_append(page->headers, one);
	}
	add_header(page, "Content-Type", page->type);
	if (page->come && *mark_of(page)) {
		add_header(page, "If-Range", mark_of(page));
		curl_easy_setopt(page->curl, CURLOPT_RANGE, range);
	} else if (!page->come) {
		add_header(page, "If-None-Match", page->etag);
		add_header(page, "If-Modified-Since", page->modified);
	}
	if (page->body) {
		curl_easy_setopt(page->curl, CURLOPT_POSTFIELDS, page->body);
		curl_easy_setopt(page->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)page->body_length);
	}
	if (page->method)
		curl_easy_setopt(page->curl, CURLOPT_CUSTOMREQUEST, page->method);
	/* Nothing follows the head of its answer. */
	if (str_equal(page->method, "HEAD"))
		curl_easy_setopt(page->curl, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(page->curl, CURLOPT_HTTPHEADER, page->headers);
}

static void begin(struct web *web, struct page *page)
{
	CURL *curl = curl_easy_init();

	/* Without a mark a part cannot be trusted to fit what came before. */
	if (page->come && !*mark_of(page))
		page->come = 0;
	page->curl = curl;
	page->head_told = page->refused = page->swollen = false;
	page->wait = 0;
	page->here = 0;
	page->reason[0] = '\0';
	fetch_set_up(web->server, curl, page->reason);
	curl_easy_setopt(curl, CURLOPT_URL, page->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, page->body || page->header ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, page->as_is ? NULL : page->come ? "identity" : "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, web->agent);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)web->server->patience);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, page);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, page);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, page);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, page);
	add_headers(page);
	curl_multi_add_handle(web->multi, curl);
	web->running++;
	page->tries++;
}

static void leave(struct web *web, struct page *page)
{
	curl_multi_remove_handle(web->multi, page->curl);
	curl_easy_cleanup(page->curl);
	curl_slist_free_all(page->headers);
	page->curl = NULL;
	page->headers = NULL;
	web->running--;
}

/* ---- how it ended */

static void fail(struct page *page, const char *why)
{
	page->done = true;
	fetch_tell(&(struct fetch_event){ .kind = FETCH_FAILED, .item = page->item, .name = page->url, .text = why });
}

static bool worth_it(const struct web *web, CURLcode code, long status)
{
	if (code == CURLE_OK || code == CURLE_WRITE_ERROR)
		return (status == 403 && web->insist) || status == 429 || status == 408 || (status >= 500 && status != 501 && status != 505);
	return code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_UNSUPPORTED_PROTOCOL &&
	       code != CURLE_TOO_MANY_REDIRECTS && code != CURLE_URL_MALFORMAT;
}

/* Up to a quarter more: never sooner than the server said. */
static int64_t jitter(long wait)
{
	uint16_t dice = 0;

	return getrandom(&dice, sizeof(dice), GRND_NONBLOCK) == sizeof(dice) ? wait * 250 * dice / 65536 : 0;
}

static void again_or_fail(struct web *web, struct page *page, CURLcode code, long status)
{
	struct fetch_server server = *web->server;
	AUTO_ERROR err = ERROR_INIT;
	long wait = page->wait > 0 ? page->wait : (long)BACK_OFF << (page->tries - 1);
	AUTO_STRING why = NULL;

	server.url = page->url;
	if (code == CURLE_OK && page->said[0])
		why = mem_format(_("the server answered %ld: %s"), status, page->said);
	else if (code == CURLE_OK)
		why = mem_format(_("the server answered %ld"), status);
	else if (page->swollen)
		why = mem_format(_("it unpacks to more than %d times its size"), RATIO);
	else if (page->refused)
		why = mem_format(_("it is longer than %llu bytes"), (unsigned long long)page->most);
	else
		fetch_explain(&server, code, page->reason, &err);
	if (page->refused || !worth_it(web, code, status) || page->tries >= web->tries || wait > web->wait) {
		fail(page, why ? why : err.why);
		return;
	}
	page->not_before = now_ms() + wait * 1000 + jitter(wait);
	fetch_tell(&(struct fetch_event){ .kind = FETCH_WAITING, .item = page->item, .total = (uint64_t)wait,
					  .name = page->url, .text = why ? why : err.why });
}

static void finish(struct web *web, struct page *page, CURLcode code)
{
	long status = 0;
	bool good;

	curl_easy_getinfo(page->curl, CURLINFO_RESPONSE_CODE, &status);
	/* 416 to a part that begins at the end: all was here already. */
	good = code == CURLE_OK && (status / 100 == 2 || status == 304 || (status == 416 && page->come));
	if (good && !page->head_told) {
		if (status / 100 == 2)
			page->come = 0;
		tell_head(page, status);
	}
	if (good) {
		page->done = true;
		fetch_tell(&(struct fetch_event){ .kind = FETCH_WHOLE, .item = page->item, .done = (uint64_t)status });
	}
	leave(web, page);
	if (!good)
		again_or_fail(web, page, code, status);
}

/* ---- all of them */

/* Begins what may begin now; how long until the next may, in milliseconds. */
static int begin_some(struct web *web, bool *ret_left)
{
	int64_t now = now_ms(), next = 1000;

	*ret_left = false;
	for (size_t i = 0; i < web->count; i++) {
		struct page *page = &web->pages[i];

		if (page->done)
			continue;
		*ret_left = true;
		if (page->curl || web->running >= TOGETHER)
			continue;
		if (page->not_before <= now)
			begin(web, page);
		else if (page->not_before - now < next)
			next = page->not_before - now;
	}
	return (int)next;
}

static void take_ended(struct web *web)
{
	struct CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(web->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct page *page = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&page);
		finish(web, page, code);
	}
}

static void tell_agent(const char *contact, char ret[MARK])
{
	if (contact && !strpbrk(contact, "\r\n"))
		snprintf(ret, MARK, "psirtty/%s (+%s)", PACKAGE_VERSION, contact);
	else
		snprintf(ret, MARK, "psirtty/%s", PACKAGE_VERSION);
}

int fetch_web(const struct fetch_server *server, struct fetch_reading *request, struct error *err)
{
	struct web web = { .server = server, .multi = curl_multi_init() };
	int code = read_pages(&web, request, err), running;
	bool left = true;

	tell_agent(server->contact, web.agent);
	curl_multi_setopt(web.multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)OF_ONE_HOST);
	curl_multi_setopt(web.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)TOGETHER);
	while (!code && left) {
		int wait = begin_some(&web, &left);

		if (!left)
			break;
		curl_multi_perform(web.multi, &running);
		take_ended(&web);
		curl_multi_poll(web.multi, NULL, 0, running ? wait : wait < 20 ? wait : 20, NULL);
	}
	curl_multi_cleanup(web.multi);
	free(web.pages);
	return code;
}
