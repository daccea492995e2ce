/* SPDX-License-Identifier: Apache-2.0 */
/* Reports looked at for what they lack, and made into sketches. */
#include "psirtty/model/assess.h"

#include "psirtty/base/i18n.h"

enum { TEXT_MOST = 64 << 10, MINIMA = SKETCH_SIZE / 2, RUN = 3, RUNS_LEAST = 8 };

static const struct { const char *name, *help; } parts[REPORT_PART_COUNT] = {
#define X(name, word, help) [name] = { word, help },
	REPORT_PARTS(X)
#undef X
};

const char *report_part_name(enum report_part part)
{
	return parts[part].name;
}

const char *report_part_help(enum report_part part)
{
	return parts[part].help;
}

/* ---- what a finder wrote himself */

/* Lower-case ASCII, without quoted lines, to the signature mark. */
static void own_words(const char *text, struct str *ret)
{
	while (text && *text && ret->length < TEXT_MOST) {
		size_t length = strcspn(text, "\n");

		if ((length == 3 || length == 4) && strncmp(text, "-- ", 3) == 0)
			return;
		if (*text != '>')
			str_add_bytes(ret, text, length < TEXT_MOST ? length : TEXT_MOST);
		str_add_char(ret, '\n');
		text += length + (text[length] == '\n');
	}
}

static void lower(struct str *text)
{
	for (size_t i = 0; i < text->length; i++)
		if (text->bytes[i] >= 'A' && text->bytes[i] <= 'Z')
			text->bytes[i] = (char)(text->bytes[i] - 'A' + 'a');
}

/* ---- what it lacks */

/* Words by which a part shows; one that begins with a letter stands at the beginning of a word. */
static const struct { enum report_part part; const char *word; } marks[] = {
	{ PART_VERSION, "version" }, { PART_VERSION, "firmware" }, { PART_VERSION, "commit" }, { PART_VERSION, "build" },
	{ PART_VERSION, "release" }, { PART_VERSION, "版本" }, { PART_VERSION, "固件" },
	{ PART_PLACE, "function" }, { PART_PLACE, "parameter" }, { PART_PLACE, "endpoint" }, { PART_PLACE, "component" },
	{ PART_PLACE, "module" }, { PART_PLACE, "file" }, { PART_PLACE, "header" }, { PART_PLACE, "http://" },
	{ PART_PLACE, "https://" }, { PART_PLACE, "()" }, { PART_PLACE, "api" }, { PART_PLACE, "组件" },
	{ PART_PLACE, "接口" }, { PART_PLACE, "函数" }, { PART_PLACE, "参数" }, { PART_PLACE, "模块" }, { PART_PLACE, "文件" },
	{ PART_POC, "poc" }, { PART_POC, "proof of concept" }, { PART_POC, "proof-of-concept" }, { PART_POC, "reproduc" },
	{ PART_POC, "steps" }, { PART_POC, "payload" }, { PART_POC, "exploit" }, { PART_POC, "curl " }, { PART_POC, "```" },
	{ PART_POC, "#!/" }, { PART_POC, "复现" }, { PART_POC, "步骤" }, { PART_POC, "验证代码" }, { PART_POC, "概念验证" },
	{ PART_IMPACT, "impact" }, { PART_IMPACT, "attacker" }, { PART_IMPACT, "allow" }, { PART_IMPACT, "execut" },
	{ PART_IMPACT, "rce" }, { PART_IMPACT, "denial of service" }, { PART_IMPACT, "dos " }, { PART_IMPACT, "disclos" },
	{ PART_IMPACT, "leak" }, { PART_IMPACT, "privilege" }, { PART_IMPACT, "bypass" }, { PART_IMPACT, "crash" },
	{ PART_IMPACT, "overflow" }, { PART_IMPACT, "injection" }, { PART_IMPACT, "影响" }, { PART_IMPACT, "危害" },
	{ PART_IMPACT, "攻击者" }, { PART_IMPACT, "泄露" }, { PART_IMPACT, "越权" }, { PART_IMPACT, "提权" },
	{ PART_IMPACT, "拒绝服务" }, { PART_IMPACT, "执行" },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool has_word(const char *text, const char *word)
{
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if (!is_letter(*word) || at == text || !is_letter(at[-1]))
			return true;
	return false;
}

/* "1.2", "v2.0.1": digits on both sides of a dot, and no address of a host (four of them). */
static bool has_version_number(const char *text)
{
	for (const char *at = text; *at;) {
		size_t length = strspn(at, "0123456789.");
		int dots = 0;

		for (size_t i = 1; i + 1 < length; i++)
			dots += at[i] == '.' && is_digit(at[i - 1]) && is_digit(at[i + 1]);
		if (dots == 1 || dots == 2)
			return true;
		at += length ? length : 1;
	}
	return false;
}

/* "src/net/frame.c", "/cgi-bin/login". */
static bool has_path(const char *text)
{
	for (const char *at = strchr(text, '/'); at; at = strchr(at + 1, '/'))
		if (is_letter(at[1]) && at > text && (is_letter(at[-1]) || at[-1] == ' ' || at[-1] == '\n'))
			return true;
	return false;
}

static unsigned missing_of(const char *text, const struct mail_record *record)
{
	unsigned missing = (1u << REPORT_PART_COUNT) - 1;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if ((missing & 1u << marks[i].part) && has_word(text, marks[i].word))
			missing &= ~(1u << marks[i].part);
	/* The word alone is no version. */
	if (has_version_number(text))
		missing &= ~(1u << PART_VERSION);
	else
		missing |= 1u << PART_VERSION;
	if (has_path(text))
		missing &= ~(1u << PART_PLACE);
	if (record->attachment_count)
		missing &= ~(1u << PART_POC);
	return missing;
}

/* ---- sketches */

static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
	hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
	return hash ^ hash >> 33;
}

