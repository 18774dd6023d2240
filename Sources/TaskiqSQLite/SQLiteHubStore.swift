// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
public import Logging
import Synchronization
public import TaskiqHub

/// A hub's store in one SQLite file, `hub.sqlite` in the hub's data directory.
///
/// It has the directory's lock and the only connection to the file. While it is open, nothing else may open the file,
/// not even to read it; copies are made of a closed store, of both `hub.sqlite` and `hub.sqlite-wal` if there is one.
public final class SQLiteHubStore: HubStore {
    /// The store's file.
    public let path: String

    let database: DatabaseQueue
    private let lock: DataDirectoryLock
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        /// Why no group is written any more.
        var failure: HubStoreError?
    }

    /// Locks a data directory and opens the store in it; makes what is missing, for the user alone.
    ///
    /// - Parameters:
    ///   - directory: the path of the data directory.
    ///   - durability: what a committed group survives.
    ///   - logger: where the store says what people should know.
    /// - Throws: `HubStoreError`, with code `inUse` if another hub has the directory.
    public convenience init(
        directory: String,
        durability: Durability = .full,
        logger: Logger = Logger(label: "taskiq.store")
    ) throws(HubStoreError) {
        try self.init(lock: DataDirectoryLock(directory: directory), durability: durability, logger: logger)
    }

    /// Opens the store in a data directory that is locked already; makes what is missing, for the user alone.
    ///
    /// - Parameters:
    ///   - lock: the directory's lock, which the store releases when it is closed; after an error it stays with the caller.
    ///   - durability: what a committed group survives.
    ///   - logger: where the store says what people should know.
    /// - Throws: `HubStoreError`.
    public init(
        lock: DataDirectoryLock,
        durability: Durability = .full,
        logger: Logger = Logger(label: "taskiq.store")
    ) throws(HubStoreError) {
        self.lock = lock
        self.logger = logger
        path = lock.directory.databasePath
        database = try HubDatabase.open(lock.directory, durability: durability, logger: logger)
        if let exposure = lock.directory.exposure {
            logger.warning("the data directory is not private", metadata: ["path": "\(path)", "reason": "\(exposure)"])
        }
    }

    deinit {
        close()
    }

    /// Reads back what the last life of the hub left, and begins a new one.
    ///
    /// - Returns: everything but the bodies; a message has its key as long as that is remembered.
    /// - Throws: `HubStoreError`.
    public func recover() throws -> RecoveredState {
        try checkIsOpen()
        do {
            return try database.write { database in
                try StateReader(database, path: path, logger: logger).read()
            }
        } catch {
            throw HubStoreError(error, path: path, action: "reading")
        }
    }

    /// Makes a group of changes, durably.
    ///
    /// After an error the store makes no further changes: what SQLite reported as failed may yet be in the file, and
    /// only opening it anew tells.
    ///
    /// - Parameter group: the changes, in order.
    /// - Throws: `HubStoreError`; the outcome is unknown then.
    public func commit(_ group: StoreGroup) throws {
        try checkIsOpen()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        do {
            try database.write { database in
                try GroupWriter(database).apply(group.operations)
            }
        } catch {
            let failure = HubStoreError(error, path: path, action: "writing to")
            state.withLock { $0.failure = failure }
            throw failure
        }
    }

    /// Reads the bodies of messages that are not over.
    ///
    /// - Parameter sequences: the messages' numbers.
    /// - Returns: each number with its body, in the order given; a number is left out when there is no such message.
    /// - Throws: `HubStoreError`.
    public func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: [UInt8])] {
        try read { database in
            let select = try PreparedStatement(database, "SELECT body FROM message WHERE sequence = ?1")
            var bodies: [(sequence: Int64, body: [UInt8])] = []
            bodies.reserveCapacity(sequences.count)
            for sequence in sequences {
                try select.rows(sequence) { row in bodies.append((sequence, row.bytes(0))) }
            }
            return bodies
        }
    }

    /// Reads results.
    ///
    /// - Parameter taskIDs: whose.
    /// - Returns: the newest result of each task that has one, as the JSON that workers wrote.
    /// - Throws: `HubStoreError`.
    public func results(of taskIDs: [String]) throws -> [String: [UInt8]] {
        try read { database in
            let select = try PreparedStatement(
                database,
                "SELECT body FROM result WHERE task_id = ?1 ORDER BY sequence DESC LIMIT 1"
            )
            var results: [String: [UInt8]] = [:]
            for taskID in taskIDs {
                try select.rows(taskID) { row in results[taskID] = row.bytes(0) }
            }
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

    /// Closes the store and releases the data directory; a second call does nothing.
    public func close() {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        do {
            try database.close()
        } catch {
            logger.error("\(HubStoreError(error, path: path, action: "closing"))")
        }
        lock.release()
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(HubStoreError) -> Value {
        try checkIsOpen()
        do {
            return try database.read(body)
        } catch {
            throw HubStoreError(error, path: path, action: "reading")
        }
    }

    /// GRDB hands its connection to SQLite without looking whether it was closed.
    private func checkIsOpen() throws(HubStoreError) {
        guard state.withLock({ $0.isClosed }) else { return }
        throw HubStoreError(.failed, "\(path) was closed; open the store again")
    }
}
