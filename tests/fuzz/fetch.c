/* SPDX-License-Identifier: Apache-2.0 */
/* What the fetch worker says, as whoever started it reads it; and addresses of servers. */
#include "worker/fetch_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_events(char *bytes, size_t length)
{
	size_t at = 0, size;

	while (fetch_event_size(bytes + at, length - at, &size) && size && size <= length - at) {
		struct fetch_event event;

		if (!fetch_event_read(bytes + at, length - at, &event))
			break;
		/* Every text ends within the event. */
		if (event.name + strlen(event.name) >= event.bytes || event.bytes + event.length > bytes + at + size)
			__builtin_trap();
		at += size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STRING bytes = mem_copy(data, size);
	struct fetch_reading request = { bytes, bytes + size, false };
	struct fetch_url url = { 0 };

	if (fetch_url_parse(bytes, &url, NULL) == 0 && (!*url.host || url.port < 1 || url.port > 65535))
		__builtin_trap();
	fetch_url_release(&url);
	read_events(bytes, size);
	while (!request.bad && request.at < request.end)
		fetch_text_take(&request);
	return 0;
}
