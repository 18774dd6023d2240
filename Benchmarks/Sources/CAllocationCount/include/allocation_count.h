// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#ifndef TASKIQ_ALLOCATION_COUNT_H
#define TASKIQ_ALLOCATION_COUNT_H

#include <stdint.h>

/// How many blocks the process has asked its allocator for so far; always zero where they cannot be counted.
uint64_t taskiq_allocation_count(void);

/// Whether blocks are counted on this platform.
int taskiq_counts_allocations(void);

#endif
