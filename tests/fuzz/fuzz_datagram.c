/* SPDX-License-Identifier: MIT */
/* A received datagram: the GRH area with the IP header, then a request or a reply. */
#include <string.h>

#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "validate/cm/ud.h"

static void arrival_check(const uint8_t *grh, uint8_t family)
{
	struct ud_arrival a;

	if (ud_arrival_get(grh, family, &a) < 0)
		return;
	must(a.src.family == family && a.dst.family == family);
}

/* Nobody gets more than he sent; what is read is what stands there. */
static void request_check(const uint8_t *data, size_t size)
{
	struct ud_request m, again;
	uint8_t written[UD_BYTES_MIN];

	if (ud_request_get(data, size, &m) < 0)
		return;
	ud_request_put(&m, written);
	must(size >= UD_BYTES_MIN && memcmp(written, data, 20) == 0);
	must(ud_request_get(written, sizeof(written), &again) == 0 && again.seq == m.seq);
	must(ud_reply_bytes((uint32_t)size, m.wanted) <= size);
}

static void reply_check(const uint8_t *data, size_t size)
{
	struct ud_reply m;
	uint8_t written[UD_BYTES_MIN];

	if (ud_reply_get(data, size, &m) < 0)
		return;
	ud_reply_put(&m, written);
	must(size >= UD_BYTES_MIN && memcmp(written, data, 22) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < UD_GRH)
		return 0;
	arrival_check(data, AF_INET);
	arrival_check(data, AF_INET6);
	request_check(data + UD_GRH, size - UD_GRH);
	reply_check(data + UD_GRH, size - UD_GRH);
	return 0;
}
