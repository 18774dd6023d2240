// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// What a file sets for all of its schedules.
struct ScheduleDefaults {
    var timezone: Zone?
    var transitions: TransitionPolicy?
    var labels = Labels()
    /// Labels made from `queue`, `priority` and `timeout`.
    var routing = Labels()
    var timeout: Duration?
    var owner: String?
    /// Fields that are set to something that cannot be used: a schedule must set them itself or is out of force.
    var broken: Set<ScheduleField> = []
    /// Whether something is set that is not understood, so that no schedule would run as its owner meant it.
    var isBroken = false
}

extension ScheduleValidator {
    /// Reads `defaults`.
    mutating func readDefaults(_ node: ScheduleNode) -> ScheduleDefaults {
        var defaults = ScheduleDefaults()
        if node.content == .null { return defaults }
        let before = problems.rejections
        guard let entries = map(node, of: "\"defaults\"") else {
            defaults.isBroken = true
            return defaults
        }
        let fields = fields(entries, of: "\"defaults\"")
        for field in ScheduleField.allCases where !ScheduleField.ofDefaults.contains(field) {
            guard let value = fields[field] else { continue }
            problems.error(
                .unsupportedField,
                at: value.keyMark,
                "\"\(field.rawValue)\" cannot be set in \"defaults\"; set it in each schedule"
            )
        }
        defaults.isBroken = problems.rejections > before

        func note(_ field: ScheduleField, _ isGood: Bool) {
            if fields[field] != nil, !isGood { defaults.broken.insert(field) }
        }
        defaults.timezone = fields[.timezone].flatMap { zone($0.node) }
        note(.timezone, defaults.timezone != nil)
        defaults.transitions = fields[.dst].flatMap { transitions($0.node) }
        note(.dst, defaults.transitions != nil)
        let labels = fields[.labels].flatMap { self.labels($0.node) }
        note(.labels, labels != nil)
        defaults.labels = labels ?? []
        let queue = fields[.queue].flatMap { self.queue($0.node) }
        note(.queue, queue != nil)
        let priority = fields[.priority].flatMap { self.priority($0.node) }
        note(.priority, priority != nil)
        defaults.timeout = fields[.timeout].flatMap { timeout($0.node) }
        note(.timeout, defaults.timeout != nil)
        defaults.owner = fields[.owner].flatMap { text($0.node, of: "owner") }
        note(.owner, defaults.owner != nil)
        if let queue { defaults.routing.merge([.queue(queue)]) }
        if let priority { defaults.routing.merge([.priority(priority)]) }
        return defaults
    }
}
