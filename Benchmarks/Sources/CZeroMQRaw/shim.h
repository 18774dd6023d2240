// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#ifndef CZEROMQRAW_SHIM_H
#define CZEROMQRAW_SHIM_H

#include <zmq.h>

#endif
