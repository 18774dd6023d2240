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
    let disk: DiskGuard
    private let retention: StoreRetention
    private let acceptsLoss: Bool
    private let writing: Writing
    private let state = Mutex(State())
    /// Held while a copy is written.
    let copying = Mutex(())

    private struct State {
        var isClosed = false
        /// Why no group is written any more.
        var failure: HubStoreError?
    }

    /// What makes changes; touched on the connection's queue alone, like the connection itself.
    private final class Writing: @unchecked Sendable {
        var writer: GroupWriter?
        let mark: HighWaterMark

        init(_ writer: GroupWriter, _ mark: HighWaterMark) {
            self.writer = writer
            self.mark = mark
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
        let directory = lock.directory
        let path = directory.databasePath
        self.path = path
        retention = options.retention
        acceptsLoss = options.acceptsRollback
        try directory.prepareDatabaseFile()
        let check = try RollbackCheck(directory: directory)
        if check.isDamaged {
            logger.error(
                "the file that says how far the store had come is damaged, so nobody can tell whether groups are missing",
                metadata: ["path": "\(directory.highWaterMarkPath)"]
            )
        }
        disk = try DiskGuard(directory, policy: options.disk, logger: logger)
        database = try HubDatabase.open(
            directory,
            durability: options.durability,
            refusingEmpty: options.acceptsRollback ? nil : check.emptyStore,
            logger: logger
        )
        do {
            // A file that lacks a table or a column is refused here and not at the first message.
            writing = try database.write { database in
                let writer = try GroupWriter(database, retention: options.retention)
                let storeID = try Self.storeID(database, path: path)
                let needsMark = try HubSchema.needsMark(database)
                if let problem = check.problem(storeID: storeID, group: writer.groupNumber, needsMark: needsMark) {
                    // Where a group need not be on disk when it is committed, a power cut may take some back.
                    guard options.acceptsRollback || check.mark?.isDurable == false else { throw problem }
                    logger.critical("\(problem)")
                }
                let mark = HighWaterMark.Mark(
                    storeID: storeID,
                    group: writer.groupNumber,
                    isDurable: options.durability == .full
                )
                let file = try HighWaterMark(directory.highWaterMarkPath, mark, calls: options.highWaterMarkCalls)
                if !needsMark { try database.execute(sql: "PRAGMA application_id = \(HubSchema.applicationID)") }
                return Writing(writer, file)
            }
        } catch {
            try? database.close()
            throw HubStoreError(error, path: path, action: "opening")
        }
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
        let state = try change("reading") { database, writer in
            defer { writer.beginLife() }
            return try StateReader(database, path: path, acceptsLoss: acceptsLoss, logger: logger).read()
        }
        try leaveTheLog()
        return state
    }

    /// Brings the first group of a life from the log into the file: should the log and `hwm` both vanish, the file says
    /// that there were groups.
    private func leaveTheLog() throws {
        do {
            _ = try database.writeWithoutTransaction { try $0.checkpoint(.passive) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            // It stays in the log until there is room.
        } catch {
            let failure = HubStoreError(error, path: path, action: "writing to")
            state.withLock { $0.failure = failure }
            throw failure
        }
    }

    /// Makes a group of changes, durably.
    ///
    /// After an error the store makes no further changes: what SQLite reported as failed may yet be in the file, and
    /// only opening it anew tells. A full disk alone is no such error at first: SQLite has taken the group back, the
    /// reserve is released, and the group is made once more.
    ///
    /// - Parameter group: the changes, in order.
    /// - Throws: `HubStoreError`; the outcome is unknown then.
    public func commit(_ group: StoreGroup) throws {
        try change("writing to") { _, writer in try writer.apply(group.operations) }
    }

    /// Makes changes in one transaction, and notes that they are there.
    private func change<Value>(
        _ action: String,
        _ body: (Database, inout GroupWriter) throws -> Value
    ) throws -> Value {
        try checkIsOpen()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        do {
            do {
                return try transaction(body)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL && disk.release() {
                // What the writer knows is that of the group that was taken back.
                try database.writeWithoutTransaction { database in
                    writing.writer = try GroupWriter(database, retention: retention)
                }
                return try transaction(body)
            }
        } catch {
            let failure = HubStoreError(error, path: path, action: action)
            state.withLock { $0.failure = failure }
            throw failure
        }
    }

    private func transaction<Value>(_ body: (Database, inout GroupWriter) throws -> Value) throws -> Value {
        let (value, group) = try database.write { database in
            guard var writer = writing.writer else { throw closed }
            // Moved out and back, so that its tables are not copied when they change.
            writing.writer = nil
            defer { writing.writer = writer }
            return (try body(database, &writer), writer.groupNumber)
        }
        try writing.mark.write(group)
        return value
    }

    /// Closes the store and releases the data directory; a second call does nothing.
    public func close() {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        // A copy that is being written ends with its present step.
        copying.withLock { _ in }
        do {
            database.writeWithoutTransaction { _ in writing.writer = nil }
            writing.mark.close()
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
            statistics.freeSpace = lock.directory.space?.free
            return statistics
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(HubStoreError) -> Value {
        try checkIsOpen()
        do {
            // Without a transaction: nobody else writes to the file, and changes wait on the same queue.
            return try database.unsafeRead(body)
        } catch {
            throw HubStoreError(error, path: path, action: "reading")
        }
    }

    /// GRDB hands its connection to SQLite without looking whether it was closed.
    func checkIsOpen() throws(HubStoreError) {
        if state.withLock({ $0.isClosed }) { throw closed }
    }

    private var closed: HubStoreError { HubStoreError(.failed, "\(path) was closed; open the store again") }

    static func storeID(_ database: Database, path: String) throws -> [UInt8] {
        var id: [UInt8] = []
        try PreparedStatement(database, "SELECT store_id FROM meta").rows { row in id = row.bytes(0) }
        guard id.count == 16 else {
            throw HubStoreError(
                .damaged,
                "\(path) is damaged: the row of the table meta is missing or senseless; keep it for inquiry, "
                    + "and restore a copy"
            )
        }
        return id
    }
}
