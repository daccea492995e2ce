/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report lacks, and what it resembles: worked out from its text alone, offline, once, when it is read. The
 * first is a list of words and shapes in two languages, a hint for who answers, no judgement; the second a sketch
 * of its runs of words (min-wise hashing, Broder 1997), by which two texts are compared without having them.
 */
#ifndef PSIRTTY_MODEL_ASSESS_H
#define PSIRTTY_MODEL_ASSESS_H

#include "psirtty/model/mail.h"

#define REPORT_PARTS(X) \
	X(PART_VERSION, "version", N_("which version")) \
	X(PART_PLACE, "place", N_("where: file, function, address, parameter")) \
	X(PART_POC, "poc", N_("how to reproduce it, or a proof of concept")) \
	X(PART_IMPACT, "impact", N_("what an attacker gains"))
#define X(name, word, help) name,
enum report_part { REPORT_PARTS(X) REPORT_PART_COUNT };
#undef X
const char *report_part_name(enum report_part part);
const char *report_part_help(enum report_part part); /* untranslated */

enum { SKETCH_SIZE = 64 };
/* SKETCH all zeros: too short to compare. MISSING: bits by enum report_part. */
struct assessment { bool done; unsigned missing; uint8_t sketch[SKETCH_SIZE]; };
/* Of the text (quoted lines and what stands under the signature mark do not count), the subject and the attachments. */
void assess_mail(const struct mail_record *record, struct assessment *ret);
void assess_text(const char *text, uint8_t ret_sketch[SKETCH_SIZE]);
/* How much of their runs of words two texts share, in percent, within some 15; 0 when one cannot be compared. */
int assess_similar(const uint8_t a[SKETCH_SIZE], const uint8_t b[SKETCH_SIZE]);

#endif
