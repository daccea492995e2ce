/* SPDX-License-Identifier: Apache-2.0 */
/* The mail record: JSON both ways, flags, hostile JSON, and the verdict over every pair of signatures. */
#include "psirtty/model/mail.h"

#include "psirtty/model/extent.h"

#include "tap.h"

static const char ours[] = "AAAA1111AAAA1111AAAA1111AAAA1111AAAA1111";
static const char other[] = "BBBB2222BBBB2222BBBB2222BBBB2222BBBB2222";

static const char full[] =
	"{\"subject\":\"Overflow in parser\",\"outer_subject\":\"...\","
	"\"from\":[{\"name\":\"Lin\",\"address\":\"Lin@Finder.Example\"}],"
	"\"to\":[{\"name\":null,\"address\":\"psirt@vendor.example\"}],\"cc\":[],"
	"\"reply_to\":[{\"name\":\"only a name\",\"address\":null}],"
	"\"date\":\"2026-11-20T08:00:00Z\",\"message_id\":\"<1@finder.example>\","
	"\"in_reply_to\":[\"<0@vendor.example>\"],\"references\":[\"<a@x>\",\"<b@x>\"],"
	"\"encryption\":{\"state\":\"decrypted\",\"recipients\":[\"0123456789ABCDEF\"],"
	"\"reason\":null,\"session_key\":\"9:00FF\"},"
	"\"signatures\":[{\"state\":\"good\",\"fingerprint\":\"AAAA\",\"created\":"
	"\"2026-11-20T07:59:00Z\",\"hash\":\"SHA256\",\"covers\":\"message\",\"path\":null},"
	"{\"state\":\"weak\",\"fingerprint\":null,\"created\":null,\"hash\":\"SHA1\","
	"\"covers\":\"part\",\"path\":\"1.1\"}],\"verdict\":\"signed\",\"text\":\"Hello\\nworld\","
	"\"html_only\":true,\"parts\":[{\"path\":\"1.2\",\"type\":\"text/plain\",\"charset\":"
	"\"utf-8\",\"size\":11,\"covered\":true,\"encrypted\":true,\"verdict\":\"bad\","
	"\"text_at\":6,\"text_length\":5}],"
	"\"attachments\":[{\"name\":\"../poc\",\"other_name\":\"poc.txt\",\"safe_name\":\"poc\",\"type\":\"text/x-c\",\"path\":\"1.3\","
	"\"size\":99,\"sha256\":\""
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}],"
	"\"keys\":[],\"flags\":[\"bidi\",\"html-only\"],\"auto_submitted\":true,"
	"\"list_mail\":true}";

static void test_round_trip(void)
{
	AUTO_JSON json = NULL, *kept = NULL, *shown = NULL;
	struct mail_record record;

	CHECK(js_load(full, strlen(full), 1 << 20, "sample", &json, NULL) == 0, "the sample loads");
	mail_record_from_json(json, &record);
	kept = mail_record_to_json(&record, true);
	CHECK(json_equal(json, kept), "every member survives the way there and back");
	shown = mail_record_to_json(&record, false);
	CHECK(!json_object_get(shown, "auto_submitted") && !json_object_get(shown, "list_mail") &&
		      !json_object_get(json_object_get(shown, "encryption"), "session_key"),
	      "what is for the vault only is not shown");
	CHECK(json_object_size(shown) == 19, "the nineteen members of mail read --json");
	CHECK_STR(mail_record_sender(&record), "lin@finder.example", "the sender in lower case");
	CHECK(mail_record_sender(&record) == mail_record_sender(&record), "and borrowed");
	CHECK_STR(record.from[0].address, "Lin@Finder.Example", "the address as it was written");
	CHECK(mail_record_signature(&record) == SIGNATURE_GOOD,
	      "a signature over a part does not count");
	mail_record_release(&record);
	CHECK(!record.subject && !record.flags && record.date == INSTANT_NONE, "released");
	mail_record_release(&record);
}

static void test_empty(void)
{
	struct mail_record record = { .date = INSTANT_NONE, .verdict = VERDICT_UNSIGNED }, again;
	AUTO_JSON json = mail_record_to_json(&record, true), *twice = NULL;

	mail_record_from_json(json, &again);
	twice = mail_record_to_json(&again, true);
	CHECK(json_equal(json, twice), "an empty record makes the same JSON again");
	CHECK(!mail_record_sender(&again) && mail_record_signature(&again) == SIGNATURE_COUNT,
	      "no sender, no signature");
	mail_record_release(&again);
	mail_record_from_json(NULL, &again);
	CHECK(again.verdict == VERDICT_UNSIGNED && again.date == INSTANT_NONE, "no JSON at all");
	mail_record_release(&again);
}

