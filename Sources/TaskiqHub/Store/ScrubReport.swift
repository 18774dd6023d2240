// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a look at some stored rows found.
public struct ScrubReport: Sendable, Hashable {
    /// A message whose stored form is not what was stored.
    public struct Damage: Sendable, Hashable {
        /// The message's number.
        public var sequence: Int64
        /// What is wrong, as a sentence for people.
        public var reason: String

        /// Describes a damaged message.
        ///
        /// - Parameters:
        ///   - sequence: the message's number.
        ///   - reason: what is wrong.
        public init(sequence: Int64, reason: String) {
            self.sequence = sequence
            self.reason = reason
        }
    }

    /// How many rows were looked at.
    public var checked: Int
    /// Where the next look begins; nil when the end was reached.
    public var next: Int64?
    /// The messages that are damaged; the hub takes them out.
    public var damaged: [Damage]
    /// What is wrong with results and dead letters, as sentences for people; whoever asks for these is told so.
    public var others: [String]

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - checked: how many rows were looked at.
    ///   - next: where the next look begins.
    ///   - damaged: the messages that are damaged.
    ///   - others: what is wrong with results and dead letters.
    public init(checked: Int = 0, next: Int64? = nil, damaged: [Damage] = [], others: [String] = []) {
        self.checked = checked
        self.next = next
        self.damaged = damaged
        self.others = others
    }
}
