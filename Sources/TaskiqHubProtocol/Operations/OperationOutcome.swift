// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What an operation that changes something has done.
public struct OperationOutcome: Sendable, Hashable, Codable {
    /// What became of it, in a word.
    public struct Word: RawRepresentable, Sendable, Hashable, Codable {
        /// The word as it travels.
        public let rawValue: String

        /// It is done.
        public static let done = Word(rawValue: "done")
        /// It was so before.
        public static let unchanged = Word(rawValue: "unchanged")
        /// The task waited, and ended without having run.
        public static let cancelled = Word(rawValue: "cancelled")
        /// The task runs; its worker was asked to cancel it.
        public static let requested = Word(rawValue: "requested")
        /// The task had ended before.
        public static let ended = Word(rawValue: "ended")

        /// Takes any word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// What became of it.
    public var outcome: Word
    /// To how many it was done.
    public var count: Int?
    /// What to say as `until` in the next call, as this one left some over; nil when it is done.
    public var until: String?
    /// The worker that has it, or those that were told.
    public var workers: [String]?

    /// Makes an outcome.
    ///
    /// - Parameters:
    ///   - outcome: what became of it.
    ///   - count: to how many it was done.
    ///   - until: what to say in the next call.
    ///   - workers: the workers that it concerns.
    public init(_ outcome: Word, count: Int? = nil, until: String? = nil, workers: [String]? = nil) {
        self.outcome = outcome
        self.count = count
        self.until = until
        self.workers = workers
    }
}
