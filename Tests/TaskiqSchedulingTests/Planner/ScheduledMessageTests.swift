// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import Testing

@testable import TaskiqScheduling

@Suite("Message of a slot")
struct ScheduledMessageTests {
    @Test("carries arguments, labels with their types, and where it comes from")
    func content() throws {
        let task = task(
            "nightly",
            try .cron("0 4 * * *"),
            name: "reports.build",
            labels: [.queue("slow"), .priority(3), .label("retry", true), .schedule(.every(.seconds(60)))],
            args: [.int(1), .string("two"), .array([.null, .double(3.5)])],
            kwargs: [.init("deep", .object([.init("x", .int(1))]))]
        )
        let slot = Slot(scheduleID: "nightly", instant: try at("04:00:00"))
        let message = try task.message(for: slot, formatter: JSONFormatter())
        #expect(message.taskID == slot.taskID)
        #expect(message.taskName == "reports.build")
        #expect(message.queue == "slow")
        #expect(message.priority == 3)
        #expect(
            String(decoding: message.message, as: UTF8.self)
                == #"{"task_id":"\#(slot.taskID)","task_name":"reports.build","#
                + #""labels":{"queue_name":"slow","priority":"3","retry":"True","#
                + #""schedule_id":"nightly","scheduled_at":"2026-03-10T04:00:00Z"},"#
                + #""labels_types":{"queue_name":3,"priority":2,"retry":5,"schedule_id":3,"scheduled_at":3},"#
                + #""args":[1,"two",[null,3.5]],"kwargs":{"deep":{"x":1}}}"#
        )
    }

    @Test("keeps the fraction of its instant only where there is one")
    func fraction() throws {
        let slot = Slot(scheduleID: "a", instant: try at("04:00:00.100"))
        let message = try task("a", .every(.milliseconds(100))).message(for: slot, formatter: JSONFormatter())
        #expect(message.labels[.scheduledAt] == "2026-03-10T04:00:00.100Z")
        #expect(message.labels[.scheduleID] == "a")
    }
}
