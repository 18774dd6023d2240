// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduleFiles

@Suite("Files that are good")
struct ScheduleFileTests {
    private func only(_ fields: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> FileSchedule {
        let file = read("schedules:\n  it:\n" + fields.map { "    \($0)\n" }.joined())
        #expect(file.diagnostics.isEmpty, sourceLocation: sourceLocation)
        return try #require(file.schedules.first, sourceLocation: sourceLocation)
    }

    @Test("A whole file")
    func whole() throws {
        let file = read(
            """
            version: 1
            namespace: billing
            defaults:
              timezone: Europe/Berlin
              queue: reports
              priority: 2
              timeout: 15m
              owner: team-billing
              labels: { tenant: acme, tier: 1 }
            schedules:
              invoices:
                description: Make invoices
                task: billing:make
                args: [1, 2.5, no, null, true, "x", [a], {b: c}]
                kwargs: { day: 2026-12-01, deep: { z: 1, a: 2 } }
                labels: { tier: 2 }
                cron: "30 2 * * *"
                priority: 8
                tags: [money, nightly]
              rates:
                task: billing:rates
                every: 15m
                queue: fast
                timeout: 90
                owner: team-fx
                note: why
                tags: fx
              closing:
                task: billing:close
                at: 2026-12-01T06:00:00
                paused: true
            """
        )
        #expect(file.diagnostics.isEmpty)
        #expect(file.schedules.map(\.id) == ["billing/invoices", "billing/rates", "billing/closing"])
        let invoices = file.schedules[0]
        let berlin = try Zone(identifier: "Europe/Berlin")
        #expect(
            invoices.task
                == ScheduledTask(
                    id: "billing/invoices",
                    schedule: try .cron("30 2 * * *", zone: berlin),
                    taskName: "billing:make",
                    labels: [
                        .label("tenant", "acme"), .label("tier", 2), .queue("reports"), .priority(8),
                        .timeout(.seconds(900)),
                    ],
                    args: [
                        .int(1), .double(2.5), .string("no"), .null, .bool(true), .string("x"),
                        .array([.string("a")]), .object([.init("b", .string("c"))]),
                    ],
                    kwargs: [
                        .init("day", .string("2026-12-01")),
                        .init("deep", .object([.init("z", .int(1)), .init("a", .int(2))])),
                    ],
                    origin: "test.yaml:11"
                )
        )
        #expect(invoices.description == "Make invoices")
        #expect(invoices.owner == "team-billing")
        #expect(invoices.tags == ["money", "nightly"])
        #expect(!invoices.isPaused)
        let rates = file.schedules[1]
        #expect(rates.task.schedule == .every(.seconds(900)))
        #expect(rates.task.labels[.queueName] == "fast")
        #expect(rates.task.labels[.priority] == 2)
        #expect(rates.task.labels[.timeout] == 90)
        #expect(rates.owner == "team-fx")
        #expect(rates.note == "why")
        #expect(rates.tags == ["fx"])
        let closing = file.schedules[2]
        #expect(closing.isPaused)
        #expect(closing.task.schedule == .at(try Timestamp(parsing: "2026-12-01T05:00:00Z")))
    }

    @Test("Several expressions")
    func cronList() throws {
        let schedule = try only("task: t", "cron: [\"0 18 * * *\", \"0 6 1 * *\"]", "timezone: \"+03:00\"").task
            .schedule
        let zone = try Zone(identifier: "+03:00")
        #expect(schedule.trigger == .cron([try CronExpression("0 18 * * *"), try CronExpression("0 6 1 * *")], zone))
    }

    @Test(
        "Intervals",
        arguments: [
            ("15m", 900_000), ("90s", 90_000), ("1h30m", 5_400_000), ("90", 90_000), ("1", 1000), ("1.5", 1500),
            ("\"90\"", 90_000), ("1500ms", 1500), ("2d", 172_800_000),
        ]
    )
    func intervals(_ text: String, _ milliseconds: Int) throws {
        #expect(try only("task: t", "every: \(text)").task.schedule == .every(.milliseconds(milliseconds)))
    }

