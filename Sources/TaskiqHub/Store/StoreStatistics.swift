// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How much a store holds.
public struct StoreStatistics: Sendable, Hashable {
    /// Messages that wait or run.
    public var messages: Int
    /// Results that are kept.
    public var results: Int
    /// Keys of submissions that may be repeated.
    public var submissionKeys: Int
    /// Messages that were given up.
    public var deadLetters: Int
    /// Messages, results and dead letters whose stored form was found damaged.
    public var quarantined: Int
    /// Slots of schedules that were decided.
    public var slots: Int
    /// How many bytes the store's files have; 0 for a store without files.
    public var fileSize: Int64
    /// How many bytes are free where the files are; nil for a store without files.
    public var freeSpace: Int64?

    /// Makes a count.
    ///
    /// - Parameters:
    ///   - messages: messages that wait or run.
    ///   - results: results that are kept.
    ///   - submissionKeys: keys of submissions that may be repeated.
    ///   - deadLetters: messages that were given up.
    ///   - quarantined: rows whose stored form was found damaged.
    ///   - slots: slots of schedules that were decided.
    ///   - fileSize: how many bytes the store's files have.
    ///   - freeSpace: how many bytes are free where the files are.
    public init(
        messages: Int = 0,
        results: Int = 0,
        submissionKeys: Int = 0,
        deadLetters: Int = 0,
        quarantined: Int = 0,
        slots: Int = 0,
        fileSize: Int64 = 0,
        freeSpace: Int64? = nil
    ) {
        self.messages = messages
        self.results = results
        self.submissionKeys = submissionKeys
        self.deadLetters = deadLetters
        self.quarantined = quarantined
        self.slots = slots
        self.fileSize = fileSize
        self.freeSpace = freeSpace
    }
}
