/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a case as cells and lines. */
#include "tui/cells.h"

#include "psirtty/base/zone.h"

enum role severity_role(enum cvss_severity severity)
{
	static const enum role roles[] = {
		[CVSS_NONE] = ROLE_DIM, [CVSS_LOW] = ROLE_SEVERITY_LOW, [CVSS_MEDIUM] = ROLE_SEVERITY_MEDIUM,
		[CVSS_HIGH] = ROLE_SEVERITY_HIGH, [CVSS_CRITICAL] = ROLE_SEVERITY_CRITICAL,
	};

	return (size_t)severity < ARRAY_LEN(roles) ? roles[severity] : ROLE_NORMAL;
}

static const struct { enum role role; const char *sentence; } verdicts[] = {
	[VERDICT_VERIFIED] = { ROLE_VERIFIED,
		N_("the whole message, by the key pinned to this address") },
	[VERDICT_SIGNED] = { ROLE_SIGNED,
		N_("but no key is pinned to this address") },
	[VERDICT_MISMATCH] = { ROLE_BAD,
		N_("by another key than the one pinned to this address") },
	[VERDICT_BAD] = { ROLE_BAD, N_("the signature does not hold") },
	[VERDICT_UNSIGNED] = { ROLE_UNSIGNED, N_("nothing shows who wrote this") },
};

enum role verdict_role(enum mail_verdict verdict)
{
	return (size_t)verdict < ARRAY_LEN(verdicts) ? verdicts[verdict].role : ROLE_NORMAL;
}

const char *verdict_sentence(enum mail_verdict verdict)
{
	return (size_t)verdict < ARRAY_LEN(verdicts) ? _(verdicts[verdict].sentence) : "";
}

void cell_set(struct cell *ret, enum role role, const char *raw)
{
	str_add(&ret->text, str_or_empty(raw));
	ret->role = role;
}

const char *time_full(instant at, char buffer[40])
{
	char format[40];

	if (at == INSTANT_NONE) {
		snprintf(buffer, 40, "-");
		return buffer;
	}
	instant_format(at, format);
	snprintf(buffer, 40, "%.10s %.5s UTC", format, format + 11);
	return buffer;
}

static char own_zone[64];

void time_set_zone(const char *zone)
{
	snprintf(own_zone, sizeof(own_zone), "%s", zone && strlen(zone) < sizeof(own_zone) && zone_known(zone) ? zone : "");
}

const char *time_both(instant at, char buffer[TIME_BYTES])
{
	instant local = at == INSTANT_NONE || !*own_zone ? at : at + zone_offset(own_zone, at) * INSTANT_MINUTE;
	char utc[40], here[40];

	time_full(at, utc);
	if (local == at) {
		snprintf(buffer, TIME_BYTES, "%s", utc);
		return buffer;
	}
	instant_format(local, here);
	here[10] = ' ';
	snprintf(buffer, TIME_BYTES, "%s, %.*s %s", utc, strncmp(utc, here, 10) ? 11 : 5, here + (strncmp(utc, here, 10) ? 5 : 11), own_zone);
	return buffer;
}

void doc_time(struct doc *doc, const char *label, enum role role, instant at)
{
	char buffer[TIME_BYTES];

	doc_field(doc, label, role, time_both(at, buffer));
}

void cell_time(struct cell *ret, instant at, bool full)
{
	char buffer[40];

	time_full(at, buffer);
	if (full || at == INSTANT_NONE)
		str_add(&ret->text, buffer);
	else
		str_add_bytes(&ret->text, buffer + 5, 11);
}

const char *time_left(instant at, instant now, char buffer[48])
{
	instant span = at > now ? at - now : now - at;
	bool days = span >= 2 * INSTANT_DAY;
	long long count = span / (days ? INSTANT_DAY : INSTANT_HOUR);

	if (at > now)
		snprintf(buffer, 48, days ? _("in %lld d") : _("in %lld h"), count);
	else
		snprintf(buffer, 48, days ? _("%lld d ago") : _("%lld h ago"), count);
	return buffer;
}