    @Test(
        "Moments, with an offset or in the zone",
        arguments: [
            ("2026-12-01T06:00:00+01:00", "2026-12-01T05:00:00Z"), ("2026-12-01T06:00:00Z", "2026-12-01T06:00:00Z"),
            ("2026-12-01T06:00:00", "2026-12-01T11:00:00Z"), ("2026-07-01 06:00", "2026-07-01T10:00:00Z"),
            ("\"2026-12-01T06:00:00.250\"", "2026-12-01T11:00:00.250Z"),
        ]
    )
    func moments(_ text: String, _ instant: String) throws {
        let schedule = try only("task: t", "at: \(text)", "timezone: America/New_York").task.schedule
        #expect(schedule == .at(try Timestamp(parsing: instant)))
    }

    @Test("Moments that clocks skip or show twice run, with a warning")
    func dst() throws {
        let skipped = readSchedule("task: t", "at: 2027-03-28T02:30:00", "timezone: Europe/Berlin")
        #expect(places(skipped) == ["4:9 dst-gap?"])
        #expect(skipped.schedules.first?.task.schedule == .at(try Timestamp(parsing: "2027-03-28T01:00:00Z")))
        let repeated = readSchedule("task: t", "at: 2027-10-31T02:30:00", "timezone: Europe/Berlin")
        #expect(places(repeated) == ["4:9 dst-repeat?"])
        #expect(repeated.schedules.first?.task.schedule == .at(try Timestamp(parsing: "2027-10-31T00:30:00Z")))
    }

