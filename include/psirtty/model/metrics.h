/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures over all cases of a period, after the FIRST PSIRT framework (services 1.7, 2.5, 4.4, 5.4). Each
 * says of how many cases it speaks, gives a median and a 90th percentile rather than a mean, and a share only
 * from five cases on. All come from what is known of a case in brief.
 */
#ifndef PSIRTTY_MODEL_METRICS_H
#define PSIRTTY_MODEL_METRICS_H

#include "psirtty/model/model.h"

struct metric {
	const char *id, *name;   /* static; name untranslated */
	const char *part;        /* static: which part of a whole it counts, or "" */
	size_t n, of;            /* cases counted, of so many; for spans: finished, of all begun */
	instant median, ninth;   /* spans; INSTANT_NONE where it is no span or nothing is finished */
};
enum { METRIC_FEW = 5 };

/* FROM <= reported < TO. Cases that are not done with are counted in OF, not dropped. The caller frees *RET with
 * free(). */
void model_metrics(const struct model *model, instant from, instant to, instant now, struct metric **ret,
		   size_t *ret_count);

#endif
