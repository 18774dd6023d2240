// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

@testable import TaskiqScheduleFiles

@Suite("Files that are wrong")
struct ScheduleFileErrorsTests {
    @Test(
        "A wrong field puts its schedule out of force, and says where",
        arguments: [
            // What is sent.
            (["every: 1m"], ["2:3 missing-field"]),
            (["task: t", "command: c", "every: 1m"], ["4:5 conflicting-fields"]),
            (["task: t", "env: {A: b}", "cwd: /", "every: 1m"], ["4:5 conflicting-fields", "5:5 conflicting-fields"]),
            (
                ["command: c", "args: []", "kwargs: {}", "every: 1m"],
                ["4:5 conflicting-fields", "5:5 conflicting-fields"]
            ),
            (["task: 5", "every: 1m"], ["3:11 bad-value"]), (["task: ''", "every: 1m"], ["3:11 bad-value"]),
            (["task:", "every: 1m"], ["3:10 bad-value"]), (["task: [a]", "every: 1m"], ["3:11 bad-value"]),
            (["task: t", "args: 5", "every: 1m"], ["4:11 bad-value"]),
            (["task: t", "args: [1, .inf]", "every: 1m"], ["4:15 bad-value"]),
            (["task: t", "args: [99999999999999999999]", "every: 1m"], ["4:12 bad-value"]),
            (["task: t", "kwargs: [1]", "every: 1m"], ["4:13 bad-value"]),
            (["task: t", "kwargs: {a: {b: !x 1}}", "every: 1m"], ["4:21 yaml-tag"]),
            (["task: t", "kwargs: {? [a] : 1}", "every: 1m"], ["4:16 bad-value"]),
            (
                ["task: t", "labels: {a: , b: [1], c: .nan}", "every: 1m"],
                ["4:17 bad-value", "4:22 bad-value", "4:30 bad-value"]
            ),
            (["command: []", "every: 1m"], ["3:14 bad-value"]),
            (["command: [a, [b]]", "every: 1m"], ["3:18 bad-value"]),
            (
                ["command: c", "env: {A=B: c, D: , E: []}", "every: 1m"],
                ["4:11 bad-value", "4:22 bad-value", "4:27 bad-value"]
            ),
            // When.
            (["task: t"], ["2:3 missing-field"]),
            (["task: t", "cron: 0 4 * * *", "every: 1m"], ["5:5 conflicting-fields"]),
            (["task: t", "every: 1m", "at: 2026-12-01T06:00:00Z"], ["5:5 conflicting-fields"]),
            (["task: t", "every: 0"], ["4:12 bad-duration"]), (["task: t", "every: 999ms"], ["4:12 bad-duration"]),
            (["task: t", "every: 0.999"], ["4:12 bad-duration"]), (["task: t", "every: -5"], ["4:12 bad-duration"]),
            (["task: t", "every: soon"], ["4:12 bad-duration"]),
            (["task: t", "every: 99999999999"], ["4:12 bad-duration"]),
            (["task: t", "every: .inf"], ["4:12 bad-duration"]), (["task: t", "every: .nan"], ["4:12 bad-duration"]),
            (["task: t", "every:"], ["4:11 bad-duration"]), (["task: t", "every: {}"], ["4:12 bad-duration"]),
            (["task: t", "every: day at 02:30"], ["4:12 unsupported-value"]),
            (["task: t", "cron: 15 25 * * *"], ["4:14 cron-range"]),
            (["task: t", "cron: \"15 25 * * *\""], ["4:15 cron-range"]),
            (["task: t", "cron: ['0 4 * * *', '0 0 30 2 *']"], ["4:30 cron-never-fires"]),
            (["task: t", "cron: \"* * *\""], ["4:11 cron-field-count"]),
            (["task: t", "cron: \"\""], ["4:11 bad-value"]),
            (["task: t", "cron: \"0 4 * * FOO\""], ["4:20 cron-unknown-name"]),
            (["task: t", "cron: \"*/0 * * * *\""], ["4:14 cron-zero-step"]),
            (["task: t", "cron: []"], ["4:11 bad-value"]),
            (["task: t", "cron: '@dayly'"], ["4:12 cron-unknown-nickname"]),
            (["task: t", "cron: 5"], ["4:11 bad-value"]),
            (["task: t", "at: 2026-12-01"], ["4:19 bad-time"]),
            (["task: t", "at: 2026-13-01T06:00:00"], ["4:9 bad-time"]),
            (["task: t", "at: tomorrow"], ["4:9 bad-time"]), (["task: t", "at: 20261201"], ["4:9 bad-value"]),
            (["task: t", "at: 2026-12-01T06:00:00+99:00"], ["4:28 bad-time"]),
            (["task: t", "every: 1m", "timezone: Europe/Berln"], ["5:15 unknown-zone"]),
            (["task: t", "every: 1m", "timezone: 5"], ["5:15 bad-value"]),
            (["task: t", "cron: 0 4 * * *", "dst: skip"], ["5:10 bad-value"]),
            (["task: t", "cron: 0 4 * * *", "dst: {gap: skp, repeat: 2}"], ["5:16 bad-value", "5:29 bad-value"]),
            (["task: t", "cron: 0 4 * * *", "dst: {gaps: skip}"], ["5:11 unknown-field"]),
            (["task: t", "every: 1m", "dst: {gap: skip}"], ["5:5 conflicting-fields"]),
            // How.
            (["task: t", "every: 1m", "priority: 10"], ["5:15 bad-value"]),
            (["task: t", "every: 1m", "priority: -1"], ["5:15 bad-value"]),
            (["task: t", "every: 1m", "priority: high"], ["5:15 bad-value"]),
            (["task: t", "every: 1m", "queue: 5"], ["5:12 bad-value"]),
            (["task: t", "every: 1m", "timeout: 0"], ["5:14 bad-duration"]),
            (["task: t", "every: 1m", "timeout: long"], ["5:14 bad-duration"]),
            (["task: t", "every: 1m", "paused: no"], ["5:13 bad-value"]),
            (["task: t", "every: 1m", "tags: [a, 5]"], ["5:15 bad-value"]),
            (["task: t", "every: 1m", "owner: [a]"], ["5:12 bad-value"]),
            (["task: t", "every: 1m", "note: *x"], ["5:11 yaml-anchor"]),
            (["task: t", "every: 1m", "description: &x y"], ["5:18 yaml-anchor"]),
            // Which.
            (["task: t", "every: 1m", "overlap: skip"], ["5:5 unsupported-field"]),
            (
                ["task: t", "every: 1m", "catch_up: none", "jitter: 5s"],
                ["5:5 unsupported-field", "6:5 unsupported-field"]
            ),
            (["http: {}", "every: 1m"], ["2:3 missing-field", "3:5 unsupported-field"]),
            (["task: t", "every: 1m", "concurrencyPolicy: Forbid"], ["5:5 unsupported-field"]),
            (["task: t", "every: 1m", "colour: red"], ["5:5 unknown-field"]),
            (["task: t", "every: 1m", "<<: *base"], ["5:5 unknown-field"]),
            (["task: t", "every: 1m", "? [a, b]", ": c"], ["5:7 bad-value"]),
        ] as [([String], [String])]
    )
    func field(_ fields: [String], _ expected: [String]) {
        let file = read(
            "schedules:\n  it:\n" + fields.map { "    \($0)\n" }.joined() + "  good:\n    task: t\n    every: 1m\n"
        )
        #expect(places(file) == expected)
        #expect(file.schedules.map(\.id) == ["good"])
        #expect(file.rejected == ["it"])
        #expect(file.diagnostics.allSatisfy { $0.scheduleID == "it" })
    }

