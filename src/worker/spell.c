/* SPDX-License-Identifier: Apache-2.0 */
/* Hunspell, and the charset its dictionary is in. */
#include "spell.h"

#include <iconv.h>
#include <string.h>

#include "psirtty/base/mem.h"
#include "psirtty/worker/job.h"

bool job_can_spell(void)
{
#ifdef HUNSPELL_SONAME
	return true;
#else
	return false;
#endif
}

#ifdef HUNSPELL_SONAME
#include "hunspell_calls.h"

static Hunhandle *speller;
static iconv_t converter = (iconv_t)-1; /* from UTF-8; none where the dictionary is in it */
static bool plain;

void spell_warm(const char *dictionary)
{
	AUTO_STRING rules = mem_format("%s.aff", dictionary);
	AUTO_STRING words = mem_format("%s.dic", dictionary);
	const char *encoding;

	speller = Hunspell_create(rules, words);
	if (!speller)
		return;
	encoding = Hunspell_get_dic_encoding(speller);
	plain = strcmp(encoding, "UTF-8") == 0;
	if (!plain)
		converter = iconv_open(encoding, "UTF-8");
	/* What is loaded at the first word is loaded now. */
	spell_knows(NULL, "a");
}

bool spell_ready(void)
{
	return speller && (plain || converter != (iconv_t)-1);
}

bool spell_knows(void *context, const char *word)
{
	char converted[256], *in = (char *)(uintptr_t)word, *out = converted;
	size_t left = strlen(word), room = sizeof(converted) - 1;

	(void)context;
	if (!spell_ready())
		return true;
	if (plain)
		return Hunspell_spell(speller, word) != 0;
	if (iconv(converter, &in, &left, &out, &room) == (size_t)-1) {
		iconv(converter, NULL, NULL, NULL, NULL);
		return false;
	}
	*out = '\0';
	return Hunspell_spell(speller, converted) != 0;
}
#else
void spell_warm(const char *dictionary)
{
	(void)dictionary;
}

bool spell_ready(void)
{
	return false;
}

bool spell_knows(void *context, const char *word)
{
	(void)context;
	(void)word;
	return true;
}
#endif
