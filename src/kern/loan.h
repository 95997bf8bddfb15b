/* SPDX-License-Identifier: MIT */
/* accept_local, lent to a test: set while it runs, put back when it ends, also when it is killed.
 *
 * A child of this process, the keeper, puts the values back as soon as the loan is ended or this process is gone, by
 * SIGKILL as well. Before the first write the ports stand in the file DIR/accept_local-N (N: inode of the network
 * namespace), locked as long as the loan lasts: where the keeper was killed, too, the next doroce does its work. A
 * reboot puts everything back by itself; the file names its boot. */
#ifndef DOROCE_KERN_LOAN_H
#define DOROCE_KERN_LOAN_H

#include <sys/types.h>

#include "base/err.h"

/* record: the file, locked; -1: nothing is lent. hold: the keeper waits for its end. */
struct loan {
	int record, hold;
	pid_t keeper;
	char path[256];
};

#define LOAN_NONE { .record = -1, .hold = -1 }

/* Set net.ipv4.conf.PORT.accept_local of the n devices to 1 where it is 0. dir: made when it is not there. wait_ms: for
 * another process' loan to end. 0, also when all had it; -EBUSY; -EPERM, -EACCES, -EROFS; -errno: nothing is changed
 * then. */
int loan_take(struct loan *l, const char *dir, const int *ifindex, size_t n, unsigned int wait_ms, struct err *e);

/* Put back and let go. 0 also when nothing is lent; -errno: something could not be put back, the record stays. */
int loan_end(struct loan *l, struct err *e);

/* Put back what a process that was killed with its keeper has left. Number of ports; 0: nothing was left, or it is lent
 * still, or this process may not. */
size_t loan_settle(const char *dir);

static inline void loan_drop(struct loan *l)
{
	(void)loan_end(l, NULL); /* what can not be put back stays in the record */
}

#define auto_loan __attribute__((cleanup(loan_drop))) struct loan

#endif
