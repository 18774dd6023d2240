// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why a store cannot be used.
public struct HubStoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds of reasons.
    public enum Code: Sendable, Hashable {
        /// The data directory or the file cannot be read or written.
        case unusable
        /// The file is not a store, is damaged, or was written by a later version.
        case damaged
        /// Another hub has it.
        case inUse
        /// It is older than it was: groups that were on disk are missing.
        case wentBack
        /// Reading or writing failed.
        case failed
    }

    /// The kind.
    public let code: Code
    /// A sentence for people: which file, what is wrong with it, and what to do.
    public let description: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind.
    ///   - description: a sentence for people.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
