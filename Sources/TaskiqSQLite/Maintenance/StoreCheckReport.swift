// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHub

/// What a look at a whole store found.
public struct StoreCheckReport: Sendable, Hashable {
    /// Something that is not as it should be.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// Where it is, as in "table message, number 7".
        public var place: String
        /// What is wrong.
        public var what: String
        /// What to do about it.
        public var remedy: String

        /// The three as one sentence.
        public var description: String { "\(place): \(what); \(remedy)" }
    }

    /// What is not as it should be; empty when all is well.
    public var problems: [Problem] = []
    /// How many rows were compared with their checksums.
    public var checkedRows = 0
    /// What the store holds.
    public var statistics = StoreStatistics()
    /// How many groups were committed in all lives of the store.
    public var groupNumber: Int64 = 0
    /// How many bytes of the file hold nothing; `compact` gives them back.
    public var unusedBytes: Int64 = 0

    /// Whether all is well.
    public var isSound: Bool { problems.isEmpty }
}
