// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Logging
import Synchronization
import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqSQLite

@Suite(.timeLimit(.minutes(5)))
struct SQLiteResultBackendTests {
    private let folder: TemporaryFolder
    private let clock = ManualTime()

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.file("results.sqlite") }

    private func backend(
        _ configuration: SQLiteResultBackend.Configuration = .init(durability: .memory)
    ) async throws -> SQLiteResultBackend {
        let clock = clock
        let backend = SQLiteResultBackend(path: path, configuration: configuration, logger: Logger(label: "test")) {
            clock.now
        }
        try await backend.startup()
        return backend
    }

    private func result(_ text: String) -> StoredResult {
        StoredResult(
            returnValue: JSONFragment(string: text),
            executionTime: .milliseconds(5),
            labels: Labels([Labels.Entry(name: "a", value: .int(1))])
        )
    }

    private func failure(_ body: () async throws -> some Sendable) async -> TaskiqError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? TaskiqError
        }
    }

    @Test("a result comes back as it was, also to who opens the file later")
    func roundTrip() async throws {
        let first = try await backend()
        let failed = StoredResult(
            error: TaskFailure(type: "ValueError", module: "builtins", message: "no"),
            executionTime: .seconds(1),
            labels: []
        )
        #expect(try await first.result(for: "a") == nil)
        #expect(try await first.isResultReady(for: "a") == false)
        for (id, stored) in [("a", result("1")), ("b\u{0}ü", failed), ("a", result("2"))] {
            try await first.setResult(stored, for: TaskID(rawValue: id))
        }
        await first.shutdown()
        await first.shutdown()
        let second = try await backend()
        try await second.startup()
        #expect(try await second.result(for: "a") == result("2"))
        #expect(try await second.result(for: "b\u{0}ü") == failed)
        #expect(try await second.isResultReady(for: "a"))
        #expect(try TemporaryFolder.mode(of: path) == 0o600)
        await second.shutdown()
    }

    @Test("progress is kept, the last word of each task")
    func progress() async throws {
        let backend = try await backend()
        #expect(try await backend.progress(for: "a") == nil)
        let half = TaskProgress(state: "half", meta: try JSONFragment(parsing: "{\"percent\":50}"))
        try await backend.setProgress(TaskProgress(state: .started), for: "a")
        #expect(try await backend.progress(for: "a") == TaskProgress(state: .started))
        try await backend.setProgress(half, for: "a")
        #expect(try await backend.progress(for: "a") == half)
        await backend.shutdown()
    }

    @Test("two who use one file at a time lose nothing, and see what the other stores")
    func twoAtATime() async throws {
        let backends = [try await backend(), try await backend()]
        async let waiting = backends[1].waitForResult(for: "late", timeout: nil, checkInterval: .milliseconds(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let id = TaskID(rawValue: "task-\(number)")
                    try await backends[number % 2].setResult(result("\(number)"), for: id)
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<200 {
            let id = TaskID(rawValue: "task-\(number)")
            #expect(try await backends[(number + 1) % 2].result(for: id) == result("\(number)"))
        }
        try await backends[0].setResult(result("late"), for: "late")
        #expect(try await waiting == result("late"))
        for backend in backends { await backend.shutdown() }
    }

    @Test("several who make one file at the same time make it once")
    func openingAtOnce() async throws {
        let backends = try await withThrowingTaskGroup(of: SQLiteResultBackend.self) { group in
            for _ in 0..<8 { group.addTask { try await backend() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await backends[0].setResult(result("1"), for: "a")
        for backend in backends {
            #expect(try await backend.result(for: "a") == result("1"))
            await backend.shutdown()
        }
    }

    @Test("a result that is not to be kept is read once, by one of those who ask")
    func readOnce() async throws {
        let configuration = SQLiteResultBackend.Configuration(keepResults: false, durability: .memory)
        let backends = [try await backend(configuration), try await backend(configuration)]
        try await backends[0].setProgress(TaskProgress(state: "half"), for: "a")
        try await backends[0].setResult(result("1"), for: "a")
        #expect(try await backends[1].isResultReady(for: "a"))
        let found = try await withThrowingTaskGroup(of: StoredResult?.self) { group in
            for number in 0..<10 { group.addTask { try await backends[number % 2].result(for: "a") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.compactMap { $0 } == [result("1")])
        #expect(try await backends[0].isResultReady(for: "a") == false)
        #expect(try await backends[0].progress(for: "a") == nil)
        for backend in backends { await backend.shutdown() }
    }

    @Test("what is over is not found, and removed by later writes", arguments: [true, false])
    func expiry(isProgress: Bool) async throws {
        let backend = try await backend(.init(expiry: .seconds(60), durability: .memory))
        for id in ["a", "b"] as [TaskID] {
            if isProgress {
                try await backend.setProgress(TaskProgress(state: "x"), for: id)
            } else {
                try await backend.setResult(result("1"), for: id)
            }
            clock.advance(by: .seconds(30))
        }
        clock.advance(by: .seconds(1))
        #expect(try await backend.result(for: "a") == nil)
        #expect(try await backend.isResultReady(for: "a") == false)
        #expect(try await backend.progress(for: "a") == nil)
        if isProgress {
            #expect(try await backend.progress(for: "b") != nil)
            try await backend.setProgress(TaskProgress(state: "x"), for: "c")
        } else {
            #expect(try await backend.result(for: "b") != nil)
            try await backend.setResult(result("1"), for: "c")
        }
        #expect(try ids(in: isProgress ? "progress" : "result") == ["b", "c"])
        await backend.shutdown()
    }

    @Test("a task that is written of again and again drives nobody out")
    func writtenAgain() async throws {
        let backend = try await backend(.init(expiry: nil, maximumResults: 3, durability: .memory))
        for id in ["a", "b"] as [TaskID] {
            try await backend.setResult(result("1"), for: id)
            try await backend.setProgress(TaskProgress(state: "x"), for: id)
        }
        for number in 1...10 {
            try await backend.setResult(result("\(number)"), for: "b")
            try await backend.setProgress(TaskProgress(state: TaskState(rawValue: "\(number)")), for: "b")
        }
        #expect(try ids(in: "result") == ["a", "b"])
        #expect(try ids(in: "progress") == ["a", "b"])
        #expect(try await backend.result(for: "b") == result("10"))
        #expect(try await backend.progress(for: "b") == TaskProgress(state: "10"))
        await backend.shutdown()
    }

    @Test("the oldest make room; without an expiry they stay however old they are")
    func bounds() async throws {
        let backend = try await backend(.init(expiry: nil, maximumResults: 3, durability: .memory))
        for number in 1...5 {
            let id = TaskID(rawValue: "\(number)")
            try await backend.setResult(result("1"), for: id)
            try await backend.setProgress(TaskProgress(state: "x"), for: id)
            clock.advance(by: .seconds(1_000_000))
        }
        #expect(try ids(in: "result") == ["3", "4", "5"])
        #expect(try ids(in: "progress") == ["3", "4", "5"])
        #expect(try await backend.result(for: "3") != nil)
        await backend.shutdown()
    }

    @Test("a task that was cancelled stores its result all the same")
    func cancelled() async throws {
        let backend = try await backend()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await backend.setResult(result("1"), for: "a")
        }
        try await task.value
        #expect(try await backend.isResultReady(for: "a"))
        await backend.shutdown()
    }

    // MARK: Files that are none of ours

    @Test("a file that is no database is refused and left as it is")
    func noDatabase() async throws {
        let text = Array(String(repeating: "Dear diary. ", count: 200).utf8)
        try TemporaryFolder.write(text, to: path)
        let error = await failure { try await backend() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(path) == true)
        #expect(try TemporaryFolder.read(path) == text)
    }

    @Test(
        "a database of something else, or of a later version, is refused and left as it is",
        arguments: [
            ("CREATE TABLE diary (day)", "holds no results of tasks"), ("PRAGMA user_version = 7", "holds no results"),
            ("PRAGMA application_id = 1953591923; PRAGMA user_version = 99", "later version (format 99"),
        ]
    )
    func otherDatabases(_ sql: String, _ reason: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
        let before = try TemporaryFolder.read(path)
        let error = await failure { try await backend() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(reason) == true)
        #expect(try TemporaryFolder.read(path) == before)
    }

    @Test("a folder that is missing is said to be")
    func missingFolder() async throws {
        let backend = SQLiteResultBackend(path: folder.file("nowhere/results.sqlite"))
        let error = await failure { try await backend.startup() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("its folder must exist") == true)
    }

    @Test("before the start and after the end nothing is stored, and that is said")
    func notOpen() async throws {
        let backend = SQLiteResultBackend(path: path)
        #expect(await failure { try await backend.setResult(result("1"), for: "a") }?.code == .configuration)
        try await backend.startup()
        await backend.shutdown()
        #expect(await failure { try await backend.result(for: "a") }?.code == .configuration)
    }

    @Test("who waits too long for another program is told")
    func busy() async throws {
        let backend = try await backend(.init(busyTimeout: .zero, durability: .memory))
        var open = GRDB.Configuration()
        open.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: open)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let error = await failure { try await backend.setResult(result("1"), for: "a") }
        #expect(error?.code == .resultSet)
        #expect(error?.message.contains("locked for too long") == true)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        try await backend.setResult(result("1"), for: "a")
        await backend.shutdown()
    }

    @Test("no file is left in the mode of the write-ahead log")
    func journal() async throws {
        let first = try await backend()
        try await first.setResult(result("1"), for: "a")
        await first.shutdown()
        let queue = try DatabaseQueue(path: path)
        let mode = try await queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
        #expect(mode == "wal")
        try queue.close()
        let second = try await backend()
        #expect(try await second.result(for: "a") == result("1"))
        #expect(!TemporaryFolder.exists(path + "-wal"))
        await second.shutdown()
    }

    @Test("a step that a file lacks is taken once, and keeps the rows")
    func migration() async throws {
        let first = try await backend()
        try await first.setResult(result("1"), for: "a")
        await first.shutdown()
        let steps = ResultFile.steps + ["ALTER TABLE result ADD COLUMN note TEXT"]
        for _ in 1...2 {
            let queue = try ResultFile.openNow(path, .init(), steps: steps)
            #expect(try await queue.read { try $0.columns(in: "result").map(\.name) }.contains("note"))
            #expect(try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM result") } == 1)
            try queue.close()
        }
    }

    private func ids(in table: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "SELECT task_id FROM \(table) ORDER BY id") }
    }
}

/// A clock that moves when a test says so.
private final class ManualTime: Sendable {
    private let content = Mutex(instant(0))

    var now: Timestamp { content.withLock { $0 } }

    func advance(by duration: Duration) {
        content.withLock { $0 = $0.adding(duration) }
    }
}
