// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@testable import Taskiq

@Suite("Stored schedules against Python's")
struct StoredScheduleTests {
    private struct Table: Decodable {
        struct Row: Decodable, Sendable, CustomTestStringConvertible {
            /// What Python made the schedule of.
            struct Sent: Decodable {
                var args: [JSONValue]?
                var kwargs: JSONValue?
                var labels: JSONValue?
            }

            var name: String
            var `in`: Sent
            var encoded: [String: Golden.Bytes]
            var decoded: Fields
            var testDescription: String { name }
        }

        struct Fields: Decodable, Sendable {
            var cron: String?
            var cron_offset: JSONValue?
            var time: JSONValue?
            var interval: JSONValue?
            var task_id: String?
            var schedule_id: String?
        }

        struct Validation: Decodable, Sendable, CustomTestStringConvertible {
            struct Failure: Decodable {}

            var `in`: JSONValue
            var ok: Fields?
            var error: Failure?
            var testDescription: String { `in`.fragment.text }
        }

        struct Spec: Decodable, Sendable {
            var `in`: JSONValue
            var cron: String
        }

        var schedules: [Row]
        var validation: [Validation]
        var cron_spec: [Spec]
        var fired_messages: [String: Golden.Bytes]
    }

    private static let table = try? Golden.read("schedules", as: Table.self)

    @Test("the file is there")
    func file() {
        #expect(Self.table?.schedules.count == 14)
        #expect(Self.table?.validation.count == 18)
        #expect(Self.table?.cron_spec.count == 4)
    }

    @Test("a schedule is read as Python reads it, and written as Python writes it", arguments: table?.schedules ?? [])
    private func roundTrip(row: Table.Row) throws {
        let first = try StoredSchedule(json: try #require(row.encoded["json"]?.bytes))
        #expect(first.taskName == "golden.tasks:echo")
        check(first, row.decoded)
        try check(first, row.in)
        for codec in GoldenCodec.allCases {
            let bytes = try #require(row.encoded[codec.rawValue]?.bytes)
            let schedule = try StoredSchedule(serialized: bytes, by: codec.serializer)
            #expect(try schedule.serialized(by: JSONSerializer()) == first.serialized(by: JSONSerializer()))
            #expect(try schedule.serialized(by: codec.serializer) == bytes, "\(codec)")
        }
    }

    private func check(_ schedule: StoredSchedule, _ wanted: Table.Row.Sent) throws {
        let args = wanted.args ?? []
        #expect(schedule.args.count == args.count)
        #expect(zip(schedule.args, args).allSatisfy { Golden.matches($0, $1) }, "\(schedule.args)")
        #expect(Golden.matches(JSONFragment(keywords: schedule.kwargs), wanted.kwargs ?? .object([])))
        guard case .object(let labels) = wanted.labels ?? .object([]) else { throw TaskiqError(.malformed, "labels") }
        #expect(schedule.labels.entries.map(\.name).sorted() == labels.map(\.key).sorted())
        for label in labels {
            let found = try #require(schedule.labels[label.key])
            // A stored schedule has no types: bytes are text in it.
            if case .string(let base64)? = label.value["$bytes"] {
                #expect(Base64.decode(base64).map { String(decoding: $0, as: UTF8.self) } == found.text)
            } else {
                #expect(Golden.matches(found, label.value), "\(label.key) is \(found)")
            }
        }
    }

    /// Each message that Python's scheduler sent, and the labels that it has.
    private static let fired: [String: Labels] = [
        "label_source": [
            .label("i", 5), .label("b", true), Labels.Entry(name: "by", value: .bytes(Array("ab".utf8))),
            .label("base_label", 7), .label("schedule_id", "sid"),
        ],
        "dynamic_source_labels_become_str": [
            .label("i", "5"), .label("b", "True"), .label("by", "YWI="), .label("schedule_id", "sid"),
        ],
        "dynamic_source_fixed_task_id": [.label("schedule_id", "sid")],
    ]

    @Test("what Python's scheduler sends is read here, and written as it was but for white space")
    func firedMessages() throws {
        let messages = try #require(Self.table?.fired_messages)
        #expect(messages.keys.sorted() == Self.fired.keys.sorted())
        for (name, message) in messages {
            let bytes = try #require(message.bytes)
            let read = try JSONFormatter().loads(bytes)
            #expect(read.taskName == "golden.tasks:echo")
            #expect(read.taskID == (name == "dynamic_source_fixed_task_id" ? "fixed" : "generated-task-id"))
            #expect(read.labels == Self.fired[name])
            #expect(read.args == [JSONValue.int(1).fragment] && read.kwargs == ["k": "v"])
            let written = try JSONFormatter().dumps(read).message
            #expect(
                Golden.compacted(String(decoding: written, as: UTF8.self))
                    == Golden.compacted(String(decoding: bytes, as: UTF8.self))
            )
        }
    }

