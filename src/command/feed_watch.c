/* SPDX-License-Identifier: Apache-2.0 */
/* News that have a word somebody watches for: what a mailing list says before anybody numbers it. They open no case. */
#include "command/feed.h"

#include "psirtty/desk/source.h"

enum { HITS = 200 };

struct watching {
	struct command_context *context;
	const struct sources *sources;
	struct intel *intel;
	const char *word;
	json_t *rows;              /* with --json; NULL */
	json_t *told;              /* owned: ids */
	size_t count;
};

static int tell_news(void *context, const struct intel_witness *witness, struct error *err)
{
	struct watching *w = context;
	const struct feed_record *r = witness->record;
	const struct source *source = source_find(w->sources, witness->source);
	const char *link = r->links.count ? r->links.items[0] : "";
	char at[40];

	(void)err;
	if (r->kind != FEED_NEWS || json_object_get(w->told, r->id))
		return 0;
	json_object_set_new(w->told, r->id, json_true());
	w->count++;
	if (w->rows)
		json_array_append_new(w->rows, json_pack("{ss ss ss ss? ss ss}", "source", witness->source, "word", w->word, "title",
							 str_or_empty(r->title), "at",
							 r->modified == INSTANT_NONE ? NULL : instant_format(r->modified, at), "link",
							 link, "licence", source ? source->licence : ""));
	else
		command_row_out(w->context, feed_time_word(r->modified, at), witness->source, w->word, str_or_empty(r->title), link, NULL);
	return 0;
}

static int watch_word(struct watching *w, const char *word, struct error *err)
{
	struct intel_hit *hits = NULL;
	size_t count = 0;
	int code = intel_search(w->intel, word, HITS, &hits, &count, err);

	w->word = word;
	for (size_t i = 0; !code && i < count; i++)
		code = intel_witnesses(w->intel, hits[i].id, tell_news, w, err);
	intel_hits_free(hits, count);
	return code;
}

/* Those of the command line, else of every source that has some. */
static int watch_all(struct watching *w, char *const *words, size_t count, struct error *err)
{
	size_t asked = count;
	int code = 0;

	for (size_t i = 0; !code && i < count; i++)
		code = watch_word(w, words[i], err);
	for (size_t s = 0; !code && !count && s < w->sources->count; s++)
		for (size_t i = 0; !code && i < w->sources->items[s].word_count; i++, asked++)
			code = watch_word(w, w->sources->items[s].words[i], err);
	if (!code && !asked)
		code = error_set(err, ERR_USAGE, "feed watch", _("Name them, or set `feeds: {news: {words: [PRODUCT, …]}}` in psirtty.yaml"),
				 _("there are no words to watch for"));
	return code;
}

static int run_watch(struct command_context *context, const struct command_call *call, struct error *err)
{
	struct watching w = { .context = context, .told = json_object(), .rows = context->json ? json_array() : NULL };
	struct settings settings = { 0 };
	struct sources sources = { 0 };
	size_t count;
	char *const *words = call_values(call, "WORD", &count);
	int code = command_settings(context, &settings, err);

	if (!code)
		code = sources_load(&settings, &sources, err);
	w.sources = &sources;
	if (!code)
		code = feed_open_store(call, false, &w.intel, err);
	if (!code)
		code = watch_all(&w, words, count, err);
	if (w.rows && !code)
		command_json(context, json_incref(w.rows));
	json_decref(w.rows);
	json_decref(w.told);
	intel_close(w.intel);
	sources_release(&sources);
	settings_release(&settings);
	return code ? code : w.count ? 0 : ERR_NO;
}

const struct command_row feed_watch_commands[] = {
	{
		.name = "feed watch",
		.help = N_("news of mailing lists that have a watched word"),
		.flags = COMMAND_NO_VAULT | COMMAND_JSON,
		.arguments = { { .name = "WORD", .type = ARG_TEXT, .optional = true, .repeats = true,
				 .help = N_("else those of the settings, feeds.NAME.words") },
			       FEED_STORE_ARGUMENT },
		.exec = run_watch,
	},
	{ .name = NULL },
};
