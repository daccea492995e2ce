/* SPDX-License-Identifier: Apache-2.0 */
/* Sources beside what the store holds: absent, fresh, due, stale; what is too old or not there is never taken for a no. */
#include "tap.h"

#include <unistd.h>

#include "desk/desk_private.h"
#include "psirtty/base/file.h"
#include "psirtty/desk/feed.h"
#include "psirtty/desk/flaw.h"

#define NOW ((instant)20700 * INSTANT_DAY)

static int put(void *data, const struct feed_record *record, const char *bytes, size_t length, struct error *err)
{
	return intel_put(data, record, bytes, length, err);
}

static void take_kev(instant now, const char *released)
{
	AUTO_STRING path = desk_intel_path();
	AUTO_STRING text = mem_format("{\"title\":\"t\",\"catalogVersion\":\"1\",\"dateReleased\":\"%s\",\"count\":0,\"vulnerabilities\":[]}",
				      released);
	const struct intel_run run = { .source = "kev", .kind = FEED_KEV, .now = now, .whole = true };
	struct feed_head head = FEED_HEAD_INIT;
	struct intel *intel = NULL;
	AUTO_ERROR err = ERROR_INIT;
	struct feed_sink sink = { .take = put };

	CHECK_QUIET(intel_open(path, true, &intel, &err) == 0 && intel_begin(intel, &run, &err) == 0, "a run begins: %s",
		    str_or_empty(err.why));
	sink.data = intel;
	CHECK_QUIET(feed_read_memory("kev", text, strlen(text), &sink, &head, &err) == 0, "a list is read: %s", str_or_empty(err.why));
	intel_newest(intel, head.newest);
	CHECK_QUIET(intel_end(intel, "", NULL, &err) == 0, "a run ends");
	intel_close(intel);
}

static const struct flaw_source *find(const struct flaw_source *sources, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (str_equal(sources[i].id, id))
			return &sources[i];
	return NULL;
}

static void check_age(struct desk *desk, instant now, enum source_age expected, const char *what)
{
	struct flaw_source *sources = NULL;
	const struct flaw_source *kev;
	size_t count = 0;
	AUTO_ERROR err = ERROR_INIT;

	if (!CHECK(desk_flaw_sources(desk, now, &sources, &count, &err) == 0, "%s: sources: %s", what, str_or_empty(err.why)))
		return;
	kev = find(sources, count, "kev");
	CHECK(kev && kev->row && kev->age == expected, "%s: %s", what, kev ? source_age_word(kev->age) : "no row");
	CHECK(desk_flaw_age(desk, FEED_KEV, now) == expected, "%s: and so is the best of its kind", what);
	CHECK(expected == SOURCE_ABSENT || kev == &sources[0], "%s: what is here stands first", what);
	CHECK(find(sources, count, "cve") && find(sources, count, "cve")->age == SOURCE_ABSENT, "%s: another one is absent", what);
	flaw_sources_free(sources, count);
}

int main(void)
{
	const char *temporary = getenv("TMPDIR");
	AUTO_STRING dir = mem_format("%s/psirtty-flaw-XXXXXX", temporary ? temporary : "/tmp");
	struct desk desk = { .pgp = NULL };

	if (!CHECK(mkdtemp(dir) != NULL, "a folder"))
		return tap_done();
	setenv("XDG_DATA_HOME", dir, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	CHECK(!desk_intel(&desk), "there is no store yet");
	check_age(&desk, NOW, SOURCE_ABSENT, "nothing");
	{
		AUTO_STRING share = file_share_dir();

		CHECK_QUIET(file_make_dir(share, 0700, NULL) == 0, "a data folder");
	}
	take_kev(NOW, "2026-09-03T00:00:00Z");
	CHECK(desk_intel(&desk) != NULL && desk_intel(&desk) == desk_intel(&desk), "a store that comes is seen, and stays open");
	check_age(&desk, NOW + INSTANT_HOUR, SOURCE_FRESH, "just now");
	check_age(&desk, NOW + 30 * INSTANT_HOUR, SOURCE_DUE, "the day after");
	check_age(&desk, NOW + 400 * INSTANT_DAY, SOURCE_STALE, "a year later");
	take_kev(NOW + 400 * INSTANT_DAY, "2026-09-03T00:00:00Z");
	check_age(&desk, NOW + 400 * INSTANT_DAY, SOURCE_STALE, "old data that came today");
	desk_look_free(desk.look);
	file_remove_tree(dir, NULL);
	return tap_done();
}
