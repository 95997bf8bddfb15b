/* SPDX-License-Identifier: MIT */
/* One parser of bytes from outside, given whatever may come: by libFuzzer, or by replay.c from files.
 * A target ends the process (must(), or a sanitizer) when the parser breaks its promise. */
#ifndef DOROCE_TESTS_FUZZ_H
#define DOROCE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
