/* SPDX-License-Identifier: MIT */
/* Of the kernel in memory: DCB, global pause, small files. */
#ifndef DOROCE_TESTS_FAKE_NIC_H
#define DOROCE_TESTS_FAKE_NIC_H

#include "kern/kern.h"

/* Put the functions into k, which is that of a struct fake. */
void fake_nic_init(struct kern *k);

#endif
