// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#ifndef CZEROMQ_SHIM_H
#define CZEROMQ_SHIM_H

#include <errno.h>
#include <zmq.h>

#if defined(__linux__)
#include <sys/eventfd.h>
#include <sys/prctl.h>
#else
#include <pthread.h>
#endif

// In the header among the options that libzmq does not promise to keep; releases since 4.2.2 have it all the same.
#define CZMQ_ZAP_ENFORCE_DOMAIN 93

// errno is a macro over a function call, which Swift cannot import; this one is read right after the failed call,
// before anything else may overwrite it.
static inline int czmq_last_error(void) {
    return zmq_errno();
}

// Names the calling thread. prctl takes variable arguments, which Swift cannot call, and glibc declares
// pthread_setname_np to GNU sources only.
static inline void czmq_name_thread(const char *name) {
#if defined(__linux__)
    prctl(PR_SET_NAME, name, 0, 0, 0);
#elif defined(__APPLE__)
    pthread_setname_np(name);
#endif
}

#endif