    @Test(
        "Fields are suggested by likeness",
        arguments: [
            ("timezon", "timezone"), ("tme_zone", "timezone"), ("Cron", "cron"), ("crno", "cron"), ("evry", "every"),
            ("lables", "labels"), ("kwarg", "kwargs"), ("taks", "task"), ("prority", "priority"), ("pasued", "paused"),
            ("task_nam", "task"),
        ]
    )
    func suggestion(_ name: String, _ field: String) {
        let file = readSchedule("\(name): x")
        let diagnostic = file.diagnostics.first { $0.code == .unknownField }
        #expect(diagnostic?.message == "\"\(name)\" is not a field of a schedule")
        #expect(diagnostic?.suggestion == "did you mean \"\(field)\"?")
    }

    @Test("Nothing is suggested for what is like nothing", arguments: ["colour", "x", "zzzzzzzz", "é"])
    func noSuggestion(_ name: String) {
        #expect(readSchedule("\(name): x").diagnostics.first { $0.code == .unknownField }?.suggestion == nil)
    }

    @Test("Of a key that stands twice the first stays in force, and the second is the error")
    func duplicateKeys() {
        let file = read(
            """
            version: 1
            version: 2
            schedules:
              a:
                task: first
                every: 1m
                task: second
                kwargs: { x: 1, x: 2 }
              a:
                task: third
                every: 1m
              b: { task: t, every: 1m, interval: 2m }
            """
        )
        #expect(
            places(file) == [
                "2:1 duplicate-key", "7:5 duplicate-key", "8:21 duplicate-key", "9:3 duplicate-key",
                "12:28 field-alias?", "12:28 duplicate-key",
            ]
        )
        #expect(file.diagnostics[1].suggestion == "the value of line 5 stays in force")
        #expect(file.schedules.map(\.task.taskName) == ["first", "t"])
        #expect(file.schedules[0].task.kwargs == [.init("x", .int(1))])
        #expect(file.schedules[1].task.schedule == .every(.seconds(60)))
        #expect(file.rejected.isEmpty)
    }

    @Test(
        "Files that cannot be used as a whole",
        arguments: [
            ("", "1:1 bad-value"), ("# nothing\n", "1:1 bad-value"), ("- a\n", "1:1 bad-value"),
            ("version: 1\n", "1:1 missing-field"),
            ("version: 2\nschedules: {}\n", "1:10 unsupported-version"),
            ("version: '1'\nschedules: {}\n", "1:10 bad-value"),
            ("schedules: [a]\n", "1:12 bad-value"), ("namespace: a/b\nschedules: {}\n", "1:12 bad-id"),
            ("namespace: 5\nschedules: {}\n", "1:12 bad-value"), ("schedules: *x\n", "1:12 yaml-anchor"),
            ("schedules: {\n", "2:1 yaml-syntax"),
        ]
    )
    func broken(_ yaml: String, _ place: String) {
        let file = read(yaml)
        #expect(file.isBroken)
        #expect(places(file) == [place])
    }

    @Test("A field that is unknown at the top stops nothing else")
    func topLevel() {
        let file = read("shedules: 1\ncalendars: {}\n<<: {}\nschedules: {it: {task: t, every: 1m}}\n")
        #expect(places(file) == ["1:1 unknown-field", "2:1 unsupported-field", "3:1 unknown-field"])
        #expect(file.diagnostics[0].suggestion == "did you mean \"schedules\"?")
        #expect(file.schedules.map(\.id) == ["it"])
    }

    @Test(
        "Ids that are not possible",
        arguments: ["''", "a b", "a/b", "\"a\\tb\"", "\"a\\u202Eb\"", String(repeating: "x", count: 129), "? [a]\n  "]
    )
    func ids(_ id: String) {
        let file = read("schedules:\n  \(id): {task: t, every: 1m}\n  good: {task: t, every: 1m}\n")
        #expect(file.schedules.map(\.id) == ["good"])
        #expect(file.diagnostics.count == 1)
        #expect(file.diagnostics.first?.line == 2)
    }

    @Test("Ids in other scripts are possible", arguments: ["nightly-run", "a.b_c:d@1", "é", "日次", "5"])
    func goodIDs(_ id: String) {
        #expect(read("schedules:\n  \(id): {task: t, every: 1m}\n").schedules.map(\.id) == [ScheduleID(rawValue: id)])
    }

    @Test("A schedule that is no map", arguments: ["text", "5", "", "[a]"])
    func shape(_ value: String) {
        let file = read("schedules:\n  it: \(value)\n  good: {task: t, every: 1m}\n")
        #expect(file.schedules.map(\.id) == ["good"])
        #expect(file.diagnostics.map(\.code) == [.badValue])
    }

    @Test("A default that is wrong spoils the schedules that would use it, and no others")
    func defaults() {
        let file = read(
            """
            defaults:
              timezone: Nowhere/Land
              priority: 99
            schedules:
              a: {task: t, every: 1m}
              b: {task: t, every: 1m, timezone: UTC}
              c: {task: t, every: 1m, timezone: UTC, priority: 1}
            """
        )
        #expect(places(file) == ["2:13 unknown-zone", "3:13 bad-value"])
        #expect(file.schedules.map(\.id) == ["c"])
        #expect(file.rejected == ["a", "b"])
    }

    @Test(
        "A default that is not understood spoils all schedules of the file",
        arguments: [
            ("overlap: skip", "unsupported-field"), ("colour: red", "unknown-field"),
            ("cron: '* * * * *'", "unsupported-field"),
        ]
    )
    func unknownDefault(_ field: String, _ code: String) {
        let file = read("defaults:\n  \(field)\nschedules:\n  a: {task: t, every: 1m}\n")
        #expect(places(file) == ["2:3 \(code)"])
        #expect(file.rejected == ["a"])
        #expect(!file.isBroken)
    }

    @Test("A file full of mistakes is not answered with a book")
    func limit() {
        let yaml = "schedules:\n" + (0..<5000).map { "  s\($0): {task: t, every: 1m, tz: UTC, x: 1}\n" }.joined()
        let file = read(yaml)
        #expect(file.rejected.count == 5000)
        #expect(file.diagnostics.count == 2 * DiagnosticCollector.limit + 1)
        #expect(file.diagnostics.last?.code == .tooManyProblems)
        #expect(file.diagnostics.last?.message == "9800 more problems of this file are not shown")
    }

    @Test("A file of more than 1 MiB is refused")
    func size() {
        let head = "schedules: {it: {task: t, every: 1m}}\n"
        let fits = head + String(repeating: "#", count: ScheduleFile.sizeLimit - head.utf8.count)
        #expect(read(fits).schedules.count == 1)
        let file = read(fits + "#")
        #expect(file.isBroken)
        #expect(file.diagnostics.map(\.code) == [.fileTooLarge])
    }
}
