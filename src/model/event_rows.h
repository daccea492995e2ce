/* SPDX-License-Identifier: Apache-2.0 */
/* How a row of the event table is written, and the families of rows that make the table up. */
#ifndef PSIRTTY_MODEL_EVENT_ROWS_H
#define PSIRTTY_MODEL_EVENT_ROWS_H

#include "psirtty/base/i18n.h"
#include "psirtty/model/event.h"

struct event_family { const struct event_info *rows; size_t count; };
extern const struct event_family case_events, embargo_events, mail_events, publish_events, register_events,
	inventory_events;

/* Words that more than one family has. */
extern const char *const tlp_words[];

#define X(name, number, wire, stream) \
	static const char wire_##name[] __attribute__((unused)) = wire; \
	enum { stream_##name = stream };
EVENT_TYPES(X)
#undef X
#define ROW(name) .type = name, .wire = wire_##name, .stream = (enum event_stream)stream_##name
#define NEED true
#define MAY false
#define FAMILY(rows) { rows, ARRAY_LEN(rows) }

#endif
