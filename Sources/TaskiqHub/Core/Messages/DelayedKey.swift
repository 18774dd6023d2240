// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// When a delayed message is due.
struct DelayedKey: Comparable {
    var dueAt: Int64
    var sequence: Int64

    static func < (left: DelayedKey, right: DelayedKey) -> Bool {
        (left.dueAt, left.sequence) < (right.dueAt, right.sequence)
    }
}