static void test_flags(void)
{
	static const char *const known[] = {
#define N_(text) text
#define X(code, text) code,
		MAIL_FLAGS(X)
#undef X
	};
	struct mail_record record = { 0 };
	size_t count = ARRAY_LEN(known);

	for (size_t round = 0; round < 2; round++)
		for (size_t i = count; i-- > 0;)
			mail_record_add_flag(&record, known[i]);
	CHECK(record.flag_count == count, "each flag once");
	for (size_t i = 1; i < record.flag_count; i++)
		CHECK_QUIET(strcmp(record.flags[i - 1], record.flags[i]) < 0, "sorted at %zu", i);
	for (size_t i = 1; i < count; i++)
		CHECK_QUIET(strcmp(known[i - 1], known[i]) != 0, "codes differ at %zu", i);
	CHECK(mail_record_has_flag(&record, "bidi") && !mail_record_has_flag(&record, "bid"),
	      "flags are found");
	mail_record_release(&record);
}

/* The same rule once more, from its sentence in the header, for two signatures. */
static enum mail_verdict expected_verdict(const struct mail_signature *signatures,
					  const char *pinned, size_t senders)
{
	bool any = false, spoiled = false, good = false, by_pin = false, theirs = false, others = false;

	for (int i = 0; i < 2; i++) {
		const struct mail_signature *s = &signatures[i];

		if (!s->covers_message)
			continue;
		any = true;
		spoiled |= s->state == SIGNATURE_BAD || s->state == SIGNATURE_WEAK ||
			   s->state == SIGNATURE_FUTURE || s->state == SIGNATURE_MALFORMED ||
			   s->state == SIGNATURE_REVOKED_KEY;
		if (s->state == SIGNATURE_GOOD) {
			good = true;
			by_pin |= pinned && s->fingerprint && strcmp(s->fingerprint, pinned) == 0;
		}
		if (s->addresses && (s->state == SIGNATURE_GOOD || s->state == SIGNATURE_EXPIRED_KEY)) {
			theirs |= strstr(s->addresses, "f@example") != NULL;
			others |= strstr(s->addresses, "f@example") == NULL;
		}
	}
	if (spoiled)
		return VERDICT_BAD;
	if (!any)
		return VERDICT_UNSIGNED;
	if (senders != 1)
		return good ? VERDICT_MISMATCH : VERDICT_SIGNED;
	if (by_pin)
		return VERDICT_VERIFIED;
	return good && pinned ? VERDICT_MISMATCH : others && !theirs ? VERDICT_MISMATCH : VERDICT_SIGNED;
}

static void test_judge(void)
{
	static const char *const prints[] = { ours, other, NULL };
	static const char *const pins[] = { ours, NULL };
	static const char *const ids[] = { NULL, " m@example ", " m@example f@example " };
	static struct mail_address senders[] = { { NULL, (char *)"F@example" }, { NULL, (char *)"g@example" } };
	enum { ONE = SIGNATURE_COUNT * 3 * 2 * 3 };
	int done = 0, seen[VERDICT_COUNT] = { 0 };

	/* two signatures, each: state × fingerprint × covers × user ids; times the pin and how many sent it */
	for (int n = 0; n < ONE * ONE * 2 * 3; n++) {
		struct mail_signature pair[2];
		struct mail_record record = { .signatures = pair, .signature_count = 2, .from = senders };
		int rest = n;

		for (int i = 0; i < 2; i++) {
			pair[i] = (struct mail_signature){
				.state = (enum signature_state)(rest % SIGNATURE_COUNT),
				.fingerprint = (char *)prints[rest / SIGNATURE_COUNT % 3],
				.covers_message = rest / SIGNATURE_COUNT / 3 % 2,
				.addresses = (char *)ids[rest / SIGNATURE_COUNT / 6 % 3],
			};
			rest /= ONE;
		}
		record.from_count = (size_t)rest / 2;
		mail_record_judge(&record, pins[rest % 2]);
		CHECK_QUIET(record.verdict == expected_verdict(pair, pins[rest % 2], record.from_count),
			    "judge %d: %s", n, verdict_name(record.verdict));
		seen[record.verdict]++;
		done++;
		free(record.sender);
	}
	for (int i = 0; i < VERDICT_COUNT; i++)
		CHECK_QUIET(seen[i] > 0, "verdict %s occurs", verdict_name(i));
	CHECK(done == 124416, "judged %d pairs of signatures", done);
}

static uint32_t seed = 1;

