// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A value in a schedule file, whatever the file's format, with its place.
public struct ScheduleNode: Sendable, Hashable {
    /// What a value is.
    public enum Content: Sendable, Hashable {
        /// Nothing.
        case null
        /// True or false.
        case bool(Bool)
        /// An integer.
        case int(Int)
        /// Any other number, infinity and "not a number" included.
        case double(Double)
        /// Text.
        case string(String)
        /// A list.
        case list([ScheduleNode])
        /// A map, in the file's order; keys that stand twice are still there.
        case map([Entry])
        /// A value that the format cannot give a meaning to, and why: it spoils the schedule it belongs to alone.
        case rejected(Diagnostic.Code, reason: String)
    }

    /// An entry of a map.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var key: String
        /// The place of the key.
        public var keyMark: SourceMark
        /// The value.
        public var value: ScheduleNode

        /// Makes an entry.
        ///
        /// - Parameters:
        ///   - key: the key.
        ///   - keyMark: the place of the key.
        ///   - value: the value.
        public init(key: String, keyMark: SourceMark, value: ScheduleNode) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    /// What the value is.
    public var content: Content
    /// A scalar as the file spells it, without quotes; empty for all else.
    public var text: String
    /// The place.
    public var mark: SourceMark

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - content: what the value is.
    ///   - text: a scalar as the file spells it, without quotes.
    ///   - mark: the place.
    public init(_ content: Content, text: String = "", mark: SourceMark) {
        self.content = content
        self.text = text
        self.mark = mark
    }
}

extension ScheduleNode {
    /// What the value is, for "expected …, found …".
    var kind: String {
        switch content {
        case .null: "nothing"
        case .bool: text
        case .int, .double: "the number \(text.clipped(to: 60))"
        case .string: "the text \"\(text.clipped(to: 60))\""
        case .list: "a list"
        case .map: "a map"
        case .rejected: "a value that cannot be read"
        }
    }
}

extension String {
    /// The text, or its beginning and an ellipsis if it has more than a number of Unicode scalars; for messages.
    func clipped(to limit: Int) -> String {
        let scalars = unicodeScalars
        guard let end = scalars.index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else {
            return self
        }
        return String(scalars[..<end]) + "…"
    }
}