void cell_marks(struct cell *ret, const struct case_state *state, instant now)
{
	char buffer[4];

	cell_set(ret, ROLE_NORMAL, case_marks(state, now, buffer));
	if (strchr(buffer, '!'))
		ret->role = ROLE_OVERDUE;
	else if (strchr(buffer, '*'))
		ret->role = ROLE_NEW;
	else if (strchr(buffer, '~'))
		ret->role = ROLE_EMBARGO;
}

void cell_severity(struct cell *ret, const struct case_state *state)
{
	const struct case_score *score = case_leading_score(state);
	char buffer[8];

	if (!score) {
		cell_set(ret, ROLE_NORMAL, "-");
		return;
	}
	str_add_format(&ret->text, "%s %s", cvss_tenths(score->cvss.overall, buffer),
		       cvss_severity_name(score->cvss.severity));
	ret->role = severity_role(score->cvss.severity);
}

void cell_due(struct cell *ret, const struct case_state *state, instant now)
{
	char buffer[40];
	const char *what;
	instant at;

	if (!case_next_due(state, now, &what, &at))
		return;
	cell_set(ret, at < now ? ROLE_OVERDUE : at - now < 3 * INSTANT_DAY ? ROLE_DUE : ROLE_NORMAL,
		 instant_format_date(at, buffer));
}

void cell_due_what(struct cell *ret, const struct case_state *state, instant now)
{
	const char *what;
	instant at;

	if (case_next_due(state, now, &what, &at))
		cell_set(ret, ROLE_NORMAL, _(what));
}

void cell_embargo(struct cell *ret, const struct case_embargo *embargo)
{
	char buffer[96];

	switch (embargo->state) {
	case EM_ACTIVE:
	case EM_REVISE:
		str_add_format(&ret->text, _("until %s"), zoned_format(&embargo->until, buffer));
		ret->role = ROLE_EMBARGO;
		if (embargo->state == EM_REVISE && embargo->proposed.at != INSTANT_NONE)
			str_add_format(&ret->text, _(", proposed %s"), zoned_format(&embargo->proposed, buffer));
		break;
	case EM_PROPOSED:
		str_add_format(&ret->text, _("proposed %s"), zoned_format(&embargo->proposed, buffer));
		ret->role = ROLE_DUE;
		break;
	default:
		cell_set(ret, ROLE_DIM, em_name(embargo->state));
	}
}

void cell_verdict(struct cell *ret, enum mail_verdict verdict)
{
	cell_set(ret, verdict_role(verdict), verdict_name(verdict));
}

void address_add(struct str *ret, const struct mail_address *address)
{
	if (address->name && *address->name)
		str_add_format(ret, "%s <%s>", address->name, str_or_empty(address->address));
	else
		str_add(ret, str_or_empty(address->address));
}

void doc_cell(struct doc *doc, const char *label, struct cell *cell)
{
	doc_field(doc, label, cell->role, cell->text.bytes);
	str_release(&cell->text);
	*cell = (struct cell){ STR_INIT, ROLE_NORMAL };
}

void file_list_lines(struct doc *doc, const struct sealed_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_STRING line = mem_format(_("%s, %zu bytes, %s"), str_or_empty(files[i].name), files[i].size,
					      str_or_empty(files[i].kind));

		doc_field(doc, i ? "" : _("attached"), ROLE_NORMAL, line);
	}
}

void message_peer_run(const struct case_message *message, struct doc *doc)
{
	if (message->type != EVENT_MESSAGE_SENT) {
		doc_run(doc, verdict_role(message->verdict), verdict_name(message->verdict));
		doc_run(doc, ROLE_NORMAL, "  ");
	}
	doc_run(doc, ROLE_NORMAL, str_or_empty(message->peer));
}

