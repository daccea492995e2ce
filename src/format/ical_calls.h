/* SPDX-License-Identifier: Apache-2.0 */
/* libical, loaded at its first call (base/lazy.h): what of it is called here. */
#ifndef PSIRTTY_FORMAT_ICAL_CALLS_H
#define PSIRTTY_FORMAT_ICAL_CALLS_H

#include <libical/ical.h>

#include "psirtty/base/lazy.h"

#define ICAL_CALLS(X) \
	X(icalcomponent_add_component) X(icalcomponent_as_ical_string_r) X(icalcomponent_free) \
	X(icalcomponent_vanew) X(icaldurationtype_from_int) X(icalparameter_new_tzid) \
	X(icalproperty_add_parameter) X(icalproperty_new_action) X(icalproperty_new_class) \
	X(icalproperty_new_description) X(icalproperty_new_dtstamp) X(icalproperty_new_dtstart) \
	X(icalproperty_new_prodid) X(icalproperty_new_summary) X(icalproperty_new_transp) \
	X(icalproperty_new_trigger) X(icalproperty_new_tzid) X(icalproperty_new_tzoffsetfrom) \
	X(icalproperty_new_tzoffsetto) X(icalproperty_new_uid) X(icalproperty_new_version) \
	X(icaltime_from_string) X(icaltime_null_time)

struct ical_calls {
#define X(name) __typeof__(name) *name;
	ICAL_CALLS(X)
#undef X
};
const struct ical_calls *ical_calls(void);

#ifndef ICAL_CALLS_HERE
#define icalcomponent_add_component (*ical_calls()->icalcomponent_add_component)
#define icalcomponent_as_ical_string_r (*ical_calls()->icalcomponent_as_ical_string_r)
#define icalcomponent_free (*ical_calls()->icalcomponent_free)
#define icalcomponent_vanew (*ical_calls()->icalcomponent_vanew)
#define icaldurationtype_from_int (*ical_calls()->icaldurationtype_from_int)
#define icalparameter_new_tzid (*ical_calls()->icalparameter_new_tzid)
#define icalproperty_add_parameter (*ical_calls()->icalproperty_add_parameter)
#define icalproperty_new_action (*ical_calls()->icalproperty_new_action)
#define icalproperty_new_class (*ical_calls()->icalproperty_new_class)
#define icalproperty_new_description (*ical_calls()->icalproperty_new_description)
#define icalproperty_new_dtstamp (*ical_calls()->icalproperty_new_dtstamp)
#define icalproperty_new_dtstart (*ical_calls()->icalproperty_new_dtstart)
#define icalproperty_new_prodid (*ical_calls()->icalproperty_new_prodid)
#define icalproperty_new_summary (*ical_calls()->icalproperty_new_summary)
#define icalproperty_new_transp (*ical_calls()->icalproperty_new_transp)
#define icalproperty_new_trigger (*ical_calls()->icalproperty_new_trigger)
#define icalproperty_new_tzid (*ical_calls()->icalproperty_new_tzid)
#define icalproperty_new_tzoffsetfrom (*ical_calls()->icalproperty_new_tzoffsetfrom)
#define icalproperty_new_tzoffsetto (*ical_calls()->icalproperty_new_tzoffsetto)
#define icalproperty_new_uid (*ical_calls()->icalproperty_new_uid)
#define icalproperty_new_version (*ical_calls()->icalproperty_new_version)
#define icaltime_from_string (*ical_calls()->icaltime_from_string)
#define icaltime_null_time (*ical_calls()->icaltime_null_time)
#endif

#endif
