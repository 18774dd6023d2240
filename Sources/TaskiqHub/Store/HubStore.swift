// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where a hub keeps what it must not forget.
///
/// One group of operations at a time, each group all or nothing and on disk when `commit` returns. An error of `commit`
/// is an unknown outcome: the group may be there after a restart or not, and the hub stops rather than try again.
/// All calls come from one thread at a time.
public protocol HubStore: Sendable {
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
    func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: [UInt8])]

    /// Reads results.
    ///
    /// - Parameter taskIDs: whose.
    /// - Returns: the newest result of each task that has one, as the JSON that workers wrote.
    /// - Throws: `HubStoreError`.
    func results(of taskIDs: [String]) throws -> [String: [UInt8]]

    /// Looks whether a task has a result, without reading it.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: whether it has one.
    /// - Throws: `HubStoreError`.
    func hasResult(of taskID: String) throws -> Bool

    /// Closes the store cleanly.
    func close()
}
