// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

@testable import TaskiqScheduling

/// An instant of 2026-03-10, by its time of day in UTC.
func at(_ time: String) throws -> Timestamp {
    try Timestamp(parsing: "2026-03-10T\(time)Z")
}

func task(
    _ id: ScheduleID,
    _ schedule: Schedule,
    name: TaskName = "tests.work",
    labels: Labels = [],
    args: [JSONValue] = [],
    kwargs: [JSONValue.Member] = [],
    origin: String = "here"
) -> ScheduledTask {
    ScheduledTask(
        id: id,
        schedule: schedule,
        taskName: name,
        labels: labels,
        args: args,
        kwargs: kwargs,
        origin: origin
    )
}

extension SlotDecision {
    /// The decision in one word and the instant: `fired 12:00:00`.
    var summary: String {
        let time = slot.instant.description.dropFirst("2026-03-10T".count).dropLast()
        return switch verdict {
        case .fired: "fired \(time)"
        case .missed: "missed \(time)"
        }
    }

    var reason: String? {
        guard case .missed(let reason) = verdict else { return nil }
        return reason
    }

    var message: BrokerMessage? {
        guard case .fired(let message) = verdict else { return nil }
        return message
    }
}

extension Planner {
    /// Decides everything that is due, with a ledger that accepts everything.
    mutating func settle(at now: Timestamp) -> [SlotDecision] {
        var decisions: [SlotDecision] = []
        while let plan = due(at: now) {
            decisions += plan.request.decisions
            confirm(plan)
        }
        return decisions
    }
}

/// A formatter that cannot write the messages of one task.
struct PickyFormatter: TaskiqFormatter {
    let refused: TaskName

    func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage {
        guard message.taskName != refused else { throw TaskiqError(.unencodable, "no words for it") }
        return try JSONFormatter().dumps(message)
    }

    func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
        try JSONFormatter().loads(data)
    }
}