/* The next word as a hash: letters and digits of ASCII, or one character of another script. False at the end. */
static bool next_word(const char **at, uint64_t *ret)
{
	const unsigned char *c = (const unsigned char *)*at;
	uint64_t hash = 0xCBF29CE484222325u;

	while (*c && *c < 0x80 && !is_letter((char)*c) && !is_digit((char)*c))
		c++;
	if (!*c)
		return false;
	if (*c >= 0x80) {
		do
			hash = (hash ^ *c++) * 0x100000001B3u;
		while ((*c & 0xC0) == 0x80);
	} else {
		for (; is_letter((char)*c) || is_digit((char)*c); c++)
			hash = (hash ^ *c) * 0x100000001B3u;
	}
	*at = (const char *)c;
	*ret = hash;
	return true;
}

static void sketch_words(const char *text, uint8_t ret[SKETCH_SIZE])
{
	uint64_t minima[MINIMA], words[RUN] = { 0 }, word;
	size_t count = 0;

	memset(ret, 0, SKETCH_SIZE);
	memset(minima, 0xFF, sizeof(minima));
	while (next_word(&text, &word)) {
		uint64_t run;

		words[count++ % RUN] = word;
		if (count < RUN)
			continue;
		run = mix(words[(count - RUN) % RUN] + 3 * words[(count - 2) % RUN] + 7 * words[(count - 1) % RUN]);
		for (size_t i = 0; i < MINIMA; i++) {
			uint64_t hash = mix(run + i * 0x9E3779B97F4A7C15u);

			minima[i] = hash < minima[i] ? hash : minima[i];
		}
	}
	if (count < RUN + RUNS_LEAST)
		return;
	for (size_t i = 0; i < MINIMA; i++) {
		ret[2 * i] = (uint8_t)minima[i];
		ret[2 * i + 1] = (uint8_t)(minima[i] >> 8);
	}
}

void assess_text(const char *text, uint8_t ret_sketch[SKETCH_SIZE])
{
	AUTO_STR words = STR_INIT;

	own_words(text, &words);
	lower(&words);
	sketch_words(words.bytes, ret_sketch);
}

void assess_mail(const struct mail_record *record, struct assessment *ret)
{
	struct str words = STR_INIT;

	*ret = (struct assessment){ 0 };
	if (!record->text)
		return;
	own_words(record->text, &words);
	lower(&words);
	sketch_words(words.bytes, ret->sketch);
	str_add_char(&words, '\n');
	str_add(&words, str_or_empty(record->subject));
	lower(&words);
	ret->missing = missing_of(words.bytes, record);
	ret->done = true;
	str_wipe(&words);
}

int assess_similar(const uint8_t a[SKETCH_SIZE], const uint8_t b[SKETCH_SIZE])
{
	static const uint8_t none[SKETCH_SIZE];
	int same = 0;

	if (memcmp(a, none, SKETCH_SIZE) == 0 || memcmp(b, none, SKETCH_SIZE) == 0)
		return 0;
	for (size_t i = 0; i < MINIMA; i++)
		same += a[2 * i] == b[2 * i] && a[2 * i + 1] == b[2 * i + 1];
	return same * 100 / MINIMA;
}
