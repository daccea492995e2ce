/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a dictionary: the folders Hunspell's own program looks into. */
#include "dictionary.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "psirtty/base/file.h"
#include "psirtty/base/str.h"

static const char *const folders[] = { "/usr/share/hunspell", "/usr/local/share/hunspell", "/usr/share/myspell",
				       "/usr/share/myspell/dicts" };
/* Of the languages that have several, the region to take when none is named. */
static const struct { const char *language, *region; } usual[] = {
	{ "en", "US" }, { "de", "DE" }, { "fr", "FR" }, { "es", "ES" }, { "pt", "PT" }, { "nl", "NL" }, { "it", "IT" },
};

static char *in_folder(const char *folder, const char *name)
{
	AUTO_STRING rules = mem_format("%s/%s.aff", folder, name);
	AUTO_STRING words = mem_format("%s/%s.dic", folder, name);

	return access(rules, R_OK) == 0 && access(words, R_OK) == 0 ? mem_format("%s/%s", folder, name) : NULL;
}

/* The first by name of "LANGUAGE_…" in FOLDER. */
static char *any_region(const char *folder, const char *language)
{
	AUTO_STRING prefix = mem_format("%s_", language);
	AUTO_STRING best = NULL;
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir))) {
		if (!str_starts(entry->d_name, prefix) || !str_ends(entry->d_name, ".dic") ||
		    (best && strcmp(best, entry->d_name) < 0))
			continue;
		free(best);
		best = mem_string(entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (!best)
		return NULL;
	best[strlen(best) - 4] = '\0';
	return in_folder(folder, best);
}

static char *find_in(const char *folder, const char *language, const char *region)
{
	AUTO_STRING exact = mem_format("%s_%s", language, region);
	char *found = *region ? in_folder(folder, exact) : NULL;

	if (!found)
		found = in_folder(folder, language);
	for (size_t i = 0; !found && i < ARRAY_LEN(usual); i++)
		if (str_equal(usual[i].language, language)) {
			AUTO_STRING name = mem_format("%s_%s", language, usual[i].region);

			found = in_folder(folder, name);
		}
	return found ? found : any_region(folder, language);
}

/* The two letters of a country behind the language and a script. */
static const char *region_of(const char *tag, char buffer[3])
{
	buffer[0] = '\0';
	for (const char *at = strchr(tag, '-'); at; at = strchr(at + 1, '-'))
		if (strcspn(at + 1, "-") == 2 && !buffer[0]) {
			buffer[0] = (char)toupper((unsigned char)at[1]);
			buffer[1] = (char)toupper((unsigned char)at[2]);
			buffer[2] = '\0';
		}
	return buffer;
}

char *dictionary_find(const char *tag)
{
	AUTO_STRING language = mem_copy(tag, strcspn(tag, "-"));
	AUTO_STRING named = mem_string(str_or_empty(getenv("DICPATH")));
	char region[3], *found = NULL, *folder, *rest = named;

	for (char *c = language; *c; c++) {
		*c = (char)tolower((unsigned char)*c);
		if (!isalpha((unsigned char)*c))
			return NULL;
	}
	region_of(tag, region);
	while (!found && (folder = strsep(&rest, ":")))
		found = *folder == '/' ? find_in(folder, language, region) : NULL;
	for (size_t i = 0; !found && i < ARRAY_LEN(folders); i++)
		found = find_in(folders[i], language, region);
	return found;
}
