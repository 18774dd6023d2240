// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Bytes as a store found them.
public enum StoredBody: Sendable, Hashable {
    /// They are what was stored.
    case intact([UInt8])
    /// They are not, and must not be given out; why is a sentence for people.
    case damaged(reason: String)

    /// The bytes, if they are what was stored.
    public var bytes: [UInt8]? {
        if case .intact(let bytes) = self { bytes } else { nil }
    }
}
