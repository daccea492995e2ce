/* SPDX-License-Identifier: Apache-2.0 */
/* Documents judged in the sandboxed worker. What comes back is text that strangers may have had a hand in: it
 * passes the safe-text door before it is shown. */
#ifndef PSIRTTY_DESK_JUDGE_H
#define PSIRTTY_DESK_JUDGE_H

#include "psirtty/desk/settings.h"
#include "psirtty/format/check.h"
#include "psirtty/worker/job.h"

struct judge;
/* SECRETS: whether this process holds a vault, or may have held one. */
int judge_open(bool secrets, struct judge **ret, struct error *err);
void judge_close(struct judge *judge); /* NULL does nothing */

/* From now on the addresses in documents are asked for with the preset "full" (tests 6.3.6 and 6.3.7). SETTINGS is borrowed. */
void judge_follow_links(struct judge *judge, const struct settings *settings);

struct judged { const char *test; enum check_severity severity; const char *path, *message, *fix; };
struct judgement {
	const char *format;     /* borrowed from the answer, as all texts */
	size_t errors, cut;
	struct judged *findings; size_t count;
	/* Tests the preset asks for that were not made, and why. */
	struct { const char *test; char *reason; } unchecked[24]; size_t unchecked_count;
	struct job_answer answer, spelling, links;
	char **owned; size_t owned_count; /* messages about links */
};
/* PATH "-" is standard input. PRESET is one of check_preset_from_name's. ERR_INPUT when it cannot be read. */
int judge_file(struct judge *judge, const char *path, const char *preset, instant now, struct judgement *ret,
	       struct error *err);
void judgement_release(struct judgement *judgement);

/* The document as quick fixes mend it: its text, and what was done (test, path) in the rows behind the first. */
struct mended { const char *document; struct job_row *rows; size_t count; struct job_answer answer; };
int judge_mend(struct judge *judge, const char *path, const char *preset, instant now, struct mended *ret,
	       struct error *err);
void mended_release(struct mended *mended);

/* What a document of a provider says, as the job's rows. */
struct judged_facts { struct job_row *rows; size_t count; struct job_answer answer; };
int judge_facts(struct judge *judge, const char *path, struct judged_facts *ret, struct error *err);
void judged_facts_release(struct judged_facts *facts);

/* What a document is in another format. */
struct conversion { const char *document; const char *const *losses; size_t loss_count; struct job_answer answer; };
struct conversion_options { const char *format, *cve, *organisation; }; /* the last two may be NULL */
int judge_convert(struct judge *judge, const char *path, const struct conversion_options *options, instant now,
		  struct conversion *ret, struct error *err);
void conversion_release(struct conversion *conversion);

#endif
