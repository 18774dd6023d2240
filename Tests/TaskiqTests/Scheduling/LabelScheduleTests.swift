// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import Testing

@testable import Taskiq

@Suite("Schedule labels")
struct LabelScheduleTests {
    private func entries(_ text: String) throws -> [Result<LabelSchedule, TaskiqError>] {
        LabelSchedule.entries(of: .json(try JSONFragment(parsing: text)), task: "t")
    }

    @Test("entries are read as they were written")
    func roundTrip() throws {
        let written = [
            LabelSchedule(
                try .cron("0 4 * * mon"),
                args: [.int(1), .null],
                kwargs: [.init("k", .array([.bool(true)]))]
            ),
            LabelSchedule(
                try .cron("*/5 * * * *", zone: Zone(identifier: "+02:00")),
                labels: [.label("a", 1), .label("b", "x")],
                id: "mine"
            ),
            LabelSchedule(try Schedule(.cron([CronExpression("0 1 * * *"), CronExpression("0 2 * * *")], .utc))),
            LabelSchedule(try .cron("30 2 * * *", transitions: .init(gap: .skip))),
            LabelSchedule(try .cron("30 2 * * *", transitions: .init(gap: .runAfter, repeated: .twice))),
            LabelSchedule(.every(.seconds(30))), LabelSchedule(.every(.milliseconds(1500))),
            LabelSchedule(.every(.milliseconds(2010))), LabelSchedule(.every(.milliseconds(1001))),
            LabelSchedule(.at(try Timestamp(parsing: "2026-12-01T06:00:00.250Z")), args: [.string("once")]),
        ]
        let label = LabelValue.json(LabelSchedule.json(of: written).fragment)
        let read = LabelSchedule.entries(of: label, task: "t")
        #expect(read.count == written.count)
        for (result, entry) in zip(read, written) { #expect(try result.get() == entry) }
    }

    @Test("the label of one schedule and of several")
    func entries() throws {
        let one = Labels([.schedule(.every(.seconds(5)), args: [.int(1)], id: "s")])
        #expect(one["schedule"]?.json.text == #"[{"interval":5,"args":[1],"schedule_id":"s"}]"#)
        let several = Labels([.schedules(LabelSchedule(try .cron("@daily")), LabelSchedule(.every(.seconds(1))))])
        #expect(LabelSchedule.entries(of: try #require(several["schedule"]), task: "t").count == 2)
    }

    @Test("a good entry beside a bad one is read")
    func bad() throws {
        let read = try entries(#"[{"cron":"* * * * *"},{"cron":"61 * * * *"},5,{"interval":30}]"#)
        #expect(read.map { (try? $0.get()) != nil } == [true, false, false, true])
    }

    @Test(
        "an error says which task, which entry and what is wrong",
        arguments: [
            ("5", "must be a list"), ("{}", "must be a list"), ("[5]", "entry 1 must be an object"),
            ("[{}]", "needs one of cron, interval and time"),
            (#"[{"cron":5}]"#, "cron must be text, found 5"), (#"[{"cron":[]}]"#, "at least one expression"),
            (#"[{"cron":"x"}]"#, "entry 1: "),
            (#"[{"cron":"* * * * *","dst":"skip"}]"#, #"dst must be an object with "gap" and "repeat", found "skip""#),
            (#"[{"cron":"* * * * *","dst":{"gap":"x"}}]"#, #"gap must be run_after or skip, found "x""#),
            (#"[{"cron":"* * * * *","dst":{"gap":1}}]"#, "gap must be text, found 1"),
            (#"[{"cron":"* * * * *","dst":{"repeat":"x"}}]"#, #"repeat must be once or twice, found "x""#),
            (#"[{"cron":"* * * * *","dst":{"fold":"x"}}]"#, #"has "gap" and "repeat" only, found "fold""#),
            (#"[{"cron":"* * * * *","cron_offset":5}]"#, "cron_offset must be the name of a zone"),
            (#"[{"cron":"* * * * *","cron_offset":"No/Where"}]"#, "No/Where"),
            (#"[{"interval":0}]"#, "at least 1 second, found 0"),
            (#"[{"interval":0.5}]"#, "at least 1 second"), (#"[{"interval":-5}]"#, "at least 1 second"),
            (#"[{"interval":1e300}]"#, "at least 1 second"),
            (#"[{"interval":NaN}]"#, "at least 1 second"),
            (#"[{"interval":9223372036854775807}]"#, "at least 1 second"),
            (#"[{"interval":"x"}]"#, "at least 1 second"), (#"[{"time":"x"}]"#, "entry 1: "),
            (#"[{"time":5}]"#, "needs one of"),
            (#"[{"cron":null,"interval":null,"time":null}]"#, "needs one of"),
        ]
    )
    func errors(text: String, wanted: String) throws {
        guard case .failure(let error)? = try entries(text).first else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(error.code == .configuration)
        #expect(error.message.hasPrefix(#"the schedule label of task "t": "#))
        #expect(error.message.contains(wanted), "\(error.message)")
    }

    @Test(
        "a label that is no JSON list is refused",
        arguments: [LabelValue.string("* * * * *"), .int(5), .any("[{}]")]
    )
    func otherLabels(value: LabelValue) {
        let entries = LabelSchedule.entries(of: value, task: "t")
        #expect(entries.count == 1)
        #expect(throws: TaskiqError.self) { try entries.first?.get() }
    }

    @Test("text intervals are read", arguments: [("90s", 90), ("1h30m", 5400), ("5", 5)])
    func textIntervals(text: String, seconds: Int) throws {
        #expect(try entries(#"[{"interval":"\#(text)"}]"#).first?.get().schedule == .every(.seconds(seconds)))
    }

    @Test("a schedule stays with the scheduler: messages do not carry it")
    func sending() async throws {
        let transport = RecordingTransport()
        let broker = Broker(transport: transport)
        let task = broker.task("t", labels: [.schedule(.every(.seconds(5))), .label("a", 1)]) {}
        try await task.kiq()
        #expect(transport.messages.first?.labels.entries.map(\.name) == ["a"])
        #expect(broker.catalogue(application: "x").tasks.first?.labels["schedule"] != nil)
    }
}
