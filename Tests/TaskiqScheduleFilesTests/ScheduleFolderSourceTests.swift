// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import Testing

@testable import TaskiqScheduleFiles

@Suite("The source", .timeLimit(.minutes(5)))
struct ScheduleFolderSourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func yaml(_ id: String, task: String = "t") -> String {
        "schedules:\n  \(id): {task: \(task), every: 1m}\n"
    }

    /// A source that looks through its files only when it hears of a change.
    private func source(_ diagnostics: (@Sendable ([Diagnostic]) -> Void)? = nil) -> ScheduleFolderSource {
        var options = ScheduleFolderSource.Options()
        options.quietTime = .milliseconds(20)
        options.rescanInterval = .seconds(3600)
        return ScheduleFolderSource(paths: [folder.path], options: options, diagnostics: diagnostics)
    }

    private func tasks(_ source: ScheduleFolderSource) async throws -> [String] {
        try await source.schedules().map { "\($0.id)=\($0.taskName)" }
    }

    @Test("Schedules are read again on each call")
    func rereads() async throws {
        let source = source()
        try folder.write(yaml("a"), to: "a.yaml")
        #expect(try await tasks(source) == ["a=t"])
        #expect(source.generation.number == 1)
        try folder.write(yaml("a", task: "u"), to: "a.yaml")
        #expect(try await tasks(source) == ["a=u"])
        try folder.write("]", to: "a.yaml")
        #expect(try await tasks(source) == ["a=u"])
        try folder.remove("a.yaml")
        #expect(try await tasks(source) == [])
    }

    @Test("A folder that goes away keeps its schedules")
    func folderGone() async throws {
        try folder.write(yaml("a"), to: "sub/a.yaml")
        let source = ScheduleFolderSource(paths: ["\(folder.path)/sub"])
        #expect(try await tasks(source) == ["a=t"])
        try folder.move("sub", to: "elsewhere")
        #expect(try await tasks(source) == ["a=t"])
        #expect(source.generation.diagnostics.map(\.code) == [.notFound])
        try folder.makeFolder("sub")
        #expect(try await tasks(source) == [])
    }

    @Test("Diagnostics are handed on when they are not what they were")
    func diagnostics() async throws {
        let reports = Mutex<[[String]]>([])
        let source = source { diagnostics in reports.withLock { $0.append(diagnostics.map(\.code.rawValue)) } }
        try folder.write(yaml("a"), to: "a.yaml")
        _ = try await source.schedules()
        #expect(reports.withLock { $0 } == [])
        try folder.write("]", to: "a.yaml")
        _ = try await source.schedules()
        _ = try await source.schedules()
        try folder.write(yaml("a"), to: "a.yaml")
        _ = try await source.schedules()
        _ = try await source.schedules()
        #expect(reports.withLock { $0 } == [["yaml-syntax"], []])
    }

    #if os(Linux)
    @Test("Changes are heard of: new, changed, moved and removed files, and folders made later")
    func changes() async throws {
        let source = source()
        try folder.write(yaml("a"), to: "a.yaml")
        #expect(try await tasks(source) == ["a=t"])
        var changes = source.changes().makeAsyncIterator()

        try folder.write(yaml("a", task: "u"), to: "a.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u"]
        try folder.write(yaml("b"), to: "deep/er/b.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u", "deep/b=t"]
        try folder.write(yaml("b", task: "v"), to: "deep/er/b.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u", "deep/b=v"]
        try folder.write(yaml("c"), to: ".c.tmp")
        try folder.move(".c.tmp", to: "c.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u", "c=t", "deep/b=v"]
        try folder.move("deep", to: "away.disabled")
        repeat { await changes.next() } while try await tasks(source) != ["a=u", "c=t"]
        try folder.remove("c.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u"]
    }

    @Test("A file that is moved in from elsewhere, or out, is heard of")
    func moves() async throws {
        let elsewhere = try TemporaryFolder()
        try elsewhere.write(yaml("a"), to: "a.yaml")
        let source = source()
        #expect(try await tasks(source) == [])
        var changes = source.changes().makeAsyncIterator()
        try elsewhere.move("a.yaml", to: "../\(folder.name)/a.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=t"]
        try folder.move("a.yaml", to: "../\(elsewhere.name)/a.yaml")
        repeat { await changes.next() } while try await tasks(source) != []
    }

    @Test("A file by itself is watched through its folder")
    func singleFile() async throws {
        try folder.write(yaml("a"), to: "a.yaml")
        var options = ScheduleFolderSource.Options()
        options.rescanInterval = .seconds(3600)
        options.quietTime = .milliseconds(20)
        let source = ScheduleFolderSource(paths: ["\(folder.path)/a.yaml"], options: options)
        _ = try await source.schedules()
        var changes = source.changes().makeAsyncIterator()
        try folder.write(yaml("a", task: "u"), to: "new")
        try folder.remove("a.yaml")
        try folder.move("new", to: "a.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u"]
    }
    #endif

    @Test("What changed between reading and listening is heard of too")
    func gap() async throws {
        let source = source()
        try folder.write(yaml("a"), to: "a.yaml")
        _ = try await source.schedules()
        try folder.write(yaml("b"), to: "b.yaml")
        var changes = source.changes().makeAsyncIterator()
        await changes.next()
        #expect(try await tasks(source) == ["a=t", "b=t"])
    }

    @Test("Without notifications files are looked through from time to time")
    func rescan() async throws {
        try folder.write(yaml("a"), to: "a.yaml")
        var options = ScheduleFolderSource.Options()
        options.rescanInterval = .milliseconds(20)
        options.quietTime = .seconds(3600)
        let source = ScheduleFolderSource(paths: [folder.path], options: options)
        _ = try await source.schedules()
        var changes = source.changes().makeAsyncIterator()
        try folder.write(yaml("a", task: "u"), to: "a.yaml")
        repeat { await changes.next() } while try await tasks(source) != ["a=u"]
    }

    @Test("The watcher goes when its stream is dropped")
    func stops() async throws {
        /// Says when nobody holds it any more: neither the source, nor the thread that watches for it.
        final class Token: ScheduleFileReader {
            let released: @Sendable () -> Void
            init(_ released: @escaping @Sendable () -> Void) { self.released = released }
            deinit { released() }
            func read(_ source: SourceText) throws(Diagnostic) -> ScheduleNode { ScheduleNode(.null, mark: .start) }
        }
        let (released, continuation) = AsyncStream.makeStream(of: Void.self)
        func watch() async throws {
            let token = Token {
                continuation.yield()
                continuation.finish()
            }
            var options = ScheduleFolderSource.Options()
            options.formats = [ScheduleFileFormat(name: "token", extensions: ["yaml"], reader: token)]
            options.quietTime = .milliseconds(20)
            options.rescanInterval = .seconds(3600)
            let source = ScheduleFolderSource(paths: [folder.path], options: options)
            _ = try await source.schedules()
            try folder.write("", to: "a.yaml")
            var changes = source.changes().makeAsyncIterator()
            // The thread runs: it has said something.
            await changes.next()
        }
        try await watch()
        var count = 0
        for await _ in released { count += 1 }
        #expect(count == 1)
    }
}
