/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a source and a component speak of the same release of a distribution. */
#ifndef MODEL_MATCH_RELEASE_H
#define MODEL_MATCH_RELEASE_H

#include "psirtty/base/str.h"

enum match_release {
	RELEASE_SAME,    /* or the ecosystem has no releases */
	RELEASE_UNKNOWN, /* the component does not say */
	RELEASE_OTHER,
};
/* ECOSYSTEM as OSV names it ("Debian:12", "Ubuntu:22.04:LTS", "Debian:bookworm"; NULL: none), DISTRO as purls do
 * ("debian-12.5", "bookworm", "alpine-3.17.2"; ""). */
enum match_release match_release_of(const char *ecosystem, const char *distro);
/* Two of purls; UNKNOWN: one of them tells no number, and they are not the same word. */
enum match_release match_release_between(const char *a, const char *b);

#endif
