// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
public import Logging
import Synchronization
public import Taskiq
import TaskiqCron

/// Results in an SQLite file, for any transport; several processes of one machine may use the file at a time.
///
/// Results are stored as the JSON that Python taskiq's serializer writes. Whoever waits looks again and again; a hub's
/// own results are pushed, and need no such file.
public final class SQLiteResultBackend: ResultBackend {
    /// How results are kept.
    public struct Configuration: Sendable {
        /// How long a result or a progress is kept after it was stored; nil for ever.
        ///
        /// A day when not given, as at a hub; Python's backends keep results for ever, and a file with them would grow
        /// for ever.
        public var expiry: Duration?
        /// Whether a result stays when it was read; if not, one reader gets it, and its progress goes with it.
        public var keepResults: Bool
        /// How many results, and how many reports of progress, are kept at most; the oldest make room.
        public var maximumResults: Int
        /// How long an access waits for other processes that use the file.
        public var busyTimeout: Duration
        /// What a result survives once it is stored.
        public var durability: Durability

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - expiry: how long a result is kept after it was stored; nil for ever.
        ///   - keepResults: whether a result stays when it was read.
        ///   - maximumResults: how many results are kept at most, 1 or more.
        ///   - busyTimeout: how long an access waits for other processes.
        ///   - durability: what a result survives once it is stored.
        public init(
            expiry: Duration? = .seconds(24 * 3600),
            keepResults: Bool = true,
            maximumResults: Int = 1_000_000,
            busyTimeout: Duration = .seconds(10),
            durability: Durability = .full
        ) {
            self.expiry = expiry
            self.keepResults = keepResults
            self.maximumResults = max(1, maximumResults)
            self.busyTimeout = busyTimeout
            self.durability = durability
        }
    }

    /// The file.
    public let path: String
    private let configuration: Configuration
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let file = Mutex<DatabaseQueue?>(nil)

    /// Makes a backend; the file is opened, and made if it is missing, when the broker starts.
    ///
    /// - Parameters:
    ///   - path: the file, in a folder that exists, on a file system of this machine.
    ///   - configuration: how results are kept.
    ///   - logger: what it logs to.
    public convenience init(
        path: String,
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "taskiq.results")
    ) {
        self.init(path: path, configuration: configuration, logger: logger) { WallClock.now }
    }

    init(path: String, configuration: Configuration, logger: Logger, clock: @escaping @Sendable () -> Timestamp) {
        self.path = path
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
    }

    /// Opens the file; makes it, readable for its user alone, if it is missing.
    ///
    /// - Throws: `TaskiqError` with code `configuration` when it cannot be used, or holds something else.
    public func startup() async throws {
        if file.withLock({ $0 != nil }) { return }
        let opened = try await ResultFile.open(path, configuration)
        let isNeeded = file.withLock { file in
            guard file == nil else { return false }
            file = opened
            return true
        }
        if !isNeeded { try? opened.close() }
    }

    /// Closes the file.
    public func shutdown() async {
        let closing = file.withLock { file in
            defer { file = nil }
            return file
        }
        do {
            try closing?.close()
        } catch {
            logger.error("a file of results was not closed", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }

    /// Stores a result in place of an earlier one; it is on disk when this returns.
    public func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        try await write(.resultSet, "storing the result of task \(taskID)") { table in
            try table.put(result.json(), for: taskID)
        }
    }

    /// Looks whether a result is there, without reading it.
    public func isResultReady(for taskID: TaskID) async throws -> Bool {
        try await read(.resultIsReady, "looking for the result of task \(taskID)") { table in
            try table.hasResult(of: taskID)
        }
    }

    /// Fetches a result; it is deleted with that if results are not to be kept.
    public func result(for taskID: TaskID) async throws -> StoredResult? {
        let action = "reading the result of task \(taskID)"
        let found = try await read(.resultGet, action) { try $0.result(of: taskID) }
        guard let found else { return nil }
        if configuration.keepResults { return try StoredResult(json: found) }
        // Only one that was there is worth a transaction that writes; somebody else may have taken it meanwhile.
        let taken = try await write(.resultGet, action) { try $0.takeResult(of: taskID) }
        return try taken.map { bytes in try StoredResult(json: bytes) }
    }

    /// Keeps how far a task is, in place of what was kept before.
    public func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {
        try await write(.resultSet, "storing the progress of task \(taskID)") { table in
            try table.put(progress, for: taskID)
        }
    }

    /// How far a task is, as it said last.
    public func progress(for taskID: TaskID) async throws -> TaskProgress? {
        try await read(.resultGet, "reading the progress of task \(taskID)") { try $0.progress(of: taskID) }
    }

    // MARK: Access

    private func read<Value: Sendable>(
        _ code: TaskiqError.Code,
        _ action: String,
        _ body: @escaping @Sendable (ResultTable) throws -> Value
    ) async throws -> Value {
        let file = try opened(action)
        do {
            return try await file.read { [configuration, clock] database in
                try body(ResultTable(database, configuration, now: clock()))
            }
        } catch {
            throw ResultFile.error(error, code, path, action)
        }
    }

    private func write<Value: Sendable>(
        _ code: TaskiqError.Code,
        _ action: String,
        _ body: @escaping @Sendable (ResultTable) throws -> Value
    ) async throws -> Value {
        let file = try opened(action)
        do {
            // Unstructured, so that it is not cancelled with its task: what a task that is stopped in the end returns
            // is a result, too, and one that was taken out must arrive.
            return try await Task { [configuration, clock] in
                try await file.writeWithoutTransaction { database in
                    var value: Value?
                    // Locked for writing from the start: two that began by reading would wait for each other in vain.
                    try database.inTransaction(.immediate) {
                        value = try body(ResultTable(database, configuration, now: clock()))
                        return .commit
                    }
                    guard let value else { throw DatabaseError(message: "the transaction did not run") }
                    return value
                }
            }.value
        } catch {
            throw ResultFile.error(error, code, path, action)
        }
    }

    private func opened(_ action: String) throws(TaskiqError) -> DatabaseQueue {
        if let file = file.withLock({ $0 }) { return file }
        throw TaskiqError(.configuration, "\(action) failed: \(path) is not open; start the broker first")
    }
}
