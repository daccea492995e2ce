/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints all that a member's own program could open in a vault, whatever the lists show: the bodies of all events, and the
 * files that they name.
 */
#include <stdio.h>

#include "psirtty/base/js.h"
#include "psirtty/vault/vault.h"

static struct vault *vault;

static void print_files(const json_t *value)
{
	const char *object = js_string(value, "object"), *key = js_string(value, "key"), *name;
	AUTO_STR bytes = STR_INIT;
	json_t *one;
	size_t i;

	if (object && key && vault_object_get(vault, object, key, &bytes, NULL) == 0)
		printf("FILE %.8s %.*s\n", object, (int)bytes.length, str_or_empty(bytes.bytes));
	json_object_foreach((json_t *)(uintptr_t)value, name, one)
		print_files(one);
	json_array_foreach(value, i, one)
		print_files(one);
}

static int print(void *context, const struct vault_event *event, struct error *err)
{
	AUTO_JSON body = NULL;

	(void)context;
	printf("EVENT %llu %.*s\n", (unsigned long long)event->gseq, (int)event->length, event->json);
	if (js_load(event->json, event->length, SIZE_MAX, "event", &body, err) == 0)
		print_files(body);
	return 0;
}

int main(int argc, char **argv)
{
	struct openpgp *pgp = NULL;
	AUTO_ERROR err = ERROR_INIT;
	int code = argc == 2 ? openpgp_open(NULL, &pgp, &err) : ERR_USAGE;

	if (!code)
		code = vault_open(argv[1], pgp, true, 1795000000 * INSTANT_SECOND, &vault, &err);
	if (!code)
		code = vault_each(vault, 0, print, NULL, &err);
	if (code)
		fprintf(stderr, "%s: %s\n", str_or_empty(err.what), str_or_empty(err.why));
	vault_close(vault);
	openpgp_close(pgp);
	return code != 0;
}
