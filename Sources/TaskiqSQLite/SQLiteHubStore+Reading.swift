// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
public import TaskiqHub

extension SQLiteHubStore {
    /// Reads the bodies of messages that are not over.
    ///
    /// - Parameter sequences: the messages' numbers.
    /// - Returns: each number with its body, in the order given; a number is left out when there is no such message.
    /// - Throws: `HubStoreError`.
    public func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: StoredBody)] {
        try read { database in
            let reader = try BodyReader(database)
            return try sequences.compactMap { sequence in
                try reader.body(of: sequence).map { (sequence, $0) }
            }
        }
    }

    /// Reads results.
    ///
    /// - Parameter taskIDs: whose.
    /// - Returns: the newest result of each task that has one, as the JSON that workers wrote.
    /// - Throws: `HubStoreError`.
    public func results(of taskIDs: [String]) throws -> [String: StoredBody] {
        try read { database in
            let reader = ListingReader(database)
            var results: [String: StoredBody] = [:]
            for taskID in taskIDs { results[taskID] = try reader.result(of: taskID) }
            return results
        }
    }

    /// Looks whether a task has a result, without reading it.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: whether it has one.
    /// - Throws: `HubStoreError`.
    public func hasResult(of taskID: String) throws -> Bool {
        try read { database in
            let select = try PreparedStatement(database, "SELECT 1 FROM result WHERE task_id = ?1 LIMIT 1")
            var isThere = false
            try select.rows(taskID) { _ in isThere = true }
            return isThere
        }
    }

    /// Lists results, the one that was stored last first.
    ///
    /// - Parameter page: which ones.
    /// - Returns: the rows, newest first.
    /// - Throws: `HubStoreError`.
    public func results(_ page: StorePage) throws -> [StoredResultEntry] {
        try read { try ListingReader($0).results(page) }
    }

    /// Lists dead letters without their bodies, the highest number first.
    ///
    /// - Parameter page: which ones.
    /// - Returns: the rows, newest first.
    /// - Throws: `HubStoreError`.
    public func deadLetters(_ page: StorePage) throws -> [StoredDeadLetter] {
        try read { try ListingReader($0).deadLetters(page) }
    }

    /// Reads a dead letter with its body.
    ///
    /// - Parameter sequence: the message's number.
    /// - Returns: the dead letter; nil if there is none.
    /// - Throws: `HubStoreError`.
    public func deadLetter(sequence: Int64) throws -> StoredDeadLetter? {
        try read { try ListingReader($0).deadLetter(sequence: sequence) }
    }

    /// Reads the newest dead letter of a task with its body.
    ///
    /// - Parameter taskID: the message's identity.
    /// - Returns: the dead letter; nil if there is none.
    /// - Throws: `HubStoreError`.
    public func deadLetter(taskID: String) throws -> StoredDeadLetter? {
        try read { try ListingReader($0).deadLetter(taskID: taskID) }
    }

    /// Looks whether some rows are what was stored.
    ///
    /// - Parameters:
    ///   - start: where to begin: 0, or `next` of the last report.
    ///   - limit: most rows to look at.
    /// - Returns: what was found, and where to go on.
    /// - Throws: `HubStoreError`.
    public func scrub(from start: Int64, limit: Int) throws -> ScrubReport {
        try read { try Scrubber($0).look(from: start, limit: limit) }
    }

    /// Whether there is room for new messages.
    public func diskState() -> DiskState { disk.look() }
}
