/* SPDX-License-Identifier: Apache-2.0 */
/* Letters over SMTP, by the fetch worker, or through the house's sendmail. */
#include "psirtty/worker/letter_net.h"

#include <sys/wait.h>
#include <sysexits.h>

#include "psirtty/base/i18n.h"
#include "psirtty/worker/fetch.h"
#include "psirtty/worker/program.h"

enum { OUTPUT_LIMIT = 64 << 10, WAIT_MS = 1000, MINUTES = 10 };

static int check_online(const char *what, struct error *err)
{
	return fetch_forbidden() ? error_set(err, ERR_DENIED, what,
					     _("Set `send.by: outbox` in the settings and carry the letter out"),
					     _("this program is offline")) : 0;
}

static void settle(struct letter_result *result, enum letter_fate fate, const char *answer)
{
	result->fate = fate;
	mem_replace(&result->answer, answer);
}

/* ---- SMTP */

static const enum letter_fate fates[FATE_COUNT] = {
	[FATE_TAKEN] = LETTER_TAKEN, [FATE_REFUSED] = LETTER_REFUSED, [FATE_LATER] = LETTER_LATER,
	[FATE_UNKNOWN] = LETTER_UNKNOWN,
};

static int smtp_prepare(void *context, const struct letter *letter, struct error *err)
{
	const struct fetch_host *host = context;

	(void)letter;
	return check_online(host->url, err);
}

/* The worker is gone before it could say what became of the letter: nobody knows. A reason it gave itself is one for
 * which the letter did not leave. */
static void settle_rest(struct letter_result *results, const bool *told, size_t count, enum letter_fate fate,
			const char *why)
{
	for (size_t i = 0; i < count; i++)
		if (!told[i])
			settle(&results[i], fate, why);
}

static bool any(const bool *told, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (told[i])
			return true;
	return false;
}

/* Takes fates until the end. */
static int take_fates(struct fetch *fetch, const struct letter *letter, struct letter_result *results, bool *told,
		      struct error *err)
{
	struct fetch_event event;
	int code;

	for (;;) {
		code = fetch_take(fetch, &event, err);
		if (code || event.kind == FETCH_END)
			return code;
		if (event.kind == FETCH_NOTHING)
			fetch_wait(fetch, WAIT_MS);
		if (event.kind == FETCH_FATE && event.item < letter->recipient_count) {
			settle(&results[event.item], fates[event.fate], event.text);
			told[event.item] = true;
		}
	}
}

static int smtp_post(void *context, const struct letter *letter, struct letter_result *results, struct error *err)
{
	const struct fetch_host *host = context;
	const struct fetch_letter request = {
		.host = *host, .sender = letter->sender, .recipients = letter->recipients,
		.recipient_count = letter->recipient_count, .bytes = letter->bytes, .length = letter->length,
	};
	AUTO_ERROR why = ERROR_INIT;
	struct fetch *fetch;
	bool *told, left = true;
	int code = fetch_letter_start(&request, &fetch, err);

	if (code)
		return code;
	told = mem_alloc((letter->recipient_count + 1) * sizeof(*told));
	code = take_fates(fetch, letter, results, told, &why);
	if (code && fetch_said_why(fetch))
		left = any(told, letter->recipient_count);
	if (left)
		settle_rest(results, told, letter->recipient_count,
			    code && fetch_said_why(fetch) ? LETTER_LATER : LETTER_UNKNOWN,
			    why.why ? why.why : _("nothing was said of this recipient"));
	fetch_stop(fetch);
	free(told);
	return left ? 0 : error_set(err, code, why.what, why.remedy, "%s", why.why);
}

void letter_smtp(struct letter_way *ret, const struct fetch_host *host)
{
	*ret = (struct letter_way){ .name = "smtp", .prepare = smtp_prepare, .post = smtp_post,
				    .context = (void *)(uintptr_t)host };
}

/* ---- sendmail */

/* Status of sendmail(8) (sysexits.h), and the fate it stands for; any other: tried again. */
static const struct { int status; enum letter_fate fate; } statuses[] = {
	{ EX_OK, LETTER_TAKEN }, { EX_DATAERR, LETTER_REFUSED }, { EX_NOUSER, LETTER_REFUSED },
	{ EX_NOHOST, LETTER_REFUSED }, { EX_UNAVAILABLE, LETTER_REFUSED }, { EX_USAGE, LETTER_REFUSED },
};

static enum letter_fate fate_of_status(int status)
{
	if (status == -1 || !WIFEXITED(status))
		return LETTER_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == WEXITSTATUS(status))
			return statuses[i].fate;
	return LETTER_LATER;
}

/* Mail that is handed over on the same host has the host's line ends. */
static void local_lines(const struct letter *letter, struct str *ret)
{
	for (size_t i = 0; i < letter->length; i++)
		if (letter->bytes[i] != '\r' || i + 1 == letter->length || letter->bytes[i + 1] != '\n')
			str_add_char(ret, letter->bytes[i]);
}

/* The words of the settings, then: -i, -f SENDER, --, recipients. Freed with free(). */
static char **sendmail_words(char *const *program, const struct letter *letter)
{
	static char dots[] = "-i", from[] = "-f", end[] = "--";
	size_t count = 0;
	char **words;

	while (program[count])
		count++;
	words = mem_alloc((count + 5 + letter->recipient_count) * sizeof(*words));
	memcpy(words, program, count * sizeof(*words));
	words[count++] = dots;
	words[count++] = from;
	words[count++] = (char *)(uintptr_t)letter->sender;
	words[count++] = end;
	for (size_t i = 0; i < letter->recipient_count; i++)
		words[count++] = (char *)(uintptr_t)letter->recipients[i];
	return words;
}

static int sendmail_prepare(void *context, const struct letter *letter, struct error *err)
{
	char *const *words = context;

	(void)letter;
	return check_online(words[0], err);
}

static int sendmail_post(void *context, const struct letter *letter, struct letter_result *results, struct error *err)
{
	char **words = sendmail_words(context, letter);
	struct str text = STR_INIT;
	AUTO_STR said = STR_INIT;
	struct program program = { .words = words, .most = OUTPUT_LIMIT, .patience = MINUTES * 60 };
	int status, code = sendmail_prepare(context, letter, err);

	local_lines(letter, &text);
	program.input = text.bytes;
	program.length = text.length;
	if (!code)
		code = program_run(&program, &said, &status, err);
	for (size_t i = 0; !code && i < letter->recipient_count; i++)
		settle(&results[i], fate_of_status(status), said.length ? said.bytes : NULL);
	str_wipe(&text);
	free(words);
	return code;
}

void letter_sendmail(struct letter_way *ret, char *const *program)
{
	*ret = (struct letter_way){ .name = "sendmail", .prepare = sendmail_prepare, .post = sendmail_post,
				    .context = (void *)(uintptr_t)program };
}
