// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#include "allocation_count.h"
#include <stddef.h>

#if defined(__GLIBC__) || defined(__linux__)
#include <features.h>
#endif

#if defined(__GLIBC__)
// An executable's definition of malloc goes before that of libc, which offers its own under another name.
extern void *__libc_malloc(size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static uint64_t count;

void *malloc(size_t size) {
    count += 1;
    return __libc_malloc(size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    count += 1;
    void *block = __libc_memalign(alignment, size);
    if (block == NULL) return 12;
    *pointer = block;
    return 0;
}

uint64_t taskiq_allocation_count(void) { return count; }
int taskiq_counts_allocations(void) { return 1; }
#else
uint64_t taskiq_allocation_count(void) { return 0; }
int taskiq_counts_allocations(void) { return 0; }
#endif
