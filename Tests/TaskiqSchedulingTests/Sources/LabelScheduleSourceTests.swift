// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Label source")
struct LabelScheduleSourceTests {
    private func source(_ catalogues: TaskCatalogue...) -> LabelScheduleSource {
        LabelScheduleSource(catalogues: { catalogues }, changes: { AsyncStream { $0.finish() } })
    }

    private func label(_ json: String) throws -> Labels.Entry {
        Labels.Entry(name: "schedule", value: .json(try JSONFragment(parsing: json)))
    }

    private func catalogue(_ application: String, _ name: TaskName, _ labels: Labels) -> TaskCatalogue {
        TaskCatalogue(application: application, tasks: [TaskDescription(name: name, labels: labels)])
    }

    @Test("reads the tasks of a broker")
    func broker() async throws {
        let broker = Broker.inMemory()
        let hourly = try Schedule.cron("0 * * * *")
        broker.task("mail.send", labels: [.queue("mail"), .schedule(hourly, args: [.int(1)])]) { (_: Int) in }
        broker.task("mail.plain") {}
        let tasks = try await LabelScheduleSource(broker: broker, application: "web").schedules()
        #expect(tasks.count == 1)
        let task = try #require(tasks.first)
        #expect(task.schedule.fingerprint == hourly.fingerprint)
        #expect(task.taskName == "mail.send")
        #expect(task.args == [.int(1)])
        #expect(task.labels == [.queue("mail")])
        #expect(task.origin == "task \"mail.send\" of web")
        #expect(task.id == "mail.send:4b3f7b29")
    }

    @Test("lays the task's labels over the entry's")
    func labels() async throws {
        let json = #"[{"interval": 60, "labels": {"queue_name": "slow", "tenant": "acme"}, "kwargs": {"x": 1}}]"#
        let tasks = try await source(catalogue("web", "t", [.queue("fast"), try label(json)])).schedules()
        #expect(tasks.first?.labels == [.queue("fast"), .label("tenant", "acme")])
        #expect(tasks.first?.kwargs == [.init("x", .int(1))])
    }

    @Test("an entry that cannot be read harms no other")
    func unreadable() async throws {
        let json = #"[{"cron": "61 * * * *"}, {"cron": "1 * * * *", "schedule_id": "good"}, 7, {"interval": 0}]"#
        let source = source(
            catalogue("web", "t", [try label(json)]),
            catalogue("mail", "u", [try label("17")]),
            catalogue("zoo", "v", [try label(#"[{"interval": 5, "schedule_id": "v"}]"#)])
        )
        #expect(try await source.schedules().map(\.id) == ["good", "v"])
        #expect(
            source.problems.map(\.origin) == [
                "task \"u\" of mail", "task \"t\" of web", "task \"t\" of web", "task \"t\" of web",
            ]
        )
        #expect(source.problems.allSatisfy { $0.description.contains("is not in force: the schedule label of task") })
        // What is repaired is no problem any more, and the ids stay.
        let again = try await source.schedules().map(\.id)
        #expect(again == ["good", "v"])
        #expect(source.problems.count == 4)
    }

    @Test("several programs with the same task and schedule are one schedule")
    func severalPrograms() async throws {
        let entry = try label(#"[{"interval": 60, "args": [1]}]"#)
        let alone = try await source(catalogue("web", "t", [entry])).schedules()
        let source = source(
            catalogue("web", "t", [entry, .queue("web")]),
            catalogue("app", "t", [entry, .queue("app")])
        )
        let tasks = try await source.schedules()
        #expect(tasks.map(\.id) == alone.map(\.id))
        #expect(tasks.first?.origin == "task \"t\" of app")
        #expect(tasks.first?.labels == [.queue("app")])
        #expect(source.problems.isEmpty)
    }

    @Test("ids tell task, timing and arguments apart")
    func ids() async throws {
        let json =
            #"[{"interval": 60}, {"interval": 61}, {"interval": 60, "args": [1]}, {"interval": 60, "kwargs": {"a": 1}}]"#
        let tasks = try await source(
            catalogue("web", "t", [try label(json)]),
            catalogue("app", "u", [try label(json)])
        ).schedules()
        #expect(Set(tasks.map(\.id)).count == 8)
    }

    @Test("two entries that agree need ids of their own")
    func repeated() async throws {
        let source = source(catalogue("web", "t", [try label(#"[{"interval": 60}, {"interval": 60}]"#)]))
        #expect(try await source.schedules().count == 1)
        let problem = try #require(source.problems.first)
        #expect(problem.kind == .duplicate(of: "task \"t\" of web"))
    }

    @Test("one id for two tasks is a problem of the second")
    func takenID() async throws {
        let source = source(
            catalogue("web", "t", [try label(#"[{"interval": 60, "schedule_id": "x"}]"#)]),
            catalogue("zoo", "u", [try label(#"[{"interval": 60, "schedule_id": "x"}]"#)])
        )
        #expect(try await source.schedules().map(\.taskName) == ["t"])
        #expect(source.problems.map(\.origin) == ["task \"u\" of zoo"])
    }

    @Test("catalogues that travelled give the same ids")
    func travelled() async throws {
        let original = catalogue("web", "t", [.queue("q"), .schedule(try .cron("0 4 * * *"), args: [.string("ä")])])
        let travelled = try TaskCatalogue(json: original.json())
        #expect(try await source(original).schedules() == source(travelled).schedules())
    }
}
