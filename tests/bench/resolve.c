/* SPDX-License-Identifier: MIT */
/* CPU time of intent and plan of many ports, each in an entry of its own: `resolve [PORTS]` prints milliseconds.
 * To look at, not to assert: what is quadratic in the ports shows against half of them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fake/site.h"

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return 1e3 * (double)t.tv_sec + (double)t.tv_nsec / 1e6;
}

static struct site *site_many(size_t ports)
{
	struct site *s = site_new(ports, FAKE_PCI, NULL);

	for (size_t i = 0; i < ports; i++) {
		struct port_intent *pi = site_entry(s, arena_printf(&s->arena, "p%zu", i), (unsigned int)i);

		site_address(s, pi, arena_printf(&s->arena, "10.%zu.%zu.1/24", i / 256, i % 256), (unsigned int)i);
	}
	return s;
}

static void measure(size_t ports, bool configured)
{
	auto_site *s = site_many(ports);

	if (configured && site_configure(s) < 0)
		abort();
	double start = now_ms();
	if (site_resolve(s) < 0)
		abort();
	double resolved = now_ms();
	s->plan = plan_make(&s->wishes, &s->node, &s->arena);
	printf("%zu ports, %s: node and intent %.1f ms, plan %.1f ms\n", ports, configured ? "as wished" : "bare",
	       resolved - start, now_ms() - resolved);
}

int main(int argc, char **argv)
{
	size_t ports = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;

	for (size_t n = ports / 2; n <= ports; n += ports - ports / 2) {
		measure(n, false);
		measure(n, true);
	}
	return 0;
}
