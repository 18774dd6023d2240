// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The identity of one task message, chosen by its sender and kept over redeliveries and retries.
public struct TaskID: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// Ids of 32 lowercase hexadecimal digits, as both Python and this library make them, are kept as the number that
    /// they are: to read, copy and compare one takes no memory.
    enum Form: Hashable {
        case number(HexadecimalNumber)
        case text(String)
    }

    let form: Form

    /// Wraps the text as it is; brokers check its length and characters when it is sent.
    public init(rawValue: String) {
        var text = rawValue
        if let number = text.withUTF8({ HexadecimalNumber($0) }) {
            form = .number(number)
        } else {
            form = .text(rawValue)
        }
    }

    /// Wraps a literal.
    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    /// Wraps UTF-8 text.
    @inline(__always)
    init(utf8 text: UnsafeBufferPointer<UInt8>) {
        if let number = HexadecimalNumber(text) {
            form = .number(number)
        } else {
            form = .text(String(decoding: text, as: UTF8.self))
        }
    }

    /// The text as it travels.
    public var rawValue: String {
        switch form {
        case .number(let number): number.description
        case .text(let text): text
        }
    }
}

extension TaskID: CustomStringConvertible {
    /// The text itself.
    public var description: String { rawValue }
}
