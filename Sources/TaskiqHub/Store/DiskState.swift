// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Whether there is room on the disk for new messages.
public enum DiskState: Sendable, Hashable {
    /// There is.
    case ok
    /// There is none: what is left is for the end of the messages that are there already.
    case low
}
