/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provider directory: what was published, as a tree of files a web server serves and programs fetch (CSAF 2.0,
 * section 7); and any such directory judged by the numbers of its requirements.
 */
#ifndef PSIRTTY_DESK_PROVIDER_H
#define PSIRTTY_DESK_PROVIDER_H

#include "psirtty/desk/desk.h"
#include "psirtty/desk/judge.h"

struct provider_tree { char *label, *dir; size_t documents, written, kept; }; /* files: new ones, those taken over */
struct provider_built {
	struct provider_tree *trees; size_t tree_count;
	char **left; size_t left_count;   /* owned sentences: what is in no tree, and why */
};
void provider_built_release(struct provider_built *built);
/* TLP:WHITE into DIR, every other label into a tree of its own beside it (DIR.green, DIR.amber, DIR.red). FROM (may be
 * NULL) is a folder of CSAF documents published elsewhere, which are taken too, read by JUDGE. Unchanged files are taken
 * over, changed documents signed; each tree takes its place by one rename: killed at any point the old or the new is
 * there. PROGRESS may be NULL. ERR_BUSY when DIR holds something else. */
int desk_provider_build(struct desk *desk, const char *dir, const char *from, struct judge *judge,
			desk_progress_fn progress, void *context, instant now, struct provider_built *ret, struct error *err);

#define PROVIDER_RESULTS(X) X(PROVIDER_MET, "met") X(PROVIDER_WARNED, "warning") X(PROVIDER_NOT_MET, "not-met") \
	X(PROVIDER_ABSENT, "absent") X(PROVIDER_SERVER, "server") X(PROVIDER_UNCHECKED, "not-checked")
enum provider_result {
#define X(name, word) name,
	PROVIDER_RESULTS(X)
#undef X
};
const char *provider_result_name(enum provider_result result);
struct provider_finding { int number; enum provider_result result; char *detail; };
struct provider_report { struct provider_finding *findings; size_t count, room, documents; bool trusted; };
void provider_report_release(struct provider_report *report);
/* Judges the directory, liberal in what it reads: one finding and more for each requirement from 1 to 20. TRUSTED: all that
 * files can meet of a trusted provider is met. Needs no vault. */
int provider_check(const char *dir, struct judge *judge, instant now, struct provider_report *ret, struct error *err);

#endif
