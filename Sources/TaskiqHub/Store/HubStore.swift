// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where a hub keeps what it must not forget.
///
/// One group of operations at a time, each group all or nothing and on disk when `commit` returns. An error of `commit`
/// is an unknown outcome: the group may be there after a restart or not, and the hub stops rather than try again.
/// All calls come from one thread at a time.
public protocol HubStore: Sendable {
    /// Whether its calls take so little time that the hub may make them on the thread that owns its sockets.
    var isImmediate: Bool { get }

    /// Reads back what the last life of the hub left, and begins a new one: the epoch is one higher, and committed.
    ///
    /// - Returns: everything but the bodies.
    /// - Throws: `HubStoreError`.
    func recover() throws -> RecoveredState

    /// Makes a group of changes, durably.
    ///
    /// - Parameter group: the changes, in order.
    /// - Throws: `HubStoreError`; the outcome is unknown then.
    func commit(_ group: StoreGroup) throws

    /// Reads the bodies of messages.
    ///
    /// - Parameter sequences: the messages' numbers.
    /// - Returns: each number with its body; a number is left out when there is no such message.
    /// - Throws: `HubStoreError`.
    func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: StoredBody)]

    /// Reads results.
    ///
    /// - Parameter taskIDs: whose.
    /// - Returns: the newest result of each task that has one, as the JSON that workers wrote.
    /// - Throws: `HubStoreError`.
    func results(of taskIDs: [String]) throws -> [String: StoredBody]

    /// Looks whether a task has a result, without reading it.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: whether it has one.
    /// - Throws: `HubStoreError`.
    func hasResult(of taskID: String) throws -> Bool

    /// Lists results in the order in which they were stored, the last one first; a row's number is its position. Bodies
    /// that a listing does not show are not read.
    ///
    /// - Parameter page: which ones.
    /// - Returns: the rows, newest first.
    /// - Throws: `HubStoreError`.
    func results(_ page: StorePage) throws -> [StoredResultEntry]

    /// Lists dead letters without their bodies, the highest number first.
    ///
    /// - Parameter page: which ones.
    /// - Returns: the rows, newest first.
    /// - Throws: `HubStoreError`.
    func deadLetters(_ page: StorePage) throws -> [StoredDeadLetter]

    /// Reads a dead letter with its body.
    ///
    /// - Parameter sequence: the message's number.
    /// - Returns: the dead letter; nil if there is none.
    /// - Throws: `HubStoreError`.
    func deadLetter(sequence: Int64) throws -> StoredDeadLetter?

    /// Reads the newest dead letter of a task with its body.
    ///
    /// - Parameter taskID: the message's identity.
    /// - Returns: the dead letter; nil if there is none.
    /// - Throws: `HubStoreError`.
    func deadLetter(taskID: String) throws -> StoredDeadLetter?

    /// Counts what the store holds.
    ///
    /// - Throws: `HubStoreError`.
    func statistics() throws -> StoreStatistics

    /// Whether there is room for new messages; cheap enough to be asked each second.
    func diskState() -> DiskState

    /// Writes a copy of the store into a file that is not there yet.
    ///
    /// Unlike all others this call may come from another thread, and the others go on meanwhile; the copy is the store as
    /// it was at one moment before the call returned.
    ///
    /// - Parameter path: the file.
    /// - Throws: `HubStoreError`.
    func backup(to path: String) throws

    /// Looks whether some rows are what was stored.
    ///
    /// - Parameters:
    ///   - start: where to begin: 0, or `next` of the last report.
    ///   - limit: most rows to look at.
    /// - Returns: what was found, and where to go on.
    /// - Throws: `HubStoreError`.
    func scrub(from start: Int64, limit: Int) throws -> ScrubReport

    /// Closes the store cleanly.
    func close()
}

extension HubStore {
    /// False: a disk is waited for beside the network.
    public var isImmediate: Bool { false }
}