static uint32_t roll(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static json_t *odd_value(void)
{
	switch (roll(9)) {
	case 0: return json_null();
	case 1: return json_integer((json_int_t)roll(1000) - 500);
	case 2: return json_integer(INT64_MIN);
	case 3: return json_string("");
	case 4: return json_stringn("a\0b", 3);
	case 5: return json_pack("[n,[],{},s]", "x");
	case 6: return json_pack("{s:{s:[n]}}", "state", "from");
	case 7: return json_string("9999-12-31T23:59:59Z");
	default: return json_true();
	}
}

/* Replaces some value anywhere in JSON. */
static void mutate(json_t *json)
{
	void *at = json_object_iter(json);

	for (uint32_t skip = roll(20); at && skip > 0; skip--)
		if (json_object_iter_next(json, at))
			at = json_object_iter_next(json, at);
	if (json_is_array(json) && json_array_size(json) > 0 && roll(3))
		mutate(json_array_get(json, roll((uint32_t)json_array_size(json))));
	else if (json_is_array(json))
		json_array_append_new(json, odd_value());
	else if (at && roll(2) &&
		 (json_is_object(json_object_iter_value(at)) || json_is_array(json_object_iter_value(at))))
		mutate(json_object_iter_value(at));
	else if (at)
		json_object_iter_set_new(json, at, odd_value());
}

/* ---- what is drawn in a frame */

static void check_extents(const struct mail_record *record)
{
	struct mail_extents extents;
	size_t end = 0, length = strlen(record->text ? record->text : "");

	mail_extents_of(record, &extents);
	for (size_t i = 0; i < extents.count; i++) {
		const struct mail_extent *e = &extents.items[i];
		AUTO_STR title = STR_INIT;

		CHECK_QUIET(e->at >= end && e->length <= length - e->at, "stretch %zu stands behind the one before, in the text", i);
		CHECK_QUIET(!e->framed || (record->signature_count && e->part && e->part->covered) || extents.whole,
			    "only what is covered is framed");
		for (size_t k = end; k < e->at; k++)
			CHECK_QUIET(record->text[k] == '\n', "nothing but line ends is passed over");
		end = e->at + e->length;
		mail_extent_title(record, &extents, i, &title);
		CHECK_QUIET(title.length > 0, "each is told");
	}
	for (size_t k = end; k < length; k++)
		CHECK_QUIET(record->text[k] == '\n', "nothing is lost behind the last");
	mail_extents_release(&extents);
}

/* A signature of each state over a part beside an unsigned one, with the verdict the part alone would have. */
static void test_extents(void)
{
	static struct mail_address sender = { NULL, (char *)"f@example" };

	for (int state = 0; state < SIGNATURE_COUNT; state++) {
		struct mail_signature signature = { .state = (enum signature_state)state, .fingerprint = (char *)ours,
						    .path = (char *)"1.2" };
		struct mail_part parts[] = {
			{ .path = (char *)"1.1", .type = (char *)"text/plain", .text_length = 7 },
			{ .path = (char *)"1.2.1", .type = (char *)"text/plain", .covered = true, .text_at = 9, .text_length = 6 },
			{ .path = (char *)"1.20", .type = (char *)"text/plain", .covered = true, .text_at = 17, .text_length = 5 },
		};
		struct mail_record record = { .signatures = &signature, .signature_count = 1, .from = &sender, .from_count = 1,
					      .parts = parts, .part_count = 3, .text = (char *)"outside\n\ninside\n\nafter" };
		bool holds = state == SIGNATURE_GOOD || state == SIGNATURE_EXPIRED_KEY, spoiled = state >= SIGNATURE_REVOKED_KEY;
		struct mail_extents extents;

		mail_record_judge(&record, ours);
		CHECK(record.verdict == VERDICT_UNSIGNED && parts[0].verdict == VERDICT_UNSIGNED && parts[2].verdict == VERDICT_UNSIGNED,
		      "%s over a part makes nothing else signed", signature_name(signature.state));
		CHECK(parts[1].verdict == (state == SIGNATURE_GOOD ? VERDICT_VERIFIED : spoiled ? VERDICT_BAD : VERDICT_SIGNED),
		      "the part itself: %s", verdict_name(parts[1].verdict));
		mail_extents_of(&record, &extents);
		CHECK(extents.count == 3 && extents.told && !extents.items[0].framed && extents.items[1].framed == holds &&
			      !extents.items[2].framed, "a frame %s it", holds ? "around" : "is not around");
		mail_extents_release(&extents);
		check_extents(&record);
		free(record.sender);
	}
}

static void test_hostile(void)
{
	AUTO_JSON json = NULL;
	int rounds = 5000;

	js_load(full, strlen(full), 1 << 20, "sample", &json, NULL);
	for (int i = 0; i < rounds; i++) {
		AUTO_JSON odd = json_deep_copy(json), *out = NULL, *twice = NULL;
		struct mail_record record, again;

		for (uint32_t n = 1 + roll(4); n > 0; n--)
			mutate(odd);
		mail_record_from_json(odd, &record);
		mail_record_judge(&record, ours);
		mail_record_sender(&record);
		check_extents(&record);
		out = mail_record_to_json(&record, true);
		mail_record_from_json(out, &again);
		twice = mail_record_to_json(&again, true);
		CHECK_QUIET(json_equal(out, twice), "mutation %d settles", i);
		mail_record_release(&again);
		mail_record_release(&record);
	}
	CHECK(rounds, "%d mutated records are read without harm", rounds);
}

int main(void)
{
	test_round_trip();
	test_empty();
	test_flags();
	test_judge();
	test_extents();
	test_hostile();
	return tap_done();
}
