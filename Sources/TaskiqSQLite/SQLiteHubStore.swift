// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
public import Logging
import Synchronization
public import TaskiqHub

/// A hub's store in one SQLite file, `hub.sqlite` in the hub's data directory.
///
/// It has the directory's lock and the only connection to the file. While it is open, nothing else may open the file,
/// not even to read it; `backup` makes a copy of an open store.
public final class SQLiteHubStore: HubStore {
    /// The store's file.
    public let path: String

    let database: DatabaseQueue
    let lock: DataDirectoryLock
    let logger: Logger
    private let writing: Writing
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        /// Why no group is written any more.
        var failure: HubStoreError?
    }

    /// What makes changes; touched on the connection's queue alone, like the connection itself.
    private final class Writing: @unchecked Sendable {
        var writer: GroupWriter?

        init(_ writer: GroupWriter?) {
            self.writer = writer
        }
    }

    /// Locks a data directory and opens the store in it; makes what is missing, for the user alone.
    ///
    /// - Parameters:
    ///   - directory: the path of the data directory.
    ///   - options: how the store is opened.
    ///   - logger: where the store says what people should know.
    /// - Throws: `HubStoreError`, with code `inUse` if another hub has the directory.
    public convenience init(
        directory: String,
        options: SQLiteHubStoreOptions = SQLiteHubStoreOptions(),
        logger: Logger = Logger(label: "taskiq.store")
    ) throws(HubStoreError) {
        try self.init(lock: DataDirectoryLock(directory: directory), options: options, logger: logger)
    }

    /// Opens the store in a data directory that is locked already; makes what is missing, for the user alone.
    ///
    /// - Parameters:
    ///   - lock: the directory's lock, which the store releases when it is closed; after an error it stays with the caller.
    ///   - options: how the store is opened.
    ///   - logger: where the store says what people should know.
    /// - Throws: `HubStoreError`.
    public init(
        lock: DataDirectoryLock,
        options: SQLiteHubStoreOptions = SQLiteHubStoreOptions(),
        logger: Logger = Logger(label: "taskiq.store")
    ) throws(HubStoreError) {
        self.lock = lock
        self.logger = logger
        path = lock.directory.databasePath
        database = try HubDatabase.open(lock.directory, durability: options.durability, logger: logger)
        do {
            // A file that lacks a table or a column is refused here and not at the first message.
            writing = try database.write { database in
                Writing(try GroupWriter(database, retention: options.retention))
            }
        } catch {
            try? database.close()
            throw HubStoreError(error, path: path, action: "opening")
        }
        if lock.directory.isOpenToOthers {
            logger.warning(
                "other users can read the store or replace it; chmod 700 the folder and 600 the file",
                metadata: ["path": "\(path)"]
            )
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
            try database.write { _ in try writing.writer?.apply(group.operations) }
        } catch {
            let failure = HubStoreError(error, path: path, action: "writing to")
            state.withLock { $0.failure = failure }
            throw failure
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
            database.writeWithoutTransaction { _ in writing.writer = nil }
            try database.close()
        } catch {
            logger.error("\(HubStoreError(error, path: path, action: "closing"))")
        }
        lock.release()
    }

    /// Counts what the store holds.
    ///
    /// - Throws: `HubStoreError`.
    public func statistics() throws -> StoreStatistics {
        try read { database in
            var statistics = writing.writer?.counts ?? StoreStatistics()
            statistics.fileSize = lock.directory.fileSize
            statistics.freeSpace = lock.directory.freeSpace
            return statistics
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(HubStoreError) -> Value {
        try checkIsOpen()
        do {
            return try database.read(body)
        } catch {
            throw HubStoreError(error, path: path, action: "reading")
        }
    }

    /// GRDB hands its connection to SQLite without looking whether it was closed.
    func checkIsOpen() throws(HubStoreError) {
        guard state.withLock({ $0.isClosed }) else { return }
        throw HubStoreError(.failed, "\(path) was closed; open the store again")
    }
}
