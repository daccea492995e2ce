/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of its own that stands in gpg's and gpgsm's place: it starts them without the handler's gpg.conf, which
 * could make them call a signature good, fetch a key or write for one reader more. Of that file only the lines are
 * kept that say where key rings and the agent are; gpgme has no other way to leave it out. gpgsm is kept from starting
 * dirmngr, which would ask the network about certificates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { LINE_MOST = 4096, OPTIONS_MOST = 64 };

/* Where things are, and how files are locked: nothing that judges, adds or asks. */
static const char *const kept[] = {
	"agent-program", "keyring", "lock-multiple", "lock-never", "lock-once", "no-autostart", "no-default-keyring",
	"primary-keyring", "trustdb-name",
};

static char *joined(const char *first, const char *second)
{
	char *text = NULL;

	return asprintf(&text, "%s%s", first, second) < 0 ? NULL : text;
}

/* The folder of the key rings: --homedir in ARGV, else the environment. */
static char *home_of(char **argv)
{
	const char *home = getenv("GNUPGHOME"), *user = getenv("HOME");

	for (; *argv; argv++)
		if (strcmp(*argv, "--homedir") == 0 && argv[1])
			return joined(argv[1], "");
	if (home && *home)
		return joined(home, "");
	return joined(user ? user : "/nonexistent", "/.gnupg");
}

/* The option LINE sets when it is kept, as "--name", with its value cut off behind it (NULL: none). */
static char *option_of(char *line, char **ret_value)
{
	char *name = line + strspn(line, " \t"), *end;

	name += strncmp(name, "--", 2) == 0 ? 2 : 0;
	end = name + strcspn(name, " \t=\r\n");
	*ret_value = *end ? end + 1 + strspn(end + 1, " \t=") : end;
	*end = '\0';
	for (end = *ret_value + strlen(*ret_value); end > *ret_value && strchr(" \t\r\n\"", end[-1]); end--)
		end[-1] = '\0';
	*ret_value += **ret_value == '"';
	if (!**ret_value)
		*ret_value = NULL;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (strcmp(kept[i], name) == 0)
			return joined("--", name);
	return NULL;
}

/* Adds what is kept of FILE to OPTIONS; how many there are then. */
static size_t read_options(const char *file, char **options, size_t count)
{
	char line[LINE_MOST], *value, *option;
	FILE *in = fopen(file, "re");

	while (in && count + 2 <= OPTIONS_MOST && fgets(line, sizeof(line), in)) {
		option = option_of(line, &value);
		if (!option)
			continue;
		options[count++] = option;
		if (value)
			options[count++] = joined(value, "");
	}
	if (in)
		fclose(in);
	return count;
}

int main(int argc, char **argv)
{
	const char *self = (const char *)getauxval(AT_EXECFN);
	size_t length = strlen(self), count = 0;
	const char *program = length > 2 && strcmp(self + length - 2, "sm") == 0 ? "gpgsm" : "gpg";
	char *home = home_of(argv + 1), *conf = home ? joined(home, "/gpg.conf") : NULL;
	char **words = calloc((size_t)argc + OPTIONS_MOST + 4, sizeof(*words));

	if (!words || !conf || argc < 1)
		return 2;
	words[count++] = argv[0];
	words[count++] = joined("--no-options", "");
	if (strcmp(program, "gpg") == 0)
		count = 2 + read_options(conf, words + 2, 0);
	else
		words[count++] = joined("--disable-dirmngr", "");
	memcpy(words + count, argv + 1, (size_t)argc * sizeof(*words));
	execvp(program, words);
	perror(program);
	return 2;
}
