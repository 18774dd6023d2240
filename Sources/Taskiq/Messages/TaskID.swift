// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The identity of one task message, chosen by its sender and kept over redeliveries and retries.
public struct TaskID: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// The text as it travels.
    public let rawValue: String

    /// Wraps the text as it is; brokers check its length and characters when it is sent.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Wraps a literal.
    public init(stringLiteral value: String) {
        rawValue = value
    }
}

extension TaskID: CustomStringConvertible {
    /// The text itself.
    public var description: String { rawValue }
}
