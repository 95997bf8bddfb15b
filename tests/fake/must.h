/* SPDX-License-Identifier: MIT */
/* Assertions of the test's own tools, which no kind of build leaves out. */
#ifndef DOROCE_TESTS_FAKE_MUST_H
#define DOROCE_TESTS_FAKE_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define must(condition)                                                                    \
	do {                                                                               \
		if (!(condition)) {                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                           \
		}                                                                          \
	} while (0)

#endif