    @Test("A command is a task with the command as its argument")
    func command() throws {
        let text = try only("command: /usr/bin/rotate --keep 14", "every: 1m").task
        #expect(text.taskName == "taskiq.command")
        #expect(text.args == [.string("/usr/bin/rotate --keep 14")])
        #expect(text.kwargs.isEmpty)
        let list = try only(
            "command: [rotate, --keep, 014, 1.10, true]",
            "env: { LANG: C.UTF-8, PORT: 8080, VERSION: 1.10, EMPTY: \"\" }",
            "cwd: /var/log",
            "timeout: 30m",
            "every: 1m"
        ).task
        let words = ["rotate", "--keep", "014", "1.10", "true"].map(JSONValue.string)
        #expect(list.args == [.array(words)])
        #expect(
            list.kwargs == [
                .init(
                    "env",
                    .object([
                        .init("LANG", .string("C.UTF-8")), .init("PORT", .string("8080")),
                        .init("VERSION", .string("1.10")),
                        .init("EMPTY", .string("")),
                    ])
                ),
                .init("cwd", .string("/var/log")), .init("timeout", .int(1800)),
            ]
        )
        #expect(list.labels.isEmpty)
    }

    @Test("A file's default time limit goes to commands as to tasks")
    func commandDefaults() {
        let file = read(
            "defaults: {timeout: 1.5}\nschedules:\n  a: {command: x, every: 1m}\n  b: {task: x, every: 1m}\n"
        )
        #expect(file.schedules.map(\.task.kwargs) == [[.init("timeout", .double(1.5))], []])
        #expect(file.schedules.map { $0.task.labels[.timeout] } == [nil, 1.5])
    }

    @Test("Of the ways to set a label the nearest to the schedule wins")
    func labelOrder() {
        let file = read(
            """
            defaults: {queue: from-default, timeout: 10, labels: {queue_name: label-of-default, x: 1}}
            schedules:
              a: {task: t, every: 1m}
              b: {task: t, every: 1m, labels: {queue_name: own-label, timeout: 20}}
              c: {task: t, every: 1m, labels: {queue_name: own-label, timeout: 20}, queue: own, timeout: 30}
            """
        )
        #expect(file.diagnostics.isEmpty)
        #expect(file.schedules.map { $0.task.labels[.queueName] } == ["from-default", "own-label", "own"])
        #expect(file.schedules.map { $0.task.labels[.timeout] } == [10, 20, 30])
    }

    @Test("Labels keep their types")
    func labels() throws {
        let labels = try only("task: t", "every: 1m", "labels: {a: 1, b: 1.5, c: yes, d: true, e: \"1\"}").task.labels
        #expect(labels["a"] == .int(1))
        #expect(labels["b"] == .double(1.5))
        #expect(labels["c"] == .string("yes"))
        #expect(labels["d"] == .bool(true))
        #expect(labels["e"] == .string("1"))
    }

    @Test("Files without a schedule", arguments: ["schedules: {}\n", "schedules:\n", "schedules:\n  # it:\n"])
    func none(_ yaml: String) {
        let file = read(yaml)
        #expect(file.schedules.isEmpty)
        #expect(file.diagnostics.isEmpty)
        #expect(!file.isBroken)
    }

    @Test("The folder's namespace counts unless the file names one")
    func namespace() {
        let schedules = "schedules: {it: {task: t, every: 1m}}"
        #expect(read(schedules).schedules.first?.id == "it")
        #expect(read(schedules, namespace: "folder").schedules.first?.id == "folder/it")
        #expect(read("namespace: own\n" + schedules, namespace: "folder").schedules.first?.id == "own/it")
    }

    @Test(
        "Names that other systems have for fields are understood",
        arguments: [
            ("task_name: t", "every: 1m", "task"), ("class: t", "every: 1m", "task"), ("job: t", "every: 1m", "task"),
            ("run: t", "every: 1m", "task"), ("schedule: 0 4 * * *", "task: t", "cron"),
            ("pattern: 0 4 * * *", "task: t", "cron"), ("interval: 60", "task: t", "every"),
            ("time: 2026-12-01T06:00:00Z", "task: t", "at"), ("run_at: 2026-12-01T06:00:00Z", "task: t", "at"),
            ("environment: {A: b}", "command: x\n    every: 1m", "env"),
            ("tz: UTC", "task: t\n    every: 1m", "timezone"), ("time_zone: UTC", "task: t\n    every: 1m", "timezone"),
            ("timeZone: UTC", "task: t\n    every: 1m", "timezone"),
            ("cron_offset: UTC", "task: t\n    every: 1m", "timezone"),
            ("CRON_TZ: UTC", "task: t\n    every: 1m", "timezone"),
        ]
    )
    func aliases(_ alias: String, _ rest: String, _ canonical: String) {
        let file = readSchedule(alias, rest)
        #expect(places(file) == ["3:5 field-alias?"])
        #expect(file.diagnostics.first?.suggestion == "write \"\(canonical)\"")
        #expect(file.schedules.count == 1)
    }

    @Test(
        "Paused by other names",
        arguments: [
            ("enabled: false", true), ("enabled: true", false), ("suspend: true", true), ("disabled: false", false),
        ]
    )
    func paused(_ field: String, _ isPaused: Bool) {
        let file = readSchedule(field, "task: t", "every: 1m")
        #expect(places(file) == ["3:5 field-alias?"])
        #expect(file.schedules.first?.isPaused == isPaused)
    }

    @Test("What happens at jumps of the clock, by schedule and by default")
    func transitions() throws {
        let file = read(
            """
            defaults: { dst: { repeat: twice } }
            schedules:
              a: { task: t, cron: 30 2 * * *, dst: { gap: skip } }
              b: { task: t, cron: 30 2 * * * }
              c: { task: t, cron: 30 2 * * *, dst: { gap: run_after, repeat: once } }
              d: { task: t, every: 1m }
            """
        )
        #expect(file.diagnostics.isEmpty)
        let policies = file.schedules.map(\.task.schedule.transitions)
        #expect(
            policies == [
                .init(gap: .skip), .init(repeated: .twice), .init(gap: .runAfter, repeated: .once), .automatic,
            ]
        )
    }
}
