// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import TaskiqCron
import Testing

@testable import Taskiq

@Suite("Schedules made of tasks", .timeLimit(.minutes(5)))
struct CreatedScheduleTests {
    private final class Shelf: EditableScheduleSource {
        let name = "shelf"
        let tasks = Mutex<[ScheduledTask]>([])

        func schedules() async throws -> [ScheduledTask] { tasks.withLock { $0 } }

        func add(_ task: ScheduledTask) async throws {
            tasks.withLock { tasks in
                tasks.removeAll { $0.id == task.id }
                tasks.append(task)
            }
        }

        func delete(_ id: ScheduleID) async throws -> Bool {
            tasks.withLock { tasks in
                defer { tasks.removeAll { $0.id == id } }
                return tasks.contains { $0.id == id }
            }
        }
    }

    private struct Report: TaskiqTask {
        static let taskName: TaskName = "report"
        static let labels: Labels = [.queue("reports")]
        var month: String
        var pages: Int

        func run(context: Context) async throws -> String {
            "\(month) \(pages) \(context.message.labels[.scheduleID] ?? "none")"
        }
    }

    private let shelf = Shelf()

    @Test("a closure's task is scheduled with its arguments, sent at once beside that, and taken back")
    func closure() async throws {
        try await Broker.inMemory().withStartup { broker in
            let add = broker.task("add", labels: [.label("team", "a"), .schedule(.every(.seconds(60)))]) {
                (a: Int, b: Int) in a + b
            }
            let created = try await add.schedule(2, 3, by: try .cron("0 4 * * *"), in: shelf, labels: [.priority(3)])
            let stored = try #require(try await shelf.schedules().first)
            #expect(stored == created.task)
            #expect(stored.taskName == "add")
            #expect(stored.args == [.int(2), .int(3)])
            #expect(stored.labels == [.label("team", "a"), .priority(3)])
            #expect(created.scheduleID.rawValue.count == 32)
            #expect(try await created.kiq().value() == 5)
            #expect(try await created.unschedule())
            #expect(try await !created.unschedule())
            #expect(try await shelf.schedules().isEmpty)
        }
    }

    @Test("a type's task is scheduled under an id of one's own, which is replaced when it is used again")
    func type() async throws {
        try await Broker.inMemory().withStartup { broker in
            broker.register(Report.self)
            for pages in [1, 2] {
                try await Report(month: "May", pages: pages)
                    .schedule(by: .every(.seconds(60)), in: shelf, on: broker, id: "monthly")
            }
            let stored = try await shelf.schedules()
            #expect(stored.count == 1)
            #expect(stored.first?.kwargs.map(\.key) == ["month", "pages"])
            let created = try await Report(month: "June", pages: 3)
                .schedule(by: .every(.seconds(60)), in: shelf, on: broker, id: "monthly")
            #expect(try await created.kiq().value() == "June 3 monthly")
        }
    }

    @Test("a broker is stopped after its code, also when that fails")
    func withStartup() async throws {
        let journal = Journal()
        let broker = Broker(transport: RecordingTransport(journal))
        #expect(try await broker.withStartup { _ in 1 } == 1)
        await #expect(throws: VisibleError.self) { try await broker.withStartup { _ in throw VisibleError() } }
        let once = ["transport startup", "transport shutdown"]
        #expect(journal.entries == once + once)
    }
}
