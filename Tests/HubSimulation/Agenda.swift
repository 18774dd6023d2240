// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What happens when, in order of time; what happens at the same time, in the order in which it was planned.
struct Agenda<Step> {
    /// The next one is the last.
    private var entries: [(time: Int64, step: Step)] = []

    mutating func plan(_ step: Step, at time: Int64) {
        var index = entries.endIndex
        while index > 0, entries[index - 1].time <= time { index -= 1 }
        entries.insert((time, step), at: index)
    }

    /// When the next step is due.
    var next: Int64? { entries.last?.time }

    mutating func take() -> (time: Int64, step: Step)? {
        entries.popLast()
    }
}