static void preview_message(const struct view *view, const struct case_state *state, struct doc *doc)
{
	const struct case_message *message;

	if (!state->message_count)
		return;
	message = &state->messages[state->message_count - 1];
	doc_line(doc);
	doc_label(doc, message->type == EVENT_MESSAGE_SENT ? _("last, to") : _("last, from"));
	message_peer_run(message, doc);
	message_text(view, message, doc);
}

void case_preview(const struct view *view, const struct case_state *state, struct doc *doc)
{
	instant now = view_now(view);
	struct cell cell = { STR_INIT, ROLE_NORMAL };
	const char *what;
	char left[48], when[TIME_BYTES];
	instant at;

	doc_line(doc);
	doc_run(doc, ROLE_TITLE, str_or_empty(state->title));
	if (case_next_due(state, now, &what, &at)) {
		str_add_format(&cell.text, "%s %s, %s", _(what), time_left(at, now, left), time_both(at, when));
		cell.role = at < now ? ROLE_OVERDUE : ROLE_DUE;
		doc_cell(doc, _("due"), &cell);
	}
	cell_embargo(&cell, &state->embargo);
	doc_cell(doc, _("embargo"), &cell);
	if (state->summary && *state->summary)
		doc_sentence(doc, ROLE_NORMAL, state->summary);
	preview_message(view, state, doc);
}

static void mail_flags(const struct mail_record *record, struct doc *doc)
{
	static const struct { const char *code, *help; } help[] = {
#define X(code, help) { code, help },
		MAIL_FLAGS(X)
#undef X
	};

	for (size_t i = 0; i < record->flag_count; i++) {
		const char *sentence = "";

		for (size_t j = 0; j < ARRAY_LEN(help); j++)
			if (str_equal(help[j].code, record->flags[i]))
				sentence = _(help[j].help);
		doc_line(doc);
		doc_format(doc, ROLE_WARNING, "! %s: ", record->flags[i]);
		doc_wrapped(doc, ROLE_NORMAL, 2, sentence);
	}
}

static void mail_verdict_line(const struct mail_record *record, struct doc *doc)
{
	doc_line(doc);
	doc_label(doc, _("signature"));
	doc_run(doc, verdict_role(record->verdict), verdict_name(record->verdict));
	doc_format(doc, ROLE_NORMAL, ": %s", verdict_sentence(record->verdict));
}

void mail_facts(const struct inbox_item *item, struct doc *doc)
{
	const struct mail_record *record = &item->record;
	AUTO_STR from = STR_INIT, encryption = STR_INIT;
	AUTO_TEXT subject = TEXT_INIT;

	if (!item->read) {
		doc_time(doc, _("received"), ROLE_NORMAL, item->received);
		doc_sentence(doc, ROLE_WARNING, _("This mail could not be read yet; its bytes are kept. \":mail retry\" tries again."));
		return;
	}
	text_display(&subject, record->subject, -1, TEXT_LINE);
	for (size_t i = 0; i < record->from_count; i++) {
		str_add(&from, i ? ", " : "");
		address_add(&from, &record->from[i]);
	}
	mail_verdict_line(record, doc);
	doc_keep(doc);
	str_add(&encryption, encryption_name(record->encryption));
	if (*mail_record_reason(record))
		str_add_format(&encryption, ": %s", mail_record_reason(record));
	doc_field(doc, _("encryption"), record->encryption == ENCRYPTION_DECRYPTED ? ROLE_VERIFIED : ROLE_NORMAL,
		  encryption.bytes);
	doc_field(doc, _("from"), ROLE_NORMAL, from.bytes);
	doc_field(doc, _("subject"), ROLE_TITLE, str_or_empty(record->subject));
	doc_time(doc, _("received"), ROLE_NORMAL, item->received);
	if (record->signature_count)
		doc_field(doc, _("key"), ROLE_NORMAL, record->signatures[0].fingerprint);
	doc_field(doc, _("case"), ROLE_ID, item->taken_case);
	if (subject.hidden) {
		doc_line(doc);
		doc_format(doc, ROLE_WARNING, _("! %d hidden characters in the subject, shown as marks"), subject.hidden);
	}
	mail_flags(record, doc);
}