    private func check(_ schedule: StoredSchedule, _ wanted: Table.Fields) {
        #expect(schedule.cron == wanted.cron)
        if let id = wanted.schedule_id { #expect(schedule.id.rawValue == id) }
        #expect(schedule.taskID?.rawValue == wanted.task_id)
        switch (schedule.cronOffset, wanted.cron_offset) {
        case (nil, nil), (nil, .null?): break
        case (.zone(let name)?, .string(let text)?): #expect(name == text)
        case (.duration(let duration)?, let value?): #expect(value["$seconds"] == .string("\(duration.inSeconds)"))
        default: Issue.record("\(String(describing: schedule.cronOffset))")
        }
        switch (schedule.interval, wanted.interval) {
        case (nil, nil), (nil, .null?): break
        case (.seconds(let seconds)?, .int(let value)?): #expect(seconds == value)
        // 1.0 is Python's integer 1.
        case (.seconds(let seconds)?, .double(let value)?): #expect(Double(seconds) == value)
        case (.duration(let duration)?, let value?): #expect(value["$seconds"] == .string("\(duration.inSeconds)"))
        default: Issue.record("\(String(describing: schedule.interval))")
        }
        // Python's own text of a time says +00:00 where its JSON says Z.
        let time = schedule.time?.description.replacing("Z", with: "+00:00")
        switch wanted.time?["$datetime"] {
        case .string(let text)?: #expect(time == text)
        default: #expect(time == nil)
        }
    }

    @Test("what Python's model accepts is accepted, what it refuses is refused", arguments: table?.validation ?? [])
    private func validation(row: Table.Validation) throws {
        guard case .object(var members) = row.in else { throw TaskiqError(.malformed, "\(row.in)") }
        // The file tells durations and floats by tags; as JSON they are text and numbers.
        members = members.map { member in
            if case .string(let seconds)? = member.value["$seconds"], let value = Double(seconds) {
                return .init(member.key, .string(Duration.milliseconds(value * 1000).iso8601))
            }
            if case .string(let text)? = member.value["$float"], let value = Double(text) {
                return .init(member.key, .double(value))
            }
            return member
        }
        let none: [JSONValue.Member] = [
            .init("task_name", .string("t")), .init("labels", .object([])), .init("args", .array([])),
            .init("kwargs", .object([])),
        ]
        members += none
        let bytes = Array(JSONValue.object(members).fragment.bytes)
        guard let wanted = row.ok else {
            #expect((#expect(throws: TaskiqError.self) { try StoredSchedule(json: bytes) })?.code == .malformed)
            return
        }
        let schedule = try StoredSchedule(json: bytes)
        check(schedule, wanted)
        #expect(schedule.id.rawValue.utf8.count == 32)
        #expect(try StoredSchedule(json: schedule.json()) == schedule)
    }

    @Test("cron expressions by their fields", arguments: table?.cron_spec ?? [])
    private func cronSpec(row: Table.Spec) {
        func field(_ name: String) -> CronSpec.Field? {
            switch row.in[name] {
            case nil: "*"
            case .string(let text)?: .init(text)
            case .int(let value)?: .init(integerLiteral: value)
            default: nil
            }
        }
        let spec = CronSpec(
            minutes: field("minutes"),
            hours: field("hours"),
            days: field("days"),
            months: field("months"),
            weekdays: field("weekdays")
        )
        #expect(spec.toCron() == row.cron)
        #expect(CronSpec().toCron() == "* * * * *")
        #expect(CronSpec(minutes: 0, hours: "*/2", offset: .zone("Europe/Berlin")).toCron() == "0 */2 * * *")
    }

    @Test(
        "durations as pydantic reads them",
        arguments: [
            ("PT30S", 30), ("P1W", 604_800), ("P1Y2M", 36_720_000), ("-PT1H", -3600), ("01:00", 3600), ("+01:00", 3600),
            ("-01:00", -3600), ("01:00:30", 3630), ("3 days", 259_200), ("3d", 259_200), ("1 day 01:00", 90_000),
            ("3 days, 01:00:00", 262_800), ("3 DAYS", 259_200), ("2 d 1:00:00", 176_400), ("99:00:00", 356_400),
            ("P1.5D", 129_600), ("P1DT", 86_400), ("PT1M1H", 3660), ("PT1.5S", 1.5), ("PT1,5S", 1.5), ("P1.D", 86_400),
            ("100:00", 360_000), ("3days01:00", 262_800), ("-3 days 01:00", -262_800), ("PT0S", 0),
            ("10", nil), ("10.5", nil), ("1:00", nil), ("1:00:30", 3630), ("1 day 1:00", nil), ("PT", nil), ("P", nil),
            ("", nil), ("PT1H30", nil),
            ("pt30s", nil),
            ("PT-5S", nil), ("3 days 5", nil), ("3d 25:00", nil), ("3 dayz", nil), ("01:60", nil), ("- 3 days", nil),
            ("P 1D", nil), ("P.5D", nil), ("PTS", nil), ("Europe/Berlin", nil), ("+0100", nil), ("UTC", nil),
            ("-", nil),
            ("P99999999999999999999D", nil), ("P999999999D", nil), ("999999999 days", nil), ("é", nil),
        ] as [(String, Double?)]
    )
    func durations(text: String, seconds: Double?) {
        let duration = Duration.parse(pydantic: text)
        #expect(duration?.inSeconds == seconds)
        if let duration { #expect(Duration.parse(pydantic: duration.iso8601) == duration) }
    }

    @Test(
        "durations as pydantic writes them",
        arguments: [
            (.zero, "PT0S"), (.seconds(61), "PT1M1S"), (.seconds(-10800), "-PT3H"), (.seconds(176_400), "P2DT1H"),
            (.seconds(400 * 86_400), "P1Y35D"), (.seconds(730 * 86_400 + 1), "P2YT1S"),
            (.milliseconds(-1500), "-PT1.5S"),
            (.microseconds(3), "PT0.000003S"), (.seconds(365 * 86_400), "P1Y"),
            (.milliseconds(86_400_250), "P1DT0.25S"),
        ] as [(Duration, String)]
    )
    func durationText(duration: Duration, text: String) {
        #expect(duration.iso8601 == text)
    }

    @Test(
        "dates and times as pydantic reads them",
        arguments: [
            ("2030-01-02", "2030-01-02T00:00:00"), ("2030-01-02 03:04", "2030-01-02T03:04:00"),
            ("2030-01-02t03:04:05z", "2030-01-02T03:04:05Z"), ("2030-01-02_03:04", "2030-01-02T03:04:00"),
            ("2030-01-02T03:04:05,5", "2030-01-02T03:04:05.500000"),
            ("2030-01-02T03:04:05.1234567", "2030-01-02T03:04:05.123456"),
            ("2030-01-02T03:04:05+0300", "2030-01-02T03:04:05+03:00"), ("2024-02-29", "2024-02-29T00:00:00"),
            ("2030-01-02T03:04:05-23:59", "2030-01-02T03:04:05-23:59"),
            ("2030-01-02T03:04:05\u{2212}03:00", "2030-01-02T03:04:05-03:00"), ("0001-01-01", "0001-01-01T00:00:00"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"), ("1893553445", "2030-01-02T03:04:05Z"),
            ("1893553445.5", "2030-01-02T03:04:05.500000Z"), ("1893553445123", "2030-01-02T03:04:05.123000Z"),
            ("-1", "1969-12-31T23:59:59Z"), ("18935534475123", "2570-01-16T06:41:15.123000Z"),
            ("20000000000", "2603-10-11T11:33:20Z"),
            ("20000000001", "1970-08-20T11:33:20.001000Z"), ("+1893553445", "2030-01-02T03:04:05Z"),
            ("2030-02-30", nil), ("2023-02-29", nil), ("2030-13-01", nil), ("2030-1-2", nil), ("0000-01-01T00:00", nil),
            ("2030-01-02T24:00", nil), ("2030-01-02T03:04:60", nil), ("2030-01-02T03:04:05+24:00", nil),
            ("2030-01-02T03:04:05+03", nil), (" 2030-01-02", nil), ("garbage", nil), ("", nil), ("1e9", nil),
            ("infinity", nil), ("2030-01-02T03:04:05 +03:00", nil), ("99999999999999999", nil), ("-", nil),
            ("1.2.3", nil),
        ] as [(String, String?)]
    )
    func times(text: String, wanted: String?) {
        #expect(PythonDateTime(parsing: text)?.description == wanted)
    }

    @Test("a schedule becomes what a scheduler runs")
    func scheduling() throws {
        func schedule(_ fields: String) throws -> Schedule {
            let text = #"{"task_name":"t","labels":{"a":1},"args":[1],"kwargs":{"k":"v"},"schedule_id":"i",\#(fields)}"#
            let task = try StoredSchedule(json: Array(text.utf8)).scheduledTask(origin: "redis")
            #expect(task.id == "i" && task.taskName == "t" && task.origin == "redis")
            #expect(task.args == [.int(1)] && task.kwargs == [.init("k", .string("v"))] && task.labels["a"] == .int(1))
            return task.schedule
        }
        #expect(try schedule(#""cron":"*/5 * * * *""#) == .cron("*/5 * * * *"))
        let three = try #require(Zone(offsetSeconds: 10_800))
        #expect(try schedule(#""cron":"0 9 * * *","cron_offset":"PT3H""#) == .cron("0 9 * * *", zone: three))
        #expect(try schedule(#""interval":"PT2M30S""#) == .every(.seconds(150)))
        #expect(try schedule(#""interval":60,"time":"2030-01-01""#) == .every(.seconds(60)))
        #expect(try schedule(#""time":"2030-01-02T03:04:05+03:00""#) == .at(Timestamp(parsing: "2030-01-02T00:04:05Z")))
        // A naive time is in UTC.
        #expect(try schedule(#""time":"2030-01-02T03:04:05""#) == .at(Timestamp(parsing: "2030-01-02T03:04:05Z")))
        for fields in [
            #""cron":"not a cron""#, #""cron":"""#, #""cron":"* * * * *","cron_offset":"No/Where""#,
            #""cron":"* * * * *","cron_offset":"P2D""#,
        ] {
            let error = #expect(throws: TaskiqError.self) { try schedule(fields) }
            #expect(error?.code == .configuration)
            #expect(error?.message.hasPrefix(#"schedule "i" of task "t": "#) == true)
        }
    }

    @Test("what a scheduler runs is stored as Python stores it")
    func storing() throws {
        func stored(_ schedule: Schedule) throws -> StoredSchedule {
            let task = ScheduledTask(
                id: "i",
                schedule: schedule,
                taskName: "t",
                labels: ["a": 1].reduce(into: []) { $0[$1.key] = .int($1.value) },
                args: [.double(1.5)],
                origin: "here"
            )
            let stored = try StoredSchedule(task)
            #expect(try stored.scheduledTask(origin: "here") == task)
            return stored
        }
        #expect(try stored(.cron("0 9 * * *")).cronOffset == nil)
        let west = try #require(Zone(offsetSeconds: -10_800))
        #expect(try stored(.cron("0 9 * * *", zone: west)).cronOffset == .duration(.seconds(-10_800)))
        #expect(try stored(.every(.seconds(90))).interval == .seconds(90))
        let time = try stored(.at(Timestamp(parsing: "2030-01-02T03:04:05.5Z")))
        #expect(
            String(decoding: time.json(), as: UTF8.self)
                == #"{"task_name":"t","labels":{"a":1},"args":[1.5],"kwargs":{},"task_id":null,"schedule_id":"i","#
                + #""cron":null,"cron_offset":null,"time":"2030-01-02T03:04:05.500000Z","interval":null}"#
        )
        let two = try Schedule(.cron([CronExpression("0 1 * * *"), CronExpression("0 2 * * *")], .utc))
        let anchored = try Schedule(.interval(.seconds(60), anchor: Timestamp(secondsSinceEpoch: 7)))
        for schedule in [.every(.milliseconds(1500)), two, anchored] {
            #expect((#expect(throws: TaskiqError.self) { try stored(schedule) })?.code == .unencodable)
        }
    }

    @Test(
        "an error names the field that is wrong",
        arguments: [
            (#"{"labels":{},"args":[],"kwargs":{},"cron":"x"}"#, #"no field "task_name""#),
            (#"{"task_name":5,"labels":{},"args":[],"kwargs":{},"cron":"x"}"#, #""task_name" must be text, found 5"#),
            (#"{"task_name":"t","args":[],"kwargs":{},"cron":"x"}"#, #"no field "labels""#),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{}}"#, "one of cron, interval and time"),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{},"cron":"x","cron_offset":5}"#, "must be text"),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{},"time":true}"#, #"field "time""#),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{},"interval":1e300}"#, #"field "interval""#),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{},"interval":"10.5"}"#, #"field "interval""#),
            (#"{"task_name":"t","labels":{},"args":[],"kwargs":{},"interval":"-PT30S"}"#, "at least 1 second"),
        ]
    )
    func errors(text: String, reason: String) {
        let error = #expect(throws: TaskiqError.self) { try StoredSchedule(json: Array(text.utf8)) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
