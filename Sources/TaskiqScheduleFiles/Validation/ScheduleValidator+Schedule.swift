// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

extension ScheduleValidator {
    /// Reads one schedule; nil when it cannot be used.
    mutating func schedule(_ entry: ScheduleNode.Entry, id: ScheduleID) -> FileSchedule? {
        let before = problems.rejections
        if case .rejected(let code, let reason) = entry.value.content {
            problems.error(code, at: entry.value.mark, reason)
            return nil
        }
        if let reason = Self.reasonToRefuse(id: entry.key) {
            problems.error(.badID, at: entry.keyMark, "\"\(entry.key.clipped(to: 60))\" is no id: \(reason)")
        }
        guard let entries = map(entry.value, of: "a schedule") else { return nil }
        let fields = fields(entries, of: "a schedule")

        let ownZone = fields[.timezone].flatMap { zone($0.node) }
        let ownTransitions = fields[.dst].flatMap { transitions($0.node) }
        let schedule = timing(
            fields,
            zone: ownZone ?? defaults.timezone ?? .utc,
            transitions: ownTransitions ?? defaults.transitions ?? .automatic,
            at: entry.keyMark
        )
        let payload = payload(fields, at: entry.keyMark)
        let isPaused = fields[.paused].map { field in
            bool(field.node, of: "paused").map { $0 != field.isOpposite }
        }
        let description = fields[.description].map { text($0.node, of: "description") }
        let note = fields[.note].map { text($0.node, of: "note") }
        let owner = fields[.owner].map { text($0.node, of: "owner") }
        let tags = fields[.tags].map { texts($0.node, of: "tags") }

        let isSpoilt = defaults.isBroken || defaults.broken.contains { fields[$0] == nil || $0 == .labels }
        guard problems.rejections == before, !isSpoilt, let schedule, let payload else { return nil }
        return FileSchedule(
            task: ScheduledTask(
                id: id,
                schedule: schedule,
                taskName: payload.task,
                labels: payload.labels,
                args: payload.args,
                kwargs: payload.kwargs,
                origin: "\(problems.source.path):\(entry.keyMark.line)"
            ),
            isPaused: (isPaused ?? nil) ?? false,
            description: description ?? nil,
            note: note ?? nil,
            owner: (owner ?? nil) ?? defaults.owner,
            tags: (tags ?? nil) ?? [],
            path: problems.source.path,
            mark: entry.keyMark,
            excerpt: problems.source.excerpt(ofLine: entry.keyMark.line, column: entry.keyMark.column).map { [$0] }
                ?? []
        )
    }
}
