// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq
import TaskiqCron

extension ScheduledTask {
    /// The message that a slot of this schedule enqueues.
    ///
    /// It has the slot's own task id, so that it is the same message whoever makes it, and says in its labels which
    /// schedule sent it (`schedule_id`) and for which nominal instant (`scheduled_at`, RFC 3339 in UTC).
    ///
    /// - Parameters:
    ///   - slot: the slot.
    ///   - formatter: turns the message into bytes.
    /// - Returns: what a transport sends.
    /// - Throws: `TaskiqError` with code `unencodable`.
    package func message(
        for slot: Slot,
        formatter: any TaskiqFormatter
    ) throws(TaskiqError) -> BrokerMessage {
        var labels = labels
        // A schedule concerns the scheduler alone; each message would only carry it along.
        labels[LabelSchedule.labelName] = nil
        labels[.scheduleID] = slot.scheduleID.rawValue
        labels[.scheduledAt] = slot.instant.description
        return try formatter.dumps(
            TaskiqMessage(
                taskID: slot.taskID,
                taskName: taskName,
                labels: labels,
                args: args.map(\.fragment),
                kwargs: KeywordArguments(kwargs.map { .init($0.key, $0.value.fragment) })
            )
        )
    }
}
